"""Wrong rules of differentiation within a node of a graph, and wrong functions in its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from sympy import Integer, Pow, S, Symbol, exp, log, pi, preorder_traversal, tanh
from sympy.core.expr import Expr

from symnet.algebra.differentiate import derivative
from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, difference, negative
from symnet.algebra.rewrite import substitute
from symnet.marking.mistakes.derivatives import partial_of, wider_first
from symnet.marking.mistakes.faults import Fault, Said, Setting
from symnet.marking.mistakes.uses import array_of
from symnet.numerics.compile import Edge
from symnet.text.say import title

# A slip is made with every expression of one sort within a node. It is given the expression, its parts apart, and what
# differentiates a part; what it returns is taken for the derivative, None where the slip cannot be made there.

Differentiate: TypeAlias = Callable[[Expr], Expr]
Slip: TypeAlias = Callable[[Expr, Sequence[Expr], Differentiate], Expr | None]
Sort: TypeAlias = Callable[[Expr], Sequence[Expr] | None]
"""From an expression to its parts, or None where it is of another sort."""

_TWO = Integer(2)
_NAMES: Mapping[type[Expr], str] = MappingProxyType({exp: "exp", log: "ln", tanh: "tanh"})


def a_sum(expression: Expr) -> Sequence[Expr] | None:
    """Return the terms of a sum."""
    return expression.args if isinstance(expression, PathSum) else None


def a_product(expression: Expr) -> Sequence[Expr] | None:
    """Return the factors of a product."""
    return expression.args if isinstance(expression, Chain) else None


def a_quotient(expression: Expr) -> Sequence[Expr] | None:
    """Return numerator and denominator."""
    return expression.args if isinstance(expression, Quotient) else None


def a_power(expression: Expr) -> Sequence[Expr] | None:
    """Return the base and the exponent of a power to a number."""
    if isinstance(expression, Pow) and expression.args[1].is_number:
        parts: tuple[Expr, ...] = expression.args
        return parts
    return None


def a_function(expression: Expr) -> Sequence[Expr] | None:
    """Return the argument of a function of one."""
    has_one = isinstance(expression, Applied) and len(expression.args) == 2
    parts: tuple[Expr, ...] = expression.args[has_one:]
    return parts if has_one or type(expression) in _NAMES else None


def a_root(expression: Expr) -> Sequence[Expr] | None:
    """Return what a root is of."""
    is_root = isinstance(expression, Applied) and expression.name == "sqrt"
    return expression.args[1:] if is_root else None


def _outer(expression: Expr, inner: Expr) -> Expr:
    """Return the derivative of a function at its argument."""
    name = expression.name if isinstance(expression, Applied) else _NAMES[type(expression)]
    (found,) = FUNCTIONS[name].derivatives(inner)
    return found


def _times(*factors: Expr) -> Expr:
    return S.Zero if S.Zero in factors else Chain(*(factor for factor in factors if factor is not S.One))


def _power(base: Expr, exponent: Expr) -> Expr:
    return S.One if exponent == 0 else base if exponent == 1 else Pow(base, exponent, evaluate=False)


def differentiated(expression: Expr, symbol: Symbol, sort: Sort, slip: Slip) -> Expr:
    """Return the derivative of an expression with a slip in it, wherever it can be made.

    Args:
        expression: What is differentiated.
        symbol: With respect to what.
        sort: With what expressions the slip is made.
        slip: What is taken for their derivative.
    """

    def inner(part: Expr) -> Expr:
        if part == symbol:
            return S.One
        if symbol not in part.free_symbols:
            return S.Zero
        parts = sort(part)
        taken = None if parts is None else slip(part, parts, inner)
        return _by_rule(part, symbol, inner) if taken is None else taken

    return inner(expression)


def _by_rule(part: Expr, symbol: Symbol, inner: Differentiate) -> Expr:
    """Return the derivative of an expression from those of its parts."""
    if isinstance(part, PathSum):
        return PathSum(*map(inner, part.args))
    if isinstance(part, Chain):
        factors = part.args
        products = (_times(*factors[:n], inner(one), *factors[n + 1 :]) for n, one in enumerate(factors))
        return PathSum(*(product for product in products if product is not S.Zero))
    if isinstance(part, Quotient):
        above, below = part.args
        over = difference(_times(inner(above), below), _times(above, inner(below)))
        return Quotient(over, Pow(below, _TWO))
    if a_power(part) is not None:
        base, exponent = part.args
        return _times(exponent, _power(base, exponent - 1), inner(base))
    argument = a_function(part)
    return derivative(part, symbol) if argument is None else _times(_outer(part, argument[0]), inner(argument[0]))


# Powers: u^n.


def factor_lost(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule without its factor: u^(n-1) u'."""
    base, exponent = parts
    return _times(_power(base, exponent - 1), d(base))


def exponent_kept(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule with the exponent as it was: n u^n u'."""
    base, exponent = parts
    return _times(exponent, whole, d(base))


def power_alone(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power itself: u^n u'."""
    return _times(whole, d(parts[0]))


def lowered_too_early(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule with the lowered exponent in front: (n-1) u^(n-1) u'."""
    base, exponent = parts
    return _times(exponent - 1, _power(base, exponent - 1), d(base)) if exponent != _TWO else None


def raised_in_front(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule with a raised exponent in front: (n+1) u^(n-1) u'."""
    base, exponent = parts
    return _times(exponent + 1, _power(base, exponent - 1), d(base))


def exponent_dropped(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule with nothing left of the exponent but the factor: n u u'."""
    base, exponent = parts
    return _times(exponent, base, d(base))


def inner_inside(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the power rule with the inner derivative in the place of the base: n (u')^(n-1)."""
    base, exponent = parts
    return None if isinstance(base, Symbol) else _times(exponent, _power(d(base), exponent - 1))


def no_inner_of_power(_whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return the power rule without the inner derivative: n u^(n-1)."""
    base, exponent = parts
    return None if isinstance(base, Symbol) else _times(exponent, _power(base, exponent - 1))


# Products: u v; constant factors are told apart.


def _moving(parts: Sequence[Expr], d: Differentiate) -> tuple[list[Expr], list[Expr]]:
    constant = [part for part in parts if d(part) is S.Zero]
    return constant, [part for part in parts if part not in constant]


def product_of_derivatives(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' v'."""
    constant, moving = _moving(parts, d)
    return _times(*constant, *map(d, moving)) if len(moving) > 1 else None


def sum_of_derivatives(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' + v'."""
    constant, moving = _moving(parts, d)
    return PathSum(*(_times(*constant, d(part)) for part in moving)) if len(moving) > 1 else None


def sum_of_derivatives_in_place(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' + v' with each constant kept by the factor that it stands beside: c u' + v' k for c u v k."""
    groups: list[list[Expr]] = [[]]
    for part in parts:
        if d(part) is not S.Zero and any(d(held) is not S.Zero for held in groups[-1]):
            groups.append([])
        groups[-1].append(part)
    terms = (_times(*(part if d(part) is S.Zero else d(part) for part in group)) for group in groups)
    return PathSum(*terms) if 1 < len(groups) < len(parts) else None


def first_term(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' v."""
    constant, moving = _moving(parts, d)
    return _times(*constant, d(moving[0]), *moving[1:]) if len(moving) > 1 else None


def last_term(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u v'."""
    constant, moving = _moving(parts, d)
    return _times(*constant, *moving[:-1], d(moving[-1])) if len(moving) > 1 else None


def minus_in_product(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' v - u v'."""
    constant, moving = _moving(parts, d)
    if len(moving) != 2:
        return None
    first, second = moving
    return _times(*constant, difference(_times(d(first), second), _times(first, d(second))))


def constant_lost(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the derivative without the numbers in front."""
    numbers, rest = _numbers(parts)
    return d(Chain(*rest)) if numbers and rest else None


def constant_to_zero(_whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return 0 for a multiple."""
    numbers, rest = _numbers(parts)
    return S.Zero if numbers and rest else None


def multiple_kept(whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return a multiple of the variable as it is."""
    numbers, rest = _numbers(parts)
    return whole if numbers and len(rest) == 1 and isinstance(rest[0], Symbol) else None


def minus_lost(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the derivative without the minus in front."""
    return d(Chain(*parts[1:])) if parts[0] is S.NegativeOne else None


def _numbers(parts: Sequence[Expr]) -> tuple[list[Expr], list[Expr]]:
    numbers = [part for part in parts if part.is_number and part is not S.NegativeOne]
    return numbers, [part for part in parts if part not in numbers]


def own_factor(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the variable itself for the derivative of a product that it is a factor of."""
    moving = [part for part in parts if d(part) is not S.Zero]
    return moving[0] if len(moving) == 1 and isinstance(moving[0], Symbol) and len(parts) > 1 else None


def other_factor_lost(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the derivative without the letters that do not vary."""
    constant, moving = _moving(parts, d)
    letters = [part for part in constant if not part.is_number]
    return d(Chain(*(part for part in parts if part not in letters))) if letters and moving else None


# Fractions: u / v.


def _fraction(parts: Sequence[Expr], d: Differentiate) -> tuple[Expr, Expr, Expr, Expr]:
    above, below = parts
    return above, below, d(above), d(below)


def of_derivatives(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' / v'."""
    _above, _below, over, under = _fraction(parts, d)
    return None if under is S.Zero else Quotient(S.One if over is S.Zero else over, under)


def plus_in_quotient(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return (u' v + u v') / v^2."""
    above, below, over, under = _fraction(parts, d)
    if under is S.Zero:
        return None
    return Quotient(PathSum(_times(over, below), _times(above, under)), Pow(below, _TWO))


def terms_exchanged(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return (u v' - u' v) / v^2."""
    above, below, over, under = _fraction(parts, d)
    if under is S.Zero:
        return None
    return Quotient(difference(_times(above, under), _times(over, below)), Pow(below, _TWO))


def not_squared(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return (u' v - u v') / v."""
    above, below, over, under = _fraction(parts, d)
    if under is S.Zero:
        return None
    return Quotient(difference(_times(over, below), _times(above, under)), below)


def no_denominator(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' v - u v', or u' where the denominator does not vary."""
    above, below, over, under = _fraction(parts, d)
    return over if under is S.Zero else difference(_times(over, below), _times(above, under))


def constant_denominator(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' / v."""
    _above, below, over, under = _fraction(parts, d)
    return None if under is S.Zero or over is S.Zero else Quotient(over, below)


def no_numerator(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return -v' / v^2."""
    _above, below, over, under = _fraction(parts, d)
    return negative(Quotient(under, Pow(below, _TWO))) if over is S.Zero and under is not S.Zero else None


def as_product(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' v + u v'."""
    above, below, over, under = _fraction(parts, d)
    return PathSum(_times(over, below), _times(above, under))


# Functions: f(u).


def no_inner(whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return f'(u), without the inner derivative."""
    return None if isinstance(parts[0], Symbol) else _outer(whole, parts[0])


def no_outer(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' alone."""
    return d(parts[0])


def function_itself(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return f(u) u'."""
    return None if isinstance(whole, exp) else _times(whole, d(parts[0]))


def opposite_outer(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return -f'(u) u'."""
    return negative(_times(_outer(whole, parts[0]), d(parts[0])))


def square_lost(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return f'(u) u' with f(u) in the place of its square."""
    outer = _outer(whole, parts[0])
    changed = substitute(outer, {Pow(whole, _TWO): whole})
    return None if changed == outer else _times(changed, d(parts[0]))


def part_of_outer(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return only the last factor of f'(u), times u'."""
    outer = _outer(whole, parts[0])
    return _times(outer.args[-1], d(parts[0])) if isinstance(outer, Chain) else None


def of_another(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the derivative of tanh, put in terms of the value, for a sigmoid, and the other way round."""
    name = whole.name if isinstance(whole, Applied) else _NAMES[type(whole)]
    of = {"tanh": difference(S.One, Pow(whole, _TWO)), "sigmoid": Chain(whole, difference(S.One, whole))}
    return _times(of[_TAKEN_FOR[name]], d(parts[0])) if name in _TAKEN_FOR else None


# The functions whose derivatives are taken for one another.
_TAKEN_FOR: Mapping[str, str] = MappingProxyType({"sigmoid": "tanh", "tanh": "sigmoid"})


def _taken(expression: Expr, variable: Symbol) -> Iterator[tuple[str, str]]:
    """Yield each function of a variable whose derivative may be taken for that of another, and the other."""
    for part in preorder_traversal(expression):
        if a_function(part) is not None and variable in part.free_symbols:
            name = part.name if isinstance(part, Applied) else _NAMES[type(part)]
            if name in _TAKEN_FOR:
                yield name, _TAKEN_FOR[name]


def outer_at_variable(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return f'(x) u': the outer derivative at the variable in the place of the inner function."""
    letters = sorted(parts[0].free_symbols, key=str)
    moving = [letter for letter in letters if d(letter) is S.One]
    if isinstance(parts[0], Symbol) or len(moving) != 1:
        return None
    outer = _times(parts[1], _power(moving[0], parts[1] - 1)) if isinstance(whole, Pow) else _outer(whole, moving[0])
    return _times(outer, d(parts[0]))


def power_rule_on_exp(whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return u e^(u-1), the power rule where it is the exponent that varies."""
    if not isinstance(whole, exp):
        return None
    return _times(parts[0], exp(difference(parts[0], S.One), evaluate=False))


def exponent_brought_down(whole: Expr, parts: Sequence[Expr], _d: Differentiate) -> Expr | None:
    """Return u e^u: the exponent brought down, and not lowered."""
    return _times(parts[0], whole) if isinstance(whole, exp) else None


def half_lost(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return u' / sqrt(u)."""
    return Quotient(d(parts[0]), whole)


def root_above(whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return sqrt(u) u' / 2."""
    return Quotient(_times(d(parts[0]), whole), _TWO)


def root_by_terms(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the derivative of the sum of the roots of the terms, where these are squares."""
    bases = _roots_of_terms(parts[0])
    return None if bases is None else d(PathSum(*bases))


def _roots_of_terms(total: Expr) -> list[Expr] | None:
    is_plain = isinstance(total, PathSum) and all(isinstance(term, Pow) and term.args[1] == 2 for term in total.args)
    return [term.args[0] for term in total.args] if is_plain else None


# Sums.


def constants_kept(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the sum of the derivatives and of the terms that are numbers."""
    kept = [part for part in parts if part.is_number]
    return PathSum(*(d(part) for part in parts if part not in kept), *kept) if kept else None


def own_term(_whole: Expr, parts: Sequence[Expr], d: Differentiate) -> Expr | None:
    """Return the variable itself for the derivative of a sum that it is a term of."""
    return next((part for part in parts if isinstance(part, Symbol) and d(part) is S.One), None)


# Faults of nodes.


def slips(sort: Sort, slip: Slip) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that makes a slip in the nodes of a graph: in all, in each, with each derivative."""

    def rewrite(setting: Setting) -> Iterator[Fault]:
        if not setting.network.is_graph:
            return
        nodes: dict[str, list[Fault]] = {}
        for child, node in setting.network.nodes.items():
            # The entries of an array, and the steps of a sequence, are one node to who works by hand.
            found = nodes.setdefault(setting.whole_of.get(child, array_of(child)), [])
            for parent, forms in node.derivatives.items():
                wrong = differentiated(node.expression, parent, sort, slip)
                if wrong != differentiated(node.expression, parent, sort, lambda *_: None):
                    words: dict[str, Said] = {
                        "derivative": partial_of(setting, child, parent),
                        "instead": wrong,
                        "right": forms[-1],
                        "a": child,
                    }
                    for function, other in _taken(node.expression, parent):
                        words |= {"function": title("activation", function), "other": title("activation", other)}
                    found.append(Fault(setting.line(parent), words, {(child, parent): wrong}))
        yield from wider_first([[fault for found in nodes.values() for fault in found], *nodes.values()])

    return rewrite


MISCOUNTED: tuple[Slip, ...] = (lowered_too_early, raised_in_front, exponent_dropped)
"""What else may become of an exponent."""


def inner_derivatives(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of nodes without inner derivatives: of functions, of powers, and a -1."""
    for sort, slip in ((a_function, no_inner), (a_power, no_inner_of_power), (a_product, minus_lost)):
        yield from slips(sort, slip)(setting)


def parents_for_derivatives(setting: Setting) -> Iterator[Fault]:
    """Yield each local derivative of a graph with the variable itself in its place."""
    for child, node in setting.network.nodes.items() if setting.network.is_graph else ():
        for parent, forms in node.derivatives.items():
            words = {"derivative": partial_of(setting, child, parent), "instead": parent, "right": forms[-1]}
            yield Fault(setting.line(parent), words, {(child, parent): parent})


# Wrong values: what a function, a root or a sign between two terms is taken for.

Change: TypeAlias = Callable[[Expr], Expr | None]


def values(change: Change, *, on_the_way_back: bool = False) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that changes the value of each node of a graph wherever it can be changed.

    Args:
        change: What is taken for an expression; None where it is as it should be.
        on_the_way_back: Whether the derivatives are worked out in the same wrong way.
    """

    def rewrite(setting: Setting) -> Iterator[Fault]:
        if not setting.network.is_graph:
            return
        found: dict[Symbol, Expr] = {}
        for symbol, node in setting.network.nodes.items():
            wrong = _changed(node.expression, change)
            if wrong != node.expression:
                found[symbol] = wrong
        for nodes in ([found] if len(found) > 1 else []) + [{symbol: wrong} for symbol, wrong in found.items()]:
            first = next(iter(nodes))
            words = {"z": first, "instead": nodes[first]}
            yield Fault(first.name, words, _edges(setting, nodes, change) if on_the_way_back else {}, nodes)

    return rewrite


def _edges(setting: Setting, nodes: Mapping[Symbol, Expr], change: Change) -> dict[Edge, Expr]:
    """Return the local derivatives of nodes, changed like their values."""
    known = setting.network.nodes
    forms = {(child, parent): own[0] for child in nodes for parent, own in known[child].derivatives.items()}
    return {edge: _changed(form, change) for edge, form in forms.items()}


def _changed(expression: Expr, change: Change) -> Expr:
    taken = change(expression)
    if taken is not None:
        return taken
    if not expression.args or isinstance(expression, Symbol):
        return expression
    return substitute(expression, {part: _changed(part, change) for part in expression.args})


def in_degrees(expression: Expr) -> Expr | None:
    """Return a sine, cosine or tangent of an angle in degrees."""
    if isinstance(expression, Applied) and expression.name in {"sin", "cos", "tan"}:
        return Applied(expression.name, Quotient(Chain(expression.args[1], pi), Integer(180)))
    return None


def to_base_ten(expression: Expr) -> Expr | None:
    """Return a power of ten for one of e, also within sigmoid and tanh."""
    if isinstance(expression, exp):
        return Pow(Integer(10), expression.args[0], evaluate=False)
    scaled = Chain(log(Integer(10), evaluate=False), expression.args[-1]) if expression.args else None
    if isinstance(expression, Applied) and expression.name == "sigmoid":
        return Applied("sigmoid", scaled)
    return tanh(scaled, evaluate=False) if isinstance(expression, tanh) else None


def no_root(expression: Expr) -> Expr | None:
    """Return what a root is of."""
    parts = a_root(expression)
    return None if parts is None else parts[0]


def roots_of_terms(expression: Expr) -> Expr | None:
    """Return the sum of the absolute values of what is squared below a root."""
    parts = a_root(expression)
    bases = None if parts is None else _roots_of_terms(parts[0])
    return None if bases is None else PathSum(*(Applied("abs", base) for base in bases))


def minus_not_squared(expression: Expr) -> Expr | None:
    """Return the negative of the square of what is negative, as -2^2 is read."""
    is_square = isinstance(expression, Pow) and expression.args[1] == 2
    return Chain(expression.args[0], Applied("abs", expression.args[0])) if is_square else None


def power_as_multiple(expression: Expr) -> Expr | None:
    """Return n u for u^n."""
    parts = a_power(expression)
    return None if parts is None else Chain(parts[1], parts[0])


def power_alone_forgotten(expression: Expr) -> Expr | None:
    """Return u for u^n."""
    parts = a_power(expression)
    return None if parts is None else parts[0]


def power_of_all(expression: Expr) -> Expr | None:
    """Return the power of a whole product or sum for that of its last factor or term: (x y)^n for x y^n."""
    last = expression.args[-1] if isinstance(expression, (Chain, PathSum)) and len(expression.args) > 1 else S.Zero
    parts = a_power(last)
    if parts is None:
        return None
    make = Chain if isinstance(expression, Chain) else PathSum
    return Pow(make(*expression.args[:-1], parts[0]), parts[1], evaluate=False)


def difference_of_squares(expression: Expr) -> Expr | None:
    """Return the squares of the terms for that of their sum, each with the sign of its term."""
    parts = a_power(expression)
    if parts is None or parts[1] != _TWO or not isinstance(parts[0], PathSum):
        return None
    terms = ((term, term.args[0] is S.NegativeOne if term.args else False) for term in parts[0].args)
    return PathSum(
        *(negative(_power(term, _TWO)) if is_negative else _power(term, _TWO) for term, is_negative in terms)
    )


def fraction_inverted(expression: Expr) -> Expr | None:
    """Return v / u for u / v, where v is no number."""
    parts = a_quotient(expression)
    return None if parts is None or parts[1].is_number else Quotient(parts[1], parts[0])


def sign_of_exponent(expression: Expr) -> Expr | None:
    """Return e^u for e^-u, and the other way round, also within sigmoid."""
    if isinstance(expression, exp):
        return exp(negative(expression.args[0]), evaluate=False)
    is_sigmoid = isinstance(expression, Applied) and expression.name == "sigmoid"
    return Applied("sigmoid", negative(expression.args[1])) if is_sigmoid else None


def logarithm_to_base_ten(expression: Expr) -> Expr | None:
    """Return the logarithm to base 10 for the natural one."""
    return Quotient(expression, log(Integer(10), evaluate=False)) if isinstance(expression, log) else None


def sinh_for_tanh(expression: Expr) -> Expr | None:
    """Return a hyperbolic sine for the tangent."""
    return Applied("sinh", expression.args[0]) if isinstance(expression, tanh) else None


def mean_for_maximum(expression: Expr) -> Expr | None:
    """Return the mean of several for their maximum."""
    entries = _of_maximum(expression)
    return Quotient(PathSum(*entries), Integer(len(entries))) if entries else None


def sum_for_maximum(expression: Expr) -> Expr | None:
    """Return the sum of several for their maximum."""
    entries = _of_maximum(expression)
    return PathSum(*entries) if entries else None


def minimum_for_maximum(expression: Expr) -> Expr | None:
    """Return the minimum of several for their maximum."""
    entries = _of_maximum(expression)
    return Applied("min", *entries) if entries else None


def _of_maximum(expression: Expr) -> Sequence[Expr]:
    entries = expression.args[1:] if isinstance(expression, Applied) and expression.name == "max" else ()
    return entries if entries and not any(entry.is_number for entry in entries) else ()


def mean_of_entries(expression: Expr) -> Expr | None:
    """Return the mean of the entries of an array or a sequence for their sum."""
    return Quotient(expression, Integer(len(expression.args))) if _is_of_entries(expression) else None


def last_entry(expression: Expr) -> Expr | None:
    """Return the last entry of an array or a sequence for the sum of all."""
    return expression.args[-1] if _is_of_entries(expression) else None


def _is_of_entries(expression: Expr) -> bool:
    names = expression.args if isinstance(expression, PathSum) else ()
    return (
        len(names) > 1
        and all(isinstance(name, Symbol) for name in names)
        and len({array_of(one) for one in names}) == 1
    )


MISREAD: tuple[Change, ...] = (
    sign_of_exponent,
    power_as_multiple,
    power_of_all,
    power_alone_forgotten,
    difference_of_squares,
    fraction_inverted,
    logarithm_to_base_ten,
    sinh_for_tanh,
    mean_for_maximum,
    sum_for_maximum,
    minimum_for_maximum,
    mean_of_entries,
    last_entry,
)
"""What the formula of a node may be read as."""


def sum_of_factors(expression: Expr) -> Expr | None:
    """Return the sum of the factors of a product."""
    letters = isinstance(expression, Chain) and expression.args[0] is not S.NegativeOne
    return PathSum(*expression.args) if letters else None


def product_of_terms(expression: Expr) -> Expr | None:
    """Return the product of the terms of a sum."""
    return Chain(*expression.args) if isinstance(expression, PathSum) else None

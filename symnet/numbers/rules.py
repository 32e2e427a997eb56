"""How each kind of expression is worked out on a tape: the same values as by ``numeric``, faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch, Chain, Indicator, PathSum, Quotient
from symnet.numbers.binary import (
    ONE,
    ZERO,
    Binary,
    exponential,
    from_value,
    hyperbolic_tangent,
    logarithm,
    logarithm_of_one_plus,
    quotient,
    size,
    square_root,
    to_value,
    total,
)
from symnet.numbers.numeric import Value, numeric
from symnet.numbers.tape import BITS, Rule, Slots, Tape

# Below this binary exponent tanh is not computed from e^(2x): too many digits of e^(2x) - 1 would cancel.
_SMALL = -8
# Functions whose values come exponentially close to one another.
_EXPONENTIAL = frozenset({"sinh", "cosh"})


def rule_of(tape: Tape, expression: Expr) -> Rule:
    """Return how ``expression`` is worked out from the slots of its parts."""
    return _RULES.get(type(expression), _any)(tape, expression)


def _sum(tape: Tape, expression: Expr) -> Rule:
    terms = (term.args if isinstance(term, Chain | Mul) else (term,) for term in expression.args)
    return tape.sum([tape.factors(term) for term in terms])


def _product(tape: Tape, expression: Expr) -> Rule:
    return tape.product([tape.place(factor) for factor in expression.args])


def _quotient(tape: Tape, expression: Expr) -> Rule:
    over, under = map(tape.place, expression.args)
    demand = tape.demand

    def rule(slots: Slots) -> Binary:
        top = slots[over] or demand(slots, over)
        return quotient(top, slots[under] or demand(slots, under), slots[BITS]) if top[0] else ZERO

    return rule


def _power(tape: Tape, expression: Expr) -> Rule:
    base, exponent = expression.args
    if exponent == 2:
        return tape.product([tape.place(base)] * 2)
    return tape.of(base, square_root) if exponent == Rational(1, 2) else _any(tape, expression)


def _exponential(tape: Tape, expression: Expr) -> Rule:
    (argument,) = expression.args
    if isinstance(argument, Mul | Chain) and argument.args[0].is_negative:
        # Both e^z and e^(-z) are needed, for a sigmoid and for how far it is from 1, but one of them is enough.
        first, *rest = argument.args
        opposite = Mul(-first, *rest) if isinstance(argument, Mul) else _without_sign(first, rest)
        return tape.of(exp(opposite, evaluate=False), lambda number, bits: quotient(ONE, number, bits))
    tape.exponents.append(tape.place(argument))
    return tape.of(argument, exponential)


def _without_sign(first: Expr, rest: Sequence[Expr]) -> Expr:
    return Chain(*rest) if first is S.NegativeOne else Chain(-first, *rest)


def _logarithm(tape: Tape, expression: Expr) -> Rule:
    """Return the rule of a logarithm; that of one and little more is worked out from the little."""
    (argument,) = expression.args
    whole = tape.of(argument, logarithm)
    if not isinstance(argument, PathSum) or argument.args[0] is not S.One or argument in tape.replaced:
        return whole
    little, demand = tape.place(PathSum(*argument.args[1:])), tape.demand

    def rule(slots: Slots) -> Binary:
        rest = slots[little] or demand(slots, little)
        return logarithm_of_one_plus(rest, slots[BITS]) if not rest[0] or size(rest) < 0 else whole(slots)

    return rule


def _tanh(tape: Tape, expression: Expr) -> Rule:
    """Return the rule of tanh, which shares e^(2x) with how far it is from 1 and from -1."""
    (argument,) = expression.args
    x, power_of_e, demand = tape.place(argument), tape.place(exp(2 * argument, evaluate=False)), tape.demand

    def rule(slots: Slots) -> Binary:
        number, bits = slots[x] or demand(slots, x), slots[BITS]
        if not number[0] or not _SMALL < size(number) < bits:
            return hyperbolic_tangent(number, bits)
        grown = slots[power_of_e] or demand(slots, power_of_e)
        return quotient(total((grown, (-1, 0)), bits), total((grown, ONE), bits), bits)

    return rule


def _maximum(tape: Tape, arguments: Sequence[Expr]) -> Rule | None:
    """Return the rule of max(0, x), or None for any other."""
    others = [argument for argument in arguments if argument is not S.Zero]
    if len(others) != 1 or len(arguments) != 2:
        return None
    return tape.of(others[0], lambda number, _bits: number if number[0] > 0 else ZERO)


def _indicator(tape: Tape, expression: Expr) -> Rule:
    return tape.of(expression.args[0], lambda number, _bits: ONE if number[0] > 0 else ZERO)


def _branch(tape: Tape, expression: Expr) -> Rule:
    switch, above, below = map(tape.place, expression.args)
    demand = tape.demand

    def rule(slots: Slots) -> Binary:
        taken = above if (slots[switch] or demand(slots, switch))[0] > 0 else below
        return slots[taken] or demand(slots, taken)

    return rule


def _applied(tape: Tape, expression: Expr) -> Rule:
    build = _FUNCTIONS.get(expression.name)
    found = build(tape, expression.args[1:]) if build is not None else None
    return _any(tape, expression) if found is None else found


def _per_logarithm(base: Expr) -> Callable[[Tape, Sequence[Expr]], Rule]:
    def rule(tape: Tape, arguments: Sequence[Expr]) -> Rule:
        natural = log(arguments[0], evaluate=False)
        return rule_of(tape, Quotient(natural, log(base, evaluate=False)))

    return rule


def _sigmoid(tape: Tape, arguments: Sequence[Expr]) -> Rule:
    power_of_e = exp(Chain(S.NegativeOne, arguments[0]), evaluate=False)
    return rule_of(tape, Quotient(S.One, PathSum(S.One, power_of_e)))


def _any(tape: Tape, expression: Expr) -> Rule:
    """Return the rule of an expression of any other kind: by :func:`numeric`, its parts taken from the tape."""
    for part in expression.args:
        if isinstance(part, Expr):
            tape.place(part)
    if isinstance(expression, Applied) and expression.name in _EXPONENTIAL:
        tape.exponents.append(tape.place(expression.args[1]))

    def rule(slots: Slots) -> Binary:
        parts = cast(Mapping[Expr, Value], _Parts(tape, slots, expression))
        return from_value(numeric(expression, parts))

    return rule


class _Parts:
    """The values of the parts of one expression, each worked out when it is looked up."""

    def __init__(self, tape: Tape, slots: Slots, whole: Expr) -> None:
        self.tape, self.slots, self.whole = tape, slots, whole

    def __contains__(self, part: Expr) -> bool:
        return part is not self.whole and self.tape.known(part) is not None

    def get(self, part: Expr) -> Value | None:
        """Return the value of ``part``, or None if that has no slot."""
        place = self.tape.known(part) if part is not self.whole else None
        return None if place is None else to_value(self.tape.demand(self.slots, place))


_RULES: Mapping[type[Expr], Callable[[Tape, Expr], Rule]] = {
    Symbol: lambda tape, symbol: tape.of(symbol, lambda value, _bits: value),
    PathSum: _sum,
    Add: _sum,
    Chain: _product,
    Mul: _product,
    Quotient: _quotient,
    Pow: _power,
    exp: _exponential,
    log: _logarithm,
    tanh: _tanh,
    Indicator: _indicator,
    Branch: _branch,
    Applied: _applied,
}
_FUNCTIONS: Mapping[str, Callable[[Tape, Sequence[Expr]], Rule | None]] = {
    "max": _maximum,
    "relu": lambda tape, arguments: _maximum(tape, (S.Zero, *arguments)),
    "sqrt": lambda tape, arguments: tape.of(arguments[0], square_root),
    "log2": _per_logarithm(Integer(2)),
    "log10": _per_logarithm(Integer(10)),
    "sigmoid": _sigmoid,
    "tanh": lambda tape, arguments: rule_of(tape, tanh(arguments[0], evaluate=False)),
}

"""From an expression to a layout tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero

from symnet.algebra.indices import Attains, Elsewhere, IndexMax, IndexSum, Kronecker
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Direct,
    Indicator,
    Partial,
    PathSum,
    PrimeDerivative,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
    factors_of,
    terms_of,
)
from symnet.layout.measure import width_em
from symnet.layout.tree import (
    Cases,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
    begins_with_sign,
    first,
)
from symnet.notation.model import Notation
from symnet.notation.names import Names
from symnet.text.say import words

# Terms, factors and brackets: what the layout of an expression is decided by.


def row(items: Iterable[Layout]) -> Layout:
    """Return items side by side, without a row inside a row."""
    flat: list[Layout] = []
    for item in items:
        flat += item.items if isinstance(item, Row) else [item]
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def ordered_terms(expression: Expr) -> Sequence[Expr]:
    """Return the terms of a sum in the order in which they are written."""
    return expression.as_ordered_terms() if isinstance(expression, Add) else terms_of(expression)


def ordered_factors(expression: Expr) -> Sequence[Expr]:
    """Return the factors of a product in the order in which they are written."""
    return expression.as_ordered_factors() if isinstance(expression, Mul) else factors_of(expression)


def signed(term: Expr) -> tuple[bool, Expr]:
    """Return whether ``term`` is negative, and the term without its sign."""
    # Whether a number is negative SymPy would deduce from all there is to know of numbers.
    if isinstance(term, Rational) and term.p < 0:
        return True, -term
    if isinstance(term, Quotient):
        negative, over = signed(term.args[0])
        return negative, Quotient(over, term.args[1])
    first, *rest = ordered_factors(term)
    if not rest:
        return False, term
    if first is S.NegativeOne:
        return True, Chain(*rest)
    negative, size = signed(first)
    return negative, term if size is first and isinstance(term, Chain) else Chain(size, *rest)


def over_constants(factors: Sequence[Expr]) -> Sequence[Expr]:
    """Return factors, each 1 over a constant such as ln 2 as a bar under the factor behind it.

    Before a sum with a sign of its own, or a condition, it stays a factor.
    """
    found: list[Expr] = []
    for factor in factors:
        if found and is_one_over(found[-1]) and factor is not S.NegativeOne and not isinstance(factor, _KEPT_BEHIND):
            over, *below = factor.args if isinstance(factor, Quotient) else (factor,)
            found[-1] = Quotient(over, Chain(*below, found[-1].args[1]))
        else:
            found.append(factor)
    return found


def is_one_over(factor: Expr) -> bool:
    """Return whether a factor is 1 over a constant."""
    return isinstance(factor, Quotient) and factor.args[0] is S.One and not factor.args[1].free_symbols


def call_of(expression: Expr) -> tuple[str, tuple[Expr, ...]]:
    """Return a function's name and its arguments."""
    return (expression.name, expression.args[1:]) if isinstance(expression, Applied) else ("tanh", expression.args)


def is_loose(expression: Expr) -> bool:
    """Return whether an expression needs brackets as an operand: a sum, or cases."""
    return isinstance(expression, PathSum | Add | Branch)


def begins_with_digits(body: Layout) -> bool:
    """Return whether digits come first, which would run together with a number before them."""
    leading = first(body)
    return isinstance(leading.base if isinstance(leading, Scripts) else leading, Number)


def gap_between(
    before: type, after: type, *, times: bool, digits: bool = False, pair: bool = False
) -> tuple[Layout, ...]:
    """Return what stands between two factors: a sign where they would run together, else a little room.

    Args:
        before: What sort of tree the first one is.
        after: What sort of tree the second one begins with.
        times: Whether factors are set apart by a times sign, as numbers are.
        digits: Whether they would run together.
        pair: Whether they are two letters alone.
    """
    if times:
        return (Operator("times"),)
    if digits:
        return (Operator("cdot"),)
    return () if pair or after is Word or (after is Fence and before is not Fence) else (Space("thin"),)


def is_number(body: Layout) -> bool:
    """Return whether a tree is a number, with a sign or without."""
    items = body.items if isinstance(body, Row) else (body,)
    return isinstance(items[-1], Number) and all(isinstance(item, Operator) for item in items[:-1])


def runs_into(behind: Layout, factor: Expr) -> bool:
    """Return whether a factor is a number that would run together with what is written behind it.

    A 0 or a 1 would be read as a slip before anything, and the sign of an indicator as a digit.

    Args:
        behind: What is written behind the factor.
        factor: The factor.
    """
    if factor is S.Zero or factor is S.One:
        return True
    leading = first(behind)
    return bool(factor.is_Rational and isinstance(leading, Glyph) and leading.name.isdigit())


def bare(body: Layout) -> Layout:
    """Return what stands in a pair of brackets, or the tree itself; bars are no brackets."""
    return body.body if isinstance(body, Fence) and body.left in "([" else body


def is_worded(body: Layout) -> bool:
    """Return whether a name is a word, which would read as a function before a bracket."""
    letter = body.base if isinstance(body, Scripts) else body
    return isinstance(letter, Glyph) and letter.upright


def bracketed(body: Layout) -> Fence:
    """Return ``body`` in round brackets, or in square ones if a sum in round brackets stands in it."""
    parts = body.items if isinstance(body, Row) else (body,)
    return Fence(body, "[", "]") if any(map(_holds_round_sum, parts)) else Fence(body)


def _holds_round_sum(part: Layout) -> bool:
    """Return whether a sum in round brackets stands in ``part``, at the height of the line or in a fraction."""
    if isinstance(part, Fence):
        items = part.body.items if isinstance(part.body, Row) else ()
        is_sum = any(isinstance(item, Operator) and item.name in {"+", "-"} and not item.unary for item in items)
        return part.left == "(" and (is_sum or any(map(_holds_round_sum, items)))
    if isinstance(part, Fraction):
        return _holds_round_sum(part.over) or _holds_round_sum(part.under)
    if isinstance(part, Scripts):
        return _holds_round_sum(part.base)
    return isinstance(part, Row) and any(map(_holds_round_sum, part.items))


# Halves, quarters and eighths stay fractions; what else ends soon is written in decimals, as it was given.
_SMALL_DIVISORS = frozenset((2, 4, 8))
_MOST_DECIMALS = 6
# Of what nobody would write as a fraction, a decimal that was given with more.
_MOST_DECIMALS_OF_DATA = 20
# A smaller number of few digits is written with a power of ten, up to so many places.
_MOST_DIGITS, _MOST_PLACES = 3, 40


def size_of(number: Expr) -> Layout:
    """Return a rational number without its sign: whole, as a fraction, or in decimals if they end soon."""
    over, under = abs(int(number.p)), int(number.q)
    if under == 1:
        return Number(str(over))
    shift = next((places for places in range(_MOST_PLACES + 1) if 10**places % under == 0), None)
    if under in _SMALL_DIVISORS or shift is None:
        return Fraction(Number(str(over)), Number(str(under)))
    digits = str(over * 10**shift // under)
    if shift <= (_MOST_DECIMALS_OF_DATA if under % 10 == 0 and len(digits) > _MOST_DIGITS else _MOST_DECIMALS):
        digits = digits.zfill(shift + 1)
        return Number(f"{digits[:-shift]}.{digits[-shift:]}")
    if len(digits) > _MOST_DIGITS:
        return Fraction(Number(str(over)), Number(str(under)))
    return scientific(f"{digits[0]}.{digits[1:]}".rstrip("."), len(digits) - 1 - shift)


def scientific(mantissa: str, exponent: int) -> Layout:
    """Return a number with a power of ten; a mantissa of exactly 1 is not written.

    Args:
        mantissa: Its digits.
        exponent: That of ten.
    """
    size = Number(str(abs(exponent)))
    power = Scripts(Number("10"), sup=Row((Operator("-", unary=True), size)) if exponent < 0 else size)
    return power if mantissa == "1" else Row((Number(mantissa), Operator("times"), power))


# What holds under a condition: by cases, or with the indicator of the condition as a factor.

Build: TypeAlias = Callable[[Expr], Layout]
"""From an expression to its layout tree."""

CONDITIONS = (Indicator, Wins, Undercuts)
"""The factors that are 1 under a condition and 0 else."""
# What a constant stays before as a factor of its own.
_KEPT_BEHIND = (*CONDITIONS, SampleSum, IndexSum)

# The width in em that a value by cases may have.
_WIDEST = 16.0


def otherwise() -> Layout:
    """Return what the last of several cases may have in place of its condition."""
    return Word(words("formula.otherwise"), prose=True)


def cases(rows: Sequence[tuple[Layout, Layout]]) -> Cases:
    """Return a value by cases, each with its condition or, the last one, with :func:`otherwise`."""
    return Cases(tuple(rows), words("formula.if"))


def condition(build: Build, expression: Expr) -> Layout:
    """Return the condition under which an indicator is 1: a positive argument, or that an argument wins."""
    if isinstance(expression, Indicator):
        return compared(build, expression.args[0], ">", S.Zero)
    items: list[Layout] = []
    for own, sign, other in expression.contests:
        items += [Operator(",")] if items else []
        items.append(compared(build, own, sign, other))
    return row(items)


def compared(build: Build, own: Expr, sign: str, other: Expr) -> Layout:
    """Return the comparison of two expressions."""
    return row((bare(build(own)), Operator(sign), bare(build(other))))


def switched(build: Build, switch: Expr, sign: str) -> Layout:
    """Return the comparison of a switch with 0; of a difference, of its two sides, but for a number less something.

    One that begins with what is subtracted has that on its left: ``-x + y > 0`` is ``x < y``.
    """
    terms: tuple[Expr, ...] = switch.args if isinstance(switch, PathSum) else (switch,)
    negative, size = signed(terms[0])
    if negative:
        return compared(build, size, _TURNED[sign], PathSum(*terms[1:]))
    if len(terms) > 1 and not terms[0].is_number:
        negative, size = signed(terms[-1])
        if negative and (len(terms) == 2 or size.is_number):
            return compared(build, PathSum(*terms[:-1]), sign, size)
    return compared(build, switch, sign, S.Zero)


_TURNED = {">": "<", "<=": ">="}


def one_where(notation: Notation, where: Layout) -> Layout:
    """Return the indicator of a condition."""
    return row((notation.indicator, Fence(where, "[", "]")))


def is_short(value: Cases) -> bool:
    """Return whether a value by cases is short enough to be one: a line cannot be broken within it."""
    return all(width_em(one) <= _WIDEST for one, _condition in value.rows)


def by_cases(build: Build, factors: Sequence[Expr]) -> Cases:
    """Return a product, of which some factors are indicators, as a value by cases."""
    value = build(Chain(*(factor for factor in factors if not isinstance(factor, CONDITIONS))))
    items: list[Layout] = []
    for factor in factors:
        if isinstance(factor, CONDITIONS):
            items += [Operator(",")] if items else []
            items.append(condition(build, factor))
    return cases(((bare(value), row(items)), (Number("0"), otherwise())))


def branched(build: Build, notation: Notation, expression: Branch) -> Layout:
    """Return one of two values by a switch: by cases, or as a sum of the two with their indicators.

    Args:
        build: From expressions to layout trees.
        notation: How values by cases are written.
        expression: The switch and both values.
    """
    switch, above, below = expression.args
    rows = ((above, ">"), (below, "<="))
    if notation.splits == "indicator":
        return sum_of_cases(build, notation, switch, rows)
    conditions = [switched(build, switch, sign) for _value, sign in rows]
    if notation.splits == "cases":
        conditions[-1] = otherwise()
    return cases([(bare(build(value)), where) for (value, _sign), where in zip(rows, conditions, strict=True)])


def sum_of_cases(build: Build, notation: Notation, switch: Expr, rows: Iterable[tuple[Expr, str]]) -> Layout:
    """Return a value by cases as the sum of each value times the indicator of its case.

    Args:
        build: From expressions to layout trees.
        notation: How an indicator is written.
        switch: What is compared with 0.
        rows: Each value with the sign of its comparison.
    """
    items: list[Layout] = []
    for value, sign in rows:
        if value is S.Zero:
            continue
        negative, size = signed(value)
        if items or negative:
            items.append(Operator("-" if negative else "+", unary=not items))
        if size is not S.One:
            body = build(size)
            items += [bracketed(body) if is_loose(size) else body, Space("thin")]
        items.append(one_where(notation, switched(build, switch, sign)))
    return row(items) if items else Number("0")


# SymPy to layout tree: the one place that decides order, brackets and room.

Leaf = Callable[[Symbol], Layout]


# Sums of which the layout is kept; answers, which are laid out too, have others without end.
_MOST_SUMS = 2_000


class LayoutBuilder:
    """Turns expressions into layout trees.

    Args:
        names: How quantities, functions and signs are written.
        leaf: What to write for each symbol; without it, its name.
        times: Whether factors are set apart by a times sign, as numbers are.
    """

    def __init__(self, names: Names, leaf: Leaf | None = None, times: bool = False) -> None:
        self._names = names
        self._leaf = leaf
        self._times = times
        self._sums: dict[Expr, Layout] = {}

    def __call__(self, expression: Expr) -> Layout:
        """Return the layout tree of ``expression``."""
        return _RULES[type(expression)](self, expression)

    def symbol(self, symbol: Symbol) -> Layout:
        """Return a symbol's name, or what stands for it."""
        if self._leaf is not None:
            return self._leaf(symbol)
        return self._names(symbol.name) if symbol.name in self._names.quantities else Glyph(symbol.name)

    def rational(self, number: Expr) -> Layout:
        """Return a number; a negative one with its sign before it."""
        return row((Operator("-", unary=True), size_of(number))) if number.p < 0 else size_of(number)

    def sum(self, expression: Expr) -> Layout:
        """Return a sum, a minus sign for each term that begins with -1; every weight of a unit has the same ones."""
        found = self._sums.get(expression)
        if found is None:
            found = self.new_sum(expression)
            if len(self._sums) >= _MOST_SUMS:
                self._sums.clear()
            self._sums[expression] = found
        return found

    def new_sum(self, expression: Expr) -> Layout:
        """Return a sum that has not been laid out yet."""
        items: list[Layout] = []
        for index, term in enumerate(ordered_terms(expression)):
            negative, size = signed(term)
            if index or negative:
                items.append(Operator("-" if negative else "+", unary=not index))
            body = self(size)
            if size.is_Symbol and (not items or not begins_with_sign(bare(body))):
                body = bare(body)
            loose = is_loose(size) and (negative or isinstance(size, Branch))
            items.append(bracketed(body) if loose or (items and begins_with_sign(body)) else body)
        return row(items)

    def product(self, expression: Expr) -> Layout:
        """Return a product; what follows a -1 inside it stands in brackets with its sign."""
        factors = ordered_factors(expression)
        conditions = [factor for factor in factors if isinstance(factor, CONDITIONS)]
        if conditions:
            splits = self._names.notation.splits
            if splits == "cases" and is_short(found := by_cases(self, factors)):
                return found
            if splits == "indicator":
                factors = [*(factor for factor in factors if factor not in conditions), *conditions]
        negative, size = signed(expression if factors is expression.args else Chain(*factors))
        if negative:
            body = self(size)
            loose = is_loose(size) or begins_with_sign(body)
            return row((Operator("-", unary=True), bracketed(body) if loose else body))
        for index, factor in enumerate(factors):
            if factor is S.NegativeOne:
                bracket = bracketed(self(Chain(*factors[index:])))
                gap = gap_between(
                    Fence,
                    Fence,
                    times=self._times,
                    digits=is_number(bracket.body) or factors[index - 1] in (S.Zero, S.One),
                )
                return row((*self.factors(factors[:index]), *gap, bracket))
        return row(self.factors(factors))

    def factors(self, factors: Sequence[Expr]) -> list[Layout]:
        """Return factors side by side, those that need it in brackets."""
        items: list[Layout] = []
        factors = over_constants(factors)
        pair = len(factors) == 2 and all(factor.is_Symbol for factor in factors)
        for index, factor in enumerate(factors):
            # Only a whole product is written by cases.
            body = self.where(factor) if isinstance(factor, CONDITIONS) else self(factor)
            open_ended = isinstance(factor, SampleSum | IndexSum) and index < len(factors) - 1
            if is_loose(factor) or open_ended or begins_with_sign(body):
                body = bracketed(bare(body))
            if items:
                before = factors[index - 1]
                digits = begins_with_digits(body) or factor.is_Rational or runs_into(body, before)
                called = is_worded(items[-1]) and before.is_Symbol and isinstance(first(body), Fence)
                words = before.is_Symbol and factor.is_Symbol and is_worded(items[-1]) and is_worded(body)
                close = (
                    pair and not isinstance(items[-1], Fraction) and not is_worded(items[-1]) and not is_worded(body)
                )
                items += gap_between(
                    type(items[-1]), type(first(body)), times=self._times, digits=digits or called or words, pair=close
                )
            items.append(body)
        return items

    def quotient(self, expression: Expr) -> Layout:
        """Return one expression over another, a sign that is above before both."""
        negative, size = signed(expression)
        over, under = size.args
        fraction = Fraction(bare(self(over)), bare(self(under)))
        return row((Operator("-", unary=True), fraction)) if negative else fraction

    def power(self, expression: Expr) -> Layout:
        """Return a base with its exponent."""
        base, exponent = expression.args
        high = bare(self(exponent))
        if isinstance(base, Applied | tanh) and exponent.is_Integer and exponent.is_positive:
            name, arguments = call_of(base)
            if name not in _SHAPES:
                return row((Scripts(self._names.function(name), sup=high), Fence(self.list(arguments))))
        body = self(base)
        if isinstance(body, Scripts) and body.sup is None and base.is_Symbol:
            return Scripts(body.base, body.sub, high)
        letter = base.is_Symbol or isinstance(base, Exp1 | Pi) or (base.is_Integer and not base.is_negative)
        simple = letter and not begins_with_sign(body) and not isinstance(body, Scripts | Fence | Fraction)
        closed = isinstance(body, Fence) and body.left == "|"
        return Scripts(body if simple or closed else bracketed(bare(body)), sup=high)

    def exponential(self, expression: Expr) -> Layout:
        """Return a power of e."""
        return self._names.exponential(bare(self(expression.args[0])))

    def euler(self, _number: Expr) -> Layout:
        """Return the number e."""
        return self._names.exponential(Number("1")) if self._names.has_e else Glyph("e")

    def logarithm(self, expression: Expr) -> Layout:
        """Return the natural logarithm."""
        return self.of_one_name(self._names.notation.logarithm, expression.args[0])

    def of_one_name(self, letter: Layout, argument: Expr) -> Layout:
        """Return a function of one argument, in brackets unless it is one name."""
        body = self(argument)
        one = argument.is_Symbol or (argument.is_Integer and argument.is_positive)
        if one and not isinstance(body, Fence | Fraction):
            return row((letter, body))
        return row((letter, Fence(bare(body))))

    def function(self, expression: Expr) -> Layout:
        """Return a named function of its arguments."""
        name, arguments = call_of(expression)
        shape = _SHAPES.get(name)
        if shape is not None:
            return shape(self, expression)
        return row((self._names.function(name), Fence(self.list(arguments))))

    def absolute(self, expression: Expr) -> Layout:
        """Return an absolute value."""
        return Fence(bare(self(expression.args[1])), "|", "|")

    def root(self, expression: Expr) -> Layout:
        """Return a square root."""
        return Root(bare(self(expression.args[1])))

    def based_logarithm(self, expression: Expr) -> Layout:
        """Return a logarithm to a base of its own."""
        return self.of_one_name(self._names.function(expression.name), expression.args[1])

    def list(self, arguments: Iterable[Expr]) -> Layout:
        """Return arguments with commas between them."""
        items: list[Layout] = []
        for argument in arguments:
            items += [Operator(",")] if items else []
            items.append(bare(self(argument)))
        return row(items)

    def indicator(self, expression: Expr) -> Layout:
        """Return what is 1 under a condition and 0 else: as an indicator, or by cases."""
        cases = self._names.notation.splits == "cases"
        return by_cases(self, (expression,)) if cases else self.where(expression)

    def where(self, expression: Expr) -> Layout:
        """Return what is 1 under a condition and 0 else, as an indicator."""
        return one_where(self._names.notation, condition(self, expression))

    def branch(self, expression: Expr) -> Layout:
        """Return a value by cases, or as a sum of two values with their indicators."""
        return branched(self, self._names.notation, expression)

    def samples(self, expression: Expr) -> Layout:
        """Return a sum over the samples, with the mark of a sample on whatever each has for itself."""
        body, count = expression.args
        letter = self._names.notation.sample.letter
        marked = LayoutBuilder(self._names, lambda symbol: self._names.sampled(symbol.name, letter), self._times)(body)
        sign = Scripts(Glyph("sum"), row((Glyph(letter), Operator("="), Number("1"))), self(count))
        return row((sign, bracketed(marked) if is_loose(body) else marked))

    def index_sum(self, expression: Expr) -> Layout:
        """Return a sum over an index, whose range is said once for all."""
        sign = Scripts(Glyph("sum"), self._names.index(expression.index.name))
        body = self(expression.body)
        return row((sign, bracketed(body) if is_loose(expression.body) else body))

    def index_max(self, expression: Expr) -> Layout:
        """Return the largest over an index."""
        return row((Scripts(Word("max"), self._names.index(expression.index.name)), self(expression.body)))

    def same_index(self, expression: Expr) -> Layout:
        """Return what is 1 where an index is another one, or one of some values."""
        index, *others = (self._names.index(str(part)) for part in expression.args)
        if len(others) == 1:
            return one_where(self._names.notation, row((index, Operator("="), others[0])))
        listed = [part for other in others for part in (Operator(","), other)][1:]
        return one_where(self._names.notation, row((index, Operator("in"), Fence(row(listed), "{", "}"))))

    def other_index(self, expression: Expr) -> Layout:
        """Return what is 1 where an index is none of some values."""
        index, *others = (self._names.index(str(part)) for part in expression.args)
        apart = [part for other in others for part in (Operator(","), index, Operator("!="), other)][1:]
        return one_where(self._names.notation, row(apart))

    def attains(self, expression: Expr) -> Layout:
        """Return what is 1 where a quantity is the largest over an index."""
        own, _index, largest = expression.args
        return one_where(self._names.notation, row((self(own), Operator("="), self(largest))))

    def partial(self, expression: Expr) -> Layout:
        """Return a partial derivative."""
        return self._names.partial(self.symbol(expression.of), self.symbol(expression.wrt))

    def direct(self, expression: Expr) -> Layout:
        """Return a partial derivative along the direct way alone."""
        return Scripts(Fence(self.partial(expression)), Word(words("formula.direct")))

    def derivative(self, expression: Expr) -> Layout:
        """Return the derivative of an activation's function, with a prime."""
        activation = self._names.quantities[expression.of.name].activation
        return row((Prime(self._names.function(str(activation))), Fence(self.symbol(expression.wrt))))


# The functions that are not written as a name before a bracket.
_SHAPES: dict[str, Callable[[LayoutBuilder, Any], Layout]] = {
    "abs": LayoutBuilder.absolute,
    "sqrt": LayoutBuilder.root,
    "log2": LayoutBuilder.based_logarithm,
    "log10": LayoutBuilder.based_logarithm,
}

_RULES: dict[type, Callable[[LayoutBuilder, Any], Layout]] = {
    Symbol: LayoutBuilder.symbol,
    PathSum: LayoutBuilder.sum,
    Add: LayoutBuilder.sum,
    Chain: LayoutBuilder.product,
    Mul: LayoutBuilder.product,
    Quotient: LayoutBuilder.quotient,
    Pow: LayoutBuilder.power,
    exp: LayoutBuilder.exponential,
    log: LayoutBuilder.logarithm,
    tanh: LayoutBuilder.function,
    Indicator: LayoutBuilder.indicator,
    Wins: LayoutBuilder.indicator,
    Undercuts: LayoutBuilder.indicator,
    Branch: LayoutBuilder.branch,
    SampleSum: LayoutBuilder.samples,
    IndexSum: LayoutBuilder.index_sum,
    IndexMax: LayoutBuilder.index_max,
    Kronecker: LayoutBuilder.same_index,
    Elsewhere: LayoutBuilder.other_index,
    Attains: LayoutBuilder.attains,
    Applied: LayoutBuilder.function,
    Partial: LayoutBuilder.partial,
    Direct: LayoutBuilder.direct,
    PrimeDerivative: LayoutBuilder.derivative,
    Exp1: LayoutBuilder.euler,
    Pi: lambda _builder, _pi: Glyph("pi"),
} | dict.fromkeys((Integer, Rational, Half, One, NegativeOne, Zero), LayoutBuilder.rational)

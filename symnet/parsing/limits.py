"""Bounds on the size of what is read, and constants."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Pow, S, exp
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Chain, PathSum, Quotient, by_comparison, negative
from symnet.arithmetic.real import NoValueError, Value, magnitude, power
from symnet.limits import LARGEST_POWER, MOST_LEVELS, MOST_NODES
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

# The constants in an expression: their values, exact as long as they can be, and never larger than they may be.

Constant: TypeAlias = "Fraction | Value"

# 10 to the power 308, in bits.
_LARGEST_BITS = 1024
# The digits of a fraction above and below its bar: the hundredth power of 50 digits has no more.
_MOST_BITS = 50_000
# Digits enough to see how large a constant is, and whether it is 0.
_DIGITS = 30


class ConstantError(ArithmeticError):
    """A constant that has no value, or too large a one; the message says which."""


def combined(sign: str, first: Constant, second: Constant) -> Constant:
    """Return the constant that two others make.

    Args:
        sign: One of ``+ - * / ^``.
        first: The first.
        second: The second.

    Raises:
        ConstantError: If it has no value, or one beyond all bounds.
    """
    if sign == "/" and not second:
        raise ConstantError(words("reading.divided_by_zero"))
    if sign == "^":
        return _bounded(_raised(first, second))
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return _bounded(_OPERATIONS[sign](first, second))
    with mpmath.workdps(_DIGITS):
        return _bounded(_OPERATIONS[sign](_real(first), _real(second)))


def applied(name: str, arguments: Sequence[Constant]) -> Constant:
    """Return the value of a function at constants.

    Raises:
        ConstantError: If it has none, or one beyond all bounds.
    """
    with mpmath.workdps(_DIGITS):
        try:
            return _bounded(mpmath.mpf(FUNCTIONS[name].number(*map(_real, arguments))))
        except NoValueError as error:
            raise ConstantError(words("reading.no_value", why=str(error))) from None


_OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _raised(base: Constant, exponent: Constant) -> Constant:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1 and base:
        if _bits(base) * abs(exponent) > _MOST_BITS:
            raise ConstantError(words("reading.many_digits"))
        return base ** int(exponent)
    with mpmath.workdps(_DIGITS):
        try:
            return power(_real(base), _real(exponent))
        except NoValueError as error:
            raise ConstantError(words("reading.no_value", why=str(error))) from None


def _bounded(value: Constant) -> Constant:
    if isinstance(value, Fraction):
        if _bits(value) > _MOST_BITS:
            raise ConstantError(words("reading.many_digits"))
        size = value.numerator.bit_length() - value.denominator.bit_length()
    else:
        size = magnitude(value)
    if value and abs(size) > _LARGEST_BITS:
        raise ConstantError(words("reading.too_large") if size > 0 else words("reading.too_small"))
    return value


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _real(value: Constant) -> Value:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


# What a reader of expressions builds as it goes: ordered expressions, within limits, constants never too large.


class Fragment(NamedTuple):
    """A piece of an expression that has been read.

    Attributes:
        expression: What it is.
        position: Where it begins.
        depth: How many levels it has.
        constant: Its value, if it is a constant.
    """

    expression: Expr
    position: int
    depth: int = 1
    constant: Constant | None = None


class Assembly:
    """The parts of one text, counted as they are put together.

    Args:
        text: The text, for errors.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.level = 0
        self.most_nodes = MOST_NODES

    @property
    def here(self) -> int:
        """Up to where the text has been read."""
        return len(self.text)

    def joined(self, sign: str, at: int, first: Fragment, second: Fragment) -> Fragment:
        """Return two parts with an operator between them.

        Args:
            sign: One of ``+ - * / ^``.
            at: Where it stands.
            first: What stands before it.
            second: What stands behind it.

        Raises:
            FormulaError: If the value of a constant, or a limit, is exceeded.
        """
        kind, build = _OPERATORS[sign]
        value: Constant | None = None
        if sign == "/" and second.constant is not None and not second.constant:
            raise FormulaError(
                self.text, second.position, words("reading.division_by_zero"), words("reading.under_bar")
            )
        if sign == "^" and second.constant is not None and abs(second.constant) > LARGEST_POWER:
            allowed = words("reading.exponents", largest=LARGEST_POWER)
            raise FormulaError(self.text, second.position, self.since(second.position), allowed)
        if first.constant is not None and second.constant is not None:
            constants = first.constant, second.constant
            value = self.constant(first.position, lambda: combined(sign, *constants))
        # A sum or product that goes on makes no new level.
        longer = kind in (PathSum, Chain) and isinstance(first.expression, kind)
        depth = 1 + max(first.depth - longer, second.depth)
        expression = build(first.expression, second.expression)
        return self.grown(Fragment(expression, first.position, depth, value), at)

    def negated(self, part: Fragment, at: int) -> Fragment:
        """Return a part behind a minus sign, which stands at ``at``."""
        number = part.expression
        minus = -number if number.is_Rational and number.is_positive else negative(number)
        constant = None if part.constant is None else -part.constant
        return self.grown(Fragment(minus, at, part.depth + 1, constant))

    def applied(self, name: str, at: int, arguments: Sequence[Fragment]) -> Fragment:
        """Return a function of the catalog at arguments.

        Raises:
            FormulaError: If it takes another number of them, or has no value at constants.
        """
        function = FUNCTIONS[name]
        if not function.least <= len(arguments) <= function.most:
            allowed = "1" if function.most == 1 else words("reading.or_more", least=function.least)
            raise self.wrong_count(name, at, len(arguments), allowed)
        constants = [argument.constant for argument in arguments if argument.constant is not None]
        value = None
        if len(constants) == len(arguments):
            value = self.constant(at, lambda: applied(name, constants))
        expression = function.build(*(argument.expression for argument in arguments))
        return self.grown(Fragment(expression, at, 1 + max(argument.depth for argument in arguments), value))

    def compared(self, sign: str, at: int, parts: Sequence[Fragment]) -> Fragment:
        """Return a value by a comparison; that of constants is settled at once.

        Args:
            sign: The comparison.
            at: Where it stands.
            parts: Its two sides, the value where it holds, and the other one.
        """
        left, right, above, below = parts
        if left.constant is not None and right.constant is not None:
            distance = self.constant(
                at, lambda: combined("-", left.constant or Fraction(0), right.constant or Fraction(0))
            )
            holds = distance > 0 if sign[0] == ">" else distance < 0
            value = above if holds or (len(sign) > 1 and not distance) else below
            return self.grown(value._replace(position=at, depth=value.depth + 1))
        expression = by_comparison(sign, *(part.expression for part in parts))
        return self.grown(Fragment(expression, at, 2 + max(part.depth for part in parts)))

    def wrong_count(self, name: str, at: int, count: int, allowed: str) -> FormulaError:
        """Return the error for a function at more or fewer arguments than it takes.

        Args:
            name: The function.
            at: Where it stands.
            count: How many arguments it has.
            allowed: How many it takes.
        """
        return FormulaError(self.text, at, words("reading.arguments", count=count, function=name), allowed)

    def constant(self, start: int, compute: Callable[[], Constant]) -> Constant:
        """Return the value of a constant that begins at ``start``.

        Raises:
            FormulaError: If it has none, or one beyond all bounds.
        """
        try:
            return compute()
        except ConstantError as error:
            allowed = words("reading.constants")
            raise FormulaError(self.text, start, self.since(start), allowed, str(error)) from None

    def grown(self, part: Fragment, at: int | None = None) -> Fragment:
        """Return a part that has become one node larger.

        Raises:
            FormulaError: If there are too many by now, or too many levels.
        """
        self.nodes += 1
        place = part.position if at is None else at
        if self.nodes > self.most_nodes:
            raise FormulaError(
                self.text, place, words("reading.many_nodes", most=self.most_nodes), words("reading.shorter")
            )
        if part.depth > MOST_LEVELS:
            raise self.too_deep(place)
        return part

    def deeper(self, position: int) -> None:
        """Go one level down.

        Raises:
            FormulaError: If there are too many.
        """
        self.level += 1
        if self.level > MOST_LEVELS:
            raise self.too_deep(position)

    def too_deep(self, position: int) -> FormulaError:
        """Return the error for too many levels."""
        return FormulaError(
            self.text,
            position,
            words("reading.many_levels", most=MOST_LEVELS),
            words("reading.at_most", most=MOST_LEVELS),
        )

    def since(self, start: int) -> str:
        """Return what has been read from ``start`` on, as an error names it."""
        return shown(self.text[start : self.here].strip())


def _over(first: Expr, second: Expr) -> Expr:
    """Return a quotient; one of whole numbers in lowest terms is the number that is written so."""
    whole = first.is_Integer and second.is_Integer and first.is_positive and second > 1
    return first / second if whole and gcd(int(first), int(second)) == 1 else Quotient(first, second)


def _raised_assembly(base: Expr, exponent: Expr) -> Expr:
    return exp(exponent, evaluate=False) if base is S.Exp1 else Pow(base, exponent, evaluate=False)


_OPERATORS: dict[str, tuple[type[Expr], Callable[[Expr, Expr], Expr]]] = {
    "+": (PathSum, PathSum),
    "-": (PathSum, lambda first, second: PathSum(first, negative(second))),
    "*": (Chain, Chain),
    "/": (Quotient, _over),
    "^": (Pow, _raised_assembly),
}

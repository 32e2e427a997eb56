"""The reader of expressions: untrusted text to an ordered expression, by a small grammar and within limits.

Nothing is evaluated: a name is one that the caller knows, a function of the catalog, or a constant.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Container, Iterable
from math import gcd
from typing import NamedTuple

import mpmath
from sympy import Pow, Rational, S, Symbol, exp
from sympy.core.expr import Expr

from symnet.calculus import Chain, PathSum, Quotient, negative
from symnet.catalog.functions import FUNCTIONS
from symnet.expressions.constants import Constant, ConstantError, applied, combined
from symnet.expressions.scanner import FormulaError, Token, excerpt, is_name, next_token, number_of, shown

__all__ = ["RESERVED", "FormulaError", "excerpt", "is_name", "read"]

MOST_CHARACTERS = 2_000
MOST_LEVELS = 50
MOST_NODES = 500
LARGEST_POWER = 100

# What the plain text of an expression means by itself cannot be the name of a quantity.
RESERVED = frozenset(FUNCTIONS) | {"Max", "Min", "Abs", "Piecewise", "Sum"} | frozenset(keyword.kwlist) - {"lambda"}

_CONSTANTS = {"e": (S.Exp1, mpmath.e), "pi": (S.Pi, mpmath.pi)}
_OPERAND = "a name, a number, a function or an opening bracket"
_OPERATOR = "an operator + - * / ^"
# So many names are listed in an error.
_MOST_LISTED = 12


def read(text: str, scope: Callable[[str], bool] | Container[str], known: Iterable[str] = ()) -> Expr:
    """Return the expression that ``text`` is, ordered as it was written.

    Args:
        text: Untrusted text.
        scope: The names that it may use, or what tells whether it may use one.
        known: The names that an error lists and suggests.

    Raises:
        FormulaError: At the first place where it is no expression, or goes beyond a limit.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(text, MOST_CHARACTERS, f"{len(text):,} characters", f"at most {MOST_CHARACTERS:,}")
    if callable(scope):
        return _Reader(text, scope, tuple(known)).read()
    listed = tuple(known) or (tuple(sorted(scope)) if isinstance(scope, Iterable) else ())
    return _Reader(text, scope.__contains__, listed).read()


class _Part(NamedTuple):
    """A piece of the expression that has been read.

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


class _Reader:
    """Reads one text from left to right, a method for each rule of the grammar."""

    def __init__(self, text: str, allows: Callable[[str], bool], known: tuple[str, ...]) -> None:
        self.text = text
        self.allows = allows
        self.known = known
        self.nodes = 0
        self.level = 0
        self.place = 0
        self.seen: Token | None = None

    @property
    def token(self) -> Token:
        """The token at hand; it is not looked at before it is needed, so that the first problem is found first."""
        if self.seen is None:
            self.seen = next_token(self.text, self.place)
        return self.seen

    def read(self) -> Expr:
        part = self.sum()
        if self.token.kind != "end":
            closing = self.token.text == ")"
            raise self.error(self.token, _OPERATOR, "It closes no bracket." if closing else "")
        return part.expression

    def sum(self) -> _Part:
        """``product (("+" | "-") product)*``."""
        part = self.product()
        while self.token.text in ("+", "-"):
            sign = self.take()
            part = self.joined(sign, part, self.product())
        return part

    def product(self) -> _Part:
        """``("+" | "-") product | operand (("*" | "/") operand)*``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.product)
        part = self.operand()
        while self.token.text in ("*", "/"):
            sign = self.take()
            part = self.joined(sign, part, self.operand())
        self.expect_no_operand(part)
        return part

    def operand(self) -> _Part:
        """``("+" | "-") operand | atom ("^" operand)?``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.operand)
        base = self.atom()
        if self.token.text != "^":
            return base
        sign = self.take()
        self.deeper(sign)
        exponent = self.operand()
        self.level -= 1
        if exponent.constant is not None and abs(exponent.constant) > LARGEST_POWER:
            allowed = f"exponents from -{LARGEST_POWER} to {LARGEST_POWER}"
            raise FormulaError(self.text, exponent.position, self.since(exponent.position), allowed)
        return self.joined(sign, base, exponent)

    def signed(self, rule: Callable[[], _Part]) -> _Part:
        """Return what ``rule`` reads behind a sign."""
        sign = self.take()
        self.deeper(sign)
        part = rule()
        self.level -= 1
        if sign.text == "+":
            return part._replace(position=sign.position)
        number = part.expression
        minus = -number if number.is_Rational and number.is_positive else negative(number)
        constant = None if part.constant is None else -part.constant
        return self.grown(_Part(minus, sign.position, part.depth + 1, constant))

    def atom(self) -> _Part:
        """``number | name | function "(" sum ("," sum)* ")" | "(" sum ")"``."""
        token = self.token
        if token.kind == "number":
            value = number_of(self.text, self.take())
            return self.grown(_Part(Rational(value.numerator, value.denominator), token.position, 1, value))
        if token.kind == "name":
            return self.name(self.take())
        if token.text != "(":
            raise self.error(token, _OPERAND, "" if self.text.strip() else "Write an expression.")
        self.deeper(self.take())
        part = self.sum()
        self.close(token)
        return part._replace(position=token.position)

    def name(self, token: Token) -> _Part:
        allowed = self.allows(token.text)
        if not allowed and token.text in FUNCTIONS:
            return self.call(token)
        if not allowed and token.text not in _CONSTANTS:
            raise self.unknown(token)
        if self.token.text == "(":
            hint = f"{token.text} is no function; write {token.text}*( ) for a product."
            raise self.error(self.token, _OPERATOR, hint)
        if allowed:
            return self.grown(_Part(Symbol(token.text), token.position))
        expression, value = _CONSTANTS[token.text]
        return self.grown(_Part(expression, token.position, 1, +value))

    def call(self, token: Token) -> _Part:
        function = FUNCTIONS[token.text]
        if self.token.text != "(":
            raise self.error(self.token, "an opening bracket", f"Its argument stands in brackets: {token.text}(x).")
        opening = self.take()
        self.deeper(opening)
        arguments = [] if self.token.text == ")" else [self.sum()]
        while arguments and self.token.text == ",":
            self.take()
            arguments.append(self.sum())
        self.close(opening)
        if not function.least <= len(arguments) <= function.most:
            allowed = "1" if function.most == 1 else f"{function.least} or more"
            found = f"{len(arguments)} argument{'' if len(arguments) == 1 else 's'} of {token.text}"
            raise FormulaError(self.text, token.position, found, allowed)
        constants = [argument.constant for argument in arguments if argument.constant is not None]
        value = None
        if len(constants) == len(arguments):
            value = self.constant(token.position, lambda: applied(token.text, constants))
        expression = function.build(*(argument.expression for argument in arguments))
        depth = 1 + max(argument.depth for argument in arguments)
        return self.grown(_Part(expression, token.position, depth, value))

    def joined(self, sign: Token, first: _Part, second: _Part) -> _Part:
        """Return two parts with an operator between them."""
        kind, build = _OPERATORS[sign.text]
        value: Constant | None = None
        if sign.text == "/" and second.constant is not None and not second.constant:
            raise FormulaError(self.text, second.position, "a division by 0", "anything but 0 under a fraction bar")
        if first.constant is not None and second.constant is not None:
            constants = first.constant, second.constant
            value = self.constant(first.position, lambda: combined(sign.text, *constants))
        # A sum or product that goes on makes no new level.
        longer = kind in (PathSum, Chain) and isinstance(first.expression, kind)
        depth = 1 + max(first.depth - longer, second.depth)
        expression = build(first.expression, second.expression)
        return self.grown(_Part(expression, first.position, depth, value), sign)

    def constant(self, start: int, compute: Callable[[], Constant]) -> Constant:
        try:
            return compute()
        except ConstantError as error:
            allowed = "constants with a value between 1e-308 and 1e308"
            raise FormulaError(self.text, start, self.since(start), allowed, str(error)) from None

    def grown(self, part: _Part, at: Token | None = None) -> _Part:
        """Return a part that has become one node larger, if that is still within the limits."""
        self.nodes += 1
        place = part.position if at is None else at.position
        if self.nodes > MOST_NODES:
            raise FormulaError(self.text, place, f"more than {MOST_NODES} names, numbers and signs", "a shorter one")
        if part.depth > MOST_LEVELS:
            raise self.too_deep(place)
        return part

    def deeper(self, token: Token) -> None:
        self.level += 1
        if self.level > MOST_LEVELS:
            raise self.too_deep(token.position)

    def too_deep(self, position: int) -> FormulaError:
        return FormulaError(self.text, position, f"more than {MOST_LEVELS} levels", f"at most {MOST_LEVELS}")

    def take(self) -> Token:
        """Return the token at hand, and go on to the next one."""
        token, self.seen = self.token, None
        self.place = token.position + len(token.text)
        return token

    def close(self, opening: Token) -> None:
        """Go on behind a closing bracket."""
        if self.token.text != ")":
            missing = "The bracket opened here is never closed."
            if self.token.kind == "end":
                raise FormulaError(self.text, opening.position, shown("("), "a closing bracket further on", missing)
            raise self.error(self.token, f"{_OPERATOR} or a closing bracket")
        self.level -= 1
        self.take()

    def expect_no_operand(self, part: _Part) -> None:
        """Refuse a factor straight behind another one."""
        if self.token.kind in ("number", "name") or self.token.text == "(":
            before = self.text[part.position : self.token.position].strip()
            product = f"Write * for a product: {before}*{self.token.text}" if len(before) <= _MOST_LISTED else ""
            digits = self.token.kind == "number" and part.expression.is_Rational
            raise self.error(self.token, _OPERATOR, "" if digits else product or "Write * for a product.")

    def error(self, token: Token, allowed: str, hint: str = "") -> FormulaError:
        return FormulaError(self.text, token.position, token.shown, allowed, hint)

    def since(self, start: int) -> str:
        return shown(self.text[start : self.token.position].strip())

    def unknown(self, token: Token) -> FormulaError:
        from difflib import get_close_matches

        called = self.text[self.place :].lstrip().startswith("(")
        names = [] if called else [*self.known, *(name for name in _CONSTANTS if name not in self.known)]
        listed = ", ".join(names[:_MOST_LISTED]) + (", ..." if len(names) > _MOST_LISTED else "")
        functions = f"the functions {', '.join(FUNCTIONS)}"
        near = get_close_matches(token.text, [*names, *FUNCTIONS], n=1)
        hint = f'Did you mean "{near[0]}"?' if near else ""
        return self.error(token, f"{listed}, and {functions}" if listed else functions, hint)


def _over(first: Expr, second: Expr) -> Expr:
    """Return a quotient; one of whole numbers in lowest terms is the number that is written so."""
    whole = first.is_Integer and second.is_Integer and first.is_positive and second > 1
    return first / second if whole and gcd(int(first), int(second)) == 1 else Quotient(first, second)


def _raised(base: Expr, exponent: Expr) -> Expr:
    return exp(exponent, evaluate=False) if base is S.Exp1 else Pow(base, exponent, evaluate=False)


_OPERATORS: dict[str, tuple[type[Expr], Callable[[Expr, Expr], Expr]]] = {
    "+": (PathSum, PathSum),
    "-": (PathSum, lambda first, second: PathSum(first, negative(second))),
    "*": (Chain, Chain),
    "/": (Quotient, _over),
    "^": (Pow, _raised),
}

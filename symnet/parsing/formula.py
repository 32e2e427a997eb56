"""The reader of expressions: untrusted text to an ordered expression, by a small grammar and within limits.

Nothing is evaluated: a name is one that the caller knows, a function of the catalog, or a constant.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Container, Iterable

import mpmath
from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.limits import MOST_CHARACTERS
from symnet.parsing.limits import Assembly, Fragment
from symnet.parsing.tokens import (
    COMPARED,
    COMPARISONS,
    FormulaError,
    FormulaToken,
    excerpt,
    is_name,
    next_token,
    number_of,
    shown,
)

__all__ = ["RESERVED", "FormulaError", "excerpt", "is_name", "read"]

# What the plain text of an expression means by itself cannot be the name of a quantity.
RESERVED = frozenset(FUNCTIONS) | {"Max", "Min", "Abs", "Piecewise", "Sum"} | frozenset(keyword.kwlist) - {"lambda"}

_CONSTANTS = {"e": (S.Exp1, mpmath.e), "pi": (S.Pi, mpmath.pi)}
_OPERAND = "a name, a number, a function or an opening bracket"
_OPERATOR = "an operator + - * / ^"
_CHOOSING = frozenset(("where", "if"))
_CASES = "where(z > 0, z, 0): a comparison, the value where it holds, and the other one"
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
        return _FormulaReader(text, scope, tuple(known)).read()
    listed = tuple(known) or (tuple(sorted(scope)) if isinstance(scope, Iterable) else ())
    return _FormulaReader(text, scope.__contains__, listed).read()


class _FormulaReader(Assembly):
    """Reads one text from left to right, a method for each rule of the grammar."""

    def __init__(self, text: str, allows: Callable[[str], bool], known: tuple[str, ...]) -> None:
        super().__init__(text)
        self.allows = allows
        self.known = known
        self.place = 0
        self.seen: FormulaToken | None = None

    @property
    def here(self) -> int:
        """Where the token at hand begins."""
        return self.token.position

    @property
    def token(self) -> FormulaToken:
        """The token at hand; it is not looked at before it is needed, so that the first problem is found first."""
        if self.seen is None:
            self.seen = next_token(self.text, self.place, COMPARISONS)
        return self.seen

    def read(self) -> Expr:
        part = self.sum()
        if self.token.kind != "end":
            raise self.error(self.token, _OPERATOR, _STRAY.get(self.token.text, ""))
        return part.expression

    def sum(self) -> Fragment:
        """``product (("+" | "-") product)*``."""
        part = self.product()
        while self.token.text in ("+", "-"):
            sign = self.take()
            part = self.joined(sign.text, sign.position, part, self.product())
        return part

    def product(self) -> Fragment:
        """``("+" | "-") product | operand (("*" | "/") operand)*``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.product)
        part = self.operand()
        while self.token.text in ("*", "/"):
            sign = self.take()
            part = self.joined(sign.text, sign.position, part, self.operand())
        self.expect_no_operand(part)
        return part

    def operand(self) -> Fragment:
        """``("+" | "-") operand | atom ("^" operand)?``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.operand)
        base = self.atom()
        if self.token.text != "^":
            return base
        sign = self.take()
        self.deeper(sign.position)
        exponent = self.operand()
        self.level -= 1
        return self.joined(sign.text, sign.position, base, exponent)

    def signed(self, rule: Callable[[], Fragment]) -> Fragment:
        """Return what ``rule`` reads behind a sign."""
        sign = self.take()
        self.deeper(sign.position)
        part = rule()
        self.level -= 1
        if sign.text == "+":
            return part._replace(position=sign.position)
        return self.negated(part, sign.position)

    def atom(self) -> Fragment:
        """``number | name | function "(" sum ("," sum)* ")" | "(" sum ")"``."""
        token = self.token
        if token.kind == "number":
            value = number_of(self.text, self.take())
            return self.grown(Fragment(Rational(value.numerator, value.denominator), token.position, 1, value))
        if token.kind == "name":
            return self.name(self.take())
        if token.text != "(":
            raise self.error(token, _OPERAND, "" if self.text.strip() else "Write an expression.")
        self.deeper(self.take().position)
        part = self.sum()
        self.close(token)
        return part._replace(position=token.position)

    def name(self, token: FormulaToken) -> Fragment:
        allowed = self.allows(token.text)
        if not allowed and token.text in FUNCTIONS:
            return self.call(token)
        if not allowed and token.text in _CHOOSING:
            return self.cases(token)
        if not allowed and token.text not in _CONSTANTS:
            raise self.unknown(token)
        if self.token.text == "(":
            hint = f"{token.text} is no function; write {token.text}*( ) for a product."
            raise self.error(self.token, _OPERATOR, hint)
        if allowed:
            return self.grown(Fragment(Symbol(token.text), token.position))
        expression, value = _CONSTANTS[token.text]
        return self.grown(Fragment(expression, token.position, 1, +value))

    def call(self, token: FormulaToken) -> Fragment:
        if self.token.text != "(":
            raise self.error(self.token, "an opening bracket", f"Its argument stands in brackets: {token.text}(x).")
        opening = self.take()
        self.deeper(opening.position)
        arguments = [] if self.token.text == ")" else [self.sum()]
        while arguments and self.token.text == ",":
            self.take()
            arguments.append(self.sum())
        self.close(opening)
        return self.applied(token.text, token.position, arguments)

    def cases(self, token: FormulaToken) -> Fragment:
        """``("where" | "if") "(" sum comparison sum "," sum "," sum ")"``."""
        if self.token.text != "(":
            raise self.error(self.token, "an opening bracket", f"Write {_CASES}.")
        opening = self.take()
        self.deeper(opening.position)
        left, sign = self.sum(), self.token
        if sign.text not in COMPARISONS:
            raise self.error(sign, "a comparison with > < >= or <=", f"Write {_CASES}.")
        self.take()
        parts = [left, self.sum()]
        for _value in range(2):
            if self.token.text != ",":
                raise self.error(self.token, f"{_OPERATOR} or a comma", f"Write {_CASES}.")
            self.take()
            parts.append(self.sum())
        self.close(opening)
        return self.compared(sign.text, token.position, parts)

    def take(self) -> FormulaToken:
        """Return the token at hand, and go on to the next one."""
        token, self.seen = self.token, None
        self.place = token.position + len(token.text)
        return token

    def close(self, opening: FormulaToken) -> None:
        """Go on behind a closing bracket."""
        if self.token.text != ")":
            missing = "The bracket opened here is never closed."
            if self.token.kind == "end":
                raise FormulaError(self.text, opening.position, shown("("), "a closing bracket further on", missing)
            allowed = f"{_OPERATOR} or a closing bracket"
            raise self.error(self.token, allowed, _STRAY.get(self.token.text, ""))
        self.level -= 1
        self.take()

    def expect_no_operand(self, part: Fragment) -> None:
        """Refuse a factor straight behind another one."""
        if self.token.kind in ("number", "name") or self.token.text == "(":
            before = self.text[part.position : self.token.position].strip()
            product = f"Write * for a product: {before}*{self.token.text}" if len(before) <= _MOST_LISTED else ""
            digits = self.token.kind == "number" and part.expression.is_Rational
            raise self.error(self.token, _OPERATOR, "" if digits else product or "Write * for a product.")

    def error(self, token: FormulaToken, allowed: str, hint: str = "") -> FormulaError:
        return FormulaError(self.text, token.position, token.shown, allowed, hint)

    def unknown(self, token: FormulaToken) -> FormulaError:
        from difflib import get_close_matches

        called = self.text[self.place :].lstrip().startswith("(")
        names = [] if called else [*self.known, *(name for name in _CONSTANTS if name not in self.known)]
        listed = ", ".join(names[:_MOST_LISTED]) + (", ..." if len(names) > _MOST_LISTED else "")
        functions = f"the functions {', '.join(FUNCTIONS)}"
        near = get_close_matches(token.text, [*names, *FUNCTIONS], n=1)
        hint = f'Did you mean "{near[0]}"?' if near else ""
        return self.error(token, f"{listed}, and {functions}" if listed else functions, hint)


_STRAY = {
    ")": "It closes no bracket.",
    **dict.fromkeys(COMPARISONS, COMPARED),
}

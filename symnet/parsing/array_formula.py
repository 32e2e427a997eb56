"""The reader of expressions over arrays: untrusted text to a tree of operations, each with its place in the text.

It is the grammar of :mod:`symnet.parsing.formula` with ``@``, ``'``, indices in square brackets, lists of numbers,
keywords such as ``axis=`` and, within ``where``, comparisons. What a name means, and whether shapes fit, is found out
later; nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, NoReturn

from symnet.limits import MOST_CHARACTERS, MOST_LEVELS, MOST_NODES
from symnet.parsing.tokens import COMPARED, COMPARISONS, FormulaError, FormulaToken, next_token, number_of, shown

"""The signs between two sides of a condition."""

_SIGNS = (*COMPARISONS, "@", "'", "[", "]", ":", "=")
_OPERAND = "a name, a number, a function or an opening bracket"
_OPERATOR = "an operator + - * / ^ @"
_KINDS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "@": "matmul", "^": "power"}


class Syntax(NamedTuple):
    """One operation of an expression, as it is written.

    Attributes:
        kind: ``number``, ``name``, ``list``, ``call``, ``index``, ``range``, ``compare``, or what an operator does.
        at: Where it stands: an operator's own place, else where it begins.
        of: What it is of.
        text: A name, the name of a function, or the sign of a comparison.
        number: The value of a number.
        keywords: What stands behind the name of each keyword.
    """

    kind: str
    at: int
    of: tuple[Syntax, ...] = ()
    text: str = ""
    number: Fraction = Fraction(0)
    keywords: tuple[tuple[str, Syntax], ...] = ()


EVERYTHING = Syntax("range", -1)
"""The end of a range that is left out."""


def read_arrays(text: str) -> Syntax:
    """Return the operations of which an expression over arrays is made.

    Args:
        text: Untrusted text.

    Raises:
        FormulaError: At the first place where it is no expression, or goes beyond a limit.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(text, MOST_CHARACTERS, f"{len(text):,} characters", f"at most {MOST_CHARACTERS:,}")
    return _SyntaxReader(text).read()


class _SyntaxReader:
    """Reads one text from left to right, a method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.level = 0
        self.count = 0
        self.seen: FormulaToken | None = None

    @property
    def token(self) -> FormulaToken:
        """The token at hand."""
        if self.seen is None:
            self.seen = next_token(self.text, self.place, _SIGNS)
        return self.seen

    def read(self) -> Syntax:
        part = self.sum()
        if self.token.kind != "end":
            self.refuse(_OPERATOR, _STRAY.get(self.token.text, ""))
        return part

    def condition(self) -> Syntax:
        """``sum ((">" | "<" | ">=" | "<=") sum)?``."""
        part = self.sum()
        if self.token.text not in COMPARISONS:
            return part
        sign = self.take()
        return self.made("compare", sign.position, (part, self.sum()), sign.text)

    def sum(self) -> Syntax:
        """``product (("+" | "-") product)*``."""
        part = self.product()
        while self.token.text in ("+", "-"):
            sign = self.take()
            part = self.made(_KINDS[sign.text], sign.position, (part, self.product()))
        return part

    def product(self) -> Syntax:
        """``("+" | "-") product | operand (("*" | "/" | "@") operand)*``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.product)
        start, part = self.token.position, self.operand()
        while self.token.text in ("*", "/", "@"):
            sign = self.take()
            part = self.made(_KINDS[sign.text], sign.position, (part, self.operand()))
        if self.token.kind in ("number", "name") or self.token.text == "(":
            before = self.text[start : self.token.position].strip()
            product = f"Write * for a product: {before}*{self.token.text}" if len(before) <= _SHORT else ""
            self.refuse(_OPERATOR, product or "Write * for a product.")
        return part

    def operand(self) -> Syntax:
        """``("+" | "-") operand | postfix ("^" operand)?``."""
        if self.token.text in ("+", "-"):
            return self.signed(self.operand)
        base = self.postfix()
        if self.token.text != "^":
            return base
        sign = self.take()
        return self.made("power", sign.position, (base, self.deeper(sign.position, self.operand)))

    def signed(self, rule: Callable[[], Syntax]) -> Syntax:
        """Return what ``rule`` reads behind a sign."""
        sign = self.take()
        part = self.deeper(sign.position, rule)
        return part if sign.text == "+" else self.made("negative", sign.position, (part,))

    def postfix(self) -> Syntax:
        """``atom ("'" | "[" index ("," index)* "]")*``."""
        part = self.atom()
        while self.token.text in ("'", "["):
            sign = self.take()
            turned = sign.text == "'"
            part = self.made("transpose", sign.position, (part,)) if turned else self.indexed(part, sign)
        return part

    def indexed(self, part: Syntax, opening: FormulaToken) -> Syntax:
        """Return what is taken of ``part`` by the indices behind an opening bracket."""
        places = self.deeper(opening.position, lambda: self.list_of(self.range, "]", "index", opening))
        return self.made("index", opening.position, (part, *places.of))

    def range(self) -> Syntax:
        """``sum? (":" sum?)?``."""
        start = EVERYTHING if self.token.text == ":" else self.sum()
        if self.token.text != ":":
            return start
        colon = self.take()
        end = EVERYTHING if self.token.text in (",", "]") else self.sum()
        return self.made("range", colon.position, (start, end))

    def atom(self) -> Syntax:
        """``number | name | function "(" arguments ")" | "(" sum ")" | "[" sum ("," sum)* "]"``."""
        token = self.token
        if token.kind == "number":
            return self.made("number", token.position, number=number_of(self.text, self.take()))
        if token.kind == "name":
            self.take()
            return self.call(token) if self.token.text == "(" else self.made("name", token.position, text=token.text)
        if token.text == "[":
            self.take()
            return self.deeper(token.position, lambda: self.list_of(self.sum, "]", "list", token))
        if token.text != "(":
            self.refuse(_OPERAND, "" if self.text.strip() else "Write an expression.")
        self.take()
        part = self.deeper(token.position, self.sum)
        self.close(")", token)
        return part

    def call(self, name: FormulaToken) -> Syntax:
        """``"(" (condition | keyword "=" sum) ("," ...)* ")"``."""
        opening = self.take()
        keywords: list[tuple[str, Syntax]] = []

        def argument() -> Syntax:
            part = self.condition()
            if part.kind != "name" or self.token.text != "=":
                return part
            if part.text in dict(keywords):
                self.refuse("each keyword once", f"{part.text} stands there already.")
            self.take()
            keywords.append((part.text, self.sum()))
            return EVERYTHING

        listed = self.deeper(name.position, lambda: self.list_of(argument, ")", "call", opening))
        stated = tuple(part for part in listed.of if part is not EVERYTHING)
        return listed._replace(at=name.position, of=stated, text=name.text, keywords=tuple(keywords))

    def list_of(self, rule: Callable[[], Syntax], end: str, kind: str, opening: FormulaToken) -> Syntax:
        """Return what stands between brackets, commas between it."""
        parts = [] if self.token.text == end else [rule()]
        while parts and self.token.text == ",":
            self.take()
            parts.append(rule())
        self.close(end, opening)
        return self.made(kind, opening.position, tuple(parts))

    def deeper(self, position: int, rule: Callable[[], Syntax]) -> Syntax:
        """Return what ``rule`` reads one level down."""
        self.level += 1
        if self.level > MOST_LEVELS:
            raise FormulaError(self.text, position, f"more than {MOST_LEVELS} levels", f"at most {MOST_LEVELS}")
        part = rule()
        self.level -= 1
        return part

    def made(
        self, kind: str, at: int, of: tuple[Syntax, ...] = (), text: str = "", number: Fraction = Fraction(0)
    ) -> Syntax:
        """Return one more operation."""
        self.count += 1
        if self.count > MOST_NODES:
            raise FormulaError(self.text, at, f"more than {MOST_NODES} names, numbers and signs", "a shorter one")
        return Syntax(kind, at, of, text, number)

    def take(self) -> FormulaToken:
        """Return the token at hand, and go on to the next one."""
        token, self.seen = self.token, None
        self.place = token.position + len(token.text)
        return token

    def close(self, end: str, opening: FormulaToken) -> None:
        """Go on behind a closing bracket."""
        if self.token.text == end:
            self.take()
        elif self.token.kind == "end":
            missing = "The bracket opened here is never closed."
            sign = shown(opening.text)
            raise FormulaError(self.text, opening.position, sign, "a closing bracket further on", missing)
        else:
            self.refuse(f"{_OPERATOR} or a closing bracket {end}", _STRAY.get(self.token.text, ""))

    def refuse(self, allowed: str, hint: str = "") -> NoReturn:
        """Refuse the token at hand."""
        raise FormulaError(self.text, self.token.position, self.token.shown, allowed, hint)


# So many characters of what stands before are said again.
_SHORT = 12
_STRAY = {
    ")": "It closes no bracket.",
    "]": "It closes no bracket.",
    "=": "A keyword stands within the brackets of a function, as in sum(X, axis=0).",
    **dict.fromkeys(COMPARISONS, COMPARED),
}

"""The words of an expression, one after the other, and what is said where there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from symnet.limits import LARGEST_EXPONENT, LONGEST_NAME, MOST_DIGITS
from symnet.text.say import words

# What is shown of a text around the place of an error, before it and from it on.
_BEFORE, _AFTER = 40, 20

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPACES = re.compile(r"[ \t\r\n]*")
_SIGNS = frozenset("+-*/^(),")
COMPARISONS = (">=", "<=", ">", "<")
"""The signs of the condition of a value by cases."""
COMPARED = "An expression compares only within where, as in where(x > 0, x, 0)."
"""What is said of a comparison elsewhere."""


class FormulaError(ValueError):
    """A text that is no expression.

    Attributes:
        text: The text.
        position: The 0-based place in it.
        found: What stands there.
        allowed: What may stand there.
        hint: What to do; may be empty.
    """

    def __init__(self, text: str, position: int, found: str, allowed: str, hint: str = "") -> None:
        key = "reading.found_hint" if hint else "reading.found"
        super().__init__(words(key, found=found, allowed=allowed, hint=hint))
        self.text = text
        self.position = position
        self.found = found
        self.allowed = allowed
        self.hint = hint

    @property
    def excerpt(self) -> str:
        """Two lines: the text around the place, and a mark under it."""
        return excerpt(self.text, self.position)


class FormulaToken(NamedTuple):
    """One word of an expression.

    Attributes:
        kind: ``number``, ``name``, ``sign`` or ``end``.
        text: What it is.
        position: Where it begins.
    """

    kind: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        """The token as an error names it."""
        return shown(self.text) if self.kind != "end" else "the end"


def excerpt(text: str, position: int) -> str:
    """Return the part of ``text`` around ``position`` on one line, and on the next one a mark under the place."""
    start, end = max(0, position - _BEFORE), position + _AFTER
    before = "".join(map(_visible, text[start:position]))
    after = "".join(map(_visible, text[position:end]))
    left = "…" if start else ""
    right = "…" if end < len(text) else ""
    return f"{left}{before}{after}{right}\n{' ' * (len(left) + _columns(before))}^"


def shown(text: str) -> str:
    """Return a piece of text as an error names it: in quotes, cut, and by code point where it may not be seen."""
    cut = text if len(text) <= _BEFORE else text[: _BEFORE - 1] + "…"
    quoted = '"' + "".join(map(_visible, cut)) + '"'
    return quoted if len(text) != 1 or text.isascii() else f"{quoted} (U+{ord(text):04X})"


def is_name(text: str) -> bool:
    """Return whether ``text`` has the form of a name: a letter, then letters, digits and _, at most 40 in all."""
    return len(text) <= LONGEST_NAME and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text) is not None


def next_token(text: str, position: int, further: Collection[str] = ()) -> FormulaToken:
    """Return the token of ``text`` at ``position``, or behind the spaces there.

    Args:
        text: The text.
        position: The 0-based place in it.
        further: Signs that are read beside those of every expression, a longer one before its beginning.

    Raises:
        FormulaError: If what stands there is not part of any expression.
    """
    position = _SPACES.match(text, position).end()  # type: ignore[union-attr]
    if position == len(text):
        return FormulaToken("end", "", position)
    if number := _NUMBER.match(text, position):
        return FormulaToken("number", number[0], position)
    if word := _WORD.match(text, position):
        return _name(text, word[0], position)
    for sign in further:
        if text.startswith(sign, position):
            return FormulaToken("sign", sign, position)
    if text[position] in _SIGNS and not text.startswith("**", position):
        return FormulaToken("sign", text[position], position)
    raise _stray(text, position)


def number_of(text: str, token: FormulaToken) -> Fraction:
    """Return the exact value of a number.

    Raises:
        FormulaError: If it has too many digits, or too large an exponent.
    """
    mantissa, _, exponent = token.text.lower().partition("e")
    # Looked at before any power of ten is built.
    size = exponent.lstrip("+-").lstrip("0")
    if sum(map(str.isdigit, mantissa)) > MOST_DIGITS:
        raise FormulaError(text, token.position, token.shown, words("reading.digits", most=MOST_DIGITS))
    if len(size) > len(str(LARGEST_EXPONENT)) or int(size or "0") > LARGEST_EXPONENT:
        allowed = words("reading.exponents", largest=LARGEST_EXPONENT)
        raise FormulaError(text, token.position, token.shown, allowed)
    if re.match("0[0-9]", mantissa):
        raise FormulaError(text, token.position, token.shown, words("reading.number"), words("reading.zeros"))
    return Fraction(token.text)


_AN_OPERAND = "a name, a number, a function or a bracket"


def _name(text: str, word: str, position: int) -> FormulaToken:
    if len(word) > LONGEST_NAME:
        allowed = f"names of at most {LONGEST_NAME} characters"
        raise FormulaError(text, position, f"a name of {len(word):,}", allowed)
    if word.startswith("_"):
        after_digit = position > 0 and text[position - 1].isdigit()
        hint = "Leave the underscores out of a number." if after_digit else "A name begins with a letter."
        raise FormulaError(text, position, shown(word), _AN_OPERAND, hint)
    return FormulaToken("name", word, position)


def _stray(text: str, position: int) -> FormulaError:
    """Return the error for a character that no expression has, with what was meant by it."""
    for mark, hint in _HINTS.items():
        if text.startswith(mark, position):
            return FormulaError(text, position, shown(mark), _ALLOWED, hint)
    char = text[position]
    return FormulaError(text, position, shown(char), _ALLOWED, _look_alike(char))


def _look_alike(char: str) -> str:
    """Return what to write instead of a character that is not ASCII."""
    if char.isascii():
        return ""
    name = unicodedata.name(char, "").split()
    if len(name) == 4 and name[::2] == ["GREEK", "LETTER"]:  # GREEK SMALL LETTER ALPHA
        return f"Write {name[3].title() if name[1] == 'CAPITAL' else name[3].lower()}."
    plain = unicodedata.normalize("NFKC", char)
    if unicodedata.name(char, "").startswith("SUPERSCRIPT"):
        return f"Write ^{plain.replace('−', '-')}."
    if char.isspace():
        return "Write an ordinary space."
    if len(plain) == 1 and plain.isascii() and plain.isprintable():
        return f"Write {plain}."
    return "Only the letters A to Z of the English alphabet are read." if char.isalpha() else ""


_ALLOWED = "names, numbers, functions, brackets ( ) and + - * / ^"
_MINUS, _TIMES, _OVER = "Write - for minus.", "Write * for a product.", "Write / for a quotient."
_QUOTES, _ROUND = "Leave the quotes out.", "Write round brackets."
_HINTS = MappingProxyType(
    {
        "**": "Write ^ for a power.",
        "=": "Write only what stands on the right of the equality sign.",
        ".": "A name has no dots in it.",
        ";": "Arguments are separated by commas.",
        "|": "Write abs( ) for an absolute value.",
        "!": "There are no factorials.",
        "%": "Write a percentage as a number, 0.5 for 50%.",
        "\\": "LaTeX is not read here.",
        "√": "Write sqrt( ).",
        "∞": "A number has to be finite.",
        "Σ": "Write the sum out, term by term.",
        "∑": "Write the sum out, term by term.",
        "µ": "Write mu.",
        **dict.fromkeys("−–—‐‑‒﹣－", _MINUS),
        **dict.fromkeys("×·∙⋅•∗＊", _TIMES),
        **dict.fromkeys("÷∕⁄／", _OVER),
        **dict.fromkeys("'\"`‘’“”", _QUOTES),
        **dict.fromkeys("[]{}", _ROUND),
        "≤": "Write <=.",
        "≥": "Write >=.",
        "≠": COMPARED,
    }
)


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")


def _columns(text: str) -> int:
    """Return how many columns a text takes on a screen."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

"""The words of an answer in plain characters, one after the other."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import NamedTuple

from symnet.expressions.scanner import FormulaError, shown
from symnet.marking.latex import COMMANDS, behind_space, command

_SPACE = re.compile(r"[ \t\r\n~]*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WITH_COMMA = re.compile(r"[0-9]+(?:,|\{,\})[0-9]+(?:[eE][+-]?[0-9]+)?")
_WITH_BRACED_COMMA = re.compile(r"[0-9]+\{,\}[0-9]+(?:[eE][+-]?[0-9]+)?")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*(?:\.[a-z0-9]+(?:,[a-z0-9]+)?)?(?:@[0-9]+)?")
"""Letters, digits and underscores, as in ids, with a piece or a sample behind them."""

# A sign in braces is that of a number, set close to it.
_BRACED_SIGN = re.compile(r"\{\s*([-+])\s*\}")

_KINDS = MappingProxyType(
    {
        **dict.fromkeys("+-*/", "sign"),
        **dict.fromkeys("([{", "open"),
        **dict.fromkeys(")]}", "close"),
        "_": "low",
        **dict.fromkeys(("^", "**"), "high"),
        "'": "prime",
        "|": "bar",
        ",": "comma",
        ";": "row",
        "&": "and",
        **dict.fromkeys((">", "<", ">=", "<="), "compare"),
    }
)
_LONG = frozenset((">=", "<=", "**"))
_ALLOWED = "names, numbers, functions, brackets, + - * / ^ and LaTeX"
_QUOTED = "Use single quotes around LaTeX in YAML, and two backslashes in JSON."
_HINTS = MappingProxyType(
    {
        "...": "Nothing can be left out. In YAML, what begins with a bracket stands in quotes.",
        "=": "An equality sign stands between two expressions, outside of brackets.",
        ";": "Arguments are separated by commas.",
        "!": "There are no factorials.",
        "%": "Write a percentage as a number, 0.5 for 50%.",
        "$": "Dollar signs stand around the whole answer, or not at all.",
        **dict.fromkeys('"`', "Leave the quotes out."),
        "∞": "A number has to be finite.",
        **dict.fromkeys("\a\b\f\v\0", _QUOTED),
    }
)


# What a text in double quotes makes of a backslash before these letters.
_ESCAPED = MappingProxyType(dict(zip("\t\n\r\f\v\b\a", "tnrfvba", strict=True)))
_LETTERS = re.compile("[A-Za-z]+")


class Token(NamedTuple):
    """One word of an answer.

    Attributes:
        kind: What it is: ``number``, ``word``, ``sign``, ``open``, ``end`` and so on.
        text: Which one it is.
        position: Where it begins.
        end: Where it ends.
    """

    kind: str
    text: str
    position: int
    end: int


def next_token(text: str, position: int, stop: int, *, commas: bool) -> Token:
    """Return the word of a text at a place, or behind the spaces there.

    Args:
        text: A text in plain characters.
        position: The place.
        stop: Where the answer ends.
        commas: Whether a comma between digits is that of a decimal number.

    Raises:
        FormulaError: If what stands there is not part of any answer.
    """
    position = _behind_spaces(text, position, stop)
    if position >= stop:
        return Token("end", "", stop, stop)
    char = text[position]
    if char == "\\":
        return _named(text, position)
    number = (_WITH_COMMA if commas else _WITH_BRACED_COMMA).match(text, position) or _NUMBER.match(text, position)
    if number:
        return Token("number", number[0], position, number.end())
    if word := WORD.match(text, position):
        return Token("word", word[0], position, word.end())
    if sign := _BRACED_SIGN.match(text, position):
        return Token("sign", sign[1], position, sign.end())
    mark = text[position : position + 2]
    mark = mark if mark in _LONG else char
    if mark in _KINDS:
        return Token(_KINDS[mark], mark, position, position + len(mark))
    raise _stray(text, position)


def _behind_spaces(text: str, position: int, stop: int) -> int:
    """Return the first place from ``position`` on that is no space."""
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if position >= stop or text[position] != "\\" or (end := behind_space(text, position)) == position:
            return position
        position = end


def _named(text: str, position: int) -> Token:
    kind, word, end = command(text, position)
    return Token(kind, word, position, end)


def lost_command(text: str, position: int) -> str:
    """Return what to do where a backslash and a letter have become a tab or the end of a line; empty elsewhere.

    Args:
        text: A text in plain characters.
        position: Where a word begins that is unknown.
    """
    letter = _ESCAPED.get(text[position - 1 : position]) if position else None
    rest = _LETTERS.match(text, position)
    return _QUOTED if letter and rest and letter + rest[0] in COMMANDS else ""


def _stray(text: str, position: int) -> FormulaError:
    for mark, hint in _HINTS.items():
        if text.startswith(mark, position):
            return FormulaError(text, position, shown(mark), _ALLOWED, hint)
    return FormulaError(text, position, shown(text[position]), _ALLOWED)

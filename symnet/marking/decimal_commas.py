"""Decimal commas where a comma also sets entries apart: in lists, and between the arguments of a function.

A comma between two digits stands before decimals wherever nothing is set apart by commas. Between brackets the rule is:

- Arguments of a function that stand apart by semicolons may have decimal commas, in every language; with commas alone,
  each comma sets two arguments apart.
- In lists of exercises whose numbers have a decimal comma, entries are set apart as sheets have it, by semicolons, and
  rows by bars or brackets of their own: ``[0,5; 1,2]``. A comma with a space behind it sets apart as well:
  ``[0,5, 1,2]``. What may be read both ways, as ``[1,2; 3,4]``, is read so that it has the shape that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from symnet.marking.tokens import Plain

_OPEN, _CLOSE, _SEPARATORS = "([{", ")]}", ",;|"
# Digits of a name are none of a number; in 1,2,3 and in 0.5,1.2 no comma stands before decimals.
_DECIMAL = re.compile(r"(?<![A-Za-z0-9_.,])[0-9]+(,)[0-9]+(?![0-9.]|,[0-9])")
_BETWEEN_DIGITS = re.compile("[0-9],[0-9]")
_NUMBER = re.compile(r"\s*[-+]?\s*[0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?\s*")
# A bracket behind a name holds arguments or indices; behind a number it is a factor. So many characters tell it.
_NAME = re.compile(r"(?:[A-Za-z_'}^]|[A-Za-z_][A-Za-z0-9_]*)$")
_LARGER = re.compile(r"\s*\\(?:left|[bB]igg?l?)\s*$")
_FARTHEST = 40


class _Bracket(NamedTuple):
    """A pair of brackets.

    Attributes:
        start: Where it opens.
        stop: Where it closes.
        follows_name: Whether it holds arguments or indices.
        separators: Where the separators are that stand in it, and in no bracket within it.
    """

    start: int
    stop: int
    follows_name: bool
    separators: tuple[int, ...]


def with_points(typed: Plain, *, comma: bool) -> tuple[Plain, ...]:
    """Return each reading of an answer with decimal commas as points; positions in the text stay the same.

    Args:
        typed: The answer in plain characters.
        comma: Whether the numbers of the exercise have a decimal comma.

    Returns:
        The way of the language first, and what was typed as it stands last; mostly these are the same.
    """
    text = typed.text
    if "," not in text and ";" not in text:
        return (typed,)
    brackets = tuple(_brackets(text))
    arguments = _changed(text, (one for one in brackets if one.follows_name), _points_in_arguments)
    if not comma:
        return (typed._replace(text=arguments),)
    entries = _changed(arguments, (one for one in brackets if not one.follows_name), _points_in_entries)
    return tuple(typed._replace(text=one) for one in dict.fromkeys((entries, arguments)))


def decimal_commas(text: str) -> Iterator[int]:
    """Yield the place of each comma between two digits that may stand before decimals.

    Args:
        text: A text in plain characters.
    """
    return (found.start(1) for found in _DECIMAL.finditer(text))


def may_have_decimals(text: str) -> bool:
    """Return whether a comma stands between two digits, be it before decimals or not.

    Args:
        text: Any text.
    """
    return _BETWEEN_DIGITS.search(text) is not None


def _brackets(text: str) -> Iterator[_Bracket]:
    """Yield each pair of brackets that belong together."""
    opened: list[tuple[int, list[int]]] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            # A comma or a semicolon behind a backslash is room; of a bracket the backslash is none.
            place += text[place + 1 : place + 2] not in tuple(_OPEN + _CLOSE)
        elif char in _OPEN:
            opened.append((place, []))
        elif char in _CLOSE and opened:
            start, separators = opened.pop()
            yield _Bracket(start, place, _follows_name(text, start), tuple(separators))
        elif char in _SEPARATORS and opened:
            opened[-1][1].append(place)
        place += 1


def _follows_name(text: str, start: int) -> bool:
    before = _LARGER.sub("", text[max(0, start - _FARTHEST) : start]).rstrip()
    is_index = text[start] == "{" or (text[start] == "[" and before.endswith((")", "]")))
    return is_index or _NAME.search(before) is not None


def _changed(
    text: str, brackets: Iterator[_Bracket], rule: Callable[[str, _Bracket, frozenset[int]], Mapping[int, str]]
) -> str:
    signs, commas = list(text), frozenset(decimal_commas(text))
    for bracket in brackets:
        for place, sign in rule(text, bracket, commas).items():
            signs[place] = sign
    return "".join(signs)


def _points_in_arguments(text: str, bracket: _Bracket, decimal: frozenset[int]) -> Mapping[int, str]:
    """Return what changes where the arguments of a function stand apart by semicolons."""
    return _apart_by_semicolons(text, bracket, decimal) if text[bracket.start] == "(" else {}


def _points_in_entries(text: str, bracket: _Bracket, decimal: frozenset[int]) -> Mapping[int, str]:
    """Return what changes where the entries of a list do, or its commas can stand before decimals."""
    changed = dict(_apart_by_semicolons(text, bracket, decimal))
    if not any(text[place] == ";" for place in bracket.separators):
        changed = {place: "." for place in bracket.separators if place in decimal}
    ends = [place for place in bracket.separators if text[place] == "|"]
    starts = [bracket.start, *(place for place in bracket.separators if place not in decimal)]
    parts = zip(starts, [*starts[1:], bracket.stop], strict=True)
    if ends and all(_NUMBER.fullmatch(text, start + 1, stop) for start, stop in parts):
        # Bars between numbers are those between the rows of a sheet; elsewhere they are those of a norm.
        changed |= dict.fromkeys(ends, ";")
    return changed


def _apart_by_semicolons(text: str, bracket: _Bracket, decimal: frozenset[int]) -> Mapping[int, str]:
    """Return semicolons as commas, and commas as points, where each comma can stand before decimals."""
    if not any(text[place] == ";" for place in bracket.separators):
        return {}
    commas = [place for place in bracket.separators if text[place] == ","]
    if not decimal.issuperset(commas):
        return {}
    return {**dict.fromkeys(commas, "."), **{place: "," for place in bracket.separators if text[place] == ";"}}

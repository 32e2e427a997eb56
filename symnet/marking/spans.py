"""What stands around an answer and between its parts: spaces, dollar signs, brackets, and signs of equality."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symnet.marking.tokens import COMMANDS, SPACES, behind_space
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

# What may stand around a whole answer; a dollar sign twice.
_AROUND = (("$", "$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
# What may stand around a whole number.
_BRACKETS = (("\\left(", "\\right)"), ("\\left[", "\\right]"), ("(", ")"), ("[", "]"), ("{", "}"))
# What takes no room comes along where text is copied; in LaTeX a tilde is a space.
_BLANK = re.compile("[\\s~\ufeff\u200b\u200c\u200d\u2060]")
_SPACE_BEHIND = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z0-9])$")
_RELATION = re.compile(r"(?<![<>=!:])=(?!=)|\\[A-Za-z]+")
_OPENING, _CLOSING = "([{", ")]}"


class Span(NamedTuple):
    """A stretch of a text.

    Attributes:
        start: Where it begins.
        stop: Where it ends.
    """

    start: int
    stop: int


def trimmed(text: str, start: int, stop: int) -> Span:
    """Return a stretch without the room around it: spaces, those of LaTeX, and characters that take none.

    Args:
        text: A text in plain characters.
        start: Where the stretch begins.
        stop: Where it ends.
    """
    while start < stop:
        end = start + 1 if _BLANK.match(text, start) else behind_space(text, start) if text[start] == "\\" else start
        if end == start or end > stop:
            break
        start = end
    while start < stop:
        command = _SPACE_BEHIND.search(text, start, stop)
        if command is not None and command[0][1:] in SPACES and text[command.start() - 1 : command.start()] != "\\":
            stop = command.start()
        elif _BLANK.match(text, stop - 1):
            stop -= 1
        else:
            break
    return Span(start, stop)


def unwrapped(text: str) -> Span:
    """Return where in a text the answer stands: without room and dollar signs around it.

    Args:
        text: A text in plain characters.

    Raises:
        FormulaError: If a sign of LaTeX opens that does not close.
    """
    start, stop = trimmed(text, 0, len(text))
    for opening, closing in _AROUND:
        if text.startswith(opening, start) and stop - start >= len(opening) + len(closing):
            if not text.endswith(closing, start, stop):
                raise FormulaError(text, start, shown(opening), words("reading.at_end", closing=closing))
            start, stop = trimmed(text, start + len(opening), stop - len(closing))
    return Span(start, stop)


def bare(text: str, span: Span) -> Span:
    """Return a stretch without the brackets at both of its ends, whether or not these belong together.

    Args:
        text: A text in plain characters.
        span: The stretch.
    """
    start, stop = span
    for opening, closing in _BRACKETS:
        is_long = stop - start > len(opening) + len(closing)
        if is_long and text.startswith(opening, start) and text.endswith(closing, start, stop):
            return bare(text, trimmed(text, start + len(opening), stop - len(closing)))
    return span


def links(text: str, span: Span) -> tuple[Span, ...]:
    """Return the parts of an answer between its equality signs, without a leading one.

    Args:
        text: A text in plain characters.
        span: Where the answer stands.

    Raises:
        FormulaError: If nothing stands behind an equality sign.
    """
    found: list[Span] = []
    start = span.start
    for sign in (*_signs(text, span), Span(span.stop, span.stop)):
        link = trimmed(text, start, sign.start)
        if link.start < link.stop or (sign.start == span.stop and not found and start == span.start):
            found.append(link)
        elif start > span.start or sign.start == span.stop:
            allowed, hint = words("reading.behind_equality"), words("reading.equal_to")
            raise FormulaError(text, min(sign.start, span.stop), words("reading.nothing"), allowed, hint)
        start = sign.stop
    return tuple(found)


def _signs(text: str, span: Span) -> Iterator[Span]:
    """Yield each sign of equality outside of brackets."""
    level = 0
    place = span.start
    while place < span.stop:
        relation = _RELATION.match(text, place, span.stop)
        if relation is not None and (relation[0] == "=" or COMMANDS.get(relation[0][1:], ("",))[0] == "relation"):
            if level == 0:
                yield Span(place, relation.end())
            place = relation.end()
            continue
        char = text[place]
        level += (char in _OPENING) - (char in _CLOSING)
        place += 1

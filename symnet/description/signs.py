"""The brackets and quotes of a YAML text, found in one pass that no broken text stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

PAIRS = {"[": "]", "{": "}"}
OPENING = {close: opening for opening, close in PAIRS.items()}

# Longer texts are not looked through: what is wrong with them is left to the parser's words.
_MOST_CHARACTERS = 100_000
QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'", re.DOTALL)}


def signs(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each text in quotes, and of each bracket that is one; -1 for an end that is not there."""
    # Whether a value may begin here, within how many brackets, and whether one or a quote has just been closed.
    fresh, depth, closed = True, 0, False
    at = 0
    while at < len(text) <= _MOST_CHARACTERS:
        char, end = text[at], at + 1
        if char == "#" and (at == 0 or text[at - 1].isspace()):
            end = at + len(line_at(text, at))
        elif char.isspace():
            fresh = fresh or char == "\n"
        elif char in QUOTED and fresh:
            found = QUOTED[char].match(text, at)
            yield at, found.end() if found else -1
            if found is None:
                return
            end, fresh, closed = found.end(), False, True
        elif char in PAIRS and (fresh or depth):
            yield at, end
            depth, fresh, closed = depth + 1, True, False
        elif char in OPENING and (fresh or depth or closed):
            yield at, end
            depth, fresh, closed = max(depth - 1, 0), False, True
        else:
            last = not text[end : end + 1].strip() or closed
            fresh = (char == "," and depth > 0) or (char == ":" and last) or (char == "-" and last and fresh)
            closed = False
        at = end


def brackets(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place of each bracket of a text that is one, and which it is."""
    return ((start, text[start]) for start, _end in signs(text) if text[start] not in QUOTED)


def quoted(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield the start, the quote and the end of each text in quotes; -1 for an end that is not there."""
    return ((start, text[start], end) for start, end in signs(text) if text[start] in QUOTED)


def line_at(text: str, start: int) -> str:
    """Return what stands from a place to the end of its line."""
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]

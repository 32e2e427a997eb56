"""Statements that are too long for a line, broken as formatters break them: at brackets, commas and operators."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 100
"""So wide are programs."""
_STEP = 4
_OPEN, _CLOSE = "([{", ")]}"
# Operators from those that bind least tightly to those that bind most tightly.
_STATEMENT = re.compile(r"((?:return |const |let )?(?:[^=({]+ = )?)(.*?)(;?)")
_OPERATORS = (re.compile(r" [<>]=? "), re.compile(r" [-+] "), re.compile(r" [*/@] "))


def statement(text: str, indent: int) -> list[str]:
    """Return a statement as lines, as many as it takes.

    Args:
        text: The statement on one line: an assignment, or what is returned.
        indent: How far it stands to the right.
    """
    found = _STATEMENT.fullmatch(text)
    return [text] if found is None else wrapped(found[1], found[2], found[3], indent)


def wrapped(before: str, text: str, after: str, indent: int) -> list[str]:
    """Return a statement as lines, as many as it takes.

    Args:
        before: What stands before an expression, such as ``name =``.
        text: The expression.
        after: What stands behind it, such as a comma.
        indent: How far the statement stands to the right; the lines are as it begins.
    """
    if indent + len(before) + len(text) + len(after) <= WIDTH:
        return [f"{before}{text}{after}"]
    pieces = _operands(text)
    factor_and_sum = len(pieces) == 2 and pieces[1].startswith("* (") and text.endswith(")")
    if len(pieces) == 1 or (factor_and_sum and before):
        return _bracketed(before, text, after, indent)
    if before:
        return [f"{before}(", *_inside(text, pieces, indent), f"){after}"]
    # It stands in brackets already.
    *lines, last = [line for piece in pieces for line in _operand(piece, indent)]
    return [*lines, f"{last}{after}"]


def collected(before: str, entries: Sequence[str], after: str, indent: int) -> list[str]:
    """Return entries within brackets: on one line, or on a line each.

    Args:
        before: What stands before the entries, with the opening bracket.
        entries: The entries.
        after: What stands behind them, with the closing bracket.
        indent: How far the statement stands to the right.
    """
    whole = f"{before}{', '.join(entries)}{after}"
    if indent + len(whole) <= WIDTH:
        return [whole]
    lines = [f"    {line}" for entry in entries for line in wrapped("", entry, ",", indent + _STEP)]
    return [before.rstrip(), *lines, after.lstrip()]


def docstring(text: str, indent: int) -> str:
    """Return what stands between the quotes of a docstring, or between the signs of a comment.

    Args:
        text: What it says.
        indent: How far it stands to the right.
    """
    if indent + len(text) + 2 * len('"""') <= WIDTH:
        return text
    margin = " " * indent
    lines = textwrap.wrap(text, WIDTH - indent - len('"""'), break_long_words=False, break_on_hyphens=False)
    return f"\n{margin}".join((*lines, ""))


def _inside(text: str, pieces: Sequence[str], indent: int) -> list[str]:
    """Return the operands of an expression in brackets: on one line, or on a line each."""
    if indent + _STEP + len(text) <= WIDTH:
        return [f"    {text}"]
    return [f"    {line}" for piece in pieces for line in _operand(piece, indent + _STEP)]


def _operand(piece: str, indent: int) -> list[str]:
    """Return one operand, which begins with its operator unless it is the first."""
    sign = piece[:2] if piece[1:2] == " " and piece[0] in "+-*/@<>" else ""
    return _bracketed(sign, piece[len(sign) :], "", indent)


def _bracketed(before: str, text: str, after: str, indent: int) -> list[str]:
    """Return a statement broken within its last bracket; on one line if it has none, or has room."""
    if text.endswith(".T"):
        text, after = text.removesuffix(".T"), f".T{after}"
    start = _last_bracket(text)
    if start is None or indent + len(before) + len(text) + len(after) <= WIDTH:
        return [f"{before}{text}{after}"]
    body = text[start + 1 : -1]
    parts, pieces = _split(body), _operands(body)
    inside = _inside(body, pieces, indent) if len(parts) == 1 and len(pieces) > 1 else _listed(body, parts, indent)
    return [f"{before}{text[: start + 1]}", *inside, f"{text[-1]}{after}"]


def _listed(body: str, parts: Sequence[str], indent: int) -> list[str]:
    """Return what stands between commas: on one line, or on a line each, as the rows of a matrix always are."""
    rows = all(part.startswith("[") and "," in part for part in parts)
    if indent + _STEP + len(body) <= WIDTH and (len(parts) == 1 or not rows):
        return [f"    {body}"]
    return [f"    {line}" for part in parts for line in wrapped("", part, ",", indent + _STEP)]


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Yield each place outside of quotes with how many brackets are open there."""
    depth, quoted = 0, False
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        if quoted:
            continue
        depth -= sign in _CLOSE
        yield place, depth
        depth += sign in _OPEN


def _split(text: str) -> list[str]:
    """Return the parts between commas that stand in no brackets."""
    places = [place for place, depth in _depths(text) if depth == 0 and text[place] == ","]
    edges = [-1, *places, len(text)]
    return [part for a, b in itertools.pairwise(edges) if (part := text[a + 1 : b].strip())]


def _operands(text: str) -> list[str]:
    """Return the operands at the operators that bind least tightly, each with the operator before it."""
    free = {place for place, depth in _depths(text) if depth == 0}
    if any(text[place] == "," or text.startswith(("=", ":"), place) for place in free):
        return [text]
    for operator in _OPERATORS:
        cuts = [found.start() for found in operator.finditer(text) if found.start() in free]
        if cuts:
            edges = [0, *(cut + 1 for cut in cuts), len(text) + 1]
            return [text[a : b - 1] for a, b in itertools.pairwise(edges)]
    return [text]


def _last_bracket(text: str) -> int | None:
    """Return where the bracket opens that closes at the end; None if none does, or if it is empty."""
    if text[-1:] not in _CLOSE or not text:
        return None
    opened = [place for place, depth in _depths(text) if depth == 0 and text[place] in _OPEN]
    return opened[-1] if opened and opened[-1] < len(text) - 2 else None

"""Answers in a table with two columns, or in plain text, one a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from symnet.catalog.losses import LOSSES
from symnet.marking.records import Given

# What may stand between the columns.
_BETWEEN = ",;\t"
# What a column is called that says what is asked, and one that holds the answers.
_LEFTS = frozenset(
    ("left", "id", "item", "quantity", "question", "questions", "symbol", "variable", "what",
     "frage", "pregunta")
)  # fmt: skip
_RIGHTS = frozenset(
    ("right", "answer", "answers", "expression", "response", "result", "solution", "value", "your answer", "antwort",
     "respuesta")
)  # fmt: skip
# What stands in brackets or in quotes is no separator.
_GUARDED = re.compile(r'"(?:[^"]|"")*"|\([^()]*\)|\[[^][]*\]|\{[^{}]*\}')
_LINE = re.compile(r"\s*(?P<left>[^=:]*?)\s*(?::=|=|:|≈)(?!=)\s*(?P<right>.*?)\s*")


class TableError(ValueError):
    """A table that is broken.

    Attributes:
        line: The line where.
    """

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


class Columns(NamedTuple):
    """Which columns of a table are looked at.

    Attributes:
        left: The number of the one that says what is asked.
        right: The number of the one with the answers.
        last: Whether that is the last one, so that a separator in an answer begins no other.
    """

    left: int = 0
    right: int = 1
    last: bool = True


def from_table(text: str) -> Iterator[Given]:
    """Yield the answers of a table; the names of its columns, where it has any, are none of them.

    Args:
        text: The table, with commas, semicolons or tabs between its columns.

    Raises:
        TableError: If it is broken.
    """
    between = _separator(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=between, strict=True)
    columns: Columns | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                named = _named(row)
                columns = named or Columns()
                if named is not None:
                    continue
            cells = row[columns.right :] if columns.last else row[columns.right : columns.right + 1]
            yield Given((row[columns.left :] or [""])[0], between.join(cells).strip(), rows.line_num, 1)
    except csv.Error as error:
        raise TableError(max(1, rows.line_num), str(error)) from error


def _separator(text: str) -> str:
    """Return what stands between columns: what is in every line, else what comes first in the first line."""
    lines = [_GUARDED.sub("", line) for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    everywhere = [char for char in first if char in _BETWEEN and all(char in line for line in lines)]
    return next(iter((*everywhere, *(char for char in first if char in _BETWEEN))), ",")


def _named(row: Sequence[str]) -> Columns | None:
    """Return the columns of a table that a first line names; None for an answer."""
    cells = [" ".join(cell.lower().split()) for cell in row]
    lefts = [number for number, cell in enumerate(cells) if cell in _LEFTS]
    # A name is that of a quantity only where nothing else says what is asked.
    left = next(iter((*lefts, *(number for number, cell in enumerate(cells) if cell == "name"))), None)
    right = next((number for number, cell in enumerate(cells) if cell in _RIGHTS), None)
    if left is None or right is None:
        return None
    return Columns(left, right, last=right == len(cells) - 1)


def from_lines(text: str) -> tuple[tuple[Given, ...], str | None]:
    """Return the answers of a text such as ``z1_1 = -0.2``, one a line, and the loss that a line of it names.

    Args:
        text: The text; empty lines, and what stands behind a # at the beginning of a line, are passed over.
    """
    found: list[Given] = []
    loss = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        left, right = (line.strip(), "") if parts is None else (parts["left"], parts["right"])
        if left.lower() == "loss" and right in LOSSES:
            loss = right
        else:
            found.append(Given(left, right, number, 1))
    return tuple(found), loss

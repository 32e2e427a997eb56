"""Cells, and the notebook that they make: the JSON that Jupyter, VS Code and Colab open (nbformat 4.5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

# What a notebook says of itself, in the version of nbformat in which cells have ids.
_MAJOR, _MINOR = 4, 5
_METADATA: Mapping[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# So many hexadecimal digits of a digest are an id.
_DIGITS = 12


class MarkdownCell(NamedTuple):
    """Text in Markdown, with formulas between dollar signs.

    Attributes:
        source: The text.
        tags: Words by which other programs find the cell, as nbgrader and Jupyter Book do.
    """

    source: str
    tags: tuple[str, ...] = ()


class CodeCell(NamedTuple):
    """A program that has not been run.

    Attributes:
        source: The program.
        tags: Words by which other programs find the cell.
    """

    source: str
    tags: tuple[str, ...] = ()


def notebook(cells: Iterable[MarkdownCell | CodeCell]) -> str:
    """Return a notebook as JSON; the same cells make the same text, byte by byte.

    The id of a cell comes from what stands in it, so that the others keep theirs where one is put in.

    Args:
        cells: Its cells, in order.
    """
    known: Counter[str] = Counter()
    content = {
        "metadata": _METADATA,
        "nbformat": _MAJOR,
        "nbformat_minor": _MINOR,
        "cells": [_cell(cell, known) for cell in cells],
    }
    # The first line opens the metadata, where symnet.output says whose the file is.
    return json.dumps(content, ensure_ascii=False, indent=1).replace("{\n ", "{", 1) + "\n"


def _cell(cell: MarkdownCell | CodeCell, known: Counter[str]) -> dict[str, Any]:
    """Return a cell as nbformat has it; ``known`` counts the ids that there are."""
    is_code = isinstance(cell, CodeCell)
    kind = "code" if is_code else "markdown"
    digest = sha256(f"{kind}\n{cell.source}".encode()).hexdigest()[:_DIGITS]
    known[digest] += 1
    return {
        "cell_type": kind,
        "id": digest if known[digest] == 1 else f"{digest}-{known[digest]}",
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": cell.source.splitlines(keepends=True),
        **({"execution_count": None, "outputs": []} if is_code else {}),
    }

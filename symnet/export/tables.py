"""Exercises as tables: every answer with what is accepted and every mistake with its number, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.exercise import Exported, parts
from symnet.export.items import Band, Item, decimal
from symnet.layout.latex import write

COLUMNS = ("code", "loss", "id", "latex", "kind", "value", "tolerance", "marks", "mistake", "says")
"""The columns of the table: each question has a row for each band that is accepted, and one for each mistake."""

# What a spreadsheet takes for a formula where a cell begins with it and is no number.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def as_json(exercises: Iterable[Exported]) -> bytes:
    """Return exercises with their questions as JSON."""
    content = {"format": 1, "exercises": [_exercise(exercise) for exercise in exercises]}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def as_csv(exercises: Iterable[Exported]) -> bytes:
    """Return exercises with their questions as a table whose cells no spreadsheet takes for formulas."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for exercise, part in parts(exercises):
        for item in part.items:
            for row in _rows(item):
                known = {"code": exercise.code, "loss": part.loss, **row}
                writer.writerow([_cell(known.get(name, "")) for name in COLUMNS])
    return stream.getvalue().encode()


def _exercise(exercise: Exported) -> dict[str, Any]:
    found = [{"loss": part.loss, "questions": [_item(item) for item in part.items]} for part in exercise.parts]
    return {"title": exercise.title, **({"code": exercise.code} if exercise.code else {}), "parts": found}


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "latex": write(item.left),
        "value": item.value,
        "marks": write_number(item.marks),
        "accepted": [_band(band) for band in item.accepted],
        "mistakes": [{"name": one.name, **_band(one.band), "says": plain(one.says)} for one in item.mistakes],
    }


def _band(band: Band) -> dict[str, str]:
    return {"value": band.value, "tolerance": decimal(band.reach)}


def _rows(item: Item) -> Iterator[Mapping[str, str]]:
    asked = {"id": item.id, "latex": write(item.left)}
    for band in item.accepted:
        yield {**asked, "kind": "accepted", **_band(band), "marks": write_number(item.marks)}
    for one in item.mistakes:
        yield {
            **asked, "kind": "mistake", **_band(one.band), "marks": "0", "mistake": one.name, "says": plain(one.says)
        }  # fmt: skip


def plain(inline: Inline) -> str:
    """Return a sentence with its formulas as LaTeX between dollar signs."""
    return "".join(one if isinstance(one, str) else f"${write(one)}$" for one in inline)


def _cell(text: str) -> str:
    """Return a cell that begins with an apostrophe where a spreadsheet would take it for a formula."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(_FORMULAS) else text
    return text

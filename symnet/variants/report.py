"""What became of the draws of a class, for its instructor: why some are no sheets, and how the others spread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median_low
from typing import Any

from symnet.document import Block, Document, Heading, Inline, Note, Paragraph, Table
from symnet.limits import MOST_TABLE_ROWS
from symnet.sheets.classroom import bars
from symnet.sheets.plots import written
from symnet.text.languages import language_name
from symnet.text.say import say, words
from symnet.variants.screen import FIRST_DRAWS
from symnet.variants.select import Selection
from symnet.variants.sheets import DATA

# Bars of a histogram, and significant digits of a number in the table.
_BARS, _DIGITS = 8, 4


def report(title: str, selection: Selection, data: Iterable[Mapping[str, Any]]) -> Document:
    """Return what became of the draws of a class as one document.

    Args:
        title: The title of the exercise.
        selection: Which draws became sheets, and what became of the others.
        data: The data of each sheet.
    """
    fields = (say("draws.sheets", count=len(selection.chosen)), say("draws.drawn", count=selection.drawn))
    blocks = (*_rejected(selection), *_difficulty(selection), *_answers(data))
    return Document(title, say("draws.title"), blocks, fields, language=language_name())


def data_of(folder: Path, stems: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the data of sheets in a folder.

    Args:
        folder: The folder.
        stems: What the files of each are called.
    """
    for stem in stems:
        yield json.loads((folder / f"{stem}-{DATA}.json").read_bytes())


def _rejected(selection: Selection) -> Iterator[Block]:
    yield Heading(2, say("draws.rejected"))
    if not selection.rejected:
        yield Paragraph(say("draws.none_rejected"))
        return
    yield bars([(words(f"rejection.{name}"), number) for name, number in selection.rejected.items()])
    if selection.usual:
        # What a mistake at one derivative is called begins with its name.
        names = sorted({name.partition(" ")[0].replace("_", " ") for name in selection.usual})
        yield Note(say("draws.usual", names=", ".join(names)))


def _difficulty(selection: Selection) -> Iterator[Block]:
    yield Heading(2, say("draws.difficulty"))
    low, high = (f"{float(end):.3g}" for end in selection.band)
    yield Paragraph(say("draws.band", low=low, high=high, first=str(FIRST_DRAWS)))
    yield bars(_histogram([one.difficulty for one in selection.chosen]))


def _histogram(figures: Sequence[int]) -> list[tuple[str, int]]:
    """Return how many figures there are in each of a few ranges of equal width, the lowest first."""
    low, high = min(figures), max(figures)
    width = max(1, -(-(high - low + 1) // _BARS))
    counts = Counter((figure - low) // width for figure in figures)
    spans = ((low + place * width, low + (place + 1) * width - 1) for place in range((high - low) // width + 1))
    return [
        (f"{first}–{last}" if width > 1 else str(first), counts[place]) for place, (first, last) in enumerate(spans)
    ]


def _answers(sheets: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    values: dict[str, list[Decimal]] = {}
    for sheet in sheets:
        for answer in sheet["answers"]:
            name = answer["id"] if "loss" not in answer else f"{answer['id']} ({answer['loss']})"
            values.setdefault(name, []).append(Decimal(answer["value"]))
    if not values:
        return
    yield Heading(2, say("draws.answers"))
    head = ("draws.answer", "draws.least", "draws.middle", "draws.greatest", "draws.different")
    rows = [_row(name, known) for name, known in list(values.items())[:MOST_TABLE_ROWS]]
    yield Table(tuple(map(say, head)), tuple(rows), "lrrrr")
    if len(values) > len(rows):
        yield Note(say("draws.more", count=len(values) - len(rows)))


def _row(name: str, known: Sequence[Decimal]) -> tuple[Inline, ...]:
    shown = (min(known), median_low(known), max(known))
    return (
        (name,),
        *((written(Fraction(f"{float(number):.{_DIGITS}g}")),) for number in shown),
        (str(len(set(known))),),
    )

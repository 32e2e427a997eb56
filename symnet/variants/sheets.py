"""The files of one variant: its sheet, its key, and both as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from symnet.description.fields import write_number
from symnet.description.plain import plain_description
from symnet.document import Document
from symnet.marking.judge import Scheme
from symnet.marking.records import Target
from symnet.marking.truth import Truth
from symnet.numerics.format import decimal_text
from symnet.remember import Remembered
from symnet.render.bound import SOURCES
from symnet.render.formats import SHEETS
from symnet.render.templates import OWN
from symnet.sheets.levels import BLANK, LEVELS, WITH_RULES
from symnet.sheets.worksheet import questions
from symnet.text.say import say
from symnet.variants.plan import Variant
from symnet.worked import Worked

DATA = "data"
"""What the file of a variant's numbers is called behind its stem."""


class FilesAsked(NamedTuple):
    """Which files each variant gets.

    Attributes:
        formats: Their formats.
        level: How much is filled in on the sheet.
        key: Whether there is a key to print beside the sheet.
        pdf_engine: The PDF engine asked for; None for what is installed.
    """

    formats: tuple[str, ...]
    level: str = "blank"
    key: bool = False
    pdf_engine: str | None = None


class Student(NamedTuple):
    """Whose sheet it is.

    Attributes:
        name: The name that stands on it; empty where there is room to write one.
        id: The id in the roster; empty likewise.
    """

    name: str = ""
    id: str = ""


def files(
    variant: Variant, worked: Worked, scheme: Scheme, student: Student, asked: FilesAsked
) -> Iterator[tuple[str, bytes]]:
    """Yield the end of the name and the content of each file of a variant.

    Args:
        variant: The variant.
        worked: The variant, worked.
        scheme: What each answer is worth.
        student: Whose it is.
        asked: Which files there are.
    """
    bodies = {"worksheet": asked.level, **({"key": "key"} if asked.key else {})} if asked.formats else {}
    rules, sized = not WITH_RULES.isdisjoint(bodies.values()), BLANK.issuperset(bodies.values())
    sheet = questions(worked, rules=rules, sized=sized) if bodies else None
    for kind, body in bodies.items():
        if sheet is None:
            continue
        document = _headed(LEVELS[body](sheet, variant.code.number), variant, student)
        for name in asked.formats:
            yield f"{kind}.{name}", _content(document, name, asked.pdf_engine)
    yield f"{DATA}.json", _data(variant, worked, scheme, student)


def _content(document: Document, name: str, engine: str | None) -> bytes:
    """Return a sheet in a format, or as the source of an engine that is none."""
    if name in SHEETS:
        return SHEETS[name](document, engine, OWN).content
    return SOURCES[name](document).encode()


def names_of(stem: str, asked: FilesAsked) -> Iterator[str]:
    """Yield the name of every file of a variant.

    Args:
        stem: What its files are called.
        asked: Which files there are.
    """
    for kind in ("worksheet", *(("key",) if asked.key else ())):
        yield from (f"{stem}-{kind}.{name}" for name in asked.formats)
    yield f"{stem}-{DATA}.json"


def _headed(document: Document, variant: Variant, student: Student) -> Document:
    """Return a sheet with its code, which so stands on every page, and with the name of whose it is."""
    name, *others = document.fields
    shown = say("sheet.name", room=student.name) if student.name else name
    return document._replace(
        subtitle=say("sheet.variant", what=document.subtitle, code=str(variant.code)),
        fields=tuple(field for field in (shown, *others) if field),
    )


def _data(variant: Variant, worked: Worked, scheme: Scheme, student: Student) -> bytes:
    """Return everything about a variant but its pages, as JSON."""
    whose = {key: value for key, value in student._asdict().items() if value}
    description = plain_description(variant.description)
    content = {
        "format": 1,
        "code": str(variant.code),
        **({"student": whose} if whose else {}),
        "drawn": dict(variant.drawn),
        "description": {key: value for key, value in description.items() if key != "screening"},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False).removesuffix("\n}")
    # Of the answers only the values differ from sheet to sheet.
    answers = ",\n".join(_answers(worked, scheme))
    listed = f"[\n{answers}\n ]" if answers else "[]"
    return f'{text},\n "answers": {listed}\n}}\n'.encode()


def _answers(worked: Worked, scheme: Scheme) -> Iterator[str]:
    """Yield every answer that earns marks, with its value, as JSON."""
    for part in worked.parts:
        truth, marks = Truth(worked, part), scheme.get(part.loss_name, {})
        asked = partial(_asked, truth, marks, several=len(worked.parts) > 1)
        for target, before, after in _ASKED.of_all((marks, part.objective, truth.training), None, asked):
            value = truth.number(target)
            if value is not None:
                yield f"{before}{decimal_text(value)}{after}"


_ASKED = Remembered(100)


def _asked(truth: Truth, marks: Mapping[str, Fraction], *, several: bool) -> tuple[tuple[Target, str, str], ...]:
    """Return what is asked of one loss, with the JSON before and behind the value of each answer."""
    found = []
    for name, worth in marks.items():
        target = truth.by_id.get(name)
        if target is not None:
            loss = {"loss": truth.part.loss_name} if several else {}
            answer = {**loss, "id": name, "value": _VALUE, "marks": write_number(worth)}
            text = json.dumps([[answer]], indent=1, ensure_ascii=False)
            before, after = text.removeprefix("[\n [\n").removesuffix("\n ]\n]").rsplit(_VALUE, 1)
            found.append((target, before, after))
    return tuple(found)


# What stands in the place of a value; no id and no number of marks comes behind it.
_VALUE = "value"

"""What is reported of a submission as bytes, and back: JSON of the known records, each with what it may hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from symnet.layout.plain import layout_of, plain
from symnet.layout.tree import Layout
from symnet.marking.records import Mistake, Verdict
from symnet.marking.report import Report, Reported


def to_bytes(report: Report) -> bytes:
    """Return a report as bytes.

    Args:
        report: The report.
    """
    answers = [{name: _plain(value) for name, value in answer._asdict().items()} for answer in report.answers]
    titles = {"title": report.title, "loss": report.loss, "loss_title": report.loss_title}
    return json.dumps({**titles, "answers": answers}).encode()


def from_bytes(content: bytes) -> Report:
    """Return the report that bytes stand for.

    Args:
        content: What :func:`to_bytes` gave.

    Raises:
        ValueError: If they stand for none.
    """
    try:
        data = json.loads(content)
        answers = tuple(Reported(**_held(answer, _FIELDS)) for answer in data["answers"])
        titles = dict.fromkeys(("title", "loss", "loss_title"), _text)
        return Report(**_held(data, {**titles, "answers": lambda _list: answers}))
    except (KeyError, TypeError, ZeroDivisionError, RecursionError) as error:
        raise ValueError("no report") from error


def _plain(value: object) -> object:
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    return value if value is None or isinstance(value, str | int) else plain(value)  # type: ignore[arg-type]


def _held(data: object, fields: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    if not isinstance(data, dict) or data.keys() != fields.keys():
        raise ValueError("other keys than those of the record")
    return {name: read(data[name]) for name, read in fields.items()}


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise ValueError(f"no {kind.__name__}")
        return value

    return read


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _ratio(value: Sequence[object]) -> Fraction:
    above, below = map(_exactly(int), value)
    return Fraction(above, below)


_text = _exactly(str)
_layout: Callable[[Any], Layout | None] = _maybe(layout_of)
_MISTAKE = {"name": _text, "says": _text, "line": _text}
_FIELDS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "id": _text,
        "given": _text,
        "line": _maybe(_exactly(int)),
        "left": _layout,
        "read_as": _text,
        "echo": _layout,
        "verdict": Verdict,
        "mistakes": lambda value: tuple(Mistake(**_held(mistake, _MISTAKE)) for mistake in value),
        "follows": _exactly(bool),
        "message": _text,
        "marks": _ratio,
        "out_of": _ratio,
        "right": _layout,
    }
)
_WRITERS: Mapping[type, Callable[[Any], object]] = MappingProxyType(
    {
        Verdict: lambda verdict: verdict.value,
        Fraction: lambda ratio: [ratio.numerator, ratio.denominator],
        tuple: lambda mistakes: [mistake._asdict() for mistake in mistakes],
    }
)

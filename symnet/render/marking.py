"""Marked submissions as JSON and as a table for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from symnet.description.number import write
from symnet.layout import latex
from symnet.layout.tree import Layout
from symnet.marking.report import Outcome, Report, Reported
from symnet.marking.tally import mistakes_of

FORMAT = 1
COLUMNS = ("file", "marks", "out_of", "first_wrong", "mistakes", "problem", "not_answered")
# A spreadsheet takes what starts with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_report(report: Report) -> str:
    """Return a marked submission as one JSON object; see the README for its keys.

    Args:
        report: What is reported of it.
    """
    content = {
        "format": FORMAT,
        "title": report.title,
        "loss": report.loss,
        "marks": write(report.marks),
        "out_of": write(report.out_of),
        "answers": [_answer(answer) for answer in report.answers],
    }
    return _shown(json.dumps(content, ensure_ascii=False, indent=1)) + "\n"


def render_summary(outcomes: Iterable[Outcome]) -> str:
    """Return what came of submissions as CSV, a line for each.

    Args:
        outcomes: What came of each.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows([_cell(cell) for cell in _cells(outcome)] for outcome in outcomes)
    return text.getvalue()


def render_summary_json(outcomes: Iterable[Outcome]) -> str:
    """Return what came of submissions as one JSON object, those that were not marked among them, with the reason.

    Args:
        outcomes: What came of each.
    """
    content = {"format": FORMAT, "submissions": [dict(zip(COLUMNS, _cells(one), strict=True)) for one in outcomes]}
    return _shown(json.dumps(content, ensure_ascii=False, indent=1)) + "\n"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    report = outcome.report
    if report is None:
        return (outcome.name, "", "", "", "", outcome.problem, "")
    first = report.first_wrong
    wrong = "" if first is None else first.id
    missing = " ".join(answer.id for answer in report.not_answered)
    marks, out_of = write(report.marks), write(report.out_of)
    return (outcome.name, marks, out_of, wrong, " ".join(mistakes_of(report)), "", missing)


def _cell(text: str) -> str:
    shown = _shown(" ".join(text.split()))
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _answer(answer: Reported) -> dict[str, Any]:
    return {
        "id": answer.id,
        "given": answer.given,
        "line": answer.line,
        "read_as": answer.read_as,
        "latex": _latex(answer.echo),
        "verdict": answer.verdict.value,
        "mistakes": [mistake._asdict() for mistake in answer.mistakes],
        "follows": answer.follows,
        "message": answer.message,
        "marks": write(answer.marks),
        "out_of": write(answer.out_of),
        "right": _latex(answer.right),
    }


def _latex(layout: Layout | None) -> str | None:
    return None if layout is None else latex.write(layout)


def _shown(text: str) -> str:
    """Return text that a terminal shows as it is: what it would obey instead is written as JSON writes it."""
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)

"""A solution as a page to learn with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from sympy import Symbol

from symnet.document import Document
from symnet.learn.draws import drawn
from symnet.learn.exercise import named, page_exercise, traced
from symnet.learn.wording import page_words
from symnet.limits import MOST_PANELS
from symnet.numerics.javascript import Data, numbers_data, to_float
from symnet.render.html import render_html, render_panel
from symnet.render.learning import Learning
from symnet.render.templates import OWN, Design
from symnet.sheets.alone import alone
from symnet.sheets.blanks import in_its_language
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.text.languages import in_language
from symnet.text.say import words
from symnet.view import USUAL, View
from symnet.worked import Worked


def interactive_page(worked: Worked, view: View = USUAL, design: Design = OWN) -> str:
    """Return the solution as an HTML page that can be read without script, and learned with where scripts run.

    Args:
        worked: The exercise.
        view: What of it is shown.
        design: How it is set.

    Raises:
        ViewError: If it does not have what is to be shown.
    """
    followed = traced(worked)
    document = solution(followed, view)
    with in_language(worked.description.language):
        panels = tuple(_panels(followed, view))
        # Last, since what a sheet works out itself is known once it is made.
        data = {"page": "solution", "words": page_words(), **page_exercise(followed), "drawn": _drawn(worked)}
        fields = {"quantities": _quantities(followed, panels), **_fields(followed, data)}
        return render_html(document, design, Learning(data, panels, fields))


def _drawn(worked: Worked) -> list[Data]:
    """Return the numbers of draws that were screened."""
    found = []
    for other in drawn(worked):
        data, training = other.parts[0].data, other.description.training
        assert data is not None  # noqa: S101 - what is drawn are numbers
        rate = training.rates[0] if training is not None and len(training.rates) == 1 else None
        found.append({**numbers_data(other.parts[0].network, data), "rate": None if rate is None else to_float(rate)})
    return found


def _quantities(worked: Worked, panels: Sequence[tuple[str, str]]) -> list[Data]:
    """Return what has a derivation to be opened, with its name."""
    # Of what several parts have, the first one says how it is called.
    ids = {
        name.removesuffix("@i"): (part, name) for part in reversed(worked.parts) for name in part.objective.quantities
    }
    return [named(*ids[name]) for name, _content in panels]


def _fields(worked: Worked, data: Data) -> dict[str, list[Data]]:
    """Return the fields of the numbers that can be changed, and what training changes; none without numbers."""
    if worked.parts[0].evaluation is None:
        return {}
    samples = worked.parts[0].evaluation.samples
    found = [{**it, "set": f"parameter {it['id']}"} for it in data["parameters"]]
    for number in range(len(samples)):
        for it in data["inputs"]:
            plain = it["plain"] if len(samples) == 1 else words("learn.in_sample", name=it["plain"], sample=number + 1)
            mark = "" if len(samples) == 1 else f"<sup>[{number + 1}]</sup>"
            found.append({"name": it["name"] + mark, "plain": plain, "set": f"value {number} {it['id']}"})
    constants = () if worked.parts[0].data is None else worked.parts[0].data.constants
    found += [{**named(worked.parts[0], it.name), "set": f"constant {it.name}"} for it in constants]
    if not data["most_steps"]:
        return {"numbers": found}
    rate = words("learn.learning_rate")
    return {"numbers": [*found, {"name": rate, "plain": rate, "set": "rate"}], "training": data["parameters"]}


def _panels(worked: Worked, view: View) -> Iterator[tuple[str, str]]:
    """Yield the derivation of each quantity that has one, under its id."""
    symbols: dict[Symbol, None] = {}
    for part in worked.parts:
        adjoints = (derivation.symbol for derivation in part.gradient.adjoints.values())
        symbols |= dict.fromkeys((*part.in_order(), *part.network.nodes, *adjoints))
    for symbol in list(symbols)[:MOST_PANELS]:
        yield symbol.name.removesuffix("@i"), _panel(worked, view, symbol)


def _panel(worked: Worked, view: View, symbol: Symbol) -> str:
    name = symbol.name.removesuffix("@i")
    shown = View(view.form if view.form == "scalar" else "scalar", parameters=(), only=name)
    sheets = list(map(partial(Sheet.of, description=worked.description, view=shown), worked.parts))
    document = Document("", (), tuple(alone(sheets, name)), language=worked.description.language)
    return render_panel(in_its_language(document, worked.description.numbers))

"""A worksheet as a page that marks the answers typed into it, by what was worked out beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.description.fields import write_number
from symnet.document import Document, Question
from symnet.export.expressions import ExpressionItem, expression_items
from symnet.export.items import Band, Item, items
from symnet.layout import latex, text
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Layout
from symnet.learn.draws import drawn
from symnet.learn.wording import page_words
from symnet.limits import MOST_COMPARED_POINTS
from symnet.marking.citations import Citations
from symnet.marking.judge import Scheme
from symnet.marking.truth import Truth
from symnet.numerics.compile import compile_exactly
from symnet.numerics.format import Form
from symnet.numerics.javascript import Data, expression_data, quantity_id, sample_data
from symnet.render.html import inline_html, render_html, render_panel
from symnet.render.learning import Learning
from symnet.render.templates import OWN, Design
from symnet.sheets.levels import LEVELS, WITH_RULES
from symnet.sheets.worksheet import SheetQuestions, document, scheme_of
from symnet.text.languages import in_language
from symnet.text.say import words
from symnet.view import USUAL, View
from symnet.worked import Part, Worked


class CheckedSheet(NamedTuple):
    """A sheet with what marks the numbers that are typed into it.

    Attributes:
        document: The sheet.
        fields: Where an answer is typed: under the number of each question, with the letter of its part.
        numbers: What is accepted as a number, by the number of the loss and the id.
    """

    document: Document
    fields: Mapping[str, Sequence[Data]]
    numbers: Mapping[str, Data]


def self_check_page(
    worked: Worked, level: str = "blank", seed: int = 0, view: View = USUAL, design: Design = OWN
) -> str:
    """Return a worksheet as an HTML page that marks answers where scripts run; it holds what is correct.

    Args:
        worked: The exercise.
        level: How much of the sheet is filled in; see :data:`symnet.sheets.levels.LEVELS`.
        seed: What decides which lines a faded sheet leaves blank.
        view: What of the exercise is asked for.
        design: How it is set.
    """
    scheme = scheme_of(worked)
    with in_language(worked.description.language):
        expressions = tuple(expression_items(worked, scheme))
        typed = {f"{number} {item.id}": item for number, found in enumerate(expressions) for item in found.items}
        first = _checked(worked, scheme, (level, seed, view), typed)
        more = [_checked(other, scheme, (level, seed, view), typed) for other in drawn(worked)]
        data = {
            "page": "worksheet",
            "words": page_words(),
            "form": Form.of(worked.description.numbers)._asdict(),
            "by_digits": worked.description.marked_by.tolerance is None,
            "comparisons": [_comparison(worked, found.marker.part, found.items) for found in expressions],
            "numbers": [sheet.numbers for sheet in (first, *more)],
            "marks": _marks(scheme, worked),
            "mark": "," if worked.description.decimal_comma else ".",
            "drawn": bool(more),
        }
        panels = [(f"draw {number}", _body(sheet, data)) for number, sheet in enumerate((first, *more)) if more]
    return render_html(first.document, design, Learning(data, panels, answers=first.fields))


def _body(sheet: CheckedSheet, data: Data) -> str:
    """Return what a sheet with other numbers puts in place of the first one."""
    bare = {"page": data["page"], "words": data["words"]}
    return render_panel(sheet.document, Learning(bare, answers=sheet.fields))


def _marks(scheme: Scheme, worked: Worked) -> dict[str, str]:
    return {
        f"{number} {name}": write_number(marks)
        for number, part in enumerate(worked.parts)
        for name, marks in scheme[part.loss_name].items()
    }


def _checked(
    worked: Worked, scheme: Scheme, sheet: tuple[str, int, View], typed: Mapping[str, ExpressionItem]
) -> CheckedSheet:
    """Return the sheet of an exercise, its fields, and what is accepted as a number in each."""
    level, seed, view = sheet
    asked = document(SheetQuestions.of(worked, view, rules=level in WITH_RULES))
    numbers = {f"{number} {item.id}": item for number, (_, found) in enumerate(items(worked, scheme)) for item in found}
    lefts: dict[str, Layout] = {name: item.left for name, item in typed.items()}
    lefts |= {name: item.left for name, item in numbers.items()}
    losses = [part.loss_name for part in worked.parts]
    fields: dict[str, list[Data]] = {}
    for question in (block for block in asked.blocks if isinstance(block, Question)):
        loss = losses.index(question.loss) if question.loss else 0
        for key, name in _asked(question):
            full = f"{loss} {name}"
            if full in lefts and full not in {field["id"] for field in fields.get(key, ())}:
                plain = words("learn.answer", name=clean_text(text.write(lefts[full])))
                fields.setdefault(key, []).append(
                    {"id": full, "name": str(inline_html((lefts[full],))), "plain": plain, "typed": name}
                )
    accepted = {name: _number(item) for name, item in numbers.items()}
    return CheckedSheet(LEVELS[level](asked, seed), fields, accepted)


def _asked(question: Question) -> Iterator[tuple[str, str]]:
    """Yield each id that a question asks for, behind the number of the question and the letter of the part."""
    for part in question.parts:
        for answer in part.answers:
            for ids in answer.asked:
                yield from ((f"{question.number}{part.label}", name) for name in ids)


def _number(item: Item) -> Data:
    return {
        "value": float(item.value),
        "accepted": list(map(_band, item.accepted)),
        "mistakes": [[*_band(wrong.band), str(inline_html(wrong.says))] for wrong in item.mistakes],
    }


def _band(band: Band) -> list[float]:
    return [float(Fraction(band.value)), float(band.reach)]


# Expressions: what is correct and what each mistake makes of it, at random points.


def _comparison(worked: Worked, part: Part, found: Sequence[ExpressionItem]) -> Data:
    """Return the points of a part, the program that works all names out there, and its expressions."""
    truth = Truth(worked, part)
    constants = tuple(truth.tableau.constants)
    compiled = compile_exactly(part.network, part.objective, constants)
    sample = compiled.sample
    leaves = (*sample.fixed, *sample.data)
    known = _names(part, leaves)
    points = [
        [float(point.values[leaf]) for leaf in leaves]
        for point in truth.points[:MOST_COMPARED_POINTS]
        if all(leaf in point.values for leaf in leaves)
    ]
    citations = Citations(truth)
    taken = _taken(truth)
    return {
        "sample": sample_data(sample),
        "leaves": list(map(quantity_id, leaves)),
        "loss": quantity_id(part.network.loss),
        "names": known,
        "written": _written(part, known),
        "points": points,
        "expressions": {
            item.id: {**_expressions(item, known), "not": _not_to_be_cited(truth, citations, item, taken)}
            for item in found
            if _atoms(item.expression) <= known.keys()
        },
    }


def _names(part: Part, leaves: Sequence[Symbol]) -> dict[str, list[str]]:
    """Return each name that an answer may use, with where its number stands in the program of a sample."""
    loss = quantity_id(part.network.loss)
    found = {quantity_id(leaf): ["leaf", quantity_id(leaf)] for leaf in leaves}
    found |= {quantity_id(node): ["node", quantity_id(node)] for node in part.network.nodes}
    for wrt, derivation in part.gradient.adjoints.items():
        place = ["adjoint", quantity_id(wrt)]
        found |= {quantity_id(derivation.symbol): place, f"d{loss}/d{quantity_id(wrt)}": place}
    for leaf in part.gradient.leaves:
        found[f"d{loss}/d{quantity_id(leaf)}"] = ["gradient", quantity_id(leaf)]
    return found


def _written(part: Part, known: Mapping[str, object]) -> dict[str, str]:
    """Return the id of each name by how the sheet writes it, in LaTeX."""
    gradient, network = part.gradient, part.network
    named = (*network.inputs, *network.targets, *network.parameters, *network.nodes)
    derivatives = (Partial(network.loss, wrt) for wrt in (*gradient.adjoints, *gradient.leaves))
    atoms = (*derivatives, *(one.symbol for one in gradient.adjoints.values()), *named)
    return {latex.write(part.build(atom)): name for atom in atoms if (name := quantity_id(atom)) in known}


def _atoms(expression: Expr) -> set[str]:
    return {quantity_id(atom) for atom in expression.atoms(Symbol, Partial)}


def _expressions(item: ExpressionItem, known: Mapping[str, object]) -> Data:
    """Return the program of what is correct and of what mistakes make of it, and what is said of these."""
    wrong = [one for one in item.mistakes if _atoms(one.expression) <= known.keys()]
    whole = {"right": item.expression, **{f"wrong{number}": one.expression for number, one in enumerate(wrong)}}
    leaves = sorted({atom for one in whole.values() for atom in one.atoms(Symbol, Partial)}, key=str)
    return {
        "leaves": list(map(quantity_id, leaves)),
        "program": expression_data(whole, leaves),
        "says": [str(inline_html(one.says)) for one in wrong],
    }


def _taken(truth: Truth) -> Mapping[str, list[str]]:
    """Return the names of each quantity that can be asked for, by its id."""
    return {target.id: sorted({quantity_id(name) for name in truth.names(target)}) for target in truth.targets}


def _not_to_be_cited(
    truth: Truth, citations: Citations, item: ExpressionItem, taken: Mapping[str, list[str]]
) -> list[str]:
    """Return the names that an answer may not use: its own, and those of what follows from it."""
    asked = truth.by_id[item.id]
    names = set(taken[item.id])
    for target in truth.targets:
        if citations.follows(target, asked):
            names.update(taken[target.id])
    return sorted(names)

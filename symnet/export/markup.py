"""The texts of questions as HTML, whose formulas each program writes in its own way."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TypeAlias

from symnet.document import Inline
from symnet.export.exercise import Exported, ExportedPart
from symnet.export.items import Item
from symnet.layout.latex import write
from symnet.text.say import say

FormulaWriter: TypeAlias = Callable[[str], str]
"""Writes the LaTeX of a formula as the HTML of a program."""


def in_brackets(latex: str) -> str:
    r"""Return a formula between ``\(`` and ``\)``, as Moodle has it."""
    # A sign of HTML in a formula would be taken for one.
    return rf"\({html.escape(latex, quote=False)}\)"


def in_dollars(latex: str) -> str:
    """Return a formula between dollar signs, as PrairieLearn has it."""
    return f"${html.escape(latex, quote=False)}$"


def as_html(inline: Inline, formula: FormulaWriter) -> str:
    """Return a sentence as HTML.

    Args:
        inline: The sentence.
        formula: Writes its formulas.
    """
    return "".join(html.escape(printed(one)) if isinstance(one, str) else formula(write(one)) for one in inline)


def statement(exercise: Exported, part: ExportedPart, formula: FormulaWriter, picture: str = "") -> str:
    """Return what is given: the title, the equations of the forward pass, and the numbers put in.

    Args:
        exercise: The exercise.
        part: The loss.
        formula: Writes its formulas.
        picture: The HTML of the diagram, if there is one.
    """
    lines = "<br>".join(formula(f"{write(left)} = {write(right)}") for left, right in part.equations)
    known = ", ".join(formula(f"{write(left)} = {value}") for left, value in part.numbers)
    return f"<h4>{html.escape(printed(exercise.title))}</h4>{picture}<p>{lines}</p><p>{known}</p>"


def question(item: Item, formula: FormulaWriter) -> str:
    """Return what is asked.

    Args:
        item: The question.
        formula: Writes its formula.
    """
    return as_html(say("export.find", what=item.left), formula)


def band_feedback(item: Item, place: int) -> Inline:
    """Return what is said of a number in one of the bands that are accepted.

    Args:
        item: The question.
        place: The 0-based number of the band.
    """
    return say("export.rounded", value=item.accepted[0].value) if place else say("export.correct")


def printed(text: str) -> str:
    """Return a text without the control characters that XML does not allow."""
    return "".join(sign for sign in text if sign.isprintable() or sign == " ")

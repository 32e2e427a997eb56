"""An exercise as Moodle XML: a category of numerical questions, each with its named mistakes as answers with feedback.

Of the answers of a question Moodle takes the first whose interval, ends included, holds what was typed; ``*`` takes
anything. So what is accepted stands first, then each mistake, then the rest.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.items import Band, Item, equations, numbers
from symnet.layout.latex import write
from symnet.layout.tree import Layout
from symnet.text.say import say
from symnet.worked import Part


class Exported(NamedTuple):
    """One exercise, or one variant of it, with its questions.

    Attributes:
        title: What it is called.
        code: Its code; empty of an exercise without variants.
        parts: Each loss with its questions.
    """

    title: str
    code: str
    parts: tuple[tuple[Part, tuple[Item, ...]], ...]


def moodle(exercises: Iterable[Exported]) -> bytes:
    """Return exercises as the content of a file that Moodle imports as XML.

    Args:
        exercises: The exercises, or the variants of one.
    """
    quiz = ElementTree.Element("quiz")
    for exercise in exercises:
        for part, items in exercise.parts:
            name = " ".join(filter(None, (exercise.title, exercise.code, _loss_of(exercise, part))))
            _category(quiz, name)
            statement = _statement(exercise, part)
            for item in items:
                _question(quiz, f"{exercise.code} {item.id}".strip(), statement, item)
    ElementTree.indent(quiz, " ")
    content: bytes = ElementTree.tostring(quiz, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _loss_of(exercise: Exported, part: Part) -> str:
    return part.loss_name if len(exercise.parts) > 1 else ""


def _category(quiz: ElementTree.Element, name: str) -> None:
    # A slash would begin a category below it.
    category = ElementTree.SubElement(_part(quiz, "question", type="category"), "category")
    _text(category, f"$course$/top/{_printable(name).replace('/', '//')}")


def _question(quiz: ElementTree.Element, name: str, statement: str, item: Item) -> None:
    question = _part(quiz, "question", type="numerical")
    _text(_part(question, "name"), _printable(name))
    asked = _html(say("export.find", what=item.left))
    _text(_part(question, "questiontext", format="html"), f"{statement}<p>{asked}</p>")
    _part(question, "defaultgrade").text = write_number(item.marks)
    _part(question, "penalty").text = "0.3333333"
    for place, band in enumerate(item.accepted):
        told = say("export.correct") if not place else say("export.rounded", value=item.accepted[0].value)
        _answer(question, "100", band, told)
    for mistake in item.mistakes:
        _answer(question, "0", mistake.band, mistake.says)
    _answer(question, "0", None, say("export.incorrect"))


def _answer(question: ElementTree.Element, fraction: str, band: Band | None, feedback: Inline) -> None:
    """Add an answer; without a band it is any other."""
    answer = _part(question, "answer", fraction=fraction, format="moodle_auto_format")
    _text(answer, "*" if band is None else band.value)
    _part(answer, "tolerance").text = "0" if band is None else decimal(band.reach)
    _text(_part(answer, "feedback", format="html"), f"<p>{_html(feedback)}</p>")


def _statement(exercise: Exported, part: Part) -> str:
    """Return what is given: the equations of the forward pass, and the numbers put in."""
    lines = [rf"\({write(left)} = {write(right)}\)" for left, right in equations(part)]
    known = [rf"\({write(left)} = {value}\)" for left, value in numbers(part)]
    title = html.escape(_printable(exercise.title))
    return f"<h4>{title}</h4><p>{'<br>'.join(lines)}</p><p>{', '.join(known)}</p>"


def _html(inline: Inline) -> str:
    """Return a sentence as HTML with its formulas between the signs for formulas in a line."""
    return "".join(html.escape(_printable(one)) if isinstance(one, str) else _formula(one) for one in inline)


def _formula(layout: Layout) -> str:
    # A sign of HTML in a formula would be taken for one.
    return rf"\({html.escape(write(layout), quote=False)}\)"


def decimal(number: Fraction) -> str:
    """Return a fraction that ends as a decimal number without a power of ten."""
    return format(Decimal(number.numerator) / number.denominator, "f")


def _part(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name, attributes)


def _text(parent: ElementTree.Element, content: str) -> None:
    ElementTree.SubElement(parent, "text").text = content


def _printable(text: str) -> str:
    """Return a text without the control characters that XML does not allow."""
    return "".join(sign for sign in text if sign.isprintable() or sign == " ")

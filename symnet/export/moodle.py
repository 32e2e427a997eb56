"""An exercise as Moodle XML: a category of questions, each with its named mistakes as answers with feedback.

Of the answers of a question Moodle takes the first whose interval, ends included, holds what was typed; ``*`` takes
anything. So what is accepted stands first, then each mistake, then the rest. The questions are numerical ones, or all
questions of a loss are one question of the type that Moodle calls cloze, in whose text they stand.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Iterator
from math import lcm
from typing import NamedTuple
from xml.etree import ElementTree

from symnet.description.fields import write_number
from symnet.document import Inline
from symnet.export.exercise import Exported, ExportedPart, parts
from symnet.export.items import Band, Item, decimal
from symnet.export.markup import as_html, band_feedback, in_brackets, printed, question, statement
from symnet.export.moodle_file import MoodleFile, add, text_in
from symnet.render.picture import as_svg
from symnet.text.say import say

_PICTURE = "diagram.svg"


class _MoodleAnswer(NamedTuple):
    """One answer of a question as Moodle has it.

    Attributes:
        share: Per cent of the marks.
        band: What it takes; None for anything.
        says: What is said of it.
    """

    share: int
    band: Band | None
    says: Inline

    @property
    def value(self) -> str:
        """The number in the middle of what it takes."""
        return "*" if self.band is None else self.band.value

    @property
    def tolerance(self) -> str:
        """How far from it a number may be."""
        return "0" if self.band is None else decimal(self.band.reach)


def moodle(exercises: Iterable[Exported]) -> bytes:
    """Return exercises as the content of a file that Moodle imports as XML, a numerical question for each question.

    Args:
        exercises: The exercises, or the variants of one.
    """
    file = MoodleFile()
    for exercise, part in parts(exercises):
        file.category(exercise.called(part))
        begins = _QuestionText.of(exercise, part)
        for item in part.items:
            _numerical(file, f"{exercise.code} {item.id}".strip(), begins, item)
    return file.content()


def cloze(exercises: Iterable[Exported]) -> bytes:
    """Return exercises as the content of a file that Moodle imports as XML, a cloze question for each exercise.

    Args:
        exercises: The exercises, or the variants of one.
    """
    file = MoodleFile()
    categories = set[str]()
    for exercise, part in parts(exercises):
        if exercise.title not in categories:
            categories.add(exercise.title)
            file.category(exercise.title)
        if not part.items:
            continue
        begins = _QuestionText.of(exercise, part)
        # Moodle takes whole numbers alone for what a gap is worth.
        whole = lcm(*(item.marks.denominator for item in part.items))
        asked = "".join(
            f"<p>{question(item, in_brackets)} {_gap(item, int(item.marks * whole))}</p>" for item in part.items
        )
        found = _question(file, "cloze", exercise.called(part), begins._replace(text=begins.text + asked))
        add(found, "penalty").text = _PENALTY
    return file.content()


_PENALTY = "0.3333333"


class _QuestionText(NamedTuple):
    """The text with which each question of a loss begins.

    Attributes:
        text: The exercise as HTML.
        picture: The diagram as SVG; empty where there is none.
    """

    text: str
    picture: str

    @classmethod
    def of(cls, exercise: Exported, part: ExportedPart) -> _QuestionText:
        """Return the text of a part."""
        if part.figure is None:
            return cls(statement(exercise, part, in_brackets), "")
        described = html.escape(printed(part.figure.description))
        shown = f'<p><img src="@@PLUGINFILE@@/{_PICTURE}" alt="{described}"></p>'
        return cls(statement(exercise, part, in_brackets, shown), as_svg(part.figure))


def _question(file: MoodleFile, kind: str, name: str, begins: _QuestionText) -> ElementTree.Element:
    """Add a question with its text and the picture in it."""
    found = file.question(kind, name, begins.text)
    text = found.find("questiontext")
    if begins.picture and text is not None:
        picture = add(text, "file", name=_PICTURE, path="/", encoding="base64")
        picture.text = base64.b64encode(begins.picture.encode()).decode()
    return found


def _numerical(file: MoodleFile, name: str, begins: _QuestionText, item: Item) -> None:
    asked = f"<p>{question(item, in_brackets)}</p>"
    found = _question(file, "numerical", name, begins._replace(text=begins.text + asked))
    add(found, "defaultgrade").text = write_number(item.marks)
    add(found, "penalty").text = _PENALTY
    for one in _answers(item):
        answer = add(found, "answer", fraction=str(one.share), format="moodle_auto_format")
        text_in(answer, one.value)
        add(answer, "tolerance").text = one.tolerance
        text_in(add(answer, "feedback", format="html"), f"<p>{as_html(one.says, in_brackets)}</p>")


def _answers(item: Item) -> Iterator[_MoodleAnswer]:
    """Yield the answers of a question in the order in which they are tried."""
    for place, band in enumerate(item.accepted):
        yield _MoodleAnswer(100, band, band_feedback(item, place))
    yield from (_MoodleAnswer(0, mistake.band, mistake.says) for mistake in item.mistakes)
    yield _MoodleAnswer(0, None, say("export.incorrect"))


def _gap(item: Item, weight: int) -> str:
    """Return a question as it stands in the text of a cloze, and what it is worth beside the others."""
    answers = "~".join(
        f"%{one.share}%{one.value}{'' if one.band is None else ':' + one.tolerance}#{_quoted(one.says)}"
        for one in _answers(item)
    )
    return f"{{{weight}:NUMERICAL:{answers}}}"


def _quoted(says: Inline) -> str:
    """Return feedback in which nothing ends an answer or the gap: Moodle reads entities in it."""
    text = html.escape(as_html(says, in_brackets))
    return text.translate({ord(sign): f"&#{ord(sign)};" for sign in "{}~\\"}).replace("\n", " ")

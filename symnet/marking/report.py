"""What crosses to another process."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from symnet.algebra.nodes import plain_text
from symnet.description.fields import write_number
from symnet.description.marking import Feedback
from symnet.layout.tree import Layout, layout_of, plain
from symnet.limits import LONGEST_KEPT_LAYOUT, MOST_KEPT_LAYOUTS
from symnet.marking.records import Answer, Figures, Marked, Marking, Mistake, Verdict
from symnet.marking.submissions import NOBODY, Author
from symnet.remember import Remembered
from symnet.showing import mimebundle
from symnet.text.languages import DEFAULT_LANGUAGE, language_name
from symnet.text.say import loss_title, words
from symnet.worked import Part

# What is reported of a marked submission: text, numbers and layouts alone, which can cross to another process.


class SetByHand(NamedTuple):
    """Marks that an instructor has set.

    Attributes:
        before: How many marks the answer earned for itself.
        note: Why they were set; may be empty.
    """

    before: Fraction
    note: str


class Reported(NamedTuple):
    """One answer as it is reported.

    Attributes:
        id: What it is to, by its id; as it was typed where that cannot be told.
        typed: The answer as it was typed.
        line: Where it stands in its file, if that is known.
        left: How what it is to is written; None where that cannot be told.
        read_as: What was understood, in ids; empty if nothing was.
        echo: The same, to be typeset.
        verdict: What is said of it.
        mistakes: What explains it, if it is wrong.
        follows: Whether it is right given the student's own earlier wrong values.
        message: What else there is to say; may be empty, or an excerpt with a caret below it.
        marks: How many it earns.
        out_of: How many it could.
        right: The right line, to be typeset; None where there is none.
        array: Of an entry, the vector or matrix that was answered; else empty.
        charged_at: The id of the line that has paid for the same mistake; empty if none has.
        by_hand: What there was before its marks were set by hand; None where they were not.
    """

    id: str
    typed: str
    line: int | None
    left: Layout | None
    read_as: str
    echo: Layout | None
    verdict: Verdict
    mistakes: tuple[Mistake, ...]
    follows: bool
    message: str
    marks: Fraction
    out_of: Fraction
    right: Layout | None
    array: str = ""
    charged_at: str = ""

    @property
    def has_credit(self) -> bool:
        """Whether it is incorrect and earns marks all the same."""
        return not self.verdict.is_right and bool(self.marks)

    by_hand: SetByHand | None = None


class Report(NamedTuple):
    """A marked submission as it is reported.

    Attributes:
        title: The title of the exercise.
        loss: The catalog name of the loss that was marked.
        loss_title: How a sheet calls it.
        answers: Each answer, in the order of the solution.
        feedback: How much of that a student is told, see :func:`told`.
        student: Whose they are, as far as the submission says so.
        language: The language in which it is told.
        decimal_mark: What stands before decimals where it is shown, ``point`` or ``comma``.
    """

    title: str
    loss: str
    loss_title: str
    answers: tuple[Reported, ...]
    feedback: Feedback = "full"
    student: Author = NOBODY
    language: str = DEFAULT_LANGUAGE
    decimal_mark: str = "point"

    def __repr__(self) -> str:
        marks, out_of = map(write_number, (self.marks, self.out_of))
        return f"<{type(self).__name__} {self.title!r}: {marks} / {out_of}>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str] | None:
        return mimebundle(self, include, exclude)

    @property
    def marks(self) -> Fraction:
        """How many marks the answers earn together."""
        return sum((answer.marks for answer in self.answers), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """How many they could."""
        return sum((answer.out_of for answer in self.answers), Fraction(0))

    @property
    def all_right(self) -> bool:
        """Whether everything was answered, and every answer is right."""
        return bool(self.answers) and all(answer.verdict.is_right for answer in self.answers)

    @property
    def first_wrong(self) -> Reported | None:
        """The first answer that is incorrect or unreadable, or follows from one; None where there is none."""
        return next((answer for answer in self.answered if answer.verdict.is_incorrect), None)

    @property
    def answered(self) -> tuple[Reported, ...]:
        """The answers that were given."""
        return tuple(answer for answer in self.answers if answer.verdict is not Verdict.NOT_ANSWERED)

    @property
    def not_answered(self) -> tuple[Reported, ...]:
        """What stands for the questions that were not answered."""
        return tuple(answer for answer in self.answers if answer.verdict is Verdict.NOT_ANSWERED)


class Outcome(NamedTuple):
    """What came of one submission.

    Attributes:
        name: Its file.
        report: What is reported of it; None if it could not be marked at all.
        problem: Why not.
    """

    name: str
    report: Report | None
    problem: str = ""


def reported(
    marking: Marking,
    part: Part,
    feedback: Feedback = "full",
    student: Author = NOBODY,
    decimal_mark: str = "point",
) -> Report:
    """Return what is reported of a marking.

    Args:
        marking: The marked answers.
        part: The loss that they are answers to.
        feedback: How much of it a student is told.
        student: Whose they are.
        decimal_mark: What stands before decimals where it is shown.
    """
    answers = tuple(_reported(marked) for marked in marking.answers)
    title = loss_title(*part.network.titled_loss) or words("sheet.own_loss")
    return Report(marking.title, part.loss_name, title, answers, feedback, student, language_name(), decimal_mark)


def told(report: Report) -> Report:
    """Return what a student is told of a report: all of it, no correct line, or verdicts and marks alone.

    Args:
        report: What is reported of a submission.
    """
    if report.feedback == "full":
        return report
    hidden = {"right": None} if report.feedback == "hint" else {"right": None, "mistakes": ()}
    return report._replace(answers=tuple(answer._replace(**hidden) for answer in report.answers))


def _reported(marked: Marked) -> Reported:
    answer = marked.answer
    return Reported(
        id=answer.typed.left if answer.target is None else answer.target.id,
        typed=answer.typed.right,
        line=answer.typed.line,
        left=marked.left,
        read_as=_read_as(answer),
        echo=answer.echo,
        verdict=marked.verdict,
        mistakes=marked.mistakes,
        follows=marked.follows,
        message=answer.problem or marked.message,
        marks=marked.marks,
        out_of=marked.out_of,
        right=marked.right,
        array=answer.typed.array,
        charged_at=marked.charged_at,
    )


def _read_as(answer: Answer) -> str:
    if answer.links:
        return " = ".join(map(_read_as, answer.links))
    if answer.figures is not None and (answer.expression is None or answer.expression.is_Rational):
        return _decimal(answer.figures)
    return "" if answer.expression is None else plain_text(answer.expression)


def _decimal(figures: Figures) -> str:
    """Return a number with as many digits as it was written with, none of them behind an exponent."""
    count, unit = figures.value / figures.unit, figures.unit
    place = len(str(unit.numerator)) - len(str(unit.denominator))
    return format(Decimal(int(count)).scaleb(place), "f")


# What is reported of a submission as bytes, and back: JSON of the known records, each with what it may hold. Every
# layout stands once, in a line of its own after all else, and is cited by its number: those of the right lines are
# the same in all reports.

_LINES = Remembered(MOST_KEPT_LAYOUTS)


def to_bytes(report: Report) -> bytes:
    """Return a report as bytes.

    Args:
        report: The report.
    """
    lines: dict[str, int] = {}

    def numbered(layout: Layout) -> int:
        line = _LINES.once(layout, "", lambda: json.dumps(plain(layout), separators=(",", ":")))
        return lines.setdefault(line, len(lines))

    answers = [{name: _plain(value, numbered) for name, value in answer._asdict().items()} for answer in report.answers]
    titles = {name: getattr(report, name) for name in _TITLES}
    head = json.dumps({**titles, "answers": answers, "student": report.student._asdict()})
    return "\n".join((head, *lines)).encode()


def from_bytes(content: bytes) -> Report:
    """Return the report that bytes stand for.

    Args:
        content: What :func:`to_bytes` gave.

    Raises:
        ValueError: If they stand for none.
    """
    try:
        head, *lines = content.split(b"\n")
        fields = _fields(list(map(_layout, lines)))
        data = json.loads(head)
        answers = tuple(Reported(**_held(answer, fields)) for answer in data["answers"])
        titles = dict.fromkeys(_TITLES, _text)
        return Report(**_held(data, {**titles, "answers": lambda _list: answers, "student": _student}))
    except (KeyError, TypeError, ZeroDivisionError, RecursionError) as error:
        raise ValueError("no report") from error


def _layout(line: bytes) -> Layout:
    return _kept_layout(line) if len(line) <= LONGEST_KEPT_LAYOUT else layout_of(json.loads(line))


@lru_cache(MOST_KEPT_LAYOUTS)
def _kept_layout(line: bytes) -> Layout:
    """Return the layout of a line: the same object for the same line, of which pages keep what they made."""
    return layout_of(json.loads(line))


def _plain(value: object, numbered: Callable[[Layout], int]) -> object:
    """Return what a field of an answer holds as plain data."""
    match value:
        case None | str() | int():
            return value
        case Verdict():
            return value.value
        case Fraction():
            return [value.numerator, value.denominator]
        case tuple():
            return [
                {**mistake._asdict(), "says": [_plain(part, numbered) for part in mistake.says]} for mistake in value
            ]
        case _:
            return numbered(value)  # type: ignore[arg-type]


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


def _student(data: object) -> Author:
    return Author(**_held(data, dict.fromkeys(Author._fields, _text)))


def _nothing(value: object) -> None:
    """Take no marks set by hand for what another process says: they are set in this one."""
    if value is not None:
        raise ValueError("more than nothing")


_text = _exactly(str)
_TITLES = ("title", "loss", "loss_title", "feedback", "language", "decimal_mark")
_FIELDS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "id": _text,
        "typed": _text,
        "line": _maybe(_exactly(int)),
        "read_as": _text,
        "verdict": Verdict,
        "follows": _exactly(bool),
        "message": _text,
        "marks": _ratio,
        "out_of": _ratio,
        "array": _text,
        "charged_at": _text,
        "by_hand": _nothing,
    }
)


def _fields(layouts: Sequence[Layout]) -> Mapping[str, Callable[[Any], Any]]:
    """Return how each field of an answer is read, given the layouts of its report."""

    def layout(value: object) -> Layout:
        if type(value) is not int or not 0 <= value < len(layouts):
            raise ValueError("no number of a layout")
        return layouts[value]

    def part(value: object) -> str | Layout:
        return value if isinstance(value, str) else layout(value)

    mistake = {
        "name": _text,
        "says": lambda parts: tuple(map(part, parts)),
        "line": _text,
        "in_addition": _exactly(bool),
    }
    return {
        **_FIELDS,
        "mistakes": lambda value: tuple(Mistake(**_held(one, mistake)) for one in value),
        **dict.fromkeys(("left", "echo", "right"), _maybe(layout)),
    }

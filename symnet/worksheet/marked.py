"""A marked submission block by block: each line of the student's, what is said of it, and the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType

from symnet.description.number import write
from symnet.document import Block, Document, Fact, Heading, Inline, Line, Paragraph, Result, Working
from symnet.layout.tree import Layout, Word
from symnet.marking.records import Verdict
from symnet.marking.report import Report, Reported
from symnet.prose import counted
from symnet.worksheet.derived import MOST_IN_A_BOX
from symnet.worksheet.spoken import spoken

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RIGHT: "right",
        Verdict.RIGHT_TO_ROUNDING: "right, to rounding",
        Verdict.WRONG: "wrong",
        Verdict.CANNOT_TELL: "cannot be told",
        Verdict.UNREADABLE: "cannot be read",
        Verdict.NOT_ANSWERED: "not answered",
    }
)
FOLLOWS = "wrong, but follows"
# What was typed may be long, and all one word: so many characters of it are shown, broken after so many.
_MOST_SHOWN, _LONGEST_WORD, _LONGEST_NAME = 400, 50, 40


def said(answer: Reported) -> str:
    """Return what is said of an answer, in a few words.

    Args:
        answer: The answer.
    """
    return FOLLOWS if answer.follows else VERDICTS[answer.verdict]


def of_marks(marks: Fraction, out_of: Fraction) -> str:
    """Return marks in words: ``3 of 5 marks``.

    Args:
        marks: How many there are.
        out_of: How many there could be.
    """
    return f"{write(marks)} of {write(out_of)} mark{'' if out_of == 1 else 's'}"


def mistake_in_words(name: str) -> str:
    """Return the name of a mistake as it is printed.

    Args:
        name: Its name in the catalogue.
    """
    return name.replace("_", " ")


def short_name(name: str) -> str:
    """Return the name of a file, without its middle where it is long.

    Args:
        name: The name.
    """
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def with_place(message: str) -> tuple[str, tuple[str, ...]]:
    """Return what a message says, and the lines that show the place: what was typed, and a caret below it.

    Args:
        message: What is said of an answer.
    """
    lines = message.splitlines()
    end = len(lines) - 2 if len(lines) > 2 and lines[-1].strip() == "^" else len(lines)
    return " ".join(lines[:end]), tuple(lines[end:])


def as_typed(text: str) -> str:
    """Return what was typed, so that it stays on the page.

    Args:
        text: One side of an answer.
    """
    words = (text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…").split()
    return " ".join(
        word[start : start + _LONGEST_WORD] for word in words for start in range(0, len(word), _LONGEST_WORD)
    )


def marked(report: Report, name: str = "") -> Document:
    """Return a marked submission as one document.

    Args:
        report: What is reported of it.
        name: What the submission is called; may be empty.
    """
    fields: tuple[Inline, ...] = ((report.loss_title,), (of_marks(report.marks, report.out_of),))
    whole = (Paragraph(in_short(report)), *_blocks(report))
    return Document(report.title, ("Marked answers",), whole, (((short_name(name),), *fields) if name else fields))


def in_short(report: Report) -> Inline:
    """Return in a sentence or two which line is the first that is not right, and how much was not answered.

    Args:
        report: What is reported of a submission.
    """
    first, missing = report.first_wrong, len(report.not_answered)
    found: list[str | Layout] = []
    if first is not None:
        found += ["The first line that is not right: ", first.left or f"“{as_typed(first.id)}”", f" ({said(first)})."]
    elif missing and report.given:
        found.append("What was answered is correct.")
    elif report.given:
        found.append(f"All is right: {counted(len(report.given), 'answer')}.")
    if missing:
        found.append(f"{' ' if found else ''}{counted(missing, 'question')} not answered.")
    return tuple(found)


def _together(report: Report) -> Iterator[tuple[tuple[int, Reported], ...]]:
    """Yield the numbered answers in groups: what is right, or not answered, as far as it follows one another."""
    numbered = enumerate(report.answers, 1)
    for kind, group in groupby(numbered, lambda pair: _kind(pair[1].verdict)):
        answers = tuple(group)
        yield from ((answer,) for answer in answers) if kind is Verdict.WRONG else (answers,)


def _kind(verdict: Verdict) -> Verdict:
    """Return a verdict, the same for all that is right and for all that is looked at line by line."""
    if verdict is Verdict.NOT_ANSWERED:
        return verdict
    return Verdict.RIGHT if verdict.is_right else Verdict.WRONG


def _blocks(report: Report) -> Iterator[Block]:
    """Yield right answers together as far as they follow one another, so what is missing, and each other by itself."""
    for some in _together(report):
        yield _heading(some)
        yield from _BODIES[_kind(some[0][1].verdict)](some)


def _heading(some: tuple[tuple[int, Reported], ...]) -> Block:
    (first, answer), (last, _) = some[0], some[-1]
    marks = of_marks(sum((a.marks for _, a in some), Fraction(0)), sum((a.out_of for _, a in some), Fraction(0)))
    if first == last:
        return Heading(2, (f"Answer {first}: {said(answer)} ({marks})",))
    kind = VERDICTS[_kind(answer.verdict)]
    return Heading(2, (f"Answers {first} {'and' if last == first + 1 else 'to'} {last}: {kind} ({marks})",))


def _right(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    yield Working(tuple(_line(answer, said(answer)) for _, answer in some))
    for _, answer in some:
        if answer.message:
            yield _message(answer)


def _missing(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    """Yield the right lines of questions that were not answered."""
    pairs = [(answer.left, answer.right) for _, answer in some]
    lines = tuple(Line(left, "=", right) for left, right in pairs if left is not None and right is not None)
    yield from (Result(lines[start : start + MOST_IN_A_BOX]) for start in range(0, len(lines), MOST_IN_A_BOX))


def _not_right(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    ((_, answer),) = some
    if answer.echo is None:
        if answer.given.strip():
            yield Paragraph((f"As it was typed: {as_typed(answer.id)} = {as_typed(answer.given)}",))
    else:
        yield Working((_line(answer, "your answer"),))
    for mistake in answer.mistakes:
        yield Fact((mistake_in_words(mistake.name).capitalize(),), spoken(mistake.says))
    if answer.message:
        yield _message(answer)
    if answer.left is not None and answer.right is not None:
        yield Result((Line(answer.left, "=", answer.right),))


_BODIES: Mapping[Verdict, Callable[[tuple[tuple[int, Reported], ...]], Iterator[Block]]] = MappingProxyType(
    {Verdict.RIGHT: _right, Verdict.NOT_ANSWERED: _missing, Verdict.WRONG: _not_right}
)


def _line(answer: Reported, reason: str) -> Line:
    return Line(answer.left, "=", answer.echo or Word(answer.given), (reason,))


def _message(answer: Reported) -> Block:
    """Return what else there is to say; a caret would not stand below its place on a page."""
    said_of_it = with_place(answer.message)[0]
    return Paragraph(spoken(said_of_it[:1].upper() + said_of_it[1:]))

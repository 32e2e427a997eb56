"""Marked answers as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType

from symnet.description.fields import write_number
from symnet.document import (
    Block,
    Document,
    Fact,
    Heading,
    Inline,
    Line,
    Paragraph,
    Result,
    Working,
)
from symnet.layout.tree import Word
from symnet.marking.records import Verdict
from symnet.marking.report import Report, Reported, told
from symnet.sheets.blanks import with_commas
from symnet.sheets.derived import MOST_IN_A_BOX
from symnet.text.languages import language_name, with_mark
from symnet.text.say import in_a_row, listed, say, words

# A marked submission block by block: each line of the student's, what is said of it, and the right one.

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.RIGHT: "marked.right",
        Verdict.RIGHT_TO_ROUNDING: "marked.right_to_rounding",
        Verdict.WRONG: "marked.wrong",
        Verdict.CANNOT_TELL: "marked.cannot_tell",
        Verdict.UNREADABLE: "marked.unreadable",
        Verdict.NOT_ANSWERED: "marked.not_answered_verdict",
    }
)
# What was typed may be long, and all one word: so many characters of it are shown, broken after so many.
_MOST_SHOWN, _LONGEST_WORD, _LONGEST_NAME = 400, 50, 40


def said(answer: Reported) -> str:
    """Return what is said of an answer, in a few words.

    Args:
        answer: The answer.
    """
    return words("marked.follows" if answer.follows else VERDICTS[answer.verdict])


def of_marks(marks: Fraction, out_of: Fraction) -> str:
    """Return marks in words: ``3 of 5 marks``.

    Args:
        marks: How many there are.
        out_of: How many there could be.
    """
    key = "marked.of_one_mark" if out_of == 1 else "marked.of_marks"
    return words(key, marks=with_mark(write_number(marks)), out_of=with_mark(write_number(out_of)))


def set_by_hand(answer: Reported) -> Inline:
    """Return that the marks of an answer were set by hand, and why; nothing where they were not.

    Args:
        answer: The answer.
    """
    if answer.by_hand is None:
        return ()
    slots = {"marks": with_mark(write_number(answer.marks)), "out_of": with_mark(write_number(answer.out_of))}
    before, note = with_mark(write_number(answer.by_hand.before)), answer.by_hand.note
    if not note:
        return say("marked.by_hand", before=before, **slots)
    return say("marked.by_hand_since", before=before, note=as_typed(note), **slots)


def mistake_in_words(name: str) -> str:
    """Return what a mistake is called.

    Args:
        name: Its name in the catalogue.
    """
    return words(f"mistake.{name}.title")


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


def shown_to_student(report: Report) -> Report:
    """Return what a student is told of a report, its formulas with the decimal mark of the exercise.

    Args:
        report: What is reported of a submission.
    """
    report = told(report)
    if report.decimal_mark == "point":
        return report
    return report._replace(answers=with_commas(report.answers))


def marked(report: Report, name: str = "") -> Document:
    """Return a marked submission as one document.

    Args:
        report: What is reported of it.
        name: What the submission is called; may be empty.
    """
    report = shown_to_student(report)
    fields: tuple[Inline, ...] = ((report.loss_title,), (of_marks(report.marks, report.out_of),))
    whole = (Paragraph(in_short(report)), *_blocks_marked(report))
    named = ((short_name(name),), *fields) if name else fields
    return Document(report.title, say("marked.title"), whole, named, language=language_name())


def in_short(report: Report) -> Inline:
    """Return in a sentence or two which line is the first incorrect one, and how much was not answered.

    Args:
        report: What is reported of a submission.
    """
    first, missing = report.first_wrong, len(report.not_answered)
    undecided = sum(answer.verdict is Verdict.CANNOT_TELL for answer in report.answered)
    found: list[Inline] = []
    if first is not None:
        plain = first.verdict is Verdict.WRONG and not first.follows
        why = "" if plain else say("marked.why", verdict=said(first))
        line = first.left or say("marked.quoted", text=as_typed(first.id))
        found.append(say("marked.first_incorrect", line=line, why=why))
    elif undecided:
        found.append(say("marked.undecided", undecided=undecided))
    elif missing and report.answered:
        found.append(say("marked.rest_correct"))
    elif report.answered:
        found.append(say("marked.all_correct", answers=len(report.answered)))
    if missing:
        found.append(say("marked.not_answered", missing=missing))
    return in_a_row(*found)


def _runs(report: Report) -> Iterator[tuple[tuple[int, Reported], ...]]:
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


def _blocks_marked(report: Report) -> Iterator[Block]:
    """Yield right answers together as far as they follow one another, so what is missing, and each other by itself."""
    for some in _runs(report):
        yield _heading(some)
        yield from _BODIES[_kind(some[0][1].verdict)](some)
        yield from (Paragraph(set_by_hand(answer)) for _, answer in some if answer.by_hand is not None)


def _heading(some: tuple[tuple[int, Reported], ...]) -> Block:
    (first, answer), (last, _) = some[0], some[-1]
    marks = of_marks(sum((a.marks for _, a in some), Fraction(0)), sum((a.out_of for _, a in some), Fraction(0)))
    if first == last:
        return Heading(2, say("marked.answer", number=str(first), verdict=said(answer), marks=marks))
    ends = str(first), str(last)
    span = listed(ends) if last == first + 1 else say("series.span", first=ends[0], last=ends[1])
    return Heading(2, say("marked.answers", span=span, verdict=words(VERDICTS[_kind(answer.verdict)]), marks=marks))


def _right(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    yield Working(tuple(_line(answer, said(answer)) for _, answer in some))
    for _, answer in some:
        if answer.message:
            yield _message(answer, named=len(some) > 1)


def _missing(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    """Yield the right lines of questions that were not answered; what these ask alone where no line is to be told."""
    pairs = [(answer.left, answer.right) for _, answer in some]
    untold = [left for left, right in pairs if left is not None and right is None]
    if untold:
        yield Paragraph((*listed(untold), "."))
    lines = tuple(Line(left, "=", right) for left, right in pairs if left is not None and right is not None)
    yield from (Result(lines[start : start + MOST_IN_A_BOX]) for start in range(0, len(lines), MOST_IN_A_BOX))


def _not_right(some: tuple[tuple[int, Reported], ...]) -> Iterator[Block]:
    ((_, answer),) = some
    if answer.echo is None:
        if answer.typed.strip():
            yield Paragraph(say("marked.as_typed", left=as_typed(answer.id), right=as_typed(answer.typed)))
    else:
        yield Working((_line(answer, words("marked.your_answer")),))
    for mistake in answer.mistakes:
        yield Fact(say("marked.mistake", name=mistake_in_words(mistake.name)), mistake.says)
    if answer.message:
        yield _message(answer)
    if answer.left is not None and answer.right is not None:
        yield Result((Line(answer.left, "=", answer.right),))


_BODIES: Mapping[Verdict, Callable[[tuple[tuple[int, Reported], ...]], Iterator[Block]]] = MappingProxyType(
    {Verdict.RIGHT: _right, Verdict.NOT_ANSWERED: _missing, Verdict.WRONG: _not_right}
)


def _line(answer: Reported, reason: str) -> Line:
    return Line(answer.left, "=", answer.echo or Word(answer.typed), (reason,))


def _message(answer: Reported, *, named: bool = False) -> Block:
    """Return what else there is to say, perhaps with its line; a caret would not stand below its place on a page."""
    said_of_it = with_place(answer.message)[0]
    sentence = said_of_it[:1].upper() + said_of_it[1:]
    return Paragraph((answer.left, ": ", sentence) if named and answer.left is not None else (sentence,))

"""What came of many submissions on one page for the instructor: marks, questions, mistakes, what nobody could read."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from symnet.description.fields import write_number
from symnet.diagram.plots import Axis, Bar, bar_chart, histogram, in_a_row, scale, scale_within
from symnet.document import Block, Document, Figure, Heading, Inline, Note, Paragraph, Table
from symnet.limits import (
    FEWEST_FOR_DISCRIMINATION,
    MOST_BARS,
    MOST_LISTED_MISTAKES,
    MOST_LISTED_SUBMISSIONS,
    MOST_PLOTTED_QUESTIONS,
    MOST_UNREAD,
)
from symnet.marking.judge import Scheme
from symnet.marking.records import Verdict
from symnet.marking.statistics import ClassEntry, QuestionResult, Unread, common, questions
from symnet.sheets.marked import as_typed, mistake_in_words, short_name
from symnet.sheets.plots import written
from symnet.text.languages import language_name, with_mark
from symnet.text.say import in_a_row as sentences
from symnet.text.say import say, words

# In centimetres: the axes of the histogram, and the longest bars of questions, of their discrimination, of mistakes.
_HISTOGRAM = (9.0, 3.4)
_SHARES, _DISCRIMINATIONS, _MISTAKES = 6.4, 3.2, 8.2
_BINS = 10

# What an answer may be, in the order in which it is plotted, with the role of its part of a bar.
_KINDS: Mapping[str, tuple[str, Callable[[Mapping[Verdict | None, int]], int]]] = MappingProxyType(
    {
        "share1": ("class.correct", lambda found: found[Verdict.RIGHT] + found[Verdict.RIGHT_TO_ROUNDING]),
        "share2": ("class.follows", lambda found: found[None]),
        "share3": ("class.incorrect", lambda found: found[Verdict.WRONG] + found[Verdict.CANNOT_TELL]),
        "share4": ("class.unread", lambda found: found[Verdict.UNREADABLE]),
        "share5": ("class.not_answered", lambda found: found[Verdict.NOT_ANSWERED]),
    }
)


def common_mistakes(entries: Sequence[ClassEntry]) -> tuple[tuple[str, int], ...]:
    """Return the name of each mistake and in how many submissions it is made, the most common first.

    Args:
        entries: The submissions.
    """
    return common(lambda entry: entry.mistake_names, entries)


def class_page(title: str, entries: Sequence[ClassEntry], scheme: Scheme) -> Document:
    """Return what came of submissions as one document.

    Args:
        title: The title of the exercise.
        entries: What came of each submission, in order.
        scheme: What is asked, and for how many marks.
    """
    fields: list[Inline] = [say("marked.submissions", count=len(entries))]
    marks = [entry.marks for entry in entries if entry.is_marked]
    if marks:
        fields.append(say("marked.mean", marks=_two(statistics.mean(marks))))
    blocks = tuple(_blocks(entries, scheme))
    return Document(title, say("marked.summary"), blocks, tuple(fields), language=language_name())


def table(entries: Sequence[ClassEntry]) -> Table:
    """Return what came of each submission, a row for each.

    Args:
        entries: What came of each submission, in order.
    """
    head = ("column.file", "column.marks", "column.not_answered", "column.first_incorrect", "column.mistakes")
    return Table(tuple(map(say, head)), tuple(map(_row, entries)), "lrrll")


def _row(entry: ClassEntry) -> tuple[Inline, ...]:
    if not entry.is_marked:
        why = " ".join(entry.problem.split())
        return ((short_name(entry.name),), ("–",), ("–",), say("marked.not_marked"), (why,))
    first = entry.first_wrong
    wrong = "" if first is None else first.left or as_typed(first.id)
    return (
        (short_name(entry.name),),
        say("marked.of", marks=_marks_of(entry.marks), out_of=_marks_of(entry.out_of)),
        (str(len(entry.missing)),),
        (wrong,),
        (", ".join(map(mistake_in_words, entry.mistake_names)),),
    )


def _blocks(entries: Sequence[ClassEntry], scheme: Scheme) -> Iterator[Block]:
    marked = [entry for entry in entries if entry.is_marked]
    stopped = len(entries) - len(marked)
    by_hand = sum(score.by_hand for entry in marked for score in entry.scores)
    if stopped:
        yield Paragraph(say("marked.stopped", submissions=stopped))
    if by_hand:
        yield Paragraph(say("class.by_hand", answers=by_hand))
    if marked:
        asked = questions(marked, scheme)
        yield from _marks(marked)
        yield from _questions(asked, len(marked))
        yield from _mistakes(marked, asked)
        yield from _unread(marked)
    yield Heading(2, say("marked.all_submissions"))
    yield table(entries[:MOST_LISTED_SUBMISSIONS])
    if len(entries) > MOST_LISTED_SUBMISSIONS:
        yield Note(say("class.more_submissions", shown=MOST_LISTED_SUBMISSIONS, count=len(entries)))


# The distribution of marks.


def _marks(marked: Sequence[ClassEntry]) -> Iterator[Block]:
    marks = [entry.marks for entry in marked]
    yield Heading(2, say("class.marks"))
    slots = {
        "lowest": _marks_of(min(marks)),
        "median": _two(statistics.median(marks)),
        "mean": _two(statistics.mean(marks)),
        "highest": _marks_of(max(marks)),
        "deviation": _two(statistics.pstdev(map(float, marks))),
    }
    yield Paragraph(say("class.distribution", out_of=_marks_of(max(entry.out_of for entry in marked)), **slots))
    counts = in_bins([entry.marks / entry.out_of for entry in marked if entry.out_of])
    if counts:
        yield _histogram(counts)


def in_bins(shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Return how many shares are in each tenth of the way from 0 to 1; all that has been earned is in the last one.

    Args:
        shares: Numbers from 0 to 1.
    """
    counts = [0] * (_BINS if shares else 0)
    for share in shares:
        counts[min(int(share * _BINS), _BINS - 1)] += 1
    return tuple(counts)


def _histogram(counts: Sequence[int]) -> Figure:
    most = max(counts)
    across = Axis(scale_within(0, 100, _BINS), _HISTOGRAM[0], say("class.percent"), written)
    up = Axis(scale(0, most, min(most, 5)), _HISTOGRAM[1], say("column.submissions"), written)
    step = 100 // _BINS
    bins = [(step * number, step * (number + 1), count) for number, count in enumerate(counts)]
    said = "; ".join(words("class.bin", low=low, high=high, count=count) for low, high, count in bins)
    return histogram(bins, across, up, words("class.histogram", bins=said))


# Its questions.


def _questions(asked: Sequence[QuestionResult], submissions: int) -> Iterator[Block]:
    yield Heading(2, say("class.questions"))
    yield Paragraph(say("class.definitions"))
    known = [question for question in asked if question.share is not None]
    hardest = sorted(known, key=lambda question: question.share or 0)[:MOST_PLOTTED_QUESTIONS]
    plotted = [question for question in known if question in hardest]
    if plotted:
        # The table below says as much.
        yield _bars(plotted, submissions)._replace(instead="")
    if len(known) > len(plotted):
        yield Note(say("class.hardest", questions=len(plotted)))
    head = ("column.question", "column.share", "column.discrimination")
    kinds = tuple(say(key) for key, _ in _KINDS.values())
    rows = tuple(_question_row(question, submissions) for question in asked)
    yield Table((*map(say, head), *kinds), rows, "lrr" + "r" * len(kinds))
    if submissions < FEWEST_FOR_DISCRIMINATION:
        yield Note(say("class.too_few", submissions=FEWEST_FOR_DISCRIMINATION))


def _question_row(question: QuestionResult, submissions: int) -> tuple[Inline, ...]:
    percent = "–" if question.share is None else f"{float(100 * question.share):.0f}"
    share = say("class.share", percent=percent, out_of=_marks_of(question.out_of))
    counts = ((str(count(question.verdicts)),) for _, count in _KINDS.values())
    return (
        _name(question),
        share,
        (_discrimination(question, submissions),),
        *counts,
    )


def _name(question: QuestionResult) -> Inline:
    return (question.left or question.id,)


def _discrimination(question: QuestionResult, submissions: int) -> str:
    """Return the correlation in digits, with a true minus sign; a dash where it says nothing."""
    if question.discrimination is None or submissions < FEWEST_FOR_DISCRIMINATION:
        return "–"
    return _two(question.discrimination).replace("-", "−")


def _bars(plotted: Sequence[QuestionResult], submissions: int) -> Figure:
    """Return how each question was answered and, beside it, how well it tells submissions apart."""
    shares = Axis(scale_within(0, 100, 5), _SHARES, say("class.percent_of_submissions"), written)
    rows = []
    for question in plotted:
        parts = ((100 * count(question.verdicts) / question.submissions, role) for role, (_, count) in _KINDS.items())
        rows.append(Bar(_name(question), tuple(parts)))
    key = [(role, say(name)) for role, (name, _) in _KINDS.items()]
    said = "; ".join(_said(question, submissions) for question in plotted)
    figure = bar_chart(rows, shares, words("class.chart", questions=said), key)
    if submissions < FEWEST_FOR_DISCRIMINATION:
        return figure
    across = Axis(scale_within(-1, 1, 4), _DISCRIMINATIONS, say("column.discrimination"), written)
    beside = [Bar((), ((question.discrimination or 0.0, "input"),)) for question in plotted]
    return in_a_row((figure, bar_chart(beside, across, "")), low=True)._replace(description=figure.description)


def _said(question: QuestionResult, submissions: int) -> str:
    share = f"{float(100 * (question.share or 0)):.0f}"
    return words(
        "class.question", question=_name(question), share=share, discrimination=_discrimination(question, submissions)
    )


# Mistakes, and what nobody could read.


def _mistakes(marked: Sequence[ClassEntry], asked: Sequence[QuestionResult]) -> Iterator[Block]:
    yield Heading(2, say("marked.most_common"))
    mistakes = common_mistakes(marked)
    if not mistakes:
        yield Paragraph(say("marked.none_found"))
        return
    yield bars([(mistake_in_words(name), count) for name, count in mistakes[:MOST_BARS]])
    yield Note(say("marked.counts"))
    rows = tuple((_name(question), _counted(question.mistakes)) for question in asked if question.mistakes)
    if rows:
        yield Table((say("column.question"), say("class.mistakes_and_submissions")), rows, "ll")


def _counted(mistakes: Sequence[tuple[str, int]]) -> Inline:
    """Return mistakes with the number of their submissions, the most common ones."""
    shown = [f"{mistake_in_words(name)} ({count})" for name, count in mistakes[:MOST_LISTED_MISTAKES]]
    more = len(mistakes) - len(shown)
    return sentences((", ".join(shown),), say("class.more_mistakes", more=more)) if more else (", ".join(shown),)


def bars(counts: Sequence[tuple[str, int]]) -> Figure:
    """Return a bar chart of how often each of several things was the case, the first above.

    Args:
        counts: What each is called, and its count; at least one.
    """
    most = max(count for _, count in counts)
    across = Axis(scale_within(0, most, 1), _MISTAKES, (), written)
    rows = [Bar((name,), ((count, "input"),), (str(count),)) for name, count in counts]
    said = "; ".join(f"{name}: {count}" for name, count in counts)
    return bar_chart(rows, across, said, ticks=False)


def _unread(marked: Sequence[ClassEntry]) -> Iterator[Block]:
    """Yield what nobody could read, alike lines once."""
    lines = common(lambda entry: entry.unread, marked)
    yield Heading(2, say("class.unread_lines"))
    if not lines:
        yield Paragraph(say("class.all_read"))
        return
    head = ("column.question", "class.typed", "class.why", "column.submissions")
    yield Table(tuple(map(say, head)), tuple(_unread_row(*line) for line in lines[:MOST_UNREAD]), "lllr")
    if len(lines) > MOST_UNREAD:
        yield Note(say("class.more_unread", more=len(lines) - MOST_UNREAD))


def _unread_row(line: Unread, count: int) -> tuple[Inline, ...]:
    return ((line.left or as_typed(line.id),), (as_typed(line.typed) or "–",), (as_typed(line.message),), (str(count),))


def _two(number: Fraction | float) -> str:
    return with_mark(f"{float(number):.2f}")


def _marks_of(number: Fraction) -> str:
    return with_mark(write_number(number))

"""What came of many submissions on one page: each with its marks, and which mistakes are the most common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symnet.description.number import write
from symnet.diagram.placing import label_size
from symnet.document import Block, Box, Document, Figure, Heading, Inline, Label, Note, Paragraph, Shape, Table
from symnet.marking.report import Outcome
from symnet.marking.tally import common_mistakes, mean_marks, mistakes_of
from symnet.prose import counted
from symnet.worksheet.marked import as_typed, mistake_in_words, short_name

# More bars than these would tell nothing.
MOST_BARS = 12
# In centimetres: a row of the chart, the thickness of a bar, the length of the longest, the room between two things.
_ROW, _BAR, _LONGEST, _GAP = 0.62, 0.38, 8.2, 0.2


def summary(title: str, outcomes: Sequence[Outcome]) -> Document:
    """Return the summary of marked submissions as one document.

    Args:
        title: The title of the exercise.
        outcomes: What came of each submission, in order.
    """
    fields: list[Inline] = [(counted(len(outcomes), "submission"),)]
    mean = mean_marks(outcomes)
    if mean is not None:
        fields.append((f"mean {float(mean):.2f} marks",))
    return Document(title, ("Marked answers, summary",), tuple(_blocks(outcomes)), tuple(fields))


def table(outcomes: Sequence[Outcome]) -> Table:
    """Return what came of each submission, a row for each.

    Args:
        outcomes: What came of each submission, in order.
    """
    head: tuple[Inline, ...] = (("file",), ("marks",), ("not answered",), ("first line not right",), ("mistakes",))
    return Table(head, tuple(map(_row, outcomes)), "lrrll")


def _row(outcome: Outcome) -> tuple[Inline, ...]:
    report = outcome.report
    if report is None:
        return (short_name(outcome.name),), ("–",), ("–",), ("not marked",), (" ".join(outcome.problem.split()),)
    first = report.first_wrong
    wrong = "" if first is None else first.left or as_typed(first.id)
    names = ", ".join(map(mistake_in_words, mistakes_of(report)))
    return (
        (short_name(outcome.name),),
        (f"{write(report.marks)} of {write(report.out_of)}",),
        (str(len(report.not_answered)),),
        (wrong,),
        (names,),
    )


def _blocks(outcomes: Sequence[Outcome]) -> Iterator[Block]:
    stopped = sum(outcome.report is None for outcome in outcomes)
    if stopped:
        verb = "was" if stopped == 1 else "were"
        yield Paragraph((f"{counted(stopped, 'submission')} {verb} not marked; the table says why.",))
    yield Heading(2, ("The most common mistakes",))
    mistakes = common_mistakes(outcomes)
    if mistakes:
        yield bars(mistakes[:MOST_BARS])
        yield Note(("In how many submissions each mistake was found; several may explain one answer.",))
    else:
        yield Paragraph(("No mistake of the catalogue was found.",))
    yield Heading(2, ("The submissions",))
    yield table(outcomes)


def bars(counts: Sequence[tuple[str, int]]) -> Figure:
    """Return a bar chart of how often each mistake was made, the first above.

    Args:
        counts: The name of each mistake and its count; at least one.
    """
    most, height = max(count for _, count in counts), len(counts) * _ROW
    labels = [(_label(mistake_in_words(name)), _label(str(count))) for name, count in counts]
    start = max(label_size(name)[0] for name, _ in labels) + _GAP
    shapes: list[Shape] = []
    for number, ((name, count), (_, times)) in enumerate(zip(labels, counts, strict=True)):
        y, length = round(height - (number + 0.5) * _ROW, 3), _LONGEST * times / most
        shapes += [
            _placed(name, start - _GAP - label_size(name)[0] / 2, y),
            Box(round(start + length / 2, 3), y, round(length, 3), _BAR, "input"),
            _placed(count, start + length + _GAP + label_size(count)[0] / 2, y),
        ]
    width = start + _LONGEST + _GAP + max(label_size(count)[0] for _, count in labels)
    said = "; ".join(f"{mistake_in_words(name)}: {count}" for name, count in counts)
    return Figure(round(width, 3), round(height, 3), tuple(shapes), said)


def _label(text: str) -> Label:
    return Label(0, 0, (text,), "caption")


def _placed(label: Label, x: float, y: float) -> Label:
    return label._replace(x=round(x, 3), y=y)

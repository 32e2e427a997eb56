"""The document: blocks in reading order, made by the worksheet and read by every renderer.

Text in a block is plain text; formulas are layout trees. No markup of any format stands in here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, Self, TypeAlias

from symnet.layout.tree import Layout
from symnet.showing import mimebundle


class Pictured(str):
    """Words that speak of a figure.

    Attributes:
        otherwise: What is said in their place where figures are not shown.
    """

    otherwise: str

    def __new__(cls, words: str, otherwise: str) -> Self:
        """Return the words."""
        pictured = super().__new__(cls, words)
        pictured.otherwise = otherwise
        return pictured


class Separator(str):
    """What stands between the items of a list.

    Attributes:
        of_commas: What stands there where the items are numbers with a decimal comma.
    """

    of_commas: str

    def __new__(cls, words: str, of_commas: str) -> Self:
        """Return the separator."""
        separator = super().__new__(cls, words)
        separator.of_commas = of_commas
        return separator


Inline: TypeAlias = tuple[str | Layout, ...]

Slot: TypeAlias = str | int | Layout | Inline
"""What fills a slot of a sentence: a text, a count, a formula, or what was said before."""


class Sentence(NamedTuple):
    """A sentence as data: for what finds something out and leaves it to others to say it.

    Attributes:
        key: The key of its template, see :mod:`symnet.text.en`.
        slots: What fills the slots of the template, by their names.
    """

    key: str
    slots: Mapping[str, Slot] = MappingProxyType({})

    def mapped(self, change: Callable[[Layout], Layout]) -> Self:
        """Return the sentence with its formulas changed.

        Args:
            change: From a formula to what stands in its place.
        """
        kept = (str, int, tuple)
        slots = {name: slot if isinstance(slot, kept) else change(slot) for name, slot in self.slots.items()}
        return self._replace(slots=slots)


class LineKind(Enum):
    """What sort of line one is."""

    DEFINITION = "definition"
    """It says what a quantity is: the equation of a node, the value of a function, the rule of an optimizer."""
    STEP = "step"
    """It is on the way to what is sought."""
    RESULT = "result"
    """It is what is sought, in symbols."""
    VALUE = "value"
    """It is what is sought, as a number."""
    EQUATION = "equation"
    """It is one to solve, with numbers on both sides, on the way to what is sought."""


class Line(NamedTuple):
    """One line of a calculation.

    Attributes:
        left: The left side; None where the line carries on from the one above.
        relation: ``=``, ``approx`` or ``to`` (an update); empty where a right side goes on that began above.
        right: The right side.
        reason: Why it holds, set small at the right; may be empty.
        of: The ids of the quantities that it tells in the end, as answers name them; none on the way to that.
        kind: What sort of line it is.
        about: The id of the quantity that its left side is, or is the derivative with respect to, or the update of;
            empty where it is of several, or of none.
    """

    left: Layout | None
    relation: str
    right: Layout
    reason: Inline = ()
    of: tuple[str, ...] = ()
    kind: LineKind = LineKind.STEP
    about: str = ""


def telling(
    ids: tuple[str, ...], lines: Iterable[Line], about: str = "", kind: LineKind = LineKind.RESULT
) -> tuple[Line, ...]:
    """Return the lines of one calculation, the last of which tells what is sought.

    Args:
        ids: The ids of what is sought, as answers name them.
        lines: The lines; at least one.
        about: The id of the quantity that all of them are about.
        kind: What sort of line the last one is.
    """
    *before, last = (line._replace(about=about) for line in lines)
    return (*before, last._replace(of=ids, kind=kind))


class Heading(NamedTuple):
    """A heading.

    Attributes:
        level: 1 for a numbered section, 2 for a step, 3 for a run-in title.
        content: What it says.
        inside: The same as it goes on within a sentence; empty where none names it.
    """

    level: int
    content: Inline
    inside: Inline = ()


class Paragraph(NamedTuple):
    """Running text with formulas in it."""

    content: Inline


class Working(NamedTuple):
    """A calculation whose lines are aligned at their relation, reasons at the right."""

    lines: tuple[Line, ...]


class Result(NamedTuple):
    """A final result, alone in a framed box."""

    lines: tuple[Line, ...]


SideBySide: TypeAlias = tuple[Line | None, ...]
"""Equations that stand side by side; None where a column has none."""


class InColumns(NamedTuple):
    """Equations in columns, each column aligned at its relations; one below the other where they have no room."""

    rows: tuple[SideBySide, ...]


class Flow(NamedTuple):
    """Equations side by side, as many on a line as fit.

    Attributes:
        lines: The equations.
        tinted: Whether they stand in a tinted box, as something that is used again and again.
        group_sizes: How many of them at a time belong together, such as a function and its derivative; all one by one
            where there are none.
    """

    lines: tuple[Line, ...]
    tinted: bool = False
    group_sizes: tuple[int, ...] = ()

    @property
    def groups(self) -> tuple[tuple[Line, ...], ...]:
        """The equations that belong together."""
        lines = iter(self.lines)
        return tuple(tuple(islice(lines, count)) for count in self.group_sizes or (1,) * len(self.lines))


class Labelled(NamedTuple):
    """A calculation in parts, what each is about in a word at its left."""

    parts: tuple[tuple[str, tuple[Line, ...]], ...]


class ResultGroup(NamedTuple):
    """Final results that belong together.

    Attributes:
        label: What they are of; may be empty.
        rows: The results, side by side where they have room.
    """

    label: Inline
    rows: tuple[SideBySide, ...]


class Results(NamedTuple):
    """All final results in one framed box, which may go on over pages."""

    groups: tuple[ResultGroup, ...]


class Table(NamedTuple):
    """A table in booktabs style.

    Attributes:
        head: One entry a column.
        rows: Each as long as the head.
        align: One of ``l c r`` a column.
    """

    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]
    align: str


class Note(NamedTuple):
    """A remark, small and grey."""

    content: Inline


class Circle(NamedTuple):
    """A unit of the network, or a vertex of a graph.

    Attributes:
        of: The id of what it stands for, as for the shapes below; empty where nothing asks for it. An edge that is no
            weight stands for the two ids at its ends.
    """

    x: float
    y: float
    radius: float
    role: str
    of: str = ""


class Box(NamedTuple):
    """The loss, or a vertex with a long name, as a rounded rectangle about its centre."""

    x: float
    y: float
    width: float
    height: float
    role: str
    of: str = ""


class Segment(NamedTuple):
    """A straight stroke."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str
    of: str = ""


class Polygon(NamedTuple):
    """A filled shape; arrow heads are triangles."""

    points: tuple[tuple[float, float], ...]
    role: str
    of: str = ""


class Polyline(NamedTuple):
    """A stroke through points, such as a curve of a plot; two points at least."""

    points: tuple[tuple[float, float], ...]
    role: str


class Label(NamedTuple):
    """Text or a formula centred on a point; ``white`` puts it on a white ground."""

    x: float
    y: float
    content: Inline
    role: str
    white: bool = False


Shape: TypeAlias = Circle | Box | Segment | Polygon | Polyline | Label


class Figure(NamedTuple):
    """A drawing in centimetres, the origin at the lower left.

    The roles of its shapes are ``input hidden output edge bias loss caption value gradient operation``, and ``path1``
    to ``path8`` for paths through it; those of a plot ``axis curve1 curve2``.

    Attributes:
        width: Its width.
        height: Its height.
        shapes: What it consists of.
        description: What it shows, for those who cannot see it.
        instead: What is said where no figures are shown, and speaks of none; None for the description.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    description: str
    instead: str | None = None

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str] | None:
        return mimebundle(self, include, exclude)


class Fact(NamedTuple):
    """Something used again and again, in a tinted box with a bar at its left.

    Attributes:
        title: What it is of.
        content: What is said of it.
        lines: Its formulas.
        subject: What it is about, as a question names it.
        convention: What of ``content`` is a convention, which who answers a question about it has to know.
        figure: A small drawing beside them, if any.
    """

    title: Inline
    content: Inline
    lines: tuple[Line, ...] = ()
    subject: Inline = ()
    convention: Inline = ()
    figure: Figure | None = None


class Room(NamedTuple):
    """An empty frame to work in, of so many lines of handwriting; of none, nothing at all."""

    lines: int


def in_all(marks: Iterable[Fraction]) -> Fraction:
    """Return marks together; most are whole numbers, whose sum is not brought to lowest terms one by one.

    Args:
        marks: The marks of each.
    """
    several = tuple(marks)
    if len(several) == 1:
        return several[0]
    if all(one.denominator == 1 for one in several):
        return Fraction(sum(one.numerator for one in several))
    return sum(several, Fraction(0))


class AnswerBlank(NamedTuple):
    """What is to be written down, and how room is left for it.

    Attributes:
        block: The true answer; on a blank sheet, the room for it.
        space: ``lines`` (dots behind the left sides), ``derivation`` (likewise, with brackets for the reasons, as much
            as the result takes), ``frame`` (an empty one to work in), ``values`` (a table of left sides, with room for
            a number behind each), ``cells`` (those of a table behind its first column), ``drawing`` (a frame as
            large as the drawing) or ``equations`` (a frame to solve equations in, whose left sides are answers too).
        asked: The ids of what each of its lines, or of the rows of a table, tells; none for what only leads there.
        each: The marks of each of its lines, or of the rows of a table.
        shared: Whether a sheet that gives the formulas gives this one.
        lefts: The left sides of answers to each of its lines: the ids that it tells, or the array that they are the
            entries of; none for what only leads there.
    """

    block: Block
    space: str
    asked: tuple[tuple[str, ...], ...] = ()
    each: tuple[Fraction, ...] = ()
    shared: bool = False
    lefts: tuple[tuple[str, ...], ...] = ()

    @property
    def marks(self) -> Fraction:
        """The marks for all of it."""
        return in_all(self.each)


class QuestionPart(NamedTuple):
    """One part of a question.

    Attributes:
        label: ``a``, ``b``, ...; empty where a question has no parts.
        prompt: What is asked; may be empty.
        printed: What is printed for it on every sheet.
        answers: What is to be written down, in order.
    """

    label: str
    prompt: Inline
    printed: tuple[Block, ...]
    answers: tuple[AnswerBlank, ...]

    @property
    def marks(self) -> Fraction:
        """The marks for all its answers."""
        return in_all(answer.marks for answer in self.answers)


class Question(NamedTuple):
    """A numbered question of a worksheet, with its answers or with the room for them.

    Attributes:
        number: Its number on the sheet.
        prompt: What is asked.
        printed: What is printed for it on every sheet.
        parts: Its parts; a single one without a label where it has none.
        rule: The general rule, which a sheet that gives the formulas prints as well.
        loss: The catalog name of the loss that it is to; empty where all losses share it, and where there is one.
    """

    number: int
    prompt: Inline
    printed: tuple[Block, ...]
    parts: tuple[QuestionPart, ...]
    rule: tuple[Block, ...] = ()
    loss: str = ""

    @property
    def marks(self) -> Fraction:
        """The marks for all its parts."""
        return in_all(part.marks for part in self.parts)


Block: TypeAlias = (
    Heading
    | Paragraph
    | Working
    | InColumns
    | Flow
    | Labelled
    | Fact
    | Result
    | Results
    | Table
    | Note
    | Figure
    | Room
    | Question
)


class Document(NamedTuple):
    """A whole sheet.

    Attributes:
        title: What it is called.
        subtitle: What is said below that; may be empty.
        blocks: What stands on it, in reading order.
        fields: What stands side by side under its title: name, date, marks.
        date: When a worksheet is handed out; empty where there is room to write it.
        verified: What is said of the answers, on the key of a worksheet.
        language: The language of its sentences, by its name in BCP 47.
        exercise: The description that it is made of, as JSON; empty where nothing is to be done with it.
    """

    title: str
    subtitle: Inline
    blocks: tuple[Block, ...]
    fields: tuple[Inline, ...] = ()
    date: str = ""
    verified: Inline = ()
    language: str = "en"
    exercise: str = ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.title!r}: {len(self.blocks)} blocks>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str] | None:
        return mimebundle(self, include, exclude)

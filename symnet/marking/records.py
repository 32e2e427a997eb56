"""What marking speaks of: an answer as it was typed, what it was read as, and what was found out about it."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.document import Inline
from symnet.layout.tree import Layout


class TypedAnswer(NamedTuple):
    """One answer as it was typed.

    Attributes:
        left: What it is an answer to.
        right: The answer.
        line: Where it stands in its file, if that is known.
        column: Likewise.
        array: Of an entry, the vector or matrix that was answered.
    """

    left: str
    right: str
    line: int | None = None
    column: int | None = None
    array: str = ""


class TargetKind(Enum):
    """What sort of quantity an answer is to."""

    NODE = "node"
    ADJOINT = "adjoint"
    GRADIENT = "gradient"
    UPDATED = "updated"
    LOCAL = "local"
    TRAINED = "trained"


class Target(NamedTuple):
    """The quantity that an answer is to.

    Attributes:
        id: Its id as the contract writes it: ``z1_1``, ``z1_1@2``, ``delta2_1``, ``dL/da2_1``, ``dL/dw2_1_1``,
            ``w2_1_1'``, ``da1_1/dz1_1``.
        kind: What sort of quantity it is.
        symbol: The node itself; for an adjoint the node by which, for a gradient or an updated value the leaf.
        sample: The 0-based sample that it is of; None for the only one, or for the objective over all.
        of: Of a local derivative, the node that is differentiated; ``symbol`` is then what it is with respect to. Of
            what an optimizer keeps of the parameter ``symbol``, its name in the catalog.
        step: Of a value of a training, the 1-based step after which it is that.
    """

    id: str
    kind: TargetKind
    symbol: Symbol
    sample: int | None = None
    of: Symbol | None = None
    step: int | None = None


class Figures(NamedTuple):
    """How a number was written.

    Attributes:
        value: The number.
        unit: The place of its last digit, as a power of ten: ``1/10000`` for 0.3451, 1 for 7.
    """

    value: Fraction
    unit: Fraction


class Answer(NamedTuple):
    """What an answer was read as.

    Attributes:
        typed: The answer as it was typed.
        target: What it is to; None where that cannot be told.
        expression: The answer in node symbols; None where it cannot be read.
        figures: How it was written, where it is a plain number.
        echo: What was understood, to be typeset.
        problem: Why it cannot be read, with a caret below the place; empty where it can.
        links: Where there are equality signs, what stands between them; it is the last one that counts.
        readings: What it may be, where a name may be that of several quantities.
        left_open: The local derivatives that the expression names and does not work out.
        entries: Of a vector or a matrix, the answer to each of its entries.
    """

    typed: TypedAnswer
    target: Target | None = None
    expression: Expr | None = None
    figures: Figures | None = None
    echo: Layout | None = None
    problem: str = ""
    links: tuple[Answer, ...] = ()
    readings: tuple[Answer, ...] = ()
    left_open: tuple[Partial, ...] = ()
    entries: tuple[Answer, ...] = ()


class Verdict(Enum):
    """What is said of an answer."""

    RIGHT = "right"
    RIGHT_TO_ROUNDING = "right_to_rounding"
    WRONG = "wrong"
    CANNOT_TELL = "cannot_tell"
    UNREADABLE = "unreadable"
    NOT_ANSWERED = "not_answered"

    @property
    def is_right(self) -> bool:
        """Whether it earns the marks."""
        return self in {Verdict.RIGHT, Verdict.RIGHT_TO_ROUNDING}

    @property
    def is_incorrect(self) -> bool:
        """Whether it was answered, and not correctly: what is undecided may be correct."""
        return self in {Verdict.WRONG, Verdict.UNREADABLE}


class Mistake(NamedTuple):
    """A mistake that explains an answer.

    Attributes:
        name: Its name in the catalogue.
        says: What was done, in a sentence with formulas.
        line: The id of the derivation that it points to.
        in_addition: Whether it explains the answer only together with the one before it.
    """

    name: str
    says: Inline
    line: str
    in_addition: bool = False


class Marked(NamedTuple):
    """One answer, marked.

    Attributes:
        answer: What was read.
        verdict: What is said of it.
        mistakes: What explains it, if it is wrong; several where several fit.
        follows: Whether it is right given the student's own earlier wrong values.
        message: What else there is to say, in a sentence; may be empty.
        marks: How many it earns.
        out_of: How many it could.
        right: The right line, to be typeset; None where there is none.
        charged_at: The id of the line that has paid for the same mistake, so that this one does not; empty if none has.
        left: How what it is to is written; None where that cannot be told.
    """

    answer: Answer
    verdict: Verdict
    mistakes: tuple[Mistake, ...] = ()
    follows: bool = False
    message: str = ""
    marks: Fraction = Fraction(0)
    out_of: Fraction = Fraction(1)
    right: Layout | None = None
    charged_at: str = ""
    left: Layout | None = None


class Marking(NamedTuple):
    """All answers of one submission, marked, in the order in which the solution derives what they are to.

    Attributes:
        title: The title of the exercise.
        answers: Each answer; the first wrong one is the first of them that is not right.
    """

    title: str
    answers: tuple[Marked, ...]

    @property
    def marks(self) -> Fraction:
        """How many marks the answers earn together."""
        return sum((marked.marks for marked in self.answers), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """How many they could."""
        return sum((marked.out_of for marked in self.answers), Fraction(0))

    @property
    def all_right(self) -> bool:
        """Whether every answer is right."""
        return all(marked.verdict.is_right for marked in self.answers)

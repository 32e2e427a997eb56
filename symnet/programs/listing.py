"""A program as lists of assignments, whatever the language that it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from symnet.arrays.tree import ArrayTree, Shape, names_in
from symnet.errors import SymnetError


class NoProgramError(SymnetError):
    """An exercise, or a part of one, that cannot be written as a program."""

    exit_code = 2


class ProgramLine(NamedTuple):
    """One line of a program: a variable, and what it is.

    Attributes:
        name: The variable.
        tree: What is assigned; its leaves are variables.
        of: The ids of the quantities in it, entry by entry; of those of a derivative, with respect to which it is.
        shape: Its lengths as they are shown, the number of samples as a letter.
        says: What it is, in words.
        number: Which equation of the sheet it is; 0 for none.
        is_derivative: Whether it is a derivative of the loss.
    """

    name: str
    tree: ArrayTree
    of: tuple[str, ...]
    shape: tuple[str, ...]
    says: str
    number: int = 0
    is_derivative: bool = False


class ProgramArray(NamedTuple):
    """What is put into a program: parameters, or inputs and targets.

    Attributes:
        name: The variable.
        shape: Its shape; of inputs and targets that of one sample.
        of: The ids of its entries, row by row; one that is always 0 has an empty one.
        says: What it is, in words.
        numbers: Its entries, row by row; of inputs and targets once for each sample.
        shown: Its lengths as they are shown.
    """

    name: str
    shape: Shape
    of: tuple[str, ...]
    says: str
    numbers: tuple[tuple[Fraction, ...], ...]
    shown: tuple[str, ...]


class SampleAxis(NamedTuple):
    """How samples stand in the arrays of a program that takes all of them at once.

    Attributes:
        rows: Whether each row is a sample, else each column.
        letter: The variable that holds how many there are.
    """

    rows: bool
    letter: str


class ProgramUpdate(NamedTuple):
    """How the parameters are updated.

    Attributes:
        optimizer: What the rule is, in words.
        lines: What is worked out for each parameter, in order; the last line is the updated parameter.
        parameter: The variable that holds a parameter.
        gradient: The variable that holds its derivative.
        states: What is kept from step to step: the name of each state, and its variable.
        constants: The numbers in the rule: variable, value, and what it is.
        rate: The variable that holds the learning rate.
        rates: The learning rate of each step, or one for all.
        step: The variable that holds the number of the step.
        before: How many steps were made before.
        start: What the states begin with, by name and by the id of a parameter; 0 for all others.
        trained: The names of the parameters that are updated.
        batches: The 0-based samples of each step; empty where all are taken.
        clip_value: The largest size of a derivative, or None.
        clip_norm: The largest norm of all derivatives, or None.
        steps: How many steps are made.
    """

    optimizer: str
    lines: tuple[ProgramLine, ...]
    parameter: str
    gradient: str
    states: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, Fraction, str], ...]
    rate: str
    rates: tuple[Fraction, ...]
    step: str
    before: int
    start: Mapping[str, Mapping[str, Fraction]]
    trained: tuple[str, ...]
    batches: tuple[tuple[int, ...], ...]
    clip_value: Fraction | None
    clip_norm: Fraction | None
    steps: int


class ProgramObjective(NamedTuple):
    """What several samples and a penalty come to.

    Attributes:
        name: The variable that holds the objective.
        loss: The variable that holds the loss of one sample, or of all at once.
        mean: Whether it is the mean of the samples' losses, else their sum.
        several: Whether there are several samples.
        penalty: The lines of the penalty, the last one the penalty itself; none without one.
        counted: What a sample counts in a weighted mean; None in any other.
        added: What the penalty adds to the derivative with respect to a parameter, by its name.
    """

    name: str
    loss: str
    mean: bool
    several: bool
    penalty: tuple[ProgramLine, ...] = ()
    added: Mapping[str, ArrayTree] = {}
    counted: ArrayTree | None = None


class ProgramListing(NamedTuple):
    """A program.

    Attributes:
        title: What the exercise is called, and the loss where there are several.
        loss_name: What the loss is called.
        parameters: What is learned.
        data: The inputs and targets.
        constants: Parameters that stay as they are.
        samples: How samples stand in arrays; None where the program takes one sample at a time.
        forward: The lines of the forward pass.
        loss: The lines from the outputs to the loss.
        backward: The lines of the backward pass.
        gradients: For each parameter, or each input for which it is asked, the variable that holds its derivative.
        objective: What the samples and the penalty come to.
        update: How the parameters are updated; None without training.
        drawn: Whether the numbers are drawn, since the description has none.
        detached: Whether a derivative is not that of the loss, since something in it counts as a constant.
    """

    title: str
    loss_name: str
    parameters: tuple[ProgramArray, ...]
    data: tuple[ProgramArray, ...]
    constants: tuple[ProgramArray, ...]
    samples: SampleAxis | None
    forward: tuple[ProgramLine, ...]
    loss: tuple[ProgramLine, ...]
    backward: tuple[ProgramLine, ...]
    gradients: Mapping[str, str]
    objective: ProgramObjective
    update: ProgramUpdate | None
    drawn: bool
    detached: bool

    def lines(self) -> Iterator[ProgramLine]:
        """Yield all lines of the passes, in order."""
        yield from self.forward
        yield from self.loss
        yield from self.backward


def needed(lines: Iterable[ProgramLine], results: Iterable[str]) -> tuple[ProgramLine, ...]:
    """Return those lines that lead to some results."""
    wanted, found = set(results), []
    for line in reversed(tuple(lines)):
        if line.name in wanted:
            found.append(line)
            wanted.update(names_in(line.tree))
    return tuple(reversed(found))


def numbered(listing: ProgramListing) -> ProgramListing:
    """Return a program whose lines have the numbers of the equations on the sheet, from 1 on."""
    count = 0
    passes = []
    for lines in (listing.forward, listing.loss, listing.backward):
        passes.append(tuple(line._replace(number=count + place) for place, line in enumerate(lines, 1)))
        count += len(lines)
    return listing._replace(forward=passes[0], loss=passes[1], backward=passes[2])

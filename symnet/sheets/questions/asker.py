"""Which quantities of an exercise a question asks for, and the lines of a solution that are about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from symnet.description.marking import Level
from symnet.description.questions import QuestionChoice
from symnet.description.training import Training
from symnet.document import AnswerBlank, Block, Heading, Line, Result, Table, Working
from symnet.layout.tree import Layout, Row
from symnet.limits import MOST_ASKED_PARAMETERS
from symnet.sheets.repeats import unrepeated
from symnet.sheets.sheet import Sheet

# What is asked of every unit, where nothing else is chosen.
_IN_NUMBERS = ("numbers", "updates")


class Asker(NamedTuple):
    """One part of an exercise, and which of its quantities are asked for.

    Attributes:
        sheet: The part.
        training: How it is trained, if it is.
        drawn: Whether its drawing is printed on the sheet.
        ruled: The part with general indices, where its general rules are wanted.
        units: ``first`` for the first unit of each layer, ``all`` for every one.
        layers: The layers that are asked about; None for all.
        level: In terms of what derivatives are to be given; None for anything.
        sized: Whether of answers in numbers only the room for them is wanted, which many sheets share.
        apart: Whether these answers are those of this sheet all the same.
    """

    sheet: Sheet
    training: Training | None
    drawn: bool
    ruled: Sheet | None = None
    units: str = "first"
    layers: tuple[int, ...] | None = None
    level: Level | None = None
    sized: bool = False
    apart: bool = False

    @property
    def of_results(self) -> Sheet:
        """The part as sections are made of it of which the results alone are asked."""
        return self.sheet.as_sized if self.sized else self.sheet

    @property
    def is_large(self) -> bool:
        """Whether the first unit of each layer is asked for in numbers too."""
        network = self.sheet.part.network
        return not network.is_graph and len(network.parameters) > MOST_ASKED_PARAMETERS

    def choosing(self, choice: QuestionChoice) -> Asker:
        """Return what asks for those quantities that a question is about."""
        every = bool(self.sheet.view.parameters) or (choice.ask in _IN_NUMBERS and not self.is_large)
        units = choice.units or ("all" if every else "first")
        return self._replace(units=units, layers=choice.layers)

    def wants(self, name: str) -> bool:
        """Return whether what is about a quantity is asked for; what is about several, or none, always is."""
        if not name:
            return True
        layer = self.layer_of(name)
        is_wanted = self.units == "all" or self.sheet.part.network.is_graph or self.is_first(name)
        return is_wanted and (self.layers is None or layer is None or layer in self.layers)

    def leaves_out(self, blocks: Iterable[Block]) -> bool:
        """Return whether some units of the layers that are asked about are not asked for."""
        others = self._replace(units="all")
        groups = (group for block in blocks if isinstance(block, Working | Result) for group in equations(block.lines))
        return any(others.wants(group[0].about) and not self.wants(group[0].about) for group in groups)

    def layer_of(self, name: str) -> int | None:
        """Return the layer of a quantity, if it has one."""
        return self.sheet.names.quantities[name].layer

    def is_first(self, name: str) -> bool:
        """Return whether a quantity belongs to unit 1, or to no unit; a weight also has to start at unit 1."""
        quantity = self.sheet.names.quantities[name]
        return quantity.unit in (None, 1) and quantity.source in (None, 1)

    def lines(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """Return the lines of what is asked for."""
        return tuple(line for group in equations(lines) if self.wants(group[0].about) for line in unrepeated(group))

    def answers(self, blocks: Iterable[Block], space: str) -> Iterator[AnswerBlank]:
        """Yield an answer for each calculation or table that stands in ``blocks``.

        Args:
            blocks: Of a section of the solution.
            space: How room is left for them; numbers go in a table only where each has a left side of its own.
        """
        for block in blocks:
            if isinstance(block, Working | Result):
                lines = self.lines(block.lines)
                room = "lines" if space == "values" and any(line.left is None for line in lines) else space
                if lines:
                    yield AnswerBlank(block._replace(lines=lines), room, tuple(line.of for line in lines))
            elif isinstance(block, Table):
                yield AnswerBlank(block, "cells")


def equations(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each left side together."""
    group: tuple[Line, ...] = ()
    for line in lines:
        if group and line.left is not None:
            yield group
            group = ()
        group += (line,)
    if group:
        yield group


def left_of(group: Sequence[Line]) -> Layout:
    """Return the left side of the lines of one equation."""
    left = group[0].left
    return Row(()) if left is None else left


def results(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the calculations among ``blocks`` with the last line of each equation alone."""
    for block in blocks:
        if isinstance(block, Working | Result):
            lines = (group[-1]._replace(left=left_of(group)) for group in equations(block.lines))
            yield block._replace(lines=tuple(lines))


def sections(blocks: Iterable[Block]) -> Iterator[tuple[Heading, tuple[Block, ...]]]:
    """Yield each heading and what stands below it, where something does."""
    title = Heading(2, ())
    below: tuple[Block, ...] = ()
    for block in blocks:
        if isinstance(block, Heading):
            if below:
                yield title, below
            title, below = block, ()
        else:
            below += (block,)
    if below:
        yield title, below

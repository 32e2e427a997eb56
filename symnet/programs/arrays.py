"""From a graph of arrays to a program with a variable for each array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod

from sympy import S, Symbol

from symnet.arrays.build import multiply
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree, constant, leaf
from symnet.programs.letters import Variables
from symnet.programs.listing import ProgramArray, ProgramLine, needed
from symnet.programs.numbers import ProgramNumbers
from symnet.quantity import Role
from symnet.text.say import words
from symnet.typeset.arrays import ArrayWriter
from symnet.worked import Part

_OF_SAMPLES = frozenset({Role.INPUT, Role.TARGET, Role.SAMPLE_WEIGHT})


class ArrayProgram:
    """Writes a part of an exercise that is made of arrays.

    Args:
        part: The part.
        numbers: What is put in.
        letters: Hands out the variables.
        graph: Its arrays.
    """

    def __init__(self, part: Part, numbers: ProgramNumbers, letters: Variables, graph: ArrayGraph) -> None:
        self.part, self.numbers, self.letters, self.graph = part, numbers, letters, graph
        self.network = part.network
        self.write = ArrayWriter.of(part.network, part.names.notation)
        self.derivatives = part.gradient.arrays
        self.learned = {symbol.name for symbol in self.network.parameters}
        asked = {symbol.name for symbol in part.asked} if self.network.is_graph and not self.network.lowered else None
        self.asked = tuple(
            name for name in graph.inputs if not (self.learned if asked is None else asked).isdisjoint(graph.ids(name))
        )
        for name in (*graph.inputs, *graph.nodes):
            self.variable(name)
        self._cited = {one.name: wrt for wrt, one in self.derivatives.items()}

    def variable(self, name: str) -> str:
        """Return the variable of an array."""
        return self.letters(name, self.write.names(name))

    def derivative_variable(self, wrt: str) -> str:
        """Return the variable of the derivative with respect to an array."""
        return self.letters(f"d{self.graph.output}_d{wrt}", self.write.derivative(wrt))

    def tree(self, tree: ArrayTree) -> ArrayTree:
        """Return an expression in variables."""
        if tree.kind == "leaf":
            name = tree.option
            wrt = self._cited.get(name) if name not in self.graph.inputs and name not in self.graph.nodes else None
            return leaf(self.variable(name) if wrt is None else self.derivative_variable(wrt), tree.shape)
        return tree._replace(of=tuple(map(self.tree, tree.of))) if tree.of else tree

    def says(self, name: str) -> str:
        """Return what an array is."""
        first = next(filter(None, self.graph.ids(name)))
        role = self.network.quantities[first].role
        if role is not Role.GRAPH:
            return words(f"role.{role.name.lower()}", count=1 if prod(self.graph.shape(name)) == 1 else 2)
        if name in self.graph.inputs:
            return words("legend.parameter" if first in self.learned else "legend.input")
        return words("legend.output") if name == self.graph.output else ""

    def nodes(self, *, losses: bool) -> Iterator[ProgramLine]:
        """Yield the lines of the forward pass, or those of the loss."""
        behind = False
        for name, tree in self.graph.nodes.items():
            behind |= name == self.graph.output
            if behind is losses:
                shape = tuple(map(str, tree.shape))
                yield ProgramLine(self.variable(name), self.tree(tree), self.graph.ids(name), shape, self.says(name))

    def backward(self) -> tuple[ProgramLine, ...]:
        """Return the lines of the backward pass that are needed."""
        lines = [self._line(name) for name in self.derivatives if name in self.graph.nodes]
        lines += [self._line(name) for name in self.asked]
        return needed(lines, self.gradients.values())

    def _line(self, name: str) -> ProgramLine:
        tree = self.tree(self.derivatives[name].final)
        ids = self.graph.ids(name)
        if not all(ids):
            # What is always 0 stays so in training.
            mask = constant(tuple(S.One if one else S.Zero for one in ids), tree.shape)
            tree = multiply(mask, tree)
        says = words("program.derivative", wrt=self.variable(name))
        shape = tuple(map(str, self.graph.shape(name)))
        return ProgramLine(self.derivative_variable(name), tree, ids, shape, says, is_derivative=True)

    @property
    def gradients(self) -> Mapping[str, str]:
        """The variable of the derivative with respect to each array for which it is asked."""
        return {self.variable(name): self.derivative_variable(name) for name in self.asked}

    def put_in(self) -> tuple[tuple[ProgramArray, ...], tuple[ProgramArray, ...], tuple[ProgramArray, ...]]:
        """Return the parameters, the data, and the parameters that stay as they are."""
        data = self.numbers.data
        found: tuple[list[ProgramArray], ...] = ([], [], [])
        for name in self.graph.inputs:
            ids = self.graph.ids(name)
            roles = {self.network.quantities[one].role for one in filter(None, ids)}
            is_learned = not self.learned.isdisjoint(ids)
            fixed = bool(self.network.lowered) and roles.isdisjoint(_OF_SAMPLES)
            rows = data.rows[:1] if is_learned or fixed else data.rows
            numbers = tuple(tuple(self._number(one, row) for one in ids) for row in rows)
            shape = self.graph.inputs[name]
            array = ProgramArray(self.variable(name), shape, ids, self.says(name), numbers, tuple(map(str, shape)))
            found[0 if is_learned else 2 if fixed else 1].append(array)
        return tuple(found[0]), tuple(found[1]), tuple(found[2])

    def _number(self, name: str, row: Mapping[Symbol, Fraction]) -> Fraction:
        if not name:
            return Fraction(0)
        symbol = Symbol(name)
        return row[symbol] if symbol in row else self.numbers.data.parameters[symbol]

"""From a derivation number by number to a program in plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.arrays.build import from_expression
from symnet.arrays.tree import ArrayTree, leaf
from symnet.derivation.steps import Derivation, before_writing_out
from symnet.layout.tree import Layout
from symnet.network.graph import NodeKind
from symnet.programs.letters import Variables
from symnet.programs.listing import ProgramArray, ProgramLine, needed
from symnet.programs.numbers import ProgramNumbers
from symnet.quantity import Role
from symnet.text.say import words
from symnet.worked import Part

_LOSSES = frozenset({Role.LOSS, Role.SAMPLE_LOSS})


class ScalarProgram:
    """Writes a part of an exercise with a variable for each number.

    Args:
        part: The part.
        numbers: What is put in.
        letters: Hands out the variables.
    """

    def __init__(self, part: Part, numbers: ProgramNumbers, letters: Variables) -> None:
        self.part, self.numbers, self.letters = part, numbers, letters
        self.network, self.names = part.network, part.names
        self.stands: dict[Expr, ArrayTree] = {}
        for symbol in (*self.network.of_sample, *self.network.parameters, *self.network.nodes):
            self.stands[symbol] = leaf(self.variable(symbol), ())
        for wrt, derivation in part.gradient.adjoints.items():
            variable = leaf(self.derivative_variable(wrt, derivation), ())
            self.stands[derivation.symbol] = self.stands[Partial(self.network.loss, wrt)] = variable
        self.asked = tuple(part.asked) if self.network.is_graph else self.network.parameters

    def variable(self, symbol: Symbol) -> str:
        """Return the variable of a quantity."""
        return self.letters(symbol.name, self.names(symbol.name))

    def derivative_variable(self, wrt: Symbol, derivation: Derivation) -> str:
        """Return the variable of the derivative of the loss with respect to a quantity."""
        name = derivation.symbol.name
        if derivation.symbol != wrt and name in self.names.quantities:
            return self.letters(name, self.names(name))
        return self.letters(f"d{self.network.loss.name}_d{wrt.name}", self.partial(wrt))

    def partial(self, wrt: Symbol) -> Layout:
        """Return the derivative of the loss with respect to a quantity as it is written."""
        return self.names.partial(self.names(self.network.loss.name), self.names(wrt.name))

    def tree(self, expression: Expr) -> ArrayTree:
        """Return an expression in variables."""
        return from_expression(expression, self.stands)

    def says(self, symbol: Symbol) -> str:
        """Return what a quantity is."""
        role = self.network.quantities[symbol.name].role
        if role is not Role.GRAPH:
            return words(f"role.{role.name.lower()}", count=1)
        return words("legend.output") if symbol == self.network.loss else ""

    def nodes(self, *, losses: bool) -> Iterator[ProgramLine]:
        """Yield the lines of the forward pass, or those of the loss."""
        behind = False
        for symbol, node in self.network.nodes.items():
            behind |= symbol == self.network.loss
            is_loss = behind or node.kind is NodeKind.LOSS
            if is_loss is losses:
                yield ProgramLine(
                    self.variable(symbol), self.tree(node.expression), (symbol.name,), (), self.says(symbol)
                )

    def backward(self) -> tuple[ProgramLine, ...]:
        """Return the lines of the backward pass: the derivatives that are needed, then those that are asked for."""
        lines = [*self._adjoints(), *self._leaves()]
        return needed(lines, [*self._intermediate(), *self.gradients.values()])

    def _intermediate(self) -> Iterator[str]:
        """Yield the variables of the derivatives of a graph that its sheet asks for on the way to those asked for.

        One with respect to a node whose local derivative is 1 is cited by no other line.
        """
        if self.network.is_graph:
            leading = set(self.asked)
            for symbol, node in self.network.nodes.items():
                if not leading.isdisjoint(node.derivatives):
                    leading.add(symbol)
            for wrt, derivation in self.part.gradient.adjoints.items():
                if wrt in leading:
                    yield self.derivative_variable(wrt, derivation)

    def _adjoints(self) -> Iterator[ProgramLine]:
        for wrt, derivation in self.part.gradient.adjoints.items():
            name = self.derivative_variable(wrt, derivation)
            yield self.derivative(name, wrt, before_writing_out(derivation)[-1].rhs)

    def _leaves(self) -> Iterator[ProgramLine]:
        for wrt in self.asked:
            derivation = self.part.gradient.leaves[wrt]
            yield self.derivative(self.gradients[self.variable(wrt)], wrt, before_writing_out(derivation)[-1].rhs)

    def derivative(self, name: str, wrt: Symbol, expression: Expr) -> ProgramLine:
        """Return the line of the derivative with respect to a quantity."""
        says = words("program.derivative", wrt=self.variable(wrt))
        return ProgramLine(name, self.tree(expression), (wrt.name,), (), says, is_derivative=True)

    @cached_property
    def gradients(self) -> Mapping[str, str]:
        """The variable of the derivative with respect to each parameter, or each input for which it is asked."""
        return {
            self.variable(wrt): self.letters(f"d{self.network.loss.name}_d{wrt.name}", self.partial(wrt))
            for wrt in self.asked
        }

    def parameters(self) -> tuple[ProgramArray, ...]:
        """Return the parameters, a variable each."""
        return tuple(self._put_in(self.network.parameters, parameters=True))

    def data(self) -> tuple[ProgramArray, ...]:
        """Return the inputs and targets, a variable each."""
        return tuple(self._put_in(self.network.of_sample, parameters=False))

    def _put_in(self, symbols: Iterable[Symbol], *, parameters: bool) -> Iterator[ProgramArray]:
        data = self.numbers.data
        rows = (data.parameters,) if parameters else data.rows
        for symbol in symbols:
            role = self.network.quantities[symbol.name].role
            says = words(f"role.{role.name.lower()}", count=1)
            if role is Role.GRAPH:
                says = words("legend.parameter" if parameters else "legend.input")
            numbers = tuple((row[symbol],) for row in rows)
            yield ProgramArray(self.variable(symbol), (), (symbol.name,), says, numbers, ())

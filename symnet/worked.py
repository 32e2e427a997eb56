"""What solving gives back: for each loss the network, its gradient, its numbers and what the oracles say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.notations import NOTATIONS
from symnet.derive import Derivation, Gradient, Step
from symnet.description.model import Description
from symnet.evaluate import Evaluation
from symnet.expand import LONGEST, LONGEST_IN_NODES, Expander, adjoint_definitions, node_definitions
from symnet.layout.build import Builder
from symnet.layout.latex import write
from symnet.layout.names import Names
from symnet.network import Network
from symnet.numeric import Value
from symnet.verify import Report


@dataclass(frozen=True)
class Derivative:
    """The derivative of the loss by one parameter, for use from Python.

    Attributes:
        parameter: The parameter's id.
        steps: The lines of its derivation, each with its rule.
        paths: The number of routes from the parameter to the loss.
        value: Its value at the data, over all samples, as an mpmath number; None without data.
    """

    parameter: str
    steps: tuple[Step, ...]
    paths: int
    value: Value | None
    _part: Part

    @property
    def ordered(self) -> Expr:
        """The simplified derivative of one sample's loss, factors and terms in the order of the chain rule."""
        return self.steps[-1].rhs

    @property
    def simplified(self) -> Expr:
        """The same as an ordinary SymPy expression in node ids."""
        return self.ordered.doit()

    @property
    def expanded(self) -> Expr | None:
        """The same in inputs, targets and parameters alone; None where its text is longer than 20,000 characters."""
        if self._part.expander.length(self.ordered) > LONGEST:
            return None
        return self._part.expander.expression(self.ordered)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self._part.equation(Symbol(self.parameter))}$"


@dataclass(frozen=True)
class Part:
    """One loss of an exercise, worked.

    Attributes:
        loss_name: The catalog name of the loss.
        notation: The catalog name of the notation.
        network: The forward pass.
        gradient: Every derivative, line by line.
        evaluation: Every number, or None without data.
        report: What the oracles say.
    """

    loss_name: str
    notation: str
    network: Network
    gradient: Gradient
    evaluation: Evaluation | None
    report: Report

    @cached_property
    def expander(self) -> Expander:
        """Puts in every definition: what comes out speaks inputs, targets and parameters alone."""
        return Expander(node_definitions(self.network) | adjoint_definitions(self.gradient))

    @cached_property
    def in_nodes(self) -> Expander:
        """Puts in every cited derivative: what comes out speaks node ids alone."""
        return Expander(adjoint_definitions(self.gradient), LONGEST_IN_NODES)

    @cached_property
    def names(self) -> Names:
        """How the part's quantities are written in its notation."""
        return Names(NOTATIONS[self.notation], self.gradient.quantities)

    @cached_property
    def build(self) -> Builder:
        """Turns expressions into layout trees in the part's notation."""
        return Builder(self.names)

    def equation(self, parameter: Symbol) -> str:
        """Return the derivative by ``parameter`` and what it is equal to, in LaTeX."""
        derivation = self.gradient.parameters[parameter]
        return f"{write(self.build(derivation.lhs))} = {write(self.build(derivation.result))}"

    def __getitem__(self, parameter: str) -> Derivative:
        """Return the derivative by the parameter with this id.

        Raises:
            KeyError: If there is no such parameter.
        """
        symbol = Symbol(parameter)
        if symbol not in self.gradient.parameters:
            known = ", ".join(other.name for other in list(self.gradient.parameters)[:8])
            raise KeyError(f"{parameter!r} is not a parameter of this network; its parameters are {known}, ...")
        derivation: Derivation = self.gradient.parameters[symbol]
        value = None if self.evaluation is None else self.evaluation.gradients[symbol]
        return Derivative(parameter, derivation.steps, self.network.paths[symbol], value, self)


@dataclass(frozen=True)
class Worked:
    """A whole exercise, worked.

    Attributes:
        description: What was asked.
        parts: One for each loss, in the order of the description.
        warnings: What is allowed but hardly meant.
    """

    description: Description
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    def __getitem__(self, parameter: str) -> Derivative:
        """Return the derivative of the first loss by the parameter with this id; see ``parts`` for other losses.

        Raises:
            KeyError: If there is no such parameter.
        """
        return self.parts[0][parameter]

    def __iter__(self) -> Iterator[Derivative]:
        """Yield the derivative of the first loss by each parameter."""
        return (self[parameter.name] for parameter in self.parts[0].network.parameters)

    def _repr_markdown_(self) -> str:
        equations = (part.equation(parameter) for part in self.parts for parameter in part.network.parameters)
        return "\n\n".join(f"$${equation}$$" for equation in equations)

"""What solving gives back: for each loss the network, its gradient, its numbers and what the oracles say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import Partial, PathSum, plain_text
from symnet.catalog.notation import Notation
from symnet.derivation import Gradient, Step
from symnet.description.exercise import Exercise
from symnet.description.model import Description
from symnet.expand import LONGEST_IN_NODES, Expander, adjoint_definitions, node_definitions
from symnet.given import Given
from symnet.layout.build import Builder
from symnet.layout.latex import write
from symnet.layout.names import Names
from symnet.lookup import Index, Known, index, look_up, shortened
from symnet.network import Network
from symnet.objective import OBJECTIVE, Objective
from symnet.verify import Report

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation


@dataclass(frozen=True, repr=False)
class Derivative(Known):
    """The derivative of the loss by one parameter, for use from Python: of one sample's loss, and of the penalty.

    Attributes:
        paths: The number of routes from the parameter to the loss.
    """

    paths: int

    @property
    def parameter(self) -> str:
        """The parameter's id."""
        return self.id

    @property
    def equation(self) -> str:
        """The derivative and what it is equal to, in LaTeX."""
        return self._part.equation(Symbol(self.id))

    def __repr__(self) -> str:
        loss = self._part.network.loss.name if self._part.network.is_graph else OBJECTIVE.name
        return f"<Derivative d{loss}/d{self.id} = {shortened(plain_text(self.ordered))}>"


@dataclass(frozen=True, repr=False)
class Part:
    """One loss of an exercise, worked.

    Attributes:
        loss_name: The catalog name of the loss.
        notation: How its quantities are written.
        network: The forward pass.
        gradient: Every derivative of one sample's loss, line by line.
        objective: What the samples and the penalty come to together.
        given: The numbers put in, or None without data.
        evaluation: Every number, or None without data.
        report: What the oracles say.
        paper: Every number as it comes out on paper, or None where only what is shown is rounded.
    """

    loss_name: str
    notation: Notation
    network: Network
    gradient: Gradient
    objective: Objective
    given: Given | None
    evaluation: Evaluation | None
    report: Report
    paper: Evaluation | None = None

    @property
    def shown(self) -> Evaluation | None:
        """The numbers that a sheet shows, or None without data."""
        return self.evaluation if self.paper is None else self.paper

    @cached_property
    def expander(self) -> Expander:
        """Puts in every definition: what comes out speaks inputs, targets and parameters alone."""
        norms = {node.symbol.name: node.expression for node in self.objective.penalty}
        return Expander(node_definitions(self.network) | norms | adjoint_definitions(self.gradient))

    @cached_property
    def in_nodes(self) -> Expander:
        """Puts in every cited derivative: what comes out speaks node ids alone."""
        return Expander(adjoint_definitions(self.gradient), LONGEST_IN_NODES)

    @cached_property
    def names(self) -> Names:
        """How the part's quantities are written in its notation."""
        return Names(self.notation, self.objective.quantities)

    @cached_property
    def build(self) -> Builder:
        """Turns expressions into layout trees in the part's notation."""
        return Builder(self.names)

    def result(self, leaf: Symbol) -> Expr:
        """Return the derivative by a parameter or an input: of one sample's loss, with what the penalty adds."""
        return PathSum(self.gradient.leaves[leaf].result, *self.objective.added.get(leaf, ()))

    def equation(self, leaf: Symbol) -> str:
        """Return the derivative by ``leaf`` and what it is equal to, in LaTeX."""
        left = Partial(OBJECTIVE if leaf in self.objective.added else self.network.loss, leaf)
        return f"{write(self.build(left))} = {write(self.build(self.result(leaf)))}"

    @cached_property
    def index(self) -> Index:
        """Every other quantity by its id."""
        return index(self)

    def derivative(self, leaf: Symbol) -> Derivative:
        """Return the derivative by a parameter, or by an input for which it was asked."""
        evaluation = self.evaluation
        values = {} if evaluation is None else {**evaluation.samples[0].gradients, **evaluation.gradients}
        value, paths = values.get(leaf), self.network.paths[leaf]
        return Derivative(leaf.name, self.result(leaf), value, self.steps(leaf), leaf, self, paths)

    def __getitem__(self, name: str) -> Known:
        """Return what is known of the quantity with this id.

        Of a parameter, and of an input for which it was asked, it is the :class:`Derivative` of the loss by it; of a
        node (``z1_1``), a delta (``delta1_1``) or the loss (``L``) what that is equal to.

        Raises:
            UnknownIdError: If there is no such id; it is a KeyError as well.
        """
        leaf = Symbol(name)
        return self.derivative(leaf) if leaf in self.network.leaves else look_up(self, name)

    def __repr__(self) -> str:
        return f"<Part {shortened(self.loss_name)!r}: {len(self.network.leaves)} derivatives>"

    def in_order(self) -> tuple[Symbol, ...]:
        """Return the leaves that have a derivative, in the order of the description."""
        return tuple(symbol for symbol in map(Symbol, self.network.quantities) if symbol in self.gradient.leaves)

    @property
    def asked(self) -> tuple[Symbol, ...]:
        """The leaves by which derivatives are asked for: of a graph that names its parameters, these alone."""
        chosen = self.network.parameters if self.network.is_graph else ()
        return tuple(symbol for symbol in self.in_order() if not chosen or symbol in chosen)

    def steps(self, leaf: Symbol) -> tuple[Step, ...]:
        """Return the lines of a derivation: of one sample's loss, then of what it is part of."""
        single = self.gradient.leaves[leaf].steps
        if not self.objective.nodes or leaf not in self.objective.derivations:
            return single
        return single + self.objective.derivations[leaf].steps


@dataclass(frozen=True, repr=False)
class Worked:
    """A whole exercise, worked.

    Attributes:
        description: What was asked.
        parts: One for each loss, in the order of the description.
        warnings: What is allowed but hardly meant.
    """

    description: Exercise
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    @property
    def samples(self) -> int:
        """How many samples are given; 1 without any."""
        data = self.description.data if isinstance(self.description, Description) else None
        return 1 if data is None else data.count

    def __getitem__(self, name: str) -> Known:
        """Return what is known of a quantity under the first loss, by its id; see ``parts`` for other losses.

        Raises:
            UnknownIdError: If there is no such id; it is a KeyError as well.
        """
        return self.parts[0][name]

    def __iter__(self) -> Iterator[Derivative]:
        """Yield the derivative of the first loss by each parameter."""
        return map(self.parts[0].derivative, self.parts[0].network.leaves)

    def __repr__(self) -> str:
        losses = ", ".join(shortened(part.loss_name) for part in self.parts[:5])
        more = ", ..." if len(self.parts) > 5 else ""
        derivatives = len(self.parts[0].network.leaves)
        return f"<{type(self).__name__} {self.description.title!r}: {derivatives} derivatives; {losses}{more}>"

    def _repr_markdown_(self) -> str:
        equations = (part.equation(leaf) for part in self.parts for leaf in part.network.leaves)
        return "\n\n".join(f"$${equation}$$" for equation in equations)

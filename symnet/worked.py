"""What solving gives back: for each loss its network, derivatives, numbers and checks, and each quantity by its id."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial, PathSum, plain_text
from symnet.derivation.expand import Expander, adjoint_definitions, node_definitions
from symnet.derivation.objective import DATA, OBJECTIVE, Objective
from symnet.derivation.second import Hessian
from symnet.derivation.steps import Gradient, Step
from symnet.description.fields import near_miss, question
from symnet.description.network import Description, Exercise
from symnet.errors import UnknownIdError
from symnet.layout.latex import write
from symnet.limits import LONGEST_EXPANDED, LONGEST_IN_NODES
from symnet.network.data import NetworkData
from symnet.network.graph import Network
from symnet.notation.model import Notation
from symnet.notation.names import Names
from symnet.numerics.direct import Value
from symnet.typeset.expressions import LayoutBuilder
from symnet.verification.verify import CheckReport

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.traces import Traces


# A quantity of a worked exercise by its id, as JSON calls it: a node, a delta, an input, the objective.

# So many ids are named where one is not known, and compared with it.
_NAMED, _COMPARED = 8, 5_000


@dataclass(frozen=True, repr=False)
class Known:
    """What is known of a quantity.

    Attributes:
        id: Its id.
        ordered: What it is equal to, in node ids and in the order in which it is printed.
        value: Its value at the data, as an mpmath number; None without data, and of what each sample has for itself
            unless the id names one, as in ``z1_1@2``.
        steps: The lines of its derivation, each with its rule; none of what is no derivative.
    """

    id: str
    ordered: Expr
    value: Value | None
    steps: tuple[Step, ...]
    _left: Expr
    _part: Part

    @property
    def expression(self) -> Expr:
        """The quantity as an ordinary SymPy expression in node ids."""
        return self.ordered.doit()

    @property
    def simplified(self) -> Expr:
        """The same."""
        return self.expression

    @property
    def expanded(self) -> Expr | None:
        """The same in inputs, targets and parameters alone; None where its text is longer than 20,000 characters."""
        if self._part.expander.length(self.ordered) > LONGEST_EXPANDED:
            return None
        return self._part.expander.expression(self.ordered)

    @property
    def latex(self) -> str:
        """What it is equal to in LaTeX, as it is printed."""
        return write(self._part.build(self.ordered))

    @property
    def equation(self) -> str:
        """The quantity and what it is equal to, in LaTeX."""
        return f"{write(self._part.build(self._left))} = {self.latex}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} = {shortened(plain_text(self.ordered))}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.equation}$"


class Entry(NamedTuple):
    """Where a quantity is found.

    Attributes:
        left: What stands at its left: its symbol, or a partial derivative.
        ordered: What it is equal to.
        at: From an evaluation and the 0-based number of a sample to its value.
        steps: The lines of its derivation, if it is one.
    """

    left: Expr
    ordered: Expr
    at: Callable[[Evaluation, int], Value | None]
    steps: tuple[Step, ...] = ()


class QuantityIndex(NamedTuple):
    """Every quantity of a part of an exercise, by its id.

    Attributes:
        each: What each sample has for itself, by its id without the mark of the sample.
        shared: What there is once for all samples.
    """

    each: Mapping[str, Entry]
    shared: Mapping[str, Entry]


def index(part: Part) -> QuantityIndex:
    """Return every quantity of a part.

    Args:
        part: The part.
    """
    network, gradient, objective = part.network, part.gradient, part.objective
    each = {symbol: Entry(symbol, symbol, _value(symbol)) for symbol in network.of_sample}
    each |= {symbol: Entry(symbol, node.expression, _value(symbol)) for symbol, node in network.nodes.items()}
    for wrt, derivation in gradient.adjoints.items():
        each[derivation.symbol] = Entry(derivation.symbol, derivation.result, _adjoint(wrt), derivation.steps)
    if not network.is_graph:
        for wrt, derivation in gradient.inputs.items():
            left = Partial(network.loss, wrt)
            each[Symbol(f"dL_d{wrt.name}")] = Entry(left, derivation.result, _adjoint(wrt), derivation.steps)
    nodes = (*objective.penalty, *objective.nodes)
    shared = {node.symbol.name: Entry(node.symbol, node.expression, _at_shared(node.symbol)) for node in nodes}
    return QuantityIndex({symbol.name.removesuffix("@i"): entry for symbol, entry in each.items()}, shared)


def look_up(part: Part, name: str) -> Known:
    """Return what is known of the quantity with an id.

    Args:
        part: The part of the exercise.
        name: The id, with or without the mark of a sample.

    Raises:
        UnknownIdError: If there is no such id, with those that it may be meant to be.
    """
    base, mark, number = name.partition("@")
    evaluation = part.evaluation
    samples = 1 if evaluation is None else len(evaluation.samples)
    shared = None if mark else part.index.shared.get(name)
    entry = shared or part.index.each.get(base)
    if entry is None or (mark and number not in map(str, range(1, samples + 1))):
        raise UnknownIdError(_unknown(part, name))
    value = None
    if evaluation is not None and (shared or mark or samples == 1):
        value = entry.at(evaluation, int(number or 1) - 1)
    return Known(name, entry.ordered, value, entry.steps, entry.left, part)


def shortened(text: str, most: int = 60) -> str:
    """Return a text, cut if it is long."""
    return text if len(text) <= most else text[: most - 3] + "..."


def _value(symbol: Symbol) -> Callable[[Evaluation, int], Value | None]:
    return lambda evaluation, sample: evaluation.samples[sample].values.get(symbol)


def _adjoint(wrt: Symbol) -> Callable[[Evaluation, int], Value | None]:
    def at(evaluation: Evaluation, number: int) -> Value | None:
        sample = evaluation.samples[number]
        return {**sample.gradients, **sample.adjoints}.get(wrt)

    return at


def _at_shared(symbol: Symbol) -> Callable[[Evaluation, int], Value | None]:
    def at(evaluation: Evaluation, _sample: int) -> Value | None:
        return {DATA: evaluation.data_loss, OBJECTIVE: evaluation.loss, **evaluation.penalty}.get(symbol)

    return at


def _unknown(part: Part, name: str) -> str:
    """Return what there is instead of an id that there is not."""
    parameters = tuple(leaf.name for leaf in part.network.leaves)
    ids = tuple({**part.index.shared, **part.index.each})
    some, others = (", ".join((*islice(names, _NAMED), "...")) for names in (parameters, ids))
    known = tuple(islice((*parameters, *ids), _COMPARED))
    near = question(tuple(other for other in known if other.lower() == name.lower())) or near_miss(name, known)
    whole = f"{name!r} is not a parameter of this network; its parameters are {some}, its other quantities {others}"
    return f"{whole}. {near}" if near else whole


# What solving gives back: for each loss the network, its gradient, its numbers and what the oracles say.


@dataclass(frozen=True, repr=False)
class Derivative(Known):
    """The derivative of the loss wrt one parameter, for use from Python: of one sample's loss, and of the penalty.

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


_Made = TypeVar("_Made")
_OF_NO_NUMBER = ("expander", "in_nodes", "names", "build", "index", "_kept")


@dataclass(frozen=True, repr=False)
class Part:
    """One loss of an exercise, worked.

    Attributes:
        loss_name: The catalog name of the loss.
        notation: How its quantities are written.
        network: The forward pass.
        gradient: Every derivative of one sample's loss, line by line.
        objective: What the samples and the penalty come to together.
        data: The numbers put in, or None without any.
        evaluation: Every number, or None without data.
        report: What the oracles say.
        paper: Every number as it comes out on paper, or None where only what is shown is rounded.
        hessian: The second derivatives, where they are asked for.
        traces: Where its numbers are found again, for a page that works them out anew; else None.
    """

    loss_name: str
    notation: Notation
    network: Network
    gradient: Gradient
    objective: Objective
    data: NetworkData | None
    evaluation: Evaluation | None
    report: CheckReport
    paper: Evaluation | None = None
    hessian: Hessian | None = None
    traces: Traces | None = None
    _kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, init=False)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made of the part for a sheet, made once whatever the numbers are.

        Args:
            key: What is made, with everything that it depends on beside the derivatives and the notation.
            make: Makes it.
        """
        if key not in self._kept:
            self._kept[key] = make()
        made: _Made = self._kept[key]
        return made

    def at(self, data: NetworkData, evaluation: Evaluation, paper: Evaluation | None) -> Part:
        """Return the same derivatives at other numbers; what depends on no number is not made again.

        Args:
            data: The numbers put in.
            evaluation: Every number.
            paper: Every number as it comes out on paper, where that is asked for.
        """
        other = replace(self, data=data, evaluation=evaluation, paper=paper)
        # What is kept stands among the attributes, and none of it knows the numbers.
        other.__dict__.update({name: self.__dict__[name] for name in _OF_NO_NUMBER if name in self.__dict__})
        return other

    @property
    def shown(self) -> Evaluation | None:
        """The numbers that a sheet shows, or None without data."""
        return self.evaluation if self.paper is None else self.paper

    @cached_property
    def expander(self) -> Expander:
        """Substitutes all definitions: the result is in inputs, targets and parameters only."""
        norms = {node.symbol.name: node.expression for node in self.objective.penalty}
        return Expander(node_definitions(self.network) | norms | adjoint_definitions(self.gradient))

    @cached_property
    def in_nodes(self) -> Expander:
        """Substitutes all cited derivatives: the result is in node ids only."""
        return Expander(adjoint_definitions(self.gradient), LONGEST_IN_NODES)

    @cached_property
    def names(self) -> Names:
        """How the part's quantities are written in its notation."""
        return Names(self.notation, self.objective.quantities, traced=self.traces is not None)

    @cached_property
    def build(self) -> LayoutBuilder:
        """Turns expressions into layout trees in the part's notation."""
        return LayoutBuilder(self.names)

    def result(self, leaf: Symbol) -> Expr:
        """Return the derivative wrt a parameter or an input: of one sample's loss, with what the penalty adds."""
        return PathSum(self.gradient.leaves[leaf].result, *self.objective.added.get(leaf, ()))

    def equation(self, leaf: Symbol) -> str:
        """Return the derivative with respect to ``leaf`` and what it is equal to, in LaTeX."""
        left = Partial(OBJECTIVE if leaf in self.objective.added else self.network.loss, leaf)
        return f"{write(self.build(left))} = {write(self.build(self.result(leaf)))}"

    @cached_property
    def index(self) -> QuantityIndex:
        """Every other quantity by its id."""
        return index(self)

    def derivative(self, leaf: Symbol) -> Derivative:
        """Return the derivative with respect to a parameter, or to an input for which it was asked."""
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
        """The leaves wrt which derivatives are asked for: of a graph that names its parameters, these alone."""
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
        """Yield the derivative of the first loss with respect to each parameter."""
        return map(self.parts[0].derivative, self.parts[0].network.leaves)

    def __repr__(self) -> str:
        losses = ", ".join(shortened(part.loss_name) for part in self.parts[:5])
        more = ", ..." if len(self.parts) > 5 else ""
        derivatives = len(self.parts[0].network.leaves)
        return f"<{type(self).__name__} {self.description.title!r}: {derivatives} derivatives; {losses}{more}>"

    def _repr_markdown_(self) -> str:
        equations = (part.equation(leaf) for part in self.parts for leaf in part.network.leaves)
        return "\n\n".join(f"$${equation}$$" for equation in equations)

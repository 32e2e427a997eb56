"""What solving gives back: for each loss its network, derivatives, numbers and checks, and each quantity by its id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeVar, get_args

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial, PathSum, plain_text
from symnet.derivation.expand import Expander, adjoint_definitions, node_definitions
from symnet.derivation.objective import DATA, OBJECTIVE, Objective
from symnet.derivation.second import Hessian
from symnet.derivation.steps import Gradient, Step
from symnet.description.fields import near_miss, question
from symnet.description.network import Description, Exercise
from symnet.errors import ChoiceError, UnknownIdError, ViewError
from symnet.layout.latex import write
from symnet.limits import LONGEST_EXPANDED, LONGEST_IN_NODES
from symnet.network.data import NetworkData
from symnet.network.graph import Network
from symnet.network.parameters import Values, arrays_of
from symnet.notation.model import Notation
from symnet.notation.names import Names
from symnet.numerics.direct import Value
from symnet.showing import mimebundle
from symnet.typeset.expressions import LayoutBuilder
from symnet.verification.verify import CheckReport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.function import NumericFunction
    from symnet.numerics.traces import Traces


# A quantity of a worked exercise by its id, as JSON calls it: a node, a delta, an input, the objective.

# So many ids are named where one is not known, and compared with it.
_NAMED, _COMPARED = 8, 5_000


class ShownStep(Step):
    """One line of a derivation that knows how it is written.

    Attributes:
        part: The part of the exercise that it is of.
    """

    part: Part

    @property
    def latex(self) -> str:
        """The right side in LaTeX, as it is printed."""
        return write(self.part.build(self.rhs))

    @property
    def equation(self) -> str:
        """What the derivation is of, and what it is equal to on this line, in LaTeX."""
        return f"{write(self.part.build(self.lhs))} = {self.latex}"

    def __repr__(self) -> str:
        return f"<Step {plain_text(self.lhs)} = {shortened(plain_text(self.rhs))}: {self.rule.name}>"

    _repr_mimebundle_ = mimebundle


class ShownSteps(tuple[ShownStep, ...]):
    """The lines of a derivation, which know how they are written."""

    __slots__ = ()
    _repr_mimebundle_ = mimebundle


@dataclass(frozen=True, repr=False)
class Known:
    """What is known of a quantity.

    Attributes:
        id: Its id.
        ordered: What it is equal to, in node ids and in the order in which it is printed.
        value: Its value at the data, as an mpmath number; None without data, and of what each sample has for itself
            unless the id names one, as in ``z1_1@2``.
        steps: The lines of its derivation, each with its rule; none of what is no derivative.
        left: What stands at its left: its symbol, or a partial derivative.
        part: The part of the exercise that it is of.
    """

    id: str
    ordered: Expr
    value: Value | None
    steps: ShownSteps
    left: Expr
    part: Part

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
        if self.part.expander.length(self.ordered) > LONGEST_EXPANDED:
            return None
        return self.part.expander.expression(self.ordered)

    @property
    def latex(self) -> str:
        """What it is equal to in LaTeX, as it is printed."""
        return write(self.part.build(self.ordered))

    @property
    def equation(self) -> str:
        """The quantity and what it is equal to, in LaTeX."""
        return f"{write(self.part.build(self.left))} = {self.latex}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} = {shortened(plain_text(self.ordered))}>"

    _repr_mimebundle_ = mimebundle


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
        others: From another name of a derivative of the loss, ``dL/dw1_1_1`` or ``dL_dz2_1``, to its id.
    """

    each: Mapping[str, Entry]
    shared: Mapping[str, Entry]
    others: Mapping[str, str]


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
    by_id = {symbol.name.removesuffix("@i"): entry for symbol, entry in each.items()}
    others = {name: of for name, of in _other_names(part) if name not in by_id}
    return QuantityIndex(by_id, shared, others)


def _other_names(part: Part) -> Iterator[tuple[str, str]]:
    """Yield the names of each derivative of the loss as a fraction, with its id."""
    network = part.network
    of = network.loss.name if network.is_graph else OBJECTIVE.name
    ids = {wrt.name: one.symbol.name for wrt, one in part.gradient.adjoints.items()}
    ids |= {leaf.name: leaf.name for leaf in network.leaves}
    plain = {wrt.removesuffix("@i"): name.removesuffix("@i") for wrt, name in ids.items()}
    yield from ((f"d{of}{over}d{wrt}", name) for over in "/_" for wrt, name in plain.items())


def look_up(part: Part, name: str) -> Known:
    """Return what is known of the quantity with an id.

    Args:
        part: The part of the exercise.
        name: The id, with or without the mark of a sample.

    Raises:
        UnknownIdError: If there is no such id, with those that it may be meant to be.
    """
    each, others = part.index.each, part.index.others
    whole = others.get(name, name)
    # Where all samples are in one graph, the mark of a sample is part of an id.
    base, mark, number = (whole, "", "") if whole in each else name.partition("@")
    base = others.get(base, base)
    evaluation = part.evaluation
    samples = 1 if evaluation is None else len(evaluation.samples)
    shared = None if mark else part.index.shared.get(name)
    entry = shared or each.get(base)
    if entry is None or (mark and number not in map(str, range(1, samples + 1))):
        raise UnknownIdError(_unknown(part, name))
    value = None
    if evaluation is not None and (shared or mark or samples == 1):
        value = entry.at(evaluation, int(number or 1) - 1)
    return Known(f"{base}{mark}{number}", entry.ordered, value, part.shown_steps(entry.steps), entry.left, part)


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

    def __repr__(self) -> str:
        loss = self.part.network.loss.name if self.part.network.is_graph else OBJECTIVE.name
        return f"<Derivative d{loss}/d{self.id} = {shortened(plain_text(self.ordered))}>"


ParameterNumbers = Literal["gradients", "parameters", "updated"]


class DerivativeRow(NamedTuple):
    """One derivative, as a row of a table.

    Attributes:
        parameter: What the loss is differentiated with respect to, by its id.
        expression: The derivative as a SymPy expression in node ids.
        value: Its value at the data; None without data.
    """

    parameter: str
    expression: Expr
    value: float | None


class DerivativeTable(tuple[DerivativeRow, ...]):
    """The derivatives with respect to all parameters, a row each.

    Attributes:
        part: The part of the exercise that they are of.
    """

    part: Part

    def __new__(cls, part: Part) -> Self:
        """Return the table of a part."""
        derivatives = map(part.derivative, part.network.leaves)
        table = super().__new__(
            cls,
            (
                DerivativeRow(one.id, one.expression, None if one.value is None else float(one.value))
                for one in derivatives
            ),
        )
        table.part = part
        return table

    def __reduce__(self) -> tuple[type[DerivativeTable], tuple[Part]]:
        """Return what copies are made from."""
        return type(self), (self.part,)

    _repr_mimebundle_ = mimebundle

    def __repr__(self) -> str:
        values = ["" if row.value is None else f"{row.value:.6g}" for row in self]
        name, value = (max(map(len, column), default=0) for column in ([row.parameter for row in self], values))
        lines = (
            f"{row.parameter:{name}}  {number:>{value}}  {shortened(str(row.expression))}".rstrip()
            for row, number in zip(self, values, strict=True)
        )
        return "\n".join(lines)


class WithDerivatives(ABC):
    """What the derivatives of one loss are asked for; of an exercise with several losses, those of the first."""

    @property
    @abstractmethod
    def _part(self) -> Part:
        """The part of the exercise that is asked."""

    @property
    def gradients(self) -> Mapping[str, Expr]:
        """The derivative of the loss with respect to each parameter, as a SymPy expression in node ids, by id.

        They are those of one sample's loss and of the penalty, in the order of the network. ``work["w1_1_2"]`` says
        more of each: its lines, its value, its LaTeX.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}], "loss": "squared_error"}
            >>> work = symnet.solve(neuron)
            >>> list(work.gradients)
            ['w1_1_1', 'w1_1_2', 'b1_1']
            >>> work.gradients["w1_1_2"]
            a1_1*x2*(1 - a1_1)*(a1_1 - y1)
        """
        part = self._part
        return MappingProxyType({leaf.name: part.derivative(leaf).expression for leaf in part.network.leaves})

    def latex(self, name: str) -> str:
        r"""Return a quantity and what it is equal to, in LaTeX and in the notation of the description.

        Args:
            name: Its id; derivatives of the loss also as fractions, ``dL/dw1_1_1`` or ``dL/dz1_1``.

        Raises:
            UnknownIdError: If there is no such quantity, with those that it may be meant to be.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 1, "layers": [{"units": 1, "activation": "identity"}], "loss": "squared_error"}
            >>> print(symnet.solve(neuron).latex("dL/dw1_1_1"))
            \frac{\partial L}{\partial w_{11}^{(1)}} = (\hat{y} - y)\,x
        """
        return self._part[name].equation

    def table(self) -> DerivativeTable:
        """Return all derivatives as a table, a row each, which ``pandas.DataFrame`` takes as it is.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 1, "layers": [{"units": 1, "activation": "identity"}], "loss": "squared_error",
            ...           "data": {"inputs": [[2]], "targets": [[3]]},
            ...           "parameters": [{"weights": [[1]], "biases": [0]}]}
            >>> work = symnet.solve(neuron)
            >>> work.table()
            w1_1_1  -2  x1*(a1_1 - y1)
            b1_1    -1  a1_1 - y1
            >>> work.table()[0].value
            -2.0
        """
        return DerivativeTable(self._part)

    def to_numpy(self, of: ParameterNumbers = "gradients") -> dict[str, NDArray[Any]]:
        """Return numbers of all parameters as arrays of NumPy, by the name of the array.

        Of layers these are ``W1`` of the shape ``(units, inputs)``, ``b1`` of the shape ``(units,)`` and so on; what is
        one number, such as a bias that a layer shares, has the shape ``()``, and the pieces of maxout are a second
        axis. Of a graph they are its parameters under their own names, or all its inputs where it names none.

        Args:
            of: ``gradients`` are the derivatives of the objective over all samples, ``parameters`` the parameters
                before any step, ``updated`` those after the last training step.

        Raises:
            ChoiceError: If there are no such numbers.
            ViewError: If the description has no data or, for ``updated``, no training.
            MissingToolError: If NumPy is not installed.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 2, "layers": [{"units": 1, "activation": "identity"}], "loss": "squared_error",
            ...           "data": {"inputs": [[1, 2]], "targets": [[3]]},
            ...           "parameters": [{"weights": [[1, 0]], "biases": [0]}], "training": {"learning_rate": 0.5}}
            >>> work = symnet.solve(neuron)
            >>> work.to_numpy()["W1"]
            array([[-2., -4.]])
            >>> work.to_numpy("updated")["W1"]
            array([[2., 2.]])
        """
        if of not in get_args(ParameterNumbers):
            raise ChoiceError("of", of, get_args(ParameterNumbers))
        values = _NUMBERS[of](self._part)
        if not values:
            raise ViewError(f"{of}: there are none; expected data and parameters, and training for updated ones")
        return arrays_of(self._part.network, values)

    def lambdify(self, name: str | None = None) -> NumericFunction:
        """Return a function of numbers or arrays of NumPy that works out derivatives, or any other quantity.

        It takes a number for each of its ``arguments``, by keyword or in one mapping. Those that the description has
        numbers for may be left out, but for the inputs and targets of several samples. Arrays are taken entry by entry
        and broadcast. It is worked out in floats, and gives ``nan`` where there is no real value.

        Args:
            name: What it works out, by its id, for one sample; None for a mapping with the derivative of the loss with
                respect to each parameter.

        Raises:
            UnknownIdError: If there is no such quantity, with those that it may be meant to be.
            MissingToolError: If NumPy is not installed.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid"}], "loss": "squared_error"}
            >>> loss = symnet.solve(neuron).lambdify("L")
            >>> loss.arguments
            ('w1_1_1', 'b1_1', 'x1', 'y1')
            >>> loss(w1_1_1=0, b1_1=0, x1=1, y1=1)
            0.125
            >>> import numpy
            >>> loss(w1_1_1=numpy.array([0, 0, 0]), b1_1=0, x1=1, y1=numpy.array([0, 0.5, 1])).tolist()
            [0.125, 0.0, 0.125]
        """
        # Imported where it is used: solving needs none of it.
        from symnet.numerics.function import NumericFunction, VectorPrograms

        part = self._part
        wanted = None if name is None else part[name].id
        programs = part.once(VectorPrograms, lambda: VectorPrograms(part.gradient, part.objective))
        numbers = {symbol.name.removesuffix("@i"): float(number) for symbol, number in _constants(part.data).items()}
        return NumericFunction(programs, numbers, wanted)


_Made = TypeVar("_Made")
_OF_NO_NUMBER = ("expander", "in_nodes", "names", "build", "index", "_kept")


@dataclass(frozen=True, repr=False)
class Part(WithDerivatives):
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
        language: The language in which it is shown.
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
    language: str = "en"
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
    def _part(self) -> Part:
        return self

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

    @cached_property
    def index(self) -> QuantityIndex:
        """Every other quantity by its id."""
        return index(self)

    def derivative(self, leaf: Symbol) -> Derivative:
        """Return the derivative with respect to a parameter, or to an input for which it was asked."""
        value, paths = _gradient_values(self).get(leaf), self.network.paths[leaf]
        left = Partial(OBJECTIVE if leaf in self.objective.added else self.network.loss, leaf)
        return Derivative(leaf.name, self.result(leaf), value, self.shown_steps(self.steps(leaf)), left, self, paths)

    def shown_steps(self, steps: Iterable[Step]) -> ShownSteps:
        """Return the lines of a derivation that know how they are written."""
        found = []
        for step in steps:
            found.append(ShownStep(*step))
            found[-1].part = self
        return ShownSteps(found)

    def __getitem__(self, name: str) -> Known:
        """Return what is known of the quantity with this id.

        Of a parameter, and of an input for which it was asked, it is the :class:`Derivative` of the loss with respect
        to it; of a node (``z1_1``), a delta (``delta1_1``) or the loss (``L``) what that is equal to. Derivatives have
        their names as fractions too: ``dL/dw1_1_1``, ``dL/dz1_1``.

        Raises:
            UnknownIdError: If there is no such id; it is a KeyError as well.
        """
        leaf = Symbol(self.index.others.get(name, name))
        return self.derivative(leaf) if leaf in self.network.leaves else look_up(self, name)

    def __repr__(self) -> str:
        return f"<Part {shortened(self.loss_name)!r}: {len(self.network.leaves)} derivatives>"

    _repr_mimebundle_ = mimebundle

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


def _constants(data: NetworkData | None) -> Values:
    """Return the numbers that each leaf has, but for what differs from sample to sample."""
    if data is None:
        return {}
    return {**data.parameters, **data.constants, **(data.rows[0] if len(data.rows) == 1 else {})}


def _gradient_values(part: Part) -> Values:
    """Return the derivative of the objective with respect to each leaf."""
    return {} if part.evaluation is None else {**part.evaluation.samples[0].gradients, **part.evaluation.gradients}


def _parameter_values(part: Part) -> Values:
    """Return the number of each leaf before any training."""
    return {} if part.data is None else {**part.data.rows[0], **part.data.parameters}


def _updated_values(part: Part) -> Values:
    """Return the number of each parameter after the last training step."""
    updates = () if part.evaluation is None else part.evaluation.updates
    return updates[-1].after if updates else {}


_NUMBERS: Mapping[str, Callable[[Part], Values]] = MappingProxyType(
    {"gradients": _gradient_values, "parameters": _parameter_values, "updated": _updated_values}
)


@dataclass(frozen=True, repr=False)
class Worked(WithDerivatives):
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
    def _part(self) -> Part:
        return self.parts[0]

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

    _repr_mimebundle_ = mimebundle

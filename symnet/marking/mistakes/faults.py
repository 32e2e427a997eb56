"""A wrong derivation, and the program run with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Partial, PathSum
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, STEP, updated
from symnet.catalog.regularizers import REGULARIZERS
from symnet.derivation.objective import COUNT, DATA, OBJECTIVE
from symnet.description.layers import Training
from symnet.description.network import Description, Exercise
from symnet.document import Sentence
from symnet.marking.records import Target, TargetKind
from symnet.marking.truth import DIGITS, Truth, derivative_id, exactly, of_sample
from symnet.network.graph import LayerNodes, Network
from symnet.numerics.direct import NoValueError, Value, numeric
from symnet.quantity import Role
from symnet.worked import Part

# What a mistake changes: local derivatives, nodes, or what is made of the derivative; and what there is to change.

Edge: TypeAlias = tuple[Symbol, Symbol]
"""A node and one of its parents: the derivative of the one by the other is a local derivative."""

_NOTHING: Mapping[Symbol, Expr] = MappingProxyType({})
_NO_EDGE: Mapping[Edge, Expr] = MappingProxyType({})


class Last(NamedTuple):
    """How an answer comes from what the backward sweep gives; each mistake puts another number in one of the places.

    Attributes:
        factor: What the whole answer is multiplied by; in an update, the derivative in it.
        data: What the share of the samples is multiplied by.
        penalty: What the share of the penalty is multiplied by.
        biases: What a penalty on the biases, where there should be none, is multiplied by.
        step: What the step of an update is multiplied by.
        kept: What the parameter before an update is multiplied by.
        sample: The only 0-based sample that counts.
        other: The symbol of the quantity of the same kind that the answer is to instead.
        leaf: The parameter by which the derivative in an update is, instead.
        plain: Whether the step is one of plain gradient descent, whatever the optimizer.
        rate: With what learning rate an update is given in the place of a derivative.
    """

    factor: Expr = S.One
    data: Expr = S.One
    penalty: Expr = S.One
    biases: Expr = S.Zero
    step: Expr = S.One
    kept: Expr = S.One
    sample: int | None = None
    other: Symbol | None = None
    leaf: Symbol | None = None
    plain: bool = False
    rate: Expr | None = None


AS_IT_SHOULD_BE = Last()


def together(first: Last, second: Last) -> Last | None:
    """Return what two wrong last steps make together, or None where the one leaves nothing of the other."""
    chosen = {}
    for name, usual in AS_IT_SHOULD_BE._asdict().items():
        own, other = getattr(first, name), getattr(second, name)
        if usual not in {own, other}:
            if name not in _FACTORS or S.Zero in {own, other}:
                return None
            chosen[name] = Chain(own, other)
        else:
            chosen[name] = other if own == usual else own
    return Last(**chosen)


_FACTORS = frozenset({"factor", "data", "penalty", "step"})


Said: TypeAlias = Expr | str | Sentence
"""What fills a slot of the sentence about a mistake."""


class Change(NamedTuple):
    """What one mistake changes at one place.

    Attributes:
        line: The id of the derivation at fault; empty where it is that of the answer itself.
        words: What fills the slots of the sentence about the mistake: expressions, text, or what has a sentence of its
            own.
        edges: The local derivatives that are something else.
        nodes: The nodes whose value is something else.
        last: How the answer comes from the derivative.
    """

    line: str = ""
    words: Mapping[str, Said] = MappingProxyType({})
    edges: Mapping[Edge, Expr] = _NO_EDGE
    nodes: Mapping[Symbol, Expr] = _NOTHING
    last: Last = AS_IT_SHOULD_BE


class FaultSite(NamedTuple):
    """A layer at its place.

    Attributes:
        layer: The layer.
        number: Its 1-based number.
        sources: What feeds it.
        is_output: Whether it is the last.
    """

    layer: LayerNodes
    number: int
    sources: tuple[Symbol, ...]
    is_output: bool

    def own(self, unit: int) -> Symbol:
        """Return the pre-activation that belongs to the 0-based ``unit`` alone, or is the first that does."""
        return self.layer.pre_activations[unit * self.layer.pieces]

    def weight(self, row: int, column: int) -> Symbol | None:
        """Return the weight in a 0-based row and column, or None where there is none."""
        weights = self.layer.dense
        return weights[row][column] if row < len(weights) and column < len(weights[row]) else None


class Setting:
    """What there is to change in a part.

    Args:
        part: One loss of an exercise, worked.
        exercise: What was asked.
    """

    def __init__(self, part: Part, exercise: Exercise) -> None:
        self.part, self.network, self.training = part, part.network, exercise.training
        self.regularization = exercise.regularization if isinstance(exercise, Description) else ()

    @cached_property
    def layers(self) -> tuple[FaultSite, ...]:
        """Every layer in each of its uses, first to last."""
        return tuple(self._layers())

    def _layers(self) -> Iterator[FaultSite]:
        for number, branch in enumerate(self.network.branches):
            width = branch[0].sources
            sources = self.network.inputs[number * width : (number + 1) * width]
            for place, layer in enumerate(branch, 1):
                yield FaultSite(layer, place, sources, place == len(branch))
                sources = layer.outputs

    @property
    def samples(self) -> int:
        """How many samples the numbers are of."""
        evaluation = self.part.evaluation
        return 1 if evaluation is None else len(evaluation.samples)

    @cached_property
    def count(self) -> Expr | None:
        """How many samples the objective is over, or None for one."""
        return self.part.objective.samples

    @cached_property
    def strengths(self) -> tuple[Expr, ...]:
        """The strength of every penalty, layer by layer."""
        return tuple(
            _strength(strength)
            for choice in self.regularization
            for strength in choice.strengths(len(self.network.layers))
        )

    @cached_property
    def unpenalized(self) -> Mapping[Symbol, tuple[Expr, ...]]:
        """For each bias that the penalties leave out, what they would add to its derivative, term by term."""
        found: dict[Symbol, tuple[Expr, ...]] = {}
        for choice in self.regularization:
            entry = REGULARIZERS[choice.kind]
            if choice.biases or entry.node:
                continue
            strengths = choice.strengths(len(self.network.layers))
            for layer, strength in zip(self.network.layers, strengths, strict=True):
                for bias in layer.biases:
                    found[bias] = (*found.get(bias, ()), Chain(_strength(strength), entry.derivative(bias, None)))
        return found

    def alike(self, symbol: Symbol) -> tuple[Symbol, ...]:
        """Return the other symbols with the role of ``symbol`` in its layer."""
        quantities = self.network.quantities
        own = quantities.get(symbol.name)
        if own is None or own.role is Role.GRAPH:
            return ()
        return tuple(
            Symbol(other.id)
            for other in quantities.values()
            if (other.role, other.layer, other.of) == (own.role, own.layer, own.of) and other.id != own.id
        )

    def before(self, symbol: Symbol) -> Symbol:
        """Return the pre-activation that an activation depends on first; else ``symbol`` itself."""
        node = self.network.nodes.get(symbol)
        first = next(iter(node.derivatives), symbol) if node is not None else symbol
        known = self.network.quantities.get(first.name)
        return first if known is not None and known.role is Role.PRE_ACTIVATION else symbol

    def line(self, symbol: Symbol) -> str:
        """Return the id of the derivative with respect to ``symbol``, as answers name it."""
        known = self.network.quantities.get(symbol.name)
        if known is not None and known.role is Role.PRE_ACTIVATION:
            return f"delta{symbol.name[1:]}"
        return derivative_id(self.network, symbol)

    def named(self, kind: TargetKind, symbol: Symbol) -> Said:
        """Return what a sentence calls a quantity that an answer may be to."""
        if kind is TargetKind.ADJOINT:
            return self.part.gradient.adjoints[symbol].symbol
        if kind is TargetKind.GRADIENT:
            return Partial(OBJECTIVE if self.part.objective.nodes else self.network.loss, symbol)
        return self.saying("mistake.updated", parameter=symbol) if kind is TargetKind.UPDATED else symbol

    def saying(self, key: str, **expressions: Expr) -> Sentence:
        """Return a sentence about expressions, as the notation writes them."""
        return Sentence(key, {name: self.part.build(expression) for name, expression in expressions.items()})


def _strength(given: Fraction | str) -> Expr:
    return Symbol(given) if isinstance(given, str) else Rational(given.numerator, given.denominator)


# The backward sweep of a graph over local derivatives in a list: quick, since it is repeated for every mistake.


class Backsweep:
    """The backward sweep of one network.

    Args:
        network: The network.

    Attributes:
        derivatives: Every local derivative, in the order in which the list holds them.
        places: The place of each local derivative in that order.
    """

    def __init__(self, network: Network) -> None:
        nodes = network.nodes.values()
        # A derivative's first form is defined wherever any is.
        self.derivatives: Mapping[Edge, Expr] = {
            (node.symbol, parent): forms[0] for node in nodes for parent, forms in node.derivatives.items()
        }
        self.places = {edge: place for place, edge in enumerate(self.derivatives)}
        symbols = dict.fromkeys([*network.nodes, *(parent for _node, parent in self.derivatives)])
        self._number = {symbol: number for number, symbol in enumerate(symbols)}
        self._loss = self._number[network.loss]
        self._order = [
            (
                self._number[node.symbol],
                [(self._number[parent], self.places[node.symbol, parent]) for parent in node.derivatives],
            )
            for node in reversed(list(nodes))
        ]

    def run(self, derivatives: Sequence[Value], one: Value) -> list[Value]:
        """Return the derivative of the loss with respect to every symbol; see :meth:`of`.

        Args:
            derivatives: The local derivatives, in their order.
            one: The derivative of the loss by itself.
        """
        found: list[Value] = [0 * one] * len(self._number)
        found[self._loss] = one
        for child, parents in self._order:
            above = found[child]
            if above:
                for parent, place in parents:
                    found[parent] += above * derivatives[place]
        return found

    def of(self, found: Sequence[Value], symbol: Symbol) -> Value:
        """Return what a sweep has found for ``symbol``; 0 for what nothing depends on."""
        number = self._number.get(symbol)
        return 0 if number is None else found[number]


# What a graph with changes in it comes to: one forward and one backward sweep at given numbers.

Values: TypeAlias = Mapping[Expr, Value]
Changes: TypeAlias = tuple[Change, ...]
# Local derivatives that are put in, each with its place.
Taken: TypeAlias = list[tuple[int, Value]]


class SceneNumbers(NamedTuple):
    """The numbers of a scene.

    Attributes:
        samples: The value of every name, for each sample.
        batch: The 0-based samples that an update is made with.
        digits: How many digits they have.
    """

    samples: tuple[Values, ...]
    batch: tuple[int, ...]
    digits: int


class Scene:
    """A graph at its numbers, and what comes of changes there.

    Args:
        setting: The part, and what there is to change in it.
        at: The numbers.
        number: What its arithmetic is done in: ``float`` to look for what may fit, mpmath's numbers to be sure.
    """

    def __init__(self, setting: Setting, at: SceneNumbers, number: Callable[[Value], Value]) -> None:
        self.setting, self.at, self.number = setting, at, number
        self.network = setting.network
        self.back = Backsweep(setting.network)
        self._swept: dict[tuple[int, ...], list[list[Value]]] = {}
        self._taken: dict[int, list[Taken]] = {}
        self._forward: dict[int, list[Values]] = {}
        # What is kept under the identity of a change keeps the change alive.
        self._alive: list[Changes] = []

    def value(self, target: Target, changes: Changes) -> Value | None:
        """Return what ``target`` comes to after ``changes``; None where it has no value, or they exclude each other."""
        last: Last | None = AS_IT_SHOULD_BE
        for change in changes:
            if last is AS_IT_SHOULD_BE:
                last = change.last
            elif last is not None and change.last is not AS_IT_SHOULD_BE:
                last = together(last, change.last)
        graph = tuple(change for change in changes if change.last is AS_IT_SHOULD_BE)
        if last is None or (last.sample or 0) >= len(self.at.samples) or sum(bool(one.nodes) for one in graph) > 1:
            return None
        with mpmath.workdps(self.at.digits):
            try:
                found = _KINDS[target.kind](self, target._replace(symbol=last.other or target.symbol), graph, last)
                return self.number(found)
            except (NoValueError, OverflowError, KeyError, ZeroDivisionError):
                return None

    def _node(self, target: Target, graph: Changes, last: Last) -> Value:
        values = [self._values(graph, sample) for sample in range(len(self.at.samples))]
        factor = self._constant(last.factor)
        if target.sample is None and (target.symbol in {OBJECTIVE, DATA} - {self.network.loss}):
            losses = [self.number(own[self.network.loss]) for own in values]
            data = self._mean(losses, range(len(values)), last)
            if target.symbol == DATA or not self.setting.part.objective.penalty:
                return factor * data
            return factor * (data + self._constant(last.penalty) * self.penalty)
        if target.symbol not in self.network.nodes:
            return factor * self.number(self.at.samples[0][target.symbol])
        return factor * self.number(values[self._sample(target, last)][target.symbol])

    def _adjoint(self, target: Target, graph: Changes, last: Last) -> Value:
        swept = self._sweeps(graph)[self._sample(target, last)]
        return self._constant(last.factor) * self.back.of(swept, target.symbol)

    def _gradient(self, target: Target, graph: Changes, last: Last) -> Value:
        if target.sample is not None:
            return self._adjoint(target, graph, last)
        derivative = self._over(target.symbol, range(len(self.at.samples)), graph, last)
        if last.rate is None:
            return derivative
        return self.number(self.at.samples[0][target.symbol]) - self._constant(last.rate) * derivative

    def _over(self, leaf: Symbol, batch: Sequence[int], graph: Changes, last: Last) -> Value:
        """Return the derivative of the objective over the samples in a batch."""
        swept = self._sweeps(graph)
        data = self._mean([self.back.of(own, leaf) for own in swept], batch, last)
        added = self._constant(last.penalty) * self.added(leaf) if leaf in self.setting.part.objective.added else 0
        biases = self.added(leaf) * self._constant(last.biases) if leaf in self.setting.unpenalized else 0
        return self._constant(last.factor) * (data + added + biases)

    def _mean(self, numbers: Sequence[Value], batch: Sequence[int], last: Last) -> Value:
        chosen = batch if last.sample is None else (last.sample,)
        total = sum((numbers[sample] for sample in chosen), self.number(0))
        mean = self.setting.part.objective.mean
        return total * self._constant(last.data) / (len(chosen) if mean else 1)

    def _update(self, target: Target, graph: Changes, last: Last) -> Value:
        derivative = self._over(last.leaf or target.symbol, self.at.batch, graph, last)
        before = self.at.samples[0][target.symbol]
        training = self._training
        if training.optimizer == "sgd" or last.plain:
            step = -self._constant(LEARNING_RATE) * derivative
        else:
            step = self.number(self._stepped(target.symbol, before, derivative) - before)
        return self._constant(last.kept) * self.number(before) + self._constant(last.step) * step

    def _stepped(self, parameter: Symbol, before: Value, derivative: Value) -> Value:
        """Return a parameter after the first step of the optimizer."""
        training = self._training
        made = 0 if training.state is None else training.state.step
        kept = {} if training.state is None else training.state.values
        optimizer = OPTIMIZERS[training.optimizer]
        known = {Symbol(name): exactly(option) for name, option in training.options.items()}
        known |= {PARAMETER: before, GRADIENT: mpmath.mpf(derivative), STEP: made + 1}
        known[LEARNING_RATE] = self.at.samples[0][LEARNING_RATE]
        for state in optimizer.states:
            given = kept.get(state.name, {}).get(parameter.name)
            known[state.symbol] = mpmath.mpf(0) if given is None else exactly(given)
        for left, right in optimizer.lines:
            known[left] = numeric(right, known)
        return known[updated(PARAMETER)]

    @property
    def _training(self) -> Training:
        training = self.setting.training
        if training is None:
            raise NoValueError("no training")
        return training

    def _sample(self, target: Target, last: Last) -> int:
        sample = target.sample if last.sample is None else last.sample
        # Where there is but one sample, it stands for any.
        return 0 if sample is None or len(self.at.samples) == 1 else sample

    @cached_property
    def penalty(self) -> Value:
        """The penalty."""
        return self.number(self.at.samples[0][self.setting.part.objective.penalty[-1].symbol])

    def added(self, leaf: Symbol) -> Value:
        """Return what the penalty adds to the derivative with respect to ``leaf``, or would add."""
        terms = self.setting.part.objective.added.get(leaf) or self.setting.unpenalized[leaf]
        return self.number(numeric(PathSum(*terms), self.at.samples[0]))

    def _constant(self, expression: Expr) -> Value:
        if expression.is_Integer:
            return int(expression)
        return self.number(numeric(expression, self.at.samples[0]))

    # Sweeps.

    def _sweeps(self, graph: Changes) -> list[list[Value]]:
        """Return the derivatives of each sample's loss, after changes."""
        key = tuple(map(id, graph))
        if key not in self._swept:
            one = self.number(1)
            samples = range(len(self.at.samples))
            swept = [self.back.run(self._derivatives(graph, sample), one) for sample in samples]
            if len(graph) > 1:
                return swept
            self._alive.append(graph)
            self._swept[key] = swept
        return self._swept[key]

    def _derivatives(self, graph: Changes, sample: int) -> list[Value]:
        """Return the local derivatives at a sample after changes."""
        if any(change.nodes for change in graph):
            values = self._values(graph, sample)
            derivatives = self._all_derivatives(values)
            edges = [pair for change in graph for pair in self._numbers(change, values)]
        else:
            derivatives = self._right[sample].copy()
            edges = [pair for change in graph for pair in self._edges(change)[sample]]
        for place, value in edges:
            derivatives[place] = value
        return derivatives

    def _edges(self, change: Change) -> list[Taken]:
        """Return the local derivatives that a change puts in, sample by sample."""
        if id(change) not in self._taken:
            self._alive.append((change,))
            self._taken[id(change)] = [self._numbers(change, values) for values in self.at.samples]
        return self._taken[id(change)]

    @cached_property
    def _right(self) -> list[list[Value]]:
        return [self._all_derivatives(values) for values in self.at.samples]

    def _all_derivatives(self, values: Values) -> list[Value]:
        return [self.number(numeric(derivative, values)) for derivative in self.back.derivatives.values()]

    def _numbers(self, change: Change, values: Values) -> Taken:
        places = self.back.places
        return [(places[edge], self.number(numeric(derivative, values))) for edge, derivative in change.edges.items()]

    def _values(self, graph: Changes, sample: int) -> Values:
        """Return the values at a sample after changes of nodes."""
        changed = [change for change in graph if change.nodes]
        if not changed:
            return self.at.samples[sample]
        (change,) = changed
        if id(change) not in self._forward:
            self._alive.append((change,))
            self._forward[id(change)] = [self._passed(change, values) for values in self.at.samples]
        return self._forward[id(change)][sample]

    def _passed(self, change: Change, before: Values) -> Values:
        """Return the forward pass with other nodes in it: what stands before the first of them stays."""
        values, moved = dict(before), set[Symbol]()
        for symbol, node in self.network.nodes.items():
            if symbol in change.nodes or not moved.isdisjoint(node.derivatives):
                moved.add(symbol)
                try:
                    values[symbol] = numeric(change.nodes.get(symbol, node.expression), values)
                except (NoValueError, KeyError):
                    # What comes before it has a value all the same.
                    values.pop(symbol, None)
        return values


_KINDS: Mapping[TargetKind, Callable[[Scene, Target, Changes, Last], Value]] = {
    TargetKind.NODE: Scene._node,
    TargetKind.ADJOINT: Scene._adjoint,
    TargetKind.GRADIENT: Scene._gradient,
    TargetKind.UPDATED: Scene._update,
}


# Where wrong derivations are worked out: at the points of the truth, and at the numbers of the exercise.


class ScenePlace(NamedTuple):
    """Where something is worked out.

    Attributes:
        point: Which of the points; None at the numbers of the exercise.
        together: Whether each sample counts that a symbolic answer may speak of by number, and not one for any.
    """

    point: int | None
    together: bool = False


AT_DATA = ScenePlace(None, together=True)
"""The numbers of the exercise."""


class Scenes:
    """The scenes of one part, each made when it is asked for.

    Args:
        truth: What is true of the part.
        setting: What there is to change in it.
    """

    def __init__(self, truth: Truth, setting: Setting) -> None:
        self.truth, self.setting = truth, setting
        self._made: dict[tuple[ScenePlace, bool], Scene] = {}

    def rough(self, place: ScenePlace) -> Scene:
        """Return the scene at a place in floats."""
        return self._scene(place, rough=True)

    def exact(self, place: ScenePlace) -> Scene:
        """Return the scene at a place in as many digits as the points have."""
        return self._scene(place, rough=False)

    def _scene(self, place: ScenePlace, *, rough: bool) -> Scene:
        if (place, rough) not in self._made:
            numbers = self._data() if place.point is None else self._point(place.point, together=place.together)
            self._made[place, rough] = Scene(self.setting, numbers, float if rough else mpmath.mpf)
        return self._made[place, rough]

    def _point(self, point: int, *, together: bool) -> SceneNumbers:
        values = self.truth.points[point].values
        tableau, network = self.truth.tableau, self.truth.network
        if not together or not tableau.named:
            return SceneNumbers((values,), (0,), DIGITS)
        symbols = (*tableau.per_sample, *network.nodes)
        samples = tuple(
            {**values, **{symbol: values[of_sample(symbol, sample)] for symbol in symbols}}
            for sample in range(tableau.named)
        )
        return SceneNumbers(samples, tuple(range(len(samples))), DIGITS)

    def _data(self) -> SceneNumbers:
        evaluation, given = self.truth.part.evaluation, self.truth.part.given
        if evaluation is None or given is None:
            raise LookupError("an exercise without numbers")
        batch = tuple(range(len(evaluation.samples)))
        with mpmath.workdps(evaluation.digits):
            shared: dict[Expr, Value] = {symbol: exactly(number) for symbol, number in given.constants.items()}
        shared |= {COUNT: len(batch), **evaluation.penalty}
        if evaluation.updates:
            first = evaluation.updates[0]
            batch = first.batch
            shared |= {LEARNING_RATE: first.rate} | {updated(symbol): new for symbol, new in first.after.items()}
        samples = tuple({**shared, **sample.values} for sample in evaluation.samples)
        return SceneNumbers(samples, batch, max(DIGITS, evaluation.digits))

"""What a graph with changes in it comes to: one forward and one backward sweep at given numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import PathSum
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, STEP, updated
from symnet.description.training import Training
from symnet.marking.backsweep import Backsweep
from symnet.marking.changes import AS_IT_SHOULD_BE, Change, Last, Setting, together
from symnet.marking.records import Kind, Target
from symnet.marking.values import exactly
from symnet.numbers.numeric import NoValueError, Value, numeric
from symnet.objective import DATA, OBJECTIVE

Values: TypeAlias = Mapping[Expr, Value]
Changes: TypeAlias = tuple[Change, ...]
# Local slopes that are put in, each with its place.
Taken: TypeAlias = list[tuple[int, Value]]


class Numbers(NamedTuple):
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

    def __init__(self, setting: Setting, at: Numbers, number: Callable[[Value], Value]) -> None:
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
        slope = self._over(target.symbol, range(len(self.at.samples)), graph, last)
        if last.rate is None:
            return slope
        return self.number(self.at.samples[0][target.symbol]) - self._constant(last.rate) * slope

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
        slope = self._over(last.leaf or target.symbol, self.at.batch, graph, last)
        before = self.at.samples[0][target.symbol]
        training = self._training
        if training.optimizer == "sgd" or last.plain:
            step = -self._constant(LEARNING_RATE) * slope
        else:
            step = self.number(self._stepped(target.symbol, before, slope) - before)
        return self._constant(last.kept) * self.number(before) + self._constant(last.step) * step

    def _stepped(self, parameter: Symbol, before: Value, slope: Value) -> Value:
        """Return a parameter after the first step of the optimizer."""
        training = self._training
        made = 0 if training.state is None else training.state.step
        kept = {} if training.state is None else training.state.values
        optimizer = OPTIMIZERS[training.optimizer]
        known = {Symbol(name): exactly(option) for name, option in training.options.items()}
        known |= {PARAMETER: before, GRADIENT: mpmath.mpf(slope), STEP: made + 1}
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
        """Return what the penalty adds to the derivative by ``leaf``, or would add."""
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
            swept = [self.back.run(self._slopes(graph, sample), one) for sample in samples]
            if len(graph) > 1:
                return swept
            self._alive.append(graph)
            self._swept[key] = swept
        return self._swept[key]

    def _slopes(self, graph: Changes, sample: int) -> list[Value]:
        """Return the local slopes at a sample after changes."""
        if any(change.nodes for change in graph):
            values = self._values(graph, sample)
            slopes = self._all_slopes(values)
            edges = [pair for change in graph for pair in self._numbers(change, values)]
        else:
            slopes = self._right[sample].copy()
            edges = [pair for change in graph for pair in self._edges(change)[sample]]
        for place, value in edges:
            slopes[place] = value
        return slopes

    def _edges(self, change: Change) -> list[Taken]:
        """Return the local slopes that a change puts in, sample by sample."""
        if id(change) not in self._taken:
            self._alive.append((change,))
            self._taken[id(change)] = [self._numbers(change, values) for values in self.at.samples]
        return self._taken[id(change)]

    @cached_property
    def _right(self) -> list[list[Value]]:
        return [self._all_slopes(values) for values in self.at.samples]

    def _all_slopes(self, values: Values) -> list[Value]:
        return [self.number(numeric(slope, values)) for slope in self.back.slopes.values()]

    def _numbers(self, change: Change, values: Values) -> Taken:
        places = self.back.places
        return [(places[edge], self.number(numeric(slope, values))) for edge, slope in change.edges.items()]

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
            if symbol in change.nodes or not moved.isdisjoint(node.slopes):
                moved.add(symbol)
                try:
                    values[symbol] = numeric(change.nodes.get(symbol, node.expression), values)
                except (NoValueError, KeyError):
                    # What comes before it has a value all the same.
                    values.pop(symbol, None)
        return values


_KINDS: Mapping[Kind, Callable[[Scene, Target, Changes, Last], Value]] = {
    Kind.NODE: Scene._node,
    Kind.ADJOINT: Scene._adjoint,
    Kind.GRADIENT: Scene._gradient,
    Kind.UPDATED: Scene._update,
}

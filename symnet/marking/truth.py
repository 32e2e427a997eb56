"""What is true of an exercise: every quantity that an answer may be to, its value and what it is equal to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import Partial
from symnet.catalog.optimizers import updated
from symnet.marking.records import Kind, Target
from symnet.marking.sampling import FINER, Point, Sampler
from symnet.marking.values import Tableau, adjoint_id, exactly, of_sample, over_all
from symnet.numbers.numeric import NoValueError, Value
from symnet.objective import DATA, OBJECTIVE
from symnet.worked import Part, Worked

__all__ = ["Point", "Truth"]


class Truth:
    """What is true of one part of an exercise; built once, since its points are.

    Where there are several samples, a name without a sample stands for any of them: a symbolic answer to
    ``dL/dw1_1_1`` may be the derivative of one sample's own loss (with what the penalty adds), as the sheet derives
    it, or the derivative of the objective, in which each sample is spoken of by its number (``delta2_1@1``).

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.network = part.network
        self.training = worked.description.training
        self.tableau = Tableau(part, self.training)
        self.sampler = Sampler(self.tableau)

    def meets_all(self, points: Iterable[Point], target: Target, names: Iterable[Expr]) -> bool:
        """Return whether points lie on all sides of the kinks that matter for a target and for other names.

        Args:
            points: The points.
            target: The target; what a derivative depends on is everything.
            names: What else may depend on a kink.
        """
        nodes = self.network.nodes
        named = {*names, target.symbol}
        everything = target.kind is not Kind.NODE or not named <= {*nodes, *self.sampler.leaves}
        needed = set(nodes) if everything else self._ancestors(named)
        return self.sampler.sides(points, needed) == self.sampler.sides(self.points, needed)

    def _ancestors(self, names: Iterable[Expr]) -> set[Symbol]:
        """Return the nodes among some names, and those that they depend on."""
        found = {name for name in names if name in self.network.nodes}
        for node in reversed(tuple(self.network.nodes.values())):
            if node.symbol in found:
                found |= {parent for parent in node.slopes if parent in self.network.nodes}
        return found

    def prepare(self) -> None:
        """Work out what most answers are compared with, so that it is there before the first comes."""
        for name in ("points", "data", "place", "by_id"):
            getattr(self, name)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """At least fourteen random points that respect the domain, those of both sides of every kink among them."""
        return self.sampler.random()

    @cached_property
    def data(self) -> Point | None:
        """Everything at the numbers of the exercise, or None without them; names of samples where there are several."""
        given = self.part.given
        if given is None:
            return None
        with mpmath.workdps(2 * FINER):
            leaves = {symbol: exactly(number) for symbol, number in {**given.parameters, **given.constants}.items()}
            rows = [{symbol: exactly(number) for symbol, number in row.items()} for row in given.rows]
        try:
            return self.sampler.at(leaves, rows) if len(rows) > 1 else self.sampler.at(leaves | rows[0])
        except NoValueError:
            return None

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """All that can be asked, in the order of the solution."""
        return (*self._nodes(), *self._adjoints(), *self._gradients(), *self._updated())

    @cached_property
    def by_id(self) -> Mapping[str, Target]:
        """All that can be asked, by id."""
        return {target.id: target for target in self.targets}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each target in the order of the solution, by id."""
        return {target.id: number for number, target in enumerate(self.targets)}

    def expression(self, target: Target) -> Expr:
        """Return what a target is equal to, in the order of the chain rule, in nodes and cited derivatives."""
        symbol = target.symbol
        match target.kind:
            case Kind.NODE:
                return self._definitions[symbol]
            case Kind.ADJOINT:
                return self.part.gradient.adjoints[symbol].result
            case Kind.GRADIENT if target.sample is None:
                return self.part.result(symbol)
            case Kind.GRADIENT:
                return self.part.gradient.leaves[symbol].result
            case Kind.UPDATED:
                return self._update(symbol)

    def at(self, target: Target, point: Point) -> Value:
        """Return the true value of a target at a point, at the lower of its precisions.

        Raises:
            KeyError: If a target has none there, as that of one sample where there are too many to be named.
        """
        return point.values[self.key(target)]

    def key(self, target: Target) -> Expr:
        """Return under what a target's true value stands among the values of a point."""
        name = self._plain_key(target)
        return name if target.sample is None else of_sample(name, target.sample)

    def keys(self, target: Target) -> tuple[Expr, ...]:
        """Return under what the true values stand that a symbolic answer may have: the sheet's, or the objective's."""
        found = [self.key(target)]
        if target.kind is Kind.GRADIENT and target.sample is None:
            found.append(Partial(OBJECTIVE, target.symbol))
        if target.kind is Kind.UPDATED:
            found.append(over_all(updated(target.symbol)))
        if target.sample is not None:
            # The loss of one sample has no penalty.
            is_gradient = target.kind is Kind.GRADIENT
            found.append(Partial(self.network.loss, target.symbol) if is_gradient else self._plain_key(target))
        return tuple(found)

    def line(self, target: Target) -> Expr:
        """Return the name of the line of the calculation that works a target out."""
        if target.kind is not Kind.ADJOINT:
            return self.key(target)
        symbol = self.part.gradient.adjoints[target.symbol].symbol
        return symbol if target.sample is None else of_sample(symbol, target.sample)

    def names(self, target: Target) -> frozenset[Expr]:
        """Return the names under which an answer would cite the very quantity that it is to."""
        found = {*self.keys(target), self.line(target)}
        if target.kind in {Kind.ADJOINT, Kind.GRADIENT}:
            found |= {Partial(self.network.loss, target.symbol), Partial(OBJECTIVE, target.symbol)}
        if target.kind is Kind.ADJOINT:
            found.add(self.part.gradient.adjoints[target.symbol].symbol)
        return frozenset(found)

    def number(self, target: Target) -> Value | None:
        """Return the true value of a target at the numbers of the exercise, over all samples; None where it has none.

        An updated value is that after the first training step.
        """
        evaluation = self.part.evaluation
        if evaluation is None:
            return None
        if target.kind is Kind.UPDATED:
            return evaluation.updates[0].after.get(target.symbol) if evaluation.updates else None
        together = {
            OBJECTIVE: evaluation.loss,
            DATA: evaluation.data_loss,
            **evaluation.penalty,
        }
        if target.sample is None and target.kind is Kind.NODE and target.symbol in together:
            return together[target.symbol]
        if target.sample is None and target.kind is Kind.GRADIENT and target.symbol in evaluation.gradients:
            return evaluation.gradients[target.symbol]
        if target.sample is None and len(evaluation.samples) > 1:
            return None
        sample = evaluation.samples[target.sample or 0]
        values = {Kind.NODE: sample.values, Kind.ADJOINT: sample.adjoints}.get(target.kind, sample.gradients)
        return values.get(target.symbol)

    def _update(self, symbol: Symbol) -> Expr:
        """Return what the first step makes of a parameter, the derivative written as one."""
        if symbol not in self.tableau.stepped:
            return updated(symbol)
        of = OBJECTIVE if self.part.objective.nodes else self.network.loss
        return self.tableau.step(symbol).xreplace({self.tableau.derivative(symbol): Partial(of, symbol)})

    @cached_property
    def _definitions(self) -> Mapping[Symbol, Expr]:
        """What each node is equal to, of the network, of the penalty, and of the objective."""
        objective = self.part.objective
        nodes = (*self.network.nodes.values(), *objective.penalty, *objective.nodes)
        return {node.symbol: node.expression for node in nodes}

    def _plain_key(self, target: Target) -> Expr:
        if target.kind is Kind.NODE:
            return target.symbol
        if target.kind is Kind.UPDATED:
            return updated(target.symbol)
        return self.tableau.derivative(target.symbol)

    def _samples(self) -> Iterator[int | None]:
        """Yield what a target may be of: any sample, then each by its number where there are several."""
        yield None
        if self.tableau.samples > 1:
            yield from range(self.tableau.samples)

    def _target(self, name: str, kind: Kind, symbol: Symbol, sample: int | None) -> Target:
        base = name.removesuffix("@i")
        return Target(base if sample is None else f"{base}@{sample + 1}", kind, symbol, sample)

    def _nodes(self) -> Iterator[Target]:
        objective = self.part.objective
        for sample in self._samples():
            for symbol in self.network.nodes:
                # Without a number, the loss of the samples is the objective.
                if sample is not None or not symbol.name.endswith("@i"):
                    yield self._target(symbol.name, Kind.NODE, symbol, sample)
        for node in (*objective.penalty, *objective.nodes):
            if node.symbol not in self.network.nodes:
                yield self._target(node.symbol.name, Kind.NODE, node.symbol, None)

    def _adjoints(self) -> Iterator[Target]:
        for sample in self._samples():
            for wrt in self.part.gradient.adjoints:
                yield self._target(adjoint_id(self.part, wrt), Kind.ADJOINT, wrt, sample)

    def _gradients(self) -> Iterator[Target]:
        for sample in (*list(self._samples())[1:], None):
            for leaf in self._leaves():
                yield self._target(self.tableau.derivative(leaf).name, Kind.GRADIENT, leaf, sample)

    def _leaves(self) -> Iterator[Symbol]:
        """Yield what is derived by, backward layer by layer as on a sheet, then the inputs that are wanted."""
        network = self.part.network
        if network.is_graph:
            yield from self.part.in_order()
            return
        for layer in reversed(network.layers):
            yield from layer.parameters
        yield from network.wanted_inputs

    def _updated(self) -> Iterator[Target]:
        for leaf in self.tableau.trained:
            yield self._target(updated(leaf).name, Kind.UPDATED, leaf, None)

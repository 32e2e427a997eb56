"""Wrong factors in the derivatives of weighted sums, in the place of a weight or of what it is multiplied by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TypeAlias

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Partial, PathSum, negative
from symnet.catalog.optimizers import updated
from symnet.marking.mistakes.derivatives import wider_first
from symnet.marking.mistakes.faults import Fault, FaultSite, Last, Setting
from symnet.marking.records import Target, TargetKind
from symnet.numerics.compile import Edge

Factor: TypeAlias = Callable[[Setting, FaultSite, int, int], Iterator[Expr | None]]
"""From what there is to change and a layer, a 0-based row and column of its weights, to what may be taken instead."""


# What a weight or a bias is multiplied by: it counts for the derivative with respect to that parameter alone.


def inputs(taken: Factor) -> Callable[[Setting, Target], Iterator[Fault]]:
    """Return the rewrite that takes something for what the weight is multiplied by which is asked for."""

    def rewrite(setting: Setting, target: Target) -> Iterator[Fault]:
        uses = list(_uses(setting, target.symbol))
        # The same weight may be used several times, and then the same is taken each time.
        for instead in zip(*(taken(setting, *use) for use in uses), strict=True):
            edges: dict[Edge, Expr] = {}
            for (placed, row, column), factor in zip(uses, instead, strict=True):
                if factor is not None and factor != placed.sources[column]:
                    edges[placed.layer.pre_activations[row], target.symbol] = factor
            if edges:
                placed, row, column = uses[0]
                z, right = placed.layer.pre_activations[row], placed.sources[column]
                yield Fault("", {"right": right, "instead": next(iter(edges.values())), "z": z}, edges)

    return rewrite


def _uses(setting: Setting, weight: Symbol) -> Iterator[tuple[FaultSite, int, int]]:
    """Yield the layer, the row and the column of each use of a weight."""
    for placed in setting.layers:
        for row, weights in enumerate(placed.layer.dense):
            if weight in weights:
                yield placed, row, weights.index(weight)


def nothing(*_place: object) -> Iterator[Expr | None]:
    """Yield 1: the factor is left out."""
    yield S.One


def source_squared(_setting: Setting, placed: FaultSite, _row: int, column: int) -> Iterator[Expr | None]:
    """Yield the input twice."""
    yield Chain(placed.sources[column], placed.sources[column])


def pre_activation(setting: Setting, placed: FaultSite, _row: int, column: int) -> Iterator[Expr | None]:
    """Yield the pre-activation of what feeds the weighted sum."""
    source = placed.sources[column]
    yield setting.before(source) if source in setting.network.nodes else None


def own_activation(_setting: Setting, placed: FaultSite, row: int, _column: int) -> Iterator[Expr | None]:
    """Yield the activation behind the weight in the place of the one before it."""
    yield placed.layer.activations[row // placed.layer.pieces]


def earlier(setting: Setting, placed: FaultSite, _row: int, column: int) -> Iterator[Expr | None]:
    """Yield what feeds the layer before at the same place."""
    if placed.number > 1:
        before = setting.layers[setting.layers.index(placed) - 1]
        own = min(column, len(before.sources) - 1)
        yield from (before.sources[own], *before.sources[:own], *before.sources[own + 1 :])


def weight_itself(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield the weight."""
    yield placed.layer.dense[row][column]


def all_sources(_setting: Setting, placed: FaultSite, _row: int, _column: int) -> Iterator[Expr | None]:
    """Yield the sum of all that feeds the weighted sum."""
    yield PathSum(*placed.sources) if len(placed.sources) > 1 else None


def source_and_bias(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield the input and the bias, as if the bias were no constant."""
    biases = placed.layer.biases
    yield PathSum(placed.sources[column], biases[row % len(biases)]) if biases else None


def network_input(setting: Setting, placed: FaultSite, _row: int, column: int) -> Iterator[Expr | None]:
    """Yield the input of the network with the same number."""
    inputs = setting.network.inputs
    yield inputs[column] if placed.number > 2 and column < len(inputs) else None


def bias_itself(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the bias in the place of 1, where the derivative with respect to it is asked for."""
    for _placed, held in _with_bias(setting, target):
        yield Fault("", {"bias": target.symbol}, {(z, target.symbol): target.symbol for z in held})


def _with_bias(setting: Setting, target: Target) -> Iterator[tuple[FaultSite, list[Symbol]]]:
    """Yield the layer that a bias belongs to, with the pre-activations it is added to."""
    for placed in setting.layers:
        if target.symbol in placed.layer.biases:
            nodes = setting.network.nodes
            yield placed, [z for z in placed.layer.pre_activations if target.symbol in nodes[z].derivatives]


def summed_over_units(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the derivatives with respect to a weight or a bias summed over all units of its layer."""
    for placed in setting.layers if target.kind is not TargetKind.NODE else ():
        rows = [*zip(*placed.layer.dense, strict=True), placed.layer.biases]
        for weights in rows:
            if target.symbol in weights and len(weights) > 1:
                others = tuple(weight for weight in weights if weight != target.symbol)
                yield Fault("", {"other": Partial(setting.network.loss, others[0])}, last=Last(summed=others))


def bias_as_weight(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what feeds the weighted sums of a bias instead of 1, where the derivative of that bias is asked for."""
    for placed, held in _with_bias(setting, target):
        for source in placed.sources:
            yield Fault("", {"source": source}, {(z, target.symbol): source for z in held})


# Weights that the backward sweep passes: they count for all that comes before.


def passed_weights(taken: Factor) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that takes something for the weights on the way back: of all layers, of one, or one alone."""
    return lambda setting: _all_rows(list(_passed(setting, taken)))


def single_weights(taken: Factor) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that takes something for one weight on the way back."""
    return lambda setting: _passed(setting, taken)


def _passed(setting: Setting, taken: Factor) -> Iterator[Fault]:
    for placed in setting.layers:
        for row, z in enumerate(placed.layer.pre_activations):
            for column, source in enumerate(placed.sources):
                right = placed.layer.dense[row][column]
                if source not in setting.network.nodes:
                    continue
                for instead in taken(setting, placed, row, column):
                    if instead is not None and instead != right:
                        words = {"right": right, "instead": instead, "source": source, "z": z}
                        yield Fault(setting.line(setting.before(source)), words, {(z, source): instead})


def _all_rows(single: list[Fault]) -> Iterator[Fault]:
    """Yield the changes of all weighted sums in one, then those of each layer, then each change alone."""
    layers: dict[str, list[Fault]] = {}
    for change in single:
        (z, _parent) = next(iter(change.edges))
        layers.setdefault(z.name.partition("_")[0], []).append(change)
    yield from wider_first([single, *layers.values()])


def transposed(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield the weight with its two indices swapped."""
    yield placed.weight(column, row)


def neighbouring_weight(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield each weight that differs in one index."""
    weights = placed.layer.dense
    yield from (weight for place, weight in enumerate(weights[row]) if place != column)
    yield from (other[column] for place, other in enumerate(weights) if place != row)


def another_column(setting: Setting) -> Iterator[Fault]:
    """Yield for each unit all weights with which another unit of its layer is passed on."""
    for placed in setting.layers:
        for column, source in enumerate(placed.sources):
            for other in range(len(placed.sources)) if source in setting.network.nodes else ():
                weights = [(row[column], row[other]) for row in placed.layer.dense]
                if other != column and len(weights) > 1 and all(None not in pair for pair in weights):
                    edges: dict[Edge, Expr] = {
                        (z, source): instead
                        for z, (_right, instead) in zip(placed.layer.pre_activations, weights, strict=True)
                    }
                    words = {"right": weights[0][0], "instead": weights[0][1]}
                    yield Fault(setting.line(setting.before(source)), words, edges)


def negated_weight(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield the weight with a minus before it."""
    yield negative(placed.layer.dense[row][column])


def all_weights(_setting: Setting, placed: FaultSite, row: int, _column: int) -> Iterator[Expr | None]:
    """Yield the sum of the weights of the row."""
    weights = placed.layer.dense[row]
    yield PathSum(*weights) if len(weights) > 1 else None


def weight_and_bias(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    """Yield the weight and the bias, as if the bias were no constant."""
    biases = placed.layer.biases
    yield PathSum(placed.layer.dense[row][column], biases[row % len(biases)]) if biases else None


def exchanged_weights(setting: Setting) -> Iterator[Fault]:
    """Yield for each source two of the weights with which it is passed on, exchanged."""
    for placed in setting.layers:
        for column, source in enumerate(placed.sources):
            if source not in setting.network.nodes:
                continue
            uses = list(zip(placed.layer.pre_activations, (row[column] for row in placed.layer.dense), strict=True))
            for (z, right), (other, instead) in combinations(uses, 2):
                words = {"right": right, "instead": instead}
                edges = {(z, source): instead, (other, source): right}
                yield Fault(setting.line(setting.before(source)), words, edges)


def activation_for_weight(_setting: Setting, placed: FaultSite, _row: int, column: int) -> Iterator[Expr | None]:
    """Yield what the weight is multiplied by."""
    yield placed.sources[column]


def updated_weights(setting: Setting) -> Iterator[Fault]:
    """Yield the weights after the step of training that is yet to come: of all layers, of one, or one alone."""
    if setting.training is not None:
        yield from passed_weights(_updated)(setting)


def _updated(_setting: Setting, placed: FaultSite, row: int, column: int) -> Iterator[Expr | None]:
    yield updated(placed.layer.dense[row][column])

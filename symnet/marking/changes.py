"""What a mistake changes: local slopes, nodes, or what is made of the derivative; and what there is to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Chain, Partial
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description.exercise import Exercise
from symnet.description.model import Description
from symnet.layout.text import write
from symnet.marking.records import Kind
from symnet.marking.values import derivative_id
from symnet.network import LayerNodes
from symnet.objective import OBJECTIVE
from symnet.quantity import Role
from symnet.worked import Part

Edge: TypeAlias = tuple[Symbol, Symbol]
"""A node and one of its parents: the derivative of the one by the other is a local slope."""

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


class Change(NamedTuple):
    """What one mistake changes at one place.

    Attributes:
        line: The id of the derivation at fault; empty where it is that of the answer itself.
        words: What the sentence about the mistake names, by the name of its place there.
        edges: The local slopes that are something else.
        nodes: The nodes whose value is something else.
        last: How the answer comes from the derivative.
    """

    line: str = ""
    words: Mapping[str, Expr | str] = MappingProxyType({})
    edges: Mapping[Edge, Expr] = _NO_EDGE
    nodes: Mapping[Symbol, Expr] = _NOTHING
    last: Last = AS_IT_SHOULD_BE


class Placed(NamedTuple):
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
        weights = self.layer.weights
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
    def layers(self) -> tuple[Placed, ...]:
        """Every layer in each of its uses, first to last."""
        return tuple(self._layers())

    def _layers(self) -> Iterator[Placed]:
        for number, branch in enumerate(self.network.branches):
            width = len(branch[0].weights[0])
            sources = self.network.inputs[number * width : (number + 1) * width]
            for place, layer in enumerate(branch, 1):
                yield Placed(layer, place, sources, place == len(branch))
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
        """What the penalties would add to the derivatives by the biases that they leave out, term by term."""
        found: dict[Symbol, tuple[Expr, ...]] = {}
        for choice in self.regularization:
            entry = REGULARIZERS[choice.kind]
            if choice.biases or entry.node:
                continue
            strengths = choice.strengths(len(self.network.layers))
            for layer, strength in zip(self.network.layers, strengths, strict=True):
                for bias in layer.biases:
                    found[bias] = (*found.get(bias, ()), Chain(_strength(strength), entry.slope(bias, None)))
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
        first = next(iter(node.slopes), symbol) if node is not None else symbol
        known = self.network.quantities.get(first.name)
        return first if known is not None and known.role is Role.PRE_ACTIVATION else symbol

    def line(self, symbol: Symbol) -> str:
        """Return the id of the derivative by ``symbol``, as answers name it."""
        known = self.network.quantities.get(symbol.name)
        if known is not None and known.role is Role.PRE_ACTIVATION:
            return f"delta{symbol.name[1:]}"
        return derivative_id(self.network, symbol)

    def named(self, kind: Kind, symbol: Symbol) -> str:
        """Return how a quantity that an answer may be to is written in a sentence."""
        if kind is Kind.ADJOINT:
            return self.written(self.part.gradient.adjoints[symbol].symbol)
        if kind is Kind.GRADIENT:
            whole = OBJECTIVE if self.part.objective.nodes else self.network.loss
            return self.written(Partial(whole, symbol))
        return f"the updated {self.written(symbol)}" if kind is Kind.UPDATED else self.written(symbol)

    def written(self, expression: Expr | str) -> str:
        """Return how an expression is written in a sentence."""
        return expression if isinstance(expression, str) else write(self.part.build(expression))


def _strength(given: Fraction | str) -> Expr:
    return Symbol(given) if isinstance(given, str) else Rational(given.numerator, given.denominator)

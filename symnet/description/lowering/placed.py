"""A layer in its place: its number, its activation, and its weights, which may be those of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from sympy import Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.build import PLACES, divide, from_expression, multiply, transpose
from symnet.arrays.tree import ArrayTree, AxisRange, Shape, constant, made, number, shown_shape
from symnet.catalog.activations import ACTIVATIONS, Activation, option_as_number
from symnet.catalog.custom import custom_activation
from symnet.description.array_layers import ArrayLayer, Tied
from symnet.description.layers import Dropout
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.quantity import Role


class Weighing(NamedTuple):
    """The weights of a layer and its biases, if it has any."""

    weights: ArrayTree
    biases: ArrayTree | None


class Placed(NamedTuple):
    """A layer in its place.

    Attributes:
        number: Its number, from 1.
        layer: It.
        known: The weights of the layers before it, by their names.
        heard: What an attention takes its keys and values from, if not from what feeds it.
    """

    number: int
    layer: ArrayLayer
    known: Mapping[str, Weighing]
    heard: Signal | None = None

    def weighing(
        self,
        builder: ArrayBuilder,
        letter: str,
        shape: Shape,
        biases: Shape,
        *,
        path: str = "weights",
        role: Role = Role.GRAPH,
        counted: Shape | None = None,
        shapes: Sequence[Shape] = (),
    ) -> Weighing:
        """Return the weights of the layer and its biases: its own, or those of the layer to which it is tied.

        Args:
            builder: What they are added to.
            letter: The letter of the weights.
            shape: The shape of the weights.
            biases: The shape of the biases.
            path: The key under which the weights are given.
            role: What the weights are.
            counted: The lengths by which the weights are counted, if not those of their axes.
            shapes: The shapes in which the weights may be given, if not in their own.
        """
        layer, number, frozen = self.layer, self.number, self.layer.frozen
        tied = None if layer.tied is None else self._tied(layer.tied, shape)
        weights = (
            builder.parameter(letter, number, shape, (path,), role=role, counted=counted, shapes=shapes, frozen=frozen)
            if tied is None
            else tied.weights
        )
        if tied is not None and layer.tied is not None and layer.tied.shares_biases:
            return Weighing(weights, tied.biases)
        if not layer.bias:
            return Weighing(weights, None)
        shared = layer.bias == "shared"
        own = builder.parameter(
            "b",
            number,
            () if shared else biases,
            ("biases",),
            "biases",
            role=Role.SHARED_BIAS if shared else Role.BIAS,
            counted=() if shared else biases or (1,),
            shapes=((1,), ()) if shared or biases in {(), (1,)} else (),
            frozen=frozen,
            shared=shared,
        )
        return Weighing(weights, own)

    def _tied(self, tied: Tied, shape: Shape) -> Weighing:
        """Return the weights of the layer to which this one is tied."""
        known = self.known.get(tied.layer)
        if known is None:
            allowed = f"the name of an earlier layer with weights: {', '.join(self.known) or 'there is none'}"
            raise LayerError(("tied", "layer"), f'"{tied.layer}"', allowed)
        weights = transpose(known.weights) if tied.transposed else known.weights
        if weights.shape != shape:
            turned = " transposed" if tied.transposed else ""
            found = f"weights of the shape {shown_shape(weights.shape)}, those of {tied.layer}{turned}"
            raise LayerError(("tied",), found, f"weights of the shape {shown_shape(shape)}, as this layer has")
        return known._replace(weights=weights)

    def check(self) -> None:
        """Refuse what does not go with its activation.

        Raises:
            LayerError: If a temperature is stated and there is no softmax.
        """
        if self.layer.temperature is not None and not set(self.layer.activations) & set(_OF_ROWS):
            raise LayerError(("temperature",), "a temperature", "a layer with the activation softmax")

    @property
    def pieces(self) -> int:
        """How many weighted sums each unit has, of which its activation takes one; 0 where it has one alone."""
        (name, *others) = self.layer.activations
        if others or name in _OF_ROWS or self.entry(name).reads != "pieces":
            return 0
        return int(self.layer.options_of(name)["pieces"])

    def largest(self, pieces: Sequence[ArrayTree]) -> ArrayTree:
        """Return the activations of units that have several sums each."""
        places = tuple(Symbol(f"place{number}") for number in range(len(pieces)))
        (name,) = self.layer.activations
        return from_expression(self.entry(name).value(places, 0, {}), dict(zip(places, pieces, strict=True)))

    def activated(self, builder: ArrayBuilder, z: ArrayTree) -> ArrayTree:
        """Return the activations, one for all units or one a unit; what is wrong with softmax is told."""
        names = self.layer.activations
        if len(names) == 1:
            return self._applied(builder, names[0], z)
        if len(names) != z.shape[-1]:
            allowed = f"{z.shape[-1]}, one a unit, or one for all"
            raise LayerError(("activation",), f"{len(names)} activations", allowed)
        parts, start = [], 0
        for name, run in groupby(names):
            stop = start + len(list(run))
            spans = (*(AxisRange(0, length) for length in z.shape[:-1]), AxisRange(start, stop))
            parts.append(self._applied(builder, name, made("slice", z, option=spans)))
            start = stop
        return parts[0] if len(parts) == 1 else made("concat", *parts, option=len(z.shape) - 1)

    def _applied(self, builder: ArrayBuilder, name: str, z: ArrayTree) -> ArrayTree:
        """Return an activation of each number, or of each row."""
        layer = self.layer
        if name in _OF_ROWS:
            if z.shape[-1] < 2:
                hint = f"The {name} of one unit is always the same; for one output use sigmoid."
                raise LayerError(("units",), "1", f"at least 2 units for {name}", hint)
            return _OF_ROWS[name](_cooled(z, layer.temperature))
        entry = self.entry(name)
        if entry.reads == "pieces":
            hint = f"A layer may be {name} as a whole, with weights for each piece."
            raise LayerError(
                ("activation",), f"{name} among others", "an activation that reads one number a unit", hint
            )
        if name in FUNCTIONS and not entry.options:
            return made("function", z, option=name)
        options: dict[str, Expr] = {
            option.name: option_as_number(option, layer.options_of(name)[option.name]) for option in entry.options
        }
        stands: dict[Expr, ArrayTree] = {PLACES[0]: z}
        for own in entry.learned:
            options[own] = Symbol(own)
            stands[options[own]] = builder.parameter(
                own, self.number, (), (own,), "learned", role=Role.SLOPE_PARAMETER, frozen=layer.frozen
            )
        return from_expression(entry.value((PLACES[0],), 0, options), stands)

    def entry(self, name: str) -> Activation:
        """Return what is known of an activation."""
        formula = self.layer.formula_of(name)
        return ACTIVATIONS[name] if formula is None else custom_activation("f", "", formula)


def _cooled(z: ArrayTree, temperature: object) -> ArrayTree:
    if temperature is None or temperature == 1:
        return z
    return divide(z, number(Rational(temperature)))


def _over_last(kind: str) -> Callable[[ArrayTree], ArrayTree]:
    return lambda z: made(kind, z, option=len(z.shape) - 1)


_OF_ROWS: Mapping[str, Callable[[ArrayTree], ArrayTree]] = MappingProxyType(
    {"softmax": _over_last("softmax"), "log_softmax": _over_last("log_softmax")}
)
"""Activations that read all numbers of a row."""


def dropped(dropout: Dropout, a: ArrayTree) -> ArrayTree:
    """Return the activations after dropout."""
    if len(dropout.mask) != a.shape[-1]:
        found = f"{len(dropout.mask)} entries"
        raise LayerError(("dropout", "mask"), found, f"{a.shape[-1]}, one for each number that the layer hands on")
    scale = 1 / Rational(dropout.keep.numerator, dropout.keep.denominator)
    return multiply(constant(tuple(scale * kept for kept in dropout.mask), (len(dropout.mask),)), a)

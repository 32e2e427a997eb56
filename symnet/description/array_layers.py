"""Layers that are lowered to a graph of arrays: what may be said of one, and its parameters."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field as Key
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS
from symnet.description.array_graph import Nested
from symnet.description.fields import EntriesField, Exact, Flag, NameField, Record, Size
from symnet.description.layers import ACTIVATION, START_SLOPE, Layer, LayerParameters, Weights, chosen
from symnet.limits import MOST_LAYERS

# What a layer may have beside what a dense layer has.


class Tied(Record):
    """Whose weights a layer has."""

    layer: Annotated[str, NameField()] = Key(description="The name of an earlier layer.")
    transposed: Annotated[bool, Flag()] = Key(False, description="Whether its rows are the columns of that layer.")
    biases: Annotated[bool, Flag()] | None = Key(
        None, description="Whether the biases are shared too; without this key unless transposed."
    )

    @property
    def shares_biases(self) -> bool:
        """Whether the biases are those of the other layer."""
        return not self.transposed if self.biases is None else self.biases


Names = Annotated[tuple[Annotated[str, NameField()], ...], EntriesField(1, MOST_LAYERS, alone=True)]


class ArrayLayer(Layer):
    """One layer of a network that is worked out in arrays."""

    # What a layer has whose kind says it; it is put in once that is known.
    units: Size = Key(0, description="How many units a dense layer has.")
    activation: Annotated[str, ACTIVATION] = Key(
        "identity", description="The function that each unit applies; without this key none."
    )
    fed_by: Names = Key(
        (),
        alias="from",
        description="What feeds the layer, side by side in this order: names of layers, or inputs; without it the "
        "layer before.",
    )
    add: Names = Key((), description="What feeds the layer, as a sum: names of layers, or inputs.")
    tied: Tied | None = Key(None, description="The layer whose weights it has as well.")
    name: Annotated[str, NameField()] | None = Key(None, description="What other layers call it.")
    frozen: Annotated[bool, Flag()] = Key(False, description="Whether its parameters stay as they are.")
    temperature: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="By what a softmax divides its pre-activations."
    )

    @property
    def applies(self) -> bool:
        """Whether an activation is named, be it the identity."""
        return "activation" in self.model_fields_set

    @property
    def couples(self) -> bool:
        """Whether each unit depends on all pre-activations of the layer."""
        return any(name in ACTIVATIONS and ACTIVATIONS[name].couples for name in self.activations)

    def with_units(self, units: int) -> ArrayLayer:
        """The same with the number of its units, whichever keys were given."""
        return type(self).model_construct(self.model_fields_set, **{**dict(self), "units": units})

    @property
    def activations(self) -> tuple[str, ...]:
        """Its activation, or one a unit."""
        return (self.activation,)

    def options_of(self, name: str) -> dict[str, Fraction | str]:
        """Each option of one of its activations, given or at its default."""
        return chosen(name, ACTIVATIONS, self)

    def formula_of(self, name: str) -> Expr | None:
        """One of its activations as an expression in ``z``; None if it has a name."""
        return ACTIVATION.formula(name)


ARRAY_KEYS = frozenset({"from", "add", "tied"})
"""The keys of a layer that make a description one of arrays."""


# Its parameters.


class ArrayParameters(LayerParameters):
    """The parameters of a layer that is worked out in arrays, each under the key of its kind."""

    def numbers(self, path: tuple[str, ...]) -> Nested | None:
        """The numbers at a path of keys; None if nothing stands there."""
        found: Any = self
        for key in path:
            found = found.turned() if isinstance(found, Weights) else found
            found = getattr(found, key, None)
        return None if found is None or found == () else found

    def start(self, path: tuple[str, ...]) -> Nested:
        """The numbers at a path of keys, or what is learned from where nothing is given."""
        found = self.numbers(path)
        return START_SLOPE if found is None else found

    def has_start(self, path: tuple[str, ...]) -> bool:
        """Whether something may be left out, since it has a usual start."""
        return path == ("alpha",)

    @staticmethod
    def usual(path: tuple[str, ...]) -> tuple[str, ...]:
        """The path of the usual key for what may be given under another."""
        return tuple("weights" if key == "weights_from_to" else key for key in path)

    def stated(self) -> tuple[tuple[str, ...], ...]:
        """The path of everything that is given, from the outside in."""
        return tuple(_stated(self))


def _stated(record: Record) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key in type(record).model_fields:
        value = getattr(record, key)
        if isinstance(value, Record):
            found += [(key, *inner) for inner in _stated(value)]
        elif key in record.model_fields_set and value is not None and value != ():
            found.append((key,))
    return found

"""Layers that are lowered to a graph of arrays: what may be said of one, and its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, TypeAlias, TypeVar, cast

from pydantic import Field as Key
from pydantic import PrivateAttr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sympy.core.expr import Expr

from symnet.catalog.activations import ACTIVATIONS
from symnet.description.array_graph import Nested, NestedNumbers
from symnet.description.fields import (
    EntriesField,
    Error,
    Exact,
    Field,
    Flag,
    NameField,
    OneOf,
    Record,
    RowEntries,
    Rows,
    Size,
    Whole,
    is_empty,
    refusal,
    several,
)
from symnet.description.layers import ACTIVATION, START_SLOPE, ActivationNames, Biases, Layer, LayerParameters, Weights
from symnet.description.options import chosen
from symnet.limits import MOST_ARRAY_ENTRIES, MOST_LAYERS, MOST_PIECES, MOST_SAMPLES, MOST_SCALARS, MOST_UNITS

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


_Lengths = Annotated[tuple[Size, ...], EntriesField(1, 2, alone=True)]


def per_axis(stated: tuple[int, ...], axes: int) -> tuple[int, ...]:
    """A number for each axis: one for all, or as many as there are."""
    return stated * axes if len(stated) == 1 else stated


class Convolution(Record):
    """A layer of filters that move over an image."""

    filters: Annotated[int, Whole(1, MOST_ARRAY_ENTRIES)] = Key(1, description="How many filters there are.")
    kernel: _Lengths = Key(description="The height and the width of each filter; one number over a single axis.")
    stride: _Lengths = Key((1,), description="By how many places a filter moves, for both axes or for each.")
    padding: Annotated[tuple[Annotated[int, Whole(0, MOST_ARRAY_ENTRIES)], ...], EntriesField(1, 2, alone=True)] = Key(
        (0,), description="How many zeros stand around the image, for both axes or for each."
    )

    @field_validator("stride", "padding", mode="after")
    @classmethod
    def _an_axis_each(cls, value: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        axes = len(info.data.get("kernel", value))
        if len(value) not in {1, axes}:
            raise refusal(f"one number, or {axes}, one for each axis of the kernel", found=f"{len(value)} numbers")
        return value


class Pooling(Record):
    """A layer that takes the largest value, or the mean, of each window."""

    kind: Annotated[str, OneOf(("max", "average"))] = Key("max", description="What is taken of a window.")
    size: _Lengths = Key(description="The height and the width of the window, or one number for both.")
    stride: Annotated[tuple[Size, ...], EntriesField(1, 2, alone=True)] = Key(
        (), description="By how many places it moves; by its size if it is left out."
    )


class Normalization(Record):
    """How the sums of a layer are normalized."""

    kind: Annotated[str, OneOf(("batch", "layer"))] = Key(
        description="batch: each unit over all samples; layer: all units of a sample."
    )
    epsilon: Annotated[Fraction, Exact(least=0)] = Key(
        Fraction(0), description="What is added to the variance under the root."
    )
    mean: Annotated[tuple[Annotated[Fraction, Exact()], ...], EntriesField(1, MOST_UNITS, alone=True)] = Key(
        (),
        description="Of batch: the mean of each unit or channel, in place of that over samples, as outside training.",
    )
    variance: Annotated[tuple[Annotated[Fraction, Exact(least=0)], ...], EntriesField(1, MOST_UNITS, alone=True)] = Key(
        (), description="Likewise, its variance."
    )

    @property
    def over_samples(self) -> bool:
        """Whether samples depend on one another, since the mean and the variance are those over all of them."""
        return self.kind == "batch" and not (self.mean or self.variance)


class Attention(Record):
    """Scaled dot-product attention of the places of a sequence to one another, or to those of another sequence."""

    fed_by: Annotated[str, NameField()] | None = Key(
        None,
        alias="from",
        description="The layer, or inputs, whose places are attended to, for keys and values: cross-attention; without "
        "it what feeds the layer.",
    )
    heads: Size = Key(1, description="How many heads there are.")
    causal: Annotated[bool, Flag()] = Key(False, description="Whether a place sees only itself and those before it.")
    size: Size | None = Key(
        None, description="How many numbers a query has, those of all heads; as many as a place has if it is left out."
    )
    bias: Annotated[bool, Flag()] = Key(True, description="Whether query, key, value and output have biases.")
    output: Annotated[bool, Flag()] = Key(True, description="Whether the heads are joined by weights of their own.")


class Embedding(Record):
    """A row of numbers for each entry of a vocabulary."""

    entries: Size = Key(description="How many entries there are.")
    size: Size = Key(description="How many numbers the row of an entry has.")


Names = Annotated[tuple[Annotated[str, NameField()], ...], EntriesField(1, MOST_LAYERS, alone=True)]


class AbsentWeight(Fraction):
    """A weight that does not exist: null stands for it, and it is 0 in every sum."""


@dataclass(frozen=True)
class WeightValue(Exact):
    """A weight, or null for one that does not exist."""

    def read(self, value: object) -> Fraction:
        """The number."""
        return AbsentWeight() if value is None or is_empty(value) else super().read(value)

    def json_schema(self) -> dict[str, Any]:
        """A number, or null."""
        return {"anyOf": [*super().json_schema()["anyOf"], {"type": "null"}]}


_WeightRow = Annotated[tuple[Annotated[Fraction, WeightValue()], ...], EntriesField(1, MOST_UNITS)]
_WeightRows = Annotated[tuple[_WeightRow, ...], RowEntries(1, MOST_SAMPLES)]


class ActivationsField(Field):
    """An activation, or a list of one a unit."""

    def read(self, value: object) -> str:
        """The activation, or all of them."""
        # A single activation is one for all units, and stands by itself.
        if not isinstance(value, list | tuple) or len(value) < 2:
            return ACTIVATION.read(value)
        names: list[str] = []
        errors: list[Error] = []
        for place, one in enumerate(value):
            try:
                names.append(ACTIVATION.read(one))
            except PydanticCustomError as error:
                errors.append(((place,), error, one))
        several(errors)
        return ActivationNames(tuple(names))

    def json_schema(self) -> dict[str, Any]:
        """An activation, or a list of them."""
        one = ACTIVATION.json_schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": MOST_UNITS}]}


class ArrayLayer(Layer):
    """One layer of a network that is worked out in arrays."""

    # What a layer has whose kind says it; it is put in once that is known.
    units: Size = Key(0, description="How many units a dense layer has.")
    activation: Annotated[str, ActivationsField()] = Key(
        "identity", description="The function that each unit applies, or a list of one a unit; without this key none."
    )
    fed_by: Names = Key(
        (),
        alias="from",
        description="What feeds the layer, side by side in this order: names of layers, or inputs; without it the "
        "layer before.",
    )
    add: Names = Key((), description="What feeds the layer, as a sum: names of layers, or inputs.")
    convolution: Convolution | None = Key(
        None, description="Filters that move over an image; a cross-correlation, so the kernel is not flipped."
    )
    pooling: Pooling | None = Key(None, description="The largest value, or the mean, of each window.")
    flatten: Annotated[bool, Flag()] = Key(False, description="Whether feature maps become one row of numbers.")
    normalization: Normalization | None = Key(
        None, description="How its sums are normalized before the activation, with gamma and beta."
    )
    attention: Attention | None = Key(None, description="Attention of the places of a sequence to one another.")
    embedding: Embedding | None = Key(
        None, description="A row of weights for each entry; the inputs are numbers of entries, from 1."
    )
    tied: Tied | None = Key(None, description="The layer whose weights it has as well.")
    recurrent: Annotated[bool, Flag()] = Key(
        False, description="Whether its units are fed by their own activations of the step of time before as well."
    )
    cell: Annotated[str, OneOf(("lstm", "gru"))] | None = Key(None, description="A gated cell, lstm or gru.")
    reset: Annotated[str, OneOf(("before", "after"))] | None = Key(
        None,
        description="Whether a GRU resets the state before its product with the recurrent weights, as without this "
        "key, or the product after it.",
    )
    truncate: Annotated[int, Whole(1, MOST_SCALARS)] | None = Key(
        None,
        description="After how many steps of time its state counts as a constant, so that no derivative flows back.",
    )
    frozen: Annotated[bool, Flag()] = Key(False, description="Whether its parameters stay as they are.")
    temperature: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="By what a softmax divides its pre-activations."
    )

    _units_of_a_row: int | None = PrivateAttr(None)

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
        other = type(self).model_construct(self.model_fields_set, **{**dict(self), "units": units})
        other._units_of_a_row = self.units_of_a_row
        return other

    @property
    def units_of_a_row(self) -> int:
        """How many units a dense layer has, each for all places of a sequence."""
        return self.units if self._units_of_a_row is None else self._units_of_a_row

    @property
    def activations(self) -> tuple[str, ...]:
        """Its activation, or one a unit."""
        return self.activation.names if isinstance(self.activation, ActivationNames) else (self.activation,)

    @property
    def options(self) -> dict[str, Fraction | str]:
        """Each option of its activation, given or at its default; none of several."""
        return {} if isinstance(self.activation, ActivationNames) else super().options

    @property
    def formula(self) -> Expr | None:
        """The activation as an expression in ``z``; None if it has a name, or if there are several."""
        return None if isinstance(self.activation, ActivationNames) else super().formula

    def options_of(self, name: str) -> dict[str, Fraction | str]:
        """Each option of one of its activations, given or at its default."""
        return chosen(name, ACTIVATIONS, self)

    def formula_of(self, name: str) -> Expr | None:
        """One of its activations as an expression in ``z``; None if it has a name."""
        return ACTIVATION.formula(name)


# Its parameters.


class GateParameters(Weights):
    """The parameters of a gate of a cell."""

    weights: _WeightRows = Key((), description="One row per unit, one number per source; null as in other layers.")
    recurrent_weights: _WeightRows = Key((), description="One row per unit, one number per unit; null likewise.")
    recurrent_biases: Biases = Key((), description="Of the candidate of a GRU that resets after the product.")


class PieceParameters(Weights):
    """The parameters of one piece of maxout units, each under the key of its kind."""

    weights: _WeightRows = Key((), description="One row per unit, one number per source; null as in other layers.")
    kernels: Annotated[Nested, NestedNumbers()] = Key((), description="The filters of a convolution.")
    recurrent_weights: _WeightRows = Key((), description="One row per unit, one number per unit; null likewise.")
    gamma: Annotated[Nested, NestedNumbers()] = Key((), description="What a normalization multiplies by; 1 at first.")
    beta: Annotated[Nested, NestedNumbers()] = Key((), description="What a normalization adds; 0 at first.")


ParameterPath: TypeAlias = tuple[str | int, ...]
"""Where numbers stand within the parameters of a layer: keys, and the place of a piece."""
_Parameters = TypeVar("_Parameters", bound=Weights)
_Gate: TypeAlias = GateParameters | None
_LETTERS = {"forget": "f", "input": "i", "output": "o", "reset": "r", "update": "z"}


class ArrayParameters(LayerParameters):
    """The parameters of a layer that is worked out in arrays, each under the key of its kind."""

    weights: _WeightRows = Key(
        (), description="One row per unit, one number per source; null for a weight that does not exist."
    )
    kernels: Annotated[Nested, NestedNumbers()] = Key(
        (), description="The filters of a convolution: filters x channels x height x width; one channel is left out."
    )
    gamma: Annotated[Nested, NestedNumbers()] = Key((), description="What a normalization multiplies by; 1 at first.")
    beta: Annotated[Nested, NestedNumbers()] = Key((), description="What a normalization adds; 0 at first.")
    pieces: Annotated[tuple[PieceParameters, ...], EntriesField(1, MOST_PIECES)] = Key(
        (), description="For maxout, the parameters of each piece, in place of those of the layer."
    )
    query: Weights | None = Key(None, description="The weights and biases of the queries of an attention.")
    key: Weights | None = Key(None, description="Likewise, of its keys.")
    value: Weights | None = Key(None, description="Likewise, of its values.")
    output: _Gate = Key(None, description="Of an LSTM: the output gate; of an attention, what joins its heads.")
    recurrent_weights: _WeightRows = Key(
        (), description="One row per unit, one number per unit of the step before; null likewise."
    )
    state: Biases = Key((), description="The activations before the first step; 0 without this key.")
    cell_state: Biases = Key((), description="The cell of an LSTM before the first step; 0 without this key.")
    forget: _Gate = Key(None, description="Of an LSTM: the forget gate.")
    input: _Gate = Key(None, description="Of an LSTM: the input gate.")
    candidate: _Gate = Key(None, description="Of a cell: the candidate.")
    reset: _Gate = Key(None, description="Of a GRU: the reset gate.")
    update: _Gate = Key(None, description="Of a GRU: the update gate.")

    def matrices(self) -> Iterator[tuple[str, Rows, str]]:
        """Each matrix of weights in which null may stand, with the letters of its ids and what stands behind these."""
        yield from (("w", self.turned().weights, ""), ("u", self.recurrent_weights, ""))
        for number, piece in enumerate(self.pieces, 1):
            yield from (("w", piece.turned().weights, f".{number}"), ("u", piece.recurrent_weights, f".{number}"))
        gates = {letter: getattr(self, key) for key, letter in _LETTERS.items()}
        # The candidate is called g in an LSTM and n in a GRU.
        for letter, gate in {**gates, "g": self.candidate, "n": self.candidate}.items():
            if gate is not None:
                yield from ((f"w{letter}", gate.turned().weights, ""), (f"u{letter}", gate.recurrent_weights, ""))

    def numbers(self, path: ParameterPath) -> Nested | None:
        """The numbers at a path of keys; None if nothing stands there."""
        found: Any = self
        for key in path:
            found = found.turned() if isinstance(found, Weights) else found
            if isinstance(key, int):
                found = found[key] if found is not None and key < len(found) else None
            else:
                found = getattr(found, key, None)
        return None if found is None or found == () else found

    def start(self, path: ParameterPath) -> Nested:
        """The numbers at a path of keys, or where nothing is given the one with which all usually start."""
        found = self.numbers(path)
        return _STARTS[str(path[-1])] if found is None else found

    def with_numbers(self, numbers: Mapping[ParameterPath, Nested]) -> ArrayParameters:
        """The parameters with numbers at paths of keys."""
        values: dict[str, Any] = {}
        pieces: dict[int, dict[str, Any]] = {}
        for (key, *inner), stated in numbers.items():
            if not inner:
                values[str(key)] = stated
            elif isinstance(inner[0], int):
                pieces.setdefault(inner[0], {})[str(inner[1])] = stated
            else:
                values.setdefault(str(key), {})[inner[0]] = stated
        known = {key: value if not isinstance(value, dict) else _gate(value) for key, value in values.items()}
        if pieces:
            known["pieces"] = tuple(_with_values(PieceParameters, pieces[place]) for place in sorted(pieces))
        return type(self).model_construct(set(known), **{**dict(self), **known})

    def has_start(self, path: ParameterPath) -> bool:
        """Whether something may be left out, since it has a usual start."""
        return path[-1] in _STARTS

    @staticmethod
    def usual(path: ParameterPath) -> ParameterPath:
        """The path of the usual key for what may be given under another."""
        return tuple("weights" if key == "weights_from_to" else key for key in path)

    def stated(self) -> tuple[ParameterPath, ...]:
        """The path of everything that is given, from the outside in."""
        return tuple(_stated(self))


def _gate(values: Mapping[str, Any]) -> GateParameters:
    return _with_values(GateParameters, values)


def _with_values(record: type[_Parameters], values: Mapping[str, Any]) -> _Parameters:
    made = record.model_construct(set(values), **{**dict(record()), **values})
    return cast("_Parameters", made)


_ZEROS = dict.fromkeys(("beta", "state", "cell_state", "recurrent_biases"), Fraction(0))
_STARTS = {"alpha": START_SLOPE, "gamma": Fraction(1), **_ZEROS}


def _stated(record: Record) -> list[ParameterPath]:
    found: list[ParameterPath] = []
    for key in type(record).model_fields:
        value = getattr(record, key)
        if isinstance(value, Record):
            found += [(key, *inner) for inner in _stated(value)]
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            found += [(key, place, *inner) for place, one in enumerate(value) for inner in _stated(one)]
        elif key in record.model_fields_set and value is not None and value != ():
            found.append((key,))
    return found

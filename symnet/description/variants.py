"""What differs from sheet to sheet, as frozen records: what is drawn for each variant, and which draws are used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal, Protocol, TypeAlias

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator, model_validator

from symnet.description.fields import (
    EMPTY_HINT,
    EntriesField,
    Exact,
    Field,
    FrozenMapping,
    Named,
    Number,
    OneOf,
    Record,
    is_empty,
    misplaced,
    near_miss,
    refusal,
    text_of,
    write_number,
)
from symnet.description.flaws import CrossCheck
from symnet.description.layers import Layer, parameter_ids
from symnet.description.losses import Loss
from symnet.description.source import Flaw, printable
from symnet.limits import MOST_CHOICES, MOST_DRAWN_KEYS, MOST_IN_RANGE

DRAWN_WORDS = ("weights", "biases", "parameters", "inputs", "targets", "learning_rate")
"""What can be drawn as a whole; anything else that is drawn is an id, or a place in the description."""

SORTS = ("range", "choose", "shuffle")
"""The ways of drawing, of which each key takes one."""

PLACE = re.compile(r"[a-z_]+(\[[1-9][0-9]{0,5}\])*(\.[a-z_A-Z0-9]+(\[[1-9][0-9]{0,5}\])*)*")
"""A place in a description, such as ``layers[1].activation``: its keys, and its entries counted from 1."""

_DEEPEST = 5


class PlainField(Field):
    """Anything that may stand in a description, kept as it is written until it is put there."""

    def read(self, value: object) -> object:
        """The value without its places in the file; lists become tuples, so that nothing changes it."""
        return _plain(value, 0)

    def json_schema(self) -> dict[str, Any]:
        """Anything."""
        return {}


def _plain(value: object, depth: int) -> object:
    if is_empty(value) or value is None:
        raise refusal("a value", EMPTY_HINT)
    if depth > _DEEPEST:
        raise refusal(f"lists within at most {_DEEPEST} others")
    if isinstance(value, list | tuple):
        return tuple(_plain(one, depth + 1) for one in value)
    if isinstance(value, Mapping):
        return FrozenMapping({str(key): _plain(one, depth + 1) for key, one in value.items()})
    return text_of(value)


_Choices: TypeAlias = Annotated[tuple[Annotated[object, PlainField()], ...], EntriesField(1, MOST_CHOICES)]


class ShuffleField(Field):
    """The values to deal out, or ``true`` for those that stand there."""

    def read(self, value: object) -> object:
        """The values, or True."""
        if isinstance(value, list | tuple):
            if not 2 <= len(value) <= MOST_CHOICES:
                raise refusal(f"a list of 2 to {MOST_CHOICES} entries")
            return _plain(value, 0)
        if str(text_of(value)).lower() == "true":
            return True
        raise refusal("true for the values that stand there, or a list of values to deal out")

    def json_schema(self) -> dict[str, Any]:
        """True, or a list."""
        return {"anyOf": [{"const": True}, {"type": "array", "minItems": 2, "maxItems": MOST_CHOICES}]}


class Drawn(Record):
    """How one thing is drawn: from a range of numbers, from a list, or by shuffling."""

    range: Annotated[tuple[Number, ...], EntriesField(2, 2)] | None = Key(
        None, description="The smallest and the largest number; every number in steps from the smallest may be drawn."
    )
    choose: _Choices | None = Key(None, description="The values of which one is drawn.")
    shuffle: Annotated[tuple[object, ...] | Literal[True], ShuffleField()] | None = Key(
        None, description="true: the values that stand there in another order; or a list, of which each is dealt once."
    )
    step: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="How far apart the numbers of a range are."
    )
    exclude: Annotated[tuple[Number, ...], EntriesField(1, MOST_CHOICES, alone=True)] = Key(
        (), description="Numbers of a range that are not drawn."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_sort(cls, value: object) -> object:
        allowed = "one of range, choose and shuffle, as in {range: [-1, 1], step: 0.1}"
        if not isinstance(value, Mapping):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        present = [key for key in SORTS if key in value]
        if len(present) != 1:
            raise refusal(allowed, found=" and ".join(present) or "none of them")
        if present == ["range"] and "step" not in value:
            raise refusal("a step beside the range, such as step: 0.1", found="a range without a step")
        return value

    @field_validator("step", "exclude", mode="after")
    @classmethod
    def _of_a_range(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        if value and info.data.get("range", ()) is None:
            raise misplaced(f'the key "{info.field_name}"', "the key beside range alone", "Leave it out.")
        return value

    @field_validator("range", mode="after")
    @classmethod
    def _ascending(cls, value: tuple[Fraction, ...] | None) -> tuple[Fraction, ...] | None:
        if value is not None and value[0] >= value[1]:
            raise refusal("the smaller number first, then the larger one")
        return value

    @field_validator("exclude", mode="after")
    @classmethod
    def _something_left(cls, value: tuple[Fraction, ...], info: ValidationInfo) -> tuple[Fraction, ...]:
        ends, step = info.data.get("range"), info.data.get("step")
        if value and ends and step and _numbers_in(ends, step) <= MOST_CHOICES:
            left = set(_in_steps(ends, step)) - set(value)
            if not left:
                raise refusal("at least one number of the range left to be drawn")
        return value

    @field_validator("step", mode="after")
    @classmethod
    def _fine_enough(cls, value: Fraction | None, info: ValidationInfo) -> Fraction | None:
        ends = info.data.get("range")
        if value is not None and ends:
            many = _numbers_in(ends, value)
            if many < 2:
                raise refusal(f"a step of at most {write_number(ends[1] - ends[0])}, the width of the range")
            if many > MOST_IN_RANGE:
                raise refusal(f"a step that leaves at most {MOST_IN_RANGE:,} numbers")
        return value

    @property
    def numbers(self) -> int:
        """How many numbers a range has, those that are left out among them."""
        return _numbers_in(self.range, self.step) if self.range and self.step else 0

    def number(self, place: int) -> Fraction:
        """The number at a 0-based place of the range."""
        if self.range is None or self.step is None:
            raise ValueError("there is no range")
        return self.range[0] + place * self.step


def _numbers_in(ends: Sequence[Fraction], step: Fraction) -> int:
    return int((ends[1] - ends[0]) / step) + 1


def _in_steps(ends: Sequence[Fraction], step: Fraction) -> Iterator[Fraction]:
    return (ends[0] + place * step for place in range(_numbers_in(ends, step)))


Variants: TypeAlias = Annotated[
    FrozenMapping[Drawn], Named(Drawn, "what is drawn", MOST_DRAWN_KEYS, names=r"^[A-Za-z]")
]
"""What is drawn for each variant: by id, by one of the words for all of a kind, or by a place in the description."""

REJECTIONS = ("kinks", "dead_units", "saturation", "too_small", "explained_by_mistakes")
"""What can be wrong with a draw that an instructor may want all the same."""


class Screening(Record):
    """Which draws become sheets."""

    allow: Annotated[tuple[Annotated[str, OneOf(REJECTIONS)], ...], EntriesField(1, len(REJECTIONS), alone=True)] = Key(
        (), description="What does not keep a draw from becoming a sheet."
    )
    difficulty: Annotated[Fraction, Exact(above=0, most=10)] = Key(
        Fraction(1, 4),
        description="How far the difficulty may be from the middle of the first 200 draws, as a share of it.",
    )


# What is drawn has to be there.


class _Inputs(Protocol):
    """What has inputs by name, as a graph has."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Their names."""


_SAMPLE_ID = re.compile(r"[xy][1-9][0-9]*(@[1-9][0-9]*)?")


def _wrong_keys(variants: Mapping[str, Drawn], known: Sequence[str], keys: Sequence[str]) -> Iterator[Flaw]:
    """Yield each key that is no word, no id, and no place in the description."""
    for key in variants:
        head = re.split(r"[.\[]", key)[0]
        if key in known or (key != head and head in keys and PLACE.fullmatch(key)):
            continue
        allowed = f"an id such as {known[-1]}, one of {', '.join(DRAWN_WORDS)}, or a place such as layers[1].activation"
        hint = near_miss(key, tuple(known)) if len(known) < MOST_DRAWN_KEYS else ""
        yield Flaw(("variants", key), f'"{printable(key)}"', allowed, hint, at_key=True)


def _in_network(
    inputs: int, layers: tuple[Layer, ...], loss: tuple[Loss, ...], variants: Mapping[str, Drawn]
) -> Iterator[Flaw]:
    yield from drawn_in_network((inputs, layers[-1].units), tuple(parameter_ids(inputs, layers)), loss, variants)


def drawn_in_network(
    counts: tuple[int, int], parameters: Sequence[str], loss: tuple[Loss, ...], variants: Mapping[str, Drawn]
) -> Iterator[Flaw]:
    """Yield what is wrong with the keys of what is drawn in a network.

    Args:
        counts: How many inputs and targets a sample has.
        parameters: The ids of its parameters.
        loss: Its losses.
        variants: What is drawn.
    """
    of_triplets = any(choice.targets == "none" for choice in loss)
    data = [] if of_triplets else [f"x{place}" for place in range(1, counts[0] + 1)]
    data += [] if of_triplets else [f"y{place}" for place in range(1, counts[1] + 1)]
    known = (*DRAWN_WORDS, *data, *parameters)
    of_samples = {key for key in variants if _SAMPLE_ID.fullmatch(key) and key.partition("@")[0] in data}
    others = {key: drawn for key, drawn in variants.items() if key not in of_samples}
    yield from _wrong_keys(others, known, ("layers", "loss", "regularization", "training", "at", "numbers"))


def _in_graph(graph: _Inputs, variants: Mapping[str, Drawn]) -> Iterator[Flaw]:
    words = ("inputs", "parameters", "learning_rate")
    yield from _wrong_keys(variants, (*words, *graph.inputs), ("graph", "training", "numbers"))


VARIANT_CHECKS = (CrossCheck(("inputs", "layers", "loss", "variants"), _in_network),)
GRAPH_VARIANT_CHECKS = (CrossCheck(("graph", "variants"), _in_graph),)

"""The numbers of a description: its samples, and how numbers are rounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import Field as Key

from symnet.description.fields import EntriesField, Exact, OneOf, Record, Rows, Whole
from symnet.description.source import Flaw
from symnet.limits import MOST_DECIMALS_SHOWN, MOST_SAMPLES

SampleWeights: TypeAlias = Annotated[tuple[Annotated[Fraction, Exact(least=0)], ...], EntriesField(1, MOST_SAMPLES)]


class Data(Record):
    """The samples."""

    inputs: Rows = Key((), description="One row per sample, one number per input.")
    targets: Rows = Key((), description="One row per sample, one number per unit of the last layer.")
    anchor: Rows = Key((), description="For the loss triplet, one row per sample, one number per input.")
    positive: Rows = Key((), description="Likewise, what should be near the anchor.")
    negative: Rows = Key((), description="Likewise, what should be far from the anchor.")

    weights: SampleWeights = Key((), description="One number per sample, by which its loss is multiplied.")

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.inputs or self.anchor)

    @property
    def triplet(self) -> tuple[Rows, ...]:
        """The rows of the anchor, the positive and the negative."""
        return self.anchor, self.positive, self.negative


class Numbers(Record):
    """The precision of the numbers."""

    decimals: Annotated[int, Whole(1, MOST_DECIMALS_SHOWN)] = Key(6, description="How many decimals are shown.")
    significant: Annotated[int, Whole(1, MOST_DECIMALS_SHOWN)] | None = Key(
        None, description="How many significant digits are shown, instead of a number of decimals."
    )
    arithmetic: Annotated[str, OneOf(("exact", "paper"))] = Key(
        "exact",
        description="exact: only displayed values are rounded; paper: the rounded value is used from then on.",
    )
    rounding: Annotated[str, OneOf(("half_even", "half_up"))] | None = Key(
        None, description="Where halves go; without this key up in paper arithmetic, and to the even digit in exact."
    )
    decimal_mark: Annotated[str, OneOf(("point", "comma"))] | None = Key(
        None, description="What stands before the decimals on a sheet; without this key that of the language."
    )

    @property
    def half_up(self) -> bool:
        """Whether halves are rounded up, as taught at school."""
        return (self.rounding or _ROUNDING[self.arithmetic]) == "half_up"


_ROUNDING: Mapping[str, str] = MappingProxyType({"exact": "half_even", "paper": "half_up"})


def one_precision(numbers: Numbers) -> Iterator[Flaw]:
    """Yield what is wrong with numbers that ask for decimals and for significant digits."""
    if {"decimals", "significant"} <= numbers.model_fields_set and numbers.significant is not None:
        hint = "Leave out one of the two."
        yield Flaw(("numbers", "significant"), "decimals and significant", "one of the two", hint, at_key=True)

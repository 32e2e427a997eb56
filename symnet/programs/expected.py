"""What a program comes to, for its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from sympy import Symbol

from symnet.numerics.direct import Value
from symnet.numerics.training import Sample
from symnet.programs.listing import ProgramLine, ProgramListing
from symnet.programs.numbers import ProgramNumbers

Nest: TypeAlias = "float | list[Nest]"
"""A number, or lists of numbers within one another."""


class ExpectedNumbers(NamedTuple):
    """What a program comes to.

    Attributes:
        forward: For each sample, or for all at once, every quantity of the forward pass and of the loss.
        backward: Likewise every derivative.
        objective: The objective.
        gradients: Its derivative with respect to each parameter, or each input for which it is asked.
        after: The parameters after training; empty without any.
    """

    forward: tuple[Mapping[str, Nest], ...]
    backward: tuple[Mapping[str, Nest], ...]
    objective: float
    gradients: Mapping[str, Nest]
    after: Mapping[str, Nest]


def expected_numbers(listing: ProgramListing, numbers: ProgramNumbers) -> ExpectedNumbers:
    """Return what a program comes to, from the numbers of the exercise.

    Args:
        listing: The program.
        numbers: The numbers of the exercise.
    """
    return _Expected(listing, numbers).all()


class _Expected:
    def __init__(self, listing: ProgramListing, numbers: ProgramNumbers) -> None:
        self.listing, self.evaluation = listing, numbers.evaluation
        self.shared = {s.name: value for s, value in self.evaluation.penalty.items()} | {"L": self.evaluation.loss}
        self.gradients = {symbol.name: value for symbol, value in self.evaluation.gradients.items()}
        first = self.evaluation.samples[0].gradients.items()
        self.gradients = {symbol.name: value for symbol, value in first} | self.gradients

    def all(self) -> ExpectedNumbers:
        listing = self.listing
        samples = self.evaluation.samples
        groups = [tuple(samples)] if listing.samples is not None else [(one,) for one in samples]
        arrays = {array.name: array for array in (*listing.parameters, *listing.data)}
        asked = {name: arrays[name] for name in listing.gradients}
        updates = self.evaluation.updates
        return ExpectedNumbers(
            forward=tuple(dict(self.lines((*listing.forward, *listing.loss), group)) for group in groups),
            backward=tuple(dict(self.lines(listing.backward, group)) for group in groups),
            objective=float(self.evaluation.loss),
            gradients={
                name: laid_out([self.number(self.gradients.get(one)) for one in array.of], array.shape)
                for name, array in asked.items()
            },
            after={}
            if not updates or listing.update is None
            else {
                array.name: laid_out(
                    [self.number(updates[-1].after.get(Symbol(one)) if one else None) for one in array.of], array.shape
                )
                for array in listing.parameters
            },
        )

    def lines(self, lines: Sequence[ProgramLine], samples: Sequence[Sample]) -> Iterator[tuple[str, Nest]]:
        """Yield what each line comes to in a sample, or in all at once."""
        axis = self.listing.samples
        for line in lines:
            of_each = axis is not None and axis.letter in line.shape
            used = samples if of_each else samples[:1]
            columns = [[self.number(self.value(line, one, sample)) for one in line.of] for sample in used]
            if not of_each or axis is None:
                shape = tuple(int(length) for length in line.shape if length.isdigit())
                yield line.name, laid_out(columns[0], shape)
            else:
                rows = columns if axis.rows else [list(row) for row in zip(*columns, strict=True)]
                yield line.name, [list(row) for row in rows]

    def value(self, line: ProgramLine, name: str, sample: Sample) -> Value | None:
        """Return the number of a quantity in a line."""
        symbol = Symbol(name)
        if not name:
            return None
        if line.is_derivative:
            if self._over_samples and name in self.gradients and symbol in self.evaluation.gradients:
                return self.gradients[name]
            return {**sample.adjoints, **sample.gradients}.get(symbol)
        return sample.values[symbol] if symbol in sample.values else self.shared[name]

    @property
    def _over_samples(self) -> bool:
        """Whether the derivatives with respect to parameters are those of the objective."""
        return not self.listing.objective.several and not self.listing.objective.added

    @staticmethod
    def number(value: Value | None) -> float:
        """Return a number as programs have it; one that nothing depends on is 0."""
        return 0.0 if value is None else float(value)


def laid_out(entries: Sequence[float], shape: Sequence[int]) -> Nest:
    """Return entries row by row as lists within one another.

    Args:
        entries: The entries.
        shape: The shape of the whole.
    """
    if not shape:
        return entries[0]
    step = len(entries) // shape[0]
    return [laid_out(entries[at * step : (at + 1) * step], shape[1:]) for at in range(shape[0])]

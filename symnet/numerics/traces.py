"""Where the numbers of a sheet come from, so that a page can work each of them out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.real import Value
from symnet.numerics.newton import NewtonSystem, Rows
from symnet.numerics.training import Sample

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation

_MADE_UP = frozenset((int, float))


class Formula(NamedTuple):
    """A number that a sheet works out itself, from others.

    Attributes:
        expression: What it is worked out by.
        places: Where the number of each symbol in it comes from.
    """

    expression: Expr
    places: Mapping[Symbol, str]


class Traces:
    """Where numbers come from: each is found by the very object that it is, since equal ones may be of anything.

    A place is what a number is of, with blanks between the words: which part, which evaluation (``exact`` or
    ``paper``), what sort of quantity, how many training steps were made, the 0-based sample or the name of a state
    where there is one, and the id. Of a formula of a sheet it is the part, ``formula`` and its number.

    Args:
        part: The 0-based number of the part.
        steps: How many training steps are followed.
    """

    def __init__(self, part: int, steps: int) -> None:
        self.part, self.steps = part, steps
        self.formulas: list[Formula] = []
        # The number stands beside its place: as long as it is there, no other one has its identity.
        self._places: dict[int, tuple[Value, str]] = {}

    def place(self, value: Value) -> str:
        """Return the origin of a number; empty if unknown."""
        return self._places.get(id(value), (value, ""))[1]

    def add_formula(self, value: Value, expression: Expr, values: Mapping[Symbol, Value]) -> None:
        """Record the formula by which a sheet computed a number, if the origins of all its inputs are known."""
        places = {symbol: self.place(values[symbol]) for symbol in expression.free_symbols if symbol in values}
        if not places or not all(places.values()) or type(value) in _MADE_UP:
            return
        self._keep(value, f"{self.part} formula {len(self.formulas)}")
        self.formulas.append(Formula(expression, places))

    def add(self, kind: str, evaluation: Evaluation) -> None:
        """Record the origin of every number of an evaluation.

        Args:
            kind: Which evaluation it is, ``exact`` or ``paper``.
            evaluation: The numbers.
        """
        for words, value in _numbers(evaluation, self.steps):
            self._keep(value, f"{self.part} {kind} {words}")

    def _keep(self, value: Value, place: str) -> None:
        self._places.setdefault(id(value), (value, place))


def _numbers(evaluation: Evaluation, steps: int) -> Iterator[tuple[str, Value]]:
    """Yield the numbers of an evaluation with their places; of one that has several, the first counts."""
    updates = evaluation.updates[:steps]
    first = evaluation.samples[0].values
    yield from _named("parameter 0", {symbol: first[symbol] for symbol in evaluation.gradients if symbol in first})
    for made, update in enumerate(updates, 1):
        yield from _named(f"parameter {made}", update.after)
    for number, sample in enumerate(evaluation.samples):
        yield from _sample(0, number, sample)
    yield from _named("penalty 0", evaluation.penalty)
    yield "data_loss 0", evaluation.data_loss
    yield "loss 0", evaluation.loss
    yield from _named("start 0", evaluation.gradients)
    for made, update in enumerate(updates):
        for number, sample in zip(update.batch, update.samples, strict=False):
            yield from _sample(made, number, sample)
        yield from _named(f"penalty {made}", update.penalty)
        yield f"loss {made}", update.loss_before
        yield f"loss {made + 1}", update.loss_after
        yield f"rate {made}", update.rate
        yield from _named(f"gradient {made}", update.gradients)
        yield from _named(f"clipped {made}", update.clipped or {})
        for state, numbers in update.state.items():
            yield from _named(f"state {made} {state}", numbers)
        if update.system is not None:
            yield from _of_system(made, update.system)


def _of_system(made: int, system: NewtonSystem) -> Iterator[tuple[str, Value]]:
    """Yield the numbers of a system with their places."""
    yield from _of_rows(f"hessian {made}", system.hessian)
    yield from _of_rows(f"damped {made}", system.matrix)
    if system.determinant is not None:
        yield f"determinant {made}", system.determinant
    for column, stage in enumerate(system.stages):
        yield from _of_rows(f"stage {made} {column}", stage.rows)
    yield from ((f"direction {made} {row}", value) for row, value in enumerate(system.solution))


def _of_rows(words: str, rows: Rows) -> Iterator[tuple[str, Value]]:
    for row, numbers in enumerate(rows):
        yield from ((f"{words} {row} {column}", value) for column, value in enumerate(numbers))


def _sample(made: int, number: int, sample: Sample) -> Iterator[tuple[str, Value]]:
    yield from _named(f"value {made} {number}", sample.values)
    yield from _named(f"adjoint {made} {number}", sample.adjoints)
    yield from _named(f"sample {made} {number}", sample.gradients)


def _named(words: str, numbers: Mapping[Symbol, Value]) -> Iterator[tuple[str, Value]]:
    for symbol, value in numbers.items():
        yield f"{words} {symbol.name.removesuffix('@i')}", value

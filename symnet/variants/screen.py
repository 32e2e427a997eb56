"""Which draws become sheets: what is wrong with the numbers of one, and how difficult they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Symbol, count_ops

from symnet.arithmetic.real import Value
from symnet.description.data import Numbers
from symnet.description.fields import NotANumberError, from_python
from symnet.description.network import Exercise
from symnet.marking.mistakes.catalog import OF_TARGETS, Likelihood
from symnet.marking.mistakes.faults import AT_DATA, PatchedRuns, RunPlace
from symnet.marking.mistakes.search import Catalogue, MistakeAtPlace, is_close
from symnet.marking.records import Target, TargetKind
from symnet.marking.truth import Truth
from symnet.network.graph import LayerNodes
from symnet.numerics.evaluate import Evaluation
from symnet.numerics.format import Form, rounded
from symnet.variants.numbers import numbers_of
from symnet.variants.plan import Variant
from symnet.worked import Part, Worked

EXPLAINED = "explained_by_mistakes"
"""The name of what is wrong with a draw of which a mistake gives a correct number."""
FIRST_DRAWS = 200
"""The draws of a seed whose difficulties say what the middle is."""


class Difficulty(NamedTuple):
    """How much work a sheet is.

    Attributes:
        operations: The operations of all nodes and derivatives.
        paths: The paths from all parameters to the loss.
        digits: The significant digits of all numbers given.
        signs: The negative ones among them.
    """

    operations: int
    paths: int
    digits: int
    signs: int

    @property
    def figure(self) -> int:
        """All of it together."""
        return sum(self)


class Difficulties:
    """Works out how much work variants are, what they share once.

    Args:
        worked: Their structure, derived.
    """

    def __init__(self, worked: Worked) -> None:
        self._operations = sum(map(_operations, worked.parts))
        self._paths = sum(part.network.paths[leaf] for part in worked.parts for leaf in part.asked)

    def of(self, variant: Variant) -> Difficulty:
        """Return how much work a variant is."""
        numbers = numbers_of(variant.description).values()
        digits, signs = sum(map(_digits, numbers)), sum(number < 0 for number in numbers)
        return Difficulty(self._operations, self._paths, digits, signs)


def _operations(part: Part) -> int:
    nodes = (node.expression for node in part.network.nodes.values())
    results = (derivation.result for derivation in (*part.gradient.adjoints.values(), *part.gradient.leaves.values()))
    return sum(int(count_ops(expression)) for expression in (*nodes, *results))


def _digits(number: Fraction) -> int:
    """Return how many digits a number is written with; a fraction that does not end has those of both its parts."""
    if not number:
        return 1
    decimal = Decimal(number.numerator) / Decimal(number.denominator)
    if Fraction(decimal) != number:
        return len(str(abs(number.numerator))) + len(str(number.denominator))
    return len(decimal.normalize().as_tuple().digits)


class Screened(NamedTuple):
    """What is looked at of a draw.

    Attributes:
        variant: The draw.
        worked: The exercise with its numbers.
    """

    variant: Variant
    worked: Worked

    @property
    def numbers(self) -> Numbers:
        """How its numbers are shown."""
        return self.variant.description.numbers

    def evaluated(self) -> Iterator[tuple[Part, Evaluation]]:
        """Yield each part with its numbers."""
        for part in self.worked.parts:
            if part.evaluation is not None:
                yield part, part.evaluation

    def layers(self) -> Iterator[tuple[Part, Evaluation, LayerNodes]]:
        """Yield each layer of each part, with the numbers of the part."""
        for part, evaluation in self.evaluated():
            for layers in part.network.branches:
                yield from ((part, evaluation, layer) for layer in layers)


def rejections(screened: Screened) -> Iterator[str]:
    """Yield the name of everything that keeps a draw from becoming a sheet, unless the description allows it.

    Args:
        screened: The draw.
    """
    for name, applies in REASONS.items():
        if name not in allowed(screened.variant.description) and applies(screened):
            yield name


def allowed(description: Exercise) -> tuple[str, ...]:
    """Return what does not keep a draw from becoming a sheet."""
    return () if description.screening is None else description.screening.allow


def _kinks(screened: Screened) -> bool:
    return any(evaluation.kinks or evaluation.later_kinks for _part, evaluation in screened.evaluated())


def _dead_units(screened: Screened) -> bool:
    """Return whether a unit passes nothing back in any sample, though something comes to it."""
    return any(
        all(_is_dead(sample.adjoints, pre, unit) for sample in evaluation.samples)
        for _part, evaluation, layer in screened.layers()
        if layer.activation.kink_derivative is not None and layer.activation.reads == "own"
        for pre, unit in zip(layer.pre_activations, layer.activations, strict=True)
    )


def _is_dead(adjoints: Mapping[Symbol, Value], pre: Symbol, unit: Symbol) -> bool:
    return pre in adjoints and not adjoints[pre] and bool(adjoints.get(unit))


def _saturation(screened: Screened) -> bool:
    """Return whether an activation is rounded to a bound that it never reaches."""
    half = mpmath.mpf(10) ** -_decimals(screened.numbers) / 2
    for _part, evaluation, layer in screened.layers():
        bounds = _bounds(layer)
        for unit in layer.activations if bounds else ():
            values = [sample.values[unit] for sample in evaluation.samples]
            if any(abs(value - bound) < half for value in values for bound in bounds):
                return True
    return False


def _bounds(layer: LayerNodes) -> tuple[int, ...]:
    """Return what the activations of a layer come exponentially close to."""
    found = tuple(bound for bound, _gap in layer.activation.gaps(layer.pre_activations, 0))
    return (0, *found) if layer.activation.range == "unit_interval" else found


def _too_small(screened: Screened) -> bool:
    """Return whether a derivative that is not 0 has fewer than two digits among the decimals that are shown."""
    if screened.numbers.significant is not None:
        return False
    least = mpmath.mpf(10) ** (1 - screened.numbers.decimals)
    return any(
        0 < abs(evaluation.gradients[leaf]) < least
        for part, evaluation in screened.evaluated()
        for leaf in part.asked
        if leaf in evaluation.gradients
    )


def _too_many_digits(screened: Screened) -> bool:
    """Return whether a number that was drawn does not fit the decimals that are shown."""
    form = Form.of(screened.numbers)
    for text in screened.variant.drawn.values():
        try:
            number = from_python(text)
        except NotANumberError:
            continue
        with mpmath.workdps(_DIGITS):
            if not rounded(mpmath.mpf(number.numerator) / number.denominator, form)[1]:
                return True
    return False


class Coincidences:
    """Finds out which mistakes in the derivation lead to which derivative that is correct as it is shown.

    One in the forward equations shows in the values of the nodes, whatever the derivatives come to, and one that
    changes nothing of a derivative at any numbers is no mistake in it.

    Args:
        worked: An exercise with numbers, whose mistakes those of the same exercise with other numbers are as well.
    """

    def __init__(self, worked: Worked) -> None:
        self._parts = [(part, _PartMistakes(worked, part)) for part in worked.parts if part.evaluation is not None]

    def of(self, screened: Screened) -> frozenset[str]:
        """Return each coincidence of a draw as the name of the mistake and the id of the derivative."""
        form = Form.of(screened.numbers)
        return frozenset(
            f"{name} at {target} ({part.loss_name})"
            for part, (_, mistakes) in zip(screened.worked.parts, self._parts, strict=True)
            for target, name in mistakes.coincidences(Truth(screened.worked, part), form)
        )


class _PartMistakes:
    """The mistakes that change a derivative of one part, found once at random numbers."""

    def __init__(self, worked: Worked, part: Part) -> None:
        truth = Truth(worked, part)
        catalogue = Catalogue(truth)
        self.setting, self.program = catalogue.setting, catalogue.runs.program
        self.changing: dict[Target, list[MistakeAtPlace]] = {}
        somewhere, outcomes = catalogue.runs.rough(RunPlace(0)), catalogue.outcomes
        for target in truth.by_id.values():
            if target.kind is TargetKind.GRADIENT:
                entries = (*outcomes.last(target), *outcomes.made, *outcomes.own(target))
                right = somewhere.value(target, ())
                self.changing[target] = [
                    entry
                    for entry in entries
                    if entry.row.likelihood <= Likelihood.USUAL
                    and entry.row.name not in OF_TARGETS
                    and not entry.fault.nodes
                    and not _is_same(right, somewhere.value(target, (entry.fault,)))
                ]

    def coincidences(self, truth: Truth, form: Form) -> Iterator[tuple[str, str]]:
        """Yield the id of a derivative, and the name of a mistake that leads to what is shown of it."""
        run = PatchedRuns(truth, self.setting, self.program).rough(AT_DATA)
        for target, entries in self.changing.items():
            right = truth.number(target)
            if not right:
                continue
            shown, near = rounded(right, form)[0], abs(float(right)) * _NEAR
            for entry in entries:
                value = run.value(target, (entry.fault,))
                if value is None or not isfinite(value) or abs(value - float(right)) > near:
                    continue
                if rounded(mpmath.mpf(value), form)[0] == shown:
                    yield target.id, entry.row.name


def _is_same(right: Value | None, value: Value | None) -> bool:
    return right is None or value is None or is_close(right, value)


# No number that is shown with two digits or more is rounded by more than this share of it.
_NEAR = 0.06


def _decimals(numbers: Numbers) -> int:
    return numbers.decimals if numbers.significant is None else numbers.significant


_DIGITS = 60

REASONS: Mapping[str, Callable[[Screened], bool]] = MappingProxyType(
    {
        "too_many_digits": _too_many_digits,
        "kinks": _kinks,
        "dead_units": _dead_units,
        "saturation": _saturation,
        "too_small": _too_small,
    }
)
"""What may be wrong with the numbers of a draw, the quickest to be found out first."""

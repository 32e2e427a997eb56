"""Which draws become sheets: what is wrong with the numbers of one, and how difficult they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Symbol, count_ops

from symnet.arithmetic.real import Value
from symnet.description.data import Numbers
from symnet.description.fields import NotANumberError, from_python
from symnet.description.network import Exercise
from symnet.errors import DescriptionError
from symnet.marking.mistakes.catalog import OF_TARGETS, Likelihood
from symnet.marking.mistakes.compiled import WrongDerivatives
from symnet.marking.mistakes.faults import AT_DATA, Fault, PatchedRuns, RunPlace
from symnet.marking.mistakes.search import Catalogue, is_close
from symnet.marking.records import Target, TargetKind
from symnet.marking.truth import Truth
from symnet.network.graph import LayerNodes
from symnet.numerics.evaluate import Evaluation
from symnet.numerics.format import Form, rounded
from symnet.pipeline import with_numbers
from symnet.variants.numbers import numbers_of, with_numbers_of
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


def rejections(screened: Screened) -> dict[str, str]:
    """Return the name of everything that keeps a draw from becoming a sheet, with the id of a quantity that does.

    What the description allows is not among them.

    Args:
        screened: The draw.
    """
    exempt = allowed(screened.variant.description)
    found = {name: next(concerned(screened), None) for name, concerned in REASONS.items() if name not in exempt}
    return {name: quantity for name, quantity in found.items() if quantity is not None}


def allowed(description: Exercise) -> tuple[str, ...]:
    """Return what does not keep a draw from becoming a sheet."""
    return () if description.screening is None else description.screening.allow


def _kinks(screened: Screened) -> Iterator[str]:
    for _part, evaluation in screened.evaluated():
        yield from (str(kink[-1]) for kink in (*evaluation.kinks, *evaluation.later_kinks))


def _dead_units(screened: Screened) -> Iterator[str]:
    """Yield each unit that passes nothing back in any sample, though something comes to it."""
    for _part, evaluation, layer in screened.layers():
        if layer.activation.kink_derivative is None or layer.activation.reads != "own":
            continue
        for pre, unit in zip(layer.pre_activations, layer.activations, strict=True):
            if all(_is_dead(sample.adjoints, pre, unit) for sample in evaluation.samples):
                yield str(unit)


def _is_dead(adjoints: Mapping[Symbol, Value], pre: Symbol, unit: Symbol) -> bool:
    return pre in adjoints and not adjoints[pre] and bool(adjoints.get(unit))


def _saturation(screened: Screened) -> Iterator[str]:
    """Yield each activation that is rounded to a bound that it never reaches."""
    half = mpmath.mpf(10) ** -_decimals(screened.numbers) / 2
    for _part, evaluation, layer in screened.layers():
        bounds = _bounds(layer)
        for unit in layer.activations if bounds else ():
            values = [sample.values[unit] for sample in evaluation.samples]
            if any(abs(value - bound) < half for value in values for bound in bounds):
                yield str(unit)


def _bounds(layer: LayerNodes) -> tuple[int, ...]:
    """Return what the activations of a layer come exponentially close to."""
    found = tuple(bound for bound, _gap in layer.activation.gaps(layer.pre_activations, 0))
    return (0, *found) if layer.activation.range == "unit_interval" else found


def _too_small(screened: Screened) -> Iterator[str]:
    """Yield each derivative with fewer than two digits among the decimals that are shown, and each that is 0 by chance.

    One is 0 by chance if it is not 0 close by, where all that is drawn is a little different, but what is 0 stays so.
    A derivative that an input of 0, an inactive relu, or what is not drawn makes 0 is 0 there as well.
    """
    gradients = list(_gradients(screened.worked))
    if screened.numbers.significant is None:
        least = mpmath.mpf(10) ** (1 - screened.numbers.decimals)
        yield from (derivative_name(leaf) for _, leaf, value in gradients if 0 < abs(value) < least)
    zeros = [(number, leaf) for number, leaf, value in gradients if not value]
    close_by = _close_by(screened) if zeros else {}
    yield from (derivative_name(leaf) for number, leaf in zeros if abs(close_by.get((number, leaf), 0)) > _NOTHING)


def derivative_name(leaf: Symbol) -> str:
    """Return what the derivative of the loss with respect to a symbol is called in messages."""
    return f"dL/d{leaf}"


def _gradients(worked: Worked) -> Iterator[tuple[int, Symbol, Value]]:
    """Yield each derivative that is asked for, with the number of its part."""
    for number, part in enumerate(worked.parts):
        known = {} if part.evaluation is None else part.evaluation.gradients
        yield from ((number, leaf, known[leaf]) for leaf in part.asked if leaf in known)


def _close_by(screened: Screened) -> dict[tuple[int, Symbol], Value]:
    """Return the derivatives where every number that is drawn is closer to 0 by a share of its own."""
    variant = screened.variant
    kept = variant.not_drawn | frozenset(_summing_to_one(screened.worked))
    closer = {
        name: number if {name, name.partition("@")[0]} & kept else number * (1 - Fraction(place**2 + 1, _SHARES))
        for place, (name, number) in enumerate(numbers_of(variant.description).items(), 1)
    }
    try:
        worked = with_numbers(screened.worked, with_numbers_of(variant.description, closer))
    except DescriptionError:
        return {}
    return {(number, leaf): value for number, leaf, value in _gradients(worked)}


def _summing_to_one(worked: Worked) -> Iterator[str]:
    """Yield the targets whose numbers cannot change one by one."""
    for part in worked.parts:
        network = part.network
        groups = (network.targets if network.targets_sum_to_one else (), *network.wholes)
        yield from (str(symbol) for group in groups for symbol in group)


# The share is so small that nothing crosses a kink; a value that is no 0 there is far larger than what rounding leaves.
_SHARES = 10**12
_NOTHING = mpmath.mpf(10) ** -40


def _too_many_digits(screened: Screened) -> Iterator[str]:
    """Yield each number that was drawn and does not fit the decimals that are shown."""
    form = Form.of(screened.numbers)
    for name, text in screened.variant.drawn.items():
        try:
            number = from_python(text)
        except NotANumberError:
            continue
        with mpmath.workdps(_DIGITS):
            if not rounded(mpmath.mpf(number.numerator) / number.denominator, form)[1]:
                yield name


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
            f"{name}{AT}{_placed(target, part)}"
            for part, (_, mistakes) in zip(screened.worked.parts, self._parts, strict=True)
            for target, name in mistakes.coincidences(Truth(screened.worked, part), form)
        )


def zeros(worked: Worked) -> frozenset[str]:
    """Return each derivative that is 0, with which no mistake can coincide, as coincidences name it."""
    return frozenset(
        _placed(derivative_name(leaf), worked.parts[number]) for number, leaf, value in _gradients(worked) if not value
    )


def _placed(target: str, part: Part) -> str:
    return f"{target} ({part.loss_name})"


AT = " at "
"""What stands in a coincidence between the name of the mistake and the derivative."""


def results(screened: Screened) -> tuple[str, ...]:
    """Return the outputs and the losses of a draw as they are shown; none of a part without numbers."""
    form = Form.of(screened.numbers)
    found = []
    for part, evaluation in screened.evaluated():
        outputs = [symbol for layers in part.network.branches for symbol in layers[-1].outputs]
        for sample in evaluation.samples:
            found += [rounded(sample.values[symbol], form)[0] for symbol in (*outputs, part.network.loss)]
    return tuple(map(str, found))


class _PartMistakes:
    """The mistakes that change a derivative of one part, found once at random numbers."""

    def __init__(self, worked: Worked, part: Part) -> None:
        truth = Truth(worked, part)
        catalogue = Catalogue(truth)
        self.setting, self.program = catalogue.setting, catalogue.runs.program
        somewhere, outcomes = catalogue.runs.rough(RunPlace(0)), catalogue.outcomes
        changing: dict[Target, list[tuple[str, Fault]]] = {}
        for target in truth.by_id.values():
            if target.kind is TargetKind.GRADIENT:
                entries = (*outcomes.last(target), *outcomes.made, *outcomes.own(target))
                right = somewhere.value(target, ())
                changing[target] = [
                    (entry.row.name, entry.fault)
                    for entry in entries
                    if entry.row.likelihood <= Likelihood.USUAL
                    and entry.row.name not in OF_TARGETS
                    and not entry.fault.nodes
                    and not _is_same(right, somewhere.value(target, (entry.fault,)))
                ]
        self.wrong = WrongDerivatives(self.setting, self.program, changing)

    def coincidences(self, truth: Truth, form: Form) -> Iterator[tuple[str, str]]:
        """Yield the id of a derivative, and the name of a mistake that leads to what is shown of it."""
        run = PatchedRuns(truth, self.setting, self.program).rough(AT_DATA)
        found = self.wrong.at(run)
        for target in self.wrong.values:
            right = truth.number(target)
            if not right:
                continue
            shown, (exact, near) = rounded(right, form)[0], (float(right), abs(float(right)) * _NEAR)
            middle, most = float(shown), _HALF * float(f"1e{form.last(shown)}")
            for value, names in found(target):
                # No comparison holds with what is no number; most values differ in the first digits.
                if abs(value - middle) > most or not abs(value - exact) <= near:
                    continue
                if rounded(mpmath.mpf(value), form)[0] == shown:
                    yield from ((target.id, name) for name in names)


def _is_same(right: Value | None, value: Value | None) -> bool:
    return right is None or value is None or is_close(right, value)


# No number that is shown with two digits or more is rounded by more than this share of it.
_NEAR = 0.06
# No number is farther from what is shown of it than half a unit in the last digit, and a little that floats leave.
_HALF = 0.51


def _decimals(numbers: Numbers) -> int:
    return numbers.decimals if numbers.significant is None else numbers.significant


_DIGITS = 60

REASONS: Mapping[str, Callable[[Screened], Iterator[str]]] = MappingProxyType(
    {
        "too_many_digits": _too_many_digits,
        "kinks": _kinks,
        "dead_units": _dead_units,
        "saturation": _saturation,
        "too_small": _too_small,
    }
)
"""What may be wrong with the numbers of a draw, the quickest to be found out first: each yields whose."""

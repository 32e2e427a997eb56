"""Which mistakes explain an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice
from math import inf
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy.core.expr import Expr

from symnet.arithmetic.real import NoValueError, Value
from symnet.document import Inline, Sentence, Slot
from symnet.limits import MOST_KEPT_ANSWERS, MOST_MISTAKES_NAMED, MOST_PAIRS_NAMED
from symnet.marking.mistakes.catalog import LAST, MADE, OWN, Likelihood, Made, MadeLast
from symnet.marking.mistakes.faults import AS_IT_SHOULD_BE, AT_DATA, Fault, PatchedRuns, RunPlace, Said, Setting
from symnet.marking.records import Answer, Figures, Mistake, Target, TargetKind
from symnet.marking.slips import MISCOPIED, rounded_like, slip_of
from symnet.marking.truth import DIGITS, Truth, exactly
from symnet.numerics.expression import names_in, value_of
from symnet.text.say import continued, said, say

# What mistakes come to, one by one and two together: worked out once for each thing that can be asked, in floats.

MOST_PLACES, MOST_PAIRS = 300, 6000
"""At how many places each mistake is tried, and how many pairs of mistakes are; fewer in a big network."""
# As many local derivatives are multiplied, for all places of one mistake, and for all pairs.
_WORK, _WORK_OF_PAIRS = 10_000, 200_000
_FEWEST_PLACES, _FEWEST_PAIRS = 4, 40
# A forward pass takes so much longer than a backward sweep.
_FORWARD = 4
ROUGH = 1e-7
"""The relative difference that floats may make of equal values."""


SIGN = "wrong_sign"
"""The name of the mistake that is tried together with others first."""


class MistakeAtPlace(NamedTuple):
    """A mistake at one place.

    Attributes:
        row: Its row in the catalogue.
        fault: What it changes.
    """

    row: Made | MadeLast
    fault: Fault


MistakesAtPlaces: TypeAlias = tuple[MistakeAtPlace, ...]
Places: TypeAlias = tuple[RunPlace, ...]


class WrongOutcomes(NamedTuple):
    """The values that a mistake, or several, lead to.

    Attributes:
        values: The value at each of some places.
        entries: The mistakes, made together.
    """

    values: tuple[float, ...]
    entries: MistakesAtPlaces

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the mistakes."""
        return tuple(entry.row.name for entry in self.entries)

    @property
    def likelihood(self) -> Likelihood:
        """How likely the least likely of them is."""
        return max(entry.row.likelihood for entry in self.entries)

    @property
    def width(self) -> int:
        """At how many places they change something."""
        return sum(len(entry.fault.edges) + len(entry.fault.nodes) for entry in self.entries)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of all of them."""
        return tuple(entry.fault for entry in self.entries)


def _bounded(rows: Iterable[tuple[Made | MadeLast, Iterator[Fault]]], most: int) -> Iterator[MistakeAtPlace]:
    """Yield the mistakes of each row at its first places."""
    for row, faults in rows:
        for number, fault in enumerate(faults):
            if number * (_FORWARD if fault.nodes else 1) >= most:
                break
            yield MistakeAtPlace(row, fault)


def is_close(first: float, second: float) -> bool:
    """Return whether two floats may be the same value."""
    return abs(first - second) <= ROUGH * max(abs(first), abs(second))


class Outcomes:
    """The values that the possible mistakes of one part lead to.

    Args:
        setting: What there is to change.
        runs: Where it is worked out.
    """

    def __init__(self, setting: Setting, runs: PatchedRuns) -> None:
        self.setting, self.runs = setting, runs
        self._single: dict[tuple[Places, Target], tuple[WrongOutcomes, ...]] = {}
        self._paired: dict[tuple[Places, Target, int], tuple[WrongOutcomes, ...]] = {}

    @cached_property
    def made(self) -> MistakesAtPlaces:
        """Every mistake that may be made on the way, at every place, the most plausible first; bounded."""
        most = max(_FEWEST_PLACES, min(MOST_PLACES, _WORK // self._derivatives))
        return tuple(_bounded(((row, row.rewrite(self.setting)) for row in MADE), most))

    def last(self, target: Target) -> MistakesAtPlaces:
        """Return every mistake that may be made with the answer itself, the most plausible first."""
        return tuple(_bounded(((row, row.rewrite(self.setting, target)) for row in LAST), MOST_PLACES))

    def own(self, target: Target) -> MistakesAtPlaces:
        """Return every mistake that may be made with the last factor alone, by which a weight is multiplied."""
        return tuple(_bounded(((row, row.rewrite(self.setting, target)) for row in OWN), MOST_PLACES))

    @cached_property
    def _derivatives(self) -> int:
        """How many local derivatives there are, over all samples."""
        nodes = self.setting.network.nodes.values()
        return self.setting.samples * sum(len(node.derivatives) for node in nodes)

    def right(self, target: Target, places: Places) -> tuple[float, ...] | None:
        """Return the value without a mistake, or None if there is none."""
        return self._values(target, places, ())

    def single(self, target: Target, places: Places) -> tuple[WrongOutcomes, ...]:
        """Return the value of each single mistake that makes a difference at a place, the likeliest first."""
        if (places, target) not in self._single:
            entries = (*self.last(target), *self.made, *self.own(target))
            alone = ((entry,) for entry in sorted(entries, key=lambda entry: entry.row.likelihood))
            self._single[places, target] = tuple(self._different(target, places, alone))
        return self._single[places, target]

    def paired(self, target: Target, places: Places, level: int) -> tuple[WrongOutcomes, ...]:
        """Return the values of pairs of mistakes that make a difference; see ``LEVELS``."""
        if (places, target, level) not in self._paired:
            most = max(_FEWEST_PAIRS, min(MOST_PAIRS, _WORK_OF_PAIRS // (self._derivatives * len(places))))
            pairs = islice(_LEVELS[level](*self._distinct(target, places)), most)
            self._paired[places, target, level] = tuple(self._different(target, places, pairs))
        return self._paired[places, target, level]

    def _different(self, target: Target, places: Places, tried: Iterator[MistakesAtPlaces]) -> Iterator[WrongOutcomes]:
        right = self.right(target, places)
        if right is None:
            return
        for entries in tried:
            values = self._values(target, places, tuple(entry.fault for entry in entries))
            if values is not None and not all(map(is_close, values, right)):
                yield WrongOutcomes(values, entries)

    def _values(self, target: Target, places: Places, faults: tuple[Fault, ...]) -> tuple[float, ...] | None:
        values: list[float] = []
        for place in places:
            value = self.runs.rough(place).value(target, faults)
            if value is None:
                return None
            values.append(value)
        return tuple(values)

    def _distinct(self, target: Target, places: Places) -> tuple[MistakesAtPlaces, MistakesAtPlaces]:
        """Return mistakes of the last step and intermediate ones, none of them rare, with pairwise different values."""
        found: dict[str, WrongOutcomes] = {}
        for outcome in self.single(target, places):
            if outcome.likelihood is Likelihood.RARE:
                continue
            key = " ".join(f"{value:.10e}" for value in outcome.values)
            held = found.setdefault(key, outcome)
            # Of one mistake at several places, what is changed at the fewest tells most; a sign goes with any other.
            if outcome.names == (SIGN,) or (outcome.names == held.names and outcome.width < held.width):
                found[key] = outcome
        entries = [outcome.entries[0] for outcome in found.values()]
        last = tuple(entry for entry in entries if isinstance(entry.row, MadeLast))
        return last, tuple(entry for entry in entries if isinstance(entry.row, Made))


def _with_sign(last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    signs = [entry for entry in last if entry.row.name == SIGN]
    return ((other, sign) for sign in signs for other in (*made, *last) if other is not sign)


def _common_with_sign(last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    return (pair for pair in _with_sign(last, made) if pair[0].row.likelihood <= Likelihood.SLIP)


def _with_last(last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    yield from ((other, entry) for entry in last for other in made if _is_one_common(other, entry))
    yield from (pair for pair in _each_two(last) if any(entry.fault.last is not AS_IT_SHOULD_BE for entry in pair))


def _on_the_way(_last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    return _each_two([entry for entry in made if entry.fault.edges])


def _is_one_common(*entries: MistakeAtPlace) -> bool:
    return min(entry.row.likelihood for entry in entries) <= Likelihood.SLIP


def _each_two(entries: Sequence[MistakeAtPlace]) -> Iterator[MistakesAtPlaces]:
    """Yield each two entries, at least one of them common, that do not fault the same derivative."""
    for place, second in enumerate(entries):
        for first in entries[:place]:
            if _is_one_common(first, second) and first.fault.edges.keys().isdisjoint(second.fault.edges):
                yield first, second


_LEVELS: tuple[Callable[[MistakesAtPlaces, MistakesAtPlaces], Iterator[MistakesAtPlaces]], ...] = (
    _common_with_sign,
    _with_sign,
    _with_last,
    _on_the_way,
)

LEVELS = tuple(range(len(_LEVELS)))
"""The levels of pairs: a common mistake with a wrong sign, any with it, any with a last step, and two on the way."""


# Which mistakes of the catalogue explain a wrong answer: those that, made in the derivation, come to the same.

FEWEST_FIGURES = 3
"""A number with fewer significant figures says little: it is explained only where a single common mistake fits."""
# With so many figures pairs are tried, level by level: the more there are of them, the more would fit by chance.
_FIGURES_FOR_PAIRS = (3, 5, 6, 7)
_FOUR_DIGITS = 1000
# All digits that a computer prints are given, of which the last ones carry the errors of its floats, relative to all.
_OF_FLOATS = mpmath.mpf(10) ** -15
# The relative difference of what is equal at all points, and of a number that is given exactly.
_SURE, _EXACTLY = mpmath.mpf(10) ** -40, mpmath.mpf(10) ** -30
# An answer has to have a value at so many points; it is looked at first at so many, on different sides of the kinks.
_FEWEST_POINTS, _MOST_SIDES = 6, 3


class _Test(NamedTuple):
    """How it is found out whether mistakes explain an answer.

    Attributes:
        places: Where they are looked for in floats.
        fits: Whether what comes of them there may be the answer.
        sure: Whether they come to the answer, without doubt.
        levels: The levels of pairs that are looked at; none for single mistakes.
        is_likely: Whether it is looked at although a rare mistake fits.
        rarest: How unlikely a single mistake may be.
        alone: Whether it is told only where no other that is as likely fits, and then alone.
    """

    places: Places
    fits: Callable[[tuple[float, ...]], bool]
    sure: Callable[[WrongOutcomes], bool]
    levels: tuple[int, ...] = ()
    is_likely: bool = False
    rarest: Likelihood = Likelihood.ELSEWHERE
    alone: bool = False


class _Explanations(NamedTuple):
    """What explains a wrong answer.

    Attributes:
        written: The slip in writing it down.
        outcomes: What comes to the answer, where it was no such slip.
    """

    written: tuple[Mistake, ...]
    outcomes: tuple[WrongOutcomes, ...]


_NO_LINES: Mapping[str, int] = MappingProxyType({})


class Catalogue:
    """The mistakes possible in one part of an exercise; built once, since the values they lead to are kept.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.setting = Setting(truth.part, truth.worked.description)
        self.runs = PatchedRuns(truth, self.setting)
        self.outcomes = Outcomes(self.setting, self.runs)
        # Many students make the same mistake.
        self._kept = lru_cache(MOST_KEPT_ANSWERS)(self._explanations)
        self._known = lru_cache(None)(self._is_known_at)

    def explain(self, answer: Answer, lines: Mapping[str, int] = _NO_LINES) -> tuple[Mistake, ...]:
        """Return the mistakes that explain a wrong answer, the most plausible first; none where none fits.

        Where several fit, all but the first say ``or``; of two that explain it only together, the second says so.

        Args:
            answer: The answer.
            lines: How many other lines of the same student each mistake explains, by its name; those that explain the
                most are the most plausible.
        """
        if answer.target is None:
            return ()
        target = as_updated(answer.target)
        found = self._kept(target, answer.expression, answer.figures)
        ranked = sorted(found.outcomes, key=lambda outcome: -max(lines.get(name, 0) for name in outcome.names))
        return found.written or tuple(self._told(target, ranked))

    def _explanations(self, target: Target, expression: Expr | None, figures: Figures | None) -> _Explanations:
        """Return what explains a wrong answer, whatever else its student has answered."""
        written = self._written(figures, target)
        rare: list[WrongOutcomes] = []
        for test in self._tests(expression, figures, target):
            if rare and not test.is_likely:
                break
            found = self._fitting(target, test)
            seen = [one for one in found if self._sees_all_sides(one, test)] or found
            if found and found[0].likelihood <= Likelihood.USUAL:
                return _Explanations((), tuple(seen))
            if written:
                return _Explanations(written, ())
            rare = rare or seen
        return _Explanations((), tuple(rare))

    def _true(self, target: Target) -> Value | None:
        """Return the true value of what is explained; see :func:`as_updated`."""
        is_later = target.kind is TargetKind.UPDATED and target.step is not None
        return self.truth.number(target._replace(kind=TargetKind.TRAINED) if is_later else target)

    def _written(self, figures: Figures | None, target: Target) -> tuple[Mistake, ...]:
        """Return the slip in writing down a number that is right otherwise."""
        right = self._true(target)
        if figures is None or right is None:
            return ()
        with mpmath.workdps(DIGITS):
            name = slip_of(figures, right)
            # One in ten numbers of three digits is another one with a single digit miscopied.
            if name is None or (name == MISCOPIED and abs(figures.value / figures.unit) < _FOUR_DIGITS):
                return ()
            true = rounded_like(figures, right)
        typed, meant = (_decimal(value, figures.unit) for value in (figures.value, true))
        return (Mistake(name, say(f"mistake.{name}", typed=typed, right=meant), target.id),)

    def _tests(self, expression: Expr | None, figures: Figures | None, target: Target) -> Iterator[_Test]:
        """Yield how the answer is compared, the stricter way first."""
        right = self._true(target)
        if figures is not None and right is not None:
            yield from self._of_number(figures, target, right)
        elif expression is not None and right is not None and not names_in(expression):
            yield from self._of_exact_number(expression, target, right)
        elif expression is not None:
            single, pairs = self._of_expression(expression, target)
            yield from single
            # Given numbers may stand in it in the place of their names.
            if right is not None and self.truth.data is not None:
                yield from self._of_calculation(expression, target, right)
            yield from pairs

    def _of_number(self, figures: Figures, target: Target, right: Value) -> Iterator[_Test]:
        """Yield how a number is compared: rounded at its last digit, or off by one there by rounding on the way."""
        digits = len(str(abs(figures.value) // figures.unit))
        if not self._is_known(target, at_data(target), [right]):
            return
        if not figures.value and right:
            # What leaves out all there is comes to exactly 0.
            yield self._near(target, mpmath.mpf(0), mpmath.mpf(0), ())
        with mpmath.workdps(DIGITS):
            value = exactly(figures.value)
            unit = max(exactly(figures.unit), abs(value) * _OF_FLOATS)
            # What is all but right needs no mistake to explain it.
            if abs(right - value) <= unit * 3 / 2:
                return
            # A tie may be rounded either way.
            half = unit / 2 * (1 + _OF_FLOATS)
        single = self._near(target, value, half, ())
        if digits < FEWEST_FIGURES:
            # Where the right number is not rounded at these digits, nor is a wrong one, and less fits by chance.
            shown = right / exactly(figures.unit)
            is_exact = abs(shown - mpmath.nint(shown)) <= _EXACTLY * abs(shown)
            few = self._near(target, value, abs(value) * _EXACTLY, ()) if is_exact else single
            yield few._replace(rarest=Likelihood.RARE if is_exact else Likelihood.SLIP, alone=True)
            return
        yield single
        levels = tuple(level for level, enough in zip(LEVELS, _FIGURES_FOR_PAIRS, strict=True) if digits >= enough)
        yield self._near(target, value, half, levels[:1])._replace(is_likely=True)
        if digits > FEWEST_FIGURES:
            yield self._near(target, value, unit, ())._replace(rarest=Likelihood.USUAL, is_likely=True)
        yield self._near(target, value, unit, levels[:1])._replace(is_likely=True)
        if levels[1:]:
            yield self._near(target, value, half, levels[1:])

    def _of_calculation(self, expression: Expr, target: Target, right: Value) -> Iterator[_Test]:
        """Yield how an expression is compared at the numbers of the exercise."""
        values = self.truth.data.values if self.truth.data is not None else {}
        with mpmath.workdps(DIGITS):
            try:
                value = mpmath.mpf(value_of(expression, values))
            except (NoValueError, KeyError):
                return
            if (
                value
                and abs(right - value) > abs(value) * _EXACTLY
                and self._is_known(target, at_data(target), [right])
            ):
                yield self._near(target, value, abs(value) * _EXACTLY, ())._replace(rarest=Likelihood.USUAL, alone=True)

    def _of_exact_number(self, expression: Expr, target: Target, right: Value) -> Iterator[_Test]:
        """Yield how a number is compared that is not rounded, such as a fraction."""
        with mpmath.workdps(DIGITS):
            try:
                value = mpmath.mpf(value_of(expression, {}))
            except NoValueError:
                return
            reach = abs(value) * _EXACTLY
            if not value or abs(right - value) <= reach or not self._is_known(target, at_data(target), [right]):
                return
        for levels in ((), LEVELS):
            yield self._near(target, value, reach, levels)

    def _near(self, target: Target, value: Value, reach: Value, levels: tuple[int, ...]) -> _Test:
        place, rough = at_data(target), _float(value)
        wide = _float(reach) + abs(rough) * ROUGH

        def sure(outcome: WrongOutcomes) -> bool:
            found = self.runs.exact(place).value(target, outcome.faults)
            with mpmath.workdps(DIGITS):
                return found is not None and bool(abs(found - value) <= reach)

        return _Test((place,), lambda values: abs(values[0] - rough) <= wide, sure, levels)

    def _of_expression(self, expression: Expr, target: Target) -> tuple[list[_Test], list[_Test]]:
        """Return how an expression is compared at all points, with single mistakes and with pairs."""
        by_sample = any("@" in symbol.name for symbol in expression.free_symbols)
        values = enumerate(self.truth.at_points(expression))
        answers = {RunPlace(number, by_sample): value for number, value in values if value is not None}
        if len(answers) < _FEWEST_POINTS or not all(self._known(target, place) for place in answers):
            return [], []
        places = self._sides(target, tuple(answers))
        if not any(self._differs(target, place, answers[place]) for place in places):
            places += tuple(place for place in answers if self._differs(target, place, answers[place]))[:1]
        rough = tuple(_float(answers[place]) for place in places)
        test = _Test(
            places,
            lambda values: all(map(is_close, values, rough)),
            lambda outcome: self._agree(target, outcome, answers),
        )
        return [test], [test._replace(levels=LEVELS)]

    def _sides(self, target: Target, places: Places) -> Places:
        """Return a few places on different sides of the kinks, the first one, if possible, where a value is not 0."""
        telling = sorted(places, key=lambda place: not self.runs.rough(place).value(target, ()))
        found: dict[tuple[bool, ...], RunPlace] = {}
        for place in telling:
            found.setdefault(self._patterns[place.point or 0], place)
        return tuple(found.values())[:_MOST_SIDES]

    def _differs(self, target: Target, place: RunPlace, value: Value) -> bool:
        """Return whether an answer is another number than what is right at a place."""
        right = self.runs.rough(place).value(target, ())
        return right is None or not is_close(right, _float(value))

    @cached_property
    def _patterns(self) -> tuple[tuple[bool, ...], ...]:
        """On which side of each kink each point is."""
        return tuple(self._pattern(point.values) for point in self.truth.points)

    def _pattern(self, values: Mapping[Expr, Value]) -> tuple[bool, ...]:
        switches = [switch for node in self.truth.network.nodes.values() for switch in node.switches]
        with mpmath.workdps(DIGITS):
            return tuple(bool(value_of(switch, values) > 0) for switch in switches)

    def _sees_all_sides(self, outcome: WrongOutcomes, test: _Test) -> bool:
        """Return whether mistakes leave points on both sides of each kink that had some; of a number nothing is asked.

        One that moves all points to one side of a kink only looks as if the indicator had been left out.
        """
        if test.places[0].point is None or not any(fault.nodes for fault in outcome.faults):
            return True
        runs = [self.runs.rough(RunPlace(number, False)) for number in range(len(self.truth.points))]
        graph = tuple(fault for fault in outcome.faults if fault.nodes)
        try:
            moved = [self._pattern(run.values(graph, 0)) for run in runs]
        except (NoValueError, KeyError):
            return True
        return all(
            len(set(now)) == len(set(before))
            for before, now in zip(zip(*self._patterns, strict=True), zip(*moved, strict=True), strict=True)
        )

    def _agree(self, target: Target, outcome: WrongOutcomes, answers: Mapping[RunPlace, Value]) -> bool:
        """Return whether mistakes lead to the answer at all points."""
        for place, value in answers.items():
            found = self.runs.exact(place).value(target, outcome.faults)
            with mpmath.workdps(DIGITS):
                if found is None or abs(found - value) > _SURE * max(abs(found), abs(value)):
                    return False
        return True

    def _is_known_at(self, target: Target, place: RunPlace) -> bool:
        values = self.truth.points[place.point or 0].values
        return self._is_known(target, place, [values[key] for key in self.truth.keys(target) if key in values])

    def _is_known(self, target: Target, place: RunPlace, right: Collection[Value]) -> bool:
        """Return whether a run without mistakes gives the correct value, without which no mistake is named."""
        found = self.runs.rough(place).value(target, ())
        return found is not None and any(is_close(found, _float(value)) for value in right)

    def _fitting(self, target: Target, test: _Test) -> list[WrongOutcomes]:
        """Return the mistakes that fit: single ones, or pairs, those of the first level at which any fits."""
        if not test.levels:
            single = self.outcomes.single(target, test.places)
            likely = tuple(one for one in single if one.likelihood <= test.rarest)
            found = _sure(likely, test, MOST_MISTAKES_NAMED)
            if test.alone:
                found = [one for one in found if one.likelihood == found[0].likelihood]
                return found if len(found) == 1 else []
            return found
        tables = (self.outcomes.paired(target, test.places, level) for level in test.levels)
        return next(filter(None, (_sure(table, test, MOST_PAIRS_NAMED) for table in tables)), [])

    def _told(self, target: Target, found: list[WrongOutcomes]) -> Iterator[Mistake]:
        names: set[str] = set()
        for outcome in found:
            for number, entry in enumerate(outcome.entries):
                if entry.row.name not in names:
                    says = self._sentence(target, entry)
                    if number:
                        says = say("mistake.in_addition", sentence=continued(says))
                    elif names:
                        says = say("mistake.alternatively", sentence=continued(says))
                    yield Mistake(entry.row.name, says, entry.fault.line or target.id, number > 0)
            names |= set(outcome.names)

    def _sentence(self, target: Target, entry: MistakeAtPlace) -> Inline:
        """Return what was done, with the formulas of the place where it was."""
        is_updated = target.kind is TargetKind.UPDATED
        in_update = is_updated and isinstance(entry.row, MadeLast) and entry.row.in_update
        differentiated = TargetKind.GRADIENT if is_updated else target.kind
        known = {
            **entry.fault.words,
            "answer": self.setting.named(target),
            "differentiated": self.setting.named(target._replace(kind=differentiated)),
        }
        key = f"mistake.{entry.row.name}{'.in_update' if in_update else ''}"
        return say(key, **{name: self._slot(word) for name, word in known.items()})

    def _slot(self, word: Said) -> Slot:
        if isinstance(word, Sentence):
            return said(word)
        return word if isinstance(word, str) else self.setting.part.build(word)


def as_updated(target: Target) -> Target:
    """Return a parameter after a later step as an updated value at the numbers before that step."""
    is_parameter = target.kind is TargetKind.TRAINED and target.of is None
    return target._replace(kind=TargetKind.UPDATED) if is_parameter else target


def at_data(target: Target) -> RunPlace:
    """Return the place of the numbers of the exercise from which a target is worked out."""
    return AT_DATA if target.step is None else AT_DATA._replace(step=target.step)


def _decimal(value: Fraction, unit: Fraction) -> str:
    """Return a number with its last digit at a power of ten."""
    return f"{float(value):.{max(0, len(str(unit.denominator)) - 1)}f}"


def _float(value: Value) -> float:
    """Return a value as a float; one that is too large for that as infinity, which is close to nothing."""
    try:
        return float(value)
    except OverflowError:
        return inf


def _sure(table: tuple[WrongOutcomes, ...], test: _Test, most: int) -> list[WrongOutcomes]:
    """Return the mistakes that lead to the answer for certain, each name once."""
    found: dict[tuple[str, ...], WrongOutcomes] = {}
    for outcome in table:
        # Few fit, and that is soon found out.
        if not test.fits(outcome.values):
            continue
        held = found.get(outcome.names)
        if held is None and len(found) == most:
            continue
        # Of one mistake at several places, what is changed at the fewest tells most.
        if (held is None or outcome.width < held.width) and test.sure(outcome):
            found[outcome.names] = outcome
    return list(found.values())

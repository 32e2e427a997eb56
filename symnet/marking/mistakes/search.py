"""Which mistakes explain an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import inf
from typing import NamedTuple, TypeAlias

import mpmath
from sympy.core.expr import Expr

from symnet.document import Inline, Sentence, Slot
from symnet.limits import MOST_MISTAKES_NAMED, MOST_PAIRS_NAMED
from symnet.marking.compare import names_in
from symnet.marking.mistakes.catalog import LAST, MADE, OWN, Made, MadeLast
from symnet.marking.mistakes.faults import AS_IT_SHOULD_BE, AT_DATA, Fault, PatchedRuns, RunPlace, Said, Setting
from symnet.marking.records import Answer, Figures, Mistake, Target, TargetKind
from symnet.marking.truth import DIGITS, Truth, exactly
from symnet.numerics.direct import NoValueError, Value, numeric
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
    """What mistakes come to.

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
    """What the mistakes of one part come to.

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
        """Return what comes of no mistake, or None where there is no value."""
        return self._values(target, places, ())

    def single(self, target: Target, places: Places) -> tuple[WrongOutcomes, ...]:
        """Return what each single mistake comes to that makes a difference at a place, the likeliest first."""
        if (places, target) not in self._single:
            entries = (*self.last(target), *self.made, *self.own(target))
            alone = ((entry,) for entry in sorted(entries, key=lambda entry: entry.row.likelihood))
            self._single[places, target] = tuple(self._different(target, places, alone))
        return self._single[places, target]

    def paired(self, target: Target, places: Places, level: int) -> tuple[WrongOutcomes, ...]:
        """Return what pairs of mistakes come to that make a difference; see ``LEVELS``."""
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
        """Return last steps, and mistakes made on the way, of which no two come to the same."""
        found: dict[str, WrongOutcomes] = {}
        for outcome in self.single(target, places):
            key = " ".join(f"{value:.10e}" for value in outcome.values)
            held = found.setdefault(key, outcome)
            # Of one mistake at several places, what is changed at the fewest tells most.
            if outcome.names == held.names and outcome.width < held.width:
                found[key] = outcome
        entries = [outcome.entries[0] for outcome in found.values()]
        last = tuple(entry for entry in entries if isinstance(entry.row, MadeLast))
        return last, tuple(entry for entry in entries if isinstance(entry.row, Made))


def _with_sign(last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    signs = [entry for entry in last if entry.row.name == "wrong_sign"]
    return ((other, sign) for sign in signs for other in (*made, *last) if other is not sign)


def _with_last(last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    yield from ((other, entry) for entry in last for other in made)
    yield from (pair for pair in _each_two(last) if any(entry.fault.last is not AS_IT_SHOULD_BE for entry in pair))


def _on_the_way(_last: MistakesAtPlaces, made: MistakesAtPlaces) -> Iterator[MistakesAtPlaces]:
    return _each_two([entry for entry in made if entry.fault.edges])


def _each_two(entries: Sequence[MistakeAtPlace]) -> Iterator[MistakesAtPlaces]:
    """Yield each two entries that do not fault the same derivative."""
    for place, second in enumerate(entries):
        for first in entries[:place]:
            if first.fault.edges.keys().isdisjoint(second.fault.edges):
                yield first, second


_LEVELS: tuple[Callable[[MistakesAtPlaces, MistakesAtPlaces], Iterator[MistakesAtPlaces]], ...] = (
    _with_sign,
    _with_last,
    _on_the_way,
)

LEVELS = tuple(range(len(_LEVELS)))
"""The levels of pairs: any mistake with a wrong sign, any with a last step, and any two on the way."""


# Which mistakes of the catalogue explain a wrong answer: those that, made in the derivation, come to the same.

FEWEST_FIGURES = 3
"""A number with fewer significant figures says too little: too much would fit it by chance."""
# With so many figures pairs are tried, level by level: the more there are of them, the more would fit by chance.
_FIGURES_FOR_PAIRS = (3, 4, 5)
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
    """

    places: Places
    fits: Callable[[tuple[float, ...]], bool]
    sure: Callable[[WrongOutcomes], bool]
    levels: tuple[int, ...] = ()


class Catalogue:
    """The mistakes that can be made in one part of an exercise; built once, since what they come to is kept.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.setting = Setting(truth.part, truth.worked.description)
        self.runs = PatchedRuns(truth, self.setting)
        self.outcomes = Outcomes(self.setting, self.runs)

    def explain(self, answer: Answer, known: Collection[str] = ()) -> tuple[Mistake, ...]:
        """Return the mistakes that explain a wrong answer, the most plausible first; none where none fits.

        Where several fit, all but the first say ``or``; of two that explain it only together, the second says so.

        Args:
            answer: The answer.
            known: The names of mistakes that were made before, which are the most plausible ones.
        """
        if answer.target is None or answer.target.kind in (TargetKind.LOCAL, TargetKind.TRAINED):
            return ()
        for test in self._tests(answer, answer.target):
            found = self._fitting(answer.target, test)
            if found:
                found = [one for one in found if self._sees_all_sides(one, test)] or found
                ranked = sorted(found, key=lambda outcome: not set(outcome.names) & set(known))
                return tuple(self._told(answer.target, ranked))
        return ()

    def _tests(self, answer: Answer, target: Target) -> Iterator[_Test]:
        """Yield how the answer is compared, the stricter way first."""
        expression = answer.expression
        right = self.truth.number(target)
        if answer.figures is not None and right is not None:
            yield from self._of_number(answer.figures, target, right)
        elif expression is not None and right is not None and not names_in(expression):
            yield from self._of_exact_number(expression, target, right)
        elif expression is not None:
            yield from self._of_expression(expression, target)

    def _of_number(self, figures: Figures, target: Target, right: Value) -> Iterator[_Test]:
        """Yield how a number is compared: rounded at its last digit, or off by one there by rounding on the way."""
        digits = len(str(abs(figures.value) // figures.unit))
        if not self._is_known(target, AT_DATA, [right]):
            return
        if not figures.value and right:
            # What leaves out all there is comes to exactly 0.
            yield self._near(target, mpmath.mpf(0), mpmath.mpf(0), ())
        if digits < FEWEST_FIGURES:
            return
        with mpmath.workdps(DIGITS):
            value = exactly(figures.value)
            unit = max(exactly(figures.unit), abs(value) * _OF_FLOATS)
            # What is all but right needs no mistake to explain it.
            if abs(right - value) <= unit * 3 / 2:
                return
            half = unit / 2
        signed, *others = (level for level, enough in zip(LEVELS, _FIGURES_FOR_PAIRS, strict=True) if digits >= enough)
        for reach, levels in ((half, []), (half, [signed]), (unit, []), (unit, [signed]), (half, others)):
            yield self._near(target, value, reach, tuple(levels))

    def _of_exact_number(self, expression: Expr, target: Target, right: Value) -> Iterator[_Test]:
        """Yield how a number is compared that is not rounded, such as a fraction."""
        with mpmath.workdps(DIGITS):
            try:
                value = mpmath.mpf(numeric(expression, {}))
            except NoValueError:
                return
            reach = abs(value) * _EXACTLY
            if not value or abs(right - value) <= reach or not self._is_known(target, AT_DATA, [right]):
                return
        for levels in ((), LEVELS):
            yield self._near(target, value, reach, levels)

    def _near(self, target: Target, value: Value, reach: Value, levels: tuple[int, ...]) -> _Test:
        rough = _float(value)
        wide = _float(reach) + abs(rough) * ROUGH

        def sure(outcome: WrongOutcomes) -> bool:
            found = self.runs.exact(AT_DATA).value(target, outcome.faults)
            with mpmath.workdps(DIGITS):
                return found is not None and bool(abs(found - value) <= reach)

        return _Test((AT_DATA,), lambda values: abs(values[0] - rough) <= wide, sure, levels)

    def _of_expression(self, expression: Expr, target: Target) -> Iterator[_Test]:
        """Yield how an expression is compared: at all points."""
        by_sample = any("@" in symbol.name for symbol in expression.free_symbols)
        answers: dict[RunPlace, Value] = {}
        with mpmath.workdps(DIGITS):
            for number, point in enumerate(self.truth.points):
                try:
                    answers[RunPlace(number, by_sample)] = numeric(expression, point.values)
                except (NoValueError, KeyError):
                    continue
        if len(answers) < _FEWEST_POINTS or not all(self._is_known_at(target, place) for place in answers):
            return
        places = self._sides(target, tuple(answers))
        rough = tuple(_float(answers[place]) for place in places)
        for levels in ((), LEVELS):
            yield _Test(
                places,
                lambda values: all(map(is_close, values, rough)),
                lambda outcome: self._agree(target, outcome, answers),
                levels,
            )

    def _sides(self, target: Target, places: Places) -> Places:
        """Return a few places on different sides of the kinks, the first one, if possible, where a value is not 0."""
        telling = sorted(places, key=lambda place: not self.runs.rough(place).value(target, ()))
        found: dict[tuple[bool, ...], RunPlace] = {}
        for place in telling:
            found.setdefault(self._patterns[place.point or 0], place)
        return tuple(found.values())[:_MOST_SIDES]

    @cached_property
    def _patterns(self) -> tuple[tuple[bool, ...], ...]:
        """On which side of each kink each point is."""
        return tuple(self._pattern(point.values) for point in self.truth.points)

    def _pattern(self, values: Mapping[Expr, Value]) -> tuple[bool, ...]:
        switches = [switch for node in self.truth.network.nodes.values() for switch in node.switches]
        with mpmath.workdps(DIGITS):
            return tuple(bool(numeric(switch, values) > 0) for switch in switches)

    def _sees_all_sides(self, outcome: WrongOutcomes, test: _Test) -> bool:
        """Return whether mistakes leave points on both sides of each kink that had some; of a number nothing is asked.

        One that moves all points to one side of a kink only looks as if the indicator had been left out.
        """
        if test.places == (AT_DATA,) or not any(fault.nodes for fault in outcome.faults):
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
        """Return whether mistakes come to the answers at all points."""
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
        """Return whether a sweep without any mistake comes to what is right; of nothing else a mistake is told."""
        found = self.runs.rough(place).value(target, ())
        return found is not None and any(is_close(found, _float(value)) for value in right)

    def _fitting(self, target: Target, test: _Test) -> list[WrongOutcomes]:
        """Return the mistakes that fit: single ones, or pairs, those of the first level at which any fits."""
        if not test.levels:
            return _sure(self.outcomes.single(target, test.places), test, MOST_MISTAKES_NAMED)
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
            "answer": self.setting.named(target.kind, target.symbol),
            "differentiated": self.setting.named(differentiated, target.symbol),
        }
        key = f"mistake.{entry.row.name}{'.in_update' if in_update else ''}"
        return say(key, **{name: self._slot(word) for name, word in known.items()})

    def _slot(self, word: Said) -> Slot:
        if isinstance(word, Sentence):
            return said(word)
        return word if isinstance(word, str) else self.setting.part.build(word)


def _float(value: Value) -> float:
    """Return a value as a float; one that is too large for that as infinity, which is close to nothing."""
    try:
        return float(value)
    except OverflowError:
        return inf


def _sure(table: tuple[WrongOutcomes, ...], test: _Test, most: int) -> list[WrongOutcomes]:
    """Return what comes to the answer without doubt, each name once."""
    found: dict[tuple[str, ...], WrongOutcomes] = {}
    for outcome in table:
        held = found.get(outcome.names)
        if held is None and len(found) == most:
            continue
        # Of one mistake at several places, what is changed at the fewest tells most.
        if (held is None or outcome.width < held.width) and test.fits(outcome.values) and test.sure(outcome):
            found[outcome.names] = outcome
    return list(found.values())

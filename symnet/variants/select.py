"""Which draws of a seed become the sheets of a class: screened, equally hard, and no two alike."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from symnet.description import load_text, with_preferred
from symnet.description.network import Exercise
from symnet.description.variants import REJECTIONS
from symnet.errors import DescriptionError, SymnetError
from symnet.limits import MOST_DRAWS
from symnet.pipeline import solve, with_numbers
from symnet.sheets.questions.training import asked_steps
from symnet.variants.plan import Choices, RefusedError, Variant, VariantPlan
from symnet.variants.screen import (
    AT,
    EXPLAINED,
    FIRST_DRAWS,
    REASONS,
    Coincidences,
    Difficulties,
    Screened,
    allowed,
    rejections,
    results,
    zeros,
)
from symnet.view import AS_DESCRIBED, Preferred
from symnet.worked import Worked

NOT_A_DESCRIPTION, ANOTHER_DIFFICULTY, ALIKE, NO_VALUE = "not_allowed", "difficulty", "alike", "no_value"
"""Why a draw does not become a sheet, beside what is wrong with its numbers."""
WHY = (*REASONS, EXPLAINED, NOT_A_DESCRIPTION, ANOTHER_DIFFICULTY, ALIKE, NO_VALUE)
"""Everything that a draw may be rejected for."""

# How many draws are looked at together, so that a process has half a second of work.
_CHUNK = 20
# Where so many draws in a row make no sheet, none will.
_MOST_IN_VAIN = 1_000


class TooFewError(SymnetError):
    """The draws of a seed do not give as many sheets as are asked for."""

    exit_code = 2


class SourceText(NamedTuple):
    """A description as it crosses to another process.

    Attributes:
        text: The text of its file.
        name: The name of its file.
        seed: The seed.
        preferred: What takes the place of what it says of its sheets.
    """

    text: bytes
    name: str
    seed: int
    preferred: Preferred = AS_DESCRIBED


class Looked(NamedTuple):
    """What is found of one draw.

    Attributes:
        number: Its number.
        drawn: What was drawn, by id or place.
        difficulty: Its figure; 0 where there are no numbers.
        reasons: Why it does not become a sheet; empty where nothing is wrong with it.
        coincidences: Which mistakes lead to a number that is correct as it is shown.
        says: More of the reason, where there is more to say.
        quantities: The id of a quantity for each reason that concerns one.
        zeros: The derivatives that are 0, as coincidences name them.
        results: The outputs and the losses as they are shown.
    """

    number: int
    drawn: Mapping[str, str]
    difficulty: int
    reasons: tuple[str, ...]
    coincidences: frozenset[str] = frozenset()
    says: str = ""
    quantities: tuple[str, ...] = ()
    zeros: frozenset[str] = frozenset()
    results: tuple[str, ...] = ()


class Selection(NamedTuple):
    """The draws that become sheets, and what became of the others.

    Attributes:
        chosen: The draws, in their order.
        drawn: How many draws were looked at.
        rejected: How many there were for each reason.
        band: The least and the greatest difficulty that a sheet may have.
        usual: The mistakes that lead to a correct number with nearly every draw, so that no draw can tell them apart.
    """

    chosen: tuple[Looked, ...]
    drawn: int
    rejected: Mapping[str, int]
    band: tuple[Fraction, Fraction]
    usual: frozenset[str]


class Derived(NamedTuple):
    """What is made once for all draws with the same derivatives.

    Attributes:
        worked: The first of them, worked.
        difficulties: Says how difficult one is.
        coincidences: Says which mistakes lead to correct numbers in one.
    """

    worked: Worked
    difficulties: Difficulties
    coincidences: Coincidences


class Workshop:
    """A description with its plan and everything that is derived, kept from draw to draw.

    Args:
        description: The description.
        seed: The seed.
    """

    def __init__(self, description: Exercise, seed: int) -> None:
        self.plan = VariantPlan(description, seed)
        self._allowed = allowed(description)
        self._derived: dict[Choices, Derived] = {}

    def worked(self, variant: Variant, *, as_asked: bool = False, later: bool = False) -> Worked:
        """Return a variant, worked; what does not depend on its numbers is derived once.

        Args:
            variant: The variant.
            as_asked: Whether only those steps of its training are wanted that its worksheet asks for.
            later: Whether the later ones are to have numbers all the same.

        Raises:
            DescriptionError: If there is a value that is not real and finite.
        """
        if variant.structure not in self._derived:
            worked = solve(variant.description)
            self._derived[variant.structure] = Derived(worked, Difficulties(worked), Coincidences(worked))
            return worked
        training = variant.description.training if as_asked else None
        steps = None if training is None else asked_steps(training)
        return with_numbers(self._derived[variant.structure].worked, variant.description, steps, later=later)

    def derived(self, structure: Choices) -> Worked:
        """Return what is derived of a structure that was worked before."""
        return self._derived[structure].worked

    def look(self, number: int) -> Looked:
        """Return what is found of a draw."""
        try:
            variant = self.plan.variant(number)
        except RefusedError as error:
            return Looked(number, {}, 0, (NOT_A_DESCRIPTION,), says=str(error))
        try:
            worked = self.worked(variant, as_asked=True, later=True)
        except DescriptionError as error:
            return Looked(number, variant.drawn, 0, (NO_VALUE,), says=error.problems[0].found)
        screened = Screened(variant, worked)
        reasons = rejections(screened)
        derived = self._derived[variant.structure]
        found = frozenset[str]() if reasons or EXPLAINED in self._allowed else derived.coincidences.of(screened)
        return Looked(
            number,
            variant.drawn,
            derived.difficulties.of(variant).figure,
            tuple(reasons),
            found,
            quantities=tuple(reasons.values()),
            zeros=zeros(worked) if found else frozenset(),
            results=results(screened),
        )


@lru_cache(maxsize=4)
def workshop(source: SourceText) -> Workshop:
    """Return the workshop of a description, made once in each process."""
    return Workshop(with_preferred(load_text(source.text, source.name), source.preferred), source.seed)


def look(source: SourceText, numbers: range) -> list[Looked]:
    """Return what is found of some draws; for use in another process."""
    made = workshop(source)
    with uncollected():
        return [made.look(number) for number in numbers]


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage for a while: all that is derived would be gone through again with every sheet."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def select(source: SourceText, count: int, executor: Executor | None = None) -> Selection:
    """Return the first draws of a seed that may become sheets.

    Args:
        source: The description and the seed.
        count: How many there are to be.
        executor: What looks at draws in other processes; None for this one.

    Raises:
        TooFewError: If there are not so many.
    """
    first = list(_looked(source, range(FIRST_DRAWS), executor))
    rule = _Standard(_band(first, workshop(source).plan.description), _usual(first))
    seats, blame = _Seats(), _Blame(rule.usual)
    drawn = in_vain = 0
    for one in chain(first, _looked(source, range(FIRST_DRAWS, MOST_DRAWS), executor)):
        if len(seats.taken) >= count:
            break
        drawn += 1
        reasons = one.reasons or rule.against(one) or seats.against(one)
        blame.add(one, reasons)
        in_vain = in_vain + 1 if reasons else 0
        if in_vain >= _MOST_IN_VAIN:
            break
    if len(seats.taken) < count:
        seats.fill()
    chosen, rejected = tuple(seats.taken[:count]), blame.times
    rejected[ALIKE] -= sum(one in seats.repeated for one in chosen)
    if len(chosen) < count:
        says = next((f"; the first of them: {one.says}" for one in first if one.says), "")
        why = ", ".join(f"{name} {number}" for name, number in (+rejected).most_common())
        raise TooFewError(
            f"{source.name}: found {len(chosen)} different sheets in {drawn:,} draws; expected {count}. "
            f"Rejected: {why}{says}. {_advice(blame)}"
        )
    return Selection(chosen, drawn, dict((+rejected).most_common()), *rule)


class _Seats:
    """The sheets of a class, no two with the same numbers, nor with the same results unless there are no others."""

    def __init__(self) -> None:
        self.taken: list[Looked] = []
        self.repeated: list[Looked] = []
        self._drawn: set[tuple[tuple[str, str], ...]] = set()
        self._results: set[tuple[str, ...]] = set()
        self._in_a_row, self._is_full = 0, False

    def against(self, one: Looked) -> tuple[str, ...]:
        """Take a draw, or return why it is too much like one that was taken before."""
        drawn = tuple(one.drawn.items())
        if drawn in self._drawn:
            return (ALIKE,)
        self._drawn.add(drawn)
        if self._is_full or not one.results or one.results not in self._results:
            self._results.add(one.results)
            self.taken.append(one)
            self._in_a_row = 0
            return ()
        self.repeated.append(one)
        self._in_a_row += 1
        if self._in_a_row == _NO_OTHER_RESULTS:
            self.fill()
        return (ALIKE,)

    def fill(self) -> None:
        """Take what only has the same results as another, and from now on all that is like it."""
        if not self._is_full:
            self.taken += self.repeated
            self._is_full = True


# After so many draws in a row with results that others have, there are few other results.
_NO_OTHER_RESULTS = 20


class _Blame:
    """Why draws were rejected, and what was most often to blame.

    Args:
        usual: The coincidences that nearly all draws have.
    """

    def __init__(self, usual: frozenset[str]) -> None:
        self.usual = usual
        self.times: Counter[str] = Counter()
        self.of: dict[str, Counter[str]] = {}

    def add(self, one: Looked, reasons: Sequence[str]) -> None:
        """Count a draw and the reasons against it."""
        self.times.update(reasons)
        if reasons == (EXPLAINED,):
            found: Iterable[tuple[str, str]] = ((EXPLAINED, name) for name in one.coincidences - self.usual)
        else:
            found = zip(reasons, one.quantities, strict=False)
        for reason, what in found:
            self.of.setdefault(reason, Counter())[what] += 1


def _advice(blame: _Blame) -> str:
    """Return what the most frequent reason most often concerns, if it is known, and what may be done."""
    reason = next((name for name, _ in blame.times.most_common(1) if name in blame.of), None)
    if reason is None:
        return "Draw from more values, or say what does not matter under screening: {allow: [...]}"
    # Of several that are as frequent the first by name is told, whatever the order of sets.
    what, times = min(blame.of[reason].items(), key=lambda pair: (-pair[1], pair[0]))
    advice = "Draw other numbers for what it depends on"
    if reason == EXPLAINED:
        name, _, derivative = what.partition(AT)
        what = f"the mistake {name} gives the correct {derivative}"
        advice = "Exclude the numbers with which it does, often 0, 1 and -1"
    allow = f", or accept it with screening: {{allow: {reason}}}" if reason in REJECTIONS else ""
    return f"Most often {reason}: {what} ({times:,} of {blame.times[reason]:,} draws). {advice}{allow}"


def _looked(source: SourceText, numbers: range, executor: Executor | None) -> Iterator[Looked]:
    """Yield what is found of draws in their order; what is looked at beyond what is needed is left."""
    chunks = (range(at, min(at + _CHUNK, numbers.stop)) for at in range(numbers.start, numbers.stop, _CHUNK))
    if executor is None:
        for chunk in chunks:
            yield from look(source, chunk)
        return
    yield from _ahead(source, chunks, executor)


def _ahead(source: SourceText, chunks: Iterable[range], executor: Executor) -> Iterator[Looked]:
    """Yield what is found of chunks of draws, of which a few are always under way."""
    waiting = []
    for chunk in chunks:
        waiting.append(executor.submit(look, source, chunk))
        if len(waiting) > _UNDER_WAY:
            yield from waiting.pop(0).result()
    for one in waiting:
        yield from one.result()


_UNDER_WAY = 8


def _band(first: Sequence[Looked], description: Exercise) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest difficulty: a share of the middle one of the first draws around that."""
    figures = sorted(one.difficulty for one in first if one.difficulty)
    if not figures:
        return Fraction(0), Fraction(0)
    middle = Fraction(figures[len(figures) // 2])
    share = Fraction(1, 4) if description.screening is None else description.screening.difficulty
    return middle * (1 - share), middle * (1 + share)


def _usual(first: Sequence[Looked]) -> frozenset[str]:
    """Return the coincidences of nearly all of the first draws in which the derivative is not 0."""
    looked = [one for one in first if not one.reasons]
    times = Counter(chain.from_iterable(one.coincidences for one in looked))
    zero = Counter(chain.from_iterable(one.zeros for one in looked))
    return frozenset(
        name for name, number in times.items() if number > _NEARLY_ALL * (len(looked) - zero[name.partition(AT)[2]])
    )


_NEARLY_ALL = 0.9


class _Standard(NamedTuple):
    """What a draw is held against that is no fault of its numbers alone.

    Attributes:
        band: The least and the greatest difficulty.
        usual: The coincidences of nearly all draws.
    """

    band: tuple[Fraction, Fraction]
    usual: frozenset[str]

    def against(self, one: Looked) -> tuple[str, ...]:
        """Return why a draw does not become a sheet; empty if it may."""
        if one.coincidences - self.usual:
            return (EXPLAINED,)
        if not self.band[0] <= one.difficulty <= self.band[1]:
            return (ANOTHER_DIFFICULTY,)
        return ()

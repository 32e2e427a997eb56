"""What mistakes come to, one by one and two together: worked out once for each thing that can be asked, in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeAlias

from symnet.marking.catalogue import MADE, Made
from symnet.marking.catalogue_last import LAST, OWN, MadeLast
from symnet.marking.changes import AS_IT_SHOULD_BE, Change, Setting
from symnet.marking.records import Target
from symnet.marking.scenes import Place, Scenes

MOST_PLACES, MOST_PAIRS = 300, 6000
"""At how many places each mistake is tried, and how many pairs of mistakes are; fewer in a big network."""
# As many local slopes are multiplied, for all places of one mistake, and for all pairs.
_WORK, _WORK_OF_PAIRS = 10_000, 200_000
_FEWEST_PLACES, _FEWEST_PAIRS = 4, 40
# A forward pass takes so much longer than a backward sweep.
_FORWARD = 4
ROUGH = 1e-7
"""The relative difference that floats may make of equal values."""


class Entry(NamedTuple):
    """A mistake at one place.

    Attributes:
        row: Its row in the catalogue.
        change: What it changes.
    """

    row: Made | MadeLast
    change: Change


Entries: TypeAlias = tuple[Entry, ...]
Places: TypeAlias = tuple[Place, ...]


class Outcome(NamedTuple):
    """What mistakes come to.

    Attributes:
        values: The value at each of some places.
        entries: The mistakes, made together.
    """

    values: tuple[float, ...]
    entries: Entries

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the mistakes."""
        return tuple(entry.row.name for entry in self.entries)

    @property
    def width(self) -> int:
        """At how many places they change something."""
        return sum(len(entry.change.edges) + len(entry.change.nodes) for entry in self.entries)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the mistakes change."""
        return tuple(entry.change for entry in self.entries)


def _bounded(rows: Iterable[tuple[Made | MadeLast, Iterator[Change]]], most: int) -> Iterator[Entry]:
    """Yield the mistakes of each row at its first places."""
    for row, changes in rows:
        for number, change in enumerate(changes):
            if number * (_FORWARD if change.nodes else 1) >= most:
                break
            yield Entry(row, change)


def is_close(first: float, second: float) -> bool:
    """Return whether two floats may be the same value."""
    return abs(first - second) <= ROUGH * max(abs(first), abs(second))


class Outcomes:
    """What the mistakes of one part come to.

    Args:
        setting: What there is to change.
        scenes: Where it is worked out.
    """

    def __init__(self, setting: Setting, scenes: Scenes) -> None:
        self.setting, self.scenes = setting, scenes
        self._single: dict[tuple[Places, Target], tuple[Outcome, ...]] = {}
        self._paired: dict[tuple[Places, Target, int], tuple[Outcome, ...]] = {}

    @cached_property
    def made(self) -> Entries:
        """Every mistake that may be made on the way, at every place, the most plausible first; bounded."""
        most = max(_FEWEST_PLACES, min(MOST_PLACES, _WORK // self._slopes))
        return tuple(_bounded(((row, row.rewrite(self.setting)) for row in MADE), most))

    def last(self, target: Target) -> Entries:
        """Return every mistake that may be made with the answer itself, the most plausible first."""
        return tuple(_bounded(((row, row.rewrite(self.setting, target)) for row in LAST), MOST_PLACES))

    def own(self, target: Target) -> Entries:
        """Return every mistake that may be made with the last factor alone, by which a weight is multiplied."""
        return tuple(_bounded(((row, row.rewrite(self.setting, target)) for row in OWN), MOST_PLACES))

    @cached_property
    def _slopes(self) -> int:
        """How many local slopes there are, over all samples."""
        nodes = self.setting.network.nodes.values()
        return self.setting.samples * sum(len(node.slopes) for node in nodes)

    def right(self, target: Target, places: Places) -> tuple[float, ...] | None:
        """Return what comes of no mistake, or None where there is no value."""
        return self._values(target, places, ())

    def single(self, target: Target, places: Places) -> tuple[Outcome, ...]:
        """Return what each single mistake comes to that makes a difference at a place, the likeliest first."""
        if (places, target) not in self._single:
            entries = (*self.last(target), *self.made, *self.own(target))
            alone = ((entry,) for entry in sorted(entries, key=lambda entry: entry.row.likelihood))
            self._single[places, target] = tuple(self._different(target, places, alone))
        return self._single[places, target]

    def paired(self, target: Target, places: Places, level: int) -> tuple[Outcome, ...]:
        """Return what pairs of mistakes come to that make a difference; see ``LEVELS``."""
        if (places, target, level) not in self._paired:
            most = max(_FEWEST_PAIRS, min(MOST_PAIRS, _WORK_OF_PAIRS // (self._slopes * len(places))))
            pairs = islice(_LEVELS[level](*self._distinct(target, places)), most)
            self._paired[places, target, level] = tuple(self._different(target, places, pairs))
        return self._paired[places, target, level]

    def _different(self, target: Target, places: Places, tried: Iterator[Entries]) -> Iterator[Outcome]:
        right = self.right(target, places)
        if right is None:
            return
        for entries in tried:
            values = self._values(target, places, tuple(entry.change for entry in entries))
            if values is not None and not all(map(is_close, values, right)):
                yield Outcome(values, entries)

    def _values(self, target: Target, places: Places, changes: tuple[Change, ...]) -> tuple[float, ...] | None:
        values: list[float] = []
        for place in places:
            value = self.scenes.rough(place).value(target, changes)
            if value is None:
                return None
            values.append(value)
        return tuple(values)

    def _distinct(self, target: Target, places: Places) -> tuple[Entries, Entries]:
        """Return last steps, and mistakes made on the way, of which no two come to the same."""
        found: dict[str, Outcome] = {}
        for outcome in self.single(target, places):
            key = " ".join(f"{value:.10e}" for value in outcome.values)
            held = found.setdefault(key, outcome)
            # Of one mistake at several places, what is changed at the fewest tells most.
            if outcome.names == held.names and outcome.width < held.width:
                found[key] = outcome
        entries = [outcome.entries[0] for outcome in found.values()]
        last = tuple(entry for entry in entries if isinstance(entry.row, MadeLast))
        return last, tuple(entry for entry in entries if isinstance(entry.row, Made))


def _with_sign(last: Entries, made: Entries) -> Iterator[Entries]:
    signs = [entry for entry in last if entry.row.name == "wrong_sign"]
    return ((other, sign) for sign in signs for other in (*made, *last) if other is not sign)


def _with_last(last: Entries, made: Entries) -> Iterator[Entries]:
    yield from ((other, entry) for entry in last for other in made)
    yield from (pair for pair in _each_two(last) if any(entry.change.last is not AS_IT_SHOULD_BE for entry in pair))


def _on_the_way(_last: Entries, made: Entries) -> Iterator[Entries]:
    return _each_two([entry for entry in made if entry.change.edges])


def _each_two(entries: Sequence[Entry]) -> Iterator[Entries]:
    """Yield each two entries that do not change the same slope."""
    for place, second in enumerate(entries):
        for first in entries[:place]:
            if first.change.edges.keys().isdisjoint(second.change.edges):
                yield first, second


_LEVELS: tuple[Callable[[Entries, Entries], Iterator[Entries]], ...] = (_with_sign, _with_last, _on_the_way)

LEVELS = tuple(range(len(_LEVELS)))
"""The levels of pairs: any mistake with a wrong sign, any with a last step, and any two on the way."""

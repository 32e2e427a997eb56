"""Points at which answers are compared: random ones that respect the domain, each at two precisions."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.errors import NoPointError
from symnet.marking.values import Leaves, Tableau, exactly, of_sample
from symnet.numbers.numeric import NoValueError, Value, numeric
from symnet.oracles.differences import NOWHERE
from symnet.oracles.draws import ATTEMPTS, Draw

DIGITS, FINER = 60, 90
"""The two precisions at which every answer is evaluated."""
# What is drawn has more digits than either, so that it is the same number at both.
_DRAWN = 150
# Points that there are at least, and draws at most in search of both sides of every kink.
FEWEST, _MOST = 14, 28
# Points more at which all is positive, where roots and logarithms have values.
_POSITIVE = 4
# Draws among which the one is taken that meets most of the sides still missing.
_CANDIDATES = 6
# So close to a kink, or so far out, a point says little.
_NEXT_TO, _FAR = mpmath.mpf(10) ** -6, 30
# The ranges of the inputs of a graph; those of the oracle follow where these have no value.
_RANGES = ((-1.0, 1.0), (-3.0, 3.0), (0.1, 1.0), (1.0, 4.0))
# The ranges of nodes that are drawn themselves.
_FREE = ((-2.0, 2.0), (-1.0, 1.0), (0.1, 0.9))
# Attempts in which the inputs of a graph come from these ranges.
_EARLY = 24
_NOTHING: Leaves = MappingProxyType({})


class Point(NamedTuple):
    """One point.

    Attributes:
        values: The value there of every name that an answer may use, and of every derivative, at ``DIGITS`` digits.
        finer: The same at ``FINER`` digits.
    """

    values: Mapping[Expr, Value]
    finer: Mapping[Expr, Value]


class Sampler:
    """Where the points of one part come from; the same on every run.

    Args:
        tableau: Works out all values from those of the leaves.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau, self.network = tableau, tableau.network
        given = tableau.part.given
        self.near = {**given.rows[0], **given.parameters} if given is not None else None
        self.leaves = frozenset({*self.network.inputs, *self.network.targets, *self.network.parameters})
        self.switches = [(node.symbol, switch) for node in self.network.nodes.values() for switch in node.switches]
        self.sum_to_one = self.network.targets_sum_to_one or self._is_distribution()

    def _is_distribution(self) -> bool:
        """Return whether targets stand beside a softmax, where they are probabilities unless those given are not."""
        layers, given = self.network.layers, self.tableau.part.given
        if not layers or not self.network.targets or layers[-1].activation.name != "softmax":
            return False
        return given is None or all(sum(row[y] for y in self.network.targets) == 1 for row in given.rows)

    def random(
        self, fixed: Leaves = _NOTHING, free: Collection[Symbol] = (), fewest: int | None = None
    ) -> tuple[Point, ...]:
        """Return random points; some leaves may be fixed.

        There are so many that each node is met on both sides of its kinks, where that can be.

        Args:
            fixed: The numbers of leaves that have one; of one of several samples, under names with its number.
            free: Nodes that are drawn, and not worked out.
            fewest: How many points are wanted, if not enough of both sides of every kink.

        Raises:
            NoPointError: If there is none at which the loss has a value.
        """
        if not free and not self.tableau.named and self.leaves <= fixed.keys():
            raise NoPointError(NOWHERE)
        found: list[Point] = []
        wanted = {(number, side) for number in range(len(self.switches)) for side in (False, True)}
        for number in range(1, _MOST + 1):
            point = self._best(Draw(self.network, number, self.near), fixed, free, wanted)
            if point is None:
                continue
            found.append(point)
            wanted -= self._sides(point)
            if len(found) == fewest:
                return tuple(found)
            if len(found) >= FEWEST and not wanted:
                break
        positive = (Draw(self.network, number, self.near).all_positive() for number in range(_POSITIVE))
        found += (point for point in (self._best(draw, fixed, free, set()) for draw in positive) if point is not None)
        if not found:
            raise NoPointError(NOWHERE)
        return tuple(found)

    def _best(self, draw: Draw, fixed: Leaves, free: Collection[Symbol], wanted: set[tuple[int, bool]]) -> Point | None:
        """Return a point that meets many of the sides that are ``wanted``, if there is one."""
        found: list[Point] = []
        for attempt in range(ATTEMPTS):
            try:
                point = self._point(draw, attempt, fixed, free)
            except NoValueError:
                continue
            if point is not None:
                found.append(point)
                if len(found) == _CANDIDATES or not wanted or self._sides(point) & wanted:
                    break
        return max(found, key=lambda point: len(self._sides(point) & wanted), default=None)

    def _point(self, draw: Draw, attempt: int, fixed: Leaves, free: Collection[Symbol]) -> Point | None:
        """Return the point of one draw, or None where it lies next to a kink or far out."""
        with mpmath.workdps(_DRAWN):
            leaves = {**self._drawn(draw, attempt, fixed), **self._nodes(draw, attempt, free)}
            rows: list[Leaves] = []
            for number in range(self.tableau.named):
                row = self._row(self._drawn(draw, attempt, self._of(number, fixed)))
                rows.append({**row, **self._nodes(draw, attempt, free)})
        point = self.at(leaves, rows)
        if any(abs(numeric(switch, point.values)) < _NEXT_TO for _, switch in self.switches):
            return None
        inner = (point.values[z] for layer in self.network.layers for z in layer.pre_activations)
        return None if any(abs(value) > _FAR for value in inner) else point

    def at(self, leaves: Leaves, rows: Sequence[Leaves] = ()) -> Point:
        """Return the point with these numbers; see :meth:`Tableau.work`.

        Raises:
            NoValueError: Where something has no value.
        """
        found = []
        for digits in (DIGITS, FINER):
            with mpmath.workdps(digits):
                constants = {symbol: exactly(number) for symbol, number in self.tableau.constants.items()}
                found.append(self.tableau.work({**constants, **leaves}, rows))
        return Point(*found)

    def _drawn(self, draw: Draw, attempt: int, fixed: Leaves) -> dict[Symbol, Value]:
        """Return random leaves, but for those that are fixed, the targets where they belong."""
        if self.network.is_graph and attempt < _EARLY:
            low, high = _RANGES[(draw.count + attempt) % len(_RANGES)]
            inner = (*self.network.inputs, *self.network.parameters)
            leaves = draw.to_wholes({leaf: draw.number(low, high) for leaf in inner})
        else:
            leaves = draw.numbers(attempt)
        drawn = _TARGETS[self.network.target_kind](draw, [leaves[y] for y in self.network.targets])
        targets = dict(zip(self.network.targets, drawn, strict=True))
        if self.sum_to_one:
            left = 1 - mpmath.fsum(fixed.get(target, 0) for target in targets)
            whole = mpmath.fsum(abs(value) for target, value in targets.items() if target not in fixed)
            # Where those that are fixed sum to one, the others are not made 0 by that.
            share = left / whole if left > 0 and whole else 1
            targets = {target: share * abs(value) for target, value in targets.items()}
        return {**leaves, **targets, **{symbol: draw.number(0.1, 1) for symbol in self.tableau.free}, **fixed}

    def _of(self, number: int, fixed: Leaves) -> Leaves:
        """Return the numbers that are fixed of one of several samples."""
        names = {leaf: of_sample(leaf, number) for leaf in self.tableau.per_sample}
        return {leaf: fixed[name] for leaf, name in names.items() if name in fixed}

    def _nodes(self, draw: Draw, attempt: int, free: Collection[Symbol]) -> dict[Symbol, Value]:
        """Return random values of nodes."""
        low, high = _FREE[(draw.count + attempt) % len(_FREE)]
        return {node: draw.number(low, high) for node in sorted(free, key=str)}

    def _row(self, leaves: Leaves) -> Leaves:
        return {symbol: leaves[symbol] for symbol in self.tableau.per_sample}

    def sides(self, points: Iterable[Point], nodes: Container[Symbol]) -> set[tuple[int, bool]]:
        """Return the sides on which points are of the kinks of some nodes."""
        return {side for point in points for side in self._sides(point) if self.switches[side[0]][0] in nodes}

    def _sides(self, point: Point) -> set[tuple[int, bool]]:
        """Return the sides on which a point is of every kink."""
        return {(number, bool(numeric(switch, point.values) > 0)) for number, (_, switch) in enumerate(self.switches)}


def _of_both_signs(draw: Draw, targets: list[Value]) -> list[Value]:
    return [target * draw.chance.choice((-1, 1)) for target in targets]


def _as_drawn(_draw: Draw, targets: list[Value]) -> list[Value]:
    return targets


def _signs(draw: Draw, targets: list[Value]) -> list[Value]:
    return [mpmath.mpf(draw.chance.choice((-1, 1))) for _ in targets]


def _one_hot(draw: Draw, targets: list[Value]) -> list[Value]:
    hot = draw.chance.randrange(len(targets))
    return [mpmath.mpf(place == hot) for place in range(len(targets))]


# Where targets lie, by the kind that the table of losses names.
_TARGETS = MappingProxyType(
    {
        "any": _of_both_signs,
        "unit_interval": _as_drawn,
        "signs": _signs,
        "one_hot": _one_hot,
        "none": _as_drawn,
    }
)

"""Points at which the given numbers stand in place of their names, where an answer may have them.

An answer with given numbers in it, or from which a term is gone that a given 0 or 1 makes vanish, is right if it is
equal to what is true once these numbers are put in, whatever the quantities are that are not given. Those come from
random leaves, as far as these are free; else pre-activations are drawn themselves, whatever comes before them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

import mpmath
from sympy import Rational, Symbol
from sympy.core.expr import Expr

from symnet.errors import NoPointError
from symnet.marking.agreement import examined, known_at
from symnet.marking.records import Kind, Target
from symnet.marking.sampling import FINER, Point
from symnet.marking.truth import Truth
from symnet.marking.values import exactly, of_sample
from symnet.numbers.numeric import Value

# What makes a term or a factor vanish, or a sign change.
_VANISHING = frozenset({Fraction(0), Fraction(1)})
# Numbers that stand in formulas whatever is given.
_COMMON = frozenset({*_VANISHING, Fraction(2), Fraction(1, 2)})


class World(NamedTuple):
    """What is fixed and what is drawn.

    Attributes:
        fixed: The number of each leaf that has its given one; of one of several samples, under a name with its number.
        free: The nodes that are drawn themselves.
        any_sample: Which 0-based sample a name without one stands for, where there are several.
    """

    fixed: frozenset[Symbol]
    free: frozenset[Symbol]
    any_sample: int | None = None


class Worlds:
    """The worlds of one part; their points are kept.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth, self.tableau, self.network = truth, truth.tableau, truth.network
        self._points: dict[tuple[World, bool], tuple[Point, ...]] = {}

    def of(self, target: Target, expression: Expr, names: set[Expr]) -> Iterator[World]:
        """Yield the worlds in which an answer may be right, those first in which the least is fixed.

        An answer that has no given number in it but 0 and 1 is compared in its names: of the given numbers only those
        are put in that may have made something vanish, and that it does not name.

        Args:
            target: What it is to.
            expression: The answer.
            names: What it names.
        """
        given = self._given(target)
        held = {abs(Fraction(int(number.p), int(number.q))) for number in expression.atoms(Rational)}
        unnamed = {name for name in given if name not in names}
        gone = {name for name in unnamed if abs(given[name]) in _VANISHING}
        put_in = {name for name in unnamed if abs(given[name]) in held}
        named = {Symbol(name.name.partition("@")[0]) for name in names if isinstance(name, Symbol)}
        inner = {z for branch in self.network.branches for layer in branch for z in layer.pre_activations}
        free = frozenset(inner or named & self.network.nodes.keys()) - {target.symbol}
        sets = [gone]
        if not put_in <= gone:
            row = {name for name in unnamed if name not in self.network.parameters}
            sets += [put_in, gone | put_in, row, unnamed - row, unnamed]
            # A number that stands for one name alone may have been put in for it here and not there.
            sizes = Counter(map(abs, given.values()))
            both = {name for name in given if abs(given[name]) in held - _COMMON and sizes[abs(given[name])] == 1}
            sets.append(unnamed | both)
        worlds = dict.fromkeys(frozenset(fixed) for fixed in sets if fixed)
        for nodes in dict.fromkeys((frozenset[Symbol](), free)):
            yield from (World(fixed, nodes, target.sample) for fixed in worlds)

    def agree(self, world: World, target: Target, expression: Expr) -> tuple[Point, ...]:
        """Return the points at which an answer agrees with what is true, which are all of a world; else none.

        Args:
            world: The world.
            target: What it is to.
            expression: The answer.
        """
        for first in (True, False):
            points = self._drawn(world, only_first=first)
            if not points:
                return ()
            keys = [key for key in self.truth.keys(target) if key in points[0].values]
            found = [examined(expression, [(point, known_at(key, point)) for point in points]) for key in keys]
            if not any(one.same and not one.differs if first else one.agrees for one in found):
                return ()
        return points

    def _given(self, target: Target) -> Mapping[Symbol, Fraction]:
        """Return all given numbers by name; those of a sample under names with its number, where there are several."""
        given = self.truth.part.given
        if given is None:
            return {}
        shared = {**given.parameters, **given.constants}
        if len(given.rows) == 1:
            return {**shared, **given.rows[0]}
        for number, row in enumerate(given.rows[: self.tableau.named]):
            shared |= {of_sample(name, number): value for name, value in row.items()}
        return shared if target.sample is None else {**shared, **given.rows[target.sample]}

    def _drawn(self, world: World, *, only_first: bool) -> tuple[Point, ...]:
        """Return the points of a world, or the first of them; none where none can be drawn."""
        if (world, only_first) not in self._points:
            numbers = self._given(Target("", Kind.NODE, Symbol(""), world.any_sample))
            with mpmath.workdps(2 * FINER):
                fixed: dict[Symbol, Value] = {name: exactly(numbers[name]) for name in world.fixed}
            try:
                found = self.truth.sampler.random(fixed, world.free, fewest=1 if only_first else None)
            except NoPointError:
                found = ()
            self._points[world, only_first] = found
        return self._points[world, only_first]

"""Where wrong derivations are worked out: at the points of the truth, and at the numbers of the exercise."""

from __future__ import annotations

from typing import NamedTuple

import mpmath
from sympy.core.expr import Expr

from symnet.catalog.optimizers import LEARNING_RATE, updated
from symnet.marking.changes import Setting
from symnet.marking.sampling import DIGITS
from symnet.marking.sweeping import Numbers, Scene
from symnet.marking.truth import Truth
from symnet.marking.values import exactly, of_sample
from symnet.numbers.numeric import Value
from symnet.objective import COUNT


class Place(NamedTuple):
    """Where something is worked out.

    Attributes:
        point: Which of the points; None at the numbers of the exercise.
        together: Whether each sample counts that a symbolic answer may speak of by number, and not one for any.
    """

    point: int | None
    together: bool = False


DATA = Place(None, together=True)
"""The numbers of the exercise."""


class Scenes:
    """The scenes of one part, each made when it is asked for.

    Args:
        truth: What is true of the part.
        setting: What there is to change in it.
    """

    def __init__(self, truth: Truth, setting: Setting) -> None:
        self.truth, self.setting = truth, setting
        self._made: dict[tuple[Place, bool], Scene] = {}

    def rough(self, place: Place) -> Scene:
        """Return the scene at a place in floats."""
        return self._scene(place, rough=True)

    def exact(self, place: Place) -> Scene:
        """Return the scene at a place in as many digits as the points have."""
        return self._scene(place, rough=False)

    def _scene(self, place: Place, *, rough: bool) -> Scene:
        if (place, rough) not in self._made:
            numbers = self._data() if place.point is None else self._point(place.point, together=place.together)
            self._made[place, rough] = Scene(self.setting, numbers, float if rough else mpmath.mpf)
        return self._made[place, rough]

    def _point(self, point: int, *, together: bool) -> Numbers:
        values = self.truth.points[point].values
        tableau, network = self.truth.tableau, self.truth.network
        if not together or not tableau.named:
            return Numbers((values,), (0,), DIGITS)
        symbols = (*tableau.per_sample, *network.nodes)
        samples = tuple(
            {**values, **{symbol: values[of_sample(symbol, sample)] for symbol in symbols}}
            for sample in range(tableau.named)
        )
        return Numbers(samples, tuple(range(len(samples))), DIGITS)

    def _data(self) -> Numbers:
        evaluation, given = self.truth.part.evaluation, self.truth.part.given
        if evaluation is None or given is None:
            raise LookupError("an exercise without numbers")
        batch = tuple(range(len(evaluation.samples)))
        with mpmath.workdps(evaluation.digits):
            shared: dict[Expr, Value] = {symbol: exactly(number) for symbol, number in given.constants.items()}
        shared |= {COUNT: len(batch), **evaluation.penalty}
        if evaluation.updates:
            first = evaluation.updates[0]
            batch = first.batch
            shared |= {LEARNING_RATE: first.rate} | {updated(symbol): new for symbol, new in first.after.items()}
        samples = tuple({**shared, **sample.values} for sample in evaluation.samples)
        return Numbers(samples, batch, max(DIGITS, evaluation.digits))

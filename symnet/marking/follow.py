"""Follow-through: whether a line that is not right is right from the student's own earlier wrong lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import mpmath
from sympy.core.expr import Expr

from symnet.arithmetic.light import from_value, to_value
from symnet.arithmetic.real import NoValueError, Value
from symnet.marking.compare import Agreement, Comparer, Pair, compared, is_same, value_at
from symnet.marking.records import Answer, Target
from symnet.marking.rounding import Calculation, Own, Place
from symnet.marking.tolerance import is_within
from symnet.marking.truth import DIGITS, FINER, exactly
from symnet.numerics.arithmetic import Number
from symnet.numerics.exact import TABLE
from symnet.numerics.expression import names_in, program_of, value_of
from symnet.numerics.program import Missing

# Points at which an expression is compared with what follows from others.
_POINTS = 6


class Follower:
    """Tells what follows from wrong lines; built once.

    What comes after a wrong line is worked out anew: nodes from their parents, derivatives as the sheet puts numbers
    into them, with the deltas in them. The line itself may have any form of the derivation.

    Args:
        comparer: Compares answers with what is true.
    """

    def __init__(self, comparer: Comparer) -> None:
        self.comparer, self.truth, self.rules = comparer, comparer.truth, comparer.truth.rules

    @cached_property
    def calculation(self) -> Calculation:
        """The lines, to be worked out in numbers."""
        return Calculation(self.truth.tableau, TABLE)

    def follows(self, answer: Answer, earlier: Sequence[Answer]) -> bool:
        """Return whether an answer is what the earlier ones lead to.

        Args:
            answer: An answer that is not right.
            earlier: The student's own answers to earlier lines that are not right either.
        """
        target, expression = answer.target, answer.expression
        if target is None or expression is None or not earlier:
            return False
        if names_in(expression) or self.truth.number(target) is None:
            return self._by_values(target, expression, earlier)
        return self._by_digits(target, answer, earlier)

    def _by_digits(self, target: Target, answer: Answer, earlier: Sequence[Answer]) -> bool:
        """Return whether a number comes out where the earlier lines have the student's own numbers."""
        with mpmath.workdps(DIGITS):
            # What it does not rest on makes no difference to it.
            rests_on = self._rests_on(target)
            lines = [(self.truth.line(one.target), one) for one in earlier if one.target and rests_on(one.target)]
            found = ((own, self._number(one)) for own, one in lines)
            own = {own: value for own, value in found if value is not None}
            value = self._number(answer)
            if not own or value is None:
                return False
            rounded = self.comparer.rounded
            if target.step is not None and target.step > 1:
                ways = rounded.after(target.step, None, own).get(self.truth.line_of_step(target), ())
            else:
                ways = rounded.alternatives(self.truth.line(target), None, own)
            return any(self._comes_to(target, answer, value, (one.low + one.high) / 2, own) for one in ways)

    def _rests_on(self, target: Target) -> Callable[[Target], bool]:
        """Return whether a quantity may rest on others: on all of earlier steps of a training, else on what is above.

        Args:
            target: The quantity.
        """
        step = target.step or 1
        if step > 1:
            return lambda one: (one.step or 1) < step or (one.step == step and one.symbol == target.symbol)
        rounded = self.comparer.rounded
        above = rounded.above(self.truth.line(target))
        return lambda one: (one.step or 1) == 1 and rounded.place(self.truth.line(one)) in above

    def _comes_to(self, target: Target, answer: Answer, value: Value, led_to: Value, own: Own) -> bool:
        """Return whether a number equals the value of its line, within its digits or the tolerance."""
        if self.rules.tolerance is not None:
            return is_within(self.rules.tolerance, value, led_to)
        if answer.figures is None:
            return is_same(value, led_to)
        return self.comparer.by_size(target, value, answer.figures.unit, led_to, own).verdict.is_right

    def _number(self, answer: Answer) -> Value | None:
        """Return the number that an answer is at the data, or None where it has none."""
        if answer.figures is not None:
            return exactly(answer.figures.value)
        data = self.truth.data
        if data is None or answer.expression is None:
            return None
        try:
            return mpmath.mpf(value_of(answer.expression, data.values))
        except (NoValueError, KeyError):
            return None

    def _by_values(self, target: Target, expression: Expr, earlier: Sequence[Answer]) -> bool:
        """Return whether an expression is equal to what the earlier expressions lead to."""
        line = self.truth.line(target._replace(sample=None))
        # What it does not rest on makes no difference to it.
        above = self.calculation.above((line,))
        lines = {
            self.truth.line(one.target._replace(sample=None)): one.expression
            for one in earlier
            if one.target is not None and one.target.sample == target.sample and one.expression is not None
        }
        own = {name: expression for name, expression in lines.items() if self.calculation.place(name) in above}
        points = self.truth.points[:_POINTS]
        known = points[0].values.keys()
        if not own or not all(names_in(one) <= known for one in (expression, *own.values())):
            return False
        left: set[int] | None = None
        for point in points:
            try:
                value = value_at(expression, point)
            except NoValueError:
                continue
            rough, fine = (
                self._led_to(line, above, values, own, digits)
                for values, digits in ((point.values, DIGITS), (point.finer, FINER))
            )
            ways = (map(to_value, pair) for pair in zip(rough, fine, strict=False))
            same = {number for number, pair in enumerate(ways) if compared(value, Pair(*pair)) is Agreement.SAME}
            left = same if left is None else left & same
            if not left:
                return False
        return bool(left)

    def _led_to(
        self,
        line: Expr,
        above: frozenset[Place],
        values: Mapping[Expr, Value],
        own: Mapping[Expr, Expr],
        digits: int,
    ) -> Sequence[Number]:
        """Return the value of a line at a point, in each of its forms, using the student's own expressions."""
        found: dict[Expr, list[Number]] = {}

        def work(name: Expr, _forms: tuple[Expr, ...], ways: list[Number], known: dict[Expr, Number]) -> Number:
            missing = [way for way in ways if isinstance(way, Missing)]
            if missing:
                raise NoValueError(missing[0].reason)
            found[name] = ways
            if name not in own:
                return ways[0]
            program = program_of(own[name])
            cited = [known[name] if name in known else from_value(values[name]) for name in program.names]
            return program.at(cited, int(mpmath.mp.prec))

        tableau = self.truth.tableau
        network, objective = self.truth.network, self.truth.part.objective
        leaves = (*network.of_sample, *network.parameters, *objective.constants, *tableau.constants)
        with mpmath.workdps(digits):
            numbers = {leaf: from_value(values[leaf]) for leaf in (*leaves, *tableau.free)}
            self.calculation.run(work, numbers, only=above)
        return found.get(line, ())

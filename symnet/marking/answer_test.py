"""The answer test: whether an answer counts for itself, by its value, by what it cites and by the form demanded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import mpmath

from symnet.algebra.nodes import Partial
from symnet.arithmetic.real import NoValueError, Value
from symnet.document import Inline
from symnet.marking.citations import Citations
from symnet.marking.compare import Closeness, Comparer, Judgement, is_same
from symnet.marking.forms import AnswerForms
from symnet.marking.records import Answer, Verdict
from symnet.marking.tolerance import is_within
from symnet.marking.truth import DIGITS, exactly
from symnet.numerics.expression import names_in, value_of
from symnet.text.say import listed, words


class Tested(NamedTuple):
    """What came of the test of an answer.

    Attributes:
        judgement: What is said of it.
        by_value: What is said of its value alone.
        is_off: Whether it is wrong by more than its form and its last digits, so that it may follow from other lines or
            be explained by a mistake.
    """

    judgement: Judgement
    by_value: Judgement
    is_off: bool


class AnswerTest:
    """Tests answers to one part; built once.

    Args:
        comparer: Compares answers with what is true.
    """

    def __init__(self, comparer: Comparer) -> None:
        self.comparer, self.truth, self.rules = comparer, comparer.truth, comparer.truth.rules
        self.citations = Citations(self.truth)
        self.forms = AnswerForms(self.truth, self.citations)

    def __call__(self, answer: Answer, cycles: Mapping[str, tuple[str, ...]]) -> Tested:
        """Return the outcome of testing an answer.

        Args:
            answer: The answer.
            cycles: The ids of each cycle of citations among the answers of its submission, by the id of each of them.
        """
        by_value = self._by_value(answer)
        if by_value.verdict is Verdict.WRONG:
            return Tested(by_value, by_value, is_off=not self._is_cut_off(answer))
        if not by_value.verdict.is_right or answer.target is None:
            return Tested(by_value, by_value, is_off=False)
        return Tested(self.objection(answer, cycles) or by_value, by_value, is_off=False)

    def objection(self, answer: Answer, cycles: Mapping[str, tuple[str, ...]]) -> Judgement | None:
        """Return the verdict on an answer that does not count whatever its value is; None for any other.

        Args:
            answer: The answer.
            cycles: See :meth:`__call__`.
        """
        target = answer.target
        if target is None:
            return None
        following = self.citations.following(answer)
        if following is not None:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.cites_what_follows", cited=following.id))
        if answer.left_open:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.left_open", derivatives=_named(answer.left_open)))
        if target.id in cycles:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.cycle", lines=listed(cycles[target.id])))
        refused = self.forms.refused(answer)
        return Judgement(Verdict.WRONG, refused) if refused else None

    def _by_value(self, answer: Answer) -> Judgement:
        """Return the verdict on the value of an answer: a number within the tolerance, if the description has one."""
        true = None if answer.target is None else self.truth.number(answer.target)
        if self.rules.tolerance is None or true is None or answer.expression is None or names_in(answer.expression):
            return self.comparer.compare(answer)
        with mpmath.workdps(DIGITS):
            try:
                value = self._number(answer)
            except NoValueError as error:
                return Judgement(Verdict.WRONG, words("verdict.no_value_at_all", why=str(error)))
            if is_same(value, true):
                return Judgement(Verdict.RIGHT)
            within = is_within(self.rules.tolerance, value, true)
        return Judgement(Verdict.RIGHT_TO_ROUNDING if within else Verdict.WRONG)

    def _number(self, answer: Answer) -> Value:
        """Return the number that an answer is.

        Raises:
            NoValueError: If it is none.
        """
        if answer.figures is not None:
            return exactly(answer.figures.value)
        return mpmath.mpf(value_of(answer.expression, {}))

    def _is_cut_off(self, answer: Answer) -> bool:
        """Return whether a number is wrong for no more than that its digits were cut off."""
        true = None if answer.target is None else self.truth.number(answer.target)
        if answer.target is None or answer.figures is None or true is None or self.rules.truncated == "correct":
            return False
        figures = answer.figures
        with mpmath.workdps(DIGITS):
            close = self.comparer.closeness(answer.target, exactly(figures.value), figures.unit, true)
        return close is Closeness.CUT_OFF


def _named(derivatives: Sequence[Partial]) -> Inline:
    return listed([f"d{one.of.name}/d{one.wrt.name}" for one in derivatives])

"""Judges the answers to one part: each compared, followed through and explained, in the order of the solution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from symnet.layout.figures import figures
from symnet.layout.operands import row
from symnet.layout.tree import Layout, Operator
from symnet.marking.agreement import names_in
from symnet.marking.comparing import Comparer
from symnet.marking.follow import Follower
from symnet.marking.mistakes import Catalogue
from symnet.marking.records import Answer, Given, Kind, Marked, Mistake, Target, Verdict
from symnet.marking.settling import broken_step
from symnet.marking.truth import Truth
from symnet.numbers.digits import Form, shown

FOLLOWS = "It follows from the earlier lines that are not right."
UNEXPLAINED = "No mistake of the catalogue explains it."
NOT_EXPLAINED = "After so many wrong answers, mistakes were not looked for."
TWICE = "This was answered before; the first answer counts."
MISSING = "There is no answer."
# The key of the marks of all answers that are not named.
DEFAULT = "default"
# Wrong answers of a submission for which it is found out where they come from; beyond, that would take too long.
_MOST_FOLLOWED, _MOST_EXPLAINED = 100, 20


class Judge:
    """Marks the answers that were read of one part; built once.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth, self.part = truth, truth.part
        self.points: Mapping[str, Fraction] = truth.worked.description.marks or {}
        self.comparer = Comparer(truth)
        self.follower = Follower(self.comparer)
        self.catalogue = Catalogue(truth)
        self.form = Form.of(truth.worked.description.numbers)
        truth.prepare()

    def mark(self, answers: Sequence[Answer]) -> tuple[Marked, ...]:
        """Return answers marked, in the order of the solution; those to nothing known come last."""
        script = _Script(self)
        last = len(self.truth.targets)
        everything = (*answers, *self._missing(answers))
        placed = sorted(everything, key=lambda one: last if one.target is None else self.truth.place[one.target.id])
        return tuple(map(script.marked, placed))

    def _missing(self, answers: Iterable[Answer]) -> list[Answer]:
        """Return what stands for the answers that the description gives marks for and that were not given."""
        answered = {answer.target.id for answer in answers if answer.target is not None}
        wanted = (name for name in self.points if name in self.truth.by_id and name not in answered)
        return [Answer(Given(name, ""), self.truth.by_id[name], problem=MISSING) for name in wanted]

    def out_of(self, target: Target | None) -> Fraction:
        """Return how many marks an answer can earn."""
        usual = self.points.get(DEFAULT, Fraction(1))
        return usual if target is None else self.points.get(target.id, usual)

    def right(self, answer: Answer) -> Layout | None:
        """Return the right side of the right line: the expression of the sheet, and its value for a number."""
        target = answer.target
        if target is None:
            return None
        value = self.truth.number(target)
        has_expression = target.kind is not Kind.UPDATED or target.symbol in self.truth.tableau.stepped
        expression = self.truth.expression(target) if has_expression else None
        layout = None if expression is None else self.part.build(expression)
        is_number = answer.expression is not None and not names_in(answer.expression)
        if value is None or not is_number or (expression is not None and expression.is_Number):
            return layout
        number = shown(value, self.form)
        digits = figures(number)
        return digits if layout is None else row((layout, Operator("=" if number.exact else "approx"), digits))


class _Script:
    """One submission while it is being marked, line after line."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.answered: set[str] = set()
        self.wrong: list[Answer] = []
        self.made: set[str] = set()
        self.explained = 0

    def marked(self, answer: Answer) -> Marked:
        """Return the next answer marked."""
        judge, target = self.judge, answer.target
        verdict, message = judgement = judge.comparer.compare(answer)
        follows, mistakes = False, tuple[Mistake, ...]()
        broken = broken_step(answer, judge.comparer, judgement)
        message = " ".join(filter(None, (message, broken)))
        is_wrong = verdict is Verdict.WRONG
        verdict = Verdict.WRONG if broken else verdict
        if is_wrong:
            follows, mistakes, found = self._looked_into(answer)
            message = " ".join(filter(None, (message, found)))
        out_of = judge.out_of(target)
        if target is not None and target.id in self.answered:
            message, out_of = " ".join(filter(None, (message, TWICE))), Fraction(0)
        elif target is not None:
            self.answered.add(target.id)
            if is_wrong:
                self.wrong.append(answer)
        earned = out_of if verdict.is_right or follows else Fraction(0)
        return Marked(answer, verdict, mistakes, follows, message, earned, out_of, judge.right(answer))

    def _looked_into(self, answer: Answer) -> tuple[bool, tuple[Mistake, ...], str]:
        """Return of a wrong answer whether it follows from others, what explains it if not, and what to say."""
        judge = self.judge
        if len(self.wrong) <= _MOST_FOLLOWED and judge.follower.follows(answer, self.wrong):
            return True, (), FOLLOWS
        if self.explained == _MOST_EXPLAINED:
            return False, (), NOT_EXPLAINED
        self.explained += 1
        mistakes = judge.catalogue.explain(answer, self.made)
        self.made |= {mistake.name for mistake in mistakes}
        return False, mistakes, "" if mistakes else UNEXPLAINED

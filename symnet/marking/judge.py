"""One submission judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from sys import maxsize
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sympy import Symbol

from symnet.catalog.optimizers import updated
from symnet.derivation.objective import OBJECTIVE
from symnet.layout.tree import Layout, Operator
from symnet.limits import MOST_KEPT_ANSWERS
from symnet.marking.answer_test import AnswerTest
from symnet.marking.compare import Comparer
from symnet.marking.credit import Credit
from symnet.marking.echo import leaf, trained
from symnet.marking.effort import Effort
from symnet.marking.follow import Follower
from symnet.marking.forms import expression_of
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.read import AnswerReader
from symnet.marking.records import Answer, Marked, Marking, Mistake, Target, TargetKind, TypedAnswer, Verdict
from symnet.marking.settle import broken_step, settled
from symnet.marking.slips import slip_of
from symnet.marking.truth import Truth
from symnet.numerics.expression import names_in
from symnet.numerics.format import Form, shown
from symnet.text.say import words
from symnet.typeset.expressions import row
from symnet.typeset.numbers import figures
from symnet.worked import Part, Worked

if TYPE_CHECKING:
    from symnet.marking.submissions import Submission


# The two sides of a true line: how what is asked is written, and what it is equal to.


def left_side(part: Part, target: Target) -> Layout:
    """Return how a quantity that can be asked for is written.

    Args:
        part: The loss that it belongs to.
        target: The quantity.
    """
    names, symbol = part.names, target.symbol
    sample = "" if target.sample is None else str(target.sample + 1)
    if target.kind is TargetKind.NODE:
        return names.sampled(symbol.name, sample)
    if target.kind is TargetKind.ADJOINT:
        return names.sampled(part.gradient.adjoints[symbol].symbol.name, sample)
    if target.kind is TargetKind.UPDATED:
        return leaf(part, Symbol(f"{symbol.name}'"))
    if target.kind is TargetKind.TRAINED:
        return trained(part, target)
    if target.of is not None:
        return names.partial(names.sampled(target.of.name, sample), names.sampled(symbol.name, sample))
    whole = part.objective.nodes and not sample
    return names.partial(
        names.sampled((OBJECTIVE if whole else part.network.loss).name, sample), names.sampled(symbol.name, sample)
    )


_TRAINED = frozenset((TargetKind.UPDATED, TargetKind.TRAINED))


def right_side(truth: Truth, target: Target, *, number: bool) -> Layout | None:
    """Return what a quantity is equal to: the expression of the sheet, and its value; None where it has neither.

    A derivative is in terms of what the description demands.

    Args:
        truth: What is true of the part that it belongs to.
        target: The quantity.
        number: Whether its value is wanted, where it has one.
    """
    value = truth.number(target) if number else None
    has_expression = target.kind not in _TRAINED or target.symbol in truth.tableau.stepped
    expression = expression_of(truth, target) if has_expression else None
    layout = None if expression is None else truth.part.build(expression)
    if value is None or (expression is not None and expression.is_Number):
        return layout
    written = shown(value, Form.of(truth.worked.description.numbers))
    digits = figures(written)
    return digits if layout is None else row((layout, Operator("=" if written.exact else "approx"), digits))


# Judges the answers to one part: each compared, followed through and explained, in the order of the solution.

# Wrong answers of a submission for which it is found out where they come from; beyond, that would take too long.
_MOST_FOLLOWED, _MOST_EXPLAINED, _MOST_UNEXPLAINED = 100, 100, 20


class Judge:
    """Marks the answers that were read of one part; built once.

    Args:
        truth: What is true of the part.
        scheme: How many marks each id earns that is asked, all others none; it is what every submission is out of.
    """

    def __init__(self, truth: Truth, scheme: Mapping[str, Fraction]) -> None:
        self.truth, self.scheme = truth, scheme
        self.rules = truth.rules
        self.comparer = Comparer(truth, {truth.line(truth.by_id[name]) for name in scheme if name in truth.by_id})
        self.test = AnswerTest(self.comparer)
        self.follower = Follower(self.comparer)
        self.catalogue = Catalogue(truth)
        # Both sides of the right line are the same objects for all who answer it.
        self.left_side = lru_cache(MOST_KEPT_ANSWERS)(partial(left_side, truth.part))
        self._right_side = lru_cache(MOST_KEPT_ANSWERS)(partial(right_side, truth))
        truth.prepare()
        # What is the same for every submission is there before the first comes.
        _ = self.unanswered

    def mark(self, answers: Sequence[Answer]) -> tuple[Marked, ...]:
        """Return all that is asked or answered, marked, in the order of the solution; what is nothing known is last."""
        filled = [answer for answer in answers if answer.target is None or answer.typed.right.strip()]
        script = _Script(self, filled)
        marked = script.ranked([script.marked(answer) for answer in sorted(filled, key=self._place)])
        answered = {answer.target.id for answer in filled if answer.target is not None}
        blank = {answer.target.id: answer for answer in answers if answer.target is not None}
        missing = {name: self._blank(blank[name]) for name in blank if name not in answered}
        missing |= {name: one for name, one in self.unanswered.items() if name not in answered and name not in blank}
        return tuple(sorted((*marked, *missing.values()), key=lambda one: self._place(one.answer)))

    def alone(self, answer: Answer) -> Marked:
        """Return an answer marked by itself, as in a submission that answers nothing else.

        Args:
            answer: The answer; not a blank one.
        """
        return _Script(self, (answer,)).marked(answer)

    def _blank(self, answer: Answer) -> Marked:
        """Return the record of an answer left blank, with its place in the file."""
        known = self.unanswered.get(answer.target.id if answer.target is not None else "")
        found = Marked(answer, Verdict.NOT_ANSWERED, out_of=Fraction(0)) if known is None else known
        left = None if answer.target is None else self.left_side(answer.target)
        return found._replace(answer=Answer(answer.typed, answer.target), left=left)

    def _place(self, answer: Answer) -> tuple[int, bool]:
        """Return where an answer stands in the solution: of a training by its steps, and what is nothing known last.

        What an optimizer keeps of a parameter stands before what it makes of that.
        """
        target, last = answer.target, len(self.truth.targets)
        if target is None or target.kind is not TargetKind.TRAINED:
            return (self.truth.place.get(target.id, last) if target else maxsize), True
        step = target.step or 1
        first = self.truth.place.get(updated(target.symbol).name, last)
        return (first if step == 1 else last + step), target.of is None

    @cached_property
    def unanswered(self) -> Mapping[str, Marked]:
        """What stands for each question that is not answered, with the right line."""
        found = {}
        for name, marks in self.scheme.items():
            target = self.truth.by_id[name]
            left, right = self.left_side(target), self._right_side(target, number=True)
            answer = Answer(TypedAnswer(name, ""), target)
            found[name] = Marked(answer, Verdict.NOT_ANSWERED, out_of=marks, right=right, left=left)
        return found

    def out_of(self, target: Target | None) -> Fraction:
        """Return how many marks an answer can earn: none where it was not asked for."""
        return Fraction(0) if target is None else self.scheme.get(target.id, Fraction(0))

    def hint(self, message: str) -> str:
        """Return a message that helps to find a mistake, unless reports are to tell verdicts alone."""
        return "" if self.rules.feedback == "verdict" else message

    def right(self, answer: Answer) -> Layout | None:
        """Return the right side of the right line: the expression of the sheet, and its value for a number."""
        if answer.target is None:
            return None
        is_number = answer.expression is not None and not names_in(answer.expression)
        return self._right_side(answer.target, number=is_number)


class _Credited(NamedTuple):
    """What was found out about a wrong answer.

    Attributes:
        marks: How many it earns all the same.
        follows: Whether it is right from the student's own earlier wrong lines.
        mistakes: What explains it, if it does not follow.
        charged_at: The id of the line that has paid for the same mistake; empty if none has.
        message: What to say of it.
    """

    marks: Fraction = Fraction(0)
    follows: bool = False
    mistakes: tuple[Mistake, ...] = ()
    charged_at: str = ""
    message: str = ""


class _Script:
    """One submission while it is being marked, line after line."""

    def __init__(self, judge: Judge, answers: Sequence[Answer]) -> None:
        self.judge, self.cycles = judge, judge.test.citations.cycles(answers)
        self.effort = Effort(judge.truth, answers)
        self.credit = Credit(judge.rules)
        self.answered: set[str] = set()
        self.sources: list[Answer] = []
        self.lines: Counter[str] = Counter()
        self.explained = self.unexplained = 0

    def marked(self, answer: Answer) -> Marked:
        """Return the next answer marked."""
        judge, target = self.judge, answer.target
        is_repeated = target is not None and target.id in self.answered
        out_of = Fraction(0) if is_repeated else judge.out_of(target)
        tested = judge.test(answer, self.cycles)
        credited = self._looked_into(answer, target, out_of) if tested.is_off and target else _Credited()
        broken = broken_step(answer, judge.comparer, tested.by_value)
        verdict = Verdict.WRONG if broken else tested.judgement.verdict
        if broken:
            # A step that does not hold leads to nothing.
            credited = _Credited(mistakes=credited.mistakes)
        if target is not None and not is_repeated:
            self.answered.add(target.id)
            if credited.follows or (tested.is_off and self._is_source(answer, credited.mistakes)):
                self.sources.append(answer)
        twice = words("verdict.twice") if is_repeated else ""
        messages = (tested.judgement.message, judge.hint(broken), credited.message, twice)
        return Marked(
            answer,
            verdict,
            credited.mistakes,
            credited.follows,
            " ".join(filter(None, messages)),
            out_of if verdict.is_right else credited.marks,
            out_of,
            judge.right(answer),
            credited.charged_at,
            None if target is None else judge.left_side(target),
        )

    def ranked(self, marked: Sequence[Marked]) -> list[Marked]:
        """Return marked answers, the mistakes of each in the order of how many lines they explain."""
        explain = self.judge.catalogue.explain
        return [
            one._replace(mistakes=explain(one.answer, self.lines)) if len(one.mistakes) > 1 else one for one in marked
        ]

    def _looked_into(self, answer: Answer, target: Target, out_of: Fraction) -> _Credited:
        """Return what is found out about a wrong answer: that it follows from others, or what explains it."""
        judge = self.judge
        objection = judge.test.objection(answer, self.cycles)
        if len(self.sources) <= _MOST_FOLLOWED and judge.follower.follows(answer, self.sources):
            if objection is not None:
                return _Credited(follows=True, message=objection.message)
            marks, message = self.credit.following(out_of)
            return _Credited(marks, follows=True, message=message)
        if self.unexplained == _MOST_UNEXPLAINED or self.explained == _MOST_EXPLAINED:
            return _Credited(message=judge.hint(words("verdict.not_explained")))
        self.explained += 1
        mistakes = judge.catalogue.explain(answer, self.lines)
        if not mistakes:
            self.unexplained += 1
            return _Credited(message=judge.hint(words("verdict.unexplained")))
        self.lines.update({mistake.name for mistake in mistakes})
        charged_at = self.credit.charged_at(target, mistakes)
        if charged_at and out_of and objection is None and self.effort.is_in(answer):
            line = judge.left_side(judge.truth.by_id[charged_at])
            message = words("verdict.charged_before", line=line)
            return _Credited(out_of, mistakes=mistakes, charged_at=charged_at, message=message)
        if out_of:
            self.credit.charge(target, mistakes)
        return _Credited(mistakes=mistakes)

    def _is_source(self, answer: Answer, mistakes: Sequence[Mistake]) -> bool:
        """Return whether other lines may follow from a wrong answer: it was worked out, and a slip can have made it.

        Else anything would earn marks for all that is consistent with it.
        """
        if answer.target is None or not self.effort.is_in(answer):
            return False
        true = self.judge.truth.number(answer.target)
        if mistakes or true is None or answer.figures is None:
            return bool(mistakes)
        return slip_of(answer.figures, true) is not None


# Marks submissions: what an exercise needs for it is made once, and every answer is read and judged.

Scheme: TypeAlias = Mapping[str, Mapping[str, Fraction]]
"""By the name of a loss, how many marks each id earns that is asked with it; see ``worksheet.questions.scheme_of``."""


class Marker:
    """Marks submissions to one exercise; built once, since most of the work is the same for all.

    Marks are those of the worksheet's questions, so that every submission is out of the same. An answer that is right,
    also to rounding, earns all of them, and so does one that follows from the student's own earlier wrong lines, since
    its method is right, or whose mistake another line of the same sort has paid for; a description may say otherwise.
    If something is answered twice, the first answer counts. What was not asked for earns none.

    Args:
        worked: The exercise.
        scheme: What is asked, and for how many marks.
    """

    def __init__(self, worked: Worked, scheme: Scheme) -> None:
        self.worked = worked
        self.parts = {
            part.loss_name: PartMarker(worked, part, scheme[part.loss_name]) for part in reversed(worked.parts)
        }

    def mark(self, submission: Submission) -> Marking:
        """Return a submission marked.

        Raises:
            KeyError: If the exercise has no loss of the name that the submission gives.
        """
        name = self.worked.parts[0].loss_name if submission.loss is None else submission.loss
        return Marking(self.worked.description.title, self.parts[name].mark(submission.answers))


class PartMarker:
    """Marks answers to one part; built once."""

    def __init__(self, worked: Worked, part: Part, scheme: Mapping[str, Fraction]) -> None:
        self.worked, self.part = worked, part
        self.truth = Truth(worked, part)
        self.reader = AnswerReader(worked, part)
        self.judge = Judge(self.truth, scheme)

    def mark(self, typed: Iterable[TypedAnswer]) -> tuple[Marked, ...]:
        """Return answers marked, in the order of the solution."""
        return self.judge.mark(settled(self.reader.read_all(typed), self.judge.comparer))

    def alone(self, typed: TypedAnswer) -> Marked:
        """Return an answer marked by itself, as in a submission that answers nothing else.

        Args:
            typed: The answer; not a blank one.
        """
        (answer,) = settled(self.reader.read_all((typed,)), self.judge.comparer)
        return self.judge.alone(answer)

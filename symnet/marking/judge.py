"""One submission judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from sympy import Symbol

from symnet.algebra.nodes import Partial
from symnet.derivation.objective import OBJECTIVE
from symnet.document import Inline
from symnet.layout.tree import Layout, Operator
from symnet.marking.citations import Citations
from symnet.marking.compare import Comparer, Judgement, names_in
from symnet.marking.echo import leaf
from symnet.marking.follow import Follower
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.read import AnswerReader
from symnet.marking.records import Answer, Marked, Marking, Mistake, Target, TargetKind, TypedAnswer, Verdict
from symnet.marking.settle import broken_step, settled
from symnet.marking.slips import is_slip
from symnet.marking.truth import Truth
from symnet.numerics.format import Form, shown
from symnet.text.say import listed, words
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
    whole = part.objective.nodes and not sample
    return names.partial(
        names.sampled((OBJECTIVE if whole else part.network.loss).name, sample), names.sampled(symbol.name, sample)
    )


def right_side(truth: Truth, target: Target, *, number: bool) -> Layout | None:
    """Return what a quantity is equal to: the expression of the sheet, and its value; None where it has neither.

    Args:
        truth: What is true of the part that it belongs to.
        target: The quantity.
        number: Whether its value is wanted, where it has one.
    """
    value = truth.number(target) if number else None
    has_expression = target.kind is not TargetKind.UPDATED or target.symbol in truth.tableau.stepped
    expression = truth.expression(target) if has_expression else None
    layout = None if expression is None else truth.part.build(expression)
    if value is None or (expression is not None and expression.is_Number):
        return layout
    written = shown(value, Form.of(truth.worked.description.numbers))
    digits = figures(written)
    return digits if layout is None else row((layout, Operator("=" if written.exact else "approx"), digits))


# Judges the answers to one part: each compared, followed through and explained, in the order of the solution.

# Wrong answers of a submission for which it is found out where they come from; beyond, that would take too long.
_MOST_FOLLOWED, _MOST_EXPLAINED = 100, 20


class Judge:
    """Marks the answers that were read of one part; built once.

    Args:
        truth: What is true of the part.
        scheme: How many marks each id earns that is asked, all others none; it is what every submission is out of.
    """

    def __init__(self, truth: Truth, scheme: Mapping[str, Fraction]) -> None:
        self.truth, self.scheme = truth, scheme
        self.comparer = Comparer(truth)
        self.follower = Follower(self.comparer)
        self.citations = Citations(truth)
        self.catalogue = Catalogue(truth)
        truth.prepare()
        # What is the same for every submission is there before the first comes.
        _ = self.unanswered

    def mark(self, answers: Sequence[Answer]) -> tuple[Marked, ...]:
        """Return all that is asked or answered, marked, in the order of the solution; what is nothing known is last."""
        script = _Script(self, self.citations.cycles(answers))
        marked = [script.marked(answer) for answer in sorted(answers, key=self._place)]
        answered = {answer.target.id for answer in answers if answer.target is not None}
        missing = (one for name, one in self.unanswered.items() if name not in answered)
        return tuple(sorted((*marked, *missing), key=lambda one: self._place(one.answer)))

    def _place(self, answer: Answer) -> int:
        return len(self.truth.targets) if answer.target is None else self.truth.place[answer.target.id]

    @cached_property
    def unanswered(self) -> Mapping[str, Marked]:
        """What stands for each question that is not answered, with the right line."""
        found = {}
        for name, marks in self.scheme.items():
            target = self.truth.by_id[name]
            right = right_side(self.truth, target, number=True)
            found[name] = Marked(Answer(TypedAnswer(name, ""), target), Verdict.NOT_ANSWERED, out_of=marks, right=right)
        return found

    def out_of(self, target: Target | None) -> Fraction:
        """Return how many marks an answer can earn: none where it was not asked for."""
        return Fraction(0) if target is None else self.scheme.get(target.id, Fraction(0))

    def right(self, answer: Answer) -> Layout | None:
        """Return the right side of the right line: the expression of the sheet, and its value for a number."""
        if answer.target is None:
            return None
        is_number = answer.expression is not None and not names_in(answer.expression)
        return right_side(self.truth, answer.target, number=is_number)


def _named(derivatives: Sequence[Partial]) -> Inline:
    return listed([f"d{one.of.name}/d{one.wrt.name}" for one in derivatives])


class _Script:
    """One submission while it is being marked, line after line."""

    def __init__(self, judge: Judge, cycles: Mapping[str, tuple[str, ...]]) -> None:
        self.judge, self.cycles = judge, cycles
        self.answered: set[str] = set()
        self.sources: list[Answer] = []
        self.made: set[str] = set()
        self.explained = 0

    def marked(self, answer: Answer) -> Marked:
        """Return the next answer marked."""
        judge, target = self.judge, answer.target
        verdict, message = judgement = self._judged(answer)
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
            message, out_of = " ".join(filter(None, (message, words("verdict.twice")))), Fraction(0)
        elif target is not None:
            self.answered.add(target.id)
            if is_wrong and (follows or self._is_source(answer, mistakes)):
                self.sources.append(answer)
        earned = out_of if verdict.is_right or follows else Fraction(0)
        return Marked(answer, verdict, mistakes, follows, message, earned, out_of, judge.right(answer))

    def _judged(self, answer: Answer) -> Judgement:
        """Return the verdict on an answer for itself: one that is equal, but only hands the question on, earns none."""
        judge, judgement = self.judge, self.judge.comparer.compare(answer)
        if not judgement.verdict.is_right or answer.target is None:
            return judgement
        following = judge.citations.following(answer)
        if following is not None:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.cites_what_follows", cited=following.id))
        if answer.left_open:
            return Judgement(Verdict.CANNOT_TELL, words("verdict.left_open", derivatives=_named(answer.left_open)))
        if answer.target.id in self.cycles:
            cycle = listed(self.cycles[answer.target.id])
            return Judgement(Verdict.CANNOT_TELL, words("verdict.cycle", lines=cycle))
        return judgement

    def _is_source(self, answer: Answer, mistakes: Sequence[Mistake]) -> bool:
        """Return whether other lines may follow from a wrong answer: it was worked out, and a slip can have made it.

        Else anything would earn marks for all that is consistent with it.
        """
        expression, target = answer.expression, answer.target
        if expression is None or target is None or isinstance(expression, Symbol | Partial):
            return False
        if names_in(expression):
            return bool(mistakes)
        true = self.judge.truth.number(target)
        if true is None or expression.is_zero:
            return False
        return bool(mistakes) or (answer.figures is not None and is_slip(answer.figures, true))

    def _looked_into(self, answer: Answer) -> tuple[bool, tuple[Mistake, ...], str]:
        """Return of a wrong answer whether it follows from others, what explains it if not, and what to say."""
        judge = self.judge
        if len(self.sources) <= _MOST_FOLLOWED and judge.follower.follows(answer, self.sources):
            return True, (), words("verdict.follows")
        if self.explained == _MOST_EXPLAINED:
            return False, (), words("verdict.not_explained")
        self.explained += 1
        mistakes = judge.catalogue.explain(answer, self.made)
        self.made |= {mistake.name for mistake in mistakes}
        return False, mistakes, "" if mistakes else words("verdict.unexplained")


# Marks submissions: what an exercise needs for it is made once, and every answer is read and judged.

Scheme: TypeAlias = Mapping[str, Mapping[str, Fraction]]
"""By the name of a loss, how many marks each id earns that is asked with it; see ``worksheet.questions.scheme_of``."""


class Marker:
    """Marks submissions to one exercise; built once, since most of the work is the same for all.

    Marks are those of the worksheet's questions, so that every submission is out of the same. An answer that is right,
    also to rounding, earns all of them; and so does one that follows from the student's own earlier wrong lines, since
    its method is right. If something is answered twice, the first answer counts. What was not asked for earns none.

    Args:
        worked: The exercise.
        scheme: What is asked, and for how many marks.
    """

    def __init__(self, worked: Worked, scheme: Scheme) -> None:
        self.worked = worked
        self.parts = {
            part.loss_name: _PartMarker(worked, part, scheme[part.loss_name]) for part in reversed(worked.parts)
        }

    def mark(self, submission: Submission) -> Marking:
        """Return a submission marked.

        Raises:
            KeyError: If the exercise has no loss of the name that the submission gives.
        """
        name = self.worked.parts[0].loss_name if submission.loss is None else submission.loss
        return Marking(self.worked.description.title, self.parts[name].mark(submission.answers))


class _PartMarker:
    """Marks answers to one part; built once."""

    def __init__(self, worked: Worked, part: Part, scheme: Mapping[str, Fraction]) -> None:
        self.worked, self.part = worked, part
        self.truth = Truth(worked, part)
        self.reader = AnswerReader(worked, part)
        self.judge = Judge(self.truth, scheme)

    def mark(self, typed: Iterable[TypedAnswer]) -> tuple[Marked, ...]:
        """Return answers marked, in the order of the solution."""
        return self.judge.mark(settled(self.reader.read_all(typed), self.judge.comparer))

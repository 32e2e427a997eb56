"""What is kept of each submission of a class once its report is written, and what that says about the questions."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple, TypeVar

from symnet.layout.tree import Layout
from symnet.limits import LONGEST_UNREAD
from symnet.marking.judge import Scheme
from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, Reported
from symnet.marking.submissions import Author

_Kept = TypeVar("_Kept")
# How a number takes the least room of which no class has more.
_NUMBER = "I"


class Score(NamedTuple):
    """What came of one answer.

    Attributes:
        id: What it is to, by its id; as it was typed where that cannot be told.
        left: How that is written; None where it cannot be told.
        verdict: What is said of it.
        follows: Whether it is right given the student's own earlier wrong values.
        marks: How many it earns.
        out_of: How many it could.
        by_hand: Whether its marks were set by hand.
    """

    id: str
    left: Layout | None
    verdict: Verdict
    follows: bool
    marks: Fraction
    out_of: Fraction
    by_hand: bool


class Unread(NamedTuple):
    """An answer that nobody could read.

    Attributes:
        id: What it is to, by its id; as it was typed where that cannot be told.
        left: How that is written; None where it cannot be told.
        typed: The answer as it was typed, cut where it is long.
        message: Why it cannot be read, likewise.
    """

    id: str
    left: Layout | None
    typed: str
    message: str


class ClassEntry(NamedTuple):
    """A submission in the lists of a class.

    Attributes:
        name: Its file.
        problem: Why it could not be marked; empty if it could.
        student: Whose it is, as far as that is known.
        known: The scores of the whole class, each once.
        numbers: Those of its own among them, in the order of the solution, as the bytes of an array of integers.
        mistakes: What each mistake is in, by its id, and the name of the mistake.
        unread: What could not be read.
    """

    name: str
    problem: str
    student: Author
    known: Sequence[Score] = ()
    numbers: bytes = b""
    mistakes: tuple[tuple[str, str], ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def scores(self) -> tuple[Score, ...]:
        """What came of each answer, in the order of the solution."""
        return tuple(map(self.known.__getitem__, array(_NUMBER, self.numbers)))

    @property
    def is_marked(self) -> bool:
        """Whether it could be marked."""
        return not self.problem

    @property
    def marks(self) -> Fraction:
        """How many marks it earns."""
        return sum((score.marks for score in self.scores), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """How many it could."""
        return sum((score.out_of for score in self.scores), Fraction(0))

    @property
    def all_right(self) -> bool:
        """Whether everything was answered, and every answer is right."""
        return bool(self.scores) and all(score.verdict.is_right for score in self.scores)

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of the questions that were not answered."""
        return tuple(score.id for score in self.scores if score.verdict is Verdict.NOT_ANSWERED)

    @property
    def first_wrong(self) -> Score | None:
        """The first answer that is incorrect or unreadable, or follows from one; None where there is none."""
        return next((score for score in self.scores if score.verdict.is_incorrect), None)

    @property
    def mistake_names(self) -> tuple[str, ...]:
        """The names of its mistakes, each once."""
        return tuple(dict.fromkeys(name for _, name in self.mistakes))


class ClassEntries:
    """Makes entries; what is the same in many of them is held once."""

    def __init__(self) -> None:
        self._once: dict[object, object] = {}
        self._scores: list[Score] = []
        self._numbers: dict[Score, int] = {}

    def entry(self, outcome: Outcome, student: Author) -> ClassEntry:
        """Return what is kept of a submission.

        Args:
            outcome: What came of it.
            student: Whose it is.
        """
        report = outcome.report
        if report is None:
            return ClassEntry(outcome.name, outcome.problem or "-", student)
        unread = (answer for answer in report.answers if answer.verdict is Verdict.UNREADABLE)
        return ClassEntry(
            outcome.name,
            "",
            student,
            self._scores,
            self._one(array(_NUMBER, (self._number(_score(answer)) for answer in report.answers)).tobytes()),
            self._one(tuple((answer.id, mistake.name) for answer in report.answers for mistake in answer.mistakes)),
            tuple(self._one(_unread(answer)) for answer in unread),
        )

    def _number(self, score: Score) -> int:
        number = self._numbers.setdefault(score, len(self._scores))
        if number == len(self._scores):
            self._scores.append(score)
        return number

    def _one(self, value: _Kept) -> _Kept:
        held: _Kept = self._once.setdefault(value, value)  # type: ignore[assignment]
        return held


def _score(answer: Reported) -> Score:
    by_hand = answer.by_hand is not None
    return Score(answer.id, answer.left, answer.verdict, answer.follows, answer.marks, answer.out_of, by_hand)


def _unread(answer: Reported) -> Unread:
    reason = answer.message.splitlines()[0] if answer.message else ""
    name, typed, message = (_cut(text) for text in (answer.id, answer.typed, reason))
    return Unread(name, answer.left, typed, message)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_UNREAD else f"{text[: LONGEST_UNREAD - 1]}…"


# What a class says about its questions.


class QuestionResult(NamedTuple):
    """How the submissions of a class did in one question.

    Attributes:
        id: What is asked, by its id.
        left: How that is written; None where no submission could be marked.
        out_of: How many marks it has.
        submissions: How many are out of it.
        share: The share of its marks that they earn together; None where there is none.
        discrimination: The correlation of the marks in this question with those in all others together; None where
            either are the same in all submissions.
        verdicts: How many answers have each verdict; what follows from an earlier error counts under None.
        mistakes: The name of each mistake and the number of its submissions, the most common first.
    """

    id: str
    left: Layout | None
    out_of: Fraction
    submissions: int
    share: Fraction | None
    discrimination: float | None
    verdicts: Mapping[Verdict | None, int]
    mistakes: tuple[tuple[str, int], ...]


def questions(entries: Sequence[ClassEntry], scheme: Scheme) -> tuple[QuestionResult, ...]:
    """Return how a class did in each question, in the order of the solution.

    Args:
        entries: The submissions.
        scheme: What is asked, and for how many marks.
    """
    asked: dict[str, Fraction] = {}
    for part in scheme.values():
        asked.update((name, marks) for name, marks in part.items() if marks and name not in asked)
    sums = {name: _Sums() for name in asked}
    for entry in entries:
        total = entry.marks
        for score in entry.scores:
            if score.id in sums and score.out_of:
                sums[score.id].add(score, total)
        for name, mistake in dict.fromkeys(entry.mistakes):
            if name in sums:
                sums[name].mistakes[mistake] += 1
    return tuple(sums[name].question(name, marks) for name, marks in asked.items())


class _Sums:
    """What is summed up over submissions: the marks in one question, x, and in all others, y."""

    def __init__(self) -> None:
        self.left: Layout | None = None
        self.count = 0
        self.x = self.y = self.xx = self.yy = self.xy = self.most = Fraction(0)
        self.verdicts: Counter[Verdict | None] = Counter()
        self.mistakes: Counter[str] = Counter()

    def add(self, score: Score, total: Fraction) -> None:
        """Take in one submission with its marks in this question and in all."""
        x, y = score.marks, total - score.marks
        self.left, self.count, self.most = score.left, self.count + 1, self.most + score.out_of
        self.x, self.y = self.x + x, self.y + y
        self.xx, self.yy, self.xy = self.xx + x * x, self.yy + y * y, self.xy + x * y
        self.verdicts[None if score.follows else score.verdict] += 1

    def question(self, name: str, out_of: Fraction) -> QuestionResult:
        """Return what they say."""
        share = self.x / self.most if self.most else None
        mistakes = tuple(sorted(self.mistakes.items(), key=lambda pair: (-pair[1], pair[0])))
        return QuestionResult(name, self.left, out_of, self.count, share, self._correlation(), self.verdicts, mistakes)

    def _correlation(self) -> float | None:
        across, up = self.count * self.xx - self.x**2, self.count * self.yy - self.y**2
        if not across or not up:
            return None
        return float(self.count * self.xy - self.x * self.y) / sqrt(across * up)


def common(
    of_each: Callable[[ClassEntry], Iterable[_Kept]], entries: Iterable[ClassEntry]
) -> tuple[tuple[_Kept, int], ...]:
    """Return what occurs in submissions, and in how many each does, the most common first.

    Args:
        of_each: What occurs in one.
        entries: The submissions.
    """
    counts = Counter(one for entry in entries for one in dict.fromkeys(of_each(entry)))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0]))))

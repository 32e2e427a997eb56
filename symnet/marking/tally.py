"""What many marked submissions have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from symnet.marking.report import Outcome, Report


def mistakes_of(report: Report) -> tuple[str, ...]:
    """Return the names of the mistakes in a submission, each once, in the order of its answers.

    Args:
        report: What is reported of it.
    """
    return tuple(dict.fromkeys(mistake.name for answer in report.answers for mistake in answer.mistakes))


def common_mistakes(outcomes: Iterable[Outcome]) -> tuple[tuple[str, int], ...]:
    """Return the name of each mistake and in how many submissions it is made, the most common first.

    Args:
        outcomes: What came of each submission.
    """
    counts = Counter(name for outcome in outcomes if outcome.report for name in mistakes_of(outcome.report))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def mean_marks(outcomes: Iterable[Outcome]) -> Fraction | None:
    """Return the mean of the marks of all submissions that could be marked; None if none could.

    Args:
        outcomes: What came of each submission.
    """
    marks = [outcome.report.marks for outcome in outcomes if outcome.report]
    return sum(marks, Fraction(0)) / len(marks) if marks else None

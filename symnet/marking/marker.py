"""Marks submissions: what an exercise needs for it is made once, and every answer is read and judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from symnet.marking.judging import Judge
from symnet.marking.reading import Reader
from symnet.marking.records import Given, Marked, Marking
from symnet.marking.settling import settled
from symnet.marking.truth import Truth
from symnet.worked import Part, Worked

if TYPE_CHECKING:
    from symnet.marking.files import Submission

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
        self.reader = Reader(worked, part)
        self.judge = Judge(self.truth, scheme)

    def mark(self, given: Iterable[Given]) -> tuple[Marked, ...]:
        """Return answers marked, in the order of the solution."""
        return self.judge.mark(settled(map(self.reader.read, given), self.judge.comparer))

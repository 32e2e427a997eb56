"""Marks submissions: what an exercise needs for it is made once, and every answer is read and judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from symnet.description.exercise import Exercise
from symnet.errors import DescriptionError, Problem
from symnet.marking.judging import DEFAULT, Judge
from symnet.marking.reading import Reader
from symnet.marking.records import Given, Marked, Marking
from symnet.marking.settling import settled
from symnet.marking.truth import Truth
from symnet.worked import Part, Worked

if TYPE_CHECKING:
    from symnet.marking.files import Submission


class Marker:
    """Marks submissions to one exercise; built once, since most of the work is the same for all.

    Marks are those of the description, or else 1 an answer. An answer that is right, also to rounding, earns all of
    them; and so does one that follows from the student's own earlier wrong lines, since its method is right. If
    something is answered twice, the first answer counts. Where the description names what earns marks, what was not
    answered of it counts too.

    Args:
        worked: The exercise.

    Raises:
        DescriptionError: If its marks are for something that cannot be asked.
    """

    def __init__(self, worked: Worked) -> None:
        self.worked = worked
        self.parts = {part.loss_name: _PartMarker(worked, part) for part in reversed(worked.parts)}
        problems = tuple(_unknown_marks(worked.description, [marker.truth for marker in self.parts.values()]))
        if problems:
            raise DescriptionError(worked.description.source_name, problems)

    def mark(self, submission: Submission) -> Marking:
        """Return a submission marked.

        Raises:
            KeyError: If the exercise has no loss of the name that the submission gives.
        """
        name = self.worked.parts[0].loss_name if submission.loss is None else submission.loss
        return Marking(self.worked.description.title, self.parts[name].mark(submission.answers))


class _PartMarker:
    """Marks answers to one part; built once."""

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.truth = Truth(worked, part)
        self.reader = Reader(worked, part)
        self.judge = Judge(self.truth)

    def mark(self, given: Iterable[Given]) -> tuple[Marked, ...]:
        """Return answers marked, in the order of the solution."""
        return self.judge.mark(settled(map(self.reader.read, given), self.judge.comparer))


def _unknown_marks(description: Exercise, truths: Sequence[Truth]) -> Iterator[Problem]:
    """Yield what is wrong with marks that are for nothing that can be asked."""
    allowed = "default, or the id of a quantity of the exercise, such as z1_1, delta1_1, dL/dw1_1_1 or w1_1_1'"
    for name in description.marks or ():
        if name != DEFAULT and not any(name in truth.by_id for truth in truths):
            yield description.problem(("marks", name), name, allowed)

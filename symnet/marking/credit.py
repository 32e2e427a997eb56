"""What an incorrect answer earns: where it follows from an earlier one, and where its mistake was charged before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from symnet.description.fields import write_number
from symnet.description.marking import MarkingRules
from symnet.marking.records import Mistake, Target, TargetKind
from symnet.marking.slips import NAMES as SLIPS
from symnet.text.say import words


class Earned(NamedTuple):
    """Marks, with what else there is to say of them."""

    marks: Fraction
    message: str


class Credit:
    """Keeps what the incorrect answers of one submission have earned so far.

    Args:
        rules: What counts.
    """

    def __init__(self, rules: MarkingRules) -> None:
        self.rules = rules
        self._left = rules.follow_through.at_most
        self._charged: dict[tuple[TargetKind, str], str] = {}

    def following(self, out_of: Fraction) -> Earned:
        """Return what an answer earns that follows from earlier incorrect ones: a part of its marks, up to a bound.

        Args:
            out_of: How many marks it could earn.
        """
        factor, at_most = self.rules.follow_through.factor, self.rules.follow_through.at_most
        marks, said = factor * out_of, [words("verdict.follows")]
        if factor != 1 and out_of:
            said.append(words("verdict.follow_factor", factor=write_number(factor)))
        if self._left is not None and at_most is not None:
            if marks > self._left:
                marks = self._left
                said.append(words("verdict.follow_bound", marks=write_number(at_most)))
            self._left -= marks
        return Earned(marks, " ".join(said))

    def charged_at(self, target: Target, mistakes: Sequence[Mistake]) -> str:
        """Return the id of the line of the same sort that has paid for the same mistake; empty if there is none.

        Nodes are lines of one sort, derivatives with respect to nodes of another, derivatives with respect to
        parameters and inputs of a third, and updated values of a fourth.

        Args:
            target: What an incorrect answer is to.
            mistakes: What explains it.
        """
        if self.rules.repeated_mistake == "per_line":
            return ""
        # A digit that is written wrongly again is another slip.
        places = ["" if name in SLIPS else self._charged.get((target.kind, name), "") for name in _first(mistakes)]
        return places[0] if places and all(places) else ""

    def charge(self, target: Target, mistakes: Sequence[Mistake]) -> None:
        """Keep that an answer has lost its marks for the mistakes that explain it.

        Args:
            target: What it is to.
            mistakes: What explains it.
        """
        for name in _first(mistakes):
            self._charged.setdefault((target.kind, name), target.id)


def _first(mistakes: Sequence[Mistake]) -> Iterator[str]:
    """Yield the names of the mistakes that are the first explanation, which may take several."""
    for number, mistake in enumerate(mistakes):
        if number and not mistake.in_addition:
            return
        yield mistake.name

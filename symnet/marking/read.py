"""Answers as they were typed, untrusted: what each is to, and the expression that it is; nothing is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from symnet.limits import MOST_ANSWERS, MOST_READINGS
from symnet.marking.assemble import answer_of, as_typed, expect_short, problem_of
from symnet.marking.decimal_commas import with_points
from symnet.marking.echo import leaf
from symnet.marking.entries import ArrayReader
from symnet.marking.left import Candidates, Lefts
from symnet.marking.names import Vocabulary
from symnet.marking.records import Answer, Target, TypedAnswer
from symnet.marking.right import Readings, Rights
from symnet.marking.spans import unwrapped
from symnet.marking.tokens import Plain, plain
from symnet.marking.truth import Truth
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words
from symnet.typeset.expressions import LayoutBuilder
from symnet.worked import Part, Worked


class AnswerReader:
    """Reads answers to one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.part, self.comma = part, worked.description.decimal_comma
        self.vocabulary = Vocabulary(worked, part)
        self.lefts = Lefts(self.vocabulary, Truth(worked, part))
        self.rights = Rights(self.vocabulary, LayoutBuilder(part.names, partial(leaf, part)))
        self.arrays = ArrayReader(worked, part, self.lefts, self.rights)

    def read(self, answer: TypedAnswer) -> Answer:
        """Return what an answer was read as, or why it cannot be read.

        An answer of vectors and matrices has its entries, each of them an answer of its own.

        Args:
            answer: The answer as it was typed.
        """
        found = self._number(answer)
        return found if not found.problem else self.arrays.read(answer, found)

    def read_all(self, typed: Iterable[TypedAnswer]) -> Iterator[Answer]:
        """Yield what answers were read as, those of vectors and matrices entry by entry, as many as a file may have.

        Args:
            typed: The answers of a submission as they were typed.
        """
        left = MOST_ANSWERS
        for answer in typed:
            found = self.read(answer)
            entries = found.entries or (found,)
            if len(entries) > max(left, 1):
                problem = words("reading.many_entries", most=MOST_ANSWERS)
                entries = (Answer(answer, problem=problem),)
            left -= len(entries)
            yield from entries

    def _number(self, answer: TypedAnswer) -> Answer:
        """Return what an answer was read as that is one number.

        Where a name may be that of several quantities, the answer is unreadable as it stands, with all that it may be.

        Args:
            answer: The answer as it was typed.
        """
        try:
            left = self._left(answer.left)
        except FormulaError as error:
            return Answer(answer, problem=problem_of("reading.in_left", error))
        target = left.targets[0] if left.doubt is None else None
        try:
            expect_short(answer.right)
            typed = with_points(plain(answer.right), comma=self.comma)[0]
            right = self._right(answer.right, typed)
        except FormulaError as error:
            return Answer(answer, target, problem=problem_of("reading.in_right", error))
        readings = tuple(answer_of(answer, one, way, typed) for one in left.targets for way in right.ways)
        if left.doubt is None and right.doubt is None:
            return readings[0]
        where, doubt = ("reading.in_left", left.doubt) if left.doubt is not None else ("reading.in_right", right.doubt)
        found = readings if len(readings) <= MOST_READINGS else ()
        return Answer(answer, target, problem=problem_of(where, doubt) if doubt else "", readings=found)

    def prepare(self) -> None:
        """Make what most answers need, so that it is there before the first comes."""
        self.vocabulary.shortened.prepare()

    def target(self, left: str) -> Target:
        """Return what an answer with this left side is to.

        Raises:
            FormulaError: If that cannot be told, or may be several things.
        """
        found = self._left(left)
        if found.doubt is not None:
            raise found.doubt
        return found.targets[0]

    def _left(self, left: str) -> Candidates:
        expect_short(left)
        typed = plain(left)
        try:
            targets, doubt = self.lefts.candidates(typed.text, *unwrapped(typed.text))
        except FormulaError as error:
            raise as_typed(left, typed, error) from None
        return Candidates(targets, None if doubt is None else as_typed(left, typed, doubt))

    def _right(self, right: str, typed: Plain) -> Readings:
        try:
            ways, doubt = self.rights.read(typed.text, unwrapped(typed.text))
        except FormulaError as error:
            raise as_typed(right, typed, error) from None
        return Readings(ways, None if doubt is None else as_typed(right, typed, doubt))

"""Answers as they were typed, untrusted: what each is to, and the expression that it is; nothing is evaluated."""

from __future__ import annotations

from functools import partial
from itertools import chain

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.layout.tree import Operator, Row
from symnet.limits import MOST_CHARACTERS, MOST_READINGS
from symnet.marking.echo import leaf
from symnet.marking.left import Candidates, Lefts
from symnet.marking.names import Vocabulary
from symnet.marking.records import Answer, Target, TypedAnswer
from symnet.marking.right import Readings, Rights, RightSide
from symnet.marking.spans import unwrapped
from symnet.marking.tokens import Plain, plain
from symnet.marking.truth import Truth
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words
from symnet.typeset.expressions import LayoutBuilder, row
from symnet.worked import Part, Worked


class AnswerReader:
    """Reads answers to one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.part = part
        self.vocabulary = Vocabulary(worked, part)
        self.lefts = Lefts(self.vocabulary, Truth(worked, part))
        self.rights = Rights(self.vocabulary, LayoutBuilder(part.names, partial(leaf, part)))

    def read(self, answer: TypedAnswer) -> Answer:
        """Return what an answer was read as, or why it cannot be read.

        Where a name may be that of several quantities, the answer is unreadable as it stands, with all that it may be.

        Args:
            answer: The answer as it was typed.
        """
        try:
            left = self._left(answer.left)
        except FormulaError as error:
            return Answer(answer, problem=_problem("reading.in_left", error))
        target = left.targets[0] if left.doubt is None else None
        try:
            _expect_short(answer.right)
            typed = plain(answer.right)
            right = self._right(answer.right, typed)
        except FormulaError as error:
            return Answer(answer, target, problem=_problem("reading.in_right", error))
        readings = tuple(_answer(answer, one, way, typed) for one in left.targets for way in right.ways)
        if left.doubt is None and right.doubt is None:
            return readings[0]
        where, doubt = ("reading.in_left", left.doubt) if left.doubt is not None else ("reading.in_right", right.doubt)
        found = readings if len(readings) <= MOST_READINGS else ()
        return Answer(answer, target, problem=_problem(where, doubt) if doubt else "", readings=found)

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
        _expect_short(left)
        typed = plain(left)
        try:
            targets, doubt = self.lefts.candidates(typed.text, *unwrapped(typed.text))
        except FormulaError as error:
            raise _as_typed(left, typed, error) from None
        return Candidates(targets, None if doubt is None else _as_typed(left, typed, doubt))

    def _right(self, right: str, typed: Plain) -> Readings:
        try:
            ways, doubt = self.rights.read(typed.text, unwrapped(typed.text))
        except FormulaError as error:
            raise _as_typed(right, typed, error) from None
        return Readings(ways, None if doubt is None else _as_typed(right, typed, doubt))


def _answer(answer: TypedAnswer, target: Target, way: tuple[RightSide, ...], typed: Plain) -> Answer:
    """Return what an answer was read as; of several expressions the last one counts."""
    links = tuple(
        Answer(
            answer._replace(right=answer.right[typed.origins[one.span.start] : typed.origins[one.span.stop]]),
            target,
            _of_own_sample(one.expression, target),
            one.figures,
            one.echo,
            left_open=one.left_open,
        )
        for one in way
    )
    if len(links) == 1:
        return links[0]._replace(typed=answer)
    echo = row(chain.from_iterable((Operator("="), one.echo) for one in way))
    whole = row(echo.items[1:]) if isinstance(echo, Row) else echo
    return links[-1]._replace(typed=answer, echo=whole, links=links)


def _expect_short(text: str) -> None:
    """Refuse a text that is too long.

    Raises:
        FormulaError: If it is.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            text,
            MOST_CHARACTERS,
            words("reading.length", characters=len(text)),
            words("reading.at_most", most=MOST_CHARACTERS),
        )


def _as_typed(text: str, typed: Plain, error: FormulaError) -> FormulaError:
    """Return an error with its place in the text as it was typed."""
    return FormulaError(text, typed.origins[error.position], error.found, error.allowed, error.hint)


def _problem(where: str, error: FormulaError) -> str:
    """Return what is wrong, and below it the text with a mark under the place."""
    return f"{words(where, problem=str(error))}\n{error.excerpt}"


def _of_own_sample(expression: Expr, target: Target) -> Expr:
    """Return an answer about one sample in names without its number."""
    if target.sample is None:
        return expression
    end = f"@{target.sample + 1}"
    own = {one: Symbol(one.name.removesuffix(end)) for one in expression.free_symbols if one.name.endswith(end)}
    return expression.xreplace(own)

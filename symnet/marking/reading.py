"""Answers as they were typed, untrusted: what each is to, and the expression that it is; nothing is evaluated."""

from __future__ import annotations

from functools import partial
from itertools import chain

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.expressions.assembly import MOST_CHARACTERS
from symnet.expressions.scanner import FormulaError
from symnet.layout.build import Builder
from symnet.layout.operands import row
from symnet.layout.tree import Operator, Row
from symnet.marking.characters import Plain, plain
from symnet.marking.echo import leaf
from symnet.marking.lefts import Candidates, Lefts
from symnet.marking.margins import unwrapped
from symnet.marking.records import Answer, Given, Target
from symnet.marking.rights import Readings, Right, Rights
from symnet.marking.truth import Truth
from symnet.marking.vocabulary import Vocabulary
from symnet.worked import Part, Worked

# An answer may be read in so many ways at most, its left side and its right side together.
_MOST_READINGS = 48


class Reader:
    """Reads answers to one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.part = part
        self.vocabulary = Vocabulary(worked, part)
        self.lefts = Lefts(self.vocabulary, Truth(worked, part))
        self.rights = Rights(self.vocabulary, Builder(part.names, partial(leaf, part)))

    def read(self, given: Given) -> Answer:
        """Return what an answer was read as, or why it cannot be read.

        Where a name may be that of several quantities, the answer is unreadable as it stands, with all that it may be.

        Args:
            given: The answer as it was typed.
        """
        try:
            left = self._left(given.left)
        except FormulaError as error:
            return Answer(given, problem=_problem("left side", error))
        target = left.targets[0] if left.doubt is None else None
        try:
            _expect_short(given.right)
            typed = plain(given.right)
            right = self._right(given.right, typed)
        except FormulaError as error:
            return Answer(given, target, problem=_problem("answer", error))
        readings = tuple(_answer(given, one, way, typed) for one in left.targets for way in right.ways)
        if left.doubt is None and right.doubt is None:
            return readings[0]
        where, doubt = ("left side", left.doubt) if left.doubt is not None else ("answer", right.doubt)
        found = readings if len(readings) <= _MOST_READINGS else ()
        return Answer(given, target, problem=_problem(where, doubt) if doubt else "", readings=found)

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


def _answer(given: Given, target: Target, way: tuple[Right, ...], typed: Plain) -> Answer:
    """Return what an answer was read as; of several expressions the last one counts."""
    links = tuple(
        Answer(
            given._replace(right=given.right[typed.origins[one.span.start] : typed.origins[one.span.stop]]),
            target,
            _of_own_sample(one.expression, target),
            one.figures,
            one.echo,
        )
        for one in way
    )
    if len(links) == 1:
        return links[0]._replace(given=given)
    echo = row(chain.from_iterable((Operator("="), one.echo) for one in way))
    whole = row(echo.items[1:]) if isinstance(echo, Row) else echo
    return links[-1]._replace(given=given, echo=whole, links=links)


def _expect_short(text: str) -> None:
    """Refuse a text that is too long.

    Raises:
        FormulaError: If it is.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(text, MOST_CHARACTERS, f"{len(text):,} characters", f"at most {MOST_CHARACTERS:,}")


def _as_typed(text: str, typed: Plain, error: FormulaError) -> FormulaError:
    """Return an error with its place in the text as it was typed."""
    return FormulaError(text, typed.origins[error.position], error.found, error.allowed, error.hint)


def _problem(where: str, error: FormulaError) -> str:
    """Return what is wrong, and below it the text with a mark under the place."""
    return f"{where}: {error}\n{error.excerpt}"


def _of_own_sample(expression: Expr, target: Target) -> Expr:
    """Return an answer about one sample in names without its number."""
    if target.sample is None:
        return expression
    end = f"@{target.sample + 1}"
    own = {one: Symbol(one.name.removesuffix(end)) for one in expression.free_symbols if one.name.endswith(end)}
    return expression.xreplace(own)

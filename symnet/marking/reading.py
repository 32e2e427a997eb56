"""Answers as they were typed, untrusted: what each is to, and the expression that it is; nothing is evaluated."""

from __future__ import annotations

from functools import partial

from sympy import Rational, Symbol
from sympy.core.expr import Expr

from symnet.expressions.assembly import MOST_CHARACTERS
from symnet.expressions.scanner import FormulaError, shown
from symnet.layout.build import Builder
from symnet.layout.tree import Layout
from symnet.marking.characters import Plain, plain
from symnet.marking.echo import leaf
from symnet.marking.figures import figures_of
from symnet.marking.grammar import Grammar
from symnet.marking.lefts import Lefts
from symnet.marking.records import Answer, Given, Target
from symnet.marking.truth import Truth
from symnet.marking.vocabulary import Vocabulary
from symnet.worked import Part, Worked

# What may stand around a whole answer; a dollar sign twice.
_AROUND = (("$", "$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))


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
        self.build = Builder(part.names, partial(leaf, part))

    def read(self, given: Given) -> Answer:
        """Return what an answer was read as, or why it cannot be read.

        Args:
            given: The answer as it was typed.
        """
        target = None
        try:
            target = self.target(given.left)
        except FormulaError as error:
            return Answer(given, problem=_problem("left side", error))
        try:
            return self.answer(given, target)
        except FormulaError as error:
            return Answer(given, target, problem=_problem("answer", error))

    def target(self, left: str) -> Target:
        """Return what an answer with this left side is to.

        Raises:
            FormulaError: If that cannot be told.
        """
        typed, start, stop = _within_limits(left)
        try:
            return self.lefts.read(typed.text, start, stop)
        except FormulaError as error:
            raise _as_typed(left, typed, error) from None

    def answer(self, given: Given, target: Target) -> Answer:
        """Return what the right side of an answer was read as.

        Raises:
            FormulaError: If it cannot be read.
        """
        typed, start, stop = _within_limits(given.right)
        try:
            number = figures_of(typed.text, start, stop)
            if number is not None:
                figures, written = number
                value = Rational(figures.value.numerator, figures.value.denominator)
                return Answer(given, target, value, figures, written)
            grammar = Grammar(typed.text, start, stop, self.vocabulary)
            expression = grammar.read()
        except FormulaError as error:
            raise _as_typed(given.right, typed, error) from None
        meant = _of_own_sample(expression.xreplace(grammar.meanings), target)
        return Answer(given, target, meant, None, self.echo(expression))

    def echo(self, expression: Expr) -> Layout:
        """Return an expression as it is typeset in the notation of the part."""
        return self.build(expression)


def _within_limits(text: str) -> tuple[Plain, int, int]:
    """Return a text in plain characters, and where in it the answer begins and ends.

    Raises:
        FormulaError: If it is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(text, MOST_CHARACTERS, f"{len(text):,} characters", f"at most {MOST_CHARACTERS:,}")
    typed = plain(text)
    start, stop = _stripped(typed.text, 0, len(typed.text))
    for opening, closing in _AROUND:
        if typed.text.startswith(opening, start) and stop - start >= len(opening) + len(closing):
            if not typed.text.endswith(closing, start, stop):
                raise FormulaError(text, typed.origins[start], shown(opening), f"{closing} at the end as well")
            start, stop = _stripped(typed.text, start + len(opening), stop - len(closing))
    return typed, start, stop


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    return start, stop


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

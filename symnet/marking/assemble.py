"""From what was read of an answer to the answer, or to what is said of it."""

from __future__ import annotations

from itertools import chain

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.layout.tree import Operator, Row
from symnet.limits import MOST_CHARACTERS
from symnet.marking.records import Answer, Target, TypedAnswer
from symnet.marking.right import RightSide
from symnet.marking.tokens import Plain
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words
from symnet.typeset.expressions import row


def answer_of(answer: TypedAnswer, target: Target, way: tuple[RightSide, ...], typed: Plain) -> Answer:
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


def expect_short(text: str) -> None:
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


def as_typed(text: str, typed: Plain, error: FormulaError) -> FormulaError:
    """Return an error with its place in the text as it was typed."""
    return FormulaError(text, typed.origins[error.position], error.found, error.allowed, error.hint)


def problem_of(where: str, error: FormulaError) -> str:
    """Return what is wrong, and below it the text with a mark under the place."""
    return f"{words(where, problem=str(error))}\n{error.excerpt}"


def _of_own_sample(expression: Expr, target: Target) -> Expr:
    """Return an answer about one sample in names without its number."""
    if target.sample is None:
        return expression
    end = f"@{target.sample + 1}"
    own = {one: Symbol(one.name.removesuffix(end)) for one in expression.free_symbols if one.name.endswith(end)}
    return expression.xreplace(own)

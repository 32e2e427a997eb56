"""The right side of an answer as the expression that it is; where a name may be several quantities, as each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from sympy import Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.layout.tree import Layout
from symnet.limits import LONGEST_KEPT_ANSWER, MOST_KEPT_ANSWERS, MOST_READINGS
from symnet.marking.figures import calculated, figures_of
from symnet.marking.grammar.atoms import ATOMS, read
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import Meant
from symnet.marking.names import Vocabulary
from symnet.marking.records import Figures
from symnet.marking.spans import Span, links
from symnet.parsing.tokens import FormulaError
from symnet.typeset.expressions import LayoutBuilder

Read = TypeVar("Read")


class RightSide(NamedTuple):
    """An expression that was typed.

    Attributes:
        span: Where it stands.
        expression: What it is.
        figures: How it was written, where it is a number.
        echo: What was understood, to be typeset.
        left_open: The local derivatives that it names and does not work out.
    """

    span: Span
    expression: Expr
    figures: Figures | None
    echo: Layout
    left_open: tuple[Partial, ...] = ()


class Readings(NamedTuple):
    """What a right side may be.

    Attributes:
        ways: Each way in which it can be read: what stands between its equality signs.
        doubt: What is said where there are several.
    """

    ways: tuple[tuple[RightSide, ...], ...]
    doubt: FormulaError | None = None


class Rights:
    """Reads right sides.

    Args:
        vocabulary: The names of the exercise.
        build: Typesets what was read.
    """

    def __init__(self, vocabulary: Vocabulary, build: LayoutBuilder) -> None:
        self.vocabulary, self.build = vocabulary, build
        self.times = "x10" not in vocabulary.ids
        # Of what many students type alike, what it was read as.
        self._kept: dict[str, Readings] = {}

    def read(self, text: str, span: Span) -> Readings:
        """Return what a right side may be.

        Args:
            text: A text in plain characters.
            span: Where the answer stands in it.

        Raises:
            FormulaError: If it can be read in no way.
        """
        typed = text[span.start : span.stop] if span.start == 0 else ""
        if typed in self._kept:
            return self._kept[typed]
        found = self._read(text, span)
        if 0 < len(typed) <= LONGEST_KEPT_ANSWER:
            if len(self._kept) >= MOST_KEPT_ANSWERS:
                self._kept.clear()
            self._kept[typed] = found
        return found

    def _read(self, text: str, span: Span) -> Readings:
        spans = links(text, span)

        def read_all(chosen: Mapping[Meant, Symbol], several: dict[Meant, FormulaError]) -> tuple[RightSide, ...]:
            return tuple(self._expression(text, one, chosen, several) for one in spans)

        return Readings(*each_way(read_all))

    def _expression(
        self, text: str, span: Span, chosen: Mapping[Meant, Symbol], several: dict[Meant, FormulaError]
    ) -> RightSide:
        """Return the expression between two equality signs, and record each ambiguous name."""
        number = figures_of(text, span, times=self.times)
        if number is not None:
            value = number[0].value
            return RightSide(span, Rational(value.numerator, value.denominator), *number)
        grammar = Grammar(text, *span, self.vocabulary, ATOMS)
        grammar.chosen, grammar.several = chosen, several
        return self.side(span, read(grammar), grammar)

    def side(self, span: Span, expression: Expr, grammar: Grammar) -> RightSide:
        """Return an expression that was read as a right side.

        Args:
            span: Where it stands.
            expression: The expression.
            grammar: What has read it.
        """
        echo = self.build(expression)
        meant = expression.xreplace(grammar.meanings)
        typed = {number: unit for number, unit in grammar.typed.items() if number not in self.vocabulary.numbers}
        named = expression.atoms(Partial) if grammar.meanings else ()
        # Written with a prime, the derivative of a function is worked out: the sheet says what it is.
        kept = (one for one in grammar.meanings if type(one) is Partial and one in named)
        left_open = tuple(one for one in kept if not self.vocabulary.is_loss(one.of))
        return RightSide(span, meant, calculated(meant, typed), echo, left_open)


def each_way(
    read_all: Callable[[Mapping[Meant, Symbol], dict[Meant, FormulaError]], Read], most: int = MOST_READINGS
) -> tuple[tuple[Read, ...], FormulaError | None]:
    """Return all readings of a text, and the message if there are several.

    Args:
        read_all: Reads it, given what is chosen of names that may be several quantities; it notes each such name.
        most: How many ways are tried.

    Raises:
        FormulaError: If it can be read in no way.
    """
    ways: list[Read] = []
    waiting: list[Mapping[Meant, Symbol]] = [{}]
    doubt: FormulaError | None = None
    failure: FormulaError | None = None
    for _ in range(most):
        if not waiting:
            break
        chosen = waiting.pop(0)
        several: dict[Meant, FormulaError] = {}
        found: list[Read] = []
        try:
            found.append(read_all(chosen, several))
        except FormulaError as error:
            failure = failure or error
        open_ = [meant for meant in several if meant not in chosen]
        if open_:
            doubt = doubt or several[open_[0]]
            waiting += [{**chosen, open_[0]: symbol} for symbol in open_[0]]
        else:
            ways += found
    if doubt is not None and (waiting or len(ways) > 1):
        return () if waiting else tuple(ways), doubt
    wrong = failure or doubt
    if not ways and wrong is not None:
        raise wrong
    return tuple(ways), None

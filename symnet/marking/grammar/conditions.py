"""What holds under a condition in an answer: an indicator, or a value by cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sympy import Integer, S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Indicator, PathSum, Wins, by_comparison, difference
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.keywords import IF, OTHERWISE
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words


class Comparison(NamedTuple):
    """Two expressions compared.

    Attributes:
        own: The first.
        sign: One of ``> < >= <=``.
        other: The second.
    """

    own: Fragment
    sign: str
    other: Fragment

    @property
    def larger(self) -> tuple[Expr, Expr]:
        """What is to be the larger one, and the other."""
        own, other = self.own.expression, self.other.expression
        return (own, other) if self.sign[0] == ">" else (other, own)

    @property
    def is_strict(self) -> bool:
        """Whether they may not be equal."""
        return len(self.sign) == 1

    @property
    def depth(self) -> int:
        """How many levels it has."""
        return 1 + max(self.own.depth, self.other.depth)

    @property
    def indicator(self) -> Expr:
        """What is 1 where it holds and 0 else."""
        larger, smaller = self.larger
        if self.is_strict:
            return Indicator(larger) if smaller is S.Zero else Wins(Integer(1), smaller, larger)
        return Wins(Integer(0), larger, smaller)

    def contradicts(self, other: Comparison) -> bool:
        """Return whether it holds where the other does not; where both sides are equal does not matter."""
        return self.larger == other.larger[::-1]


def indicator_or_none(grammar: Grammar, position: int) -> Fragment | None:
    """Return what is 1 under the condition at hand, and go behind it; None if there is no condition.

    Args:
        grammar: Reads the answer; the sign of the indicator has been taken.
        position: Where that stands.
    """
    start = grammar.mark()
    if grammar.token.kind == "low":
        grammar.take()
    opening = grammar.token
    if opening.kind != "open" or not _compares(grammar):
        grammar.back(start)
        return None
    grammar.open()
    inner = grammar.token
    if inner.kind == "open" and _compares(grammar):
        # As in 1_{{z>0}}, where the inner braces are printed.
        grammar.open()
        conditions = _conditions(grammar)
        grammar.close(inner)
    else:
        conditions = _conditions(grammar)
    grammar.close(opening)
    return _holding(grammar, position, conditions)


def conditioned(grammar: Grammar, word: str, position: int) -> Fragment:
    """Return what is 1 under a condition in brackets and 0 elsewhere, its word having been taken, as in ``I(z > 0)``.

    Raises:
        FormulaError: If no condition follows.
    """
    found = indicator_or_none(grammar, position)
    if found is None:
        hint = words("reading.indicator", sign=word)
        raise grammar.error(grammar.token, words("reading.condition_in_brackets"), hint)
    return found


def choosing(grammar: Grammar, position: int) -> Fragment:
    """Return one value where a condition holds and another elsewhere, as in ``where(z > 0, 1, 0)``.

    Raises:
        FormulaError: If there are no condition and two values.
    """
    opening = grammar.token
    if opening.kind != "open":
        raise grammar.error(opening, words("reading.opening_bracket"))
    grammar.open()
    bars, outer = grammar.bars, grammar.arguments
    grammar.bars, grammar.arguments = 0, 1
    met, values, commas = _comparison(grammar), list[Fragment](), list[int]()
    for _ in range(2):
        if grammar.token.kind != "comma":
            raise grammar.error(grammar.token, words("reading.where"))
        commas.append(grammar.take().position)
        values.append(grammar.sum())
    if grammar.token.kind == "comma":
        grammar.expect_no_decimals(opening, (*commas, grammar.here))
    grammar.bars, grammar.arguments = bars, outer
    grammar.close(opening)
    return _cased(grammar, values[0]._replace(position=position), met, values[1])


def _holding(grammar: Grammar, position: int, conditions: list[Comparison]) -> Fragment:
    """Return what is 1 where all conditions hold and 0 elsewhere."""

    def build(sides: Sequence[Fragment]) -> Fragment:
        met = _rebuilt(conditions, sides)
        depth = 1 + max(comparison.depth for comparison in met)
        return grammar.grown(Fragment(Chain(*(comparison.indicator for comparison in met)), position, depth))

    return grammar.entrywise(position, _sides(conditions), build)


def _sides(conditions: list[Comparison]) -> list[Fragment]:
    return [side for comparison in conditions for side in (comparison.own, comparison.other)]


def _rebuilt(conditions: list[Comparison], sides: Sequence[Fragment]) -> list[Comparison]:
    """Return comparisons with other sides."""
    pairs = zip(sides[::2], sides[1::2], strict=True)
    return [it._replace(own=own, other=other) for it, (own, other) in zip(conditions, pairs, strict=True)]


def _compares(grammar: Grammar) -> bool:
    """Return whether something is compared in the bracket at hand, or in one just within it: nothing is read twice."""
    start, level, inner = grammar.mark(), 0, 1
    try:
        while (token := grammar.take()).kind != "end":
            level += (token.kind == "open") - (token.kind == "close")
            if level == 1 and token.kind == "open" and grammar.token.kind == "open":
                inner = 2
            if level == 0 or (level <= inner and token.kind == "compare"):
                return level > 0
    except FormulaError:
        return False
    finally:
        grammar.back(start)
    return False


def group(grammar: Grammar) -> Fragment:
    """Return the expression in brackets: a sum, a condition as its indicator, or a value by cases."""
    opening = grammar.open()
    bars, grammar.bars = grammar.bars, 0
    arguments, grammar.arguments = grammar.arguments, 0
    part = grammar.sum()
    if grammar.token.kind == "compare":
        met = _conditions(grammar, part)
        is_choice = grammar.token.kind == "choice"
        part = _chosen(grammar, part, met) if is_choice else _holding(grammar, opening.position, met)
        grammar.conditions[part.expression] = met
    elif opening.text == "{" and _is_condition(grammar):
        part = split_cases(grammar, part)
    else:
        part = conditional(grammar, part)
    grammar.bars, grammar.arguments = bars, arguments
    grammar.close(opening)
    return part._replace(position=opening.position)


def conditional(grammar: Grammar, part: Fragment) -> Fragment:
    """Return a value with a condition behind it, as in ``1 if z > 0 else 0``, or behind one, as in ``z > 0 ? 1 : 0``.

    Args:
        grammar: Reads the answer.
        part: The value, or what is compared first, or a condition in brackets, which has been read; that is returned
            where nothing follows.
    """
    start = grammar.token
    met = _conditions(grammar, part) if start.kind == "compare" else grammar.conditions.get(part.expression)
    if grammar.token.kind == "choice" and met is not None:
        return _chosen(grammar, part, met)
    if start.kind == "compare":
        raise grammar.error(start, words("reading.operator"))
    if not _took(grammar, IF):
        return part
    met = _comparison(grammar)
    if not _took(grammar, OTHERWISE):
        raise grammar.error(grammar.token, words("reading.else"))
    return _cased(grammar, part, met, conditional(grammar, grammar.sum()))


def _chosen(grammar: Grammar, part: Fragment, met: list[Comparison]) -> Fragment:
    """Return one value under conditions and another where they do not hold, the conditions having been read."""
    grammar.take()
    outer, grammar.arguments = grammar.arguments, 0
    value = conditional(grammar, grammar.sum())
    if grammar.token.kind != "colon":
        raise grammar.error(grammar.token, words("reading.colon"))
    grammar.take()
    other = conditional(grammar, grammar.sum())
    grammar.arguments = outer
    return _cased(grammar, value._replace(position=part.position), met, other)


def split_cases(grammar: Grammar, value: Fragment) -> Fragment:
    """Return a value by cases.

    Args:
        grammar: Reads the answer.
        value: The first value, which has been read.

    Raises:
        FormulaError: If there are not two cases, of which one holds where the other does not.
    """
    start = grammar.token
    met = _condition_of_case(grammar)
    if met is not None and _took(grammar, OTHERWISE):
        return _cased(grammar, value, met, grammar.sum())
    if met is None or grammar.token.kind != "row":
        raise grammar.error(grammar.token, words("reading.two_cases"))
    grammar.take()
    other = grammar.sum()
    against = _condition_of_case(grammar)
    if grammar.token.kind == "row":
        # The last line may end as the others do.
        grammar.take()
    if against is not None and not (len(met) == len(against) == 1 and met[0].contradicts(against[0])):
        raise grammar.error(start, words("reading.second_case"), words("reading.write_otherwise"))
    return _cased(grammar, value, met, other)


def _cased(grammar: Grammar, value: Fragment, met: list[Comparison], other: Fragment) -> Fragment:
    """Return one value under conditions, and the other where they do not hold."""

    def build(parts: Sequence[Fragment]) -> Fragment:
        own, instead, *sides = parts
        depth = 2 + max(part.depth for part in parts)
        split = _split(own.expression, _rebuilt(met, sides), instead.expression)
        return grammar.grown(Fragment(split, value.position, depth))

    return grammar.entrywise(value.position, [value, other, *_sides(met)], build)


def _split(value: Expr, met: list[Comparison], other: Expr) -> Expr:
    """Return one value under conditions, and the other where they do not hold."""
    indicators = [comparison.indicator for comparison in met]
    if other is S.Zero:
        return Chain(*([] if value is S.One else [value]), *indicators)
    if len(met) == 1:
        return by_comparison(">" if met[0].is_strict else ">=", *met[0].larger, value, other)
    return PathSum(Chain(value, *indicators), Chain(other, difference(S.One, Chain(*indicators))))


def _is_condition(grammar: Grammar) -> bool:
    return grammar.token.kind in ("and", "comma") or grammar.keyword(grammar.token) is not None


def _condition_of_case(grammar: Grammar) -> list[Comparison] | None:
    """Return the conditions of a case; None where it holds otherwise."""
    first = grammar.token
    for sign in ("comma", "and"):
        if grammar.token.kind == sign:
            grammar.take()
    if _took(grammar, OTHERWISE):
        return None
    if not _took(grammar, IF) and first.kind not in ("comma", "and"):
        raise grammar.error(grammar.token, words("reading.condition"))
    return _conditions(grammar)


def _took(grammar: Grammar, kind: str) -> bool:
    """Go behind a word of a value by cases, and return whether it is at hand."""
    found = grammar.keyword(grammar.token)
    if found is None or found.kind != kind:
        return False
    grammar.go(found.end)
    return True


def _conditions(grammar: Grammar, first: Fragment | None = None) -> list[Comparison]:
    """Return comparisons with commas between them.

    Args:
        grammar: Reads the answer.
        first: What is compared first, if it has been read.
    """
    outer, grammar.arguments = grammar.arguments, 1
    found = _comparison(grammar, first)
    while grammar.token.kind in ("comma", "and"):
        grammar.take()
        found += _comparison(grammar)
    grammar.arguments = outer
    return found


def _comparison(grammar: Grammar, first: Fragment | None = None) -> list[Comparison]:
    """Return what is compared with what, one after the other: two comparisons for ``0 < z < 1``."""
    own, found = grammar.sum() if first is None else first, list[Comparison]()
    while grammar.token.kind == "compare" or not found:
        token = grammar.token
        if token.kind != "compare":
            raise grammar.error(token, words("reading.comparison"))
        grammar.take()
        other = grammar.sum()
        found.append(Comparison(own, token.text, other))
        own = other
    return found


def indicator(grammar: Grammar) -> Fragment:
    """Return what is 1 under a condition and 0 else."""
    token = grammar.take()
    found = indicator_or_none(grammar, token.position) if token.text in ("1", "I") else None
    if found is None:
        raise grammar.error(token, words("reading.operand"), words("reading.bold"))
    return found


def cases(grammar: Grammar) -> Fragment:
    """Return a value by cases in an environment of LaTeX."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    part = split_cases(grammar, grammar.sum())
    grammar.level -= 1
    if grammar.token.kind != "end_cases":
        raise grammar.error(grammar.token, words("reading.end_of_cases"))
    grammar.take()
    return part._replace(position=opening.position)

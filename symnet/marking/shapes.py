"""What commands of LaTeX and bars make of an answer: fractions, roots, absolute values, norms, indicators, cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Rational

from symnet.expressions import scanner
from symnet.expressions.assembly import Part
from symnet.expressions.scanner import FormulaError
from symnet.marking import calls, splits
from symnet.marking.cursor import OPERAND, OPERATOR
from symnet.marking.derivatives import derivative, derivative_of
from symnet.marking.spelling import Spelling
from symnet.marking.wording import Found

if TYPE_CHECKING:
    from symnet.marking.grammar import Grammar


def partial(grammar: Grammar) -> Part:
    """Return a derivative that is written on one line."""
    token = grammar.token
    found = derivative(grammar)
    if found is None:
        raise grammar.error(token, OPERAND)
    if grammar.token.kind == "high":
        raise grammar.error(grammar.token, OPERATOR, "Put the derivative in brackets.")
    return derivative_of(grammar, token.position, *found)


def fraction(grammar: Grammar) -> Part:
    """Return one expression over another, or a derivative."""
    token = grammar.token
    found = derivative(grammar)
    if found is not None:
        return derivative_of(grammar, token.position, *found)
    grammar.take()
    grammar.deeper(token.position)
    over, under = _argument(grammar), _argument(grammar)
    grammar.level -= 1
    return grammar.joined("/", token.position, over._replace(position=token.position), under)


def root(grammar: Grammar) -> Part:
    """Return a square root."""
    token = grammar.take()
    if grammar.token.text == "[":
        raise grammar.error(grammar.token, "a square root", "Write another root as a power.")
    grammar.deeper(token.position)
    kind = grammar.token.kind
    body = grammar.group() if kind == "open" else grammar.atom() if kind in _PLAIN else _argument(grammar)
    grammar.level -= 1
    return grammar.applied("sqrt", token.position, [body])


# Behind a root sign on one line, a whole name or number stands below it.
_PLAIN = frozenset(("number", "word"))


def _argument(grammar: Grammar) -> Part:
    """Return what a command takes: what stands in braces, or one digit or letter, as LaTeX has it."""
    token = grammar.token
    if token.kind == "open" and token.text == "{":
        return grammar.group()
    if token.kind == "number" and token.text[0].isdigit():
        grammar.go(token.position + 1)
        value = scanner.number_of(grammar.text, scanner.Token("number", token.text[0], token.position))
        return grammar.grown(Part(Rational(value.numerator, value.denominator), token.position, 1, value))
    if token.kind == "word" and (len(token.text) == 1 or token.text[1].isalpha()):
        grammar.go(token.position + 1)
        spelling = Spelling(token.text[0])
        return grammar.symbol(Found(grammar.vocabulary.meant(spelling), spelling, token.position, grammar.place))
    if token.kind in ("letter", "accent", "font"):
        return grammar.named()
    raise grammar.error(token, "an opening brace {")


def absolute(grammar: Grammar) -> Part:
    """Return what stands between bars."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    grammar.bars += 1
    part = grammar.sum()
    grammar.bars -= 1
    if grammar.token.kind != ("rightbar" if opening.kind == "leftbar" else "bar"):
        raise FormulaError(
            grammar.text, opening.position, grammar.shown(opening), "a bar further on that closes this one"
        )
    grammar.level -= 1
    grammar.take()
    return grammar.applied("abs", opening.position, [part])


def norm(grammar: Grammar) -> Part:
    """Return the norm of a layer's weights or biases."""
    opening = grammar.take()
    if grammar.token.kind == "accent":
        found = grammar.quantity()
    else:
        token = grammar.take()
        found = grammar.scripted(token.text, token.position)
    known = grammar.vocabulary.norms
    if found.spelling not in known or grammar.take().kind != "norm":
        allowed = f"the norms of the penalty: {grammar.vocabulary.shown(known.values()) or 'none here'}"
        raise FormulaError(grammar.text, opening.position, "a norm", allowed)
    if grammar.token.kind == "low":
        grammar.take()
        if grammar.script() != "2":
            raise FormulaError(grammar.text, opening.position, "another norm", "the norm with a 2 below")
    return grammar.grown(Part(known[found.spelling], opening.position))


def function(grammar: Grammar) -> Part:
    """Return a function that is written as a command."""
    token = grammar.take()
    return calls.call(grammar, token.text, token.position)


def indicator(grammar: Grammar) -> Part:
    """Return what is 1 under a condition and 0 else."""
    token = grammar.take()
    found = splits.indicator_or_none(grammar, token.position) if token.text in ("1", "I") else None
    if found is None:
        raise grammar.error(token, OPERAND, "Of the bold letters only the indicator is read, with its condition.")
    return found


def cases(grammar: Grammar) -> Part:
    """Return a value by cases in an environment of LaTeX."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    part = splits.cases(grammar, grammar.sum())
    grammar.level -= 1
    if grammar.token.kind != "end_cases":
        raise grammar.error(grammar.token, "the end of the cases")
    grammar.take()
    return part._replace(position=opening.position)

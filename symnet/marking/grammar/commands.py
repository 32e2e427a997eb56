"""What commands of LaTeX and bars make of an answer: fractions, roots, absolute values and norms."""

from __future__ import annotations

from sympy import Rational

from symnet.marking.grammar.derivatives import derivative, derivative_of
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import Found
from symnet.marking.names import Spelling
from symnet.parsing import tokens
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words


def fraction(grammar: Grammar) -> Fragment:
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


def root(grammar: Grammar) -> Fragment:
    """Return a square root."""
    token = grammar.take()
    if grammar.token.text == "[":
        raise grammar.error(grammar.token, words("reading.square_root"), words("reading.root_as_power"))
    grammar.deeper(token.position)
    kind = grammar.token.kind
    body = grammar.atom() if kind == "open" or kind in _BELOW_ROOT else _argument(grammar)
    grammar.level -= 1
    return grammar.applied("sqrt", token.position, [body])


# Behind a root sign on one line, a whole name or number stands below it.
_BELOW_ROOT = frozenset(("number", "word"))


def _argument(grammar: Grammar) -> Fragment:
    """Return the argument of a LaTeX command: a group in braces, or one digit or letter."""
    token = grammar.token
    if token.kind == "open" and token.text == "{":
        return grammar.atom()
    if token.kind == "number" and token.text[0].isdigit():
        grammar.go(token.position + 1)
        value = tokens.number_of(grammar.text, tokens.FormulaToken("number", token.text[0], token.position))
        return grammar.grown(Fragment(Rational(value.numerator, value.denominator), token.position, 1, value))
    if token.kind == "word" and (len(token.text) == 1 or token.text[1].isalpha()):
        grammar.go(token.position + 1)
        spelling = Spelling(token.text[0])
        return grammar.symbol(Found(grammar.vocabulary.meant(spelling), spelling, token.position, grammar.place))
    if token.kind in ("letter", "accent", "font"):
        return grammar.atom()
    raise grammar.error(token, words("reading.opening_brace"))


def absolute(grammar: Grammar) -> Fragment:
    """Return the expression between bars."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    grammar.bars += 1
    part = grammar.sum()
    grammar.bars -= 1
    if grammar.token.kind != ("rightbar" if opening.kind == "leftbar" else "bar"):
        raise FormulaError(grammar.text, opening.position, grammar.shown(opening), words("reading.closing_bar"))
    grammar.level -= 1
    grammar.take()
    return grammar.applied("abs", opening.position, [part])


def norm(grammar: Grammar) -> Fragment:
    """Return the norm of a layer's weights or biases."""
    opening = grammar.take()
    if grammar.token.kind == "accent":
        found = grammar.quantity()
    else:
        token = grammar.take()
        found = grammar.scripted(token.text, token.position)
    known = grammar.vocabulary.norms
    if found.spelling not in known or grammar.take().kind != "norm":
        allowed = words("reading.norms", norms=grammar.vocabulary.shown(known.values()) or words("reading.none_here"))
        raise FormulaError(grammar.text, opening.position, words("reading.norm"), allowed)
    if grammar.token.kind == "low":
        grammar.take()
        if grammar.script() != "2":
            raise FormulaError(
                grammar.text, opening.position, words("reading.another_norm"), words("reading.norm_below")
            )
    return grammar.grown(Fragment(known[found.spelling], opening.position))

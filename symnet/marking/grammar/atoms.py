"""What an operand of an answer may be: a number, a name, and what brackets, bars and commands make."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

from sympy import Rational
from sympy.core.expr import Expr

from symnet.marking.grammar.calls import call, function
from symnet.marking.grammar.commands import absolute, fraction, norm, root
from symnet.marking.grammar.conditions import cases, conditional, group, indicator, indicator_or_none
from symnet.marking.grammar.derivatives import derivative, derivative_of, partial
from symnet.marking.grammar.expression import CONSTANTS, Atoms, Grammar
from symnet.marking.names import Spelling
from symnet.parsing import tokens
from symnet.parsing.limits import Fragment
from symnet.text.say import words


def read(grammar: Grammar) -> Expr:
    """Return the expression that an answer is.

    Args:
        grammar: Stands where the answer begins.

    Raises:
        FormulaError: At the first place where it is none.
    """
    part = conditional(grammar, grammar.sum())
    if grammar.token.kind != "end":
        closing = grammar.token.kind == "close"
        raise grammar.error(grammar.token, words("reading.operator"), words("reading.closes_none") if closing else "")
    return part.expression


_SPELT = frozenset(map(Spelling, CONSTANTS))


def number(grammar: Grammar) -> Fragment:
    """Return a number, or what is 1 under a condition."""
    token = grammar.take()
    if token.text == "1" and (found := indicator_or_none(grammar, token.position)) is not None:
        return found
    decimal = token.text.replace("{,}", ".").replace(",", ".")
    value = tokens.number_of(grammar.text, tokens.FormulaToken("number", decimal, token.position))
    mantissa, _, power = decimal.lower().partition("e")
    if "." in mantissa or power:
        grammar.typed[value] = Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))
    return grammar.grown(Fragment(Rational(value.numerator, value.denominator), token.position, 1, value))


def named(grammar: Grammar) -> Fragment:
    """Return a quantity, a constant, a function at its arguments, or a derivative."""
    token = grammar.token
    if token.kind == "word" or token.text == "d":
        found = derivative(grammar)
        if found is not None:
            return derivative_of(grammar, token.position, *found)
    if token.kind == "word":
        piece = grammar.piece(token)
        if piece.kind in ("function", "constant"):
            grammar.go(piece.end)
            at = token.position
            return call(grammar, piece.text, at) if piece.kind == "function" else grammar.known(piece.text, at)
    elif token.kind != "accent" and token.text not in {*grammar.vocabulary.highs, *grammar.vocabulary.ids}:
        grammar.take()
        if token.text in grammar.vocabulary.functions or token.text == "phi":
            return call(grammar, token.text, token.position)
        if token.text in CONSTANTS:
            return grammar.known(token.text, token.position)
        raise grammar.unknown(token.position, token.text)
    name = grammar.quantity()
    if name.spelling in _SPELT and name.spelling not in grammar.vocabulary.exact:
        return grammar.known(name.spelling.letter, name.position)
    return grammar.symbol(name)


ATOMS: Atoms = MappingProxyType(
    {
        "number": number,
        "word": named,
        "letter": named,
        "font": named,
        "accent": named,
        "partial": partial,
        "fraction": fraction,
        "root": root,
        "open": group,
        "bar": absolute,
        "leftbar": absolute,
        "norm": norm,
        "function": function,
        "bold": indicator,
        "begin": cases,
    }
)
"""By the kind of the word that an operand begins with, what reads it."""

"""What an operand of an answer may be: a number, a name, and what brackets, bars and commands make."""

from __future__ import annotations

import re
from fractions import Fraction
from types import MappingProxyType

from sympy import Rational
from sympy.core.expr import Expr

from symnet.marking.grammar.calls import call, function
from symnet.marking.grammar.commands import absolute, fraction, norm, root
from symnet.marking.grammar.conditions import cases, conditional, group, indicator, indicator_or_none
from symnet.marking.grammar.derivatives import derivative, derivative_of, partial
from symnet.marking.grammar.expression import CONSTANTS, Atoms, Grammar
from symnet.marking.grammar.sums import total
from symnet.marking.names import Spelling
from symnet.marking.tokens import AnswerToken
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
# An upright e is Euler's number, whatever is called e; with a script behind it, it is the letter of a name.
_UPRIGHT_E = re.compile(r"\\(?:mathrm|mathsf|operatorname|text|textrm|textnormal)\s*(?:\{\s*e\s*\}|\se)(?!\s*[_@'0-9])")


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
    if _is_sum(grammar, token):
        return total(grammar, grammar.take())
    rule = _in_word if token.kind == "word" else _by_letter
    return rule(grammar, token) or _quantity(grammar)


def _in_word(grammar: Grammar, token: AnswerToken) -> Fragment | None:
    """Return the function or the constant that a word begins with; None where it begins with a quantity."""
    piece = grammar.piece(token)
    if piece.kind not in ("function", "constant"):
        return None
    grammar.go(piece.end)
    known = call if piece.kind == "function" else Grammar.known
    return known(grammar, piece.text, token.position)


def _by_letter(grammar: Grammar, token: AnswerToken) -> Fragment | None:
    """Return the function or the constant that a letter is; None where it is a quantity's."""
    vocabulary = grammar.vocabulary
    if token.kind == "font" and _UPRIGHT_E.match(grammar.text, token.position, grammar.stop):
        grammar.take()
        return grammar.known("e", token.position)
    if token.kind == "accent" or token.text in vocabulary.highs or token.text in vocabulary.ids:
        return None
    grammar.take()
    if token.text in vocabulary.functions or token.text == "phi":
        return call(grammar, token.text, token.position)
    if token.text in CONSTANTS:
        return grammar.known(token.text, token.position)
    raise grammar.unknown(token.position, token.text)


def _quantity(grammar: Grammar) -> Fragment:
    name = grammar.quantity()
    if name.spelling in _SPELT and name.spelling not in grammar.vocabulary.exact:
        return grammar.known(name.spelling.letter, name.position)
    return grammar.symbol(name)


_SUMS = re.compile(r"(?:sum|Sum)(?:_[A-Za-z])?")


def _is_sum(grammar: Grammar, token: AnswerToken) -> bool:
    """Return whether a word or a letter is the sign of a sum, as in ``sum_k`` or a Sigma with an index below."""
    if token.text == "Sigma" and token.kind == "letter":
        return "Sigma" not in grammar.vocabulary.highs and grammar.text[token.end : grammar.stop].lstrip()[:1] == "_"
    if token.kind not in ("word", "font") or not _SUMS.fullmatch(token.text):
        return False
    return "_" in token.text or grammar.text[token.end : grammar.stop].lstrip()[:1] != "("


def summed(grammar: Grammar) -> Fragment:
    """Return a sum over an index."""
    return total(grammar, grammar.take())


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
        "sum": summed,
    }
)
"""By the kind of the word that an operand begins with, what reads it."""

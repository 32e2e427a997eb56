"""Wrong answers for the tests of the catalogue of mistakes, made without the reader."""

import re
from decimal import Decimal
from fractions import Fraction

from sympy import Rational, Symbol, parse_expr

import symnet
from symnet.marking.mistakes.search import Catalogue
from symnet.marking.records import Answer, Figures, TypedAnswer
from symnet.marking.trained import trained_target
from symnet.marking.truth import Truth

_FUNCTIONS = {"exp", "log"}


def catalogue_of(source):
    """Return the catalogue of the first loss of a description."""
    worked = symnet.solve(source)
    return Catalogue(Truth(worked, worked.parts[0]))


def built(source, _kept={}):  # noqa: B006 - kept on purpose, since the same few are asked for again and again
    """Return the catalogue of the first loss of a description, built once."""
    key = repr(source)
    if key not in _kept:
        _kept[key] = catalogue_of(source)
    return _kept[key]


def number(catalogue, left, text):
    """Return the answer that is a number with its digits."""
    figures = Figures(Fraction(text), Fraction(10) ** Decimal(text).as_tuple().exponent)
    target = catalogue.truth.by_id.get(left) or trained_target(Symbol(left.rstrip("'")), left.count("'"))
    return Answer(TypedAnswer(left, text), target, Rational(text), figures)


def expression(catalogue, left, text):
    """Return the answer that is an expression in node ids, read by SymPy."""
    names = set(re.findall(r"[A-Za-z]\w*", text)) - _FUNCTIONS
    read = parse_expr(text.replace("^", "**"), local_dict={name: Symbol(name) for name in names})
    return Answer(TypedAnswer(left, text), catalogue.truth.by_id[left], read)


def answer(catalogue, left, text):
    """Return the answer as a number if it is one, else as an expression."""
    try:
        Decimal(text)
    except ArithmeticError:
        return expression(catalogue, left, text)
    return number(catalogue, left, text)


def named(catalogue, left, text):
    """Return the names of the mistakes that explain an answer, in their order."""
    return [mistake.name for mistake in catalogue.explain(answer(catalogue, left, text))]

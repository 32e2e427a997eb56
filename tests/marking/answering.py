"""Answers as the tests type them: in ids alone, so that no test of a verdict rests on the reader of answers."""

from decimal import Decimal
from fractions import Fraction

from symnet.algebra.functions import FUNCTIONS
from symnet.marking.records import Answer, Figures, TypedAnswer
from symnet.parsing.formula import read


def figures_of(text):
    """Return a number as it is written, or None for what is none."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return Figures(Fraction(number), Fraction(10) ** number.as_tuple().exponent)


def answered(truth, left, right):
    """Return the answer ``right`` to the id ``left``, as a reader would give it."""
    expression = read(right, lambda name: name not in FUNCTIONS)
    return Answer(TypedAnswer(left, right), truth.by_id[left], expression, figures_of(right))

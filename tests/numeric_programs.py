"""A program that takes every operation, for each arithmetic."""

from sympy import Integer, Pow, Rational, S, Symbol, exp, log, tanh

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Wins
from symnet.numerics.program import Primitive, Program

x, y = Symbol("x"), Symbol("y")

# Expressions that together take every operation, of a program whose lines are shown.
ALL = [
    PathSum(Chain(x, y), x, Rational(1, 3)),
    Chain(x, y, x),
    Quotient(x, PathSum(S.One, exp(x))),
    Pow(y, 3, evaluate=False),
    Applied("sqrt", y),
    log(y),
    log(PathSum(S.One, y)),
    tanh(x),
    *(Applied(name, x) for name in ("sinh", "cosh", "sin", "cos", "tan", "erf", "abs", "sign", "max", "min")),
    Applied("max", x, y),
    Applied("min", x, y),
    Indicator(x),
    Branch(x, y, x),
    Wins(Integer(0), x, y),
]


def everything():
    """Return a program of x and y that takes every operation."""
    program = Program([x, y], shown=True)
    program.begin("all")
    for number, expression in enumerate(ALL):
        program.line(Symbol(f"line{number}"), expression)
    program.wanted(program.emit(Primitive.ERROR, 1, 2, 1, detail=(1,)))
    program.wanted(program.emit(Primitive.FUNCTION, 1, detail="sigmoid"))
    return program

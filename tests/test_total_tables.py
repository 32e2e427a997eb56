"""No table over the types of expressions, over functions or over the shapes of formulas leaves one out."""

import inspect
from typing import get_args

import pytest
from formulas import ONE_ARGUMENT, SEVERAL
from sympy import Add, Integer, Mul, Pow, Rational, Symbol, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Half, NegativeOne, One, Pi, Zero

from symnet.algebra import branches, differentiate, indices, nodes
from symnet.algebra.functions import FUNCTIONS, Shape
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Direct,
    Indicator,
    Inert,
    Partial,
    PathSum,
    PrimeDerivative,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
)
from symnet.indexed import values
from symnet.layout import latex, mathml, measure, text, tree, typst
from symnet.numerics import affine, direct, exact, program, quick, vectors
from symnet.numerics.format import Form
from symnet.numerics.paper import paper
from symnet.numerics.program import Primitive
from symnet.typeset import expressions


def types_of(module):
    """Return the types of expressions that a module defines."""
    members = [member for _name, member in inspect.getmembers(module, inspect.isclass)]
    own = {it for it in members if issubclass(it, Expr) and it.__module__ == module.__name__}
    return {it for it in own if it is not Inert and not it.__name__.startswith("_")}


ATOMS = {Partial, PrimeDerivative, Direct}
OURS = types_of(nodes) - ATOMS
INDEXED = types_of(indices)
OPERATIONS = OURS | {Add, Mul, Pow, exp, log, tanh}
NUMBERS = {Exp1, Pi, Integer, Rational, Half, One, NegativeOne, Zero}
# A sum over the samples is made for the objective alone: what reads the expression of a node meets none.
OF_NODES = OPERATIONS - {SampleSum}

# Each table, and what it has to know; what falls to another rule is said beside it.
TABLES = {
    "direct": (direct._RULES, OPERATIONS | NUMBERS),
    "program, where numbers have one rule": (program._RULES, OF_NODES),
    "differentiate, where numbers have none": (differentiate._RULES, OF_NODES),
    "typeset": (expressions._RULES, OPERATIONS | INDEXED | ATOMS | NUMBERS | {Symbol}),
    "indexed, where the rest is put in and asked of direct": (
        values._RULES,
        INDEXED | {Partial, PrimeDerivative, SampleSum, Applied},
    ),
}
ARITHMETICS = {
    **{"exact": exact.TABLE, "paper": paper(Form()).table, "quick": quick.QUICK, "vectors": vectors.VECTORS},
    "affine": affine.AFFINE,
}
SHAPES = set(get_args(tree.Layout))
WRITERS = {
    "latex": latex._WRITERS,
    "typst": typst._WRITERS,
    "mathml": mathml._WRITERS,
    "text": text._WRITERS,
    "measure": measure._WIDTHS,
}


def test_the_types_are_seen():
    """The tests below know all types of expressions, of formulas and all functions."""
    assert {Chain, PathSum, Quotient, Indicator, Branch, Wins, Undercuts, SampleSum, Applied} == OURS
    assert types_of(nodes) >= ATOMS
    assert {it.__name__ for it in INDEXED} == {"IndexSum", "IndexMax", "Kronecker", "Elsewhere", "Attains"}
    assert len(SHAPES) > 12
    assert {"exp", "ln", "relu", "tanh", "max"} < set(FUNCTIONS)


@pytest.mark.parametrize("name", TABLES)
def test_no_type_of_expressions_is_left_out(name):
    """Each table over types of expressions has a rule for each that can come to it, and none for another."""
    table, wanted = TABLES[name]
    assert set(table) == wanted


@pytest.mark.parametrize("name", ARITHMETICS)
def test_no_operation_of_programs_is_left_out(name):
    """Each arithmetic, of exact numbers, of those on paper, of floats and of rounding errors, knows each operation."""
    assert set(ARITHMETICS[name]) == set(Primitive)


@pytest.mark.parametrize("name", WRITERS)
def test_no_shape_of_formulas_is_left_out(name):
    """Each writer, and what measures, knows each shape of a formula."""
    assert set(WRITERS[name]) == SHAPES


@pytest.mark.parametrize("kind", sorted(OURS | ATOMS, key=lambda it: it.__name__), ids=lambda it: it.__name__)
def test_each_type_has_a_text_of_its_own(kind):
    """Each type of expressions says how it is written as plain text; formulas at general indices are typeset only."""
    assert any("_sympystr" in vars(it) for it in kind.__mro__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_known_everywhere(name):
    """Each function has a plain SymPy form, and one way in which a program works it out."""
    entry = FUNCTIONS[name]
    assert name in nodes.SYMPY_FORMS
    assert (entry.through is None) == (name in program._FUNCTIONS)
    assert set(nodes.SYMPY_FORMS) == set(FUNCTIONS)
    assert set(program._FUNCTIONS) | set(nodes.TEMPLATES) <= set(FUNCTIONS)


def test_random_formulas_are_made_of_all_functions():
    """The formulas that other tests draw may hold each function, and mpmath says what it comes to."""
    assert {*ONE_ARGUMENT, *SEVERAL} == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_kink_is_told(name):
    """A function with a convention for its derivative changes its branch somewhere, and no other function does."""
    entry = FUNCTIONS[name]
    expression = Applied(name, *(Symbol(letter) for letter in "xyz"[: entry.least]))
    assert bool(branches.switches(expression)) == bool(entry.kink)
    assert list(branches.kinked_functions(expression)) == ([name] if entry.kink else [])


def test_each_way_to_run_has_its_intervals():
    """However a function runs, it is known what it can be between two arguments."""
    assert set(affine._SHAPES) == set(Shape) == {entry.shape for entry in FUNCTIONS.values()}

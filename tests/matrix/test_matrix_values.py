"""Shapes and values of matrix expressions."""

from itertools import pairwise

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, S, Symbol

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient
from symnet.matrix.check import MatrixNumbers, value
from symnet.matrix.derive import NotEntrywiseError, alike, in_matrices
from symnet.matrix.expression import (
    Diagonal,
    Divided,
    Filled,
    Hadamard,
    MatrixEntries,
    MatrixLetter,
    ShapeError,
    Sum,
    Times,
    hadamard,
    negative,
    ones,
    parts,
    scaled,
    shape,
    summed,
    times,
    transposed,
)
from symnet.numerics.direct import NoValueError
from symnet.quantity import Role

NOTHING = MatrixNumbers([{}], [{}], {})
SIZES = st.integers(1, 4)
WHOLE = st.integers(-9, 9)


def matrix(rows):
    """Return a matrix of numbers."""
    return MatrixEntries(tuple(tuple(map(Integer, row)) for row in rows))


def matrices(rows, columns):
    """Return a strategy for matrices of whole numbers of a shape."""
    return st.lists(st.lists(WHOLE, min_size=columns, max_size=columns), min_size=rows, max_size=rows).map(matrix)


@st.composite
def factors(draw):
    """Draw three matrices that may be multiplied."""
    sizes = [draw(SIZES) for _ in range(4)]
    return [draw(matrices(*pair)) for pair in pairwise(sizes)]


@st.composite
def likes(draw, count):
    """Draw so many matrices of one shape."""
    size = draw(SIZES), draw(SIZES)
    return [draw(matrices(*size)) for _ in range(count)]


def of(tree):
    """Return the value of a matrix expression in numbers alone."""
    return value(tree, NOTHING)


@given(factors())
def test_a_product_of_three_may_be_bracketed_either_way(abc):
    """Products are associative, and one of three factors is both."""
    a, b, c = abc
    assert of(times(a, b, c)) == of(times(times(a, b), c)) == of(times(a, times(b, c)))


@given(factors())
def test_a_transposed_product_turns_its_factors_around(abc):
    """The transpose of a product is the product of the transposes from behind."""
    a, b, _c = abc
    assert of(transposed(times(a, b))) == of(times(transposed(b), transposed(a)))


@given(likes(3))
def test_products_entry_by_entry_distribute(abc):
    """A product entry by entry of a sum is the sum of the products."""
    a, b, c = abc
    assert of(hadamard(a, summed(b, c))) == of(summed(hadamard(a, b), hadamard(a, c)))


@given(likes(2), WHOLE)
def test_differences_and_multiples(ab, factor):
    """What is taken away from itself is 0 everywhere, and a multiple is one of every entry."""
    a, _b = ab
    assert of(summed(a, negative(a))) == of(Filled(S.Zero, *shape(a)))
    assert of(scaled(Integer(factor), a)) == of(hadamard(Filled(Integer(factor), *shape(a)), a))


@given(factors())
def test_a_value_has_the_shape_of_its_expression(abc):
    """The shape is that of the numbers, of products, transposes and diagonals."""
    a, b, _c = abc
    column = times(b, ones(int(shape(b)[1])))
    for tree in (times(a, b), transposed(times(a, b)), Diagonal(column), hadamard(a, a)):
        grid = of(tree)
        assert (len(grid), len(grid[0])) == shape(tree)


@given(SIZES, SIZES, SIZES, SIZES)
def test_factors_that_do_not_fit_are_refused(rows, columns, more_rows, more_columns):
    """A product whose inner sizes differ has no shape, nor has a sum of two shapes."""
    a, b = Filled(S.One, *map(Integer, (rows, columns))), Filled(S.One, *map(Integer, (more_rows, more_columns)))
    if columns != more_rows:
        with pytest.raises(ShapeError):
            shape(Times((a, b)))
    if shape(a) != shape(b):
        for joined in (Sum, Hadamard):
            with pytest.raises(ShapeError):
                shape(joined((a, b)))


def test_a_matrix_is_no_diagonal():
    """Only a vector makes a diagonal matrix."""
    assert of(Diagonal(matrix([[1, 2]]))) == ((1, 0), (0, 2))
    with pytest.raises(ShapeError):
        shape(Diagonal(matrix([[1, 2], [3, 4]])))


def test_parts_are_found_in_order():
    """Everything inside an expression is found, itself first."""
    a, b = matrix([[1]]), matrix([[2]])
    product = times(a, transposed(b))
    assert list(parts(product)) == [product, a, transposed(b), b]


def test_a_quotient_of_zero_by_zero_is_zero():
    """An entry of 0 over a norm of 0 is 0, as the derivative of the norm is taken there; any other has no value."""
    assert of(Divided(matrix([[0, 0]]), S.Zero)) == ((0, 0),)
    with pytest.raises(NoValueError):
        of(Divided(matrix([[1, 0]]), S.Zero))


# From expressions of each unit to expressions of all.

A = tuple((Symbol(f"a{unit}"),) for unit in (1, 2))
Y = tuple((Symbol(f"y{unit}"),) for unit in (1, 2))
LETTERS = [MatrixLetter(Role.OUTPUT, 1, None, A), MatrixLetter(Role.TARGET, 1, None, Y)]
SHARED = Symbol("c")
KNOWN = MatrixNumbers([{A[0][0]: 2, A[1][0]: -3, Y[0][0]: 5, Y[1][0]: 7, SHARED: 4}], [{}], {})


def each(function):
    """Return what ``function`` makes of the output and the target of each unit, as a column."""
    return tuple((function(a, y),) for (a,), (y,) in zip(A, Y, strict=True))


@pytest.mark.parametrize(
    "function",
    [
        lambda a, y: PathSum(a, Chain(S.NegativeOne, y)),
        lambda a, y: Chain(Integer(2), SHARED, PathSum(a, y), a),
        lambda a, _y: a**2,
        lambda a, _y: Quotient(a, SHARED),
        lambda a, _y: Indicator(a),
        lambda a, y: Branch(a, S.One, y),
        lambda a, y: Branch(PathSum(a, SHARED), S.Zero, Chain(a, y)),
        lambda a, _y: Applied("abs", a),
        lambda _a, _y: SHARED,
    ],
)
def test_what_holds_for_each_unit_is_written_for_all(function):
    """One expression in vectors has the values of the expressions unit by unit."""
    cells = each(function)
    tree, scalars = alike(cells, LETTERS)
    assert value(tree, KNOWN) == value(MatrixEntries(cells), KNOWN)
    assert scalars <= {SHARED}


def test_units_that_are_treated_differently_have_no_common_form():
    """Expressions that differ by more than the unit, or that mix units, are not written as one."""
    (first,), (second,) = A
    assert alike(((first,), (Chain(Integer(2), second),)), LETTERS) is None
    assert alike(((second,), (first,)), LETTERS) is None


def test_what_has_no_form_in_vectors_is_refused():
    """A division by a vector and a higher power stay as they are, entry by entry."""
    letter = LETTERS[0]
    place = Symbol("z")
    for form in (Quotient(S.One, place), place**3, Applied("max", place, S.One)):
        with pytest.raises(NotEntrywiseError):
            in_matrices(form, {place: letter})
    assert alike(each(lambda a, y: Quotient(y, a)), LETTERS) is None


def test_samples_stand_side_by_side_or_one_below_the_other():
    """The letter of a batch gathers its samples into columns, or into rows."""
    one, two = {A[0][0]: 1, A[1][0]: 2}, {A[0][0]: 3, A[1][0]: 4}
    numbers = MatrixNumbers([one, two], [{}, {}], {})
    columns = LETTERS[0]._replace(samples=Integer(2))
    rows = columns._replace(cells=((A[0][0], A[1][0]),), down=True)
    assert value(columns, numbers) == ((1, 3), (2, 4))
    assert value(rows, numbers) == ((1, 2), (3, 4))
    assert shape(columns) == shape(rows) == (2, 2)
    each_sample = LETTERS[0]._replace(each=True)
    assert value(each_sample, numbers._replace(at=1)) == ((3,), (4,))


def test_noise_of_a_sum_is_zero():
    """What is left where all but half of the digits cancel is 0, as everywhere: its sign would decide on kinks."""
    third = MatrixEntries(((Quotient(S.One, Integer(3)), Quotient(Integer(2), Integer(3)), S.NegativeOne),))
    with mpmath.workdps(50):
        assert of(times(third, ones(3))) == ((0,),)

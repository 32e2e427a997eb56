"""Matrix expressions in letters, as plain text."""

import pytest
from sympy import Integer, S, Symbol, log

from symnet.algebra.nodes import Quotient
from symnet.layout.latex import write as latex
from symnet.layout.text import write
from symnet.layout.tree import Matrix, Number
from symnet.matrix.expression import (
    Diagonal,
    Divided,
    MatrixEntries,
    MatrixLetter,
    Scaled,
    hadamard,
    negative,
    ones,
    scaled,
    summed,
    times,
    transposed,
)
from symnet.matrix.typeset import MatrixWriter
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Quantity, Role
from symnet.typeset.numbers import dotted, kept


def letter(role, identifier, rows=2, columns=1, **more):
    """Return a letter of so many rows and columns."""
    cells = tuple(tuple(Symbol(f"{identifier}{i}_{j}") for j in range(columns)) for i in range(rows))
    return MatrixLetter(role, more.pop("layer", 1), more.pop("piece", None), cells, **more)


W, Z, A = letter(Role.WEIGHT, "w", 2, 2), letter(Role.PRE_ACTIVATION, "z"), letter(Role.ACTIVATION, "a")
QUANTITIES = {
    cell.name: Quantity(cell.name, one.role, 1, unit, activation="tanh")
    for one in (W, Z, A)
    for unit, row in enumerate(one.cells, 1)
    for cell in row
}


def writer(notation="standard"):
    """Return a writer in a notation."""
    return MatrixWriter(Names(NOTATIONS[notation], QUANTITIES))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (times(W, Z), "W⁽¹⁾ z⁽¹⁾"),
        (times(transposed(W), Z), "(W⁽¹⁾)ᵀ z⁽¹⁾"),
        (times(W, summed(Z, A)), "W⁽¹⁾ (z⁽¹⁾ + a⁽¹⁾)"),
        (times(W, negative(Z)), "W⁽¹⁾ (−z⁽¹⁾)"),
        (summed(Z, negative(A)), "z⁽¹⁾ − a⁽¹⁾"),
        (summed(Z, negative(summed(Z, A))), "z⁽¹⁾ − (z⁽¹⁾ + a⁽¹⁾)"),
        (negative(Z), "−z⁽¹⁾"),
        (hadamard(times(W, Z), A), "(W⁽¹⁾ z⁽¹⁾) ⊙ a⁽¹⁾"),
        (hadamard(A, negative(Z)), "a⁽¹⁾ ⊙ (−z⁽¹⁾)"),
        (hadamard(A, hadamard(Z, A)), "a⁽¹⁾ ⊙ z⁽¹⁾ ⊙ a⁽¹⁾"),
        (times(W, hadamard(A, Z)), "W⁽¹⁾ (a⁽¹⁾ ⊙ z⁽¹⁾)"),
        (scaled(Integer(2), times(W, Z)), "2 W⁽¹⁾ z⁽¹⁾"),
        (scaled(Integer(2), summed(Z, A)), "2(z⁽¹⁾ + a⁽¹⁾)"),
        (times(transposed(ones(2)), Z), "𝟏ᵀ z⁽¹⁾"),
        (transposed(times(W, Z)), "(W⁽¹⁾ z⁽¹⁾)ᵀ"),
        (Diagonal(Z), "diag(z⁽¹⁾)"),
        (Divided(W, Integer(2)), "W⁽¹⁾/2"),
        (MatrixEntries(((S.One, Symbol("c")),)), "[1, c]"),
    ],
)
def test_expressions_in_letters(tree, text):
    """Products, sums and transposes stand in order, in brackets where they need them and nowhere else."""
    assert write(writer()(tree)) == text


def test_a_batch_has_capital_letters():
    """A column is a small letter, the samples together a capital one, and one of them carries its mark."""
    several = A._replace(samples=Integer(3))
    write_tree = writer()
    assert latex(write_tree(A)) == r"\mathbf{a}^{(1)}"
    assert latex(write_tree(several)) == r"\mathbf{A}^{(1)}"
    assert latex(write_tree.of_each(A._replace(each=True))) == r"\mathbf{a}^{(1)[i]}"


def test_the_letters_are_those_of_the_notation():
    """Another notation writes the same expression in its own letters."""
    assert write(writer("bishop")(times(W, Z))) == "W⁽¹⁾ a"
    assert write(writer("inf2008")(ones(3))) == "ι"


def test_numbers_may_stand_instead():
    """What is put in for an expression is written in its place, a matrix without further brackets."""
    numbers = Matrix(((Number("1"),), (Number("2"),)))
    put_in = MatrixWriter(Names(NOTATIONS["standard"], QUANTITIES), lambda tree: numbers if tree == Z else None)
    assert write(put_in(times(W, Z))) == "W⁽¹⁾ [1; 2]"
    assert write(put_in(Scaled(Integer(3), Divided(Z, Integer(4))))) == "3/4 ⋅ [1; 2]"


@pytest.mark.parametrize(("count", "most", "shown"), [(3, 3, [0, 1, 2]), (5, 3, [0, None, 4]), (9, 4, [0, 1, None, 8])])
def test_the_middle_is_left_out(count, most, shown):
    """Of more entries than are printed the first ones and the last stay."""
    assert kept(count, most) == shown
    matrix = dotted(count, count, (most, most), lambda i, j: Number(f"{i}{j}"))
    assert len(matrix.rows) == len(shown)
    assert write(matrix.rows[0][-1]) == f"0{count - 1}"
    assert {write(cell) for row in matrix.rows for cell in row} & {"⋮", "⋯"} == ({"⋮", "⋯"} if None in shown else set())


def test_a_constant_below_is_a_bar():
    """What is divided by ln 2 stands above it, and needs no brackets there, nor the fraction any in a product."""
    share = Quotient(S.One, log(2))
    error = scaled(share, summed(Z, negative(A)))
    assert latex(writer()(error)) == "\\frac{\\mathbf{z}^{(1)} - \\mathbf{a}^{(1)}}{\\ln 2}"
    assert write(writer()(times(W, error))) == "W⁽¹⁾ ⋅ (z⁽¹⁾ − a⁽¹⁾)/(ln 2)"
    assert write(writer()(negative(error))) == "−(z⁽¹⁾ − a⁽¹⁾)/(ln 2)"

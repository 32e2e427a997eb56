"""The sections of the matrix form on a sheet: equations with shapes, numbers put in, what was checked."""

import itertools
import re

import mpmath
import pytest
from exercises import describe, full, part_of, solved
from mpmath import mpf

import symnet
from symnet.document import Heading, Line, Note, Result, Table, Working
from symnet.layout.text import write
from symnet.layout.tree import Matrix, Operator, Row
from symnet.render import pdf
from symnet.render.pdf import render_tex

MATRIX, BOTH = full("matrix"), full("both")
DATA = {"inputs": [["0.5", "-1"], ["2", "0.25"]], "targets": [["1"], ["0"]]}
PARAMETERS = [
    {"weights": [["0.1", "-0.2"], ["0.3", "0.4"]], "biases": ["0.3", "-0.1"]},
    {"weights": [["0.7", "-0.6"]], "biases": ["0.2"]},
]
BATCH = describe([2, 2, 1], ["tanh", "sigmoid"], "squared_error", data=DATA, parameters=PARAMETERS)
ONE = BATCH | {"data": {key: rows[:1] for key, rows in DATA.items()}}


def document(spec, view=MATRIX):
    """Return the sheet of a description."""
    return (symnet.solve(spec) if isinstance(spec, dict) else solved(spec)).document(view)


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def headings(sheet):
    """Return the headings as text."""
    return [words(block.content) for block in sheet.blocks if isinstance(block, Heading)]


def lines(sheet, kind=Working):
    """Return every line of a kind of block as (left side or nothing, right side, reason) in plain text."""
    found = [line for block in sheet.blocks if isinstance(block, kind) for line in block.lines]
    assert found
    return [(line.left and write(line.left), write(line.right), words(line.reason)) for line in found]


def test_the_form_says_which_sections_there_are():
    """Scalars alone, matrices alone, or both: each with its own forward pass, deltas, gradients and numbers."""
    scalar, matrix, both = (headings(document(ONE, view)) for view in (full(), MATRIX, BOTH))
    of_matrices = {"Deltas in matrix form", "Gradients in matrix form", "Backward pass in matrix form: numbers"}
    of_scalars = {
        "Deltas of layer 1",
        "Gradients with respect to the parameters of layer 1",
        "Loss and deltas: numbers",
    }
    assert not of_matrices & set(scalar)
    assert of_scalars <= set(scalar)
    assert of_matrices <= set(matrix)
    assert not of_scalars & set(matrix)
    assert of_matrices | of_scalars <= set(both)
    assert matrix.count("Forward pass") == 1


def test_every_matrix_is_in_the_table():
    """The table says of every vector and matrix what it is and which shape it has."""
    tables = [block for block in document(ONE).blocks if isinstance(block, Table)]
    (table,) = [table for table in tables if table.head == (("Letter",), ("Meaning",), ("Shape",))]
    rows = [tuple(map(words, row)) for row in table.rows]
    assert rows == [
        ("x", "inputs", "(2 × 1)"),
        ("W⁽¹⁾", "weights of layer 1", "(2 × 2)"),
        ("b⁽¹⁾", "biases of layer 1", "(2 × 1)"),
        ("z⁽¹⁾, a⁽¹⁾ and δ⁽¹⁾", "pre-activations, activations, deltas of layer 1", "(2 × 1)"),
        ("W⁽²⁾", "weights of layer 2", "(1 × 2)"),
        ("b⁽²⁾", "biases of layer 2", "(1 × 1)"),
        ("z⁽²⁾, ŷ and δ⁽²⁾", "pre-activations, outputs, deltas of layer 2", "(1 × 1)"),
        ("y", "targets", "(1 × 1)"),
    ]


def test_products_say_their_shapes():
    """At a product stand the shapes of its factors, one behind the other."""
    found = lines(document(BATCH))
    assert ("Z⁽¹⁾", "W⁽¹⁾ X + b⁽¹⁾ 𝟏ᵀ", "(2 × 2)(2 × 2) + (2 × 1)(1 × 2)") in found
    assert (None, "((W⁽²⁾)ᵀ Δ⁽²⁾) ⊙ tanh′(Z⁽¹⁾)", "(2 × 1)(1 × 2) ⊙ (2 × 2)") in found


def test_a_delta_is_introduced():
    """The letter of the deltas is said to be the derivative, and without a letter the derivative stands alone."""
    assert "δ⁽¹⁾ ≔ ∂L/∂z⁽¹⁾" in [left for left, _right, _reason in lines(document(ONE))]
    without = lines(document(ONE | {"notation": "cs4045"}))
    assert "∂J/∂z⁽²⁾" in [left for left, _right, _reason in without]
    assert not [left for left, _right, _reason in without if left and ("δ" in left or "≔" in left)]


def numbers_of(matrix):
    """Return the numbers of a matrix of the layout, row by row."""
    return [
        [mpf(write(cell).replace("−", "-").replace(" × 10", "e").replace("⁻", "-")) for cell in row] for row in matrix
    ]


@pytest.mark.parametrize("spec", [ONE, BATCH])
def test_gradients_end_as_matrices_of_numbers(spec):
    """The last frames hold the gradients as matrices, with the numbers of the evaluation."""
    part = part_of(spec)
    frames = [block for block in document(spec).blocks if isinstance(block, Result)]
    shown = {write(line.left): line.right for frame in frames for line in frame.lines if isinstance(line.right, Matrix)}
    of = "J" if spec is BATCH else "L"
    assert set(shown) == {f"∂{of}/∂{letter}" for letter in ("W⁽¹⁾", "b⁽¹⁾", "W⁽²⁾", "b⁽²⁾")}
    layer = part.network.layers[0]
    for row, symbols in zip(numbers_of(shown[f"∂{of}/∂W⁽¹⁾"].rows), layer.dense, strict=True):
        for number, symbol in zip(row, symbols, strict=True):
            assert abs(number - part.evaluation.gradients[symbol]) < mpf(10) ** -5


def test_a_frame_fits_a_page():
    """Matrices with many rows stand in frames of their own, and one matrix stays whole."""
    units = 11
    layer = {"weights": [["0.1", "0.2"]] * units, "biases": ["0.3"] * units}
    parameters = [layer, {"weights": [["0.1"] * units], "biases": ["0.2"]}]
    spec = describe([2, units, 1], ["tanh", "tanh"], "squared_error", data=ONE["data"], parameters=parameters)
    frames = [block for block in document(spec).blocks if isinstance(block, Result)]
    heights = [sum(len(line.right.rows) for line in frame.lines) for frame in frames if is_numeric(frame)]
    assert heights == [2, 10, 10]


def is_numeric(frame):
    """Return whether a frame holds matrices of numbers."""
    return all(isinstance(line.right, Matrix) for line in frame.lines)


def test_a_frame_has_reasons_where_there_is_room():
    """Shapes stand beside the equations in a frame, unless these are too long for that."""
    assert ("∂L/∂W⁽¹⁾", "δ⁽¹⁾ xᵀ", "(2 × 1)(1 × 2)") in lines(document(ONE), Result)
    wide = describe([2, 2], ["prelu"], "triplet", reduction="mean")
    assert not any(reason for _left, _right, reason in lines(document(wide), Result))


def test_numbers_are_put_in_before_what_comes_out():
    """A line in letters is followed by the same with matrices of numbers, and by the result."""
    found = lines(document(ONE))
    start = next(i for i, line in enumerate(found) if line[:2] == ("z⁽¹⁾", "W⁽¹⁾ x + b⁽¹⁾") and not line[2])
    assert found[start + 1][1] == "[0.1, −0.2; 0.3, 0.4] [0.5; −1] + [0.3; −0.1] = [0.55; −0.35]"


def test_a_batch_of_three_uses_is_said_once():
    """The forward pass of a triplet is written for the anchor, with a word on the other two."""
    spec = describe([2, 2], ["tanh"], "triplet")
    notes = [words(block.content) for block in document(spec).blocks if isinstance(block, Note)]
    assert any("same equations" in note for note in notes)
    assert [left for left, _r, _s in lines(document(spec))][:2] == ["zₐ⁽¹⁾", "aₐ⁽¹⁾"]


def test_the_check_is_said():
    """The closing note says how often the matrix form was compared, and only where it is shown."""
    checked = [words(document(ONE, view).blocks[-1].content) for view in (full(), MATRIX)]
    assert "matrix form" not in checked[0]
    assert re.search(r"the matrix form with the scalar form \(\d+\), and every line with the one before it", checked[1])


def test_chosen_parameters():
    """Of the gradients those stay in whose matrix a chosen parameter stands."""
    found = lines(document(ONE, full("matrix", parameters=("w2_1_1",))), Result)
    assert {left for left, _right, _reason in found} == {"∂L/∂W⁽²⁾"}


def test_what_holds_for_each_sample_says_so():
    """A line of a batch that holds sample by sample has a word on it, and its numbers come without a line for each."""
    spec = describe(
        [2, 2],
        ["softmax"],
        "squared_error",
        data={"inputs": DATA["inputs"], "targets": [[1, 0], [0, 1]]},
        parameters=PARAMETERS[:1],
    )
    reasons = [reason for _left, _right, reason in lines(document(spec))]
    assert "chain rule, for each sample" in reasons
    assert "sample by sample" in reasons


PAPER = {"numbers": {"decimals": 3, "arithmetic": "paper"}}


class MatrixReader:
    """Reads a sum of products of printed matrices, of which some are turned."""

    def __init__(self, items):
        self.items = [item for item in items if type(item).__name__ != "Space"]

    def sum(self):
        """Return the sum of the products, each sign read with what follows it."""
        signs, terms = ["+"], [[]]
        for item in self.items:
            if isinstance(item, Operator):
                signs.append(item.name)
                terms.append([])
            else:
                terms[-1].append(item)
        products = [self.product(term) for term in terms]
        whole = products[0]
        for sign, product in zip(signs[1:], products[1:], strict=True):
            whole = whole + product if sign == "+" else whole - product
        return whole

    @staticmethod
    def product(term):
        """Return the product of printed matrices."""
        whole = None
        for item in term:
            turned = not isinstance(item, Matrix)
            matrix = mpmath.matrix(numbers_of((item.base if turned else item).rows))
            matrix = matrix.T if turned else matrix
            whole = matrix if whole is None else whole * matrix
        return whole


def test_paper_lines_come_to_what_they_say():
    """On paper every sum of products of printed matrices rounds to the printed matrix behind it."""
    sheet = document(ONE | PAPER)
    compared = 0
    for block in sheet.blocks:
        for line in block.lines if isinstance(block, Working) else ():
            items = line.right.items if isinstance(line.right, Row) else ()
            relations = [
                i for i, item in enumerate(items) if isinstance(item, Operator) and item.name in {"=", "approx"}
            ]
            if line.left is None and relations and is_of_matrices(items[: relations[0]]):
                found = MatrixReader(items[: relations[0]]).sum()
                (result,) = items[relations[0] + 1 :]
                for i, row in enumerate(numbers_of(result.rows)):
                    for j, number in enumerate(row):
                        assert abs(found[i, j] - number) <= mpf("0.0005")
                compared += 1
    assert compared >= 2


def is_of_matrices(items):
    """Return whether a right side is a sum of products of matrices alone."""
    kinds = [type(getattr(item, "base", item)).__name__ for item in items]
    return {"Matrix"} <= set(kinds) <= {"Matrix", "Operator", "Space"} and "⊙" not in "".join(map(write, items))


def test_paper_lines_that_round_elsewhere_are_not_put_in():
    """Where the samples' own gradients are rounded first, the mean has no numbers put in, and a note says why."""
    spec = BATCH | {"numbers": {"decimals": 2, "arithmetic": "paper"}}
    notes = [words(block.content) for block in document(spec).blocks if isinstance(block, Note)]
    assert any("entry by entry, with rounding at each step" in note and "Lines shown without" in note for note in notes)


WORKED = ["C1", "C2", "C3", "C11", "adam", "dropout", "elastic-net", "maxout", "triplet", "xor"]


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("pair", list(itertools.product(WORKED, ["standard", "inf2008", "cs349"])), ids="-".join)
def test_no_box_is_overfull(pdflatex, tmp_path, examples, pair):
    """Every example fits its pages in matrix form, in columns, in rows, and with weights from their units."""
    name, notation = pair
    text = re.sub(r"(?m)^notation:.*\n", "", examples[name].read_text(encoding="utf-8"))
    spec = tmp_path / f"{name}.yaml"
    spec.write_text(f"{text}\nnotation: {notation}\n", encoding="utf-8")
    (tmp_path / "document.tex").write_text(render_tex(document(spec)), encoding="utf-8")
    log = pdf._run(pdflatex, tmp_path, 60)
    assert "Overfull \\vbox" not in log
    assert [points for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 1] == []


def test_lines_are_whole(examples):
    """Every line has a relation and a right side, and the first of a working its left side."""
    for name in WORKED:
        for block in document(examples[name]).blocks:
            if isinstance(block, Working):
                assert block.lines[0].left is not None
                assert all(isinstance(line, Line) and line.relation and line.right is not None for line in block.lines)

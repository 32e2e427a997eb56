"""What a sheet says of arithmetic as on paper: how numbers are rounded, and the rounding errors of the derivatives."""

import pytest
from exercises import Draws, describe, full, luck, one_unit

import symnet
from symnet.document import Heading, Paragraph, Table, Working
from symnet.layout.text import write
from symnet.limits import MOST_TABLE_ROWS
from symnet.sheets.solution import solution

SPEC = one_unit("0.3", "0.1", "0.7", 1, "sigmoid")
GRAPH = {"graph": {"inputs": ["x", "y"], "nodes": {"f": "sigmoid(x*y)"}, "output": "f"}, "at": {"x": "1/3", "y": 2}}


def words(content):
    """Return text with formulas in it as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in content)


def blocks_of(spec, view=None, **numbers):
    """Return the blocks of the sheet of a description on paper."""
    worked = symnet.solve({**spec, "numbers": {"arithmetic": "paper", **numbers}})
    return (solution(worked, view) if view else worked.document(full())).blocks


def said(blocks):
    """Return the paragraphs as text."""
    return [words(block.content) for block in blocks if isinstance(block, Paragraph)]


def rounding_errors(blocks):
    """Return the tables of rounding errors as text, without their heads."""
    tables = (block for block in blocks if isinstance(block, Table) and words(block.head[-1]) == "rounding error")
    return [[[words(cell) for cell in row] for row in table.rows] for table in tables]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            {"decimals": 4},
            "each result is rounded (half up) to 4 decimal places, or to "
            "3 significant figures in scientific notation if very small or very large, and the rounded value is used",
        ),
        (
            {"significant": 3, "rounding": "half_even"},
            "rounded (half to even) to 3 significant figures, and the rounded value is used",
        ),
        ({"significant": 1}, "rounded (half up) to 1 significant figure, and the rounded value"),
    ],
)
@pytest.mark.parametrize("spec", [SPEC, GRAPH], ids=["network", "graph"])
def test_the_rounding_is_said(spec, numbers, sentence):
    """Before the first number the sheet says how results are rounded, and that they are used so."""
    blocks = blocks_of(spec, **numbers)
    (found,) = (text for text in said(blocks) if text.startswith("Hand arithmetic"))
    assert sentence.replace(" ", "") in found.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    assert isinstance(blocks[blocks.index(Heading(1, ("Numerical values",))) + 1], Paragraph)


def test_each_derivative_has_its_drift():
    """Each derivative stands on paper and exactly, two digits finer, with the difference."""
    (rows,) = rounding_errors(blocks_of(SPEC, decimals=3))
    # The output is 1/(1 + e^-0.31) = 0.57688..., on paper 0.577.
    assert rows == [
        ["w₁₁⁽¹⁾", "−0.072", "−0.07229", "2.9 × 10⁻⁴"],
        ["b₁⁽¹⁾", "−0.103", "−0.10328", "2.8 × 10⁻⁴"],
    ]


def test_the_largest_drift_is_said():
    """Below the table stands the largest of the rounding errors, whatever its sign."""
    assert "The largest rounding error is about 2.9 × 10⁻⁴." in said(blocks_of(SPEC, decimals=3))


def test_no_drift_at_all():
    """Where every line is exact, the sheet says so."""
    blocks = blocks_of(one_unit(2, 1, 3, 1), decimals=3)
    assert "No derivative is affected by rounding." in said(blocks)
    assert [row[-1] for row in rounding_errors(blocks)[0]] == ["0", "0"]


def test_noise_is_no_drift():
    """What is exact on paper has no rounding error, though its sums were taken in binary."""
    draws = Draws(luck("noise"), digits=1)
    spec = draws.of([2, 1], ["identity"], "squared_error")
    blocks = blocks_of(spec, decimals=12)
    assert {row[-1] for row in rounding_errors(blocks)[0]} == {"0"}


def test_a_graph_has_its_drifts():
    """The derivatives with respect to the inputs of a graph are compared as well."""
    (rows,) = rounding_errors(blocks_of(GRAPH, decimals=4))
    assert [row[0] for row in rows] == ["x", "y"]


def test_only_chosen_parameters():
    """Where only some derivatives are shown, only these are compared."""
    (rows,) = rounding_errors(blocks_of(SPEC, full(parameters=("b1_1",)), decimals=3))
    assert [row[0] for row in rows] == ["b₁⁽¹⁾"]


def test_many_derivatives_are_shortened():
    """Of very many derivatives the last ones stand behind dots."""
    many = 2 * MOST_TABLE_ROWS
    spec = describe(
        [many, 1],
        ["sigmoid"],
        "squared_error",
        data={"inputs": [["0.1"] * many], "targets": [[1]]},
        parameters=[{"weights": [["0.01"] * many], "biases": [0]}],
    )
    (rows,) = rounding_errors(blocks_of(spec, decimals=4))
    assert len(rows) == MOST_TABLE_ROWS
    assert rows[-2] == ["⋮"] * 4


def test_samples_are_taken_together():
    """With several samples it is the derivative of the objective that is compared."""
    draws = Draws(luck("drift"))
    spec = draws.of([2, 2], ["sigmoid"], "squared_error", samples=3, input_gradients=True)
    worked = symnet.solve({**spec, "numbers": {"arithmetic": "paper", "decimals": 4}})
    (rows,) = rounding_errors(worked.document(full()).blocks)
    part = worked.parts[0]
    assert [row[0] for row in rows] == [write(part.names(p.name)) for p in part.network.parameters]


def test_exact_arithmetic_says_nothing_of_it():
    """Where only what is shown is rounded, there is neither the sentence nor the table."""
    blocks = blocks_of(SPEC, arithmetic="exact")
    assert not rounding_errors(blocks)
    assert not any("Hand arithmetic" in text for text in said(blocks))


def test_given_numbers_stand_in_full():
    """Given numbers with more decimals than are shown, and fractions, are printed as they are given, and put in so."""
    blocks = blocks_of(one_unit("0.123456789", "1/3", "0.7", 1), decimals=4)
    lines = [f"{line.relation} {write(line.right)}" for b in blocks if isinstance(b, Working) for line in b.lines]
    assert "= [0.123456789]" in lines
    assert "= 1/3" in lines
    assert "= 0.123456789 × 0.7 + 1/3 ≈ 0.4198" in lines

"""Lines with numbers put in: in the order and the brackets of the symbols, behind the right sign."""

import pytest
from exercises import full, one_unit

import symnet
from symnet.document import Figure, Table
from symnet.layout.text import write
from symnet.sheets.sheet import Sheet

NAMES = {"x": "-0.5", "y": "1/3", "z": "0.25", "u": "2e-9"}


def line_of(expression, at=NAMES, **numbers):
    """Return the line of a graph's output with numbers put in, as text."""
    spec = {"graph": {"inputs": list(at), "nodes": {"f": expression}, "output": "f"}, "at": at, "numbers": numbers}
    worked = symnet.solve(spec)
    sheet = Sheet.of(worked.parts[0], worked.description)
    (node,) = sheet.part.network.nodes.values()
    values = sheet.evaluation.samples[0].values
    line = sheet.on_one_line(sheet.names("f"), node.expression, values, values[node.symbol])
    return write(line.right)


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("x*z", "x z = (−0.5) × 0.25 = −0.125"),
        ("z - x", "z − x = 0.25 − (−0.5) = 0.75"),
        ("x + z", "x + z = −0.5 + 0.25 = −0.25"),
        ("x^2", "x² = (−0.5)² = 0.25"),
        ("exp(x)", "eˣ = e^{−0.5} ≈ 0.6065"),
        ("y*z", "y z ≈ 0.3333 × 0.25 ≈ 0.0833"),
        ("u*z", "u z = (2 × 10⁻⁹) × 0.25 = 5 × 10⁻¹⁰"),
        ("x*0", "x ⋅ 0 = (−0.5) × 0 = 0"),
    ],
)
def test_numbers_are_put_in(expression, line):
    """Negative numbers stand in brackets where a sign stands before them, or something after; so do powers of ten."""
    assert line_of(expression, decimals=4) == line


@pytest.mark.parametrize(
    ("expression", "line"),
    [
        ("y*z", "y z = 1/3 × 0.25 ≈ 0.0833"),
        ("y^2", "y² = (1/3)² ≈ 0.1111"),
        ("ln(y)", "ln y = ln(1/3) ≈ −1.0986"),
        ("exp(y)", "eʸ = e^{1/3} ≈ 1.3956"),
        ("z/y", "z/y = 0.25/(1/3) = 0.75"),
        ("x + 1", "x + 1 = −0.5 + 1 = 0.5"),
        ("x*u", "x u = (−0.5) × (2 × 10⁻⁹) = −10⁻⁹"),
    ],
)
def test_numbers_on_paper(expression, line):
    """On paper what is put in stands there in full, and only what is rounded stands behind the other sign."""
    assert line_of(expression, decimals=4, arithmetic="paper") == line


@pytest.mark.parametrize(
    ("expression", "sign"),
    [("relu(y)", "≈"), ("sign(y)", "="), ("sign(y - x)", "="), ("sign(y)*y", "≈"), ("max(y, x)", "≈")],
)
def test_a_condition_holds_or_not(expression, sign):
    """Where rounded numbers only decide a condition, the value is exact."""
    assert line_of(expression, decimals=4).rpartition(" ")[0].endswith(sign)


def test_a_copy_is_no_rounding():
    """What is the same as something above is equal to it, though that was rounded."""
    worked = symnet.solve({**one_unit("0.3", 0, "0.35", 0), "numbers": {"decimals": 2, "arithmetic": "paper"}})
    sheet = Sheet.of(worked.parts[0], worked.description)
    nodes, values = sheet.part.network.nodes, sheet.evaluation.samples[0].values
    lines = [
        sheet.on_one_line(sheet.names(symbol.name), node.expression, values, values[symbol])
        for symbol, node in nodes.items()
    ]
    assert [write(line.right) for line in lines][:2] == ["w₁₁⁽¹⁾ x + b₁⁽¹⁾ = 0.3 × 0.35 + 0 ≈ 0.11", "z₁⁽¹⁾ = 0.11"]


def test_the_drawing_of_a_graph_says_what_the_lines_say():
    """On paper the derivative below an edge is that of the line for it, where it is the only edge."""
    graph = {"inputs": ["x", "y"], "nodes": {"q": "x*y", "f": "sigmoid(q)"}, "output": "f"}
    spec = {"graph": graph, "at": {"x": "0.37", "y": "7.77"}, "numbers": {"decimals": 2, "arithmetic": "paper"}}
    blocks = symnet.solve(spec).document(full()).blocks
    (figure,) = (block for block in blocks if isinstance(block, Figure))
    labels = (shape.content for shape in figure.shapes if getattr(shape, "role", "") == "gradient")
    drawn = {write(content[0]) for content in labels if not isinstance(content[0], str)}
    table = next(block for block in blocks if isinstance(block, Table) and block.head[0] == ("name",))
    assert drawn == {write(row[2][0]) for row in table.rows}

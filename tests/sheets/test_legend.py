"""The legend: a row for every symbol, and what the notation takes for granted."""

import pytest

from symnet.layout import text
from symnet.pipeline import solve
from symnet.sheets.network import conventions, graph_legend, symbols_table
from symnet.sheets.sheet import Sheet


def sheet_of(spec):
    """Return the sheet of the first part of a description."""
    worked = solve(spec)
    return Sheet.of(worked.parts[0], worked.description)


def plain(content):
    """Return the text of a cell or of a note."""
    return "".join(part if isinstance(part, str) else text.write(part) for part in content)


def rows_of(table):
    """Return the rows of a table as texts."""
    return [tuple(map(plain, row)) for row in table.rows]


def network(activation, loss="squared_error", **more):
    """Return a description of a layer."""
    return {"inputs": 2, "layers": [{"units": 2, "activation": activation}], "loss": loss, **more}


def test_one_row_a_role():
    """Each role has one row with general indices, however many quantities it has."""
    rows = rows_of(symbols_table(sheet_of(network("sigmoid"))))
    assert [(name, symbol) for name, symbol, _meaning in rows] == [
        ("input", "xᵢ"),
        ("target", "yᵢ"),
        ("weight", "wᵢⱼ^{(ℓ)}"),
        ("bias", "bᵢ^{(ℓ)}"),
        ("pre-activation", "zᵢ^{(ℓ)}"),
        ("output", "ŷᵢ"),
        ("loss", "L"),
        ("delta", "δᵢ^{(ℓ)} = ∂L/∂zᵢ^{(ℓ)}"),
    ]


def test_letters_by_layer_stand_side_by_side():
    """Where each layer has its own letters, the row of a role lists them from the first layer to the last."""
    spec = network("sigmoid", notation="cs349")
    spec["layers"] = [{"units": 2, "activation": "tanh"}, *spec["layers"]]
    rows = {name: symbol for name, symbol, _meaning in rows_of(symbols_table(sheet_of(spec)))}
    assert rows["weight"] == "vⱼₖ and wⱼₖ"
    assert rows["bias"] == "bₖⱽ and bₖᵂ"
    assert rows["activation"] == "hₖ"
    assert "delta" not in rows


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (network("identity"), []),
        (network("sigmoid", "binary_cross_entropy"), ["ln is the natural logarithm."]),
        (network("relu"), ["𝟏[c] is 1 if c holds and 0 otherwise."]),
        (
            network("relu", "binary_cross_entropy", notation="inf2008"),
            ["log is the natural logarithm; 𝟏[c] is 1 if c holds and 0 otherwise."],
        ),
        (network("identity", "hinge", notation="eecs445"), ["𝕀[c] is 1 if c holds and 0 otherwise."]),
        (network("softplus"), ["ln is the natural logarithm."]),
    ],
)
def test_what_is_taken_for_granted(spec, said):
    """The logarithm and the indicator are explained where they occur, as the notation writes them, else not."""
    assert [plain(note.content) for note in conventions(sheet_of(spec))] == said


def test_all_losses_share_the_legend():
    """What only the second loss uses is explained too."""
    worked = solve(network("sigmoid", ["squared_error", "binary_cross_entropy"]))
    sheets = [Sheet.of(part, worked.description) for part in worked.parts]
    assert [plain(note.content) for note in conventions(*sheets)] == ["ln is the natural logarithm."]
    assert list(conventions(sheets[0])) == []


def test_a_graph_has_a_legend():
    """The names of a graph are told by what they are; many are shortened by dots."""
    many = [f"x{number}" for number in range(1, 13)]
    spec = {"graph": {"inputs": [*many, "w"], "nodes": {"q": " + ".join(many), "f": "ln(q) * w"}, "output": "f"}}
    spec["graph"]["parameters"] = ["w"]
    table, note = graph_legend(sheet_of(spec))
    assert rows_of(table) == [
        ("input", "x₁, x₂, x₃, x₄, x₅, x₆, x₇, x₈, …, x₁₂", "given"),
        ("parameter", "w", "given, updated in training"),
        ("node", "q", "intermediate values, in order of computation"),
        ("output", "f", "quantity being differentiated"),
        ("derivative", "∂f/∂w", "of the output with respect to each parameter and intermediate node"),
    ]
    assert plain(note.content) == "ln is the natural logarithm."

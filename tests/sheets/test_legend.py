"""The legend: a row for every symbol that the page uses and for no other, and what the notation takes for granted."""

from pathlib import Path
from typing import get_args

import pytest
from exercises import draw, luck, solved

import symnet
from symnet.document import Line, Table
from symnet.layout import text
from symnet.layout.tree import Layout
from symnet.layout.tree import plain as plain_tree
from symnet.pipeline import solve
from symnet.sheets.network import conventions, graph_legend
from symnet.sheets.sheet import Sheet
from symnet.sheets.symbols import LEGEND
from symnet.sheets.worksheet import questions
from symnet.text.say import say


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


def symbols_of(document):
    """Return the table of symbols of a sheet."""
    (table,) = [
        block for block in document.blocks if isinstance(block, Table) and block.head == tuple(map(say, LEGEND))
    ]
    return table


def full_sheet(spec):
    """Return the line-by-line sheet of a description."""
    return symnet.solve(spec).document(symnet.View(detail="full"))


def test_one_row_a_role():
    """Each role has one row with general indices, however many quantities it has."""
    rows = rows_of(symbols_of(full_sheet(network("sigmoid"))))
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
    rows = {name: symbol for name, symbol, _meaning in rows_of(symbols_of(full_sheet(spec)))}
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


# All symbols of a page and no others: letters are gathered from formulas as plain lists, the marks at them apart.

# Letters of mathematics itself, and what notes and sentences below the table explain.
STANDARD = {"partial", "top", "sum", "product", "e", "pi", "dots", "cdots", "vdots", "1", "c"}


def letters_in(data, low=False):
    """Yield the letters of a tree of plain lists: name, whether it is bold, whether it is an index."""
    kind, *held = data
    if kind == "Glyph":
        yield held[0], held[1], low
    elif kind == "Accent":
        yield f"{held[0]} {held[1][1]}", held[1][2], low
    elif kind == "Scripts":
        yield from letters_in(held[0], low)
        for script in filter(None, held[1:]):
            yield from letters_in(script, True)
    else:
        yield from (letter for part in held for letter in parts_of(part, low))


def parts_of(part, low):
    """Yield the letters of a tree, or of a list of them."""
    if isinstance(part, list) and part and isinstance(part[0], str):
        yield from letters_in(part, low)
    elif isinstance(part, list):
        yield from (letter for inner in part for letter in parts_of(inner, low))


def trees_of(block):
    """Yield the formulas of a block, and before each whether it is a left side."""
    if isinstance(block, get_args(Layout)):
        yield False, block
    elif isinstance(block, Line):
        if block.left is not None:
            yield True, block.left
        yield from trees_of((block.right, block.reason))
    elif isinstance(block, tuple):
        yield from (tree for part in block for tree in trees_of(part))


def told_and_used(document):
    """Return the letters of the table by row, those that the page uses, and those that its lines define."""
    table = symbols_of(document)
    rows = [[set(letters_in(plain_tree(tree))) for _left, tree in trees_of(cell)] for cell in table.rows]
    trees = [found for block in document.blocks if block != table for found in trees_of(block)]
    used = {letter for _left, tree in trees for letter in letters_in(plain_tree(tree))}
    firsts = (next(letters_in(plain_tree(tree)), None) for left, tree in trees if left)
    return rows, used, {first[:2] for first in firsts if first is not None}


def check_symbols(document):
    """Assert that the table of a sheet has all symbols of the page, and none that the page does without."""
    rows, used, defined = told_and_used(document)
    told = {letter[:2] for row in rows for tree in row for letter in tree}
    said = {("S", False), ("g", True)} | {(f"{name}", False) for name in STANDARD} | {("1", True), ("I", True)}
    missing = {letter[:2] for letter in used if not letter[0].isdigit()} - told - defined - said
    assert missing == set()
    letters = {letter[:2] for letter in used}
    for row in rows:
        first = {letter[:2] for letter in row[0] if not letter[2]} or {letter[:2] for letter in row[0]}
        assert not first.isdisjoint(letters), row


EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))


def sheets_of(work):
    """Return the sheets of an exercise: compact, results alone, line by line, in matrices, and the worksheet."""
    views = [symnet.View(detail=detail) for detail in ("compact", "results", "full")] + [symnet.View("both")]
    return [*(work.document(view) for view in views), questions(work), questions(work, rules=True)]


@pytest.mark.everyday(1)
@pytest.mark.parametrize("name", EXAMPLES)
def test_all_symbols_of_an_example_and_no_others(examples, name):
    """Each sheet of each network among the examples tells every symbol on it, and none that is not there."""
    work = solved(examples[name])
    # A graph, or what is worked out as one, has a legend of its own.
    for sheet in [] if work.parts[0].network.is_graph else sheets_of(work):
        check_symbols(sheet)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("seed", range(60))
def test_all_symbols_of_a_random_network_and_no_others(seed):
    """So do the sheets of random networks."""
    for sheet in sheets_of(symnet.solve(draw(luck(f"symbols {seed}")))):
        check_symbols(sheet)


@pytest.mark.parametrize("name", ["adam", "maxout"])
def test_a_letter_has_one_row(examples, name):
    """The t of a training step is no index of pieces, of which only a network with pieces speaks."""
    rows = rows_of(symbols_of(solved(examples[name]).document()))
    symbols = [symbol for _name, symbol, _meaning in rows]
    assert len(symbols) == len(set(symbols))
    assert any("maxout" in meaning for _name, _symbol, meaning in rows) == (name == "maxout")


def test_every_row_says_what_it_is():
    """No cell of a table of symbols is empty, not even that of a function that no line of the page defines."""
    rows = rows_of(symbols_of(symnet.solve(network("softplus")).document()))
    assert all(cell for row in rows for cell in row), rows
    assert ("function", "σ(z)", "sigmoid") in rows


@pytest.mark.parametrize("name", ["cs4045-q1", "xor", "adam"])
def test_a_worksheet_writes_what_its_solution_writes(name, examples):
    """The table of symbols of a worksheet writes each quantity, and says of it, what the table of the solution does."""
    work = symnet.solve(examples[name])
    solution, worksheet = (
        {row[0]: row[1:] for row in rows_of(symbols_of(document))} for document in (work.document(), work.worksheet())
    )
    shared = {name for name in solution.keys() & worksheet.keys() if not name.startswith("index")}
    assert {"weight", "bias", "pre-activation"} <= shared
    # Letters of arrays stand in it as far as a page uses them.
    shared -= {"vector, matrix"}
    assert {name: worksheet[name] for name in shared} == {name: solution[name] for name in shared}

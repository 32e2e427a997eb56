"""The compact solution: the rule once, the results together, nothing twice."""

from functools import cache

import pytest
from exercises import ROOT, describe, solved

import symnet
from symnet.document import (
    Fact,
    Flow,
    Heading,
    InColumns,
    Labelled,
    Note,
    Paragraph,
    Result,
    Results,
    Table,
    Working,
)
from symnet.errors import ChoiceError
from symnet.layout.text import write
from symnet.layout.tree import Brace, Glyph, children, flatten
from symnet.render.text import render_text
from symnet.sheets.solution import solution
from symnet.view import DETAILS, View


@cache
def sheet_of(path):
    """Return the compact sheet of an example."""
    return solved(path).document()


TWO = describe([2, 2, 1], ["tanh", "sigmoid"], "squared_error")
COMPACT = ("cs4045-q1", "C1", "xor")
every_example = pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "examples").glob("*.yaml")))


def words(content):
    """Return a text with its formulas as in a terminal."""
    return "".join(part if isinstance(part, str) else write(part) for part in content)


def headings(document):
    """Return every heading."""
    return [words(block.content) for block in document.blocks if isinstance(block, Heading)]


def lines_of(block):
    """Return the equations of a block."""
    if isinstance(block, Working | Result | Fact | Flow):
        return block.lines
    if isinstance(block, Labelled):
        return [line for _label, lines in block.parts for line in lines]
    rows = block.rows if isinstance(block, InColumns) else ()
    rows = [row for group in block.groups for row in group.rows] if isinstance(block, Results) else rows
    return [line for row in rows for line in row if line is not None]


def equations(document, kind=object):
    """Return every equation of blocks of a kind, as text."""
    found = []
    for block in document.blocks:
        if isinstance(block, kind) and not isinstance(block, Table | Heading | Paragraph | Note):
            found += [f"{write(line.left) if line.left else ''} = {write(line.right)}" for line in lines_of(block)]
    return found


def results(source, **view):
    """Return the final results of a description."""
    return equations(solution(symnet.solve(source), View(**view)), Results)


@pytest.mark.parametrize("name", COMPACT)
def test_whole_sheets(examples, golden, name):
    """The compact sheets of three examples stand in their golden files."""
    golden(f"compact/{name}.txt", render_text(sheet_of(examples[name])))


@pytest.mark.everyday(12)
@every_example
def test_every_example_has_a_compact_sheet(name, examples):
    """All of them begin with the network or the graph, have one box for the results and end in one line of checks."""
    document = sheet_of(examples[name])
    assert headings(document)[0] in {"The network", "The graph"}
    assert any(isinstance(block, Results) for block in document.blocks)
    assert not any(isinstance(block, Result) for block in document.blocks)
    assert isinstance(document.blocks[-1], Note)
    assert words(document.blocks[-1].content).startswith("Verified by computer: ")


@pytest.mark.parametrize("name", COMPACT)
def test_it_is_shorter(examples, name):
    """A compact sheet has less than half of the lines of the one line by line."""
    full = render_text(solution(solved(examples[name]), View(detail="full")))
    assert 2 * len(render_text(sheet_of(examples[name])).splitlines()) < len(full.splitlines())


def test_details():
    """Compact is the default; an unknown detail is an error that says which there are."""
    assert View().detail == "compact" == DETAILS[0]
    with pytest.raises(ChoiceError, match='detail: found "long"; expected compact, full, results'):
        View(detail="long")


def test_results_alone():
    """With the results alone there are the equations and the boxes, but no rule, no deltas and no numbers."""
    document = solution(symnet.solve(TWO), View(detail="results"))
    assert headings(document) == ["The network", "Forward pass", "Backward pass, squared error", "The gradients"]
    assert results(TWO) == results(TWO, detail="results")


def test_results_alone_say_what_their_deltas_are(examples):
    """Where results are in deltas, these are told too, and of a further loss those that change."""
    document = solution(solved(examples["C1"]), View(detail="results"))
    found = [[label for label, _lines in block.parts] for block in document.blocks if isinstance(block, Labelled)]
    assert found == [["output", "layer 1"], ["output"]]
    assert "δₖ⁽²⁾ = ŷₖ − yₖ" in equations(document)


def test_the_rule_stands_once(examples):
    """Weights and biases of all layers have one line each, the deltas one line a layer."""
    document = solved(examples["cs4045-q1"]).document()
    first, second = (block for block in document.blocks if isinstance(block, Labelled))
    assert [label for label, _lines in first.parts] == ["output", "layer 2", "layer 1", "weights", "biases"]
    assert [label for label, _lines in second.parts] == ["output"]
    assert "Only δ₁⁽³⁾ changes; every equation behind it stays." in render_text(document)


def test_results_are_families(examples):
    """The weights of a unit are one line, and the sum that its results share is named above the box."""
    document = solved(examples["cs4045-q1"]).document()
    boxes = [block for block in document.blocks if isinstance(block, Results)]
    labels = [[words(group.label) for group in box.groups] for box in boxes]
    assert labels == [["layer 3, j = 1, 2", "layer 2, i = 1, 2", "layer 1, i = 1, 2, 3"]] * 2
    assert "∂L/∂w₂ᵢ⁽¹⁾ = (ŷ − y) ŷ(1 − ŷ) S₂ 𝟏[z₂⁽¹⁾ > 0] xᵢ" in equations(document)
    assert "∂L/∂w₂ᵢ⁽¹⁾ = (ŷ − y) S₂ 𝟏[z₂⁽¹⁾ > 0] xᵢ" in equations(document)
    said = [words(block.content) for block in document.blocks if isinstance(block, Paragraph)]
    (named,) = [text for text in said if "S" in text and "layer 1" in text]
    assert "Sⱼ = w₁₁⁽³⁾ a₁⁽²⁾(1 − a₁⁽²⁾) w₁ⱼ⁽²⁾ + w₁₂⁽³⁾ a₂⁽²⁾(1 − a₂⁽²⁾) w₂ⱼ⁽²⁾" in named


def test_long_results_are_in_deltas():
    """Where one result has no room on a line, all of them are written in deltas, and a large layer in one line."""
    spec = describe([3, 6, 6, 6], ["tanh", "tanh", "sigmoid"], "squared_error")
    assert results(spec) == [
        "∂L/∂wₖⱼ⁽³⁾ = δₖ⁽³⁾ aⱼ⁽²⁾",
        "∂L/∂bₖ⁽³⁾ = δₖ⁽³⁾",
        "∂L/∂wⱼᵢ⁽²⁾ = δⱼ⁽²⁾ aᵢ⁽¹⁾",
        "∂L/∂bⱼ⁽²⁾ = δⱼ⁽²⁾",
        "∂L/∂wⱼᵢ⁽¹⁾ = δⱼ⁽¹⁾ xᵢ",
        "∂L/∂bⱼ⁽¹⁾ = δⱼ⁽¹⁾",
    ]


def trees(layout):
    """Yield a tree and all trees in it."""
    yield layout
    for part in children(layout):
        yield from trees(part)


def test_braces_say_what_the_factors_are(examples):
    """The first result of each layer has braces, which change nothing of it."""
    document = solved(examples["cs4045-q1"]).document()
    box = next(block for block in document.blocks if isinstance(block, Results))
    labels = []
    for group in box.groups:
        first, *others = [line for row in group.rows for line in row if line is not None]
        labels.append([tree.label for tree in trees(first.right) if isinstance(tree, Brace)])
        assert not any(isinstance(tree, Brace) for line in others for tree in trees(line.right))
    assert labels == [["error", "output derivative"], ["hidden derivative"], ["hidden derivative"]]


def test_chosen_parameters():
    """Of chosen parameters only these have results, and the rule of their layer alone is told."""
    document = solution(symnet.solve(TWO), View(parameters=("w1_1_2", "b2_1")))
    found = [line.partition(" = ")[0] for line in equations(document, Results)]
    assert found == ["∂L/∂b₁⁽²⁾", "∂L/∂w₁₂⁽¹⁾"]


@pytest.mark.parametrize("form", ["scalar", "index", "matrix", "both"])
def test_forms(form):
    """The form says how instances are shown: one by one, at general indices alone, in matrices, or in both ways."""
    found = equations(solution(symnet.solve(TWO), View(form=form)))
    scalar = any(line.startswith("z₁⁽¹⁾ = ") for line in found)
    matrix = any("W⁽¹⁾" in line for line in found)
    assert (scalar, matrix) == (form in {"scalar", "both"}, form in {"matrix", "both"})


@pytest.mark.parametrize("style", ["paths", "expanded"])
def test_other_styles_work_an_instance_of_each_layer(style):
    """A style other than deltas shows a derivative of each layer in its way, the general rule before and all after."""
    document = solution(symnet.solve(TWO), View(style=style))
    found = headings(document)
    layers = len(symnet.solve(TWO).parts[0].network.layers)
    worked = [heading for heading in found if heading.startswith("Gradients with respect to")]
    assert len(worked) == layers
    assert found.index("The rule, for every layer") < found.index(worked[0]) < found.index("The gradients")


def test_a_layer_of_many_units_stands_at_a_general_one():
    """Beyond twelve units the forward equations and the deltas are those of a general unit."""
    document = symnet.solve(describe([2, 13, 1], ["relu", "sigmoid"], "squared_error")).document()
    found = equations(document)
    assert "zⱼ⁽¹⁾ = ∑ᵢ wⱼ,ᵢ⁽¹⁾ xᵢ + bⱼ⁽¹⁾" in found
    assert not any(line.startswith("z₁⁽¹⁾") for line in found)
    assert any("j = 1, …, 13" in words(block.content) for block in document.blocks if isinstance(block, Note))


@pytest.mark.everyday(12)
@every_example
def test_no_symbol_is_unknown(name, examples):
    """Every letter has a name in the notation: no id of a quantity at an index gets onto the page."""
    for block in sheet_of(examples[name]).blocks:
        if isinstance(block, Table | Heading | Paragraph | Note) or not hasattr(block, "_fields"):
            continue
        for line in lines_of(block):
            for side in (line.left, line.right):
                glyphs = [tree for tree in trees(side) if isinstance(tree, Glyph)] if side is not None else []
                assert not any("#" in glyph.name or "@" in glyph.name for glyph in glyphs)


def test_samples_stand_in_one_table(examples):
    """One sample is worked line by line; all of them stand in a table, a column each, with what each has."""
    document = sheet_of(examples["xor"])
    titles = headings(document)
    assert "Sample 4, line by line" in titles
    assert sum("line by line" in title for title in titles) == 1
    place = next(
        n for n, b in enumerate(document.blocks) if isinstance(b, Heading) and words(b.content) == "All samples"
    )
    table = document.blocks[place + 1]
    assert [words(cell) for cell in table.head] == ["sample", "1", "2", "3", "4"]
    assert [words(row[0]) for row in table.rows][:3] == ["x₁", "x₂", "y"]
    assert [words(row[0]) for row in table.rows][-3:] == ["δ₁⁽²⁾", "δ₁⁽¹⁾", "δ₂⁽¹⁾"]


def test_sums_of_numbers_are_not_elided(examples):
    """A calculation with numbers that is worked has no dots in it."""
    for name in ("xor", "C1", "C5"):
        document = sheet_of(examples[name])
        for block in document.blocks:
            for line in lines_of(block) if isinstance(block, Working | InColumns) else ():
                if line.relation == "approx":
                    assert Glyph("cdots") not in flatten(line.right)


DATA = {"data": {"inputs": [[1, 2]], "targets": [[1]]}, "parameters": [{"weights": [[1, 0.5]] * 2, "biases": [0, 0]}]}


@pytest.mark.parametrize(
    ("training", "tabled"),
    [({}, False), ({"show": 0}, False), ({"update_biases": False}, False), ({"steps": 2}, True)],
)
def test_every_derivative_has_its_number(training, tabled):
    """Where the update does not tell the derivative with respect to every parameter, a table of its own does."""
    parameters = [*DATA["parameters"], {"weights": [[1, -1]], "biases": [0]}]
    learned = {"training": {"optimizer": "sgd", "learning_rate": 1, "steps": 1, **training}} if training else {}
    spec = describe([2, 2, 1], ["tanh", "identity"], "squared_error", **{**DATA, "parameters": parameters}, **learned)
    document = symnet.solve(spec).document()
    heads = [[words(cell) for cell in block.head] for block in document.blocks if isinstance(block, Table)]
    assert not tabled or ["parameter", "derivative", "updated"] in heads
    assert any(head[0] == "to, from" for head in heads) == (not tabled)


def test_the_rule_of_dropout_names_what_is_dropped(examples):
    """Behind dropout a layer reads the activations after it, and the reason says that only kept units count."""
    (reason,) = [
        "".join(part if isinstance(part, str) else write(part) for part in line.reason)
        for block in solved(examples["dropout"]).document().blocks
        if isinstance(block, Labelled)
        for _label, lines in block.parts
        for line in lines
        if any("kept" in part for part in line.reason if isinstance(part, str))
    ]
    assert reason == "∂z/∂d = w; only kept units"


def test_deltas_before_dropout_are_told(examples):
    """Every delta of a layer with dropout stands among the deltas, in those behind it; a dropped unit's is 0."""
    told = equations(sheet_of(examples["dropout"]), InColumns)
    assert [line for line in told if line.startswith("δ")] == [
        "δ₁⁽¹⁾ = 2 δ₁⁽²⁾ w₁₁⁽²⁾(1 − (a₁⁽¹⁾)²)",
        "δ₂⁽¹⁾ = 0",
        "δ₃⁽¹⁾ = 2 δ₁⁽²⁾ w₁₃⁽²⁾(1 − (a₃⁽¹⁾)²)",
    ]


@pytest.mark.parametrize("name", ["C1", "C6", "dropout", "maxout"])
def test_calculations_of_gradients_are_written_alike(name, examples):
    """Of the gradients in numbers all begin with the formula or none, but for those that equal one symbol."""
    found = [line for line in equations(sheet_of(examples[name]), InColumns) if line.startswith("∂L/∂")]
    products = [line for line in found if "×" in line]
    assert products
    assert len({line.count("=") + line.count("≈") for line in products}) == 1

"""A sheet path by path, or of chosen parameters alone: what stands on it and what is left out."""

import pytest
import yaml
from exercises import altered, describe, full, solved
from sympy import Symbol

import symnet
from symnet.derivation import paths
from symnet.document import Fact, Figure, Heading, Paragraph, Result, Table, Working
from symnet.errors import CheckFailedError
from symnet.layout.text import write
from symnet.sheets.derived import needed_for, shown_adjoints, shown_leaves
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.view import STYLES

WIDE = describe([2, 3, 4, 3], ["tanh", "tanh", "sigmoid"], "squared_error")
GRAPH = {"graph": {"inputs": ["x", "y"], "nodes": {"p": "x*y", "f": "p*x"}, "output": "f"}, "at": {"x": 1, "y": 2}}


def sheet_of(source, style="paths", parameters=()):
    """Return the solution of a description in a style, as a document."""
    return solution(symnet.solve(source), full(style=style, parameters=tuple(parameters)))


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def of(document, kind):
    """Return the blocks of one kind."""
    return [block for block in document.blocks if isinstance(block, kind)]


def headings(document):
    """Return the headings as text."""
    return [words(block.content) for block in of(document, Heading)]


def paragraphs(document):
    """Return the paragraphs as text."""
    return [words(block.content) for block in of(document, Paragraph)]


def lines(document):
    """Return every line of every calculation."""
    return [line for block in of(document, Working) for line in block.lines]


def reasons(document):
    """Return the reasons of all lines as text."""
    return [words(line.reason) for line in lines(document)]


def figures_with_paths(document):
    """Return the drawings in which paths are shown."""
    return [figure for figure in of(document, Figure) if "Path 1" in figure.description]


def results(document):
    """Return the left sides that stand in frames."""
    return [write(line.left) for block in of(document, Result) for line in block.lines]


def test_each_path_has_a_line_and_the_last_says_where_the_delta_is(examples):
    """The products stand one below the other, numbered, the sum goes on, and the end names the delta."""
    document = sheet_of(examples["C3"], parameters=["w1_1_1"])
    said = reasons(document)
    start = said.index("path 1")
    assert said[start : start + 4] == ["path 1", "path 2", "path 1: substitute", "path 2: substitute"]
    assert said[start + 4 : start + 7] == [
        "cancel common factors",
        "factor out the common term",
        "the factor multiplying x₁ is δ₁⁽¹⁾",
    ]
    found = lines(document)[start : start + 4]
    assert [line.relation for line in found] == ["=", "", "=", ""]
    assert [line.left is None for line in found] == [False, True, True, True]
    assert write(found[1].right).startswith("+")
    assert of(document, Fact)[-1].title[0].startswith("The chain rule")


def test_the_drawing_shows_the_paths_that_are_written_out(examples):
    """A chosen parameter has the drawing of its paths, after a sentence that counts them."""
    document = sheet_of(examples["C3"], parameters=["w1_1_1", "b2_2"])
    pictured = figures_with_paths(document)
    assert [figure.description.count("Path ") for figure in pictured] == [1, 2]
    assert "Path 2: x₁ → a₁⁽¹⁾ → ŷ₂ → L." in pictured[1].description
    assert "The two paths from w₁₁⁽¹⁾ to L:" in paragraphs(document)
    assert "The only path from b₂⁽²⁾ to L:" in paragraphs(document)


def test_one_drawing_where_no_parameter_is_chosen(examples):
    """Without a choice the first parameter with several paths has the only drawing of paths."""
    (figure,) = figures_with_paths(sheet_of(examples["C3"]))
    assert "Path 2" in figure.description


def test_seven_parameters_have_one_drawing(examples):
    """Beyond six chosen parameters one drawing stands for all."""
    chosen = ["w1_1_1", "w1_1_2", "b1_1", "w2_1_1", "w2_2_1", "b2_1", "b2_2"]
    assert len(figures_with_paths(sheet_of(examples["C3"], parameters=chosen))) == 1
    assert len(figures_with_paths(sheet_of(examples["C3"], parameters=chosen[:6]))) == 6


def test_many_paths_are_left_to_the_deltas():
    """Where there are too many paths the sheet says how many, once a layer, and derives by deltas."""
    document = sheet_of(WIDE)
    told = [text for text in paragraphs(document) if text.startswith("There are")]
    assert len(told) == 1
    assert "There are 12 paths from w₁₁⁽¹⁾ to L (84 partial derivatives): too many to write out." in told[0]
    assert "The deltas accumulate them layer by layer." in told[0]
    assert "Deltas of layer 1" in headings(document)
    assert "path 3" in reasons(document)
    assert len(results(document)) == len(symnet.solve(WIDE).parts[0].network.parameters)


def test_deltas_are_derived_only_where_they_are_cited(examples):
    """Path by path no delta is derived but those by pre-activations of softmax, from where a path goes on at once."""
    assert not [text for text in headings(sheet_of(examples["C3"])) if text.startswith("Deltas")]
    assert {text for text in headings(sheet_of(examples["C1"])) if text.startswith("Deltas")} == {
        "Deltas of the output layer"
    }


def test_a_graph_is_written_path_by_path():
    """A graph of one's own has its products, its drawing, and no delta."""
    document = sheet_of(GRAPH, parameters=["x"])
    (figure,) = figures_with_paths(document)
    assert "Path 1: x → p → f. Path 2: x → f." in figure.description
    assert {"path 1", "path 2", "path 1: substitute"} <= set(reasons(document))
    assert results(document) == ["∂f/∂x"]


@pytest.mark.everyday(6)
@pytest.mark.parametrize("name", ["maxout", "dropout", "triplet", "C11", "C5", "elastic-net", "xor", "C12", "adam"])
@pytest.mark.parametrize("style", [style for style in STYLES if style != "forward"])
def test_every_example_has_every_style(examples, name, style):
    """Whatever the network and the loss, each style of layers frames each derivative that is asked for once a loss."""
    work = solved(examples[name])
    document = solution(work, full(style=style))
    leaves = sum(len(part.asked) for part in work.parts)
    assert len(results(document)) >= leaves


def test_what_is_shown_was_checked(examples, monkeypatch):
    """The check of the paths is said on the sheet; a wrong line stops it before anything is typeset."""
    document = sheet_of(examples["C3"])
    assert "the products along paths with the derivatives in deltas (" in words(document.blocks[-1].content)
    assert "along paths" not in words(sheet_of(examples["C3"], style="delta").blocks[-1].content)
    right = paths.derive_by_paths

    def wrong(gradient, leaf):
        derivation = right(gradient, leaf)
        return altered(derivation, steps=tuple(step._replace(rhs=2 * step.rhs.doit()) for step in derivation.steps))

    monkeypatch.setattr(paths, "derive_by_paths", wrong)
    with pytest.raises(CheckFailedError, match="path by path"):
        sheet_of(examples["C3"])


def test_nothing_is_derived_that_is_not_shown(examples, monkeypatch):
    """Paths cost only where they are shown."""
    asked = []
    right = paths.derive_by_paths
    monkeypatch.setattr(paths, "derive_by_paths", lambda gradient, leaf: asked.append(leaf) or right(gradient, leaf))
    sheet_of(examples["C3"], style="delta")
    assert not asked
    sheet_of(examples["C3"], parameters=["b2_1"])
    assert asked == [Symbol("b2_1")]


def test_chosen_parameters_take_only_what_they_need(examples):
    """Of an output bias there are its own delta and derivative, and no other derivative is derived."""
    document = sheet_of(examples["C3"], style="delta", parameters=["b2_2"])
    lefts = {write(line.left) for line in lines(document) if line.left is not None and "∂" in write(line.left)}
    assert lefts == {"∂L/∂ŷ₂", "δ₂⁽²⁾ ≔ ∂L/∂z₂⁽²⁾", "∂L/∂b₂⁽²⁾"} | {text for text in lefts if "ᵢ" in text}
    assert results(document) == ["∂L/∂b₂⁽²⁾"]
    assert "Gradients with respect to the parameters of layer 1" not in headings(document)
    assert "Deltas of layer 1" not in headings(document)


def test_chosen_parameters_bring_the_deltas_behind_them(examples):
    """A first-layer weight needs the deltas of both outputs, and so do its numbers."""
    part = solved(examples["xor"]).parts[0]
    sheet = Sheet.of(part, solved(examples["xor"]).description, full(parameters=("w1_2_1",)))
    assert [derivation.wrt.name for derivation in shown_adjoints(sheet)] == ["z2_1", "z1_2"]
    assert {symbol.name for symbol in needed_for(sheet, shown_leaves(sheet))} == {"a2_1", "z2_1", "z1_2"}


def test_all_parameters_take_all_deltas(examples):
    """Without a choice every derivative with respect to a pre-activation is shown, as every parameter is."""
    for path in examples.values():
        work = solved(path)
        for part in work.parts:
            sheet = Sheet.of(part, work.description)
            shown = {derivation.wrt for derivation in shown_adjoints(sheet)} | {part.network.loss}
            sums = {z for branch in part.network.branches for layer in branch for z in layer.pre_activations}
            assert sums & set(part.gradient.adjoints) <= shown


@pytest.mark.parametrize("name", ["xor", "adam", "elastic-net"])
def test_numbers_and_updates_of_chosen_parameters_alone(examples, name):
    """No other parameter has a gradient in numbers, an objective, an update or a row in a table."""
    work = solved(examples[name])
    chosen, other = (parameter.name for parameter in work.parts[0].network.parameters[:2])
    names = work.parts[0].names
    document = solution(work, full(parameters=(chosen,)))
    start = next(
        number
        for number, text in enumerate(document.blocks)
        if isinstance(text, Heading) and text.content[0] == "The loss"
    )
    for block in document.blocks[start:]:
        if isinstance(block, Working | Result):
            assert not [
                line for line in block.lines if line.left is not None and f"∂{write(names(other))}" in write(line.left)
            ]
            assert not [
                line
                for line in block.lines
                if line.left is not None and write(line.left).startswith(write(names(other)))
            ]
        if isinstance(block, Table):
            assert not [row for row in block.rows if words(row[0]) == write(names(other))]


def test_the_norm_of_clipping_is_that_of_all_parameters():
    """A gradient is clipped by the norm of all derivatives, also where one parameter alone is shown."""
    data = {"inputs": [[1, 2]], "targets": [[0]]}
    parameters = [{"weights": [["0.5", "-0.3"]], "biases": ["0.4"]}]
    training = {"learning_rate": 1, "clip_norm": "0.1"}
    spec = describe([2, 1], ["identity"], "squared_error", data=data, parameters=parameters, training=training)
    wanted = "so all are rescaled"
    (one,) = [line for line in lines(sheet_of(spec, "delta", ["b1_1"])) if words(line.reason) == wanted]
    (every,) = [line for line in lines(sheet_of(spec, "delta")) if words(line.reason) == wanted]
    assert one == every


@pytest.mark.parametrize("style", ["delta", "paths"])
def test_without_a_letter_for_deltas_there_is_no_delta(examples, style):
    """In a notation that writes derivatives out, no heading and no line speaks of deltas or introduces one."""
    work = symnet.solve(yaml.safe_load(examples["xor"].read_text()) | {"notation": "cs4045"})
    document = solution(work, full(style=style))
    assert not [text for text in headings(document) if "delta" in text.lower()]
    lefts = [write(line.left) for line in lines(document) if line.left is not None]
    assert not [text for text in lefts if "≔" in text or "δ" in text]
    if style == "delta":
        assert "Derivatives with respect to the pre-activations of the output layer" in headings(document)
    else:
        assert any(
            text.startswith("the factor multiplying") and text.endswith("∂L/∂z₁⁽²⁾") for text in reasons(document)
        )


def test_one_step_is_its_own_product(examples):
    """Where the only path is a single derivative no line says that the derivative is itself."""
    found = [line for line in lines(sheet_of(examples["C4"], parameters=["z"])) if line.left is not None]
    assert [write(line.right) for line in found if words(line.reason) == "substitute the local derivatives"] == ["q"]

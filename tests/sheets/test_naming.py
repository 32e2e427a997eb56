"""Functions of one's own are called by a name or a letter, never by their source text."""

import pytest
from exercises import describe, full

import symnet
from symnet.document import Fact, Figure, Heading, Label, Paragraph, Question, Table
from symnet.layout.text import write
from symnet.render.pdf import render_tex
from symnet.sheets.worksheet import questions

LONG = "0.5*z*(1+tanh(0.7979*(z+0.044715*z^3)))"
SWISH = {"expression": "z*sigmoid(z)", "name": "swish"}


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def solved(*activations, loss="squared_error", **more):
    """Return the worked network of one unit a layer with these activations."""
    layers = [{"activation": activation} for activation in activations]
    return symnet.solve({"title": "t", **describe([1, *[1] * len(layers)], layers, loss, **more)})


def headings(document):
    """Return the headings as text."""
    return [words(block.content) for block in document.blocks if isinstance(block, Heading)]


@pytest.mark.parametrize(
    ("activation", "heading", "short", "fact"),
    [
        ("z*sigmoid(z)", "Layer 1, f(z) = z σ(z)", "f", "f(z) = z σ(z)"),
        (LONG, "Layer 1, f", "f", "f(z) = 1/2 ⋅ z[1 + tanh(0.7979(z + 0.044715 z³))]"),
        (SWISH, "Layer 1, swish(z) = z σ(z)", "swish", "swish(z) = z σ(z)"),
        (
            {"expression": LONG, "name": "GELU"},
            "Layer 1, GELU",
            "GELU",
            "GELU(z) = 1/2 ⋅ z[1 + tanh(0.7979(z + 0.044715 z³))]",
        ),
        ({"expression": "z^2", "name": "the square"}, "Layer 1, the square, f(z) = z²", "the square", "f(z) = z²"),
        ({"expression": "z^2", "name": "ln"}, "Layer 1, ln, f(z) = z²", "ln", "f(z) = z²"),
    ],
)
def test_an_activation_is_called_by_name_or_letter(activation, heading, short, fact):
    """Heading, sentence, table, drawing and box have the name or the letter, and the definition is typeset."""
    document = solved(activation, "sigmoid").document(full())
    assert heading in headings(document)
    paragraph = next(block for block in document.blocks if isinstance(block, Paragraph))
    assert f"(1 {short} unit), one sigmoid output" in words(paragraph.content)
    table = next(block for block in document.blocks if isinstance(block, Table))
    assert words(table.rows[0][1]) == short
    figure = next(block for block in document.blocks if isinstance(block, Figure))
    captions = [words(shape.content) for shape in figure.shapes if isinstance(shape, Label) and shape.role == "caption"]
    assert f"hidden, {short}" in captions
    box = next(block for block in document.blocks if isinstance(block, Fact))
    assert words(box.title).startswith(f"Derivative of {short}")
    assert f"{write(box.lines[0].left)} = {write(box.lines[0].right)}" == fact


@pytest.mark.parametrize("activation", ["z*sigmoid(z)", LONG, SWISH, {"expression": "z^2", "name": "a b"}])
def test_no_source_text_is_printed(activation):
    """Nowhere on the sheet or on the worksheet stands the expression as it was typed."""
    work = solved(activation, "sigmoid", loss=["(a1 - y1)^4 + abs(a1)", {"expression": "(a1-y1)^6", "name": "sextic"}])
    for document in (work.document(full()), questions(work)):
        source = render_tex(document)
        for typed in ("z*sigmoid", "0.5*z", "z^2,", "abs(a1)", "(a1", "a1-y1"):
            assert typed not in source


def test_letters_go_on_and_are_shared():
    """Distinct expressions have distinct letters, the same one everywhere the same."""
    found = headings(solved("z^2", "z^3", "z^2", "z^4").document(full()))
    assert [text for text in found if text.startswith("Layer")] == [
        "Layer 1, f(z) = z²",
        "Layer 2, g(z) = z³",
        "Layer 3, f(z) = z²",
        "Layer 4, h(z) = z⁴",
    ]


@pytest.mark.parametrize("notation", ["standard", "cs349", "bishop", "inf2008", "cs4045", "eecs445"])
def test_letters_yield_to_the_notation(notation):
    """No function has the letter of anything else on the sheet."""
    work = solved("z^2", "z^3", "z^4", notation=notation)
    names = work.parts[0].names
    taken = {write(names(name))[:1] for name in names.quantities}
    letters = [write(names.function(layer.activation.name)) for layer in work.parts[0].network.layers]
    assert len(set(letters)) == 3
    assert not taken.intersection(letters)


def test_the_gradients_letter_yields_to_a_function():
    """Where g is a function, a derivative that is squared is not g too."""
    training = {"optimizer": "adam", "learning_rate": "0.1"}
    source = render_tex(solved("z^2", "z^3", training=training).document(full()))
    assert "gradient" in source.partition("Each parameter has")[2]


def test_a_loss_is_called_by_name_or_formula():
    """A short formula stands in the heading, a long one is called L, a name is used as it is."""
    long = "(a1 - y1)^4 + (a1 - y1)^6 + (a1 - y1)^8 + (a1 - y1)^10"
    work = solved("sigmoid", loss=["(a1 - y1)^4", long, {"expression": "(a1 - y1)^6", "name": "sextic"}])
    parts = [text for text in headings(work.document(full())) if text.startswith("Part")]
    assert parts == ["Part (i): L = (ŷ − y)⁴", "Part (ii): loss L", "Part (iii): sextic"]


def test_a_long_definition_is_given_on_the_worksheet():
    """The student is told what f is before its values are asked for, and is not asked for it."""
    asked = [block for block in questions(solved(LONG, "sigmoid")).blocks if isinstance(block, Question)]
    forward = next(question for question in asked if "forward equation" in words(question.prompt))
    given = [write(line.left) for block in forward.printed for line in block.lines]
    answers = [write(line.left) for answer in forward.parts[0].answers for line in answer.block.lines]
    assert given == ["f(z)"]
    assert "f(z)" not in answers


def test_answers_may_use_the_function():
    """f(z) and f'(z) of one's own are read as those of the catalog are."""
    work = solved(
        "z^2", SWISH, data={"inputs": [[1]], "targets": [[1]]}, parameters=[{"weights": [["0.5"]], "biases": [0]}] * 2
    )
    answers = {"a1_1": "f(z1_1)", "a2_1": "swish(z2_1)", "delta1_1": "delta2_1*w2_1_1*f'(z1_1)"}
    assert [answer.verdict.value for answer in symnet.check(work.description, answers).answered] == ["right"] * 3

"""What a worksheet asks, in which order, and for how many marks."""

import pytest
import yaml
from exercises import describe, one_unit

import symnet
from symnet.document import Figure, Heading, Note, Question, Result, Table, Working
from symnet.errors import ViewError
from symnet.layout.text import write
from symnet.limits import MOST_ASKED_PARAMETERS
from symnet.network.graph import counts
from symnet.render.text import render_text
from symnet.sheets.levels import LEVELS
from symnet.sheets.worksheet import questions
from symnet.view import View

SMALL = describe([2, 1, 2], ["tanh", "sigmoid"], "binary_cross_entropy")
SAMPLES = {"inputs": [[1, 2], [0, 1], [3, -1], [1, 1], [2, 2]], "targets": [[1], [0], [1], [0], [1]]}
PARAMETERS = [{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}]
ADAM = ("w₁₁⁽¹⁾", "b₁⁽¹⁾", "w₁₁⁽²⁾", "b₁⁽²⁾")
LIKEWISE = "Work out those below; the others are found likewise."
LARGE = describe([9, 8, 3], ["tanh", "softmax"], "categorical_cross_entropy", training={"optimizer": "sgd"})


def sheet_of(source, view=None):
    """Return the worksheet of a description with every answer."""
    return questions(symnet.solve(source), view or View())


def loaded(path):
    """Return a description as a mapping."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def asked_in(document):
    """Return the questions of a document; never none."""
    found = [block for block in document.blocks if isinstance(block, Question)]
    assert found
    return found


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def prompts(document):
    """Return the words of every question."""
    return [words(question.prompt) for question in asked_in(document)]


def asking(document, start):
    """Return the one question whose words begin so."""
    (found,) = (question for question in asked_in(document) if words(question.prompt).startswith(start))
    return found


def answers_of(question):
    """Return the blocks of every answer to a question."""
    return [answer.block for part in question.parts for answer in part.answers]


def lefts(question):
    """Return the left side of every line of the answers."""
    lines = [line for block in answers_of(question) for line in getattr(block, "lines", ())]
    return [write(line.left) for line in lines if line.left is not None]


@pytest.fixture(scope="module")
def symbolic(examples):
    """The worksheet of the second question, all in symbols."""
    return sheet_of(examples["cs4045-q2"])


@pytest.fixture(scope="module")
def numeric(examples):
    """The worksheet of the exclusive or, with four samples and training."""
    return sheet_of(examples["xor"])


def test_everything_is_asked_in_the_order_of_the_solution(symbolic):
    """The drawing, forward, derivatives, loss, deltas and gradients, layer by layer from the last."""
    assert [text.split(", in terms")[0] for text in prompts(symbolic)] == [
        "Draw the network. Label its units, weights and biases, the loss and the targets.",
        "Determine the size of the network.",
        f"Write down the forward equations for every pre-activation and activation. {LIKEWISE}",
        "Find the derivative of each activation function",
        "The loss of one sample is the binary cross-entropy. Find its partial derivatives with respect to the outputs."
        f" {LIKEWISE}",
        f"Use the chain rule to find the deltas of the output layer. Give a reason for each line. {LIKEWISE}",
        "Use the chain rule to find the deltas of layer 1. Give a reason for each line.",
        "Hence find the gradients with respect to the parameters of layer 2",
        "Hence find the gradients with respect to the parameters of layer 1",
    ]


def test_numbers_and_training_are_asked_too(numeric):
    """With data there are the passes in numbers, with training the first step."""
    found = prompts(numeric)
    assert "Using these values, compute the forward pass for each sample." in found
    assert "Compute the backward pass for each sample." in found
    assert found[-1] == "Compute the first training step."


def test_the_network_and_the_symbols_come_first(symbolic):
    """The network in words and the legend are printed before the first question, which asks for the drawing."""
    before = symbolic.blocks[: symbolic.blocks.index(asked_in(symbolic)[0])]
    assert words(before[0].content) == (
        "The network has 2 inputs. Layer 1 has 1 unit (tanh) with biases. Layer 2 has 2 units (sigmoid) with biases."
    )
    assert any(isinstance(block, Table) for block in before)
    assert not any(isinstance(block, Figure) for block in before)
    ((answer,),) = (part.answers for part in asking(symbolic, "Draw").parts)
    assert isinstance(answer.block, Figure)
    assert answer.space == "drawing"


def test_where_no_drawing_is_asked_for_it_is_printed():
    """The diagram stands on the sheet, and the size is read off it."""
    document = sheet_of({**SMALL, "questions": [{"ask": "size"}, {"ask": "loss"}]})
    assert isinstance(document.blocks[0], Figure)
    assert prompts(document)[0] == "From the diagram, determine the size of the network."
    assert "on the diagram" in str(answers_of(asking(document, "From the diagram")))


def test_no_diagram_is_spoken_of_where_there_is_none(symbolic, numeric):
    """A sheet on which it is to be drawn does not refer to it."""
    for document in (symbolic, numeric):
        assert "diagram" not in render_text(LEVELS["blank"](document))


def test_the_size_is_that_of_the_network(examples):
    """Layers, units, weights, parameters and paths, each with how it comes about; the first two only off a diagram."""
    work = symnet.solve({**loaded(examples["cs4045-q1"]), "questions": [{"ask": "size"}]})
    size = counts(work.parts[0].network)
    (table,) = answers_of(asking(questions(work), "From the diagram"))
    rows = {words(row[0]).split(" (mark")[0]: (words(row[1]), words(row[2])) for row in table.rows}
    assert rows["layers (excluding inputs)"][1] == str(size.layers) == "3"
    assert rows["hidden layers"][1] == "2"
    assert rows["units (excluding inputs)"] == ("2 + 2 + 1", "5")
    assert rows["weights"] == ("3 × 2 + 2 × 2 + 2 × 1", "12")
    assert rows["parameters"] == ("12 + 5", "17")
    assert rows["paths from w₁₁⁽¹⁾ to the loss"] == ("2 × 1", "2")
    (table,) = answers_of(asking(sheet_of(examples["cs4045-q1"]), "Determine the size"))
    assert [words(row[0]) for row in table.rows] == list(rows)[3:]


def test_paths_that_are_not_drawn_are_not_counted(examples):
    """Inside a softmax there are paths that the drawing does not show."""
    (table,) = answers_of(asking(sheet_of(examples["cs349-slides"]), "Determine the size"))
    assert not [row for row in table.rows if words(row[0]).startswith("paths")]


def test_one_unit_of_each_layer_is_asked_for(symbolic):
    """One line a node of the first units, its left side printed; or of all, where that is chosen."""
    assert lefts(asking(symbolic, "Write down")) == ["z₁⁽¹⁾", "a₁⁽¹⁾", "z₁⁽²⁾", "ŷ₁"]
    every = sheet_of({**SMALL, "questions": [{"ask": "forward", "units": "all"}]})
    assert lefts(asking(every, "Write down")) == ["z₁⁽¹⁾", "a₁⁽¹⁾", "z₁⁽²⁾", "z₂⁽²⁾", "ŷ₁", "ŷ₂"]
    assert prompts(every) == ["Write down the forward equations for every pre-activation and activation."]


def test_what_an_activation_is_is_given_and_its_derivative_asked():
    """The formula stands on the sheet, with the convention at the kink; the derivative does not."""
    question = asking(sheet_of(describe([2, 2, 1], ["relu", "sigmoid"], "squared_error")), "Find the derivative")
    relu, sigmoid = question.parts
    assert [write(line.left) for line in relu.printed[0].lines] == ["ReLU(z)"]
    assert words(relu.printed[1].content) == "At z = 0, where ReLU is not differentiable, we set the derivative to 0."
    assert [write(answer.block.lines[0].left) for answer in sigmoid.answers] == ["σ′(z)"]
    assert len(sigmoid.printed) == 1


def test_the_loss_is_given(symbolic):
    """The loss stands on the sheet; its derivatives with respect to the outputs are asked."""
    question = asking(symbolic, "The loss")
    assert [write(line.left) for line in question.printed[0].lines] == ["L"]
    assert lefts(question) == ["∂L/∂ŷ₁"]


def test_deltas_are_asked_with_reasons():
    """Each delta is a part of its own, with room for the reasons."""
    document = sheet_of({**SMALL, "questions": [{"ask": "deltas", "units": "all"}]})
    question = asking(document, "Use the chain rule to find the deltas of the output layer")
    assert [(part.label, words(part.prompt)) for part in question.parts] == [("a", "δ₁⁽²⁾"), ("b", "δ₂⁽²⁾")]
    assert {answer.space for part in question.parts for answer in part.answers} == {"derivation"}


def test_gradients_are_asked_with_a_frame_and_their_symbols(symbolic):
    """Room to work in, then a line for each result; the words name the symbols of the results in the legend's order."""
    question = asking(symbolic, "Hence find the gradients with respect to the parameters of layer 2")
    assert words(question.prompt).endswith(f", in terms of y₁, a₁⁽¹⁾ and ŷ₁. {LIKEWISE}")
    assert [answer.space for answer in question.parts[0].answers] == ["frame", "lines"]
    assert lefts(question)[-2:] == ["∂L/∂w₁₁⁽²⁾", "∂L/∂b₁⁽²⁾"]
    assert isinstance(question.parts[0].answers[1].block, Result)


def test_many_symbols_are_named_in_words(examples):
    """A long list of symbols is one of kinds."""
    found = prompts(sheet_of(examples["C1"]))
    assert any("in terms of the inputs, targets, weights, activations and outputs." in text for text in found)


def test_without_a_letter_for_deltas_they_are_derivatives():
    """In such a notation the questions speak of derivatives with respect to the pre-activations."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", notation="cs4045")
    found = prompts(sheet_of(spec))
    assert any("find the derivatives with respect to the pre-activations of the output layer" in text for text in found)
    assert not [text for text in found if "delta" in text]


def test_several_losses_are_parts(examples):
    """Each loss has a heading and its own questions; what they share is asked once."""
    document = sheet_of(examples["cs4045-q1"])
    headings = [words(block.content) for block in document.blocks if isinstance(block, Heading)]
    assert headings == ["Part (i): squared error", "Part (ii): binary cross-entropy"]
    found = prompts(document)
    assert sum(text.startswith("Write down the forward") for text in found) == 1
    assert sum(text.startswith("The loss of one sample") for text in found) == 2
    numbers = [question.number for question in asked_in(document)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_one_sample_is_worked_line_by_line():
    """The numbers put in and the result make one line, behind the left side."""
    question = asking(sheet_of(one_unit(2, 1, 3, 1)), "Using these values")
    (block,) = answers_of(question)
    assert (write(block.lines[0].left), write(block.lines[0].right)) == ("z₁⁽¹⁾", "2 × 3 + 1 = 7")


def test_several_samples_are_a_table():
    """Five samples: four columns to be filled in, and what they come to together."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", data=SAMPLES, parameters=PARAMETERS)
    document = sheet_of(spec)
    question = asking(document, "Using these values, compute the forward pass for samples 1 to 4")
    (table,) = answers_of(question)
    assert [words(cell) for cell in table.head] == ["", "sample 1", "sample 2", "sample 3", "sample 4"]
    assert [words(row[0]) for row in table.rows] == ["z₁⁽¹⁾", "ŷ"]
    backward = asking(document, "Compute the backward pass")
    assert [words(part.prompt) for part in backward.parts][-1] == "Objective and its gradient"


def test_what_is_given_is_printed(numeric):
    """Matrices and samples stand on the sheet before the numbers are asked for."""
    given = asking(numeric, "Using these values").printed
    assert [type(block) for block in given] == [Working, Table]


def test_the_objective_and_its_penalty_are_given(examples):
    """With a penalty the objective stands on the sheet, and its derivatives are asked."""
    question = asking(
        sheet_of(examples["elastic-net"]), "Find the partial derivatives of J with respect to each parameter"
    )
    assert any(
        "J" in [write(line.left) for line in block.lines] for block in question.printed if isinstance(block, Working)
    )
    assert any(left.startswith("∂J/∂w") for left in lefts(question))


def test_the_rule_of_training_is_given(numeric):
    """The rule stands on the sheet; the updates are asked."""
    question = asking(numeric, "Compute the first training step")
    assert any(isinstance(block, Working) for block in question.printed)
    assert len(lefts(question)) == 9


def test_a_rule_with_states_is_asked_parameter_by_parameter(examples):
    """Adam's lines are told apart by the parameter that they are for; of many, those of the first units are asked."""
    question = asking(sheet_of(examples["adam"]), "Compute the first training step")
    assert [words(part.prompt) for part in question.parts] == [f"For {name}" for name in ADAM]
    assert words(question.prompt).endswith("The other parameters are treated in the same way.")
    assert [part.label for part in question.parts] == list("abcd")


def test_a_large_network_is_asked_about_by_its_first_units():
    """Above the bound each layer gives its first unit, first weight and bias, and the sheet says so."""
    work = symnet.solve(LARGE)
    assert counts(work.parts[0].network).parameters > MOST_ASKED_PARAMETERS
    document = questions(work)
    assert any(
        "so only unit 1 of each layer" in words(block.content) for block in document.blocks if isinstance(block, Note)
    )
    assert lefts(asking(document, "Write down the forward")) == ["z₁⁽¹⁾", "a₁⁽¹⁾", "z₁⁽²⁾", "ŷ₁"]
    assert set(lefts(asking(document, "Hence find the gradients with respect to the parameters of layer 1"))) == {
        "∂L/∂w₁₁⁽¹⁾",
        "∂L/∂b₁⁽¹⁾",
    }
    assert len(lefts(asking(document, "Write down the update"))) == 4


def test_one_parameter_can_be_asked_for(examples):
    """A view with parameters asks for their gradients alone; one that there is not is an error."""
    document = sheet_of(examples["cs4045-q2"], View(parameters=("w1_1_2",)))
    assert set(lefts(asking(document, "Hence find"))) == {"∂L/∂w₁₂⁽¹⁾"}
    with pytest.raises(ViewError, match="w9_9_9"):
        sheet_of(examples["cs4045-q2"], View(parameters=("w9_9_9",)))


def test_gradients_are_always_asked_in_deltas(examples):
    """A worksheet has one style, whatever a solution is shown in."""
    assert sheet_of(examples["C3"], View(style="paths")) == sheet_of(examples["C3"])


def test_the_matrix_form_is_asked_for(examples):
    """In matrices the layers are asked for as wholes, with the shapes given."""
    document = sheet_of(examples["xor"], View(form="matrix"))
    forward = asking(document, "Write down the forward pass in vectors and matrices")
    assert any(isinstance(block, Table) for block in forward.printed)
    assert len(lefts(asking(document, "Find the gradients in matrix form"))) == 4
    assert [answer.space for answer in asking(document, "Evaluate the backward pass").parts[0].answers][-2:] == [
        "frame",
        "lines",
    ]
    assert not [text for text in prompts(document) if text.startswith("Hence")]


def test_a_graph_is_given_and_its_derivatives_asked(examples):
    """The equations and the drawing without numbers are given; local derivatives, backward and numbers are asked."""
    document = sheet_of(examples["C4"])
    figure = next(block for block in document.blocks if isinstance(block, Figure))
    assert not [shape for shape in figure.shapes if getattr(shape, "role", "") == "value"]
    assert [text.split(" ")[0] for text in prompts(document)] == ["How", "Find", "Use", "Hence", "On"]
    numbers = asking(document, "On the diagram, write each value above its edge")
    assert "x = −2" in "".join(words(block.content) for block in numbers.printed if hasattr(block, "content"))
    assert lefts(numbers) == ["q", "f", "∂f/∂q", "∂f/∂x", "∂f/∂y", "∂f/∂z"]

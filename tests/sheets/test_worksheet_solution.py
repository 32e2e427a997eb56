"""What stands on a solution sheet, block by block."""

import pytest
from exercises import describe, full, one_unit, solved

import symnet
from symnet.document import Figure, Heading, Line, Note, Paragraph, Result, Table, Working
from symnet.layout.text import write
from symnet.text.en import SENTENCES

DATA = {"inputs": [["1", "2"], ["0", "1/2"], ["3", "-1"], ["1", "1"], ["2", "2"]], "targets": [[1], [0], [1], [0], [1]]}
PARAMETERS = [{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}]


@pytest.fixture(scope="module")
def symbolic(examples):
    """The worked first question, without numbers, and its sheet."""
    work = solved(examples["cs4045-q1"])
    return work, work.document(full())


def of(document, kind):
    """Return the blocks of one kind; never none."""
    found = [block for block in document.blocks if isinstance(block, kind)]
    assert found
    return found


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def notes(spec):
    """Return the notes of a description's sheet as text."""
    return [words(note.content) for note in of(symnet.solve(spec).document(full()), Note)]


def headings(document):
    """Return the headings as text."""
    return [words(heading.content) for heading in of(document, Heading)]


def test_the_sections_come_in_order(symbolic):
    """First what all losses share, then one part for each loss, and the check at the end."""
    work, document = symbolic
    found = headings(document)
    parts = [text for text in found if text.startswith("Part")]
    assert parts == ["Part (i): squared error", "Part (ii): binary cross-entropy"]
    assert found[:2] == ["The network", "Forward pass"]
    assert found.index("Derivatives of the activation functions") < found.index(parts[0]) < found.index(parts[1])
    assert isinstance(document.blocks[-1], Note)
    assert words(document.blocks[-1].content).startswith("Verified by computer")
    assert document.title == work.description.title


def test_one_loss_has_no_part_number(examples):
    """A single loss is not numbered."""
    assert not [text for text in headings(solved(examples["cs4045-q2"]).document(full())) if "(i)" in text]


def test_every_parameter_has_a_framed_result(symbolic):
    """Each part frames the derivative with respect to each of the 17 parameters once."""
    _work, document = symbolic
    framed = [write(line.left) for result in of(document, Result) for line in result.lines]
    assert len(framed) == 34
    assert len(set(framed)) == 17


def test_every_node_has_its_forward_equation(symbolic):
    """Every pre-activation and every activation has one equation in the forward pass."""
    work, document = symbolic
    first = headings(document).index("Forward pass")
    assert first
    nodes = [symbol for symbol in work.parts[0].network.nodes if symbol.name != "L"]
    lines = [line for block in of(document, Working) for line in block.lines][: len(nodes)]
    assert len({write(line.left) for line in lines}) == len(nodes)


def test_every_line_of_a_derivation_has_its_reason(symbolic):
    """Whatever has a reason has one of the known ones, and all rules of the derivations are printed."""
    work, document = symbolic
    printed = {words(line.reason) for block in of(document, Working) for line in block.lines if line.reason}
    assert printed <= {sentence for key, sentence in SENTENCES.items() if key.startswith("reason.")}
    assert len(printed) >= 5
    assert work.parts


def test_there_is_one_drawing(symbolic):
    """The network is drawn once, with a description in words."""
    (figure,) = of(symbolic[1], Figure)
    assert "3-2-2-1" in figure.description
    assert figure.shapes


def test_lines_are_whole(symbolic):
    """Every line has a relation and a right side, and the first line of a working has a left side."""
    for block in of(symbolic[1], Working):
        assert block.lines[0].left is not None
        assert all(isinstance(line, Line) and line.relation and line.right is not None for line in block.lines)


def test_a_kink_is_noted():
    """A pre-activation at exactly 0 before ReLU is noted, with the sample where there are several."""
    assert any(
        "= 0, where ReLU is not differentiable" in note and "by convention ReLU′(0) = 0" in note
        for note in notes(one_unit(1, -2, 2, 1, "relu"))
    )
    spec = describe(
        [1, 1],
        ["relu"],
        "squared_error",
        data={"inputs": [[1], [2]], "targets": [[0], [0]]},
        parameters=[{"weights": [[1]], "biases": [-2]}],
    )
    assert any("= 0 in sample 2, where" in note for note in notes(spec))
    assert not any("sample 1" in note for note in notes(spec))


def test_no_kink_no_note():
    """Away from the kink nothing is noted."""
    assert not any("differentiable" in note for note in notes(one_unit(1, -2, 3, 1, "relu")))


def test_a_kink_met_in_training_is_noted():
    """A later training step whose gradient rests on the convention says so as well."""
    # After one step w = 1/2 and b = -1/2, so z is exactly 0, and the second step's gradient is 0 by convention.
    spec = one_unit(1, 0, 1, 0, "relu", training={"learning_rate": "1/2", "steps": 2})
    assert any("not differentiable" in note for note in notes(spec))


def test_many_samples_are_not_all_worked():
    """Of many samples the first are worked line by line, and the sheet says how many are not."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", data=DATA, parameters=PARAMETERS)
    document = symnet.solve(spec).document(full())
    worked = [text for text in headings(document) if text.startswith("Forward pass, sample")]
    left = [words(note.content) for note in of(document, Note) if "remaining" in words(note.content)]
    assert 0 < len(worked) < 5
    assert left
    assert f"{5 - len(worked)} sample" in left[0].replace("\u202f", " ")


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_objective_is_named(reduction):
    """The sheet says whether the samples' losses are averaged or added."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", data=DATA, parameters=PARAMETERS, reduction=reduction)
    texts = [words(block.content) for block in of(symnet.solve(spec).document(full()), Paragraph)]
    assert any(f"the {reduction} of the per-sample losses" in text for text in texts)


def test_training_steps_are_tabulated():
    """Several steps have a table of losses and one of the parameters at the end."""
    spec = describe(
        [2, 1],
        ["sigmoid"],
        "squared_error",
        data=DATA,
        parameters=PARAMETERS,
        training={"learning_rate": 1, "steps": 5},
    )
    heads = [words(cell) for table in of(symnet.solve(spec).document(full()), Table) for cell in table.head]
    assert {"step", "parameter", "after step 5"} <= set(heads)


def test_tables_are_rectangular(examples):
    """Every row of every table of every example is as long as its head."""
    documents = [solved(path).document(full()) for path in examples.values()]
    tables = [block for document in documents for block in document.blocks if isinstance(block, Table)]
    assert len(tables) > len(documents)
    for table in tables:
        assert len(table.head) == len(table.align)
        assert all(len(row) == len(table.head) for row in table.rows)


def test_an_update_without_numbers_is_the_general_rule():
    """Training without data prints the rule in symbols."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", training={"learning_rate": "0.1"})
    assert "Gradient descent update" in headings(symnet.solve(spec).document(full()))

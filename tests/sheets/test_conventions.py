"""What the answers rest on is said: on the sheet where it is used, and on the worksheet before it is asked."""

import pytest
from exercises import describe, full

import symnet
from symnet.document import LineKind, Note, Question, Table, Working
from symnet.layout.text import write
from symnet.learn.exercise import traced
from symnet.sheets.solution import solution
from symnet.sheets.worksheet import questions

TWO = {"data": {"inputs": [[1]], "targets": [[0, 1]]}, "parameters": [{"weights": [[1], [2]], "biases": [0, 0]}]}
KL = "y1*ln(y1/a1) + y2*ln(y2/a2)"


def words(inline):
    """Return a text with its formulas as plain text."""
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def notes(blocks):
    """Return the notes among blocks, also those of questions, as text."""
    found = []
    for block in blocks:
        if isinstance(block, Note):
            found.append(words(block.content))
        elif isinstance(block, Question):
            found += notes((*block.printed, *(one for part in block.parts for one in part.printed)))
    return found


def solved(activation, loss, **more):
    """Return the worked network of one layer with two units."""
    return symnet.solve({"title": "t", **describe([1, 2], [activation], loss, **more)})


@pytest.mark.parametrize(
    ("activation", "loss", "said"),
    [
        ("softmax", "categorical_cross_entropy", True),
        ("softmax", "squared_error", False),
        ("sigmoid", "binary_cross_entropy", False),
    ],
)
def test_a_worksheet_says_that_targets_sum_to_one_where_its_key_uses_it(activation, loss, said):
    """The sum of the targets is given where the collapse to a - y rests on it, and only there."""
    asked = notes(questions(solved(activation, loss)).blocks)
    assert ("The targets of a sample sum to 1." in asked) is said


def test_targets_that_do_not_sum_to_one_are_not_said_to():
    """With other targets the key does not use it, and the sheet does not say it."""
    work = solved("softmax", "categorical_cross_entropy", **{**TWO, "data": {"inputs": [[1]], "targets": [[0, "1/2"]]}})
    assert not [note for note in notes(questions(work).blocks) if "sum to 1" in note]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (describe([1, 2], ["softmax"], KL, **TWO), True),
        (describe([1, 2], ["softmax"], "categorical_cross_entropy", **TWO), False),
        (describe([1, 2], ["softmax"], KL, **{**TWO, "data": {"inputs": [[1]], "targets": [["1/2", "1/2"]]}}), False),
        (
            describe(
                [1, 1],
                ["relu"],
                "binary_cross_entropy",
                data={"inputs": [[1]], "targets": [[1]]},
                parameters=[{"weights": [[1]], "biases": [0]}],
            ),
            True,
        ),
        (describe([1, 2], ["softmax"], KL, **TWO, numbers={"arithmetic": "paper"}), True),
    ],
    ids=["kl", "ln of what is not 0", "no zero target", "certain and right", "on paper"],
)
def test_zero_times_the_logarithm_of_zero_is_said_to_be_zero(spec, said):
    """Where 0 ln 0 stands in numbers, sheet and worksheet say that it is 0."""
    work = symnet.solve({"title": "t", **spec})
    for document in (work.document(full()), questions(work)):
        assert ("By convention 0 ln 0 = 0." in notes(document.blocks)) is said


def test_zero_logarithms_in_a_graph():
    """A node with 0 ln 0 in it is noted as a loss is."""
    graph = {"inputs": ["x", "y"], "nodes": {"f": "0*ln(x - 1) + y"}, "output": "f"}
    work = symnet.solve({"title": "t", "graph": graph, "at": {"x": 1, "y": 2}})
    assert "By convention 0 ln 0 = 0." in notes(work.document(full()).blocks)
    assert "By convention 0 ln 0 = 0." in notes(questions(work).blocks)


@pytest.mark.parametrize(
    ("value", "worked", "derivative"),
    [
        ("0.5", "0.5²/2 = 0.125", "0.5"),
        ("-3", "|−3| − 1/2 = 2.5", "sign(−3) = −1"),
        ("1", "|1| − 1/2 = 0.5", "sign(1) = 1"),
    ],
)
def test_numbers_are_put_into_the_case_that_holds(value, worked, derivative):
    """A value by cases has all of them in symbols and one in numbers; a page that works it out anew has all twice."""
    graph = {"inputs": ["e"], "nodes": {"L": "where(abs(e) < 1, e^2/2, abs(e) - 1/2)"}, "output": "L"}
    work = symnet.solve({"title": "t", "graph": graph, "at": {"e": value}})

    def shown(work):
        lines = (line for block in solution(work).blocks if isinstance(block, Working) for line in block.lines)
        return [write(line.right) for line in lines if line.kind is LineKind.VALUE]

    cases = "{e²/2 if |e| < 1; |e| − 1/2 if |e| ≥ 1}", "{e if |e| < 1; sign(e) if |e| ≥ 1}"
    assert shown(work) == [f"{cases[0]} = {worked}", f"{cases[1]} = {derivative}"]
    assert all(line.count("if |") == 4 for line in shown(traced(work)))


@pytest.mark.parametrize(
    ("layer", "words_said"),
    [
        ({"activation": "relu"}, "At z = 0, where ReLU is not differentiable, we set the derivative to 0."),
        ({"activation": "maxout", "pieces": 2}, "In a tie, only the first of the largest has the derivative 1."),
        ({"activation": "abs(z)"}, "At 0 we take the derivative of the absolute value to be 0."),
    ],
)
def test_a_worksheet_gives_the_convention_at_a_kink(layer, words_said):
    """What is taken for a derivative where there is none is given, not asked."""
    asked = notes(questions(symnet.solve({"title": "t", **describe([1, 2], [layer], "squared_error")})).blocks)
    assert any(words_said in note for note in asked)


@pytest.mark.parametrize("kind", ["l1", "l2_norm"])
def test_a_worksheet_gives_the_convention_of_a_penalty(kind):
    """Likewise at the kink of a penalty."""
    work = symnet.solve(
        {
            "title": "t",
            **describe([1, 1], ["sigmoid"], "squared_error", regularization={"kind": kind, "strength": "0.1"}),
        }
    )
    assert any("not differentiable" in note for note in notes(questions(work).blocks))


GRAPH = {
    "title": "t",
    "graph": {
        "inputs": ["x", "w", "b", "y"],
        "parameters": ["w", "b"],
        "nodes": {"u": "x^2", "z": "w*u + b", "h": "tanh(z)", "L": "(h - y)^2"},
        "output": "L",
    },
    "at": {"x": 2, "w": "0.1", "b": "-0.2", "y": 1},
}


def lefts(blocks):
    """Return every left side of a calculation, also of questions."""
    found = set()
    for block in blocks:
        if isinstance(block, Question):
            found |= lefts((*block.printed, *(answer.block for part in block.parts for answer in part.answers)))
        elif isinstance(block, Table):
            found |= {words(row[0]) for row in block.rows if words(row[-1])}
        else:
            found |= {write(line.left) for line in getattr(block, "lines", ()) if line.left is not None}
    return found


def test_a_graph_with_parameters_is_derived_by_these_alone():
    """No sheet differentiates with respect to another input, or to a node that no parameter leads to."""
    work = symnet.solve(GRAPH)
    for document in (work.document(full()), questions(work)):
        found = lefts(document.blocks)
        assert {"∂L/∂w", "∂L/∂b", "∂L/∂z", "∂L/∂h", "∂z/∂w", "∂h/∂z"} <= found
        assert not found & {"∂L/∂x", "∂L/∂y", "∂L/∂u", "∂u/∂x", "∂z/∂u"}


def test_a_graph_without_parameters_is_derived_by_everything():
    """Without the key every input is asked for."""
    spec = {**GRAPH, "graph": {key: value for key, value in GRAPH["graph"].items() if key != "parameters"}}
    work = symnet.solve(spec)
    assert {"∂L/∂x", "∂L/∂y", "∂L/∂u", "∂u/∂x"} <= lefts(work.document(full()).blocks)


def test_an_input_that_is_chosen_is_shown():
    """--parameter may still name an input that is no parameter."""
    document = symnet.solve(GRAPH).document(full(parameters=("x",)))
    assert {"∂L/∂x", "∂L/∂u", "∂u/∂x"} <= lefts(document.blocks)


def test_json_has_every_derivative_of_a_graph():
    """The keys that others rely on stay whole."""
    part = symnet.solve(GRAPH).parts[0]
    assert {leaf.name for leaf in part.gradient.leaves} == {"x", "w", "b", "y"}
    assert {node.name for node in part.gradient.adjoints} == {"u", "z", "h"}
    assert [leaf.name for leaf in part.asked] == ["w", "b"]

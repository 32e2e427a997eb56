"""STACK questions, read back: their trees walked by an evaluator of the test's own, and compared by Maxima."""

import ast
import math
import random
import re
import shutil
import subprocess
from itertools import combinations
from xml.etree import ElementTree

import pytest
from tried import GRAPH, Tried

import symnet
from symnet.export.expressions import expression_items
from symnet.export.maxima import maxima
from symnet.export.stack import stack

QUOTIENT = {"graph": {**GRAPH["graph"], "nodes": {"u": "x^2 * y", "f": "u / (1 + y)"}}}
SOFTMAX = {
    "inputs": 2,
    "layers": [{"units": 1, "activation": "relu"}, {"units": 2, "activation": "softmax"}],
    "loss": "categorical_cross_entropy",
    "regularization": [{"kind": "l2", "strength": "0.1"}],
    "questions": [{"ask": "a1_1"}, {"ask": "delta1_1"}, {"ask": "dL/dw2_1_1"}],
}
ARRAYS = {
    "graph": {
        "inputs": {"X": [2, 2], "W": [2, 2]},
        "parameters": ["W"],
        "nodes": {"A": "tanh(X @ W)", "L": "sum(A^2)"},
        "output": "L",
    },
    "questions": [{"ask": "A_1_1"}, {"ask": "dL/dA_2_1"}, {"ask": "dL/dW_1_2"}],
}
FUNCTIONS = {
    "exp": math.exp, "log": math.log, "tanh": math.tanh, "sin": math.sin, "cos": math.cos,
    "max": max, "min": min, "abs": abs,
    "unit_step": lambda x: float(x > 0), "signum": lambda x: (x > 0) - (x < 0),
}  # fmt: skip


@pytest.fixture(scope="module", params=[QUOTIENT, SOFTMAX, ARRAYS], ids=["quotient", "softmax", "arrays"])
def symbolic(request):
    """An exercise without numbers, since expressions need none."""
    return Tried(symnet.solve(request.param))


@pytest.fixture(scope="module")
def questions(symbolic):
    """The questions of the file of it, by the id of what they ask for."""
    return read(stack(symbolic.work))


def read(content):
    """Return the STACK questions of a file, by the id of what they ask for."""
    root = ElementTree.fromstring(content)  # noqa: S314
    found = [one for one in root.iter("question") if one.get("type") == "stack"]
    return {question.findtext("name/text"): question for question in found}


def variables(question):
    """Return the variables of a question with their expressions."""
    lines = question.findtext("questionvariables/text").splitlines()
    return dict(line.removesuffix(";").split(": ", 1) for line in lines)


def values(text):
    """Return what an expression in Maxima comes to at some points, the same for all expressions."""
    program = compile(text.replace("^", "**"), "maxima", "eval")
    names = {node.id for node in ast.walk(ast.parse(text.replace("^", "**"))) if isinstance(node, ast.Name)}
    found = []
    for seed in range(6):
        numbers = {name: number(name, seed) for name in names}
        found.append(eval(program, {"__builtins__": {}}, {**numbers, **FUNCTIONS}))  # noqa: S307 - made by the export
    return found


def number(name, seed):
    """Return a random number for a name, of either sign where that can be."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - not cryptography
    value = chance.uniform(0.1, 0.9)
    return -value if name[0] in "wxz" and chance.random() < 0.5 else value


def walked(question, typed):
    """Return the score and the note at which an answer ends, as STACK walks through the response tree."""
    known, nodes = variables(question), {node.findtext("name"): node for node in question.iter("node")}
    at, note, score = "0", "", 0.0
    while at != "-1":
        node = nodes[at]
        assert (node.findtext("answertest"), node.findtext("sans")) == ("AlgEquiv", "ans1")
        tested = values(known[node.findtext("tans")])
        which = "true" if all(map(math.isclose, values(known.get(typed, typed)), tested)) else "false"
        at, note, score = (node.findtext(f"{which}{name}") for name in ("nextnode", "answernote", "score"))
    return float(score), note


def test_every_answer_lands_where_its_test_says(questions):
    """The correct answer and every mistake end at a node of their own, with the score of the test beside them."""
    mistakes = 0
    for question in questions.values():
        notes = []
        for test in question.iter("qtest"):
            expected = test.find("expected")
            score, note = walked(question, test.findtext("testinput/value"))
            assert (score, note) == (
                float(expected.findtext("expectedscore")),
                expected.findtext("expectedanswernote"),
            )
            notes.append(note)
        assert len(set(notes)) == len(notes) == len(variables(question))
        assert walked(question, "ta")[0] == 1
        mistakes += len(notes) - 1
    assert len(questions) >= 3
    assert mistakes >= 10


def test_an_equal_answer_in_another_form_is_right(questions):
    """The correct answer in another form is worth the same; plus 1 it is worth nothing."""
    for question in questions.values():
        right = variables(question)["ta"]
        assert walked(question, f"{right}*7/7")[0] == 1
        assert walked(question, f"{right}+1")[0] == 0


@pytest.fixture(scope="module")
def asked(symbolic):
    """Its questions that have expressions for answers."""
    ((_part, items),) = expression_items(symbolic.work, symbolic.scheme)
    return items


def test_maxima_reads_what_sympy_means(asked):
    """Each expression in Maxima comes to what SymPy finds for it, at points on both sides of each kink."""
    for item in asked:
        for expression in (item.expression, *(mistake.expression for mistake in item.mistakes)):
            ordinary = expression.doit()
            points = [{name: number(str(name), seed) for name in ordinary.free_symbols} for seed in range(6)]
            meant = [float(ordinary.subs(point)) for point in points]
            assert values(maxima(expression)) == pytest.approx(meant)


def test_stack_and_check_agree(symbolic, asked):
    """What a student types who made a mistake gets that mistake alone from `symnet check` too, and no marks."""
    for item in asked:
        for mistake in item.mistakes:
            marked = symbolic.marked(item.id, typed(mistake.expression))
            assert [one.name for one in marked.mistakes] == [mistake.name]
            assert not marked.verdict.is_right
        assert symbolic.marked(item.id, typed(item.expression)).verdict.is_right


def typed(expression):
    """Return how an expression is typed for `symnet check`, which knows functions by their names in mathematics."""
    text = re.sub("Abs|Max|Min", lambda name: name[0].lower(), str(expression))
    return re.sub(r"Piecewise\(\(1, (.*?)\), \(0, True\)\)", r"1[\1]", text)


def test_names_can_be_typed(questions):
    """All names of the expressions are allowed in the input, and the question says how each is typed."""
    for question in questions.values():
        text = question.findtext("questiontext/text")
        allowed = question.findtext("input/allowwords").split(",")
        for expression in variables(question).values():
            for name in re.findall(r"[a-z_A-Z][a-z_A-Z0-9]*", expression):
                assert name in allowed
                assert name in FUNCTIONS or f"<code>{name}</code>" in text


def test_no_text_is_a_command_of_stack():
    """A title cannot have STACK run anything: blocks and calls of Maxima in it stay text."""
    title = "{@system(1)@} [[include src='x']] {#1#} <script>"
    work = symnet.solve({"title": title, "graph": {"inputs": ["x"], "nodes": {"f": "x^2"}, "output": "f"}})
    for question in read(stack(work)).values():
        text = question.findtext("questiontext/text")
        assert not re.search(r"\{[@#]|<script", text)
        assert re.findall(r"\[\[(.*?)\]\]", text) == ["input:ans1", "validation:ans1"]


@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
def test_maxima_tells_all_expressions_apart(questions):
    """Maxima itself finds each correct answer equivalent to itself multiplied out, and no two branches equivalent."""
    commands, expected = [], []
    for question in questions.values():
        known = variables(question)
        commands.append(f"is(fullratsimp(({known['ta']})-expand({known['ta']}))=0);")
        expected.append("true")
        for first, second in combinations(known.values(), 2):
            commands.append(f"is(fullratsimp(({first})-({second}))=0);")
            expected.append("false")
    program = "display2d:false$\n" + "\n".join(commands)
    done = subprocess.run(
        ["maxima", "--very-quiet"],
        input=program,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall("true|false", done.stdout) == expected
    assert len(expected) > 50

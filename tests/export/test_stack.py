"""STACK questions, read back: their trees walked by an evaluator of the test's own, and compared by Maxima."""

import ast
import json
import math
import random
import re
import shutil
from functools import cache
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from stack_in_maxima import notes
from tried import GRAPH, Tried

import symnet
from symnet.cli.app import cli
from symnet.export.expressions import expression_items
from symnet.export.maxima import maxima
from symnet.export.stack import stack
from symnet.marking.records import TypedAnswer
from symnet.marking.submissions import Submission

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
CHAIN = {
    "inputs": 1,
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "squared_error",
    "questions": [{"ask": name} for name in ("a2_1", "delta2_1", "delta1_1", "dL/dw1_1_1")],
    "marking": {"follow_through": {"factor": "0.5"}},
}
SAMPLES = {
    **CHAIN,
    "data": {"inputs": [[1], [2]], "targets": [[0], [1]]},
    "parameters": [{"weights": [[1], [-1]], "biases": [0, 1]}, {"weights": [[1, 2]], "biases": [0]}],
    "questions": [{"ask": "L"}, {"ask": "dL/dw1_1_1"}],
}
FUNCTIONS = {
    "exp": math.exp, "log": math.log, "tanh": math.tanh, "sin": math.sin, "cos": math.cos,
    "sinh": math.sinh, "cosh": math.cosh, "tan": math.tan, "sqrt": math.sqrt, "erf": math.erf,
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
    return read(stack(symbolic.work).content)


def read(content):
    """Return the STACK questions of a file, by the id of what they ask for."""
    root = ElementTree.fromstring(content)  # noqa: S314
    found = [one for one in root.iter("question") if one.get("type") == "stack"]
    return {question.findtext("name/text"): question for question in found}


@cache
def variables(question):
    """Return the variables of a question with their expressions; those that are put in for names are no variables."""
    lines = question.findtext("questionvariables/text").splitlines()
    found = dict(line.removesuffix(";").split(": ", 1) for line in lines if re.match(r"\w+: [^\[]", line))
    assert "ta" in found
    return found


@cache
def definitions(question):
    """Return what stands for each name, the first line of the exercise first."""
    (text,) = re.findall(r"^definitions: \[(.*)\];$", question.findtext("questionvariables/text"), re.MULTILINE)
    found = [one.split(" = ") for one in text.split(", ") if one]
    return dict(reversed(found))


def values(text, known=None):
    """Return what an expression in Maxima comes to at some points, the same for all expressions.

    Names that are known stand for expressions, which may have those before them.
    """
    return [evaluated(text, _names(seed, tuple((known or {}).items()))) for seed in range(6)]


@cache
def _names(seed, known):
    names = {}
    for name, text in known:
        names[name] = evaluated(text, lambda inner, before=dict(names): before.get(inner, number(inner, seed)))
    return lambda name: names[name] if name in names else number(name, seed)


def evaluated(text, value_of):
    """Return what an expression in Maxima comes to."""
    code, names = compiled(text)
    known = {**{name: value_of(name) for name in names}, **FUNCTIONS}
    return eval(code, {"__builtins__": {}}, known)  # noqa: S307 - made by the export


@cache
def compiled(text):
    """Return an expression in Maxima as Python, and the names in it."""
    python = text.replace("^", "**")
    names = {node.id for node in ast.walk(ast.parse(python)) if isinstance(node, ast.Name)}
    return compile(python, "maxima", "eval"), names - FUNCTIONS.keys()


def number(name, seed):
    """Return a random number for a name, of either sign where that can be."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - not cryptography
    value = chance.uniform(0.1, 0.9)
    return -value if name[0] in "wxz" and chance.random() < 0.5 else value


def is_same(first, second):
    """Return whether two expressions agree at all points."""
    return all(map(math.isclose, first, second))


def own_lines(question, typed):
    """Return the definitions with the student's own answers in them, as the feedback variables work them out."""
    true, own = definitions(question), dict(definitions(question))
    pattern = r"^own: symnet_own\(\[(.*?)\], (ans\d+), \[(.*?)\], \[(.*?)\], own\);$"
    for names, answer, wrong, forms in re.findall(pattern, feedback(question), re.MULTILINE):
        if typed.get(answer):
            found = values(typed[answer], true)
            is_wrong = any(is_same(found, values(one, true)) for one in wrong.split(", ") if one)
            if is_wrong or any(is_same(found, values(one, own)) for one in forms.split(", ")):
                own |= dict.fromkeys(names.split(", "), typed[answer])
    return own


def feedback(question):
    """Return what is worked out of the answers to a question."""
    return question.findtext("prt/feedbackvariables/text") or ""


def walked(question, typed, **others):
    """Return the score and the note at which answers end, as STACK walks through the response tree."""
    known, nodes = variables(question), {node.findtext("name"): node for node in question.iter("node")}
    forms = dict(re.findall(r"^(form\d+): subst\(own, (.*)\);$", feedback(question), re.MULTILINE))
    true = definitions(question)
    own = own_lines(question, {name: known.get(text, text) for name, text in others.items()})
    found = values(known.get(typed, typed), true)
    at, note, score = "0", "", 0.0
    while at != "-1":
        node = nodes[at]
        assert (node.findtext("answertest"), node.findtext("sans")) == ("AlgEquiv", "subst(definitions, ans1)")
        (name,) = re.fullmatch(r"subst\(definitions, (\w+)\)", node.findtext("tans")).groups()
        tested = values(forms[name], own) if name in forms else values(known[name], true)
        which = "true" if is_same(found, tested) else "false"
        at, note, score = (node.findtext(f"{which}{name}") for name in ("nextnode", "answernote", "score"))
    return float(score), note


def inputs(test):
    """Return what a test types, by the name of the input."""
    return {one.findtext("name"): one.findtext("value") for one in test.iter("testinput")}


def test_every_answer_lands_where_its_test_says(questions):
    """The correct answer and every mistake end at a node of their own, with the score of the test beside them."""
    mistakes = 0
    for question in questions.values():
        ends = []
        for test in question.iter("qtest"):
            expected, typed = test.find("expected"), inputs(test)
            score, note = walked(question, typed.pop("ans1"), **typed)
            assert (score, note) == (
                float(expected.findtext("expectedscore")),
                expected.findtext("expectedanswernote"),
            )
            if not any(typed.values()):
                ends.append(note)
        wrong = [name for name in variables(question) if name.startswith("wrong")]
        assert len(set(ends)) == len(ends) == 1 + len(wrong)
        assert walked(question, "ta")[0] == 1
        mistakes += len(wrong)
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
    (found,) = expression_items(symbolic.work, symbolic.scheme)
    return found.items


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
    for question in read(stack(work).content).values():
        text = question.findtext("questiontext/text")
        assert not re.search(r"\{[@#]|<script", text)
        assert re.findall(r"\[\[(.*?)\]\]", text) == ["input:ans1", "validation:ans1"]


def test_names_are_put_in_before_answers_are_compared(questions):
    """Each name may be written out, and what it stands for may be named: the answer is the same."""
    for question in questions.values():
        right = variables(question)["ta"]
        for name, text in definitions(question).items():
            assert walked(question, re.sub(rf"\b{name}\b", text, right))[0] == 1


def test_what_asks_for_itself_is_not_right(questions):
    """A quantity is no answer to itself, nor is anything that follows from it."""
    for name, question in questions.items():
        own = name.replace("/", "_")
        assert own not in definitions(question)
        assert walked(question, own)[0] == 0


@pytest.fixture(scope="module")
def chain():
    """A network in symbols with two layers to go back through."""
    return Tried(symnet.solve(CHAIN))


@pytest.fixture(scope="module")
def chained(chain):
    """Its questions in STACK."""
    return read(stack(chain.work).content)


def follow_tests(question):
    """Return the tests of answers that follow from earlier ones."""
    return [test for test in question.iter("qtest") if test.findtext("description").startswith("follows")]


def test_what_follows_earns_what_check_gives_it(chain, chained):
    """Each answer that follows from an own earlier one gets the part of its marks that `symnet check` gives it."""
    compared = 0
    for name, question in chained.items():
        for test in follow_tests(question):
            typed = inputs(test)
            (earlier,) = (one for one in typed if typed[one] and one != "ans1")
            right = variables(question)[earlier.replace("ans", "ta")]
            before = next(one for one in chained if variables(chained[one])["ta"] == right)
            answers = (TypedAnswer(before, typed[earlier]), TypedAnswer(name, typed["ans1"]))
            submitted = chain.marker.mark(Submission(answers, None)).answers
            marked = {one.answer.typed.left: one for one in submitted}
            assert marked[name].follows
            score, _note = walked(question, typed.pop("ans1"), **typed)
            assert score == marked[name].marks / marked[name].out_of == 0.5
            compared += 1
    assert compared >= 6


def test_what_follows_from_nothing_earns_nothing(chained):
    """Without the earlier answer, or with one that no mistake explains, the same answer does not follow."""
    for question in chained.values():
        for test in follow_tests(question):
            typed = inputs(test)
            (earlier,) = (one for one in typed if typed[one] and one != "ans1")
            answer = typed.pop("ans1")
            assert walked(question, answer)[0] == 0
            assert walked(question, answer, **{earlier: f"{typed[earlier]}+17"})[0] == 0
            assert walked(question, "ta", **typed)[0] == 1


def test_the_earlier_inputs_may_stay_empty(chained):
    """What may be typed again beside an answer is optional, and is no answer of its own."""
    for question in chained.values():
        for one in question.iter("input"):
            assert one.findtext("options") == ("" if one.findtext("name") == "ans1" else "allowempty") or not one.text
        text = question.findtext("questiontext/text")
        assert text.count("[[input:") == len(question.findall("input"))


def test_what_stack_cannot_ask_is_told(tmp_path):
    """Numbers of samples and sums over them are left out and named; where nothing is left, no file is written."""
    found = stack(symnet.solve(SAMPLES))
    assert [*read(found.content)] == ["dL/dw1_1_1"]
    assert found.left_out == ("L",)
    spec = tmp_path / "numbers.yaml"
    spec.write_text(json.dumps({**SAMPLES, "marking": {"form": "number"}}))
    ran = CliRunner().invoke(cli, ["export", str(spec), "--to", "stack", "-o", str(tmp_path / "out.xml")])
    assert ran.exit_code == 2
    assert "found no question whose answer is an expression" in ran.output
    assert not (tmp_path / "out.xml").exists()


@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
def test_maxima_sends_every_answer_where_its_test_says(questions):
    """Maxima itself sends the correct answer, what follows from earlier ones and every mistake to their nodes."""
    # Those with the longest expressions are the campaign's.
    assert_maxima_agrees(list(questions.values())[:2], 15)


@pytest.mark.campaign
@pytest.mark.skipif(shutil.which("maxima") is None, reason="Maxima is not installed")
@pytest.mark.parametrize("name", ["cs4045-q1", "C1", "xor", "rnn", "maxout", "cnn", "attention", "C4"])
def test_maxima_agrees_on_examples(name):
    """The same for questions of examples, among them steps of time, cases, contests and arrays."""
    found = list(read(stack(symnet.solve(f"examples/{name}.yaml")).content).values())
    assert_maxima_agrees(found[:: max(1, len(found) // 8)], 15)


def assert_maxima_agrees(questions, fewest):
    """Hold that each test of questions ends in Maxima where it says."""
    tests = [(question, list(question.iter("qtest"))) for question in questions]
    other = {"ans1": "expand(ta)"}
    found = notes([question for question, _ in tests], [[other, *map(inputs, some)] for _, some in tests])
    ends = ([test.findtext("expected/expectedanswernote") for test in some] for _, some in tests)
    expected = [note for some in ends for note in ("prt1-1-T", *some)]
    assert found == expected
    assert len(expected) >= fewest

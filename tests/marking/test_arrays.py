"""Answers of vectors and matrices: however they are written, each entry is an answer of its own."""

import json
import random
from functools import cached_property

import pytest
from effort import calls
from hostile_arrays import HOSTILE_ARRAYS, LONG_ARRAYS

from symnet.description import load
from symnet.limits import MOST_ENTRIES
from symnet.marking.compare import Comparer
from symnet.marking.judge import Marker
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer, Verdict
from symnet.marking.report import reported
from symnet.marking.submissions import Submission
from symnet.marking.truth import Truth
from symnet.pipeline import solve
from symnet.render.json import render_report
from symnet.sheets.worksheet import scheme_of

Q1 = "cs4045-q1"


class Desk:
    """One exercise with what reads and compares answers to it."""

    def __init__(self, spec):
        self.worked = solve(spec)
        self.part = self.worked.parts[0]
        self.truth = Truth(self.worked, self.part)
        self.reader = AnswerReader(self.worked, self.part)
        self.comparer = Comparer(self.truth)

    @cached_property
    def marker(self):
        """What marks submissions, with all marks of the sheet."""
        return Marker(self.worked, scheme_of(self.worked))

    def entries(self, left, right):
        """Return the verdict of each entry by its id; a message where the answer cannot be read."""
        answer = self.reader.read(TypedAnswer(left, right))
        if answer.problem:
            return answer.problem.splitlines()[0]
        return {one.target.id: self.comparer.compare(one).verdict.value for one in answer.entries or (answer,)}


@pytest.fixture(scope="module")
def desks(examples_folder):
    """Return a desk for an example, or for one in another notation, each made once."""
    made = {}

    def desk(name, notation=None):
        if (name, notation) not in made:
            path = examples_folder / f"{name}.yaml"
            description = load(path) if notation is None else load(path).model_copy(update={"notation": notation})
            made[name, notation] = Desk(path if notation is None else description)
        return made[name, notation]

    return desk


@pytest.fixture(scope="module")
def examples_folder(root):
    """The folder of the examples."""
    return root / "examples"


RIGHT = [
    (Q1, "dL/dW2", "delta2 a1^T"),
    (Q1, "dL/dW2", r"\boldsymbol{\delta}^{(2)} (\mathbf{a}^{(1)})^\top"),
    (Q1, r"\frac{\partial L}{\partial W^{(2)}}", r"\delta^{(2)} {a^{(1)}}^{\top}"),
    (Q1, "∂L/∂W⁽²⁾", "δ⁽²⁾ a⁽¹⁾ᵀ"),
    (Q1, "dL/dW2", "np.outer(d2, a1)"),
    (Q1, "dL/dW2", "delta2 @ a1.T"),
    (Q1, "dL/dW2", "(a1 delta2^T)^T"),
    (Q1, "dL/dW2", "[[delta2_1*a1_1, delta2_1*a1_2], [delta2_2*a1_1, delta2_2*a1_2]]"),
    (Q1, "dL/dW2", r"\begin{bmatrix} \delta_1^{(2)} a_1^{(1)} & \delta_1^{(2)} a_2^{(1)} \\ "
                   r"\delta_2^{(2)} a_1^{(1)} & \delta_2^{(2)} a_2^{(1)} \end{bmatrix}"),
    (Q1, "dL/dW2", r"\left[\begin{array}{cc} \delta_1^{(2)} a_1^{(1)} & \delta_1^{(2)} a_2^{(1)} \\ "
                   r"\delta_2^{(2)} a_1^{(1)} & \delta_2^{(2)} a_2^{(1)} \end{array}\right]"),
    (Q1, "dL/dW2", "[delta2_1*a1_1, delta2_1*a1_2; delta2_2*a1_1, delta2_2*a1_2]"),
    (Q1, "dL/dW2", "[[delta2_1], [delta2_2]] @ [[a1_1, a1_2]]"),
    (Q1, "dL/dW3", "[delta3_1*a2_1, delta3_1*a2_2]"),
    (Q1, "dL/db2", "delta2"),
    (Q1, "delta1", "(W2^T δ2) ⊙ ReLU'(z1)"),
    (Q1, "delta1", "(W2.T @ d2) * (z1 > 0)"),
    (Q1, "delta1", "np.dot(W2.T, delta2) * np.where(z1 > 0, 1, 0)"),
    (Q1, "delta1", "W2.T.dot(delta2) * (z1 > 0).astype(float)"),
    (Q1, "delta1", "W2' δ2 ⊙ 1[z1 > 0]"),
    (Q1, "delta1", "diag(1[z1>0]) W2^T delta2"),
    (Q1, "delta2", "W3^T delta3 ⊙ a2 ⊙ (1 - a2)"),
    (Q1, "delta2", "W3^T delta3 * a2 * (1 - a2)"),
    (Q1, "delta2", r"(\mathbf{W}^{(3)})^\top \delta^{(3)} \odot \sigma'(\mathbf{z}^{(2)})"),
    (Q1, "dL/dz2", "dL/da2 ⊙ a2 ⊙ (1 - a2)"),
    (Q1, "z1", "W1 x + b1"),
    (Q1, "z2", "W2 @ a1 + b2"),
    (Q1, "a2", "1/(1 + np.exp(-(W2 @ a1 + b2)))"),
    (Q1, "z3_1", "W3 a2 + b3"),
    (Q1, "dL/dW1", r"\delta^{(1)} x^T"),
    (Q1, "z2_1", "(W2 a1)_1 + b2_1"),
    (Q1, "dL/dw2_1_2", "(delta2 a1^T)_{12}"),
    ("C1", "a2_1", "softmax(z2)_1"),
    ("C1", "a2_3", r"\operatorname{softmax}(\mathbf{z}^{(2)})_{3}"),
    ("C1", "a2", "softmax(W2 @ a1)"),
    ("xor", "dL/dW2", "1/4 Delta2 A1^T"),
    ("xor", "dJ/dW1", "1/4 Δ⁽¹⁾ Xᵀ"),
    ("xor", "dL/db1", "np.mean(Delta1, axis=1)"),
    ("xor", "dL/db2", r"\frac14 \Delta^{(2)} \mathbf{1}"),
    ("xor", "A1", "tanh(W1 @ X + b1)"),
    ("xor", "Z1", r"W1 X + b1 \mathbf{1}^T"),
    ("xor", "Delta1", "(W2^T Delta2) ⊙ (1 - A1**2)"),
    ("xor", "delta1@2", "W2^T delta2@2 * (1 - a1@2^2)"),
    ("xor", "W2'", "W2 - 0.5*dL/dW2"),
    ("xor", "Z1", "[[-0.3, -1.5, 1.2, 0], [-0.2, 1.2, -1.1, 0.3]]"),
    ("xor", "z1@2", "[-1.5, 1.2]"),
]  # fmt: skip


@pytest.mark.everyday(24, every=False)
@pytest.mark.parametrize(("name", "left", "right"), RIGHT)
def test_right_however_it_is_written(desks, name, left, right):
    """Lists, tables of LaTeX and expressions of vectors and matrices are right in every entry."""
    found = desks(name).entries(left, right)
    assert isinstance(found, dict), found
    assert set(found.values()) == {"right"}, found


@pytest.mark.parametrize(
    "typed",
    [
        "[0.3451, 0.6123]", "[0.3451 0.6123]", "[[0.3451], [0.6123]]", "array([0.3451, 0.6123])", "(0.3451, 0.6123)",
        "np.array([[0.3451],\n       [0.6123]])", "tensor([0.3451, 0.6123], dtype=torch.float64)", "[0.3451; 0.6123]",
        "[0.3451, 0.6123]^T", r"\begin{pmatrix} 0.3451 \\ 0.6123 \end{pmatrix}", "[[0.3451]\n [0.6123]]",
    ],
)  # fmt: skip
def test_numbers_keep_their_digits(desks, typed):
    """Each number of a list, of a table or of NumPy's print is compared at its own digits."""
    assert desks("C1").entries("z1", typed) == {"z1_1": "right_to_rounding", "z1_2": "right_to_rounding"}


@pytest.mark.parametrize(
    ("left", "right", "shapes"),
    [
        ("dL/dW1", "[[1, 2], [3, 4], [5, 6]]", ("(3 × 2)", "(2 × 3)")),
        ("dL/dW1", "x delta1^T", ("(3 × 2)", "(2 × 3)")),
        ("dL/dW1", "delta1 x", ("(2 × 1)", "(3 × 1)")),
        ("z1", "x W1 + b1", ("(3 × 1)", "(2 × 3)")),
        ("delta1", "[1, 2, 3]", ("(3", "(2 × 1)")),
        ("delta1", "W2 @ x", ("(2 × 2)", "(3 × 1)")),
        ("dL/dW2", "[[1, 2], [3]]", ("1 entry", "2 entries")),
        ("dL/dW2", "3", ("one number", "(2 × 2)")),
        ("z3_1", "W2 a1", ()),
        ("z2_1", "(W2 a1)_3", ()),
    ],
)
def test_shapes_that_do_not_fit_are_said(desks, left, right, shapes):
    """The message has both shapes, that of the answer and that of what was asked."""
    found = desks(Q1).entries(left, right)
    assert isinstance(found, str)
    assert all(one in found for one in shapes), found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("delta2", "W3^T delta3 · a2 · (1 - a2)"),
        ("delta1", "W2 * W2"),
        ("dL/dW1", "[x1 x2 x3; x3 x1 x2]"),
        ("W1", "[[1, 2, 3], [4, 5, 6]]"),
        ("dL/dW2", "[[[1, 2], [3, 4]]]"),
        ("dL/dW2", "[[1, 2], [3, 4"),
        ("delta1", "[1, ]]"),
        ("dL/dW2", r"\begin{bmatrix} 1 & 2 \\ 3 & 4"),
        ("dL/dW2", "W2 @ 3"),
        ("delta1_1", "W2^T delta2"),
    ],
)
def test_what_is_not_sure_is_said(desks, left, right):
    """What can be meant in two ways, what is given and what is broken off is not read, with a mark under the place."""
    answer = desks(Q1).reader.read(TypedAnswer(left, right))
    assert not answer.entries and answer.expression is None
    assert answer.problem.splitlines()[-1].strip() == "^"


@pytest.mark.parametrize(
    ("notation", "right", "turned"),
    [("standard", "delta2 a1^T", "a1 delta2^T"), ("cs349", "a1^T delta2", "delta2^T a1")],
)
def test_weights_stand_as_the_notation_has_them(desks, notation, right, turned):
    """Where a notation has rows for the units that weights leave, so has the matrix."""
    desk = desks(Q1, notation)
    assert set(desk.entries("dL/dW2", right).values()) == {"right"}
    assert "wrong" in desk.entries("dL/dW2", turned).values()


def marked(desk, answers):
    """Return the report of answers, with all marks of the sheet."""
    marker = desk.marker
    typed = tuple(TypedAnswer(left, right) for left, right in answers.items())
    return reported(marker.mark(Submission(typed, None)), desk.part)


def test_entries_earn_the_marks_of_their_questions(desks):
    """A matrix earns what its entries would earn one by one, and what it answers is not missing."""
    desk = desks(Q1)
    right = {f"dL/dw2_{i}_{j}": f"delta2_{i}*a1_{j}" for i in (1, 2) for j in (1, 2)}
    single, whole = marked(desk, right), marked(desk, {"dL/dW2": "delta2 a1^T"})
    assert (single.marks, single.out_of) == (whole.marks, whole.out_of)
    assert [answer.id for answer in single.answered] == [answer.id for answer in whole.answered] == list(right)
    wrong = marked(desk, {"dL/dW2": "[[7, delta2_1*a1_2], [delta2_2*a1_1, delta2_2*a1_2]]"})
    assert (whole.marks > 0, wrong.marks, wrong.out_of) == (True, 0, whole.out_of)


def test_json_shows_the_entries(desks):
    """Each entry stands in the JSON with its own id, and with the array that was answered."""
    content = json.loads(render_report(marked(desks(Q1), {"dL/dW3": "[delta3_1*a2_1, 7]", "z1_1": "1"})))
    answers = {answer["id"]: answer for answer in content["answers"] if answer["verdict"] != "not_answered"}
    assert [answers[name]["array"] for name in ("dL/dw3_1_1", "dL/dw3_1_2", "z1_1")] == ["dL/dW3", "dL/dW3", None]
    assert [answers[name]["given"] for name in ("dL/dw3_1_1", "dL/dw3_1_2")] == ["delta3_1*a2_1", "7"]
    assert [answers[name]["verdict"] for name in ("dL/dw3_1_1", "dL/dw3_1_2")] == ["right", "wrong"]


def test_a_blank_array_is_not_answered(desks):
    """A vector that was left blank leaves its entries blank, each not answered."""
    report = marked(desks(Q1), {"delta2": " "})
    assert not report.answered
    assert {answer.id for answer in report.answers} >= {"delta2_1", "delta2_2"}


def test_arrays_of_a_graph_are_named_as_its_author_has_it():
    """Inputs and nodes of a graph that have a shape are read as vectors and matrices, laid out as NumPy has them."""
    graph = {"inputs": {"X": [3, 2], "W": [2, 2], "b": [2]}, "parameters": ["W", "b"], "output": "L",
             "nodes": {"Z": "X @ W + b", "A": "tanh(Z)", "L": "sum(A)"}}  # fmt: skip
    desk = Desk({"title": "g", "graph": graph})
    for left, right in (
        ("Z", "X @ W + b"), ("dL/dZ", "1 - A**2"), ("dL/dW", "X^T @ dL/dZ"), ("dL/dW", "X.T @ (1 - A*A)"),
        ("dL/db", "sum(dL/dZ, axis=0)"), ("A", "np.tanh(Z)"),
    ):  # fmt: skip
        assert set(desk.entries(left, right).values()) == {"right"}, (left, right)
    assert "wrong" in desk.entries("dL/db", "sum(Z, axis=0)").values()


def test_a_number_stays_a_number(desks):
    """Without an array on the right, a name that may be several numbers stays in doubt, and a sure one is a number."""
    reader = desks(Q1).reader
    doubtful = reader.read(TypedAnswer("delta1", "delta2_1*w2_1_1"))
    assert not doubtful.entries and {one.target.id for one in doubtful.readings} > {"delta1_1"}
    assert reader.read(TypedAnswer("delta3", "a3_1 - y1")).target.id == "delta3_1"


def test_entries_are_bounded_before_they_are_made(desks, monkeypatch):
    """Arrays with too many entries, and all answers of a submission together, are refused before they are read."""
    desk = desks(Q1)
    row = f"[{', '.join(['1'] * (MOST_ENTRIES + 1))}]"
    assert "at most 400" in desk.entries("delta1", row)
    monkeypatch.setattr("symnet.marking.read.MOST_ANSWERS", 20)
    found = list(desk.reader.read_all([TypedAnswer("delta1", "[1, 2]")] * 13))
    assert [bool(answer.problem) for answer in found] == [False] * 20 + [True] * 3


@pytest.mark.parametrize("chunk", range(6))
def test_hostile_arrays_are_read_whole_or_not_at_all(desks, chunk):
    """Broken, deep, long and misleading arrays raise nothing, and never come back in part."""
    desk = desks("xor" if chunk % 2 else Q1)
    for left, right in HOSTILE_ARRAYS[chunk::6]:
        answer = desk.reader.read(TypedAnswer(left, right))
        if not answer.entries and answer.expression is None:
            assert answer.problem, (left, right)
        for entry in answer.entries:
            assert entry.expression is not None or entry.problem, (left, right)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("right", LONG_ARRAYS, ids=lambda right: right[:6])
def test_long_arrays_cost_little(desks, right):
    """What is long is refused before much is made of it, also where names run together or matrices multiply."""
    desk = desks("dropout")
    desk.reader.read(TypedAnswer("dL/dW2", "W2"))
    assert calls(lambda: desk.reader.read(TypedAnswer("dL/dW2", right))) < 4_000_000


# Equivalent ways of writing, and near misses: each is made of the equations of one layer.


def _written(chance, first, second, sign):
    """Return a product of two arrays in one of many ways of writing."""
    ways = {
        "@": (f"{first} @ {second}", f"np.dot({first}, {second})", f"np.matmul({first},{second})",
        f"({first})@({second})",
              f"{first} {second}", f"{first}.dot({second})"),
        "⊙": (f"{first} ⊙ {second}", f"np.multiply({first}, {second})", f"{second} ⊙ {first}",
        f"{first} \\odot {second}",
              f"({first}) ⊙ ({second})"),
    }  # fmt: skip
    return chance.choice(ways[sign])


TRANSPOSES = ("{}^T", "{}.T", "{}^\\top", "{}^{{T}}", "np.transpose({})", "{}ᵀ")


def _case(chance, *, right):
    """Return a left side and an answer in vectors that is right, or one that is nearly so."""
    delta, turn = chance.choice(("delta2", "d2", "δ2", "δ^{(2)}")), lambda name: chance.choice(TRANSPOSES).format(name)
    act = chance.choice(("a1", "a^{(1)}", r"\mathbf{a}^{(1)}", "ReLU(z1)"))
    weights = chance.choice(("W2", "w2", "W^{(2)}", r"\mathbf{W}^{(2)}"))
    kind = chance.randrange(4)
    if kind == 0:
        wrong = act if right else chance.choice(("z1", "b1", "delta1"))
        return "dL/dW2", _written(chance, delta, turn(f"({wrong})"), "@")
    if kind == 1:
        gate = chance.choice(("(z1 > 0)", "1[z1>0]", "ReLU'(z1)", "H(z1)", "np.where(z1>0, 1, 0)", "(a1 > 0)"))
        sums = _written(chance, turn(weights) if right else weights, delta, "@")
        return "delta1", _written(chance, f"({sums})", gate, "⊙")
    if kind == 2:
        bias = chance.choice(("b2", "b^{(2)}")) if right else chance.choice(("b1", "-b2", "2*b2"))
        return "z2", f"{_written(chance, weights, act, '@')} + {bias}".replace("+ -", "- ")
    signs = ("a2 ⊙ (1 - a2)", "σ'(z2)", "(a2 - a2**2)") if right else ("a2", "(1 - a2)", "a2 ⊙ (1 + a2)", "σ(z2)")
    back = _written(chance, turn("W3"), "delta3", "@")
    return "delta2", _written(chance, f"({back})", f"({chance.choice(signs)})", "⊙")


def _outcomes(desk, count, seed, *, right):
    chance = random.Random(seed)  # noqa: S311 - no secrets are drawn
    for _ in range(count):
        left, typed = _case(chance, right=right)
        found = desk.entries(left, typed)
        yield left, typed, set(found.values()) if isinstance(found, dict) else found


def _all_right(desk, count, seed):
    assert not [case for case in _outcomes(desk, count, seed, right=True) if case[2] != {"right"}]


def _none_right(desk, count, seed):
    assert not [case for case in _outcomes(desk, count, seed, right=False) if case[2] == {"right"}]


def test_a_few_equivalent_arrays(desks):
    """Every way of writing an equation in vectors is right, and no near miss is right in all entries."""
    _all_right(desks(Q1), 40, "everyday")
    _none_right(desks(Q1), 25, "everyday")


@pytest.mark.campaign
def test_many_equivalent_arrays(desks):
    """Of 10,000 ways of writing an equation in vectors none is rejected."""
    _all_right(desks(Q1), 10_000, "campaign")


@pytest.mark.campaign
def test_many_near_misses_of_arrays(desks):
    """Of 10,000 near misses in vectors none is right in all entries."""
    _none_right(desks(Q1), 10_000, "campaign")


def test_partial_marks_are_by_entry(desks):
    """Of a vector with one wrong entry, the other one is right."""
    found = desks("C1").entries("z1", "[0.3451, 0.7]")
    assert found == {"z1_1": Verdict.RIGHT_TO_ROUNDING.value, "z1_2": Verdict.WRONG.value}

"""What a description says counts, key by key: forms, tolerance, follow-through, repeated mistakes, feedback."""

import json

import pytest
from exercises import describe

import symnet
from symnet.layout.text import write
from symnet.marking.forms import operations
from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer
from symnet.marking.report import Outcome, from_bytes, reported, to_bytes
from symnet.marking.statistics import ClassEntries
from symnet.marking.submissions import NOBODY, Submission
from symnet.parsing.formula import read
from symnet.render.json import render_report
from symnet.render.tables import render_summary
from symnet.render.text import render_text
from symnet.sheets.marked import marked
from symnet.sheets.worksheet import scheme_of

DEEP = describe([2, 2, 2, 1], ["tanh", "sigmoid", "sigmoid"], "squared_error")
GRAPH = {"graph": {"inputs": ["x", "w"], "nodes": {"q": "w*x", "r": "q^2", "f": "tanh(r)"}, "output": "f"}}
# a = 0.34517..., of which each number below is another writing.
ONE = {
    **describe([1, 1], ["identity"], "squared_error"),
    "data": {"inputs": [["0.34517"]], "targets": [[1]]},
    "parameters": [{"weights": [[1]], "biases": [0]}],
    "training": {"learning_rate": "0.5"},
}


def check(spec, answers, **rules):
    """Return the report on answers to an exercise whose description has these rules."""
    return symnet.check({**spec, "marking": {key.rstrip("_"): value for key, value in rules.items()}}, answers)


def lines(report, *ids):
    """Return the verdict, the marks and the message of some lines."""
    by_id = {one.id: one for one in report.answers}
    return [(by_id[name].verdict.value, by_id[name].marks, by_id[name].message) for name in ids]


def accepted(spec, left, right, **rules):
    """Return whether an answer counts."""
    (line,) = (one for one in check(spec, {left: right}, **rules).answers if one.id == left)
    return line.verdict.is_right


IN_DELTAS, IN_NODES = "delta3_1*a2_1", "(a3_1 - y1)*a3_1*(1 - a3_1)*a2_1"


@pytest.mark.parametrize(
    ("level", "counts"),
    [
        (None, (True, True, True)),
        ("deltas", (True, False, False)),
        ("nodes", (False, True, True)),
        ("leaves", (False,) * 3),
    ],
)
def test_in_terms_of_what_derivatives_count(level, counts):
    """In deltas, in the values of the forward pass, or in inputs, targets and parameters alone; any of them without."""
    rules = {} if level is None else {"in_": level}
    forms = (IN_DELTAS, IN_NODES, IN_NODES.replace("a2_1", "sigmoid(z2_1)"))
    assert tuple(accepted(DEEP, "dL/dw3_1_1", form, **rules) for form in forms) == counts


def test_in_leaves_counts_what_names_nothing_else():
    """With everything written out it counts, and so does our own result; a node or a delta in it does not."""
    small = describe([1, 1], ["sigmoid"], "squared_error")
    out = "1/(1 + exp(-(w1_1_1*x1 + b1_1)))"
    assert accepted(small, "dL/dw1_1_1", f"({out} - y1)*{out}*(1 - {out})*x1", in_="leaves")
    refused = check(small, {"dL/dw1_1_1": f"(a1_1 - y1)*{out}*(1 - {out})*x1"}, in_="leaves")
    message = "The answer has to be in inputs, targets and parameters alone."
    assert lines(refused, "dL/dw1_1_1") == [("wrong", 0, message)]
    # The equation of a node, and a number, are in no such form.
    assert accepted(small, "a1_1", "sigmoid(z1_1)", in_="leaves")
    assert accepted(ONE, "delta1_1", "-0.65483", in_="leaves")


def test_in_a_graph_deltas_are_the_derivatives_behind():
    """A derivative with respect to a later node may be named, one with respect to an input may not."""
    assert accepted(GRAPH, "df/dx", "df/dq*w", in_="deltas")
    assert not accepted(GRAPH, "df/dx", "(1 - f^2)*2*q*w", in_="deltas")
    assert not accepted(GRAPH, "df/dx", "df/dq*w", in_="nodes")
    assert accepted(GRAPH, "df/dx", "(1 - f^2)*2*q*w", in_="nodes")
    assert accepted(GRAPH, "df/dx", "(1 - tanh((w*x)^2)^2)*2*w*x*w", in_="leaves")


@pytest.mark.everyday(5, every=False)
@pytest.mark.parametrize(
    ("left", "right", "counts"),
    [
        ("delta3_1", "(a3_1 - y1)*a3_1*(1 - a3_1)", True),
        ("delta3_1", "-(y1 - a3_1)*a3_1*(1 - a3_1)", True),
        ("delta3_1", "a3_1^2 - a3_1^3 - y1*a3_1 + y1*a3_1^2", False),
        ("delta3_1", "(a3_1 - y1)*1*a3_1*(1 - a3_1)*1*1", False),
        ("dL/dw3_1_1", "delta3_1*a2_1", True),
        ("dL/dw3_1_1", "(a3_1 - y1)*a3_1*(1 - a3_1)*a2_1", True),
        ("dL/dw3_1_1", "delta3_1*a2_1 + delta3_1*a2_1 - delta3_1*a2_1", False),
        ("a2_1", "1/(1 + exp(-z2_1))", True),
        ("a2_1", "exp(z2_1)/(exp(z2_1) + 1)", True),
        ("a2_1", "sigmoid(2*z2_1 - z2_1 + 1 - 1)", False),
        ("dL/db3_1", "delta3_1*1", False),
        ("dL/db3_1", "delta3_1", True),
    ],
)
def test_simplified_has_at_most_half_as_many_operations_again(left, right, counts):
    """What is longer than that beside our result in the same names does not count, and says so."""
    assert accepted(DEEP, left, right)
    assert accepted(DEEP, left, right, form="simplified") is counts
    if not counts:
        refused = check(DEEP, {left: right}, form="simplified")
        assert lines(refused, left) == [("wrong", 0, "The answer has to be simplified.")]


def test_operations_are_counted_as_they_are_written():
    """Each sum, product, quotient, power and function is one; a sign, a number and a name is none."""
    counts = {"x": 0, "-x": 0, "x - y": 1, "2*x*y": 2, "x^2/y": 2, "exp(-(x + 1))": 2, "sigmoid(x)*(1 - sigmoid(x))": 4}
    assert {text: operations(read(text, lambda name: name in {"x", "y"})) for text in counts} == counts


def test_numbers_alone_count_where_they_are_asked_for():
    """An expression does not, though it is equal; and what is answered in symbols is not asked at all."""
    right = check(ONE, {"z1_1": "0.34517", "L": "0.5*(0.34517 - 1)^2"}, form="number")
    assert [verdict for verdict, *_ in lines(right, "z1_1", "L")] == ["right", "right"]
    refused = check(ONE, {"z1_1": "w1_1_1*x1 + b1_1"}, form="number")
    assert lines(refused, "z1_1") == [("wrong", 0, "The answer has to be a number.")]
    assert {one.id for one in refused.answers} == {
        *("z1_1", "a1_1", "L", "delta1_1", "dL/dw1_1_1", "dL/db1_1", "w1_1_1'", "b1_1'")
    }


@pytest.mark.parametrize(
    ("tolerance", "counts"),
    [
        # 0.34517, 0.3452, 0.3451, 0.345, 0.344, 0.36, 0.3
        (None, (True, True, True, True, False, False, True)),
        ({"digits": 3}, (True, True, True, True, False, False, False)),
        ({"digits": 4}, (True, True, False, False, False, False, False)),
        ({"absolute": "0.002"}, (True, True, True, True, True, False, False)),
        ({"relative": "0.05"}, (True, True, True, True, True, True, False)),
    ],
)
def test_a_tolerance_takes_the_place_of_rounding(tolerance, counts):
    """Within it a number counts however it is written, and outside of it none does."""
    rules = {} if tolerance is None else {"tolerance": tolerance}
    numbers = ("0.34517", "0.3452", "0.3451", "0.345", "0.344", "0.36", "0.3")
    assert tuple(accepted(ONE, "z1_1", number, **rules) for number in numbers) == counts


def test_a_tolerance_holds_for_what_follows():
    """What comes of a student's own wrong number is compared as everything else."""
    answers = {"z1_1": "0.34715", "a1_1": "0.349"}
    for rules, follows in (({"tolerance": {"absolute": "0.01"}}, True), ({"tolerance": {"digits": 4}}, False)):
        line = next(
            one for one in check({**ONE, "numbers": {"decimals": 5}}, answers, **rules).answers if one.id == "a1_1"
        )
        assert (line.verdict.is_right or line.follows) is follows


def test_digits_that_are_cut_off_are_told():
    """0.3451 for 0.34517 is cut off: it counts unless the description says otherwise, and the report says so."""
    message = "Cut off, not rounded."
    assert lines(check(ONE, {"z1_1": "0.3451"}), "z1_1") == [("right_to_rounding", 1, message)]
    assert lines(check(ONE, {"z1_1": "0.3451"}, truncated="incorrect"), "z1_1") == [("wrong", 0, message)]
    assert accepted(ONE, "z1_1", "0.3452", truncated="incorrect")
    assert lines(check(ONE, {"z1_1": "0.3450"}), "z1_1")[0][0] == "wrong"


# Four lines in which the derivative of the sigmoid is forgotten, and three that follow from them.
FORGOTTEN = {"delta2_1": "delta3_1*w3_1_1", "delta2_2": "delta3_1*w3_1_2"}
FOLLOWING = {f"dL/dw2_{i}_{j}": f"delta3_1*w3_1_{i}*a1_{j}" for i in (1, 2) for j in (1, 2)}
ALL = {**DEEP, "questions": [{"ask": "deltas", "units": "all"}, {"ask": "gradients", "units": "all"}]}


@pytest.mark.parametrize(
    ("rules", "earned", "said"),
    [
        ({}, [1, 1, 1, 1], "This follows correctly from your earlier incorrect lines."),
        ({"factor": "1/2"}, [0.5] * 4, "Such a line earns 0.5 of its marks."),
        ({"factor": 0}, [0] * 4, "Such a line earns 0 of its marks."),
        ({"at_most": 2}, [1, 1, 0, 0], "Such lines earn at most 2 marks in all."),
        ({"factor": "1/2", "at_most": "5/4"}, [0.5, 0.5, 0.25, 0], "Such lines earn at most 1.25 marks in all."),
    ],
)
def test_what_follows_earns_what_the_description_says(rules, earned, said):
    """A part of its marks, up to a bound over all such lines; the report says why."""
    report = check(ALL, {**FORGOTTEN, **FOLLOWING}, follow_through=rules)
    found = {one.id: one for one in report.answers}
    assert sorted((float(found[name].marks) for name in FOLLOWING), reverse=True) == earned
    assert all(found[name].follows for name in FOLLOWING)
    assert any(said in found[name].message for name in FOLLOWING)
    assert report.marks == sum(one.marks for one in report.answers)


def test_the_same_mistake_is_charged_once_among_lines_of_the_same_sort():
    """The second delta without its derivative loses nothing and says where it was charged; per line it loses too."""
    once = check(ALL, FORGOTTEN)
    found = {one.id: one for one in once.answers if one.id in FORGOTTEN}
    names = [[mistake.name for mistake in found[name].mistakes][:1] for name in FORGOTTEN]
    assert names == [["missing_derivative_hidden"]] * 2
    charged, free = sorted(found.values(), key=lambda one: one.marks)
    assert (charged.verdict.value, charged.marks, charged.charged_at) == ("wrong", 0, "")
    assert (free.verdict.value, free.marks, free.charged_at) == ("wrong", 1, charged.id)
    assert free.message == f"The same mistake was charged at {write(charged.left)}; not again here."
    assert [one.marks for one in check(ALL, FORGOTTEN, repeated_mistake="per_line").answers if one.id in FORGOTTEN] == [
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("answers", "free"),
    [
        # Another mistake, or lines of another sort, are charged for themselves.
        ({"delta2_1": "delta3_1*w3_1_1", "delta2_2": "-delta3_1*w3_1_2*a2_2*(1 - a2_2)"}, []),
        ({"a2_1": "z2_1", "a2_2": "z2_2", "a3_1": "z3_1"}, []),
        ({"dL/dw3_1_1": "0", "dL/dw3_1_2": "0"}, []),
        ({"z2_1": "w2_1_1*a1_1 + w2_1_2*a1_2", "z2_2": "w2_2_1*a1_1 + w2_2_2*a1_2"}, ["z2_2"]),
    ],
)
def test_what_is_not_worked_out_is_charged_in_every_line(answers, free):
    """A name alone, or a constant, shows no work in which a slip could have been made."""
    spec = {**DEEP, "questions": [{"ask": word, "units": "all"} for word in ("forward", "deltas", "gradients")]}
    assert [one.id for one in check(spec, answers).answers if one.charged_at] == free


def test_feedback_hides_the_correct_line_and_the_mistake():
    """Full tells all, a hint no correct line, a verdict no mistake either: on the page, in JSON and in Python."""
    told = {}
    for level in ("full", "hint", "verdict"):
        report = check(ALL, {"delta2_1": "delta3_1*w3_1_1", "delta3_1": "sin(x1)", "dL/dw2_1_1": "1 +"}, feedback=level)
        line = next(one for one in report.answers if one.id == "delta2_1")
        data = {one["id"]: one for one in json.loads(render_report(report))["answers"]}
        page = render_text(marked(report))
        seen = (data["delta2_1"]["right"] is not None, bool(data["delta2_1"]["mistakes"]))
        assert seen == (line.right is not None, bool(line.mistakes))
        assert ("Mistake: missing derivative hidden" in page) is seen[1]
        assert ("It matches no mistake symnet knows." in page) is (level != "verdict")
        assert all((one["right"] is not None) is seen[0] for one in data.values())
        # Why an answer cannot be read is always told, and so is what was not answered.
        assert "found the end" in data["dL/dw2_1_1"]["message"]
        assert "∂L/∂w₁₂⁽²⁾" in page
        told[level] = seen
    assert told == {"full": (True, True), "hint": (False, True), "verdict": (False, False)}


def test_the_summary_of_a_class_counts_what_a_student_is_not_told():
    """Whatever feedback there is, the instructor's table names the mistakes."""
    worked = symnet.solve({**ALL, "marking": {"feedback": "verdict"}})
    marker = Marker(worked, scheme_of(worked))
    typed = tuple(TypedAnswer(left, right) for left, right in FORGOTTEN.items())
    report = reported(marker.mark(Submission(typed, "squared_error")), worked.parts[0], "verdict")
    assert from_bytes(to_bytes(report)) == report
    assert "missing_derivative_hidden" in render_summary([ClassEntries().entry(Outcome("one.yaml", report), NOBODY)])
    assert "missing_derivative_hidden" not in render_report(report)

"""Marking a submission: the order of the solution, marks, follow-through, mistakes, and the right lines."""

import json
from fractions import Fraction

import pytest
from answering import answered
from effort import calls
from exercises import ROOT, solved

import symnet
from symnet import pipeline
from symnet.description import load
from symnet.errors import DescriptionError
from symnet.layout.latex import write as latex
from symnet.layout.text import write
from symnet.marking.judge import Judge, Marker
from symnet.marking.records import Answer, TargetKind, TypedAnswer, Verdict
from symnet.marking.submissions import load_answers
from symnet.marking.truth import Truth
from symnet.sheets.worksheet import scheme_of
from symnet.text.say import words

C1 = ROOT / "examples" / "C1.yaml"
GRAPH = {"graph": {"inputs": ["x"], "nodes": {"q": "x + 1", "f": "q^2"}, "output": "f"}}


def judge_of(description, part=0):
    """Return what judges answers to a part of a description."""
    worked = pipeline.solve(description)
    return Judge(Truth(worked, worked.parts[part]), scheme_of(worked)[worked.parts[part].loss_name])


def given(lines):
    """Return those of some marked lines that were answered."""
    return [line for line in lines if line.verdict is not Verdict.NOT_ANSWERED]


def marked(judge, *answers):
    """Return answers marked, by what they are to."""
    return given(judge.mark([answered(judge.truth, left, right) for left, right in answers]))


@pytest.fixture(scope="module")
def notes():
    """The answers of the notes to C1, marked."""
    judge = judge_of(C1)
    lines = [("w2_1_1'", "0.6819"), ("dL/dw2_1_1", "-0.3835"), ("dL/dw1_1_1", "-0.0118"), ("w1_1_1'", "0.5022")]
    return {one.answer.typed.left: one for one in marked(judge, *lines, ("a2_1", "0.345"), ("z1_1", "0.3451"))}


def test_answers_come_in_the_order_of_the_solution(notes):
    """However they were typed, the forward pass comes first, then gradients from the last layer on, then updates."""
    assert list(notes) == ["z1_1", "a2_1", "dL/dw2_1_1", "dL/dw1_1_1", "w1_1_1'", "w2_1_1'"]


def test_the_mistakes_of_the_notes_are_named(notes):
    """Softmax as element-wise, as the other loss has it; and the same with a wrong sign."""
    assert {"softmax_elementwise", "another_loss"} <= {one.name for one in notes["dL/dw2_1_1"].mistakes}
    assert [one.name for one in notes["dL/dw1_1_1"].mistakes][:2] == ["softmax_elementwise", "wrong_sign"]


def test_what_follows_earns_its_marks(notes):
    """A line that is wrong only since an earlier one is earns all marks, and the earlier one none."""
    for name in ("w1_1_1'", "w2_1_1'"):
        line = notes[name]
        assert (line.verdict, line.follows, line.marks, line.mistakes) == (Verdict.WRONG, True, 1, ())
        assert line.message == words("verdict.follows")
    assert [notes[name].marks for name in ("z1_1", "a2_1", "dL/dw1_1_1", "dL/dw2_1_1")] == [1, 1, 0, 0]


def test_the_right_line_stands_beside_each_answer(notes):
    """It is the sheet's own expression, with its value beside a number."""
    assert write(notes["z1_1"].right).endswith("≈ 0.3451")
    assert write(notes["dL/dw2_1_1"].right).endswith("0.5820")
    judge = judge_of(ROOT / "examples" / "cs4045-q1.yaml")
    (line,) = marked(judge, ("a2_1", "z2_1"))
    assert "≈" not in write(line.right)


def test_a_wrong_line_that_nothing_explains_says_so():
    """Where no mistake fits, that is said plainly."""
    judge = judge_of(ROOT / "examples" / "cs4045-q1.yaml")
    (line,) = marked(judge, ("dL/dw3_1_1", "sin(x1) + 17*w1_1_1"))
    assert (line.verdict, line.mistakes, line.message) == (Verdict.WRONG, (), words("verdict.unexplained"))


def test_an_unreadable_answer_stops_no_other():
    """It has its place if what it is to is known, or else the last one, and earns nothing."""
    judge = judge_of(C1)
    unknown = Answer(TypedAnswer("nothing", "1"), problem="what is this?")
    broken = Answer(TypedAnswer("z1_1", "1 +"), judge.truth.by_id["z1_1"], problem="it ends too soon")
    lines = given(judge.mark([unknown, answered(judge.truth, "z1_2", "0.6123"), broken]))
    assert [line.answer.typed.left for line in lines] == ["z1_1", "z1_2", "nothing"]
    assert [line.verdict.value for line in lines] == ["unreadable", "right_to_rounding", "unreadable"]
    assert [line.marks for line in lines] == [0, 1, 0]


def test_a_blank_answer_is_none():
    """A left side with nothing behind it is not answered, asked or not; an answer elsewhere to the same counts."""
    judge = judge_of({**GRAPH, "marks": {"default": 0, "f": 2}})
    blank = [Answer(TypedAnswer(name, " "), judge.truth.by_id[name], problem="nothing") for name in ("q", "f")]
    assert [(line.verdict.value, line.out_of) for line in judge.mark(blank)] == [
        ("not_answered", 0),
        ("not_answered", 2),
    ]
    later = judge.mark([*blank, answered(judge.truth, "f", "q^2")])
    assert [(line.verdict.value, line.marks) for line in later] == [("not_answered", 0), ("right", 2)]


def test_the_first_of_two_answers_counts():
    """What is answered twice earns marks once."""
    lines = marked(judge_of(C1), ("z1_1", "0.4"), ("z1_1", "0.3451"))
    assert [(line.marks, line.out_of) for line in lines] == [(0, 1), (0, 0)]
    assert lines[1].message == words("verdict.twice")


@pytest.fixture(scope="module")
def weighted():
    """C1 with marks of its own."""
    spec = load(C1)
    return spec.model_copy(
        update={"marks": {"default": Fraction(1, 2), "dL/dw2_1_1": Fraction(3), "z1_1": Fraction(1)}}
    )


def test_marks_are_those_of_the_description(weighted):
    """A line earns what the description says, and what was not answered stands in its place, with the right line."""
    judge = judge_of(weighted)
    lines = judge.mark([answered(judge.truth, *line) for line in (("dL/dw2_1_1", "-0.5820"), ("a1_1", "0.5854"))])
    assert [(line.answer.typed.left, line.marks, line.out_of) for line in lines[:3]] == [
        ("z1_1", 0, 1),
        ("z1_2", 0, Fraction(1, 2)),
        ("a1_1", Fraction(1, 2), Fraction(1, 2)),
    ]
    (gradient,) = (line for line in lines if line.answer.typed.left == "dL/dw2_1_1")
    assert (gradient.marks, gradient.out_of) == (3, 3)
    assert lines[0].verdict is Verdict.NOT_ANSWERED
    assert write(lines[0].right).endswith("≈ 0.3451")


def test_what_was_not_asked_for_has_a_verdict_and_no_marks(weighted):
    """A right answer to something that no question asks changes neither the marks nor what they are out of."""
    judge = judge_of({**GRAPH, "marks": {"default": 0, "f": 2}})
    lines = judge.mark([answered(judge.truth, "q", "x + 1"), answered(judge.truth, "f", "x")])
    assert [(line.verdict.value, line.marks, line.out_of) for line in lines] == [("right", 0, 0), ("wrong", 0, 2)]
    assert sum(line.out_of for line in judge_of(weighted).mark([])) == Fraction(41 + 5 + 1, 2)


def test_a_symbolic_answer_takes_a_bounded_number_of_calls():
    """After start-up, marking the first question of the assignment takes few calls an answer, reading included."""
    worked = solved(ROOT / "examples" / "cs4045-q1.yaml")
    marker = Marker(worked, scheme_of(worked))
    truth = marker.parts[worked.parts[0].loss_name].truth
    lines = {
        target.id: latex(truth.part.build(truth.expression(target)))
        for target in truth.targets
        if target.kind is not TargetKind.NODE
    }
    submission = load_answers(json.dumps({"answers": lines}).encode(), "answers.json")
    marking = marker.mark(submission)
    answers = given(marking.answers)
    assert all(one.verdict.is_right for one in answers)
    assert len(lines) == len(answers) > 20
    # Some 5 ms an answer; benchmarks/cost.py compares it with solving.
    assert calls(lambda: marker.mark(submission)) < 100_000 * len(lines)


def test_what_was_marked_before_changes_nothing():
    """Of an answer that was marked before, the verdict is kept with the line that it was to, and with its digits."""
    tried = [(left, right) for left in ("q", "f", "df/dx") for right in ("x + 1", "2*q", "q*q", "-2*q", "x")]
    judge = judge_of(GRAPH)
    for _ in range(2):
        for left, right in tried:
            assert marked(judge, (left, right)) == marked(judge_of(GRAPH), (left, right))
    numbers = judge_of(C1)
    verdicts = [marked(numbers, ("z1_1", right))[0].verdict for right in ("0.3", "0.30") * 2]
    assert verdicts == [Verdict.RIGHT_TO_ROUNDING, Verdict.WRONG] * 2


def test_marks_for_nothing_known_are_an_error():
    """Marks for what cannot be asked are a problem of the description, with its place."""
    text = {"graph": {"inputs": ["x"], "nodes": {"f": "x^2"}, "output": "f"}, "marks": {"f": 2, "g": "1/2"}}
    with pytest.raises(DescriptionError) as caught:
        scheme_of(symnet.solve(text))
    assert "found g" in str(caught.value)
    assert "default, or the id" in str(caught.value)
    with pytest.raises(DescriptionError):
        symnet.solve({**text, "marks": {"f": -1}})

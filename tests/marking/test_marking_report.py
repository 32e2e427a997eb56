"""What is reported of a marking, and that it crosses to another process as it is."""

import json
from fractions import Fraction

import pytest
import yaml
from exercises import solved
from marked_samples import marking, part_of
from sympy import Symbol

import symnet
from symnet.layout.text import write
from symnet.marking.judge import left_side
from symnet.marking.read import AnswerReader
from symnet.marking.records import Answer, Figures, Marked, Marking, Target, TargetKind, TypedAnswer, Verdict
from symnet.marking.report import from_bytes, reported, to_bytes
from symnet.sheets.marked import in_short
from symnet.text.say import as_text


@pytest.fixture(scope="module")
def part(examples):
    """The worked example of the notes."""
    return part_of(examples["cs349-slides"])


@pytest.fixture(scope="module")
def report(part):
    """What is reported of it."""
    return reported(marking(part), part)


def test_a_report_has_every_answer(report):
    """A report says what each answer is to, what was typed, what was read, and what it earns."""
    assert [answer.id for answer in report.answers[:3]] == ["z1_1", "delta2_1", "dL/dw2_1_1"]
    assert [answer.read_as for answer in report.answers[:3]] == ["0.3451", "a2_1 - y1", "-0.3835"]
    assert (report.marks, report.out_of, report.all_right) == (3, 9, False)
    assert report.first_wrong is report.answers[2]
    assert report.not_answered == report.answers[-1:]


def test_an_unreadable_answer_keeps_what_was_typed(report):
    """Where nothing is understood, the left side and the answer stand as they were typed, with what is wrong."""
    unreadable = report.answers[5]
    assert (unreadable.id, unreadable.left, unreadable.read_as, unreadable.echo) == ("q", None, "", None)
    assert unreadable.message.endswith("^")


def test_nothing_is_not_all_right(part):
    """A submission without answers is not right."""
    empty = reported(Marking("C1", ()), part)
    assert not empty.all_right
    assert empty.first_wrong is None


def test_an_undecided_line_is_no_incorrect_line(report):
    """What could not be decided is no first incorrect line, and is not called correct either."""
    answers = report.answers[:2]
    undecided = answers[0]._replace(verdict=Verdict.CANNOT_TELL)
    open_alone = report._replace(answers=(undecided, answers[1]))
    assert open_alone.first_wrong is None
    assert as_text(in_short(open_alone)) == "No line is incorrect; 1 is undecided."
    wrong = answers[1]._replace(verdict=Verdict.WRONG)
    both = report._replace(answers=(undecided, wrong))
    assert both.first_wrong is wrong
    assert as_text(in_short(both)).startswith("First incorrect line:")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("0.3450", "1/10000", "0.3450"),
        ("-0.38", "1/100", "-0.38"),
        ("7", "1", "7"),
        ("0", "1/10", "0.0"),
        ("300000", "100000", "300000"),
        ("0.00038", "1/100000", "0.00038"),
    ],
)
def test_a_number_is_read_as_it_was_written(part, value, unit, text):
    """A number is told with as many digits as it was typed with."""
    target = Target("z1_1", TargetKind.NODE, Symbol("z1_1"))
    answer = Answer(TypedAnswer("z1_1", text), target, None, Figures(Fraction(value), Fraction(unit)))
    assert reported(Marking("", (Marked(answer, Verdict.RIGHT),)), part).answers[0].read_as == text


@pytest.mark.parametrize(
    ("name", "target", "written"),
    [
        ("cs349-slides", Target("z2_1", TargetKind.NODE, Symbol("z2_1")), "z₁⁽²⁾"),
        ("cs4045-q1", Target("delta2_1", TargetKind.ADJOINT, Symbol("z2_1")), "δ₁⁽²⁾"),
        ("cs4045-q1", Target("dL/da2_1", TargetKind.ADJOINT, Symbol("a2_1")), "∂L/∂a₁⁽²⁾"),
        ("cs4045-q1", Target("dL/dw2_1_1", TargetKind.GRADIENT, Symbol("w2_1_1")), "∂L/∂w₁₁⁽²⁾"),
        ("xor", Target("dL/dw2_1_1", TargetKind.GRADIENT, Symbol("w2_1_1")), "∂J/∂w₁₁⁽²⁾"),
        ("xor", Target("dL/dw2_1_1@3", TargetKind.GRADIENT, Symbol("w2_1_1"), 2), "∂L^{[3]}/∂w₁₁⁽²⁾"),
        ("xor", Target("z1_1@2", TargetKind.NODE, Symbol("z1_1"), 1), "z₁^{(1)[2]}"),
        ("xor", Target("w2_1_1'", TargetKind.UPDATED, Symbol("w2_1_1")), "w₁₁⁽²⁾′"),
        ("C4", Target("q", TargetKind.NODE, Symbol("q")), "q"),
        ("C4", Target("df/dq", TargetKind.ADJOINT, Symbol("q")), "∂f/∂q"),
        ("C4", Target("df/dx", TargetKind.GRADIENT, Symbol("x")), "∂f/∂x"),
    ],
)
def test_a_left_side_is_written_as_on_the_sheet(examples, name, target, written):
    """What an answer is to is written in the notation of the exercise."""
    assert write(left_side(solved(examples[name]).parts[0], target)) == written


@pytest.mark.parametrize(
    ("name", "optimizer", "left", "written"),
    [
        ("xor", "rmsprop", "squares(w2_1_1)", "s_{w₁₁⁽²⁾}′"),
        ("xor", "rmsprop", "w2_1_1@step 2", "w₁₁⁽²⁾ @step 2"),
        ("xor", "momentum", "v(b2_1)@step 2", "v_{b₁⁽²⁾} @step 2"),
        ("xor", "adam", "v(w1_1_2)", "v_{w₁₂⁽¹⁾}′"),
        ("C1", "adam", "m_hat(w1_1_2)", "m̂_{w₁₂⁽¹⁾}"),
        ("xor", "adam", "v_hat(w1_1_2)", "v̂_{w₁₂⁽¹⁾}"),
    ],
)
def test_what_an_optimizer_keeps_is_written_in_the_notation(examples, name, optimizer, left, written):
    """What is kept of a parameter is written with its letter and the parameter low behind it, and read back so."""
    training = {"optimizer": optimizer, "learning_rate": 0.1, "steps": 2}
    worked = symnet.solve({**yaml.safe_load(examples[name].read_text()), "training": training})
    part = worked.parts[0]
    reader = AnswerReader(worked, part)
    target = reader.target(left)
    assert write(left_side(part, target)) == written
    assert reader.target(written) == target


def test_a_report_crosses_as_it_is(report):
    """A report is the same after it was sent as bytes, which are lines of JSON, each layout once."""
    assert from_bytes(to_bytes(report)) == report
    head, *layouts = to_bytes(report).splitlines()
    assert json.loads(head)["title"] == "C1"
    assert len(set(layouts)) == len(layouts) > len(report.answers)


def test_reports_share_their_layouts(report):
    """The same layout of another report is the same object, of which pages keep what they made."""
    first, second = from_bytes(to_bytes(report)), from_bytes(to_bytes(report))
    assert first.answers[0].left is second.answers[0].left is not None


def changed(report, change):
    """Return the bytes of a report of which the data are changed."""
    head, *layouts = to_bytes(report).splitlines()
    data = json.loads(head)
    change(data)
    return b"\n".join((json.dumps(data).encode(), *layouts))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("title"),
        lambda data: data.update(more=1),
        lambda data: data.update(title=3),
        lambda data: data.update(answers=3),
        lambda data: data["answers"].append("x"),
        lambda data: data["answers"][0].pop("id"),
        lambda data: data["answers"][0].update(verdict="perfect"),
        lambda data: data["answers"][0].update(marks=[1, 0]),
        lambda data: data["answers"][0].update(marks="1000"),
        lambda data: data["answers"][0].update(line="1"),
        lambda data: data["answers"][0].update(by_hand={"before": [0, 1], "note": ""}),
        lambda data: data["student"].update(name=1),
        lambda data: data["answers"][0].update(follows=1),
        lambda data: data["answers"][0].update(echo=["Path", "/etc/passwd"]),
        lambda data: data["answers"][0].update(echo=-1),
        lambda data: data["answers"][0].update(echo=True),
        lambda data: data["answers"][0].update(echo=10**6),
        lambda data: data["answers"][2]["mistakes"][0].update(name=None),
    ],
)
def test_what_is_no_report_is_refused(report, change):
    """Bytes that stand for no report are refused, whatever is wrong with them."""
    with pytest.raises(ValueError, match=r"."):
        from_bytes(changed(report, change))


def test_what_is_no_layout_is_refused(report):
    """So is a report one of whose layouts is none."""
    with pytest.raises(ValueError, match="no shape"):
        from_bytes(to_bytes(report) + b'\n["Path", "/etc/passwd"]')


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"title": 1e999}'])
def test_what_is_no_json_is_refused(content):
    """So are bytes that are no JSON, or too deep."""
    with pytest.raises(ValueError, match=r"."):
        from_bytes(content)

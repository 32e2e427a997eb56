"""The file of answers to fill in: every left side that is asked, blank and filled in; and what a sheet demands."""

import pytest
import yaml
from array_answers import true_answer
from click.testing import CliRunner
from exercises import describe, solved
from test_worksheet_scheme import EXAMPLES

import symnet
from symnet.cli.app import cli
from symnet.description import load
from symnet.description.marking import MarkingRules
from symnet.layout.latex import write as latex
from symnet.layout.text import write
from symnet.marking.forms import expression_of
from symnet.marking.judge import left_side
from symnet.marking.records import Verdict
from symnet.marking.truth import Truth
from symnet.numerics.format import decimal_text
from symnet.render.text import render_text
from symnet.sheets.answers import answers_files
from symnet.sheets.levels import LEVELS
from symnet.sheets.worksheet import SheetQuestions, questions, scheme_of

SMALL = describe([2, 2, 1], ["tanh", "sigmoid"], ["squared_error", "binary_cross_entropy"], title="Two: losses # one")
NUMBERS = {
    "data": {"inputs": [["0.5", "1"]], "targets": [[1]]},
    "parameters": [
        {"weights": [["0.1", "0.2"], ["0.3", "0.4"]], "biases": [0, 0]},
        {"weights": [["0.5", "0.6"]], "biases": [0]},
    ],
}


def ours(worked, number, *, in_symbols):
    """Return our own results in the place of the blanks of a file, as LaTeX or as numbers where there are some."""
    part, (_, text) = worked.parts[number], list(answers_files(SheetQuestions.of(worked)).items())[number]
    truth = Truth(worked, part)
    found = {}
    for name, blank in yaml.safe_load(text)["answers"].items():
        assert blank is None
        if name not in truth.by_id:
            found[name] = true_answer(worked, part, name)
            continue
        target = truth.by_id[name]
        value = None if in_symbols else truth.number(target)
        found[name] = latex(part.build(expression_of(truth, target))) if value is None else decimal_text(value)
    return found


@pytest.mark.everyday(3)
@pytest.mark.parametrize("name", EXAMPLES)
def test_filled_in_with_our_own_results_a_file_has_all_marks(examples, name):
    """Of every example and each of its losses; left blank, all of it is not answered."""
    worked = solved(examples[name])
    for number in range(len(answers_files(SheetQuestions.of(worked)))):
        loss = worked.parts[number].loss_name
        filled = ours(worked, number, in_symbols=False)
        report = symnet.check(worked, filled, loss)
        assert [one.id for one in report.answers if not one.verdict.is_right] == []
        assert report.marks == report.out_of == sum(scheme_of(worked)[loss].values()) > 0
        blank = symnet.check(worked, dict.fromkeys(filled, ""), loss)
        assert {one.verdict for one in blank.answers} == {Verdict.NOT_ANSWERED}
        assert (blank.marks, blank.out_of) == (0, report.out_of)


FORMS = [
    (name, level, form)
    for name in ("C3", "C4", "C9", "C11", "cs4045-q1", "maxout", "triplet", "elastic-net")
    for level in ("leaves", "nodes", "deltas")
    for form in ("any", "simplified")
]


@pytest.mark.everyday(3)
@pytest.mark.parametrize("demanded", FORMS, ids="-".join)
def test_our_own_results_have_every_form_that_can_be_demanded(examples, demanded):
    """In symbols as the key has them, at each level and simplified."""
    name, level, form = demanded
    rules = MarkingRules.model_validate({"in": level, "form": form})
    worked = symnet.solve(load(examples[name]).model_copy(update={"marking": rules}))
    for number in range(len(answers_files(SheetQuestions.of(worked)))):
        report = symnet.check(worked, ours(worked, number, in_symbols=True), worked.parts[number].loss_name)
        assert [(one.id, one.message) for one in report.answers if not one.verdict.is_right] == []


def test_a_file_has_the_questions_as_comments_and_the_notation():
    """Each left side stands once, below its question and its marks, with the course's own name beside it."""
    worked = symnet.solve(SMALL)
    files = answers_files(SheetQuestions.of(worked))
    assert list(files) == ["answers.yaml", "answers-ii.yaml"]
    text = files["answers-ii.yaml"]
    data = yaml.safe_load(text)
    assert data["loss"] == "binary_cross_entropy"
    assert set(data["answers"]) == set(scheme_of(worked)["binary_cross_entropy"])
    assert text.startswith("# Answers to: Two: losses # one\n")
    part = worked.parts[1]
    truth = Truth(worked, part)
    for name in data["answers"]:
        (line,) = (one for one in text.splitlines() if one.strip().startswith(f"{name}:"))
        assert line.endswith(f"# {write(left_side(part, truth.by_id[name]))}")
    asked = [question for question in SheetQuestions.of(worked).questions(1) if question.marks]
    assert text.count("\n  # Question ") == len(asked)
    assert sum(text.count(f"# Question {question.number}. ") for question in asked) == len(asked)
    single = symnet.solve({**SMALL, "loss": "squared_error"})
    assert "loss" not in yaml.safe_load(answers_files(SheetQuestions.of(single))["answers.yaml"])


def test_names_that_yaml_takes_for_something_else_are_quoted():
    """A node called y or no stays a name for every reader."""
    spec = {"graph": {"inputs": ["x", "n"], "nodes": {"y": "n*x", "no": "y^2"}, "output": "no"}, "at": {"x": 1, "n": 2}}
    text = answers_files(SheetQuestions.of(symnet.solve(spec)))["answers.yaml"]
    assert {"y", "no"} < set(yaml.safe_load(text)["answers"])
    assert '  "no":' in text


def test_the_file_is_written_and_kept_once_it_is_edited(tmp_path):
    """It stands beside the sheet, is marked by check, and is not overwritten unless that is forced."""
    spec = tmp_path / "small.yaml"
    spec.write_text(yaml.safe_dump({**SMALL, "loss": "squared_error"}), encoding="utf-8")
    command = ["worksheet", str(spec), "--answers", "-f", "txt", "-o", str(tmp_path)]

    def run(*arguments):
        return CliRunner().invoke(cli, list(arguments))

    assert run(*command).exit_code == 0
    assert run(*command).exit_code == 0
    path = tmp_path / "small-answers.yaml"
    blank = run("check", str(spec), str(path))
    assert (blank.exit_code, "0 of 11 marks. 11 questions not answered." in blank.output) == (1, True), blank.output
    assert "your answer" not in blank.output
    edited = path.read_text(encoding="utf-8").replace("a2_1:", "a2_1: sigmoid(z2_1)")
    path.write_text(edited, encoding="utf-8")
    kept = run(*command)
    assert kept.exit_code == 2
    assert "small-answers.yaml: kept, since it was edited" in kept.output
    assert path.read_text(encoding="utf-8") == edited
    assert "1 of 11 marks" in run("check", str(spec), str(path)).output
    assert run(*command, "--force").exit_code == 0
    assert path.read_text(encoding="utf-8") != edited
    one_file = run("worksheet", str(spec), "--answers", "-f", "txt", "-o", "-")
    assert "a sheet and its answers" in one_file.output


# What a student must know stands on the sheet, and on the key.


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"in": "leaves"}, "Give derivatives in inputs, targets and parameters alone."),
        ({"in": "nodes"}, "Give derivatives in terms of the values of the forward pass"),
        ({"in": "deltas", "form": "simplified"}, "Give derivatives in terms of the deltas. Simplify your answers."),
        ({"form": "number"}, "Give your answers as numbers."),
        ({"tolerance": {"digits": 3}}, "Give numbers to 3 significant digits."),
        ({"tolerance": {"absolute": "0.01"}}, "A number may differ from the exact value by at most 0.01."),
        ({"tolerance": {"relative": "0.025"}}, "A number may differ from the exact value by at most 2.5 % of it."),
        ({"truncated": "incorrect"}, "Round numbers; do not cut off digits."),
    ],
)
def test_what_is_demanded_stands_before_the_first_question(rules, said):
    """On every level and on the key, once."""
    worked = symnet.solve({**SMALL, **NUMBERS, "marking": rules})
    document = questions(worked)
    for level in ("blank", "key"):
        text = " ".join(render_text(LEVELS[level](document)).split())
        assert text.count(said) == 1
        assert text.index(said) < text.index("Question 1.")
    assert said not in " ".join(render_text(questions(symnet.solve({**SMALL, **NUMBERS}))).split())


def test_numbers_are_demanded_where_there_are_some():
    """A tolerance says nothing on a sheet without numbers."""
    text = render_text(questions(symnet.solve({**SMALL, "marking": {"tolerance": {"digits": 3}}})))
    assert "significant" not in text


def test_the_key_has_results_in_the_form_that_is_demanded():
    """The last line of a derivation, which has the mark, is in deltas, in nodes, or in leaves."""
    left = "∂L/∂w₁₁⁽²⁾ ="
    ends = {"deltas": f"{left} δ₁⁽²⁾ a₁⁽¹⁾ [1]", "nodes": f"{left} (ŷ − y) ŷ(1 − ŷ) a₁⁽¹⁾ [1]", "leaves": "[1]"}
    for level, end in ends.items():
        worked = symnet.solve({**SMALL, "loss": "squared_error", "marking": {"in": level}})
        key = " ".join(render_text(LEVELS["key"](questions(worked))).replace("│", " ").split())
        assert end in key
        assert ("substitute all definitions" in key) is (level == "leaves")
        assert ("in terms of a₁⁽¹⁾ and δ₁⁽²⁾" in key) is (level == "deltas")

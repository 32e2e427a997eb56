"""One scheme of marks: what the sheet, the key and the marking of answers are out of."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from exercises import Draws, describe, luck, solved

import symnet
from symnet.document import Question
from symnet.errors import DescriptionError
from symnet.layout.text import write
from symnet.marking.truth import Truth
from symnet.render.json import render_report
from symnet.render.text import render_text
from symnet.sheets.levels import LEVELS
from symnet.sheets.worksheet import questions, scheme_of
from symnet.text.say import as_text
from symnet.view import View

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
SAMPLES = {"inputs": [[1, 2], [0, 1], [3, -1], [1, 1], [2, 2]], "targets": [[1], [0], [1], [0], [1]]}
SMALL = describe(
    [2, 1],
    ["sigmoid"],
    "squared_error",
    data=SAMPLES,
    parameters=[{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}],
    training={"optimizer": "momentum", "learning_rate": "0.1"},
    regularization=[{"kind": "l2", "strength": "0.1"}],
)
GRAPH = {"graph": {"inputs": ["x", "w"], "nodes": {"q": "w*x", "f": "tanh(q)"}, "output": "f"}}
LARGE = describe([9, 8, 3], ["tanh", "softmax"], "categorical_cross_entropy")


def totals_of(document):
    """Return the marks that a sheet says there are, with each loss."""
    (field,) = [text for text in map(as_text, document.fields) if text.startswith("Marks: ")]
    return [Fraction(number) for number in re.findall(r"[0-9.]+", field)]


def out_of(worked):
    """Return what a submission is out of, with each loss."""
    return [symnet.check(worked, {"z": "?"}, part.loss_name).out_of for part in worked.parts]


@pytest.mark.everyday(5)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sheet_the_key_and_the_marking_have_the_same_total(examples, name):
    """Of every example, at every level, and with each of its losses."""
    worked = solved(examples[name])
    expected = out_of(worked)
    for make in LEVELS.values():
        assert totals_of(make(questions(worked))) == expected
    assert expected == [sum(scheme_of(worked)[part.loss_name].values()) for part in worked.parts]


@pytest.mark.parametrize("spec", [SMALL, GRAPH, LARGE], ids=["samples", "graph", "large"])
def test_every_mark_has_a_left_side_that_is_read(spec):
    """What earns marks is a quantity that answers may be to, and each counts once, in one of its forms."""
    worked = symnet.solve(spec)
    known, scheme = Truth(worked, worked.parts[0]).by_id, scheme_of(worked)[worked.parts[0].loss_name]
    assert scheme.keys() <= known.keys()
    asked = [
        name
        for block in questions(worked).blocks
        if isinstance(block, Question)
        for part in block.parts
        for answer in part.answers
        for ids, marks in zip(answer.asked, answer.each, strict=True)
        for name in (ids if marks else ())
    ]
    assert set(asked) == scheme.keys()
    assert totals_of(questions(worked)) == [sum(scheme.values())]


def test_what_is_asked_of_a_small_network():
    """Nodes, derivatives and updates, in symbols and of the first four samples; of the penalty the numbers."""
    scheme = scheme_of(symnet.solve(SMALL))["squared_error"]
    in_samples = [f"{name}@{s}" for name in ("z1_1", "a1_1", "L", "delta1_1") for s in range(1, 5)]
    whole = ["z1_1", "a1_1", "dL/da1_1", "delta1_1", "dL/dw1_1_1", "dL/dw1_1_2", "dL/db1_1", "L", "L_penalty"]
    assert sorted(scheme) == sorted([*in_samples, *whole, "w1_1_1'", "w1_1_2'", "b1_1'"])
    assert set(scheme.values()) == {1}


def test_the_size_and_what_has_no_id_have_no_marks(examples):
    """What the drawing shows, and derivatives in general letters, are asked for nothing."""
    document = questions(solved(examples["cs4045-q2"]))
    marks = [block.marks for block in document.blocks if isinstance(block, Question)]
    assert marks[0] == 0
    text = render_text(LEVELS["key"](document))
    assert "Determine the size of the network.\n" in text
    assert "[1 mark]" in text


def test_marks_of_the_description_are_everywhere():
    """The default, and those by id, count on the sheet, on the key, and in the marking."""
    spec = {**GRAPH, "marks": {"default": "1/2", "df/dx": 3, "q": 0}}
    worked = symnet.solve(spec)
    assert scheme_of(worked)["f"] == {"df/dq": Fraction(1, 2), "df/dx": 3, "df/dw": Fraction(1, 2)}
    assert totals_of(questions(worked)) == out_of(worked) == [4]
    key = render_text(LEVELS["key"](questions(worked)))
    assert "[0.5]" in key
    assert "[3]" in key


def test_what_no_question_asks_but_has_marks_is_asked_at_the_end():
    """In a large network, of which first units are asked, a description may ask for others."""
    worked = symnet.solve({**LARGE, "marks": {"default": 0, "dL/dw1_5_7": 2, "delta2_1": 1}})
    assert scheme_of(worked)["categorical_cross_entropy"] == {"delta2_1": 1, "dL/dw1_5_7": 2}
    last = [block for block in questions(worked).blocks if isinstance(block, Question)][-1]
    assert last.prompt == ("Find these as well.",)
    (line,) = last.parts[0].answers[0].block.lines
    assert write(line.left) == "∂L/∂w₅₇⁽¹⁾"
    assert out_of(worked) == [3]


def test_other_forms_ask_for_no_more(examples):
    """In matrices the same quantities earn the same marks; of chosen parameters there are fewer."""
    worked = solved(examples["cs4045-q1"])
    for form in ("matrix", "both"):
        assert totals_of(questions(worked, View(form=form))) == totals_of(questions(worked))
    assert all(
        few < all_
        for few, all_ in zip(
            totals_of(questions(worked, View(parameters=("w1_1_2",)))), totals_of(questions(worked)), strict=True
        )
    )


def test_marks_for_nothing_known_are_an_error_on_every_sheet():
    """Marks for what cannot be asked are a problem of the description wherever marks are told."""
    worked = symnet.solve({**GRAPH, "marks": {"g": 1}})
    for tell in (questions, scheme_of):
        with pytest.raises(DescriptionError, match="found g"):
            tell(worked)


# Random descriptions with random questions, marks and rules of marking.


def chosen_at_random(draws, spec, truth):
    """Return random questions, marks and rules for a description: what it has, as far as these fit one another."""
    chance, has_numbers = draws.chance, "parameters" in spec
    words = ["forward", "loss", "deltas", "gradients", *(("numbers",) if has_numbers else ())]
    ids = chance.sample(sorted(truth.by_id), min(6, len(truth.by_id)))
    known = [name for name in ids if truth.number(truth.by_id[name]) is not None or "@" not in name]
    found = {"marking": {}}
    if draws.maybe(0.6):
        asks = [*chance.sample(words, chance.randint(1, len(words))), *known[:2]]
        found["questions"] = [{"ask": ask, **({"marks": draws.number(0, 9)} if draws.maybe() else {})} for ask in asks]
        for choice in found["questions"]:
            if choice["ask"] in {"forward", "deltas", "gradients"} and draws.maybe():
                choice["units"] = chance.choice(["first", "all"])
    if draws.maybe(0.6):
        found["marks"] = {"default": chance.choice([0, 1, "1/2"]), **{name: draws.number(0, 5) for name in known[2:]}}
    for key, values in (
        ("in", ("leaves", "nodes", "deltas")),
        ("form", ("any", "simplified")),
        ("tolerance", ({"digits": 3}, {"absolute": "0.01"}, {"relative": "0.01"})),
        ("follow_through", ({"factor": "1/2"}, {"at_most": 2}, {"factor": 0})),
        ("repeated_mistake", ("charged_once", "per_line")),
        ("truncated", ("correct", "incorrect")),
        ("feedback", ("verdict", "hint", "full")),
    ):
        if draws.maybe():
            found["marking"][key] = chance.choice(values)
    return found


@pytest.mark.everyday(2)
@pytest.mark.parametrize("seed", range(60))
def test_random_questions_marks_and_rules_have_one_total(seed):
    """The sheet at every level and in every form, the key, the check and its JSON are out of the same."""
    draws = Draws(luck(f"scheme {seed}"))
    spec = draws.description(widest=(3, 3, 2), samples=2)
    worked = symnet.solve(spec)
    spec |= chosen_at_random(draws, spec, Truth(worked, worked.parts[0]))
    worked = symnet.solve(spec)
    expected = out_of(worked)
    forms = ["scalar", "matrix"] if all(layer["activation"] != "maxout" for layer in spec["layers"]) else ["scalar"]
    for form in forms:
        document = questions(worked, View(form=form))
        assert totals_of(document) == expected
        assert sum(block.marks for block in document.blocks if isinstance(block, Question)) == expected[0]
    for make in LEVELS.values():
        assert totals_of(make(questions(worked))) == expected
    report = json.loads(render_report(symnet.check(worked, {"z": "?"})))
    assert Fraction(report["out_of"]) == sum(Fraction(one["out_of"]) for one in report["answers"]) == expected[0]
    assert sum(scheme_of(worked)[worked.parts[0].loss_name].values()) == expected[0]

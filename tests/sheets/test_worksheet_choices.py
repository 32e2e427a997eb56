"""What a description chooses for its worksheet: questions, marks, head, training steps; and the levels of the sheet."""

import io
import re
from fractions import Fraction
from itertools import pairwise

import pytest
from exercises import describe, solved

import symnet
from symnet.cli.worksheet import LEVELS_ASKED
from symnet.document import Figure, Question, Room, Table, Working
from symnet.errors import DescriptionError
from symnet.layout.text import write
from symnet.limits import MOST_ASKED_PARAMETERS
from symnet.render.pdf import render_pdf
from symnet.render.text import render_text
from symnet.sheets.levels import LEVELS, WITH_RULES
from symnet.sheets.worksheet import questions, scheme_of
from symnet.text.say import as_text
from symnet.view import View

# What the issue of the worksheets promises, blank sheets in both engines.
GOALS = {"xor": 4, "C1": 6, "cs4045-q1": 6}
ENGINES = ("typst", "pdflatex")
SMALL = describe([2, 2, 2], ["tanh", "sigmoid"], "squared_error")
GRAPH = {"graph": {"inputs": ["x", "w"], "nodes": {"q": "w*x", "f": "tanh(q)"}, "output": "f"}, "at": {"x": 2, "w": 3}}
SAMPLES = describe(
    [2, 1],
    ["sigmoid"],
    "squared_error",
    data={"inputs": [[1, 2], [0, 1], [3, -1]], "targets": [[1], [0], [1]]},
    parameters=[{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}],
)


def choosing(*choices, base=SMALL, **more):
    """Return an exercise whose description chooses its questions."""
    return symnet.solve({**base, "questions": list(choices), **more})


def asked(document):
    """Return the questions of a document."""
    return [block for block in document.blocks if isinstance(block, Question)]


def prompts(work):
    """Return the words of all questions."""
    return [as_text(question.prompt) for question in asked(questions(work))]


def lefts(work):
    """Return the left sides of all answers, in order."""
    answers = (answer for question in asked(questions(work)) for part in question.parts for answer in part.answers)
    lines = (line for answer in answers for line in getattr(answer.block, "lines", ()))
    return [write(line.left) for line in lines if line.left is not None]


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", GOALS)
def test_a_sheet_is_as_short_as_a_handout(examples, request, name, engine):
    """The blank sheets keep to the pages that were promised."""
    pypdf = pytest.importorskip("pypdf")
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    made = LEVELS["blank"](questions(solved(examples[name])))
    assert len(pypdf.PdfReader(io.BytesIO(render_pdf(made, engine)[0])).pages) <= GOALS[name]


def test_questions_stand_in_the_order_that_is_chosen():
    """What is not chosen is not asked, and what is chosen comes in its order, with words of its own."""
    work = choosing({"ask": "deltas", "layers": [1]}, {"ask": "loss", "text": "How does the loss change?"})
    assert [text.split(". Give")[0] for text in prompts(work)] == [
        "Use the chain rule to find the deltas of layer 1",
        "How does the loss change?",
    ]


def test_all_units_or_the_first_of_some_layers():
    """Units and layers say which of the quantities of a word are asked for."""
    assert lefts(choosing({"ask": "forward", "layers": [2]})) == ["z₁⁽²⁾", "ŷ₁"]
    assert lefts(choosing({"ask": "forward", "layers": [2], "units": "all"})) == ["z₁⁽²⁾", "z₂⁽²⁾", "ŷ₁", "ŷ₂"]
    both = choosing({"ask": "gradients", "layers": [2]}, {"ask": "gradients", "layers": [1], "units": "all"})
    assert len(set(lefts(both))) == 2 + 6


def test_a_single_quantity_is_asked_for_by_its_id():
    """An id asks for that quantity, in symbols and in numbers where there are some."""
    work = choosing({"ask": "dL/dw1_2_1", "marks": 3, "text": "Which way?"}, {"ask": "z2_2"})
    assert prompts(work) == ["Find z₂⁽²⁾.", "Which way?"]
    assert lefts(work) == ["z₂⁽²⁾", "∂L/∂w₂₁⁽¹⁾"]
    assert scheme_of(work)["squared_error"] == {"z2_2": 1, "dL/dw1_2_1": 3}


def test_the_marks_of_a_question_are_shared_out():
    """All that a question asks anew has the same part of its marks, which the check counts as well."""
    work = choosing({"ask": "gradients", "layers": [2], "units": "all", "marks": 2})
    scheme = scheme_of(work)["squared_error"]
    assert len(scheme) == 6
    assert set(scheme.values()) == {Fraction(1, 3)}
    assert symnet.check(work, {"z": "?"}).out_of == 2
    assert "Marks: 2" in render_text(LEVELS["blank"](questions(work)))


@pytest.mark.everyday(4)
@pytest.mark.parametrize("form", ["matrix", "both"])
@pytest.mark.parametrize("name", ["xor", "C1", "cs4045-q1", "adam"])
def test_every_form_has_the_marks_of_the_check(examples, name, form):
    """Asked in matrices, an exercise has the same total as in scalars, with each of its losses."""
    work = solved(examples[name])
    documents = (questions(work, view) for view in (View(), View(form=form)))
    totals = [re.findall(r"[\d.]+", as_text(document.fields[0])) for document in documents]
    assert totals[0] == totals[1]
    assert [Fraction(total) for total in totals[0]] == [
        symnet.check(work, {"z": "?"}, part.loss_name).out_of for part in work.parts
    ]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"ask": "numbers"}, ["questions[1].ask", "found numbers", "This exercise has nothing of it."]),
        ({"ask": "delts"}, ["found delts", 'mean "deltas"']),
        ({"ask": "dL/dw9_9_9"}, ["found dL/dw9_9_9", "the id of a quantity"]),
    ],
)
def test_what_the_exercise_does_not_have_cannot_be_asked(choice, words):
    """The message says where, what was found and what can be asked, for the sheet and for the check."""
    for tell in (questions, scheme_of):
        with pytest.raises(DescriptionError) as caught:
            tell(choosing(choice))
        assert all(word in str(caught.value) for word in words), str(caught.value)


def test_what_is_no_number_cannot_be_asked_where_numbers_alone_count():
    """Of several samples, a quantity has a number each: the message says how to name one."""
    with pytest.raises(DescriptionError, match=r"questions\[1\].ask: found z1_1; .* say of which one: z1_1@1"):
        scheme_of(choosing({"ask": "z1_1"}, base=SAMPLES, marking={"form": "number"}))
    assert scheme_of(choosing({"ask": "z1_1@2"}, base=SAMPLES, marking={"form": "number"}))["squared_error"]


def test_twelve_losses_have_a_part_each():
    """As many losses as a description may have are numbered."""
    losses = [{"kind": "hinge", "margin": number} for number in range(1, 13)]
    document = questions(symnet.solve({**describe([1, 1], ["identity"], "hinge"), "loss": losses}))
    assert "Part (xii)" in render_text(LEVELS["blank"](document))


def test_a_graph_can_be_drawn_by_the_student():
    """Where the drawing is asked for it is not printed, and not mentioned; the key has it."""
    work = choosing({"ask": "draw"}, {"ask": "numbers"}, base=GRAPH)
    document = questions(work)
    assert not any(isinstance(block, Figure) for block in document.blocks)
    assert prompts(work) == ["Draw the computation graph.", "Find each value and each derivative. Show your working."]
    (answer,) = asked(LEVELS["key"](document))[0].parts[0].answers
    assert isinstance(answer.block, Figure)
    assert isinstance(asked(LEVELS["blank"](document))[0].parts[0].answers[0].block, Room)


def test_what_answers_use_is_given_where_it_is_not_asked():
    """Without their questions, the loss and the derivatives of the activations stand on the sheet."""
    text = render_text(LEVELS["blank"](questions(choosing({"ask": "gradients"}))))
    assert "L = 1/2" in text
    assert "Derivative of the sigmoid" in text
    assert "Derivative of the sigmoid" not in render_text(LEVELS["blank"](questions(symnet.solve(SMALL))))


def test_as_many_steps_are_asked_for_as_are_to_be_shown():
    """With show: 2 the second step is asked for with its passes, whose answers have no marks of their own."""
    training = {"learning_rate": "0.5", "steps": 3, "show": 2}
    two = symnet.solve({**SAMPLES, "training": training})
    one = symnet.solve({**SAMPLES, "training": {"learning_rate": "0.5", "steps": 3}})
    extra = prompts(two)[len(prompts(one)) :]
    assert extra == ["Compute training step 2, from the parameters after step 1."]
    second = asked(questions(two))[-1]
    assert next(as_text(part.prompt) for part in second.parts) == "Forward pass"
    assert second.marks == 0
    last = second.parts[-1].answers[0].block
    values = {write(line.left): write(line.right) for line in last.lines}
    update = two.parts[0].shown.updates[1]
    assert len(values) == len(update.after) == 3
    assert scheme_of(two) == scheme_of(one)


def test_every_head_has_course_and_date():
    """The course stands before the kind of sheet, and the date where it would be written."""
    work = symnet.solve({**SMALL, "header": {"course": "CS 101", "date": "12 May"}})
    text = render_text(LEVELS["blank"](questions(work)))
    assert "CS 101, 2–2–2 network, worksheet" in text
    assert "Date 12 May" in text
    plain = symnet.solve(SMALL)
    assert "Date ...." in render_text(LEVELS["blank"](questions(plain)))
    assert "Date" not in render_text(LEVELS["key"](questions(plain))) + render_text(plain.document())
    for sheet, what in [
        (LEVELS["key"](questions(work)), "CS 101, 2–2–2 network\n"),
        (work.document(), "CS 101, 2–2–2 network, model solution"),
        (work.document(symnet.View(only="dL/dw1_1_1")), "CS 101, "),
    ]:
        text = render_text(sheet)
        assert what in text
        assert "Date 12 May" in text


# How much each level prints of the same questions.


def printed(level, work, seed=0):
    """Return what a level prints, as text."""
    return render_text(LEVELS[level](questions(work, rules=level in WITH_RULES), seed))


def test_each_level_gives_more_than_the_one_before():
    """Formulas are given, then the chain rule, then all; results that earn marks are on the full sheet alone."""
    work = symnet.solve(SMALL)
    rule, chain, derivative = "δⱼ⁽¹⁾ =", "∂L/∂ŷ₁ ⋅ ∂ŷ₁/∂z₁⁽²⁾", "σ(z)(1 − σ(z))"
    found = {level: [part in printed(level, work) for part in (derivative, rule, chain)] for level in LEVELS}
    assert found["boxes"] == found["blank"] == [False, False, False]
    assert found["formulas"] == [True, True, False]
    assert found["chain"] == [True, True, True]
    assert found["full"][2] is True
    result = "(ŷ₁ − y₁) ŷ₁(1 − ŷ₁)"
    assert [result in printed(level, work) for level in LEVELS] == [False] * 5 + [True] * 2


def test_a_faded_sheet_prints_some_lines_and_no_result_with_marks():
    """Which lines are left out depends on the seed alone; what earns marks is always left to be filled in."""
    work = symnet.solve(SMALL)
    assert printed("faded", work, 1) == printed("faded", work, 1)
    assert len({printed("faded", work, seed) for seed in range(6)}) > 3
    truth, sheet = questions(work), LEVELS["faded"](questions(work), 3)
    kept = left_out = 0
    for question, faded in zip(asked(truth), asked(sheet), strict=True):
        for part, other in zip(question.parts, faded.parts, strict=True):
            for answer, shown in zip(part.answers, other.answers, strict=True):
                if not isinstance(answer.block, Table | Figure):
                    rights = {write(line.right) for line in shown.block.lines}
                    for line, marks in zip(answer.block.lines, answer.each, strict=True):
                        assert not (marks and write(line.right) in rights and len(write(line.right)) > 12), line
                    kept += sum("." * 8 not in right for right in rights)
                    left_out += sum("." * 8 in right for right in rights)
    assert kept > 5
    assert left_out > 5


def test_large_networks_ask_for_first_units_in_numbers_too():
    """Above the bound the numbers of first units alone are asked for, unless all are chosen."""
    sizes = [6, 6, 2]
    data = {"inputs": [[1, 2, 3, 4, 5, 6]], "targets": [[1, 0]]}
    layers = pairwise(sizes)
    parameters = [{"weights": [["0.1"] * n for _ in range(m)], "biases": ["0.1"] * m} for n, m in layers]
    large = describe(sizes, ["tanh", "sigmoid"], "squared_error", data=data, parameters=parameters)
    assert sum(m * n + m for n, m in pairwise(sizes)) > MOST_ASKED_PARAMETERS
    few = len(lefts(choosing({"ask": "numbers"}, base=large)))
    assert few < len(lefts(choosing({"ask": "numbers", "units": "all"}, base=large))) / 3


def test_numbers_are_asked_for_in_a_table():
    """On the blank sheet single numbers have cells; the key shows how each comes about."""
    work = symnet.solve({**SAMPLES, "training": {"learning_rate": "0.5"}})
    document = questions(work)
    (answer,) = asked(document)[-1].parts[0].answers
    assert isinstance(answer.block, Working)
    assert isinstance(asked(LEVELS["blank"](document))[-1].parts[0].answers[0].block, Table)


def test_the_command_line_offers_every_level():
    """The levels that can be asked for are those of the table, the key apart, which has an option of its own."""
    assert (*LEVELS_ASKED, "key") == tuple(LEVELS)

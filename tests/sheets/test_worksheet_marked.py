"""A marked submission, and the summary of many, as documents."""

import shutil
from fractions import Fraction

import pytest
from marked_samples import marking, part_of

from symnet.document import Fact, Heading, Paragraph, Result, Working
from symnet.layout.text import write
from symnet.marking.report import SetByHand, reported
from symnet.render.formats import SHEETS
from symnet.render.pdf import render_pdf
from symnet.render.text import render_text
from symnet.sheets.marked import marked, of_marks


@pytest.fixture(scope="module")
def report(examples):
    """A report with every verdict in it."""
    part = part_of(examples["cs349-slides"])
    return reported(marking(part), part)


@pytest.fixture(scope="module")
def sheet(report):
    """Its document."""
    return marked(report, "alice.yaml")


def kind(document, shape):
    """Return the blocks of one kind."""
    return [block for block in document.blocks if isinstance(block, shape)]


def test_the_total_stands_at_the_top(sheet):
    """The name, the loss and the marks stand below the title, and the first wrong line before all others."""
    assert sheet.fields == (("alice.yaml",), ("binary cross-entropy",), ("3 of 9 marks",))
    assert write(sheet.blocks[0].content[1]) == "∂L/∂w₁₁⁽²⁾"


def test_each_answer_has_its_verdict_and_marks(sheet):
    """Right answers that follow one another stand together; each other one has a heading of its own."""
    assert [heading.content[0] for heading in kind(sheet, Heading)] == [
        "Answers 1 and 2: correct (2 of 2 marks)",
        "Answer 3: incorrect (0 of 2 marks)",
        "Answer 4: incorrect (0 of 1 mark)",
        "Answer 5: incorrect, but follows from an earlier error (1 of 1 mark)",
        "Answer 6: unreadable (0 of 1 mark)",
        "Answer 7: undecided (0 of 1 mark)",
        "Answer 8: not answered (0 of 1 mark)",
    ]


def test_each_answer_is_echoed_beside_the_right_one(sheet):
    """The student's line is typeset, and below it, framed, the right one."""
    echoed = [f"{write(line.left)} = {write(line.right)}" for block in kind(sheet, Working) for line in block.lines]
    assert echoed[:3] == ["z₁⁽¹⁾ = 0.3451", "δ₁⁽²⁾ = ŷ₁ − y₁", "∂L/∂w₁₁⁽²⁾ = −0.3835"]
    right = [write(block.lines[0].right) for block in kind(sheet, Result)]
    assert right == ["δ₁⁽²⁾ a₁⁽¹⁾", "δ₁⁽²⁾ a₁⁽¹⁾", "0.7811", "δ₁⁽²⁾ a₁⁽¹⁾", "0.6123"]


def test_each_mistake_is_named_and_explained(sheet):
    """Every mistake that fits has its name and its sentence."""
    titles = ["".join(fact.title) for fact in kind(sheet, Fact)]
    assert titles == [
        "Mistake: softmax elementwise",
        "Mistake: softmax elementwise",
        "Mistake: wrong sign",
    ]
    assert kind(sheet, Fact)[2].content == ("The sign is wrong.",)


def test_an_unreadable_answer_stands_as_it_was_typed(sheet):
    """What cannot be read is shown as it is, and why; the caret is left out, since it would not stand at its place."""
    text = render_text(sheet)
    assert "As typed: q = =HYPERLINK" in text
    assert "Found the character" in text
    assert "2 \\input" not in text


def test_all_right_is_said(report):
    """A submission that is right says so, and has no framed line."""
    sheet = marked(report._replace(answers=report.answers[:2]))
    assert sheet.blocks[0].content == ("All 2 answers are correct.",)
    assert not kind(sheet, Result)
    assert sheet.fields[0] == ("binary cross-entropy",)


def test_what_is_missing_is_said_beside_what_is_right(report):
    """Where all that was answered is right, that is said, and how much is missing; what is missing is no wrong line."""
    sheet = marked(report._replace(answers=(*report.answers[:2], *report.answers[-1:] * 2)))
    assert "".join(sheet.blocks[0].content) == "What was answered is correct. 2 questions not answered."
    assert [heading.content[0] for heading in kind(sheet, Heading)][
        -1
    ] == "Answers 3 and 4: not answered (0 of 2 marks)"
    nothing = marked(report._replace(answers=report.answers[-1:]))
    assert "".join(nothing.blocks[0].content) == "1 question not answered."


def test_marks_in_words():
    """Marks are counted in words, and halves of them as decimals."""
    assert of_marks(Fraction(1, 2), Fraction(1)) == "0.5 of 1 mark"
    assert of_marks(Fraction(0), Fraction(3)) == "0 of 3 marks"


ESCAPED = {"txt": "\\input{/etc/passwd}", "tex": r"\textbackslash{}input\{/etc/passwd\}", "html": "&lt;script&gt;"}
OBEYED = {"tex": "\\input{/", "html": "<script"}


@pytest.mark.parametrize("name", sorted(SHEETS.keys() & ESCAPED.keys()))
def test_a_hostile_answer_is_shown_and_not_obeyed(sheet, name):
    """What was typed stands on the page in every format, escaped as the format has it."""
    content = SHEETS[name](sheet, None).content.decode()
    assert "\x1b" not in content
    assert ESCAPED[name] in content
    assert OBEYED.get(name, "\x1b") not in content


def test_what_is_long_stays_on_the_page(report):
    """An answer, a left side and a name of any length are cut, and no word of them is wider than a line."""
    long = report.answers[5]._replace(id="q" * 2000, typed="x" * 2000)
    sheet = marked(report._replace(answers=(long,)), "n" * 250)
    texts = [part for block in sheet.blocks for part in block.content if isinstance(part, str)]
    texts += [part for field in sheet.fields for part in field]
    assert max(len(word) for text in texts for word in text.split()) < 60
    assert sum(map(len, texts)) < 2000


def test_what_was_not_answered_is_not_shown_as_typed(report):
    """Where there is no answer, nothing is said to have been typed."""
    sheet = marked(report._replace(answers=(report.answers[5]._replace(typed=""),)))
    assert "typed" not in render_text(sheet)


def test_a_marked_page_is_set_by_tex(sheet, pdflatex):
    """TeX sets the page with a hostile answer on it."""
    assert shutil.which(pdflatex)
    assert render_pdf(sheet, "pdflatex")[0].startswith(b"%PDF")


def test_marks_that_were_set_by_hand_say_so(report):
    """Below an answer stands what its marks were before an instructor set them, and why; they count in the total."""
    answers = (
        report.answers[0],
        report.answers[2]._replace(marks=Fraction(1, 2), by_hand=SetByHand(Fraction(0), "as told")),
    )
    sheet = marked(report._replace(answers=answers))
    said = [block.content for block in kind(sheet, Paragraph)]
    assert ("Marks set by hand: 0.5 of 2 instead of 0: as told",) in said
    assert sheet.fields[1] == ("1.5 of 3 marks",)

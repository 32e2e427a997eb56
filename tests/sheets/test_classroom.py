"""The page of a class for the instructor: marks, questions, mistakes, and what nobody could read."""

import shutil
from fractions import Fraction

import pytest
from marked_samples import HOSTILE, marking, part_of

from symnet.diagram.drawing import bounds
from symnet.document import Box, Figure, Heading, Label, Note, Paragraph, Table
from symnet.limits import (
    FEWEST_FOR_DISCRIMINATION,
    MOST_BARS,
    MOST_LISTED_SUBMISSIONS,
    MOST_PLOTTED_QUESTIONS,
    MOST_UNREAD,
)
from symnet.marking.records import Verdict
from symnet.marking.report import Outcome, SetByHand, reported
from symnet.marking.statistics import ClassEntries
from symnet.marking.submissions import NOBODY
from symnet.render.formats import SHEETS
from symnet.render.pdf import render_pdf
from symnet.render.text import render_text
from symnet.sheets.classroom import bars, class_page, in_bins
from symnet.text.say import as_text

IDS = ("z1_1", "delta2_1", "dL/dw2_1_1", "dL/dw1_1_1", "w2_1_1'", "z1_2")
SCHEME = {"binary_cross_entropy": dict.fromkeys(IDS, Fraction(1))}


@pytest.fixture(scope="module")
def report(examples):
    """A report with every verdict in it."""
    part = part_of(examples["cs349-slides"])
    return reported(marking(part), part)


def entered(*outcomes):
    """Return the entries of some outcomes."""
    entries = ClassEntries()
    return [entries.entry(outcome, NOBODY) for outcome in outcomes]


def kind(document, shape):
    """Return the blocks of one kind."""
    return [block for block in document.blocks if isinstance(block, shape)]


MISTAKES, QUESTIONS, UNREAD = "The most common mistakes", "The questions", "Lines that could not be read"


def section(document, title):
    """Return the blocks below a heading, up to the next one."""
    titles = [as_text(block.content) if isinstance(block, Heading) else "" for block in document.blocks]
    start = titles.index(title) + 1
    end = next((place for place in range(start, len(titles)) if titles[place]), len(titles))
    return document.blocks[start:end]


@pytest.fixture
def outcomes(report):
    """Some outcomes."""
    few = report._replace(answers=report.answers[2:3])
    return entered(Outcome("a.yaml", report), Outcome(HOSTILE, None, "stopped after 10 s"), Outcome("c.yaml", few))


def test_the_summary_has_every_submission(outcomes):
    """Each submission has its row: marks, the first incorrect line, mistakes; or why it was not marked."""
    sheet = class_page("C1", outcomes, SCHEME)
    rows = kind(sheet, Table)[-1].rows
    assert rows[0][1:3] == (("3 of 9",), ("1",))
    assert rows[0][4] == ("softmax elementwise, wrong sign",)
    assert rows[1][3:] == (("not marked",), ("stopped after 10 s",))
    assert sheet.fields == (("3 submissions",), ("mean 1.50 marks",))
    assert sheet.blocks[0].content == ("1 submission could not be marked; see the table.",)


def test_the_chart_shows_how_common_each_mistake_is(outcomes):
    """The bars are as long as the counts, the longest at the top, and told in words to who cannot see them."""
    chart = next(block for block in section(class_page("C1", outcomes, SCHEME), MISTAKES) if isinstance(block, Figure))
    first, second = (shape for shape in chart.shapes if isinstance(shape, Box))
    assert first.width == 2 * second.width
    assert first.y > second.y
    assert first.x - first.width / 2 == pytest.approx(second.x - second.width / 2)
    assert chart.description == "softmax elementwise: 2; wrong sign: 1"


def test_the_chart_stays_within_its_frame():
    """However long a name or a count is, nothing of the chart stands outside, and no text on a bar."""
    chart = bars([("a_very_long_name_of_a_mistake_indeed", 1234), ("b", 1)] * (MOST_BARS // 2))
    for shape in chart.shapes:
        assert 0 <= shape.x <= chart.width
        assert 0 <= shape.y <= chart.height
    starts = [shape.x - shape.width / 2 for shape in chart.shapes if isinstance(shape, Box)]
    names = [shape.x for shape in chart.shapes if isinstance(shape, Label)][::2]
    assert max(names) < min(starts)


def test_no_mistake_has_no_chart(outcomes):
    """Where no mistake was found, that is said and nothing is drawn."""
    right = outcomes[0]._replace(mistakes=())
    (said,) = section(class_page("C1", [right], SCHEME), MISTAKES)
    assert said.content == ("No known mistake was found.",)
    nothing = class_page("C1", outcomes[1:2], SCHEME)
    assert not kind(nothing, Figure)
    assert nothing.fields == (("1 submission",),)


@pytest.fixture
def many(report):
    """A class of twelve: the first question is answered right by the strong half, the second the other way round."""
    first, second = report.answers[0], report.answers[1]
    found = []
    for number in range(12):
        strong = number >= 6
        one, other = (first, strong), (second, not strong)
        answers = [
            answer._replace(
                verdict=Verdict.RIGHT if right else Verdict.WRONG,
                marks=answer.out_of if right else Fraction(0),
                follows=False,
                mistakes=(),
            )
            for answer, right in (one, other)
        ]
        third = report.answers[3]._replace(
            verdict=Verdict.RIGHT if strong else Verdict.NOT_ANSWERED, marks=Fraction(int(strong)), out_of=Fraction(1)
        )
        found.append(Outcome(f"s{number:02}.yaml", report._replace(answers=(*answers, third))))
    return entered(*found)


def test_each_question_has_its_share_and_its_discrimination(many):
    """A question has its share of marks and its correlation with all others, where those differ, and every verdict."""
    (rows,) = (block.rows for block in section(class_page("C1", many, SCHEME), QUESTIONS) if isinstance(block, Table))
    found = {as_text(row[0]): [as_text(cell) for cell in row[1:]] for row in rows}
    assert found["z₁⁽¹⁾"] == ["50 % of 1", "–", "6", "0", "6", "0", "0"]
    assert found["δ₁⁽²⁾"] == ["50 % of 1", "−1.00", "6", "0", "6", "0", "0"]
    assert found["z1_2"] == ["– % of 1", "–", "0", "0", "0", "0", "0"]
    assert "correlation" in render_text(class_page("C1", many, SCHEME))


def test_few_submissions_have_no_discrimination(many):
    """A correlation of a handful of submissions says nothing: a dash stands in its place, and why."""
    few = class_page("C1", many[4 : 4 + FEWEST_FOR_DISCRIMINATION - 1], SCHEME)
    (block,) = (block for block in section(few, QUESTIONS) if isinstance(block, Table))
    assert {as_text(row[2]) for row in block.rows} == {"–"}
    assert kind(few, Note)[0].content == ("Discrimination is told from 5 submissions on.",)


def test_the_distribution_counts_every_submission(many):
    """The histogram has each submission once, and the numbers below the heading are those of the marks."""
    page = class_page("C1", many, SCHEME)
    assert kind(page, Paragraph)[0].content == (
        "Of 3 marks: lowest 1, median 1.50, mean 1.50, highest 2, standard deviation 0.50.",
    )
    assert "30 to 40 %: 6" in kind(page, Figure)[0].description
    assert in_bins([Fraction(0), Fraction(1, 10), Fraction(99, 100), Fraction(1)]) == (1, 1, *[0] * 7, 2)
    assert in_bins([]) == ()


def test_charts_stay_within_their_frames(many, outcomes):
    """Nothing of any chart stands outside of it, and bars of a question are as long together as all submissions."""
    for figure in kind(class_page("C1", many, SCHEME), Figure) + kind(class_page("C1", outcomes, SCHEME), Figure):
        for shape in figure.shapes:
            rect = bounds(shape)
            assert -0.01 <= rect.left <= rect.right <= figure.width + 0.01
            assert -0.01 <= rect.bottom <= rect.top <= figure.height + 0.01
    chart = kind(class_page("C1", many, SCHEME), Figure)[1]
    widths = {}
    for shape in chart.shapes:
        if isinstance(shape, Box) and shape.role.startswith("share") and shape.width != shape.height:
            widths[shape.y] = widths.get(shape.y, 0) + shape.width
    assert len(widths) == 3
    assert max(widths.values()) == pytest.approx(min(widths.values()))


def test_mistakes_stand_with_their_question(outcomes):
    """For each question its mistakes are listed with the number of submissions."""
    blocks = section(class_page("C1", outcomes, SCHEME), MISTAKES)
    (rows,) = (block.rows for block in blocks if isinstance(block, Table))
    assert [as_text(cell) for cell in rows[0]] == ["∂L/∂w₁₁⁽²⁾", "softmax elementwise (2)"]


def test_what_nobody_could_read_is_listed_once(report, outcomes):
    """A line that could not be read stands with the reason and the number of submissions that have it."""
    page = class_page("C1", [outcomes[0], outcomes[0]], SCHEME)
    ((row,),) = (block.rows for block in section(page, UNREAD) if isinstance(block, Table))
    assert as_text(row[0]) == "q"
    assert as_text(row[3]) == "2"
    unread = report.answers[5]
    several = [unread._replace(typed=f"{number} ?") for number in range(MOST_UNREAD + 3)]
    more = class_page("C1", entered(Outcome("a", report._replace(answers=tuple(several)))), SCHEME)
    assert kind(more, Note)[-1].content == ("3 more lines could not be read; see the reports.",)
    read = class_page("C1", [outcomes[2]], SCHEME)
    assert section(read, UNREAD)[0].content == ("Every line could be read.",)


def test_what_was_set_by_hand_is_counted(report):
    """The page says of how many answers the marks were set by hand."""
    by_hand = report.answers[0]._replace(by_hand=SetByHand(Fraction(0), ""))
    page = class_page("C1", entered(Outcome("a", report._replace(answers=(by_hand,)))), SCHEME)
    assert page.blocks[0].content == ("The marks of 1 answer were set by hand.",)


def test_a_large_class_is_listed_in_part(report):
    """Of very many submissions, and of very many questions, the page shows some and says so."""
    answer = report.answers[0]
    answers = [answer._replace(id=f"z1_{number}") for number in range(MOST_PLOTTED_QUESTIONS + 6)]
    scheme = {"L": {one.id: Fraction(1) for one in answers}}
    entry = entered(Outcome("n" * 250, report._replace(answers=tuple(answers))))[0]
    page = class_page("C1", [entry] * (MOST_LISTED_SUBMISSIONS + 5), scheme)
    assert len(kind(page, Table)[-1].rows) == MOST_LISTED_SUBMISSIONS
    assert len(kind(page, Table)[-1].rows[0][0][0]) < 60
    assert kind(page, Note)[-1].content == ("The first 1,000 of 1,005 submissions; summary.csv has all.",)
    assert "24 questions with the lowest share" in as_text(kind(page, Note)[0].content)
    assert len(kind(page, Table)[0].rows) == len(answers)


def test_a_page_of_a_class_is_set_by_both_engines(outcomes, many, pdflatex):
    """TeX and Typst set the page, with a hostile answer on it."""
    assert shutil.which(pdflatex)
    page = class_page("C1", [*outcomes, *many], SCHEME)
    for engine in ("pdflatex", "typst"):
        assert render_pdf(page, engine)[0].startswith(b"%PDF")
    assert SHEETS["html"](page, None).content.count(b"<svg") == 3
    assert b"discrimination" in SHEETS["txt"](page, None).content

"""Moodle XML, read back as Moodle reads it."""

import base64
import html
import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from symnet.export.moodle import cloze, moodle

# How Moodle finds the answers in the text of a cloze (question/type/multianswer/questiontype.php).
_ALTERNATIVE = r"(=|%(-?[0-9]+)%)?(.+?(?<!\\|&)(?=[~#}]|$))(#(.*?(?<!\\)(?=[~}]|$)))?"
_GAP = re.compile(r"\{([0-9]*):(?:NUMERICAL|NM):(" + _ALTERNATIVE + "(?:~" + _ALTERNATIVE + r")*)\}", re.DOTALL)
_NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
_NUMERICAL = re.compile(f"({_NUMBER})(?::({_NUMBER}))?")


def grade(answers, typed):
    """Return the fraction and the feedback of the first answer whose interval, ends included, holds a number.

    That is the rule of Moodle's question type `numerical`.
    """
    for value, tolerance, fraction, feedback in answers:
        if value == "*" or abs(Fraction(typed) - Fraction(value)) <= Fraction(tolerance):
            return fraction, feedback
    return None


def read(content):
    """Return the tree of a file that the test has made itself."""
    return ElementTree.fromstring(content)  # noqa: S314


def numerical(content):
    """Return the numerical questions of a file in their order, each as its answers in order."""
    return [
        [
            (one.findtext("text"), one.findtext("tolerance"), one.get("fraction"), one.findtext("feedback/text"))
            for one in question.iter("answer")
        ]
        for question in read(content).iter("question")
        if question.get("type") == "numerical"
    ]


def gaps(content):
    """Return the gaps of all cloze questions in their order, each as its answers in order, as Moodle takes them out."""
    found = []
    for question in read(content).iter("question"):
        if question.get("type") == "cloze":
            for gap in _GAP.finditer(question.findtext("questiontext/text")):
                rest, answers = gap[2], []
                while one := re.match("~?" + _ALTERNATIVE, rest, re.DOTALL):
                    number = _NUMERICAL.fullmatch(one[3])
                    value, tolerance = (number[1], number[2] or "0") if number else (one[3], "0")
                    answers.append((value, tolerance, one[2], html.unescape(one[5])))
                    rest = rest[one.end() :]
                found.append(answers)
    return found


@pytest.mark.parametrize(("write", "taken_out"), [(moodle, numerical), (cloze, gaps)], ids=["numerical", "cloze"])
def test_moodle_and_check_agree(exercise, write, taken_out):
    """Each right answer, numbers around it, and each mistake are worth the same in Moodle and in `symnet check`."""
    found = taken_out(write([exercise.exported]))
    assert len(found) == len(exercise.items)
    questions, compared = dict(zip((item.id for item in exercise.items), found, strict=True)), 0
    for item, typed, mistake in exercise.tried():
        fraction, feedback = grade(questions[item.id], typed)
        assert (fraction == "100") == exercise.is_right(item.id, typed), (item.id, typed, item.accepted)
        if mistake is not None:
            assert "Incorrect." not in feedback
        compared += 1
    assert compared > 30


def test_a_cloze_says_the_same_as_numerical_questions(exercise):
    """All answers of a cloze, their tolerances and their feedback are those of the numerical questions."""
    whole = numerical(moodle([exercise.exported]))
    bare = [[(*one[:3], one[3].removeprefix("<p>").removesuffix("</p>")) for one in answers] for answers in whole]
    assert gaps(cloze([exercise.exported])) == bare


@pytest.mark.parametrize("write", [moodle, cloze])
def test_texts_cannot_leave_their_place(hostile, write):
    """A title with signs of markup is text in the file, in its questions, and in its category."""
    content = write([hostile]).decode()
    assert "<script>" not in content
    texts = [node.text for node in read(content).iter("text")]
    assert any(text.startswith("$course$/top/..//a//b <script>") for text in texts)
    shown = [text for text in texts if text.startswith("<h4>")]
    assert shown
    assert all("<script>" not in text for text in shown)


def test_formulas_are_between_the_signs_of_formulas(exercise):
    """In every question the formulas are LaTeX between the signs for a formula in a line, which come in pairs."""
    root = read(moodle([exercise.exported]))
    texts = [node.text for node in root.iter("text") if node.text and "\\(" in node.text]
    assert texts
    for text in texts:
        assert text.count(r"\(") == text.count(r"\)")
        outside = re.sub(r"\\\(.*?\\\)", "", html.unescape(re.sub("<[^>]*>", "", text)))
        assert "\\" not in outside


@pytest.mark.parametrize("write", [moodle, cloze])
def test_each_question_brings_its_diagram(exercise, write):
    """The text of a question shows a picture, which is beside it in the file: SVG with a circle for each unit."""
    for question in read(write([exercise.exported])).iter("question"):
        if question.get("type") != "category":
            shown = re.search(r'<img src="@@PLUGINFILE@@/(.*?)"', question.findtext("questiontext/text"))
            file = question.find("questiontext/file")
            assert (file.get("name"), file.get("encoding")) == (shown[1], "base64")
            picture = read(base64.b64decode(file.text))
            kinds = [node.tag.rpartition("}")[2] for node in picture]
            assert picture.tag == "{http://www.w3.org/2000/svg}svg"
            assert kinds.count("circle") + kinds.count("rect") >= 4
            assert kinds.count("text") >= 5

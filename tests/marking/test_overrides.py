"""Marks set by hand: read with all that is wrong at its place, and put into reports."""

from fractions import Fraction

import pytest
from marked_samples import marking, part_of

from symnet.errors import DescriptionError
from symnet.marking.overrides import Override, OverrideError, load_overrides, overridden, places_of
from symnet.marking.report import SetByHand, reported
from symnet.marking.submissions import AnswersFile

SCHEME = {"one": {"z1_1": Fraction(1), "L": Fraction(2)}, "two": {"z1_1": Fraction(1), "dL/dw1_1_1": Fraction(3)}}


@pytest.fixture
def given(tmp_path):
    """Two submissions, and another one that is not marked now."""
    folder = tmp_path.resolve() / "given"
    folder.mkdir()
    for name in ("anna.yaml", "ben.yaml", "cleo.yaml"):
        (folder / name).write_text("answers: {z1_1: 1}", encoding="utf-8")
    return tuple(AnswersFile(folder / name, name) for name in ("anna.yaml", "ben.yaml"))


def read(given, text, loss=None):
    """Return what a file of overrides says."""
    path = given[0].path.parent / "overrides.yaml"
    path.write_text(text, encoding="utf-8")
    return load_overrides([path], given, SCHEME, loss)


GOOD = """
overrides:
  - {file: ben.yaml, line: dL/dw1_1_1, marks: 1/2, note: "a  slip"}
  - {file: anna.yaml, line: z1_1, marks: 0}
  - {file: anna.yaml, line: L, marks: 2}
  - {file: cleo.yaml, line: L, marks: 2}
"""


def test_marks_are_set_by_file_and_line(given):
    """Each entry belongs to its file; one that is there and is not marked now is nothing to do."""
    found = read(given, GOOD)
    assert sorted(found) == [0, 1]
    assert [(one.line, one.marks, one.note) for one in found[1]] == [("dL/dw1_1_1", Fraction(1, 2), "a slip")]
    assert [(one.line, one.marks, one.note) for one in found[0]] == [("z1_1", 0, ""), ("L", 2, "")]
    assert found[1][0].place.endswith("overrides.yaml:3:5")


BAD = """
overrides:
  - {file: bnn.yaml, line: z1_1, marks: 1}
  - {file: ben.yaml, line: z1_11, marks: 1}
  - {file: ben.yaml, line: L, marks: 3}
  - {file: ben.yaml, line: L, marks: -1}
  - {file: ben.yaml, line: z1_1, marks: many}
  - {file: ben.yaml, line: dL/dw1_1_1}
  - {file: anna.yaml, line: L, marks: 1, mark: 2}
  - {file: anna.yaml, line: L, marks: 1}
  - [1]
  - {file: ../../etc/passwd, line: L, marks: 1}
  - {file: anna.yaml, line: z1_1, marks: 1, note: [1]}
more: 1
"""
SAID = [
    '3:12: overrides[1].file: found the unknown file "bnn.yaml"; expected a file of ',
    '4:28: overrides[2].line: found the unknown line "z1_11"; expected a question with marks, such as z1_1. Did',
    "5:38: overrides[3].marks: found 3; expected 0 to 2, the marks of L",
    "6:5: overrides[4]: found marks for L once more; expected them once for each file; entry 3 has them",
    "6:38: overrides[4].marks: found -1; expected 0 to 2, the marks of L",
    '7:41: overrides[5].marks: found "many"; expected 0 to 1, the marks of z1_1',
    "8:5: overrides[6]: found no marks; expected marks: and a word or a number.",
    '9:42: overrides[7].mark: found the unknown key "mark"; expected file, line, marks, note',
    "10:5: overrides[8]: found marks for L once more; expected them once for each file; entry 7 has them",
    "11:5: overrides[9]: found a list of 1; expected a mapping with file, line, marks and perhaps note.",
    '12:12: overrides[10].file: found the unknown file "../../etc/passwd"',
    "13:51: overrides[11].note: found a list of 1; expected note: and a word or a number.",
    '14:1: more: found the unknown key "more"; expected overrides.',
]


def test_everything_wrong_is_told_at_once(given):
    """Each bad entry is an error with file, line and column, what was found and what may stand there."""
    with pytest.raises(DescriptionError) as caught:
        read(given, BAD)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(SAID), "\n".join(lines)
    for line, said in zip(lines, SAID, strict=True):
        assert f"overrides.yaml:{said}" in line


def test_the_loss_that_is_marked_says_which_lines_there_are(given):
    """A line of another loss than the one that is marked is unknown."""
    with pytest.raises(DescriptionError, match='unknown line "dL/dw1_1_1"'):
        read(given, GOOD, "one")


@pytest.mark.parametrize("text", ["overrides: 3", "overrides:", "{}", "- 1", "", "overrides: [1, 2"])
def test_a_file_that_is_no_such_list_is_refused(given, text):
    """A file that holds anything else is an error with its name."""
    with pytest.raises(DescriptionError, match=r"overrides\.yaml"):
        read(given, text)


def test_a_link_is_no_file_of_marks(given):
    """What is no file is refused as it is among submissions."""
    path = given[0].path.parent / "overrides.yaml"
    path.symlink_to("anna.yaml")
    with pytest.raises(OverrideError, match="link"):
        load_overrides([path], given, SCHEME, None)


def test_the_file_stands_beside_submissions_alone(given):
    """It is looked for in the folders that are given and beside files that are, not in folders below."""
    folder = given[0].path.parent
    (folder / "deep").mkdir()
    for place in (folder, folder / "deep"):
        (place / "overrides.yaml").write_text(GOOD, encoding="utf-8")
    expected = (folder / "overrides.yaml",)
    assert places_of([str(folder)]) == places_of([str(given[0].path), str(given[1].path)]) == expected
    assert places_of([str(folder.parent)]) == ()


@pytest.fixture(scope="module")
def report(examples):
    """A report with every verdict in it."""
    part = part_of(examples["cs349-slides"])
    return reported(marking(part), part)


def of(report, line, marks):
    """Return a report with marks set in one line."""
    return overridden(report, (Override(line, Fraction(marks), "why", "overrides.yaml:1:1"),), "x.yaml")


def test_marks_set_by_hand_stand_in_the_report(report):
    """The line has the marks that were set, and says what it had; so the total is another, and no other line is."""
    changed = of(report, "dL/dw2_1_1", 2)
    assert changed.answers[2].by_hand == SetByHand(Fraction(0), "why")
    assert changed.marks == report.marks + 2
    assert [one for one in changed.answers if one.by_hand is None] == [*report.answers[:2], *report.answers[3:]]
    assert changed.answers[2].verdict is report.answers[2].verdict


def test_a_question_that_was_not_answered_can_have_marks(report):
    """What was answered on paper alone earns marks by hand."""
    assert of(report, "z1_2", 1).answers[-1].marks == 1


def test_of_two_answers_to_one_question_the_first_one_counts(report):
    """Where a question is answered twice, the marks are set once, on the answer that counts."""
    first, second = report.answers[0], report.answers[0]._replace(out_of=Fraction(0), marks=Fraction(0))
    override = Override("z1_1", Fraction(0), "", "overrides.yaml:1:1")
    changed = overridden(report._replace(answers=(first, second)), (override,), "x.yaml")
    assert [one.marks for one in changed.answers] == [0, 0]
    assert [one.by_hand is None for one in changed.answers] == [False, True]


def test_marks_without_a_report_are_an_error(report):
    """Where a submission could not be marked, or has no such line, that is told with the place of the entry."""
    entry = (Override("nowhere", Fraction(1), "", "overrides.yaml:3:5"),)
    with pytest.raises(OverrideError, match=r"overrides\.yaml:3:5: anna\.yaml could not be marked"):
        overridden(None, entry, "anna.yaml")
    with pytest.raises(OverrideError, match=r"overrides\.yaml:3:5: nowhere is no question of binary"):
        overridden(report, entry, "anna.yaml")
    assert overridden(report, (), "anna.yaml") is report

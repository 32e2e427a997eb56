"""Whose a submission is: what it says, what its file is called, and codes in the place of names."""

import csv
import os
from pathlib import Path

import pytest

from symnet.errors import DescriptionError, OutputError
from symnet.marking.students import Codes, known, students_of
from symnet.marking.submissions import NOBODY, AnswersFile, Author, load_answers


def files(*names):
    """Return files that are called so."""
    return tuple(AnswersFile(Path("/given", name), name) for name in names)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "student: Jane Doe\nid: 012\nemail: jd@x.edu\nanswers: {z1_1: 1}"),
        ("a.json", '{"name": "Jane Doe", "id": "012", "email": "jd@x.edu", "answers": {"z1_1": 1}}'),
        ("a.txt", "# mine\nName: Jane  Doe\nID = 012\nstudent: jd@x.edu\nz1_1 = 1\nname = 3"),
        ("a.csv", "student,Jane Doe\nid,012\nemail,jd@x.edu\nz1_1,1"),
    ],
)
def test_a_submission_says_whose_it_is(name, text):
    """In every format a few fields say it; ``student`` is a name, a number or an address, whichever it looks like."""
    submission = load_answers(text, name)
    assert submission.student == Author("012", "Jane Doe", "jd@x.edu")
    assert submission.answers[0].left == "z1_1"


def test_fields_are_only_at_the_beginning_of_a_text():
    """What is called as a field and stands behind the first answer is an answer: a graph may have a node name."""
    submission = load_answers("z1_1 = 1\nid = 3", "a.txt")
    assert [answer.left for answer in submission.answers] == ["z1_1", "id"]
    assert submission.student == NOBODY


def test_a_field_is_a_word():
    """A list in the place of a name is an error with its place."""
    with pytest.raises(DescriptionError, match=r"a\.yaml:1:7: name: found a list of 1"):
        load_answers("name: [x]\nanswers: {z1_1: 1}", "a.yaml")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("jdoe.yaml", Author("jdoe")),
        ("week 1/12345.txt", Author("12345")),
        ("doejane_4521_98765_answers.yaml", Author("doejane", canvas="4521")),
        ("doejane_LATE_4521_98765_answers-2.yaml", Author("doejane", canvas="4521")),
        ("Jane Doe_123456_assignsubmission_file_/answers.yaml", Author(name="Jane Doe")),
        ("Jane Doe_123456_assignsubmission_file_answers.yaml", Author(name="Jane Doe")),
    ],
)
def test_the_name_of_a_file_says_whose_it_is(name, student):
    """A file is called as its student is; so are those that Canvas and Moodle hand out, each in its own way."""
    assert students_of(files(name)) == (student,)


def test_files_that_are_called_alike_are_told_apart_by_their_folders():
    """Where each student has a folder with the same file in it, it is the folder that is called as the student."""
    found = students_of(files("anna/answers.yaml", "ben/answers.yaml", "cleo.yaml"))
    assert [student.id for student in found] == ["anna", "ben", "cleo"]


def test_what_a_submission_says_comes_before_what_it_is_called():
    """What both tell is taken from the submission; what it does not tell, from the name of the file."""
    assert known(Author(name="Jane"), Author("s1", "x", canvas="7")) == Author("s1", "Jane", canvas="7")


def test_codes_tell_nothing_and_stay(tmp_path):
    """Each file has a short code, which the key alone can undo; it stays the same when more files come."""
    key, names = tmp_path / "key.csv", ("anna.yaml", "ben.TXT", "=cmd().yaml", "a,\n\"b'.yaml", "'quoted.yaml")
    first = Codes(key, files(*names))
    first.write({Path("/given/anna.yaml"): Author("s1", "Anna")})
    hidden = {file.path: file.name for file in first.hidden}
    assert sorted(map(len, hidden.values())) == [9, 10, 10, 10, 10]
    assert not any(name.split(".")[0].lower() in code.lower() for name in names for code in hidden.values())
    assert [file.name for file in first.hidden] == sorted(hidden.values())
    with key.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["code", "file", "student", "name"]
    assert [hidden[Path("/given/anna.yaml")].removesuffix(".yaml"), "anna.yaml", "s1", "Anna"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    again = Codes(key, files("cleo.yaml", *names))
    assert {file.path: file.name for file in again.hidden}.items() > hidden.items()


def test_other_codes_come_of_another_key(tmp_path):
    """Codes are drawn, so that nobody finds out from a name which code it has."""
    names = [f"s{number}.yaml" for number in range(40)]
    one, other = (Codes(tmp_path / key, files(*names)).codes for key in ("a.csv", "b.csv"))
    assert one != other
    assert len(set(one.values())) == 40


@pytest.mark.parametrize("text", ["", "a,b\n", "code,file,student,name\nx\n"])
def test_a_file_that_is_no_key_is_kept(tmp_path, text):
    """A file where the key would go that is none is an error, and stays as it is."""
    key = tmp_path / "key.csv"
    key.write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match="no key to codes"):
        Codes(key, files("a.yaml"))
    assert key.read_text(encoding="utf-8") == text


def test_names_that_are_no_unicode_are_in_the_key(tmp_path):
    """A file whose name is no UTF-8 keeps its code too."""
    name = os.fsdecode(b"\xff.yaml")
    codes = Codes(tmp_path / "key.csv", files(name))
    codes.write()
    assert Codes(tmp_path / "key.csv", files(name)).codes == codes.codes

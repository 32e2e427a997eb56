"""Rosters: read in the forms in which schools export them, and refused with the line that is wrong."""

import pytest

from symnet.variants.roster import RosterError, read_roster
from symnet.variants.sheets import Student


def read(tmp_path, content):
    """Return the students of a roster with this content."""
    path = tmp_path / "students.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_roster(path)


@pytest.mark.parametrize(
    "content",
    [
        "name,id\nAda Lovelace,a1\nAlan Turing,a2\n",
        "\ufeffID;Name\r\na1;Ada Lovelace\r\n\r\na2;Alan Turing\r\n",
        "First name\tLast name\tEmail address\nAda\tLovelace\ta1\nAlan\tTuring\ta2\n",
        "Ada Lovelace,a1\nAlan Turing,a2",
        '"Ada Lovelace" , a1\n , \n"Alan  Turing",a2,more\n',
    ],
    ids=["names", "semicolons", "moodle", "no head", "spaces"],
)
def test_rosters_of_many_forms_are_read(content, tmp_path):
    """Columns in any order, with any usual name, parted by commas, semicolons or tabs; empty rows count for nothing."""
    assert read(tmp_path, content) == [Student("Ada Lovelace", "a1"), Student("Alan Turing", "a2")]


def test_the_same_name_twice_is_two_students(tmp_path):
    """Students are told apart by their rows; without a name the id stands on the sheet."""
    found = read(tmp_path, "name,id\nAda,1\nAda,2\n,3\n")
    assert found == [Student("Ada", "1"), Student("Ada", "2"), Student("3", "3")]


def test_quotes_and_commas_belong_to_a_name(tmp_path):
    """A name in quotes keeps its comma and its quotes, and signs that cannot be seen are written out."""
    found = read(tmp_path, 'name\n"O""Brien, X"\nعمر\nA\u202eB\n')
    assert [student.name for student in found] == ['O"Brien, X', "عمر", "A\\u202eB"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "found no rows; expected a row for each student"),
        ("name,id\n", "found the names of columns alone"),
        ("name,id\nAda,1\nx,2\n" + "y" * 200 + ",3\n", ":4: found 121 characters; expected at most 120"),
        (b"name\nAda\n\xff\xfe\n", ":3: found a byte that is not UTF-8"),
        ("name\nA\0B\n", "found a null character"),
        ("name,id\n" + "a" * 200_000 + "\n", "found no CSV"),
    ],
)
def test_what_is_no_roster_is_refused(content, words, tmp_path):
    """What cannot be read says where and why."""
    with pytest.raises(RosterError) as caught:
        read(tmp_path, content)
    assert words in str(caught.value)


def test_thirty_thousand_rows_are_read(tmp_path):
    """A roster of 30,000 rows is read whole."""
    content = "name,id\n" + "".join(f"Student {number},{number}\n" for number in range(30_000))
    assert len(read(tmp_path, content)) == 30_000

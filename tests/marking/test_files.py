"""A file of answers is read as what was typed, or refused as a whole with the place of what is wrong."""

import json

import pytest
from effort import calls
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from symnet.errors import DescriptionError
from symnet.marking.records import TypedAnswer
from symnet.marking.submissions import load_answers


def refusal(content, name="answers.yaml"):
    """Return what a file is refused with."""
    with pytest.raises(DescriptionError) as caught:
        load_answers(content, name)
    return str(caught.value)


YAML = r"""
loss: squared_error
answers:
  z1_1: 0.3450
  "z1_2": 0,61
  dL/dw2_1_1: (a2_1 - y1)*a1_1
  '\frac{\partial L}{\partial w_{11}^{(2)}}': '\frac{1}{2}'
  "w2_1_1'": "0.6819"
  b1_1:
  b1_2: ~
"""


def test_values_are_kept_as_they_were_typed():
    """A number stays the text that it was, with its zeros and its comma; a value that is not there is blank."""
    found = load_answers(YAML, "answers.yaml")
    assert (found.loss, found.name) == ("squared_error", "answers.yaml")
    assert [(given.left, given.right) for given in found.answers] == [
        ("z1_1", "0.3450"),
        ("z1_2", "0,61"),
        ("dL/dw2_1_1", "(a2_1 - y1)*a1_1"),
        (r"\frac{\partial L}{\partial w_{11}^{(2)}}", r"\frac{1}{2}"),
        ("w2_1_1'", "0.6819"),
        ("b1_1", ""),
        ("b1_2", ""),
    ]
    assert found.answers[0] == TypedAnswer("z1_1", "0.3450", 4, 9)


def test_json_is_the_same_thing():
    """JSON keeps the text of a number as well."""
    found = load_answers(rb'{"answers": {"z1_1": 0.3450, "L": "\\ln 2", "y": null}}', "A.JSON")
    assert [given[:2] for given in found.answers] == [("z1_1", "0.3450"), ("L", r"\ln 2"), ("y", "")]
    assert found.loss is None


@pytest.mark.parametrize(
    "table",
    [
        'left,right\nz1_1,0.3450\nL,"max(0, x1)"\n',
        'Left, Right\r\nz1_1,0.3450\r\n\r\nL,"max(0, x1)"\r\n',
        "z1_1,0.3450\nL,max(0, x1)",
        "z1_1;0.3450\nL;max(0, x1)\n",
        "\ufeffleft;right\nz1_1;0.3450\nL;max(0, x1)\n",
        "z1_1\t0.3450\nL\tmax(0, x1)\n",
    ],
)
def test_tables_with_two_columns(table):
    """A table may have a header, empty lines, quotes, and commas in an answer, whatever stands between its columns."""
    found = load_answers(table.encode(), "a.csv")
    assert [(given.left.strip(), given.right) for given in found.answers] == [("z1_1", "0.3450"), ("L", "max(0, x1)")]


def test_a_decimal_comma_in_a_table():
    """An answer with a comma is one answer, though the comma stands between columns."""
    found = load_answers("left,right\nz1_1,0,3451\nz1_2", "a.csv")
    assert [given[:3] for given in found.answers] == [("z1_1", "0,3451", 2), ("z1_2", "", 3)]


def test_an_answer_that_is_a_list_stops_no_other():
    """A list in the place of an answer is a vector or a matrix, a mapping is no answer; the others are read."""
    found = load_answers("answers: {z1: [1, a1_1*2], dL/dW1: [[1, 2], [3, 4]], z1_2: {a: b}, L: 3}", "a.yaml")
    assert [given.right for given in found.answers] == ["[1, a1_1*2]", "[[1, 2], [3, 4]]", "...", "3"]


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        ("", "a.yaml", "a.yaml:1:1: found an empty file; expected a mapping with the key answers"),
        ("[1]", "a.yaml", "found no mapping"),
        ("z1_1: 1", "a.yaml", 'z1_1: found the unknown key "z1_1"; expected answers, loss, code, student, name'),
        ("loss: L", "a.yaml", "found no answers; expected a mapping with the key answers"),
        ("answers: 3", "a.yaml", "a.yaml:1:10: answers: found 3"),
        ("answers: [1, 2]", "a.yaml", "found a list of 2"),
        ("answers: {}", "a.yaml", "found no answers; expected 1 to 2,000 answers"),
        ("answers: {a: 1}\nloss: [b]", "a.yaml", "a.yaml:2:7: loss: found a list of 1"),
        (
            "answers: {a: 1, a: 2}",
            "a.yaml",
            'a.yaml:1:17: found the duplicate key "a" (first on line 1); expected each key once',
        ),
        ("answers: {a: &x 1, b: *x}", "a.yaml", "found the anchor &x"),
        ("answers: {a: !!python/object/apply:os.system ['x']}", "a.yaml", "found the tag"),
        ("answers: {a: 1}\n---\nb: 2", "a.yaml", "found a second document"),
        ("answers: {a: {b", "a.yaml", 'found "{" that is not closed'),
        ('{"answers": {"a": 1,}}', "a.json", "found broken JSON"),
        ('{"answers": {"a": NaN}}', "a.json", "found NaN"),
        (b"answers: {a: \xff}", "a.yaml", "found the byte 0xff; expected text in UTF-8"),
        (b"answers: {a: \x00}", "a.yaml", "found the character U+0000"),
        (b"a,\x00", "a.csv", "found the character U+0000"),
        (b"a,\xff", "a.csv", "found the byte 0xff"),
        ("", "a.csv", "found no answers"),
        ("left,right\n", "a.csv", "found no answers"),
        ('a,"1', "a.csv", "found a broken table"),
        ('a,"1"2\n', "a.csv", "found a broken table"),
        ("a,1\n" * 2001, "a.csv", "found 2,001 answers; expected 1 to 2,000"),
        ("answers:\n" + "".join(f"  a{n}: 1\n" for n in range(2001)), "a.yaml", "found 2,001 answers"),
        ("x" * 200_001, "a.yaml", "found more than 200,000 bytes"),
        ("a: " + "[" * 50_000, "a.yaml", "levels"),
        ("answers: &a [" + "*a," * 1000 + "]", "a.yaml", "anchor"),
    ],
)
def test_a_file_of_no_use_is_refused(content, name, part):
    """A file that cannot be used is refused with the place, what was found and what is allowed."""
    assert part in refusal(content, name)


def test_a_bomb_of_aliases_does_not_go_off():
    """Nothing is ever written out of anchors and aliases."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{y}: &{y} [*{x}, *{x}, *{x}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "the anchor &a" in refusal(bomb)
    assert calls(lambda: refusal(bomb)) < 20_000


@pytest.mark.everyday(3)
@pytest.mark.parametrize("suffix", ["yaml", "json", "csv"])
@pytest.mark.parametrize("part", range(3))
def test_hostile_files(suffix, part):
    """Any content is read as texts or refused, after work that is linear in its length."""
    # Every third text is one of each family.
    for text in (*HOSTILE[part::3], *(f"answers:\n  {text}: {text}" for text in HOSTILE[part::3])):
        assert calls(lambda text=text: read_or_refused(text, suffix)) < 50_000 + 50 * len(text)


def read_or_refused(text, suffix):
    """Assert that a text is read as answers that are texts, or refused with a problem."""
    try:
        found = load_answers(text.encode(errors="surrogatepass"), f"a.{suffix}")
    except DescriptionError as error:
        assert error.problems
    else:
        assert all(isinstance(text, str) for given in found.answers for text in given[:2])


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=20), min_size=1, max_size=4))
def test_whatever_is_typed_comes_back(typed):
    """A left side and an answer in quotes are exactly the texts that were typed, as YAML and as JSON."""
    printed = {left: right for left, right in typed.items() if (left + right).isprintable()}
    if printed:
        content = json.dumps({"answers": printed}, ensure_ascii=False)
        for name in ("a.json", "a.yaml"):
            found = load_answers(content, name)
            assert {given.left: given.right for given in found.answers} == printed


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60)), st.sampled_from(["a.yaml", "a.json", "a.csv"]))
def test_any_bytes_are_answers_or_refused(content, name):
    """Whatever is in a file, there are answers or an error, and nothing else."""
    try:
        assert load_answers(content, name).answers
    except DescriptionError as error:
        assert str(error).startswith(name)


@pytest.mark.parametrize(
    "table",
    [
        "question,answer\nz1_1,0.345\nL,0.2\n",
        "Question;Your answer\nz1_1;0.345\nL;0.2\n",
        "\ufeffid\tvalue\nz1_1\t0.345\nL\t0.2\n",
        '"Frage";"Antwort"\n"z1_1";"0.345"\n"L";"0.2"\n',
        "name,question,answer,comment\nAda,z1_1,0.345,easy\nAda,L,0.2,\n",
        "response,item\n0.345,z1_1\n0.2,L\n",
    ],
)
def test_the_names_of_columns_are_no_answer(table):
    """A first line that names the columns is passed over, and says which they are."""
    found = load_answers(table.encode(), "a.csv")
    assert [given[:2] for given in found.answers] == [("z1_1", "0.345"), ("L", "0.2")]


@pytest.mark.parametrize(
    ("table", "answers"),
    [
        ("z1_1;0,345\nL;0,2", [("z1_1", "0,345"), ("L", "0,2")]),
        ('"w_{1,1}^{(1)}";0.5\n"b";1,5', [("w_{1,1}^{(1)}", "0.5"), ("b", "1,5")]),
        ("dL/dw_{1,1};0.5\nL;1", [("dL/dw_{1,1}", "0.5"), ("L", "1")]),
        ("L,{x1 if z1_1 > 0; 0 otherwise}", [("L", "{x1 if z1_1 > 0; 0 otherwise}")]),
        ("question,0.5\nz1_1,1", [("question", "0.5"), ("z1_1", "1")]),
    ],
)
def test_what_stands_between_columns(table, answers):
    """What separates the columns is in every line, outside of brackets and quotes; other commas belong to answers."""
    assert [given[:2] for given in load_answers(table.encode(), "a.csv").answers] == answers


def test_plain_text_has_an_answer_a_line():
    """In a text each line is an answer; comments and empty lines are none, and a loss may be named."""
    text = "\ufeff# by hand\nz1_1 = -0.2\n\nloss: squared_error\ndL/dw2_1_1: delta2_1*a1_1\n"
    text += "a1_1 := σ(0.1) = 0.52\nr=1[z>=0]\nb\n"
    found = load_answers(text.encode(), "answers.TXT")
    assert found.loss == "squared_error"
    assert [given[:3] for given in found.answers] == [
        ("z1_1", "-0.2", 2),
        ("dL/dw2_1_1", "delta2_1*a1_1", 5),
        ("a1_1", "σ(0.1) = 0.52", 6),
        ("r", "1[z>=0]", 7),
        ("b", "", 8),
    ]
    assert "found no answers; expected lines such as z1_1 = 0.3451" in refusal("Dear all\nsee below", "a.txt")


@pytest.mark.parametrize("typed", [r"\hat y", r"\sigma(z)", r"\delta_1", r"\xi", r"\upsilon", r"\Upsilon"])
def test_latex_in_double_quotes(typed):
    """Where YAML does not take a backslash, the message says to use single quotes."""
    assert "Use single quotes around LaTeX" in refusal(f'answers: {{z1_1: "{typed}"}}')

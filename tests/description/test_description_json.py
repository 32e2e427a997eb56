"""JSON is read strictly, with the same places as YAML."""

import sys

import pytest

from symnet.description import load_text
from symnet.errors import DescriptionError

TEXT = """\
{
\t"title": "{\\"a\\": [\\u00e9 NaN, 010]}",  "inputs": 2,
  "layers": [{"units":1,"activation"
:"tanh"}], "loss": "squared_error",
  "data": {"inputs": [[0.15,
        1e-3]], "targets": [["1/3"]]}
}
"""

PROBLEMS = {
    "value": ('"inputs": 2', '"inputs": 0', "2:52", "inputs: found 0"),
    "far value": ("1e-3", '"0x10"', "6:9", 'data.inputs[1][2]: found "0x10"'),
    "null": ('"inputs": 2', '"inputs": null', "2:52", "an empty value"),
    "unknown key": ('"loss"', '"lose"', "4:12", 'mean "loss"?'),
    "repeated key": ('"loss"', '"inputs": 3, "loss"', "4:12", 'duplicate key "inputs"'),
    "word in quotes": ('"units":1', '"units":1, "bias": "true"', "3:34", "without quotes"),
    "NaN": ("0.15", "NaN", "5:24", "found NaN"),
    "Infinity": ("0.15", "-Infinity", "5:24", "found -Infinity"),
    "leading zero": ("0.15", "010", "5:25", "broken JSON"),
    # From Python 3.13 on its parser points at the comma, before that behind it.
    "trailing comma": ("]]}", "]],}", "6:37" if sys.version_info >= (3, 13) else "6:38", "broken JSON"),
    "single quotes": ('"tanh"', "'tanh'", "4:2", "broken JSON"),
    "comment": ('"loss"', '# "loss"', "4:12", "broken JSON"),
    "plain word": ('"tanh"', "tanh", "4:2", "broken JSON"),
    "open text": ('"tanh"', '"tanh', "4:12", "broken JSON"),
    "expression": ('"tanh"', '"z*x"', "4:5", 'found "x"'),
    "expression with an escape": ('"tanh"', '"z*\\u0078"', "4:2", 'found "x"'),
    "lone surrogate": ("\\u00e9", "\\ud800", "2:11", "changes of direction"),
    "depth": ("0.15", "[" * 30 + "]" * 30, "5:40", "20 levels"),
}


def test_values_are_read_from_json():
    """Text keeps its escapes and brackets, numbers are exact, a quoted number is a number."""
    description = load_text(TEXT, "q.JSON")
    assert description.title == '{"a": [\u00e9 NaN, 010]}'
    assert [str(value) for value in description.data.inputs[0]] == ["3/20", "1/1000"]
    assert str(description.data.targets[0][0]) == "1/3"


def test_a_byte_order_mark_is_no_error_in_json():
    """An editor's byte order mark is passed over."""
    assert load_text(b"\xef\xbb\xbf" + TEXT.encode(), "q.json") == load_text(TEXT, "q.json")


@pytest.mark.parametrize(("old", "new", "place", "words"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_in_json_is_at_its_place(old, new, place, words):
    """Lines and columns count the characters of the file."""
    assert old in TEXT
    with pytest.raises(DescriptionError) as caught:
        load_text(TEXT.replace(old, new, 1), "q.json")
    lines = [line for line in str(caught.value).split("\n") if line.startswith(f"q.json:{place}: ")]
    assert any(words in line for line in lines), str(caught.value)

"""A hostile or enormous file gets its answer at once."""

import time

import pytest

from symnet.description import load_text
from symnet.errors import DescriptionError

START = "inputs: 2\nlayers: [{units: 1, activation: sigmoid}]\nloss: binary_cross_entropy\n"
ROW = "[" + "2," * 9000 + "2],"

ENORMOUS = {
    "5 MB of brackets": ("q.yaml", "[" * 5_000_000, "more than 2000000 bytes"),
    "2 MB of brackets": ("q.yaml", "[" * 2_000_000, "20 levels"),
    "2 MB of braces": ("q.yaml", "{a: " * 500_000, "20 levels"),
    "2 MB of dashes": ("q.yaml", "- " * 1_000_000, "20 levels"),
    "2 MB of JSON brackets": ("q.json", "[" * 2_000_000, "20 levels"),
    "2 MB of JSON objects": ("q.json", '{"a":' * 400_000, "20 levels"),
    "a flat list": ("q.yaml", "title: [" + "1," * 950_000 + "1]", "more than 200000 values"),
    "a flat JSON list": ("q.json", '{"title": [' + "1," * 950_000 + "1]}", "more than 200000 values"),
    "many keys": ("q.yaml", "{" + "".join(f"key{n}: 1," for n in range(90_000)) + "}", "many more problems"),
    "the same key": ("q.yaml", "{" + "a: 1," * 90_000 + "}", "many more problems"),
    "no numbers": (
        "q.yaml",
        f"{START}data: {{inputs: [{ROW.replace('2', 'x') * 20}]}}",
        "many more problems",
    ),
    "large targets": (
        "q.yaml",
        f"{START}data: {{targets: [{ROW * 20}], inputs: [[1, 2]]}}",
        "many more problems",
    ),
    "long number": ("q.yaml", f"{START}numbers: {{decimals: {'1' * 1_900_000}}}", "50 digits"),
    "long exponent": ("q.yaml", f"{START}numbers: {{decimals: 1e{'1' * 1_900_000}}}", "308"),
    "long title": ("q.yaml", f"{START}title: {'x' * 1_900_000}", "It has 1900000"),
    "long name": ("q.yaml", START.replace("sigmoid", "s" * 1_900_000), "identity, sigmoid"),
    "JSON quotes": ("q.json", '"' * 1_900_001, "broken JSON"),
    "JSON backslashes": ("q.json", '"' + "\\\n" * 900_000, "broken JSON"),
    "JSON lines": ("q.json", "\n" * 1_900_000, "broken JSON"),
    "laughs": ("q.yaml", "a: &a [x, x]\n" + "b: &b [*a, *a]\n" * 1000, "anchor &a"),
}


@pytest.mark.parametrize(("name", "text", "words"), ENORMOUS.values(), ids=ENORMOUS)
def test_an_enormous_file_is_refused_quickly(name, text, words):
    """The answer is short, clear, and there in a second or two."""
    start = time.process_time()
    with pytest.raises(DescriptionError) as caught:
        load_text(text, name)
    assert time.process_time() - start < 4  # a second here; more on a slow machine
    assert words in str(caught.value)
    assert len(str(caught.value)) < 20_000


def test_the_largest_description_is_read():
    """A network at the limit of weights, with its numbers, is still read."""
    row = "[" + ",".join(["0.5"] * 1000) + "]"
    weights = ",".join([row] * 100)
    text = (
        "{inputs: 1000, layers: [{units: 100, activation: relu, bias: false}], loss: squared_error,"
        f" parameters: [{{weights: [{weights}]}}]}}"
    )
    assert len(load_text(text, "q.yaml").parameters[0].weights) == 100

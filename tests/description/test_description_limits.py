"""A hostile or enormous file gets its answer at once, from limits of our own."""

import json

import pytest
import yaml
from effort import calls, processor
from yaml.scanner import ScannerError

from symnet.description import load, load_text, tree
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
    "many keys": ("q.yaml", "{" + "".join(f"key{n}: 1," for n in range(30_000)) + "}", "many more problems"),
    "the same key": ("q.yaml", "{" + "a: 1," * 30_000 + "}", "many more problems"),
    "no numbers": (
        "q.yaml",
        f"{START}data: {{inputs: [{ROW.replace('2', 'x') * 6}]}}",
        "many more problems",
    ),
    "large targets": (
        "q.yaml",
        f"{START}data: {{targets: [{ROW * 6}], inputs: [[1, 2]]}}",
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

# @ stands for the variable.
HOSTILE = {
    "import": ("__import__('os')", "begins with a letter"),
    "call of a call": ("().__class__", "a name, a number"),
    "attribute": ("@.__class__", "no dots"),
    "powers of Python": ("9**9**9**9", "Write ^"),
    "tower of powers": ("9^9^9^9", "exponents from -100 to 100"),
    "powers of powers": ("@ + ((9^99)^99)^99", "1e308"),
    "huge exponent": ("1e999999999", "308"),
    "huge function": ("@*exp(exp(exp(99)))", "1e308"),
    "brackets": ("(" * 10_000 + ")" * 10_000, "2,000"),
    "fewer brackets": ("(" * 900 + "@" + ")" * 900, "50 levels"),
    "signs": ("-" * 1900 + "@", "50 levels"),
    "operations": ("@" + "+@" * 600, "500"),
    "1 MB name": ("u" * 1_000_000, "uuuuu"),
    "product with a long name": ("@*" + "y" * 1_000, "40 characters"),
    "look-alike": ("@ + х", "letters A to Z"),
    "minus sign": ("@ − 1", "Write -"),
    "lambda": ("lambda: @", '"lambda"'),
    "statement": ("@; import os", "commas"),
    "text": ("'@'.upper()", "quotes"),
    "null byte": ("@\\0", "LaTeX"),
}


def refused(text, name="q.yaml"):
    """Return the error of a text that is no description."""
    with pytest.raises(DescriptionError) as caught:
        load_text(text, name)
    return caught.value


@pytest.mark.parametrize("place", ["activation", "loss", "graph"])
@pytest.mark.parametrize(("text", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_is_refused_at_once(place, text, words):
    """Wherever an expression may stand, it is refused with its place before there is much work, and nothing is run."""
    variable = {"activation": "z", "loss": "a1", "graph": "x"}[place]
    written = json.dumps(text.replace("@", variable))
    network = "inputs: 1\nlayers: [{{units: 1, activation: {}}}]\nloss: {}\n"
    whole = {
        "activation": network.format(written, "squared_error"),
        "loss": network.format("tanh", written),
        "graph": f"graph: {{inputs: [x], output: f, nodes: {{f: {written}}}}}\n",
    }[place]
    with pytest.raises(DescriptionError) as caught:
        load_text(whole, "q.yaml")
    assert calls(lambda: refused(whole)) < 500_000
    assert len(str(caught.value)) < 2_000
    assert words in str(caught.value)
    assert caught.value.problems[0].line is not None


def test_a_graph_of_many_long_expressions_is_refused_at_once():
    """All expressions of a graph together are limited."""
    nodes = ", ".join(f"n{number}: x{'+x' * 240}" for number in range(200))
    whole = f"graph: {{inputs: [x], output: n1, nodes: {{{nodes}}}}}"
    with pytest.raises(DescriptionError, match="at most 5000 names, numbers and operations"):
        load_text(whole, "q.yaml")
    assert calls(lambda: refused(whole)) < 10_000_000


def test_the_largest_graph_is_read():
    """Two hundred nodes, each of the one after it, are put in order."""
    nodes = {f"n{number}": f"n{number + 1} * x" for number in range(199)} | {"n199": "x"}
    content = {"graph": {"inputs": ["x"], "nodes": nodes, "output": "n0"}}
    assert next(iter(load(content).graph.formulas)) == "n199"
    assert calls(lambda: load(content)) < 1_000_000


def test_many_unknown_names_are_answered_quickly():
    """A suggestion is looked for only as often as it is shown."""
    state = ", ".join(f"w1_1_{number}: 1" for number in range(1000, 10_000))
    text = f"{START}training: {{optimizer: momentum, state: {{velocity: {{{state}}}}}}}"
    wide = text.replace("inputs: 2", "inputs: 900")
    errors = []
    # Some 300 calls a name; the distances of each name from all that there are would be thousands.
    assert calls(lambda: errors.append(refused(wide))) < 1_000 * 9_000
    assert "many more problems" in str(errors[0])


@pytest.fixture(scope="module")
def parsing():
    """The processor time that the YAML parser alone takes for 200,000 numbers, of which there may be no more."""
    return processor(lambda: sum(1 for _ in yaml.parse("[" + "1," * 200_000 + "1]", Loader=tree._PARSER)))


@pytest.mark.everyday(8, every=False)
@pytest.mark.parametrize(("name", "text", "words"), ENORMOUS.values(), ids=ENORMOUS)
def test_an_enormous_file_is_refused_quickly(name, text, words, parsing):
    """The answer is short and clear, and takes no more work than reading the most that is read, with much room."""
    caught = []
    # Up to 15 times what parsing takes is usual; what is not linear in the length takes hundreds of times as long.
    assert processor(lambda: caught.append(refused(text, name))) < 150 * parsing
    assert words in str(caught[0])
    assert len(str(caught[0])) < 20_000


class Strict(yaml.SafeLoader):
    """A parser with a limit of nesting of its own, which it finds in what it reads ahead, as newer PyYAMLs do."""

    def fetch_flow_collection_start(self, kind):
        """Give up at the 31st bracket."""
        if self.flow_level >= 30:
            raise ScannerError("while counting", self.get_mark(), "the parser's own words", self.get_mark())
        super().fetch_flow_collection_start(kind)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[" * 5000, "q.yaml:1:21"),
        ("{a: " * 500, "q.yaml:1:81"),
        ("title: " + "[" * 1000, "q.yaml:1:27"),
        ('title: "[[[["\ninputs: ' + "[1, " * 31, "q.yaml:2:85"),
        ("- " * 300 + "[" * 40, "q.yaml:1:41"),
    ],
)
@pytest.mark.parametrize("parser", [yaml.SafeLoader, tree._PARSER, Strict])
def test_our_limit_of_levels_comes_before_the_parsers(text, place, parser, monkeypatch):
    """Whatever limit the parser that is installed has, the message is ours, with the place of the 21st level."""
    monkeypatch.setattr(tree, "_PARSER", parser)
    message = str(refused(text))
    assert message.startswith(f"{place}: found lists or mappings within one another; expected at most 20 levels")


def test_what_the_parser_gives_up_within_our_limits_is_told_in_its_words(monkeypatch):
    """What breaks the syntax before any limit of ours is named as that, whatever was read ahead."""
    monkeypatch.setattr(tree, "_PARSER", Strict)
    assert "that is not closed" in str(refused("title: [a, b\ninputs: 2"))
    brackets = "[[], " * 19 + "x: y: z"
    assert "that is not closed" in str(refused(brackets))


def test_the_largest_description_is_read():
    """A network at the limit of weights, with its numbers, is still read."""
    row = "[" + ",".join(["0.5"] * 1000) + "]"
    weights = ",".join([row] * 100)
    text = (
        "{inputs: 1000, layers: [{units: 100, activation: relu, bias: false}], loss: squared_error,"
        f" parameters: [{{weights: [{weights}]}}]}}"
    )
    assert len(load_text(text, "q.yaml").parameters[0].weights) == 100

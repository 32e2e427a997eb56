"""Activations with options or as expressions, dropout, pieces and learned slopes."""

from fractions import Fraction

import pytest
from refusals import assert_refused, refused, spoil
from sympy import Symbol

from symnet.catalog.activations import ACTIVATIONS
from symnet.description import Layer, description_warnings, load, load_text

TEXT = """\
inputs: 2
layers:
  - {units: 2, activation: leaky_relu, slope: 0.1, dropout: {mask: [1, 0], keep: 1/2}}
  - {units: 2, activation: maxout, pieces: 3}
  - {units: 1, activation: prelu, bias: shared}
  - units: 1
    activation: z*sigmoid(z)
loss: squared_error
parameters:
  - {weights: [[1, 2], [3, 4]], biases: [5, 6]}
  - pieces:
      - {weights: [[1, 2], [3, 4]], biases: [5, 6]}
      - {weights_from_to: [[1, 3], [2, 4]], biases: [5, 6]}
      - {weights: [[7, 8], [9, 0]], biases: [0, 0]}
  - {weights: [[1, 2]], biases: 3, alpha: 0.2}
  - {weights: [[1]], biases: [0]}
"""

MALFORMED = {
    "option of another": ("slope: 0.1", "pieces: 2", "pieces: 2", ["layers[1].pieces", "leaky_relu: slope", "maxout"]),
    "option of none": (
        "leaky_relu, slope",
        "relu, slope",
        "slope:",
        ['"slope"', "options of relu: none", "leaky_relu"],
    ),
    "option of an expression": (
        "    activation: z*",
        "    slope: 0.2\n    activation: z*",
        "slope: 0.2",
        ["expression: none"],
    ),
    "option too large": (
        "slope: 0.1",
        "slope: 1.5",
        "1.5",
        ["layers[1].slope", "1.5", "of at least 0 and below 1"],
    ),
    "option no number": ("slope: 0.1", "slope: x", "x, dropout", ['"x"', "a number"]),
    "alpha 0": ("leaky_relu, slope: 0.1", "elu, alpha: 0", "0, dropout", ["layers[1].alpha", "above 0"]),
    "one piece": ("pieces: 3", "pieces: 1", "1}\n  - {units: 1", ["layers[2].pieces", "from 2 to 20"]),
    "half a piece": ("pieces: 3", "pieces: 2.5", "2.5", ["2.5", "a whole number"]),
    "too many pieces": ("pieces: 3", "pieces: 21", "21", ["21", "from 2 to 20"]),
    "misspelt option": ("pieces: 3", "peices: 3", "peices", ['"peices"', 'mean "pieces"?']),
    "misspelt activation": ("z*sigmoid(z)", "sigmoyd", "sigmoyd", ["or an expression in z", 'mean "sigmoid"?']),
    "two words": ("z*sigmoid(z)", "leaky relu", "leaky relu", ['mean "leaky_relu"?']),
    "capitals": ("z*sigmoid(z)", "Soft-Max", "Soft-Max", ['mean "softmax"?']),
    "constant": ("z*sigmoid(z)", "2 + 3", "2 + 3", ["2 + 3", "an expression in z", "does not depend on z"]),
    "number": ("z*sigmoid(z)", "77", "77", ["does not depend on z"]),
    "unknown function": ("z*sigmoid(z)", "z*sigmoyd(z)", "sigmoyd", ["sigmoyd", 'mean "sigmoid"?']),
    "unknown variable": ("z*sigmoid(z)", "z*x", "x\nloss", ['"x"', "z"]),
    "open bracket": ("z*sigmoid(z)", "z*(z", "(z", ["bracket", "put the expression in quotes"]),
    "implicit product": ("z*sigmoid(z)", "2 z", "z\nloss", ["Write *"]),
    "activation a list": ("z*sigmoid(z)", "[z]", "[z]", ["a list of 1"]),
    "activation empty": (" z*sigmoid(z)", "", "\nloss", ["empty value"]),
    "dropout at the end": ("loss:", "    dropout: {mask: [1], keep: 1}\nloss:", "dropout: {mask: [1],", ["last layer"]),
    "mask too long": (
        "[1, 0], keep",
        "[1, 0, 1], keep",
        "[1, 0, 1]",
        ["3 numbers", "2 numbers, one per unit of layer 1"],
    ),
    "mask of halves": ("[1, 0], keep", "[1, 2/3], keep", "2/3", ["layers[1].dropout.mask[2]", "2/3", "from 0 to 1"]),
    "keep 0": ("keep: 1/2", "keep: 0", "0}}", ["layers[1].dropout.keep", "above 0"]),
    "keep 2": ("keep: 1/2", "keep: 2", "2}}", ["of at most 1"]),
    "no keep": (", keep: 1/2", "", "{mask", ["layers[1].dropout.keep", "nothing", "probability"]),
    "a piece too few": (
        "      - {weights: [[7, 8], [9, 0]], biases: [0, 0]}\n",
        "",
        "- {weights: [[1, 2], [3, 4]], biases: [5, 6]}\n      -",
        ["parameters[2].pieces", "2 pieces", "3 pieces, as layer 2 has"],
    ),
    "no pieces": ("  - pieces:", "  - pieses:", "pieses", ['mean "pieces"?']),
    "weights beside pieces": (
        "  - pieces:",
        "  - weights: [[1]]\n    pieces:",
        "weights: [[1]]\n",
        ["weights", "pieces"],
    ),
    "biases beside pieces": ("  - pieces:", "  - biases: [11]\n    pieces:", "[11]", ["1 number", "in its pieces"]),
    "piece of a wrong shape": (
        "[[7, 8], [9, 0]]",
        "[[7, 8]]",
        "[[7, 8]]",
        ["parameters[2].pieces[3].weights", "2 rows"],
    ),
    "piece turned wrong": (
        "[[1, 3], [2, 4]]",
        "[[1, 3]]",
        "[[1, 3]]",
        ["pieces[2].weights_from_to", "one per unit of"],
    ),
    "piece in both forms": (
        "{weights: [[7",
        "{weights_from_to: [[1]], weights: [[7",
        "{weights_from_to: [[1]]",
        ["both"],
    ),
    "piece in neither form": (
        "weights: [[7, 8], [9, 0]], ",
        "",
        "{biases: [0, 0]}",
        ["parameters[2].pieces[3]", "neither"],
    ),
    "biases of a piece": ("[0, 0]}", "[10]}", "[10]}", ["pieces[3].biases", "1 number", "2 numbers"]),
    "piece in a piece": ("[0, 0]}", "[0, 0], pieces: []}", "pieces: []", ['key "pieces"', "weights, weights_from_to"]),
    "pieces elsewhere": ("[0]}", "[0], pieces: [{weights: [[1]]}]}", "pieces: [{", ["layer 4 is no maxout"]),
    "alpha elsewhere": ("[0]}", "[0], alpha: 1}", "alpha: 1", ['the key "alpha"', "layer 4 is no prelu"]),
    "option given to prelu": ("prelu, bias: shared", "prelu, alpha: 1", "alpha: 1", ["options of prelu: none", "elu"]),
}


@pytest.mark.parametrize(("old", "new", "at", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_layer_is_refused_at_its_place(old, new, at, words):
    """The problem is found where it stands, and the message says what may stand there."""
    assert_refused(spoil(TEXT, old, new), at, words)


def test_layers_and_their_parameters_are_read():
    """Options, masks, pieces and learned slopes arrive exactly, every matrix with units as rows."""
    description = load_text(TEXT, "q.yaml")
    leaky, maxout, prelu, own = description.layers
    assert leaky.options == {"slope": Fraction(1, 10)}
    assert (leaky.dropout.mask, leaky.dropout.keep) == ((1, 0), Fraction(1, 2))
    assert (maxout.options, maxout.pre_activations, prelu.pre_activations) == ({"pieces": Fraction(3)}, 6, 1)
    assert (leaky.formula, prelu.options, prelu.learned, own.learned) == (None, {}, ("alpha",), ())
    assert own.formula.free_symbols == {Symbol("z")}
    pieces = description.parameters[1].pieces
    assert pieces[0].weights == pieces[1].weights == ((1, 2), (3, 4))
    assert description.parameters[2].alpha == Fraction(1, 5)
    assert [entry.alpha for entry in description.parameters[:2]] == [None, None]


def test_every_option_of_the_catalog_is_a_key_with_its_default():
    """An activation without its options has their defaults."""
    for name, entry in ACTIVATIONS.items():
        layer = Layer(units=2, activation=name)
        assert layer.options == {option.name: option.default for option in entry.options}


@pytest.mark.parametrize("bad", ["slope: 2", "pieces: 0"])
def test_a_wrong_option_is_reported_beside_other_problems(bad):
    """An option is checked even if other layers have problems of their own."""
    text = spoil(spoil(TEXT, "slope: 0.1", bad), "units: 1", "units: 0")
    assert {problem.where for problem in refused(text)} == {f"layers[1].{bad.split(':')[0]}", "layers[3].units"}


def test_a_shared_bias_of_maxout_stands_beside_its_pieces():
    """One bias for a whole layer is no part of any piece."""
    layer = {"units": 1, "activation": "maxout", "bias": "shared"}
    pieces = [{"weights": [[1]]}, {"weights": [[2]]}]
    whole = {"inputs": 1, "layers": [layer], "loss": "squared_error"}
    entry = load({**whole, "parameters": [{"biases": 3, "pieces": pieces}]}).parameters[0]
    assert (entry.biases, [piece.biases for piece in entry.pieces]) == ((3,), [(), ()])


def test_a_learned_derivative_starts_from_a_quarter_with_a_warning():
    """Without a start for what prelu learns, 1/4 is taken and said; with one nothing is said."""
    description = load_text(spoil(TEXT, ", alpha: 0.2", ""), "q.yaml")
    assert description.parameters[2].alpha == Fraction(1, 4)
    warnings = [warning for warning in description_warnings(description) if "alpha" in warning]
    assert warnings == ["q.yaml:15:5: parameters[3]: no alpha for prelu; the learned slope of layer 3 starts from 1/4."]
    assert not [warning for warning in description_warnings(load_text(TEXT, "q.yaml")) if "alpha" in warning]


def test_pieces_may_be_given_the_other_way_round_and_later_problems_still_find_them():
    """A later problem in the weights of a turned piece has its place in the file."""
    description = load_text(TEXT, "q.yaml")
    problem = description.problem(("parameters", 1, "pieces", 1, "weights", 0, 1), "", "")
    assert (problem.where, problem.line, problem.column) == ("parameters[2].pieces[2].weights_from_to[2][1]", 13, 37)


@pytest.mark.parametrize(
    ("written", "column"),
    [("z*x", 19), ("'z*x'", 20), ('"z*x"', 20), ('"z*\\x78"', 17), ("'z*x'''", 17)],
)
def test_the_column_is_that_of_the_character_where_that_is_certain(written, column):
    """Plain and simply quoted values stand in the file as they are read; others are placed at their start."""
    (problem,) = refused(spoil(TEXT, "z*sigmoid(z)", written))
    assert (problem.line, problem.column) == (7, column)
    assert problem.excerpt.splitlines()[1] == "  ^"


@pytest.mark.parametrize("indent", [6, 19])
def test_a_folded_expression_is_placed_at_its_start(indent):
    """Where lines are folded, the place in the text is shown by the mark alone, however far the next line goes."""
    (problem,) = refused(spoil(TEXT, "z*sigmoid(z)", f"z*\n{' ' * indent}x"))
    assert (problem.line, problem.column, problem.excerpt) == (7, 17, "z* x\n   ^")


def test_an_excerpt_stands_under_its_message():
    """The message ends with the expression and a mark under the place."""
    with pytest.raises(Exception, match="found") as caught:
        load_text(spoil(TEXT, "z*sigmoid(z)", "z * foo(z)"), "q.yaml")
    assert str(caught.value).splitlines()[1:] == ["    z * foo(z)", "        ^"]

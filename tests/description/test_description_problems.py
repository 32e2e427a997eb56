"""What is said about descriptions that cannot be used."""

import pytest

from symnet.description import load, load_text
from symnet.errors import DescriptionError

# What is replaced, by what, where the problem stands, and words of its message.
MALFORMED = {
    "no inputs": ("inputs: 2", "", "1:1", ['"inputs"', "nothing", "How many inputs"]),
    "no layers": ("layers:\n", "seed: 1\nlayer:\n", "4:1", ['unknown key "layer"', 'mean "layers"?']),
    "no loss": ("loss: [squared_error, binary_cross_entropy]", "", "1:1", ['"loss"', "nothing"]),
    "no units": ("{units: 2, activation: relu}", "{activation: relu}", "4:5", ["layers[1].units", "nothing"]),
    "misspelt key": (
        "activation: relu",
        "activaton: relu",
        "4:16",
        ["layers[1].activaton", 'mean "activation"?'],
    ),
    "unknown key": ("title", "colour", "1:1", ['unknown key "colour"', "title, notation, language, inputs"]),
    "two descriptions": (
        "title: A good one",
        "graph: {}",
        "2:1",
        ['unknown key "inputs"', "title, notation, language, graph, at", "belongs to a network"],
    ),
    "node of a network": ("title: A good one", "nodes: {}", "1:1", ['unknown key "nodes"', "under the key graph"]),
    "misspelt activation": ("relu", "rleu", "4:28", ['"rleu"', "identity, sigmoid", 'mean "relu"?']),
    "activation misspelt in capitals": ("relu", "RELUU", "4:28", ['"RELUU"', 'mean "relu"?']),
    "loss with a dash": ("[squared_error", "[Squared-Error", "6:8", ['mean "squared_error"?']),
    "unknown activation": (
        "relu",
        "step",
        "4:28",
        ['"step"', "identity, sigmoid, tanh, relu", "or an expression in z"],
    ),
    "misspelt loss": ("[squared_error", "[sqared_error", "6:8", ["loss[1]", 'mean "squared_error"?']),
    "repeated loss": ("binary_cross_entropy]", "squared_error]", "6:23", ["loss[2]", "again", "once"]),
    "empty losses": ("[squared_error, binary_cross_entropy]", "[]", "6:7", ["list of 0", "1 to"]),
    "loss option": (
        "binary_cross_entropy]",
        "{kind: binary_cross_entropy, base: 2}]",
        "6:52",
        ["loss[2].base", "kind"],
    ),
    "unknown notation": ("title: A good one", "notation: standrad", "1:11", ['mean "standard"?']),
    "0 units": ("units: 2", "units: 0", "4:13", ["layers[1].units", "found 0", "from 1 to 10000"]),
    "negative units": ("units: 2", "units: -3", "4:13", ["found -3", "from 1 to 10000"]),
    "half a unit": ("units: 2", "units: 2.5", "4:13", ["found 2.5", "whole number"]),
    "too many units": ("units: 2", "units: 10001", "4:13", ["10001", "from 1 to 10000"]),
    "0 inputs": ("inputs: 2", "inputs: 0", "2:9", ["inputs", "found 0"]),
    "inputs a list": ("inputs: 2", "inputs: [2]", "2:9", ["a list of 1", "whole number"]),
    "no layers in the list": (
        "layers:\n  - {units: 2, activation: relu}\n  - {units: 1, activation: sigmoid, bias: shared}",
        "layers: []",
        "3:9",
        ["list of 0", "1 to 50"],
    ),
    "layers a mapping": (
        "  - {units: 2, activation: relu}\n  - {units: 1, activation: sigmoid, bias: shared}",
        "  units: 2",
        "4:3",
        ["layers", "a mapping", "a list"],
    ),
    "a layer that is a word": (
        "{units: 2, activation: relu}",
        "relu",
        "4:5",
        ['"relu"', "units, activation, bias"],
    ),
    "softmax of one": ("sigmoid", "softmax", "5:13", ["layers[2].units", "at least 2", "softmax"]),
    "layers without dashes": (
        "  - {units: 2, activation: relu}\n  - {units: 1, activation: sigmoid, bias: shared}",
        "  {units: 2, activation: relu}",
        "4:3",
        ["found a mapping", "Put a dash before each entry"],
    ),
    "a layer that is a name": ("{units: 2, activation: relu}", "relu", "4:5", ["Write {units: ..., activation: ...}."]),
    "weights in commas": ("[1, 2]", "1, 2", "13:13", ["found 1, 2; expected a number"]),
    "a comma at the end": ("inputs: 2", "inputs: 2,", "2:9", ["found 2,", "Leave out the comma at the end."]),
    "semicolons": ("[0.15, 1/3]", "[0,15; 0,3]", "9:16", ["found 15; 0", "Put a comma between two numbers"]),
    "weight decay": (
        "reduction: sum",
        "reduction: sum\nregularization: {kind: weight_decay, strength: 1}",
        "8:24",
        ['Did you mean "half_l2"?'],
    ),
    "bias no": ("bias: shared", "bias: no", "5:43", ['"no"', "true, false or shared", "Write false."]),
    "bias quoted": ("bias: shared", "bias: 'true'", "5:43", ["without quotes"]),
    "bias other": ("bias: shared", "bias: some", "5:43", ['"some"', "true, false or shared"]),
    "reduction": ("reduction: sum", "reduction: average", "7:12", ['"average"', "mean, sum"]),
    "nan": ("0.15", "nan", "9:14", ["data.inputs[1][1]", '"nan"', "finite"]),
    "inf": ("1/3", "-.inf", "9:20", ["data.inputs[1][2]", "-.inf", "finite"]),
    "hexadecimal": ("1e-3", "0x10", "12:33", ["weights[2][2]", "0x10", "decimal"]),
    "underscores": ("0.15", "1_000", "9:14", ["1_000", "underscores"]),
    "leading zero": ("0.15", "010", "9:14", ["010", "octal"]),
    "base sixty": ("0.15", "1:30", "9:14", ["1:30", "colon"]),
    "word for a number": ("0.15", "yes", "9:14", ['"yes"', "word is not a number"]),
    "empty number": ("0.15", "~", "9:14", ["an empty value", "a number such as"]),
    "huge exponent": ("1e-3", "1e999999999", "12:33", ["1e999999999", "308"]),
    "many digits": ("1e-3", "1" * 51, "12:33", ["1111", "50 digits"]),
    "short input row": (
        "[0.15, 1/3]",
        "[0.15]",
        "9:13",
        ["data.inputs[1]", "1 number", "2 numbers, one per input"],
    ),
    "rows not lists": ("[[1], [0]]", "[1, 0]", "10:12", ["data.targets: found a list of 2", "[[1, 0]]", "[[1], [0]]"]),
    "row not a list": ("[[1], [0]]", "[[1], 0]", "10:18", ["data.targets[2]", "a list"]),
    "row that is a number": (
        "[[1], [0]]",
        "7",
        "10:12",
        ["data.targets: found 7; expected a list of rows. Write [[7]]."],
    ),
    "wide target": ("[[1], [0]]", "[[1, 0], [0]]", "10:13", ["data.targets[1]", "2 numbers", "one per unit"]),
    "target missing": ("[[1], [0]]", "[[1]]", "10:12", ["1 row;", "2 rows, one per row of data.inputs"]),
    "target above 1": ("[[1], [0]]", "[[1], [1.5]]", "10:19", ["1.5", "from 0 to 1", "binary_cross_entropy"]),
    "no targets": ("  targets: [[1], [0]]\n", "", "9:3", ["data.targets", "nothing"]),
    "an entry too few": (
        "  - weights_from_to: [[1], [2]]\n    biases: 0.3\n",
        "",
        "12:3",
        ["1 entry", "2, one per layer"],
    ),
    "weight rows": (
        "[[0.1, 0.2], [0.3, 1e-3]]",
        "[[0.1, 0.2]]",
        "12:14",
        ["weights", "1 row;", "2 rows, one per unit"],
    ),
    "ragged weights": (
        "[0.3, 1e-3]",
        "[0.3]",
        "12:27",
        ["parameters[1].weights[2]", "2 numbers, one per input"],
    ),
    "turned rows": (
        "[[1], [2]]",
        "[[1, 2]]",
        "14:22",
        ["weights_from_to:", "1 row;", "one per unit of layer 1"],
    ),
    "turned columns": (
        "[[1], [2]]",
        "[[1], [2, 3]]",
        "14:28",
        ["weights_from_to[2]", "1 number, one per unit of layer 2"],
    ),
    "both forms": ("weights_from_to:", "weights: [[1, 2]]\n    weights_from_to:", "14:5", ["both", "one of"]),
    "neither form": ("weights_from_to: [[1], [2]]\n    ", "", "14:5", ["neither", "one of"]),
    "too many biases": ("[1, 2]", "[1, 2, 3]", "13:13", ["3 numbers", "2 numbers, one per unit"]),
    "no biases": ("    biases: [1, 2]\n", "", "12:5", ["parameters[1].biases", "nothing", "2 numbers"]),
    "shared biases": ("biases: 0.3", "biases: [1, 2]", "15:13", ["2 numbers", "one number", "bias: shared"]),
    "unwanted biases": ("bias: shared", "bias: false", "15:13", ["parameters[2].biases", "no biases"]),
    "weights a number": ("[[1], [2]]", "3", "14:22", ["found 3", "a list"]),
    "learning rate 0": ("learning_rate: 0.5", "learning_rate: 0", "16:27", ["above 0"]),
    "no learning rate": ("learning_rate: 0.5, ", "", "16:11", ["training.learning_rate", "nothing"]),
    "optimizer": (
        "{learning_rate",
        "{optimizer: adma, learning_rate",
        "16:23",
        ["training.optimizer", "sgd"],
    ),
    "steps": ("steps: 3", "steps: 10001", "16:39", ["from 1 to 10000"]),
    "decimals": ("decimals: 4", "decimals: 13", "17:21", ["from 1 to 12"]),
    "arithmetic": ("decimals: 4", "arithmetic: papper", "17:23", ['"papper"', "exact, paper", 'Did you mean "paper"?']),
    "significant": ("decimals: 4", "significant: 0", "17:24", ["from 1 to 12"]),
    "two precisions": ("decimals: 4", "significant: 3, decimals: 4", "17:11", ["decimals and significant", "one of"]),
    "rounding": ("decimals: 4", "rounding: half-up", "17:21", ['"half-up"', 'Did you mean "half_up"?']),
    "decimal mark": ("decimals: 4", "decimal_mark: coma", "17:25", ['"coma"', 'Did you mean "comma"?']),
    "data empty": (
        "  inputs:  [[0.15, 1/3], [2, -1]]\n  targets: [[1], [0]]\n",
        "",
        "8:6",
        ["empty value", "key out"],
    ),
    "title empty": ("A good one", "", "1:7", ["title", "empty value"]),
    "title blank": ("A good one", "'  '", "1:8", ["blank"]),
    "title null": ("A good one", "null", "1:8", ["empty value"]),
    "title too long": ("A good one", "x" * 201, "1:8", ["200 characters", "It has 201", "..."]),
    "title of two lines": ("A good one", '"a\\nb"', "1:8", ["one line"]),
    "title with an escape": ("A good one", '"a\\e[31m"', "1:8", ["\\x1b", "control characters"]),
    "title that turns": ("A good one", '"a\\u202eb"', "1:8", ["\\u202e", "changes of direction"]),
    "template as a title": ("A good one", "{{7*7}}", "1:9", ["a list or mapping as a key"]),
    "anchor": ("[1, 2]", "&a [1, 2]", "13:13", ["anchor &a"]),
    "alias": ("[1, 2]", "*a", "13:13", ["alias *a"]),
    "tag": ("0.15", "!!float 1", "9:14", ["tag tag:yaml.org,2002:float"]),
    "python tag": ("A good one", "!!python/object:os.system x", "1:8", ["tag"]),
    "merge key": ("{decimals: 4}", "{<<: {}}", "17:11", ["merge key"]),
    "repeated key": ("reduction: sum", "inputs: 3", "7:1", ['duplicate key "inputs"', "first on line 2"]),
    "second document": ("training:", "---\ntraining:", "16:1", ["second document"]),
    "list as a key": ("title:", "? [a]\n:", "1:3", ["list or mapping as a key"]),
    "number as a key": ("title:", "7:", "1:1", ['unknown key "7"']),
    "tab": ("  inputs:  [[", "\tinputs:  [[", "9:1", ["found a tab; expected spaces", "spaces, no tabs"]),
    "open bracket": ("[[1], [0]]", "[[1], [0]", "10:12", ['found "[" that is not closed; expected a "]"']),
    "control character": ("good", "g\x07d", "1:11", ["U+0007"]),
    "NUL": ("good", "g\x00d", "1:11", ["U+0000"]),
}


@pytest.mark.parametrize(("old", "new", "place", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_description_is_refused_at_its_place(good, old, new, place, words):
    """The problem is found where it stands, and the message says what is found and allowed."""
    assert old in good
    with pytest.raises(DescriptionError) as caught:
        load_text(good.replace(old, new, 1), "q.yaml")
    assert caught.value.exit_code == 2
    at_place = [line for line in str(caught.value).split("\n") if line.startswith(f"q.yaml:{place}: ")]
    assert any(all(word in line for word in words) for line in at_place), str(caught.value)


def test_the_good_description_is_good(good):
    """What the tests spoil has nothing wrong with it."""
    assert load_text(good, "q.yaml").source_name == "q.yaml"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "3", "[1, 2]", "just words"])
def test_a_file_that_is_no_mapping_says_which_keys_there_are(text):
    """An empty file, a list or a word is refused with the keys of a description."""
    with pytest.raises(DescriptionError, match=r"q\.yaml:1:1: .*expected a mapping with the keys title, notation"):
        load_text(text, "q.yaml")


def test_all_problems_are_reported_at_once_in_file_order(good):
    """Problems of keys and of how they fit together come in one error, the first line first."""
    for old, new in (
        ("title: A good one", "titel: x"),
        ("binary_cross", "binary_corss"),
        ("[[1], [0]]", "[[1], [0], [1]]"),
        ("[1, 2]", "[1]"),
        ("steps: 3", "steps: none"),
        ("decimals: 4", "decimals: 4, decimals: 5"),
    ):
        good = good.replace(old, new, 1)
    with pytest.raises(DescriptionError) as caught:
        load_text(good, "q.yaml")
    assert [problem.where for problem in caught.value.problems] == [
        "titel",
        "loss[2]",
        "data.targets",
        "parameters[1].biases",
        "training.steps",
        "",
    ]


def test_a_misspelt_key_is_not_reported_as_missing_too(good):
    """One slip gives one problem."""
    with pytest.raises(DescriptionError) as caught:
        load_text(good.replace("loss:", "los:"), "q.yaml")
    assert [problem.where for problem in caught.value.problems] == ["los"]


def test_past_fifty_problems_the_rest_are_counted(good):
    """Fifty problems are shown, and one more says how many there are."""
    rows = ", ".join("[1, 2, 3]" for _ in range(70))
    text = good.replace("[[0.15, 1/3], [2, -1]]", f"[{rows}]").replace("[[1], [0]]", f"[{rows}]")
    with pytest.raises(DescriptionError) as caught:
        load_text(text, "q.yaml")
    # 70 rows of inputs, 70 of targets, and 140 targets above 1.
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1].found == "230 more problems"


def test_a_network_too_large_is_refused_with_its_size():
    """The number of weights is limited, and said."""
    text = "inputs: 400\nlayers: [{units: 300, activation: relu}]\nloss: squared_error"
    with pytest.raises(DescriptionError, match=r"q:2:9: layers: found .*120000 weights; expected at most 100000"):
        load_text(text, "q")


def test_long_and_strange_values_are_cut_and_escaped(good):
    """A message stays short and printable whatever the file holds."""
    text = good.replace("relu", '"' + "\\e" * 500 + '"').replace("title", '"' + "k\\u202e" * 500 + '"')
    with pytest.raises(DescriptionError) as caught:
        load_text(text, "q.yaml")
    message = str(caught.value)
    assert len(message) < 1500
    assert message.replace("\n", "").isprintable()


def test_a_mapping_is_checked_like_a_file_without_places():
    """From Python the problems have paths, but no lines."""
    with pytest.raises(DescriptionError) as caught:
        load({"inputs": True, "layers": [{"units": 1, "activation": "softmax"}], "loss": "mse", 3: 4})
    assert {problem.where for problem in caught.value.problems} >= {"inputs", "layers[1].units", "loss"}
    assert {problem.line for problem in caught.value.problems} == {None}
    assert str(caught.value).startswith("description: ")

"""A notation of one's own in a file: beside a description, or in the place of what a description says."""

import json

import pytest

from symnet.description import Description, OwnNotation, load, load_text, with_notation
from symnet.errors import DescriptionError
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role

WHOLE = {
    "input": "x",
    "target": "t",
    "weight": "theta",
    "bias": "zero_index",
    "pre_activation": "net",
    "activation": "o",
    "output": r"\hat{t}",
    "loss": "Err",
    "delta": "none",
    "learning_rate": r"\alpha",
    "slope_parameter": "beta",
}
SPEC = """\
notation: ours.yaml
inputs: 2
layers: [{units: 1, activation: tanh}]
loss: squared_error
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a description, in a folder of its own, that names the notation file beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "q.yaml").write_text(SPEC)
    return tmp_path / "course"


def yaml(keys):
    """Return some keys with their texts as lines of YAML."""
    return "".join(f"{key}: {value}\n" for key, value in keys.items())


def message(source):
    """Return what is said about a description that cannot be used."""
    with pytest.raises(DescriptionError) as caught:
        load(source)
    return str(caught.value)


def test_a_file_is_read_beside_the_description(folder):
    """The file is looked for in the description's folder, wherever symnet is run."""
    (folder / "ours.yaml").write_text(yaml(WHOLE))
    description = load(folder / "q.yaml")
    assert isinstance(description.notation, OwnNotation)
    assert description.profile.name == "ours.yaml"
    names = description.profile.names
    assert (names[Role.PRE_ACTIVATION].letter, names[Role.OUTPUT].mark) == ("net", "hat")
    assert Role.DELTA not in names


def test_a_file_may_be_json(folder):
    """A file is JSON if its name says so, and may start from a profile and have a name."""
    (folder / "ours.json").write_text(json.dumps({"profile": "bishop", "name": "ours", "loss": "L"}))
    spec = SPEC.replace("ours.yaml", "ours.json")
    assert load_text(spec, str(folder / "q.yaml")).profile.name == "ours"


def test_without_a_file_the_working_directory_counts(folder, monkeypatch):
    """A mapping has no folder: its file is looked for where symnet is run."""
    (folder / "ours.yml").write_text("profile: bishop\n")
    mapping = {"notation": "ours.yml", "inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "hinge"}
    assert "No such file" in message(mapping)
    monkeypatch.chdir(folder)
    assert load(mapping).profile.names == NOTATIONS["bishop"].names


def test_every_letter_that_a_file_lacks_is_told(folder):
    """A file without a profile is a whole notation: each letter that is missing is a problem in that file."""
    (folder / "ours.yaml").write_text("# ours\nweight: w\nbais: b\n")
    said = message(folder / "q.yaml").splitlines()
    file = folder / "ours.yaml"
    assert said[0] == (
        f'{file}:2:1: input: found nothing; expected a value for the key "input". '
        "Or start from a profile, with a line such as profile: standard."
    )
    assert [line.split(": ")[1] for line in said[:-1]] == [
        "input",
        "target",
        "pre_activation",
        "activation",
        "output",
        "loss",
        "delta",
        "learning_rate",
    ]
    assert said[-1].startswith(f'{file}:3:1: bais: found the unknown key "bais"; expected profile, name, ')
    assert said[-1].endswith('Did you mean "bias"?')


SPOILT = {
    "clash": (yaml({**WHOLE, "loss": "o"}), '8:7: loss: found "o", with which the loss and the activation would look'),
    "injection": (yaml({**WHOLE, "weight": r"\input{/etc/passwd}"}), r'3:9: weight: found "\input{/etc/passwd}"; expe'),
    "profile": ("profile: bishp\n", '1:10: profile: found "bishp"; expected standard, cs349, bishop, inf2008, cs40'),
    "empty": ("", "1:1: found an empty file; expected a mapping with the keys profile, name, summary, input, target,"),
    "a list": ("- weight\n", "1:1: found no mapping; expected a mapping with the keys profile"),
    "no keys": ("{}", "1:1: found a mapping of 0 keys; expected a mapping with the keys profile"),
    "twice": (
        "profile: bishop\nloss: L\nloss: E\n",
        '3:1: found the duplicate key "loss" (first on line 2); expected each key once',
    ),
    "broken": ("profile: [\n", '1:10: found "[" that is not closed; expected a "]" for it'),
    "an anchor": ("profile: &a bishop\n", "1:10: found the anchor &a; expected plain values"),
    "no text": (b"profile: \xff\n", "1:10: found the byte 0xff; expected text in UTF-8"),
    "too large": (b"#" * 2_000_001, "found "),
}


@pytest.mark.parametrize(("content", "words"), SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_with_a_file_is_told_in_that_file(folder, content, words):
    """A problem of the notation has its place in the notation's file, not in the description."""
    (folder / "ours.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    said = message(folder / "q.yaml")
    place = folder / ("q.yaml:1:11: notation" if len(content) > 2_000_000 else "ours.yaml")
    assert said.startswith(f"{place}:")
    assert words in said


def test_both_files_are_told_about_at_once(folder):
    """What is wrong with the description comes first, then what is wrong with its notation."""
    (folder / "q.yaml").write_text(SPEC.replace("units: 1", "units: 0"))
    (folder / "ours.yaml").write_text("profile: standard\nloss: '%'\n")
    first, second = message(folder / "q.yaml").splitlines()
    assert first.startswith(f"{folder / 'q.yaml'}:3:18: layers[1].units: found 0")
    assert second.startswith(f"{folder / 'ours.yaml'}:2:7: loss: found ")


def test_a_missing_file_is_told_at_the_key(folder):
    """The description's line says which file there is not."""
    assert message(folder / "q.yaml") == (
        f"{folder / 'q.yaml'}:1:11: notation: "
        'found "ours.yaml": No such file or directory; expected a file that can be read'
    )


@pytest.mark.parametrize("name", ["../ours.yaml", "/etc/ours.yaml", "sub/../../ours.yaml", "link.yaml", "a\\0.yaml"])
def test_a_description_reaches_no_file_elsewhere(folder, name):
    """A description that somebody else wrote names files of its own folder only, however it is put."""
    (folder.parent / "ours.yaml").write_text("profile: secret\n")
    (folder / "link.yaml").symlink_to(folder.parent / "ours.yaml")
    (folder / "q.yaml").write_text(SPEC.replace("ours.yaml", f'"{name}"'))
    said = message(folder / "q.yaml")
    assert said.startswith(f"{folder / 'q.yaml'}:1:11: notation: found ")
    assert said.endswith(
        "expected a file in the folder of the description or below it. Copy it there, or take --notation."
    )
    assert "secret" not in said


def test_a_record_reads_no_file():
    """A record that is made in Python reads nothing, and says who does."""
    with pytest.raises(DescriptionError, match="A file is read when the description is loaded"):
        Description(notation="ours.yaml", inputs=1, layers=[{"units": 1, "activation": "tanh"}], loss="hinge")


@pytest.mark.parametrize("name", NOTATIONS)
def test_another_notation_by_name(name):
    """A description is written in another notation; all else, and the description itself, stays."""
    given = load_text(SPEC.replace("ours.yaml", "{loss: E}"), "q.yaml")
    other = with_notation(given, name)
    assert other.profile is NOTATIONS[name]
    assert (given.profile.name, other.source_name) == ("standard, changed", "q.yaml")
    assert other.model_copy(update={"notation": given.notation}) == given


def test_another_notation_by_file(folder):
    """A file that is named on the command line may lie anywhere, and is looked for where symnet is run."""
    given = load_text(SPEC.replace("ours.yaml", "bishop"), str(folder / "q.yaml"))
    (folder.parent / "theirs.yaml").write_text("profile: eecs445\nloss: E\n")
    assert with_notation(given, "theirs.yaml").profile.names[Role.LOSS].letter == "E"
    assert with_notation(given, str(folder.parent / "theirs.yaml")).profile.name == "theirs.yaml"


ELSEWHERE = {
    "eecs44": (
        '--notation: found "eecs44"; expected standard, cs349, bishop, inf2008, cs4045, eecs445, or a file whose name '
        'ends in .yaml, .yml, .json. Did you mean "eecs445"?'
    ),
    "none.yaml": "none.yaml: found No such file or directory; expected a file that can be read",
    "bad.yaml": 'bad.yaml:1:7: loss: found "z", with which the loss and the pre-activation would look alike; expected '
    "letters that a reader can tell apart, whatever their indices. Take another letter here, or another one for "
    "pre_activation.",
}


@pytest.mark.parametrize(("name", "said"), ELSEWHERE.items(), ids=ELSEWHERE)
def test_a_notation_that_cannot_be_used_in_its_place(folder, name, said):
    """An error names the option, or the file and the place in it."""
    (folder.parent / "bad.yaml").write_text("loss: z\nprofile: standard\n")
    given = load_text(SPEC.replace("ours.yaml", "bishop"), "q.yaml")
    with pytest.raises(DescriptionError) as caught:
        with_notation(given, name)
    assert str(caught.value) == said

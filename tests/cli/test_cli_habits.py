"""Starting from a template, working beside an editor, asking what a word means, comparing two solutions."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from symnet.algebra.rules import Rule
from symnet.cli import watch as watching
from symnet.cli.app import cli
from symnet.cli.new import template_text, templates
from symnet.description import json_schema, load_text
from symnet.marking.mistakes.examples import NAMES
from symnet.pipeline import solve
from symnet.render.compare import differences
from symnet.sheets.explained import explained, known_names, rule_examples

GRAPH = "graph: {inputs: [x, y], nodes: {q: x + y, f: q * y}, output: f}\nat: {x: -2, y: 5}\n"
starts = pytest.mark.parametrize("name", templates())


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a small graph in it."""
    monkeypatch.chdir(tmp_path)
    Path("graph.yaml").write_text(GRAPH, encoding="utf-8")
    return tmp_path


# symnet new --template


def test_there_are_templates():
    """There is one to start from for each usual sort of network."""
    assert {"starter", "xor", "classifier", "regression", "cnn", "rnn", "lstm", "attention", "graph"} <= {*templates()}


@starts
def test_a_template_is_a_description_that_teaches(name):
    """Each is valid for editors, names the schema in its first line, has comments, and is solved without a warning."""
    text = template_text(name)
    assert text.startswith("# yaml-language-server: $schema=symnet.schema.json\n")
    assert sum("# " in line for line in text.splitlines()) >= 6
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))) == []
    assert solve(load_text(text, name)).warnings == ()


def test_a_template_is_written_with_the_schema_and_overwrites_nothing(folder):
    """It goes to a file of its name or to the one that is named, and leaves alone what is there already."""
    assert run("new", "--template", "xor").output == (
        "wrote symnet.schema.json\nwrote xor.yaml; now try: symnet solve xor.yaml\n"
    )
    assert (folder / "xor.yaml").read_text(encoding="utf-8") == template_text("xor")
    (folder / "xor.yaml").write_text("mine", encoding="utf-8")
    result = run("new", "--template", "xor")
    assert result.exit_code == 2
    assert "there is a file of this name already" in result.output
    assert (folder / "xor.yaml").read_text(encoding="utf-8") == "mine"
    assert run("new", "-t", "rnn", "-o", "sub/a.yaml").exit_code == 0
    assert (folder / "sub" / "a.yaml").read_text(encoding="utf-8") == template_text("rnn")


def test_two_places_and_unknown_templates_are_refused(folder):
    """A file by both ways of saying it, or a template that is not there, is wrong usage, with the names that are."""
    assert run("new", "a.yaml", "-o", "b.yaml").exit_code == 2
    result = run("new", "--template", "transformer")
    assert result.exit_code == 2
    assert "attention" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["graph.yaml"]


# symnet solve --watch


@pytest.fixture
def looks(monkeypatch):
    """Functions that run one after the other between two looks at the files; then the keyboard interrupts."""
    waiting = []

    def between(_seconds):
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    monkeypatch.setattr(watching.time, "sleep", between)
    return waiting


def saver(path, text):
    """Return a function that saves a text as an editor does: beside it, then in its place."""

    def save():
        draft = path.with_suffix(".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    return save


def test_what_is_saved_is_solved_again(folder, looks):
    """A save is solved, a wrong one is told of and watching goes on, and what has not changed is left alone."""
    spec = folder / "graph.yaml"
    looks += [
        lambda: None,
        saver(spec, "graph: 1\n"),
        spec.unlink,
        saver(spec, GRAPH.replace("q * y", "q * x")),
        lambda: None,
    ]
    result = run("solve", "graph.yaml", "-f", "txt", "--watch")
    assert result.exit_code == 0
    assert result.output.count("wrote graph.txt") == 2
    assert result.output.count("error: graph.yaml:1:8: graph: found") == 1
    assert result.output.count("watching graph.yaml") == 3
    assert result.output.endswith("stopped\n")
    assert "f = q x" in (folder / "graph.txt").read_text(encoding="utf-8")


def test_a_notation_that_is_saved_is_seen(folder, looks):
    """So is the file of the notation that a description names, or the command."""
    spec, notation = folder / "graph.yaml", folder / "own.yaml"
    notation.write_text("profile: standard\nloss: E\n", encoding="utf-8")
    spec.write_text(f"notation: own.yaml\n{GRAPH}", encoding="utf-8")
    looks += [saver(notation, "profile: standard\nloss: J\n")]
    assert run("solve", "graph.yaml", "-f", "txt", "--watch").output.count("wrote graph.txt") == 2
    looks += [saver(notation, "profile: standard\nloss: C\n")]
    assert run("solve", "graph.yaml", "--notation", "own.yaml", "-f", "txt", "--watch").output.count("wrote") == 2


def test_standard_input_is_not_watched(folder):  # noqa: ARG001
    """What has no file cannot be saved."""
    assert run("solve", "-", "--watch").exit_code == 2


@pytest.mark.campaign
@pytest.mark.skipif(not hasattr(signal, "SIGINT") or os.name == "nt", reason="signals of POSIX")
def test_the_keyboard_ends_it_cleanly(folder):
    """In a process of its own it waits without work, and ends at once, without a traceback."""
    command = [sys.executable, "-c", "from symnet.cli.app import main; main()"]
    with subprocess.Popen(
        [*command, "solve", "graph.yaml", "-f", "txt", "--watch"], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as process:
        while "watching" not in process.stderr.readline():
            pass
        before = os.times().children_user
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _out, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "stopped\n"
    assert os.times().children_user - before < 5


# symnet explain


def test_every_rule_has_a_line_of_a_derivation():
    """Each rule has an example, in which the line is another than the one before it."""
    examples = rule_examples()
    assert set(examples) == set(Rule)
    assert all(example.after not in ("", example.before) for example in examples.values())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cancel", ["cancel (rule)", "cancel common factors", "example"]),
        ("sum over all paths", ["sum_over_paths (rule)"]),
        pytest.param(
            "Softmax-Elementwise",
            ["softmax_elementwise (mistake)", "off-diagonal", "instead of"],
            marks=pytest.mark.campaign,  # an example of each mistake takes seconds
        ),
        ("training.optimizer", ["training.optimizer (key)", "sgd, momentum", "without it", "example"]),
        ("momentum", ["momentum (optimizer)", "training.momentum (key)"]),
        ("layers[].units", ["layers[].units (key)", "a whole number of at least 1"]),
        ("sigmoid", ["sigmoid (activation)", "a(1 − a)", "sigmoid (function)"]),
    ],
)
def test_a_name_is_explained(name, said):
    """A rule, a mistake, a name of the catalog or a key is explained, in whatever case and by the words on a sheet."""
    result = run("explain", name)
    assert result.exit_code == 0
    assert [words for words in said if words not in result.output] == []


def test_unknown_names_are_all_named():
    """Names that nothing has are all told of, with those that may be meant, and the others are explained."""
    result = run("explain", "cancel", "sigmod", "qqqq")
    assert result.exit_code == 2
    assert "cancel (rule)" in result.output
    assert re.search('found "sigmod".*Did you mean "sigmoid"', result.output)
    assert 'found "qqqq"' in result.output


def test_names_are_known():
    """Whatever may be suggested is explained."""
    names = list(dict.fromkeys(known_names()))
    assert len(names) > 200
    assert [name for name in names[::150] if name not in NAMES and not explained(name)] == []


# symnet diff


def solution(text):
    """Return the solution of a description as JSON reads it."""
    from symnet.render.json import render_json

    return json.loads(render_json(solve(load_text(text, "text"))))


@pytest.fixture(scope="module")
def given():
    """The solution of the graph."""
    return solution(GRAPH)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("q: x + y", "q: y + x", set()),
        ("f: q * y", "f: q*(y + 0)", set()),
        ("x: -2", "x: -1", {("q", "value"), ("f", "value"), ("y", "value"), ("loss", "loss_value")}),
        ("f: q * y", "f: q * x", {("f", "expression"), ("f", "value"), ("df_dq", "value"), ("x", "expression")}),
        ("f: q * y", "f: q * y, g: x", {("g", "nodes")}),
    ],
)
def test_differences_are_found(given, old, new, said):
    """Other numbers and derivatives are told with their ids; the same expression in other words is none."""
    found = {(one.id, one.what) for one in differences(given, solution(GRAPH.replace(old, new)))}
    assert found == said if not said else found >= said


def test_a_tolerance_is_one_of_the_larger_number(given):
    """Numbers that are nearer than it are the same."""
    near = json.loads(json.dumps(given).replace('"loss_value": "15"', '"loss_value": "15.0000001"'))
    assert [one.what for one in differences(given, near)] == ["loss_value"]
    assert differences(given, near, 1e-8) == ()
    assert len(differences(given, near, 1e-9)) == 1


def test_the_exit_code_says_it(folder, given):
    """0 without a difference, 1 with one, 2 for what is no solution; and each problem is located."""
    (folder / "a.json").write_text(json.dumps(given), encoding="utf-8")
    (folder / "b.json").write_text(json.dumps(given).replace('"value": "3"', '"value": "4"'), encoding="utf-8")
    assert run("diff", "a.json", "a.json").output == "no difference between a.json and a.json\n"
    result = run("diff", "a.json", "b.json")
    assert result.exit_code == 1
    assert run("diff", "a.json", "b.json", "-q").output == ""
    deep = "[" * 900 + "]" * 900
    for text in ("{", "[]", '{"problems": [1]}', '{"format": 2, "problems": []}', deep, '{"problems": 1, "format": 1}'):
        (folder / "c.json").write_text(text, encoding="utf-8")
        result = run("diff", "a.json", "c.json")
        assert result.exit_code == 2
        assert result.output.startswith("error: c.json")
    assert run("diff", "a.json", "none.json").exit_code == 2


def test_what_a_file_holds_is_never_run(given):
    """An expression of a stranger is read as a formula or compared as text, and what is no entry is passed over."""
    wild = json.loads(json.dumps(given))
    (problem,) = wild["problems"]
    problem["nodes"][0]["expression"] = "__import__('os').system('touch here')"
    problem["gradients"] = [1, None, {"parameter": ["x"], "value": {"a": "\x1b[31m"}}]
    problem["loss_value"] = "1e999999999"
    problem["deltas"] = {"id": 3}
    assert {one.what for one in differences(given, wild)} >= {"expression", "gradients", "deltas", "loss_value"}

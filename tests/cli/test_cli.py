"""The command line: help, exit codes, and files that appear whole or not at all."""

import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from exercises import describe, one_unit

from symnet import output as output_module
from symnet.cli.app import COMMANDS, cli
from symnet.description import load
from symnet.render.formats import FORMATS

commands = pytest.mark.parametrize("name", COMMANDS)
GIVEN = {"data": {"inputs": [[1, 2]], "targets": [[1, 0]]}}
SPEC = describe([2, 2], ["softmax"], "categorical_cross_entropy")

# The keys that other programs rely on.
TOP = {"format", "title", "warnings", "problems"}
PROBLEM = {"loss", "samples", "nodes", "loss_value", "deltas", "gradients", "updates", "steps", "checks"}
NODE = {"id", "latex", "expression", "value"}
DELTA = {"id", "wrt", "expression", "latex", "value"}
GRADIENT = {"parameter", "expression", "expanded", "latex", "paths", "value"}
UPDATE = {"step", "parameter", "before", "gradient", "state", "after"}
STEP = {"step", "loss_before", "loss_after"}
CHECK = {"name", "passed", "worst_error"}


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def process(*arguments, **more):
    """Run a command in a process of its own."""
    command = [sys.executable, "-c", "from symnet.cli.app import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **more)


def everything(folder):
    """Return every file and folder below ``folder``, hidden ones too."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))


@pytest.fixture
def spec(tmp_path):
    """A small description in a folder of its own."""
    path = tmp_path / "given" / "small.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    return path


def test_there_are_commands():
    """The tests below see every command of this stage."""
    assert set(COMMANDS) >= {"solve", "show", "new", "list", "doctor", "schema"}


@commands
def test_help_has_an_example(name):
    """The help of every command ends with an example that begins with the program's name."""
    result = run(name, "--help")
    assert result.exit_code == 0
    examples = result.output.split("Example")[-1]
    assert f"symnet {name}" in examples


@commands
def test_short_help_is_the_docstring(name):
    """The line in the list of commands is the first line of the command's own help."""
    command = cli.get_command(None, name)
    assert command.help.splitlines()[0] == COMMANDS[name]
    assert COMMANDS[name] in run("--help").output


@commands
def test_the_options_are_all_described(name):
    """Every option has a text that says what it does."""
    options = [option for option in cli.get_command(None, name).params if option.param_type_name == "option"]
    assert all(option.help for option in options)


@pytest.mark.parametrize("flag", ["-h", "--help", "--version"])
def test_the_program_speaks_for_itself(flag):
    """Help and version are exit 0."""
    result = run(flag)
    assert result.exit_code == 0
    assert "symnet" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["solve"],
        ["solve", "--frob", "x.yaml"],
        ["list"],
        ["list", "colours"],
        ["solve", "x.yaml", "--verify", "never"],
        ["solve", "x.yaml", "--pdf-engine", "word"],
    ],
)
def test_wrong_usage_is_exit_two(arguments):
    """Wrong usage is exit 2, with a hint where to read on."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output or "error" in result.output


@pytest.mark.parametrize("names", ["png", "tex,png", "TEX", "", ",", "tex,,json"])
def test_an_unknown_format(names, spec, tmp_path):
    """An unknown format is exit 2, names what is allowed, and writes nothing."""
    out = tmp_path / "out"
    result = run("solve", spec, "-f", names, "-o", out)
    assert result.exit_code == 2
    assert all(name in result.output for name in FORMATS)
    assert not out.exists()


@pytest.mark.parametrize("names", [[], ["-f", "json,txt"]])
def test_standard_output_takes_one_format(names, spec):
    """Two formats do not go to standard output together."""
    result = run("solve", spec, "-o", "-", *names)
    assert result.exit_code == 2
    assert "one format" in result.output


def solved_json(path, *more):
    """Return what ``solve -f json -o -`` prints, read as JSON in its strictest form."""
    result = run("solve", path, "-f", "json", "-o", "-", *more)
    assert result.exit_code == 0, result.stderr

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(result.stdout_bytes.decode("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize("name", ["cs4045-q1", "cs4045-q2", "cs349-slides", "xor"])
def test_json_on_standard_output(name, examples):
    """Each example prints one JSON object with the keys of the contract, and no others are missing."""
    content = solved_json(examples[name])
    description = load(examples[name])
    assert set(content) >= TOP
    assert content["format"] == 1
    assert content["title"] == description.title
    assert [problem["loss"] for problem in content["problems"]] == [choice.kind for choice in description.loss]
    numbers = description.data is not None
    for problem in content["problems"]:
        assert set(problem) >= PROBLEM
        for rows, keys in (("nodes", NODE), ("deltas", DELTA), ("gradients", GRADIENT), ("checks", CHECK)):
            assert problem[rows]
            assert all(set(row) >= keys for row in problem[rows])
        for rows, keys in (("updates", UPDATE), ("steps", STEP)):
            assert bool(problem[rows]) == (description.training is not None)
            assert all(set(row) >= keys for row in problem[rows])
        assert all(check["passed"] is True for check in problem["checks"])
        values = [row["value"] for rows in ("nodes", "deltas", "gradients") for row in problem[rows]]
        assert all(isinstance(value, str) if numbers else value is None for value in [*values, problem["loss_value"]])


def test_json_ids_of_several_samples(examples):
    """With several samples ids end in the sample's number, the objective comes last, and every step is there."""
    (problem,) = solved_json(examples["xor"])["problems"]
    assert problem["samples"] == 4
    ids = [node["id"] for node in problem["nodes"]]
    names = ("z1_1", "z1_2", "a1_1", "a1_2", "z2_1", "a2_1", "L")
    assert ids == [*(f"{name}@{s}" for s in range(1, 5) for name in names), "L"]
    deltas = {delta["id"]: delta["wrt"] for delta in problem["deltas"]}
    assert deltas["delta2_1@3"] == "z2_1@3"
    assert "a1_2@4" in deltas.values()
    assert [step["step"] for step in problem["steps"]] == [1, 2, 3, 4, 5]
    assert [gradient["parameter"] for gradient in problem["gradients"]] == [
        *("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "b1_1", "b1_2", "w2_1_1", "w2_1_2", "b2_1")
    ]


def test_json_of_the_slides(examples):
    """The numbers of the CS349 notes stand in the JSON with at least 15 digits."""
    (problem,) = solved_json(examples["cs349-slides"])["problems"]
    nodes = {node["id"]: node["value"] for node in problem["nodes"]}
    gradients = {gradient["parameter"]: gradient for gradient in problem["gradients"]}
    assert nodes["z1_1"] == "0.345105"
    assert nodes["a1_1"].startswith("0.58543005")
    assert nodes["a2_1"].startswith("0.34489157")
    assert gradients["w2_1_1"]["value"].startswith("-0.58199922898")
    assert gradients["w1_1_1"]["value"].startswith("0.01875380106")
    assert len(gradients["w1_1_1"]["value"].lstrip("0.")) >= 15
    assert gradients["w1_1_1"]["paths"] == 9
    assert {update["parameter"] for update in problem["updates"]} == set(gradients)


def test_the_full_check_stands_in_the_json(examples):
    """``--verify full`` adds a third check."""
    (problem,) = solved_json(examples["cs4045-q2"], "--verify", "full")["problems"]
    assert len(problem["checks"]) == 3


def test_warnings_go_to_standard_error_and_into_the_json(tmp_path):
    """A warning is on standard error and in the JSON, and standard output stays JSON alone."""
    path = tmp_path / "half.yaml"
    path.write_text(yaml.safe_dump(SPEC | GIVEN), encoding="utf-8")
    result = run("solve", path, "-f", "json", "-o", "-")
    assert result.exit_code == 0
    assert "warning" in result.stderr
    assert len(json.loads(result.stdout)["warnings"]) == 1


def test_solve_writes_beside_each_other(spec, tmp_path):
    """Each format is one file, named after the description, in the folder asked for, which is made."""
    out = tmp_path / "deep" / "out"
    result = run("solve", spec, "-f", "json,txt,tex", "-o", out)
    assert result.exit_code == 0
    assert everything(out) == ["small.json", "small.tex", "small.txt"]
    assert result.output.count("wrote") == 3


def test_an_output_that_is_a_file(spec, tmp_path):
    """A file where the folder should be is exit 2, and the file is as it was."""
    out = tmp_path / "out"
    out.write_text("mine")
    result = run("solve", spec, "-f", "json", "-o", out)
    assert result.exit_code == 2
    assert "this is a file" in result.output
    assert out.read_text() == "mine"


@pytest.mark.parametrize("folder", ["given/small.yaml/below", "/proc/symnet", "/dev/null/x"])
def test_a_folder_that_cannot_be_made(folder, spec, tmp_path):
    """A folder below a file or in a read-only place is exit 2 with the reason, and nothing is left behind."""
    before = everything(tmp_path)
    result = run("solve", spec, "-f", "json", "-o", tmp_path / folder)
    assert result.exit_code == 2
    assert "cannot write" in result.output or "this is a file" in result.output
    assert everything(tmp_path) == before


def test_a_read_only_folder(spec, tmp_path, monkeypatch):
    """A folder in which no file may be made is exit 2 with the reason."""

    def refused(**_options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refused)
    out = tmp_path / "out"
    out.mkdir()
    result = run("solve", spec, "-f", "json", "-o", out)
    assert result.exit_code == 2
    assert "Permission denied" in result.output
    assert everything(out) == []


def test_a_folder_of_the_files_name(spec, tmp_path):
    """A folder where the file should be is exit 2."""
    (tmp_path / "out" / "small.json").mkdir(parents=True)
    result = run("solve", spec, "-f", "json", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "folder" in result.output
    assert everything(tmp_path / "out") == ["small.json"]


def test_the_description_is_never_overwritten(tmp_path):
    """A description in JSON is not overwritten by its own solution."""
    path = tmp_path / "small.json"
    path.write_text(json.dumps(SPEC), encoding="utf-8")
    result = run("solve", path, "-f", "json", "-o", tmp_path)
    assert result.exit_code == 2
    assert "overwrite the description" in result.output
    assert json.loads(path.read_text()) == SPEC


def test_the_description_is_not_overwritten_through_a_link(spec, tmp_path):
    """Nor where the output folder is another name of its own."""
    path = spec.with_suffix(".json")
    path.write_text(json.dumps(SPEC), encoding="utf-8")
    (tmp_path / "link").symlink_to(spec.parent)
    result = run("solve", path, "-f", "json", "-o", tmp_path / "link")
    assert result.exit_code == 2
    assert json.loads(path.read_text()) == SPEC


def test_a_full_disk_leaves_nothing_behind(spec, tmp_path, monkeypatch):
    """When the disk is full, there is a message, exit 2, and no file, not even half of one."""

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(output_module.os, "fsync", full)
    out = tmp_path / "out"
    result = run("solve", spec, "-f", "json", "-o", out)
    assert result.exit_code == 2
    assert "No space left on device" in result.output
    assert everything(out) == []


def test_a_full_disk_keeps_the_old_file(spec, tmp_path, monkeypatch):
    """A file that was there before a failed write is there after it, whole."""
    out = tmp_path / "out"
    assert run("solve", spec, "-f", "json", "-o", out).exit_code == 0
    old = (out / "small.json").read_bytes()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(output_module.os, "fsync", full)
    assert run("solve", spec, "-f", "json", "-o", out).exit_code == 2
    assert everything(out) == ["small.json"]
    assert (out / "small.json").read_bytes() == old


def test_a_file_that_the_system_cuts_off(spec, tmp_path):
    """In a real process whose files may have 1,000 bytes, nothing half-written stays."""
    out = tmp_path / "out"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    result = process(
        "solve", spec, "-f", "json", "-o", out, preexec_fn=limit, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert result.returncode == 2
    assert b"cannot write" in result.stderr
    assert b"Traceback" not in result.stderr
    assert everything(out) == []


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    "arguments",
    [["solve", "SPEC", "-f", "json", "-o", "-"], ["show", "SPEC"], ["new", "-"], ["schema"], ["list", "losses"]],
)
def test_standard_output_that_is_full(arguments, spec):
    """Standard output on a full device is exit 2 and a message, never success and never a traceback."""
    arguments = [str(spec) if argument == "SPEC" else argument for argument in arguments]
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from symnet.cli.app import main; main()", *arguments]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert result.returncode == 2
    assert b"No space left on device" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_reader_that_has_gone(examples):
    """A pipe whose reader has gone is no traceback."""
    command = f"{sys.executable} -c 'from symnet.cli.app import main; main()' show {examples['cs4045-q1']} | head -n 1"
    result = subprocess.run(["sh", "-c", command], capture_output=True, timeout=120, check=False)
    assert result.stdout.decode().strip() == "CS4045 assignment, question 1"
    assert b"Traceback" not in result.stderr
    assert b"Exception" not in result.stderr


@pytest.mark.parametrize(
    "text", ["inputs: 0\n", "inputs: [", "", "inputs: 2\nlayers: []\nloss: mse\n", "\x00", "&a [*a]"]
)
@pytest.mark.parametrize("command", ["solve", "show"])
def test_a_broken_description_writes_nothing(text, command, tmp_path):
    """A description that cannot be used is exit 2 with its place, and not one file."""
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    out = ["-o", tmp_path / "out"] if command == "solve" else []
    result = run(command, path, *out)
    assert result.exit_code == 2
    assert "broken.yaml" in result.output
    assert everything(tmp_path) == ["broken.yaml"]


@pytest.mark.parametrize("what", ["missing.yaml", "."])
def test_a_description_that_is_not_there(what, tmp_path):
    """A missing file or a folder is exit 2, with its name."""
    result = run("solve", tmp_path / what, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert str(tmp_path / what) in result.output
    assert everything(tmp_path) == []


def test_a_loss_without_a_value_is_exit_two(tmp_path):
    """Data for which the loss has no value are a located error in the file."""
    path = tmp_path / "log.yaml"
    path.write_text(yaml.safe_dump(one_unit(1, 0, 0, 1, "identity", "categorical_cross_entropy")), encoding="utf-8")
    result = run("solve", path, "-f", "json", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "log.yaml:" in result.output
    assert "data.inputs[1]" in result.output
    assert everything(tmp_path) == ["log.yaml"]


def test_a_network_imports_no_other_sort_of_description(examples):
    """Solving an exercise of a few layers imports no records of arrays, sequences or graphs, and no schema."""
    code = (
        "import sys\nfrom symnet.description.load import load\nimport symnet.pipeline\nload(sys.argv[1])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('symnet.description.')))"
    )
    result = subprocess.run([sys.executable, "-c", code, examples["xor"]], capture_output=True, check=True, text=True)
    found = {name.removeprefix("symnet.description.") for name in result.stdout.split()}
    assert {"load", "layers", "sorts"} <= found
    assert not found & {"array_layers", "array_network", "sequences", "graph", "array_graph", "schema", "lowering"}


def test_help_does_not_import_what_it_does_not_need():
    """Neither the program's help, nor that of any command, imports SymPy, pydantic, Jinja or YAML."""
    code = (
        "import contextlib, sys\nfrom symnet.cli.app import cli\n"
        "for arguments in (['--help'], *([name, '--help'] for name in sys.argv[1:]), ['--version']):\n"
        "    with contextlib.suppress(SystemExit):\n        cli(arguments)\n"
        "print('heavy:', *sorted({'sympy', 'pydantic', 'jinja2', 'yaml', 'mpmath', 'rich', 'typst'}"
        " & set(sys.modules)))"
    )
    # One interpreter does for all: what any of them had imported would be there at the end.
    result = subprocess.run([sys.executable, "-c", code, *COMMANDS], capture_output=True, check=True, text=True)
    assert result.stdout.count("Usage: ") == 1 + len(COMMANDS)
    assert "version" in result.stdout
    assert result.stdout.splitlines()[-1].strip() == "heavy:"


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
@pytest.mark.parametrize("command", ["show", "list", "schema"])
def test_a_terminal_that_cannot_show_every_sign(encoding, command, spec):
    """A terminal without the signs of mathematics gets others instead, not a traceback."""
    argument = {"show": [spec], "list": ["activations"], "schema": []}[command]
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    result = process(command, *argument, env=env)
    assert result.returncode == 0
    assert result.stderr == b""
    assert result.stdout


def test_new_writes_a_description_that_solves(tmp_path):
    """The starter is a description that can be solved as it is, and is not overwritten by mistake."""
    path = tmp_path / "homework.yaml"
    assert run("new", path).exit_code == 0
    load(path)
    path.write_text("mine")
    result = run("new", path)
    assert result.exit_code == 2
    assert "--force" in result.output
    assert path.read_text() == "mine"
    assert run("new", path, "--force").exit_code == 0
    assert run("solve", path, "-f", "json", "-o", tmp_path / "out").exit_code == 0


def test_new_writes_the_schema_that_its_first_line_names(tmp_path):
    """An editor finds the schema beside the description, where one that is there already is kept."""
    assert run("new", tmp_path / "a.yaml").exit_code == 0
    first = (tmp_path / "a.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
    assert schema.read_text(encoding="utf-8") == run("schema").output
    schema.write_text("mine")
    assert run("new", tmp_path / "b.yaml").output.count("wrote") == 1
    assert schema.read_text() == "mine"
    assert run("new", tmp_path / "b.yaml", "--force").output.count("wrote") == 2
    assert json.loads(schema.read_text(encoding="utf-8"))["$defs"]


def test_new_prints_the_same_description(tmp_path):
    """``new -`` prints what ``new`` writes."""
    path = tmp_path / "a.yaml"
    run("new", path)
    assert run("new", "-").output == path.read_text(encoding="utf-8")


def test_schema_is_json():
    """``schema`` prints a JSON Schema."""
    assert "$schema" in json.loads(run("schema").output)


def test_doctor_names_versions():
    """``doctor`` names what is installed, and what makes PDFs."""
    result = run("doctor")
    assert result.exit_code == 0
    assert all(name in result.output for name in ("Python", "sympy", "mpmath", "pydantic", "pdflatex", "typst", "PDFs"))


def test_doctor_says_what_is_missing(monkeypatch):
    """Without any PDF engine, ``doctor`` says what to install."""
    from symnet.cli import doctor

    known = doctor._version
    monkeypatch.setattr("shutil.which", lambda _program: None)
    monkeypatch.setattr(doctor, "_version", lambda name: "not found" if name == "typst" else known(name))
    assert "pip install" in run("doctor").output


def test_without_a_pdf_engine_the_tex_is_still_written(spec, tmp_path, monkeypatch):
    """Without an engine the default formats give the .tex and the .html, and exit 3 says what to install."""
    from symnet.errors import MissingToolError
    from symnet.render import pdf

    def missing(*_arguments):
        raise MissingToolError("no PDF engine is installed")

    monkeypatch.setattr(pdf, "render_pdf", missing)
    result = run("solve", spec, "-o", tmp_path / "out")
    assert result.exit_code == 3
    assert everything(tmp_path / "out") == ["small.html", "small.tex"]
    result = run("solve", spec, "-f", "tex,pdf", "-o", tmp_path / "other")
    assert result.exit_code == 3
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("what", ["activations", "losses"])
def test_a_list_says_that_there_are_expressions(what):
    """The list of activations and that of losses end with how an expression is given, and what it may use."""
    last = " ".join(run("list", what).output.split("\n\n")[-1].split())
    assert "may also be an expression in" in last
    assert "symnet list functions" in last


def test_a_list_is_coloured_on_a_terminal_only():
    """Names stand out on a terminal; in a file there are no control characters."""
    plain, coloured = (CliRunner().invoke(cli, ["list", "losses"], color=color).output for color in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1mhinge" in coloured


def test_show_prints_the_sheet(examples):
    """``show`` prints the title and the last section's line about the checks."""
    result = run("show", examples["cs4045-q1"])
    assert result.exit_code == 0
    assert result.output.startswith("CS4045 assignment, question 1")
    assert "Verified by computer" in result.output


@pytest.mark.parametrize("format_name", ["tex", "html", "txt"])
def test_the_general_rule_is_a_form(format_name, examples):
    """``--form index`` writes the general rule in every format of a sheet."""
    result = run("solve", examples["C1"], "--form", "index", "-f", format_name, "-o", "-")
    assert result.exit_code == 0
    assert "The rule, for every layer" in result.output


def test_a_graph_has_no_general_rule(examples, tmp_path):
    """A computation graph in indexed form is exit 2 with a message that says which form there is, and not one file."""
    result = run("solve", examples["C4"], "--form", "index", "-o", tmp_path)
    assert result.exit_code == 2
    assert "--form: found index for a computation graph" in result.output
    assert not everything(tmp_path)


@pytest.mark.parametrize(("typed", "said"), [("sovle", "Did you mean 'solve'?"), ("xyzzy", "No such command 'xyzzy'.")])
def test_a_mistyped_command_is_guessed(typed, said):
    """A near miss of a command names the command, and nothing is named where nothing is near."""
    result = CliRunner().invoke(cli, [typed])
    assert result.exit_code == 2
    assert result.output.rstrip().endswith(said)

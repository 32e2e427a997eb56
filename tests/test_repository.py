"""What the repository offers beside the program: workflows, forms for issues, a hook; and `symnet verify`."""

import re
import shlex
import tomllib

import pytest
import yaml
from click.testing import CliRunner
from documents import ROOT

from symnet.cli import verify
from symnet.cli.app import cli
from symnet.errors import CheckFailedError, MissingToolError

GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (GITHUB / "workflows").iterdir()}
TEST_COMMAND = re.findall(r"^```sh\n(python3 .*pytest)\n```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
GRAPH = "graph: {inputs: [x, y], nodes: {q: x + y, f: q * y}, output: f}\nat: {x: -2, y: 5}\n"


def run(*arguments, **options):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a small graph in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graph.yaml").write_text(GRAPH, encoding="utf-8")
    return tmp_path


def steps(job):
    """Return the steps of a job of a workflow."""
    return job["steps"]


def test_the_tests_run_on_three_systems_by_the_readmes_command():
    """Every supported Python on Linux, macOS and Windows runs the command of the README, there by its own paths."""
    job = WORKFLOWS["tests"]["jobs"]["tests"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = [word.rpartition(" ")[2] for word in project["classifiers"] if "Python :: 3." in word]
    assert job["strategy"]["matrix"]["python"] == supported
    assert job["strategy"]["matrix"]["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    unix, windows = (step for step in steps(job) if "run" in step)
    assert [unix["run"]] == TEST_COMMAND
    assert windows["run"] == unix["run"].replace("python3", "python").replace(".venv/bin/", ".venv/Scripts/")
    assert (unix["if"], windows["if"]) == ("runner.os != 'Windows'", "runner.os == 'Windows'")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_right_that_it_does_not_need(name):
    """What runs is named by its digest, rights are few, and jobs end; publishing alone proves who it is."""
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for title, job in workflow["jobs"].items():
        assert ("id-token" in job.get("permissions", {})) == ((name, title) == ("publish", "publish"))
        assert job["timeout-minutes"] <= 90
        for step in steps(job):
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"[a-z]+/[a-z-]+@[0-9a-f]{40}", step.get("uses", "a/a@" + "0" * 40))


def test_what_is_published_was_built_and_checked_apart():
    """The job that may publish runs nothing of the repository's, after another has built, checked and tried it."""
    build, publish = (WORKFLOWS["publish"]["jobs"][name] for name in ("build", "publish"))
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert not any("checkout" in step.get("uses", "") for step in steps(publish))
    done = "\n".join(step.get("run", "") for step in steps(build))
    for command in ("python -m build", "twine check --strict", "symnet solve examples/cs4045-q1.yaml"):
        assert command in done


def test_there_is_a_form_for_each_kind_of_issue():
    """Wrong derivatives, wrong marks and features have a form."""
    assert {path.stem for path in FORMS} == {"wrong-derivative", "wrong-mark", "feature"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_what_is_needed(path):
    """Fields have different ids and a label, and the description of the exercise, or the exercise, has to be given."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    needed = {field["id"] for field in fields if field.get("validations", {}).get("required")}
    assert needed & {"description", "exercise"}
    # Commands that are named are there.
    named = re.findall(r"symnet ([a-z]+) prints", path.read_text(encoding="utf-8"))
    assert set(named) <= set(cli.list_commands(None))


def test_the_hook_is_a_command(folder):
    """What pre-commit calls says nothing of good files, and what is wrong with bad ones."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    assert (program, hook["language"]) == ("symnet", "python")
    good = run(*arguments, "graph.yaml")
    assert (good.exit_code, good.output) == (0, "")
    (folder / "bad.json").write_text("{}", encoding="utf-8")
    bad = run(*arguments, "graph.yaml", "bad.json")
    assert bad.exit_code == 2
    assert "bad.json:1:1: " in bad.output


def test_verify_prints_a_line_for_each_file(folder, examples):
    """Each description has one line with what is correct, also from standard input, and no file is written."""
    before = sorted(folder.iterdir())
    result = run("verify", "graph.yaml", examples["cs4045-q1"], "-", input=GRAPH)
    assert result.exit_code == 0
    first, second, third = result.output.splitlines()
    assert re.fullmatch(
        r"graph\.yaml: correct: 2 derivatives, \d+ comparisons, largest relative error \d\.\d+e-\d+", first
    )
    assert ": correct: 34 derivatives, " in second
    assert third == first.replace("graph.yaml", "-")
    assert sorted(folder.iterdir()) == before


def test_verify_asks_sympy_too(folder):  # noqa: ARG001
    """With --verify full there are as many comparisons more as sympy.diff has derivatives at all points."""
    quick, full = (
        int(re.search(r"(\d+) comparisons", run("verify", "graph.yaml", "--verify", how).output)[1])
        for how in ("quick", "full")
    )
    assert full > quick


def test_a_file_that_cannot_be_used_stops_no_other(folder):
    """Everything wrong is named with its place; the exit code is the worst."""
    (folder / "wrong.yaml").write_text("inputs: 2\nlayers: 3\n", encoding="utf-8")
    result = run("verify", "wrong.yaml", "none.yaml", "graph.yaml")
    assert result.exit_code == 2
    assert "wrong.yaml:2:9: layers: " in result.output
    assert "none.yaml" in result.output
    assert "graph.yaml: correct: " in result.output


@pytest.mark.parametrize(("error", "code"), [(CheckFailedError("no"), 1), (MissingToolError("no"), 3)])
def test_a_derivation_that_fails_is_said_with_its_file(folder, monkeypatch, error, code):  # noqa: ARG001
    """A derivation that did not pass its check is exit code 1, and the message says of which file."""

    def fails(*_given, **_named):
        raise error

    monkeypatch.setattr(verify, "working", fails)
    result = run("verify", "graph.yaml")
    assert result.exit_code == code
    assert result.output == ("error: graph.yaml: no\n" if code == 1 else "error: no\n")

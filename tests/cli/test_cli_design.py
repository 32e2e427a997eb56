"""--fragment, --template and --only on the command line."""

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli


def run(*arguments):
    """Return what comes of a command."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.mark.parametrize(("command", "stem"), [("solve", "C4"), ("worksheet", "C4-worksheet")])
def test_a_fragment_is_written_in_the_formats_that_have_one(examples, tmp_path, command, stem):
    """Without -f there are a .tex and a .html, neither with a document around it."""
    done = run(command, examples["C4"], "--fragment", "-o", tmp_path)
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {f"{stem}.tex", f"{stem}.html"}
    assert "documentclass" not in (tmp_path / f"{stem}.tex").read_text(encoding="utf-8")
    assert "<body" not in (tmp_path / f"{stem}.html").read_text(encoding="utf-8")


def test_a_fragment_that_cannot_be_is_refused(examples, tmp_path):
    """A PDF is no fragment: exit code 2, the formats that are, and nothing is written."""
    done = run("solve", examples["C4"], "--fragment", "-f", "pdf", "-o", tmp_path)
    assert (done.exit_code, done.stderr) == (2, 'error: a fragment: found "pdf"; expected tex, html, md\n')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["solve", "worksheet"])
def test_a_template_is_used_and_its_faults_are_named(examples, tmp_path, command):
    """A block of the user's is on the page; a wrong one ends with its place and exit code 2, and nothing is written."""
    (tmp_path / "own/html").mkdir(parents=True)
    template = tmp_path / "own/html/document.html"
    template.write_text('{% extends "symnet/document.html" %}\n{% block foot %}<p>ours</p>{% endblock %}')
    done = run(command, examples["C4"], "--template", tmp_path / "own", "-f", "html", "-o", "-")
    assert "<p>ours</p>" in done.stdout
    template.write_text('{% extends "symnet/document.html" %}\n{% block feet %}<p>ours</p>{% endblock %}')
    done = run(command, examples["C4"], "--template", tmp_path / "own", "-f", "html", "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {template}:2: found the block 'feet'; expected one of ")
    assert not (tmp_path / "out").exists()
    missing = run(command, examples["C4"], "--template", tmp_path / "no", "-f", "html", "-o", "-")
    assert missing.exit_code == 2


@pytest.mark.parametrize("command", [["show"], ["solve", "-f", "txt", "-o", "-"]])
def test_one_quantity_alone(examples, command):
    """--only shows its derivation; an unknown id is exit code 2 with a near miss."""
    name, *rest = command
    done = run(name, examples["C4"], "--only", "df/dx", *rest)
    assert "∂f/∂x = ∂f/∂q ⋅ ∂q/∂x" in done.stdout
    assert "∂f/∂y" not in done.stdout
    wrong = run(name, examples["C4"], "--only", "df/dxx", *rest)
    assert wrong.exit_code == 2
    assert 'error: only: found "df/dxx"; expected the id of a quantity: ' in wrong.stderr
    assert 'Did you mean "df/dx"?' in wrong.stderr


def test_colours_are_for_terminals(examples, monkeypatch):
    """A terminal gets colours, a pipe does not, and neither does a terminal where NO_COLOR is set."""
    name = str(examples["C4"])
    assert "\x1b" not in CliRunner().invoke(cli, ["show", name]).output
    assert "\x1b[1;34m" in CliRunner().invoke(cli, ["show", name], color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in CliRunner().invoke(cli, ["show", name], color=True).output

"""`symnet export`: files for other programs."""

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.cli.export import TARGETS

SPEC = """\
title: A product
graph: {inputs: [x, y, z], nodes: {q: x + y, f: q * z}, output: f}
at: {x: -2, y: 5, z: -4}
variants: {inputs: {range: [-9, 9], step: 1, exclude: 0}}
screening: {allow: explained_by_mistakes}
"""


def run(*arguments, text=None):
    """Run the command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, ["export", *map(str, arguments)], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def spec(tmp_path):
    """A description that says what is drawn."""
    path = tmp_path / "graph.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_is_written(spec, tmp_path, target):
    """In a folder the file, or the folder of files, is called after the description and the target."""
    result = run(spec, "--to", target, "-o", tmp_path / "out")
    path = tmp_path / "out" / f"graph-{target}{TARGETS[target]}"
    assert (result.exit_code, result.output) == (0, f"wrote {path}\n")
    files = list(path.iterdir()) if path.is_dir() else [path]
    assert sum(file.stat().st_size for file in files) > 500


def test_variants_are_categories(spec, tmp_path):
    """With a count there is a category for each variant, with its code; the numbers differ."""
    path = tmp_path / "all.xml"
    assert run(spec, "--to", "moodle", "--count", 3, "--seed", 1, "-o", path).exit_code == 0
    tree = ElementTree.parse(path)  # noqa: S314 - the test has made it itself
    names = [node.text for node in tree.iterfind(".//category/text")]
    assert len(set(names)) == 3
    assert all(name.startswith("$course$/top/A product 1000-0010-") for name in names)


def test_a_hyphen_is_standard_output():
    """The table goes to standard output, and the description may come from standard input."""
    assert len(json.loads(run("-", "--to", "json", "-o", "-", text=SPEC).output)["exercises"]) == 1


def test_what_cannot_be_used_is_told(spec, tmp_path):
    """A description that draws nothing has no variants; no target is a usage error."""
    spec.write_text(SPEC[: SPEC.index("variants")], encoding="utf-8")
    refused = run(spec, "--to", "csv", "--count", 2)
    assert (refused.exit_code, "found nothing that is drawn" in refused.output) == (2, True)
    assert run(spec).exit_code == 2
    assert run(spec, "--to", "gradescope", "--count", 2).exit_code == 2
    assert run(spec, "--to", "prairielearn", "-o", "-").exit_code == 2
    assert run(tmp_path / "none.yaml", "--to", "csv").exit_code == 2


def test_an_exercise_without_numbers_has_nothing_to_ask():
    """Without data there is no number to ask for, which is told; expressions can be asked for all the same."""
    symbolic = SPEC[: SPEC.index("at:")]
    refused = run("-", "--to", "moodle", "-o", "-", text=symbolic)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "found no question with a number" in refused.output
    assert run("-", "--to", "stack", "-o", "-", text=symbolic).exit_code == 0

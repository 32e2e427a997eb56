"""The language of sheets, chosen on the command line, and the list of languages."""

import json

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.cli.output import LANGUAGES_ASKED
from symnet.text.languages import LANGUAGES

SPEC = """\
title: Ein Produkt
graph: {inputs: [x, y, z], nodes: {q: x + y, f: q * z}, output: f}
at: {x: -2, y: 5.5, z: -4}
variants: {inputs: {range: [-9, 9], step: 0.5, exclude: 0}}
screening: {allow: explained_by_mistakes}
"""


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def spec(tmp_path):
    """A description in English that says what is drawn."""
    path = tmp_path / "graph.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_the_languages_offered_are_those_there_are():
    """The command line offers every language, and ``list languages`` tells each with a number in it."""
    assert tuple(LANGUAGES) == LANGUAGES_ASKED
    listed = run("list", "languages").output
    assert listed.index("en  English") < listed.index("de  German") < listed.index("es  Spanish")
    assert "12,345.75" in listed
    assert run("solve", "x.yaml", "--language", "fr").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("solve", "-f", "txt", "-o", "-"), "Musterlösung"),
        (("show",), "Musterlösung"),
        (("worksheet", "-f", "txt", "-o", "-"), "Aufgabenblatt"),
    ],
)
def test_a_sheet_in_another_language(spec, arguments, says):
    """``--language`` comes before the description's language, its decimal comma included."""
    found = run(arguments[0], spec, *arguments[1:], "--language", "de")
    assert found.exit_code == 0, found.output
    assert says in found.output
    assert "5,5" in found.output
    described = spec.with_name("de.yaml")
    described.write_text(f"language: de\n{SPEC}", encoding="utf-8")
    assert run(arguments[0], described, *arguments[1:]).output == found.output
    assert says not in run(arguments[0], described, *arguments[1:], "--language", "en").output


def test_variants_in_another_language(spec, tmp_path):
    """A variant has the same code in every language; a run in another language does not go on with one."""
    asked = ("variants", spec, "--count", 1, "-o", tmp_path, "--language")
    assert run(*asked, "es").exit_code == 0
    assert "hoja de ejercicios" in (tmp_path / "0001-worksheet.tex").read_text(encoding="utf-8")
    code = json.loads((tmp_path / "0001-data.json").read_text(encoding="utf-8"))["code"]
    assert run("variants", spec, "--code", code, "-o", tmp_path).exit_code == 0
    assert "worksheet" in (tmp_path / f"{code}-worksheet.tex").read_text(encoding="utf-8")
    assert run(*asked, "de").exit_code == 2


def test_exports_in_another_language(spec, tmp_path):
    """Questions for other programs are asked in the language; the one that marks by the description itself refuses."""
    asked = run("export", spec, "--to", "json", "-o", "-", "--language", "de")
    assert asked.exit_code == 0, asked.output
    assert asked.output != run("export", spec, "--to", "json", "-o", "-").output
    refused = run("export", spec, "--to", "gradescope", "-o", tmp_path, "--language", "de")
    assert refused.exit_code == 2
    assert "set its notation and its language in there" in refused.output


def test_answers_to_a_sheet_in_another_language(spec, tmp_path):
    """What was written on a German sheet is marked in German."""
    (tmp_path / "answers.yaml").write_text('answers: {q: "3,5", f: "-14,0"}\n', encoding="utf-8")
    marked = run("check", spec, tmp_path / "answers.yaml", "--language", "de")
    assert "richtig" in marked.output
    assert "correct" not in marked.output

"""`symnet variants`: a class of sheets, and one from its code."""

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli

SPEC = """\
graph:
  inputs: [x, y, z]
  nodes: {q: x + y, f: q * z}
  output: f
variants:
  inputs: {range: [-9, 9], step: 1, exclude: 0}
screening: {allow: explained_by_mistakes}
"""


def run(*arguments, text=None):
    """Run the command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, ["variants", *map(str, arguments)], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def spec(tmp_path):
    """A description that says what is drawn."""
    path = tmp_path / "graph.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_a_class_is_written(spec, tmp_path):
    """Each sheet has a .tex and its data; the command says how many, what was rejected, and where the codes are."""
    result = run(spec, "--count", 4, "--seed", 7, "-o", tmp_path / "out", "--key")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"4 sheets in {tmp_path / 'out'}\n")
    assert "which lists every sheet with its code" in result.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names[:3] == ["0001-data.json", "0001-key.tex", "0001-worksheet.tex"]
    assert len(names) == 4 * 3 + 3
    assert {"draws.html", "draws.pdf", "manifest.jsonl"} <= set(names)
    again = run(spec, "--count", 4, "--seed", 7, "-o", tmp_path / "out", "--key")
    assert "4 of them made before" in again.output


def test_a_roster_gives_each_student_a_sheet(spec, tmp_path):
    """With a roster there are as many sheets as students; another count is refused."""
    roster = tmp_path / "students.csv"
    roster.write_text("name\nAda\nAlan\n", encoding="utf-8")
    assert run(spec, "--roster", roster, "-o", tmp_path / "out").output.startswith("2 sheets")
    assert "Name Ada" in (tmp_path / "out" / "0001-worksheet.tex").read_text(encoding="utf-8")
    roster.write_text("name\nAda\n日本\n", encoding="utf-8")
    warned = run(spec, "--roster", roster, "-o", tmp_path / "new")
    assert (warned.exit_code, warned.stderr.count("warning: 日 本: neither PDF engine")) == (0, 1)
    refused = run(spec, "--roster", roster, "--count", 3)
    assert refused.exit_code == 2
    assert "--count 3, and 2 students" in refused.output


def test_a_code_gives_that_sheet_alone(spec, tmp_path):
    """The sheet of a code is the one that the class has, with its key if that is asked for; a name is not in a code."""
    run(spec, "--count", 3, "--seed", 7, "-o", tmp_path / "out")
    sheet = (tmp_path / "out" / "0003-worksheet.tex").read_text(encoding="utf-8")
    code = sheet[sheet.index("code ") + 5 :][:19]
    typed = code.lower().replace("0", "O").replace("1", "l")
    result = run(spec, "--code", typed, "--key", "-o", tmp_path / "one")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "one" / f"{code}-worksheet.tex").read_text(encoding="utf-8") == sheet
    assert (tmp_path / "one" / f"{code}-key.tex").exists()
    assert run(spec, "--code", code, "--count", 2).exit_code == 2
    wrong = run(spec, "--code", "0" + code[1:])
    assert wrong.exit_code == 2
    assert "mistyped" in wrong.output


def test_standard_input_is_a_description(tmp_path):
    """A hyphen in place of the file reads the description from standard input."""
    result = run("-", "-o", tmp_path / "out", text=SPEC)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "0001-worksheet.tex").exists()


def test_what_cannot_be_used_is_told(spec, tmp_path):
    """A description that draws nothing, a wrong key and a wrong roster are messages with exit code 2."""
    spec.write_text(SPEC[: SPEC.index("variants:")], encoding="utf-8")
    nothing = run(spec)
    assert (nothing.exit_code, "found nothing that is drawn" in nothing.output) == (2, True)
    spec.write_text(SPEC.replace("step: 1", "step: 100"), encoding="utf-8")
    assert "graph.yaml:6:34: variants.inputs.step: found 100" in run(spec).output
    empty = tmp_path / "empty.csv"
    empty.touch()
    spec.write_text(SPEC, encoding="utf-8")
    assert "found no rows" in run(spec, "--roster", empty).output

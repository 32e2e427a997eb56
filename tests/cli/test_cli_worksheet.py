"""`symnet worksheet`: the sheet and its key as files."""

import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner
from exercises import describe

import symnet
from symnet.cli.app import cli
from symnet.document import Question
from symnet.render.formats import SHEETS
from symnet.render.pdf import render_tex

SPEC = describe([2, 1], ["sigmoid"], "squared_error", title="A small one")


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, ["worksheet", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def written(folder):
    """Return the names of all files in a folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def spec(tmp_path):
    """A small description in a folder of its own."""
    path = tmp_path / "given" / "small.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    return path


def test_the_sheet_is_written_for_editing_reading_and_printing(spec, tmp_path):
    """Without options the blank sheet is written three times: its source, a page for a browser, and a PDF."""
    result = run(spec, "-o", tmp_path / "out", "--pdf-engine", "typst")
    assert result.exit_code == 0
    assert written(tmp_path / "out") == [f"small-worksheet.{suffix}" for suffix in ("html", "pdf", "tex")]
    assert result.output.count("wrote ") == 3


def test_the_key_is_written_beside_it(spec, tmp_path):
    """The key is a file of its own; the sheet is the same with and without it."""
    assert run(spec, "-o", tmp_path / "one", "-f", "tex").exit_code == 0
    assert run(spec, "-o", tmp_path / "two", "-f", "tex,txt", "--key").exit_code == 0
    names = ["small-key.tex", "small-key.txt", "small-worksheet.tex", "small-worksheet.txt"]
    assert written(tmp_path / "two") == names
    sheet, same = (tmp_path / folder / "small-worksheet.tex" for folder in ("one", "two"))
    assert sheet.read_bytes() == same.read_bytes()
    key = (tmp_path / "two" / "small-key.txt").read_text(encoding="utf-8")
    assert key.startswith("Key: A small one\n")
    assert "[1 mark]" in key


def test_the_full_sheet_has_the_answers(spec):
    """The full level fills the answers in, the blank one does not."""
    full, blank = (run(spec, "-f", "txt", "-o", "-", "--level", level).output for level in ("full", "blank"))
    assert "w₁₁⁽¹⁾ x₁ + " in full
    assert "w₁₁⁽¹⁾ x₁ + " not in blank
    assert "Name ...." in full
    assert "Name ...." in blank


@pytest.mark.parametrize("names", ["json", "png", "tex,png", "", "tex,,pdf"])
def test_a_format_without_a_sheet_is_refused(names, spec, tmp_path):
    """A format that is none, or that is only for data, is exit 2 with what is allowed, and writes nothing."""
    result = run(spec, "-f", names, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert all(name in result.output for name in SHEETS)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [[], ["-f", "tex,txt"], ["-f", "txt", "--key"]])
def test_standard_output_takes_one_file(more, spec):
    """Two files do not go to standard output together."""
    result = run(spec, "-o", "-", *more)
    assert result.exit_code == 2
    assert "standard output takes one" in result.output


@pytest.mark.parametrize("more", [["--level", "empty"], ["--form", "round"], ["--frob"], ["--pdf-engine", "word"]])
def test_wrong_usage_is_exit_two(more, spec):
    """An option or a value that there is not is exit 2."""
    assert run(spec, *more).exit_code == 2


def test_the_description_is_never_overwritten(tmp_path):
    """A description that has the name of the sheet is left as it is."""
    folder = tmp_path / "given"
    folder.mkdir()
    source = folder / "x.yaml"
    source.write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    (folder / "x-worksheet.txt").hardlink_to(source)
    result = run(source, "-f", "txt", "-o", folder)
    assert result.exit_code == 2
    assert "overwrite the description" in result.output
    assert source.read_text(encoding="utf-8") == yaml.safe_dump(SPEC)


def test_an_output_that_is_a_file_is_refused(spec, tmp_path):
    """A folder is asked for."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert run(spec, "-o", tmp_path / "file").exit_code == 2
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_missing_engine_is_exit_three(spec, tmp_path, monkeypatch):
    """Without any engine the other formats are written, and the exit code says what is missing."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "typst", None)
    result = run(spec, "-o", tmp_path / "out", "--key")
    assert result.exit_code == 3
    kinds = ("key", "worksheet")
    assert written(tmp_path / "out") == [f"small-{kind}.{suffix}" for kind in kinds for suffix in ("html", "tex")]
    assert run(spec, "-o", tmp_path / "no", "-f", "tex,pdf").exit_code == 3
    assert written(tmp_path / "no") == []


def test_a_description_that_cannot_be_used_is_exit_two(tmp_path):
    """The problems are reported as for any command, and nothing is written."""
    path = tmp_path / "bad.yaml"
    path.write_text("inputs: 0\n", encoding="utf-8")
    result = run(path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "bad.yaml" in result.output
    assert not (tmp_path / "out").exists()


def test_one_parameter_can_be_asked_for(spec):
    """With a parameter named, its derivative alone is asked for."""
    one, every = (run(spec, "-f", "txt", "-o", "-", *more).output for more in (["--parameter", "w1_1_2"], []))
    assert "∂L/∂w₁₂⁽¹⁾" in one
    assert "∂L/∂w₁₁⁽¹⁾" not in one
    assert "∂L/∂w₁₁⁽¹⁾" in every


def test_the_command_runs_as_a_process(spec):
    """The sheet comes out of the program itself, with no other word."""
    command = [
        sys.executable,
        "-c",
        "from symnet.cli.app import main; main()",
        "worksheet",
        spec,
        "-f",
        "tex",
        "-o",
        "-",
    ]
    result = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert result.returncode == 0
    assert result.stdout.decode() == render_tex(symnet.solve(spec).worksheet())
    assert result.stderr == b""


def test_from_python():
    """The sheet, the full one and the key are documents of the same questions."""
    work = symnet.solve(SPEC)
    sheet, full, key = (work.worksheet(level) for level in ("blank", "full", "key"))
    assert work.worksheet() == sheet
    numbers = [[block.number for block in document.blocks if isinstance(block, Question)] for document in (sheet, full)]
    assert numbers[0] == numbers[1]
    assert key.title.startswith("Key: ")


def test_the_general_rule_is_not_asked(spec):
    """A worksheet asks for single derivatives or matrices; the message says which forms there are."""
    result = run(spec, "--form", "index")
    assert result.exit_code == 2
    assert "'index' is not one of 'scalar', 'matrix', 'both'" in result.output

"""Where commands write: one file, a folder or standard output; what they read; and what they leave alone."""

import json
import shutil
import subprocess
import sys

import pypdf
import pytest
import yaml
from click.testing import CliRunner
from exercises import describe

from symnet.cli.app import cli
from symnet.render.formats import PDF_ENGINES

SPEC = describe([2, 2], ["softmax"], "categorical_cross_entropy")
ANSWERS = 'answers: {"delta1_1": a1_1 - y1}\n'


def run(*arguments, **more):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], **more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with two descriptions, one that cannot be used, and answers."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({"title": f"Sheet {name}", **SPEC}), encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("inputs: 0\n", encoding="utf-8")
    (tmp_path / "answers.yml").write_text(ANSWERS, encoding="utf-8")
    return tmp_path


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("engine", PDF_ENGINES)
@pytest.mark.parametrize("command", ["solve", "worksheet", "check"])
def test_characters_without_a_sign_are_named_once(folder, request, command, engine):
    """Neither engine sets them: one warning for all files, no other exit code, and none where they are shown."""
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    spec = folder / "two.yaml"
    spec.write_text(yaml.safe_dump({"title": "日本 é α: sheet two", **SPEC}, allow_unicode=True), encoding="utf-8")
    answers = ["answers.yml"] if command == "check" else []
    result = run(command, "two.yaml", *answers, "-f", "tex,pdf,html", "--pdf-engine", engine, "-o", "out", "-q")
    # The one answer that there is to check is incorrect.
    assert result.exit_code == (1 if command == "check" else 0), result.output
    assert result.stderr.startswith("warning: 日 本: neither PDF engine has a sign for this; .tex and .pdf show code ")
    assert result.stderr.count("warning") == 1
    assert "[U+65E5]" in result.stderr
    pages = pypdf.PdfReader(*folder.glob("out/*.pdf")).pages
    assert "[U+65E5]" in pages[0].extract_text()
    assert "日本" in next(folder.glob("out/*.html")).read_text(encoding="utf-8")
    assert run(command, "two.yaml", *answers, "-f", "html,txt", "-o", "other", "-q").stderr == ""


def written(folder):
    """Return every file that is new in the folder, with that of folders below it."""
    given = {"one.yaml", "two.yaml", "broken.yaml", "answers.yml"}
    return sorted({path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - given)


@pytest.mark.parametrize("name", ["key.txt", "new/key.json", "KEY.TXT", "a.b.tex"])
def test_one_file_is_written_where_it_is_named(folder, name):
    """A name with the ending of a format is that file, in that format, and nothing else."""
    result = run("solve", "one.yaml", "-o", name)
    assert result.exit_code == 0
    assert result.stdout == f"wrote {name}\n"
    assert written(folder) == [name]
    if name.endswith("json"):
        assert json.loads((folder / name).read_text(encoding="utf-8"))["title"] == "Sheet one"


@pytest.mark.parametrize("command", ["worksheet", "check"])
def test_other_commands_take_one_file_too(folder, command):
    """So do the worksheet and the report on one file of answers."""
    more = ["answers.yml"] if command == "check" else []
    # Not everything is answered.
    code = 1 if command == "check" else 0
    assert run(command, "one.yaml", *more, "-o", "sheet.html").exit_code == code
    assert written(folder) == ["sheet.html"]
    assert run(command, "one.yaml", *more, "-o", "sheet.html", "-f", "html").exit_code == code


def test_a_pdf_is_written_where_it_is_named(folder):
    """``-o out.pdf`` makes a PDF of that name, and no folder."""
    pytest.importorskip("typst")
    assert run("solve", "one.yaml", "-o", "out.pdf", "--pdf-engine", "typst").exit_code == 0
    assert (folder / "out.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["out", "out.2", "week.3", "out.txt/", "."])
def test_what_names_no_format_is_a_folder(folder, name):
    """A name without such an ending, or with a slash behind it, is a folder."""
    assert run("solve", "one.yaml", "-f", "txt", "-o", name).exit_code == 0
    assert written(folder) == [f"{name.rstrip('/')}/one.txt".removeprefix("./")]


def test_a_folder_that_is_there_is_a_folder(folder):
    """Whatever its name."""
    (folder / "old.pdf").mkdir()
    assert run("solve", "one.yaml", "-f", "txt", "-o", "old.pdf").exit_code == 0
    assert written(folder) == ["old.pdf/one.txt"]


WRONG = {
    "another format": (["solve", "one.yaml", "-o", "key.txt", "-f", "json"], "is one file in the format txt"),
    "two formats": (["solve", "one.yaml", "-o", "key.txt", "-f", "json,txt"], "leave one of them out"),
    "no format": (["solve", "one.yaml", "-o", "key.docx"], ".docx is not a format; expected .tex, .html"),
    "two sheets": (["solve", "one.yaml", "two.yaml", "-o", "key.txt"], "2 descriptions; write to a folder"),
    "a key too": (["worksheet", "one.yaml", "--key", "-o", "key.txt"], "a sheet and its key; write to a folder"),
    "no sheet": (["worksheet", "one.yaml", "-o", "key.json"], ".json is not a format; expected .tex"),
    "two to a stream": (["solve", "one.yaml", "two.yaml", "-f", "txt", "-o", "-"], "standard output takes one"),
    "two of a name": (["solve", "one.yaml", "./one.yaml"], "would both write one.*"),
    "many reports": (["check", "one.yaml", ".", "-o", "key.txt"], "several files of answers"),
    "twice standard input": (["check", "-", "-"], "cannot both come from standard input"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_what_does_not_go_together_is_said(folder, arguments, words):
    """A place that cannot take what is asked for is exit 2, says why, and nothing is written."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert written(folder) == []


def test_the_description_is_not_overwritten_as_a_file(folder):
    """Nor by a name for it that ends in a format."""
    shutil.copy(folder / "one.yaml", folder / "one.txt")
    result = run("solve", "one.txt", "-o", "one.txt")
    assert result.exit_code == 2
    assert "overwrite the description" in result.stderr


@pytest.mark.parametrize("place", ["-", "/dev/stdin"])
@pytest.mark.parametrize("text", ["yaml", "json", "json with tabs"])
def test_a_description_comes_from_standard_input(folder, place, text):
    """YAML and JSON on standard input are solved, and files are named after it."""
    content = (folder / "one.yaml").read_text(encoding="utf-8")
    if text != "yaml":
        content = json.dumps(yaml.safe_load(content), indent="\t" if "tabs" in text else None)
    result = run("solve", place, "-f", "txt,json", input=content)
    assert result.exit_code == 0, result.output
    assert written(folder) == ["stdin.json", "stdin.txt"]
    assert run("show", place, input=content).stdout.startswith("Sheet one")
    assert run("worksheet", place, "-f", "txt", "-o", "-", input=content).stdout.startswith("Sheet one")


def test_what_is_wrong_on_standard_input_is_located():
    """A mistake there has its line and its column."""
    result = run("solve", "-", input="inputs: 2\nlayers:2\n")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: standard input:2:1: ")


@pytest.mark.parametrize(("places", "given"), [(("-", "answers.yml"), "one.yaml"), (("one.yaml", "-"), "answers.yml")])
def test_either_of_both_comes_from_standard_input(folder, places, given):
    """Answers are marked that come from there, and answers to a description that does."""
    result = run("check", *places, input=(folder / given).read_text(encoding="utf-8"))
    assert result.exit_code == 1, result.output
    assert "What was answered is correct." in result.stdout


def test_a_pipe_is_read_in_a_process_of_its_own(folder):
    """What another program writes is read to its end."""
    command = [sys.executable, "-c", "from symnet.cli.app import main; main()", "show", "/dev/stdin"]
    with (folder / "one.yaml").open("rb") as file:
        result = subprocess.run(command, stdin=file, capture_output=True, timeout=120, check=False)
    assert result.stdout.decode().startswith("Sheet one")


@pytest.mark.parametrize("command", ["solve", "worksheet"])
def test_one_that_fails_stops_no_other(folder, command):
    """Of several descriptions all that can be used are, and the exit code is the worst."""
    result = run(command, "one.yaml", "missing.yaml", "broken.yaml", "two.yaml", "-f", "txt", "-o", "out")
    assert result.exit_code == 2
    assert result.stdout.count("wrote") == len(written(folder)) == 2
    assert "missing.yaml" in result.stderr
    assert "broken.yaml:1:9: inputs: found 0" in result.stderr


@pytest.mark.usefixtures("folder")
def test_several_are_shown_one_after_the_other():
    """The terminal shows all of them, in the order in which they are named."""
    shown = run("show", "two.yaml", "broken.yaml", "one.yaml")
    assert shown.exit_code == 2
    assert shown.stdout.index("Sheet two") < shown.stdout.index("Sheet one")
    assert run("show", "two.yaml", "one.yaml").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_the_worst_exit_code_counts(monkeypatch):
    """Something that is not installed is worse than a file that cannot be used, wherever it stands."""
    from symnet.errors import MissingToolError
    from symnet.render import pdf

    def missing(*_arguments):
        raise MissingToolError("no PDF engine is installed")

    monkeypatch.setattr(pdf, "render_pdf", missing)
    assert run("solve", "one.yaml", "broken.yaml", "-f", "pdf").exit_code == 3
    assert run("solve", "broken.yaml", "one.yaml", "-f", "pdf").exit_code == 3


@pytest.mark.parametrize("command", ["solve", "worksheet", "check"])
def test_an_edited_file_is_kept_and_named(folder, command):
    """What was edited is kept and named, every other file of the run is written, and ``--force`` overwrites."""
    more = ["answers.yml"] if command == "check" else []
    arguments = [command, "one.yaml", *more, "-f", "tex,html,txt", "-o", "out"]
    # Not everything is answered.
    code = 1 if command == "check" else 0
    assert run(*arguments).exit_code == code
    names = [folder / name for name in written(folder)]
    before = [path.read_bytes() for path in names]
    assert run(*arguments).exit_code == code
    assert [path.read_bytes() for path in names] == before
    tex = next(path for path in names if path.suffix == ".tex")
    mine = tex.read_bytes() + b"% my own words\n"
    for path in names:
        path.write_bytes(mine if path == tex else b"" if path.suffix == ".html" else b"old")
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"{tex.relative_to(folder)}: kept, since it was edited" in result.stderr
    assert [path.read_bytes() for path in names] == [
        mine if path == tex else old for path, old in zip(names, before, strict=True)
    ]
    assert len(written(folder)) == len(names)
    assert run(*arguments, "--force").exit_code == code
    assert [path.read_bytes() for path in names] == before


def test_a_file_of_somebody_elses_is_kept(folder):
    """A .tex that symnet did not write is not overwritten."""
    (folder / "one.tex").write_text("\\documentclass{book}\n", encoding="utf-8")
    result = run("solve", "one.yaml", "-f", "tex")
    assert result.exit_code == 2
    assert "one.tex: kept, since symnet did not write it" in result.stderr


def test_quiet_prints_nothing(folder):
    """With ``-q`` nothing is printed but what is wrong."""
    for code, command in (
        (0, ["solve", "one.yaml", "-f", "txt"]),
        (0, ["worksheet", "one.yaml", "-f", "txt"]),
        (1, ["check", "one.yaml", "answers.yml"]),
    ):
        result = run(*command, "-q")
        assert (result.exit_code, result.output) == (code, "")
    (folder / "wrong.yaml").write_text("answers: {z1_1: 7}", encoding="utf-8")
    assert (run("check", "one.yaml", "wrong.yaml", "--quiet").exit_code, written(folder)[-1]) == (1, "wrong.yaml")
    assert "inputs: found 0" in run("solve", "broken.yaml", "-q").stderr


@pytest.mark.parametrize(
    "arguments", [["list", "losses"], ["solve", "broken.yaml"], ["check", "one.yaml", "answers.yml"]]
)
@pytest.mark.usefixtures("folder")
def test_no_colour_where_none_is_wanted(arguments, monkeypatch):
    """``NO_COLOR`` keeps colours out of everything, on a terminal too; an empty one does not count."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" in run(*arguments, color=True).output
    monkeypatch.setenv("NO_COLOR", "")
    assert "\x1b" in run(*arguments, color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(*arguments, color=True).output


def test_the_version_has_a_short_option():
    """``-V`` is ``--version``."""
    assert run("-V").output == run("--version").output != ""

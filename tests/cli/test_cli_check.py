"""`symnet check`: exit codes, what is printed, and reports that appear whole or not at all."""

import functools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from exercises import ROOT, describe, solved
from marked_once import reuse

from symnet.cli.app import cli
from symnet.cli.classrun import is_no_submission
from symnet.marking import batch
from symnet.marking.journal import NAME as JOURNAL
from symnet.marking.truth import Truth
from symnet.sheets.worksheet import scheme_of


@functools.cache
def everything():
    """Return a right answer to everything that the first loss of the example asks."""
    worked = solved(ROOT / "examples" / "C1.yaml")
    truth = Truth(worked, worked.parts[0])
    numbers = {name: str(truth.number(truth.by_id[name])) for name in scheme_of(worked)["binary_cross_entropy"]}
    return json.dumps({"answers": numbers})


RIGHT = 'answers: {z1_1: 0.3451, "dL/dw2_1_1": -0.5820}\n'
WRONG = 'answers: {z1_1: 0.3451, "dL/dw2_1_1": -0.3835}\n'
UNREADABLE = 'answers: {z1_1: "2 +", nothing: 1}\n'
CONTROL = "answers: {z1_1: 0.3451"


# Its layers have one unit each, so that marking takes far less than the shortest limit, on a busy machine, too.
SMALL = describe([1, 1, 1], ["sigmoid", "sigmoid"], "squared_error", data={"inputs": [[1]], "targets": [[1]]})
SMALL |= {"parameters": [{"weights": [["0.5"]], "biases": [number]} for number in (0, 1)]}


def run(*arguments):
    """Run a command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with submissions in it, which is the current one."""
    given = tmp_path / "given"
    given.mkdir()
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (given / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    reuse(monkeypatch)
    return tmp_path


@pytest.fixture
def spec(examples, folder):  # noqa: ARG001 - in whose folder commands are run
    """The worked example of the notes."""
    return examples["C1"]


def below(path):
    """Return every file below a folder, hidden ones too."""
    return sorted(str(found.relative_to(path)) for found in path.rglob("*") if not found.is_dir())


@pytest.mark.parametrize(
    ("text", "code"), [(RIGHT, 1), (None, 0), (WRONG, 1), (UNREADABLE, 1), (CONTROL, 2), ("answers: {}", 2), ("", 2)]
)
def test_exit_codes(spec, folder, text, code):
    """All right is 0, what is not right or not answered is 1, a file that cannot be used is 2 and says why."""
    # None stands for a right answer to everything, which is worked out where it is needed.
    (folder / "x.yaml").write_text(everything() if text is None else text, encoding="utf-8")
    result = run(spec, "x.yaml")
    assert result.exit_code == code, result.output
    assert (code == 2) == result.stderr.startswith("error: x.yaml:")
    assert (code == 2) == (not result.stdout)
    assert below(folder) == ["given/right.yaml", "given/wrong.yaml", "x.yaml"]


def test_the_table_names_the_mistake(spec):
    """The table has a line for each answer, with its verdict and the mistake, and the first wrong line below it."""
    result = run(spec, "given/wrong.yaml")
    assert "0.3451" in result.stdout
    assert "correct to rounding" in result.stdout
    assert "elementwise" in result.stdout.replace("\n", " ")
    assert "1 of 41 marks. First incorrect line: ∂L/∂w₁₁⁽²⁾. 39 questions not answered." in result.stdout
    assert "\x1b" not in result.stdout


def test_entries_of_a_right_array_are_one_line(folder):
    """A correct array is a line of the table; where an entry is wrong, that has its own."""
    (folder / "array.yaml").write_text('answers: {"dL/dV": "A\' @ (O - Y)", "dL/dO": [[1, 1], [1, "O_2_2 - Y_2_2"]]}\n')
    result = run(ROOT / "examples" / "attention.yaml", folder / "array.yaml")
    assert "dL/dV: 6 entries" in result.output
    assert "∂L/∂V" not in result.output.partition("Not answered")[0]
    assert "∂L/∂O₂,₁ = 1 " in result.output


def test_json_is_that_of_the_contract(spec):
    """Standard output has the JSON alone."""
    result = run(spec, "given/wrong.yaml", "-f", "json", "-o", "-")
    content = json.loads(result.stdout)
    assert (content["format"], content["marks"], content["out_of"]) == (1, "1", "41")
    given = [answer for answer in content["answers"] if answer["verdict"] != "not_answered"]
    assert [answer["verdict"] for answer in given] == ["right_to_rounding", "wrong"]
    assert len(content["answers"]) == 41
    assert "softmax_elementwise" in {mistake["name"] for mistake in given[1]["mistakes"]}
    assert result.exit_code == 1


@pytest.mark.parametrize("extra", [[], ["-f", "json,txt"], ["given/right.yaml", "-f", "json"], ["-f", "png"]])
def test_standard_output_takes_one_report(spec, extra):
    """Standard output takes one format of one file."""
    result = run(spec, "given/wrong.yaml", "-o", "-", *extra)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_a_file_that_cannot_be_used_prints_nothing(spec, folder):
    """Where there is no report, standard output stays empty."""
    (folder / "x.yaml").write_text(CONTROL, encoding="utf-8")
    result = run(spec, "x.yaml", "-f", "json", "-o", "-")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_report_in_each_format(spec, folder):
    """A report is written beside the table, where and as it is asked for."""
    names = ("tex", "txt", "json", "html")
    result = run(spec, "given/wrong.yaml", "-f", ",".join(names), "-o", "out")
    assert result.exit_code == 1
    for name in names:
        assert f"wrote {Path('out', f'wrong-marked.{name}')}" in result.stdout
        assert "0.3835" in (folder / "out" / f"wrong-marked.{name}").read_text(encoding="utf-8")


def test_a_folder_has_a_report_each_and_a_summary(spec, folder):
    """Every file of a folder has its report, what cannot be marked only its line; the table and the page have all."""
    (folder / "given" / "deep").mkdir()
    (folder / "given" / "deep" / "bad.yaml").write_text(CONTROL, encoding="utf-8")
    result = run(spec, "given", "-f", "json,txt")
    assert result.exit_code == 2
    assert below(folder / "marked") == [
        JOURNAL,
        *(f"right-marked.{suffix}" for suffix in ("json", "txt")),
        "summary.csv",
        "summary.json",
        "summary.txt",
        *(f"wrong-marked.{suffix}" for suffix in ("json", "txt")),
    ]
    lines = (folder / "marked" / "summary.csv").read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["file", "deep/bad.yaml", "right.yaml", "wrong.yaml"]
    assert lines[3].startswith("wrong.yaml,1,41,dL/dw2_1_1,")
    assert " dL/da2_1 " in lines[3]
    assert "3 submissions" in (folder / "marked" / "summary.txt").read_text(encoding="utf-8")
    assert "deep/bad.yaml" in result.stdout


def test_what_is_not_marked_in_a_folder_is_listed(spec, folder):
    """A PDF among the answers is listed with the reason: in the terminal, the table, the page and the JSON."""
    (folder / "given" / "alice.pdf").write_bytes(b"%PDF-1.7")
    (folder / "given" / "bob.txt").write_text("z1_1 = 0.3451", encoding="utf-8")
    (folder / "given" / "wrong.yaml").unlink()
    result = run(spec, "given", "-f", "json,txt,html")
    assert result.exit_code == 2
    why = "not a file of answers: found a PDF file"
    for name in ("summary.csv", "summary.txt", "summary.html"):
        written = " ".join((folder / "marked" / name).read_text(encoding="utf-8").split())
        assert "alice.pdf" in written
        assert "not a file of answers" in written, name
    whole = json.loads((folder / "marked" / "summary.json").read_text(encoding="utf-8"))
    rows = {row["file"]: row for row in whole["submissions"]}
    assert rows["alice.pdf"]["problem"].startswith(why)
    assert rows["bob.txt"]["marks"] == "1"
    assert "not marked" in result.stdout
    assert not list((folder / "marked").glob("alice*"))
    # Reports that were written here before are none of the answers.
    again = run(spec, ".", "-o", "marked", "-f", "txt")
    assert "-marked" not in (folder / "marked" / "summary.csv").read_text(encoding="utf-8"), again.output


@pytest.mark.parametrize("arguments", [["nowhere.yaml", "given"], ["given", "given"], ["given/right.yaml", "given"]])
def test_a_description_that_cannot_be_used(folder, arguments):
    """A description that is not there, or is none, is an error before anything is marked."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {arguments[0]}")
    assert not (folder / "marked").exists()


def test_a_folder_without_formats_has_pages(spec, folder):
    """A folder for which no format is asked has pages for a browser."""
    assert run(spec, "given").exit_code == 1
    assert below(folder / "marked") == [
        JOURNAL,
        "right-marked.html",
        "summary.csv",
        "summary.html",
        "wrong-marked.html",
    ]


def test_a_folder_is_right_if_all_of_it_is(spec, folder):
    """A folder ends with 0 if every submission is right, and nothing is missing in any."""
    (folder / "given" / "wrong.yaml").unlink()
    assert run(spec, "given", "-f", "json").exit_code == 1
    (folder / "given" / "right.yaml").write_text(everything(), encoding="utf-8")
    assert run(spec, "given", "-f", "json").exit_code == 0


def test_reports_are_not_taken_for_answers(spec, folder):
    """Marking a folder twice with the reports in it comes out the same."""
    first = run(spec, "given", "-o", "given", "-f", "json")
    assert run(spec, "given", "-o", "given", "-f", "json").stdout == first.stdout
    assert is_no_submission(spec, folder / "given", (), folder / "given" / "summary.csv")
    assert not is_no_submission(spec, folder / "out", (), folder / "given" / "summary.csv")
    assert not is_no_submission(spec, folder / "given", (), folder / "given" / "right.yaml")


def test_the_description_is_not_taken_for_answers(spec, folder):
    """A description in the folder of the submissions is none of them."""
    (folder / "given" / "q.yaml").write_bytes(spec.read_bytes())
    (folder / "given" / "loop.yaml").symlink_to("loop.yaml")
    result = run("given/q.yaml", "given", "-f", "json")
    assert "q.yaml" not in result.output
    assert "loop.yaml" in result.output


def test_no_file_that_is_read_is_overwritten(spec, folder):
    """A report that would take the place of an answers file or of the description is an error before any work."""
    (folder / "x-marked.json").write_text("{}", encoding="utf-8")
    (folder / "x.yaml").write_text(RIGHT, encoding="utf-8")
    result = run(spec, "x.yaml", "x-marked.json", "-f", "json", "-o", ".")
    assert result.exit_code == 2
    assert "overwrite" in result.stderr
    assert (folder / "x-marked.json").read_text(encoding="utf-8") == "{}"


def test_names_that_would_be_the_same_keep_their_ending(spec, folder):
    """Two files that differ in their ending alone have reports of their own."""
    (folder / "given" / "right.json").write_text('{"answers": {"z1_1": 0.3451}}', encoding="utf-8")
    run(spec, "given", "-f", "json")
    assert "right.json-marked.json" in below(folder / "marked")
    assert "right.yaml-marked.json" in below(folder / "marked")


def test_the_loss_is_chosen(spec):
    """``--loss`` chooses what is marked; one that there is not is an error that lists those there are."""
    assert (
        "What was answered is correct." in run(spec, "given/wrong.yaml", "--loss", "categorical_cross_entropy").stdout
    )
    result = run(spec, "given/wrong.yaml", "--loss", "hinge")
    assert result.exit_code == 2
    assert "expected binary_cross_entropy, categorical_cross_entropy" in result.stderr


def test_the_notation_is_chosen(spec):
    """``--notation`` writes the answers in another notation, and reads its names."""
    result = run(spec, "given/wrong.yaml", "--notation", "cs349")
    assert "q₁ = 0.3451" in result.stdout


def test_the_time_limit_is_kept(folder, monkeypatch):
    """A file that takes more of the processor than ``--timeout`` is given up, the others are not."""

    class Slow(batch.Marker):
        def mark(self, submission):
            if len(submission.answers) == 1:
                while True:
                    pass
            return super().mark(submission)

    monkeypatch.setattr(batch, "Marker", Slow)
    (folder / "given" / "slow.yaml").write_text("answers: {z1_1: 0.3451}", encoding="utf-8")
    (folder / "small.yaml").write_text(json.dumps(SMALL), encoding="utf-8")
    result = run("small.yaml", "given", "--timeout", "1", "-f", "json", "--jobs", "3")
    assert "stopped after 1 s" in (folder / "marked" / "summary.csv").read_text(encoding="utf-8")
    assert result.exit_code == 2
    assert "wrong-marked.json" in below(folder / "marked")


def test_a_report_that_fails_leaves_nothing_behind(spec, folder):
    """Where a report cannot be written, that is said, the others are whole, and no draft is left."""
    (folder / "marked").mkdir()
    (folder / "marked" / "right-marked.json").mkdir()
    result = run(spec, "given", "-f", "json", "--jobs", "1")
    assert result.exit_code == 2
    assert "error: marked/right-marked.json: cannot write a file here, there is a folder of this name" in result.stderr
    assert {"wrong-marked.json", "summary.csv"} <= set(below(folder / "marked"))
    assert [name for name in below(folder / "marked") if name.startswith(".")] == [JOURNAL]


def test_a_hostile_name_does_nothing_to_the_terminal(spec, folder):
    """The name of a file is printed without what a terminal would obey."""
    (folder / "given" / "\x1b[31mred.yaml").write_text(CONTROL, encoding="utf-8")
    (folder / "given" / "right.yaml").rename(folder / "given" / "\x1b[31mright.yaml")
    (folder / "given" / "wrong.yaml").unlink()
    result = run(spec, "given", "-f", "json")
    assert "\x1b" not in result.stdout + result.stderr
    assert "\x1b" not in (folder / "marked" / "summary.csv").read_text(encoding="utf-8")


def test_a_hostile_name_does_nothing_to_the_terminal_in_an_error(spec, folder):
    """Nor does the name of the only file, in the message that it cannot be read."""
    (folder / "\x1b[31mred.yaml").symlink_to("nowhere")
    result = run(spec, "\x1b[31mred.yaml")
    assert result.exit_code == 2
    assert result.stderr == "error: [31mred.yaml: this is a link; give the file itself\n"


def test_a_caret_stands_below_its_place(spec, folder):
    """What cannot be read is shown below the table with a caret below the place."""
    (folder / "x.yaml").write_text('answers: {z1_1: "2*x1 + ?"}', encoding="utf-8")
    lines = run(spec, "x.yaml").stdout.splitlines()
    typed = next(number for number, line in enumerate(lines) if line == "    2*x1 + ?")
    assert lines[typed + 1] == "           ^"
    assert lines[typed - 1].startswith("1: answer: found")


@pytest.mark.parametrize(
    ("options", "own", "other"),
    [(["--language", "de"], ",", "."), (["--language", "es"], ",", "."), ([], ".", ",")],
)
def test_a_report_has_the_decimal_mark_of_its_language(folder, options, own, other):
    """What was typed and what is correct have a comma in German and Spanish, in the terminal and on the page."""
    spec, answers = folder / "small.json", folder / "typed.txt"
    spec.write_text(json.dumps(SMALL), encoding="utf-8")
    answers.write_text(f"z1_1 = -0{own}75\n", encoding="utf-8")
    printed = run(spec, answers, *options).output
    page = run(spec, answers, *options, "-f", "txt", "-o", "-").output
    for shown in (printed, page):
        assert f"−0{own}75" in shown
        assert f"−0{other}75" not in shown
    assert f"0{own}5" in page.replace(f"−0{own}75", "")
    assert f"0{other}" not in page
    assert json.loads(run(spec, answers, *options, "-f", "json", "-o", "-").output)["answers"][0]["read_as"] == "-0.75"


def test_a_report_has_the_decimal_mark_of_its_description(folder):
    """A description that asks for a comma has one in English, too, as its sheets have."""
    spec, answers = folder / "small.json", folder / "typed.txt"
    spec.write_text(json.dumps({**SMALL, "numbers": {"decimal_mark": "comma"}}), encoding="utf-8")
    answers.write_text("z1_1 = -0,75\n", encoding="utf-8")
    assert "−0,75" in run(spec, answers).output

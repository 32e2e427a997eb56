"""`symnet check` over a class: runs that are stopped and go on, marks set by hand, gradebooks, codes."""

import csv
import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc

import pytest
import yaml
from click.testing import CliRunner
from exercises import describe
from marked_once import reuse

from symnet.cli import classrun
from symnet.cli.app import cli
from symnet.marking import batch, journal
from symnet.marking.batch import marked_one
from symnet.marking.isolation import Failure
from symnet.marking.report import to_bytes
from symnet.pipeline import solve
from symnet.sheets.worksheet import scheme_of

# Its layers have one unit each, since what is ready to be marked is ready soon.
SMALL = describe([1, 1, 1], ["sigmoid", "sigmoid"], "squared_error", data={"inputs": [[1]], "targets": [[1]]})
SMALL |= {"parameters": [{"weights": [["0.5"]], "biases": [number]} for number in (0, 1)]}
ANSWERS = ("z1_1: 0.5", "z1_1: 0.7", 'a1_1: 0.6225, "delta2_1": "(a2_1 - y1)*a2_1*(1 - a2_1)"', 'z1_1: "2 ?"')
COMMAND = [sys.executable, "-c", "from symnet.cli.app import main; main()", "check", "small.yaml", "given"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a description and twelve submissions, which is the current one."""
    monkeypatch.chdir(tmp_path)
    reuse(monkeypatch)
    # What is made ready for many takes longer than these few answers.
    monkeypatch.setattr(batch, "_MANY", 1000)
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    (tmp_path / "given").mkdir()
    for number in range(12):
        text = f"answers: {{{ANSWERS[number % len(ANSWERS)]}}}"
        (tmp_path / "given" / f"s{number:02}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments):
    """Run the command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(
        cli, ["check", "small.yaml", "given", "-f", "json", "--jobs", "2", *map(str, arguments)]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def contents(folder, name="marked"):
    """Return what is in every file of reports, but for the journal."""
    return {path.name: path.read_bytes() for path in (folder / name).iterdir() if path.name != journal.NAME}


def rows_of(path):
    """Return the rows of a table, by its head."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.fixture
def marked_now(monkeypatch):
    """The names of the submissions that are marked while a test runs, in this process."""
    names = []
    pieces = batch._Queue.pieces

    def noted(queue):
        for piece in pieces(queue):
            names.append(piece.partition(b"\0")[0].decode())
            yield piece

    monkeypatch.setattr(batch._Queue, "pieces", noted)
    return names


def test_what_has_not_changed_is_not_marked_again(folder, marked_now):
    """A run that goes on marks what is new or has changed, and all when the description has; its files are the same."""
    run()
    assert len(marked_now) == 12
    before = contents(folder)
    marked_now.clear()
    again = run("--resume")
    assert marked_now == []
    assert again.exit_code == 1
    assert contents(folder) == before
    (folder / "given" / "s01.yaml").write_text("answers: {z1_1: 0.5}", encoding="utf-8")
    (folder / "given" / "new.yaml").write_text("answers: {z1_1: 0.7}", encoding="utf-8")
    run("--resume")
    assert sorted(marked_now) == ["new.yaml", "s01.yaml"]
    assert json.loads(contents(folder)["s01-marked.json"])["answers"][0]["verdict"] == "right"
    marked_now.clear()
    run("--resume", "--timeout", "9")
    assert len(marked_now) == 13
    marked_now.clear()
    SMALL_TOO = {**SMALL, "title": "Another"}
    (folder / "small.yaml").write_text(yaml.safe_dump(SMALL_TOO), encoding="utf-8")
    run("--resume", "--timeout", "9")
    assert len(marked_now) == 13
    assert json.loads(contents(folder)["s01-marked.json"])["title"] == "Another"
    marked_now.clear()
    run()
    assert len(marked_now) == 13


def test_reports_of_what_is_gone_are_removed_or_named(folder):
    """A run that goes on removes reports on what is gone, and keeps what was edited; a new one removes nothing."""
    run("-f", "json,html")
    edited = folder / "marked" / "s02-marked.json"
    edited.write_text("{}", encoding="utf-8")
    for name in ("s01", "s02"):
        (folder / "given" / f"{name}.yaml").unlink()
    (folder / "given" / "s03.yaml").write_text("answers: {", encoding="utf-8")
    result = run("--resume", "-f", "json,html")
    assert "removed marked/s01-marked.json, which an earlier run had written" in result.stdout
    assert "removed marked/s03-marked.html, which an earlier run had written" in result.stdout
    assert "warning: marked/s02-marked.json: from an earlier run, which this one did not write" in result.stderr
    left = contents(folder)
    assert not {"s01-marked.json", "s01-marked.html", "s02-marked.html", "s03-marked.json"} & left.keys()
    assert left["s02-marked.json"] == b"{}"
    # A run that begins anew removes nothing: it may be about other submissions.
    (folder / "given" / "s04.yaml").unlink()
    fresh = run("-f", "json,html")
    assert "warning: marked/s04-marked.json: from an earlier run" in fresh.stderr
    assert "s04-marked.json" in contents(folder)
    assert "removed marked/s04-marked.json" in run("--resume", "-f", "json,html").stdout


def test_a_report_that_was_lost_is_written_again(folder, marked_now):
    """What somebody removed or changed is written again by a run that goes on, without being marked."""
    run()
    before = contents(folder)
    marked_now.clear()
    (folder / "marked" / "s05-marked.json").unlink()
    (folder / "marked" / "s06-marked.json").write_text("torn", encoding="utf-8")
    run("--resume")
    assert marked_now == []
    assert contents(folder) == before


def test_what_a_process_died_of_is_tried_again(folder, monkeypatch):
    """A submission whose process was ended from outside, as by a full machine, is marked again."""

    def died(_prepare, pieces, *_more, **_options):
        for number, _piece in enumerate(pieces):
            yield number, Failure.ENDED

    monkeypatch.setattr(batch, "isolated", died)
    assert run().exit_code == 2
    monkeypatch.undo()
    os.chdir(folder)
    assert run("--resume").exit_code == 1


# Moments at which a run is ended: after so many reports, and how.
MOMENTS = [(number, signal.SIGKILL) for number in (0, 1, 2, 4, 5, 8, 11)]
MOMENTS += [(3, signal.SIGTERM), (7, signal.SIGTERM), (9, signal.SIGINT)]


def stopped_at(folder, reports, how, options):
    """Begin a run, end it after so many reports, and return its exit code."""
    running = subprocess.Popen([*COMMAND, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    out = folder / "marked"
    while running.poll() is None and not (out.exists() and len(list(out.glob("*-marked.json"))) >= reports):
        time.sleep(0.001)
    running.send_signal(how)
    said = running.communicate()[1]
    assert "Traceback" not in said
    for path in out.glob("*-marked.*"):
        assert path.suffix != ".json" or json.loads(path.read_text(encoding="utf-8"))["out_of"]
    return running.returncode, said


def goes_on(folder, moments):
    """Assert that a run that was ended at some moments leaves the same files as one that was not, once it goes on."""
    options = ("-f", "json,txt", "--jobs", "2")
    run(*options, "-o", "whole")
    whole = contents(folder, "whole")
    assert len(whole) == 2 * 12 + 3
    for reports, how in moments:
        code, said = stopped_at(folder, reports, how, (*options, "--resume"))
        if code not in {1, -how}:
            assert code == 128 + how
            assert "--resume goes on from here" in said
    # What a process leaves behind that is ended while it writes.
    (folder / "marked").mkdir(exist_ok=True)
    (folder / "marked" / ".s03-marked.json.abcd1234").write_text("{", encoding="utf-8")
    assert run(*options, "--resume").exit_code == 1
    assert contents(folder) == whole


@pytest.mark.parametrize("moment", [pytest.param(moment, marks=pytest.mark.campaign) for moment in MOMENTS])
def test_a_run_that_was_stopped_once_goes_on(folder, moment):
    """Ended at each of ten moments and begun again, a run leaves the same files, none of them torn, and no drafts."""
    goes_on(folder, [moment])


def test_a_run_that_was_killed_goes_on(folder):
    """So it is for one that was killed in the middle."""
    goes_on(folder, [(5, signal.SIGKILL)])


@pytest.mark.campaign
def test_a_run_that_was_stopped_at_ten_moments_goes_on(folder):
    """So it is for ten moments, one after the other."""
    goes_on(folder, MOMENTS)


@pytest.mark.campaign
def test_a_busy_machine_changes_nothing(folder):
    """Limits are of the processor's time: beside many busy processes the same marks are given within a tight one."""
    assert run("-o", "quiet").exit_code == 1
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        assert run("--jobs", "4", "--timeout", "2").exit_code == 1
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert contents(folder) == contents(folder, "quiet")


def test_one_run_writes_at_a_time(folder):
    """While a run writes into a folder, another one that would is refused."""
    (folder / "marked").mkdir()
    script = (
        "import sys, pathlib; from symnet.marking.journal import Journal\n"
        "with Journal(pathlib.Path('marked'), '', resume=False): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout.readline() == "held\n"
        result = run()
        assert result.exit_code == 2
        assert "marked: another run of symnet check writes here" in result.stderr
        other.stdin.close()


def test_nothing_goes_on_among_submissions(folder):
    """Where reports lie among submissions, there is no journal, which could be anybody's; for one file neither."""
    assert "there are files of answers here" in run("-o", "given", "--resume").stderr
    run("-o", "given")
    assert not (folder / "given" / journal.NAME).exists()
    result = CliRunner().invoke(cli, ["check", "small.yaml", "given/s01.yaml", "--resume"])
    assert result.exit_code == 2
    assert "there is one" in result.output


OVERRIDES = 'overrides:\n  - {file: s01.yaml, line: z1_1, marks: 1, note: "said so in class"}\n'


def test_marks_set_by_hand_survive_marking(folder):
    """They stand in the report, the total, the table and the page, also when all is marked again."""
    (folder / "given" / "overrides.yaml").write_text(OVERRIDES, encoding="utf-8")
    for options in ((), ("--resume",)):
        assert run("-f", "json,txt", "--gradebook", "grades.csv", *options).exit_code == 1
        report = json.loads(contents(folder)["s01-marked.json"])
        assert report["marks"] == "1"
        assert report["answers"][0]["by_hand"] == {"before": "0", "note": "said so in class"}
        assert "said so in class" in contents(folder)["s01-marked.txt"].decode()
        rows = {row["file"]: row for row in rows_of(folder / "marked" / "summary.csv")}
        assert (rows["s01.yaml"]["marks"], rows["s01.yaml"]["set_by_hand"]) == ("1", "z1_1")
        assert len(rows) == 12
        assert "1 answer were set by hand" in contents(folder)["summary.txt"].decode()
        grades = {row["student"]: row for row in rows_of(folder / "grades.csv")}
        assert (grades["s01"]["z1_1"], grades["s01"]["total"]) == ("1", "1")
    # Where it changes, the reports that it is about do.
    (folder / "given" / "overrides.yaml").unlink()
    run("--resume", "-f", "json,txt")
    assert json.loads(contents(folder)["s01-marked.json"])["marks"] == "0"


def test_bad_overrides_are_refused_before_any_work(folder):
    """All that is wrong with marks set by hand is told at its place, and nothing is marked or written."""
    text = OVERRIDES + "  - {file: nobody.yaml, line: z9, marks: 2}\n  - {file: s02.yaml, line: z1_1, marks: 2}\n"
    (folder / "given" / "overrides.yaml").write_text(text, encoding="utf-8")
    result = run()
    assert result.exit_code == 2
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        "given/overrides.yaml:3:12",
        "given/overrides.yaml:3:31",
        "given/overrides.yaml:4:41",
    ]
    assert not (folder / "marked").exists()


def test_marks_for_what_could_not_be_marked_are_told(folder):
    """Marks in a file that could not be marked have no report to stand in: that is said, and the others are written."""
    (folder / "given" / "s01.yaml").write_text("answers: {", encoding="utf-8")
    (folder / "given" / "overrides.yaml").write_text(OVERRIDES, encoding="utf-8")
    result = run()
    assert result.exit_code == 2
    assert "overrides.yaml:2:5: s01.yaml could not be marked, so that no marks can be set in it" in result.stderr
    assert len(contents(folder)) == 11 + 2


def test_without_names_there_are_codes(folder):
    """Reports, lists and messages have codes in the place of names; the key is beside the folder, and stays."""
    (folder / "given" / "s00.yaml").write_text("student: Jane Doe\nanswers: {z1_1: 0.5}", encoding="utf-8")
    (folder / "given" / "s01.yaml").write_text("student: Jane Doe\nanswers: {", encoding="utf-8")
    (folder / "given" / "overrides.yaml").write_text(OVERRIDES.replace("s01", "s05"), encoding="utf-8")
    result = run("--anonymous", "--gradebook", "grades.csv", "-f", "json,txt,html")
    written = contents(folder)
    everything = b"".join([*written.values(), result.output.encode(), (folder / "grades.csv").read_bytes()]).decode()
    assert "Jane" not in everything
    assert not [name for name in (f"s{number:02}" for number in range(12)) if name in everything or name in written]
    rows = rows_of(folder / "marked-key.csv")
    codes = {row["file"]: row["code"] for row in rows}
    assert len(codes) == 12
    assert next(row["name"] for row in rows if row["file"] == "s00.yaml") == "Jane Doe"
    assert json.loads(written[f"{codes['s05.yaml']}-marked.json"])["marks"] == "1"
    run("--anonymous", "--resume", "-f", "json,txt,html")
    assert contents(folder) == written


def test_a_gradebook_takes_the_place_of_nothing(folder):
    """A gradebook that would overwrite a submission, or that Canvas could not read, is refused before any work."""
    assert "overwrite" in run("--gradebook", "given/s01.yaml").stderr
    refused = run("--gradebook", "grades.csv", "--gradebook-form", "canvas", "--assignment", "Final Score")
    assert "--assignment" in refused.stderr
    assert run("--gradebook", "g.csv", "--gradebook-form", "moodle", "--anonymous").exit_code == 2
    assert not (folder / "marked").exists()
    assert (
        run("--gradebook", "grades.csv", "--gradebook-form", "canvas", "--assignment", "Homework 3 (12)").exit_code == 1
    )
    lines = (folder / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["Student,ID,SIS Login ID,Section,Homework 3 (12)", "Points Possible,,,,12", "s00,,s00,,1"]


def test_little_is_kept_of_each_submission(folder, monkeypatch):
    """What a run holds when all is marked grows by less than 1.5 kB a submission, its name and its reports among it."""
    worked = solve(folder / "small.yaml")
    result = b"+" + to_bytes(marked_one(worked, scheme_of(worked), {"z1_1": "0.5"}))
    held = []

    def measured(_run):
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])

    def all_alike(_worked, _recipe, files, *_limits, held, **_options):
        for number, file in enumerate(files):
            held.add(held.key(file.name.encode()), result)
            yield number, result

    monkeypatch.setattr(classrun, "marked_all", all_alike)
    monkeypatch.setattr(classrun, "write_over", lambda *_what, **_how: b"")
    monkeypatch.setattr(classrun.ClassRun, "sum_up", measured)
    tracemalloc.start()
    try:
        for count in (12, 100, 300):
            for number in range(count):
                (folder / "given" / f"s{number:02}.yaml").touch()
            run("-q", "-o", f"marked{count}")
    finally:
        tracemalloc.stop()
    assert (held[2] - held[1]) / 200 < 1500

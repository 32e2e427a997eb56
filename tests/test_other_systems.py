"""What holds on systems that have less: no fork, no limits of memory, no groups of processes, as on Windows."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.errors import OutputError
from symnet.marking.submissions import SubmissionError, read
from symnet.render import pdf

# Python reads it in every process at its start. SIGKILL stays, which Python itself takes here to end a process.
WITHOUT = """\
import multiprocessing, os, signal, sys

for name in ("fork", "forkpty", "killpg", "sysconf", "sched_getaffinity", "O_NOFOLLOW", "O_NONBLOCK"):
    delattr(os, name)
for name in ("setitimer", "getitimer", "SIGPROF", "SIGALRM", "ITIMER_PROF", "ITIMER_REAL"):
    delattr(signal, name)
sys.modules.update(resource=None, fcntl=None)
multiprocessing.set_start_method("spawn")
multiprocessing.get_all_start_methods = lambda: ["spawn"]
"""
HOSTILE = "z1_1 = " + "(" * 500


@pytest.fixture
def elsewhere(tmp_path):
    """Runs symnet as on a system that has less, and returns the process when it has ended."""
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")

    def run(*arguments):
        path = os.pathsep.join([str(tmp_path / "system"), *sys.path])
        program = "import os\nfrom symnet.cli.app import main\nassert not hasattr(os, 'fork')\nmain()"
        command = [sys.executable, "-c", program, *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_a_class_is_marked_alike_where_processes_are_no_copies(elsewhere, examples, tmp_path, monkeypatch):
    """Without fork, limits of memory, timers and locks a class gets the same table, a hostile submission included."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ben.txt").write_text("q = 3\ndf/dq = q\ndf/dz = x + y\n", encoding="utf-8")
    (folder / "eve.txt").write_text(HOSTILE, encoding="utf-8")
    done = elsewhere("check", examples["C4"], folder, "-o", "there", "-f", "txt", "--jobs", "1")
    assert (done.returncode, done.stderr) == (1, "")
    monkeypatch.chdir(tmp_path)
    here = CliRunner().invoke(cli, ["check", str(examples["C4"]), str(folder), "-o", "here", "-f", "txt"])
    assert here.exit_code == 1
    for name in ("summary.csv", "ben-marked.txt", "eve-marked.txt"):
        assert Path("there", name).read_bytes() == Path("here", name).read_bytes(), name
    assert "ben.txt" in Path("there/summary.csv").read_text(encoding="utf-8")


@pytest.mark.campaign
@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "SPEC", "-f", "html", "--template", "own"],
        ["variants", "SPEC", "--count", "2", "--seed", "1", "--jobs", "2", "-f", "tex"],
        ["solve", "SPEC", "-f", "tex,html,json,txt,md,ipynb"],
        ["doctor"],
    ],
    ids=["template", "variants", "solve", "doctor"],
)
def test_commands_work_where_the_system_has_less(arguments, elsewhere, examples, tmp_path):
    """Templates, processes for variants and files need nothing that some systems lack."""
    (tmp_path / "own" / "html").mkdir(parents=True)
    (tmp_path / "own" / "html" / "document.html").write_text("<title>{{ title }}</title>", encoding="utf-8")
    done = elsewhere(*(examples["xor"] if word == "SPEC" else word for word in arguments))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_link_is_refused_where_opening_does_not_see_it(tmp_path, monkeypatch):
    """A link among the answers is refused, though the system has no flag for it."""
    (tmp_path / "secret.txt").write_text("q = 3\n", encoding="utf-8")
    (tmp_path / "answers.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("symnet.marking.submissions._NO_LINK", 0)
    with pytest.raises(SubmissionError, match="this is a link"):
        read(tmp_path / "answers.txt")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this is such a system")
def test_pdflatex_is_ended_where_there_are_no_groups_of_processes(tmp_path, monkeypatch):
    """A pdflatex that takes too long is ended, and it is said, without groups of processes."""
    program = tmp_path / "pdflatex"
    program.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    program.chmod(0o755)
    begin, begun = subprocess.Popen, []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: begun.append(begin(*given, **named)) or begun[-1])
    monkeypatch.setattr(pdf, "_SECONDS", 0.2)
    monkeypatch.delattr(os, "killpg")
    with pytest.raises(OutputError, match="pdflatex was stopped"):
        pdf.run_pdflatex(str(program), "")
    assert [process.returncode for process in begun] == [-signal.SIGKILL]

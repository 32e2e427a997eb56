"""Commands and outputs of documents: found in their text, run in a folder, compared with what is printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from symnet.cli.app import cli

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)

WRONG = """\
title: A file with mistakes
inputs: 2
layers:
  - {units: 2, activation: sigmoyd}
  - {units: 1, activation: sigmoid, bias: no}
loss: binary_cross_entropy
data:
  inputs: [[0.1, 0.2, 0.3]]
  targets: [[1.5]]
"""
ODD = """\
graph:
  inputs: [x, y]
  nodes: {f: x y}
  output: f
"""
CLASH = """\
profile: standard
activation: z
"""
# What the tutorial for students has them save.
MINE = """\
q = 3
f = -12
df/dq = q
df/dx = 3
df/dy = 3
df/dz = 3
"""
COLON = """\
title: Exercise 3: backprop
inputs: 2
"""


def lay_out(folder: Path) -> None:
    """Put into a folder the examples, wrong descriptions, a wrong notation and a page of another's."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    files = {"wrong.yaml": WRONG, "odd.yaml": ODD, "clash.yaml": CLASH, "colon.yaml": COLON, "mine.txt": MINE}
    for name, text in {**files, "C4.tex": "\\documentclass{book}\n"}.items():
        (folder / name).write_text(text, encoding="utf-8")


class Session(NamedTuple):
    """Commands that are run one after the other in one folder, each with what stands below it."""

    document: str
    steps: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What a test calls it: the document and the last command."""
        return f"{self.document}: {self.steps[-1][0]}"

    @property
    def takes_long(self) -> bool:
        """Whether a class is chosen among 200 draws, which takes more than all other commands."""
        return any(command.startswith("symnet variants") for command, _output in self.steps)


def sessions(document: str, *, whole: bool = False) -> list[Session]:
    """Return the sessions of a document, each one block of the console, or all of them as one session."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        lines = [line.removeprefix(block[1]) for line in block[2].splitlines(keepends=True)]
        steps: list[tuple[str, str]] = []
        for line in lines:
            if line.startswith("$ "):
                steps.append((line[2:].rstrip("\n"), ""))
            else:
                command, output = steps.pop()
                steps.append((command, output + line))
        found.append(Session(document, tuple(steps)))
    if whole and found:
        return [Session(document, tuple(step for session in found for step in session.steps))]
    return found


def run(command: str) -> str:
    """Run a command with this Python's symnet, and return what it prints and its exit code as documents do."""
    words = shlex.split(command)
    if words[0] == "symnet":
        words = [sys.executable, "-c", "from symnet.cli.app import main; main()", *words[1:]]
    environment = os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, encoding="utf-8", check=False
    )
    return done.stdout + (f"[exit code {done.returncode}]\n" if done.returncode else "")


def run_here(command: str) -> str:
    """Run a command of symnet in this process, and any other as it is, and return the same."""
    program, *arguments = shlex.split(command)
    if program != "symnet":
        return run(command)
    done = CliRunner(env={"COLUMNS": "100"}).invoke(cli, arguments, prog_name="symnet")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output + (f"[exit code {done.exit_code}]\n" if done.exit_code else "")


def prints(output: str, printed: str) -> bool:
    """Return whether what is printed is the output of a document, in which three dots stand for any lines."""
    wanted = "".join("(?:.*\n)*?" if line == "...\n" else re.escape(line) for line in output.splitlines(keepends=True))
    return re.fullmatch(wanted, printed) is not None

"""A run that is killed at any moment, and taken up again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from classes import PRODUCT

MOMENTS = 20
SHEETS = 60


def command(spec, folder, jobs):
    """Return the command that makes the class."""
    run = "from symnet.cli.app import main; main()"
    options = ("--count", str(SHEETS), "--seed", "7", "-f", "tex,txt", "--key", "--jobs", str(jobs), "-o", str(folder))
    return [sys.executable, "-c", run, "variants", str(spec), *options]


def contents(folder):
    """Return the content of every file in a folder by its name, drafts among them."""
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The description, and the class made in one go by one process."""
    folder = tmp_path_factory.mktemp("whole")
    spec = folder / "graph.yaml"
    spec.write_text(f"{PRODUCT}screening: {{allow: explained_by_mistakes}}\n", encoding="utf-8")
    subprocess.run(command(spec, folder / "one", 1), check=True, capture_output=True)
    return spec, contents(folder / "one")


@pytest.mark.campaign
@pytest.mark.parametrize("jobs", [2, 4])
def test_jobs_make_the_same_bytes(whole, tmp_path, jobs):
    """The same seed on one process and on several gives the same files, byte for byte."""
    spec, known = whole
    subprocess.run(command(spec, tmp_path / "out", jobs), check=True, capture_output=True)
    assert contents(tmp_path / "out") == known


@pytest.mark.campaign
def test_a_run_killed_at_twenty_moments_gives_the_same_files(whole, tmp_path):
    """No kill leaves a file that is not whole, and what the last run leaves is what one run in one go makes."""
    spec, known = whole
    chance = random.Random(20)  # noqa: S311 - no secrets are drawn
    stopped, folder = 0, tmp_path / "0"
    for moment in range(MOMENTS):
        folder.mkdir(exist_ok=True)
        before = len(contents(folder))
        with subprocess.Popen(
            command(spec, folder, 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as run:
            while run.poll() is None and len(list(folder.iterdir())) <= before:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            stopped += run.poll() is None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        found = contents(folder)
        torn = {name for name in found if not name.startswith((".", "manifest")) and found[name] != known[name]}
        assert not torn
        if run.returncode == 0:
            assert found == known
            folder = tmp_path / str(moment)
    assert stopped > MOMENTS // 2
    folder.mkdir(exist_ok=True)
    subprocess.run(command(spec, folder, 1), check=True, capture_output=True)
    assert contents(folder) == known

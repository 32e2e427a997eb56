"""The autograder for Gradescope, run in a root of its own."""

import io
import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from symnet.export.gradescope import gradescope

SPEC = b"""\
title: A product
graph: {inputs: [x, y, z], nodes: {q: x + y, f: q * z}, output: f}
at: {x: -2, y: 5, z: -4}
questions: [{ask: q}, {ask: df/dq}, {ask: df/dx}, {ask: df/dz}]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The folders that Gradescope has, with the archive unpacked and an environment that setup.sh would have made."""
    root = tmp_path_factory.mktemp("autograder")
    (root / "submission").mkdir()
    with zipfile.ZipFile(io.BytesIO(gradescope(SPEC))) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, root / "source"))
            path.chmod(info.external_attr >> 16 & 0o777)
    (root / "venv").symlink_to(sys.prefix)
    return root


def run(root, **files):
    """Return what the autograder says of a submission."""
    for old in (root / "submission").iterdir():
        old.unlink()
    for name, text in files.items():
        (root / "submission" / name.replace("_", ".")).write_text(text, encoding="utf-8")
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root)}
    subprocess.run([root / "source" / "run_autograder"], env=environment, check=True)
    return json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))


def test_a_submission_is_marked(root):
    """Each question is a test with its marks; a mistake is told, and what would be correct is not."""
    found = run(root, mine_yaml="answers: {q: 3, df/dq: 3, df/dx: -4}")
    tests = {one["name"]: one for one in found["tests"]}
    assert found["score"] == sum(one["score"] for one in found["tests"]) == 2
    assert sum(one["max_score"] for one in found["tests"]) == 4
    assert {name: one["status"] for name, one in tests.items()} == {
        "q": "passed",
        "df/dq": "failed",
        "df/dx": "passed",
        "df/dz": "failed",
    }
    assert "The variable itself was used" in tests["df/dq"]["output"]
    assert "-4" not in tests["df/dq"]["output"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a_yaml": "answers: {}", "b_csv": "q,3"},
        pytest.param({"a_yaml": "answers: [unclosed"}, marks=pytest.mark.campaign),
    ],
    ids=["none", "two", "unreadable"],
)
def test_what_cannot_be_marked_earns_nothing_and_says_why(root, files):
    """No file, two files, and one that is no file of answers score 0 with a reason, in which no path stands."""
    found = run(root, **files)
    assert found["score"] == 0
    assert found["output"]
    assert str(root) not in found["output"]


def test_the_scripts_are_whole(root):
    """The scripts are run, read by bash without a fault, and ask for this version of symnet."""
    for name in ("setup.sh", "run_autograder"):
        path = root / "source" / name
        assert os.access(path, os.X_OK)
        subprocess.run(["bash", "-n", path], check=True)
    assert (root / "source" / "requirements.txt").read_text() == f"symnet=={version('symnet')}\n"
    assert gradescope(SPEC) == gradescope(SPEC)

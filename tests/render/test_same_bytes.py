"""The same description gives the same bytes: in another process, in another folder, at another time, in any zone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
# Prints a digest of each file that can be made of a description; with both engines, of worksheets and keys too.
WRITE = """
import hashlib, json, sys
import symnet
from symnet.render.formats import FORMATS
work = symnet.solve(sys.argv[1])
found = {}
for name, form in FORMATS.items():
    for engine in sys.argv[2:] if name == "pdf" else [""]:
        found[f"solution {name} {engine}"] = form.render(work, engine or None).content
        for level in ("blank", "key") if form.write and len(sys.argv) > 3 else ():
            found[f"{level} {name} {engine}"] = form.write(work.worksheet(level), engine or None).content
print(json.dumps({name: hashlib.sha256(content).hexdigest() for name, content in found.items()}))
"""


def digests(path, folder, engines, **environment):
    """Return a digest of each file that a process of its own makes in a folder."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(path), *engines],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        timeout=600,
    )
    return json.loads(done.stdout)


def assert_the_same(path, tmp_path, engines):
    """Assert that two processes that differ in all that should not matter make the same files."""
    first = digests(path, tmp_path / "one", engines, PYTHONHASHSEED="1", TZ="UTC")
    again = digests(path, tmp_path / "another", engines, PYTHONHASHSEED="77", TZ="Asia/Tokyo")
    assert len(first) >= 5
    assert {file for file, digest in first.items() if again[file] != digest} == set()


def test_the_same_bytes(examples, tmp_path):
    """A solution is the same, byte by byte, in every format."""
    pytest.importorskip("typst")
    assert_the_same(examples["C4"], tmp_path, ["typst"])


@pytest.mark.campaign
@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("name", EXAMPLES)
def test_all_the_same_bytes(examples, tmp_path, name):
    """Solutions, worksheets and keys are so, in both engines."""
    pytest.importorskip("typst")
    assert_the_same(examples[name], tmp_path, ["pdflatex", "typst"])

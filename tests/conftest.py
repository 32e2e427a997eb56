"""What all tests share: where things are, and the flag that rewrites the golden files."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# SymPy's caches make the first example of a test slow, so time is no sign of a fault.
settings.register_profile("symnet", deadline=None)
settings.load_profile("symnet")

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser):
    """Add ``--update-golden``."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.txt; read the diff after")


@pytest.fixture(scope="session")
def root():
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def examples():
    """The examples by name, all of them, and never none."""
    found = {path.stem: path for path in sorted((ROOT / "examples").glob("*.yaml"))}
    assert {"cs4045-q1", "cs4045-q2", "cs349-slides", "xor"} <= set(found)
    return found


@pytest.fixture
def golden(request):
    """A function that compares a text with its golden file, or rewrites the file under ``--update-golden``."""

    def compare(name, text):
        path = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"there is no {path.name} yet: run pytest --update-golden and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def pdflatex():
    """The path of pdflatex; without one the test is skipped, or fails where TeX is required."""
    program = shutil.which("pdflatex")
    if program is None and os.environ.get("SYMNET_REQUIRE_TEX") == "1":
        pytest.fail("SYMNET_REQUIRE_TEX=1, but pdflatex is not on PATH")
    if program is None:
        pytest.skip("pdflatex is not on PATH")
    return program

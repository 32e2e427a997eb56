"""What all tests share: where things are, and the flag that rewrites the golden files."""

import gc
import os
import random
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

# SymPy's caches make the first example of a test slow, so time is no sign of a fault.
settings.register_profile("everyday", deadline=None, max_examples=16)
settings.register_profile("campaign", deadline=None, max_examples=400)
settings.load_profile("everyday")

# SymPy makes many small objects that live long; looking through them all the time is a tenth of the work.
gc.set_threshold(50_000, 20, 100)

ROOT = Path(__file__).parent.parent


def pytest_collection_finish():
    """Look no more through what was imported and collected, which stays to the end."""
    gc.freeze()


def pytest_addoption(parser):
    """Add ``--update-golden``."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.txt; read the diff after")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave to the campaign what is beyond the everyday sample of a test's cases."""
    cases = defaultdict(list)
    for item in items:
        if item.get_closest_marker("everyday"):
            cases[item.path, item.originalname].append(item)
    for of_one_test in cases.values():
        (count,) = of_one_test[0].get_closest_marker("everyday").args
        for item in _beyond(of_one_test, count):
            item.add_marker(pytest.mark.campaign)


def _beyond(items, count):
    """Return all but ``count`` items, or a few more if it takes them to have every value of every parameter."""
    values = {item: {(name, repr(value)) for name, value in item.callspec.params.items()} for item in items}
    often = Counter(value for of_one in values.values() for value in of_one)
    # What stands in one case only is a name or a seed.
    to_see = {value for value, number in often.items() if number > 1}
    mixed = random.Random(items[0].originalname).sample(items, len(items))  # noqa: S311 - not cryptography
    chosen = set()
    for item in mixed:
        if values[item] & to_see:
            chosen.add(item)
            to_see -= values[item]
    for item in mixed:
        if len(chosen) < count:
            chosen.add(item)
    return [item for item in items if item not in chosen]


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

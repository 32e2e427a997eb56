"""What all tests share: where things are, and the flag that rewrites the golden files."""

import gc
import os
import random
import shutil
from collections import Counter
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


# What the markers leave of a run, as pyproject.toml has it; in any other run all cases are made.
_EVERYDAY = "not campaign"


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector, obj):
    """Make no case of the campaign's tests in an everyday run: making thousands to leave them out takes seconds."""
    marks = {mark.name for mark in getattr(obj, "pytestmark", ())}
    return [] if "campaign" in marks and collector.config.option.markexpr == _EVERYDAY else None


@pytest.hookimpl(hookwrapper=True)
def pytest_generate_tests(metafunc):
    """Leave to the campaign what is beyond the everyday sample of a test's cases."""
    yield
    marker = metafunc.definition.get_closest_marker("everyday")
    if marker is None:
        return
    beyond = _beyond(metafunc._calls, metafunc.definition.originalname, *marker.args, **marker.kwargs)
    if metafunc.config.option.markexpr == _EVERYDAY:
        metafunc._calls = [call for call in metafunc._calls if id(call) not in beyond]
    for call in metafunc._calls:
        if id(call) in beyond:
            call.marks.append(pytest.mark.campaign.mark)


def _beyond(calls, seed, count, every=True):
    """Return the ids of all but ``count`` cases, or a few more if it takes them to have every value of a parameter."""
    values = [{(name, repr(value)) for name, value in call.params.items()} for call in calls]
    often = Counter(value for of_one in values for value in of_one)
    # What stands in one case only is a name or a seed.
    to_see = {value for value, number in often.items() if number > 1 and every}
    mixed = random.Random(seed).sample(range(len(calls)), len(calls))  # noqa: S311 - not cryptography
    chosen = set()
    for index in mixed:
        if values[index] & to_see:
            chosen.add(index)
            to_see -= values[index]
    for index in mixed:
        if len(chosen) < count:
            chosen.add(index)
    return {id(call) for index, call in enumerate(calls) if index not in chosen}


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

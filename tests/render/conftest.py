"""What the render tests share."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def pdflatex():
    """Return the path of pdflatex; without one the test is skipped, or fails where TeX is required."""
    program = shutil.which("pdflatex")
    if program is None and os.environ.get("SYMNET_REQUIRE_TEX") == "1":
        pytest.fail("SYMNET_REQUIRE_TEX=1, but pdflatex is not on PATH")
    if program is None:
        pytest.skip("pdflatex is not on PATH")
    return program

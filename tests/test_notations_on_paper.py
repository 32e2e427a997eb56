"""Every example in every notation as a page: it compiles, and nothing sticks out."""

import dataclasses
import re
from pathlib import Path

import pytest
from exercises import solved

from symnet.notation.profiles import NOTATIONS
from symnet.render import pdf
from symnet.render.pdf import render_tex
from symnet.sheets.solution import solution
from symnet.view import View

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))
PROFILES = tuple(NOTATIONS)
PAIRS = [(example, profile) for example in EXAMPLES for profile in PROFILES]
# One notation an example each time, another one for the next; all pairs in the campaign.
SOME = [(example, PROFILES[number % len(PROFILES)]) for number, example in enumerate(EXAMPLES)]

VIEWS = [View(form="index"), View(form="both"), View(style="paths"), View(style="expanded")]

pytestmark = pytest.mark.usefixtures("pdflatex")


def names_of(pair):
    """Return the name of a case."""
    return f"{pair[0].stem}-{pair[1]}"


def assert_fits(pdflatex, folder, example, profile, view=None):
    """Assert that a sheet compiles, and that no box is overfull by more than a point."""
    known = solved(example)
    parts = tuple(dataclasses.replace(part, notation=NOTATIONS[profile]) for part in known.parts)
    document = solution(dataclasses.replace(known, parts=parts), view or View())
    (folder / "document.tex").write_text(render_tex(document), encoding="utf-8")
    log = pdf._run(pdflatex, folder, 120)
    assert (folder / "document.pdf").exists()
    assert "Overfull \\vbox" not in log
    assert [points for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 1] == []


def test_all_notations_take_part():
    """The few pairs of every run are of all notations, and of all examples."""
    assert len(EXAMPLES) > 20
    assert {profile for _example, profile in SOME} == set(PROFILES)


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("pair", SOME, ids=names_of)
def test_an_example_in_a_notation(pdflatex, tmp_path, pair):
    """Each example compiles in some notation."""
    assert_fits(pdflatex, tmp_path, *pair)


@pytest.mark.campaign
@pytest.mark.parametrize("pair", PAIRS, ids=names_of)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_example_in_every_notation(pdflatex, tmp_path, pair, view):
    """Each example compiles in every notation, in every form and in every style."""
    if solved(pair[0]).parts[0].network.is_graph:
        view = view._replace(form="scalar")
    assert_fits(pdflatex, tmp_path, *pair, view)

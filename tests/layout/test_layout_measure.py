"""The estimate of widths against pdflatex."""

import re
import subprocess

import pytest
from layout_samples import LONG_SAMPLES, SAMPLES, partial, row, unit, weight

from symnet.layout import latex
from symnet.layout.measure import inline_em, text_em, width_em
from symnet.layout.symbols import GLYPHS, OPERATORS
from symnet.layout.tree import Glyph, Operator

TREES = [sample[0] for sample in SAMPLES] + LONG_SAMPLES
TREES += [row(Glyph(a), Glyph(b), Glyph("x")) for a, b in zip(GLYPHS, list(GLYPHS)[1:], strict=False)]
TREES += [row(weight(1, 1, 1), Operator(name), weight(2, 2, 2)) for name in OPERATORS]
TREES += [partial(unit(letter, 1, 2), weight(3, 12, 1)) for letter in "abcdehklmnopqrstuvxyzABCLWXYZ"]
TEXTS = ["weighted sum", "derivative of the square", "hidden, output", "Assignment 1, question 2", "WWW iii (x)"]


@pytest.fixture(scope="module")
def true_widths(pdflatex, tmp_path_factory):
    """Return the width of each tree and text in em, as pdflatex sets them."""
    folder = tmp_path_factory.mktemp("widths")
    set_all = "\n".join(
        rf"\savebox\B{{{body}}}\typeout{{W \the\wd\B}}"
        for body in [rf"$\displaystyle {latex.write(tree)}$" for tree in TREES] + TEXTS
    )
    (folder / "w.tex").write_text(
        r"\documentclass[11pt]{article}\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath,amssymb}"
        rf"\begin{{document}}\newsavebox\B {set_all}\end{{document}}",
        encoding="utf-8",
    )
    run = subprocess.run([pdflatex, "-interaction=nonstopmode", "w.tex"], cwd=folder, capture_output=True, check=False)
    found = re.findall(rb"^W ([\d.]+)pt", run.stdout, re.MULTILINE)
    return [float(points) / 10.95 for points in found]


def test_widths_are_never_too_small_and_seldom_much_too_large(true_widths):
    """An estimate lies between the true width and 15 % (or 0.6 em) above it."""
    estimates = [width_em(tree) for tree in TREES] + [text_em(text) for text in TEXTS]
    assert len(estimates) == len(true_widths)
    names = [latex.write(tree) for tree in TREES] + TEXTS
    measured = zip(names, estimates, true_widths, strict=True)
    wrong = [it for it in measured if not it[2] - 0.02 <= it[1] <= max(1.15 * it[2], it[2] + 0.6)]
    assert wrong == []


def test_text_and_formulas_add_up():
    """Mixed content is as wide as its parts."""
    assert inline_em(("derivative of ", Glyph("sigma"))) == pytest.approx(
        text_em("derivative of ") + width_em(Glyph("sigma"))
    )

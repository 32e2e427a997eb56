"""The Typst source."""

import io
import re

import pytest
import typst
from exercises import solved
from pypdf import PdfReader
from render_samples import hostile, sheet

from symnet.render.pdf import render_pdf, render_typst


def test_text_is_passed_as_string_literals():
    """Every text of the document stands between quotes."""
    source = render_typst(sheet())
    assert '#"By the chain rule,"' in source
    assert '= #"Forward pass"' in source


def test_no_package_and_no_file_is_needed():
    """The source imports nothing."""
    source = render_typst(sheet())
    assert "#import" not in source
    assert "@preview" not in source


def test_hostile_text_is_only_text():
    """Quotes are escaped, so no text can leave its string."""
    source = render_typst(hostile())
    assert '\\\\input{/etc/passwd} {{7*7}} #$%&_^~ \\"x\\"' in source
    assert '#read("x")' not in source


def test_a_working_sticks_to_its_result():
    """Only the working right before a result is kept with it."""
    source = render_typst(sheet())
    workings = re.findall(r"^#working\(\n(.*?)\n\)$", source, re.MULTILINE | re.DOTALL)
    assert [rows.splitlines()[-1].endswith(", true),") for rows in workings].count(True) == 1


@pytest.mark.everyday(2)
@pytest.mark.parametrize("name", ["cs4045-q1", "cs4045-q2", "cs349-slides", "xor"])
def test_brackets_that_only_group_are_not_printed(name, examples):
    """On the pages themselves a layer stands in one pair of brackets, updated parameters among them."""
    pdf, engine, _points = render_pdf(solved(examples[name]).document(), "typst")
    assert engine == "typst"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert re.search(r"\(\s*1\s*\)", text)
    assert not re.search(r"\(\s*\(\s*[1-9ℓ]\s*\)\s*\)", text)


def test_a_right_side_stays_on_the_line_of_its_left_side():
    """However wide a right side is, up to a little wider than its page, its left side stands beside it."""
    source = render_typst(sheet())
    body = source.index("#working(\n")
    rows = "".join(
        f'  ([L{width}], box(width: {width}pt, "R{width}"), [], false, false),\n' for width in range(380, 520, 4)
    )
    pdf = typst.compile((source[:body] + f"#working(\n{rows})\n").encode())
    heights = {}

    def note_height(text, place, *_more):
        for name in re.findall(r"[LR]\d{3}", text):
            heights[name] = place[-1]

    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=note_height)
    assert len(heights) == 70
    for width in range(380, 520, 4):
        assert heights[f"L{width}"] == heights[f"R{width}"]

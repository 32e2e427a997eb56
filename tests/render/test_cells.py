"""Cells as a notebook: nbformat accepts it, and the same cells are the same bytes."""

import json

import nbformat

from symnet.render.cells import CodeCell, MarkdownCell, notebook

CELLS = (
    MarkdownCell("# A title\n\n$$a < b$$"),
    CodeCell('print("é")\n\n1 + 1', ("answer",)),
    CodeCell(""),
    CodeCell(""),
)


def test_the_notebook_is_valid():
    """Jupyter's own reader finds every cell, its kind, its text and its tags, and no fault."""
    read = nbformat.reads(notebook(CELLS), as_version=nbformat.NO_CONVERT)
    nbformat.validate(read)
    assert [cell.cell_type for cell in read.cells] == ["markdown", "code", "code", "code"]
    assert [cell.source for cell in read.cells] == [cell.source for cell in CELLS]
    assert read.cells[1].metadata.tags == ["answer"]
    assert read.cells[1].execution_count is None


def test_the_same_cells_are_the_same_bytes():
    """Nothing in a notebook comes from chance or the clock."""
    assert notebook(CELLS) == notebook(CELLS)


def test_ids_are_each_cells_own_and_stay():
    """No two cells have one id, and a cell that is put in changes none of the others."""
    before = [cell["id"] for cell in json.loads(notebook(CELLS))["cells"]]
    after = [cell["id"] for cell in json.loads(notebook((MarkdownCell("new"), *CELLS)))["cells"]]
    assert len(set(before)) == len(CELLS)
    assert after[1:] == before

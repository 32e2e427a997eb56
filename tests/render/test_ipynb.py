"""Notebooks: a solution to go on from, and an exercise whose cells are answered and marked."""

import ast

import nbformat
import pytest
from exercises import solved

import symnet
from symnet.render.ipynb import render_ipynb


def notebook_of(document):
    """Return the notebook of a document, which nbformat has found valid."""
    read = nbformat.reads(render_ipynb(document), as_version=nbformat.NO_CONVERT)
    nbformat.validate(read)
    return read


def cells(read, tag):
    """Return the sources of the cells with a tag."""
    return [cell.source for cell in read.cells if tag in cell.metadata.get("tags", ())]


def run(read):
    """Run the cells of an exercise, but for those that mark; return what the names stand for then."""
    known = {}
    for source in (*cells(read, "symnet-setup"), *(it for it in cells(read, "symnet-answer") if it)):
        exec(compile(source, "cell", "exec"), known)  # noqa: S102 - of our own making
    return known


def test_a_solution_ends_with_the_exercise_in_python(examples):
    """A section is a cell, and the last one solves the same exercise again."""
    read = notebook_of(solved(examples["C4"]).document())
    assert all(cell.source.startswith("#") for cell in read.cells[:-1])
    (setup,) = cells(read, "symnet-setup")
    *before, last = ast.parse(setup).body
    known = {}
    exec(compile(ast.Module(before, []), "cell", "exec"), known)  # noqa: S102 - of our own making
    shown = eval(compile(ast.Expression(last.value), "cell", "eval"), known)  # noqa: S307
    assert shown.description == solved(examples["C4"]).description


@pytest.mark.parametrize("name", ["C1", "C4", "attention"])
def test_an_exercise_asks_what_the_file_of_answers_asks(examples, name):
    """Each left side stands once, in the order of the sheet, for each loss what its file of answers has."""
    import yaml

    from symnet.sheets.answers import answers_files
    from symnet.sheets.worksheet import SheetQuestions

    work = solved(examples[name])
    known = run(notebook_of(work.worksheet()))
    files = [yaml.safe_load(text)["answers"] for text in answers_files(SheetQuestions.of(work)).values()]
    own = [known[key] for key in sorted(known) if key.startswith("answers_")]
    found = [known["answers"] | one for one in own] or [known["answers"]]
    assert [list(one) for one in found] == [list(one) for one in files]
    assert symnet.solve(known["exercise"]).description == work.description


def test_a_blank_notebook_marks_its_answers(examples):
    """The last cell marks what was answered, in the names of the cells; nothing answered is no mark."""
    read = notebook_of(solved(examples["C1"]).worksheet())
    known = run(read)
    marking = cells(read, "symnet-marking")
    assert len(marking) == 2
    empty = eval(marking[0], known)  # noqa: S307 - of our own making
    assert not empty.marks
    assert empty.out_of == 41
    known["answers"]["z1_1"] = 0.3451
    assert eval(marking[0], known).marks == 1  # noqa: S307
    assert eval(marking[1], known).loss == "categorical_cross_entropy"  # noqa: S307


def test_a_key_has_nothing_to_answer(examples):
    """A key, and a sheet with every answer, are text alone."""
    for level in ("key", "full"):
        read = notebook_of(solved(examples["C4"]).worksheet(level))
        assert {cell.cell_type for cell in read.cells} == {"markdown"}


def test_a_worksheet_holds_no_answer(examples):
    """No number that the key of an exercise has in its answers stands anywhere in the blank notebook."""
    work = solved(examples["cs349-slides"])
    sheet, key = (render_ipynb(work.worksheet(level)) for level in ("blank", "key"))
    told = ("0.3641", "0.5854", "0.6485")
    assert all(number in key for number in told)
    assert not any(number in sheet for number in told)


def test_quotes_in_a_description_stay_text():
    """What stands in a description is a literal in a cell, and runs nothing."""
    title = "'''\"\"\"\\ + __import__('os').abort() + '"
    work = symnet.solve({"title": title, "graph": {"inputs": ["x"], "nodes": {"f": "x^2"}, "output": "f"}})
    known = run(notebook_of(work.worksheet()))
    assert known["exercise"]["title"] == title

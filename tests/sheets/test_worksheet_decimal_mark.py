"""The decimal comma: in every format but JSON, and lists of numbers stay clear."""

import json
import re

import pytest
from exercises import ROOT, one_unit

import symnet
from symnet.description import load
from symnet.description.data import Numbers
from symnet.document import Document, Line, Paragraph, Table, Working
from symnet.layout.text import write
from symnet.layout.tree import Fence, Glyph, Matrix, Number, Operator, Row, Scripts
from symnet.render.json import render_json
from symnet.render.pdf import render_tex, render_typst
from symnet.render.text import render_text
from symnet.sheets.blanks import in_its_language
from symnet.text.say import listed

COMMA = Numbers(decimal_mark="comma")
POINTS = re.compile(r"\d\.\d")
NAMES = [path.stem for path in sorted((ROOT / "examples").glob("*.yaml"))]


def changed(*items):
    """Return the text of trees side by side, with decimal commas."""
    line = Line(None, "=", Row(items))
    document = in_its_language(Document("title", (), (Working((line,)),)), COMMA)
    return write(document.blocks[0].lines[0].right)


def of_example(name, **numbers):
    """Return an example, solved with decimal commas."""
    description = load(ROOT / "examples" / f"{name}.yaml")
    changed = {**description.numbers.model_dump(exclude_unset=True), "decimal_mark": "comma", **numbers}
    return symnet.solve(description.model_copy(update={"title": "t", "numbers": Numbers(**changed)}))


def test_numbers_have_a_comma():
    """A number has a comma before its decimals, and a whole number none."""
    assert changed(Number("0.35"), Operator("+"), Number("12")) == "0,35 + 12"


def test_arguments_are_set_apart_by_semicolons():
    """Where a number in a list has a comma, the entries are set apart by semicolons; else by commas."""
    assert changed(Glyph("f"), Fence(Row((Number("0"), Operator(","), Number("0.5"))))) == "f(0; 0,5)"
    assert changed(Glyph("f"), Fence(Row((Number("0"), Operator(","), Number("5"))))) == "f(0, 5)"


def test_indices_keep_their_commas():
    """The comma between two indices is none between numbers."""
    weight = Scripts(Glyph("w"), Row((Number("1"), Operator(","), Number("12"))))
    assert changed(weight, Operator("="), Number("0.5")) == "w₁,₁₂ = 0,5"


def test_matrices_on_one_line():
    """In plain text the entries of a matrix are set apart by semicolons, and its rows by bars."""
    matrix = Matrix(((Number("0.5"), Number("1")), (Number("2"), Number("0.25"))))
    assert changed(matrix) == "[0,5; 1 | 2; 0,25]"
    assert write(Matrix(((Number("0.5"), Number("1")),))) == "[0.5, 1]"


def test_lists_in_sentences():
    """A list in a sentence has semicolons too, and a list of names keeps its commas."""
    numbers = Paragraph(("with ", *listed([Number("0.5"), Number("1"), Number("2")])))
    names = Paragraph(listed([Glyph("x"), Glyph("y"), Glyph("z")]))
    table = Table((("a",),), (((Number("0.5"),),),), "r")
    document = in_its_language(Document("1.5", ("1.5",), (numbers, names, table)), COMMA)
    assert document.title == "1.5"
    assert document.blocks[0].content == ("with ", Number("0,5"), "; ", Number("1"), " and ", Number("2"))
    assert document.blocks[1] == names
    assert document.blocks[2].rows == (((Number("0,5"),),),)


def test_points_stay_points():
    """Without being asked for, nothing is changed."""
    document = Document("t", (), (Paragraph((Number("0.5"),)),))
    assert in_its_language(document, Numbers()) is document


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", NAMES)
def test_no_point_is_left_in_any_format(name):
    """No number of any example has a decimal point in the text, and each has its comma in LaTeX and Typst."""
    work = of_example(name)
    document = work.document()
    assert not POINTS.findall(render_text(document))
    tex, typst = render_tex(document), render_typst(document)
    assert tex.count("{,}") == typst.count('class("normal", ",")')
    assert (tex.count("{,}") > 0) is (re.search(r"Number\(text='\d+,\d", repr(tuple(document))) is not None)


@pytest.mark.parametrize("arithmetic", ["exact", "paper"])
def test_json_keeps_its_points(arithmetic):
    """Numbers for other programs have points."""
    found = json.loads(render_json(of_example("C1", arithmetic=arithmetic)))
    values = [node["value"] for node in found["problems"][0]["nodes"]]
    assert len(values) > 5
    assert all(float(value) for value in values)


def test_latex_and_typst_set_no_room_behind_the_comma():
    """In LaTeX the comma stands in braces, in Typst in its own class: it is no comma between entries."""
    document = symnet.solve({**one_unit("0.3", 0, 1, 0), "numbers": {"decimal_mark": "comma"}}).document()
    assert "0{,}3" in render_tex(document)
    assert '0class("normal", ",")3' in render_typst(document)

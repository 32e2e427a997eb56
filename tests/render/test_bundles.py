"""What notebooks show: Markdown, LaTeX, HTML and text of all that solving and marking give, in one way."""

import base64
import re

import pytest
from exercises import describe, solved
from katex import formulas, refused
from sympy import Symbol

import symnet
from symnet.limits import MOST_IN_NOTEBOOK
from symnet.render.bundles import BUNDLES, HTML, LATEX, MARKDOWN, SVG, TEXT
from symnet.showing import mimebundle

# Equations of LaTeX for themselves, in a line and displayed.
DISPLAYED = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)
WORDS = {"aligned", "begin", "end"}


def shown(work, report):
    """Return what shows itself, by the name of its row in the table."""
    derivative = next(iter(work))
    return {
        "Worked": work,
        "Part": work.parts[0],
        "Known": derivative,
        "ShownStep": derivative.steps[0],
        "ShownSteps": derivative.steps,
        "DerivativeTable": work.table(),
        "Figure": work.diagram(),
        "Report": report,
        "Document": work.worksheet(),
    }


@pytest.fixture(scope="module")
def objects(examples):
    """Everything that shows itself, of an exercise with numbers."""
    work = solved(examples["xor"])
    return shown(work, symnet.check(work, {"z1_1@1": "w1_1_1 + 1", "dL/dw1_1_1": 3}))


def of_maths(latex):
    """Return the formulas of a text in LaTeX alone, each with whether it is displayed."""
    found = [(one, True) for one in DISPLAYED.findall(latex)]
    return found or [(latex.strip("$"), False)]


@pytest.mark.parametrize("name", BUNDLES)
def test_each_shows_itself(objects, name):
    """Each has text, Markdown and HTML by one method; formulas have LaTeX too, and a drawing is an SVG."""
    bundle = objects[name]._repr_mimebundle_()
    assert {TEXT, MARKDOWN, HTML} <= bundle.keys()
    assert all(isinstance(text, str) and text for text in bundle.values())
    assert (LATEX in bundle) is (name not in {"Figure", "Report", "Document"})
    assert "<math" in bundle[HTML]
    if name == "Figure":
        assert bundle[SVG].startswith("<svg ")
        assert "<svg" in bundle[HTML]
    # A body for the page of another program: it has no head, and its style holds in it alone.
    assert "<html" not in bundle[HTML]
    assert "@scope (.symnet)" in bundle[HTML]


def test_the_table_is_all_that_shows_itself(objects):
    """Every class that shows itself has a row in the one table, and no other way is left."""
    assert set(objects) == set(BUNDLES)
    for one in objects.values():
        assert not hasattr(one, "_repr_markdown_")
        assert not hasattr(one, "_repr_latex_")
        assert not hasattr(one, "_repr_html_")
    assert mimebundle(object()) is None


def test_only_what_is_asked_for_is_given(objects):
    """Jupyter may ask for some media types, or for all but some."""
    known = objects["Known"]
    assert known._repr_mimebundle_(include={LATEX}).keys() == {LATEX}
    assert HTML not in known._repr_mimebundle_(exclude={HTML})


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", ["xor", "C1", "C4", "cs4045-q1", "own-notation", "attention", "maxout", "lstm"])
def test_katex_takes_every_formula(examples, name):
    """KaTeX in strict mode refuses no formula of what is shown, neither in Markdown nor in LaTeX."""
    work = solved(examples[name])
    found = []
    for one in (*work.parts, *list(work)[:3], next(iter(work)).steps, work.table()):
        bundle = one._repr_mimebundle_()
        found += [*formulas(bundle[MARKDOWN]), *of_maths(bundle[LATEX])]
    assert len(found) > 8
    assert refused(found) == []


def test_a_single_block_has_no_switch(objects):
    """What copies LaTeX stands over sheets, and not over each formula, table or drawing."""
    has = {name: 'class="tools"' in one._repr_mimebundle_()[HTML] for name, one in objects.items()}
    assert {name for name, there in has.items() if there} == {"Worked", "Report", "Document"}


def test_values_have_a_minus(objects):
    """Values in a table are written as on sheets, with a minus and not a hyphen."""
    text = objects["DerivativeTable"]._repr_mimebundle_()[MARKDOWN]
    assert re.search(r"\| −0\.\d+ \|", text)
    assert not re.search(r"\| -0\.\d+ \|", text)


def test_formulas_are_displayed_in_markdown(objects):
    """A derivative stands between two dollar signs, as Colab needs it, and its lines with their reasons."""
    text = objects["ShownSteps"]._repr_mimebundle_()[MARKDOWN]
    (only,) = formulas(text)
    assert only[1]
    assert only[0].count(r"\cr") == len(objects["ShownSteps"]) - 1
    assert r"\text{chain rule}" in only[0]


def test_what_is_shown_is_in_the_language_of_the_description():
    """Reasons, marks and headings are those of the description's language."""
    spec = describe([1, 1], ["tanh"], "squared_error", language="de")
    work = symnet.solve(spec)
    assert "Kettenregel" in next(iter(work)).steps._repr_mimebundle_()[MARKDOWN]
    assert "Ableitung" in work.table()._repr_mimebundle_()[MARKDOWN]
    assert "nicht beantwortet" in symnet.check(work, {"z1_1": "w1_1_1*x1 + b1_1"})._repr_mimebundle_()[MARKDOWN]


def test_of_many_derivatives_some_are_shown():
    """A part and a table of very many derivatives show some, and how many there are besides."""
    work = symnet.solve(describe([MOST_IN_NOTEBOOK + 3, 1], ["identity"], "squared_error"))
    for one in (work.parts[0], work.table()):
        bundle = one._repr_mimebundle_()
        assert "4 more derivatives are not shown" in bundle[MARKDOWN]
        assert bundle[LATEX].count("&=") == MOST_IN_NOTEBOOK


def test_a_line_is_that_of_the_derivation(examples):
    """A line has its rule and its sides as before, and how it is written in the notation."""
    work = solved(examples["cs4045-q1"])
    step = work["w3_1_1"].steps[1]
    assert repr(step) == "<Step dL/dw3_1_1 = delta3_1*a2_1: REUSE>"
    assert step.latex == r"\delta_1^{(3)} a_1^{(2)}"
    assert step.equation.endswith(f" = {step.latex}")
    assert step in work.parts[0].gradient.parameters[Symbol("w3_1_1")].steps


def test_a_diagram_is_an_image_in_markdown(examples):
    """A diagram is an image of its own in Markdown; where nothing is drawn, the error says so."""
    with pytest.raises(symnet.ViewError, match="diagram: there is none"):
        solved(examples["C4"]).diagram(symnet.View(only="x"))
    picture = solved(examples["C4"]).diagram()._repr_mimebundle_()[MARKDOWN]
    encoded = re.search(r"base64,([^\"]+)", picture)[1]
    assert base64.b64decode(encoded).startswith(b"<svg")

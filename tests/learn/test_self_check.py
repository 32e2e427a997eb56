"""Worksheets that mark what is typed into them, by the rule of ``check``; plain ones hold no answer."""

import html
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from browser import worked_on
from exercises import solved
from node import worked_out

from symnet.algebra.nodes import plain_text
from symnet.export.expressions import expression_items
from symnet.export.items import items
from symnet.layout.latex import write
from symnet.learn.selfcheck import self_check_page
from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer
from symnet.render.html import render_html
from symnet.render.pdf import render_tex
from symnet.sheets.worksheet import scheme_of

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
WITH_CHECK = ("evaluator", "figures", "parser", "writing", "check")
MARK = "const mark = check.marker(data.page); return data.typed.map(([id, text]) => mark(id, text));"
# Marking takes long: a small graph stands for the others, which are the campaign's.
SMALL = ["C4", *(pytest.param(name, marks=pytest.mark.campaign) for name in ("C6", "C10", "cs4045-q2", "C8", "maxout"))]


def data_of(page):
    """Return what the script of a page gets."""
    return json.loads(re.search(r'id="symnet-data">(.*?)</script>', page, re.DOTALL)[1])


def marked(page, typed):
    """Return what a page says of typed answers, each behind the number of its loss and its id."""
    return worked_out(MARK, {"page": data_of(page), "typed": typed}, WITH_CHECK)


@pytest.fixture(scope="module")
def sheets(examples):
    """Worksheets that mark answers, by the name of the example; each is made once."""
    made = {}

    def sheet(name):
        if name not in made:
            work = solved(examples[name])
            made[name] = work, self_check_page(work)
        return made[name]

    return sheet


def near(text):
    """Return numbers about one, with as many digits, and with fewer and more."""
    number = Decimal(text)
    unit = Decimal(1).scaleb(number.as_tuple().exponent)
    yield from (number + step * unit for step in (0, 1, -1, 3, -3, 40))
    yield from (-number, 2 * number)
    yield from (round(number, places) for places in (1, 2, 3))


def check_numbers(work, page):
    """Compare what a page says of numbers with what marking says."""
    marker, typed, right = Marker(work, scheme_of(work)), [], []
    for index, (part, found) in enumerate(items(work, scheme_of(work))):
        of_part = marker.parts[part.loss_name]
        for item in found:
            for number in dict.fromkeys(format(it, "f") for it in near(item.accepted[0].value)):
                typed.append([f"{index} {item.id}", number])
                right.append(of_part.alone(TypedAnswer(item.id, number)).verdict)
    found = marked(page, typed)
    wrong = [
        (answer, it["kind"], verdict)
        for answer, it, verdict in zip(typed, found, right, strict=True)
        if (it["kind"] == "correct") != verdict.is_right
    ]
    return typed, wrong


@pytest.mark.parametrize("name", SMALL)
def test_numbers_are_marked_as_check_does(sheets, name):
    """A number with any digits is correct where it is for ``symnet check``; each known mistake is named."""
    work, page = sheets(name)
    typed, wrong = check_numbers(work, page)
    # Few digits that only come out where all numbers on the way have as few are left to check itself.
    assert len(wrong) <= len(typed) // 50, wrong[:5]
    known = [(f"{n} {it.id}", it) for n, (_, found) in enumerate(items(work, scheme_of(work))) for it in found]
    slips = [[name, wrong.band.value] for name, it in known for wrong in it.mistakes]
    for answer, it in zip(slips, marked(page, slips), strict=True):
        assert it["kind"] == "incorrect"
        assert it["says"], answer


@pytest.mark.parametrize("name", SMALL)
def test_expressions_are_marked_at_random_points(sheets, name):
    """What is correct is, in any form; what a mistake makes of it is not, and is named."""
    work, page = sheets(name)
    right, slips = [], []
    for number, found in enumerate(expression_items(work, scheme_of(work))):
        for item in found.items:
            id_ = f"{number} {item.id}"
            right.append([id_, typed_text(item.expression)])
            slips += [[id_, typed_text(wrong.expression)] for wrong in item.mistakes]
    assert all(it["kind"] == "correct" for it in marked(page, [[n, f"0 + ({text}) * 2 / 2"] for n, text in right]))
    told = marked(page, slips)
    assert [(answer, it) for answer, it in zip(slips, told, strict=True) if it["kind"] != "incorrect"] == []
    assert sum(bool(it["says"]) for it in told) == len(slips)
    assert all(it["kind"] == "incorrect" for it in marked(page, [[n, f"{text} + 1"] for n, text in right]))


def typed_text(expression):
    """Return an expression as it is typed: derivatives as a quotient, and no mark of any sample."""
    text = plain_text(expression).replace("@i", "").replace("**", "^")
    return re.sub(r"Piecewise\(\((\w+), \(([^()]*)\)\), \((\w+), True\)\)", r"where(\2, \1, \3)", text)


@pytest.mark.parametrize("name", SMALL)
def test_latex_is_read(sheets, name):
    """What is correct is read in LaTeX as the sheet has it, but for sums and cases, which only sheets write."""
    work, page = sheets(name)
    typed = [
        [f"{number} {item.id}", text]
        for number, found in enumerate(expression_items(work, scheme_of(work)))
        for item in found.items
        for text in (write(found.marker.part.build(item.expression)),)
        if not re.search(r"sum|begin|prime", text)
    ]
    assert typed
    assert [
        (answer, it) for answer, it in zip(typed, marked(page, typed), strict=True) if it["kind"] != "correct"
    ] == []


WRITTEN = [
    (r"x + y", "x+y"),
    (r"$\frac{2x + 2y}{2}$", "x + y"),
    (r"\frac12 x\cdot 2 + \left(y\right)", "x + y"),
    (r"{x} + \dfrac{y^{2}}{y}", "x + y"),
    (r"x + y + 0,5 - 0{,}5", "x + y"),
    (r"\max(x; x - 0,5) + y", "x + y"),
    (r"max(x, x - 1) + y", "x + y"),
    (r"\operatorname{Max}(x, x - 1) + \ln(e^{y})", "x + y"),
    (r"x + y + \sigma(0) - σ(x)/\sigma(x)·½", None),
    (r"[x + 1] - \ln e + y", "x + y"),
    (r"x + y - \ln x^2 + \ln(x^2)", None),
    (r"x + \frac{y", None),
    (r"\input{x} + y", None),
    (r"max(0,5, x)", ""),
    ("x + y, 5", None),
    # Indicators, as people write them, and derivatives of functions by a prime.
    ("x + y + 1[z > z - 1] - 1", "x + y"),
    ("x + y + [z > z + 1] + (z >= z) - 1", "x + y"),
    (r"x + y - 1 + \mathbf{1}[z > z - 1]", "x + y"),
    (r"x + y - 1 + 1_{\{z > z - 1\}}", "x + y"),
    (r"x + y - 1 + \mathbb{1}\{z > z - 1\}", "x + y"),
    ("x + y - I(z > z - 1) + H(z - z + 1)", "x + y"),
    (r"x + y - 1 + \frac{\sigma'(x)}{\sigma(x)(1 - \sigma(x))}", "x + y"),
    ("x + y + tanh'(x) - 1 + tanh(x)^2", "x + y"),
    ("x + y + 1[z > z - 1]", ""),
    ("1[z > ] + x + y", None),
    ("x' + y", None),
]


def test_answers_are_read_as_they_are_written(sheets):
    """LaTeX, decimal commas and signs are read in a field as people type them; what else there is, is unreadable."""
    _work, page = sheets("C4")
    found = [it["kind"] for it in marked(page, [["0 q", text] for text, _ in WRITTEN])]
    kinds = {None: "unreadable", "": "incorrect"}
    assert found == [kinds.get(meant, "correct") for _, meant in WRITTEN]


UNREADABLE = ["", "1 +", "a b(", "((1)", "alert(1)", "x.y", "q[0]", "constructor", "q = 2", "9" * 3000, "(" * 60]


def test_what_cannot_be_read_is_told(sheets):
    """Nothing but numbers, known names, functions and operators is read, within limits; what follows is not cited."""
    _work, page = sheets("C4")
    found = marked(page, [["0 q", text] for text in UNREADABLE])
    assert [it["kind"] for it in found] == ["unreadable"] * len(UNREADABLE)
    own, following, right = marked(page, [["0 q", text] for text in ("q", "q + f - f", "where(x > y, x + y, y + x)")])
    assert own["cites"] == "q"
    assert following["cites"] in {"q", "f"}
    assert right["kind"] == "correct"


def test_a_page_marks_what_is_typed_into_it(sheets, tmp_path):
    """In a browser: a field says correct, incorrect with the mistake, and the marks so far; keys and labels do it."""
    work, page = sheets("C4")
    (_part, found), *_ = items(work, scheme_of(work))
    item = next(it for it in found if it.mistakes)
    work_on = f"""
    const type = (text, id = "0 {item.id}") => {{
      const label = doc.querySelector(`[data-answer="${{id}}"]`), input = label.querySelector("input");
      input.value = text;
      input.dispatchEvent(new win.Event("change", {{bubbles: true}}));
      return [label.querySelector("output").textContent, label.dataset.verdict];
    }};
    const left = () => doc.querySelector("[data-left]").textContent;
    return {{
      before: left(),
      right: type("{item.accepted[0].value}"),
      marks: left(),
      wrong: type("{item.mistakes[0].band.value}"),
      none: type("1+"),
      named: [...doc.querySelectorAll(".self-check input")].every(it => it.getAttribute("aria-label")),
    }};"""
    told = worked_on(page, tmp_path, work_on)
    assert told["before"].startswith("0 of ")
    assert told["right"] == ["Correct.", "correct"]
    assert not told["marks"].startswith("0 of ")
    assert told["wrong"][1] == "incorrect"
    assert len(told["wrong"][0]) > len("Incorrect. ")
    assert told["none"][1] == "unreadable"
    assert told["named"]


def answers_in(work, page):
    """Yield what a page holds of the answers: numbers of four digits and more, and results of some length."""
    told = html.unescape(page)
    numbers = {text for part in work.parts for text in numbers_given(part)}
    for _part, found in items(work, scheme_of(work)):
        for item in found:
            digits = item.accepted[0].value.lstrip("-")
            if len(digits.replace(".", "").strip("0")) >= 4 and digits not in numbers and digits in told:
                yield digits
            yield from (it for it in (item.value.lstrip("-")[:9],) if len(it) == 9 and it in told)
    for of_loss in expression_items(work, scheme_of(work)):
        part = of_loss.marker.part
        for item in of_loss.items:
            # Of what numbers are asked for, a sheet gives the definition: of the loss, and the nodes of a graph.
            defined = (*(part.network.nodes if part.network.is_graph else ()), part.network.loss)
            if part.data is not None and item.id in {symbol.name.partition("@")[0] for symbol in defined}:
                continue
            for text in (write(part.build(item.expression)), plain_text(item.expression)):
                if len(text) > 20 and text in told:
                    yield text


def numbers_given(part):
    """Return the numbers that a sheet prints, since they are given."""
    if part.data is None:
        return set()
    given = [*part.data.parameters.values(), *part.data.constants.values()]
    return {str(float(number)).lstrip("-") for number in (*given, *(n for row in part.data.rows for n in row.values()))}


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_plain_worksheet_holds_no_answer(examples, name):
    """No byte of a plain worksheet page tells a number or a result that is asked for, nor has it data or a script."""
    work = solved(examples[name])
    sheet = work.worksheet()
    page = render_html(sheet)
    assert list(answers_in(work, page)) == []
    assert list(answers_in(work, render_tex(sheet))) == []
    assert "<script" not in page
    assert "symnet-data" not in page
    assert "data-of" not in page


def test_answers_would_be_found(examples):
    """A page that has them, such as one that marks itself or the key, is told from a plain one."""
    work = solved(examples["cs4045-q2"])
    assert list(answers_in(work, render_html(work.worksheet("key"))))

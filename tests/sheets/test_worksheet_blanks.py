"""The blank sheet holds no answer: every sign on it is accounted for by what is asked and what is given."""

import functools
import io
import re
from collections import Counter
from fractions import Fraction as Ratio
from pathlib import Path

import pytest
from exercises import Draws, luck, solved
from markup import page_text

import symnet
from symnet.description import load, with_notation
from symnet.document import (
    AnswerBlank,
    Document,
    Figure,
    Heading,
    Line,
    LineKind,
    Note,
    Paragraph,
    Question,
    QuestionPart,
    Result,
    Room,
    Table,
    Working,
)
from symnet.layout import latex, mathml, text
from symnet.layout.breaking import break_lines, elide_sums
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.tree import Blank, Cases, Fraction, Glyph, Matrix, Operator, Row, Space, Word
from symnet.render.html import render_html
from symnet.render.page import Asked, laid_out
from symnet.render.pdf import render_pdf, render_tex
from symnet.render.text import render_text
from symnet.sheets.levels import LEVELS, blank, full, key
from symnet.sheets.repeats import sides
from symnet.sheets.worksheet import questions
from symnet.view import View

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
RANDOM = 25
X = Glyph("x")

every_example = pytest.mark.parametrize("name", EXAMPLES)


@functools.cache
def sheet_of(path):
    """Return the questions of the description at ``path``, with their answers."""
    return questions(solved(path))


def asked_in(document):
    """Return the questions of a document; never none."""
    found = [block for block in document.blocks if isinstance(block, Question)]
    assert found
    return found


def answers_in(document):
    """Return every answer of a document; never none."""
    found = [answer for question in asked_in(document) for part in question.parts for answer in part.answers]
    assert found
    return found


def lines_of(document):
    """Return every line of every answer that is a calculation."""
    return [line for answer in answers_in(document) for line in getattr(answer.block, "lines", ())]


def without_answers(document):
    """Return what may stand on the blank sheet: the questions, what is given, and the left sides, nothing else.

    It is put together here, by no code of the worksheet.
    """
    blocks = []
    for block in laid_out(document.blocks):
        if isinstance(block, Asked):
            blocks.append(Paragraph((block.label, " ", *block.prompt, " ", block.marks)))
        else:
            blocks.append(block)
    rooms = zip(answers_in(document), answers_in(blank(document)), strict=True)
    answered = {id(answer.block): room.block for answer, room in rooms}
    kept = [_bare(block, answered[id(block)]) if id(block) in answered else block for block in blocks]
    words = [Note(field) for field in document.fields]
    return Document(document.title, (*document.subtitle, ", worksheet"), (*words, *kept, *_furniture(document)))


def _bare(block, room):
    """Return the left sides of an answer, or the first column of a table; of a drawing and in a frame nothing.

    The cells of a table are as wide as the dots of its room, for a wide one goes on below with its first column again.
    Left sides stand in a table where the room has them in one, for there a derivative has a slash.
    """
    if isinstance(block, Figure) or isinstance(room, Room):
        return Note(("",))
    if isinstance(block, Table):
        rows = zip(block.rows, room.rows, strict=True)
        return block._replace(rows=tuple((row[0], *map(_dots, dotted[1:])) for row, dotted in rows))
    lines = [line for line in block.lines if line.left is not None]
    if isinstance(room, Table):
        return Table((("",),), tuple(((line.left,),) for line in lines), "l")
    return Working(tuple(Line(line.left, _sign(line), Space()) for line in lines))


def _dots(cell):
    """Return the dots of a cell and nothing else that it may have."""
    return tuple(part for part in cell if isinstance(part, Blank)) or ("",)


def _sign(line):
    return "=" if line.relation == "approx" else line.relation


def _furniture(document):
    """Yield the words that a sheet has of its own: name, date, those of frames to work in, and the heads of tables."""
    yield Note(("Name  Date ",))
    yield from (
        Note(("working",)) for answer in answers_in(document) if answer.space in {"frame", "drawing", "equations"}
    )
    for answer, room in zip(answers_in(document), answers_in(blank(document)), strict=True):
        if answer.space == "values":
            yield Note(("quantity value " * (len(room.block.head) // 2),))


def unaccounted(found, allowed, free):
    """Return what is found more often than it is allowed, apart from what is free."""
    return {sign: number for sign, number in (Counter(found) - Counter(allowed)).items() if sign not in free}


def tex_tokens(source):
    r"""Return every name and number of the body of a LaTeX source; dots, ``\blank``, are none."""
    body = source.split(r"\begin{document}")[1]
    body = re.sub(r"\\blank\{[\d.]+\}\{[\d.]+\}", " ", body)
    return re.findall(r"\\?[A-Za-z]+|\d+(?:\.\d+)?", body)


# What only lays a page out: environments, the commands of questions, of rows and of tables.
TEX_FREE = {
    *(r"\begin", r"\end", "working", r"\reason", r"\question", r"\questionpart", r"\room", r"\note", r"\carry"),
    *(
        r"\displaystyle",
        r"\sheetfields",
        r"\hfill",
        r"\widereason",
        r"\keepnext",
        r"\allowbreak",
        r"\flushbottom",
        "document",
    ),
    # Numbers are asked for in tables, and those of arrays in matrices of dots.
    *(
        "bmatrix",
        "tabular",
        "drawing",
        r"\small",
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
        r"\tablehead",
        "ll",
        "llll",
        "llllll",
    ),
}


def check_sources(document):
    """Assert that the LaTeX, the text and the HTML of the blank sheet have nothing but what they may have."""
    sheet, allowed = blank(document), without_answers(document)
    rooms = [str(block.lines) for block in laid_out(sheet.blocks) if isinstance(block, Room)]
    found = tex_tokens(render_tex(sheet))
    assert len(found) > 50
    assert unaccounted(found, [*tex_tokens(render_tex(allowed)), *rooms], TEX_FREE) == {}
    assert unaccounted(render_text(sheet), render_text(allowed), " \n.()[],;─│┌┐└┘=") == {}
    assert unaccounted(page_text(render_html(sheet)), page_text(render_html(allowed)), " \n()[]=") == {}


def check_answers(document):
    """Assert that no right side of the key, nor a number in one, stands in the blank sheet more often than it may."""
    sheet, allowed = blank(document), without_answers(document)
    for render, write in ((render_tex, latex.write), (render_text, text.write), (render_html, mathml.write)):
        found = re.sub(r"\\blank\{[\d.]+\}\{[\d.]+\}|style=\"[^\"]*\"", " ", render(sheet))
        may = render(allowed)
        for answer in {write(line.right) for line in lines_of(key(document))}:
            for part in {answer, *re.split(r" (?:=|≈|\\approx) ", answer), *re.findall(r"\d+\.\d{2,}|\d{3,}", answer)}:
                if len(part) > 1:
                    assert found.count(part) <= may.count(part), part


@pytest.mark.everyday(3, every=False)
@every_example
def test_the_sources_of_a_blank_sheet_hold_no_answer(examples, name):
    """Every name, number and sign of the sources is one of a question, of what is given, or of a left side."""
    document = sheet_of(examples[name])
    check_sources(document)
    check_answers(document)


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("form", ["matrix", "both"])
@pytest.mark.parametrize("name", ["C1", "cs4045-q2", "maxout", "xor"])
def test_no_blank_sheet_in_matrices_holds_an_answer(examples, name, form):
    """The same holds for the matrix form."""
    document = questions(solved(examples[name]), View(form=form))
    check_sources(document)
    check_answers(document)


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("notation", ["cs349", "bishop", "inf2008", "cs4045", "eecs445"])
@pytest.mark.parametrize("name", ["C1", "C11", "adam", "cs4045-q1"])
def test_no_blank_sheet_in_the_notation_of_a_course_holds_an_answer(examples, name, notation):
    """The same holds for every notation."""
    document = questions(symnet.solve(with_notation(load(examples[name]), notation)))
    check_sources(document)
    check_answers(document)


@pytest.mark.everyday(3)
@pytest.mark.parametrize("seed", range(RANDOM))
def test_no_blank_sheet_of_a_random_network_holds_an_answer(seed):
    """The same holds over the whole catalog, with numbers."""
    document = questions(symnet.solve(Draws(luck(f"worksheet {seed}")).description()))
    check_sources(document)
    check_answers(document)


# Three parameters that Newton's method moves together, by elimination; no number that is given has four decimals.
ELIMINATED = {
    "network": {
        "inputs": 2,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "data": {"inputs": [[1, 2], [-1, 1], [2, -1]], "targets": [[1], [0], [1]]},
        "parameters": [{"weights": [["1/2", "-1/4"]], "biases": ["1/10"]}],
        "training": {"optimizer": "newton", "damping": "1/10", "steps": 2, "show": 2},
        "numbers": {"decimals": 4},
    },
    "arrays": {
        "graph": {
            "inputs": {"A": [2, 2], "w": [2], "b": [2], "c": []},
            "parameters": ["w", "c"],
            "nodes": {"r": "A @ w - b", "f": "sum(r^2)/2 + c^2*sum(w) + c^4"},
            "output": "f",
        },
        "at": {"A": [[1, 2], ["1/2", -1]], "w": ["1/10", "1/5"], "b": [1, -1], "c": "7/10"},
        "training": {"optimizer": "newton", "damping": "1/100", "steps": 1},
        "numbers": {"decimals": 4},
    },
}


@pytest.mark.parametrize("kind", ELIMINATED)
def test_no_blank_sheet_holds_the_system_of_a_step_of_newton(kind):
    """Equations with numbers on both sides are answers on both: they stand in the key, and on no sheet to fill in."""
    document = questions(symnet.solve(ELIMINATED[kind]))
    check_sources(document)
    check_answers(document)
    solved_for = re.findall(r"\d\.\d{4}", render_text(key(document)))
    assert len(solved_for) > 20
    for level in ("boxes", "blank", "formulas", "chain"):
        assert not re.findall(r"\d\.\d{4}", render_text(LEVELS[level](document)))
    faded = [block for block in laid_out(LEVELS["faded"](document).blocks) if isinstance(block, Working)]
    assert not any(line.kind is LineKind.EQUATION for block in faded for line in block.lines)


# Dots, signs before them, and what the pieces of large brackets are read as.
PDF_FREE = ".()=[]*+,-/0"


def pdf_characters(document, engine):
    """Return how often each character is printed on the pages of a PDF, without their running heads and numbers."""
    pypdf = pytest.importorskip("pypdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(document, engine)[0])).pages]
    heads = Counter((document.title + "".join(document.subtitle)) * len(pages))
    numbers = Counter("".join(str(number) for number in range(1, len(pages) + 1)))
    return Counter("".join("".join(pages).split())) - heads - numbers


def check_pdf(document, engine):
    """Assert that the pages of the blank sheet print no letter and no digit that is not accounted for.

    The head of a table that goes over pages is printed on each.
    """
    found, allowed = (pdf_characters(sheet, engine) for sheet in (blank(document), without_answers(document)))
    heads = [cell for answer in answers_in(document) if isinstance(answer.block, Table) for cell in answer.block.head]
    allowed += Counter("".join(part if isinstance(part, str) else text.write(part) for head in heads for part in head))
    assert found.total() > 200
    assert unaccounted(found, allowed, PDF_FREE) == {}


@pytest.mark.everyday(1, every=False)
@every_example
def test_the_pages_of_a_blank_sheet_hold_no_answer(examples, name):
    """The embedded engine prints no character that no question and no left side has."""
    pytest.importorskip("typst")
    check_pdf(sheet_of(examples[name]), "typst")


@pytest.mark.everyday(1)
@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("name", ["C1", "C12", "C4", "adam", "cs4045-q2", "xor"])
def test_the_pages_of_tex_hold_no_answer(examples, name):
    """Neither does pdflatex."""
    check_pdf(sheet_of(examples[name]), "pdflatex")


@pytest.mark.everyday(12)
@every_example
def test_what_is_given_is_no_answer(examples, name):
    """No equation that is printed on every sheet is also asked for."""
    document = sheet_of(examples[name])
    answers = {id(answer.block) for answer in answers_in(document)}
    calculations = [block for block in laid_out(document.blocks) if isinstance(block, Working | Result)]
    given, asked = (
        {pair for block in calculations if (id(block) in answers) == wanted for pair in equations_of(block)}
        for wanted in (False, True)
    )
    assert asked
    assert not given & asked


def equations_of(block):
    """Yield the left and the right side of each line of a calculation, as text."""
    left = None
    for line in block.lines:
        left = line.left if line.left is not None else left
        yield text.write(left), text.write(line.right)


@pytest.mark.parametrize("level", ["full", "key"])
def test_the_search_finds_answers(examples, level):
    """The search sees the answers of a sheet that has them: in the source, in the text, on the page."""
    document = sheet_of(examples["C4"])
    shown, allowed = LEVELS[level](document), without_answers(document)
    assert unaccounted(tex_tokens(render_tex(shown)), tex_tokens(render_tex(allowed)), TEX_FREE)
    assert unaccounted(render_text(shown), render_text(allowed), " \n.()─│┌┐└┘=")
    assert unaccounted(pdf_characters(shown, "typst"), pdf_characters(allowed, "typst"), PDF_FREE)


@pytest.mark.everyday(12)
@every_example
def test_every_level_asks_the_same(examples, name):
    """Numbers, words, marks and what is given are the same on the blank sheet, the full one and the key."""
    document = sheet_of(examples[name])
    assert [question.number for question in asked_in(document)] == list(range(1, len(asked_in(document)) + 1))
    # An answer sheet has less of each question, and a test of its own.
    for level in (made for kind, made in LEVELS.items() if kind != "boxes"):
        for question, same in zip(asked_in(document), asked_in(level(document)), strict=True):
            assert question._replace(parts=()) == same._replace(parts=())
            assert question.marks == same.marks
            for part, again in zip(question.parts, same.parts, strict=True):
                assert part._replace(answers=()) == again._replace(answers=())
                assert [answer._replace(block=()) for answer in part.answers] == [
                    answer._replace(block=()) for answer in again.answers
                ]


@pytest.mark.everyday(20, every=False)
@every_example
def test_the_marks_add_up(examples, name):
    """The sheet says how many marks there are, with each loss, and the lines of the key have them all."""
    document = sheet_of(examples[name])
    marks = sum(question.marks for question in asked_in(document))
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    first = document.blocks.index(headings[0]) if headings else 0
    shared = sum(block.marks for block in document.blocks[:first] if isinstance(block, Question))
    totals = [int(number) for number in re.findall(r"\d+", "".join(document.fields[0]))]
    assert sum(totals) == marks + shared * max(0, len(headings) - 1)
    found = (re.findall(r"\[(\d+)\]$", str(line.reason[-1])) for line in lines_of(key(document)) if line.reason)
    in_lines = sum(int(number) for numbers in found for number in numbers)
    in_tables = sum(answer.marks for answer in answers_in(document) if isinstance(answer.block, Table))
    assert in_lines + in_tables == marks


@every_example
def test_left_sides_are_kept_and_right_sides_are_dots(examples, name):
    """A blank calculation has the left sides of the true one in their order, and dots for everything else."""
    document = sheet_of(examples[name])
    for answer, room in zip(answers_in(document), answers_in(blank(document)), strict=True):
        if answer.space not in {"lines", "derivation"}:
            continue
        lefts = [line.left for line in answer.block.lines if line.left is not None]
        assert [line.left for line in room.block.lines if line.left is not None] == lefts
        assert all(is_room(line.right) for line in room.block.lines)


def is_room(layout):
    """Return whether something is dots, or a matrix with dots for every entry."""
    if isinstance(layout, Matrix):
        return all(is_room(cell) for cells in layout.rows for cell in cells)
    if isinstance(layout, Row):
        return all(is_room(item) or isinstance(item, Space) for item in layout.items)
    return isinstance(layout, Blank | Operator)


@every_example
def test_dots_are_as_wide_as_the_answer_and_no_wider_than_the_page(examples, name):
    """Each line of dots has room for its piece of the true right side, and none leaves the page."""
    document = sheet_of(examples[name])
    seen = 0
    for answer, room in zip(answers_in(document), answers_in(blank(document)), strict=True):
        if not isinstance(room.block, Working):
            continue
        left = max((width_em(elide_sums(line.left)) for line in room.block.lines if line.left is not None), default=0)
        most = TEXT_EM - INDENT_EM - RELATION_EM - left
        dots = widths_of(room.block.lines)
        assert max(max(widths) for widths in dots) <= most + 1e-9
        for (*_, line), widths in zip(by_left(answer.block.lines), by_left(room.block.lines), strict=True):
            if isinstance(widths[0].right, Matrix):
                numbers = sides(line)[-1][1]
                assert width_em(widths[0].right) >= width_em(numbers)
                continue
            first = widths[0].right.width
            pieces = break_lines(elide_sums(line.right), first, first, width_em)
            assert sum(one.right.width for one in widths) >= max(map(width_em, pieces))
            assert len(widths) >= len(pieces)
            seen += 1
    assert seen


def by_left(lines):
    """Return the lines of each equation together."""
    found = []
    for line in lines:
        if line.left is not None or not found:
            found.append([])
        found[-1].append(line)
    return found


def widths_of(lines):
    """Return the widths of the dots for each right side; what goes on from the line above has no relation."""
    found = []
    for line in lines:
        found += [[]] if line.relation else []
        found[-1].append(width_em(line.right))
    return found


def one_answer(*rights, space="lines", reason=()):
    """Return a document with one question and one answer of such right sides."""
    lines = tuple(Line(Glyph("y"), "=", right, reason) for right in rights)
    part = QuestionPart("", (), (), (AnswerBlank(Working(lines), space, each=(Ratio(1),) * len(lines)),))
    return Document("Title", (), (Question(1, ("Find it.",), (), (part,)),))


def blanked(*rights, **more):
    """Return the block that stands on the blank sheet in the place of such right sides."""
    return answers_in(blank(one_answer(*rights, **more)))[0].block


def total(terms):
    """Return a sum of so many products of five letters, none of which is elided."""
    return Row((*(X,) * 5, *(part for _ in range(terms - 1) for part in (Operator("+"), *(X,) * 5))))


def test_a_right_side_that_fills_its_line_gets_another_one():
    """Handwriting takes more room than print."""
    assert len(break_lines(total(7), 36, 36, width_em)) == 1
    assert [line.relation for line in blanked(total(7)).lines] == ["=", ""]
    assert len(blanked(total(2)).lines) == 1


def test_a_value_by_cases_gets_a_line_for_each():
    """What is several lines high has as many to be written on."""
    cases = Cases(((X, X), (X, Word("otherwise", prose=True))), "if")
    assert [line.relation for line in blanked(cases).lines] == ["=", ""]
    assert len(blanked(Matrix(((X,), (X,), (X,)))).lines) == 3


def test_a_fraction_has_higher_dots():
    """A fraction needs more room to the line above."""
    assert blanked(Fraction(X, X)).lines[0].right.height > blanked(X).lines[0].right.height


def test_the_relation_does_not_tell_whether_the_answer_is_exact():
    """A rounded result and an exact one have the same sign before their dots."""
    document = one_answer(X)
    (question,) = document.blocks
    rounded = AnswerBlank(Working((Line(X, "approx", X),)), "lines", each=(Ratio(1),))
    sheet = blank(document._replace(blocks=(question._replace(parts=(QuestionPart("", (), (), (rounded,)),)),)))
    assert answers_in(sheet)[0].block.lines[0].relation == "="


def derived(*rights, space="derivation"):
    """Return the block that stands on the blank sheet for a derivation in so many lines."""
    document = one_answer(*rights, space=space, reason=("chain rule",))
    (answer,) = answers_in(document)
    lines = tuple(line if not index else line._replace(left=None) for index, line in enumerate(answer.block.lines))
    part = QuestionPart("", (), (), (answer._replace(block=Working(lines)),))
    return answers_in(blank(document._replace(blocks=(document.blocks[0]._replace(parts=(part,)),))))[0].block


def test_reasons_are_asked_for_in_brackets():
    """Where reasons are asked for, each line of dots has room for one, but those that go on with a result."""
    lines = derived(X, Cases(((X, X), (X, X)), "if")).lines
    assert [(line.relation, bool(line.reason)) for line in lines] == [("=", True), ("=", True), ("", False)]
    assert all(not line.reason for line in blanked(X, reason=("chain rule",)).lines)
    assert "chain" not in str(lines)


def test_a_derivation_has_room_for_what_it_comes_to():
    """The room depends on the size of the result, and not on how many lines our derivation has."""
    assert [len(derived(*(X,) * count).lines) for count in (1, 2, 3, 4, 9)] == [1, 2, 3, 3, 3]
    assert len(derived(X, X, X, total(14)).lines) > 3
    assert len(derived(total(14), total(14), X, space="lines").lines) == 1


def test_a_frame_is_as_high_as_what_comes_out():
    """A frame has a line of handwriting for each result and stays on a page; for one or two there is none."""
    assert [blanked(*(X,) * count, space="frame") for count in (1, 2, 3, 50)] == [Room(0), Room(0), Room(3), Room(14)]
    assert derived(total(14), total(14), X, space="frame") == Room(0)
    assert Room(0) not in list(laid_out(blank(one_answer(X, space="frame")).blocks))


def test_numbers_go_into_a_table():
    """Left sides stand one below the other, in several pairs of columns, each with room for its own number."""
    table = blanked(*(X,) * 5, space="values")
    assert [words_of(cell) for cell in table.head] == ["quantity", "value"] * 3
    cells = [row[column] for column in (0, 2, 4) for row in table.rows]
    assert cells == [(Glyph("y"),)] * 5 + [("",)]
    assert all(isinstance(row[1][0], Blank) for row in table.rows)


def words_of(cell):
    """Return the text of a cell."""
    return "".join(part if isinstance(part, str) else text.write(part) for part in cell)


def test_the_cells_of_a_table_are_emptied():
    """The first column stays, all other cells are dots as wide as the widest of their column."""
    table = Table((("",), ("number",)), ((("a",), ("1",)), (("b",), ("1234567890123",))), "lr")
    part = QuestionPart("", (), (), (AnswerBlank(table, "cells", each=(Ratio(1), Ratio(1))),))
    emptied = answers_in(blank(Document("T", (), (Question(1, (), (), (part,)),))))[0].block
    assert [row[0] for row in emptied.rows] == [("a",), ("b",)]
    (first,), (second,) = (row[1] for row in emptied.rows)
    assert isinstance(first, Blank)
    assert first == second
    assert first.width > 6.5


def test_the_full_sheet_is_the_document_itself():
    """The full sheet has the true blocks and room for a name; the key has the marks of each line."""
    document = one_answer(X, total(3), reason=("chain rule",))
    assert asked_in(full(document)) == asked_in(document)
    assert full(document).fields[0][0] == "Name "
    assert [line.reason[-1] for line in lines_of(key(document))] == ["  [1]", "  [1]"]
    assert key(document).title == "Key: Title"
    assert key(document).fields == ((), *document.fields)


@pytest.mark.parametrize("name", ["xor", "C1", "attention", "rnn"])
def test_an_answer_sheet_is_the_room_alone(name, examples):
    """An answer sheet has the room of the blank sheet, question by question, a field for the code, and no number."""
    document = sheet_of(examples[name])
    sheet, blanked = LEVELS["boxes"](document), blank(document)
    assert [(one.number, one.marks) for one in asked_in(sheet)] == [
        (one.number, one.marks) for one in asked_in(blanked)
    ]
    for alone, whole in zip(asked_in(sheet), asked_in(blanked), strict=True):
        assert not alone.prompt
        assert [part.answers for part in alone.parts] == [part.answers for part in whole.parts]
        assert not any(part.printed for part in alone.parts)
    assert {type(block) for block in sheet.blocks} <= {Question, Heading}
    assert "Code" in render_text(sheet)
    assert not sheet.exercise

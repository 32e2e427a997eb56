"""Languages: all that a reader meets is told in the language of the description, in every format."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml
from exercises import solved
from pseudo import PSEUDO, english_in

import symnet
from symnet.algebra.functions import FUNCTIONS
from symnet.document import Document
from symnet.errors import DescriptionError
from symnet.layout.symbols import tex_text, typst_string
from symnet.layout.tree import Word
from symnet.limits import FEWEST_FOR_DISCRIMINATION
from symnet.marking.report import Outcome, SetByHand
from symnet.marking.statistics import ClassEntries
from symnet.marking.submissions import NOBODY
from symnet.notation.profiles import NOTATIONS
from symnet.render.formats import FORMATS, SHEETS
from symnet.render.pdf import render_tex, render_typst
from symnet.sheets.classroom import class_page
from symnet.sheets.levels import key
from symnet.sheets.marked import marked
from symnet.sheets.worksheet import questions
from symnet.text import en, languages
from symnet.text.languages import in_language
from symnet.text.say import SLOT, words
from symnet.view import View

EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
# The names of functions are notation, the same in every language.
WORDS = {
    layout.text for notation in NOTATIONS.values() for layout in notation.functions.values() if isinstance(layout, Word)
}
NOTATION = {*FUNCTIONS, *WORDS}
TRANSLATIONS = [name for name in languages.LANGUAGES if name != languages.DEFAULT_LANGUAGE]


def pieces_of(sentences):
    """Return what a language says in two words or more between two slots, wherever it stands."""
    between = (piece for template in sentences.values() for piece in SLOT.sub("\0", template).split("\0"))
    return {piece.strip() for piece in between if len(english_in(piece)) > 1}


ENGLISH = pieces_of(en.SENTENCES)

COMMENT = re.compile(r"^ *(%|//).*", re.MULTILINE)


@pytest.fixture(autouse=True)
def _pseudo(monkeypatch):
    """Add the language xx, which is English with accents."""
    monkeypatch.setattr(languages, "LANGUAGES", MappingProxyType({**languages.LANGUAGES, "xx": PSEUDO}))


def accented(path, language="xx", **changes):
    """Return an example whose description asks for another language, without a word of English of its own."""
    work = solved(path)
    update = {"language": language, "title": "Q", "header": None, **changes}
    return replace(work, description=work.description.model_copy(update=update))


def documents(work):
    """Return the sheets of an exercise: the solution in short and line by line, and the key."""
    form = "scalar" if work.parts[0].network.is_graph else "both"
    return work.document(), work.document(View(detail="full", form=form)), work.worksheet("key")


def seen_in(page):
    """Return what a reader of an HTML page sees or hears, but for formulas."""
    shown = re.sub(r"<style>.*?</style>|<math.*?</math>|<code class=\"tex\">.*?</code>", "", page, flags=re.S)
    told = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', shown)
    return re.sub(r"<[^>]*>", " ", shown) + " ".join(told)


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_english_is_left_on_a_page(examples, name):
    """Every word on a page in another language has come from that language."""
    for document in documents(accented(examples[name])):
        page = FORMATS["html"].write(document, None).content.decode()
        assert 'lang="xx"' in page
        assert not english_in(seen_in(page), NOTATION)


@pytest.mark.everyday(1, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_english_is_left_on_paper(examples, name):
    """No sentence of English stands in the sources of a PDF or in the text for a terminal."""
    for document in documents(accented(examples[name])):
        sources = [FORMATS[kind].write(document, None).content.decode() for kind in ("tex", "txt")]
        for source in (*sources, render_typst(document)):
            plain = " ".join(COMMENT.sub("", source).split())
            assert not [piece for piece in ENGLISH if piece in plain]


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_example_is_told_in_each_language(examples, language, name):
    """No sentence of English stands in the sheets of an example in a language that symnet speaks."""
    foreign = ENGLISH - pieces_of(languages.LANGUAGES[language].SENTENCES)
    assert len(foreign) > 1000
    for document in documents(accented(examples[name], language)):
        told = " ".join(FORMATS["txt"].write(document, None).content.decode().split())
        assert not [piece for piece in foreign if piece in told]


@pytest.mark.parametrize("kind", [name for name in SHEETS if name != "pdf"])
def test_a_sheet_is_rendered_in_its_own_language(examples, kind):
    """A document is the same in every format whatever language is spoken where it is rendered."""
    work = accented(examples["C1"])
    for document in (*documents(work), work.worksheet("blank")):
        outside = SHEETS[kind](document, None).content
        with in_language("xx"):
            assert SHEETS[kind](document, None).content == outside


def test_no_english_is_kept_from_a_sheet_made_before(examples):
    """Drawings and plots that are kept for the next sheet are made again in another language."""
    work, line_by_line = solved(examples["C1"]), View(detail="full")
    pages = [FORMATS["html"].write(one.document(line_by_line), None) for one in (work, accented(examples["C1"]))]
    before, page = (seen_in(page.content.decode()) for page in pages)
    assert "Output layer:" in before
    assert not english_in(page, NOTATION)


def test_marked_answers_are_told_in_the_language(examples):
    """Verdicts, mistakes and the summary are in the language of the description."""
    work = accented(examples["C1"])
    report = symnet.check(work, {"z1_1": "0.3451", "z1_2": "17", "dL/dw2_1_1": "a2_1*(1 - a2_1)*a1_1"})
    by_hand = report.answers[0]._replace(by_hand=SetByHand(Fraction(0), ""))
    entries = [ClassEntries().entry(Outcome("a.yaml", report), NOBODY)] * FEWEST_FOR_DISCRIMINATION
    scheme = {report.loss: {answer.id: answer.out_of for answer in report.answers}}
    with in_language("xx"):
        several = class_page("Q", [*entries, entries[0]._replace(problem="-")], scheme)
        alone = marked(report._replace(answers=(by_hand, *report.answers[1:])), "a.yaml")
        for page in (class_page("Q", entries[:1], scheme), several, alone):
            text = SHEETS["html"](page, None).content.decode()
            assert not english_in(seen_in(text), {*NOTATION, "yaml"})


def test_room_for_working_is_named_in_the_language(examples):
    """What stands in the boxes of a blank worksheet is of the language, as all else on it."""
    page = FORMATS["html"].write(accented(examples["C1"]).worksheet("blank"), None).content.decode()
    assert PSEUDO.SENTENCES["page.working"] in seen_in(page)
    assert not english_in(seen_in(page), NOTATION)


def test_without_a_language_it_is_english(examples):
    """English is what a description without the key is told in, also after another."""
    accented(examples["C1"]).document()
    assert "Forward pass" in FORMATS["txt"].write(solved(examples["C1"]).document(), None).content.decode()
    assert words("pass.forward") == "Forward pass"


def test_the_mark_before_decimals_is_that_of_the_language(examples):
    """A language with a decimal comma has it on its sheets, unless the description says otherwise."""
    work = accented(examples["C1"])
    text = FORMATS["txt"].write(work.document(), None).content.decode()
    assert "0,3451" in text
    assert "0.3451" not in text
    numbers = work.description.numbers.model_copy(update={"decimal_mark": "point"})
    assert "0.3451" in FORMATS["txt"].write(accented(examples["C1"], numbers=numbers).document(), None).content.decode()


@pytest.mark.parametrize(("count", "said"), [(1, "1 qüéstîõn"), (3, "3 qüéstîõns"), (5000, "5.000 qüéstîõns")])
def test_counts_follow_the_rules_of_the_language(count, said):
    """The form that goes with a count, and what stands between thousands, are the language's."""
    with in_language("xx"):
        assert words("marked.not_answered", missing=count).startswith(said)


def test_an_unknown_language_is_refused(examples):
    """A language that symnet does not speak is an error that names those that it does."""
    mapping = {**yaml.safe_load(examples["C1"].read_text(encoding="utf-8")), "language": "eng"}
    with pytest.raises(DescriptionError, match='found "eng"; expected en'):
        symnet.solve(mapping)


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [("de", 7144, "7144"), ("de", 71440, "71\u202f440"), ("es", 71440, "71\u202f440"), ("en", 71440, "71,440")],
)
def test_thousands_are_set_apart_as_the_language_does(language, count, said):
    """In German and Spanish digits stand in groups from five on, with thin spaces that no line breaks at."""
    with in_language(language):
        assert said in words("verified.answers", comparisons=count)
    assert tex_text("71\u202f440") == r"71\,440"
    assert typst_string("71\u202f440") == '"71\u202f440"'


def test_words_are_divided_as_the_language_does(examples):
    """The sources for TeX choose the patterns of the language, and those of English are TeX's own."""
    sources = [render_tex(accented(examples["C1"], language).document()) for language in ("de", "en")]
    assert [r"\csname l@ngerman\endcsname" in source for source in sources] == [True, False]
    assert [r"\language" in source for source in sources] == [True, False]


def test_a_document_knows_its_language(examples):
    """What was made in a language is rendered in it."""
    work = accented(examples["C1"])
    assert {made.language for made in (*documents(work), key(questions(work)))} == {"xx"}
    assert Document("", (), ()).language == "en"


@pytest.mark.parametrize(
    ("name", "words_of"), [("cnn", ("if", "otherwise", "axis")), ("batchnorm", ("axis",)), ("maxpool", ("stride",))]
)
def test_words_in_formulas_are_of_the_language(examples, name, words_of):
    """Values by cases and operations on arrays have the words of the language, in formulas too."""
    before, after = (
        render_tex(work.document(View(detail="full"))).partition(r"\begin{document}")[2]
        for work in (solved(examples[name]), accented(examples[name]))
    )
    for word in words_of:
        assert re.search(rf"\b{word}\b", before), word
        assert PSEUDO.SENTENCES[f"formula.{word}"] in after, word
        assert not re.search(rf"\b{word}\b", after), word


SMALL = """\
title: {title}
language: {language}
inputs: 2
layers:
  - {{units: 1, activation: sigmoid}}
loss: squared_error
data: {{inputs: [[0.5, -1.25]], targets: [[1]]}}
parameters: [{{weights: [[1.5, 0.75]], biases: [0.25]}}]
training: {{learning_rate: 0.1}}
numbers: {{decimals: 4}}
"""
TITLES = {"de": "Ein Neuron", "es": "Una neurona"}


def body_of(document):
    """Return a sheet in LaTeX, without what comes before its body, which no language changes."""
    return render_tex(document).partition("\\begin{document}\n")[2]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_golden_sheets(language, golden):
    """A small solution and its worksheet in each language are as they were read, in LaTeX."""
    worked = symnet.solve(yaml.safe_load(SMALL.format(title=TITLES[language], language=language)))
    golden(f"{language}/solution.tex", body_of(worked.document()))
    golden(f"{language}/worksheet.tex", body_of(worked.worksheet()))

"""The words of a value by cases, in every language that sheets are printed in."""

import pytest

import symnet
from symnet.layout import latex, text
from symnet.layout.tree import Glyph, Number, Operator, Row
from symnet.text.languages import LANGUAGES, in_language
from symnet.typeset.expressions import cases, otherwise

GRAPH = {
    "graph": {
        "inputs": ["x", "y"],
        "nodes": {"h": "where(x > 0, y, x)", "L": "h*y"},
        "output": "L",
    }
}
PRODUCT = {"graph": {"inputs": ["s", "i"], "nodes": {"h": "s*i", "L": "2*h"}, "output": "L"}}
NAMED = {"graph": {"inputs": ["s", "i"], "nodes": {"h": "s*i", "si": "s + i", "L": "h*si"}, "output": "L"}}


def typed(graph, left, right):
    """Return the one answer that was typed, among those that are asked for."""
    (answer,) = (one for one in symnet.check(graph, {left: right}).answers if one.typed)
    return answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", [latex.write, text.write])
def test_a_value_by_cases_is_read_as_it_is_printed(language, write):
    """What a key prints in any language can be typed, whatever the language of the exercise is."""
    positive = Row((Glyph("x"), Operator(">"), Number("0")))
    with in_language(language):
        printed = write(cases(((Glyph("y"), positive), (Glyph("x"), otherwise()))))
    answer = typed(GRAPH, "h", printed)
    assert answer.verdict.value == "right", answer.message


@pytest.mark.parametrize(
    "written",
    [
        r"\begin{cases} y & \text{für } x > 0 \\ x & \text{andernfalls} \end{cases}",
        r"\begin{cases} y & \text{wenn } x > 0 \\ x & \text{falls } x \le 0 \end{cases}",
        r"\begin{cases} y, & x > 0 \\ x, & \text{en caso contrario} \end{cases}",
        "{y si x > 0; x en  otro caso}",
        "{y für x > 0; x sonst}",
        "y wenn x > 0 sonst x",
        "y si x > 0 en otro caso x",
    ],
)
def test_what_people_write_for_if_and_otherwise_is_read(written):
    """Other words for the same, and a phrase of several words, are read too."""
    answer = typed(GRAPH, "h", written)
    assert answer.verdict.value == "right", answer.message


@pytest.mark.parametrize(
    ("graph", "left", "right"), [(PRODUCT, "h", "si"), (NAMED, "L", "h si"), (NAMED, "L", r"h \mathrm{si}")]
)
def test_a_word_of_another_language_that_names_spell_is_these(graph, left, right):
    """Where quantities are called s, i or si, the Spanish if is a product or a name."""
    answer = typed(graph, left, right)
    assert answer.verdict.value == "right", answer.message

"""Names in a sentence become formulas, words stay words, and in a terminal nothing changes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet import pipeline
from symnet.layout.latex import write as write_latex
from symnet.layout.symbols import clean_text
from symnet.layout.text import write
from symnet.sheets.marked import spoken


def text(content):
    """Return a content as a terminal has it."""
    return "".join(part if isinstance(part, str) else write(part) for part in content)


def formulas(sentence):
    """Return the formulas of a sentence in LaTeX."""
    return [write_latex(part) for part in spoken(sentence) if not isinstance(part, str)]


@pytest.mark.parametrize(
    ("sentence", "latex"),
    [
        ("The weight w₁₁⁽²⁾ is missing.", ["w_{11}^{(2)}"]),
        ("such as −ŷ₁ ŷ₂, are missing", [r"\hat{y}_1", r"\hat{y}_2"]),
        ("all but the one through ∂ŷ₁/∂z₁⁽²⁾ are", [r"\frac{\partial \hat{y}_1}{\partial z_1^{(2)}}"]),
        ("∂L/∂w₁₁⁽¹⁾ was taken", [r"\frac{\partial L}{\partial w_{11}^{(1)}}"]),
        ("a derivative tanh′(z₁) and δ₁⁽²⁾", [r"\tanh'", "z_1", r"\delta_1^{(2)}"]),
        ("the rate η, or the strength λ", [r"\eta", r"\lambda"]),
        ("the weight w₁,₁₂ of h̄₃", ["w_{1, 12}", r"\bar{h}_3"]),
        ("of one sample, z₁^{(1)[2]}", ["z_1^{(1)[2]}"]),
        ("A word is a word: no x, no L, no softmax; café too.", []),
        ("wrong by the factor 1/2 or 2", []),
    ],
)
def test_names_become_formulas(sentence, latex):
    """A name with an index, a mark or a prime, a derivative and a Greek letter are formulas; words are not."""
    assert formulas(sentence) == latex


@given(st.text(alphabet="ab wŷδ∂L/₁₂,⁽²⁾′^{}[1]\u0302\u0304é−. "))
def test_a_terminal_shows_the_same(sentence):
    """Whatever a sentence is, not a letter is lost: in a terminal it is as it was."""
    shown = clean_text(sentence)
    assert unicodedata.normalize("NFC", text(spoken(shown))) == unicodedata.normalize("NFC", shown)


@pytest.mark.parametrize("name", ["C1", "xor", "adam", "C4", "triplet", "maxout", "inf2008-momentum"])
def test_names_of_exercises_come_back(examples, name):
    """Every quantity of an exercise is the same formula again when it is read from its text, or stays that text."""
    part = pipeline.solve(examples[name]).parts[0]
    read = 0
    for identifier in part.network.quantities:
        layout = part.names(identifier)
        found = spoken(f"The name {write(layout)} is meant.")
        assert text(found) == f"The name {write(layout)} is meant."
        read += len(found) == 3 and write_latex(found[1]) == write_latex(layout)
    assert read or name == "C4"

"""Letters of a notation: what is read, what is refused, and that nothing else gets through."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from symnet.description.notation import ALLOWED, LetterField, read_letter
from symnet.layout import latex, text, typst
from symnet.layout.symbols import GLYPHS, GREEK
from symnet.layout.tree import Accent, Glyph
from symnet.limits import LONGEST_LETTER
from symnet.notation.conflicts import LetterShape

RIGHT = {
    "w": LetterShape("w"),
    "Q": LetterShape("Q"),
    "theta": LetterShape("theta"),
    r"\theta": LetterShape("theta"),
    "θ": LetterShape("theta"),
    "Ω": LetterShape("Omega"),
    "µ": LetterShape("mu"),
    r"\varphi": LetterShape("phi"),
    r"\hat{y}": LetterShape("y", "hat"),
    r"\hat y": LetterShape("y", "hat"),
    r"\hat\theta": LetterShape("theta", "hat"),
    r"\bar x": LetterShape("x", "bar"),
    r"\mathbf{w}": LetterShape("w", bold=True),
    r"\boldsymbol{\theta}": LetterShape("theta", bold=True),
    r"\hat{\mathbf{y}}": LetterShape("y", "hat", bold=True),
    r"\mathbf{\hat{y}}": LetterShape("y", "hat", bold=True),
    "Loss": LetterShape("Loss", upright=True),
    "net": LetterShape("net", upright=True),
    "abcdefghijkl": LetterShape("abcdefghijkl", upright=True),
}
NO_LETTERS = [
    r"\input{/etc/passwd}",
    r"w}\write18{ls}",
    r"\hat{y}}",
    r"\hat{y}\input{x}",
    r"\mathbf{w}{",
    "%",
    "#read",
    "w\n",
    "x\x1b[31m",
    "y\u202e",
    r"\csname a\endcsname",
    r"\\",
    "^^5c",
    '")',
    r"\hat{\hat{y}}",
    r"\bar{\hat{y}}",
    r"\mathbf{\boldsymbol{w}}",
    r"\hat{Loss}",
    r"\mathbf{net}",
    r"\hat" + " " * 40 + "y",
]
HINTS = {
    "x" * 300: "It has 300 characters.",
    "\theta": r"It has the control character \t: use single quotes, between which a backslash stays one.",
    "\beta": r"It has the control character \x08: use single quotes",
    "\u0430": "U+0430 is CYRILLIC SMALL LETTER A.",
    "\u03bf": "U+03BF is GREEK SMALL LETTER OMICRON.",
    "𝐱": "U+1D431 is MATHEMATICAL BOLD SMALL X.",
    "$w$": "Leave the dollar signs out.",
    "w_1": "Leave indices and primes out",
    r"\theta_{ij}^{(1)}": "Leave indices and primes out",
    "w'": "Leave indices and primes out",
    "z2": "Leave indices and primes out",
    "max": '"max" is a word with a meaning of its own',
    "None": '"None" is a word with a meaning of its own',
    "lamda": 'Did you mean "lambda"?',
    "Beta": 'Did you mean "beta"?',
    r"\thetta": r'Did you mean "\theta"?',
    r"\hat": r"Say of which letter, as in \hat{y}.",
    r"\ell": "It stands for a layer",
    "ℓ": "It stands for a layer",
}


def refusal_of(value, words=()):
    """Return what is said about a value that is refused."""
    with pytest.raises(PydanticCustomError) as caught:
        LetterField(words).read(value)
    return caught.value.context


@pytest.mark.parametrize(("written", "letter"), RIGHT.items(), ids=RIGHT)
def test_a_letter_is_read(written, letter):
    """Each way to write a letter that courses use is understood."""
    assert LetterField().read(written) == letter


@pytest.mark.parametrize("name", sorted(GREEK))
def test_every_greek_letter_is_read_in_three_ways(name):
    """A Greek letter is the same by its name, as a command and as a character."""
    ways = (name, f"\\{name}", GLYPHS[name].char)
    assert {read_letter(way) for way in ways} == {LetterShape(name)}


@pytest.mark.parametrize("written", NO_LETTERS)
def test_what_is_no_letter_is_refused(written):
    """Text that would do something in TeX, Typst or a terminal is refused, and what is allowed is said."""
    assert read_letter(written) is None
    assert refusal_of(written)["allowed"] == ALLOWED


@pytest.mark.parametrize(("written", "hint"), HINTS.items(), ids=ascii)
def test_a_refusal_says_what_to_do(written, hint):
    """The hint names the very trouble."""
    assert hint in refusal_of(written)["hint"]


@pytest.mark.parametrize("value", [1, None, True, ["w"], {"w": "x"}, b"w", ""], ids=repr)
def test_only_text_is_a_letter(value):
    """Anything but a text is refused."""
    assert refusal_of(value)["allowed"] == ALLOWED


def test_a_word_with_a_meaning_of_its_own_is_taken_first():
    """A key may take a word besides a letter, and a near miss of it is no upright word."""
    assert LetterField(("none",)).read("none") == "none"
    said = refusal_of("nome", ("none",))
    assert said["hint"] == 'Did you mean "none"?'
    assert said["allowed"].startswith("none, a Latin letter")


COMMANDS_OR_NOT = ("θ", "а", "theta", r"\theta", r"\hat", r"\bar ", r"\mathbf{", r"\input{")
PIECES = st.sampled_from([*string.ascii_letters, *"\\{}_^$%#&~ \n\t", *COMMANDS_OR_NOT])
COMMANDS = {r"\hat", r"\bar", r"\mathbf", r"\boldsymbol", r"\mathrm", *(sign.latex for sign in GLYPHS.values())}


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join)))
@example(r"\hat{\mathbf{y}}")
@example("Loss")
def test_any_text_is_a_letter_of_the_table_or_is_refused(written):
    """Whatever is written, only table output and letters reach TeX, Typst and a terminal."""
    letter = read_letter(written)
    if letter is None:
        said = refusal_of(written)
        assert said["allowed"] == ALLOWED
        return
    assert len(written) <= LONGEST_LETTER
    base = Glyph(letter.letter, bold=letter.bold, upright=letter.upright)
    tree = base if letter.mark is None else Accent(letter.mark, base)
    tex = latex.write(tree)
    commands = {f"\\{part.split('{')[0]}" for part in tex.split("\\")[1:]}
    assert {command.rstrip("}") for command in commands} <= COMMANDS
    assert set(tex) <= set(string.ascii_letters + "\\{}")
    assert tex.count("{") == tex.count("}")
    assert all(char.isalpha() or char in '()"' for char in typst.write(tree))
    assert all(char.isalpha() or char in "\u0302\u0304" for char in text.write(tree))

"""The commands that an answer may have are those of a table, with what has to follow them; no other is read."""

import pytest

from symnet.layout.symbols import GREEK
from symnet.marking.tokens import COMMANDS, SPACES, command
from symnet.parsing.tokens import FormulaError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"\cdot x", ("sign", "⋅", 5)),
        (r"\alpha_1", ("letter", "alpha", 6)),
        (r"\varepsilon", ("letter", "epsilon", 11)),
        (r"\ln2", ("function", "ln", 3)),
        (r"\{x", ("open", "\\{", 2)),
        (r"\left( x", ("open", "left(", 6)),
        (r"\right\}", ("close", "right\\}", 8)),
        (r"\left| x", ("leftbar", "|", 6)),
        (r"\left\vert x", ("leftbar", "|", 10)),
        (r"\right\Vert", ("norm", "‖", 11)),
        (r"\left\| x", ("norm", "‖", 7)),
        (r"\mathrm{ReLU}(x)", ("font", "ReLU", 13)),
        (r"\text{if }x", ("font", "if", 10)),
        (r"\mathrm d", ("font", "d", 9)),
        (r"\mathrm{my\_node}", ("font", "my_node", 17)),
        (r"\mathbb{1}", ("bold", "1", 10)),
        (r"\boldsymbol{\Theta}^2", ("bold", "Theta", 19)),
        (r"\begin{cases}", ("begin", "cases", 13)),
        (r"\end{cases}", ("end_cases", "cases", 11)),
    ],
)
def test_commands(text, found):
    """A command is one word, with its argument if it is a font, a bracket that grows, or an environment."""
    assert command(text, 0) == found


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("\\", 0, "a backslash at the end"),
        (r"\input{x}", 0, r'found "\input"; expected the commands for fractions'),
        (r"\lefft(", 0, r"Did you mean \left?"),
        (r"\left x", 0, "a bracket that opens"),
        (r"\left)", 0, "a bracket that opens"),
        (r"\right(", 0, "a bracket that closes"),
        (r"\left.", 0, "a bracket that opens"),
        (r"\left{x", 0, "a bracket that opens"),
        (r"\mathrm{a+b}", 7, "a word in braces"),
        (r"\mathrm{}", 7, "a word in braces"),
        (r"\mathrm{\input}", 7, "a word in braces"),
        (r"\mathrm", 7, "found the end"),
        (r"\begin{align}", 0, "cases and matrices as the only environments"),
    ],
)
def test_no_other_command_is_read(text, position, part):
    """What is in no table, or is without what has to follow it, is refused at its place."""
    with pytest.raises(FormulaError) as caught:
        command(text, 0)
    assert caught.value.position == position
    assert part in str(caught.value)


def test_every_greek_letter_is_a_command():
    """Each Greek letter that notations may have is read under its own name."""
    assert all(COMMANDS[name] == ("letter", name) for name in GREEK)


def test_no_command_is_both_a_word_and_a_space():
    """What only makes room is no word."""
    assert not SPACES & COMMANDS.keys()

"""The signs that have a name, and their capitals."""

import pytest

from symnet.layout.symbols import GLYPHS, GREEK, capital

CAPITALS = {"w": "W", "W": "W", "theta": "Theta", "alpha": "alpha", "eta": "eta", "net": "net", "1": "1"}


@pytest.mark.parametrize(("letter", "expected"), CAPITALS.items(), ids=CAPITALS)
def test_a_letter_has_a_capital_or_keeps_its_form(letter, expected):
    """A capital that looks like a Latin letter is none."""
    assert capital(letter) == expected


def test_greek_letters_look_like_no_latin_ones():
    """Every Greek letter that a user may name is printed by a command of its own."""
    assert {"alpha", "Gamma", "omega"} <= GREEK
    assert not {"Alpha", "omicron", "partial", "ell"} & GREEK
    assert all(GLYPHS[name].latex[1:].isalpha() for name in GREEK)

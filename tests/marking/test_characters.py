"""The characters that people type are written in ASCII as LaTeX does, and each knows where it came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.marking.tokens import plain


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("x − y", "x - y"),
        ("x·y×z∗u", "x⋅y*z*u"),
        ("x⊙y∘z", "x⊙y⊙z"),
        ("x÷y", "x/y"),
        ("w₁₁⁽²⁾", "w_{11}^{(2)}"),
        ("w₁₀,₁", "w_{10,1}"),
        ("a₁⁽²⁾²", "a_{1}^{(2)}^{2}"),
        ("w⁽²⁾⁽ᵗ⁺¹⁾", "w^{(2)(t+1)}"),
        ("e⁻ˣ", "e^{-x}"),
        ("∂L/∂σ", r"\partial L/\partial \sigma "),
        ("ŷ", r"\hat{y}"),
        ("y\u0302", r"\hat{y}"),
        ("δ\u0302", r"\hat{\delta }"),
        ("L̄", r"\bar{L}"),
        ("x′", "x'"),
        ("x ≥ 0", "x >= 0"),
        ("½x", "(1/2)x"),
        ("2½", "2½"),
        ("½½", "(1/2)½"),
        ("𝟏[z]", r"\mathbf{1}[z]"),
        ("x\u00a0y", "x y"),
        ("х", "х"),
        ("ｘ", "ｘ"),
        ("é", "é"),
        ("x\u200by", "x\u200by"),
        ("", ""),
    ],
)
def test_characters(typed, written):
    """Signs, Greek letters, scripts and marks are written in ASCII; what only looks like a letter stays what it is."""
    assert plain(typed).text == written


@given(st.text(max_size=40))
def test_places(typed):
    """Every character comes from a place in what was typed, in order, and the end from its end."""
    found = plain(typed)
    assert len(found.origins) == len(found.text) + 1
    assert list(found.origins) == sorted(found.origins)
    assert found.origins[-1] == len(typed)
    assert all(found.text[place] == typed[origin] for place, origin in enumerate(found.origins[:-1]) if typed.isascii())

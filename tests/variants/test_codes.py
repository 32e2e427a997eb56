"""Codes: short, read however they are typed, and wrong ones found out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.limits import MOST_DRAWS, MOST_SEED
from symnet.variants.codes import CodeError, VariantCode, read_code

codes = st.builds(
    VariantCode,
    st.integers(0, 31),
    st.integers(0, MOST_SEED),
    st.integers(0, MOST_DRAWS - 1),
    st.integers(0, 2**20 - 1),
)


@given(codes)
def test_a_code_carries_all_it_says(code):
    """Version, seed, number and digest come back, and the code has four groups of four."""
    assert read_code(str(code)) == code
    assert [len(group) for group in str(code).split("-")] == [4, 4, 4, 4]


@given(codes, st.randoms())
def test_a_code_is_read_as_it_is_typed(code, chance):
    """Small letters, O for 0, l and I for 1, spaces and no dashes change nothing."""
    typed = str(code).replace("-", chance.choice(["", " ", "-", " - "]))
    typed = "".join(chance.choice({"0": "0Oo", "1": "1lIiL"}.get(sign, sign + sign.lower())) for sign in typed)
    assert read_code(typed) == code


@given(codes, st.integers(0, 15), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_is_found_out(code, place, sign):
    """A code with any one sign exchanged for another is no code."""
    plain = str(code).replace("-", "")
    if plain[place] != sign:
        with pytest.raises(CodeError, match="mistyped"):
            read_code(plain[:place] + sign + plain[place + 1 :])


@given(codes, st.integers(0, 13))
def test_two_neighbours_exchanged_are_found_out(code, place):
    """A code with two neighbouring signs exchanged is no code, unless they are the same."""
    plain = str(code).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped != plain:
        with pytest.raises(CodeError, match="mistyped"):
            read_code(swapped)


@pytest.mark.parametrize("text", ["", "K7Q2", "x" * 10_000, "1000-1ZA0-000J-8F4U", "1000-1ZA0-000J-8F4\u0661"])
def test_what_is_no_code_is_refused(text):
    """A text that is too short or too long, or has other signs, is told what a code looks like."""
    with pytest.raises(CodeError, match=r"found .* expected"):
        read_code(text)

"""Layouts as plain data: every tree comes back from JSON as it was, and nothing else becomes a tree."""

import json
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_samples import SAMPLES

from symnet.layout.tree import (
    Accent,
    Blank,
    Brace,
    Cases,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Matrix,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
    layout_of,
    plain,
)

LEAVES = st.one_of(
    st.builds(Glyph, st.text(), st.booleans(), st.booleans()),
    st.builds(Word, st.text()),
    st.builds(Number, st.text()),
    st.builds(Operator, st.sampled_from(["+", "times", "approx"]), st.booleans()),
    st.builds(Space, st.sampled_from(["thin", "quad"])),
    st.builds(Blank, st.floats(0, 9), st.floats(0, 9)),
)


def larger(inner):
    """Return trees made of smaller ones, each shape among them."""
    return st.one_of(
        st.builds(Row, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Fraction, inner, inner),
        st.builds(Root, inner),
        st.builds(Brace, inner, st.text()),
        st.builds(Scripts, inner, st.none() | inner, st.none() | inner),
        st.builds(Accent, st.sampled_from(["hat", "bar"]), inner),
        st.builds(Prime, inner),
        st.builds(Fence, inner, st.sampled_from(["(", "", "||"]), st.sampled_from([")", "", "||"])),
        st.builds(Cases, st.lists(st.tuples(inner, inner), max_size=2).map(tuple)),
        st.builds(Matrix, st.lists(st.lists(inner, max_size=2).map(tuple), max_size=2).map(tuple)),
    )


@given(st.recursive(LEAVES, larger, max_leaves=12))
def test_a_tree_comes_back_as_it_was(layout):
    """A tree is the same after a way through JSON."""
    assert layout_of(json.loads(json.dumps(plain(layout)))) == layout


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample[-1] for sample in SAMPLES])
def test_a_formula_comes_back_as_it_was(sample):
    """So is every formula of the samples."""
    assert layout_of(json.loads(json.dumps(plain(sample[0])))) == sample[0]


def test_every_shape_can_be_read():
    """What each shape holds is of a kind that is read."""
    from symnet.layout import tree as module

    for shape in get_args(Layout):
        assert {field.type for field in fields(shape)} <= set(module._READERS)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "Glyph",
        [],
        {},
        [["Glyph"]],
        ["Path", "x"],
        ["Glyph", "x"],
        ["Glyph", 1, False, False],
        ["Glyph", "x", 0, False],
        ["Operator", "shutdown", False],
        ["Accent", "input", ["Word", "x"]],
        ["Space", "9999", False],
        ["Space", "endless"],
        ["Fence", ["Word", "x"], "\\input", ")"],
        ["Row", ["Word", "x"]],
        ["Row", "xy"],
        ["Cases", [[["Word", "x"]]]],
        ["Scripts", None, None, None],
        ["Blank", "1", 2.0],
        ["Blank", True, 2.0],
    ],
)
def test_nothing_else_becomes_a_tree(data):
    """An unknown shape, one that holds too much or too little, or something of the wrong kind, is refused."""
    with pytest.raises(ValueError, match=r"."):
        layout_of(data)

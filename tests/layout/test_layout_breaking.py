"""Breaking and shortening: nothing is lost, and lines fit."""

from hypothesis import given
from hypothesis import strategies as st
from layout_samples import MINUS, ONE, PLUS, row, unit, weight

from symnet.layout import text
from symnet.layout.breaking import break_lines, elide_sums, open_lines, top_terms
from symnet.layout.measure import width_em
from symnet.layout.tree import Fence, Fraction, Glyph, Number, Operator, Row, flatten

TIMES = Operator("times")
LETTERS = st.sampled_from([Glyph("a"), Glyph("sigma"), unit("z", 1, 2), weight(1, 2, 3), Number("0.25")])


def sums(factors):
    """Return rows of two to seven terms, each a product of the factors."""
    term = st.lists(factors, min_size=1, max_size=4)
    signs = st.sampled_from([PLUS, MINUS])

    def build(terms, between):
        items = list(terms[0])
        for sign, term in zip(between, terms[1:], strict=False):
            items += [sign, *term]
        return Row(tuple(items))

    return st.builds(build, st.lists(term, min_size=1, max_size=7), st.lists(signs, min_size=7, max_size=7))


FACTORS = LETTERS | st.builds(Fraction, LETTERS, LETTERS) | st.builds(Fence, sums(LETTERS))
FORMULAS = sums(FACTORS)
ROOMS = st.floats(min_value=1, max_value=40)


def long_sum(terms):
    """Return a weighted sum of so many terms."""
    items = []
    for index in range(1, terms + 1):
        items += [PLUS, weight(1, index, 1), unit("x", index, 1)]
    return Row(tuple(items[1:]))


def opened(formula):
    """Return the items of a formula with its brackets, or halves of brackets, and sides of fractions on their own."""
    items = []
    for item in flatten(formula):
        if isinstance(item, Fence):
            items += [item.left, *opened(item.body), item.right]
        elif isinstance(item, Fraction):
            items += [item.over, Operator("/"), item.under]
        else:
            items.append(item)
    return [item for item in items if item]


@given(FORMULAS, ROOMS, ROOMS)
def test_pieces_joined_are_the_formula(formula, first, rest):
    """Where nothing was shortened, the pieces are the formula, but for the signs of continued products."""
    pieces = break_lines(formula, first, rest, width_em)
    joined = [item for piece in pieces for item in opened(piece)]
    if "⋯" not in "".join(map(text.write, pieces)):
        assert [item for item in joined if item != TIMES] == opened(formula)


@given(FORMULAS, ROOMS)
def test_pieces_fit_or_cannot_be_broken(formula, room):
    """A piece that is too wide stays as it is when broken again."""
    for piece in break_lines(formula, room, room, width_em):
        if width_em(piece) > room:
            assert break_lines(piece, room, room, width_em) == (piece,)


@given(FORMULAS, ROOMS, ROOMS)
def test_continuations_start_with_a_sign(formula, first, rest):
    """A later line starts with plus, minus, times or the stroke of a fraction."""
    for piece in break_lines(formula, first, rest, width_em)[1:]:
        start = opened(piece)[0]
        assert isinstance(start, Operator)
        assert start.name in ("+", "-", "times", "/")


@given(FORMULAS)
def test_shortening_short_sums_changes_nothing(formula):
    """A formula without a long sum is left alone."""
    assert elide_sums(formula) == formula


def test_a_formula_that_fits_is_itself():
    """No line is rebuilt without need."""
    formula = long_sum(2)
    assert break_lines(formula, 100, 100, width_em) == (formula,)


def test_a_long_sum_is_shortened():
    """First two terms, dots, last two."""
    assert text.write(elide_sums(long_sum(60))) == (
        "w₁₁⁽¹⁾ x₁⁽¹⁾ + w₁₂⁽¹⁾ x₂⁽¹⁾ + ⋯ + w₁,₅₉⁽¹⁾ x₅₉⁽¹⁾ + w₁,₆₀⁽¹⁾ x₆₀⁽¹⁾"
    )
    assert elide_sums(long_sum(10)) == long_sum(10)
    assert elide_sums(elide_sums(long_sum(60))) == elide_sums(long_sum(60))


def test_sums_inside_are_shortened_too():
    """A sum in a bracket or under a stroke counts as well."""
    inside = row(Glyph("a"), Fence(long_sum(11)), Fraction(ONE, long_sum(11)))
    assert text.write(elide_sums(inside)).count("⋯") == 2


def test_dots_replace_an_inner_sum_only_where_needed():
    """A factor too wide for a line loses the middle of its longest sum, not its place."""
    formula = row(Glyph("a"), Fence(long_sum(9)))
    (line,) = break_lines(formula, 25, 25, width_em)
    assert text.write(line) == "a(w₁₁⁽¹⁾ x₁⁽¹⁾ + w₁₂⁽¹⁾ x₂⁽¹⁾ + ⋯ + w₁₈⁽¹⁾ x₈⁽¹⁾ + w₁₉⁽¹⁾ x₉⁽¹⁾)"
    (shorter,) = break_lines(formula, 14, 14, width_em)
    assert text.write(shorter) == "a(w₁₁⁽¹⁾ x₁⁽¹⁾ + ⋯ + w₁₉⁽¹⁾ x₉⁽¹⁾)"


def test_a_bracket_is_broken_only_where_nothing_else_helps():
    """A bracket that is wider than a line, and too short for dots, is broken before a sign, its halves on two lines."""
    formula = row(Glyph("a"), Fence(long_sum(3)))
    assert len(break_lines(formula, 20, 20, width_em)) == 1
    first, second = break_lines(formula, 11, 11, width_em)
    assert text.write(first) == "a(w₁₁⁽¹⁾ x₁⁽¹⁾ + w₁₂⁽¹⁾ x₂⁽¹⁾"
    assert text.write(second) == "+ w₁₃⁽¹⁾ x₃⁽¹⁾)"


def test_a_function_keeps_its_argument():
    """No line ends between a name and its bracket."""
    formula = row(*(item for _ in range(6) for item in (Glyph("sigma"), Fence(unit("z", 1, 1)))))
    for piece in break_lines(formula, 8, 8, width_em):
        assert text.write(piece).count("σ") == text.write(piece).count("(")


@given(FORMULAS)
def test_the_terms_of_a_sum(formula):
    """The terms side by side are the whole sum, and each but the first begins with its sign."""
    terms = top_terms(formula)
    assert [item for term in terms for item in flatten(term)] == list(flatten(formula))
    assert all(flatten(term)[0] in {PLUS, MINUS} for term in terms[1:])


@given(FORMULAS, ROOMS)
def test_open_lines_fit_and_leave_nothing_out(formula, room):
    """Lines opened at any depth are never wider than the room, and nothing but signs of continued products is added."""
    lines = open_lines(formula, room, width_em)
    if lines is None:
        return
    assert all(width_em(line) <= room for line in lines)
    pieces = [item for line in lines for item in opened(line) if item != TIMES]
    assert pieces == opened(formula)


def test_brackets_within_brackets_are_opened():
    """A sum in a bracket of a bracket is cut where there is no other place; a name alone cannot be."""
    inner = Fence(long_sum(3))
    nested = Fence(Row((Glyph("a"), PLUS, Glyph("b"), inner)))
    whole = width_em(nested)
    lines = open_lines(nested, whole / 2, width_em)
    assert len(lines) > 2
    assert text.write(lines[0]).startswith("(")
    assert text.write(lines[-1]).endswith("))")
    assert open_lines(nested, whole, width_em) == (nested,)
    assert open_lines(Glyph("a"), 0.1, width_em) is None

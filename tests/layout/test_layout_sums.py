"""Dots stand for the middle of a sum only where its terms tell what is left out."""

import pytest
from layout_samples import MINUS, ONE, PLUS, row, unit, weight

from symnet.layout import latex, text, typst
from symnet.layout.breaking import MOST_NUMBERS, break_lines, elide_sums
from symnet.layout.measure import width_em
from symnet.layout.tree import Fence, Fraction, Glyph, Number, Operator, Row, Scripts, flatten

TIMES = Operator("times")


def summed(terms, signs=None):
    """Return the terms as one sum, with plus signs unless others are given."""
    items = list(flatten(terms[0]))
    for index, term in enumerate(terms[1:]):
        items += [signs[index] if signs else PLUS, *flatten(term)]
    return Row(tuple(items))


def weighted(indices, layer=1):
    """Return the weighted sum of the inputs with these indices."""
    return [row(weight(1, index, layer), unit("x", index, 0)) for index in indices]


def multiplied(count):
    """Return so many products of two numbers, no two alike."""
    return [row(Number(f"0.{index}1"), TIMES, Number(f"1.{index}7")) for index in range(1, count + 1)]


BIAS = unit("b", 1, 1)
MATRIX = [Scripts(weight(to, source, 1), sup=Number("2")) for to in range(1, 5) for source in range(1, 4)]
SPARSE = [1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]
SOFTMAX = [
    row(Operator("-", unary=True), Fence(row(unit("a", k, 2), MINUS, unit("y", k, 2))), unit("a", k, 2))
    for k in range(1, 13)
]


@pytest.mark.parametrize(
    ("layout", "dotted"),
    [
        (summed(weighted(range(1, 13))), True),
        (summed([*weighted(range(1, 13)), BIAS]), True),
        (summed(MATRIX), True),
        (summed(weighted(SPARSE)), False),
        (summed([*weighted(range(1, 7)), BIAS, *weighted(range(7, 13))]), False),
        (summed(weighted(range(1, 13)), [PLUS] * 5 + [MINUS] + [PLUS] * 5), False),
        (summed(multiplied(12)), False),
        (summed([row(ONE)] * 12), False),
        (summed(SOFTMAX[:1] + [row(*term.items[1:]) for term in SOFTMAX[1:]], [MINUS] * 11), True),
        (Fraction(ONE, summed(multiplied(12))), False),
        (
            row(
                Glyph("z"),
                Operator("="),
                *summed(weighted(range(1, 13))).items,
                Operator("="),
                *summed(multiplied(12)).items,
            ),
            True,
        ),
    ],
)
def test_dots_stand_for_a_regular_middle_only(layout, dotted):
    """Terms alike but for indices that count up are shortened; numbers, gaps, another sign or another term are not."""
    assert ("⋯" in text.write(elide_sums(layout))) == dotted


def test_numbers_on_both_sides_of_a_relation_stay():
    """Where a sum in letters is shortened, the numbers put in behind it are all there."""
    sums = summed(weighted(range(1, 13))).items, summed(multiplied(12)).items
    written = text.write(elide_sums(row(*sums[0], Operator("="), *sums[1])))
    assert written.count("⋯") == 1
    assert written.endswith(text.write(Row(sums[1])))


def test_a_sum_that_nobody_adds_up_by_hand_is_shortened():
    """Hundreds of numbers would fill the page."""
    assert "⋯" not in text.write(elide_sums(summed(multiplied(MOST_NUMBERS))))
    assert "⋯" in text.write(elide_sums(summed(multiplied(MOST_NUMBERS + 1))))


def test_a_result_that_is_too_wide_is_broken_not_elided():
    """Of [ŷ₁ − y₁ − (...) − y₃] a₁ no term is lost at the width of a terminal."""
    inner = summed(
        [unit("a", 1, 2), unit("y", 1, 2), Fraction(unit("a", 2, 2), unit("y", 2, 2)), unit("y", 3, 2)], [MINUS] * 3
    )
    result = row(Fence(inner, "[", "]"), unit("x", 1, 0))
    for room in range(6, 30):
        lines = break_lines(result, room, room, width_em)
        joined = "".join(map(text.write, lines)).replace(" ", "").replace("×", "")
        assert joined == text.write(result).replace(" ", "")


def test_a_bracket_within_a_bracket_is_broken_where_dots_would_lose_terms():
    """Numbers in nested brackets are printed whole, each line within the room."""
    nested = row(Number("2"), TIMES, Fence(row(Number("3"), PLUS, Number("4"), TIMES, Fence(summed(multiplied(5))))))
    lines = break_lines(nested, 14, 14, width_em)
    assert all(width_em(line) <= 14 for line in lines)
    assert "".join(map(text.write, lines)).replace(" ", "") == text.write(nested).replace(" ", "")


def test_a_fraction_too_wide_for_a_line_is_broken_at_its_stroke():
    """A quotient of long sums of numbers goes over lines beside a stroke, in every format."""
    quotient = row(Fraction(Number("0.7"), summed(multiplied(8))), TIMES, Number("2"))
    lines = break_lines(quotient, 20, 20, width_em)
    assert len(lines) > 2
    assert all(width_em(line) <= 20 for line in lines)
    whole = "".join(map(text.write, lines)).replace(" ", "")
    assert whole == f"0.7/({text.write(summed(multiplied(8)))})×2".replace(" ", "")
    stroke = next(line for line in lines if flatten(line)[0] == Operator("/"))
    assert latex.write(stroke).startswith("/ ")
    assert typst.write(stroke).startswith("\\/ ")


def test_what_follows_a_stroke_is_no_part_of_the_divisor():
    """A factor behind a fraction that went on one line gets a sign of its own."""
    product = row(Fraction(summed(multiplied(4)), Number("3")), Glyph("x"))
    lines = break_lines(product, 12, 12, width_em)
    whole = "".join(map(text.write, lines)).replace(" ", "")
    assert whole == f"({text.write(summed(multiplied(4)))})/3×x".replace(" ", "")

"""General indices in every notation: letters that nothing else has, and sums, maxima and conditions in every writer."""

import pytest
from exercises import describe, part_of
from sympy import Integer

from symnet.algebra.indices import Attains, Elsewhere, IndexMax, IndexSum, Kronecker
from symnet.indexed.check import indexed_form_of
from symnet.layout import latex, mathml, text, typst
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.text.say import as_text, said
from symnet.typeset.expressions import LayoutBuilder
from symnet.typeset.indices import IndexedNames, index_letters, indexed_notation

NET = describe([3, 2, 3], ["sigmoid", "softmax"], "categorical_cross_entropy", reduction="mean")


def written(spec, notation="standard", **more):
    """Return the letters of a description's indexed form and a builder for them, in a notation."""
    part = part_of(spec | {"notation": notation} | more)
    form = indexed_form_of(part)
    names = Names(indexed_notation(part.names), part.names.quantities)
    return form.letters, LayoutBuilder(IndexedNames(names, form.letters.vocabulary.quantities))


WANTED = {
    "standard": ["wⱼᵢ⁽¹⁾", "wₖⱼ⁽²⁾", "zₖ⁽²⁾", "ŷₖ", "xᵢ", "δₖ⁽²⁾"],
    "cs349": ["vᵢⱼ", "wⱼₖ", "zₖ", "pₖ", "xᵢ", "∂L/∂zₖ"],
    "bishop": ["wⱼᵢ⁽¹⁾", "wₖⱼ⁽²⁾", "aₖ⁽²⁾", "yₖ", "xᵢ", "δₖ⁽²⁾"],
    "inf2008": ["wⱼᵢ⁽¹⁾", "wₖⱼ⁽²⁾", "zₖ⁽²⁾", "pₖ", "xᵢ", "∂L/∂zₖ⁽²⁾"],
    "cs4045": ["θⱼᵢ⁽¹⁾", "θₖⱼ⁽²⁾", "zₖ⁽³⁾", "aₖ⁽³⁾", "xᵢ", "∂L/∂zₖ⁽³⁾"],
    "eecs445": ["wⱼᵢ⁽¹⁾", "wₖⱼ⁽²⁾", "zₖ⁽³⁾", "ŷₖ", "xᵢ", "∂Loss/∂zₖ⁽³⁾"],
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_quantities_at_general_indices(notation):
    """Letters, the order of indices and the marks of layers are those of the notation, with letters for the indices."""
    letters, build = written(NET, notation)
    first, last = letters.layers
    symbols = [first.weight(first.own, first.source), last.weight(last.own, last.source), last.z(last.own)]
    symbols += [last.a(last.own), first.input(first.source), last.delta(last.own)]
    assert [text.write(build(symbol)) for symbol in symbols] == WANTED[notation]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_letter_has_two_meanings(notation):
    """No index has a letter of a quantity, of a function, or of another index, and neither has a sample."""
    names = part_of(NET | {"notation": notation}).names
    letters = index_letters(names)
    assert len(set(letters.values())) == len(letters)
    used = {name.letter for role, name in names.notation.names.items() if role in names.held}
    assert used.isdisjoint(letters.values())
    assert indexed_notation(names).sample.letter in letters.values()


def test_letters_of_the_user_are_left_alone():
    """A strength called l, inputs written q and a function f keep their letters; indices have others."""
    spec = describe([2, 2], ["z*sigmoid(z)"], "squared_error", regularization=[{"kind": "l2", "strength": "l"}])
    names = part_of(spec | {"notation": {"profile": "standard", "input": "q"}}).names
    letters = set(index_letters(names).values())
    assert not letters & {"q", "l", "f", "w", "z"}
    assert len(letters) > 5


def test_a_sample_keeps_its_letter_where_it_can():
    """The standard notation counts samples by i, which units need here; Bishop's n stays."""
    assert indexed_notation(part_of(NET).names).sample.letter == "s"
    assert indexed_notation(part_of(NET | {"notation": "bishop"}).names).sample.letter == "n"


def test_the_table_of_symbols_has_the_same_indices():
    """What is said of a weight in general has the indices of the general rule."""
    names = part_of(NET).names
    notation = indexed_notation(names)
    meaning = notation.names[next(role for role in notation.names if role.value == "weight")].meaning
    assert as_text(said(meaning)) == ("from unit i of layer ℓ − 1 to unit j of layer ℓ")


def test_a_sum_in_every_writer():
    """The index stands under the sign of the sum, in LaTeX, Typst, MathML and plain text."""
    letters, build = written(NET)
    first = letters.layers[0]
    layout = build(IndexSum.over(first.weight(first.own, first.source), first.source))
    assert latex.write(layout) == r"\sum_i w_{j i}^{(1)}"
    assert text.write(layout) == "∑ᵢ wⱼᵢ⁽¹⁾"
    assert typst.write(layout).startswith("∑_(i)")
    assert "<munder><mo" in mathml.write(layout)


def test_maxima_and_conditions():
    """The largest over an index, where it is, and conditions on an index, as they are written."""
    spec = describe([2, 2, 1], [{"activation": "maxout", "pieces": 3}, "identity"], "squared_error")
    letters, build = written(spec)
    first = letters.layers[0]
    largest = IndexMax.over(first.z(first.own, first.other_piece), first.other_piece)
    assert text.write(build(largest)) == "maxᵣ z_{j; r}⁽¹⁾"
    assert latex.write(build(largest)).startswith(r"\max_r")
    at = Attains(first.z(first.own, first.piece), first.piece.symbol, largest)
    assert text.write(build(at)) == "𝟏[z_{j; q}⁽¹⁾ = maxᵣ z_{j; r}⁽¹⁾]"
    j = first.own.symbol
    assert text.write(build(Kronecker(j, first.other.symbol))) == "𝟏[j = l]"
    assert text.write(build(Kronecker(j, Integer(1), Integer(3)))) == "𝟏[j ∈ {1, 3}]"
    assert text.write(build(Elsewhere(j, Integer(2)))) == "𝟏[j ≠ 2]"
    assert text.write(build(Elsewhere(j, Integer(2), Integer(4)))) == "𝟏[j ≠ 2, j ≠ 4]"
    assert latex.write(build(Kronecker(j, Integer(1), Integer(3)))) == r"\mathbf{1}[j \in \{1, 3\}]"

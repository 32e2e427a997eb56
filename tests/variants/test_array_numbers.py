"""The numbers of networks that are worked out in arrays, taken out of their descriptions and put back."""

from fractions import Fraction

import pytest
from array_networks import IMAGE, NORMALIZED, SEQUENCE

import symnet
from symnet.description import load
from symnet.variants.numbers import numbers_of, places, with_numbers_of


@pytest.mark.parametrize("mapping", [IMAGE, NORMALIZED, SEQUENCE], ids=["image", "normalized", "sequence"])
def test_numbers_are_put_back_where_they_were(mapping):
    """Each place has a number; with others in all places, a description has these and is solved with them."""
    description = load(mapping)
    ids = [place.id for place in places(description)]
    assert numbers_of(description).keys() == set(ids)
    assert numbers_of(with_numbers_of(description, numbers_of(description))) == numbers_of(description)
    others = {name: Fraction(number, 7) for number, name in enumerate(ids, 1)}
    changed = with_numbers_of(description, others)
    assert numbers_of(changed) == others
    data = symnet.solve(changed).parts[0].data
    found = {symbol.name: number for symbol, number in data.parameters.items()}
    assert found == {name: others[name] for name in found}
    row = {symbol.name: number for symbol, number in data.rows[0].items()}
    assert all(others.get(name, others.get(f"{name}@1", number)) == number for name, number in row.items())


def test_kinds_of_numbers_are_drawn_together():
    """Weights, biases, inputs and targets go by their words; kernels and what is learned beside, by ``parameters``."""
    names = {place.id: place.names for place in places(load(IMAGE))}
    assert names["w3_1_2"] == ("w3_1_2", "weights", "parameters")
    assert names["x3@2"] == ("x3@2", "x3", "inputs")
    assert names["b1_2"][1:] == ("biases", "parameters")
    assert all(kinds[-1] == "parameters" for name, kinds in names.items() if name.startswith("k"))

"""The numbers of indexed expressions: sums term by term, conditions on indices, functions at their own layer."""

import mpmath
import pytest
from exercises import describe, part_of
from sympy import Integer, Symbol

from symnet.algebra.indices import (
    Attains,
    Elsewhere,
    Index,
    Indexed,
    IndexedQuantities,
    IndexMax,
    IndexSum,
    Kronecker,
    negated,
)
from symnet.algebra.nodes import Applied, Chain, Partial, PathSum, PrimeDerivative, SampleSum
from symnet.indexed.check import indexed_form_of
from symnet.indexed.values import IndexedNumbers
from symnet.matrix.check import numbers_of
from symnet.quantity import Role

SPEC = describe(
    [2, 2, 2],
    [{"activation": "leaky_relu", "slope": "1/4"}, "tanh"],
    "squared_error",
    data={"inputs": [["1", "-2"], ["3", "4"]], "targets": [["1", "0"], ["0", "1"]]},
    parameters=[
        {"weights": [["1", "2"], ["3", "5"]], "biases": ["7", "11"]},
        {"weights": [["0.1", "0.2"], ["0.3", "0.4"]], "biases": ["0", "0"]},
    ],
)
K, L = Symbol("#k2"), Symbol("#l2")


@pytest.fixture(scope="module")
def point():
    """The numbers of a network at its data, at the first sample."""
    part = part_of(SPEC)
    return IndexedNumbers(indexed_form_of(part).letters, part.objective, numbers_of(part, part.evaluation))


def test_a_sum_is_taken_term_by_term(point):
    """A sum over the source of the weights into a unit, for each value of the unit."""
    layer = point.letters.layers[0]
    total = IndexSum.over(layer.weight(layer.own, layer.source), layer.source)
    assert [point.value(total, {layer.own.name: unit}) for unit in (1, 2)] == [3, 8]
    square = Chain(total, total)
    assert point.value(square, {layer.own.name: 2}) == 64


def test_sums_nest(point):
    """A sum in a sum, and a sum over the samples of a sum over the inputs."""
    layer = point.letters.layers[0]
    whole = IndexSum.over(IndexSum.over(layer.weight(layer.own, layer.source), layer.source), layer.own)
    assert point.value(whole, {}) == 11
    inputs = IndexSum.over(layer.input(layer.source), layer.source)
    assert point.value(SampleSum(inputs, Integer(2)), {}) == 6
    assert point._replace(at=1).value(inputs, {}) == 7


def test_a_condition_on_an_index(point):
    """One where the index is the other one, or one of the values; else 0."""
    assert [point.value(Kronecker(K, L), {K.name: 2, L.name: unit}) for unit in (1, 2)] == [0, 1]
    among = Kronecker(K, Integer(1), Integer(3))
    assert [point.value(among, {K.name: unit}) for unit in (1, 2, 3)] == [1, 0, 1]
    apart = Elsewhere(K, Integer(1), Integer(3))
    assert [point.value(apart, {K.name: unit}) for unit in (1, 2, 3)] == [0, 1, 0]


def test_the_largest_and_where_it_is(point):
    """The largest over an index, and of equal ones the first."""
    layer = point.letters.layers[0]
    weight = layer.weight(1, layer.source)
    assert point.value(IndexMax.over(weight, layer.source), {}) == 2
    at = Attains(weight, layer.source.symbol, IndexMax.over(weight, layer.source))
    assert [point.value(at, {layer.source.name: source}) for source in (1, 2)] == [0, 1]
    level = IndexMax.over(Integer(5), layer.source)
    assert [point.value(Attains(Integer(5), layer.source.symbol, level), {layer.source.name: n}) for n in (1, 2)] == [
        1,
        0,
    ]


def test_a_function_is_that_of_its_layer(point):
    """An activation has the options of the layer whose pre-activation it is taken at, and so has its derivative."""
    layer = point.letters.layers[0]
    z, a = layer.z(layer.own), layer.a(layer.own)
    where = {layer.own.name: 2}
    here = point._replace(at=0)
    assert here.value(z, where) == 4
    assert point.value(Applied("leaky_relu", z), {layer.own.name: 1}) == 4
    assert point.value(PrimeDerivative(a, z), where) == 1
    assert point.value(Partial(a, z), where) == 1


def test_derivatives_that_are_none(point):
    """Where one quantity does not depend on another the derivative is 0."""
    first, last = point.letters.layers
    derivative = Partial(last.z(1), first.a(first.own))
    with mpmath.workdps(15):
        assert [mpmath.nstr(point.value(derivative, {first.own.name: unit}), 3) for unit in (1, 2)] == ["0.1", "0.2"]
    assert point.value(Partial(first.z(1), Symbol("w1_2_1")), {}) == 0


def test_free_indices_are_those_that_no_sum_binds():
    """The indices of an expression, apart from those that a sum in it runs over."""
    vocabulary = IndexedQuantities()
    j, k = vocabulary.index("j1", (1, 2)), vocabulary.index("k2", (1, 2, 3))
    weight = vocabulary.keep(_weight(k, j))
    assert vocabulary.free(weight) == (k, j)
    assert vocabulary.free(IndexSum.over(weight, j)) == (k,)
    assert vocabulary.free(PathSum(IndexSum.over(weight, j), weight)) == (k, j)
    assert vocabulary.free(Partial(Symbol("L"), weight)) == (k, j)
    assert vocabulary.index("q1", (4,)) == 4


def test_what_does_not_depend_on_an_index_stands_before_the_sum():
    """A sum has inside what its index is in, and the other factors before it, in their order."""
    vocabulary = IndexedQuantities()
    j, k = vocabulary.index("j1", (1, 2)), vocabulary.index("k2", (1, 2, 3))
    weight, x = vocabulary.keep(_weight(k, j)), Symbol("x1")
    assert vocabulary.summed(Chain(Integer(-1), weight, x), k) == Chain(Integer(-1), x, IndexSum.over(weight, k))
    assert vocabulary.summed(weight, j, k) == IndexSum.over(IndexSum.over(weight, k), j)
    assert negated(Chain(Integer(-1), x)) == x
    assert negated(PathSum(x, weight)) == PathSum(Chain(Integer(-1), x), Chain(Integer(-1), weight))


def _weight(unit, source):
    return Indexed("weight", Role.WEIGHT, 2, unit, source)


def test_an_index_has_two_values_or_more():
    """At the only value that there is nothing is summed."""
    assert IndexSum.over(Symbol("x1"), 1) == Symbol("x1")
    assert Index("#k2", (1, 2)).letter == "k"

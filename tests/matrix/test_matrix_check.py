"""The matrix form against the derivation number by number."""

from types import MappingProxyType

import pytest
from exercises import altered, describe, draw, luck, part_of, solved
from sympy import Integer

from symnet.algebra.nodes import Chain
from symnet.errors import CheckFailedError
from symnet.matrix import expression
from symnet.matrix.check import verify_matrix
from symnet.matrix.expression import times, transposed


@pytest.mark.everyday(6, every=False)
@pytest.mark.parametrize("seed", range(12))
def test_random_networks_pass(seed):
    """What is right passes, at random points and at the data, with as many comparisons as there are entries or more."""
    part = part_of(draw(luck(f"matrix check {seed}"), widest=(3, 4, 3)))
    check = verify_matrix(part)
    assert check.passed
    assert check.comparisons > len(part.network.parameters)


def test_every_example_passes(examples):
    """The matrix form of every network among the examples is what was derived."""
    parts = [part for path in examples.values() for part in solved(path).parts]
    networks = [part for part in parts if not part.network.is_graph]
    assert len(networks) > 10
    assert all(verify_matrix(part).passed for part in networks)


def test_saturated_units_pass():
    """Where an output cannot be told from its bound, the random points alone are compared."""
    spec = describe(
        [1, 1],
        ["sigmoid"],
        "binary_cross_entropy",
        data={"inputs": [[1000]], "targets": [[1]]},
        parameters=[{"weights": [[40]], "biases": [0]}],
    )
    assert verify_matrix(part_of(spec)).passed


def test_a_wrong_derivative_does_not_pass():
    """A gradient that is not the product of the matrices is refused, and the message names the matrix form."""
    part = part_of(describe([2, 2], ["tanh"], "squared_error"))
    symbol = part.network.parameters[0]
    derivation = part.objective.derivations[symbol]
    wrong = altered(derivation, steps=(altered(derivation.steps[-1], rhs=Chain(Integer(2), derivation.result)),))
    objective = altered(part.objective, derivations={**part.objective.derivations, symbol: wrong})
    with pytest.raises(CheckFailedError, match="matrix form"):
        verify_matrix(altered(part, objective=objective))


@pytest.mark.parametrize(
    "wrong",
    [
        {"backward": times},
        {"gradient": lambda delta, a: times(a, transposed(delta))},
        {"forward": lambda w, a: times(transposed(w), a)},
    ],
)
def test_a_wrong_transposition_does_not_pass(monkeypatch, wrong):
    """In a square layer, where the shapes fit all the same, a matrix that is turned is found by its numbers."""
    part = part_of(describe([2, 2, 2], ["tanh", "tanh"], "squared_error"))
    usual = expression.Convention()
    table = {**expression.PRODUCTS, usual: expression.PRODUCTS[usual]._replace(**wrong)}
    assert verify_matrix(part).passed
    monkeypatch.setattr(expression, "PRODUCTS", MappingProxyType(table))
    with pytest.raises(CheckFailedError):
        verify_matrix(part)

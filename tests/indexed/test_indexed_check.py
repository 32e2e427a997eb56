"""The indexed form against the derivation number by number: what is right passes, whatever is wrong is found."""

from typing import NamedTuple

import mpmath
import pytest
from exercises import altered, describe, draw, full, luck, part_of, solved
from indexed_runs import Run
from sympy import Integer

import symnet
from symnet.algebra.nodes import Chain, Partial, PathSum
from symnet.errors import CheckFailedError
from symnet.indexed.check import indexed_form_of, verify_form, verify_indexed
from symnet.indexed.letters import IndexedLayer

CAMPAIGN = 320
SMALL = mpmath.mpf(10) ** -20


def passes(seed):
    """Assert that the indexed form of a random network is its derivation, for all parameters at least."""
    part = part_of(draw(luck(seed), widest=(3, 4, 3)))
    check = verify_indexed(part)
    assert check.passed
    assert check.comparisons > len(part.network.parameters)


@pytest.mark.everyday(6, every=False)
@pytest.mark.parametrize("seed", range(30))
def test_random_networks_pass(seed):
    """Every indexed equation of a random network, at every index, is what was derived number by number."""
    passes(f"indexed {seed}")


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign(seed):
    """Hundreds of random networks over the whole catalog: each indexed equation is the derivation's."""
    passes(f"indexed campaign {seed}")


def networks_of(path):
    """Return the parts of an example that are networks."""
    return [part for part in solved(path).parts if not part.network.is_graph]


@pytest.mark.campaign
def test_every_example_passes(examples):
    """The indexed form of every network among the examples is what was derived."""
    networks = [part for path in examples.values() for part in networks_of(path)]
    assert len(networks) > 10
    assert all(verify_indexed(part).passed for part in networks)


@pytest.mark.parametrize("name", ["C1", "cs4045-q2", "elastic-net", "maxout", "triplet", "xor"])
def test_an_example_passes(examples, name):
    """So it is for some of them every day."""
    networks = networks_of(examples[name])
    assert networks
    assert all(verify_indexed(part).passed for part in networks)


def is_enough(seed):
    """Assert that the last lines of the indexed equations are enough to work out a random network."""
    run = Run(draw(luck(seed), widest=(3, 4, 3)))
    compared = list(run.compared())
    assert len(compared) > len(run.part.network.parameters)
    for name, found, expected in compared:
        assert abs(found - expected) <= SMALL * max(1, abs(found), abs(expected)), name


@pytest.mark.everyday(8, every=False)
@pytest.mark.parametrize("seed", range(20))
def test_the_form_alone_is_enough(seed):
    """By the last lines of the indexed equations alone, all numbers come out as the definitions have them."""
    is_enough(f"indexed run {seed}")


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_of_the_form_alone(seed):
    """Hundreds of random networks, worked out by their indexed equations alone, agree with the definitions."""
    is_enough(f"indexed run campaign {seed}")


BROKEN = {
    "deep": describe([2, 3, 2], ["tanh", "sigmoid"], "squared_error", bias="shared"),
    "softmax": describe([2, 2, 3], ["relu", "softmax"], "categorical_cross_entropy"),
    "both terms": describe([2, 3], ["softmax"], "binary_cross_entropy"),
    "hidden softmax": describe([2, 2, 2], ["softmax", "identity"], "squared_error", bias=False),
    "maxout": describe([2, 2, 1], [{"activation": "maxout", "pieces": 3}, "tanh"], "squared_error"),
    "hinge": describe([2, 3], ["identity"], "multiclass_hinge"),
    "triplet": describe([2, 2, 2], ["prelu", "tanh"], "triplet"),
    "dropout": describe(
        [2, 3, 2],
        [{"activation": "tanh", "dropout": {"mask": [1, 0, 1], "keep": "1/2"}}, "sigmoid"],
        "binary_cross_entropy",
        input_gradients=True,
    ),
    "penalties": describe(
        [2, 2, 2],
        ["elu", "identity"],
        "a1*y2 + a2^2",
        regularization=[{"kind": "l1", "strength": "0.1"}, {"kind": "l2_norm", "strength": "lambda", "biases": True}],
        reduction="mean",
    ),
}


class Only(NamedTuple):
    """A form of which one equation alone is asked."""

    letters: object
    equations: tuple


def with_line(equation, line, expression):
    """Return an equation with another right side on one of its lines."""
    rights = list(equation.rights)
    rights[line] = rights[line]._replace(expression=expression)
    return equation._replace(rights=tuple(rights))


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("name", BROKEN)
def test_every_line_is_looked_at(name):
    """A line of any equation that is doubled, or to which something is added, is refused."""
    part = part_of(BROKEN[name])
    form = indexed_form_of(part)
    tried = 0
    for equation in form.equations:
        for line, right in enumerate(equation.rights):
            doubled = [Chain(Integer(2), right.expression)] if right.expression != 0 else []
            for wrong in (PathSum(right.expression, Integer(1)), *doubled):
                with pytest.raises(CheckFailedError, match="general rule"):
                    verify_form(part, Only(form.letters, (with_line(equation, line, wrong),)))
                tried += 1
    assert tried > 20


def test_weights_the_wrong_way_round_do_not_pass(monkeypatch):
    """In a square layer, where every index fits all the same, a weight from and to the wrong unit is found."""
    part = part_of(describe([2, 2, 2], ["tanh", "sigmoid"], "squared_error"))
    assert verify_indexed(part).passed
    usual = IndexedLayer.weight
    monkeypatch.setattr(IndexedLayer, "weight", lambda self, unit, source, piece=None: usual(self, source, unit, piece))
    with pytest.raises((CheckFailedError, KeyError)):
        verify_indexed(part)


def test_a_wrong_derivative_does_not_pass():
    """An indexed equation is compared with each single derivative: one that differs is found."""
    part = part_of(describe([2, 2], ["tanh"], "squared_error"))
    symbol = part.network.parameters[1]
    derivation = part.gradient.parameters[symbol]
    wrong = altered(derivation, steps=(altered(derivation.steps[-1], rhs=Chain(Integer(2), derivation.result)),))
    gradient = altered(part.gradient, parameters={**part.gradient.parameters, symbol: wrong})
    with pytest.raises(CheckFailedError, match="general rule"):
        verify_indexed(altered(part, gradient=gradient))


def test_a_sheet_with_a_wrong_rule_is_not_printed(monkeypatch):
    """The check is made on every sheet that shows the general rule, before it is typeset."""
    from symnet.indexed import backward

    usual = backward.own_derivative
    monkeypatch.setattr(
        backward,
        "own_derivative",
        lambda layer, place, primed=False: Chain(Integer(2), usual(layer, place, primed=primed)),
    )
    work = symnet.solve(describe([2, 2, 2], ["tanh", "tanh"], "squared_error"))
    assert work.document(full())
    with pytest.raises(CheckFailedError, match="general rule"):
        work.document(full(form="index"))


def test_saturated_units_pass():
    """Where an output cannot be told from its bound, the random points alone are compared."""
    spec = describe(
        [1, 1],
        ["sigmoid"],
        "binary_cross_entropy",
        data={"inputs": [[1000]], "targets": [[1]]},
        parameters=[{"weights": [[40]], "biases": [0]}],
    )
    assert verify_indexed(part_of(spec)).passed


def test_an_output_on_which_the_loss_does_not_depend():
    """A loss of one output alone: the delta of the other one is 0, and the sums over both hold all the same."""
    part = part_of(describe([2, 2, 2], ["tanh", "tanh"], "(a2 - y2)^2"))
    assert verify_indexed(part).passed
    lefts = [equation.left for equation in indexed_form_of(part).loss_derivatives]
    assert lefts == [Partial(part.network.loss, a) for a in part.network.layers[-1].activations]

"""What training makes small: the samples taken together, the penalty, and the derivative of both line by line."""

import pytest
from exercises import objective_of
from sympy import Integer, Symbol

from symnet.algebra.nodes import SampleSum, plain_text
from symnet.catalog.regularizers import REGULARIZERS
from symnet.derivation.steps import Rule
from symnet.network.graph import NodeKind

TWO = {"data": {"inputs": [[1], [2]], "targets": [[1], [2]]}}


def built(activation="identity", loss="squared_error", sizes=(1, 1), **more):
    """Return the objective of a small network."""
    return objective_of(list(sizes), [activation] * (len(sizes) - 1), loss, **more)[1]


def lines(objective, parameter):
    """Return the right sides of a derivation of the objective."""
    return [plain_text(step.rhs) for step in objective.derivations[Symbol(parameter)].steps]


def values(objective):
    """Return the expression of each node by id."""
    return {node.symbol.name: plain_text(node.expression) for node in (*objective.penalty, *objective.nodes)}


def test_one_sample_is_the_objective_itself():
    """With one sample and no penalty nothing is added, and the derivations are those of the network."""
    gradient, objective = objective_of([1, 1], ["tanh"], "squared_error")
    assert objective.nodes == objective.penalty == ()
    assert objective.samples is None
    assert objective.derivations == gradient.parameters


@pytest.mark.parametrize(("reduction", "share"), [("mean", "1/m*"), ("sum", "")])
def test_a_generic_sample(reduction, share):
    """Without data the number of samples stays open: the gradient is 1/m times a sum over i, or the sum."""
    objective = built(reduction=reduction)
    assert objective.samples == Symbol("m")
    assert objective.mean == (reduction == "mean")
    assert values(objective) == {"L": f"{share}Sum(L@i, (i, 1, m))"}
    assert lines(objective, "w1_1_1") == [
        f"{share}Sum(dL@i/dw1_1_1, (i, 1, m))",
        f"{share}Sum(delta1_1*x1, (i, 1, m))",
        f"{share}Sum((a1_1 - y1)*x1, (i, 1, m))",
    ]


def test_a_known_number_of_samples():
    """With data the number of samples is that of the data."""
    objective = built(**TWO)
    assert objective.samples == Integer(2)
    assert values(objective) == {"L": "1/2*Sum(L@i, (i, 1, 2))"}


def test_the_mean_is_half_of_the_squares_over_m():
    """Half the squared errors with the mean over the samples are 1/(2m) times a sum."""
    objective = built(reduction="mean")
    (node,) = objective.nodes
    assert node.kind is NodeKind.LOSS
    assert node.expression.has(SampleSum)


def test_a_penalty_beside_one_sample():
    """With a penalty the objective is the sum of its two parts, and so is each gradient that it touches."""
    objective = built(regularization={"kind": "l2", "strength": "lambda"})
    assert values(objective) == {"L_penalty": "lambda*w1_1_1**2", "L": "L_data + L_penalty"}
    assert lines(objective, "w1_1_1") == [
        "dL_data/dw1_1_1 + dL_penalty/dw1_1_1",
        "delta1_1*x1 + 2*lambda*w1_1_1",
        "(a1_1 - y1)*x1 + 2*lambda*w1_1_1",
    ]
    assert lines(objective, "b1_1") == ["dL_data/db1_1", "delta1_1", "a1_1 - y1"]
    assert objective.constants == (Symbol("lambda"),)


def test_a_penalty_beside_many_samples():
    """The penalty stands outside of the sum over the samples, once."""
    objective = built(reduction="mean", regularization={"kind": "half_l2", "strength": "0.1"})
    assert values(objective)["L_data"] == "1/m*Sum(L@i, (i, 1, m))"
    assert lines(objective, "w1_1_1")[-1] == "1/m*Sum((a1_1 - y1)*x1, (i, 1, m)) + 1/10*w1_1_1"


@pytest.mark.parametrize(
    ("kind", "penalty", "derivative"),
    [
        ("l1", "1/10*(Abs(w1_1_1) + Abs(w1_1_2))", "1/10*sign(w1_1_2)"),
        ("l2", "1/10*(w1_1_1**2 + w1_1_2**2)", "1/5*w1_1_2"),
        ("half_l2", "1/20*(w1_1_1**2 + w1_1_2**2)", "1/10*w1_1_2"),
        ("l2_norm", "1/10*norm1", "1/10*w1_1_2/norm1"),
    ],
)
def test_each_penalty(kind, penalty, derivative):
    """Each penalty has its strength in front, and its derivative stands last in the gradient."""
    objective = built(sizes=(2, 1), regularization={"kind": kind, "strength": "0.1"})
    assert values(objective)["L_penalty"] == penalty
    assert lines(objective, "w1_1_2")[-1] == f"(a1_1 - y1)*x2 + {derivative}"


def test_every_regularizer_is_named_above():
    """The cases of the test before cover the table."""
    assert set(REGULARIZERS) == {"l1", "l2", "half_l2", "l2_norm"}


def test_elastic_net_is_two_penalties():
    """L1 and L2 together are two terms of the penalty, and of every gradient they touch."""
    both = [{"kind": "l2", "strength": "beta"}, {"kind": "l1", "strength": "lambda"}]
    objective = built(regularization=both)
    assert values(objective)["L_penalty"] == "beta*w1_1_1**2 + lambda*Abs(w1_1_1)"
    assert [plain_text(term) for term in objective.added[Symbol("w1_1_1")]] == ["2*beta*w1_1_1", "lambda*sign(w1_1_1)"]
    assert objective.constants == (Symbol("beta"), Symbol("lambda"))


def test_strengths_by_layer():
    """A strength for each layer stands before the weights of its layer; equal ones are put together."""
    objective = built(sizes=(1, 1, 1, 1), regularization={"kind": "l2", "strength": ["0.1", "lambda", "0.1"]})
    assert values(objective)["L_penalty"] == "1/10*(w1_1_1**2 + w3_1_1**2) + lambda*w2_1_1**2"
    assert lines(objective, "w2_1_1")[-1].endswith(" + 2*lambda*w2_1_1")


def test_norms_are_nodes_by_layer():
    """Each layer's norm is a node of its own, shared by its derivatives; so is that of its biases if asked for."""
    objective = built(sizes=(1, 1, 1), regularization={"kind": "l2_norm", "strength": ["2", "c"], "biases": True})
    assert values(objective)["L_penalty"] == "2*norm1 + 2*norm_b1 + c*norm2 + c*norm_b2"
    assert values(objective)["norm_b2"] == "sqrt(b2_1**2)"
    names = [node.symbol.name for node in objective.penalty]
    assert names == ["norm1", "norm_b1", "norm2", "norm_b2", "L_penalty"]
    assert lines(objective, "b2_1")[-1].endswith(" + c*b2_1/norm_b2")


def test_biases_are_left_out_unless_asked():
    """Without a word only weights are penalized; asked for, biases are too, and what is learned never."""
    parameters = {"w1_1_1", "b1_1", "alpha1"}
    for biases, held in ((False, {"w1_1_1"}), (True, {"w1_1_1", "b1_1"})):
        objective = built("prelu", regularization={"kind": "l2", "strength": 1, "biases": biases})
        assert {symbol.name for symbol in objective.added} == held
        assert {symbol.name for symbol in objective.derivations} == parameters


def test_all_pieces_of_maxout_are_penalized():
    """The weights of every piece count, and a shared bias once."""
    objective = objective_of(
        [1, 1], ["maxout"], "squared_error", "shared", regularization={"kind": "l2", "strength": 1, "biases": True}
    )[1]
    assert {symbol.name for symbol in objective.added} == {"w1_1_1.1", "w1_1_1.2", "b1"}


def test_rules_and_names():
    """The first line takes the parts together, the second puts in what is known, the third writes it out."""
    objective = built("tanh", reduction="mean", regularization={"kind": "l2", "strength": 1})
    for derivation in objective.derivations.values():
        assert [step.rule for step in derivation.steps] == [Rule.LINEARITY, Rule.REUSE, Rule.SUBSTITUTE]
        assert {plain_text(step.lhs) for step in derivation.steps} == {f"dL/d{derivation.wrt.name}"}
    assert {"L", "L_data", "L_penalty", "m"} <= set(objective.quantities)


def test_a_penalty_counts_zero_weights_among_its_kinks():
    """The penalties with a kink say where it is."""
    for kind, entry in REGULARIZERS.items():
        objective = built(regularization={"kind": kind, "strength": 1})
        assert any(node.switches for node in objective.penalty) == entry.kinked

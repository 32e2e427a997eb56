"""Descriptions as graphs: which nodes and names there are, and what stands between them."""

import pytest
from exercises import describe, network_from, network_of
from sympy import Symbol

from symnet.algebra.nodes import plain_text
from symnet.catalog.activations import ACTIVATIONS
from symnet.network.graph import NodeKind
from symnet.quantity import Role


def texts(network):
    """Return the expression of each node by id."""
    return {symbol.name: plain_text(node.expression) for symbol, node in network.nodes.items()}


def names(symbols):
    """Return the ids of symbols."""
    return [symbol.name for symbol in symbols]


def test_a_dense_layer():
    """A layer is weighted sums, then activations, then the loss, in forward order."""
    network = network_of([2, 2, 1], ["tanh", "identity"], "squared_error")
    assert texts(network) == {
        "z1_1": "w1_1_1*x1 + w1_1_2*x2 + b1_1",
        "z1_2": "w1_2_1*x1 + w1_2_2*x2 + b1_2",
        "a1_1": "tanh(z1_1)",
        "a1_2": "tanh(z1_2)",
        "z2_1": "w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1",
        "a2_1": "z2_1",
        "L": "1/2*(a2_1 - y1)**2",
    }
    assert " ".join(names(network.parameters)) == "w1_1_1 w1_1_2 w1_2_1 w1_2_2 b1_1 b1_2 w2_1_1 w2_1_2 b2_1"
    assert names(network.inputs + network.targets) == ["x1", "x2", "y1"]
    assert names(network.leaves) == names(network.parameters)


def test_parameters_come_in_groups():
    """A layer's parameters are its weights, its biases and what it learns, in order, a group for each that there is."""
    network = network_of([2, 2, 1], ["prelu", {"activation": "identity", "bias": False}], "squared_error")
    groups = [[(group.name, names(group.symbols)) for group in layer.parameter_groups()] for layer in network.layers]
    first = [
        ("weights", ["w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2"]),
        ("biases", ["b1_1", "b1_2"]),
        ("learned", ["alpha1"]),
    ]
    assert groups == [first, [("weights", ["w2_1_1", "w2_1_2"])]]
    assert network.layers[1].group("biases") == ()
    assert [layer.sources for layer in network.layers] == [2, 2]


def test_kinds_and_roles():
    """Each node has its kind, and each id says what it stands for."""
    layers = [{"activation": "prelu", "dropout": {"mask": [1], "keep": "1/2"}}, "identity"]
    network = network_of([1, 1, 1], layers, "squared_error", "shared")
    assert [node.kind for node in network.nodes.values()] == [
        NodeKind.LINEAR,
        NodeKind.ACTIVATION,
        NodeKind.DROPOUT,
        NodeKind.LINEAR,
        NodeKind.ACTIVATION,
        NodeKind.LOSS,
    ]
    roles = {name: quantity.role for name, quantity in network.quantities.items()}
    assert roles == {
        "x1": Role.INPUT,
        "w1_1_1": Role.WEIGHT,
        "b1": Role.SHARED_BIAS,
        "alpha1": Role.SLOPE_PARAMETER,
        "z1_1": Role.PRE_ACTIVATION,
        "a1_1": Role.ACTIVATION,
        "d1_1": Role.DROPPED,
        "w2_1_1": Role.WEIGHT,
        "b2": Role.SHARED_BIAS,
        "z2_1": Role.PRE_ACTIVATION,
        "a2_1": Role.OUTPUT,
        "y1": Role.TARGET,
        "L": Role.LOSS,
    }


@pytest.mark.parametrize(
    ("bias", "biases", "last"),
    [(True, ["b1_1", "b1_2"], "w1_2_1*x1 + b1_2"), (False, [], "w1_2_1*x1"), ("shared", ["b1"], "w1_2_1*x1 + b1")],
)
def test_biases(bias, biases, last):
    """A layer has a bias per unit, none, or one for all of them."""
    network = network_of([1, 2], ["tanh"], "squared_error", bias)
    assert names(network.layers[0].biases) == biases
    assert texts(network)["z1_2"] == last


def test_maxout_has_pieces_with_weights_of_their_own():
    """Each piece of a maxout unit is a weighted sum with its own weights and bias; the unit is the largest."""
    network = network_of([2, 2], [{"activation": "maxout", "pieces": 3}], "squared_error")
    found = texts(network)
    assert found["z1_2.3"] == "w1_2_1.3*x1 + w1_2_2.3*x2 + b1_2.3"
    assert found["a1_2"] == "Max(z1_2.1, z1_2.2, z1_2.3)"
    (layer,) = network.layers
    assert layer.pieces == 3
    assert names(layer.read_by(1)) == ["z1_2.1", "z1_2.2", "z1_2.3"]
    assert len(network.parameters) == 2 * 3 * (2 + 1)
    assert network.quantities["w1_2_1.3"].piece == "3"


def test_maxout_may_share_its_bias():
    """A shared bias of a maxout layer is one for all pieces of all units."""
    network = network_of([1, 2], ["maxout"], "squared_error", "shared")
    assert names(network.layers[0].biases) == ["b1"]
    assert len(network.children[Symbol("b1")]) == 4


def test_a_softmax_reads_its_layer():
    """Each unit of a softmax depends on all weighted sums of its layer, and of other activations on its own."""
    coupled = network_of([1, 3], ["softmax"], "squared_error")
    assert set(names(coupled.nodes[Symbol("a1_2")].derivatives)) == {"z1_1", "z1_2", "z1_3"}
    alone = network_of([1, 3], ["sigmoid"], "squared_error")
    assert names(alone.nodes[Symbol("a1_2")].derivatives) == ["z1_2"]


def test_prelu_has_one_learned_derivative_a_layer():
    """The slope of PReLU is one parameter of its layer, and every unit has a slope by it."""
    network = network_of([1, 2, 1], ["prelu", "prelu"], "squared_error")
    assert [names(layer.learned) for layer in network.layers] == [["alpha1"], ["alpha2"]]
    assert names(network.children[Symbol("alpha1")]) == ["a1_1", "a1_2"]
    assert texts(network)["a1_2"] == "Max(0, z1_2) + alpha1*Min(0, z1_2)"
    order = names(network.parameters)
    assert order.index("b1_2") < order.index("alpha1") < order.index("w2_1_1")


@pytest.mark.parametrize(
    ("layer", "value"),
    [
        ({"activation": "leaky_relu"}, "Max(1/100*z1_1, z1_1)"),
        ({"activation": "leaky_relu", "slope": "0.1"}, "Max(1/10*z1_1, z1_1)"),
        ({"activation": "elu"}, "Max(0, z1_1) + exp(Min(0, z1_1)) - 1"),
        ({"activation": "elu", "alpha": 2}, "Max(0, z1_1) + 2*(exp(Min(0, z1_1)) - 1)"),
        ({"activation": "z^2 + 1"}, "z1_1**2 + 1"),
    ],
)
def test_options_and_expressions(layer, value):
    """Options of activations are exact numbers in the node, and expressions are taken as they are."""
    assert texts(network_of([1, 1], [layer], "squared_error"))["a1_1"] == value


def test_the_same_expression_is_the_same_function():
    """Activations given as expressions are called f, g, ...; equal ones by the same letter."""
    network = network_of([1, 1, 1, 1], ["z^2", "z^3", "z^2"], "squared_error")
    assert [layer.activation.name for layer in network.layers] == ["f", "g", "f"]


def test_dropout():
    """A kept unit is divided by the probability of keeping it, a dropped one is 0 with the derivative 0."""
    layer = {"activation": "tanh", "dropout": {"mask": [1, 0], "keep": "0.8"}}
    network = network_of([1, 2, 1], [layer, "identity"], "squared_error")
    found = texts(network)
    assert (found["d1_1"], found["d1_2"]) == ("5/4*a1_1", "0")
    assert found["z2_1"] == "w2_1_1*d1_1 + w2_1_2*d1_2 + b2_1"
    assert network.nodes[Symbol("d1_2")].derivatives == {Symbol("a1_2"): (0,)}
    assert names(network.layers[0].outputs) == ["d1_1", "d1_2"]


def test_a_triplet_uses_one_network_three_times():
    """Anchor, positive and negative go through the same parameters; all else has a suffix, and there are no targets."""
    network = network_of([2, 1], ["tanh"], {"kind": "triplet", "margin": "1/2"})
    found = texts(network)
    assert [found[f"z1_1.{use}"] for use in "apn"] == [f"w1_1_1*x1.{use} + w1_1_2*x2.{use} + b1_1" for use in "apn"]
    assert found["dp"] == "(a1_1.a - a1_1.p)**2"
    assert found["dn"] == "(a1_1.a - a1_1.n)**2"
    assert found["L"] == "Max(0, dp - dn + 1/2)"
    assert names(network.parameters) == ["w1_1_1", "w1_1_2", "b1_1"]
    assert not network.targets
    assert len(network.branches) == 3
    assert len({id(layers[0].dense) for layers in network.branches}) == 1
    assert network.paths[Symbol("b1_1")] == 4  # the anchor reaches the loss by both distances


def test_maxout_under_triplet_has_both_suffixes():
    """The piece stands before the use in an id."""
    network = network_of([1, 1], ["maxout"], "triplet")
    assert {"z1_1.1.a", "z1_1.2.a", "z1_1.1.p", "z1_1.2.n"} < {symbol.name for symbol in network.nodes}


def test_a_multiclass_hinge_has_nodes_before_it():
    """The right score and the margins are nodes of their own between outputs and loss."""
    network = network_of([1, 3], ["identity"], {"kind": "multiclass_hinge", "margin": 10})
    found = texts(network)
    assert found["s"] == "y1*a1_1 + y2*a1_2 + y3*a1_3"
    assert found["m2"] == "a1_2 - s + 10"
    assert found["L"] == "(1 - y1)*Max(0, m1) + (1 - y2)*Max(0, m2) + (1 - y3)*Max(0, m3)"


def test_a_loss_given_as_an_expression():
    """An expression speaks of outputs and targets; only those outputs that it names have a derivative."""
    network = network_of([1, 2], ["tanh"], "(a2 - y1)^2")
    assert texts(network)["L"] == "(a1_2 - y1)**2"
    assert names(network.nodes[Symbol("L")].derivatives) == ["a1_2"]
    assert Symbol("a1_1") not in network.children
    assert network.paths[Symbol("w1_1_1")] == 0


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "L"),
        ({"regularization": {"kind": "l2", "strength": 1}}, "L_data"),
        ({"reduction": "mean"}, "L@i"),
        ({"reduction": "sum", "regularization": {"kind": "l2", "strength": 1}}, "L@i"),
        ({"data": {"inputs": [[1]], "targets": [[1]]}}, "L"),
        ({"data": {"inputs": [[1]], "targets": [[1]]}, "reduction": "mean"}, "L"),
        ({"data": {"inputs": [[1], [2]], "targets": [[1], [2]]}}, "L@i"),
    ],
)
def test_the_name_of_one_sample_s_loss(more, name):
    """A sample's loss is L only where it is the objective itself."""
    assert network_of([1, 1], ["tanh"], "squared_error", **more).loss.name == name


def test_wanted_inputs():
    """Derivatives with respect to inputs are there if asked for; of a triplet, with respect to all three."""
    assert not network_of([2, 1], ["tanh"], "squared_error").wanted_inputs
    network = network_of([1, 1], ["tanh"], "triplet", input_gradients=True)
    assert names(network.wanted_inputs) == ["x1.a", "x1.p", "x1.n"]
    assert network.leaves == network.parameters + network.wanted_inputs


@pytest.mark.parametrize(
    ("layer", "switches"),
    [
        ("identity", []),
        ("tanh", []),
        ("softplus", []),
        ("relu", ["z1_1"]),
        ("prelu", ["z1_1"]),
        ("elu", ["z1_1"]),
        ("leaky_relu", ["1/100*z1_1 - z1_1"]),
        ({"activation": "maxout", "pieces": 3}, ["z1_1.1 - z1_1.2", "z1_1.1 - z1_1.3", "z1_1.2 - z1_1.3"]),
        ("abs(z - 1)", ["z1_1 - 1"]),
    ],
)
def test_switches(layer, switches):
    """A node knows the expressions at whose zero it passes a kink."""
    network = network_of([1, 1], [layer], "squared_error")
    assert [plain_text(switch) for switch in network.nodes[Symbol("a1_1")].switches] == switches


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_parents_are_what_is_read(name):
    """The parents of a node are exactly what its expression speaks of."""
    network = network_of([2, 2, 2], [name, name], "multiclass_hinge")
    for node in network.nodes.values():
        assert set(node.derivatives) == node.expression.free_symbols - set(network.targets)
        assert node.symbol not in node.derivatives


def test_options_of_losses():
    """The options of a loss stand in its node, numbers exact, and several losses are several networks."""
    spec = describe([1, 1], ["sigmoid"], [{"kind": "binary_cross_entropy", "log_base": 2}, "squared_error"])
    assert texts(network_from(spec))["L"] == "-(y1*log(a1_1, 2) + (1 - y1)*log(1 - a1_1, 2))"
    assert texts(network_of([1, 1], ["identity"], {"kind": "hinge", "margin": "0.5"}))["L"] == "Max(0, 1/2 - y1*a1_1)"

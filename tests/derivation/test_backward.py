"""The backward sweep: every derivation of the examples line by line, and what has to hold of all of them."""

from itertools import pairwise

import pytest
from exercises import ROOT, combinations, describe, gradient_of, network_of, solved
from hypothesis import given
from hypothesis import strategies as st
from reading import part_text, readable
from sympy import Symbol, log, simplify

import symnet
from symnet.algebra.nodes import Chain, Partial, PathSum, PrimeDerivative, Quotient, plain_text, terms_of
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.derivation.backward import derive
from symnet.derivation.expand import Expander, adjoint_definitions, node_definitions
from symnet.derivation.steps import Rule
from symnet.derivation.sweep import LONGEST_RESULT
from symnet.network.graph import NodeKind
from symnet.text.en import SENTENCES


def rules(derivation):
    """Return the rules of a derivation's lines, in order."""
    return [step.rule for step in derivation.steps]


@pytest.fixture(scope="module")
def question_one(examples):
    """The worked first question: part (i) with squared error, part (ii) with cross-entropy."""
    return solved(examples["cs4045-q1"])


EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_golden_derivations(name, examples, golden):
    """Every line of every derivation of an example is as it was last read and found good."""
    parts = solved(examples[name]).parts
    golden(f"{name}.txt", "\n\n\n".join(part_text(part) for part in parts) + "\n")


def test_every_example_has_a_golden_file(examples, root):
    """No example is without its golden file, and no golden file without its example."""
    assert len(EXAMPLES) > 20
    assert {path.stem for path in (root / "tests" / "golden").glob("*.txt")} == set(examples) == set(EXAMPLES)


def test_textbook_order_of_squared_error(question_one):
    """Part (i): the derivative with respect to w3_1_1 is (a - y) a (1 - a) times what it multiplies, in that order."""
    squared, _ = question_one.parts
    assert plain_text(squared["w3_1_1"].ordered) == "(a3_1 - y1)*a3_1*(1 - a3_1)*a2_1"


def test_textbook_order_of_cross_entropy(question_one):
    """Part (ii): the derivative with respect to w3_1_1 is (a - y) times what the weight multiplies."""
    _, entropy = question_one.parts
    assert plain_text(entropy["w3_1_1"].ordered) == "(a3_1 - y1)*a2_1"


def test_sigmoid_with_cross_entropy_collapses():
    """The delta of a sigmoid under binary cross-entropy ends with a - y, by cancelling."""
    gradient = gradient_of([2, 2], ["sigmoid"], "binary_cross_entropy")
    for unit in (1, 2):
        delta = gradient.adjoints[Symbol(f"z1_{unit}")]
        assert plain_text(delta.result) == f"a1_{unit} - y{unit}"
        assert rules(delta)[-1] is Rule.CANCEL


@pytest.mark.parametrize("units", [2, 3, 5])
def test_softmax_with_cross_entropy_collapses(units):
    """The delta of a softmax under categorical cross-entropy ends with p - y, by the identity as a step of its own."""
    gradient = gradient_of([2, units], ["softmax"], "categorical_cross_entropy")
    for unit in range(1, units + 1):
        delta = gradient.adjoints[Symbol(f"z1_{unit}")]
        assert plain_text(delta.result) == f"a1_{unit} - y{unit}"
        assert rules(delta)[-2:] == [Rule.COLLECT, Rule.IDENTITY]
        collected = " + ".join(f"y{k}" for k in range(1, units + 1))
        assert plain_text(delta.steps[-2].rhs) == f"a1_{unit}*({collected}) - y{unit}"


def test_the_identity_is_used_only_where_it_holds():
    """Where given targets do not sum to 1, p - y is not claimed, and the gradient is right all the same."""
    numbers = {"parameters": [{"weights": [[1, 2], [3, -1]], "biases": [0, 1]}]}
    wrong_sum = {"inputs": [[1, 2], [0, 1]], "targets": [["1/2", "1/2"], ["1/2", "1/4"]]}
    spec = describe([2, 2], ["softmax"], "categorical_cross_entropy", data=wrong_sum, **numbers)
    part = symnet.solve(spec, verification="full").parts[0]
    delta = part.gradient.adjoints[Symbol("z1_1")]
    assert Rule.IDENTITY not in rules(delta)
    assert plain_text(delta.result) == "a1_1*(y1 + y2) - y1"
    right_sum = wrong_sum | {"targets": [["1/2", "1/2"], ["3/4", "1/4"]]}
    delta = symnet.solve(spec | {"data": right_sum}).parts[0].gradient.adjoints[Symbol("z1_1")]
    assert Rule.IDENTITY in rules(delta)


@pytest.mark.parametrize(("base", "factor"), [("e", ""), (2, "1/log(2)*"), (10, "1/log(10)*")])
def test_the_collapse_in_any_base(base, factor):
    """Under a logarithm of base 2 the delta of a softmax is (1/ln 2)(p - y), and p - y under the natural one."""
    loss = {"kind": "categorical_cross_entropy", "log_base": base}
    gradient = gradient_of([2, 3], ["softmax"], loss)
    for unit in (1, 2, 3):
        difference = f"a1_{unit} - y{unit}"
        result = plain_text(gradient.adjoints[Symbol(f"z1_{unit}")].result)
        assert result == (f"{factor}({difference})" if factor else difference)


@pytest.mark.parametrize("base", [2, 10])
def test_the_collapse_of_a_sigmoid_in_any_base(base):
    """Under a logarithm of another base the delta of a sigmoid is a - y over the natural logarithm of the base."""
    gradient = gradient_of([1, 1], ["sigmoid"], {"kind": "binary_cross_entropy", "log_base": base})
    delta = gradient.adjoints[Symbol("z1_1")]
    assert simplify(delta.result.doit() - (Symbol("a1_1") - Symbol("y1")) / log(base)) == 0
    assert delta.result.count(Symbol("a1_1")) == 1


@pytest.mark.parametrize("loss", ["squared_error", "hinge", "multiclass_hinge"])
def test_the_identity_belongs_to_cross_entropy(loss):
    """No other loss takes its targets to sum to 1."""
    gradient = gradient_of([2, 3], ["softmax"], loss)
    assert Rule.IDENTITY not in {rule for derivation in all_derivations(gradient) for rule in rules(derivation)}


def test_the_three_uses_of_a_triplet_are_summed():
    """The derivative with respect to a parameter of a triplet is the sum over anchor, positive and negative."""
    gradient = gradient_of([2, 1], ["tanh"], "triplet")
    derivation = gradient.parameters[Symbol("w1_1_2")]
    assert [plain_text(step.rhs) for step in derivation.steps[:2]] == [
        "dL/dz1_1.a*dz1_1.a/dw1_1_2 + dL/dz1_1.p*dz1_1.p/dw1_1_2 + dL/dz1_1.n*dz1_1.n/dw1_1_2",
        "delta1_1.a*x2.a + delta1_1.p*x2.p + delta1_1.n*x2.n",
    ]
    assert rules(derivation)[0] is Rule.SUM_OVER_PATHS


def test_the_deltas_of_a_triplet():
    """Anchor, positive and negative pull by their differences, all behind the same indicator."""
    gradient = gradient_of([1, 1], ["identity"], {"kind": "triplet", "margin": 1})
    on = "2*Piecewise((1, dp - dn + 1 > 0), (0, True))"
    deltas = {use: plain_text(gradient.adjoints[Symbol(f"z1_1.{use}")].result) for use in "apn"}
    assert deltas == {
        "a": f"{on}*(a1_1.n - a1_1.p)",
        "p": f"-{on}*(a1_1.a - a1_1.p)",
        "n": f"{on}*(a1_1.a - a1_1.n)",
    }


def test_dropout_stands_in_the_chain():
    """The derivative goes through the mask: a kept unit has its scale, a dropped one ends at 0."""
    layer = {"activation": "tanh", "dropout": {"mask": [1, 0], "keep": "1/2"}}
    gradient = gradient_of([1, 2, 1], [layer, "identity"], "squared_error")
    kept, dropped = (gradient.adjoints[Symbol(f"z1_{unit}")] for unit in (1, 2))
    assert plain_text(kept.steps[0].rhs) == "dL/dd1_1*dd1_1/da1_1*da1_1/dz1_1"
    assert plain_text(kept.result) == "2*dL_dd1_1*(1 - a1_1**2)"
    assert dropped.result == 0
    assert gradient.parameters[Symbol("w1_2_1")].result == 0
    assert plain_text(gradient.parameters[Symbol("w2_1_2")].result) == "(a2_1 - y1)*d1_2"


def test_maxout_has_an_indicator_for_each_piece():
    """Each piece of maxout has the derivative of its unit where it wins, a tie going to the first."""
    gradient = gradient_of([1, 1], ["maxout"], "squared_error")
    pieces = [plain_text(gradient.parameters[Symbol(f"w1_1_1.{piece}")].result) for piece in (1, 2)]
    assert pieces == [
        "(a1_1 - y1)*Piecewise((1, (z1_1.1 >= z1_1.2)), (0, True))*x1",
        "(a1_1 - y1)*Piecewise((1, (z1_1.2 > z1_1.1)), (0, True))*x1",
    ]


def test_prelu_learns_by_the_sum_over_its_units():
    """The derivative with respect to the slope of PReLU is a sum over the units, each counting where it is negative."""
    gradient = gradient_of([1, 2], ["prelu"], "squared_error")
    derivation = gradient.parameters[Symbol("alpha1")]
    assert readable(derivation.steps[0].rhs) == "dL/da1_1*da1_1/dalpha1 + dL/da1_2*da1_2/dalpha1"
    term = "(a1_{0} - y{0})*Piecewise((0, z1_{0} > 0), (z1_{0}, True))"
    assert plain_text(derivation.result) == f"{term.format(1)} + {term.format(2)}"


def test_the_hinge_pushes_by_its_indicator():
    """The derivative of a hinge with respect to a weight is -y x where the margin is not met."""
    gradient = gradient_of([3, 1], ["identity"], "hinge")
    result = gradient.parameters[Symbol("w1_1_3")].result
    assert plain_text(result) == "-y1*Piecewise((1, 1 - y1*a1_1 > 0), (0, True))*x3"


def test_the_multiclass_hinge_goes_through_its_margins():
    """Each score reaches a multi-class hinge by its own margin and by the score of the right class."""
    gradient = gradient_of([1, 3], ["identity"], "multiclass_hinge")
    derivation = gradient.adjoints[Symbol("a1_2")]
    assert plain_text(derivation.steps[0].rhs) == "dL/ds*ds/da1_2 + dL/dm2*dm2/da1_2"
    assert plain_text(derivation.result) == "dL_ds*y2 + (1 - y2)*Piecewise((1, m2 > 0), (0, True))"


def test_both_terms_on_a_softmax_use_the_whole_jacobian():
    """Cross-entropy with both terms after a softmax has a term for every unit, off the diagonal too."""
    gradient = gradient_of([1, 3], ["softmax"], "binary_cross_entropy")
    derivation = gradient.adjoints[Symbol("z1_2")]
    assert len(terms_of(derivation.steps[0].rhs)) == 3
    assert {f"a1_{unit}" for unit in (1, 2, 3)} <= {symbol.name for symbol in derivation.result.free_symbols}


def test_input_gradients_on_request():
    """If asked for, the derivative with respect to an input sums over the units that it feeds; else there is none."""
    assert not gradient_of([2, 2], ["tanh"], "squared_error").inputs
    gradient = gradient_of([2, 2], ["tanh"], "squared_error", input_gradients=True)
    derivation = gradient.inputs[Symbol("x2")]
    assert readable(derivation.steps[0].rhs) == "dL/dz1_1*dz1_1/dx2 + dL/dz1_2*dz1_2/dx2"
    assert "delta1_1*w1_1_2 + delta1_2*w1_2_2" in [plain_text(step.rhs) for step in derivation.steps]
    assert list(gradient.leaves) == [*gradient.parameters, *gradient.inputs]


def test_an_output_that_the_loss_leaves_out_has_no_path():
    """What the loss does not depend on has the derivative 0, said in one line, and no delta."""
    gradient = gradient_of([1, 2], ["tanh"], "(a1 - y1)^4")
    assert Symbol("z1_2") not in gradient.adjoints
    assert rules(gradient.parameters[Symbol("w1_2_1")]) == [Rule.NO_PATH]
    assert plain_text(gradient.parameters[Symbol("w1_1_1")].result) == "4*(a1_1 - y1)**3*(1 - a1_1**2)*x1"


def test_a_readable_derivative_of_an_expression():
    """An activation given as an expression is differentiated by the rules and written readably."""
    gradient = gradient_of([1, 1], ["z*sigmoid(z)"], "squared_error")
    s = "1/(1 + exp(-z1_1))"
    result = gradient.adjoints[Symbol("z1_1")].result
    assert plain_text(result) == f"(a1_1 - y1)*{s}*(1 + z1_1*(1 - {s}))"


def test_the_identity_is_not_used_for_other_losses():
    """Binary cross-entropy on a softmax does not take its targets to sum to 1."""
    gradient = gradient_of([2, 3], ["softmax"], "binary_cross_entropy")
    used = {rule for derivation in gradient.adjoints.values() for rule in rules(derivation)}
    assert Rule.IDENTITY not in used
    assert Rule.CANCEL in used


def test_a_shared_bias_sums_over_its_units():
    """The derivative with respect to a bias that all units of a layer share is the sum of their deltas."""
    gradient = gradient_of([2, 3, 1], ["tanh", "identity"], "squared_error", ["shared", True])
    derivation = gradient.parameters[Symbol("b1")]
    assert derivation.steps[0].rule is Rule.SUM_OVER_PATHS
    assert readable(derivation.steps[0].rhs) == "dL/dz1_1*dz1_1/db1 + dL/dz1_2*dz1_2/db1 + dL/dz1_3*dz1_3/db1"
    assert "delta1_1 + delta1_2 + delta1_3" in [plain_text(step.rhs) for step in derivation.steps]


def test_a_shared_bias_of_one_unit_is_not_a_sum():
    """A shared bias of a single unit has one path like any other."""
    gradient = gradient_of([2, 1], ["tanh"], "squared_error", "shared")
    assert rules(gradient.parameters[Symbol("b1")])[0] is Rule.CHAIN


def test_two_paths_of_question_two(examples):
    """The hidden unit of question 2 reaches the loss by two paths, and its derivative says so."""
    part = solved(examples["cs4045-q2"]).parts[0]
    assert {name: part[name].paths for name in ("w1_1_1", "w1_1_2", "b1_1")} == dict.fromkeys(
        ("w1_1_1", "w1_1_2", "b1_1"), 2
    )
    assert {part[name].paths for name in ("w2_1_1", "w2_2_1", "b2_1", "b2_2")} == {1}
    assert plain_text(part["w1_1_2"].ordered) == "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1**2)*x2"


def brute_force_paths(network, start):
    """Return the number of routes from ``start`` to the loss, walked one by one over the nodes' own expressions."""
    feeds = {node.symbol: node.expression.free_symbols for node in network.nodes.values()}
    routes, found = [start], 0
    while routes:
        end = routes.pop()
        found += end == network.loss
        routes += [symbol for symbol, parents in feeds.items() if end in parents]
    return found


@pytest.mark.parametrize(
    ("sizes", "activations", "bias"),
    [
        ([2, 2, 2], ["tanh", "sigmoid"], True),
        ([2, 3, 2], ["relu", "softmax"], "shared"),
        ([1, 2, 2, 2], ["softmax", "tanh", "softmax"], False),
        ([3, 1, 3, 1], ["tanh", "sigmoid", "identity"], True),
    ],
)
def test_paths_are_counted_right(sizes, activations, bias):
    """The number of paths is that of walking them all."""
    network = network_of(sizes, activations, "squared_error", bias)
    for symbol in (*network.parameters, *network.inputs, *network.nodes):
        assert network.paths[symbol] == brute_force_paths(network, symbol)
    assert max(network.paths.values()) > 1


def all_derivations(gradient):
    """Return the derivations of adjoints and parameters."""
    return [*gradient.adjoints.values(), *gradient.parameters.values()]


small = st.builds(
    lambda shape, bias, loss: gradient_of(shape[0], shape[1], loss, bias),
    st.lists(st.tuples(st.integers(2, 3), st.sampled_from(sorted(ACTIVATIONS))), min_size=1, max_size=3).map(
        lambda layers: ([2, *(units for units, _ in layers)], [name for _, name in layers])
    ),
    st.sampled_from([True, False, "shared"]),
    st.sampled_from(sorted(LOSSES)),
)


@given(small)
def test_every_quantity_has_its_derivation(gradient):
    """Every node but the loss has an adjoint and every parameter a derivative, each of itself, never empty."""
    network = gradient.network
    assert set(gradient.adjoints) == set(network.nodes) - {network.loss}
    assert tuple(gradient.parameters) == network.parameters
    for symbol, derivation in (*gradient.adjoints.items(), *gradient.parameters.items()):
        assert derivation.wrt == symbol
        assert derivation.steps
        assert {step.lhs for step in derivation.steps} == {Partial(network.loss, symbol)}


@given(small)
def test_no_line_is_said_twice(gradient):
    """Consecutive lines differ, and the last one has no derivative left in it."""
    for derivation in all_derivations(gradient):
        for first, second in pairwise(derivation.steps):
            assert first.rhs != second.rhs
        assert not derivation.result.has(Partial, PrimeDerivative)


@given(small)
def test_what_is_used_was_derived_before(gradient):
    """A line cites only what stands earlier in the sweep, and every derivative it holds is cited."""
    known = {gradient.network.loss.name}
    nodes = {symbol.name for symbol in gradient.network.nodes}
    for derivation in all_derivations(gradient):
        for step in derivation.steps:
            assert set(step.uses) <= known | nodes
            cited = {symbol.name for symbol in step.rhs.free_symbols} - set(gradient.network.quantities)
            assert cited <= known
        known.add(derivation.symbol.name)


@given(small)
def test_results_speak_of_known_quantities(gradient):
    """A result holds quantities of the network and derivatives by name, and nothing else."""
    for derivation in all_derivations(gradient):
        assert {symbol.name for symbol in derivation.result.free_symbols} <= set(gradient.quantities)


@given(small)
def test_rules_come_in_order(gradient):
    """A derivation begins with the chain rule or the loss's derivative, and ends with the deltas written out."""
    for derivation in gradient.parameters.values():
        used = rules(derivation)
        assert used[0] in {Rule.CHAIN, Rule.SUM_OVER_PATHS}
        assert used[1] is Rule.REUSE
        assert Rule.SUBSTITUTE not in used[:-1]
    for derivation in gradient.adjoints.values():
        assert rules(derivation)[0] in {Rule.CHAIN, Rule.SUM_OVER_PATHS, Rule.LOSS_DERIVATIVE}


@given(small)
def test_terms_follow_the_children(gradient):
    """The first line has a term for each node that the quantity feeds, in forward order."""
    network = gradient.network
    for parameter, derivation in gradient.parameters.items():
        terms = [Chain(Partial(network.loss, z), Partial(z, parameter)) for z in network.children[parameter]]
        assert derivation.steps[0].rhs == PathSum(*terms)


@pytest.mark.everyday(30)
@pytest.mark.parametrize(("hidden", "output", "loss"), combinations())
def test_every_combination_derives(hidden, output, loss):
    """Every activation before every activation under every loss gets a derivation whose rules all have words."""
    gradient = gradient_of([2, 2, 2], [hidden, output], loss)
    used = {rule for derivation in all_derivations(gradient) for rule in rules(derivation)}
    assert {f"reason.{rule.name.lower()}" for rule in used} <= set(SENTENCES)


@pytest.mark.everyday(4)
@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("parameter", ["w1_1_2", "b1_2", "w2_2_1", "b2_1"])
def test_the_result_is_the_derivative_in_symbols(loss, parameter):
    """SymPy's derivative of the composed loss less the expanded result simplifies to 0."""
    network = network_of([2, 2, 2], ["identity", "sigmoid"], loss)
    gradient = derive(network)
    expander = Expander(node_definitions(network) | adjoint_definitions(gradient))
    composed = expander.expression(network.loss)
    result = expander.expression(gradient.parameters[Symbol(parameter)].result)
    assert simplify(composed.diff(Symbol(parameter)) - result) == 0


def test_derivatives_are_cited_not_repeated():
    """In a wide network the lines stay short: a result is written out only while it fits."""
    gradient = gradient_of([4, 8, 8, 3], ["tanh", "tanh", "softmax"], "categorical_cross_entropy")
    for derivation in gradient.parameters.values():
        atoms = [part for part in _parts(derivation.result) if not part.args]
        assert len(atoms) <= LONGEST_RESULT


def _parts(expression):
    yield expression
    for part in expression.args:
        yield from _parts(part)


def test_the_sweep_does_not_change_the_network():
    """Deriving twice gives the same lines."""
    network = network_of([2, 2, 2], ["relu", "softmax"], "categorical_cross_entropy")
    first, second = derive(network), derive(network)
    assert first.parameters == second.parameters
    assert first.adjoints == second.adjoints


def test_a_linear_derivative_is_what_is_multiplied():
    """The local derivatives of a weighted sum are its weights and what they multiply, and 1 for the bias."""
    network = network_of([2, 1], ["identity"], "squared_error")
    node = network.nodes[Symbol("z1_1")]
    assert node.kind is NodeKind.LINEAR
    assert {parent.name: plain_text(forms[-1]) for parent, forms in node.derivatives.items()} == {
        "w1_1_1": "x1",
        "x1": "w1_1_1",
        "w1_1_2": "x2",
        "x2": "w1_1_2",
        "b1_1": "1",
    }


def test_quotients_stay_where_nothing_cancels():
    """Cross-entropy after tanh keeps its fraction: no cancelling is invented."""
    delta = gradient_of([1, 1], ["tanh"], "binary_cross_entropy").adjoints[Symbol("z1_1")]
    assert delta.result.has(Quotient)
    assert Rule.CANCEL not in rules(delta)

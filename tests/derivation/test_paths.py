"""Path by path: every line is equal to the one before it, and the products are all the ways there are."""

from itertools import product as combined

import mpmath
import pytest
import yaml
from exercises import altered, draw, gradient_of, luck, network_of, part_of, solved
from reference import ACTIVATION_TEXTS, LOSS_TEXTS, solve_by_hand
from sympy import Integer, Symbol, preorder_traversal

import symnet
from symnet.algebra.nodes import Chain, Direct, Partial, PathSum, factors_of, plain_text, terms_of
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.derivation import paths as routes_module
from symnet.derivation.paths import (
    MOST_PARTIALS,
    MOST_PATHS,
    check_view,
    derive_by_paths,
    extents,
    gathered,
    onward,
    routes,
)
from symnet.derivation.steps import Rule
from symnet.errors import CheckFailedError, SymnetError, ViewError
from symnet.network.graph import NodeKind
from symnet.numerics.direct import numeric
from symnet.verification.verify import verify_routes
from symnet.view import View

DIGITS = 40
ALL_ACTIVATIONS = [*ACTIVATIONS, *ACTIVATION_TEXTS]
ALL_LOSSES = [*LOSSES, *LOSS_TEXTS]
DIAMOND = {"graph": {"inputs": ["x"], "nodes": {"p": "x^2", "q": "3*x", "f": "p*q + x"}, "output": "f"}, "at": {"x": 2}}


def by_paths(gradient):
    """Return every derivative of a gradient that is short enough, path by path."""
    sizes = extents(gradient.network)
    return {leaf: derive_by_paths(gradient, leaf) for leaf in gradient.leaves if sizes[leaf].is_readable}


def values_of(part):
    """Return the value of every atom of a line at the data: quantities, derivatives, derivatives by name."""
    sample, network, gradient = part.evaluation.samples[0], part.network, part.gradient
    known = dict(sample.values)
    for adjoint in gradient.adjoints.values():
        known[adjoint.symbol] = sample.adjoints[adjoint.wrt]
        known[Partial(network.loss, adjoint.wrt)] = sample.adjoints[adjoint.wrt]
    for node in network.nodes.values():
        for parent, forms in node.derivatives.items():
            atom = Direct if node.symbol == network.loss and len(network.children.get(parent, ())) > 1 else Partial
            known[atom(node.symbol, parent)] = numeric(forms[0], sample.values)
    return known


def walked(network, start):
    """Return every way from ``start`` to the loss, found from the nodes' own expressions; softmax is one stop."""
    if start == network.loss:
        return [(start,)]
    feeds = [node for node in network.nodes.values() if start in node.expression.free_symbols]
    at_loss = {node.symbol for node in network.nodes.values() if node.kind is NodeKind.LOSS}
    couple = (
        start.name.startswith("z")
        and len(feeds) > 1
        and all(
            node.kind is NodeKind.ACTIVATION
            and all(
                other.symbol in at_loss
                for other in network.nodes.values()
                if node.symbol in other.expression.free_symbols
            )
            for node in feeds
        )
    )
    return [
        (start, *rest)
        for child in ([network.loss] if couple else [it.symbol for it in feeds])
        for rest in walked(network, child)
    ]


def test_the_two_paths_of_question_three(examples):
    """The weight of C3 has two products of five partial derivatives, and the lines end in its delta."""
    derivation = derive_by_paths(solved(examples["C3"]).parts[0].gradient, Symbol("w1_1_1"))
    assert [step.rule for step in derivation.steps] == [
        Rule.PATHS,
        Rule.LOCAL_DERIVATIVE,
        Rule.CANCEL,
        Rule.FACTOR,
        Rule.DELTA,
    ]
    lines = [plain_text(step.rhs) for step in derivation.steps]
    assert lines[0] == (
        "dL/da2_1*da2_1/dz2_1*dz2_1/da1_1*da1_1/dz1_1*dz1_1/dw1_1_1"
        " + dL/da2_2*da2_2/dz2_2*dz2_2/da1_1*da1_1/dz1_1*dz1_1/dw1_1_1"
    )
    assert lines[2] == "(a2_1 - y1)*w2_1_1*(1 - a1_1**2)*x1 + (a2_2 - y2)*w2_2_1*(1 - a1_1**2)*x1"
    assert lines[3:] == ["((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1**2)*x1", "delta1_1*x1"]


@pytest.mark.parametrize("part", [0, 1])
def test_a_softmax_is_passed_at_once(examples, part):
    """The weight of C1 has the three paths of the notes, each through a pre-activation of softmax."""
    gradient = solved(examples["C1"]).parts[part].gradient
    first = derive_by_paths(gradient, Symbol("w1_1_1")).steps[0].rhs
    assert [plain_text(term) for term in terms_of(first)] == [
        f"dL/dz2_{unit}*dz2_{unit}/da1_1*da1_1/dz1_1*dz1_1/dw1_1_1" for unit in (1, 2, 3)
    ]


def test_the_examples_come_to_the_numbers_by_hand(examples):
    """At the data of every example every line has the value of an independent evaluation."""
    compared = 0
    for path in examples.values():
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "layers" not in spec or "data" not in spec or isinstance(spec["loss"], list):
            continue
        part = symnet.solve(path).parts[0]
        if part.network.arrays is not None:
            continue
        sample = solve_by_hand(spec, DIGITS)["samples"][0]
        expected = sample["gradients"] | sample["inputs"]
        with mpmath.workdps(DIGITS):
            known = values_of(part)
            for leaf, derivation in by_paths(part.gradient).items():
                for step in derivation.steps:
                    value = numeric(step.rhs, known)
                    error = abs(value - expected[leaf.name])
                    assert error <= mpmath.mpf(10) ** -20 * max(abs(expected[leaf.name]), mpmath.mpf(10) ** -10)
                    compared += 1
    assert compared > 100


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize("activation", ALL_ACTIVATIONS)
@pytest.mark.parametrize("loss", ALL_LOSSES)
def test_every_line_is_equal_to_the_one_before(activation, loss):
    """Over the whole catalog each line equals the one before it, and the last the derivative by deltas."""
    part = part_of(draw(luck(f"paths {activation} {loss}"), hidden=activation, loss=loss, widest=(2, 2, 2), samples=1))
    found = by_paths(part.gradient)
    assert found
    check = verify_routes(part.gradient, found, {**part.data.rows[0], **part.data.parameters})
    assert check.passed
    assert check.comparisons >= sum(len(derivation.steps) for derivation in found.values())


@pytest.mark.parametrize("seed", range(6))
def test_random_networks_are_right_path_by_path(seed):
    """Random networks, of any activations, pass too, whether or not all of their outputs are used."""
    part = part_of(draw(luck(f"routes {seed}"), widest=(2, 2, 3), samples=2))
    found = by_paths(part.gradient)
    if found:
        assert verify_routes(part.gradient, found, {**part.data.rows[0], **part.data.parameters}).passed


@pytest.mark.everyday(12)
@pytest.mark.parametrize(
    ("output", "loss"),
    list(
        combined(["sigmoid", "softmax", "maxout", "prelu"], ["squared_error", "triplet", "multiclass_hinge", "hinge"])
    ),
)
@pytest.mark.parametrize("bias", [True, "shared"])
def test_the_routes_are_all_the_ways(output, loss, bias):
    """The routes are those found from the expressions alone, and their number is known without walking them."""
    network = network_of([2, 2, 2], ["tanh", output], loss, bias)
    sizes = extents(network)
    for leaf in network.leaves:
        found = routes(network, leaf)
        assert sorted(map(str, found)) == sorted(map(str, walked(network, leaf)))
        assert sizes[leaf].paths == len(found)
        assert sizes[leaf].partials == sum(len(route) - 1 for route in found)
        if output != "softmax":
            assert sizes[leaf].paths == network.paths[leaf]


def test_a_hidden_softmax_is_walked_through():
    """Only where softmax stands before the loss it is one stop; inside the network each of its units is passed."""
    network = network_of([1, 2, 1], ["softmax", "identity"], "squared_error")
    assert onward(network, Symbol("z1_1")) == (Symbol("a1_1"), Symbol("a1_2"))
    assert len(routes(network, Symbol("w1_1_1"))) == 2


def test_thousands_of_paths_are_never_walked(monkeypatch):
    """A network with more paths than could be walked is measured at once, and nothing is enumerated."""
    network = network_of([3, *[12] * 12, 2], ["tanh"] * 13, "squared_error")
    monkeypatch.setattr(routes_module, "routes", None)
    extent = extents(network)[Symbol("w1_1_1")]
    assert extent.paths == 2 * 12**11
    assert not extent.is_readable
    assert not extents(network_of([1] * 42, ["tanh"] * 41, "squared_error"))[Symbol("w1_1_1")].is_readable
    assert (MOST_PATHS, MOST_PARTIALS) >= (2, 10)


def test_a_direct_way_is_told_apart():
    """In a graph an input that also reaches the output by other nodes has a product of the direct derivative alone."""
    gradient = part_of(DIAMOND).gradient
    derivation = derive_by_paths(gradient, Symbol("x"))
    assert [plain_text(term) for term in terms_of(derivation.steps[0].rhs)] == [
        "df/dp*dp/dx",
        "df/dq*dq/dx",
        "df_direct/dx",
    ]
    assert verify_routes(gradient, {Symbol("x"): derivation}).passed


def test_without_a_path_there_is_no_product():
    """A parameter that does not reach the loss has the derivative 0 in one line."""
    gradient = gradient_of([1, 2], ["tanh"], "(a1 - y1)^4")
    (step,) = derive_by_paths(gradient, Symbol("w1_2_1")).steps
    assert (step.rule, step.rhs) == (Rule.NO_PATH, 0)


def test_dropped_units_give_nothing():
    """A path through a dropped unit has a factor 0, and no term once that is tidied away."""
    layer = {"activation": "tanh", "dropout": {"mask": [1, 0], "keep": "1/2"}}
    gradient = gradient_of([1, 1, 2, 1], ["tanh", layer, "identity"], "squared_error")
    steps = derive_by_paths(gradient, Symbol("w1_1_1")).steps
    assert [len(terms_of(step.rhs)) for step in steps[:3]] == [2, 2, 1]


def test_brackets_come_out_as_the_deltas_do():
    """Behind two layers the common factors leave a sum inside a sum: what follows each node on the way."""
    gradient = gradient_of([1, 1, 2, 2], ["tanh", "identity", "identity"], "squared_error")
    factored = next(step for step in derive_by_paths(gradient, Symbol("w1_1_1")).steps if step.rule is Rule.FACTOR)
    assert plain_text(factored.rhs) == (
        "(((a3_1 - y1)*w3_1_1 + (a3_2 - y2)*w3_2_1)*w2_1_1 + ((a3_1 - y1)*w3_1_2 + (a3_2 - y2)*w3_2_2)*w2_2_1)"
        "*(1 - a1_1**2)*x1"
    )


def test_each_term_keeps_a_factor():
    """What all terms are is not taken out of them all: equal terms stay terms, and nothing becomes empty."""
    a, b, c = map(Symbol, "abc")
    assert gathered([Chain(a, b), Chain(a, c)]) == Chain(a, PathSum(b, c))
    assert gathered([Chain(a, b), Chain(c, b)]) == Chain(PathSum(a, c), b)
    assert gathered([a, a]) == PathSum(a, a)
    assert gathered([Chain(Integer(2), a), a]) == PathSum(Chain(Integer(2), a), a)


def changes(derivation):
    """Return the derivation with a factor dropped, one for each line."""
    for number, step in enumerate(derivation.steps):
        first, *rest = terms_of(step.rhs)
        wrong = PathSum(Chain(*factors_of(first)[1:]), *rest)
        yield altered(
            derivation, steps=(*derivation.steps[:number], step._replace(rhs=wrong), *derivation.steps[number + 1 :])
        )


def test_a_wrong_line_is_stopped(examples):
    """A factor that is missing in any line of a path derivation ends the sheet."""
    gradient = solved(examples["C3"]).parts[0].gradient
    leaf = Symbol("w1_1_1")
    derivation = derive_by_paths(gradient, leaf)
    wrong = list(changes(derivation))
    assert len(wrong) == 5
    for other in wrong:
        with pytest.raises(CheckFailedError, match="path by path"):
            verify_routes(gradient, {leaf: other})


def test_right_lines_to_a_wrong_end_are_stopped(examples):
    """Lines that are equal to one another do not pass for another parameter's derivative."""
    gradient = solved(examples["C3"]).parts[0].gradient
    with pytest.raises(CheckFailedError):
        verify_routes(gradient, {Symbol("w1_1_2"): derive_by_paths(gradient, Symbol("w1_1_1"))})


def test_no_line_holds_another_derivative_of_the_loss(examples):
    """A product holds partial derivatives of neighbours alone, so the loss is differentiated only at its own."""
    gradient = solved(examples["cs4045-q1"]).parts[0].gradient
    for leaf, derivation in by_paths(gradient).items():
        atoms = [part for part in preorder_traversal(derivation.steps[0].rhs) if isinstance(part, Partial)]
        assert {part.wrt for part in atoms if part.of == gradient.network.loss} == {Symbol("a3_1")}
        assert sum(part.wrt == leaf for part in atoms) == len(routes(gradient.network, leaf))


def test_known_parameters_pass():
    """Every parameter of a network and every input of a graph may be asked for; inputs where they have derivatives."""
    network = network_of([2, 2], ["tanh"], "squared_error", input_gradients=True)
    check_view(network, View(parameters=("w1_1_2", "b1_1", "x2")))
    check_view(part_of(DIAMOND).network, View(parameters=("x",)))


def test_an_unknown_parameter_is_told():
    """An id that is no parameter is an error of usage that names what may be meant and what there is."""
    network = network_of([2, 2], ["tanh"], "squared_error")
    with pytest.raises(ViewError) as caught:
        check_view(network, View(parameters=("w1_1_2", "w1_1_9", "x1")))
    assert issubclass(ViewError, SymnetError)
    assert caught.value.exit_code == 2
    first, second = str(caught.value).splitlines()
    assert 'found "w1_1_9"' in first
    assert "Did you mean" in first
    assert "w1_1_1, w1_1_2, w1_2_1, w1_2_2, b1_1, b1_2" in first
    assert 'found "x1"' in second


def test_many_parameters_are_not_all_listed():
    """Of a large network the message lists the first parameters and the last."""
    with pytest.raises(ViewError, match=r"w1_1_7, \.\.\., b1_30\."):
        check_view(network_of([9, 30], ["tanh"], "squared_error"), View(parameters=("q",)))


@pytest.mark.parametrize("form", ["index", "matrix"])
@pytest.mark.parametrize("style", ["paths", "expanded"])
def test_a_style_of_single_derivatives_needs_their_form(style, form):
    """In matrices or indices alone no single parameter has a derivative to write path by path or expanded."""
    network = network_of([2, 2], ["tanh"], "squared_error")
    with pytest.raises(ViewError, match=f'style: found "{style}" with the form {form}; expected delta'):
        check_view(network, View(form=form, style=style))
    check_view(network, View(form="both", style=style))
    check_view(network, View(form=form))

"""The equations at general indices: which there are, and what stands in them."""

import pytest
from exercises import describe, solved
from indexed_runs import form_of
from sympy import Integer, Symbol

import symnet
from symnet.algebra.indices import Attains, Elsewhere, Index, IndexMax, IndexSum, Kronecker
from symnet.algebra.nodes import Chain, Partial, PathSum, PrimeDerivative, SampleSum, factors_of
from symnet.derivation.objective import OBJECTIVE, PENALTY
from symnet.errors import ViewError
from symnet.indexed.check import indexed_form_of
from symnet.indexed.equations import IndexedReason

DEEP = describe([3, 2, 2, 3], ["relu", "sigmoid", "tanh"], "squared_error")


def lasts(equations):
    """Return what some equations come to, by their left sides."""
    return {equation.left: equation.rights[-1].expression for equation in equations}


def only(equations, kind):
    """Return the one part of a kind in the last lines of some equations."""
    found = {
        part for equation in equations for part in equation.rights[-1].expression.atoms(kind) if isinstance(part, kind)
    }
    assert len(found) == 1
    return found.pop()


def test_a_layer_is_written_once():
    """However many units there are, a layer has one equation for each kind of quantity."""
    for units in (2, 7):
        form = form_of(describe([units, units, units], ["tanh", "sigmoid"], "squared_error"))
        assert [len(rules.forward) for rules in form.layers] == [2, 2]
        assert [len(rules.backward) for rules in form.layers] == [1, 1]
        assert [len(rules.gradients) for rules in form.layers] == [2, 2]
        assert [len(form.loss), len(form.loss_derivatives)] == [1, 1]


def test_an_indexed_sum_is_a_node():
    """A weighted sum is a node with a body, an index and its values, and a bias beside it."""
    form = form_of(DEEP)
    (total, bias) = form.layers[0].forward[0].rights[0].expression.args
    assert isinstance(total, IndexSum)
    assert total.values == (1, 2, 3)
    weight, x = factors_of(total.body)
    held = form.letters.vocabulary.quantities
    assert held[weight.name].source == held[x.name].unit == Index(total.index.name, (1, 2, 3))
    assert held[weight.name].unit == held[bias.name].unit
    assert [index.values for index in form.layers[0].forward[0].over] == [(1, 2)]


def test_the_hidden_delta():
    """The chain rule over the units behind; the derivative of the function before the sum; that in its taught form."""
    form = form_of(DEEP)
    (equation,) = form.layers[1].backward
    chain, primed, taught = (right.expression for right in equation.rights)
    assert isinstance(chain, IndexSum)
    assert [type(factor) for factor in factors_of(chain.body)] == [Partial, Partial, Partial]
    assert [type(factor) for factor in factors_of(primed)] == [PrimeDerivative, IndexSum]
    a = factors_of(chain.body)[-1].of
    assert taught == Chain(a, PathSum(Integer(1), Chain(Integer(-1), a)), factors_of(primed)[1])
    assert [right.why for right in equation.rights] == [
        IndexedReason.PATHS,
        IndexedReason.LINEAR,
        IndexedReason.DERIVATIVE,
    ]


def test_one_unit_has_no_sum():
    """Behind a layer of one unit there is one path: no index, no sum, and the symbols are that unit's own."""
    form = form_of(describe([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy"))
    (hidden,) = form.layers[0].backward
    assert not any(right.expression.has(IndexSum) for right in hidden.rights)
    assert hidden.rights[-1].expression.has(Symbol("delta2_1"))
    (output,) = form.layers[1].backward
    assert output.over == ()
    assert output.rights[-1].expression == PathSum(Symbol("a2_1"), Chain(Integer(-1), Symbol("y1")))


@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
def test_the_delta_of_a_softmax_collapses(loss):
    """The Kronecker delta keeps one term; what is left is the activation times a bracket, or a difference."""
    form = form_of(describe([2, 3], ["softmax"], loss))
    (local,) = form.layers[0].local
    assert isinstance(only([local], Kronecker), Kronecker)
    (equation,) = form.layers[0].backward
    assert equation.rights[1].expression.has(Kronecker)
    assert not equation.rights[-1].expression.has(Kronecker)
    assert equation.rights[-1].expression.has(IndexSum)


def test_softmax_with_its_cross_entropy():
    """With targets that sum to 1 the delta is p - y; with others their sum stays."""
    spec = describe([2, 3], ["softmax"], "categorical_cross_entropy")
    form = form_of(spec)
    (equation,) = form.layers[0].backward
    p, y = equation.rights[-1].expression.args
    held = form.letters.vocabulary.quantities
    assert held[p.name].unit == held[factors_of(y)[1].name].unit == equation.over[0]
    assert equation.rights[-1].why is IndexedReason.TARGETS
    data = {"inputs": [[1, 2]], "targets": [["0.5", "0.2", "0.1"]]}
    parameters = [{"weights": [[1, 2], [3, 4], [5, 6]], "biases": [0, 0, 0]}]
    (other,) = form_of(spec | {"data": data, "parameters": parameters}).layers[0].backward
    assert other.rights[-1].why is IndexedReason.KRONECKER
    assert other.rights[-1].expression.has(IndexSum)


def test_maxout_has_an_index_for_pieces():
    """A maxout unit is the largest over its pieces, and only the piece that is the largest has a delta."""
    form = form_of(describe([2, 2, 1], [{"activation": "maxout", "pieces": 3}, "identity"], "squared_error"))
    assert only(form.layers[0].forward[1:], IndexMax).values == (1, 2, 3)
    (delta,) = form.layers[0].backward
    assert [len(index.values) for index in delta.over] == [2, 3]
    assert delta.rights[-1].expression.has(Attains)


def test_the_triplet_sums_over_its_uses():
    """The gradient of a shared weight is a sum over the three uses, each with its own delta and input."""
    form = form_of(describe([2, 2, 2], ["tanh", "tanh"], "triplet"))
    for rules in form.layers:
        for equation in rules.gradients:
            result = equation.rights[-1].expression
            assert isinstance(result, IndexSum)
            assert result.values == ("a", "p", "n")
    assert [len(rules.backward) for rules in form.layers] == [1, 3]


@pytest.mark.parametrize(
    ("mask", "kind", "values"),
    [([1, 0, 1], Elsewhere, [2]), ([0, 1, 0], Kronecker, [2]), ([0, 1, 1, 0], Kronecker, [2, 3])],
)
def test_dropout_is_a_condition_on_the_index(mask, kind, values):
    """Of a mask there are the units that are kept, or those that are not if they are fewer, and one factor for all."""
    layer = {"activation": "tanh", "dropout": {"mask": mask, "keep": "1/2"}}
    form = form_of(describe([2, len(mask), 1], [layer, "sigmoid"], "squared_error"))
    kept = only(form.layers[0].forward[2:], kind)
    assert list(kept.args[1:]) == values
    assert form.layers[0].backward[0].rights[-1].expression.has(kept)


def test_a_mask_that_drops_nothing():
    """Where every unit is kept there is the factor alone."""
    layer = {"activation": "tanh", "dropout": {"mask": [1, 1, 1], "keep": "1/2"}}
    form = form_of(describe([2, 3, 1], [layer, "sigmoid"], "squared_error"))
    assert [factor.is_Symbol or factor == 2 for factor in form.layers[0].forward[2].rights[0].expression.args] == [1, 1]


def test_shared_and_missing_biases():
    """A shared bias has the sum of the deltas; without biases there is neither a term nor a derivative."""
    shared = form_of(describe([2, 3], ["tanh"], "squared_error", bias="shared"))
    result = lasts(shared.layers[0].gradients)[Partial(Symbol("L"), Symbol("b1"))]
    assert isinstance(result, IndexSum)
    none = form_of(describe([2, 3], ["tanh"], "squared_error", bias=False))
    assert isinstance(none.layers[0].forward[0].rights[0].expression, IndexSum)
    assert len(none.layers[0].gradients) == 1


def test_what_an_activation_learns():
    """The derivative with respect to a learned slope is a sum over the units that share it."""
    form = form_of(describe([2, 3, 2], ["prelu", "identity"], "squared_error"))
    result = lasts(form.layers[0].gradients)[Partial(Symbol("L"), Symbol("alpha1"))]
    assert isinstance(result, IndexSum)
    assert result.values == (1, 2, 3)


@pytest.mark.parametrize("kind", ["l1", "l2", "half_l2", "l2_norm"])
def test_penalties(kind):
    """The penalty is a sum over all indices of the weights, and adds its derivative to that of the losses."""
    more = {"regularization": [{"kind": kind, "strength": "lambda"}], "reduction": "mean"}
    form = form_of(describe([3, 2], ["tanh"], "squared_error", **more))
    definition = form.objective[0].rights[0].expression
    assert len(definition.atoms(IndexSum)) == 2
    weight, bias = form.layers[0].objective
    assert weight.left.of == bias.left.of == OBJECTIVE
    assert any(isinstance(part, Partial) and part.of == PENALTY for part in weight.rights[0].expression.args)
    assert len(weight.rights[-1].expression.args) == 2
    assert weight.rights[-1].expression.has(SampleSum)
    assert bias.rights[-1].expression.atoms(SampleSum)


def test_a_loss_that_is_not_alike_for_all_outputs():
    """Where each output has a derivative of its own there is one equation each, and the delta cites it."""
    form = form_of(describe([2, 2], ["tanh"], "a1*y2 + a2^2"))
    assert [equation.over for equation in form.loss_derivatives] == [(), ()]
    (delta,) = form.layers[0].backward
    assert factors_of(delta.rights[-1].expression)[0].of == Symbol("L")


def test_a_loss_of_ones_own_may_be_a_sum():
    """A loss that has the same term for every output is a sum over an index, however it was given."""
    form = form_of(describe([2, 3], ["tanh"], "(a1 - y1)^4 + (a2 - y2)^4 + (a3 - y3)^4"))
    assert isinstance(form.loss[0].rights[0].expression, IndexSum)
    assert len(form.loss_derivatives) == 1


def test_the_multi_class_hinge():
    """The derivative with respect to the right score is a sum over all classes, as each output's is in the end."""
    form = form_of(describe([2, 3], ["identity"], "multiclass_hinge"))
    result = form.loss_derivatives[-1].rights[-1].expression
    assert result.has(IndexSum)
    assert not any(isinstance(part, Partial) for term in result.args for part in factors_of(term))


def test_a_graph_has_no_general_rule(examples):
    """A computation graph has no layers: the message says which form there is."""
    part = solved(examples["C4"]).parts[0]
    with pytest.raises(ViewError, match=r"--form: found index for a computation graph.*expected scalar"):
        indexed_form_of(part)


def test_equations_are_in_order():
    """What an equation rests on has an equation before it: the loss behind the forward pass, then backward."""
    form = form_of(DEEP)
    lefts = [equation.left for equation in form.equations]
    order = [form.layers[0].forward[0], form.loss[0], form.loss_derivatives[0], form.layers[2].backward[0]]
    order += [form.layers[1].backward[0], form.layers[0].backward[0], form.layers[0].gradients[0]]
    places = [lefts.index(equation.left) for equation in order]
    assert places == sorted(places)


def test_the_same_derivation_makes_the_same_form():
    """Equations of two losses are equal where they say the same, so that a second part can leave them out."""
    first, second = (
        indexed_form_of(part)
        for part in symnet.solve(
            describe([2, 2, 1], ["tanh", "sigmoid"], ["squared_error", "binary_cross_entropy"])
        ).parts
    )
    assert first.layers[0] == second.layers[0]
    assert first.layers[1].backward != second.layers[1].backward

"""The matrix form of networks: its equations, in every layout, against the definitions and against torch."""

import mpmath
import pytest
from exercises import Draws, describe, draw, luck, part_of
from matrix_runs import CONVENTIONS, DIGITS, Run, form_of
from sympy import Symbol
from torch_reference import solve_with_torch

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.regularizers import REGULARIZERS
from symnet.errors import ViewError
from symnet.layout.text import write
from symnet.matrix.derive import matrix_form
from symnet.matrix.expression import Convention, Jacobian, shape
from symnet.matrix.typeset import MatrixWriter

AGREED = mpmath.mpf(10) ** -12
COLUMNS, FROM_TO, ROWS, ROWS_FROM_TO = CONVENTIONS
# How many random networks the form is worked out for, and how many more there are in a campaign.
RUNS, CAMPAIGN = 60, 500
TRIPLE = {"anchor": [[1, 2]], "positive": [[0, 1]], "negative": [[2, 0]]}


def agrees(spec, convention):
    """Assert that the form, worked out by itself, comes to what the definitions say, to 12 digits and more."""
    run = Run(spec, convention)
    with mpmath.workdps(DIGITS):
        compared = list(run.compared())
        for name, found, expected in compared:
            assert abs(found - expected) <= AGREED * max(abs(expected), AGREED), f"{name} is {found}, not {expected}"
    assert len(compared) > len(run.expected["gradients"])
    return run


def lines_of(mapping, convention=COLUMNS):
    """Return each equation as text: its left side, and every right side behind it."""
    part = part_of(mapping)
    form, write_letter = matrix_form(part.gradient, part.objective, convention), MatrixWriter(part.names)
    lines = {}
    for equation in form.equations:
        written = write_letter.of_each if equation.each else write_letter
        lines[write(written(equation.left))] = [write(written(right.tree)) for right in equation.rights]
    return lines


@pytest.mark.everyday(8)
@pytest.mark.parametrize("seed", range(RUNS))
def test_random_networks_by_matrices(seed):
    """Random networks worked out in matrices alone agree with the definitions, in each layout in turn."""
    agrees(draw(luck(f"matrix {seed}"), widest=(4, 5, 3)), CONVENTIONS[seed % len(CONVENTIONS)])


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(CAMPAIGN))
def test_campaign_by_matrices(seed):
    """Hundreds of random networks worked out in matrices alone agree with the definitions in all layouts."""
    for convention in CONVENTIONS:
        agrees(draw(luck(f"matrix campaign {seed}")), convention)


@pytest.mark.everyday(8, every=False)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("samples", [1, 3])
def test_every_loss_by_matrices(loss, samples):
    """Each loss, of one sample and of several, agrees with the definitions in every layout."""
    spec = Draws(luck(f"matrix {loss}")).of([2, 3, 3], ["prelu", "softmax"], loss, samples=samples)
    for convention in CONVENTIONS:
        agrees(spec, convention)


@pytest.mark.everyday(10)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_by_matrices(activation):
    """Each activation in the middle and at the end agrees with the definitions in every layout."""
    spec = Draws(luck(f"matrix {activation}")).of([2, 3, 2], [activation] * 2, "squared_error", samples=2)
    for convention in CONVENTIONS:
        agrees(spec, convention)


@pytest.mark.everyday(2)
@pytest.mark.parametrize("seed", range(15))
def test_random_networks_with_torch(seed):
    """The gradients of random networks by matrices agree with torch autograd to 1e-12 of the largest entry."""
    torch = pytest.importorskip("torch")
    spec = Draws(luck(f"matrix torch {seed}")).description(hidden="tanh", output="softmax", widest=(3, 4, 3))
    run = Run(spec, CONVENTIONS[seed % len(CONVENTIONS)])
    _loss, tensors = solve_with_torch(torch, spec)
    for values in tensors:
        most = max(map(abs, values.values()))
        for name, expected in values.items():
            found = float(run.numbers.gradients[Symbol(name)])
            assert found == pytest.approx(expected, rel=1e-12, abs=max(1e-12 * most, 1e-15))


@pytest.mark.everyday(5, every=False)
@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("seed", range(10))
def test_shapes_fit(convention, seed):
    """Both sides of every equation have one shape; no factor of a product fails to fit the next."""
    form = form_of(draw(luck(f"shapes {seed}")), convention)
    equations = list(form.equations)
    assert len(equations) >= 4
    for equation in equations:
        shapes = {shape(right.tree) for right in equation.rights}
        assert shapes == {shape(equation.left)}


def test_the_number_of_samples_may_be_open():
    """Without data but with a reduction, the number of samples is a letter in shapes and factors."""
    spec = describe([2, 1], ["sigmoid"], "squared_error", reduction="mean")
    assert form_of(spec).layers[0].deltas[0].samples == Symbol("m")
    lines = lines_of(spec)
    assert lines["∂J/∂W⁽¹⁾"] == ["1/m ⋅ Δ⁽¹⁾ Xᵀ"]


TWO_LAYERS = describe([2, 3, 1], ["sigmoid", "identity"], "squared_error")
SEVERAL = TWO_LAYERS | {"reduction": "mean"}
# By layout: z of layer 2, delta of layer 1, and the derivatives with respect to the weights and biases of layer 2.
ONE_SAMPLE = {
    COLUMNS: ("W⁽²⁾ a⁽¹⁾ + b⁽²⁾", "((W⁽²⁾)ᵀ δ⁽²⁾) ⊙ a⁽¹⁾ ⊙ (𝟏 − a⁽¹⁾)", "δ⁽²⁾ (a⁽¹⁾)ᵀ", "δ⁽²⁾"),
    FROM_TO: ("(W⁽²⁾)ᵀ a⁽¹⁾ + b⁽²⁾", "(W⁽²⁾ δ⁽²⁾) ⊙ a⁽¹⁾ ⊙ (𝟏 − a⁽¹⁾)", "a⁽¹⁾ (δ⁽²⁾)ᵀ", "δ⁽²⁾"),
    ROWS: ("A⁽¹⁾ (W⁽²⁾)ᵀ + 𝟏 (b⁽²⁾)ᵀ", "(Δ⁽²⁾ W⁽²⁾) ⊙ A⁽¹⁾ ⊙ (1 − A⁽¹⁾)", "(Δ⁽²⁾)ᵀ A⁽¹⁾", "(Δ⁽²⁾)ᵀ 𝟏"),
    ROWS_FROM_TO: ("A⁽¹⁾ W⁽²⁾ + 𝟏 (b⁽²⁾)ᵀ", "(Δ⁽²⁾ (W⁽²⁾)ᵀ) ⊙ A⁽¹⁾ ⊙ (1 − A⁽¹⁾)", "(A⁽¹⁾)ᵀ Δ⁽²⁾", "(Δ⁽²⁾)ᵀ 𝟏"),
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_equations_of_each_layout(convention):
    """Each layout has the products that its course writes."""
    lines = lines_of(TWO_LAYERS, convention)
    z, delta = ("Z⁽²⁾", "Δ⁽¹⁾") if convention.rows else ("z⁽²⁾", "δ⁽¹⁾")
    found = (lines[z][-1], lines[delta][-1], lines["∂L/∂W⁽²⁾"][-1], lines["∂L/∂b⁽²⁾"][-1])
    assert found == ONE_SAMPLE[convention]


def test_several_samples_stand_side_by_side():
    """A batch has a column for each sample: the bias is repeated, and gradients are means over the columns."""
    lines = lines_of(SEVERAL)
    assert lines["Z⁽¹⁾"] == ["W⁽¹⁾ X + b⁽¹⁾ 𝟏ᵀ"]
    assert lines["∂J/∂W⁽²⁾"] == ["1/m ⋅ Δ⁽²⁾ (A⁽¹⁾)ᵀ"]
    assert lines["∂J/∂b⁽²⁾"] == ["1/m ⋅ Δ⁽²⁾ 𝟏"]
    assert lines_of(SEVERAL | {"reduction": "sum"})["∂J/∂b⁽²⁾"] == ["Δ⁽²⁾ 𝟏"]


def test_a_delta_is_derived_line_by_line():
    """A hidden delta comes by the chain rule, the weights behind it, and the derivative of its activation."""
    assert lines_of(TWO_LAYERS)["δ⁽¹⁾"] == [
        "∂L/∂a⁽¹⁾ ⊙ σ′(z⁽¹⁾)",
        "((W⁽²⁾)ᵀ δ⁽²⁾) ⊙ σ′(z⁽¹⁾)",
        "((W⁽²⁾)ᵀ δ⁽²⁾) ⊙ a⁽¹⁾ ⊙ (𝟏 − a⁽¹⁾)",
    ]


def test_the_last_delta_is_what_its_numbers_have_come_to():
    """The delta of the output is written as it came out unit by unit: collapsed, if that is what it does."""
    assert lines_of(describe([2, 2], ["sigmoid"], "binary_cross_entropy"))["δ⁽¹⁾"] == ["∂L/∂ŷ ⊙ σ′(z⁽¹⁾)", "ŷ − y"]
    assert lines_of(describe([2, 2], ["sigmoid"], "squared_error"))["δ⁽¹⁾"][-1] == "(ŷ − y) ⊙ ŷ ⊙ (𝟏 − ŷ)"
    assert lines_of(describe([2, 2], ["identity"], "squared_error"))["δ⁽¹⁾"] == ["∂L/∂ŷ", "ŷ − y"]


@pytest.mark.parametrize(
    ("activation", "derivative"),
    [
        ("tanh", "(𝟏 − a⁽¹⁾ ⊙ a⁽¹⁾)"),
        ("relu", "𝟏[z⁽¹⁾ > 0]"),
        ("leaky_relu", "(𝟏[z⁽¹⁾ > 0] + 0.01 𝟏[z⁽¹⁾ ≤ 0])"),
        ("elu", "(𝟏[z⁽¹⁾ > 0] + (a⁽¹⁾ + 𝟏) ⊙ 𝟏[z⁽¹⁾ ≤ 0])"),
        ("softplus", "σ(z⁽¹⁾)"),
        ("sin(z)", "cos(z⁽¹⁾)"),
        ("exp(-z^2)", "(−2 a⁽¹⁾ ⊙ z⁽¹⁾)"),
    ],
)
def test_derivatives_entry_by_entry(activation, derivative):
    """The derivative of an activation is written for the whole layer; one that has no such form keeps its prime."""
    lines = lines_of(describe([2, 2, 1], [activation, "identity"], "squared_error"))
    assert lines["δ⁽¹⁾"][-1] == f"((W⁽²⁾)ᵀ δ⁽²⁾) ⊙ {derivative}"


def test_softmax_with_cross_entropy_collapses():
    """What softmax and cross-entropy come to is written as a whole, behind the Jacobian."""
    lines = lines_of(describe([2, 3], ["softmax"], "categorical_cross_entropy"))
    assert lines["∂ŷ/∂z⁽¹⁾"][0] == "diag(ŷ) − ŷ ŷᵀ"
    assert "ŷ₁(1 − ŷ₁), −ŷ₁ ŷ₂" in lines["∂ŷ/∂z⁽¹⁾"][1]
    assert lines["δ⁽¹⁾"] == ["(diag(ŷ) − ŷ ŷᵀ) ⋅ ∂L/∂ŷ", "ŷ − y"]


def test_softmax_that_does_not_collapse_goes_sample_by_sample():
    """In a batch the Jacobian is one of each sample, and so is the delta."""
    lines = lines_of(describe([2, 3], ["softmax"], "squared_error", reduction="sum"))
    assert lines["δ^{(1)[i]}"] == ["(diag(ŷ^{[i]}) − ŷ^{[i]} (ŷ^{[i]})ᵀ) ⋅ ∂L^{[i]}/∂ŷ^{[i]}"]
    assert "Δ⁽¹⁾" not in lines


def test_a_derivative_of_the_loss_that_differs_is_written_entry_by_entry():
    """A loss that treats its outputs differently has its derivatives in a column; one that does not, as a whole."""
    lines = lines_of(describe([1, 2], ["tanh"], "(a1 - y1)^2*a2"))
    assert lines["∂L/∂ŷ"] == ["[2 ŷ₂(ŷ₁ − y₁); (ŷ₁ − y₁)²]"]
    assert lines_of(describe([1, 2], ["tanh"], "hinge"))["∂L/∂ŷ"] == ["−y ⊙ 𝟏[𝟏 − y ⊙ ŷ > 0]"]


def test_what_each_sample_has_for_itself_is_not_written_for_all():
    """A derivative of the loss with a number of the sample in it holds for each sample, and for one as it stands."""
    batch = lines_of(describe([1, 2], ["identity"], "multiclass_hinge", reduction="mean"))
    assert "∂L/∂ŷ^{[i]}" in "".join(batch).replace("L^{[i]}", "L")
    assert "∂L/∂Ŷ" not in batch
    assert "∂L/∂ŷ" in lines_of(describe([1, 2], ["identity"], "multiclass_hinge"))


def test_maxout_has_a_selection_for_each_piece():
    """Each piece of a maxout layer has weights, sums and deltas of its own: 1 where it wins, 0 elsewhere."""
    lines = lines_of(describe([2, 2, 1], ["maxout", "identity"], "squared_error"))
    assert lines["a⁽¹⁾"] == ["max(z₁⁽¹⁾, z₂⁽¹⁾)"]
    assert lines["δ₁⁽¹⁾"] == ["∂L/∂a⁽¹⁾ ⊙ 𝟏[z₁⁽¹⁾ ≥ z₂⁽¹⁾]"]
    assert lines["∂L/∂W₂⁽¹⁾"] == ["δ₂⁽¹⁾ xᵀ"]


def test_maxout_behind_a_layer_adds_its_pieces():
    """What feeds a maxout layer gets a derivative through the weights of every piece."""
    lines = lines_of(describe([1, 2, 1], ["relu", "maxout"], "squared_error"))
    assert lines["δ⁽¹⁾"][1].startswith("((W₁⁽²⁾)ᵀ δ₁⁽²⁾ + (W₂⁽²⁾)ᵀ δ₂⁽²⁾) ⊙")


def test_a_learned_derivative_is_a_sum_over_units():
    """The derivative with respect to the slope that PReLU learns is a sum over all units, and over all samples."""
    one, batch = (lines_of(describe([2, 2], ["prelu"], "squared_error", **more)) for more in ({}, {"reduction": "sum"}))
    assert one["∂L/∂α⁽¹⁾"] == ["𝟏ᵀ (∂L/∂ŷ ⊙ z⁽¹⁾ ⊙ 𝟏[z⁽¹⁾ ≤ 0])"]
    assert batch["∂J/∂α⁽¹⁾"] == ["𝟏ᵀ (∂L/∂Ŷ ⊙ Z⁽¹⁾ ⊙ 𝟏[Z⁽¹⁾ ≤ 0]) 𝟏"]


def test_dropout_is_a_mask():
    """Dropout multiplies by the mask over the probability of keeping, forward and backward."""
    layer = {"activation": "tanh", "dropout": {"mask": [1, 0], "keep": "1/4"}}
    lines = lines_of(describe([1, 2, 1], [layer, "identity"], "squared_error"))
    assert lines["d⁽¹⁾"] == ["4 [1; 0] ⊙ a⁽¹⁾"]
    assert lines["δ⁽¹⁾"][1] == "4 [1; 0] ⊙ ((W⁽²⁾)ᵀ δ⁽²⁾) ⊙ tanh′(z⁽¹⁾)"


def test_biases_shared_and_left_out():
    """A shared bias is a number times ones, and its derivative the sum of the deltas; without biases there is none."""
    lines = lines_of(describe([1, 2, 1], ["tanh", "identity"], "squared_error", bias=["shared", False]))
    assert lines["z⁽¹⁾"] == ["W⁽¹⁾ x + b⁽¹⁾ 𝟏"]
    assert lines["∂L/∂b⁽¹⁾"] == ["𝟏ᵀ δ⁽¹⁾"]
    assert lines["z⁽²⁾"] == ["W⁽²⁾ a⁽¹⁾"]
    assert "∂L/∂b⁽²⁾" not in lines


PENALTIES = {
    "l1": "0.3 sign(W⁽¹⁾)",
    "l2": "0.6 W⁽¹⁾",
    "half_l2": "0.3 W⁽¹⁾",
    "l2_norm": "0.3 ⋅ W⁽¹⁾/‖W⁽¹⁾‖₂",
}


@pytest.mark.parametrize("kind", REGULARIZERS)
def test_every_regularizer_in_matrices(kind):
    """Each penalty adds its derivative to the derivative with respect to the weights as a matrix."""
    spec = describe([2, 1], ["identity"], "squared_error", regularization=[{"kind": kind, "strength": "0.3"}])
    assert lines_of(spec)["∂J/∂W⁽¹⁾"] == [f"δ⁽¹⁾ xᵀ + {PENALTIES[kind]}"]


def test_three_uses_of_a_network_are_added():
    """The derivative of a triplet loss is a sum of three products, one for each use of the weights."""
    lines = lines_of(describe([2, 2], ["identity"], "triplet"))
    assert lines["∂L/∂W⁽¹⁾"] == ["δₐ⁽¹⁾ xₐᵀ + δₚ⁽¹⁾ xₚᵀ + δₙ⁽¹⁾ xₙᵀ"]
    assert lines["∂L/∂b⁽¹⁾"] == ["δₐ⁽¹⁾ + δₚ⁽¹⁾ + δₙ⁽¹⁾"]


def test_derivatives_by_the_inputs():
    """Where they are wanted, the derivatives with respect to the inputs come through the first weights."""
    spec = describe([2, 1], ["tanh"], "squared_error", input_gradients=True)
    assert lines_of(spec)["∂L/∂x"] == ["(W⁽¹⁾)ᵀ δ⁽¹⁾"]
    assert "∂L/∂x" not in lines_of(describe([2, 1], ["tanh"], "squared_error"))


def test_a_jacobian_is_no_product_of_layers():
    """Only a layer whose units depend on one another has a Jacobian."""
    for activation, count in (("softmax", 1), ("tanh", 0)):
        form = form_of(describe([2, 2], [activation], "squared_error"))
        assert sum(isinstance(equation.left, Jacobian) for equation in form.equations) == count


def test_a_graph_has_no_matrix_form(examples):
    """A computation graph is refused, and the message says what the form needs."""
    with pytest.raises(ViewError, match="needs layers") as refused:
        form_of(examples["C4"], Convention())
    assert refused.value.exit_code == 2

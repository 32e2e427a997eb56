"""The formulas of the courses come out in the form in which they are taught."""

from fractions import Fraction

import mpmath
import pytest
from exercises import describe, full, part_of
from sympy import Symbol

import symnet
from symnet.algebra.nodes import plain_text
from symnet.layout.latex import write
from symnet.network.graph import counts
from symnet.render.formats import FORMATS

POSITIVE = "Piecewise((1, z1_1 > 0), (0, True))"


def unit(activation, loss="squared_error", units=1, **more):
    """Return the worked part of one layer with one input."""
    return part_of(describe([1, units], [activation], loss, **more))


def formula(part, node):
    """Return what a node is, as text."""
    return plain_text(part.network.nodes[Symbol(node)].expression)


def local_derivative(part, node, by):
    """Return the derivative of a node with respect to one that stands in it, in its last form, as text."""
    return plain_text(part.network.nodes[Symbol(node)].derivatives[Symbol(by)][-1])


def derivative(part, leaf):
    """Return the derivative with respect to a parameter as text."""
    return plain_text(part[leaf].ordered)


def sheet(mapping):
    """Return the sheet of a description as plain text."""
    return FORMATS["txt"].render(symnet.solve(mapping), None, full()).content.decode()


@pytest.mark.parametrize(
    ("activation", "value", "taught"),
    [
        ("identity", "z1_1", "1"),
        ("sigmoid", "1/(1 + exp(-z1_1))", "a1_1*(1 - a1_1)"),
        ("tanh", "tanh(z1_1)", "1 - a1_1**2"),
        ("relu", "Max(0, z1_1)", POSITIVE),
        (
            {"activation": "leaky_relu", "slope": 0.1},
            "Max(1/10*z1_1, z1_1)",
            "Piecewise((1, z1_1 > 0), (1/10, True))",
        ),
        (
            "prelu",
            "Max(0, z1_1) + alpha1*Min(0, z1_1)",
            "Piecewise((1, z1_1 > 0), (alpha1, True))",
        ),
        (
            {"activation": "elu", "alpha": 2},
            "Max(0, z1_1) + 2*(exp(Min(0, z1_1)) - 1)",
            "Piecewise((1, z1_1 > 0), (a1_1 + 2, True))",
        ),
        ("softplus", "log(1 + exp(z1_1))", "1/(1 + exp(-z1_1))"),
        (
            "z*sigmoid(z)",
            "z1_1*1/(1 + exp(-z1_1))",
            "1/(1 + exp(-z1_1))*(1 + z1_1*(1 - 1/(1 + exp(-z1_1))))",
        ),
    ],
    ids=str,
)
def test_activations(activation, value, taught):
    """Each activation and its derivative are written as they are taught."""
    part = unit(activation)
    assert formula(part, "a1_1") == value
    assert local_derivative(part, "a1_1", "z1_1") == taught


def test_maxout():
    """Maxout is the maximum of two weighted sums; its derivative says which of them won."""
    part = unit({"activation": "maxout", "pieces": 2})
    assert formula(part, "a1_1") == "Max(z1_1.1, z1_1.2)"
    assert formula(part, "z1_1.2") == "w1_1_1.2*x1 + b1_1.2"
    assert local_derivative(part, "a1_1", "z1_1.1") == "Piecewise((1, (z1_1.1 >= z1_1.2)), (0, True))"


def test_the_derivative_that_prelu_learns():
    """The derivative with respect to the learned slope sums over the units: z, where that is not positive."""
    part = unit("prelu", units=2)
    assert local_derivative(part, "a1_2", "alpha1") == "Piecewise((0, z1_2 > 0), (z1_2, True))"
    assert derivative(part, "alpha1") == (
        "(a1_1 - y1)*Piecewise((0, z1_1 > 0), (z1_1, True)) + (a1_2 - y2)*Piecewise((0, z1_2 > 0), (z1_2, True))"
    )


def test_the_softmax_jacobian():
    """Softmax has p(1 - p) on the diagonal and -p p off it, and the sheet shows that as a matrix and for two units."""
    part = unit("softmax", "categorical_cross_entropy", 3)
    assert formula(part, "a1_2") == "exp(z1_2)/(exp(z1_1) + exp(z1_2) + exp(z1_3))"
    assert local_derivative(part, "a1_2", "z1_2") == "a1_2*(1 - a1_2)"
    assert local_derivative(part, "a1_2", "z1_3") == "-a1_2*a1_3"
    two = sheet(describe([1, 2], ["softmax"], "categorical_cross_entropy"))
    assert "[ŷ₁(1 − ŷ₁), −ŷ₁ ŷ₂; −ŷ₂ ŷ₁, ŷ₂(1 − ŷ₂)]" in two
    assert "1/(1 + e^{z₂ − z₁})" in two


def test_the_linear_map():
    """The derivative of w x with respect to a weight is what it is multiplied with, and by that the weight."""
    part = part_of(describe([2, 1], ["identity"], "squared_error", input_gradients=True))
    assert local_derivative(part, "z1_1", "w1_1_2") == "x2"
    assert local_derivative(part, "z1_1", "x2") == "w1_1_2"


@pytest.mark.parametrize(
    ("loss", "output", "value", "taught"),
    [
        ("squared_error", "sigmoid", "1/2*((a1_1 - y1)**2 + (a1_2 - y2)**2)", "a1_1 - y1"),
        ("sum_squared_error", "sigmoid", "(a1_1 - y1)**2 + (a1_2 - y2)**2", "2*(a1_1 - y1)"),
        ("mean_squared_error", "sigmoid", "1/2*((a1_1 - y1)**2 + (a1_2 - y2)**2)", "a1_1 - y1"),
        (
            "binary_cross_entropy",
            "softmax",
            "-(y1*log(a1_1) + (1 - y1)*log(1 - a1_1)) - (y2*log(a1_2) + (1 - y2)*log(1 - a1_2))",
            "(a1_1 - y1)/(a1_1*(1 - a1_1))",
        ),
        ("categorical_cross_entropy", "softmax", "-y1*log(a1_1) - y2*log(a1_2)", "-y1/a1_1"),
        (
            {"kind": "categorical_cross_entropy", "log_base": 2},
            "softmax",
            "-y1*log(a1_1, 2) - y2*log(a1_2, 2)",
            "-1/log(2)*y1/a1_1",
        ),
        (
            "hinge",
            "identity",
            "Max(0, 1 - y1*a1_1) + Max(0, 1 - y2*a1_2)",
            "-y1*Piecewise((1, 1 - y1*a1_1 > 0), (0, True))",
        ),
    ],
    ids=str,
)
def test_losses(loss, output, value, taught):
    """Each loss and its derivative with respect to an output are written as they are taught."""
    part = unit(output, loss, 2)
    assert formula(part, "L") == value
    assert local_derivative(part, "L", "a1_1") == taught


def test_the_mean_squared_error_of_three():
    """The mean over three outputs has 1/3 in front, and 2/3 in its derivative."""
    part = unit("sigmoid", "mean_squared_error", 3)
    assert formula(part, "L") == "1/3*((a1_1 - y1)**2 + (a1_2 - y2)**2 + (a1_3 - y3)**2)"
    assert local_derivative(part, "L", "a1_1") == "2/3*(a1_1 - y1)"


def test_half_the_mean_over_m_samples():
    """J = 1/(2m) times the sum of the squared errors, and its derivative has 1/m in front."""
    part = unit("identity", reduction="mean")
    assert plain_text(part.objective.nodes[-1].expression) == "1/m*Sum(L@i, (i, 1, m))"
    assert plain_text(part.objective.derivations[Symbol("w1_1_1")].result) == "1/m*Sum((a1_1 - y1)*x1, (i, 1, m))"


def test_both_terms_on_a_softmax():
    """With both terms every delta has a part by each output: the Jacobian does not collapse to p - y."""
    part = unit("softmax", "binary_cross_entropy", 3)
    assert derivative(part, "b1_1") == ("a1_1 - y1 - (a1_2 - y2)*a1_1/(1 - a1_2) - (a1_3 - y3)*a1_1/(1 - a1_3)")


def test_multiclass_hinge_and_triplet():
    """Multi-class hinge and triplet loss are built of margins and distances, with indicators in their derivatives."""
    hinge = unit("identity", "multiclass_hinge", 2)
    assert formula(hinge, "m1") == "a1_1 - s + 1"
    assert formula(hinge, "s") == "y1*a1_1 + y2*a1_2"
    assert formula(hinge, "L") == "(1 - y1)*Max(0, m1) + (1 - y2)*Max(0, m2)"
    assert local_derivative(hinge, "L", "m1") == "(1 - y1)*Piecewise((1, m1 > 0), (0, True))"
    triplet = unit("identity", {"kind": "triplet", "margin": "1/5"})
    assert formula(triplet, "dp") == "(a1_1.a - a1_1.p)**2"
    assert formula(triplet, "L") == "Max(0, dp - dn + 1/5)"
    assert local_derivative(triplet, "L", "dn") == "-Piecewise((1, dp - dn + 1/5 > 0), (0, True))"


@pytest.mark.parametrize(
    ("kind", "penalty", "added"),
    [
        ("l1", "lambda*(Abs(w1_1_1) + Abs(w1_2_1))", "lambda*sign(w1_1_1)"),
        ("l2", "lambda*(w1_1_1**2 + w1_2_1**2)", "2*lambda*w1_1_1"),
        ("half_l2", "1/2*lambda*(w1_1_1**2 + w1_2_1**2)", "lambda*w1_1_1"),
        ("l2_norm", "lambda*norm1", "lambda*w1_1_1/norm1"),
    ],
)
def test_regularizers(kind, penalty, added):
    """Each penalty is written as it is taught, and what it adds stands behind the gradient of a weight, not a bias."""
    part = unit("identity", units=2, regularization=[{"kind": kind, "strength": "lambda"}])
    assert plain_text(part.objective.penalty[-1].expression) == penalty
    assert derivative(part, "w1_1_1") == f"(a1_1 - y1)*x1 + {added}"
    assert derivative(part, "b1_1") == "a1_1 - y1"


def test_elastic_net_and_norms_by_layer():
    """Elastic net adds both terms; two norms have a strength each."""
    net = unit(
        "identity",
        regularization=[{"kind": "l2", "strength": "beta"}, {"kind": "l1", "strength": 1}],
    )
    assert derivative(net, "w1_1_1") == "(a1_1 - y1)*x1 + 2*beta*w1_1_1 + sign(w1_1_1)"
    norms = part_of(
        describe(
            [1, 1, 1],
            ["identity"] * 2,
            "squared_error",
            regularization=[{"kind": "l2_norm", "strength": ["lambda1", "lambda2"]}],
        )
    )
    assert plain_text(norms.objective.penalty[-1].expression) == "lambda1*norm1 + lambda2*norm2"
    assert r"\left\Vert \mathbf{W}^{(2)} \right\Vert_2" in write(norms.build(norms.objective.penalty[-1].expression))


@pytest.mark.parametrize(
    ("output", "loss", "delta"),
    [
        ("identity", "squared_error", "a2_1 - y1"),
        ("sigmoid", "sum_squared_error", "2*(a2_1 - y1)*a2_1*(1 - a2_1)"),
        ("sigmoid", "squared_error", "(a2_1 - y1)*a2_1*(1 - a2_1)"),
        ("sigmoid", "binary_cross_entropy", "a2_1 - y1"),
        ("softmax", "categorical_cross_entropy", "a2_1 - y1"),
    ],
)
def test_output_deltas(output, loss, delta):
    """The deltas of the output layer are the taught ones, and a weight's derivative is that times its input."""
    part = part_of(describe([1, 2, 2], ["tanh", output], loss))
    assert derivative(part, "b2_1") == delta
    assert derivative(part, "w2_1_2") == (f"({delta})" if delta == "a2_1 - y1" else delta) + "*a1_2"


def test_hidden_deltas():
    """A delta of a tanh layer is (1 - a^2) times the weighted sum of the deltas after it."""
    part = part_of(describe([1, 2, 2], ["tanh", "identity"], "squared_error"))
    hidden = next(one for one in part.gradient.adjoints.values() if one.symbol.name == "delta1_1")
    assert plain_text(hidden.result) == "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*(1 - a1_1**2)"
    assert derivative(part, "w1_1_1") == "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1**2)*x1"


@pytest.mark.parametrize(("outputs", "paths"), [(2, 2), (3, 3)])
def test_one_product_a_path(outputs, paths):
    """A weight that reaches the loss by several outputs gets one product for each, then their sum."""
    part = part_of(describe([1, 1, outputs], ["sigmoid", "sigmoid"], "squared_error"))
    assert part["w1_1_1"].paths == paths
    result = part.in_nodes.text(derivative(part, "w1_1_1"))
    assert all(f"(a2_{k} - y{k})*a2_{k}*(1 - a2_{k})" in result for k in range(1, outputs + 1))
    assert [result.count(f"*w2_{k}_1") for k in range(1, outputs + 1)] == [1] * outputs
    assert result.endswith("*a1_1*(1 - a1_1)*x1")


def test_updates_in_symbols():
    """Without numbers the sheet puts the derivatives into the rule of the update, those of the penalty too."""
    text = sheet(
        describe(
            [1, 1],
            ["identity"],
            "squared_error",
            training={"optimizer": "sgd"},
            regularization=[{"kind": "half_l2", "strength": "lambda"}],
        )
    )
    assert "w₁₁⁽¹⁾′ = w₁₁⁽¹⁾ − η(δ₁⁽¹⁾ x + λ w₁₁⁽¹⁾)" in text
    assert "= w₁₁⁽¹⁾ − η[(ŷ − y) x + λ w₁₁⁽¹⁾]" in text
    assert "= b₁⁽¹⁾ − η(ŷ − y)" in text


@pytest.mark.parametrize(
    ("optimizer", "rules"),
    [
        ("sgd", ["wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ∂L/∂wᵢⱼ^{(ℓ)}"]),
        ("momentum", ["v′ = μ v + ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η v′"]),
        ("ema_momentum", ["v′ = μ v + (1 − μ) ⋅ ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η v′"]),
        ("nesterov", ["v′ = μ v + ∂L/∂wᵢⱼ^{(ℓ)}", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η(∂L/∂wᵢⱼ^{(ℓ)} + μ v′)"]),
        ("adagrad", ["s′ = s + g²", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ g/(√(s′) + ε)"]),
        ("rmsprop", ["s′ = β₂ s + (1 − β₂) g²", "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ g/(√(s′) + ε)"]),
        (
            "adam",
            [
                "m′ = β₁ m + (1 − β₁) g",
                "v′ = β₂ v + (1 − β₂) g²",
                "m̂ = m′/(1 − β₁ᵗ)",
                "v̂ = v′/(1 − β₂ᵗ)",
                "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ⋅ m̂/(√(v̂) + ε)",
            ],
        ),
    ],
)
def test_the_rule_of_each_optimizer(optimizer, rules):
    """The sheet states the rule of the optimizer, line by line."""
    text = sheet(describe([1, 1], ["identity"], "squared_error", training={"optimizer": optimizer}))
    lines = [line.strip() for line in text.splitlines()]
    assert [rule for rule in rules if rule not in lines] == []


@pytest.mark.parametrize(
    ("optimizer", "taught"),
    [
        ("momentum", lambda w, v, g: (w - (0.9 * v + g) / 100, 0.9 * v + g)),
        ("ema_momentum", lambda w, v, g: (w - (0.9 * v + 0.1 * g) / 100, 0.9 * v + 0.1 * g)),
        ("nesterov", lambda w, v, g: (w - (g + 0.9 * (0.9 * v + g)) / 100, 0.9 * v + g)),
    ],
)
def test_momentum_from_a_given_velocity(optimizer, taught):
    """Momentum with mu = 0.9 and a rate of 0.01 goes on from a velocity by its rule."""
    part = part_of(
        describe(
            [1, 1],
            ["identity"],
            "squared_error",
            bias=False,
            data={"inputs": [[2]], "targets": [[1]]},
            parameters=[{"weights": [[3]]}],
            training={
                "optimizer": optimizer,
                "momentum": 0.9,
                "learning_rate": 0.01,
                "state": {"velocity": {"w1_1_1": -600}},
            },
        )
    )
    (step,) = part.evaluation.updates
    weight, velocity = taught(3.0, -600.0, 10.0)
    assert mpmath.almosteq(step.after[Symbol("w1_1_1")], weight, 1e-14)
    assert mpmath.almosteq(step.state["velocity"][Symbol("w1_1_1")], velocity, 1e-14)


LINE = {
    "data": {"inputs": [[1], [2], [3], [4]], "targets": [[0], [1], [1], [3]]},
    "parameters": [{"weights": [[2]], "biases": [-1]}],
}


def test_the_rule_of_a_schedule():
    """A learning rate that decays has a line of its own, and the step takes it."""
    text = sheet(describe([1, 1], ["identity"], "squared_error", training={"optimizer": "sgd", "decay": "1/10"}))
    lines = [line.strip() for line in text.splitlines()]
    assert "ηₜ = η/(1 + κ(t − 1))" in lines
    assert "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − ηₜ ∂L/∂wᵢⱼ^{(ℓ)}" in lines


def fitted(batch, **training):
    """Return the parameters after each step of fitting a line to four samples, and the same by hand."""
    part = unit("identity", **LINE, training={"learning_rate": "1/8", "steps": 5, "batch": batch, **training})
    size = 4 if batch == "full" else batch
    w, b, found, by_hand = Fraction(2), Fraction(-1), [], []
    samples = [(Fraction(x), Fraction(y)) for x, y in ((1, 0), (2, 1), (3, 1), (4, 3))]
    batches = [samples[first : first + size] for first in range(0, 4, size)]
    for step, update in enumerate(part.evaluation.updates):
        found.append((update.after[Symbol("w1_1_1")], update.after[Symbol("b1_1")]))
        chosen = batches[step % len(batches)]
        errors = [(w * x + b - y, x) for x, y in chosen]
        by_w, by_b = sum(e * x for e, x in errors) / len(chosen), sum(e for e, _ in errors) / len(chosen)
        if "clip_value" in training:
            by_w, by_b = (max(-training["clip_value"], min(training["clip_value"], one)) for one in (by_w, by_b))
        rate = Fraction(1, 8) / (1 + training.get("decay", 0) * step)
        w, b = w - rate * by_w, b - rate * by_b
        by_hand.append((w, b))
    return found, by_hand


@pytest.mark.parametrize("batch", [1, 2, 3, "full"])
@pytest.mark.parametrize("more", [{}, {"decay": 3}, {"clip_value": 1}], ids=["plain", "schedule", "clipped"])
def test_samples_in_turn(batch, more):
    """Training goes through the samples one by one, in mini-batches or all at once, with a schedule or clipping."""
    found, by_hand = fitted(batch, **more)
    assert len(found) == 5
    with mpmath.mp.workdps(20):
        for numbers, true in zip(found, by_hand, strict=True):
            assert all(
                mpmath.almosteq(one, mpmath.mpf(exact.numerator) / exact.denominator, 1e-15)
                for one, exact in zip(numbers, true, strict=True)
            )


def test_a_long_gradient_is_scaled():
    """A gradient of 3 and 4 is scaled to a length of 1 before the step."""
    part = part_of(
        {
            "graph": {"inputs": ["u", "v"], "nodes": {"f": "3*u + 4*v"}, "output": "f"},
            "at": {"u": 0, "v": 0},
            "training": {"learning_rate": 1, "clip_norm": 1},
        }
    )
    (step,) = part.evaluation.updates
    assert [mpmath.nstr(step.after[Symbol(name)], 15) for name in "uv"] == ["-0.6", "-0.8"]


def test_counting():
    """Layers with weights, hidden layers, units and parameters are counted."""
    part = part_of(describe([3, 2, 2, 1], ["relu", "sigmoid", "sigmoid"], "squared_error"))
    found = counts(part.network)
    assert (found.layers, found.hidden_layers, found.units, found.parameters) == (3, 2, 5, 17)
    assert tuple(found.parameters_by_layer) == (8, 6, 3)

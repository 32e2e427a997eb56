"""Where float64 fails: saturation, tiny probabilities, values exactly on a kink, ties, targets that sum to anything."""

import mpmath
import pytest
from exercises import describe, evaluation_of, one_unit, part_of
from mpmath import mpf
from sympy import Symbol

from symnet.derivation.steps import Rule


def close(found, expected, digits=22):
    """Return whether two numbers agree to so many significant digits; 0 agrees with 0 alone."""
    with mpmath.workdps(60):
        return found == expected or abs(found - expected) <= abs(expected) * mpf(10) ** -digits


def logits(values, targets, loss="categorical_cross_entropy", activation="softmax", **more):
    """Return the description of a layer whose weighted sums are given numbers."""
    return describe(
        [1, len(values)],
        [activation],
        loss,
        False,
        data={"inputs": [[1]], "targets": [targets]},
        parameters=[{"weights": [[value] for value in values]}],
        **more,
    )


def adjoint(evaluation, name):
    """Return the derivative of the first sample's loss with respect to a node."""
    return evaluation.samples[0].adjoints[Symbol(name)]


def value(evaluation, name):
    """Return the value of a node at the first sample."""
    return evaluation.samples[0].values[Symbol(name)]


@pytest.mark.parametrize("base", ["e", 2, 10])
@pytest.mark.parametrize("right", [0, 1])
def test_logits_of_a_thousand(right, base):
    """A softmax of logits 1000 and 0 has a loss of 1000 or of its tail, in any base, and p - y to all digits."""
    loss = {"kind": "categorical_cross_entropy", "log_base": base}
    evaluation = evaluation_of(logits([1000, 0], [int(right == 0), int(right == 1)], loss))
    with mpmath.workdps(1000):
        per = 1 / mpmath.log(mpmath.e if base == "e" else base)
        tail = 1 / (1 + mpmath.exp(1000))
        expected = mpmath.log1p(mpmath.exp(-mpf(1000))) + (1000 if right == 1 else 0)
        assert close(evaluation.loss, expected * per)
        delta = -tail if right == 0 else 1 - tail
        assert close(adjoint(evaluation, "z1_1"), delta * per)
        assert close(adjoint(evaluation, "z1_2"), -delta * per)


def test_both_terms_on_a_saturated_softmax():
    """Cross-entropy with both terms on a softmax of distant logits keeps all of its digits."""
    evaluation = evaluation_of(logits([300, 0, -300], [0, 1, 0], "binary_cross_entropy"))
    with mpmath.workdps(900):
        powers = [mpmath.exp(z) for z in (300, 0, -300)]
        p = [power / mpmath.fsum(powers) for power in powers]
        expected = -(mpmath.log(1 - p[0]) + mpmath.log(p[1]) + mpmath.log(1 - p[2]))
        assert close(evaluation.loss, expected)


@pytest.mark.parametrize(("z", "target"), [(40, 0), (40, 1), (-40, 1), (1000, 0)])
def test_a_saturated_sigmoid(z, target):
    """At z = 40 with target 0 the loss is a little more than 40, and the delta a little less than 1."""
    evaluation = evaluation_of(one_unit(1, 0, z, target, "sigmoid", "binary_cross_entropy"))
    with mpmath.workdps(1000):
        a = 1 / (1 + mpmath.exp(-mpf(z)))
        assert close(evaluation.loss, -mpmath.log(a if target else 1 - a))
        assert close(adjoint(evaluation, "z1_1"), a - target)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "categorical_cross_entropy"])
def test_a_probability_of_ten_to_the_minus_300(loss):
    """A probability of 1e-300 that stands there as a number has its logarithm and the derivative -1e300."""
    evaluation = evaluation_of(one_unit("1e-300", 0, 1, 1, "identity", loss))
    with mpmath.workdps(400):
        assert close(evaluation.loss, 300 * mpmath.log(10))
        assert close(adjoint(evaluation, "a1_1"), -(mpf(10) ** 300))


@pytest.mark.parametrize("z", [-1000, 1000, 40, -40])
def test_softplus_far_out(z):
    """Softplus is e^z far on the left and z + e^-z far on the right; its derivative is the sigmoid to all digits."""
    evaluation = evaluation_of(one_unit(z, 0, 1, 0, "softplus"))
    with mpmath.workdps(1000):
        expected = mpmath.log1p(mpmath.exp(-mpf(abs(z)))) + max(z, 0)
        assert close(value(evaluation, "a1_1"), expected)
        assert close(adjoint(evaluation, "z1_1"), expected / (1 + mpmath.exp(-mpf(z))))


@pytest.mark.parametrize("alpha", [1, "2", "0.3"])
@pytest.mark.parametrize("z", [-1000, -40])
def test_elu_far_out(z, alpha):
    """The derivative of ELU far on the left is alpha e^z, not the difference of a rounded value from -alpha."""
    evaluation = evaluation_of(one_unit(z, 0, 1, 0, {"activation": "elu", "alpha": alpha}))
    with mpmath.workdps(1000):
        scale = mpf(str(alpha))
        a = scale * mpmath.expm1(z)
        assert close(value(evaluation, "a1_1"), a)
        assert close(adjoint(evaluation, "z1_1"), a * scale * mpmath.exp(z))


@pytest.mark.parametrize(
    ("activation", "derivative"),
    [
        ("relu", "0"),
        ("leaky_relu", "0.01"),
        ({"activation": "leaky_relu", "slope": "0.3"}, "0.3"),
        ("prelu", "0.25"),
        ({"activation": "elu", "alpha": 2}, "2"),
        ("abs(z)", "0"),
        ("max(0, z)", "0"),
        ("min(z, 0)", "0"),
        ("max(2*z, z)", "2"),
    ],
)
def test_exactly_on_a_kink(activation, derivative):
    """On its kink an activation has the derivative of the convention, and the kink is noted with sample and unit."""
    evaluation = evaluation_of(one_unit(3, -6, 2, 1, activation))
    with mpmath.workdps(60):
        # All of them are 0 at 0, and the loss pulls with a - y = -1.
        assert close(adjoint(evaluation, "z1_1"), -mpf(derivative))
    assert evaluation.kinks == ((0, Symbol("a1_1")),)


def test_the_learned_derivative_on_its_kink():
    """On its kink the derivative with respect to what PReLU learns is 0."""
    assert evaluation_of(one_unit(3, -6, 2, 1, "prelu")).gradients[Symbol("alpha1")] == 0


@pytest.mark.parametrize("digits", ["0.1", "1/3", "1e-30"])
def test_a_kink_is_met_exactly_or_not_at_all(digits):
    """Numbers are exact: three times 1/3 less 1 is on the kink, and what is off it by 1e-30 is not."""
    met = evaluation_of(one_unit(digits, f"-{digits}", 1, 1, "relu"))
    missed = evaluation_of(one_unit("1e-30", 0, 1, 1, "relu"))
    assert met.kinks == ((0, Symbol("a1_1")),)
    assert (met.gradients[Symbol("w1_1_1")], missed.kinks) == (0, ())
    assert missed.gradients[Symbol("w1_1_1")] != 0


@pytest.mark.parametrize(("margin", "weight"), [(1, 1), ("1/3", "1/3"), (0, 0)])
@pytest.mark.parametrize("target", [1, -1])
def test_exactly_on_the_margin(margin, weight, target):
    """A hinge exactly on its margin is 0 and pushes nothing, and the kink is noted at the loss."""
    spec = one_unit(weight, 0, target, target, loss={"kind": "hinge", "margin": margin})
    evaluation = evaluation_of(spec)
    assert evaluation.loss == 0
    assert not any(evaluation.gradients.values())
    assert evaluation.kinks == ((0, Symbol("L")),)


def test_a_multiclass_hinge_on_its_margin():
    """A class exactly at the margin pushes nothing; one beyond it does."""
    evaluation = evaluation_of(logits([3, 2, "2.5"], [1, 0, 0], "multiclass_hinge", "identity"))
    assert evaluation.loss == mpf("0.5")
    assert [adjoint(evaluation, f"z1_{k}") for k in (1, 2, 3)] == [-1, 0, 1]
    assert evaluation.kinks == ((0, Symbol("L")),)


@pytest.mark.parametrize(("positive", "kinks"), [(1, ((0, Symbol("L")),)), ("3/2", ())])
def test_a_triplet_on_its_margin(positive, kinks):
    """A triplet exactly on its margin pushes nothing, and one inside of it does."""
    spec = describe(
        [1, 1],
        ["identity"],
        {"kind": "triplet", "margin": 3},
        data={"anchor": [[0]], "positive": [[positive]], "negative": [[2]]},
        parameters=[{"weights": [[1]], "biases": [0]}],
    )
    evaluation = evaluation_of(spec)
    assert evaluation.kinks == kinks
    assert any(evaluation.gradients.values()) == (not kinks)


@pytest.mark.parametrize(("weights", "winner"), [((1, 1), 1), ((0, 1, 1), 2), ((2, 1, 1), 1), ((1, 1, 1, 1), 1)])
def test_ties_in_maxout(weights, winner):
    """Of equal pieces the first wins; a tie of pieces that lose changes nothing."""
    spec = describe(
        [1, 1],
        [{"activation": "maxout", "pieces": len(weights)}],
        "squared_error",
        data={"inputs": [[1]], "targets": [[0]]},
        parameters=[{"pieces": [{"weights": [[weight]], "biases": [0]} for weight in weights]}],
    )
    evaluation = evaluation_of(spec)
    pushed = [name for name in range(1, len(weights) + 1) if evaluation.gradients[Symbol(f"w1_1_1.{name}")]]
    assert pushed == [winner]
    assert value(evaluation, "a1_1") == max(weights)
    # A tie is noted even if it is not at the top: the unit has a kink between them all the same.
    assert evaluation.kinks == ((0, Symbol("a1_1")),)


@pytest.mark.parametrize("kind", ["l1", "l2_norm"])
@pytest.mark.parametrize("weight", [0, 2])
def test_zero_weights_under_a_penalty_with_a_kink(kind, weight):
    """Zero weights get nothing from an L1 or an L2 norm, and the kink is noted, without a sample."""
    penalty = {"kind": kind, "strength": "1/2"}
    spec = one_unit(weight, 0, 1, weight, regularization=penalty)
    evaluation = evaluation_of(spec)
    assert evaluation.data_loss == 0
    assert evaluation.gradients[Symbol("w1_1_1")] == (mpf("0.5") if weight else 0)
    assert [sample for sample, _ in evaluation.kinks] == ([] if weight else [None])


def test_one_zero_weight_under_a_norm_is_no_kink():
    """An L2 norm has a kink only where all weights are 0, and an L1 norm wherever one is."""
    spec = describe(
        [2, 1],
        ["identity"],
        "squared_error",
        data={"inputs": [[1, 1]], "targets": [[3]]},
        parameters=[{"weights": [[3, 0]], "biases": [0]}],
    )
    for kind, kinks in (("l2_norm", 0), ("l1", 1)):
        evaluation = evaluation_of(spec | {"regularization": {"kind": kind, "strength": 1}})
        assert [int(evaluation.gradients[Symbol(f"w1_1_{k}")]) for k in (1, 2)] == [1, 0]
        assert len(evaluation.kinks) == kinks


@pytest.mark.parametrize("targets", [["1/2", "1/4"], [1, 1], [0, 0]])
@pytest.mark.parametrize("base", ["e", 2])
def test_targets_that_do_not_sum_to_one(targets, base):
    """Where targets do not sum to 1, p - y is neither derived nor computed."""
    spec = logits([1, "1/2"], targets, {"kind": "categorical_cross_entropy", "log_base": base})
    part = part_of(spec)
    rules = {step.rule for derivation in part.gradient.adjoints.values() for step in derivation.steps}
    assert Rule.IDENTITY not in rules
    with mpmath.workdps(40):
        y = [mpf(1) / 2 if text == "1/2" else mpf(1) / 4 if text == "1/4" else mpf(text) for text in targets]
        p = 1 / (1 + mpmath.exp(-mpf(1) / 2))
        per = 1 / mpmath.log(mpmath.e if base == "e" else base)
        assert close(adjoint(part.evaluation, "z1_1"), (p * sum(y) - y[0]) * per)


def test_a_batch_of_one():
    """Batches of one sample go through the samples in their order, each step with that sample's gradient alone."""
    data = {"inputs": [[1], [2], [3]], "targets": [[0], [0], [0]]}
    spec = one_unit(1, 0, 1, 0) | {"data": data}
    spec["training"] = {"learning_rate": "1/100", "steps": 4, "batch": 1}
    evaluation = evaluation_of(spec)
    w = b = mpf(0)
    with mpmath.workdps(50):
        w, b = mpf(1), mpf(0)
        for number, update in enumerate(evaluation.updates):
            x = number % 3 + 1
            assert update.batch == (number % 3,)
            derivative = w * x + b
            assert close(update.gradients[Symbol("w1_1_1")], derivative * x)
            w, b = w - derivative * x / 100, b - derivative / 100
            assert close(update.after[Symbol("w1_1_1")], w)
            assert close(update.after[Symbol("b1_1")], b)


def test_a_dead_network():
    """A network whose units are all dead has a loss and gradients of 0, and no kinks where nothing is on one."""
    spec = describe(
        [1, 2, 1],
        ["relu", "identity"],
        "squared_error",
        data={"inputs": [[1]], "targets": [[2]]},
        parameters=[{"weights": [[-1], [-2]], "biases": [0, 0]}, {"weights": [[1, 1]], "biases": [0]}],
    )
    evaluation = evaluation_of(spec)
    assert evaluation.loss == 2
    assert {s.name: int(v) for s, v in evaluation.gradients.items() if v} == {"b2_1": -2}
    assert evaluation.kinks == ()

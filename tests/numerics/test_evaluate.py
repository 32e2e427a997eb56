"""Numbers: right to all digits shown, where float64 fails too, and a clear error where there is no number."""

from fractions import Fraction

import mpmath
import pytest
import yaml
from exercises import describe, evaluation_of, objective_of, one_unit, solved
from mpmath import mpf
from reference import solve_by_hand, trained
from sympy import Symbol

import symnet
from symnet import pipeline
from symnet.description import load
from symnet.errors import DescriptionError
from symnet.network.data import NetworkData
from symnet.numerics.evaluate import MOST_FOR_DEPTH, UndefinedAtError, evaluate, significant_digits


def close(found, expected, digits=22):
    """Return whether two numbers agree to so many significant digits; 0 agrees with 0 alone."""
    with mpmath.workdps(60):
        return found == expected or abs(found - expected) <= abs(expected) * mpf(10) ** -digits


def two_logits(first, second, target=(1, 0), loss="categorical_cross_entropy", bias=False):
    """Return the description of a softmax over two given logits."""
    biases = {"biases": [0]} if bias == "shared" else {}
    return describe(
        [1, 2],
        ["softmax"],
        loss,
        bias,
        data={"inputs": [[1]], "targets": [list(target)]},
        parameters=[{"weights": [[first], [second]], **biases}],
    )


@pytest.fixture(scope="module")
def slides(examples):
    """The worked example of the CS349 notes, solved."""
    return solved(examples["cs349-slides"]).parts[0].evaluation


@pytest.mark.parametrize(
    ("identifier", "printed"),
    [("z1_1", "0.345105"), ("a1_1", "0.58543005"), ("a2_1", "0.34489157")],
)
def test_the_forward_pass_of_the_slides(slides, identifier, printed):
    """The forward numbers of the CS349 notes come out digit by digit."""
    assert mpmath.nstr(slides.samples[0].values[Symbol(identifier)], 20, strip_zeros=False).startswith(printed)


@pytest.mark.parametrize(("identifier", "expected"), [("w2_1_1", "-0.58199922898"), ("w1_1_1", "0.01875380106")])
def test_the_true_gradients_of_the_slides(slides, identifier, expected):
    """The gradients of the stated loss are the true ones, where the notes leave out the off-diagonal terms."""
    assert abs(slides.gradients[Symbol(identifier)] - mpf(expected)) < mpf(10) ** -11


def slides_by_hand():
    """Return loss and gradients of the CS349 example from its formulas alone, at 40 digits."""
    with mpmath.workdps(40):
        x = mpmath.matrix(["0.35", "0.2", "0.5"])
        v = mpmath.matrix([["0.4963", "0.7682"], ["0.0885", "0.1320"], ["0.3074", "0.6341"]])
        w = mpmath.matrix([["0.4901", "0.8964", "0.4556"], ["0.6323", "0.3489", "0.4017"]])
        y = [1, 0, 0]

        def loss(v, w):
            h = (v.T * x).apply(lambda q: 1 / (1 + mpmath.exp(-q)))
            powers = (w.T * h).apply(mpmath.exp)
            p = powers / sum(powers)
            return -sum(mpmath.log(p[k]) if y[k] else mpmath.log(1 - p[k]) for k in range(3))

        def derivative(matrix, row, col, rebuild):
            step = mpf(10) ** -12
            ends = []
            for sign in (1, -1):
                moved = matrix.copy()
                moved[row, col] += sign * step
                ends.append(rebuild(moved))
            return (ends[0] - ends[1]) / (2 * step)

        gradients = {
            f"w1_{k + 1}_{j + 1}": derivative(v, j, k, lambda moved: loss(moved, w)) for j in range(3) for k in range(2)
        }
        gradients |= {
            f"w2_{k + 1}_{j + 1}": derivative(w, j, k, lambda moved: loss(v, moved)) for j in range(2) for k in range(3)
        }
        return loss(v, w), gradients


def test_the_slides_against_differences(slides):
    """Loss and all twelve gradients agree with differences of the formulas as the notes write them."""
    loss, gradients = slides_by_hand()
    assert close(slides.loss, loss)
    assert set(gradients) == {symbol.name for symbol in slides.gradients}
    assert len(gradients) == 12
    for name, expected in gradients.items():
        # The difference itself is only good to the square of its step.
        assert abs(slides.gradients[Symbol(name)] - expected) < mpf(10) ** -22


def test_the_slides_against_matrices(slides, examples):
    """Every node, delta, gradient and update of the notes' example agrees with a pass in matrices at 40 digits."""
    spec = yaml.safe_load(examples["cs349-slides"].read_text(encoding="utf-8"))
    for entry in spec["parameters"]:
        entry["weights"] = [list(row) for row in zip(*entry.pop("weights_from_to"), strict=True)]
    for layer in spec["layers"]:
        layer.setdefault("bias", True)
    expected = solve_by_hand(spec, 40)
    for name, number in expected["samples"][0]["nodes"].items():
        assert close(slides.samples[0].values[Symbol(name)], number)
    for name, number in expected["samples"][0]["deltas"].items():
        assert close(slides.samples[0].adjoints[Symbol(name)], number)
    ((before, gradient, after, loss_after),) = trained(spec, 40)
    (update,) = slides.updates
    assert close(update.loss_before, before)
    assert close(update.loss_after, loss_after)
    assert all(close(update.gradients[Symbol(name)], number) for name, number in gradient.items())
    assert all(close(update.after[Symbol(name)], number) for name, number in after.items())


@pytest.mark.parametrize("z", [40, -40, 1000, -1000])
@pytest.mark.parametrize("target", [0, 1])
def test_a_saturated_sigmoid_under_cross_entropy(z, target):
    """The loss of a saturated sigmoid is its tail, never 0, inf or nan, and its delta is a - y to all digits."""
    evaluation = evaluation_of(one_unit(1, 0, z, target, "sigmoid", "binary_cross_entropy"))
    with mpmath.workdps(1000):
        tail = 1 / (1 + mpmath.exp(mpf(abs(z))))
        wrong = (z > 0) != bool(target)
        loss = mpmath.log1p(mpmath.exp(-mpf(abs(z)))) + (abs(z) if wrong else 0)
        delta = (-tail if target else tail) if not wrong else ((1 - tail) if z > 0 else (tail - 1))
        assert close(evaluation.loss, loss)
        assert close(evaluation.samples[0].adjoints[Symbol("z1_1")], delta)
        assert close(evaluation.gradients[Symbol("w1_1_1")], delta * z)


@pytest.mark.parametrize("z", [40, -1000, 1000])
@pytest.mark.parametrize(("activation", "rate"), [("sigmoid", 1), ("tanh", 2)])
def test_a_saturated_derivative_is_not_rounded_away(z, activation, rate):
    """Under squared error the gradient of a saturated unit is tiny and right, not 0."""
    evaluation = evaluation_of(one_unit(1, 0, z, 0, activation))
    with mpmath.workdps(1500):
        if activation == "sigmoid":
            a = 1 / (1 + mpmath.exp(-mpf(z)))
            expected = a * a * (1 - a)
        else:
            expected = mpmath.tanh(mpf(z)) * mpmath.sech(mpf(z)) ** 2
        assert close(evaluation.gradients[Symbol("b1_1")], expected)
    assert abs(evaluation.gradients[Symbol("b1_1")]) < mpmath.exp(-rate * abs(z) + 2)


@pytest.mark.parametrize(("first", "second"), [(1000, -1000), (-1000, 1000), (10000, 0), (0, 10000), (10000, 9999)])
def test_a_softmax_of_large_logits(first, second):
    """A softmax of large logits has both its probabilities, however small, and a finite loss."""
    evaluation = evaluation_of(two_logits(first, second))
    sample = evaluation.samples[0]
    with mpmath.workdps(9000):
        gap = mpf(second - first)
        small = 1 / (1 + mpmath.exp(abs(gap)))
        p1, p2 = (1 - small, small) if gap < 0 else (small, 1 - small)
        assert close(sample.values[Symbol("a1_1")], p1)
        assert close(sample.values[Symbol("a1_2")], p2)
        assert close(
            evaluation.loss, mpmath.log1p(mpmath.exp(gap)) if gap < 0 else gap + mpmath.log1p(mpmath.exp(-gap))
        )
        assert close(sample.adjoints[Symbol("z1_1")], -p2)
        assert close(sample.adjoints[Symbol("z1_2")], p2)


@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "binary_cross_entropy", "squared_error"])
def test_a_probability_of_1e_300(loss):
    """A target class with a probability of about 1e-300 has a loss and gradients to all digits."""
    logit = -691
    spec = two_logits(logit, 0, loss=loss)
    expected = solve_by_hand(spec, 700)
    evaluation = evaluation_of(spec)
    assert close(evaluation.loss, expected["loss"])
    for name, number in expected["gradients"].items():
        assert close(evaluation.gradients[Symbol(name)], number)
    assert 0 < evaluation.samples[0].values[Symbol("a1_1")] < mpf("1.2e-300")


@pytest.mark.parametrize("tiny", ["1e-300", "1e-100"])
def test_an_output_of_1e_300(tiny):
    """The logarithm of a tiny output is that of the number given."""
    evaluation = evaluation_of(one_unit(1, 0, tiny, 1, "identity", "categorical_cross_entropy"))
    with mpmath.workdps(60):
        assert close(evaluation.loss, -mpmath.log(mpf(tiny)))
        assert close(evaluation.gradients[Symbol("b1_1")], -1 / mpf(tiny))


def test_relu_at_exactly_zero():
    """ReLU at exactly 0 is recorded as a kink, and its derivative is 0 by convention."""
    evaluation = evaluation_of(one_unit(1, -2, 2, 1, "relu"))
    assert evaluation.kinks == ((0, Symbol("a1_1")),)
    assert evaluation.gradients[Symbol("w1_1_1")] == 0
    assert evaluation.gradients[Symbol("b1_1")] == 0
    assert evaluation.samples[0].adjoints[Symbol("a1_1")] == -1


def test_each_kink_is_recorded_with_its_sample():
    """Only the sample and unit that lie on the kink are recorded."""
    spec = describe(
        [1, 2],
        ["relu"],
        "squared_error",
        data={"inputs": [[1], [2], [0]], "targets": [[0, 0]] * 3},
        parameters=[{"weights": [[1], ["1/3"]], "biases": [-2, "-1/3"]}],
    )
    assert evaluation_of(spec).kinks == ((0, Symbol("a1_2")), (1, Symbol("a1_1")))


@pytest.mark.parametrize(
    ("weight", "x", "bias"),
    [("0.1", 3, "-0.3"), ("1/3", 3, -1), ("1/7", "0.7", "-0.1"), ("0.3", "0.1", "-0.03")],
)
def test_what_cancels_is_exactly_zero(weight, x, bias):
    """0.1 * 3 - 0.3 is exactly 0 here: a kink, and no rounding noise decides on its side."""
    evaluation = evaluation_of(one_unit(weight, bias, x, 1, "relu"))
    assert evaluation.samples[0].values[Symbol("z1_1")] == 0
    assert evaluation.kinks == ((0, Symbol("a1_1")),)


@pytest.mark.parametrize(("last", "active"), [("1", True), ("-1", False)])
def test_fifty_digits_that_differ_in_the_last_ones(last, active):
    """Two numbers of 50 digits whose difference is 1e-48 are told apart, on either side of a kink."""
    digits = "1." + "0" * 47
    weight = f"{digits}1" if active else f"{digits}0"
    bias = f"-{digits}0" if active else f"-{digits}1"
    evaluation = evaluation_of(one_unit(weight, bias, 1, 1, "relu"))
    with mpmath.workdps(60):
        assert close(evaluation.samples[0].values[Symbol("z1_1")], mpf(last) * mpf(10) ** -48)
    assert evaluation.kinks == ()
    assert bool(evaluation.gradients[Symbol("b1_1")]) is active


def test_digits_lost_layer_by_layer_are_found_again():
    """A deep linear network whose output cancels but for its 294th digit is neither 0 nor on the kink."""
    # With A = (1 + e)(1 - e) and e = 1e-49, the layers form 1 - 3A + 3A^2 - A^3 = e^6.
    up, down = "1." + "0" * 48 + "1", "0." + "9" * 49
    keep, grow = [["1", "0", "0", "0"], ["0", "1", "0", "0"], ["0", "0", "1", "0"], ["0", "0", "0", "1"]], []
    for factor, rows in ((up, (0, 1, 2)), (down, (0, 1, 2)), (up, (1, 2)), (down, (1, 2)), (up, (2,)), (down, (2,))):
        grow.append([[factor if c == r and r in rows else v for c, v in enumerate(row)] for r, row in enumerate(keep)])
    spec = describe(
        [4, 4, 4, 4, 4, 4, 4, 1],
        ["identity"] * 6 + ["relu"],
        "squared_error",
        False,
        data={"inputs": [[1, 1, 1, 1]], "targets": [[0]]},
        parameters=[{"weights": weights} for weights in grow] + [{"weights": [["-3", "3", "-1", "1"]]}],
    )
    evaluation = evaluation_of(spec)
    with mpmath.workdps(400):
        assert close(evaluation.samples[0].values[Symbol("z7_1")], mpf(10) ** -294)
    assert evaluation.kinks == ()


@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "binary_cross_entropy", "squared_error"])
@pytest.mark.parametrize(("first", "second"), [(1, 2), ("0.3", "-1/3"), (700, -700)])
def test_a_shared_bias_of_a_softmax_has_gradient_zero(loss, first, second):
    """A softmax does not feel a bias that all its units share: the gradient is exactly 0."""
    evaluation = evaluation_of(two_logits(first, second, loss=loss, bias="shared"))
    assert evaluation.gradients[Symbol("b1")] == 0


@pytest.mark.parametrize(
    ("x", "target", "loss", "reason"),
    [
        (0, 1, "categorical_cross_entropy", "logarithm of 0"),
        (-1, 1, "categorical_cross_entropy", "logarithm of a negative number"),
        (1, 0, "binary_cross_entropy", "logarithm of 0"),
        (0, 1, "binary_cross_entropy", "logarithm of 0"),
        (2, 0, "binary_cross_entropy", "logarithm of a negative number"),
        (-2, "1/2", "binary_cross_entropy", "logarithm of a negative number"),
    ],
)
def test_no_real_finite_loss(x, target, loss, reason):
    """Ln 0 and ln of a negative number are a located error, in Python and with the sample's place."""
    spec = one_unit(1, 0, x, target, "identity", loss)
    gradient, objective = objective_of([1, 1], ["identity"], loss)
    names = {"x1": x, "y1": target, "w1_1_1": 1, "b1_1": 0}
    row, parameters = (
        {Symbol(name): Fraction(names[name]) for name in part} for part in (("x1", "y1"), ("w1_1_1", "b1_1"))
    )
    with pytest.raises(UndefinedAtError, match=f"L would be the {reason}") as caught:
        evaluate(gradient.network, NetworkData((row,), parameters, {}), objective, None)
    assert (caught.value.sample, caught.value.steps) == (0, 0)
    with pytest.raises(DescriptionError, match=rf"data\.inputs\[1\].*{reason}") as located:
        symnet.solve(spec)
    assert located.value.exit_code == 2


def test_zero_times_the_logarithm_of_zero_is_zero():
    """0 ln 0 is 0: a class without a target costs nothing, and neither does 1 - 1 times ln(1 - 1)."""
    assert evaluation_of(one_unit(1, 0, 0, 0, "identity", "categorical_cross_entropy")).loss == 0
    assert evaluation_of(one_unit(1, 0, 1, 1, "identity", "binary_cross_entropy")).loss == 0
    assert evaluation_of(one_unit(1, 0, 0, 0, "identity", "binary_cross_entropy")).loss == 0


def test_the_gradient_at_a_perfect_output_is_the_one_sided_one():
    """At output 1 and target 1 the derivative of -ln a is -1."""
    evaluation = evaluation_of(one_unit(1, 0, 1, 1, "identity", "binary_cross_entropy"))
    assert evaluation.gradients[Symbol("b1_1")] == -1


def test_the_sample_without_a_loss_is_named():
    """Of several samples the error names the one that has no loss."""
    spec = describe(
        [1, 1],
        ["identity"],
        "categorical_cross_entropy",
        data={"inputs": [[1], [2], [0]], "targets": [[1], [1], [1]]},
        parameters=[{"weights": [[1]], "biases": [0]}],
    )
    with pytest.raises(DescriptionError, match=r"data\.inputs\[3\]"):
        symnet.solve(spec)


def test_a_step_into_nowhere_is_an_error():
    """A training step after which the loss has no value is an error that says so."""
    spec = one_unit("1/10", 0, 1, "1/2", "identity", "binary_cross_entropy", training={"learning_rate": 1})
    with pytest.raises(DescriptionError, match="training in which, after step 1,"):
        symnet.solve(spec)


def test_a_power_beyond_all_bounds_is_an_error():
    """A pre-activation of 1e16 before a sigmoid is refused with a reason, at once."""
    with pytest.raises(DescriptionError, match="power"):
        symnet.solve(one_unit("1e16", 0, -1, 1, "sigmoid", "squared_error"))


@pytest.mark.parametrize("z", ["1e4", "2e5", "1e7", "1e12"])
@pytest.mark.parametrize(
    ("activation", "loss", "target", "expected"),
    [
        ("sigmoid", "squared_error", 1, lambda z: -mpmath.log(2) - 2 * z),
        ("sigmoid", "binary_cross_entropy", 1, lambda z: -z),
        ("sigmoid", "binary_cross_entropy", 0, mpmath.log),
        ("tanh", "squared_error", 1, lambda z: mpmath.log(2) - 4 * z),
    ],
)
def test_a_value_however_close_to_its_bound(z, activation, loss, target, expected):
    """The loss of a unit that is saturated beyond all float64 is right, to the logarithm of its size."""
    evaluation = evaluation_of(one_unit(z, 0, 1, target, activation, loss))
    with mpmath.workdps(60):
        assert abs(mpmath.log(evaluation.loss) - expected(mpf(z))) < mpf(10) ** -20 * mpf(z)


@pytest.mark.parametrize("z", ["1e4", "2e5", "1e7"])
def test_a_probability_however_close_to_zero(z):
    """The loss of a sure no is the probability of a yes, to all digits, not 0."""
    evaluation = evaluation_of(one_unit(f"-{z}", 0, 1, 0, "sigmoid", "binary_cross_entropy"))
    with mpmath.workdps(60):
        assert close(evaluation.loss, mpmath.exp(-mpf(z)))
        assert close(evaluation.gradients[Symbol("b1_1")], mpmath.exp(-mpf(z)))


@pytest.mark.parametrize("z", ["1e4", "-2e5", "1e7"])
def test_a_derivative_however_close_to_zero(z):
    """The derivative of a tanh that is saturated beyond all float64 is right to all digits, not 0."""
    evaluation = evaluation_of(one_unit(z, 0, 1, 0, "tanh"))
    with mpmath.workdps(60):
        expected = 4 * mpmath.exp(-2 * abs(mpf(z))) * mpmath.sign(mpf(z))
        assert close(evaluation.gradients[Symbol("b1_1")], expected)


@pytest.mark.parametrize("x", [50, 100, 300, 1000, 2000])
@pytest.mark.parametrize("sigmoid", ["sigmoid(x)", "1/(1 + exp(-x))", "exp(x)/(exp(x) + 1)", "(1 + tanh(x/2))/2"])
def test_what_a_saturated_node_lacks_to_one(x, sigmoid):
    """In a graph too, one less a saturated unit is not taken for rounding noise."""
    spec = {"graph": {"inputs": ["x"], "nodes": {"h": sigmoid, "f": "1 - h"}, "output": "f"}, "at": {"x": x}}
    evaluation = evaluation_of(spec)
    with mpmath.workdps(60):
        expected = 1 / (1 + mpmath.exp(mpf(x)))
        assert close(evaluation.loss, expected)
        derivative = evaluation.samples[0].gradients.get(Symbol("x"), evaluation.gradients.get(Symbol("x")))
        assert close(derivative, -expected * (1 - expected))


def test_a_node_on_two_kinks_is_recorded_once():
    """Where two parts of a node meet their kinks at once, there is one record of the node."""
    graph = {"inputs": ["x", "y"], "nodes": {"f": "abs(x) + abs(y)"}, "output": "f"}
    assert evaluation_of({"graph": graph, "at": {"x": 0, "y": 0}}).kinks == ((0, Symbol("f")),)


SAMPLES = {"inputs": [["0.5", 1], [-1, "0.25"], [2, "1/3"]], "targets": [[1, 0], ["0.5", 1], [0, 0]]}
LAYERS = [
    {"weights": [["0.1", "-0.4"], ["0.3", "0.2"]], "biases": ["0.05", "-0.1"]},
    {"weights": [["0.7", "-0.2"], ["0.1", "0.6"]], "biases": ["0.2"]},
]


@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
def test_the_mean_is_the_sum_over_the_number_of_samples(loss):
    """Loss and gradients of the sum are three times those of the mean, and each is made of the samples' own."""
    args = ([2, 2, 2], ["tanh", "sigmoid"], loss, [True, "shared"])
    mean = evaluation_of(describe(*args, data=SAMPLES, parameters=LAYERS))
    total = evaluation_of(describe(*args, data=SAMPLES, parameters=LAYERS, reduction="sum"))
    with mpmath.workdps(40):
        assert close(total.loss, 3 * mean.loss)
        assert close(total.loss, mpmath.fsum(sample.values[Symbol("L@i")] for sample in total.samples))
        for parameter, gradient in mean.gradients.items():
            assert close(total.gradients[parameter], 3 * gradient)
            assert close(total.gradients[parameter], mpmath.fsum(s.gradients[parameter] for s in total.samples))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_training_steps_against_a_rerun(reduction, output):
    """Each of several steps has the losses, gradients and parameters of an independent rerun."""
    spec = describe(
        [2, 2, 2],
        ["tanh", output],
        "binary_cross_entropy",
        [True, "shared"],
        data=SAMPLES,
        parameters=LAYERS,
        reduction=reduction,
        training={"learning_rate": "0.3", "steps": 4},
    )
    updates = evaluation_of(spec).updates
    expected = trained(spec, 45)
    assert [update.step for update in updates] == [1, 2, 3, 4]
    for update, (before, gradient, after, loss_after) in zip(updates, expected, strict=True):
        assert close(update.loss_before, before)
        assert close(update.loss_after, loss_after)
        assert {symbol.name for symbol in update.after} == set(after)
        for name, number in after.items():
            assert close(update.after[Symbol(name)], number)
            assert close(update.gradients[Symbol(name)], gradient[name]) or abs(gradient[name]) < mpf(10) ** -35
    assert updates[0].after == updates[1].before
    assert updates[-1].loss_after < updates[0].loss_before


@pytest.mark.parametrize("start", [3, 7, 20])
def test_a_poor_start_is_made_up_for(start, slides, examples, monkeypatch):
    """However few digits the work begins with, they are doubled until all 22 are right."""
    monkeypatch.setattr("symnet.numerics.evaluate.digits_to_start_with", lambda _course: start)
    evaluation = solved(examples["cs349-slides"]).parts[0].evaluation
    assert evaluation.digits > start
    for parameter, gradient in slides.gradients.items():
        assert close(evaluation.gradients[parameter], gradient)


def test_numbers_need_data_and_parameters():
    """A symbolic description has no numbers."""
    assert evaluation_of(describe([1, 1], ["tanh"], "squared_error")) is None


def test_significant_digits():
    """The digits of a number are those over or under its fraction bar, whichever are more."""
    assert significant_digits([Fraction(1, 3), Fraction(-12345)]) == 5
    assert significant_digits([Fraction(1, 10**49)]) == 50
    assert significant_digits([]) == 1


@pytest.mark.parametrize("steps", [60, 10_000])
def test_a_training_that_diverges_is_an_error_at_its_learning_rate(steps):
    """Parameters that grow doubly exponentially end in a message that names the step, at once."""
    spec = describe(
        [1, 2, 1],
        ["identity", "identity"],
        "squared_error",
        data={"inputs": [[3]], "targets": [[1]]},
        parameters=[{"weights": [[2], [1]], "biases": [1, 1]}, {"weights": [[1, 2]], "biases": [0]}],
        training={"learning_rate": 1, "steps": steps},
    )
    with pytest.raises(DescriptionError, match=r"training\.learning_rate: found training in which, after step \d\d"):
        symnet.solve(spec)


@pytest.mark.parametrize("numbers", [{}, {"arithmetic": "paper", "decimals": 4}, {"arithmetic": "paper"}])
def test_other_numbers_are_put_into_the_same_programs(numbers, monkeypatch):
    """With other samples, parameters and rates an exercise solved before has the numbers that it has by itself."""

    def numbered(factor, **more):
        layers = [[[1, -2], [3, 1]], [[2, -1]]]
        scaled = [[[entry * factor for entry in row] for row in rows] for rows in layers]
        return load(
            describe(
                [2, 2, 1],
                ["tanh", "sigmoid"],
                "squared_error",
                data={"inputs": [[1, factor], [2, -1]], "targets": [[0.5], [1]]},
                parameters=[{"weights": rows, "biases": [factor] * len(rows)} for rows in scaled],
                training={"optimizer": "adam", "steps": 2, "learning_rate": factor},
                numbers=numbers,
                **more,
            )
        )

    worked = pipeline.solve(numbered(0.25))
    with monkeypatch.context() as patched:
        for compiler in ("evaluate.compile_exactly", "paper.compile_as_written"):
            patched.setattr(f"symnet.numerics.{compiler}", lambda *_, **__: pytest.fail("compiled again"))
        (again,) = pipeline.with_numbers(worked, numbered(0.5)).parts
    (alone,) = pipeline.solve(numbered(0.5)).parts
    assert (again.evaluation, again.paper) == (alone.evaluation, alone.paper)
    assert again.evaluation != worked.parts[0].evaluation
    # The same network under another objective has other programs.
    summed = numbered(0.5, reduction="sum")
    (alone,), network = pipeline.solve(summed).parts, worked.parts[0].network
    assert evaluate(network, alone.data, alone.objective, None).gradients == alone.evaluation.gradients


def test_a_difference_behind_many_nodes_is_found_though_few_digits_lose_it():
    """Of a deep graph, few digits do only where no sum cancels: 1e-542 and 1, less that 1, is not 0."""
    nodes = {f"n{step}": f"{'x' if step == 0 else f'n{step - 1}'}*y" for step in range(180)}
    nodes |= {"s": "n179 + 1", "d": "s - 1"}
    graph = {"inputs": ["x", "y"], "nodes": nodes, "output": "d"}
    value = symnet.solve({"graph": graph, "at": {"x": "0.01", "y": "0.001"}})["d"].value
    assert abs(value * mpf(10) ** 542 - 1) < mpf(10) ** -15


def test_hundreds_of_steps_of_time_take_no_more_digits_than_few():
    """The precision of a deep graph in which nothing cancels is that of a shallow one."""
    steps = 60
    nodes = {"h[0]": 0, "h[t]": "tanh(w*x[t] + u*h[t-1])", "L": f"h[{steps}]"}
    graph = {"over": {"t": steps}, "inputs": {"x": [steps], "w": [], "u": []}, "nodes": nodes, "output": "L"}
    at = {"x": [[-1, 1, 2][step % 3] / 8 for step in range(steps)], "w": 0.5, "u": 0.25}
    part = symnet.solve({"graph": graph, "at": at}).parts[0]
    assert part.evaluation.digits <= 2 * MOST_FOR_DEPTH
    assert len(part.network.nodes) > MOST_FOR_DEPTH // 4

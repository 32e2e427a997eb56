"""The examples: each can be handed out in every format, and has the true numbers of its course."""

import json

import mpmath
import pytest
from exercises import full, solved
from mpmath import exp, fsum, log, matrix, mp, mpf, sqrt, tanh
from published.case import last_digit, numbers_of

from symnet.errors import MissingToolError
from symnet.render.formats import FORMATS
from symnet.render.json import render_json

NAMES = (
    *(f"C{number}" for number in range(1, 13)),
    *("adam", "dropout", "elastic-net", "maxout", "triplet"),
    *("cs349-slides", "cs4045-q1", "cs4045-q2", "xor"),
    *("cs349-paper", "inf2008-momentum", "own-notation"),
    *("attention", "batchnorm", "cnn"),
    *("rnn", "bptt-truncated", "lstm", "gru"),
    *("autoencoder-tied", "embedding-skipgram", "layernorm", "maxpool", "residual", "siamese"),
    *("adamw-schedule", "focal-imbalance", "hessian", "jacobian", "multi-task", "newton"),
)


@pytest.fixture(autouse=True)
def precision():
    """The arithmetic of the tests has 40 digits."""
    with mp.workdps(40):
        yield


@pytest.fixture
def problems(examples):
    """A function from the name of an example to its losses in JSON."""
    return lambda name: json.loads(render_json(solved(examples[name])))["problems"]


@pytest.fixture
def found(problems):
    """A function from the name of an example, and the number of its loss, to its numbers."""
    return lambda name, number=0: numbers_of(problems(name)[number])


def close(found, true, digits=14):
    """Say whether every true number, by name, was found to so many digits; those that were not are printed."""
    wrong = {
        name: (found[name], value)
        for name, value in true.items()
        if abs(found[name] - value) > mpf(10) ** -digits * max(1, abs(value))
    }
    return wrong == {} or print(wrong)


def sigmoid(z):
    """Return 1/(1 + e^-z)."""
    return 1 / (1 + exp(-z))


def softmax(z):
    """Return the softmax of a list."""
    return [exp(one) / fsum(map(exp, z)) for one in z]


def derivative(function, place):
    """Return the derivative of a function of one number, by a central difference of an order that suits 40 digits."""
    step = mpf(10) ** -13
    return (function(place + step) - function(place - step)) / (2 * step)


def derivatives(function, values):
    """Return the derivatives of a function of named numbers, by name."""
    return {
        name: derivative(lambda at, name=name: function({**values, name: at}), value) for name, value in values.items()
    }


def named(values, prefix="dL/d"):
    """Return numbers under the names of derivatives."""
    return {f"{prefix}{name}": value for name, value in values.items()}


def descended(values, gradients, rate, step=1):
    """Return parameters after a step of gradient descent, under their names then."""
    return {f"{name}'{step}": value - rate * gradients[name] for name, value in values.items()}


def test_the_examples_are_these(examples):
    """There is an example for each worked number of the courses, and one for each thing that is hard to picture."""
    assert set(examples) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_passes_its_checks(examples, name):
    """An example passes its checks, and nothing in it is warned of."""
    work = solved(examples[name])
    assert all(check.passed and check.comparisons for part in work.parts for check in part.report.checks)
    assert work.warnings == ()


@pytest.mark.everyday(14, every=False)
@pytest.mark.parametrize("form", ["tex", "txt", "pdf"])
@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_written(examples, name, form):
    """An example can be handed out, under its title."""
    work = solved(examples[name])
    try:
        content = FORMATS[form].render(work, "typst" if form == "pdf" else None).content
    except MissingToolError:
        pytest.skip("typst is not installed")
    assert content.startswith(b"%PDF") if form == "pdf" else work.description.title.encode() in content


# C1

V = [["0.4963", "0.0885", "0.3074"], ["0.7682", "0.1320", "0.6341"]]
W = [["0.4901", "0.6323"], ["0.8964", "0.3489"], ["0.4556", "0.4017"]]


def c1_parameters():
    """Return the parameters of C1 by id."""
    return {
        f"w{layer}_{to}_{source}": mpf(number)
        for layer, rows in ((1, V), (2, W))
        for to, row in enumerate(rows, 1)
        for source, number in enumerate(row, 1)
    }


def c1_loss(w, both=True):
    """Return the loss of C1 at parameters by id, with both terms of the cross-entropy or the categorical one."""
    x = [mpf("0.35"), mpf("0.2"), mpf("0.5")]
    h = [sigmoid(fsum(w[f"w1_{j}_{i}"] * x[i - 1] for i in (1, 2, 3))) for j in (1, 2)]
    p = softmax([fsum(w[f"w2_{k}_{j}"] * h[j - 1] for j in (1, 2)) for k in (1, 2, 3)])
    return -log(p[0]) - (log(1 - p[1]) + log(1 - p[2]) if both else 0)


@pytest.mark.parametrize(
    ("number", "both", "by_w11", "by_v11"),
    [(0, True, "-0.58200", "0.018754"), (1, False, "-0.38352", "0.01171")],
    ids=["both-terms", "categorical"],
)
def test_c1_loss_gradients_and_update(found, number, both, by_w11, by_v11):
    """C1: the forward pass as printed, the true gradients of each loss, and the update by them with eta = 0.5."""
    values, numbers = c1_parameters(), found("C1", number)
    for name, printed in {
        "z1_1": ".3451",
        "z1_2": ".6123",
        "a1_1": ".5854",
        "a1_2": ".6485",
        "z2_1": ".6969",
        "z2_2": ".7511",
        "z2_3": ".5272",
        "a2_1": ".345",
        "a2_2": ".364",
        "a2_3": ".291",
    }.items():
        # The notes go on with rounded numbers.
        assert abs(numbers[name] - mpf(printed)) <= last_digit(printed)
    gradients = derivatives(lambda w: c1_loss(w, both), values)
    for name, printed in {"w2_1_1": by_w11, "w1_1_1": by_v11}.items():
        assert abs(gradients[name] - mpf(printed)) <= last_digit(printed) / 2
    true = named(gradients) | descended(values, gradients, mpf("0.5")) | {"L": c1_loss(values, both)}
    assert close(numbers, true)


def test_the_slides_are_the_first_loss_of_c1(found):
    """The worked example of the notes has the true numbers of the loss with both terms."""
    values, numbers = c1_parameters(), found("cs349-slides")
    gradients = derivatives(c1_loss, values)
    assert close(numbers, named(gradients) | descended(values, gradients, mpf("0.5")))


# C2 and C3


@pytest.mark.parametrize(
    ("name", "number", "parameters"),
    [("C2", 0, 17), ("C2", 1, 17), ("cs4045-q1", 0, 17), ("cs4045-q1", 1, 17), ("C3", 0, 7), ("cs4045-q2", 0, 7)],
)
def test_the_assignment_has_so_many_derivatives(problems, name, number, parameters):
    """C2 and C3: one derivative for each of the 17 and 7 parameters, which are counted."""
    problem = problems(name)[number]
    assert problem["counts"]["parameters"] == parameters == len(problem["gradients"])


@pytest.mark.parametrize("name", ["C2", "cs4045-q1"])
@pytest.mark.parametrize(("number", "delta"), [(0, "(a3_1 - y1)*a3_1*(1 - a3_1)"), (1, "a3_1 - y1")])
def test_c2_in_the_taught_form(problems, name, number, delta):
    """C2: deltas and derivatives as they are taught, and a weight of the first layer by both its paths."""
    problem = problems(name)[number]
    by = {entry["parameter"]: entry for entry in problem["gradients"]}
    factor = delta if number == 0 else f"({delta})"
    assert by["b2_1"]["expression"] == f"{factor}*w3_1_1*a2_1*(1 - a2_1)"
    assert by["w3_1_2"]["expression"] == f"{factor}*a2_2"
    assert by["b3_1"]["expression"] == delta
    assert by["w2_1_2"]["expression"] == f"{factor}*w3_1_1*a2_1*(1 - a2_1)*a1_2"
    assert (by["w1_1_1"]["paths"], by["w2_1_1"]["paths"], by["w3_1_1"]["paths"]) == (2, 1, 1)


def test_c2_over_m_samples(problems):
    """C2: over m samples the objective is 1/m times a sum of halves, and so is every derivative."""
    (problem, _) = problems("C2")
    objective = problem["nodes"][-1]
    assert (objective["id"], objective["expression"]) == ("L", "1/m*Sum(L@i, (i, 1, m))")
    assert problem["nodes"][-2]["expression"] == "1/2*(a3_1 - y1)**2"
    assert problem["gradients"][-1]["objective"]["expression"] == "1/m*Sum((a3_1 - y1)*a3_1*(1 - a3_1), (i, 1, m))"


@pytest.mark.parametrize("name", ["C3", "cs4045-q2"])
def test_c3_in_the_taught_form(problems, name):
    """C3: tanh hidden layer, delta through both outputs; with respect to a weight, that times its input."""
    (problem,) = problems(name)
    by = {entry["parameter"]: entry for entry in problem["gradients"]}
    back = "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1**2)"
    assert by["w2_2_1"]["expression"] == "(a2_2 - y2)*a1_1"
    assert by["b2_1"]["expression"] == "a2_1 - y1"
    assert by["w1_1_2"]["expression"] == f"{back}*x2"
    assert by["b1_1"]["expression"] == back
    assert by["w1_1_2"]["paths"] == 2


# C4 to C10


def test_c4(found):
    """C4: values forward and derivatives backward through (x + y)z."""
    true = {"q": 3, "f": -12, "df_dq": -4, "df/dz": 3, "df/dx": -4, "df/dy": -4}
    assert close(found("C4"), true, digits=40)


def test_c5(found):
    """C5: losses 2.9, 0 and 12.9, their mean and not the rounded one, margins, and where they pull."""
    numbers = found("C5")
    scores = [("3.2", "5.1", "-1.7"), ("1.3", "4.9", "2.0"), ("2.2", "2.5", "-3.1")]
    true, pulls = {}, {}
    for sample, texts in enumerate(scores, 1):
        row = list(map(mpf, texts))
        margins = [one - row[sample - 1] + 1 for one in row]
        true |= {f"m{k}@{sample}": margin for k, margin in enumerate(margins, 1)}
        active = [int(margin > 0 and k != sample) for k, margin in enumerate(margins, 1)]
        pulls[sample] = [one - sum(active) * (k == sample) for k, one in enumerate(active, 1)]
        true |= {f"dL_da1_{k}@{sample}": mpf(pull) for k, pull in enumerate(pulls[sample], 1)}
    for k in (1, 2, 3):
        for j in (1, 2, 3):
            total = fsum(pulls[sample][k - 1] * mpf(row[j - 1]) for sample, row in enumerate(scores, 1))
            true[f"dL/dw1_{k}_{j}"] = total / 3
    true |= {"L@1": mpf("2.9"), "L@2": mpf(0), "L@3": mpf("12.9"), "L": mpf("15.8") / 3}
    assert pulls == {1: [-1, 1, 0], 2: [0, 0, 0], 3: [1, 1, -2]}
    assert close(numbers, true)


def test_c6(found):
    """C6: softmax and cross-entropy of the first scores of C5, and p - y."""
    p = softmax([mpf("3.2"), mpf("5.1"), mpf("-1.7")])
    numbers = found("C6")
    true = {f"a1_{k}": one for k, one in enumerate(p, 1)}
    true |= {"L": -log(p[0]), "delta1_1": p[0] - 1, "delta1_2": p[1], "delta1_3": p[2]}
    assert [mpmath.nstr(numbers[f"a1_{k}"], 5) for k in (1, 2)] == ["0.12998", "0.86905"]
    assert mpmath.nstr(numbers["L"], 6) == "2.04036"
    assert close(numbers, true)


def test_c7(found):
    """C7: the differences say -2.5 and 0.6."""
    g1, g2 = mpf("-2.5"), mpf("0.6")
    n = sqrt(g1**2 + g2**2)
    true = {"g1": g1, "g2": g2, "n": n, "dn_dg1": g1 / n, "dn/dL1": g1 / n / mpf("0.0001")}
    assert close(found("C7"), true)


def test_c8(found):
    """C8: both weight vectors give the same output, and penalties of 1 and 1/4."""
    assert close(found("C8"), {"f": 1, "g": 1, "R1": 1, "R2": mpf("0.25"), "dd/du1": 3, "dd/dv1": mpf("-1.5")}, 40)


def test_c9_in_both_bases(found):
    """C9: the softmax as printed; the printed logarithms are binary ones, which is said by the base."""
    p = softmax([mpf(3), mpf(15), mpf(7), mpf(3)])
    natural, binary = found("C9", 0), found("C9", 1)
    true = {f"a1_{k}": one for k, one in enumerate(p, 1)}
    assert [mpmath.nstr(natural[f"a1_{k}"], 9) for k in (1, 2, 3)] == ["6.14207644e-6", "0.99965237", "0.000335346011"]
    assert close(natural, true | {"L": -log(p[1]), "delta1_2": p[1] - 1})
    assert close(binary, true | {"L": -log(p[1]) / log(2), "delta1_2": (p[1] - 1) / log(2)})
    assert (mpmath.nstr(natural["L"], 5), mpmath.nstr(binary["L"], 9)) == ("0.00034769", "0.000501611506")


def test_c10(found):
    """C10: the softmax of four scores; the last is 0.0136, not 0.013."""
    numbers = found("C10")
    p = softmax([mpf("1.1"), mpf("2.2"), mpf("0.2"), mpf("-1.7")])
    assert close(numbers, {f"a1_{k}": one for k, one in enumerate(p, 1)} | {"L": -log(p[1])})
    assert [mpmath.nstr(numbers[f"a1_{k}"], n) for k, n in enumerate((5, 5, 4, 4), 1)] == [
        "0.22364",
        "0.67184",
        "0.09092",
        "0.0136",
    ]


# C11 and C12


def test_c11_with_an_indicator(problems):
    """C11: the derivative with respect to a weight is -y x where 1 - yz > 0 and else 0, as an indicator."""
    (problem,) = problems("C11")
    by = {entry["parameter"]: entry for entry in problem["gradients"]}
    active = "Piecewise((1, 1 - y1*a1_1 > 0), (0, True))"
    assert by["w1_1_3"]["expression"] == f"-y1*{active}*x3"
    assert by["b1_1"]["expression"] == f"-y1*{active}"
    assert by["w1_1_3"]["latex"] == r"{-}y\,\mathbf{1}[1 - y \hat{y} > 0]\,x_3"


def test_c11_shows_cases_and_the_update(examples):
    """C11: the sheet writes the derivative by cases too, and the update by it."""
    sheet = FORMATS["txt"].render(solved(examples["C11"]), None, full()).content.decode()
    assert "∂L/∂ŷ = {−y if 1 − y ŷ > 0; 0 if 1 − y ŷ ≤ 0}" in sheet
    assert "∂L/∂w₁₃⁽¹⁾ = −y 𝟏[1 − y ŷ > 0] x₃" in sheet
    assert "w₁₃⁽¹⁾′ = w₁₃⁽¹⁾ − η δ₁⁽¹⁾ x₃" in sheet


def test_c12(problems):
    """C12: every gradient of the neuron's squared error, down to the inputs."""
    (problem,) = problems("C12")
    by = {entry["parameter"]: entry["expression"] for entry in problem["gradients"]}
    shared = "-2*(y - h)*h*(1 - h)"
    assert by == {
        "w0": shared,
        "w1": f"{shared}*x1",
        "w2": f"{shared}*x2",
        "x1": f"{shared}*w1",
        "x2": f"{shared}*w2",
        "y": "2*(y - h)",
    }
    assert problem["counts"]["parameters"] == 3


# The others


def xor_loss(w):
    """Return the mean cross-entropy of the exclusive or examples at parameters by id."""
    losses = []
    for x1, x2, y in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)):
        a = [tanh(w[f"w1_{k}_1"] * x1 + w[f"w1_{k}_2"] * x2 + w[f"b1_{k}"]) for k in (1, 2)]
        p = sigmoid(w["w2_1_1"] * a[0] + w["w2_1_2"] * a[1] + w["b2_1"])
        losses.append(-log(p if y else 1 - p))
    return fsum(losses) / 4


XOR = {
    "w1_1_1": "1.5",
    "w1_1_2": "-1.2",
    "w1_2_1": "-0.9",
    "w1_2_2": "1.4",
    "b1_1": "-0.3",
    "b1_2": "-0.2",
    "w2_1_1": "1.1",
    "w2_1_2": "1.3",
    "b2_1": "0.4",
}


def test_xor_descends(found):
    """Exclusive or: five full-batch steps of gradient descent."""
    numbers, values = found("xor"), {name: mpf(value) for name, value in XOR.items()}
    assert close(numbers, {"L": xor_loss(values)})
    for step in range(1, 6):
        gradients = derivatives(xor_loss, values)
        values = {name: value - gradients[name] / 2 for name, value in values.items()}
        true = {f"{name}'{step}": value for name, value in values.items()} | {f"L'{step}": xor_loss(values)}
        assert close(numbers, true)


def test_adam(found):
    """Adam: both moments, their corrections and the parameters, for all fifty steps."""
    numbers, values = found("adam"), {name: mpf(value) for name, value in XOR.items()}
    m, v = dict.fromkeys(XOR, mpf(0)), dict.fromkeys(XOR, mpf(0))
    beta1, beta2, epsilon, rate = mpf("0.9"), mpf("0.999"), mpf("1e-8"), mpf("0.05")
    for step in range(1, 51):
        gradients = derivatives(xor_loss, values)
        true = {}
        for name, g in gradients.items():
            m[name] = beta1 * m[name] + (1 - beta1) * g
            v[name] = beta2 * v[name] + (1 - beta2) * g**2
            length = m[name] / (1 - beta1**step) / (sqrt(v[name] / (1 - beta2**step)) + epsilon)
            values[name] -= rate * length
            true |= {f"m({name})'{step}": m[name], f"v({name})'{step}": v[name], f"{name}'{step}": values[name]}
        assert close(numbers, true | {f"L'{step}": xor_loss(values)})
    assert numbers["L'50"] < numbers["L"] / 6


def test_dropout(found):
    """Dropout: what is kept is divided by 1/2, the dropped unit learns nothing, and the inputs get derivatives."""

    def network(w):
        a = [tanh(w[f"w1_{k}_1"] * w["x1"] + w[f"w1_{k}_2"] * w["x2"] + w[f"b1_{k}"]) for k in (1, 2, 3)]
        d = [a[0] * 2, 0, a[2] * 2]
        return d, fsum(w[f"w2_1_{k}"] * d[k - 1] for k in (1, 2, 3)) + w["b2_1"]

    def loss(w):
        return log(1 + exp(-network(w)[1]))

    values = {
        "x1": "0.5",
        "x2": "-1",
        "w1_1_1": "0.2",
        "w1_1_2": "-0.4",
        "w1_2_1": "0.7",
        "w1_2_2": "0.1",
        "w1_3_1": "-0.3",
        "w1_3_2": "0.6",
        "b1_1": "0.1",
        "b1_2": "0",
        "b1_3": "-0.2",
        "w2_1_1": "0.5",
        "w2_1_2": "-0.8",
        "w2_1_3": "0.9",
        "b2_1": "0.3",
    }
    values = {name: mpf(value) for name, value in values.items()}
    gradients, numbers = derivatives(loss, values), found("dropout")
    learned = {name: value for name, value in values.items() if not name.startswith("x")}
    true = named(gradients) | descended(learned, gradients, mpf("0.1")) | {"L": loss(values)}
    true |= {f"d1_{k}": mpf(d) for k, d in enumerate(network(values)[0], 1)}
    assert close(numbers, true)
    assert [numbers[f"dL/d{name}"] for name in ("w1_2_1", "w1_2_2", "b1_2", "w2_1_2")] == [0, 0, 0, 0]


def test_maxout(found):
    """Maxout: the larger piece of each unit is its output, and only it learns."""

    def network(w):
        z = {
            f"z1_{k}.{n}": w[f"w1_{k}_1.{n}"] - 2 * w[f"w1_{k}_2.{n}"] + w[f"b1_{k}.{n}"]
            for k in (1, 2)
            for n in (1, 2)
        }
        a = [max(z[f"z1_{k}.1"], z[f"z1_{k}.2"]) for k in (1, 2)]
        return z, (w["w2_1_1"] * a[0] + w["w2_1_2"] * a[1] + w["b2_1"] - mpf("0.5")) ** 2 / 2

    pieces = {1: ("0.3 -0.1 0.1", "0.2 0.4 0"), 2: ("-0.2 0.5 0", "0.6 -0.3 -0.1")}
    values = {
        f"{name}.{n}": mpf(number)
        for n, units in pieces.items()
        for k, row in enumerate(units, 1)
        for name, number in zip((f"w1_{k}_1", f"w1_{k}_2", f"b1_{k}"), row.split(), strict=True)
    }
    values |= {"w2_1_1": mpf("0.8"), "w2_1_2": mpf("-0.5"), "b2_1": mpf("0.2")}
    gradients, numbers = derivatives(lambda w: network(w)[1], values), found("maxout")
    z, loss = network(values)
    assert close(numbers, named(gradients) | descended(values, gradients, mpf("0.1")) | z | {"L": loss})
    assert [numbers[f"dL/d{name}"] for name in ("w1_1_1.2", "w1_2_1.1")] == [0, 0]
    assert all(numbers[f"dL/d{name}"] != 0 for name in ("w1_1_1.1", "w1_2_1.2"))


def test_triplet(found):
    """Triplet: three uses of one network, whose derivatives add up in its parameters."""
    rows = {"a": ("1", "0"), "p": ("0.8", "0.3"), "n": ("0.5", "-0.4")}

    def network(w):
        a = {
            use: [tanh(w[f"w1_{k}_1"] * mpf(x[0]) + w[f"w1_{k}_2"] * mpf(x[1]) + w[f"b1_{k}"]) for k in (1, 2)]
            for use, x in rows.items()
        }
        near, far = (fsum((a["a"][k] - a[use][k]) ** 2 for k in (0, 1)) for use in "pn")
        return a, max(0, near - far + mpf("0.5"))

    values = {"w1_1_1": "0.6", "w1_1_2": "-0.2", "w1_2_1": "0.1", "w1_2_2": "0.9", "b1_1": "0", "b1_2": "0.1"}
    values = {name: mpf(value) for name, value in values.items()}
    gradients, numbers = derivatives(lambda w: network(w)[1], values), found("triplet")
    outputs, loss = network(values)
    true = named(gradients) | descended(values, gradients, mpf("0.1")) | {"L": loss}
    true |= {f"a1_{k}.{use}": one for use, row in outputs.items() for k, one in enumerate(row, 1)}
    assert close(numbers, true)
    sums = {f"b1_{k}": fsum(numbers[f"delta1_{k}.{use}"] for use in rows) for k in (1, 2)}
    assert close(numbers, named(sums))


def test_elastic_net(found):
    """Elastic net: both penalties in the loss, in every gradient of a weight and in three updates; sign(0) is 0."""
    inputs, targets = matrix([[1, 2, -1], [0, 1, 3], [2, -1, 1]]), [mpf(1), mpf(2), mpf("0.5")]
    w, b = [mpf("0.4"), mpf(0), mpf("-0.3")], mpf("0.2")
    numbers = found("elastic-net")

    def losses():
        errors = [fsum(inputs[i, j] * w[j] for j in range(3)) + b - targets[i] for i in range(3)]
        data = fsum(error**2 for error in errors) / 6
        return errors, data, fsum(map(abs, w)) / 10 + fsum(one**2 for one in w) / 20

    errors, data, penalty = losses()
    assert close(numbers, {"L_data": data, "L_penalty": penalty, "L": data + penalty})
    for step in (1, 2, 3):
        by = [
            fsum(errors[i] * inputs[i, j] for i in range(3)) / 3 + mpmath.sign(w[j]) / 10 + w[j] / 10 for j in range(3)
        ]
        by_b = fsum(errors) / 3
        true = {f"dL/dw1_1_{j + 1}'{step}": by[j] for j in range(3)} | {f"dL/db1_1'{step}": by_b}
        w, b = [one - steep / 10 for one, steep in zip(w, by, strict=True)], b - by_b / 10
        errors, data, penalty = losses()
        true |= {f"w1_1_{j + 1}'{step}": w[j] for j in range(3)} | {f"b1_1'{step}": b, f"L'{step}": data + penalty}
        assert close(numbers, true)

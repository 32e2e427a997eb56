"""Examples from blogs and from lectures on video."""

import math

from autodiff import positive_part, tanh
from exercises import describe

from published.case import Case, graph
from published.oracles import function, layers

_MAZUR = describe(
    [2, 2, 2],
    ["sigmoid", "sigmoid"],
    "squared_error",
    bias="shared",
    data={"inputs": [[0.05, 0.10]], "targets": [[0.01, 0.99]]},
    parameters=[
        {"weights": [[0.15, 0.20], [0.25, 0.30]], "biases": 0.35},
        {"weights": [[0.40, 0.45], [0.50, 0.55]], "biases": 0.60},
    ],
    training={"optimizer": "sgd", "learning_rate": 0.5, "update_biases": False},
)


def _sigmoid(z):
    return 1 / (1 + math.exp(-z))


def _mazur_many_rounds(spec):
    """The rounds of Mazur's network in machine numbers, written out."""
    first, second = (entry["weights"] for entry in spec["parameters"])
    first, second = [row[:] for row in first], [row[:] for row in second]
    (x,), (y,) = spec["data"]["inputs"], spec["data"]["targets"]
    rounds, errors = spec["training"]["steps"], []
    for _ in range(rounds + 1):
        hidden = [_sigmoid(sum(w * v for w, v in zip(row, x, strict=True)) + 0.35) for row in first]
        output = [_sigmoid(sum(w * h for w, h in zip(row, hidden, strict=True)) + 0.60) for row in second]
        errors.append(sum((o - t) ** 2 for o, t in zip(output, y, strict=True)) / 2)
        last = {
            f"w{layer}_{k}_{j}'{rounds}": w
            for layer, matrix in ((1, first), (2, second))
            for k, row in enumerate(matrix, 1)
            for j, w in enumerate(row, 1)
        }
        deltas = [(o - t) * o * (1 - o) for o, t in zip(output, y, strict=True)]
        back = [
            sum(d * row[j] for d, row in zip(deltas, second, strict=True)) * h * (1 - h) for j, h in enumerate(hidden)
        ]
        second = [
            [w - 0.5 * d * h for w, h in zip(row, hidden, strict=True)] for row, d in zip(second, deltas, strict=True)
        ]
        first = [[w - 0.5 * d * v for w, v in zip(row, x, strict=True)] for row, d in zip(first, back, strict=True)]
    return {f"L'{number}": error for number, error in enumerate(errors) if number} | last


def _one_neuron(spec):
    """The rounds of one neuron under the sum of half the squared errors in machine numbers, written out."""
    weights = list(map(float, spec["parameters"][0]["weights"][0]))
    rounds = spec["training"]["steps"]
    samples = list(zip(spec["data"]["inputs"], (y for (y,) in spec["data"]["targets"]), strict=True))
    for _ in range(rounds):
        outputs = [_sigmoid(sum(w * v for w, v in zip(weights, x, strict=True))) for x, _ in samples]
        pulls = [(y - o) * o * (1 - o) for o, (_, y) in zip(outputs, samples, strict=True)]
        weights = [
            w + sum(pull * x[k] for pull, (x, _) in zip(pulls, samples, strict=True)) for k, w in enumerate(weights)
        ]
    return {f"w1_1_{k}'{rounds}": w for k, w in enumerate(weights, 1)}


# The first three numbers of NumPy's generator at seed 1, twice themselves less 1.
_SEED_1 = [["-0.165955990594852", "0.4406489868843162", "-0.9997712503653102"]]


def _neuron(samples, targets):
    return describe(
        [3, 1],
        ["sigmoid"],
        "squared_error",
        bias=False,
        reduction="sum",
        data={"inputs": samples, "targets": targets},
        parameters=[{"weights": _SEED_1}],
        training={"optimizer": "sgd", "learning_rate": 1, "steps": 10_000},
    )


def _olah(a, b):
    c, d = a + b, b + 1
    return {"c": c, "d": d, "e": c * d}


def _micrograd_readme(a, b):
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + positive_part(b + a)
    d = d + 3 * d + positive_part(b - a)
    e = c - d
    f = e**2
    return {"e": e, "f": f, "g": f / 2 + 10 / f}


def _micrograd_lecture(a, b, c, f):
    e = a * b
    d = e + c
    return {"e": e, "d": d, "M": -(d * f)}


def _micrograd_neuron(x1, x2, w1, w2, b):
    s = x1 * w1 + x2 * w2
    n = s + b
    return {"s": s, "n": n, "o": tanh(n)}


BLOGS = (
    # Matt Mazur, "A Step by Step Backpropagation Example" (2015). The error after the first round, 0.291027924, is left
    # out: it is that of hidden weights which were updated by output weights that were already new. With the weights
    # that the text prints it is 0.291027774.
    Case(
        "mazur",
        _MAZUR,
        {
            "z1_1": "0.3775",
            "a1_1": "0.593269992",
            "a1_2": "0.596884378",
            "z2_1": "1.105905967",
            "a2_1": "0.75136507",
            "a2_2": "0.772928465",
            "L": "0.298371109",
            "dL_da2_1": "0.74136507",
            "delta2_1": "0.138498562",
            "dL/dw2_1_1": "0.082167041",
            "dL_da1_1": "0.036350306",
            "dL/dw1_1_1": "0.000438568",
            "w2_1_1'": "0.35891648",
            "w2_1_2'": "0.408666186",
            "w2_2_1'": "0.511301270",
            "w2_2_2'": "0.561370121",
            "w1_1_1'": "0.149780716",
            "w1_1_2'": "0.19956143",
            "w1_2_1'": "0.24975114",
            "w1_2_2'": "0.29950229",
        },
        layers,
    ),
    # The error that is printed for 10,000 rounds is that after 9,999; the outputs that are printed beside it,
    # 0.015912196 and 0.984065734, belong again to weights that are new too early, and are left out.
    Case(
        "mazur-10000-rounds",
        {**_MAZUR, "training": {**_MAZUR["training"], "steps": 10_000}},
        {"L'9999": "0.0000351085"},
        _mazur_many_rounds,
        truth=9,
    ),
    # Milo Spencer-Harper, "How to build a simple neural network in 9 lines of Python code" (2015).
    Case(
        "spencer-harper-9-lines",
        _neuron([[0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 1]], [[0], [1], [1], [0]]),
        {"w1_1_1'10000": "9.67299303", "w1_1_2'10000": "-0.2078435", "w1_1_3'10000": "-4.62963669"},
        _one_neuron,
        truth=9,
    ),
    # Christopher Olah, "Calculus on Computational Graphs: Backpropagation" (2015).
    Case(
        "olah-graph",
        graph({"c": "a + b", "d": "b + 1", "e": "c*d"}, "e", {"a": 2, "b": 1}),
        {"c": "3", "d": "2", "e": "6", "de_dc": "2", "de_dd": "3", "de/da": "2", "de/db": "5"},
        function(_olah),
    ),
    # Andrej Karpathy, micrograd's README (2020).
    Case(
        "micrograd-readme",
        graph(
            {
                "c1": "a + b",
                "d1": "a*b + b^3",
                "c2": "c1 + c1 + 1",
                "c3": "c2 + 1 + c2 + (-a)",
                "d2": "d1 + d1*2 + relu(b + a)",
                "d3": "d2 + 3*d2 + relu(b - a)",
                "e": "c3 - d3",
                "f": "e^2",
                "g": "f/2 + 10/f",
            },
            "g",
            {"a": -4, "b": 2},
        ),
        {"g": "24.7041", "dg/da": "138.8338", "dg/db": "645.5773"},
        function(_micrograd_readme),
    ),
    # Andrej Karpathy, "The spelled-out intro to neural networks and backpropagation" (2022): the expression, and what
    # a step of 0.01 along the gradient makes of it. Training goes down, so its output is the expression with a minus.
    Case(
        "karpathy-expression",
        graph(
            {"e": "a*b", "d": "e + c", "M": "-(d*f)"},
            "M",
            {"a": 2, "b": -3, "c": 10, "f": -2},
            training={"optimizer": "sgd", "learning_rate": 0.01},
        ),
        {"e": "-6", "d": "4", "M": "8", "dM/da": "-6", "dM/db": "4", "dM/dc": "2", "dM/df": "-4", "M'": "7.286496"},
        function(_micrograd_lecture),
    ),
    # The same lecture: the neuron.
    Case(
        "karpathy-neuron",
        graph(
            {"s": "x1*w1 + x2*w2", "n": "s + b", "o": "tanh(n)"},
            "o",
            {"x1": 2, "x2": 0, "w1": -3, "w2": 1, "b": "6.8813735870195432"},
        ),
        {
            "s": "-6",
            "n": "0.8814",
            "o": "0.7071",
            "do_dn": "0.5",
            "do/dx1": "-1.5",
            "do/dw1": "1.0",
            "do/dx2": "0.5",
            "do/dw2": "0.0",
        },
        function(_micrograd_neuron),
    ),
)

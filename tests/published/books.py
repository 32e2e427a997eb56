"""Examples from textbooks."""

from autodiff import exp, log, positive_part, sin
from exercises import describe

from published.case import Case, graph
from published.courses import scores
from published.oracles import function, layers


def _sgd(rate, **more):
    return {"optimizer": "sgd", "learning_rate": rate, **more}


def _xor_network(parameters, loss="squared_error", **more):
    """The four cases of exclusive or in a network of two hidden units."""
    return describe(
        [2, 2, 1],
        ["relu", "identity"],
        loss,
        bias=[True, False],
        data={"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]},
        parameters=parameters,
        **more,
    )


def _column(name, printed):
    """Name the values of one unit for samples in turn."""
    return {f"{name}@{number}": value for number, value in enumerate(printed.split(), 1)}


def _two_two_one(x, y, first, second, activation="sigmoid", **more):
    return describe(
        [len(x), 2, 1],
        [activation, activation],
        "squared_error",
        data={"inputs": [x], "targets": [[y]]},
        parameters=[first, second],
        **more,
    )


def _nielsen(start, steps):
    return describe(
        [1, 1],
        ["sigmoid"],
        "squared_error",
        data={"inputs": [[1]], "targets": [[0]]},
        parameters=[{"weights": [[start[0]]], "biases": [start[1]]}],
        training=_sgd(0.15, steps=steps),
    )


def _jurafsky_graph(a, b, c):
    d = 2 * b
    e = a + d
    return {"d": d, "e": e, "L": c * e}


def _kinsley_neuron(b, **given):
    z = sum((given[f"x{k}"] * given[f"w{k}"] for k in range(3)), b)
    return {"z": z, "y": positive_part(z)}


def _griewank(x1, x2):
    v1, v3 = x1 / x2, exp(x2)
    v2, v4 = sin(v1), v1 - v3
    v5 = v2 + v4
    return {"v1": v1, "v2": v2, "v3": v3, "v4": v4, "v5": v5, "y": v5 * v4}


def _baydin(x1, x2):
    v1, v2, v3 = log(x1), x1 * x2, sin(x2)
    v4 = v1 + v2
    return {"v1": v1, "v2": v2, "v3": v3, "v4": v4, "y": v4 - v3}


def _logistic(x, y, weights, bias, **more):
    return describe(
        [len(x), 1],
        ["sigmoid"],
        "binary_cross_entropy",
        data={"inputs": [x], "targets": [[y]]},
        parameters=[{"weights": [weights], "biases": [bias]}],
        **more,
    )


def _bipolar_by_hand(spec):
    """A network of three units with the activation 2/(1 + e^-z) - 1, and one step, unit by unit."""
    (x,), ((y,),) = spec["data"]["inputs"], spec["data"]["targets"]
    first, second = spec["parameters"]
    named = {f"w1_{k}_{j}": w for k, row in enumerate(first["weights"], 1) for j, w in enumerate(row, 1)}
    named |= {f"b1_{k}": b for k, b in enumerate(first["biases"], 1)}
    named |= {f"w2_1_{j}": w for j, w in enumerate(second["weights"][0], 1)} | {"b2_1": second["biases"][0]}
    at = {name: str(value) for name, value in named.items()}

    def network(**p):
        z1 = [p["w1_1_1"] * x[0] + p["w1_1_2"] * x[1] + p["b1_1"], p["w1_2_1"] * x[0] + p["w1_2_2"] * x[1] + p["b1_2"]]
        a1 = [2 / (1 + exp(-z)) - 1 for z in z1]
        z2 = p["w2_1_1"] * a1[0] + p["w2_1_2"] * a1[1] + p["b2_1"]
        a2 = 2 / (1 + exp(-z2)) - 1
        return {
            "z1_1": z1[0],
            "z1_2": z1[1],
            "a1_1": a1[0],
            "a1_2": a1[1],
            "z2_1": z2,
            "a2_1": a2,
            "L": (a2 - y) ** 2 / 2,
        }

    found = function(network)({"graph": {"inputs": list(at)}, "at": at, "training": spec["training"]})
    return {name.replace("dL_dz", "delta"): value for name, value in found.items()}


_KINSLEY = [[1, 2, 3, 2.5], [2, 5, -1, 2], [-1.5, 2.7, 3.3, -0.8]]
_KINSLEY_FIRST = {
    "weights": [[0.2, 0.8, -0.5, 1.0], [0.5, -0.91, 0.26, -0.5], [-0.26, -0.27, 0.17, 0.87]],
    "biases": [2, 3, 0.5],
}
_KINSLEY_SECOND = {
    "weights": [[0.1, -0.14, 0.5], [-0.5, 0.12, -0.33], [-0.44, 0.73, -0.13]],
    "biases": [-1, 2, -0.5],
}

_HAN_KAMBER = _two_two_one(
    [1, 0, 1],
    1,
    {"weights": [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], "biases": [-0.4, 0.2]},
    {"weights": [[-0.3, -0.2]], "biases": [0.1]},
    training=_sgd(0.9),
)

_NEGNEVITSKY = _two_two_one(
    [1, 1],
    0,
    {"weights": [[0.5, 0.4], [0.9, 1.0]], "biases": [-0.8, 0.1]},
    {"weights": [[-1.2, 1.1]], "biases": [-0.3]},
    training=_sgd(0.1),
)

_SIVANANDAM = {
    "first": {"weights": [[0.6, -0.1], [-0.3, 0.4]], "biases": [0.3, 0.5]},
    "second": {"weights": [[0.4, 0.1]], "biases": [-0.2]},
    "training": _sgd(0.25),
}

BOOKS = (
    # Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.1: the network that solves exclusive or, and the
    # linear model that the mean squared error leads to, at which every derivative is 0.
    Case(
        "goodfellow-xor",
        _xor_network([{"weights": [[1, 1], [1, 1]], "biases": [0, -1]}, {"weights": [[1, -2]]}]),
        {
            **{
                f"z1_{k}@{s}": z
                for k, column in ((1, "0112"), (2, (-1, 0, 0, 1)))
                for s, z in enumerate(map(str, column), 1)
            },
            **{f"a1_{k}@{s}": a for k, column in ((1, "0112"), (2, "0001")) for s, a in enumerate(column, 1)},
            **{f"a2_1@{s}": a for s, a in enumerate("0110", 1)},
            "L": "0",
        },
        layers,
    ),
    Case(
        "goodfellow-linear-xor",
        describe(
            [2, 1],
            ["identity"],
            "sum_squared_error",
            data={"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]},
            parameters=[{"weights": [[0, 0]], "biases": ["1/2"]}],
        ),
        {"a1_1@1": "0.5", "a1_1@4": "0.5", "dL/dw1_1_1": "0", "dL/dw1_1_2": "0", "dL/db1_1": "0"},
        layers,
    ),
    # Nielsen, "Neural Networks and Deep Learning" (2015), chapter 3: one neuron that is to learn 0 from 1, from two
    # starts; test_published knows what it has learned after 300 epochs.
    Case(
        "nielsen-neuron",
        _nielsen((0.6, 0.9), 300),
        {"a1_1": "0.82"},
        layers,
    ),
    Case(
        "nielsen-saturated-neuron",
        _nielsen((2, 2), 300),
        {"a1_1": "0.98"},
        layers,
    ),
    # Han, Kamber, "Data Mining: Concepts and Techniques", the example on backpropagation, with three digits carried.
    Case(
        "han-kamber",
        _HAN_KAMBER,
        {
            "z1_1": "-0.7",
            "a1_1": "0.332",
            "z1_2": "0.1",
            "a1_2": "0.525",
            "z2_1": "-0.105",
            "a2_1": "0.474",
            "delta2_1": "-0.1311",
            "delta1_2": "0.0065",
            "delta1_1": "0.0087",
            "w2_1_1'": "-0.261",
            "w2_1_2'": "-0.138",
            "w1_1_1'": "0.192",
            "w1_2_1'": "-0.306",
            "w1_1_2'": "0.4",
            "w1_2_2'": "0.1",
            "w1_1_3'": "-0.508",
            "w1_2_3'": "0.194",
            "b2_1'": "0.218",
            "b1_2'": "0.194",
            "b1_1'": "-0.408",
        },
        layers,
        slack=1,
    ),
    # Negnevitsky, "Artificial Intelligence: A Guide to Intelligent Systems", section 6.4: exclusive or, its thresholds
    # being biases with a minus.
    Case(
        "negnevitsky-xor",
        _NEGNEVITSKY,
        {
            "a1_1": "0.5250",
            "a1_2": "0.8808",
            "a2_1": "0.5097",
            "dL_da2_1": "0.5097",
            "delta2_1": "0.1274",
            "delta1_1": "-0.0381",
            "delta1_2": "0.0147",
            "w1_1_1'": "0.5038",
            "w1_2_1'": "0.8985",
            "w1_1_2'": "0.4038",
            "w1_2_2'": "0.9985",
            "w2_1_1'": "-1.2067",
            "w2_1_2'": "1.0888",
            "b1_1'": "-0.7962",
            "b1_2'": "0.0985",
            "b2_1'": "-0.3127",
        },
        layers,
    ),
    # Sivanandam, Deepa, "Principles of Soft Computing", chapter 3, on the network of Fausett's figure 6.12, with the
    # binary and with the bipolar sigmoid. The authors go on with four digits, which leaves five of 0.4006125 and of
    # 0.5006125.
    Case(
        "sivanandam-binary",
        _two_two_one([0, 1], 1, **_SIVANANDAM),
        {
            "z1_1": "0.2",
            "a1_1": "0.5498",
            "z1_2": "0.9",
            "a1_2": "0.7109",
            "z2_1": "0.09101",
            "a2_1": "0.5227",
            "delta2_1": "-0.1191",
            "delta1_1": "-0.0118",
            "w1_1_1'": "0.6",
            "w1_2_1'": "-0.3",
            "w1_1_2'": "-0.09705",
            "w1_2_2'": "0.40061",
            "b1_1'": "0.30295",
            "b1_2'": "0.50061",
            "w2_1_1'": "0.4164",
            "w2_1_2'": "0.12117",
            "b2_1'": "-0.17022",
        },
        layers,
        slack=2,
    ),
    Case(
        "sivanandam-bipolar",
        _two_two_one([-1, 1], 1, activation="2/(1 + exp(-z)) - 1", **_SIVANANDAM),
        {
            "z1_1": "-0.4",
            "a1_1": "-0.1974",
            "z1_2": "1.2",
            "a1_2": "0.537",
            "z2_1": "-0.22526",
            "a2_1": "-0.1122",
            "delta2_1": "-0.5491",
            "delta1_1": "-0.1056",
            "delta1_2": "-0.0195",
            "w1_1_1'": "0.5736",
            "w1_2_1'": "-0.3049",
            "w1_1_2'": "-0.0736",
            "w1_2_2'": "0.4049",
            "b1_1'": "0.3264",
            "b1_2'": "0.5049",
            "w2_1_1'": "0.3729",
            "w2_1_2'": "0.1737",
            "b2_1'": "-0.0627",
        },
        _bipolar_by_hand,
        slack=2,
    ),
    # Jurafsky, Martin, "Speech and Language Processing" (3rd edition draft), the chapters on logistic regression and on
    # neural networks.
    Case(
        "jurafsky-sentiment",
        _logistic([3, 2, 1, 3, 0, 4.19], 1, [2.5, -5.0, -1.2, 0.5, 2.0, 0.7], 0.1),
        {"z1_1": "0.833", "a1_1": "0.70", "L": "0.36"},
        layers,
    ),
    Case(
        "jurafsky-sentiment-wrong",
        _logistic([3, 2, 1, 3, 0, 4.19], 0, [2.5, -5.0, -1.2, 0.5, 2.0, 0.7], 0.1),
        {"L": "1.2"},
        layers,
    ),
    Case(
        "jurafsky-gradient-step",
        _logistic([3, 2], 1, [0, 0], 0, training=_sgd(0.1)),
        {
            "dL/dw1_1_1": "-1.5",
            "dL/dw1_1_2": "-1.0",
            "dL/db1_1": "-0.5",
            "w1_1_1'": ".15",
            "w1_1_2'": ".1",
            "b1_1'": ".05",
        },
        layers,
    ),
    Case(
        "jurafsky-softmax",
        scores([0.6, 1.1, -1.5, 1.2, 3.2, -1.1], 5),
        {"a1_1": "0.055", "a1_2": "0.090", "a1_3": "0.0067", "a1_4": "0.10", "a1_5": "0.74", "a1_6": "0.010"},
        layers,
    ),
    Case(
        "jurafsky-unit",
        _logistic([0.5, 0.6, 0.1], 1, [0.2, 0.3, 0.9], 0.5),
        {"z1_1": "0.87", "a1_1": "0.70"},
        layers,
    ),
    Case(
        "jurafsky-computation-graph",
        graph({"d": "2*b", "e": "a + d", "L": "c*e"}, "L", {"a": 3, "b": 1, "c": -2}),
        {
            "d": "2",
            "e": "5",
            "L": "-10",
            "dL_de": "-2",
            "dL_dd": "-2",
            "dL/da": "-2",
            "dL/db": "-4",
            "dL/dc": "5",
        },
        function(_jurafsky_graph),
    ),
    # Kinsley, Kukiela, "Neural Networks from Scratch in Python" (2020): a layer, two layers on a batch, softmax, the
    # cross-entropy of one sample and of a batch (to the digits that machine numbers get right), and the backward pass
    # of one neuron with its update.
    Case(
        "kinsley-two-layers",
        describe(
            [4, 3, 3],
            ["identity", "identity"],
            "squared_error",
            data={"inputs": _KINSLEY, "targets": [[0, 0, 0]] * 3},
            parameters=[_KINSLEY_FIRST, _KINSLEY_SECOND],
        ),
        {
            "a1_1@1": "4.8",
            "a1_2@1": "1.21",
            "a1_3@1": "2.385",
            "a1_1@2": "8.9",
            "a1_2@2": "-1.81",
            "a1_3@2": "0.2",
            "a1_1@3": "1.41",
            "a1_2@3": "1.051",
            "a1_3@3": "0.026",
            "a2_1@1": "0.5031",
            "a2_2@1": "-1.04185",
            "a2_3@1": "-2.03875",
            "a2_1@2": "0.2434",
            "a2_2@2": "-2.7332",
            "a2_3@2": "-5.7633",
            "a2_1@3": "-0.99314",
            "a2_2@3": "1.41254",
            "a2_3@3": "-0.35655",
        },
        layers,
    ),
    Case(
        "kinsley-softmax",
        scores([4.8, 1.21, 2.385], 1),
        {"a1_1": "0.89528266", "a1_2": "0.02470831", "a1_3": "0.08000903"},
        layers,
    ),
    Case(
        "kinsley-cross-entropy",
        scores([0.7, 0.1, 0.2], 1, "identity"),
        {"L": "0.356674943938732"},
        layers,
    ),
    Case(
        "kinsley-batch-cross-entropy",
        describe(
            [3, 3],
            ["identity"],
            "categorical_cross_entropy",
            bias=False,
            data={
                "inputs": [[0.7, 0.1, 0.2], [0.1, 0.5, 0.4], [0.02, 0.9, 0.08]],
                "targets": [[1, 0, 0], [0, 1, 0], [0, 1, 0]],
            },
            parameters=[{"weights": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}],
        ),
        {"L": "0.385060880052168"},
        layers,
    ),
    Case(
        "kinsley-neuron",
        graph(
            {"z": "x0*w0 + x1*w1 + x2*w2 + b", "y": "relu(z)"},
            "y",
            {"x0": 1, "x1": -2, "x2": 3, "w0": -3, "w1": -1, "w2": 2, "b": 1},
            training=_sgd(0.001),
        )
        | {
            "graph": {
                "inputs": ["x0", "x1", "x2", "w0", "w1", "w2", "b"],
                "nodes": {"z": "x0*w0 + x1*w1 + x2*w2 + b", "y": "relu(z)"},
                "output": "y",
                "parameters": ["w0", "w1", "w2", "b"],
            }
        },
        {
            "z": "6",
            "y": "6",
            "dy_dz": "1",
            "dy/dx0": "-3.0",
            "dy/dx1": "-1.0",
            "dy/dx2": "2.0",
            "dy/dw0": "1.0",
            "dy/dw1": "-2.0",
            "dy/dw2": "3.0",
            "dy/db": "1.0",
            "w0'": "-3.001",
            "w1'": "-0.998",
            "w2'": "1.997",
            "b'": "0.999",
            "y'": "5.985",
        },
        function(_kinsley_neuron),
    ),
    # Griewank, Walther, "Evaluating Derivatives" (2008), tables 1.1 to 1.4.
    Case(
        "griewank-walther",
        graph(
            {"v1": "x1/x2", "v2": "sin(v1)", "v3": "exp(x2)", "v4": "v1 - v3", "v5": "v2 + v4", "y": "v5*v4"},
            "y",
            {"x1": 1.5, "x2": 0.5},
        ),
        {
            "v1": "3.0000",
            "v2": "0.1411",
            "v3": "1.6487",
            "v4": "1.3513",
            "v5": "1.4924",
            "y": "2.0167",
            "dy/dx1": "3.0118",
            "dy/dx2": "-13.7239",
        },
        function(_griewank),
        slack=1,
    ),
    # Baydin, Pearlmutter, Radul, Siskind, "Automatic Differentiation in Machine Learning: a Survey" (2018), table 3.
    Case(
        "baydin-survey",
        graph(
            {"v1": "ln(x1)", "v2": "x1*x2", "v3": "sin(x2)", "v4": "v1 + v2", "y": "v4 - v3"}, "y", {"x1": 2, "x2": 5}
        ),
        {
            "v1": "0.693",
            "v2": "10",
            "v3": "-0.959",
            "v4": "10.693",
            "y": "11.652",
            "dy_dv4": "1",
            "dy_dv3": "-1",
            "dy/dx1": "5.5",
            "dy/dx2": "1.716",
        },
        function(_baydin),
    ),
)

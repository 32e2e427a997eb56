"""Examples from the notes, slides and assignments of courses."""

import math

from autodiff import exp, largest, sigmoid
from exercises import describe

from published.case import Case, graph
from published.oracles import function, layers

_SGD = {"optimizer": "sgd"}


def _identity(size):
    return [[int(row == column) for column in range(size)] for row in range(size)]


def scores(values, right, activation="softmax", loss="categorical_cross_entropy"):
    """Return the description of a layer that hands given scores on, or their softmax, to a loss."""
    size = len(values)
    return describe(
        [size, size],
        [activation],
        loss,
        bias=False,
        data={"inputs": [values], "targets": [[int(k == right) for k in range(1, size + 1)]]},
        parameters=[{"weights": _identity(size)}],
    )


# The linear classifier of "SVM vs. Softmax", whose right class is the third.
def _cs231n_linear(activation, loss):
    return describe(
        [4, 3],
        [activation],
        loss,
        data={"inputs": [[-15, 22, -44, 56]], "targets": [[0, 0, 1]]},
        parameters=[
            {
                "weights": [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]],
                "biases": [0.0, 0.2, -0.3],
            }
        ],
    )


def _add_multiply(x, y, z):
    q = x + y
    return {"q": q, "f": q * z}


def _gates(x, y, z, w):
    p, m = x * y, largest([z, w])
    s = p + m
    return {"p": p, "m": m, "s": s, "f": s * 2}


def _neuron(w0, x0, w1, x1, w2):
    dot = w0 * x0 + w1 * x1 + w2
    return {"dot": dot, "f": sigmoid(dot)}


def _pieces_of_neuron(w0, x0, w1, x1, w2):
    s = w0 * x0 + w1 * x1 + w2
    n = -s
    e = exp(n)
    d = e + 1
    return {"s": s, "n": n, "e": e, "d": d, "f": 1 / d}


def _ng_graph(a, b, c):
    u = b * c
    v = a + u
    return {"u": u, "v": v, "J": 3 * v}


def _max_graph(x, y, z):
    a, b = x + y, largest([y, z])
    return {"a": a, "b": b, "f": a * b}


def _regression(rows, targets, theta, activation="identity", loss="squared_error", **more):
    return describe(
        [len(rows[0]), 1],
        [activation],
        loss,
        data={"inputs": rows, "targets": [[y] for y in targets]},
        parameters=[{"weights": [theta[1:]], "biases": theta[:1]}],
        **more,
    )


_MAGIC = [[8, 1, 6], [3, 5, 7], [4, 9, 2]]


def _half_l2(strength):
    return [{"kind": "half_l2", "strength": strength}]


def _digits_network(strength):
    # X = cos([1 2; 3 4; 5 6]), Theta = (1:18)/10, column by column, the first columns being those of the biases.
    return describe(
        [2, 2, 4],
        ["sigmoid", "sigmoid"],
        "binary_cross_entropy",
        data={
            "inputs": [[repr(math.cos(k)), repr(math.cos(k + 1))] for k in (1, 3, 5)],
            "targets": [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]],
        },
        parameters=[
            {"weights": [[0.3, 0.5], [0.4, 0.6]], "biases": [0.1, 0.2]},
            {"weights": [[1.1, 1.5], [1.2, 1.6], [1.3, 1.7], [1.4, 1.8]], "biases": [0.7, 0.8, 0.9, 1.0]},
        ],
        regularization=_half_l2(strength),
    )


def _theta_gradients(text):
    """Name eighteen numbers as the derivatives with respect to Theta, column by column."""
    first = ["b1_1", "b1_2", "w1_1_1", "w1_2_1", "w1_1_2", "w1_2_2"]
    second = [f"b2_{k}" for k in range(1, 5)] + [f"w2_{k}_{j}" for j in (1, 2) for k in range(1, 5)]
    return {f"dL/d{name}": value for name, value in zip(first + second, text.split(), strict=True)}


COURSES = (
    # MacLeod, "An Introduction to Neural Networks" (Robert Gordon University), worked example 3.1, with four digits; it
    # goes on to the hidden layer with weights that are new already.
    Case(
        "macleod-worked-example",
        describe(
            [2, 2, 1],
            ["sigmoid", "sigmoid"],
            "squared_error",
            bias=False,
            data={"inputs": [[0.35, 0.9]], "targets": [[0.5]]},
            parameters=[{"weights": [[0.1, 0.8], [0.4, 0.6]]}, {"weights": [[0.3, 0.9]]}],
            training={**_SGD, "learning_rate": 1},
        ),
        {
            "z1_1": "0.755",
            "a1_1": "0.68",
            "z1_2": "0.68",
            "a1_2": "0.6637",
            "z2_1": "0.801",
            "a2_1": "0.69",
            "delta2_1": "0.0406",
            "w2_1_1'": "0.272",
            "w2_1_2'": "0.873",
        },
        layers,
        slack=1,
    ),
    # Stanford CS231n, notes "Backpropagation, Intuitions": (x + y)z, the neuron whole and in pieces, and the gates.
    Case(
        "cs231n-add-multiply",
        graph({"q": "x + y", "f": "q*z"}, "f", {"x": -2, "y": 5, "z": -4}),
        {"q": "3", "f": "-12", "df_dq": "-4", "df/dx": "-4", "df/dy": "-4", "df/dz": "3"},
        function(_add_multiply),
    ),
    Case(
        "cs231n-neuron",
        graph(
            {"dot": "w0*x0 + w1*x1 + w2", "f": "sigmoid(dot)"}, "f", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
        ),
        {
            "dot": "1.00",
            "f": "0.73",
            "df_ddot": "0.20",
            "df/dw0": "-0.20",
            "df/dx0": "0.39",
            "df/dw1": "-0.39",
            "df/dx1": "-0.59",
            "df/dw2": "0.20",
        },
        function(_neuron),
    ),
    Case(
        "cs231n-neuron-in-pieces",
        graph(
            {"s": "w0*x0 + w1*x1 + w2", "n": "-s", "e": "exp(n)", "d": "e + 1", "f": "1/d"},
            "f",
            {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
        ),
        {"e": "0.37", "d": "1.37", "f": "0.73", "df_dd": "-0.53", "df_de": "-0.53", "df_dn": "-0.20", "df_ds": "0.20"},
        function(_pieces_of_neuron),
    ),
    Case(
        "cs231n-gates",
        graph({"p": "x*y", "m": "max(z, w)", "s": "p + m", "f": "s*2"}, "f", {"x": 3, "y": -4, "z": 2, "w": -1}),
        {
            "p": "-12",
            "m": "2",
            "s": "-10",
            "f": "-20",
            "df_ds": "2",
            "df/dx": "-8",
            "df/dy": "6",
            "df/dz": "2",
            "df/dw": "0",
        },
        function(_gates),
    ),
    # CS231n, notes "Linear Classification": the hinge loss with a margin of 10, what softmax makes of scores and of
    # half of them, and both losses of one classifier. The last was printed as 0.452 first, in decimal logarithms.
    Case(
        "cs231n-svm-margin-10",
        scores([13, -7, 11], 1, "identity", {"kind": "multiclass_hinge", "margin": 10}),
        {"L": "8"},
        layers,
    ),
    Case(
        "cs231n-softmax",
        scores([1, -2, 0], 1),
        {"a1_1": "0.7", "a1_2": "0.04", "a1_3": "0.26"},
        layers,
    ),
    Case(
        "cs231n-softmax-of-half",
        scores([0.5, -1, 0], 1),
        {"a1_1": "0.55", "a1_2": "0.12", "a1_3": "0.33"},
        layers,
    ),
    Case(
        "cs231n-svm-image",
        _cs231n_linear("identity", "multiclass_hinge"),
        {"z1_1": "-2.85", "z1_2": "0.86", "z1_3": "0.28", "L": "1.58"},
        layers,
    ),
    Case(
        "cs231n-softmax-image",
        _cs231n_linear("softmax", "categorical_cross_entropy"),
        {"a1_1": "0.016", "a1_2": "0.631", "a1_3": "0.353", "L": "1.04"},
        layers,
        slack=1,
    ),
    Case(
        "cs231n-softmax-image-log10",
        _cs231n_linear("softmax", {"kind": "categorical_cross_entropy", "log_base": 10}),
        {"L": "0.452"},
        layers,
        slack=1,
    ),
    # CS231n, lecture 3: the cat image under softmax, in natural and first in decimal logarithms.
    Case(
        "cs231n-cat",
        scores([3.2, 5.1, -1.7], 1),
        {"a1_1": "0.13", "a1_2": "0.87", "a1_3": "0.00", "L": "2.04"},
        layers,
    ),
    Case(
        "cs231n-cat-log10",
        scores([3.2, 5.1, -1.7], 1, loss={"kind": "categorical_cross_entropy", "log_base": 10}),
        {"L": "0.89"},
        layers,
    ),
    # Stanford CS224n, lecture on backpropagation: (x + y) max(y, z).
    Case(
        "cs224n-max",
        graph({"a": "x + y", "b": "max(y, z)", "f": "a*b"}, "f", {"x": 1, "y": 2, "z": 0}),
        {"a": "3", "b": "2", "f": "6", "df_da": "2", "df_db": "3", "df/dx": "2", "df/dy": "5", "df/dz": "0"},
        function(_max_graph),
    ),
    # Andrew Ng, "Neural Networks and Deep Learning", week 2: J = 3(a + bc).
    Case(
        "ng-computation-graph",
        graph({"u": "b*c", "v": "a + u", "J": "3*v"}, "J", {"a": 5, "b": 3, "c": 2}),
        {"u": "6", "v": "11", "J": "33", "dJ_dv": "3", "dJ_du": "3", "dJ/da": "3", "dJ/db": "6", "dJ/dc": "9"},
        function(_ng_graph),
    ),
    # The same course, the assignment "Logistic Regression with a Neural Network mindset": propagate and optimize, the
    # gradient printed by the latter being that of its last step. The cost is printed as 5.801545319394553, of which
    # machine numbers got twelve decimals right.
    Case(
        "ng-logistic-propagate",
        _regression([[1, 3], [2, 4], [-1, -3.2]], [1, 0, 1], [2, 1, 2], "sigmoid", "binary_cross_entropy"),
        {
            "L": "5.801545319394",
            "dL/dw1_1_1": "0.99845601",
            "dL/dw1_1_2": "2.39507239",
            "dL/db1_1": "0.00145557813678",
        },
        layers,
    ),
    Case(
        "ng-logistic-optimize",
        _regression(
            [[1, 3], [2, 4], [-1, -3.2]],
            [1, 0, 1],
            [2, 1, 2],
            "sigmoid",
            "binary_cross_entropy",
            training={**_SGD, "learning_rate": 0.009, "steps": 100},
        ),
        {
            "w1_1_1'100": "0.19033591",
            "w1_1_2'100": "0.12259159",
            "b1_1'100": "1.92535983008",
            "dL/dw1_1_1'100": "0.67752042",
            "dL/dw1_1_2'100": "1.41625495",
            "dL/db1_1'100": "0.219194504541",
        },
        layers,
    ),
    # Andrew Ng, "Machine Learning" (2011), the test cases for its programming exercises that Tom Mosher published.
    Case(
        "ng-ex1-compute-cost",
        _regression([[2], [3], [4], [5]], [7, 6, 5, 4], [0.1, 0.2]),
        {"L": "11.9450"},
        layers,
    ),
    Case(
        "ng-ex1-compute-cost-multi",
        _regression([[2, 3], [3, 4], [4, 5], [5, 6]], [7, 6, 5, 4], [0.1, 0.2, 0.3]),
        {"L": "7.0175"},
        layers,
    ),
    Case(
        "ng-ex1-gradient-descent",
        _regression(
            [[5], [2], [4], [5]],
            [1, 6, 4, 2],
            [0, 0],
            training={**_SGD, "learning_rate": 0.01, "steps": 1000},
        ),
        {"b1_1'1000": "5.2148", "w1_1_1'1000": "-0.5733", "L'1": "5.9794", "L'1000": "0.85426"},
        layers,
    ),
    Case(
        "ng-ex2-cost",
        _regression(_MAGIC, [1, 0, 1], [-2, -1, 1, 2], "sigmoid", "binary_cross_entropy"),
        {
            "L": "4.6832",
            "dL/db1_1": "0.31722",
            "dL/dw1_1_1": "0.87232",
            "dL/dw1_1_2": "1.64812",
            "dL/dw1_1_3": "2.23787",
        },
        layers,
    ),
    Case(
        "ng-ex2-cost-regularized",
        _regression(
            _MAGIC, [1, 0, 1], [-2, -1, 1, 2], "sigmoid", "binary_cross_entropy", regularization=_half_l2("3/3")
        ),
        {
            "L": "7.6832",
            "dL/db1_1": "0.31722",
            "dL/dw1_1_1": "-0.12768",
            "dL/dw1_1_2": "2.64812",
            "dL/dw1_1_3": "4.23787",
        },
        layers,
    ),
    Case(
        "ng-ex5-linear-regression",
        _regression(_MAGIC, [7, 6, 5], [0.1, 0.2, 0.3, 0.4]),
        {
            "L": "1.3533",
            "dL/db1_1": "-1.4000",
            "dL/dw1_1_1": "-8.7333",
            "dL/dw1_1_2": "-4.3333",
            "dL/dw1_1_3": "-7.9333",
        },
        layers,
    ),
    Case(
        "ng-ex5-linear-regression-regularized",
        _regression(_MAGIC, [7, 6, 5], [0.1, 0.2, 0.3, 0.4], regularization=_half_l2("7/3")),
        {
            "L": "1.6917",
            "dL/db1_1": "-1.4000",
            "dL/dw1_1_1": "-8.2667",
            "dL/dw1_1_2": "-3.6333",
            "dL/dw1_1_3": "-7.0000",
        },
        layers,
    ),
    Case(
        "ng-ex4-network",
        _digits_network(0),
        {
            "L": "7.4070",
            **_theta_gradients(
                "0.766138 0.979897 -0.027540 -0.035844 -0.024929 -0.053862 0.883417 0.568762 0.584668 0.598139 "
                "0.459314 0.344618 0.256313 0.311885 0.478337 0.368920 0.259771 0.322331"
            ),
        },
        layers,
    ),
    Case(
        "ng-ex4-network-regularized",
        _digits_network("4/3"),
        {
            "L": "19.474",
            **_theta_gradients(
                "0.76614 0.97990 0.37246 0.49749 0.64174 0.74614 0.88342 0.56876 0.58467 0.59814 "
                "1.92598 1.94462 1.98965 2.17855 2.47834 2.50225 2.52644 2.72233"
            ),
        },
        layers,
    ),
)

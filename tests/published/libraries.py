"""Examples from the documentation of libraries, which print their outputs."""

import autodiff
from exercises import describe
from mpmath import mp
from reference import exactly

from published.case import Case, graph
from published.oracles import DIGITS, function, layers


def _identity(size):
    return [[int(row == column) for column in range(size)] for row in range(size)]


def _loss(loss, outputs, targets, **more):
    """Return a layer that hands the given outputs of samples on to a loss."""
    size = len(outputs[0])
    return describe(
        [size, size],
        ["identity"],
        loss,
        bias=False,
        data={"inputs": outputs, "targets": targets},
        parameters=[{"weights": _identity(size)}],
        **more,
    )


def _formula(loss):
    """Return an oracle for the mean over several samples of ``loss``, which gets the outputs and the targets of one."""

    def oracle(spec):
        with mp.workdps(DIGITS):
            rows = zip(spec["data"]["inputs"], spec["data"]["targets"], strict=True)
            losses = [loss(*(list(map(exactly, row)) for row in pair)) for pair in rows]
            return {f"L@{number}": one for number, one in enumerate(losses, 1)} | {"L": sum(losses) / len(losses)}

    return oracle


def _halves(term):
    """Return the mean over two outputs of ``term``, which gets an output and its target."""
    return lambda a, y: sum(map(term, a, y)) / 2


def _activation(activation, inputs, **options):
    """Return a layer of one unit that applies an activation to inputs in turn."""
    return describe(
        [1, 1],
        [{"activation": activation, **options}],
        "squared_error",
        bias=False,
        data={"inputs": [[x] for x in inputs], "targets": [[0]] * len(inputs)},
        parameters=[{"weights": [[1]]}],
    )


def _softmax(inputs):
    size = len(inputs)
    return describe(
        [size, size],
        ["softmax"],
        "categorical_cross_entropy",
        bias=False,
        data={"inputs": [inputs], "targets": [[1] + [0] * (size - 1)]},
        parameters=[{"weights": _identity(size)}],
    )


def _applied(printed):
    """Name the outputs of one unit for samples in turn."""
    return {f"a1_1@{number}": value for number, value in enumerate(printed.split(), 1)}


def _units(printed):
    """Name the outputs of the units of a layer."""
    return {f"a1_{number}": value for number, value in enumerate(printed.split(), 1)}


def _sum_logistic(x0, x1, x2):
    a, b, c = map(autodiff.sigmoid, (x0, x1, x2))
    return {"a": a, "b": b, "c": c, "s": a + b + c}


def _persistent_tape(x):
    y = x * x
    return {"y": y, "z": y * y}


def _autograd_tutorial(a1, a2, b1, b2):
    q1, q2 = 3 * a1**3 - b1**2, 3 * a2**3 - b2**2
    return {"Q1": q1, "Q2": q2, "s": q1 + q2}


def _autograd_tanh(x):
    y = autodiff.exp(-2 * x)
    return {"y": y, "t": (1 - y) / (1 + y)}


def _mean_of_squares(x1, x2, x3, x4):
    y = [x + 2 for x in (x1, x2, x3, x4)]
    z = [v * v * 3 for v in y]
    return {"out": autodiff.total(z) / 4}


def _margins(y1, y2, y3, y4):
    return {"l": autodiff.total([autodiff.positive_part(1 - (y4 - y)) for y in (y1, y2, y3)]) / 4}


def _multilabel(y1, y2, y3, y4):
    pairs = [(y4, y2), (y4, y3), (y1, y2), (y1, y3)]
    return {"l": autodiff.total([autodiff.positive_part(1 - (right - wrong)) for right, wrong in pairs]) / 4}


def _surprise(a, y):
    return -mp.log(a[y.index(1)])


def _cross_entropy(a, y):
    return -mp.log(a if y else 1 - a)


def _logistic(a, y):
    return -mp.log(1 / (1 + mp.exp(-a if y else a)))


def _categorical_hinge(a, y):
    wrong = max((1 - t) * p for p, t in zip(a, y, strict=True))
    return max(0, wrong - sum(t * p for p, t in zip(a, y, strict=True)) + 1)


def _log_cosh(a, y):
    e = a - y
    return mp.log((mp.exp(e) + mp.exp(-e)) / 2)


_PAIRS = [[0.6, 0.4], [0.4, 0.6]]
_ONE_OF_FOUR = [[0, 1], [0, 0]]
_SIGNS = [[-1, 1], [-1, -1]]

LIBRARIES = (
    # Keras, the documentation of its losses. Keras means over the outputs where symnet sums.
    Case(
        "keras-categorical-cross-entropy",
        _loss("categorical_cross_entropy", [[0.05, 0.95, 0], [0.1, 0.8, 0.1]], [[0, 1, 0], [0, 0, 1]]),
        {"L": "1.177", "L@1": "0.0513", "L@2": "2.303"},
        _formula(_surprise),
    ),
    Case(
        "keras-categorical-cross-entropy-sum",
        _loss("categorical_cross_entropy", [[0.05, 0.95, 0], [0.1, 0.8, 0.1]], [[0, 1, 0], [0, 0, 1]], reduction="sum"),
        {"L": "2.354"},
        lambda _spec: {"L": mp.log(10) - mp.log(mp.mpf("0.95"))},
    ),
    Case(
        "keras-binary-cross-entropy",
        _loss("-(y1*ln(a1) + (1-y1)*ln(1-a1) + y2*ln(a2) + (1-y2)*ln(1-a2))/2", _PAIRS, _ONE_OF_FOUR),
        {"L": "0.815", "L@1": "0.916", "L@2": "0.714"},
        _formula(_halves(_cross_entropy)),
        slack=1,
    ),
    Case(
        "keras-binary-cross-entropy-from-logits",
        _loss(
            "(ln(1 + exp(a1)) - y1*a1 + ln(1 + exp(a2)) - y2*a2)/2",
            [["-18.6", "0.51"], ["2.94", "-12.8"]],
            _ONE_OF_FOUR,
        ),
        {"L": "0.865"},
        _formula(_halves(_logistic)),
    ),
    Case(
        "keras-mean-squared-error",
        _loss("mean_squared_error", [[1, 1], [1, 0]], _ONE_OF_FOUR),
        {"L": "0.5"},
        layers,
    ),
    Case(
        "keras-hinge",
        _loss("max(0, 1 - y1*a1)/2 + max(0, 1 - y2*a2)/2", _PAIRS, _SIGNS),
        {"L": "1.3", "L@1": "1.1", "L@2": "1.5"},
        _formula(_halves(lambda a, y: max(0, 1 - y * a))),
    ),
    Case(
        "keras-squared-hinge",
        _loss("max(0, 1 - y1*a1)^2/2 + max(0, 1 - y2*a2)^2/2", _PAIRS, _SIGNS),
        {"L": "1.86", "L@1": "1.46", "L@2": "2.26"},
        _formula(_halves(lambda a, y: max(0, 1 - y * a) ** 2)),
    ),
    Case(
        "keras-categorical-hinge",
        _loss("max(0, max((1-y1)*a1, (1-y2)*a2) - (y1*a1 + y2*a2) + 1)", _PAIRS, _ONE_OF_FOUR),
        {"L": "1.4", "L@1": "1.2", "L@2": "1.6"},
        _formula(_categorical_hinge),
    ),
    Case(
        "keras-log-cosh",
        _loss("ln(cosh(a1 - y1))/2 + ln(cosh(a2 - y2))/2", [[1, 1], [0, 0]], _ONE_OF_FOUR),
        {"L": "0.108", "L@1": "0.217", "L@2": "0"},
        _formula(_halves(_log_cosh)),
    ),
    Case(
        "keras-poisson",
        _loss("(a1 - y1*ln(a1) + a2 - y2*ln(a2))/2", [[1, 1], [0, 0]], _ONE_OF_FOUR),
        {"L": "0.5"},
        _formula(_halves(lambda a, y: a - (y * mp.log(a) if y else 0))),
    ),
    # TensorFlow, the documentation of its activations, in machine numbers of eight digits or less.
    Case(
        "tensorflow-tanh",
        _activation("tanh", [-3, -1, 0, 1, 3]),
        _applied("-0.9950547 -0.7615942 0 0.7615942 0.9950547"),
        layers,
        slack=1,
    ),
    Case(
        "tensorflow-sigmoid",
        _activation("sigmoid", [-20, -1, 0, 1, 20]),
        _applied("2.0611537e-09 2.6894143e-01 5.0000000e-01 7.3105860e-01 1.0000000e+00"),
        layers,
        slack=3,
    ),
    Case(
        "tensorflow-softplus",
        _activation("softplus", [-20, -1, 0, 1, 20]),
        _applied("2.0611537e-09 3.1326166e-01 6.9314718e-01 1.3132616e+00 2.0000000e+01"),
        layers,
        slack=3,
    ),
    Case(
        "tensorflow-relu",
        _activation("relu", [-10, -5, 0, 5, 10]),
        _applied("0. 0. 0. 5. 10."),
        layers,
    ),
    Case(
        "keras-leaky-relu",
        _activation("leaky_relu", [-3, -1, 0, 2], slope=0.3),
        _applied("-0.9 -0.3 0.0 2.0"),
        layers,
    ),
    Case(
        "tensorflow-softsign",
        _activation("z/(1 + abs(z))", [-1, 0, 1]),
        _applied("-0.5 0. 0.5"),
        layers,
    ),
    Case("tensorflow-softmax", _softmax([-1, 0, 1]), _units("0.09003057 0.24472848 0.66524094"), layers, slack=2),
    Case("keras-softmax-layer", _softmax([1, 2, 1]), _units("0.21194157 0.5761169 0.21194157"), layers, slack=2),
    # Wikipedia, "Softmax function", its numerical example.
    Case(
        "wikipedia-softmax",
        _softmax([1, 2, 3, 4, 1, 2, 3]),
        _units("0.024 0.064 0.175 0.475 0.024 0.064 0.175"),
        layers,
    ),
    # TensorFlow, the guide "Introduction to gradients and automatic differentiation".
    Case(
        "tensorflow-persistent-tape",
        graph({"y": "x^2", "z": "y^2"}, "z", {"x": 3}),
        {"z": "81", "dz/dx": "108.0", "dz_dy": "18.0"},
        function(_persistent_tape),
    ),
    # PyTorch, the tutorials on autograd (the newer and the older one).
    Case(
        "pytorch-autograd-tutorial",
        graph(
            {"Q1": "3*a1^3 - b1^2", "Q2": "3*a2^3 - b2^2", "s": "Q1 + Q2"}, "s", {"a1": 2, "a2": 3, "b1": 6, "b2": 4}
        ),
        {"Q1": "-12", "Q2": "65", "ds/da1": "36", "ds/da2": "81", "ds/db1": "-12", "ds/db2": "-8"},
        function(_autograd_tutorial),
    ),
    Case(
        "pytorch-autograd-tutorial-2017",
        graph(
            {"out": "((x1 + 2)^2*3 + (x2 + 2)^2*3 + (x3 + 2)^2*3 + (x4 + 2)^2*3)/4"},
            "out",
            dict.fromkeys(("x1", "x2", "x3", "x4"), 1),
        ),
        {"out": "27", "dout/dx1": "4.5", "dout/dx2": "4.5", "dout/dx3": "4.5", "dout/dx4": "4.5"},
        function(_mean_of_squares),
    ),
    # PyTorch, the documentation of MultiMarginLoss and MultiLabelMarginLoss.
    Case(
        "pytorch-multi-margin-loss",
        graph(
            {"l": "(max(0, 1 - (y4 - y1)) + max(0, 1 - (y4 - y2)) + max(0, 1 - (y4 - y3)))/4"},
            "l",
            {"y1": 0.1, "y2": 0.2, "y3": 0.4, "y4": 0.8},
        ),
        {"l": "0.32"},
        function(_margins),
        slack=1,
    ),
    Case(
        "pytorch-multilabel-margin-loss",
        graph(
            {"l": "(max(0, 1-(y4-y2)) + max(0, 1-(y4-y3)) + max(0, 1-(y1-y2)) + max(0, 1-(y1-y3)))/4"},
            "l",
            {"y1": 0.1, "y2": 0.2, "y3": 0.4, "y4": 0.8},
        ),
        {"l": "0.85"},
        function(_multilabel),
    ),
    # JAX, the quickstart: the sum of the logistic of 0, 1, 2, and the derivative of tanh at 2,
    # 0.070650816 in single precision. Autograd's README: that at 1.
    Case(
        "jax-sum-logistic",
        graph(
            {"a": "1/(1 + exp(-x0))", "b": "1/(1 + exp(-x1))", "c": "1/(1 + exp(-x2))", "s": "a + b + c"},
            "s",
            {"x0": 0, "x1": 1, "x2": 2},
        ),
        {"ds/dx0": "0.25", "ds/dx1": "0.19661194", "ds/dx2": "0.10499357"},
        function(_sum_logistic),
        slack=2,
    ),
    Case(
        "jax-tanh",
        graph({"t": "tanh(x)"}, "t", {"x": 2}),
        {"dt/dx": "0.0706508"},
        function(lambda x: {"t": autodiff.tanh(x)}),
    ),
    Case(
        "autograd-tanh",
        graph({"y": "exp(-2*x)", "t": "(1 - y)/(1 + y)"}, "t", {"x": 1}),
        {"dt/dx": "0.4199743416140261"},
        function(_autograd_tanh),
    ),
    # scikit-learn, the documentation of its metrics.
    Case(
        "scikit-learn-log-loss",
        _loss(
            "categorical_cross_entropy",
            [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]],
            [[0, 1], [1, 0], [1, 0], [0, 1]],
        ),
        {"L": "0.21616"},
        layers,
    ),
    Case(
        "scikit-learn-mean-squared-error",
        _loss("sum_squared_error", [[2.5], [0.0], [2], [8]], [[3], [-0.5], [2], [7]]),
        {"L": "0.375"},
        layers,
    ),
    Case(
        "scikit-learn-hinge-loss",
        _loss("hinge", [["-2.18"], ["2.36"], ["0.09"]], [[-1], [1], [1]]),
        {"L": "0.30"},
        layers,
    ),
)

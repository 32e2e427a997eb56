"""Wrong answers worked out by a formula of one's own: an exercise in plain NumPy, and in each answer one slip by hand.

They were written before the table of mistakes was read, after what is asked and answered in forums of courses and filed
as faults of course material; the words of a kind are a teacher's. ``first`` and ``second`` are two sets: the table was
mended for kinds that the first showed to be missing, never for those of the second.
"""

import functools
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from exercises import ROOT

import symnet
from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer, Verdict
from symnet.marking.submissions import Submission
from symnet.sheets.worksheet import scheme_of

Q1, Q2, C1 = "cs4045-q1", "cs4045-q2", "C1"
# Descriptions that are not examples.
REGRESSION = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}],
    "loss": "squared_error",
    "data": {"inputs": [[0.6, -1.2]], "targets": [[1.5]]},
    "parameters": [
        {"weights": [[0.5, -0.3], [0.8, 0.4]], "biases": [0.1, -0.2]},
        {"weights": [[0.7, -0.9]], "biases": [0.3]},
    ],
    "training": {"optimizer": "sgd", "learning_rate": 0.1, "steps": 2},
}
CLASSES = {
    "inputs": 3,
    "layers": [{"units": 2, "activation": "relu"}, {"units": 3, "activation": "softmax"}],
    "loss": "categorical_cross_entropy",
    "data": {"inputs": [[1, -0.5, 2]], "targets": [[0, 0, 1]]},
    "parameters": [
        {"weights": [[0.4, -0.6, 0.3], [-0.7, 0.2, 0.1]], "biases": [0.2, 0.1]},
        {"weights": [[0.5, -0.3], [-0.2, 0.9], [0.3, 0.6]], "biases": [0.1, 0, -0.2]},
    ],
    "training": {"optimizer": "sgd", "learning_rate": 0.2, "steps": 1},
}
MAZUR = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 2, "activation": "sigmoid"}],
    "loss": "squared_error",
    "data": {"inputs": [[0.05, 0.1]], "targets": [[0.01, 0.99]]},
    "parameters": [
        {"weights": [[0.15, 0.2], [0.25, 0.3]], "biases": [0.35, 0.35]},
        {"weights": [[0.4, 0.45], [0.5, 0.55]], "biases": [0.6, 0.6]},
    ],
    "training": {"optimizer": "sgd", "learning_rate": 0.5, "steps": 1},
}
BATCH = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
    "data": {"inputs": [[1, 0.4], [-0.6, 1.3], [0.5, -0.8]], "targets": [[1], [0], [1]]},
    "parameters": [
        {"weights": [[0.3, -0.8], [0.9, 0.5]], "biases": [0.1, -0.4]},
        {"weights": [[1.2, -0.7]], "biases": [0.2]},
    ],
    "training": {"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.5, "steps": 2},
}
ADAM = {
    "inputs": 2,
    "layers": [{"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
    "data": {"inputs": [[1.5, -2]], "targets": [[1]]},
    "parameters": [{"weights": [[0.4, 0.7]], "biases": [-0.1]}],
    "training": {"optimizer": "adam", "learning_rate": 0.1, "steps": 2},
}
ELASTIC = {
    "inputs": 2,
    "layers": [{"units": 1, "activation": "identity"}],
    "loss": "squared_error",
    "regularization": [{"kind": "l1", "strength": 0.3}, {"kind": "l2", "strength": 0.2}],
    "data": {"inputs": [[1, 2], [0.5, -1.5]], "targets": [[0.7], [1.1]]},
    "parameters": [{"weights": [[0.9, -0.4]], "biases": [0.25]}],
    "training": {"optimizer": "sgd", "learning_rate": 0.1, "steps": 1},
}
CIRCUIT = {
    "graph": {
        "inputs": ["w0", "w1", "w2", "x0", "x1"],
        "nodes": {"s": "w0*x0 + w1*x1 + w2", "r": "exp(-s)", "d": "1 + r", "f": "1/d"},
        "output": "f",
    },
    "at": {"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2},
}
RATIO = {
    "graph": {
        "inputs": ["x", "y", "t"],
        "nodes": {"u": "x*y^3", "v": "x + y^2", "r": "u/v", "g": "ln(r)", "L": "(g - t)^2"},
        "output": "L",
    },
    "at": {"x": 1.7, "y": 0.8, "t": 0.3},
}
TIME = {
    "graph": {
        "inputs": {"x": [3], "y": [3], "wx": [], "wh": [], "b": [], "wy": []},
        "parameters": ["wx", "wh", "b", "wy"],
        "over": {"t": 3},
        "nodes": {
            "h[0]": 0,
            "z[t]": "wx*x[t] + wh*h[t-1] + b",
            "h[t]": "tanh(z[t])",
            "o[t]": "wy*h[t]",
            "l[t]": "(o[t] - y[t])^2/2",
            "L": "sum(l)",
        },
        "output": "L",
    },
    "at": {"x": [0.5, -0.3, 0.8], "y": [0.2, 0.4, 1], "wx": 0.7, "wh": 0.6, "b": 0.1, "wy": 1.3},
}
IMAGE = {
    "graph": {
        "inputs": {"X": [4, 4], "K": [2, 2], "b": [], "W": [2, 2], "y": []},
        "parameters": ["K", "b", "W"],
        "nodes": {
            "Z": "conv2d(X, K) + b",
            "A": "relu(Z)",
            "P": "maxpool(A, 2, stride=1)",
            "s": "sum(W * P)",
            "L": "(s - y)^2 / 2",
        },
        "output": "L",
    },
    "at": {
        "X": [[1, 0.5, 2, 0], [0, 1.5, 1, 3], [2, 1, 0, 0.5], [0.5, 2.5, 1, 1.5]],
        "K": [[0.8, -0.5], [0.3, 0.6]],
        "b": -0.4,
        "W": [[0.5, -0.2], [0.4, 0.9]],
        "y": 1,
    },
}
ROWS = {
    "graph": {
        "inputs": {"X": [3, 2], "W": [2, 2], "b": [2], "V": [2, 2], "T": [3, 2]},
        "parameters": ["W", "b", "V"],
        "nodes": {"Z": "X @ W + b", "H": "relu(Z)", "P": "softmax(H @ V)", "L": "-sum(T * ln(P)) / 3"},
        "output": "L",
    },
    "at": {
        "X": [[1, 2], [-1, 0.5], [0.3, -0.7]],
        "W": [[0.6, -0.4], [0.2, 0.9]],
        "b": [0.1, 0.3],
        "V": [[0.7, -0.5], [0.4, 0.8]],
        "T": [[1, 0], [0, 1], [1, 0]],
    },
}
LEAKY = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "leaky_relu", "slope": 0.1}, {"units": 1, "activation": "tanh"}],
    "loss": "sum_squared_error",
    "data": {"inputs": [[1.5, -0.7]], "targets": [[0.4]]},
    "parameters": [
        {"weights": [[-0.9, 0.3], [0.6, -0.8]], "biases": [0.2, -0.1]},
        {"weights": [[0.5, 0.7]], "biases": [-0.3]},
    ],
    "training": {"optimizer": "nesterov", "momentum": 0.8, "learning_rate": 0.1, "steps": 2},
}
CHAIN = {
    "graph": {
        "inputs": ["x", "w", "v", "c", "t"],
        "nodes": {"p": "w*x + c", "a": "tanh(p)", "q": "v*a", "k": "sigmoid(q)", "m": "sqrt(k)", "E": "(t - m)^2/2"},
        "output": "E",
    },
    "at": {"x": 1.3, "w": 0.6, "v": -1.1, "c": 0.2, "t": 0.9},
}
POOLED = {
    "graph": {
        "inputs": {"x": [6], "k": [3], "b": [], "w": [2], "y": []},
        "parameters": ["k", "b", "w"],
        "nodes": {
            "z": "conv1d(x, k) + b",
            "a": "tanh(z)",
            "p": "avgpool(a, 2)",
            "o": "w @ p",
            "L": "(o - y)^2",
        },
        "output": "L",
    },
    "at": {"x": [0.5, -1, 2, 1, 0.3, -0.6], "k": [0.4, -0.3, 0.7], "b": 0.2, "w": [0.8, -0.5], "y": 1},
}
RMS = {
    "inputs": 2,
    "layers": [{"units": 1, "activation": "identity"}],
    "loss": "mean_squared_error",
    "regularization": [{"kind": "half_l2", "strength": 0.1}],
    "data": {"inputs": [[2, -1], [0.5, 1]], "targets": [[1], [-0.5]]},
    "parameters": [{"weights": [[0.3, -0.6]], "biases": [0.2]}],
    "training": {"optimizer": "rmsprop", "learning_rate": 0.1, "steps": 1},
}
GIVEN = {
    "regression": REGRESSION, "classes": CLASSES, "mazur": MAZUR, "batch": BATCH, "adam": ADAM, "elastic": ELASTIC,
    "circuit": CIRCUIT, "ratio": RATIO, "time": TIME, "image": IMAGE, "rows": ROWS, "leaky": LEAKY, "chain": CHAIN,
    "pooled": POOLED, "rms": RMS,
}  # fmt: skip


class Slip(NamedTuple):
    """A wrong answer: to which exercise and which of its losses, its left and right side, and what was done."""

    exercise: str
    left: str
    wrong: str
    kind: str
    loss: str | None = None


def sigmoid(z):
    """Return the logistic function."""
    return 1 / (1 + np.exp(-z))


def softmax(z):
    """Return the softmax over the last axis."""
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def shown(value, digits=4):
    """Return a number as students write it: with so many significant digits, and at most so many decimals and one."""
    rounded = f"{float(value):.{digits}f}" if abs(value) >= 1 else f"{float(value):.{digits - 1}e}"
    return format(Decimal(rounded), "f")


class _Sheet:
    """The wrong answers to one exercise, gathered."""

    def __init__(self, exercise, loss=None):
        self.exercise, self.loss, self.slips = exercise, loss, []

    def __call__(self, kind, digits=4, **answers):
        """Add wrong answers, by their left sides as names: ``dL_dw1_1_1``, ``w1_1_1p`` for the updated value."""
        for name, wrong in answers.items():
            left = name.replace("dL_d", "dL/d", 1) if name.startswith("dL_d") else name
            left = left.replace("_at_", "@")
            for end, primes in (("pp", "''"), ("p", "'")):
                if left.endswith(end) and left[0] in "wb" and len(left) > 2:
                    left = left.removesuffix(end) + primes
                    break
            text = wrong if isinstance(wrong, str) else shown(wrong, digits)
            self.slips.append(Slip(self.exercise, left, text, kind, self.loss))


def _regression():
    add = _Sheet("regression")
    x, y, rate = np.array([0.6, -1.2]), 1.5, 0.1
    w1, b1 = np.array([[0.5, -0.3], [0.8, 0.4]]), np.array([0.1, -0.2])
    w2, b2 = np.array([0.7, -0.9]), 0.3
    z1 = w1 @ x + b1
    a1 = np.tanh(z1)
    z2 = w2 @ a1 + b2
    e = z2 - y
    g = e * w2 * (1 - a1**2)
    add("bias forgotten", z1_1=w1[0] @ x, z2_1=w2 @ a1)
    add("bias subtracted", z1_1=w1[0] @ x - 0.1, z1_2=w1[1] @ x + 0.2)
    add("weights transposed", z1_1=w1[:, 0] @ x + b1[0], z1_2=w1[:, 1] @ x + b1[1])
    add("sign of a negative input lost", z1_1=0.5 * 0.6 - 0.3 * 1.2 + 0.1, z1_2=0.8 * 0.6 + 0.4 * 1.2 - 0.2)
    add("sigmoid for tanh", a1_1=sigmoid(z1[0]), a1_2=sigmoid(z1[1]))
    add("activation on the linear output", a2_1=np.tanh(z2))
    add("pre-activation passed on", z2_1=w2 @ z1 + b2)
    add("half of the loss forgotten", L=e**2)
    add("square of the loss forgotten", L=e / 2)
    add("squares subtracted in the loss", L=(z2**2 - y**2) / 2)
    add("target minus output", delta2_1=-e, dL_db2_1=-e, dL_dw2_1_1=-e * a1[0], dL_dw2_1_2=-e * a1[1])
    add("factor two of the square kept", delta2_1=2 * e, dL_dw2_1_1=2 * e * a1[0])
    add("target forgotten", delta2_1=z2, dL_dw2_1_1=z2 * a1[0])
    add("derivative of tanh at the output as well", delta2_1=e * (1 - np.tanh(z2) ** 2))
    add("tanh derivative with z", delta1_1=e * w2[0] * (1 - z1[0] ** 2))
    add("tanh derivative as 1 - a", delta1_1=e * w2[0] * (1 - a1[0]), delta1_2=e * w2[1] * (1 - a1[1]))
    add(
        "tanh derivative as 1 + a^2",
        delta1_1=e * w2[0] * (1 + a1[0] ** 2),
        dL_dw1_1_2=e * w2[0] * (1 + a1[0] ** 2) * x[1],
    )
    add(
        "tanh derivative as a(1 - a)",
        delta1_1=e * w2[0] * a1[0] * (1 - a1[0]),
        delta1_2=e * w2[1] * a1[1] * (1 - a1[1]),
    )
    add(
        "tanh derivative as 1 - tanh(a)^2",
        delta1_1=e * w2[0] * (1 - np.tanh(a1[0]) ** 2),
        dL_db1_2=e * w2[1] * (1 - np.tanh(a1[1]) ** 2),
    )
    add("tanh derivative as a^2 - 1", delta1_1=-g[0])
    add("activation derivative forgotten", delta1_1=e * w2[0], delta1_2=e * w2[1], dL_dw1_1_1=e * w2[0] * x[0])
    add("weight forgotten on the way back", delta1_1=e * (1 - a1[0] ** 2), dL_dw1_2_2=e * (1 - a1[1] ** 2) * x[1])
    add(
        "weight of the other unit on the way back",
        delta1_1=e * w2[1] * (1 - a1[0] ** 2),
        delta1_2=e * w2[0] * (1 - a1[1] ** 2),
    )
    add("input forgotten in the weight's derivative", dL_dw1_1_1=g[0], dL_dw1_1_2=g[0], dL_dw2_1_1=e)
    add("other input in the weight's derivative", dL_dw1_1_1=g[0] * x[1], dL_dw1_2_2=g[1] * x[0], dL_dw2_1_1=e * a1[1])
    add("delta of the other unit in the weight's derivative", dL_dw1_1_1=g[1] * x[0], dL_dw1_2_1=g[0] * x[0])
    add("bias derivative multiplied by an input", dL_db1_1=g[0] * x[0], dL_db2_1=e * a1[0])
    add("bias derivative times the bias", dL_db1_1=g[0] * b1[0], dL_db2_1=e * b2)
    add("pre-activation for the activation in the weight's derivative", dL_dw2_1_1=e * z1[0], dL_dw2_1_2=e * z1[1])
    add("input for the activation in the weight's derivative", dL_dw2_1_1=e * x[0], dL_dw2_1_2=e * x[1])
    add("weight for its input", dL_dw2_1_1=e * w2[0], dL_dw1_1_2=g[0] * w1[0, 1])
    add("updated weight used on the way back", delta1_1=e * (w2[0] - rate * e * a1[0]) * (1 - a1[0] ** 2))
    add(
        "gradient added in the update",
        w1_1_1p=w1[0, 0] + rate * g[0] * x[0],
        w2_1_1p=w2[0] + rate * e * a1[0],
        b2_1p=b2 + rate * e,
    )
    add("learning rate forgotten", w2_1_1p=w2[0] - e * a1[0], b1_1p=b1[0] - g[0])
    add("only the step, without the old value", w2_1_1p=-rate * e * a1[0], b2_1p=-rate * e)
    add("step minus old value", w2_1_2p=rate * e * a1[1] - w2[1])
    add("learning rate a tenth", w2_1_1p=w2[0] - 0.01 * e * a1[0], b2_1p=b2 - 0.01 * e)
    add("delta for the derivative in the update", w2_1_1p=w2[0] - rate * e, w1_1_1p=w1[0, 0] - rate * g[0])
    add("decimal point shifted", delta2_1=e * 10, dL_dw2_1_1=e * a1[0] / 10)
    add("two digits exchanged", z2_1=_swapped(shown(z2)), delta1_1=_swapped(shown(g[0])))
    return add.slips


def _swapped(text):
    """Return a number with two of its digits exchanged, those first that differ from the right."""
    for place in range(len(text) - 1, 0, -1):
        one, other = text[place - 1], text[place]
        if one.isdigit() and other.isdigit() and one not in {other, "0"}:
            return text[: place - 1] + other + one + text[place + 1 :]
    return text


def _classes():  # noqa: PLR0915 - one line a kind
    add = _Sheet("classes")
    x, t, rate = np.array([1, -0.5, 2]), np.array([0, 0, 1]), 0.2
    w1, b1 = np.array([[0.4, -0.6, 0.3], [-0.7, 0.2, 0.1]]), np.array([0.2, 0.1])
    w2, b2 = np.array([[0.5, -0.3], [-0.2, 0.9], [0.3, 0.6]]), np.array([0.1, 0, -0.2])
    z1 = w1 @ x + b1
    a1 = np.maximum(z1, 0)
    z2 = w2 @ a1 + b2
    p = softmax(z2)
    d = p - t
    back = w2.T @ d
    add("negative pre-activation let through by ReLU", a1_2=z1[1], z2_1=w2[0] @ z1 + b2[0], z2_3=w2[2] @ z1 + b2[2])
    add("ReLU by the absolute value", a1_2=abs(z1[1]))
    add("sigmoid for ReLU", a1_1=sigmoid(z1[0]), a1_2=sigmoid(z1[1]))
    add("sigmoid for softmax", a2_1=sigmoid(z2[0]), a2_2=sigmoid(z2[1]), a2_3=sigmoid(z2[2]))
    add("softmax without the exponentials", a2_1=z2[0] / z2.sum(), a2_3=z2[2] / z2.sum())
    add("softmax not normalized", a2_1=np.exp(z2[0]), a2_2=np.exp(z2[1]))
    add("softmax over the other classes", a2_1=np.exp(z2[0]) / (np.exp(z2[1]) + np.exp(z2[2])))
    add("softmax with minus in the exponents", a2_1=softmax(-z2)[0], a2_3=softmax(-z2)[2])
    add("softmax of the pre-activation of the layer below", a2_1=np.exp(z2[0]) / (1 + np.exp(z2[0])))
    add("logarithm to base 10", L=-np.log10(p[2]))
    add("logarithm to base 2", L=-np.log2(p[2]))
    add("minus of the cross-entropy forgotten", L=np.log(p[2]))
    add("logarithm of the wrong class", L=-np.log(p[0]))
    add("logarithm forgotten", L=1 - p[2])
    add("squared error for cross-entropy", L=(d**2).sum() / 2)
    add("binary cross-entropy over the classes", L=-(np.log(1 - p[0]) + np.log(1 - p[1]) + np.log(p[2])))
    add("target minus output", delta2_1=-d[0], delta2_3=-d[2], dL_dw2_3_1=-d[2] * a1[0])
    add("target forgotten", delta2_3=p[2], dL_dw2_3_1=p[2] * a1[0])
    add("target of another class", delta2_1=p[0] - 1, delta2_3=p[2])
    add("derivative of sigmoid on top of p - y", delta2_1=d[0] * p[0] * (1 - p[0]), delta2_3=d[2] * p[2] * (1 - p[2]))
    add("softmax differentiated element by element", delta2_1=0.0, delta2_3=-(1 - p[2]) * p[2] / p[2] * p[2])
    add("only -y/p, softmax not differentiated", delta2_3=-1 / p[2])
    add("off-diagonal sign of softmax", delta2_1=-p[0], delta2_2=-p[1])
    add("log derivative without minus", dL_da2_3=1 / p[2])
    add("indicator left out", delta1_2=back[1], dL_dw1_2_1=back[1] * x[0], dL_db1_2=back[1])
    add("indicator reversed", delta1_1=0.0, delta1_2=back[1])
    add("pre-activation for the derivative of ReLU", delta1_1=back[0] * z1[0], dL_dw1_1_1=back[0] * z1[0] * x[0])
    add("derivative of sigmoid for ReLU", delta1_1=back[0] * sigmoid(z1[0]) * (1 - sigmoid(z1[0])))
    add("activation times one minus itself for ReLU", delta1_1=back[0] * a1[0] * (1 - a1[0]))
    add("one path only", delta1_1=w2[2, 0] * d[2], dL_dw1_1_1=w2[0, 0] * d[0] * x[0], dL_db1_1=w2[1, 0] * d[1])
    add(
        "one path missing",
        delta1_1=w2[0, 0] * d[0] + w2[2, 0] * d[2],
        dL_dw1_1_3=(w2[1, 0] * d[1] + w2[2, 0] * d[2]) * x[2],
    )
    add("paths multiplied", delta1_1=w2[0, 0] * d[0] * w2[1, 0] * d[1] * w2[2, 0] * d[2])
    add("weights of the other unit in the sum", delta1_1=back[1], dL_dw1_1_1=back[1] * x[0])
    add("row for column: weights transposed on the way back", delta1_1=w2[0, 0] * d[0] + w2[0, 1] * d[1])
    add("sign of one path", delta1_1=w2[0, 0] * d[0] + 0.2 * d[1] + w2[2, 0] * d[2])
    add("all weights of the layer in the sum", delta1_1=(w2.sum(1) * d).sum())
    add("indices of the weight exchanged", dL_dw2_1_2=d[1] * a1[0], dL_dw2_2_1=d[0] * a1[1] + 0.0)
    add("weight multiplied in its own derivative", dL_dw2_3_1=d[2] * a1[0] * w2[2, 0])
    add("bias derivative as one", dL_db2_1=1.0, dL_db1_1=1.0)
    add("bias derivative times an activation", dL_db2_3=d[2] * a1[0])
    add("gradient added in the update", w2_3_1p=w2[2, 0] + rate * d[2] * a1[0], b2_3p=b2[2] + rate * d[2])
    add("learning rate forgotten", w2_1_1p=w2[0, 0] - d[0] * a1[0])
    add("old weight multiplied by the step", w2_1_1p=w2[0, 0] * rate * d[0] * a1[0])
    add("weight decay by the learning rate", w2_1_1p=(1 - rate) * w2[0, 0] - rate * d[0] * a1[0])
    add("division by the number of classes", delta2_1=d[0] / 3, dL_dw2_3_1=d[2] * a1[0] / 3)
    return add.slips


def _mazur():
    add = _Sheet("mazur")
    x, t, rate = np.array([0.05, 0.1]), np.array([0.01, 0.99]), 0.5
    w1, w2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    z1 = w1 @ x + 0.35
    a1 = sigmoid(z1)
    z2 = w2 @ a1 + 0.6
    a2 = sigmoid(z2)
    s1, s2 = a1 * (1 - a1), a2 * (1 - a2)
    d = (a2 - t) * s2
    h = (w2.T @ d) * s1
    add("bias counted once a weight", z1_1=w1[0] @ x + 0.7, z2_1=w2[0] @ a1 + 1.2)
    add("bias multiplied by an input", z1_1=w1[0] @ x + 0.35 * 0.05)
    add("minus in the exponent forgotten", a1_1=1 / (1 + np.exp(z1[0])), a2_2=1 / (1 + np.exp(z2[1])))
    add("one forgotten in the denominator of sigmoid", a1_1=1 / np.exp(-z1[0]))
    add("minus in the denominator of sigmoid", a1_1=1 / (1 - np.exp(-z1[0])))
    add("ten to the power for exp", a1_1=1 / (1 + 10 ** -z1[0]), a2_1=1 / (1 + 10 ** -z2[0]))
    add("only one output in the loss", L=(a2[0] - t[0]) ** 2 / 2)
    add("mean over the outputs", L=((a2 - t) ** 2).mean() / 2)
    add("half of the loss forgotten", L=((a2 - t) ** 2).sum())
    add("square of the sum for the sum of squares", L=(a2 - t).sum() ** 2 / 2)
    add("absolute errors for squares", L=abs(a2 - t).sum() / 2)
    add(
        "derivative of sigmoid forgotten at the output",
        delta2_1=a2[0] - t[0],
        dL_dw2_1_1=(a2[0] - t[0]) * a1[0],
        dL_dw1_1_1=(w2[0, 0] * (a2[0] - t[0]) + w2[1, 0] * (a2[1] - t[1])) * s1[0] * x[0],
    )
    add(
        "derivative of sigmoid with z",
        delta2_1=(a2[0] - t[0]) * z2[0] * (1 - z2[0]),
        dL_dw2_2_1=(a2[1] - t[1]) * z2[1] * (1 - z2[1]) * a1[0],
    )
    add("derivative of sigmoid as 1 - a", delta2_1=(a2[0] - t[0]) * (1 - a2[0]), delta2_2=(a2[1] - t[1]) * (1 - a2[1]))
    add("derivative of sigmoid as a(1 + a)", delta2_1=(a2[0] - t[0]) * a2[0] * (1 + a2[0]))
    add(
        "derivative of sigmoid as 1 - a^2",
        delta2_1=(a2[0] - t[0]) * (1 - a2[0] ** 2),
        delta2_2=(a2[1] - t[1]) * (1 - a2[1] ** 2),
    )
    add("derivative of sigmoid as a^2(1 - a)", delta2_1=(a2[0] - t[0]) * a2[0] ** 2 * (1 - a2[0]))
    add("derivative of sigmoid as a - a", delta2_1=(a2[0] - t[0]) * a2[0])
    add("derivative of sigmoid at the activation", delta2_1=(a2[0] - t[0]) * sigmoid(a2[0]) * (1 - sigmoid(a2[0])))
    add(
        "derivative of sigmoid of the wrong layer",
        delta2_1=(a2[0] - t[0]) * s1[0],
        dL_dw1_1_1=(w2.T @ d)[0] * s2[0] * x[0],
    )
    add("square kept in the derivative of the loss", delta2_1=(a2[0] - t[0]) ** 2 * s2[0], dL_da2_1=(a2[0] - t[0]) ** 2)
    add("factor two kept", dL_da2_1=2 * (a2[0] - t[0]), delta2_2=2 * d[1])
    add("target minus output", dL_da2_1=t[0] - a2[0], delta2_2=-d[1], dL_dw2_2_1=-d[1] * a1[0])
    add("errors summed over the outputs", dL_da2_1=(a2 - t).sum())
    add("delta rule applied twice", delta2_1=d[0] * s2[0], dL_dw2_1_1=d[0] * s2[0] * a1[0])
    add(
        "one path only",
        dL_da1_1=w2[0, 0] * d[0],
        delta1_1=w2[0, 0] * d[0] * s1[0],
        dL_dw1_1_1=w2[0, 0] * d[0] * s1[0] * x[0],
    )
    add(
        "weights transposed on the way back",
        dL_da1_1=w2[0] @ d,
        delta1_2=(w2[1] @ d) * s1[1],
        dL_dw1_1_2=(w2[0] @ d) * s1[0] * x[1],
    )
    add("activation derivative forgotten", delta1_1=(w2.T @ d)[0], dL_dw1_2_1=(w2.T @ d)[1] * x[0])
    add("weight forgotten on the way back", delta1_1=d.sum() * s1[0], dL_dw1_2_2=d.sum() * s1[1] * x[1])
    add("a layer skipped: error times first derivative", delta1_1=(w2.T @ (a2 - t))[0] * s1[0])
    add("output activation in the weight's derivative", dL_dw2_1_1=d[0] * a2[0], dL_dw2_2_2=d[1] * a2[1])
    add("first weight for the second", dL_dw2_1_2=d[0] * a1[0], dL_dw2_2_1=d[1] * a1[1])
    add("input left out", dL_dw2_1_1=d[0], dL_dw1_1_1=h[0])
    add("input of the other index", dL_dw1_1_1=h[0] * x[1], dL_dw1_2_2=h[1] * x[0])
    add("gradient added in the update", w2_1_1p=0.4 + rate * d[0] * a1[0], w1_1_1p=0.15 + rate * h[0] * x[0])
    add("learning rate forgotten", w2_1_1p=0.4 - d[0] * a1[0], w2_2_2p=0.55 - d[1] * a1[1])
    add("learning rate twice", w2_1_1p=0.4 - rate**2 * d[0] * a1[0], w2_2_1p=0.5 - rate**2 * d[1] * a1[0])
    add("update of the other weight", w2_1_1p=0.45 - rate * d[0] * a1[1])
    return add.slips


def _batch_values():
    x = np.array([[1, 0.4], [-0.6, 1.3], [0.5, -0.8]])
    t = np.array([1, 0, 1])
    w1, b1 = np.array([[0.3, -0.8], [0.9, 0.5]]), np.array([0.1, -0.4])
    w2, b2 = np.array([1.2, -0.7]), 0.2
    return x, t, w1, b1, w2, b2


def _gradients(x, t, w1, b1, w2, b2):  # noqa: PLR0917 - a network's own letters
    a1 = sigmoid(x @ w1.T + b1)
    a2 = sigmoid(a1 @ w2 + b2)
    d2 = a2 - t
    d1 = d2[:, None] * w2 * a1 * (1 - a1)
    return a1, a2, d1, d2


def _batch():
    add = _Sheet("batch")
    x, t, w1, b1, w2, b2 = _batch_values()
    a1, a2, d1, d2 = _gradients(x, t, w1, b1, w2, b2)
    gw2, gw1, gb2, gb1 = d2 @ a1 / 3, d1.T @ x / 3, d2.mean(), d1.mean(0)
    rate, mu = 0.5, 0.9
    add(
        "sum for the mean over samples",
        dL_dw2_1_1=3 * gw2[0],
        dL_db2_1=3 * gb2,
        dL_dw1_2_1=3 * gw1[1, 0],
        dL_dw1_1_2=3 * gw1[0, 1],
    )
    add("divided by the number of samples twice", dL_dw2_1_1=gw2[0] / 3, dL_dw1_1_1=gw1[0, 0] / 3, dL_db2_1=gb2 / 3)
    add("only the first sample", dL_dw2_1_1=d2[0] * a1[0, 0], dL_dw1_1_1=d1[0, 0] * x[0, 0], dL_db2_1=d2[0])
    add("only the last sample", dL_dw2_1_2=d2[2] * a1[2, 1], dL_dw1_2_2=d1[2, 1] * x[2, 1])
    add("one sample forgotten", dL_dw2_1_1=(d2[:2] @ a1[:2, 0]) / 3, dL_db2_1=d2[:2].sum() / 3)
    add(
        "mean of deltas times mean of inputs",
        dL_dw2_1_1=d2.mean() * a1[:, 0].mean(),
        dL_dw1_1_1=d1[:, 0].mean() * x[:, 0].mean(),
    )
    add("mean over two instead of three", dL_dw2_1_1=gw2[0] * 3 / 2, dL_db2_1=gb2 * 3 / 2)
    add("absolute errors averaged", dL_db2_1=abs(d2).mean())
    add("sum for the mean over samples", L=-(t * np.log(a2) + (1 - t) * np.log(1 - a2)).sum())
    add("second term of the cross-entropy forgotten", L=-(t * np.log(a2)).mean())
    add("minus of the cross-entropy forgotten", L=(t * np.log(a2) + (1 - t) * np.log(1 - a2)).mean())
    add("logarithm to base 10", L=-(t * np.log10(a2) + (1 - t) * np.log10(1 - a2)).mean())
    add(
        "derivative of sigmoid kept with cross-entropy",
        dL_dw2_1_1=(d2 * a2 * (1 - a2)) @ a1[:, 0] / 3,
        dL_db2_1=(d2 * a2 * (1 - a2)).mean(),
        delta2_1_at_2=d2[1] * a2[1] * (1 - a2[1]),
    )
    add("target minus output", dL_dw2_1_2=-gw2[1], delta2_1_at_1=-d2[0], dL_db1_1=-gb1[0])
    add(
        "derivative of the hidden sigmoid forgotten", dL_dw1_1_1=(d2 * w2[0]) @ x[:, 0] / 3, delta1_2_at_3=d2[2] * w2[1]
    )
    add(
        "output weight forgotten",
        dL_dw1_1_1=(d2 * a1[:, 0] * (1 - a1[:, 0])) @ x[:, 0] / 3,
        delta1_1_at_2=d2[1] * a1[1, 0] * (1 - a1[1, 0]),
    )
    add("other sample's values", z1_1_at_1=w1[0] @ x[1] + b1[0], a1_2_at_2=a1[0, 1], delta2_1_at_1=a2[0] - t[1])
    add(
        "other sample's activation in the weight's derivative",
        dL_dw2_1_1=(d2[0] * a1[1, 0] + d2[1] * a1[0, 0] + d2[2] * a1[2, 0]) / 3,
    )
    # Momentum: v = 0.9 v + g.
    x2 = (w1 - rate * gw1, b1 - rate * gb1, w2 - rate * gw2, b2 - rate * gb2)
    b1_a1, _, b1_d1, b1_d2 = _gradients(x, t, *x2)
    hw2, hb2, hw1 = b1_d2 @ b1_a1 / 3, b1_d2.mean(), b1_d1.T @ x / 3
    add(
        "momentum forgotten in the second step",
        w2_1_1pp=x2[2][0] - rate * hw2[0],
        b2_1pp=x2[3] - rate * hb2,
        w1_1_2pp=x2[0][0, 1] - rate * hw1[0, 1],
    )
    add(
        "average instead of the sum in momentum",
        w2_1_1p=w2[0] - rate * 0.1 * gw2[0],
        b2_1p=b2 - rate * 0.1 * gb2,
        w1_2_1p=w1[1, 0] - rate * 0.1 * gw1[1, 0],
    )
    add("velocity added", w2_1_1p=w2[0] + rate * gw2[0], b2_1pp=x2[3] + rate * (mu * gb2 + hb2))
    add(
        "momentum subtracted in the velocity",
        w2_1_1pp=x2[2][0] - rate * (hw2[0] - mu * gw2[0]),
        b2_1pp=x2[3] - rate * (hb2 - mu * gb2),
    )
    add(
        "old gradient for the new one in the second step",
        w2_1_1pp=x2[2][0] - rate * (mu * gw2[0] + gw2[0]),
        b2_1pp=x2[3] - rate * 1.9 * gb2,
    )
    add(
        "second step from the first weight",
        w2_1_1pp=w2[0] - rate * (mu * gw2[0] + hw2[0]),
        b2_1pp=b2 - rate * (mu * gb2 + hb2),
    )
    add("gradients summed, not averaged, in the step", w2_1_1p=w2[0] - rate * 3 * gw2[0], b2_1p=b2 - rate * 3 * gb2)
    add("learning rate forgotten", w2_1_2p=w2[1] - gw2[1], b1_1p=b1[0] - gb1[0])
    add("first sample only in the step", w2_1_1p=w2[0] - rate * d2[0] * a1[0, 0])
    return add.slips


def _adam():
    add = _Sheet("adam")
    x, rate, m1, m2, eps = np.array([1.5, -2]), 0.1, 0.9, 0.999, 1e-8
    w, b = np.array([0.4, 0.7]), -0.1

    def gradient(w, b):
        a = sigmoid(w @ x + b)
        return (a - 1) * x, a - 1

    g, gb = gradient(w, b)
    w_new, b_new = w - rate * np.sign(g), b - rate * np.sign(gb)
    h, hb = gradient(w_new, b_new)
    m, v = 0.1 * g, 0.001 * g**2
    mm, vv = m1 * m + 0.1 * h, m2 * v + 0.001 * h**2
    mh, vh = mm / (1 - m1**2), vv / (1 - m2**2)
    bm, bv = m1 * 0.1 * gb + 0.1 * hb, m2 * 0.001 * gb**2 + 0.001 * hb**2
    add(
        "Adam without bias correction",
        w1_1_1p=w[0] - rate * m[0] / (np.sqrt(v[0]) + eps),
        b1_1p=b - rate * 0.1 * gb / (np.sqrt(0.001) * abs(gb)),
        w1_1_1pp=w_new[0] - rate * mm[0] / np.sqrt(vv[0]),
    )
    add(
        "Adam: only m corrected",
        w1_1_1p=w[0] - rate * g[0] / (np.sqrt(v[0]) + eps),
        w1_1_2p=w[1] - rate * g[1] / np.sqrt(v[1]),
    )
    add("Adam: only v corrected", w1_1_1p=w[0] - rate * m[0] / abs(g[0]), b1_1p=b + rate * 0.1)
    add(
        "Adam: correction of the first step in the second",
        w1_1_1pp=w_new[0] - rate * (mm[0] / 0.1) / np.sqrt(vv[0] / 0.001),
    )
    add("Adam: square root forgotten", w1_1_1p=w[0] - rate * g[0] / g[0] ** 2, b1_1p=b - rate / gb)
    add("Adam: not divided at all", w1_1_1p=w[0] - rate * g[0], b1_1p=b - rate * gb)
    add("Adam: gradient added", w1_1_1p=w[0] + rate * np.sign(g[0]), w1_1_2p=w[1] + rate * np.sign(g[1]))
    add(
        "Adam: the gradient in place of m in the second step",
        w1_1_1pp=w_new[0] - rate * h[0] / np.sqrt(vh[0]),
        w1_1_2pp=w_new[1] - rate * h[1] / np.sqrt(vh[1]),
    )
    add(
        "Adam: moments of the first step forgotten",
        w1_1_1pp=w_new[0] - rate * 0.1 * h[0] / (1 - m1**2) / np.sqrt(0.001 * h[0] ** 2 / (1 - m2**2)),
    )
    add(
        "Adam: corrected moments carried on",
        w1_1_1pp=w_new[0]
        - rate * ((m1 * g[0] + 0.1 * h[0]) / (1 - m1**2)) / np.sqrt((m2 * g[0] ** 2 + 0.001 * h[0] ** 2) / (1 - m2**2)),
    )
    add(
        "Adam: second step from the first weight",
        w1_1_1pp=w[0] - rate * mh[0] / np.sqrt(vh[0]),
        b1_1pp=b - rate * (bm / (1 - m1**2)) / np.sqrt(bv / (1 - m2**2)),
    )
    add("sign of a negative input lost", z1_1=0.4 * 1.5 + 0.7 * 2 - 0.1)
    add("output for the error", dL_dw1_1_1=(gb + 1) * x[0], dL_dw1_1_2=(gb + 1) * x[1], delta1_1=gb + 1)
    add("derivative of sigmoid kept with cross-entropy", delta1_1=gb * (gb + 1) * -gb, dL_dw1_1_1=g[0] * (gb + 1) * -gb)
    add("loss of the other class", L=-np.log(-gb))
    add("bias derivative times an input", dL_db1_1=g[0])
    return add.slips


def _elastic():
    add = _Sheet("elastic")
    x, t = np.array([[1, 2], [0.5, -1.5]]), np.array([0.7, 1.1])
    w, b, rate, one, two = np.array([0.9, -0.4]), 0.25, 0.1, 0.3, 0.2
    e = x @ w + b - t
    g, gb = e @ x / 2, e.mean()
    sign = np.sign(w)
    full = g + one * sign + 2 * two * w
    data = (e**2).mean() / 2
    add("penalties forgotten", dL_dw1_1_1=g[0], dL_dw1_1_2=g[1], w1_1_1p=w[0] - rate * g[0], L=data)
    add(
        "L1 forgotten",
        dL_dw1_1_1=g[0] + 2 * two * w[0],
        w1_1_2p=w[1] - rate * (g[1] + 2 * two * w[1]),
        L=data + two * w @ w,
    )
    add("L2 forgotten", dL_dw1_1_1=g[0] + one * sign[0], dL_dw1_1_2=g[1] + one * sign[1], L=data + one * abs(w).sum())
    add("factor two of L2 forgotten", dL_dw1_1_1=g[0] + one + two * w[0], dL_dw1_1_2=g[1] - one + two * w[1])
    add(
        "L1 with the weight for its sign",
        dL_dw1_1_1=g[0] + one * w[0] + 2 * two * w[0],
        dL_dw1_1_2=g[1] + one * w[1] + 2 * two * w[1],
    )
    add("L1 always plus", dL_dw1_1_2=g[1] + one + 2 * two * w[1])
    add("L2 by the square", dL_dw1_1_1=g[0] + one + two * w[0] ** 2, dL_dw1_1_2=g[1] - one + two * w[1] ** 2)
    add("L2 by twice the square", dL_dw1_1_1=g[0] + one + 2 * two * w[0] ** 2)
    add("bias penalized", dL_db1_1=gb + one + 2 * two * b, b1_1p=b - rate * (gb + one + 2 * two * b))
    add(
        "penalty subtracted",
        dL_dw1_1_1=g[0] - one - 2 * two * w[0],
        w1_1_1p=w[0] - rate * (g[0] - one - 2 * two * w[0]),
    )
    add(
        "penalty divided by the number of samples",
        dL_dw1_1_1=g[0] + (one + 2 * two * w[0]) / 2,
        dL_dw1_1_2=g[1] + (-one + 2 * two * w[1]) / 2,
    )
    add(
        "penalty counted once a sample",
        dL_dw1_1_1=g[0] + 2 * (one + 2 * two * w[0]),
        L=data + 2 * (one * abs(w).sum() + two * w @ w),
    )
    add(
        "strengths exchanged",
        dL_dw1_1_1=g[0] + two + 2 * one * w[0],
        dL_dw1_1_2=g[1] - two + 2 * one * w[1],
        L=data + two * abs(w).sum() + one * w @ w,
    )
    add("strength forgotten", dL_dw1_1_1=g[0] + 1 + 2 * w[0], dL_dw1_1_2=g[1] - 1 + 2 * w[1])
    add("sum for the mean over samples", dL_dw1_1_1=2 * g[0] + one + 2 * two * w[0], dL_db1_1=2 * gb)
    add("L1 without absolute values in the loss", L=data + one * w.sum() + two * w @ w)
    add("L2 of the sum in the loss", L=data + one * abs(w).sum() + two * w.sum() ** 2)
    add("half on L2", L=data + one * abs(w).sum() + two * w @ w / 2)
    add("only the first weight penalized in the loss", L=data + one * abs(w[0]) + two * w[0] ** 2)
    add("gradient added in the update", w1_1_1p=w[0] + rate * full[0], w1_1_2p=w[1] + rate * full[1])
    add("learning rate on the data alone", w1_1_1p=w[0] - rate * g[0] - (one + 2 * two * w[0]))
    return add.slips


def _circuit():
    add = _Sheet("circuit")
    s = 2 * -1 + -3 * -2 - 3
    r = np.exp(-s)
    d = 1 + r
    f = 1 / d
    ds = f * (1 - f)
    add("minus in the exponent forgotten", r=np.exp(s))
    add("sign of a product of negatives", s=2 * -1 - 6 - 3)
    for left, one in (("df/dd", 1 / d**2), ("df/dr", 1 / d**2)):
        add.slips.append(Slip("circuit", left, shown(one), "derivative of 1/d with plus"))
    add.slips.append(Slip("circuit", "df/dd", shown(np.log(d)), "derivative of 1/d as a logarithm"))
    for left, one in (("df/dd", -1 / d), ("df/dr", -1 / d)):
        add.slips.append(Slip("circuit", left, shown(one), "denominator not squared"))
    for left, one in (("df/ds", -ds), ("df/dw0", ds), ("df/dw2", -ds)):
        kind = "inner minus of the exponent forgotten"
        add.slips.append(Slip("circuit", left, shown(one), kind))
    for left, one in (("df/ds", 1 / d**2), ("df/ds", -r)):
        kind = {1 / d**2: "exponential forgotten", -r: "upstream forgotten"}[one]
        add.slips.append(Slip("circuit", left, shown(one), kind))
    for left, one, kind in (
        ("df/dw0", ds, "input forgotten"),
        ("df/dw0", 2 * ds, "own value for the other factor"),
        ("df/dx0", -1 * ds, "own value for the other factor"),
        ("df/dw1", 2 * ds, "sign of a negative input lost"),
        ("df/dx1", 3 * ds, "sign of a negative input lost"),
        ("df/dw0", -2 * ds, "other input"),
        ("df/dw1", -1 * ds, "other input"),
        ("df/dw2", -3 * ds, "own value multiplied at an addition"),
        ("df/dw2", 1.0, "local derivative alone"),
        ("df/dx0", 2.0, "local derivative alone"),
        ("df/dw1", -2.0, "local derivative alone"),
        ("df/ds", f, "function itself for its derivative"),
        ("df/ds", 1 - f, "derivative of sigmoid as 1 - a"),
        ("df/ds", s * (1 - s) + 0.0, "derivative of sigmoid with the argument"),
        ("df/dr", -r / d**2, "derivative of exp taken too early"),
        ("df/dd", 1.0, "derivative of the output for another"),
    ):
        add.slips.append(Slip("circuit", left, shown(one), kind))
    return [slip for slip in add.slips if float(slip.wrong)]


def _ratio():
    x, y, t = 1.7, 0.8, 0.3
    u, v = x * y**3, x + y**2
    r = u / v
    g = np.log(r)
    e = g - t
    dr = 2 * e / r
    du, dv = dr / v, -dr * u / v**2
    cases = [
        ("u", x * 3 * y, "power read as a product"),
        ("u", (x * y) ** 3, "power of the whole product"),
        ("v", (x + y) ** 2, "square of the whole sum"),
        ("v", x + 2 * y, "power read as a product"),
        ("r", v / u, "numerator and denominator exchanged"),
        ("g", np.log10(r), "logarithm to base 10"),
        ("g", -g, "sign of the logarithm lost"),
        ("L", g**2 - t**2, "difference of squares"),
        ("L", e, "square forgotten"),
        ("dL/dg", e, "factor two of the square lost"),
        ("dL/dg", 2 * e**2, "square kept"),
        ("dL/dg", -2 * e, "sign of the error"),
        ("dL/dg", 2 * g, "target forgotten"),
        ("dL/dt", 2 * e, "inner minus forgotten"),
        ("dL/dr", 2 * e, "inner derivative of the logarithm forgotten"),
        ("dL/dr", 2 * e * np.log(r), "logarithm kept for its derivative"),
        ("dL/dr", 2 * e * r, "argument for its reciprocal"),
        ("dL/dr", 1 / r, "upstream forgotten"),
        ("dL/dr", e / r, "factor two of the square lost"),
        ("dL/du", dr, "denominator forgotten"),
        ("dL/du", dr * v, "multiplied by the denominator"),
        ("dL/du", 1 / v, "upstream forgotten"),
        ("dL/dv", -dv, "minus of the quotient rule lost"),
        ("dL/dv", -dr * u / v, "denominator not squared"),
        ("dL/dv", -dr / v**2, "numerator forgotten"),
        ("dL/dv", dr * u, "denominator taken as a factor"),
        ("dL/dx", du * y**3, "one path only"),
        ("dL/dx", dv, "one path only"),
        ("dL/dx", du * y**3 - dv, "sign of one path"),
        ("dL/dx", du * y**3 * dv, "paths multiplied"),
        ("dL/dx", du + dv, "coefficient forgotten"),
        ("dL/dx", du * x * y**3 + dv * x, "own value kept"),
        ("dL/dy", du * 3 * x * y**2, "one path only"),
        ("dL/dy", dv * 2 * y, "one path only"),
        ("dL/dy", du * 3 * y**2 + dv * 2 * y, "coefficient forgotten"),
        ("dL/dy", du * x * y**2 + dv * 2 * y, "factor of the power rule lost"),
        ("dL/dy", du * 3 * x * y**3 + dv * 2 * y, "exponent kept"),
        ("dL/dy", du * 3 * x * y + dv * 2 * y, "exponent lowered too far"),
        ("dL/dy", du * 2 * x * y**2 + dv * 2 * y, "lowered exponent brought down"),
        ("dL/dy", du * 3 * x * y**2 + dv * y, "factor of the power rule lost"),
        ("dL/dy", du * 3 * x * y**2 + dv * 2, "exponent lowered too far"),
        ("dL/dy", du * 3 * x * y**2 + dv * (1 + 2 * y), "constant term differentiated to one"),
        ("dL/dy", du * 3 * x * y**2 + dv, "derivative of the square left out"),
    ]
    return [Slip("ratio", left, shown(wrong), kind) for left, wrong, kind in cases]


def _time():
    add = _Sheet("time")
    x, y = [0, 0.5, -0.3, 0.8], [0, 0.2, 0.4, 1]
    wx, wh, b, wy = 0.7, 0.6, 0.1, 1.3
    h, z = [0.0], [0.0]
    for t in (1, 2, 3):
        z.append(wx * x[t] + wh * h[t - 1] + b)
        h.append(np.tanh(z[t]))
    e = [0.0] + [wy * h[t] - y[t] for t in (1, 2, 3)]
    s = [1 - one**2 for one in h]

    def deltas(carry=wh, local=s, errors=e, out=wy):
        d = [0.0] * 5
        for t in (3, 2, 1):
            d[t] = (errors[t] * out + carry * d[t + 1]) * local[t]
        return d

    d = deltas()

    def total(d, of, first=1):
        return sum(d[t] * of(t) for t in range(first, 4))

    here, before = (lambda t: x[t]), (lambda t: h[t - 1])
    cut = [0.0] + [e[t] * wy * s[t] for t in (1, 2, 3)]
    add("recurrent term forgotten", z_2=wx * x[2] + b, z_3=wx * x[3] + b, h_2=np.tanh(wx * x[2] + b))
    add("start of the state taken as one", z_1=wx * x[1] + wh + b)
    add("input of another step", z_2=wx * x[1] + wh * h[1] + b, z_3=wx * x[2] + wh * h[2] + b)
    add("state of another step", z_3=wx * x[3] + wh * h[1] + b)
    add("pre-activation passed on in time", z_2=wx * x[2] + wh * z[1] + b)
    add("weights exchanged", z_2=wh * x[2] + wx * h[1] + b, z_3=wh * x[3] + wx * h[2] + b)
    add("bias once only, at the first step", z_2=wx * x[2] + wh * h[1])
    add("sigmoid for tanh", h_1=sigmoid(z[1]), h_3=sigmoid(z[3]))
    add("only the last step's loss", L=e[3] ** 2 / 2)
    add("mean over steps", L=sum(one**2 for one in e) / 6)
    add("half forgotten", L=sum(one**2 for one in e))
    add(
        "no error carried back in time",
        dL_dh_1=e[1] * wy,
        dL_dh_2=e[2] * wy,
        dL_dwh=total(cut, before),
        dL_dwx=total(cut, here),
        dL_db=sum(cut),
    )
    add("own error of the step forgotten", dL_dh_2=wh * d[3], dL_dh_1=wh * d[2])
    add("only the last step in the sum", dL_dwh=d[3] * h[2], dL_dwx=d[3] * x[3], dL_db=d[3], dL_dwy=e[3] * h[3])
    add("only the first step in the sum", dL_dwx=d[1] * x[1], dL_db=d[1], dL_dwy=e[1] * h[1])
    add("a step missing in the sum", dL_dwx=total(d, here, 2), dL_db=d[2] + d[3])
    add("mean over steps", dL_dwx=total(d, here) / 3, dL_dwh=total(d, before) / 3, dL_db=sum(d) / 3)
    add("state of this step for that before", dL_dwh=total(d, lambda t: h[t]))
    add(
        "pre-activation for the state",
        dL_dwh=total(d, lambda t: z[t - 1] if t > 1 else 0.0),
        dL_dwy=sum(e[t] * z[t] for t in (1, 2, 3)),
    )
    add(
        "tanh derivative forgotten in time", dL_dwx=total(deltas(local=[1] * 4), here), dL_db=sum(deltas(local=[1] * 4))
    )
    add(
        "tanh derivative as 1 - h",
        dL_dz_3=e[3] * wy * (1 - h[3]),
        dL_dwx=total(deltas(local=[1 - one for one in h]), here),
    )
    add("tanh derivative with z", dL_dz_3=e[3] * wy * (1 - z[3] ** 2))
    add("recurrent weight forgotten on the way back", dL_dh_2=e[2] * wy + d[3], dL_dwh=total(deltas(carry=1), before))
    add(
        "input weight for the recurrent one on the way back",
        dL_dh_2=e[2] * wy + wx * d[3],
        dL_dwx=total(deltas(carry=wx), here),
    )
    add("delta of the state instead of the pre-activation", dL_dh_2=e[2] * wy + wh * e[3] * wy)
    add("output weight forgotten", dL_dh_3=e[3], dL_dz_3=e[3] * s[3], dL_dwx=total(deltas(out=1), here))
    add("target minus output", dL_do_3=-e[3], dL_dh_3=-e[3] * wy, dL_dwy=-sum(e[t] * h[t] for t in (1, 2, 3)))
    add("input forgotten", dL_dwx=sum(d))
    add("input in the bias's derivative", dL_db=total(d, here))
    return add.slips


def _conv(image, kernel):
    high, wide = (image.shape[k] - kernel.shape[k] + 1 for k in (0, 1))
    rows, columns = kernel.shape
    return np.array([[(image[i : i + rows, j : j + columns] * kernel).sum() for j in range(wide)] for i in range(high)])


def _image():
    at = IMAGE["at"]
    x, k, b, w, y = np.array(at["X"]), np.array(at["K"]), at["b"], np.array(at["W"]), at["y"]
    z = _conv(x, k) + b
    a = np.maximum(z, 0)
    p = np.array([[a[i : i + 2, j : j + 2].max() for j in (0, 1)] for i in (0, 1)])
    s = (w * p).sum()
    e = s - y
    dp = e * w

    def back(how, indicator=True):
        da = np.zeros((3, 3))
        for i in (0, 1):
            for j in (0, 1):
                window = a[i : i + 2, j : j + 2]
                da[i : i + 2, j : j + 2] += dp[i, j] * how(window)
        return da * (z > 0) if indicator else da

    dz = back(lambda window: window == window.max())
    dk, db = _conv(x, dz), dz.sum()
    mean, every = back(lambda window: np.full_like(window, 1 / 4)), back(np.ones_like)
    flipped = _conv(x, k[::-1, ::-1]) + b
    cases = [
        ("Z_1_1", flipped[0, 0], "kernel flipped"),
        ("Z_2_3", flipped[1, 2], "kernel flipped"),
        ("Z_1_2", (_conv(x, k.T) + b)[0, 1], "kernel transposed"),
        ("Z_1_1", _conv(x, k)[0, 0], "bias forgotten"),
        ("Z_2_2", z[1, 2], "neighbouring window"),
        ("Z_1_3", (_conv(x, k) + 4 * b)[0, 2], "bias counted once a weight"),
        ("P_1_1", p[0, 0] * 0 + a[0:2, 0:2].mean(), "mean for maximum"),
        ("P_1_2", a[0:2, 1:3].sum(), "sum for maximum"),
        ("P_2_1", a[1:3, 0:2].min(), "minimum for maximum"),
        ("s", p.sum(), "weights forgotten"),
        ("L", e**2, "half forgotten"),
        ("dL/ds", -e, "target minus output"),
        ("dL/ds", s, "target forgotten"),
        ("dL/ds", 2 * e, "factor two kept"),
        ("dL/dP_1_1", e, "weight forgotten on the way back"),
        ("dL/dP_1_2", e * p[0, 1], "own value for the other factor"),
        ("dL/dW_1_1", e, "value forgotten"),
        ("dL/dW_1_2", e * w[0, 1], "own value for the other factor"),
        ("dL/dW_2_2", e * z[1, 1], "pre-activation of the window for its maximum"),
        ("dL/dK_1_1", _conv(x, mean)[0, 0], "derivative of maxpool shared out as a mean"),
        ("dL/dK_2_2", _conv(x, mean)[1, 1], "derivative of maxpool shared out as a mean"),
        ("dL/dK_1_2", _conv(x, every)[0, 1], "derivative of maxpool to every entry"),
        ("dL/db", every.sum(), "derivative of maxpool to every entry"),
        ("dL/dK_1_1", dk[1, 1], "kernel's derivative flipped"),
        ("dL/dK_1_2", dk[1, 0], "kernel's derivative flipped"),
        ("dL/dK_2_1", dk[0, 1], "kernel's derivative transposed"),
        ("dL/db", db / 9, "mean over positions"),
        ("dL/db", dz[2, 2] if dz[2, 2] else dz.max(), "one position only"),
        ("dL/db", 9 * e, "number of positions for the sum of derivatives"),
        ("dL/db", b * db, "bias derivative times the bias"),
        ("dL/dK_1_1", x[:3, :3].sum() * db, "product of sums"),
        ("dL/dK_1_1", k[0, 0] * db, "weight for its input"),
        ("dL/dK_2_2", (x[1:, 1:] * dz).sum() / 9, "mean over positions"),
        ("dL/dK_1_2", db, "input forgotten"),
        ("dL/dK_2_1", -dk[1, 0], "sign lost"),
    ]
    return [Slip("image", left, shown(wrong), kind) for left, wrong, kind in cases if abs(wrong) > 1e-9]


def _rows():
    at = ROWS["at"]
    x, w, b, v, t = (np.array(at[name]) for name in ["X", "W", "b", "V", "T"])
    z = x @ w + b
    h = np.maximum(z, 0)
    p = softmax(h @ v)
    d = (p - t) / 3
    dh = d @ v.T
    dz = dh * (z > 0)
    dv, dw, db = h.T @ d, x.T @ dz, dz.sum(0)
    other = (z <= 0) * dh
    cases = [
        ("Z_1_1", x[0] @ w[0] + b[0], "weights transposed"),
        ("Z_2_2", x[1] @ w[1] + b[1], "weights transposed"),
        ("Z_1_2", x[0] @ w[:, 1], "bias forgotten"),
        ("Z_3_1", x[2] @ w[:, 0] + b[1], "other bias"),
        ("P_1_1", softmax((h @ v).T)[0, 0], "softmax over the wrong axis"),
        ("P_2_1", softmax((h @ v).T)[0, 1], "softmax over the wrong axis"),
        ("P_3_1", softmax(z @ v)[2, 0], "pre-activation passed on"),
        ("L", 3 * -(t * np.log(p)).sum() / 3, "sum for the mean over samples"),
        ("L", (t * np.log(p)).sum() / 3, "minus of the cross-entropy forgotten"),
        ("L", -(t * np.log(p)).sum() / 6, "mean over all entries"),
        ("dL/dV_1_1", 3 * dv[0, 0], "sum for the mean over samples"),
        ("dL/dV_1_2", dv[0, 1] / 3, "divided by the number of samples twice"),
        ("dL/dV_2_1", -dv[1, 0], "target minus output"),
        ("dL/dV_1_2", dv[1, 0], "derivative transposed"),
        ("dL/dV_2_2", (z.T @ d)[1, 1], "pre-activation for the activation"),
        ("dL/dV_1_1", (h.T @ (p / 3))[0, 0], "target forgotten"),
        ("dL/dV_1_1", h[0, 0] * d[0, 0], "only the first sample"),
        ("dL/dV_2_2", d[:, 1].sum(), "activation forgotten"),
        ("dL/dV_1_1", (h.T @ (d * p * (1 - p)))[0, 0], "derivative of sigmoid on top of p - y"),
        ("dL/dW_1_1", (x.T @ dh)[0, 0], "indicator left out"),
        ("dL/dW_2_2", (x.T @ dh)[1, 1], "indicator left out"),
        ("dL/db_1", dh.sum(0)[0], "indicator left out"),
        ("dL/dW_1_1", (x.T @ other)[0, 0], "indicator reversed"),
        ("dL/dW_1_2", (x.T @ ((d @ v) * (z > 0)))[0, 1], "weights transposed on the way back"),
        ("dL/dW_2_1", (x.T @ ((d @ v) * (z > 0)))[1, 0], "weights transposed on the way back"),
        ("dL/db_2", ((d @ v) * (z > 0)).sum(0)[1], "weights transposed on the way back"),
        ("dL/dW_1_1", (x.T @ (d * (z > 0)))[0, 0], "weights left out on the way back"),
        ("dL/dW_2_1", dw[0, 1], "derivative transposed"),
        ("dL/dW_2_2", 3 * dw[1, 1], "sum for the mean over samples"),
        ("dL/db_1", db[0] / 3, "divided by the number of samples twice"),
        ("dL/db_2", 3 * db[1], "sum for the mean over samples"),
        ("dL/db_1", dz[0, 0], "only the first sample"),
        ("dL/dW_1_1", (x.T @ (dh * z * (z > 0)))[0, 0], "pre-activation for the derivative of ReLU"),
        ("dL/dW_1_2", db[1], "input forgotten"),
        ("dL/dW_1_1", -dw[0, 0], "target minus output"),
    ]
    found = [Slip("rows", left, shown(wrong), kind) for left, wrong, kind in cases if abs(wrong) > 1e-9]
    whole = [
        ("dL/dV", "H^T (P - T)", "sum for the mean over samples"),
        ("dL/dV", "(P - T)^T H / 3", "derivative transposed"),
        ("dL/dV", "H^T (T - P) / 3", "target minus output"),
        ("dL/dV", "Z^T (P - T) / 3", "pre-activation for the activation"),
        ("dL/dV", "X^T (P - T) / 3", "input for the activation in the weight's derivative"),
        ("dL/dH", "(P - T) V / 3", "weights transposed on the way back"),
        ("dL/dZ", "(P - T) V^T / 3", "indicator left out"),
    ]
    return found + [Slip("rows", left, wrong, kind) for left, wrong, kind in whole]


_DELTA = "(a3_1 - y1)*a3_1*(1 - a3_1)"
_SYMBOLS = [
    # Three layers: ReLU, sigmoid, sigmoid.
    (Q1, "a1_1", "z1_1", "activation left out"),
    (Q1, "a2_1", "1/(1 + exp(z2_1))", "minus in the exponent forgotten"),
    (Q1, "a2_2", "exp(z2_2)/(1 - exp(z2_2))", "minus in the denominator of sigmoid"),
    (Q1, "z1_1", "w1_1_1*x1 + w1_1_2*x2 + b1_1", "an input forgotten"),
    (Q1, "z2_1", "w2_1_1*a1_1 + w2_2_1*a1_2 + b2_1", "weights transposed"),
    (Q1, "z2_1", "w2_1_1*z1_1 + w2_1_2*z1_2 + b2_1", "pre-activation passed on"),
    (Q1, "z2_2", "w2_2_1*x1 + w2_2_2*x2 + b2_2", "network input in a deeper layer"),
    (Q1, "z2_2", "w2_2_1*a1_1 + w2_2_2*a1_2", "bias forgotten"),
    (Q1, "dL/da3_1", "y1 - a3_1", "target minus output"),
    (Q1, "dL/da3_1", "2*(a3_1 - y1)", "factor two kept"),
    (Q1, "dL/da3_1", "(a3_1 - y1)^2", "square kept in the derivative of the loss"),
    (Q1, "dL/da3_1", "a3_1", "target forgotten"),
    (Q1, "delta3_1", "a3_1 - y1", "derivative of sigmoid forgotten at the output"),
    (Q1, "delta3_1", "(a3_1 - y1)*z3_1*(1 - z3_1)", "derivative of sigmoid with z"),
    (Q1, "delta3_1", "(a3_1 - y1)*(1 - a3_1)", "derivative of sigmoid as 1 - a"),
    (Q1, "delta3_1", "(a3_1 - y1)*(1 - a3_1^2)", "derivative of sigmoid as 1 - a^2"),
    (Q1, "delta3_1", "(a3_1 - y1)*sigmoid(a3_1)*(1 - sigmoid(a3_1))", "derivative of sigmoid at the activation"),
    (Q1, "dL/dw3_1_1", f"{_DELTA}*w3_1_1", "weight for its input"),
    (Q1, "dL/dw3_1_1", f"{_DELTA}*z2_1", "pre-activation for the activation in the weight's derivative"),
    (Q1, "dL/dw3_1_1", f"{_DELTA}*a3_1", "output activation in the weight's derivative"),
    (Q1, "dL/dw3_1_1", f"{_DELTA}*a1_1", "activation of a layer below"),
    (Q1, "dL/dw3_1_2", f"{_DELTA}*a2_1", "other input in the weight's derivative"),
    (Q1, "dL/db3_1", f"{_DELTA}*b3_1", "bias derivative times the bias"),
    (Q1, "dL/db3_1", f"{_DELTA}*a2_1", "bias derivative multiplied by an input"),
    (Q1, "delta2_1", "delta3_1*w3_1_1", "activation derivative forgotten"),
    (Q1, "delta2_1", "delta3_1*a2_1*(1 - a2_1)", "weight forgotten on the way back"),
    (Q1, "delta2_1", "delta3_1*w3_1_2*a2_1*(1 - a2_1)", "weight of the other unit on the way back"),
    (Q1, "delta2_1", "delta3_1*w3_1_1*(1 - a2_1^2)", "derivative of sigmoid as 1 - a^2"),
    (Q1, "delta2_1", "delta3_1*w3_1_1*z2_1*(1 - z2_1)", "derivative of sigmoid with z"),
    (Q1, "delta2_1", "delta3_1 + w3_1_1*a2_1*(1 - a2_1)", "plus for times"),
    (Q1, "dL/dw2_1_1", "delta2_1*x1", "input for the activation in the weight's derivative"),
    (Q1, "dL/dw2_1_2", "delta2_2*a1_1", "indices of the weight exchanged"),
    (Q1, "dL/dw2_1_1", "delta2_1*a2_1", "output activation in the weight's derivative"),
    (Q1, "delta1_1", "delta2_1*w2_1_1 + delta2_2*w2_2_1", "indicator left out"),
    (Q1, "delta1_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*[z1_1 < 0]", "indicator reversed"),
    (Q1, "delta1_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*z1_1", "pre-activation for the derivative of ReLU"),
    (Q1, "delta1_1", "(delta2_1*w2_1_1 + delta2_2*w2_2_1)*[x1 > 0]", "indicator of the input"),
    (Q1, "delta1_1", "(delta2_1*w2_1_1 + delta2_2*w2_1_2)*[z1_1 > 0]", "weights transposed on the way back"),
    (Q1, "delta1_1", "delta2_1*w2_1_1*[z1_1 > 0]", "one path only"),
    (Q1, "delta1_1", "delta2_1*w2_1_1*delta2_2*w2_2_1*[z1_1 > 0]", "paths multiplied"),
    (Q1, "delta1_1", "(delta2_1 + delta2_2)*[z1_1 > 0]", "weights left out in the sum over paths"),
    (Q1, "delta1_1", "(delta2_1 + delta2_2)*(w2_1_1 + w2_2_1)*[z1_1 > 0]", "product of sums for the sum of products"),
    (Q1, "delta1_1", "(delta2_1*w2_1_1 - delta2_2*w2_2_1)*[z1_1 > 0]", "sign of one path"),
    (Q1, "dL/dw1_1_1", "delta1_1*a1_1", "output activation in the weight's derivative"),
    (Q1, "dL/dw1_1_2", "delta1_1*x1", "other input in the weight's derivative"),
    (Q1, "dL/dw1_2_1", "(delta2_1*w2_1_2 + delta2_2*w2_2_2)*x1", "indicator left out"),
    (Q1, "dL/dw1_1_1", "delta2_1*w2_1_1*[z1_1 > 0]*x1", "one path only"),
    (Q1, "dL/db1_1", "delta1_1*x1", "bias derivative multiplied by an input"),
    # One hidden unit, tanh, and two sigmoid outputs with cross-entropy.
    (Q2, "dL/da2_1", "-y1/a2_1", "second term of the cross-entropy forgotten"),
    (Q2, "dL/da2_1", "y1/a2_1 - (1 - y1)/(1 - a2_1)", "minus of the cross-entropy forgotten"),
    (Q2, "dL/da2_1", "-y1/a2_1 - (1 - y1)/(1 - a2_1)", "inner minus of the second logarithm forgotten"),
    (Q2, "dL/da2_1", "a2_1 - y1", "output minus target taken too early"),
    (Q2, "delta2_1", "(a2_1 - y1)*a2_1*(1 - a2_1)", "derivative of sigmoid kept with cross-entropy"),
    (Q2, "delta2_2", "y2 - a2_2", "target minus output"),
    (Q2, "delta2_1", "a2_1 - y2", "target of the other output"),
    (Q2, "delta1_1", "(a2_1 - y1)*w2_1_1*(1 - a1_1^2)", "one path only"),
    (Q2, "delta1_1", "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1)", "tanh derivative as 1 - a"),
    (Q2, "delta1_1", "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*a1_1*(1 - a1_1)", "tanh derivative as a(1 - a)"),
    (Q2, "delta1_1", "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - z1_1^2)", "tanh derivative with z"),
    (Q2, "delta1_1", "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)", "activation derivative forgotten"),
    (Q2, "delta1_1", "((a2_1 - y1)*w2_2_1 + (a2_2 - y2)*w2_1_1)*(1 - a1_1^2)", "weights of the two paths exchanged"),
    (Q2, "dL/dw1_1_1", "((a2_1 - y1) + (a2_2 - y2))*(1 - a1_1^2)*x1", "weights left out in the sum over paths"),
    (
        Q2,
        "dL/dw1_1_2",
        "((a2_1 - y1)*w2_1_1 + (a2_2 - y2)*w2_2_1)*(1 - a1_1^2)",
        "input forgotten in the weight's derivative",
    ),
    (Q2, "dL/dw2_1_1", r"(a2_1 - y1)*z1_1", "pre-activation for the activation in the weight's derivative"),
    (Q2, "dL/dw2_2_1", "(a2_1 - y1)*a1_1", "delta of the other unit in the weight's derivative"),
]


def _chain():
    x, w, v, c, t = 1.3, 0.6, -1.1, 0.2, 0.9
    p = w * x + c
    a = np.tanh(p)
    q = v * a
    k = sigmoid(q)
    m = np.sqrt(k)
    dm = m - t
    dk = dm / (2 * m)
    dq = dk * k * (1 - k)
    da, dp = dq * v, dq * v * (1 - a**2)
    cases = [
        ("p", w * x, "constant term forgotten"),
        ("p", (w + c) * x, "bracket set wrongly"),
        ("a", np.tan(p), "tan for tanh"),
        ("a", np.sinh(p), "sinh for tanh"),
        ("k", sigmoid(-q), "minus in the exponent forgotten"),
        ("m", k / 2, "half for the root"),
        ("m", k**2, "square for the root"),
        ("E", (t - m) ** 2, "half forgotten"),
        ("dE/dm", t - m, "inner minus forgotten"),
        ("dE/dm", 2 * (m - t), "factor two kept"),
        ("dE/dk", dm / (2 * k), "root forgotten in its derivative"),
        ("dE/dk", dm / m, "half of the root lost"),
        ("dE/dk", dm * 2 * m, "root multiplied instead of divided"),
        ("dE/dk", dm * m, "root itself for its derivative"),
        ("dE/dk", dm, "derivative of the root left out"),
        ("dE/dq", dk * (1 - k), "derivative of sigmoid as 1 - a"),
        ("dE/dq", dk * (1 - k**2), "derivative of sigmoid as 1 - a^2"),
        ("dE/dq", dk, "derivative of sigmoid left out"),
        ("dE/dq", dk * q * (1 - q), "derivative of sigmoid with z"),
        ("dE/da", dq * a, "own value for the other factor"),
        ("dE/da", -dq * v, "sign lost"),
        ("dE/dp", dq * v * (1 - a), "square forgotten in the derivative of tanh"),
        ("dE/dp", dq * v * a * (1 - a), "tanh derivative as a(1 - a)"),
        ("dE/dp", dq * v / np.cosh(p), "sech for its square"),
        ("dE/dp", da, "derivative of tanh left out"),
        ("dE/dw", dp * w, "own value for the other factor"),
        ("dE/dw", dp, "input forgotten"),
        ("dE/dw", dp * (x + c), "constant term kept"),
        ("dE/dc", dp * c, "own value multiplied at an addition"),
        ("dE/dc", dp * x, "input in the derivative of the constant term"),
        ("dE/dv", dq * v, "own value for the other factor"),
        ("dE/dv", dq * p, "pre-activation for the activation"),
        ("dE/dt", dm, "inner minus forgotten"),
    ]
    return [Slip("chain", left, shown(wrong), kind) for left, wrong, kind in cases]


def _leaky():
    add = _Sheet("leaky")
    x, t, rate, slope = np.array([1.5, -0.7]), 0.4, 0.1, 0.1
    w1, b1 = np.array([[-0.9, 0.3], [0.6, -0.8]]), np.array([0.2, -0.1])
    w2, b2 = np.array([0.5, 0.7]), -0.3
    z1 = w1 @ x + b1
    local = np.where(z1 > 0, 1, slope)
    a1 = z1 * local
    z2 = w2 @ a1 + b2
    a2 = np.tanh(z2)
    e = 2 * (a2 - t)
    d = e * (1 - a2**2)
    h = d * w2 * local
    add("ReLU for leaky ReLU", a1_1=0.0, delta1_1=0.0, dL_dw1_1_2=0.0)
    add("slope for all", a1_2=slope * z1[1], delta1_2=d * w2[1] * slope)
    add("slope forgotten", a1_1=z1[0], delta1_1=d * w2[0], dL_dw1_1_1=d * w2[0] * x[0])
    add("slope subtracted", a1_1=-slope * z1[0], delta1_1=-h[0])
    add("half put into the loss", L=(a2 - t) ** 2 / 2)
    add("factor two of the square lost", dL_da2_1=a2 - t, delta2_1=d / 2, dL_dw2_1_1=d / 2 * a1[0])
    add("tanh derivative forgotten at the output", delta2_1=e, dL_dw2_1_2=e * a1[1])
    add("target minus output", delta2_1=-d, dL_dw1_2_1=-h[1] * x[0])
    add("derivative multiplied by the pre-activation", delta1_1=h[0] * z1[0])
    add("gradient added in the update", w2_1_1p=w2[0] + rate * d * a1[0], b2_1p=b2 + rate * d)
    add("activation of the slope's sign only", a1_1=-slope)
    return [slip for slip in add.slips if slip.wrong not in {"0", "0.000"} or slip.kind == "ReLU for leaky ReLU"]


def _pooled():
    at = POOLED["at"]
    x, k, b, w, y = np.array(at["x"]), np.array(at["k"]), at["b"], np.array(at["w"]), at["y"]
    z = np.array([x[i : i + 3] @ k for i in range(4)]) + b
    a = np.tanh(z)
    p = a.reshape(2, 2).mean(1)
    o = w @ p
    e = 2 * (o - y)
    dp = e * w
    da = np.repeat(dp, 2) / 2
    dz = da * (1 - a**2)
    dk = np.array([dz @ x[j : j + 4] for j in range(3)])
    full = np.repeat(dp, 2) * (1 - a**2)
    cases = [
        ("z_1", x[:3] @ k[::-1] + b, "kernel flipped"),
        ("z_2", x[2:5] @ k + b, "neighbouring window"),
        ("p_1", a[:2].max(), "maximum for mean"),
        ("p_2", a[2:].sum(), "sum for mean"),
        ("p_1", a[1:3].mean(), "neighbouring window"),
        ("o", p.sum(), "weights forgotten"),
        ("L", o - y, "square forgotten"),
        ("dL/do", o - y, "factor two of the square lost"),
        ("dL/dp_1", e, "weight forgotten on the way back"),
        ("dL/da_1", dp[0], "derivative of avgpool not divided"),
        ("dL/da_3", dp[1], "derivative of avgpool not divided"),
        ("dL/dk_1", full @ x[0:4], "derivative of avgpool not divided"),
        ("dL/db", full.sum(), "derivative of avgpool not divided"),
        ("dL/dz_1", da[0], "derivative of tanh left out"),
        ("dL/dz_2", da[1] * (1 - a[1]), "tanh derivative as 1 - a"),
        ("dL/dk_1", dk[2], "kernel's derivative flipped"),
        ("dL/dk_2", dz[0] * x[1], "one position only"),
        ("dL/dk_3", dz[3] * x[5], "one position only"),
        ("dL/db", dz[0], "one position only"),
        ("dL/db", dz.mean(), "mean over positions"),
        ("dL/dk_2", dk[1] / 4, "mean over positions"),
        ("dL/dk_1", da @ x[0:4], "derivative of tanh left out"),
        ("dL/dw_1", e * a[0], "one entry of the window for its mean"),
        ("dL/dw_2", e * w[1], "own value for the other factor"),
        ("dL/dk_3", -dk[2], "sign lost"),
    ]
    return [Slip("pooled", left, shown(wrong), kind) for left, wrong, kind in cases]


def _rms():
    add = _Sheet("rms")
    x, t = np.array([[2, -1], [0.5, 1]]), np.array([1, -0.5])
    w, b, rate, strength = np.array([0.3, -0.6]), 0.2, 0.1, 0.1
    e = x @ w + b - t
    g, gb = e @ x, 2 * e.mean()
    full = g + strength * w
    add("penalty forgotten", dL_dw1_1_1=g[0], dL_dw1_1_2=g[1])
    add("two for the half of the penalty", dL_dw1_1_1=g[0] + 2 * strength * w[0], dL_dw1_1_2=g[1] + 2 * strength * w[1])
    add("factor two of the square lost", dL_dw1_1_1=g[0] / 2 + strength * w[0], dL_db1_1=gb / 2)
    add("bias penalized", dL_db1_1=gb + strength * b)
    add("only the first sample", dL_db1_1=2 * e[0])
    add("RMSprop: plain step", w1_1_1p=w[0] - rate * full[0], b1_1p=b - rate * gb)
    add("RMSprop: root forgotten", w1_1_1p=w[0] - rate * full[0] / (0.1 * full[0] ** 2), b1_1p=b - rate / (0.1 * gb))
    add(
        "RMSprop: gradient not averaged, only its sign",
        w1_1_1p=w[0] - rate * np.sign(full[0]),
        b1_1p=b - rate * np.sign(gb),
    )
    add(
        "gradient added in the update",
        w1_1_1p=w[0] + rate * full[0] / np.sqrt(0.1 * full[0] ** 2),
        b1_1p=b + rate * np.sign(gb) / np.sqrt(0.1),
    )
    add("RMSprop: rate and its complement exchanged", w1_1_2p=w[1] - rate * np.sign(full[1]) / np.sqrt(0.9))
    add("learning rate forgotten", b1_1p=b - np.sign(gb) / np.sqrt(0.1))
    return add.slips


# By the words of a kind, the names of the mistakes that say so; none where no mistake does yet.
_NAMES = {
    "bias forgotten": "bias_forgotten term_of_node",
    "bias subtracted": "bias_subtracted wrong_sign",
    "weights transposed": "weights_transposed factor_transposed",
    "sign of a negative input lost": "wrong_sign sign_of_term",
    "sigmoid for tanh": "wrong_activation",
    "activation on the linear output": "wrong_activation",
    "pre-activation passed on": "pre_activation_passed_on",
    "half of the loss forgotten": "wrong_factor",
    "square of the loss forgotten": "square_of_loss_forgotten",
    "squares subtracted in the loss": "squares_of_terms",
    "target minus output": "wrong_sign inner_derivative_forgotten",
    "factor two of the square kept": "wrong_factor",
    "target forgotten": "target_forgotten",
    "derivative of tanh at the output as well": "",
    "tanh derivative with z": "derivative_of_pre_activation local_derivative_of_input",
    "tanh derivative as 1 - a": "square_forgotten",
    "tanh derivative as 1 + a^2": "sign_in_derivative",
    "tanh derivative as a(1 - a)": "derivative_of_another_activation",
    "tanh derivative as 1 - tanh(a)^2": "derivative_at_activation",
    "tanh derivative as a^2 - 1": "wrong_sign",
    "activation derivative forgotten": "missing_derivative_hidden",
    "weight forgotten on the way back": "missing_weight denominator_forgotten other_factor_left_out",
    "weight of the other unit on the way back": "neighbouring_weight",
    "input forgotten in the weight's derivative": "missing_input_factor",
    "other input in the weight's derivative": "neighbouring_index",
    "delta of the other unit in the weight's derivative": "neighbouring_index",
    "bias derivative multiplied by an input": "bias_as_weight",
    "bias derivative times the bias": "bias_as_factor variable_for_derivative",
    "pre-activation for the activation in the weight's derivative": "pre_activation_for_activation",
    "input for the activation in the weight's derivative": "wrong_layer_input",
    "weight for its input": "weight_for_activation variable_for_derivative",
    "updated weight used on the way back": "updated_weight",
    "gradient added in the update": "plus_for_minus",
    "learning rate forgotten": "rate_forgotten",
    "only the step, without the old value": "step_alone",
    "step minus old value": "update_reversed",
    "learning rate a tenth": "rate_twice",
    "delta for the derivative in the update": "missing_input_factor",
    "decimal point shifted": "decimal_point_shifted",
    "two digits exchanged": "digits_exchanged",
    "negative pre-activation let through by ReLU": "activation_not_applied pre_activation_passed_on",
    "ReLU by the absolute value": "activation_misremembered",
    "sigmoid for ReLU": "wrong_activation",
    "sigmoid for softmax": "wrong_activation",
    "softmax without the exponentials": "softmax_without_exponentials",
    "softmax not normalized": "softmax_not_normalized",
    "softmax over the other classes": "softmax_own_term_missing",
    "softmax with minus in the exponents": "negated_pre_activation",
    "softmax of the pre-activation of the layer below": "wrong_activation",
    "logarithm to base 10": "wrong_log_base formula_misread",
    "logarithm to base 2": "wrong_log_base",
    "minus of the cross-entropy forgotten": "wrong_sign",
    "logarithm of the wrong class": "target_of_another",
    "logarithm forgotten": "",
    "squared error for cross-entropy": "another_loss",
    "binary cross-entropy over the classes": "another_loss",
    "target of another class": "target_of_another target_forgotten",
    "derivative of sigmoid on top of p - y": "cancelled_derivative_kept",
    "softmax differentiated element by element": "softmax_elementwise",
    "only -y/p, softmax not differentiated": "missing_derivative_output",
    "off-diagonal sign of softmax": "wrong_sign",
    "log derivative without minus": "wrong_sign",
    "indicator left out": "missing_derivative_hidden",
    "indicator reversed": "indicator_reversed missing_derivative_hidden",
    "pre-activation for the derivative of ReLU": "activation_for_derivative pre_activation_for_derivative",
    "derivative of sigmoid for ReLU": "",
    "activation times one minus itself for ReLU": "derivative_of_another_activation",
    "one path only": "dropped_path",
    "one path missing": "dropped_path",
    "paths multiplied": "paths_multiplied uses_multiplied",
    "weights of the other unit in the sum": "neighbouring_weight",
    "row for column: weights transposed on the way back": "transposed_weight",
    "sign of one path": "sign_of_weight sign_of_local_derivative",
    "all weights of the layer in the sum": "",
    "indices of the weight exchanged": "transposed_index",
    "weight multiplied in its own derivative": "",
    "bias derivative as one": "local_derivative_alone upstream_forgotten",
    "bias derivative times an activation": "bias_as_weight",
    "old weight multiplied by the step": "",
    "weight decay by the learning rate": "",
    "division by the number of classes": "wrong_factor",
    "bias counted once a weight": "bias_doubled",
    "bias multiplied by an input": "",
    "minus in the exponent forgotten": "negated_pre_activation formula_misread",
    "one forgotten in the denominator of sigmoid": "activation_misremembered",
    "minus in the denominator of sigmoid": "activation_misremembered",
    "ten to the power for exp": "power_of_ten",
    "only one output in the loss": "",
    "mean over the outputs": "wrong_factor",
    "square of the sum for the sum of squares": "",
    "absolute errors for squares": "another_loss",
    "derivative of sigmoid forgotten at the output": "missing_derivative_output",
    "derivative of sigmoid with z": "derivative_of_pre_activation local_derivative_of_input",
    "derivative of sigmoid as 1 - a": "part_of_derivative denominator_not_squared",
    "derivative of sigmoid as a(1 + a)": "sign_in_derivative",
    "derivative of sigmoid as 1 - a^2": "derivative_of_another_activation",
    "derivative of sigmoid as a^2(1 - a)": "",
    "derivative of sigmoid as a - a": "activation_for_derivative",
    "derivative of sigmoid at the activation": "derivative_at_activation",
    "derivative of sigmoid of the wrong layer": "",
    "square kept in the derivative of the loss": "square_kept",
    "factor two kept": "wrong_factor denominator_forgotten",
    "errors summed over the outputs": "",
    "delta rule applied twice": "derivative_twice",
    "weights transposed on the way back": "transposed_weight factor_transposed",
    "a layer skipped: error times first derivative": "missing_derivative_output",
    "output activation in the weight's derivative": "wrong_layer_activation",
    "first weight for the second": "neighbouring_index",
    "input left out": "missing_input_factor",
    "input of the other index": "neighbouring_index",
    "learning rate twice": "rate_twice",
    "update of the other weight": "neighbouring_index",
    "sum for the mean over samples": "sum_for_mean denominator_forgotten wrong_factor",
    "divided by the number of samples twice": "wrong_factor_m wrong_factor mean_over_axis",
    "only the first sample": "wrong_sample dropped_path repeated_not_summed",
    "only the last sample": "wrong_sample",
    "one sample forgotten": "sample_left_out",
    "mean of deltas times mean of inputs": "",
    "mean over two instead of three": "one_sample_less",
    "absolute errors averaged": "",
    "second term of the cross-entropy forgotten": "loss_term_missing",
    "derivative of sigmoid kept with cross-entropy": "cancelled_derivative_kept",
    "derivative of the hidden sigmoid forgotten": "missing_derivative_hidden",
    "output weight forgotten": "missing_weight other_factor_left_out",
    "other sample's values": "wrong_sample target_forgotten",
    "other sample's activation in the weight's derivative": "",
    "momentum forgotten in the second step": "plain_step",
    "average instead of the sum in momentum": "average_for_momentum",
    "velocity added": "plus_for_minus",
    "momentum subtracted in the velocity": "",
    "old gradient for the new one in the second step": "old_derivative",
    "second step from the first weight": "old_parameter",
    "gradients summed, not averaged, in the step": "sum_for_mean",
    "first sample only in the step": "wrong_sample",
    "Adam without bias correction": "not_corrected",
    "Adam: only m corrected": "one_moment_corrected",
    "Adam: only v corrected": "one_moment_corrected",
    "Adam: correction of the first step in the second": "correction_of_first_step",
    "Adam: square root forgotten": "root_of_moment_forgotten",
    "Adam: not divided at all": "plain_step",
    "Adam: gradient added": "plus_for_minus",
    "Adam: the gradient in place of m in the second step": "gradient_for_moment",
    "Adam: moments of the first step forgotten": "not_gathered",
    "Adam: corrected moments carried on": "corrected_moments_kept",
    "Adam: second step from the first weight": "old_parameter",
    "output for the error": "target_forgotten",
    "loss of the other class": "target_flipped",
    "bias derivative times an input": "bias_as_weight",
    "penalties forgotten": "regularizer_left_out",
    "L1 forgotten": "one_penalty_left_out",
    "L2 forgotten": "one_penalty_left_out",
    "factor two of L2 forgotten": "one_penalty_factor",
    "L1 with the weight for its sign": "l1_not_differentiated",
    "L1 always plus": "sign_of_l1_lost",
    "L2 by the square": "square_in_penalty",
    "L2 by twice the square": "square_in_penalty",
    "bias penalized": "regularizer_on_biases",
    "penalty subtracted": "regularizer_factor",
    "penalty divided by the number of samples": "regularizer_factor",
    "penalty counted once a sample": "regularizer_factor",
    "strengths exchanged": "strengths_exchanged",
    "strength forgotten": "strength_lost",
    "L1 without absolute values in the loss": "sign_of_l1_lost",
    "L2 of the sum in the loss": "",
    "half on L2": "one_penalty_factor",
    "only the first weight penalized in the loss": "",
    "learning rate on the data alone": "",
    "sign of a product of negatives": "term_of_node",
    "derivative of 1/d with plus": "wrong_sign",
    "derivative of 1/d as a logarithm": "",
    "denominator not squared": "denominator_not_squared",
    "inner minus of the exponent forgotten": "inner_derivative_forgotten",
    "exponential forgotten": "missing_derivative_hidden",
    "upstream forgotten": "upstream_forgotten",
    "input forgotten": "missing_input_factor",
    "own value for the other factor": "variable_for_derivative",
    "other input": "neighbouring_factor neighbouring_index",
    "own value multiplied at an addition": "variable_for_derivative",
    "local derivative alone": "local_derivative_alone",
    "function itself for its derivative": "",
    "derivative of exp taken too early": "",
    "derivative of the output for another": "missing_local_derivative",
    "power read as a product": "formula_misread",
    "power of the whole product": "formula_misread",
    "square of the whole sum": "formula_misread",
    "numerator and denominator exchanged": "formula_misread",
    "sign of the logarithm lost": "wrong_sign",
    "difference of squares": "formula_misread",
    "square forgotten": "formula_misread",
    "factor two of the square lost": "factor_of_power_lost wrong_factor wrong_factor_m",
    "square kept": "exponent_kept",
    "sign of the error": "wrong_sign",
    "inner minus forgotten": "inner_derivative_forgotten wrong_sign",
    "inner derivative of the logarithm forgotten": "missing_derivative_hidden",
    "logarithm kept for its derivative": "activation_for_derivative",
    "argument for its reciprocal": "variable_for_derivative",
    "denominator forgotten": "denominator_forgotten",
    "multiplied by the denominator": "quotient_as_product",
    "minus of the quotient rule lost": "wrong_sign",
    "numerator forgotten": "numerator_forgotten",
    "denominator taken as a factor": "quotient_as_product",
    "coefficient forgotten": "other_factor_left_out",
    "own value kept": "",
    "factor of the power rule lost": "factor_of_power_lost",
    "exponent kept": "exponent_kept",
    "exponent lowered too far": "exponent_miscounted",
    "lowered exponent brought down": "exponent_miscounted",
    "constant term differentiated to one": "",
    "derivative of the square left out": "missing_local_derivative",
    "recurrent term forgotten": "term_of_node",
    "start of the state taken as one": "",
    "input of another step": "neighbouring_source",
    "state of another step": "neighbouring_source",
    "pre-activation passed on in time": "pre_activation_passed_on",
    "weights exchanged": "sources_exchanged",
    "bias once only, at the first step": "term_of_node",
    "only the last step's loss": "formula_misread",
    "mean over steps": "formula_misread wrong_factor",
    "half forgotten": "wrong_factor",
    "no error carried back in time": "dropped_path",
    "own error of the step forgotten": "dropped_path",
    "only the last step in the sum": "dropped_path",
    "only the first step in the sum": "dropped_path",
    "a step missing in the sum": "dropped_path",
    "state of this step for that before": "neighbouring_factor",
    "pre-activation for the state": "pre_activation_for_activation",
    "tanh derivative forgotten in time": "missing_derivative_hidden",
    "tanh derivative as 1 - h": "square_forgotten",
    "recurrent weight forgotten on the way back": "other_factor_left_out",
    "input weight for the recurrent one on the way back": "neighbouring_weight",
    "delta of the state instead of the pre-activation": "missing_derivative_hidden",
    "input in the bias's derivative": "bias_as_weight",
    "kernel flipped": "kernel_flip",
    "kernel transposed": "",
    "neighbouring window": "neighbouring_index neighbouring_source",
    "mean for maximum": "formula_misread",
    "sum for maximum": "formula_misread",
    "minimum for maximum": "formula_misread",
    "weights forgotten": "weights_left_out",
    "value forgotten": "missing_input_factor",
    "pre-activation of the window for its maximum": "",
    "derivative of maxpool shared out as a mean": "maximum_shared",
    "derivative of maxpool to every entry": "maximum_shared",
    "kernel's derivative flipped": "transposed_index",
    "kernel's derivative transposed": "transposed_index",
    "mean over positions": "wrong_factor",
    "one position only": "dropped_path",
    "number of positions for the sum of derivatives": "",
    "product of sums": "",
    "sign lost": "wrong_sign",
    "other bias": "",
    "softmax over the wrong axis": "wrong_axis",
    "mean over all entries": "wrong_factor",
    "derivative transposed": "transposed_index",
    "pre-activation for the activation": "pre_activation_for_activation",
    "activation forgotten": "missing_input_factor",
    "weights left out on the way back": "missing_weight",
    "activation left out": "activation_not_applied",
    "an input forgotten": "term_missing",
    "network input in a deeper layer": "network_input_passed_on",
    "activation of a layer below": "wrong_layer_input",
    "plus for times": "plus_for_times",
    "indicator of the input": "indicator_of_another",
    "weights left out in the sum over paths": "missing_weight",
    "product of sums for the sum of products": "sums_multiplied",
    "inner minus of the second logarithm forgotten": "inner_sign_forgotten",
    "output minus target taken too early": "cancelled_derivative_kept",
    "target of the other output": "target_of_another",
    "weights of the two paths exchanged": "weights_exchanged",
    "constant term forgotten": "term_of_node",
    "bracket set wrongly": "",
    "tan for tanh": "",
    "sinh for tanh": "formula_misread",
    "half for the root": "",
    "square for the root": "",
    "root forgotten in its derivative": "local_derivative_of_input",
    "half of the root lost": "half_of_root_lost",
    "root multiplied instead of divided": "",
    "root itself for its derivative": "activation_for_derivative",
    "derivative of the root left out": "missing_derivative_hidden",
    "derivative of sigmoid left out": "missing_derivative_hidden",
    "square forgotten in the derivative of tanh": "square_forgotten",
    "sech for its square": "",
    "derivative of tanh left out": "missing_derivative_hidden",
    "constant term kept": "",
    "input in the derivative of the constant term": "",
    "ReLU for leaky ReLU": "wrong_activation derivative_of_another_activation",
    "slope for all": "",
    "slope forgotten": "activation_not_applied missing_derivative_hidden",
    "slope subtracted": "wrong_sign",
    "half put into the loss": "wrong_factor",
    "tanh derivative forgotten at the output": "missing_derivative_output",
    "derivative multiplied by the pre-activation": "activation_for_derivative",
    "activation of the slope's sign only": "",
    "maximum for mean": "",
    "sum for mean": "wrong_factor",
    "derivative of avgpool not divided": "denominator_forgotten wrong_factor",
    "one entry of the window for its mean": "",
    "penalty forgotten": "regularizer_left_out",
    "two for the half of the penalty": "regularizer_factor",
    "RMSprop: plain step": "plain_step",
    "RMSprop: root forgotten": "root_of_moment_forgotten",
    "RMSprop: gradient not averaged, only its sign": "",
    "RMSprop: rate and its complement exchanged": "decay_and_rest_swapped",
}
NAMES = {kind: frozenset(names.split()) for kind, names in _NAMES.items()}


@functools.cache
def first():
    """Return the first set of wrong answers."""
    made = (_regression, _classes, _mazur, _batch, _adam, _elastic, _circuit, _ratio, _time, _image, _rows)
    return [slip for make in made for slip in make()] + [Slip(*symbols) for symbols in _SYMBOLS]


@functools.cache
def second():
    """Return the second set of wrong answers, to other exercises."""
    return [slip for make in (_chain, _leaky, _pooled, _rms) for slip in make()]


@functools.cache
def _marker_of(exercise):
    """Return an exercise, solved, and what marks it."""
    work = symnet.solve(GIVEN.get(exercise) or str(ROOT / "examples" / f"{exercise}.yaml"))
    return work, Marker(work, scheme_of(work))


def told(slip):
    """Return the names of the mistakes that marking names of a wrong answer, handed in alone; the likeliest first."""
    work, marker = _marker_of(slip.exercise)
    submission = Submission((TypedAnswer(slip.left, slip.wrong),), slip.loss or work.parts[0].loss_name)
    wrong = next(one for one in marker.mark(submission).answers if one.verdict is Verdict.WRONG)
    return [mistake.name for mistake in wrong.mistakes]

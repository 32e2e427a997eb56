"""Wrong answers of whole arrays, worked out in NumPy with the slip made by hand."""

import pytest

np = pytest.importorskip("numpy")

Q = np.array([[1.0, 0.3], [0.2, 1.1]])
K = np.array([[0.9, 0.4], [0.1, 1.3]])
V = np.array([[1.2, 2.1], [3.3, 0.7]])
Y = np.array([[2.3, 3.1], [0.4, 1.5]])
B = np.array([0.5, 0.25])
ATTENTION = {
    "graph": {
        "inputs": {"Q": [2, 2], "K": [2, 2], "V": [2, 2], "b": [2], "Y": [2, 2]},
        "parameters": ["Q", "K", "V", "b"],
        "nodes": {"A": "softmax(Q @ K' / sqrt(2))", "O": "A @ V + b", "L": "sum((O - Y)^2)/2"},
        "output": "L",
    },
    "at": {name: array.tolist() for name, array in (("Q", Q), ("K", K), ("V", V), ("b", B), ("Y", Y))},
}

X = np.array([[1.0, 2.0], [3.0, 5.5], [5.0, 4.0]])
GAMMA = np.array([1.5, 2.0])
T = np.array([[0.1, 1.0], [1.2, 0.3], [1.0, 0.8]])
NORMALIZED = {
    "graph": {
        "inputs": {"X": [3, 2], "g": [2], "T": [3, 2]},
        "parameters": ["X", "g"],
        "nodes": {
            "m": "mean(X, axis=0)",
            "v": "mean((X - m)^2, axis=0)",
            "N": "(X - m) / sqrt(v + 0.01)",
            "L": "sum((g * N - T)^2)/2",
        },
        "output": "L",
    },
    "at": {"X": X.tolist(), "g": GAMMA.tolist(), "T": T.tolist()},
}

IMAGE = np.array([[0.6, -0.4, 0.8], [1.2, 0.4, 0.3], [-0.7, 1.0, 1.4]])
KERNEL = np.array([[0.5, -0.2], [0.7, 0.3]])
WINDOWS = {
    "graph": {
        "inputs": {"X": [3, 3], "K": [2, 2]},
        "parameters": ["X", "K"],
        "nodes": {"Z": "conv2d(X, K)", "L": "sum(Z^2)/2"},
        "output": "L",
    },
    "at": {"X": IMAGE.tolist(), "K": KERNEL.tolist()},
}


def _softmax(scores, axis):
    powers = np.exp(scores)
    return powers / powers.sum(axis=axis, keepdims=True)


def _attention():
    root = np.sqrt(2)
    scores = Q @ K.T / root
    weights = _softmax(scores, 1)
    error = weights @ V + B - Y
    by_weights = error @ V.T
    by_scores = weights * (by_weights - (by_weights * weights).sum(axis=1, keepdims=True))
    yield "factor_transposed", "dL/dV", weights @ error
    yield "product_reversed", "dL/dV", error @ weights.T
    yield "factor_transposed", "dL/dA", error @ V
    yield "entry_by_entry", "dL/dA", error * V
    yield "entry_by_entry", "dL/dV", weights * error
    yield "repeated_not_summed", "dL/db", error[0]
    yield "wrong_axis", "dL/db", error.sum(axis=1)
    yield "wrong_axis", "A", _softmax(scores, 0)
    yield "factor_transposed", "U1", Q @ K / root
    yield "product_reversed", "U1", K.T @ Q / root
    yield "softmax_elementwise", "dL/dU1", weights * (1 - weights) * by_weights
    yield "denominator_forgotten", "dL/dQ", by_scores @ K
    yield "factor_transposed", "dL/dK", by_scores @ Q / root
    yield "transposed_index", "dL/dV", (weights.T @ error).T


def _normalized():
    mean, count = X.mean(axis=0), len(X)
    distance = X - mean
    width = np.sqrt((distance**2).mean(axis=0) + 0.01)
    normal = distance / width
    by_normal = (GAMMA * normal - T) * GAMMA
    by_variance = -(by_normal * normal).sum(axis=0) / (2 * width**2)
    by_mean = -(by_normal / width).sum(axis=0) - 2 / count * (by_variance * distance).sum(axis=0)
    yield "dropped_path", "dL/dX", by_normal / width + by_mean / count
    yield "dropped_path", "dL/dX", by_normal / width + 2 / count * by_variance * distance
    yield "repeated_not_summed", "dL/dg", ((GAMMA * normal - T) * normal)[0]
    yield "mean_over_axis", "dL/dg", ((GAMMA * normal - T) * normal).mean(axis=0)
    yield "sum_over_axis", "m", X.sum(axis=0)
    yield "sum_over_axis", "v", (distance**2).sum(axis=0)


def _correlated(image, kernel):
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    return np.array(
        [[(image[i : i + height, j : j + width] * kernel).sum() for j in range(columns)] for i in range(rows)]
    )


def _windows():
    feature = _correlated(IMAGE, KERNEL)
    yield "kernel_flip", "Z", _correlated(IMAGE, KERNEL[::-1, ::-1])
    yield "kernel_flip", "dL/dX", _correlated(np.pad(feature, 1), KERNEL)


WRONG_ARRAYS = [
    (name, exercise, left, value)
    for exercise, made in ((ATTENTION, _attention()), (NORMALIZED, _normalized()), (WINDOWS, _windows()))
    for name, left, value in made
]
"""The name of the mistake, the exercise, what is answered, and the wrong array."""

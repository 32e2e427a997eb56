"""Small networks of layers that are worked out in arrays, with numbers."""

IMAGE = {
    "inputs": {"height": 2, "width": 2},
    "layers": [
        {"convolution": {"filters": 2, "kernel": [2, 1]}, "activation": "tanh"},
        {"flatten": True},
        {"units": 1, "activation": "sigmoid"},
    ],
    "loss": "binary_cross_entropy",
    "data": {"inputs": [[1, 2, 0, 1], [0, 1, 3, 2]], "targets": [[1], [0]]},
    "parameters": [
        {"kernels": [[["1"], ["0.5"]], [["0.2"], ["-1"]]], "biases": ["0.1", "0.3"]},
        {},
        {"weights": [["0.1", "0.2", "-0.3", "0.4"]], "biases": ["0"]},
    ],
}
NORMALIZED = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "tanh", "normalization": {"kind": "batch", "epsilon": 0}}, {"units": 1}],
    "loss": "squared_error",
    "data": {"inputs": [[1, 2], [3, 5], [5, 1]], "targets": [[1], [0], [2]]},
    "parameters": [
        {"weights": [["1", "0.5"], ["-0.5", "1"]], "biases": ["0.1", "0.2"], "gamma": ["1", "2"], "beta": ["0", "1"]},
        {"weights": [["0.1", "0.2"]], "biases": ["0"]},
    ],
}
SEQUENCE = {
    "inputs": 1,
    "layers": [{"units": 1, "cell": "lstm"}],
    "loss": "squared_error",
    "data": {"sequences": [{"inputs": [["1"], ["2"]], "target": ["0.5"]}]},
    "parameters": [
        {
            gate: {"weights": [["0.5"]], "recurrent_weights": [["-0.3"]], "biases": ["0.1"]}
            for gate in ("forget", "input", "candidate", "output")
        }
    ],
}

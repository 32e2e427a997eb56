"""The gradients of a network by symnet and by SymPy alone: ``python peers.py METHOD NETWORK`` prints their cost.

SymPy's part shares no code with symnet: it composes the loss as one would by hand and differentiates that.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy
from sympy import Expr, Symbol
from systems import SYSTEMS

from symnet.layout.latex import write
from symnet.pipeline import solve
from symnet.worked import Part

Pairs = Sequence[tuple[Symbol, Expr]]
Description = Mapping[str, Any]

TINY: Description = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "relu"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
}
NETWORKS: Mapping[str, Description] = {
    "2-2-1": TINY,
    "3-2-2-1 (Q1)": {
        "inputs": 3,
        "layers": [
            {"units": 2, "activation": "relu"},
            {"units": 2, "activation": "sigmoid"},
            {"units": 1, "activation": "sigmoid"},
        ],
        "loss": "squared_error",
    },
    "4-4-3": {
        "inputs": 4,
        "layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "softmax"}],
        "loss": "categorical_cross_entropy",
    },
    "4-4-4-2": {
        "inputs": 4,
        "layers": [
            {"units": 4, "activation": "tanh"},
            {"units": 4, "activation": "sigmoid"},
            {"units": 2, "activation": "sigmoid"},
        ],
        "loss": "squared_error",
    },
}


def composed_loss(description: Description) -> tuple[Expr, list[Symbol]]:
    """Return the loss in inputs, targets and parameters, and the parameters, both under symnet's ids."""
    values: list[Expr] = [Symbol(f"x{number}") for number in range(1, description["inputs"] + 1)]
    parameters: list[Symbol] = []
    for number, layer in enumerate(description["layers"], 1):
        units = range(1, layer["units"] + 1)
        weights = [[Symbol(f"w{number}_{to}_{source}") for source in range(1, len(values) + 1)] for to in units]
        biases = [Symbol(f"b{number}_{to}") for to in units]
        sums = [
            bias + sum(weight * value for weight, value in zip(row, values, strict=True))
            for row, bias in zip(weights, biases, strict=True)
        ]
        values = _ACTIVATIONS[layer["activation"]](sums)
        parameters += [weight for row in weights for weight in row] + biases
    targets = [Symbol(f"y{number}") for number in range(1, len(values) + 1)]
    loss = sum(_LOSSES[description["loss"]](a, y) for a, y in zip(values, targets, strict=True))
    return loss, parameters


_ACTIVATIONS: Mapping[str, Callable[[list[Expr]], list[Expr]]] = {
    "relu": lambda sums: [sympy.Max(0, z) for z in sums],
    "sigmoid": lambda sums: [1 / (1 + sympy.exp(-z)) for z in sums],
    "tanh": lambda sums: [sympy.tanh(z) for z in sums],
    "softmax": lambda sums: [sympy.exp(z) / sum(sympy.exp(other) for other in sums) for z in sums],
}
_LOSSES: Mapping[str, Callable[[Expr, Expr], Expr]] = {
    "squared_error": lambda a, y: (a - y) ** 2 / 2,
    "binary_cross_entropy": lambda a, y: -y * sympy.log(a) - (1 - y) * sympy.log(1 - a),
    "categorical_cross_entropy": lambda a, y: -y * sympy.log(a),
}


def by_diff(description: Description) -> Pairs:
    """Return ``sympy.diff`` of the composed loss by each parameter."""
    loss, parameters = composed_loss(description)
    return [(parameter, sympy.diff(loss, parameter)) for parameter in parameters]


def by_cse(description: Description) -> Pairs:
    """Return the same with common parts taken out: first each part's definition, then each gradient."""
    parameters, gradients = zip(*by_diff(description), strict=True)
    parts, reduced = sympy.cse(gradients)
    return [*parts, *zip(parameters, reduced, strict=True)]


def by_simplify(description: Description) -> Pairs:
    """Return ``sympy.simplify`` of each gradient."""
    return [(parameter, sympy.simplify(gradient)) for parameter, gradient in by_diff(description)]


def by_symnet(description: Description) -> Part:
    """Return what symnet derives, its own checks included."""
    return solve(description).parts[0]


def sympy_latex(pairs: Pairs) -> str:
    """Return one line of LaTeX a pair."""
    return "\n".join(f"{sympy.latex(symbol)} = {sympy.latex(expression)}" for symbol, expression in pairs)


def symnet_latex(part: Part) -> str:
    """Return all that it takes to read the gradients: forward equations, every delta that is cited, gradients."""
    build = part.build
    adjoints = {derivation.symbol: derivation for derivation in part.gradient.adjoints.values()}
    gradients = list(part.gradient.parameters.values())
    cited = []
    to_read = list(gradients)
    while to_read:
        for symbol in to_read.pop().result.free_symbols & adjoints.keys():
            cited.append(adjoints.pop(symbol))
            to_read.append(cited[-1])
    lines = [(node.symbol, node.expression) for node in part.network.nodes.values()]
    lines += [(derivation.symbol, derivation.result) for derivation in cited]
    lines += [(derivation.lhs, derivation.result) for derivation in gradients]
    return "\n".join(f"{write(build(left))} = {write(build(right))}" for left, right in lines)


METHODS: Mapping[str, tuple[Callable[[Description], Any], Callable[[Any], str]]] = {
    "symnet": (by_symnet, symnet_latex),
    "diff": (by_diff, sympy_latex),
    "diff + cse": (by_cse, sympy_latex),
    "diff + simplify": (by_simplify, sympy_latex),
}


def cost(method: str, network: str) -> Mapping[str, float]:
    """Return the CPU seconds of the gradients, those until their LaTeX is written, and the length of that."""
    if method in SYSTEMS:
        return SYSTEMS[method](*composed_loss(NETWORKS[network]))
    differentiate, latex = METHODS[method]
    start = time.process_time()
    gradients = differentiate(NETWORKS[network])
    derived = time.process_time()
    length = len(latex(gradients))
    return {"gradients": derived - start, "with_latex": time.process_time() - start, "latex_length": length}


if __name__ == "__main__":
    print(json.dumps(cost(*sys.argv[1:])))

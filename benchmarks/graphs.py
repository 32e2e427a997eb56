"""What graphs of arrays cost until they are JSON: ``python graphs.py KIND SCALARS`` prints CPU seconds as JSON.

Each kind is a graph with about so many scalars, of numbers that are put in: products, softmax, convolution, matrices,
steps of time. ``import sympy`` is measured in the same process, before all else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from math import isqrt
from typing import Any

Graph = Mapping[str, Any]


def numbers(*shape: int, step: int = 7) -> Any:  # noqa: ANN401 - nested lists of a shape
    """Return small numbers in nested lists of a shape, none of them 0."""
    if len(shape) > 1:
        return [numbers(*shape[1:], step=step + 3 * row) for row in range(shape[0])]
    return [round(((place * step) % 13 - 6) / 10 + 0.05, 2) for place in range(shape[0])]


def graph(at: Mapping[str, Any], nodes: Mapping[str, Any], parameters: Sequence[str] = (), **more: object) -> Graph:
    """Return a description of a graph with the output L, whose inputs have the shapes of their numbers."""
    asked = {"parameters": list(parameters)} if parameters else {}
    inputs = {name: _shape(value) for name, value in at.items()}
    return {"graph": {"inputs": inputs, **asked, "nodes": nodes, "output": "L", **more}, "at": at}


def _shape(value: Any) -> list[int]:  # noqa: ANN401 - a number or nested lists
    return [len(value), *_shape(value[0])] if isinstance(value, list) else []


def _elementwise(count: int) -> Graph:
    length = (count - 8) // 4
    nodes = {"h": "a*b", "g": "tanh(h)", "L": "sum(g)"}
    return graph({"a": numbers(length), "b": numbers(length, step=5)}, nodes, ["a"])


def _factors(count: int) -> Graph:
    length = (count - 8) // 5
    at = {name: numbers(length, step=3 + place) for place, name in enumerate("abcd")}
    return graph(at, {"h": "a*b*c*d", "L": "sum(h)"})


def _dot(count: int) -> Graph:
    length = (count - 8) // 2
    return graph({"a": numbers(length), "b": numbers(length, step=5)}, {"L": "sum(a*b)"})


def _softmax(count: int) -> Graph:
    rows = count // 80
    at = {"Z": numbers(rows, 20), "T": [[0.05] * 20] * rows}
    return graph(at, {"P": "softmax(Z, axis=1)", "L": "-sum(T*log(P))"}, ["Z"])


def _wide_softmax(count: int) -> Graph:
    length = (count - 16) // 4
    return graph({"z": numbers(length), "t": [0.01] * length}, {"p": "softmax(z)", "L": "-sum(t*log(p))"}, ["z"])


def _convolution(count: int) -> Graph:
    side = isqrt(count * 10 // 34)
    nodes = {"Z": "conv2d(X, K) + b", "A": "relu(Z)", "L": "sum(A^2)"}
    return graph({"X": numbers(side, side), "K": numbers(3, 3, step=5), "b": 0.1}, nodes, ["K", "b"])


def _layer(count: int) -> Graph:
    side = isqrt(count) - 3
    at = {"W": numbers(side, side), "x": numbers(side), "y": [0.1] * side}
    return graph(at, {"h": "tanh(W @ x)", "L": "sum((h - y)^2)"}, ["W"])


def _product(count: int) -> Graph:
    side = isqrt((count - 1) // 4)
    nodes = {"C": "A @ B", "H": "tanh(C)", "L": "sum(H)"}
    return graph({"A": numbers(side, side), "B": numbers(side, side, step=5)}, nodes, ["A", "B"])


def _matrices(count: int) -> Graph:
    side = isqrt((count - 1) // 5)
    at = {name: numbers(side, side, step=4 + place) for place, name in enumerate("ABC")}
    return graph(at, {"D": "A @ B", "E": "D @ C", "L": "sum(E)"})


def _recurrence(count: int) -> Graph:
    steps = count // 18
    at = {"x": numbers(steps, 4), "W": numbers(4, 4), "U": numbers(4, 4, step=5), "b": numbers(4)}
    nodes = {"h[0]": 0, "z[t]": "W @ x[t] + U @ h[t-1] + b", "h[t]": "tanh(z[t])", "L": f"sum(h[{steps}])"}
    return graph(at, nodes, ["W", "U", "b"], over={"t": steps})


def _scalar_recurrence(count: int) -> Graph:
    steps = count // 3 - 8
    nodes = {"h[0]": 0, "h[t]": "tanh(w*x[t] + u*h[t-1])", "L": f"h[{steps}]"}
    return graph({"x": numbers(steps), "w": 0.5, "u": 0.3}, nodes, ["w", "u"], over={"t": steps})


def _normalization(count: int) -> Graph:
    rows, units = count // 40 - 4, 8
    nodes = {
        "m": f"reshape(mean(X, axis=1), [{rows}, 1])",
        "D": "X - m",
        "v": f"reshape(mean(D^2, axis=1), [{rows}, 1])",
        "N": "D/sqrt(v + 0.01)",
        "Y": "g*N + b",
        "L": "sum(tanh(Y))",
    }
    at = {"X": numbers(rows, units), "g": numbers(units), "b": numbers(units, step=5)}
    return graph(at, nodes, ["X", "g", "b"])


KINDS: Mapping[str, Callable[[int], Graph]] = {
    "a product entry by entry": _elementwise,
    "a product of four": _factors,
    "a sum of products": _dot,
    "softmax of rows": _softmax,
    "one wide softmax": _wide_softmax,
    "conv2d": _convolution,
    "a dense layer": _layer,
    "a product of matrices": _product,
    "two products of matrices": _matrices,
    "a recurrent layer": _recurrence,
    "a recurrent unit": _scalar_recurrence,
    "layer normalization": _normalization,
}
"""By what is measured, from a number of scalars to a graph with about so many."""


def seconds(kind: str, count: int) -> Mapping[str, float]:
    """Return the CPU seconds of ``import sympy``, and of a graph until it is JSON, with the number of its scalars."""
    start = time.process_time()
    import sympy  # noqa: F401 - that is what is measured

    imported = time.process_time()
    from symnet.pipeline import solve
    from symnet.render.json import render_json

    source = KINDS[kind](count)
    begun = time.process_time()
    worked = solve(source)
    render_json(worked)
    done = time.process_time()
    network = worked.parts[0].network
    scalars = len({*network.nodes, *network.leaves, *network.inputs})
    return {"import": imported - start, "json": done - begun, "scalars": scalars}


if __name__ == "__main__":
    print(json.dumps(seconds(sys.argv[1], int(sys.argv[2]))))

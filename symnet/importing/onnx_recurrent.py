"""Recurrent operators of ONNX: the order of their gates, their biases, and which axes are steps and samples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from symnet.document import Sentence
from symnet.importing.model import LayerPart, Parameters
from symnet.importing.onnx_values import OnnxNode, OnnxSignal, OnnxWalk
from symnet.importing.parts import LayerOutOfReachError, gates_of
from symnet.importing.stored import StoredArray

_GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "RNN": ("",),
        "LSTM": ("input", "output", "forget", "candidate"),
        "GRU": ("update", "reset", "candidate"),
    }
)
"""The gates in the order in which ONNX puts their rows one below the other."""
_FUNCTIONS: Mapping[str, tuple[list[str], ...]] = MappingProxyType(
    {"RNN": (["Tanh"], ["Relu"]), "LSTM": (["Sigmoid", "Tanh", "Tanh"],), "GRU": (["Sigmoid", "Tanh"],)}
)


def recurrent(walk: OnnxWalk, node: OnnxNode) -> Mapping[int, OnnxSignal]:
    """Read an RNN, an LSTM or a GRU, and return all steps and the last one by the numbers of these outputs.

    Args:
        walk: What it is added to.
        node: The node.
    """
    signal = node.signal()
    samples_first = bool(node.whole("layout", 0))
    _refuse_settings(node, signal, "NTF" if samples_first else "TNF")
    (weights, back), biases = (_of_direction(node.needed(place, 3)) for place in (1, 2)), node.constant(3)
    units = back.shape[1]
    keys: dict[str, Any] = {"units": units, **_kind(node), **({} if biases is not None else {"bias": False})}
    arrays = _parameters(node, [weights, back], biases, units)
    arrays |= _starts(node, units)
    if biases is not None:
        walk.reading.remark(Sentence("import.biases"))
    part = LayerPart(node.where, keys, arrays, "values")
    made = walk.add(signal, lambda: walk.reading.add(part, (units,)))
    every, last = ("NTDF", "NDF") if samples_first else ("TDNF", "DNF")
    return {0: made._replace(axes=every), 1: made._replace(axes=last)}


def _refuse_settings(node: OnnxNode, signal: OnnxSignal, axes: str) -> None:
    """Refuse settings that a description has no words for."""
    if signal.axes != axes:
        found = f"the axes {signal.axes or 'of samples that are no sequences'}"
        raise LayerOutOfReachError(found, f"sequences with the axes {axes}: T steps, N samples, F numbers")
    node.demand("direction", "forward", "forward in time")
    node.demand("input_forget", 0, "a forget gate of its own")
    stated = node.attributes.get("activations", _FUNCTIONS[node.operator][0])
    if stated not in _FUNCTIONS[node.operator]:
        raise LayerOutOfReachError(f"activations = {stated}", " or ".join(map(str, _FUNCTIONS[node.operator])))
    if "clip" in node.attributes or "activation_alpha" in node.attributes:
        raise LayerOutOfReachError("clip or activation_alpha", "neither")
    if node.at(4) is not None or (node.operator == "LSTM" and node.at(7) is not None):
        raise LayerOutOfReachError("lengths of sequences, or peepholes", "sequences of one length, and no peepholes")


def _of_direction(array: StoredArray) -> StoredArray:
    """Return an array of the only direction."""
    if array.shape[0] != 1:
        raise LayerOutOfReachError(f"{array.shape[0]} directions", "one, forward in time")
    return array.reshaped(*array.shape[1:])


def _kind(node: OnnxNode) -> dict[str, Any]:
    """Return what a description says of it."""
    if node.operator == "RNN":
        stated = node.attributes.get("activations", ["Tanh"])
        return {"activation": "relu" if stated == ["Relu"] else "tanh", "recurrent": True}
    if node.operator == "LSTM":
        return {"cell": "lstm"}
    return {"cell": "gru", "reset": "after" if node.whole("linear_before_reset", 0) else "before"}


def _parameters(node: OnnxNode, arrays: list[StoredArray], biases: StoredArray | None, units: int) -> Parameters:
    gates = _GATES[node.operator]
    rows = len(gates) * units
    if any(array.shape[0] != rows for array in arrays):
        raise LayerOutOfReachError(f"weights of the shapes {[array.shape for array in arrays]}", f"{rows} rows")
    halves: list[StoredArray] = []
    if biases is not None:
        if len(biases.numbers) != 2 * rows:
            raise LayerOutOfReachError(f"biases of the shape {biases.shape}", f"{2 * rows} of them")
        flat = biases.reshaped(2 * rows)
        halves = [flat.rows(0, rows), flat.rows(rows, 2 * rows)]
        arrays = [*arrays, halves[0].plus(halves[1])]
    found = gates_of(arrays, units, gates)
    if gates == ("",):
        return {(key,): array for (_gate, key), array in found.items()}
    if halves and node.operator == "GRU" and node.whole("linear_before_reset", 0):
        # The candidate alone keeps both of its biases, one of which is reset.
        at = gates.index("candidate") * units
        for key, half in zip(("biases", "recurrent_biases"), halves, strict=True):
            found["candidate", key] = half.rows(at, at + units)
    return found


def _starts(node: OnnxNode, units: int) -> Parameters:
    """Return the values with which it starts, unless they are 0."""
    found: Parameters = {}
    for place, key in ((5, "state"), (6, "cell_state")):
        value = node.constant(place)
        if value is None or not any(value.numbers):
            continue
        if len(value.numbers) != units:
            raise LayerOutOfReachError("a start for each sample", "one for all samples")
        found[(key,)] = value.reshaped(units)
    return found

"""ONNX: a file as a graph of operators, read within limits; nothing of it is run, and nothing beside it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from symnet.description.source import printable
from symnet.errors import MissingToolError
from symnet.importing.model import ModelPlace, ModelReading, place_of
from symnet.importing.model_files import content_of_model
from symnet.importing.onnx_operators import OPERATORS
from symnet.importing.onnx_values import Attribute, OnnxNode, OnnxSignal, OnnxValue, OnnxWalk
from symnet.importing.parts import LayerOutOfReachError
from symnet.importing.stored import StoredArray
from symnet.limits import MOST_ARRAY_AXES, MOST_FOLDED_NUMBERS, MOST_MODEL_NODES, MOST_UNITS

_DOMAINS = ("", "ai.onnx")
_RECURRENT = ("RNN", "LSTM", "GRU")
# The types of numbers by which ONNX calls them, and the bytes that each takes.
_BYTES = {"FLOAT": 4, "FLOAT16": 2, "BFLOAT16": 2, "DOUBLE": 8, "INT64": 8, "INT32": 4, "BOOL": 1}


def is_model_file(model: object) -> bool:
    """Return whether something is the path of a file."""
    return isinstance(model, str | PathLike)


def read_onnx(path: str | PathLike[str], inputs: tuple[int, ...] | None) -> ModelReading:
    """Return what a model in a file is made of.

    Args:
        path: The path of the file.
        inputs: The shape of the inputs of a sample, where the file does not say it.

    Raises:
        ModelError: If the file cannot be read.
        MissingToolError: If the package that reads ONNX is not installed.
    """
    content = content_of_model(path)
    try:
        from google.protobuf.message import DecodeError
        from onnx import ModelProto
    except ImportError:
        raise MissingToolError("models in ONNX are read by the package onnx: pip install 'symnet[onnx]'") from None
    reading = ModelReading("ONNX", printable(Path(fspath(path)).name), inputs=inputs)
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except (DecodeError, RuntimeError) as error:
        reading.refuse("", f"bytes that are no model ({error})", "a model in ONNX")
        return reading
    _GraphReader(reading, model).read()
    return reading


class _GraphReader:
    """Reads the graph of a model.

    Args:
        reading: What is read of it.
        model: The model as its file has it.
    """

    def __init__(self, reading: ModelReading, model: Any) -> None:  # noqa: ANN401 - onnx has no types
        self.reading = reading
        self.graph = model.graph
        self.walk = OnnxWalk(reading)
        self.opset = max((one.version for one in model.opset_import if one.domain in _DOMAINS), default=1)
        self.folded = 0
        self.tensors = {tensor.name: tensor for tensor in self.graph.initializer}

    def read(self) -> None:
        """Read all that the output is made of."""
        graph, reading = self.graph, self.reading
        if len(graph.node) > MOST_MODEL_NODES:
            reading.refuse("", f"{len(graph.node):,} nodes", f"at most {MOST_MODEL_NODES:,}")
            return
        if any(isinstance(name, bytes) for name in self._names()):
            # What is no UTF-8 is handed out as bytes.
            reading.refuse("", "names that are no text", "names in UTF-8")
            return
        outputs = [one.name for one in graph.output]
        if len(outputs) != 1:
            reading.refuse("", f"{len(outputs)} outputs", "one output")
            return
        nodes = self._needed(outputs[0])
        if not self._input():
            return
        for number in sorted(nodes):
            self._read_node(graph.node[number], number + 1)
        last = self.walk.values.get(outputs[0])
        if not reading.problems and not isinstance(last, OnnxSignal):
            reading.refuse("", "an output that does not depend on the input", "one that layers make of the input")

    def _names(self) -> Iterator[object]:
        """Yield every name of the graph."""
        graph = self.graph
        yield from (one.name for kind in (graph.input, graph.output, graph.initializer) for one in kind)
        for node in graph.node:
            yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
            yield from (one.name for one in node.attribute)

    def _needed(self, output: str) -> set[int]:
        """Return the numbers of the nodes that the output depends on."""
        makers = {name: at for at, node in enumerate(self.graph.node) for name in node.output if name}
        found: set[int] = set()
        waiting = [output]
        while waiting:
            at = makers.get(waiting.pop())
            if at is not None and at not in found:
                found.add(at)
                waiting += self.graph.node[at].input
        for at in found:
            for name in self.graph.node[at].input:
                self.walk.uses[name] = self.walk.uses.get(name, 0) + 1
        return found

    def _input(self) -> bool:
        """Take the input of the model; return whether there is one that can be taken."""
        stated = [one for one in self.graph.input if one.name not in self.tensors]
        if len(stated) != 1:
            self.reading.refuse("", f"{len(stated)} inputs", "one input")
            return False
        (only,) = stated
        dims = [int(dim.dim_value) if dim.HasField("dim_value") else 0 for dim in only.type.tensor_type.shape.dim]
        if not 1 <= len(dims) <= MOST_ARRAY_AXES or any(not 0 <= length <= MOST_UNITS for length in dims):
            allowed = f"samples, and up to {MOST_ARRAY_AXES - 1} axes of at most {MOST_UNITS:,}"
            self.reading.refuse(f'input "{printable(only.name, 40)}"', f"the shape {dims}", allowed)
            return False
        sequences = len(dims) == 3 and any(node.op_type in _RECURRENT for node in self.graph.node)
        shape: tuple[int, ...] | None = tuple(dims[2:] if sequences else dims[1:])
        if shape is not None and 0 in shape:
            shape = self.reading.inputs
        self.reading.inputs = self.reading.shape = shape
        axes = ""
        if sequences:
            first = next((node for node in self.graph.node if only.name in node.input), None)
            axes = "NTF" if first is not None and self._samples_first(first) else "TNF"
            self.reading.steps_first = axes == "TNF"
        self.walk.values[only.name] = OnnxSignal(-1, shape, axes)
        return True

    def _samples_first(self, node: Any) -> bool:  # noqa: ANN401 - onnx has no types
        """Return whether the node that reads sequences takes samples as their first axis."""
        layout = any(one.name == "layout" and one.i for one in node.attribute)
        return node.op_type == "Transpose" or (node.op_type in _RECURRENT and layout)

    def _read_node(self, node: Any, number: int) -> None:  # noqa: ANN401 - onnx has no types
        name = node.name or (node.output[0] if node.output else "")
        where = place_of(number, name, node.op_type)
        before = len(self.reading.problems)
        if node.domain not in _DOMAINS or node.op_type not in {*OPERATORS, "Constant"}:
            domain = f" of the domain {node.domain}" if node.domain not in _DOMAINS else ""
            self.reading.refuse_kind(where, f"the operator {node.op_type}{domain}", OPERATORS)
            return
        try:
            inputs = [self._value(one, where) for one in node.input]
            # What follows something that cannot be read is not looked at: its problem would be the same.
            if before < len(self.reading.problems) or any(
                one and value is None for one, value in zip(node.input, inputs, strict=True)
            ):
                return
            made = self._made(node, where, inputs)
        except LayerOutOfReachError as error:
            self.reading.refuse(where, error.found, error.allowed, error.hint)
            return
        for place, value in made.items():
            if place < len(node.output):
                self.walk.values[node.output[place]] = value

    def _made(self, node: Any, where: ModelPlace, inputs: Sequence[OnnxValue | None]) -> Mapping[int, OnnxValue]:  # noqa: ANN401
        """Return what a node makes, by the numbers of its outputs."""
        if node.op_type == "Constant":
            return self._constant(node, where)
        attributes = dict(_attributes(node))
        own = OnnxNode(node.op_type, where, inputs, tuple(node.output), attributes, self.opset)
        made = OPERATORS[node.op_type](self.walk, own)
        if isinstance(made, StoredArray):
            self.folded += len(made.numbers)
            if self.folded > MOST_FOLDED_NUMBERS:
                raise LayerOutOfReachError(
                    "numbers that are turned again and again", f"{MOST_FOLDED_NUMBERS:,} at most"
                )
        return made if isinstance(made, Mapping) else {0: made}

    def _constant(self, node: Any, where: ModelPlace) -> Mapping[int, OnnxValue]:  # noqa: ANN401 - onnx has no types
        for one in node.attribute:
            if one.name == "value" and one.HasField("t"):
                found = self._stored(one.t, where, "value")
                return {} if found is None else {0: found}
        raise LayerOutOfReachError("a constant that is no array", "an array of numbers")

    def _value(self, name: str, where: ModelPlace) -> OnnxValue | None:
        """Return what is known under a name; None if it is left out, or if what makes it could not be read."""
        if not name or name in self.walk.values:
            return self.walk.values.get(name)
        if name in self.tensors:
            found = self._stored(self.tensors[name], where, name)
            if found is not None:
                self.walk.values[name] = found
            return found
        if not self.reading.problems:
            hint = "Nodes have to stand behind those that they read, and a graph has no cycles."
            raise LayerOutOfReachError(f'"{printable(name, 40)}", which no node before it makes', "what is known", hint)
        return None

    def _stored(self, tensor: Any, where: ModelPlace, name: str) -> StoredArray | None:  # noqa: ANN401
        """Return an array of numbers that stands in the file; None, and a problem, if it cannot be taken."""
        from onnx import TensorProto, numpy_helper

        name = printable(name, 40)
        kind = TensorProto.DataType.Name(tensor.data_type) if tensor.data_type in TensorProto.DataType.values() else "?"
        dims = [int(length) for length in tensor.dims]
        if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
            hint = "Write the model with save_as_external_data=False."
            self.reading.refuse(
                where, f"{name}: numbers that stand in another file", "numbers in the model itself", hint
            )
        elif kind not in _BYTES:
            self.reading.refuse(where, f"{name}: numbers of the type {kind}", ", ".join(_BYTES))
        elif min(dims, default=0) < 0 or len(dims) > MOST_ARRAY_AXES:
            self.reading.refuse(where, f"{name}: the shape {dims}", f"at most {MOST_ARRAY_AXES} axes")
        elif tensor.raw_data and len(tensor.raw_data) != prod(dims) * _BYTES[kind]:
            found = f"{name}: {len(tensor.raw_data):,} bytes for the shape {dims}"
            self.reading.refuse(where, found, f"{prod(dims) * _BYTES[kind]:,}")
        else:
            return self._numbers(numpy_helper, tensor, where, name)
        return None

    def _numbers(self, helper: Any, tensor: Any, where: ModelPlace, name: str) -> StoredArray | None:  # noqa: ANN401
        """Return the numbers of an array, once it is known that they are not too many."""
        most = self.reading.room
        if prod(tensor.dims) > most:
            found = f"{name}: {' x '.join(f'{length:,}' for length in tensor.dims)} = {prod(tensor.dims):,} numbers"
            self.reading.refuse(where, found, f"at most {most:,}")
            return None
        try:
            array = helper.to_array(tensor)
        except (ValueError, TypeError, KeyError) as error:
            self.reading.refuse(where, f"{name}: numbers that do not fit their shape ({error})", "an array")
            return None
        read = self.reading.array(where, name, array)
        # The same name is the same array, wherever it is read.
        return None if read is None else read._replace(identity=("onnx", tensor.name) if tensor.name else None)


def _attributes(node: Any) -> Iterator[tuple[str, Attribute]]:  # noqa: ANN401 - onnx has no types
    """Yield the attributes of a node that are numbers or words, or lists of them."""
    from onnx import AttributeProto

    for one in node.attribute:
        match one.type:
            case AttributeProto.FLOAT:
                yield one.name, float(one.f)
            case AttributeProto.INT:
                yield one.name, int(one.i)
            case AttributeProto.STRING:
                yield one.name, _text(one.s)
            case AttributeProto.INTS:
                yield one.name, [int(value) for value in one.ints]
            case AttributeProto.FLOATS:
                yield one.name, [float(value) for value in one.floats]
            case AttributeProto.STRINGS:
                yield one.name, [_text(value) for value in one.strings]
            case _:
                raise LayerOutOfReachError(f"the attribute {printable(one.name, 40)}", "numbers and words")


def _text(value: bytes) -> str:
    return printable(value.decode("utf-8", "replace"), 40)

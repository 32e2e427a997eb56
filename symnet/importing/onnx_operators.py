"""The operators of ONNX that a description can express, each with what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from types import MappingProxyType
from typing import Any

from symnet.document import Sentence
from symnet.importing.model import LayerPart, Parameters
from symnet.importing.onnx_recurrent import recurrent
from symnet.importing.onnx_values import OnnxMade, OnnxNode, OnnxSignal, OnnxValue, OnnxWalk, Operator, size_of
from symnet.importing.parts import (
    LayerOutOfReachError,
    activation,
    convolved,
    expression,
    flattened,
    pooled,
    pooled_to,
)
from symnet.importing.stored import StoredArray, number_text

# Layers with weights.


def _gemm(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    node.demand("transA", 0, "samples as the rows of what feeds it")
    weights = node.needed(1, 2)
    weights = weights if node.whole("transB", 0) else weights.permuted(1, 0)
    biases = node.constant(2)
    parameters: Parameters = {("weights",): weights.times(node.number("alpha", 1.0))}
    if biases is not None:
        parameters[("biases",)] = _broadcast(biases.times(node.number("beta", 1.0)), weights.shape[0])
    return _dense(walk, node, node.signal(), parameters)


def _broadcast(biases: StoredArray, units: int) -> StoredArray:
    """Return one bias a unit."""
    if len(biases.numbers) not in {1, units} or biases.shape[-1:] not in {(), (1,), (units,)}:
        raise LayerOutOfReachError(f"biases of the shape {biases.shape}", f"{units}, one a unit")
    numbers = biases.numbers if len(biases.numbers) == units else biases.numbers * units
    return biases._replace(shape=(units,), numbers=numbers)


def _dense(walk: OnnxWalk, node: OnnxNode, signal: OnnxSignal, parameters: Parameters) -> OnnxSignal:
    units = parameters[("weights",)].shape[0]
    keys = {"units": units, **({} if ("biases",) in parameters else {"bias": False})}
    shape = None if signal.shape is None else (*signal.shape[:-1], units)
    return walk.add(signal, lambda: walk.reading.add(LayerPart(node.where, keys, parameters), shape))


def _matmul(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    return _dense(walk, node, node.signal(), {("weights",): node.needed(1, 2).permuted(1, 0)})


def _add(walk: OnnxWalk, node: OnnxNode) -> OnnxMade:
    """Read a sum: of two layers, of a matrix product and biases, or of a layer and one number."""
    signals = [value for value in node.inputs if isinstance(value, OnnxSignal)]
    if len(signals) == 2:
        first, second = signals
        if first.shape is None or first.shape != second.shape:
            raise LayerOutOfReachError(f"the shapes {first.shape} and {second.shape}", "layers of one shape")
        return walk.joined(node, signals, "add", first.shape)
    (signal,) = signals or [node.signal()]
    constant = next(value for value in node.inputs if isinstance(value, StoredArray))
    part = walk.reading.parts[signal.part] if signal.part >= 0 else None
    alone = part is not None and signal.part == len(walk.reading.parts) - 1 and walk.used_once(signal)
    if part is None or not alone or part.keys.get("bias") is not False or "units" not in part.keys:
        return _with_number("z + {}")(walk, node)
    units = int(part.keys["units"])
    keys = {key: value for key, value in part.keys.items() if key != "bias"}
    arrays = {**part.arrays, ("biases",): _broadcast(constant, units)}
    walk.reading.parts[signal.part] = part._replace(keys=keys, arrays=arrays)
    return signal


def _conv(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    kernels = node.constant(1)
    if kernels is None or len(kernels.shape) not in {3, 4}:
        raise LayerOutOfReachError("a kernel that is not one of one or two axes", "images of one or two axes")
    kernel = kernels.shape[2:]
    axes = len(kernel)
    node.demand("group", 1, "one group")
    node.demand("dilations", [1] * axes, "no dilation")
    stride = node.lengths("strides", [1] * axes)
    arrays: Parameters = {("kernels",): kernels}
    biases = node.constant(2)
    if biases is not None:
        arrays[("biases",)] = _broadcast(biases, kernels.shape[0])
    keys = {} if biases is not None else {"bias": False}
    padding = _padding(node, kernel, stride)

    def make() -> None:
        convolved(
            walk.reading,
            node.where,
            arrays,
            filters=kernels.shape[0],
            kernel=kernel,
            stride=stride,
            padding=padding,
            **keys,
        )

    return walk.add(node.signal(), make)


def _padding(node: OnnxNode, kernel: Sequence[int], stride: Sequence[int]) -> tuple[int, ...]:
    """Return how many zeros stand on both sides of each axis."""
    axes, way = len(kernel), node.attributes.get("auto_pad", "NOTSET")
    if way in {"SAME_UPPER", "SAME_LOWER"}:
        if set(stride) != {1} or not all(length % 2 for length in kernel):
            raise LayerOutOfReachError(f"auto_pad = {way}", "the same padding on both sides")
        return tuple(length // 2 for length in kernel)
    if way not in {"NOTSET", "VALID"}:
        raise LayerOutOfReachError(f"auto_pad = {way}", "NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    pads = node.lengths("pads", [0] * (2 * axes))
    if way == "VALID" or not any(pads):
        return (0,) * axes
    if pads[:axes] != pads[axes:] or min(pads) < 0:
        raise LayerOutOfReachError(f"pads = {list(pads)}", "the same padding on both sides")
    return pads[:axes]


def _gather(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    """Read an embedding, or the last step of a sequence."""
    table = node.at(0)
    if isinstance(table, OnnxSignal):
        return _last_step(node, table)
    node.demand("axis", 0, "rows of a table")
    weights, signal = node.needed(0, 2), node.signal(1)
    entries, size = weights.shape
    keys = {"embedding": {"entries": entries, "size": size}}
    words = signal.shape or (1,)
    shape = (size,) if words == (1,) else (*words, size)
    part = LayerPart(node.where, keys, {("weights",): weights}, "values")
    return walk.add(signal, lambda: walk.reading.add(part, shape))


def _last_step(node: OnnxNode, signal: OnnxSignal) -> OnnxSignal:
    at = node.constant(1)
    axis = node.whole("axis", 0)
    if at is None or list(at.numbers) != [-1] or signal.axes[axis : axis + 1] != "T":
        raise LayerOutOfReachError("some of what a layer makes", "a table of embeddings, or the last step of time")
    return signal._replace(axes=signal.axes.replace("T", "" if at.shape == () else "D"))


# Normalization.


def _batch_normalization(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    node.demand("training_mode", 0, "evaluation, with a mean and a variance that are stored")
    scale, shift, mean, variance = (node.needed(place, 1) for place in range(1, 5))
    keys: dict[str, Any] = {"kind": "batch", "epsilon": node.number("epsilon", 1e-5)}
    keys |= {"mean": list(mean.numbers), "variance": list(variance.numbers)}
    return _normalized(walk, node, keys, {("gamma",): scale, ("beta",): shift})


def _layer_normalization(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    signal, scale, shift = node.signal(), node.constant(1), node.constant(2)
    shape = signal.shape or ()
    axis = node.whole("axis", -1)
    first = axis - 1 if axis >= 0 else len(shape) + axis
    over = shape[max(first, 0) :]
    if scale is None or shift is None:
        raise LayerOutOfReachError("a normalization without scale and bias", "both of them")
    if (len(shape) > 2 and over != shape) or scale.shape != over or shift.shape != over:
        raise LayerOutOfReachError(f"axis = {axis}", "the normalization of all numbers of a sample")
    keys = {"kind": "layer", "epsilon": node.number("epsilon", 1e-5)}
    return _normalized(walk, node, keys, {("gamma",): scale, ("beta",): shift})


def _normalized(walk: OnnxWalk, node: OnnxNode, keys: Mapping[str, Any], arrays: Parameters) -> OnnxSignal:
    signal = node.signal()
    part = LayerPart(node.where, {"normalization": keys}, arrays, "normalization")
    return walk.add(signal, lambda: walk.reading.add(part, signal.shape))


# Shapes.


def _flatten(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    node.demand("axis", 1, "all numbers of a sample in one row")
    return walk.add(node.signal(), lambda: flattened(walk.reading, node.where))


def _reshape(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    """Read what puts all numbers of a sample into one row; of constants, anything."""
    target, value = node.constant(1), node.at(0)
    wanted = [] if target is None else [int(one) for one in target.numbers]
    if isinstance(value, StoredArray):
        count = len(value.numbers)
        known = prod(one for one in wanted if one > 0)
        shape = [count // max(known, 1) if one == -1 else one for one in wanted]
        if min(shape, default=1) < 1 or prod(shape) != count:
            raise LayerOutOfReachError(f"{count} numbers in the shape {wanted}", "as many numbers")
        return value.reshaped(*shape)
    signal = node.signal()
    size = size_of(signal.shape)
    if signal.axes or len(wanted) != 2 or wanted[1] not in {-1, size}:
        raise LayerOutOfReachError(f"the shape {wanted}", "all numbers of a sample in one row")
    return walk.add(signal, lambda: flattened(walk.reading, node.where))


def _transpose(_walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    """Read a matrix with rows and columns exchanged, or a sequence with steps and samples exchanged."""
    value = node.at(0)
    axes = len(value.shape) if isinstance(value, StoredArray) else len(node.signal().axes)
    order = node.lengths("perm", list(range(axes))[::-1])
    if sorted(order) != list(range(axes)) or not axes:
        raise LayerOutOfReachError(f"the axes in the order {list(order)}", "steps and samples exchanged at most")
    if isinstance(value, StoredArray):
        return value.permuted(*order)
    signal = node.signal()
    return signal._replace(axes="".join(signal.axes[axis] for axis in order))


def _squeeze(_walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    """Read what takes away an axis of length 1: that for the directions of a recurrent layer."""
    value, listed = node.at(0), node.constant(1)
    stated = node.attributes.get("axes", [])
    axes = [int(one) for one in (listed.numbers if listed else stated if isinstance(stated, list) else [])]
    if isinstance(value, StoredArray):
        return value.reshaped(*(length for length in value.shape if length != 1))
    signal = node.signal()
    if len(axes) != 1 or signal.axes[axes[0] : axes[0] + 1 or None] != "D":
        raise LayerOutOfReachError(f"the axes {axes}", "the axis of the directions of a recurrent layer")
    return signal._replace(axes=signal.axes.replace("D", ""))


def _passed(_walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    value = node.at(0)
    return node.signal() if value is None else value


def _dropout(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    training = node.constant(2)
    if training is not None and any(training.numbers):
        raise LayerOutOfReachError("training_mode", "evaluation, in which nothing is dropped")
    walk.reading.remark(Sentence("import.dropout"))
    return node.signal()


def _concat(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    signals = [node.signal(place) for place in range(len(node.inputs))]
    shapes = [signal.shape for signal in signals if signal.shape is not None]
    rest = {shape[1:] for shape in shapes}
    axis = node.whole("axis", 0)
    if len(shapes) < len(signals) or len(rest) > 1 or axis not in {1, *([-1] if rest == {()} else [])}:
        raise LayerOutOfReachError(f"axis = {axis}", "axis = 1: layers of one sort side by side")
    shape = (sum(shape[0] for shape in shapes), *next(iter(rest)))
    return walk.joined(node, signals, "from", shape)


# Pooling.


def _pool(kind: str) -> Operator:
    def read(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
        size = node.attributes.get("kernel_shape", [])
        if not isinstance(size, list) or not 1 <= len(size) <= 2:
            raise LayerOutOfReachError(f"kernel_shape = {size}", "windows of one or two axes")
        axes = len(size)
        lengths = node.lengths("kernel_shape", [1] * axes)
        stride = node.lengths("strides", [1] * axes)
        node.demand("dilations", [1] * axes, "no dilation")
        if any(_padding(node, lengths, stride)):
            raise LayerOutOfReachError(f"pads = {node.attributes.get('pads')}", "windows within the image")
        beyond = bool(node.whole("ceil_mode", 0))
        return walk.add(node.signal(), lambda: pooled(walk.reading, node.where, kind, lengths, stride, beyond=beyond))

    return read


def _global_pool(kind: str) -> Operator:
    def read(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
        signal = node.signal()
        wanted = [1] * (len(signal.shape or (0,)) - 1)
        return walk.add(signal, lambda: pooled_to(walk.reading, node.where, kind, wanted))

    return read


# Activations.

Keys = Callable[[OnnxNode], Mapping[str, Any]]


def _activated(keys: Keys) -> Operator:
    def read(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
        return walk.add(node.signal(), lambda: activation(walk.reading, node.where, keys(node)))

    return read


def _named(name: str, **options: float) -> Operator:
    """Return what reads an activation, the option of which, if it has one, is the attribute alpha."""
    return _activated(
        lambda node: {"activation": name, **{key: node.number("alpha", usual) for key, usual in options.items()}}
    )


def _written(text: str) -> Operator:
    return _activated(lambda _node: expression(text))


def _softmax(name: str) -> Operator:
    def keys(node: OnnxNode) -> Mapping[str, Any]:
        axes = 1 + len(node.signal().shape or ())
        usual = -1 if node.opset >= 13 else 1
        if node.whole("axis", usual) not in {-1, axes - 1}:
            raise LayerOutOfReachError(f"axis = {node.whole('axis', usual)}", "the last axis")
        return {"activation": name}

    return _activated(keys)


def _gelu(node: OnnxNode) -> Mapping[str, Any]:
    way = node.attributes.get("approximate", "none")
    return {"activation": "gelu", **({} if way == "none" else {"approximate": way})}


def _hard_sigmoid(node: OnnxNode) -> Mapping[str, Any]:
    alpha, beta = node.number("alpha", 0.2), node.number("beta", 0.5)
    if abs(alpha - Fraction(1, 6)) < Fraction(1, 10**6) and beta == Fraction(1, 2):
        return {"activation": "hard_sigmoid"}
    return expression(f"max(0, min(1, {number_text(alpha)}*z + {number_text(beta)}))")


def _selu(node: OnnxNode) -> Mapping[str, Any]:
    usual = (Fraction("1.67326"), Fraction("1.0507"))
    stated = (node.number("alpha", 1.67326), node.number("gamma", 1.0507))
    if any(abs(one - of) > Fraction(1, 10**4) for one, of in zip(stated, usual, strict=True)):
        raise LayerOutOfReachError("alpha and gamma of its own", "those of the selu")
    return {"activation": "selu"}


def _celu(node: OnnxNode) -> Mapping[str, Any]:
    alpha = number_text(node.number("alpha", 1.0))
    return expression(f"max(0, z) + min(0, {alpha}*(exp(z/{alpha}) - 1))")


def _clip(node: OnnxNode) -> Mapping[str, Any]:
    ends = []
    for place, name in ((1, "min"), (2, "max")):
        stored = node.constant(place)
        if stored is not None and len(stored.numbers) != 1:
            raise LayerOutOfReachError(f"{len(stored.numbers)} bounds", "one number as a bound")
        known = None if name not in node.attributes else node.number(name, 0.0)
        ends.append(stored.numbers[0] if stored is not None else known)
    least, most = (None if end is None else number_text(end) for end in ends)
    inside = "z" if most is None else f"min({most}, z)"
    if least is None:
        return expression(inside) if most is not None else {"activation": "identity"}
    return {"activation": "relu"} if (least, most) == ("0", None) else expression(f"max({least}, {inside})")


def _prelu(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
    slope = node.constant(1)
    if slope is None or len(slope.numbers) != 1:
        raise LayerOutOfReachError("a slope a unit", "one slope, which all units share")
    arrays: Parameters = {("alpha",): slope.reshaped()}
    keys = {"activation": "prelu"}
    return walk.add(node.signal(), lambda: activation(walk.reading, node.where, keys, arrays))


def _with_number(behind: str, before: str = "") -> Operator:
    """Return what reads an operation with one number, as it is written with the number behind the layer or before."""

    def keys(node: OnnxNode) -> Mapping[str, Any]:
        stored = [value for value in node.inputs if isinstance(value, StoredArray)]
        text = behind if isinstance(node.at(0), OnnxSignal) else before or behind
        if len(stored) != 1 or len(stored[0].numbers) != 1:
            raise LayerOutOfReachError("an array", "one number, or biases behind a matrix product")
        number = number_text(stored[0].numbers[0])
        return expression(text.format(f"({number})" if number.startswith("-") else number))

    def read(walk: OnnxWalk, node: OnnxNode) -> OnnxValue:
        signal = next((value for value in node.inputs if isinstance(value, OnnxSignal)), None)
        if signal is None:
            raise LayerOutOfReachError("numbers alone", "what a layer makes")
        return walk.add(signal, lambda: activation(walk.reading, node.where, keys(node)))

    return read


def _multiply(walk: OnnxWalk, node: OnnxNode) -> OnnxMade:
    """Read a multiple of a layer, or z times its sigmoid."""
    signals = [value for value in node.inputs if isinstance(value, OnnxSignal)]
    if len(signals) < 2:
        return _with_number("{}*z")(walk, node)
    inner, outer = sorted(signals, key=lambda signal: signal.part)
    part = walk.reading.parts[outer.part] if outer.part >= 0 else None
    is_last = outer.part == len(walk.reading.parts) - 1
    if part is None or not is_last or part.keys != {"activation": "sigmoid"} or part.sources != (inner.part,):
        raise LayerOutOfReachError("the product of two layers", "a number times a layer, or z times its sigmoid")
    walk.reading.parts[outer.part] = part._replace(keys={"activation": "silu"})
    return outer


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "Gemm": _gemm,
        "MatMul": _matmul,
        "Conv": _conv,
        "Gather": _gather,
        "RNN": recurrent,
        "LSTM": recurrent,
        "GRU": recurrent,
        "BatchNormalization": _batch_normalization,
        "LayerNormalization": _layer_normalization,
        "MaxPool": _pool("max"),
        "AveragePool": _pool("average"),
        "GlobalMaxPool": _global_pool("max"),
        "GlobalAveragePool": _global_pool("average"),
        "Flatten": _flatten,
        "Reshape": _reshape,
        "Transpose": _transpose,
        "Squeeze": _squeeze,
        "Concat": _concat,
        "Identity": _passed,
        "Cast": _passed,
        "Dropout": _dropout,
        "Relu": _named("relu"),
        "Sigmoid": _named("sigmoid"),
        "Tanh": _named("tanh"),
        "Softmax": _softmax("softmax"),
        "LogSoftmax": _softmax("log_softmax"),
        "LeakyRelu": _named("leaky_relu", slope=0.01),
        "Elu": _named("elu", alpha=1.0),
        "Selu": _activated(_selu),
        "Celu": _activated(_celu),
        "PRelu": _prelu,
        "Gelu": _activated(_gelu),
        "Mish": _named("mish"),
        "Softplus": _named("softplus"),
        "Softsign": _named("softsign"),
        "HardSigmoid": _activated(_hard_sigmoid),
        "HardSwish": _written("z*max(0, min(6, z + 3))/6"),
        "Clip": _activated(_clip),
        "Exp": _written("exp(z)"),
        "Log": _written("ln(z)"),
        "Sqrt": _written("sqrt(z)"),
        "Abs": _written("abs(z)"),
        "Neg": _written("-z"),
        "Sin": _written("sin(z)"),
        "Cos": _written("cos(z)"),
        "Erf": _written("erf(z)"),
        "Reciprocal": _written("1/z"),
        "Add": _add,
        "Sub": _with_number("z - {}", "{} - z"),
        "Mul": _multiply,
        "Div": _with_number("z/{}", "{}/z"),
    }
)
"""What each operator becomes; no other is read."""

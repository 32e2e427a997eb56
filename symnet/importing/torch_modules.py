"""PyTorch: a ``torch.nn.Sequential`` layer by layer, and its losses; torch itself is never imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from symnet.document import Sentence
from symnet.importing.model import (
    LayerPart,
    ModelObjective,
    ModelPlace,
    ModelReading,
    Parameters,
    per_axis,
    place_of,
    taken_exactly,
)
from symnet.importing.parts import (
    LayerOutOfReachError,
    activation,
    convolved,
    expression,
    flattened,
    gates_of,
    pooled,
    pooled_to,
)
from symnet.importing.stored import StoredArray, number_text

_HINT = (
    "Put its layers into a torch.nn.Sequential in the order in which forward() calls them, or write it with "
    "torch.onnx.export and run symnet import."
)


def is_from_torch(model: object) -> bool:
    """Return whether an object is a module of PyTorch."""
    return any(of.__module__ == "torch.nn.modules.module" for of in type(model).__mro__)


def read_torch(model: Any, inputs: tuple[int, ...] | None) -> ModelReading:  # noqa: ANN401 - a module of torch
    """Return what a module is made of.

    Args:
        model: A ``torch.nn.Sequential``, or one of the layers that may stand in it.
        inputs: The shape of the inputs of a sample, where it is known.
    """
    modules = list(_modules(model))
    if inputs is not None and any(_kind(module) in _RECURRENT for _name, module in modules):
        inputs = inputs[-1:]
    reading = ModelReading("PyTorch", _kind(model), inputs=inputs, shape=inputs)
    if not _is_sequential(model) and _kind(model) not in MODULES:
        reading.refuse("", _described(model), "a torch.nn.Sequential", _HINT)
        return reading
    trained = any(_is_trained(module) for _name, module in modules)
    for number, (name, module) in enumerate(modules, 1):
        before = len(reading.parts)
        _read_module(reading, module, place_of(number, name, _kind(module)))
        if trained and not _is_trained(module):
            _freeze(reading, before)
    return reading


def _is_trained(module: Any) -> bool:  # noqa: ANN401
    """Return whether a module of torch has parameters that need a gradient."""
    return _is_own(module) and any(one.requires_grad for one in module.parameters())


def _freeze(reading: ModelReading, start: int) -> None:
    """Let layers stay as they are, where some of the model are trained and these are not."""
    for at, part in enumerate(reading.parts[start:], start):
        if part.arrays and part.kind != "activation":
            reading.parts[at] = part._replace(keys={**part.keys, "frozen": True})


def _read_module(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    read = MODULES.get(_kind(module)) if _is_own(module) else None
    if read is None:
        reading.refuse_kind(where, _described(module), MODULES, "" if _is_own(module) else _HINT)
        return
    if module._forward_hooks or module._forward_pre_hooks:
        reading.refuse(where, "hooks that change what it does", "a module without hooks and parametrizations")
        return
    try:
        read(reading, module, where)
    except LayerOutOfReachError as error:
        reading.refuse(where, error.found, error.allowed, error.hint)


def _modules(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield every layer of a module with its name, those of a Sequential within another in their place."""
    if not _is_sequential(model):
        yield prefix, model
        return
    # named_children leaves out a module that stands there twice.
    for name, module in model._modules.items():
        yield from _modules(module, f"{prefix}.{name}".lstrip("."))


def _is_own(module: object) -> bool:
    """Return whether the type of a module is torch's own, and not one that is made of it."""
    return type(module).__module__.startswith("torch.nn.modules.")


def _is_sequential(module: object) -> bool:
    return _is_own(module) and _kind(module) == "Sequential"


def _kind(module: object) -> str:
    return type(module).__name__


def _described(module: object) -> str:
    return f"{_kind(module)}{'' if _is_own(module) else f' of the module {type(module).__module__}'}"


def _bias(module: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"bias": False} if module.bias is None else {}


# Layers with weights.


def _linear(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    reading.expect(int(module.in_features))
    named = {"weights": ("weight", module.weight), "biases": ("bias", module.bias)}
    keys = {"units": int(module.out_features), **_bias(module)}
    rows = reading.shape[:-1] if reading.shape else ()
    reading.add(LayerPart(where, keys, reading.arrays(where, named)), (*rows, int(module.out_features)))


def _convolution(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    axes = len(module.kernel_size)
    if module.padding_mode != "zeros" or module.groups != 1 or set(module.dilation) != {1}:
        found = f"padding_mode={module.padding_mode}, groups={module.groups}, dilation={module.dilation}"
        raise LayerOutOfReachError(found, "zeros as padding, one group and no dilation")
    padding = module.padding
    if padding == "same" and not all(size % 2 for size in module.kernel_size):
        raise LayerOutOfReachError("padding='same' of an even kernel", "the same padding on both sides")
    if isinstance(padding, str):
        padding = [size // 2 if padding == "same" else 0 for size in module.kernel_size]
    named = {"kernels": ("weight", module.weight), "biases": ("bias", module.bias)}
    convolved(
        reading,
        where,
        reading.arrays(where, named),
        filters=int(module.out_channels),
        kernel=per_axis(module.kernel_size, axes),
        stride=per_axis(module.stride, axes),
        padding=per_axis(padding, axes),
        **_bias(module),
    )


def _embedding(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    if module.max_norm is not None:
        raise LayerOutOfReachError(f"max_norm={module.max_norm}", "rows that stay as they are")
    reading.expect(1)
    entries, size = int(module.num_embeddings), int(module.embedding_dim)
    words = reading.shape or (1,)
    keys = {"embedding": {"entries": entries, "size": size}}
    arrays = reading.arrays(where, {"weights": ("weight", module.weight)})
    reading.add(LayerPart(where, keys, arrays, "values"), (size,) if words == (1,) else (*words, size))


def _recurrent(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    """Read an RNN, an LSTM or a GRU, each of whose layers is one of a description."""
    if module.bidirectional or module.proj_size:
        found = "bidirectional=True" if module.bidirectional else f"proj_size={module.proj_size}"
        raise LayerOutOfReachError(found, "layers that go forward in time, without a projection")
    if module.dropout and module.training and module.num_layers > 1:
        raise LayerOutOfReachError(f"dropout={module.dropout} in training mode", "evaluation mode", _EVALUATE)
    reading.expect(int(module.input_size))
    reading.steps_first = reading.steps_first or not module.batch_first
    kind, units = _kind(module), int(module.hidden_size)
    for layer in range(module.num_layers):
        names = [f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        arrays = [reading.array(where, one, getattr(module, one)) for one in names[: 4 if module.bias else 2]]
        whole = [one for one in arrays if one is not None]
        if len(whole) < len(arrays):
            return
        keys = {"units": units, **({} if module.bias else {"bias": False}), **_RECURRENT[kind](module)}
        parameters = _PARAMETERS[kind](whole, units)
        called = where if module.num_layers == 1 else ModelPlace(f"{where}, {layer + 1}", f"{where.short}, {layer + 1}")
        reading.add(LayerPart(called, keys, parameters, "values"), (units,))
    if module.bias:
        reading.remark(Sentence("import.biases"))


_RECURRENT: Mapping[str, Callable[[Any], dict[str, Any]]] = MappingProxyType(
    {
        "RNN": lambda module: {"activation": module.nonlinearity, "recurrent": True},
        "LSTM": lambda _module: {"cell": "lstm"},
        "GRU": lambda _module: {"cell": "gru", "reset": "after"},
    }
)
"""What a description says of a recurrent module."""


_LSTM = ("input", "forget", "candidate", "output")
_GRU = ("reset", "update", "candidate")
"""The gates in the order in which torch puts their rows one below the other."""


def _of_rnn(arrays: list[StoredArray], _units: int) -> Parameters:
    found: Parameters = {("weights",): arrays[0], ("recurrent_weights",): arrays[1]}
    return {**found, ("biases",): arrays[2].plus(arrays[3])} if arrays[2:] else found


def _of_lstm(arrays: list[StoredArray], units: int) -> Parameters:
    if arrays[2:]:
        arrays = [*arrays[:2], arrays[2].plus(arrays[3])]
    return gates_of(arrays, units, _LSTM)


def _of_gru(arrays: list[StoredArray], units: int) -> Parameters:
    """Return the parameters of a GRU: the candidate alone keeps both of its biases, one of which is reset."""
    found = gates_of([*arrays[:2], *([arrays[2].plus(arrays[3])] if arrays[2:] else [])], units, _GRU)
    if arrays[2:]:
        at = _GRU.index("candidate") * units
        for key, array in (("biases", arrays[2]), ("recurrent_biases", arrays[3])):
            found["candidate", key] = array.rows(at, at + units)
    return found


_PARAMETERS: Mapping[str, Callable[[list[StoredArray], int], Parameters]] = MappingProxyType(
    {"RNN": _of_rnn, "LSTM": _of_lstm, "GRU": _of_gru}
)

# Normalization and dropout.

_EVALUATE = "Call model.eval() first."


def _batch_normalization(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    reading.expect(int(module.num_features))
    keys: dict[str, Any] = {"kind": "batch", "epsilon": taken_exactly(module.eps)}
    arrays = _scaled(reading, module, where)
    if not module.training and module.running_mean is not None:
        running = {"mean": module.running_mean, "variance": module.running_var}
        for key, value in running.items():
            found = reading.array(where, f"the running {key}", value)
            keys[key] = list(found.numbers) if found else []
    frozen = {} if module.affine else {"frozen": True}
    reading.add(LayerPart(where, {"normalization": keys, **frozen}, arrays, "normalization"), reading.shape)


def _layer_normalization(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    shape = tuple(module.normalized_shape)
    reading.expect(*shape)
    over = reading.shape or shape
    if shape not in {over, over[-1:]} or (len(over) > 2 and shape != over):
        raise LayerOutOfReachError(f"normalized_shape={shape}", f"all numbers of a sample, which has the shape {over}")
    if module.elementwise_affine and module.bias is None:
        raise LayerOutOfReachError("bias=False", "a bias, or elementwise_affine=False")
    keys = {"kind": "layer", "epsilon": taken_exactly(module.eps)}
    frozen = {} if module.elementwise_affine else {"frozen": True}
    part = LayerPart(where, {"normalization": keys, **frozen}, _scaled(reading, module, where), "normalization")
    reading.add(part, reading.shape)


def _scaled(reading: ModelReading, module: Any, where: ModelPlace) -> Parameters:  # noqa: ANN401
    return reading.arrays(where, {"gamma": ("weight", module.weight), "beta": ("bias", module.bias)})


def _dropout(reading: ModelReading, module: Any, _where: ModelPlace) -> None:  # noqa: ANN401
    if module.training and module.p:
        hint = f"{_EVALUATE} For a given mask, write dropout: {{mask: [1, 0], keep: 1/2}} into the description."
        raise LayerOutOfReachError(
            f"p={module.p} in training mode, which drops units at random", "evaluation mode", hint
        )
    reading.remark(Sentence("import.dropout"))


# What has no parameters, and activations.


def _flatten(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    if (module.start_dim, module.end_dim) != (1, -1):
        found = f"start_dim={module.start_dim}, end_dim={module.end_dim}"
        raise LayerOutOfReachError(found, "start_dim=1, end_dim=-1: all numbers of a sample in one row")
    flattened(reading, where)


def _pooling(kind: str) -> Callable[[ModelReading, Any, ModelPlace], None]:
    def read(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
        axes = int(_kind(module)[-2])
        padding, dilation = per_axis(module.padding, axes), per_axis(getattr(module, "dilation", 1), axes)
        if any(padding) or set(dilation) != {1} or getattr(module, "divisor_override", None) is not None:
            raise LayerOutOfReachError(f"padding={padding}, dilation={dilation}", "windows within the image, undivided")
        if getattr(module, "return_indices", False):
            raise LayerOutOfReachError("return_indices=True", "the largest values alone")
        size = per_axis(module.kernel_size, axes)
        stride = per_axis(module.kernel_size if module.stride is None else module.stride, axes)
        pooled(reading, where, kind, size, stride, beyond=bool(module.ceil_mode))

    return read


def _adaptive_pooling(kind: str) -> Callable[[ModelReading, Any, ModelPlace], None]:
    def read(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
        axes = int(_kind(module)[-2])
        wanted = module.output_size
        listed = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,) * axes
        pooled_to(reading, where, kind, listed)

    return read


def _nothing(_reading: ModelReading, _module: Any, _where: ModelPlace) -> None:  # noqa: ANN401
    """Read a module that hands on what it gets."""


Keys: TypeAlias = Callable[[Any], Mapping[str, Any]]


def _named(name: str, **options: str) -> Keys:
    """Return what a description says of an activation, whose options are attributes of the module."""
    return lambda module: {
        "activation": name,
        **{key: _option(getattr(module, attribute)) for key, attribute in options.items()},
    }


def _option(value: object) -> object:
    return value if isinstance(value, str) else taken_exactly(float(str(value)))


def _rows(module: Any, name: str) -> Mapping[str, Any]:  # noqa: ANN401
    if module.dim not in {1, -1}:
        raise LayerOutOfReachError(f"dim={module.dim}", "dim=1 or dim=-1: over all units of a layer")
    return {"activation": name}


def _hard_tanh(module: Any) -> Mapping[str, Any]:  # noqa: ANN401
    least, most = (number_text(taken_exactly(one)) for one in (module.min_val, module.max_val))
    if (least, most) == ("-1", "1"):
        return {"activation": "hard_tanh"}
    return expression(f"max({least}, min({most}, z))")


def _softplus(module: Any) -> Mapping[str, Any]:  # noqa: ANN401
    beta = number_text(taken_exactly(module.beta))
    return {"activation": "softplus"} if beta == "1" else expression(f"ln(1 + exp({beta}*z))/{beta}")


def _celu(module: Any) -> Mapping[str, Any]:  # noqa: ANN401
    alpha = number_text(taken_exactly(module.alpha))
    return expression(f"max(0, z) + min(0, {alpha}*(exp(z/{alpha}) - 1))", "celu")


ACTIVATIONS: Mapping[str, Keys] = MappingProxyType(
    {
        "ReLU": _named("relu"),
        "Tanh": _named("tanh"),
        "Sigmoid": _named("sigmoid"),
        "Softmax": lambda module: _rows(module, "softmax"),
        "LogSoftmax": lambda module: _rows(module, "log_softmax"),
        "LeakyReLU": _named("leaky_relu", slope="negative_slope"),
        "ELU": _named("elu", alpha="alpha"),
        "SELU": _named("selu"),
        "CELU": _celu,
        "GELU": _named("gelu", approximate="approximate"),
        "SiLU": _named("silu"),
        "Mish": _named("mish"),
        "Softplus": _softplus,
        "Softsign": _named("softsign"),
        "Hardsigmoid": _named("hard_sigmoid"),
        "Hardtanh": _hard_tanh,
        "Hardswish": lambda _module: expression("z*max(0, min(6, z + 3))/6", "hardswish"),
        "ReLU6": lambda _module: expression("max(0, min(6, z))", "relu6"),
        "LogSigmoid": _named("log_sigmoid"),
        "Tanhshrink": lambda _module: expression("z - tanh(z)", "tanhshrink"),
    }
)
"""What a description says of each module that is an activation."""


def _activation(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    activation(reading, where, ACTIVATIONS[_kind(module)](module))


def _prelu(reading: ModelReading, module: Any, where: ModelPlace) -> None:  # noqa: ANN401
    if module.num_parameters != 1:
        raise LayerOutOfReachError(f"num_parameters={module.num_parameters}", "one, which all units share")
    alpha = reading.array(where, "weight", module.weight)
    arrays: Parameters = {} if alpha is None else {("alpha",): alpha.reshaped()}
    activation(reading, where, {"activation": "prelu"}, arrays)


MODULES: Mapping[str, Callable[[ModelReading, Any, ModelPlace], None]] = MappingProxyType(
    {
        "Linear": _linear,
        "Conv1d": _convolution,
        "Conv2d": _convolution,
        "MaxPool1d": _pooling("max"),
        "MaxPool2d": _pooling("max"),
        "AvgPool1d": _pooling("average"),
        "AvgPool2d": _pooling("average"),
        "AdaptiveAvgPool1d": _adaptive_pooling("average"),
        "AdaptiveAvgPool2d": _adaptive_pooling("average"),
        "AdaptiveMaxPool1d": _adaptive_pooling("max"),
        "AdaptiveMaxPool2d": _adaptive_pooling("max"),
        "Flatten": _flatten,
        "RNN": _recurrent,
        "LSTM": _recurrent,
        "GRU": _recurrent,
        "Embedding": _embedding,
        "BatchNorm1d": _batch_normalization,
        "BatchNorm2d": _batch_normalization,
        "LayerNorm": _layer_normalization,
        **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "AlphaDropout"), _dropout),
        "Identity": _nothing,
        "PReLU": _prelu,
        **dict.fromkeys(ACTIVATIONS, _activation),
    }
)
"""How each module is read that may stand in a Sequential."""


# Losses.


def torch_objective(loss: Any, outputs: int) -> ModelObjective | None:  # noqa: ANN401 - a module of torch
    """Return what a loss of torch says; None if it is none of those that a description has.

    Args:
        loss: A module such as ``torch.nn.MSELoss()``.
        outputs: How many outputs the model has.
    """
    made = LOSSES.get(_kind(loss)) if _is_own(loss) else None
    reduction = "mean" if getattr(loss, "reduction", "") == "batchmean" else getattr(loss, "reduction", "")
    return None if made is None or reduction not in {"mean", "sum"} else made(loss, outputs)


def _factored(kind: str, factor: Fraction, loss: Any, outputs: int, **options: Any) -> ModelObjective:  # noqa: ANN401
    """Return the objective of a loss that is a multiple of one of a description."""
    named = {"kind": kind, **{key: value for key, value in options.items() if value is not None}}
    if factor != 1:
        named = {"total": [{**named, "outputs": list(range(1, outputs + 1)), "weight": factor}]}
    return ModelObjective(kind if named == {"kind": kind} else named, loss.reduction)


def _of_means(kind: str) -> Callable[[Any, int], ModelObjective]:
    """Return what reads a loss of which a description has the mean over the outputs, as torch does."""

    def read(loss: Any, outputs: int) -> ModelObjective:  # noqa: ANN401
        factor = Fraction(1 if loss.reduction == "mean" else outputs)
        if _kind(loss) == "SmoothL1Loss":
            beta = taken_exactly(loss.beta)
            return _factored(kind, factor / beta, loss, outputs, delta=beta)
        delta = getattr(loss, "delta", None)
        return _factored(kind, factor, loss, outputs, delta=None if delta is None else taken_exactly(delta))

    return read


def _squares(loss: Any, _outputs: int) -> ModelObjective:  # noqa: ANN401
    kind = "mean_squared_error" if loss.reduction == "mean" else "sum_squared_error"
    return ModelObjective(kind, loss.reduction)


def _binary(loss: Any, outputs: int) -> ModelObjective | None:  # noqa: ANN401
    """Return a binary cross-entropy, which torch divides by the number of outputs."""
    positive = getattr(loss, "pos_weight", None)
    if loss.weight is not None or (positive is not None and positive.numel() > 1):
        return None
    factor = Fraction(1, outputs if loss.reduction == "mean" else 1)
    weight = None if positive is None else taken_exactly(positive)
    found = _factored("binary_cross_entropy", factor, loss, outputs, positive_weight=weight)
    return found._replace(finish="sigmoid" if _kind(loss) == "BCEWithLogitsLoss" else "")


def _classes(loss: Any, outputs: int) -> ModelObjective | None:  # noqa: ANN401
    if loss.weight is not None:
        return None
    smoothing = taken_exactly(loss.label_smoothing) or None
    found = _factored("categorical_cross_entropy", Fraction(1), loss, outputs, label_smoothing=smoothing)
    return found._replace(finish="softmax", one_hot=True)


def _likelihood(loss: Any, _outputs: int) -> ModelObjective | None:  # noqa: ANN401
    return None if loss.weight is not None else ModelObjective("negative_log_likelihood", loss.reduction, one_hot=True)


def _divergence(loss: Any, _outputs: int) -> ModelObjective | None:  # noqa: ANN401
    if loss.log_target or loss.reduction == "mean":
        return None
    return ModelObjective("kl_divergence", "mean" if loss.reduction == "batchmean" else "sum")


def _poisson(loss: Any, outputs: int) -> ModelObjective | None:  # noqa: ANN401
    """Return the Poisson loss of logarithms of rates; that of rates has a number added under the logarithm."""
    if not loss.log_input or loss.full:
        return None
    factor = Fraction(1 if loss.reduction == "mean" else outputs)
    return _factored("poisson", factor, loss, outputs)._replace(finish="exp(z)")


LOSSES: Mapping[str, Callable[[Any, int], ModelObjective | None]] = MappingProxyType(
    {
        "MSELoss": _squares,
        "L1Loss": _of_means("absolute_error"),
        "SmoothL1Loss": _of_means("huber"),
        "HuberLoss": _of_means("huber"),
        "BCELoss": _binary,
        "BCEWithLogitsLoss": _binary,
        "CrossEntropyLoss": _classes,
        "NLLLoss": _likelihood,
        "KLDivLoss": _divergence,
        "PoissonNLLLoss": _poisson,
    }
)
"""What each loss of torch is for a model with so many outputs; None where its options make another of it."""

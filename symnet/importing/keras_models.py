"""Keras 3: a Sequential or functional model by its configuration and weights; Keras itself is never imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

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

_HINT = "Build it of the layers that keras.layers has, or write it with model.export(path, format='onnx')."


def is_from_keras(model: object) -> bool:
    """Return whether an object is a model of Keras, or a layer or loss of one."""
    return any(of.__module__.startswith("keras.src.") for of in type(model).__mro__)


class _KerasMade(NamedTuple):
    """What a layer makes of its inputs.

    Attributes:
        part: The number of the part that makes it; -1 for the inputs.
        shape: Its shape in a sample, channels first.
        image: The shape of the image of which it is the row, channels last; empty of anything else.
    """

    part: int
    shape: tuple[int, ...]
    image: tuple[int, ...] = ()


class _KerasLayer(NamedTuple):
    """A layer of Keras in its place.

    Attributes:
        kind: Its type.
        where: Its place.
        config: Its configuration.
        arrays: Its weights, by their numbers.
        image: The shape, channels last, of the image of which it is fed the row; empty of anything else.
    """

    kind: str
    where: ModelPlace
    config: Mapping[str, Any]
    arrays: Sequence[StoredArray]
    image: tuple[int, ...]

    def demand(self, key: str, allowed: object, said: str) -> None:
        """Refuse a setting that is anything else than what a description can say."""
        value = self.config.get(key, allowed)
        if value != allowed:
            raise LayerOutOfReachError(f"{key} = {value}", said)

    def in_order(self, array: StoredArray) -> StoredArray:
        """Return an array whose first axis is the row of an image, with its channels first."""
        if not self.image:
            return array
        rest = array.shape[1:]
        apart = array.reshaped(*self.image, *rest)
        axes = len(self.image)
        order = (axes - 1, *range(axes - 1), *range(axes, axes + len(rest)))
        return apart.permuted(*order).reshaped(array.shape[0], *rest)


def read_keras(model: Any, _inputs: tuple[int, ...] | None) -> ModelReading:  # noqa: ANN401 - a model of Keras
    """Return what a model is made of; it says itself which shape its inputs have.

    Args:
        model: A ``keras.Sequential`` or a functional ``keras.Model``.
    """
    kind = type(model).__name__
    reading = ModelReading("Keras", kind)
    if type(model).__module__ not in {"keras.src.models.sequential", "keras.src.models.functional"}:
        found = f"{kind} of the module {type(model).__module__}"
        reading.refuse("", found, "a keras.Sequential, or a functional keras.Model", _HINT)
    elif not model.built or isinstance(model.input_shape, list) or isinstance(model.output_shape, list):
        hint = "Begin it with keras.Input(shape)."
        reading.refuse("", "a model without a shape, or with several inputs or outputs", "one of each", hint)
    elif _take_shape(reading, model):
        _KerasWalk(reading, model).read()
        reading.objective = None if model.loss is None else keras_objective(model.loss, prod(reading.shape or (1,)))
    return reading


def _take_shape(reading: ModelReading, model: Any) -> bool:  # noqa: ANN401
    """Take the shape of the inputs, and which of its axes are channels; return whether it is known."""
    recurrent = any(type(layer).__name__ in _RECURRENT for layer in model.layers)
    own = tuple(model.input_shape[1:])
    shape = own[-1:] if recurrent else own
    if None in shape or not shape:
        reading.refuse("", f"the input shape {model.input_shape}", "lengths that are known, but for the samples")
        return False
    first = any(getattr(layer, "data_format", None) == "channels_first" for layer in model.layers)
    reading.channels_last = not first and not recurrent and len(shape) > 1
    reading.inputs = reading.shape = (shape[-1], *shape[:-1]) if reading.channels_last else shape
    return True


class _KerasWalk:
    """Reads the layers of a model, each behind those that feed it.

    Args:
        reading: What is read of it.
        model: The model.
    """

    def __init__(self, reading: ModelReading, model: Any) -> None:  # noqa: ANN401
        self.reading = reading
        self.model = model
        self.last = _KerasMade(-1, reading.inputs or (1,))

    def read(self) -> None:
        """Read all layers."""
        if type(self.model).__name__ == "Sequential":
            for number, layer in enumerate(self.model.layers, 1):
                self.last = self.layer(layer, number, [self.last])
        else:
            self._functional()
        if self.last.image:
            self.reading.refuse("", "flattened maps as outputs", "a layer with weights behind them")
        self.reading.shape = self.last.shape

    def _functional(self) -> None:
        """Read the layers of a functional model, each use of one once all that feeds it is known."""
        config = self.model.get_config()
        known = {(config["input_layers"][0], 0): self.last}
        uses = [
            (layer["name"], at, _sources(node))
            for layer in config["layers"]
            for at, node in enumerate(layer["inbound_nodes"])
        ]
        number = 0
        while uses:
            ready = [use for use in uses if all(source in known for source in use[2])]
            if not ready:
                self.reading.refuse("", "layers that feed one another in a circle", "a model without cycles")
                return
            for name, at, sources in ready:
                number += 1
                made = self.layer(self.model.get_layer(name), number, [known[source] for source in sources])
                known[name, at] = made
            uses = [use for use in uses if use not in ready]
        output, at, _ = config["output_layers"]
        self.last = known[output, at]

    def layer(self, layer: Any, number: int, sources: Sequence[_KerasMade]) -> _KerasMade:  # noqa: ANN401
        """Read one use of a layer, and return what it makes.

        Args:
            layer: The layer.
            number: The number of the use.
            sources: What feeds it.
        """
        reading, kind = self.reading, type(layer).__name__
        where = place_of(number, layer.name, kind)
        own = type(layer).__module__.startswith("keras.src.layers.")
        if not own or kind not in {*LAYERS, *_JOINING}:
            found = kind if own else f"{kind} of the module {type(layer).__module__}"
            reading.refuse_kind(where, found, [*LAYERS, *_JOINING], _HINT)
            return sources[0]
        try:
            if kind in _JOINING:
                return self._joined(layer, where, sources)
            return self._read(layer, kind, where, sources[0])
        except LayerOutOfReachError as error:
            reading.refuse(where, error.found, error.allowed, error.hint)
            return sources[0]

    def _read(self, layer: Any, kind: str, where: ModelPlace, source: _KerasMade) -> _KerasMade:  # noqa: ANN401
        reading = self.reading
        before, problems = len(reading.parts), len(reading.problems)
        reading.shape = source.shape
        arrays = self._weights(layer, where)
        if problems < len(reading.problems):
            return source
        read = _KerasLayer(kind, where, layer.get_config(), arrays, source.image)
        _refuse_penalties(read)
        LAYERS[kind](reading, read)
        shape = reading.shape or source.shape
        # A dense layer takes the row as it is, and makes one of its own.
        image = () if kind == "Dense" else source.image
        if kind in {"Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D"}:
            image = self._row_of(source)
        if len(reading.parts) == before:
            return _KerasMade(source.part, shape, image)
        reading.parts[before] = reading.parts[before]._replace(sources=(source.part,))
        return _KerasMade(len(reading.parts) - 1, shape, image)

    def _row_of(self, source: _KerasMade) -> tuple[int, ...]:
        """Return the image of which a row is one, channels last; empty where their order is the same."""
        shape = source.shape
        in_order = not self.reading.channels_last or len(shape) < 2 or 1 in {shape[0], prod(shape[1:])}
        return () if in_order else (*shape[1:], shape[0])

    def _weights(self, layer: Any, where: ModelPlace) -> list[StoredArray]:  # noqa: ANN401
        """Return the weights of a layer, once it is known that they are not too many."""
        reading = self.reading
        count = sum(prod(int(length) for length in variable.shape) for variable in layer.weights)
        if count > reading.room:
            reading.refuse(where, f"{count:,} numbers", f"at most {reading.room:,}")
            return []
        found = [reading.array(where, f"weight {at}", array) for at, array in enumerate(layer.get_weights(), 1)]
        # A layer that is used twice has the same arrays each time, of which copies are handed out.
        return [
            array._replace(identity=("keras", layer.name, at)) for at, array in enumerate(found) if array is not None
        ]

    def _joined(self, layer: Any, where: ModelPlace, sources: Sequence[_KerasMade]) -> _KerasMade:  # noqa: ANN401
        key, shapes = _JOINING[type(layer).__name__], [source.shape for source in sources]
        if key == "add" and len(set(shapes)) > 1:
            raise LayerOutOfReachError(f"the shapes {shapes}", "layers of one shape")
        axis = layer.get_config().get("axis", -1)
        if key == "from" and (any(source.image for source in sources) or axis not in {-1, len(shapes[0])}):
            raise LayerOutOfReachError(f"axis = {axis}", "rows of numbers, or channels, side by side")
        shape = shapes[0] if key == "add" else (sum(one[0] for one in shapes), *shapes[0][1:])
        part = LayerPart(where, {}, sources=tuple(source.part for source in sources), joined=key)
        return _KerasMade(self.reading.add(part, shape), shape, sources[0].image)


def _sources(node: Any) -> list[tuple[str, int]]:  # noqa: ANN401 - a configuration
    """Return which uses of layers feed one, wherever they stand among its arguments."""
    if isinstance(node, Mapping):
        if node.get("class_name") == "__keras_tensor__":
            name, at, _tensor = node["config"]["keras_history"]
            return [(name, at)]
        return [one for value in node.values() for one in _sources(value)]
    return [one for value in node for one in _sources(value)] if isinstance(node, list | tuple) else []


_JOINING = {"Add": "add", "Concatenate": "from"}

# Activations.

_NAMED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        **{
            name: {"activation": name}
            for name in (
                *("relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "softplus", "softsign", "mish"),
                *("hard_sigmoid", "hard_tanh", "log_sigmoid", "log_softmax", "silu"),
            )
        },
        "linear": {"activation": "identity"},
        "swish": {"activation": "silu"},
        "leaky_relu": {"activation": "leaky_relu", "slope": Fraction(1, 5)},
        "relu6": expression("max(0, min(6, z))", "relu6"),
        "exponential": expression("exp(z)", "exp"),
        "hard_silu": expression("z*max(0, min(6, z + 3))/6"),
        "hard_swish": expression("z*max(0, min(6, z + 3))/6"),
        "celu": expression("max(0, z) + min(0, exp(z) - 1)", "celu"),
        "tanh_shrink": expression("z - tanh(z)"),
    }
)
"""What a description says of each activation of Keras."""


def _activation_of(config: Mapping[str, Any], key: str = "activation") -> Mapping[str, Any]:
    name = config.get(key) or "linear"
    if not isinstance(name, str) or name not in _NAMED:
        shown = name.get("class_name", "an object") if isinstance(name, Mapping) else name
        raise LayerOutOfReachError(f"{key} = {shown}", ", ".join(_NAMED))
    return _NAMED[name]


def _activated(reading: ModelReading, layer: _KerasLayer) -> None:
    """Add the activation of a layer behind it, unless it has none."""
    keys = _activation_of(layer.config)
    if keys["activation"] != "identity":
        activation(reading, ModelPlace(layer.where, ""), keys)


def _activation(reading: ModelReading, layer: _KerasLayer) -> None:
    activation(reading, layer.where, _activation_of(layer.config))


def _relu(reading: ModelReading, layer: _KerasLayer) -> None:
    layer.demand("threshold", 0.0, "a threshold of 0")
    most, slope = layer.config.get("max_value"), layer.config.get("negative_slope") or 0
    keys: Mapping[str, Any] = {"activation": "relu"}
    if most is not None and not slope:
        keys = expression(f"max(0, min({number_text(taken_exactly(most))}, z))")
    elif most is not None:
        raise LayerOutOfReachError(f"max_value = {most} and a slope", "one of the two")
    elif slope:
        keys = {"activation": "leaky_relu", "slope": taken_exactly(slope)}
    activation(reading, layer.where, keys)


def _leaky_relu(reading: ModelReading, layer: _KerasLayer) -> None:
    keys = {"activation": "leaky_relu", "slope": taken_exactly(layer.config["negative_slope"])}
    activation(reading, layer.where, keys)


def _elu(reading: ModelReading, layer: _KerasLayer) -> None:
    activation(reading, layer.where, {"activation": "elu", "alpha": taken_exactly(layer.config["alpha"])})


def _prelu(reading: ModelReading, layer: _KerasLayer) -> None:
    (alpha,) = layer.arrays
    if len(alpha.numbers) != 1:
        raise LayerOutOfReachError(f"{len(alpha.numbers)} slopes", "one, which all units share")
    activation(reading, layer.where, {"activation": "prelu"}, {("alpha",): alpha.reshaped()})


def _softmax(reading: ModelReading, layer: _KerasLayer) -> None:
    layer.demand("axis", -1, "axis = -1")
    activation(reading, layer.where, {"activation": "softmax"})


# Layers with weights.


def _refuse_penalties(layer: _KerasLayer) -> None:
    """Refuse a layer whose parameters or outputs are penalized."""
    for key, value in layer.config.items():
        if key.endswith("_regularizer") and value is not None:
            hint = "Write regularization into the description."
            raise LayerOutOfReachError(key, "layers without penalties", hint)


def _bias(layer: _KerasLayer) -> dict[str, Any]:
    return {} if layer.config["use_bias"] else {"bias": False}


def _dense(reading: ModelReading, layer: _KerasLayer) -> None:
    units = int(layer.config["units"])
    arrays: Parameters = {("weights",): layer.in_order(layer.arrays[0]).permuted(1, 0)}
    if layer.arrays[1:]:
        arrays[("biases",)] = layer.arrays[1]
    shape = (*(reading.shape or ())[:-1], units)
    reading.add(LayerPart(layer.where, {"units": units, **_bias(layer)}, arrays), shape)
    _activated(reading, layer)


def _convolution(reading: ModelReading, layer: _KerasLayer) -> None:
    config = layer.config
    kernel = tuple(config["kernel_size"])
    axes = len(kernel)
    layer.demand("groups", 1, "one group")
    layer.demand("dilation_rate", (1,) * axes, "no dilation")
    stride, way = per_axis(config["strides"], axes), config["padding"]
    if way not in {"valid", "same"} or (way == "same" and (set(stride) != {1} or not all(one % 2 for one in kernel))):
        raise LayerOutOfReachError(f"padding = {way}", "the same padding on both sides")
    arrays: Parameters = {("kernels",): layer.arrays[0].permuted(axes + 1, axes, *range(axes))}
    if layer.arrays[1:]:
        arrays[("biases",)] = layer.arrays[1]
    convolved(
        reading,
        layer.where,
        arrays,
        filters=int(config["filters"]),
        kernel=kernel,
        stride=stride,
        padding=[one // 2 if way == "same" else 0 for one in kernel],
        **_bias(layer),
    )
    _activated(reading, layer)


def _embedding(reading: ModelReading, layer: _KerasLayer) -> None:
    entries, size = layer.arrays[0].shape
    words = reading.shape or (1,)
    keys = {"embedding": {"entries": entries, "size": size}}
    part = LayerPart(layer.where, keys, {("weights",): layer.arrays[0]}, "values")
    reading.add(part, (size,) if words == (1,) else (*words, size))


_RECURRENT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "SimpleRNN": ("",),
        "LSTM": ("input", "forget", "candidate", "output"),
        "GRU": ("update", "reset", "candidate"),
    }
)
"""The gates of each recurrent layer, in the order in which Keras puts their columns side by side."""


def _recurrent(reading: ModelReading, layer: _KerasLayer) -> None:
    config, gates = layer.config, _RECURRENT[layer.kind]
    layer.demand("go_backwards", False, "forward in time")
    layer.demand("stateful", False, "a state that begins anew with each sequence")
    units = int(config["units"])
    keys: dict[str, Any] = {"units": units, **_bias(layer)}
    if layer.kind == "SimpleRNN":
        keys |= {**_activation_of(config), "recurrent": True}
    else:
        layer.demand("activation", "tanh", "tanh")
        layer.demand("recurrent_activation", "sigmoid", "sigmoid")
        reset = "after" if config.get("reset_after") else "before"
        keys |= {"cell": "lstm"} if layer.kind == "LSTM" else {"cell": "gru", "reset": reset}
    if config["dropout"] or config["recurrent_dropout"]:
        reading.remark(Sentence("import.dropout"))
    weights = [array.permuted(1, 0) for array in layer.arrays[:2]]
    part = LayerPart(layer.where, keys, _of_gates(layer, weights, units, gates), "values")
    reading.add(part, (units,))


def _of_gates(layer: _KerasLayer, weights: list[StoredArray], units: int, gates: Sequence[str]) -> Parameters:
    """Return the parameters of each gate; of a GRU that resets after the product, the candidate has two biases."""
    halves: list[StoredArray] = []
    for biases in layer.arrays[2:]:
        rows = len(gates) * units
        flat = biases.reshaped(len(biases.numbers))
        halves = [flat.rows(at, at + rows) for at in range(0, len(flat.numbers), rows)]
    sums = [halves[0].plus(halves[1]) if halves[1:] else halves[0]] if halves else []
    found = gates_of([*weights, *sums], units, gates)
    if halves[1:]:
        at = gates.index("candidate") * units
        for key, half in zip(("biases", "recurrent_biases"), halves, strict=True):
            found["candidate", key] = half.rows(at, at + units)
    return {(key,) if not gate else (gate, key): array for (gate, key), array in found.items()}


# Normalization.


def _scaled(layer: _KerasLayer) -> tuple[dict[str, Any], Parameters]:
    """Return what a description says of gamma and beta, and these."""
    scale, center = layer.config["scale"], layer.config["center"]
    if scale != center:
        raise LayerOutOfReachError(f"scale = {scale}, center = {center}", "both of them or none")
    if not scale:
        return {"frozen": True}, {}
    return {}, {("gamma",): layer.in_order(layer.arrays[0]), ("beta",): layer.in_order(layer.arrays[1])}


def _batch_normalization(reading: ModelReading, layer: _KerasLayer) -> None:
    channels = len(reading.shape or ()) if reading.channels_last else 1
    if layer.config["axis"] not in {channels, *([-1] if reading.channels_last or channels == 1 else [])}:
        raise LayerOutOfReachError(f"axis = {layer.config['axis']}", "the axis of the channels")
    frozen, arrays = _scaled(layer)
    mean, variance = (layer.in_order(array) for array in layer.arrays[-2:])
    keys = {"kind": "batch", "epsilon": taken_exactly(layer.config["epsilon"])}
    keys |= {"mean": list(mean.numbers), "variance": list(variance.numbers)}
    part = LayerPart(layer.where, {"normalization": keys, **frozen}, arrays, "normalization")
    reading.add(part, reading.shape)


def _layer_normalization(reading: ModelReading, layer: _KerasLayer) -> None:
    layer.demand("rms_scaling", False, "a mean that is taken off")
    axis = layer.config["axis"]
    if (list(axis) if isinstance(axis, list | tuple) else [axis]) not in ([-1], [len(reading.shape or ())]):
        raise LayerOutOfReachError(f"axis = {axis}", "axis = -1")
    if len(reading.shape or ()) > 1 and reading.channels_last:
        raise LayerOutOfReachError("the channels of each place alone", "a normalization of all numbers of a row")
    frozen, arrays = _scaled(layer)
    keys = {"kind": "layer", "epsilon": taken_exactly(layer.config["epsilon"])}
    part = LayerPart(layer.where, {"normalization": keys, **frozen}, arrays, "normalization")
    reading.add(part, reading.shape)


# What has no parameters.


def _dropout(reading: ModelReading, _layer: _KerasLayer) -> None:
    reading.remark(Sentence("import.dropout"))


def _nothing(_reading: ModelReading, _layer: _KerasLayer) -> None:
    """Read a layer that hands on what it gets."""


def _flatten(reading: ModelReading, layer: _KerasLayer) -> None:
    flattened(reading, layer.where)


def _pooling(kind: str) -> Callable[[ModelReading, _KerasLayer], None]:
    def read(reading: ModelReading, layer: _KerasLayer) -> None:
        size = tuple(int(one) for one in layer.config["pool_size"])
        stride = per_axis(layer.config["strides"], len(size))
        # Windows that fit have no padding, whatever is asked for.
        same = layer.config["padding"] == "same"
        if same and stride != size:
            raise LayerOutOfReachError("padding = same", "windows within the image")
        pooled(reading, layer.where, kind, size, stride, beyond=same)

    return read


def _global_pooling(kind: str) -> Callable[[ModelReading, _KerasLayer], None]:
    def read(reading: ModelReading, layer: _KerasLayer) -> None:
        pooled_to(reading, layer.where, kind, (1,) * (len(reading.shape or ()) - 1))
        if not layer.config.get("keepdims"):
            flattened(reading, ModelPlace(layer.where, ""))

    return read


LAYERS: Mapping[str, Callable[[ModelReading, _KerasLayer], None]] = MappingProxyType(
    {
        "InputLayer": _nothing,
        "Dense": _dense,
        "Conv1D": _convolution,
        "Conv2D": _convolution,
        "MaxPooling1D": _pooling("max"),
        "MaxPooling2D": _pooling("max"),
        "AveragePooling1D": _pooling("average"),
        "AveragePooling2D": _pooling("average"),
        "GlobalAveragePooling2D": _global_pooling("average"),
        "GlobalMaxPooling2D": _global_pooling("max"),
        "Flatten": _flatten,
        "SimpleRNN": _recurrent,
        "LSTM": _recurrent,
        "GRU": _recurrent,
        "Embedding": _embedding,
        "BatchNormalization": _batch_normalization,
        "LayerNormalization": _layer_normalization,
        "Dropout": _dropout,
        "SpatialDropout1D": _dropout,
        "SpatialDropout2D": _dropout,
        "GaussianDropout": _dropout,
        "GaussianNoise": _dropout,
        "Identity": _nothing,
        "Activation": _activation,
        "ReLU": _relu,
        "LeakyReLU": _leaky_relu,
        "ELU": _elu,
        "PReLU": _prelu,
        "Softmax": _softmax,
    }
)
"""How each layer is read that a model may have."""


# Losses.


def keras_objective(loss: Any, outputs: int) -> ModelObjective | None:  # noqa: ANN401 - a name, or a loss of Keras
    """Return what a loss of Keras says; None if it is none of those that a description has.

    Args:
        loss: Its name, or a loss such as ``keras.losses.Huber()``.
        outputs: How many outputs the model has.
    """
    options: Mapping[str, Any] = {}
    name, reduction = loss, "sum_over_batch_size"
    if not isinstance(loss, str):
        options = {**loss.get_config(), **getattr(loss, "_fn_kwargs", {})} if hasattr(loss, "get_config") else {}
        name, reduction = type(loss).__name__, options.get("reduction", "")
    made = _LOSSES.get(name.lower().replace("_", ""))
    over = {"sum_over_batch_size": "mean", "mean": "mean", "sum": "sum"}.get(reduction or "")
    if made is None or over is None:
        return None
    found = made(options, outputs)
    return None if found is None else found._replace(reduction=over)


def _mean_over_outputs(kind: str) -> Callable[[Mapping[str, Any], int], ModelObjective]:
    def read(options: Mapping[str, Any], _outputs: int) -> ModelObjective:
        delta = options.get("delta")
        return ModelObjective(kind if delta is None else {"kind": kind, "delta": taken_exactly(delta)})

    return read


def _binary(options: Mapping[str, Any], outputs: int) -> ModelObjective | None:
    if options.get("label_smoothing"):
        return None
    named: Any = "binary_cross_entropy"
    if outputs > 1:
        places = list(range(1, outputs + 1))
        named = {"total": [{"kind": named, "outputs": places, "weight": Fraction(1, outputs)}]}
    return ModelObjective(named, finish="sigmoid" if options.get("from_logits") else "")


def _classes(options: Mapping[str, Any], _outputs: int) -> ModelObjective:
    smoothing = options.get("label_smoothing")
    named: Any = "categorical_cross_entropy"
    if smoothing:
        named = {"kind": named, "label_smoothing": taken_exactly(smoothing)}
    return ModelObjective(named, finish="softmax" if options.get("from_logits") else "", one_hot=True)


_LOSSES: Mapping[str, Callable[[Mapping[str, Any], int], ModelObjective | None]] = MappingProxyType(
    {
        **dict.fromkeys(("mse", "meansquarederror"), _mean_over_outputs("mean_squared_error")),
        **dict.fromkeys(("mae", "meanabsoluteerror"), _mean_over_outputs("absolute_error")),
        "huber": lambda options, outputs: _mean_over_outputs("huber")({"delta": 1.0, **options}, outputs),
        "logcosh": _mean_over_outputs("log_cosh"),
        "binarycrossentropy": _binary,
        "categoricalcrossentropy": _classes,
        "sparsecategoricalcrossentropy": _classes,
        **dict.fromkeys(("kldivergence", "kld"), _mean_over_outputs("kl_divergence")),
    }
)
"""What each loss of Keras is, by its name without underscores; None where its options make another of it."""
KERAS_LOSSES = (
    *("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "BinaryCrossentropy"),
    *("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence"),
)
"""How Keras calls the losses that a description has."""

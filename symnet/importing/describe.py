"""From a model in Python, or in a file, to a description that can be solved and saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from symnet.description.load import load
from symnet.description.schema import SCHEMA_FILE, schema_text
from symnet.document import Sentence
from symnet.errors import DescriptionError, ModelError, OutputError, Problem
from symnet.importing.assembly import AssembledLayer, as_layers, as_parameters, assembled
from symnet.importing.keras_models import KERAS_LOSSES, is_from_keras, keras_objective, read_keras
from symnet.importing.model import LayerPart, ModelObjective, ModelPlace, ModelReading
from symnet.importing.onnx_graphs import is_model_file, read_onnx
from symnet.importing.samples import Samples, described, samples_of
from symnet.importing.sklearn_models import is_from_sklearn, read_sklearn
from symnet.importing.torch_modules import LOSSES, is_from_torch, read_torch, torch_objective
from symnet.importing.writing import description_text
from symnet.limits import MOST_DIGITS
from symnet.output import write_whole
from symnet.text.say import words


class ModelDescription(Mapping[str, object]):
    """The description of a model: a mapping that :func:`symnet.solve` takes, and the text of a file.

    Args:
        mapping: The description.
        text: It as YAML, with comments.
    """

    def __init__(self, mapping: Mapping[str, object], text: str) -> None:
        self._mapping = mapping
        self.text = text

    def __getitem__(self, key: str) -> object:
        return self._mapping[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._mapping)

    def __len__(self) -> int:
        return len(self._mapping)

    def __str__(self) -> str:
        return self.text

    def save(self, path: str | PathLike[str], *, force: bool = False) -> Path:
        """Write the description to a file, with the schema for editors beside it, and return its path.

        Args:
            path: Where it goes.
            force: Whether a file that is there already is overwritten.

        Raises:
            OutputError: If there is a file of this name, or it cannot be written.
        """
        target = Path(path)
        if target.exists() and not force:
            raise OutputError(f"{target}: there is a file of this name already; --force (force=True) overwrites it")
        write_whole(target, self.text.encode())
        schema = target.parent / SCHEMA_FILE
        # One schema serves every description in the folder.
        if not schema.exists():
            write_whole(schema, schema_text().encode())
        return target


class ModelSort(NamedTuple):
    """A framework from which models come.

    Attributes:
        name: What it is called.
        owns: Whether a model is one of its own.
        read: From a model, and the shape of its inputs where it is known, to what it is made of.
    """

    name: str
    owns: Callable[[object], bool]
    read: Callable[[Any, tuple[int, ...] | None], ModelReading]


SORTS = (
    ModelSort("the path of a model in ONNX", is_model_file, read_onnx),
    # With torch below it, a model of Keras is a module of torch as well.
    ModelSort("a Keras model", is_from_keras, read_keras),
    ModelSort("torch.nn.Sequential", is_from_torch, read_torch),
    ModelSort("MLPClassifier, MLPRegressor, LogisticRegression or LinearRegression", is_from_sklearn, read_sklearn),
)
"""The frameworks whose models can be described."""


def describe(
    model: object,
    loss: object = None,
    data: object = None,
    *,
    inputs: object = None,
    title: str | None = None,
    decimals: int | None = None,
) -> ModelDescription:
    """Return the description of a model that was built or trained elsewhere, with the numbers that it has.

    Nothing of the framework is imported or run: layers are told by their types, and numbers are read from attributes.

    Args:
        model: A ``torch.nn.Sequential``, a classifier or regressor of scikit-learn, a Keras model, or the path of a
            model in ONNX.
        loss: The loss as a description has it, or one of torch or Keras such as ``torch.nn.CrossEntropyLoss()``;
            without it that of the model, or one that fits its last activation.
        data: The samples: a pair of inputs and targets in the arrays that the model takes, or what stands under
            ``data`` of a description. Targets may be the numbers of classes, or labels that the model knows.
        inputs: How many inputs there are, or the shape of an image, such as ``{"height": 5, "width": 5}``, where
            neither the first layer nor the data say it.
        title: The title of the sheet.
        decimals: To how many decimals numbers are rounded; without it they are taken as they are stored.

    Raises:
        ModelError: If something of the model cannot be described; all of it is told, each with its place.
        MissingToolError: If what reads ONNX is not installed.
    """
    sort = next((sort for sort in SORTS if sort.owns(model)), None)
    if sort is None:
        kind = f"{type(model).__module__}.{type(model).__qualname__}"
        allowed = ", ".join(sort.name for sort in SORTS)
        hint = "Other models can be written in ONNX, as with torch.onnx.export, and read from there."
        raise ModelError("model", (Problem("", f"a value of the type {kind[:100]}", allowed, hint),))
    early = ModelReading("", "")
    samples = samples_of(data, early, tuple(_labels(model)))
    shape = _shape_stated(inputs, early)
    reading = sort.read(model, shape or _shape_of(samples))
    reading.problems += early.problems
    _refuse_misfit(reading, samples)
    objective = _objective(loss, reading)
    return written(reading, objective, samples, title=title, decimals=decimals)


def written(
    reading: ModelReading,
    objective: ModelObjective,
    samples: Samples | None,
    *,
    title: str | None,
    decimals: int | None,
) -> ModelDescription:
    """Return the description of a model that was read.

    Args:
        reading: The model.
        objective: What is minimized.
        samples: The samples, if there are any.
        title: The title of the sheet.
        decimals: To how many decimals numbers are rounded.

    Raises:
        ModelError: If something of it cannot be described.
    """
    if decimals is not None and not 0 <= decimals <= MOST_DIGITS:
        reading.refuse("decimals", str(decimals), f"a whole number from 0 to {MOST_DIGITS}")
    _finish(reading, objective)
    if reading.parts and reading.inputs is None:
        hint = "Give data, or inputs such as inputs={'height': 5, 'width': 5}."
        reading.refuse(reading.parts[0].where, "inputs of unknown shape", "a shape of the inputs", hint)
    reading.finish()
    layers = assembled(reading)
    reading.finish()
    mapping = _mapping(reading, objective, samples, layers, title)
    if decimals is not None:
        mapping = {key: _rounded(value, decimals) for key, value in mapping.items()}
    _check(mapping, reading, layers)
    comments = [words(one.key, **one.slots) for one in _comments(reading, mapping, layers, decimals)]
    return ModelDescription(mapping, description_text(mapping, comments, [layer.beside for layer in layers]))


def _mapping(
    reading: ModelReading,
    objective: ModelObjective,
    samples: Samples | None,
    layers: list[AssembledLayer],
    title: str | None,
) -> dict[str, Any]:
    """Return the description, with exact numbers."""
    outputs = prod(reading.shape or (1,))
    data = {} if samples is None else described(samples, reading, outputs, one_hot=objective.one_hot)
    found: dict[str, Any] = {
        "title": words("import.title", framework=reading.framework) if title is None else title,
        "inputs": _inputs(reading.inputs or (1,)),
        "layers": as_layers(layers),
        "loss": objective.loss,
    }
    if objective.reduction is not None:
        found["reduction"] = objective.reduction
    if penalties := _penalties(reading, objective, len(data.get("inputs") or ())):
        found["regularization"] = penalties
    if data:
        found["data"] = data
    return {**found, "parameters": as_parameters(layers)}


def _inputs(shape: tuple[int, ...]) -> Any:  # noqa: ANN401 - a number or a mapping
    """Return the shape of the inputs as a description has it."""
    if len(shape) < 2:
        return shape[0] if shape else 1
    channels, *lengths = shape
    keys = ("height", "width") if len(lengths) == 2 else ("width",)
    return {**dict(zip(keys, lengths, strict=False)), **({"channels": channels} if channels > 1 else {})}


def _penalties(reading: ModelReading, objective: ModelObjective, count: int) -> list[dict[str, Any]]:
    """Return the penalties; none where their strength is not known."""
    if objective.regularization and objective.divided and not count:
        reading.remark(Sentence("import.penalty"))
        return []
    by = count if objective.divided else 1
    return [{**one, "strength": one["strength"] / by} for one in objective.regularization]


def _rounded(value: Any, decimals: int, *, listed: bool = False) -> Any:  # noqa: ANN401
    """Return a value with the numbers of its arrays rounded; what stands alone in a layer is a setting."""
    if isinstance(value, Fraction) and listed:
        return Fraction(round(value * 10**decimals), 10**decimals)
    if isinstance(value, list | tuple):
        return [_rounded(one, decimals, listed=True) for one in value]
    if isinstance(value, Mapping):
        return {key: _rounded(one, decimals, listed=key == "alpha") for key, one in value.items()}
    return value


def _finish(reading: ModelReading, objective: ModelObjective) -> None:
    """Add the activation that belongs to the loss there, and put softmax for its logarithm under such a loss."""
    if objective.finish:
        keys = {"activation": objective.finish}
        reading.remark(Sentence("import.finish", {"activation": objective.finish}))
        reading.add(LayerPart(ModelPlace("the loss"), keys, kind="activation"), reading.shape)
    for part in reading.parts:
        if part.keys.get("activation") == "log_softmax":
            allowed = "it as the last layer, under the loss NLLLoss or KLDivLoss, or a softmax"
            reading.refuse(part.where, "a logarithm of softmax", allowed)


def _objective(loss: object, reading: ModelReading) -> ModelObjective:
    """Return what is minimized: as it is stated, as the model says, or as it fits the last activation."""
    outputs = prod(reading.shape or (1,))
    if loss is None:
        known = reading.objective
        if known is None:
            reading.remark(Sentence("import.loss"))
            kind = _FITTING.get(reading.last_activation, "squared_error")
            known = ModelObjective(kind, one_hot=kind == "categorical_cross_entropy")
    elif is_from_torch(loss) or is_from_keras(loss):
        read, names = (keras_objective, KERAS_LOSSES) if is_from_keras(loss) else (torch_objective, tuple(LOSSES))
        found = read(loss, outputs)
        if found is None:
            hint = "A loss may also be an expression in a1, a2, ... and y1, y2, ...; see symnet list losses."
            reading.refuse("loss", f"{type(loss).__name__}, {loss!r}", ", ".join(names), hint)
        known = found or ModelObjective("squared_error")
        if reading.is_recurrent and known.reduction == "mean":
            reading.remark(Sentence("import.steps"))
    else:
        stated = loss.get("kind") if isinstance(loss, Mapping) else loss
        known = ModelObjective(loss, one_hot=stated in ("categorical_cross_entropy", "multiclass_hinge"))
    return _of_probabilities(reading, known)


_FITTING = {
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
    "log_softmax": "categorical_cross_entropy",
}
"""The loss that is taught with each last activation."""
_OF_LOGARITHMS = {"negative_log_likelihood": "categorical_cross_entropy"}
"""What a loss of logarithms of probabilities is of the probabilities themselves."""


def _of_probabilities(reading: ModelReading, objective: ModelObjective) -> ModelObjective:
    """Return an objective of probabilities in place of one of the logarithms that the last layer makes."""
    kind = objective.loss
    if reading.last_activation != "log_softmax" or kind not in {*_OF_LOGARITHMS, *_OF_LOGARITHMS.values(), *_FROM_LOGS}:
        return objective
    last = reading.parts[-1]
    reading.parts[-1] = last._replace(keys={**last.keys, "activation": "softmax"})
    return objective._replace(loss=_OF_LOGARITHMS.get(kind, kind), one_hot=kind not in _FROM_LOGS)


_FROM_LOGS = ("kl_divergence",)


def _check(mapping: Mapping[str, Any], reading: ModelReading, layers: list[AssembledLayer]) -> None:
    """Refuse a description that would not be read."""
    try:
        load(mapping)
    except DescriptionError as error:
        problems = tuple(one._replace(where=_in_model(one.where, layers)) for one in _once(error.problems))
        raise ModelError(f"{reading.framework} ({reading.source})", problems) from None


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Yield each problem that rows of an array have in common once, at the first of them."""
    rows: dict[Problem, list[str]] = {}
    for one in problems:
        is_of_row = one.where.startswith(("data.", "parameters["))
        place = re.sub(r"\[\d+\]$", "", one.where) if is_of_row else one.where
        rows.setdefault(one._replace(where=place), []).append(one.where)
    for one, (first, *others) in rows.items():
        yield one._replace(where=f"{first} and {len(others)} more" if others else first)


def _in_model(where: str, layers: list[AssembledLayer]) -> str:
    """Return a place in a description with what stands there in the model."""
    found = re.match(r"(?:layers|parameters)\[(\d+)\]", where)
    number = int(found[1]) if found else 0
    return f"{where} ({layers[number - 1].places})" if 0 < number <= len(layers) else where


def _comments(
    reading: ModelReading, mapping: Mapping[str, Any], layers: list[AssembledLayer], decimals: int | None
) -> Iterator[Sentence]:
    """Yield what the file says of how it was made."""
    of = {"framework": reading.framework, "model": reading.source}
    count = sum(len(array.numbers) for layer in layers for array in layer.arrays.values())
    yield Sentence("import.model", {**of, "layers": len(layers), "parameters": count})
    if decimals is not None:
        yield Sentence("import.decimals", {"decimals": decimals})
    elif reading.bits:
        yield Sentence("import.shortest") if max(reading.bits) > 32 else Sentence("import.exact")
    yield from reading.remarks
    if "data" not in mapping:
        yield Sentence("import.data")
    yield Sentence("import.solve")


def _shape_stated(inputs: object, reading: ModelReading) -> tuple[int, ...] | None:
    """Return the shape of the inputs as it was stated, channels first."""
    if isinstance(inputs, int) and inputs > 0:
        return (inputs,)
    if isinstance(inputs, Mapping) and inputs.keys() <= {"height", "width", "channels"} and "width" in inputs:
        lengths = [inputs.get("channels", 1), *(inputs[key] for key in ("height", "width") if key in inputs)]
        if all(isinstance(one, int) and one > 0 for one in lengths):
            return tuple(lengths)
    if inputs is not None:
        reading.refuse("inputs", str(inputs)[:100], "a number, or a mapping with width and perhaps height and channels")
    return None


def _shape_of(samples: Samples | None) -> tuple[int, ...] | None:
    """Return the shape of a sample; None where it is not known."""
    if samples is None or samples.inputs is None:
        return None
    return samples.inputs.shape[1:] or (1,)


def _refuse_misfit(reading: ModelReading, samples: Samples | None) -> None:
    """Refuse samples that the first layer cannot take, so that its weights are not blamed for them."""
    shape = _shape_of(samples)
    if shape is None or not reading.parts:
        return
    first = reading.parts[0]
    taken = {path[-1]: array.shape for path, array in first.arrays.items()}
    if "kernels" in taken and len(shape) == len(taken["kernels"]) - 1:
        length, right = shape[-1 if reading.channels_last else 0], taken["kernels"][1]
        found, fits = f"{length} channel{'s' * (length != 1)}", length == right
    elif "weights" in taken and "embedding" not in first.keys:
        length, right = shape[-1], taken["weights"][-1]
        # Images may be flattened first; steps of time are not.
        fits = right == length or (right == prod(shape) and not reading.is_recurrent)
        found = f"samples of {length} number{'s' * (length != 1)}"
    else:
        return
    if not fits:
        reading.refuse("data, inputs", found, f"{right}, which {first.where} takes")


def _labels(model: object) -> tuple[Any, ...]:
    """Return the labels of the classes, if the model knows them."""
    known: Any = getattr(model, "classes_", ())
    listed = known.tolist() if callable(getattr(known, "tolist", None)) else known
    return tuple(listed) if isinstance(listed, list | tuple) else ()

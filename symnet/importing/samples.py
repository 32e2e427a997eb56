"""Data as a framework takes them, as the data of a description."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from symnet.description.fields import NotANumberError, from_python
from symnet.description.source import printable
from symnet.importing.model import ModelReading
from symnet.importing.stored import StoredArray, UnreadableArrayError, array_of
from symnet.limits import MOST_VALUES

# Of more classes than these, the first are listed.
_MOST_LABELS = 20
_PAIR = "a pair of inputs and targets, or what stands under data of a description"


class Samples(NamedTuple):
    """Inputs and targets.

    Attributes:
        inputs: The inputs, samples first unless steps of time are.
        targets: The targets; None where there are none.
        plain: What stands under ``data`` of a description already; None if it is made of the two.
    """

    inputs: StoredArray | None
    targets: StoredArray | None = None
    plain: Mapping[str, object] | None = None


def samples_of(data: object, reading: ModelReading, labels: Sequence[Any] = ()) -> Samples | None:
    """Return the samples; None where there are none, or where they cannot be read, which is noted.

    Args:
        data: What was handed in.
        reading: Where problems are noted.
        labels: The labels of the classes, if targets may be such labels.
    """
    if data is None:
        return None
    if isinstance(data, Mapping):
        return Samples(None, plain=_exact(data, reading, "data"))
    if not isinstance(data, list | tuple) or len(data) != 2 or data[0] is None:
        reading.refuse("data", f"a value of the type {type(data).__name__}", _PAIR)
        return None
    found = []
    for key, value in zip(("inputs", "targets"), data, strict=True):
        try:
            known = _numbered(value, labels) if key == "targets" else value
            found.append(None if known is None else array_of(known, MOST_VALUES))
        except UnreadableArrayError as error:
            reading.refuse(f"data, {key}", error.found, error.allowed)
    return Samples(found[0], found[1]) if len(found) == 2 else None


def _exact(value: object, reading: ModelReading, where: str) -> Any:  # noqa: ANN401 - whatever stands in a description
    """Return what stands under ``data`` of a description, with exact numbers."""
    if isinstance(value, Mapping):
        return {str(key): _exact(one, reading, f"{where}, {key}") for key, one in value.items()}
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        return [_exact(one, reading, f"{where}[{place}]") for place, one in enumerate(value, 1)]
    try:
        return array_of(value, MOST_VALUES).nested()
    except UnreadableArrayError as error:
        reading.refuse(where, error.found, error.allowed)
        return None


def _numbered(targets: Any, labels: Sequence[Any]) -> Any:  # noqa: ANN401 - of any library
    """Return the number of its class for each target that is a label, from 0.

    Raises:
        UnreadableArrayError: If one is neither a label nor a number that a target may have.
    """
    listed = targets.tolist() if callable(getattr(targets, "tolist", None)) else targets
    if not labels or not isinstance(listed, list | tuple) or any(isinstance(one, list | tuple) for one in listed):
        return targets
    numbers = {label: number for number, label in enumerate(labels)}
    found = [numbers.get(one, one) if isinstance(one, Hashable) else one for one in listed]
    for place, one in enumerate(found, 1):
        if not _may_be_class(one, len(labels)):
            shown = ", ".join(printable(str(label), 40) for label in labels[:_MOST_LABELS])
            more = f", and {len(labels) - _MOST_LABELS} more" if len(labels) > _MOST_LABELS else ""
            allowed = f"one of the labels that the model knows: {shown}{more}"
            raise UnreadableArrayError(f'"{printable(str(one), 40)}" at [{place}]', allowed)
    return found


def _may_be_class(target: Any, classes: int) -> bool:  # noqa: ANN401 - of any library
    """Return whether a target is a number from that of the first class to that of the last one."""
    try:
        return 0 <= from_python(target.item() if callable(getattr(target, "item", None)) else target) < classes
    except NotANumberError:
        return False


def image_of(inputs: StoredArray, reading: ModelReading) -> StoredArray:
    """Return inputs with the channels of images in front of their rows and columns."""
    axes = len(inputs.shape)
    if not reading.channels_last or axes < 3:
        return inputs
    return inputs.permuted(0, axes - 1, *range(1, axes - 1))


def described(samples: Samples, reading: ModelReading, outputs: int, *, one_hot: bool) -> Mapping[str, Any]:
    """Return what stands under ``data``.

    Args:
        samples: The inputs and targets.
        reading: The model.
        outputs: How many outputs it has.
        one_hot: Whether a target may be the number of a class, from 0.
    """
    if samples.plain is not None or samples.inputs is None:
        return samples.plain or {}
    if reading.is_recurrent:
        return {"sequences": _sequences(samples, reading, outputs, one_hot=one_hot)}
    inputs = image_of(samples.inputs, reading)
    size = prod(inputs.shape[1:])
    if any("embedding" in part.keys for part in reading.parts):
        # The entries of a description are counted from 1.
        inputs = inputs._replace(numbers=tuple(number + 1 for number in inputs.numbers))
    rows = inputs.reshaped(inputs.shape[0] if inputs.shape else 1, size).nested()
    if samples.targets is None:
        return {"inputs": rows}
    return {"inputs": rows, "targets": _targets(samples.targets, outputs, one_hot=one_hot).nested()}


def _targets(targets: StoredArray, outputs: int, *, one_hot: bool) -> StoredArray:
    """Return targets as a row for each sample, classes by 1 at their place."""
    shape = targets.shape
    if one_hot and outputs > 1 and prod(shape[1:]) == 1 and all(0 <= one < outputs for one in targets.numbers):
        numbers = tuple(Fraction(int(one == place)) for one in targets.numbers for place in range(outputs))
        return StoredArray((len(targets.numbers), outputs), numbers)
    return targets.reshaped(shape[0] if shape else 1, prod(shape[1:]))


def _sequences(samples: Samples, reading: ModelReading, outputs: int, *, one_hot: bool) -> list[dict[str, object]]:
    """Return each sequence, with a target for each step or for the last one."""
    if samples.inputs is None:
        return []
    inputs, targets = samples.inputs, samples.targets
    if len(inputs.shape) == 2:
        inputs = inputs.reshaped(1, *inputs.shape)
        if targets is not None:
            targets = targets.reshaped(1, *targets.shape)
    elif reading.steps_first:
        inputs = inputs.permuted(1, 0, *range(2, len(inputs.shape)))
        if targets is not None and len(targets.shape) > 2:
            targets = targets.permuted(1, 0, *range(2, len(targets.shape)))
    count, steps = inputs.shape[0], inputs.shape[1]
    found: list[dict[str, object]] = []
    for at in range(count):
        row = inputs.rows(at, at + 1)
        one: dict[str, object] = {"inputs": row.reshaped(steps, prod(row.shape[2:])).nested()}
        if targets is not None:
            one |= _of_sequence(targets.rows(at, at + 1), steps, outputs, one_hot=one_hot)
        found.append(one)
    return found


def _of_sequence(own: StoredArray, steps: int, outputs: int, *, one_hot: bool) -> dict[str, object]:
    each = len(own.shape) > 2 or (len(own.shape) == 2 and own.shape[1] == steps and steps != outputs)
    if each:
        rows = own.reshaped(steps, prod(own.shape[2:]))
        return {"targets": _targets(rows, outputs, one_hot=one_hot).nested()}
    return {"target": list(_targets(own, outputs, one_hot=one_hot).numbers)}

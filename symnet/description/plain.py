"""A description as plain Python values, which are read as an equal one: for JSON, and for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from symnet.description.fields import FrozenMapping, write_number
from symnet.description.network import Description, Exercise
from symnet.description.notation import OwnNotation
from symnet.description.problems import first_problems
from symnet.description.sorts import is_graph, is_of_arrays
from symnet.description.source import Scalar, printable
from symnet.description.tree import content_of, mapping_in
from symnet.errors import DescriptionError
from symnet.remember import Remembered

# What YAML writes without quotes that is neither text nor number.
_WORDS = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


def plain_description(description: Exercise) -> dict[str, Any]:
    """Return a description as a mapping of texts, numbers, lists and mappings; empty of a record made without one.

    The numbers are those of its records, which may have been drawn; all else is what was read. A notation that stands
    in a file of its own is that file's name.

    Args:
        description: Any description.
    """
    tree = description.tree
    found = dict(_READ.once(tree, None, lambda: {str(key): plain(value) for key, value in tree.items()}))
    if "language" in description.model_fields_set:
        found["language"] = description.language
    notation = description.notation
    if isinstance(notation, str):
        found |= {"notation": notation} if "notation" in description.model_fields_set else {}
    elif notation.file and Path(str(found.get("notation"))).name != notation.file:
        # Another one than it says, as --notation chooses it.
        found["notation"] = notation.file
    if is_graph(description):
        return {**found, "at": _numbers(description.at)} if description.at else found
    if isinstance(description, Description) and not is_of_arrays(description):
        if description.data is not None and description.data.inputs:
            rows = {"inputs": description.data.inputs, "targets": description.data.targets}
            found["data"] = {key: _numbers(value) for key, value in rows.items() if value}
        if description.parameters is not None:
            found["parameters"] = [_entry(entry) for entry in description.parameters]
    return found


# What was read, as it is written, is the same for all draws of a description.
_READ = Remembered(16)


def values_of(path: str) -> dict[str, Any]:
    """The mapping in a file, as texts, numbers, lists and mappings, whatever it describes.

    Raises:
        DescriptionError: If the file cannot be read, or holds no mapping.
    """
    root, repeated = mapping_in(content_of(path), printable(path, 500), "a mapping", "Write lines such as inputs: 2.")
    if repeated:
        raise DescriptionError(printable(path, 500), first_problems(repeated))
    return {key: plain(value) for key, value in root.items()}


def plain(value: object) -> Any:  # noqa: ANN401 - whatever stands in a file
    """Return a value of a description as Python has it; a number that a float would not hold stays text.

    Args:
        value: What was read from a file, or given from Python.
    """
    if isinstance(value, Scalar):
        return _scalar(value)
    if isinstance(value, OwnNotation):
        return value.file or plain(value.keys)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | bool | int | float | None) else write_number(Fraction(str(value)))


def _scalar(value: Scalar) -> Any:  # noqa: ANN401 - whatever stands in a file
    if value.plain and value.text in _WORDS:
        return _WORDS[value.text]
    if value.empty:
        return None
    return _number(value.text) if value.is_read_as_a_number else value.text


def _number(text: str) -> int | float | str:
    """Return a number as Python writes it, where that is how it stands there."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if str(number) == text:
            return number
    return text


def _numbers(value: Any) -> Any:  # noqa: ANN401 - numbers, and lists and mappings of them within one another
    if isinstance(value, Fraction):
        return _number(write_number(value))
    if isinstance(value, FrozenMapping):
        return {key: _numbers(one) for key, one in value.items()}
    return [_numbers(one) for one in value]


def _entry(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - the parameters of a layer, or of a piece of one
    parts = {
        "weights": _numbers(entry.weights),
        "biases": _numbers(entry.biases),
        "pieces": [_entry(piece) for piece in getattr(entry, "pieces", ())],
    }
    found: dict[str, Any] = {key: value for key, value in parts.items() if value}
    if getattr(entry, "alpha", None) is not None:
        found["alpha"] = _numbers(entry.alpha)
    return found

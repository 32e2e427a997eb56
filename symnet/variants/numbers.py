"""The numbers of a description one by one, each with its id: taken out of its records, and put back into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from symnet.description.array_network import ArrayDescription
from symnet.description.data import Data
from symnet.description.fields import Rows
from symnet.description.graph import GraphDescription
from symnet.description.layers import START_SLOPE, LayerParameters
from symnet.description.network import Description, Exercise


class NumberPlace(NamedTuple):
    """Where one number of a description belongs.

    Attributes:
        id: Its id, with the number of its sample if it is one of a sample.
        names: The keys under which it may be drawn, the one that says most first.
    """

    id: str
    names: tuple[str, ...]


def places(description: Exercise) -> tuple[NumberPlace, ...]:
    """Return the place of every number that may be drawn, in the order of the description."""
    if isinstance(description, GraphDescription):
        chosen, graph = description.parameter_names, description.graph
        return tuple(
            NumberPlace(one, (one, *((name,) if one != name else ()), "parameters" if one in chosen else "inputs"))
            for name in graph.inputs
            for one in graph.ids([name])
        )
    if not isinstance(description, Description):
        return ()
    of_data = () if _of_triplets(description) else tuple(_of_samples(description))
    ids = description.parameter_ids
    return (*of_data, *(NumberPlace(one, (one, *_KINDS.get(one[0], ()), "parameters")) for one in ids))


_KINDS: Mapping[str, tuple[str, ...]] = {"w": ("weights",), "b": ("biases",)}


def _of_triplets(description: Description) -> bool:
    return any(choice.targets == "none" for choice in description.loss)


def _of_samples(description: Description) -> Iterator[NumberPlace]:
    if isinstance(description, ArrayDescription) and description.data is not None:
        for name in _in_arrays(description):
            base = name.partition("@")[0]
            yield NumberPlace(name, (name, base, _ROWS[base[0]]))
        return
    samples = description.data.count if description.data else 1
    for sample in range(1, samples + 1):
        widths = (("x", "inputs", description.inputs), ("y", "targets", description.layers[-1].units))
        for letter, word, width in widths:
            for index in range(1, width + 1):
                base = f"{letter}{index}"
                yield NumberPlace(f"{base}@{sample}", (f"{base}@{sample}", base, word))


_ROWS: Mapping[str, str] = MappingProxyType({"x": "inputs", "y": "targets"})


def _in_arrays(description: ArrayDescription) -> dict[str, Fraction]:
    """Return the inputs and targets of layers that are worked out in arrays, with the numbers of their samples."""
    found: dict[str, Fraction] = {}
    for sample, numbers in enumerate(description.sample_numbers, 1):
        found.update((name if "@" in name else f"{name}@{sample}", number) for name, number in numbers.items())
    return found


def numbers_of(description: Exercise) -> dict[str, Fraction]:
    """Return every number that a description gives, by its id."""
    if isinstance(description, GraphDescription):
        return dict(description.inputs_at or {})
    found: dict[str, Fraction] = {}
    if not isinstance(description, Description):
        return found
    if isinstance(description, ArrayDescription):
        return {**({} if _of_triplets(description) else _in_arrays(description)), **description.parameter_numbers}
    if description.data is not None and not _of_triplets(description):
        for sample, rows in enumerate(zip(description.data.inputs, description.data.targets, strict=True), 1):
            for letter, row in zip("xy", rows, strict=True):
                found.update((f"{letter}{index}@{sample}", number) for index, number in enumerate(row, 1))
    ids = iter(description.parameter_ids)
    if description.parameters is None:
        # What an activation learns has a start of its own.
        found.update((name, START_SLOPE) for name in ids if name.startswith("alpha"))
    else:
        for entry in description.parameters:
            # The numbers first: of the ids none is to be lost where an entry ends.
            found.update((name, number) for number, name in zip(entry.in_order(), ids, strict=False))
    return found


def with_numbers_of(description: Exercise, numbers: Mapping[str, Fraction]) -> Exercise:
    """Return the same description with other numbers.

    Args:
        description: A description.
        numbers: A number for each of its places, by id.
    """
    if isinstance(description, GraphDescription):
        return description.model_copy(update={"at": description.graph.nested(numbers)})
    if not isinstance(description, Description):
        return description
    changed: dict[str, object] = {}
    if isinstance(description, ArrayDescription) and description.data is not None:
        changed["data"] = description.data_from(numbers)
    elif not _of_triplets(description):
        changed["data"] = _data(description, numbers)
    if isinstance(description, ArrayDescription):
        return description.model_copy(update={**changed, "parameters": description.parameters_from(numbers)})
    ids = description.parameter_ids
    left = (numbers[name] for name in ids)
    feeds = (description.inputs, *(layer.units for layer in description.layers))
    changed["parameters"] = tuple(
        LayerParameters.from_order(layer, inputs, left)
        for layer, inputs in zip(description.layers, feeds, strict=False)
    )
    return description.model_copy(update=changed)


def _data(description: Description, numbers: Mapping[str, Fraction]) -> Data:
    samples = range(1, (description.data.count if description.data else 1) + 1)
    rows: dict[str, Rows] = {}
    for letter, word, width in (("x", "inputs", description.inputs), ("y", "targets", description.layers[-1].units)):
        rows[word] = tuple(
            tuple(numbers[f"{letter}{index}@{sample}"] for index in range(1, width + 1)) for sample in samples
        )
    if description.data is not None:
        return description.data.model_copy(update=rows)
    return Data.model_construct(set(rows), inputs=rows["inputs"], targets=rows["targets"])

"""What a notation of one's own may choose besides letters: each choice by its key in a description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.catalog.changing import BIASES, UNIT, with_names, zero_index
from symnet.catalog.notation import Notation, SampleMark
from symnet.layout.tree import Word
from symnet.quantity import Role


class Choice(NamedTuple):
    """One thing that can be chosen.

    Attributes:
        words: What it may be.
        meaning: What it is, for an editor.
        made: The notation with one of the words chosen.
    """

    words: tuple[str, ...]
    meaning: str
    made: Callable[[Notation, str], Notation]


def _index_order(notation: Notation, order: str) -> Notation:
    weight = notation.names[Role.WEIGHT]._replace(low=_ORDERS[order])
    bias = notation.names[Role.BIAS]
    if "0" in bias.low:
        bias = bias._replace(low=zero_index(weight))
    return with_names(notation, {Role.WEIGHT: weight, Role.BIAS: bias})


_ORDERS = {"to_from": ("unit", "source"), "from_to": ("source", "unit")}


def _first_layer(notation: Notation, first: str) -> Notation:
    step = {"weights": 1, "inputs": 2}[first] - notation.names[UNIT].first
    marked = {role: of._replace(first=of.first + step) for role, of in notation.names.items() if of.layer}
    return with_names(notation, marked)


def _weight_layer(notation: Notation, which: str) -> Notation:
    first = notation.names[UNIT].first - (which == "leaves")
    roles = (Role.WEIGHT, *BIASES)
    return with_names(notation, {role: notation.names[role]._replace(first=first) for role in roles})


def _layer_marks(notation: Notation, when: str) -> Notation:
    layer = {"always": "always", "needed": "several"}[when]
    return with_names(notation, {role: of._replace(layer=layer) for role, of in notation.names.items() if of.layer})


def _vector_marks(notation: Notation, mark: str) -> Notation:
    look = {"bold": (None, True), "bar": ("bar", False)}[mark]
    parameters = notation.names[Role.PARAMETERS]._replace(mark=look[0], bold=look[1])
    return with_names(notation._replace(vectors=mark), {Role.PARAMETERS: parameters})


_SAMPLES = {
    "parentheses": SampleMark(),
    "brackets": SampleMark(left="[", right="]"),
    # Among low indices it needs a letter that is no unit's.
    "subscript": SampleMark("n", high=False, left="", right=""),
}

CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "index_order": Choice(tuple(_ORDERS), "Which unit of a weight its first index is.", _index_order),
        "first_layer": Choice(
            ("weights", "inputs"), "What layer 1 is: the first one with weights, or the inputs.", _first_layer
        ),
        "weight_layer": Choice(
            ("enters", "leaves"), "Which of the two layers that it connects a weight is numbered by.", _weight_layer
        ),
        "layer_marks": Choice(
            ("always", "needed"), "Whether the layer is written always, or only where it is needed.", _layer_marks
        ),
        "vectors": Choice(
            ("columns", "rows"),
            "Whether the samples are the columns of a matrix or its rows.",
            lambda notation, which: notation._replace(rows=which == "rows"),
        ),
        "vector_marks": Choice(("bold", "bar"), "How a vector is told from a number.", _vector_marks),
        "splits": Choice(
            ("cases", "indicator", "both"),
            "How a value by cases is written: as cases, with an indicator, or both.",
            lambda notation, how: notation._replace(splits=how),
        ),
        "logarithm": Choice(
            ("ln", "log"),
            "How the natural logarithm is written.",
            lambda notation, word: notation._replace(logarithm=Word(word)),
        ),
        "sample_mark": Choice(
            tuple(_SAMPLES), "How a sample is marked.", lambda notation, how: notation._replace(sample=_SAMPLES[how])
        ),
        "updated": Choice(
            ("prime", "gets", "t", "k", "tau"),
            "How an updated value is marked: by a prime, by an arrow to the old one, or by the letter of the step.",
            lambda notation, how: notation._replace(updated=how),
        ),
        "trained": Choice(
            ("weight", "matrix", "all"),
            "What the rule of training is written for: a weight, a matrix of weights, or all parameters together.",
            lambda notation, what: notation._replace(trained=what),
        ),
    }
)

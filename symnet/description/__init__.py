"""The description of an exercise: its model, its loader, its schema."""

from symnet.description.data import Data, Numbers
from symnet.description.graph import Graph, GraphDescription
from symnet.description.layers import (
    Dropout,
    Layer,
    LayerParameters,
    Loss,
    Penalty,
    StartState,
    Training,
    Weights,
)
from symnet.description.load import load, load_text
from symnet.description.network import Description, Exercise
from symnet.description.notation import OwnNotation
from symnet.description.notation_files import with_notation, with_preferred
from symnet.description.schema import json_schema, starter
from symnet.description.warnings import description_warnings

__all__ = [
    "Data",
    "Description",
    "Dropout",
    "Exercise",
    "Graph",
    "GraphDescription",
    "Layer",
    "LayerParameters",
    "Loss",
    "Numbers",
    "OwnNotation",
    "Penalty",
    "StartState",
    "Training",
    "Weights",
    "description_warnings",
    "json_schema",
    "load",
    "load_text",
    "starter",
    "with_notation",
    "with_preferred",
]

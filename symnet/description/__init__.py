"""The description of an exercise: its model, its loader, its schema."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from symnet.description.data import Data, Numbers
from symnet.description.layers import Dropout, Layer, LayerParameters, Weights
from symnet.description.load import load, load_text
from symnet.description.losses import Loss, Penalty
from symnet.description.network import Description, Exercise
from symnet.description.notation import OwnNotation
from symnet.description.notation_files import with_notation, with_preferred
from symnet.description.training import StartState, Training
from symnet.description.warnings import description_warnings

if TYPE_CHECKING:
    from symnet.description.graph import Graph, GraphDescription
    from symnet.description.schema import json_schema, starter

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

# What most exercises have no use for, and takes long to import.
_LATER = {"Graph": "graph", "GraphDescription": "graph", "json_schema": "schema", "starter": "schema"}


def __getattr__(name: str) -> object:
    """Return what is imported only once it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module 'symnet.description' has no attribute {name!r}")
    return getattr(import_module(f"symnet.description.{_LATER[name]}"), name)

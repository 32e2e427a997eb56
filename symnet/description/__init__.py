"""The description of an exercise: its model, its loader, its schema."""

from symnet.description.data import Data, Numbers
from symnet.description.exercise import Exercise
from symnet.description.graph import Graph, GraphDescription
from symnet.description.layers import Dropout, Layer, LayerParameters, Weights
from symnet.description.loader import load, load_text
from symnet.description.losses import LossChoice, Penalty
from symnet.description.model import Description
from symnet.description.notation import OwnNotation
from symnet.description.notation_files import with_notation
from symnet.description.schema import json_schema
from symnet.description.starter import starter
from symnet.description.training import State, Training
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
    "LossChoice",
    "Numbers",
    "OwnNotation",
    "Penalty",
    "State",
    "Training",
    "Weights",
    "description_warnings",
    "json_schema",
    "load",
    "load_text",
    "starter",
    "with_notation",
]

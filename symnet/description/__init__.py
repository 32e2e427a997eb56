"""The description of an exercise: its model, its loader, its schema."""

from symnet.description.loader import load, load_text
from symnet.description.model import (
    Data,
    Description,
    Layer,
    LayerParameters,
    LossChoice,
    Numbers,
    Training,
)
from symnet.description.schema import json_schema
from symnet.description.starter import starter
from symnet.description.warnings import description_warnings

__all__ = [
    "Data",
    "Description",
    "Layer",
    "LayerParameters",
    "LossChoice",
    "Numbers",
    "Training",
    "description_warnings",
    "json_schema",
    "load",
    "load_text",
    "starter",
]

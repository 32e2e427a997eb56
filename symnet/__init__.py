"""Writes the model solution to backpropagation-by-hand exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symnet.api import Solution, check, solve
    from symnet.description.array_layers import (
        ArrayLayer,
        ArrayParameters,
        Attention,
        Convolution,
        Embedding,
        GateParameters,
        Normalization,
        Pooling,
        Tied,
    )
    from symnet.description.data import Data, Numbers
    from symnet.description.graph import Graph, GraphDescription
    from symnet.description.layers import Dropout, Layer, LayerParameters, Weights
    from symnet.description.losses import HeadChoice, Loss, Penalty
    from symnet.description.network import Description
    from symnet.description.sequences import SampleSequence, SequenceData
    from symnet.description.training import RateSchedule, StartState, Training
    from symnet.errors import (
        CheckFailedError,
        ChoiceError,
        DescriptionError,
        MissingToolError,
        ModelError,
        NoPointError,
        OutputError,
        Problem,
        SymnetError,
        TemplateProblemError,
        UnknownIdError,
        ViewError,
    )
    from symnet.importing.describe import ModelDescription, describe
    from symnet.marking.batch import LossError
    from symnet.marking.report import Report
    from symnet.marking.submissions import SubmissionError
    from symnet.numerics.function import NumericFunction
    from symnet.view import View
    from symnet.worked import Derivative, DerivativeRow, DerivativeTable, Known, Part, ShownStep, ShownSteps

__version__ = "0.1.0"
__all__ = [
    "ArrayLayer",
    "ArrayParameters",
    "Attention",
    "CheckFailedError",
    "ChoiceError",
    "Convolution",
    "Data",
    "Derivative",
    "DerivativeRow",
    "DerivativeTable",
    "Description",
    "DescriptionError",
    "Dropout",
    "Embedding",
    "GateParameters",
    "Graph",
    "GraphDescription",
    "HeadChoice",
    "Known",
    "Layer",
    "LayerParameters",
    "Loss",
    "LossError",
    "MissingToolError",
    "ModelDescription",
    "ModelError",
    "NoPointError",
    "Normalization",
    "Numbers",
    "NumericFunction",
    "OutputError",
    "Part",
    "Penalty",
    "Pooling",
    "Problem",
    "RateSchedule",
    "Report",
    "SampleSequence",
    "SequenceData",
    "ShownStep",
    "ShownSteps",
    "Solution",
    "StartState",
    "SubmissionError",
    "SymnetError",
    "TemplateProblemError",
    "Tied",
    "Training",
    "UnknownIdError",
    "View",
    "ViewError",
    "Weights",
    "__version__",
    "check",
    "describe",
    "solve",
]

_MODULES = {
    "symnet.api": ("Solution", "check", "solve"),
    "symnet.description.array_layers": (
        "ArrayLayer",
        "ArrayParameters",
        "Attention",
        "Convolution",
        "Embedding",
        "GateParameters",
        "Normalization",
        "Pooling",
        "Tied",
    ),
    "symnet.description.data": ("Data", "Numbers"),
    "symnet.description.graph": ("Graph", "GraphDescription"),
    "symnet.description.layers": ("Dropout", "Layer", "LayerParameters", "Weights"),
    "symnet.description.losses": ("HeadChoice", "Loss", "Penalty"),
    "symnet.description.network": ("Description",),
    "symnet.description.sequences": ("SampleSequence", "SequenceData"),
    "symnet.description.training": ("RateSchedule", "StartState", "Training"),
    "symnet.errors": (
        "CheckFailedError",
        "ChoiceError",
        "DescriptionError",
        "MissingToolError",
        "ModelError",
        "NoPointError",
        "OutputError",
        "Problem",
        "SymnetError",
        "TemplateProblemError",
        "UnknownIdError",
        "ViewError",
    ),
    "symnet.importing.describe": ("ModelDescription", "describe"),
    "symnet.marking.batch": ("LossError",),
    "symnet.marking.report": ("Report",),
    "symnet.marking.submissions": ("SubmissionError",),
    "symnet.numerics.function": ("NumericFunction",),
    "symnet.view": ("View",),
    "symnet.worked": ("Derivative", "DerivativeRow", "DerivativeTable", "Known", "Part", "ShownStep", "ShownSteps"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Return a public name, importing its module (and with it SymPy) only now."""
    if name not in _HOMES:
        raise AttributeError(f"module 'symnet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def load_ipython_extension(shell: object) -> None:
    """Give a notebook the magic ``%%symnet``; ``%load_ext symnet`` calls it.

    Args:
        shell: The shell of IPython.
    """
    from symnet.magic import load_into

    load_into(shell)


def __dir__() -> list[str]:
    return __all__

"""Writes the model solution to backpropagation-by-hand exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symnet.api import Solution, check, solve
    from symnet.description.graph import GraphDescription
    from symnet.description.network import Description
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
    from symnet.view import View
    from symnet.worked import Derivative, Known, Part

__version__ = "0.1.0"
__all__ = [
    "CheckFailedError",
    "ChoiceError",
    "Derivative",
    "Description",
    "DescriptionError",
    "GraphDescription",
    "Known",
    "LossError",
    "MissingToolError",
    "ModelDescription",
    "ModelError",
    "NoPointError",
    "OutputError",
    "Part",
    "Problem",
    "Report",
    "Solution",
    "SubmissionError",
    "SymnetError",
    "TemplateProblemError",
    "UnknownIdError",
    "View",
    "ViewError",
    "__version__",
    "check",
    "describe",
    "solve",
]

_HOMES = {
    **dict.fromkeys(
        (
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
        "symnet.errors",
    ),
    "Derivative": "symnet.worked",
    "Description": "symnet.description.network",
    "GraphDescription": "symnet.description.graph",
    "Known": "symnet.worked",
    "LossError": "symnet.marking.batch",
    "ModelDescription": "symnet.importing.describe",
    "Part": "symnet.worked",
    "Report": "symnet.marking.report",
    "Solution": "symnet.api",
    "SubmissionError": "symnet.marking.submissions",
    "View": "symnet.view",
    "check": "symnet.api",
    "describe": "symnet.importing.describe",
    "solve": "symnet.api",
}


def __getattr__(name: str) -> object:
    """Return a public name, importing its module (and with it SymPy) only now."""
    if name not in _HOMES:
        raise AttributeError(f"module 'symnet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

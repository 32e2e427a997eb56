"""Writes the model solution to backpropagation-by-hand exercises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symnet.api import Solution, check, solve
    from symnet.description.graph import GraphDescription
    from symnet.description.model import Description
    from symnet.marking.report import Report
    from symnet.view import View
    from symnet.worked import Derivative, Part

__version__ = "0.1.0"
__all__ = [
    "Derivative",
    "Description",
    "GraphDescription",
    "Part",
    "Report",
    "Solution",
    "View",
    "__version__",
    "check",
    "solve",
]

_HOMES = {
    "Derivative": "symnet.worked",
    "Description": "symnet.description.model",
    "GraphDescription": "symnet.description.graph",
    "Part": "symnet.worked",
    "Report": "symnet.marking.report",
    "Solution": "symnet.api",
    "View": "symnet.view",
    "check": "symnet.api",
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

"""The decimal comma: a document in which a comma stands before the decimals, and lists of numbers stay clear."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from symnet.description.data import Numbers
from symnet.document import Document
from symnet.layout.tree import Number, Operator, Row

_POINT, _COMMA = ".", ","


def with_decimal_mark(document: Document, numbers: Numbers) -> Document:
    """Return ``document`` with the mark before decimals that a description asks for.

    Where numbers with a comma stand in a list, its entries are set apart by semicolons.

    Args:
        document: A sheet with decimal points.
        numbers: What its description says of numbers.
    """
    if numbers.decimal_mark == "point":
        return document
    return document._replace(
        subtitle=_changed(document.subtitle), blocks=_changed(document.blocks), fields=_changed(document.fields)
    )


def _changed(part: Any) -> Any:  # noqa: ANN401 - blocks and trees of every kind are walked alike
    """Return a block, a tree or a tuple of them with decimal commas."""
    if isinstance(part, Number):
        return Number(part.text.replace(_POINT, _COMMA))
    if isinstance(part, tuple):
        inner = tuple(map(_changed, part))
        if hasattr(part, "_make"):
            return type(part)._make(inner)
        return tuple("; " if one == ", " else one for one in inner) if _has_comma(inner) else inner
    if isinstance(part, Row):
        items = tuple(map(_changed, part.items))
        listed = Operator(";") if _has_comma(items) else Operator(",")
        return Row(tuple(listed if item == Operator(",") else item for item in items))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: _changed(getattr(part, field.name)) for field in fields(part)})
    return part


def _has_comma(part: Any) -> bool:  # noqa: ANN401 - see above
    """Return whether a number with a decimal comma stands in a block, a tree or a tuple of them."""
    if isinstance(part, Number):
        return _COMMA in part.text
    if isinstance(part, tuple):
        return any(map(_has_comma, part))
    if is_dataclass(part) and not isinstance(part, type):
        return any(_has_comma(getattr(part, field.name)) for field in fields(part))
    return False

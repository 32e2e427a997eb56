"""A layout tree as plain data that JSON can carry, and back: only the known shapes, each with what it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from symnet.layout.signs import OPERATORS
from symnet.layout.tree import ACCENTS, Accent, Fence, Layout, Operator, Space

Plain: TypeAlias = list[Any]

_SHAPES: Mapping[str, type] = MappingProxyType({shape.__name__: shape for shape in get_args(Layout)})
_ALLOWED: Mapping[tuple[type, str], frozenset[str]] = MappingProxyType(
    {
        (Operator, "name"): frozenset(OPERATORS),
        (Accent, "mark"): frozenset(ACCENTS),
        (Space, "width"): frozenset({"thin", "quad"}),
        (Fence, "left"): frozenset({"", *"([{|⟨", "||"}),
        (Fence, "right"): frozenset({"", *")]}|⟩", "||"}),
    }
)


def plain(layout: Layout) -> Plain:
    """Return a tree as lists of text and numbers: the name of each shape, then what it holds.

    Args:
        layout: Any layout tree.
    """
    return [type(layout).__name__, *(_plain(getattr(layout, field.name)) for field in fields(layout))]


def layout_of(data: object) -> Layout:
    """Return the tree that plain data stand for.

    Args:
        data: What :func:`plain` gave, after a way through JSON.

    Raises:
        ValueError: If they stand for none.
    """
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in _SHAPES:
        raise ValueError("no shape of a layout")
    shape = _SHAPES[data[0]]
    parts = fields(shape)
    if len(data) != 1 + len(parts):
        raise ValueError(f"a {data[0]} holds {len(parts)} things")
    held = {part.name: _READERS[str(part.type)](value) for part, value in zip(parts, data[1:], strict=True)}
    for name, value in held.items():
        if value not in _ALLOWED.get((shape, name), (value,)):
            raise ValueError(f"no {name} of a {data[0]}")
    layout: Layout = shape(**held)
    return layout


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return plain(value) if isinstance(value, get_args(Layout)) else value


def _exactly(*kinds: type) -> Callable[[object], Any]:
    def read(value: object) -> object:
        if type(value) not in kinds:
            raise ValueError(f"no {kinds[0].__name__}")
        return value

    return read


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _row(value: object) -> tuple[Layout, ...]:
    return tuple(map(layout_of, _items(value)))


def _pair(value: object) -> tuple[Layout, Layout]:
    first, second = _row(value)
    return first, second


# From what a field is declared to hold.
_READERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "str": _exactly(str),
        "bool": _exactly(bool),
        "float": _exactly(float, int),
        "Layout": layout_of,
        "Layout | None": lambda value: None if value is None else layout_of(value),
        "tuple[Layout, ...]": _row,
        "tuple[tuple[Layout, ...], ...]": lambda value: tuple(map(_row, _items(value))),
        "tuple[tuple[Layout, Layout], ...]": lambda value: tuple(map(_pair, _items(value))),
    }
)

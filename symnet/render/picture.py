"""The diagram of an exercise as an SVG file that needs nothing else: its formulas are text."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from symnet.document import Box, Circle, Figure, Label, Polygon, Polyline, Segment
from symnet.layout.symbols import clean_text
from symnet.text.say import as_text

# Pixels a centimetre, as in HTML pages, and how far letters stand below the middle of their line.
_SCALE, _BASELINE = 37.8, 4.0
# How long a letter is, in centimetres, and what is left around a diagram.
_LETTER, _MARGIN = 0.19, 0.05
_STYLE = (
    "text{font:13px serif;text-anchor:middle;fill:#000}"
    ".caption,.value,.gradient{font:11px sans-serif}.bias,.caption,.operation{fill:#5F6B76}.edge{font-size:12px}"
    "line,polyline{fill:none;stroke:#5F6B76;stroke-width:.6}polygon{fill:#5F6B76}"
    "circle,rect{fill:#fff;stroke:#1F4E79}circle.input,rect.input{fill:#EDF1F5}"
    "circle.output,rect.output{fill:#EDF6F1;stroke:#1B6E4B}rect.loss{stroke:#404040}"
    ".ground{stroke:#fff;stroke-width:4px;paint-order:stroke}"
)


def as_svg(figure: Figure) -> str:
    """Return a diagram as the content of an SVG file.

    Args:
        figure: The diagram.
    """
    shapes = "\n".join(_SHAPES[type(shape)](shape, figure.height) for shape in figure.shapes)
    # A caption may be wider than what it stands under.
    labels = [(shape.x, _half(shape)) for shape in figure.shapes if isinstance(shape, Label)]
    left = min(-_MARGIN, *(x - half for x, half in labels))
    right = max(figure.width + _MARGIN, *(x + half for x, half in labels))
    width, height = _long(right - left), _long(figure.height + 2 * _MARGIN)
    title = html.escape(clean_text(figure.description))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{_long(left)} {_long(-_MARGIN)} {width} {height}" role="img">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n{shapes}\n</svg>\n"
    )


def _long(length: float) -> str:
    return f"{length * _SCALE:.1f}"


def _half(label: Label) -> float:
    """Return half of how long a label is, about."""
    return len(as_text(label.content)) * _LETTER / 2


def _points(shape: Polygon | Polyline, height: float) -> str:
    return " ".join(f"{_long(x)},{_long(height - y)}" for x, y in shape.points)


def _label(label: Label, height: float) -> str:
    classes = f"{label.role} ground" if label.white else label.role
    below = f"{(height - label.y) * _SCALE + _BASELINE:.1f}"
    text = html.escape(clean_text(as_text(label.content)))
    return f'<text class="{classes}" x="{_long(label.x)}" y="{below}">{text}</text>'


_SHAPES: Mapping[type, Callable[[Any, float], str]] = MappingProxyType(
    {
        Segment: lambda it, height: (
            f'<line class="{it.role}" x1="{_long(it.x1)}" y1="{_long(height - it.y1)}" '
            f'x2="{_long(it.x2)}" y2="{_long(height - it.y2)}"/>'
        ),
        Polygon: lambda it, height: f'<polygon class="{it.role}" points="{_points(it, height)}"/>',
        Polyline: lambda it, height: f'<polyline class="{it.role}" points="{_points(it, height)}"/>',
        Circle: lambda it, height: (
            f'<circle class="{it.role}" cx="{_long(it.x)}" cy="{_long(height - it.y)}" r="{_long(it.radius)}"/>'
        ),
        Box: lambda it, height: (
            f'<rect class="{it.role}" x="{_long(it.x - it.width / 2)}" y="{_long(height - it.y - it.height / 2)}" '
            f'width="{_long(it.width)}" height="{_long(it.height)}" rx="2.5"/>'
        ),
        Label: _label,
    }
)

"""Drawings of what layers of arrays do: windows that move over images, and the heads of an attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sympy import Symbol

from symnet.arrays.tree import ArrayTree, Window, moved, names_in, parts
from symnet.diagram.graph import Edge, Vertex, draw_graph
from symnet.diagram.windows import CellGrid, draw_windows
from symnet.document import Block, Figure, Inline
from symnet.layout import text
from symnet.layout.tree import Glyph, Layout, Number, Operator, Word
from symnet.text.say import words

if TYPE_CHECKING:
    from symnet.numerics.training import Sample
    from symnet.sheets.arrays import ArraySheet

_MOST_FIGURES = 2
_LONGEST_CELL = 4
"""Characters of a number that has room in a cell."""


def layer_figures(arrays: ArraySheet) -> Iterator[Block]:
    """Yield a drawing for each of the first few windows, and of each kind of attention.

    Args:
        arrays: The arrays of layers.
    """
    if not arrays.sheet.part.network.lowered:
        return
    found = (_windows(arrays, name, tree) for name, tree in arrays.graph.nodes.items())
    yield from [figure for figure in found if figure is not None][:_MOST_FIGURES]
    yield from _attentions(arrays)


def _windows(arrays: ArraySheet, name: str, tree: ArrayTree) -> Figure | None:
    """Return the drawing of the window of a node, if it has one that moves over the rows and columns of an image."""
    moving = next((part for part in parts(tree) if part.kind in _SIGNS), None)
    if moving is None or len(moving.option.stride) != 2:
        return None
    window: Window = moving.option
    kernel = moving.of[1] if moving.kind == "correlate" else None
    image, (height, width) = moving.of[0], window.size or moving.of[1].shape[-2:]
    padding = window.padding or (0, 0)
    sample = arrays.sheet.evaluation.samples[0] if arrays.sheet.evaluation is not None else None
    names = [next(names_in(of), "") for of in moving.of]
    of = arrays.write.names(names[0])
    cells = _padded(_numbers(arrays, names[0], image, sample), padding)
    whole = CellGrid((of,), cells, "input", (height, width))
    weights = None
    if kernel is not None:
        held = _numbers(arrays, names[1], kernel, sample)
        weights = CellGrid((arrays.write.names(names[1]),), held, "hidden", (0, 0))
    made = moved(image.shape[-2:], window._replace(size=(height, width)))
    results = CellGrid((arrays.write.names(name),), [[()] * made[1] for _ in range(made[0])], "hidden", (1, 1))
    sign: Inline = (_SIGNS[moving.kind],)
    said = words("diagram.window", rows=str(height), columns=str(width), of=text.write(of))
    return draw_windows(whole, weights, results, sign, said)


_SIGNS: Mapping[str, Layout] = {"correlate": Operator("star"), "maxpool": Word("max"), "avgpool": Word("mean")}


def _numbers(arrays: ArraySheet, name: str, tree: ArrayTree, sample: Sample | None) -> list[list[Inline]]:
    """Return the numbers in the first channel of an array as they have room in cells; blank where they are unknown."""
    rows, columns = tree.shape[-2:]
    ids = arrays.graph.ids(name)[: rows * columns] if name else ()
    cells: list[Inline] = [()] * (rows * columns)
    for place, one in enumerate(ids):
        if sample is not None and one:
            layout, _exact = arrays.sheet.number(sample.values[Symbol(one)])
            cells[place] = (layout,) if len(text.write(layout)) <= _LONGEST_CELL else ()
    return [cells[row * columns : (row + 1) * columns] for row in range(rows)]


def _padded(rows: Sequence[Sequence[Inline]], padding: Sequence[int]) -> list[list[Inline]]:
    """Return rows with the zeros that stand around them."""
    zero: Inline = (Number("0"),)
    above, beside = padding
    width = len(rows[0]) + 2 * beside
    whole = [[zero] * beside + [*row] + [zero] * beside for row in rows]
    return [[zero] * width] * above + whole + [[zero] * width] * above


class _HeadsOfLayer(NamedTuple):
    """What an attention works out.

    Attributes:
        heads: Of each head its scores, its shares, and what it takes by them.
        joined: What its heads make together; None for a single one.
    """

    heads: tuple[tuple[str, str, str], ...]
    joined: str | None


def _attentions(arrays: ArraySheet) -> Iterator[Figure]:
    """Yield the block diagram of each kind of attention, where the drawing of the graph leaves them out."""
    nodes = arrays.graph.nodes
    layers: dict[str, list[str]] = {}
    for name, tree in nodes.items():
        if tree.kind in _SHARES and name[0] == "P" and f"E{name[1:]}" in nodes:
            layers.setdefault(name[1:].partition("_")[0], []).append(name)
    kinds = dict[tuple[int, str, int], _HeadsOfLayer]()
    for shares in layers.values() if len(nodes) > _FEW_NODES else ():
        heads = tuple((f"E{name[1:]}", name, _reading(nodes, [name])) for name in shares)
        joined = _reading(nodes, [taken for *_others, taken in heads]) if len(heads) > 1 else None
        found = _HeadsOfLayer(heads, joined)
        kinds.setdefault((len(heads), nodes[shares[0]].kind, len(_sources(arrays, found))), found)
    for found in list(kinds.values())[:_MOST_FIGURES]:
        # What has no room with all its heads is drawn with the first.
        figure = _drawn(arrays, found) or _drawn(arrays, _HeadsOfLayer(found.heads[:1], None))
        if figure is not None:
            yield figure


def _reading(nodes: Mapping[str, ArrayTree], names: Sequence[str]) -> str:
    """Return the first node that is made of all of these."""
    return next(name for name, tree in nodes.items() if set(names) <= set(names_in(tree)))


def _projected(arrays: ArraySheet, attention: _HeadsOfLayer) -> list[str]:
    """Return the queries, the keys and the values."""
    nodes, (scores, shares, taken) = arrays.graph.nodes, attention.heads[0]
    read = dict.fromkeys((*names_in(nodes[scores]), *names_in(nodes[taken])))
    return [name for name in read if name in nodes and name != shares]


def _sources(arrays: ArraySheet, attention: _HeadsOfLayer) -> list[str]:
    """Return what queries, keys and values are made of, apart from parameters."""
    fixed = {name for name in arrays.graph.inputs if not arrays.is_sampled(name)}
    read = (one for of in _projected(arrays, attention) for one in names_in(arrays.graph.nodes[of]))
    return [name for name in dict.fromkeys(read) if name not in fixed]


def _drawn(arrays: ArraySheet, attention: _HeadsOfLayer) -> Figure | None:
    """Return the block diagram of an attention, of many heads with dots between the first and the last."""
    nodes, heads = arrays.graph.nodes, attention.heads
    dots = len(heads) > _MOST_HEADS
    sources, projected = _sources(arrays, attention), _projected(arrays, attention)
    inner = [name for head in ((heads[0], heads[-1]) if dots else heads) for name in head]
    last = attention.joined or inner[-1]
    shown = [*sources, *projected, *inner, *([_DOTS] if dots else ()), *([last] if attention.joined else ())]
    place = {name: index for index, name in enumerate(shown)}
    read: dict[str, Sequence[str]] = {name: tuple(names_in(nodes[name])) for name in (*projected, *inner, last)}
    if dots:
        read |= {_DOTS: projected, last: (*read[last], _DOTS)}
    vertices = [_vertex(arrays, name, role) for name, role in ((one, _role(one, sources, last)) for one in shown)]
    edges = [
        Edge(place[other], place[name])
        for name in shown
        for other in dict.fromkeys(read.get(name, ()))
        if other in place
    ]
    return draw_graph(vertices, edges, Edge(place[last], None))


def _role(name: str, sources: Sequence[str], last: str) -> str:
    return "input" if name in sources else "output" if name == last else "hidden"


def _vertex(arrays: ArraySheet, name: str, role: str) -> Vertex:
    """Return an array as it stands in the diagram, with what it is unless that is known."""
    if name == _DOTS:
        return Vertex(Glyph("vdots"), role)
    write, nodes = arrays.write, arrays.graph.nodes
    return Vertex(write.names(name), role, None if role == "input" else (write(nodes[name]),))


_DOTS = "dots"
# Heads that are all drawn.
_MOST_HEADS = 3
_SHARES = frozenset({"softmax", "causal_softmax"})
_FEW_NODES = 8

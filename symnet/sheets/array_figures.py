"""Drawings of what layers of arrays do: windows that move over images, and the head of an attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sympy import Symbol

from symnet.arrays.tree import ArrayTree, Window, moved, names_in, parts
from symnet.diagram.graph import Edge, Vertex, draw_graph
from symnet.diagram.windows import CellGrid, draw_windows
from symnet.document import Block, Figure, Inline
from symnet.layout import text
from symnet.layout.tree import Layout, Number, Operator, Word
from symnet.text.say import words

if TYPE_CHECKING:
    from symnet.numerics.training import Sample
    from symnet.sheets.arrays import ArraySheet

_MOST_FIGURES = 2
_LONGEST_CELL = 4
"""Characters of a number that has room in a cell."""


def layer_figures(arrays: ArraySheet) -> Iterator[Block]:
    """Yield a drawing for each of the first few windows, and of the first head of an attention.

    Args:
        arrays: The arrays of layers.
    """
    if not arrays.sheet.part.network.lowered:
        return
    found = (_windows(arrays, name, tree) for name, tree in arrays.graph.nodes.items())
    yield from [figure for figure in found if figure is not None][:_MOST_FIGURES]
    head = _head(arrays)
    if head is not None:
        yield head


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


def _head(arrays: ArraySheet) -> Figure | None:
    """Return the block diagram of the first head of an attention, where the drawing of the graph leaves it out."""
    nodes = arrays.graph.nodes
    shares = next((name for name, tree in nodes.items() if name[0] == "P" and tree.kind in _SHARES), None)
    scores = f"E{shares[1:]}" if shares else ""
    if shares is None or scores not in nodes or len(nodes) <= _FEW_NODES:
        return None
    taken = next(name for name, tree in nodes.items() if shares in set(names_in(tree)))
    projected = list(dict.fromkeys((*names_in(nodes[scores]), *names_in(nodes[taken]))))
    projected = [name for name in projected if name in nodes and name != shares]
    fixed = {name for name in arrays.graph.inputs if not arrays.is_sampled(name)}
    read = dict.fromkeys(one for of in projected for one in names_in(nodes[of]))
    sources = [name for name in read if name not in fixed]
    shown = [*sources, *projected, scores, shares, taken]
    place = {name: index for index, name in enumerate(shown)}
    vertices = [
        Vertex(arrays.write.names(name), _ROLES.get(name == taken, "hidden"), (arrays.write(nodes[name]),))
        if name in nodes and name not in sources
        else Vertex(arrays.write.names(name), "input", None)
        for name in shown
    ]
    edges = [
        Edge(place[other], place[name])
        for name in shown
        if name in nodes and name not in sources
        for other in dict.fromkeys(names_in(nodes[name]))
        if other in place
    ]
    return draw_graph(vertices, edges, Edge(place[taken], None))


_SHARES = frozenset({"softmax", "causal_softmax"})
_FEW_NODES = 8
_ROLES = {True: "output"}

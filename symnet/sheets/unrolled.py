"""What of a graph over time its drawing shows: the inputs, what is handed on from step to step, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree
from symnet.arrays.unroll import NodeAtTime, Unrolled
from symnet.diagram.unrolled import StepEdge, StepNode, draw_unrolled
from symnet.document import Figure
from symnet.typeset.arrays import ArrayWriter, low, step_number

# Beyond so many columns only the first ones and the last are drawn.
_MOST_COLUMNS, _FIRST = 7, 4
_MOST_ROWS = 7


def unrolled_figure(write: ArrayWriter, graph: ArrayGraph, time: Unrolled) -> Figure | None:
    """Return the drawing of a graph over time; None where it would be too high.

    Args:
        write: How its nodes are written.
        graph: The graph.
        time: Which nodes are one node at several times.
    """
    return _Drawing(write, graph, time).figure()


class _Drawing:
    def __init__(self, write: ArrayWriter, graph: ArrayGraph, time: Unrolled) -> None:
        self.write = write
        self.graph = graph
        self.time = time

    @cached_property
    def uses(self) -> Mapping[str, tuple[NodeAtTime | str, ...]]:
        """For each node what its expression names: nodes and inputs at a step, and all others by name."""
        return {name: tuple(dict.fromkeys(self._named(tree))) for name, tree in self.graph.nodes.items()}

    def _named(self, tree: ArrayTree) -> Iterator[NodeAtTime | str]:
        if tree.kind == "leaf":
            yield self._original(tree.option)
        elif tree.kind == "slice" and tree.of[0].option in self.time.inputs and tree.option[0].single:
            yield NodeAtTime(tree.of[0].option, tree.option[0].stop)
        for part in tree.of if tree.kind != "slice" or tree.of[0].kind != "leaf" else ():
            yield from self._named(part)

    def _original(self, name: str) -> str:
        """Return a node, or for a detached copy what it is a copy of."""
        tree = self.graph.nodes.get(name)
        return tree.of[0].option if tree is not None and tree.kind == "detach" and name in self.time.nodes else name

    def place(self, name: NodeAtTime | str) -> NodeAtTime | None:
        """Return which node at which step something is; None if it has no step."""
        return name if isinstance(name, NodeAtTime) else self.time.nodes.get(name)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The nodes that another step uses, in forward order."""
        found: dict[str, None] = {}
        for name, used in self.uses.items():
            own = self.time.nodes.get(name)
            for other in used:
                place = self.place(other)
                if own and place and place.time != own.time and not isinstance(other, NodeAtTime):
                    found[place.family] = None
        order = [self.time.nodes[name].family for name in self.graph.nodes if name in self.time.nodes]
        return tuple(dict.fromkeys(family for family in order if family in found))

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """The nodes with a step that nodes without one use."""
        places = [
            self.place(other) for name, used in self.uses.items() if name not in self.time.nodes for other in used
        ]
        nodes = {self.time.nodes[name].family for name in self.graph.nodes if name in self.time.nodes}
        ends = (place.family for place in places if place and place.family in nodes - {*self.states})
        return tuple(dict.fromkeys(ends))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs at a step that lead to a state."""
        found: dict[str, None] = {}
        for name in self.graph.nodes:
            place = self.time.nodes.get(name)
            if place is not None and place.family in self.states:
                for used in self.sources(name, ends=False):
                    if used.family not in self.states and used.family not in self.ends:
                        found[used.family] = None
        return tuple(found)

    def sources(self, name: str, *, ends: bool = True) -> Iterator[NodeAtTime]:
        """Yield the nodes that are drawn and that a node is made of, directly or by way of others."""
        waiting, seen = list(self.uses.get(name, ())), set[NodeAtTime | str]()
        while waiting:
            other = waiting.pop(0)
            if other in seen:
                continue
            seen.add(other)
            place = self.place(other)
            drawn = place is not None and place.family in (*self.states, *(self.ends if ends else ()))
            if place is not None and (drawn or isinstance(other, NodeAtTime) or other in self.graph.inputs):
                yield place
            elif isinstance(other, str):
                waiting += self.uses.get(other, ())

    def figure(self) -> Figure | None:
        if not self.states or 2 + len(self.states) + len(self.ends) > _MOST_ROWS:
            return None
        families = (*self.inputs, *self.states, *self.ends)
        drawn = {
            self.time.nodes[name]: name
            for name in (*self.graph.inputs, *self.graph.nodes)
            if name in self.time.nodes and self.time.nodes[name].family in families and self._original(name) == name
        }
        steps = sorted({place.time for place in drawn})
        shown = steps if len(steps) <= _MOST_COLUMNS else [*steps[:_FIRST], steps[-1]]
        column = {step: at if step != shown[-1] or shown is steps else at + 1 for at, step in enumerate(shown)}
        places = [place for family in families for place in self._of(family, shown, drawn)]
        nodes = [self._node(place, column[place.time]) for place in places]
        edges = list(self._edges(places, drawn))
        nodes.append(self._output(nodes, edges, places))
        return draw_unrolled(nodes, edges, None if shown is steps else _FIRST)

    def _of(self, family: str, shown: Sequence[int], drawn: Mapping[NodeAtTime, str]) -> Iterator[NodeAtTime]:
        if family in self.time.inputs:
            yield from (NodeAtTime(family, step) for step in shown if 1 <= step <= self.graph.inputs[family][0])
        else:
            yield from (place for step in shown if (place := NodeAtTime(family, step)) in drawn)

    def _row(self, family: str) -> int:
        """Return the row of a node: inputs below, then states one upon the other, then what comes out."""
        if family in self.inputs:
            return 0
        below = 1 if self.inputs else 0
        return below + (*self.states, *self.ends).index(family)

    def _node(self, place: NodeAtTime, column: int) -> StepNode:
        family = place.family
        aside = 0
        if family in self.states and len(self.states) > 1:
            aside = 1 + self.states.index(family) % 2
        role = "input" if family in self.inputs or self._is_start(place) else "hidden"
        return StepNode(
            column, self._row(family), aside, low(self.write.families[family], step_number(place.time)), role
        )

    def _is_start(self, place: NodeAtTime) -> bool:
        """Return whether a node is the start of a state."""
        return place.time < 1

    def _edges(self, places: Sequence[NodeAtTime], drawn: Mapping[NodeAtTime, str]) -> Iterator[StepEdge]:
        number = {place: at for at, place in enumerate(places)}
        cut = {
            self.time.nodes[name]
            for name, tree in self.graph.nodes.items()
            if tree.kind == "detach" and name in self.time.nodes
        }
        for place in places:
            for source in self.sources(drawn[place]) if place in drawn else ():
                if source in number:
                    yield StepEdge(number[source], number[place], source in cut and source.time != place.time)

    def _output(self, nodes: Sequence[StepNode], edges: list[StepEdge], places: Sequence[NodeAtTime]) -> StepNode:
        """Return the output, above the last step that it is made of; its edges are added."""
        number = {place: at for at, place in enumerate(places)}
        found = [number[place] for place in self.sources(self.graph.output) if place in number]
        last = max(found, key=lambda at: nodes[at].column, default=0)
        edges += [StepEdge(at, len(nodes)) for at in found]
        row = 1 + max(node.row for node in nodes)
        label = self.write.names(self.graph.output)
        return StepNode(nodes[last].column, row, 0, label, "output")

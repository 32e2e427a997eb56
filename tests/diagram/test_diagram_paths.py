"""Paths in a drawing: side by side, told apart without colour, numbered, and named below."""

from itertools import combinations
from math import hypot

import pytest
from test_diagram import PAGE, drawn, network

from symnet.derivation.paths import MOST_PATHS
from symnet.diagram.drawing import label_rect
from symnet.diagram.graph import Edge, Vertex, draw_graph
from symnet.diagram.network import DrawnPath, draw_with_paths
from symnet.diagram.paths import badges, beyond, lanes, role_of
from symnet.document import Box, Circle, Label, Polygon, Segment
from symnet.layout import text
from symnet.layout.tree import Glyph
from symnet.render.page import templates_dir

TWO = (DrawnPath(((0, 1), (1, 1), (2, 1)), ("by one",)), DrawnPath(((0, 1), (1, 1), (2, 2)), ("by two",)))


def with_paths(sizes, paths):
    """Return the figure of a network with paths."""
    return draw_with_paths(network(sizes), Glyph("L"), [Glyph("y")], paths)


def of(figure, kind, number):
    """Return the shapes of a path."""
    return [it for it in figure.shapes if isinstance(it, kind) and it.role == role_of(number)]


@pytest.mark.parametrize("number", [1, 2])
def test_a_path_has_a_stroke_for_each_of_its_edges(number):
    """A path through three columns has two edges between them, one to the loss, and a sample in the legend."""
    figure = with_paths((2, 1, 2), TWO)
    assert len(of(figure, Polygon, number)) == 3
    assert len(of(figure, Segment, number)) == 4


def test_the_other_edges_stay_thin():
    """An edge that no path takes is drawn as it always is, and one that a path takes is not drawn twice."""
    plain, figure = drawn((2, 1, 2)), with_paths((2, 1, 2), TWO)
    thin = [sum(isinstance(it, Polygon) and it.role == "edge" for it in each.shapes) for each in (plain, figure)]
    # Both edges to the loss, both from the hidden unit, and one of those from the inputs.
    assert thin[0] - thin[1] == 5


def test_shared_edges_run_side_by_side():
    """Strokes that share an edge are parallel and do not touch, and all of them begin and end on the rims."""
    start, end = Circle(0, 0, 0.5, "input"), Circle(3, 1, 0.4, "hidden")
    line = beyond(start, end.x, end.y)
    gap = hypot(3, 1)
    line = line._replace(x2=3 - 0.4 * 3 / gap, y2=1 - 0.4 / gap)
    shapes = lanes(line, [1, 2, 3], start.radius, end.radius)
    shafts = [it for it in shapes if isinstance(it, Segment)]
    tips = [it.points[0] for it in shapes if isinstance(it, Polygon)]
    for shaft, (x, y) in zip(shafts, tips, strict=True):
        assert hypot(shaft.x1, shaft.y1) == pytest.approx(start.radius)
        assert hypot(x - end.x, y - end.y) == pytest.approx(end.radius)
    for one, other in combinations(shafts, 2):
        across = (other.x1 - one.x1) * (one.y2 - one.y1) - (other.y1 - one.y1) * (one.x2 - one.x1)
        assert abs(across) / hypot(one.x2 - one.x1, one.y2 - one.y1) > 0.1


def test_strokes_to_a_box_end_on_its_side():
    """However many strokes enter the loss, all of them end where its upright side is."""
    shapes = lanes(beyond(Circle(0, 1, 0.4, "output"), 2.0, 0.2), [1, 2, 3, 4], 0.4, 0.0)
    assert [it.points[0][0] for it in shapes if isinstance(it, Polygon)] == pytest.approx([2.0] * 4)


@pytest.mark.parametrize("sizes", [(2, 1, 2), (3, 2, 2), (4, 3, 2)])
def test_every_path_has_its_number_on_it(sizes):
    """Each path has its number in the drawing and in the legend, and none stands on a unit, the loss or a label."""
    figure = with_paths(sizes, TWO)
    for number in (1, 2):
        assert [
            text.write(it.content[0]) if not isinstance(it.content[0], str) else it.content[0]
            for it in of(figure, Label, number)
        ].count(str(number)) == 2
    units = [it for it in figure.shapes if isinstance(it, Circle) and not it.role.startswith("path")]
    labels = [label_rect(it) for it in figure.shapes if isinstance(it, Label) and not it.role.startswith("path")]
    marks = [it for number in (1, 2) for it in of(figure, Circle, number)]
    assert len(marks) == 4
    for mark in marks:
        assert all(hypot(mark.x - it.x, mark.y - it.y) >= mark.radius + it.radius - 0.05 for it in units)
        assert not any(rect.touches(mark) for rect in labels)


def test_a_number_has_no_place_where_all_is_taken():
    """Where a path is hidden by a box there is no number on it."""
    hidden = [Segment(0, 0, 1, 0, role_of(1)), Box(0.5, 0, 3, 3, "loss")]
    assert badges(hidden, 1) == []
    assert badges(hidden[:1], 1)


def test_the_legend_names_the_paths_and_stays_on_the_page():
    """Below the drawing stands what each path is, as it does in the words for those who cannot see it."""
    paths = [DrawnPath(((0, 1), (1, 1), (2, 1)), (f"way {number}",)) for number in range(1, MOST_PATHS + 1)]
    figure = with_paths((2, 1, 2), paths)
    for number in range(1, MOST_PATHS + 1):
        assert f"Path {number}: way {number}." in figure.description
        assert any(it.content[0].startswith(f"path {number}: ") for it in of(figure, Label, number))
    assert figure.width <= PAGE


@pytest.mark.parametrize(
    ("sizes", "stops"), [((2, 8, 1), ((0, 1), (1, 5), (2, 1))), ((1,) * 11, tuple((column, 1) for column in range(11)))]
)
def test_what_is_not_drawn_has_no_path(sizes, stops):
    """Where a unit or a column of a path is left out of the drawing there is none."""
    assert with_paths(sizes, [DrawnPath(stops, ("x",))]) is None


def test_paths_through_a_graph():
    """The edges of a graph carry the paths that they name, round bends too, and nothing else."""
    vertices = [Vertex(Glyph(letter), "input" if letter == "x" else "hidden") for letter in "xpqf"]
    edges = [
        Edge(0, 1, paths=(1,)),
        Edge(1, 2, paths=(1,)),
        Edge(2, 3, paths=(1,)),
        Edge(0, 3, paths=(2,)),
        Edge(1, 3),
    ]
    figure = draw_graph(vertices, edges, Edge(3, None), [("long",), ("direct",)])
    assert len(of(figure, Polygon, 1)) == 3
    assert len(of(figure, Polygon, 2)) == 1
    assert figure.description.endswith("Path 1: long. Path 2: direct.")
    assert not [it for it in figure.shapes if it.role in {"value", "gradient"}]


@pytest.mark.parametrize(
    ("folder", "start"), [("latex/preamble.tex", r"\pathstyle{"), ("typst/preamble.typ", "  path")]
)
def test_every_path_has_a_pattern_of_its_own(folder, start):
    """Each engine draws eight paths in eight colours and eight patterns of dashes and weights."""
    lines = [line for line in (templates_dir() / folder).read_text().splitlines() if line.startswith(start)]
    styles = [line.split("}{", 2)[1:] if "{" in line else line.split("(", 1)[1].split(",", 1) for line in lines]
    assert len(styles) == MOST_PATHS
    assert len({colour for colour, _ in styles}) == len({pattern for _, pattern in styles}) == MOST_PATHS


def test_both_engines_draw_in_the_same_colours():
    """A path has the same colour in LaTeX as in Typst."""
    latex = [
        line
        for line in (templates_dir() / "latex/preamble.tex").read_text().splitlines()
        if line.startswith(r"\pathstyle{")
    ]
    typst = (templates_dir() / "typst/preamble.typ").read_text()
    for number, line in enumerate(latex, 1):
        assert f'path{number}: ("#{line.split("}{")[1]}"' in typst

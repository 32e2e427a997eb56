"""The drawn computation graph: nothing collides, nothing leaves the page, and each number stands on its own edge."""

import io
import random
from itertools import combinations, pairwise, permutations, product
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.diagram import graph
from symnet.diagram.drawing import bounds, label_rect
from symnet.diagram.graph import Edge, Vertex, apart, depths, draw_graph, heights, levelled
from symnet.document import Box, Circle, Document, Label, Polygon, Segment
from symnet.layout import text
from symnet.layout.tree import Cases, Fraction, Glyph, Matrix, Number, Operator, Row, Scripts, Word
from symnet.render.pdf import render_pdf, render_tex

WIDEST, TALLEST = 16.2, 18.0
NODES = {
    "lone": ("x", {}),
    "one": ("x", {"f": "x*x"}),
    "bishop": ("x y z", {"q": "x+y", "f": "q*z"}),
    "diamond": ("x", {"a": "x*x", "b": "3*x", "f": "a+b"}),
    "chain": ("x", {**{f"h{i}": f"exp*{'x' if i == 1 else f'h{i - 1}'}" for i in range(1, 7)}, "f": "exp*h6"}),
    "neuron": (
        "w0 x0 w1 x1 w2",
        {
            "p": "w0*x0",
            "q": "w1*x1",
            "r": "p+q",
            "s": "r+w2",
            "n": "-s",
            "e": "exp*n",
            "d": "1+e",
            "f": "1*d",
        },
    ),
    "wide": (" ".join(f"x{i}" for i in range(1, 11)), {"s": "+".join(f"x{i}" for i in range(1, 11)), "f": "s*s"}),
    "skips": ("x y", {"a": "x+y", "b": "a*x", "c": "exp*b", "d": "c*a", "f": "d+x"}),
    "words": ("price quantity", {"revenue": "price*quantity", "tax": "0.19*revenue", "profit": "revenue-tax"}),
}


def written(name):
    """Return a name: one letter with its number low, or a word."""
    letters = name.rstrip("0123456789")
    base = Glyph(letters) if len(letters) == 1 else Word(letters)
    return Scripts(base, Number(name[len(letters) :])) if letters != name else base


def number(value):
    """Return a number as it is written along an edge."""
    sign = (Operator("-", unary=True),) if value < 0 else ()
    return (Row((*sign, Number(f"{abs(value):.4f}"))),)


def parts(formula):
    """Return the names and signs of a formula."""
    for sign in "+*-":
        formula = formula.replace(sign, f" {sign} ")
    return formula.split()


def operation(formula):
    """Return a formula as it stands in a vertex."""
    signs = {"+": Operator("+"), "-": Operator("-"), "*": Operator("cdot")}
    return (Row(tuple(signs.get(part) or written(part) for part in parts(formula))),)


def parsed(inputs, nodes, value=number, gradient=number, seed=0):
    """Return the vertices, the edges and the output arrow of a graph."""
    names = [*inputs.split(), *nodes]
    numbers = random.Random(seed)  # noqa: S311 - examples
    seen = {name: (numbers.uniform(-99, 99), numbers.uniform(-9, 9)) for name in names}

    def edge(start, end):
        first, second = seen[start]
        return Edge(names.index(start), end, value and value(first), gradient and gradient(second))

    vertices = [
        Vertex(
            written(name),
            "input" if name not in nodes else "output" if name == names[-1] else "hidden",
            operation(nodes[name]) if name in nodes else None,
        )
        for name in names
    ]
    edges = [
        edge(start, names.index(end))
        for end, formula in nodes.items()
        for start in dict.fromkeys(part for part in parts(formula) if part in names)
    ]
    return vertices, edges, edge(names[-1], None)


def dense(seed, size=None):
    """Return a random graph."""
    numbers = random.Random(seed)  # noqa: S311 - examples
    size = size or numbers.randint(4, 16)
    names = [f"x{i}" for i in range(1, 1 + numbers.randint(2, max(2, size // 3)))]
    inputs = " ".join(names)
    nodes = {}
    while len(names) < size:
        used = dict.fromkeys(numbers.choices(names[-6:], k=numbers.choice([1, 2, 2, 3])))
        nodes[f"h{len(nodes) + 1}"] = "+".join(used)
        names.append(f"h{len(nodes)}")
    return parsed(inputs, nodes, seed=seed)


GRAPHS = {name: parsed(*graph) for name, graph in NODES.items()} | {f"dense{i}": dense(i) for i in range(30)}
SYMBOLIC = parsed(*NODES["neuron"], value=None, gradient=lambda _: (Fraction(Glyph("f"), Glyph("q")),))
every = pytest.mark.parametrize("graph", [*GRAPHS.values(), SYMBOLIC], ids=[*GRAPHS, "symbolic"])


def of(figure, *kinds, role=None):
    """Return the shapes of some kinds."""
    return [it for it in figure.shapes if isinstance(it, kinds) and role in (None, it.role)]


def along(figure):
    """Return the labels along the edges, the legend apart."""
    return [
        label
        for label in of(figure, Label)
        if label.role in {"value", "gradient"} and not isinstance(label.content[0], str)
    ]


def reaches(outline, rect):
    """Return whether a rectangle reaches into a vertex."""
    return rect.touches(outline) if isinstance(outline, Circle) else rect.overlaps(bounds(outline))


@pytest.mark.everyday(14)
@every
def test_vertices_keep_apart(graph):
    """No two vertices touch, and each vertex of the graph is drawn once."""
    outlines = of(draw_graph(*graph), Circle, Box)
    assert len(outlines) == len(graph[0])
    for one, other in combinations(outlines, 2):
        assert not bounds(one).overlaps(bounds(other)), (one, other)


@pytest.mark.everyday(14)
@every
def test_all_is_in_the_frame(graph):
    """The figure fits the page, and holds all of its shapes."""
    figure = draw_graph(*graph)
    assert figure.width <= WIDEST
    assert figure.height <= TALLEST
    for shape in figure.shapes:
        rect = bounds(shape)
        assert -0.01 <= rect.left <= rect.right <= figure.width + 0.01, shape
        assert -0.01 <= rect.bottom <= rect.top <= figure.height + 0.01, shape


@pytest.mark.everyday(14)
@every
def test_labels_touch_nothing(graph):
    """What stands along an edge touches no other label, no vertex and no edge, not even its own."""
    figure = draw_graph(*graph)
    rects = [label_rect(label) for label in along(figure)]
    for one, other in combinations(rects, 2):
        assert not one.overlaps(other)
    for rect in rects:
        assert not any(reaches(outline, rect) for outline in of(figure, Circle, Box))
        assert not any(rect.meets(stroke) for stroke in of(figure, Segment))


@pytest.mark.everyday(14)
@every
def test_edges_pass_no_vertex(graph):
    """A stroke ends at a rim, but goes through nothing."""
    figure = draw_graph(*graph)
    for outline in of(figure, Circle, Box):
        rect = bounds(outline)
        inner = type(rect).around(outline.x, outline.y, rect.right - rect.left - 0.24, rect.top - rect.bottom - 0.24)
        assert not any(inner.meets(stroke) for stroke in of(figure, Segment)), outline


@pytest.mark.everyday(14)
@every
def test_every_edge_has_its_head(graph):
    """Each edge ends in one head, at the rim of a vertex; the output's stands free, right of its vertex."""
    figure = draw_graph(*graph)
    heads = of(figure, Polygon)
    assert len(heads) == len(graph[1]) + 1
    outlines = of(figure, Circle, Box)
    free = [head for head in heads if not any(_is_at(head.points[0], outline) for outline in outlines)]
    assert len(free) == 1
    (last,) = [it for it in outlines if it.role == "output"] or outlines
    tip = free[0].points[0]
    assert tip[0] > last.x
    (shaft,) = [it for it in of(figure, Segment) if hypot(tip[0] - it.x2, tip[1] - it.y2) < 0.18]
    assert shaft.y1 == pytest.approx(shaft.y2, abs=0.05)


@pytest.mark.parametrize("name", NODES)
def test_the_output_leaves_level(name):
    """Where the last vertex is the only end, its arrow is level with it, and the rightmost of all."""
    figure = draw_graph(*GRAPHS[name])
    (last,) = of(figure, Circle, Box, role="output") or of(figure, Circle, Box)
    x, y = max(head.points[0] for head in of(figure, Polygon))
    assert x > max(outline.x for outline in of(figure, Circle, Box)) + 0.4
    assert y == pytest.approx(last.y, abs=0.01)


def _is_at(tip, outline):
    x, y = tip
    if isinstance(outline, Circle):
        return abs(hypot(x - outline.x, y - outline.y) - outline.radius) < 0.01
    across, up = abs(x - outline.x) - outline.width / 2, abs(y - outline.y) - outline.height / 2
    return max(across, up) == pytest.approx(0, abs=0.01)


@pytest.mark.everyday(14)
@every
def test_edges_lead_right(graph):
    """No stroke goes to the left."""
    assert all(stroke.x1 < stroke.x2 + 0.01 for stroke in of(draw_graph(*graph), Segment))


@pytest.mark.parametrize("name", [name for name in NODES if name != "lone"])
def test_small_graphs_show_every_number(name):
    """Where there is room, each edge has its value, and straight below it, beyond the edge, its derivative."""
    graph = GRAPHS[name]
    figure = draw_graph(*graph)
    edges = [*graph[1], graph[2]]
    labels = along(figure)
    assert sorted(text.write(*label.content) for label in labels if label.role == "value") == sorted(
        text.write(*edge.value) for edge in edges
    )
    strokes = of(figure, Segment)
    for edge in edges:
        above = [label for label in labels if label.role == "value" and label.content == edge.value]
        below = [label for label in labels if label.role == "gradient" and label.content == edge.gradient]
        between = [
            stroke
            for upper, lower in product(above, below)
            for stroke in strokes
            if upper.x == lower.x
            and stroke.y1 == pytest.approx(stroke.y2, abs=0.002)
            and stroke.x1 < upper.x < stroke.x2
            and lower.y < stroke.y1 < upper.y < lower.y + 1
        ]
        assert len(between) >= 1, edge


def test_a_number_stands_on_the_way_of_its_own_edge():
    """From a vertex with many edges each value is followed to the vertex that uses it."""
    vertices = [Vertex(written(name), "hidden") for name in "xabcf"]
    edges = [Edge(0, end, number(end)) for end in (1, 2, 3)] + [Edge(end, 4, number(10 + end)) for end in (1, 2, 3)]
    figure = draw_graph(vertices, edges, Edge(4, None, number(20)))
    outlines = of(figure, Circle, Box)
    for edge in edges[:3]:
        (label,) = [it for it in along(figure) if it.content == edge.value]
        assert label.y - outlines[edge.end].y == pytest.approx(0.24, abs=0.1)


def test_operations_stand_in_their_vertices():
    """A vertex shows its name, and small below it how it is computed."""
    figure = draw_graph(*GRAPHS["bishop"])
    (box,) = of(figure, Box, role="hidden")
    (name,) = of(figure, Label, role="hidden")
    lower, _ = of(figure, Label, role="operation")
    assert (text.write(*name.content), text.write(*lower.content)) == ("q", "x + y")
    for label in (name, lower):
        rect, room = label_rect(label), bounds(box)
        assert room.left <= rect.left <= rect.right <= room.right
        assert room.bottom <= rect.bottom <= rect.top <= room.top
    assert name.y > lower.y


def test_short_names_stand_in_circles_and_long_ones_in_boxes():
    """The outline goes by the name."""
    figure = draw_graph(*GRAPHS["words"])
    assert len(of(figure, Box)) == len(GRAPHS["words"][0])
    assert len(of(draw_graph(*GRAPHS["bishop"]), Circle, role="input")) == 3


def test_an_operation_too_long_for_a_vertex_is_left_out():
    """Ten terms stand among the formulas, not in the drawing."""
    assert [text.write(*it.content) for it in of(draw_graph(*GRAPHS["wide"]), Label, role="operation")] == ["s ⋅ s"]


def test_an_operation_of_several_lines_is_left_out():
    """A vertex has room for one line, so a value by cases stands among the formulas, also within a sum."""
    value = Cases(((Glyph("z"), Glyph("u")), (Number("0"), Glyph("v"))), "if")
    for operation in (value, Row((Glyph("b"), Operator("+"), value)), Matrix(((Glyph("z"),), (Glyph("u"),)))):
        vertices = [Vertex(Glyph("z"), "input"), Vertex(Glyph("a"), "output", (operation,))]
        figure = draw_graph(vertices, [Edge(0, 1)], Edge(1, None))
        assert [text.write(*it.content) for it in of(figure, Label)] == ["z", "a"]


def test_crowded_graphs_leave_out_the_operations_first():
    """Eight columns with four decimals have room for the numbers only."""
    figure = draw_graph(*GRAPHS["neuron"])
    assert along(figure)
    assert not of(figure, Label, role="operation")


def chains(count, length, **numbers):
    """Return so many chains of vertices side by side; the output is the last vertex of the last."""
    vertices = [Vertex(Glyph("x"), "hidden")] * (count * length)
    edges = [Edge(i, i + 1, **numbers) for i in range(len(vertices)) if (i + 1) % length]
    return vertices, edges, Edge(len(vertices) - 1, None, **numbers)


def test_large_graphs_have_no_numbers():
    """Beyond forty vertices the numbers stand in the tables alone, and there is no legend."""
    assert along(draw_graph(*chains(8, 5, value=number(1))))
    figure = draw_graph(*chains(7, 6, value=number(1)))
    assert len(of(figure, Circle)) == 42
    assert not of(figure, Label, role="value")


def test_edges_without_numbers_still_show():
    """Where nothing stands along an edge, it is as long as its head and more."""
    for drawn in (chains(1, 15), chains(1, 4)):
        strokes = of(draw_graph(*drawn), Segment)
        assert len(strokes) == len(drawn[0])
        assert min(stroke.x2 - stroke.x1 for stroke in strokes) > 0.09


def test_graphs_beyond_the_page_have_no_drawing():
    """Too deep, too many vertices, too many edges, names too wide, columns too high: None."""
    vertex = Vertex(Glyph("x"), "hidden")
    wide = Vertex(Word("m" * 40), "hidden")
    assert draw_graph(*chains(1, 15)) is not None
    assert draw_graph(*chains(1, 19)) is None
    assert draw_graph([wide] * 3, [Edge(0, 1), Edge(1, 2)], Edge(2, None)) is None
    assert draw_graph(*chains(10, 6)) is not None
    assert draw_graph(*chains(61, 1)) is None
    assert draw_graph(*chains(9, 7)) is None
    assert draw_graph([vertex] * 59, [Edge(i, 58) for i in range(58)], Edge(58, None)) is None
    most = [Edge(start, end) for start, end in product(range(10), range(10, 20))]
    assert draw_graph([vertex] * 20, most, Edge(19, None)) is not None
    most = [Edge(start, end) for start, end in product(range(10), range(10, 22))]
    assert draw_graph([vertex] * 22, most, Edge(21, None)) is None


def test_a_tangle_has_no_drawing():
    """Where edges pass columns and cross more often than an eye can follow, there is none; layer by layer there is."""

    def columns(reach, count=4, height=5):
        found = product(range(count * height), repeat=2)
        edges = [Edge(one, other) for one, other in found if 0 < other // height - one // height <= reach]
        return [Vertex(Glyph("x"), "hidden")] * (count * height), edges, Edge(count * height - 1, None)

    assert draw_graph(*columns(1)) is not None
    assert draw_graph(*columns(2, height=4)) is None


def test_what_is_too_deep_is_refused_before_any_work(monkeypatch):
    """Twenty columns never fit, so they are not even put in order."""
    monkeypatch.setattr(graph, "levelled", lambda *_: pytest.fail("the columns were put in order"))
    assert draw_graph(*chains(1, 20)) is None


def test_the_legend_says_what_stands_where():
    """The value above and the derivative below are named, each only if it is shown."""
    legend = [
        "".join(it if isinstance(it, str) else text.write(it) for it in label.content)
        for label in _legend(GRAPHS["bishop"])
    ]
    assert legend == ["above each edge: its value", "below each edge: the gradient of f flowing back along it"]
    assert [label.role for label in _legend(SYMBOLIC)] == ["gradient"]


def test_a_long_name_does_not_stand_in_the_legend():
    """An output whose name is long is called the output, so that the legend stays on the page."""
    vertices = [Vertex(Glyph("x"), "input"), Vertex(Word("m" * 40), "output")]
    figure = draw_graph(vertices, [Edge(0, 1, number(1), number(2))], Edge(1, None, number(1), number(1)))
    assert figure.width <= WIDEST
    (below,) = [
        it for it in of(figure, Label, role="gradient") if any("the output" in str(part) for part in it.content)
    ]
    assert below.content[0].startswith("below each edge")


def _legend(graph):
    return [label for label in of(draw_graph(*graph), Label) if isinstance(label.content[0], str)]


def test_the_description_names_what_is_computed_from_what():
    """Who cannot see the picture reads the edges, or how many there are."""
    assert draw_graph(*GRAPHS["bishop"]).description == (
        "Computation graph from x, y and z: q from x and y; f from q and z."
    )
    assert draw_graph(*GRAPHS["lone"]).description == "Computation graph from x."
    pairs = [(0, end) for end in range(1, 20)] + [(start, 20) for start in range(1, 20)]
    many = draw_graph([Vertex(Glyph("x"), "hidden")] * 21, [Edge(*pair) for pair in pairs], Edge(20, None))
    assert many.description == "Computation graph of 21 vertices and 38 edges, ending in x."


def test_inputs_stand_next_to_where_they_are_used():
    """The factor z stands below the sum q, both before f; a whole branch moves with its input."""
    pairs = [(0, 3), (1, 3), (3, 4), (2, 4), (4, 5)]
    assert depths(6, pairs) == [0, 0, 1, 1, 2, 3]
    assert levelled(depths(6, pairs), pairs).rows == ((0, 1), (3, 2), (4,), (5,))
    late = [(0, 1), (1, 2), (2, 3), (4, 5), (3, 6), (5, 6)]
    assert depths(7, late) == [0, 1, 2, 3, 2, 3, 4]


def test_shared_vertices_stay_where_they_are():
    """A vertex is not moved where that only lengthens another edge."""
    pairs = [(0, 1), (0, 2), (1, 3), (3, 4), (2, 5), (4, 5)]
    assert depths(6, pairs)[2] == 1


def test_trees_keep_the_order_of_their_terms():
    """In each column those come first that the formula names first, without a crossing."""
    pairs = [(1, 4), (3, 4), (0, 5), (2, 5), (5, 6), (4, 6)]
    assert levelled(depths(7, pairs), pairs).rows == ((0, 2, 1, 3), (5, 4), (6,))


def crossings(rows, steps):
    """Return how many pairs of steps between columns cross."""
    places = {point: (column, index) for column, row in enumerate(rows) for index, point in enumerate(row)}
    ends = [(*places[start], places[end][1]) for start, end in steps]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0 for one, other in combinations(ends, 2)
    )


def test_crossings_are_few():
    """Of sixty small graphs, at most two have one crossing more than the best order of their columns."""
    columns = [range(4), range(4, 8), range(8, 10)]
    more = 0
    for seed in range(60):
        numbers = random.Random(seed)  # noqa: S311 - examples
        pairs = [pair for left, right in pairwise(columns) for pair in product(left, right) if numbers.random() < 0.5]
        found = levelled([0] * 4 + [1] * 4 + [2] * 2, pairs).rows
        fewest = min(crossings(order, pairs) for order in product(*map(permutations, columns)))
        more += crossings(found, pairs) - fewest
    assert 0 <= more <= 2


def test_vertices_stand_in_the_middle_of_what_they_are_joined_to():
    """What is computed stands between what it uses; an input stands between its uses."""
    pairs = [(0, 2), (0, 3), (0, 4), (0, 5), (1, 6), (2, 7), (3, 7), (4, 7), (5, 7), (7, 8), (6, 8)]
    height = heights(levelled(depths(9, pairs), pairs), lambda _upper, _lower: 1.0, {})
    assert height[0] == pytest.approx((height[2] + height[5]) / 2)
    assert height[1] == pytest.approx(height[6])
    assert height[7] == pytest.approx((height[2] + height[5]) / 2)
    assert height[8] == pytest.approx((height[7] + height[6]) / 2)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 5)), min_size=1, max_size=12))
def test_places_keep_their_distances_and_their_centre(points):
    """Points are moved apart as little as can be: what stood apart stays, and the mean stays as it was."""
    wanted, spaces = [place for place, _ in points], [space for _, space in points][1:]
    placed = apart(wanted, spaces)
    assert all(after - before >= space - 1e-9 for (before, after), space in zip(pairwise(placed), spaces, strict=True))
    assert sum(placed) == pytest.approx(sum(wanted), abs=1e-6)
    if all(after - before >= space for (before, after), space in zip(pairwise(wanted), spaces, strict=True)):
        assert placed == pytest.approx(wanted)


@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
def test_both_engines_print_the_graph(engine, request):
    """The same figure compiles with either; numbers and names are on the page."""
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    pypdf = pytest.importorskip("pypdf")
    if engine == "typst":
        pytest.importorskip("typst")
    sheet = Document("Graph", (), (draw_graph(*GRAPHS["bishop"]), draw_graph(*SYMBOLIC)))
    page = pypdf.PdfReader(io.BytesIO(render_pdf(sheet, engine)[0])).pages[0].extract_text()
    assert "above each edge" in page
    value = text.write(*GRAPHS["bishop"][1][0].value).lstrip("−-")
    assert value in page


def test_colours_tell_values_from_derivatives():
    """The source gives both a style of their own."""
    source = render_tex(Document("Graph", (), (draw_graph(*GRAPHS["bishop"]),)))
    assert source.count(r"\node[value label]") == source.count(r"\node[gradient label]") == len(GRAPHS["bishop"][1]) + 2

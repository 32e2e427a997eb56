"""The drawn network: nothing collides, and nothing leaves the page."""

from itertools import combinations, pairwise
from math import hypot

import pytest

from symnet.diagram.drawing import box_rect, label_rect
from symnet.diagram.network import UnitColumn, draw
from symnet.document import Box, Circle, Label, Polygon, Segment
from symnet.layout import text
from symnet.layout.tree import Fence, Glyph, Number, Operator, Row, Scripts

PAGE = 16.2
SHAPES = [
    (3, 2, 2, 1),
    (2, 2, 1),
    (2, 1, 2),
    (3, 2, 3),
    (4, 8, 8, 3),
    (6, 6, 6, 6),
    (60, 60, 60, 10),
    (1, 1),
    (1, 1, 1, 1, 1, 1),
    (3, 3, 3),
    (2,) * 12,
    (3, 1, 4, 1, 5, 9, 2, 6),
    (100, 1, 100),
]


def name(letter, index, layer):
    """Return a quantity's name."""
    return Scripts(Glyph(letter), Number(str(index)), Fence(Number(str(layer))))


def weight(to, source, layer):
    """Return a weight's name."""
    indices = Row((Number(str(to)), Operator(","), Number(str(source))))
    return Scripts(Glyph("w"), indices, Fence(Number(str(layer))))


def network(sizes, *, bias=True, shared=False, matrix=True):
    """Return the columns of a network."""
    first = UnitColumn(sizes[0], lambda i: Scripts(Glyph("x"), Number(str(i))), None, None, ("input",))
    return [first] + [
        UnitColumn(
            units,
            lambda i, layer=layer: name("a", i, layer),
            lambda to, source, layer=layer: weight(to, source, layer),
            (lambda i, layer=layer: name("b", i, layer)) if bias else None,
            ("hidden, ", Glyph("sigma")),
            shared,
            (lambda layer=layer: Scripts(Glyph("W", bold=True), None, Number(str(layer)))) if matrix else None,
            lambda layer=layer: Scripts(Glyph("b", bold=True), None, Number(str(layer))),
        )
        for layer, units in enumerate(sizes[1:], 1)
    ]


def drawn(sizes, **options):
    """Return the figure of a network."""
    targets = [Scripts(Glyph("y"), Number(str(i))) for i in range(1, sizes[-1] + 1)]
    return draw(network(sizes, **options), Glyph("L"), targets)


def of(figure, kind, role=None):
    """Return the shapes of a kind."""
    return [it for it in figure.shapes if isinstance(it, kind) and role in (None, it.role)]


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("bias", [True, False])
def test_labels_collide_with_nothing(sizes, bias):
    """No two labels overlap, and none reaches into a unit or the loss other than its own."""
    figure = drawn(sizes, bias=bias)
    nodes = of(figure, Circle)
    (loss,) = of(figure, Box)
    labels = of(figure, Label)
    assert nodes
    assert labels
    for one, other in combinations(labels, 2):
        assert not label_rect(one).overlaps(label_rect(other)), (one, other)
    for label in labels:
        for node in nodes:
            if hypot(label.x - node.x, label.y - node.y) > 0.01:
                assert not label_rect(label).touches(node), label
        if (label.x, label.y) != (loss.x, loss.y):
            assert not label_rect(label).overlaps(box_rect(loss)), label


@pytest.mark.parametrize("sizes", SHAPES)
def test_units_keep_apart(sizes):
    """No two units touch, nor a unit the loss."""
    figure = drawn(sizes)
    for one, other in combinations(of(figure, Circle), 2):
        assert hypot(one.x - other.x, one.y - other.y) > one.radius + other.radius + 0.2
    (loss,) = of(figure, Box)
    assert not any(box_rect(loss).touches(node) for node in of(figure, Circle))


@pytest.mark.parametrize("sizes", SHAPES)
def test_all_is_on_the_page(sizes):
    """The figure is at most as wide as the text, and holds all of its shapes."""
    figure = drawn(sizes)
    assert figure.width <= PAGE
    for shape in figure.shapes:
        if isinstance(shape, Label):
            rect = label_rect(shape)
            assert -0.01 <= rect.left <= rect.right <= figure.width + 0.01
            assert -0.01 <= rect.bottom <= rect.top <= figure.height + 0.01
        if isinstance(shape, Segment):
            assert -0.01 <= min(shape.x1, shape.x2) <= max(shape.x1, shape.x2) <= figure.width + 0.01


@pytest.mark.parametrize("sizes", [(3, 2, 2, 1), (2, 2, 1), (2, 1, 2), (3, 2, 3), (1, 1), (3, 3), (1,) * 6])
def test_small_networks_show_every_weight(sizes):
    """Where there is room, each weight and each bias has its label."""
    figure = drawn(sizes)
    weights = sum(a * b for a, b in pairwise(sizes))
    assert len(of(figure, Label, "edge")) == weights
    assert len(of(figure, Label, "bias")) == sum(sizes[1:])


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 3)])
def test_a_weight_stands_on_its_own_edge_alone(sizes):
    """A weight's label meets one stroke, its own."""
    figure = drawn(sizes)
    strokes = of(figure, Segment, "edge")
    for label in of(figure, Label, "edge"):
        assert sum(label_rect(label).meets(stroke) for stroke in strokes) == 1


UP_TO_SIX = [(2, 2, 1), (3, 3, 3), (4, 4, 4), (5, 5, 5), (1, 6, 1), (6, 1, 6), (6, 6, 6), (6,) * 4, (5, 6, 4, 6, 2)]


@pytest.mark.parametrize("sizes", UP_TO_SIX)
def test_labels_stay_off_edges(sizes):
    """Up to six units a layer no edge passes through a label but its own: that of its weight, or of what enters."""
    figure = drawn(sizes)
    strokes = of(figure, Segment, "edge")
    centres = {(unit.x, unit.y) for unit in of(figure, Circle)}
    for label in of(figure, Label):
        if (label.x, label.y) in centres:
            continue
        met = [stroke for stroke in strokes if label_rect(label).meets(stroke)]
        assert len(met) <= (label.role in {"edge", "loss"}), text.write(*label.content)
    assert len(of(figure, Label, "bias")) >= len(sizes) - 1


def test_biases_without_room_are_one_vector():
    """Between columns of six units too close together the names of single biases give way to one, with its arrow."""
    figure = drawn((6,) * 6)
    assert [text.write(*label.content) for label in of(figure, Label, "bias")] == [f"b{n}" for n in "¹²³⁴⁵"]
    assert len(of(figure, Segment, "bias")) == 5
    assert "b₁⁽¹⁾" in [text.write(*label.content) for label in of(drawn((6, 6, 6)), Label, "bias")]


def test_dense_gaps_carry_the_matrix():
    """Thirty-six weights are one label above them, or none where the matrix has no name."""
    labels = of(drawn((6, 6, 6)), Label, "edge")
    assert [text.write(*label.content) for label in labels] == ["W¹", "W²"]
    assert of(drawn((6, 6, 6), matrix=False), Label, "edge") == []


def test_large_layers_have_dots():
    """More than six units: three, dots, the last."""
    figure = drawn((7, 1))
    assert len(of(figure, Circle, "input")) == 4
    named = [text.write(*label.content) for label in of(figure, Label, "input")]
    assert named == ["x₁", "x₂", "x₃", "x₇", "⋮"]


def test_deep_networks_have_dots():
    """More than eight layers: the first, dots, the last."""
    figure = drawn((1,) * 12)
    assert len(of(figure, Circle)) == 7
    assert "⋯" in [text.write(*label.content) for label in of(figure, Label, "hidden")]


def test_a_shared_bias_has_one_name():
    """Every unit shows the same bias."""
    labels = of(drawn((2, 3), shared=True), Label, "bias")
    assert {text.write(*label.content) for label in labels} == {"b₁⁽¹⁾"}


def test_arrows_end_at_rims():
    """Each head's tip lies on a unit's rim or at the loss."""
    figure = drawn((2, 2, 1))
    (loss,) = of(figure, Box)
    for head in of(figure, Polygon):
        x, y = head.points[0]
        rims = [abs(hypot(x - node.x, y - node.y) - node.radius) for node in of(figure, Circle)]
        sides = [abs(x - (loss.x - loss.width / 2)), abs(y - (loss.y - loss.height / 2))]
        assert min(rims + sides) < 0.01


def test_the_description_says_what_is_connected_to_what():
    """Who cannot see the picture reads the sizes, the names of the units, and what each layer is fed by."""
    assert drawn((3, 2, 1)).description == (
        "Network 3-2-1. Inputs: x₁, x₂ and x₃. Hidden layer: a₁⁽¹⁾ and a₂⁽¹⁾, fed by every input and by a bias. "
        "Output layer: a₁⁽²⁾, fed by every unit of the layer before and by a bias. "
        "The loss L is fed by the output layer and the target y₁."
    )
    assert "Hidden layer: 9 units, a₁⁽¹⁾ to a₉⁽¹⁾, fed by" in drawn((3, 9, 1)).description


def test_a_loss_without_targets_has_no_arrow_of_theirs():
    """Where nothing but outputs enters the loss, every arrow comes from a unit."""
    figure = draw(network((2, 2)), Glyph("L"), [])
    assert len(of(figure, Segment, "edge")) == 2 * 2 + 2
    assert [text.write(*label.content) for label in of(figure, Label, "loss")] == ["L"]

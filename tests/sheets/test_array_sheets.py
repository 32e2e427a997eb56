"""Sheets of graphs of arrays: shapes, derivatives of whole arrays with their reasons, and numbers as matrices."""

import pytest
from exercises import solved

import symnet
from symnet.document import LineKind, Working
from symnet.errors import ViewError
from symnet.layout.text import write
from symnet.render.text import render_text
from symnet.sheets.names import of_gradient
from symnet.sheets.sheet import Sheet
from symnet.sheets.solution import solution
from symnet.view import View


@pytest.fixture(scope="module")
def attention(examples):
    """The worked example of attention."""
    return solved(examples["attention"])


def shown(work, **view):
    """Return the lines of a sheet without the room in them."""
    return [" ".join(line.split()) for line in render_text(solution(work, View(**view)), width=100).splitlines()]


def test_nodes_are_stated_with_their_shapes(attention):
    """Every node is an equation of arrays, its shape behind it; what stood within one has a name."""
    lines = shown(attention)
    assert "U₁ = Q Kᵀ/√2 2 × 3" in lines
    assert "A = softmax(U₁) 2 × 3" in lines
    assert "U₁ 2 × 3 intermediate result within a node" in lines


def test_derivatives_are_those_of_whole_arrays(attention):
    """The chain rule is written for arrays, each line with the rules that were applied."""
    lines = shown(attention)
    assert "∂L/∂A = ∂L/∂O ⋅ Vᵀ matrix product" in lines
    assert "∂L/∂U₁ = A ⊙ (∂L/∂A − (∂L/∂A ⊙ A) 𝟏 𝟏ᵀ) softmax" in lines
    assert "∂L/∂V = Aᵀ ⋅ ∂L/∂O ≈ [0.283766, 0.283766; −0.040215, −0.040215; 0.163121, 0.163121]" in lines
    assert not any("∂L/∂Y" in line for line in lines)


def test_a_chosen_array_has_what_leads_to_it_alone(attention):
    """With one array chosen, by its name or by an entry, no other result is told, nor what only leads there."""
    for chosen in ("V", "V_1_2"):
        lines = shown(attention, parameters=(chosen,))
        assert any(line.startswith("∂L/∂V = Aᵀ") for line in lines)
        assert not any(line.startswith(("∂L/∂Q", "∂L/∂A")) for line in lines)
    with pytest.raises(ViewError, match="Q, K, V, Y"):
        shown(attention, parameters=("M",))


def test_results_alone_have_no_numbers(attention):
    """In short there are equations and results."""
    lines = shown(attention, detail="results")
    assert any("∂L/∂V = Aᵀ ⋅ ∂L/∂O" in line for line in lines)
    assert not any("0.283766" in line or "softmax" in line.split() for line in lines)


def test_signs_are_told_where_they_are_used(examples, attention):
    """A sheet says what its signs mean, and not those of others."""
    image, weighed = (" ".join(shown(work)) for work in (solved(examples["cnn"]), attention))
    assert "does not flip the kernel" in image
    assert "does not flip the kernel" not in weighed
    assert "𝟏 is a vector of ones" in weighed
    assert "At 0, where relu is not differentiable" in image


def test_what_acts_entry_by_entry_is_told_as_far_as_it_stands_there():
    """The list has the signs, powers and functions of this sheet and no others, and ones only if written."""
    divided = {"inputs": {"X": [2, 2], "Y": [2, 2]}, "nodes": {"D": "X / Y", "L": "sum(D)"}, "output": "L"}
    summed = {"inputs": {"X": [2, 2]}, "nodes": {"D": "X^2", "L": "sum(exp(D))"}, "output": "L"}
    pages = [" ".join(shown(symnet.solve({"graph": graph}))) for graph in (divided, summed)]
    assert "Entry by entry: ⊘." in pages[0]
    assert "Entry by entry: ⊙, powers and functions." in pages[1]
    for page in pages:
        assert ("𝟏 is a vector of ones" in page) == (page.count("𝟏") > 1)


def test_one_path_a_line_is_told_of_scalars(attention):
    """In the style of paths a derivative is one of scalars, as in a graph of numbers."""
    lines = shown(attention, style="paths", parameters=("V_1_1",))
    assert any("path 1" in line for line in lines)


def test_a_negative_number_is_subtracted():
    """A number that is taken away has a minus sign, and no bracket."""
    graph = {"inputs": {"h": [2]}, "nodes": {"u": "h - 1", "L": "sum((u - 1/2)^2)"}, "output": "L"}
    lines = shown(symnet.solve({"graph": graph}))
    assert any(line.startswith("u = h − 1") for line in lines)
    assert not any("+ (−" in line for line in lines)


def test_one_entry_of_an_array_is_a_seed_of_the_forward_mode(examples):
    """In every example of arrays one entry may be chosen: its derivative is that of the reverse mode."""
    tried = 0
    for work in map(solved, examples.values()):
        part = work.parts[0]
        graph = part.network.arrays
        entries = [graph.ids(name) for name in graph.inputs] if graph else []
        asked = [one for one in part.asked if any(one.name in ids and len(ids) > 1 for ids in entries)]
        if not asked:
            continue
        entry = asked[-1]
        view = View(style="forward", parameters=(entry.name,))
        sheet = Sheet.of(part, work.description, view)
        told = [
            line
            for block in solution(work, view).blocks
            if isinstance(block, Working)
            for line in block.lines
            if line.kind is LineKind.RESULT and line.of == of_gradient(part, entry)
        ]
        number, _ = sheet.number(sheet.evaluation.samples[0].gradients[entry])
        assert [write(line.right) for line in told] == [write(number)], entry
        tried += 1
    assert tried > 10


@pytest.mark.parametrize(("entry", "found"), [("M_1_2", "₁,₂ = 0"), ("M_2_2", "₂,₂ ≈ 4.659101")])
def test_a_seed_behind_a_mask_gives_0(entry, found):
    """No tangent comes from an entry that a causal softmax hides, and its derivative is 0."""
    nodes = {"A": "causal_softmax(M)", "O": "A @ V", "L": "sum(O^2)"}
    values = {"M": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "V": [[1, 2], [3, 4], [5, 6]]}
    graph = {"inputs": {"M": [3, 3], "V": [3, 2]}, "nodes": nodes, "output": "L"}
    lines = shown(symnet.solve({"graph": graph, "at": values}), style="forward", parameters=(entry,))
    assert f"∂L/∂M{found}" in lines

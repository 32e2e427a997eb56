"""Derivatives in inputs, targets and parameters alone: in textbook order, whole, and only where they can be read."""

import pytest
from effort import calls
from exercises import ROOT, describe, draw, full, luck, part_of, solved
from reference import ACTIVATION_TEXTS, LOSS_TEXTS
from sympy import Symbol

import symnet
from symnet.algebra.nodes import plain_text
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.derivation.expand import InOrder, adjoint_definitions, node_definitions
from symnet.document import Paragraph, Working
from symnet.layout.measure import INDENT_EM, RELATION_EM, TEXT_EM, width_em
from symnet.layout.text import write
from symnet.limits import MOST_EXPANDED_LINES
from symnet.numerics.direct import numeric
from symnet.sheets.solution import solution

REASON = ("substitute all definitions",)


def written_out(source, parameter):
    """Return the lines of one derivative in leaves alone; none where it is too long."""
    document = solution(symnet.solve(source), full(style="expanded", parameters=(parameter,)))
    found = [
        block.lines for block in document.blocks if isinstance(block, Working) and block.lines[-1].reason == REASON
    ]
    return found[0] if found else ()


def told(source, parameter):
    """Return what the sheet says of expressions that are too long."""
    document = solution(symnet.solve(source), full(style="expanded", parameters=(parameter,)))
    texts = (block.content for block in document.blocks if isinstance(block, Paragraph))
    return [
        "".join(part if isinstance(part, str) else write(part) for part in text)
        for text in texts
        if "purely" in text[0]
    ]


def test_the_order_is_that_of_the_result():
    """Each name gives way to its definition where it stands; nothing is sorted, and functions keep their names."""
    (line,) = written_out(describe([1, 1], ["tanh"], "squared_error"), "w1_1_1")
    assert write(line.right) == "[tanh(w₁₁⁽¹⁾ x + b₁⁽¹⁾) − y] [1 − tanh²(w₁₁⁽¹⁾ x + b₁⁽¹⁾)] x"


def test_no_node_is_left(examples):
    """Nothing but inputs, targets and parameters stands in a derivative that is written out."""
    for name in ("C3", "xor", "maxout", "dropout", "C12"):
        part = solved(examples[name]).parts[0]
        network = part.network
        put_in = InOrder(node_definitions(network) | adjoint_definitions(part.gradient))
        for derivation in part.gradient.leaves.values():
            left = put_in(derivation.result).free_symbols
            assert left <= {*network.inputs, *network.targets, *network.parameters}


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize("loss", [*LOSSES, *LOSS_TEXTS])
@pytest.mark.parametrize("activation", [*ACTIVATIONS, *ACTIVATION_TEXTS])
def test_the_value_stays(activation, loss):
    """What is written out has the value of the derivative, over the whole catalog."""
    part = part_of(
        draw(luck(f"expanded {activation} {loss}"), hidden=activation, loss=loss, widest=(2, 2, 2), samples=1)
    )
    sample = part.evaluation.samples[0]
    put_in = InOrder(node_definitions(part.network) | adjoint_definitions(part.gradient))
    for leaf, derivation in part.gradient.leaves.items():
        value = numeric(put_in(derivation.result), sample.values)
        assert abs(value - sample.gradients[leaf]) <= 1e-12 * max(1, abs(value))


def test_graphs_are_written_out(examples):
    """In a graph the nodes give way to the inputs."""
    (line,) = written_out(examples["C4"], "z")
    assert write(line.right) == "x + y"


def test_lines_fit_and_nothing_is_left_out(examples):
    """A long derivative fills whole lines, each as wide as the page at most, with no dots for what is in between."""
    lines = written_out(examples["cs4045-q2"].with_name("cs4045-q1.yaml"), "b3_1")
    assert 1 < len(lines) <= MOST_EXPANDED_LINES
    left = width_em(lines[0].left)
    assert all(width_em(line.right) <= TEXT_EM - INDENT_EM - RELATION_EM - left for line in lines)
    assert [line.relation for line in lines] == ["=", *[""] * (len(lines) - 1)]
    text = "".join(write(line.right) for line in lines)
    assert "⋯" not in text
    assert text.count("(") == text.count(")")


def test_too_long_is_said_with_its_length(examples):
    """What would fill more lines than can be read is left in deltas, and the sheet says how long it would be."""
    part = solved(examples["C1"]).parts[0]
    length = part.expander.length(part.gradient.leaves[Symbol("w1_1_1")].result)
    assert length > 10_000
    (first, *_) = told(examples["C1"], "w1_1_1")
    assert f"takes about {length:,} characters; it is not printed." in first
    assert not written_out(describe([3, 9, 9, 1], ["tanh", "tanh", "tanh"], "squared_error"), "w1_1_1")


def test_plain_results_need_nothing():
    """An expression without definitions comes back as it is."""
    result = (
        part_of(describe([1, 1], ["identity"], "squared_error", bias=False)).gradient.leaves[Symbol("w1_1_1")].result
    )
    assert plain_text(InOrder({})(result)) == plain_text(result)


def test_the_expanded_form_of_many_steps_of_time_is_as_long_as_it_is_said():
    """A derivative of an LSTM over four steps is not written out: its length is told, and little is done for it."""
    found = []
    assert calls(lambda: found.extend(told(ROOT / "examples" / "lstm.yaml", "wf1_1_1"))) < 5_000_000
    (text,) = found
    assert "characters" in text

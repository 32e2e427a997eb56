"""One quantity alone: its equation, or its derivation line by line with the result in a frame."""

import pytest
from exercises import solved

from symnet.document import Result, Working
from symnet.errors import ViewError
from symnet.layout import text
from symnet.view import View


def shown(work, name):
    """Return the lines of one quantity alone as texts: those that lead there, and those in a frame."""
    blocks = work.document(View(only=name)).blocks
    return [
        [f"{text.write(line.left)} = {text.write(line.right)}" for line in block.lines if line.left is not None]
        for kind in (Working, Result)
        for block in blocks
        if isinstance(block, kind)
    ]


def framed(work, name):
    """Return the right sides in the frames."""
    blocks = work.document(View(only=name)).blocks
    return [text.write(line.right) for it in blocks if isinstance(it, Result) for line in it.lines]


def test_an_equation_stands_in_a_frame(examples):
    """Of a node it is the equation, once, though there are two losses."""
    assert framed(solved(examples["cs4045-q1"]), "z1_1") == ["w₁₁⁽¹⁾ x₁ + w₁₂⁽¹⁾ x₂ + w₁₃⁽¹⁾ x₃ + b₁⁽¹⁾"]
    assert framed(solved(examples["cs4045-q1"]), "a1_1") == ["ReLU(z₁⁽¹⁾)"]


def test_what_depends_on_the_loss_stands_under_each(examples):
    """Of two losses both derivations are shown, under a heading each."""
    work = solved(examples["cs4045-q1"])
    for name in ("dL/dw3_1_1", "L"):
        document = work.document(View(only=name))
        assert [block.content[0] for block in document.blocks if getattr(block, "level", 0) == 1] == [
            "Part (i): squared error",
            "Part (ii): binary cross-entropy",
        ]
        assert len(framed(work, name)) == 2


def test_the_result_is_that_of_the_quantity(examples):
    """Whatever the id, the frame ends in what Python gives for it, and is the same for its other names."""
    work = solved(examples["C1"])
    for part in work.parts:
        for leaf, derivation in part.gradient.leaves.items():
            right = text.write(part.build(derivation.result))
            assert right in framed(work, leaf.name)
            assert framed(work, leaf.name) == framed(work, f"dL/d{leaf.name}")
    assert framed(work, "delta1_2") == framed(work, "dL/dz1_2")
    assert framed(work, "dL_da1_1") == framed(work, "dL/da1_1")


def test_every_line_has_its_reason(examples):
    """The lines are those of the derivation, in order, each with its reason."""
    work = solved(examples["C4"])
    blocks = work.document(View(only="df/dx")).blocks
    lines = [line for block in blocks[:2] for line in block.lines]
    assert [text.write(line.right) for line in lines] == ["∂f/∂q ⋅ ∂q/∂x", "z ⋅ 1", "z"]
    assert all(line.reason for line in lines)


def test_the_numbers_follow(examples):
    """With data the numbers are put in, sample by sample, and the objective is what they come to together."""
    work = solved(examples["xor"])
    (*_, objective) = shown(work, "w1_1_1")[:-2]
    assert objective[0].startswith("∂J/∂w₁₁⁽¹⁾ = ")
    assert len(framed(work, "w1_1_1")) == 2
    titles = [block.content for block in work.document(View(only="z1_1")).blocks if getattr(block, "level", 0) == 3]
    assert titles == [(f"In numbers, sample {number}",) for number in range(1, 5)]


def test_of_several_outputs_each_shows_what_it_has(examples):
    """A derivative of one output stands under that output alone, what is with respect to an input under each."""
    work = solved(examples["jacobian"])
    assert [framed(work, one) for one in ("dx/dc", "dy/ds", "dx/dr")] == [["r"], ["r"], ["c"]]
    assert framed(work, "r") == ["c", "s"]
    page = work.html(interactive=True)
    assert all(f'<template data-of="{one}">' in page for one in ("dx_dc", "dy_ds", "r", "x", "y"))
    with pytest.raises(ViewError, match='only: found "dz/dr"; expected the id of a quantity: dx/dr'):
        work.document(View(only="dz/dr"))


@pytest.mark.parametrize(("given", "meant"), [("dL/dw1_1_9", "dL/dw1_1_"), ("delta1_22", "delta1_2"), ("z1", "z1_1")])
def test_an_unknown_id_gets_near_misses(examples, given, meant):
    """A wrong id is answered with ids that there are, and with one that it may be meant to be."""
    with pytest.raises(ViewError, match=f'only: found "{given}"; expected the id of a quantity: .*{meant}'):
        solved(examples["C1"]).document(View(only=given))


@pytest.mark.everyday(4)
@pytest.mark.parametrize(
    "name", ["C2", "C5", "C7", "C9", "C11", "adam", "dropout", "maxout", "triplet", "elastic-net", "jacobian"]
)
def test_everything_can_stand_alone(examples, name):
    """Every node, delta and parameter of an example has a sheet of its own."""
    work = solved(examples[name])
    ids = set()
    for part in work.parts:
        ids |= {symbol.name.removesuffix("@i") for symbol in (*part.network.nodes, *part.network.leaves)}
        ids |= {adjoint.symbol.name.removesuffix("@i") for adjoint in part.gradient.adjoints.values()}
    assert len(ids) > 3
    for one in ids:
        assert framed(work, one)

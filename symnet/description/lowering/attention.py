"""Scaled dot-product attention of the places of a sequence to one another or to those of another, with some heads."""

from __future__ import annotations

from math import isqrt

from symnet.arrays.build import divide, matmul, transpose
from symnet.arrays.tree import ArrayTree, AxisRange, made, number
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.dense import weighted
from symnet.description.lowering.placed import Placed, Weighing


def attention(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, None]:
    """Return what each place of a sequence takes from all others, if it is causal from those before it.

    An attention to another sequence has queries of its own places, and keys and values of the other's.
    """
    stated, layer = placed.layer.attention, placed.number
    if stated is None:
        return fed, None
    x, rows = fed.tree, len(builder.batch)
    if len(x.shape) - rows != 2:
        hint = "State inputs: {height: ..., width: ...}: a row for each place."
        raise LayerError(
            ("attention",), "attention over one row of numbers", "a row for each place of a sequence", hint
        )
    other = _other_sequence(placed, rows)
    source = x if other is None else other
    features = x.shape[-1]
    size = stated.size or features
    if size % stated.heads:
        allowed = f"heads by which the size {size} can be divided"
        raise LayerError(("attention", "heads"), f"{stated.heads} heads", allowed)

    def projected(name: str, letter: str, of: ArrayTree, shape: tuple[int, int]) -> ArrayTree:
        frozen = placed.layer.frozen
        weights = builder.parameter(f"w{letter}", layer, shape, (name, "weights"), frozen=frozen)
        biases = (
            builder.parameter(f"b{letter}", layer, shape[:1], (name, "biases"), "biases", frozen=frozen)
            if stated.bias
            else None
        )
        return weighted(of, Weighing(weights, biases))

    q, k, v = (
        builder.node(letter, layer, projected(name, letter, of, (size, of.shape[-1])))
        for name, letter, of in (("query", "q", x), ("key", "k", source), ("value", "v", source))
    )
    share = size // stated.heads
    heads = []
    for head in range(1, stated.heads + 1):
        mark = f"_{head}" if stated.heads > 1 else ""
        queries, keys, values = (_columns(of, (head - 1) * share, head * share) for of in (q, k, v))
        root = number(isqrt(share)) if isqrt(share) ** 2 == share else made("function", number(share), option="sqrt")
        scores = builder.node("e", layer, divide(matmul(queries, transpose(keys)), root), head=mark)
        kind = "causal_softmax" if stated.causal else "softmax"
        shares = builder.node("p", layer, made(kind, scores, option=len(scores.shape) - 1), head=mark)
        values_taken = matmul(shares, values)
        # Without weights behind it the only head is what the layer makes.
        named = stated.heads > 1 or stated.output
        heads.append(builder.node("h", layer, values_taken, head=mark) if named else values_taken)
    whole = heads[0] if len(heads) == 1 else made("concat", *heads, option=len(heads[0].shape) - 1)
    return Signal(projected("output", "o", whole, (features, size)) if stated.output else whole), None


def _other_sequence(placed: Placed, rows: int) -> ArrayTree | None:
    """Return the sequence that is attended to, if it is not the one that feeds the layer."""
    if placed.heard is None or placed.layer.attention is None:
        return None
    if len(placed.heard.tree.shape) - rows != 2:
        raise LayerError(("attention", "from"), "one row of numbers", "a row for each place of a sequence")
    if placed.layer.attention.causal:
        hint = "A place of one sequence is neither before nor behind one of another."
        raise LayerError(("attention", "causal"), "causal attention to another sequence", "false", hint)
    return placed.heard.tree


def _columns(of: ArrayTree, start: int, stop: int) -> ArrayTree:
    """Return the columns of one head."""
    if (start, stop) == (0, of.shape[-1]):
        return of
    return made("slice", of, option=(*(AxisRange(0, length) for length in of.shape[:-1]), AxisRange(start, stop)))

"""The forward pass of a layer with general indices, and the derivatives of what it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Integer, Rational, S, Symbol, exp
from sympy.core.expr import Expr

from symnet.algebra.indices import Attains, Elsewhere, Index, IndexMax, IndexSum, Kronecker, Place
from symnet.algebra.nodes import Applied, Chain, PathSum, PrimeDerivative, Quotient, negative
from symnet.indexed.equations import IndexedEquation, IndexedReason, IndexedRight
from symnet.indexed.letters import IndexedLayer
from symnet.network.graph import Node


def forward_equations(layer: IndexedLayer, nodes: Mapping[Symbol, Node]) -> Iterator[IndexedEquation]:
    """Yield the pre-activations of a layer, the activations, and these after dropout.

    Args:
        layer: The layer.
        nodes: Every computed scalar.
    """
    own = layer.own
    terms = [Chain(layer.weight(own, layer.source, layer.piece), layer.input(layer.source))]
    bias = layer.bias(own, layer.piece)
    total = PathSum(IndexSum.over(terms[0], layer.source), *([] if bias is None else [bias]))
    yield equation(layer, layer.z(own, layer.piece), IndexedRight(total, IndexedReason.WEIGHTED_SUM))
    yield equation(layer, layer.a(own), IndexedRight(_activated(layer), IndexedReason.ACTIVATION))
    if layer.nodes.dropped:
        kept = Chain(dropout_derivative(layer, own, nodes), layer.a(own))
        yield equation(layer, layer.dropped(own), IndexedRight(kept, IndexedReason.DROPOUT))


def equation(layer: IndexedLayer, left: Expr, *rights: IndexedRight) -> IndexedEquation:
    """Return an equation for all values of the indices in its left side; a line like the one above it is left out."""
    kept = [right for number, right in enumerate(rights) if not number or right[0] != rights[number - 1][0]]
    return IndexedEquation(left, tuple(kept), layer.letters.vocabulary.free(left))


def _activated(layer: IndexedLayer) -> Expr:
    """Return an activation as a function of the pre-activations."""
    own, activation = layer.own, layer.nodes.activation
    if layer.has_pieces:
        return IndexMax.over(layer.z(own, layer.other_piece), layer.other_piece)
    if is_coupled(layer):
        return Quotient(_power(layer.z(own)), IndexSum.over(_power(layer.z(layer.other)), layer.other))
    z = layer.z(own)
    if activation.applied:
        return Applied(activation.name, z)
    return activation.value((z,), 0, layer.nodes.options)


def _power(exponent: Expr) -> Expr:
    return exp(exponent, evaluate=False)


def is_coupled(layer: IndexedLayer) -> bool:
    """Return whether each unit of a layer depends on the pre-activations of all, and there are others."""
    return layer.nodes.activation.couples and isinstance(layer.own, Index)


def own_derivative(layer: IndexedLayer, place: Place, *, primed: bool = False) -> Expr:
    """Return the derivative of an activation with respect to its pre-activation: in the taught form, or with a prime.

    Args:
        layer: A layer whose units read their own pre-activations.
        place: The unit.
        primed: Whether the prime is wanted; there is none where the activation is not written as a function.
    """
    activation, a, z = layer.nodes.activation, layer.a(place), layer.z(place)
    if primed and activation.applied:
        return PrimeDerivative(a, z)
    return activation.derivative((z,), (a,), 0, 0, layer.nodes.options)[-1]


def coupled_derivative(layer: IndexedLayer, of: Place, wrt: Place) -> Expr:
    """Return the derivative of a softmax output with respect to the pre-activation of any unit of its layer."""
    a = layer.a(of)
    return Chain(a, PathSum(same(of, wrt), negative(layer.a(wrt))))


def same(place: Place, other: Place) -> Expr:
    """Return 1 where two indices are the same, and 0 elsewhere."""
    first, second = (p.symbol if isinstance(p, Index) else Integer(p) for p in (place, other))
    return Kronecker(first, second)


def largest_derivative(layer: IndexedLayer, place: Place) -> Expr:
    """Return the derivative of a maxout unit with respect to one of its pieces."""
    if not isinstance(layer.piece, Index):
        return S.One
    best = IndexMax.over(layer.z(place, layer.other_piece), layer.other_piece)
    return Attains(layer.z(place, layer.piece), layer.piece.symbol, best)


def dropout_derivative(layer: IndexedLayer, place: Place, nodes: Mapping[Symbol, Node]) -> Expr:
    """Return what a unit is multiplied by in dropout: the same for all that are kept, and 0 for the others."""
    nodes_of_use = layer.used(layer.letters.uses[0]).nodes
    factors = [nodes[d].derivatives[a][0] for d, a in zip(nodes_of_use.dropped, nodes_of_use.activations, strict=True)]
    kept, dropped = ([unit for unit, factor in enumerate(factors, 1) if bool(factor) is way] for way in (True, False))
    scale: Expr = max(factors, key=Rational)
    if not dropped or not isinstance(place, Index):
        return scale
    few = len(kept) <= len(dropped)
    where = (Kronecker if few else Elsewhere)(place.symbol, *map(Integer, kept if few else dropped))
    return where if scale == 1 else Chain(scale, where)


def learned_derivatives(layer: IndexedLayer, place: Place) -> Iterator[tuple[Symbol, Expr]]:
    """Yield each parameter that the activation learns, and the derivative of an activation with respect to it."""
    for symbol, derivative in zip(layer.nodes.learned, layer.nodes.activation.learned.values(), strict=True):
        yield symbol, derivative(layer.z(place), layer.nodes.options)

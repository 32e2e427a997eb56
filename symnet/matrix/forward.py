"""The forward pass of a layer in matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.matrix.entrywise import NotEntrywiseError, in_matrices
from symnet.matrix.equations import Equation, Right, Why
from symnet.matrix.letters import Letters
from symnet.matrix.tree import Coupled, Entries, Entrywise, Letter, Tree, hadamard, scaled, summed
from symnet.network import LayerNodes, Network

_Z, _A = Symbol("z"), Symbol("a")


def forward_equations(letters: Letters, network: Network, layer: LayerNodes, source: Letter) -> Iterator[Equation]:
    """Yield the pre-activations of a layer that ``source`` feeds, the activations, and these after dropout."""
    products = letters.arrangement.convention.products
    for piece, z in enumerate(pre_activations(letters, layer)):
        terms = [products.forward(letters.weights(layer, piece), source), *_bias(letters, layer, piece)]
        yield Equation(z, (Right(summed(*terms), Why.WEIGHTED_SUM),))
    a = letters.units(layer.activations)
    yield Equation(a, (Right(_activated(letters, layer), Why.ACTIVATION),))
    if layer.dropped:
        kept = hadamard(dropout(letters, network, layer), a)
        yield Equation(letters.units(layer.dropped), (Right(kept, Why.DROPOUT),))


def pre_activations(letters: Letters, layer: LayerNodes) -> list[Letter]:
    """Return the pre-activations of a layer, piece by piece."""
    return [letters.units(layer.pre_activations[piece :: layer.pieces]) for piece in range(layer.pieces)]


def _bias(letters: Letters, layer: LayerNodes, piece: int) -> Iterator[Tree]:
    if letters.is_shared(layer):
        yield letters.arrangement.filled(layer.biases[0], len(layer.activations))
    elif layer.biases:
        yield letters.arrangement.spread(letters.biases(layer, piece))


def _activated(letters: Letters, layer: LayerNodes) -> Tree:
    """Return the activations as a function of the pre-activations."""
    z, entry = pre_activations(letters, layer), layer.activation
    if entry.couples:
        places = layer.pre_activations
        bodies = tuple(entry.value(places, unit, layer.options) for unit in range(len(places)))
        return Coupled(entry.name, bodies, places, z[0], letters.arrangement.convention.rows)
    places = tuple(Symbol(f"z{piece}") for piece in range(len(z)))
    body = entry.value(places, 0, layer.options)
    if body in places:
        return z[0]
    name = entry.name if entry.applied else body.name
    return Entrywise(name, False, body, tuple(zip(places, z, strict=True)), len(z))


def dropout(letters: Letters, network: Network, layer: LayerNodes) -> Tree:
    """Return the mask of a layer over the probability of keeping a unit, repeated for each sample."""
    factors = [
        network.nodes[symbol].slopes[unit][0] for symbol, unit in zip(layer.dropped, layer.activations, strict=True)
    ]
    mask = Entries(tuple((S.One if factor else S.Zero,) for factor in factors))
    return scaled(max(factors), letters.arrangement.spread(mask))


def slopes(letters: Letters, layer: LayerNodes) -> list[Tree]:
    """Return the slope of an activation that reads its own pre-activation: with a prime, and written out.

    The form with a prime is left out where the activation is not written as a function, the other one where it has
    none in matrices; of the identity there is nothing to write.
    """
    (z,), a = pre_activations(letters, layer), letters.units(layer.activations)
    body: Expr = layer.activation.slope((_Z,), (_A,), 0, 0, layer.options)[-1]
    if body == 1:
        return []
    found: list[Tree] = []
    if layer.activation.applied:
        found.append(Entrywise(layer.activation.name, True, body, ((_Z, z), (_A, a))))
    with suppress(NotEntrywiseError):
        found.append(in_matrices(body, {_Z: z, _A: a}))
    return found


def selections(letters: Letters, layer: LayerNodes) -> list[Tree]:
    """Return, for each piece of the units of a layer, where it is the one that counts."""
    z = pre_activations(letters, layer)
    places = tuple(Symbol(f"z{piece}") for piece in range(len(z)))
    stands = dict(zip(places, z, strict=True))
    slope: Callable[..., tuple[Expr, ...]] = layer.activation.slope
    return [in_matrices(slope(places, (_A,), 0, piece, layer.options)[-1], stands) for piece in range(len(z))]


def learned_slopes(letters: Letters, layer: LayerNodes) -> list[Tree]:
    """Return the derivative of the activations by each parameter that the activation learns."""
    (z,) = pre_activations(letters, layer)
    return [in_matrices(slope(_Z, layer.options), {_Z: z}) for slope in layer.activation.learned.values()]

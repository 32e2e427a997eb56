"""Gradient to indexed form: the loss, then each layer forward and backward, once and for any number of units."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.algebra.indices import Index
from symnet.algebra.nodes import Partial
from symnet.derivation.objective import Objective
from symnet.derivation.steps import Gradient
from symnet.errors import ViewError
from symnet.indexed.backward import IndexedBackward
from symnet.indexed.equations import IndexedEquation, IndexedForm, IndexedReason, IndexedRight, LayerRules
from symnet.indexed.forward import coupled_derivative, equation, forward_equations, is_coupled, largest_derivative
from symnet.indexed.letters import IndexedLayer, IndexedLetters
from symnet.indexed.objective import IndexedObjective


def indexed_form(gradient: Gradient, objective: Objective) -> IndexedForm:
    """Return a network and its derivatives with general indices.

    Args:
        gradient: The derivation number by number.
        objective: What is made of the samples.

    Raises:
        ViewError: If the network has no layers.
    """
    if gradient.network.is_graph:
        raise ViewError(
            "--form: found index for a computation graph; the indexed form needs layers; expected scalar. "
            "Leave the form out, or describe the network by its layers."
        )
    letters = IndexedLetters(gradient)
    backward, over_samples = IndexedBackward(gradient, letters), IndexedObjective(letters, objective)
    return IndexedForm(
        letters=letters,
        loss=tuple(backward.loss()),
        loss_derivatives=tuple(backward.loss_derivatives()),
        layers=tuple(_rules(layer, backward, over_samples) for layer in letters.layers),
        inputs=tuple(backward.gradients(letters.layers[0], inputs=True)) if gradient.network.wanted_inputs else (),
        objective=tuple(over_samples.definitions()) if objective.nodes else (),
    )


def _rules(layer: IndexedLayer, backward: IndexedBackward, over_samples: IndexedObjective) -> LayerRules:
    """Return the equations of one layer."""
    gradients = tuple(backward.gradients(layer))
    objective = over_samples.objective
    return LayerRules(
        number=layer.number,
        forward=tuple(forward_equations(layer, backward.network.nodes)),
        local=tuple(_local(layer)),
        backward=tuple(backward.layer(layer)),
        gradients=gradients,
        objective=tuple(map(over_samples.derivative, gradients)) if objective.nodes else (),
    )


def _local(layer: IndexedLayer) -> Iterator[IndexedEquation]:
    """Yield the derivatives of activations that depend on more than one pre-activation."""
    own = layer.own
    if is_coupled(layer):
        left = Partial(layer.a(layer.other), layer.z(own))
        yield equation(layer, left, IndexedRight(coupled_derivative(layer, layer.other, own), IndexedReason.JACOBIAN))
    if isinstance(layer.piece, Index):
        left = Partial(layer.a(own), layer.z(own, layer.piece))
        yield equation(layer, left, IndexedRight(largest_derivative(layer, own), IndexedReason.LARGEST))

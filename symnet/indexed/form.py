"""Gradient to indexed form: the loss, then each layer forward and backward, once and for any number of units."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.calculus import Partial
from symnet.derivation import Gradient
from symnet.errors import ViewError
from symnet.indexed.backward import Backward
from symnet.indexed.equations import Equation, IndexedForm, LayerRules, Right, Why
from symnet.indexed.forward import coupled_slope, equation, forward_equations, is_coupled, largest_slope
from symnet.indexed.letters import Layer, Letters
from symnet.indexed.together import Together
from symnet.indexed.tree import Index
from symnet.objective import Objective


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
    letters = Letters(gradient)
    backward, together = Backward(gradient, letters), Together(letters, objective)
    return IndexedForm(
        letters=letters,
        loss=tuple(backward.loss()),
        loss_slopes=tuple(backward.loss_slopes()),
        layers=tuple(_rules(layer, backward, together) for layer in letters.layers),
        inputs=tuple(backward.gradients(letters.layers[0], inputs=True)) if gradient.network.wanted_inputs else (),
        objective=tuple(together.definitions()) if objective.nodes else (),
    )


def _rules(layer: Layer, backward: Backward, together: Together) -> LayerRules:
    """Return the equations of one layer."""
    gradients = tuple(backward.gradients(layer))
    objective = together.objective
    return LayerRules(
        number=layer.number,
        forward=tuple(forward_equations(layer, backward.network.nodes)),
        local=tuple(_local(layer)),
        backward=tuple(backward.layer(layer)),
        gradients=gradients,
        together=tuple(map(together.derivative, gradients)) if objective.nodes else (),
    )


def _local(layer: Layer) -> Iterator[Equation]:
    """Yield the derivatives of activations that depend on more than one pre-activation."""
    own = layer.own
    if is_coupled(layer):
        left = Partial(layer.a(layer.other), layer.z(own))
        yield equation(layer, left, Right(coupled_slope(layer, layer.other, own), Why.JACOBIAN))
    if isinstance(layer.piece, Index):
        left = Partial(layer.a(own), layer.z(own, layer.piece))
        yield equation(layer, left, Right(largest_slope(layer, own), Why.LARGEST))

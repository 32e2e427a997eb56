"""The equations of a network in vectors and matrices, and why each holds."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.matrix.tree import Jacobian, Letter, Slope, Tree

Left: TypeAlias = Letter | Slope | Jacobian
"""What an equation is of."""


class Why(Enum):
    """Why a right side is equal to the left one."""

    WEIGHTED_SUM = "weighted sum"
    ACTIVATION = "activation"
    DROPOUT = "dropout"
    LOSS_SLOPE = "loss slope"
    ENTRIES = "entry by entry"
    JACOBIAN = "Jacobian"
    CHAIN = "chain rule"
    BACK = "through the weights"
    ACTIVATION_SLOPE = "activation slope"
    SIMPLIFIED = "simplified"
    GRADIENT = "gradient"


class Right(NamedTuple):
    """A right side, and why it holds."""

    tree: Tree
    why: Why


class Equation(NamedTuple):
    """A vector or matrix, and what it is equal to, line by line.

    Attributes:
        left: What is defined or derived.
        rights: What it is equal to; never empty.
        each: Whether it holds for each sample, in columns, where others hold for all samples at once.
    """

    left: Left
    rights: tuple[Right, ...]
    each: bool = False


class LayerForm(NamedTuple):
    """The equations of one layer.

    Attributes:
        number: Its number, 1 being the first with weights.
        parameters: The letters of its parameters.
        deltas: The letters of its deltas, once for each use and within it for each piece.
        forward: The forward pass, once for each use of the network.
        backward: The derivatives by its pre-activations, and what they need, once for each use.
        gradients: The derivatives by its parameters.
    """

    number: int
    parameters: tuple[Letter, ...]
    deltas: tuple[Letter, ...]
    forward: tuple[Equation, ...]
    backward: tuple[Equation, ...]
    gradients: tuple[Equation, ...]


class MatrixForm(NamedTuple):
    """A network and its gradient in matrices.

    Attributes:
        of: What is differentiated by the parameters.
        loss: The loss of one sample.
        samples: How many samples stand in the matrices.
        given: The letters of inputs and targets.
        layers: Each layer, first to last.
        inputs: The derivatives by the inputs, where they are wanted.
    """

    of: Symbol
    loss: Symbol
    samples: Expr
    given: tuple[Letter, ...]
    layers: tuple[LayerForm, ...]
    inputs: tuple[Equation, ...]

    @property
    def equations(self) -> Iterator[Equation]:
        """Every equation: forward from the first layer on, backward from the last, then the gradients."""
        yield from (equation for layer in self.layers for equation in layer.forward)
        yield from (equation for layer in reversed(self.layers) for equation in layer.backward)
        yield from (equation for layer in reversed(self.layers) for equation in layer.gradients)
        yield from self.inputs

"""The indexed equations of a network, and why each of their lines holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import product
from typing import NamedTuple

from sympy.core.expr import Expr

from symnet.algebra.indices import Index, Value, symbols_in
from symnet.algebra.nodes import Partial
from symnet.indexed.letters import IndexedLetters


class IndexedReason(Enum):
    """Why a right side is equal to the left one, or to the line before it."""

    DEFINITION = "definition"
    WEIGHTED_SUM = "weighted sum"
    ACTIVATION = "activation"
    DROPOUT = "dropout"
    LOSS_DERIVATIVE = "derivative of the loss"
    CHAIN = "chain rule"
    PATHS = "chain rule over all units"
    USES = "chain rule over all uses"
    LINEAR = "weighted sum linear"
    DERIVATIVE = "derivative of the activation"
    KRONECKER = "one term"
    JACOBIAN = "derivative of softmax"
    LARGEST = "derivative of maxout"
    CANCEL = "cancel"
    FACTOR = "factor"
    TARGETS = "targets sum to one"
    SIMPLIFY = "simplified"
    NO_PATH = "no path"
    LINEARITY = "differentiation is linear"
    PUT_IN = "put in"


class IndexedRight(NamedTuple):
    """A right side, and why it holds."""

    expression: Expr
    why: IndexedReason


class IndexedEquation(NamedTuple):
    """What something is equal to, line by line, for every value of the indices that stand in it.

    Attributes:
        left: What is defined or derived: a symbol or a partial derivative.
        rights: What it is equal to; never empty.
        over: The general indices for whose values it holds.
    """

    left: Expr
    rights: tuple[IndexedRight, ...]
    over: tuple[Index, ...]

    @property
    def wrt(self) -> Expr:
        """By what it is a derivative; of a definition, what it defines."""
        return self.left.wrt if isinstance(self.left, Partial) else self.left

    @property
    def everywhere(self) -> Iterator[Mapping[str, Value]]:
        """All values of its indices."""
        for values in product(*(index.values for index in self.over)):
            yield {index.name: value for index, value in zip(self.over, values, strict=True)}


class LayerRules(NamedTuple):
    """The equations of one layer.

    Attributes:
        number: Its number, 1 being the first with weights.
        forward: Pre-activations, activations, and these after dropout.
        local: The derivatives of its activations with respect to its pre-activations, where these are more than a
            function's own.
        backward: The derivatives of the loss with respect to the activations where they are cited, then by the
            pre-activations.
        gradients: The derivatives of the loss with respect to its parameters.
        objective: Those of the objective, where it is more than the loss.
    """

    number: int
    forward: tuple[IndexedEquation, ...]
    local: tuple[IndexedEquation, ...]
    backward: tuple[IndexedEquation, ...]
    gradients: tuple[IndexedEquation, ...]
    objective: tuple[IndexedEquation, ...]


class IndexedForm(NamedTuple):
    """A network and its derivatives with general indices.

    Attributes:
        letters: What the symbols with indices stand for.
        loss: The loss and what stands between it and the outputs.
        loss_derivatives: The derivatives of the loss with respect to that and with respect to the outputs.
        layers: The layers, first to last.
        inputs: The derivatives of the loss with respect to the inputs, where they are asked for.
        objective: The penalty and the objective, where there is more than the loss of one sample.
    """

    letters: IndexedLetters
    loss: tuple[IndexedEquation, ...]
    loss_derivatives: tuple[IndexedEquation, ...]
    layers: tuple[LayerRules, ...]
    inputs: tuple[IndexedEquation, ...]
    objective: tuple[IndexedEquation, ...]

    @property
    def equations(self) -> Iterator[IndexedEquation]:
        """All equations, each behind those on which it rests."""
        for layer in self.layers:
            yield from layer.forward
        yield from (*self.loss, *self.objective, *self.loss_derivatives)
        for layer in reversed(self.layers):
            yield from (*layer.local, *layer.backward, *layer.gradients, *layer.objective)
        yield from self.inputs

    @property
    def used(self) -> frozenset[str]:
        """The names of all indices that stand in an equation."""
        sides = {side for e in self.equations for side in (e.left, *(right.expression for right in e.rights))}
        symbols = {symbol for side in sides for symbol in symbols_in(side)}
        return frozenset(index.name for symbol in symbols for index in self.letters.vocabulary.indices_of(symbol))

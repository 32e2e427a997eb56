"""Recurrent layers and gated cells: what a step makes of its input and of the state that the step before left."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import S

from symnet.arrays.build import add, matmul, multiply, negative
from symnet.arrays.tree import ArrayTree, filled, made
from symnet.description.lowering.builder import ArrayBuilder, LayerError, Signal
from symnet.description.lowering.placed import Placed, Weighing
from symnet.quantity import Role

CELLS = ("lstm", "gru")
RESETS = ("before", "after")
"""Where a GRU puts its reset gate: before the product of the recurrent weights with the state, or after it."""


def recurrent(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, Weighing]:
    """Return the weighted sums of a recurrent layer, ``W x + U a + b`` with its activations of the step before."""
    _refuse_outside_time(builder, "recurrent")
    _refuse_space(fed, "recurrent")
    layer, units = placed.layer, placed.layer.units
    own = placed.weighing(builder, "w", (units, fed.tree.shape[-1]), (units,), role=Role.WEIGHT)
    path = ("recurrent_weights",)
    back = builder.parameter("u", placed.number, (units, units), path, frozen=layer.frozen)
    state = _before(builder, placed, "a" if layer.applies else "z", "state")
    terms = [matmul(own.weights, fed.tree), matmul(back, state)]
    return Signal(add(*terms, *([] if own.biases is None else [own.biases]))), own


def cell(builder: ArrayBuilder, placed: Placed, fed: Signal) -> tuple[Signal, None]:
    """Return the new state of a gated cell."""
    _refuse_outside_time(builder, "cell")
    _refuse_space(fed, "cell")
    layer = placed.layer
    if layer.applies:
        hint = "Its gates are sigmoids, its candidate is a tanh."
        raise LayerError(("activation",), f"an activation of a cell {layer.cell}", "none: a cell has its own", hint)
    if layer.tied is not None:
        raise LayerError(("tied",), "tied weights of a cell", "weights of its own")
    if layer.reset is not None and layer.cell != "gru":
        raise LayerError(("reset",), f"the key reset of a cell {layer.cell}", "no such key: it has no reset gate")
    make = _lstm if layer.cell == "lstm" else _gru
    return Signal(make(_Gates(builder, placed, fed.tree))), None


def _refuse_outside_time(builder: ArrayBuilder, key: str) -> None:
    if builder.step is None and builder.branch:
        raise LayerError((key,), "steps of time under a loss of triplets", "a loss of outputs and targets")


def _refuse_space(fed: Signal, key: str) -> None:
    if fed.space or len(fed.tree.shape) != 1:
        hint = "Put a layer {flatten: true} before it."
        raise LayerError((key,), "a recurrent layer behind feature maps", "a row of numbers before it", hint)


def _before(builder: ArrayBuilder, placed: Placed, letter: str, path: str) -> ArrayTree:
    """Return what the step before left: at the first step the start, and where the way back is cut a constant."""
    layer, number = placed.layer, placed.number
    step = 1 if builder.step is None else builder.step
    if step == 1:
        return builder.start(letter, number, (layer.units,), (path,))
    known = builder.earlier(letter, number, (layer.units,))
    cut = layer.truncate is not None and (step - 1) % layer.truncate == 0
    return builder.detached(known) if cut else known


class _Gates:
    """The gates of a cell at a step.

    Args:
        builder: What they are added to.
        placed: The layer.
        x: What feeds it.
    """

    def __init__(self, builder: ArrayBuilder, placed: Placed, x: ArrayTree) -> None:
        self.builder = builder
        self.placed = placed
        self.x = x
        self.state = _before(builder, placed, "a", "state")

    def parameter(self, letter: str, shape: tuple[int, ...], gate: str, key: str) -> ArrayTree:
        """Return parameters of a gate."""
        layer, number = self.placed.layer, self.placed.number
        group = "biases" if len(shape) == 1 else "weights"
        return self.builder.parameter(letter, number, shape, (gate, key), group, frozen=layer.frozen)  # type: ignore[arg-type]

    def from_input(self, letter: str, gate: str) -> list[ArrayTree]:
        """Return the terms of a sum that come from the input: ``W x`` and the bias."""
        units = self.placed.layer.units
        terms = [matmul(self.parameter(f"w{letter}", (units, self.x.shape[-1]), gate, "weights"), self.x)]
        if self.placed.layer.bias:
            terms.append(self.parameter(f"b{letter}", (units,), gate, "biases"))
        return terms

    def from_state(self, letter: str, gate: str, state: ArrayTree) -> ArrayTree:
        """Return the term of a sum that comes from the state: ``U h``."""
        units = self.placed.layer.units
        return matmul(self.parameter(f"u{letter}", (units, units), gate, "recurrent_weights"), state)

    def gate(
        self, letter: str, gate: str, terms: Sequence[ArrayTree] | None = None, function: str = "sigmoid"
    ) -> ArrayTree:
        """Return a gate: a function of its sum.

        Args:
            letter: The letter of the gate.
            gate: Its name, under which its parameters stand.
            terms: The terms of its sum, if not those of the input and the state.
            function: The function.
        """
        number = self.placed.number
        if terms is None:
            weighted, *biases = self.from_input(letter, gate)
            terms = [weighted, self.from_state(letter, gate, self.state), *biases]
        z = self.builder.node(f"z{letter}", number, add(*terms))
        return self.builder.node(f"a{letter}", number, made("function", z, option=function))


def _lstm(gates: _Gates) -> ArrayTree:
    """Return ``o ⊙ tanh(c)`` with the cell ``c = f ⊙ c' + i ⊙ g``."""
    forget, taken = gates.gate("f", "forget"), gates.gate("i", "input")
    candidate, output = gates.gate("g", "candidate", function="tanh"), gates.gate("o", "output")
    before = _before(gates.builder, gates.placed, "c", "cell_state")
    inside = gates.builder.node("c", gates.placed.number, add(multiply(forget, before), multiply(taken, candidate)))
    return multiply(output, made("function", inside, option="tanh"))


def _gru(gates: _Gates) -> ArrayTree:
    """Return ``(1 − z) ⊙ n + z ⊙ h'`` with the reset gate before or after the product with the state."""
    builder, number, units = gates.builder, gates.placed.number, gates.placed.layer.units
    reset, update = gates.gate("r", "reset"), gates.gate("z", "update")
    weighted, *biases = gates.from_input("n", "candidate")
    if gates.placed.layer.reset == "after":
        back = [gates.from_state("n", "candidate", gates.state)]
        if biases:
            back.append(gates.parameter("bun", (units,), "candidate", "recurrent_biases"))
        from_state = multiply(reset, builder.node("q", number, add(*back)))
    else:
        from_state = gates.from_state("n", "candidate", builder.node("s", number, multiply(reset, gates.state)))
    candidate = gates.gate("n", "candidate", [weighted, from_state, *biases], "tanh")
    rest = add(filled(S.One, (units,)), negative(update))
    return add(multiply(rest, candidate), multiply(update, gates.state))

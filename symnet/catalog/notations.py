"""The notations: how each role, function and sign is written, one entry each.

No printed name is spelt anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, Word
from symnet.quantity import Role


class Name(NamedTuple):
    """How one role is written.

    Attributes:
        letter: The letter.
        meaning: What the table of symbols says of it.
        mark: ``hat`` over it, or None.
        low: Which indices stand low, in this order: of ``unit`` and ``source``.
        layered: Whether the layer stands high, in brackets.
        bold: Whether the letter is bold, as that of a matrix or a vector.
    """

    letter: str
    meaning: tuple[str | Layout, ...]
    mark: str | None = None
    low: tuple[str, ...] = ()
    layered: bool = False
    bold: bool = False


class Notation(NamedTuple):
    """Everything that a sheet writes differently from course to course.

    Attributes:
        name: Its name in a description.
        summary: What it is, for ``symnet list``.
        names: How each role is written.
        functions: How a catalog activation is written when it is applied.
        logarithm: The natural logarithm.
        indicator: The indicator of a condition.
    """

    name: str
    summary: str
    names: Mapping[Role, Name]
    functions: Mapping[str, Layout]
    logarithm: Layout
    indicator: Layout


_BEFORE = Row((Glyph("ell"), Operator("-"), Number("1")))

NOTATIONS: Mapping[str, Notation] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Notation(
                name="standard",
                summary="z and a, weights by (to, from), layers high in brackets, deltas",
                names={
                    Role.INPUT: Name("x", ("given numbers",), low=("unit",)),
                    Role.WEIGHT: Name(
                        "w",
                        (
                            "from unit ",
                            Glyph("j"),
                            " of layer ",
                            _BEFORE,
                            " to unit ",
                            Glyph("i"),
                            " of layer ",
                            Glyph("ell"),
                        ),
                        low=("unit", "source"),
                        layered=True,
                    ),
                    Role.BIAS: Name(
                        "b", ("of unit ", Glyph("i"), " of layer ", Glyph("ell")), low=("unit",), layered=True
                    ),
                    Role.SHARED_BIAS: Name("b", ("one for all units of layer ", Glyph("ell")), layered=True),
                    Role.PRE_ACTIVATION: Name("z", ("weighted sum plus bias",), low=("unit",), layered=True),
                    Role.ACTIVATION: Name("a", ("the activation's value at ", Glyph("z")), low=("unit",), layered=True),
                    Role.OUTPUT: Name("y", ("activation of the last layer",), mark="hat", low=("unit",)),
                    Role.TARGET: Name("y", ("what the output should be",), low=("unit",)),
                    Role.LOSS: Name("L", ("what is differentiated",)),
                    Role.OBJECTIVE: Name("J", ("the loss over all samples",)),
                    Role.DELTA: Name(
                        "delta", ("slope of the loss by the pre-activation",), low=("unit",), layered=True
                    ),
                    Role.WEIGHT_MATRIX: Name("W", ("all weights of a layer",), layered=True, bold=True),
                    Role.BIAS_VECTOR: Name("b", ("all biases of a layer",), layered=True, bold=True),
                    Role.LEARNING_RATE: Name("eta", ("length of a training step",)),
                },
                functions={"sigmoid": Glyph("sigma"), "tanh": Word("tanh"), "relu": Word("ReLU")},
                logarithm=Word("ln"),
                indicator=Glyph("1", bold=True),
            ),
        )
    }
)

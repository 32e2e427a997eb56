"""The notations: how each role, function and sign is written, one entry each.

No printed name is spelt anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, Scripts, Word
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
        fixed: What always stands low behind the letter.
    """

    letter: str
    meaning: tuple[str | Layout, ...]
    mark: str | None = None
    low: tuple[str, ...] = ()
    layered: bool = False
    bold: bool = False
    fixed: str = ""


class Notation(NamedTuple):
    """Everything that a sheet writes differently from course to course.

    Attributes:
        name: Its name in a description.
        summary: What it is, for ``symnet list``.
        names: How each role is written.
        functions: How a function is written when it is applied, if not under its own name.
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
                    Role.DATA_LOSS: Name("L", ("the samples' losses together",), mark="bar"),
                    Role.DELTA: Name(
                        "delta", ("slope of the loss by the pre-activation",), low=("unit",), layered=True
                    ),
                    Role.WEIGHT_MATRIX: Name("W", ("all weights of a layer",), layered=True, bold=True),
                    Role.BIAS_VECTOR: Name("b", ("all biases of a layer",), layered=True, bold=True),
                    Role.LEARNING_RATE: Name("eta", ("length of a training step",)),
                    Role.SLOPE_PARAMETER: Name(
                        "alpha", ("learned slope of PReLU in layer ", Glyph("ell")), layered=True
                    ),
                    Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layered=True),
                    Role.PENALTY: Name("R", ("penalty on the parameters",)),
                    Role.NORM: Name("W", ("root of the sum of the squares",), layered=True, bold=True),
                    Role.STRENGTH: Name("lambda", ("strength of a penalty",)),
                    Role.MARGIN_NODE: Name("m", ("margin of class ", Glyph("i")), low=("unit",)),
                    Role.RIGHT_SCORE: Name("s", ("score of the right class",)),
                    Role.DISTANCE: Name("D", ("squared distance of the anchor to the positive or the negative",)),
                    Role.GRAPH: Name("q", ("node of the graph",)),
                    Role.VELOCITY: Name("v", ("velocity of a parameter",)),
                    Role.SQUARES: Name("s", ("sum or mean of the squared slopes so far",)),
                    Role.FIRST_MOMENT: Name("m", ("mean of the slopes so far",)),
                    Role.SECOND_MOMENT: Name("v", ("mean of the squared slopes so far",)),
                    Role.MOMENTUM: Name("mu", ("how much of the velocity is kept",)),
                    Role.BETA1: Name("beta", ("how much of the mean is kept",), fixed="1"),
                    Role.BETA2: Name("beta", ("how much of the mean of squares is kept",), fixed="2"),
                    Role.EPSILON: Name("epsilon", ("keeps the divisor from 0",)),
                    Role.DECAY: Name("kappa", ("decay of the learning rate",)),
                    Role.STEP: Name("t", ("number of the training step",)),
                    Role.SAMPLES: Name("m", ("number of samples",)),
                },
                functions={
                    "sigmoid": Glyph("sigma"),
                    "tanh": Word("tanh"),
                    "relu": Word("ReLU"),
                    "leaky_relu": Word("LReLU"),
                    "prelu": Word("PReLU"),
                    "elu": Word("ELU"),
                    "softplus": Word("softplus"),
                    "log2": Scripts(Word("log"), Number("2")),
                    "log10": Scripts(Word("log"), Number("10")),
                },
                logarithm=Word("ln"),
                indicator=Glyph("1", bold=True),
            ),
        )
    }
)

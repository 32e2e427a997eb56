"""The notations of the courses, one entry each.

No printed name is spelt anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.notation.model import Name, Notation, SampleMark
from symnet.quantity import Role

_LAYER = Glyph("ell")
_BEFORE = Row((_LAYER, Operator("-"), Number("1")))
_AFTER = Row((_LAYER, Operator("+"), Number("1")))
_I, _J, _K = Glyph("i"), Glyph("j"), Glyph("k")
_ONE = Row((Scripts(Glyph("x"), Number("0")), Operator("="), Number("1")))

_FUNCTIONS: Mapping[str, Layout] = MappingProxyType(
    {
        "sigmoid": Glyph("sigma"),
        "tanh": Word("tanh"),
        "relu": Word("ReLU"),
        "leaky_relu": Word("LReLU"),
        "prelu": Word("PReLU"),
        "elu": Word("ELU"),
        "softplus": Word("softplus"),
        "log2": Scripts(Word("log"), Number("2")),
        "log10": Scripts(Word("log"), Number("10")),
    }
)

_STANDARD: Mapping[Role, Name] = MappingProxyType(
    {
        Role.INPUT: Name("x", ("network input",), low=("unit",)),
        Role.WEIGHT: Name(
            "w",
            ("from unit ", _J, " of layer ", _BEFORE, " to unit ", _I, " of layer ", _LAYER),
            low=("unit", "source"),
            layer="always",
        ),
        Role.BIAS: Name("b", ("bias of unit ", _I, " in layer ", _LAYER), low=("unit",), layer="always"),
        Role.SHARED_BIAS: Name("b", ("one bias for all units in layer ", _LAYER), layer="always"),
        Role.PRE_ACTIVATION: Name("z", ("weighted sum plus bias",), low=("unit",), layer="always"),
        Role.ACTIVATION: Name(
            "a", ("output of the activation function at ", Glyph("z")), low=("unit",), layer="always"
        ),
        Role.OUTPUT: Name("y", ("network output",), mark="hat", low=("unit",)),
        Role.TARGET: Name("y", ("desired output",), low=("unit",)),
        Role.LOSS: Name("L", ("quantity being differentiated",)),
        Role.SAMPLE_LOSS: Name("L", ("per-sample loss",)),
        Role.OBJECTIVE: Name("J", ("loss over all samples",)),
        Role.DATA_LOSS: Name("L", ("combined loss of the samples",), mark="bar"),
        Role.DELTA: Name(
            "delta", ("derivative of the loss with respect to the pre-activation",), low=("unit",), layer="always"
        ),
        Role.LEARNING_RATE: Name("eta", ("learning rate",)),
        Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU in layer ", _LAYER), layer="always"),
        Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layer="always"),
        Role.PENALTY: Name("R", ("penalty on the parameters",)),
        Role.NORM: Name("W", ("root of the sum of the squares",), layer="always", bold=True),
        Role.STRENGTH: Name("lambda", ("strength of a penalty",)),
        Role.MARGIN_NODE: Name("m", ("margin of class ", _I), low=("unit",)),
        Role.RIGHT_SCORE: Name("s", ("score of the correct class",)),
        Role.DISTANCE: Name("D", ("squared distance of the anchor to the positive or the negative",)),
        Role.GRAPH: Name("q", ("node of the graph",)),
        Role.PARAMETERS: Name("theta", ("all parameters",), bold=True),
        Role.ONES: Name("1", ("column vector of ones",), bold=True),
        Role.VELOCITY: Name("v", ("velocity of a parameter",)),
        Role.SQUARES: Name("s", ("running sum (mean) of squared gradients",)),
        Role.FIRST_MOMENT: Name("m", ("running mean of the gradients",)),
        Role.SECOND_MOMENT: Name("v", ("running mean of the squared gradients",)),
        Role.MOMENTUM: Name("mu", ("momentum coefficient",)),
        Role.BETA1: Name("beta", ("decay rate of the first moment",), low=("1",)),
        Role.BETA2: Name("beta", ("decay rate of the second moment",), low=("2",)),
        Role.EPSILON: Name("epsilon", ("avoids division by zero",)),
        Role.DECAY: Name("kappa", ("decay of the learning rate",)),
        Role.STEP: Name("t", ("number of the training step",)),
        Role.SAMPLES: Name("m", ("number of samples",)),
    }
)


def _changed(names: Mapping[Role, Name], without: tuple[Role, ...] = ()) -> Mapping[Role, Name]:
    """Return the standard names with some of their own, in the standard order, and some left out."""
    return MappingProxyType({role: name for role, name in {**_STANDARD, **names}.items() if role not in without})


_CS349 = Notation(
    name="cs349",
    summary="letters by layer (x V q h W z p), weights by (from, to), samples in rows, derivatives written out",
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w", ("from unit ", _J, " to unit ", _K, " of its layer"), low=("source", "unit"), layer="always"
            ),
            Role.BIAS: Name("b", ("bias of unit ", _K, " in its layer"), low=("unit",), layer="letter"),
            Role.SHARED_BIAS: Name("b", ("one bias for all units in a layer",), layer="letter"),
            Role.PRE_ACTIVATION: Name("z", ("weighted sum of what feeds the unit",), low=("unit",), layer="always"),
            Role.ACTIVATION: Name("h", ("value of a hidden unit",), low=("unit",), layer="always"),
            Role.DROPPED: Name("d", ("value after dropout",), low=("unit",), layer="letter"),
            Role.PROBABILITY: Name("p", ("probability at the output",), low=("unit",)),
            Role.TARGET: Name("y", ("label",), low=("unit",)),
            Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU",), layer="letter"),
            Role.MARGIN_NODE: Name("c", ("margin of class ", _K), low=("unit",)),
            Role.VELOCITY: Name("m", ("velocity of a parameter",)),
            Role.SECOND_MOMENT: Name("s", ("running mean of the squared gradients",)),
            Role.SAMPLES: Name("n", ("number of samples",)),
        },
        without=(Role.DELTA,),
    ),
    functions=_FUNCTIONS,
    by_layer=(
        {Role.WEIGHT: "w", Role.PRE_ACTIVATION: "z", Role.ACTIVATION: "f"},
        {Role.WEIGHT: "v", Role.PRE_ACTIVATION: "q", Role.ACTIVATION: "h"},
        {Role.WEIGHT: "u", Role.PRE_ACTIVATION: "r", Role.ACTIVATION: "g"},
    ),
    splits="cases",
    updated="gets",
    indices=("k", "j"),
    rows=True,
)

_BISHOP = Notation(
    name="bishop",
    summary="a before and z after the activation, outputs y, targets t, weights by (to, from), deltas, E",
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w",
                ("from unit ", _I, " of layer ", _BEFORE, " to unit ", _J, " of layer ", _LAYER),
                low=("unit", "source"),
                layer="always",
            ),
            Role.BIAS: Name(
                "w",
                ("bias of unit ", _J, " in layer ", _LAYER, ", the weight of ", _ONE),
                low=("unit", "0"),
                layer="always",
            ),
            Role.SHARED_BIAS: Name("w", ("one bias for all units in layer ", _LAYER), low=("0",), layer="always"),
            Role.PRE_ACTIVATION: Name("a", ("weighted sum plus bias",), low=("unit",), layer="several"),
            Role.ACTIVATION: Name(
                "z", ("output of the activation function at ", Glyph("a")), low=("unit",), layer="several"
            ),
            Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layer="several"),
            Role.OUTPUT: Name("y", ("output",), low=("unit",)),
            Role.TARGET: Name("t", ("target",), low=("unit",)),
            Role.LOSS: Name("E", ("error of the sample",), low=("n",), sampled=False),
            Role.SAMPLE_LOSS: Name("E", ("error of sample ", Glyph("n")), low=("n",), sampled=False),
            Role.OBJECTIVE: Name("E", ("error over all samples",)),
            Role.DATA_LOSS: Name("E", ("combined error of the samples",), low=("D",)),
            Role.PENALTY: Name("E", ("penalty on the parameters",), low=("W",)),
            Role.DELTA: Name(
                "delta", ("derivative of the error with respect to the pre-activation",), low=("unit",), layer="several"
            ),
            Role.PARAMETERS: Name("w", ("all parameters",), bold=True),
            Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU in layer ", _LAYER), layer="several"),
            Role.STEP: Name("tau", ("number of the training step",)),
            Role.SAMPLES: Name("N", ("number of samples",)),
        }
    ),
    functions=_FUNCTIONS,
    splits="cases",
    sample=SampleMark("n", high=False, left="", right=""),
    updated="tau",
    indices=("j", "i"),
    trained="all",
)

_INF2008 = Notation(
    name="inf2008",
    summary="Z = A W^T + iota b^T with samples in rows, targets t, probabilities p, learning rate lambda, momentum mu",
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w", ("to unit ", _I, " from unit ", _J, " before it"), low=("unit", "source"), layer="several"
            ),
            Role.BIAS: Name("b", ("bias of unit ", _I), low=("unit",), layer="several"),
            Role.SHARED_BIAS: Name("b", ("one bias for all units in a layer",), layer="several"),
            Role.PRE_ACTIVATION: Name("z", ("weighted sum plus bias",), low=("unit",), layer="several"),
            Role.ACTIVATION: Name(
                "a", ("output of the activation function at ", Glyph("z")), low=("unit",), layer="several"
            ),
            Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layer="several"),
            Role.OUTPUT: Name("y", ("output",), low=("unit",)),
            Role.PROBABILITY: Name("p", ("probability at the output",), low=("unit",)),
            Role.TARGET: Name("t", ("target",), low=("unit",)),
            Role.ONES: Name("iota", ("column vector of ones",), bold=True),
            Role.LEARNING_RATE: Name("lambda", ("learning rate",)),
            Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU",), layer="several"),
            Role.STEP: Name("k", ("number of the training step",)),
        },
        without=(Role.DELTA,),
    ),
    functions=_FUNCTIONS,
    logarithm=Word("log"),
    splits="cases",
    sample=SampleMark("n", high=False, left="", right=""),
    updated="gets",
    rows=True,
    trained="matrix",
)

_LEAVING: tuple[str | Layout, ...] = ("from unit ", _I, " of layer ", _LAYER, " to unit ", _J, " of layer ", _AFTER)
_OF_ONE: tuple[str | Layout, ...] = ("bias of unit ", _J, " in layer ", _AFTER, ", the weight of ", _ONE)

_CS4045 = Notation(
    name="cs4045",
    summary="weights theta numbered by the layer they leave, inputs are layer 1, J(theta), derivatives written out",
    names=_changed(
        {
            Role.INPUT: Name("x", ("network input, the activations of layer 1",), low=("unit",)),
            Role.WEIGHT: Name("theta", _LEAVING, low=("unit", "source"), layer="always"),
            Role.BIAS: Name("theta", _OF_ONE, low=("unit", "0"), layer="always"),
            Role.SHARED_BIAS: Name("theta", ("one bias for all units in layer ", _AFTER), low=("0",), layer="always"),
            Role.PRE_ACTIVATION: Name("z", ("weighted sum plus bias",), low=("unit",), layer="always", first=2),
            Role.ACTIVATION: Name(
                "a", ("output of the activation function at ", Glyph("z")), low=("unit",), layer="always", first=2
            ),
            Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layer="always", first=2),
            Role.OUTPUT: Name("a", ("network output",), low=("unit",), layer="always", first=2),
            Role.LOSS: Name("J", ("the cost, the quantity being differentiated",)),
            Role.SAMPLE_LOSS: Name("L", ("per-sample loss",)),
            Role.OBJECTIVE: Name("J", ("cost over all samples",)),
            Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU in layer ", _LAYER), layer="always", first=2),
            Role.STEP: Name("k", ("number of the training step",)),
        },
        without=(Role.DELTA,),
    ),
    functions=_FUNCTIONS,
    logarithm=Word("log"),
    splits="cases",
    updated="t",
    indices=("j", "i"),
    trained="all",
    arguments=MappingProxyType({Role.LOSS: (Role.PARAMETERS,), Role.OBJECTIVE: (Role.PARAMETERS,)}),
)

_EECS445 = Notation(
    name="eecs445",
    summary="z and h, weights numbered by the layer they leave, inputs are layer 1, indicator, Loss(y, z), J(theta)",
    names=_changed(
        {
            Role.WEIGHT: Name("w", _LEAVING, low=("unit", "source"), layer="several"),
            Role.BIAS: Name("w", _OF_ONE, low=("unit", "0"), layer="several"),
            Role.SHARED_BIAS: Name("w", ("one bias for all units in layer ", _AFTER), low=("0",), layer="several"),
            Role.PRE_ACTIVATION: Name("z", ("weighted sum plus bias",), low=("unit",), layer="always", first=2),
            Role.ACTIVATION: Name(
                "h", ("output of the activation function at ", Glyph("z")), low=("unit",), layer="always", first=2
            ),
            Role.DROPPED: Name("d", ("activation after dropout",), low=("unit",), layer="always", first=2),
            Role.SCORE: Name("z", ("network output, without activation",), low=("unit",)),
            Role.LOSS: Name("Loss", ("quantity being differentiated",), upright=True),
            Role.SAMPLE_LOSS: Name("Loss", ("per-sample loss",), upright=True),
            Role.PARAMETERS: Name("theta", ("all parameters",), mark="bar"),
            Role.SLOPE_PARAMETER: Name("alpha", ("learned slope of PReLU in layer ", _LAYER), layer="always", first=2),
            Role.SAMPLES: Name("n", ("number of samples",)),
        },
        without=(Role.DELTA,),
    ),
    functions=_FUNCTIONS,
    indicator=Glyph("indicator"),
    splits="indicator",
    updated="k",
    indices=("j", "i"),
    vectors="bar",
    trained="all",
    arguments=MappingProxyType(
        {
            Role.LOSS: (Role.TARGET, Role.OUTPUT),
            Role.SAMPLE_LOSS: (Role.TARGET, Role.OUTPUT),
            Role.OBJECTIVE: (Role.PARAMETERS,),
        }
    ),
)

NOTATIONS: Mapping[str, Notation] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Notation(
                name="standard",
                summary="z and a, weights by (to, from), layers high in brackets, deltas",
                names=_STANDARD,
                functions=_FUNCTIONS,
                sample=SampleMark("i", left="[", right="]"),
            ),
            _CS349,
            _BISHOP,
            _INF2008,
            _CS4045,
            _EECS445,
        )
    }
)

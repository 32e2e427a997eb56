"""The notations of the courses, one entry each.

No printed name is spelt anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symnet.document import Sentence
from symnet.layout.tree import Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.notation.model import Name, Notation, SampleMark
from symnet.quantity import Role

_LAYER = Glyph("ell")
_BEFORE = Row((_LAYER, Operator("-"), Number("1")))
_AFTER = Row((_LAYER, Operator("+"), Number("1")))
_I, _J, _K = Glyph("i"), Glyph("j"), Glyph("k")
_ONE = Row((Scripts(Glyph("x"), Number("0")), Operator("="), Number("1")))


_WEIGHTED_SUM = Sentence("meaning.weighted_sum_plus_bias")
_ONE_BIAS, _ONE_BIAS_AFTER = (Sentence("meaning.shared_bias_of_layer", {"layer": layer}) for layer in (_LAYER, _AFTER))
_LEARNED_SLOPE = Sentence("meaning.slope_of_layer", {"layer": _LAYER})


def _from_to(source: Layout, leaves: Layout, unit: Layout, enters: Layout) -> Sentence:
    """Return what a weight is that leads from a unit of one layer to a unit of another."""
    return Sentence("meaning.weight", {"source": source, "leaves": leaves, "unit": unit, "enters": enters})


_FUNCTIONS: Mapping[str, Layout] = MappingProxyType(
    {
        "sigmoid": Glyph("sigma"),
        "tanh": Word("tanh"),
        "relu": Word("ReLU"),
        "leaky_relu": Word("LReLU"),
        "prelu": Word("PReLU"),
        "elu": Word("ELU"),
        "softplus": Word("softplus"),
        "gelu": Word("GELU"),
        "silu": Word("SiLU"),
        "mish": Word("mish"),
        "softsign": Word("softsign"),
        "hard_sigmoid": Word("hardsigmoid"),
        "hard_tanh": Word("hardtanh"),
        "selu": Word("SELU"),
        "log_sigmoid": Word("logsigmoid"),
        "gaussian": Word("gauss"),
        "log2": Scripts(Word("log"), Number("2")),
        "log10": Scripts(Word("log"), Number("10")),
    }
)

_STANDARD: Mapping[Role, Name] = MappingProxyType(
    {
        Role.INPUT: Name("x", Sentence("meaning.input"), low=("unit",)),
        Role.WEIGHT: Name(
            "w",
            _from_to(_J, _BEFORE, _I, _LAYER),
            low=("unit", "source"),
            layer="always",
        ),
        Role.BIAS: Name("b", Sentence("meaning.bias", {"unit": _I, "layer": _LAYER}), low=("unit",), layer="always"),
        Role.SHARED_BIAS: Name("b", _ONE_BIAS, layer="always"),
        Role.PRE_ACTIVATION: Name("z", _WEIGHTED_SUM, low=("unit",), layer="always"),
        Role.ACTIVATION: Name(
            "a", Sentence("meaning.activation", {"argument": Glyph("z")}), low=("unit",), layer="always"
        ),
        Role.OUTPUT: Name("y", Sentence("meaning.output"), mark="hat", low=("unit",)),
        Role.TARGET: Name("y", Sentence("meaning.target"), low=("unit",)),
        Role.SAMPLE_WEIGHT: Name("omega", Sentence("meaning.sample_weight")),
        Role.LOSS: Name("L", Sentence("meaning.loss")),
        Role.SAMPLE_LOSS: Name("L", Sentence("meaning.sample_loss")),
        Role.OBJECTIVE: Name("J", Sentence("meaning.objective")),
        Role.DATA_LOSS: Name("L", Sentence("meaning.data_loss"), mark="bar"),
        Role.DELTA: Name("delta", Sentence("meaning.delta"), low=("unit",), layer="always"),
        Role.LEARNING_RATE: Name("eta", Sentence("meaning.learning_rate")),
        Role.SLOPE_PARAMETER: Name("alpha", _LEARNED_SLOPE, layer="always"),
        Role.DROPPED: Name("d", Sentence("meaning.dropped"), low=("unit",), layer="always"),
        Role.PENALTY: Name("R", Sentence("meaning.penalty")),
        Role.NORM: Name("W", Sentence("meaning.norm"), layer="always", bold=True),
        Role.STRENGTH: Name("lambda", Sentence("meaning.strength")),
        Role.MARGIN_NODE: Name("m", Sentence("meaning.margin", {"unit": _I}), low=("unit",)),
        Role.RIGHT_SCORE: Name("s", Sentence("meaning.right_score")),
        Role.DISTANCE: Name("D", Sentence("meaning.distance")),
        Role.GRAPH: Name("q", Sentence("meaning.node")),
        Role.PARAMETERS: Name("theta", Sentence("meaning.parameters"), bold=True),
        Role.ONES: Name("1", Sentence("meaning.ones"), bold=True),
        Role.VELOCITY: Name("v", Sentence("meaning.velocity")),
        Role.SQUARES: Name("s", Sentence("meaning.squares")),
        Role.FIRST_MOMENT: Name("m", Sentence("meaning.first_moment")),
        Role.SECOND_MOMENT: Name("v", Sentence("meaning.second_moment")),
        Role.LARGEST: Name("u", Sentence("meaning.largest")),
        Role.CHANGES: Name("u", Sentence("meaning.changes")),
        Role.NORMALIZER: Name("c", Sentence("meaning.normalizer")),
        Role.INTERPOLATED: Name("c", Sentence("meaning.interpolated")),
        Role.MOMENTUM: Name("mu", Sentence("meaning.momentum")),
        Role.BETA1: Name("beta", Sentence("meaning.beta1"), low=("1",)),
        Role.BETA2: Name("beta", Sentence("meaning.beta2"), low=("2",)),
        Role.EPSILON: Name("epsilon", Sentence("meaning.epsilon")),
        Role.DECAY: Name("kappa", Sentence("meaning.decay")),
        Role.WEIGHT_DECAY: Name("lambda", Sentence("meaning.weight_decay")),
        Role.MOMENTUM_DECAY: Name("psi", Sentence("meaning.momentum_decay")),
        Role.DAMPING: Name("lambda", Sentence("meaning.damping")),
        Role.STEP: Name("t", Sentence("meaning.step")),
        Role.SAMPLES: Name("m", Sentence("meaning.samples")),
    }
)


def _changed(names: Mapping[Role, Name], without: tuple[Role, ...] = ()) -> Mapping[Role, Name]:
    """Return the standard names with some of their own, in the standard order, and some left out."""
    return MappingProxyType({role: name for role, name in {**_STANDARD, **names}.items() if role not in without})


_CS349 = Notation(
    name="cs349",
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w",
                Sentence("meaning.weight_of_its_layer", {"source": _J, "unit": _K}),
                low=("source", "unit"),
                layer="always",
            ),
            Role.BIAS: Name("b", Sentence("meaning.bias_in_its_layer", {"unit": _K}), low=("unit",), layer="letter"),
            Role.SHARED_BIAS: Name("b", Sentence("meaning.shared_bias"), layer="letter"),
            Role.PRE_ACTIVATION: Name("z", Sentence("meaning.weighted_sum_of_feeds"), low=("unit",), layer="always"),
            Role.ACTIVATION: Name("h", Sentence("meaning.hidden_value"), low=("unit",), layer="always"),
            Role.DROPPED: Name("d", Sentence("meaning.value_after_dropout"), low=("unit",), layer="letter"),
            Role.PROBABILITY: Name("p", Sentence("meaning.probability"), low=("unit",)),
            Role.TARGET: Name("y", Sentence("meaning.label"), low=("unit",)),
            Role.SLOPE_PARAMETER: Name("alpha", Sentence("meaning.slope"), layer="letter"),
            Role.MARGIN_NODE: Name("c", Sentence("meaning.margin", {"unit": _K}), low=("unit",)),
            Role.VELOCITY: Name("m", Sentence("meaning.velocity")),
            Role.SECOND_MOMENT: Name("s", Sentence("meaning.second_moment")),
            Role.LARGEST: Name("a", Sentence("meaning.largest")),
            Role.CHANGES: Name("a", Sentence("meaning.changes")),
            Role.SAMPLES: Name("n", Sentence("meaning.samples")),
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
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w",
                _from_to(_I, _BEFORE, _J, _LAYER),
                low=("unit", "source"),
                layer="always",
            ),
            Role.BIAS: Name(
                "w",
                Sentence("meaning.bias_of_one", {"unit": _J, "layer": _LAYER, "one": _ONE}),
                low=("unit", "0"),
                layer="always",
            ),
            Role.SHARED_BIAS: Name("w", _ONE_BIAS, low=("0",), layer="always"),
            Role.PRE_ACTIVATION: Name("a", _WEIGHTED_SUM, low=("unit",), layer="several"),
            Role.ACTIVATION: Name(
                "z", Sentence("meaning.activation", {"argument": Glyph("a")}), low=("unit",), layer="several"
            ),
            Role.DROPPED: Name("d", Sentence("meaning.dropped"), low=("unit",), layer="several"),
            Role.OUTPUT: Name("y", Sentence("meaning.plain_output"), low=("unit",)),
            Role.TARGET: Name("t", Sentence("meaning.plain_target"), low=("unit",)),
            Role.LOSS: Name("E", Sentence("meaning.error"), low=("n",), sampled=False),
            Role.SAMPLE_LOSS: Name(
                "E", Sentence("meaning.sample_error", {"sample": Glyph("n")}), low=("n",), sampled=False
            ),
            Role.OBJECTIVE: Name("E", Sentence("meaning.error_objective")),
            Role.DATA_LOSS: Name("E", Sentence("meaning.data_error"), low=("D",)),
            Role.PENALTY: Name("E", Sentence("meaning.penalty"), low=("W",)),
            Role.DELTA: Name("delta", Sentence("meaning.error_delta"), low=("unit",), layer="several"),
            Role.PARAMETERS: Name("w", Sentence("meaning.parameters"), bold=True),
            Role.SLOPE_PARAMETER: Name("alpha", _LEARNED_SLOPE, layer="several"),
            Role.STEP: Name("tau", Sentence("meaning.step")),
            Role.SAMPLES: Name("N", Sentence("meaning.samples")),
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
    names=_changed(
        {
            Role.WEIGHT: Name(
                "w",
                Sentence("meaning.weight_from_before", {"unit": _I, "source": _J}),
                low=("unit", "source"),
                layer="several",
            ),
            Role.BIAS: Name("b", Sentence("meaning.bias_of_unit", {"unit": _I}), low=("unit",), layer="several"),
            Role.SHARED_BIAS: Name("b", Sentence("meaning.shared_bias"), layer="several"),
            Role.PRE_ACTIVATION: Name("z", _WEIGHTED_SUM, low=("unit",), layer="several"),
            Role.ACTIVATION: Name(
                "a", Sentence("meaning.activation", {"argument": Glyph("z")}), low=("unit",), layer="several"
            ),
            Role.DROPPED: Name("d", Sentence("meaning.dropped"), low=("unit",), layer="several"),
            Role.OUTPUT: Name("y", Sentence("meaning.plain_output"), low=("unit",)),
            Role.PROBABILITY: Name("p", Sentence("meaning.probability"), low=("unit",)),
            Role.TARGET: Name("t", Sentence("meaning.plain_target"), low=("unit",)),
            Role.ONES: Name("iota", Sentence("meaning.ones"), bold=True),
            Role.LEARNING_RATE: Name("lambda", Sentence("meaning.learning_rate")),
            Role.WEIGHT_DECAY: Name("omega", Sentence("meaning.weight_decay")),
            Role.DAMPING: Name("omega", Sentence("meaning.damping")),
            Role.SAMPLE_WEIGHT: Name("rho", Sentence("meaning.sample_weight")),
            Role.SLOPE_PARAMETER: Name("alpha", Sentence("meaning.slope"), layer="several"),
            Role.STEP: Name("k", Sentence("meaning.step")),
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

_LEAVING = _from_to(_I, _LAYER, _J, _AFTER)
_OF_ONE = Sentence("meaning.bias_of_one", {"unit": _J, "layer": _AFTER, "one": _ONE})

_CS4045 = Notation(
    name="cs4045",
    names=_changed(
        {
            Role.INPUT: Name("x", Sentence("meaning.input_as_layer_1"), low=("unit",)),
            Role.WEIGHT: Name("theta", _LEAVING, low=("unit", "source"), layer="always"),
            Role.BIAS: Name("theta", _OF_ONE, low=("unit", "0"), layer="always"),
            Role.SHARED_BIAS: Name("theta", _ONE_BIAS_AFTER, low=("0",), layer="always"),
            Role.PRE_ACTIVATION: Name("z", _WEIGHTED_SUM, low=("unit",), layer="always", first=2),
            Role.ACTIVATION: Name(
                "a", Sentence("meaning.activation", {"argument": Glyph("z")}), low=("unit",), layer="always", first=2
            ),
            Role.DROPPED: Name("d", Sentence("meaning.dropped"), low=("unit",), layer="always", first=2),
            Role.OUTPUT: Name("a", Sentence("meaning.output"), low=("unit",), layer="always", first=2),
            Role.LOSS: Name("J", Sentence("meaning.cost")),
            Role.SAMPLE_LOSS: Name("L", Sentence("meaning.sample_loss")),
            Role.OBJECTIVE: Name("J", Sentence("meaning.cost_objective")),
            Role.SLOPE_PARAMETER: Name("alpha", _LEARNED_SLOPE, layer="always", first=2),
            Role.STEP: Name("k", Sentence("meaning.step")),
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
    names=_changed(
        {
            Role.WEIGHT: Name("w", _LEAVING, low=("unit", "source"), layer="several"),
            Role.BIAS: Name("w", _OF_ONE, low=("unit", "0"), layer="several"),
            Role.SHARED_BIAS: Name("w", _ONE_BIAS_AFTER, low=("0",), layer="several"),
            Role.PRE_ACTIVATION: Name("z", _WEIGHTED_SUM, low=("unit",), layer="always", first=2),
            Role.ACTIVATION: Name(
                "h", Sentence("meaning.activation", {"argument": Glyph("z")}), low=("unit",), layer="always", first=2
            ),
            Role.DROPPED: Name("d", Sentence("meaning.dropped"), low=("unit",), layer="always", first=2),
            Role.SCORE: Name("z", Sentence("meaning.score"), low=("unit",)),
            Role.LOSS: Name("Loss", Sentence("meaning.loss"), upright=True),
            Role.SAMPLE_LOSS: Name("Loss", Sentence("meaning.sample_loss"), upright=True),
            Role.PARAMETERS: Name("theta", Sentence("meaning.parameters"), mark="bar"),
            Role.SLOPE_PARAMETER: Name("alpha", _LEARNED_SLOPE, layer="always", first=2),
            Role.SAMPLES: Name("n", Sentence("meaning.samples")),
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

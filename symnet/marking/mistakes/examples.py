"""An example of each mistake, worked out from small exercises: no wrong number is typed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

import mpmath
from sympy import Rational

from symnet.arithmetic.real import Value
from symnet.document import Inline
from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.marking.mistakes.search import Catalogue, as_updated, at_data, is_close
from symnet.marking.records import Answer, Figures, Target, TypedAnswer
from symnet.marking.slips import NAMES as SLIPS
from symnet.marking.trained import trained_target
from symnet.marking.truth import Truth
from symnet.pipeline import solve

NAMES: tuple[str, ...] = (
    *(row.name for row in LAST),
    *(row.name for row in MADE),
    *(row.name for row in OWN),
    *SLIPS,
)
"""The names of all mistakes."""

_DIGITS = 6


class MistakeExample(NamedTuple):
    """A wrong answer of which the mistake is named first.

    Attributes:
        name: The mistake.
        exercise: The number of the exercise.
        left: What was asked, by its id.
        wrong: The wrong answer.
        right: The right one, to as many digits.
        says: What is said of it.
    """

    name: str
    exercise: int
    left: str
    wrong: str
    right: str
    says: Inline


def _layers(inputs: int, *layers: tuple[int, str], **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a description
    return {"inputs": inputs, "layers": [{"units": units, "activation": name} for units, name in layers], **more}


def _graph(nodes: Mapping[str, str], at: Mapping[str, str]) -> Mapping[str, Any]:
    graph = {"inputs": list(at), "nodes": dict(nodes), "output": list(nodes)[-1]}
    return {"graph": graph, "at": dict(at)}


def _arrays(nodes: Mapping[str, str], at: Mapping[str, Sequence[Any]]) -> Mapping[str, Any]:
    shapes = {
        name: [len(value), len(value[0])] if isinstance(value[0], list) else [len(value)] for name, value in at.items()
    }
    graph = {"inputs": shapes, "nodes": dict(nodes), "output": list(nodes)[-1]}
    return {"graph": graph, "at": dict(at)}


_FIRST = {"weights": [["0.31", "-0.47"], ["0.83", "0.59"]], "biases": ["0.23", "-0.37"]}
_SECOND = {"weights": [["0.71", "-0.53"], ["0.29", "0.97"]], "biases": ["0.19", "-0.41"]}
_ONE = {"inputs": [["0.61", "1.37"]], "targets": [["0.27", "0.91"]]}
_CLASS = {"inputs": [["0.61", "1.37"]], "targets": [[0, 1]]}
_SGD = {"optimizer": "sgd", "learning_rate": "0.3"}
_WIDE = {"weights": [["0.71", "-0.53"], ["0.29", "0.97"], ["-0.33", "0.43"]], "biases": ["0.19", "-0.41", "0.11"]}
_NEURON = _layers(
    1,
    (1, "identity"),
    loss="squared_error",
    data={"inputs": [["2.3"], ["0.7"], ["-1.1"]], "targets": [["1.9"], ["0.4"], ["1.3"]]},
    parameters=[{"weights": [["0.57"]], "biases": ["0.13"]}],
)


def _trained(optimizer: str, **options: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what a description holds
    return {**_NEURON, "training": {"optimizer": optimizer, "learning_rate": "0.3", **options}}


_HINGE = {"inputs": [["0.61", "1.37"]], "targets": [[1]]}

_QUARTIC = _graph({"u": "x - y", "f": "u^4 + x^2 + 2*y^2"}, {"x": "1", "y": "-1"})

EXERCISES: Sequence[Mapping[str, Any]] = (
    _layers(
        2, (2, "tanh"), (2, "sigmoid"), loss="squared_error", data=_ONE, parameters=[_FIRST, _SECOND], training=_SGD
    ),
    _layers(2, (2, "relu"), (2, "sigmoid"), loss="binary_cross_entropy", data=_ONE, parameters=[_FIRST, _SECOND]),
    _layers(
        2,
        (2, "sigmoid"),
        (3, "softmax"),
        loss="categorical_cross_entropy",
        data={"inputs": [["0.61", "1.37"]], "targets": [[0, 1, 0]]},
        parameters=[_FIRST, _WIDE],
    ),
    _layers(
        2,
        (3, "softmax"),
        loss="binary_cross_entropy",
        data={"inputs": [["0.61", "1.37"]], "targets": [["0.2", "0.5", "0.3"]]},
        parameters=[_WIDE],
    ),
    _layers(
        2,
        (1, "identity"),
        loss="hinge",
        data=_HINGE,
        parameters=[{"weights": [["0.31", "0.17"]], "biases": ["0.23"]}],
    ),
    _layers(
        2,
        (1, "identity"),
        loss="hinge",
        data=_HINGE,
        parameters=[{"weights": [["1.31", "0.87"]], "biases": ["0.23"]}],
    ),
    _layers(
        1,
        (4, "identity"),
        loss="multiclass_hinge",
        data={"inputs": [["1.37"]], "targets": [[0, 1, 0, 0]]},
        parameters=[{"weights": [["0.71"], ["0.29"], ["0.33"], ["-0.87"]], "biases": ["0.1", "0.2", "0.3", "-0.4"]}],
    ),
    _layers(
        2,
        (2, "relu"),
        (1, "identity"),
        loss="squared_error",
        data={
            "inputs": [["0.61", "1.37"], ["-0.83", "1.19"], ["0.43", "0.29"]],
            "targets": [["0.27"], ["0.91"], ["0.53"]],
        },
        parameters=[
            {"weights": [["0.31", "0.47"], ["0.83", "0.59"]], "biases": ["0.23", "0.37"]},
            {"weights": [["0.71", "-0.53"]], "biases": ["0.19"]},
        ],
    ),
    {**_NEURON, "regularization": [{"kind": "l1", "strength": "0.1"}, {"kind": "l2", "strength": "0.05"}]},
    {
        **_layers(
            2,
            (1, "identity"),
            loss="squared_error",
            data={"inputs": [["2.3", "0.9"], ["0.7", "-1.6"]], "targets": [["1.9"], ["0.4"]]},
            parameters=[{"weights": [["-0.57", "0.83"]], "biases": ["0.13"]}],
        ),
        "regularization": [{"kind": "l1", "strength": "0.1"}, {"kind": "l2", "strength": "0.05"}],
        "training": _SGD,
    },
    {**_NEURON, "reduction": "sum"},
    {**_NEURON, "reduction": "weighted_mean", "data": {**_NEURON["data"], "weights": ["0.7", "2.1", "1.6"]}},
    _layers(
        1,
        (3, "softmax"),
        loss={"kind": "categorical_cross_entropy", "class_weights": ["1.7", "0.6", "2.9"]},
        data={"inputs": [["1.37"]], "targets": [[0, 1, 0]]},
        parameters=[{"weights": [["0.71"], ["0.29"], ["-0.33"]], "biases": ["0.1", "0.2", "-0.4"]}],
    ),
    _trained("adam", epsilon="0.1"),
    _trained("momentum", state={"velocity": {"w1_1_1": "0.7", "b1_1": "0.2"}}),
    _trained("ema_momentum", state={"velocity": {"w1_1_1": "0.7", "b1_1": "0.2"}}),
    _graph({"u": "x^3 + 5*x + 2", "v": "u^2 + sin(3*x)", "f": "v*y + u"}, {"x": "0.7", "y": "1.3"}),
    _graph({"f": "x*y + (x^2 + 1)/(3*x + y) + (x^2 + 2)*(x^3 + 1)"}, {"x": "0.7", "y": "1.3"}),
    _graph({"f": "y + x^2*exp(2*x)*y - 3/(x + 2*y)"}, {"x": "0.7", "y": "1.3"}),
    _graph({"r": "sqrt(x^2 + y^2)", "f": "r*ln(3*y) + x"}, {"x": "-0.7", "y": "1.3"}),
    _graph({"a": "tanh(w*x)", "b": "sigmoid(w*a + x)", "f": "(b - y)^2 + w*a"}, {"x": "0.7", "y": "1.3", "w": "0.4"}),
    _arrays(
        {
            "A": "softmax(Q @ K' / sqrt(2))",
            "O": "A @ V + b",
            "m": "mean(O, axis=0)",
            "L": "sum((O - m)^2) + sum(Q * V)",
        },
        {
            "Q": [["0.61", "-0.37"], ["0.83", "1.19"]],
            "K": [["0.43", "0.29"], ["-0.71", "0.97"]],
            "V": [["1.37", "0.53"], ["-0.19", "0.67"]],
            "b": ["0.23", "-0.41"],
        },
    ),
    _arrays(
        {"Z": "conv2d(X, K)", "L": "sum(Z^2)"},
        {
            "X": [["0.61", "-0.37", "0.83"], ["1.19", "0.43", "0.29"], ["-0.71", "0.97", "1.37"]],
            "K": [["0.53", "-0.19"], ["0.67", "0.23"]],
        },
    ),
    _arrays(
        {"P": "maxpool(X, 2, stride=1)", "L": "sum(P^2)"},
        {"X": [["0.61", "-0.37", "0.83"], ["1.19", "0.43", "0.29"], ["-0.71", "0.97", "1.37"]]},
    ),
    _trained("adam", epsilon="0.1", steps="2"),
    _arrays({"H": "where(X > 1, X^2, 3*X)", "L": "sum(H)^2"}, {"X": ["1.7", "0.4", "2.3", "-0.6"]}),
    {**_QUARTIC, "training": {"optimizer": "newton"}},
    {**_QUARTIC, "training": {"optimizer": "newton", "damping": 4}},
)
"""Small exercises in which each mistake can be made."""


class _ExampleQuestion(NamedTuple):
    """What is asked in an exercise, and the right number."""

    exercise: int
    catalogue: Catalogue
    target: Target
    right: Value


def examples() -> Mapping[str, MistakeExample]:
    """Return an example of each mistake, in the order of the table."""
    found: dict[str, MistakeExample] = {}
    for number, description in enumerate(EXERCISES):
        worked = solve(description)
        catalogue = Catalogue(Truth(worked, worked.parts[0]))
        for example in _of_exercise(number, catalogue, found):
            found.setdefault(example.name, example)
        if len(found) == len(NAMES):
            break
    return MappingProxyType({name: found[name] for name in NAMES if name in found})


def _of_exercise(number: int, catalogue: Catalogue, found: Mapping[str, MistakeExample]) -> Iterator[MistakeExample]:
    """Yield examples that an exercise has, of mistakes that have none yet."""
    for target in (*catalogue.truth.targets, *_of_second_step(catalogue.truth)):
        right = catalogue.truth.number(target)
        if right is None or not right:
            continue
        asked = _ExampleQuestion(number, catalogue, target, right)
        if any(name not in found for name in SLIPS):
            yield from _written_wrongly(asked)
        values: list[float] = []
        meant = as_updated(target)
        for outcome in catalogue.outcomes.single(meant, (at_data(meant),)):
            (value,) = outcome.values
            (name,) = outcome.names
            # What comes to the same as something likelier is not named first.
            if name not in found and not any(is_close(value, other) for other in values):
                yield from _told(asked, name, _digits(value))
            values.append(value)


def _of_second_step(truth: Truth) -> Iterator[Target]:
    """Yield the parameters after the second step of a training."""
    evaluation = truth.part.evaluation
    if evaluation is not None and len(evaluation.updates) > 1:
        yield from (trained_target(parameter, 2) for parameter in truth.tableau.trained)


def _written_wrongly(asked: _ExampleQuestion) -> Iterator[MistakeExample]:
    """Yield the right number with two digits exchanged, its point shifted, and a digit miscopied."""
    text = _digits(float(asked.right))
    head, last, end = text[:-2], text[-2], text[-1]
    shifted = format(Decimal(text).scaleb(1), "f")
    for name, wrong in zip(SLIPS, (shifted, head + end + last, head + str((int(last) + 5) % 10) + end), strict=True):
        yield from _told(asked, name, wrong)


def _told(asked: _ExampleQuestion, name: str, wrong: str) -> Iterator[MistakeExample]:
    """Yield an example where the mistake is named first."""
    mistakes = asked.catalogue.explain(numbered(asked.target, wrong))
    if mistakes and mistakes[0].name == name:
        right = _digits(float(asked.right))
        yield MistakeExample(name, asked.exercise, asked.target.id, wrong, right, mistakes[0].says)


def numbered(target: Target, text: str) -> Answer:
    """Return a number as an answer.

    Args:
        target: What it is to.
        text: How it is written.
    """
    figures = Figures(Fraction(text), Fraction(10) ** int(Decimal(text).as_tuple().exponent))
    return Answer(TypedAnswer(target.id, text), target, Rational(text), figures)


def _digits(value: float) -> str:
    """Return a number to six significant digits."""
    return format(Decimal(mpmath.nstr(mpmath.mpf(value), _DIGITS, strip_zeros=False, min_fixed=-9, max_fixed=9)), "f")

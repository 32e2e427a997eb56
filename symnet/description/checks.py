"""What the keys of a description demand of one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.schedules import SCHEDULES
from symnet.description.data import one_precision
from symnet.description.fields import Rows, near_miss, write_number
from symnet.description.flaws import CrossCheck, count
from symnet.description.layers import parameter_ids
from symnet.description.source import Flaw, KeyPath, printable
from symnet.limits import MOST_NEWTON, MOST_PROBLEMS, MOST_SECOND, MOST_WEIGHTS

if TYPE_CHECKING:
    from symnet.description.data import Data
    from symnet.description.layers import Layer, LayerParameters, Weights
    from symnet.description.losses import Loss, Penalty
    from symnet.description.training import Training

    Losses: TypeAlias = tuple[Loss, ...]
    Layers: TypeAlias = tuple[Layer, ...]
    Entries: TypeAlias = tuple[LayerParameters, ...]


# What a loss demands of the layers and the samples, and a penalty of the layers and the names.

PLAIN = ("inputs", "targets")
TRIPLET = ("anchor", "positive", "negative")


def _repeated_losses(loss: Losses) -> Iterator[Flaw]:
    known = [(choice.kind, choice.options, choice.total) for choice in loss]
    names = [choice.name for choice in loss]
    for index, choice in enumerate(loss):
        if known[index] in known[:index]:
            yield Flaw(("loss", index), f'"{printable(choice.kind)}" again', "each loss once")
        elif choice.name is not None and choice.name in names[:index]:
            yield Flaw(("loss", index, "name"), f'"{printable(choice.name)}" again', "a name for each loss")


def _one_sort(loss: Losses) -> Iterator[Flaw]:
    """A loss of triplets has other samples than all others."""
    of_triplets = [choice.targets == "none" for choice in loss]
    if any(of_triplets) and not all(of_triplets):
        index = of_triplets.index(True)
        name = loss[index].kind
        hint = "It has other samples than they: make two descriptions."
        yield Flaw(("loss", index), f"{name} beside other losses", f"{name} alone", hint)


def _class_units(layers: tuple[Layer, ...], loss: Losses) -> Iterator[Flaw]:
    for choice in loss:
        if choice.targets == "one_hot" and layers[-1].units < 2:
            allowed = f"at least 2 units for {choice.kind}, one per class"
            yield Flaw(("layers", len(layers) - 1, "units"), str(layers[-1].units), allowed)


def _class_weights(layers: tuple[Layer, ...], loss: Losses) -> Iterator[Flaw]:
    """There is a weight for each class; a binary cross-entropy has two, whatever the number of its outputs."""
    for index, choice in enumerate(loss):
        for path, one, outputs in choice.parts:
            weights = one.class_weights
            binary = one.kind == "binary_cross_entropy"
            classes = 2 if binary else layers[-1].units if outputs is None else len(outputs)
            if weights is not None and len(weights) != classes:
                of_outputs = "one per unit of the last layer" if outputs is None else "one per output of this loss"
                yield Flaw(
                    ("loss", index, *path, "class_weights"),
                    count(len(weights), "number"),
                    f"{count(classes, 'number')}, {'for targets of 0 and of 1' if binary else of_outputs}",
                )


def _outputs(layers: tuple[Layer, ...], loss: Losses) -> Iterator[Flaw]:
    """Losses that are added are of outputs that there are, each once."""
    units = layers[-1].units
    for index, choice in enumerate(loss):
        for path, _one, outputs in choice.parts:
            for place, output in enumerate(outputs or ()):
                where = ("loss", index, *path, "outputs", place)
                if output > units:
                    yield Flaw(where, str(output), f"a unit of the last layer, which has {count(units, 'unit')}")
                elif output in (outputs or ())[:place]:
                    yield Flaw(where, f"{output} again", "each output once")


def _variables(layers: tuple[Layer, ...], loss: Losses) -> Iterator[Flaw]:
    """An expression names outputs and targets that there are."""
    units = layers[-1].units
    for index, choice in enumerate(loss):
        if choice.formula is None:
            continue
        for name in re.finditer(r"(?<![A-Za-z0-9_])[ay]([0-9]+)(?![A-Za-z0-9_])", choice.kind):
            if int(name[1]) > units:
                last = "a1 and y1" if units == 1 else f"a1 to a{units} and y1 to y{units}"
                allowed = f"{last}, since the last layer has {count(units, 'unit')}"
                from symnet.parsing.formula import excerpt

                shown = excerpt(choice.kind, name.start())
                yield Flaw(("loss", index, "kind"), name[0], allowed, "", shown, name.start())
                break


def _sample_keys(loss: Losses, data: Data) -> Iterator[Flaw]:
    """The samples have the keys that the loss needs, and no others."""
    of_triplets = {choice.targets == "none" for choice in loss}
    if len(of_triplets) > 1:
        return
    needed, others = (TRIPLET, PLAIN) if True in of_triplets else (PLAIN, TRIPLET)
    whose = f"the loss {' and '.join(printable(choice.kind) for choice in loss)}"
    for key in needed:
        if not getattr(data, key):
            hint = f"The samples for {whose} have the keys {', '.join(needed)}."
            yield Flaw(("data", key), "nothing", f'a value for the key "{key}"', hint)
    for key in others:
        if getattr(data, key):
            allowed = f"{', '.join(needed)} for {whose}"
            yield Flaw(("data", key), f'the key "{key}"', allowed, at_key=True)


def _input_columns(inputs: int, data: Data) -> Iterator[Flaw]:
    for key in ("inputs", *TRIPLET):
        yield from columns(("data", key), getattr(data, key), inputs, "one per input")


def _target_columns(layers: tuple[Layer, ...], data: Data) -> Iterator[Flaw]:
    yield from columns(("data", "targets"), data.targets, layers[-1].units, "one per unit of the last layer")


def _samples(data: Data) -> Iterator[Flaw]:
    """All keys of the samples have as many rows as the first."""
    for first, *others in (PLAIN, TRIPLET):
        rows = len(getattr(data, first))
        for key in others:
            found = len(getattr(data, key))
            if rows and found and found != rows:
                yield Flaw(("data", key), count(found, "row"), f"{count(rows, 'row')}, one per row of data.{first}")


def _sample_weights(data: Data) -> Iterator[Flaw]:
    """There is a weight a sample, and some sample counts."""
    if data.weights and len(data.weights) != data.count:
        yield Flaw(("data", "weights"), count(len(data.weights), "number"), f"{data.count}, one per sample")
    elif data.weights and not any(data.weights):
        yield Flaw(("data", "weights"), "weights that are all 0", "a weight above 0 for some sample")


def _weighted_mean(reduction: str, loss: Losses, data: Data) -> Iterator[Flaw]:
    """A weighted mean has weights."""
    by_class = [choice.weighs_classes for choice in loss]
    if reduction == "weighted_mean" and not data.weights and not all(by_class):
        hint = "Give data.weights, one per sample, or class_weights of a categorical_cross_entropy; else it is a mean."
        yield Flaw(("reduction",), "weighted_mean without weights", "weights of the samples, or of the classes", hint)


def _weighted_batches(reduction: str, data: Data, training: Training) -> Iterator[Flaw]:
    """In a weighted mean some sample of each batch counts."""
    if reduction != "weighted_mean" or training.batch == "full" or len(data.weights) != data.count:
        return
    size = int(training.batch)
    for start in range(0, data.count, size):
        if not any(data.weights[start : start + size]):
            allowed = f"a weight above 0 in each batch of {size}, since a weighted mean divides by their sum"
            yield Flaw(("data", "weights", start), "a batch of samples whose weights are all 0", allowed)


def _target_values(loss: Losses, data: Data) -> Iterator[Flaw]:
    for kind, (fits, allowed) in _TARGETS.items():
        demanding = [(one.kind, outputs) for choice in loss for _, one, outputs in choice.parts if one.targets == kind]
        for row, targets in enumerate(data.targets if demanding else ()):
            for column, target in enumerate(targets):
                names = dict.fromkeys(name for name, outputs in demanding if outputs is None or column + 1 in outputs)
                if names and not fits(target):
                    path = ("data", "targets", row, column)
                    yield Flaw(path, printable(write_number(target)), f"{allowed} for {' and '.join(names)}")


_TARGETS: Mapping[str, tuple[Callable[[Fraction], bool], str]] = MappingProxyType(
    {
        "unit_interval": (lambda target: 0 <= target <= 1, "a target from 0 to 1"),
        "nonnegative": (lambda target: target >= 0, "a target of 0 or more"),
        "binary": (lambda target: target in (0, 1), "a target of 0 or 1"),
        "signs": (lambda target: abs(target) == 1, "a target of 1 or -1"),
        "one_hot": (lambda target: target in (0, 1), "a target of 0 or 1"),
    }
)


def _one_class(loss: Losses, data: Data) -> Iterator[Flaw]:
    names = dict.fromkeys(choice.kind for choice in loss if choice.targets == "one_hot")
    for index, row in enumerate(data.targets if names else ()):
        if set(row) <= {0, 1} and sum(row) != 1:
            found = f"{write_number(sum(row, Fraction(0)))} targets that are 1"
            allowed = f"exactly one, that of the correct class, for {' and '.join(names)}"
            yield Flaw(("data", "targets", index), found, allowed)


def columns(path: KeyPath, matrix: Rows, number: int, reason: str) -> Iterator[Flaw]:
    """Rows that have not as many numbers as they should."""
    for index, row in enumerate(matrix):
        if len(row) != number:
            found = f"a row of {count(len(row), 'number')}"
            yield Flaw((*path, index), found, f"{count(number, 'number')}, {reason}")


def strength_names(regularization: tuple[Penalty, ...]) -> tuple[str, ...]:
    """The names that stand for strengths, each once."""
    strengths = (strength for penalty in regularization for strength in penalty.strength)
    return tuple(dict.fromkeys(strength for strength in strengths if isinstance(strength, str)))


def _strengths(layers: tuple[Layer, ...], regularization: tuple[Penalty, ...]) -> Iterator[Flaw]:
    for index, penalty in enumerate(regularization):
        if len(penalty.strength) not in {1, len(layers)}:
            allowed = f"one for all, or {count(len(layers), 'entry')}, one per layer"
            found = count(len(penalty.strength), "entry")
            yield Flaw(("regularization", index, "strength"), found, allowed)


def _repeated_penalties(regularization: tuple[Penalty, ...]) -> Iterator[Flaw]:
    for index, penalty in enumerate(regularization):
        if penalty in regularization[:index]:
            yield Flaw(("regularization", index), f'"{penalty.kind}" again', "each penalty once")


def _values(regularization: tuple[Penalty, ...], at: Mapping[str, Fraction]) -> Iterator[Flaw]:
    """Numbers are for strengths, and as strengths are."""
    names = strength_names(regularization)
    allowed = f"strengths that are names: {', '.join(names) or 'there are none'}"
    for name, value in at.items():
        if name not in names:
            found = f'the unknown strength "{printable(name)}"'
            yield Flaw(("at", name), found, allowed, near_miss(name, names), at_key=True)
        elif value < 0:
            yield Flaw(("at", name), printable(write_number(value)), "a number of 0 or more")


WEIGHT_CHECKS = (
    CrossCheck(("data",), _sample_weights),
    CrossCheck(("reduction", "loss", "data"), _weighted_mean),
    CrossCheck(("reduction", "data", "training"), _weighted_batches),
)
"""What the weights of samples demand."""

TARGET_COLUMNS = (CrossCheck(("layers", "data"), _target_columns),)
"""That there is a target a unit."""

LOSS_CHECKS = (
    CrossCheck(("loss",), _repeated_losses),
    CrossCheck(("loss",), _one_sort),
    CrossCheck(("layers", "loss"), _class_units),
    CrossCheck(("layers", "loss"), _class_weights),
    CrossCheck(("layers", "loss"), _outputs),
    CrossCheck(("layers", "loss"), _variables),
    CrossCheck(("loss", "data"), _sample_keys),
    CrossCheck(("inputs", "data"), _input_columns),
    *TARGET_COLUMNS,
    CrossCheck(("data",), _samples),
    CrossCheck(("loss", "data"), _target_values),
    CrossCheck(("loss", "data"), _one_class),
    CrossCheck(("layers", "regularization"), _strengths),
    CrossCheck(("regularization",), _repeated_penalties),
    CrossCheck(("regularization", "at"), _values),
)


# What the layers demand of their parameters.


def _entries(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    if len(parameters) != len(layers):
        allowed = f"{len(layers)}, one per layer"
        yield Flaw(("parameters",), count(len(parameters), "entry"), allowed)


def pieces_counted(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """Pieces are there for a layer that has them, in place of its weights."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        path, number = ("parameters", index), piece_count(layer)
        if entry.pieces and not number:
            owners = " and ".join(name for name, entry in ACTIVATIONS.items() if entry.reads == "pieces")
            allowed = f"weights and biases, since layer {index + 1} is no {owners}"
            yield Flaw((*path, "pieces"), 'the key "pieces"', allowed, at_key=True)
        elif number and len(entry.pieces) != number:
            found = count(len(entry.pieces), "piece") if entry.pieces else "nothing"
            yield Flaw((*path, "pieces"), found, f"{count(number, 'piece')}, as layer {index + 1} has")
        for key in ("weights", "weights_from_to"):
            if number and getattr(entry, key):
                hint = f"Each of the {number} pieces has weights of its own."
                yield Flaw((*path, key), f'the key "{key}"', "pieces: [{weights: ...}, ...]", hint, at_key=True)


def piece_count(layer: Layer) -> int:
    """How many pieces the parameters of a layer have; 0 if they have none."""
    return int(layer.options.get("pieces", 0))


def _matrices(layers: Layers, parameters: Entries) -> Iterator[tuple[KeyPath, int, Weights]]:
    """Everything that has weights, with its path and the 0-based number of its layer."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        path: KeyPath = ("parameters", index)
        if piece_count(layer):
            yield from (((*path, "pieces", number), index, piece) for number, piece in enumerate(entry.pieces))
        elif not entry.pieces:
            yield path, index, entry


def _one_form(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    for path, _, entry in _matrices(layers, parameters):
        if bool(entry.weights) == bool(entry.weights_from_to):
            found = "both weights and weights_from_to" if entry.weights else "neither weights nor weights_from_to"
            yield Flaw(path, found, "one of weights and weights_from_to")


def _weight_shapes(inputs: int, layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    before = (inputs, *(layer.units for layer in layers))
    for path, index, entry in _matrices(layers, parameters):
        units = (layers[index].units, f"one per unit of layer {index + 1}")
        feeds = (before[index], f"one per unit of layer {index}" if index else "one per input")
        if entry.weights:
            yield from _shape((*path, "weights"), entry.weights, units, feeds)
        if entry.weights_from_to:
            yield from _shape((*path, "weights_from_to"), entry.weights_from_to, feeds, units)


def _shape(path: KeyPath, matrix: Rows, rows: tuple[int, str], width: tuple[int, str]) -> Iterator[Flaw]:
    if len(matrix) != rows[0]:
        yield Flaw(path, count(len(matrix), "row"), f"{count(rows[0], 'row')}, {rows[1]}")
    yield from columns(path, matrix, *width)


def _biases(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """There is a bias per unit, or per unit of each piece; a shared one stands beside the pieces."""
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        demands: dict[bool | str, tuple[int, str]] = {
            True: (layer.units, f"{count(layer.units, 'number')}, one per unit of layer {index + 1}"),
            False: (0, f"no biases, since layer {index + 1} has bias: false"),
            "shared": (1, f"one number, since layer {index + 1} has bias: shared"),
        }
        own, inner = demands[layer.bias], demands[False]
        if piece_count(layer):
            beside = f"no biases here: layer {index + 1} has them in its pieces"
            within = f"no biases in a piece, since layer {index + 1} has bias: shared"
            own, inner = (own, (0, within)) if layer.bias == "shared" else ((0, beside), own)
        elif entry.pieces:
            continue
        yield from _bias_count(("parameters", index), entry, *own)
        for number, piece in enumerate(entry.pieces):
            yield from _bias_count(("parameters", index, "pieces", number), piece, *inner)


def _bias_count(path: KeyPath, entry: Weights, number: int, allowed: str) -> Iterator[Flaw]:
    if len(entry.biases) != number:
        found = count(len(entry.biases), "number") if entry.biases else "nothing"
        yield Flaw((*path, "biases"), found, allowed)


def _learned(layers: Layers, parameters: Entries) -> Iterator[Flaw]:
    """A start for something learned is given where something is learned."""
    owners = " and ".join(name for name, entry in ACTIVATIONS.items() if "alpha" in entry.learned)
    for index, (layer, entry) in enumerate(zip(layers, parameters, strict=False)):
        if entry.alpha is not None and "alpha" not in layer.learned:
            allowed = f"no such key, since layer {index + 1} is no {owners}"
            yield Flaw(("parameters", index, "alpha"), 'the key "alpha"', allowed, at_key=True)


PARAMETER_CHECKS = (
    CrossCheck(("layers", "parameters"), _entries),
    CrossCheck(("layers", "parameters"), pieces_counted),
    CrossCheck(("layers", "parameters"), _one_form),
    CrossCheck(("inputs", "layers", "parameters"), _weight_shapes),
    CrossCheck(("layers", "parameters"), _biases),
    CrossCheck(("layers", "parameters"), _learned),
)


# What a training demands of what is trained.

# Comparing a misspelt id with each of a hundred thousand takes seconds.
_MOST_COMPARED = 1000


def rate_needed(*values: Any) -> Iterator[Flaw]:  # noqa: ANN401
    """With numbers for all else, the training, which comes last, needs a learning rate."""
    training: Training = values[-1]
    if training.learning_rate is None:
        hint = "Without numbers it may be left out, and stays a symbol."
        yield Flaw(("training", "learning_rate"), "nothing", 'a value for the key "learning_rate"', hint)


def newton_keys(training: Training) -> Iterator[Flaw]:
    """Newton's method takes the gradient as it is."""
    if training.rule.hessian is not None:
        for key in ("weight_decay", "clip_norm", "clip_value"):
            if key in training.model_fields_set:
                allowed = f"no such key beside optimizer: {training.optimizer}, which takes the gradient as it is"
                yield Flaw(("training", key), f'the key "{key}"', allowed, at_key=True)


def few_for_newton(training: Training, parameters: Iterable[str]) -> Iterator[Flaw]:
    """Newton's method is for few parameters."""
    if training.rule.hessian is not None and len(tuple(islice(parameters, 1 + MOST_NEWTON))) > MOST_NEWTON:
        hint = "Take fewer parameters, or another optimizer such as sgd."
        found = f"{training.optimizer} for more than {count(MOST_NEWTON, 'parameter')}"
        allowed = f"at most {MOST_NEWTON}, since every second derivative is derived"
        yield Flaw(("training", "optimizer"), found, allowed, hint)


def _few_in_layers(inputs: int, layers: tuple[Layer, ...], training: Training) -> Iterator[Flaw]:
    names = parameter_ids(inputs, layers)
    yield from few_for_newton(training, (name for name in names if training.update_biases or not name.startswith("b")))


def rates(training: Training) -> Iterator[Flaw]:
    """Learning rates that are listed are one a step, and change in no other way; a schedule has what it needs."""
    path: KeyPath = ("training",)
    listed = isinstance(training.learning_rate, tuple)
    if isinstance(training.learning_rate, tuple) and len(training.learning_rate) != training.steps:
        allowed = f"one number, or {count(training.steps, 'number')}, one per step"
        yield Flaw((*path, "learning_rate"), count(len(training.learning_rate), "number"), allowed)
    if training.decay and (listed or training.schedule):
        beside = "a list of learning rates" if listed else 'the key "schedule"'
        allowed = f"no such key beside {beside}"
        yield Flaw((*path, "decay"), 'the key "decay"', allowed, at_key=True)
    schedule = training.schedule
    if schedule is None:
        return
    if listed:
        allowed = "no such key beside a list of learning rates"
        yield Flaw((*path, "schedule"), 'the key "schedule"', allowed, at_key=True)
    for key in SCHEDULES[schedule.kind].needed:
        if not getattr(schedule, key):
            yield Flaw((*path, "schedule"), f"{schedule.kind} without {key}", f'a value for the key "{key}"')
    if schedule.total is not None and schedule.total <= schedule.warmup:
        allowed = f"more steps than the {schedule.warmup} of the warmup"
        yield Flaw((*path, "schedule", "total"), printable(write_number(schedule.total)), allowed)


def accumulated(data: Data, training: Training) -> Iterator[Flaw]:
    """There are as many batches in an epoch as make one update."""
    # That there are no samples is found elsewhere.
    size = (data.count or 1) if training.batch == "full" else training.batch
    batches = -(-data.count // size)
    if data.count and training.accumulate > batches:
        allowed = f"at most {batches}, as many as there are batches"
        hint = "With batch: full there is one." if training.batch == "full" else ""
        yield Flaw(("training", "accumulate"), str(training.accumulate), allowed, hint)


def state_ids(inputs: int, layers: tuple[Layer, ...], training: Training) -> Iterator[Flaw]:
    """States are of parameters of the network."""
    if training.state is not None:
        yield from unknown_states(training, tuple(parameter_ids(inputs, layers)))


def unknown_states(training: Training, parameters: Collection[str]) -> Iterator[Flaw]:
    """A state of something that is no parameter."""
    if training.state is None:
        return
    known = frozenset(parameters)
    compared = tuple(islice(parameters, _MOST_COMPARED))
    allowed = f"parameters: {printable(', '.join(compared[:20]), 200)}"
    pairs = ((state, name) for state, values in training.state.values.items() for name in values)
    for number, (state, name) in enumerate(pair for pair in pairs if pair[1] not in known):
        hint = near_miss(name, compared) if number < MOST_PROBLEMS else ""
        found = f'the unknown parameter "{printable(name)}"'
        yield Flaw(("training", "state", state, name), found, allowed, hint, at_key=True)


def batch_size(data: Data, training: Training) -> Iterator[Flaw]:
    """A batch has at most as many samples as there are."""
    if training.batch != "full" and training.batch > data.count:
        allowed = f"full, or at most {count(data.count, 'sample')}, as many as there are"
        yield Flaw(("training", "batch"), str(training.batch), allowed)


# What the keys of a network's description demand of one another, as a table of checks.


def _size(inputs: int, layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    before = (inputs, *(layer.units for layer in layers))
    weights = sum(sources * layer.pre_activations for sources, layer in zip(before, layers, strict=False))
    if weights > MOST_WEIGHTS:
        yield Flaw(("layers",), f"a network of {weights} weights", f"at most {MOST_WEIGHTS} weights")


def _coupled_units(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    for index, layer in enumerate(layers):
        if layer.units < 2 and layer.activation in ACTIVATIONS and ACTIVATIONS[layer.activation].couples:
            hint = f"The {layer.activation} of one unit is always 1; for one output use sigmoid."
            yield Flaw(("layers", index, "units"), str(layer.units), f"at least 2 units for {layer.activation}", hint)


def _titles(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    """A name stands for one expression."""
    known: dict[str, str] = {}
    for index, layer in enumerate(layers):
        if layer.title and known.setdefault(layer.title, layer.activation) != layer.activation:
            found = f'"{printable(layer.title)}" for another expression'
            yield Flaw(("layers", index, "activation", "name"), found, "a name for each expression")


def _dropout(layers: tuple[Layer, ...]) -> Iterator[Flaw]:
    for index, layer in enumerate(layers):
        if layer.dropout is None:
            continue
        if index == len(layers) - 1:
            found = "dropout on the last layer"
            yield Flaw(("layers", index, "dropout"), found, "dropout on the layers before it", at_key=True)
        elif not any(layer.dropout.mask):
            hint = "Otherwise nothing reaches the next layer."
            yield Flaw(("layers", index, "dropout", "mask"), "a mask that drops every unit", "at least one 1", hint)
        elif len(layer.dropout.mask) != layer.units:
            found, allowed = count(len(layer.dropout.mask), "number"), count(layer.units, "number")
            yield Flaw(("layers", index, "dropout", "mask"), found, f"{allowed}, one per unit of layer {index + 1}")


def _few_seconds(inputs: int, layers: Layers, second_derivatives: bool | tuple[str, ...]) -> Iterator[Flaw]:
    """Second derivatives are with respect to few parameters, which there are."""
    known = tuple(islice(parameter_ids(inputs, layers), _MOST_COMPARED))
    if isinstance(second_derivatives, bool):
        if second_derivatives and len(known) > MOST_SECOND:
            hint = f"Name some of them, as in second_derivatives: [{known[0]}]."
            found = f"second derivatives with respect to {count(len(known), 'parameter')}"
            yield Flaw(("second_derivatives",), found, f"at most {MOST_SECOND}", hint)
        return
    for index, name in enumerate(second_derivatives):
        path = ("second_derivatives", index)
        if name not in known:
            allowed = f"parameters: {printable(', '.join(known[:20]), 200)}"
            yield Flaw(path, f'the unknown parameter "{printable(name)}"', allowed, near_miss(name, known))
        elif name in second_derivatives[:index]:
            yield Flaw(path, f'"{name}" again', "each name once")


CHECKS = (
    CrossCheck(("inputs", "layers"), _size),
    CrossCheck(("inputs", "layers", "second_derivatives"), _few_seconds),
    CrossCheck(("layers",), _coupled_units),
    CrossCheck(("layers",), _titles),
    CrossCheck(("layers",), _dropout),
    *LOSS_CHECKS,
    *WEIGHT_CHECKS,
    *PARAMETER_CHECKS,
    CrossCheck(("data", "parameters", "training"), rate_needed),
    CrossCheck(("training",), rates),
    CrossCheck(("training",), newton_keys),
    CrossCheck(("inputs", "layers", "training"), _few_in_layers),
    CrossCheck(("data", "training"), batch_size),
    CrossCheck(("data", "training"), accumulated),
    CrossCheck(("inputs", "layers", "training"), state_ids),
    CrossCheck(("numbers",), one_precision),
)

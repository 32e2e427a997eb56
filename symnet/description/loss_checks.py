"""What a loss demands of the layers and the samples, and a penalty of the layers and the names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from symnet.description.checking import Check, count
from symnet.description.number import write
from symnet.description.records import Rows
from symnet.description.refusal import near_miss
from symnet.description.source import Flaw, Path, printable

if TYPE_CHECKING:
    from symnet.description.data import Data
    from symnet.description.layers import Layer
    from symnet.description.losses import LossChoice, Penalty

    Losses: TypeAlias = tuple[LossChoice, ...]

PLAIN = ("inputs", "targets")
TRIPLET = ("anchor", "positive", "negative")


def _repeated_losses(loss: Losses) -> Iterator[Flaw]:
    known = [(choice.kind, choice.options) for choice in loss]
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
                from symnet.expressions.formula import excerpt

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


def _target_values(loss: Losses, data: Data) -> Iterator[Flaw]:
    for kind, (fits, allowed) in _TARGETS.items():
        names = dict.fromkeys(choice.kind for choice in loss if choice.targets == kind)
        if not names:
            continue
        for row, targets in enumerate(data.targets):
            for column, target in enumerate(targets):
                if not fits(target):
                    path = ("data", "targets", row, column)
                    yield Flaw(path, printable(write(target)), f"{allowed} for {' and '.join(names)}")


_TARGETS: Mapping[str, tuple[Callable[[Fraction], bool], str]] = MappingProxyType(
    {
        "unit_interval": (lambda target: 0 <= target <= 1, "a target from 0 to 1"),
        "signs": (lambda target: abs(target) == 1, "a target of 1 or -1"),
        "one_hot": (lambda target: target in (0, 1), "a target of 0 or 1"),
    }
)


def _one_class(loss: Losses, data: Data) -> Iterator[Flaw]:
    names = dict.fromkeys(choice.kind for choice in loss if choice.targets == "one_hot")
    for index, row in enumerate(data.targets if names else ()):
        if set(row) <= {0, 1} and sum(row) != 1:
            found = f"{write(sum(row, Fraction(0)))} targets that are 1"
            allowed = f"exactly one, that of the right class, for {' and '.join(names)}"
            yield Flaw(("data", "targets", index), found, allowed)


def columns(path: Path, matrix: Rows, number: int, reason: str) -> Iterator[Flaw]:
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
            yield Flaw(("at", name), printable(write(value)), "a number of 0 or more")


LOSS_CHECKS = (
    Check(("loss",), _repeated_losses),
    Check(("loss",), _one_sort),
    Check(("layers", "loss"), _class_units),
    Check(("layers", "loss"), _variables),
    Check(("loss", "data"), _sample_keys),
    Check(("inputs", "data"), _input_columns),
    Check(("layers", "data"), _target_columns),
    Check(("data",), _samples),
    Check(("loss", "data"), _target_values),
    Check(("loss", "data"), _one_class),
    Check(("layers", "regularization"), _strengths),
    Check(("regularization",), _repeated_penalties),
    Check(("regularization", "at"), _values),
)

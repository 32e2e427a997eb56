"""From a description that says what is drawn to the description of each variant."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from symnet.description.fields import NotANumberError, from_python, write_number
from symnet.description.flaws import flaws
from symnet.description.graph import GraphDescription
from symnet.description.load import load_changed
from symnet.description.network import Description, Exercise
from symnet.description.sorts import is_of_arrays
from symnet.description.source import Flaw, KeyPath, Scalar, printable
from symnet.description.variants import DRAWN_WORDS, Drawn
from symnet.errors import DescriptionError, SymnetError
from symnet.network.build import targets_sum_to_one
from symnet.variants.codes import DIGEST_BITS, CodeError, VariantCode
from symnet.variants.draws import VERSION, Draws
from symnet.variants.numbers import numbers_of, places, with_numbers_of
from symnet.variants.places import changed, path_of, thawed
from symnet.view import Preferred

_RATE = "learning_rate"
# What is drawn as a row of a sample, and how the ids of its entries begin.
_ROWS = {"inputs": "x", "targets": "y"}

Choices: TypeAlias = tuple[tuple[str, str], ...]
"""What was drawn at places of a description, as it is written."""


class NothingDrawnError(SymnetError):
    """A description does not say what is drawn."""

    exit_code = 2


class RefusedError(ValueError):
    """A draw makes no description that may stand."""


class Variant(NamedTuple):
    """One draw.

    Attributes:
        code: Its code.
        drawn: What was drawn, by id or place, as it is written.
        description: The exercise with what was drawn.
        structure: What of it decides which derivatives there are.
        not_drawn: The ids of the numbers that are not drawn.
    """

    code: VariantCode
    drawn: Mapping[str, str]
    description: Exercise
    structure: Choices
    not_drawn: frozenset[str]


class Structure:
    """An exercise with everything that is drawn but its numbers.

    Args:
        exercise: The exercise.
        description: The description that it was made of, which says what is drawn.

    Raises:
        DescriptionError: If a number is neither given nor drawn, or something that is no number is drawn for one.
    """

    def __init__(self, exercise: Exercise, description: Exercise) -> None:
        self.variants: Mapping[str, Drawn] = description.variants or {}
        self.exercise, self.present = exercise, numbers_of(exercise)
        self.places = places(exercise)
        self.ruled: dict[str, list[str]] = {}
        for place in self.places:
            key = next((name for name in place.names if name in self.variants), None)
            if key is not None:
                self.ruled.setdefault(key, []).append(place.id)
        ruled = {name for ids in self.ruled.values() for name in ids}
        # What is drawn at a place of the description may bring numbers of its own.
        unchanged = self.present.items() & numbers_of(description).items()
        self.not_drawn = frozenset(name for name, _ in unchanged if name not in ruled)
        found = [*self._missing(ruled), *(flaw for key in self.ruled for flaw in self._no_numbers(key))]
        if found:
            raise DescriptionError(description.source_name, tuple(map(description.flaw_placed, found)))

    def numbers(self, draws: Draws) -> dict[str, Fraction]:
        """Return what is drawn, by id."""
        found: dict[str, Fraction] = {}
        for key, ids in self.ruled.items():
            found.update(self._drawn(draws, key, self.variants[key], ids))
        return found

    def with_numbers(self, numbers: Mapping[str, Fraction]) -> Exercise:
        """Return the exercise with the numbers that were drawn, and those given for the others."""
        return with_numbers_of(self.exercise, {**self.present, **numbers})

    def _drawn(self, draws: Draws, key: str, drawn: Drawn, ids: list[str]) -> Iterator[tuple[str, Fraction]]:
        if drawn.range is not None:
            yield from ((name, _of_range(draws, name, drawn)) for name in ids)
        elif drawn.shuffle is not None:
            values = [self.present[name] for name in ids] if drawn.shuffle is True else map(from_python, drawn.shuffle)
            yield from zip(ids, draws.shuffled(key, tuple(values)), strict=False)
        elif _is_rows(drawn):
            for sample, entries in _by_sample(ids).items():
                row = draws.one_of(f"{key}@{sample}", drawn.choose or ())
                numbers = [from_python(one) for one in row] if isinstance(row, tuple) else []
                yield from zip(entries, numbers, strict=True)
        else:
            yield from ((name, from_python(draws.one_of(name, drawn.choose or ()))) for name in ids)

    def _missing(self, ruled: Collection[str]) -> Iterator[Flaw]:
        lacking = [place.id for place in self.places if place.id not in ruled and place.id not in self.present]
        if lacking:
            shown = ", ".join(lacking[:_SHOWN]) + (", ..." if len(lacking) > _SHOWN else "")
            allowed = "a number for every input, target and parameter, given in the description or drawn"
            yield Flaw(("variants",), f"no number for {shown}", allowed)

    def _no_numbers(self, key: str) -> Iterator[Flaw]:
        """Yield what is wrong with the values that are drawn for some numbers."""
        drawn, ids = self.variants[key], self.ruled[key]
        sort = "choose" if drawn.choose is not None else "shuffle"
        values = drawn.choose if drawn.choose is not None else drawn.shuffle
        if values is None:
            return
        if values is True:
            lacking = [name for name in ids if name not in self.present]
            if lacking:
                yield Flaw(("variants", key, sort), f"true, and no number for {lacking[0]}", "a list to deal out")
            return
        if sort == "shuffle" and len(values) < len(ids):
            yield Flaw(("variants", key, sort), f"a list of {len(values)}", f"at least {len(ids)}, one for each number")
        width = len(next(iter(_by_sample(ids).values()))) if key in _ROWS and _is_rows(drawn) else None
        for index, value in enumerate(values):
            if width is None:
                yield from _no_number(("variants", key, sort, index), value)
            elif not isinstance(value, tuple) or len(value) != width:
                yield Flaw(("variants", key, sort, index), _shown(value), f"a list of {width} numbers, one row")
            else:
                for entry, one in enumerate(value):
                    yield from _no_number(("variants", key, sort, index, entry), one)


_SHOWN = 6


class VariantPlan:
    """What is drawn for a description, made ready once for all draws of one seed.

    Args:
        description: The description, from a file or a mapping.
        seed: The seed.

    Raises:
        NothingDrawnError: If it does not say what is drawn.
        DescriptionError: If a key is no place in it, or a number is neither given nor drawn.
    """

    def __init__(self, description: Exercise, seed: int) -> None:
        if not description.variants:
            raise NothingDrawnError(
                f"{description.source_name}: found nothing that is drawn; add a key such as "
                "variants: {weights: {range: [-1, 1], step: 0.1}}"
            )
        self.description, self.seed = description, seed
        self.variants: Mapping[str, Drawn] = description.variants
        self._tree = {key: value for key, value in description.tree.items() if key != "variants"}
        self._paths = self._places()
        self._structures: dict[Choices, Structure] = {}
        self._check_places()

    @cached_property
    def digest(self) -> int:
        """The digest of the whole description, comments and spaces left out: the same in YAML and in JSON."""
        text = json.dumps(written(self.description.tree), sort_keys=True)
        found = int.from_bytes(blake2b(text.encode()).digest()[:8], "big")
        return found >> 64 - DIGEST_BITS

    def variant(self, number: int) -> Variant:
        """Return a draw by its number.

        Raises:
            RefusedError: If what is drawn makes no description that may stand.
            DescriptionError: If a number is neither given nor drawn.
        """
        draws = Draws(self.seed, number)
        chosen = {key: self._value(draws, key) for key in self._paths}
        written = tuple((key, _shown(value)) for key, value in chosen.items())
        structure = self._structure(written, chosen)
        numbers = structure.numbers(draws)
        description = structure.with_numbers(numbers)
        wrong = next(flaws(dict(description), description.checks), None)
        if wrong is not None:
            raise RefusedError(f"found {wrong.found}; expected {wrong.allowed}")
        drawn = dict(written) | {name: write_number(value) for name, value in numbers.items()}
        decisive = tuple(pair for pair in written if self._paths[pair[0]][0] != "training")
        if isinstance(description, Description) and not is_of_arrays(description):
            # Of some losses the derivatives are simpler then.
            decisive += (("targets", str(targets_sum_to_one(description))),)
        code = VariantCode(VERSION, self.seed, number, self.digest)
        return Variant(code, drawn, description, decisive, structure.not_drawn)

    def for_code(self, code: VariantCode) -> Variant:
        """Return the draw that a code stands for; its seed takes the place of the plan's.

        Raises:
            CodeError: If it belongs to another description, or to another version of the draws.
        """
        if code.version != VERSION:
            raise CodeError(
                f"code {code}: found version {code.version} of the draws; expected {VERSION}, the one of this symnet"
            )
        if code.digest != self.digest:
            raise CodeError(
                f"code {code}: it belongs to another description than {self.description.source_name}, or to this one "
                "before it was changed"
            )
        plan = self if code.seed == self.seed else VariantPlan(self.description, code.seed)
        return plan.variant(code.number)

    def _places(self) -> dict[str, KeyPath]:
        """Return the path of each key that is neither an id nor a word for numbers."""
        graph = isinstance(self.description, GraphDescription)
        words = set(DRAWN_WORDS) - {_RATE}
        ids = {name for place in places(self.description) for name in place.names} | words
        paths = {key: path_of(key) for key in self.variants if key not in ids and (graph or not _is_id(key))}
        return {key: ("training", _RATE) if key == _RATE else path for key, path in paths.items()}

    def _check_places(self) -> None:
        """Make sure that there is something at each place that is drawn, and that it is chosen from a list."""
        found = []
        for key, path in self._paths.items():
            try:
                changed(self._tree, {path: "?"})
            except LookupError:
                allowed = "a place that is in the description, its entries counted from 1"
                found.append(Flaw(("variants", key), f'"{printable(key)}"', allowed, at_key=True))
            drawn = self.variants[key]
            if drawn.shuffle is not None and drawn.shuffle is not True:
                found.append(Flaw(("variants", key, "shuffle"), "a list", "true, of a place", "Use choose for a list."))
            if drawn.shuffle is True and not isinstance(self.description.value_at(path), list | tuple):
                found.append(Flaw(("variants", key, "shuffle"), "true", "true where the place is a list"))
        if found:
            raise DescriptionError(self.description.source_name, tuple(map(self.description.flaw_placed, found)))

    def _value(self, draws: Draws, key: str) -> object:
        drawn = self.variants[key]
        if drawn.range is not None:
            return write_number(_of_range(draws, key, drawn))
        if drawn.choose is not None:
            return draws.one_of(key, drawn.choose)
        there = self.description.value_at(self._paths[key])
        return draws.shuffled(key, tuple(there)) if isinstance(there, list | tuple) else there

    def _structure(self, written: Choices, chosen: Mapping[str, object]) -> Structure:
        """Return the exercise with what is drawn at places; loaded once for each choice."""
        if written not in self._structures:
            tree = changed(self._tree, {self._paths[key]: value for key, value in chosen.items()})
            try:
                exercise = load_changed(self.description, self._without_drawn(tree))
            except DescriptionError as error:
                first = error.problems[0]
                raise RefusedError(f"{first.where}: found {first.found}; expected {first.allowed}") from None
            # What was chosen in the place of what the description says holds for every draw.
            kept = {key: getattr(self.description, key) for key in Preferred._fields if key not in chosen}
            changed_since = {key: value for key, value in kept.items() if getattr(exercise, key) != value}
            if changed_since:
                exercise = exercise.model_copy(update=changed_since)
            self._structures[written] = Structure(exercise, self.description)
        return self._structures[written]

    def _without_drawn(self, tree: Mapping[str, object]) -> dict[str, object]:
        """Return a tree without the numbers that are drawn as a whole, which need not fit a size that is drawn."""
        left_out = set()
        anew = {key for key, drawn in self.variants.items() if drawn.shuffle is not True}
        if "parameters" in anew or {"weights", "biases"} <= anew:
            left_out.add("parameters")
        data = getattr(self.description, "data", None)
        if _ROWS.keys() <= anew and (data is None or data.count == 1):
            left_out.add("data")
        return {key: value for key, value in tree.items() if key not in left_out}


def _of_range(draws: Draws, name: str, drawn: Drawn) -> Fraction:
    """Return a number of a range; one that is left out is passed over for the next draw under the same name."""
    place = 0
    while True:
        number = drawn.number(draws.below(name, drawn.numbers, place))
        if number not in drawn.exclude:
            return number
        place += 1


def _is_rows(drawn: Drawn) -> bool:
    return drawn.choose is not None and any(isinstance(value, tuple) for value in drawn.choose)


def _is_id(key: str) -> bool:
    return not set(".[") & set(key) and key != _RATE


def _by_sample(ids: list[str]) -> dict[str, list[str]]:
    """Return ids by the number of their sample."""
    found: dict[str, list[str]] = {}
    for name in ids:
        found.setdefault(name.partition("@")[2], []).append(name)
    return found


def _no_number(path: KeyPath, value: object) -> Iterator[Flaw]:
    try:
        from_python(value)
    except NotANumberError as error:
        yield Flaw(path, _shown(value), "a number such as 0.35, -2, 1e-3 or 1/3", str(error))


def _shown(value: object) -> str:
    """Return a value as it is written, on one line."""
    plain = written(value)
    return printable(plain if isinstance(plain, str) else json.dumps(plain), 200)


def written(value: object) -> object:
    """Return a value of a description as plain lists, mappings and texts.

    Args:
        value: What was read from a file, or drawn.
    """
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Mapping):
        return {str(key): written(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [written(one) for one in value]
    plain = thawed(value)
    return plain if isinstance(plain, str) else str(plain)

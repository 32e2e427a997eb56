"""Time in a graph: nodes with an index of time, unrolled into one node for each step, with the parameters shared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, NoReturn

from symnet.errors import MisfitError
from symnet.parsing.array_formula import EVERYTHING, Syntax
from symnet.parsing.tokens import FormulaError

_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*) *\[ *([A-Za-z][A-Za-z0-9_]*|-?[0-9]{1,9}) *\]")


class TimeAxis(NamedTuple):
    """The steps of time.

    Attributes:
        letter: The letter of a step.
        steps: How many there are, counted from 1.
        truncate: After how many steps values count as constants, so that no derivative flows back further; 0 for never.
    """

    letter: str
    steps: int
    truncate: int = 0

    def is_cut(self, use: int, value: int) -> bool:
        """Return whether a value of one step is a constant in another: they are in different pieces of the sequence."""
        if not self.truncate or not 1 <= value <= self.steps:
            return False
        return (use - 1) // self.truncate != (value - 1) // self.truncate


class NodeAtTime(NamedTuple):
    """A node with an index at one time.

    Attributes:
        family: The name without the index.
        time: The time.
    """

    family: str
    time: int


class Unrolled(NamedTuple):
    """What the nodes of an unrolled graph are instances of.

    Attributes:
        axis: The steps of time.
        nodes: For each node with an index, which one it is; a detached copy is what it is a copy of.
        inputs: The inputs with an entry for each step.
    """

    axis: TimeAxis
    nodes: Mapping[str, NodeAtTime]
    inputs: frozenset[str] = frozenset()


class TimeKeyError(MisfitError):
    """A node whose name with its index means nothing.

    Attributes:
        key: The name as it is written.
    """

    def __init__(self, key: str, found: str, allowed: str, hint: str = "") -> None:
        super().__init__(found, allowed, hint)
        self.key = key


def split_key(key: str) -> tuple[str, str] | None:
    """Return the name and the index of a node such as ``h[t]``, or None if it has no index."""
    found = _KEY.fullmatch(key.strip())
    return None if found is None else (found[1], found[2])


def instance_name(family: str, time: int) -> str:
    """Return the name of a node at one time."""
    return f"{family}_{time}" if time >= 0 else f"{family}_m{-time}"


class Unroller:
    """The nodes of a graph over time, as they are read.

    Args:
        axis: The steps of time.
        texts: The expression of each node by its name, with an index or not, for errors.
        syntax: What was read of each.
        inputs: The shape of each input.

    Raises:
        TimeKeyError: If a name means nothing.
    """

    def __init__(
        self,
        axis: TimeAxis,
        texts: Mapping[str, str],
        syntax: Mapping[str, Syntax],
        inputs: Mapping[str, tuple[int, ...]],
    ) -> None:
        self.axis = axis
        self.texts = texts
        self.syntax = syntax
        self.inputs = inputs
        self.general: dict[str, str] = {}
        self.fixed: dict[NodeAtTime, str] = {}
        self._sort_keys()
        self.keys = self._keys()
        self.timed_inputs: set[str] = set()
        self.detached: dict[str, NodeAtTime] = {}
        self.key = ""

    def _sort_keys(self) -> None:
        """Sort the nodes with an index into those at every step and those at one time."""
        for key in self.texts:
            split = split_key(key)
            if split is None:
                continue
            family, index = split
            known = self.general if index == self.axis.letter else self.fixed
            place = family if known is self.general else NodeAtTime(family, self._time(key, index))
            if place in known:
                raise TimeKeyError(key, f"{key} again", "each node once")
            known[place] = key  # type: ignore[index]
            for other, said in ((self.inputs, "an input"), (self.texts, "a node without an index")):
                if family in other:
                    raise TimeKeyError(key, f'the name "{family}", which is {said}', "each name once")

    def _time(self, key: str, index: str) -> int:
        if index.lstrip("-").isdigit():
            return int(index)
        letter = self.axis.letter
        raise TimeKeyError(key, f'the index "{index}"', f"{letter}, or a number for a value at one time, as in h[0]")

    def _keys(self) -> dict[NodeAtTime, str]:
        """Return the node that gives each instance, step by step; what stands for one time goes first."""
        found = dict(self.fixed)
        for family, key in self.general.items():
            for time in range(1, self.axis.steps + 1):
                found.setdefault(NodeAtTime(family, time), key)
        place = {key: at for at, key in enumerate(self.texts)}
        return dict(sorted(found.items(), key=lambda one: (one[0].time, place[one[1]])))

    @cached_property
    def families(self) -> frozenset[str]:
        """The names of the nodes with an index."""
        return frozenset(instance.family for instance in self.keys)

    def run(self) -> Iterator[tuple[str, str, Syntax]]:
        """Yield each node, the one that it comes from, and its expression, first those without an index.

        Raises:
            FormulaError: At a time that does not exist, or that has no value.
        """
        for key, syntax in self.syntax.items():
            if split_key(key) is None:
                yield key, key, self.at(key, syntax, None)
        for instance, key in self.keys.items():
            if key in self.syntax:
                yield instance_name(*instance), key, self.at(key, self.syntax[key], instance.time)
        for copy, instance in self.detached.items():
            whole = Syntax("name", 0, text=instance_name(*instance))
            yield copy, self.keys[instance], Syntax("detach", 0, (whole,))

    @property
    def nodes(self) -> Mapping[str, NodeAtTime]:
        """Which instance each node is."""
        return {**{instance_name(*one): one for one in self.keys}, **self.detached}

    def at(self, key: str, syntax: Syntax, time: int | None) -> Syntax:
        """Return an expression as it is at one time; None in a node without the index."""
        self.key = key
        return _Moments(self, self.texts[key], time)(syntax)


class _Moments:
    """Puts a time into an expression.

    Args:
        unroller: The nodes.
        text: The expression, for errors.
        time: The time; None in a node without the index.
    """

    def __init__(self, unroller: Unroller, text: str, time: int | None) -> None:
        self.unroller = unroller
        self.text = text
        self.time = time

    def __call__(self, syntax: Syntax) -> Syntax:
        if syntax.kind == "name":
            return self.name(syntax)
        if syntax.kind == "index" and syntax.of[0].kind == "name":
            return self.indexed(syntax)
        keywords = tuple((word, self(part)) for word, part in syntax.keywords)
        return syntax._replace(of=tuple(map(self, syntax.of)), keywords=keywords)

    def name(self, syntax: Syntax) -> Syntax:
        """Return a name: the number of the step, a node over all times, or what it is."""
        axis = self.unroller.axis
        if syntax.text == axis.letter and syntax.text not in self.unroller.inputs:
            if self.time is None:
                hint = f'{axis.letter} is the step of a node with it in its name, such as "h[{axis.letter}]".'
                self.refuse(syntax, f'"{axis.letter}"', "a number, or nothing that changes with time", hint)
            return Syntax("number", syntax.at, number=Fraction(self.time))
        if syntax.text in self.unroller.families:
            return self.all_of(syntax, 1, axis.steps)
        return syntax

    def indexed(self, syntax: Syntax) -> Syntax:
        """Return a node at a time or over several, or an entry of an input."""
        base, place, *rest = syntax.of
        if base.text in self.unroller.families:
            if place.kind == "range":
                first, last = place.of
                start = 1 if first is EVERYTHING else self.whole(first)
                end = self.unroller.axis.steps if last is EVERYTHING else self.whole(last)
                if end < start:
                    self.refuse(place, f"the range {start}:{end}", "a range whose end is not before its start")
                whole = self.all_of(base, start, end)
                rest = [EVERYTHING_ALONG, *rest] if rest else rest
            else:
                whole = self.instance(base, self.whole(place))
            return syntax._replace(of=(whole, *map(self, rest))) if rest else whole
        if base.text in self.unroller.inputs and self.moves(place):
            self.unroller.timed_inputs.add(base.text)
            place = self.entry(base, place)
        return syntax._replace(of=(base, *map(self, (place, *rest))))

    def moves(self, place: Syntax) -> bool:
        """Return whether a place changes with time."""
        index = self.unroller.axis.letter
        is_step = place.kind == "name" and place.text == index and index not in self.unroller.inputs
        return is_step or (place.kind != "range" and any(map(self.moves, place.of)))

    def entry(self, base: Syntax, place: Syntax) -> Syntax:
        """Return the place of an entry of an input that changes with time."""
        at, shape = self.whole(place), self.unroller.inputs[base.text]
        if not shape or not 1 <= at <= shape[0]:
            allowed = f"an entry from 1 to {shape[0]}" if shape else "no index: it is a number"
            hint = "" if shape else f"Give it an entry for each step: {base.text}: [{self.unroller.axis.steps}]."
            self.refuse(base, f"{base.text}[{at}]{self.when}", allowed, hint)
        return Syntax("number", place.at, number=Fraction(at))

    @property
    def when(self) -> str:
        """At which step, for errors."""
        return "" if self.time is None else f", needed at {self.unroller.axis.letter} = {self.time}"

    def all_of(self, syntax: Syntax, start: int, end: int) -> Syntax:
        """Return a node at several times, one below the other."""
        of = tuple(self.instance(syntax, time) for time in range(start, end + 1))
        return Syntax("stack", syntax.at, of)

    def instance(self, base: Syntax, time: int) -> Syntax:
        """Return a node at one time."""
        instance = NodeAtTime(base.text, time)
        if instance not in self.unroller.keys:
            self.missing(base, instance)
        name = instance_name(*instance)
        if self.time is not None and self.unroller.axis.is_cut(self.time, time):
            self.unroller.detached[f"{name}_detached"] = instance
            name = f"{name}_detached"
        return base._replace(text=name)

    def missing(self, base: Syntax, instance: NodeAtTime) -> NoReturn:
        """Refuse a node at a time at which it has no value."""
        family, steps = instance.family, self.unroller.axis.steps
        known = [one.time for one in self.unroller.keys if one.family == family]
        shown = f"{family}[{instance.time}]"
        if instance.time < 1:
            hint = f'Give it a start value: "{shown}": 0.'
        elif instance.time > steps:
            hint = f'Nothing is known behind the last step; a value for it would be "{shown}": 0.'
        else:
            hint = f'Give it for every step: "{family}[{self.unroller.axis.letter}]".'
        self.refuse(base, f"{shown}{self.when}", f"times from {min(known)} to {max(known)}", hint)

    def whole(self, syntax: Syntax) -> int:
        """Return a time: a whole number, made of numbers and the step."""
        value = self.number(syntax)
        if value is None or value.denominator != 1 or abs(value) > 10**9:
            shown = self.text[max(0, syntax.at) : max(0, syntax.at) + 20]
            self.refuse(syntax, shown, f"a time such as {self.unroller.axis.letter}-1 or 2")
        return int(value)

    def number(self, syntax: Syntax) -> Fraction | None:
        if syntax.kind == "number":
            return syntax.number
        if syntax.kind == "name" and syntax.text == self.unroller.axis.letter:
            found = self.name(syntax)
            return found.number if found.kind == "number" else None
        if syntax.kind not in _ARITHMETIC:
            return None
        parts = [self.number(part) for part in syntax.of]
        known = [part for part in parts if part is not None and abs(part) <= 10**9]
        return None if len(known) < len(parts) else _ARITHMETIC[syntax.kind](*known)

    def refuse(self, syntax: Syntax, found: str, allowed: str, hint: str = "") -> NoReturn:
        raise FormulaError(self.text, max(0, syntax.at), found, allowed, hint)


EVERYTHING_ALONG = Syntax("range", 0, (EVERYTHING, EVERYTHING))
"""A whole axis."""

_ARITHMETIC: Mapping[str, Callable[..., Fraction]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "negative": lambda a: -a,
}

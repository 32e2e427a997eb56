"""The derivatives that mistakes lead to, as one program of floats: for what looks at all of them at many numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.real import NoValueError, Value
from symnet.marking.mistakes.faults import AS_IT_SHOULD_BE, Fault, PatchedProgram, PatchedRun, Paths, Setting
from symnet.marking.records import Target
from symnet.numerics.arithmetic import Work
from symnet.numerics.compile import FORWARD
from symnet.numerics.program import Operation, Primitive, Program
from symnet.numerics.quick import QUICK


class WrongPlace(NamedTuple):
    """Where a wrong derivative of each sample stands.

    Attributes:
        slot: The slot of the program.
        leaf: With respect to what the objective has to be, whose penalty counts.
        sign: 1, or -1 for one with the wrong sign.
    """

    slot: int
    leaf: Symbol
    sign: int = 1


class WrongValue(NamedTuple):
    """A derivative that mistakes lead to.

    Attributes:
        place: Where it stands.
        names: The names of the mistakes.
    """

    place: WrongPlace
    names: tuple[str, ...]


class _SlotNumber:
    """A number of a program that is not run yet: what is done with it is written down."""

    def __init__(self, writer: _WrongWays, slot: int) -> None:
        self._writer, self.slot = writer, slot

    def __add__(self, other: object) -> _SlotNumber:
        if isinstance(other, _SlotNumber):
            return self._writer.traced(Primitive.SUM, self.slot, self._writer.one, other.slot, self._writer.one)
        return self if other == 0 else NotImplemented

    def __mul__(self, other: object) -> _SlotNumber:
        if isinstance(other, _SlotNumber):
            return self._writer.traced(Primitive.PRODUCT, self.slot, other.slot)
        return self if other == 1 else NotImplemented

    __radd__, __rmul__ = __add__, __mul__


class _WrongWays:
    """Writes the way back with each of many mistakes into one program, in which what they share stands once.

    Args:
        setting: The part, and what there is to change in it.
        patched: Its program.
    """

    def __init__(self, setting: Setting, patched: PatchedProgram) -> None:
        self.setting, self.sweep = setting, patched.sweep
        self.program = Program(patched.names)
        self.program.begin(FORWARD)
        self.one = self.program.one
        self._known: dict[Operation, int] = {}
        self._slots: dict[int, Mapping[int, int] | None] = {}
        forms = {
            (node.symbol, parent): forms[0]
            for node in setting.network.nodes.values()
            for parent, forms in node.derivatives.items()
        }
        self.right = {self.sweep.local[edge]: self.program.place(form) for edge, form in forms.items()}
        for place, operation in enumerate(self.sweep.program.operations):
            if operation is not None:
                self.right[place] = self._copied(operation, self.right)

    def traced(self, primitive: Primitive, *arguments: int) -> _SlotNumber:
        """Return the result of an operation."""
        return _SlotNumber(self, self._emitted(Operation(primitive, arguments)))

    def place(self, target: Target, fault: Fault) -> WrongPlace | None:
        """Return where a derivative stands with a mistake; None for one that is put together in another way."""
        sign, other = fault.last.factor, fault.last.other or target.symbol
        is_plain = fault.last == AS_IT_SHOULD_BE._replace(factor=sign, other=fault.last.other)
        place = self.sweep.places.get(other)
        if not is_plain or sign not in {S.One, S.NegativeOne} or fault.nodes or place is None:
            return None
        if id(fault) not in self._slots:
            try:
                self._slots[id(fault)] = self.slots(fault)
            except (TypeError, LookupError):
                self._slots[id(fault)] = None
        slots = self._slots[id(fault)]
        return None if slots is None else WrongPlace(slots[place], other, int(sign))

    def slots(self, fault: Fault) -> Mapping[int, int]:
        """Return from the slots of the way back to those of the program, with a fault in it.

        Raises:
            TypeError: If a derivative is put together otherwise than by sums and products.
        """
        found = dict(self.right)
        changed = {self.sweep.local[edge]: self.program.place(form) for edge, form in fault.edges.items()}
        found.update(changed)
        moved = set(changed)
        joined = {self.sweep.places[symbol]: symbol for symbol in fault.joined}
        for place, operation in enumerate(self.sweep.program.operations):
            if place in joined:
                found[place] = self._joined(fault, joined[place], found)
                moved.add(place)
            elif operation is not None and not moved.isdisjoint(operation.arguments):
                found[place] = self._copied(operation, found)
                moved.add(place)
        return found

    def _joined(self, fault: Fault, symbol: Symbol, found: Mapping[int, int]) -> int:
        sweep, children = self.sweep, self.setting.network.children[symbol]

        def at(place: int) -> Any:  # noqa: ANN401 - it takes the place of a number
            return _SlotNumber(self, found[place])

        paths = Paths(
            [at(sweep.places[child]) for child in children],
            [at(sweep.local[child, symbol]) for child in children],
            lambda other: at(sweep.places[other]),
            lambda child, parent: at(sweep.local[child, parent]),
            lambda other: _SlotNumber(self, self.program.places[other]),
        )
        made: Any = fault.joined[symbol](paths)
        if not isinstance(made, _SlotNumber):
            raise TypeError(made)
        return made.slot

    def _copied(self, operation: Operation, found: Mapping[int, int]) -> int:
        if operation.primitive is Primitive.NUMBER:
            return self.program.place(operation.detail)
        return self._emitted(operation._replace(arguments=tuple(found[place] for place in operation.arguments)))

    def _emitted(self, operation: Operation) -> int:
        if operation not in self._known:
            self._known[operation] = self.program.emit(
                operation.primitive, *operation.arguments, detail=operation.detail
            )
        return self._known[operation]


class WrongDerivatives:
    """The derivatives that single mistakes lead to, at any numbers.

    Args:
        setting: The part, and what there is to change in it.
        patched: Its program.
        asked: The mistakes for each derivative, by their names.

    Attributes:
        values: What mistakes make of each derivative.
        others: The mistakes that are no part of the program, since they make something else of it.
    """

    def __init__(
        self, setting: Setting, patched: PatchedProgram, asked: Mapping[Target, Sequence[tuple[str, Fault]]]
    ) -> None:
        writer = _WrongWays(setting, patched)
        self.others: dict[Target, tuple[tuple[str, Fault], ...]] = {}
        self.values: dict[Target, tuple[WrongValue, ...]] = {}
        for target, entries in asked.items():
            places = [(writer.place(target, fault), name, fault) for name, fault in entries]
            found: dict[WrongPlace, dict[str, None]] = {}
            for place, name, _ in places:
                if place is not None:
                    found.setdefault(place, {})[name] = None
            self.others[target] = tuple((name, fault) for place, name, fault in places if place is None)
            self.values[target] = tuple(WrongValue(place, tuple(names)) for place, names in found.items())
        operations = writer.program.operations
        self._right = writer.right if any(self.others.values()) else {}
        wanted = {value.place.slot for values in self.values.values() for value in values}
        self._constants, self._row = _bound(writer.program, wanted.union(self._right.values()))
        used = {place for operation in filter(None, operations) for place in operation.arguments}
        self._leaves = [(place, name) for place, name in enumerate(patched.names, 1) if place in used]
        self._blank: list[float] = [nan] * len(operations)

    def at(self, run: PatchedRun) -> Callable[[Target], Iterator[tuple[float, Sequence[str]]]]:
        """Return what yields the values of a derivative with the names of the mistakes that lead to them.

        Args:
            run: The numbers, in floats.
        """
        samples = [self._slots(values) for values in run.at.samples]
        run.take_right([{place: slots[own] for place, own in self._right.items()} for slots in samples])
        sums = samples[0] if len(samples) == 1 else [sum(numbers) for numbers in zip(*samples, strict=True)]

        def found(target: Target) -> Iterator[tuple[float, Sequence[str]]]:
            if target.sample is not None:
                slots = samples[target.sample if len(samples) > 1 else 0]
                yield from ((sign * slots[slot], names) for (slot, _, sign), names in self.values[target])
            else:
                parts = {leaf: run.of_objective(leaf) for leaf in {place.leaf for place, _ in self.values[target]}}
                for (slot, leaf, sign), names in self.values[target]:
                    in_all, penalty = parts[leaf]
                    yield sign * (sums[slot] / in_all + penalty), names
            for name, fault in self.others[target]:
                value = run.value(target, (fault,))
                if value is not None:
                    yield float(value), (name,)

        return found

    def _slots(self, values: Mapping[Expr, Value]) -> list[float]:
        """Return the numbers of the program at one sample; what has no value is no number."""
        slots = self._blank.copy()
        for place, number in self._constants:
            slots[place] = number
        for place, name in self._leaves:
            if name in values:
                slots[place] = float(values[name])
        for place, work in self._row:
            try:
                slots[place] = work(slots)
            except (NoValueError, ArithmeticError):
                slots[place] = nan
        return slots


def _bound(program: Program, wanted: set[int]) -> tuple[list[tuple[int, float]], list[tuple[int, Work]]]:
    """Return the constants of a program and what fills its other slots, as far as they are wanted."""
    operations, needed = program.operations, set(wanted)
    for place in range(len(operations) - 1, -1, -1):
        operation = operations[place]
        if operation is not None and place in needed:
            needed.update(operation.arguments)
    constants: dict[int, float] = {}
    row: list[tuple[int, Work]] = []
    for place, operation in enumerate(operations):
        if operation is None or place not in needed:
            continue
        work = QUICK[operation.primitive](operation)
        if constants.keys() >= set(operation.arguments):
            try:
                constants[place] = work([constants.get(one, nan) for one in range(place)])
            except (NoValueError, ArithmeticError):
                constants[place] = nan
        else:
            row.append((place, work))
    return list(constants.items()), row

"""A program bound to an arithmetic: a row of closures over slots, bound once and run as often as there are numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import plain_text
from symnet.numbers.program import BITS, Guard, Missing, Need, Operation, Primitive, Program
from symnet.numbers.reals import NoValueError

# What an arithmetic takes for numbers is its own business.
Number: TypeAlias = Any
Slots: TypeAlias = list[Any]
Work: TypeAlias = Callable[[Slots], Number]

# What takes long enough that it is worth asking first whether it is needed.
_COSTLY = frozenset(
    {getattr(Primitive, name) for name in ("EXP", "LOG", "LOG_NEAR_ONE", "TANH", "SINH", "COSH", "SIN", "COS", "TAN")}
    | {Primitive.POWER, Primitive.ROOT}
)
# The only part of a program of lines.
LINES = "lines"
_NOT_NEEDED = Missing("what is multiplied by 0 or stands in a branch that is not taken")


class Arithmetic(NamedTuple):
    """What numbers are, and what is done with them.

    Attributes:
        table: From an operation to what works it out, for every primitive.
        given: From an exact number and the precision in bits to the number that stands for it.
        sign: From a number to -1, 0 or 1.
        compare: From two numbers and the precision to the sign of their difference.
        is_beyond: From a number to whether it has grown beyond all bounds.
    """

    table: Mapping[Primitive, Callable[[Operation], Work]]
    given: Callable[[Fraction, int], Number]
    sign: Callable[[Number], int]
    compare: Callable[[Number, Number, int], int]
    is_beyond: Callable[[Number], bool]


class _Leaf(Missing):
    """What stands in the slot of a leaf until its number is put in."""

    def _fail(self, *_others: object) -> Any:  # noqa: ANN401 - it never returns
        raise LookupError(self.reason)

    __iter__ = __getitem__ = __bool__ = _fail


class Code:
    """A program bound to an arithmetic.

    Args:
        program: The program.
        arithmetic: What it is worked out in.
        varying: The leaves whose numbers are put in after :meth:`start`; what depends on none of them is worked out
            there.
    """

    def __init__(self, program: Program, arithmetic: Arithmetic, varying: Iterable[int]) -> None:
        self._numbers: list[tuple[int, Work]] = []
        self._common: list[tuple[int, Work]] = []
        self._entries: dict[str, list[tuple[int, Work]]] = {}
        self._blank: Slots = [_Leaf("a leaf without a number")] * len(program.operations)
        self._started: tuple[int, Slots] = (0, [])
        needs, starts = program.needs(), {at: name for name, at in program.entries.items()}
        fixed, changing = set[int](), set(varying)
        row: list[tuple[int, Work]] = []
        for place, operation in enumerate(program.operations):
            if place in starts:
                row = self._entries[starts[place]] = []
            need = needs[place]
            if operation is None or need is False:
                continue
            work = arithmetic.table[operation.primitive](operation)
            if fixed.issuperset(operation.arguments):
                fixed.add(place)
                self._numbers.append((place, work))
            elif changing.isdisjoint(operation.arguments):
                self._common.append((place, work))
            else:
                changing.add(place)
                row.append((place, _asked(operation, work, need, arithmetic)))
        # An entry in which nothing is worked out that another has not worked out already.
        for name in program.entries:
            self._entries.setdefault(name, [])

    def start(self, bits: int, numbers: Mapping[int, Number]) -> Slots:
        """Return slots with the numbers that do not vary, and all that comes of these alone."""
        if self._started[0] != bits:
            slots = self._blank.copy()
            slots[BITS] = bits
            _run(self._numbers, slots)
            self._started = bits, slots
        slots = put(self._started[1], numbers)
        _run(self._common, slots)
        return slots

    def run(self, slots: Slots, entry: str) -> None:
        """Work out one part of the program."""
        _run(self._entries[entry], slots)


class Lines:
    """Lines that use one another, bound to an arithmetic: worked out in one go, again and again.

    Args:
        varying: What is put in each time.
        fixed: What is put in at the start.
        lines: The right side of each line by its left one, in order; other lines use those that are symbols.
        arithmetic: What they are worked out in.
        shown: Whether each is rounded as a sheet shows it.
    """

    def __init__(
        self,
        varying: Iterable[Symbol],
        fixed: Iterable[Symbol],
        lines: Mapping[Expr, Expr],
        arithmetic: Arithmetic,
        *,
        shown: bool,
    ) -> None:
        program = Program(shown=shown)
        self._varying, self._fixed = ([program.leaf(symbol) for symbol in leaves] for leaves in (varying, fixed))
        program.begin(LINES)
        self._results: dict[Expr, int] = {left: program.line(left, right) for left, right in lines.items()}
        self._code, self._shown = Code(program, arithmetic, self._varying), shown

    def start(self, bits: int, fixed: Iterable[Number]) -> Slots:
        """Return slots in which the fixed numbers stand."""
        return self._code.start(bits, dict(zip(self._fixed, fixed, strict=True)))

    def work(self, started: Slots, varying: Iterable[Number]) -> list[Number]:
        """Return what each line comes to.

        Raises:
            NoValueError: At the first line without a value.
        """
        slots = started.copy()
        slots[1 : 1 + len(self._varying)] = varying
        self._code.run(slots, LINES)
        require(slots, self._results, named=self._shown)
        return [slots[place] for place in self._results.values()]


def put(slots: Slots, numbers: Mapping[int, Number]) -> Slots:
    """Return a copy of slots in which ``numbers`` stand too."""
    filled = slots.copy()
    for place, number in numbers.items():
        filled[place] = number
    return filled


def require(slots: Slots, places: Mapping[Expr, int], *, named: bool) -> None:
    """Make sure that every one of some slots holds a number.

    Args:
        slots: The slots.
        places: Which of them, by what stands in them.
        named: Whether the error says what it is that has no value.

    Raises:
        NoValueError: At the first that holds none.
    """
    for expression, place in places.items():
        value = slots[place]
        if isinstance(value, Missing):
            raise NoValueError(f"{plain_text(expression)} would be {value.reason}" if named else value.reason)


def _run(row: Iterable[tuple[int, Work]], slots: Slots) -> None:
    for place, work in row:
        try:
            slots[place] = work(slots)
        except NoValueError as error:
            slots[place] = Missing(str(error))


def _asked(operation: Operation, work: Work, need: Need, arithmetic: Arithmetic) -> Work:
    """Return ``work``, which first asks whether it is needed if that is worth it."""
    if not isinstance(need, Guard) or operation.primitive not in _COSTLY:
        return work
    (slot, signs), sign = need, arithmetic.sign
    return lambda slots: work(slots) if sign(slots[slot]) in signs else _NOT_NEEDED

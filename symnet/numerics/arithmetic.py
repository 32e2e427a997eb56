"""A program bound to an arithmetic: a row of closures over slots, bound once and run as often as there are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial, plain_text
from symnet.arithmetic.real import NoValueError
from symnet.numerics.program import BITS, Guard, Missing, Need, Operation, Primitive, Program

# What an arithmetic takes for numbers is its own business.
Number: TypeAlias = Any
Slots: TypeAlias = list[Any]
Work: TypeAlias = Callable[[Slots], Number]

Table: TypeAlias = Mapping[Primitive, Callable[[Operation], Work]]
Row: TypeAlias = Sequence[tuple[int, Work]]
# The slots of a product and of its two factors.
Triple: TypeAlias = tuple[int, int, int]

# What takes long enough that it is worth asking first whether it is needed.
_COSTLY = frozenset(
    {getattr(Primitive, name) for name in ("EXP", "LOG", "LOG_NEAR_ONE", "TANH", "SINH", "COSH", "SIN", "COS", "TAN")}
    | {Primitive.POWER, Primitive.ROOT}
)
_PRODUCT = Primitive.PRODUCT
# The only part of a program of lines.
LINES = "lines"
_NOT_YET = Missing("what was not worked out")
_NOT_NEEDED = Missing("what is multiplied by 0 or stands in a branch that is not taken")


class Arithmetic(NamedTuple):
    """What numbers are, and what is done with them.

    Attributes:
        table: From an operation to what works it out, for every primitive.
        exactly: From an exact number and the precision in bits to the number that stands for it.
        sign: From a number to -1, 0 or 1.
        compare: From two numbers and the precision to the sign of their difference.
        is_beyond: From a number to whether it has grown beyond all bounds.
        products: From the slots of many results and of their two factors to what works all of them out and puts them
            there: most of a network's derivatives are one such product each.
    """

    table: Table
    exactly: Callable[[Fraction, int], Number]
    sign: Callable[[Number], int]
    compare: Callable[[Number, Number, int], int]
    is_beyond: Callable[[Number], bool]
    products: Callable[[Sequence[Triple]], Callable[[Slots], None]]


class _Leaf(Missing):
    """What stands in the slot of a leaf until its number is put in."""

    def _fail(self, *_others: object) -> Any:  # noqa: ANN401 - it never returns
        raise LookupError(self.reason)

    __iter__ = __getitem__ = __getattr__ = _fail


class _RowBuilder:
    """Builds the list of bound operations; consecutive products of two factors are fused into one."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic, self._table = arithmetic, arithmetic.table
        self._row: list[tuple[int, Work]] = []
        self._products: list[Triple] = []

    def add(self, place: int, operation: Operation, need: Need = True) -> None:
        """Bind one operation; a costly one is evaluated only if its guard says that it is needed."""
        primitive, arguments, _ = operation
        if primitive is _PRODUCT and len(arguments) == 2:
            self._products.append((place, *arguments))
            return
        if self._products:
            self._end_products()
        work = self._table[primitive](operation)
        if need is not True and isinstance(need, Guard) and primitive in _COSTLY:
            work = _asked(work, need, self._arithmetic.sign)
        self._row.append((place, work))

    def row(self) -> Row:
        """Return the bound operations in order."""
        if self._products:
            self._end_products()
        return self._row

    def _end_products(self) -> None:
        products, self._products = self._products, []
        self._row.append((products[0][0], _consecutive_products(products, self._arithmetic)))


class Code:
    """A program bound to an arithmetic.

    Args:
        program: The program.
        arithmetic: What it is worked out in.
        fixed: How many of its leaves, the first ones, have their numbers from :meth:`start` on; what depends on these
            alone is worked out there.
    """

    def __init__(self, program: Program, arithmetic: Arithmetic, fixed: int = 0) -> None:
        self._arithmetic = arithmetic
        self._blank: Slots = [_Leaf("a leaf without a number")] * len(program.operations)
        self._started: tuple[int, Slots] = (0, [])
        self._entries: dict[str, Row] = {}
        ends = [*program.entries.values(), len(program.operations)]
        self._first, needs, constant = 1 + fixed, program.needs(), set[int]()
        varying_places = set(range(self._first, ends[0]))
        # What does not vary is always worked out: what would ask for it might not stand there yet.
        numbers, common = _RowBuilder(arithmetic), _RowBuilder(arithmetic)
        for (entry, begin), end in zip(program.entries.items(), ends[1:], strict=True):
            varying = _RowBuilder(arithmetic)
            for place, operation in enumerate(program.operations[begin:end], begin):
                need = needs[place]
                if operation is None or need is False:
                    continue
                arguments = operation[1]
                if not varying_places.isdisjoint(arguments):
                    varying_places.add(place)
                    varying.add(place, operation, need)
                elif constant.issuperset(arguments):
                    constant.add(place)
                    numbers.add(place, operation)
                else:
                    common.add(place, operation)
            self._entries[entry] = varying.row()
        self._numbers, self._common = numbers.row(), common.row()

    def start(self, bits: int, fixed: Sequence[Number] = ()) -> Slots:
        """Return slots with the constants and fixed leaves, and everything that depends on these alone, evaluated."""
        if self._started[0] != bits:
            slots = self._blank.copy()
            slots[BITS] = bits
            _run(self._numbers, slots)
            self._started = bits, slots
        slots = self._started[1].copy()
        slots[1 : 1 + len(fixed)] = fixed
        _run(self._common, slots)
        return slots

    def filled(self, started: Slots, varying: Sequence[Number]) -> Slots:
        """Return a copy of slots with the varying leaves filled in."""
        slots = started.copy()
        slots[self._first : self._first + len(varying)] = varying
        return slots

    def run(self, slots: Slots, entry: str) -> None:
        """Run one entry of the program."""
        _run(self._entries[entry], slots)


class Steps:
    """A program bound to an arithmetic one operation at a time, for programs that are run few times or in part.

    Args:
        program: The program.
        table: What each operation does; see :class:`Arithmetic`.
    """

    def __init__(self, program: Program, table: Table) -> None:
        self._program, self._table = program, table
        self._works: list[Work | None] = []
        self.first = min(program.entries.values())
        self.extend()

    def extend(self) -> None:
        """Bind the operations that were added to the program since."""
        new = self._program.operations[len(self._works) :]
        self._works += (None if one is None else self._table[one.primitive](one) for one in new)

    def longer(self, slots: Slots) -> Slots:
        """Return a copy of slots, extended by the operations that were bound since."""
        return slots + [_NOT_YET] * (len(self._works) - len(slots))

    def start(self, bits: int, leaves: Sequence[Number] = ()) -> Slots:
        """Return slots filled with the precision and the leaves."""
        return self.longer([bits, *leaves])

    def run(self, slots: Slots, first: int | None = None, last: int | None = None) -> None:
        """Evaluate the slots from ``first`` up to, not including, ``last``; inputs are left as they are."""
        works = self._works
        for place in range(self.first if first is None else first, len(works) if last is None else last):
            work = works[place]
            if work is not None:
                try:
                    slots[place] = work(slots)
                except NoValueError as error:
                    slots[place] = Missing(str(error))


class Lines:
    """Equations that use one another, compiled once and evaluated again and again.

    Args:
        fixed: What is put in at the start.
        varying: What is put in each time.
        lines: The right side of each line by its left one, in order; other lines use those that are symbols.
        arithmetic: What they are worked out in.
        shown: Whether each is rounded as a sheet shows it.
    """

    def __init__(
        self,
        fixed: Sequence[Symbol],
        varying: Sequence[Symbol],
        lines: Mapping[Expr, Expr],
        arithmetic: Arithmetic,
        *,
        shown: bool,
    ) -> None:
        program = Program((*fixed, *varying), shown=shown)
        program.begin(LINES)
        self.program, self._shown = program, shown
        self.results: dict[Expr, int] = {left: program.line(left, right) for left, right in lines.items()}
        self._code = Code(program, arithmetic, len(fixed))

    def start(self, bits: int, fixed: Sequence[Number] = ()) -> Slots:
        """Return slots filled with the fixed numbers."""
        return self._code.start(bits, fixed)

    def work(self, started: Slots, varying: Sequence[Number]) -> list[Number]:
        """Return the value of each line.

        Raises:
            NoValueError: At the first line without a value.
        """
        slots = self._code.filled(started, varying)
        self._code.run(slots, LINES)
        found = [slots[place] for place in self.results.values()]
        for number in found:
            if isinstance(number, Missing):
                require(slots, self.results, named=self._shown)
        return found


def require(slots: Slots, places: Mapping[Expr, int], *, named: bool, of: Symbol | None = None) -> None:
    """Make sure that every one of some slots holds a number.

    Args:
        slots: The slots.
        places: Which of them, by what stands in them.
        named: Whether the error says what it is that has no value.
        of: What the numbers are derivatives of, if they stand under what they are with respect to.

    Raises:
        NoValueError: At the first that holds none.
    """
    for expression, place in places.items():
        value = slots[place]
        if isinstance(value, Missing):
            name = plain_text(expression if of is None else Partial(of, expression)) if named else ""
            raise NoValueError(f"{name} would be {value.reason}" if named else value.reason)


def _run(row: Row, slots: Slots) -> None:
    for place, work in row:
        try:
            slots[place] = work(slots)
        except NoValueError as error:
            slots[place] = Missing(str(error))


def _consecutive_products(products: Sequence[Triple], arithmetic: Arithmetic) -> Work:
    """Return a bound operation that evaluates several products of two factors and returns the first."""
    (first, *factors), bind = products[0], arithmetic.table[Primitive.PRODUCT]
    if len(products) == 1:
        return bind(Operation(Primitive.PRODUCT, tuple(factors)))
    quick = arithmetic.products(products)

    def work(slots: Slots) -> Number:
        try:
            quick(slots)
        except NoValueError:
            # One of them has no value: each by itself.
            _run([(place, bind(Operation(Primitive.PRODUCT, (one, other)))) for place, one, other in products], slots)
        return slots[first]

    return work


def _asked(work: Work, need: Guard, sign: Callable[[Number], int]) -> Work:
    """Return ``work``, which is evaluated only if its guard holds."""
    slot, signs = need
    return lambda slots: work(slots) if sign(slots[slot]) in signs else _NOT_NEEDED

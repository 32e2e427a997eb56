"""Calculations on paper, line by line: each result is rounded, and goes so into the lines below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import plain_text
from symnet.numbers.binary import Binary, from_fraction, to_value
from symnet.numbers.digits import Form
from symnet.numbers.reals import NoValueError
from symnet.numbers.rules import rule_of
from symnet.numbers.tape import BITS, Slots, Tape
from symnet.numbers.written import Written


class Line(NamedTuple):
    """One line: the slot of what it works out, the slot where other lines look for the result, and what is put in."""

    place: int
    slot: int | None
    put_in: tuple[Symbol, ...]


class Lines:
    """The lines of a calculation, made ready to be worked out at any precision.

    Args:
        given: The symbols whose numbers are put in from outside.
        lines: The right side of each line by its left one, in order; other lines use those that are symbols.

    Attributes:
        tape: The right sides.
        slots: Where the number of each symbol is put.
        lines: Each line by its left side.
    """

    def __init__(self, given: Iterable[Symbol], lines: Mapping[Expr, Expr]) -> None:
        self.tape = Tape(rule_of)
        named = (left for left in lines if isinstance(left, Symbol))
        self.slots: dict[Expr, int] = {symbol: self.tape.leaf(symbol) for symbol in (*given, *named)}
        self.lines = {
            left: Line(self.tape.place(right), self.slots.get(left), tuple(right.free_symbols))
            for left, right in lines.items()
        }

    def page(self, form: Form, bits: int, numbers: Mapping[Symbol, Written]) -> Page:
        """Return a page on which nothing but ``numbers`` stands.

        Args:
            form: How results are rounded.
            bits: How precisely a line is worked out before.
            numbers: Given numbers.
        """
        return Page(self, form, self.tape.start(bits), {}).with_numbers(numbers)


class Page:
    """A calculation, as far as it has come.

    Attributes:
        numbers: What stands on it: given numbers and results, by what they are of.
    """

    def __init__(self, lines: Lines, form: Form, slots: Slots, numbers: dict[Expr, Written]) -> None:
        self.lines, self.form, self.slots, self.numbers = lines, form, slots, numbers

    def with_numbers(self, numbers: Mapping[Symbol, Written]) -> Page:
        """Return a copy of the page on which ``numbers`` stand too."""
        page = Page(self.lines, self.form, self.slots.copy(), {**self.numbers, **numbers})
        for symbol, number in numbers.items():
            page._put(self.lines.slots[symbol], number)
        return page

    def work(self, lefts: Iterable[Expr]) -> dict[Expr, Written]:
        """Return the result of each line that is named by its left side; it stands on the page from now on.

        Raises:
            NoValueError: At the first line without a value.
        """
        found = {}
        for left in lefts:
            place, slot, put_in = self.lines.lines[left]
            try:
                value = to_value(self.value(place))
            except NoValueError as error:
                raise NoValueError(f"{plain_text(left)} would be {error}") from None
            numbers = [self.numbers[symbol] for symbol in put_in]
            found[left] = self.numbers[left] = Written.result(value, self.form, numbers)
            if slot is not None:
                self._put(slot, found[left])
        return found

    def value(self, place: int) -> Binary:
        """Return what stands in a slot, not rounded.

        Raises:
            NoValueError: If it has no value.
        """
        return self.lines.tape.demand(self.slots, place)

    def is_zero(self, place: int) -> bool:
        """Return whether what stands in a slot is exactly 0; what has no value stands in a branch that is not taken."""
        try:
            return not self.value(place)[0]
        except NoValueError:
            return False

    def _put(self, slot: int, number: Written) -> None:
        self.slots[slot] = from_fraction(number.fraction, self.slots[BITS])

"""Expressions made ready to be evaluated many times: each a rule over a list of slots, common parts worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from sympy import Integer, Rational
from sympy.core.expr import Expr

from symnet.calculus import Chain
from symnet.numbers.binary import FAR, ZERO, Binary, from_fraction, total

# The precision in bits stands in slot 0; every other slot holds a number, or None until it is asked for.
Slots: TypeAlias = list[Any]
Rule: TypeAlias = Callable[[Slots], Binary]

BITS = 0
_NOTHING = float("-inf")
_UNIT = Integer(1)


class Tape:
    """Expressions over common slots.

    Attributes:
        exponents: The slots of what e is raised to.
        replaced: The expressions that are worked out otherwise than from their parts.
    """

    def __init__(self, rule_of: Callable[[Tape, Expr], Rule]) -> None:
        self.exponents: list[int] = []
        self.replaced: set[Expr] = set()
        self.rule_of = rule_of
        self._blank: Slots = [0]
        self._rules: list[Rule] = [_missing]
        self._places: dict[Expr, int] = {}
        self._fractions: list[tuple[int, Fraction]] = []

    def leaf(self, symbol: Expr) -> int:
        """Return the new slot of a symbol whose value is put in from outside."""
        self._places[symbol] = self._add(_missing)
        return self._places[symbol]

    def define(self, symbol: Expr, expression: Expr) -> int:
        """Return the new slot of a symbol whose value is that of ``expression``."""
        self._places[symbol] = self._add(self.rule_of(self, expression))
        return self._places[symbol]

    def replace(self, expression: Expr, rule: Rule) -> None:
        """Take what ``rule`` computes for ``expression`` from now on."""
        self.replaced.add(expression)
        self._places[expression] = self._add(rule)

    def hidden(self, rule: Rule) -> int:
        """Return the new slot of what ``rule`` computes, under no name."""
        return self._add(rule)

    def place(self, expression: Expr) -> int:
        """Return the slot of ``expression``, a new one where it has none."""
        found = self._places.get(expression)
        if found is not None:
            return found
        return self._constant(expression) if isinstance(expression, Rational) else self.define(expression, expression)

    def known(self, expression: Expr) -> int | None:
        """Return the slot of ``expression``, or None."""
        return self._places.get(expression)

    def factors(self, term: Sequence[Expr]) -> tuple[int, int]:
        """Return the slots of the first factor and of the product of the others, which is 1 where there are none."""
        first, *rest = term
        return self.place(first), self.place(Chain(*rest) if rest else _UNIT)

    def items(self) -> Iterator[tuple[Expr, int]]:
        """Yield each expression that has a slot and is worked out, and the slot."""
        return ((expression, place) for expression, place in self._places.items() if self._rules[place] is not _missing)

    def start(self, bits: int) -> Slots:
        """Return slots in which nothing stands but the precision and the constants."""
        slots = self._blank.copy()
        slots[BITS] = bits
        for place, number in self._fractions:
            slots[place] = from_fraction(number, bits)
        return slots

    def demand(self, slots: Slots, place: int) -> Binary:
        """Return what stands in a slot, worked out if it is not there yet."""
        value: Binary | None = slots[place]
        if value is None:
            value = slots[place] = self._rules[place](slots)
        return value

    def sum(self, pairs: Sequence[tuple[int, int]]) -> Rule:
        """Return the rule of a sum of products of two slots; where the first factor is 0, the second is not asked for.

        It comes out exactly 0 where all but half of the bits cancel, as in :func:`symnet.numbers.binary.total`.
        """
        if len(pairs) == 1:
            return self.product(pairs[0])
        demand = self.demand

        def rule(slots: Slots) -> Binary:
            bits = slots[BITS]
            mantissa = exponent = 0
            largest = _NOTHING
            for i, j in pairs:
                m, e = slots[i] or demand(slots, i)
                if not m:
                    continue
                n, f = slots[j] or demand(slots, j)
                if not n:
                    continue
                m *= n
                e += f
                reach = m.bit_length() + e
                if reach > largest:  # noqa: PLR1730 - max() would take longer than the product
                    largest = reach
                if not mantissa:
                    mantissa, exponent = m, e
                    continue
                shift = e - exponent
                if abs(shift) > FAR * bits:
                    return total(_products(slots, pairs, demand), bits)
                if shift >= 0:
                    mantissa += m << shift
                else:
                    mantissa = (mantissa << -shift) + m
                    exponent = e
            extra = mantissa.bit_length()
            if not mantissa or extra + exponent < largest - bits // 2:
                return ZERO
            extra -= bits
            if extra > 0:
                return ((mantissa >> extra - 1) + 1) >> 1, exponent + extra
            return mantissa, exponent

        return rule

    def product(self, places: Sequence[int]) -> Rule:
        """Return the rule of a product, which stops at a factor of exactly 0."""
        first, *rest = places
        demand = self.demand

        def rule(slots: Slots) -> Binary:
            bits = slots[BITS]
            mantissa, exponent = slots[first] or demand(slots, first)
            for place in rest:
                if not mantissa:
                    return ZERO
                n, f = slots[place] or demand(slots, place)
                mantissa *= n
                exponent += f
                extra = mantissa.bit_length() - bits
                if extra > 0:
                    mantissa = ((mantissa >> extra - 1) + 1) >> 1
                    exponent += extra
            return mantissa, exponent

        return rule

    def of(self, expression: Expr, function: Callable[[Binary, int], Binary]) -> Rule:
        """Return the rule of a function of the value of ``expression`` and the precision."""
        place, demand = self.place(expression), self.demand
        return lambda slots: function(slots[place] or demand(slots, place), slots[BITS])

    def _add(self, rule: Rule) -> int:
        self._blank.append(None)
        self._rules.append(rule)
        return len(self._rules) - 1

    def _constant(self, number: Rational) -> int:
        place = self._places[number] = self._add(_missing)
        if number.q == 1:
            self._blank[place] = (int(number.p), 0)
        else:
            self._fractions.append((place, Fraction(int(number.p), int(number.q))))
        return place


def _missing(_slots: Slots) -> Binary:
    """Stand in the place of the rule of a leaf, which is put in from outside."""
    raise LookupError("a leaf without a number")


def _products(
    slots: Slots, pairs: Sequence[tuple[int, int]], demand: Callable[[Slots, int], Binary]
) -> Iterator[Binary]:
    for i, j in pairs:
        m, e = demand(slots, i)
        if m:
            n, f = demand(slots, j)
            yield m * n, e + f

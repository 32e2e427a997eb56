"""Straight-line programs: expressions compiled once to operations on numbered slots, common parts once.

What an operation does is said by an arithmetic, which is a table over the :class:`Primitive` operations. In slot 0
stands the precision in bits; every other slot holds a number, or :class:`Missing` where there is none: what is
multiplied by exactly 0, or stands in a branch that is not taken, need not have a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property, partial
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Add, Integer, Mul, Pow, Rational, S, exp, log, tanh
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Pi

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins, plain_text
from symnet.arithmetic.real import NoValueError

# The precision stands in the first slot.
BITS = 0


class Primitive(Enum):
    """What an operation does with the numbers in the slots that are its arguments."""

    NUMBER = "the exact number, e or pi that is its detail"
    SUM = "the sum of products of two: the first and the second factor of each term"
    PRODUCT = "the product of two or more"
    QUOTIENT = "the first over the second"
    POWER = "the first to the power of the second"
    ROOT = "the square root"
    EXP = "e to the power"
    LOG = "the natural logarithm"
    LOG_NEAR_ONE = "the natural logarithm of the second, which is 1 and the first"
    TANH = "the hyperbolic tangent of the first, where the second is e to the power of twice the first"
    SINH = "the hyperbolic sine"
    COSH = "the hyperbolic cosine"
    SIN = "the sine"
    COS = "the cosine"
    TAN = "the tangent"
    ERF = "the error function"
    ABS = "the absolute value"
    SIGN = "1 above 0, -1 below, 0 at 0"
    MAXIMUM = "the largest of two or more"
    MINIMUM = "the smallest of two or more"
    POSITIVE = "1 above 0, else 0"
    BRANCH = "the second where the first is above 0, else the third"
    CONTEST = "1 if the first compares with each other one as its detail says, else 0"
    FUNCTION = "the function of one number whose name is its detail"
    ERROR = "the first, or what is known better where the second is one of the bounds that are its detail"
    SHOWN = "the first as a sheet shows it; the others are the numbers put into it"

    # As members are compared by identity; that of Enum hashes their names each time.
    __hash__ = object.__hash__


# These are met so often that even looking them up would take its time.
_NUMBER, _SUM, _PRODUCT, _BRANCH = Primitive.NUMBER, Primitive.SUM, Primitive.PRODUCT, Primitive.BRANCH


class Operation(NamedTuple):
    """One operation of a program: what is done, with the numbers in which slots, and what it knows beside them."""

    primitive: Primitive
    arguments: tuple[int, ...]
    detail: Any = None


class Guard(NamedTuple):
    """When an operation is needed at all: where the number in a slot has a sign that is among some."""

    slot: int
    signs: frozenset[int]


# What Operation(...) comes to, in half the time.
_operation: Callable[[tuple[Primitive, tuple[int, ...], object]], Operation] = partial(tuple.__new__, Operation)

Need: TypeAlias = Guard | bool
NONZERO, ABOVE, NOT_ABOVE = frozenset({1, -1}), frozenset({1}), frozenset({0, -1})


class Missing:
    """What stands in the slot of a number that has no value, or was not needed: whoever reads it fails.

    Attributes:
        reason: Why there is none.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def _fail(self, *_others: object) -> Any:  # noqa: ANN401 - it never returns
        raise NoValueError(self.reason)

    __iter__ = __getitem__ = __getattr__ = _fail


class Program:
    """A straight-line program: operations in order, each of which writes one slot.

    Args:
        leaves: What is put in from outside; it stands in the first slots.
        shown: Whether each line is rounded as a sheet shows it before other lines use it.
        instead: By the type of expressions that may be worked out otherwise than from their parts, what returns the
            slot of one, or None where it is not.

    Attributes:
        operations: What fills each slot; None for the precision and for numbers that are put in from outside.
        exponents: The slots of what e is raised to.
        entries: The first slot of each part of the program that is run by itself, by name, in order.
        places: The slot of each expression that has one.
    """

    def __init__(
        self,
        leaves: Iterable[Expr],
        *,
        shown: bool = False,
        instead: Mapping[type[Expr], Callable[[Program, Expr], int | None]] = MappingProxyType({}),
    ) -> None:
        self.shown, self._instead = shown, instead
        self.places: dict[Expr, int] = {leaf: place for place, leaf in enumerate(leaves, 1)}
        self.operations: list[Operation | None] = [None] * (1 + len(self.places))
        self.exponents: list[int] = []
        self.entries: dict[str, int] = {}
        self._roots: list[int] = []

    @cached_property
    def one(self) -> int:
        """The slot of 1."""
        return self.place(S.One)

    @cached_property
    def zero(self) -> int:
        """The slot of 0."""
        return self.place(S.Zero)

    def begin(self, entry: str) -> None:
        """Begin a part of the program that is run by itself, after the ones before it."""
        self.entries[entry] = len(self.operations)

    def line(self, left: Expr, right: Expr) -> int:
        """Compile the right side of an equation, bind its left side to the result and return the slot."""
        place = self.place(right)
        if self.shown:
            place = self.show(place, [self.places[symbol] for symbol in right.free_symbols])
        self.places[left] = place
        return self.wanted(place)

    def put_in(self, *names: Expr) -> int:
        """Return a new input slot and bind some names to it."""
        self.operations.append(None)
        place = len(self.operations) - 1
        self.places.update(dict.fromkeys(names, place))
        return place

    def forget(self, count: int) -> None:
        """Forget the slots of all but the first ``count`` expressions, so that later ones are compiled anew."""
        while len(self.places) > count:
            self.places.popitem()

    def show(self, place: int, put_in: Iterable[int]) -> int:
        """Return the slot of a number as it is shown, from the slots of the number and of those put into it."""
        return self.emit(Primitive.SHOWN, place, *put_in) if self.shown else place

    def wanted(self, place: int) -> int:
        """Mark a slot as an output and return it."""
        self._roots.append(place)
        return place

    def emit(self, primitive: Primitive, *arguments: int, detail: object = None) -> int:
        """Append an operation and return the slot of its result."""
        self.operations.append(_operation((primitive, arguments, detail)))
        return len(self.operations) - 1

    def place(self, expression: Expr) -> int:
        """Return the slot of ``expression``, compiling it if it is new."""
        found = self.places.get(expression)
        if found is None:
            instead = self._instead.get(type(expression))
            if instead is not None:
                found = instead(self, expression)
            self.places[expression] = found = self.work_out(expression) if found is None else found
        return found

    def work_out(self, expression: Expr) -> int:
        """Return the slot of ``expression``, worked out from its parts whatever ``instead`` says."""
        return _RULES.get(type(expression), _number)(self, expression)

    def sum(self, pairs: Sequence[tuple[int, int]]) -> int:
        """Return the slot of a sum of products of two slots; where the first is 0, the second need have no number."""
        if len(pairs) != 1:
            return self.emit(_SUM, *chain.from_iterable(pairs)) if pairs else self.zero
        (first, second), one = pairs[0], self.one
        if first == one:
            return second
        return first if second == one else self.emit(_PRODUCT, first, second)

    def product(self, places: Sequence[int]) -> int:
        """Return the slot of a product; where a factor is 0, those behind it need have no number."""
        one = self.one
        factors = [place for place in places if place != one]
        return self.emit(_PRODUCT, *factors) if len(factors) > 1 else factors[0] if factors else one

    def needs(self) -> list[Need]:
        """Return for each slot whether it has to be evaluated: always, never, or if its guard holds."""
        operations = self.operations
        found: list[Need] = [operation is None for operation in operations]
        for root in self._roots:
            found[root] = True
        # Most slots are leaves or asked for from outside: only those of which it is not yet known are looked at.
        first, last = min(self.entries.values()), len(found)
        unknown = {place for place in range(first, last) if not found[place]}
        for place in range(last - 1, first - 1, -1):
            operation, need = operations[place], found[place]
            if operation is None or need is False or unknown.isdisjoint(operation[1]):
                continue
            kind, arguments = operation[0], operation[1]
            for index, argument in enumerate(arguments):
                if argument not in unknown:
                    continue
                wanted = need
                if need is True and kind in _GUARDED:
                    wanted = self._guard(kind, arguments, index, found) or need
                known = found[argument]
                if wanted is True or known not in {False, wanted}:
                    unknown.discard(argument)
                    wanted = True
                found[argument] = wanted
        return found

    @staticmethod
    def _guard(kind: Primitive, arguments: Sequence[int], index: int, found: Sequence[Need]) -> Guard | None:
        """Return the guard of an argument, whose slot is evaluated unconditionally and before the argument."""
        slot, signs = arguments[0], NONZERO
        if kind is _SUM:
            slot, index = arguments[index - 1], index % 2
        elif kind is _BRANCH:
            signs = ABOVE if index == 1 else NOT_ABOVE
        usable = index and slot < arguments[index] and found[slot] is True
        return Guard(slot, signs) if usable else None


# These do not look at each of their arguments: products and quotients stop where the first one is 0.
_GUARDED = frozenset({_SUM, _PRODUCT, _BRANCH, Primitive.QUOTIENT})

# From expressions to operations.

_PRODUCTS = (Chain, Mul)


def _sum(program: Program, expression: Expr) -> int:
    """Return the slot of a sum: each term is its first factor and the others, which are 1 if there are none."""
    place, known, pairs = program.place, program.places.get, []
    for term in expression.args:
        if isinstance(term, _PRODUCTS):
            first, *rest = term.args
            second = rest[0] if len(rest) == 1 else Chain(*rest)
            # Most factors are leaves or nodes before, for which a call would take longer than the rest.
            pairs.append((known(first) or place(first), known(second) or place(second)))
        else:
            pairs.append((place(term), program.one))
    return program.sum(pairs)


def _product(program: Program, expression: Expr) -> int:
    return program.product([program.place(factor) for factor in expression.args])


def _power(program: Program, expression: Expr) -> int:
    base, exponent = expression.args
    if exponent == 2:
        return program.product([program.place(base)] * 2)
    if exponent == Rational(1, 2):
        return program.emit(Primitive.ROOT, program.place(base))
    return program.emit(Primitive.POWER, program.place(base), program.place(exponent))


def _exponential(program: Program, expression: Expr) -> int:
    (argument,) = expression.args
    if isinstance(argument, _PRODUCTS) and argument.args[0].is_negative:
        # Both e^z and e^(-z) are needed, for a sigmoid and for how far it is from 1, but one of them is enough.
        first, *rest = argument.args
        if first is S.NegativeOne:
            opposite = rest[0] if len(rest) == 1 else argument.func(*rest)
        else:
            opposite = argument.func(-first, *rest)
        below = program.place(exp(opposite, evaluate=False))
        return program.emit(Primitive.QUOTIENT, program.place(S.One), below)
    place = program.place(argument)
    program.exponents.append(place)
    return program.emit(Primitive.EXP, place)


def _logarithm(program: Program, expression: Expr) -> int:
    """Return the slot of a logarithm; ``ln(1 + x)`` is computed from x."""
    (argument,) = expression.args
    whole = program.place(argument)
    if not isinstance(argument, PathSum) or argument.args[0] is not S.One:
        return program.emit(Primitive.LOG, whole)
    return program.emit(Primitive.LOG_NEAR_ONE, program.place(PathSum(*argument.args[1:])), whole)


def _tanh(program: Program, expression: Expr) -> int:
    """Return the slot of tanh, which shares e^(2x) with how far it is from 1 and from -1."""
    (argument,) = expression.args
    # SymPy would work out more than that, such as what is divided by 0.
    power_of_e = program.place(exp(Mul(Integer(2), argument, evaluate=False), evaluate=False))
    return program.emit(Primitive.TANH, program.place(argument), power_of_e)


def _contest(program: Program, expression: Expr) -> int:
    (own, *_), signs, others = zip(*expression.contests, strict=True)
    return program.emit(Primitive.CONTEST, program.place(own), *map(program.place, others), detail=signs)


def _applied(program: Program, expression: Expr) -> int:
    arguments = expression.args[1:]
    through = FUNCTIONS[expression.name].through
    return _FUNCTIONS[expression.name](program, arguments) if through is None else program.place(through(*arguments))


def _number(program: Program, expression: Expr) -> int:
    """Return the slot of an exact number, of e or of pi."""
    if not isinstance(expression, Rational | Exp1 | Pi):
        raise LookupError(f"{plain_text(expression)} is nothing that a program can work out")
    return program.emit(_NUMBER, detail=expression)


def _of(primitive: Primitive) -> Callable[[Program, Expr], int]:
    """Return the compile rule of expressions whose parts are the arguments of one operation."""
    return lambda program, expression: program.emit(primitive, *map(program.place, expression.args))


_RULES: Mapping[type[Expr], Callable[[Program, Expr], int]] = {
    PathSum: _sum,
    Add: _sum,
    Chain: _product,
    Mul: _product,
    Quotient: _of(Primitive.QUOTIENT),
    Pow: _power,
    exp: _exponential,
    log: _logarithm,
    tanh: _tanh,
    Indicator: _of(Primitive.POSITIVE),
    Branch: _of(Primitive.BRANCH),
    Wins: _contest,
    Undercuts: _contest,
    Applied: _applied,
}


def _function(primitive: Primitive) -> Callable[[Program, Sequence[Expr]], int]:
    """Return the compile rule of a function that is a primitive."""
    return lambda program, arguments: program.emit(primitive, *map(program.place, arguments))


def _raised(primitive: Primitive) -> Callable[[Program, Sequence[Expr]], int]:
    """Return the compile rule of a primitive that grows exponentially, whose argument is noted for the precision."""

    def rule(program: Program, arguments: Sequence[Expr]) -> int:
        place = program.place(arguments[0])
        program.exponents.append(place)
        return program.emit(primitive, place)

    return rule


def _term_by_term(program: Program, expression: Expr) -> int:
    return program.sum([(program.place(term), program.one) for term in expression.args])


def _named(name: str) -> Callable[[Program, Expr], int]:
    """Return the compile rule of a function named by its type."""
    return lambda program, expression: program.emit(Primitive.FUNCTION, program.place(expression.args[0]), detail=name)


def _applied_as_it_stands(program: Program, expression: Expr) -> int | None:
    if FUNCTIONS[expression.name].through is None:
        return None
    return program.emit(Primitive.FUNCTION, *map(program.place, expression.args[1:]), detail=expression.name)


# Expressions as they are written, where programs work them out from other parts than their own; for arithmetics in
# which it makes a difference from what a number is worked out.
AS_IT_STANDS: Mapping[type[Expr], Callable[[Program, Expr], int | None]] = {
    PathSum: _term_by_term,
    Add: _term_by_term,
    Pow: _of(Primitive.POWER),
    exp: _named("exp"),
    log: _named("ln"),
    tanh: _named("tanh"),
    Applied: _applied_as_it_stands,
}

# The functions that are operations themselves; the others are worked out through other expressions.
_FUNCTIONS: Mapping[str, Callable[[Program, Sequence[Expr]], int]] = {
    "sqrt": _function(Primitive.ROOT),
    "sin": _function(Primitive.SIN),
    "cos": _function(Primitive.COS),
    "tan": _function(Primitive.TAN),
    "erf": _function(Primitive.ERF),
    "sinh": _raised(Primitive.SINH),
    "cosh": _raised(Primitive.COSH),
    "abs": _function(Primitive.ABS),
    "sign": _function(Primitive.SIGN),
    "max": _function(Primitive.MAXIMUM),
    "min": _function(Primitive.MINIMUM),
}

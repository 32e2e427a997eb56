"""The entries of an array expression, one by one: as scalar expressions, or as numbers.

Both are the same walk over the operations; what is done to two entries an :class:`EntryAlgebra` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Integer, Rational, S, exp
from sympy.core.expr import Expr
from sympy.core.power import Pow

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Chain, Indicator, PathSum, Quotient, Undercuts, Wins, by_comparison, negative
from symnet.arrays.tree import ArrayTree, AxisRange, Channels, Reduction, Shape, Window, channels_of

Entries: TypeAlias = Sequence[Any]
"""The entries of an array, row by row."""


class EntryAlgebra(NamedTuple):
    """What is done to entries, whatever they are.

    Attributes:
        number: From a number that is written out to an entry.
        add: From entries to their sum.
        multiply: From entries to their product.
        divide: From two entries to their quotient.
        power: From a base and an exponent to the power.
        function: From the name of a function and its arguments to its value.
        where: From a comparison, its two sides, and two values, to the one that holds.
        indicator: From an entry to 1 where it is greater than 0, else 0.
        contest: From ``max`` or ``min``, a 0-based place and entries to 1 where the entry there is the largest or
            smallest, the first of equal ones, else 0.
    """

    number: Callable[[Expr], Any]
    add: Callable[[Entries], Any]
    multiply: Callable[[Entries], Any]
    divide: Callable[[Any, Any], Any]
    power: Callable[[Any, Any], Any]
    function: Callable[[str, Entries], Any]
    where: Callable[[str, Any, Any, Any, Any], Any]
    indicator: Callable[[Any], Any]
    contest: Callable[[str, int, Entries], Any]

    def negative(self, entry: Any) -> Any:  # noqa: ANN401 - an entry is what the algebra makes it
        """Return an entry with the opposite sign."""
        return self.multiply((self.number(S.NegativeOne), entry))


# Entries as scalar expressions.


def _sum(terms: Entries) -> Expr:
    return PathSum(*(term for term in terms if term is not S.Zero))


def _product(factors: Entries) -> Expr:
    if any(factor is S.Zero for factor in factors):
        return S.Zero
    others = [factor for factor in factors if factor is not S.One and factor is not S.NegativeOne]
    if not sum(factor is S.NegativeOne for factor in factors) % 2:
        return Chain(*others)
    return -others[0] if len(others) == 1 and others[0].is_Rational else negative(Chain(*others))


def _quotient(over: Expr, under: Expr) -> Expr:
    if over is S.Zero or under is S.One:
        return over
    if over.is_Rational and under.is_Rational:
        return over / under
    return Quotient(over, under)


def _power(base: Expr, exponent: Expr) -> Expr:
    if base is S.Exp1:
        return exp(exponent, evaluate=False)
    return base if exponent is S.One else Pow(base, exponent, evaluate=False)


def _function(name: str, arguments: Entries) -> Expr:
    """Return a function of entries; of equal ones the largest or smallest needs each only once."""
    if name in {"max", "min"}:
        arguments = tuple(dict.fromkeys(arguments))
        if len(arguments) == 1:
            return arguments[0]
    return FUNCTIONS[name].build(*arguments)


SYMBOLIC = EntryAlgebra(
    number=lambda value: value,
    add=_sum,
    multiply=_product,
    divide=_quotient,
    power=_power,
    function=_function,
    where=by_comparison,
    indicator=Indicator,
    contest=lambda kind, place, entries: (Wins if kind == "max" else Undercuts)(Integer(place), *entries),
)
"""Entries as ordered expressions in the symbols of scalars."""


# The entries of each operation.


class Walk:
    """Works out the entries of array expressions.

    Args:
        leaves: From the name of a leaf to its entries, row by row.
        algebra: What is done to entries.
    """

    def __init__(self, leaves: Callable[[str], Entries], algebra: EntryAlgebra) -> None:
        self.leaves = leaves
        self.algebra = algebra

    def __call__(self, tree: ArrayTree) -> Entries:
        """Return the entries of a tree, row by row."""
        return _ENTRIES[tree.kind](self, tree)

    def leaf(self, tree: ArrayTree) -> Entries:
        """Return the entries of an array with a name."""
        return self.leaves(tree.option)

    def constant(self, tree: ArrayTree) -> Entries:
        """Return numbers that are written out."""
        return [self.algebra.number(value) for value in tree.option]

    def entrywise(self, tree: ArrayTree) -> Entries:
        """Return what is made of the entries in the same place."""
        columns = [self.brought(part, tree.shape) for part in tree.of]
        combine = _ENTRYWISE[tree.kind]
        return [combine(self.algebra, tree.option, entries) for entries in zip(*columns, strict=True)]

    def brought(self, tree: ArrayTree, shape: Shape) -> Entries:
        """Return the entries of a tree, repeated to a shape as broadcasting does."""
        entries = self(tree)
        if tree.shape == shape:
            return entries
        return [entries[place] for place in repeated(tree.shape, shape)]

    def matmul(self, tree: ArrayTree) -> Entries:
        """Return a matrix product."""
        first, second = tree.of
        left, right, algebra = self(first), self(second), self.algebra
        return [
            algebra.add([algebra.multiply((left[i], right[j])) for i, j in pairs])
            for pairs in product_pairs(first.shape, second.shape)
        ]

    def rearranged(self, tree: ArrayTree) -> Entries:
        """Return entries of another array, each where it comes to stand."""
        entries = self(tree.of[0])
        return [entries[place] for place in _PLACES[tree.kind](tree)]

    def concat(self, tree: ArrayTree) -> Entries:
        """Return arrays one behind the other along an axis."""
        axis: int = tree.option
        parts = [(self(part), prod(part.shape[axis:])) for part in tree.of]
        outside = prod(tree.shape[:axis])
        return [e for row in range(outside) for entries, n in parts for e in entries[row * n : (row + 1) * n]]

    def stack(self, tree: ArrayTree) -> Entries:
        """Return arrays one below the other."""
        return [entry for part in tree.of for entry in self(part)]

    def detach(self, tree: ArrayTree) -> Entries:
        """Return the same numbers."""
        return self(tree.of[0])

    def reduced(self, tree: ArrayTree) -> Entries:
        """Return the sum, the mean, the largest or the smallest over axes."""
        entries, algebra = self(tree.of[0]), self.algebra
        combine = _REDUCTIONS[tree.kind]
        return [combine(algebra, [entries[i] for i in group]) for group in groups(tree.of[0].shape, tree.option)]

    def softmax(self, tree: ArrayTree) -> Entries:
        """Return powers of e over their sum, or the logarithm of that, along an axis."""
        entries, algebra = self(tree.of[0]), self.algebra
        found: list[Any] = [None] * tree.size
        for number, whole in enumerate(groups(tree.shape, Reduction((tree.option,)))):
            group = whole
            if tree.kind == "causal_softmax":
                # A row sees the places up to its own.
                group = whole[: 1 + number % tree.shape[-2]]
                for i in whole[len(group) :]:
                    found[i] = algebra.number(S.Zero)
            powers = [algebra.function("exp", (entries[i],)) for i in group]
            total = algebra.add(powers)
            for i, power in zip(group, powers, strict=True):
                if tree.kind == "log_softmax":
                    found[i] = algebra.add((entries[i], algebra.negative(algebra.function("ln", (total,)))))
                else:
                    found[i] = algebra.divide(power, total)
        return found

    def mask(self, tree: ArrayTree) -> Entries:
        """Return 1 where an entry is the largest or smallest over axes, the first of equal ones, and 0 elsewhere."""
        kind, over = tree.option
        entries, found = self(tree.of[0]), [None] * tree.size
        for group in groups(tree.shape, over):
            held = [entries[i] for i in group]
            for place, i in enumerate(group):
                found[i] = self.algebra.contest(kind, place, held)
        return found

    def outer(self, tree: ArrayTree) -> Entries:
        """Return the products of all pairs of entries."""
        left, right = map(self, tree.of)
        return [self.algebra.multiply(pair) for pair in product(left, right)]

    def correlate(self, tree: ArrayTree) -> Entries:
        """Return what a kernel gives as it moves over an array; it is not flipped."""
        array, kernel = map(self, tree.of)
        terms: list[list[Any]] = [[] for _ in range(tree.size)]
        for out, i, k in correlation(tree.of[0].shape, tree.of[1].shape, tree.option):
            terms[out].append(self.algebra.multiply((array[i], kernel[k])))
        return [self.algebra.add(entry) for entry in terms]

    def correlate_input(self, tree: ArrayTree) -> Entries:
        """Return, for each entry of the array, the sum over the places of the kernel that cover it."""
        shape, window = tree.option
        upstream, kernel = map(self, tree.of)
        terms: list[list[Any]] = [[] for _ in range(tree.size)]
        for out, i, k in correlation(shape, tree.of[1].shape, window):
            terms[i].append(self.algebra.multiply((upstream[out], kernel[k])))
        return [self.algebra.add(entry) for entry in terms]

    def correlate_kernel(self, tree: ArrayTree) -> Entries:
        """Return, for each entry of the kernel, the sum over the places to which it moves."""
        shape, window = tree.option
        array, upstream = map(self, tree.of)
        terms: list[list[Any]] = [[] for _ in range(tree.size)]
        for out, i, k in correlation(tree.of[0].shape, shape, window):
            terms[k].append(self.algebra.multiply((array[i], upstream[out])))
        return [self.algebra.add(entry) for entry in terms]

    def pooled(self, tree: ArrayTree) -> Entries:
        """Return the largest or the mean of each window."""
        entries, algebra = self(tree.of[0]), self.algebra
        combine = _REDUCTIONS["max" if tree.kind == "maxpool" else "mean"]
        return [combine(algebra, [entries[i] for i in group]) for group in windows(tree.of[0].shape, tree.option)]

    def pooled_at(self, tree: ArrayTree) -> Entries:
        """Return the entries of one array at the places where the other is the largest of each window."""
        tangents, entries, algebra = self(tree.of[0]), self(tree.of[1]), self.algebra
        found = []
        for group in windows(tree.of[0].shape, tree.option):
            held = [entries[i] for i in group]
            wins = [algebra.contest("max", place, held) for place in range(len(group))]
            found.append(
                algebra.add([algebra.multiply((tangents[i], won)) for i, won in zip(group, wins, strict=True)])
            )
        return found

    def unpool(self, tree: ArrayTree) -> Entries:
        """Return what comes back through pooling: to the largest of each window, or to all of it in equal shares."""
        shape, window = tree.option
        upstream, algebra = self(tree.of[0]), self.algebra
        array = self(tree.of[1]) if len(tree.of) > 1 else None
        terms: list[list[Any]] = [[] for _ in range(tree.size)]
        for group, share in zip(windows(shape, window), upstream, strict=True):
            for place, i in enumerate(group):
                if array is None:
                    terms[i].append(algebra.divide(share, algebra.number(Integer(len(group)))))
                else:
                    won = algebra.contest("max", place, [array[j] for j in group])
                    terms[i].append(algebra.multiply((share, won)))
        return [algebra.add(entry) for entry in terms]

    def place(self, tree: ArrayTree) -> Entries:
        """Return an array with 0 around what stands in some of its places."""
        entries, found = self(tree.of[0]), [self.algebra.number(S.Zero)] * tree.size
        shape, spans = tree.option
        for entry, place in zip(entries, taken(shape, spans), strict=True):
            found[place] = entry
        return found

    def repeat(self, tree: ArrayTree) -> Entries:
        """Return an array repeated along axes that it does not have, or along which it has the length 1."""
        shape, axes = tree.option
        own = tree.of[0].shape
        kept = len(own) == len(shape)
        between = own if kept else tuple(1 if axis in axes else n for axis, n in enumerate(shape))
        entries = self(tree.of[0])
        return [entries[place] for place in repeated(between, shape)]


# Which entries belong together.


@lru_cache(maxsize=512)
def repeated(shape: Shape, to: Shape) -> tuple[int, ...]:
    """Return, for each place of the shape ``to``, the place of an array of ``shape`` that stands there."""
    steps = _steps((1,) * (len(to) - len(shape)) + shape)
    lengths = (1,) * (len(to) - len(shape)) + shape
    used = tuple(0 if length == 1 else step for step, length in zip(steps, lengths, strict=True))
    return tuple(_at(used, index) for index in _indices(to))


def product_pairs(first: Shape, second: Shape) -> Iterator[list[tuple[int, int]]]:
    """Yield, for each entry of a matrix product, the places of the pairs of factors that it is the sum of."""
    left = first if len(first) > 1 else (1, *first)
    right = second if len(second) > 1 else (*second, 1)
    (rows, inner), columns = left[-2:], right[-1]
    batch = tuple(max(a, b) for a, b in zip(*_alike(left[:-2], right[:-2]), strict=True))
    bases = zip(repeated(left[:-2], batch), repeated(right[:-2], batch), strict=True)
    for one, other in bases:
        for row, column in product(range(rows), range(columns)):
            start, beginning = one * rows * inner + row * inner, other * inner * columns + column
            yield [(start + place, beginning + place * columns) for place in range(inner)]


def _alike(first: Shape, second: Shape) -> tuple[Shape, Shape]:
    longest = max(len(first), len(second))
    return (1,) * (longest - len(first)) + first, (1,) * (longest - len(second)) + second


def groups(shape: Shape, over: Reduction) -> list[list[int]]:
    """Return the places that are brought together, one list for each entry that comes out."""
    found: dict[Shape, list[int]] = {}
    for place, index in enumerate(_indices(shape)):
        outside = tuple(at for axis, at in enumerate(index) if axis not in over.axes)
        found.setdefault(outside, []).append(place)
    return list(found.values())


def taken(shape: Shape, spans: Sequence[AxisRange]) -> list[int]:
    """Return the places that are taken of an array."""
    steps = _steps(shape)
    ranges = [range(span.start, span.stop) for span in spans] + [range(n) for n in shape[len(spans) :]]
    return [_at(steps, index) for index in product(*ranges)]


def windows(shape: Shape, window: Window) -> Iterator[list[int]]:
    """Yield the places in each window over the last axes of an array."""
    axes = len(window.size)
    steps, lengths = _steps(shape), shape[-axes:]
    starts = [range(0, n - size + 1, by) for n, size, by in zip(lengths, window.size, window.stride, strict=True)]
    for index in product(*map(range, shape[:-axes]), *starts):
        inside = product(*map(range, window.size))
        outside = (0,) * (len(shape) - axes)
        yield [_at(steps, index) + _at(steps, (*outside, *place)) for place in inside]


def correlation(array: Shape, kernel: Shape, window: Window) -> Iterator[tuple[int, int, int]]:
    """Yield the places of an entry of a correlation, of the entry of the array and of that of the kernel in one term.

    What falls on the padding is left out.
    """
    known = channels_of(array, kernel, window)
    channels, filters = range(known.channels or 1), range(prod(known.filters))
    size = prod(known.window.size)
    covered = _covered(known)
    area, count = prod(known.lengths), len(covered)
    for sample, filtered in product(range(prod(known.samples)), filters):
        for number, terms in enumerate(covered):
            out = (sample * len(filters) + filtered) * count + number
            for channel in channels:
                start = (sample * len(channels) + channel) * area
                beginning = (filtered * len(channels) + channel) * size
                yield from ((out, start + i, beginning + k) for i, k in terms)


def _covered(known: Channels) -> list[list[tuple[int, int]]]:
    """Return, for each place of a kernel, what of one channel it covers, with the places within it."""
    window, lengths = known.window, known.lengths
    ranges = [
        range(-pad, n + pad - size + 1, by)
        for n, pad, size, by in zip(lengths, window.padding, window.size, window.stride, strict=True)
    ]
    steps, found = _steps(lengths), []
    for corner in product(*ranges):
        terms = []
        for k, offset in enumerate(product(*map(range, window.size))):
            index = tuple(a + b for a, b in zip(corner, offset, strict=True))
            if all(0 <= at < n for at, n in zip(index, lengths, strict=True)):
                terms.append((_at(steps, index), k))
        found.append(terms)
    return found


def _turned(tree: ArrayTree) -> list[int]:
    steps = _steps(tree.of[0].shape)
    used = tuple(steps[axis] for axis in tree.option)
    return [_at(used, index) for index in _indices(tree.shape)]


def _looked_up(tree: ArrayTree) -> list[int]:
    width = prod(tree.of[0].shape[1:])
    return [row * width + column for row in tree.option[1] for column in range(width)]


def _steps(shape: Shape) -> Shape:
    """Return by how many places the entries of an array lie apart along each axis."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _indices(shape: Shape) -> Iterator[Shape]:
    return product(*map(range, shape))


def _at(steps: Shape, index: Shape) -> int:
    return sum(step * at for step, at in zip(steps, index, strict=True))


_PLACES: Mapping[str, Callable[[ArrayTree], Sequence[int]]] = MappingProxyType(
    {
        "transpose": _turned,
        "reshape": lambda tree: range(tree.size),
        "slice": lambda tree: taken(tree.of[0].shape, tree.option),
        "embed": _looked_up,
    }
)

_ENTRYWISE: Mapping[str, Callable[[EntryAlgebra, Any, Entries], Any]] = MappingProxyType(
    {
        "add": lambda algebra, _option, entries: algebra.add(entries),
        "multiply": lambda algebra, _option, entries: algebra.multiply(entries),
        "divide": lambda algebra, _option, entries: algebra.divide(*entries),
        "power": lambda algebra, _option, entries: algebra.power(*entries),
        "negative": lambda algebra, _option, entries: algebra.negative(entries[0]),
        "function": lambda algebra, name, entries: algebra.function(name, entries),
        "where": lambda algebra, sign, entries: algebra.where(sign, *entries),
        "indicator": lambda algebra, _option, entries: algebra.indicator(entries[0]),
        "contest": lambda algebra, option, entries: algebra.contest(option[0], option[1], entries),
    }
)


def _mean(algebra: EntryAlgebra, entries: Entries) -> Any:  # noqa: ANN401
    return algebra.divide(algebra.add(entries), algebra.number(Rational(len(entries))))


def _extreme(name: str) -> Callable[[EntryAlgebra, Entries], Any]:
    return lambda algebra, entries: entries[0] if len(entries) == 1 else algebra.function(name, entries)


_REDUCTIONS: Mapping[str, Callable[[EntryAlgebra, Entries], Any]] = MappingProxyType(
    {
        "sum": lambda algebra, entries: algebra.add(entries),
        "mean": _mean,
        "max": _extreme("max"),
        "min": _extreme("min"),
    }
)

_ENTRIES: Mapping[str, Callable[[Walk, ArrayTree], Entries]] = MappingProxyType(
    {
        "leaf": Walk.leaf,
        "constant": Walk.constant,
        **dict.fromkeys(_ENTRYWISE, Walk.entrywise),
        "matmul": Walk.matmul,
        **dict.fromkeys(_PLACES, Walk.rearranged),
        "concat": Walk.concat,
        "stack": Walk.stack,
        "detach": Walk.detach,
        **dict.fromkeys(_REDUCTIONS, Walk.reduced),
        **dict.fromkeys(("softmax", "log_softmax", "causal_softmax"), Walk.softmax),
        "mask": Walk.mask,
        "outer": Walk.outer,
        "correlate": Walk.correlate,
        "correlate_input": Walk.correlate_input,
        "correlate_kernel": Walk.correlate_kernel,
        **dict.fromkeys(("maxpool", "avgpool"), Walk.pooled),
        "maxpool_at": Walk.pooled_at,
        "unpool": Walk.unpool,
        "place": Walk.place,
        "repeat": Walk.repeat,
    }
)

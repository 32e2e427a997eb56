"""Chains of rounded numbers: thousands of calculations of one exercise at once, each line rounded before it is used."""

import itertools
import math
from fractions import Fraction
from typing import NamedTuple

import mpmath
import numpy as np
from exercises import ROOT, Draws, luck, solved
from sympy import Rational

import symnet
from symnet.catalog.optimizers import updated
from symnet.errors import DescriptionError
from symnet.marking.compare import Comparer
from symnet.marking.records import Answer, Figures, TypedAnswer, Verdict
from symnet.marking.rounding import Calculation
from symnet.marking.truth import Truth
from symnet.numerics.direct import NoValueError
from symnet.numerics.program import Missing, Primitive

# The operations of programs on arrays of floats.

_COMPARE = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
_NUMPY = {
    "ln": np.log, "log": np.log, "abs": np.abs, "sign": np.sign, "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "erf": np.vectorize(math.erf, otypes=[float]),
}  # fmt: skip
_NAMED = {
    Primitive.ROOT: "sqrt", Primitive.EXP: "exp", Primitive.LOG: "ln", Primitive.SINH: "sinh", Primitive.COSH: "cosh",
    Primitive.SIN: "sin", Primitive.COS: "cos", Primitive.TAN: "tan", Primitive.ABS: "abs", Primitive.SIGN: "sign",
    Primitive.ERF: "erf",
}  # fmt: skip


def _function(name):
    return _NUMPY[name] if name in _NUMPY else getattr(np, name)


def _entry(function):
    """Return the table's entry of a function of the numbers in an operation's slots."""

    def bind(operation):
        def work(slots):
            numbers = [slots[place] for place in operation.arguments]
            for number in numbers:
                if isinstance(number, Missing):
                    raise NoValueError(number.reason)
            return function(operation, numbers)

        return work

    return bind


def _named(name):
    """Return the table's entry of a function by its name."""
    return _entry(lambda _operation, numbers: _function(name)(numbers[0]))


def _product(_operation, numbers):
    """Return the product, which is 0 where a factor is, whatever the others are."""
    found = math.prod(numbers)
    return np.where(np.any([np.equal(number, 0) for number in np.broadcast_arrays(*numbers)], axis=0), 0.0, found)


def _quotient(_operation, numbers):
    over, under = numbers
    return np.where(np.equal(over, 0), 0.0, over / under)


def _number(operation, _numbers):
    return np.float64(operation.detail)


TABLE = {
    Primitive.NUMBER: _entry(_number),
    Primitive.SUM: _entry(lambda _o, n: sum(_product(None, n[at : at + 2]) for at in range(0, len(n), 2))),
    Primitive.PRODUCT: _entry(_product),
    Primitive.QUOTIENT: _entry(_quotient),
    Primitive.POWER: _entry(lambda _o, n: np.power(n[0], n[1])),
    Primitive.TANH: _entry(lambda _o, n: np.tanh(n[0])),
    Primitive.LOG_NEAR_ONE: _entry(lambda _o, n: np.log(n[1])),
    Primitive.MAXIMUM: _entry(lambda _o, n: np.maximum.reduce(np.broadcast_arrays(*n))),
    Primitive.MINIMUM: _entry(lambda _o, n: np.minimum.reduce(np.broadcast_arrays(*n))),
    Primitive.POSITIVE: _entry(lambda _o, n: np.where(n[0] > 0, 1.0, 0.0)),
    Primitive.BRANCH: _entry(lambda _o, n: np.where(n[0] > 0, n[1], n[2])),
    Primitive.CONTEST: _entry(
        lambda o, n: (
            np.logical_and.reduce([_COMPARE[sign](n[0], other) for sign, other in zip(o.detail, n[1:], strict=True)])
            * 1.0
        )
    ),
    Primitive.FUNCTION: _entry(lambda o, n: _function(o.detail)(n[0])),
    Primitive.ERROR: _entry(lambda _o, n: n[0]),
    Primitive.SHOWN: _entry(lambda _o, n: n[0]),
    **{primitive: _named(name) for primitive, name in _NAMED.items()},
}

# Ways to round.
HALF_UP, HALF_EVEN, CUT_OFF, UP, DOWN = range(5)
_STUDENTS = 3
# Below this part of a unit, what floats are off by is no digit.
_NOISE = 1e-7


def rounded(value, unit, kind):
    """Return numbers rounded to multiples of their units: by kind half up, half to even, cut off, up or down."""
    scaled = value / unit
    # What lies on a multiple, or half way between two, but for noise, lies there.
    near = np.round(2 * scaled) / 2
    scaled = np.where(np.abs(scaled - near) < _NOISE, near, scaled)
    ways = [
        np.copysign(np.floor(np.abs(scaled) + 0.5), scaled),
        np.rint(scaled),
        np.trunc(scaled),
        np.ceil(scaled),
        np.floor(scaled),
    ]
    return np.choose(kind, np.broadcast_arrays(*ways)) * unit


class Chains:
    """The lines of one part, worked out many times at once.

    Args:
        tableau: Knows the part.
        decimals: How many decimals are shown.
    """

    def __init__(self, tableau, decimals):
        self.tableau, self.decimals, self.unit = tableau, decimals, 10.0**-decimals
        self.calculation = Calculation(tableau, TABLE)
        data = tableau.part.data
        shared = {**data.parameters, **data.constants, **tableau.constants}
        self.leaves = {symbol: np.float64(number) for symbol, number in shared.items()}
        self.rows = [{symbol: np.float64(number) for symbol, number in row.items()} for row in data.rows]

    def run(self, line):
        """Work out every line; ``line`` makes of its name and its forms' values what lower lines use."""

        def work(name, _forms, ways, _known):
            found = [way for way in ways if not isinstance(way, Missing)]
            if not found:
                raise NoValueError("no number")
            return line(name, found)

        several = (self.leaves, self.rows) if len(self.rows) > 1 else (self.leaves | self.rows[0], ())
        with np.errstate(all="ignore"):
            self.calculation.run(work, *several)

    def units(self, name, value):
        """Return the places of the last digits shown: of what an optimizer keeps, those that a sheet shows."""
        if "(" not in str(name):
            return np.full(np.shape(value), self.unit)
        size = np.floor(np.log10(np.abs(np.where(value == 0, 1.0, value))))
        usual = (size >= -max(1, self.decimals // 2)) & (size < 7)
        return np.where(usual, self.unit, 10.0 ** (size + 1 - max(self.decimals - 1, 2)))

    def at_random(self, count, seed=1):
        """Return what each line comes to in so many chains that round as students do, or keep more digits."""
        chance, kept = np.random.default_rng(seed), {}

        def line(name, ways):
            ways = [np.broadcast_to(way, (count,)) for way in ways]
            raw = np.choose(chance.integers(len(ways), size=count), ways)
            unit = self.units(name, raw)
            kept[name] = rounded(raw, unit, chance.integers(_STUDENTS, size=count))
            more = 10.0 ** -chance.integers(4, size=count)
            used = rounded(raw, unit * more, chance.integers(_STUDENTS, size=count))
            return np.where(chance.random(count) < 1 / 5, raw, used)

        self.run(line)
        return kept

    def directed(self, lines):
        """Return for each line the largest and the smallest number to which it is pushed, in any of its forms.

        The lines above it are in their first form, or in their last. What does not move a number is not rounded.
        """
        found = [self._directed(lines, pick) for pick in (0, -1)]
        return {line: (max(one[line][0] for one in found), min(one[line][1] for one in found)) for line in lines}

    def _directed(self, lines, pick):
        moves, index = self._moves(lines, pick)
        signs_of = np.array([np.sign(np.nan_to_num(move)) for _, _, move in moves])
        count, kept = len(moves), {}

        def push(name, ways):
            signs = signs_of[:, index[name] + 1]
            raw = np.broadcast_to(ways[pick], (2 * count,))
            kept[name] = [np.broadcast_to(way, (2 * count,)) for way in ways]
            both = np.concatenate([signs, -signs])
            return np.where(both, rounded(raw, self.units(name, raw), np.where(both > 0, UP, DOWN)), raw)

        self.run(push)
        found = {}
        for place, (line, way, _) in enumerate(moves):
            both = kept[line][way][[place, count + place]]
            high, low = found.get(line, (-math.inf, math.inf))
            ends = rounded(np.array([np.nanmax(both), np.nanmin(both)]), self.unit, np.array([UP, DOWN]))
            found[line] = max(high, ends[0]), min(low, ends[1])
        return found

    def _moves(self, lines, pick):
        """Return how much each form of some lines moves with each line above, and the places of these."""
        index, plain = {}, {}

        def bump(name, ways):
            number = index.setdefault(name, len(index))
            raw = np.broadcast_to(ways[pick], (size,)).astype(float).copy()
            plain[name] = [np.broadcast_to(way, (size,)) for way in ways]
            if number + 1 < size:
                raw[number + 1] += _STEP * (abs(raw[0]) or _STEP)
            return raw

        size = 1
        self.run(bump)
        size = len(index) + 1
        self.run(bump)
        moves = [(line, way, form - form[0]) for line in lines for way, form in enumerate(plain[line])]
        # Where a step divides by the size of a derivative, what counts is where that is pushed, or what is made of one
        # that is kept in full.
        for leaf in self.tableau.stepped:
            new, old = updated(leaf), plain.get(self.tableau.derivative(leaf))
            if new in lines and old is not None:
                moves.append((new, 0, old[0] - old[0][0]))
                own = np.zeros(size)
                own[[index[name] + 1 for name, _ in self.tableau.step_lines(leaf)[:-1]]] = 1
                moves.append((new, 0, own * (plain[new][0] - plain[new][0][0])))
        return moves, index


# By such a part a number is moved to see what moves with it.
_STEP = 1e-6

# How much of what is accepted rounding can lead to.

# So many of the numbers that chains lead to are looked at, the outermost and some between.
_OUTERMOST, _BETWEEN = 20, 20
# So many numbers beside the true one are looked at one by one, or fewer where so many in a row are not accepted; those
# beyond in growing strides, until so many of them are not.
_NEAR, _IN_A_ROW, _STRIDE, _MISSES = 60, 10, 1.3, 6
MOST_DECIMALS = 5


class Room(NamedTuple):
    """How many numbers are accepted for a quantity, and how many lie between those to which it is pushed."""

    exercise: str
    target: str
    true: float
    accepted: int
    pushed: int

    @property
    def ratio(self):
        """How much wider that is which is accepted."""
        if not self.pushed:
            return float(max(self.accepted, 1))
        return max(self.accepted - 1, 0) / self.pushed


class Measured(NamedTuple):
    """What came of the chains of one exercise: the room of each number, and what they led to and was not accepted."""

    rooms: list
    rejected: list


def exercises(count, first=0):
    """Return so many exercises, without so many of the first: the name of each, what is solved, and its part."""
    return itertools.islice(_all_exercises(), first, count)


def _all_exercises():
    """Yield every part of the examples that has numbers, then random networks without end."""
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        worked = solved(path)
        yield from ((f"{path.stem}, {part.loss_name}", worked, part) for part in worked.parts if part.data is not None)
    seed = 0
    while True:
        seed += 1
        draws = Draws(luck(f"chains {seed}"), digits=2 + seed % 3)
        spec = draws.description(widest=(3, 4, 4, 3), samples=3)
        if draws.maybe():
            optimizer = draws.chance.choice(["sgd", "momentum", "adam"])
            spec["training"] = {"optimizer": optimizer, "learning_rate": "0.1", "steps": 1}
        try:
            worked = symnet.solve({**spec, "numbers": {"decimals": 3 + seed % 3}})
        except DescriptionError:
            continue
        yield f"random {seed}", worked, worked.parts[0]


def accepts(comparer, target, whole, decimals):
    """Return whether so many units of the last decimal are accepted, or are too few digits to tell."""
    unit = Fraction(1, 10**decimals)
    value = whole * unit
    expression = Rational(value.numerator, value.denominator)
    verdict = comparer.compare(Answer(TypedAnswer(target.id, ""), target, expression, Figures(value, unit))).verdict
    return verdict.is_right or verdict is Verdict.CANNOT_TELL


def accepted(comparer, target, decimals):
    """Return how many numbers with so many decimals are accepted."""
    start = int(mpmath.nint(comparer.truth.number(target) * 10**decimals))
    found = int(accepts(comparer, target, start, decimals))
    for sign in (-1, 1):
        off = in_a_row = misses = 0
        while off < _NEAR and in_a_row < _IN_A_ROW:
            off += 1
            right = accepts(comparer, target, start + sign * off, decimals)
            found, in_a_row = found + right, 0 if right else in_a_row + 1
        while misses < _MISSES:
            stride = max(int(off * (_STRIDE - 1)), 1)
            off += stride
            right = accepts(comparer, target, start + sign * off, decimals)
            found, misses = found + right * stride, misses + (not right)
    return found


def measured(count, chains, first=0):
    """Yield what came of so many random chains, and of directed ones, of each exercise."""
    for name, worked, part in exercises(count, first):
        comparer = Comparer(Truth(worked, part))
        decimals = min(worked.description.numbers.decimals, MOST_DECIMALS)
        runs = Chains(comparer.truth.tableau, decimals)
        kept = runs.at_random(chains)
        found = Measured([], [])
        named = [(comparer.truth.line(target), target) for target in comparer.truth.targets]
        targets = {
            line: target
            for line, target in reversed(named)
            if line in kept and comparer.truth.number(target) is not None
        }
        pushed = runs.directed(targets)
        for line, target in targets.items():
            units = np.unique(np.rint(kept[line][np.isfinite(kept[line])] / runs.unit).astype(np.int64))
            outer = (
                units[:_OUTERMOST],
                units[_OUTERMOST:-_OUTERMOST][:: 1 + len(units) // _BETWEEN],
                units[-_OUTERMOST:],
            )
            found.rejected.extend(
                f"{name}: {target.id} = {int(unit)}e-{decimals} for {float(comparer.truth.number(target))}"
                for unit in np.unique(np.concatenate(outer))
                if not accepts(comparer, target, int(unit), decimals)
            )
            if not np.all(np.isfinite(pushed[line])):
                # A chain that is pushed on may end in a division by 0.
                continue
            up, down = (round(float(end) / runs.unit) for end in pushed[line])
            true = float(comparer.truth.number(target))
            found.rooms.append(Room(name, target.id, true, accepted(comparer, target, decimals), up - down))
        yield found

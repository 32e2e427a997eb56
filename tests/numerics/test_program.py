"""Programs in exact arithmetic: the value of each expression is its own, and only what is needed is worked out."""

from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numeric_programs import everything
from sympy import Add, Integer, Mul, Pow, Rational, S, Symbol, exp, log, pi, tanh

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import (
    Applied,
    Branch,
    Chain,
    Indicator,
    Partial,
    PathSum,
    Quotient,
    SampleSum,
    Undercuts,
    Wins,
    difference,
)
from symnet.arithmetic.light import from_fraction, from_value, to_value
from symnet.arithmetic.real import NoValueError
from symnet.numerics.affine import AFFINE, AffineForm
from symnet.numerics.arithmetic import Code, Steps, require
from symnet.numerics.direct import _RULES as numeric_rules
from symnet.numerics.direct import numeric
from symnet.numerics.exact import EXACT, TABLE
from symnet.numerics.format import Form
from symnet.numerics.paper import paper
from symnet.numerics.program import _RULES, AS_IT_STANDS, Missing, Operation, Primitive, Program
from symnet.numerics.quick import QUICK
from symnet.numerics.vectors import VECTORS

BITS = 200
NAMES = [Symbol(name) for name in "abc"]
values = st.fractions(-8, 8, max_denominator=1000)
given_values = st.tuples(values, values, values)


def deeper(inner):
    """Return the strategy of expressions one level above ``inner``."""
    several = st.lists(inner, min_size=2, max_size=4)
    functions = st.sampled_from([name for name, entry in FUNCTIONS.items() if entry.least == 1 == entry.most])
    return st.one_of(
        several.map(lambda parts: PathSum(*parts)),
        several.map(lambda parts: Chain(*parts)),
        several.map(lambda parts: Add(*parts, evaluate=False)),
        several.map(lambda parts: Mul(*parts, evaluate=False)),
        several.map(lambda parts: Applied("max", *parts)),
        several.map(lambda parts: Applied("min", *parts)),
        several.map(lambda parts: Wins(Integer(1), *parts)),
        several.map(lambda parts: Undercuts(Integer(0), *parts)),
        inner.map(lambda part: Applied("max", S.Zero, part)),
        inner.map(Indicator),
        inner.map(lambda part: tanh(part, evaluate=False)),
        inner.map(lambda part: exp(Chain(S.NegativeOne, part), evaluate=False)),
        inner.map(lambda part: log(PathSum(S.One, part), evaluate=False)),
        st.tuples(functions, inner).map(lambda pair: FUNCTIONS[pair[0]].build(pair[1])),
        st.tuples(inner, inner).map(lambda pair: Quotient(*pair)),
        st.tuples(inner, inner, inner).map(lambda parts: Branch(*parts)),
        st.tuples(inner, st.sampled_from([2, 3, -1, -2, Rational(1, 2)])).map(
            lambda pair: Pow(pair[0], pair[1], evaluate=False)
        ),
    )


leaves = st.sampled_from([*NAMES, S.Zero, S.One, S.NegativeOne, Integer(3), Rational(-2, 7), S.Exp1, pi])
expressions = st.recursive(leaves, deeper, max_leaves=8)


def run(expressions, numbers, bits=BITS, arithmetic=EXACT, fixed=()):
    """Return what stands in the slots of expressions in a program of their own, some of whose names are fixed."""
    order = [*(name for name in NAMES if name in fixed), *(name for name in NAMES if name not in fixed)]
    program = Program(order)
    program.begin("all")
    roots = [program.wanted(program.place(expression)) for expression in expressions]
    code = Code(program, arithmetic, len(fixed))
    with mpmath.workprec(bits):
        given = dict(zip(NAMES, (from_fraction(Fraction(number), bits) for number in numbers), strict=True))
        values = [given[name] for name in order]
        slots = code.filled(code.start(bits, values[: len(fixed)]), values[len(fixed) :])
        code.run(slots, "all")
    return [slots[root] for root in roots]


def in_program(expression, numbers, bits=BITS):
    """Return the value of an expression in a program of its own."""
    (found,) = run([expression], numbers, bits)
    require([found], {expression: 0}, named=False)
    return to_value(found)


def by_itself(expression, numbers, bits=BITS):
    """Return the value of an expression by walking it."""
    with mpmath.workprec(bits):
        known = {
            name: mpmath.mpf(number.numerator) / number.denominator for name, number in zip(NAMES, numbers, strict=True)
        }
        return mpmath.mpf(numeric(expression, known))


def outcome(value_of, expression, numbers):
    """Return a value, or None where there is none."""
    try:
        return value_of(expression, numbers)
    except NoValueError:
        return None


def step_by_step(expression, numbers, bits=BITS):
    """Return the value of an expression worked out from its own parts, step by step."""
    program = Program(NAMES, instead=AS_IT_STANDS)
    program.begin("all")
    place = program.place(expression)
    steps = Steps(program, TABLE)
    with mpmath.workprec(bits):
        slots = steps.start(bits, [from_fraction(number, bits) for number in numbers])
        steps.run(slots)
    require(slots, {expression: place}, named=False)
    return to_value(slots[place])


@given(expressions, given_values)
def test_a_value_is_that_of_the_expression(expression, numbers):
    """In a program an expression has the value that it has by itself, or none where it has none; also step by step."""
    expected = [outcome(partial(by_itself, bits=bits), expression, numbers) for bits in (BITS, 4 * BITS)]
    # Where noise decides whether there is a value, nothing is claimed.
    if None in expected:
        if expected[1] is None and expected[0] is None:
            assert outcome(in_program, expression, numbers) is None
            assert outcome(step_by_step, expression, numbers) is None
        return
    if abs(expected[0] - expected[1]) > abs(expected[1]) * mpmath.mpf(2) ** (20 - BITS):
        return
    # Step by step, ln(1 + x) loses what x is less than 1.
    for found in (in_program(expression, numbers), step_by_step(expression, numbers, 4 * BITS)):
        with mpmath.workprec(BITS):
            assert abs(found - expected[1]) <= abs(expected[1]) * mpmath.mpf(2) ** (60 - BITS)


x, y = NAMES[:2]


@pytest.mark.parametrize(
    "expression",
    [
        Chain(x, log(x)),
        Chain(x, Quotient(S.One, x)),
        Quotient(x, x),
        PathSum(Chain(x, log(x)), y),
        Branch(x, log(x), S.Zero),
        Chain(Indicator(x), log(x)),
    ],
)
def test_what_is_multiplied_by_zero_is_not_worked_out(expression):
    """0 ln 0 is 0, and so is what stands in a branch that is not taken."""
    assert in_program(expression, (0, 0, 0)) == 0


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (log(x), "the logarithm of 0"),
        (log(PathSum(S.One, S.NegativeOne, x)), "the logarithm of 0"),
        (log(PathSum(S.NegativeOne, x)), "the logarithm of a negative number"),
        (Quotient(S.One, x), "division by 0"),
        (Pow(x, -2, evaluate=False), "division by 0"),
        (Pow(PathSum(S.NegativeOne, x), Rational(1, 2), evaluate=False), "the square root of a negative number"),
        (exp(PathSum(Integer(10) ** 16, x)), "e to the power 1.0e.16"),
    ],
)
def test_where_there_is_no_value(expression, reason):
    """An expression without a value says why."""
    with pytest.raises(NoValueError, match=reason):
        in_program(expression, (0, 0, 0))


@pytest.mark.parametrize("power", [1, 30, 300, 10**6])
def test_softplus_keeps_its_digits(power):
    """Ln(1 + e^x) far below 0 is e^x to all digits, not 0."""
    found = in_program(log(PathSum(S.One, exp(Chain(Integer(power), x)))), (-7, 0, 0))
    with mpmath.workprec(4 * BITS):
        expected = mpmath.log1p(mpmath.exp(-7 * power))
        assert abs(found - expected) <= expected * mpmath.mpf(2) ** (5 - BITS)


@pytest.mark.parametrize("power", [-300, -60, -8, -3, 0, 3, 9, 40])
def test_tanh_keeps_its_digits(power):
    """Tanh is right to its last digits for very small arguments and for large ones."""
    found = in_program(tanh(x), (3 * Fraction(2) ** power, 0, 0))
    with mpmath.workprec(4 * BITS):
        expected = mpmath.tanh(3 * mpmath.mpf(2) ** power)
        assert abs(found - expected) <= abs(expected) * mpmath.mpf(2) ** (12 - BITS)


def test_common_parts_are_worked_out_once():
    """An expression that stands in two others has one slot, and what works it out runs once."""
    calls = []

    def counted(operation):
        work = TABLE[Primitive.EXP](operation)
        return lambda slots: calls.append(1) or work(slots)

    arithmetic = EXACT._replace(table={**TABLE, Primitive.EXP: counted})
    found = run([PathSum(exp(x), Integer(number)) for number in (1, 2)], (1, 0, 0), arithmetic=arithmetic)
    assert len(set(found)) == 2
    assert calls == [1]


def test_slots_start_without_numbers():
    """What stood in the slots of one run is not there in the next."""
    program = Program([x])
    program.begin("all")
    root = program.wanted(program.place(difference(Applied("max", S.Zero, x), Rational(1, 3))))
    code, found = Code(program, EXACT), []
    for number in (1, 2):
        slots = code.filled(code.start(BITS), [(number, 0)])
        code.run(slots, "all")
        found.append(to_value(slots[root]))
    assert found[1] - found[0] == 1


def test_a_leaf_without_a_number_is_an_error():
    """A leaf that was not given a number is a programmer's error."""
    program = Program([x])
    program.begin("all")
    program.wanted(program.place(Chain(x, x)))
    code = Code(program, EXACT)
    with pytest.raises(LookupError, match="without a number"):
        code.run(code.start(BITS), "all")


@pytest.mark.parametrize("unknown", [Symbol("unknown"), difference(x, Symbol("unknown")), Partial(x, y)])
def test_an_unknown_name_is_an_error(unknown):
    """A name without a slot is a programmer's error as well."""
    with pytest.raises(LookupError, match="nothing that a program can work out"):
        run([unknown], (1, 1, 1))


ARITHMETICS = {"exact": EXACT, "paper": paper(Form(4, paper=True))}


def test_the_program_of_everything_takes_every_operation():
    """No operation is left out below."""
    operations = everything().operations
    assert {operation.primitive for operation in operations if operation is not None} == set(Primitive)
    assert len(Primitive) > 20


@pytest.mark.parametrize(
    ("table", "number", "value"),
    [
        (QUICK, float, float),
        (VECTORS, lambda it: np.array([float(it), -7.0]), lambda it: float(np.broadcast_to(it, 2)[0])),
        (AFFINE, lambda it: AffineForm(mpmath.mpf(it)), lambda it: it.center),
    ],
    ids=["quick", "vectors", "affine"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_floats_and_exact_affine_numbers_come_to_the_same(table, number, value):
    """In floats, arrays, and affine numbers that are off by nothing, each operation gives what it gives exactly."""
    program = everything()
    found = []
    for operations, put_in in ((TABLE, from_value), (table, number)):
        steps = Steps(program, operations)
        with mpmath.workprec(BITS):
            slots = steps.start(BITS, [put_in(mpmath.mpf(it)) for it in (0.5, 0.75)])
            steps.run(slots)
        found.append(slots[steps.first :])
    assert len(found[0]) > 40
    for exactly, other in zip(*found, strict=True):
        assert abs(to_value(exactly) - value(other)) <= 1e-14 * (1 + abs(to_value(exactly)))


NOTHING = np.nan
WITHOUT_VALUE = [
    ("LOG", [0], NOTHING),
    ("QUOTIENT", [1, 0], NOTHING),
    ("QUOTIENT", [0, 0], 0),
    ("PRODUCT", [0, NOTHING], 0),
    ("ROOT", [-1], NOTHING),
    ("POWER", [0, -1], NOTHING),
    ("POWER", [-8, 3], -512),
    ("POWER", [-8, 0.5], NOTHING),
    ("SUM", [0.1, 1, 0.2, 1, -0.3, 1], 0),
    ("SUM", [0, NOTHING, 2, 3], 6),
    ("BRANCH", [NOTHING, 1, 2], NOTHING),
    ("BRANCH", [1, 2, NOTHING], 2),
    ("POSITIVE", [NOTHING], NOTHING),
    ("MAXIMUM", [1, NOTHING], NOTHING),
    ("ABS", [NOTHING], NOTHING),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "numbers", "expected"), WITHOUT_VALUE)
def test_in_arrays_what_has_no_value_is_no_number(name, numbers, expected):
    """In arrays what has no real value is nan; a factor of 0 asks for no other, nor a branch for the other one."""
    operation = Operation(Primitive[name], tuple(range(len(numbers))))
    found = VECTORS[operation.primitive](operation)([np.array([number, 1.0]) for number in numbers])
    assert np.array_equal(found[0], expected, equal_nan=True)
    # Nothing of one entry comes to another.
    assert np.isfinite(found[1])


@pytest.mark.parametrize("name", ARITHMETICS)
def test_each_arithmetic_knows_every_operation(name):
    """The table of an arithmetic is total, and each of its entries works out a number."""
    arithmetic = ARITHMETICS[name]
    assert set(arithmetic.table) == set(Primitive)
    code = Code(everything(), arithmetic)
    with mpmath.workprec(BITS):
        numbers = [arithmetic.exactly(number, BITS) for number in (Fraction(1, 2), Fraction(3, 4))]
        slots = code.filled(code.start(BITS), numbers)
        code.run(slots, "all")
    assert all(isinstance(number, tuple) for number in slots[1:])


def test_each_arithmetic_compares_and_has_signs():
    """Given numbers have their sign, and are compared by value."""
    for arithmetic in ARITHMETICS.values():
        low, zero, high = (arithmetic.exactly(Fraction(number, 3), BITS) for number in (-1, 0, 2))
        assert [arithmetic.sign(number) for number in (low, zero, high)] == [-1, 0, 1]
        assert [arithmetic.compare(low, other, BITS) for other in (low, high)] == [0, -1]
        assert arithmetic.compare(high, zero, BITS) == 1
        assert not arithmetic.is_beyond(high)


@pytest.mark.parametrize(
    ("expression", "numbers", "asked"),
    [
        (Chain(x, exp(y)), (0, 1, 0), False),
        (Chain(x, exp(y)), (2, 1, 0), True),
        (PathSum(Chain(x, exp(y)), y), (0, 1, 0), False),
        (Branch(x, exp(y), S.One), (-1, 1, 0), False),
        (Branch(x, exp(y), S.One), (1, 1, 0), True),
        (Branch(x, S.One, exp(y)), (0, 1, 0), True),
        (Quotient(x, exp(y)), (0, 1, 0), False),
        (PathSum(Chain(x, exp(y)), exp(y)), (0, 1, 0), True),
        (PathSum(exp(y), Chain(x, exp(y))), (0, 1, 0), True),
        (Chain(exp(x), exp(y)), (0, 1, 0), True),
    ],
)
def test_what_is_not_needed_is_not_worked_out(expression, numbers, asked):
    """An exponential that is multiplied by 0 or stands in a branch not taken costs nothing, unless it is needed too."""
    calls = []

    def counted(operation):
        work = TABLE[Primitive.EXP](operation)
        return lambda slots: calls.append(operation.arguments) or work(slots)

    arithmetic = EXACT._replace(table={**TABLE, Primitive.EXP: counted})
    run([expression], numbers, arithmetic=arithmetic)
    assert (2,) in calls if asked else (2,) not in calls


def test_what_does_not_vary_is_worked_out_at_the_start():
    """An operation on numbers that stay the same is done once, and its result stands in every run."""
    calls = []

    def counted(operation):
        work = TABLE[Primitive.EXP](operation)
        return lambda slots: calls.append(1) or work(slots)

    arithmetic = EXACT._replace(table={**TABLE, Primitive.EXP: counted})
    program = Program([x, y])
    program.begin("all")
    root = program.wanted(program.place(Chain(y, exp(x))))
    code = Code(program, arithmetic, 1)
    started, found = code.start(BITS, [(0, 0)]), []
    for number in (2, 3):
        slots = code.filled(started, [(number, 0)])
        code.run(slots, "all")
        found.append(to_value(slots[root]))
    assert found == [2, 3]
    assert calls == [1]


@given(expressions, given_values, st.sets(st.sampled_from(NAMES)))
def test_it_does_not_matter_what_varies(expression, numbers, fixed):
    """Whatever is worked out at the start, a program has the same values, or none for the same reason."""
    (once,), (other,) = run([expression], numbers), run([expression], numbers, fixed=fixed)
    assert (once.reason if isinstance(once, Missing) else once) == (
        other.reason if isinstance(other, Missing) else other
    )


def test_of_many_products_each_has_its_own_value():
    """Where one of many products has no value the others have theirs, and a product may be the factor of another."""
    products = [Chain(x, y), Chain(log(x), y), Chain(y, y), Chain(PathSum(Chain(x, y), S.Zero), y)]
    first, missing, square, last = run(products, (-2, 3, 0))
    assert [to_value(number) for number in (first, square, last)] == [-6, 9, -18]
    assert isinstance(missing, Missing)
    assert missing.reason == "the logarithm of a negative number"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_can_be_compiled(name):
    """No function that an expression may use is unknown to programs."""
    arguments = [Pow(y, 2, evaluate=False)] * FUNCTIONS[name].least
    at = (0, Fraction(1, 2), 0)
    found, expected = in_program(Applied(name, *arguments), at), by_itself(Applied(name, *arguments), at)
    with mpmath.workprec(BITS):
        assert abs(found - expected) <= abs(expected) * mpmath.mpf(2) ** (20 - BITS)


def test_programs_know_every_kind_of_expression():
    """What the evaluator of single expressions can walk, but for a sum over samples, can be compiled too."""
    numbers = {
        type(number) for number in (S.Zero, S.One, S.NegativeOne, S.Half, Integer(2), Rational(2, 3), S.Exp1, pi)
    }
    assert len(_RULES) > 10
    assert set(_RULES) == set(numeric_rules) - numbers - {SampleSum}

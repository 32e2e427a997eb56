"""Numbers as programs print them: what float64 and float32 make of a calculation is right, and little more."""

import math
import operator
from fractions import Fraction
from types import SimpleNamespace

import mpmath
import pytest
from answering import figures_of
from exercises import ROOT, Draws, luck, one_unit, solved
from floating import Floating
from formulas import ONE_ARGUMENT, SEVERAL
from sympy import Rational, S, Symbol
from torch_reference import Model

import symnet
from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import PathSum
from symnet.errors import DescriptionError
from symnet.marking.compare import Comparer
from symnet.marking.floats import DOUBLE, SINGLE, _nearest, precisions
from symnet.marking.records import Answer, TypedAnswer, Verdict
from symnet.marking.rounding import Calculation
from symnet.marking.truth import DIGITS, Truth
from symnet.numerics.affine import AffineForm
from symnet.numerics.arithmetic import Steps
from symnet.numerics.program import Program
from symnet.numerics.roundoff import FLOATS, Float

ROUNDED, WRONG = Verdict.RIGHT_TO_ROUNDING, Verdict.WRONG
EXAMPLES = ("C1", "C4", "C8", "C9", "elastic-net", "xor")
# What Floating needs of NumPy, in Python's own floats; the logarithm of 0 is that of IEEE 754, as in NumPy.
PYTHON = SimpleNamespace(
    exp=math.exp, log=lambda x: math.log(x) if x else -math.inf, tanh=math.tanh, sqrt=math.sqrt, sin=math.sin,
    cos=math.cos, abs=abs, power=operator.pow, maximum=max, minimum=min, sign=lambda x: (x > 0) - (x < 0),
    sinh=math.sinh, cosh=math.cosh, tan=math.tan, log2=math.log2, log10=math.log10, e=math.e, pi=math.pi,
    isfinite=math.isfinite,
)  # fmt: skip


def comparer_of(source, part=0):
    """Return what compares answers to a part of an example or of a description."""
    worked = symnet.solve(source) if isinstance(source, dict) else solved(source)
    return Comparer(Truth(worked, worked.parts[part]))


def verdict(comparer, target, text):
    """Return the verdict on a number as it is printed."""
    figures = figures_of(text)
    value = Rational(figures.value.numerator, figures.value.denominator)
    return comparer.compare(Answer(TypedAnswer(target.id, text), target, value, figures)).verdict


def random_specs(first, count):
    """Yield so many random descriptions with numbers."""
    for seed in range(first, first + count):
        draws = Draws(luck(f"floats {seed}"), digits=2 + seed % 3)
        yield draws.description(widest=(3, 4, 4, 3), samples=3)


def comparers(first, count, examples=EXAMPLES):
    """Yield what compares the answers to examples and to random networks."""
    for name in examples:
        yield comparer_of(ROOT / "examples" / f"{name}.yaml")
    for spec in random_specs(first, count):
        try:
            yield comparer_of(spec)
        except DescriptionError:
            continue


NEURON = one_unit(-1, 0, 1, 1, "sigmoid")
# What all three embeddings add to a bias that both units share cancels in every sample.
CANCELLED = {
    "inputs": 3,
    "layers": [{"units": 2, "activation": "identity", "bias": "shared"}],
    "loss": "triplet",
    "data": {
        "anchor": [["0.793", "0.438", "-0.677"], ["0.738", "0.626", "-0.689"]],
        "positive": [["0.268", "-0.842", "-0.464"], ["0.743", "-0.015", "0.951"]],
        "negative": [["-0.240", "0.235", "0.924"], ["-0.149", "0.436", "-0.529"]],
    },
    "parameters": [{"weights": [["0.532", "0.750", "0.002"], ["-0.075", "0.724", "-0.711"]], "biases": ["-0.100"]}],
}


@pytest.mark.parametrize(
    ("spec", "left", "text", "expected"),
    [
        # One neuron at -1, exactly 0.26894142136999512075: torch's double, then its float32 in three ways.
        (NEURON, "a1_1", "0.26894142136999516", ROUNDED),
        (NEURON, "a1_1", "0.26894142136999510", ROUNDED),
        (NEURON, "a1_1", "0.26894143", ROUNDED),
        (NEURON, "a1_1", "0.26894143223762512", ROUNDED),
        (NEURON, "a1_1", "2.6894143e-01", ROUNDED),
        # Off by a part of 1e-9 with all digits, and single precision for what no float32 is.
        (NEURON, "a1_1", "0.26894142163893658", WRONG),
        (NEURON, "a1_1", "0.268941433", WRONG),
        (NEURON, "a1_1", "0.2689414323", WRONG),
        (NEURON, "a1_1", "0.26895", WRONG),
        # 0.1 + 0.2 - 0.3 is no 0 in floats, but not much else either.
        (one_unit("0.3", "-0.3", 1, 0), "z1_1", "5.551115123125783e-17", ROUNDED),
        (one_unit("0.3", "-0.3", 1, 0), "z1_1", "1.234567890123457e-12", WRONG),
        # Next to 1, the difference from 1 has few digits: e^-20 is 2.0611536181902033e-09 there.
        (one_unit(1, 0, 20, 1, "sigmoid"), "delta1_1", "-4.248354255291589e-18", ROUNDED),
        (one_unit(1, 0, 20, 1, "sigmoid"), "dL/da1_1", "-2.0611536689741707e-09", ROUNDED),
        (one_unit(1, 0, 20, 1, "sigmoid"), "dL/da1_1", "-2.0711536689741707e-09", WRONG),
        # What cancels in each sample, and so in their mean, is off by what was put in.
        (CANCELLED, "dL/db1", "5.9604645e-08", ROUNDED),
        (CANCELLED, "dL/db1", "5.9604645e-05", WRONG),
    ],
)
def test_a_number_as_it_is_printed(spec, left, text, expected):
    """What double or single precision makes of a calculation is right to rounding; what is off by more is not."""
    comparer = comparer_of(spec)
    assert verdict(comparer, comparer.truth.by_id[left], text) is expected


def none_rejected(found, np, kind, prints):
    """Assert that every number of some networks is right as it is printed, and return how many there were."""
    count = 0
    for comparer in found:
        for target, number in Floating(np, kind).numbers(comparer.truth):
            for text in {print_(number) for print_ in prints if np.isfinite(number)}:
                given = verdict(comparer, target, text)
                # Of 0.0000 nothing can be told.
                few = given is Verdict.CANNOT_TELL and not figures_of(text).value
                assert given.is_right or few, (target.id, text, comparer.truth.number(target))
                count += 1
    return count


def test_no_double_of_python_is_rejected():
    """What Python's floats make of examples and random networks, one operation after the other, is right."""
    assert none_rejected(comparers(0, 4), PYTHON, float, [repr, "{:.15g}".format, "{:.4f}".format]) > 500


def off_by_little(found):
    """Yield for every number with 16 digits whether it is right where it is off by a part of 1e-9."""
    for comparer in found:
        for target in comparer.truth.targets:
            true = comparer.truth.number(target)
            if true:
                text = repr(float(true) * (1 + 1.2345e-9))
                if len(text.replace(".", "").lstrip("-0")) >= 15:
                    yield verdict(comparer, target, text).is_right


def test_a_part_of_a_billion_is_wrong():
    """With all digits of a double, a number that is off by a part of 1e-9 is wrong."""
    found = list(off_by_little(comparers(0, 1, ("elastic-net",))))
    assert len(found) > 20
    assert not any(found)


@pytest.mark.campaign
def test_a_part_of_a_billion_is_wrong_in_many_networks():
    """With all digits of a double, a number that is off by a part of 1e-9 is wrong."""
    found = list(off_by_little(comparers(0, 20, ("C1", "elastic-net"))))
    assert len(found) > 400
    assert not any(found)


@pytest.fixture
def np():
    """NumPy, which is quiet about overflows."""
    numpy = pytest.importorskip("numpy")
    with numpy.errstate(all="ignore"):
        yield numpy


def prints_of(np, torch=None):
    """Return the ways in which NumPy and torch print a number."""
    found = [str, lambda x: np.array2string(np.asarray(x)), lambda x: repr(float(x))]
    if torch is not None:
        found.append(lambda x: str(torch.as_tensor(x)).removeprefix("tensor(").split(",")[0].rstrip(")"))
    return found


@pytest.mark.everyday(1)
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_no_number_of_numpy_is_rejected(np, kind):
    """What NumPy makes of networks in double and in single precision is right, however it prints it."""
    assert none_rejected(comparers(20, 3), np, getattr(np, kind), prints_of(np)) > 500


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_a_float(np, name):
    """What is compared in the tests above can hold any function, and its float is close to its number."""
    letters, values = (Symbol("x"), Symbol("y")), (0.3125, 0.75)
    least = FUNCTIONS[name].least
    expression = FUNCTIONS[name].build(*letters[:least])
    expected = float({**ONE_ARGUMENT, **SEVERAL}[name](*map(mpmath.mpf, values[:least])))
    for library, kind, off in ((PYTHON, float, 1e-15), (np, np.float32, 1e-6)):
        number = Floating(library, kind).value(expression, dict(zip(letters, map(kind, values), strict=True)))
        assert float(number) == pytest.approx(expected, rel=off)


@pytest.mark.campaign
def test_no_double_of_python_is_rejected_in_many_networks():
    """What Python's floats make of examples and random networks, one operation after the other, is right."""
    assert none_rejected(comparers(0, 30), PYTHON, float, [repr, "{:.15g}".format, "{:.4f}".format]) > 3000


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_no_number_of_numpy_is_rejected_in_many_networks(np, kind):
    """What NumPy makes of networks in double and in single precision is right, however it prints it."""
    assert none_rejected(comparers(100, 60), np, getattr(np, kind), prints_of(np)) > 10_000


def of_torch(torch, spec, dtype):
    """Yield the id and the number of what torch makes of a description: forward, backward, and the objective."""
    model = Model(torch, spec, dtype)
    objective = model.objective(model.all_rows())
    triplet = len(model.passed) > len(model.layers)
    for _, z, a in model.passed:
        z.retain_grad()
        a.retain_grad()
    objective.backward()
    yield "L", objective.detach()
    several = len(model.all_rows()) > 1
    for number, z, a in model.passed if not triplet else ():
        for row in range(a.shape[0]):
            for unit in range(a.shape[1]):
                sample = f"@{row + 1}" if several else ""
                yield f"a{number}_{unit + 1}{sample}", a[row, unit].detach()
                if z.shape[0] == 1:
                    yield f"z{number}_{unit + 1}{sample}", z[0, row, unit].detach()
    for tensor, names in model.leaves:
        if tensor.grad is not None:
            yield from zip((f"dL/d{name}" for name in names), tensor.grad.flatten(), strict=True)


def none_of_torch_rejected(np, torch, specs, dtype):
    """Assert that every number of torch is right as it is printed, and return how many there were."""
    count = 0
    for spec in specs:
        try:
            comparer = comparer_of(spec)
        except DescriptionError:
            continue
        # After dropout, what torch hands on is another node.
        dropped = any(layer.get("dropout") for layer in spec["layers"])
        for name, number in of_torch(torch, spec, dtype):
            target = comparer.truth.by_id.get(name)
            if target is None or (dropped and name.startswith("a")) or not math.isfinite(number):
                continue
            for text in {print_(number.numpy()) for print_ in prints_of(np, torch)}:
                given = verdict(comparer, target, text)
                few = given is Verdict.CANNOT_TELL and not figures_of(text).value
                assert given.is_right or few, (spec, name, text, comparer.truth.number(target))
                count += 1
    return count


@pytest.mark.everyday(1)
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_no_number_of_torch_is_rejected(np, kind):
    """What torch makes of networks with its own functions and autograd is right, however it is printed."""
    torch = pytest.importorskip("torch")
    assert none_of_torch_rejected(np, torch, random_specs(40, 5), getattr(torch, kind)) > 200


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_no_number_of_torch_is_rejected_in_many_networks(np, kind):
    """What torch makes of networks with its own functions and autograd is right, however it is printed."""
    torch = pytest.importorskip("torch")
    assert none_of_torch_rejected(np, torch, random_specs(200, 60), getattr(torch, kind)) > 3000


def test_where_a_computer_may_be_on_the_other_side_of_a_kink_there_are_no_bounds():
    """What is 0 exactly may be a little more in floats; what comes behind it may then be anything, and nothing is."""
    # In floats, 3 times 0.1 is a little more than 0.3.
    spec = one_unit("0.1", "-0.3", 3, 5, "relu")
    comparer = comparer_of(spec)
    line = comparer.truth.line(comparer.truth.by_id["dL/dw1_1_1"])
    assert comparer.floats.bounds(line, DOUBLE) == ()
    assert verdict(comparer, comparer.truth.by_id["dL/dw1_1_1"], "-2.512345678901234") is WRONG


def test_which_floats_may_print_a_number():
    """Any digits may be those of a double; those of a float32 have to come out where they are read as one."""
    for text, kinds in (
        ("0.1", (DOUBLE, SINGLE)),
        ("0.26894143", (DOUBLE, SINGLE)),
        ("0.268941433", (DOUBLE,)),
        ("0.26894143223762512", (DOUBLE, SINGLE)),
        ("0.26894143223762511", (DOUBLE, SINGLE)),
        ("0.26894143223762", (DOUBLE,)),
        ("16777217", (DOUBLE,)),
        ("16777216", (DOUBLE, SINGLE)),
    ):
        figures = figures_of(text)
        assert precisions(figures.value, figures.unit) == kinds, text


def test_the_nearest_float():
    """A number is rounded to so many bits, halves to even, at any size."""
    assert [_nearest(Fraction(number), 3) for number in (0, 7, 9, 11, 15, 100, -9)] == [0, 7, 8, 12, 16, 96, -8]
    for number in (Fraction(1, 3), Fraction(10**30, 7), Fraction(-2, 3 * 10**12)):
        assert float(_nearest(number, 53)) == float(number)
        assert _nearest(_nearest(number, 53), 53) == _nearest(number, 53)


def test_the_sizes_of_a_calculation():
    """A product that cancels with a bias has been rounded, and been large; a factor of 0 leaves nothing to be off."""
    truth = comparer_of(one_unit("0.5", "-2.5", 5, 0, "sigmoid", "binary_cross_entropy")).truth
    z, _, loss = (node.symbol for node in truth.network.nodes.values())
    worked = {}

    def work(name, _forms, ways, _known):
        worked[name] = ways[0]
        # What its own operations are off by is looked at line by line.
        return Float(AffineForm(ways[0].center), ways[0].passed)

    given = truth.part.data
    leaves = {
        name: Float.read(mpmath.mpf(float(number)), 53, 0)
        for name, number in {**given.parameters, **given.rows[0]}.items()
    }
    with mpmath.workdps(DIGITS):
        Calculation(truth.tableau, FLOATS).run(work, leaves, bits=53)
    # The product may be off by 2.5; the sum of both is 0, and rounded no more.
    step = mpmath.mpf(2) ** -53
    assert (worked[z].radius / step, worked[z].largest, worked[z].passed) == (2.5, 2.5, 5)
    # The target is 0, so of both terms of the loss only the second may be off.
    assert 0 < worked[loss].radius / step < 10


def test_numbers_of_a_formula_are_those_of_double_precision():
    """What is made of the numbers of a formula alone is rounded once; what has few bits is not off at all."""
    program = Program(())
    program.begin("all")
    little, half = (program.place(one) for one in (PathSum(S.One, Rational(-999, 1000)), Rational(1, 2)))
    steps = Steps(program, FLOATS)
    slots = steps.start(24)
    steps.run(slots)
    assert mpmath.almosteq(slots[little].radius, mpmath.mpf("0.001") / 2**24, 1e-9)
    assert slots[half].radius == 0

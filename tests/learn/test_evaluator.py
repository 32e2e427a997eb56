"""The evaluator of pages to learn with, in Node: every operation, all numbers of exercises, numbers that change."""

from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from exercises import altered, luck, solved
from node import worked_out
from numeric_programs import everything

from symnet.arithmetic.light import from_value, to_value
from symnet.description.load import load
from symnet.learn.exercise import page_exercise, traced
from symnet.numerics.arithmetic import Steps
from symnet.numerics.evaluate import UndefinedAtError, evaluate
from symnet.numerics.exact import TABLE
from symnet.numerics.format import Form, rounded, shown
from symnet.numerics.javascript import program_data
from symnet.numerics.program import Primitive
from symnet.pipeline import solve
from symnet.sheets.solution import solution

BITS = 200
EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.yaml"))
WORDS_OF_FIGURES = ("evaluator", "figures", "numbers")
# What the difference of two values takes off is lost, to whoever works in floats: the size of what is subtracted.
CANCELLING = {"C7": 1e4}
READ = """
const model = numbers.model(data.exercise);
return data.places.map(place => model.read(place));
"""


def close(found, value, size=1):
    """Return whether a float is a value to 1e-12 of it, or of 1 where it is smaller."""
    return found is not None and abs(found - value) <= 1e-12 * max(size, abs(value))


def test_there_is_every_operation():
    """The table has an entry for each operation of programs, and no other."""
    assert set(worked_out("return Object.keys(evaluator.OPERATIONS)", None)) == {it.name for it in Primitive}


def test_each_operation_gives_what_it_gives_exactly():
    """Each operation gives in floats what it gives in exact arithmetic."""
    program = everything()
    steps = Steps(program, TABLE)
    with mpmath.workprec(BITS):
        slots = steps.start(BITS, [from_value(mpmath.mpf(it)) for it in (0.5, 0.75)])
        steps.run(slots)
    code = 'const it = evaluator.bind(data); return it.run(it.start([0.5, 0.75]), "all").slice(data.first);'
    found = worked_out(code, program_data(program))
    needed = [need is not False for need in program.needs()][steps.first :]
    assert sum(needed) > 40
    for it, exactly, need in zip(found, slots[steps.first :], needed, strict=True):
        assert not need or close(it, to_value(exactly))


WITHOUT_VALUE = [
    ("LOG", [0], None),
    ("QUOTIENT", [1, 0], None),
    ("QUOTIENT", [0, 0], 0),
    ("PRODUCT", [0, None], 0),
    ("ROOT", [-1], None),
    ("POWER", [0, -1], None),
    ("POWER", [-8, 3], -512),
    ("POWER", [-8, 0.5], None),
    ("SUM", [0.1, 1, 0.2, 1, -0.3, 1], 0),
    ("SUM", [0, None, 2, 3], 6),
    ("BRANCH", [None, 1, 2], None),
]


def test_what_has_no_value_is_no_number():
    """What has no real finite value is NaN; a factor of 0 asks for no other, and what rounding leaves of 0 is 0."""
    code = """return data.map(([name, numbers]) => {
      const slots = numbers.map(it => it ?? NaN);
      return evaluator.OPERATIONS[name](slots, slots.map((_, n) => n));
    });"""
    assert worked_out(code, WITHOUT_VALUE) == [value for _name, _numbers, value in WITHOUT_VALUE]


def numbers_of(worked):
    """Return the places of all numbers that are followed, each with its value, once the sheet is made."""
    followed = traced(worked)
    solution(followed)
    kept = [known for part in followed.parts if part.traces for known in part.traces._places.values()]
    return page_exercise(followed), [place for _value, place in kept], [value for value, _place in kept]


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_number_is_that_of_the_exercise(examples, name):
    """Every node, derivative, update and loss, and what a sheet works out itself, agree to 1e-12, on paper too."""
    check_all(solved(examples[name]), CANCELLING.get(name, 1))


def check_all(worked, size=1):
    """Compare every number of an exercise with what the evaluator finds in its place."""
    exercise, places, values = numbers_of(worked)
    assert len(set(places)) > 2 or not places
    found = worked_out(READ, {"exercise": exercise, "places": places}, WORDS_OF_FIGURES)
    row = zip(places, found, values, strict=True)
    wrong = [(place, it, value) for place, it, value in row if not close(it, value, size)]
    assert not wrong[:3]


@pytest.mark.everyday(2)
@pytest.mark.parametrize("reduction", ["weighted_mean", "mean", "sum"])
@pytest.mark.parametrize("penalty", [False, True])
def test_weights_of_samples_and_classes_count(reduction, penalty):
    """A weighted mean is divided by what the samples of each batch count, with the weights of their classes."""
    spec = {
        "inputs": 1,
        "layers": [{"units": 2, "activation": "softmax"}],
        "loss": {"kind": "categorical_cross_entropy", "class_weights": ["1/2", "3"]},
        "reduction": reduction,
        "data": {"inputs": [[1], [2], [-1]], "targets": [[1, 0], [0, 1], [1, 0]], "weights": ["0.3", 2, 1]},
        "parameters": [{"weights": [["0.5"], ["-1"]], "biases": ["0.1", 0]}],
        "training": {"optimizer": "sgd", "learning_rate": "0.1", "steps": 3, "batch": 2},
        **({"regularization": {"kind": "l2", "strength": "0.1"}} if penalty else {}),
    }
    check_all(solve(load(spec)))


NEWTON = {
    "of samples": {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "data": {"inputs": [[1], [2], [-1]], "targets": [[1], [0], [0]]},
        "parameters": [{"weights": [["0.5"]], "biases": [0]}],
        "training": {"optimizer": "newton", "damping": "0.1", "learning_rate": "0.5", "steps": 2, "batch": 2},
        "regularization": {"kind": "half_l2", "strength": "0.1"},
    },
    "by elimination": {
        "graph": {
            "inputs": ["x", "y", "z"],
            "nodes": {"f": "x*y + y*z + z*x + x^4/4 + y*exp(z)"},
            "output": "f",
        },
        "at": {"x": 0, "y": 1, "z": 0},
        "training": {"optimizer": "newton", "steps": 2},
    },
    "of one parameter": {
        "graph": {"inputs": ["w"], "nodes": {"f": "w^4 - 3*w"}, "output": "f"},
        "at": {"w": 2},
        "training": {"optimizer": "newton", "damping": 1},
    },
}


@pytest.mark.parametrize("arithmetic", ["exact", "paper"])
@pytest.mark.parametrize("name", NEWTON)
def test_the_systems_of_newton_are_solved(name, arithmetic):
    """Hessian, damping, determinant, elimination and direction are those of the exercise, on paper too."""
    check_all(solve(load(NEWTON[name] | {"numbers": {"decimals": 4, "arithmetic": arithmetic}})))


CHANGE = """
const model = numbers.model(data.exercise);
return data.changes.map(change => {
  model.first.data.parameters.forEach((id, n) => model.first.setParameter(id, change[n]));
  return data.places.map(place => model.read(place));
});
"""


def changed(worked, count, seed):
    """Return the places of all numbers at the start, random parameters, and what the numbers come to there."""
    part = worked.parts[0]
    chance = luck(seed)
    changes, values = [], []
    places = [f"value 0 {n} {node}" for n in range(len(part.data.rows)) for node in part.network.nodes]
    places += [f"start 0 {parameter}" for parameter in part.network.parameters]
    while len(changes) < count:
        numbers = [Fraction(chance.randrange(-2000, 2001), 1000) for _ in part.network.parameters]
        data = altered(part.data, parameters=dict(zip(part.network.parameters, numbers, strict=True)))
        try:
            found = evaluate(part.network, data, part.objective, None)
        except UndefinedAtError:
            continue
        changes.append(list(map(float, numbers)))
        row = [sample.values[node] for sample in found.samples for node in part.network.nodes]
        values.append([*row, *(found.gradients[parameter] for parameter in part.network.parameters)])
    return [f"0 exact {place}".replace("@i", "") for place in places], changes, values


def check_changes(worked, count, seed):
    """Change all parameters so many times, and compare all numbers each time."""
    exercise, *_ = numbers_of(worked)
    places, changes, values = changed(worked, count, seed)
    data = {"exercise": exercise, "places": places, "changes": changes}
    found = worked_out(CHANGE, data, WORDS_OF_FIGURES)
    assert len(found) == count
    for row, right in zip(found, values, strict=True):
        assert all(close(it, value) for it, value in zip(row, right, strict=True))


def test_numbers_follow_a_change(examples):
    """Whatever the parameters are changed to, every number is that of the exercise with these."""
    check_changes(solved(examples["xor"]), 20, "follow")


@pytest.mark.campaign
@pytest.mark.parametrize(("name", "count"), [("xor", 4_000), ("C1", 3_000), ("maxout", 1_500), ("lstm", 1_500)])
def test_numbers_follow_ten_thousand_changes(examples, name, count):
    """So it is for 10,000 changes of several networks."""
    check_changes(solved(examples[name]), count, "ten thousand")


def exactly(value):
    """Return the decimal number that a float is printed as."""
    with mpmath.workdps(60):
        return mpmath.mpf(f"{value:.15g}")


def written(value, form):
    """Return how a sheet writes a number: its digits with a sign, and the power of ten or None."""
    found = shown(exactly(value), form)
    return [("-" if found.negative else "") + found.text, found.exponent]


FORMS = [Form(4), Form(6), Form(2), Form(3, half_up=True), Form(4, significant=3), Form(4, significant=5)]


def test_numbers_are_written_as_on_a_sheet():
    """Rounding, halves, powers of ten and zeros are those of a sheet."""
    chance = luck("written")
    values = [chance.uniform(-10, 10) * 10.0 ** chance.randrange(-9, 10) for _ in range(100)]
    values += [round(chance.uniform(-5, 5), places) for places in (0, 1, 2, 3, 4, 5) for _ in range(10)]
    values += [0.0, 0.5, 1.5, 2.5, 0.00005, 0.125, 99999.99996, 9999999.5, 12345678.9, 0.99999999, -0.045, 100, 1e6]
    code = """return data.forms.map(form => data.values.map(value => {
      const it = figures.written(value, form);
      return [(it.negative ? "-" : "") + it.text, it.exponent];
    }));"""
    found = worked_out(code, {"values": values, "forms": [form._asdict() for form in FORMS]})
    for form, row in zip(FORMS, found, strict=True):
        assert row == [written(value, form) for value in values], form


def test_numbers_on_paper_are_rounded_as_there():
    """What is shown and used from there on is the same decimal number."""
    form, chance = Form(3, paper=True), luck("paper")
    values = [chance.uniform(-3, 3) * 10.0 ** chance.randrange(-5, 4) for _ in range(300)]
    found = worked_out(
        "return data.values.map(value => figures.shownValue(value, data.form))",
        {"values": values, "form": form._asdict()},
    )
    assert found == [float(rounded(exactly(value), form)[0]) for value in values]

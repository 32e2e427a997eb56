"""Numbers that were rounded on the way: all that paper can give is accepted, and little more."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from answering import figures_of
from exercises import ROOT, Draws, luck, one_unit, solved
from sympy import Rational

import symnet
from symnet.description.data import Numbers
from symnet.errors import DescriptionError
from symnet.marking.compare import Closeness, Comparer
from symnet.marking.floats import DOUBLE, Floats
from symnet.marking.records import Answer, Figures, TargetKind, TypedAnswer, Verdict
from symnet.marking.rounding import Digits, Keeping, Rounded, carried, half_unit
from symnet.marking.truth import Truth, exactly
from symnet.numerics.affine import hull
from symnet.numerics.format import Form
from symnet.text.say import words


@pytest.mark.parametrize(
    ("text", "decimals", "significant"),
    [
        ("0.3451", 4, 4),
        ("-0.0118", 4, 3),
        ("12.50", 2, 4),
        ("7", 0, 1),
        ("1.20e-3", 5, 3),
        ("1.2e5", -4, 2),
        ("0", 0, 0),
    ],
)
def test_the_digits_of_a_number(text, decimals, significant):
    """A number has the decimals and the significant digits that it was written with."""
    assert Digits.of(figures_of(text)) == (decimals, significant)


FOUR = Numbers(decimals=4)


@pytest.mark.parametrize(
    ("text", "numbers", "kept"),
    [
        # As many decimals as the answer has, whatever the description says.
        ("0.35", FOUR, [Keeping(Form(decimals=2), plain=True)]),
        ("0.3451", FOUR, [Keeping(Form(decimals=4), plain=True)]),
        ("0.34512", FOUR, [Keeping(Form(decimals=5), plain=True)]),
        ("0.001234", FOUR, [Keeping(Form(decimals=6), plain=True)]),
        ("0.3451234567", FOUR, [Keeping(Form(decimals=10), plain=True)]),
        # A sheet of four decimals shows three digits of a small number.
        ("0.00123", FOUR, [Keeping(Form(decimals=5), plain=True), Keeping(Form(decimals=4))]),
        # Of 0.00420 the zero at the end may be left out.
        ("0.0042", FOUR, [Keeping(Form(decimals=4), plain=True)]),
        ("0.00042", FOUR, [Keeping(Form(decimals=5), plain=True), Keeping(Form(decimals=4))]),
        # A single digit tells something only if the description says how many there are, or zeros do.
        ("0.3", FOUR, [Keeping(Form(decimals=4), plain=True)]),
        ("0.3", Numbers(), []),
        ("0.0003", Numbers(), [Keeping(Form(decimals=4), plain=True)]),
        ("12", FOUR, []),
        ("1.23e7", FOUR, [Keeping(Form(significant=3))]),
        ("0.345", Numbers(significant=4), [Keeping(Form(significant=3))]),
        ("0.3451234567", Numbers(significant=4), [Keeping(Form(significant=10))]),
    ],
)
def test_how_a_calculation_was_carried(text, numbers, kept):
    """A calculation kept at least the digits that the answer shows, or those that the sheet does."""
    assert list(carried(figures_of(text), numbers)) == kept


def test_half_a_unit_is_that_of_the_number():
    """A number may change by half a unit of its last decimal, or of its last digit where it is small or very large."""
    for size, half in (("0.5", "0.00005"), ("0.00123", "0.000005"), ("12345678", "50000")):
        assert mpmath.almosteq(half_unit(Form(decimals=4), mpmath.mpf(size)), mpmath.mpf(half)), size


PAPER = {"arithmetic": "paper", "decimals": 4}
SGD = {"optimizer": "sgd", "learning_rate": "0.5", "steps": 1}


def _described(seed):
    """Return a random description that asks for paper."""
    draws = Draws(luck(f"paper {seed}"))
    spec = draws.description()
    if draws.maybe():
        spec["training"] = SGD
    return {**spec, "numbers": {**PAPER, "decimals": 3 + seed % 4}}


def _written(part, target):
    """Return the number of a target as it stands on paper, or None."""
    paper = part.paper
    if target.kind is TargetKind.UPDATED:
        return paper.updates[0].after[target.symbol]
    if target.kind is TargetKind.GRADIENT and target.sample is None and target.symbol in paper.gradients:
        return paper.gradients[target.symbol]
    if target.sample is None and len(paper.samples) > 1:
        return None
    sample = paper.samples[target.sample or 0]
    found = {TargetKind.NODE: sample.values, TargetKind.ADJOINT: sample.adjoints}.get(target.kind, sample.gradients)
    return found.get(target.symbol)


def _answers(spec):
    """Yield every number on paper that can be asked, with what compares it."""
    try:
        worked = symnet.solve(spec)
    except DescriptionError:
        return
    comparer = Comparer(Truth(worked, worked.parts[0]))
    for target in comparer.truth.targets:
        number = _written(worked.parts[0], target)
        if number is not None and isinstance(number.digits, Decimal) and comparer.truth.number(target) is not None:
            yield comparer, target, figures_of(str(number.digits))


def _verdict(comparer, target, figures):
    value = Rational(figures.value.numerator, figures.value.denominator)
    return comparer.compare(Answer(TypedAnswer(target.id, ""), target, value, figures))


def _all_accepted(seeds):
    count = 0
    for seed in seeds:
        for comparer, target, figures in _answers(_described(seed)):
            verdict, message = _verdict(comparer, target, figures)
            few = verdict is Verdict.CANNOT_TELL and message == words("verdict.few_digits")
            assert verdict.is_right or few, (seed, target.id, figures)
            count += 1
    return count


def test_every_number_on_paper_is_accepted():
    """Whatever comes out where each shown number is rounded before it is used is right to rounding."""
    # The last has penalties, whose part of a derivative is added to one that was rounded.
    assert _all_accepted((*range(3), 181)) > 200


@pytest.mark.campaign
def test_every_number_on_paper_of_many_networks_is_accepted():
    """Whatever comes out where each shown number is rounded before it is used is right to rounding."""
    assert _all_accepted(range(400)) > 20_000


@pytest.mark.everyday(3)
@pytest.mark.parametrize("seed", range(6))
def test_numbers_beyond_are_wrong(seed):
    """In a small network eight units of the last decimal are more than any rounding on the way leads to."""
    draws = Draws(luck(f"beyond {seed}"))
    spec = draws.of((2, 2, 1), ("tanh", "sigmoid"), "squared_error", numbers=PAPER, training=SGD)
    spec.pop("regularization", None)
    asked = 0
    for comparer, target, figures in _answers(spec):
        if Digits.of(figures).significant >= 2:
            for off in (Fraction(-8, 10**4), Fraction(8, 10**4)):
                moved = Figures(figures.value + off, figures.unit)
                assert not _verdict(comparer, target, moved).verdict.is_right, (target.id, figures)
                asked += 1
    assert asked > 20


def test_derivatives_may_be_rounded_too():
    """Whoever multiplies derivative by derivative rounds more often, so a derivative may be off by more."""
    worked = solved(ROOT / "examples" / "C1.yaml")
    truth = Truth(worked, worked.parts[1])
    rounded = Rounded(truth.tableau)
    line, form = truth.line(truth.by_id["delta1_1"]), Keeping(Form(decimals=4), plain=True)
    by_deltas, *others = rounded.alternatives(line, form)
    assert max(way.high - way.low for way in others) > 1.1 * (by_deltas.high - by_deltas.low)
    plain = rounded._run(form, {}, lambda found: found[0])[line]
    assert hull(others).high > hull(plain).high


def test_what_is_asked_is_worked_out_alone():
    """What is asked for has the same bounds as among all lines, and another line has them as soon as it is met."""
    truth = Truth(worked := solved(ROOT / "examples" / "C1.yaml"), worked.parts[0])
    asked, other = (truth.line(truth.by_id[name]) for name in ("dL/dw1_1_1", "dL/dw2_1_1"))
    form = Keeping(Form(decimals=4), plain=True)
    for bounds, key in (
        (lambda wanted: Rounded(truth.tableau, wanted).alternatives, form),
        (lambda wanted: Floats(truth.tableau, wanted).bounds, DOUBLE),
    ):
        whole, alone = bounds(None), bounds({asked})
        assert alone(asked, key) == whole(asked, key) != ()
        assert other not in alone.__self__._known[key]
        assert alone(other, key) == whole(other, key) != ()


def test_what_is_worked_out_from_given_numbers_alone_has_no_room():
    """The first line of a calculation has nothing to be rounded on the way, so one unit away is wrong."""
    spec = {
        "inputs": 2,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "squared_error",
        "data": {"inputs": [["0.3", "0.7"]], "targets": [["1"]]},
        "parameters": [{"weights": [["0.123", "0.456"]], "biases": ["0.1"]}],
        "numbers": {"decimals": 3},
    }
    worked = symnet.solve(spec)
    comparer = Comparer(Truth(worked, worked.parts[0]))
    target = comparer.truth.by_id["z1_1"]
    true = Fraction("0.3") * Fraction("0.123") + Fraction("0.7") * Fraction("0.456") + Fraction("0.1")
    near = Fraction(round(true * 1000), 1000)
    unit = Fraction(1, 1000)
    assert _verdict(comparer, target, Figures(near, unit)).verdict is Verdict.RIGHT_TO_ROUNDING
    for off in (-unit, unit):
        assert _verdict(comparer, target, Figures(near + off, unit)).verdict is Verdict.WRONG
    assert _verdict(comparer, target, Figures(true, unit / 1000)).verdict is Verdict.RIGHT


def _verdicts(comparer, left, *texts):
    """Return the verdicts on numbers as they are typed."""
    return [_verdict(comparer, comparer.truth.by_id[left], figures_of(text)).verdict for text in texts]


def _comparer_of(name):
    worked = solved(ROOT / "examples" / f"{name}.yaml")
    return Comparer(Truth(worked, worked.parts[0]))


def test_a_kink_leaves_no_room_but_that_of_its_two_sides():
    """Next to a kink a number is what follows from one side of it or from the other, and nothing between."""
    # Rounded to three decimals, 0.0004 is 0, where the derivative of relu is 0.
    worked = symnet.solve(one_unit("0.0004", 0, 1, 1, "relu", numbers={"decimals": 3}))
    comparer = Comparer(Truth(worked, worked.parts[0]))
    rounded, wrong = Verdict.RIGHT_TO_ROUNDING, Verdict.WRONG
    assert float(comparer.truth.number(comparer.truth.by_id["dL/dw1_1_1"])) == pytest.approx(-0.9996)
    assert _verdicts(comparer, "dL/dw1_1_1", "-1.000", "-0.990", "-0.500", "-1.010") == [rounded, wrong, wrong, wrong]
    # A single 0 tells nothing.
    assert _verdicts(comparer, "dL/dw1_1_1", "0.000") == [Verdict.CANNOT_TELL]


def test_a_step_is_not_blown_up_where_a_derivative_is_small():
    """What Adam makes of a small derivative is nearly the learning rate, either way; the value before it is no step."""
    comparer = _comparer_of("adam")
    rounded, wrong = Verdict.RIGHT_TO_ROUNDING, Verdict.WRONG
    assert _verdicts(comparer, "w2_1_1'", "1.1500") == [rounded]
    assert set(_verdicts(comparer, "w2_1_1'", "0.9000", "1.0500", "1.1000", "1.1300", "1.2500", "1.5500")) == {wrong}


def test_more_digits_than_a_calculation_kept_are_wrong():
    """A number with six decimals that comes of four on the way is wrong, and so it is said."""
    comparer = _comparer_of("C1")
    target = comparer.truth.by_id["a2_1"]
    true = Fraction(str(mpmath.nstr(comparer.truth.number(target), 20)))
    unit = Fraction(1, 10**6)
    near = Fraction(round(true / unit)) * unit
    assert _verdict(comparer, target, Figures(near, unit)).verdict is Verdict.RIGHT_TO_ROUNDING
    assert _verdict(comparer, target, Figures(near + 9 * unit, unit)) == (Verdict.WRONG, words("verdict.too_exact"))


def test_digits_that_were_cut_off_are_told_from_rounded_ones():
    """A number is exact, rounded, cut off, or none of it; only what no rounding leads to is said to be cut off."""
    comparer = _comparer_of("C1")
    target = comparer.truth.by_id["a1_2"]
    assert mpmath.nstr(comparer.truth.number(target), 6) == "0.64847"
    for text, close in (
        ("0.6485", Closeness.ROUNDED),
        ("0.6484", Closeness.CUT_OFF),
        ("0.6483", Closeness.OUTSIDE),
        ("0.6486", Closeness.OUTSIDE),
    ):
        figures = figures_of(text)
        true = comparer.truth.number(target)
        assert comparer.closeness(target, exactly(figures.value), figures.unit, true) is close, text
    figures = figures_of("0.6484")
    assert _verdict(comparer, target, figures) == (Verdict.RIGHT_TO_ROUNDING, words("verdict.cut_off"))
    z = comparer.truth.by_id["z1_1"]
    with mpmath.workdps(60):
        whole = exactly(Fraction("0.345105"))
    assert comparer.closeness(z, whole, Fraction(1, 10**6), comparer.truth.number(z)) is Closeness.EXACT

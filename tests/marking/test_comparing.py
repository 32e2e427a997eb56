"""Verdicts: on the numbers of the notes, on rewritten expressions and near misses, and on what is rounded on paper."""

import functools
import re

import pytest
from answering import answered
from exercises import ROOT, luck, solved
from rewriting import missed, rewritten
from sympy import Pow

from symnet.algebra.nodes import Quotient
from symnet.marking.compare import Comparer, examined, known_at
from symnet.marking.records import Answer, TargetKind, TypedAnswer, Verdict
from symnet.marking.truth import Truth
from symnet.numerics.direct import numeric
from symnet.text.say import words

RIGHT, ROUNDED, WRONG, CANNOT_TELL = (
    Verdict.RIGHT,
    Verdict.RIGHT_TO_ROUNDING,
    Verdict.WRONG,
    Verdict.CANNOT_TELL,
)


@functools.cache
def comparer_of(name, part=0):
    """Return what compares answers to a part of an example."""
    worked = solved(ROOT / "examples" / f"{name}.yaml")
    return Comparer(Truth(worked, worked.parts[part]))


def judged(comparer, left, right):
    """Return the verdict on an answer, and the message."""
    return comparer.compare(answered(comparer.truth, left, right))


C1 = [
    # The forward pass as printed, and the same under both losses.
    (0, "z1_1", "0.3451", ROUNDED),
    (0, "z1_2", "0.6123", ROUNDED),
    (0, "z1_1", "0.345105", RIGHT),
    (0, "z1_1", "0.3450", WRONG),
    (0, "z1_1", "0.3452", WRONG),
    (0, "z1_1", "0.345105000001", WRONG),
    (0, "a1_1", "0.5854", ROUNDED),
    (0, "a1_2", "0.6485", ROUNDED),
    (0, "a1_2", "0.6458", WRONG),
    (0, "z2_1", "0.6969", ROUNDED),
    (0, "z2_2", "0.7511", ROUNDED),
    (0, "z2_3", "0.5272", ROUNDED),
    (0, "a2_1", "0.345", ROUNDED),
    (0, "a2_2", "0.364", ROUNDED),
    (0, "a2_3", "0.291", ROUNDED),
    # With both terms of the cross-entropy the notes err; with the categorical one they would be right but for a sign.
    (0, "dL/dw2_1_1", "-0.3835", WRONG),
    (0, "dL/dw2_1_1", "-0.5820", ROUNDED),
    (0, "dL/dw2_1_1", "-0.582", ROUNDED),
    (0, "dL/dw1_1_1", "0.0188", ROUNDED),
    (0, "dL/dw1_1_1", "0.018754", ROUNDED),
    (0, "dL/dw1_1_1", "0.0117", WRONG),
    (0, "dL/dw1_1_1", "-0.0118", WRONG),
    (0, "w2_1_1'", "0.7811", ROUNDED),
    (0, "w2_1_1'", "0.6819", WRONG),
    (1, "dL/dw2_1_1", "-0.3835", ROUNDED),
    (1, "dL/dw1_1_1", "0.0117", ROUNDED),
    (1, "dL/dw1_1_1", "-0.0118", WRONG),
    (1, "w2_1_1'", "0.6819", ROUNDED),
    (1, "w1_1_1'", "0.5022", WRONG),
    # Expressions, also with numbers put in, and arithmetic.
    (1, "z1_1", "w1_1_1*x1 + w1_1_2*x2 + w1_1_3*x3", RIGHT),
    (1, "z1_1", "0.4963*x1 + 0.0885*x2 + 0.3074*x3", RIGHT),
    (1, "z1_1", "0.35*w1_1_1 + 0.2*w1_1_2 + 0.5*w1_1_3", RIGHT),
    (1, "z1_1", "0.4963*0.35 + 0.2*w1_1_2 + 0.5*0.3074", RIGHT),
    (1, "z1_1", "0.4963*0.35 + 0.0885*0.2 + 0.3074*0.5", RIGHT),
    (1, "z1_1", "0.4963*0.35 + 0.0885*0.2 + 0.3074*0.2", WRONG),
    (1, "dL/dw2_1_1", "(a2_1 - 1)*a1_1", RIGHT),
    (1, "dL/dw2_1_1", "(a2_1 - y1)*a1_1", RIGHT),
    (1, "dL/dw2_1_1", "delta2_1*a1_1", RIGHT),
    (1, "dL/dw2_1_1", "(0.3449 - 1)*0.5854", ROUNDED),
    (1, "dL/dw2_1_1", "(a2_1 - y1)*a1_2", WRONG),
    (0, "dL/dw2_1_1", "(a2_1 - y1)*a1_1", WRONG),
    (0, "delta2_1", "-2*y1*(1 - a2_1) + y1*0", WRONG),
]


@pytest.mark.everyday(24, every=False)
@pytest.mark.parametrize(("part", "left", "right", "verdict"), C1)
def test_the_worked_example_of_the_notes(part, left, right, verdict):
    """Numbers of the notes are right where they are, to their own digits, and wrong where they are not."""
    assert judged(comparer_of("C1", part), left, right).verdict is verdict


@pytest.mark.parametrize(
    ("name", "left", "right", "verdict", "message"),
    [
        ("C1", "a1_1", "1", CANNOT_TELL, words("verdict.few_digits")),
        ("C1", "dL/dw1_1_1", "0", CANNOT_TELL, words("verdict.few_digits")),
        ("C1", "a1_1", "a1_1 + 0", CANNOT_TELL, words("verdict.itself")),
        ("C1", "delta2_1", "dL_dz", CANNOT_TELL, words("verdict.not_here", names="dL_dz")),
        ("C1", "dL/dw2_1_1", "-0.58193141592", WRONG, words("verdict.too_exact")),
        ("cs4045-q1", "z1_1", "0.5", WRONG, words("verdict.no_numbers")),
        ("xor", "z1_1", "0.5", CANNOT_TELL, words("verdict.which_sample", example="z1_1@1")),
        ("C4", "f", "-12", RIGHT, ""),
        ("C4", "df/dq", "-4", RIGHT, ""),
        ("C4", "df/dq", "z", RIGHT, ""),
        ("C4", "df/dx", "3", WRONG, ""),
    ],
)
def test_what_else_there_is_to_say(name, left, right, verdict, message):
    """What can't be told is said with why, and whole numbers are right where the true value is one."""
    assert judged(comparer_of(name), left, right) == (verdict, message)


def test_samples_are_spoken_of_by_number():
    """With several samples a number is that of one, or of all; an expression may be one sample's or the sum's."""
    comparer = comparer_of("xor")
    truth = comparer.truth
    value = truth.number(truth.by_id["a1_1@2"])
    assert judged(comparer, "a1_1@2", f"{float(value):.6f}").verdict is ROUNDED
    assert judged(comparer, "a1_1@1", f"{float(value):.6f}").verdict is WRONG
    own, layer = "delta2_1*a1_1", "dL/dw2_1_1"
    assert judged(comparer, layer, own).verdict is RIGHT
    whole = " + ".join(f"delta2_1at{s}*a1_1at{s}" for s in range(1, 5))
    answer = _numbered(answered(truth, layer, f"({whole})/4"))
    assert comparer.compare(answer).verdict is RIGHT
    assert comparer.compare(_numbered(answered(truth, layer, f"({whole})/3"))).verdict is WRONG


def _numbered(answer):
    """Return an answer in which samples are written as the contract writes them."""
    from sympy import Symbol

    marked = {s: Symbol(re.sub(r"at(\d+)$", r"@\1", s.name)) for s in answer.expression.free_symbols}
    return answer._replace(expression=answer.expression.xreplace(marked))


EXAMPLES = (
    ("cs4045-q1", 0),
    ("cs4045-q1", 1),
    ("cs4045-q2", 0),
    ("C1", 0),
    ("C1", 1),
    ("C12", 0),
    ("C4", 0),
    ("maxout", 0),
    ("elastic-net", 0),
    ("dropout", 0),
    ("C11", 0),
)


def _siblings(symbols):
    """Return for each symbol the others whose names differ from its own in digits alone."""
    alike = {}
    for symbol in symbols:
        alike.setdefault(re.sub(r"\d", "0", symbol.name), []).append(symbol)
    return {symbol: [one for one in group if one != symbol] for group in alike.values() for symbol in group}


def _answers(count, seed, examples=EXAMPLES):
    """Yield so many comparers, targets and rewritten true expressions, with the chances of each."""
    for number in range(count):
        chance = luck(f"{seed} {number}")
        comparer = comparer_of(*chance.choice(examples))
        truth = comparer.truth
        target = chance.choice([one for one in truth.targets if one.kind is not TargetKind.UPDATED])
        definitions = {node.symbol: node.expression for node in truth.network.nodes.values()}
        definitions |= {one.symbol: one.result for one in truth.part.gradient.adjoints.values()}
        known = {symbol: value for symbol, value in definitions.items() if symbol not in truth.names(target)}
        expression = rewritten(truth.expression(target), chance, known, chance.randrange(1, 7))
        yield chance, comparer, target, expression


def _divides_by_zero(expression, point):
    """Return whether something is divided by 0 at a point, as a dead unit by itself."""
    under = [part.args[1] for part in expression.atoms(Quotient)]
    under += [part.base for part in expression.atoms(Pow) if part.exp.is_negative]
    return any(not numeric(part, point.values) for part in under)


def _no_false_reject(count, seed):
    verdicts = []
    for _, comparer, target, expression in _answers(count, seed):
        if any(_divides_by_zero(expression, point) for point in comparer.truth.points):
            # Without a value on one side of a kink it is not the same.
            continue
        verdict, message = comparer.compare(Answer(TypedAnswer(target.id, ""), target, expression))
        assert verdict in {RIGHT, CANNOT_TELL}, (target.id, expression, message)
        verdicts.append(verdict)
    assert verdicts.count(CANNOT_TELL) <= 0.005 * count


def _no_false_accept(count, seed):
    verdicts = []
    # Behind a unit that is dropped out a factor changes nothing.
    examples = [one for one in EXAMPLES if one[0] != "dropout"]
    for chance, comparer, target, expression in _answers(count, seed, examples):
        symbols = [one for one in comparer.truth.points[0].values if one.is_Symbol]
        wrong, done = missed(expression, chance, _siblings(symbols))
        if not any(comparer.truth.at(target, point) for point in comparer.truth.points):
            # Nothing that is done to a 0 changes it for sure.
            continue
        verdict, _ = comparer.compare(Answer(TypedAnswer(target.id, ""), target, wrong))
        assert verdict in {WRONG, CANNOT_TELL}, (done, target.id, expression, wrong)
        verdicts.append(verdict)
    assert verdicts.count(CANNOT_TELL) <= 0.005 * count


def test_no_rewritten_answer_is_rejected():
    """However a true expression is rewritten, it is right."""
    _no_false_reject(150, "rewritten")


def test_no_near_miss_is_accepted():
    """An expression with one coefficient off by 1e-12, one index or one sign is never right."""
    _no_false_accept(40, "missed")


def test_what_is_the_same_at_all_points_is_so_at_each():
    """Worked out at all points at once, an expression is called the same only where it is point by point, mostly."""
    quick = []
    for chance, comparer, target, expression in _answers(40, "all points"):
        points, key = comparer.truth.points, comparer.truth.key(target)
        symbols = [one for one in points[0].values if one.is_Symbol]
        if key not in points[0].values:
            continue
        true = [(point, known_at(key, point)) for point in points]
        for one in (expression, missed(expression, chance, _siblings(symbols))[0]):
            same = comparer.at_all_points.is_same(one, key)
            assert not same or examined(one, true).agrees, one
            quick.append(same)
    assert quick.count(True) > 25


@pytest.mark.campaign
def test_no_rewritten_answer_of_many_is_rejected():
    """However a true expression is rewritten, it is right."""
    _no_false_reject(10_000, "campaign, rewritten")


@pytest.mark.campaign
def test_no_near_miss_of_many_is_accepted():
    """An expression with one coefficient off by 1e-12, one index or one sign is never right."""
    _no_false_accept(10_000, "campaign, missed")

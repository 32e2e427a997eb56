"""Answers with pieces of them cut out, doubled, exchanged or nested: each is marked soon, and none as anything else."""

import random

import pytest
from effort import calls
from exercises import ROOT, solved

from symnet.algebra.nodes import plain_text
from symnet.layout.latex import write
from symnet.marking.judge import Marker
from symnet.marking.records import TargetKind, TypedAnswer, Verdict
from symnet.sheets.worksheet import scheme_of

PIECES = (*"(){}^_-/+=0,", "exp(", r"\frac{", r"\sum_{k=1}^{", "w2_1_1", "1e9", "x1")
NESTS = ("exp({})", "({})^9", "-({})", "1/({})", "({0})*({0})", "ln({})", "({0})/({0} - {0})")


def _cut(typed, start, stop, _chance):
    return typed[:start] + typed[stop:]


def _doubled(typed, start, stop, _chance):
    return typed[:stop] + typed[start:]


def _put_in(typed, start, _stop, chance):
    return typed[:start] + chance.choice(PIECES) + typed[start:]


def _exchanged(typed, start, stop, _chance):
    return typed[:start] + typed[start:stop][::-1] + typed[stop:]


def _nested(typed, _start, _stop, chance):
    return chance.choice(NESTS).format(typed)


WAYS = (_cut, _doubled, _put_in, _exchanged, _nested)


def mutated(typed, chance):
    """Return a text with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        start, stop = sorted(chance.randint(0, len(typed)) for _ in range(2))
        typed = chance.choice(WAYS)(typed, start, min(stop, start + 30), chance)
    return typed


@pytest.fixture(scope="module")
def q1():
    """What marks answers to the first loss of Q1, and the right answers in plain text and in LaTeX."""
    worked = solved(ROOT / "examples" / "cs4045-q1.yaml")
    marker = Marker(worked, scheme_of(worked)).parts[worked.parts[0].loss_name]
    truth, build = marker.truth, worked.parts[0].build
    asked = [target for target in truth.targets if target.kind is not TargetKind.UPDATED]
    right = {target.id: truth.expression(target) for target in asked}
    plain = [(name, plain_text(expression)) for name, expression in right.items()]
    return marker, [*plain, *((name, write(build(expression))) for name, expression in right.items())]


def soon(marker, answers, count, seed):
    """Assert that so many mutated answers are marked in few calls each, and return how many were taken for right."""
    chance, most, right = random.Random(seed), 0, 0  # noqa: S311 (not cryptography)
    for name, typed in answers:
        # What is made when it is first needed is no work of an answer's own.
        marker.alone(TypedAnswer(name, f"({typed})*x1 + 7"))
    for _ in range(count):
        name, typed = chance.choice(answers)
        given, found = TypedAnswer(name, mutated(typed, chance)), []
        most = max(most, calls(lambda given=given, found=found: found.append(marker.alone(given))))
        right += found[0].verdict is Verdict.RIGHT
    # Ten million take some two seconds.
    assert most < 10_000_000
    return right


def test_mutated_answers_are_marked_soon(q1):
    """So it is for some, of which few are right all the same, such as those with a doubled space or bracket."""
    marker, answers = q1
    assert soon(marker, answers[::12], 20, 1) < 10


@pytest.mark.campaign
def test_three_thousand_mutated_answers_are_marked_soon(q1):
    """So it is for 3,000."""
    assert soon(*q1, 3_000, 2) < 1_000

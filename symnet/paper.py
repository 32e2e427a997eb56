"""Arithmetic as on paper: each number that a sheet shows is rounded as it is shown, and used so from there on.

What is worked out are the very lines of the sheet: nodes forward, derivatives backward as they are written with the
deltas in them, what the samples come to together, and training step by step. Given numbers are used as they are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

import mpmath

from symnet.derivation import Gradient
from symnet.description.training import Training
from symnet.evaluate import Evaluation, Record
from symnet.given import Given
from symnet.numbers.compiled import compile_as_written
from symnet.numbers.course import Course, Start, Step, UndefinedAtError
from symnet.numbers.digits import Form
from symnet.numbers.onpaper import paper
from symnet.numbers.reals import magnitude
from symnet.objective import Objective

# Bits with which a line is worked out before its result is rounded.
FEWEST_BITS, MOST_BITS = 256, 2**20
# Bits beyond which only two precisions that differ ask for more.
_ENOUGH_BITS = 2**14

_written = attrgetter("written")


def on_paper(
    gradient: Gradient, objective: Objective, given: Given, training: Training | None, form: Form
) -> Evaluation:
    """Return all numbers of a network, each rounded as it is shown before it is used.

    The precision of a line is raised until two precisions agree on every number before training.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the samples come to together.
        given: The numbers put in.
        training: The steps to make, if any.
        form: How numbers are rounded.

    Raises:
        UndefinedAtError: If rounding leads to where there is no real finite value.
    """
    course = Course(compile_as_written(gradient, objective, given.constants), paper(form), given, training)
    found: Evaluation | UndefinedAtError | None = None
    bits = FEWEST_BITS
    while bits <= MOST_BITS:
        with mpmath.workprec(bits):
            pages = course.pages(bits)
            before, start = found, next(pages)
            if isinstance(start, Start):
                record = Record(course, start, _written, _written)
                # Digits that were worked out are none of the outcome: two precisions are compared.
                found = record.evaluation(digits=0)
                if found == before and bits >= min(_bits_for(found), _ENOUGH_BITS):
                    return _trained(record, pages)
            elif isinstance(start, UndefinedAtError):
                found = start
                if isinstance(before, UndefinedAtError):
                    raise found
        bits *= 2
    raise UndefinedAtError(f"more than {MOST_BITS} bits would be needed", 0)


def _bits_for(evaluation: Evaluation) -> int:
    """Return with how many bits no sum is lost between the largest and the smallest numbers on paper."""
    numbers = (number for sample in evaluation.samples for part in sample for number in part.values())
    return FEWEST_BITS + 4 * max((abs(magnitude(number)) for number in numbers if number), default=0)


def _trained(record: Record, pages: Iterator[Start | Step | UndefinedAtError]) -> Evaluation:
    """Return what is kept of a calculation, with its training steps.

    Raises:
        UndefinedAtError: If a step leads to where there is no value.
    """
    for page in pages:
        if isinstance(page, UndefinedAtError):
            raise page
        if isinstance(page, Step):
            record.add(page)
    return record.evaluation(digits=0)

"""The indexed form against the derivation number by number: every equation, line by line, for every index."""

from __future__ import annotations

import mpmath

from symnet.indexed.equations import IndexedForm
from symnet.indexed.form import indexed_form
from symnet.indexed.values import IndexedNumbers
from symnet.matrix.check import MatrixNumbers, is_precise, numbers_of, random_numbers
from symnet.numerics.direct import NoValueError
from symnet.verification.differences import DIGITS
from symnet.verification.verify import Check, CheckKind, CheckReport, Errors, demand
from symnet.worked import Part


def indexed_form_of(part: Part) -> IndexedForm:
    """Return the indexed form of a part.

    Raises:
        ViewError: If its network has no layers.
    """
    return indexed_form(part.gradient, part.objective)


def verify_indexed(part: Part) -> Check:
    """Return the check of the indexed form of a part: every line of it, for all values of its indices.

    What it is compared with are the numbers of the derivation number by number: at random points, and at the data, if
    there are any.

    Raises:
        CheckFailedError: If an indexed equation is not what was derived number by number.
        ViewError: If the network has no layers.
    """
    return verify_form(part, indexed_form_of(part))


def verify_form(part: Part, form: IndexedForm) -> Check:
    """Return the check of an indexed form of ``part``; see :func:`verify_indexed`."""
    errors = Errors(CheckKind.INDICES)
    with mpmath.workdps(DIGITS):
        for numbers in random_numbers(part):
            _compare(part, form, numbers, errors)
    if part.evaluation is not None and is_precise(part, part.evaluation):
        with mpmath.workdps(part.evaluation.digits):
            _compare(part, form, numbers_of(part, part.evaluation), errors)
    check = errors.check()
    demand(CheckReport((check,)))
    return check


def _compare(part: Part, form: IndexedForm, numbers: MatrixNumbers, errors: Errors) -> None:
    """Compare every right side with its left side, for each sample."""
    for equation in form.equations:
        for at in range(len(numbers.samples)):
            point = IndexedNumbers(form.letters, part.objective, numbers, at)
            for where in equation.everywhere:
                expected = point.value(equation.left, where)
                for right in equation.rights:
                    try:
                        found = point.value(right.expression, where)
                    except NoValueError:
                        # The long way round may divide by 0 where what it comes to has a value.
                        continue
                    errors.compare(found, expected)

"""Arithmetic as on paper: each number that a sheet shows is rounded as it is shown, and used so from there on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from operator import attrgetter
from types import MappingProxyType

import mpmath
from sympy import Symbol

from symnet.arithmetic.light import Binary, from_ratio, to_value
from symnet.arithmetic.real import Value, magnitude
from symnet.derivation.objective import Objective
from symnet.derivation.steps import Gradient
from symnet.description.training import Training
from symnet.limits import MOST_DIGITS
from symnet.network.data import NetworkData
from symnet.numerics.arithmetic import Arithmetic, Slots, Work
from symnet.numerics.compile import compile_as_written
from symnet.numerics.evaluate import (
    BoundPrograms,
    Evaluation,
    EvaluationRecord,
    ProgramRun,
    Start,
    TrainingStep,
    UndefinedAtError,
)
from symnet.numerics.exact import TABLE, is_beyond, products, sign
from symnet.numerics.format import Form, padded, rounded, without_zeros
from symnet.numerics.program import BITS, Operation, Primitive
from symnet.remember import Remembered

# Numbers of a calculation on paper, which know the digits that stand for them.

# Bits, some 60 digits, with which a number on paper goes into formulas.
_BITS = 200
_EXACT = Context(prec=2 * MOST_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)


class Written(mpmath.mpf):  # type: ignore[misc] # mpmath is not annotated
    """A number as it stands on paper, and goes into every formula from there on.

    Attributes:
        digits: The number itself: a decimal with all the zeros that are written, or a fraction that is no decimal.
        changed: Whether rounding has made it of another number.
    """

    __slots__ = ("changed", "digits")

    digits: Decimal | Fraction
    changed: bool

    @classmethod
    def of(cls, digits: Decimal | Fraction, changed: bool = False) -> Written:
        """Return the number with these digits."""
        number: Written = object.__new__(cls)
        number._mpf_ = to_value(from_ratio(*digits.as_integer_ratio(), _BITS))._mpf_
        number.digits, number.changed = digits, changed
        return number

    @classmethod
    def in_full(cls, number: Fraction) -> Written:
        """Return a given number unrounded."""
        decimal = _decimal(number)
        return cls.of(number if decimal is None else decimal)

    @classmethod
    def result(cls, value: Value, form: Form, put_in: Iterable[Value]) -> Written:
        """Return the rounded value of a line.

        Args:
            value: What it comes to.
            form: How it is rounded.
            put_in: The numbers put into the line. Where one has all its digits, so has a result that is not whole.
        """
        digits, exact = rounded(value, form)
        if exact and digits.as_tuple().exponent and any(_is_full(number, form) for number in put_in):
            digits = padded(digits, form)
        return cls.of(digits, not exact)

    @property
    def fraction(self) -> Fraction:
        """The number as a fraction."""
        return Fraction(self.digits)


def all_in_full(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, Written]:
    """Return given numbers unrounded."""
    return {symbol: Written.in_full(number) for symbol, number in numbers.items()}


def _is_full(number: Value, form: Form) -> bool:
    digits = number.digits if isinstance(number, Written) else None
    return isinstance(digits, Decimal) and form.is_full(digits)


def _decimal(number: Fraction) -> Decimal | None:
    """Return a number as a decimal; None if it is no decimal, or a long one."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    whole = number.numerator * 10**places // number.denominator
    if rest != 1 or len(str(abs(whole)).rstrip("0")) > MOST_DIGITS:
        return None
    return without_zeros(Decimal(whole).scaleb(-places, _EXACT))


# Arithmetic as on paper: the exact one, but that each number which a sheet shows is rounded as it is shown.


class OnPaper(tuple[int, int]):
    """A binary number that stands on paper.

    Attributes:
        written: The number as it is written there.
    """

    written: Written

    @classmethod
    def of(cls, written: Written, bits: int) -> OnPaper:
        """Return the number that goes into formulas for one that is written."""
        number = cls(from_ratio(*written.digits.as_integer_ratio(), bits))
        number.written = written
        return number


def exactly(number: Fraction, bits: int) -> OnPaper:
    """Return a given number unrounded."""
    return OnPaper.of(Written.in_full(number), bits)


def paper(form: Form) -> Arithmetic:
    """Return the arithmetic in which every displayed number is rounded in this form and used as rounded."""

    def shown(operation: Operation) -> Work:
        place, *put_in = operation.arguments

        def work(slots: Slots) -> Binary:
            numbers = (getattr(slots[other], "written", None) for other in put_in)
            return OnPaper.of(Written.result(to_value(slots[place]), form, numbers), slots[BITS])

        return work

    return Arithmetic(MappingProxyType({**TABLE, Primitive.SHOWN: shown}), exactly, sign, compare, is_beyond, products)


def compare(first: OnPaper, second: OnPaper, _bits: int) -> int:
    """Return the sign of the difference of two numbers."""
    one, other = first.written.fraction, second.written.fraction
    return (one > other) - (one < other)


# Arithmetic as on paper: each number that a sheet shows is rounded as it is shown, and used so from there on.
#
# What is worked out are the very lines of the sheet: nodes forward, derivatives backward as they are written with the
# deltas in them, what the samples come to together, and training step by step. Given numbers are used as they are
# given.

# Bits with which a line is worked out before its result is rounded.
FEWEST_BITS, MOST_BITS = 256, 2**20
# Bits beyond which only two precisions that differ ask for more.
_ENOUGH_BITS = 2**14
# The programs of the last few gradients, each with the objective that they hold; see :mod:`symnet.numerics.evaluate`.
_PROGRAMS = Remembered(4)

_written = attrgetter("written")


def on_paper(
    gradient: Gradient, objective: Objective, data: NetworkData, training: Training | None, form: Form
) -> Evaluation:
    """Return all numbers of a network, each rounded as it is shown before it is used.

    The precision of a line is raised until two precisions agree on every number before training.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the samples come to together.
        data: The numbers put in.
        training: The steps to make, if any.
        form: How numbers are rounded.

    Raises:
        UndefinedAtError: If rounding leads to where there is no real finite value.
    """
    programs = _PROGRAMS.once(
        gradient,
        (id(objective), form, *data.constants),
        lambda: BoundPrograms(compile_as_written(gradient, objective, data.constants, shown=True), paper(form)),
    )
    run = ProgramRun(programs, data, training)
    found: Evaluation | UndefinedAtError | None = None
    bits = FEWEST_BITS
    while bits <= MOST_BITS:
        with mpmath.workprec(bits):
            pages = run.pages(bits)
            before, start = found, next(pages)
            if isinstance(start, Start):
                record = EvaluationRecord(run, start, _written, _written)
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
    """Return enough bits to add the largest and the smallest of the numbers without loss."""
    numbers = (number for sample in evaluation.samples for part in sample for number in part.values())
    return FEWEST_BITS + 4 * max((abs(magnitude(number)) for number in numbers if number), default=0)


def _trained(record: EvaluationRecord, pages: Iterator[Start | TrainingStep | UndefinedAtError]) -> Evaluation:
    """Return the evaluation, with its training steps.

    Raises:
        UndefinedAtError: If a step leads to where there is no value.
    """
    for page in pages:
        if isinstance(page, UndefinedAtError):
            raise page
        if isinstance(page, TrainingStep):
            record.add(page)
    return record.evaluation(digits=0)

"""Wrong last steps: the derivative or the value is right, and something else is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Integer, Rational, S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Quotient
from symnet.catalog.optimizers import LEARNING_RATE
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Change, Last, Said, Setting
from symnet.marking.records import Target, TargetKind
from symnet.quantity import Quantity


def negated(_setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the negative."""
    yield Change(last=Last(factor=S.NegativeOne))


def factors(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the answer times 2, times a half, and times what else a mean may be over."""
    outputs = len(setting.network.layers[-1].outputs) if setting.network.layers else 1
    counts = dict.fromkeys((2, outputs))
    for count in counts:
        for factor in (Integer(count), Rational(1, count)):
            if factor != 1:
                yield Change(words={"factor": factor}, last=Last(factor=factor))


def sum_for_mean(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the sum over the samples where it should be the mean."""
    if setting.count is not None and setting.part.objective.mean:
        yield Change(last=Last(data=setting.count))


def mean_for_sum(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the mean over the samples where it should be the sum."""
    if setting.count is not None and not setting.part.objective.mean:
        yield Change(last=Last(data=Quotient(S.One, setting.count)))


def shares(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the samples' share divided, or multiplied, once too often by their number."""
    count = setting.count
    if count is not None:
        whole = "mistake.derivative" if target.kind is TargetKind.UPDATED else "mistake.result"
        result = Sentence("mistake.data_term" if setting.part.objective.penalty else whole)
        for data, size in ((Quotient(S.One, count), "mistake.small"), (count, "mistake.large")):
            words: dict[str, Said] = {"factor": count, "result": result, "size": Sentence(size)}
            yield Change(words=words, last=Last(data=data))


def one_sample(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield what a single sample gives: another one, or one where all of them count."""
    for sample in range(setting.samples) if setting.samples > 1 else ():
        if sample != target.sample:
            yield Change(words={"sample": str(sample + 1)}, last=Last(sample=sample))


def no_penalty(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the derivative without what the penalty adds."""
    if setting.part.objective.penalty:
        yield Change(last=Last(penalty=S.Zero))


def penalty_on_biases(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the derivative with respect to a bias with what a penalty would add."""
    if target.symbol in setting.unpenalized:
        yield Change(last=Last(biases=S.One))


def penalty_factors(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the share of the penalty with a wrong factor: a sign, a 2, its strength, the number of samples."""
    if not setting.part.objective.penalty:
        return
    found: list[Expr] = [S.NegativeOne, Integer(2), Rational(1, 2)]
    if setting.count is not None:
        found += [Quotient(S.One, setting.count), setting.count]
    for factor in found:
        yield Change(words={"factor": factor}, last=Last(penalty=factor))


def no_strength(setting: Setting, _target: Target) -> Iterator[Change]:
    """Yield the share of the penalty without its strength, or with it twice."""
    for strength in dict.fromkeys(setting.strengths):
        for factor, what in ((Quotient(S.One, strength), "mistake.missing"), (strength, "mistake.applied_twice")):
            yield Change(words={"strength": strength, "what": Sentence(what)}, last=Last(penalty=factor))


def neighbours(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield what is right for the other quantities of the same sort, in the same layer."""
    yield from _others(setting, target, _is_next_to)


def transposed(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield what is right for the weight with the two indices swapped."""
    yield from _others(setting, target, _is_transposed)


def _others(setting: Setting, target: Target, wanted: Callable[[Quantity, Quantity], bool]) -> Iterator[Change]:
    known = setting.network.quantities
    for other in setting.alike(target.symbol):
        if target.kind is TargetKind.ADJOINT and other not in setting.part.gradient.adjoints:
            continue
        if wanted(known[target.symbol.name], known[other.name]):
            words = {"other": setting.named(target.kind, other)}
            yield Change(words=words, last=Last(other=other))
            if target.kind is TargetKind.UPDATED:
                yield Change(words=words, last=Last(leaf=other))


def _is_transposed(own: Quantity, other: Quantity) -> bool:
    return own.source is not None and (own.unit, own.source) == (other.source, other.unit)


def _is_next_to(own: Quantity, other: Quantity) -> bool:
    """Return whether two quantities differ in one index alone."""
    return (own.unit != other.unit) + (own.source != other.source) + (own.piece != other.piece) == 1


def uphill(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the step taken the other way."""
    if target.kind is TargetKind.UPDATED:
        yield Change(last=Last(step=S.NegativeOne))


def no_rate(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the step without the learning rate."""
    if target.kind is TargetKind.UPDATED:
        yield Change(words={"rate": LEARNING_RATE}, last=Last(step=Quotient(S.One, LEARNING_RATE)))


def rate_twice(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the step with the square of the learning rate."""
    if target.kind is TargetKind.UPDATED:
        yield Change(words={"rate": LEARNING_RATE}, last=Last(step=LEARNING_RATE))


def step_alone(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the step in the place of the updated parameter, with either sign."""
    if target.kind is TargetKind.UPDATED:
        for sign in (S.One, S.NegativeOne):
            yield Change(last=Last(kept=S.Zero, step=sign))


def no_step(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the parameter as it was."""
    if target.kind is TargetKind.UPDATED:
        yield Change(last=Last(step=S.Zero))


def derivative_alone(_setting: Setting, target: Target) -> Iterator[Change]:
    """Yield the derivative in the place of the updated parameter."""
    if target.kind is TargetKind.UPDATED:
        step = Chain(S.NegativeOne, Quotient(S.One, LEARNING_RATE))
        yield Change(last=Last(kept=S.Zero, step=step))


def update_alone(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield an updated parameter in the place of the derivative, with and without the learning rate."""
    if target.kind is TargetKind.GRADIENT and target.sample is None:
        for rate in ([LEARNING_RATE] if setting.training is not None else []) + [S.One]:
            yield Change(last=Last(rate=rate))


def plain_step(setting: Setting, target: Target) -> Iterator[Change]:
    """Yield a step of plain gradient descent where another optimizer is asked for."""
    training = setting.training
    if target.kind is TargetKind.UPDATED and training is not None and training.optimizer != "sgd":
        yield Change(last=Last(plain=True))

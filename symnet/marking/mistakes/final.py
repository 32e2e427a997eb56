"""Wrong last steps: the derivative or the value is right, and something else is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sympy import Integer, Pow, Rational, S
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, difference, terms_of
from symnet.algebra.rewrite import substitute
from symnet.catalog.optimizers import LEARNING_RATE
from symnet.derivation.objective import OBJECTIVE
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Fault, Last, Said, Setting
from symnet.marking.records import Target, TargetKind
from symnet.quantity import Quantity

# Without one of two samples, the other one alone is left.
_FEWEST_TO_MISS = 3


def negated(_setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the negative."""
    yield Fault(last=Last(factor=S.NegativeOne))


def factors(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the answer times 2, times a half, and times what else a mean may be over."""
    outputs = len(setting.outputs) or 1
    network = setting.network
    # Whatever a parameter of a graph is used in, such as the steps of a sequence, may be averaged over.
    uses = 1 if target.symbol in network.nodes else len(network.children.get(target.symbol, ())) or 1
    over = [
        int(part.args[1]) for part in network.nodes[network.loss].expression.atoms(Quotient) if part.args[1].is_Integer
    ]
    counts = dict.fromkeys((2, outputs, *([uses, *over] if network.is_graph else ())))
    for count in counts:
        for factor in (Integer(count), Rational(1, count)):
            if factor != 1:
                yield Fault(words={"factor": factor}, last=Last(factor=factor))


def sum_for_mean(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the sum over the samples where it should be the mean."""
    if setting.whole is not None:
        yield Fault(last=Last(data=setting.whole))


def mean_for_weighted_mean(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the weighted losses over the number of samples where it should be over the sum of their weights."""
    if setting.count is not None and setting.whole is not None and setting.part.objective.is_weighted:
        yield Fault(last=Last(data=Quotient(setting.whole, setting.count)))


def mean_for_sum(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the mean over the samples where it should be the sum."""
    if setting.count is not None and not setting.part.objective.mean:
        yield Fault(last=Last(data=Quotient(S.One, setting.count)))


def shares(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the samples' share divided, or multiplied, once too often by their number."""
    count = setting.count
    if count is not None:
        whole = "mistake.derivative" if target.kind is TargetKind.UPDATED else "mistake.result"
        result = Sentence("mistake.data_term" if setting.part.objective.penalty else whole)
        for data, size in ((Quotient(S.One, count), "mistake.small"), (count, "mistake.large")):
            words: dict[str, Said] = {"factor": count, "result": result, "size": Sentence(size)}
            yield Fault(words=words, last=Last(data=data))


def one_sample(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what a single sample gives: another one, or one where all of them count."""
    for sample in range(setting.samples) if setting.samples > 1 else ():
        if sample != target.sample:
            words: dict[str, Said] = {"sample": str(sample + 1)}
            yield Fault(words=words, last=Last(sample=sample))
            if target.sample is None and setting.count is not None and setting.whole == setting.count:
                yield Fault(words=words, last=Last(sample=sample, data=Quotient(S.One, setting.count)))


def one_missing(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what all samples but one give, over as many as there are and over one less."""
    count = setting.count
    if target.sample is not None or count is None or setting.samples < _FEWEST_TO_MISS or setting.whole != count:
        return
    for sample in range(setting.samples):
        for data in (Quotient(difference(count, S.One), count), S.One):
            yield Fault(words={"sample": str(sample + 1)}, last=Last(without=sample, data=data))


def no_penalty(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the derivative without what the penalty adds."""
    if setting.part.objective.penalty:
        yield Fault(last=Last(penalty=S.Zero))


def penalty_on_biases(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the derivative with respect to a bias with what a penalty would add."""
    if target.symbol in setting.unpenalized:
        yield Fault(last=Last(biases=S.One))


def penalty_factors(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the share of the penalty with a wrong factor: a sign, a 2, its strength, the number of samples."""
    if not setting.part.objective.penalty:
        return
    found: list[Expr] = [S.NegativeOne, Integer(2), Rational(1, 2)]
    if setting.count is not None:
        found += [Quotient(S.One, setting.count), setting.count]
    for factor in found:
        yield Fault(words={"factor": factor}, last=Last(penalty=factor))


def no_strength(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the share of the penalty without its strength, or with it twice."""
    for strength in dict.fromkeys(setting.strengths):
        for factor, what in ((Quotient(S.One, strength), "mistake.missing"), (strength, "mistake.applied_twice")):
            yield Fault(words={"strength": strength, "what": Sentence(what)}, last=Last(penalty=factor))
    strengths, terms = tuple(dict.fromkeys(setting.strengths)), _terms(setting, target)
    if len(strengths) == len(terms) > 1:
        bare = PathSum(*(Quotient(term, strength) for term, strength in zip(terms, strengths, strict=True)))
        yield Fault(words={"strength": strengths[0], "what": Sentence("mistake.missing")}, last=Last(share=bare))


def one_less(setting: Setting, _target: Target) -> Iterator[Fault]:
    """Yield the samples' share over one sample less."""
    count = setting.count
    if count is not None and setting.whole == count:
        yield Fault(words={"count": count}, last=Last(data=Quotient(count, difference(count, S.One))))


# Each of the penalties apart.


def _terms(setting: Setting, target: Target) -> tuple[Expr, ...]:
    """Return what each penalty adds to a derivative, or to the objective."""
    objective = setting.part.objective
    if not objective.penalty:
        return ()
    if target.kind is TargetKind.NODE:
        return terms_of(objective.penalty[-1].expression) if target.symbol == OBJECTIVE else ()
    return objective.added.get(target.symbol, ())


def one_left_out(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the answer without one of several penalties."""
    for _term, rest in _each(setting, target):
        yield Fault(words={"term": _term}, last=Last(share=PathSum(*rest)))


def one_factor(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the answer with one of several penalties doubled, halved or with the other sign."""
    for term, rest in _each(setting, target):
        for factor in (Rational(1, 2), Integer(2), S.NegativeOne):
            words = {"term": term, "factor": factor}
            yield Fault(words=words, last=Last(share=PathSum(*rest, Chain(factor, term))))


def _each(setting: Setting, target: Target) -> Iterator[tuple[Expr, list[Expr]]]:
    """Yield each of several penalties and the others."""
    terms = _terms(setting, target)
    for number, term in enumerate(terms if len(terms) > 1 else ()):
        yield term, [*terms[:number], *terms[number + 1 :]]


def sign_lost(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the penalties without the sign of the parameter, in a derivative, or without absolute values."""
    yield from _changed_terms(setting, target, {"sign": lambda _x: S.One, "abs": lambda x: x})


def sign_to_absolute(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the penalties with |w|, or w, in the place of its sign."""
    for change in (lambda x: Applied("abs", x), lambda x: x):
        yield from _changed_terms(setting, target, {"sign": change})


def square_in_penalty(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the penalties with the square of the parameter that they had."""
    if target.kind in {TargetKind.GRADIENT, TargetKind.UPDATED}:
        terms = _terms(setting, target)
        square = {target.symbol: Pow(target.symbol, Integer(2))}
        half = {target.symbol: Chain(Rational(1, 2), square[target.symbol])}
        for change in (square, half):
            changed = tuple(term if term.atoms(Applied) else substitute(term, change) for term in terms)
            if changed != terms:
                yield Fault(words={"term": _differing(terms, changed)}, last=Last(share=PathSum(*changed)))


def strengths_exchanged(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield two penalties with the strength of each other."""
    strengths, terms = tuple(dict.fromkeys(setting.strengths)), _terms(setting, target)
    if len(strengths) == len(terms) == 2:
        first, second = strengths
        changed = [Chain(Quotient(second, first), terms[0]), Chain(Quotient(first, second), terms[1])]
        yield Fault(words={"first": first, "second": second}, last=Last(share=PathSum(*changed)))


def _changed_terms(
    setting: Setting, target: Target, functions: Mapping[str, Callable[[Expr], Expr]]
) -> Iterator[Fault]:
    """Yield the penalties with something else in the place of functions."""
    terms = _terms(setting, target)
    found = {part for term in terms for part in term.atoms(Applied) if part.name in functions}
    if found:
        values = {part: functions[part.name](part.args[1]) for part in found}
        changed = tuple(substitute(term, values) for term in terms)
        yield Fault(words={"term": _differing(terms, changed)}, last=Last(share=PathSum(*changed)))


def _differing(terms: Sequence[Expr], others: Sequence[Expr]) -> Expr:
    return next(term for term, other in zip(terms, others, strict=True) if term != other)


# Updates.


def update_reversed(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step less the old value, in the place of the old value less the step."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(last=Last(kept=S.NegativeOne, step=S.NegativeOne))


def old_value_negated(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the update of the old value with its sign the other way round."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(words={"old": target.symbol}, last=Last(kept=S.NegativeOne))


def old_value_multiplied(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step multiplied by the old value."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(words={"old": target.symbol}, last=Last(step=target.symbol))


def neighbours(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what is right for the other quantities of the same sort, in the same layer."""
    yield from _others(setting, target, _is_next_to)


def transposed(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what is right for the weight with the two indices swapped."""
    yield from _others(setting, target, _is_transposed)


def _others(setting: Setting, target: Target, wanted: Callable[[Quantity, Quantity], bool]) -> Iterator[Fault]:
    known = setting.network.quantities
    for other in setting.alike(target.symbol):
        if target.kind is TargetKind.ADJOINT and other not in setting.part.gradient.adjoints:
            continue
        if wanted(known[target.symbol.name], known[other.name]):
            words = {"other": setting.named(target._replace(symbol=other))}
            yield Fault(words=words, last=Last(other=other))
            if target.kind is TargetKind.UPDATED:
                yield Fault(words=words, last=Last(leaf=other))


def _is_transposed(own: Quantity, other: Quantity) -> bool:
    return own.source is not None and (own.unit, own.source) == (other.source, other.unit)


def _is_next_to(own: Quantity, other: Quantity) -> bool:
    """Return whether two quantities differ in one index alone."""
    return (own.unit != other.unit) + (own.source != other.source) + (own.piece != other.piece) == 1


def uphill(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step taken the other way."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(last=Last(step=S.NegativeOne))


def no_rate(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step without the learning rate."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(words={"rate": LEARNING_RATE}, last=Last(step=Quotient(S.One, LEARNING_RATE)))


def rate_twice(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step with the square of the learning rate."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(words={"rate": LEARNING_RATE}, last=Last(step=LEARNING_RATE))


def step_alone(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the step in the place of the updated parameter, with either sign."""
    if target.kind is TargetKind.UPDATED:
        for sign in (S.One, S.NegativeOne):
            yield Fault(last=Last(kept=S.Zero, step=sign))


def no_step(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the parameter as it was."""
    if target.kind is TargetKind.UPDATED:
        yield Fault(last=Last(step=S.Zero))


def derivative_alone(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the derivative in the place of the updated parameter."""
    if target.kind is TargetKind.UPDATED:
        step = Chain(S.NegativeOne, Quotient(S.One, LEARNING_RATE))
        yield Fault(last=Last(kept=S.Zero, step=step))


def update_alone(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield an updated parameter in the place of the derivative, with and without the learning rate."""
    if target.kind is TargetKind.GRADIENT and target.sample is None:
        for rate in ([LEARNING_RATE] if setting.training is not None else []) + [S.One]:
            yield Fault(last=Last(rate=rate))


def old_parameter(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield a later step that is taken from where the last one was taken from."""
    if target.kind is TargetKind.UPDATED and target.step is not None:
        yield Fault(words={"old": target.symbol}, last=Last(from_before=True))


def old_derivative(_setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield a later step that is taken with the derivative of the last one."""
    if target.step is not None and target.step > 1:
        yield Fault(last=Last(gradient_before=True))


def plain_step(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield a step of plain gradient descent where another optimizer is asked for."""
    training = setting.training
    if target.kind is TargetKind.UPDATED and training is not None and training.optimizer != "sgd":
        yield Fault(last=Last(plain=True))

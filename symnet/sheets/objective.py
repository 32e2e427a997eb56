"""The objective: what the samples' losses and the penalty come to together, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Integer, Rational, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum, Quotient, factors_of
from symnet.derivation.objective import OBJECTIVE
from symnet.derivation.steps import before_writing_out
from symnet.document import Block, Heading, Inline, Line, LineKind, Paragraph, Result, Working, telling
from symnet.layout.tree import Fence, Layout
from symnet.notation.names import letter_of
from symnet.numerics.direct import Value, numeric
from symnet.sheets.derivatives import penalty_facts
from symnet.sheets.derived import cut
from symnet.sheets.names import of_gradient, of_node
from symnet.sheets.sheet import Sheet, titled
from symnet.text.say import in_a_row, say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation
    from symnet.numerics.training import Sample


def objective_section(sheet: Sheet, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield the objective and its gradient, if there are several samples or a penalty.

    Args:
        sheet: The part.
        penalties: The catalog names of the regularizers.
    """
    objective = sheet.part.objective
    if not objective.nodes:
        return
    yield from objective_defined(sheet, penalties)
    yield Working((objective_rule(sheet),))
    for layer in reversed(sheet.part.network.layers if sheet.view.scalar else ()):
        for group in cut(sheet.view.among(layer.parameters)):
            yield Result(tuple(_in_deltas(sheet, p) for p in group))


def objective_rule(sheet: Sheet) -> Line:
    """Return how the derivative of the objective comes about, for the first parameter."""
    first = next(iter(sheet.part.objective.derivations.values())).steps[0]
    return Line(sheet.build(first.lhs), "=", sheet.build(first.rhs), (sheet.reason(first.rule),))


def objective_defined(sheet: Sheet, penalties: tuple[str, ...]) -> Iterator[Block]:
    """Yield what the objective is, and the derivatives of its penalty.

    Args:
        sheet: The part.
        penalties: The catalog names of the regularizers.
    """
    objective = sheet.part.objective
    yield Heading(2, say("objective.title"))
    yield Paragraph(objective_in_words(sheet))
    defined = sheet.names.defined
    nodes = (*objective.penalty, *objective.nodes)
    equations = ((defined(node.symbol.name), sheet.build(node.expression), node.symbol.name) for node in nodes)
    yield Working(
        tuple(Line(left, "=", right, kind=LineKind.DEFINITION, about=name) for left, right, name in equations)
    )
    yield from penalty_facts(sheet, penalties)


def _in_deltas(sheet: Sheet, parameter: Symbol) -> Line:
    step = before_writing_out(sheet.part.objective.derivations[parameter])[-1]
    line = Line(sheet.build(step.lhs), "=", sheet.build(step.rhs))
    return line._replace(of=of_gradient(sheet.part, parameter), kind=LineKind.RESULT, about=parameter.name)


# What the objective is, by the keys of the sentences: of what, and whether with a penalty.
_OBJECTIVES: Mapping[tuple[str, bool], str] = MappingProxyType(
    {
        ("of_sample", False): "objective.of_sample",
        ("of_sample", True): "objective.of_sample_with_penalty",
        ("mean", False): "objective.mean",
        ("mean", True): "objective.mean_with_penalty",
        ("weighted_mean", False): "objective.weighted_mean",
        ("weighted_mean", True): "objective.weighted_mean_with_penalty",
        ("sum", False): "objective.sum",
        ("sum", True): "objective.sum_with_penalty",
    }
)


def objective_in_words(sheet: Sheet) -> Inline:
    """Return what the objective is, in a sentence."""
    objective = sheet.part.objective
    what = "of_sample"
    if objective.samples is not None:
        what = "weighted_mean" if objective.is_weighted else "mean" if objective.mean else "sum"
    said = say(_OBJECTIVES[what, bool(objective.penalty)], objective=sheet.objective)
    weights = sheet.part.network.sample_weight
    if len(weights) == 1:
        said = in_a_row(said, say("objective.weights", weight=sheet.names(weights[0].name)))
    if objective.samples is None:
        return said
    mark = sheet.names.notation.sample
    sign = Fence(letter_of(mark.letter), mark.left, mark.right) if mark.left else letter_of(mark.letter)
    marked = say("objective.high" if mark.high else "objective.low", mark=sign, sample=letter_of(mark.letter))
    return in_a_row(said, marked)


def objective_numbers_section(sheet: Sheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the values of the objective and its gradient, if there are several samples or a penalty."""
    objective, network = sheet.part.objective, sheet.part.network
    if not objective.nodes:
        return
    if evaluation.batch is not None and len(evaluation.samples) == 1 and not objective.penalty:
        # The derivatives of the only sample of the step are those of the objective.
        return
    if objective.samples is None:
        yield titled(2, "objective.penalized")
    else:
        yield titled(2, "objective.numbers" if evaluation.batch is None else "objective.of_step")
    lines = list(objective_lines(sheet, evaluation))
    everything = range(len(evaluation.samples))
    for parameter in sheet.view.among(p for layer in reversed(network.layers) for p in layer.parameters):
        line = objective_gradient_line(sheet, evaluation, everything, parameter, evaluation.gradients[parameter])
        lines.append(line._replace(of=of_gradient(sheet.part, parameter), kind=LineKind.VALUE))
    yield Working(tuple(lines))


def objective_lines(sheet: Sheet, evaluation: Evaluation) -> Iterator[Line]:
    """Yield the lines that compute the penalty and, unless for a mini-batch, the objective."""
    objective = sheet.part.objective
    known = {**evaluation.samples[0].values, **evaluation.penalty, **sheet.constants}
    for node in objective.penalty:
        worked = sheet.worked_line(sheet.names(node.symbol.name), node.expression, known, known[node.symbol])
        yield from telling(of_node(node.symbol), worked, node.symbol.name, LineKind.VALUE)
    if evaluation.batch is not None:
        return
    losses = [sample.values[sheet.part.network.loss] for sample in evaluation.samples]
    penalty: tuple[Expr, ...] = (objective.penalty[-1].symbol,) if objective.penalty else ()
    yield Line(
        sheet.objective,
        *_summed(sheet, (losses, _counts(sheet, evaluation.samples)), penalty, known, evaluation.loss),
        of=of_node(OBJECTIVE),
        kind=LineKind.VALUE,
    )


def objective_gradient_line(
    sheet: Sheet, evaluation: Evaluation, batch: Sequence[int], parameter: Symbol, value: Value
) -> Line:
    """Return the line that computes the objective's derivative wrt a parameter from those of samples and penalty.

    Args:
        sheet: The part.
        evaluation: Its numbers.
        batch: The 0-based samples that are taken together.
        parameter: The parameter.
        value: The derivative.
    """
    known = {**evaluation.samples[0].values, **evaluation.penalty, **sheet.constants}
    samples = [evaluation.samples[number] for number in batch]
    derivatives = [sample.gradients[parameter] for sample in samples]
    added = sheet.part.objective.added.get(parameter, ())
    terms = tuple(term for term in added if not _is_over_zero(term, known))
    key = "objective", sheet.names is sheet.part.names, parameter
    left = sheet.once(key, lambda: sheet.names.partial(sheet.objective, sheet.names(parameter.name)))
    return Line(
        left, *_summed(sheet, (derivatives, _counts(sheet, samples)), terms, known, value), about=parameter.name
    )


def _is_over_zero(term: Expr, known: Mapping[Symbol, Value]) -> bool:
    """Return whether a term stands over a norm of 0, at whose kink it is taken to be 0."""
    under = (factor.args[1] for factor in factors_of(term) if isinstance(factor, Quotient))
    return any(symbol.is_Symbol and not known[symbol] for symbol in under)


def _counts(sheet: Sheet, samples: Sequence[Sample]) -> list[Value]:
    """Return what each sample counts in a weighted mean; nothing in any other."""
    objective = sheet.part.objective
    return [numeric(objective.counted, sample.values) for sample in samples] if objective.is_weighted else []


def _summed(
    sheet: Sheet,
    of_samples: tuple[list[Value], list[Value]],
    added: tuple[Expr, ...],
    known: Mapping[Symbol, Value],
    value: Value,
) -> tuple[str, Layout]:
    """Return a relation and a right side: the samples' numbers taken together, and what the penalty adds.

    Args:
        sheet: The part.
        of_samples: The numbers of the samples, and what each of them counts in a weighted mean.
        added: What the penalty adds.
        known: The numbers of what stands in it.
        value: What comes out.
    """
    by_sample, counts = of_samples
    sizes, mean = (len(by_sample), len(counts)), sheet.part.objective.mean
    symbols, formula = sheet.once(("summed", sizes, mean, added), lambda: _sum_of_samples(sizes, added, mean=mean))
    values = {**known, **dict(zip(symbols, (*by_sample, *counts), strict=True))}
    return sheet.substituted(formula, values, value)


def _sum_of_samples(sizes: tuple[int, int], added: tuple[Expr, ...], *, mean: bool) -> tuple[tuple[Symbol, ...], Expr]:
    """Return the symbols of what so many samples have, and of what so many of them count, and all taken together."""
    each, counted = (
        [Symbol(f"{name} {number}") for number in range(1, count + 1)]
        for name, count in zip(("sample", "count"), sizes, strict=True)
    )
    share: Expr = Rational(1, len(each)) if mean else Integer(1)
    if counted:
        share = Quotient(Integer(1), PathSum(*counted))
    reduced = PathSum(*each) if share == 1 else Chain(share, PathSum(*each))
    return (*each, *counted), PathSum(reduced, *added)

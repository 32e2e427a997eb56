"""One quantity alone: an equation, or a derivation line by line, its result in a frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derivation.objective import OBJECTIVE
from symnet.derivation.steps import Derivation, Step, before_writing_out
from symnet.description.fields import near_miss
from symnet.document import Block, Heading, Line, Result, Working
from symnet.errors import ViewError
from symnet.layout.tree import Layout, Operator, Row
from symnet.limits import MOST_WORKED_SAMPLES
from symnet.network.graph import Network, NodeKind
from symnet.numerics.direct import Value
from symnet.sheets.names import loss_called, of_adjoint, of_gradient, of_node
from symnet.sheets.network import applied
from symnet.sheets.objective import objective_gradient_line
from symnet.sheets.repeats import without_repeats
from symnet.sheets.sheet import Sheet
from symnet.text.say import ROMAN, say
from symnet.worked import Part

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample

_LISTED = 8


class _Sought(NamedTuple):
    """What is shown alone: a node's equation, or a derivative."""

    node: Symbol | None = None
    derivation: Derivation | None = None


def alone(sheets: Sequence[Sheet], name: str) -> Iterator[Block]:
    """Yield one quantity under each loss or output that has it: of the network itself under the first one only.

    Args:
        sheets: The parts.
        name: The id of a node (``z1_1``), of a delta (``delta1_2``), of a parameter (``w1_1_1``), by which the
            derivative is meant, or of any derivative (``dL/dw1_1_1``).

    Raises:
        ViewError: If there is no such quantity, with those that it may be meant to be.
    """
    for number, sheet in _having(sheets, name).items():
        sought = _sought(sheet.part, name)
        at_loss = sought.node is None or sheet.part.network.nodes[sought.node].kind is NodeKind.LOSS
        if number and not at_loss:
            return
        if at_loss and len(sheets) > 1:
            yield Heading(1, say("sheet.part", number=ROMAN[number], loss=loss_called(sheet)))
        yield from map(without_repeats, _shown(sheet, sought))


def title_of(sheets: Sequence[Sheet], name: str) -> str:
    """Return the key of what a sheet with one quantity alone is.

    Args:
        sheets: The parts.
        name: The id of the quantity.

    Raises:
        ViewError: If there is no such quantity, with those that it may be meant to be.
    """
    first = next(iter(_having(sheets, name).values()))
    return "alone.equation" if _sought(first.part, name).derivation is None else "alone.derivative"


def _having(sheets: Sequence[Sheet], name: str) -> dict[int, Sheet]:
    """Return the parts that have a quantity, by their numbers; all parts if none has it, which is an error."""
    found = {number: sheet for number, sheet in enumerate(sheets) if name in _known(sheet.part)}
    return found or dict(enumerate(sheets))


def _sought(part: Part, name: str) -> _Sought:
    """Return what an id stands for."""
    known = _known(part)
    if name in known:
        return known[name]
    hint = near_miss(name, tuple(known)) or "Take an id such as stands in the JSON output."
    derivatives = [known for leaf in part.gradient.leaves for known in of_gradient(part, leaf)]
    some = ", ".join((*derivatives[:_LISTED], *(symbol.name for symbol in [*part.network.nodes][:_LISTED]), "..."))
    raise ViewError(f'only: found "{name[:100]}"; expected the id of a quantity: {some} {hint}')


def _known(part: Part) -> dict[str, _Sought]:
    """Return what can be shown alone, by each id that it goes by."""
    network, gradient = part.network, part.gradient
    found = {symbol.name.removesuffix("@i"): _Sought(node=symbol) for symbol in network.nodes}
    for leaf, derivation in gradient.leaves.items():
        found |= dict.fromkeys((*of_gradient(part, leaf), leaf.name), _Sought(derivation=derivation))
    for wrt, derivation in gradient.adjoints.items():
        names = (*of_adjoint(part, wrt), derivation.symbol.name, _ratio(network, wrt))
        found |= dict.fromkeys((name.removesuffix("@i") for name in names), _Sought(derivation=derivation))
    return found


def _ratio(network: Network, wrt: Symbol) -> str:
    of = network.loss.name if network.is_graph else OBJECTIVE.name
    return f"d{of.removesuffix('@i')}/d{wrt.name.removesuffix('@i')}"


def _shown(sheet: Sheet, sought: _Sought) -> Iterator[Block]:
    if sought.derivation is not None:
        yield from _derivation(sheet, sought.derivation)
        return
    node = sought.node
    assert node is not None  # noqa: S101 - there is one of the two
    expression = _expression(sheet, node)
    yield Result((Line(sheet.names.defined(node.name), "=", sheet.build(expression), of=of_node(node)),))
    yield from _numbers(sheet, sheet.names(node.name), expression, node)


def _expression(sheet: Sheet, symbol: Symbol) -> Expr:
    """Return a node as it is written: the name of an activation applied, any other by its expression."""
    for branch in sheet.part.network.branches:
        for layer in branch:
            if symbol in layer.activations:
                return applied(sheet, layer, layer.activations.index(symbol))
    return sheet.part.network.nodes[symbol].expression


def _derivation(sheet: Sheet, derivation: Derivation) -> Iterator[Block]:
    """Yield the lines of a derivation, the last in a frame; of a parameter, then what the objective makes of it."""
    part, wrt = sheet.part, derivation.wrt
    is_node = wrt in part.gradient.adjoints
    in_objective = part.objective.derivations.get(wrt) if part.objective.nodes and not is_node else None
    yield from _framed(sheet, derivation, derivation.steps)
    if in_objective is not None:
        yield from _framed(sheet, derivation, in_objective.steps)
    last = before_writing_out(derivation)[-1].rhs
    yield from _numbers(sheet, sheet.build(derivation.lhs), last, wrt, is_adjoint=True)
    if in_objective is not None and sheet.evaluation is not None:
        everything = range(len(sheet.evaluation.samples))
        yield Working(
            (objective_gradient_line(sheet, sheet.evaluation, everything, wrt, sheet.evaluation.gradients[wrt]),)
        )


def _framed(sheet: Sheet, derivation: Derivation, steps: Sequence[Step]) -> Iterator[Block]:
    left = sheet.build(steps[0].lhs)
    part, wrt = sheet.part, derivation.wrt
    ids = (of_adjoint if wrt in part.gradient.adjoints else of_gradient)(part, wrt)
    if sheet.names.has_delta and ids == (derivation.symbol.name,):
        left = Row((sheet.names(derivation.symbol.name), Operator(":="), left))
    *before, result = sheet.lines(steps, left)
    if before:
        yield Working(tuple(before))
    yield Result((result._replace(left=sheet.build(steps[0].lhs), of=ids),))


def _numbers(
    sheet: Sheet, left: Layout, expression: Expr, symbol: Symbol, *, is_adjoint: bool = False
) -> Iterator[Block]:
    """Yield the same with the numbers of each sample put in."""
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    for number, sample in _worked(evaluation):
        several = len(evaluation.samples) > 1
        yield Heading(3, say("alone.numbers_of_sample", sample=number) if several else say("alone.numbers"))
        value = {**sample.gradients, **sample.adjoints}[symbol] if is_adjoint else sample.values[symbol]
        *_, last = sheet.worked_line(left, expression, _values(sheet, sample), value)
        yield Working((last._replace(left=left),))


def _worked(evaluation: Evaluation) -> Iterator[tuple[int, Sample]]:
    yield from enumerate(evaluation.samples[:MOST_WORKED_SAMPLES], 1)


def _values(sheet: Sheet, sample: Sample) -> Mapping[Symbol, Value]:
    adjoints = sheet.part.gradient.adjoints.values()
    return {**sample.values, **{adjoint.symbol: sample.adjoints[adjoint.wrt] for adjoint in adjoints}}

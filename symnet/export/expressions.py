"""Questions whose answers are expressions: what is correct, and what each mistake makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

import mpmath
from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Partial, PathSum, SampleSum
from symnet.arithmetic.real import NoValueError
from symnet.derivation.expand import InOrder
from symnet.document import Inline
from symnet.layout.tree import Layout
from symnet.marking.forms import expression_of
from symnet.marking.judge import Marker, PartMarker, Scheme, left_side
from symnet.marking.mistakes.faults import AS_IT_SHOULD_BE, Fault, Last, Paths, RunPlace
from symnet.marking.records import Answer, Target, TargetKind, TypedAnswer
from symnet.marking.truth import DIGITS, Truth
from symnet.numerics.expression import value_of
from symnet.worked import Part, Worked

# Wrong expressions of a question, of one mistake, and that are looked at.
_MOST, _MOST_OF_ONE, _MOST_TRIED = 10, 2, 60
# Points at which they are told apart.
_POINTS = 4
_DERIVATIVES = frozenset({TargetKind.ADJOINT, TargetKind.GRADIENT})


class WrongExpression(NamedTuple):
    """What a mistake makes of an answer.

    Attributes:
        expression: The wrong expression.
        name: The name of the mistake.
        says: What was done, in a sentence with formulas.
    """

    expression: Expr
    name: str
    says: Inline


class ExpressionItem(NamedTuple):
    """One question.

    Attributes:
        id: The id of what is asked.
        left: How that is written.
        expression: What is correct, in nodes and derivatives that are cited.
        marks: What it is worth.
        mistakes: The wrong expressions, the likeliest first.
    """

    id: str
    left: Layout
    expression: Expr
    marks: Fraction
    mistakes: tuple[WrongExpression, ...]


class PartItems(NamedTuple):
    """The questions of one loss that have an expression for an answer.

    Attributes:
        marker: Marks their answers.
        items: The questions.
        others: The ids of the questions without one.
    """

    marker: PartMarker
    items: tuple[ExpressionItem, ...]
    others: tuple[str, ...]


def expression_items(worked: Worked, scheme: Scheme) -> Iterator[PartItems]:
    """Yield the questions of each loss of an exercise that have an expression for an answer.

    Args:
        worked: The exercise.
        scheme: What each answer is worth.
    """
    marker = Marker(worked, scheme)
    for part in worked.parts:
        of_part = marker.parts[part.loss_name]
        asked = [of_part.truth.by_id[name] for name, marks in scheme[part.loss_name].items() if marks]
        have = [target for target in asked if _has_expression(of_part, target)]
        items = tuple(_item(of_part, target, scheme[part.loss_name][target.id]) for target in have)
        yield PartItems(of_part, items, tuple(target.id for target in asked if target not in have))


def _has_expression(marker: PartMarker, target: Target) -> bool:
    """Return whether the answer may be an expression, and is the same for all samples."""
    if target.sample is not None or target.kind not in {TargetKind.NODE, *_DERIVATIVES}:
        return False
    if marker.truth.rules.form == "number":
        return False
    # A sum over samples speaks of each by its number.
    return not any(isinstance(part, SampleSum) for part in preorder_traversal(expression_of(marker.truth, target)))


def _item(marker: PartMarker, target: Target, marks: Fraction) -> ExpressionItem:
    right = expression_of(marker.truth, target)
    left = left_side(marker.part, target)
    return ExpressionItem(target.id, left, right, marks, tuple(_told(marker, target, right)))


def _told(marker: PartMarker, target: Target, right: Expr) -> Iterator[WrongExpression]:
    """Yield the wrong expressions of which marking tells one mistake alone."""
    told: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    made = _WrongDerivation(marker.part, target, right)
    outcomes = marker.judge.catalogue.outcomes.single(target, (RunPlace(0),))
    for outcome in outcomes[:_MOST_TRIED]:
        (fault,) = outcome.faults
        if told[outcome.names[0]] == _MOST_OF_ONE or told.total() == _MOST:
            continue
        expression = made.expression(fault)
        if expression is None or (values := _values(marker.truth, expression)) in seen:
            continue
        seen.add(values)
        marked = marker.judge.alone(Answer(TypedAnswer(target.id, str(expression)), target, expression))
        if marked.verdict.is_right or [one.name for one in marked.mistakes] != [outcome.names[0]]:
            continue
        told[outcome.names[0]] += 1
        yield WrongExpression(expression, outcome.names[0], marked.mistakes[0].says)


def _values(truth: Truth, expression: Expr) -> tuple[str, ...]:
    """Return what an expression comes to at some points, by which two of them are the same written out."""
    found = []
    with mpmath.workdps(DIGITS):
        for point in truth.points[:_POINTS]:
            try:
                found.append(mpmath.nstr(value_of(expression, point.values), DIGITS // 2))
            except NoValueError:
                found.append("")
    return tuple(found) if any(found) else (str(expression),)


class _WrongDerivation:
    """The chain rule to one quantity, with something else in the place of a fault.

    It goes as far back as the right expression does: a derivative that this cites, it cites as well.

    Args:
        part: The loss.
        target: The quantity.
        right: What it is equal to.
    """

    def __init__(self, part: Part, target: Target, right: Expr) -> None:
        self.part, self.target, self.right = part, target, right
        cited = right.atoms(Symbol, Partial)
        adjoints = part.gradient.adjoints.items()
        self.cited: Mapping[Symbol, Expr] = {wrt: one.symbol for wrt, one in adjoints if one.symbol in cited}
        self.derivations = {**part.gradient.leaves, **part.gradient.adjoints}
        self.put_in = InOrder({one.symbol.name: one.result for wrt, one in adjoints if wrt not in self.cited})

    def expression(self, fault: Fault) -> Expr | None:
        """Return what a fault makes of it; None where that is no expression in the same names."""
        if self.target.kind is TargetKind.NODE:
            wrong = fault.nodes.get(self.target.symbol, self.right)
        elif fault.nodes:
            return None
        else:
            wrong = self.derivative(fault.last.other or self.target.symbol, fault)
        return _last(fault.last, wrong, self.part.objective.added.get(self.target.symbol, ()))

    def derivative(self, symbol: Symbol, fault: Fault) -> Expr:
        """Return the derivative of the loss with respect to a node or a leaf."""
        network = self.part.network
        if symbol == network.loss:
            return S.One
        if symbol != self.target.symbol and symbol in self.cited:
            return self.cited[symbol]
        derivation = self.derivations.get(symbol)
        if symbol != self.target.symbol and derivation is not None and symbol not in self.touched(fault):
            # As it is taught: what collapses there, no student writes out.
            return self.put_in(derivation.result)
        children = network.children.get(symbol, ())
        local = [self.local(child, symbol, fault) for child in children]
        derivatives = [self.derivative(child, fault) for child in children]
        if symbol in fault.joined:
            paths = Paths(
                derivatives,
                local,
                lambda node: self.derivative(node, fault),
                lambda node, feeding: self.local(node, feeding, fault),
                lambda node: node,
            )
            return fault.joined[symbol](paths)
        return PathSum(*(_product(one, other) for one, other in zip(derivatives, local, strict=True)))

    def touched(self, fault: Fault) -> frozenset[Symbol]:
        """Return the nodes and leaves behind which a fault changes something on the way to the loss."""
        children = self.part.network.children
        found = {wrt for _of, wrt in fault.edges} | set(fault.joined)
        for symbol in reversed(tuple(self.part.network.nodes)):
            if not found.isdisjoint(children.get(symbol, ())):
                found.add(symbol)
        return frozenset(found)

    def local(self, of: Symbol, wrt: Symbol, fault: Fault) -> Expr:
        """Return a local derivative, in the form that is taught."""
        return fault.edges.get((of, wrt)) or self.part.network.nodes[of].derivatives[wrt][-1]


def _last(last: Last, derivative: Expr, added: tuple[Expr, ...]) -> Expr | None:
    """Return an answer from the derivative of the loss and what the penalty adds; None for what is done in numbers."""
    if last._replace(factor=S.One, penalty=S.One, other=None) != AS_IT_SHOULD_BE:
        return None
    share = (_product(last.penalty, term) for term in added) if last.penalty != 0 else ()
    return _product(last.factor, PathSum(derivative, *share))


def _product(first: Expr, second: Expr) -> Expr:
    """Return a product in its order, without factors of 1."""
    return Chain(*(factor for factor in (first, second) if factor != 1))

"""In what form an answer counts: in terms of what it is given, with how many operations, or as a number.

These are demands of the description (``marking: {in: ..., form: ...}``) on an answer that is equal to what is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from sympy import Add, Integer, Mul, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Chain, Partial, PathSum
from symnet.derivation.expand import Expander, InOrder, adjoint_definitions, node_definitions
from symnet.derivation.steps import before_writing_out
from symnet.description.marking import Level
from symnet.limits import LONGEST_DEMANDED
from symnet.marking.citations import Citations
from symnet.marking.records import Answer, Target, TargetKind, TypedAnswer
from symnet.marking.truth import Truth
from symnet.numerics.expression import names_in
from symnet.text.say import words
from symnet.worked import Part

DERIVATIVES = frozenset({TargetKind.ADJOINT, TargetKind.GRADIENT})
"""What the level is demanded of; a node is defined by its parents, and a step by its derivative."""

# The kinds of quantities that an answer may name at each level, beside inputs, targets and parameters.
_NAMED: Mapping[Level, frozenset[TargetKind]] = MappingProxyType(
    {
        "leaves": frozenset(),
        "nodes": frozenset({TargetKind.NODE}),
        "deltas": frozenset({TargetKind.NODE, TargetKind.ADJOINT}),
    }
)
_WANTED: Mapping[Level, str] = MappingProxyType(
    {
        "leaves": "verdict.wanted_in_leaves",
        "nodes": "verdict.wanted_in_nodes",
        "deltas": "verdict.wanted_in_deltas",
    }
)
_WITHOUT_DELTAS = frozenset({"nodes", "leaves"})
# How many times the operations of the result an answer may have that is to be simplified.
_SIMPLE = (3, 2)


def demanded(part: Part, wrt: Symbol, level: Level | None) -> Expr:
    """Return the derivative of one sample's loss in the form that is demanded; less far where that would be too long.

    Args:
        part: The loss.
        wrt: The node, the parameter or the input with respect to which it is.
        level: In terms of what it is to be; None for the result of the sheet.
    """
    derivation = part.gradient.adjoints.get(wrt) or part.gradient.leaves[wrt]
    if level == "deltas":
        return before_writing_out(derivation)[-1].rhs
    return _put_in(part, derivation.result, level)


def _put_in(part: Part, expression: Expr, level: Level | None) -> Expr:
    """Return an expression with the definitions put in that a level asks for."""
    definitions = adjoint_definitions(part.gradient)
    if level == "leaves":
        definitions = {**node_definitions(part.network), **definitions}
    if level not in _WITHOUT_DELTAS or Expander(definitions).length(expression) > LONGEST_DEMANDED:
        return expression
    return InOrder(definitions)(expression)


def expression_of(truth: Truth, target: Target) -> Expr:
    """Return what a target is equal to: as the sheet has it, a derivative in terms of what the description demands.

    Args:
        truth: What is true of its part.
        target: The quantity.
    """
    level = truth.rules.in_
    if level is None or target.kind not in DERIVATIVES:
        return truth.expression(target)
    is_whole = target.kind is TargetKind.GRADIENT and target.sample is None
    added = truth.part.objective.added.get(target.symbol, ()) if is_whole else ()
    return PathSum(demanded(truth.part, target.symbol, level), *added)


class AnswerForms:
    """Tells whether an answer that is equal to what is true has the form that is demanded; built once.

    Args:
        truth: What is true of the part.
        citations: Tells what answers cite.
    """

    def __init__(self, truth: Truth, citations: Citations) -> None:
        self.truth, self.citations, self.rules = truth, citations, truth.rules

    def refused(self, answer: Answer) -> str:
        """Return why an answer does not count that is equal to what is true; empty if it does.

        Args:
            answer: The answer; one that is a number has every form.
        """
        target, expression = answer.target, answer.expression
        if target is None or expression is None or not names_in(expression):
            return ""
        if self.rules.form == "number":
            return words("verdict.number_wanted")
        if self._is_at_another_level(answer, target):
            return words(self._wanted)
        if self.rules.form == "simplified" and not self._is_simple(expression, target):
            return words("verdict.not_simplified")
        return ""

    @property
    def _wanted(self) -> str:
        """The key of the sentence that says in terms of what a derivative is wanted."""
        part = self.truth.part
        if self.rules.in_ == "deltas" and (part.network.is_graph or not part.names.has_delta):
            return "verdict.wanted_by_nodes"
        return _WANTED[self.rules.in_ or "deltas"]

    def _is_at_another_level(self, answer: Answer, target: Target) -> bool:
        """Return whether an answer names what it may not, or no delta where the result on the sheet has some."""
        level = self.rules.in_
        if level is None or target.kind not in DERIVATIVES or not self._is_attainable(target, level):
            return False
        kinds = {cited.kind for cited in self.citations.cited(answer)}
        if level == "deltas" and TargetKind.ADJOINT not in kinds and self._rests_on_deltas(target):
            return True
        return not kinds <= _NAMED[level]

    def _is_attainable(self, target: Target, level: Level) -> bool:
        """Return whether our result at a level is short enough to be given; a longer one is taken in any form."""
        cited = self.citations.cited(
            Answer(TypedAnswer("", ""), target, demanded(self.truth.part, target.symbol, level))
        )
        return {one.kind for one in cited} <= _NAMED[level]

    def _rests_on_deltas(self, target: Target) -> bool:
        """Return whether the derivation of a derivative ends in others."""
        return not names_in(self._result(target)).isdisjoint(self._deltas)

    @cached_property
    def _deltas(self) -> frozenset[Expr]:
        gradient, loss = self.truth.part.gradient, self.truth.network.loss
        return frozenset(
            name for wrt, derivation in gradient.adjoints.items() for name in (derivation.symbol, Partial(loss, wrt))
        )

    def _result(self, target: Target) -> Expr:
        """Return what the sheet derives for a target as it cites other derivatives; of one sample if there are more."""
        part = self.truth.part
        if target.kind in DERIVATIVES:
            added = part.objective.added.get(target.symbol, ()) if target.kind is TargetKind.GRADIENT else ()
            return PathSum(demanded(part, target.symbol, "deltas"), *added)
        return self.truth.expression(target)

    def _is_simple(self, expression: Expr, target: Target) -> bool:
        """Return whether an expression has few enough operations, beside our result in terms of the same names."""
        named = names_in(expression)
        ours = self._cost(self._result(target), named)
        if self.truth.tableau.samples > 1 and target.sample is None:
            # An objective may be written out, a term a sample.
            ours = (ours + 1) * self.truth.tableau.samples
        above, below = _SIMPLE
        return below * operations(expression) <= above * ours

    def _cost(self, expression: Expr, named: Iterable[Expr]) -> int:
        """Return how many operations our result has where what an answer does not name is put in."""
        known: dict[str, int] = dict.fromkeys((str(name) for name in named), 0)

        def cost(part: Expr) -> int:
            return operations(part, written_out=True) + sum(count * of(name) for name, count in _names(part).items())

        def of(name: str) -> int:
            if name not in known:
                known[name] = cost(self._definitions[name]) if name in self._definitions else 0
            return known[name]

        return cost(expression)

    @cached_property
    def _definitions(self) -> Mapping[str, Expr]:
        part = self.truth.part
        return {**adjoint_definitions(part.gradient), **node_definitions(part.network)}


def _names(expression: Expr) -> dict[str, int]:
    """Return how often each symbol stands in an expression."""
    found: dict[str, int] = {}
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Symbol):
            found[part.name] = found.get(part.name, 0) + 1
        waiting += (arg for arg in part.args if isinstance(arg, Expr))
    return found


def operations(expression: Expr, *, written_out: bool = False) -> int:
    """Return how many operations an expression has: sums, products, quotients, powers and functions.

    A sign is none, and neither is a number or a name.

    Args:
        expression: The expression.
        written_out: Whether a function counts as what it is made of where that is more, as a sigmoid is of an
            exponential.
    """
    inner = sum(operations(arg, written_out=written_out) for arg in expression.args if isinstance(arg, Expr))
    if isinstance(expression, Chain | Mul | PathSum | Add):
        return inner + len([arg for arg in expression.args if arg is not S.NegativeOne]) - 1
    if not expression.args:
        return 0
    if written_out and isinstance(expression, Applied):
        return inner + _written_out(expression.name, len(expression.args) - 1)
    return inner + 1


def _written_out(name: str, arguments: int) -> int:
    """Return how many operations a function takes where it is written out."""
    function = FUNCTIONS.get(name)
    if function is None or function.through is None:
        return 1
    return max(1, operations(function.through(*map(Integer, range(2, 2 + arguments)))))

"""What an answer cites: other quantities of the exercise, which it may rest on or not.

An answer may name what it is worked out from. It earns nothing where it only hands the question on: where it names what
follows from the quantity itself, where it leaves a local derivative to be worked out, and where several answers name
one another in a cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.limits import MOST_KEPT_ANSWERS
from symnet.marking.records import Answer, Target, TargetKind
from symnet.marking.truth import Truth
from symnet.numerics.expression import names_in


class Citations:
    """Tells what answers to one part cite; built once.

    Args:
        truth: What is true of the part.
    """

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self._resting: dict[Symbol, frozenset[Symbol]] = {}
        self._kept = lru_cache(MOST_KEPT_ANSWERS)(self._named)

    @cached_property
    def _targets(self) -> Mapping[Expr, Target]:
        """What each name is the name of."""
        found: dict[Expr, Target] = {}
        for target in self.truth.targets:
            for name in self.truth.names(target):
                found.setdefault(name, target)
        return found

    def cited(self, answer: Answer) -> tuple[Target, ...]:
        """Return the quantities that an answer names, other than inputs, targets and parameters, in their order."""
        return () if answer.expression is None else self._kept(answer.expression)

    def _named(self, expression: Expr) -> tuple[Target, ...]:
        names = sorted(names_in(expression) & self._targets.keys(), key=str)
        return tuple(dict.fromkeys(self._targets[name] for name in names))

    def following(self, answer: Answer) -> Target | None:
        """Return a quantity that an answer names though it follows from the one that is asked for; None without."""
        asked = answer.target
        if asked is None:
            return None
        return next((cited for cited in self.cited(answer) if self.follows(cited, asked)), None)

    def cycles(self, answers: Iterable[Answer]) -> Mapping[str, tuple[str, ...]]:
        """Return for each answer that is part of a cycle of citations the ids of all that are.

        What only gives one of these another name, or has such a name as its single one, is no better off.

        Args:
            answers: The answers of one submission; of several to one quantity the first counts.
        """
        cites: dict[str, set[str]] = {}
        copies: dict[str, str] = {}
        for answer in answers:
            if answer.target is not None and answer.target.id not in cites:
                cited = [target.id for target in self.cited(answer)]
                cites[answer.target.id] = set(cited)
                if len(cited) == 1 and answer.expression is not None and len(names_in(answer.expression)) == 1:
                    copies[answer.target.id] = cited[0]
        reached = {start: _reached(start, cites) for start in cites}
        found: dict[str, tuple[str, ...]] = {}
        for start, ends in reached.items():
            if start in ends:
                found[start] = tuple(name for name in cites if name in ends and start in reached[name])
        for start, copied in copies.items():
            if start not in found:
                ring = next((found[one] for one in (copied, *sorted(reached.get(copied, ()))) if one in found), None)
                if ring is not None:
                    found[start] = ring
        return found

    def follows(self, cited: Target, asked: Target) -> bool:
        """Return whether a quantity is worked out from another one.

        Args:
            cited: The quantity.
            asked: The other one.
        """
        if asked.kind is TargetKind.NODE:
            return cited.kind is not TargetKind.NODE or asked.symbol in self._rests_on(cited.symbol)
        if asked.kind is TargetKind.ADJOINT:
            return cited.kind is not TargetKind.NODE and cited.symbol in self._rests_on(asked.symbol)
        return asked.kind is TargetKind.GRADIENT and cited.kind is TargetKind.UPDATED and cited.symbol == asked.symbol

    def _rests_on(self, symbol: Symbol) -> frozenset[Symbol]:
        """Return everything that a node is worked out from, step by step down to the leaves."""
        if symbol not in self._resting:
            waiting, found = [symbol], set[Symbol]()
            while waiting:
                for parent in self._parents.get(waiting.pop(), frozenset()):
                    if parent not in found:
                        found.add(parent)
                        waiting.append(parent)
            self._resting[symbol] = frozenset(found)
        return self._resting[symbol]

    @cached_property
    def _parents(self) -> Mapping[Symbol, frozenset[Symbol]]:
        objective = self.truth.part.objective
        nodes = (*self.truth.network.nodes.values(), *objective.penalty, *objective.nodes)
        return {node.symbol: frozenset(node.expression.free_symbols) - {node.symbol} for node in nodes}


def _reached(start: str, cites: Mapping[str, set[str]]) -> set[str]:
    """Return all that can be reached from an answer along its citations, itself only by way of a cycle."""
    waiting, found = [start], set[str]()
    while waiting:
        for cited in cites[waiting.pop()]:
            if cited in cites and cited not in found:
                found.add(cited)
                waiting.append(cited)
    return found

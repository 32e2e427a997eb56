"""Derivatives over time: what is the same at every step is written once, with the index of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sympy import S

from symnet.arrays.build import add
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree, AxisRange, filled, leaf, made, parts
from symnet.arrays.unroll import Unrolled, instance_name
from symnet.derivation.arrays import ArrayDerivative, derivative_name


class Moment(NamedTuple):
    """The name of something at a time that is counted from the step at hand.

    Attributes:
        name: A node or an input without its index.
        shift: How many steps later it is.
        letter: The letter of a step.
        cited: What the derivative with respect to it is called, where it is that; else empty.
    """

    name: str
    shift: int
    letter: str
    cited: str = ""

    def __str__(self) -> str:
        """Return it as it stands in text: ``h[t-1]``."""
        shift = f"{self.shift:+d}" if self.shift else ""
        return f"{self.cited or self.name}[{self.letter}{shift}]"


class TimedTerm(NamedTuple):
    """One expression with the index of time, and the steps at which it holds.

    Attributes:
        tree: The expression; what changes with time in it is named by moments.
        times: The steps, in rising order.
        reasons: The keys of the rules that led to a derivative, the outermost operation first.
    """

    tree: ArrayTree
    times: tuple[int, ...]
    reasons: tuple[str, ...] = ()


class TimeCase(NamedTuple):
    """The terms that hold together at some steps; none where the derivative is 0.

    Attributes:
        times: The steps, in rising order.
        terms: The terms.
    """

    times: tuple[int, ...]
    terms: tuple[TimedTerm, ...]

    @property
    def tree(self) -> ArrayTree | None:
        """The terms together; None if there are none."""
        return add(*(term.tree for term in self.terms)) if self.terms else None


class TimedRule(NamedTuple):
    """The derivative with respect to a node or an input at a step, by cases.

    Attributes:
        family: The node or the input, without its index.
        cases: The cases, the one that holds most often first.
    """

    family: str
    cases: tuple[TimeCase, ...]


class SharedRule(NamedTuple):
    """The derivative with respect to what all steps share: a sum over its uses.

    Attributes:
        wrt: The array.
        sums: What each use at a step adds, summed over the steps at which it does.
        others: What uses without a step add.
    """

    wrt: str
    sums: tuple[TimedTerm, ...]
    others: tuple[ArrayTree, ...]


class TimeDerivation(NamedTuple):
    """The derivation with the index of time.

    Attributes:
        nodes: For each node with an index what it is, as terms that hold at steps.
        rules: For each node with an index, and each input with an entry for each step, the derivative at a step.
        shared: For each other input and node, the derivative as a sum over time.
    """

    nodes: Mapping[str, tuple[TimedTerm, ...]]
    rules: Mapping[str, TimedRule]
    shared: Mapping[str, SharedRule]


class TimeIndex:
    """Puts the index of time into expressions of an unrolled graph, and a step in its place.

    Args:
        graph: The graph.
        time: What its nodes are instances of.
    """

    def __init__(self, graph: ArrayGraph, time: Unrolled) -> None:
        self.graph = graph
        self.time = time
        self.cited = {derivative_name(graph.output, name): name for name in (*graph.inputs, *graph.nodes)}
        self.inputs = time.inputs

    def general(self, tree: ArrayTree, step: int) -> ArrayTree:
        """Return an expression with what changes with time as moments, counted from a step."""
        if tree.kind == "leaf":
            return self._leaf(tree, step)
        if tree.kind == "slice" and tree.of[0].option in self.inputs and tree.option[0].single:
            first, *rest = tree.option
            entry = leaf(tree.of[0].option, tree.of[0].shape[1:])
            entry = entry._replace(option=Moment(tree.of[0].option, first.start + 1 - step, self.time.axis.letter))
            return tree._replace(of=(entry,), option=tuple(rest)) if rest else entry
        return tree._replace(of=tuple(self.general(part, step) for part in tree.of)) if tree.of else tree

    def _leaf(self, tree: ArrayTree, step: int) -> ArrayTree:
        name = self.cited.get(tree.option, tree.option)
        instance = self.time.nodes.get(name)
        if instance is None:
            return tree
        cited = derivative_name(self.graph.output, instance.family) if tree.option in self.cited else ""
        return tree._replace(option=Moment(instance.family, instance.time - step, self.time.axis.letter, cited))

    def at(self, tree: ArrayTree, step: int) -> ArrayTree:
        """Return an expression with moments as it is at a step."""
        if tree.kind == "leaf" and isinstance(tree.option, Moment):
            return self._instance(tree, step)
        if not tree.of:
            return tree
        return tree._replace(of=tuple(self.at(part, step) for part in tree.of))

    def _instance(self, tree: ArrayTree, step: int) -> ArrayTree:
        moment: Moment = tree.option
        time = step + moment.shift
        if moment.name in self.inputs:
            whole = leaf(moment.name, self.graph.inputs[moment.name])
            return ArrayTree("slice", (whole,), tree.shape, (AxisRange(time - 1, time, single=True),))
        name = instance_name(moment.name, time)
        return tree._replace(option=derivative_name(self.graph.output, name) if moment.cited else name)


def over_time(graph: ArrayGraph, derivatives: Mapping[str, ArrayDerivative]) -> TimeDerivation | None:
    """Return the derivation of an unrolled graph with the index of time; None in a graph without time.

    Args:
        graph: The graph.
        derivatives: The derivatives with respect to all of its arrays.
    """
    time = graph.time
    if time is None:
        return None
    index = TimeIndex(graph, time)
    copies = {name for name, tree in graph.nodes.items() if tree.kind == "detach" and name in time.nodes}
    found: dict[str, dict[ArrayTree, list[int]]] = {}
    for name, tree in graph.nodes.items():
        if name in time.nodes and name not in copies:
            instance = time.nodes[name]
            found.setdefault(instance.family, {}).setdefault(index.general(tree, instance.time), []).append(
                instance.time
            )
    nodes = {family: tuple(TimedTerm(tree, tuple(times)) for tree, times in of.items()) for family, of in found.items()}
    families: dict[str, dict[int, ArrayDerivative]] = {}
    for name, derivative in derivatives.items():
        if name in time.nodes and name not in copies:
            families.setdefault(time.nodes[name].family, {})[time.nodes[name].time] = derivative
    rules = {family: TimedRule(family, _cases(index, of)) for family, of in families.items()}
    shared: dict[str, SharedRule] = {}
    for name, derivative in derivatives.items():
        if name in time.nodes:
            continue
        entries = _by_entry(derivative) if name in time.inputs else None
        if entries is None:
            shared[name] = _shared(index, derivative)
        else:
            rules[name] = TimedRule(name, _cases(index, entries))
    return TimeDerivation(nodes, rules, shared)


def _cases(index: TimeIndex, derivatives: Mapping[int, ArrayDerivative]) -> tuple[TimeCase, ...]:
    """Return the cases of the derivative with respect to something at a step."""
    alike: dict[tuple[tuple[ArrayTree, tuple[str, ...]], ...], list[int]] = {}
    for step, derivative in sorted(derivatives.items()):
        terms = tuple((index.general(use.tree, step), use.reasons) for use in derivative.uses)
        # What comes from the step itself stands before what comes from others.
        terms = tuple(sorted(terms, key=lambda term: _distance(term[0])))
        alike.setdefault(terms, []).append(step)
    cases = [
        TimeCase(tuple(steps), tuple(TimedTerm(tree, tuple(steps), reasons) for tree, reasons in terms))
        for terms, steps in alike.items()
    ]
    return tuple(sorted(cases, key=lambda case: (-len(case.times), case.times)))


def _distance(tree: ArrayTree) -> int:
    """Return from how many steps away the derivative in an expression comes."""
    moments = (part.option for part in parts(tree) if isinstance(part.option, Moment))
    return max((abs(moment.shift) for moment in moments if moment.cited), default=0)


def _by_entry(derivative: ArrayDerivative) -> Mapping[int, ArrayDerivative] | None:
    """Return the derivatives with respect to the entries of an input by their step; None if a use is of all at once."""
    found: dict[int, list[ArrayTree]] = {}
    length = derivative.shape[0]
    for use in derivative.uses:
        spans = use.tree.option[1] if use.tree.kind == "place" else ()
        if not spans or not spans[0].single or len(spans) > 1:
            return None
        found.setdefault(spans[0].stop, []).append(use.tree.of[0])
    zero = filled(S.Zero, derivative.shape[1:])
    entries: dict[int, ArrayDerivative] = {}
    for step in range(1, length + 1):
        uses = [use for use in derivative.uses if use.tree.option[1][0].stop == step]
        entries[step] = derivative._replace(
            uses=tuple(use._replace(tree=use.tree.of[0]) for use in uses),
            tree=add(*found[step]) if step in found else zero,
        )
    return entries


def _shared(index: TimeIndex, derivative: ArrayDerivative) -> SharedRule:
    """Return the derivative with respect to what all steps share."""
    found: dict[tuple[str, ArrayTree, tuple[str, ...]], list[int]] = {}
    others = []
    for use in derivative.uses:
        instance = index.time.nodes.get(use.through)
        if instance is None:
            others.append(use.tree)
        else:
            key = (instance.family, index.general(use.tree, instance.time), use.reasons)
            found.setdefault(key, []).append(instance.time)
    sums = tuple(TimedTerm(tree, tuple(sorted(times)), reasons) for (_, tree, reasons), times in found.items())
    return SharedRule(derivative.wrt, sums, tuple(others))


def instances(derivation: TimeDerivation, index: TimeIndex) -> Iterator[tuple[str, ArrayTree]]:
    """Yield, for each array, what the rules with the index come to: a node at each of its steps, and what is shared.

    Args:
        derivation: The rules.
        index: What puts a step into them.
    """
    for family, rule in derivation.rules.items():
        found = {step: case.tree for case in rule.cases for step in case.times}
        if family in index.inputs:
            shape = index.graph.shape(family)[1:]
            entries = (
                filled(S.Zero, shape) if of is None else index.at(of, step) for step, of in sorted(found.items())
            )
            yield family, made("stack", *entries)
            continue
        for step, tree in found.items():
            name = instance_name(family, step)
            yield name, filled(S.Zero, index.graph.shape(name)) if tree is None else index.at(tree, step)
    for name, shared in derivation.shared.items():
        terms = [index.at(term.tree, step) for term in shared.sums for step in term.times]
        terms += shared.others
        yield name, add(*terms) if terms else filled(S.Zero, index.graph.shape(name))

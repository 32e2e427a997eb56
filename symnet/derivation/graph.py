"""The backward sweep over a computation graph: node by node, each line shortened by the one simplifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.nodes import Chain, Direct, Partial, PathSum
from symnet.algebra.shorten import Line, Shortener
from symnet.derivation.arrays import derive_arrays
from symnet.derivation.steps import Derivation, DerivationWriter, Gradient, Rule
from symnet.derivation.sweep import Sweep, is_readable, start_of_chain
from symnet.derivation.time import over_time

_TIDYING = frozenset({Rule.SIMPLIFY, Rule.CANCEL})


class GraphSweep(Sweep):
    """The sweep over a graph."""

    @cached_property
    def shortener(self) -> Shortener:
        """What makes lines shorter, with the names of all nodes at hand."""
        nodes = {node.symbol: node.expression for node in self.network.nodes.values()}
        return Shortener(nodes, self.network.wholes)

    def adjoint(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add the lines of the derivative with respect to a node, in nodes alone where that can be read."""
        self.chain(lines, wrt, by_name=False)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Keep what a result says for ``symbol``, where it can be read and cites no other."""
        if not self.roles(result):
            super().remember(symbol, result)

    def leaves(self) -> Mapping[Symbol, Derivation]:
        """Return the derivatives wrt all leaves: all of them in nodes alone, or none where one would be too long."""
        found = {leaf: self.leaf(leaf, by_name=False) for leaf in self.network.leaves}
        if any(self.roles(derivation.result) for derivation in found.values()):
            return {leaf: self.leaf(leaf, by_name=True) for leaf in self.network.leaves}
        return found

    def leaf(self, wrt: Symbol, by_name: bool) -> Derivation:
        """Return the derivative wrt a leaf, in nodes alone or with the derivatives wrt nodes cited by their names."""
        lines = DerivationWriter(Partial(self.network.loss, wrt))
        self.chain(lines, wrt, by_name)
        return Derivation(wrt, wrt, lines.steps)

    def chain(self, lines: DerivationWriter, wrt: Symbol, by_name: bool) -> None:
        """Add the lines of the chain rule: with the derivatives known, then shortened."""
        if not start_of_chain(self.network, wrt, lines):
            return
        network, children = self.network, self.network.children[wrt]
        if children == (network.loss,):
            output = network.nodes[network.loss]
            for form, rule in zip(output.derivatives[wrt], output.reasons[wrt], strict=True):
                lines.add(form, rule, (network.loss.name,) if rule is Rule.LOCAL_DERIVATIVE else ())
            return
        terms: list[Expr] = []
        known: list[Expr] = []
        for child in children:
            derivative = network.nodes[child].derivatives[wrt][-1]
            if child == network.loss:
                terms.append(Direct(child, wrt))
                known.append(derivative)
            else:
                terms.append(Chain(Partial(network.loss, child), Partial(child, wrt)))
                known.append(Chain(self.names[child] if by_name else self.cited(child), derivative))
        lines.add(PathSum(*terms), Rule.SUM_OVER_PATHS if len(terms) > 1 else Rule.CHAIN)
        used = tuple(self.names[child].name for child in children if child in self.names)
        lines.add(PathSum(*known), Rule.LOCAL_DERIVATIVE, used)
        self.shorten(lines, by_name)

    def shorten(self, lines: DerivationWriter, by_name: bool) -> None:
        """Add the lines that shorten the last one, in which derivatives wrt nodes are written out if they can be."""
        shorter = list(self.shortener.lines(lines.last))
        written = None if by_name else self.put_in(lines.last)
        if written is not None and written != lines.last and not self.roles(written):
            tidied = [line for line in shorter[:1] if line[1] in _TIDYING]
            first, *further = self.written_lines(written if not tidied else self.put_in(tidied[0][0]) or written)
            if is_readable((further or [first])[-1][0]):
                shorter = [*tidied, first, *further]
        for form, rule in shorter:
            lines.change(form, rule)

    def cited(self, wrt: Symbol) -> Expr:
        """Return what stands for the derivative wrt ``wrt`` once it is known: its name, or the local derivative."""
        at_output = self.network.children[wrt] == (self.network.loss,)
        return self.adjoints[wrt].result if at_output else self.names[wrt]

    def written_lines(self, written: Expr) -> list[Line]:
        """Return a line that was written out, tidied where nothing cancels, and those that follow."""
        shorter = list(self.shortener.lines(written))
        if shorter and shorter[0][1] is Rule.SIMPLIFY:
            written = shorter.pop(0)[0]
        return [(written, Rule.SUBSTITUTE), *shorter]


class ArraySweep(GraphSweep):
    """The sweep over the scalars of a graph of arrays: each derivative cites those before it by their names.

    A graph of thousands of scalars is read array by array; so its lines are those of the chain rule, and not made
    short one by one.
    """

    def run(self) -> Gradient:
        """Return the derivatives with respect to all scalars, and those with respect to whole arrays."""
        arrays = self.network.arrays
        if arrays is None:
            return super().run()
        asked = {leaf.name for leaf in self.network.leaves}
        fixed = {name for name, ids in self.network.entries.items() if asked.isdisjoint(ids)}
        known = {tuple(symbol.name for symbol in whole) for whole in self.network.wholes}
        wholes = [name for name in arrays.inputs if known.issuperset(arrays.rows(name))]
        found = {name: one for name, one in derive_arrays(arrays, wholes).items() if name not in fixed}
        return replace(super().run(), arrays=found, time=over_time(arrays, found))

    def adjoint(self, lines: DerivationWriter, wrt: Symbol) -> None:
        """Add the lines of the derivative with respect to a node."""
        self.chain(lines, wrt, by_name=True)

    def remember(self, symbol: Symbol, result: Expr) -> None:
        """Keep nothing: every result is cited by its name."""

    def leaves(self) -> Mapping[Symbol, Derivation]:
        """Return the derivatives wrt all leaves."""
        return {leaf: self.leaf(leaf, by_name=True) for leaf in self.network.leaves}

    def shorten(self, lines: DerivationWriter, by_name: bool) -> None:  # noqa: ARG002 - all are by name here
        """Add a line without factors of 1."""
        lines.change(rewrite.tidy(lines.last), Rule.SIMPLIFY)

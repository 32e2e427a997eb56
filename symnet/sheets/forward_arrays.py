"""The forward mode of a graph of arrays on a sheet: the rule of every tangent, then passes in matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Self

from sympy import Symbol

from symnet.arrays.graph import ArrayGraph
from symnet.arrays.tree import ArrayTree
from symnet.derivation.forward import array_tangents, tangent
from symnet.document import Block, Heading, Line, LineKind, Note, Paragraph, Working
from symnet.layout.tree import Layout
from symnet.notation.names import with_dot
from symnet.numerics.direct import Value
from symnet.sheets.arrays import ArraySheet, array_data, kinks_of_arrays, objective_of_arrays, valued
from symnet.sheets.forward import ForwardSheet, tangents_at
from symnet.sheets.names import of_gradient
from symnet.sheets.numbers import rounding_rule
from symnet.sheets.sheet import Sheet, numbers_heading, titled
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation

# So many passes are worked line by line, the first of each array; all of them are made where there are at most as many
# as in the second number.
_WORKED, _MADE = 4, 60


class ForwardArraySheet(ArraySheet):
    """A graph of arrays on a sheet in the forward mode."""

    @classmethod
    def of_graph(cls, sheet: Sheet) -> Self:
        """Return the sheet of a graph of arrays."""
        return cls(sheet, sheet.part.network.arrays or ArrayGraph({}, {}, (), ""))

    @cached_property
    def tangents(self) -> Mapping[str, ArrayTree]:
        """The tangent of every node that depends on a seed, in forward order."""
        return array_tangents(self.sheet.part.network, self.sheet.leading)

    @cached_property
    def scalars(self) -> ForwardSheet:
        """The same number by number."""
        return ForwardSheet([self.sheet])

    @property
    def seeds(self) -> list[Symbol]:
        """The entries whose passes are worked: those that are chosen, or else the first of each array."""
        leaves = self.sheet.leaves
        if self.sheet.view.parameters:
            return leaves
        return [Symbol(self.ids(name)[0]) for name in self.wanted][:_WORKED]

    def trees(self) -> Iterator[ArrayTree]:
        """Yield everything that the sheet writes."""
        yield from self.graph.nodes.values()
        yield from self.tangents.values()

    def tangent(self, name: str) -> Layout:
        """Return the tangent of an array as it is written."""
        return with_dot(self.write.names(name))

    def moving(self, seed: Symbol) -> Iterator[str]:
        """Yield the arrays that have a tangent in a pass: the input of the seed, then the nodes that depend on it."""
        depending = {seed.name, *(line.node.name for line in self.scalars.passes[seed].lines)}
        for name in (*self.graph.inputs, *self.tangents):
            if not depending.isdisjoint(self.ids(name)):
                yield name


def forward_array_section(forward: ForwardArraySheet) -> Iterator[Block]:
    """Yield what a tangent of an array is, and the rule of that of every node.

    Args:
        forward: The graph.
    """
    yield Heading(1, say("forward.title"))
    if not forward.tangents:
        return
    node = next(iter(forward.tangents))
    yield Paragraph(say("forward.arrays_introduction", tangent=forward.tangent(node), node=forward.write.names(node)))
    yield Working(
        tuple(
            Line(forward.tangent(name), "=", forward.write(tree), about=name) for name, tree in forward.tangents.items()
        )
    )
    yield from kinks_of_arrays(forward)
    yield Note(say("forward.array_passes", entries=len(forward.sheet.leaves)))


def forward_array_numbers(forward: ForwardArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield what is put in, the values of all nodes, the passes that are worked, and what all passes come to.

    Args:
        forward: The graph.
        evaluation: Its numbers.
    """
    yield Heading(1, say("numbers.title"))
    yield from rounding_rule(forward.sheet)
    several = len(evaluation.samples) > 1
    fixed = [name for name in forward.graph.inputs if not (several and forward.is_sampled(name))]
    yield array_data(forward, evaluation.samples[0], fixed)
    yield from forward_array_passes(forward, evaluation)
    if len(forward.sheet.leaves) <= _MADE:
        yield from _all_passes(forward, evaluation)
    if several:
        yield Paragraph(say("forward.samples_likewise"))
    yield from objective_of_arrays(forward, evaluation)


def _all_passes(forward: ForwardArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the derivatives of the output that all passes give together."""
    seeds = forward.sheet.leaves
    output = tangent(forward.sheet.part.network.loss)
    # From a seed that does not reach the output, as one that a mask hides, no pass comes to it.
    zero = forward.sheet.exactly(Fraction(0))
    found = {seed: tangents_at(forward.scalars, seed, evaluation).get(output, zero) for seed in seeds}
    yield titled(2, "forward.all_passes")
    lines: list[Line] = []
    for name in forward.wanted:
        if found.keys() >= set(map(Symbol, forward.ids(name))):
            layout, exact = forward.matrix(name, found.__getitem__)
            line = Line(forward.derivative(name), "=" if exact else "approx", layout, kind=LineKind.RESULT, about=name)
            lines.append(line._replace(of=forward.of_derivative(name)))
        else:
            lines += _entry_lines(forward, name, found)
    yield Working(tuple(lines))


def _entry_lines(forward: ForwardArraySheet, name: str, found: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield the derivative with respect to each entry that is asked for of an array, where not all entries are."""
    sheet = forward.sheet
    output = sheet.names(sheet.part.network.loss.name)
    for seed in map(Symbol, forward.ids(name)):
        if seed in found:
            number, exact = sheet.number(found[seed])
            left = sheet.names.partial(output, sheet.names(seed.name))
            line = Line(left, "=" if exact else "approx", number, kind=LineKind.RESULT, about=name)
            yield line._replace(of=of_gradient(sheet.part, seed))


def forward_array_passes(forward: ForwardArraySheet, evaluation: Evaluation) -> Iterator[Block]:
    """Yield the values of all nodes and then the passes, in matrices.

    Args:
        forward: The graph.
        evaluation: Its numbers.
    """
    sample = evaluation.samples[0]
    if len(evaluation.samples) > 1 or evaluation.batch is not None:
        number = 1 if evaluation.batch is None else evaluation.batch[0] + 1
        yield titled(2, "compact.sample", number=str(number))
        yield array_data(forward, sample, filter(forward.is_sampled, forward.graph.inputs))
    else:
        yield numbers_heading("pass.forward")
    lines = []
    for name, tree in forward.graph.nodes.items():
        layout, exact = forward.matrix(name, lambda symbol: sample.values[symbol])
        lines.append(valued(forward.write.names(name), forward.write(tree), layout, exact)._replace(about=name))
    yield Working(tuple(lines))
    for seed in forward.seeds:
        yield titled(2, "forward.numbers", seed=forward.sheet.names(seed.name))
        values = tangents_at(forward.scalars, seed, evaluation)
        yield Working(tuple(_pass_lines(forward, seed, values)))


def _pass_lines(forward: ForwardArraySheet, seed: Symbol, values: Mapping[Symbol, Value]) -> Iterator[Line]:
    """Yield the tangents of the arrays in one pass: that of the input of the seed, then those of the nodes."""
    zero = forward.sheet.exactly(Fraction(0))
    for name in forward.moving(seed):
        layout, exact = forward.matrix(name, lambda symbol: values.get(tangent(symbol), zero))
        if name in forward.tangents:
            yield valued(forward.tangent(name), forward.write(forward.tangents[name]), layout, exact)._replace(
                about=name
            )
        else:
            yield Line(forward.tangent(name), "=" if exact else "approx", layout, kind=LineKind.VALUE, about=name)

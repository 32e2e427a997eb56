"""What a sheet calls the functions of a network: by their titles, or by a letter and a formula of their own."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symnet.calculus import Applied
from symnet.catalog.activations import Activation
from symnet.catalog.custom import OWN_LOSS
from symnet.document import Inline, Line, Working
from symnet.layout.build import Builder
from symnet.layout.measure import width_em
from symnet.layout.names import Names
from symnet.layout.operands import row
from symnet.layout.tree import Layout, Operator
from symnet.network import LayerNodes
from symnet.quantity import Role
from symnet.worksheet.sheet import Sheet

# The width in em that a formula may have in a heading.
_IN_A_HEADING = 18.0


def called(names: Names, activation: Activation) -> str | Layout:
    """Return what an activation is called: its title, or the letter of its function where it has no other."""
    own = activation.defined is not None and activation.title == activation.name
    return names.function(activation.name) if own else activation.title


def titled(sheet: Sheet, layer: LayerNodes) -> Inline:
    """Return how the activation of a layer is called in a heading: with its formula, if that is its own and short."""
    name, line = called(sheet.names, layer.activation), _defined(sheet, layer)
    if line is None or not _is_short(line):
        return (name,)
    return (_equation(line),) if name != layer.activation.title else (name, ", ", _equation(line))


def definition(sheet: Sheet, layer: LayerNodes) -> Iterator[Working]:
    """Yield the formula of an activation of one's own that is too long for a heading."""
    line = _defined(sheet, layer)
    if line is not None and not _is_short(line):
        yield Working((line,))


def _defined(sheet: Sheet, layer: LayerNodes) -> Line | None:
    """Return what an activation is that is given as an expression."""
    activation = layer.activation
    if activation.defined is None:
        return None
    quantity = sheet.names.quantities[layer.activations[0].name]
    z = sheet.names.role(Role.PRE_ACTIVATION, layer=quantity.layer if sheet.names.own_letters else None)
    build = Builder(sheet.names, lambda _z: z)
    return Line(build(Applied(activation.name, Symbol("z"))), "=", build(activation.defined))


def _equation(line: Line) -> Layout:
    return row((*([] if line.left is None else [line.left]), Operator(line.relation), line.right))


def _is_short(line: Line) -> bool:
    return width_em(_equation(line)) <= _IN_A_HEADING


def loss_called(sheet: Sheet) -> Inline:
    """Return what the loss is called: its title, or its formula if it has nothing else and that is short."""
    network = sheet.part.network
    if network.loss_title != OWN_LOSS:
        return (network.loss_title,)
    left = sheet.names(network.loss.name)
    whole = row((left, Operator("="), sheet.build(network.nodes[network.loss].expression)))
    return (whole,) if width_em(whole) <= _IN_A_HEADING else ("loss ", left)

"""What a sheet calls the functions of a network, and the ids of what it tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Symbol

from symnet.algebra.nodes import Applied
from symnet.catalog.activations import Activation
from symnet.catalog.optimizers import updated
from symnet.derivation.steps import adjoint_id, derivative_id
from symnet.document import Inline, Line, Working
from symnet.layout.measure import width_em
from symnet.layout.tree import Layout, Operator
from symnet.matrix.expression import MatrixDerivative, MatrixLetter, Tree
from symnet.network.graph import LayerNodes
from symnet.notation.names import Names
from symnet.quantity import Role
from symnet.sheets.sheet import Sheet
from symnet.text.say import loss_title, say, title
from symnet.typeset.expressions import LayoutBuilder, row
from symnet.worked import Part

# What a sheet calls the functions of a network: by their titles, or by a letter and a formula of their own.

# The width in em that a formula may have in a heading.
_IN_A_HEADING = 18.0


def called(names: Names, activation: Activation) -> str | Layout:
    """Return what an activation is called: its title, or the letter of its function where it has no other."""
    own = activation.defined is not None and activation.title == activation.name
    return names.function(activation.name) if own else title("activation", activation.name, activation.title)


def titled(sheet: Sheet, layer: LayerNodes) -> Inline:
    """Return how the activation of a layer is called in a heading: with its formula, if that is its own and short."""
    name, line = called(sheet.names, layer.activation), _defined(sheet, layer)
    if line is None or not is_short(_equation(line)):
        return (name,)
    return (_equation(line),) if not isinstance(name, str) else (name, ", ", _equation(line))


def definition(sheet: Sheet, layer: LayerNodes) -> Iterator[Working]:
    """Yield the formula of an activation of one's own that is too long for a heading."""
    line = _defined(sheet, layer)
    if line is not None and not is_short(_equation(line)):
        yield Working((line,))


def definitions(sheet: Sheet) -> tuple[Line, ...]:
    """Return what the activations of a network are that are given as expressions, each once.

    Args:
        sheet: The part.
    """
    found = (_defined(sheet, layer) for layer in sheet.part.network.layers)
    return tuple(dict.fromkeys(line for line in found if line is not None))


def _defined(sheet: Sheet, layer: LayerNodes) -> Line | None:
    """Return what an activation is that is given as an expression."""
    activation = layer.activation
    if activation.defined is None:
        return None
    quantity = sheet.names.quantities[layer.activations[0].name]
    z = sheet.names.role(Role.PRE_ACTIVATION, layer=quantity.layer if sheet.names.own_letters else None)
    build = LayoutBuilder(sheet.names, lambda _z: z)
    return Line(build(Applied(activation.name, Symbol("z"))), "=", build(activation.defined))


def _equation(line: Line) -> Layout:
    return row((*([] if line.left is None else [line.left]), Operator(line.relation), line.right))


def is_short(formula: Layout) -> bool:
    """Return whether a formula may stand in a heading."""
    return width_em(formula) <= _IN_A_HEADING


def loss_called(sheet: Sheet) -> Inline:
    """Return what the loss is called: its title, or its formula if it has no title and is short."""
    network = sheet.part.network
    name = loss_title(*network.titled_loss)
    if name:
        return (name,)
    left = sheet.names(network.loss.name)
    whole = row((left, Operator("="), sheet.build(network.nodes[network.loss].expression)))
    return (whole,) if is_short(whole) else say("sheet.loss", loss=left)


# The ids of what a sheet tells, as answers name them; the lines of a solution carry them, so that questions know.


def of_node(symbol: Symbol, sample: int | None = None) -> tuple[str, ...]:
    """Return the id of a node; none for the loss of any one sample, which answers name by the sample's number.

    Args:
        symbol: The node.
        sample: The 1-based sample, where there are several.
    """
    if sample is None and symbol.name.endswith("@i"):
        return ()
    return _numbered((symbol.name.removesuffix("@i"),), sample)


def of_adjoint(part: Part, wrt: Symbol, sample: int | None = None) -> tuple[str, ...]:
    """Return the id of the derivative of the loss with respect to a node.

    Args:
        part: The part.
        wrt: The node.
        sample: The 1-based sample, where there are several.
    """
    return _numbered((adjoint_id(part.gradient, wrt),), sample)


def of_gradient(part: Part, leaf: Symbol, sample: int | None = None) -> tuple[str, ...]:
    """Return the id of the derivative wrt a parameter or an input: of the objective, or of the loss of a sample.

    Args:
        part: The part.
        leaf: The parameter or the input.
        sample: The 1-based sample, where there are several.
    """
    return _numbered((derivative_id(part.network, leaf),), sample)


def of_update(leaf: Symbol) -> tuple[str, ...]:
    """Return the id of a parameter after the first step of training.

    Args:
        leaf: The parameter.
    """
    return (updated(leaf).name,)


def of_entries(part: Part, tree: Tree, samples: int = 0) -> tuple[str, ...]:
    """Return the ids of all entries of a vector or matrix.

    Args:
        part: The part.
        tree: A letter, or the derivative with respect to one; all else has no ids.
        samples: Of how many samples the numbers are told, where there are several; 0 where none is named by number.
    """
    letter = tree.wrt if isinstance(tree, MatrixDerivative) else tree
    if not isinstance(letter, MatrixLetter):
        return ()
    cells = [cell for row in letter.cells for cell in row]
    numbers: Iterable[int | None] = range(1, samples + 1) if samples and not letter.is_parameter else (None,)
    return tuple(name for cell in cells for number in numbers for name in _of_cell(part, tree, letter, cell, number))


def _of_cell(part: Part, tree: Tree, letter: MatrixLetter, cell: Symbol, sample: int | None) -> tuple[str, ...]:
    by = isinstance(tree, MatrixDerivative) or letter.role is Role.DELTA
    if by and cell in part.gradient.adjoints:
        return of_adjoint(part, cell, sample)
    if by:
        return of_gradient(part, cell, sample)
    return of_node(cell, sample) if cell in part.network.nodes else ()


def _numbered(ids: tuple[str, ...], sample: int | None) -> tuple[str, ...]:
    return ids if sample is None else tuple(f"{name}@{sample}" for name in ids)

"""The ids of what a sheet tells, as answers name them; the lines of a solution carry them, so that questions know."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symnet.catalog.optimizers import updated
from symnet.marking.values import adjoint_id, derivative_id
from symnet.matrix.tree import Letter, Slope, Tree
from symnet.quantity import Role
from symnet.worked import Part


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
    """Return the id of the derivative of the loss by a node.

    Args:
        part: The part.
        wrt: The node.
        sample: The 1-based sample, where there are several.
    """
    return _numbered((adjoint_id(part, wrt),), sample)


def of_gradient(part: Part, leaf: Symbol, sample: int | None = None) -> tuple[str, ...]:
    """Return the id of the derivative by a parameter or an input: of the objective, or of the loss of a sample.

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
    """Return the ids of all that stands in a vector or a matrix.

    Args:
        part: The part.
        tree: A letter, or the derivative by one; all else has no ids.
        samples: Of how many samples the numbers are told, where there are several; 0 where none is spoken of by number.
    """
    letter = tree.wrt if isinstance(tree, Slope) else tree
    if not isinstance(letter, Letter):
        return ()
    cells = [cell for row in letter.cells for cell in row]
    numbers: Iterable[int | None] = range(1, samples + 1) if samples and not letter.is_parameter else (None,)
    return tuple(name for cell in cells for number in numbers for name in _of_cell(part, tree, letter, cell, number))


def _of_cell(part: Part, tree: Tree, letter: Letter, cell: Symbol, sample: int | None) -> tuple[str, ...]:
    by = isinstance(tree, Slope) or letter.role is Role.DELTA
    if by and cell in part.gradient.adjoints:
        return of_adjoint(part, cell, sample)
    if by:
        return of_gradient(part, cell, sample)
    return of_node(cell, sample) if cell in part.network.nodes else ()


def _numbered(ids: tuple[str, ...], sample: int | None) -> tuple[str, ...]:
    return ids if sample is None else tuple(f"{name}@{sample}" for name in ids)

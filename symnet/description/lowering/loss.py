"""A loss of the catalog, or an expression, in arrays: like terms become one sum over whole arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.nodes import PathSum
from symnet.algebra.rewrite import substitute
from symnet.arrays.build import from_expression, reshape, total
from symnet.arrays.tree import ArrayTree, AxisRange, made
from symnet.catalog.losses import CatalogLoss, Options
from symnet.description.lowering.builder import ArrayBuilder


def loss_tree(
    builder: ArrayBuilder, entry: CatalogLoss, options: Options, outputs: Sequence[ArrayTree], targets: ArrayTree | None
) -> ArrayTree:
    """Return the loss of a sample, or of each of those that are in one graph.

    Args:
        builder: What the arrays belong to.
        entry: The loss.
        options: Its options.
        outputs: The outputs of each use of the network.
        targets: The targets, if there are any.
    """
    rows = len(builder.batch)
    arrays = [*outputs, *([targets] if targets is not None else [])]
    letters = [
        tuple(Symbol(f"{place}#{number}") for number in range(array.size // (array.shape[0] if rows else 1)))
        for place, array in enumerate(arrays)
    ]
    a = tuple(symbol for letter in letters[: len(outputs)] for symbol in letter)
    y = letters[-1] if targets is not None else ()
    known: dict[Expr, Expr] = {}
    for piece in entry.pieces(a, y, options):
        known[piece.symbol] = substitute(piece.expression, known)
    expression = substitute(entry.value(a, y, options), known)
    return _Vectorized(rows, dict(zip(letters, arrays, strict=True)))(expression)


class _Vectorized:
    """Turns a scalar expression in entries into one in whole arrays.

    Args:
        rows: How many axes there are for samples in front.
        arrays: For the symbols of the entries of each array, the array.
    """

    def __init__(self, rows: int, arrays: Mapping[tuple[Symbol, ...], ArrayTree]) -> None:
        self.rows = rows
        self.arrays = arrays
        self.place = {symbol: place for symbols in arrays for place, symbol in enumerate(symbols)}
        self.first = {symbol: symbols[0] for symbols in arrays for symbol in symbols}

    def __call__(self, expression: Expr) -> ArrayTree:
        """Return the expression: every sum of like terms as one over an array, all else entry by entry."""
        stands: dict[Expr, ArrayTree] = {}
        for part in preorder_traversal(expression):
            whole = self.whole(part) if isinstance(part, PathSum) or part is expression else None
            if whole is not None:
                stands[part] = whole
        for symbols, array in self.arrays.items():
            for place, symbol in enumerate(symbols):
                stands[symbol] = self.entry(array, place)
        return from_expression(expression, stands)

    def whole(self, expression: Expr) -> ArrayTree | None:
        """Return a sum that has the same term for every place as a sum over arrays; None if it is none."""
        terms = expression.args if isinstance(expression, PathSum) else (expression,)
        fitting = {symbols: array for symbols, array in self.arrays.items() if len(symbols) == len(terms)}
        known = {symbol for symbols in fitting for symbol in symbols}
        if any(one in self.place and one not in known for one in expression.free_symbols):
            return None
        general = terms[0]
        for place, term in enumerate(terms):
            symbols = [one for one in term.free_symbols if one in self.place]
            if not symbols or any(self.place[one] != place for one in symbols):
                return None
            if substitute(term, {one: self.first[one] for one in symbols}) != general:
                return None
        tree = from_expression(general, {symbols[0]: array for symbols, array in fitting.items()})
        return total(tree, range(self.rows, len(tree.shape)))

    def entry(self, array: ArrayTree, place: int) -> ArrayTree:
        """Return one entry of an array, for each sample."""
        size = array.size // (array.shape[0] if self.rows else 1)
        flat = reshape(array, (*array.shape[: self.rows], size))
        spans = (
            *(AxisRange(0, length) for length in array.shape[: self.rows]),
            AxisRange(place, place + 1, single=True),
        )
        return made("slice", flat, option=spans)

"""Matrix expressions to layout trees, in the letters of a notation or with other trees put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied
from symnet.layout.tree import (
    Accent,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Matrix,
    Operator,
    Prime,
    Scripts,
    Space,
    Word,
    children,
)
from symnet.matrix.expression import (
    Cells,
    Chosen,
    Coupled,
    Diagonal,
    Divided,
    Entrywise,
    Filled,
    Hadamard,
    Jacobian,
    MatrixDerivative,
    MatrixEntries,
    MatrixLetter,
    Scaled,
    Sum,
    Times,
    Transposed,
    Tree,
)
from symnet.notation.names import Names
from symnet.quantity import Role
from symnet.typeset.expressions import LayoutBuilder, bare, is_one_over, one_where, row
from symnet.typeset.numbers import dotted

# Rows and columns of a matrix of expressions that are printed before dots stand for the rest.
_MOST_ROWS, _MOST_COLUMNS = 5, 4
_TOP = Glyph("top")
# How tightly what is written binds: in a sum, in a product entry by entry, in a product.
_LOOSE, _ENTRYWISE, _PRODUCT, _TIGHT = range(4)


class MatrixWriter:
    """Turns matrix expressions into layout trees.

    Args:
        names: How quantities, functions and signs are written.
        instead: What is written for an expression in place of its form, or None for its form.
        leaf: What to write for each scalar; without it, its name.
    """

    def __init__(
        self,
        names: Names,
        instead: Callable[[Tree], Layout | None] = lambda _tree: None,
        leaf: Callable[[Symbol], Layout] | None = None,
    ) -> None:
        self._names = names
        self._instead = instead
        self._leaf = leaf
        self._mark = ""

    def __call__(self, tree: Tree) -> Layout:
        """Return the layout tree of a matrix expression."""
        found = self._instead(tree)
        return _RULES[type(tree)](self, tree) if found is None else found

    def of_each(self, tree: Tree) -> Layout:
        """Return the layout tree of what holds for each sample, with the mark of a sample."""
        marked = MatrixWriter(self._names, self._instead, self._leaf)
        marked._mark = self._names.notation.sample.letter
        return marked(tree)

    def scalar(self, expression: Expr) -> Layout:
        """Return the layout tree of a number's expression."""
        leaf = self._leaf
        if leaf is None and self._mark:

            def leaf(symbol: Symbol) -> Layout:
                return self._names.sampled(symbol.name, self._mark)

        return LayoutBuilder(self._names, leaf, times=self._leaf is not None)(expression)

    def letter(self, letter: MatrixLetter) -> Layout:
        """Return a letter: bold and small for a column, a capital for a matrix."""
        names, first = self._names, letter.cells[0][0].name
        if letter.role in _SINGLE:
            return names(first)
        role = letter.role if letter.role is Role.DELTA else names.role_of(names.quantities[first])
        if len(letter.cells[0]) == 1 and letter.samples == 1 and letter.role is not Role.WEIGHT and not letter.down:
            return names.vector(role, letter.layer, self._mark if letter.each else "", letter.piece)
        return names.matrix(role, letter.layer, letter.piece)

    def derivative(self, derivative: MatrixDerivative) -> Layout:
        """Return the derivative of a loss with respect to a letter."""
        of = self._names.sampled(derivative.of.name, self._mark if derivative.wrt.each else "")
        return self._names.partial(of, self.letter(derivative.wrt))

    def jacobian(self, tree: Jacobian) -> Layout:
        """Return the derivative of a vector with respect to a vector."""
        return self._names.partial(self.letter(tree.of), self.letter(tree.wrt))

    def filled(self, tree: Filled) -> Layout:
        """Return a column of ones by its letter, and anything else as the number that fills it."""
        if tree.number == 1 and tree.columns == 1:
            return self._names.role(Role.ONES)
        return self.scalar(tree.number)

    def entries(self, tree: MatrixEntries) -> Layout:
        """Return a matrix entry by entry."""
        cells: Cells = tree.cells
        return dotted(
            len(cells), len(cells[0]), (_MOST_ROWS, _MOST_COLUMNS), lambda i, j: bare(self.scalar(cells[i][j]))
        )

    def product(self, tree: Times) -> Layout:
        """Return a product of matrices."""
        items: list[Layout] = []
        for factor in tree.factors:
            items += [Space("thin")] if items else []
            items.append(self.operand(factor, _PRODUCT, first=not items))
        return row(items)

    def hadamard(self, tree: Hadamard) -> Layout:
        """Return a product entry by entry."""
        items: list[Layout] = []
        for factor in tree.factors:
            items += [Operator("odot")] if items else []
            body = self(factor)
            clear = isinstance(factor, Times) or (items and isinstance(factor, Scaled))
            items.append(_closed(body) if clear or _binding(factor) < _PRODUCT else body)
        return row(items)

    def sum(self, tree: Sum) -> Layout:
        """Return a sum, a minus sign for each term that is negative."""
        items: list[Layout] = []
        for term in tree.terms:
            size = term.of if isinstance(term, Scaled) and term.factor is S.NegativeOne else None
            if items or size is not None:
                items.append(Operator("+" if size is None else "-", unary=not items))
            items.append(self.operand(term if size is None else size, _ENTRYWISE))
        return row(items)

    def scaled(self, tree: Scaled) -> Layout:
        """Return a number times a matrix; 1 over a constant such as ln 2 as a bar, unless there is no room above it."""
        if is_one_over(tree.factor) and not _has_entries(whole := self(tree.of)):
            return Fraction(bare(whole), bare(self.scalar(tree.factor.args[1])))
        body = self.operand(tree.of, _ENTRYWISE)
        if tree.factor is S.NegativeOne:
            return row((Operator("-", unary=True), body))
        factor = self.scalar(tree.factor)
        if isinstance(tree.of, Divided) and isinstance(over := self(tree.of.over), Matrix):
            return row((Fraction(bare(factor), bare(self.scalar(tree.of.under))), Space("thin"), over))
        return row((factor, *([] if isinstance(body, Fence) else [Space("thin")]), body))

    def operand(self, tree: Tree, least: int, *, first: bool = True) -> Layout:
        """Return an operand, in brackets if it binds less tightly than ``least``, or begins with a sign."""
        body = self(tree)
        signed = not first and isinstance(tree, Scaled) and not is_one_over(tree.factor)
        return _closed(body) if _binding(tree) < least or signed else body

    def divided(self, tree: Divided) -> Layout:
        """Return a matrix over a number."""
        return Fraction(bare(self(tree.over)), bare(self.scalar(tree.under)))

    def transposed(self, tree: Transposed) -> Layout:
        """Return a transpose; what has marks of its own stands in brackets."""
        body = self(tree.of)
        if isinstance(body, Scripts) and body.sup is None:
            return Scripts(body.base, body.sub, _TOP)
        simple = isinstance(body, Accent | Glyph | Matrix) or (isinstance(body, Fence) and body.left == "(")
        return Scripts(body if simple else Fence(body), sup=_TOP)

    def diagonal(self, tree: Diagonal) -> Layout:
        """Return a diagonal matrix."""
        return row((Word("diag"), Fence(bare(self(tree.of)))))

    def entrywise(self, tree: Entrywise) -> Layout:
        """Return a function of matrices, or its derivative with a prime."""
        written = [(symbol, self(matrix)) for symbol, matrix in tree.over[: tree.written]]
        if tree.prime:
            return row((Prime(self._names.function(tree.name)), Fence(bare(written[0][1]))))
        return self.call(tree.name, written)

    def coupled(self, tree: Coupled) -> Layout:
        """Return a function of the units of each sample."""
        return self.call(tree.name, [(tree.places[0], self(tree.of))])

    def call(self, name: str, arguments: list[tuple[Symbol, Layout]]) -> Layout:
        """Return a function of arguments that are layout trees, its places standing for them."""
        stands = dict(arguments)
        return LayoutBuilder(self._names, lambda symbol: Fence(stands[symbol]))(Applied(name, *stands))

    def chosen(self, tree: Chosen) -> Layout:
        """Return where conditions hold."""
        items: list[Layout] = []
        for own, sign, other in tree.conditions:
            items += [Operator(",")] if items else []
            items += [self(own), Operator(sign), self(other)]
        return one_where(self._names.notation, row(items))


_SINGLE = frozenset((Role.SHARED_BIAS, Role.SLOPE_PARAMETER))

_BINDING: Mapping[type, int] = MappingProxyType({Sum: _LOOSE, Hadamard: _ENTRYWISE, Times: _PRODUCT, Scaled: _PRODUCT})


def _closed(body: Layout) -> Layout:
    """Return an operand in round brackets, square ones being those of a matrix, which needs no others."""
    return body if isinstance(body, Matrix) else Fence(body)


def _has_entries(layout: Layout) -> bool:
    """Return whether a matrix stands in a tree with its entries."""
    return isinstance(layout, Matrix) or any(map(_has_entries, children(layout)))


def _binding(tree: Tree) -> int:
    """Return how tightly an expression binds; a scaled one as what is scaled, or as a fraction."""
    if isinstance(tree, Scaled) and is_one_over(tree.factor):
        return _TIGHT
    own = _BINDING.get(type(tree), _TIGHT)
    return min(own, max(_binding(tree.of), _ENTRYWISE)) if isinstance(tree, Scaled) else own


_RULES: Mapping[type, Callable[[MatrixWriter, Any], Layout]] = MappingProxyType(
    {
        MatrixLetter: MatrixWriter.letter,
        MatrixDerivative: MatrixWriter.derivative,
        Jacobian: MatrixWriter.jacobian,
        Filled: MatrixWriter.filled,
        MatrixEntries: MatrixWriter.entries,
        Times: MatrixWriter.product,
        Hadamard: MatrixWriter.hadamard,
        Sum: MatrixWriter.sum,
        Scaled: MatrixWriter.scaled,
        Divided: MatrixWriter.divided,
        Transposed: MatrixWriter.transposed,
        Diagonal: MatrixWriter.diagonal,
        Entrywise: MatrixWriter.entrywise,
        Coupled: MatrixWriter.coupled,
        Chosen: MatrixWriter.chosen,
    }
)

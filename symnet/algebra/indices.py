"""What an indexed equation is made of besides ordinary expressions: indices, indexed quantities, and sums over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from sympy import Integer, S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Inert, Partial, PathSum, factors_of
from symnet.quantity import Role

Value: TypeAlias = int | str
"""What an index may be: the number of a unit or of a piece, or the mark of a use of the network."""


class Index(NamedTuple):
    """A general index.

    Attributes:
        name: Its name: ``#``, so that no quantity is called so, the letter that it has where a notation leaves that
            free, and what tells it from others with that letter.
        values: What it runs over; two or more.
    """

    name: str
    values: tuple[Value, ...]

    @property
    def letter(self) -> str:
        """The letter that it has where a notation leaves that free."""
        return self.name[1]

    @property
    def symbol(self) -> Symbol:
        """The symbol that stands for it in expressions."""
        return Symbol(self.name)


Place: TypeAlias = Index | int | str | None
"""Where a quantity stands: at a general index, or at the only value that there is."""


class Indexed(NamedTuple):
    """A quantity with at least one general index; a symbol with its id stands for it.

    Attributes:
        id: Its id.
        role: What it is.
        layer: Its layer, as in :class:`symnet.quantity.Quantity`.
        unit: Its unit.
        source: Of a weight, the unit that feeds it.
        piece: The piece of a maxout unit.
        use: The use of the network.
        activation: Of an activation or output, the name of its function.
    """

    id: str
    role: Role
    layer: int | None
    unit: Place = None
    source: Place = None
    piece: Place = None
    use: Place = None
    activation: str | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Its places in a fixed order."""
        return self.unit, self.source, self.piece, self.use


def atom(value: Value) -> Expr:
    """Return what stands for a value of an index in expressions."""
    return Integer(value) if isinstance(value, int) else Symbol(value)


class _Bound(Inert):
    """Of a body, an index and its values: something over all of them."""

    def __new__(cls, body: Expr, index: Symbol, *values: Expr) -> Expr:
        """Return it, unevaluated."""
        return Expr.__new__(cls, body, index, *values)

    @classmethod
    def over(cls, body: Expr, place: Place) -> Expr:
        """Return it over all values of an index; at the only value that there is, the body alone."""
        return cls(body, place.symbol, *map(atom, place.values)) if isinstance(place, Index) else body

    @property
    def body(self) -> Expr:
        """What is taken for each value."""
        return self.args[0]

    @property
    def index(self) -> Symbol:
        """The symbol of the index."""
        return self.args[1]

    @property
    def values(self) -> tuple[Value, ...]:
        """What the index runs over."""
        return tuple(int(value) if value.is_Integer else value.name for value in self.args[2:])


class IndexSum(_Bound):
    """A sum over all values of an index."""


class IndexMax(_Bound):
    """The largest over all values of an index."""


class Kronecker(Inert):
    """Of an index and values or another index: 1 where it is one of them, and 0 elsewhere."""


class Elsewhere(Inert):
    """Of an index and values: 0 where it is one of them, and 1 elsewhere."""


class Attains(Inert):
    """Of a quantity, its index and an :class:`IndexMax`: 1 where it is the largest, the first of equal ones; else 0."""


class IndexedQuantities:
    """The indexed quantities of one network, each under the symbol that stands for it."""

    def __init__(self) -> None:
        self.quantities: dict[str, Indexed] = {}
        self.indices: dict[str, Index] = {}

    def index(self, name: str, values: tuple[Value, ...]) -> Place:
        """Return an index over ``values``, or the only one of them."""
        return Index(f"#{name}", values) if len(values) > 1 else values[0]

    def keep(self, quantity: Indexed) -> Symbol:
        """Return the symbol of an indexed quantity, which is kept."""
        self.quantities[quantity.id] = quantity
        for place in quantity.places:
            if isinstance(place, Index):
                self.indices[place.name] = place
        return Symbol(quantity.id)

    def indices_of(self, symbol: Symbol) -> tuple[Index, ...]:
        """Return the general indices of a quantity."""
        held = self.quantities.get(symbol.name)
        return () if held is None else tuple(place for place in held.places if isinstance(place, Index))

    def free(self, expression: Expr) -> tuple[Index, ...]:
        """Return the indices in an expression that no sum in it binds, in order."""
        return tuple(dict.fromkeys(self._free(expression, frozenset())))

    def _free(self, expression: Expr, bound: frozenset[Symbol]) -> Iterator[Index]:
        if isinstance(expression, _Bound):
            yield from self._free(expression.body, bound | {expression.index})
            return
        for symbol in symbols_in(expression) if not expression.args or isinstance(expression, Partial) else ():
            places = (self.indices[symbol.name],) if symbol.name in self.indices else self.indices_of(symbol)
            yield from (place for place in places if place.symbol not in bound)
        for part in expression.args:
            yield from self._free(part, bound)

    def summed(self, body: Expr, *places: Place) -> Expr:
        """Return the sum of ``body`` over some indices, the factors that do not depend on them before it."""
        for place in reversed(places):
            if isinstance(place, Index):
                outside = [factor for factor in factors_of(body) if place not in self.free(factor)]
                inside = [factor for factor in factors_of(body) if place in self.free(factor)]
                body = Chain(*outside, IndexSum.over(Chain(*inside), place))
        return body


def symbols_in(expression: Expr) -> Iterator[Symbol]:
    """Yield the symbols in an expression, those of partial derivatives among them, from the left to the right."""
    for part in preorder_traversal(expression):
        if isinstance(part, Partial):
            yield from (part.of, part.wrt)
        elif part.is_Symbol:
            yield part


def negated(expression: Expr) -> Expr:
    """Return minus an expression, term by term."""
    if isinstance(expression, PathSum):
        return PathSum(*map(negated, expression.args))
    factors = list(factors_of(expression))
    if S.NegativeOne in factors:
        factors.remove(S.NegativeOne)
        return Chain(*factors)
    return Chain(S.NegativeOne, expression)

"""Results that are the same up to an index, as one equation for all values of it; what they share, as one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sympy import Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra.indices import Index, Place
from symnet.algebra.nodes import Chain, Partial, PathSum, factors_of
from symnet.algebra.rewrite import substitute
from symnet.derivation.steps import Gradient
from symnet.derivation.sweep import leaves_of
from symnet.indexed.equations import IndexedEquation, IndexedReason, IndexedRight
from symnet.indexed.fold import Outputs
from symnet.indexed.letters import IndexedLayer, IndexedLetters, split
from symnet.quantity import Role

# A sum with fewer symbols and numbers than this is written where it stands.
_LEAST_SHARED = 8
# What stands once for every output, but names no layer.
_OF_LAST = frozenset((Role.TARGET, Role.MARGIN_NODE))


class SharedSum(NamedTuple):
    """A sum that all results of a unit share, with the name that stands for it.

    Attributes:
        names: The symbol of each unit's sum, and the sum.
        definition: What the sum is at a general unit, if it is alike for all; its left side is a symbol too.
    """

    names: Mapping[Symbol, Expr]
    definition: IndexedEquation | None

    @property
    def told(self) -> tuple[IndexedEquation, ...]:
        """What the names stand for, as it is told: at a general unit, or for each of them."""
        if self.definition is not None:
            return (self.definition,)
        return tuple(_equation(symbol, expression, ()) for symbol, expression in self.names.items())


class UnitResults(NamedTuple):
    """The results of one unit of a layer, or of all units at a general index.

    Attributes:
        weights: Those for its weights: one equation for all that feed it, where they are alike.
        biases: Those for its bias, and for what its activation learns.
    """

    weights: tuple[IndexedEquation, ...]
    biases: tuple[IndexedEquation, ...]

    @property
    def equations(self) -> tuple[IndexedEquation, ...]:
        """All of them."""
        return (*self.weights, *self.biases)


class Families:
    """Finds results that are alike up to an index.

    Args:
        gradient: The derivation number by number.
        letters: The quantities at general indices.
        of: What is differentiated: the loss or the objective.
    """

    def __init__(self, gradient: Gradient, letters: IndexedLetters, of: Symbol) -> None:
        self.letters = letters
        self.of = of
        self._quantities = gradient.quantities
        self._outputs = Outputs(gradient, letters)

    def units(self, layer: IndexedLayer, results: Mapping[Symbol, Expr]) -> list[UnitResults]:
        """Return the results of a layer, unit by unit; what is not among ``results`` is left out.

        Args:
            layer: The layer.
            results: What the derivative with respect to each parameter that is shown comes to.
        """
        nodes, found = layer.nodes, list[UnitResults]()
        own_bias = len(nodes.biases) == len(nodes.dense)
        for number, row in enumerate(nodes.dense):
            unit, piece = number // nodes.pieces + 1, number % nodes.pieces + 1 if layer.has_pieces else None
            weights = tuple(self._weights(layer, unit, piece, row, results))
            own = nodes.biases[number : number + own_bias]
            found.append(UnitResults(weights, tuple(self.single(bias, results) for bias in own if bias in results)))
        others = [*(() if own_bias else nodes.biases), *nodes.learned]
        found.append(UnitResults((), tuple(self.single(symbol, results) for symbol in others if symbol in results)))
        return [unit for unit in found if unit.equations]

    def inputs(self, results: Mapping[Symbol, Expr]) -> list[UnitResults]:
        """Return the results for inputs, one by one."""
        return [UnitResults((self.single(symbol, results),), ()) for symbol in results]

    def single(self, leaf: Symbol, results: Mapping[Symbol, Expr]) -> IndexedEquation:
        """Return the result for one parameter or input."""
        return _equation(Partial(self.of, leaf), self._outputs.changed(results[leaf]), ())

    def _weights(
        self, layer: IndexedLayer, unit: int, piece: int | None, row: Sequence[Symbol], results: Mapping[Symbol, Expr]
    ) -> Iterator[IndexedEquation]:
        """Yield the results for the weights of a unit, as one if they are alike for all that feed it."""
        source = layer.source
        if isinstance(source, Index) and all(weight in results for weight in row):
            found = {
                self.generalized(results[weight], layer.number - 1, number, source)
                for number, weight in enumerate(row, 1)
            }
            if len(found) == 1:
                yield _equation(Partial(self.of, layer.weight(unit, source, piece)), found.pop(), (source,))
                return
        yield from (self.single(weight, results) for weight in row if weight in results)

    def over_units(self, layer: IndexedLayer, units: Sequence[UnitResults]) -> list[UnitResults]:
        """Return the results of a layer at a general unit, where they are alike for all; else as they are."""
        own = layer.own
        if not isinstance(own, Index) or len(units) != len(own.values) or layer.has_pieces:
            return list(units)
        weights = self._at_general_unit(layer, own, [unit.weights for unit in units])
        biases = self._at_general_unit(layer, own, [unit.biases for unit in units])
        return list(units) if weights is None or biases is None else [UnitResults(weights, biases)]

    def _at_general_unit(
        self, layer: IndexedLayer, own: Index, sets: Sequence[tuple[IndexedEquation, ...]]
    ) -> tuple[IndexedEquation, ...] | None:
        """Return equations at a general unit, from those of each; None if they differ."""
        found = {
            tuple(self.at_units(equation, layer.number, number, own) for equation in equations)
            for number, equations in enumerate(sets, 1)
        }
        return found.pop() if len(found) == 1 else None

    def at_units(self, equation: IndexedEquation, layer: int, unit: int, own: Index) -> IndexedEquation:
        """Return an equation of one unit as one at a general unit."""
        left = self.generalized(equation.left, layer, unit, own)
        right = self.generalized(equation.rights[-1].expression, layer, unit, own)
        return _equation(left, right, (own, *equation.over))

    def alike(self, layer: IndexedLayer, expressions: Sequence[Expr]) -> Expr | None:
        """Return what holds at a general unit of a layer, from what holds at each; None if they differ."""
        own = layer.own
        if not isinstance(own, Index):
            return None
        found = {self.generalized(each, layer.number, number, own) for number, each in enumerate(expressions, 1)}
        return found.pop() if len(found) == 1 else None

    def generalized(self, expression: Expr, layer: int, unit: int, place: Place) -> Expr:
        """Return an expression with a general index in place of a unit of a layer; layer 0 are the inputs."""
        return self._outputs.changed(expression, self._moved(layer, unit, place))

    def _moved(self, layer: int, unit: int, place: Place) -> Callable[[Symbol], Symbol]:
        last = len(self.letters.layers)

        def moved(symbol: Symbol) -> Symbol:
            held = self.letters.vocabulary.quantities.get(symbol.name)
            quantity = self._quantities.get(symbol.name)
            if held is not None:
                piece, use = held.piece, held.use
            elif quantity is not None:
                piece, use = split(quantity)
            known = held or quantity
            if known is None or known.role is Role.ADJOINT:
                return symbol
            number = last if known.role in _OF_LAST else known.layer
            at_unit = number == layer and known.unit == unit
            at_source = known.role is Role.WEIGHT and known.layer == layer + 1 and known.source == unit
            if not at_unit and not at_source:
                return symbol
            return self.letters.at(
                known.role,
                known.layer,
                place if at_unit else known.unit,
                place if at_source else known.source,
                piece=piece,
                use=use,
                activation=known.activation,
            )

        return moved


def _equation(left: Expr, right: Expr, over: tuple[Index, ...]) -> IndexedEquation:
    return IndexedEquation(left, (IndexedRight(right, IndexedReason.PUT_IN),), over)


def shared_sum(families: Families, layer: IndexedLayer, units: Sequence[UnitResults]) -> SharedSum | None:
    """Return the sum that all results of each unit have as a factor, if it is long; None where there is none.

    Args:
        families: What finds results that are alike.
        layer: The layer.
        units: Its results, unit by unit.
    """
    sums: dict[Symbol, Expr] = {}
    for number, unit in enumerate(units, 1):
        common = [factors_of(equation.rights[-1].expression) for equation in unit.equations]
        long = [f for f in common[0] if isinstance(f, PathSum) and leaves_of(f) >= _LEAST_SHARED]
        shared = [factor for factor in long if all(factor in factors for factors in common)]
        if len(common) < 2 or len(shared) != 1:
            return None
        sums[Symbol(f"sum{layer.number}_{number}")] = shared[0]
    general = families.alike(layer, list(sums.values()))
    own = layer.own
    if general is None or not isinstance(own, Index):
        return SharedSum(sums, None)
    return SharedSum(sums, _equation(Symbol(f"sum{layer.number}_{own.name}"), general, (own,)))


def named(unit: UnitResults, shared: SharedSum) -> UnitResults:
    """Return results with the name of a sum in its place.

    Args:
        unit: The results.
        shared: The sum of each unit.
    """
    names = {expression: symbol for symbol, expression in shared.names.items()}

    def renamed(equation: IndexedEquation) -> IndexedEquation:
        factors = factors_of(equation.rights[-1].expression)
        right = Chain(*(names.get(factor, factor) for factor in factors))
        return _equation(equation.left, right, equation.over)

    return UnitResults(tuple(map(renamed, unit.weights)), tuple(map(renamed, unit.biases)))


def resolved(letters: IndexedLetters, expression: Expr, where: Mapping[str, int | str]) -> Expr:
    """Return an expression with a value for each of its general indices.

    Args:
        letters: What the symbols with indices stand for.
        expression: The expression.
        where: The values of its indices, by their names.
    """
    changes: dict[Expr, Expr] = {}
    for part in preorder_traversal(expression):
        if isinstance(part, Partial):
            changes[part] = type(part)(letters.resolved(part.of, where), letters.resolved(part.wrt, where))
        elif part.is_Symbol:
            changes[part] = letters.resolved(part, where)
    return substitute(expression, {old: new for old, new in changes.items() if old != new})

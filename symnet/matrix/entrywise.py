"""From what holds for each unit to what holds for all: scalar expressions as expressions in vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Applied, Branch, Chain, Indicator, PathSum, Quotient, Undercuts, Wins
from symnet.matrix.shapes import Shape, shape
from symnet.matrix.tree import (
    Cells,
    Chosen,
    Divided,
    Entrywise,
    Filled,
    Letter,
    Tree,
    hadamard,
    scaled,
    summed,
)

Stands = Mapping[Symbol, Tree]


class NotEntrywiseError(ValueError):
    """An expression that has no form in whole vectors."""


def alike(cells: Cells, letters: Iterable[Letter]) -> tuple[Tree, frozenset[Symbol]] | None:
    """Return one expression in ``letters`` for all of ``cells``, and the scalars in it.

    Args:
        cells: An expression for each place.
        letters: What may stand in it; an entry of a letter counts in its own place alone.

    Returns:
        None if the expressions differ by more than their place, or have no such form.
    """
    fitting = [one for one in letters if (len(one.cells), len(one.cells[0])) == (len(cells), len(cells[0]))]
    stands = {Symbol(f"{one.cells[0][0].name} and its like"): one for one in fitting}
    forms = {
        cell.xreplace({one.cells[i][j]: place for place, one in stands.items()})
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
    }
    if len(forms) > 1 or not fitting:
        return None
    (form,) = forms
    try:
        return in_matrices(form, stands), frozenset(form.free_symbols - set(stands))
    except NotEntrywiseError:
        return None


def in_matrices(form: Expr, stands: Stands) -> Tree:
    """Return a scalar expression with matrices for some of its symbols, entry by entry.

    Raises:
        NotEntrywiseError: If the expression has no such form.
    """
    return _whole(form, stands, shape(next(iter(stands.values()))))


def _whole(form: Expr, stands: Stands, size: Shape) -> Tree:
    if form.free_symbols.isdisjoint(stands):
        return Filled(form, *size)
    rule = _RULES.get(type(form))
    if rule is None:
        raise NotEntrywiseError(str(form))
    return rule(form, stands, size)


def _product(form: Expr, stands: Stands, size: Shape) -> Tree:
    """Return a product: its numbers in front, in their order, then its matrices entry by entry."""
    numbers = [factor for factor in form.args if factor.free_symbols.isdisjoint(stands)]
    matrices = [_whole(factor, stands, size) for factor in form.args if factor not in numbers]
    return scaled(Chain(*numbers), hadamard(*matrices))


def _sum(form: Expr, stands: Stands, size: Shape) -> Tree:
    return summed(*(_whole(term, stands, size) for term in form.args))


def _power(form: Expr, stands: Stands, size: Shape) -> Tree:
    base, exponent = form.args
    if exponent != Integer(2):
        raise NotEntrywiseError(str(form))
    return hadamard(*(_whole(base, stands, size),) * 2)


def _quotient(form: Expr, stands: Stands, size: Shape) -> Tree:
    over, under = form.args
    if not under.free_symbols.isdisjoint(stands):
        raise NotEntrywiseError(str(form))
    return Divided(_whole(over, stands, size), under)


def _positive(switch: Expr, sign: str, stands: Stands, size: Shape) -> Chosen:
    return Chosen(((_whole(switch, stands, size), sign, Filled(S.Zero, *size)),))


def _indicator(form: Expr, stands: Stands, size: Shape) -> Tree:
    return _positive(form.args[0], ">", stands, size)


def _branch(form: Expr, stands: Stands, size: Shape) -> Tree:
    """Return a value by cases as a sum, each case times where it holds."""
    switch, *values = form.args
    terms = []
    for case, sign in zip(values, (">", "<="), strict=True):
        holds = _positive(switch, sign, stands, size)
        if case.free_symbols.isdisjoint(stands):
            terms += [scaled(case, holds)] if case != 0 else []
        else:
            terms.append(hadamard(_whole(case, stands, size), holds))
    return summed(*terms)


def _contest(form: Expr, stands: Stands, size: Shape) -> Tree:
    return Chosen(
        tuple((_whole(own, stands, size), sign, _whole(other, stands, size)) for own, sign, other in form.contests)
    )


def _applied(form: Expr, stands: Stands, size: Shape) -> Tree:
    arguments: Sequence[Expr] = form.args[1:]
    if len(arguments) > 1:
        raise NotEntrywiseError(str(form))
    place = Symbol("entry")
    return Entrywise(form.name, False, Applied(form.name, place), ((place, _whole(arguments[0], stands, size)),))


_RULES: Mapping[type, Callable[[Any, Stands, Shape], Tree]] = MappingProxyType(
    {
        Symbol: lambda form, stands, _size: stands[form],
        Chain: _product,
        PathSum: _sum,
        Pow: _power,
        Quotient: _quotient,
        Indicator: _indicator,
        Branch: _branch,
        Wins: _contest,
        Undercuts: _contest,
        Applied: _applied,
    }
)

"""Expressions with definitions put in: in node ids alone, or in inputs, targets and parameters alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import repeat

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import plain_text
from symnet.algebra.rewrite import substitute, tidy
from symnet.derivation.steps import Gradient
from symnet.limits import LONGEST_EXPANDED
from symnet.network.graph import Network

# A name may have marks behind it: those of a piece, of a use of the network, of a step of time, and of a sample.
_NAME = re.compile(r"[A-Za-z_]\w*(?:[.#@]\w+)*")


def node_definitions(network: Network) -> dict[str, Expr]:
    """Return what each node is, in its parents."""
    return {node.symbol.name: node.expression for node in network.nodes.values()}


def adjoint_definitions(gradient: Gradient) -> dict[str, Expr]:
    """Return what each cited derivative is, in nodes and in the derivatives of the layer behind."""
    return {derivation.symbol.name: derivation.result for derivation in gradient.adjoints.values()}


class Expander:
    """Puts definitions in, as text whose length is known before it is built.

    A network whose composed gradients are too long costs no more than the text of its definitions. Nothing calls
    itself: definitions may stand in one another hundreds of times, as with as many steps of time.

    Args:
        definitions: What to put in for each name, after those that it holds itself.
        longest: How many characters a text may have.
    """

    def __init__(self, definitions: Mapping[str, Expr], longest: int = LONGEST_EXPANDED) -> None:
        self._definitions = definitions
        self._longest = longest
        self._texts: dict[str, str] = {}
        self._expressions: dict[Expr, Expr] = {}

    def text(self, written: str) -> str | None:
        """Return the text of an expression with all definitions put in, or None where that is too long.

        Args:
            written: The expression in node ids, as :func:`~symnet.algebra.nodes.plain_text` writes it.
        """
        names = _NAME.findall(written)
        if len(written) + self._growth(names) > self._longest:
            return None
        for name in self._order.needed(names, self._texts):
            self._texts[name] = f"({self._put_in(self._plain[name])})"
        return written if self._definitions.keys().isdisjoint(names) else self._put_in(written)

    def length(self, expression: Expr) -> int:
        """Return how many characters :meth:`text` would have, without building it."""
        written = plain_text(expression)
        return len(written) + self._growth(_NAME.findall(written))

    def expression(self, expression: Expr) -> Expr:
        """Return ``expression`` as an ordinary SymPy expression in leaves alone; the caller minds its length."""
        known = {symbol.name for symbol in self._expressions}
        for name in self._order.needed(_names_in(expression), known):
            self._expressions[Symbol(name)] = self._definitions[name].doit().xreplace(self._expressions)
        return expression.doit().xreplace(self._expressions)

    @cached_property
    def _order(self) -> _DefinitionOrder:
        return _DefinitionOrder(self._definitions, lambda name: _NAME.findall(self._plain[name]))

    @cached_property
    def _plain(self) -> Mapping[str, str]:
        """The text of each definition."""
        return {name: plain_text(definition) for name, definition in self._definitions.items()}

    @cached_property
    def _added(self) -> Mapping[str, int]:
        """By how many characters a text grows where a name gives way to what it stands for."""
        found: dict[str, int] = {}
        for name, plain in self._plain.items():
            grown = sum(map(found.get, _NAME.findall(plain), repeat(0)))
            found[name] = len(plain) + grown + len("()") - len(name)
        return found

    def _growth(self, names: Iterable[str]) -> int:
        return sum(map(self._added.get, names, repeat(0)))

    def _put_in(self, written: str) -> str:
        return _NAME.sub(lambda found: self._texts.get(found[0], found[0]), written)


class _DefinitionOrder:
    """Finds out which definitions have to be put in first.

    Args:
        definitions: The definitions, each after those that it holds itself.
        cited: From a defined name to the names in its definition.
    """

    def __init__(self, definitions: Iterable[str], cited: Callable[[str], Iterable[str]]) -> None:
        self._places = {name: place for place, name in enumerate(definitions)}
        self._cited = cited

    def needed(self, names: Iterable[str], known: Container[str]) -> list[str]:
        """Return the definitions that some names lead to, in their order, without those that are known."""
        waiting, found = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name in self._places and name not in known and name not in found:
                found.add(name)
                waiting += self._cited(name)
        return sorted(found, key=self._places.__getitem__)


class InOrder:
    """Puts definitions in, every factor and term staying where it was written; the caller minds the length.

    Args:
        definitions: What to put in for each name, after those that it holds itself.
    """

    def __init__(self, definitions: Mapping[str, Expr]) -> None:
        self._definitions = definitions
        self._known: dict[Expr, Expr] = {}
        self._order = _DefinitionOrder(definitions, lambda name: _names_in(definitions[name]))

    def __call__(self, expression: Expr) -> Expr:
        """Return ``expression`` with all definitions put in."""
        known = {symbol.name for symbol in self._known}
        for name in self._order.needed(_names_in(expression), known):
            self._known[Symbol(name)] = tidy(substitute(self._definitions[name], self._known))
        return tidy(substitute(expression, self._known))


def _names_in(expression: Expr) -> Iterator[str]:
    return (symbol.name for symbol in expression.free_symbols)

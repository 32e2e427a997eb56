"""Wrong uses of what has an index: another entry or step of time, a pre-activation, a maximum shared out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from sympy import Rational, S, Symbol, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, terms_of
from symnet.algebra.rewrite import substitute
from symnet.catalog.activations import ACTIVATIONS
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Fault, Said, Setting
from symnet.marking.records import Target
from symnet.numerics.compile import Edge
from symnet.text.say import title

_ENTRY = re.compile(r"(?P<array>.+?)(?P<index>(?:_[0-9]+)+)")


def _entry(symbol: Symbol) -> tuple[str, tuple[int, ...]]:
    """Return the array or sequence that a name is an entry of, and its index; the name and no index of any other."""
    found = _ENTRY.fullmatch(symbol.name)
    return (symbol.name, ()) if found is None else (found["array"], tuple(map(int, found["index"][1:].split("_"))))


def array_of(symbol: Symbol) -> str:
    """Return the array or the sequence that a name is an entry of, or the name itself."""
    return _entry(symbol)[0]


def _known(setting: Setting) -> frozenset[Symbol]:
    return frozenset((*setting.network.nodes, *setting.network.leaves))


def _shifts(setting: Setting, symbol: Symbol) -> Iterator[tuple[tuple[int, ...], Symbol]]:
    """Yield the entries next to one, each with how far its index is moved."""
    array, index = _entry(symbol)
    known = _known(setting)
    for axis in range(len(index)):
        for by in (-1, 1):
            shift = tuple(by * (place == axis) for place in range(len(index)))
            other = Symbol("_".join((array, *(str(own + more) for own, more in zip(index, shift, strict=True)))))
            if other in known:
                yield shift, other


def _before(setting: Setting, symbol: Symbol) -> Symbol | None:
    """Return the node that another is a function of, as an activation is of its pre-activation; None of any other."""
    node = setting.network.nodes.get(symbol)
    own = () if node is None else tuple(node.expression.free_symbols)
    is_function = node is not None and isinstance(node.expression, (Applied, tanh))
    return own[0] if is_function and len(own) == 1 and own[0] in setting.network.nodes else None


# Values: what a node of a graph is worked out from.

Wrong: TypeAlias = Mapping[Symbol, tuple[Expr, Mapping[str, Said]]]
"""From a node to what is taken for its expression, with the words about that."""


def _faults(wrong: Wrong) -> Iterator[Fault]:
    """Yield what is taken for all nodes, then for those of each array, then for each alone."""
    arrays: dict[str, dict[Symbol, Expr]] = {}
    for symbol, (expression, _words) in wrong.items():
        arrays.setdefault(_entry(symbol)[0], {})[symbol] = expression
    everything = {symbol: expression for symbol, (expression, _words) in wrong.items()}
    seen: set[frozenset[Symbol]] = set()
    for nodes in (everything, *arrays.values(), *({symbol: one} for symbol, one in everything.items())):
        if nodes and frozenset(nodes) not in seen:
            seen.add(frozenset(nodes))
            first = next(iter(nodes))
            yield Fault(first.name, wrong[first][1], nodes=nodes)


def _graph(setting: Setting) -> Iterator[tuple[Symbol, Expr]]:
    """Yield the nodes of a graph and their expressions; nothing of layers."""
    for symbol, node in setting.network.nodes.items() if setting.network.is_graph else ():
        yield symbol, node.expression


def neighbours(setting: Setting) -> Iterator[Fault]:
    """Yield each node with what stands next to one of the arrays or sequences that it is worked out from."""
    found: dict[tuple[str, tuple[int, ...]], dict[Symbol, tuple[Expr, Mapping[str, Said]]]] = {}
    for symbol, expression in _graph(setting):
        moved: dict[tuple[str, tuple[int, ...]], dict[Expr, Expr]] = {}
        for source in sorted(expression.free_symbols, key=str):
            for shift, other in _shifts(setting, source):
                moved.setdefault((_entry(source)[0], shift), {})[source] = other
        for key, changes in moved.items():
            right, instead = next(iter(changes.items()))
            words: dict[str, Said] = {"z": symbol, "right": right, "instead": instead}
            found.setdefault(key, {})[symbol] = substitute(expression, changes), words
    for wrong in found.values():
        yield from _faults(wrong)


def raw_sources(setting: Setting) -> Iterator[Fault]:
    """Yield the nodes of a graph with pre-activations in the place of the activations that they are worked out from."""
    wrong: dict[Symbol, tuple[Expr, Mapping[str, Said]]] = {}
    for symbol, expression in _graph(setting):
        sources = sorted(expression.free_symbols, key=str)
        befores = {a: z for a in sources if (z := _before(setting, a)) is not None and _before(setting, symbol) is None}
        if befores:
            a, z = next(iter(befores.items()))
            wrong[symbol] = substitute(expression, dict(befores)), {"a": a, "z": z}
    yield from _faults(wrong)


def _products(expression: Expr) -> list[Chain]:
    """Return the terms of a sum that are products of two names; none where there are not several."""
    terms = [
        term
        for term in terms_of(expression)
        if isinstance(term, Chain) and len(term.args) == 2 and all(isinstance(one, Symbol) for one in term.args)
    ]
    return terms if len(terms) > 1 else []


def exchanged_sources(setting: Setting) -> Iterator[Fault]:
    """Yield weighted sums of a graph with the first factors of their first two products exchanged."""
    wrong: dict[Symbol, tuple[Expr, Mapping[str, Said]]] = {}
    for symbol, expression in _graph(setting):
        products = _products(expression)
        if products:
            (one, first), (other, second) = (product.args for product in products[:2])
            changes = {products[0]: Chain(other, first), products[1]: Chain(one, second)}
            terms = [changes.get(term, term) for term in terms_of(expression)]
            wrong[symbol] = PathSum(*terms), {"z": symbol}
    yield from _faults(wrong)


def without_weights(setting: Setting) -> Iterator[Fault]:
    """Yield weighted sums of a graph without the parameters in their products."""
    parameters, wrong = setting.network.parameters, dict[Symbol, tuple[Expr, Mapping[str, Said]]]()
    for symbol, expression in _graph(setting):
        products = _products(expression)
        rest = {product: [one for one in product.args if one not in parameters] for product in products}
        if products and all(len(left) == 1 for left in rest.values()):
            terms = [
                rest[term][0] if isinstance(term, Chain) and term in rest else term for term in terms_of(expression)
            ]
            wrong[symbol] = PathSum(*terms), {"z": symbol}
    yield from _faults(wrong)


_FUNCTIONS: Mapping[str, Callable[[Expr], Expr]] = {
    "sigmoid": lambda z: Applied("sigmoid", z),
    "tanh": lambda z: tanh(z, evaluate=False),
    "relu": lambda z: Applied("relu", z),
}


def another_function(setting: Setting) -> Iterator[Fault]:
    """Yield the activations within a graph with another activation in their place."""
    for other, function in _FUNCTIONS.items():
        wrong: dict[Symbol, tuple[Expr, Mapping[str, Said]]] = {}
        for symbol, expression in _graph(setting):
            own = "tanh" if isinstance(expression, tanh) else getattr(expression, "name", "")
            if own in _FUNCTIONS and own != other:
                names = (title("activation", name, ACTIVATIONS[name].title) for name in (own, other))
                words: dict[str, Said] = dict(zip(("function", "other"), names, strict=True))
                wrong[symbol] = function(expression.args[-1]), {**words, "a": symbol}
        yield from _faults(wrong)


# The way back.


def not_carried(setting: Setting) -> Iterator[Fault]:
    """Yield the way back without what comes from one step of a sequence to the step before."""
    by: dict[tuple[str, str], dict[Edge, set[int]]] = {}
    for child, node in setting.network.nodes.items() if setting.network.is_graph else ():
        for parent in node.derivatives:
            (later, own), (earlier, index) = _entry(child), _entry(parent)
            if parent in setting.network.nodes and own and index:
                by.setdefault((later, earlier), {})[child, parent] = {own[0] - index[0]}
    for edges in by.values():
        if len(edges) > 1 and set().union(*edges.values()) == {1}:
            (_child, parent) = next(iter(edges))
            words = {"through": Sentence("mistake.later_steps")}
            yield Fault(setting.line(parent), words, dict.fromkeys(edges, S.Zero))


def another_parameter(setting: Setting) -> Iterator[Fault]:
    """Yield the way back through nodes of a graph with another parameter of these in the place of one."""
    parameters, found = setting.network.parameters, dict[tuple[Symbol, Symbol, str], dict[Edge, Expr]]()
    for symbol, expression in _graph(setting):
        factors = [one for product in _products(expression) for one in product.args if one in parameters]
        for parent, forms in setting.network.nodes[symbol].derivatives.items():
            if parent in setting.network.nodes and forms[-1] in factors:
                for other in factors:
                    if other != forms[-1]:
                        found.setdefault((forms[-1], other, array_of(symbol)), {})[symbol, parent] = other
    for (right, instead, _array), edges in found.items():
        (_child, parent) = next(iter(edges))
        yield Fault(setting.line(parent), {"right": right, "instead": instead}, edges)


def maximum_shared(setting: Setting) -> Iterator[Fault]:
    """Yield the way back through maxima of several entries, shared out among all of these, or given to each in full."""
    edges: dict[Edge, int] = {}
    for symbol, expression in _graph(setting):
        derivatives = setting.network.nodes[symbol].derivatives
        if isinstance(expression, Applied) and expression.name == "max" and len(derivatives) > 1:
            edges |= {(symbol, parent): len(derivatives) for parent in derivatives}
    if edges:
        (child, parent) = next(iter(edges))
        for shared in (True, False):
            taken: dict[Edge, Expr] = {edge: Rational(1, count) if shared else S.One for edge, count in edges.items()}
            yield Fault(setting.line(parent), {"z": child}, taken)


# What a parameter of a graph is multiplied by, where the derivative with respect to it is asked for.

Factor: TypeAlias = Callable[[Setting, Symbol], Mapping[object, Expr]]
"""From a right factor to what may be taken for it; the same way in each use of a parameter."""


def nothing(_setting: Setting, _right: Symbol) -> Mapping[object, Expr]:
    """Return 1: the factor is left out."""
    return {"": S.One}


def pre_activation(setting: Setting, right: Symbol) -> Mapping[object, Expr]:
    """Return the pre-activation of the factor."""
    before = _before(setting, right)
    return {} if before is None else {"": before}


def neighbour(setting: Setting, right: Symbol) -> Mapping[object, Expr]:
    """Return what stands next to the factor, by how far."""
    return dict(_shifts(setting, right))


def inputs(taken: Factor) -> Callable[[Setting, Target], Iterator[Fault]]:
    """Return the rewrite that takes something for the factors of a parameter of a graph, in all of its uses."""

    def rewrite(setting: Setting, target: Target) -> Iterator[Fault]:
        ways: dict[object, dict[Edge, Expr]] = {}
        rights = _factors(setting, target.symbol)
        for edge, right in rights.items():
            for way, instead in taken(setting, right).items():
                ways.setdefault(way, {})[edge] = instead
        for edges in ways.values():
            edge = next(iter(edges))
            yield Fault("", {"right": rights[edge], "instead": edges[edge], "z": edge[0]}, edges)

    return rewrite


def _factors(setting: Setting, parameter: Symbol) -> Mapping[Edge, Symbol]:
    """Return the single name that a parameter of a graph is multiplied by in each use."""
    network = setting.network
    if not network.is_graph or parameter in network.nodes:
        return {}
    children = network.children.get(parameter, ())
    forms = {(child, parameter): network.nodes[child].derivatives[parameter][-1] for child in children}
    return {edge: form for edge, form in forms.items() if isinstance(form, Symbol)}


def weight_itself(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield the parameter in the place of what it is multiplied by, in all of its uses."""
    rights = _factors(setting, target.symbol)
    for edge, right in list(rights.items())[:1]:
        words = {"right": right, "instead": target.symbol, "z": edge[0]}
        yield Fault("", words, dict.fromkeys(rights, target.symbol))


def bias_as_weight(setting: Setting, target: Target) -> Iterator[Fault]:
    """Yield what another parameter is multiplied by in the place of 1, where a parameter is added."""
    network = setting.network
    if not network.is_graph or target.symbol in network.nodes:
        return
    held = [
        child
        for child in network.children.get(target.symbol, ())
        if network.nodes[child].derivatives[target.symbol][-1] == S.One
    ]
    others: dict[str, dict[Edge, Expr]] = {}
    for child in held:
        for parameter, forms in network.nodes[child].derivatives.items():
            if parameter in network.parameters and isinstance(forms[-1], Symbol):
                others.setdefault(parameter.name, {})[child, target.symbol] = forms[-1]
    for edges in others.values():
        yield Fault("", {"source": next(iter(edges.values()))}, edges)

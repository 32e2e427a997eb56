"""Wrong nodes of the forward pass: what comes after them is worked out from what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

from sympy import S, Symbol, exp
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum, negative, terms_of
from symnet.catalog.activations import ACTIVATIONS, Activation, default_options
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Fault, FaultSite, Setting
from symnet.text.say import title

Sum: TypeAlias = Callable[[FaultSite, int, Expr], Expr | None]
"""From a layer, a 0-based row and its weighted sum to what is taken for it; None where it is the same."""


def no_bias(placed: FaultSite, _row: int, total: Expr) -> Expr | None:
    """Return the weighted sum without its bias."""
    return PathSum(*(term for term in terms_of(total) if term not in placed.layer.biases))


def bias_subtracted(placed: FaultSite, _row: int, total: Expr) -> Expr | None:
    """Return the weighted sum less its bias."""
    return PathSum(*(negative(term) if term in placed.layer.biases else term for term in terms_of(total)))


def transposed_weights(placed: FaultSite, row: int, total: Expr) -> Expr | None:
    """Return the weighted sum with the weights of the column in the place of those of the row."""
    weights = [placed.weight(column, row) for column in range(len(placed.sources))]
    if None in weights:
        return None
    rest = [term for term in terms_of(total) if term in placed.layer.biases]
    products = (Chain(weight, source) for weight, source in zip(weights, placed.sources, strict=True))
    return PathSum(*products, *rest)


def without_weights(placed: FaultSite, _row: int, total: Expr) -> Expr | None:
    """Return the sum of what feeds the unit, and its bias."""
    return PathSum(*placed.sources, *(term for term in terms_of(total) if term in placed.layer.biases))


def raw_inputs(setting: Setting) -> Iterator[Fault]:
    """Yield the weighted sums of each layer over the pre-activations before it."""
    for placed in setting.layers[1:]:
        befores = {source: setting.before(source) for source in placed.sources}
        nodes = {
            z: PathSum(*(_over(term, befores) for term in terms_of(setting.network.nodes[z].expression)))
            for z in placed.layer.pre_activations
        }
        first = placed.sources[0]
        yield Fault(placed.layer.pre_activations[0].name, {"a": first, "z": setting.before(first)}, nodes=nodes)


def _over(term: Expr, befores: dict[Symbol, Symbol]) -> Expr:
    return Chain(*(befores.get(factor, factor) for factor in term.args)) if isinstance(term, Chain) else term


def sums(form: Sum) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that takes ``form`` for the weighted sums: of all layers, of one layer, of one unit."""

    def rewrite(setting: Setting) -> Iterator[Fault]:
        layers = [_sums(setting, placed, form) for placed in setting.layers]
        everything = {z: total for layer in layers for z, total in layer.items()}
        yield from _wider_first([everything, *layers], lambda z: {"z": z})

    return rewrite


def _sums(setting: Setting, placed: FaultSite, form: Sum) -> dict[Symbol, Expr]:
    found: dict[Symbol, Expr] = {}
    for row, z in enumerate(placed.layer.pre_activations):
        total = setting.network.nodes[z].expression
        taken = form(placed, row, total)
        if taken is not None and taken != total:
            found[z] = taken
    return found


def _wider_first(groups: list[dict[Symbol, Expr]], words: Callable[[Symbol], dict[str, Expr | str]]) -> Iterator[Fault]:
    """Yield each group of nodes as one fault, then each node of it alone."""
    seen: set[frozenset[Symbol]] = set()
    singles = [{symbol: value} for group in groups for symbol, value in group.items()]
    for nodes in (*groups, *singles):
        if nodes and frozenset(nodes) not in seen:
            seen.add(frozenset(nodes))
            first = next(iter(nodes))
            yield Fault(first.name, words(first), nodes=nodes)


def neighbouring_sources(setting: Setting) -> Iterator[Fault]:
    """Yield each weighted sum with the source of one of its products taken for one next to it."""
    for placed in setting.layers:
        for z in placed.layer.pre_activations:
            terms = terms_of(setting.network.nodes[z].expression)
            for right, instead in (*pairwise(placed.sources), *pairwise(reversed(placed.sources))):
                total = PathSum(*(_over(term, {right: instead}) for term in terms))
                yield Fault(z.name, {"z": z, "right": right, "instead": instead}, nodes={z: total})


def lost_terms(setting: Setting) -> Iterator[Fault]:
    """Yield each weighted sum without one of its products."""
    for placed in setting.layers:
        for z in placed.layer.pre_activations:
            terms = terms_of(setting.network.nodes[z].expression)
            products = [term for term in terms if isinstance(term, Chain)]
            for lost in products if len(terms) > 1 else ():
                rest = PathSum(*(term for term in terms if term is not lost))
                yield Fault(z.name, {"z": z, "term": lost}, nodes={z: rest})


def _title(activation: Activation) -> str:
    return title("activation", activation.name, activation.title)


def not_applied(setting: Setting) -> Iterator[Fault]:
    """Yield the pre-activations in the place of the activations, of each layer."""
    for placed in setting.layers:
        if placed.layer.activation.reads != "pieces":
            nodes = {a: placed.own(unit) for unit, a in enumerate(placed.layer.activations)}
            words = {"function": _title(placed.layer.activation)}
            yield from _wider_first([nodes], lambda a, words=words: {**words, "a": a})  # type: ignore[misc]


def another_applied(setting: Setting) -> Iterator[Fault]:
    """Yield each other activation in the place of that of each layer."""
    for placed in setting.layers:
        own = placed.layer.activation
        for entry in ACTIVATIONS.values():
            if entry.reads == "own" and not entry.learned and entry.name not in {own.name, "identity"}:
                options = default_options(entry)
                nodes = {
                    a: entry.value((placed.own(unit),), 0, options) for unit, a in enumerate(placed.layer.activations)
                }
                words = {"function": _title(own), "other": _title(entry)}
                yield from _wider_first([nodes], lambda a, words=words: {**words, "a": a})  # type: ignore[misc]


def of_the_opposite(setting: Setting) -> Iterator[Fault]:
    """Yield the activations of the negated pre-activations, of each layer whose units stand alone."""
    for placed in setting.layers:
        own = placed.layer.activation
        if own.reads == "own" and own.name != "identity":
            nodes: dict[Symbol, Expr] = {}
            for unit, a in enumerate(placed.layer.activations):
                z = placed.own(unit)
                nodes[a] = setting.network.nodes[a].expression.xreplace({z: negative(z)})
            befores = {a: placed.own(unit) for unit, a in enumerate(placed.layer.activations)}
            words = {"function": _title(own)}
            yield from _wider_first(
                [nodes],
                lambda a, words=words, befores=befores: {  # type: ignore[misc]
                    **words,
                    "z": befores[a],
                    "negated": negative(befores[a]),
                },
            )


def not_normalized(setting: Setting) -> Iterator[Fault]:
    """Yield the powers of e of a softmax without the sum below them."""
    for placed in setting.layers:
        if placed.layer.activation.couples:
            pairs = zip(placed.layer.activations, placed.layer.pre_activations, strict=True)
            nodes: dict[Symbol, Expr] = {a: exp(z, evaluate=False) for a, z in pairs}
            yield Fault(placed.layer.activations[0].name, {}, nodes=nodes)


def graph_terms(setting: Setting) -> Iterator[Fault]:
    """Yield each node of a graph that is a sum, one of its terms left out, then with its sign the other way round."""
    if not setting.network.is_graph:
        return
    for symbol, node in setting.network.nodes.items():
        terms = terms_of(node.expression)
        for place, term in enumerate(terms if len(terms) > 1 else ()):
            for sign in (S.Zero, S.NegativeOne):
                changed = (*terms[:place], *([Chain(sign, term)] if sign else []), *terms[place + 1 :])
                what = Sentence("mistake.wrong_sign_of_term" if sign else "mistake.missing")
                yield Fault(symbol.name, {"z": symbol, "term": term, "what": what}, nodes={symbol: PathSum(*changed)})

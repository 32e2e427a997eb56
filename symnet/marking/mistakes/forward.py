"""Wrong nodes of the forward pass: what comes after them is worked out from what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from sympy import Integer, S, Symbol, exp, log, tanh
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, PathSum, Quotient, difference, negative, terms_of
from symnet.algebra.rewrite import substitute
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


def bias_doubled(placed: FaultSite, _row: int, total: Expr) -> Expr | None:
    """Return the weighted sum with its bias for each input, as long as there are two."""
    return PathSum(total, *(term for term in terms_of(total) if term in placed.layer.biases))


def neighbouring_bias(placed: FaultSite, row: int, total: Expr) -> Expr | None:
    """Return the weighted sum with the bias of the next unit."""
    biases = placed.layer.biases
    if len(biases) < 2:
        return None
    return substitute(total, {biases[row]: biases[(row + 1) % len(biases)]})


def sums_multiplied(placed: FaultSite, row: int, total: Expr) -> Expr | None:
    """Return the sum of the weights times the sum of what they belong to, and the bias."""
    weights = [weight for column in range(len(placed.sources)) if (weight := placed.weight(row, column)) is not None]
    biases = [term for term in terms_of(total) if term in placed.layer.biases]
    return PathSum(Chain(PathSum(*weights), PathSum(*placed.sources)), *biases) if len(weights) > 1 else None


def sources_exchanged(placed: FaultSite, _row: int, total: Expr) -> Expr | None:
    """Return the weighted sum with its first two inputs exchanged."""
    first, *others = placed.sources
    return substitute(total, {first: others[0], others[0]: first}) if others else None


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
    """Yield each weighted sum with one of its inputs replaced by a neighbouring one."""
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
    for entry in ACTIVATIONS.values():
        for placed in setting.layers:
            own = placed.layer.activation
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
        if (own.reads == "own" or own.couples) and own.name != "identity":
            nodes: dict[Symbol, Expr] = {}
            for unit, a in enumerate(placed.layer.activations):
                read = placed.layer.pre_activations if own.couples else (placed.own(unit),)
                nodes[a] = setting.network.nodes[a].expression.xreplace({z: negative(z) for z in read})
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


def network_inputs(setting: Setting) -> Iterator[Fault]:
    """Yield the weighted sums of each deeper layer over the inputs of the network."""
    for placed in setting.layers:
        inputs = setting.network.inputs
        if placed.number > 1 and len(inputs) >= len(placed.sources):
            befores = dict(zip(placed.sources, inputs, strict=False))
            nodes = {
                z: PathSum(*(_over(term, befores) for term in terms_of(setting.network.nodes[z].expression)))
                for z in placed.layer.pre_activations
            }
            words = {"a": placed.sources[0], "x": inputs[0]}
            yield Fault(placed.layer.pre_activations[0].name, words, nodes=nodes)


def signs_of_terms(setting: Setting) -> Iterator[Fault]:
    """Yield each weighted sum with the sign of one of its products the other way round."""
    for placed in setting.layers:
        for z in placed.layer.pre_activations:
            terms = terms_of(setting.network.nodes[z].expression)
            for number, term in enumerate(terms if len(terms) > 1 else ()):
                if isinstance(term, Chain):
                    total = PathSum(*terms[:number], negative(term), *terms[number + 1 :])
                    yield Fault(z.name, {"z": z, "term": term}, nodes={z: total})


# What activations are taken for: other formulas, and exponentials to another base.


def _power_of_ten(z: Expr) -> Expr:
    return exp(Chain(log(Integer(10), evaluate=False), z), evaluate=False)


def _ten_sigmoid(z: Expr) -> Expr:
    return Quotient(S.One, PathSum(S.One, _power_of_ten(negative(z))))


_MISREMEMBERED: Mapping[str, tuple[Callable[[Expr], Expr], ...]] = MappingProxyType(
    {
        "sigmoid": (
            lambda z: Quotient(S.One, difference(S.One, exp(negative(z), evaluate=False))),
            lambda z: exp(negative(z), evaluate=False),
            lambda z: exp(z, evaluate=False),
            lambda z: PathSum(S.One, exp(negative(z), evaluate=False)),
        ),
        "tanh": (
            lambda z: Applied("sinh", z),
            lambda z: Quotient(Applied("cosh", z), Applied("sinh", z)),
            lambda z: tanh(Quotient(z, Integer(2)), evaluate=False),
        ),
        "relu": (
            lambda z: Applied("min", S.Zero, z),
            lambda z: Applied("abs", z),
            lambda z: Applied("max", S.One, z),
        ),
    }
)
_TEN: Mapping[str, Callable[[Expr], Expr]] = MappingProxyType(
    {
        "sigmoid": _ten_sigmoid,
        "tanh": lambda z: difference(Chain(Integer(2), _ten_sigmoid(Chain(Integer(2), z))), S.One),
    }
)


def bias_after_activation(setting: Setting) -> Iterator[Fault]:
    """Yield the activations of each layer with the bias added behind them, and not before."""
    for placed in setting.layers:
        layer, biases = placed.layer, placed.layer.biases
        if layer.activation.reads == "own" and biases and layer.activation.name != "identity":
            nodes: dict[Symbol, Expr] = {}
            for unit, a in enumerate(layer.activations):
                z, bias = placed.own(unit), biases[unit % len(biases)]
                without = setting.network.nodes[a].expression.xreplace({z: PathSum(z, negative(bias))})
                nodes[a] = PathSum(without, bias)
            yield from _wider_first([nodes], lambda a: {"a": a})


def misremembered(setting: Setting) -> Iterator[Fault]:
    """Yield wrong formulas of the activation of each layer."""
    for placed in setting.layers:
        for formula in _MISREMEMBERED.get(placed.layer.activation.name, ()):
            nodes = {a: formula(placed.own(unit)) for unit, a in enumerate(placed.layer.activations)}
            words = {"function": _title(placed.layer.activation)}
            yield from _wider_first(
                [nodes],
                lambda a, words=words, nodes=nodes: {**words, "a": a, "instead": nodes[a]},  # type: ignore[misc]
            )


def powers_of_ten(setting: Setting) -> Iterator[Fault]:
    """Yield activations with powers of ten in the place of those of e."""
    for placed in setting.layers:
        layer = placed.layer
        if layer.activation.couples:
            powers = [_power_of_ten(z) for z in layer.pre_activations]
            nodes = {a: Quotient(one, PathSum(*powers)) for a, one in zip(layer.activations, powers, strict=True)}
        elif layer.activation.name in _TEN:
            formula = _TEN[layer.activation.name]
            nodes = {a: formula(placed.own(unit)) for unit, a in enumerate(layer.activations)}
        else:
            continue
        yield from _wider_first([nodes], lambda a: {"a": a})


def without_exponentials(setting: Setting) -> Iterator[Fault]:
    """Yield the pre-activations of a softmax divided by their sum."""
    for placed in setting.layers:
        if placed.layer.activation.couples:
            total = PathSum(*placed.layer.pre_activations)
            pairs = zip(placed.layer.activations, placed.layer.pre_activations, strict=True)
            yield Fault(placed.layer.activations[0].name, {}, nodes={a: Quotient(z, total) for a, z in pairs})


def own_term_missing(setting: Setting) -> Iterator[Fault]:
    """Yield a softmax of which each unit's own exponential is not in the sum below it."""
    for placed in setting.layers:
        layer = placed.layer
        if layer.activation.couples:
            powers = [exp(z, evaluate=False) for z in layer.pre_activations]
            nodes = {
                a: Quotient(powers[unit], PathSum(*powers[:unit], *powers[unit + 1 :]))
                for unit, a in enumerate(layer.activations)
            }
            yield Fault(layer.activations[0].name, {"a": layer.activations[0]}, nodes=nodes)

"""A wrong loss: its value, its derivatives, and what they come to together with those of the outputs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import combinations

from sympy import Integer, Pow, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Chain, Indicator, PathSum, Quotient, difference, negative
from symnet.algebra.rewrite import substitute, tidy
from symnet.catalog.losses import LOSSES
from symnet.marking.mistakes.faults import Fault, Setting
from symnet.network.graph import Node
from symnet.numerics.compile import Edge
from symnet.quantity import Role

_SQUARED = frozenset({"squared_error", "sum_squared_error", "mean_squared_error"})
_ENTROPIES = frozenset({"binary_cross_entropy", "categorical_cross_entropy"})
_HINGES = frozenset({"hinge", "multiclass_hinge", "triplet"})


def _pairs(setting: Setting) -> list[tuple[Symbol, Symbol]]:
    """Return each output with its target."""
    return list(zip(setting.outputs, setting.network.targets, strict=False))


def _is_of(setting: Setting, losses: Collection[str]) -> bool:
    """Return whether the loss is one of some, and compares each output with a target."""
    return setting.network.loss_name in losses and bool(_pairs(setting))


def _loss(setting: Setting) -> Node:
    """Return the loss of a sample as the catalog has it, without the weight of the sample."""
    node = setting.network.nodes[setting.network.loss]
    if not setting.network.sample_weight:
        return node
    derivatives = {parent: (_unweighted(setting, forms[-1]),) for parent, forms in node.derivatives.items()}
    return node._replace(expression=_unweighted(setting, node.expression), derivatives=derivatives)


def _unweighted(setting: Setting, expression: Expr) -> Expr:
    return tidy(substitute(expression, dict.fromkeys(setting.network.sample_weight, S.One)))


def _weighted(setting: Setting, expression: Expr) -> Expr:
    """Return what a loss or a derivative of it is with the weight of the sample."""
    return Chain(*setting.network.sample_weight, expression)


def _of_value(setting: Setting, value: Expr, **words: Expr) -> Iterator[Fault]:
    """Yield the loss with another value, where that is another expression."""
    loss = setting.network.loss
    if value != _loss(setting).expression:
        yield Fault(loss.name.removesuffix("@i"), words, nodes={loss: _weighted(setting, value)})


def _of_derivatives(setting: Setting, taken: Callable[[Symbol, Symbol], Expr | None], **words: Expr) -> Iterator[Fault]:
    """Yield the loss with other derivatives with respect to the outputs."""
    known, loss = _loss(setting).derivatives, setting.network.loss
    found = {(loss, a): taken(a, y) for a, y in _pairs(setting) if a in known}
    wrong = {edge: form for edge, form in found.items() if form is not None and form != known[edge[1]][-1]}
    edges = {edge: _weighted(setting, form) for edge, form in wrong.items()}
    if edges:
        yield Fault(setting.output_line, words, edges)


def _fused(setting: Setting, delta: Callable[[Symbol, Symbol], Expr], **words: Expr) -> Iterator[Fault]:
    """Yield wrong deltas of a softmax with its cross-entropy, where the two are differentiated in one."""
    layer = setting.network.layers[-1] if setting.network.layers else None
    if layer is None or not layer.activation.couples or layer.dropped:
        return
    if setting.network.loss_name != "categorical_cross_entropy":
        return
    edges: dict[Edge, Expr] = {}
    for (a, y), z in zip(_pairs(setting), layer.pre_activations, strict=False):
        edges[setting.network.loss, a] = _weighted(setting, delta(a, y))
        edges |= {(a, other): S.One if other == z else S.Zero for other in layer.pre_activations}
    yield Fault(setting.line(layer.pre_activations[0]), words, edges)


def target_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives with the output in the place of output minus target, or without the target's sign."""
    name = setting.network.loss_name
    if not _pairs(setting):
        return
    (a, y), known = _pairs(setting)[0], _loss(setting).derivatives
    words = {"a": a, "y": y}
    if name == "hinge":
        yield from _of_derivatives(setting, lambda a, y: _without_target(known[a][-1], y), a=S.One, y=y)
    elif name in _SQUARED | {"binary_cross_entropy"}:
        yield from _of_derivatives(setting, lambda a, y: substitute(known[a][-1], {difference(a, y): a}), **words)
    yield from _fused(setting, lambda a, _y: a, **words)


def _without_target(form: Expr, y: Symbol) -> Expr:
    """Return a product with a factor of 1 in the place of a target."""
    if isinstance(form, Chain):
        return Chain(*(S.One if factor == y else factor for factor in form.args))
    return form


def square_kept(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of a squared error with the square that it had."""
    if _is_of(setting, _SQUARED):
        known = _loss(setting).derivatives
        (a, y), *_others = _pairs(setting)
        yield from _of_derivatives(setting, lambda a, y: Chain(known[a][-1], difference(a, y)), right=difference(a, y))


def square_of_loss_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield a squared error without its squares."""
    if _is_of(setting, _SQUARED):
        squares = {Pow(difference(a, y), Integer(2)): difference(a, y) for a, y in _pairs(setting)}
        yield from _of_value(setting, substitute(_loss(setting).expression, squares), right=next(iter(squares)))


def square_term_by_term(setting: Setting) -> Iterator[Fault]:
    """Yield a squared error with the difference of the squares in the place of the square of the difference."""
    if _is_of(setting, _SQUARED):
        two = Integer(2)
        squares = {Pow(difference(a, y), two): difference(Pow(a, two), Pow(y, two)) for a, y in _pairs(setting)}
        yield from _of_value(setting, substitute(_loss(setting).expression, squares), right=next(iter(squares)))


def terms_missing(setting: Setting) -> Iterator[Fault]:
    """Yield a binary cross-entropy with one of its two terms, or with that of one output alone."""
    pairs = _pairs(setting)
    if not _is_of(setting, {"binary_cross_entropy"}):
        return
    logs = [_logarithms(setting, a, y) for a, y in pairs]
    # The first terms alone are the categorical cross-entropy, which is another loss where there is a softmax.
    for kept in (1,) if setting.output_activation == "softmax" else (0, 1):
        value = PathSum(*(negative(terms[kept]) for terms in logs))
        yield from _of_value(setting, value, term=logs[0][1 - kept])
        yield from _of_derivatives(
            setting,
            lambda a, y, kept=kept: _half(a, y, kept),  # type: ignore[misc]
            term=logs[0][1 - kept],
        )
    if len(pairs) > 1:
        for place, terms in enumerate(logs):
            others = logs[:place] + logs[place + 1 :]
            yield from _of_value(setting, negative(PathSum(*terms)), term=others[0][0])


def _half(a: Symbol, y: Symbol, kept: int) -> Expr:
    """Return what one term of a cross-entropy gives for its derivative."""
    return Quotient(difference(S.One, y), difference(S.One, a)) if kept else negative(Quotient(y, a))


def _logarithms(setting: Setting, a: Symbol, y: Symbol) -> tuple[Expr, Expr]:
    """Return the two terms of a cross-entropy for one output."""
    value = LOSSES["binary_cross_entropy"].value((a,), (y,), setting.loss_options)
    first, second = value.args[-1].args if isinstance(value, Chain) else value.args
    return first, second


def inner_sign(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of a binary cross-entropy without the -1 that 1 - a gives."""
    if _is_of(setting, {"binary_cross_entropy"}):
        (a, y), *_others = _pairs(setting)
        yield from _of_derivatives(
            setting,
            lambda a, y: PathSum(_half(a, y, 0), negative(_half(a, y, 1))),
            inner=difference(S.One, a),
            right=_half(a, y, 1),
        )


def cancelled_derivative_kept(setting: Setting) -> Iterator[Fault]:
    """Yield a(1 - a) beside output minus target, where a cross-entropy has cancelled it."""
    if not _is_of(setting, _ENTROPIES):
        return
    (a, y), *_others = _pairs(setting)
    extra = Chain(a, difference(S.One, a))
    if setting.output_activation == "sigmoid" and setting.network.loss_name == "binary_cross_entropy":
        yield from _of_derivatives(setting, difference, right=difference(a, y), extra=extra)
    yield from _fused(
        setting,
        lambda a, y: Chain(difference(a, y), a, difference(S.One, a)),
        right=difference(a, y),
        extra=extra,
    )


def neighbouring_target(setting: Setting) -> Iterator[Fault]:
    """Yield the loss with two targets exchanged, and its derivatives with one target for another."""
    node, pairs = _loss(setting), _pairs(setting)
    for (a, y), (b, other) in combinations(pairs, 2):
        swap = {y: other, other: y}
        yield from _of_value(setting, substitute(node.expression, swap), right=y, instead=other)
        for output, right, instead in ((a, y, other), (b, other, y)):
            if output in node.derivatives and right in node.derivatives[output][-1].free_symbols:
                form = substitute(node.derivatives[output][-1], {right: instead})
                words = {"right": right, "instead": instead}
                line = setting.output_line
                yield Fault(line, words, {(setting.network.loss, output): form})
        yield from _fused(
            setting,
            lambda a, y, swap=swap: difference(a, swap.get(y, y)),  # type: ignore[misc]
            right=y,
            instead=other,
        )


def target_flipped(setting: Setting) -> Iterator[Fault]:
    """Yield a binary cross-entropy with 1 - y in the place of y."""
    if _is_of(setting, {"binary_cross_entropy"}):
        node = _loss(setting)
        flipped = {y: difference(S.One, y) for _a, y in _pairs(setting)}
        back = {difference(S.One, y): y for y in flipped}
        words = {"right": next(iter(flipped)), "instead": next(iter(flipped.values()))}
        yield from _of_value(setting, substitute(node.expression, back | flipped), **words)


def swapped_in_value(setting: Setting) -> Iterator[Fault]:
    """Yield the value of a cross-entropy with targets and outputs exchanged."""
    if _is_of(setting, _ENTROPIES):
        exchanged = dict(_pairs(setting)) | {y: a for a, y in _pairs(setting)}
        a, y = _pairs(setting)[0]
        value = substitute(_loss(setting).expression, exchanged)
        yield from _of_value(setting, value, right=PathSum(a, negative(y)), instead=PathSum(y, negative(a)))


def weights_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield a cross-entropy without the weights of its classes."""
    entry, chosen = LOSSES.get(setting.network.loss_name), setting.loss_options
    plain = {name: value for name, value in chosen.items() if not name.startswith(("class_weights_", "positive_"))}
    if (
        entry is None
        or not _is_of(setting, _ENTROPIES)
        or all(chosen[name] == 1 for name in chosen.keys() - plain.keys())
    ):
        return
    outputs, targets = setting.outputs, setting.network.targets
    forms = {a: entry.derivative(outputs, targets, k, plain)[-1] for k, a in enumerate(outputs)}
    yield from _of_derivatives(setting, lambda a, _y: forms[a])
    yield from _of_value(setting, entry.value(outputs, targets, plain))


def sample_weight_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield the loss of a sample, and its derivatives, without the weight of the sample."""
    network = setting.network
    if network.sample_weight:
        words = {"weight": network.sample_weight[0]}
        node = network.nodes[network.loss]
        bare = _unweighted(setting, node.expression)
        yield Fault(network.loss.name.removesuffix("@i"), words, nodes={network.loss: bare})
        edges = {(network.loss, one): _unweighted(setting, forms[-1]) for one, forms in node.derivatives.items()}
        yield Fault(setting.output_line, words, edges)


# Hinges.


def margin_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield a hinge without its margin, as in the condition of the perceptron."""
    network, margin = setting.network, setting.loss_options.get("margin")
    if setting.network.loss_name not in _HINGES or margin is None:
        return
    replaced: dict[Symbol, Expr] = {}
    edges: dict[Edge, Expr] = {}
    for symbol, node in network.nodes.items():
        own = network.quantities.get(symbol.name)
        if symbol == network.loss or (own is not None and own.role is Role.MARGIN_NODE):
            value = _less(node.expression, margin)
            if value != node.expression:
                replaced[symbol] = value
            for parent, forms in node.derivatives.items():
                form = _less(forms[-1], margin)
                if form != forms[-1]:
                    edges[symbol, parent] = form
    words = {"margin": margin}
    if edges:
        yield Fault(setting.output_line, words, edges)
    if replaced:
        yield Fault(next(iter(replaced)).name.removesuffix("@i"), words, nodes=replaced)


def _less(expression: Expr, margin: Expr) -> Expr:
    """Return an expression with its margins taken out of the sums in it."""
    if isinstance(expression, PathSum) and margin in expression.args:
        return PathSum(*(term for term in expression.args if term != margin))
    if not expression.args:
        return expression
    # The 1 of 1 - y is no margin.
    if isinstance(expression, Chain):
        parts = [part if isinstance(part, PathSum) else _less(part, margin) for part in expression.args]
    else:
        parts = [_less(part, margin) for part in expression.args]
    return expression.func(*parts)


def max_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield a hinge without the max over it."""
    if setting.network.loss_name in _HINGES:
        value = _without_max(_loss(setting).expression)
        yield from _of_value(setting, value, right=_loss(setting).expression)


def _without_max(expression: Expr) -> Expr:
    if isinstance(expression, Applied) and expression.name == "max":
        return expression.args[-1]
    if not isinstance(expression, Chain | PathSum):
        return expression
    return expression.func(*map(_without_max, expression.args))


def sign_in_hinge(setting: Setting) -> Iterator[Fault]:
    """Yield a hinge with a plus in the place of the minus before output and target."""
    if _is_of(setting, {"hinge"}):
        plus = {negative(Chain(y, a)): Chain(y, a) for a, y in _pairs(setting)}
        yield from _of_value(setting, substitute(_loss(setting).expression, plus), right=next(iter(plus)))


def with_respect_to_target(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of a hinge with respect to the targets."""
    if _is_of(setting, {"hinge"}):
        known = _loss(setting).derivatives
        (a, y), *_others = _pairs(setting)
        yield from _of_derivatives(setting, lambda a, y: _exchanged(known[a][-1], y, a), a=a, y=y)


def _exchanged(form: Expr, y: Symbol, a: Symbol) -> Expr | None:
    return Chain(*(a if factor == y else factor for factor in form.args)) if isinstance(form, Chain) else None


def correct_class_counted(setting: Setting) -> Iterator[Fault]:
    """Yield a multi-class hinge that has a term for the correct class as well."""
    if not _is_of(setting, {"multiclass_hinge"}):
        return
    node = _loss(setting)
    margins = [m for m in node.derivatives if _is_margin(setting, m)]
    if not margins:
        return
    words = {"margin": margins[0]}
    line = setting.output_line
    yield Fault(line, words, {(setting.network.loss, m): Indicator(m) for m in margins})
    yield from _of_value(setting, PathSum(*(Applied("max", S.Zero, m) for m in margins)), **words)


def correct_class_once(setting: Setting) -> Iterator[Fault]:
    """Yield a multi-class hinge of which the correct class gets -1 however many classes come too close."""
    scores = [symbol for symbol in setting.network.nodes if _role(setting, symbol) is Role.RIGHT_SCORE]
    for score in scores:
        first = setting.network.children[score][0]
        line = setting.output_line
        yield Fault(line, {"s": score, "margin": first}, joined={score: lambda paths: -max(paths.derivatives)})


def _role(setting: Setting, symbol: Symbol) -> Role | None:
    own = setting.network.quantities.get(symbol.name)
    return None if own is None else own.role


def _is_margin(setting: Setting, symbol: Symbol) -> bool:
    return _role(setting, symbol) is Role.MARGIN_NODE

"""The loss taken for another: its slopes left out, reversed, or those of another loss or logarithm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Integer, Pow, S, log
from sympy.core.expr import Expr

from symnet.calculus import Applied, Chain, Indicator, Partial, PathSum, Undercuts, Wins, negative
from symnet.catalog.losses import LOSSES, Loss
from symnet.marking.changes import Change, Setting
from symnet.marking.rewrites import wider_first
from symnet.network import Kind
from symnet.simplify import substitute


def missing_loss(setting: Setting) -> Iterator[Change]:
    """Yield the loss's slopes left out."""
    loss = setting.network.loss
    edges = {(loss, a): S.One for a in setting.network.nodes[loss].slopes}
    if not setting.network.is_graph:
        first = next(iter(edges))[1]
        yield Change(setting.line(first), {"slope": Partial(loss, first)}, edges)


def missing_indicators(setting: Setting) -> Iterator[Change]:
    """Yield the slopes without the conditions under which they hold, as of a hinge; all in one, then each alone.

    A condition that is the whole slope of an activation or of a node is that slope, left out.
    """
    changes: list[Change] = []
    for child, node in setting.network.nodes.items():
        for parent, forms in node.slopes.items():
            slope = forms[-1]
            conditions = sorted(slope.atoms(Indicator, Wins, Undercuts), key=str)
            if conditions and (slope not in conditions or node.kind is Kind.LOSS):
                instead = substitute(slope, dict.fromkeys(conditions, S.One))
                words = {"indicator": conditions[0]}
                changes.append(Change(setting.line(parent), words, {(child, parent): instead}))
    if changes:
        yield from wider_first([changes])


def swapped(setting: Setting) -> Iterator[Change]:
    """Yield the slopes of a loss that goes by the difference of output and target, that difference reversed."""
    network = setting.network
    if network.loss_name in _DIFFERENCES and network.targets:
        a, y = network.layers[-1].outputs[0], network.targets[0]
        edges = {(network.loss, a): negative(forms[-1]) for a, forms in network.nodes[network.loss].slopes.items()}
        words = {"right": PathSum(a, negative(y)), "instead": PathSum(y, negative(a))}
        yield Change(setting.line(network.layers[-1].pre_activations[0]), words, edges)


_DIFFERENCES = frozenset(
    {
        "squared_error",
        "sum_squared_error",
        "mean_squared_error",
        "binary_cross_entropy",
        "categorical_cross_entropy",
    }
)


def other_losses(setting: Setting) -> Iterator[Change]:
    """Yield the values and slopes of each other loss of the catalog that fits outputs and targets."""
    network = setting.network
    if network.is_graph or not network.targets:
        return
    outputs, targets = network.layers[-1].outputs, network.targets
    for entry in LOSSES.values():
        if entry.name == network.loss_name or entry.targets not in _FITTING.get(network.target_kind, ()):
            continue
        options = _loss_options(entry)
        forms = (entry.slope(outputs, targets, k, options) for k in range(len(outputs)))
        edges = {(network.loss, a): form[-1] for a, form in zip(outputs, forms, strict=True) if form}
        if edges and all(a in network.nodes[network.loss].slopes for _loss, a in edges):
            nodes = {network.loss: entry.value(outputs, targets, options)}
            line = setting.line(network.layers[-1].pre_activations[0])
            yield Change(line, {"loss": entry.title}, edges)
            yield Change(network.loss.name.removesuffix("@i"), {"loss": entry.title}, {}, nodes)


_FITTING: Mapping[str, tuple[str, ...]] = {
    "any": ("any", "unit_interval", "signs"),
    "unit_interval": ("any", "unit_interval"),
    "signs": ("any", "signs"),
}


def _loss_options(entry: Loss) -> dict[str, Expr]:
    return {
        option.name: S.Exp1 if option.name == "log_base" else Integer(int(option.default)) for option in entry.options
    }


_BASES: Mapping[str, Expr] = {"natural": S.Exp1, "base 2": Integer(2), "base 10": Integer(10)}


def other_logarithms(setting: Setting) -> Iterator[Change]:
    """Yield the loss with a logarithm of each other base."""
    network = setting.network
    entry = LOSSES.get(network.loss_name)
    if entry is None or not any(option.name == "log_base" for option in entry.options):
        return
    node = network.nodes[network.loss]
    own = _own_base(node.expression)
    for title, base in _BASES.items():
        if base != own:
            scale = Chain(log(own, evaluate=False), Pow(log(base, evaluate=False), -1))
            words = {"base": title}
            edges = {(network.loss, a): Chain(scale, forms[-1]) for a, forms in node.slopes.items()}
            yield Change(setting.line(network.layers[-1].pre_activations[0]), words, edges)
            yield Change(network.loss.name.removesuffix("@i"), words, {}, {network.loss: Chain(scale, node.expression)})


def _own_base(expression: Expr) -> Expr:
    """Return the base of the logarithms in a loss."""
    names = {part.name for part in expression.atoms(Applied)}
    return next((base for base in (Integer(2), Integer(10)) if f"log{base}" in names), S.Exp1)

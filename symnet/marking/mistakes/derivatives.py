"""Wrong local derivatives, and a wrong loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from sympy import Integer, Pow, Rational, S, Symbol, log
from sympy.core.expr import Expr

from symnet.algebra.nodes import (
    Applied,
    Chain,
    Direct,
    Indicator,
    Partial,
    PathSum,
    PrimeDerivative,
    Undercuts,
    Wins,
    factors_of,
    negative,
)
from symnet.algebra.rewrite import substitute
from symnet.catalog.activations import ACTIVATIONS, default_options
from symnet.catalog.losses import LOSSES, CatalogLoss
from symnet.document import Sentence
from symnet.marking.mistakes.faults import Fault, FaultSite, Setting
from symnet.network.graph import NodeKind
from symnet.numerics.compile import Edge
from symnet.text.say import title

# Wrong derivatives of activations and dropped paths: each rewrite yields one fault for each place it can be made at.

Form: TypeAlias = Callable[[FaultSite, int, Symbol, Expr], Expr | None]
"""From a layer, a 0-based unit, its activation and the derivative to what is taken for it; None where it is none."""


# Derivatives of activations.


def no_derivative(_placed: FaultSite, _unit: int, _a: Symbol, derivative: Expr) -> Expr | None:
    """Return 1, where the derivative is something else."""
    return None if derivative is S.One else S.One


def activation_itself(_placed: FaultSite, _unit: int, a: Symbol, derivative: Expr) -> Expr | None:
    """Return the activation."""
    return None if derivative is S.One else a


def derivative_at_activation(placed: FaultSite, unit: int, a: Symbol, derivative: Expr) -> Expr | None:
    """Return f'(a): the derivative where the pre-activation has the value of the activation."""
    if placed.layer.activation.reads != "own" or derivative is S.One:
        return None
    at = {placed.own(unit): a, a: placed.layer.activation.value((a,), 0, placed.layer.options)}
    return substitute(derivative, at)


def derivative_of_pre_activation(placed: FaultSite, unit: int, a: Symbol, derivative: Expr) -> Expr | None:
    """Return the derivative with the pre-activation in the place of the activation, as in z(1 - z)."""
    changed = substitute(derivative, {a: placed.own(unit)})
    return None if changed == derivative else changed


def derivative_twice(_placed: FaultSite, _unit: int, _a: Symbol, derivative: Expr) -> Expr | None:
    """Return the square of the derivative."""
    return None if derivative is S.One else Chain(derivative, derivative)


def square_forgotten(_placed: FaultSite, _unit: int, a: Symbol, derivative: Expr) -> Expr | None:
    """Return the derivative with the activation in the place of its square."""
    changed = substitute(derivative, {Pow(a, Integer(2)): a})
    return None if changed == derivative else changed


def second_factor(_placed: FaultSite, _unit: int, _a: Symbol, derivative: Expr) -> Expr | None:
    """Return the last factor of a derivative that is a product, as 1 - a."""
    factors = factors_of(derivative)
    return factors[-1] if len(factors) > 1 else None


def plus_for_minus(_placed: FaultSite, _unit: int, a: Symbol, derivative: Expr) -> Expr | None:
    """Return the derivative with 1 + a in the place of 1 - a."""
    minus = {negative(a): a, negative(Pow(a, Integer(2))): Pow(a, Integer(2))}
    changed = substitute(derivative, minus)
    return None if changed == derivative else changed


def pre_activation_itself(placed: FaultSite, unit: int, _a: Symbol, derivative: Expr) -> Expr | None:
    """Return the pre-activation."""
    return None if derivative is S.One else placed.own(unit)


def derivatives(form: Form, *, output: bool | None = None) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that takes ``form`` for the derivatives of a layer, and of each of its units alone.

    Args:
        form: What is taken.
        output: Whether only the last layer is meant, or only the others.
    """

    def rewrite(setting: Setting) -> Iterator[Fault]:
        chosen = [placed for placed in setting.layers if output is None or placed.is_output is output]
        layers = [list(_by_unit(setting, placed, form)) for placed in chosen]
        groups = [[fault for layer in layers for fault in layer], *layers]
        yield from wider_first(groups)

    return rewrite


def wider_first(groups: Sequence[Sequence[Fault]]) -> Iterator[Fault]:
    """Yield the faults of each group in one, the widest group first, then each fault of the first group alone."""
    found: dict[frozenset[Edge], Fault] = {}
    for group in (*groups, *([fault] for fault in groups[0])):
        edges: dict[Edge, Expr] = {}
        for fault in group:
            edges |= fault.edges
        if edges:
            found.setdefault(frozenset(edges), group[0]._replace(edges=edges))
    yield from found.values()


def _by_unit(setting: Setting, placed: FaultSite, form: Form) -> Iterator[Fault]:
    """Yield the wrong derivatives of each unit of a layer."""
    for unit, a in enumerate(placed.layer.activations):
        edges = _unit_derivatives(setting, placed, unit, form)
        if edges:
            z, activation = placed.own(unit), placed.layer.activation
            derivative: Expr = PrimeDerivative(a, z) if activation.applied else Partial(a, z)
            words = {
                "derivative": derivative,
                "instead": edges[a, z],
                "a": a,
                "z": z,
                "function": title("activation", activation.name, activation.title),
            }
            yield Fault(setting.line(z), words, edges)


def _unit_derivatives(setting: Setting, placed: FaultSite, unit: int, form: Form) -> dict[Edge, Expr]:
    """Return the wrong derivatives of one unit; those with respect to coupled units are dropped."""
    layer = placed.layer
    a, z = layer.activations[unit], placed.own(unit)
    taken = form(placed, unit, a, setting.network.nodes[a].derivatives[z][-1])
    if taken is None or layer.activation.reads == "pieces":
        return {}
    return {(a, other): S.Zero for other in layer.read_by(unit)} | {(a, z): taken}


# The activations whose derivatives are taken for others; those of the rest are written with the activation itself.
_CONFUSED = ("sigmoid", "tanh", "relu")


def derivatives_of_another(setting: Setting) -> Iterator[Fault]:
    """Yield the derivative of each other activation that each layer might be thought to have."""
    for entry in (ACTIVATIONS[name] for name in _CONFUSED):
        options = default_options(entry)

        def form(placed: FaultSite, unit: int, a: Symbol, _derivative: Expr) -> Expr | None:
            own = placed.layer.activation
            # Softmax with the derivative of sigmoid is softmax treated as an elementwise function.
            if own.couples or own.name == entry.name:  # noqa: B023 - used up within the turn of the loop
                return None
            return entry.derivative((placed.own(unit),), (a,), 0, 0, options)[-1]  # noqa: B023

        for fault in derivatives(form)(setting):
            yield fault._replace(words={**fault.words, "other": title("activation", entry.name)})


def softmax(sign: Expr) -> Callable[[Setting], Iterator[Fault]]:
    """Return the rewrite that multiplies the terms off the diagonal of a softmax by ``sign``."""

    def rewrite(setting: Setting) -> Iterator[Fault]:
        for placed in setting.layers:
            layer = placed.layer
            if not layer.activation.couples:
                continue
            edges: dict[Edge, Expr] = {}
            for k, a in enumerate(layer.activations):
                for j, z in enumerate(layer.pre_activations):
                    if j != k:
                        edges[a, z] = Chain(sign, setting.network.nodes[a].derivatives[z][-1])
            first, second = layer.activations[:2]
            yield Fault(setting.line(layer.pre_activations[0]), {"off": negative(Chain(first, second))}, edges)

    return rewrite


# Any graph.


def dropped_paths(setting: Setting) -> Iterator[Fault]:
    """Yield for each node that is used several times one use without its path, then one use alone."""
    network = setting.network
    for symbol, children in network.children.items():
        asked = symbol in network.nodes or symbol in network.leaves
        if len(children) < 2 or not asked:
            continue
        line = setting.line(setting.before(symbol))
        for child in children:
            through = setting.saying("mistake.one_path", derivative=partial_of(setting, child, symbol))
            yield Fault(line, {"through": through}, {(child, symbol): S.Zero})
        # One path alone of a softmax is softmax treated as an elementwise function.
        coupled = all(network.nodes[child].kind is NodeKind.ACTIVATION for child in children)
        for child in children if len(children) > 2 and not coupled else ():
            through = setting.saying("mistake.all_paths_but_one", derivative=partial_of(setting, child, symbol))
            others = {(other, symbol): S.Zero for other in children if other != child}
            yield Fault(line, {"through": through}, others)


def partial_of(setting: Setting, child: Symbol, parent: Symbol) -> Expr:
    """Return how a local derivative is written; one of the loss is marked where other paths lead to it."""
    several = len(setting.network.children.get(parent, ())) > 1
    return Direct(child, parent) if several and child == setting.network.loss else Partial(child, parent)


def local_derivatives(setting: Setting) -> Iterator[Fault]:
    """Yield each local derivative of a graph left out, then each with its sign the other way round."""
    if setting.network.is_graph:
        for derivative, edge in _local(setting):
            if derivative != S.One:
                yield Fault(setting.line(edge[1]), {"derivative": partial_of(setting, *edge)}, {edge: S.One})


def local_signs(setting: Setting) -> Iterator[Fault]:
    """Yield each local derivative of a graph with its sign the other way round, where it is one of several."""
    if setting.network.is_graph:
        for derivative, edge in _local(setting):
            yield Fault(setting.line(edge[1]), {"derivative": partial_of(setting, *edge)}, {edge: negative(derivative)})


def local_inputs(setting: Setting) -> Iterator[Fault]:
    """Yield the local derivatives of a graph with a node's input in the place of the node, as in 1 - x^2 for tanh."""
    faults: list[Fault] = []
    for derivative, (child, parent) in _local(setting) if setting.network.is_graph else ():
        instead = substitute(derivative, {child: parent})
        if instead != derivative:
            words = {"derivative": partial_of(setting, child, parent), "a": child, "x": parent, "instead": instead}
            faults.append(Fault(setting.line(parent), words, {(child, parent): instead}))
    yield from wider_first([faults])


def _local(setting: Setting) -> Iterator[tuple[Expr, Edge]]:
    for child, node in setting.network.nodes.items():
        yield from ((forms[-1], (child, parent)) for parent, forms in node.derivatives.items())


# The loss taken for another: its derivatives left out, reversed, or those of another loss or logarithm.


def missing_loss(setting: Setting) -> Iterator[Fault]:
    """Yield the loss's derivatives left out."""
    loss = setting.network.loss
    edges = {(loss, a): S.One for a in setting.network.nodes[loss].derivatives}
    if not setting.network.is_graph:
        first = next(iter(edges))[1]
        yield Fault(setting.line(first), {"derivative": Partial(loss, first)}, edges)


def missing_indicators(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives without the conditions under which they hold, as of a hinge; all in one, then each alone.

    A condition that is the whole derivative of an activation or of a node is that derivative, left out.
    """
    faults: list[Fault] = []
    for child, node in setting.network.nodes.items():
        for parent, forms in node.derivatives.items():
            derivative = forms[-1]
            conditions = sorted(derivative.atoms(Indicator, Wins, Undercuts), key=str)
            if conditions and (derivative not in conditions or node.kind is NodeKind.LOSS):
                instead = substitute(derivative, dict.fromkeys(conditions, S.One))
                words = {"indicator": conditions[0]}
                faults.append(Fault(setting.line(parent), words, {(child, parent): instead}))
    if faults:
        yield from wider_first([faults])


def reversed_indicators(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives with the conditions under which they hold the other way round."""
    yield from _other_conditions(setting, negative)


def indicators_of_sources(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of each layer with the condition on something else than its own pre-activation.

    That is an input of the unit, or the pre-activation of another unit.
    """
    for placed in setting.layers:
        for unit, a in enumerate(placed.layer.activations):
            z = placed.own(unit)
            derivative = setting.network.nodes[a].derivatives.get(z, (S.One,))[-1]
            if not derivative.atoms(Indicator):
                continue
            others = [placed.own(other) for other in range(len(placed.layer.activations)) if other != unit]
            for instead in (*placed.sources, *others):
                words = {"right": z, "instead": instead}
                changed = substitute(derivative, {Indicator(z): Indicator(instead)})
                yield Fault(setting.line(z), words, {(a, z): changed})
    yield from _layers_by_source(setting)


def _layers_by_source(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of a whole layer with the conditions on its inputs, each unit on that of its number."""
    for placed in setting.layers:
        edges: dict[Edge, Expr] = {}
        for unit, a in enumerate(placed.layer.activations[: len(placed.sources)]):
            z = placed.own(unit)
            derivative = setting.network.nodes[a].derivatives.get(z, (S.One,))[-1]
            if derivative.atoms(Indicator):
                edges[a, z] = substitute(derivative, {Indicator(z): Indicator(placed.sources[unit])})
        if len(edges) > 1:
            words = {"right": placed.own(0), "instead": placed.sources[0]}
            yield Fault(setting.line(placed.own(0)), words, edges)


def _other_conditions(setting: Setting, change: Callable[[Expr], Expr]) -> Iterator[Fault]:
    """Yield the derivatives with other conditions, all in one, then each alone."""
    faults: list[Fault] = []
    for child, node in setting.network.nodes.items():
        for parent, forms in node.derivatives.items():
            conditions = sorted(forms[-1].atoms(Indicator), key=str)
            if conditions:
                changed = {one: Indicator(change(one.args[0])) for one in conditions}
                words = {"right": conditions[0], "instead": changed[conditions[0]]}
                edges = {(child, parent): substitute(forms[-1], changed)}
                faults.append(Fault(setting.line(parent), words, edges))
    if faults:
        yield from wider_first([faults])


def swapped(setting: Setting) -> Iterator[Fault]:
    """Yield the derivatives of a loss of the error, output minus target, with the sign of the error reversed."""
    network = setting.network
    if network.loss_name in _DIFFERENCES and network.targets and setting.outputs:
        a, y = setting.outputs[0], network.targets[0]
        edges = {(network.loss, a): negative(forms[-1]) for a, forms in network.nodes[network.loss].derivatives.items()}
        words = {"right": PathSum(a, negative(y)), "instead": PathSum(y, negative(a))}
        yield Fault(setting.output_line, words, edges)


_DIFFERENCES = frozenset(
    {
        "squared_error",
        "sum_squared_error",
        "mean_squared_error",
        "binary_cross_entropy",
        "categorical_cross_entropy",
    }
)


def other_losses(setting: Setting) -> Iterator[Fault]:
    """Yield the values and derivatives of each other loss of the catalog that fits outputs and targets."""
    network = setting.network
    outputs, targets = setting.outputs, network.targets
    if not (outputs and targets):
        return
    for entry in LOSSES.values():
        if entry.name == setting.network.loss_name or entry.targets not in _FITTING.get(network.target_kind, ()):
            continue
        options = _loss_options(entry)
        forms = (entry.derivative(outputs, targets, k, options) for k in range(len(outputs)))
        edges = {(network.loss, a): form[-1] for a, form in zip(outputs, forms, strict=True) if form}
        if edges and all(a in network.nodes[network.loss].derivatives for _loss, a in edges):
            nodes = {network.loss: entry.value(outputs, targets, options)}
            line = setting.output_line
            yield Fault(line, {"loss": title("loss", entry.name)}, edges)
            yield Fault(network.loss.name.removesuffix("@i"), {"loss": title("loss", entry.name)}, {}, nodes)


_FITTING: Mapping[str, tuple[str, ...]] = {
    "any": ("any", "nonnegative", "unit_interval", "signs", "binary"),
    "nonnegative": ("any", "nonnegative"),
    "unit_interval": ("any", "nonnegative", "unit_interval"),
    "binary": ("any", "nonnegative", "unit_interval", "binary"),
    "signs": ("any", "signs"),
}


def _loss_options(entry: CatalogLoss) -> dict[str, Expr]:
    return {
        option.name: Rational(option.default) if isinstance(option.default, Fraction) else S.Exp1
        for option in entry.options
    }


_BASES: Mapping[str, Expr] = {
    "mistake.natural_logarithm": S.Exp1,
    "mistake.logarithm_to_base_2": Integer(2),
    "mistake.logarithm_to_base_10": Integer(10),
}


def other_logarithms(setting: Setting) -> Iterator[Fault]:
    """Yield the loss with a logarithm of each other base."""
    network = setting.network
    entry = LOSSES.get(setting.network.loss_name)
    if entry is None or not any(option.name == "log_base" for option in entry.options):
        return
    node = network.nodes[network.loss]
    own = _own_base(node.expression)
    for key, base in _BASES.items():
        if base != own:
            scale = Chain(log(own, evaluate=False), Pow(log(base, evaluate=False), -1))
            words = {"base": Sentence(key)}
            edges = {(network.loss, a): Chain(scale, forms[-1]) for a, forms in node.derivatives.items()}
            yield Fault(setting.output_line, words, edges)
            yield Fault(network.loss.name.removesuffix("@i"), words, {}, {network.loss: Chain(scale, node.expression)})


def _own_base(expression: Expr) -> Expr:
    """Return the base of the logarithms in a loss."""
    names = {part.name for part in expression.atoms(Applied)}
    return next((base for base in (Integer(2), Integer(10)) if f"log{base}" in names), S.Exp1)

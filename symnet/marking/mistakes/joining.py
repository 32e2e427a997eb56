"""Paths put together wrongly: a product or a plus in the wrong place, a factor or a layer passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Symbol

from symnet.algebra.nodes import Partial
from symnet.arithmetic.real import Value
from symnet.marking.mistakes.faults import Fault, Joining, Paths, Setting
from symnet.marking.records import Target


def _product(factors: list[Value]) -> Value:
    total: Value = 1
    for factor in factors:
        total = total * factor
    return total


def multiplied(paths: Paths) -> Value:
    """Return the product of what comes along the paths."""
    return _product([one * other for one, other in zip(paths.derivatives, paths.local, strict=True)])


def added(paths: Paths) -> Value:
    """Return the sum of all factors along the paths."""
    return sum(paths.derivatives) + sum(paths.local)


def of_sums(paths: Paths) -> Value:
    """Return the sum of the derivatives times the sum of the local ones."""
    return sum(paths.derivatives) * sum(paths.local)


def local_alone(paths: Paths) -> Value:
    """Return the sum of the local derivatives."""
    return sum(paths.local)


# Each may be made at any node on the way back, and at what is asked for itself.


def _faults(setting: Setting, symbol: Symbol, joining: Joining) -> Iterator[Fault]:
    children = setting.network.children[symbol]
    words = {"derivative": Partial(setting.network.loss, symbol), "child": children[0], "parent": symbol}
    yield Fault(setting.line(setting.before(symbol)), words, joined={symbol: joining})


def _on_the_way(setting: Setting) -> Iterator[Symbol]:
    """Yield the nodes with a derivative on the way back, the last one first."""
    network = setting.network
    for symbol in reversed(tuple(network.nodes)):
        if symbol != network.loss and symbol in network.children:
            yield symbol


def _has_several(setting: Setting, symbol: Symbol) -> bool:
    return len(setting.network.children.get(symbol, ())) > 1


def _is_behind_the_loss(setting: Setting, symbol: Symbol) -> bool:
    """Return whether a node feeds the loss alone, the derivative of which is 1."""
    return setting.network.children[symbol] == (setting.network.loss,)


def paths_multiplied(setting: Setting) -> Iterator[Fault]:
    """Yield the product of the paths to each node, where it should be their sum."""
    for symbol in _on_the_way(setting):
        if _has_several(setting, symbol):
            yield from _faults(setting, symbol, multiplied)


def sums_multiplied(setting: Setting) -> Iterator[Fault]:
    """Yield the product of two sums for each node, where it should be the sum of products."""
    for symbol in _on_the_way(setting):
        if _has_several(setting, symbol):
            yield from _faults(setting, symbol, of_sums)


def plus_for_times(setting: Setting) -> Iterator[Fault]:
    """Yield for each node with one path the sum of the factors along it: of all, or of two that are products."""
    children = setting.network.children
    for symbol in _on_the_way(setting):
        if not _has_several(setting, symbol) and not _is_behind_the_loss(setting, symbol):
            yield from _faults(setting, symbol, added)
            (child,) = children[symbol]
            if len(children[child]) == 1:
                (last,) = children[child]
                yield from _faults(
                    setting,
                    symbol,
                    lambda paths, child=child, last=last: (  # type: ignore[misc]
                        paths.whole(last) + paths.step(last, child) * paths.local[0]
                    ),
                )


def upstream_forgotten(setting: Setting) -> Iterator[Fault]:
    """Yield for each node the local derivatives alone."""
    for symbol in _on_the_way(setting):
        if not _is_behind_the_loss(setting, symbol):
            yield from _faults(setting, symbol, local_alone)


def layer_skipped(setting: Setting) -> Iterator[Fault]:
    """Yield each delta of a later layer in the place of those of an earlier one, the fewest layers skipped first."""
    # The layers of each branch stand next to one another.
    pairs = [
        (before, after)
        for distance in range(1, len(setting.layers))
        for before, after in zip(setting.layers, setting.layers[distance:], strict=False)
        if after.number - before.number == distance
    ]
    for before, after in pairs:
        others = [z for z in after.layer.pre_activations if setting.has_delta(z)]
        for other in others:
            for z in filter(setting.has_delta, before.layer.pre_activations):
                words = {"instead": setting.delta(other), "right": setting.delta(z)}
                joining = lambda paths, other=other: paths.whole(other)  # noqa: E731
                yield Fault(setting.line(z), words, joined={z: joining})


# The same for the parameter that is asked for.


def own(*joinings: Joining, several: bool | None = None) -> Callable[[Setting, Target], Iterator[Fault]]:
    """Return the rewrite that puts the paths to the parameter that is asked for together otherwise.

    Args:
        joinings: How.
        several: Whether only parameters with several uses are meant, or only those with one.
    """

    def rewrite(setting: Setting, target: Target) -> Iterator[Fault]:
        symbol = target.symbol
        if symbol in setting.network.nodes or symbol not in setting.network.children:
            return
        if several is None or _has_several(setting, symbol) is several:
            for joining in joinings:
                yield from _faults(setting, symbol, joining)

    return rewrite

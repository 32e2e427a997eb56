"""From layers that are worked out in arrays to the graph of their scalars."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.catalog.activations import ROW_ACTIVATIONS
from symnet.catalog.losses import counted_in_mean
from symnet.description.array_network import ArrayDescription
from symnet.description.losses import Loss
from symnet.description.lowering.builder import ParameterArray
from symnet.description.lowering.network import LoweredNetwork, with_loss
from symnet.network.arrays import Scalars
from symnet.network.build import NetworkBuilder, graph_node, kind_of, loss_entry, loss_options, unusual_options
from symnet.network.graph import Network, ParameterGroup


def build_lowered(description: ArrayDescription, choice: Loss, loss_id: str = "L") -> Network:
    """Return the graph of ``description`` with the loss ``choice`` as its last node, called ``loss_id``."""
    entry = loss_entry(choice)
    lowered = description.lowered(entry.branches)
    coupled: dict[str, Expr] = {"coupled": S.One} if description.layers[-1].couples else {}
    options = {**loss_options(choice), **coupled}
    # What is weighed with logarithms of probabilities is a distribution, as one-hot targets are.
    logarithms = description.layers[-1].activation in ROW_ACTIVATIONS
    found = with_loss(
        lowered,
        entry,
        options,
        loss_id,
        reduction=description.reduction,
        targets=description.target_count(choice),
        weighted=description.weighs_samples,
    )
    builder = NetworkBuilder()
    builder.quantities |= found.quantities
    for node in Scalars(found.graph).nodes():
        graph_node(builder, *node)
    frozen = _symbols(one for one in found.parameters if one.frozen)
    inputs, targets, weights = (tuple(map(Symbol, ids)) for ids in (found.inputs, found.targets, found.weights))
    return Network(
        inputs=(*inputs, *frozen),
        targets=targets,
        parameters=_symbols(one for one in found.parameters if not one.frozen),
        branches=(),
        nodes=builder.nodes,
        loss=Symbol(loss_id),
        quantities=builder.quantities,
        loss_name=choice.called,
        loss_title=choice.name or "",
        loss_kind=kind_of(choice),
        loss_options=unusual_options(entry, choice),
        target_kind=entry.targets,
        sample_weight=weights,
        counted=counted_in_mean(entry, options, _target_rows(found), weights) if description.samples_apart else S.One,
        wanted_inputs=inputs if description.input_gradients else (),
        wholes=_wholes(found, description) if entry.normalized or logarithms else (),
        arrays=found.graph,
        lowered=tuple(
            _groups([one for one in found.parameters if one.layer == number and not one.frozen])
            for number in range(1, len(description.layers) + 1)
        ),
    )


def _target_rows(found: LoweredNetwork) -> list[tuple[Symbol, ...]]:
    """Return the targets, those of each step of a sequence apart."""
    targets = frozenset(found.targets)
    arrays = (found.graph.ids(name) for name in found.graph.inputs)
    return [tuple(map(Symbol, ids)) for ids in arrays if targets.issuperset(ids)]


def _wholes(found: LoweredNetwork, description: ArrayDescription) -> tuple[tuple[Symbol, ...], ...]:
    """Return the sets of targets that sum to 1 in every sample; without data all that stand together are taken to."""
    targets = frozenset(found.targets)
    rows = tuple(row for name in found.graph.inputs for row in found.graph.rows(name) if targets.issuperset(row))
    samples = description.sample_numbers
    of_one = all(sum(numbers[one] for one in row) == 1 for row in rows for numbers in samples)
    return tuple(tuple(map(Symbol, row)) for row in rows if len(row) > 1) if of_one else ()


def _symbols(arrays: Iterable[ParameterArray]) -> tuple[Symbol, ...]:
    return tuple(Symbol(one) for array in arrays for one in array.ids if one)


def _groups(arrays: list[ParameterArray]) -> tuple[ParameterGroup, ...]:
    """Return the parameters of a layer in their groups."""
    names = dict.fromkeys(array.group for array in arrays)
    return tuple(ParameterGroup(name, _symbols(one for one in arrays if one.group == name)) for name in names)

"""The programs of one exercise: forward and backward for a sample, the penalty, the objective, and an update.

They are made once, for any numbers and any arithmetic. There are two ways backward: by the local derivatives along
every path, which loses no digits, and line by line as the derivation is written, which is how it is done on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

from sympy import Integer, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial, PathSum, Quotient
from symnet.derivation.objective import Objective
from symnet.derivation.steps import Derivation, Gradient, before_writing_out
from symnet.network.graph import Network, Node
from symnet.numerics.program import Primitive, Program
from symnet.numerics.saturation import Saturation

Edge: TypeAlias = tuple[Symbol, Symbol]
"""A node and one of its parents: the derivative of the one with respect to the other is a local derivative."""

FORWARD, BACKWARD, SWITCHES, OBJECTIVE = "forward", "backward", "switches", "objective"


class Pass(NamedTuple):
    """The compiled forward and backward pass of some nodes.

    Attributes:
        program: It, with an entry for each of the two ways and one for the switches.
        fixed: What is put in for all samples: the first leaves of the program.
        data: What is put in for each: its other leaves.
        nodes: Where the value of each node stands after the way forward.
        adjoints: Where the derivative with respect to each node stands after the way back.
        gradients: Where the derivative with respect to each leaf stands that is asked for.
        lines: Those of them that have to have a value, by what the error names if one has none.
        of: What these are derivatives of, where they stand under what they are with respect to; else None.
        switches: Where the number stands at whose zero a node changes its branch, with the node.
    """

    program: Program
    fixed: tuple[Symbol, ...]
    data: tuple[Symbol, ...]
    nodes: Mapping[Symbol, int]
    adjoints: Mapping[Symbol, int]
    gradients: Mapping[Symbol, int]
    lines: Mapping[Expr, int]
    switches: Sequence[tuple[Symbol, int]]
    of: Symbol | None = None


class WayBack(NamedTuple):
    """The compiled backward pass alone, with the local derivatives as inputs.

    Attributes:
        program: It: its leaves are the local derivatives.
        local: The slot of each.
        places: Where the derivative of the loss with respect to each node and each leaf stands.
    """

    program: Program
    local: Mapping[Edge, int]
    places: Mapping[Symbol, int]


class Compiled(NamedTuple):
    """The compiled programs of one exercise.

    Attributes:
        network: Its network.
        objective: What it makes of its samples.
        sample: The program of one sample.
        penalty: The program of the penalty and of what it adds to the derivatives; None without regularization.
        shown: Whether all lines are rounded as they are shown.
    """

    network: Network
    objective: Objective
    sample: Pass
    penalty: Pass | None
    shown: bool


def compile_exactly(network: Network, objective: Objective, constants: Iterable[Symbol]) -> Compiled:
    """Return programs without cancellation: backpropagation node by node with the local derivatives."""
    fixed = (*network.parameters, *constants)
    data = network.of_sample
    program = Program((*fixed, *data), instead=Saturation(network).rules)
    program.begin(FORWARD)
    nodes = {symbol: program.line(symbol, node.expression) for symbol, node in network.nodes.items()}
    program.begin(BACKWARD)
    adjoints, gradients = _along_paths(program, network, network.leaves)
    lines: dict[Expr, int] = {**adjoints, **gradients}
    for symbol in network.unasked:
        lines.pop(symbol, None)
    switches = _switches(program, network.nodes.values())
    sample = Pass(program, fixed, data, nodes, adjoints, gradients, lines, switches, network.loss)
    return Compiled(network, objective, sample, _penalty(objective, fixed, shown=False), shown=False)


def compile_as_written(
    gradient: Gradient,
    objective: Objective,
    constants: Iterable[Symbol],
    *,
    shown: bool,
    free: Iterable[Symbol] = (),
) -> Compiled:
    """Return programs that evaluate every line as it is written on a sheet.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the samples come to together.
        constants: What is put in for all samples beside the parameters.
        shown: Whether each line is rounded as it is shown.
        free: Nodes that are put in for each sample, and not worked out.
    """
    network, put_in = gradient.network, tuple(free)
    fixed = (*network.parameters, *constants)
    data = (*network.of_sample, *put_in)
    program = Program((*fixed, *data), shown=shown, instead={Quotient: partial(_one_quotient, network)})
    program.begin(FORWARD)
    worked = (node for symbol, node in network.nodes.items() if symbol not in put_in)
    nodes = {node.symbol: program.line(node.symbol, node.expression) for node in worked}
    program.begin(BACKWARD)
    adjoints = {wrt: program.line(one.symbol, _last(one)) for wrt, one in gradient.adjoints.items()}
    gradients = {leaf: program.line(one.lhs, _last(one)) for leaf, one in gradient.leaves.items()}
    unasked = network.unasked
    lines: dict[Expr, int] = {
        gradient.adjoints[wrt].symbol: place for wrt, place in adjoints.items() if wrt not in unasked
    }
    lines |= {gradient.leaves[leaf].lhs: place for leaf, place in gradients.items() if leaf not in unasked}
    sample = Pass(program, fixed, data, nodes, adjoints, gradients, lines, _switches(program, network.nodes.values()))
    return Compiled(network, objective, sample, _penalty(objective, fixed, shown=shown), shown)


def _one_quotient(network: Network, program: Program, expression: Expr) -> int | None:
    """Return the slot of a derivative that is taught as one quotient: where that divides by 0, of its first form."""
    first = network.one_quotient.get(expression)
    if first is None:
        return None
    taught = program.work_out(expression)
    below = program.emit(Primitive.ABS, program.place(expression.args[1]))
    return program.emit(Primitive.BRANCH, below, taught, program.place(first))


def _last(derivation: Derivation) -> Expr:
    """Return the last line of a derivation that still cites deltas, which is the one evaluated."""
    return before_writing_out(derivation)[-1].rhs


def _penalty(objective: Objective, leaves: tuple[Symbol, ...], *, shown: bool) -> Pass | None:
    """Return the program of the penalty, if any; what it adds to a derivative is part of a line, and none by itself."""
    if not objective.penalty:
        return None
    program = Program(leaves, shown=shown)
    program.begin(FORWARD)
    nodes = {node.symbol: program.line(node.symbol, node.expression) for node in objective.penalty}
    program.begin(BACKWARD)
    added = {leaf: program.wanted(program.place(PathSum(*terms))) for leaf, terms in objective.added.items()}
    return Pass(program, leaves, (), nodes, {}, added, {**added}, _switches(program, objective.penalty))


def _switches(program: Program, nodes: Iterable[Node]) -> list[tuple[Symbol, int]]:
    program.begin(SWITCHES)
    return [(node.symbol, program.wanted(program.place(switch))) for node in nodes for switch in node.switches]


def compile_sweep(network: Network) -> WayBack:
    """Return the backward pass alone, as a program whose leaves are the local derivatives."""
    edges = [(node.symbol, parent) for node in network.nodes.values() for parent in node.derivatives]
    local = {edge: Partial(*edge) for edge in edges}
    program = Program(local.values())
    program.begin(BACKWARD)
    leaves = dict.fromkeys(parent for _, parent in edges if parent not in network.nodes)
    adjoints, gradients = _along_paths(program, network, leaves, local)
    places = {network.loss: program.one, **adjoints, **gradients}
    return WayBack(program, {edge: program.places[derivative] for edge, derivative in local.items()}, places)


def _along_paths(
    program: Program, network: Network, leaves: Iterable[Symbol], local: Mapping[Edge, Expr] | None = None
) -> tuple[dict[Symbol, int], dict[Symbol, int]]:
    """Return the slots of the derivatives with respect to nodes, the last first, and to leaves.

    Args:
        program: The program that they become a part of.
        network: The network.
        leaves: The leaves.
        local: What stands for each local derivative; None for the derivatives themselves.
    """
    paths: dict[Symbol, list[tuple[int, int]]] = {symbol: [] for symbol in (*network.nodes, *leaves)}
    adjoints: dict[Symbol, int] = {}
    places = program.places
    for node in reversed(tuple(network.nodes.values())):
        if node.symbol == network.loss:
            place = program.one
        elif paths[node.symbol]:
            place = adjoints[node.symbol] = program.wanted(program.sum(paths[node.symbol]))
        else:
            continue
        for parent, forms in node.derivatives.items():
            reaching = paths.get(parent)
            if reaching is not None:
                # A derivative's first form is defined wherever any is.
                form = forms[0] if local is None else local[node.symbol, parent]
                known = places.get(form)
                reaching.append((place, program.place(form) if known is None else known))
    return adjoints, {leaf: program.wanted(program.sum(paths[leaf])) for leaf in leaves}


@lru_cache(maxsize=64)
def objective_program(count: int, *, mean: bool, weighted: bool, more: bool, shown: bool) -> tuple[Program, int]:
    """Return a program that reduces one value per sample to a mean or sum, plus a penalty if there is ``more``.

    Its first slots hold the values, then what each counts if the mean is weighted, and then what is added. Returned is
    also the slot of the result.
    """
    counted = count if weighted else 0
    values, counts = range(1, 1 + count), range(1 + count, 1 + count + counted)
    added = range(1 + count + counted, 1 + count + counted + more)
    program = Program([Symbol(f"value{place}") for place in (*values, *counts, *added)], shown=shown)
    program.begin(OBJECTIVE)
    one = program.one
    whole = program.sum([(value, one) for value in values])
    if weighted:
        whole = program.emit(Primitive.QUOTIENT, whole, program.sum([(place, one) for place in counts]))
    elif mean and count > 1:
        whole = program.emit(Primitive.QUOTIENT, whole, program.place(Integer(count)))
    whole = program.sum([(whole, one), *((place, one) for place in added)])
    return program, program.wanted(program.show(whole, values))

"""The nodes of a computation graph: read, refused where they are wrong, and put in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from pydantic_core import PydanticCustomError
from sympy import preorder_traversal
from sympy.core.expr import Expr

from symnet.description.expressions import expression
from symnet.description.refusal import Error, misplaced, refusal
from symnet.description.source import printable
from symnet.description.words import Name

MOST_OPERATIONS = 5_000
"""Of all expressions of a graph together, names and numbers counted."""

Uses: TypeAlias = Mapping[str, tuple[str, ...]]
"""For each node the nodes that its expression names."""


def node_errors(nodes: Mapping[str, object], inputs: tuple[str, ...]) -> Iterator[Error]:
    """Everything that is wrong with the expressions of a graph with these inputs."""
    yield from _wrong_names(nodes, inputs)
    read: dict[str, Expr] = {}
    names, size = (*inputs, *nodes), 0
    for name, value in nodes.items():
        try:
            read[name] = expression(value, names, names)
        except PydanticCustomError as error:
            yield (name,), error, value
            continue
        size += sum(1 for _ in preorder_traversal(read[name]))
        if size > MOST_OPERATIONS:
            allowed = f"at most {MOST_OPERATIONS} names, numbers and operations in all expressions together"
            yield (name,), refusal(allowed, found=f"{size} up to here"), value
            return
    if len(read) == len(nodes) and (cycle := _cycle(uses(read))):
        chain = printable(" -> ".join((*cycle, cycle[0])), 300)
        hint = "Let none of them use itself, directly or by way of others."
        yield (cycle[0],), refusal("nodes that can be computed one after the other", hint, f"the cycle {chain}"), ""


def _wrong_names(nodes: Iterable[str], inputs: tuple[str, ...]) -> Iterator[Error]:
    for name in nodes:
        try:
            Name().read(name)
        except PydanticCustomError as error:
            said = error.context or {}
            yield (name,), misplaced(f'the name "{printable(name)}"', said["allowed"], said["hint"]), name
        else:
            if name in inputs:
                yield (name,), misplaced(f'the name "{name}", which is an input', "each name once"), name


def ordered(formulas: Mapping[str, Expr]) -> Mapping[str, Expr]:
    """The same with each node after those that it uses, otherwise in the same order."""
    return {name: formulas[name] for name in _computable(uses(formulas))}


def uses(formulas: Mapping[str, Expr]) -> Uses:
    """For each node the nodes that its expression names."""
    named = {name: {symbol.name for symbol in formula.free_symbols} for name, formula in formulas.items()}
    return {name: tuple(other for other in formulas if other in named[name]) for name in formulas}


def _computable(needs: Uses) -> list[str]:
    """The nodes that can be computed one after the other, the first that can be always next."""
    done: dict[str, None] = {}
    while True:
        ready = next((name for name in needs if name not in done and done.keys() >= set(needs[name])), None)
        # An empty name is refused elsewhere, but it is a name until then.
        if ready is None:
            return list(done)
        done[ready] = None


def _cycle(needs: Uses) -> tuple[str, ...]:
    """Nodes of which each uses the next, and the last the first; empty if there are none."""
    stuck = set(needs) - set(_computable(needs))
    if not stuck:
        return ()
    path = [next(name for name in needs if name in stuck)]
    while True:
        following = next(name for name in needs[path[-1]] if name in stuck)
        if following in path:
            return tuple(path[path.index(following) :])
        path.append(following)

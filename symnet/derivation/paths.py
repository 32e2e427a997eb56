"""A derivative path by path: one product of partial derivatives for each way from a parameter to the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple, TypeAlias

from sympy import S, Symbol, preorder_traversal
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.nodes import Chain, Direct, Partial, PathSum, factors_of, terms_of
from symnet.derivation.steps import Derivation, DerivationWriter, Gradient, Rule, before_writing_out
from symnet.description.fields import near_miss
from symnet.errors import ViewError
from symnet.limits import MOST_SEEDS
from symnet.network.graph import Network, NodeKind
from symnet.view import USUAL, View

# More products than this, or more partial derivatives in all of them together, fill pages and show nothing.
MOST_PATHS, MOST_PARTIALS = 8, 80
# A derivative with respect to a pre-activation of softmax is put in where it has at most so many symbols, else cited
# by its name.
_SHORT = 4
# Ids that a message lists.
_LISTED = 8

Route: TypeAlias = tuple[Symbol, ...]
"""The nodes from a parameter or an input to the loss, both ends among them."""


class Extent(NamedTuple):
    """How much would have to be written.

    Attributes:
        paths: How many routes there are.
        partials: How many partial derivatives their products have together.
    """

    paths: int
    partials: int

    @property
    def is_readable(self) -> bool:
        """Whether one product for each path can be read; otherwise no route is ever enumerated."""
        return self.paths <= MOST_PATHS and self.partials <= MOST_PARTIALS


def check_view(network: Network, view: View) -> None:
    """Return nothing if a network has all that a view is to show of it.

    Args:
        network: The network or the graph.
        view: What is to be shown: derivatives with respect to chosen parameters or inputs, in a form and a style.

    Raises:
        ViewError: If there is no derivative with respect to some of them, with what is allowed and what may be meant,
            if the style is one of derivatives number by number, and the form is not, or if the layers are worked out
            in arrays, which have a form of their own.
    """
    known = tuple(dict.fromkeys((*network.entries, *(leaf.name for leaf in network.leaves))))
    problems = [_unknown(wanted, known) for wanted in dict.fromkeys(view.parameters) if wanted not in known]
    if view.form not in {"scalar", "both"} and view.style != USUAL.style:
        hint = "The other styles write derivatives number by number: take the form both, or scalar."
        problems.append(f'style: found "{view.style}" with the form {view.form}; expected {USUAL.style}. {hint}')
    if network.lowered and view.form != "scalar":
        hint = "Leave the form out: derivatives are those of whole arrays then."
        problems.append(f"--form: found {view.form} for layers that are worked out in arrays; expected scalar. {hint}")
    seeds = view.among(network.leaves) if view.style == "forward" and view.parameters and not network.is_graph else ()
    if len(seeds) > MOST_SEEDS:
        problems.append(f"parameter: found {len(seeds)}, each of which is a seed; expected at most {MOST_SEEDS}")
    if problems:
        raise ViewError("\n".join(problems))


def _unknown(wanted: str, known: Sequence[str]) -> str:
    some = ", ".join(known if len(known) <= _LISTED else [*known[: _LISTED - 1], "...", known[-1]])
    hint = near_miss(wanted, tuple(known)) or "Take the id of a parameter, such as stands in the JSON output."
    return f'parameter: found "{wanted[:100]}"; expected {some}. {hint}'


def onward(network: Network, symbol: Symbol) -> tuple[Symbol, ...]:
    """Return the nodes to which the routes go from ``symbol``.

    All outputs of a softmax depend on each of its pre-activations: from there the loss is the next stop, with a
    derivative of its own.
    """
    children = network.children.get(symbol, ())
    coupled = symbol in network.nodes and len(children) > 1 and all(_is_output(network, child) for child in children)
    return (network.loss,) if coupled else children


def _is_output(network: Network, symbol: Symbol) -> bool:
    """Return whether ``symbol`` is an activation that feeds nothing but the loss and the nodes before it."""
    further = network.children.get(symbol, ())
    at_loss = all(network.nodes[child].kind is NodeKind.LOSS for child in further)
    return network.nodes[symbol].kind is NodeKind.ACTIVATION and at_loss


def extents(network: Network) -> Mapping[Symbol, Extent]:
    """Return for each symbol how many routes lead from it to the loss; no route is walked for that."""
    found = {network.loss: Extent(1, 0)}
    for symbol in (*reversed(network.nodes), *network.parameters, *network.inputs):
        if symbol not in found:
            further = [found[child] for child in onward(network, symbol)]
            paths = sum(extent.paths for extent in further)
            found[symbol] = Extent(paths, paths + sum(extent.partials for extent in further))
    return found


def routes(network: Network, start: Symbol) -> tuple[Route, ...]:
    """Return every route from ``start`` to the loss, in forward order; the caller minds how many there are."""
    if start == network.loss:
        return ((start,),)
    return tuple((start, *rest) for child in onward(network, start) for rest in routes(network, child))


def product(network: Network, route: Route) -> Expr:
    """Return the partial derivatives along ``route``, from the loss to where it starts."""
    return Chain(*(_partial(network, child, parent) for parent, child in reversed([*pairwise(route)])))


def _partial(network: Network, child: Symbol, parent: Symbol) -> Expr:
    """Return the derivative of one node with respect to one before it, the direct way alone where there are others."""
    ways = onward(network, parent)
    return Direct(child, parent) if child == network.loss and len(ways) > 1 else Partial(child, parent)


def derive_by_paths(gradient: Gradient, leaf: Symbol) -> Derivation:
    """Return the derivative with respect to a parameter or an input as one product for each path, then with all put in.

    Each line equals the one before it: the products, the derivatives put in, what cancels, common factors taken out as
    brackets, and the line with deltas that the usual derivation comes to.

    Args:
        gradient: The derivatives, from which come those by pre-activations of a softmax, and the last line.
        leaf: The parameter or input, of readable extent.
    """
    network, usual = gradient.network, gradient.leaves[leaf]
    walked = routes(network, leaf)
    if not walked:
        return usual
    lines = DerivationWriter(usual.lhs)
    terms = [product(network, route) for route in walked]
    lines.add(PathSum(*terms), Rule.PATHS)
    derivatives: dict[Expr, Expr] = {}
    uses: dict[str, None] = {}
    for parent, child in (step for route in walked for step in pairwise(route)):
        derivatives[_partial(network, child, parent)] = _derivative(gradient, child, parent, uses)
    terms = [rewrite.substitute(term, derivatives) for term in terms]
    lines.add(PathSum(*terms), Rule.LOCAL_DERIVATIVE, tuple(uses))
    tidied = [term for term in map(rewrite.tidy, terms) if term is not S.Zero]
    terms = [rewrite.cancel(term) for term in tidied]
    lines.change(PathSum(*terms), Rule.SIMPLIFY if terms == tidied else Rule.CANCEL)
    if len(terms) > 1:
        lines.change(gathered(terms_of(lines.last)), Rule.FACTOR)
    if not network.is_graph:
        cited = before_writing_out(usual)[-1]
        lines.change(cited.rhs, Rule.DELTA)
    return Derivation(leaf, leaf, lines.steps)


def _derivative(gradient: Gradient, child: Symbol, parent: Symbol, uses: dict[str, None]) -> Expr:
    """Return what is put in for one partial derivative; what it cites is added to ``uses``."""
    local = gradient.network.nodes[child].derivatives.get(parent)
    if local is not None:
        return local[-1]
    derivation = gradient.adjoints[parent]
    uses[derivation.symbol.name] = None
    size = sum(1 for part in preorder_traversal(derivation.result) if part.is_Symbol)
    return derivation.result if size <= _SHORT else derivation.symbol


def gathered(terms: Sequence[Expr]) -> Expr:
    """Return a sum with the factors that all its terms begin or end with taken out, again inside the bracket.

    The terms of a derivative begin at the loss and end at the parameter, so the brackets come out as the deltas do:
    inside each stands the sum over what follows a node.
    """
    return _gathered([factors_of(term) for term in terms])


def _gathered(terms: Sequence[tuple[Expr, ...]]) -> Expr:
    if len(terms) == 1:
        return Chain(*terms[0])
    back = _shared([term[::-1] for term in terms])
    behind, terms = terms[0][len(terms[0]) - back :], [term[: len(term) - back] for term in terms]
    front = _shared(terms)
    before, terms = terms[0][:front], [term[front:] for term in terms]
    # Terms that end alike have passed the same node.
    groups: dict[Expr, list[tuple[Expr, ...]]] = {}
    for term in terms:
        groups.setdefault(term[-1], []).append(term)
    inside = groups.values() if len(groups) > 1 else ([term] for term in terms)
    return Chain(*before, PathSum(*map(_gathered, inside)), *behind)


def _shared(terms: Sequence[tuple[Expr, ...]]) -> int:
    """Return how many factors all of ``terms`` begin with; each keeps one of its own."""
    alike = takewhile(lambda factors: len(set(factors)) == 1, zip(*(term[:-1] for term in terms), strict=False))
    return sum(1 for _ in alike)

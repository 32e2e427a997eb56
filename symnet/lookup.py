"""A quantity of a worked exercise by its id, as JSON calls it: a node, a delta, an input, the objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import Partial, plain_text
from symnet.derivation import Step
from symnet.description.refusal import near_miss, question
from symnet.errors import UnknownIdError
from symnet.expand import LONGEST
from symnet.layout.latex import write
from symnet.numbers.numeric import Value
from symnet.objective import DATA, OBJECTIVE

if TYPE_CHECKING:
    from symnet.evaluate import Evaluation
    from symnet.worked import Part

# So many ids are named where one is not known, and compared with it.
_NAMED, _COMPARED = 8, 5_000


@dataclass(frozen=True, repr=False)
class Known:
    """What is known of a quantity.

    Attributes:
        id: Its id.
        ordered: What it is equal to, in node ids and in the order in which it is printed.
        value: Its value at the data, as an mpmath number; None without data, and of what each sample has for itself
            unless the id names one, as in ``z1_1@2``.
        steps: The lines of its derivation, each with its rule; none of what is no derivative.
    """

    id: str
    ordered: Expr
    value: Value | None
    steps: tuple[Step, ...]
    _left: Expr
    _part: Part

    @property
    def expression(self) -> Expr:
        """What it is equal to as an ordinary SymPy expression in node ids."""
        return self.ordered.doit()

    @property
    def simplified(self) -> Expr:
        """The same."""
        return self.expression

    @property
    def expanded(self) -> Expr | None:
        """The same in inputs, targets and parameters alone; None where its text is longer than 20,000 characters."""
        if self._part.expander.length(self.ordered) > LONGEST:
            return None
        return self._part.expander.expression(self.ordered)

    @property
    def latex(self) -> str:
        """What it is equal to in LaTeX, as it is printed."""
        return write(self._part.build(self.ordered))

    @property
    def equation(self) -> str:
        """The quantity and what it is equal to, in LaTeX."""
        return f"{write(self._part.build(self._left))} = {self.latex}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} = {shortened(plain_text(self.ordered))}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.equation}$"


class Entry(NamedTuple):
    """Where a quantity is found.

    Attributes:
        left: What stands at its left: its symbol, or a partial derivative.
        ordered: What it is equal to.
        at: From an evaluation and the 0-based number of a sample to its value.
        steps: The lines of its derivation, if it is one.
    """

    left: Expr
    ordered: Expr
    at: Callable[[Evaluation, int], Value | None]
    steps: tuple[Step, ...] = ()


class Index(NamedTuple):
    """Every quantity of a part of an exercise, by its id.

    Attributes:
        each: What each sample has for itself, by its id without the mark of the sample.
        together: What there is once for all samples.
    """

    each: Mapping[str, Entry]
    together: Mapping[str, Entry]


def index(part: Part) -> Index:
    """Return every quantity of a part.

    Args:
        part: The part.
    """
    network, gradient, objective = part.network, part.gradient, part.objective
    each = {symbol: Entry(symbol, symbol, _value(symbol)) for symbol in (*network.inputs, *network.targets)}
    each |= {symbol: Entry(symbol, node.expression, _value(symbol)) for symbol, node in network.nodes.items()}
    for wrt, derivation in gradient.adjoints.items():
        each[derivation.symbol] = Entry(derivation.symbol, derivation.result, _adjoint(wrt), derivation.steps)
    if not network.is_graph:
        for wrt, derivation in gradient.inputs.items():
            left = Partial(network.loss, wrt)
            each[Symbol(f"dL_d{wrt.name}")] = Entry(left, derivation.result, _adjoint(wrt), derivation.steps)
    nodes = (*objective.penalty, *objective.nodes)
    together = {node.symbol.name: Entry(node.symbol, node.expression, _together(node.symbol)) for node in nodes}
    return Index({symbol.name.removesuffix("@i"): entry for symbol, entry in each.items()}, together)


def look_up(part: Part, name: str) -> Known:
    """Return what is known of the quantity with an id.

    Args:
        part: The part of the exercise.
        name: The id, with or without the mark of a sample.

    Raises:
        UnknownIdError: If there is no such id, with those that it may be meant to be.
    """
    base, mark, number = name.partition("@")
    evaluation = part.evaluation
    samples = 1 if evaluation is None else len(evaluation.samples)
    shared = None if mark else part.index.together.get(name)
    entry = shared or part.index.each.get(base)
    if entry is None or (mark and number not in map(str, range(1, samples + 1))):
        raise UnknownIdError(_unknown(part, name))
    value = None
    if evaluation is not None and (shared or mark or samples == 1):
        value = entry.at(evaluation, int(number or 1) - 1)
    return Known(name, entry.ordered, value, entry.steps, entry.left, part)


def shortened(text: str, most: int = 60) -> str:
    """Return a text, cut if it is long."""
    return text if len(text) <= most else text[: most - 3] + "..."


def _value(symbol: Symbol) -> Callable[[Evaluation, int], Value | None]:
    return lambda evaluation, sample: evaluation.samples[sample].values.get(symbol)


def _adjoint(wrt: Symbol) -> Callable[[Evaluation, int], Value | None]:
    def at(evaluation: Evaluation, number: int) -> Value | None:
        sample = evaluation.samples[number]
        return {**sample.gradients, **sample.adjoints}.get(wrt)

    return at


def _together(symbol: Symbol) -> Callable[[Evaluation, int], Value | None]:
    def at(evaluation: Evaluation, _sample: int) -> Value | None:
        return {DATA: evaluation.data_loss, OBJECTIVE: evaluation.loss, **evaluation.penalty}.get(symbol)

    return at


def _unknown(part: Part, name: str) -> str:
    """Return what there is instead of an id that there is not."""
    parameters = tuple(leaf.name for leaf in part.network.leaves)
    ids = tuple({**part.index.together, **part.index.each})
    some, others = (", ".join((*islice(names, _NAMED), "...")) for names in (parameters, ids))
    known = tuple(islice((*parameters, *ids), _COMPARED))
    near = question(tuple(other for other in known if other.lower() == name.lower())) or near_miss(name, known)
    whole = f"{name!r} is not a parameter of this network; its parameters are {some}, its other quantities {others}"
    return f"{whole}. {near}" if near else whole

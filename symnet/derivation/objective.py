"""The objective that training minimizes: the samples' losses, as a mean or a sum, and the penalty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from sympy import Integer, Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra import rewrite
from symnet.algebra.branches import switches
from symnet.algebra.nodes import Chain, Partial, PathSum, Quotient, SampleSum, factors_of
from symnet.catalog.regularizers import REGULARIZERS, Regularizer
from symnet.derivation.second import Hessian
from symnet.derivation.steps import Derivation, DerivationWriter, Gradient, Rule, before_writing_out
from symnet.description.network import Description
from symnet.network.graph import Network, Node, NodeKind
from symnet.quantity import Quantity, Role

OBJECTIVE, DATA, PENALTY, COUNT = Symbol("L"), Symbol("L_data"), Symbol("L_penalty"), Symbol("m")


class Objective(NamedTuple):
    """The objective of one network, and its derivatives.

    Attributes:
        mean: Whether it takes a mean of the samples' losses, or else their sum.
        counted: What a sample counts in that mean, in its own data: 1, or in a weighted mean its weight.
        samples: How many samples there are: an integer, a symbol where that is left open, or None for a single one.
        penalty: The nodes of the penalty in parameters and strengths alone, in forward order, the penalty itself last;
            empty without regularization.
        nodes: The nodes that lead from the samples' losses and the penalty to the objective, in forward order; empty
            where the objective is the loss of the one sample.
        added: What the penalty adds to the derivative with respect to each parameter that it holds, term by term.
        constants: The strengths that are given as symbols.
        derivations: The derivative of the objective with respect to every parameter.
        quantities: What each id stands for, those of the gradient among them.
        hessian: The second derivatives that its training needs; None where it needs none.
    """

    mean: bool
    counted: Expr
    samples: Expr | None
    penalty: tuple[Node, ...]
    nodes: tuple[Node, ...]
    added: Mapping[Symbol, tuple[Expr, ...]]
    constants: tuple[Symbol, ...]
    derivations: Mapping[Symbol, Derivation]
    quantities: Mapping[str, Quantity]
    hessian: Hessian | None = None

    @property
    def is_weighted(self) -> bool:
        """Whether it takes a weighted mean."""
        return self.mean and self.counted != 1

    @property
    def share(self) -> Expr | None:
        """What stands before the sum over the samples: 1 over what they count together; None for nothing."""
        return share_of(self.mean, self.counted, self.samples)


def share_of(mean: bool, counted: Expr, samples: Expr | None) -> Expr | None:
    """Return what stands before a sum over samples: 1 over what they count together; None for nothing."""
    if samples is None or not mean:
        return None
    return Quotient(S.One, samples if counted == 1 else SampleSum(counted, samples))


def loss_id(description: Description) -> str:
    """Return the id of one sample's loss: that of the objective only where nothing else is in it."""
    if sample_count(description) is not None:
        return "L@i"
    return "L_data" if description.regularization else "L"


def sample_count(description: Description) -> Expr | None:
    """Return how many samples an objective is over; None for a single one."""
    if not description.samples_apart:
        return None
    if description.data is None:
        return COUNT if description.states_reduction else None
    return Integer(description.data.count) if description.data.count > 1 else None


def plain_objective(gradient: Gradient) -> Objective:
    """Return the objective that is the loss of the one sample, or the output of a graph, itself."""
    return Objective(True, S.One, None, (), (), {}, (), gradient.parameters, gradient.quantities)


def derive_objective(gradient: Gradient, description: Description) -> Objective:
    """Return the objective of ``description`` with its derivative with respect to every parameter, line by line."""
    count = sample_count(description)
    if count is None and not description.regularization:
        return plain_objective(gradient)
    builder = _Builder(gradient, description, count)
    builder.penalties()
    builder.objective_nodes()
    parameters = gradient.network.parameters
    return Objective(
        mean=builder.mean,
        counted=builder.counted,
        samples=count,
        penalty=tuple(builder.penalty),
        nodes=tuple(builder.nodes),
        added={parameter: tuple(terms) for parameter, terms in builder.added.items()},
        constants=tuple(builder.constants),
        derivations={parameter: builder.derivation(parameter) for parameter in parameters},
        quantities=builder.quantities,
    )


class _Builder:
    def __init__(self, gradient: Gradient, description: Description, count: Expr | None) -> None:
        self.gradient = gradient
        self.network: Network = gradient.network
        self.description = description
        self.count = count
        self.mean = description.reduction != "sum"
        self.counted = gradient.network.counted if description.reduction == "weighted_mean" else S.One
        self.quantities = dict(gradient.quantities)
        self.penalty: list[Node] = []
        self.nodes: list[Node] = []
        self.constants: dict[Symbol, None] = {}
        # The derivatives of the penalty with respect to what stands in it, and what it adds to the derivative with
        # respect to each parameter.
        self.direct: dict[Symbol, list[Expr]] = {}
        self.added: dict[Symbol, list[Expr]] = {}

    def penalties(self) -> None:
        """Add the penalty, and before it the norms in it."""
        terms: list[Expr] = []
        for choice in self.description.regularization:
            entry = REGULARIZERS[choice.kind]
            alike: dict[Expr, list[Symbol]] = {}
            for number, strength_written in enumerate(choice.strengths(len(self.network.parameter_groups)), 1):
                strength = self.strength(strength_written)
                for name, role, held in self.regularized(number, choice.biases):
                    if entry.node:
                        terms.append(self.norm(entry, strength, held, Quantity(name, Role.NORM, number, of=role)))
                    else:
                        alike.setdefault(strength, []).extend(held)
            terms += [self.term(entry, strength, held) for strength, held in alike.items()]
        if self.description.regularization:
            self.quantities[PENALTY.name] = Quantity(PENALTY.name, Role.PENALTY)
            expression = PathSum(*terms)
            derivatives = {symbol: (PathSum(*found),) for symbol, found in self.direct.items()}
            self.penalty.append(Node(PENALTY, NodeKind.PENALTY, expression, derivatives, switches(expression)))

    def regularized(self, number: int, biases: bool) -> Iterator[tuple[str, str, tuple[Symbol, ...]]]:
        """Yield the id of its norm, the name and the symbols of each group of parameters of a layer."""
        norms = {"weights": f"norm{number}"} | ({"biases": f"norm_b{number}"} if biases else {})
        for group in self.network.parameter_groups[number - 1]:
            if group.name in norms:
                yield norms[group.name], group.name, group.symbols

    def strength(self, written: Fraction | str) -> Expr:
        """Return a strength as an expression: an exact number, or a symbol."""
        if isinstance(written, Fraction):
            return Rational(written.numerator, written.denominator)
        symbol = Symbol(written)
        self.constants[symbol] = None
        self.quantities[written] = Quantity(written, Role.STRENGTH)
        return symbol

    def norm(self, entry: Regularizer, strength: Expr, held: tuple[Symbol, ...], quantity: Quantity) -> Expr:
        """Return a term in a norm, whose node is added if it is new."""
        symbol = Symbol(quantity.id)
        if quantity.id not in self.quantities:
            self.quantities[quantity.id] = quantity
            value = entry.value(held)
            derivatives = {parameter: (entry.derivative(parameter, symbol),) for parameter in held}
            # A norm has its kink where it is 0.
            self.penalty.append(Node(symbol, NodeKind.PENALTY, value, derivatives, (value,)))
        self.direct.setdefault(symbol, []).append(strength)
        for parameter in held:
            self.added.setdefault(parameter, []).append(_scaled(strength, entry.derivative(parameter, symbol)))
        return _scaled(strength, symbol)

    def term(self, entry: Regularizer, strength: Expr, held: list[Symbol]) -> Expr:
        """Return a term in the parameters themselves."""
        for parameter in held:
            derivative = _scaled(strength, entry.derivative(parameter, None))
            self.direct.setdefault(parameter, []).append(derivative)
            self.added.setdefault(parameter, []).append(derivative)
        return _scaled(strength, entry.value(held))

    def objective_nodes(self) -> None:
        """Add the nodes that lead from one sample's loss to the objective."""
        if self.count is not None:
            if self.count.is_Symbol:
                self.quantities[COUNT.name] = Quantity(COUNT.name, Role.SAMPLES)
            whole = DATA if self.penalty else OBJECTIVE
            if self.penalty:
                self.quantities[DATA.name] = Quantity(DATA.name, Role.DATA_LOSS)
            self.nodes.append(Node(whole, NodeKind.LOSS, self.over_samples(self.network.loss), {}))
        if self.penalty:
            parts = {DATA: (S.One,), PENALTY: (S.One,)}
            self.nodes.append(Node(OBJECTIVE, NodeKind.LOSS, PathSum(DATA, PENALTY), parts))
        self.quantities[OBJECTIVE.name] = Quantity(OBJECTIVE.name, Role.OBJECTIVE)

    def over_samples(self, expression: Expr) -> Expr:
        """Return the mean or the sum over the samples of what ``expression`` is for one."""
        if self.count is None:
            return expression
        signs = [factor for factor in factors_of(expression)[:1] if factor is S.NegativeOne]
        total = SampleSum(Chain(*factors_of(expression)[len(signs) :]), self.count)
        share = share_of(self.mean, self.counted, self.count)
        return Chain(*signs, *([] if share is None else [share]), total)

    def derivation(self, parameter: Symbol) -> Derivation:
        """Return the derivative of the objective wrt ``parameter``: that of the samples' losses and of the penalty."""
        single = self.gradient.parameters[parameter]
        added = self.added.get(parameter, [])
        lines = DerivationWriter(Partial(OBJECTIVE, parameter))
        lines.add(
            PathSum(
                self.over_samples(Partial(self.network.loss, parameter)),
                *([Partial(PENALTY, parameter)] if added else []),
            ),
            Rule.LINEARITY,
        )
        lines.add(PathSum(self.over_samples(before_writing_out(single)[-1].rhs), *added), Rule.REUSE)
        lines.change(PathSum(self.over_samples(single.result), *added), Rule.SUBSTITUTE)
        return Derivation(parameter, parameter, lines.steps)


def _scaled(strength: Expr, value: Expr) -> Expr:
    """Return a strength in front of what it scales, numbers first."""
    return rewrite.tidy(Chain(strength, value))

"""The value of every name that an answer may use, worked out from the numbers of the leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import mpmath
from sympy import Integer, Rational, Symbol
from sympy.core.expr import Expr

from symnet.calculus import SAMPLES, Partial, PathSum
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, OPTIMIZERS, PARAMETER, STEP, updated
from symnet.description.training import Training
from symnet.network import Network
from symnet.numbers.numeric import Value, numeric
from symnet.objective import COUNT, DATA, OBJECTIVE
from symnet.quantity import Role
from symnet.simplify import substitute, tidy
from symnet.training import updated_parameters
from symnet.worked import Part

Values: TypeAlias = dict[Expr, Value]
Leaves: TypeAlias = Mapping[Symbol, Value]

# Up to this many samples, each may be spoken of by its number in a symbolic answer.
MOST_NAMED = 8


def derivative_id(network: Network, wrt: Symbol) -> str:
    """Return the id of the derivative of the loss by ``wrt``, such as ``dL/dw1_1_1``, or ``df/dq`` in a graph."""
    of = network.loss.name if network.is_graph else "L"
    return f"d{of}/d{wrt.name}"


def adjoint_id(part: Part, wrt: Symbol) -> str:
    """Return the id of the derivative of the loss by a node: that of its delta where it has one."""
    name = part.gradient.adjoints[wrt].symbol.name
    is_delta = part.gradient.quantities[name].role is Role.DELTA
    return name if is_delta else derivative_id(part.network, wrt)


def of_sample(symbol: Symbol, sample: int) -> Symbol:
    """Return the symbol of a quantity of the 0-based ``sample``, such as ``a2_1@3``."""
    return Symbol(f"{symbol.name.removesuffix('@i')}@{sample + 1}")


def over_all(symbol: Symbol) -> Symbol:
    """Return the symbol of a quantity that is taken over all samples which can be named."""
    return Symbol(f"{symbol.name}@all")


class Tableau:
    """Works out all values of one part from those of its leaves, at the precision in force.

    Args:
        part: The part.
        training: How it is trained, if it is.

    Attributes:
        samples: How many samples there are; 1 without any, and where their number is left open.
        named: How many of them a symbolic answer may speak of by number.
        trained: The parameters that training changes.
        stepped: Those of which the first step has an expression: nothing is clipped, no sample is left out.
    """

    def __init__(self, part: Part, training: Training | None) -> None:
        self.part, self.network, self.training = part, part.network, training
        count = part.objective.samples
        self.samples = int(count) if isinstance(count, Integer) else 1
        self.named = self.samples if 1 < self.samples <= MOST_NAMED else 0
        self.trained = () if training is None else updated_parameters(self.network, training)
        # What the whole gradient or a batch decides has no expression of its own.
        plain = training is not None and training.clip_norm is None and training.clip_value is None
        self.stepped = self.trained if plain and training is not None and self._takes_all(training) else ()
        self.per_sample = (*self.network.inputs, *self.network.targets)
        self._ids = {
            wrt: Symbol(derivative_id(self.network, wrt)) for wrt in (*self.network.children, *part.gradient.leaves)
        }
        self._suffixed: dict[tuple[Symbol, int], Symbol] = {}

    def work(self, leaves: Leaves, rows: Sequence[Leaves] = ()) -> Values:
        """Return the value of every name and of every derivative.

        Args:
            leaves: The numbers of the parameters, the strengths, the learning rate and the number of samples; and
                the inputs and targets of a sample that stands for any. A node that is among them is not worked out.
            rows: The same of each sample, where there are several.

        Raises:
            NoValueError: Where one has no value.
        """
        values: Values = dict(leaves)
        for node in self.part.objective.penalty:
            values[node.symbol] = numeric(node.expression, values)
        added = {leaf: numeric(PathSum(*terms), values) for leaf, terms in self.part.objective.added.items()}
        gradients: dict[Symbol, Value] = {}
        if self.per_sample[0] in leaves:
            gradients = self._sample(values)
            self._together(values, [(values, gradients)], added)
        if rows:
            self._samples(values, rows, added)
        for leaf in self.part.gradient.leaves:
            whole = gradients[leaf] + added.get(leaf, 0) if leaf in gradients else values.get(Partial(OBJECTIVE, leaf))
            if whole is not None:
                values[self._ids[leaf]] = whole
        for leaf in self.stepped:
            self._step(leaf, values)
        return values

    def _sample(self, values: Values) -> dict[Symbol, Value]:
        """Add what one sample's inputs come to, forward and backward, and return the derivatives by the leaves."""
        loss = self.network.loss
        for node in self.network.nodes.values():
            if node.symbol not in values:
                values[node.symbol] = numeric(node.expression, values)
        for wrt, derivation in self.part.gradient.adjoints.items():
            value = numeric(derivation.result, values)
            for name in (derivation.symbol, self._ids[wrt], Partial(loss, wrt)):
                values[name] = value
        found = {leaf: numeric(own.result, values) for leaf, own in self.part.gradient.leaves.items()}
        values.update({Partial(loss, leaf): value for leaf, value in found.items()})
        return found

    def _samples(self, values: Values, rows: Sequence[Leaves], added: Leaves) -> None:
        """Add each sample's values under names with its number, and what the samples come to together."""
        shared = {symbol: value for symbol, value in values.items() if symbol not in self.network.nodes}
        worked = []
        for number, row in enumerate(rows):
            own: Values = {**shared, **row}
            gradients = self._sample(own)
            worked.append((own, gradients))
            names = [*self.per_sample, *self.network.nodes]
            for wrt, derivation in self.part.gradient.adjoints.items():
                names += (derivation.symbol, self._ids[wrt])
            for symbol in names:
                values[self._of_sample(symbol, number)] = own[symbol]
            for leaf, value in gradients.items():
                values[self._of_sample(self._ids[leaf], number)] = value
        values[SAMPLES] = [(own, 1) for own, _ in worked]
        self._together(values, worked, added)

    def _together(self, values: Values, worked: Sequence[tuple[Values, Mapping[Symbol, Value]]], added: Leaves) -> None:
        """Add the objective, its parts and its derivatives over the samples that were ``worked``."""
        objective, loss = self.part.objective, self.network.loss
        share = len(worked) if objective.mean else 1
        data = mpmath.fsum(own[loss] for own, _ in worked) / share
        for leaf in self.part.gradient.leaves:
            slope = mpmath.fsum(gradients[leaf] for _, gradients in worked) / share
            values[Partial(OBJECTIVE, leaf)] = slope + added.get(leaf, 0)
        if objective.nodes:
            values[DATA] = data
            values[OBJECTIVE] = data + values[objective.penalty[-1].symbol] if objective.penalty else data

    def _takes_all(self, training: Training) -> bool:
        return training.batch == "full" or training.batch >= self.samples

    def _step(self, leaf: Symbol, values: Values) -> None:
        """Add the parameter ``leaf`` after the first step, by the derivative by name and by the objective's."""
        name = self._ids[leaf]
        if name in values:
            values[updated(leaf)] = numeric(self.step(leaf), values)
            by_all = {**values, name: values[Partial(OBJECTIVE, leaf)]}
            values[over_all(updated(leaf))] = numeric(self.step(leaf), by_all)

    def step(self, leaf: Symbol) -> Expr:
        """Return what the first step makes of the parameter ``leaf``, in its derivative and the learning rate."""
        return self._steps[leaf]

    @cached_property
    def _steps(self) -> Mapping[Symbol, Expr]:
        training = self.training
        if training is None:
            return {}
        kept = {} if training.state is None else training.state.values
        optimizer = OPTIMIZERS[training.optimizer]
        options = {Symbol(name): rational(number) for name, number in training.options.items()}
        options[STEP] = Integer(1 if training.state is None else training.state.step + 1)
        found = {}
        for leaf in self.stepped:
            known: dict[Expr, Expr] = {PARAMETER: leaf, GRADIENT: self.derivative(leaf), **options}
            for state in optimizer.states:
                known[state.symbol] = rational(kept.get(state.name, {}).get(leaf.name, Fraction(0)))
            for left, right in optimizer.lines:
                known[left] = tidy(substitute(right, known))
            found[leaf] = known[updated(PARAMETER)]
        return found

    def derivative(self, wrt: Symbol) -> Symbol:
        """Return the symbol of the derivative of the loss by a node, a parameter or an input, such as ``dL/da1_1``."""
        return self._ids[wrt]

    def _of_sample(self, symbol: Symbol, number: int) -> Symbol:
        key = symbol, number
        if key not in self._suffixed:
            self._suffixed[key] = of_sample(symbol, number)
        return self._suffixed[key]

    @property
    def free(self) -> tuple[Symbol, ...]:
        """What is drawn at random beside the network's leaves: strengths, and a learning rate that is left open."""
        rate = () if self.training is None or self.training.learning_rate is not None else (LEARNING_RATE,)
        return (*self.part.objective.constants, *rate)

    @property
    def constants(self) -> dict[Symbol, Fraction]:
        """What is the same at every point: the number of samples, and a learning rate that is given."""
        found: dict[Symbol, Fraction] = {}
        if COUNT.name in self.part.objective.quantities or self.samples > 1:
            found[COUNT] = Fraction(self.samples)
        if self.training is not None and self.training.learning_rate is not None:
            found[LEARNING_RATE] = self.training.learning_rate
        return {symbol: number for symbol, number in found.items() if symbol not in self.network.nodes}


def rational(number: Fraction) -> Expr:
    """Return an exact number as an expression."""
    return Rational(number.numerator, number.denominator)


def exactly(number: Fraction) -> Value:
    """Return an exact number at the precision in force."""
    return mpmath.mpf(number.numerator) / number.denominator

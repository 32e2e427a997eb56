"""Numbers: every node, adjoint, gradient and update at the given data, with as many digits as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import mpmath
from sympy import Symbol

from symnet.bounds import NearBounds
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.description.model import Description
from symnet.network import Network
from symnet.numeric import LARGEST_EXPONENT, NoValueError, Value, magnitude, numeric, total
from symnet.training import Update, train

# Significant digits on which two precisions have to agree, two more than are ever shown.
AGREED_DIGITS = 22
FEWEST_DIGITS = 40
MOST_DIGITS = 30_000
# By how many digits the second precision differs from the first, if that is not twice as many.
FIRST_MORE = 1_000
# Digits that are spent on telling saturated units from each other; how far each is from its bound is known anyway.
MOST_FOR_SATURATION = 1_000


class UndefinedAtError(ArithmeticError):
    """The given numbers lead to a value that is not real and finite.

    Attributes:
        sample: The 0-based sample.
        steps: How many training steps were made before it was met.
    """

    def __init__(self, reason: str, sample: int, steps: int = 0) -> None:
        super().__init__(reason)
        self.sample = sample
        self.steps = steps


class Sample(NamedTuple):
    """One sample's numbers.

    Attributes:
        values: Inputs, targets, parameters, nodes and the sample's loss.
        adjoints: The derivative of this sample's loss by each node.
        gradients: The derivative of this sample's loss by each parameter.
    """

    values: Mapping[Symbol, Value]
    adjoints: Mapping[Symbol, Value]
    gradients: Mapping[Symbol, Value]


class Evaluation(NamedTuple):
    """All numbers of one network at its data.

    Attributes:
        digits: The precision at which they were evaluated.
        samples: Each sample.
        loss: The objective: the mean or the sum over the samples.
        gradients: The derivative of the objective by each parameter.
        updates: The training steps asked for.
        kinks: The pre-activations that lie exactly on a kink, as ``(0-based sample, symbol)``.
        later_kinks: The same for gradients after the first training step, as ``(step, 0-based sample, symbol)``.
    """

    digits: int
    samples: tuple[Sample, ...]
    loss: Value
    gradients: Mapping[Symbol, Value]
    updates: tuple[Update, ...]
    kinks: tuple[tuple[int, Symbol], ...]
    later_kinks: tuple[tuple[int, int, Symbol], ...]


def evaluate(network: Network, description: Description) -> Evaluation:
    """Return all numbers of ``network`` at the data and parameters of ``description``.

    The precision is raised until two precisions agree on every number to more digits than are shown.

    Raises:
        UndefinedAtError: If a sample has no real finite loss.
    """
    problem = _Problem(network, description)
    digits = problem.digits_to_start_with()
    earlier = problem.at(digits)
    more = min(digits, FIRST_MORE)
    while digits <= MOST_DIGITS:
        digits += more
        now = problem.at(digits)
        if _agree(earlier, now):
            return now
        earlier, more = now, digits
    raise UndefinedAtError(f"more than {MOST_DIGITS} digits would be needed", 0)


def significant_digits(numbers: Sequence[Fraction]) -> int:
    """Return the most digits that any of ``numbers`` has above or under its fraction bar."""
    return max((len(str(max(abs(n.numerator), n.denominator))) for n in numbers), default=1)


class _Problem:
    """One network at one set of numbers, evaluated at any precision."""

    def __init__(self, network: Network, description: Description) -> None:
        if description.data is None or description.parameters is None:
            raise ValueError("numbers need both data and parameters")
        self.network = network
        self.description = description
        self.rows = [
            dict(zip((*network.inputs, *network.targets), (*inputs, *targets), strict=True))
            for inputs, targets in zip(description.data.inputs, description.data.targets, strict=True)
        ]
        self.start: dict[Symbol, Fraction] = {}
        for layer, given in zip(network.layers, description.parameters, strict=True):
            numbers = [weight for row in given.weights for weight in row] + list(given.biases)
            self.start.update(zip(layer.parameters, numbers, strict=True))
        self.bounds = {bounds.activation: bounds for bounds in _bounds(network)}

    def digits_to_start_with(self) -> int:
        """Return a precision at which neither the numbers given nor a saturated activation is rounded away.

        A derivative multiplies at most two numbers of each layer and an input. Two saturated units differ by about e to
        the power -|z|, which takes |z| / ln 10 digits to see. A sum keeps half of the digits in force, hence the
        factor of 2.
        """
        numbers = [number for row in self.rows for number in row.values()] + list(self.start.values())
        digits = FEWEST_DIGITS + 2 * significant_digits(numbers) * (2 * len(self.network.layers) + 1)
        with mpmath.workdps(digits):
            parameters = _real(self.start)
            largest = mpmath.mpf(0)
            for number in range(len(self.rows)):
                values = self.forward(number, parameters)
                for layer in self.network.layers:
                    if layer.activations[0] in self.bounds:
                        largest = max(largest, *(abs(values[z]) for z in layer.pre_activations))
            return digits + 2 * int(min(largest / mpmath.log(10), MOST_FOR_SATURATION))

    def at(self, digits: int) -> Evaluation:
        """Return all numbers at the precision ``digits``."""
        with mpmath.workdps(digits):
            parameters = _real(self.start)
            samples = self.samples(parameters)
            loss, gradients = self.objective(samples)
            kinks = tuple(self.kinks(samples))
            training = self.description.training
            if training is None:
                return Evaluation(digits, samples, loss, gradients, (), kinks, ())
            later: list[tuple[int, int, Symbol]] = []

            def objective(made: int, moved: Mapping[Symbol, Value]) -> tuple[Value, Mapping[Symbol, Value]]:
                if made == 0:
                    return loss, gradients
                if max(map(magnitude, moved.values())) > LARGEST_EXPONENT:
                    raise UndefinedAtError("the parameters grow beyond all bounds", 0, made)
                retrained = self.samples(moved, made)
                if made < training.steps:
                    later.extend((made + 1, *kink) for kink in self.kinks(retrained))
                return self.objective(retrained)

            rate = _exactly(training.learning_rate)
            updates = tuple(train(OPTIMIZERS[training.optimizer], rate, training.steps, parameters, objective))
            return Evaluation(digits, samples, loss, gradients, updates, kinks, tuple(later))

    def samples(self, parameters: Mapping[Symbol, Value], steps: int = 0) -> tuple[Sample, ...]:
        """Return the numbers of every sample."""
        return tuple(self.sample(number, parameters, steps) for number in range(len(self.rows)))

    def sample(self, number: int, parameters: Mapping[Symbol, Value], steps: int = 0) -> Sample:
        """Return the numbers of one sample: forward, then backward."""
        try:
            values = self.forward(number, parameters, steps)
            loss = values[self.network.loss]
            if isinstance(loss, mpmath.mpc):
                raise NoValueError("the logarithm of a negative number")
            adjoints = self.backward(values)
            gradients = {parameter: self.adjoint(parameter, adjoints, values) for parameter in self.network.parameters}
        except NoValueError as error:
            raise UndefinedAtError(str(error), number, steps) from None
        del adjoints[self.network.loss]
        return Sample(values, adjoints, gradients)

    def forward(self, number: int, parameters: Mapping[Symbol, Value], steps: int = 0) -> dict[Symbol, Value]:
        """Return every value of the forward pass of one sample."""
        values = _real(self.rows[number]) | dict(parameters)
        try:
            for node in self.network.nodes.values():
                values[node.symbol] = numeric(node.expression, values)
                if node.symbol in self.bounds:
                    self.bounds[node.symbol].put_in(values)
        except NoValueError as error:
            raise UndefinedAtError(f"{node.symbol.name} would be {error}", number, steps) from None
        return values

    def backward(self, values: Mapping[Symbol, Value]) -> dict[Symbol, Value]:
        """Return the derivative of the sample's loss by every node."""
        adjoints = {self.network.loss: mpmath.mpf(1)}
        for symbol in reversed(self.network.nodes):
            if symbol not in adjoints:
                adjoints[symbol] = self.adjoint(symbol, adjoints, values)
        return adjoints

    def adjoint(self, symbol: Symbol, adjoints: Mapping[Symbol, Value], values: Mapping[Symbol, Value]) -> Value:
        """Return the sum over the nodes that ``symbol`` feeds; a slope's first form is defined wherever any is."""
        terms = []
        for child in self.network.children[symbol]:
            if adjoints[child]:
                slope = self.network.nodes[child].slopes[symbol][0]
                terms.append(adjoints[child] * numeric(slope, values))
        return total(terms)

    def objective(self, samples: Sequence[Sample]) -> tuple[Value, dict[Symbol, Value]]:
        """Return the mean or sum over the samples of the loss and of each gradient."""
        share = len(samples) if self.description.reduction == "mean" else 1
        loss = total([sample.values[self.network.loss] for sample in samples]) / share
        gradients = {
            parameter: total([sample.gradients[parameter] for sample in samples]) / share
            for parameter in self.network.parameters
        }
        return loss, gradients

    def kinks(self, samples: Sequence[Sample]) -> Iterator[tuple[int, Symbol]]:
        """Yield each pre-activation whose value is exactly at its activation's kink."""
        for number, sample in enumerate(samples):
            for layer in self.network.layers:
                kink = ACTIVATIONS[layer.activation].kink
                for z in layer.pre_activations:
                    if kink is not None and sample.values[z] == int(kink):
                        yield number, z


def _bounds(network: Network) -> Iterator[NearBounds]:
    """Yield the activations that can come close to their bounds, each output with its target."""
    for layer in network.layers:
        targets = network.targets if layer is network.layers[-1] else (None,) * len(layer.activations)
        for unit, (activation, target) in enumerate(zip(layer.activations, targets, strict=True)):
            gaps = ACTIVATIONS[layer.activation].gaps(layer.pre_activations, unit)
            if gaps:
                yield NearBounds(activation, gaps, target)


def _real(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, Value]:
    return {key: _exactly(number) for key, number in numbers.items()}


def _exactly(number: Fraction) -> Value:
    """Return a fraction to all the digits in force."""
    return mpmath.mpf(number.numerator) / number.denominator


def _numbers(evaluation: Evaluation) -> Iterator[Value]:
    for sample in evaluation.samples:
        yield from sample.values.values()
        yield from sample.adjoints.values()
        yield from sample.gradients.values()
    yield evaluation.loss
    yield from evaluation.gradients.values()
    for update in evaluation.updates:
        yield from (update.loss_before, update.loss_after)
        yield from update.gradients.values()
        yield from update.after.values()


def _agree(earlier: Evaluation, now: Evaluation) -> bool:
    tolerance = mpmath.mpf(10) ** -AGREED_DIGITS
    pairs = zip(_numbers(earlier), _numbers(now), strict=True)
    return all(abs(first - second) <= tolerance * abs(second) for first, second in pairs)

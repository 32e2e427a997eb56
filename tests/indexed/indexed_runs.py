"""A network worked out by its indexed form alone: from the inputs and the parameters on, equation by equation."""

import mpmath
from exercises import part_of
from reference import parameters_of, samples_of, solve_by_hand

from symnet.algebra.nodes import Partial
from symnet.derivation.objective import COUNT, OBJECTIVE
from symnet.indexed.check import indexed_form_of
from symnet.indexed.values import IndexedNumbers
from symnet.matrix.check import MatrixNumbers

DIGITS = 45


def form_of(mapping):
    """Return the indexed form of a description's first loss."""
    return indexed_form_of(part_of(mapping))


class Run:
    """Works out the equations of an indexed form one after the other, by the last line of each.

    Args:
        spec: A description with numbers.
    """

    def __init__(self, spec):
        self.part = part_of(spec)
        self.form = indexed_form_of(self.part)
        with mpmath.workdps(DIGITS):
            self.expected = solve_by_hand(spec, DIGITS)
            samples = [self.given(spec, index) for index in range(len(samples_of(spec)))]
            self.numbers = MatrixNumbers(samples, [{} for _ in samples], {})
            for equation in self.form.equations:
                self.work(equation)

    def given(self, spec, index):
        """Return what a sample starts from: parameters, strengths, inputs and targets."""
        network = self.part.network
        rows, targets = samples_of(spec)[index]
        known = parameters_of(spec) | {COUNT.name: len(samples_of(spec))}
        known |= {name: mpmath.mpf(str(number)) for name, number in spec.get("at", {}).items()}
        names = [symbol.name for symbol in (*network.inputs, *network.targets)]
        flat = [mpmath.mpf(str(number)) for number in (*(x for row in rows for x in row), *targets)]
        known |= dict(zip(names, flat, strict=True))
        symbols = (*network.inputs, *network.targets, *network.parameters, COUNT, *self.part.objective.constants)
        return {symbol: known[symbol.name] for symbol in symbols if symbol.name in known}

    def work(self, equation):
        """Work out the last line of an equation everywhere and in every sample, and keep the numbers."""
        left = equation.left
        if isinstance(left, Partial) and left.of not in {self.part.network.loss, OBJECTIVE}:
            return
        for at in range(len(self.numbers.samples)):
            point = IndexedNumbers(self.form.letters, self.part.objective, self.numbers, at)
            for where in equation.everywhere:
                symbol = self.form.letters.resolved(equation.wrt, where)
                if symbol not in point.nodes:
                    self.keep(left, symbol, at, point.value(equation.rights[-1].expression, where))

    def keep(self, left, symbol, at, number):
        """Keep the number of a quantity, or of the derivative with respect to it."""
        if not isinstance(left, Partial):
            self.numbers.samples[at][symbol] = number
        elif left.of == OBJECTIVE and self.form.objective:
            self.numbers.gradients[symbol] = number
        else:
            self.numbers.adjoints[at][symbol] = number
            known = self.part.gradient.adjoints.get(symbol)
            if known is not None:
                # A single unit's derivative is cited by its own name.
                self.numbers.samples[at][known.symbol] = number

    def compared(self):
        """Yield (name, found, expected) for every node, delta, derivative with respect to an input, and gradient."""
        for index, sample in enumerate(self.expected["samples"]):
            values = {symbol.name: number for symbol, number in self.numbers.samples[index].items()}
            adjoints = {symbol.name: number for symbol, number in self.numbers.adjoints[index].items()}
            for name in set(map(str, self.part.network.nodes)) & set(sample["nodes"]):
                yield name, values[name], sample["nodes"][name]
            for name, expected in sample["deltas"].items():
                if name.startswith("z"):
                    yield f"delta of {name}", adjoints[name], expected
            for name, expected in sample["inputs"].items() if self.form.inputs else ():
                yield f"derivative with respect to {name}", adjoints[name], expected
        gradients = self.numbers.gradients if self.form.objective else self.numbers.adjoints[0]
        found = {symbol.name: number for symbol, number in gradients.items()}
        for name, expected in self.expected["gradients"].items():
            yield f"gradient by {name}", found[name], expected

"""A network worked out by its matrix form alone: from the inputs and the parameters on, equation by equation."""

import functools
import json
from contextlib import suppress

import mpmath
from exercises import part_of
from reference import parameters_of, samples_of, solve_by_hand

from symnet.derivation.objective import COUNT
from symnet.matrix.check import MatrixNumbers, value
from symnet.matrix.derive import matrix_form
from symnet.matrix.expression import Convention, Jacobian, MatrixDerivative
from symnet.network.graph import NodeKind
from symnet.quantity import Role

CONVENTIONS = [Convention(rows, from_to) for rows in (False, True) for from_to in (False, True)]
DIGITS = 45


def form_of(mapping, convention=CONVENTIONS[0]):
    """Return the matrix form of a description's first loss."""
    part = part_of(mapping)
    return matrix_form(part.gradient, part.objective, convention)


@functools.lru_cache(maxsize=1)
def worked_by_hand(spec):
    """Return the first loss of a description in JSON, worked, and all its numbers by hand, for every layout in turn."""
    with mpmath.workdps(DIGITS):
        return part_of(json.loads(spec)), solve_by_hand(json.loads(spec), DIGITS)


class Run:
    """Works out the equations of a matrix form one after the other.

    Args:
        spec: A description with numbers.
        convention: How its matrices are laid out.
    """

    def __init__(self, spec, convention):
        self.part, self.expected = worked_by_hand(json.dumps(spec))
        self.form = matrix_form(self.part.gradient, self.part.objective, convention)
        with mpmath.workdps(DIGITS):
            self.numbers = MatrixNumbers([self.given(spec, index) for index in range(len(samples_of(spec)))], [], {})
            self.numbers = self.numbers._replace(adjoints=[{} for _ in self.numbers.samples])
            for equation in self.form.equations:
                self.work(equation)

    def given(self, spec, index):
        """Return what a sample starts from: parameters, inputs, targets, and of the loss what is no matrix."""
        part, (rows, targets) = self.part, samples_of(spec)[index]
        known = parameters_of(spec) | {"m": len(samples_of(spec))}
        known |= {name: mpmath.mpf(str(number)) for name, number in spec.get("at", {}).items()}
        names = [symbol.name for symbol in (*part.network.inputs, *part.network.targets)]
        flat = [mpmath.mpf(str(number)) for number in (*(x for row in rows for x in row), *targets)]
        known |= dict(zip(names, flat, strict=True))
        sample = self.expected["samples"][index]
        at_loss = [node.symbol for node in part.network.nodes.values() if node.kind is NodeKind.LOSS]
        known |= {symbol.name: sample["nodes"][symbol.name] for symbol in at_loss}
        known |= {part.gradient.adjoints[s].symbol.name: sample["deltas"][s.name] for s in at_loss[:-1]}
        known |= self.expected["penalty"]
        return {symbol: known[symbol.name] for symbol in self.symbols() if symbol.name in known}

    def symbols(self):
        """Return every symbol that may stand in an equation, apart from what the equations are of."""
        part = self.part
        yield from (*part.network.inputs, *part.network.targets, *part.network.parameters, *part.network.nodes, COUNT)
        yield from (derivation.symbol for derivation in part.gradient.adjoints.values())
        yield from (*part.objective.constants, *(node.symbol for node in part.objective.penalty))

    def work(self, equation):
        """Work out the right sides of an equation, which have to agree, and keep the numbers of its left side."""
        for at in range(len(self.numbers.samples) if equation.each else 1):
            here = self.numbers._replace(at=at)
            first, *others = self.known(equation, here)
            for other in others:
                assert largest_difference(first, other) < mpmath.mpf(10) ** -20
            if not isinstance(equation.left, Jacobian):
                self.keep(equation.left, first, at)

    @staticmethod
    def known(equation, here):
        """Return the values of the right sides, apart from those in derivatives that have no equation."""
        found = []
        for right in equation.rights:
            with suppress(KeyError):
                found.append(value(right.tree, here))
        assert found
        return found

    def keep(self, left, grid, at):
        """Keep the entries of what was worked out under the symbols that they stand for."""
        letter = left.wrt if isinstance(left, MatrixDerivative) else left
        is_derivative = isinstance(left, MatrixDerivative) or left.role is Role.DELTA
        if is_derivative and letter.is_parameter:
            tables = [self.numbers.gradients]
        else:
            tables = self.numbers.adjoints if is_derivative else self.numbers.samples
        if letter.each:
            tables = tables[at : at + 1]
        cells = letter.cells
        for index, table in enumerate(tables):
            rows = grid[index * len(cells) : (index + 1) * len(cells)] if letter.down else grid
            for row, symbols in zip(rows, cells, strict=True):
                width = len(symbols)
                start = 0 if letter.down else index * width
                table.update(zip(symbols, row[start : start + width], strict=True))

    def compared(self):
        """Yield (name, found, expected) for every node, delta and gradient."""
        known = set(map(str, self.part.network.nodes))
        for index, sample in enumerate(self.expected["samples"]):
            values = {symbol.name: number for symbol, number in self.numbers.samples[index].items()}
            adjoints = {symbol.name: number for symbol, number in self.numbers.adjoints[index].items()}
            for name in known & set(sample["nodes"]):
                yield name, values[name], sample["nodes"][name]
            for name, expected in sample["deltas"].items():
                if name.startswith("z"):
                    yield f"delta of {name}", adjoints[name], expected
            for name, expected in sample["inputs"].items() if self.form.inputs else ():
                yield f"derivative by {name}", adjoints[name], expected
        found = {symbol.name: number for symbol, number in self.numbers.gradients.items()}
        assert set(found) == set(self.expected["gradients"])
        for name, expected in self.expected["gradients"].items():
            yield f"gradient by {name}", found[name], expected


def largest_difference(first, other):
    """Return the largest difference of two matrices of numbers, relative to numbers above 1."""
    pairs = [(a, b) for row, row_ in zip(first, other, strict=True) for a, b in zip(row, row_, strict=True)]
    return max(abs(a - b) / max(1, abs(a), abs(b)) for a, b in pairs)

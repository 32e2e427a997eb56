"""A part worked out in NumPy's floats, one operation after the other, as a student's program does it."""

import functools
import math
import operator

from sympy import Add, Mul, Pow, exp, log, tanh
from sympy.core.numbers import Exp1, Pi

from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, PathSum, Quotient, Wins

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_FUNCTIONS = {"ln": "log", "abs": "abs", "sign": "sign", "max": "maximum", "min": "minimum"}


_RULES = {
    Chain: lambda at, arguments: at.product(arguments),
    Mul: lambda at, arguments: at.product(arguments),
    PathSum: lambda _at, arguments: functools.reduce(operator.add, arguments),
    Add: lambda _at, arguments: functools.reduce(operator.add, arguments),
    Quotient: lambda _at, arguments: arguments[0] / arguments[1] if arguments[0] else arguments[0],
    Pow: lambda at, arguments: at.np.power(*arguments),
    exp: lambda at, arguments: at.np.exp(*arguments),
    log: lambda at, arguments: at.np.log(*arguments),
    tanh: lambda at, arguments: at.np.tanh(*arguments),
    Indicator: lambda at, arguments: at.kind(arguments[0] > 0),
    Exp1: lambda at, _arguments: at.kind(at.np.e),
    Pi: lambda at, _arguments: at.kind(at.np.pi),
}


class Floating:
    """Arithmetic in one kind of NumPy's floats.

    Args:
        np: NumPy.
        kind: The type of its floats.
    """

    def __init__(self, np, kind):
        self.np, self.kind = np, kind

    def value(self, expression, known):
        """Return what an expression comes to."""
        if expression in known:
            return known[expression]
        rule = _RULES.get(type(expression))
        if rule is not None:
            return rule(self, [self.value(one, known) for one in expression.args])
        worth = functools.partial(self.value, known=known)
        if isinstance(expression, Branch):
            switch, above, below = expression.args
            return worth(above if worth(switch) > 0 else below)
        if isinstance(expression, Wins):
            contests = [(worth(own), sign, worth(other)) for own, sign, other in expression.contests]
            return self.kind(all(_COMPARE[sign](own, other) for own, sign, other in contests))
        if isinstance(expression, Applied):
            return self.applied(expression.name, [worth(one) for one in expression.args[1:]])
        return self.kind(expression.p) / self.kind(expression.q)

    def product(self, factors):
        """Return a product; 0 times what has no value is 0."""
        if not all(factors):
            return self.kind(0)
        return functools.reduce(operator.mul, factors)

    def applied(self, name, arguments):
        """Return a function of an expression."""
        one = self.kind(1)
        if name == "sigmoid":
            return one / (one + self.np.exp(-arguments[0]))
        if name == "relu":
            return self.np.maximum(arguments[0], self.kind(0))
        if name == "erf":
            # NumPy has none.
            return self.kind(math.erf(arguments[0]))
        function = getattr(self.np, _FUNCTIONS.get(name, name))
        return functools.reduce(function, arguments) if len(arguments) > 1 else function(*arguments)

    def leaf(self, number):
        """Return a given number, as a program reads it."""
        return self.kind(float(number))

    def sample(self, part, row):
        """Return all values of a sample: forward, then the derivative of its loss with respect to every symbol."""
        network, given = part.network, part.data
        known = {symbol: self.leaf(number) for symbol, number in {**row, **given.parameters, **given.constants}.items()}
        for node in network.nodes.values():
            known[node.symbol] = self.value(node.expression, known)
        derivatives = {network.loss: self.kind(1)}
        for node in reversed(list(network.nodes.values())):
            above = derivatives.get(node.symbol, self.kind(0))
            for parent, forms in node.derivatives.items():
                derivative = above * self.value(forms[-1], known) if above else above
                derivatives[parent] = derivatives[parent] + derivative if parent in derivatives else derivative
        return known, derivatives

    def numbers(self, truth):
        """Yield each target that has a number, with that number as a float."""
        part = truth.part
        samples = [self.sample(part, row) for row in part.data.rows]
        count = self.kind(len(samples))
        for target in truth.targets:
            if truth.number(target) is None:
                continue
            number = self._number(part, target, samples, count)
            if number is not None:
                yield target, number

    def _number(self, part, target, samples, count):
        symbol = target.symbol
        kind = target.kind.value
        if target.sample is None and kind == "gradient" and part.objective.nodes:
            total = functools.reduce(
                operator.add, (derivatives.get(symbol, self.kind(0)) for _, derivatives in samples)
            )
            total = total / count if part.objective.mean else total
            known = {**samples[0][0], **self.penalty(part, samples[0][0])}
            return functools.reduce(
                operator.add, (self.value(term, known) for term in part.objective.added.get(symbol, ())), total
            )
        if kind == "updated" or (target.sample is None and len(samples) > 1):
            return None
        known, derivatives = samples[target.sample or 0]
        return known.get(symbol) if kind == "node" else derivatives.get(symbol, self.kind(0))

    def penalty(self, part, known):
        """Return the values of the penalty."""
        found = dict(known)
        for node in part.objective.penalty:
            found[node.symbol] = self.value(node.expression, found)
        return found

"""Numbers that know how they were computed: the chain rule from scratch in mpmath, without symnet.

Each function states its own derivative, and at a kink the convention of the sheets. The precision is that in force.
"""

import itertools

import mpmath

_ORDER = itertools.count()


class Number:
    """A value, and the derivative with respect to each number that it was computed from."""

    __slots__ = ("derivatives", "order", "value")

    def __init__(self, value, *derivatives):
        """Keep a value and pairs of (number, derivative)."""
        self.value = mpmath.mpf(value)
        self.derivatives = derivatives
        self.order = next(_ORDER)

    def __add__(self, other):
        other = number(other)
        return Number(self.value + other.value, (self, 1), (other, 1))

    def __mul__(self, other):
        other = number(other)
        return Number(self.value * other.value, (self, other.value), (other, self.value))

    def __truediv__(self, other):
        other = number(other)
        ratio = self.value / other.value
        return Number(ratio, (self, 1 / other.value), (other, -ratio / other.value))

    def __pow__(self, exponent):
        return Number(self.value**exponent, (self, exponent * self.value ** (exponent - 1)))

    def __neg__(self):
        return Number(-self.value, (self, -1))

    def __sub__(self, other):
        return self + -number(other)

    def __rsub__(self, other):
        return number(other) - self

    def __rtruediv__(self, other):
        return number(other) / self

    __radd__, __rmul__ = __add__, __mul__


def number(value):
    """Return a value as a number; one that is none yet was not computed from any."""
    return value if isinstance(value, Number) else Number(value)


def exp(x):
    """Return e to the power x."""
    value = mpmath.exp(x.value)
    return Number(value, (x, value))


def log(x):
    """Return the natural logarithm."""
    return Number(mpmath.log(x.value), (x, 1 / x.value))


def sqrt(x):
    """Return the square root; at 0 its derivative counts as 0."""
    value = mpmath.sqrt(x.value)
    return Number(value, (x, 1 / (2 * value) if value else 0))


def erf(x):
    """Return the error function."""
    return Number(mpmath.erf(x.value), (x, 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(x.value**2))))


def sin(x):
    """Return the sine."""
    return Number(mpmath.sin(x.value), (x, mpmath.cos(x.value)))


def tanh(x):
    """Return the hyperbolic tangent."""
    return Number(mpmath.tanh(x.value), (x, mpmath.sech(x.value) ** 2))


def sigmoid(x):
    """Return 1/(1 + e^-x); its derivative is e^-x/(1 + e^-x)^2."""
    power = mpmath.exp(-abs(x.value))
    return Number(1 / (1 + mpmath.exp(-x.value)), (x, power / (1 + power) ** 2))


def softplus(x):
    """Return ln(1 + e^x)."""
    tail = mpmath.log1p(mpmath.exp(-abs(x.value)))
    return Number(max(x.value, 0) + tail, (x, 1 / (1 + mpmath.exp(-x.value))))


def absolute(x):
    """Return the absolute value; at 0 its derivative counts as 0."""
    return Number(abs(x.value), (x, mpmath.sign(x.value)))


def positive_part(x):
    """Return x where it is positive and 0 elsewhere, at 0 with the derivative 0."""
    return x if x.value > 0 else Number(0, (x, 0))


def cases(switch, above, below):
    """Return one of two numbers, by whether the first is positive."""
    return above if switch.value > 0 else below


def largest(numbers):
    """Return the largest of some numbers; of equal ones the first counts."""
    first, *rest = numbers
    for other in rest:
        first = other if other.value > first.value else first
    return Number(first.value, *((other, int(other is first)) for other in numbers))


def total(terms):
    """Return the sum of numbers."""
    terms = [number(term) for term in terms]
    return Number(mpmath.fsum(term.value for term in terms), *((term, 1) for term in terms))


def backward(result):
    """Return a function from a number to the derivative of ``result`` with respect to it, 0 if it has no part in it."""
    reached, waiting = {result.order: result}, [result]
    while waiting:
        for parent, _ in waiting.pop().derivatives:
            if parent.order not in reached:
                reached[parent.order] = parent
                waiting.append(parent)
    adjoints = dict.fromkeys(reached, mpmath.mpf(0))
    adjoints[result.order] = mpmath.mpf(1)
    for order in sorted(reached, reverse=True):
        for parent, derivative in reached[order].derivatives:
            adjoints[parent.order] += adjoints[order] * derivative
    return lambda wrt: adjoints.get(wrt.order, mpmath.mpf(0))

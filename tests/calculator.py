"""A pocket calculator that is typed on: it reads a calculation as it is printed, and knows nothing of symnet."""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import mpmath
from mpmath import mp, mpf


def logarithm(x):
    """Return the natural logarithm, and that of 0 as a number that 0 times it is 0."""
    return mpmath.log(x) if x else mpf("-inf")


DIGITS = 60
HIGH = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
# A number with a power of ten is one number, unless it is a product whose first factor belongs to what is before it.
TOKENS = re.compile(
    r"(?<![/×^] )(?<![/.\d])[1-9](?:\.\d+)? × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
    r"|(?<![/.\d])10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
    r"|\d+(?:\.\d+)?|log₂|log₁₀|[A-Za-z]+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|\s+|."
)
FUNCTIONS = {
    "σ": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "ln": logarithm,
    "log": logarithm,
    "log₂": lambda x: logarithm(x) / mpmath.log(2),
    "log₁₀": lambda x: logarithm(x) / mpmath.log(10),
    "exp": mpmath.exp,
    "sign": lambda x: mpf((x > 0) - (x < 0)),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "erf": mpmath.erf,
    "max": max,
    "min": min,
}
COMPARED = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "≥": lambda a, b: a >= b,
    "≤": lambda a, b: a <= b,
}
OPENING = {"(": ")", "[": "]", "{": "}"}


class NotANumberError(ValueError):
    """Something that is no calculation with numbers alone."""


def times(a, b):
    """Return a product, which is 0 where a factor is."""
    return mpf(0) if not a or not b else a * b


def over(a, b):
    """Return a quotient, which is 0 where 0 stands above the bar."""
    return mpf(0) if not a else a / b


class Calculator:
    """The calculation in a text.

    Args:
        text: As it is printed on one line, without signs of equality.

    Attributes:
        numbers: Each number that was typed in, as a decimal; with whether a minus sign of its own stands before it.
    """

    def __init__(self, text):
        self.tokens = [token for token in TOKENS.findall(text) if not token.isspace()]
        self.place = 0
        self.signed = None
        self.numbers = []

    def value(self):
        """Return what the calculation comes to."""
        with mp.workdps(DIGITS):
            found = self.sum()
        if self.place < len(self.tokens):
            raise NotANumberError(self.tokens[self.place])
        return found

    def next(self):
        """Return the next token, or an empty one at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted):
        """Return the next token if it is one of those wanted, and go on behind it."""
        mark = self.next()
        if wanted and mark not in wanted:
            raise NotANumberError(mark or "the end")
        self.place += 1
        return mark

    def sum(self):
        """Return a sum."""
        found = self.product()
        while self.next() in {"+", "−"}:
            sign = self.take()
            term = self.product()
            found = found + term if sign == "+" else found - term
        return found

    def product(self):
        """Return a product; signs of multiplication are always printed between numbers, but not after brackets."""
        if self.next() == "−":
            self.take()
            self.signed = self.place
            return -self.product()
        found = self.power()
        while self.next() in {"×", "⋅", "/"}:
            sign = self.take()
            found = over(found, self.power()) if sign == "/" else times(found, self.power())
        return found

    def power(self):
        """Return something with its exponent."""
        base = self.atom()
        mark = self.next()
        if mark and mark[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
            return base ** int(self.take().translate(HIGH).replace("−", "-"))
        if mark == "^":
            self.take()
            return base ** self.group("{")
        return base

    def group(self, bracket):
        """Return what stands in brackets."""
        self.take(bracket)
        found = self.sum()
        self.take(OPENING[bracket])
        return found

    def atom(self):
        """Return a number, something in brackets, or a function of something."""
        mark = self.next()
        if mark[:1].isdigit():
            return self.number()
        if mark in FUNCTIONS:
            return self.function(FUNCTIONS[self.take()])
        if mark not in ATOMS:
            raise NotANumberError(mark or "the end")
        return ATOMS[mark](self)

    def number(self):
        """Return a number, and remember that it was typed in."""
        number = printed_number(self.take())
        self.numbers.append((number, self.signed == self.place - 1))
        return mpf(str(number))

    def euler(self):
        """Return the number e."""
        self.take()
        return +mpmath.e

    def size(self):
        """Return an absolute value."""
        self.take("|")
        found = abs(self.sum())
        self.take("|")
        return found

    def root(self):
        """Return a square root."""
        self.take("√")
        return mpmath.sqrt(self.atom())

    def indicator(self):
        """Return 1 where the conditions in the brackets hold, and 0 elsewhere."""
        self.take("𝟏")
        self.take("[")
        found = self.conditions()
        self.take("]")
        return mpf(found)

    def function(self, function):
        """Return a function of what stands in brackets behind it, or of the one number behind it."""
        if self.next()[-1:] in {*"⁰¹²³⁴⁵⁶⁷⁸⁹"}:
            # The power of a function's value.
            exponent = int(self.take().translate(HIGH).replace("−", "-"))
            return self.function(function) ** exponent
        if self.next() != "(":
            return function(self.atom())
        self.take("(")
        arguments = [self.sum()]
        while self.next() in {",", ";"}:
            self.take()
            arguments.append(self.sum())
        self.take(")")
        return function(*arguments)

    def conditions(self):
        """Return whether all conditions hold."""
        found = True
        while True:
            own = self.sum()
            compare = COMPARED[self.take(*COMPARED)]
            found &= bool(compare(own, self.sum()))
            if self.next() != ",":
                return found
            self.take()

    def cases(self):
        """Return the value of the case that holds."""
        self.take("{")
        found = None
        while True:
            value = self.sum()
            # The first case that holds is taken.
            if (self.take("if", "otherwise") == "otherwise" or self.conditions()) and found is None:
                found = value
            if self.take(";", "}") == "}":
                return found


ATOMS = {
    "e": Calculator.euler,
    "(": lambda calculator: calculator.group("("),
    "[": lambda calculator: calculator.group("["),
    "{": Calculator.cases,
    "|": Calculator.size,
    "√": Calculator.root,
    "𝟏": Calculator.indicator,
}


def rounded(value, last, half_up):
    """Return a number as a decimal, rounded to the place of the power of ten ``last``."""
    with mp.workdps(DIGITS):
        # What lies half way but for the last bits of the calculation lies half way.
        number = Decimal(mpmath.nstr(value, 45, min_fixed=0, max_fixed=0))
    context = Context(prec=400, rounding=ROUND_HALF_UP if half_up else ROUND_HALF_EVEN)
    return number.quantize(Decimal(1).scaleb(last), context=context)


# A mantissa of exactly 1 is not written.
PRINTED = re.compile(r"(−?)(?:10(⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(\d+(?:\.\d+)?)(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?)")


def printed_number(text):
    """Return a number as it is printed, as a decimal with its own digits; None for anything else."""
    match = PRINTED.fullmatch(text)
    return None if match is None else as_decimal(match)


def as_decimal(match):
    """Return the number in a match of :data:`PRINTED`."""
    sign, alone, digits, power = match.groups()
    exponent = int((alone or power or "⁰").translate(HIGH).replace("−", "-"))
    return Decimal(f"{'-' if sign else ''}{digits or 1}E{exponent}")

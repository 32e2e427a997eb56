"""An exercise with all numbers that are tried on its exports, and what `symnet check` says of each."""

from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from symnet.export.exercise import exported
from symnet.export.items import with_digits_of
from symnet.marking.judge import Marker
from symnet.marking.records import TypedAnswer
from symnet.marking.submissions import Submission
from symnet.sheets.worksheet import scheme_of

NETWORK = {
    "title": "Exercise <3> & more",
    "inputs": 2,
    "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "squared_error",
    "data": {"inputs": [[0.35, 0.9]], "targets": [[0.5]]},
    "parameters": [
        {"weights": [[0.1, 0.8], [0.4, 0.6]], "biases": [0.2, -0.1]},
        {"weights": [[0.3, 0.9]], "biases": [0.1]},
    ],
    "numbers": {"decimals": 4},
    "questions": [{"ask": "a2_1"}, {"ask": "deltas"}, {"ask": "dL/dw1_1_2"}],
}
GRAPH = {
    "graph": {"inputs": ["x", "y"], "nodes": {"u": "x^2 * y", "f": "u / (1 + y)"}, "output": "f"},
    "at": {"x": 3, "y": 0.25},
}


class Tried:
    """An exercise, what is exported of it, and what marking says of a number.

    Attributes:
        work: The exercise, worked.
        exported: What is exported of it.
    """

    def __init__(self, work):
        self.work, self.scheme = work, scheme_of(work)
        self.exported = exported(work, self.scheme)
        self.known = {}

    @cached_property
    def marker(self):
        """What marks it, as `symnet check` does."""
        return Marker(self.work, self.scheme)

    @property
    def items(self):
        """The questions of its first loss."""
        return self.exported.parts[0].items

    def marked(self, name, typed):
        """Return what `symnet check` says of a number alone."""
        if (name, typed) not in self.known:
            answers = self.marker.mark(Submission((TypedAnswer(name, typed),), None)).answers
            self.known[name, typed] = next(one for one in answers if one.answer.typed.right == typed)
        return self.known[name, typed]

    def is_right(self, name, typed):
        """Return whether `symnet check` accepts a number, typed so or with the decimals of the sheet.

        Programs read numbers, so they cannot tell 0.50 from 0.5.
        """
        fewer = f"{Decimal(typed):.{self.work.description.numbers.decimals}f}"
        ways = {typed, fewer} if Decimal(fewer) == Decimal(typed) else {typed}
        return any(self.marked(name, way).verdict.is_right for way in ways)

    def tried(self, among=None):
        """Yield each question with numbers to type: the right one, some around it, and those of each mistake.

        Args:
            among: The ids of the questions; None for all.
        """
        for item in self.items if among is None else (one for one in self.items if one.id in among):
            shown = item.accepted[0].value
            unit = Fraction(10) ** Decimal(shown).as_tuple().exponent
            for steps in (-3, -1, 0, 1, 2, 5):
                yield item, with_digits_of(shown, Fraction(shown) + steps * unit), None
            for mistake in item.mistakes:
                yield item, mistake.band.value, mistake


HOSTILE = "../a/b <script>alert(1)</script> ]]> {{params}} $x$ \\(y\\) =cmd() \"'&amp; \x00\x1b[0m"

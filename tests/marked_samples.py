"""A marking made by hand, of the worked example in the notes of CS349, with every verdict in it."""

from fractions import Fraction

from exercises import solved
from sympy import Symbol

from symnet.algebra.nodes import Chain, difference
from symnet.layout.tree import Number, Operator, Row
from symnet.marking.judge import left_side
from symnet.marking.records import Answer, Figures, Marked, Marking, Mistake, Target, TargetKind, TypedAnswer, Verdict

NODE = Target("z1_1", TargetKind.NODE, Symbol("z1_1"))
OTHER = Target("z1_2", TargetKind.NODE, Symbol("z1_2"))
DELTA = Target("delta2_1", TargetKind.ADJOINT, Symbol("z2_1"))
WEIGHT = Target("dL/dw2_1_1", TargetKind.GRADIENT, Symbol("w2_1_1"))
HIDDEN = Target("dL/dw1_1_1", TargetKind.GRADIENT, Symbol("w1_1_1"))
UPDATED = Target("w2_1_1'", TargetKind.UPDATED, Symbol("w2_1_1"))
ELEMENTWISE = Mistake(
    "softmax_elementwise",
    ("Softmax was treated as an elementwise function: the off-diagonal terms are missing.",),
    "dL/dz2_1",
)
SIGN = Mistake("wrong_sign", ("The sign is wrong.",), "dL/dw1_1_1")
HOSTILE = '=HYPERLINK("http://x") \\input{/etc/passwd} \x1b[31m #eval("1") <script>alert(1)</script> {{7*7}}'


def number(text):
    """Return a number as a layout."""
    size = Number(text.lstrip("-"))
    return Row((Operator("-", unary=True), size)) if text.startswith("-") else size


def of_number(target, text, line):
    """Return the answer that is a number."""
    value, places = Fraction(text), len(text.partition(".")[2])
    figures = Figures(value, Fraction(1, 10**places))
    return Answer(TypedAnswer(target.id, text, line, 3), target, None, figures, number(text))


def part_of(path):
    """Return the first part of an example."""
    return solved(path).parts[0]


def marking(part):
    """Return a marking with each verdict in it.

    Args:
        part: The first part of the worked example in the notes.
    """
    a, y = Symbol("a2_1"), Symbol("y1")
    expression = difference(a, y)
    right = part.build(Chain(part.gradient.adjoints[DELTA.symbol].symbol, Symbol("a1_1")))
    delta = Answer(TypedAnswer("delta2_1", "a2_1 - y1", 2, 3), DELTA, expression, None, part.build(expression))
    problem = "found the character \\; expected names, numbers and + - * / ^\n2 \\input{x}\n  ^"
    marked = (
        Marked(of_number(NODE, "0.3451", 1), Verdict.RIGHT_TO_ROUNDING, marks=Fraction(1)),
        Marked(delta, Verdict.RIGHT, marks=Fraction(1)),
        Marked(of_number(WEIGHT, "-0.3835", 3), Verdict.WRONG, (ELEMENTWISE,), out_of=Fraction(2), right=right),
        Marked(of_number(HIDDEN, "-0.0118", 4), Verdict.WRONG, (ELEMENTWISE, SIGN), right=right),
        Marked(of_number(UPDATED, "0.6819", 5), Verdict.WRONG, follows=True, marks=Fraction(1), right=number("0.7811")),
        Marked(Answer(TypedAnswer("q", HOSTILE, 6, 3), problem=problem), Verdict.UNREADABLE),
        Marked(of_number(HIDDEN, "0", 7), Verdict.CANNOT_TELL, message="One digit is too few to tell.", right=right),
        Marked(Answer(TypedAnswer("z1_2", ""), OTHER), Verdict.NOT_ANSWERED, right=number("0.6123")),
    )
    lefts = (None if one.answer.target is None else left_side(part, one.answer.target) for one in marked)
    return Marking("C1", tuple(one._replace(left=left) for one, left in zip(marked, lefts, strict=True)))

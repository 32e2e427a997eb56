"""A small sheet with every block, a hostile one, and a long one."""

from symnet.diagram.network import UnitColumn, draw
from symnet.document import (
    Document,
    Fact,
    Flow,
    Heading,
    InColumns,
    Labelled,
    Line,
    Note,
    Paragraph,
    Result,
    ResultGroup,
    Results,
    Table,
    Working,
)
from symnet.layout.tree import Accent, Brace, Cases, Fence, Fraction, Glyph, Number, Operator, Prime, Row, Scripts, Word

PLUS, MINUS, ONE, Y, SIGMA = Operator("+"), Operator("-"), Number("1"), Glyph("y"), Glyph("sigma")
HOSTILE = '\\input{/etc/passwd} {{7*7}} #$%&_^~ "x" <b> Übung αβ 中文 😀 \\VAR{title} /*= title =*/ -- #read("x")'


def unit(name, index, layer):
    """Return a name with its unit low and its layer high."""
    return Scripts(Glyph(name), Number(str(index)), Fence(Number(str(layer))))


def partial(of, by):
    """Return a partial derivative."""
    return Fraction(Row((Glyph("partial"), of)), Row((Glyph("partial"), by)))


def long_sum(terms):
    """Return a sum of so many products."""
    items = [item for i in range(1, terms + 1) for item in (PLUS, unit("w", i, 1), unit("x", i, 1))]
    return Row(tuple(items[1:]))


def figure():
    """Return the drawing of a 2-2-1 network."""
    columns = [
        UnitColumn(2, lambda i: Scripts(Glyph("x"), Number(str(i))), None, None, ("input",)),
        UnitColumn(
            2, lambda i: unit("a", i, 1), lambda i, j: unit("w", i * 10 + j, 1), lambda i: unit("b", i, 1), ("hidden",)
        ),
        UnitColumn(1, lambda _: Accent("hat", Y), lambda _, j: unit("w", j, 2), None, ("output, ", SIGMA)),
    ]
    return draw(columns, Glyph("L"), [Y])


def sheet():
    """Return a document with every kind of block."""
    a, z, loss = unit("a", 1, 2), unit("z", 1, 2), Glyph("L")
    error = Row((Fence(Row((a, MINUS, Y))), a, Fence(Row((ONE, MINUS, a)))))
    derivative = Cases(
        ((ONE, Row((Glyph("z"), Operator(">"), Number("0")))), (Number("0"), Word("otherwise", prose=True))), "if"
    )
    return Document(
        "How much does each weight matter?",
        ("A 2–2–1 network with ", SIGMA),
        (
            Heading(1, ("The network",)),
            figure(),
            Paragraph(("The loss is ", loss, ".")),
            Table((("Name",), ("Symbol",)), ((("input",), (Glyph("x"),)), (("target",), (Y,))), "ll"),
            Heading(1, ("Forward pass",)),
            Working((Line(unit("z", 1, 1), "=", long_sum(2), ("weighted sum",)),)),
            Fact(("Derivative",), ("Used twice: ", Prime(SIGMA)), (Line(Prime(SIGMA), "=", derivative),)),
            Heading(2, ("Step 1: ", unit("delta", 1, 2))),
            Heading(3, ("Output",)),
            Paragraph(("By the chain rule,",)),
            Working(
                (
                    Line(partial(loss, z), "=", Row((partial(loss, a), partial(a, z))), ("chain rule",)),
                    Line(None, "=", error, ("derivative of ", SIGMA)),
                    Line(None, "approx", Number("0.013368")),
                )
            ),
            Result((Line(partial(loss, z), "=", error),)),
            InColumns(((Line(z, "=", long_sum(2)), Line(a, "=", Row((SIGMA, Fence(z))))), (Line(a, "=", z), None))),
            Flow((Line(loss, "=", Y), Line(z, "=", long_sum(1)))),
            Flow((Line(Row((SIGMA, Fence(Glyph("z")))), "=", Glyph("z")), Line(a, "=", long_sum(9))), tinted=True),
            Labelled(
                (("output", (Line(z, "=", a, ("chain rule",)), Line(None, "=", Y))), ("weights", (Line(a, "=", z),)))
            ),
            Results(
                (
                    ResultGroup(
                        ("layer 2, ", Glyph("i")), ((Line(partial(loss, z), "=", Brace(error, "error")), None),)
                    ),
                    ResultGroup((), ((Line(partial(loss, a), "=", error), Line(z, "=", a)),)),
                )
            ),
            Note(("All gradients agree.",)),
        ),
    )


def hostile():
    """Return a document whose every text tries to be markup."""
    said = (HOSTILE,)
    return Document(
        HOSTILE,
        said,
        (
            Heading(1, said),
            Heading(2, said),
            Heading(3, said),
            Paragraph(said),
            Note(said),
            Fact((HOSTILE,), said),
            Working((Line(Glyph("x"), "=", Word("\\input{x}"), said),)),
            Table((said, said), ((said, said),), "ll"),
            Labelled(((HOSTILE, (Line(Glyph("x"), "=", Brace(Word(HOSTILE), HOSTILE)),)),)),
            Results((ResultGroup(said, ((Line(Glyph("x"), "=", Glyph("y")), Line(Glyph("x"), "=", Glyph("y"))),)),)),
        ),
    )


def long():
    """Return a document that is too wide and too long in every way."""
    cells = tuple(((Number(str(i)),), (Number("0.123456"),)) for i in range(200))
    wide = tuple((Number(str(i)),) for i in range(30))
    reason = ("a reason that is longer than the column in which the reasons stand on every page",)
    product = Row(tuple(Fence(Row((unit("a", i, 1), MINUS, Y))) for i in range(20)))
    return Document(
        "Long " * 60 + "x" * 300,
        (),
        (
            Working((Line(unit("z", 1, 1), "=", long_sum(60), reason), Line(None, "=", long_sum(10), reason))),
            Working((Line(unit("z", 1, 1), "=", product, reason),)),
            Result((Line(Glyph("z"), "=", long_sum(10)),)),
            Result(tuple(Line(partial(Glyph("L"), unit("w", i, 1)), "=", long_sum(3)) for i in range(60))),
            Results((ResultGroup(("all",), tuple((Line(Y, "=", long_sum(3)), Line(Y, "=", Y)) for _ in range(60))),)),
            Results((ResultGroup(("wide",), ((Line(Y, "=", product), Line(Y, "=", long_sum(10))),)),)),
            InColumns(tuple((Line(Y, "=", long_sum(2)), Line(Y, "=", Y)) for _ in range(60))),
            Flow(tuple(Line(Y, "=", long_sum(5 + i)) for i in range(9))),
            Labelled((("a long word", (Line(unit("z", 1, 1), "=", long_sum(60), reason),)),)),
            Table((("step",), ("value",)), cells, "rr"),
            Table(wide, (tuple((Number("0.12345678"),) for _ in wide),), "c" * 30),
            Table((("A",), ("B",)), ((("word " * 60,), ("word " * 60,)),), "ll"),
        ),
    )

"""Answers as people type them are read as what they mean, whole or not at all; nothing in them is ever run."""

from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from answers import GOOD_LATEX, GOOD_PLAIN, INDICATORS, MALFORMED_LATEX, MALFORMED_PLAIN, WORDED
from effort import calls
from exercises import solved
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol

from symnet.algebra.functions import FUNCTIONS
from symnet.description import load
from symnet.layout.latex import write as latex
from symnet.layout.text import write as text_of
from symnet.marking.read import AnswerReader
from symnet.marking.records import TypedAnswer
from symnet.marking.truth import Truth
from symnet.notation.profiles import NOTATIONS
from symnet.numerics.direct import numeric
from symnet.parsing.formula import read as read_formula
from symnet.pipeline import solve
from symnet.quantity import Role

EXAMPLES = Path(__file__).parents[2] / "examples"
CAUGHT = mpmath.mpf(10) ** -50


def reader_of(name):
    """Return what reads answers to an example, and its truth."""
    worked = solved(EXAMPLES / f"{name}.yaml")
    return AnswerReader(worked, worked.parts[0]), Truth(worked, worked.parts[0])


@pytest.fixture(scope="module")
def q1():
    """Return what reads answers to question 1 of the assignment, and its truth."""
    return reader_of("cs4045-q1")


@pytest.fixture(scope="module")
def c1():
    """Return what reads answers to the worked numbers of the lecture notes, and their truth."""
    return reader_of("C1")


def agree(first, second, truth):
    """Return whether two expressions have the same value at the first points."""
    with mpmath.workdps(60):
        for point in truth.points[:3]:
            one, other = numeric(first, point.values), numeric(second, point.values)
            if abs(one - other) > CAUGHT * (1 + abs(one)):
                return False
    return True


def in_ids(text):
    """Return a formula in ids as an expression, read by the reader of graphs."""
    return read_formula(text, lambda name: name not in FUNCTIONS and name != "pi")


def is_unreadable(answer):
    """Return whether an answer is unreadable with a mark under the place, and nothing else is said of it."""
    lines = answer.problem.split("\n")
    return answer.expression is None and answer.echo is None and len(lines) == 3 and lines[2].strip() == "^"


@pytest.mark.parametrize(("typed", "meant"), [*GOOD_LATEX, *GOOD_PLAIN, *INDICATORS, *WORDED])
def test_what_people_type_is_read_as_they_mean_it(q1, typed, meant):
    """LaTeX, Unicode and plain typing have the value that they mean; what may mean two things is not read."""
    reader, truth = q1
    answer = reader.read(TypedAnswer("dL/dw3_1_1", typed))
    if meant is None:
        assert is_unreadable(answer)
        return
    assert not answer.problem
    assert agree(answer.expression, in_ids(meant), truth)


@pytest.mark.parametrize("typed", [*MALFORMED_LATEX, *MALFORMED_PLAIN])
def test_what_is_malformed_is_not_read_in_part(q1, typed):
    """A text that is no expression from its beginning to its end is unreadable, with a mark under the place."""
    answer = q1[0].read(TypedAnswer("dL/dw3_1_1", typed))
    assert is_unreadable(answer), answer.expression
    assert answer.target.id == "dL/dw3_1_1"


@pytest.mark.parametrize(
    ("typed", "value", "unit", "echo"),
    [
        ("0.3451", "0.3451", "0.0001", "0.3451"),
        ("0,3451", "0.3451", "0.0001", "0.3451"),
        ("0{,}3451", "0.3451", "0.0001", "0.3451"),
        ("0.3450", "0.345", "0.0001", "0.3450"),
        (" -0.5 ", "-0.5", "0.1", "−0.5"),
        ("−0,5", "-0.5", "0.1", "−0.5"),
        ("+7", "7", "1", "7"),
        ("7.", "7", "1", "7"),
        (".25", "0.25", "0.01", "0.25"),
        ("-3.8e-4", "-0.00038", "0.00001", "−3.8 × 10⁻⁴"),
        ("3E2", "300", "100", "3 × 10²"),
        ("2.5*10^-3", "0.0025", "0.0001", "2.5 × 10⁻³"),
        ("3 × 10⁻⁴", "0.0003", "0.0001", "3 × 10⁻⁴"),
        ("3·10^(-4)", "0.0003", "0.0001", "3 × 10⁻⁴"),
        (r"3.10 \times 10^{-4}", "0.00031", "0.000001", "3.10 × 10⁻⁴"),
        (r"$-1.5\cdot10^{2}$", "-150", "10", "−1.5 × 10²"),
        ("34.5%", "0.345", "0.001", "34.5 × 10⁻²"),
        ("34,5 %", "0.345", "0.001", "34.5 × 10⁻²"),
    ],
)
def test_plain_numbers(q1, typed, value, unit, echo):
    """A number is exactly what was typed, its last digit has a place, and it is echoed with those digits."""
    answer = q1[0].read(TypedAnswer("z1_1", typed))
    assert answer.figures == (Fraction(value), Fraction(unit))
    assert Fraction(answer.expression.p, answer.expression.q) == Fraction(value)
    assert text_of(answer.echo) == echo


@pytest.mark.parametrize("typed", ["1/3", r"\frac{1}{3}", "-2/7", "1/2 + 1/3", "sqrt(2)", "10^-4", "pi"])
def test_exact_numbers_have_no_figures(q1, typed):
    """A fraction, a root or a sum of numbers is exact: it has no last digit."""
    answer = q1[0].read(TypedAnswer("z1_1", typed))
    assert answer.figures is None
    assert answer.expression is not None


@pytest.mark.parametrize("typed", ["1" * 51, "0." + "1" * 51, "1e309", "1e-309", "3*10^-400", "1e9999999999999"])
def test_numbers_beyond_the_limits(q1, typed):
    """A number with too many digits or too large an exponent is unreadable."""
    assert is_unreadable(q1[0].read(TypedAnswer("z1_1", typed)))


def test_an_answer_is_echoed_in_the_notation_of_the_part(c1):
    """What was understood is typeset in the names of the notation, in the order in which it was typed."""
    answer = c1[0].read(TypedAnswer("dL/dw2_1_1", "a1_1(a2_1-y1)"))
    assert latex(answer.echo) == r"a_1^{(1)}(\hat{y}_1 - y_1)"
    answer = c1[0].read(TypedAnswer("dL/dw2_1_1", "dL/da2_1 * da2_1/dz2_2 + sigma'(z1_1) + dL/dw1_1_1"))
    assert text_of(answer.echo) == "∂L/∂ŷ₁ ⋅ ∂ŷ₁/∂z₂⁽²⁾ + σ′(z₁⁽¹⁾) + ∂L/∂w₁₁⁽¹⁾"


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("w11*x1", "this may be w1_1_1 or w2_1_1"),
        ("a_1(1-a)", "this may be a1_1 or a1_2. Write the layer"),
        ("sigmod(x1)", 'Did you mean "sigmoid"?'),
        (r"\sigm(x1)", r"Did you mean \sigma?"),
        ("e^-x1x2", "Write brackets."),
        ("x1/x2x3", "Write brackets."),
        ("x1 2", "Write * for a product."),
        ("W2[0][0]*x1", "counts from 0 in some programs and from 1 in others"),
        ("x1[0]", "write the entry as the sheet does"),
        ("z1_1 > 0 ? 1", "a colon, and the value elsewhere"),
        ("z1_1 =", "Write what it is equal to."),
        ("z1_1 == 2", "An equality sign stands between two expressions"),
        ("(x1", "never closed"),
        ("a" * 2001, "2,001 characters; expected at most 2,000"),
    ],
)
def test_a_problem_says_what_to_do(c1, typed, part):
    """A problem says where, what was found, what is allowed and what to do."""
    problem = c1[0].read(TypedAnswer("z1_1", typed)).problem
    assert problem.startswith("answer: found ")
    assert "expected " in problem
    assert part in problem


def test_the_mark_stands_under_what_was_typed(c1):
    """The place of a problem is one in the text as it was typed, not as it was read."""
    problem = c1[0].read(TypedAnswer("z1_1", "ŷ₁² + ½ x₁ + @")).problem
    typed, mark = problem.split("\n")[1:]
    assert typed == "ŷ₁² + ½ x₁ + @"
    assert mark == " " * 13 + "^"


def test_names_of_a_sample():
    """Where there are several samples, names may have the number of one; the sample's own are as without it."""
    reader, _truth = reader_of("C5")
    assert str(reader.read(TypedAnswer("delta1_1@2", "a1_1@2 - y1")).expression) == "a1_1 - y1"
    assert str(reader.read(TypedAnswer("dL/dw1_1_1", "delta1_1@2*x1@2")).expression) == "delta1_1@2*x1@2"
    assert str(reader.read(TypedAnswer("z1_1@2", r"w_{11}x_1^{[2]} + x_2^{[1]}")).expression) == "w1_1_1*x1 + x2@1"


def test_a_known_quantity_before_a_bracket_is_a_product_and_a_function_is_a_call():
    """In a graph with the nodes f and q, f(q) is their product; exp(q) is a call."""
    reader, truth = reader_of("C4")
    for typed, meant in (("q(x + y)", "q*(x + y)"), ("zq", "z*q"), ("xyz", "x*y*z"), ("exp(q)", "exp(q)")):
        assert agree(reader.read(TypedAnswer("f", typed)).expression, in_ids(meant), truth)


@pytest.mark.parametrize(
    ("condition", "at_zero"),
    [("x1 > 0", 3), ("x1 >= 0", 2), ("x1 < 0", 3), ("x1 <= 0", 2), ("0 ≤ x1", 2), ("0 < x1", 3)],
)
def test_a_bound_belongs_to_the_case_that_says_so(q1, condition, at_zero):
    """Where both sides are equal, the case with an equality sign holds; an indicator likewise."""
    point = {Symbol("x1"): mpmath.mpf(0)}
    answer = q1[0].read(TypedAnswer("L", f"{{2 if {condition}; 3 otherwise}}"))
    assert numeric(answer.expression, point) == at_zero
    assert numeric(q1[0].read(TypedAnswer("L", f"1[{condition}]")).expression, point) == 3 - at_zero


@pytest.mark.parametrize("notation", NOTATIONS)
def test_norms_of_a_penalty(notation):
    """The norm of a layer's weights is read as it is printed, with its 2 below, and no other norm is."""
    description = {
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "identity"}],
        "loss": "squared_error",
        "regularization": [{"kind": "l2_norm", "strength": "lambda"}],
        "notation": notation,
    }
    worked = solve(description)
    assert reads_back(worked, worked.parts[0]) > 5
    reader = AnswerReader(worked, worked.parts[0])
    printed = text_of(norm_of(worked))
    assert not reader.read(TypedAnswer("L", printed)).problem
    assert is_unreadable(reader.read(TypedAnswer("L", printed[:-1] + "₃")))


def norm_of(worked):
    """Return how the first norm of an exercise is written."""
    names = worked.parts[0].names
    return next(names(name) for name, quantity in names.quantities.items() if quantity.role is Role.NORM)


def all_formulas(part, truth):
    """Yield what there is to type of a part: an id, its layout tree, its expression."""
    names, network = part.names, part.network
    loss = names(network.loss.name)
    for leaf in part.in_order():
        yield truth.tableau.derivative(leaf).name, names.partial(loss, names(leaf.name)), part.result(leaf)
    for wrt, derivation in part.gradient.adjoints.items():
        yield truth.tableau.derivative(wrt).name, part.build(derivation.lhs), derivation.result
    for symbol, node in network.nodes.items():
        yield symbol.name.removesuffix("@i"), names(symbol.name), node.expression


def reads_back(worked, part):
    """Check that all formulas of a part mean what they say when they are typed as they are printed."""
    reader, truth = AnswerReader(worked, part), Truth(worked, part)
    count = 0
    for left, written, expression in all_formulas(part, truth):
        for write in (latex, text_of):
            typed = write(part.build(expression))
            answer = reader.read(TypedAnswer(write(written), typed))
            assert not answer.problem, typed
            # The letter of one sample's loss may be the id of the objective, and ids come first.
            is_loss = answer.target.symbol in reader.vocabulary.losses
            assert answer.target == reader.target(left) or is_loss, (left, write(written))
            assert agree(answer.expression, expression, truth), typed
            count += 1
    return count


NAMES = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))


@pytest.mark.everyday(5, every=False)
@pytest.mark.parametrize("name", ["C1", "cs4045-q1", "C5", "elastic-net", "maxout", "C12"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_what_symnet_prints_is_read_back(name, notation):
    """Every formula of an example, in every notation, as LaTeX and as text, is read as what it is."""
    description = load(EXAMPLES / f"{name}.yaml").model_copy(update={"notation": notation})
    worked = solve(description)
    assert sum(reads_back(worked, part) for part in worked.parts) > 5


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("notation", [*NOTATIONS, None])
def test_all_that_symnet_prints_is_read_back(name, notation):
    """The same for all examples, also in their own notations."""
    description = load(EXAMPLES / f"{name}.yaml")
    worked = solve(description if notation is None else description.model_copy(update={"notation": notation}))
    assert sum(reads_back(worked, part) for part in worked.parts) > 1


PIECES = [
    "x_1", "x1", "w_{11}^{(2)}", "a1_1", r"\hat y_1", "ŷ₁", r"\frac", "{", "}", "(", ")", "[", "]", "^", "_", "+", "-",
    "*", "/", "²", "₁", "⁽²⁾", r"\sigma", "'", "e", "e^-", "2", "0.5", "0,3", "1[", ">0]", r"\begin{cases}",
    r"\end{cases}", "&", "\\\\", "if", "otherwise", ";", ",", "|", r"\left(", r"\right)", r"\left|", r"\ln", "max(",
    r"\partial ", "∂", "L", "d", r"\text{if }", r"\mathbf{1}", "√", r"\Vert", "tanh", "$", r"\,", "10", "**", "%", "y",
    "delta2_1", "dL/dw1_1_1", r"\prime", "\u0302", "\x00", "½", r"\mathrm{d}", "ReLU", "f'", r"\hat", " ",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(typed=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
def test_any_text_is_read_or_has_a_problem(c1, typed):
    """Whatever was typed, on either side, there is an answer with an echo, or a problem with its place."""
    answer = c1[0].read(TypedAnswer("z1_1", typed))
    if not answer.problem:
        assert latex(answer.echo)
        assert answer.expression is not None
    else:
        assert is_unreadable(answer)
    left = c1[0].read(TypedAnswer(typed, "1"))
    assert (left.target is None) == bool(left.problem)


def compound(children):
    """Return a strategy for pairs of an answer with products without signs, and the formula that it means."""
    both = st.tuples(children, children)
    return st.one_of(
        both.map(lambda p: (f"({p[0][0]})({p[1][0]})", f"(({p[0][1]})*({p[1][1]}))")),
        both.map(lambda p: (rf"\left[{p[0][0]}\right] - ({p[1][0]})", f"(({p[0][1]}) - ({p[1][1]}))")),
        both.map(lambda p: (rf"\frac{{{p[0][0]}}}{{3 + ({p[1][0]})^2}}", f"(({p[0][1]})/(3 + ({p[1][1]})^2))")),
        children.map(lambda p: (rf"\sigma({p[0]})", f"sigmoid({p[1]})")),
        children.map(lambda p: (f"tanh'({p[0]})", f"(1 - tanh({p[1]})^2)")),
        children.map(lambda p: (f"|{p[0]}|", f"abs({p[1]})")),
        children.map(lambda p: (f"({p[0]})²", f"(({p[1]})^2)")),
        children.map(lambda p: (f"-({p[0]})", f"(-({p[1]}))")),
        children.map(lambda p: (f"2x_1({p[0]})", f"(2*x1*({p[1]}))")),
        children.map(lambda p: (f"e^{{-({p[0]})^2}}", f"exp(-({p[1]})^2)")),
    )


LEAVES = st.sampled_from(
    [("x₁", "x1"), (r"\hat{y}_2", "a2_2"), ("a_1^{(1)}", "a1_1"), ("w2_1_1", "w2_1_1"), ("½", "1/2"), ("0,25", "1/4")]
)


@settings(max_examples=150, deadline=None)
@given(pair=st.recursive(LEAVES, compound, max_leaves=6))
def test_formulas_mean_what_they_say(c1, pair):
    """However products, fractions, bars and calls are nested, they have the value of the formula written out."""
    reader, truth = c1
    answer = reader.read(TypedAnswer("z1_1", pair[0]))
    assert not answer.problem, pair
    assert agree(answer.expression, in_ids(pair[1]), truth), pair


def test_there_are_many_hostile_texts():
    """At least 320 hostile texts are tried."""
    assert len(HOSTILE) >= 320


@pytest.mark.everyday(1)
@pytest.mark.parametrize("part", range(8))
def test_hostile_answers_do_nothing(part, q1, monkeypatch, tmp_path):
    """Nothing hostile is run, on either side; each text is refused, or read as harmless arithmetic, in few calls."""
    # Every eighth text is one of each family.
    hostile = HOSTILE[part::8]
    monkeypatch.chdir(tmp_path)
    for name in ("system", "popen"):
        monkeypatch.setattr(f"os.{name}", lambda *_: pytest.fail("something was run"))
    reader, most, unreadable = q1[0], 0, 0
    for typed in hostile:
        read = []
        for given_here in (TypedAnswer("z1_1", typed), TypedAnswer(typed, "1")):
            most = max(most, calls(lambda it=given_here, read=read: read.append(reader.read(it))))
        answer, left = read
        assert left.target is None
        assert len(left.problem) < 2_000
        unreadable += bool(answer.problem)
        assert answer.expression is None or {str(s) for s in answer.expression.free_symbols} <= {"x1", "x2", "y1"}, (
            typed
        )
    assert most < 10_000_000
    assert unreadable > 0.9 * len(hostile)
    assert list(tmp_path.iterdir()) == []

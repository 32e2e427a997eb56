"""What the table says of each loss is true, and every form of its derivative is SymPy's own derivative."""

import mpmath
import pytest
from sympy import E, Integer, Rational, Symbol, diff, log, simplify, symbols

from symnet.algebra.nodes import Branch, Indicator, plain_text
from symnet.catalog.custom import custom_loss
from symnet.catalog.losses import LOSSES
from symnet.numerics.direct import numeric
from symnet.parsing.formula import read

outputs = pytest.mark.parametrize("units", [1, 2, 3])
DIGITS = 50
OPTIONS = {
    "log_base": [{"log_base": E}, {"log_base": Integer(2)}, {"log_base": Integer(10)}],
    "class_weights": [
        {"log_base": E, "class_weights_1": Integer(2), "class_weights_2": Rational(1, 3), "class_weights_3": Integer(5)}
    ],
    "positive_weight": [{"log_base": E, "positive_weight": Rational(5, 2)}],
    "label_smoothing": [{"log_base": Integer(2), "label_smoothing": Rational(1, 10)}],
    "delta": [{"delta": Integer(1)}, {"delta": Rational(1, 5)}],
    "gamma": [{"gamma": Integer(gamma), "alpha": Rational(1, 3)} for gamma in (2, 0, 1)],
    "alpha": [],
    "margin": [{"margin": Integer(1)}, {"margin": Rational(1, 3)}, {"margin": Integer(0)}],
}


def options_of(entry):
    """Return choices of the options of a loss, the default first."""
    return [choice for option in entry.options for choice in OPTIONS[option.name]] or [{}]


CASES = [
    pytest.param(entry, o, id=f"{name} {o}".removesuffix(" {}"))
    for name, entry in LOSSES.items()
    for o in options_of(entry)
]
entries = pytest.mark.parametrize("entry", LOSSES.values(), ids=LOSSES)
cases = pytest.mark.parametrize(("entry", "o"), CASES)


def symbols_of(units, branches=1):
    """Return output and target symbols, as tuples."""
    return symbols(f"a1:{units * branches + 1}", real=True), symbols(f"y1:{units + 1}", real=True)


def composed(entry, a, y, o):
    """Return the loss in outputs and targets alone, as an ordinary SymPy expression."""
    result = entry.value(a, y, o).doit()
    for piece in reversed(entry.pieces(a, y, o)):
        result = result.subs(piece.symbol, piece.expression.doit())
    return result


def through_pieces(entry, a, y, o, form):
    """Return the derivatives with respect to each output, all pieces of the loss put in, as ordinary expressions."""
    adjoints = {p: forms[form] for p, forms in entry.piece_derivatives(a, y, o).items()}
    direct = {output: entry.derivative(a, y, k, o) for k, output in enumerate(a)}
    derivatives = {output: forms[form].doit() if forms else Integer(0) for output, forms in direct.items()}
    pieces = entry.pieces(a, y, o)
    for piece in reversed(pieces):
        by_piece = adjoints.get(piece.symbol, Integer(0)).doit()
        for parent, forms in piece.derivatives.items():
            target = derivatives if parent in derivatives else adjoints
            target[parent] = target.get(parent, Integer(0)).doit() + by_piece * forms[form].doit()
    for piece in reversed(pieces):
        derivatives = {
            output: derivative.subs(piece.symbol, piece.expression.doit()) for output, derivative in derivatives.items()
        }
    return derivatives


def points(entry, a, y, units):
    """Yield outputs and targets on both sides of each other and of every margin, targets as the loss wants them."""
    for shift in range(6):
        at = {symbol: Rational(1 + (3 * index + 2 * shift) % 11, 13) for index, symbol in enumerate((*a, *y))}
        if entry.outputs == "raw" or entry.targets == "none":
            # The thousandths keep every one of them off every margin.
            reach = [Rational(7 * (index + 2) * (shift + 1) % 23 - 11, 5) for index in range(len(a))]
            at |= {symbol: reach[index] + Rational(index + 1, 1000) for index, symbol in enumerate(a)}
        if entry.targets == "signs":
            at |= {symbol: Integer((-1) ** (index + shift)) for index, symbol in enumerate(y)}
        if entry.targets == "one_hot":
            at |= {symbol: Integer(index == shift % units) for index, symbol in enumerate(y)}
        yield at


def test_the_table_is_not_empty():
    """The tests below see every loss of the contract."""
    named = (
        "squared_error sum_squared_error mean_squared_error binary_cross_entropy categorical_cross_entropy "
        "hinge multiclass_hinge triplet absolute_error huber log_cosh poisson kl_divergence focal "
        "negative_log_likelihood cosine sum"
    )
    assert list(LOSSES) == named.split()


@pytest.mark.everyday(13, every=False)
@pytest.mark.parametrize(
    "name", [name for name, entry in LOSSES.items() if entry.outputs != "raw" and name != "cosine"]
)
@outputs
def test_every_form_of_the_derivative_is_the_derivative_in_symbols(name, units):
    """From the first form to the taught one, each equals sympy.diff of the loss by that output, in any base."""
    entry = LOSSES[name]
    a, y = symbols_of(units)
    for o in options_of(entry):
        for k in range(units):
            for form in entry.derivative(a, y, k, o):
                assert simplify(form.doit() - diff(entry.value(a, y, o).doit(), a[k])) == 0


@pytest.mark.everyday(8, every=False)
@cases
@outputs
def test_every_form_of_the_derivative_is_the_derivative_in_numbers(entry, o, units):
    """Each form, through the pieces where there are any, equals sympy.diff to 50 digits on both sides of each kink."""
    a, y = symbols_of(units, len(entry.branches))
    whole = composed(entry, a, y, o)
    compared = 0
    for at in points(entry, a, y, units):
        for form in (0, -1):
            derivatives = through_pieces(entry, a, y, o, form)
            for output in a:
                expected = diff(whole, output).subs(at).evalf(DIGITS)
                found = derivatives[output].subs(at).evalf(DIGITS)
                assert abs(found - expected) <= abs(expected) * Rational(1, 10 ** (DIGITS - 5))
                compared += 1
    assert compared >= 12 * units


@entries
def test_both_sides_of_every_margin_are_met(entry):
    """The points of the test above lie on both sides of every kink."""
    a, y = symbols_of(2, len(entry.branches))
    o = options_of(entry)[0]
    if "margin" not in {option.name for option in entry.options}:
        return
    values = [composed(entry, a, y, o).subs(at) for at in points(entry, a, y, 2)]
    assert 0 in values
    assert any(value > 0 for value in values)


@entries
def test_every_piece_has_its_derivatives(entry):
    """Each node between outputs and loss equals its derivative with respect to each output and each earlier piece."""
    a, y = symbols_of(3, len(entry.branches))
    o = options_of(entry)[-1]
    for piece in entry.pieces(a, y, o):
        value = piece.expression.doit()
        assert set(piece.derivatives) == value.free_symbols - set(y)
        for parent, forms in piece.derivatives.items():
            for form in forms:
                assert simplify(form.doit() - diff(value, parent)) == 0
    whole = entry.value(a, y, o).free_symbols
    assert set(entry.piece_derivatives(a, y, o)) <= whole
    assert bool(entry.pieces(a, y, o)) == (entry.name in {"multiclass_hinge", "triplet"})


@entries
def test_what_needs_probabilities_says_so(entry):
    """At an output below 0 the loss is real exactly if the table says that any output will do."""
    a, y = symbols_of(2, len(entry.branches))
    numbers = [Rational(-1, 2), Rational(3, 2)] * len(entry.branches) + [1, 0]
    at = dict(zip((*a, *y), numbers, strict=True))
    value = composed(entry, a, y, options_of(entry)[0]).subs(at)
    assert (entry.outputs not in {"unit_interval", "positive"}) == bool(value.is_real)
    assert entry.outputs in {"any", "unit_interval", "positive", "raw"}
    assert entry.targets in {"any", "unit_interval", "nonnegative", "signs", "binary", "one_hot", "none"}
    assert (entry.targets == "none") == (len(entry.branches) == 3)


# Linear in the outputs: they have no least value.
LINEAR = {"sum", "negative_log_likelihood"}


@pytest.mark.parametrize(
    "name", [name for name, entry in LOSSES.items() if entry.targets in {"any", "unit_interval"} and name not in LINEAR]
)
def test_the_loss_is_least_where_outputs_are_targets(name):
    """Where the outputs hit their targets all derivatives are equal: 0, unless the outputs have to sum to 1 as well."""
    entry = LOSSES[name]
    a, y = symbols_of(2)
    at = {a[0]: Rational(1, 3), y[0]: Rational(1, 3), a[1]: Rational(2, 3), y[1]: Rational(2, 3)}
    # A weight or smoothed targets move the least value away from the targets.
    for o in (o for o in options_of(entry) if o.keys() <= {"log_base", "delta", "margin"}):
        first, second = (entry.derivative(a, y, k, o)[-1].doit().subs(at) for k in range(2))
        assert first == second
        assert entry.normalized == (first != 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("squared_error", "1/2*((a1 - y1)**2 + (a2 - y2)**2)"),
        ("sum_squared_error", "(a1 - y1)**2 + (a2 - y2)**2"),
        ("mean_squared_error", "1/2*((a1 - y1)**2 + (a2 - y2)**2)"),
        ("binary_cross_entropy", "-(y1*log(a1) + (1 - y1)*log(1 - a1)) - (y2*log(a2) + (1 - y2)*log(1 - a2))"),
        ("categorical_cross_entropy", "-y1*log(a1) - y2*log(a2)"),
        ("negative_log_likelihood", "-y1*a1 - y2*a2"),
        ("cosine", "1 - 1/(sqrt(a1**2 + a2**2)*sqrt(y1**2 + y2**2))*(a1*y1 + a2*y2)"),
        ("sum", "a1 + a2"),
        ("absolute_error", "1/2*(Abs(a1 - y1) + Abs(a2 - y2))"),
        ("log_cosh", "1/2*(log(cosh(a1 - y1)) + log(cosh(a2 - y2)))"),
        ("poisson", "1/2*(a1 - y1*log(a1) + a2 - y2*log(a2))"),
        ("kl_divergence", "y1*log(y1/a1) + y2*log(y2/a2)"),
        ("hinge", "Max(0, 1 - y1*a1) + Max(0, 1 - y2*a2)"),
        ("multiclass_hinge", "(1 - y1)*Max(0, m1) + (1 - y2)*Max(0, m2)"),
    ],
)
def test_the_formulas(name, value):
    """The losses are those of the contract, term by term, in order."""
    entry = LOSSES[name]
    assert plain_text(entry.value(*symbols_of(2), options_of(entry)[0])) == value


def test_the_formula_of_the_triplet_loss():
    """The triplet loss takes squared distances, of the anchor to the positive and to the negative."""
    entry = LOSSES["triplet"]
    a, _ = symbols_of(2, 3)
    o = {"margin": Rational(1, 2)}
    near, far = entry.pieces(a, (), o)
    assert plain_text(near.expression) == "(a1 - a3)**2 + (a2 - a4)**2"
    assert plain_text(far.expression) == "(a1 - a5)**2 + (a2 - a6)**2"
    assert plain_text(entry.value(a, (), o)) == "Max(0, dp - dn + 1/2)"


def test_the_formula_of_the_multiclass_hinge():
    """Each class is compared with the right one, whose own term is left out by its target."""
    a, y = symbols_of(3)
    right, *margins = LOSSES["multiclass_hinge"].pieces(a, y, {"margin": Integer(10)})
    assert plain_text(right.expression) == "y1*a1 + y2*a2 + y3*a3"
    assert [plain_text(m.expression) for m in margins] == [f"a{k} - s + 10" for k in (1, 2, 3)]


@pytest.mark.parametrize(
    ("scores", "right", "value"),
    [((3.2, 5.1, -1.7), 0, "2.9"), ((1.3, 4.9, 2.0), 1, "0"), ((2.2, 2.5, -3.1), 2, "12.9")],
)
def test_the_worked_multiclass_hinge(scores, right, value):
    """The worked numbers of the lecture come out exactly."""
    a, y = symbols_of(3)
    at = {s: Rational(str(v)) for s, v in zip(a, scores, strict=True)} | {
        t: Integer(k == right) for k, t in enumerate(y)
    }
    assert composed(LOSSES["multiclass_hinge"], a, y, {"margin": Integer(1)}).subs(at) == Rational(value)


def test_the_mean_is_over_the_outputs():
    """The mean squared error of three outputs has a third in front, and 2/3 in its derivative."""
    a, y = symbols_of(3)
    entry = LOSSES["mean_squared_error"]
    assert plain_text(entry.value(a, y, {})).startswith("1/3*")
    assert plain_text(entry.derivative(a, y, 1, {})[-1]) == "2/3*(a2 - y2)"


@pytest.mark.parametrize(
    ("name", "o", "taught"),
    [
        ("squared_error", {}, "a2 - y2"),
        ("sum_squared_error", {}, "2*(a2 - y2)"),
        ("binary_cross_entropy", {"log_base": E}, "(a2 - y2)/(a2*(1 - a2))"),
        ("binary_cross_entropy", {"log_base": Integer(2)}, "1/log(2)*(a2 - y2)/(a2*(1 - a2))"),
        ("categorical_cross_entropy", {"log_base": E}, "-y2/a2"),
        ("categorical_cross_entropy", {"log_base": Integer(10)}, "-1/log(10)*y2/a2"),
        ("hinge", {"margin": Integer(1)}, "-y2*Piecewise((1, 1 - y2*a2 > 0), (0, True))"),
    ],
)
def test_the_taught_derivatives(name, o, taught):
    """The last form of a derivative is the one that is taught."""
    assert plain_text(LOSSES[name].derivative(*symbols_of(2), 1, o)[-1]) == taught


def test_the_hinge_has_its_derivative_by_cases_and_with_an_indicator():
    """The derivative of the hinge stands first by cases and then with an indicator, as both are taught."""
    cases, indicator = LOSSES["hinge"].derivative(*symbols_of(1), 0, {"margin": Integer(1)})
    assert isinstance(cases, Branch)
    assert indicator.has(Indicator)
    assert plain_text(cases) == "Piecewise((-y1, 1 - y1*a1 > 0), (0, True))"


@pytest.mark.parametrize(("margin", "a", "y"), [("1", 1, 1), ("1", -1, -1), ("1/2", "1/2", 1), ("0", 0, 1)])
def test_at_the_margin_the_hinge_has_the_derivative_zero(margin, a, y):
    """Exactly on the margin the hinge is 0 and so is every form of its derivative."""
    (output,), (target,) = symbols_of(1)
    o = {"margin": Rational(margin)}
    at = {output: mpmath.mpf(Rational(a).p) / Rational(a).q, target: mpmath.mpf(y)}
    assert numeric(LOSSES["hinge"].value((output,), (target,), o), at) == 0
    assert [numeric(form, at) for form in LOSSES["hinge"].derivative((output,), (target,), 0, o)] == [0, 0]


@pytest.mark.parametrize("name", ["multiclass_hinge", "triplet"])
def test_at_the_margin_the_pieces_have_the_derivative_zero(name):
    """Exactly on the margin no piece of a loss pushes."""
    entry = LOSSES[name]
    a, y = symbols_of(2, len(entry.branches))
    o = {"margin": Integer(1)}
    at = {Symbol("m1"): 0, Symbol("m2"): 0, Symbol("dp"): 1, Symbol("dn"): 2, y[0]: 1, y[1]: 0}
    values = [numeric(form, at) for forms in entry.piece_derivatives(a, y, o).values() for form in forms]
    assert values
    assert not any(values)


def test_the_logarithm_is_natural_unless_said():
    """The cross-entropies take natural logarithms, or those of the base that is given."""
    (a,), (y,) = symbols_of(1)
    entry = LOSSES["categorical_cross_entropy"]
    assert entry.options[0].default == "e"
    assert entry.value((a,), (y,), {"log_base": E}).doit() == -y * log(a)
    assert simplify(entry.value((a,), (y,), {"log_base": Integer(2)}).doit() + y * log(a) / log(2)) == 0


@pytest.mark.parametrize(
    ("text", "derivatives"),
    [
        ("(a1 - y1)^4", ["4*(a1 - y1)**3", None]),
        ("abs(a1 - y1) + abs(a2 - y2)", ["sign(a1 - y1)", "sign(a2 - y2)"]),
        ("a1*a2", ["a2", "a1"]),
        ("-y1*ln(a1)", ["-y1/a1", None]),
    ],
)
def test_the_derivatives_of_an_expression(text, derivatives):
    """A loss given as an expression has a readable derivative with respect to each output in it, and to no other."""
    a, y = symbols_of(2)
    entry = custom_loss(text, read(text, ("a1", "a2", "y1", "y2"), ("a1",)))
    for k, taught in enumerate(derivatives):
        forms = entry.derivative(a, y, k, {})
        assert [plain_text(form) for form in forms[-1:]] == ([] if taught is None else [taught])
        for form in forms:
            at = {symbol: Rational(index + 2, 7) for index, symbol in enumerate((*a, *y))}
            real = {symbol: Symbol(symbol.name, real=True) for symbol in at}
            expected = diff(entry.value(a, y, {}).doit().xreplace(real), real[a[k]])
            assert simplify(form.doit().subs(at) - expected.xreplace({real[s]: v for s, v in at.items()}).doit()) == 0

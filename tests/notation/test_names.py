"""How quantities are written: indices, layers, pieces, samples, and the names that users give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symnet.layout import latex, mathml, text, typst
from symnet.layout.tree import Accent, Glyph, Number, Operator, Row, Scripts
from symnet.notation.names import Names, spelled
from symnet.notation.profiles import NOTATIONS
from symnet.parsing.formula import is_name
from symnet.quantity import PER_SAMPLE, Quantity, Role

QUANTITIES = [
    (Quantity("x1", Role.INPUT, 0, 1), "x_1", "x_1^{[i]}"),
    (Quantity("x", Role.INPUT, 0), "x", "x^{[i]}"),
    (Quantity("y1", Role.TARGET, 2, 1), "y_1", "y_1^{[i]}"),
    (Quantity("z1_2", Role.PRE_ACTIVATION, 1, 2), "z_2^{(1)}", "z_2^{(1)[i]}"),
    (Quantity("a2_1", Role.OUTPUT, 2), r"\hat{y}", r"\hat{y}^{[i]}"),
    (Quantity("w1_2_3", Role.WEIGHT, 1, 2, 3), "w_{23}^{(1)}", "w_{23}^{(1)}"),
    (Quantity("b1_2", Role.BIAS, 1, 2), "b_2^{(1)}", "b_2^{(1)}"),
    (Quantity("w1_2_3.1", Role.WEIGHT, 1, 2, 3, piece="1"), "w_{23; 1}^{(1)}", "w_{23; 1}^{(1)}"),
    (Quantity("b1_2.1", Role.BIAS, 1, 2, piece="1"), "b_{2; 1}^{(1)}", "b_{2; 1}^{(1)}"),
    (Quantity("z1_1.p", Role.PRE_ACTIVATION, 1, 1, piece="p"), "z_{1; p}^{(1)}", "z_{1; p}^{(1)[i]}"),
    (Quantity("x1.a", Role.INPUT, 0, 1, piece="a"), "x_{1; a}", "x_{1; a}^{[i]}"),
    (Quantity("x1.n", Role.INPUT, 0, piece="n"), "x_n", "x_n^{[i]}"),
    (Quantity("d1_2", Role.DROPPED, 1, 2), "d_2^{(1)}", "d_2^{(1)[i]}"),
    (Quantity("L", Role.LOSS), "L", "L^{[i]}"),
    (Quantity("L@i", Role.LOSS), "L", "L^{[i]}"),
    (Quantity("a2_1@3", Role.ACTIVATION, 2, 1), "a_1^{(2)[3]}", "a_1^{(2)[i]}"),
    (Quantity("delta1_1", Role.DELTA, 1, 1, of="z1_1"), r"\delta_1^{(1)}", r"\delta_1^{(1)[i]}"),
    (
        Quantity("dL_da2_1", Role.ADJOINT, 2, 1, of="a2_1"),
        r"\frac{\partial L}{\partial \hat{y}}",
        r"\frac{\partial L^{[i]}}{\partial \hat{y}^{[i]}}",
    ),
    (
        Quantity("dL@i_dx1", Role.ADJOINT, of="x1"),
        r"\frac{\partial L}{\partial x_1}",
        r"\frac{\partial L^{[i]}}{\partial x_1^{[i]}}",
    ),
    (Quantity("df_dq", Role.ADJOINT, of="q"), *[r"\frac{\partial f}{\partial q}"] * 2),
    (Quantity("df_dq_", Role.ADJOINT, of="q"), *[r"\frac{\partial f}{\partial q}"] * 2),
    (Quantity("dL_dq", Role.ADJOINT, of="q"), r"\frac{\partial L}{\partial q}", r"\frac{\partial L^{[i]}}{\partial q}"),
    (Quantity("alpha2", Role.SLOPE_PARAMETER, 2), r"\alpha^{(2)}", r"\alpha^{(2)}"),
    (Quantity("L_penalty", Role.PENALTY), "R", "R"),
    (Quantity("norm1", Role.NORM, 1, of="weights"), *[r"\left\Vert \mathbf{W}^{(1)} \right\Vert_2"] * 2),
    (Quantity("norm_b1", Role.NORM, 1, of="biases"), *[r"\left\Vert \mathbf{b}^{(1)} \right\Vert_2"] * 2),
    (Quantity("lambda1", Role.STRENGTH), r"\lambda_1", r"\lambda_1"),
    (Quantity("beta", Role.STRENGTH), r"\beta", r"\beta"),
    (Quantity("m2", Role.MARGIN_NODE, unit=2), "m_2", "m_2^{[i]}"),
    (Quantity("s", Role.RIGHT_SCORE), "s", "s^{[i]}"),
    (Quantity("dp", Role.DISTANCE, unit=1), "D_p", "D_p^{[i]}"),
    (Quantity("dn@i", Role.DISTANCE, unit=2), "D_n", "D_n^{[i]}"),
    (Quantity("beta1", Role.BETA1), r"\beta_1", r"\beta_1"),
    (Quantity("beta2", Role.BETA2), r"\beta_2", r"\beta_2"),
    (Quantity("epsilon", Role.EPSILON), r"\varepsilon", r"\varepsilon"),
    (Quantity("samples", Role.SAMPLES), "m", "m"),
    (Quantity("f", Role.GRAPH), "f", "f"),
    (Quantity("q", Role.GRAPH), "q", "q"),
]
STANDARD = NOTATIONS["standard"]


def names_of(*identifiers, role=Role.GRAPH):
    """Return the names of quantities that a user has named."""
    return Names(STANDARD, {identifier: Quantity(identifier, role) for identifier in identifiers})


@pytest.mark.parametrize(("quantity", "plain", "sampled"), QUANTITIES, ids=[q[0].id for q in QUANTITIES])
def test_names(quantity, plain, sampled):
    """Indices and pieces stand low, layers and the mark of a sample high; what samples share has no such mark.

    A number behind the @ of an id marks its sample.
    """
    names = Names(
        STANDARD, {known.id: known for known, _, _ in QUANTITIES if known.id != "L"} | {quantity.id: quantity}
    )
    assert latex.write(names(quantity.id)) == plain
    assert latex.write(names.sampled(quantity.id, "i")) == sampled


def test_parameters_are_shared_by_samples():
    """No parameter, and nothing of training, is marked by a sample."""
    shared = {Role.WEIGHT, Role.BIAS, Role.SHARED_BIAS, Role.SLOPE_PARAMETER, Role.STRENGTH, Role.PENALTY, Role.NORM}
    assert not PER_SAMPLE & (shared | {Role.LEARNING_RATE, Role.VELOCITY, Role.OBJECTIVE, Role.SAMPLES})


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", Glyph("x")),
        ("w0", Scripts(Glyph("w"), Number("0"))),
        ("x_12", Scripts(Glyph("x"), Number("12"))),
        ("alpha", Glyph("alpha")),
        ("Delta2", Scripts(Glyph("Delta"), Number("2"))),
        ("Alpha", Glyph("Alpha", upright=True)),
        ("omicron", Glyph("omicron", upright=True)),
        ("sum", Glyph("sum", upright=True)),
        ("partial", Glyph("partial", upright=True)),
        ("hidden", Glyph("hidden", upright=True)),
        ("hidden2", Scripts(Glyph("hidden", upright=True), Number("2"))),
        ("w_out", Scripts(Glyph("w"), Glyph("out", upright=True))),
        ("w_i", Scripts(Glyph("w"), Glyph("i"))),
        ("y_hat", Accent("hat", Glyph("y"))),
        ("x_bar", Accent("bar", Glyph("x"))),
        ("w_tilde", Accent("tilde", Glyph("w"))),
        ("theta_hat", Accent("hat", Glyph("theta"))),
        ("y_hat_1", Scripts(Accent("hat", Glyph("y")), Number("1"))),
        ("y1_hat", Scripts(Accent("hat", Glyph("y")), Number("1"))),
        ("loss_hat", Scripts(Glyph("loss", upright=True), Glyph("hat", upright=True))),
        ("hat_y", Scripts(Glyph("hat", upright=True), Glyph("y"))),
        ("y_hat_hat", Scripts(Accent("hat", Glyph("y")), Glyph("hat", upright=True))),
        ("h_t1", Scripts(Glyph("h"), Row((Glyph("t"), Number("1"))))),
        ("h_t_1", Scripts(Glyph("h"), Row((Glyph("t"), Operator(","), Number("1"))))),
        ("W_1a", Scripts(Glyph("W"), Row((Number("1"), Glyph("a"))))),
        (
            "s_in2_out",
            Scripts(
                Glyph("s"), Row((Glyph("in", upright=True), Number("2"), Operator(","), Glyph("out", upright=True)))
            ),
        ),
        ("x_", Glyph("x_", upright=True)),
        ("x__1", Glyph("x__1", upright=True)),
        ("w1out", Glyph("w1out", upright=True)),
    ],
)
def test_spelling(name, written):
    """A name is a letter, a Greek letter or a word, with what is behind it as digits or behind _ as its index."""
    assert spelled(name) == written


def test_an_index_of_several_parts_has_commas():
    """Digits apart by an underscore are two indices."""
    assert latex.write(spelled("w1_2")) == "w_{1, 2}"


@given(st.lists(st.from_regex(r"[a-cA-C]{1,2}_?[0-2]{0,2}(_[0-2a])?", fullmatch=True), unique=True, max_size=8))
def test_different_names_look_different(identifiers):
    """No two names of a file are printed alike, in any format."""
    assert all(map(is_name, identifiers))
    names = names_of(*identifiers)
    for write in (latex.write, typst.write, text.write):
        assert len({write(names(identifier)) for identifier in identifiers}) == len(identifiers)


def test_a_strength_that_looks_like_another_symbol():
    """A strength with the letter of a symbol is told from it by an index, one with its index too by upright letters."""
    target = Quantity("y1", Role.TARGET, 1)
    names = Names(STANDARD, {"y1": target, "y": Quantity("y", Role.STRENGTH), "c": Quantity("c", Role.STRENGTH)})
    assert [latex.write(names(name)) for name in names.quantities] == ["y", r"y_{\mathrm{reg}}", "c"]
    targets = {f"y{unit}": Quantity(f"y{unit}", Role.TARGET, 1, unit) for unit in (1, 2)}
    names = Names(STANDARD, {**targets, "y_1": Quantity("y_1", Role.STRENGTH)})
    assert [latex.write(names(name)) for name in ("y1", "y_1")] == ["y_1", r"\mathrm{\text{y\_1}}"]


def test_the_first_of_two_names_keeps_its_index():
    """Where two names would look alike, the later one is printed as it is typed."""
    names = names_of("w0", "w_0")
    assert [latex.write(names(name)) for name in ("w0", "w_0")] == ["w_0", r"\mathrm{\text{w\_0}}"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("sigmoid", r"\sigma"),
        ("relu", r"\operatorname{ReLU}"),
        ("leaky_relu", r"\operatorname{LReLU}"),
        ("prelu", r"\operatorname{PReLU}"),
        ("elu", r"\operatorname{ELU}"),
        ("softplus", r"\operatorname{softplus}"),
        ("sin", r"\sin"),
        ("log2", r"\log_2"),
        ("g", "g"),
        ("f3", "f_3"),
    ],
)
def test_functions(name, written):
    """A function is written as the notation says, under its own name, or as a letter."""
    assert latex.write(names_of().function(name)) == written


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_every_role_has_a_name(notation):
    """Each role that a network can have is written in each notation."""
    names = Names(notation, {})
    for role in notation.names:
        assert latex.write(names.role(role))


@pytest.mark.parametrize(
    ("name", "forms"),
    {
        "y_hat": (r"\hat{y}", "hat(y)", "ŷ", '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        "x_tilde": (
            r"\tilde{x}",
            "tilde(x)",
            "x̃",
            '<mover accent="true"><mi>x</mi><mo stretchy="false">˜</mo></mover>',
        ),
        "h_t1": ("h_{t 1}", "h_(t 1)", "hₜ₁", "<msub><mi>h</mi><mrow><mi>t</mi><mn>1</mn></mrow></msub>"),
    }.items(),
)
def test_every_writer_sets_marks_and_mixed_indices(name, forms):
    """A mark over a letter, and an index of letters and digits, are set as such in every format."""
    assert tuple(write(spelled(name)) for write in (latex.write, typst.write, text.write, mathml.write)) == forms


def test_a_name_that_would_look_like_another_is_written_out():
    """Of two ways to name one symbol the second is in upright letters, so that no two look alike."""
    names = names_of("y_hat_1", "y1_hat")
    assert names("y_hat_1") == Scripts(Accent("hat", Glyph("y")), Number("1"))
    assert names("y1_hat") == Glyph("y1_hat", upright=True)

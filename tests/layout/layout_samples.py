"""Formulas as they stand on a sheet, with what each writer makes of them."""

from symnet.layout.tree import (
    Accent,
    Brace,
    Cases,
    Fence,
    Fraction,
    Glyph,
    Matrix,
    Number,
    Operator,
    Prime,
    Root,
    Row,
    Scripts,
    Space,
    Word,
)

PLUS, MINUS, EQUALS = Operator("+"), Operator("-"), Operator("=")
ONE, Z, Y, SIGMA = Number("1"), Glyph("z"), Glyph("y"), Glyph("sigma")
YHAT = Accent("hat", Y)


def row(*items):
    """Return the items as a row."""
    return Row(items)


def unit(name, index, layer):
    """Return a name with its unit low and its layer high."""
    return Scripts(Glyph(name), Number(str(index)), Fence(Number(str(layer))))


def weight(to, source, layer):
    """Return the name of a weight; a comma stands between indices of several digits."""
    comma = (Operator(","),) if max(to, source) > 9 else ()
    return Scripts(Glyph("w"), row(Number(str(to)), *comma, Number(str(source))), Fence(Number(str(layer))))


def partial(of, by):
    """Return a partial derivative."""
    return Fraction(row(Glyph("partial"), of), row(Glyph("partial"), by))


EXP = Scripts(Glyph("e"), None, row(Operator("-", unary=True), Z))
LOSS_BY_WEIGHT = partial(Glyph("L"), weight(1, 1, 2))

# Each: the tree, its LaTeX, its Typst, its text.
SAMPLES = [
    (unit("z", 1, 1), "z_1^{(1)}", r"z_(1)^(\( 1 \))", "z₁⁽¹⁾"),
    (weight(1, 1, 2), "w_{11}^{(2)}", r"w_(1 1)^(\( 2 \))", "w₁₁⁽²⁾"),
    (weight(1, 12, 1), "w_{1, 12}^{(1)}", r"w_(1 \, 12)^(\( 1 \))", "w₁,₁₂⁽¹⁾"),
    (YHAT, r"\hat{y}", "hat(y)", "ŷ"),
    (Accent("bar", Glyph("x")), r"\bar{x}", "macron(x)", "x̄"),
    (Accent("dot", Glyph("x")), r"\dot{x}", "dot(x)", "ẋ"),
    (
        LOSS_BY_WEIGHT,
        r"\frac{\partial L}{\partial w_{11}^{(2)}}",
        r"frac(∂ L, ∂ w_(1 1)^(\( 2 \)))",
        "∂L/∂w₁₁⁽²⁾",
    ),
    (row(Prime(SIGMA), Fence(Z)), r"\sigma'(z)", r"σ' \( z \)", "σ′(z)"),
    (Prime(weight(1, 1, 2)), "{w_{11}^{(2)}}'", r"w_(1 1)^(\( 2 \) prime)", "w₁₁⁽²⁾′"),
    (Prime(Scripts(Glyph("b"), Number("1"))), "b_1'", "b_(1)^(prime)", "b₁′"),
    (Scripts(Prime(SIGMA), None, Number("2")), r"{\sigma'}^2", "attach(σ', t: 2)", "σ′²"),
    (row(SIGMA, Glyph("x")), r"\sigma x", "σ x", "σ x"),
    (EXP, "e^{{-}z}", 'e^(class("normal", −) z)', "e⁻ᶻ"),
    (
        Fraction(row(ONE, MINUS, Y), row(ONE, PLUS, EXP)),
        r"\frac{1 - y}{1 + e^{{-}z}}",
        'frac(1 − y, 1 + e^(class("normal", −) z))',
        "(1 − y)/(1 + e⁻ᶻ)",
    ),
    (
        row(Fence(row(YHAT, MINUS, Y)), Space(), YHAT, Fence(row(ONE, MINUS, YHAT))),
        r"(\hat{y} - y)\,\hat{y}(1 - \hat{y})",
        r"\( hat(y) − y \) thin hat(y) \( 1 − hat(y) \)",
        "(ŷ − y) ŷ(1 − ŷ)",
    ),
    (
        row(SIGMA, Fence(Fraction(Glyph("a"), Glyph("b")))),
        r"\sigma\left( \frac{a}{b} \right)",
        r"σ lr(\( frac(a, b) \))",
        "σ(a/b)",
    ),
    (
        Cases(((ONE, row(Z, Operator(">"), Number("0"))), (Number("0"), Word("otherwise", prose=True))), "if"),
        r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}",
        'cases(1 & quad "if" z > 0, 0 & quad op("otherwise"))',
        "{1 if z > 0; 0 otherwise}",
    ),
    (
        Matrix(((Glyph("a"), Glyph("b")), (Glyph("c"), Glyph("d")))),
        r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}",
        'mat(delim: "[", a, b ; c, d)',
        "[a, b; c, d]",
    ),
    (
        row(Brace(Fence(row(YHAT, MINUS, Y)), "error & more"), Space(), Z),
        r"\underbrace{(\hat{y} - y)}_{\text{error \& more}}\,z",
        r'underbrace(\( hat(y) − y \), "error & more") thin z',
        "(ŷ − y) z",
    ),
    (
        row(Word("max"), Fence(row(Number("0"), Operator(","), Z))),
        r"\max(0, z)",
        r'op("max") \( 0 \, z \)',
        "max(0, z)",
    ),
    (
        row(Word("ReLU"), Fence(Z)),
        r"\operatorname{ReLU}(z)",
        r'op("ReLU") \( z \)',
        "ReLU(z)",
    ),
    (Word("my_loss"), r"\text{my\_loss}", '"my_loss"', "my_loss"),
    (Glyph("W", bold=True), r"\mathbf{W}", "upright(bold(W))", "W"),
    (Glyph("delta", bold=True), r"\boldsymbol{\delta}", "bold(δ)", "δ"),
    (
        row(Scripts(Glyph("sum"), row(Glyph("k"), EQUALS, ONE), Glyph("K")), Scripts(Y, Glyph("k"))),
        r"\sum_{k = 1}^K y_k",
        "∑_(k = 1)^(K) y_(k)",
        "∑ₖ₌₁ᴷ yₖ",
    ),
    (
        row(Glyph("eta"), LOSS_BY_WEIGHT),
        r"\eta \frac{\partial L}{\partial w_{11}^{(2)}}",
        r"η frac(∂ L, ∂ w_(1 1)^(\( 2 \)))",
        "η ∂L/∂w₁₁⁽²⁾",
    ),
    (
        row(Number("0.5"), Operator("times"), Number("3")),
        r"0.5 \times 3",
        "0.5 × 3",
        "0.5 × 3",
    ),
    (
        Scripts(Glyph("z"), None, Fence(Glyph("ell"))),
        r"z^{(\ell)}",
        r"z^(\( ℓ \))",
        "z^{(ℓ)}",
    ),
    (Fence(Glyph("x"), "|", "|"), r"\left\vert x \right\vert", "lr(| x |)", "|x|"),
    (Glyph("sum", upright=True), r"\mathrm{sum}", '"sum"', "sum"),
    (Glyph("w_0", upright=True), r"\mathrm{\text{w\_0}}", '"w_0"', "w_0"),
    (
        Fence(row(Scripts(Glyph("sum"), Glyph("i"), Glyph("m")), Y)),
        r"\left( \sum_i^m y \right)",
        r"lr(\( ∑_(i)^(m) y \))",
        "(∑ᵢᵐ y)",
    ),
    (Root(Glyph("x")), r"\sqrt{x}", "sqrt(x)", "√x"),
    (Root(row(Glyph("x"), PLUS, Y)), r"\sqrt{x + y}", "sqrt(x + y)", "√(x + y)"),
    (
        Fraction(ONE, row(Number("2"), Root(Fraction(Y, Z)))),
        r"\frac{1}{2 \sqrt{\frac{y}{z}}}",
        "frac(1, 2 sqrt(frac(y, z)))",
        "1/(2 √(y/z))",
    ),
    (
        Scripts(Glyph("w"), row(Number("23"), Operator(";"), ONE), Fence(ONE)),
        "w_{23; 1}^{(1)}",
        r"w_(23 \; 1)^(\( 1 \))",
        "w_{23; 1}⁽¹⁾",
    ),
    (
        Scripts(Glyph("a"), ONE, row(Fence(Number("2")), Fence(Glyph("i"), "[", "]"))),
        "a_1^{(2)[i]}",
        r"a_(1)^(\( 2 \) \[ i \])",
        "a₁^{(2)[i]}",
    ),
    (
        Cases(((ONE, row(Glyph("hidden", upright=True), Operator(">"), Number("0"))),), "if"),
        r"\begin{cases} 1 & \text{if } \mathrm{hidden} > 0 \end{cases}",
        'cases(1 & quad "if" "hidden" > 0)',
        "{1 if hidden > 0}",
    ),
]

LONG_SAMPLES = [
    row(weight(1, 1, 1), unit("x", 1, 1), PLUS, weight(1, 2, 1), unit("x", 2, 1), PLUS, unit("b", 1, 1)),
    row(LOSS_BY_WEIGHT, Space(), partial(unit("a", 1, 2), unit("z", 1, 2)), Space(), LOSS_BY_WEIGHT),
    row(Number("0.345105"), Operator("times"), Number("0.5"), PLUS, Number("0.2")),
    row(Glyph("W", bold=True), EQUALS, Matrix(((Number("0.15"), Number("0.20")),) * 2)),
    Matrix(((LOSS_BY_WEIGHT, LOSS_BY_WEIGHT), (LOSS_BY_WEIGHT, LOSS_BY_WEIGHT))),
    row(Operator("-", unary=True), Fraction(Y, unit("a", 1, 2)), PLUS, Fraction(row(ONE, MINUS, Y), Z)),
]

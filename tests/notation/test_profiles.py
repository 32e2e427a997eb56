"""The notations of the courses: what each prints, that no two symbols look alike, that nothing else changes."""

import dataclasses
import json
from pathlib import Path

import pytest
from exercises import Draws, full
from hypothesis import given, settings
from hypothesis import strategies as st

from symnet.catalog.activations import ACTIVATIONS
from symnet.description import load, with_notation
from symnet.layout import latex, text, typst
from symnet.notation.names import Names
from symnet.notation.profiles import NOTATIONS
from symnet.pipeline import solve
from symnet.quantity import Role
from symnet.render.json import render_json
from symnet.render.text import render_text
from symnet.sheets.solution import solution

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
PROFILES = ("standard", "cs349", "bishop", "inf2008", "cs4045", "eecs445")
every_profile = pytest.mark.parametrize("profile", PROFILES)
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)

# Without these a notation writes them under another role, or as what they are.
_OPTIONAL = {Role.DELTA, Role.PROBABILITY, Role.SCORE, Role.ADJOINT}

TWO_LAYERS = {
    "inputs": 3,
    "layers": [{"units": 2, "activation": "relu"}, {"units": 2, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
}
TWO_LAYER_NAMES = {
    "standard": {
        "x2": "x_2", "y1": "y_1", "w1_2_3": "w_{23}^{(1)}", "b1_2": "b_2^{(1)}", "z1_2": "z_2^{(1)}",
        "a1_2": "a_2^{(1)}", "w2_1_2": "w_{12}^{(2)}", "b2_1": "b_1^{(2)}", "z2_1": "z_1^{(2)}", "a2_1": r"\hat{y}_1",
        "L": "L", "delta1_2": r"\delta_2^{(1)}",
    },
    "cs349": {
        "x2": "x_2", "y1": "y_1", "w1_2_3": "v_{32}", "b1_2": "b_2^V", "z1_2": "q_2", "a1_2": "h_2",
        "w2_1_2": "w_{21}", "b2_1": "b_1^W", "z2_1": "z_1", "a2_1": "p_1", "L": "L",
        "delta1_2": r"\frac{\partial L}{\partial q_2}",
    },
    "bishop": {
        "x2": "x_2", "y1": "t_1", "w1_2_3": "w_{23}^{(1)}", "b1_2": "w_{20}^{(1)}", "z1_2": "a_2^{(1)}", "a1_2": "z_2",
        "w2_1_2": "w_{12}^{(2)}", "b2_1": "w_{10}^{(2)}", "z2_1": "a_1^{(2)}", "a2_1": "y_1", "L": "E_n",
        "delta1_2": r"\delta_2^{(1)}",
    },
    "inf2008": {
        "x2": "x_2", "y1": "t_1", "w1_2_3": "w_{23}^{(1)}", "b1_2": "b_2^{(1)}", "z1_2": "z_2^{(1)}", "a1_2": "a_2",
        "w2_1_2": "w_{12}^{(2)}", "b2_1": "b_1^{(2)}", "z2_1": "z_1^{(2)}", "a2_1": "p_1", "L": "L",
        "delta1_2": r"\frac{\partial L}{\partial z_2^{(1)}}",
    },
    "cs4045": {
        "x2": "x_2", "y1": "y_1", "w1_2_3": r"\theta_{23}^{(1)}", "b1_2": r"\theta_{20}^{(1)}", "z1_2": "z_2^{(2)}",
        "a1_2": "a_2^{(2)}", "w2_1_2": r"\theta_{12}^{(2)}", "b2_1": r"\theta_{10}^{(2)}", "z2_1": "z_1^{(3)}",
        "a2_1": "a_1^{(3)}", "L": "J", "delta1_2": r"\frac{\partial J}{\partial z_2^{(2)}}",
    },
    "eecs445": {
        "x2": "x_2", "y1": "y_1", "w1_2_3": "w_{23}^{(1)}", "b1_2": "w_{20}^{(1)}", "z1_2": "z_2^{(2)}",
        "a1_2": "h_2^{(2)}", "w2_1_2": "w_{12}^{(2)}", "b2_1": "w_{10}^{(2)}", "z2_1": "z_1^{(3)}",
        "a2_1": r"\hat{y}_1", "L": r"\mathrm{Loss}", "delta1_2": r"\frac{\partial \mathrm{Loss}}{\partial z_2^{(2)}}",
    },
}  # fmt: skip


def names_in(profile, spec):
    """Return the names of the first part of a description in a notation."""
    return solve({**spec, "notation": profile}).parts[0].names


def rewritten(worked, profile):
    """Return a worked exercise in another notation."""
    parts = tuple(dataclasses.replace(part, notation=NOTATIONS[profile]) for part in worked.parts)
    return dataclasses.replace(worked, parts=parts)


def sheet_text(spec, profile):
    """Return the solution of a description in a notation, as text of one long line a formula."""
    return render_text(solution(solve({**spec, "notation": profile}), full()), width=400)


def example(name):
    """Return the path of an example."""
    return next(path for path in EXAMPLES if path.stem == name)


def test_all_profiles_are_there():
    """The table holds the notations of the courses, the standard one first, and no other."""
    assert tuple(NOTATIONS) == PROFILES == tuple(TWO_LAYER_NAMES)


@every_profile
def test_a_notation_is_complete(profile):
    """A notation writes every activation that is written as a function, and every role a network can have."""
    notation = NOTATIONS[profile]
    assert {entry.name for entry in ACTIVATIONS.values() if entry.applied} <= set(notation.functions)
    assert set(Role) - _OPTIONAL <= set(notation.names)


@every_profile
def test_the_names_of_a_course(profile):
    """Each course has its own letters, order of indices, numbers of layers, biases and derivatives."""
    names = names_in(profile, TWO_LAYERS)
    assert {known: latex.write(names(known)) for known in TWO_LAYER_NAMES[profile]} == TWO_LAYER_NAMES[profile]


def test_a_single_layer_needs_no_number():
    """Where there is one layer, the courses that number layers only to tell them apart do not."""
    spec = {"inputs": 2, "layers": [{"units": 2, "activation": "identity"}], "loss": "hinge"}
    written = {profile: latex.write(names_in(profile, spec)("w1_1_2")) for profile in PROFILES}
    assert written == {
        "standard": "w_{12}^{(1)}",
        "cs349": "w_{21}",
        "bishop": "w_{12}^{(1)}",
        "inf2008": "w_{12}",
        "cs4045": r"\theta_{12}^{(1)}",
        "eecs445": "w_{12}",
    }


def test_three_layers_of_letters():
    """The letters of the layers are counted from the output; more layers than letters are numbered."""
    deep = {**TWO_LAYERS, "layers": [{"units": 2, "activation": "tanh"}] * 2 + TWO_LAYERS["layers"][1:]}
    names = names_in("cs349", deep)
    ids = ("w1_2_3", "b1_2", "z1_2", "a1_2", "w2_1_2", "b2_1", "a2_1", "w3_1_2", "a3_1")
    expected = ["u_{32}", "b_2^U", "r_2", "g_2", "v_{21}", "b_1^V", "h_1", "w_{21}", "p_1"]
    assert [latex.write(names(known)) for known in ids] == expected
    deeper = {**deep, "layers": [{"units": 2, "activation": "tanh"}, *deep["layers"]]}
    names = names_in("cs349", deeper)
    assert [latex.write(names(known)) for known in ("w1_2_3", "b1_2", "a1_2", "a4_1")] == [
        "w_{32}^{(1)}",
        "b_2^{(1)}",
        "h_2^{(1)}",
        "p_1",
    ]


@pytest.mark.everyday(14, every=False)
@every_profile
@every_example
def test_no_two_symbols_look_alike(profile, example):
    """Every symbol of every example is written differently from every other, in every format."""
    for part in rewritten(solve(example), profile).parts:
        assert_told_apart(part.names)


@settings(max_examples=settings.default.max_examples // 4)
@given(st.randoms(use_true_random=False))
def test_no_two_symbols_of_a_random_network_look_alike(random):
    """The same holds for random networks of the whole catalog, in every notation."""
    worked = solve(Draws(random).description())
    for profile in PROFILES:
        for part in rewritten(worked, profile).parts:
            assert_told_apart(part.names)


def assert_told_apart(names):
    """Assert that no two quantities are written alike in any format."""
    assert len(names.quantities) > 2
    for write in (latex.write, typst.write, text.write):
        seen = {}
        for identifier in names.quantities:
            other = seen.setdefault(write(names(identifier)), identifier)
            assert other == identifier, f"{other} and {identifier} look alike"


@pytest.mark.everyday(4)
@every_example
def test_a_notation_changes_no_derivation(example):
    """In every notation the steps, the expressions and the values are the very same; only what is printed differs."""
    worked = solve(example)
    plain = without_latex(json.loads(render_json(worked)))
    for profile in PROFILES[1:]:
        other = solve(with_notation(load(example), profile))
        for one, two in zip(worked.parts, other.parts, strict=True):
            assert one.gradient.leaves == two.gradient.leaves
            assert one.gradient.adjoints == two.gradient.adjoints
            assert one.objective.derivations == two.objective.derivations
        assert without_latex(json.loads(render_json(other))) == plain


def without_latex(data):
    """Return JSON without what is typeset, and without the notation's name."""
    if isinstance(data, dict):
        return {key: without_latex(value) for key, value in data.items() if key not in {"latex", "notation"}}
    return [without_latex(value) for value in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    ("profile", "latex_of_gradient", "latex_of_loss"),
    [
        ("standard", r"{-}y\,\mathbf{1}[1 - y \hat{y} > 0]\,x_3", r"\max(0, 1 - y \hat{y})"),
        ("eecs445", r"{-}y\,x_3\,\mathbb{I}[1 - y z > 0]", r"\max(0, 1 - y z)"),
        (
            "bishop",
            r"\begin{cases} {-}t x_3 & \text{if } 1 - t y > 0 \\ 0 & \text{otherwise} \end{cases}",
            r"\max(0, 1 - t y)",
        ),
    ],
)
def test_json_speaks_the_notation(profile, latex_of_gradient, latex_of_loss):
    """What JSON says in LaTeX is in the notation too, and it names the notation."""
    data = json.loads(render_json(solve(with_notation(load(example("C11")), profile))))
    problem = data["problems"][0]
    assert data["notation"] == profile
    assert {entry["parameter"]: entry["latex"] for entry in problem["gradients"]}["w1_1_3"] == latex_of_gradient
    assert {entry["id"]: entry["latex"] for entry in problem["nodes"]}["L"] == latex_of_loss


@every_profile
def test_every_symbol_stands_in_the_legend(profile):
    """The table of symbols has a row for every role of the network, whatever it is called."""
    names = names_in(profile, TWO_LAYERS)
    sheet = sheet_text(TWO_LAYERS, profile)
    table = sheet.partition("Meaning")[2].partition("Forward pass")[0]
    for role in names.held:
        if role in names.notation.names:
            assert role.value in table
    logarithm = "log" if profile in {"inf2008", "cs4045"} else "ln"
    assert f"{logarithm} is the natural logarithm" in table


UPDATES = {
    "standard": (
        "w₁₃⁽¹⁾′ = w₁₃⁽¹⁾ − η δ₁⁽¹⁾ x₃",
        "= w₁₃⁽¹⁾ + η y 𝟏[1 − y ŷ > 0] x₃",
        "wᵢⱼ^{(ℓ)}′ = wᵢⱼ^{(ℓ)} − η ∂L/∂wᵢⱼ^{(ℓ)}",
    ),
    "cs349": ("w₃₁ ← w₃₁ − η ⋅ ∂L/∂z₁ ⋅ x₃", "wⱼₖ ← wⱼₖ − η ∂L/∂wⱼₖ"),
    "bishop": ("w₁₃^{(1)(τ + 1)} = w₁₃^{(1)(τ)}", "w^{(τ + 1)} = w^{(τ)} − η ∇ Eₙ(w^{(τ)})"),
    "inf2008": ("w₁₃ ← w₁₃", "W ← W − λ ∂L/∂W"),
    "cs4045": ("θ₁₃⁽¹⁾⁽ᵗ⁺¹⁾ = ", "θ⁽ᵗ⁺¹⁾ = θ⁽ᵗ⁾ − η ∇ J(θ⁽ᵗ⁾)"),
    "eecs445": ("w₁₃⁽ᵏ⁺¹⁾ = w₁₃⁽ᵏ⁾ − η", "= w₁₃⁽ᵏ⁾ + η y x₃ 𝕀[1 − y z > 0]", "θ̄⁽ᵏ⁺¹⁾ = θ̄⁽ᵏ⁾ − η ∇ Loss(θ̄⁽ᵏ⁾)"),
}


@every_profile
def test_the_update_of_a_course(profile):
    """Each course marks updated values in its own way, and states the rule for a weight, a matrix or all at once."""
    shown = render_text(solution(rewritten(solve(example("C11")), profile), full()), width=400)
    for line in UPDATES[profile]:
        assert line in shown, shown[shown.index("Update") :]


SPLITS = {
    "standard": "∂L/∂w₁₃⁽¹⁾ = −y 𝟏[1 − y ŷ > 0] x₃",
    "cs349": "∂L/∂w₃₁ = {−y x₃ if 1 − y ŷ > 0; 0 otherwise}",
    "bishop": "∂Eₙ/∂w₁₃⁽¹⁾ = {−t x₃ if 1 − t y > 0; 0 otherwise}",
    "inf2008": "∂L/∂w₁₃ = {−t x₃ if 1 − t y > 0; 0 otherwise}",
    "cs4045": "∂J/∂θ₁₃⁽¹⁾ = {−y x₃ if 1 − y a⁽²⁾ > 0; 0 otherwise}",
    "eecs445": "∂Loss/∂w₁₃ = −y x₃ 𝕀[1 − y z > 0]",
}


@every_profile
def test_how_a_case_is_written(profile):
    """The derivative of the hinge loss is written by cases, or with an indicator, which then stands last."""
    assert SPLITS[profile] in render_text(solution(rewritten(solve(example("C11")), profile), full()), width=400)


def test_long_cases_are_indicators():
    """A value by cases that would not fit a line has the indicator as a factor instead, and the sheet explains it."""
    shown = render_text(solution(rewritten(solve(example("C2")), "cs4045"), full()), width=2000)
    assert "𝟏[z₁⁽²⁾ > 0]" in shown
    assert "𝟏[c] is 1 if c holds and 0 otherwise" in shown
    assert "ReLU′(z) = {1 if z > 0; 0 otherwise}" in shown


SAMPLES = {
    "standard": ("∂J/∂w₁₁⁽¹⁾ = 1/m", "∂L^{[i]}/∂w₁₁⁽¹⁾", "The superscript [i] denotes"),
    "cs349": ("∂J/∂v₁₁ = 1/n", "∂L⁽ⁱ⁾/∂v₁₁", "The superscript (i) denotes"),
    "bishop": ("∂E/∂w₁₁⁽¹⁾ = 1/N", "∂Eₙ/∂w₁₁⁽¹⁾", "The subscript n denotes"),
    "inf2008": ("∂J/∂w₁₁⁽¹⁾ = 1/m", "∂Lₙ/∂w₁₁⁽¹⁾", "The subscript n denotes"),
    "cs4045": ("∂J/∂θ₁₁⁽¹⁾ = 1/m", "∂L⁽ⁱ⁾/∂θ₁₁⁽¹⁾", "J(θ) = 1/m"),
    "eecs445": ("∂J/∂w₁₁⁽¹⁾ = 1/n", "∂Loss⁽ⁱ⁾/∂w₁₁⁽¹⁾", "J(θ̄) = 1/n"),
}


@every_profile
def test_samples_and_their_mean(profile):
    """The mark of a sample, the letter of their number and of the objective are those of the course."""
    shown = sheet_text({**TWO_LAYERS, "reduction": "mean"}, profile)
    for part in SAMPLES[profile]:
        assert part in shown


DERIVATIVES = {
    "standard": ("σ′(z) = e⁻ᶻ", "∂ŷᵢ/∂zᵢ ="),
    "cs349": ("σ′(q) = ", "∂pᵢ/∂zᵢ ="),
    "bishop": ("σ′(a) = ", "∂yᵢ/∂aᵢ ="),
    "inf2008": ("σ′(z) = ", "∂pᵢ/∂zᵢ ="),
    "cs4045": ("σ′(z) = ", "∂aᵢ/∂zᵢ ="),
    "eecs445": ("σ′(z) = ", "∂ŷᵢ/∂zᵢ ="),
}


@every_profile
def test_derivatives_are_written_in_the_letters_of_the_course(profile):
    """The boxes of derivatives speak of pre-activation and activation in the course's letters."""
    shown = render_text(solution(rewritten(solve(example("C1")), profile), full()), width=400)
    for part in DERIVATIVES[profile]:
        assert part in shown


def test_bishops_rules():
    """With a for the pre-activation the deltas are those of the book: h'(a) times the weighted deltas, then delta z."""
    spec = {
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 2, "activation": "identity"}],
        "loss": "squared_error",
    }
    shown = sheet_text(spec, "bishop")
    assert "δ₁⁽²⁾ ≔ ∂Eₙ/∂a₁⁽²⁾" in shown
    assert "= y₁ − t₁" in shown
    assert "(δ₁⁽²⁾ w₁₁⁽²⁾ + δ₂⁽²⁾ w₂₁⁽²⁾) (1 − z₁²)" in shown
    assert "δ₁⁽²⁾ z₁" in shown


def test_the_vectors_and_matrices_of_a_notation():
    """A vector is bold or barred, a matrix the bold capital; a bias that is a weight keeps its index."""
    written = {}
    for profile in PROFILES:
        names = names_in(profile, TWO_LAYERS)
        layouts = (
            names.vector(Role.ACTIVATION, 1),
            names.matrix(Role.WEIGHT, 1),
            names.vector(Role.BIAS, 2),
            names.vector(Role.DELTA, 2),
            names.role(Role.ONES),
        )
        written[profile] = [latex.write(layout) for layout in layouts]
    bold = r"\mathbf"
    assert written == {
        "standard": [
            bold + "{a}^{(1)}",
            bold + "{W}^{(1)}",
            bold + "{b}^{(2)}",
            r"\boldsymbol{\delta}^{(2)}",
            bold + "{1}",
        ],
        "cs349": [bold + "{h}", bold + "{V}", bold + "{b}^W", r"\frac{\partial L}{\partial \mathbf{z}}", bold + "{1}"],
        "bishop": [bold + "{z}", bold + "{W}^{(1)}", bold + "{w}_0^{(2)}", r"\boldsymbol{\delta}^{(2)}", bold + "{1}"],
        "inf2008": [
            bold + "{a}",
            bold + "{W}^{(1)}",
            bold + "{b}^{(2)}",
            r"\frac{\partial L}{\partial \mathbf{z}^{(2)}}",
            r"\boldsymbol{\iota}",
        ],
        "cs4045": [
            bold + "{a}^{(2)}",
            r"\boldsymbol{\Theta}^{(1)}",
            r"\boldsymbol{\theta}_0^{(2)}",
            r"\frac{\partial J}{\partial \mathbf{z}^{(3)}}",
            bold + "{1}",
        ],
        "eecs445": [
            r"\bar{h}^{(2)}",
            bold + "{W}^{(1)}",
            r"\bar{w}_0^{(2)}",
            r"\frac{\partial \mathrm{Loss}}{\partial \bar{z}^{(3)}}",
            bold + "{1}",
        ],
    }


@every_profile
def test_names_without_a_network(profile):
    """A notation can be written without any network, as in a table of all of them."""
    names = Names(NOTATIONS[profile], {})
    assert all(latex.write(names.role(role)) for role in NOTATIONS[profile].names)


def test_headings_count_layers_as_the_notation_does():
    """Where the inputs are layer 1, the first units are layer 2, and weights belong to the layer they leave."""
    shown = {profile: sheet_text(TWO_LAYERS, profile) for profile in ("standard", "cs4045")}
    for heading in (
        "Layer 1, ReLU",
        "Layer 2, sigmoid",
        "Deltas of layer 1",
        "Gradients with respect to the parameters of layer 2",
        "1, hidden",
    ):
        assert heading in shown["standard"]
    for heading in (
        "Layer 2, ReLU",
        "Layer 3, sigmoid",
        "Derivatives with respect to the pre-activations of layer 2",
        "2, hidden",
    ):
        assert heading in shown["cs4045"]
    assert "Gradients with respect to the parameters of layer 1" in shown["cs4045"]
    assert "Gradients with respect to the parameters of layer 3" not in shown["cs4045"]

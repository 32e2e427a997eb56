"""What an answer is to may be said by id, or as the notation of the exercise writes it; where that is clear."""

from pathlib import Path

import pytest

from symnet.description import load
from symnet.marking.read import AnswerReader
from symnet.marking.records import TargetKind, TypedAnswer
from symnet.marking.truth import Truth
from symnet.pipeline import solve

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def readers():
    """Return what gives the reader of an example in a notation; each is made once."""
    made = {}

    def reader(name, notation="standard"):
        if (name, notation) not in made:
            worked = solve(load(EXAMPLES / f"{name}.yaml").model_copy(update={"notation": notation}))
            made[name, notation] = AnswerReader(worked, worked.parts[0])
        return made[name, notation]

    return reader


def target_of(reader, left):
    """Return the id of what an answer is to, or why that cannot be told."""
    answer = reader.read(TypedAnswer(left, "1"))
    return answer.problem if answer.target is None else answer.target.id


@pytest.mark.everyday(40, every=False)
@pytest.mark.parametrize(
    ("name", "notation", "left", "target"),
    [
        ("C1", "standard", "z1_1", "z1_1"),
        ("C1", "standard", " z1_1 ", "z1_1"),
        ("C1", "standard", "z_1^{(1)}", "z1_1"),
        ("C1", "standard", "z₁⁽¹⁾", "z1_1"),
        ("C1", "standard", "z_1^(1)", "z1_1"),
        ("C1", "standard", "$z^{(1)}_{1}$", "z1_1"),
        ("C1", "standard", "a_2^{(1)}", "a1_2"),
        ("C1", "standard", "a2", "a1_2"),
        ("C1", "standard", r"\hat y_1", "a2_1"),
        ("C1", "standard", r"\hat{y}_{1}", "a2_1"),
        ("C1", "standard", r"\hat{y_1}", "a2_1"),
        ("C1", "standard", "ŷ₁", "a2_1"),
        ("C1", "standard", "yhat1", "a2_1"),
        ("C1", "standard", "y_hat_1", "a2_1"),
        ("C1", "standard", "a_1^{(2)}", "a2_1"),
        ("C1", "standard", "L", "L"),
        ("C1", "standard", "delta2_1", "delta2_1"),
        ("C1", "standard", "dL/dz2_1", "delta2_1"),
        ("C1", "standard", "dL_dz2_1", "delta2_1"),
        ("C1", "standard", r"\delta_1^{(2)}", "delta2_1"),
        ("C1", "standard", "δ₁⁽²⁾", "delta2_1"),
        ("C1", "standard", "∂L/∂z₁⁽²⁾", "delta2_1"),
        ("C1", "standard", "dL/da2_1", "dL/da2_1"),
        ("C1", "standard", "dL_da2_1", "dL/da2_1"),
        ("C1", "standard", r"\partial L/\partial \hat y_1", "dL/da2_1"),
        ("C1", "standard", "dL/dw2_1_1", "dL/dw2_1_1"),
        ("C1", "standard", r"\partial L/\partial w_{11}^{(2)}", "dL/dw2_1_1"),
        ("C1", "standard", r"\frac{\partial L}{\partial w_{11}^{(2)}}", "dL/dw2_1_1"),
        ("C1", "standard", r"\dfrac{\partial L}{\partial w_{1,1}^{(2)}}", "dL/dw2_1_1"),
        ("C1", "standard", r"\frac{dL}{dw_{11}^{(2)}}", "dL/dw2_1_1"),
        ("C1", "standard", r"\frac{\mathrm{d}L}{\mathrm{d}w_{11}^{(2)}}", "dL/dw2_1_1"),
        ("C1", "standard", "∂L/∂w₁₁⁽²⁾", "dL/dw2_1_1"),
        ("C1", "standard", "∂L/∂w31", "dL/dw2_3_1"),
        ("C1", "standard", "∂L/∂w13", "dL/dw1_1_3"),
        ("C1", "standard", "dL/dw_31", "dL/dw2_3_1"),
        ("C1", "standard", "w2_1_1'", "w2_1_1'"),
        ("C1", "standard", "w_{11}^{(2)}'", "w2_1_1'"),
        ("C1", "standard", r"w_{11}^{(2)\prime}", "w2_1_1'"),
        ("C1", "standard", "w₁₁⁽²⁾′", "w2_1_1'"),
        ("C1", "cs349", "∂L/∂w₁₁", "dL/dw2_1_1"),
        ("C1", "cs349", "∂L/∂v₁₁", "dL/dw1_1_1"),
        ("C1", "cs349", r"\frac{\partial L}{\partial v_{12}}", "dL/dw1_2_1"),
        ("C1", "cs349", "∂L/∂z₁", "delta2_1"),
        ("C1", "cs349", r"\delta_1^{(2)}", "delta2_1"),
        ("C1", "cs349", "q_1", "z1_1"),
        ("C1", "cs349", "h_1", "a1_1"),
        ("C1", "cs349", "p_1", "a2_1"),
        ("C1", "cs349", "w_{11}", "w2_1_1'"),
        ("C1", "bishop", "a_1^{(2)}", "z2_1"),
        ("C1", "bishop", "y_1", "a2_1"),
        ("C1", "bishop", "z_1", "a1_1"),
        ("C1", "bishop", r"\partial E_n/\partial w_{11}^{(2)}", "dL/dw2_1_1"),
        ("C1", "bishop", r"w_{11}^{(2)(\tau+1)}", "w2_1_1'"),
        ("C1", "bishop", "w_{11}^{(2)}'", "w2_1_1'"),
        ("C1", "cs4045", r"\frac{\partial J}{\partial \theta_{11}^{(1)}}", "dL/dw1_1_1"),
        ("C1", "cs4045", r"\frac{\partial J(\theta)}{\partial \theta_{11}^{(1)}}", "dL/dw1_1_1"),
        ("C1", "cs4045", "∂J/∂θ₁₁⁽²⁾", "dL/dw2_1_1"),
        ("C1", "cs4045", "dJ/dtheta_11^(2)", "dL/dw2_1_1"),
        ("C1", "cs4045", "a_1^{(3)}", "a2_1"),
        ("C1", "eecs445", r"\frac{\partial \mathrm{Loss}}{\partial w_{11}^{(1)}}", "dL/dw1_1_1"),
        ("C1", "eecs445", "∂Loss/∂w₁₁⁽²⁾", "dL/dw2_1_1"),
        ("C4", "standard", "q", "q"),
        ("C4", "standard", "df/dq", "df/dq"),
        ("C4", "standard", r"\partial f/\partial q", "df/dq"),
        ("C4", "standard", r"\frac{\partial f}{\partial x}", "df/dx"),
        ("C4", "standard", "∂f/∂z", "df/dz"),
        ("C5", "standard", "z1_1@2", "z1_1@2"),
        ("C5", "standard", "z_1^{(1)[2]}", "z1_1@2"),
        ("C5", "standard", "ŷ_1^{[3]}", "a1_1@3"),
        ("C5", "standard", "L@2", "L@2"),
        ("C5", "standard", "L^{[2]}", "L@2"),
        ("C5", "standard", "J", "L"),
        ("C5", "standard", "∂J/∂w11", "dL/dw1_1_1"),
        ("C5", "standard", "∂L/∂w11", "dL/dw1_1_1"),
        ("C5", "standard", "∂L^{[2]}/∂w_{11}", "dL/dw1_1_1@2"),
        ("C5", "standard", "∂L^{[2]}/∂z_1^{(1)[2]}", "delta1_1@2"),
        ("maxout", "standard", "w_{11; 1}^{(1)}", None),
        ("maxout", "standard", "z_{1; 2}^{(1)}", "z1_1.2"),
        ("maxout", "standard", "dL/dw1_1_2.1", "dL/dw1_1_2.1"),
        ("maxout", "standard", "∂L/∂w_{12; 1}^{(1)}", "dL/dw1_1_2.1"),
        ("cs4045-q1", "standard", "δ⁽³⁾", "delta3_1"),
        ("cs4045-q1", "standard", r"\partial L/\partial b^{(3)}", "dL/db3_1"),
        ("cs4045-q1", "standard", r"\partial L/\partial w_2^{(3)}", "dL/dw3_1_2"),
    ],
)
def test_left_sides(readers, name, notation, left, target):
    """An id, or a name in LaTeX, in Unicode or in plain typing, says what is answered; what is given is not asked."""
    found = target_of(readers(name, notation), left)
    assert found == target if target else "which is given" in found


@pytest.mark.parametrize(
    ("left", "part"),
    [
        ("", "found nothing; expected what the solution derives: z1_1"),
        ("∂L/∂w11", "this may be dL/dw1_1_1 or dL/dw2_1_1. Write the one that is meant."),
        ("z_1", "this may be z1_1 or z2_1. Write the one that is meant."),
        ("w11'", "this may be w1_1_1' or w2_1_1'. Write the one that is meant."),
        ("y1", "which is given"),
        ("w2_1_1", "Add a prime for the updated value."),
        ("z9_9", 'found "z9_9"'),
        ("z1_1 z1_2", "expected the end of the left side"),
        ("z1_1 + 1", "expected the end of the left side"),
        ("z1_1''", "expected the end of the left side"),
        (r"\frac{\partial L}{w_{11}}", "what the derivative is with respect to"),
        (r"\partial a_1^{(2)}/\partial z_1^{(1)}", "the derivative of another quantity than the loss"),
        (r"\partial^2 L/\partial w_{11}^2", "expected a name"),
        ("$z1_1", "$ at the end as well"),
        ("a" * 2001, "found 2,001 characters"),
    ],
)
def test_left_sides_that_say_nothing(readers, left, part):
    """A left side that is unknown, or may be several quantities, is unreadable, and says which there are."""
    found = target_of(readers("C1"), left)
    assert found.startswith("left side: found")
    assert part in found


@pytest.mark.parametrize("name", ["C1", "C5", "C12", "adam", "elastic-net", "triplet", "maxout", "dropout"])
def test_every_id_says_what_it_is(readers, name):
    """Every id of the contract is a left side, and is to itself."""
    reader = readers(name)
    truth = Truth(reader.vocabulary.worked, reader.part)
    assert len(truth.targets) > 5
    for target in truth.targets:
        assert reader.target(target.id) == target


def test_what_a_target_is(readers):
    """A target knows its kind, its symbol and its sample."""
    reader = readers("C5")
    kinds = {left: reader.target(left) for left in ("z1_1@2", "dL/dz1_1", "∂J/∂w₁₁", "L")}
    assert [target.kind for target in kinds.values()] == [
        TargetKind.NODE,
        TargetKind.ADJOINT,
        TargetKind.GRADIENT,
        TargetKind.NODE,
    ]
    assert [target.sample for target in kinds.values()] == [1, None, None, None]
    assert [target.symbol.name for target in kinds.values()] == ["z1_1", "z1_1", "w1_1_1", "L"]

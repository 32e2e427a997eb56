"""What can be asked beside nodes and derivatives of the loss: local derivatives, later steps, states."""

import mpmath
import pytest
from test_arrays import Desk

from symnet.marking.records import TypedAnswer, Verdict


@pytest.fixture(scope="module")
def q1(examples):
    """A desk for question 1, without numbers."""
    return Desk(examples["cs4045-q1"])


@pytest.fixture(scope="module")
def adam(examples):
    """A desk for a training with two states a parameter."""
    return Desk(examples["adam"])


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("da2_1/dz2_1", "a2_1*(1 - a2_1)", "right"),
        (r"\frac{\partial a_1^{(2)}}{\partial z_1^{(2)}}", r"\sigma'(z_1^{(2)})", "right"),
        ("da1_1/dz1_1", "1[z1_1 > 0]", "right"),
        ("dz2_1/da1_1", "w2_1_1", "right"),
        ("∂z₁⁽²⁾/∂w₁₁⁽²⁾", "a1_1", "right"),
        ("dz2_1/db2_1", "1", "right"),
        ("da2_1/dz2_1", "a2_1", "wrong"),
        ("dz2_1/da1_1", "w2_1_2", "wrong"),
    ],
)
def test_local_derivatives(q1, left, right, verdict):
    """The derivative of a node with respect to what it is worked out from directly can be asked and compared."""
    assert list(q1.entries(left, right).values()) == [verdict]


def test_a_local_derivative_that_names_itself_is_left_open(q1):
    """A derivative that only cites itself is noted as not worked out."""
    assert q1.reader.read(TypedAnswer("da2_1/dz2_1", "da2_1/dz2_1")).left_open


def test_what_does_not_depend_directly_has_no_local_derivative(q1):
    """A derivative through other nodes is none that can be asked."""
    assert "another quantity than the loss" in q1.entries("dz3_1/dz1_1", "1")


@pytest.mark.parametrize(
    ("name", "left", "right", "verdict"),
    [
        ("C1", "da1_1/dz1_1", "0.2427", "right_to_rounding"),
        ("C1", "da1_1/dz1_1", "0.2527", "wrong"),
        ("xor", "da1_1@2/dz1_1@2", "1 - a1_1@2^2", "right"),
        ("xor", "da1_1/dz1_1", "1 - a1_1^2", "right"),
    ],
)
def test_local_derivatives_at_numbers_and_samples(examples, name, left, right, verdict):
    """With numbers they are compared at their digits, and of several samples in each."""
    assert list(Desk(examples[name]).entries(left, right).values()) == [verdict]


def test_later_steps_and_states(adam):
    """Parameters after any step, and what the optimizer keeps of them, have the numbers of the training."""
    w, updates = adam.part.network.parameters[0], adam.part.evaluation.updates
    first, second = updates[:2]
    corrected = first.state["m"][w] / (1 - mpmath.mpf(9) / 10)
    true = {
        "w1_1_1''": second.after[w],
        "w1_1_1@step 2": second.after[w],
        "w1_1_1^(2)": second.after[w],
        "w1_1_1@step 40": updates[39].after[w],
        "m(w1_1_1)": first.state["m"][w],
        "m_w1_1_1": first.state["m"][w],
        r"m_{w_{11}^{(1)}}": first.state["m"][w],
        "v[w1_1_1]": first.state["v"][w],
        "v(w1_1_1)@step 2": second.state["v"][w],
        "v(w1_1_1)''": second.state["v"][w],
        "m_hat(w1_1_1)": corrected,
        "m̂(w1_1_1)": corrected,
        r"\hat{m}_{w1_1_1}": corrected,
    }
    for left, value in true.items():
        for right, verdict in (
            (mpmath.nstr(value, 8), Verdict.RIGHT_TO_ROUNDING),
            (mpmath.nstr(1.02 * value, 8), Verdict.WRONG),
        ):
            found = adam.entries(left, right)
            assert isinstance(found, dict), (left, found)
            assert list(found.values()) == [verdict.value], left
    assert adam.reader.read(TypedAnswer("m(w1_1_1)@step 9999", "1")).problem
    assert adam.reader.read(TypedAnswer("q(w1_1_1)", "1")).problem

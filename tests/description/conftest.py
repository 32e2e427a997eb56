"""A good description that the tests spoil, one place at a time."""

import pytest

GOOD = """\
title: A good one
inputs: 2
layers:
  - {units: 2, activation: relu}
  - {units: 1, activation: sigmoid, bias: shared}
loss: [squared_error, binary_cross_entropy]
reduction: sum
data:
  inputs:  [[0.15, 1/3], [2, -1]]
  targets: [[1], [0]]
parameters:
  - weights: [[0.1, 0.2], [0.3, 1e-3]]
    biases: [1, 2]
  - weights_from_to: [[1], [2]]
    biases: 0.3
training: {learning_rate: 0.5, steps: 3}
numbers: {decimals: 4}
"""


@pytest.fixture
def good():
    """The text of a description with nothing wrong in it."""
    return GOOD

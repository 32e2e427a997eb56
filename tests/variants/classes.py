"""Descriptions that say what is drawn, for the tests of variants."""

from symnet.variants.select import SourceText

XOR = """\
title: Exercise 3
inputs: 2
layers:
  - {units: 2, activation: sigmoid}
  - {units: 1, activation: sigmoid}
loss: squared_error
data: {inputs: [[0.5, 1]], targets: [[1]]}
training: {optimizer: sgd, learning_rate: 0.5}
numbers: {decimals: 4}
variants:
  weights: {range: [-1, 1], step: 0.1, exclude: [0]}
  biases: {range: [-0.5, 0.5], step: 0.1}
  inputs: {range: [0.1, 1], step: 0.05}
  targets: {choose: [0, 1]}
"""
"""A network of which every number but the learning rate is drawn."""

PRODUCT = """\
graph:
  inputs: [x, y, z]
  nodes: {q: x + y, f: q * z}
  output: f
at: {x: -2, y: 5, z: -4}
variants:
  inputs: {range: [-9, 9], step: 1, exclude: 0}
"""
"""A graph of which every input is drawn."""


def source(text, seed=1, name="exercise.yaml"):
    """Return a text as it crosses to other processes."""
    return SourceText(text.encode(), name, seed)

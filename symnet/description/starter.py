"""The commented description that ``symnet new`` writes."""

from __future__ import annotations

from collections.abc import Iterable

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES

_TEXT = """\
# A description for symnet. Solve it with:  symnet solve FILE
# Keys marked "optional" may be left out; without data and parameters everything stays symbolic.

title: Backpropagation by hand        # optional: the title of the sheet
notation: standard                    # optional: the notation of the course

inputs: 2                             # how many inputs the network has

# One entry per layer with weights, the first first.
# activation: {activations}
# bias (optional): true = one per unit, false = none, shared = one for the layer
layers:
  - {{units: 2, activation: sigmoid}}
  - {{units: 1, activation: sigmoid, bias: true}}

# One loss, or a list of several: each gives a part of the sheet.
# {losses}
loss: squared_error
reduction: mean                       # optional: mean or sum over the samples

# Numbers are exact: 0.15 is 3/20, and 1/3 and 1e-3 are numbers too.
data:                                 # optional
  inputs:  [[0.35, 0.9]]              # one row per sample, one number per input
  targets: [[0.5]]                    # one row per sample, one number per unit of the last layer

parameters:                           # optional: one entry per layer
  - weights: [[0.1, 0.8],             # one row per unit of this layer,
              [0.4, 0.6]]             # one number per unit (or input) that feeds it
    biases:  [0.1, -0.2]              # one number per unit
  - weights: [[0.3, 0.9]]             # or weights_from_to, with rows and columns exchanged
    biases:  [0.05]

training:                             # optional: the update to make
  optimizer: sgd
  learning_rate: 1/2
  steps: 1

numbers:                              # optional
  decimals: 6                         # how many decimals are shown
  arithmetic: exact                   # only what is shown is rounded
"""


def starter() -> str:
    """A commented description, in YAML, of a network with two inputs, two hidden units and one output."""
    return _TEXT.format(activations=_names(ACTIVATIONS), losses=_names(LOSSES))


def _names(table: Iterable[str]) -> str:
    return ", ".join(table)

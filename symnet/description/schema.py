"""The JSON Schema of the format, and the starter description."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.description.array_network import ArrayDescription
from symnet.description.checks import PLAIN, TRIPLET
from symnet.description.graph import GraphDescription
from symnet.description.marking import WAYS
from symnet.description.network import Description
from symnet.description.options import CatalogEntry
from symnet.description.questions import ASK_WORDS
from symnet.description.sequences import SequenceDescription
from symnet.description.sorts import ARRAY_KEYS, TIME_KEYS

# The JSON Schema of the format, for editors that complete and check descriptions.

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a description as an editor sees one, in YAML or in JSON."""
    roots = (Description, ArrayDescription, SequenceDescription, GraphDescription)
    _, schema = models_json_schema([(root, "validation") for root in roots])
    records = schema["$defs"]
    for record in records.values():
        # What stands below is for who writes Python.
        record["description"] = " ".join(record["description"].partition("\n\n")[0].split())
        record["properties"] = {key: _value(of) for key, of in record["properties"].items()}
    weights = [{"required": ["weights"]}, {"required": ["weights_from_to"]}]
    records["Weights"]["oneOf"] = weights
    records["LayerParameters"]["oneOf"] = [*weights, {"required": ["pieces"]}]
    records["Data"]["oneOf"] = [{"required": list(keys)} for keys in (PLAIN, TRIPLET)]
    records["Tolerance"]["oneOf"] = [{"required": [way]} for way in WAYS]
    choice = records["Loss"]
    name = {key: of for key, of in choice["properties"]["kind"].items() if key != "description"}
    records["Loss"] = {"anyOf": [name, choice], "description": choice.pop("description")}
    stepped = {"anyOf": _of_sequences()}
    records["ArrayDescription"]["allOf"] = [{"anyOf": _of_arrays()}, {"not": stepped}]
    records["SequenceDescription"]["allOf"] = [stepped]
    sorts = [{"$ref": f"#/$defs/{root.__name__}"} for root in roots]
    return {"$schema": DIALECT, "title": "A description for symnet", "oneOf": sorts, "$defs": records}


def _of_arrays() -> list[dict[str, Any]]:
    """What makes a description of layers one of arrays: a key of some layer, or null for some weight."""
    several = {"properties": {"activation": {"type": "array"}}, "required": ["activation"]}
    keys = [{"required": [key]} for key in sorted(ARRAY_KEYS)]
    absent = {"contains": {"contains": {"type": "null"}}}
    weights = [{"properties": {key: absent}, "required": [key]} for key in ("weights", "weights_from_to")]
    return [
        {"properties": {"layers": {"contains": {"anyOf": [several, *keys]}}}, "required": ["layers"]},
        {"properties": {"parameters": {"contains": {"anyOf": weights}}}, "required": ["parameters"]},
    ]


def _of_sequences() -> list[dict[str, Any]]:
    """What makes a description one of sequences: a layer with a state, or sequences as data."""
    keys = [{"required": [key]} for key in sorted(TIME_KEYS)]
    return [
        {"properties": {"layers": {"contains": {"anyOf": keys}}}, "required": ["layers"]},
        {"properties": {"data": {"required": ["sequences"]}}, "required": ["data"]},
    ]


def schema_text() -> str:
    """The JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _value(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one key, without the null and the empty list that stand for an absent key in Python."""
    kept = {key: of for key, of in schema.items() if key != "title" and of not in (None, [])}
    options = [option for option in kept.pop("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept


# The commented description that ``symnet new`` writes.

SCHEMA_FILE = "symnet.schema.json"
"""What the file beside a starter is called from which editors complete and check it."""

_TEXT = """\
# yaml-language-server: $schema={schema}
# A description for symnet. Solve it with:  symnet solve FILE
# Keys marked "optional" may be left out; without data and parameters everything stays symbolic.
# A computation graph has the key graph instead of inputs, layers and loss: see the end of this file.

title: Backpropagation by hand        # optional: the title of the sheet
notation: standard                    # optional: the notation of the course
language: en                          # optional: the language of the sheets

inputs: 2                             # how many inputs the network has

# One entry per layer, from the first hidden layer to the output.
# activation: {activations},
#   or an expression in z such as z*sigmoid(z), or {{expression: z*sigmoid(z), name: swish}}
# options: {activation_options}
# bias (optional): true = one per unit, false = none, shared = one for the layer
# dropout (optional): {{mask: [1, 0], keep: 1/2}}
layers:
  - {{units: 2, activation: sigmoid}}
  - {{units: 1, activation: sigmoid, bias: true}}

# One loss, or a list of several: each gives a part of the sheet.
# {losses},
#   or an expression in a1, y1, ... such as (a1 - y1)^2
# options, as in {{kind: hinge, margin: 2}}: {loss_options}
# several at once, each of some outputs: {{total: [{{kind: squared_error, outputs: [1], weight: 0.5}}]}}
loss: squared_error
reduction: mean                       # optional: mean, sum or weighted_mean over the samples
input_gradients: false                # optional: derive the gradients with respect to the inputs
second_derivatives: false             # optional: second derivatives of the objective too: true, or a list of ids

# One penalty on the weights, or a list of them: {regularizers}
# regularization: {{kind: l2, strength: lambda}}    # optional: a number or a name
# at: {{lambda: 0.01}}                              # optional: a number for each such name

# Numbers are exact: 0.15 is 3/20, and 1/3 and 1e-3 are numbers too.
data:                                 # optional; for triplet the keys are anchor, positive, negative
  inputs:  [[0.35, 0.9]]              # one row per sample, one number per input
  targets: [[0.5]]                    # one row per sample, one number per output
# weights: [1]                        # under data, optional: one per sample, which multiplies its loss; mean divides
#                                       the sum by the number of samples, weighted_mean by the sum of the weights

parameters:                           # optional: one entry per layer
  - weights: [[0.1, 0.8],             # one row per unit of this layer,
              [0.4, 0.6]]             # one number per unit (or input) that feeds it
    biases:  [0.1, -0.2]              # one number per unit
  - weights: [[0.3, 0.9]]             # or weights_from_to, with rows and columns swapped
    biases:  [0.05]                   # maxout has pieces: [{{weights: ..., biases: ...}}, ...]; prelu has alpha too

# optimizer: {optimizers}
# options: {optimizer_options}
# batch: full or a size; clip_norm, clip_value, decay, update_biases, and state, to continue from
training:                             # optional: the update to make
  optimizer: sgd
  learning_rate: 1/2
  steps: 1

numbers:                              # optional
  decimals: 6                         # how many decimals are shown; or significant: how many digits
  arithmetic: exact                   # only what is shown is rounded; paper: rounded values are used from then on
  decimal_mark: point                 # or comma
  # rounding: half_up or half_even; without it half_up in paper arithmetic, half_even in exact

# marks: {{default: 1, dL/dw1_1_1: 2}}    # optional: marks for the answers, by id
# questions:                            # optional: what the worksheet asks; without it all
#   - {{ask: forward}}                    # {asks},
#   - {{ask: gradients, layers: [2]}}     #   or an id; layers, units: all, marks and text may be left out
# header: {{course: CS101, date: 12 May}} # optional: the head of every sheet
# marking: {{in: deltas, tolerance: {{digits: 3}}}}    # optional: what counts when answers are marked; also form,
#   follow_through, repeated_mistake, truncated and feedback
# variants:                             # optional: what symnet variants draws anew for each student
#   weights: {{range: [-1, 1], step: 0.1, exclude: 0}}
#   "layers[1].activation": {{choose: [sigmoid, tanh]}}
# screening: {{allow: [kinks]}}           # optional: which draws become sheets all the same

# A computation graph, and numbers for its inputs:
# graph:
#   inputs: [x, y, z]
#   nodes: {{q: x + y, f: q * z}}
#   output: f
# at: {{x: -2, y: 5, z: -4}}
"""


def starter() -> str:
    """A commented description, in YAML, of a network with two inputs, two hidden units and one output."""
    return _TEXT.format(
        schema=SCHEMA_FILE,
        asks=", ".join(ASK_WORDS),
        activations=_names(ACTIVATIONS),
        losses=_names(LOSSES),
        regularizers=_names(REGULARIZERS),
        optimizers=_names(OPTIMIZERS),
        activation_options=_options(ACTIVATIONS),
        loss_options=_options(LOSSES),
        optimizer_options=_options(OPTIMIZERS),
    )


def _names(table: Iterable[str]) -> str:
    from textwrap import wrap

    return "\n#   ".join(wrap(", ".join(table), 100))


def _options(table: Mapping[str, CatalogEntry]) -> str:
    """The options of all entries, each with those that have it."""
    owners: dict[str, list[str]] = {}
    for entry in table.values():
        for option in entry.options:
            owners.setdefault(option.name, []).append(entry.name)
    return "; ".join(f"{name} ({', '.join(names)})" for name, names in owners.items())

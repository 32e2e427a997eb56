"""What a published example is, and the numbers that symnet finds for it, by the names that examples use.

Names are ids, and ``dL/dw1_1_1`` for a gradient. A name with a prime, such as ``w1_1_1'``, is what one step leads to,
``w1_1_1'20`` what twenty steps lead to; ``L'20`` is the loss then, and ``velocity(w1_1_1)'20`` a state.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mpmath import mp, mpf

from symnet import solve
from symnet.render.json import render_json


class Case(NamedTuple):
    """One published example.

    Attributes:
        name: What the test is called.
        spec: The description.
        published: The numbers as they are printed, by name.
        by_hand: The numbers at full precision by independent arithmetic, which gets the description; they hold all
            of the published names.
        slack: By how many units of its last digit a published number may be off: half of one where it was rounded,
            one where it was cut off, more where the author went on with rounded numbers.
        truth: To how many digits the independent arithmetic is right.
    """

    name: str
    spec: Mapping[str, Any]
    published: Mapping[str, str]
    by_hand: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    slack: float = 0.5
    truth: int = 14


def graph(nodes, output, at, **more):
    """Return the description of a graph whose inputs are those that have a number."""
    return {"graph": {"inputs": list(at), "nodes": nodes, "output": output}, "at": at, **more}


def numbers(source, number=0):
    """Return every number that symnet finds for one of the losses of a description, by name."""
    return numbers_of(json.loads(render_json(solve(source)))["problems"][number])


def numbers_of(problem):
    """Return every number of one loss in JSON, by name."""
    loss = "L" if problem["counts"]["layers"] else problem["loss"]
    found = {entry["id"]: entry["value"] for entry in (*problem["nodes"], *problem["deltas"])}
    found[loss] = problem["loss_value"]
    for entry in problem["gradients"]:
        found[f"d{loss}/d{entry['parameter']}"] = entry["value"]
    for entry in problem["updates"]:
        step, parameter = entry["step"], entry["parameter"]
        found[f"{parameter}'{step}"] = entry["after"]
        found[f"d{loss}/d{parameter}'{step}"] = entry["gradient"]
        found |= {f"{state}({parameter})'{step}": value for state, value in entry["state"].items()}
    found |= {f"{loss}'{entry['step']}": entry["loss_after"] for entry in problem["steps"]}
    with mp.workdps(25):
        return {name: mpf(value) for name, value in found.items() if value is not None}


def full(name):
    """Return a name with the number of steps that a lone prime stands for."""
    return f"{name}1" if name.endswith("'") else name


def last_digit(printed):
    """Return what one unit of the last digit of a printed number is worth."""
    mantissa, _, exponent = printed.lower().partition("e")
    return mpf(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))

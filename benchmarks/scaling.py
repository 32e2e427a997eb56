"""The CPU time of one network of a given width, stage by stage, as JSON: ``python scaling.py WIDTH ENOUGH``.

The largest memory of the process stands beside it, in megabytes.
Small networks are solved again until ENOUGH parameters are done, or one garbage collection would decide.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from statistics import mean

from memory import largest

from symnet.pipeline import solve
from symnet.render.json import render_json

OUTPUTS = 4
STAGES = ("solve", "solve and JSON", "solve with numbers and JSON")


def parameter_count(width: int) -> int:
    """Return how many parameters the network of this width has."""
    return 2 * width * (width + 1) + OUTPUTS * (width + 1)


def description(width: int, numbers: bool) -> Mapping[str, object]:
    """Return a network of the shape width-width-width-4, with one sample and parameters if ``numbers``."""
    shape = [(width, width), (width, width), (OUTPUTS, width)]
    activations = ("tanh", "sigmoid", "softmax")
    content: dict[str, object] = {
        "title": f"{width} units a layer",
        "inputs": width,
        "layers": [{"units": units, "activation": name} for (units, _), name in zip(shape, activations, strict=True)],
        "loss": "categorical_cross_entropy",
    }
    if numbers:
        row = [f"{number % 17 - 8}/10" for number in range(width + 1)]
        content["data"] = {"inputs": [row[:width]], "targets": [["1", *["0"] * (OUTPUTS - 1)]]}
        content["parameters"] = [
            {
                "weights": [
                    [f"{(7 * to + 3 * source) % 19 - 9}/50" for source in range(inputs)] for to in range(units)
                ],
                "biases": row[:units],
            }
            for units, inputs in shape
        ]
    return content


def seconds(width: int, enough: int) -> Mapping[str, float]:
    """Return the CPU seconds of each stage for the network of this width, means over enough runs."""
    runs = -(-enough // parameter_count(width))
    symbolic, with_numbers = description(width, numbers=False), description(width, numbers=True)
    solved, rendered = zip(*(_stages(symbolic) for _ in range(runs)), strict=True)
    _, numbered = zip(*(_stages(with_numbers) for _ in range(runs)), strict=True)
    times = {stage: mean(some) for stage, some in zip(STAGES, (solved, rendered, numbered), strict=True)}
    return {**times, "megabytes": largest()}


def _stages(content: Mapping[str, object]) -> tuple[float, float]:
    """Return the CPU seconds until ``content`` is solved, and until it is JSON."""
    start = time.process_time()
    worked = solve(content)
    solved = time.process_time()
    render_json(worked)
    return solved - start, time.process_time() - start


if __name__ == "__main__":
    # The smallest network first, so that no size pays for what is only done once.
    _stages(description(OUTPUTS, numbers=True))
    print(json.dumps(seconds(int(sys.argv[1]), int(sys.argv[2]))))

"""The CPU time of the numbers of one exercise: ``python evaluating.py CASE...`` prints it as JSON.

What is measured is the checkout that Python finds, so that one is compared with another by ``PYTHONPATH``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import Any

from symnet.description import load
from symnet.pipeline import networks, solve


def found(*places: str) -> Any:  # noqa: ANN401 - functions, of any kind
    """Return what stands under the first of several names of modules and what is in them that there is."""
    for place in places:
        module, name = place.split(":")
        try:
            return getattr(import_module(f"symnet.{module}"), name)
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError(f"none of {', '.join(places)}")


# What is measured, where it stands today and where it stood before, so that older checkouts are measured too.
plain_text = found("algebra.nodes:plain_text", "calculus:plain_text")
derive = found("derivation.backward:derive", "derive:derive")
derive_objective = found("derivation.objective:derive_objective", "objective:derive_objective")
network_data = found("network.data:network_data", "given:given_numbers")
evaluate = found("numerics.evaluate:evaluate", "evaluate:evaluate")

# Each case is run again until it has taken so long in all, and its shortest run counts.
ENOUGH = 0.5

SHAPES = {20: (3, 3, 2), 474: (5, 15, 19, 4), 5000: (33, 55, 53, 3)}


def exercise(shape: tuple[int, ...], samples: int = 1, **more: object) -> Mapping[str, Any]:
    """Return a network of a shape with its numbers: tanh in the first layers, softmax in the last."""
    sizes = list(pairwise(shape))
    return {
        "inputs": shape[0],
        "layers": [{"units": units, "activation": "softmax" if units == shape[-1] else "tanh"} for _, units in sizes],
        "loss": "categorical_cross_entropy",
        "data": {
            "inputs": [[f"{(number + 3 * row) % 17 - 8}/10" for number in range(shape[0])] for row in range(samples)],
            "targets": [[str(int(unit == row % shape[-1])) for unit in range(shape[-1])] for row in range(samples)],
        },
        "parameters": [
            {
                "weights": [[f"{(7 * to + 3 * of) % 19 - 9}/50" for of in range(inputs)] for to in range(units)],
                "biases": [f"{to % 5}/7" for to in range(units)],
            }
            for inputs, units in sizes
        ],
        **more,
    }


def exact(spec: Mapping[str, Any], *, anew: bool = False) -> Callable[[], object]:
    """Return what works out all numbers of a description.

    Args:
        spec: The description.
        anew: Whether its network is one that was never seen before, each time; or else as it is where a class is given
            the same exercise with other numbers.
    """
    description = load(spec)
    (network,) = networks(description)
    objective = derive_objective(derive(network), description)
    given = network_data(network, description, objective.constants)
    if given is None:
        raise ValueError("a description without numbers")
    training = description.training
    return lambda: evaluate(replace(network) if anew else network, given, objective, training)


def paper(spec: Mapping[str, Any]) -> Callable[[], object]:
    """Return what works out all numbers of a description as on paper."""
    written_as = found("numerics.format:Form", "numbers.digits:Form")
    on_paper = found("numerics.paper:on_paper", "paper:on_paper")
    description = load(spec)
    (network,) = networks(description)
    gradient = derive(network)
    objective = derive_objective(gradient, description)
    given = network_data(network, description, objective.constants)
    if given is None:
        raise ValueError("a description without numbers")
    form = written_as(4, paper=True)
    return lambda: on_paper(gradient, objective, given, description.training, form)


def marking(count: int) -> Callable[[], object]:
    """Return what marks so many symbolic answers, every second one of which has a wrong sign."""
    from symnet import check

    worked = solve({**exercise((8, 14, 5)), "numbers": {"decimals": 4}})
    (part,) = worked.parts
    texts = {f"dL/d{leaf.name}": plain_text(part.result(leaf)) for leaf in part.in_order()}
    answers = {
        name: f"-({text})" if number % 2 else text for number, (name, text) in enumerate(list(texts.items())[:count])
    }
    if len(answers) != count:
        raise ValueError("a network with too few parameters")
    return lambda: check(worked, answers)


CASES: Mapping[str, Callable[[], Callable[[], object]]] = {
    **{f"evaluate {size}": lambda shape=shape: exact(exercise(shape)) for size, shape in SHAPES.items()},
    **{f"first {size}": lambda shape=shape: exact(exercise(shape), anew=True) for size, shape in SHAPES.items()},
    "train": lambda: exact(
        exercise((2, 3, 2), samples=4, training={"optimizer": "adam", "learning_rate": "0.05", "steps": 1000})
    ),
    "paper": lambda: paper(exercise((3, 4, 2), samples=100)),
    "mark": lambda: marking(200),
}


def seconds(case: str) -> float:
    """Return the CPU seconds of the shortest of several runs."""
    run = CASES[case]()
    run()
    times: list[float] = []
    while not times or sum(times) < ENOUGH:
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    print(json.dumps({case: seconds(case) for case in sys.argv[1:] or CASES}))

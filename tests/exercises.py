"""Small descriptions for the tests, and the chances to draw random ones."""

import dataclasses
import random
from itertools import pairwise

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.derive import derive
from symnet.description import load
from symnet.network import build_network


def altered(record, **fields):
    """Return a copy of a frozen record, of either kind, with other values in some of its fields."""
    return record._replace(**fields) if isinstance(record, tuple) else dataclasses.replace(record, **fields)


def luck(seed):
    """Return the chances that belong to a seed, the same on every machine."""
    return random.Random(str(seed))  # noqa: S311 - not cryptography


def describe(sizes, activations, loss, bias=True, **more):
    """Return a description as a mapping: ``sizes`` begins with the inputs, one activation for each further size."""
    kinds = [bias] * len(activations) if not isinstance(bias, list) else bias
    layers = [
        {"units": units, "activation": activation, "bias": kind}
        for units, activation, kind in zip(sizes[1:], activations, kinds, strict=True)
    ]
    return {"inputs": sizes[0], "layers": layers, "loss": loss, **more}


def network_of(*args, **more):
    """Return the network of :func:`describe` with the same arguments; its loss is the first one named."""
    description = load(describe(*args, **more))
    return build_network(description, description.loss[0].kind)


def gradient_of(*args, **more):
    """Return the derived gradient of :func:`describe` with the same arguments."""
    return derive(network_of(*args, **more))


def one_unit(weight, bias, x, target, activation="identity", loss="squared_error", **more):  # noqa: PLR0917 - read as a line
    """Return the description of one unit with one input, with numbers."""
    return describe(
        [1, 1],
        [activation],
        loss,
        data={"inputs": [[x]], "targets": [[target]]},
        parameters=[{"weights": [[weight]], "biases": [bias]}],
        **more,
    )


def combinations():
    """Return every (hidden activation, output activation, loss) that a description may name."""
    return [(hidden, output, loss) for hidden in ACTIVATIONS for output in ACTIVATIONS for loss in LOSSES]


def random_description(chance, sizes, activations, loss, *, bias=True, samples=1, reduction="mean", digits=3):
    """Return a description with random numbers, each a short decimal, so that it is exact everywhere.

    Where the loss takes logarithms of outputs that need not be probabilities, the last layer is drawn so that they
    lie between 0 and 1 all the same.
    """

    def number(low, high):
        return f"{chance.uniform(low, high):.{digits}f}"

    logarithms = LOSSES[loss].outputs == "unit_interval" and ACTIVATIONS[activations[-1]].range != "unit_interval"
    parameters = []
    for index, (before, units) in enumerate(pairwise(sizes)):
        tame = logarithms and index == len(activations) - 1
        reach = 0.02 if tame else 1.5 / before**0.5
        count = {True: units, False: 0, "shared": 1}[True if tame else bias]
        low, high = (0.4, 0.6) if tame else (-0.5, 0.5)
        parameters.append(
            {
                "weights": [[number(-reach, reach) for _ in range(before)] for _ in range(units)],
                "biases": [number(low, high) for _ in range(count)],
            }
        )
    kinds = [bias] * (len(activations) - 1) + [True if logarithms else bias]
    targets = []
    for _ in range(samples):
        if LOSSES[loss].normalized and chance.random() < 0.7:
            right = chance.randrange(sizes[-1])
            targets.append([int(unit == right) for unit in range(sizes[-1])])
        else:
            targets.append([number(0, 1) for _ in range(sizes[-1])])
    data = {"inputs": [[number(-1, 1) for _ in range(sizes[0])] for _ in range(samples)], "targets": targets}
    return describe(sizes, activations, loss, kinds, data=data, parameters=parameters, reduction=reduction)


def draw(chance, widest=(4, 8, 8, 3), hidden=None, output=None, loss=None):
    """Return the description of a random network of at most these sizes, of any activation and loss allowed."""
    loss = loss or chance.choice(list(LOSSES))
    depth = chance.randint(1, len(widest) - 1)
    middle = [chance.randint(1, most) for most in widest[1:depth]]
    sizes = [chance.randint(1, widest[0]), *middle, chance.randint(1, widest[-1])]
    activations = [hidden or chance.choice(list(ACTIVATIONS)) for _ in range(depth - 1)]
    activations.append(output or chance.choice(list(ACTIVATIONS)))
    for index, activation in enumerate(activations, 1):
        if ACTIVATIONS[activation].couples:
            sizes[index] = max(sizes[index], 2)
    bias = chance.choice([True, False, "shared"])
    return random_description(
        chance,
        sizes,
        activations,
        loss,
        bias=bias,
        samples=chance.randint(1, 4),
        reduction=chance.choice(["mean", "sum"]),
    )

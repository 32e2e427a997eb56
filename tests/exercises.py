"""Small descriptions for the tests, and the chances to draw random ones over the whole catalog."""

import dataclasses
import functools
import random
from pathlib import Path

from reference import ACTIVATION_TEXTS, LOSS_TEXTS

import symnet
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import SCHEDULES
from symnet.derivation.backward import derive
from symnet.derivation.objective import derive_objective, loss_id
from symnet.description import load
from symnet.network.build import build_network
from symnet.view import View

# Which of the losses given as expressions take targets of +1 and -1.
ROOT = Path(__file__).parent.parent

# The optimizers that update each parameter by itself, with any number of parameters.
BY_PARAMETER = [name for name, one in OPTIMIZERS.items() if one.hessian is None]

SIGNED_TEXTS = ("ln(1 + exp(-y1*a1))",)


def altered(record, **fields):
    """Return a copy of a frozen record, of either kind, with other values in some of its fields."""
    return record._replace(**fields) if isinstance(record, tuple) else dataclasses.replace(record, **fields)


def full(*args, **more):
    """Return the view of a solution line by line."""
    return View(*args, detail="full", **more)


def luck(seed):
    """Return the chances that belong to a seed, the same on every machine."""
    return random.Random(str(seed))  # noqa: S311 - not cryptography


def describe(sizes, activations, loss, bias=True, **more):
    """Return a description as a mapping: ``sizes`` begins with the inputs, one activation for each further size.

    An activation is a name, or a mapping with its options and what else its layer has.
    """
    kinds = [bias] * len(activations) if not isinstance(bias, list) else bias
    layers = [
        {"units": units, "bias": kind, **(activation if isinstance(activation, dict) else {"activation": activation})}
        for units, activation, kind in zip(sizes[1:], activations, kinds, strict=True)
    ]
    return {"inputs": sizes[0], "layers": layers, "loss": loss, **more}


def network_from(mapping):
    """Return the network of a description; its loss is the first one named."""
    description = load(mapping)
    return build_network(description, description.loss[0], loss_id(description))


def network_of(*args, **more):
    """Return the network of :func:`describe` with the same arguments."""
    return network_from(describe(*args, **more))


def gradient_of(*args, **more):
    """Return the derived gradient of :func:`describe` with the same arguments."""
    return derive(network_of(*args, **more))


def objective_of(*args, **more):
    """Return the gradient of :func:`describe` with the same arguments, and the objective over it."""
    description = load(describe(*args, **more))
    gradient = derive(build_network(description, description.loss[0], loss_id(description)))
    return gradient, derive_objective(gradient, description)


def solved(path):
    """Return an example, worked; each is solved once in a process, since nothing changes what is worked."""
    return _solved(str(path))


@functools.cache
def _solved(path):
    return symnet.solve(path)


def part_of(mapping):
    """Return the first loss of a description, worked."""
    return symnet.solve(mapping).parts[0]


def evaluation_of(mapping):
    """Return the numbers of the first loss of a description."""
    return part_of(mapping).evaluation


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
    pairs = [(output, loss) for output in ACTIVATIONS for loss in LOSSES if may_follow(loss, output)]
    return [(hidden, *pair) for hidden in ACTIVATIONS for pair in pairs]


def may_follow(loss, output):
    """Return whether a loss has a value after an activation: none has in logarithms of what is never positive."""
    return output != "log_sigmoid" or loss not in LOSSES or LOSSES[loss].outputs not in {"unit_interval", "positive"}


class Draws:
    """Draws random descriptions, whose numbers are short decimals so that they are exact everywhere.

    Args:
        chance: Where the luck comes from.
        digits: How many decimals the numbers have.
    """

    def __init__(self, chance, digits=3):
        self.chance = chance
        self.digits = digits

    def number(self, low, high):
        """Return a random short decimal."""
        return f"{self.chance.uniform(low, high):.{self.digits}f}"

    def maybe(self, probability=0.5):
        """Return whether something happens."""
        return self.chance.random() < probability

    def description(self, *, widest=(4, 8, 8, 3), hidden=None, output=None, loss=None, samples=4, **more):
        """Return a random description: ``hidden``, ``output`` and ``loss`` by name, or any that there are."""
        drawn = self.chance.choice([*LOSSES, *LOSS_TEXTS]) if loss is None else loss
        # Outputs that are all 0 have no cosine.
        loss = self.loss("squared_error" if loss is None and drawn == "cosine" else drawn)
        depth = self.chance.randint(1, len(widest) - 1)
        names = [hidden or self.chance.choice([*ACTIVATIONS, *ACTIVATION_TEXTS]) for _ in range(depth - 1)]
        fitting = [name for name in (*ACTIVATIONS, *ACTIVATION_TEXTS) if may_follow(loss["kind"], name)]
        names.append(output or self.chance.choice(fitting))
        most = [*widest[1:depth], widest[-1]]
        sizes = [self.chance.randint(1, widest[0])]
        for index, name in enumerate(names):
            coupled = name in ACTIVATIONS and ACTIVATIONS[name].couples
            classes = index == depth - 1 and loss["kind"] == "multiclass_hinge"
            sizes.append(self.chance.randint(2 if coupled or classes else 1, most[index]))
        loss |= self.class_weights(loss["kind"], sizes[-1])
        return self.of(sizes, names, loss, samples=self.chance.randint(1, samples), **more)

    def of(self, sizes, names, loss, *, samples=1, **more):
        """Return a random description with these sizes, activations and this loss; ``more`` keys are as given."""
        loss = loss if isinstance(loss, dict) else self.loss(loss)
        layers = [self.layer(name, units, last=False) for name, units in zip(names, sizes[1:], strict=True)]
        # Where a loss takes logarithms of outputs that need not be probabilities, they are made to lie close to 1/2.
        tame = needs_probabilities(loss) and not is_probability(names[-1])
        if tame:
            layers[-1]["bias"] = True
        layers[-1].pop("dropout", None)
        parameters = [
            self.parameters(layer, before, tame=tame and layer is layers[-1])
            for layer, before in zip(layers, sizes, strict=False)
        ]
        spec = {
            "inputs": sizes[0],
            "layers": layers,
            "loss": loss if len(loss) > 1 or self.maybe() else loss["kind"],
            "reduction": self.chance.choice(["mean", "sum"]),
            "data": self.data(loss, sizes[0], sizes[-1], samples),
            "parameters": parameters,
        }
        if self.maybe(0.3):
            spec |= self.regularization(len(layers))
        if self.maybe(0.3):
            spec["input_gradients"] = True
        return spec | more

    def layer(self, name, units, *, last):
        """Return a random layer with this activation."""
        layer = {"units": units, "activation": name, "bias": self.chance.choice([True, True, False, "shared"])}
        if name == "leaky_relu" and self.maybe():
            layer["slope"] = self.number(0.01, 0.5)
        if name == "elu" and self.maybe():
            layer["alpha"] = self.number(0.2, 2)
        if name == "silu" and self.maybe():
            layer["beta"] = self.number(0.5, 2)
        if name == "gelu" and self.maybe():
            layer["approximate"] = "tanh"
        if name == "maxout" and self.maybe():
            layer["pieces"] = self.chance.randint(2, 4)
        if not last and self.maybe(0.2):
            kept = self.chance.randrange(units)
            mask = [int(unit == kept or self.maybe(0.7)) for unit in range(units)]
            layer["dropout"] = {"mask": mask, "keep": self.chance.choice(["1/2", "0.8", "2/3"])}
        return layer

    def parameters(self, layer, before, *, tame=False):
        """Return random parameters of a layer with so many units before it."""
        if layer["activation"] != "maxout":
            entry = self.weights(layer, before, tame=tame)
        else:
            pieces = [self.weights(layer, before, tame=tame) for _ in range(layer.get("pieces", 2))]
            entry = {"pieces": pieces}
            if layer["bias"] == "shared":
                # There is one bias for all pieces; as many were drawn as there are pieces.
                entry["biases"], *_ = [piece.pop("biases") for piece in pieces]
        if layer["activation"] == "prelu" and self.maybe(0.8):
            entry["alpha"] = self.number(0.05, 0.9)
        return entry

    def weights(self, layer, before, *, tame):
        """Return random weights and biases; in a tame layer such that its outputs lie close to 1/2."""
        units, reach = layer["units"], 0.02 if tame else 1.5 / before**0.5
        low, high = TAME.get(layer["activation"], (0.4, 0.6)) if tame else (-0.5, 0.5)
        rows = [[self.number(-reach, reach) for _ in range(before)] for _ in range(units)]
        entry = {"weights": rows}
        if not tame and self.maybe(0.2):
            entry = {"weights_from_to": [list(column) for column in zip(*rows, strict=True)]}
        if layer["bias"] == "shared":
            entry["biases"] = self.number(low, high) if self.maybe() else [self.number(low, high)]
        elif layer["bias"]:
            entry["biases"] = [self.number(low, high) for _ in range(units)]
        return entry

    def loss(self, kind):
        """Return a loss with random options."""
        choice = {"kind": kind}
        options = {option.name for option in LOSSES[kind].options} if kind in LOSSES else set()
        if "margin" in options and self.maybe(0.7):
            choice["margin"] = self.number(0.1, 3)
        if "delta" in options and self.maybe(0.7):
            choice["delta"] = self.number(0.1, 0.9)
        if "gamma" in options and self.maybe(0.7):
            choice |= {"gamma": self.chance.choice([0, 1, "1/2", 3]), "alpha": self.number(0.1, 0.9)}
        for name, low, high in (("positive_weight", 0.2, 4), ("label_smoothing", 0.05, 0.4)):
            if name in options and self.maybe(0.3):
                choice[name] = self.number(low, high)
        if "log_base" in options and self.maybe(0.6):
            choice["log_base"] = self.chance.choice(["e", 2, 10])
        return choice

    def class_weights(self, kind, outputs):
        """Return random weights of the classes of a loss, or none."""
        if kind not in CLASSES or outputs < 2 - (kind == "binary_cross_entropy") or not self.maybe(0.3):
            return {}
        return {"class_weights": [self.number(0.2, 4) for _ in range(CLASSES[kind] or outputs)]}

    def data(self, loss, inputs, outputs, samples):
        """Return random samples that fit a loss."""

        def rows():
            return [[self.number(-1, 1) for _ in range(inputs)] for _ in range(samples)]

        if loss["kind"] == "triplet":
            return {"anchor": rows(), "positive": rows(), "negative": rows()}
        return {"inputs": rows(), "targets": [self.targets(loss["kind"], outputs) for _ in range(samples)]}

    def targets(self, kind, outputs):
        """Return the random targets of one sample."""
        wanted = LOSSES[kind].targets if kind in LOSSES else "signs" if kind in SIGNED_TEXTS else "any"
        if wanted == "signs":
            return [self.chance.choice([1, -1]) for _ in range(outputs)]
        if wanted == "one_hot" or (kind in LOSSES and LOSSES[kind].normalized and self.maybe(0.7)):
            right = self.chance.randrange(outputs)
            return [int(unit == right) for unit in range(outputs)]
        if wanted == "binary" or (wanted == "unit_interval" and self.maybe()):
            return [self.chance.randint(0, 1) for _ in range(outputs)]
        return [self.number(0, 1) for _ in range(outputs)]

    def regularization(self, layers):
        """Return random penalties, and a number for each strength that is a name."""
        chosen, at = [], {}
        for kind in self.chance.sample(list(REGULARIZERS), self.chance.randint(1, 2)):
            strengths = [self.number(0.01, 0.5) for _ in range(layers if self.maybe(0.3) else 1)]
            if self.maybe(0.3):
                at["lambda"] = strengths[0]
                strengths[0] = "lambda"
            penalty = {"kind": kind, "strength": strengths if len(strengths) > 1 else strengths[0]}
            chosen.append(penalty | ({"biases": True} if self.maybe(0.3) else {}))
        return {"regularization": chosen} | ({"at": at} if at else {})

    def training(self, spec, optimizer=None, steps=3):
        """Return a random training of ``spec``."""
        kind = optimizer or self.chance.choice(BY_PARAMETER)
        training = {"optimizer": kind, "learning_rate": self.number(0.01, 0.3), "steps": steps}
        for option in OPTIMIZERS[kind].options:
            if self.maybe(0.4):
                low, high = (0.001, 0.1) if option.name in {"epsilon", "weight_decay"} else (0.5, 0.99)
                training[option.name] = self.number(low, high)
        samples = len(next(iter(spec["data"].values())))
        if self.maybe(0.4):
            training["batch"] = self.chance.choice(["full", *range(1, samples + 1)])
            size = samples if training["batch"] == "full" else training["batch"]
            training["accumulate"] = self.chance.randint(1, -(-samples // size))
        for key, low, high in (("clip_value", 0.01, 0.5), ("clip_norm", 0.05, 1), ("weight_decay", 0.01, 0.5)):
            if self.maybe(0.25):
                training[key] = self.number(low, high)
        training |= self.rates(training["learning_rate"], steps)
        if self.maybe(0.25):
            training["update_biases"] = self.maybe()
        if self.maybe(0.3):
            training["state"] = {"step": self.chance.randint(0, 5)}
            for state in OPTIMIZERS[kind].states:
                # Torch has one normalizer for all weights of a layer.
                if state.name == "normalizer":
                    continue
                low = 0.01 if state.name in {"squares", "v", "u", "changes"} else -1
                training["state"][state.name] = {first_weight(spec): self.number(low, 1)}
        return training

    def rates(self, rate, steps):
        """Return how learning rates change from step to step, if they do: with a decay, a schedule, or as a list."""
        kind = self.chance.choice(["none", "none", "decay", "list", *SCHEDULES])
        if kind == "none":
            return {}
        if kind == "decay":
            return {"decay": self.number(0.01, 1)}
        if kind == "list":
            return {"learning_rate": [rate, *(self.number(0.01, 0.3) for _ in range(steps - 1))]}
        warmup = self.chance.randint(1, 4) if kind == "warmup" or self.maybe(0.3) else 0
        schedule = {"kind": kind} | ({"warmup": warmup} if warmup else {})
        if kind == "cosine":
            schedule["total"] = warmup + self.chance.randint(1, 8)
        elif kind != "warmup":
            schedule |= {"factor": self.number(0.1, 0.9), "every": self.chance.randint(1, 3)}
        return {"schedule": schedule}


# How many classes a loss tells apart; 0: as many as there are outputs.
CLASSES = {"binary_cross_entropy": 2, "categorical_cross_entropy": 0}


def needs_probabilities(loss):
    """Return whether a loss takes logarithms of the outputs."""
    # A vector of zeros has no direction.
    return loss["kind"] in LOSSES and (
        LOSSES[loss["kind"]].outputs in {"unit_interval", "positive"} or loss["kind"] == "cosine"
    )


def is_probability(activation):
    """Return whether the values of an activation lie between 0 and 1."""
    return activation in ACTIVATIONS and ACTIVATIONS[activation].range == "unit_interval"


def first_weight(spec):
    """Return the id of the first weight."""
    return "w1_1_1.1" if spec["layers"][0]["activation"] == "maxout" else "w1_1_1"


# Pre-activations whose activation lies between 0 and 1, where those between 0.4 and 0.6 do not do.
TAME = {"softplus": (-0.8, -0.4), "sqrt(1 + z^2) - 1": (0.8, 1.2), "z*sigmoid(z)": (0.6, 0.9)}


def draw(chance, **more):
    """Return the description of a random network; see :meth:`Draws.description`."""
    return Draws(chance).description(**more)

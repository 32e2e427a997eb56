"""A second opinion: every network, penalty and optimizer of a description in mpmath, from the definitions alone.

Nothing here comes from symnet. A description is read as a mapping; its numbers may be anything that
``fractions.Fraction`` reads. Derivatives come from :mod:`autodiff`; everything is by id.
"""

from fractions import Fraction
from functools import partial
from itertools import cycle
from typing import Any, NamedTuple

import mpmath
from autodiff import (
    Number,
    absolute,
    backward,
    cases,
    erf,
    exp,
    largest,
    log,
    positive_part,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    total,
)
from mpmath import mp, mpf
from optimizers_by_hand import rate_of, rule_of

BRANCHES = (".a", ".p", ".n")
TRIPLET_KEYS = ("anchor", "positive", "negative")

# Functions as a description may give them, and as they are meant.
ACTIVATION_TEXTS = {
    "z*sigmoid(z)": lambda z: z * sigmoid(z),
    "z/(1 + abs(z))": lambda z: z / (1 + absolute(z)),
    "sqrt(1 + z^2) - 1": lambda z: sqrt(1 + z**2) - 1,
    "max(z, -0.3, 0.2*z)": lambda z: largest([Number("-0.3"), z, z * mpf("0.2")]),
    "sin(z) + exp(-z^2)/2": lambda z: sin(z) + exp(-(z**2)) / 2,
}
LOSS_TEXTS = {
    "(a1 - y1)^4": lambda a, y: (a[0] - y[0]) ** 4,
    "abs(a1 - y1)": lambda a, y: absolute(a[0] - y[0]),
    "ln(1 + exp(-y1*a1))": lambda a, y: softplus(-y[0] * a[0]),
    "(a1 - y1)^2/(1 + a1^2)": lambda a, y: (a[0] - y[0]) ** 2 / (1 + a[0] ** 2),
}


def exactly(value):
    """Return a number of a description at the precision in force."""
    fraction = Fraction(str(value)) if not isinstance(value, Fraction) else value
    return mpf(fraction.numerator) / fraction.denominator


def at_digits(function):
    """Return ``function`` with a keyword for the precision."""

    def run(spec, digits=30, **more):
        with mp.workdps(digits):
            return function(spec, **more)

    return run


# The parameters


def pieces_of(layer):
    """Return the suffixes of the ids of a unit's weighted sums."""
    return [f".{n}" for n in range(1, int(layer.get("pieces", 2)) + 1)] if layer["activation"] == "maxout" else [""]


def matrix_of(entry):
    """Return weights as rows of units."""
    return (
        entry["weights"] if "weights" in entry else [list(row) for row in zip(*entry["weights_from_to"], strict=True)]
    )


def as_list(value):
    """Return what may be given as a list or alone as a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


def parameters_of(spec):
    """Return every parameter by id."""
    found = {}
    for number, (layer, entry) in enumerate(zip(spec["layers"], spec["parameters"], strict=True), 1):
        maxout, bias = layer["activation"] == "maxout", layer.get("bias", True)
        for suffix, part in zip(pieces_of(layer), entry["pieces"] if maxout else [entry], strict=True):
            for unit, row in enumerate(matrix_of(part), 1):
                found |= {f"w{number}_{unit}_{source}{suffix}": exactly(w) for source, w in enumerate(row, 1)}
            if bias is True:
                found |= {f"b{number}_{unit}{suffix}": exactly(b) for unit, b in enumerate(as_list(part["biases"]), 1)}
        if bias == "shared":
            found[f"b{number}"] = exactly(as_list(entry["biases"])[0])
        if layer["activation"] == "prelu":
            found[f"alpha{number}"] = exactly(entry.get("alpha", "1/4"))
    return found


# The network


def softmax(z):
    """Return the softmax of a layer."""
    most = max(unit.value for unit in z)
    powers = [exp(unit - most) for unit in z]
    return [power / total(powers) for power in powers]


def gelu(z):
    """Return z times the normal distribution function at z."""
    return z * (1 + erf(z / mp.sqrt(2))) / 2


def gelu_by_tanh(z):
    """Return the usual approximation of GELU."""
    return z * (1 + tanh((z + z**3 * mpf("0.044715")) * mp.sqrt(2 / mp.pi))) / 2


def clamped(z, low):
    """Return z within bounds, the upper one 1; at a bound the derivative is 0."""
    if low < z.value < 1:
        return z
    return Number(min(max(z.value, mpf(low)), mpf(1)), (z, 0))


def activate(layer, z, alpha):
    """Return the activations of a layer from the weighted sums of each unit."""
    name = layer["activation"]
    if name == "softmax":
        return softmax([unit for (unit,) in z])
    if name == "maxout":
        return [largest(unit) for unit in z]
    if name in ACTIVATION_TEXTS:
        return [ACTIVATION_TEXTS[name](unit) for (unit,) in z]
    leak, bend = exactly(layer.get("slope", "0.01")), exactly(layer.get("alpha", 1))
    function = {
        "identity": lambda u: u * 1,
        "sigmoid": sigmoid,
        "tanh": tanh,
        "relu": positive_part,
        "leaky_relu": lambda u: cases(u, u * 1, u * leak),
        "prelu": lambda u: cases(u, u * 1, u * alpha),
        "elu": lambda u: cases(u, u * 1, (exp(u) - 1) * bend),
        "softplus": softplus,
        "gelu": gelu if layer.get("approximate", "none") == "none" else gelu_by_tanh,
        "silu": lambda u: u * sigmoid(u * exactly(layer.get("beta", 1))),
        "mish": lambda u: u * tanh(softplus(u)),
        "softsign": lambda u: u / (1 + absolute(u)),
        "hard_sigmoid": lambda u: clamped((u + 3) / 6, 0),
        "hard_tanh": lambda u: clamped(u, -1),
        "selu": lambda u: cases(u, u * mpf("1.0507009873554805"), (exp(u) - 1) * mpf("1.7580993408473769")),
        "log_sigmoid": lambda u: softplus(u * -1) * -1,
        "gaussian": lambda u: exp(u * u * -1),
    }[name]
    return [function(unit) * 1 for (unit,) in z]


def through_layers(spec, parameters, values, branch, named):
    """Return the outputs of one pass through the layers, and name every node on the way."""
    for number, layer in enumerate(spec["layers"], 1):
        sums = []
        for unit in range(1, layer["units"] + 1):
            sums.append([])
            for suffix in pieces_of(layer):
                terms = [parameters[f"w{number}_{unit}_{k}{suffix}"] * x for k, x in enumerate(values, 1)]
                bias = {True: f"b{number}_{unit}{suffix}", "shared": f"b{number}"}.get(layer.get("bias", True))
                z = total([*terms, parameters[bias]] if bias else terms)
                named[f"z{number}_{unit}{suffix}{branch}"] = z
                sums[-1].append(z)
        values = activate(layer, sums, parameters.get(f"alpha{number}"))
        named |= {f"a{number}_{unit}{branch}": a for unit, a in enumerate(values, 1)}
        if layer.get("dropout"):
            keep = exactly(layer["dropout"]["keep"])
            values = [a / keep * int(kept) for a, kept in zip(values, layer["dropout"]["mask"], strict=True)]
            named |= {f"d{number}_{unit}{branch}": d for unit, d in enumerate(values, 1)}
    return values


# The losses


def loss_choice(spec):
    """Return the loss as a mapping; of several, the first."""
    loss = spec["loss"][0] if isinstance(spec["loss"], list) else spec["loss"]
    return loss if isinstance(loss, dict) else {"kind": loss}


def mean(terms):
    """Return the mean of some numbers."""
    terms = list(terms)
    return total(terms) / len(terms)


def huber(error, delta):
    """Return a parabola up to an error of delta and a line beyond."""
    size = absolute(error)
    return size * delta - delta**2 / 2 if size.value > delta else error * error / 2


def focal(p, target, choice, layer):
    """Return what one output costs; after a softmax, targets of 0 cost nothing."""
    gamma, alpha = exactly(choice.get("gamma", 2)), exactly(choice.get("alpha", "1/4"))
    if target:
        return log(p) * (1 - p) ** gamma * -alpha
    if layer["activation"] == "softmax":
        return p * 0
    return log(1 - p) * p**gamma * (alpha - 1)


def length(vector):
    """Return the length of a vector."""
    return sqrt(total(entry**2 for entry in vector))


def squared(scale, a, y):
    """Return a multiple of the sum of the squared errors."""
    return total((p - t) ** 2 for p, t in zip(a, y, strict=True)) * scale


def cross_entropy(both, a, y, base, choice):
    """Return minus the sum of t ln p, and of (1 - t) ln (1 - p) where both are meant, each with 0 ln 0 = 0."""
    part, weight = exactly(choice.get("label_smoothing", 0)), exactly(choice.get("positive_weight", 1))
    y = [(1 - part) * t + part / (2 if both else len(a)) for t in y]
    classes = [exactly(one) for one in choice.get("class_weights", [1] * max(2, len(a)))]
    of_zero, of_targets = classes[0], [classes[1]] * len(a) if both else classes
    terms = [log(p) * t * weight * c for p, t, c in zip(a, y, of_targets, strict=False) if t]
    terms += [log(1 - p) * (1 - t) * of_zero for p, t in zip(a, y, strict=True) if both and t != 1]
    return -total(terms) / mpmath.log(base)


def multiclass_hinge(a, y, margin, named):
    """Return the sum over the wrong classes of how far each comes within the margin of the right one."""
    named["s"] = right = total(p * t for p, t in zip(a, y, strict=True))
    margins = [p - right + margin for p in a]
    named |= {f"m{k}": m for k, m in enumerate(margins, 1)}
    return total(positive_part(m) * (1 - t) for m, t in zip(margins, y, strict=True))


def triplet(a, margin, named):
    """Return how far the anchor is not closer to the positive than to the negative by the margin."""
    size = len(a) // 3
    anchor, near, far = a[:size], a[size : 2 * size], a[2 * size :]
    named["dp"] = total((p - q) ** 2 for p, q in zip(anchor, near, strict=True))
    named["dn"] = total((p - q) ** 2 for p, q in zip(anchor, far, strict=True))
    return positive_part(named["dp"] - named["dn"] + margin)


def loss_of(choice, a, y, named, last):
    """Return the loss of one sample."""
    kind, margin = choice["kind"], exactly(choice.get("margin", 1))
    base = mp.e if str(choice.get("log_base", "e")) == "e" else exactly(choice["log_base"])
    if kind in LOSS_TEXTS:
        return LOSS_TEXTS[kind](a, y)
    return {
        "squared_error": partial(squared, mpf(1) / 2, a, y),
        "sum_squared_error": partial(squared, 1, a, y),
        "mean_squared_error": partial(squared, mpf(1) / len(a), a, y),
        "binary_cross_entropy": partial(cross_entropy, True, a, y, base, choice),
        "categorical_cross_entropy": partial(cross_entropy, False, a, y, base, choice),
        "hinge": lambda: total(positive_part(margin - p * t) for p, t in zip(a, y, strict=True)),
        "absolute_error": lambda: mean(absolute(p - t) for p, t in zip(a, y, strict=True)),
        "huber": lambda: mean(huber(p - t, exactly(choice.get("delta", 1))) for p, t in zip(a, y, strict=True)),
        "log_cosh": lambda: mean(log((exp(p - t) + exp(t - p)) / 2) for p, t in zip(a, y, strict=True)),
        "poisson": lambda: mean(p - log(p) * t for p, t in zip(a, y, strict=True)),
        "kl_divergence": lambda: total((log(t / p) * t) for p, t in zip(a, y, strict=True) if t),
        "focal": lambda: total(focal(p, t, choice, last) for p, t in zip(a, y, strict=True)),
        "negative_log_likelihood": lambda: -total(p * t for p, t in zip(a, y, strict=True)),
        "cosine": lambda: 1 - total(p * t for p, t in zip(a, y, strict=True)) / (length(a) * mpmath.norm(y)),
        "sum": lambda: total(a),
        "multiclass_hinge": partial(multiclass_hinge, a, y, margin, named),
        "triplet": partial(triplet, a, margin, named),
    }[kind]()


# The objective


def penalty_of(spec, parameters):
    """Return the nodes of the penalty by id; empty without regularization."""
    named, terms, layers = {}, [], len(spec["layers"])
    for choice in as_list(spec.get("regularization", [])):
        strengths = as_list(choice["strength"])
        for number, given in enumerate(strengths * layers if len(strengths) == 1 else strengths, 1):
            strength = exactly(spec.get("at", {}).get(given, given))
            groups = {f"w{number}": f"norm{number}"} | (
                {f"b{number}": f"norm_b{number}"} if choice.get("biases") else {}
            )
            for start, name in groups.items():
                held = [p for parameter, p in parameters.items() if parameter.split("_")[0] == start]
                if not held:
                    continue
                squares = total(p**2 for p in held)
                if choice["kind"] == "l2_norm":
                    named[name] = sqrt(squares)
                value = {
                    "l1": total(map(absolute, held)),
                    "l2": squares,
                    "half_l2": squares / 2,
                    "l2_norm": named.get(name),
                }[choice["kind"]]
                terms.append(value * strength)
    if spec.get("regularization"):
        named["L_penalty"] = total(terms)
    return named


def samples_of(spec):
    """Return the rows of each sample: of its inputs, one a branch, and its targets."""
    data = spec["data"]
    if "anchor" in data:
        return [(rows, []) for rows in zip(*(data[key] for key in TRIPLET_KEYS), strict=True)]
    return [([row], targets) for row, targets in zip(data["inputs"], data["targets"], strict=True)]


def loss_id(spec):
    """Return the id of one sample's loss."""
    if len(samples_of(spec)) > 1:
        return "L@i"
    return "L_data" if spec.get("regularization") else "L"


def sample_by_hand(spec, values, sample):
    """Return the numbers of one sample: nodes, deltas, and the gradients with respect to parameters and inputs."""
    rows, targets = sample
    parameters = {name: Number(value) for name, value in values.items()}
    inputs, named, outputs = {}, {}, []
    for branch, row in zip(BRANCHES if len(rows) > 1 else ("",), rows, strict=True):
        own = {f"x{k}{branch}": Number(exactly(x)) for k, x in enumerate(row, 1)}
        outputs += through_layers(spec, parameters, list(own.values()), branch, named)
        inputs |= own
    loss = loss_of(loss_choice(spec), outputs, [exactly(t) for t in targets], named, spec["layers"][-1])
    by = backward(loss)
    return {
        "nodes": {name: node.value for name, node in named.items()} | {loss_id(spec): loss.value},
        "deltas": {name: by(node) for name, node in named.items()},
        "gradients": {name: by(p) for name, p in parameters.items()},
        "inputs": {name: by(x) for name, x in inputs.items()},
        "loss": loss.value,
    }


def objective_by_hand(spec, values, chosen):
    """Return everything about the samples ``chosen`` at parameters ``values``."""
    rows = samples_of(spec)
    samples = [sample_by_hand(spec, values, rows[index]) for index in chosen]
    share = len(samples) if spec.get("reduction", "mean") == "mean" else 1
    parameters = {name: Number(value) for name, value in values.items()}
    penalty = penalty_of(spec, parameters)
    by = backward(penalty["L_penalty"]) if penalty else lambda _parameter: 0
    data_loss = mpmath.fsum(sample["loss"] for sample in samples) / share
    return {
        "samples": samples,
        "penalty": {name: node.value for name, node in penalty.items()},
        "data_loss": data_loss,
        "loss": data_loss + (penalty["L_penalty"].value if penalty else 0),
        "gradients": {
            name: mpmath.fsum(sample["gradients"][name] for sample in samples) / share + by(parameter)
            for name, parameter in parameters.items()
        },
    }


@at_digits
def solve_by_hand(spec):
    """Return samples, penalty, losses and gradients before training."""
    return objective_by_hand(spec, parameters_of(spec), range(len(samples_of(spec))))


# Training


class StepByHand(NamedTuple):
    """One training step."""

    loss_before: Any
    gradients: dict
    after: dict
    loss_after: Any
    batch: tuple
    rate: Any
    clipped: dict | None
    state: dict


def clip(training, gradients):
    """Return the gradients cut by value and then by norm; None if all stay as they are."""
    used = dict(gradients)
    if "clip_value" in training:
        most = exactly(training["clip_value"])
        used = {name: min(max(g, -most), most) for name, g in used.items()}
    if "clip_norm" in training:
        most, norm = exactly(training["clip_norm"]), mpmath.norm(list(used.values()))
        if norm > most:
            used = {name: g * most / norm for name, g in used.items()}
    return None if used == gradients else used


@at_digits
def training_by_hand(spec):
    """Return every training step."""
    training = spec["training"]
    states, rule = rule_of(training)
    given = training.get("state", {})
    values, made = parameters_of(spec), given.get("step", 0)
    moved = [name for name in values if training.get("update_biases", True) or not name.startswith("b")]
    kept = {name: {state: exactly(given.get(state, {}).get(name, 0)) for state in states} for name in moved}
    everything = tuple(range(len(samples_of(spec))))
    size = len(everything) if training.get("batch", "full") == "full" else training["batch"]
    parts = cycle([everything[first : first + size] for first in range(0, len(everything), size)])
    batches = iter(lambda: sum((next(parts) for _ in range(training.get("accumulate", 1))), ()), None)
    loss, steps = objective_by_hand(spec, values, everything)["loss"], []
    for t, batch in zip(range(made + 1, made + training.get("steps", 1) + 1), batches, strict=False):
        gradients = objective_by_hand(spec, values, batch)["gradients"]
        rate = rate_of(training, t)
        clipped = clip(training, {name: gradients[name] for name in moved})
        values = dict(values)
        for name in moved:
            values[name], kept[name] = rule(values[name], (clipped or gradients)[name], kept[name], rate, t)
        after = objective_by_hand(spec, values, everything)["loss"]
        state = {state: {name: kept[name][state] for name in moved} for state in states}
        steps.append(StepByHand(loss, gradients, values, after, batch, rate, clipped, state))
        loss = after
    return steps


def trained(spec, digits=30):
    """Return, for each training step, (loss before, gradients, parameters after by id, loss after)."""
    return [step[:4] for step in training_by_hand(spec, digits)]

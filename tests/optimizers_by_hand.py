"""The optimizers and the schedules of the learning rate in mpmath, from their definitions alone."""

from fractions import Fraction

import mpmath

DEFAULTS = {"momentum": "0.9", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "momentum_decay": "0.004"}
OWN_DEFAULTS = {
    ("rmsprop", "beta2"): "0.9",
    ("adadelta", "beta2"): "0.9",
    ("lion", "beta2"): "0.99",
    ("adadelta", "epsilon"): "1e-6",
    ("adamw", "weight_decay"): "0.01",
}


def exactly(number):
    """Return a number of a description at the precision in force."""
    exact = Fraction(str(number))
    return mpmath.mpf(exact.numerator) / exact.denominator


def _sgd(_o, w, g, _kept, rate):
    return w - rate * g, {}


def _momentum(o, w, g, kept, rate):
    v = o("momentum") * kept["velocity"] + g
    return w - rate * v, {"velocity": v}


def _nesterov(o, w, g, kept, rate):
    v = o("momentum") * kept["velocity"] + g
    return w - rate * (g + o("momentum") * v), {"velocity": v}


def _ema_momentum(o, w, g, kept, rate):
    v = _averaged(o("momentum"), kept["velocity"], g)
    return w - rate * v, {"velocity": v}


def _averaged(weight, old, new):
    return weight * old + (1 - weight) * new


def _adagrad(o, w, g, kept, rate):
    s = kept["squares"] + g**2
    return w - rate * g / (mpmath.sqrt(s) + o("epsilon")), {"squares": s}


def _rmsprop(o, w, g, kept, rate):
    s = _averaged(o("beta2"), kept["squares"], g**2)
    return w - rate * g / (mpmath.sqrt(s) + o("epsilon")), {"squares": s}


def _moments(o, g, kept):
    return _averaged(o("beta1"), kept["m"], g), _averaged(o("beta2"), kept["v"], g**2)


def _adam(o, w, g, kept, rate):
    m, v = _moments(o, g, kept)
    root = mpmath.sqrt(v / (1 - o("beta2") ** o("step")))
    return w - rate * (m / (1 - o("beta1") ** o("step"))) / (root + o("epsilon")), {"m": m, "v": v}


def _adamw(o, w, g, kept, rate):
    return _adam(o, w * (1 - rate * o("weight_decay")), g, kept, rate)


def _adamax(o, w, g, kept, rate):
    m, u = _averaged(o("beta1"), kept["m"], g), max(o("beta2") * kept["u"], abs(g) + o("epsilon"))
    return w - rate / (1 - o("beta1") ** o("step")) * m / u, {"m": m, "u": u}


def _nadam(o, w, g, kept, rate):
    def momentum(step):
        return o("beta1") * (1 - exactly("0.96") ** (step * o("momentum_decay")) / 2)

    m, v = _moments(o, g, kept)
    product = (1 - kept["normalizer"]) * momentum(o("step"))
    now, later = momentum(o("step")), momentum(o("step") + 1)
    ahead = later * m / (1 - product * later) + (1 - now) * g / (1 - product)
    after = w - rate * ahead / (mpmath.sqrt(v / (1 - o("beta2") ** o("step"))) + o("epsilon"))
    return after, {"m": m, "v": v, "normalizer": 1 - product}


def _adadelta(o, w, g, kept, rate):
    s = _averaged(o("beta2"), kept["squares"], g**2)
    change = mpmath.sqrt((kept["changes"] + o("epsilon")) / (s + o("epsilon"))) * g
    return w - rate * change, {"squares": s, "changes": _averaged(o("beta2"), kept["changes"], change**2)}


def _lion(o, w, g, kept, rate):
    direction = mpmath.sign(_averaged(o("beta1"), kept["m"], g))
    return w - rate * (direction + o("weight_decay") * w), {"m": _averaged(o("beta2"), kept["m"], g)}


RULES = {
    "sgd": ((), _sgd),
    "momentum": (("velocity",), _momentum),
    "nesterov": (("velocity",), _nesterov),
    "ema_momentum": (("velocity",), _ema_momentum),
    "adagrad": (("squares",), _adagrad),
    "rmsprop": (("squares",), _rmsprop),
    "adam": (("m", "v"), _adam),
    "adamw": (("m", "v"), _adamw),
    "adamax": (("m", "u"), _adamax),
    "nadam": (("m", "v", "normalizer"), _nadam),
    "adadelta": (("squares", "changes"), _adadelta),
    "lion": (("m",), _lion),
}


def rule_of(training):
    """Return ``(w, g, state of one parameter, rate, t)`` to the updated parameter and state, by the textbook."""
    kind = training.get("optimizer", "sgd")
    states, rule = RULES[kind]

    def option(name):
        return exactly(training.get(name, OWN_DEFAULTS.get((kind, name), DEFAULTS.get(name, 0))))

    def step(w, g, kept, rate, t):
        if kind not in {"adamw", "lion"}:
            g = g + option("weight_decay") * w
        return rule(lambda name: t if name == "step" else option(name), w, g, kept, rate)

    return states, step


def _part(schedule, made, warmup):
    """Return the part of the learning rate that is left after so many steps behind the warmup."""
    kind, periods = schedule["kind"], made / exactly(schedule.get("every", 1))
    if kind == "step":
        return exactly(schedule.get("factor", "0.1")) ** mpmath.floor(periods)
    if kind == "cosine":
        length = exactly(schedule["total"]) - warmup
        return (1 + mpmath.cos(mpmath.pi * min(made, length) / length)) / 2
    if kind == "exponential":
        return exactly(schedule["factor"]) ** periods
    return 1 / (1 + exactly(schedule["factor"]) * periods) if kind == "inverse" else 1


def rate_of(training, number):
    """Return the learning rate of a step by its 1-based number among all, those made before included."""
    given, before = training["learning_rate"], training.get("state", {}).get("step", 0)
    rate = exactly(given[number - before - 1] if isinstance(given, list) else given)
    schedule = training.get("schedule")
    if schedule is None:
        return rate / (1 + exactly(training.get("decay", 0)) * (number - 1))
    warmup = schedule.get("warmup", 0)
    return rate * (exactly(number) / warmup if number <= warmup else _part(schedule, number - 1 - warmup, warmup))

"""A second opinion: forward and backward pass with mpmath matrices, written from the textbook, without symnet.

A description is read as a mapping; numbers may be anything that ``fractions.Fraction`` reads.
"""

from fractions import Fraction

from mpmath import diag, exp, log, matrix, mp, mpf, tanh


def exactly(value):
    """Return a number of a description at the precision in force."""
    fraction = Fraction(str(value)) if not isinstance(value, Fraction) else value
    return mpf(fraction.numerator) / fraction.denominator


def column(values):
    """Return numbers of a description as a column."""
    return matrix([exactly(value) for value in values])


def activate(name, z):
    """Return the activations of a layer and the matrix of their derivatives, rows by activation."""
    if name == "identity":
        return z.copy(), diag([mpf(1)] * len(z))
    if name == "sigmoid":
        a = z.apply(lambda v: 1 / (1 + exp(-v)))
        return a, diag([exp(-v) / (1 + exp(-v)) ** 2 for v in z])
    if name == "tanh":
        return z.apply(tanh), diag([4 / (exp(v) + exp(-v)) ** 2 for v in z])
    if name == "relu":
        return z.apply(lambda v: v if v > 0 else mpf(0)), diag([mpf(v > 0) for v in z])
    if name == "softmax":
        powers = z.apply(exp)
        total = sum(powers)
        p = powers / total
        return p, diag(list(p)) - p * p.T
    raise NotImplementedError(name)


def loss_of(name, a, y):
    """Return the loss of one sample and its derivatives by the outputs, as a column."""
    pairs = list(zip(a, y, strict=True))
    if name in {"squared_error", "sum_squared_error", "mean_squared_error"}:
        scale = {"squared_error": mpf(1) / 2, "sum_squared_error": mpf(1), "mean_squared_error": mpf(1) / len(a)}[name]
        return scale * sum((p - t) ** 2 for p, t in pairs), (a - y) * (2 * scale)
    if name == "binary_cross_entropy":
        value = -sum((t * log(p) if t else 0) + ((1 - t) * log(1 - p) if t != 1 else 0) for p, t in pairs)
        return value, matrix([(-t / p if t else 0) + ((1 - t) / (1 - p) if t != 1 else 0) for p, t in pairs])
    if name == "categorical_cross_entropy":
        return -sum(t * log(p) for p, t in pairs if t), matrix([-t / p if t else mpf(0) for p, t in pairs])
    raise NotImplementedError(name)


def parameters_of(spec):
    """Return weights and biases (a column as long as the layer, or None) of each layer."""
    found = []
    for layer, given in zip(spec["layers"], spec["parameters"], strict=True):
        weights = matrix([[exactly(value) for value in row] for row in given["weights"]])
        biases = None
        if layer["bias"] is not False:
            given_biases = given["biases"]
            biases = column(given_biases * layer["units"] if layer["bias"] == "shared" else given_biases)
        found.append((weights, biases))
    return found


def solve_by_hand(spec, digits=30, parameters=None):
    """Return loss, nodes and deltas of each sample, and the gradient of the objective, all by id."""
    mp.dps, before = digits, mp.dps
    try:
        parameters = parameters or parameters_of(spec)
        rows = zip(spec["data"]["inputs"], spec["data"]["targets"], strict=True)
        samples = [_sample(spec, parameters, column(x), column(y)) for x, y in rows]
        share = len(samples) if spec.get("reduction", "mean") == "mean" else 1
        gradients = {
            name: sum(sample["gradients"][name] for sample in samples) / share for name in samples[0]["gradients"]
        }
        return {
            "samples": samples,
            "loss": sum(sample["nodes"]["L"] for sample in samples) / share,
            "gradients": gradients,
        }
    finally:
        mp.dps = before


def _sample(spec, parameters, x, y):
    values, jacobians, sums = [x], [], []
    for layer, (weights, biases) in zip(spec["layers"], parameters, strict=True):
        z = weights * values[-1]
        if biases is not None:
            z += biases
        a, jacobian = activate(layer["activation"], z)
        sums.append(z)
        values.append(a)
        jacobians.append(jacobian)
    loss, by_output = loss_of(spec["loss"], values[-1], y)
    nodes, deltas, gradients = {"L": loss}, {}, {}
    behind = by_output
    for number in range(len(parameters), 0, -1):
        weights, biases = parameters[number - 1]
        delta = jacobians[number - 1].T * behind
        outer = delta * values[number - 1].T
        for unit in range(len(delta)):
            nodes[f"z{number}_{unit + 1}"] = sums[number - 1][unit]
            nodes[f"a{number}_{unit + 1}"] = values[number][unit]
            deltas[f"a{number}_{unit + 1}"] = behind[unit]
            deltas[f"z{number}_{unit + 1}"] = delta[unit]
            for source in range(outer.cols):
                gradients[f"w{number}_{unit + 1}_{source + 1}"] = outer[unit, source]
            if biases is not None and spec["layers"][number - 1]["bias"] != "shared":
                gradients[f"b{number}_{unit + 1}"] = delta[unit]
        if spec["layers"][number - 1]["bias"] == "shared":
            gradients[f"b{number}"] = sum(delta)
        behind = weights.T * delta
    return {"nodes": nodes, "deltas": deltas, "gradients": gradients}


def trained(spec, digits=30):
    """Return, for each training step, (loss before, gradient, parameters after by id, loss after)."""
    mp.dps, before = digits, mp.dps
    try:
        rate = exactly(spec["training"]["learning_rate"])
        parameters, steps = parameters_of(spec), []
        for _ in range(spec["training"]["steps"]):
            found = solve_by_hand(spec, digits, parameters)
            gradient, after, named = found["gradients"], [], {}
            for number, (old_weights, old_biases) in enumerate(parameters, 1):
                weights, biases = old_weights.copy(), old_biases and old_biases.copy()
                for to in range(weights.rows):
                    for source in range(weights.cols):
                        name = f"w{number}_{to + 1}_{source + 1}"
                        weights[to, source] -= rate * gradient[name]
                        named[name] = weights[to, source]
                if biases is not None:
                    for unit in range(len(biases)):
                        shared = spec["layers"][number - 1]["bias"] == "shared"
                        name = f"b{number}" if shared else f"b{number}_{unit + 1}"
                        biases[unit] -= rate * gradient[name]
                        named[name] = biases[unit]
                after.append((weights, biases))
            parameters = after
            steps.append((found["loss"], gradient, named, solve_by_hand(spec, digits, parameters)["loss"]))
        return steps
    finally:
        mp.dps = before

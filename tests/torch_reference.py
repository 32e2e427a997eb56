"""A third opinion: descriptions as torch modules, in float64 unless asked, with its own functions and autograd."""

from itertools import cycle

from optimizers_by_hand import rate_of
from reference import TRIPLET_KEYS, as_list, exactly, loss_choice, matrix_of, parameters_of, pieces_of


class Model:
    """A description as tensors.

    Attributes:
        leaves: Each parameter tensor with the ids of its entries.
        passed: The weighted sums and the activations of each layer, of every pass, each with its number.
    """

    def __init__(self, torch, spec, dtype=None):
        self.torch, self.spec, self.dtype = torch, spec, dtype or torch.float64
        self.leaves = []
        self.passed = []
        self.layers = []
        values = parameters_of(spec)
        for number, (layer, entry) in enumerate(zip(spec["layers"], spec["parameters"], strict=True), 1):
            bias, pieces = layer.get("bias", True), pieces_of(layer)
            first = entry["pieces"][0] if layer["activation"] == "maxout" else entry
            units, sources = layer["units"], len(matrix_of(first)[0])
            weights = [
                [[f"w{number}_{k}_{j}{piece}" for j in range(1, sources + 1)] for k in range(1, units + 1)]
                for piece in pieces
            ]
            own = [[f"b{number}_{k}{piece}" for k in range(1, units + 1)] for piece in pieces]
            self.layers.append(
                {
                    "weights": self.leaf(weights, values),
                    "biases": self.leaf({True: own, "shared": [[f"b{number}"]], False: [[]]}[bias], values),
                    "alpha": self.leaf([f"alpha{number}"] if layer["activation"] == "prelu" else [], values),
                    "layer": layer,
                }
            )

    def leaf(self, names, values):
        """Return a tensor of parameters, in the shape of their names; None where there are none."""
        flat = list(_flat(names))
        if not flat:
            return None
        tensor = self.tensor(_mapped(names, values))
        tensor.requires_grad_()
        self.leaves.append((tensor, flat))
        return tensor

    def tensor(self, numbers):
        """Return numbers of a description, nested in lists, as a tensor."""
        return self.torch.tensor(_floats(numbers), dtype=self.dtype)

    def activate(self, layer, z, alpha):
        """Return the activations of a layer from weighted sums of shape ``(pieces, samples, units)``."""
        torch, name = self.torch, layer["activation"]
        functional = torch.nn.functional
        if name == "maxout":
            return z.amax(0)
        (z,) = z
        return {
            "identity": lambda: z,
            "sigmoid": lambda: torch.sigmoid(z),
            "tanh": lambda: torch.tanh(z),
            "relu": lambda: torch.relu(z),
            "leaky_relu": lambda: functional.leaky_relu(z, float(exactly(layer.get("slope", "0.01")))),
            "prelu": lambda: functional.prelu(z, alpha),
            "elu": lambda: functional.elu(z, float(exactly(layer.get("alpha", 1)))),
            "softmax": lambda: torch.softmax(z, dim=1),
            "softplus": lambda: functional.softplus(z, threshold=1e9),
            "gelu": lambda: functional.gelu(z, approximate=layer.get("approximate", "none")),
            "silu": lambda: z * torch.sigmoid(float(exactly(layer.get("beta", 1))) * z),
            "mish": lambda: functional.mish(z),
            "softsign": lambda: functional.softsign(z),
            # Torch has the derivative of its own hardsigmoid in single precision.
            "hard_sigmoid": lambda: functional.relu6(z + 3) / 6,
            "hard_tanh": lambda: functional.hardtanh(z),
            "selu": lambda: functional.selu(z),
            "log_sigmoid": lambda: functional.logsigmoid(z),
            "gaussian": lambda: torch.exp(-(z**2)),
            "z*sigmoid(z)": lambda: functional.silu(z),
            "z/(1 + abs(z))": lambda: functional.softsign(z),
            "sqrt(1 + z^2) - 1": lambda: torch.sqrt(1 + z**2) - 1,
            "max(z, -0.3, 0.2*z)": lambda: torch.maximum(torch.maximum(z, 0.2 * z), torch.full_like(z, -0.3)),
            "sin(z) + exp(-z^2)/2": lambda: torch.sin(z) + torch.exp(-(z**2)) / 2,
        }[name]()

    def outputs(self, values):
        """Return the outputs for inputs of shape ``(samples, inputs)``."""
        for number, parts in enumerate(self.layers, 1):
            layer = parts["layer"]
            z = values @ parts["weights"].transpose(1, 2)
            if parts["biases"] is not None:
                z = z + parts["biases"].unsqueeze(1)
            values = self.activate(layer, z, parts["alpha"])
            self.passed.append((number, z, values))
            if layer.get("dropout"):
                mask = self.torch.tensor(layer["dropout"]["mask"], dtype=self.dtype)
                values = values * mask / float(exactly(layer["dropout"]["keep"]))
        return values

    def focal(self, a, y, choice):
        """Return the focal loss as Lin et al. (2017) have it; after a softmax that of the correct class alone."""
        gamma, alpha = (float(exactly(choice.get(*option))) for option in (("gamma", 2), ("alpha", "1/4")))
        one = -alpha * y * (1 - a) ** gamma * a.log()
        if self.spec["layers"][-1]["activation"] == "softmax":
            return one.sum(1)
        return (one - (1 - alpha) * (1 - y) * a**gamma * (1 - a).log()).sum(1)

    def losses(self, rows):
        """Return the loss of each of the samples numbered ``rows``."""
        torch, data, choice = self.torch, self.spec["data"], loss_choice(self.spec)
        kind, margin = choice["kind"], float(exactly(choice.get("margin", 1)))
        base = torch.tensor({"e": torch.e, "2": 2.0, "10": 10.0}[str(choice.get("log_base", "e"))], dtype=self.dtype)
        functional = torch.nn.functional
        if kind == "triplet":
            anchor, near, far = (self.outputs(self.tensor([data[key][row] for row in rows])) for key in TRIPLET_KEYS)
            return torch.relu(((anchor - near) ** 2).sum(1) - ((anchor - far) ** 2).sum(1) + margin)
        a = self.outputs(self.tensor([data["inputs"][row] for row in rows]))
        y = self.tensor([data["targets"][row] for row in rows])
        part, weight = (float(exactly(choice.get(*o))) for o in (("label_smoothing", 0), ("positive_weight", 1)))

        weights = self.tensor(choice.get("class_weights", [1] * max(2, a.shape[1])))

        def smooth(classes):
            return (1 - part) * y + part / classes

        return {
            "squared_error": lambda: ((a - y) ** 2).sum(1) / 2,
            "sum_squared_error": lambda: ((a - y) ** 2).sum(1),
            "mean_squared_error": lambda: ((a - y) ** 2).mean(1),
            "binary_cross_entropy": lambda: (
                -(weight * weights[1] * torch.xlogy(smooth(2), a) + weights[0] * torch.xlogy(1 - smooth(2), 1 - a)).sum(
                    1
                )
                / base.log()
            ),
            "categorical_cross_entropy": lambda: -(weights * torch.xlogy(smooth(a.shape[1]), a)).sum(1) / base.log(),
            "negative_log_likelihood": lambda: -(a * y).sum(1),
            "cosine": lambda: 1 - functional.cosine_similarity(a, y, dim=1, eps=0),
            "sum": lambda: a.sum(1),
            "hinge": lambda: torch.relu(margin - a * y).sum(1),
            # Torch takes the mean over the classes, where the course takes the sum.
            "multiclass_hinge": lambda: (
                torch.nn.functional.multi_margin_loss(a, y.argmax(1), margin=margin, reduction="none") * a.shape[1]
            ),
            "absolute_error": lambda: functional.l1_loss(a, y, reduction="none").mean(1),
            "huber": lambda: functional.huber_loss(
                a, y, reduction="none", delta=float(exactly(choice.get("delta", 1)))
            ).mean(1),
            "log_cosh": lambda: torch.log(torch.cosh(a - y)).mean(1),
            "poisson": lambda: functional.poisson_nll_loss(a, y, log_input=False, eps=0, reduction="none").mean(1),
            "kl_divergence": lambda: functional.kl_div(a.log(), y, reduction="none").sum(1),
            "focal": lambda: self.focal(a, y, choice),
            "(a1 - y1)^4": lambda: (a[:, 0] - y[:, 0]) ** 4,
            "abs(a1 - y1)": lambda: torch.abs(a[:, 0] - y[:, 0]),
            "ln(1 + exp(-y1*a1))": lambda: torch.nn.functional.softplus(-a[:, 0] * y[:, 0], threshold=1e9),
            "(a1 - y1)^2/(1 + a1^2)": lambda: (a[:, 0] - y[:, 0]) ** 2 / (1 + a[:, 0] ** 2),
        }[kind]()

    def penalty(self):
        """Return the penalty on the parameters."""
        found = self.torch.zeros((), dtype=self.dtype)
        for choice in as_list(self.spec.get("regularization", [])):
            strengths = as_list(choice["strength"])
            strengths = strengths * len(self.layers) if len(strengths) == 1 else strengths
            for given, parts in zip(strengths, self.layers, strict=True):
                strength = float(exactly(self.spec.get("at", {}).get(given, given)))
                for held in [parts["weights"], parts["biases"] if choice.get("biases") else None]:
                    if held is not None:
                        order = {"l1": 1, "l2_norm": 2}.get(choice["kind"])
                        value = (held**2).sum() if order is None else self.torch.linalg.vector_norm(held, order)
                        found = found + strength * value / (2 if choice["kind"] == "half_l2" else 1)
        return found

    def objective(self, rows):
        """Return the objective over the samples numbered ``rows``."""
        data, choice = self.spec["data"], loss_choice(self.spec)
        some = {key: [values[row] for row in rows] for key, values in data.items()}
        own = choice.get("class_weights") if choice["kind"] == "categorical_cross_entropy" else None
        return over_samples(self.torch, self.spec | {"data": some}, self.losses(rows), own) + self.penalty()

    def all_rows(self):
        """Return the numbers of all samples."""
        return list(range(len(next(iter(self.spec["data"].values())))))


def over_samples(torch, spec, each, class_weights=None):
    """Return the mean, the weighted mean or the sum of the losses of samples, each times its weight."""
    data, reduction = spec["data"], spec.get("reduction", "mean")

    def tensor(numbers):
        return torch.tensor(_floats(numbers), dtype=each.dtype)

    weights = tensor(data.get("weights", [1] * len(each)))
    whole = (weights * each).sum()
    if reduction == "weighted_mean":
        by_class = (tensor(data["targets"]) * tensor(class_weights)).sum(1) if class_weights else 1
        return whole / (weights * by_class).sum()
    return whole / len(each) if reduction == "mean" else whole


def solve_with_torch(torch, spec):
    """Return the objective, and for each tensor of parameters the gradient by id."""
    model = Model(torch, spec)
    objective = model.objective(model.all_rows())
    objective.backward()
    return objective.item(), [
        dict(zip(names, [0.0] * len(names) if tensor.grad is None else tensor.grad.flatten().tolist(), strict=True))
        for tensor, names in model.leaves
    ]


def optimizer_of(torch, training, tensors):
    """Return torch's optimizer of the same name, with the options of a description."""

    def option(name, default):
        return float(exactly(training.get(name, default)))

    kind, rate = training["optimizer"], 0.1
    mu, eps = option("momentum", "0.9"), option("epsilon", "1e-6" if kind == "adadelta" else "1e-8")
    decay = {"weight_decay": option("weight_decay", "0.01" if kind == "adamw" else 0)}
    more = {"betas": (option("beta1", "0.9"), option("beta2", "0.999")), "eps": eps, **decay}
    optim = torch.optim
    return {
        "sgd": lambda: optim.SGD(tensors, rate, **decay),
        "momentum": lambda: optim.SGD(tensors, rate, momentum=mu, **decay),
        "nesterov": lambda: optim.SGD(tensors, rate, momentum=mu, nesterov=True, **decay),
        "ema_momentum": lambda: optim.SGD(tensors, rate, momentum=mu, dampening=mu, **decay),
        "adagrad": lambda: optim.Adagrad(tensors, rate, eps=eps, **decay),
        "rmsprop": lambda: optim.RMSprop(tensors, rate, alpha=option("beta2", "0.9"), eps=eps, **decay),
        "adam": lambda: optim.Adam(tensors, rate, **more),
        "adamw": lambda: optim.AdamW(tensors, rate, **more),
        "adamax": lambda: optim.Adamax(tensors, rate, **more),
        "nadam": lambda: optim.NAdam(tensors, rate, momentum_decay=option("momentum_decay", "0.004"), **more),
        "adadelta": lambda: optim.Adadelta(tensors, rate, rho=option("beta2", "0.9"), eps=eps, **decay),
    }[kind]()


# What torch calls the states of its optimizers.
STATES = {
    "momentum": {"velocity": "momentum_buffer"},
    "ema_momentum": {"velocity": "momentum_buffer"},
    "nesterov": {"velocity": "momentum_buffer"},
    "adagrad": {"squares": "sum"},
    "rmsprop": {"squares": "square_avg"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adamax": {"m": "exp_avg", "u": "exp_inf"},
    "nadam": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adadelta": {"squares": "square_avg", "changes": "acc_delta"},
}


def begin(torch, optimizer, training, moved):
    """Give an optimizer the states that it goes on from; all of them, since torch makes its own start of some."""
    given = training.get("state", {})
    for tensor, names in moved:
        kept = optimizer.state[tensor]
        for name, theirs in STATES.get(training["optimizer"], {}).items():
            values = [float(exactly(given.get(name, {}).get(parameter, 0))) for parameter in names]
            kept[theirs] = torch.tensor(values, dtype=torch.float64).reshape(tensor.shape)
        if training["optimizer"] in {*STATES} - {"momentum", "ema_momentum", "nesterov"}:
            kept["step"] = torch.tensor(float(given.get("step", 0)))
        if training["optimizer"] == "nadam":
            kept["mu_product"] = torch.tensor(1.0, dtype=torch.float64)


def clip(torch, training, moved):
    """Cut gradients by value, and then scale them by norm, exactly to the bound."""
    gradients = [tensor.grad for tensor, _ in moved if tensor.grad is not None]
    if "clip_value" in training:
        torch.nn.utils.clip_grad_value_([tensor for tensor, _ in moved], float(exactly(training["clip_value"])))
    if "clip_norm" in training:
        most = float(exactly(training["clip_norm"]))
        norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients)).item()
        for gradient in gradients if norm > most else ():
            gradient.mul_(most / norm)


def train_with_torch(torch, spec):
    """Return, for each step, the objective before it and the parameters after it by id."""
    model, training, steps = Model(torch, spec), spec["training"], []
    moved = [
        (tensor, names)
        for tensor, names in model.leaves
        if training.get("update_biases", True) or not names[0].startswith("b")
    ]
    optimizer = optimizer_of(torch, training, [tensor for tensor, _ in moved])
    begin(torch, optimizer, training, moved)
    rows, made = model.all_rows(), training.get("state", {}).get("step", 0)
    size = len(rows) if training.get("batch", "full") == "full" else training["batch"]
    parts = cycle([rows[first : first + size] for first in range(0, len(rows), size)])
    batches = iter(lambda: sum((next(parts) for _ in range(training.get("accumulate", 1))), rows[:0]), None)
    for number, batch in zip(range(made, made + training["steps"]), batches, strict=False):
        before = model.objective(rows).item()
        optimizer.zero_grad(set_to_none=False)
        model.objective(batch).backward()
        clip(torch, training, moved)
        optimizer.param_groups[0]["lr"] = float(rate_of(training, number + 1))
        optimizer.step()
        after = {}
        for tensor, names in model.leaves:
            after |= dict(zip(names, tensor.detach().flatten().tolist(), strict=True))
        steps.append((before, after))
    return steps


def _flat(names):
    for name in names:
        yield from [name] if isinstance(name, str) else _flat(name)


def _mapped(names, values):
    return [values[name] if isinstance(name, str) else _mapped(name, values) for name in names]


def _floats(numbers):
    return [_floats(one) if isinstance(one, list) else float(exactly(str(one))) for one in numbers]

"""Descriptions of layers that are worked out in arrays as torch runs them: its own modules, float64, autograd."""

from itertools import product
from math import prod


def ids_of(base, shape):
    """Return ids by row and column."""
    return ["_".join((base, *map(str, index))) for index in product(*(range(1, n + 1) for n in shape))]


class TorchLayers:
    """A description with numbers, in torch.

    Attributes:
        parameters: Each tensor of parameters with the ids of its entries.
    """

    def __init__(self, torch, spec):
        self.torch, self.functional, self.spec = torch, torch.nn.functional, spec
        self.parameters = []
        self.own = [
            self.of_layer(n, *pair) for n, pair in enumerate(zip(spec["layers"], spec["parameters"], strict=True), 1)
        ]
        self.rows = self.tensor(spec["data"]["inputs"])
        self.targets = self.tensor(spec["data"]["targets"])

    def tensor(self, numbers):
        """Return numbers as a tensor."""
        return self.torch.tensor(numbers, dtype=self.torch.float64)

    def leaf(self, numbers, ids):
        """Return a tensor of parameters with the ids of its entries."""
        tensor = self.tensor(numbers).requires_grad_()
        assert len(ids) == tensor.numel()
        self.parameters.append((tensor, ids))
        return tensor

    def of_layer(self, number, _layer, entry):
        """Return the tensors of a layer by the keys of its parameters."""
        own = {}
        if "weights" in entry:
            letter = "w"
            own["weights"] = self.leaf(entry["weights"], ids_of(f"{letter}{number}", shape_of(entry["weights"])))
        if "biases" in entry:
            own["biases"] = self.leaf(entry["biases"], ids_of(f"b{number}", [len(entry["biases"])]))
        return own

    def forward(self):
        """Return what the last layer makes of all samples."""
        known, last = {"inputs": self.rows}, self.rows
        tensors = {}
        for layer, parameters in zip(self.spec["layers"], self.own, strict=True):
            fed, own = last, parameters
            if "from" in layer:
                fed = self.torch.cat([known[name] for name in layer["from"]], dim=-1)
            if "add" in layer:
                fed = sum(known[name] for name in layer["add"])
            tied = layer.get("tied")
            if tied:
                other = tensors[tied["layer"]]
                weights = other["weights"].T if tied.get("transposed") else other["weights"]
                shares = tied.get("biases", not tied.get("transposed", False))
                own = {"weights": weights, "biases": other["biases"] if shares else own["biases"]}
            last = self.activated(layer, self.sums(layer, own, fed))
            if "name" in layer:
                known[layer["name"]], tensors[layer["name"]] = last, own
        return last

    def sums(self, layer, own, fed):
        """Return what a layer makes of what feeds it, before its activation."""
        return self.functional.linear(fed, own["weights"], own.get("biases")) if "units" in layer else fed

    def activated(self, layer, z):
        """Return the activations."""
        names = layer.get("activation", "identity")
        if isinstance(names, list):
            columns = [self.applied(name, layer, z[..., k : k + 1]) for k, name in enumerate(names)]
            return self.torch.cat(columns, dim=-1)
        return self.applied(names, layer, z)

    def applied(self, name, layer, z):
        """Return one activation."""
        functions = {
            "identity": lambda z: z,
            "tanh": self.torch.tanh,
            "sigmoid": self.torch.sigmoid,
            "relu": self.torch.relu,
            "softplus": lambda z: self.functional.softplus(z, threshold=1e9),
            "elu": self.functional.elu,
            "softmax": lambda z: self.torch.softmax(z / layer.get("temperature", 1), dim=-1),
        }
        return functions[name](z)

    def loss(self):
        """Return the objective."""
        outputs = self.forward()
        outputs = outputs.reshape(outputs.shape[0], -1)
        each = LOSSES[self.spec["loss"]](outputs, self.targets)
        return each.mean() if self.spec.get("reduction", "mean") == "mean" else each.sum()

    def gradients(self):
        """Return the objective, and its derivative with respect to every parameter by its id."""
        loss = self.loss()
        loss.backward()
        found = {}
        for tensor, ids in self.parameters:
            gradient = self.torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
            found.update(zip(ids, gradient.reshape(-1).tolist(), strict=True))
        return loss.item(), found


LOSSES = {
    "squared_error": lambda a, y: ((a - y) ** 2).sum(-1) / 2,
    "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(-1),
    "categorical_cross_entropy": lambda a, y: -(y * a.log()).sum(-1),
    "binary_cross_entropy": lambda a, y: -(y * a.log() + (1 - y) * (1 - a).log()).sum(-1),
}


def shape_of(numbers):
    """Return the shape of nested lists."""
    return [len(numbers), *shape_of(numbers[0])] if isinstance(numbers, list) else []


def size_of(numbers):
    """Return how many numbers stand in nested lists."""
    return prod(shape_of(numbers))

"""Descriptions of layers that are worked out in arrays as torch runs them: its own modules, float64, autograd."""

from itertools import product
from math import prod

from torch_reference import over_samples


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
        tensor = self.tensor(_filled(numbers)).requires_grad_()
        assert len(ids) == tensor.numel()
        self.parameters.append(
            (tensor, [one if there else None for one, there in zip(ids, _there(numbers), strict=True)])
        )
        return tensor

    @staticmethod
    def of_piece(key, number, piece, numbers):
        """Return the ids of the parameters of a piece."""
        return [f"{one}.{piece}" for one in ids_of(f"{LETTERS[key]}{number}", shape_of(numbers))]

    def of_layer(self, number, layer, entry):
        """Return the tensors of a layer by the keys of its parameters."""
        own = {}
        for key, numbers in entry.items():
            if key == "pieces":
                own[key] = [
                    {inner: self.leaf(one, self.of_piece(inner, number, place, one)) for inner, one in piece.items()}
                    for place, piece in enumerate(numbers, 1)
                ]
            elif isinstance(numbers, dict):
                for inner, letter in (("weights", f"w{LETTERS[key]}"), ("biases", f"b{LETTERS[key]}")):
                    if inner in numbers:
                        ids = ids_of(f"{letter}{number}", shape_of(numbers[inner]))
                        own[key, inner] = self.leaf(numbers[inner], ids)
            else:
                shape = shape_of(numbers)
                own[key] = self.leaf(numbers, ids_of(f"{LETTERS[key]}{number}", shape))
        if layer.get("frozen"):
            # They have no derivative that anybody asked for.
            del self.parameters[len(self.parameters) - len(entry) :]
        return own

    def forward(self):
        """Return what the last layer makes of all samples."""
        inputs, rows = self.spec["inputs"], self.rows
        if isinstance(inputs, dict):
            lengths = [inputs[key] for key in ("height", "width") if key in inputs]
            rows = rows.reshape(len(rows), inputs.get("channels", 1), *lengths)
        known, last = {"inputs": rows}, rows
        self.known = known
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
            if "pieces" in own:
                pieces = [self.sums(layer, piece, fed) for piece in own["pieces"]]
                last = self.torch.stack(pieces).max(dim=0).values
            else:
                last = self.activated(layer, self.sums(layer, own, fed))
            if "name" in layer:
                known[layer["name"]], tensors[layer["name"]] = last, own
        return last

    def sums(self, layer, own, fed):
        """Return what a layer makes of what feeds it, before its activation."""
        functional = self.functional
        last = fed
        if "units" in layer:
            last = functional.linear(fed, own["weights"], own.get("biases"))
        if "convolution" in layer:
            last = self.convolved(layer["convolution"], own, fed)
        if "pooling" in layer:
            pooling = layer["pooling"]
            name = "max_pool" if pooling.get("kind", "max") == "max" else "avg_pool"
            stride = pooling.get("stride", pooling["size"])
            last = getattr(functional, f"{name}{fed.dim() - 2}d")(fed, pooling["size"], stride)
        if "flatten" in layer:
            last = fed.flatten(1)
        if "embedding" in layer:
            last = functional.embedding(fed.long() - 1, own["weights"])
            last = last.squeeze(1) if fed.shape[1] == 1 else last
        if "attention" in layer:
            queries = fed.squeeze(1) if fed.dim() == 4 else fed
            named = layer["attention"].get("from")
            memory = queries if named is None else self.known[named]
            memory = memory.squeeze(1) if memory.dim() == 4 else memory
            last = self.attended(layer["attention"], own, queries, memory)
        if "normalization" in layer:
            last = self.normalized(layer["normalization"], own, last)
        return last

    def convolved(self, stated, own, fed):
        """Return feature maps."""
        axes = fed.dim() - 2
        kernel = own["kernels"]
        kernel = kernel.reshape(stated.get("filters", 1), fed.shape[1], *kernel.shape[-axes:])
        name = getattr(self.functional, f"conv{axes}d")
        return name(fed, kernel, own.get("biases"), stated.get("stride", 1), stated.get("padding", 0))

    def normalized(self, stated, own, last):
        """Return what is normalized over the batch, or within each sample."""
        epsilon = float(stated.get("epsilon", 0))
        gamma, beta = own.get("gamma"), own.get("beta")
        if stated["kind"] == "batch":
            return self.functional.batch_norm(last, None, None, gamma, beta, training=True, eps=epsilon)
        shape = last.shape[1:] if last.dim() == 4 else last.shape[-1:]
        gamma, beta = (None if one is None else one.reshape(shape) for one in (gamma, beta))
        return self.functional.layer_norm(last, shape, gamma, beta, eps=epsilon)

    def attended(self, stated, own, x, memory):
        """Return what torch's own module for attention finds with these weights."""
        torch, names = self.torch, ("query", "key", "value")
        size = x.shape[-1]
        zeros = torch.zeros(size, dtype=torch.float64)
        found, _ = self.functional.multi_head_attention_forward(
            *(one.transpose(0, 1) for one in (x, memory, memory)),
            embed_dim_to_check=size,
            num_heads=stated.get("heads", 1),
            in_proj_weight=None,
            in_proj_bias=torch.cat([own.get((name, "biases"), zeros) for name in names]),
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=own["output", "weights"],
            out_proj_bias=own.get(("output", "biases"), zeros),
            need_weights=False,
            use_separate_proj_weight=True,
            **{f"{name[0]}_proj_weight": own[name, "weights"] for name in names},
            attn_mask=torch.ones(x.shape[1], x.shape[1]).triu(1).bool() if stated.get("causal") else None,
        )
        return found.transpose(0, 1)

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
        each = loss_of(self.spec["loss"], outputs, self.targets)
        return over_samples(self.torch, self.spec, each)

    def gradients(self):
        """Return the objective, and its derivative with respect to every parameter by its id."""
        loss = self.loss()
        loss.backward()
        found = {}
        for tensor, ids in self.parameters:
            gradient = self.torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
            pairs = zip(ids, gradient.reshape(-1).tolist(), strict=True)
            found.update((one, number) for one, number in pairs if one is not None)
        return loss.item(), found


def _filled(numbers):
    """Return nested lists with 0 in the place of what does not exist."""
    return list(map(_filled, numbers)) if isinstance(numbers, list) else 0.0 if numbers is None else numbers


def _there(numbers):
    """Yield for each number whether it exists."""
    for one in numbers if isinstance(numbers, list) else ():
        yield from _there(one) if isinstance(one, list) else [one is not None]


LETTERS = {
    **{"weights": "w", "biases": "b", "kernels": "k", "gamma": "gamma", "beta": "beta"},
    **{"query": "q", "key": "k", "value": "v", "output": "o"},
}


LOSSES = {
    "squared_error": lambda a, y: ((a - y) ** 2).sum(-1) / 2,
    "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(-1),
    "categorical_cross_entropy": lambda a, y: -(y * a.log()).sum(-1),
    "binary_cross_entropy": lambda a, y: -(y * a.log() + (1 - y) * (1 - a).log()).sum(-1),
}


def loss_of(loss, outputs, targets):
    """Return the loss of each sample: one by its name, or several of some outputs each, weighted and added."""
    if isinstance(loss, str):
        return LOSSES[loss](outputs, targets)
    found = 0
    for head in loss["total"]:
        own = [number - 1 for number in head["outputs"]]
        found = found + head["weight"] * LOSSES[head["kind"]](outputs[:, own], targets[:, own])
    return found


def shape_of(numbers):
    """Return the shape of nested lists."""
    return [len(numbers), *shape_of(numbers[0])] if isinstance(numbers, list) else []


def size_of(numbers):
    """Return how many numbers stand in nested lists."""
    return prod(shape_of(numbers))

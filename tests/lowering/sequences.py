"""Random networks over sequences, each with what torch makes of it."""

import random

GATES = {"lstm": ("input", "forget", "candidate", "output"), "gru": ("reset", "update", "candidate")}
"""The gates of a cell in torch's order."""


class RandomSequences:
    """A random recurrent network with one or two recurrent layers and perhaps a dense one behind them.

    Args:
        seed: Which one.
        kinds: The kinds of its recurrent layers, if they are not random.
    """

    def __init__(self, seed, kinds=None):
        self.chance = random.Random(seed)  # noqa: S311 - not cryptography
        self.inputs, self.steps = self.chance.randint(1, 3), self.chance.randint(1, 5)
        self.layers, self.parameters, width = [], [], self.inputs
        for kind in kinds or self.chance.choices(["rnn", "lstm", "gru"], k=self.chance.randint(1, 2)):
            units = self.chance.randint(1, 3)
            self.grow(kind, units, width)
            width = units
        if self.chance.random() < 0.7:
            units = self.chance.randint(1, 2)
            self.layers.append({"units": units, "activation": "tanh"})
            self.parameters.append({"weights": self.matrix(units, width), "biases": self.row(units)})
            width = units
        self.width = width

    def grow(self, kind, units, width):
        """Add a recurrent layer."""
        layer = {"units": units}
        if self.chance.random() < 0.3:
            layer["truncate"] = self.chance.randint(1, 3)
        own = self.gate(units, width)
        if kind == "rnn":
            layer |= {"activation": self.chance.choice(["tanh", "relu"]), "recurrent": True}
        else:
            layer["cell"] = kind
            own = {name: self.gate(units, width) for name in GATES[kind]}
        if kind == "gru":
            layer["reset"] = self.chance.choice(["before", "after"])
            if layer["reset"] == "after":
                own["candidate"]["recurrent_biases"] = self.row(units)
        if self.chance.random() < 0.5:
            own["state"] = self.row(units)
            if kind == "lstm":
                own["cell_state"] = self.row(units)
        self.layers.append(layer)
        self.parameters.append(own)

    def gate(self, units, width):
        """Return random parameters of a gate."""
        weights = {"weights": self.matrix(units, width), "recurrent_weights": self.matrix(units, units)}
        return {**weights, "biases": self.row(units)}

    def row(self, length):
        """Return random numbers."""
        return [round(self.chance.uniform(-1, 1), 3) for _ in range(length)]

    def matrix(self, rows, columns):
        """Return random rows."""
        return [self.row(columns) for _ in range(rows)]

    def description(self):
        """Return the description, with one or two sequences."""
        at_end = self.chance.random() < 0.5
        sequences = []
        for _ in range(self.chance.randint(1, 2)):
            one = {"inputs": self.matrix(self.steps, self.inputs)}
            key, rows = ("target", 1) if at_end else ("targets", self.steps)
            found = self.matrix(rows, self.width)
            sequences.append({**one, key: found[0] if at_end else found})
        self.sequences = sequences
        return {
            "inputs": self.inputs,
            "layers": self.layers,
            "loss": "squared_error",
            "reduction": "sum",
            "data": {"sequences": sequences},
            "parameters": self.parameters,
        }

    def by_torch(self, torch):
        """Return the loss, and the gradient of each parameter by its id."""
        made = [self.module(torch, place) for place in range(len(self.layers))]
        total = torch.zeros((), dtype=torch.float64)
        for one in self.sequences:
            states = [self.start(torch, place) for place in range(len(self.layers))]
            for step in range(self.steps):
                value = torch.tensor(one["inputs"][step], dtype=torch.float64)
                for place, layer in enumerate(self.layers):
                    if layer.get("truncate") and step % layer["truncate"] == 0 and step:
                        states[place] = tuple(state.detach() for state in states[place])
                    states[place] = made[place][0](value, states[place])
                    value = states[place][0]
                target = one["targets"][step] if "targets" in one else one["target"] if step == self.steps - 1 else None
                if target is not None:
                    total = total + ((value - torch.tensor(target, dtype=torch.float64)) ** 2).sum() / 2
        total.backward()
        gradients = {}
        for _, tensors in made:
            for ids, tensor, rows in tensors:
                found = tensor.grad if tensor.grad is not None else torch.zeros_like(tensor)
                gradients |= dict(zip(ids, found[rows].flatten().tolist(), strict=True))
        return total.item(), gradients

    def start(self, torch, place):
        """Return the state of a layer before the first step."""
        own, units = self.parameters[place], self.layers[place]["units"]
        keys = ("state", "cell_state") if self.layers[place].get("cell") == "lstm" else ("state",)
        return tuple(torch.tensor(own.get(key, [0.0] * units), dtype=torch.float64) for key in keys)

    def module(self, torch, place):
        """Return a step of a layer, and for each of its tensors the ids of some of its rows."""
        layer, own, number = self.layers[place], self.parameters[place], place + 1
        tensor = lambda numbers: torch.tensor(numbers, dtype=torch.float64, requires_grad=True)  # noqa: E731
        everything = slice(None)
        if "cell" not in layer:
            w, b = tensor(own["weights"]), tensor(own["biases"])
            tensors = [(ids(f"w{number}", w), w, everything), (ids(f"b{number}", b), b, everything)]
            act = torch.relu if layer["activation"] == "relu" else torch.tanh
            if not layer.get("recurrent"):
                return lambda x, _: (act(w @ x + b),), tensors
            u = tensor(own["recurrent_weights"])
            tensors.append((ids(f"u{number}", u), u, everything))
            return lambda x, s: (act(w @ x + u @ s[0] + b),), tensors
        return self.cell(torch, layer, own, number)

    def cell(self, torch, layer, own, number):
        """Return a step of a gated cell: torch's own, but for a GRU that resets before the product."""
        units, kind = layer["units"], layer["cell"]
        names = GATES[kind]
        stacked = [
            [row for gate in names for row in own[gate][key]] for key in ("weights", "recurrent_weights", "biases")
        ]
        width = len(stacked[0][0])
        module = (torch.nn.LSTMCell if kind == "lstm" else torch.nn.GRUCell)(width, units, dtype=torch.float64)
        hidden = [0.0] * (len(names) * units)
        if kind == "gru":
            hidden[2 * units :] = own["candidate"].get("recurrent_biases", [0.0] * units)
        with torch.no_grad():
            for tensor, numbers in zip(module.parameters(), (*stacked, hidden), strict=True):
                tensor.copy_(torch.tensor(numbers, dtype=torch.float64))
        w, u, b, c = module.parameters()
        tensors = []
        letters = {"forget": "f", "input": "i", "candidate": "n" if kind == "gru" else "g", "output": "o"}
        letters |= {"reset": "r", "update": "z"}
        for place, gate in enumerate(names):
            rows = slice(place * units, (place + 1) * units)
            for letter, tensor in (("w", w), ("u", u), ("b", b)):
                tensors.append((ids(f"{letter}{letters[gate]}{number}", tensor[rows]), tensor, rows))
            if gate == "candidate" and layer.get("reset") == "after":
                tensors.append((ids(f"bun{number}", c[rows]), c, rows))
        if kind == "lstm":
            return lambda x, s: tuple(part[0] for part in module(x[None], (s[0][None], s[1][None]))), tensors
        if layer["reset"] == "after":
            return lambda x, s: (module(x[None], s[0][None])[0],), tensors

        def before(x, s):
            (h,) = s
            wr, wz, wn = (w[k * units : (k + 1) * units] @ x + b[k * units : (k + 1) * units] for k in range(3))
            ur, uz, un = (u[k * units : (k + 1) * units] for k in range(3))
            r, z = torch.sigmoid(wr + ur @ h), torch.sigmoid(wz + uz @ h)
            return ((1 - z) * torch.tanh(wn + un @ (r * h)) + z * h,)

        return before, tensors


def ids(base, tensor):
    """Return the ids of the entries of a tensor, row by row."""
    if tensor.ndim == 1:
        return [f"{base}_{k + 1}" for k in range(tensor.shape[0])]
    return [f"{base}_{k + 1}_{j + 1}" for k in range(tensor.shape[0]) for j in range(tensor.shape[1])]

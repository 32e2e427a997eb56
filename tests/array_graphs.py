"""Random graphs of arrays, each with what torch makes of it."""

import random

ENTRYWISE = {
    "tanh({0})": lambda torch, x: torch.tanh(x),
    "sigmoid({0})": lambda torch, x: torch.sigmoid(x),
    "relu({0})": lambda torch, x: torch.relu(x),
    "exp({0}/2)": lambda torch, x: torch.exp(x / 2),
    "ln(1 + {0}^2)": lambda torch, x: torch.log(1 + x**2),
    "sqrt(2 + {0}^2)": lambda torch, x: torch.sqrt(2 + x**2),
    "{0}^3 - 2*{0}": lambda _, x: x**3 - 2 * x,
    "sin({0})*{0}": lambda torch, x: torch.sin(x) * x,
    "1/(2 + {0}^2)": lambda _, x: 1 / (2 + x**2),
    "abs({0})": lambda torch, x: torch.abs(x),
    "where({0} > 0.1, {0}^2, -{0})": lambda torch, x: torch.where(x > 0.1, x**2, -x),
    "where({0} <= 0, 3*{0}, {0}/4)": lambda torch, x: torch.where(x <= 0, 3 * x, x / 4),
    "max({0}, 0.3)": lambda torch, x: torch.clamp(x, min=0.3),
    "-{0}": lambda _, x: -x,
}
"""Of one array, entry by entry."""

REDUCTIONS = {
    "sum({0}{1})": lambda _, x, dims: x.sum(**dims),
    "mean({0}{1})": lambda _, x, dims: x.mean(**dims),
    "var({0}{1})": lambda _, x, dims: x.var(correction=0, **dims),
    "std({0}{1})": lambda _, x, dims: x.var(correction=0, **dims).sqrt(),
    "norm({0}{1})": lambda _, x, dims: (x**2).sum(**dims).sqrt(),
    "max({0}{1})": lambda _, x, dims: x.amax(**dims),
    "min({0}{1})": lambda _, x, dims: x.amin(**dims),
}
"""Over all axes, or one."""

ALONG = {
    "softmax({0}, axis={1})": lambda torch, x, axis: torch.softmax(x, axis),
    "log_softmax({0}, axis={1})": lambda torch, x, axis: torch.log_softmax(x, axis),
}

JOINED = {
    "{0} + {1}": lambda _, x, y: x + y,
    "{0} - 2*{1}": lambda _, x, y: x - 2 * y,
    "{0}*{1}": lambda _, x, y: x * y,
    "{0}/(1 + {1}^2)": lambda _, x, y: x / (1 + y**2),
    "(1.5 + {0}^2)^({1}/3)": lambda _, x, y: (1.5 + x**2) ** (y / 3),
    "max({0}, {1} + 0.7)": lambda torch, x, y: torch.maximum(x, y + 0.7),
}
"""Of two arrays that fit one another."""


class RandomArrays:
    """A random graph of arrays: its description, and the same computation in torch.

    Args:
        seed: Which one.
    """

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 - not cryptography
        self.shapes, self.nodes, self.steps = {}, {}, []
        for number in range(self.chance.randint(2, 4)):
            self.shapes[f"x{number}"] = self.shape()
        self.inputs = dict(self.shapes)
        while len(self.nodes) < 2 + self.chance.randrange(4):
            self.grow()
        self.close()

    def shape(self):
        """Return a random shape."""
        axes = self.chance.choice([0, 1, 1, 2, 2, 2, 3])
        return [self.chance.randint(1, 3) for _ in range(axes)]

    def grow(self):
        """Add a node of some kind, if there is an array that it can be of."""
        kind = self.chance.choice(
            [self.entrywise, self.reduction, self.along, self.joined, self.product, self.moved, self.window]
        )
        kind()

    def new(self, text, shape, step, *operands):
        """Add a node."""
        name = f"n{len(self.nodes)}"
        self.nodes[name] = text
        self.shapes[name] = list(shape)
        self.steps.append((name, step, operands))

    def pick(self, fits=lambda _shape: True, among=None):
        """Return one of the last arrays whose shape fits, or None."""
        found = [name for name, shape in self.shapes.items() if fits(shape) and (among is None or name in among)]
        return self.chance.choice(found[-5:]) if found else None

    def entrywise(self):
        """Add a function of each entry."""
        text, step = self.chance.choice(list(ENTRYWISE.items()))
        name = self.pick()
        self.new(text.format(name), self.shapes[name], step, name)

    def reduction(self):
        """Add what some entries come to together."""
        text, step = self.chance.choice(list(REDUCTIONS.items()))
        # Entries of nodes may be equal wherever they are, where a largest, or a root of a variance, has no derivative.
        among = None if text[:3] in {"sum", "mea", "var"} else self.inputs
        name = self.pick(lambda shape: shape and max(shape) > 1, among)
        if name is None:
            return
        shape = self.shapes[name]
        if self.chance.random() < 0.4:
            self.new(text.format(name, ""), [], lambda torch, x: step(torch, x, {"dim": tuple(range(x.ndim))}), name)
            return
        axis = self.chance.choice([place for place, length in enumerate(shape) if length > 1])
        keep = self.chance.random() < 0.4
        given = self.chance.choice([axis, axis - len(shape)])
        options = f", axis={given}{', keepdims=true' if keep else ''}"
        rest = [1 if place == axis else length for place, length in enumerate(shape)]
        left = rest if keep else shape[:axis] + shape[axis + 1 :]
        self.new(
            text.format(name, options), left, lambda torch, x: step(torch, x, {"dim": (axis,), "keepdim": keep}), name
        )

    def along(self):
        """Add a softmax."""
        text, step = self.chance.choice(list(ALONG.items()))
        name = self.pick(lambda shape: shape and max(shape) > 1)
        if name is not None:
            axis = self.chance.choice([place for place, length in enumerate(self.shapes[name]) if length > 1])
            self.new(text.format(name, axis), self.shapes[name], lambda torch, x: step(torch, x, axis), name)

    def joined(self):
        """Add what two arrays make together."""
        import numpy

        text, step = self.chance.choice(list(JOINED.items()))
        first = self.pick()
        second = self.pick(lambda shape: fits(numpy, self.shapes[first], shape))
        shape = numpy.broadcast_shapes(tuple(self.shapes[first]), tuple(self.shapes[second]))
        self.new(text.format(first, second), shape, step, first, second)

    def product(self):
        """Add a product of matrices or vectors."""
        first = self.pick(lambda shape: shape)
        if first is None:
            return
        own = self.shapes[first]
        second = self.pick(lambda shape: len(shape) in (1, 2) and shape[0] == own[-1])
        if second is not None:
            other = self.shapes[second]
            self.new(
                f"tanh({first} @ {second})", own[:-1] + other[1:], lambda torch, x, y: torch.tanh(x @ y), first, second
            )
        elif len(own) == 2:
            self.new(f"{first} @ {first}'", [own[0], own[0]], lambda _, x: x @ x.T, first)
        elif len(own) == 1:
            self.new(f"outer({first}, {first}/2)", own * 2, lambda torch, x: torch.outer(x, x / 2), first)

    def moved(self):
        """Add the same entries in other places."""
        name = self.pick(lambda shape: shape)
        if name is None:
            return
        shape = self.shapes[name]
        size = 1
        for length in shape:
            size *= length
        choices = [
            (f"reshape({name}, [{size}])", [size], lambda _, x: x.reshape(-1)),
            (f"concat({name}, 2*{name})", [2 * shape[0], *shape[1:]], lambda torch, x: torch.cat((x, 2 * x))),
            (f"{name}[{shape[0]}]", shape[1:], lambda _, x: x[-1]),
            (
                f"{name}[1:{max(1, shape[0] - 1)}]",
                [max(1, shape[0] - 1), *shape[1:]],
                lambda _, x: x[: max(1, len(x) - 1)],
            ),
            (f"embed({name}, [1, {shape[0]}, 1])", [3, *shape[1:]], lambda _, x: x[[0, -1, 0]]),
        ]
        if len(shape) == 2:
            choices.append((f"transpose({name})*2", shape[::-1], lambda _, x: 2 * x.T))
            choices.append((f"{name}[:, {shape[1]}]", shape[:1], lambda _, x: x[:, -1]))
        text, left, step = self.chance.choice(choices)
        self.new(text, left, step, name)

    def window(self):
        """Add a correlation, or a pooling."""
        stride, padding = self.chance.randint(1, 2), self.chance.randint(0, 2)
        axes = self.chance.choice([1, 2])
        kernel = self.pick(lambda shape: len(shape) == axes)
        array = self.pick(lambda shape: len(shape) == axes)
        if kernel is None or array == kernel:
            return
        if self.chance.random() < 0.3:
            pooled = self.pick(lambda shape: len(shape) == axes, self.inputs)
            if pooled is not None:
                self.pooling(pooled, axes)
            return
        sizes = list(zip(self.shapes[array], self.shapes[kernel], strict=True))
        # What falls on the padding alone is 0 wherever the array is.
        padding = min(padding, *(k - 1 for _, k in sizes))
        if any(k > n + 2 * padding for n, k in sizes):
            return
        shape = [(n + 2 * padding - k) // stride + 1 for n, k in sizes]

        def step(torch, x, k):
            conv = torch.nn.functional.conv1d if axes == 1 else torch.nn.functional.conv2d
            return conv(x[None, None], k[None, None], stride=stride, padding=padding)[0, 0]

        text = f"conv{axes}d({array}, {kernel}, stride={stride}, padding={padding})"
        self.new(text, shape, step, array, kernel)

    def pooling(self, array, axes):
        """Add a pooling."""
        size = [self.chance.randint(1, n) for n in self.shapes[array]]
        stride = [self.chance.randint(1, 2) for _ in size]
        shape = [(n - k) // s + 1 for n, k, s in zip(self.shapes[array], size, stride, strict=True)]
        kind = self.chance.choice(["maxpool", "avgpool"])

        def step(torch, x):
            pools = torch.nn.functional
            names = {("maxpool", 1): pools.max_pool1d, ("maxpool", 2): pools.max_pool2d}
            names |= {("avgpool", 1): pools.avg_pool1d, ("avgpool", 2): pools.avg_pool2d}
            return names[kind, axes](x[None, None], tuple(size), stride=tuple(stride))[0, 0]

        self.new(f"{kind}({array}, {size}, stride={stride})", shape, step, array)

    def close(self):
        """Add the output: what all nodes come to that nothing else uses."""
        used = {operand for _, _, operands in self.steps for operand in operands}
        ends = [name for name in self.nodes if name not in used]
        self.nodes["L"] = " + ".join(f"sum({name}*{name})/2 + mean({name})" for name in ends)

        def step(_torch, *given):
            return sum((x * x).sum() / 2 + x.mean() for x in given)

        self.steps.append(("L", step, tuple(ends)))

    def number(self, shape):
        """Return random numbers in a shape."""
        if not shape:
            return round(self.chance.uniform(-1.5, 1.5), 3)
        return [self.number(shape[1:]) for _ in range(shape[0])]

    def description(self):
        """Return the description, with numbers."""
        self.at = {name: self.number(shape) for name, shape in self.inputs.items()}
        graph = {"inputs": self.inputs, "nodes": self.nodes, "output": "L"}
        return {"graph": graph, "at": self.at}

    def by_torch(self, torch):
        """Return the value of every node, and the derivative with respect to every array, by their names."""
        known = {name: torch.tensor(of, dtype=torch.float64, requires_grad=True) for name, of in self.at.items()}
        for name, step, operands in self.steps:
            known[name] = step(torch, *(known[operand] for operand in operands))
            known[name].retain_grad()
        known["L"].backward()
        return known


def fits(numpy, first, second):
    """Return whether two shapes fit one another, and make nothing large."""
    try:
        return numpy.prod(numpy.broadcast_shapes(tuple(first), tuple(second))) < 40
    except ValueError:
        return False

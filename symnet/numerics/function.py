"""A quantity of an exercise as a function of numbers, or of NumPy's arrays of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Symbol

from symnet.derivation.objective import DATA, OBJECTIVE, Objective
from symnet.derivation.steps import Gradient
from symnet.errors import ChoiceError
from symnet.network.parameters import numpy_module
from symnet.numerics.arithmetic import Steps
from symnet.numerics.compile import Pass, compile_exactly


class VectorPrograms:
    """The programs of one sample and of the penalty, run in NumPy's arrays.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the penalty adds to them.

    Attributes:
        arguments: The ids of what numbers are put in for: parameters, strengths, inputs and targets.
        derivatives: The ids of what the loss is differentiated with respect to.
    """

    def __init__(self, gradient: Gradient, objective: Objective) -> None:
        self._numpy = numpy_module()
        # It imports NumPy, without which all else works.
        from symnet.numerics.vectors import VECTORS

        compiled = compile_exactly(gradient.network, objective, objective.constants)
        passes = (compiled.sample, *filter(None, (compiled.penalty,)))
        self._passes = tuple((one, Steps(one.program, VECTORS)) for one in passes)
        self._places = _places(gradient, passes)
        self.arguments = tuple(map(_plain, (*compiled.sample.fixed, *compiled.sample.data)))
        self.derivatives = tuple(leaf.name for leaf in gradient.network.leaves)

    def is_number(self, value: object) -> bool:
        """Return whether something is a real number, or an array of them."""
        try:
            self._numpy.asarray(value, dtype=float)
        except (TypeError, ValueError):
            return False
        return value is not None

    def known_as(self, name: str) -> str:
        """Return the id without the mark of a sample that it may have, unless all samples are in one graph."""
        return name if name in self._places else name.partition("@")[0]

    def values(self, numbers: Mapping[str, Any], wanted: tuple[str, ...]) -> tuple[Any, ...]:
        """Return quantities at numbers or arrays; what is no array is a float of Python.

        Args:
            numbers: A number or an array for each of the arguments.
            wanted: The ids of the quantities.
        """
        with self._numpy.errstate(all="ignore"):
            slots = []
            for one, steps in self._passes:
                leaves = (self._numpy.asarray(numbers[_plain(leaf)], dtype=float) for leaf in (*one.fixed, *one.data))
                slots.append(steps.start(0, tuple(leaves)))
                steps.run(slots[-1])
            totals = [sum(slots[number][place] for number, place in self._places[name]) for name in wanted]
        return tuple(total if self._numpy.ndim(total) else float(total) for total in totals)


class NumericFunction:
    """A quantity, or all derivatives, as a function of numbers for the parameters, the inputs and the targets.

    Args:
        programs: What works them out.
        numbers: The number of each argument that may be left out.
        wanted: The id of the quantity; None for all derivatives.

    Attributes:
        arguments: The ids of what it is a function of.
    """

    def __init__(self, programs: VectorPrograms, numbers: Mapping[str, float], wanted: str | None = None) -> None:
        self._programs, self._numbers = programs, numbers
        self._wanted = None if wanted is None else programs.known_as(wanted)
        self.arguments = programs.arguments

    def __call__(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> Any:  # noqa: ANN401 - numbers, arrays
        """Return the quantity, or a mapping from each parameter to the derivative with respect to it.

        Args:
            values: Numbers or arrays by id, for ids that are no names of Python, such as ``w1_1_1.2``.
            more: Further ones.

        Raises:
            ChoiceError: If one is no number, or for something that is no argument, or an argument has none.
        """
        stated = {**(values or {}), **more}
        for name, number in stated.items():
            if name not in self.arguments:
                raise ChoiceError("argument", name, self.arguments)
            if not self._programs.is_number(number):
                raise ChoiceError(name, number, ["a number, or an array of numbers"])
        known = {**self._numbers, **stated}
        missing = [name for name in self.arguments if name not in known]
        if missing:
            raise ChoiceError("numbers", ", ".join(stated) or "none", [f"one for each of {', '.join(missing)} as well"])
        if self._wanted is not None:
            return self._programs.values(known, (self._wanted,))[0]
        derivatives = self._programs.derivatives
        return dict(zip(derivatives, self._programs.values(known, derivatives), strict=True))

    def __repr__(self) -> str:
        what = "all derivatives" if self._wanted is None else self._wanted
        return f"<{type(self).__name__} of {len(self.arguments)} arguments: {what}>"


def _plain(symbol: Symbol) -> str:
    return str(symbol.name).removesuffix("@i")


def _places(gradient: Gradient, passes: tuple[Pass, ...]) -> dict[str, list[tuple[int, int]]]:
    """Return for each quantity by its id the slots that it is the sum of, each with the number of its program."""
    sample, network = passes[0], gradient.network
    found = {_plain(leaf): [(0, place)] for place, leaf in enumerate((*sample.fixed, *sample.data), 1)}
    found |= {_plain(node): [(number, place)] for number, one in enumerate(passes) for node, place in one.nodes.items()}
    adjoints = {one.symbol: sample.adjoints.get(wrt) for wrt, one in gradient.adjoints.items()}
    found |= {_plain(symbol): [(0, place)] for symbol, place in adjoints.items() if place is not None}
    for leaf in network.leaves:
        found[leaf.name] = [(number, one.gradients[leaf]) for number, one in enumerate(passes) if leaf in one.gradients]
        if not network.is_graph:
            found[f"d{OBJECTIVE.name}_d{leaf.name}"] = found[leaf.name]
    if not network.is_graph:
        # Of one sample these are its loss, and that with the penalty.
        loss = (0, sample.nodes[network.loss])
        last = [(number, tuple(one.nodes.values())[-1]) for number, one in enumerate(passes[1:], 1)]
        found |= {DATA.name: [loss], OBJECTIVE.name: [loss, *last]}
    return found

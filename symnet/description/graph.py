"""The description of a computation graph, as frozen records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator
from sympy.core.expr import Expr

from symnet.description.checking import Check
from symnet.description.data import Numbers
from symnet.description.exercise import Exercise, Marks
from symnet.description.expressions import ExpressionText, expression, expression_text
from symnet.description.fields import Entries
from symnet.description.graph_checks import GRAPH_CHECKS
from symnet.description.nodes import node_errors, ordered
from symnet.description.records import Named, Number, Record, Table
from symnet.description.refusal import Error, near_miss, refusal, several
from symnet.description.source import printable
from symnet.description.training import Training
from symnet.description.words import NAME_PATTERN, Name

MOST_INPUTS = 50
MOST_NODES = 200

_Name: TypeAlias = Annotated[str, Name()]
_Formula: TypeAlias = Annotated[str, ExpressionText()]
_Names: TypeAlias = Annotated[tuple[_Name, ...], Entries(1, MOST_INPUTS)]


class Graph(Record):
    """Inputs, and nodes that are computed from them."""

    inputs: _Names = Key(description="The names of the inputs.")
    nodes: Annotated[Table[str], Named(_Formula, "expressions", MOST_NODES, names=NAME_PATTERN)] = Key(
        description="For each node its name and its expression in inputs and other nodes, in any order."
    )
    output: _Name = Key(description="The node that is differentiated.")
    parameters: _Names | None = Key(
        None, description="The inputs that are parameters; with training and without this key, all are."
    )

    @field_validator("inputs", mode="after")
    @classmethod
    def _distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        several(_repeated(names))
        return names

    @field_validator("nodes", mode="after")
    @classmethod
    def _expressions(cls, nodes: Table[object], info: ValidationInfo) -> Table[str]:
        if isinstance(info.context, dict):
            # The output can be checked even if an expression is wrong.
            info.context["nodes"] = nodes
        if "inputs" in info.data:
            several(node_errors(nodes, info.data["inputs"]))
        return Table({name: expression_text(value) for name, value in nodes.items()})

    @field_validator("output", mode="after")
    @classmethod
    def _is_node(cls, output: str, info: ValidationInfo) -> str:
        nodes: Mapping[str, object] | None = info.data.get("nodes", (info.context or {}).get("nodes"))
        if nodes is None:
            return output
        names = (*info.data.get("inputs", ()), *nodes)
        if output not in nodes:
            hint = "It is an input." if output in names else near_miss(output, tuple(nodes))
            raise refusal(f"one of the nodes {printable(', '.join(nodes), 200)}", hint)
        taken = {f"d{output}_d{name}" for name in names}.intersection(names)
        if taken:
            hint = f"{min(taken)} is what a derivative of it is called: rename one of the two."
            raise refusal("an output whose derivatives have names of their own", hint)
        return output

    @field_validator("parameters", mode="after")
    @classmethod
    def _are_inputs(cls, parameters: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        inputs = info.data.get("inputs")
        if parameters is None or inputs is None:
            return parameters
        allowed = f"one of the inputs {printable(', '.join(inputs), 200)}"
        unknown = (
            ((index,), refusal(allowed, near_miss(name, inputs)), name)
            for index, name in enumerate(parameters)
            if name not in inputs
        )
        several((*unknown, *_repeated(parameters)))
        return parameters

    @cached_property
    def formulas(self) -> Mapping[str, Expr]:
        """The expression of each node, after those that it uses; else in the order of the description."""
        names = (*self.inputs, *self.nodes)
        return Table(ordered({name: expression(text, names, names) for name, text in self.nodes.items()}))

    @property
    def needed(self) -> frozenset[str]:
        """The nodes that the output depends on, itself among them."""
        found: set[str] = set()
        for name, formula in reversed(tuple(self.formulas.items())):
            if name == self.output or name in found:
                found |= {name, *(symbol.name for symbol in formula.free_symbols)}
        return frozenset(found.intersection(self.nodes))

    def chosen(self, trained: bool) -> tuple[str, ...]:
        """The inputs that are parameters, in the order of the inputs; without a word, all if they are trained."""
        if self.parameters is None:
            return self.inputs if trained else ()
        return tuple(name for name in self.inputs if name in self.parameters)


class GraphDescription(Exercise):
    """A computation graph, and the numbers to work it with."""

    graph: Graph = Key(description="The inputs, the nodes and the output of the graph.")
    at: Annotated[Table[Fraction], Named(Number, "numbers", MOST_INPUTS)] | None = Key(
        None, description="A number for each input; without them everything stays symbolic."
    )
    training: Training | None = Key(None, description="The update to make, if any.")
    numbers: Numbers = Key(Numbers(), description="How numbers are computed and shown.")
    marks: Marks | None = Key(
        None, description="The marks for each answer by its id, default for all others; without this key 1 each."
    )

    checks: ClassVar[tuple[Check, ...]] = GRAPH_CHECKS

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The inputs that are parameters, in the order of the description."""
        return self.graph.chosen(self.training is not None)


def _repeated(names: tuple[str, ...]) -> Iterator[Error]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (index,), refusal("each name once", found=f'"{name}" again'), name

"""The description of a computation graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field as Key
from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sympy import preorder_traversal
from sympy.core.expr import Expr

from symnet.description.checks import rate_needed, unknown_states
from symnet.description.data import Numbers, one_precision
from symnet.description.fields import (
    NAME_PATTERN,
    EntriesField,
    Error,
    FrozenMapping,
    Named,
    NameField,
    Number,
    Record,
    misplaced,
    near_miss,
    refusal,
    several,
)
from symnet.description.flaws import CrossCheck
from symnet.description.formulas import ExpressionText, expression, expression_text
from symnet.description.layers import Training
from symnet.description.marking import GRAPH_MARKING_CHECKS, MarkingRules
from symnet.description.network import Exercise, Marks
from symnet.description.questions import GRAPH_QUESTION_CHECKS, Header, QuestionChoices
from symnet.description.source import Flaw, printable
from symnet.description.variants import GRAPH_VARIANT_CHECKS, Screening, Variants
from symnet.limits import MOST_GRAPH_NODES, MOST_INPUTS, MOST_OPERATIONS

# The nodes of a computation graph: read, refused where they are wrong, and put in order.


Uses: TypeAlias = Mapping[str, tuple[str, ...]]
"""For each node the nodes that its expression names."""


def node_errors(nodes: Mapping[str, object], inputs: tuple[str, ...]) -> Iterator[Error]:
    """Everything that is wrong with the expressions of a graph with these inputs."""
    yield from _wrong_names(nodes, inputs)
    read: dict[str, Expr] = {}
    names, size = (*inputs, *nodes), 0
    for name, value in nodes.items():
        try:
            read[name] = expression(value, names, names)
        except PydanticCustomError as error:
            yield (name,), error, value
            continue
        size += sum(1 for _ in preorder_traversal(read[name]))
        if size > MOST_OPERATIONS:
            allowed = f"at most {MOST_OPERATIONS} names, numbers and operations in all expressions together"
            yield (name,), refusal(allowed, found=f"{size} up to here"), value
            return
    if len(read) == len(nodes) and (cycle := _cycle(uses(read))):
        chain = printable(" -> ".join((*cycle, cycle[0])), 300)
        hint = "Let none of them use itself, directly or by way of others."
        yield (cycle[0],), refusal("nodes that can be computed one after the other", hint, f"the cycle {chain}"), ""


def _wrong_names(nodes: Iterable[str], inputs: tuple[str, ...]) -> Iterator[Error]:
    for name in nodes:
        try:
            NameField().read(name)
        except PydanticCustomError as error:
            said = error.context or {}
            yield (name,), misplaced(f'the name "{printable(name)}"', said["allowed"], said["hint"]), name
        else:
            if name in inputs:
                yield (name,), misplaced(f'the name "{name}", which is an input', "each name once"), name


def ordered(formulas: Mapping[str, Expr]) -> Mapping[str, Expr]:
    """The same with each node after those that it uses, otherwise in the same order."""
    return {name: formulas[name] for name in _computable(uses(formulas))}


def uses(formulas: Mapping[str, Expr]) -> Uses:
    """For each node the nodes that its expression names."""
    named = {name: {symbol.name for symbol in formula.free_symbols} for name, formula in formulas.items()}
    return {name: tuple(other for other in formulas if other in named[name]) for name in formulas}


def _computable(needs: Uses) -> list[str]:
    """The nodes that can be computed one after the other, the first that can be always next."""
    done: dict[str, None] = {}
    while True:
        ready = next((name for name in needs if name not in done and done.keys() >= set(needs[name])), None)
        # An empty name is refused elsewhere, but it is a name until then.
        if ready is None:
            return list(done)
        done[ready] = None


def _cycle(needs: Uses) -> tuple[str, ...]:
    """Nodes of which each uses the next, and the last the first; empty if there are none."""
    stuck = set(needs) - set(_computable(needs))
    if not stuck:
        return ()
    path = [next(name for name in needs if name in stuck)]
    while True:
        following = next(name for name in needs[path[-1]] if name in stuck)
        if following in path:
            return tuple(path[path.index(following) :])
        path.append(following)


# What the keys of a graph's description demand of one another.


def _values(graph: Graph, at: Mapping[str, Fraction]) -> Iterator[Flaw]:
    """Numbers are for all inputs, and for inputs alone."""
    for name in at:
        if name not in graph.inputs:
            hint = "It is computed from the inputs." if name in graph.nodes else near_miss(name, graph.inputs)
            found = f'the unknown input "{printable(name)}"'
            yield Flaw(("at", name), found, _listed(graph.inputs), hint, at_key=True)
    missing = tuple(name for name in graph.inputs if name not in at)
    if missing:
        found = f"no number for {_listed(missing)}"
        yield Flaw(("at",), found, "a number for every input", "Without the key at, everything stays symbolic.")


def _state(graph: Graph, training: Training) -> Iterator[Flaw]:
    yield from unknown_states(training, graph.chosen(trained=True))


def _network_keys(training: Training) -> Iterator[Flaw]:
    """A graph has neither samples nor biases."""
    for key, thing in (("batch", "samples"), ("update_biases", "biases")):
        if key in training.model_fields_set:
            yield Flaw(("training", key), f'the key "{key}"', f"no such key: a graph has no {thing}", at_key=True)


def _listed(names: tuple[str, ...]) -> str:
    return printable(", ".join(names), 200)


GRAPH_CHECKS = (
    CrossCheck(("graph", "at"), _values),
    CrossCheck(("at", "training"), rate_needed),
    CrossCheck(("graph", "training"), _state),
    CrossCheck(("training",), _network_keys),
    CrossCheck(("numbers",), one_precision),
)


# The description of a computation graph, as frozen records.


_Name: TypeAlias = Annotated[str, NameField()]
_Formula: TypeAlias = Annotated[str, ExpressionText()]
_Names: TypeAlias = Annotated[tuple[_Name, ...], EntriesField(1, MOST_INPUTS)]


class Graph(Record):
    """Inputs, and nodes that are computed from them."""

    inputs: _Names = Key(description="The names of the inputs.")
    nodes: Annotated[FrozenMapping[str], Named(_Formula, "expressions", MOST_GRAPH_NODES, names=NAME_PATTERN)] = Key(
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
    def _expressions(cls, nodes: FrozenMapping[object], info: ValidationInfo) -> FrozenMapping[str]:
        if isinstance(info.context, dict):
            # The output can be checked even if an expression is wrong.
            info.context["nodes"] = nodes
        if "inputs" in info.data:
            several(node_errors(nodes, info.data["inputs"]))
        return FrozenMapping({name: expression_text(value) for name, value in nodes.items()})

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
        return FrozenMapping(ordered({name: expression(text, names, names) for name, text in self.nodes.items()}))

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
    at: Annotated[FrozenMapping[Fraction], Named(Number, "numbers", MOST_INPUTS)] | None = Key(
        None, description="A number for each input; without them everything stays symbolic."
    )
    training: Training | None = Key(None, description="The update to make, if any.")
    numbers: Numbers = Key(Numbers(), description="How numbers are computed and shown.")
    marks: Marks | None = Key(
        None, description="The marks for each answer by its id, default for all others; without this key 1 each."
    )
    questions: QuestionChoices | None = Key(
        None, description="What the worksheet asks, in this order; without this key all."
    )
    header: Header | None = Key(None, description="What stands at the head of every sheet.")
    marking: MarkingRules | None = Key(
        None, description="What counts when answers are marked; without this key as a fair marker would."
    )
    variants: Variants | None = Key(
        None,
        description="What is drawn for each sheet of a class, by symnet variants; this description is left as it is.",
    )
    screening: Screening | None = Key(None, description="Which draws become sheets.")

    checks: ClassVar[tuple[CrossCheck, ...]] = (
        *GRAPH_CHECKS,
        *GRAPH_QUESTION_CHECKS,
        *GRAPH_VARIANT_CHECKS,
        *GRAPH_MARKING_CHECKS,
    )

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The inputs that are parameters, in the order of the description."""
        return self.graph.chosen(self.training is not None)


def _repeated(names: tuple[str, ...]) -> Iterator[Error]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (index,), refusal("each name once", found=f'"{name}" again'), name

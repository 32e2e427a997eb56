"""The description of a computation graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from pydantic import ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic import Field as Key
from pydantic_core import PydanticCustomError
from sympy import preorder_traversal
from sympy.core.expr import Expr

from symnet.description.array_graph import (
    ArrayNodes,
    ArrayShape,
    ArrayShapes,
    InputsField,
    Nested,
    NestedNumbers,
    array_errors,
    arrays_of,
    flat,
    nested_from,
    nested_shape,
)
from symnet.description.checks import few_for_newton, newton_keys, rate_needed, rates, unknown_states
from symnet.description.data import Numbers, one_precision
from symnet.description.fields import (
    ALLOWED,
    EMPTY_HINT,
    NAME_PATTERN,
    AllOrNames,
    EntriesField,
    Error,
    Field,
    FrozenMapping,
    Named,
    NameField,
    Number,
    Record,
    Whole,
    is_empty,
    misplaced,
    near_miss,
    refusal,
    several,
)
from symnet.description.flaws import CrossCheck, count
from symnet.description.formulas import ExpressionText, expression, expression_text
from symnet.description.marking import GRAPH_MARKING_CHECKS, MarkingRules
from symnet.description.network import Exercise, Marks
from symnet.description.questions import GRAPH_QUESTION_CHECKS, Header, QuestionChoices
from symnet.description.source import Flaw, KeyPath, printable
from symnet.description.training import Training
from symnet.description.variants import GRAPH_VARIANT_CHECKS, Screening, Variants
from symnet.limits import MOST_GRAPH_NODES, MOST_INPUTS, MOST_OPERATIONS, MOST_OUTPUTS, MOST_SCALARS, MOST_SECOND

if TYPE_CHECKING:
    from symnet.arrays.graph import ArrayGraph
    from symnet.arrays.unroll import TimeAxis

# The nodes of a computation graph: read, refused where they are wrong, and put in order.


Uses: TypeAlias = Mapping[str, tuple[str, ...]]
"""For each node the nodes that its expression names."""


def node_errors(
    nodes: Mapping[str, object], inputs: tuple[str, ...] | ArrayShapes, axis: TimeAxis | None = None
) -> Iterator[Error]:
    """Everything that is wrong with the expressions of a graph with these inputs, and these steps of time."""
    wrong = tuple(_wrong_names(nodes, inputs, axis is not None))
    yield from wrong
    # Where an index is not understood, what it stands for is not known either.
    if not wrong or not any("[" in name for name in nodes):
        if isinstance(inputs, ArrayShapes):
            yield from _array_errors(nodes, inputs, axis)
        else:
            yield from _scalar_errors(nodes, inputs)


def _scalar_errors(nodes: Mapping[str, object], inputs: tuple[str, ...]) -> Iterator[Error]:
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
    if len(read) == len(nodes):
        yield from _cycles(uses(read))


def _array_errors(nodes: Mapping[str, object], inputs: ArrayShapes, axis: TimeAxis | None) -> Iterator[Error]:
    arrays = ArrayNodes(nodes, inputs, axis)
    needs = between(arrays.uses)
    yield from array_errors(arrays, _computable(needs))
    if len(arrays.syntax) == len(arrays.keys):
        yield from _cycles(needs, arrays.keys)


def _cycles(needs: Uses, keys: Mapping[str, str] | None = None) -> Iterator[Error]:
    """A cycle of nodes; in a graph over time each is in the file under the key that is given for it."""
    if cycle := _cycle(needs):
        chain = printable(" -> ".join((*cycle, cycle[0])), 300)
        hint = "Let none of them use itself, directly or by way of others."
        place = cycle[0] if keys is None else keys[cycle[0]]
        yield (place,), refusal("nodes that can be computed one after the other", hint, f"the cycle {chain}"), ""


_INDEX = r" *\[ *([A-Za-z][A-Za-z0-9_]*|-?[0-9]{1,9}) *\]"
_INDEXED = re.compile(f".*{_INDEX}")


def _wrong_names(nodes: Iterable[str], inputs: Collection[str], timed: bool) -> Iterator[Error]:
    for name in nodes:
        family, mark, _ = name.partition("[")
        try:
            NameField().read(family.strip() if timed and _INDEXED.fullmatch(name) else name)
        except PydanticCustomError as error:
            said = error.context or {}
            hint = said["hint"]
            if mark and not timed:
                hint = "A node for each step of time needs the key over beside the nodes, as in over: {t: 4}."
            yield (name,), misplaced(f'the name "{printable(name)}"', said["allowed"], hint), name
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


def between(named: Uses) -> Uses:
    """For each node those of what it names that are nodes."""
    return {name: tuple(other for other in others if other in named) for name, others in named.items()}


def _computable(needs: Uses) -> list[str]:
    """The nodes that can be computed one after the other, the first that can be always next."""
    names = list(needs)
    place = {name: at for at, name in enumerate(names)}
    missing = {name: len(set(needs[name])) for name in names}
    feeds: dict[str, list[str]] = {name: [] for name in names}
    for name in names:
        for other in dict.fromkeys(needs[name]):
            feeds[other].append(name)
    ready = [place[name] for name in names if not missing[name]]
    done: list[str] = []
    while ready:
        done.append(names[heappop(ready)])
        for fed in feeds[done[-1]]:
            missing[fed] -= 1
            if not missing[fed]:
                heappush(ready, place[fed])
    return done


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


def _values(graph: Graph, at: Mapping[str, Nested]) -> Iterator[Flaw]:
    """Numbers are for all inputs, and for inputs alone, each as many as its shape says."""
    for name in at:
        if name not in graph.inputs:
            hint = "It is computed from the inputs." if name in graph.nodes else near_miss(name, tuple(graph.inputs))
            found = f'the unknown input "{printable(name)}"'
            yield Flaw(("at", name), found, _listed(tuple(graph.inputs)), hint, at_key=True)
        else:
            yield from _misshapen(graph, name, at[name])
    missing = tuple(name for name in graph.inputs if name not in at)
    if missing:
        found = f"no number for {_listed(missing)}"
        yield Flaw(("at",), found, "a number for every input", "Without the key at, everything stays symbolic.")


def _misshapen(graph: Graph, name: str, numbers: Nested) -> Iterator[Flaw]:
    """Numbers that have another shape than their input."""
    if not isinstance(graph.inputs, ArrayShapes):
        if not isinstance(numbers, Fraction):
            yield Flaw(("at", name), f"a list of {len(numbers)}", ALLOWED)
        return
    shape, wanted = nested_shape(numbers), graph.inputs[name]
    if shape != wanted:
        found = "rows of different lengths" if shape is None else f"numbers of the shape {list(shape)}"
        allowed = f"numbers of the shape {list(wanted)}, in lists" if wanted else "a number"
        yield Flaw(("at", name), found, allowed)


def _lookups(graph: Graph, at: Mapping[str, Nested] | None = None) -> Iterator[Flaw]:
    """Places that are looked up and do not exist, or have no numbers."""
    if not isinstance(graph.inputs, ArrayShapes):
        return
    shapes = graph.inputs
    arrays = graph.array_nodes
    fitting = {name: of for name, of in (at or {}).items() if nested_shape(of) == shapes.get(name)}
    arrays.trees(_computable(between(arrays.uses)), {name: tuple(flat(of)) for name, of in fitting.items()})
    for path, error, value in arrays.errors:
        said = error.context or {}
        found = said.get("found", printable(str(value)))
        place = said.get("position")
        yield Flaw(("graph", "nodes", *path), found, said["allowed"], said["hint"], said.get("excerpt", ""), place)


def _state(graph: Graph, training: Training) -> Iterator[Flaw]:
    yield from unknown_states(training, graph.ids(graph.chosen(trained=True)))


def _few_for_newton(graph: Graph, training: Training) -> Iterator[Flaw]:
    yield from few_for_newton(training, graph.ids(graph.chosen(trained=True)))


def _network_keys(training: Training) -> Iterator[Flaw]:
    """A graph has neither samples nor biases."""
    for key, thing in (("batch", "samples"), ("update_biases", "biases")):
        if key in training.model_fields_set:
            yield Flaw(("training", key), f'the key "{key}"', f"no such key: a graph has no {thing}", at_key=True)


def _one_output(graph: Graph, training: Training) -> Iterator[Flaw]:
    """What is trained has one output."""
    if training.steps and graph.outputs and len(graph.outputs) > 1:
        allowed = "one output, since a training makes one number smaller"
        yield Flaw(("graph", "outputs"), count(len(graph.outputs), "output"), allowed)


def _few_seconds(graph: Graph) -> Iterator[Flaw]:
    """Second derivatives are with respect to few numbers."""
    wanted = graph.second_ids
    if len(wanted) > MOST_SECOND:
        hint = "Name some of them, as in second_derivatives: [x, y]."
        found = f"second derivatives with respect to {len(wanted)} numbers"
        yield Flaw(("graph", "second_derivatives"), found, f"at most {MOST_SECOND}", hint)
    if graph.direction is not None and isinstance(graph.inputs, ArrayShapes):
        yield Flaw(("graph", "direction"), "a direction of arrays", "numbers as inputs", at_key=True)


def _listed(names: tuple[str, ...]) -> str:
    return printable(", ".join(names), 200)


GRAPH_CHECKS = (
    CrossCheck(("graph", "at"), _values),
    CrossCheck(("graph", "at"), _lookups),
    CrossCheck(("graph",), _lookups, without=("at",)),
    CrossCheck(("at", "training"), rate_needed),
    CrossCheck(("training",), rates),
    CrossCheck(("training",), newton_keys),
    CrossCheck(("graph", "training"), _few_for_newton),
    CrossCheck(("graph", "training"), _state),
    CrossCheck(("graph", "training"), _one_output),
    CrossCheck(("graph",), _few_seconds),
    CrossCheck(("training",), _network_keys),
    CrossCheck(("numbers",), one_precision),
)


# The description of a computation graph, as frozen records.


_Name: TypeAlias = Annotated[str, NameField()]
_Formula: TypeAlias = Annotated[str, ExpressionText()]
_Numbers: TypeAlias = Annotated[Nested, NestedNumbers()]
_Names: TypeAlias = Annotated[tuple[_Name, ...], EntriesField(1, MOST_INPUTS)]


@dataclass(frozen=True)
class OverField(Field):
    """The letter of a step of time, and how many steps there are."""

    def read(self, value: object) -> FrozenMapping[int]:
        """The letter and the number of steps."""
        allowed = "a letter and a number of steps, as in {t: 4}"
        if not isinstance(value, Mapping) or len(value) != 1:
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        ((letter, steps),) = value.items()
        try:
            return FrozenMapping({NameField().read(letter): Whole(1, MOST_SCALARS).read(steps)})
        except PydanticCustomError as error:
            several([((letter,), error, steps)])
            raise

    def json_schema(self) -> dict[str, Any]:
        """A mapping from one name to a whole number."""
        steps = {"type": "integer", "minimum": 1, "maximum": MOST_SCALARS}
        names = {"propertyNames": NameField().json_schema(), "additionalProperties": steps}
        return {"type": "object", **names, "minProperties": 1, "maxProperties": 1}


_TIMED_NAME = f"{NAME_PATTERN[:-1]}({_INDEX})?$"
"""What names of nodes are made of: in a graph over time an index may stand behind them."""


def _one_of_both(schema: dict[str, Any]) -> None:
    """Let a graph have its output or its outputs."""
    schema["required"].remove("output")
    schema["anyOf"] = [{"required": ["output"]}, {"required": ["outputs"]}]


class Graph(Record):
    """Inputs, and nodes that are computed from them."""

    model_config = ConfigDict(json_schema_extra=_one_of_both)

    over: Annotated[FrozenMapping[int], OverField()] | None = Key(
        None,
        description="The letter of a step of time and the number of steps, as in {t: 4}; a node named h[t] is then one "
        "for each step, h[0] is its start value, and inputs may have an entry for each step.",
    )
    truncate: Annotated[int, Whole(1, MOST_SCALARS)] | None = Key(
        None,
        description="After how many steps of time values count as constants, so that no derivative flows back further.",
    )
    inputs: Annotated[tuple[str, ...] | ArrayShapes, InputsField()] = Key(
        description="The names of the inputs, or a mapping from names to shapes such as [3, 2]; [] is a number."
    )
    nodes: Annotated[FrozenMapping[str], Named(_Formula, "expressions", MOST_GRAPH_NODES, names=_TIMED_NAME)] = Key(
        description="For each node its name and its expression in inputs and other nodes, in any order."
    )
    outputs: Annotated[tuple[_Name, ...], EntriesField(1, MOST_OUTPUTS, alone=True)] | None = Key(
        None, description="Several nodes that are differentiated, in place of output: the derivatives are a Jacobian."
    )
    output: _Name = Key(description="The node that is differentiated; of several, the first.")
    second_derivatives: Annotated[bool | tuple[str, ...], AllOrNames(most=MOST_SECOND)] = Key(
        False, description="Whether the second derivatives are derived too: true for all inputs, or a list of some."
    )
    direction: Annotated[FrozenMapping[Fraction], Named(Number, "numbers", MOST_SECOND)] | None = Key(
        None, description="A number for each of these inputs: what the Hessian is multiplied by."
    )
    parameters: _Names | None = Key(
        None, description="The inputs that are parameters; with training and without this key, all are."
    )

    @field_validator("inputs", mode="after")
    @classmethod
    def _distinct(cls, inputs: tuple[str, ...] | ArrayShapes, info: ValidationInfo) -> tuple[str, ...] | ArrayShapes:
        several(_repeated(tuple(inputs)))
        over = info.data.get("over")
        if over is None:
            return inputs
        if not over.keys().isdisjoint(inputs):
            raise refusal(
                f"inputs of which none is called {min(over)}, as the steps of time are", "Rename one of them."
            )
        # With time, numbers are arrays without an axis.
        return inputs if isinstance(inputs, ArrayShapes) else ArrayShapes(dict.fromkeys(inputs, ()))

    @field_validator("truncate", mode="after")
    @classmethod
    def _over_time(cls, truncate: int | None, info: ValidationInfo) -> int | None:
        if truncate is not None and info.data.get("over", "") is None:
            raise refusal("the key over beside it", "There is nothing to truncate without steps of time.")
        return truncate

    @field_validator("nodes", mode="after")
    @classmethod
    def _expressions(cls, nodes: FrozenMapping[object], info: ValidationInfo) -> FrozenMapping[str]:
        if isinstance(info.context, dict):
            # The output can be checked even if an expression is wrong.
            info.context["nodes"] = nodes
        if "inputs" in info.data and "over" in info.data:
            several(node_errors(nodes, info.data["inputs"], _axis(info.data["over"], info.data.get("truncate"))))
        return FrozenMapping({name: expression_text(value) for name, value in nodes.items()})

    @model_validator(mode="before")
    @classmethod
    def _first_of_several(cls, value: object) -> object:
        """The first of several outputs stands for a single one."""
        if not isinstance(value, Mapping) or "output" in value:
            return value
        outputs = value.get("outputs")
        if isinstance(outputs, list | tuple):
            outputs = outputs[0] if outputs else None
        return value if outputs is None else {**value, "output": outputs}

    @field_validator("outputs", mode="after")
    @classmethod
    def _are_nodes(cls, outputs: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        wrong: list[Error] = []
        for index, output in enumerate(outputs or ()):
            try:
                _differentiable(output, info)
            except PydanticCustomError as error:
                wrong.append(((index,), error, output))
        several((*wrong, *_repeated(outputs or ())))
        return outputs

    @field_validator("output", mode="after")
    @classmethod
    def _is_node(cls, output: str, info: ValidationInfo) -> str:
        outputs = info.data.get("outputs")
        if outputs is not None and output != outputs[0]:
            raise refusal("output or outputs, not both", "Name all of them in outputs.")
        if outputs is None:
            _differentiable(output, info)
        return output

    @field_validator("second_derivatives", mode="after")
    @classmethod
    def _are_known(cls, wanted: bool | tuple[str, ...], info: ValidationInfo) -> bool | tuple[str, ...]:
        if isinstance(wanted, tuple) and "inputs" in info.data:
            several((*unknown_names(wanted, tuple(info.data["inputs"]), "inputs"), *_repeated(wanted)))
        return wanted

    @field_validator("direction", mode="after")
    @classmethod
    def _has_all(
        cls, direction: FrozenMapping[Fraction] | None, info: ValidationInfo
    ) -> FrozenMapping[Fraction] | None:
        wanted = info.data.get("second_derivatives")
        if direction is None or wanted is None or "inputs" not in info.data:
            return direction
        if not wanted:
            raise refusal("the key second_derivatives beside it", "It is what the Hessian is multiplied by.")
        several(_unfit(direction, wanted if isinstance(wanted, tuple) else tuple(info.data["inputs"])))
        return direction

    @field_validator("parameters", mode="after")
    @classmethod
    def _are_inputs(cls, parameters: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        inputs = info.data.get("inputs")
        if parameters is None or inputs is None:
            return parameters
        several((*unknown_names(parameters, tuple(inputs), "inputs"), *_repeated(parameters)))
        return parameters

    @cached_property
    def formulas(self) -> Mapping[str, Expr]:
        """The expression of each node, after those that it uses; else in the order of the description."""
        names = (*self.inputs, *self.nodes)
        return FrozenMapping(ordered({name: expression(text, names, names) for name, text in self.nodes.items()}))

    @cached_property
    def uses(self) -> Uses:
        """For each node the nodes and inputs that its expression names."""
        if isinstance(self.inputs, ArrayShapes):
            return self.array_nodes.uses
        return {name: tuple(symbol.name for symbol in of.free_symbols) for name, of in self.formulas.items()}

    @property
    def array_nodes(self) -> ArrayNodes:
        """The nodes of a graph of arrays as they are read, those of all steps of time."""
        return ArrayNodes(self.nodes, self.inputs, _axis(self.over, self.truncate))  # type: ignore[arg-type]

    @property
    def needed(self) -> frozenset[str]:
        """The nodes that the output depends on, itself among them."""
        found, waiting = set[str](), list(self.outputs or (self.output,))
        while waiting:
            name = waiting.pop()
            if name in self.uses and name not in found:
                found.add(name)
                waiting += self.uses[name]
        return frozenset(found)

    @property
    def needed_keys(self) -> frozenset[str]:
        """The same as they are called in the description, where a node of all steps of time has one name."""
        if not isinstance(self.inputs, ArrayShapes):
            return self.needed
        keys = self.array_nodes.keys
        return frozenset(keys[name] for name in self.needed)

    @property
    def second_ids(self) -> tuple[str, ...]:
        """The ids of the numbers that second derivatives are with respect to; none without any."""
        wanted = self.second_derivatives
        return self.ids(wanted if isinstance(wanted, tuple) else self.inputs) if wanted else ()

    @property
    def by_output(self) -> tuple[Graph, ...]:
        """A graph with one output for each of several; else this one alone."""
        chosen = ({"output": output, "outputs": None} for output in self.outputs or ())
        return tuple(self.model_copy(update=change) for change in chosen) or (self,)

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """The ids of the numbers in some inputs, one after the other."""
        if not isinstance(self.inputs, ArrayShapes):
            return tuple(names)
        from symnet.arrays.graph import scalar_ids

        return tuple(one for name in names for one in scalar_ids(name, self.inputs[name]))

    def nested(self, numbers: Mapping[str, Fraction]) -> FrozenMapping[Nested]:
        """The numbers of all inputs by name, in lists as their shapes say, from those by id."""
        return FrozenMapping(
            {name: nested_from([numbers[one] for one in self.ids([name])], self.shape(name)) for name in self.inputs}
        )

    def shape(self, name: str) -> ArrayShape:
        """The shape of an input."""
        return self.inputs[name] if isinstance(self.inputs, ArrayShapes) else ()

    def arrays(self, numbers: Mapping[str, Nested]) -> ArrayGraph | None:
        """The graph of arrays that it is with these numbers; None if it is one of numbers."""
        if not isinstance(self.inputs, ArrayShapes):
            return None
        nodes = self.array_nodes
        needed = self.needed
        order = sorted(_computable(between(nodes.uses)), key=lambda name: name not in needed)
        return arrays_of(nodes, order, self.output, numbers)

    def chosen(self, trained: bool) -> tuple[str, ...]:
        """The inputs that are parameters, in the order of the inputs; without a word, all if they are trained."""
        if self.parameters is None:
            return tuple(self.inputs) if trained else ()
        return tuple(name for name in self.inputs if name in self.parameters)


class GraphDescription(Exercise):
    """A computation graph, and the numbers to work it with."""

    sort: ClassVar[str] = "graph"

    graph: Graph = Key(description="The inputs, the nodes and the output of the graph.")
    at: Annotated[FrozenMapping[Nested], Named(_Numbers, "numbers", MOST_INPUTS)] | None = Key(
        None,
        description="A number for each input, or lists of them in its shape; without them everything stays symbolic.",
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
    def seconds(self) -> tuple[tuple[str, ...], Mapping[str, Fraction]]:
        """The ids of the inputs that second derivatives are with respect to, and what their matrix is multiplied by."""
        return self.graph.second_ids, self.graph.direction or {}

    @property
    def seconds_key(self) -> KeyPath:
        """Where second derivatives are asked for."""
        return ("graph", "second_derivatives")

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The ids of the inputs that are parameters, in the order of the description."""
        return self.graph.ids(self.graph.chosen(self.training is not None))

    @property
    def arrays(self) -> ArrayGraph | None:
        """The graph of arrays; None if it is one of numbers."""
        return self.graph.arrays(self.at or {})

    @property
    def inputs_at(self) -> Mapping[str, Fraction] | None:
        """The number of each input by its id, or None without numbers."""
        if self.at is None:
            return None
        ids = self.graph.ids
        return {one: value for name in self.at for one, value in zip(ids([name]), flat(self.at[name]), strict=True)}


def _axis(over: Mapping[str, int] | None, truncate: int | None) -> TimeAxis | None:
    """The steps of time; None without the key over."""
    if over is None:
        return None
    from symnet.arrays.unroll import TimeAxis

    ((index, steps),) = over.items()
    return TimeAxis(index, steps, truncate or 0)


def unknown_names(names: Iterable[str], known: tuple[str, ...], kind: str) -> Iterator[Error]:
    """What is wrong with names of a list that have to be known."""
    allowed = f"one of the {kind} {printable(', '.join(known[:50]), 200)}"
    for index, name in enumerate(names):
        if name not in known:
            yield (index,), refusal(allowed, near_miss(name, known)), name


def _unfit(direction: Mapping[str, Fraction], known: tuple[str, ...]) -> Iterator[Error]:
    """What is wrong with a direction, which has a number for each of what the Hessian is with respect to."""
    for name in direction:
        if name not in known:
            allowed = f"one of {printable(', '.join(known), 200)}"
            yield (name,), misplaced(f'the name "{printable(name)}"', allowed, near_miss(name, known)), name
    missing = tuple(name for name in known if name not in direction)
    if missing:
        found = f"no number for {printable(', '.join(missing), 200)}"
        yield (), refusal("a number for each, which may be 0", found=found), ""


def _differentiable(output: str, info: ValidationInfo) -> None:
    """Make sure that an output is a node of one number whose derivatives have names of their own.

    Raises:
        PydanticCustomError: If it is not.
    """
    nodes: Mapping[str, object] | None = info.data.get("nodes", (info.context or {}).get("nodes"))
    if nodes is None:
        return
    inputs = info.data.get("inputs", ())
    names = (*inputs, *nodes)
    if output not in nodes:
        hint = "It is an input." if output in names else near_miss(output, tuple(nodes))
        raise refusal(f"one of the nodes {printable(', '.join(nodes), 200)}", hint)
    taken = {f"d{output}_d{name}" for name in names}.intersection(names)
    if taken:
        hint = f"{min(taken)} is what a derivative of it is called: rename one of the two."
        raise refusal("an output whose derivatives have names of their own", hint)
    if isinstance(inputs, ArrayShapes) and {"nodes", "over"} <= info.data.keys():
        _is_single(nodes, inputs, _axis(info.data["over"], info.data.get("truncate")), output)


def _is_single(nodes: Mapping[str, object], inputs: ArrayShapes, axis: TimeAxis | None, output: str) -> None:
    """Refuse an output that is more than one number."""
    arrays = ArrayNodes(nodes, inputs, axis)
    tree = arrays.trees(_computable(between(arrays.uses))).get(output)
    if tree is not None and tree.shape:
        hint = "Bring its numbers together, as in sum( )."
        raise refusal("a node that is one number", hint, f"{output} of the shape {list(tree.shape)}")


def _repeated(names: tuple[str, ...]) -> Iterator[Error]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (index,), refusal("each name once", found=f'"{name}" again'), name

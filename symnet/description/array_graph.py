"""The description of a graph of arrays: shapes, expressions over arrays, and nested numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic_core import PydanticCustomError

from symnet.description.fields import (
    EMPTY_HINT,
    EntriesField,
    Error,
    Exact,
    Field,
    FrozenMapping,
    NameField,
    Whole,
    is_empty,
    misplaced,
    refusal,
    several,
)
from symnet.description.formulas import expression_refusal, expression_text
from symnet.description.source import printable
from symnet.limits import MOST_ARRAY_AXES, MOST_ARRAY_WORK, MOST_INPUTS, MOST_SCALARS

if TYPE_CHECKING:
    from sympy.core.expr import Expr

    from symnet.arrays.graph import ArrayGraph
    from symnet.arrays.tree import ArrayTree
    from symnet.arrays.unroll import TimeAxis, Unrolled
    from symnet.parsing.array_formula import Syntax

ArrayShape: TypeAlias = tuple[int, ...]
"""The lengths of the axes of an array; none for a number."""

Nested: TypeAlias = "Fraction | tuple[Nested, ...]"
"""A number, or lists of numbers within one another."""

# No scalar has more characters in its id than a number of this size gives it.
_LONGEST = Whole(1, 10**9)


class ArrayShapes(FrozenMapping[ArrayShape]):
    """The inputs of a graph by name, each with its shape."""

    __slots__ = ()


@dataclass(frozen=True)
class InputsField(Field):
    """The inputs of a graph: a list of names, which are numbers, or a mapping from names to shapes."""

    def read(self, value: object) -> tuple[str, ...] | ArrayShapes:
        """The names, or the shapes."""
        if isinstance(value, Mapping):
            return _shapes(value)
        listed: Sequence[object] = EntriesField(1, MOST_INPUTS).check(value)  # type: ignore[assignment]
        names: list[str] = []
        errors: list[Error] = []
        for index, one in enumerate(listed):
            try:
                names.append(NameField().read(one))
            except PydanticCustomError as error:
                errors.append(((index,), error, one))
        several(errors)
        return tuple(names)

    def json_schema(self) -> dict[str, Any]:
        """A list of names, or a mapping to lists of lengths."""
        name, length = NameField().json_schema(), {"type": "integer", "minimum": 1, "maximum": MOST_SCALARS}
        names = {"type": "array", "items": name, "minItems": 1, "maxItems": MOST_INPUTS}
        shape = {"type": "array", "items": length, "maxItems": MOST_ARRAY_AXES}
        shapes = {"type": "object", "propertyNames": name, "additionalProperties": shape}
        return {"anyOf": [names, {**shapes, "minProperties": 1, "maxProperties": MOST_INPUTS}]}


def _shapes(stated: Mapping[Any, object]) -> ArrayShapes:
    """The inputs with their shapes, or everything that is wrong with them."""
    if not 1 <= len(stated) <= MOST_INPUTS:
        raise refusal(f"a mapping from 1 to {MOST_INPUTS} names to shapes", f"It has {len(stated)}.")
    found: dict[str, ArrayShape] = {}
    errors: list[Error] = []
    count = 0
    for name, value in stated.items():
        try:
            NameField().read(name)
        except PydanticCustomError as error:
            said = error.context or {}
            found_name = f'the name "{printable(str(name))}"'
            errors.append(((name,), misplaced(found_name, said["allowed"], said["hint"]), name))
            continue
        try:
            found[name] = _shape(value)
        except PydanticCustomError as error:
            errors.append(((name,), error, value))
            continue
        count += prod(found[name])
        if count > MOST_SCALARS:
            errors.append(((name,), too_many_scalars(count), value))
            break
    several(errors)
    return ArrayShapes(found)


def _shape(value: object) -> ArrayShape:
    allowed = f"a shape such as [3, 2], [3] or [] for a number, with at most {MOST_ARRAY_AXES} axes"
    if not isinstance(value, list | tuple) or len(value) > MOST_ARRAY_AXES:
        raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
    try:
        return tuple(_LONGEST.read(length) for length in value)
    except PydanticCustomError as error:
        raise refusal(allowed, "The length of an axis is a whole number of at least 1.") from error


def too_many_scalars(count: int) -> PydanticCustomError:
    """The error for more numbers than a graph may have."""
    return refusal(f"at most {MOST_SCALARS:,} numbers in all inputs and nodes together", found=f"{count:,} up to here")


@dataclass(frozen=True)
class NestedNumbers(Field):
    """A number, or lists of numbers within one another."""

    def read(self, value: object) -> Nested:
        """The numbers as fractions, in tuples."""
        return self._read(value, MOST_ARRAY_AXES)

    def _read(self, value: object, deepest: int) -> Nested:
        if not isinstance(value, list | tuple):
            return Exact().read(value)
        if not deepest:
            raise refusal(f"numbers in at most {MOST_ARRAY_AXES} lists within one another", found="a list")
        entries: list[Nested] = []
        errors: list[Error] = []
        for index, entry in enumerate(value):
            try:
                entries.append(self._read(entry, deepest - 1))
            except PydanticCustomError as error:
                errors.append(((index,), error, entry))
        several(errors)
        return tuple(entries)

    def json_schema(self) -> dict[str, Any]:
        """A number, or an array, whose entries are checked when its shape is known."""
        return {"anyOf": [*Exact().json_schema()["anyOf"], {"type": "array"}]}


def nested_shape(numbers: Nested) -> ArrayShape | None:
    """The shape of nested numbers, or None where rows differ in length."""
    if isinstance(numbers, Fraction):
        return ()
    shapes = {nested_shape(entry) for entry in numbers}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(numbers), *inner)


def flat(numbers: Nested) -> Iterator[Fraction]:
    """The numbers one after the other, row by row."""
    if isinstance(numbers, Fraction):
        yield numbers
    else:
        for entry in numbers:
            yield from flat(entry)


def nested_from(numbers: Sequence[Fraction], shape: ArrayShape) -> Nested:
    """Numbers, row by row, in lists within one another as a shape says."""
    if not shape:
        return numbers[0]
    step = len(numbers) // shape[0]
    return tuple(nested_from(numbers[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0]))


# The expressions of the nodes.


class ArrayNodes:
    """The nodes of a graph of arrays as they are read.

    Args:
        texts: The expression of each node, as it stands in the file.
        shapes: The shape of each input.
        axis: The steps of time, if there are any; then the nodes are those of all steps.
    """

    def __init__(
        self, texts: Mapping[str, object], shapes: Mapping[str, ArrayShape], axis: TimeAxis | None = None
    ) -> None:
        self.texts = texts
        self.shapes = shapes
        self.errors: list[Error] = []
        self.syntax: dict[str, Syntax] = {}
        self.keys: dict[str, str] = {name: name for name in texts}
        self.time: Unrolled | None = None
        self._read()
        if axis is not None:
            self._unroll(axis)

    def _read(self) -> None:
        from symnet.parsing.array_formula import read_arrays
        from symnet.parsing.tokens import FormulaError

        for name, value in self.texts.items():
            try:
                self.syntax[name] = read_arrays(expression_text(value))
            except FormulaError as error:
                self.errors.append(((name,), expression_refusal(value, error), value))
            except PydanticCustomError as error:
                self.errors.append(((name,), error, value))

    def _unroll(self, axis: TimeAxis) -> None:
        """Put a node for every step in the place of those with an index, or say what is wrong with them."""
        from symnet.arrays.unroll import TimeKeyError, Unrolled, Unroller, split_key
        from symnet.parsing.tokens import FormulaError

        written, self.syntax, self.keys = self.syntax, {}, {}
        timed = [name for name in self.texts if split_key(name) is not None]
        if axis.steps * len(timed) > MOST_SCALARS:
            self.errors.append(((timed[0],), too_many_scalars(axis.steps * len(timed)), self.texts[timed[0]]))
            return
        texts = {name: expression_text(self.texts[name]) if name in written else "" for name in self.texts}
        try:
            unroller = Unroller(axis, texts, written, self.shapes)
            for name, key, syntax in unroller.run():
                if name in self.syntax:
                    raise TimeKeyError(key, f"{key}, whose id {name} is that of {self.keys[name]}", "ids of their own")
                self.syntax[name], self.keys[name] = syntax, key
            self.time = Unrolled(axis, unroller.nodes, frozenset(unroller.timed_inputs))
        except FormulaError as error:
            value = self.texts[unroller.key]
            self.errors.append(((unroller.key,), expression_refusal(value, error), value))
        except TimeKeyError as error:
            self.errors.append(((error.key,), misplaced(error.found, error.allowed, error.hint), error.key))
        if self.time is None:
            self.syntax, self.keys = {}, {}

    def text(self, name: str) -> object:
        """The expression of a node, as it stands in the file."""
        return self.texts[self.keys[name]]

    @property
    def uses(self) -> Mapping[str, tuple[str, ...]]:
        """For each node the nodes and inputs that its expression names."""
        from symnet.arrays.shaping import names_of

        known = {*self.shapes, *self.keys}
        named = {name: [other for other, _ in names_of(syntax)] for name, syntax in self.syntax.items()}
        return {name: tuple(dict.fromkeys(other for other in of if other in known)) for name, of in named.items()}

    def trees(
        self, order: Sequence[str], numbers: Mapping[str, Sequence[Fraction]] | None = None
    ) -> Mapping[str, ArrayTree]:
        """What each node is, with its shape; what is wrong is added to the errors.

        Args:
            order: The nodes, each after those that it uses.
            numbers: The numbers of the inputs, if they are to be looked at.
        """
        from symnet.arrays.shaping import Scope, shaped
        from symnet.parsing.tokens import FormulaError

        uses, found = self.uses, dict[str, "ArrayTree"]()
        shapes = dict(self.shapes)
        count, wrong = sum(map(prod, shapes.values())), set[str]()
        starts = self._starts(order, uses)
        for name in order:
            if name not in self.syntax or not shapes.keys() >= set(uses[name]):
                continue
            value, key = self.text(name), self.keys[name]
            try:
                scope = Scope(shapes, numbers)
                found[name] = starts.get(name) or shaped(expression_text(value), self.syntax[name], scope)
            except FormulaError as error:
                # What is wrong at one step is mostly wrong at all.
                if key not in wrong:
                    self.errors.append(((key,), expression_refusal(value, error), value))
                wrong.add(key)
                continue
            shapes[name] = found[name].shape
            count += prod(shapes[name])
            if count > MOST_SCALARS:
                self.errors.append(((key,), too_many_scalars(count), value))
                break
        return found

    def _starts(self, order: Sequence[str], uses: Mapping[str, tuple[str, ...]]) -> Mapping[str, ArrayTree]:
        """The numbers that nodes start with, each in the shape that the node has at the first step."""
        from symnet.arrays.shaping import Scope, shaped
        from symnet.arrays.tree import filled
        from symnet.parsing.tokens import FormulaError

        if self.time is None:
            return {}
        nodes = self.time.nodes
        numbers = {name: self._number(name) for name in nodes if name in self.syntax and not uses[name]}
        starts = {name: number for name, number in numbers.items() if number is not None}
        shapes: dict[str, ArrayShape] = {**self.shapes, **dict.fromkeys(starts, ())}
        waiting, known = {nodes[name].family for name in starts}, dict[str, ArrayShape]()
        for name in order:
            if not waiting:
                break
            if name in starts or name not in self.syntax or not shapes.keys() >= set(uses[name]):
                continue
            scope = Scope(shapes, None, frozenset(starts))
            try:
                shapes[name] = shaped(expression_text(self.text(name)), self.syntax[name], scope).shape
            except FormulaError:
                continue
            if name in nodes and nodes[name].family in waiting:
                waiting.remove(nodes[name].family)
                known[nodes[name].family] = shapes[name]
        wide = {name: known.get(nodes[name].family, ()) for name in starts}
        return {name: filled(number, wide[name]) for name, number in starts.items() if wide[name]}

    def _number(self, name: str) -> Expr | None:
        """The number that a node is, as a start value is one; None if it is anything else."""
        from symnet.arrays.shaping import Scope, shaped
        from symnet.arrays.tree import is_number
        from symnet.parsing.tokens import FormulaError

        try:
            tree = shaped(expression_text(self.text(name)), self.syntax[name], Scope({}))
        except FormulaError:
            return None
        return tree.option[0] if is_number(tree) else None


def array_errors(nodes: ArrayNodes, order: Sequence[str], output: str = "") -> Iterator[Error]:
    """Everything that is wrong with the shapes of a graph, with what it takes to work it out, and with its ids.

    Args:
        nodes: The nodes.
        order: Their names, each after those that it uses.
        output: The node that is differentiated.
    """
    trees = nodes.trees(order)
    yield from nodes.errors
    if not nodes.errors:
        yield from _clashes(nodes, trees)
        yield from _too_much_work(nodes, trees, output)


def _clashes(nodes: ArrayNodes, trees: Mapping[str, ArrayTree]) -> Iterator[Error]:
    """Names that are the id of a scalar of another array."""
    from symnet.arrays.graph import scalar_ids

    shapes = {**nodes.shapes, **{name: tree.shape for name, tree in trees.items()}}
    owners: dict[str, str] = {}
    for name, shape in shapes.items():
        for identifier in scalar_ids(name, shape):
            other = owners.setdefault(identifier, name)
            clash = other if other != name else identifier if identifier != name and identifier in shapes else ""
            if clash:
                place = clash if clash in nodes.keys else name
                path = (nodes.keys[place],) if place in nodes.keys else ()
                found = f'the name "{clash}", and {name if clash != name else other} has an entry {identifier}'
                yield path, misplaced(found, "names that are not the id of an entry", "Rename one of the two."), name
                return


def _too_much_work(nodes: ArrayNodes, trees: Mapping[str, ArrayTree], output: str) -> Iterator[Error]:
    from symnet.arrays.graph import array_graph, work

    graph = array_graph(nodes.shapes, trees, output, (*nodes.shapes, *trees), time=nodes.time)
    total = 0
    own = list(trees)
    for name, tree in graph.nodes.items():
        total += work(tree)
        if total > MOST_ARRAY_WORK:
            place = name if name in trees else own[0]
            allowed = f"at most {MOST_ARRAY_WORK:,} operands of all numbers together, such as factors of a product"
            path = (nodes.keys[place],)
            yield path, refusal(allowed, "Take smaller arrays.", f"{total:,} up to here"), nodes.text(place)
            return


def arrays_of(nodes: ArrayNodes, order: Sequence[str], output: str, numbers: Mapping[str, Nested]) -> ArrayGraph:
    """The graph of arrays with these numbers; its errors, if any, are those of ``nodes``."""
    from symnet.arrays.graph import array_graph

    trees = nodes.trees(order, {name: tuple(flat(of)) for name, of in numbers.items()})
    return array_graph(nodes.shapes, trees, output, (*nodes.shapes, *nodes.keys), time=nodes.time)

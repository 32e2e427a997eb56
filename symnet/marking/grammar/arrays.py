"""Expressions of vectors and matrices in an answer: each becomes its entries, which are ordinary expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from sympy import Integer, Symbol

from symnet.limits import MOST_ARRAY_NODES, MOST_ENTRIES, MOST_NODES
from symnet.marking.array_names import ArrayVocabulary
from symnet.marking.grammar.atoms import ATOMS
from symnet.marking.grammar.conditions import indicator_or_none
from symnet.marking.grammar.expression import Atoms, Build, Grammar
from symnet.marking.literals import written_out
from symnet.marking.spans import Span, trimmed
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words


class Array(NamedTuple):
    """A vector or a matrix that has been read.

    Attributes:
        rows: How many rows it has; a vector as the notation lays it out.
        columns: How many columns it has.
        entries: Its entries, row after row.
        is_vector: Whether it is a vector that no transpose has fixed, which stands as it fits.
    """

    rows: int
    columns: int
    entries: tuple[Fragment, ...]
    is_vector: bool

    @property
    def length(self) -> int:
        """How many entries it has."""
        return self.rows * self.columns

    @property
    def shape(self) -> str:
        """Its shape as a message says it."""
        return shape(self.rows, self.columns)

    @property
    def turned(self) -> Array:
        """The same with rows and columns interchanged; of a vector, that is fixed from there on."""
        entries = tuple(
            self.entries[row * self.columns + column] for column in range(self.columns) for row in range(self.rows)
        )
        return Array(self.columns, self.rows, entries, is_vector=False)

    def as_row(self) -> Array:
        """Return it as a row."""
        return Array(1, self.length, self.entries, is_vector=False)

    def as_column(self) -> Array:
        """Return it as a column."""
        return Array(self.length, 1, self.entries, is_vector=False)

    def line(self, row: int) -> tuple[Fragment, ...]:
        """Return a row."""
        return self.entries[row * self.columns : (row + 1) * self.columns]

    def column(self, column: int) -> tuple[Fragment, ...]:
        """Return a column."""
        return self.entries[column :: self.columns]


def shape(rows: int, columns: int) -> str:
    """Return the shape of a vector or a matrix as a message says it."""
    return f"({rows} × {columns})"


# How a product is meant, by the sign between its factors; empty for none.
_MATRIX, _ENTRYWISE, _EITHER = "matrix", "entrywise", "either"
_KINDS = MappingProxyType({"": _MATRIX, "@": _MATRIX, "⊙": _ENTRYWISE, "⋅": _EITHER, "*": _EITHER})
_TRANSPOSED = re.compile(
    r"\s*(?:\^\s*(?:T|\{\s*(?:T|\\top|\\intercal|\\mathsf\s*\{?T\}?)\s*\}|\\top|\\intercal)(?![A-Za-z])"
    r"|\.T(?![A-Za-z0-9_])|\.transpose\(\)|\.t\(\)|')"
)
_METHOD = re.compile(r"\.(dot|matmul|sum|mean|flatten|ravel|squeeze)\s*\(")
_AXIS = re.compile(r"\s*(?:,\s*)?(?:axis|dim)\s*=\s*(-?[01])\s*(?:,\s*keepdims?\s*=\s*(?:True|False)\s*)?")
_NUMPY = re.compile(r"@|\.T(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?:np|numpy|torch|jnp)\.")
# Of what is worked out in an expression; other arrays are answered entry by entry.
_MOST_AXES = 2
ONES = Symbol("array ones")
"""A vector of ones as long as it has to be."""


class ArrayGrammar(Grammar):
    """Reads one answer in which names and operations may be those of vectors and matrices.

    Args:
        text: The answer in plain characters.
        start: Where it begins.
        stop: Where it ends.
        vocabulary: What it may name.
        rows: Whether the notation lays vectors out as rows.
    """

    products: ClassVar[frozenset[str]] = Grammar.products | {"@"}
    bold_names: ClassVar[bool] = True

    def __init__(self, text: str, start: int, stop: int, vocabulary: ArrayVocabulary, *, rows: bool) -> None:
        super().__init__(text, start, stop, vocabulary, _ATOMS)
        self.arrays = vocabulary.arrays
        self.rows = rows
        self.most_nodes = MOST_ARRAY_NODES
        # As NumPy has it, a star is a product entry by entry.
        self.is_numpy = _NUMPY.search(text, start, stop) is not None
        self.held: dict[Symbol, Array] = {}
        self.operands = 0

    def operand(self) -> Fragment:
        """Return an operand; of these there are as many as an expression of numbers may have parts.

        Raises:
            FormulaError: If there are more.
        """
        self.operands += 1
        if self.operands > MOST_NODES:
            found = words("reading.many_nodes", most=MOST_NODES)
            raise FormulaError(self.text, self.here, found, words("reading.shorter"))
        return super().operand()

    def array(self, part: Fragment) -> Array | None:
        """Return the array that a part is; None for a number."""
        symbol = part.expression
        if symbol in self.held:
            return self.held[symbol]
        if symbol not in self.arrays:
            return None
        named = self.arrays[symbol]
        if named.axes > _MOST_AXES:
            found = words("reading.axes", array=named.id, axes=named.axes)
            raise FormulaError(self.text, part.position, found, words("reading.written_out"))
        cells = named.cells
        entries = tuple(Fragment(entry, part.position) for entry in named.entries)
        return Array(len(cells), len(cells[0]), entries, named.is_vector)

    def hold(self, array: Array, position: int) -> Fragment:
        """Return a part that stands for an array; an array of one entry that no name has is a number.

        Raises:
            FormulaError: If it has too many entries.
        """
        symbol = Symbol(f"array #{len(self.held)}")
        self.held[symbol] = array
        return Fragment(symbol, position)

    def vector(self, entries: Sequence[Fragment]) -> Array:
        """Return a vector as the notation lays it out."""
        shape = (1, len(entries)) if self.rows else (len(entries), 1)
        return Array(*shape, tuple(entries), is_vector=True)

    def atom(self) -> Fragment:
        """Return what the word at hand begins: an array that is written out, or what else it may."""
        start = trimmed(self.text, self.place, self.stop).start
        found = written_out(self.text, Span(start, self.stop))
        if found is None:
            return super().atom()
        array, end = found
        self.deeper(start)
        entries = []
        stop = self.stop
        for row in array.rows:
            for entry in row:
                self.stop = entry.stop
                self.go(entry.start)
                entries.append(self.sum())
                if self.token.kind != "end":
                    raise self.error(self.token, words("reading.operator"))
        self.stop = stop
        self.go(end)
        self.level -= 1
        if array.is_vector:
            return self.hold(self.vector(entries), start)
        return self.hold(Array(len(array.rows), len(array.rows[0]), tuple(entries), is_vector=False), start)

    # What is made entry by entry.

    def entrywise(self, position: int, parts: Sequence[Fragment], build: Build) -> Fragment:
        """Return what is made of the entries at the same place of several parts, numbers being the same everywhere."""
        arrays = [self.array(part) for part in parts]
        held = [array for array in arrays if array is not None]
        if not held:
            return super().entrywise(position, parts, build)
        whole = held[0]
        for array in held[1:]:
            whole = self.shared(position, whole, array)
        self.expect_few(position, whole.length)
        placed = [None if array is None else self.broadcast(array, whole) for array in arrays]
        entries = tuple(
            build([part if one is None else one[place] for part, one in zip(parts, placed, strict=True)])
            for place in range(whole.length)
        )
        return self.hold(whole._replace(entries=entries), position)

    def shared(self, position: int, first: Array, second: Array) -> Array:
        """Return the shape that two arrays have together, entry by entry.

        Raises:
            FormulaError: If they have none.
        """
        if (first.rows, first.columns) == (second.rows, second.columns):
            return second if first.is_vector else first
        lines = 1 in (first.rows, first.columns) and 1 in (second.rows, second.columns)
        if lines and (first.is_vector or second.is_vector) and first.length == second.length:
            return second if first.is_vector else first
        for vector, other in ((first, second), (second, first)):
            # A vector goes with each sample of a batch; a row and a column make a table.
            fits = vector.rows in (1, other.rows) and vector.columns in (1, other.columns)
            if fits and vector.is_vector and vector.length > 1:
                return other
        if not first.is_vector and not second.is_vector and {first.rows, second.columns} == {1} != {first.columns}:
            return Array(second.rows, first.columns, (), is_vector=False)
        if not first.is_vector and not second.is_vector and {first.columns, second.rows} == {1} != {first.rows}:
            return Array(first.rows, second.columns, (), is_vector=False)
        raise self.misfit(position, first, second, words("reading.same_shape"))

    def broadcast(self, array: Array, whole: Array) -> tuple[Fragment, ...]:
        """Return the entries of an array at each place of a larger one."""
        if array.length == whole.length:
            return array.entries
        places = ((row, column) for row in range(whole.rows) for column in range(whole.columns))
        return tuple(
            array.entries[(row if array.rows > 1 else 0) * array.columns + (column if array.columns > 1 else 0)]
            for row, column in places
        )

    def multiplied(self, sign: str, at: int, first: Fragment, second: Fragment) -> Fragment:
        """Return a product or a quotient of numbers, vectors and matrices.

        Raises:
            FormulaError: If their shapes do not fit, or it can be meant in two ways.
        """
        one, other = self.array(first), self.array(second)
        if ONES in (first.expression, second.expression):
            return self.with_ones(at, first, second)
        if one is None or other is None or sign == "/":
            if sign == "@" and (one is None or other is None):
                raise FormulaError(self.text, at, shown(sign), words("reading.two_arrays"))
            return self.entrywise(
                first.position,
                [first, second],
                lambda pair: super(ArrayGrammar, self).multiplied(sign.replace("@", "*"), at, pair[0], pair[1]),
            )
        kind = _KINDS[sign]
        if kind is _EITHER:
            kind = self.meant_by(sign, at, one, other)
        if kind is _ENTRYWISE:
            return self.entrywise(first.position, [first, second], lambda pair: self.joined("*", at, *pair))
        return self.product_of(at, one, other, inner=sign == "@")

    def meant_by(self, sign: str, at: int, first: Array, second: Array) -> str:
        """Return whether a star or a dot between arrays is a product of matrices or one entry by entry.

        Raises:
            FormulaError: If it may be either.
        """
        alike = first.length == second.length and (
            (first.rows, first.columns) == (second.rows, second.columns) or first.is_vector or second.is_vector
        )
        if 1 in (first.length, second.length):
            return _MATRIX if {first.length, second.length} != {1} else _ENTRYWISE
        if sign == "*" and (self.is_numpy or (alike and 1 in (first.rows, first.columns))):
            return _ENTRYWISE
        if alike or sign == "*":
            allowed, hint = words("reading.one_way"), words("reading.which_product")
            raise FormulaError(self.text, at, words("reading.product_of_arrays", sign=sign), allowed, hint)
        return _MATRIX

    def product_of(self, at: int, first: Array, second: Array, *, inner: bool) -> Fragment:
        """Return the product of two vectors or matrices.

        Args:
            at: Where it stands.
            first: The first.
            second: The second.
            inner: Whether two vectors of the same length may make one number.

        Raises:
            FormulaError: If their shapes do not fit.
        """
        if 1 in (first.length, second.length):
            scalar, other = (first, second) if first.length == 1 else (second, first)
            return self.scaled(at, scalar, other, second is scalar)
        rows, columns, is_vector = self.fitted(at, first, second, inner=inner)
        count = rows.rows * columns.columns
        self.expect_few(at, count)
        self.expect_nodes(at, 2 * count * rows.columns)
        entries = tuple(
            self.dotted(at, rows.line(row), columns.column(column))
            for row in range(rows.rows)
            for column in range(columns.columns)
        )
        if is_vector:
            return self.hold(self.vector(entries), at)
        return self.hold(Array(rows.rows, columns.columns, entries, is_vector=False), at)

    def fitted(self, at: int, first: Array, second: Array, *, inner: bool) -> tuple[Array, Array, bool]:
        """Return the two factors of a product laid out so that they fit, and whether it is a vector.

        A vector stands as the notation lays it out; where only the other way fits, as NumPy has it, it stands so.
        """
        if first.is_vector and second.is_vector:
            if inner and first.length == second.length:
                return first.as_row(), second.as_column(), True
            raise self.misfit(at, first, second, words("reading.fitting"))
        if second.is_vector:
            if first.columns == second.length:
                return first, second.as_column(), True
            if first.columns == 1:
                return first, second.as_row(), False
        elif first.is_vector:
            if second.rows == first.length and (self.rows or inner):
                return first.as_row(), second, True
            if second.rows == 1:
                return first.as_column(), second, False
        elif first.columns == second.rows:
            return first, second, False
        raise self.misfit(at, first, second, words("reading.fitting"))

    def scaled(self, at: int, scalar: Array, other: Array, behind: bool) -> Fragment:
        """Return an array times the one entry of another."""
        factor = scalar.entries[0]
        entries = tuple(self.joined("*", at, *((one, factor) if behind else (factor, one))) for one in other.entries)
        return self.hold(other._replace(entries=entries, is_vector=other.is_vector or other.length == 1), at)

    def with_ones(self, at: int, first: Fragment, second: Fragment) -> Fragment:
        """Return the sums over the rows of a matrix, or what a vector is that is the same for all samples."""
        ones, other = (first, second) if first.expression == ONES else (second, first)
        array = self.array(other)
        if array is None:
            raise FormulaError(self.text, ones.position, words("reading.ones"), words("reading.beside_matrix"))
        if array.is_vector:
            return self.hold(array, at)
        lines = (
            [array.line(row) for row in range(array.rows)]
            if ones is second
            else [array.column(column) for column in range(array.columns)]
        )
        return self.hold(self.vector([self.added(at, line) for line in lines]), at)

    def dotted(self, at: int, first: Sequence[Fragment], second: Sequence[Fragment]) -> Fragment:
        """Return the sum of the products of the numbers at the same places."""
        return self.added(at, [self.joined("*", at, *pair) for pair in zip(first, second, strict=True)])

    def added(self, at: int, parts: Sequence[Fragment]) -> Fragment:
        """Return a sum."""
        total = parts[0]
        for part in parts[1:]:
            total = self.joined("+", at, total, part)
        return total

    def joined(self, sign: str, at: int, first: Fragment, second: Fragment) -> Fragment:
        """Return two parts with an operator between them, entry by entry where they are arrays."""
        return self.entrywise(
            first.position, [first, second], lambda pair: super(ArrayGrammar, self).joined(sign, at, *pair)
        )

    def negated(self, part: Fragment, at: int) -> Fragment:
        """Return minus a part."""
        return self.entrywise(at, [part], lambda one: super(ArrayGrammar, self).negated(one[0], at))

    def applied(self, name: str, at: int, arguments: Sequence[Fragment]) -> Fragment:
        """Return a function at arguments, entry by entry where they are arrays."""
        return self.entrywise(at, arguments, lambda parts: super(ArrayGrammar, self).applied(name, at, parts))

    def called(self, name: str, position: int, arguments: Sequence[Fragment], build: Build) -> Fragment:
        """Return a function at its arguments: one of arrays, one of all units, or any other entry by entry.

        Raises:
            FormulaError: If it does not take such arrays.
        """
        arrays = [self.array(argument) for argument in arguments]
        rule = _OF_ARRAYS.get(name)
        if rule is not None and any(array is not None for array in arrays):
            return rule(self, position, arguments)
        return self.entrywise(position, arguments, build)

    # What may stand behind an array.

    def raised(self, base: Fragment) -> Fragment:
        """Return a base with its superscript applied: a transpose after an array, else an exponent."""
        while self.array(base) is not None or base.expression == ONES:
            array = self.array(base)
            mark = _TRANSPOSED.match(self.text, self.place, self.stop)
            method = _METHOD.match(self.text, self.place, self.stop)
            if mark is not None:
                self.go(mark.end())
                base = base if array is None else self.hold(array.turned, base.position)
            elif method is not None and array is not None:
                base = self.method(method, base)
            elif self.token.kind == "low" and array is not None:
                base = self.entry_of(array, base)
            else:
                break
        return super().raised(base)

    def entry_of(self, array: Array, base: Fragment) -> Fragment:
        """Return the entry of an array whose index stands low behind it, counted from 1, as in ``softmax(z)_1``.

        Raises:
            FormulaError: If there is no such entry.
        """
        low = self.take()
        script = self.script() or ""
        places = [int(place) for place in re.findall("[0-9]+" if "," in script else "[0-9]", script)]
        if array.is_vector and script.isdigit():
            places = [int(script), 1] if array.columns == 1 else [1, int(script)]
        if len(places) == 2 and 1 <= places[0] <= array.rows and 1 <= places[1] <= array.columns:
            return array.line(places[0] - 1)[places[1] - 1]._replace(position=base.position)
        raise FormulaError(self.text, low.position, shown(f"_{script}"), words("reading.entry_in", shape=array.shape))

    def method(self, method: re.Match[str], base: Fragment) -> Fragment:
        """Return what a method of NumPy makes of an array."""
        self.go(method.end() - 1)
        opening = self.open()
        arguments = [base]
        if method[1] in ("dot", "matmul"):
            arguments.append(self.sum())
        elif (axis := self.option()) is not None:
            arguments.append(axis)
        self.close(opening)
        if method[1] in ("flatten", "ravel", "squeeze"):
            return base
        return _OF_ARRAYS[method[1]](self, base.position, arguments)

    def option(self) -> Fragment | None:
        """Return the axis that is named at hand, as in ``axis=1``, and go behind it; None if none is."""
        axis = _AXIS.match(self.text, self.place, self.stop)
        if axis is None:
            return None
        self.go(axis.end())
        return self.number_of(int(axis[1]))

    def number_of(self, value: int) -> Fragment:
        """Return a whole number as a part."""
        return Fragment(Integer(value), self.place, 1, Fraction(value))

    # Limits, and what is said where shapes do not fit.

    def expect_few(self, at: int, entries: int) -> None:
        """Refuse an array with too many entries before it is made.

        Raises:
            FormulaError: If it has.
        """
        if entries > MOST_ENTRIES:
            found = words("reading.entries", entries=entries)
            raise FormulaError(self.text, at, found, words("reading.at_most", most=MOST_ENTRIES))

    def expect_nodes(self, at: int, nodes: int) -> None:
        """Refuse what would have too many parts before they are made.

        Raises:
            FormulaError: If it would.
        """
        if self.nodes + nodes > self.most_nodes:
            self.nodes = self.most_nodes
            self.grown(Fragment(ONES, at))

    def misfit(self, at: int, first: Array, second: Array, allowed: str) -> FormulaError:
        """Return the error for shapes that do not fit."""
        found = words("reading.shapes", first=first.shape, second=second.shape)
        return FormulaError(self.text, at, found, allowed, words("reading.turn"))


def _bold(grammar: Grammar) -> Fragment:
    """Return an indicator, a vector of ones, or what a bold letter names."""
    token = grammar.token
    if token.text not in ("1", "I"):
        return grammar.symbol(grammar.quantity())
    grammar.take()
    found = indicator_or_none(grammar, token.position)
    return Fragment(ONES, token.position) if found is None else found


_ATOMS: Atoms = MappingProxyType({**ATOMS, "bold": _bold})

OfArrays = Callable[[ArrayGrammar, int, Sequence[Fragment]], Fragment]


def _pair(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> tuple[Array, Array]:
    arrays = [grammar.array(argument) for argument in arguments]
    if len(arrays) != 2 or arrays[0] is None or arrays[1] is None:
        raise FormulaError(grammar.text, at, shown(grammar.since(at)), words("reading.two_arrays"))
    return arrays[0], arrays[1]


def _product(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    return grammar.product_of(at, *_pair(grammar, at, arguments), inner=True)


def _outer(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    first, second = _pair(grammar, at, arguments)
    grammar.expect_few(at, first.length * second.length)
    entries = tuple(grammar.joined("*", at, one, other) for one in first.entries for other in second.entries)
    return grammar.hold(Array(first.length, second.length, entries, is_vector=False), at)


def _transpose(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    array = grammar.array(arguments[0])
    return arguments[0] if array is None else grammar.hold(array.turned, at)


def _diagonal(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    array = grammar.array(arguments[0])
    if array is None or 1 not in (array.rows, array.columns):
        raise FormulaError(grammar.text, at, shown("diag"), words("reading.vector"))
    grammar.expect_few(at, array.length**2)
    zero = grammar.number_of(0)
    places = range(array.length)
    entries = tuple(array.entries[row] if row == column else zero for row in places for column in places)
    return grammar.hold(Array(array.length, array.length, entries, is_vector=False), at)


def _sum(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    array = grammar.array(arguments[0])
    if array is None:
        return arguments[0]
    axis = int(arguments[1].expression) if len(arguments) > 1 else None
    if axis is None or (array.is_vector and axis in (0, -1)):
        return grammar.added(at, array.entries)
    lines = (
        [array.column(column) for column in range(array.columns)]
        if axis == 0
        else [array.line(row) for row in range(array.rows)]
    )
    return grammar.hold(grammar.vector([grammar.added(at, line) for line in lines]), at)


def _mean(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    array, total = grammar.array(arguments[0]), _sum(grammar, at, arguments)
    if array is None:
        return total
    summed = grammar.array(total)
    count = array.length // (1 if summed is None else summed.length)
    return grammar.joined("/", at, total, grammar.number_of(count))


def _softmax(grammar: ArrayGrammar, at: int, arguments: Sequence[Fragment]) -> Fragment:
    array = grammar.array(arguments[0])
    if array is None or not array.is_vector or len(arguments) > 1:
        raise FormulaError(grammar.text, at, shown("softmax"), words("reading.vector"))
    powers = [grammar.applied("exp", at, [entry]) for entry in array.entries]
    grammar.expect_nodes(at, 2 * array.length**2)
    total = grammar.added(at, powers)
    entries = tuple(grammar.joined("/", at, one, total) for one in powers)
    return grammar.hold(array._replace(entries=entries), at)


_OF_ARRAYS: Mapping[str, OfArrays] = MappingProxyType(
    {
        "dot": _product,
        "matmul": _product,
        "outer": _outer,
        "transpose": _transpose,
        "diag": _diagonal,
        "sum": _sum,
        "mean": _mean,
        "softmax": _softmax,
    }
)
"""By name, the functions of whole vectors and matrices."""

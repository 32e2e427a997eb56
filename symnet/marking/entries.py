"""Answers of vectors and matrices: each of their entries becomes an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.optimizers import updated
from symnet.limits import MOST_ARRAY_READINGS, MOST_CHARACTERS, MOST_READINGS
from symnet.marking.array_names import ArrayVocabulary, NamedArray
from symnet.marking.assemble import answer_of, as_typed, problem_of
from symnet.marking.decimal_commas import may_have_decimals, with_points
from symnet.marking.grammar.arrays import ONES, Array, ArrayGrammar, shape
from symnet.marking.grammar.atoms import read
from symnet.marking.grammar.derivatives import derivative
from symnet.marking.grammar.quantities import Found, Meant, QuantityReader
from symnet.marking.left import Lefts, NotDerivedError
from symnet.marking.literals import literal
from symnet.marking.names import Spelling
from symnet.marking.records import Answer, Target, TypedAnswer
from symnet.marking.right import Rights, RightSide, each_way
from symnet.marking.spans import Span, links, unwrapped
from symnet.marking.tokens import Plain, plain
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words
from symnet.worked import Part, Worked


class ArrayTarget(NamedTuple):
    """The vector or matrix that an answer is to.

    Attributes:
        id: Its id, such as ``dL/dW2``, ``delta1`` or ``W2'``.
        rows: What its entries are, row by row.
        is_vector: Whether it is a vector, which may as well be written the other way round.
        axes: How many axes it has at the most; of more than two, all but the last are its rows.
    """

    id: str
    rows: tuple[tuple[Target, ...], ...]
    is_vector: bool
    axes: int = 2

    @property
    def shape(self) -> str:
        """Its shape as a message says it."""
        return shape(len(self.rows), len(self.rows[0]))

    @property
    def entries(self) -> tuple[Target, ...]:
        """Its entries, row after row."""
        return tuple(target for row in self.rows for target in row)


class AnswerEntry(NamedTuple):
    """What one entry of a right side may be.

    Attributes:
        ways: Each way in which it can be read: what stands between its equality signs.
        text: Where it stands.
        doubt: What is said where there are several ways.
    """

    ways: tuple[tuple[RightSide, ...], ...]
    text: Span
    doubt: FormulaError | None = None


class AnswerGrid(NamedTuple):
    """The entries of a right side.

    Attributes:
        rows: How many rows it has.
        columns: How many columns it has.
        entries: Its entries, row after row.
        is_vector: Whether it is a vector that may stand either way.
        is_number: Whether it is no array at all.
        levels: How many levels of brackets it was written with, if these are more than two.
    """

    rows: int
    columns: int
    entries: tuple[AnswerEntry, ...]
    is_vector: bool
    is_number: bool = False
    levels: int = 2


class ArrayQuantityReader(QuantityReader):
    """Reads the names of vectors and matrices, which may be bold."""

    bold_names = True


class ArrayReader:
    """Reads answers to one part of an exercise that are vectors and matrices.

    Args:
        worked: The exercise.
        part: Which of its losses.
        lefts: Reads left sides that are numbers.
        rights: Reads right sides that are.
    """

    def __init__(self, worked: Worked, part: Part, lefts: Lefts, rights: Rights) -> None:
        self.worked, self.part = worked, part
        self.lefts, self.rights = lefts, rights

    @cached_property
    def vocabulary(self) -> ArrayVocabulary:
        """The names of the exercise, those of vectors and matrices among them; made when they are first asked for."""
        return ArrayVocabulary(self.worked, self.part)

    def read(self, answer: TypedAnswer, number: Answer) -> Answer:
        """Return what an answer was read as, entry by entry; as a number where it is no array.

        Args:
            answer: The answer as it was typed.
            number: What it was read as that is a number, or why it cannot be.
        """
        if max(len(answer.left), len(answer.right)) > MOST_CHARACTERS:
            return number
        target = self._target(answer.left, number)
        if isinstance(target, FormulaError):
            return number if number.readings else Answer(answer, problem=problem_of("reading.in_left", target))
        if target is None or (number.readings and len(target.entries) == 1):
            return number
        return self._answered(answer, number, target)

    def _answered(self, answer: TypedAnswer, number: Answer, target: ArrayTarget) -> Answer:
        """Return the answer to an array, entry by entry."""
        if not answer.right.strip():
            if len(target.entries) == 1:
                return number if number.target is not None else number._replace(target=target.entries[0])
            blank = (
                Answer(answer._replace(left=one.id, array=target.id), one, problem=number.problem)
                for one in target.entries
            )
            return Answer(answer, entries=tuple(blank))
        typed = plain(answer.right)
        try:
            way, entries = self._first_fitting(target, typed)
        except FormulaError as error:
            if number.readings or not target.id:
                return number
            return Answer(answer, problem=problem_of("reading.in_right", as_typed(answer.right, typed, error)))
        each = zip(target.entries, entries, strict=True)
        array = target.id and answer.left.strip()
        return Answer(answer, entries=tuple(self._entry(answer, one, entry, way, array) for one, entry in each))

    def _first_fitting(self, target: ArrayTarget, typed: Plain) -> tuple[Plain, tuple[AnswerEntry, ...]]:
        """Return the entries of a right side, and the way to read its commas in which they have the target's shape.

        Raises:
            FormulaError: If it can be read in no way, or has another shape.
        """
        comma = self.worked.description.decimal_comma
        errors: list[FormulaError] = []
        for way in with_points(typed, comma=comma):
            try:
                return way, self._fitted(target, self._grid(way.text, unwrapped(way.text)), way.text)
            except FormulaError as error:
                errors.append(error)
        first = errors[0]
        hint = words("reading.decimal_list") if comma and may_have_decimals(typed.text) else ""
        raise FormulaError(typed.text, first.position, first.found, first.allowed, first.hint or hint)

    # Left sides.

    def _target(self, left: str, number: Answer) -> ArrayTarget | FormulaError | None:
        """Return the array that a left side is, the error where that cannot be answered, or None for a number's."""
        typed = plain(left)
        try:
            span = unwrapped(typed.text)
            found = self._named(typed.text, span)
        except FormulaError as error:
            return as_typed(left, typed, error) if isinstance(error, NotDerivedError) else None
        if found is not None:
            return found
        # A number may be worked out from vectors.
        return None if number.target is None else ArrayTarget("", ((number.target,),), is_vector=True)

    def _named(self, text: str, span: Span) -> ArrayTarget | None:
        vocabulary = self.vocabulary
        bare = "".join(text[slice(*span)].split())
        reader = ArrayQuantityReader(text, *span, vocabulary)
        primed = bare.endswith("'") and bare not in vocabulary.array_ids
        array = vocabulary.array_ids.get(bare.removesuffix("'") if primed else bare)
        if array is not None:
            return self._nodes(reader, Found((), Spelling(bare), span.start, span.stop), array, primed=primed)
        trained = self._trained(text[slice(*span)].strip())
        if trained is not None:
            return trained
        found = derivative(reader)
        if found is None:
            name = reader.quantity()
            primed = reader.token.kind == "prime"
            if primed:
                reader.take()
            array = self._array(name, vocabulary)
            if array is None or reader.token.kind != "end":
                return None
            return self._nodes(reader, name, array, primed=primed)
        of, wrt = found
        array = self._array(wrt, vocabulary)
        if array is None or reader.token.kind != "end" or not vocabulary.is_loss(of):
            return None
        return self._derivatives(reader, of, wrt, array)

    def _trained(self, text: str) -> ArrayTarget | None:
        """Return the target of what an optimizer keeps of an array, or of the array after a step behind the first."""
        reader = self.lefts.trained
        name, targets = ("", ()) if reader is None else reader.of_array(text, self._entries)
        array = self._called(name)
        if array is None or len(targets) != len(array.entries):
            return None
        # After the first step an array has the name with a prime.
        if targets[0].of is None and targets[0].step == 1:
            return None
        width = len(array.cells[0])
        rows = tuple(targets[place : place + width] for place in range(0, len(targets), width))
        return ArrayTarget(text, rows, array.is_vector, array.axes)

    def _entries(self, name: str) -> tuple[Symbol, ...]:
        array = self._called(name)
        return () if array is None else array.entries

    def _called(self, name: str) -> NamedArray | None:
        """Return the array of a name."""
        found = self.vocabulary.array_ids.get(name)
        if found is not None or not name:
            return found
        reader = ArrayQuantityReader(name, 0, len(name), self.vocabulary)
        try:
            quantity = reader.quantity()
        except FormulaError:
            return None
        return self._array(quantity, self.vocabulary) if reader.token.kind == "end" else None

    def _array(self, found: Found, vocabulary: ArrayVocabulary) -> NamedArray | None:
        """Return the array that a name on a left side is; the layer's where it may be the layer's."""
        arrays = [vocabulary.arrays[one] for one in found.meant if one in vocabulary.arrays]
        if not arrays and not found.spelling.high and found.spelling.low.isdigit():
            named = vocabulary.array_ids.get(f"{found.spelling.letter}{found.spelling.low}")
            arrays = [] if named is None else [named]
        return arrays[0] if arrays else None

    def _nodes(self, reader: QuantityReader, found: Found, array: NamedArray, *, primed: bool) -> ArrayTarget:
        """Return the target of an array by name, or of its updated values."""
        by_id = self.lefts.by_id
        names = [updated(entry).name if primed else entry.name for entry in array.entries]
        gets = self.part.notation.updated == "gets" and array.entries[0] in self.part.network.parameters
        if gets and not primed and names[0] not in by_id:
            names, primed = [updated(entry).name for entry in array.entries], True
        if not primed and any(entry in self.lefts.has_number for entry in array.entries):
            raise self.lefts.refused(reader, found, "reading.given", words("reading.add_prime"))
        return self._placed(reader, found, array, f"{array.id}{chr(39) * primed}", [by_id.get(name) for name in names])

    def _derivatives(self, reader: QuantityReader, of: Symbol, wrt: Found, array: NamedArray) -> ArrayTarget:
        """Return the target of the derivatives of the loss with respect to an array."""
        sample = of.name.partition("@")[2]
        end = f"@{sample}" if sample.isdigit() else ""
        targets = [self.lefts.by_symbol.get(entry.name.removesuffix(end) + end) for entry in array.entries]
        return self._placed(reader, wrt, array, f"d{self.vocabulary.loss_name}/d{array.id}", targets)

    def _placed(
        self, reader: QuantityReader, found: Found, array: NamedArray, name: str, targets: list[Target | None]
    ) -> ArrayTarget:
        """Return targets laid out as the array is.

        Raises:
            FormulaError: If one of them is not derived.
        """
        missing = next((entry for entry, one in zip(array.entries, targets, strict=True) if one is None), None)
        if missing is not None:
            what = words("reading.not_asked", found=name, entry=missing.name)
            raise NotDerivedError(reader.text, found.position, what, self.lefts.allowed)
        known = [target for target in targets if target is not None]
        width = len(array.cells[0])
        rows = tuple(tuple(known[place : place + width]) for place in range(0, len(known), width))
        return ArrayTarget(name, rows, array.is_vector, array.axes)

    # Right sides.

    def _grid(self, text: str, span: Span) -> AnswerGrid:
        """Return the entries of a right side; of several expressions with equality signs, all have the same shape."""
        grids = [self._written(text, link) or self._worked(text, link) for link in links(text, span)]
        last = grids[-1]
        if len(grids) == 1:
            return last
        for grid, link in zip(grids, links(text, span), strict=True):
            if len(grid.entries) != len(last.entries):
                allowed = words("reading.shape", shape=shape(last.rows, last.columns))
                raise FormulaError(text, link.start, self._shape_of(grid), allowed)
        return last._replace(entries=tuple(map(_linked, zip(*(grid.entries for grid in grids), strict=True))))

    def _written(self, text: str, span: Span) -> AnswerGrid | None:
        """Return a vector or matrix that is written out, each entry read as an answer is."""
        found = literal(text, span)
        if found is None:
            return None
        entries = []
        for row in found.rows:
            for entry in row:
                ways, doubt = self.rights.read(text, entry)
                entries.append(AnswerEntry(ways, entry, doubt))
        rows, columns = len(found.rows), len(found.rows[0])
        return AnswerGrid(rows, columns, tuple(entries), found.is_vector, levels=found.levels)

    def _worked(self, text: str, span: Span) -> AnswerGrid:
        """Return the entries of an expression of vectors and matrices."""

        def read_all(chosen: Mapping[Meant, Symbol], several: dict[Meant, FormulaError]) -> _WorkedArray:
            grammar = ArrayGrammar(text, *span, self.vocabulary, rows=self.vocabulary.rows)
            grammar.chosen, grammar.several = chosen, several
            expression = read(grammar)
            array = grammar.array(Fragment(expression, span.start))
            held = (Fragment(expression, span.start),) if array is None else array.entries
            sides = tuple(self.rights.side(span, _cleared(one.expression, grammar), grammar) for one in held)
            return _WorkedArray(array, sides)

        ways, doubt = each_way(read_all, MOST_ARRAY_READINGS)
        if not ways:
            raise doubt or FormulaError(text, span.start, words("reading.nothing"), words("reading.expression"))
        array = ways[0].array
        same = [way for way in ways if len(way.sides) == len(ways[0].sides)]
        entries = tuple(
            AnswerEntry(tuple((way.sides[place],) for way in same), span, doubt if len(same) > 1 else None)
            for place in range(len(ways[0].sides))
        )
        if array is None:
            return AnswerGrid(1, 1, entries, is_vector=True, is_number=True)
        return AnswerGrid(array.rows, array.columns, entries, array.is_vector)

    def _fitted(self, target: ArrayTarget, grid: AnswerGrid, text: str) -> tuple[AnswerEntry, ...]:
        """Return the entries of a right side in the order of the target's.

        Raises:
            FormulaError: If the shapes do not fit, with both.
        """
        if grid.levels > max(2, target.axes):
            place = min(entry.text.start for entry in grid.entries)
            raise FormulaError(text, place, words("reading.levels", levels=grid.levels), words("reading.two_levels"))
        rows, columns = len(target.rows), len(target.rows[0])
        fits = (grid.rows, grid.columns) == (rows, columns)
        # A vector has one order of entries, however it stands; so has a matrix of one row for a list.
        is_line = 1 in (rows, columns) and 1 in (grid.rows, grid.columns)
        loose = is_line and (target.is_vector or grid.is_vector) and len(grid.entries) == rows * columns
        if (fits or loose) and not (grid.is_number and len(target.entries) > 1):
            return grid.entries
        turned = (grid.columns, grid.rows) == (rows, columns)
        allowed = (
            words("reading.shape_of", shape=target.shape, array=target.id)
            if target.id
            else words("reading.shape", shape=target.shape)
        )
        place = min((entry.text.start for entry in grid.entries), default=0)
        hint = words("reading.turned_fits") if turned else ""
        raise FormulaError(text, place, self._shape_of(grid), allowed, hint)

    def _shape_of(self, grid: AnswerGrid) -> str:
        if grid.is_number:
            return words("reading.one_number")
        rows, columns = grid.rows, grid.columns
        if grid.is_vector and not self.vocabulary.rows:
            # A list without rows stands as a vector of the notation.
            rows, columns = max(rows, columns), min(rows, columns)
        return words("reading.shape", shape=shape(rows, columns))

    def _entry(self, answer: TypedAnswer, target: Target, entry: AnswerEntry, typed: Plain, array: str) -> Answer:
        """Return the answer to one entry."""
        readings = tuple(answer_of(answer, target, way, typed) for way in entry.ways)
        origins = typed.origins
        right = answer.right[origins[entry.text.start] : origins[entry.text.stop]].strip()
        own = TypedAnswer(target.id, right, answer.line, answer.column, array)
        if entry.doubt is None:
            return readings[0]._replace(typed=own)
        doubt = problem_of("reading.in_right", as_typed(answer.right, typed, entry.doubt))
        found = tuple(reading._replace(typed=own) for reading in readings[:MOST_READINGS])
        return Answer(own, target, problem=doubt, readings=found)


class _WorkedArray(NamedTuple):
    """One way to read an expression: the array that it is, None for a number, and its entries."""

    array: Array | None
    sides: tuple[RightSide, ...]


def _linked(entries: tuple[AnswerEntry, ...]) -> AnswerEntry:
    """Return one entry of several expressions with equality signs between them."""
    if any(len(entry.ways) != 1 for entry in entries):
        return entries[-1]
    way = tuple(side for entry in entries for side in entry.ways[0])
    return entries[-1]._replace(ways=(way,))


def _cleared(expression: Expr, grammar: ArrayGrammar) -> Expr:
    """Return an entry; what is left of an array in it has not been worked out.

    Raises:
        FormulaError: If something is.
    """
    arrays = {ONES, *grammar.arrays, *grammar.held}
    left = next((one for one in expression.free_symbols if one in arrays), None)
    if left is not None:
        raise FormulaError(grammar.text, grammar.place, words("reading.one_array"), words("reading.expression"))
    return expression

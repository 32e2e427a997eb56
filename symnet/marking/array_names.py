"""The vectors and matrices that an answer may name: those of the layers, and in batches those of all samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from math import prod
from typing import NamedTuple

from sympy import S, Symbol

from symnet.arrays.graph import ArrayGraph
from symnet.layout.tree import Layout
from symnet.limits import MOST_ENTRIES, MOST_SAMPLES_IN_SYMBOLS
from symnet.marking.names import Spelling, Vocabulary, spelling_of
from symnet.marking.truth import of_sample
from symnet.matrix.expression import Arrangement, Convention, MatrixLetter, MatrixLetters
from symnet.network.graph import LayerNodes
from symnet.quantity import Role
from symnet.worked import Part, Worked


class NamedArray(NamedTuple):
    """A vector or a matrix with a name.

    Attributes:
        id: Its id, such as ``W2``, ``delta1`` or ``z1``.
        cells: Its entries row by row, laid out as in the notation of the exercise.
        is_vector: Whether it is a vector, which may as well be written the other way round.
        axes: How many axes it has; of more than two, all but the last are its rows, one after the other.
    """

    id: str
    cells: tuple[tuple[Symbol, ...], ...]
    is_vector: bool
    axes: int = 2

    @property
    def entries(self) -> tuple[Symbol, ...]:
        """The entries, row after row."""
        return tuple(entry for cells in self.cells for entry in cells)


# What each sample has for itself has a small letter in ids; the capital stands for all samples.
_BATCHES = {"z": "Z", "a": "A", "delta": "Delta", "x": "X", "y": "Y", "d": "D"}


class ArrayVocabulary(Vocabulary):
    """The names of one part of an exercise, those of its vectors and matrices among them.

    An array stands among the names as one symbol. What is a number's name in the notation stays that.

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.arrays: dict[Symbol, NamedArray] = {}
        self.array_ids: dict[str, NamedArray] = {}
        super().__init__(worked, part)
        for array, spellings in _Arrays(part, self.samples).named():
            self._enter_array(array, spellings)
        # The names of numbers, asked for by then, do not have them yet.
        for table in ("ids", "letters", "highs", "longest"):
            self.__dict__.pop(table, None)

    @property
    def rows(self) -> bool:
        """Whether a vector stands as a row: as the notation has it, and in graphs as NumPy has it."""
        return self.is_graph or self.part.names.rows

    def _enter_array(self, array: NamedArray, spellings: tuple[Spelling, ...]) -> None:
        symbol = Symbol(array.id)
        self.arrays[symbol] = array
        self.array_ids.setdefault(array.id, array)
        for spelling in spellings:
            for table in (self.exact, self.loose):
                known = table.get(spelling, {})
                if not known or all(one in self.arrays for one in known):
                    table.setdefault(spelling, {}).setdefault(symbol)

    @cached_property
    def ids(self) -> dict[str, Symbol]:
        """Every id that an answer may have in it, of numbers and of arrays."""
        found = dict(super().ids)
        for symbol, array in self.arrays.items():
            letters = array.id.rstrip("0123456789")
            is_number = array.id in found or Spelling(letters, array.id.removeprefix(letters)) in self._numbers
            if not is_number:
                found[array.id] = symbol
        return found

    @cached_property
    def places(self) -> Mapping[tuple[str, tuple[int, ...]], Symbol]:
        """What is named with brackets, arrays at a step of time among it."""
        graph = self.part.network.arrays
        nodes = {} if graph is None or graph.time is None else graph.time.nodes
        found = dict(super().places)
        for name, at in nodes.items():
            if Symbol(name) in self.arrays:
                found[at.family, (at.time,)] = Symbol(name)
        return found

    @cached_property
    def _numbers(self) -> frozenset[Spelling]:
        """How the notation writes what is a number."""
        return frozenset(
            spelling for spelling, meant in self.exact.items() if not all(one in self.arrays for one in meant)
        )

    def meant(self, spelling: Spelling) -> tuple[Symbol, ...]:
        """Return what a name may stand for; of a layer and one of its numbers with an index left out, the layer."""
        found = super().meant(spelling)
        arrays = tuple(one for one in found if one in self.arrays)
        if arrays or spelling in self._numbers:
            return arrays[:1] or found
        # What leaves out the unit is the layer's.
        layer = self._of_layer(spelling)
        return (layer,) if layer is not None else found

    def at_sample(self, symbols: Iterable[Symbol], sample: int) -> tuple[Symbol, ...]:
        """Return what quantities are called of one sample; nothing where there is no such sample.

        Args:
            symbols: The quantities.
            sample: The 1-based number of the sample.
        """
        found = tuple(symbols)
        names = [f"{self.arrays[one].id}@{sample}" for one in found if one in self.arrays]
        if self.samples == 1 or not names:
            return super().at_sample(found, sample)
        return tuple(Symbol(name) for name in names if name in self.array_ids)

    def _of_layer(self, spelling: Spelling) -> Symbol | None:
        """Return the array that a name with the layer low is, as in ``W_2``."""
        if spelling.high or not spelling.low.isdigit():
            return None
        array = self.array_ids.get(f"{spelling.letter}{spelling.low}")
        return None if array is None else Symbol(array.id)


class _Arrays:
    """The arrays of one part, with how each is written."""

    def __init__(self, part: Part, samples: int) -> None:
        self.part, self.names = part, part.names
        self.batch = samples if 1 < samples <= MOST_SAMPLES_IN_SYMBOLS else 0
        convention = Convention(part.names.rows, part.names.from_to)
        self.letters = MatrixLetters(part.objective.quantities, Arrangement(convention, S.One))

    def named(self) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        """Yield each array with how it is spelt."""
        network = self.part.network
        if network.arrays is not None:
            yield from self._of_graph(network.arrays)
        if network.is_graph or len(network.branches) != 1:
            return
        yield from self._units("x", network.inputs)
        if network.targets:
            yield from self._units("y", network.targets)
        for number, layer in enumerate(network.layers, 1):
            if layer.pieces == 1 and len(layer.pre_activations) * layer.sources <= MOST_ENTRIES:
                yield from self._layer(number, layer)

    def _of_graph(self, arrays: ArrayGraph) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        """Yield the arrays of a graph, under the names that its author or its sheet has given."""
        for name in (*arrays.inputs, *arrays.nodes):
            shape = arrays.shape(name)
            if not shape or prod(shape) > MOST_ENTRIES:
                continue
            if not all(arrays.ids(name)):
                continue
            symbols = tuple(map(Symbol, arrays.ids(name)))
            width = shape[-1]
            rows = tuple(symbols[place : place + width] for place in range(0, len(symbols), width))
            is_vector = len(shape) == 1
            named = NamedArray(name, (symbols,) if is_vector else rows, is_vector, len(shape))
            # What has its name from the sheet is written there with its number low.
            low = name.lstrip("U") if name in arrays.between else ""
            yield named, (Spelling("U", low),) if low else ()
            if not self.part.network.parameters or symbols[0] not in self.part.network.parameters:
                yield from (self._at(named, sample) for sample in range(self.batch))

    @staticmethod
    def _at(array: NamedArray, sample: int) -> tuple[NamedArray, tuple[Spelling, ...]]:
        """Return an array of one sample."""
        cells = tuple(tuple(of_sample(entry, sample) for entry in row) for row in array.cells)
        return array._replace(id=f"{array.id}@{sample + 1}", cells=cells), ()

    def _layer(self, number: int, layer: LayerNodes) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        letters = self.letters
        yield from self._parameters(letters.weights(layer, 0), ("W", "w"), number, is_vector=False)
        if layer.biases and not letters.is_shared(layer):
            yield from self._parameters(letters.biases(layer, 0), ("b",), number, is_vector=True)
        yield from self._units("z", layer.pre_activations, number)
        yield from self._units("a", layer.activations, number)
        adjoints = self.part.gradient.adjoints
        if all(z in adjoints for z in layer.pre_activations):
            deltas = tuple(adjoints[z].symbol for z in layer.pre_activations)
            spelt = tuple(filter(None, (self._spelt(Role.DELTA, number, matrix) for matrix in (False, True))))
            for letter in ("delta", "d"):
                yield from self._of_units(letter, deltas, number, spelt)

    def _parameters(
        self, letter: MatrixLetter, ids: tuple[str, ...], number: int, *, is_vector: bool
    ) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        names = self.names
        cells = letter.cells
        writings = (names.matrix(letter.role, number), names.vector(letter.role, number))
        spelt = tuple(filter(None, map(spelling_of, writings[: 2 if is_vector else 1])))
        for name in ids:
            yield NamedArray(f"{name}{number}", cells, is_vector), spelt

    def _units(
        self, letter: str, symbols: tuple[Symbol, ...], number: int | None = None
    ) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        role = self.names.role_of(self.part.objective.quantities[symbols[0].name])
        spelt = tuple(filter(None, (self._spelt(role, number, matrix) for matrix in (False, True))))
        yield from self._of_units(letter, symbols, number, spelt)

    def _spelt(self, role: Role, number: int | None, matrix: bool) -> Spelling | None:
        """Return how the vector of one sample is spelt, or the matrix of all."""
        writing: Layout = (self.names.matrix if matrix else self.names.vector)(role, number)
        return spelling_of(writing)

    def _of_units(
        self, letter: str, symbols: tuple[Symbol, ...], number: int | None, spelt: tuple[Spelling, ...]
    ) -> Iterator[tuple[NamedArray, tuple[Spelling, ...]]]:
        """Yield a layer's units of any sample as a vector, those of each sample, and all samples as a matrix."""
        behind = "" if number is None else str(number)
        capital = _BATCHES[letter]
        yield NamedArray(f"{letter}{behind}", self._placed(symbols), True), spelt[:1]
        if not self.batch:
            yield NamedArray(f"{capital}{behind}", self._placed(symbols), True), spelt[1:]
            return
        of_each = [tuple(of_sample(symbol, place) for symbol in symbols) for place in range(self.batch)]
        for place, own in enumerate(of_each, 1):
            yield NamedArray(f"{letter}{behind}@{place}", self._placed(own), True), ()
        rows = tuple(of_each) if self.names.rows else tuple(zip(*of_each, strict=True))
        yield NamedArray(f"{capital}{behind}", rows, False), spelt[1:]

    def _placed(self, symbols: tuple[Symbol, ...]) -> tuple[tuple[Symbol, ...], ...]:
        return (symbols,) if self.names.rows else tuple((symbol,) for symbol in symbols)

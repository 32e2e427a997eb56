"""Array expressions to layout trees: products of matrices side by side, and signs for what is done entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from types import MappingProxyType

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.forward import Tangent
from symnet.arrays.text import places
from symnet.arrays.tree import ArrayTree, Reduction, Shape, Window, number_of, opposite
from symnet.arrays.unroll import Unrolled
from symnet.derivation.time import Moment
from symnet.layout.symbols import GREEK
from symnet.layout.tree import (
    Accent,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Matrix,
    Number,
    Operator,
    Row,
    Scripts,
    Space,
    Word,
    is_tall,
    traced,
)
from symnet.network.graph import Network
from symnet.notation.model import Notation
from symnet.notation.names import Names, letter_of, spelled, with_dot
from symnet.quantity import Quantity, Role
from symnet.text.say import words
from symnet.typeset.expressions import LayoutBuilder, bare, cases, one_where, otherwise, row
from symnet.typeset.numbers import dotted

# Rows and columns of an array of numbers that are printed before dots stand for the rest.
MOST_ROWS, MOST_COLUMNS = 8, 8
_TOP = Glyph("top")
_MINUS = Operator("-", unary=True)
# How tightly what is written binds: in a sum, in a product entry by entry, in a product.
_LOOSE, _ENTRYWISE, _PRODUCT, _TIGHT = range(4)


class LayerArrayNames(Names):
    """The names of arrays that layers are made of, with the letters and the marks of layers of a notation.

    Args:
        notation: The notation.
        scalars: What the scalars of the arrays are.
        arrays: The arrays as quantities of their own.
        placed: For each array the first of its scalars, and how many axes it has.
        traced: Whether letters say what they are of.
    """

    def __init__(
        self,
        notation: Notation,
        scalars: Mapping[str, Quantity],
        arrays: Mapping[str, Quantity],
        placed: Mapping[str, tuple[Quantity, int]],
        *,
        traced: bool = False,
    ) -> None:
        super().__init__(notation, {**scalars, **arrays}, traced=traced)
        self.placed = placed

    def __call__(self, identifier: str) -> Layout:
        """Return how an array is written."""
        if identifier not in self.placed or identifier in self._written:
            return super().__call__(identifier)
        written = self.array(identifier)
        return traced(written, identifier) if self.traced else written

    def array(self, identifier: str, family: str = "") -> Layout:
        """Return how an array is written; of one at a step of time, how it is without the step.

        Args:
            identifier: The array.
            family: Its name without the step.
        """
        first, axes = self.placed[identifier]
        if family:
            first = first._replace(piece=None)
        if first.role in _LETTERED and axes <= 2:
            role = self.role_of(first)
            piece = _piece_of(first)
            kinds = (
                self.quantity,
                lambda one: self.vector(role, one.layer, piece=piece),
                lambda one: self.matrix(role, one.layer, piece),
            )
            return kinds[axes](first)
        return self.in_layer(family or identifier, first.layer)

    def in_layer(self, identifier: str, layer: int | None) -> Layout:
        """Return a letter of no role, with the mark of its layer where the notation has it."""
        letters, _digits, behind = _parts_of(identifier)
        whole = len(letters) == 1 or letters in GREEK
        base, low = (letter_of(letters), ()) if whole else _with_index(letters)
        marks = (*low, *(letter_of(one) for one in behind))
        if layer is None:
            return spelled(identifier)
        written = self.vector(Role.BIAS, layer)
        high = written.sup if isinstance(written, Scripts) else None
        letter = written.base if isinstance(written, Scripts) else written
        if isinstance(letter, Glyph) and isinstance(base, Glyph):
            base = replace(base, bold=letter.bold)
        if high is None:
            marks = (letter_of(str(layer)), *marks)
        items: list[Layout] = []
        for mark in marks:
            items += [Operator(",")] if items else []
            items.append(mark)
        return Scripts(base, row(items) if items else None, high) if items or high is not None else base


def _piece_of(first: Quantity) -> str | None:
    """Return the piece of a maxout unit that an array is of, by its first scalar."""
    piece = first.id.partition("@")[0].partition("#")[0].partition(".")[2]
    return piece if piece.isdigit() else None


def _parts_of(identifier: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the letters of an id, the digits behind them, and what stands behind underscores."""
    first, *behind = identifier.split("_")
    letters = first.rstrip("0123456789")
    return letters, first[len(letters) :], tuple(behind)


def _with_index(letters: str) -> tuple[Layout, tuple[Layout, ...]]:
    """Return the first letter, and what stands low behind it, as in W_q."""
    return letter_of(letters[0]), tuple(map(letter_of, letters[1:]))


_LETTERED = frozenset(
    {
        *(Role.INPUT, Role.TARGET, Role.WEIGHT, Role.BIAS, Role.SHARED_BIAS, Role.PRE_ACTIVATION, Role.ACTIVATION),
        *(Role.SAMPLE_WEIGHT, Role.OUTPUT, Role.LOSS, Role.SAMPLE_LOSS, Role.DROPPED, Role.SLOPE_PARAMETER),
    }
)
"""The roles whose letters a notation has."""


class ArrayWriter:
    """Turns array expressions into layout trees.

    Args:
        names: How the arrays are written.
        output: The id of the output of the graph, of which there are derivatives.
    """

    def __init__(self, names: Names, output: str) -> None:
        self.names = names
        self.output = output
        self._ones = names.role(Role.ONES) if Role.ONES in names.notation.names else Glyph("1", bold=True)
        self.families: dict[str, Layout] = {}
        self.time: Unrolled | None = None

    def over_time(self, time: Unrolled, names: Mapping[str, Layout]) -> ArrayWriter:
        """Return the same with names at steps of time.

        Args:
            time: Which nodes are one node at several times.
            names: How each is written without its step.
        """
        self.time = time
        if self.names.traced:
            self.families |= {family: traced(written, family) for family, written in names.items()}
        else:
            self.families |= names
        for name, (family, step) in time.nodes.items():
            written = low(names[family], step_number(step))
            self.names.assign(name, traced(written, name) if self.names.traced else written)
        return self

    def moment(self, family: str, shift: int = 0) -> Layout:
        """Return something at the step at hand, or so many steps later."""
        return low(self.families[family], self.step(shift))

    def step(self, shift: int = 0) -> Layout:
        """Return the letter of a step, or of one that is so many later: ``t - 1``."""
        letter = letter_of(self.time.axis.letter if self.time is not None else "t")
        return letter if not shift else row((letter, Operator("+" if shift > 0 else "-"), Number(str(abs(shift)))))

    @classmethod
    def of(cls, network: Network, notation: Notation, *, traced: bool = False) -> ArrayWriter:
        """Return the writer of a graph of arrays.

        Args:
            network: The graph.
            notation: How quantities are written.
            traced: Whether letters say which array they are of.
        """
        arrays = network.arrays
        names = () if arrays is None else (*arrays.inputs, *arrays.nodes)
        own = {name: Quantity(name, Role.GRAPH) for name in names}
        if arrays is None or not network.lowered:
            writer = cls(Names(notation, own, traced=traced), network.loss.name if arrays is None else arrays.output)
            if arrays is not None and arrays.time is not None:
                families = {*arrays.time.inputs, *(one.family for one in arrays.time.nodes.values())}
                writer.over_time(arrays.time, {family: spelled(family) for family in families})
            return writer
        placed = {
            name: (network.quantities[next(filter(None, arrays.ids(name)))], len(arrays.shape(name))) for name in names
        }
        layered = LayerArrayNames(notation, network.quantities, own, placed, traced=traced)
        writer = cls(layered, arrays.output)
        if arrays.time is not None:
            known = {one.family: name for name, one in arrays.time.nodes.items() if name in placed}
            writer.over_time(arrays.time, {family: layered.array(name, family) for family, name in known.items()})
        return writer

    def __call__(self, tree: ArrayTree) -> Layout:
        """Return the layout tree of an array expression."""
        return _RULES[tree.kind](self, tree)

    def leaf(self, tree: ArrayTree) -> Layout:
        """Return the name of an array, or of the derivative with respect to one."""
        name: str | Moment | Tangent = tree.option
        if isinstance(name, Moment):
            written = self.moment(name.name, name.shift)
            return self.names.partial(self.names(self.output), written) if name.cited else written
        if isinstance(name, Tangent):
            return with_dot(self.names(name.name))
        return self.names(name) if name in self.names.quantities else self.derivative(name.removeprefix(self._cited))

    @property
    def _cited(self) -> str:
        return f"d{self.output}_d"

    def derivative(self, wrt: str) -> Layout:
        """Return the derivative of the output with respect to an array, as it is cited."""
        return self.names.partial(self.names(self.output), self.names(wrt))

    def operand(self, tree: ArrayTree, least: int, *, first: bool = True) -> Layout:
        """Return an operand, in brackets if it binds less tightly than ``least``, or begins with a sign."""
        body = self(tree)
        loose = _binding(tree) < least or (not first and _is_signed(tree))
        return body if not loose or isinstance(body, Matrix) else Fence(bare(body))

    def number(self, value: Expr) -> Layout:
        """Return a number."""
        return LayoutBuilder(self.names)(value)

    def constant(self, tree: ArrayTree) -> Layout:
        """Return numbers that are written out; the same one everywhere as that number times ones."""
        value = number_of(tree)
        if tree.shape and value is not None:
            ones = self.ones(tree.shape)
            return ones if value == 1 else Number("0") if value == 0 else row((self.number(value), Space("thin"), ones))
        if not tree.shape:
            return self.number(tree.option[0])
        return self.grid([self.number(entry) for entry in tree.option], tree.shape)

    def ones(self, shape: Shape) -> Layout:
        """Return an array of ones: a vector by its letter, a matrix as the product of two."""
        return self._ones if len(shape) != 2 else row((self._ones, Scripts(self._ones, sup=_TOP)))

    def grid(self, entries: Sequence[Layout], shape: Shape, columns: int = MOST_COLUMNS) -> Layout:
        """Return an array entry by entry: a vector as a row, matrices within one another as a column of them.

        Args:
            entries: The entries, row by row.
            shape: The shape of the array.
            columns: How many columns are printed before dots stand for the rest.
        """
        if not shape:
            return bare(entries[0])
        if len(shape) == 1:
            return dotted(1, shape[0], (1, columns), lambda _i, j: bare(entries[j]))
        if len(shape) == 2:
            return dotted(*shape, (MOST_ROWS, columns), lambda i, j: bare(entries[i * shape[1] + j]))
        step = prod(shape[1:])
        parts = [self.grid(entries[i * step : (i + 1) * step], shape[1:], columns) for i in range(shape[0])]
        return Matrix(((row(_spaced(parts)),),))

    def sum(self, tree: ArrayTree) -> Layout:
        """Return a sum, a minus sign for each term that is negative."""
        items: list[Layout] = []
        for term in tree.of:
            size = opposite(term)
            if items or size is not None:
                items.append(Operator("+" if size is None else "-", unary=not items))
            items.append(self.operand(term if size is None else size, _ENTRYWISE, first=size is None and not items))
        return row(items)

    def negative(self, tree: ArrayTree) -> Layout:
        """Return the opposite."""
        return row((Operator("-", unary=True), self.operand(tree.of[0], _ENTRYWISE, first=False)))

    def product(self, tree: ArrayTree) -> Layout:
        """Return a product entry by entry; single numbers stand before it without a sign."""
        numbers = [part for part in tree.of if not part.shape]
        arrays = [part for part in tree.of if part.shape]
        items: list[Layout] = []
        for part in numbers:
            items += [Space("thin")] if items else []
            # What stands behind a sum would be taken for a part of it.
            last = part is numbers[-1] and not arrays
            body = self.operand(part, _PRODUCT if last or part.kind != "sum" else _TIGHT, first=not items)
            items.append(body)
        for place, part in enumerate(arrays):
            items += [Operator("odot")] if place else [Space("thin")] if items else []
            clear = len(arrays) > 1 and (part.kind in _SIDE_BY_SIDE or (place and part.kind == "multiply"))
            body = self.operand(part, _PRODUCT, first=not items)
            items.append(Fence(bare(body)) if clear and not isinstance(body, Fence) else body)
        return row(items)

    def matmul(self, tree: ArrayTree) -> Layout:
        """Return a product of matrices."""
        first, second = tree.of
        if len(first.shape) == len(second.shape) == 1:
            return row((self.transposed(first), Space("thin"), self.operand(second, _PRODUCT, first=False)))
        left = self.transposed(first) if len(first.shape) == 1 else self.operand(first, _PRODUCT)
        return row((left, Space("thin"), self.operand(second, _PRODUCT, first=False)))

    def outer(self, tree: ArrayTree) -> Layout:
        """Return the product of a column and a row."""
        first, second = tree.of
        return row((self.operand(first, _PRODUCT), Space("thin"), self.transposed(second)))

    def quotient(self, tree: ArrayTree) -> Layout:
        """Return a quotient: a fraction if a number stands above or below, else entry by entry."""
        over, under = tree.of
        if not over.shape or not under.shape:
            above = bare(self(over))
            if over.shape and is_tall(above):
                return row((Fraction(Number("1"), bare(self(under))), Space("thin"), self.operand(over, _PRODUCT)))
            return Fraction(above, bare(self(under)))
        return row((self.operand(over, _PRODUCT), Operator("oslash"), self.operand(under, _TIGHT, first=False)))

    def power(self, tree: ArrayTree) -> Layout:
        """Return a power; of an array that of each entry."""
        base, exponent = tree.of
        return self.raised(base, bare(self(exponent)))

    def raised(self, tree: ArrayTree, high: Layout) -> Layout:
        """Return something with what is written high behind it."""
        body = self(tree)
        if isinstance(body, Scripts) and body.sup is None:
            return Scripts(body.base, body.sub, high)
        simple = isinstance(body, Accent | Glyph | Matrix | Number) or (isinstance(body, Fence) and body.left == "(")
        return Scripts(body if simple else Fence(bare(body)), sup=high)

    def function(self, tree: ArrayTree) -> Layout:
        """Return a function of each entry."""
        stands = {Symbol(f"place{place}"): self(part) for place, part in enumerate(tree.of)}
        if tree.option in _WORDS and tree.shape:
            return row((Word(tree.option), Fence(bare(stands[Symbol("place0")]))))
        simple = tree.of[0].kind == "leaf" or tree.option in _CLOSED
        build = LayoutBuilder(self.names, lambda symbol: stands[symbol] if simple else Fence(bare(stands[symbol])))
        return build(FUNCTIONS[tree.option].build(*stands))

    def where(self, tree: ArrayTree) -> Layout:
        """Return a value by cases; 1 or 0 as an indicator."""
        left, right, above, below = tree.of
        condition = row((bare(self(left)), Operator(tree.option), bare(self(right))))
        if number_of(above) == 1 and number_of(below) == 0:
            return one_where(self.names.notation, condition)
        if number_of(above) == 0 and number_of(below) == 1:
            contrary = Operator(_CONTRARY[tree.option])
            return one_where(self.names.notation, row((bare(self(left)), contrary, bare(self(right)))))
        return cases(((bare(self(above)), condition), (bare(self(below)), otherwise())))

    def indicator(self, tree: ArrayTree) -> Layout:
        """Return what is 1 where entries are positive."""
        return one_where(self.names.notation, row((bare(self(tree.of[0])), Operator(">"), Number("0"))))

    def contest(self, tree: ArrayTree) -> Layout:
        """Return what is 1 where one of several arrays is the largest or smallest."""
        kind, place = tree.option
        sign = ">" if kind == "max" else "<"
        items: list[Layout] = []
        for other, part in enumerate(tree.of):
            if other != place:
                items += [Operator(",")] if items else []
                items += [self(tree.of[place]), Operator(sign + ("=" if place < other else "")), self(part)]
        return one_where(self.names.notation, row(items))

    def mask(self, tree: ArrayTree) -> Layout:
        """Return what is 1 where an entry is the largest or smallest over axes."""
        kind, over = tree.option
        best = self.over(Word(kind), tree.of[0], over)
        return one_where(self.names.notation, row((self(tree.of[0]), Operator("="), best)))

    def transposed(self, tree: ArrayTree) -> Layout:
        """Return the transpose of something, a vector among it, which then stands as a row."""
        return self.raised(tree, _TOP)

    def transpose(self, tree: ArrayTree) -> Layout:
        """Return an array with its axes interchanged."""
        if len(tree.shape) == 2 or tree.option[:-2] == tuple(range(len(tree.shape) - 2)):
            return self.transposed(tree.of[0])
        return row((Word("transpose"), Fence(bare(self(tree.of[0])))))

    def total(self, tree: ArrayTree) -> Layout:
        """Return a sum over axes: a product with ones, or with a sum sign over all."""
        of, over = tree.of[0], tree.option
        steps = self.summed_steps(tree)
        if steps is not None:
            return steps
        if len(of.shape) == 2 and over.axes == (1,):
            return row((self.operand(of, _PRODUCT), Space("thin"), self._ones))
        if len(of.shape) == 2 and over.axes == (0,):
            if over.kept:
                return row((Scripts(self._ones, sup=_TOP), Space("thin"), self.operand(of, _PRODUCT)))
            return row((self.transposed(of), Space("thin"), self._ones))
        sign: Layout = Glyph("sum")
        if len(over.axes) < len(of.shape):
            sign = Scripts(sign, self.axes(over))
        body = self.operand(of, _PRODUCT)
        loose = of.kind == "multiply" and not isinstance(body, Fence)
        return row((sign, Fence(body) if loose else body))

    def axes(self, over: Reduction) -> Layout:
        """Return the numbers of axes."""
        items: list[Layout] = [Word(words("formula.axis")), Number(str(over.axes[0]))]
        for axis in over.axes[1:]:
            items += [Operator(","), Number(str(axis))]
        return Row(tuple(items))

    def over(self, name: Layout, of: ArrayTree, over: Reduction) -> Layout:
        """Return a function over axes, by its name."""
        base = name if len(over.axes) == len(of.shape) else Scripts(name, self.axes(over))
        return row((base, Fence(bare(self(of)))))

    def reduced(self, tree: ArrayTree) -> Layout:
        """Return the mean, the largest or the smallest."""
        return self.over(Word(tree.kind), tree.of[0], tree.option)

    def softmax(self, tree: ArrayTree) -> Layout:
        """Return a softmax along an axis; along the last one that goes without saying."""
        name: Layout = Word(tree.kind.removeprefix("causal_").replace("_", " "))
        if tree.kind == "causal_softmax":
            # Each row over the places up to its own.
            name = Scripts(name, row((Glyph("j"), Operator("<="), Glyph("i"))))
        last = tree.option == len(tree.shape) - 1
        return self.over(name, tree.of[0], Reduction((tree.option,) if not last else tuple(range(len(tree.shape)))))

    def repeat(self, tree: ArrayTree) -> Layout:
        """Return an array that is repeated: a product with ones."""
        shape, axes = tree.option
        of = tree.of[0]
        if not of.shape:
            return row((self.operand(of, _PRODUCT), Space("thin"), self.ones(shape)))
        if len(shape) != 2:
            return self(of)
        turned = Scripts(self._ones, sup=_TOP)
        if axes == (1,):
            return row((self.operand(of, _PRODUCT), Space("thin"), turned))
        own = self.transposed(of) if len(of.shape) == 1 else self.operand(of, _PRODUCT, first=False)
        return row((self._ones, Space("thin"), own))

    def reshaped(self, tree: ArrayTree) -> Layout:
        """Return the same numbers in another shape."""
        return self.called("reshape", tree, tuple(tree.shape))

    def called(self, name: str, tree: ArrayTree, numbers: Iterable[int] = ()) -> Layout:
        """Return an operation by its name, of its operands and of a shape."""
        lengths: list[Layout] = []
        for length in numbers:
            lengths += [Operator("times")] if lengths else []
            lengths.append(Number(str(length)))
        base: Layout = Word(name)
        return row((Scripts(base, Row(tuple(lengths))) if lengths else base, Fence(self.listed(tree.of))))

    def stacked(self, tree: ArrayTree) -> Layout:
        """Return arrays one below the other; a node at several steps as it is written at a range of them."""
        steps = self.steps_of(tree)
        if steps is None:
            return self.called("stack", tree)
        family, first, last = steps
        return low(self.families[family], row((Number(str(first)), Word(":"), Number(str(last)))))

    def steps_of(self, tree: ArrayTree) -> tuple[str, int, int] | None:
        """Return which node stands at which steps in arrays one below the other; None if they are none of one node."""
        nodes = {} if self.time is None else self.time.nodes
        found = [nodes.get(part.option) if part.kind == "leaf" else None for part in tree.of]
        first = found[0]
        if first is None or found != [first._replace(time=first.time + at) for at in range(len(found))]:
            return None
        return first.family, first.time, first.time + len(found) - 1

    def summed_steps(self, tree: ArrayTree) -> Layout | None:
        """Return a sum over the steps of a node; None if it is none."""
        if tree.kind != "sum":
            return None
        steps = self.steps_of(tree.of[0]) if tree.of[0].kind == "stack" and 0 in tree.option.axes else None
        if steps is None or len(tree.of[0].shape) > 1:
            return None
        return row((self.over_steps(range(steps[1], steps[2] + 1)), self.moment(steps[0])))

    def over_steps(self, times: Sequence[int]) -> Layout:
        """Return the sign of a sum over steps: from the first to the last, or each of them."""
        first, last = Number(str(times[0])), Number(str(times[-1]))
        if list(times) == list(range(times[0], times[-1] + 1)):
            return Scripts(Glyph("sum"), row((self.step(), Operator("="), first)), last)
        return Scripts(Glyph("sum"), row((self.step(), Operator("in"), Fence(_listed(times), "{", "}"))))

    def taken(self, tree: ArrayTree) -> Layout:
        """Return what is taken of an array, with its indices in square brackets; an entry at a step by its index."""
        of, spans = tree.of[0], tree.option
        if self.time is not None and of.option in self.time.inputs and spans[0].single:
            entry = low(self.families[of.option], Number(str(spans[0].stop)))
            return row((entry, Fence(_indices(places(spans[1:])), "[", "]"))) if len(spans) > 1 else entry
        return row((self.operand(tree.of[0], _TIGHT), Fence(_indices(places(tree.option)), "[", "]")))

    def place(self, tree: ArrayTree) -> Layout:
        """Return an array with 0 around what stands in some of its places."""
        shape, spans = tree.option
        return row((self.called("place", tree, shape), Fence(_indices(places(spans)), "[", "]")))

    def joined(self, tree: ArrayTree) -> Layout:
        """Return arrays one behind the other."""
        name = Word("concat")
        head: Layout = Scripts(name, self.axes(Reduction((tree.option,)))) if tree.option else name
        return row((head, Fence(self.listed(tree.of))))

    def listed(self, trees: Iterable[ArrayTree]) -> Layout:
        """Return operands with commas between them."""
        items: list[Layout] = []
        for part in trees:
            items += [Operator(",")] if items else []
            items.append(bare(self(part)))
        return row(items)

    def correlated(self, tree: ArrayTree) -> Layout:
        """Return a correlation, which does not flip its kernel."""
        return self.joint("star", tree, tree.option)

    def correlated_input(self, tree: ArrayTree) -> Layout:
        """Return the full convolution of what comes back with the kernel."""
        return self.joint("ast", tree, tree.option[1], words("formula.full"))

    def correlated_kernel(self, tree: ArrayTree) -> Layout:
        """Return the valid correlation of the array with what comes back."""
        return self.joint("star", tree, tree.option[1])

    def joint(self, sign: str, tree: ArrayTree, window: Window, word: str = "") -> Layout:
        """Return a correlation or convolution, with its stride and padding where it has some."""
        low: list[Layout] = [Word(word)] if word else []
        stride, padding = words("formula.stride"), words("formula.padding")
        for name, numbers, usual in ((stride, window.stride, 1), (padding, window.padding, 0)):
            if set(numbers) != {usual}:
                low += [Operator(",")] if low else []
                low.append(Word(name))
                low.append(Number(str(numbers[0])) if len(set(numbers)) == 1 else _listed(numbers))
        operator: Layout = Operator(sign)
        joint = Scripts(operator, row(low)) if low else operator
        gaps = (Space("thin"),) if low else ()
        first, second = tree.of
        left, right = self.operand(first, _PRODUCT), self.operand(second, _PRODUCT, first=False)
        return row((left, *gaps, joint, *gaps, right))

    def pooled(self, tree: ArrayTree) -> Layout:
        """Return the largest or the mean of each window."""
        return self.windowed(tree.kind, tree, tree.option)

    def windowed(self, name: str, tree: ArrayTree, window: Window) -> Layout:
        """Return an operation on windows: their size stands low behind its name, and how they move if they overlap."""
        called = self.called(name, tree, window.size)
        if window.stride == window.size or not isinstance(called, Row):
            return called
        head, body = called.items
        by = Number(str(window.stride[0])) if len(set(window.stride)) == 1 else _listed(window.stride)
        low = head.sub if isinstance(head, Scripts) and head.sub is not None else Word("")
        return row((Scripts(Word(name), row((low, Operator(","), Word(words("formula.stride")), by))), body))

    def taken_at_largest(self, tree: ArrayTree) -> Layout:
        """Return what stands where another array is the largest of each window."""
        moved, of = tree.of
        largest = self.windowed("argmax", tree._replace(of=(of,)), tree.option)
        return row((self.operand(moved, _TIGHT), Fence(bare(largest), "[", "]")))

    def unpooled(self, tree: ArrayTree) -> Layout:
        """Return what comes back through pooling: to the largest of each window, or to all in equal shares."""
        return self.windowed("unpool", tree, tree.option[1])

    def embedded(self, tree: ArrayTree) -> Layout:
        """Return rows that are looked up."""
        numbers = tuple(place + 1 for place in tree.option[1])
        return row((self.operand(tree.of[0], _TIGHT), Fence(_listed(numbers), "[", "]")))


def light(written: Layout) -> Layout:
    """Return the name of an array as the name of one of its entries, which is not bold."""
    if isinstance(written, Scripts):
        return replace(written, base=light(written.base))
    return replace(written, bold=False) if isinstance(written, Glyph) else written


def base_of(written: Layout) -> Layout:
    """Return the letter of a name, without what stands low or high behind it."""
    return written.base if isinstance(written, Scripts) else written


def capital(written: Layout) -> Layout:
    """Return a lone letter as that of a matrix, a capital; anything else as it is."""
    lone = isinstance(written, Glyph) and len(written.name) == 1
    return replace(written, name=written.name.upper()) if lone and isinstance(written, Glyph) else written


def step_number(step: int) -> Layout:
    """Return the number of a step; the steps before the first are counted down from 0."""
    return Number(str(step)) if step >= 0 else row((_MINUS, Number(str(-step))))


def low(base: Layout, index: Layout) -> Layout:
    """Return something with an index low behind it, after those that it has.

    Args:
        base: What it is.
        index: The index.
    """
    if not isinstance(base, Scripts):
        return Scripts(base, index)
    return Scripts(base.base, index if base.sub is None else row((base.sub, Operator(","), index)), base.sup)


def _listed(numbers: Iterable[int]) -> Layout:
    items: list[Layout] = []
    for one in numbers:
        items += [Operator(",")] if items else []
        items.append(Number(str(one)))
    return row(items)


def _indices(text: str) -> Layout:
    """Return indices such as ``1:3, 2``."""
    items: list[Layout] = []
    for place, part in enumerate(text.split(", ")):
        items += [Operator(",")] if place else []
        first, colon, last = part.partition(":")
        items += [Number(first), Word(":"), Number(last)] if colon else [Number(first)]
    return row(items)


def _spaced(parts: Sequence[Layout]) -> list[Layout]:
    return [item for part in parts for item in (Space("thin"), part)][1:]


def _binding(tree: ArrayTree) -> int:
    """Return how tightly an expression binds."""
    if tree.kind == "divide" and not (tree.of[0].shape and tree.of[1].shape):
        return _TIGHT
    if tree.kind == "multiply" and sum(bool(part.shape) for part in tree.of) < 2:
        return _PRODUCT
    if tree.kind == "constant" and not tree.shape:
        return _LOOSE if tree.option[0] is S.NegativeOne or tree.option[0].could_extract_minus_sign() else _TIGHT
    return _BINDING.get(tree.kind, _TIGHT)


def _is_signed(tree: ArrayTree) -> bool:
    return tree.kind == "negative"


_SIDE_BY_SIDE = frozenset({"matmul", "outer", "correlate", "correlate_input", "correlate_kernel", "repeat"})
_WORDS = frozenset({"exp"})
_CLOSED = frozenset({"sqrt", "abs"})
_CONTRARY = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}

_BINDING: Mapping[str, int] = MappingProxyType(
    {
        "add": _LOOSE,
        "negative": _LOOSE,
        **dict.fromkeys(("multiply", "divide"), _ENTRYWISE),
        **dict.fromkeys(("matmul", "outer", "repeat"), _PRODUCT),
        **dict.fromkeys(("correlate", "correlate_input", "correlate_kernel"), _ENTRYWISE),
        "sum": _PRODUCT,
    }
)

_RULES: Mapping[str, Callable[[ArrayWriter, ArrayTree], Layout]] = MappingProxyType(
    {
        "leaf": ArrayWriter.leaf,
        "constant": ArrayWriter.constant,
        "add": ArrayWriter.sum,
        "negative": ArrayWriter.negative,
        "multiply": ArrayWriter.product,
        "matmul": ArrayWriter.matmul,
        "outer": ArrayWriter.outer,
        "divide": ArrayWriter.quotient,
        "power": ArrayWriter.power,
        "function": ArrayWriter.function,
        "where": ArrayWriter.where,
        "indicator": ArrayWriter.indicator,
        "contest": ArrayWriter.contest,
        "mask": ArrayWriter.mask,
        "transpose": ArrayWriter.transpose,
        "sum": ArrayWriter.total,
        **dict.fromkeys(("mean", "max", "min"), ArrayWriter.reduced),
        **dict.fromkeys(("softmax", "log_softmax", "causal_softmax"), ArrayWriter.softmax),
        "repeat": ArrayWriter.repeat,
        "reshape": ArrayWriter.reshaped,
        "slice": ArrayWriter.taken,
        "place": ArrayWriter.place,
        "concat": ArrayWriter.joined,
        "stack": ArrayWriter.stacked,
        "detach": lambda writer, tree: writer.called("detach", tree),
        "correlate": ArrayWriter.correlated,
        "correlate_input": ArrayWriter.correlated_input,
        "correlate_kernel": ArrayWriter.correlated_kernel,
        **dict.fromkeys(("maxpool", "avgpool"), ArrayWriter.pooled),
        "maxpool_at": ArrayWriter.taken_at_largest,
        "unpool": ArrayWriter.unpooled,
        "embed": ArrayWriter.embedded,
    }
)

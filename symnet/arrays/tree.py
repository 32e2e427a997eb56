"""Operations on arrays as trees that know their shapes: what fits what, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sympy import Integer, S
from sympy.core.expr import Expr

from symnet.errors import MisfitError
from symnet.limits import MOST_ARRAY_ENTRIES

Shape: TypeAlias = tuple[int, ...]
"""The lengths of the axes of an array; those of a number are none."""


class ShapeMismatchError(MisfitError):
    """Arrays whose shapes do not fit what is made of them."""


class ArrayTree(NamedTuple):
    """One operation on arrays, with what it is of.

    Attributes:
        kind: What is done, a key of :data:`SHAPES`; or ``leaf`` or ``constant``.
        of: What it is done to.
        shape: The shape of the result.
        option: The name of a leaf or of a function, the numbers of a constant, the axis of a sum, and the like.
    """

    kind: str
    of: tuple[ArrayTree, ...]
    shape: Shape
    option: Any = None

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


class Window(NamedTuple):
    """How a window moves over an array.

    Attributes:
        size: Its length along each axis over which it moves; of a correlation, whose kernel has it, nothing.
        stride: By how many places it moves along each.
        padding: How many zeros stand before and behind each; none for pooling.
    """

    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] = ()


class Reduction(NamedTuple):
    """Over which axes numbers are brought together.

    Attributes:
        axes: The axes, in rising order.
        kept: Whether they remain with the length 1.
    """

    axes: tuple[int, ...]
    kept: bool = False


class AxisRange(NamedTuple):
    """What is taken along one axis.

    Attributes:
        start: The first place, from 0.
        stop: The place behind the last one.
        single: Whether it is one place alone, whose axis goes.
    """

    start: int
    stop: int
    single: bool = False


def shown_shape(shape: Shape) -> str:
    """Return a shape as it is written in a description."""
    return f"[{', '.join(map(str, shape))}]" if shape else "[] (a number)"


def leaf(name: str, shape: Shape) -> ArrayTree:
    """Return an array by its name."""
    return ArrayTree("leaf", (), shape, name)


def constant(numbers: tuple[Expr, ...], shape: Shape = ()) -> ArrayTree:
    """Return an array of numbers, row by row."""
    return ArrayTree("constant", (), shape, numbers)


def number(value: Expr | int) -> ArrayTree:
    """Return a single number."""
    return constant((Integer(value) if isinstance(value, int) else value,))


def filled(value: Expr, shape: Shape) -> ArrayTree:
    """Return an array with one number in every place."""
    return constant((value,) * prod(shape), shape)


ONE = number(1)


def made(kind: str, *of: ArrayTree, option: Hashable = None) -> ArrayTree:
    """Return an operation with the shape that it has.

    Args:
        kind: What is done.
        *of: What it is done to.
        option: What belongs to it, see :class:`ArrayTree`.

    Raises:
        ShapeMismatchError: If shapes do not fit, or it has more numbers than is allowed.
    """
    shape = SHAPES[kind](of, option)
    if prod(shape) > MOST_ARRAY_ENTRIES:
        raise ShapeMismatchError(
            f"{prod(shape):,} numbers, of the shape {shown_shape(shape)}",
            f"at most {MOST_ARRAY_ENTRIES:,} in any one array",
        )
    return ArrayTree(kind, of, shape, option)


def parts(tree: ArrayTree) -> Iterator[ArrayTree]:
    """Yield a tree and everything in it, from the left to the right."""
    yield tree
    for part in tree.of:
        yield from parts(part)


def names_in(tree: ArrayTree) -> Iterator[str]:
    """Yield the names of the leaves of a tree, each as often as it stands there."""
    yield from (part.option for part in parts(tree) if part.kind == "leaf")


def weights_of_logarithms(tree: ArrayTree) -> Iterator[str]:
    """Yield the names of arrays that are multiplied with logarithms of others, as targets of a cross-entropy are."""
    for part in parts(tree):
        kinds = {one.option if one.kind == "function" else one.kind for one in part.of}
        if part.kind == "multiply" and kinds & {"ln", "log2", "log10", "log_softmax"}:
            yield from (one.option for one in part.of if one.kind == "leaf")


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that arrays are brought to when they are joined entry by entry, as in NumPy.

    Raises:
        ShapeMismatchError: If they do not fit one another.
    """
    result: Shape = ()
    for shape in shapes:
        longest = max(len(result), len(shape))
        pairs = zip(_padded(result, longest), _padded(shape, longest), strict=True)
        if any(a != b and 1 not in (a, b) for a, b in pairs):
            allowed = "shapes that are equal from the last axis on, or have a 1 where they differ"
            raise ShapeMismatchError(f"the shapes {shown_shape(result)} and {shown_shape(shape)}", allowed)
        pairs = zip(_padded(result, longest), _padded(shape, longest), strict=True)
        result = tuple(max(a, b) for a, b in pairs)
    return result


def _padded(shape: Shape, length: int) -> Shape:
    return (1,) * (length - len(shape)) + shape


Operands: TypeAlias = tuple[ArrayTree, ...]


def _entrywise(of: Operands, _option: object) -> Shape:
    return broadcast(*(part.shape for part in of))


def _same(of: Operands, _option: object) -> Shape:
    return of[0].shape


def _product(of: Operands, _option: object) -> Shape:
    """Return the shape of a matrix product; a vector is a row on the left and a column on the right."""
    first, second = of[0].shape, of[1].shape
    mismatch = ShapeMismatchError(
        f"{shown_shape(first)} @ {shown_shape(second)}",
        "as many columns on the left as rows on the right",
        "" if first and second else "Write * for a product with a number.",
    )
    if not first or not second:
        raise mismatch
    inner = second[-2] if len(second) > 1 else second[0]
    if first[-1] != inner:
        raise mismatch
    rows = first[-2:-1]
    columns = second[-1:] if len(second) > 1 else ()
    return (*broadcast(first[:-2], second[:-2]), *rows, *columns)


def _turned(of: Operands, order: tuple[int, ...]) -> Shape:
    return tuple(of[0].shape[axis] for axis in order)


def _reduced(of: Operands, over: Reduction) -> Shape:
    shape = of[0].shape
    kept = (1 if axis in over.axes else length for axis, length in enumerate(shape))
    return tuple(kept) if over.kept else tuple(n for axis, n in enumerate(shape) if axis not in over.axes)


def _reshaped(of: Operands, shape: Shape) -> Shape:
    if prod(shape) != of[0].size:
        found = f"{shown_shape(of[0].shape)}, which has {of[0].size} numbers, for the shape {shown_shape(shape)}"
        raise ShapeMismatchError(found, "a shape with as many numbers")
    return shape


def _taken(of: Operands, spans: tuple[AxisRange, ...]) -> Shape:
    lengths = tuple(span.stop - span.start for span in spans if not span.single)
    return lengths + of[0].shape[len(spans) :]


def _joined(of: Operands, axis: int) -> Shape:
    first = of[0].shape
    for part in of[1:]:
        others = part.shape
        if len(others) != len(first) or any(
            a != b for place, (a, b) in enumerate(zip(first, others, strict=True)) if place != axis
        ):
            found = f"the shapes {shown_shape(first)} and {shown_shape(others)}"
            raise ShapeMismatchError(found, f"shapes that are equal but for axis {axis}")
    return (*first[:axis], sum(part.shape[axis] for part in of), *first[axis + 1 :])


def _stacked(of: Operands, _option: object) -> Shape:
    first = of[0].shape
    for part in of[1:]:
        if part.shape != first:
            found = f"the shapes {shown_shape(first)} and {shown_shape(part.shape)}"
            raise ShapeMismatchError(found, "arrays of the same shape")
    return (len(of), *first)


def _outer(of: Operands, _option: object) -> Shape:
    first, second = of[0].shape, of[1].shape
    if len(first) != 1 or len(second) != 1:
        found = f"the shapes {shown_shape(first)} and {shown_shape(second)}"
        raise ShapeMismatchError(found, "two vectors, such as [3] and [2]")
    return first + second


def moved(lengths: Shape, window: Window) -> Shape:
    """Return how many places a window has along each axis over which it moves.

    Args:
        lengths: The lengths of these axes.
        window: The window.

    Raises:
        ShapeMismatchError: If it is longer than they are, zeros included.
    """
    padding = window.padding or (0,) * len(lengths)
    whole = tuple(n + 2 * p for n, p in zip(lengths, padding, strict=True))
    if any(size > n for size, n in zip(window.size, whole, strict=True)):
        found = f"a window of {shown_shape(window.size)} over {shown_shape(whole)}"
        raise ShapeMismatchError(found, "a window no longer than what it moves over, the padding included")
    return tuple((n - size) // step + 1 for n, size, step in zip(whole, window.size, window.stride, strict=True))


class Channels(NamedTuple):
    """Which axes of an array and of a kernel are what in a correlation.

    Attributes:
        samples: The lengths of the axes of the array before its channels.
        channels: How many channels there are; None where neither has an axis for them.
        filters: The length of the axis of the filters, or none.
        lengths: The lengths of the axes of the array over which the kernel moves.
        window: The window, with the size of the kernel.
    """

    samples: Shape
    channels: int | None
    filters: Shape
    lengths: Shape
    window: Window


def channels_of(array: Shape, kernel: Shape, window: Window) -> Channels:
    """Return which axes are what in a correlation.

    An array is ``[..lengths]``, ``[channels, ..lengths]`` or ``[samples, channels, ..lengths]``, a kernel
    ``[..size]``, ``[filters, ..size]`` for an array without channels, ``[channels, ..size]`` or
    ``[filters, channels, ..size]``.

    Raises:
        ShapeMismatchError: If they do not fit one another.
    """
    axes = len(window.stride)
    ranks = (len(array) - axes, len(kernel) - axes)
    if ranks not in {(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)}:
        allowed = f"an array and a kernel with {axes} axes each, with channels before them, or filters and channels"
        raise ShapeMismatchError(f"the shapes {shown_shape(array)} and {shown_shape(kernel)}", allowed)
    size, lengths = kernel[ranks[1] :], array[ranks[0] :]
    channels = array[ranks[0] - 1] if ranks[0] else None
    filters = kernel[:1] if ranks[1] == 2 or ranks == (0, 1) else ()
    if channels is not None and kernel[ranks[1] - 1] != channels:
        found = f"the shapes {shown_shape(array)} and {shown_shape(kernel)}"
        raise ShapeMismatchError(found, "as many channels in the kernel as in the array")
    return Channels(array[: max(0, ranks[0] - 1)], channels, filters, lengths, window._replace(size=size))


def _correlated(of: Operands, window: Window) -> Shape:
    known = channels_of(of[0].shape, of[1].shape, window)
    return known.samples + known.filters + moved(known.lengths, known.window)


def _pooled(of: Operands, window: Window) -> Shape:
    shape, axes = of[0].shape, len(window.size)
    return shape[:-axes] + moved(shape[-axes:], window)


def _stated(_of: Operands, option: tuple[Any, ...]) -> Shape:
    """Return the shape that stands first in the option."""
    return tuple(option[0])


def _looked_up(of: Operands, option: tuple[Shape, tuple[int, ...]]) -> Shape:
    return option[0] + of[0].shape[1:]


SHAPES: Mapping[str, Callable[[Operands, Any], Shape]] = MappingProxyType(
    {
        **dict.fromkeys(("add", "multiply", "divide", "power", "function", "where"), _entrywise),
        **dict.fromkeys(("indicator", "contest"), _entrywise),
        **dict.fromkeys(("negative", "softmax", "log_softmax", "causal_softmax", "mask", "detach"), _same),
        "matmul": _product,
        "transpose": _turned,
        **dict.fromkeys(("sum", "mean", "max", "min"), _reduced),
        "reshape": _reshaped,
        "slice": _taken,
        "concat": _joined,
        "stack": _stacked,
        "outer": _outer,
        "correlate": _correlated,
        **dict.fromkeys(("maxpool", "avgpool", "maxpool_at"), _pooled),
        "embed": _looked_up,
        **dict.fromkeys(("repeat", "place", "correlate_input", "correlate_kernel", "unpool"), _stated),
    }
)
"""For each kind of operation its shape, from what it is of and its option."""


def is_number(tree: ArrayTree) -> bool:
    """Return whether a tree is one number that is written out."""
    return tree.kind == "constant" and tree.shape == ()


def opposite(tree: ArrayTree) -> ArrayTree | None:
    """Return what a term is subtracted as, where it is negative as it is written; else None."""
    if tree.kind == "negative":
        return tree.of[0]
    is_negative = is_number(tree) and tree.option[0].is_Rational and tree.option[0].is_negative
    return number(-tree.option[0]) if is_negative else None


def number_of(tree: ArrayTree) -> Expr | None:
    """Return the rational number that stands in every place of a constant or of what is spread out from one."""
    if tree.kind == "constant" and len(set(tree.option)) == 1 and tree.option[0].is_Rational:
        return tree.option[0]
    return number_of(tree.of[0]) if tree.kind == "repeat" else None


def is_zero(tree: ArrayTree) -> bool:
    """Return whether a tree is 0 in every place."""
    return number_of(tree) is S.Zero

"""The shapes of a formula, walking them, and their JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Self, TypeAlias, get_args

from symnet.layout.symbols import OPERATORS


class Traced(str):
    """A letter or digits that carry the id of what they stand for, so that a page can look it up.

    They equal the same text without a trace, so that formulas are compared by what is printed.

    Attributes:
        of: The id of a quantity, or the place of a number.
    """

    of: str

    def __new__(cls, text: str, of: str) -> Self:
        """Return the text with its id."""
        traced = super().__new__(cls, text)
        traced.of = of
        return traced


def trace(text: str) -> str:
    """Return the id of the quantity that a letter or digits stand for; empty if they carry none."""
    return text.of if isinstance(text, Traced) else ""


def retraced(text: str, before: str) -> str:
    """Return a text that stands for the same quantity as the one that it replaces.

    Args:
        text: The text.
        before: The one that it replaces.
    """
    return Traced(text, before.of) if isinstance(before, Traced) else text


# The layout tree: the dozen shapes that every formula is made of, in the order in which they are read.
#
# A tree says what stands where, never in which markup; each writer is a small table over these shapes.


@dataclass(frozen=True)
class Glyph:
    """One italic letter or mathematical sign, by name; or a name of several letters.

    Attributes:
        name: A Latin letter (``x``), the name of a Greek one (``sigma``), or one of ``partial``, ``sum``, ``cdots``.
        bold: Upright bold, for matrices, vectors and the indicator.
        upright: Written as it is, in upright letters: a quantity whose name is a word.
    """

    name: str
    bold: bool = False
    upright: bool = False


@dataclass(frozen=True)
class Word:
    """An upright function name such as ``max``, or a word of the language; any text, writers escape it.

    Attributes:
        text: The name or the word.
        prose: Whether it is a word, such as ``otherwise``, which is set as text and not as a function.
    """

    text: str
    prose: bool = False


@dataclass(frozen=True)
class Number:
    """An unsigned decimal number or integer, as it is to be read: ``0.345105``."""

    text: str


@dataclass(frozen=True)
class Operator:
    """A sign between operands, or before one.

    Attributes:
        name: ``+ - times cdot odot oslash star ast = approx > >= < <= != , ; in to``.
        unary: Set close to its operand, as in ``-x``.
    """

    name: str
    unary: bool = False


@dataclass(frozen=True)
class Row:
    """Trees side by side."""

    items: tuple[Layout, ...]


@dataclass(frozen=True)
class Fraction:
    """One tree over another."""

    over: Layout
    under: Layout


@dataclass(frozen=True)
class Root:
    """A tree under a root sign."""

    body: Layout


@dataclass(frozen=True)
class Scripts:
    """A base with what is written low and high behind it (or under and over a ``sum``)."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None


ACCENTS = ("hat", "bar", "tilde")
"""What may stand over a letter that a description names."""
MARKS = (*ACCENTS, "dot")
"""What may stand over a letter: the dot is that of a tangent."""


@dataclass(frozen=True)
class Accent:
    """A letter with a mark over it, one of :data:`MARKS`."""

    mark: str
    base: Layout


@dataclass(frozen=True)
class Prime:
    """A function's name with a prime: its derivative."""

    base: Layout


@dataclass(frozen=True)
class Fence:
    """A tree in brackets that grow with it."""

    body: Layout
    left: str = "("
    right: str = ")"


@dataclass(frozen=True)
class Cases:
    """A value by cases.

    Attributes:
        rows: Pairs of value and condition.
        when: The word before a condition, "if" in the language of the sheet; a condition that is a word has none.
    """

    rows: tuple[tuple[Layout, Layout], ...]
    when: str


@dataclass(frozen=True)
class Matrix:
    """A matrix in square brackets, row by row."""

    rows: tuple[tuple[Layout, ...], ...]


@dataclass(frozen=True)
class Brace:
    """A tree with a brace under it, and below that in a few words what it is."""

    body: Layout
    label: str


@dataclass(frozen=True)
class Space:
    """Room between two trees, ``thin`` or ``quad``; or as much as a ``digit``, a ``point`` or a ``minus`` takes."""

    width: str = "thin"


@dataclass(frozen=True)
class Blank:
    """Dotted room to write in by hand.

    Attributes:
        width: In em of the text around it.
        height: Likewise, from its dots to the line above.
    """

    width: float
    height: float = 2.0


Layout: TypeAlias = (
    Glyph
    | Word
    | Number
    | Operator
    | Row
    | Fraction
    | Root
    | Scripts
    | Accent
    | Prime
    | Fence
    | Cases
    | Matrix
    | Brace
    | Space
    | Blank
)


# How the neighbours in a row belong together, whatever the format.


def children(layout: Layout) -> tuple[Layout, ...]:
    """Return the trees that a tree is made of, in reading order."""
    parts = _CHILDREN.get(type(layout))
    return parts(layout) if parts else ()


def holds(layout: Layout, part: Layout) -> bool:
    """Return whether a layout is, or contains, another one.

    Args:
        layout: The layout.
        part: What is looked for.
    """
    return layout == part or any(holds(child, part) for child in children(layout))


def _cells(table: Cases | Matrix) -> tuple[Layout, ...]:
    return tuple(cell for row in table.rows for cell in row)


_CHILDREN: dict[type, Callable[[Any], tuple[Layout, ...]]] = {
    Row: lambda row: row.items,
    Fraction: lambda fraction: (fraction.over, fraction.under),
    Scripts: lambda it: tuple(part for part in (it.base, it.sub, it.sup) if part is not None),
    Accent: lambda accent: (accent.base,),
    Prime: lambda prime: (prime.base,),
    Root: lambda root: (root.body,),
    Fence: lambda fence: (fence.body,),
    Brace: lambda brace: (brace.body,),
    Cases: _cells,
    Matrix: _cells,
}


def is_tall(layout: Layout) -> bool:
    """Return whether brackets about the tree have to grow."""
    kind = type(layout)
    # A sign alone is looked up: whoever hashes a formula walks through all of it.
    if kind in _TALL or (kind is Glyph and layout in _TALL_SIGNS):
        return True
    if isinstance(layout, Scripts):
        return is_tall(layout.base)
    return any(map(is_tall, children(layout)))


_TALL = frozenset({Fraction, Cases, Matrix})
_TALL_SIGNS = frozenset({Glyph("sum"), Glyph("product")})


def is_sign(layout: Layout) -> bool:
    """Return whether the tree is a plus or minus between two terms."""
    return isinstance(layout, Operator) and layout.name in "+-" and not layout.unary


def is_relation(layout: Layout) -> bool:
    """Return whether the tree is a sign between two sides of an equation."""
    return isinstance(layout, Operator) and layout.name in _RELATIONS


_RELATIONS = frozenset({"=", "approx"})


def is_close(before: Layout, after: Layout) -> bool:
    """Return whether two neighbours are written without a space between them."""
    if isinstance(before, Operator) and before.unary:
        return True
    if isinstance(before, Space) or isinstance(after, Space):
        return True
    if isinstance(before, Number) and isinstance(after, Number):
        return True
    if isinstance(after, Fence):
        return not isinstance(before, Operator | Fraction)
    return isinstance(after, Operator) and after.name in ",;"


def starts_with_word(layout: Layout) -> bool:
    """Return whether a condition begins with a word, as ``otherwise`` does, so that no ``if`` is put before it."""
    if isinstance(layout, Row) and layout.items:
        return starts_with_word(layout.items[0])
    return isinstance(layout, Word)


def flatten(layout: Layout) -> tuple[Layout, ...]:
    """Return the items of a row with the rows inside it dissolved; any other tree is its own only item."""
    if isinstance(layout, Row):
        return tuple(item for child in layout.items for item in flatten(child))
    return (layout,)


def joined(items: tuple[Layout, ...]) -> Layout:
    """Return the items as one tree; a single item is itself."""
    return items[0] if len(items) == 1 else Row(items)


def in_a_line(layout: Layout) -> Layout:
    """Return a formula as it is written within text: derivatives with a slash, unless a factor follows them.

    Args:
        layout: Any layout tree.
    """
    if isinstance(layout, Fraction) and _is_differential(layout.over) and _is_differential(layout.under):
        return Row((layout.over, Word("/"), layout.under))
    if isinstance(layout, Fence):
        return rebuilt(layout, in_a_line)
    if not isinstance(layout, Row):
        return layout
    items = flatten(layout)
    # What follows as a factor would read as if it stood below as well.
    ends = [after is None or isinstance(after, Operator | Word) for after in (*items[1:], None)]
    return Row(tuple(in_a_line(item) if end else item for item, end in zip(items, ends, strict=True)))


def traced(layout: Layout, of: str) -> Layout:
    """Return a symbol or a number whose first letter or digits carry the id of its quantity.

    Args:
        layout: How it is written: a letter with its accents and indices, or a number with its sign.
        of: The id of the quantity.
    """
    if isinstance(layout, Glyph):
        return replace(layout, name=Traced(layout.name, of))
    if isinstance(layout, Number):
        return Number(Traced(layout.text, of))
    if isinstance(layout, Scripts | Accent):
        return replace(layout, base=traced(layout.base, of))
    if isinstance(layout, Row):
        place = next((n for n, item in enumerate(layout.items) if not isinstance(item, Operator | Space)), None)
        if place is not None:
            return Row((*layout.items[:place], traced(layout.items[place], of), *layout.items[place + 1 :]))
    return layout


def traced_to(layout: Layout) -> str:
    """Return the id of the quantity that the letter of a symbol carries; empty if it carries none.

    Args:
        layout: How it is written.
    """
    if isinstance(layout, Scripts | Accent):
        return traced_to(layout.base)
    return trace(layout.name) if isinstance(layout, Glyph) else ""


def _is_differential(layout: Layout) -> bool:
    return flatten(layout)[:1] == (Glyph("partial"),)


def rebuilt(layout: Layout, change: Callable[[Layout], Layout]) -> Layout:
    """Return the tree with each of its parts changed."""
    rebuild = _REBUILD.get(type(layout))
    return rebuild(layout, change) if rebuild else layout


_REBUILD: dict[type, Callable[[Any, Callable[[Layout], Layout]], Layout]] = {
    Row: lambda row, change: Row(tuple(map(change, row.items))),
    Fraction: lambda fraction, change: Fraction(change(fraction.over), change(fraction.under)),
    Scripts: lambda it, change: Scripts(change(it.base), it.sub and change(it.sub), it.sup and change(it.sup)),
    Root: lambda root, change: Root(change(root.body)),
    Fence: lambda fence, change: replace(fence, body=change(fence.body)),
    Brace: lambda brace, change: replace(brace, body=change(brace.body)),
    Cases: lambda cases, change: replace(cases, rows=tuple((change(one), change(when)) for one, when in cases.rows)),
    Matrix: lambda matrix, change: Matrix(tuple(tuple(map(change, row)) for row in matrix.rows)),
}


def begins_with_sign(body: Layout) -> bool:
    """Return whether a tree begins with a sign of its own, as a negative number does."""
    leading = first(body)
    return isinstance(leading, Operator) and leading.unary


def first(body: Layout) -> Layout:
    """Return the first tree of a row, or the tree itself."""
    return body.items[0] if isinstance(body, Row) else body


# A layout tree as plain data that JSON can carry, and back: only the known shapes, each with what it may hold.

Plain: TypeAlias = list[Any]

_SHAPES: Mapping[str, type] = MappingProxyType({shape.__name__: shape for shape in get_args(Layout)})
_ALLOWED: Mapping[tuple[type, str], frozenset[str]] = MappingProxyType(
    {
        (Operator, "name"): frozenset(OPERATORS),
        (Accent, "mark"): frozenset(MARKS),
        (Space, "width"): frozenset({"thin", "quad"}),
        (Fence, "left"): frozenset({"", *"([{|⟨", "||"}),
        (Fence, "right"): frozenset({"", *")]}|⟩", "||"}),
    }
)


def plain(layout: Layout) -> Plain:
    """Return a tree as lists of text and numbers: the name of each shape, then what it holds.

    Args:
        layout: Any layout tree.
    """
    shape = type(layout)
    return [shape.__name__, *(write(getattr(layout, name)) for name, write, _ in _FIELDS[shape])]


def layout_of(data: object) -> Layout:
    """Return the tree that plain data stand for.

    Args:
        data: What :func:`plain` gave, after a way through JSON.

    Raises:
        ValueError: If they stand for none.
    """
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in _SHAPES:
        raise ValueError("no shape of a layout")
    shape = _SHAPES[data[0]]
    parts = _FIELDS[shape]
    if len(data) != 1 + len(parts):
        raise ValueError(f"a {data[0]} holds {len(parts)} things")
    layout: Layout = shape(*(read(value) for (_, _, read), value in zip(parts, data[1:], strict=True)))
    return layout


def _reader(shape: type, field: Field[Any]) -> Callable[[object], Any]:
    """Return how a field is read, which may hold certain words alone."""
    read, allowed = _READERS[str(field.type)], _ALLOWED.get((shape, field.name))
    if allowed is None:
        return read

    def one_of_them(value: object) -> object:
        if read(value) not in allowed:
            raise ValueError(f"no {field.name} of a {shape.__name__}")
        return value

    return one_of_them


def _plain_row(layouts: Iterable[Layout]) -> Plain:
    return [plain(layout) for layout in layouts]


def _as_it_is(value: object) -> object:
    return value


def _exactly(*kinds: type) -> Callable[[object], Any]:
    def read(value: object) -> object:
        if type(value) not in kinds:
            raise ValueError(f"no {kinds[0].__name__}")
        return value

    return read


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _row(value: object) -> tuple[Layout, ...]:
    return tuple(map(layout_of, _items(value)))


def _pair(value: object) -> tuple[Layout, Layout]:
    first, second = _row(value)
    return first, second


# From what a field is declared to hold, to plain data and back.
_WRITERS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "str": _as_it_is,
        "bool": _as_it_is,
        "float": _as_it_is,
        "Layout": plain,
        "Layout | None": lambda layout: None if layout is None else plain(layout),
        "tuple[Layout, ...]": _plain_row,
        "tuple[tuple[Layout, ...], ...]": lambda rows: [_plain_row(row) for row in rows],
        "tuple[tuple[Layout, Layout], ...]": lambda rows: [_plain_row(row) for row in rows],
    }
)
_READERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "str": _exactly(str),
        "bool": _exactly(bool),
        "float": _exactly(float, int),
        "Layout": layout_of,
        "Layout | None": lambda value: None if value is None else layout_of(value),
        "tuple[Layout, ...]": _row,
        "tuple[tuple[Layout, ...], ...]": lambda value: tuple(map(_row, _items(value))),
        "tuple[tuple[Layout, Layout], ...]": lambda value: tuple(map(_pair, _items(value))),
    }
)
# Of each shape its fields: the name of each, how it is written as plain data, and how it is read.
_FIELDS: Mapping[type, tuple[tuple[str, Callable[[Any], object], Callable[[object], Any]], ...]] = MappingProxyType(
    {
        shape: tuple((field.name, _WRITERS[str(field.type)], _reader(shape, field)) for field in fields(shape))
        for shape in _SHAPES.values()
    }
)

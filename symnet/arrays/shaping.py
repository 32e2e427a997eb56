"""What an expression over arrays means: names to arrays, calls to operations, each with its shape or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from sympy import Integer, Rational, S
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.tree import (
    ArrayTree,
    AxisRange,
    Reduction,
    Shape,
    ShapeMismatchError,
    Window,
    constant,
    filled,
    is_number,
    leaf,
    made,
    number,
    shown_shape,
)
from symnet.limits import LARGEST_POWER, MOST_ARGUMENTS, MOST_ARRAY_AXES, MOST_ARRAY_ENTRIES, WIDEST_SOFTMAX
from symnet.parsing.array_formula import EVERYTHING, Syntax
from symnet.parsing.limits import ConstantError, combined
from symnet.parsing.tokens import FormulaError

_CONSTANTS = {"e": S.Exp1, "pi": S.Pi}


class Scope(NamedTuple):
    """What the names of an expression mean.

    Attributes:
        shapes: The shape of every input and of every node.
        numbers: The numbers of the inputs, in which places of entries are looked up; None while they are not known.
        loose: Numbers that stand for an array whose shape is not known yet, as the start value 0 of a vector does.
    """

    shapes: Mapping[str, Shape]
    numbers: Mapping[str, Sequence[Fraction]] | None = None
    loose: frozenset[str] = frozenset()


def shaped(text: str, syntax: Syntax, scope: Scope) -> ArrayTree:
    """Return what an expression means, with all shapes.

    Args:
        text: The expression, for errors.
        syntax: What was read of it.
        scope: What its names mean.

    Raises:
        FormulaError: At the first operation whose shapes do not fit, or that means nothing.
    """
    return _Shaper(text, scope)(syntax)


def names_of(syntax: Syntax) -> Iterator[tuple[str, Syntax]]:
    """Yield every name in an expression with its place; the words of keywords and functions are none."""
    if syntax.kind == "name":
        yield syntax.text, syntax
    for part in (*syntax.of, *(part for _, part in syntax.keywords)):
        yield from names_of(part)


class _Shaper:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def __call__(self, syntax: Syntax) -> ArrayTree:
        try:
            return _MEANINGS[syntax.kind](self, syntax)
        except ShapeMismatchError as error:
            self.refuse(syntax, error.found, error.allowed, error.hint)

    def refuse(self, syntax: Syntax, found: str, allowed: str, hint: str = "") -> NoReturn:
        raise FormulaError(self.text, max(0, syntax.at), found, allowed, hint)

    def number(self, syntax: Syntax) -> ArrayTree:
        return number(Rational(syntax.number.numerator, syntax.number.denominator))

    def name(self, syntax: Syntax) -> ArrayTree:
        if syntax.text in self.scope.shapes:
            return leaf(syntax.text, self.scope.shapes[syntax.text])
        if syntax.text in _CONSTANTS:
            return number(_CONSTANTS[syntax.text])
        self.unknown(syntax)

    def unknown(self, syntax: Syntax) -> NoReturn:
        from difflib import get_close_matches

        called = syntax.kind == "call"
        names = [] if called else [*self.scope.shapes, *(name for name in _CONSTANTS if name not in self.scope.shapes)]
        functions = tuple(dict.fromkeys((*FUNCTIONS, *ARRAY_FUNCTIONS)))
        near = get_close_matches(syntax.text, [*names, *functions], n=1)
        hint = f'Did you mean "{near[0]}"?' if near else ""
        if not called and syntax.text in functions:
            hint = f"Its argument stands in brackets: {syntax.text}(x)."
        if called and syntax.text in self.scope.shapes:
            hint = f"{syntax.text} is no function; write {syntax.text}*( ) for a product."
        listed = f"{', '.join(names[:12])}{', ...' if len(names) > 12 else ''}, and " if names else ""
        self.refuse(syntax, f'"{syntax.text}"', f"{listed}the functions {', '.join(functions)}", hint)

    def list(self, syntax: Syntax) -> ArrayTree:
        """Return numbers in square brackets."""
        rows = [self(part) for part in syntax.of]
        if not rows or any(row.kind != "constant" or row.shape != rows[0].shape for row in rows):
            self.refuse(syntax, "a list", "numbers, or lists of numbers of the same length, in square brackets")
        return constant(tuple(value for row in rows for value in row.option), (len(rows), *rows[0].shape))

    def joined(self, syntax: Syntax) -> ArrayTree:
        """Return what an operator makes of two operands."""
        first, second = map(self, syntax.of)
        if syntax.kind == "matmul" and (whole := self.loose(first, second)) is not None:
            return whole
        if is_number(first) and is_number(second) and (folded := self.folded(syntax, first, second)) is not None:
            return folded
        if syntax.kind == "subtract":
            second = self.opposite(second)
        kind = {"subtract": "add"}.get(syntax.kind, syntax.kind)
        if kind in {"add", "multiply"}:
            return made(kind, *(first.of if first.kind == kind else (first,)), second)
        return made(kind, first, second)

    def loose(self, first: ArrayTree, second: ArrayTree) -> ArrayTree | None:
        """Return an array of the shape of a product with a vector whose shape is not known yet; else None."""
        for part, rest in ((first, second.shape[1:]), (second, first.shape[:-1])):
            if part.kind == "leaf" and part.option in self.scope.loose:
                return filled(S.Zero, rest)
        return None

    def folded(self, syntax: Syntax, first: ArrayTree, second: ArrayTree) -> ArrayTree | None:
        """Return the number that two numbers make, or None where it is no rational one."""
        a, b = first.option[0], second.option[0]
        sign = _SIGNS.get(syntax.kind, "")
        if sign == "^" and b.is_Rational and abs(b) > LARGEST_POWER:
            self.refuse(syntax.of[1], str(b), f"exponents from -{LARGEST_POWER} to {LARGEST_POWER}")
        if not sign or not (a.is_Rational and b.is_Rational) or (sign == "^" and not b.is_Integer):
            return None
        try:
            value = combined(sign, Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q)))
        except ConstantError as error:
            self.refuse(syntax, "a constant", "constants with a value between 1e-308 and 1e308", str(error))
        return number(Rational(value.numerator, value.denominator)) if isinstance(value, Fraction) else None

    def divided(self, syntax: Syntax) -> ArrayTree:
        under = self(syntax.of[1])
        if is_number(under) and under.option[0] is S.Zero:
            self.refuse(syntax.of[1], "a division by 0", "anything but 0 under a fraction bar")
        return self.joined(syntax)

    def power(self, syntax: Syntax) -> ArrayTree:
        exponent = self(syntax.of[1])
        value = exponent.option[0] if is_number(exponent) else S.Zero
        if value.is_Rational and abs(value) > LARGEST_POWER:
            self.refuse(syntax.of[1], str(value), f"exponents from -{LARGEST_POWER} to {LARGEST_POWER}")
        return self.joined(syntax)

    def opposite(self, of: ArrayTree) -> ArrayTree:
        if is_number(of) and of.option[0].is_Rational:
            return number(-of.option[0])
        return made("negative", of)

    def negative(self, syntax: Syntax) -> ArrayTree:
        return self.opposite(self(syntax.of[0]))

    def transpose(self, syntax: Syntax) -> ArrayTree:
        of = self(syntax.of[0])
        axes = len(of.shape)
        order = (*range(axes - 2), axes - 1, axes - 2)
        return made("transpose", of, option=order) if axes > 1 else of

    def compare(self, syntax: Syntax) -> ArrayTree:
        allowed = "a comparison as the first argument of where, as in where(x > 0, x, 0)"
        self.refuse(syntax, f'"{syntax.text}"', allowed)

    def range(self, syntax: Syntax) -> ArrayTree:
        self.refuse(syntax, '":"', "a range within the brackets of an index, as in x[1:3]")

    def index(self, syntax: Syntax) -> ArrayTree:
        """Return what is taken of an array."""
        of, *places = syntax.of
        whole = self(of)
        if not 0 < len(places) <= len(whole.shape):
            found = f"{len(places)} indices of an array of the shape {shown_shape(whole.shape)}"
            self.refuse(syntax, found, f"at most {len(whole.shape)}" if whole.shape else "no index: it is a number")
        spans = tuple(self.span(place, length) for place, length in zip(places, whole.shape, strict=False))
        return made("slice", whole, option=spans)

    def span(self, place: Syntax, length: int) -> AxisRange:
        """Return what is taken along an axis of a length; places are counted from 1, and the last one belongs to it."""
        if place.kind != "range":
            at = self.place(place, length)
            return AxisRange(at - 1, at, single=True)
        first, last = place.of
        start = 1 if first is EVERYTHING else self.place(first, length)
        end = length if last is EVERYTHING else self.place(last, length)
        if end < start:
            self.refuse(place, f"the range {start}:{end}", "a range whose end is not before its start")
        return AxisRange(start - 1, end)

    def place(self, syntax: Syntax, length: int) -> int:
        """Return a place along an axis, counted from 1."""
        return self.whole(syntax, 1, length, "Places are counted from 1.")

    def whole(self, syntax: Syntax, least: int, most: int, hint: str = "") -> int:
        """Return a whole number that is written out."""
        value = self(syntax)
        found = value.option[0] if is_number(value) else None
        if found is None or not found.is_Integer or not least <= found <= most:
            shown = self.text[syntax.at : syntax.at + 20] if found is None else str(found)
            self.refuse(syntax, shown, f"a whole number from {least} to {most}", hint)
        return int(found)

    def wholes(self, syntax: Syntax, least: int, most: int) -> tuple[int, ...]:
        """Return whole numbers in square brackets, or the only one."""
        return tuple(self.whole(part, least, most) for part in (syntax.of if syntax.kind == "list" else (syntax,)))

    def call(self, syntax: Syntax) -> ArrayTree:
        """Return a function of arguments."""
        name, count = syntax.text, len(syntax.of)
        # A name of the file goes before a function of arrays.
        own = ARRAY_FUNCTIONS.get(name) if name not in self.scope.shapes else None
        if own is None:
            return self.entrywise(syntax)
        if not own.least <= count <= own.most:
            self.count(syntax, own.least, own.most)
        for keyword, value in syntax.keywords:
            if keyword not in own.keywords:
                hint = "" if own.keywords else "It takes none."
                self.refuse(value, f'the keyword "{keyword}"', ", ".join(own.keywords) or "no keyword", hint)
        return own.build(self, syntax, dict(syntax.keywords))

    def unrolled(self, syntax: Syntax) -> ArrayTree:
        """Return what a graph over time is made of, whatever names it has."""
        return made(syntax.kind, *map(self, syntax.of))

    def count(self, syntax: Syntax, least: int, most: int) -> NoReturn:
        found = len(syntax.of)
        allowed = str(least) if least == most else f"{least} to {most}"
        self.refuse(syntax, f"{found} argument{'' if found == 1 else 's'} of {syntax.text}", allowed)

    def entrywise(self, syntax: Syntax) -> ArrayTree:
        """Return a function of each entry."""
        name = syntax.text
        function = FUNCTIONS.get(name)
        if function is None or name in self.scope.shapes:
            self.unknown(syntax)
        if syntax.keywords:
            self.refuse(syntax.keywords[0][1], f'the keyword "{syntax.keywords[0][0]}"', "no keyword")
        if not function.least <= len(syntax.of) <= function.most:
            self.count(syntax, function.least, function.most)
        return made("function", *map(self, syntax.of), option=name)

    def axis(self, syntax: Syntax, axes: int) -> int:
        """Return an axis, counted from 0 as in NumPy; -1 is the last."""
        value = self(syntax)
        found = value.option[0] if is_number(value) else None
        if found is None or not found.is_Integer or not -axes <= found < axes:
            allowed = f"an axis from {-axes} to {axes - 1}" if axes else "no axis: it is a number"
            self.refuse(syntax, f"axis {self.text[syntax.at : syntax.at + 8] if found is None else found}", allowed)
        return int(found) % axes


# The functions of arrays.


Keywords = Mapping[str, Syntax]


class ArrayFunction(NamedTuple):
    """A function of whole arrays.

    Attributes:
        build: From the shaper, the call and its keywords to the operation.
        least: The fewest arguments that it takes.
        most: The most arguments that it takes.
        keywords: The keywords that it takes.
    """

    build: Callable[[_Shaper, Syntax, Keywords], ArrayTree]
    least: int = 1
    most: int = 1
    keywords: tuple[str, ...] = ()


def _over(shaper: _Shaper, of: ArrayTree, keywords: Keywords) -> Reduction:
    """Return over which axes is brought together: one or several that are named, or all."""
    axes = len(of.shape)
    kept = _flag(shaper, keywords["keepdims"]) if "keepdims" in keywords else False
    if "axis" not in keywords:
        return Reduction(tuple(range(axes)), kept)
    stated = keywords["axis"]
    listed = stated.of if stated.kind == "list" else (stated,)
    return Reduction(tuple(sorted({shaper.axis(part, axes) for part in listed})), kept)


def _flag(shaper: _Shaper, syntax: Syntax) -> bool:
    """Return a yes or no, as ``true`` or ``false``."""
    if syntax.kind == "name" and syntax.text.lower() in {"true", "false"}:
        return syntax.text.lower() == "true"
    shaper.refuse(syntax, "a value of keepdims", "true or false")


def _reduction(kind: str) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    def build(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
        of = shaper(syntax.of[0])
        return made(kind, of, option=_over(shaper, of, keywords))

    return build


def _extreme(kind: str) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    """Return the largest or smallest: of one array over its axes, of several entry by entry."""

    def build(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
        if len(syntax.of) > 1:
            return shaper.entrywise(syntax)
        of = shaper(syntax.of[0])
        over = _over(shaper, of, keywords)
        _contested(shaper, syntax, prod(of.shape[axis] for axis in over.axes))
        return made(kind, of, option=over)

    return build


def _contested(shaper: _Shaper, syntax: Syntax, count: int) -> None:
    if count > MOST_ARGUMENTS:
        shaper.refuse(syntax, f"{syntax.text} of {count:,} numbers", f"at most {MOST_ARGUMENTS}")


def _var(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
    """Return the mean of the squares of the distances from the mean."""
    of = shaper(syntax.of[0])
    over = _over(shaper, of, keywords)
    middle = made("mean", of, option=over._replace(kept=True))
    square = made("power", made("add", of, made("negative", middle)), number(2))
    return made("mean", square, option=over)


def _root(of: ArrayTree) -> ArrayTree:
    return made("function", of, option="sqrt")


def _norm(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
    """Return the square root of the sum of the squares."""
    of = shaper(syntax.of[0])
    return _root(made("sum", made("power", of, number(2)), option=_over(shaper, of, keywords)))


def _softmax(kind: str) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    def build(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
        of = shaper(syntax.of[0])
        if not of.shape:
            shaper.refuse(syntax, f"{kind} of a number", "an array")
        axis = shaper.axis(keywords["axis"], len(of.shape)) if "axis" in keywords else len(of.shape) - 1
        return made(kind, of, option=axis) if of.shape[axis] <= WIDEST_SOFTMAX else _wide_softmax(kind, of, axis)

    return build


def _wide_softmax(kind: str, of: ArrayTree, axis: int) -> ArrayTree:
    """Return a softmax, or the logarithm of one, through the sum of the powers of e: each entry is a quotient.

    By its own rule every entry is derived with respect to every other, which are too many.
    """
    powers = made("function", of, option="exp")
    whole = made("sum", powers, option=Reduction((axis,), kept=True))
    if kind == "softmax":
        return made("divide", powers, whole)
    return made("add", of, made("negative", made("function", whole, option="ln")))


def _causal(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    """Return a softmax of each row over the places up to its own."""
    of = shaper(syntax.of[0])
    if len(of.shape) < 2 or of.shape[-1] != of.shape[-2]:
        shaper.refuse(syntax, f"{syntax.text} of the shape {shown_shape(of.shape)}", "as many rows as columns")
    return made("causal_softmax", of, option=len(of.shape) - 1)


def _concat(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
    of = [shaper(part) for part in syntax.of]
    axes = len(of[0].shape)
    if not axes:
        shaper.refuse(syntax.of[0], "a number", "arrays")
    axis = shaper.axis(keywords["axis"], axes) if "axis" in keywords else 0
    return made("concat", *of, option=axis)


def _whole(kind: str) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    """Return an operation on arrays that has no options."""
    return lambda shaper, syntax, _keywords: made(kind, *map(shaper, syntax.of))


def _reshape(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    of, *lengths = syntax.of
    tree = shaper(of)
    listed = lengths[0].of if len(lengths) == 1 and lengths[0].kind == "list" else tuple(lengths)
    if len(listed) > MOST_ARRAY_AXES:
        shaper.refuse(syntax, f"{len(listed)} axes", f"at most {MOST_ARRAY_AXES}")
    shape = tuple(_length(shaper, part) for part in listed)
    if shape.count(-1) == 1:
        rest = max(1, -prod(shape))
        shape = tuple(tree.size // rest if length == -1 else length for length in shape)
    return made("reshape", tree, option=shape)


def _length(shaper: _Shaper, syntax: Syntax) -> int:
    """Return the length of an axis; -1 is what the others leave."""
    value = shaper(syntax)
    if is_number(value) and value.option[0] == -1:
        return -1
    return shaper.whole(syntax, 1, MOST_ARRAY_ENTRIES, "One of them may be -1: what the others leave.")


def _steps(shaper: _Shaper, stated: Syntax | None, usual: tuple[int, ...], least: int = 1) -> tuple[int, ...]:
    """Return a whole number for each axis: one for all, or as many as there are axes."""
    if stated is None:
        return usual
    found, axes = shaper.wholes(stated, least, MOST_ARRAY_ENTRIES), len(usual)
    if len(found) not in {1, axes}:
        shaper.refuse(stated, f"{len(found)} numbers", f"one number, or {axes}")
    return found * axes if len(found) == 1 else found


def _correlation(axes: int) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    def build(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
        array, kernel = map(shaper, syntax.of)
        stride = _steps(shaper, keywords.get("stride"), (1,) * axes)
        padding = _steps(shaper, keywords.get("padding"), (0,) * axes, 0)
        return made("correlate", array, kernel, option=Window((), stride, padding))

    return build


def _pooling(kind: str) -> Callable[[_Shaper, Syntax, Keywords], ArrayTree]:
    def build(shaper: _Shaper, syntax: Syntax, keywords: Keywords) -> ArrayTree:
        stated = dict(keywords)
        if len(syntax.of) > 1:
            stated["size"] = syntax.of[1]
        of = shaper(syntax.of[0])
        if "size" not in stated or not of.shape:
            shaper.refuse(syntax, f"{kind} without a size", f"an array and a size, as in {kind}(X, 2)")
        axes = min(2, len(of.shape))
        size = _steps(shaper, stated["size"], (1,) * axes)
        stride = _steps(shaper, stated.get("stride"), size)
        if kind == "maxpool":
            _contested(shaper, syntax, prod(size))
        return made(kind, of, option=Window(size, stride))

    return build


def _where(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    condition, *values = syntax.of
    if condition.kind != "compare":
        shaper.refuse(condition, "no comparison", "a comparison with > < >= or <=, as in where(x > 0, x, 0)")
    sides = map(shaper, condition.of)
    return made("where", *sides, *map(shaper, values), option=condition.text)


def _places(shaper: _Shaper, syntax: Syntax, most: int) -> tuple[Shape, tuple[int, ...]]:
    """Return the shape of an array of places counted from 1, and those places counted from 0."""
    tree = shaper(syntax)
    numbers: Sequence[Expr] = tree.option if tree.kind == "constant" else ()
    if tree.kind == "leaf":
        if shaper.scope.numbers is None:
            return tree.shape, (0,) * tree.size
        if tree.option not in shaper.scope.numbers:
            hint = "Give them under the key at: what is looked up has to be known."
            shaper.refuse(syntax, f"places {tree.option} without numbers", "numbers of places, counted from 1", hint)
        numbers = [Rational(n.numerator, n.denominator) for n in shaper.scope.numbers[tree.option]]
    wrong = [value for value in numbers if not value.is_Integer or not 1 <= value <= most]
    if wrong or not numbers:
        found = str(wrong[0]) if wrong else "places that are worked out"
        shaper.refuse(syntax, found, f"whole numbers from 1 to {most}", "Places are counted from 1.")
    return tree.shape, tuple(int(value) - 1 for value in numbers)


def _onehot(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    length = shaper.whole(syntax.of[1], 1, MOST_ARRAY_ENTRIES)
    shape, places = _places(shaper, syntax.of[0], length)
    if length * len(places) > MOST_ARRAY_ENTRIES:
        shaper.refuse(syntax, f"{length * len(places):,} numbers", f"at most {MOST_ARRAY_ENTRIES:,} in any one array")
    return constant(tuple(Integer(place == at) for place in places for at in range(length)), (*shape, length))


def _embed(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    entries = shaper(syntax.of[0])
    if not entries.shape:
        shaper.refuse(syntax.of[0], "a number", "an array with a row for each entry")
    return made("embed", entries, option=_places(shaper, syntax.of[1], entries.shape[0]))


def _ones(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    lengths = tuple(shaper.whole(part, 1, MOST_ARRAY_ENTRIES) for part in syntax.of)
    if prod(lengths) > MOST_ARRAY_ENTRIES:
        shaper.refuse(syntax, f"{prod(lengths):,} numbers", f"at most {MOST_ARRAY_ENTRIES:,} in any one array")
    return filled(S.One, lengths)


def _transposed(shaper: _Shaper, syntax: Syntax, _keywords: Keywords) -> ArrayTree:
    return shaper.transpose(syntax)


_AXIS = ("axis", "keepdims")
_MOVES = ("stride", "padding")

ARRAY_FUNCTIONS: Mapping[str, ArrayFunction] = MappingProxyType(
    {
        "sum": ArrayFunction(_reduction("sum"), keywords=_AXIS),
        "mean": ArrayFunction(_reduction("mean"), keywords=_AXIS),
        "max": ArrayFunction(_extreme("max"), most=MOST_ARGUMENTS, keywords=_AXIS),
        "min": ArrayFunction(_extreme("min"), most=MOST_ARGUMENTS, keywords=_AXIS),
        "var": ArrayFunction(_var, keywords=_AXIS),
        "std": ArrayFunction(lambda *stated: _root(_var(*stated)), keywords=_AXIS),
        "norm": ArrayFunction(_norm, keywords=_AXIS),
        "softmax": ArrayFunction(_softmax("softmax"), keywords=("axis",)),
        "log_softmax": ArrayFunction(_softmax("log_softmax"), keywords=("axis",)),
        "causal_softmax": ArrayFunction(_causal),
        "transpose": ArrayFunction(_transposed),
        "concat": ArrayFunction(_concat, least=1, most=MOST_ARGUMENTS, keywords=("axis",)),
        "reshape": ArrayFunction(_reshape, least=2, most=1 + MOST_ARRAY_AXES),
        "stack": ArrayFunction(_whole("stack"), least=1, most=MOST_ARGUMENTS),
        "detach": ArrayFunction(_whole("detach")),
        "outer": ArrayFunction(_whole("outer"), least=2, most=2),
        "conv1d": ArrayFunction(_correlation(1), least=2, most=2, keywords=_MOVES),
        "conv2d": ArrayFunction(_correlation(2), least=2, most=2, keywords=_MOVES),
        "maxpool": ArrayFunction(_pooling("maxpool"), most=2, keywords=("size", "stride")),
        "avgpool": ArrayFunction(_pooling("avgpool"), most=2, keywords=("size", "stride")),
        "where": ArrayFunction(_where, least=3, most=3),
        "ones": ArrayFunction(_ones, most=MOST_ARRAY_AXES),
        "onehot": ArrayFunction(_onehot, least=2, most=2),
        "embed": ArrayFunction(_embed, least=2, most=2),
    }
)
"""The functions of whole arrays, by their names; all others are taken of each entry."""

_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "^"}

_MEANINGS: Mapping[str, Callable[[_Shaper, Syntax], ArrayTree]] = MappingProxyType(
    {
        "number": _Shaper.number,
        "name": _Shaper.name,
        "list": _Shaper.list,
        **dict.fromkeys(("add", "subtract", "multiply", "matmul"), _Shaper.joined),
        "divide": _Shaper.divided,
        "power": _Shaper.power,
        "negative": _Shaper.negative,
        "transpose": _Shaper.transpose,
        "compare": _Shaper.compare,
        "range": _Shaper.range,
        "index": _Shaper.index,
        "call": _Shaper.call,
        **dict.fromkeys(("stack", "detach"), _Shaper.unrolled),
    }
)

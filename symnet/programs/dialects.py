"""Expressions in a programming language: one table a language over the operations on arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from sympy import Rational, S
from sympy.core.expr import Expr
from sympy.core.numbers import Exp1, Pi

from symnet.arrays.build import reshape
from symnet.arrays.tree import ArrayTree, AxisRange, Reduction, Shape, Window, is_number, made, number_of, opposite
from symnet.programs.listing import NoProgramError

# How tightly a text binds.
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
_SIMPLE = re.compile(r"-?[\w.]+")


class Dialect(NamedTuple):
    """How a language writes expressions.

    Attributes:
        name: Its name, as ``--to`` has it.
        arrays: Whether it has arrays; else every number has a variable.
        suffix: How its files end.
        library: What stands before the functions of its library.
        kinds: For each operation how it is written.
        functions: How functions of numbers are called.
        fixed: How functions of numbers that are written out are called, where that is otherwise.
        pi: The number pi.
        e: The number e.
        condition: A comparison as 1 or 0.
        where: One of two values.
        axis: What an axis is called, and whether it is kept.
    """

    name: str
    arrays: bool
    suffix: str
    library: str
    kinds: Mapping[str, Rule]
    functions: Mapping[str, str]
    pi: str
    e: str
    condition: str
    where: str
    fixed: Mapping[str, str] = MappingProxyType({})
    axis: tuple[str, str, str] = ("axis", "keepdims", "True")


class CodeWriter:
    """Writes expressions, and remembers them and which helpers they call.

    Args:
        dialect: The language.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.helpers: set[str] = set()
        self.written: list[str] = []

    def __call__(self, tree: ArrayTree) -> str:
        """Return an expression."""
        text = self.bound(tree)[0]
        self.written.append(text)
        return text

    def bound(self, tree: ArrayTree) -> tuple[str, int]:
        """Return an expression, and how tightly it binds."""
        rule = self.dialect.kinds.get(tree.kind)
        if rule is None:
            raise NoProgramError(
                f"--to {self.dialect.name}: found the operation {tree.kind}; expected one that this language has here. "
                "Take another language"
            )
        return rule(self, tree)

    def operand(self, tree: ArrayTree, least: int) -> str:
        """Return an operand, in brackets if it binds less tightly than ``least``."""
        text, binding = self.bound(tree)
        return f"({text})" if binding < least else text

    def call(self, name: str, *arguments: str) -> tuple[str, int]:
        """Return the call of a helper, which the program then has."""
        self.helpers.add(name)
        return f"{name}({', '.join(arguments)})", ATOM

    def of_library(self, name: str, *arguments: str) -> tuple[str, int]:
        """Return the call of a function of the library."""
        return f"{self.dialect.library}.{name}({', '.join(filter(None, arguments))})", ATOM

    def over(self, tree: ArrayTree) -> tuple[str, ...]:
        """Return the arguments that say over which axes something is brought together; none over all."""
        reduction: Reduction = tree.option
        axis, kept, yes = self.dialect.axis
        partial = len(reduction.axes) < len(tree.of[0].shape) or reduction.kept
        return (
            f"{axis}={_tuple(reduction.axes)}" if partial else "",
            f"{kept}={yes}" if reduction.kept else "",
        )


Rule: TypeAlias = Callable[[CodeWriter, ArrayTree], "tuple[str, int]"]


def literal(value: Fraction) -> str:
    """Return a number as programs have it: a decimal where that ends soon, else a fraction."""
    shown = decimal(value)
    return shown if shown is not None else f"{value.numerator} / {value.denominator}"


def decimal(value: Fraction) -> str | None:
    """Return a number as a decimal, or None where it does not end within 17 digits."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((n for n in range(1, 18) if (value * 10**n).denominator == 1), None)
    if places is None:
        return None
    sign, size = "-" if value < 0 else "", abs(value)
    if size < Fraction(1, 10**5):
        return f"{float(value)!r}"
    digits = str(int(size * 10**places)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _tuple(numbers: tuple[int, ...]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"


# Numbers.


def _number(write: CodeWriter, value: Expr) -> tuple[str, int]:
    if isinstance(value, Rational):
        text = literal(Fraction(int(value.p), int(value.q)))
        return text, PRODUCT if "/" in text else SIGN if text.startswith("-") else ATOM
    if isinstance(value, Exp1 | Pi):
        return (write.dialect.e if value is S.Exp1 else write.dialect.pi), ATOM
    raise NoProgramError(f"--to {write.dialect.name}: found the number {value}; expected a rational one, e or pi")


def _constant(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    if is_number(tree):
        return _number(write, tree.option[0])
    value = number_of(tree)
    if value is not None:
        if value in (S.Zero, S.One):
            return write.of_library("zeros" if value is S.Zero else "ones", str(tree.shape))
        return write.of_library("full", str(tree.shape), _number(write, value)[0])
    entries = [_number(write, one)[0] for one in tree.option]
    return array_literal(write.dialect, entries, tree.shape), ATOM


def array_literal(dialect: Dialect, entries: list[str], shape: Shape) -> str:
    """Return an array that is written out."""
    return ARRAYS[dialect.name].format(nested(entries, shape))


def nested(entries: list[str], shape: Shape) -> str:
    """Return entries as lists within one another."""
    if not shape:
        return entries[0]
    step = prod(shape[1:])
    return f"[{', '.join(nested(entries[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0]))}]"


ARRAYS: Mapping[str, str] = MappingProxyType(
    {
        "numpy": "np.array({}, dtype=float)",
        "torch": "torch.tensor({}, dtype=torch.float64)",
        "jax": "jnp.array({}, dtype=float)",
        "python": "{}",
        "js": "{}",
    }
)
"""How each language writes an array of numbers."""


# Sums, products and powers.


def _leaf(_write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return str(tree.option), ATOM


def terms(write: CodeWriter, tree: ArrayTree) -> list[str]:
    """Return the terms of a sum, each with its sign."""
    found: list[str] = []
    for term in _broadcast(tree):
        size = opposite(term)
        if size is not None:
            found.append(f"- {write.operand(size, PRODUCT)}" if found else f"-{write.operand(size, SIGN)}")
        else:
            found.append(f"+ {write.operand(term, PRODUCT)}" if found else write.operand(term, SUM))
    return found


def _sum(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return " ".join(terms(write, tree)), SUM


def _broadcast(tree: ArrayTree) -> tuple[ArrayTree, ...]:
    """Return what is joined entry by entry; what would be repeated to the shape of another is left to broadcasting."""
    if not any(part.kind != "repeat" and part.shape == tree.shape for part in tree.of):
        return tree.of
    return tuple(map(_not_repeated, tree.of))


def _not_repeated(part: ArrayTree) -> ArrayTree:
    if part.kind == "negative":
        return part._replace(of=(_not_repeated(part.of[0]),))
    if part.kind != "repeat":
        return part
    shape, axes = part.option
    child = part.of[0]
    if not child.shape or len(child.shape) == len(shape):
        return child
    if child.kind in {"sum", "mean"} and child.option == Reduction(tuple(axes)):
        return made(child.kind, child.of[0], option=Reduction(tuple(axes), kept=True))
    return reshape(child, tuple(1 if axis in axes else length for axis, length in enumerate(shape)))


def _negative(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return f"-{write.operand(tree.of[0], SIGN)}", SIGN


def _product(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    of = _broadcast(tree)
    conditions = [_condition(write, part) for part in of]
    # A comparison counts as 1 or 0 where it is multiplied with a number.
    counts = not all(conditions)
    parts = []
    for place, (part, condition) in enumerate(zip(of, conditions, strict=True)):
        if condition is not None and counts:
            parts.append(f"({condition})")
        else:
            least = ATOM if part.kind == "matmul" else SIGN if place else PRODUCT
            parts.append(write.operand(part, least))
    return " * ".join(parts), PRODUCT


def _quotient(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    over, under = _broadcast(tree)
    return f"{write.operand(over, PRODUCT)} / {write.operand(under, POWER)}", PRODUCT


def _power(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    base, exponent = tree.of
    if is_number(base) and base.option[0] is S.Exp1:
        return _called(write, "exp", exponent)
    over, above = write.operand(base, ATOM), write.operand(exponent, ATOM)
    # Formatters set no spaces between a name or a number and its power.
    sign = "**" if write.dialect.suffix == ".py" and _SIMPLE.fullmatch(over) and _SIMPLE.fullmatch(above) else " ** "
    return f"{over}{sign}{above}", POWER


def _script_power(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    """Return a power in brackets of its own, since no sign may stand before one in JavaScript."""
    text, binding = _power(write, tree)
    return (f"({text})", ATOM) if binding == POWER else (text, binding)


def _called(write: CodeWriter, name: str, *arguments: ArrayTree) -> tuple[str, int]:
    """Return a function of numbers."""
    dialect = write.dialect
    fixed = all(_is_fixed(one) for one in arguments)
    text = dialect.fixed[name] if fixed and name in dialect.fixed else dialect.functions[name]
    if text.startswith("@"):
        return write.call(text[1:], *map(write, arguments))
    return text.format(*map(write, arguments)), ATOM


def _is_fixed(tree: ArrayTree) -> bool:
    return tree.kind == "constant" or (tree.kind != "leaf" and all(map(_is_fixed, tree.of)))


def _function(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    name = tree.option
    if name in {"max", "min"}:
        return _EXTREMES[write.dialect.name](write, name, tree.of)
    return _called(write, name, *tree.of)


def _two_by_two(write: CodeWriter, name: str, of: tuple[ArrayTree, ...]) -> tuple[str, int]:
    text = write(of[-1])
    for part in reversed(of[:-1]):
        text = write.of_library(f"{name}imum", write(part), text)[0]
    return text, ATOM


def _clamped(write: CodeWriter, name: str, of: tuple[ArrayTree, ...]) -> tuple[str, int]:
    """Return the largest or smallest, where torch takes a number for a bound."""
    tensors = [part for part in of if not _is_fixed(part)]
    numbers = [part for part in of if _is_fixed(part)]
    text, binding = _two_by_two(write, name, tuple(tensors))
    for bound in numbers:
        if name == "max" and number_of(bound) == 0:
            # Its derivative at the kink is 0, as it is taught, and that of clamp is not.
            text, binding = write.of_library("relu", text)
            continue
        limit = "min" if name == "max" else "max"
        text, binding = write.of_library("clamp", text, f"{limit}={write(bound)}")
    return text, binding


_EXTREMES: Mapping[str, Callable[[CodeWriter, str, tuple[ArrayTree, ...]], tuple[str, int]]] = MappingProxyType(
    {
        "numpy": _two_by_two,
        "jax": _two_by_two,
        "torch": _clamped,
        "python": lambda write, name, of: (f"{name}({', '.join(map(write, of))})", ATOM),
        "js": lambda write, name, of: (f"Math.{name}({', '.join(map(write, of))})", ATOM),
    }
)


# Comparisons.


def _condition(write: CodeWriter, tree: ArrayTree) -> str | None:
    """Return the comparison that a tree of ones and zeros is; None for any other."""
    if tree.kind == "indicator":
        return f"{write(tree.of[0])} > 0"
    if tree.kind == "where" and number_of(tree.of[2]) == 1 and number_of(tree.of[3]) == 0:
        left, right = tree.of[:2]
        return f"{write(left)} {tree.option} {write(right)}"
    if tree.kind == "contest" and len(tree.of) == 2:
        return _compared(write, tree)[0]
    return None


def _compared(write: CodeWriter, tree: ArrayTree) -> list[str]:
    kind, place = tree.option
    sign = ">" if kind == "max" else "<"
    own = write(tree.of[place])
    return [
        f"{own} {sign}{'=' if place < other else ''} {write(part)}"
        for other, part in enumerate(tree.of)
        if other != place
    ]


def _indicator(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return _one_where(write, str(_condition(write, tree)))


def _one_where(write: CodeWriter, condition: str) -> tuple[str, int]:
    text = write.dialect.condition.format(condition)
    return text, SUM - 1 if " if " in text or " ? " in text else ATOM


def _contest(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    compared = _compared(write, tree)
    if len(compared) == 1:
        return _one_where(write, compared[0])
    return " * ".join(f"({_one_where(write, one)[0]})" for one in compared), PRODUCT


def _where(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    condition = _condition(write, tree)
    if condition is not None:
        return _one_where(write, condition)
    left, right, above, below = tree.of
    comparison = f"{write(left)} {tree.option} {write(right)}"
    text = write.dialect.where.format(comparison, write(above), write(below))
    return text, SUM - 1 if " if " in text or " ? " in text else ATOM


# Operations on whole arrays.


def _matmul(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    first, second = tree.of
    left = write.operand(first, PRODUCT if first.kind == "matmul" else POWER)
    return f"{left} @ {write.operand(second, POWER)}", PRODUCT


def _transposed(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    if tree.option == (1, 0):
        return f"{write.operand(tree.of[0], ATOM)}.T", ATOM
    name = "permute" if write.dialect.library == "torch" else "transpose"
    return write.of_library(name, write(tree.of[0]), str(tree.option))


def _reduced(names: Mapping[str, str]) -> Rule:
    return lambda write, tree: write.of_library(names.get(tree.kind, tree.kind), write(tree.of[0]), *write.over(tree))


def _softmax(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    arguments = () if tree.kind == "causal_softmax" else (f"axis={tree.option}",)
    return write.call(tree.kind, write(tree.of[0]), *arguments)


def _mask(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    kind, over = tree.option
    return write.call(f"{kind}_mask", write(tree.of[0]), f"axes={_shape(over.axes)}")


def _shape(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))}{',' if len(numbers) == 1 else ''})"


def _reshaped(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return f"{write.operand(tree.of[0], ATOM)}.reshape({', '.join(map(str, tree.shape))})", ATOM


def _sliced(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    spans: list[AxisRange] = list(tree.option)
    lengths = tree.of[0].shape
    while spans and not spans[-1].single and (spans[-1].start, spans[-1].stop) == (0, lengths[len(spans) - 1]):
        spans.pop()
    if not spans:
        return write.bound(tree.of[0])
    shown = ", ".join(_span(one, length) for one, length in zip(spans, lengths, strict=False))
    return f"{write.operand(tree.of[0], ATOM)}[{shown}]", ATOM


def _span(span: AxisRange, length: int) -> str:
    if span.single:
        return str(span.start)
    start, stop = str(span.start or ""), "" if span.stop == length else str(span.stop)
    return f"{start}:{stop}"


def _joined(name: str) -> Rule:
    def rule(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
        axis = write.dialect.axis[0]
        return write.of_library(name, f"[{', '.join(map(write, tree.of))}]", f"{axis}={tree.option}")

    return rule


def _stacked(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    entries = [write(part) if not _is_fixed(part) else as_array(write, part) for part in tree.of]
    return write.of_library("stack", f"[{', '.join(entries)}]")


def as_array(write: CodeWriter, part: ArrayTree) -> str:
    """Return numbers that are written out as an array, which torch asks for."""
    return ARRAYS[write.dialect.name].format(write(part)) if is_number(part) else write(part)


def _detached(form: str) -> Rule:
    return lambda write, tree: (form.format(write.operand(tree.of[0], ATOM)), ATOM)


def _outer(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return write.of_library("outer", *map(write, tree.of))


def _looked_up(form: str) -> Rule:
    def rule(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
        shape, places = tree.option
        text = f"{write.operand(tree.of[0], ATOM)}[{form.format(nested(list(map(str, places)), (len(places),)))}]"
        if len(shape) != 1:
            text += f".reshape({', '.join(map(str, tree.shape))})"
        return text, ATOM

    return rule


def _repeat(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    shape, axes = tree.option
    child = tree.of[0]
    text = write(child)
    if child.shape and len(child.shape) != len(shape):
        between = tuple(1 if axis in axes else length for axis, length in enumerate(shape))
        text = f"{write.operand(child, ATOM)}.reshape({', '.join(map(str, between))})"
    return write.of_library("broadcast_to", as_array(write, child) if _is_fixed(child) else text, str(shape))


def _placed(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    shape, spans = tree.option
    index = _shape_of([str(one.start) if one.single else f"slice({one.start}, {one.stop})" for one in spans])
    return write.call("place", write(tree.of[0]), index, _shape(shape))


def _shape_of(items: list[str]) -> str:
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _moves(window: Window) -> tuple[str, ...]:
    return f"stride={_shape(window.stride)}", f"padding={_shape(window.padding or (0,) * len(window.stride))}"


def _correlated(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    return write.call("correlate", *map(write, tree.of), *_moves(tree.option))


def _correlated_back(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    shape, window = tree.option
    return write.call(tree.kind, *map(write, tree.of), f"shape={_shape(shape)}", *_moves(window))


def _pooled(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    window: Window = tree.option
    return write.call(tree.kind, write(tree.of[0]), f"size={_shape(window.size)}", f"stride={_shape(window.stride)}")


def _unpooled(write: CodeWriter, tree: ArrayTree) -> tuple[str, int]:
    shape, window = tree.option
    name = "unpool_max" if len(tree.of) > 1 else "unpool_mean"
    where = f"size={_shape(window.size)}", f"stride={_shape(window.stride)}"
    own = () if len(tree.of) > 1 else (f"shape={_shape(shape)}",)
    return write.call(name, *map(write, tree.of), *own, *where)


_SCALARS: Mapping[str, Rule] = MappingProxyType(
    {
        "leaf": _leaf,
        "constant": _constant,
        "add": _sum,
        "negative": _negative,
        "multiply": _product,
        "divide": _quotient,
        "power": _power,
        "function": _function,
        "where": _where,
        "indicator": _indicator,
        "contest": _contest,
    }
)


def _arrays(names: Mapping[str, str], detached: str, index: str) -> Mapping[str, Rule]:
    """Return the table of a library of arrays.

    Args:
        names: What it calls some functions otherwise than NumPy does.
        detached: How something is made a constant.
        index: How a list of places is written as an index.
    """
    return MappingProxyType(
        {
            **_SCALARS,
            "matmul": _matmul,
            "transpose": _transposed,
            **dict.fromkeys(("sum", "mean", "max", "min"), _reduced(names)),
            **dict.fromkeys(("softmax", "log_softmax", "causal_softmax"), _softmax),
            "mask": _mask,
            "reshape": _reshaped,
            "slice": _sliced,
            "concat": _joined(names.get("concatenate", "concatenate")),
            "stack": _stacked,
            "detach": _detached(detached),
            "outer": _outer,
            "embed": _looked_up(index),
            "repeat": _repeat,
            "place": _placed,
            "correlate": _correlated,
            **dict.fromkeys(("correlate_input", "correlate_kernel"), _correlated_back),
            **dict.fromkeys(("maxpool", "avgpool"), _pooled),
            "unpool": _unpooled,
        }
    )


_COMMON = ("exp", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sign")


def _functions(library: str, more: Mapping[str, str]) -> Mapping[str, str]:
    """Return how the functions of a library are called; an @ before one that the program brings along."""
    found = {name: f"{library}.{name}({{}})" for name in _COMMON}
    natural = f"{library}.log({{}})"
    return MappingProxyType({**found, "ln": natural, "log": natural, "sigmoid": "@sigmoid", **more})


_MATH = _functions("math", {"abs": "abs({})", "sign": "@sign", "erf": "math.erf({})", "relu": "max(0, {})"})
_FIXED: Mapping[str, str] = MappingProxyType({name: text for name, text in _MATH.items() if not text.startswith("@")})

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        one.name: one
        for one in (
            Dialect(
                name="numpy",
                arrays=True,
                suffix=".py",
                library="np",
                kinds=_arrays({}, "{}", "{}"),
                functions=_functions("np", {"erf": "@erf", "relu": "np.maximum(0, {})"}),
                pi="np.pi",
                e="np.e",
                condition="np.where({}, 1.0, 0.0)",
                where="np.where({}, {}, {})",
            ),
            Dialect(
                name="torch",
                arrays=True,
                suffix=".py",
                library="torch",
                kinds=_arrays({"max": "amax", "min": "amin", "concatenate": "cat"}, "{}.detach()", "{}"),
                functions=_functions("torch", {"erf": "torch.erf({})", "relu": "torch.relu({})"}),
                fixed=_FIXED,
                pi="math.pi",
                e="math.e",
                condition="torch.where({}, 1.0, 0.0)",
                where="torch.where({}, {}, {})",
                axis=("dim", "keepdim", "True"),
            ),
            Dialect(
                name="jax",
                arrays=True,
                suffix=".py",
                library="jnp",
                kinds=_arrays({}, "jax.lax.stop_gradient({})", "jnp.array({})"),
                functions=_functions("jnp", {"erf": "jax.scipy.special.erf({})", "relu": "jnp.maximum(0, {})"}),
                pi="jnp.pi",
                e="jnp.e",
                condition="jnp.where({}, 1.0, 0.0)",
                where="jnp.where({}, {}, {})",
            ),
            Dialect(
                name="python",
                arrays=False,
                suffix=".py",
                library="math",
                kinds=_SCALARS,
                functions=_MATH,
                pi="math.pi",
                e="math.e",
                condition="1 if {} else 0",
                where="{1} if {0} else {2}",
            ),
            Dialect(
                name="js",
                arrays=False,
                suffix=".mjs",
                library="Math",
                kinds=MappingProxyType({**_SCALARS, "power": _script_power}),
                functions=_functions("Math", {"erf": "@erf", "relu": "Math.max(0, {})"}),
                pi="Math.PI",
                e="Math.E",
                condition="{} ? 1 : 0",
                where="{} ? {} : {}",
            ),
        )
    }
)
"""The languages, by name."""

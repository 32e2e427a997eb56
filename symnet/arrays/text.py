"""Array expressions as plain text, as a description would have them; what no description has is a function by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType

from symnet.algebra.nodes import plain_text
from symnet.arrays.tree import ArrayTree, AxisRange, Reduction, Shape, Window, number_of

_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def array_text(tree: ArrayTree) -> str:
    """Return the text of an array expression."""
    return _TEXTS[tree.kind](tree)


def _operand(tree: ArrayTree, least: int) -> str:
    text = array_text(tree)
    return f"({text})" if _binding(tree) < least else text


def _binding(tree: ArrayTree) -> int:
    """Return how tightly the text of a tree binds."""
    if tree.kind == "constant":
        text = array_text(tree)
        return _SUM if text.startswith("-") else _PRODUCT if "/" in text or "*" in text else _ATOM
    if tree.kind == "repeat" and array_text(tree).endswith("keepdims=true)"):
        return _ATOM
    return _BINDING.get(tree.kind, _ATOM)


def _sum(tree: ArrayTree) -> str:
    first, *others = tree.of
    text = _operand(first, _SUM)
    for term in others:
        shown = _operand(term, _PRODUCT) if term.kind != "negative" else array_text(term)
        text += f" - {shown[1:]}" if shown.startswith("-") else f" + {shown}"
    return text


def _negative(tree: ArrayTree) -> str:
    return f"-{_operand(tree.of[0], _PRODUCT)}"


def _product(tree: ArrayTree) -> str:
    leading = [not place or part.kind == "repeat" for place, part in enumerate(tree.of)]
    return "*".join(_operand(part, _PRODUCT if first else _POWER) for first, part in zip(leading, tree.of, strict=True))


def _matmul(tree: ArrayTree) -> str:
    first, second = tree.of
    return f"{_operand(first, _POWER)} @ {_operand(second, _POWER)}"


def _quotient(tree: ArrayTree) -> str:
    return f"{_operand(tree.of[0], _PRODUCT)}/{_operand(tree.of[1], _POWER)}"


def _power(tree: ArrayTree) -> str:
    return f"{_operand(tree.of[0], _ATOM)}^{_operand(tree.of[1], _ATOM)}"


def _constant(tree: ArrayTree) -> str:
    value = number_of(tree)
    if tree.shape and value is not None:
        ones = f"ones({', '.join(map(str, tree.shape))})"
        return ones if value == 1 else f"{_in_brackets(plain_text(value))}*{ones}"
    texts = [plain_text(entry) for entry in tree.option]
    return _listed(texts, tree.shape) if tree.shape else {"E": "e"}.get(texts[0], texts[0])


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("-") or "/" in text else text


def _listed(texts: list[str], shape: Shape) -> str:
    if not shape:
        return texts[0]
    step = prod(shape[1:])
    return f"[{', '.join(_listed(texts[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0]))}]"


def _call(name: str, tree: ArrayTree, *options: str) -> str:
    return f"{name}({', '.join((*map(array_text, tree.of), *filter(None, options)))})"


def _axes(tree: ArrayTree, over: Reduction) -> str:
    """Return the options that say over which axes; none over all."""
    axes = len(tree.of[0].shape)
    named = "" if len(over.axes) == axes else _named("axis", over.axes)
    return ", ".join(filter(None, (named, "keepdims=true" if over.kept else "")))


def _named(keyword: str, numbers: tuple[int, ...]) -> str:
    return f"{keyword}={numbers[0] if len(numbers) == 1 else list(numbers)}"


def _turned(tree: ArrayTree) -> str:
    if len(tree.shape) == 2:
        return f"{_operand(tree.of[0], _ATOM)}'"
    return _call("transpose", tree, _named("axes", tree.option))


def _taken(tree: ArrayTree) -> str:
    return f"{_operand(tree.of[0], _ATOM)}[{places(tree.option)}]"


def places(spans: tuple[AxisRange, ...]) -> str:
    """Return what is taken along each axis, counted from 1 and with the end that belongs to it."""
    return ", ".join(str(span.stop) if span.single else f"{span.start + 1}:{span.stop}" for span in spans)


def _moves(window: Window) -> tuple[str, ...]:
    stride = "" if set(window.stride) <= {1} else _named("stride", _short(window.stride))
    padding = "" if set(window.padding) <= {0} else _named("padding", _short(window.padding))
    return stride, padding


def _short(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return numbers[:1] if len(set(numbers)) == 1 else numbers


def _pooled(tree: ArrayTree) -> str:
    window: Window = tree.option
    stride = "" if window.stride == window.size else _named("stride", window.stride)
    return _call(tree.kind, tree, _named("size", window.size), stride)


def _correlated(suffix: str) -> Callable[[ArrayTree], str]:
    def text(tree: ArrayTree) -> str:
        window: Window = tree.option[1] if suffix else tree.option
        shape = f"shape={list(tree.option[0])}" if suffix else ""
        return _call(f"conv{len(window.stride)}d{suffix}", tree, shape, *_moves(window))

    return text


def _repeat(tree: ArrayTree) -> str:
    """Return a repeated array: a sum keeps its axis and is repeated by what stands beside it."""
    shape, axes = tree.option
    child = tree.of[0]
    if child.kind == "sum" and child.option.axes == axes and not child.option.kept:
        return array_text(child._replace(option=child.option._replace(kept=True)))
    between = tuple(1 if axis in axes else length for axis, length in enumerate(shape))
    shown = (
        array_text(child) if len(child.shape) in {0, len(shape)} else f"reshape({array_text(child)}, {list(between)})"
    )
    own = shown if len(child.shape) not in {0, len(shape)} else _operand(child, _PRODUCT)
    return f"{own}*ones({', '.join(map(str, shape))})"


def _where(tree: ArrayTree) -> str:
    left, right, above, below = map(array_text, tree.of)
    return f"where({left} {tree.option} {right}, {above}, {below})"


def _contest(tree: ArrayTree) -> str:
    """Return where one of several is the largest or smallest, the first of equal ones."""
    kind, place = tree.option
    own, sign = array_text(tree.of[place]), ">" if kind == "max" else "<"
    conditions = [
        f"where({own} {sign}{'=' if place < other else ''} {array_text(part)}, 1, 0)"
        for other, part in enumerate(tree.of)
        if other != place
    ]
    return "*".join(conditions)


_TEXTS: Mapping[str, Callable[[ArrayTree], str]] = MappingProxyType(
    {
        "leaf": lambda tree: str(tree.option),
        "constant": _constant,
        "add": _sum,
        "negative": _negative,
        "multiply": _product,
        "matmul": _matmul,
        "divide": _quotient,
        "power": _power,
        "function": lambda tree: _call(tree.option, tree),
        "where": _where,
        "indicator": lambda tree: f"where({array_text(tree.of[0])} > 0, 1, 0)",
        "contest": _contest,
        "transpose": _turned,
        **dict.fromkeys(("sum", "mean", "max", "min"), lambda tree: _call(tree.kind, tree, _axes(tree, tree.option))),
        **dict.fromkeys(("softmax", "log_softmax"), lambda tree: _call(tree.kind, tree, f"axis={tree.option}")),
        "causal_softmax": lambda tree: _call(tree.kind, tree),
        "mask": lambda tree: _call(f"{tree.option[0]}_mask", tree, _axes(tree, tree.option[1])),
        "reshape": lambda tree: _call("reshape", tree, str(list(tree.shape))),
        "slice": _taken,
        "concat": lambda tree: _call("concat", tree, f"axis={tree.option}" if tree.option else ""),
        "stack": lambda tree: _call("stack", tree),
        "detach": lambda tree: _call("detach", tree),
        "outer": lambda tree: _call("outer", tree),
        "correlate": _correlated(""),
        "correlate_input": _correlated("_input"),
        "correlate_kernel": _correlated("_kernel"),
        **dict.fromkeys(("maxpool", "avgpool", "maxpool_at"), _pooled),
        "unpool": lambda tree: _call(
            "unpool", tree, _named("size", tree.option[1].size), _named("stride", tree.option[1].stride)
        ),
        "embed": lambda tree: _call("embed", tree, str([place + 1 for place in tree.option[1]])),
        "place": lambda tree: _call("place", tree, f"[{places(tree.option[1])}]", f"shape={list(tree.option[0])}"),
        "repeat": _repeat,
    }
)

_BINDING = {
    "add": _SUM,
    "negative": _SUM,
    **dict.fromkeys(("multiply", "divide", "matmul"), _PRODUCT),
    "power": _POWER,
    "transpose": _ATOM,
    "contest": _PRODUCT,
    "repeat": _PRODUCT,
}

"""Two solutions as JSON compared: which numbers and derivatives are different."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import mpmath
from sympy import Symbol

from symnet.errors import SymnetError
from symnet.limits import DEEPEST_VALUES, LARGEST_EXPONENT, LONGEST_COMPARED_NUMBER, MOST_SOLUTION_BYTES
from symnet.numerics.direct import NoValueError, numeric
from symnet.parsing.formula import FormulaError, read
from symnet.render.json import FORMAT

_HINT = "symnet solve FILE -f json writes one"
# Expressions are the same where they are at so many random points, to so many of the digits that are worked with.
_POINTS, _DIGITS, _SAME_DIGITS = 3, 50, 40
_NAME = re.compile(r"(?<![\w.])[A-Za-z_][\w.#@']*(?![\w.#@']*\()")
_NOTHING = "nothing"


class SolutionFileError(SymnetError):
    """A file that is no solution in JSON."""


class Difference(NamedTuple):
    """One thing that is different.

    Attributes:
        loss: The loss of the problem; empty for what is of the whole file.
        id: The quantity.
        what: What of it: its value, its expression, ...
        first: What the first file has.
        second: What the second file has.
    """

    loss: str
    id: str
    what: str
    first: str
    second: str


def read_solution(name: str) -> Mapping[str, Any]:
    """Return a solution as it stands in a file of JSON.

    Args:
        name: The path of the file.

    Raises:
        SolutionFileError: If it cannot be read, is too large, or holds something else.
    """
    try:
        with Path(name).open("rb") as file:
            content = file.read(MOST_SOLUTION_BYTES + 1)
    except OSError as error:
        raise SolutionFileError(f"{name}: cannot read the file: {error.strerror or error}") from None
    if len(content) > MOST_SOLUTION_BYTES:
        raise SolutionFileError(f"{name}: found more than {MOST_SOLUTION_BYTES:,} bytes; expected at most so many")
    try:
        solution: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SolutionFileError(f"{name}{place}: found no JSON; expected a solution: {_HINT}") from None
    if _is_deep(solution):
        raise SolutionFileError(
            f"{name}: found lists and mappings too deep within one another; expected a solution: {_HINT}"
        )
    problems = solution.get("problems") if isinstance(solution, dict) else None
    if not isinstance(problems, list) or not all(isinstance(problem, dict) for problem in problems):
        raise SolutionFileError(f"{name}: found JSON without problems; expected a solution: {_HINT}")
    if solution.get("format") != FORMAT:
        found = json.dumps(solution.get("format"))[:20]
        raise SolutionFileError(f"{name}: format: found {found}; expected {FORMAT}")
    return dict(solution)


def _is_deep(solution: object) -> bool:
    """Whether lists and mappings are deeper within one another than those of any solution."""
    level = [solution]
    for _ in range(DEEPEST_VALUES):
        level = [
            below
            for one in level
            if isinstance(one, (list, dict))
            for below in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def differences(first: Mapping[str, Any], second: Mapping[str, Any], tolerance: float = 0) -> tuple[Difference, ...]:
    """Return all that is different in two solutions, in the order of the first.

    Args:
        first: A solution.
        second: Another one.
        tolerance: How much of the larger one of two numbers they may differ by.
    """
    found: list[Difference] = []
    for loss, one, other in _paired(first["problems"], second["problems"], _id("loss")):
        if one is None or other is None:
            found.append(Difference("", loss, "problem", *_where(one)))
        else:
            found += _Problems(loss, tolerance).compared(one, other)
    return tuple(found)


def _paired(
    first: Iterable[Mapping[str, Any]], second: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], str]
) -> Iterator[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Yield each key with what both sides have under it, or None; those of the first side come first."""
    ones, others = _numbered(first, key), _numbered(second, key)
    for name in dict.fromkeys((*ones, *others)):
        yield name[0], ones.get(name), others.get(name)


def _numbered(
    entries: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], str]
) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """Return entries by their keys, those of one key with numbers."""
    seen: Counter[str] = Counter()
    found = {}
    for entry in entries:
        name = key(entry)
        found[name, seen[name]] = entry
        seen[name] += 1
    return found


def _where(one: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return on which side a thing is that is missing on the other."""
    return (_NOTHING, "there") if one is None else ("there", _NOTHING)


def _id(*keys: str) -> Callable[[Mapping[str, Any]], str]:
    def name(entry: Mapping[str, Any]) -> str:
        parts = [entry.get(key, "") for key in keys]
        return ", ".join(" ".join(map(str, part)) if isinstance(part, list) else str(part) for part in parts)

    return name


def _step(entry: Mapping[str, Any]) -> str:
    return f"step {entry.get('step', '')}"


def _update(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('parameter', '')} in {_step(entry)}"


def _entries(problem: Mapping[str, Any], table: str) -> list[Mapping[str, Any]]:
    entries = problem.get(table)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


_EXPRESSIONS = ("expression", "value", "paper", "sample_values", "sample_papers", "objective", "cases")
_TABLES: Mapping[str, tuple[Callable[[Mapping[str, Any]], str], tuple[str, ...]]] = MappingProxyType(
    {
        "nodes": (_id("id"), _EXPRESSIONS),
        "deltas": (_id("id"), _EXPRESSIONS),
        "gradients": (_id("parameter"), _EXPRESSIONS),
        "arrays": (_id("id"), _EXPRESSIONS),
        "time": (_id("wrt"), _EXPRESSIONS),
        "jacobian": (_id("of", "wrt"), _EXPRESSIONS),
        "second_derivatives": (_id("of", "wrt"), _EXPRESSIONS),
        "hessian_vector": (_id("of", "wrt"), _EXPRESSIONS),
        "updates": (_update, ("before", "gradient", "state", "after", "paper")),
        "steps": (_step, ("learning_rate", "loss_before", "loss_after", "paper")),
    }
)
"""Where quantities stand in a problem: what one goes by, and what of it is compared."""


class _Problems:
    """Two problems of one loss."""

    def __init__(self, loss: str, tolerance: float) -> None:
        self.loss = loss
        self.tolerance = tolerance

    def compared(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Difference]:
        """Yield all differences."""
        for table, (name, keys) in _TABLES.items():
            for identifier, one, other in _paired(_entries(first, table), _entries(second, table), name):
                if one is None or other is None:
                    yield Difference(self.loss, identifier, table, *_where(one))
                else:
                    yield from self.of_quantity(identifier, one, other, keys)
        yield from self.of_quantity("loss", first, second, ("loss_value", "loss_paper"))

    def of_quantity(
        self, identifier: str, one: Mapping[str, Any], other: Mapping[str, Any], keys: tuple[str, ...]
    ) -> Iterator[Difference]:
        """Yield the differences of one quantity."""
        for key in keys:
            first, second = one.get(key), other.get(key)
            if key == "expression" and _same_expression(one, other):
                continue
            if not self.same(first, second):
                yield Difference(self.loss, identifier, key, _text(first), _text(second))

    def same(self, first: object, second: object) -> bool:
        """Whether two values are the same: texts, numbers within the tolerance, or lists and mappings of them."""
        if isinstance(first, list) and isinstance(second, list):
            return len(first) == len(second) and all(map(self.same, first, second))
        if isinstance(first, dict) and isinstance(second, dict):
            if "expression" in first and _same_expression(first, second):
                first, second = ({**side, "expression": "", "latex": ""} for side in (first, second))
            keys = first.keys() | second.keys()
            return all(self.same(first.get(key), second.get(key)) for key in keys - {"latex"})
        return first == second or self.near(_number(first), _number(second))

    def near(self, first: Decimal | None, second: Decimal | None) -> bool:
        """Whether two numbers are the same, or differ by no more than the tolerance allows."""
        if first is None or second is None:
            return False
        apart = _ARITHMETIC.abs(_ARITHMETIC.subtract(first, second))
        larger = max(_ARITHMETIC.abs(first), _ARITHMETIC.abs(second))
        return apart <= _ARITHMETIC.multiply(Decimal(self.tolerance), larger)


_ARITHMETIC = Context(prec=2 * _DIGITS, traps=[])


def _number(value: object) -> Decimal | None:
    """Return a number that stands in JSON, as a number or as a text; None for anything else."""
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > LONGEST_COMPARED_NUMBER:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT else None


def _text(value: object) -> str:
    return _NOTHING if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _same_expression(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries have one expression, also if it is written in two ways or in terms of other quantities."""
    texts = [(one.get(key), other.get(key)) for key in ("expression", "expanded")]
    return any(
        isinstance(first, str) and isinstance(second, str) and (first == second or _agree(first, second))
        for first, second in texts
    )


def _agree(first: str, second: str) -> bool:
    """Whether two expressions have the same values at random points; what cannot be read agrees with nothing."""
    names = {name: f"n{number}" for number, name in enumerate(sorted({*_names(first), *_names(second)}))}
    try:
        one, other = (read(_renamed(text, names), set(names.values())) for text in (first, second))
    except FormulaError:
        return False
    draw = random.Random(0)  # noqa: S311 - points to compare at
    tried = 0
    with mpmath.workdps(_DIGITS):
        for _ in range(4 * _POINTS):
            point = {Symbol(name): mpmath.mpf(draw.uniform(0.1, 0.9)) for name in names.values()}
            try:
                apart = abs(numeric(one, point) - numeric(other, point))
            except NoValueError:
                continue
            if apart > mpmath.mpf(10) ** -_SAME_DIGITS:
                return False
            tried += 1
            if tried == _POINTS:
                return True
    return False


def _names(text: str) -> list[str]:
    return _NAME.findall(text)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """Return an expression with names that formulas may have, and powers as formulas write them."""
    return _NAME.sub(lambda found: names[found[0]], text).replace("**", "^")

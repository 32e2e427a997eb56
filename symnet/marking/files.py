"""A file of answers as the answers that were typed, each as text: YAML, JSON, CSV or plain text, within limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from symnet.description.events import UnreadableError, unreadable
from symnet.description.files import decoded, mapping_in
from symnet.description.source import Flaw, MarkedDict, Path, Scalar, Source, describe, printable
from symnet.errors import DescriptionError, Problem
from symnet.marking.records import Given
from symnet.marking.tabular import TableError, from_lines, from_table

MOST_BYTES = 200_000
MOST_ANSWERS = 2_000

_ALLOWED = "a mapping with the key answers, and perhaps the key loss"
_HINT = 'Write answers: and below it lines such as z1_1: 0.3451 or "dL/dw1_1_1": "delta1_1*x1".'
# What stands for an answer that is a list or a mapping: no expression.
_NESTED = "..."


class Submission(NamedTuple):
    """The answers in one file.

    Attributes:
        answers: Each answer, in the order of the file.
        loss: Which loss they are for, if the file says so.
        name: The name of the file.
    """

    answers: tuple[Given, ...]
    loss: str | None = None
    name: str = ""


def load_answers(content: str | bytes, name: str) -> Submission:
    """Return the answers in a file; what is wrong with a single one is found when it is read.

    Args:
        content: What is in the file.
        name: Its name: CSV if it ends in ``.csv``, plain text if in ``.txt``, JSON if in ``.json``, YAML if not.

    Raises:
        DescriptionError: If the file cannot be used at all.
    """
    shown = printable(name, 500)
    if len(content) > MOST_BYTES:
        raise DescriptionError(shown, (Problem("", f"more than {MOST_BYTES:,} bytes", "a smaller file"),))
    plain = _PLAIN.get(name.lower()[-4:])
    if plain is not None:
        try:
            text = decoded(content)
        except UnreadableError as error:
            raise DescriptionError(shown, (error.problem,)) from error
        return plain(text, shown)
    root, repeated = mapping_in(content, shown, _ALLOWED, _HINT)
    problems = [*repeated, *_problems(root, shown)]
    if problems:
        raise DescriptionError(shown, tuple(problems[:_MOST_PROBLEMS]))
    answers = root["answers"]
    loss = root.get("loss")
    given = tuple(_given(answers, left) for left in answers)
    return Submission(given, None if loss is None else loss.text, shown)


_MOST_PROBLEMS = 20


def _problems(root: dict[Any, Any], name: str) -> Iterator[Problem]:
    """Yield everything that makes a file of no use."""
    source = Source(name, root)
    for key in root:
        if key not in ("answers", "loss"):
            flaw = Flaw((key,), f'the unknown key "{printable(key)}"', "answers, loss", _HINT, at_key=True)
            yield source.problem(flaw)
    answers, loss = root.get("answers"), root.get("loss")
    path: Path = ("answers",)
    if "answers" not in root:
        yield source.problem(Flaw((), "no answers", _ALLOWED, _HINT))
    elif not isinstance(answers, MarkedDict):
        yield source.problem(Flaw(path, describe(answers), "a mapping from what is asked to the answer", _HINT))
    elif not 0 < len(answers) <= MOST_ANSWERS:
        found = f"{len(answers):,} answers" if answers else "no answers"
        yield source.problem(Flaw(path, found, f"1 to {MOST_ANSWERS:,} answers"))
    if loss is not None and not (isinstance(loss, Scalar) and loss.text):
        yield source.problem(Flaw(("loss",), describe(loss), "the name of a loss of the exercise"))


def _given(answers: MarkedDict, left: str) -> Given:
    """Return one answer, with its text as it was typed."""
    value = answers[left]
    line, column = value.mark
    if not isinstance(value, Scalar):
        return Given(left, _NESTED, line, column)
    return Given(left, "" if value.empty else value.text, line, column)


def _from_table(text: str, name: str) -> Submission:
    """Return the answers in a table with two columns."""
    try:
        return Submission(_enough(tuple(from_table(text)), name), None, name)
    except TableError as error:
        hint = f"The reader says: {error}."
        problem = unreadable((error.line, 1), "a broken table", "lines with two columns", hint).problem
        raise DescriptionError(name, (problem,)) from error


def _from_lines(text: str, name: str) -> Submission:
    """Return the answers in a plain text."""
    given, loss = from_lines(text)
    if not any(one.right for one in given):
        problem = Problem("", "no answers", "lines such as z1_1 = 0.3451", "", 1, 1)
        raise DescriptionError(name, (problem,))
    return Submission(_enough(given, name), loss, name)


def _enough(given: tuple[Given, ...], name: str) -> tuple[Given, ...]:
    """Return answers, if they are neither none nor too many."""
    if not 0 < len(given) <= MOST_ANSWERS:
        found = f"{len(given):,} answers" if given else "no answers"
        raise DescriptionError(name, (Problem("", found, f"1 to {MOST_ANSWERS:,} answers", "", 1, 1),))
    return given


_PLAIN: Mapping[str, Callable[[str, str], Submission]] = MappingProxyType({".csv": _from_table, ".txt": _from_lines})

"""YAML and JSON as events; nothing is resolved, every value keeps its text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import yaml

from symnet.description.events import DEEPEST, Event, UnreadableError, unreadable
from symnet.description.faults import fault
from symnet.description.source import Mark, printable

# The C parser is several times as fast; both give the same events.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = {yaml.SequenceStartEvent: "[", yaml.MappingStartEvent: "{"}
_CLOSES = {yaml.SequenceEndEvent: "]", yaml.MappingEndEvent: "}"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}]|[^][{},:"\s]+')
# Python's parser takes these; JSON has no such words.
_NOT_JSON = frozenset({"NaN", "Infinity", "-Infinity"})


def yaml_events(text: str) -> Iterator[Event]:
    """The events of the one document in a YAML text.

    Raises:
        UnreadableError: Where it breaks the syntax, or uses an anchor, an alias, a tag or a second document.
    """
    read = 0
    try:
        for event in _parsed(text):
            read += 1
            yield event
    except yaml.MarkedYAMLError as error:
        where: Any = error.problem_mark or error.context_mark
        # A parser looks ahead, and some have limits of nesting of their own. What stands before the place at which it
        # gives up is read first, so that a limit of ours speaks before any of the parser's, whatever its version.
        with suppress(yaml.MarkedYAMLError, UnreadableError):
            yield from islice(_parsed(text[: where.index]), read, None)
        said = printable(", ".join(part for part in (error.context, error.problem) if part), 200)
        raise fault(text, where.index, said) from error


def _parsed(text: str) -> Iterator[Event]:
    documents = 0
    event: Any
    for event in yaml.parse(text, Loader=_PARSER):
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise unreadable(mark, "a second document", "one description per file")
        if isinstance(event, yaml.NodeEvent):
            _refuse_sharing(event, mark)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            yield Event("scalar", mark, event.value, event.implicit[0], _lead(event))
        elif kind in _OPENS:
            yield Event(_OPENS[kind], mark)
        elif kind in _CLOSES:
            yield Event(_CLOSES[kind], mark)


def _lead(event: Any) -> int | None:  # noqa: ANN401
    """How far behind its mark the text of a scalar starts; None if it is folded or escaped."""
    start, end = event.start_mark, event.end_mark
    if start.line != end.line:
        return None
    # Escapes and doubled quotes take more room than what they stand for.
    around = end.column - start.column - len(event.value)
    return around // 2 if around in _AROUND else None


# Nothing around a plain text, or two quotes.
_AROUND = (0, 2)


def _refuse_sharing(event: yaml.NodeEvent, mark: Mark) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise unreadable(mark, f"the alias *{printable(str(event.anchor))}", "plain values", "Write the value out.")
    if event.anchor is not None:
        raise unreadable(mark, f"the anchor &{printable(event.anchor)}", "plain values", "Write the value out.")
    if (tag := getattr(event, "tag", None)) is not None:
        raise unreadable(mark, f"the tag {printable(tag)}", "plain values", "Leave the tag out.")


def json_events(text: str) -> Iterator[Event]:
    """The events of a JSON text, whose syntax is checked first.

    Raises:
        UnreadableError: Where it breaks the syntax, or is nested too deeply.
    """
    starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def mark(index: int) -> Mark:
        line = bisect_right(starts, index)
        return line, index - starts[line - 1] + 1

    _refuse_depth(text, mark)
    _refuse_errors(text)
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word in "[]{}":
            yield Event(word, mark(found.start()))
        elif word[0] == '"':
            said = json.loads(word)
            yield Event("scalar", mark(found.start()), said, False, 1 if len(said) == len(word) - 2 else None)
        elif word in _NOT_JSON:
            raise unreadable(mark(found.start()), word, "correct JSON", "A number has to be finite.")
        else:
            yield Event("scalar", mark(found.start()), word, lead=0)


def _refuse_depth(text: str, mark: Callable[[int], Mark]) -> None:
    """Refuse what is nested too deeply before the recursive parser sees it."""
    depth = 0
    for found in _TOKEN.finditer(text):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            raise unreadable(mark(found.start()), "lists or mappings within one another", f"at most {DEEPEST} levels")


def _refuse_errors(text: str) -> None:
    try:
        # Numbers stay texts: this pass looks at the syntax alone.
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        hint = f"The parser says: {error.msg}."
        raise unreadable((error.lineno, error.colno), "broken JSON", "correct JSON", hint) from error

"""A tree with marks, out of the events of a YAML or JSON text, within limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from symnet.description.source import Mark, MarkedDict, MarkedList, Scalar, printable
from symnet.errors import Problem

DEEPEST = 20
MOST_NODES = 200_000


class Event(NamedTuple):
    """One step through a text: ``kind`` is one of ``[ ] { }`` or ``scalar``; ``lead`` is that of the scalar."""

    kind: str
    mark: Mark
    text: str = ""
    plain: bool = True
    lead: int | None = None


class UnreadableError(Exception):
    """A text that makes no tree."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.found)
        self.problem = problem


def unreadable(mark: Mark | None, found: str, allowed: str, hint: str = "") -> UnreadableError:
    """The error for a text that makes no tree, at a mark."""
    line, column = mark or (None, None)
    return UnreadableError(Problem("", found, allowed, hint, line, column))


def tree(events: Iterable[Event]) -> tuple[Any, list[Problem]]:
    """The tree of the events, and a problem for each key that is there twice (the first one counts).

    Raises:
        UnreadableError: If the text is nested too deeply, has too many values, or a key that is no word.
    """
    top = MarkedList((1, 1))
    open_nodes: list[MarkedList | MarkedDict] = [top]
    key: list[Event | None] = [None]
    repeated: list[Problem] = []
    for number, event in enumerate(events):
        if number > MOST_NODES:
            raise unreadable(event.mark, f"more than {MOST_NODES} values", "a smaller file")
        inside = open_nodes[-1]
        if event.kind in "]}":
            open_nodes.pop()
            key.pop()
            continue
        if isinstance(inside, MarkedDict) and key[-1] is None:
            key[-1] = _key(event, inside, repeated)
            continue
        node = _node(event)
        if isinstance(inside, MarkedList):
            inside.append(node)
        elif (at := key[-1]) is not None:
            inside.setdefault(at.text, node)
            inside.keys_at.setdefault(at.text, at.mark)
            key[-1] = None
        if not isinstance(node, Scalar):
            open_nodes.append(node)
            key.append(None)
            if len(open_nodes) > DEEPEST + 1:
                raise unreadable(event.mark, "lists or mappings within one another", f"at most {DEEPEST} levels")
    return (top[0] if top else None), repeated


def _node(event: Event) -> Scalar | MarkedList | MarkedDict:
    if event.kind == "scalar":
        return Scalar(event.text, event.plain, event.mark, event.lead)
    return MarkedList(event.mark) if event.kind == "[" else MarkedDict(event.mark)


def _key(event: Event, inside: MarkedDict, repeated: list[Problem]) -> Event:
    if event.kind != "scalar":
        raise unreadable(event.mark, "a list or mapping as a key", "a word as a key")
    if event.plain and event.text == "<<":
        raise unreadable(event.mark, "a merge key <<", "plain keys", "Write the keys out.")
    if event.text in inside:
        line = inside.keys_at[event.text][0]
        found = f'the key "{printable(event.text)}" again'
        repeated.append(Problem("", found, "each key once", f"It is on line {line} already.", *event.mark))
    return event

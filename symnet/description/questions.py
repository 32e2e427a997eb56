"""What a worksheet asks, and what stands at its head, as frozen records."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Key

from symnet.description.fields import EntriesField, Exact, OneOf, Record, Text, Whole
from symnet.description.flaws import CrossCheck
from symnet.description.layers import Layer
from symnet.description.source import Flaw, printable
from symnet.limits import MOST_LAYERS, MOST_QUESTIONS

ASK_WORDS = (
    *("size", "draw", "derivatives", "forward", "loss", "deltas", "gradients", "objective", "numbers", "updates"),
)
"""What can be asked for as a whole; anything else that is asked for is the id of a quantity."""

UNMARKED = ("size", "draw", "derivatives")
"""What earns no marks, since answers to it have no id."""

IN_SYMBOLS = ("forward", "loss", "deltas", "gradients", "objective")
"""What is answered with expressions, whatever numbers there are."""

BY_LAYER = ("forward", "deltas", "gradients")
"""What is asked layer by layer."""

_LONGEST_ID, _LONGEST_QUESTION, _LONGEST_HEAD = 100, 400, 80


class QuestionChoice(Record):
    """One question of a worksheet."""

    ask: Annotated[str, Text(_LONGEST_ID)] = Key(
        description=f"What is asked: {', '.join(ASK_WORDS)}, or the id of a quantity such as dL/dw1_1_1."
    )
    layers: Annotated[tuple[Annotated[int, Whole(1, MOST_LAYERS)], ...], EntriesField(1, MOST_LAYERS)] | None = Key(
        None, description=f"The layers that it is about, of {', '.join(BY_LAYER)}; without them all."
    )
    units: Annotated[Literal["first", "all"], OneOf(("first", "all"))] | None = Key(
        None,
        description="Whether the first unit of each layer is asked for and the others are likewise, or all; without it"
        " the first in symbols, and all in numbers.",
    )
    marks: Annotated[Fraction, Exact(least=0)] | None = Key(
        None, description="The marks for all of it; without them those of each answer."
    )
    text: Annotated[str, Text(_LONGEST_QUESTION)] | None = Key(None, description="The words of the question.")


QuestionChoices: TypeAlias = Annotated[tuple[QuestionChoice, ...], EntriesField(1, MOST_QUESTIONS)]
"""The questions of a worksheet in their order."""


class Header(Record):
    """What stands at the head of every sheet."""

    course: Annotated[str, Text(_LONGEST_HEAD)] | None = Key(None, description="The course that it is for.")
    date: Annotated[str, Text(_LONGEST_HEAD)] | None = Key(
        None, description="The date; without it a worksheet has room to write it."
    )


# What questions demand of the exercise, and of one another.


def _repeated(questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    seen: set[tuple[str, tuple[int, ...] | None]] = set()
    for index, choice in enumerate(questions):
        if (choice.ask, choice.layers) in seen:
            yield Flaw(("questions", index, "ask"), f'"{printable(choice.ask)}" again', "each question once")
        seen.add((choice.ask, choice.layers))


def _layered(questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    for index, choice in enumerate(questions):
        if choice.layers is not None and choice.ask not in BY_LAYER:
            allowed = f"the key beside {', '.join(BY_LAYER)} alone, which are asked layer by layer"
            yield Flaw(("questions", index, "layers"), 'the key "layers"', allowed, at_key=True)


def _unmarked(questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    for index, choice in enumerate(questions):
        if choice.marks is not None and choice.ask in UNMARKED:
            allowed = f"no marks for {choice.ask}, which has no left side that symnet check reads"
            yield Flaw(("questions", index, "marks"), 'the key "marks"', allowed, at_key=True)


def _known_layers(layers: tuple[Layer, ...], questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    for index, choice in enumerate(questions):
        for place, layer in enumerate(choice.layers or ()):
            if layer > len(layers):
                allowed = f"the number of a layer, from 1 to {len(layers)}"
                yield Flaw(("questions", index, "layers", place), str(layer), allowed)


def _no_layers(questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    for index, choice in enumerate(questions):
        if choice.layers is not None:
            hint = "A computation graph has none."
            yield Flaw(
                ("questions", index, "layers"), 'the key "layers"', "a question without layers", hint, at_key=True
            )


QUESTION_CHECKS = (
    CrossCheck(("questions",), _repeated),
    CrossCheck(("questions",), _layered),
    CrossCheck(("questions",), _unmarked),
    CrossCheck(("layers", "questions"), _known_layers),
)
GRAPH_QUESTION_CHECKS = (
    CrossCheck(("questions",), _repeated),
    CrossCheck(("questions",), _unmarked),
    CrossCheck(("questions",), _no_layers),
)

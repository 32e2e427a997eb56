"""What counts when typed answers are marked, as frozen records."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Key

from symnet.description.fields import Exact, OneOf, Record, Whole
from symnet.description.flaws import CrossCheck
from symnet.description.questions import IN_SYMBOLS, QuestionChoice
from symnet.description.source import Flaw
from symnet.limits import MOST_DECIMALS_SHOWN

Level: TypeAlias = Literal["leaves", "nodes", "deltas"]
AnswerForm: TypeAlias = Literal["any", "simplified", "number"]
Feedback: TypeAlias = Literal["verdict", "hint", "full"]


class Tolerance(Record):
    """How far a number may be from the true one: one of three ways to say it."""

    digits: Annotated[int, Whole(1, MOST_DECIMALS_SHOWN)] | None = Key(
        None, description="Correct if it rounds to the true value at so many significant digits."
    )
    absolute: Annotated[Fraction, Exact(above=0)] | None = Key(
        None, description="Correct if it differs from the true value by at most so much."
    )
    relative: Annotated[Fraction, Exact(above=0, below=1)] | None = Key(
        None, description="Correct if it differs from the true value by at most such a part of that."
    )

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which it is said."""
        return tuple(name for name in WAYS if getattr(self, name) is not None)


WAYS = ("digits", "absolute", "relative")
"""The keys of a tolerance, of which one is given."""


class FollowThrough(Record):
    """What a line earns that follows from the student's own earlier incorrect lines."""

    factor: Annotated[Fraction, Exact(least=0, most=1)] = Key(
        Fraction(1), description="The part of its marks that such a line earns."
    )
    at_most: Annotated[Fraction, Exact(least=0)] | None = Key(
        None, description="How many marks all such lines earn together at most; without it any number."
    )


class MarkingRules(Record):
    """What counts when answers are marked; the defaults are those of a fair marker."""

    in_: Annotated[Level, OneOf(("leaves", "nodes", "deltas"))] | None = Key(
        None,
        alias="in",
        description="In what expressions for derivatives are to be given: leaves for inputs, targets and parameters"
        " alone, nodes for these and the values of the forward pass, deltas for the derivatives behind as well;"
        " without it in any of them.",
    )
    form: Annotated[AnswerForm, OneOf(("any", "simplified", "number"))] = Key(
        "any",
        description="any: whatever is equal; simplified: with at most 1.5 times the operations of the result on the"
        " sheet; number: numbers alone.",
    )
    tolerance: Tolerance | None = Key(
        None, description="How far a number may be off; without it as far as its digits and rounding on the way allow."
    )
    # A record with fractions in it is no default that every pydantic can write into the schema.
    follow_through: FollowThrough = Key(
        default_factory=FollowThrough, description="What a line earns that follows from earlier incorrect lines."
    )
    repeated_mistake: Annotated[Literal["charged_once", "per_line"], OneOf(("charged_once", "per_line"))] = Key(
        "charged_once",
        description="Whether the same mistake costs marks once among lines of the same sort, or in every line.",
    )
    truncated: Annotated[Literal["correct", "incorrect"], OneOf(("correct", "incorrect"))] = Key(
        "correct", description="Whether a number counts whose digits were cut off and not rounded."
    )
    feedback: Annotated[Feedback, OneOf(("verdict", "hint", "full"))] = Key(
        "full",
        description="What a report tells: verdict and marks alone, a hint at the mistake as well, or all with the"
        " correct line.",
    )


# What these keys demand of one another, and of the exercise.


def _one_way(marking: MarkingRules) -> Iterator[Flaw]:
    """Yield what is wrong with a tolerance that is given in several ways, or in none."""
    if marking.tolerance is None:
        return
    ways = marking.tolerance.ways
    if len(ways) != 1:
        found = " and ".join(ways) or "nothing"
        yield Flaw(("marking", "tolerance"), found, f"one of {', '.join(WAYS)}", "Write {digits: 3}, for one.")


def _no_names(marking: MarkingRules) -> Iterator[Flaw]:
    """Yield what is wrong where answers are numbers, and also in terms of something."""
    if marking.form == "number" and marking.in_ is not None:
        hint = "A number names nothing: leave out one of the two."
        yield Flaw(("marking", "in"), 'the key "in" beside form: number', "one of the two", hint, at_key=True)


def _nothing_to_cap(marking: MarkingRules) -> Iterator[Flaw]:
    """Yield what is wrong with a bound on what earns nothing."""
    following = marking.follow_through
    if following.factor == 0 and following.at_most is not None:
        hint = "With the factor 0 such lines earn nothing anyway."
        path = ("marking", "follow_through", "at_most")
        yield Flaw(path, 'the key "at_most" beside factor: 0', "one of the two", hint, at_key=True)


def _in_symbols(marking: MarkingRules, questions: tuple[QuestionChoice, ...]) -> Iterator[Flaw]:
    """Yield the questions that are answered in symbols where answers are to be numbers."""
    for index, choice in enumerate(questions):
        if marking.form == "number" and choice.ask in IN_SYMBOLS:
            allowed = "numbers, updates or an id, since form: number under marking takes numbers alone"
            yield Flaw(("questions", index, "ask"), choice.ask, allowed)


def _has_numbers(marking: MarkingRules, *_others: object) -> Iterator[Flaw]:
    """Yield what is wrong where answers are to be numbers and there are none."""
    if marking.form == "number":
        hint = "Give the exercise numbers, or leave out this key."
        yield Flaw(("marking", "form"), "number", "any or simplified, since the exercise has no numbers", hint)


_ALWAYS = (
    CrossCheck(("marking",), _one_way),
    CrossCheck(("marking",), _no_names),
    CrossCheck(("marking",), _nothing_to_cap),
    CrossCheck(("marking", "questions"), _in_symbols),
)
MARKING_CHECKS = (
    *_ALWAYS,
    CrossCheck(("marking",), _has_numbers, without=("data",)),
    CrossCheck(("marking", "data"), _has_numbers, without=("parameters",)),
)
GRAPH_MARKING_CHECKS = (*_ALWAYS, CrossCheck(("marking",), _has_numbers, without=("at",)))

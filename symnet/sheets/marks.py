"""The scheme of marks: how many each quantity earns that is asked, the same for the sheet, its key, and `symnet check`.

A quantity has its marks once, where it is asked first: answers name it by its id, and have it right in symbols or in
numbers. What only leads there, and what has no id, has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from symnet.description.network import DEFAULT_MARKS, Exercise
from symnet.document import AnswerBlank, Block, Question, in_all
from symnet.errors import DescriptionError, Problem
from symnet.marking.truth import Truth
from symnet.worked import Worked

Worth: TypeAlias = Callable[[str], Fraction]

_NONE = Fraction(0)


def worth(description: Exercise, known: Mapping[str, Fraction] | None = None) -> Worth:
    """Return from an id to the marks for it: those of the description, or else 1.

    Args:
        description: What was asked.
        known: The marks of everything that earns any; None for those of the description.
    """
    if known is not None:
        return lambda name: known.get(name, _NONE)
    marks: Mapping[str, Fraction] = description.marks or {}
    usual = marks.get(DEFAULT_MARKS, Fraction(1))
    return lambda name: marks.get(name, usual)


def rewarded(blocks: Iterable[Block], value: Worth, counted: dict[str, Fraction]) -> Iterator[Block]:
    """Yield blocks with the marks of every line of their answers.

    Args:
        blocks: Questions among others.
        value: How many marks an id earns.
        counted: The marks of all ids that were asked before; those of the blocks are added.
    """
    for block in blocks:
        if isinstance(block, Question):
            parts = (
                part._replace(answers=tuple(_rewarded(answer, value, counted) for answer in part.answers))
                for part in block.parts
            )
            yield block._replace(parts=tuple(parts))
        else:
            yield block


def shared_out(blocks: Iterable[Block], marks: Fraction, counted: dict[str, Fraction]) -> Iterator[Block]:
    """Yield blocks with marks for all of them together, the same for each quantity that was not asked before.

    Args:
        blocks: Questions among others.
        marks: The marks for all of them.
        counted: The marks of all ids that were asked before; those of the blocks are added.
    """
    kept = tuple(blocks)
    questions = (block for block in kept if isinstance(block, Question))
    answers = (answer for question in questions for part in question.parts for answer in part.answers)
    fresh = {name for answer in answers for ids in answer.asked for name in ids if name not in counted}
    yield from rewarded(kept, lambda _name: marks / len(fresh), counted)


def _rewarded(answer: AnswerBlank, value: Worth, counted: dict[str, Fraction]) -> AnswerBlank:
    each = []
    for ids in answer.asked:
        fresh = {name: value(name) for name in ids if name not in counted}
        counted.update(fresh)
        each.append(in_all(fresh.values()) if fresh else _NONE)
    return answer._replace(each=tuple(each))


def asked_beside(truth: Truth, counted: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Return the ids that the description gives marks for, and that no question has asked.

    Args:
        truth: What is true of a part.
        counted: What was asked of it.
    """
    marks: Mapping[str, Fraction] = truth.worked.description.marks or {}
    return tuple(name for name, count in marks.items() if count and name in truth.by_id and name not in counted)


def check_marks(worked: Worked) -> None:
    """Raise an error if a description gives marks for something that cannot be asked.

    Args:
        worked: The exercise.

    Raises:
        DescriptionError: If it does.
    """
    description = worked.description
    named = [name for name in description.marks or () if name != DEFAULT_MARKS]
    known = {name for part in worked.parts for name in Truth(worked, part).by_id} if named else set()
    allowed = "default, or the id of a quantity of the exercise, such as z1_1, delta1_1, dL/dw1_1_1 or w1_1_1'"
    problems: list[Problem] = [
        description.problem(("marks", name), name, allowed) for name in named if name not in known
    ]
    if problems:
        raise DescriptionError(description.source_name, tuple(problems))

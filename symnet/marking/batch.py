"""Many submissions to one exercise, marked in processes apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from symnet.description import load, with_notation
from symnet.description.source import printable
from symnet.errors import SymnetError
from symnet.marking.isolation import FORK, Failure, Limits, Work, isolated
from symnet.marking.judge import Marker, Scheme
from symnet.marking.records import TypedAnswer
from symnet.marking.report import Outcome, Report, from_bytes, reported, to_bytes, told
from symnet.marking.submissions import AnswersFile, Submission, SubmissionError, load_answers, read
from symnet.pipeline import solve
from symnet.text.languages import in_language
from symnet.text.say import words
from symnet.worked import Part, Worked

# What stands before a report, and before the reason why there is none.
_REPORT, _PROBLEM = b"+", b"-"
_BETWEEN = b"\0"
# From this many files on it is worth while to make all ready that most of them will need.
_MANY = 4
# Wrong answers to about so many questions; those to all others make hardly anything more ready, and take long.
_TRIED = 10


class LossError(SymnetError):
    """A loss that an exercise does not have."""


class Recipe(NamedTuple):
    """How another process gets the same marker.

    Attributes:
        spec: The path of the description.
        scheme: What is asked, and for how many marks.
        notation: The notation that takes the place of the one described, if any.
        loss: The loss that is marked, whatever a submission says.
    """

    spec: str
    scheme: Scheme
    notation: str | None = None
    loss: str | None = None

    def prepare(self) -> Work:
        """Return the work, with all of the exercise solved anew."""
        description = load(self.spec)
        if self.notation is not None:
            description = with_notation(description, self.notation)
        return work_on(solve(description), self.scheme, self.loss)


def part_called(worked: Worked, loss: str | None) -> Part:
    """Return the part of an exercise with this loss, or its first.

    Args:
        worked: The exercise.
        loss: The name of the loss.

    Raises:
        LossError: If it has no such loss.
    """
    parts = {part.loss_name: part for part in reversed(worked.parts)}
    if loss is None:
        return worked.parts[0]
    if loss not in parts:
        allowed = ", ".join(part.loss_name for part in worked.parts)
        raise LossError(f"found the loss {printable(loss)}; expected {allowed}")
    return parts[loss]


def work_on(worked: Worked, scheme: Scheme, loss: str | None = None, *, warm: bool = False) -> Work:
    """Return what marks one answers file: from its name and content to the report as bytes.

    Args:
        worked: The exercise.
        scheme: What is asked, and for how many marks.
        loss: The loss that is marked, whatever a submission says.
        warm: Whether what is made when it is first needed is made now, for all copies of this process.
    """
    marker, feedback = Marker(worked, scheme), worked.description.marked_by.feedback
    if warm:
        for part in worked.parts if loss is None else (part_called(worked, loss),):
            marker.parts[part.loss_name].reader.prepare()
            marker.mark(Submission(tuple(_wrong_answers(part, tuple(scheme[part.loss_name]))), part.loss_name))

    def work(piece: bytes) -> bytes:
        name, _, content = piece.partition(_BETWEEN)
        with in_language(worked.description.language):
            return _marked(name.decode(), content)

    def _marked(name: str, content: bytes) -> bytes:
        try:
            submission = load_answers(content, name)
            part = part_called(worked, loss or submission.loss)
            return _REPORT + to_bytes(reported(marker.mark(submission._replace(loss=part.loss_name)), part, feedback))
        except SymnetError as error:
            return _PROBLEM + str(error).encode()

    return work


def _wrong_answers(part: Part, asked: Sequence[str]) -> Iterator[TypedAnswer]:
    """Yield wrong answers to some of what is asked, for which all of the catalog is looked through."""
    for left in asked[:: -(-len(asked) // _TRIED) or 1]:
        yield TypedAnswer(left, "1.2345")
        yield TypedAnswer(left, f"1.2345*{part.network.inputs[0].name}")


def marked_one(
    worked: Worked, scheme: Scheme, answers: str | PathLike[str] | Mapping[str, object], loss: str | None = None
) -> Report:
    """Return answers marked in this process, and of them what a student is told.

    Args:
        worked: The exercise.
        scheme: What is asked, and for how many marks.
        answers: The path of a file of answers, or a mapping from what is asked to the answer.
        loss: The name of the loss that they are to; None for the first, or the one that the file names.

    Raises:
        SymnetError: If the file cannot be used, or there is no such loss.
    """
    if isinstance(answers, Mapping):
        typed = tuple(TypedAnswer(str(left), str(right)) for left, right in answers.items())
        submission = Submission(typed, None)
    else:
        path = Path(answers)
        submission = load_answers(read(path), path.name)
    part = part_called(worked, loss or submission.loss)
    with in_language(worked.description.language):
        marking = Marker(worked, scheme).mark(submission._replace(loss=part.loss_name))
        return told(reported(marking, part, worked.description.marked_by.feedback))


def marked_all(
    worked: Worked, recipe: Recipe, files: Sequence[AnswersFile], limits: Limits, jobs: int = 1
) -> Iterator[tuple[int, Outcome]]:
    """Yield the number of each file and what came of it, in the order in which they get done.

    Args:
        worked: The exercise.
        recipe: How other processes get it, where none can be forked.
        files: The answers.
        limits: What each may take.
        jobs: How many are marked at a time.

    Raises:
        LossError: If the exercise does not have the loss that is marked.
    """
    part_called(worked, recipe.loss)
    prepare = partial(work_on, worked, recipe.scheme, recipe.loss, warm=len(files) >= _MANY) if FORK else recipe.prepare
    pieces: dict[int, bytes] = {}
    for index, file in enumerate(files):
        if file.problem:
            yield index, Outcome(file.name, None, file.problem)
            continue
        try:
            pieces[index] = file.name.encode(errors="replace") + _BETWEEN + read(file.path)
        except SubmissionError as error:
            yield index, Outcome(file.name, None, str(error))
    numbers = list(pieces)
    for place, result in isolated(prepare, list(pieces.values()), limits, jobs):
        index = numbers[place]
        yield index, _outcome(files[index].name, result, limits)


def _outcome(name: str, result: bytes | Failure, limits: Limits) -> Outcome:
    if isinstance(result, Failure):
        return Outcome(name, None, _stopped(result, limits))
    if result[:1] == _PROBLEM:
        return Outcome(name, None, result[1:].decode())
    try:
        return Outcome(name, from_bytes(result[1:]))
    except ValueError:
        return Outcome(name, None, words("outcome.ended"))


def _stopped(failure: Failure, limits: Limits) -> str:
    """Return why there is no report."""
    match failure:
        case Failure.TIME:
            return words("outcome.time", seconds=f"{limits.seconds:g}")
        case Failure.MEMORY:
            return words("outcome.memory", megabytes=str(limits.memory >> 20))
        case Failure.SIZE:
            return words("outcome.size")
        case Failure.FAULT:
            return words("outcome.fault")
        case Failure.ENDED:
            return words("outcome.ended")

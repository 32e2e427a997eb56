"""Many submissions to one exercise, marked in processes apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from symnet.description import load, with_preferred
from symnet.description.source import printable
from symnet.errors import DescriptionError, Problem, SymnetError
from symnet.limits import MOST_ANSWERS
from symnet.marking.isolation import FORK, Failure, Limits, Work, isolated
from symnet.marking.judge import Marker, Scheme
from symnet.marking.records import TypedAnswer
from symnet.marking.report import Outcome, Report, from_bytes, reported, to_bytes, told
from symnet.marking.submissions import AnswersFile, Submission, SubmissionError, load_answers, read
from symnet.pipeline import solve
from symnet.text.languages import in_language
from symnet.text.say import words
from symnet.view import AS_DESCRIBED, Preferred
from symnet.worked import Part, Worked

# What stands before a report, and before the reason why there is none.
_REPORT, _PROBLEM = b"+", b"-"
_BETWEEN = b"\0"
# From this many files on it is worth while to make all ready that most of them will need.
_MANY = 4
# Wrong answers to about so many questions; those to all others make hardly anything more ready, and take long.
_TRIED = 10


Elsewhere: TypeAlias = Callable[[Iterator[bytes]], Iterator[tuple[int, bytes | Failure]]]
"""Marks submissions on other machines, as `isolated` does beside this process."""


class LossError(SymnetError):
    """A loss that an exercise does not have."""


class Variants(Protocol):
    """Finds the variant that a submission is to."""

    def prepare(self) -> None:
        """Make ready now what all submissions need."""

    def find(self, submission: Submission, name: str) -> tuple[Worked, Scheme] | None:
        """Return the variant and what its answers are worth; None if the submission is to the exercise itself."""


class Recipe(NamedTuple):
    """How another process gets the same marker.

    Attributes:
        spec: The path of the description.
        scheme: What is asked, and for how many marks.
        preferred: What takes the place of what the description says of its sheets.
        loss: The loss that is marked, whatever a submission says.
        variants: Finds the variant that a submission is to, of an exercise that has any.
    """

    spec: str
    scheme: Scheme
    preferred: Preferred = AS_DESCRIBED
    loss: str | None = None
    variants: Variants | None = None

    def prepare(self) -> Work:
        """Return the work, with all of the exercise solved anew."""
        return work_on(solve(with_preferred(load(self.spec), self.preferred)), self)


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


def work_on(worked: Worked, recipe: Recipe, *, warm: bool = False) -> Work:
    """Return what marks one answers file: from its name and content to the report as bytes.

    Args:
        worked: The exercise.
        recipe: What is asked of it, and which variants of it there are.
        warm: Whether what is made when it is first needed is made now, for all copies of this process.
    """
    scheme, loss = recipe.scheme, recipe.loss
    marker = Marker(worked, scheme)
    if warm:
        for part in worked.parts if loss is None else (part_called(worked, loss),):
            marker.parts[part.loss_name].reader.prepare()
            marker.mark(Submission(tuple(_wrong_answers(part, tuple(scheme[part.loss_name]))), part.loss_name))
        if recipe.variants is not None:
            recipe.variants.prepare()

    def work(piece: bytes) -> bytes:
        name, _, content = piece.partition(_BETWEEN)
        with in_language(worked.description.language):
            return _marked(name.decode(), content)

    def _marked(name: str, content: bytes) -> bytes:
        try:
            submission = load_answers(content, name)
            found = None if recipe.variants is None else recipe.variants.find(submission, name)
            own = marker if found is None else Marker(*found)
            part = part_called(own.worked, loss or submission.loss)
            return _REPORT + to_bytes(_report_on(own, submission, part))
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
        if len(answers) > MOST_ANSWERS:
            problem = Problem("", f"{len(answers):,} answers", f"at most {MOST_ANSWERS:,}")
            raise DescriptionError("answers", (problem,))
        typed = tuple(TypedAnswer(str(left), str(right)) for left, right in answers.items())
        submission = Submission(typed, None)
    else:
        path = Path(answers)
        submission = load_answers(read(path), path.name)
    part = part_called(worked, loss or submission.loss)
    with in_language(worked.description.language):
        return told(_report_on(Marker(worked, scheme), submission, part))


def _report_on(marker: Marker, submission: Submission, part: Part) -> Report:
    marking = marker.mark(submission._replace(loss=part.loss_name))
    asked = marker.worked.description
    mark = "comma" if asked.decimal_comma else "point"
    return reported(marking, part, asked.marked_by.feedback, submission.student, mark)


class Held(Protocol):
    """What has been found out before, and what is found out now."""

    def key(self, piece: bytes) -> str:
        """Return what a submission is kept under, with all that its marks depend on."""

    def result(self, key: str) -> bytes | None:
        """Return what came of it; None if it has to be marked."""

    def add(self, key: str, result: bytes) -> None:
        """Keep what came of it."""


def marked_all(
    worked: Worked,
    recipe: Recipe,
    files: Sequence[AnswersFile],
    limits: Limits,
    jobs: int = 1,
    *,
    held: Held | None = None,
    pause: Callable[[], None] = lambda: None,
    elsewhere: Elsewhere | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each file and what came of it as bytes, in the order in which they get done.

    Args:
        worked: The exercise.
        recipe: How other processes get it, where none can be forked.
        files: The answers; each is read when its turn comes.
        limits: What each may take.
        jobs: How many are marked at a time.
        held: What has been found out before, which is not marked again.
        pause: Called before this process is copied, which must have no other threads then.
        elsewhere: What marks them on other machines; None for processes beside this one.

    Raises:
        LossError: If the exercise does not have the loss that is marked.
    """
    part_called(worked, recipe.loss)
    warm = len(files) >= _MANY
    prepare = partial(work_on, worked, recipe, warm=warm) if FORK else recipe.prepare
    queue = _Queue(files, held)
    here = partial(isolated, prepare, limits=limits, jobs=jobs, pause=pause)
    for place, result in (elsewhere or here)(queue.pieces()):
        number, key = queue.waiting.pop(place)
        if held is not None and result is not Failure.ENDED:
            held.add(key, _said(result, limits))
        yield number, _said(result, limits)
        yield from queue.taken()
    yield from queue.taken()


class _Queue:
    """The queue of files: those to be marked, and those whose outcome is known already."""

    def __init__(self, files: Sequence[AnswersFile], held: Held | None) -> None:
        self.files, self.held = files, held
        self.waiting: dict[int, tuple[int, str]] = {}
        self.known: deque[tuple[int, bytes]] = deque()

    def pieces(self) -> Iterator[bytes]:
        """Yield what is to be marked; the number and the key of each wait under its place among them."""
        place = 0
        for number, file in enumerate(self.files):
            try:
                if file.problem:
                    raise SubmissionError(file.problem)
                piece = file.name.encode(errors="replace") + _BETWEEN + read(file.path)
            except SubmissionError as error:
                self.known.append((number, _PROBLEM + str(error).encode()))
                continue
            key = "" if self.held is None else self.held.key(piece)
            result = None if self.held is None else self.held.result(key)
            if result is not None:
                self.known.append((number, result))
                continue
            self.waiting[place] = number, key
            place += 1
            yield piece

    def taken(self) -> Iterator[tuple[int, bytes]]:
        """Yield what is known without being marked, each once."""
        while self.known:
            yield self.known.popleft()


def _said(result: bytes | Failure, limits: Limits) -> bytes:
    return _PROBLEM + _stopped(result, limits).encode() if isinstance(result, Failure) else result


def outcome_of(name: str, result: bytes) -> Outcome:
    """Return what came of a submission.

    Args:
        name: What it is called.
        result: The same as bytes.
    """
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

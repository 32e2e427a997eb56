"""What can go wrong, each kind with the exit code that the command line gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class SymnetError(Exception):
    """Anything a user can cause; the message is written for them."""

    exit_code = 2


class MisfitError(ValueError):
    """Something that does not fit where it stands, found where its place in a file is not known.

    Attributes:
        found: What was found.
        allowed: What would be right.
        hint: What to do; may be empty.
    """

    def __init__(self, found: str, allowed: str, hint: str = "") -> None:
        super().__init__(f"found {found}; expected {allowed}")
        self.found = found
        self.allowed = allowed
        self.hint = hint


class Problem(NamedTuple):
    """One thing that is wrong with a description, and how to mend it.

    Attributes:
        where: The key, as a path such as ``layers[2].units`` (1-based); empty for the whole file.
        found: What stands there.
        allowed: What may stand there.
        hint: What to do; empty when ``allowed`` says it all.
        line: 1-based line, or None when the description is not a file.
        column: 1-based column, or None likewise.
        excerpt: An expression and, on the line below, a mark under the place in it; empty for anything else.
        file: The file that it is in; empty if that is the description itself.
    """

    where: str
    found: str
    allowed: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    excerpt: str = ""
    file: str = ""

    @property
    def order(self) -> tuple[str, int, int]:
        """What problems are sorted by: the file, and the place in it."""
        return (self.file, self.line or 0, self.column or 0)


class DescriptionError(SymnetError):
    """A description that cannot be used, with all of its problems in file order."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__("\n".join(self._sentence(problem) for problem in self.problems))

    def _sentence(self, problem: Problem) -> str:
        place = problem.file or self.source
        if problem.line is not None:
            place += f":{problem.line}:{problem.column}"
        key = f"{problem.where}: " if problem.where else ""
        text = f"{place}: {key}found {problem.found}; expected {problem.allowed}"
        if problem.hint:
            text += f"{'' if text.endswith('.') else '.'} {problem.hint}"
        excerpt = "".join(f"\n    {line}" for line in problem.excerpt.splitlines())
        return f"{text}{excerpt}"


class ModelError(DescriptionError):
    """A model that cannot be described, with everything that is in the way."""


class CheckFailedError(SymnetError):
    """A derivation that did not pass its own verification; nothing is printed from it."""

    exit_code = 1


class NoPointError(CheckFailedError):
    """A loss or a graph that has no value at any of the points that were tried."""


class ChoiceError(SymnetError, ValueError):
    """A word that is none of those that may stand in its place."""

    def __init__(self, where: str, found: object, expected: Sequence[str]) -> None:
        super().__init__(f'{where}: found "{str(found)[:100]}"; expected {", ".join(expected)}')


class UnknownIdError(SymnetError, KeyError):
    """An id that no quantity of an exercise has."""

    def __str__(self) -> str:
        # A KeyError shows its message as Python would write it, with escaped quotes.
        return str(self.args[0])


class ViewError(SymnetError):
    """A part of a solution that is asked for, and is not there."""


class OutputError(SymnetError):
    """A file that cannot be written."""


class TemplateProblemError(SymnetError):
    """A template of a user that cannot be used."""


class MissingToolError(SymnetError):
    """Something that has to be installed first."""

    exit_code = 3

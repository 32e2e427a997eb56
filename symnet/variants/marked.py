"""Which variant a submission is to: the one whose code it gives, or that its student was given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from symnet.errors import OutputError
from symnet.marking.judge import Scheme
from symnet.marking.students import known, students_of
from symnet.marking.submissions import AnswersFile, Submission
from symnet.variants.codes import CodeError, read_code
from symnet.variants.folder import MANIFEST, scheme_for
from symnet.variants.select import SourceText, workshop
from symnet.worked import Worked

# A code in the name of a file, with its dashes.
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4}){3}(?![0-9A-Za-z])")


class VariantFinder(NamedTuple):
    """Finds the variant of each submission; as data, so that it crosses to other processes.

    Attributes:
        source: The description.
        roster: By what students are called in small letters, the code that each was given; empty without a class.
    """

    source: SourceText
    roster: tuple[tuple[str, str], ...] = ()

    def prepare(self) -> None:
        """Make ready now what all submissions need, for all copies of this process."""
        shop = workshop(self.source)
        for number in range(_TRIED):
            if shop.look(number).difficulty:
                return

    def find(self, submission: Submission, name: str) -> tuple[Worked, Scheme] | None:
        """Return the variant of a submission and what its answers are worth; None if it is to the exercise itself.

        Args:
            submission: The submission.
            name: What its file is called.

        Raises:
            CodeError: If it gives no code that is one of this description, or none where each student has a variant.
        """
        code = submission.code or self._in_name(name) or self._in_class(submission, name)
        if not code:
            if self.roster:
                raise CodeError(
                    f"{name}: found neither the code of a sheet nor a student of the class; "
                    "write the code that stands on the sheet, as in code: 1000-1ZA0-000J-8F46"
                )
            return None
        shop = workshop(self.source)
        variant = shop.plan.for_code(read_code(code))
        worked = shop.worked(variant)
        return worked, scheme_for(self.source, variant.structure)

    def _in_name(self, name: str) -> str:
        """Return the code in the name of a file; empty where there is none that is one."""
        for found in _CODE.findall(name):
            try:
                return str(read_code(found))
            except CodeError:
                continue
        return ""

    def _in_class(self, submission: Submission, name: str) -> str:
        """Return the code that the student of a submission was given; empty if nobody knows the student."""
        codes = _by_student(self.roster)
        (called,) = students_of((AnswersFile(Path(name), name),))
        student = known(submission.student, called)
        found = {codes[one.lower()] for one in student if one.lower() in codes}
        return found.pop() if len(found) == 1 else ""


_TRIED = 20


@lru_cache(maxsize=4)
def _by_student(roster: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the code of each student; whoever is called as another one is not told apart by that."""
    codes: dict[str, set[str]] = {}
    for student, code in roster:
        codes.setdefault(student, set()).add(code)
    return {student: next(iter(found)) for student, found in codes.items() if len(found) == 1}


def roster_of(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return what the students of a class are called and the code that each was given.

    Args:
        folder: The folder that ``symnet variants`` has written.

    Raises:
        OutputError: If it has no manifest that can be read.
    """
    manifest = folder / MANIFEST
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
        return tuple(_named(json.loads(line) for line in lines[1:]))
    except (OSError, UnicodeDecodeError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise OutputError(f"{manifest}: cannot read who was given which sheet: {error}") from None


def _named(lines: Iterator[Any]) -> Iterator[tuple[str, str]]:
    for line in lines:
        code = str(read_code(line["code"]))
        for called in (line["stem"], line.get("name", ""), line.get("id", "")):
            if called:
                yield str(called).lower(), code

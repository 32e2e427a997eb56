"""Answers files on disk: which there are, and what is in them, read so that none can harm or hold up."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from symnet.description.source import printable
from symnet.errors import SymnetError

MOST_BYTES = 200_000
SUFFIXES = (".yaml", ".yml", ".json", ".csv", ".txt")


class SubmissionError(SymnetError):
    """A file of answers, or a folder of them, that cannot be read."""


class AnswersFile(NamedTuple):
    """A file of answers.

    Attributes:
        path: Where it is.
        name: What it is called among the others: its path below the folder that they share.
        problem: Why it is not marked, if it stands in a folder and is no file of answers; empty otherwise.
    """

    path: Path
    name: str
    problem: str = ""


def found(places: Sequence[str], left_out: Callable[[Path], bool] = lambda _path: False) -> tuple[AnswersFile, ...]:
    """Return every file of answers once, in the order of their names, and what else is in a folder with the reason.

    Args:
        places: Files, taken as they are, and folders, of which all that ends in .yaml, .yml, .json, .csv or .txt is
            taken; files whose names begin with a point are nobody's.
        left_out: Whether a file of a folder holds no answers, whatever its name.

    Raises:
        SubmissionError: If a place is not there, or nothing is in it.
    """
    files: dict[Path, str] = {}
    for place in map(Path, places):
        inside = [place] if not place.is_dir() else [path for path in _below(place) if not left_out(path)]
        if not os.path.lexists(place):
            raise SubmissionError(f"{printable(str(place), 500)}: there is no such file or folder")
        if not any(path.name.lower().endswith(SUFFIXES) or path == place for path in inside):
            raise SubmissionError(f"{printable(str(place), 500)}: there are no files here that end in {_SUFFIXES}")
        # A link stays one, so that it is seen as one when it is read.
        files.update({path.parent.resolve() / path.name: _problem(path, place) for path in inside})
    shared = Path(os.path.commonpath([path.parent for path in files]))
    named = (AnswersFile(path, path.relative_to(shared).as_posix(), problem) for path, problem in files.items())
    return tuple(sorted(named, key=lambda file: file.name))


def read(path: Path) -> bytes:
    """Return what is in a file of answers.

    Args:
        path: Where it is.

    Raises:
        SubmissionError: If it is anything but a file, is too large, or cannot be read.
    """
    try:
        # Opening a pipe would wait for its writer; a link could lead to what is nobody's answers.
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _NO_LINK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SubmissionError("this is not a file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = b"" if status.st_size > MOST_BYTES else file.read(MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        if path.is_symlink():
            raise SubmissionError("this is a link; give the file itself") from None
        raise SubmissionError(f"it cannot be read: {error.strerror or error}") from None
    if max(status.st_size, len(content)) > MOST_BYTES:
        raise SubmissionError(f"it has more than {MOST_BYTES:,} bytes")
    return content


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_SUFFIXES = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"


def _problem(path: Path, place: Path) -> str:
    """Return why a file is not marked; empty if it is, as one that was named is in any case."""
    if path == place or path.name.lower().endswith(SUFFIXES):
        return ""
    kind = printable(path.suffix.upper().removeprefix("."), 12)
    return f"not a file of answers: found {f'a {kind} file' if kind else 'no ending'}; expected {_SUFFIXES}"


def _below(folder: Path) -> Iterator[Path]:
    """Yield all files in a folder and those in it; links to folders are not followed."""
    for place, _folders, names in os.walk(folder):
        yield from (Path(place, name) for name in names if not name.startswith("."))

"""Files of answers."""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from symnet.catalog.losses import LOSSES
from symnet.description.source import Flaw, KeyPath, MarkedDict, MarkedList, Scalar, Source, describe, printable
from symnet.description.tree import UnreadableError, decoded, mapping_in, unreadable
from symnet.errors import DescriptionError, Problem, SymnetError
from symnet.limits import LONGEST_STUDENT, MOST_ANSWER_BYTES, MOST_ANSWER_PROBLEMS, MOST_ANSWERS
from symnet.marking.records import TypedAnswer

# Answers in a table with two columns, or in plain text, one a line.

# What may stand between the columns.
_BETWEEN = ",;\t"
# What a column is called that says what is asked, and one that holds the answers.
_LEFTS = frozenset(
    ("left", "id", "item", "quantity", "question", "questions", "symbol", "variable", "what",
     "frage", "pregunta")
)  # fmt: skip
_RIGHTS = frozenset(
    ("right", "answer", "answers", "expression", "response", "result", "solution", "value", "your answer", "antwort",
     "respuesta")
)  # fmt: skip
# What stands in brackets or in quotes is no separator.
_GUARDED = re.compile(r'"(?:[^"]|"")*"|\([^()]*\)|\[[^][]*\]|\{[^{}]*\}')
_LINE = re.compile(r"\s*(?P<left>[^=:]*?)\s*(?::=|=|:|≈)(?!=)\s*(?P<right>.*?)\s*")


class TableError(ValueError):
    """A table that is broken.

    Attributes:
        line: The line where.
    """

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


class Columns(NamedTuple):
    """Which columns of a table are looked at.

    Attributes:
        left: The number of the one that says what is asked.
        right: The number of the one with the answers.
        last: Whether that is the last one, so that a separator in an answer begins no other.
    """

    left: int = 0
    right: int = 1
    last: bool = True


def from_table(text: str) -> Iterator[TypedAnswer]:
    """Yield the answers of a table; the names of its columns, where it has any, are none of them.

    Args:
        text: The table, with commas, semicolons or tabs between its columns.

    Raises:
        TableError: If it is broken.
    """
    between = _separator(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=between, strict=True)
    columns: Columns | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                named = _named(row)
                columns = named or Columns()
                if named is not None:
                    continue
            cells = row[columns.right :] if columns.last else row[columns.right : columns.right + 1]
            yield TypedAnswer((row[columns.left :] or [""])[0], between.join(cells).strip(), rows.line_num, 1)
    except csv.Error as error:
        raise TableError(max(1, rows.line_num), str(error)) from error


def _separator(text: str) -> str:
    """Return the column separator: the one in every line, else the first one in the first line."""
    lines = [_GUARDED.sub("", line) for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    everywhere = [char for char in first if char in _BETWEEN and all(char in line for line in lines)]
    return next(iter((*everywhere, *(char for char in first if char in _BETWEEN))), ",")


def _named(row: Sequence[str]) -> Columns | None:
    """Return the columns of a table that a first line names; None for an answer."""
    cells = [" ".join(cell.lower().split()) for cell in row]
    lefts = [number for number, cell in enumerate(cells) if cell in _LEFTS]
    # A name is that of a quantity only where nothing else says what is asked.
    left = next(iter((*lefts, *(number for number, cell in enumerate(cells) if cell == "name"))), None)
    right = next((number for number, cell in enumerate(cells) if cell in _RIGHTS), None)
    if left is None or right is None:
        return None
    return Columns(left, right, last=right == len(cells) - 1)


def from_lines(text: str) -> tuple[tuple[TypedAnswer, ...], str | None]:
    """Return the answers of a text such as ``z1_1 = -0.2``, one a line, and the loss that a line of it names.

    Args:
        text: The text; empty lines, and what stands behind a # at the beginning of a line, are passed over.
    """
    found: list[TypedAnswer] = []
    loss = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        left, right = (line.strip(), "") if parts is None else (parts["left"], parts["right"])
        if left.lower() == "loss" and right in LOSSES:
            loss = right
        else:
            found.append(TypedAnswer(left, right, number, 1))
    return tuple(found), loss


# A file of answers as the answers that were typed, each as text: YAML, JSON, CSV or plain text, within limits.


class Author(NamedTuple):
    """Whose a submission is, as far as that is known.

    Attributes:
        id: A number or a login.
        name: The name.
        email: The address.
        canvas: The number that Canvas has for the student.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    canvas: str = ""


NOBODY = Author()
"""An author of whom nothing is known."""

FIELDS = ("student", "name", "id", "email")
"""The keys by which a submission says whose it is; ``student`` takes any of the others."""


def student_in(fields: Mapping[str, str]) -> Author:
    """Return the student that a submission names.

    Args:
        fields: What stands at each of its :data:`FIELDS`.
    """
    shown = {key: printable(" ".join(text.split()), LONGEST_STUDENT) for key, text in fields.items()}
    student = shown.pop("student", "")
    key = "email" if "@" in student else "name" if " " in student else "id"
    return Author(**{key: student, **{name: text for name, text in shown.items() if text}})


_ALLOWED = "a mapping with the key answers, and perhaps loss, code, student, name, id or email"
_HINT = 'Write answers: and below it lines such as z1_1: 0.3451 or "dL/dw1_1_1": "delta1_1*x1".'
_CODE = "code"
_KEYS = ("answers", "loss", _CODE, *FIELDS)
# What stands for an answer that is a list or a mapping: no expression.
_NESTED = "..."


class Submission(NamedTuple):
    """The answers in one file.

    Attributes:
        answers: Each answer, in the order of the file.
        loss: Which loss they are for, if the file says so.
        name: The name of the file.
        student: Whose they are, as far as the file says so.
        code: The code of the sheet that they are to, if the file gives it.
    """

    answers: tuple[TypedAnswer, ...]
    loss: str | None = None
    name: str = ""
    student: Author = NOBODY
    code: str = ""


def load_answers(content: str | bytes, name: str) -> Submission:
    """Return the answers in a file; what is wrong with a single one is found when it is read.

    Args:
        content: What is in the file.
        name: Its name: CSV if it ends in ``.csv``, plain text if in ``.txt``, JSON if in ``.json``, YAML if not.

    Raises:
        DescriptionError: If the file cannot be used at all.
    """
    shown = printable(name, 500)
    if len(content) > MOST_ANSWER_BYTES:
        raise DescriptionError(shown, (Problem("", f"more than {MOST_ANSWER_BYTES:,} bytes", "a smaller file"),))
    plain = _PLAIN.get(name.lower()[-4:])
    if plain is not None:
        try:
            text = decoded(content)
        except UnreadableError as error:
            raise DescriptionError(shown, (error.problem,)) from error
        return plain(text, shown)
    root, repeated = mapping_in(content, shown, _ALLOWED, _HINT)
    problems = [*repeated, *_problems(root, shown)]
    if problems:
        raise DescriptionError(shown, tuple(problems[:MOST_ANSWER_PROBLEMS]))
    answers = root["answers"]
    loss = root.get("loss")
    typed = tuple(_typed_answer(answers, left) for left in answers)
    student = student_in({key: root[key].text for key in FIELDS if key in root and not root[key].empty})
    code = root[_CODE].text if _CODE in root else ""
    return Submission(typed, None if loss is None else loss.text, shown, student, code)


def _problems(root: dict[Any, Any], name: str) -> Iterator[Problem]:
    """Yield everything that makes a file of no use."""
    source = Source(name, root)
    for key, value in root.items():
        if key not in _KEYS:
            flaw = Flaw((key,), f'the unknown key "{printable(key)}"', ", ".join(_KEYS), _HINT, at_key=True)
            yield source.problem(flaw)
        elif key in (_CODE, *FIELDS) and not isinstance(value, Scalar):
            yield source.problem(Flaw((key,), describe(value), "a word or two"))
    answers, loss = root.get("answers"), root.get("loss")
    path: KeyPath = ("answers",)
    if "answers" not in root:
        yield source.problem(Flaw((), "no answers", _ALLOWED, _HINT))
    elif not isinstance(answers, MarkedDict):
        yield source.problem(Flaw(path, describe(answers), "a mapping from what is asked to the answer", _HINT))
    elif not 0 < len(answers) <= MOST_ANSWERS:
        found = f"{len(answers):,} answers" if answers else "no answers"
        yield source.problem(Flaw(path, found, f"1 to {MOST_ANSWERS:,} answers"))
    if loss is not None and not (isinstance(loss, Scalar) and loss.text):
        yield source.problem(Flaw(("loss",), describe(loss), "the name of a loss of the exercise"))


def _list_text(value: object) -> str:
    """Return a list, or a list of lists, as it would be typed in quotes; dots for anything else."""
    rows = value if isinstance(value, MarkedList) else ()
    texts = [one.text if isinstance(one, Scalar) else _list_text(one) for one in rows]
    return f"[{', '.join(texts)}]" if texts else _NESTED


def _typed_answer(answers: MarkedDict, left: str) -> TypedAnswer:
    """Return one answer, with its text as it was typed."""
    value = answers[left]
    line, column = value.mark
    if not isinstance(value, Scalar):
        return TypedAnswer(left, _list_text(value), line, column)
    return TypedAnswer(left, "" if value.empty else value.text, line, column)


def _from_table(text: str, name: str) -> Submission:
    """Return the answers in a table with two columns."""
    try:
        student, code, typed = _signed(tuple(from_table(text)))
    except TableError as error:
        hint = f"The reader says: {error}."
        problem = unreadable((error.line, 1), "a broken table", "lines with two columns", hint).problem
        raise DescriptionError(name, (problem,)) from error
    return Submission(_enough(typed, name), None, name, student, code)


def _from_lines(text: str, name: str) -> Submission:
    """Return the answers in a plain text."""
    found, loss = from_lines(text)
    student, code, typed = _signed(found)
    if not any(one.right for one in typed):
        problem = Problem("", "no answers", "lines such as z1_1 = 0.3451", "", 1, 1)
        raise DescriptionError(name, (problem,))
    return Submission(_enough(typed, name), loss, name, student, code)


def _signed(found: tuple[TypedAnswer, ...]) -> tuple[Author, str, tuple[TypedAnswer, ...]]:
    """Return whose answers are, the code of their sheet, and all behind the lines at the beginning that say so."""
    fields = dict[str, str]()
    for line in found:
        key = line.left.strip().lower()
        if key not in (_CODE, *FIELDS) or key in fields:
            break
        fields[key] = line.right
    behind = found[len(fields) :]
    code = fields.pop(_CODE, "")
    return student_in(fields), code, behind


def _enough(typed: tuple[TypedAnswer, ...], name: str) -> tuple[TypedAnswer, ...]:
    """Return answers, if they are neither none nor too many."""
    if not 0 < len(typed) <= MOST_ANSWERS:
        found = f"{len(typed):,} answers" if typed else "no answers"
        raise DescriptionError(name, (Problem("", found, f"1 to {MOST_ANSWERS:,} answers", "", 1, 1),))
    return typed


_PLAIN: Mapping[str, Callable[[str, str], Submission]] = MappingProxyType({".csv": _from_table, ".txt": _from_lines})


# Answers files on disk: which there are, and what is in them, read so that none can harm or hold up.

SUFFIXES = (".yaml", ".yml", ".json", ".csv", ".txt")


class SubmissionError(SymnetError):
    """A file of answers, or a folder of them, that cannot be read."""


class AnswersFile(NamedTuple):
    """A file of answers.

    Attributes:
        place: Where it is; as text, of which a class has many, since a path takes several times the memory.
        name: What it is called among the others: its path below the folder that they share.
        problem: Why it is not marked, if it stands in a folder and is no file of answers; empty otherwise.
    """

    place: str | Path
    name: str
    problem: str = ""

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.place)


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
    named = (AnswersFile(str(path), path.relative_to(shared).as_posix(), problem) for path, problem in files.items())
    return tuple(sorted(named, key=lambda file: file.name))


def read(path: Path, most: int = MOST_ANSWER_BYTES) -> bytes:
    """Return what is in a file of answers.

    Args:
        path: Where it is.
        most: How many bytes it may have.

    Raises:
        SubmissionError: If it is anything but a file, is too large, or cannot be read.
    """
    try:
        # A link could lead to what is nobody's answers; where the system can, opening sees to it once more.
        if path.is_symlink():
            raise SubmissionError("this is a link; give the file itself")
        # Opening a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | _AS_IT_IS | _NO_WAIT | _NO_LINK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SubmissionError("this is not a file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = b"" if status.st_size > most else file.read(most + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SubmissionError(f"it cannot be read: {error.strerror or error}") from None
    if max(status.st_size, len(content)) > most:
        raise SubmissionError(f"it has more than {most:,} bytes")
    return content


# Windows alone would change line ends on the way.
_AS_IT_IS = getattr(os, "O_BINARY", 0)
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

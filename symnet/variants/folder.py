"""A folder with the sheets of a class: files that are whole, a manifest that tells of each, runs taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from symnet.errors import OutputError
from symnet.marking.judge import Scheme
from symnet.output import remove_drafts, write_over, write_whole
from symnet.sheets.worksheet import scheme_of
from symnet.variants.codes import VariantCode
from symnet.variants.draws import VERSION
from symnet.variants.plan import Choices
from symnet.variants.select import Looked, SourceText, Workshop, uncollected, workshop
from symnet.variants.sheets import FilesAsked, Student, files, names_of

MANIFEST = "manifest.jsonl"
"""What tells of every sheet in a folder, one a line, behind a first line with what all have in common."""

# Sheets that a process makes before it hands back what they are, so that it has half a second of work.
_CHUNK = 10
# So many chunks are under way at a time: a cluster has many processes.
_UNDER_WAY = 64


class Task(NamedTuple):
    """One sheet to make.

    Attributes:
        stem: What its files are called.
        number: The number of its draw.
        student: Whose it is.
        difficulty: Its difficulty.
    """

    stem: str
    number: int
    student: Student
    difficulty: int


class Order(NamedTuple):
    """A class of sheets to make.

    Attributes:
        source: The description and the seed.
        asked: Which files each sheet has.
        folder: Where they go.
        force: Whether files are overwritten that somebody edited.
        elsewhere: Whether what makes them may be on another machine, which does not see the folder.
    """

    source: SourceText
    asked: FilesAsked
    folder: Path
    force: bool = False
    elsewhere: bool = False

    @property
    def head(self) -> dict[str, object]:
        """The first line of the manifest: a run goes on only where it is the same."""
        return {
            "format": 1,
            "draws": VERSION,
            "seed": self.source.seed,
            "description": sha256(self.source.text).hexdigest(),
            **{name: value for name, value in self.source.preferred._asdict().items() if value is not None},
            **self.asked._asdict(),
        }


def tasks(chosen: Sequence[Looked], students: Sequence[Student]) -> list[Task]:
    """Return the sheets to make, one a student, or one a draw where there is no roster.

    Args:
        chosen: The draws that become sheets.
        students: The students, as many as draws, or none.
    """
    width = max(4, len(str(len(chosen))))
    whose = students or [Student()] * len(chosen)
    numbered = enumerate(zip(chosen, whose, strict=True), 1)
    return [Task(f"{place:0{width}}", one.number, student, one.difficulty) for place, (one, student) in numbered]


def fill(
    order: Order,
    made: Sequence[Task],
    executor: Executor | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    """Make the files of some sheets; those that a former run has left whole are not made again.

    Args:
        order: What is common to them.
        made: The sheets.
        executor: What makes them in other processes; None for this one.
        advance: Is told how many more are there.

    Returns:
        How many sheets were made.

    Raises:
        OutputError: If the folder has sheets of another order, or a file cannot be written.
    """
    known = _known(order)
    left = [task for task in made if not _is_whole(order, task, known.get(task.stem))]
    advance(len(made) - len(left))
    manifest = order.folder / MANIFEST
    anew = {task.stem for task in left}
    remove_drafts(order.folder / name for task in left for name in names_of(task.stem, order.asked))
    remove_drafts([manifest])
    kept = [known[task.stem] for task in made if task.stem not in anew]
    _write(manifest, [order.head, *kept])
    lines = {line["stem"]: line for line in kept}
    with manifest.open("a", encoding="utf-8") as stream:
        for sheets in _made(order, left, executor):
            found = [_kept(order, sheet) for sheet in sheets]
            stream.writelines(map(_line, found))
            stream.flush()
            lines.update((line["stem"], line) for line in found)
            advance(len(found))
    # Whatever the order in which they were made, the manifest is the same.
    _write(manifest, [order.head, *(lines[task.stem] for task in made)])
    return len(left)


class MadeSheet(NamedTuple):
    """What comes of making one sheet.

    Attributes:
        line: Its line for the manifest, without its files.
        contents: What its files hold, by name, where they are not written yet.
        digests: Their digests, by name, where they are.
    """

    line: dict[str, Any]
    contents: Mapping[str, bytes]
    digests: Mapping[str, str]


def make(order: Order, some: Sequence[Task]) -> list[MadeSheet]:
    """Make the files of some sheets, and write them unless that is done elsewhere; for use in another process."""
    shop = workshop(order.source)
    with uncollected():
        return [_sheet(order, shop, task) for task in some]


def _sheet(order: Order, shop: Workshop, task: Task) -> MadeSheet:
    variant = shop.plan.variant(task.number)
    worked = shop.worked(variant, as_asked=True)
    scheme = scheme_for(order.source, variant.structure)
    made = files(variant, worked, scheme, task.student, order.asked)
    contents = {f"{task.stem}-{ending}": content for ending, content in made}
    line = _told(order, task)
    return MadeSheet(line, contents, {}) if order.elsewhere else MadeSheet(line, {}, _written(order, contents))


def _written(order: Order, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write files, and return their digests by name."""
    digests = {}
    for name, content in contents.items():
        # Whether a file is whole, its digest in the manifest tells.
        written = write_over(order.folder / name, content, force=order.force, lasting=False)
        digests[name] = sha256(written).hexdigest()
    return digests


def _kept(order: Order, sheet: MadeSheet) -> dict[str, Any]:
    """Return the line of a sheet for the manifest, its files written."""
    return {**sheet.line, "files": {**sheet.digests, **_written(order, sheet.contents)}}


@lru_cache(maxsize=64)
def scheme_for(source: SourceText, structure: Choices) -> Scheme:
    """Return what each answer is worth, which is the same for all variants with the same derivatives.

    Args:
        source: The description and the seed.
        structure: What decides which derivatives there are, of a variant that was worked before.
    """
    shop = workshop(source)
    return scheme_of(shop.derived(structure))


def _told(order: Order, task: Task) -> dict[str, Any]:
    """Return what the manifest says of a sheet beside its files."""
    code = VariantCode(VERSION, order.source.seed, task.number, workshop(order.source).plan.digest)
    whose = {key: value for key, value in task.student._asdict().items() if value}
    return {"stem": task.stem, "code": str(code), **whose, "difficulty": task.difficulty}


def _made(order: Order, left: Sequence[Task], executor: Executor | None) -> Iterator[list[MadeSheet]]:
    """Yield sheets as they are made, in their order."""
    chunks = [left[at : at + _CHUNK] for at in range(0, len(left), _CHUNK)]
    if executor is None:
        yield from (make(order, chunk) for chunk in chunks)
        return
    waiting: list[Future[list[MadeSheet]]] = []
    for chunk in chunks:
        waiting.append(executor.submit(make, order, chunk))
        if len(waiting) > _UNDER_WAY:
            yield waiting.pop(0).result()
    for one in waiting:
        yield one.result()


def _known(order: Order) -> dict[str, dict[str, Any]]:
    """Return the lines of a manifest that is there, by stem; a last line that was cut off is passed over."""
    manifest = order.folder / MANIFEST
    try:
        text = manifest.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{manifest}: cannot read what was made before: {error}") from None
    head, *lines = [entry for entry in map(_entry, text.splitlines()) if entry is not None] or [{}]
    if head != json.loads(json.dumps(order.head)):
        raise OutputError(
            f"{manifest}: found the sheets of another description, seed or choice of files; expected an empty folder, "
            "or one that the same command began; choose another with -o"
        )
    return {str(line.get("stem")): line for line in lines}


def _entry(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_whole(order: Order, task: Task, line: dict[str, Any] | None) -> bool:
    """Return whether the files of a sheet are there as the manifest tells, for the same draw and student."""
    if line is None or {**line, "files": None} != {**_told(order, task), "files": None}:
        return False
    try:
        return all(
            sha256((order.folder / name).read_bytes()).hexdigest() == digest for name, digest in line["files"].items()
        )
    except (OSError, AttributeError, TypeError, KeyError):
        return False


def _write(manifest: Path, lines: Iterable[dict[str, Any]]) -> None:
    write_whole(manifest, "".join(map(_line, lines)).encode())


def _line(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"

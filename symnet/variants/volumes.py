"""All sheets of a class in one PDF, for the printer: by one run of an engine, or a few where there are very many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from symnet.errors import OutputError
from symnet.limits import MOST_BOUND
from symnet.output import write_whole
from symnet.render.bound import SheetSource, binding
from symnet.variants.folder import Order, Task

RECORD = "volumes.json"
"""What tells which PDFs hold which sheets, so that those that are there need not be made again."""


class Volume(NamedTuple):
    """One PDF of many sheets.

    Attributes:
        name: What its file is called.
        sheets: The name of each sheet in the outline, and of the file of its source.
    """

    name: str
    sheets: tuple[tuple[str, str], ...]


def volumes(order: Order, made: Sequence[Task]) -> list[Volume]:
    """Return the PDFs that hold all sheets, and those that hold all keys.

    Args:
        order: What was made.
        made: The sheets.
    """
    suffix = binding(order.asked.pdf_engine).suffix
    found = []
    for kind in ("worksheet", *(("key",) if order.asked.key else ())):
        parts = [made[at : at + MOST_BOUND] for at in range(0, len(made), MOST_BOUND)]
        width = len(str(len(parts)))
        for number, part in enumerate(parts, 1):
            name = f"all-{kind}{f'-{number:0{width}}' if len(parts) > 1 else ''}.pdf"
            sheets = ((_called(task), f"{task.stem}-{kind}.{suffix}") for task in part)
            found.append(Volume(name, tuple(sheets)))
    return found


def bind(order: Order, made: Sequence[Task], executor: Executor | None = None) -> Iterator[Path]:
    """Yield the path of each PDF that holds many sheets, when it is there; what a former run has made stays.

    Args:
        order: What was made, of which the sources of all sheets are there.
        made: The sheets.
        executor: What makes several at a time; None for this process alone.

    Raises:
        OutputError: If a source cannot be read or set.
    """
    record = order.folder / RECORD
    known = _known(record)
    now: dict[str, dict[str, str]] = {}
    waiting: list[tuple[Volume, str, Future[str] | None]] = []
    for volume in volumes(order, made):
        digest = sha256("".join(_text(order.folder / file) for _, file in volume.sheets).encode()).hexdigest()
        entry = known.get(volume.name, {})
        if entry.get("sheets") == digest and entry.get("file") == _digest(order.folder / volume.name):
            now[volume.name] = entry
            yield order.folder / volume.name
        else:
            future = None if executor is None else executor.submit(_made, order, volume)
            waiting.append((volume, digest, future))
    for volume, digest, future in waiting:
        file = _made(order, volume) if future is None else future.result()
        now[volume.name] = {"sheets": digest, "file": file}
        write_whole(record, (json.dumps(now, indent=1, sort_keys=True) + "\n").encode())
        yield order.folder / volume.name


def _made(order: Order, volume: Volume) -> str:
    """Write one PDF, and return its digest."""
    how = binding(order.asked.pdf_engine)
    sources = [SheetSource(name, _text(order.folder / file)) for name, file in volume.sheets]
    content = how.compiled(how.joined(sources))
    write_whole(order.folder / volume.name, content)
    return sha256(content).hexdigest()


def _called(task: Task) -> str:
    """Return what a sheet is called in the outline of a PDF."""
    return f"{task.stem} {task.student.name}" if task.student.name else task.stem


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path}: cannot read the source of this sheet: {error}") from None


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _known(record: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(one, dict) for one in found.values()) else {}

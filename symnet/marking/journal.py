"""What a run over many submissions has done, in a file beside its reports, from which a run that was stopped goes on.

Each line is one thing that was done, with a checksum: what came of a submission, or a report that was written. A line
is added when it is done; one that was cut off by the end of the process is not counted. Marks are looked up by the
digest of all that they depend on, so that what has changed is marked again.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from symnet.errors import OutputError
from symnet.limits import LONGEST_JOURNAL_LINE, MOST_RESULT_BYTES

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# Windows alone would change line ends on the way.
_AS_IT_IS = getattr(os, "O_BINARY", 0)
NAME = ".symnet-marking"
"""What the file is called; files whose names begin with a point are nobody's answers."""


class WrittenReport(NamedTuple):
    """A report that was written.

    Attributes:
        source: The file that it is about; empty if it is about all.
        content: The digest of what was to be written.
        file: The digest of what then stood in the file.
    """

    source: str
    content: str
    file: str


class Journal:
    """The journal of one folder, held by one run at a time.

    Args:
        folder: Where the reports are.
        run: All that every mark depends on beside the submission itself.
        resume: Whether what stands in it counts for this run.

    Raises:
        OutputError: If another run has it, or it cannot be written.
    """

    def __init__(self, folder: Path, run: str, *, resume: bool) -> None:
        self.folder, self.path = folder, folder / NAME
        self.run = hashlib.sha256(f"{version('symnet')}\0{run}".encode()).digest()
        # What earlier runs did; what this one does is kept in the file alone, since nobody asks it for that again.
        self.places: dict[str, int] = {}
        self.written: dict[str, WrittenReport] = {}
        self.resume = resume
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _AS_IT_IS | _NO_LINK, 0o600)
            self.file: BinaryIO = os.fdopen(descriptor, "r+b")
            _lock(self.file, self.path)
            end = self._load()
            if not resume:
                self.places, end = {}, 0
            self.file.truncate(end)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        """Return the journal, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, for the next run."""
        self.file.close()

    def key(self, piece: bytes) -> str:
        """Return what a submission is kept under."""
        return hashlib.sha256(self.run + piece).hexdigest()

    def result(self, key: str) -> bytes | None:
        """Return what came of a submission; None if it has to be marked."""
        place = self.places.get(key)
        if place is None:
            return None
        self.file.seek(place)
        entry = _entry(self.file.readline(LONGEST_JOURNAL_LINE))
        if entry is None:
            return None
        return zlib.decompressobj().decompress(base64.b64decode(entry["result"]), MOST_RESULT_BYTES)

    def add(self, key: str, result: bytes) -> None:
        """Keep what came of a submission."""
        self._append({"key": key, "result": base64.b64encode(zlib.compress(result, 1)).decode()})

    def is_there(self, path: Path, source: str, content: str) -> bool:
        """Return whether a report was written as it would be now, and stands there as it was written."""
        found = self.written.get(self._name(path)) if self.resume else None
        there = found is not None and found[:2] == (source, content) and found.file == _digest_of(path)
        if there:
            del self.written[self._name(path)]
        return there

    def wrote(self, path: Path, source: str, content: str) -> None:
        """Keep that a report was written."""
        self.written.pop(self._name(path), None)
        self._keep(self._name(path), WrittenReport(source, content, _digest_of(path)))

    def stale(self) -> Iterator[tuple[Path, WrittenReport]]:
        """Yield each report of an earlier run that is still there, and that this run has not written."""
        for name, report in self.written.items():
            if os.path.lexists(self.folder / name):
                yield self.folder / name, report

    def forget(self, path: Path, report: WrittenReport) -> bool:
        """Remove a report if nobody has changed it since it was written, and return whether it is gone."""
        if _digest_of(path) == report.file:
            with contextlib.suppress(OSError):
                path.unlink()
        return not os.path.lexists(path)

    def keep(self, path: Path, report: WrittenReport) -> None:
        """Keep a report of an earlier run as one."""
        self._keep(self._name(path), report)

    def _keep(self, name: str, report: WrittenReport) -> None:
        self._append({"path": name, **report._asdict()})

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _load(self) -> int:
        """Take in what was done before, up to the first line that is not whole, and return where that begins."""
        self.file.seek(0)
        place = 0
        while line := self.file.readline(LONGEST_JOURNAL_LINE):
            entry = _entry(line)
            if entry is None:
                break
            if "key" in entry:
                self.places[entry["key"]] = place
            elif ".." not in (path := PurePosixPath(entry["path"])).parts and not path.is_absolute():
                self.written[entry["path"]] = WrittenReport(entry["source"], entry["content"], entry["file"])
            place += len(line)
        return place

    def _append(self, entry: dict[str, str]) -> None:
        """Add a line at the end."""
        text = json.dumps(entry).encode()
        self.file.seek(0, os.SEEK_END)
        self.file.write(b"%08x %s\n" % (zlib.crc32(text), text))
        self.file.flush()


def _entry(line: bytes) -> dict[str, str] | None:
    """Return what a line says; None if it is not whole, or is none of the journal's."""
    sum_of_line, _, text = line[:-1].partition(b" ")
    if line[-1:] != b"\n" or sum_of_line != b"%08x" % zlib.crc32(text):
        return None
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    keys = entry.keys() if isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values()) else ()
    return entry if set(keys) in ({"key", "result"}, {"path", "source", "content", "file"}) else None


def _digest_of(path: Path) -> str:
    """Return the digest of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _lock(file: BinaryIO, path: Path) -> None:
    """Hold a file alone for as long as it is open, where the system can do that."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        # Other than with flock, copies of this process, which may outlive it, do not hold it too.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            f"{path.parent}: another run of symnet check writes here; wait for it, or take another -o"
        ) from None

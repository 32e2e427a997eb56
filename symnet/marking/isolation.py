"""Work on untrusted data in processes that can be ended, with limits of time and memory for each piece.

What counts is the time of the processor, so that a busy machine stops nothing; the clock only ends what sleeps. What
runs out of time is tried once more when all else is done, alone.

A few processes serve one piece after the other, so that what one has worked out for all is not worked out again. Where
there is ``fork`` they are copies of a process in which all is made ready already; elsewhere each makes itself ready.
One that has to be ended, or failed, or has grown, is replaced before the next piece. What comes back are bytes, never
pickled objects.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from itertools import islice
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from symnet.errors import SymnetError
from symnet.limits import (
    MARKING_GROWTH,
    MARKING_MEMORY,
    MARKING_PATIENCE,
    MARKING_SECONDS,
    MOST_RESULT_BYTES,
    READY_SECONDS,
)

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, SpawnContext

Work: TypeAlias = Callable[[bytes], bytes]
_Context: TypeAlias = "ForkContext | SpawnContext"

FORK = "fork" in get_all_start_methods()
"""Whether processes can be copies of this one."""

# A process ends itself so much later than it is ended, in case that nobody is left to do so.
_GRACE = 2.0


class Limits(NamedTuple):
    """What one piece of work may take.

    Attributes:
        seconds: How many seconds of the processor it may take.
        patience: How many times as long it may last by the clock.
        memory: How many bytes more than at its start its process may hold.
        result: How many bytes its result may have.
        growth: How many bytes more than at its start a process may hold between two pieces.
    """

    seconds: float = MARKING_SECONDS
    memory: int = MARKING_MEMORY
    result: int = MOST_RESULT_BYTES
    patience: float = MARKING_PATIENCE
    growth: int = MARKING_GROWTH

    @property
    def clock(self) -> float:
        """How many seconds it may last by the clock."""
        return self.seconds * self.patience


class Failure(Enum):
    """Why there is no result."""

    TIME = "time"
    MEMORY = "memory"
    SIZE = "size"
    FAULT = "fault"
    ENDED = "ended"


# Where the system says how much memory a process holds, in pages of so many bytes.
_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# How a process has ended that the system has ended for being out of time.
_OUT_OF_TIME = -getattr(signal, "SIGPROF", 0) or None
# What stands before a result: that it is one (the last one of its process), or why there is none.
_RESULT, _LAST_RESULT, _MEMORY, _FAULT, _SIZE, _READY = b"=", b".", b"m", b"f", b"s", b"r"
_FAILURES = {_MEMORY: Failure.MEMORY, _FAULT: Failure.FAULT, _SIZE: Failure.SIZE}


class IsolationError(SymnetError):
    """A computer on which no further process can be started."""


class _Worker:
    """A process that waits for pieces of work, seen from outside."""

    def __init__(self, context: _Context, prepare: Callable[[], Work], limits: Limits) -> None:
        self.index, self.content = -1, b""
        self.deadline = math.inf
        self.serves = True
        self.connection, inner = context.Pipe()
        copied = context.get_start_method() == "fork"
        self.process = context.Process(target=_serve, args=(inner, prepare, limits, copied), daemon=True)
        try:
            self.process.start()
            inner.close()
            ready = self.connection.poll(READY_SECONDS) and self.connection.recv_bytes(1) == _READY
        except (EOFError, OSError):
            ready = False
        if not ready:
            raise IsolationError("no process can be started to work in: end others first, or take fewer --jobs")

    def begin(self, index: int, content: bytes, seconds: float) -> None:
        """Hand over a piece of work."""
        self.index, self.content, self.deadline = index, content, time.monotonic() + seconds
        with contextlib.suppress(OSError):
            self.connection.send_bytes(content)

    def result(self, limits: Limits) -> bytes | Failure:
        """Return the result received, or why there is none."""
        try:
            message = self.connection.recv_bytes(limits.result + 1)
        except (EOFError, OSError):
            self.process.join(_GRACE)
            return Failure.TIME if self.process.exitcode == _OUT_OF_TIME else Failure.ENDED
        self.serves = message[:1] == _RESULT
        is_result = message[:1] in {_RESULT, _LAST_RESULT}
        return message[1:] if is_result else _FAILURES.get(message[:1], Failure.ENDED)

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def isolated(
    prepare: Callable[[], Work],
    pieces: Iterable[bytes],
    limits: Limits,
    jobs: int = 1,
    *,
    fork: bool = FORK,
    pause: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, bytes | Failure]]:
    """Yield the number of each piece of work and its result, in the order in which they get done.

    Args:
        prepare: Makes all ready and returns the work itself. With ``fork`` it is called here, once; without, it has to
            be something that another process can import, and is called in each.
        pieces: What is worked on, at most 4 MB each; each is asked for when its turn comes.
        limits: What each may take.
        jobs: How many processes work at a time.
        fork: Whether processes are copies of this one.
        pause: Called before this process is copied, which must have no other threads then.

    Raises:
        IsolationError: If there can be no further process.
    """
    slow: list[tuple[int, bytes]] = []
    for done in _Crew(prepare, limits, jobs, pause, fork=fork).worked(enumerate(pieces)):
        if done.result is Failure.TIME:
            slow.append((done.number, done.content))
        else:
            yield done.number, done.result
    for done in _Crew(prepare, limits, 1, pause, fork=fork).worked(iter(slow)):
        yield done.number, done.result


class _Done(NamedTuple):
    """A piece of work that is done, or has failed."""

    number: int
    content: bytes
    result: bytes | Failure


class _Crew:
    """The processes that work, so many at a time."""

    def __init__(
        self, prepare: Callable[[], Work], limits: Limits, jobs: int, pause: Callable[[], None], *, fork: bool
    ) -> None:
        self.limits, self.jobs, self.pause, self.fork = limits, jobs, pause, fork
        # What is made ready once is there in all copies.
        self.prepare = cache(prepare) if fork else prepare
        self.context: _Context = get_context("fork") if fork else get_context("spawn")
        self.idle: list[_Worker] = []
        self.busy: list[_Worker] = []

    def worked(self, pieces: Iterator[tuple[int, bytes]]) -> Iterator[_Done]:
        """Yield each piece when it is done."""
        try:
            self.begin(pieces)
            while self.busy:
                done = [self.rest(worker, result) for worker, result in _done(self.busy, self.limits)]
                # Whoever is told of it may take a while, in which the next ones are worked on.
                self.begin(pieces)
                yield from done
        finally:
            for worker in (*self.busy, *self.idle):
                worker.end()

    def begin(self, pieces: Iterator[tuple[int, bytes]]) -> None:
        """Hand over as many pieces as can be worked on."""
        for index, content in islice(pieces, self.jobs - len(self.busy)):
            self.busy.append(self.idle.pop() if self.idle else self.hired())
            self.busy[-1].begin(index, content, self.limits.clock)

    def hired(self) -> _Worker:
        """Return a further process."""
        if self.fork:
            self.prepare()
            self.pause()
        return _Worker(self.context, self.prepare, self.limits)

    def rest(self, worker: _Worker, result: bytes | Failure) -> _Done:
        """Return what a process has done, which then waits for more, or is ended."""
        self.busy.remove(worker)
        # After a failure nobody knows what state a process is in.
        if worker.serves and not isinstance(result, Failure):
            self.idle.append(worker)
        else:
            worker.end()
        return _Done(worker.index, worker.content, result)


def _done(busy: Sequence[_Worker], limits: Limits) -> list[tuple[_Worker, bytes | Failure]]:
    """Return the workers that are done or out of time, each with what came of it, as soon as there are any."""
    left = min(worker.deadline for worker in busy) - time.monotonic()
    answering = wait([worker.connection for worker in busy], max(0.0, left))
    now = time.monotonic()
    done: list[tuple[_Worker, bytes | Failure]] = []
    for worker in busy:
        if worker.connection in answering:
            done.append((worker, worker.result(limits)))
        elif now >= worker.deadline:
            done.append((worker, Failure.TIME))
    return done


def _serve(outer: Connection, prepare: Callable[[], Work], limits: Limits, copied: bool) -> None:
    """Work on one piece after the other until there is nobody left to send any."""
    if copied:
        _keep_only(outer.fileno())
    _shut_in()
    work = prepare()
    # What is there already stays, and is neither looked through again nor copied by that.
    gc.freeze()
    gc.enable()
    start = _held()
    _limit(None if start is None else start + limits.memory)
    outer.send_bytes(_READY)
    with contextlib.suppress(EOFError, OSError):
        while True:
            content = outer.recv_bytes()
            _end_after(limits.seconds, limits.clock + _GRACE)
            message = _message(work, content, limits.result)
            _end_after(0, 0)
            if message[:1] == _RESULT and (start or 0) + limits.growth < (_held() or 0):
                message = _LAST_RESULT + message[1:]
            outer.send_bytes(message)


def _message(work: Work, content: bytes, most: int) -> bytes:
    """Return what is sent back for a piece of work: its result, or that it has none."""
    try:
        result = work(content)
    except MemoryError:
        return _MEMORY
    except Exception:
        return _FAULT
    return _RESULT + result if len(result) <= most else _SIZE


def _keep_only(connection: int) -> None:
    """Close what a copy of a process has of it, but for its own end of its connection.

    With the other end, or those of the processes beside it, none would notice that nobody is left to send anything.
    """
    os.closerange(3, connection)
    os.closerange(connection + 1, os.sysconf("SC_OPEN_MAX"))


def _shut_in() -> None:
    """Take from this process what it could read from or write to, and what its parent does when it is stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    sys.stdout = sys.stderr = os.fdopen(nothing, "w")


def _limit(memory: int | None) -> None:
    """Let this process have so much memory at most, where that can be said, and write no file."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if memory is not None:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _held() -> int | None:
    """Return how many bytes of memory this process has addresses for; None where the system does not say."""
    try:
        with _STATM.open("rb") as file:
            return int(file.read().split()[0]) * _PAGE
    except (OSError, ValueError):
        return None


def _end_after(seconds: float, clock: float) -> None:
    """Have the system end this process after so many seconds of the processor, or by the clock; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, clock)

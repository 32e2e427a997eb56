"""A Dask cluster that exists: what works there, and how submissions are marked there."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from symnet.description import with_preferred
from symnet.description.load import load_text
from symnet.errors import MissingToolError, OutputError
from symnet.marking.batch import Recipe, work_on
from symnet.marking.isolation import Failure, IsolationError, Limits, isolated
from symnet.pipeline import solve
from symnet.variants.marked import VariantFinder
from symnet.variants.select import SourceText
from symnet.view import Preferred

_SECONDS_TO_CONNECT, _RETRIES = 20, 3
# Submissions that a process marks: to be ready takes it as long as about a hundred of them.
_SHARE = 400
# So many shares are under way at a time: a cluster has many processes.
_UNDER_WAY = 64


@contextlib.contextmanager
def cluster(scheduler: str) -> Iterator[Executor]:
    """Give what works on the Dask cluster at an address; a worker that is lost costs its tasks a second run.

    Args:
        scheduler: The address.

    Raises:
        MissingToolError: If Dask is not installed.
        OutputError: If nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingToolError("--scheduler needs Dask: pip install 'symnet[dask]', here and on every worker") from None
    try:
        client = Client(scheduler, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(f"--scheduler {scheduler}: no Dask scheduler answers there: {error}") from None
    with client:
        # What is run twice gives the same bytes, so that a worker may be lost at any time.
        executor: Executor = client.get_executor(retries=_RETRIES)
        yield executor


class Assigned(NamedTuple):
    """What submissions are marked against, as it crosses to another machine.

    Attributes:
        content: The text of the description.
        recipe: What is asked of it.
        limits: What marking each submission may take.
    """

    content: bytes
    recipe: Recipe
    limits: Limits

    def plain(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        _, scheme, preferred, loss, variants = self.recipe
        return {
            "content": _text(self.content),
            "name": self.recipe.spec,
            "scheme": {part: {name: str(marks) for name, marks in asked.items()} for part, asked in scheme.items()},
            "preferred": preferred,
            "loss": loss,
            "roster": variants.roster if isinstance(variants, VariantFinder) else None,
            "limits": self.limits,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Assigned:
        """Return it from such data."""
        content, name, preferred = _bytes(plain["content"]), plain["name"], Preferred(*plain["preferred"])
        scheme = {
            part: {name: Fraction(marks) for name, marks in asked.items()} for part, asked in plain["scheme"].items()
        }
        finder = None
        if plain["roster"] is not None:
            roster = tuple((student, code) for student, code in plain["roster"])
            finder = VariantFinder(SourceText(content, name, 0, preferred), roster)
        return cls(content, Recipe(name, scheme, preferred, plain["loss"], finder), Limits(*plain["limits"]))


def marked_there(
    executor: Executor, assigned: Assigned, pieces: Iterable[bytes]
) -> Iterator[tuple[int, bytes | Failure]]:
    """Yield the number of each submission and what came of it, in their order, marked by other processes.

    Args:
        executor: What works there.
        assigned: What they are marked against.
        pieces: The submissions, each its name and its content.

    Raises:
        IsolationError: If a process there cannot mark anything.
    """
    order = assigned.plain()
    numbered = enumerate(pieces)
    waiting: deque[tuple[Sequence[int], Future[bytes]]] = deque()
    while True:
        share = list(islice(numbered, _SHARE))
        if share:
            sent = json.dumps({**order, "pieces": [_text(piece) for _, piece in share]}).encode()
            waiting.append(([number for number, _ in share], executor.submit(mark_share, sent)))
        elif not waiting:
            return
        if not share or len(waiting) > _UNDER_WAY:
            numbers, future = waiting.popleft()
            yield from zip(numbers, map(_result, json.loads(future.result())), strict=True)


def mark_share(share: bytes) -> bytes:
    """Return what comes of a share of submissions, marked in a process of its own; for use in another process.

    A worker of a cluster has threads, and a process that is copied to be shut in must have none.

    Args:
        share: The share as JSON.

    Raises:
        IsolationError: If the process fails.
    """
    command = [sys.executable, "-P", "-c", "from symnet.cli.cluster import serve; serve()"]
    run = subprocess.run(command, input=share, capture_output=True, check=False)  # noqa: S603 - all constants
    if run.returncode:
        *_, said = run.stderr.decode(errors="replace").strip().split("\n")
        raise IsolationError(f"{socket.gethostname()}: submissions cannot be marked there: {said}")
    return run.stdout


def serve() -> None:
    """Mark the share of submissions on standard input, and write what comes of each to standard output."""
    order = json.loads(sys.stdin.buffer.read())
    assigned, pieces = Assigned.of(order), [_bytes(piece) for piece in order["pieces"]]
    recipe = assigned.recipe
    description = with_preferred(load_text(assigned.content, recipe.spec), recipe.preferred)
    prepare = partial(work_on, solve(description), recipe, warm=True)
    found = dict(isolated(prepare, pieces, assigned.limits))
    sys.stdout.write(json.dumps([_plain(found[number]) for number in range(len(pieces))]))


def _plain(result: bytes | Failure) -> list[str]:
    """Return what came of a submission as data that JSON can hold."""
    return ["", result.value] if isinstance(result, Failure) else ["marked", _text(result)]


def _result(plain: Sequence[str]) -> bytes | Failure:
    """Return what came of a submission from such data."""
    marked, text = plain
    return _bytes(text) if marked else Failure(text)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)

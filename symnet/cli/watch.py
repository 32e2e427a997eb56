"""Doing the work again for each description that is saved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from symnet.cli.output import complain
from symnet.errors import SymnetError
from symnet.limits import MOST_FILE_BYTES

POLLING_SECONDS = 0.4
"""Seconds between two polls of the files: soon enough for who has just saved one, and no work for the machine."""

_State: TypeAlias = tuple[tuple[str, int, int, int], ...]
# The file that a description names as its notation, in YAML or in JSON.
_NOTATION = re.compile(rb"""notation["']?\s*:\s*["']?([^\s"',}]+\.(?:ya?ml|json))""")


def watch(specs: Sequence[str], beside: Sequence[Path], work: Callable[[str], None]) -> None:
    """Do the work with every description, and again with each that has changed, until it is interrupted.

    A description that fails is told of, and is tried again when it is saved the next time.

    Args:
        specs: The paths of the descriptions.
        beside: Files and folders of which all descriptions make use, such as a notation.
        work: What is done with one.
    """
    known: dict[str, _State] = {}
    try:
        while True:
            for spec in specs:
                state = _state(Path(spec), beside)
                # Editors that move a new file to the place of the old one leave a moment without any.
                if state != known.get(spec) and (state or spec not in known):
                    known[spec] = state
                    _attempt(spec, work)
            time.sleep(POLLING_SECONDS)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _attempt(spec: str, work: Callable[[str], None]) -> None:
    """Do the work with one description, and say what went wrong and that it is watched."""
    import gc

    try:
        work(spec)
    except SymnetError as error:
        complain(str(error))
    except OSError as error:
        complain(f"{spec}: cannot read or write: {error.strerror or error}")
    # One run leaves this out, since it ends soon.
    gc.collect()
    click.echo(f"watching {spec}; Ctrl-C ends it", err=True)


def _state(spec: Path, beside: Sequence[Path]) -> _State:
    """Return what tells whether a description or a file that it uses has changed; empty if it is not there."""
    if not spec.is_file():
        return ()
    try:
        with spec.open("rb") as file:
            notation = _NOTATION.search(file.read(MOST_FILE_BYTES))
    except OSError:
        return ()
    named = [spec.parent / notation[1].decode(errors="replace")] if notation else []
    within = [file for path in beside if path.is_dir() for file in sorted(path.rglob("*"))]
    return tuple(map(_signature, (spec, *named, *beside, *within)))


def _signature(file: Path) -> tuple[str, int, int, int]:
    try:
        status = file.stat()
    except OSError:
        return (str(file), 0, 0, 0)
    return (str(file), status.st_mtime_ns, status.st_size, status.st_ino)

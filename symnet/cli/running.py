"""What `solve` and `show` share: reading the description, solving it, saying what is going on."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from symnet.worked import Worked

# From this many parameters on, solving takes long enough to say so.
LONG_WORK = 500

verify_option = click.option(
    "--verify",
    type=click.Choice(["quick", "full"]),
    default="quick",
    show_default=True,
    help="full: ask sympy.diff of the composed loss as well (slow).",
)
spec_argument = click.argument("spec", type=click.Path(dir_okay=True), metavar="SPEC")


def solved(spec: str, verify: Literal["quick", "full"]) -> Worked:
    """Return the worked exercise of the description at ``spec``; warnings go to standard error."""
    # SymPy makes a great many objects while it is imported, all of which stay; a short run leaves little to collect.
    gc.disable()
    # Looking through all installed packages for pydantic plugins takes longer than reading the description.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from symnet.description import load
    from symnet.pipeline import solve

    description = load(spec)
    widths = [description.inputs, *(layer.units for layer in description.layers)]
    size = sum(before * after for before, after in pairwise(widths))
    if size >= LONG_WORK:
        gc.freeze()
        gc.enable()
    with _progress(size) as stage:
        worked = solve(description, verify, stage)
    for warning in worked.warnings:
        click.secho("warning: ", fg="yellow", bold=True, err=True, nl=False)
        click.echo(warning, err=True)
    return worked


@contextlib.contextmanager
def _progress(size: int) -> Iterator[Callable[[str], None]]:
    """Give a function that shows the stage of long work on a terminal."""
    if size < LONG_WORK or not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield status.update

"""What `solve`, `worksheet` and `show` share: reading the description, solving it, saying what is going on."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import click

from symnet.cli.complaints import complain
from symnet.cli.files import STANDARD_INPUT
from symnet.errors import SymnetError
from symnet.view import ASKED, FORMS, STYLES, View

if TYPE_CHECKING:
    from symnet.description.exercise import Exercise
    from symnet.worked import Worked

# From this many derivatives on, solving takes long enough to say so.
LONG_WORK = 500

verify_option = click.option(
    "--verify",
    type=click.Choice(["quick", "full"]),
    default="quick",
    show_default=True,
    help="full: ask sympy.diff of the composed loss as well (slow).",
)
notation_option = click.option(
    "--notation", metavar="NAME", help="The notation: a name (see symnet list notations), or a file of your own."
)


_form_option = click.option(
    "--form",
    type=click.Choice(FORMS),
    default=FORMS[0],
    show_default=True,
    help="Number by number, once a layer with general indices, in matrices, or both the first and the last.",
)
asked_form_option = click.option(
    "--form",
    type=click.Choice(ASKED),
    default=ASKED[0],
    show_default=True,
    help="Number by number, layer by layer in matrices, or both.",
)
parameter_option = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="ID",
    help="Show this parameter alone, such as w1_1_1; give it again for more.",
)


def view_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the options that say what of a solution is shown, handed to it as its ``view``."""

    @_form_option
    @click.option(
        "--style",
        type=click.Choice(STYLES),
        default=STYLES[0],
        show_default=True,
        help="Gradients in deltas, as one product a path, or in inputs, targets and parameters alone.",
    )
    @parameter_option
    @functools.wraps(command)
    def with_view(*, form: str, style: str, parameters: tuple[str, ...], **others: object) -> None:
        command(view=View(form, style, parameters), **others)

    return with_view


spec_argument = click.argument("spec", type=click.Path(dir_okay=True), metavar="SPEC")
specs_argument = click.argument("specs", type=click.Path(dir_okay=True), nargs=-1, required=True, metavar="SPEC...")


def each(specs: Sequence[str], work: Callable[[str], None]) -> None:
    """Do the same with every description; one that fails is told of, and stops no other.

    The command then ends with the worst of their exit codes.

    Args:
        specs: The paths of the descriptions.
        work: What is done with one.
    """
    code = 0
    for spec in specs:
        try:
            work(spec)
        except SymnetError as error:
            complain(str(error))
            code = max(code, error.exit_code)
    click.get_current_context().exit(code)


@contextlib.contextmanager
def working(
    spec: str, verify: Literal["quick", "full"], further: int = 0, notation: str | None = None
) -> Iterator[tuple[Worked, Callable[[str], None]]]:
    """Give the worked exercise of the description at ``spec``, and a function that shows a further stage of the work.

    Warnings go to standard error, and so does a progress bar, if the work is long and standard error a terminal.

    Args:
        spec: The path of the description; ``-`` is standard input.
        verify: How thoroughly derivations are checked.
        further: How many stages follow solving.
        notation: The notation that takes the place of the one described, if any.
    """
    # SymPy makes a great many objects while it is imported, all of which stay; a short run leaves little to collect.
    gc.disable()
    # Looking through all installed packages for pydantic plugins takes longer than reading the description.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from symnet.description import with_notation
    from symnet.pipeline import STAGES, solve

    description = _described(spec)
    if notation is not None:
        description = with_notation(description, notation)
    is_long = _size(description) >= LONG_WORK
    if is_long:
        gc.freeze()
        gc.enable()
    with _progress(is_long, STAGES * _parts(description) + further) as stage:
        worked = solve(description, verify, stage)
        for warning in worked.warnings:
            complain(warning, "warning", "yellow")
        yield worked, stage


def _described(spec: str) -> Exercise:
    """Return the description in a file or, in YAML or JSON, on standard input."""
    from symnet.description import load, load_text
    from symnet.description.files import MOST_BYTES

    if spec not in STANDARD_INPUT:
        return load(spec)
    return load_text(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input")


def _parts(description: Exercise) -> int:
    """Return how many losses are worked."""
    return len(getattr(description, "loss", ("graph",)))


def _size(description: Exercise) -> int:
    """Return about how many derivatives are evaluated in all."""
    from symnet.description import Description

    steps = description.training.steps if description.training is not None else 1
    if not isinstance(description, Description):
        return steps
    widths = [description.inputs, *(layer.pre_activations for layer in description.layers)]
    samples = description.data.count if description.data is not None else 1
    return sum(before * after for before, after in pairwise(widths)) * samples * steps


@contextlib.contextmanager
def _progress(is_long: bool, stages: int) -> Iterator[Callable[[str], None]]:
    """Give a function that shows on a terminal which stage long work is in."""
    if not is_long or not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("reading", total=stages + 1)
        yield lambda stage: progress.update(bar, advance=1, description=stage)

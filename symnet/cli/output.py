"""Progress, errors as messages, and where files go."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from symnet.errors import MissingToolError, OutputError, SymnetError
from symnet.limits import MOST_FILE_BYTES
from symnet.output import write_over
from symnet.render.formats import DEFAULT_FORMATS, FRAGMENTS, INTERACTIVE, PDF_ENGINES, Rendered, refuse_design
from symnet.render.templates import OWN, Design
from symnet.view import AS_DESCRIBED, ASKED, DETAILS, FORMS, STYLES, Preferred, View

if TYPE_CHECKING:
    from symnet.description.network import Exercise
    from symnet.worked import Worked


# What went wrong, said on standard error.


def complain(message: str, kind: str = "error", colour: str = "red") -> None:
    """Print a message on standard error, each line behind a word; those of an excerpt belong to the one above.

    Args:
        message: What is to be said.
        kind: The word: ``error`` or ``warning``.
        colour: Its colour.
    """
    for line in message.splitlines():
        if not line.startswith(" "):
            click.secho(f"{kind}: ", fg=colour, bold=True, err=True, nl=False)
        click.echo(line, err=True)


# Of more characters than these, the first are named.
_MOST_CHARACTERS = 12


def warn_of_code_points(characters: str) -> None:
    """Say which characters stand as code points in what is for paper, if any do.

    Args:
        characters: Those characters, in whatever order and number.
    """
    found = sorted(set(characters))
    if not found:
        return
    more = f" and {len(found) - _MOST_CHARACTERS} more" if len(found) > _MOST_CHARACTERS else ""
    complain(
        f"{' '.join(found[:_MOST_CHARACTERS])}{more}: neither PDF engine has a sign for this; .tex and .pdf show code "
        f"points, such as [U+{ord(found[0]):04X}], and the other formats the characters",
        "warning",
        "yellow",
    )


# The files that a command writes: which formats, where they go, and all of them made before any is written.

STANDARD_INPUT = frozenset(("-", "/dev/stdin"))
"""What is written for standard input in the place of a file."""


output_option = click.option(
    "-o",
    "--output",
    default=".",
    metavar="DIR|FILE",
    help="Folder to write to, or one file, such as key.pdf; - is standard output.",
)
engine_option = click.option(
    "--pdf-engine", type=click.Choice(PDF_ENGINES), help="PDF engine.  [default: pdflatex if installed, else typst]"
)
force_option = click.option(
    "--force", is_flag=True, help="Overwrite files that were edited: .tex, .html, .md, .ipynb, .yaml."
)
scheduler_option = click.option(
    "--scheduler", metavar="ADDRESS", help="Work on the Dask cluster at this address, such as tcp://host:8786."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors and warnings.")


class Destination(NamedTuple):
    """Where files go: to a folder, to one file, or to standard output.

    Attributes:
        formats: The names of their formats.
        folder: The folder; None where there is none.
        file: The only file; None where there may be several.
    """

    formats: tuple[str, ...]
    folder: Path | None = None
    file: Path | None = None

    @property
    def is_stream(self) -> bool:
        """Whether it is standard output."""
        return self.folder is None and self.file is None

    def targets(self, spec: str, names: Iterable[str]) -> dict[str, Path] | None:
        """Return the path of each file, none of which may be the description itself; None for standard output.

        Args:
            spec: The path of the description.
            names: What the files are called in a folder.

        Raises:
            OutputError: If the folder is a file, or a file the description.
        """
        if self.is_stream:
            return None
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            raise OutputError(
                f"{self.folder}: this is a file; -o takes a folder, a file to write, or - for standard output"
            )
        paths = {name: self.file or Path(self.folder or ".", name) for name in names}
        source = Path(spec)
        for target in paths.values():
            if target.exists() and source.exists() and target.samefile(source):
                raise OutputError(f"{target}: this would overwrite the description; choose another folder with -o")
        return paths


def destination(
    output: str,
    formats: tuple[str, ...] | None,
    allowed: Sequence[str],
    usual: tuple[str, ...],
    several: str = "",
    *,
    design: Design = OWN,
) -> Destination:
    """Return where ``-o`` and ``-f`` say that files go.

    Args:
        output: What ``-o`` says.
        formats: What ``-f`` says, if anything.
        allowed: The formats that there are.
        usual: The formats of a folder, if ``-f`` says nothing.
        several: Why there is more than one file of a format; empty if there is not.
        design: How the documents are set; of fragments there are fewer formats.

    Raises:
        ChoiceError: If a format cannot be set so.
        click.UsageError: If there are several files where one can be, or the format of the file is another.
    """
    usual = tuple(name for name in usual if name in FRAGMENTS or not design.fragment)
    usual = INTERACTIVE if design.interactive else usual
    place = _destination(output, formats, allowed, usual, several)
    refuse_design(place.formats, design)
    return place


def _destination(
    output: str, formats: tuple[str, ...] | None, allowed: Sequence[str], usual: tuple[str, ...], several: str
) -> Destination:
    """Return where files go, whatever they are."""
    name = Path(output).name
    ending = Path(output).suffix[1:].lower()
    is_folder = not ending or Path(output).is_dir() or output.endswith(("/", os.sep))
    if output == "-":
        if several:
            raise click.UsageError(
                f"standard output takes one file, and there are several: {several}; write to a folder"
            )
        if len(formats or ()) != 1:
            raise click.UsageError("standard output takes one format: add -f with one name, such as -f json")
        return Destination(formats or ())
    if is_folder or (ending not in allowed and not ending.isalpha()):
        return Destination(formats or usual, folder=Path(output))
    if ending not in allowed:
        known = ", ".join(f".{one}" for one in allowed)
        raise click.UsageError(f"-o {name}: .{ending} is not a format; expected {known}, or a folder, as in {name}/")
    if formats not in {None, (ending,)}:
        raise click.UsageError(
            f"-o {name} is one file in the format {ending}, and -f asks for others: leave one of them out"
        )
    if several:
        raise click.UsageError(f"-o {name} is one file, and there are several: {several}; write to a folder")
    return Destination((ending,), file=Path(output))


@contextlib.contextmanager
def standard_input(places: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the same places, with a file of what comes from standard input where that is one of them.

    Args:
        places: Files, folders or standard input.
    """
    if not STANDARD_INPUT.intersection(places):
        yield tuple(places)
        return
    import tempfile

    # What marks a file is to find nothing but a file.
    with tempfile.TemporaryDirectory(prefix="symnet-") as folder:
        path = Path(folder, "stdin.yaml")
        path.write_bytes(sys.stdin.buffer.read(MOST_FILE_BYTES + 1))
        yield tuple(str(path) if place in STANDARD_INPUT else place for place in places)


def stem(spec: str) -> str:
    """Return what the files of a description are called, without an ending.

    Args:
        spec: Its path; it may be standard input.
    """
    return "stdin" if spec in STANDARD_INPUT else Path(spec).stem


def refuse_same_stems(specs: Sequence[str]) -> None:
    """Return nothing if the files of several descriptions go by different names.

    Args:
        specs: Their paths.

    Raises:
        OutputError: If some would overwrite those of another one.
    """
    known: dict[str, str] = {}
    for spec in specs:
        other = known.setdefault(stem(spec), spec)
        if known[stem(spec)] is not spec:
            raise OutputError(f"{other} and {spec} would both write {stem(spec)}.*; take them one by one, with -o")


def formats_option(
    allowed: Sequence[str], otherwise: str = ",".join(DEFAULT_FORMATS)
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option for a list of formats, which gives None where it is left out.

    Args:
        allowed: The names that may be in it.
        otherwise: What is written if it is left out, in words.
    """

    def read(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        unknown = [name for name in names if name not in allowed]
        if unknown:
            raise click.BadParameter(f"{unknown[0]!r} is not a format; expected {', '.join(allowed)}")
        return names

    return click.option(
        "-f",
        "--format",
        "formats",
        callback=read,
        metavar="LIST",
        help=f"Comma-separated list of {', '.join(allowed)}.  [default: {otherwise}]",
    )


def made(
    makers: Mapping[str, Callable[[], Rendered]], stage: Callable[[str], None], *, needed: bool
) -> tuple[dict[str, Rendered], MissingToolError | None]:
    """Return what each file holds, and what is missing for those that could not be made.

    Args:
        makers: Makes each file, by its name.
        stage: Is told which one is being made.
        needed: Whether every file was asked for.

    Raises:
        MissingToolError: If something is missing for a file that was asked for.
    """
    contents: dict[str, Rendered] = {}
    missing: MissingToolError | None = None
    for name, make in makers.items():
        stage(f"writing {name}")
        try:
            contents[name] = make()
        except MissingToolError as error:
            # Without being asked for, the PDF is an extra: the other files are still of use.
            if needed:
                raise
            missing = error
    return contents, missing


def write(
    contents: Mapping[str, Rendered],
    paths: Mapping[str, Path] | None,
    missing: MissingToolError | None = None,
    *,
    force: bool = False,
    quiet: bool = False,
) -> None:
    """Write each file to its path, or the only one to standard output; one that cannot be written stops no other.

    Args:
        contents: What each holds, by its name.
        paths: Where each goes; None for standard output.
        missing: What is missing for a file that could not be made.
        force: Whether edited files are overwritten.
        quiet: Whether nothing is said of what was written.

    Raises:
        SymnetError: With all that could not be made or written, once the others are there.
    """
    failures: list[SymnetError] = []
    warn_of_code_points("".join(result.without_sign for result in contents.values()))
    for name, result in contents.items():
        if paths is None:
            click.echo(result.content, nl=False)
            continue
        try:
            write_over(paths[name], result.content, force=force)
        except OutputError as error:
            failures.append(error)
            continue
        if not quiet:
            click.echo(f"wrote {paths[name]}" + (f" (by {result.engine})" if result.engine else ""))
    if missing is not None:
        failures.append(missing)
    if failures:
        worst = max(failures, key=lambda error: error.exit_code)
        raise type(worst)("\n".join(map(str, failures)))


# What `solve`, `worksheet` and `show` share: reading the description, solving it, saying what is going on.

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
LANGUAGES_ASKED = ("en", "de", "es")
"""The languages of sheets; a test holds them to the table of languages, which takes long to import."""


def preferred_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the options that come before what a description says, handed to it as ``preferred``."""

    @notation_option
    @click.option(
        "--language", type=click.Choice(LANGUAGES_ASKED), help="The language of sheets.  [default: that of SPEC, or en]"
    )
    @functools.wraps(command)
    def with_preferred(*, notation: str | None, language: str | None, **others: object) -> None:
        command(preferred=Preferred(notation, language), **others)

    return with_preferred


_form_option = click.option(
    "--form",
    type=click.Choice(FORMS),
    default=FORMS[0],
    show_default=True,
    help="Scalar form, once per layer at general indices, matrix form, or both scalar and matrix form.",
)
asked_form_option = click.option(
    "--form",
    type=click.Choice(ASKED),
    default=ASKED[0],
    show_default=True,
    help="Scalar form, matrix form, or both.",
)
parameter_option = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="ID",
    help="Show only this parameter, e.g. w1_1_1 (repeatable).",
)


def view_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the options that say what of a solution is shown, handed to it as its ``view``."""

    @_form_option
    @click.option(
        "--style",
        type=click.Choice(STYLES),
        default=STYLES[0],
        show_default=True,
        help="Gradients in deltas, one product per path, fully expanded, or by the forward mode, in tangents.",
    )
    @click.option(
        "--detail",
        type=click.Choice(DETAILS),
        default=DETAILS[0],
        show_default=True,
        help="The general rule once and then the results, every derivative line by line, or the results alone.",
    )
    @parameter_option
    @click.option(
        "--only", default="", metavar="ID", help="Show one quantity alone, e.g. dL/dw1_1_1, delta1_2 or z1_1."
    )
    @functools.wraps(command)
    def with_view(
        *, form: str, style: str, detail: str, parameters: tuple[str, ...], only: str, **others: object
    ) -> None:
        command(view=View(form, style, parameters, detail, only), **others)

    return with_view


def design_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the options that say how documents are set, handed to it as its ``design``."""

    @click.option("--fragment", is_flag=True, help="Write the body alone, for a .tex, .html or .md of your own.")
    @click.option(
        "--template",
        "templates",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Folder of templates of your own, which come before those of symnet.",
    )
    @functools.wraps(command)
    def with_design(*, fragment: bool, templates: Path | None, **others: object) -> None:
        command(design=Design(templates, fragment), **others)

    return with_design


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
    spec: str, verify: Literal["quick", "full"], further: int = 0, preferred: Preferred = AS_DESCRIBED
) -> Iterator[tuple[Worked, Callable[[str], None]]]:
    """Give the worked exercise of the description at ``spec``, and a function that shows a further stage of the work.

    Warnings go to standard error, and so does a progress bar, if the work is long and standard error a terminal.

    Args:
        spec: The path of the description; ``-`` is standard input.
        verify: How thoroughly derivations are checked.
        further: How many stages follow solving.
        preferred: What takes the place of what it says of its sheets.
    """
    # SymPy makes a great many objects while it is imported, all of which stay; a short run leaves little to collect.
    gc.disable()
    # Looking through all installed packages for pydantic plugins takes longer than reading the description.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from symnet.description import with_preferred
    from symnet.pipeline import STAGES, solve

    description = with_preferred(_described(spec), preferred)
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

    if spec not in STANDARD_INPUT:
        return load(spec)
    return load_text(sys.stdin.buffer.read(MOST_FILE_BYTES + 1), "standard input")


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

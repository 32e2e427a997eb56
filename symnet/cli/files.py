"""The files that a command writes: which formats, where they go, and all of them made before any is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import click

from symnet.errors import MissingToolError, OutputError
from symnet.output import write_whole
from symnet.render.formats import DEFAULT_FORMATS, PDF_ENGINES, Rendered

output_option = click.option(
    "-o", "--output", default=".", metavar="DIR", help="Folder to write to; - is standard output."
)
engine_option = click.option(
    "--pdf-engine", type=click.Choice(PDF_ENGINES), help="What makes the PDF; pdflatex if it is installed."
)


def formats_option(
    allowed: Sequence[str], otherwise: str = ", ".join(DEFAULT_FORMATS)
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
        help=f"Any of {', '.join(allowed)}, with commas; {otherwise} if left out.",
    )


def targets(spec: str, output: str, names: Iterable[str]) -> dict[str, Path] | None:
    """Return the path of each file, none of which may be the description itself; None for standard output.

    Args:
        spec: The path of the description.
        output: The folder, or ``-``.
        names: What the files are called.

    Raises:
        OutputError: If the folder is a file, or a file the description.
    """
    if output == "-":
        return None
    folder, source = Path(output), Path(spec)
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: this is a file; -o takes a folder, or - for standard output")
    paths = {name: folder / name for name in names}
    for target in paths.values():
        if target.exists() and source.exists() and target.samefile(source):
            raise OutputError(f"{target}: this would overwrite the description; choose another folder with -o")
    return paths


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


def write(contents: Mapping[str, Rendered], paths: Mapping[str, Path] | None) -> None:
    """Write each file to its path, or the only one to standard output.

    Args:
        contents: What each holds, by its name.
        paths: Where each goes; None for standard output.
    """
    for name, result in contents.items():
        if paths is None:
            click.echo(result.content, nl=False)
            continue
        write_whole(paths[name], result.content)
        click.echo(f"wrote {paths[name]}" + (f" (by {result.engine})" if result.engine else ""))

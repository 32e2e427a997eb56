"""`symnet solve`: the full solution, in files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from symnet.cli.running import spec_argument, verify_option, working
from symnet.errors import MissingToolError, OutputError
from symnet.output import write_whole
from symnet.render.formats import DEFAULT_FORMATS, FORMATS, PDF_ENGINES, Rendered

_EPILOG = """\b
Examples:
  symnet solve network.yaml                 network.tex and network.pdf in this folder
  symnet solve network.yaml -f json -o -    JSON to standard output
  symnet solve network.yaml -o out -f pdf --pdf-engine typst
"""


def _formats(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Return the formats asked for, or None where none are."""
    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not a format; allowed: {', '.join(FORMATS)}")
    return names


@click.command(name="solve", epilog=_EPILOG)
@spec_argument
@click.option("-o", "--output", default=".", metavar="DIR", help="Folder to write to; - is standard output.")
@click.option(
    "-f",
    "--format",
    "formats",
    callback=_formats,
    metavar="LIST",
    help=f"Any of {', '.join(FORMATS)}, with commas; {', '.join(DEFAULT_FORMATS)} if left out.",
)
@click.option("--pdf-engine", type=click.Choice(PDF_ENGINES), help="What makes the PDF; pdflatex if it is installed.")
@verify_option
def command(
    spec: str,
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    verify: Literal["quick", "full"],
) -> None:
    """Write the full solution of a description.

    Nothing is written unless every derivative has passed its check.
    """
    names = formats or DEFAULT_FORMATS
    targets = {} if output == "-" else _targets(Path(spec), Path(output), names)
    if output == "-" and len(names) != 1:
        raise click.UsageError("standard output takes one format: add -f with one name, such as -f json")
    rendered: dict[str, Rendered] = {}
    missing: MissingToolError | None = None
    with working(spec, verify, len(names)) as (worked, stage):
        for name in names:
            stage(f"writing {name}")
            try:
                rendered[name] = FORMATS[name].render(worked, pdf_engine)
            except MissingToolError as error:
                # Without being asked for, the PDF is an extra: the other files are still of use.
                if formats is not None:
                    raise
                missing = error
    for name, result in rendered.items():
        if output == "-":
            click.echo(result.content, nl=False)
            continue
        write_whole(targets[name], result.content)
        click.echo(f"wrote {targets[name]}" + (f" (by {result.engine})" if result.engine else ""))
    if missing is not None:
        raise missing


def _targets(spec: Path, folder: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """Return the file of each format, none of which may be the description itself."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: this is a file; -o takes a folder, or - for standard output")
    targets = {name: folder / f"{spec.stem}.{name}" for name in names}
    for target in targets.values():
        if target.exists() and spec.exists() and target.samefile(spec):
            raise OutputError(f"{target}: this would overwrite the description; choose another folder with -o")
    return targets

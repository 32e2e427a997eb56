"""`symnet worksheet`: the problem sheet and its key, in files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import click

from symnet.cli.files import engine_option, formats_option, made, output_option, targets, write
from symnet.cli.running import (
    asked_form_option,
    notation_option,
    parameter_option,
    spec_argument,
    verify_option,
    working,
)
from symnet.render.formats import DEFAULT_FORMATS, SHEETS
from symnet.view import View

_EPILOG = """\b
Examples:
  symnet worksheet network.yaml                network-worksheet.tex, .html and .pdf
  symnet worksheet network.yaml --key          the key as well: network-key.tex, .html and .pdf
  symnet worksheet network.yaml -f txt -o -    the sheet as text to standard output
"""


@click.command(name="worksheet", epilog=_EPILOG)
@spec_argument
@click.option(
    "--level",
    type=click.Choice(["blank", "full"]),
    default="blank",
    show_default=True,
    help="blank: dotted room for every answer; full: with the answers filled in.",
)
@click.option("--key", "with_key", is_flag=True, help="Write the key beside it: every answer, reason and mark.")
@output_option
@formats_option(tuple(SHEETS))
@engine_option
@notation_option
@asked_form_option
@parameter_option
@verify_option
def command(
    *,
    spec: str,
    level: Literal["blank", "full"],
    with_key: bool,
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    notation: str | None,
    form: str,
    parameters: tuple[str, ...],
    verify: Literal["quick", "full"],
) -> None:
    """Write the problem sheet of a description, with blanks.

    The sheet and its key are made of the same questions, so that their numbers and marks agree. The blank sheet holds
    no answer, neither on the page nor in its source.
    """
    names = formats or DEFAULT_FORMATS
    if output == "-" and with_key:
        raise click.UsageError("standard output takes one file: leave out --key, or write to a folder")
    if output == "-" and len(names) != 1:
        raise click.UsageError("standard output takes one format: add -f with one name, such as -f txt")
    bodies = {"worksheet": level, **({"key": "key"} if with_key else {})}
    files = {f"{Path(spec).stem}-{kind}.{name}": (body, name) for kind, body in bodies.items() for name in names}
    paths = targets(spec, output, files)
    with working(spec, verify, len(files), notation) as (worked, stage):
        from symnet.worksheet.blanks import LEVELS
        from symnet.worksheet.questions import questions

        sheet = questions(worked, View(form, parameters=parameters))
        documents = {body: LEVELS[body](sheet) for body in bodies.values()}
        makers = {file: partial(SHEETS[name], documents[body], pdf_engine) for file, (body, name) in files.items()}
        contents, missing = made(makers, stage, needed=formats is not None)
    write(contents, paths)
    if missing is not None:
        raise missing

"""`symnet solve`: the full solution, in files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import click

from symnet.cli.files import engine_option, formats_option, made, output_option, targets, write
from symnet.cli.running import (
    notation_option,
    spec_argument,
    verify_option,
    view_options,
    working,
)
from symnet.render.formats import DEFAULT_FORMATS, FORMATS
from symnet.view import View

_EPILOG = """\b
Examples:
  symnet solve network.yaml                 network.tex, .html and .pdf in this folder
  symnet solve network.yaml -f json -o -    JSON to standard output
  symnet solve network.yaml -o out -f pdf --pdf-engine typst
  symnet solve network.yaml --notation eecs445 --style paths --parameter w1_1_1
"""


@click.command(name="solve", epilog=_EPILOG)
@spec_argument
@output_option
@formats_option(tuple(FORMATS))
@engine_option
@notation_option
@view_options
@verify_option
def command(
    *,
    spec: str,
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    notation: str | None,
    view: View,
    verify: Literal["quick", "full"],
) -> None:
    """Write the full solution of a description.

    Nothing is written unless every derivative has passed its check.
    """
    names = formats or DEFAULT_FORMATS
    if output == "-" and len(names) != 1:
        raise click.UsageError("standard output takes one format: add -f with one name, such as -f json")
    files = {f"{Path(spec).stem}.{name}": FORMATS[name] for name in names}
    paths = targets(spec, output, files)
    with working(spec, verify, len(names), notation) as (worked, stage):
        makers = {name: partial(entry.render, worked, pdf_engine, view) for name, entry in files.items()}
        contents, missing = made(makers, stage, needed=formats is not None)
    write(contents, paths)
    if missing is not None:
        raise missing

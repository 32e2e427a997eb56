"""`symnet solve`: the full solution, in files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import click

from symnet.cli.output import (
    STANDARD_INPUT,
    design_options,
    destination,
    each,
    engine_option,
    force_option,
    formats_option,
    made,
    output_option,
    preferred_options,
    quiet_option,
    refuse_same_stems,
    specs_argument,
    stem,
    verify_option,
    view_options,
    working,
    write,
)
from symnet.cli.watch import watch
from symnet.render.formats import DEFAULT_FORMATS, FORMATS
from symnet.render.templates import Design
from symnet.view import Preferred, View

_EPILOG = """\b
Examples:
  symnet solve network.yaml                 network.tex, .html and .pdf in this folder
  symnet solve network.yaml -o key.pdf      that file alone
  symnet solve week*.yaml -o solutions      all of them, in a folder
  symnet solve network.yaml --watch         again whenever it is saved
  symnet solve network.yaml -f json -o -    JSON to standard output
  symnet solve - -o out -f pdf --pdf-engine typst < network.yaml
  symnet solve network.yaml -f html --interactive   a page to learn with
  symnet solve network.yaml --notation eecs445 --style paths --parameter w1_1_1
"""


@click.command(name="solve", epilog=_EPILOG)
@specs_argument
@output_option
@formats_option(tuple(FORMATS))
@engine_option
@preferred_options
@view_options
@design_options
@click.option(
    "--interactive",
    is_flag=True,
    help="Write the .html as a page to learn with: lines one by one, symbols lit, numbers that follow one another.",
)
@verify_option
@force_option
@click.option("--watch", "watching", is_flag=True, help="Solve again whenever a description is saved, until Ctrl-C.")
@quiet_option
def command(
    *,
    specs: tuple[str, ...],
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    preferred: Preferred,
    view: View,
    design: Design,
    interactive: bool,
    verify: Literal["quick", "full"],
    force: bool,
    watching: bool,
    quiet: bool,
) -> None:
    """Write the full solution of a description.

    SPEC is a file, or - for standard input; one that cannot be used stops no other. Nothing is written unless every
    derivative has passed its check, and no file that was edited is overwritten.
    """
    design = design._replace(interactive=interactive)
    several = f"{len(specs)} descriptions" if len(specs) > 1 else ""
    place = destination(output, formats, tuple(FORMATS), DEFAULT_FORMATS, several, design=design)
    refuse_same_stems(specs)
    needed = formats is not None or place.folder is None

    def solve(spec: str) -> None:
        files = {f"{stem(spec)}.{name}": FORMATS[name] for name in place.formats}
        paths = place.targets(spec, files)
        with working(spec, verify, len(files), preferred) as (worked, stage):
            # Not before: what it imports makes objects by the thousand, which nobody collects then.
            from symnet.learn.formats import written_page

            makers = {
                name: partial(written_page, entry, worked, pdf_engine, view, design) for name, entry in files.items()
            }
            contents, missing = made(makers, stage, needed=needed)
        write(contents, paths, missing, force=force, quiet=quiet)

    if not watching:
        each(specs, solve)
        return
    if not STANDARD_INPUT.isdisjoint(specs):
        raise click.UsageError("--watch looks at files, and standard input is none")
    beside = [Path(notation)] if (notation := preferred.notation) is not None and Path(notation).suffix else []
    watch(specs, [*beside, *filter(None, [design.templates])], solve)

"""`symnet export`: an exercise, or all its variants, as questions of another program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symnet.cli.output import STANDARD_INPUT, force_option, quiet_option, spec_argument, stem
from symnet.limits import MOST_DRAWS, MOST_JOBS, MOST_SEED

if TYPE_CHECKING:
    from symnet.export.exercise import Exported
    from symnet.variants.select import SourceText

TARGETS = {"moodle": "xml", "moodle-cloze": "xml", "canvas": "zip", "csv": "csv", "json": "json"}
"""What can be exported to, and how the files end."""

_EPILOG = """\b
Examples:
  symnet export network.yaml --to moodle                       network-moodle.xml, to import as Moodle XML
  symnet export network.yaml --to moodle --count 30 --seed 1   a category for each of 30 variants
  symnet export network.yaml --to csv -o -                     every answer and mistake as a table
"""


@click.command(name="export", epilog=_EPILOG)
@spec_argument
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="The program or form.")
@click.option("--count", type=click.IntRange(1, MOST_DRAWS), help="Export so many variants.  [default: SPEC itself]")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=0, show_default=True, help="Decides all draws.")
@click.option("--jobs", type=click.IntRange(1, MOST_JOBS), default=1, show_default=True, help="Processes to work with.")
@click.option("-o", "--output", default=".", metavar="DIR|FILE", help="Folder or file; - is standard output.")
@force_option
@quiet_option
def command(
    *, spec: str, target: str, count: int | None, seed: int, jobs: int, output: str, force: bool, quiet: bool
) -> None:
    """Write an exercise as questions of another program.

    Each question tells the mistakes that it can. The questions are those of the worksheet that have a number for an
    answer; what is accepted, and which wrong number tells which mistake, is what symnet check says.
    """
    from symnet.cli.variants import content_of_spec, working_in
    from symnet.output import write_over
    from symnet.variants.select import SourceText

    source = SourceText(content_of_spec(spec), "standard input" if spec in STANDARD_INPUT else spec, seed)
    with working_in(jobs, None) as executor:
        content = _writers()[target](_exported(source, count, executor))
    if output == "-":
        click.echo(content, nl=False)
        return
    path = Path(output)
    if path.is_dir() or not path.suffix:
        path /= f"{stem(spec)}-{target}.{TARGETS[target]}"
    write_over(path, content, force=force)
    if not quiet:
        click.echo(f"wrote {path}")


def _writers() -> Mapping[str, Callable[[Iterable[Exported]], bytes]]:
    """Return what writes each target."""
    from symnet.export.canvas import canvas
    from symnet.export.moodle import cloze, moodle
    from symnet.export.tables import as_csv, as_json

    return {"moodle": moodle, "moodle-cloze": cloze, "canvas": canvas, "csv": as_csv, "json": as_json}


def _exported(source: SourceText, count: int | None, executor: Executor | None) -> Iterator[Exported]:
    """Yield the exercise, or its variants."""
    from symnet.description.load import load_text
    from symnet.export.exercise import exported, exported_variants
    from symnet.pipeline import solve
    from symnet.sheets.worksheet import scheme_of
    from symnet.variants.select import select

    if count is None:
        worked = solve(load_text(source.text, source.name))
        yield exported(worked, scheme_of(worked))
        return
    chosen = select(source, count, executor).chosen
    yield from exported_variants(source, [one.number for one in chosen], executor)

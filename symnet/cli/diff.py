"""`symnet diff`: which numbers and derivatives two solutions have different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symnet.render.compare import Difference

_EPILOG = """\b
Examples:
  symnet solve old.yaml new.yaml -f json -o solved
  symnet diff solved/old.json solved/new.json
  symnet diff a.json b.json --tolerance 1e-9    numbers may differ by so much of the larger one
"""
_SAME, _DIFFERENT = 0, 1
# Of longer texts the beginning is shown.
_LONGEST = 60


@click.command(name="diff", epilog=_EPILOG)
@click.argument("first", type=click.Path(), metavar="A")
@click.argument("second", type=click.Path(), metavar="B")
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="How much of the larger one of two numbers they may differ by.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code says whether they are the same.")
def command(first: str, second: str, tolerance: float, quiet: bool) -> None:
    """Show which numbers and derivatives two JSON files have different.

    A and B are what symnet solve -f json writes. Quantities are compared by their ids, derivatives as expressions:
    written another way they are the same. The exit code is 0 if there is no difference, 1 if there is one, and 2 if a
    file cannot be used.
    """
    from symnet.render.compare import differences, read_solution

    found = differences(read_solution(first), read_solution(second), tolerance)
    if not quiet:
        _show(found, first, second)
    click.get_current_context().exit(_DIFFERENT if found else _SAME)


def _show(found: tuple[Difference, ...], first: str, second: str) -> None:
    from symnet.render.json import shown

    for difference in found:
        where = f"{difference.loss}, {difference.id}" if difference.loss else difference.id
        click.secho(shown(f"{where}: {difference.what}"), bold=True)
        click.echo(shown(f"  - {_short(difference.first)}"))
        click.echo(shown(f"  + {_short(difference.second)}"))
    count = f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "no difference"
    click.echo(f"{count} between {first} and {second}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."

"""`symnet list`: what can be named in a description."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

_EPILOG = """\b
Examples:
  symnet list activations
  symnet list losses
"""


def _activations() -> Iterator[tuple[str, ...]]:
    from symnet.worksheet.tables import activation_rows

    yield ("name", "value", "slope", "what it is")
    yield from activation_rows()


def _losses() -> Iterator[tuple[str, ...]]:
    from symnet.worksheet.tables import loss_rows

    yield ("name", "value, two outputs", "slope by the first", "what it is")
    yield from loss_rows()


def _optimizers() -> Iterator[tuple[str, ...]]:
    from symnet.worksheet.tables import optimizer_rows

    yield ("name", "update", "what it is")
    yield from optimizer_rows()


def _notations() -> Iterator[tuple[str, ...]]:
    from symnet.catalog.notations import NOTATIONS

    yield ("name", "what it is")
    yield from ((entry.name, entry.summary) for entry in NOTATIONS.values())


_TABLES: dict[str, Callable[[], Iterator[tuple[str, ...]]]] = {
    "activations": _activations,
    "losses": _losses,
    "optimizers": _optimizers,
    "notations": _notations,
}


@click.command(name="list", epilog=_EPILOG)
@click.argument("what", type=click.Choice(list(_TABLES)))
def command(what: str) -> None:
    """List what can be named in a description."""
    rows = list(_TABLES[what]())
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

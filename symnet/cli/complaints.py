"""What went wrong, said on standard error."""

from __future__ import annotations

import click


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

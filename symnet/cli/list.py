"""`symnet list`: what can be named in a description."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symnet.sheets.catalog import Listed

_EPILOG = """\b
Examples:
  symnet list activations
  symnet list losses
  symnet list mistakes       each with its sentence and an example
"""

# A terminal that is narrower gets longer lines than it is wide, and one that is wider no endless ones.
_NARROWEST, _WIDEST = 60, 120
_GLUE = "\N{NO-BREAK SPACE}"
_BELOW = "    "


# What is said before the entries of a table, such as which letters its formulas use, and behind them: by their keys.
_LISTINGS: Mapping[str, tuple[str | None, str | None]] = MappingProxyType(
    {
        "activations": ("list.activations.before", "list.activations.after"),
        "losses": ("list.losses.before", "list.losses.after"),
        "optimizers": ("list.optimizers.before", "list.optimizers.after"),
        "schedules": ("list.schedules.before", "list.schedules.after"),
        "regularizers": ("list.regularizers.before", "list.regularizers.after"),
        "notations": ("list.notations.before", "list.notations.after"),
        "languages": ("list.languages.before", None),
        "functions": ("list.functions.before", "list.functions.after"),
        "mistakes": ("list.mistakes.before", None),
    }
)


@click.command(name="list", epilog=_EPILOG)
@click.argument("what", type=click.Choice(list(_LISTINGS)))
def command(what: str) -> None:
    """List what can be named in a description, and the mistakes."""
    import shutil

    from symnet.sheets import catalog
    from symnet.text.say import words

    width = width_for(shutil.get_terminal_size((100, 24)).columns)
    before, after = _LISTINGS[what]
    entries = tuple(getattr(catalog, what)())
    if before is not None:
        click.echo(_wrapped(words(before), width) + "\n")
    names = max(len(entry.name) for entry in entries)
    labels = max((len(label) for entry in entries for label, _text in entry.facts), default=0)
    for entry in entries:
        show(entry, names, labels, width)
    if after is not None:
        slots = {"functions": ", ".join(catalog.array_functions())} if what == "functions" else {}
        click.echo(_wrapped(words(after, **slots), width))


def width_for(columns: int) -> int:
    """Return how long lines may be on a terminal.

    Args:
        columns: How wide it is.
    """
    return min(max(columns, _NARROWEST), _WIDEST)


def show(entry: Listed, names: int, labels: int, width: int) -> None:
    """Print one entry: its name and what it is, and below it each fact behind its label.

    Args:
        entry: The entry.
        names: How wide the longest name is.
        labels: How wide the longest label is.
        width: How long lines may be.
    """
    click.secho(entry.name.ljust(names), bold=True, nl=False)
    click.echo(_wrapped(f"  {entry.summary}", width, max(names, len(entry.name))))
    for label, text in entry.facts:
        click.secho(f"  {label.ljust(labels)}", dim=True, nl=False)
        click.echo(_wrapped(f"  {text}", width, 2 + labels))
    if entry.facts:
        click.echo()


def _wrapped(text: str, width: int, taken: int = 0) -> str:
    """Return ``text`` in lines of so many columns, of which the first ``taken`` are left to what stands before it."""
    import textwrap

    blank = " " * taken
    indent = blank + ("  " if taken else "")
    glued = _glued(text)
    longest = max(map(len, glued.split(" ")))
    if not taken and longest > width:
        # What is longer than a line is broken inside of its brackets.
        glued = text
    elif taken and longest + len(indent) > width:
        # What does not fit behind its label stands below it.
        return "\n" + textwrap.indent(_wrapped(text.strip(), width - len(_BELOW)), _BELOW)
    lines = textwrap.fill(
        blank + glued, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return lines[taken:].replace(_GLUE, " ")


def _glued(text: str) -> str:
    """Return ``text`` with spaces inside brackets at which no line is broken."""
    depth, glued = 0, ""
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        glued += _GLUE if char == " " and depth else char
    return glued

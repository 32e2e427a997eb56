"""`symnet list`: what can be named in a description."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from symnet.sheets.catalog import Listed

_EPILOG = """\b
Examples:
  symnet list activations
  symnet list losses
"""

# A terminal that is narrower gets longer lines than it is wide, and one that is wider no endless ones.
_NARROWEST, _WIDEST = 60, 120
_GLUE = "\N{NO-BREAK SPACE}"


class _Listing(NamedTuple):
    """What is said before and after the entries of a table.

    Attributes:
        before: Which letters its formulas use; may be empty.
        after: What else may stand in a description; may be empty.
    """

    before: str = ""
    after: str = ""


_LISTINGS: Mapping[str, _Listing] = MappingProxyType(
    {
        "activations": _Listing(
            "a is the activation of a unit, z its pre-activation. Options stand beside the name: "
            "{units: 2, activation: leaky_relu, slope: 0.1}",
            "An activation may also be an expression in z, such as activation: z*sigmoid(z), "
            "or {expression: z*sigmoid(z), name: swish}; see symnet list functions.",
        ),
        "losses": _Listing(
            "For three outputs a with the targets y; for triplet, those of the anchor are a, of the positive p and of "
            "the negative n. Options stand beside the name: "
            "loss: {kind: multiclass_hinge, margin: 10}",
            "A loss may also be an expression in a1, a2, ... and y1, y2, ..., such as loss: (a1 - y1)^4, "
            "or {expression: (a1 - y1)^4, name: quartic}; see symnet list functions.",
        ),
        "optimizers": _Listing(
            "w is a parameter, g = dJ/dw its gradient, η the learning_rate, t the step number; "
            "a prime denotes an updated value, and all state starts at 0.",
            "Every optimizer takes learning_rate, steps, batch, update_biases, clip_norm, clip_value, decay and state.",
        ),
        "regularizers": _Listing(
            "For two weights.",
            "Each is multiplied by its strength: a number of 0 or more, a symbol, or a list with one for each layer. "
            "Biases are left out unless biases: true is given. Several together: "
            "regularization: [{kind: l1, strength: 0.1}, {kind: l2, strength: 0.05}]",
        ),
        "notations": _Listing(
            "A network with one hidden layer in each: its symbols from the input to the target, and how an update is "
            "marked.",
            "A notation may also be a mapping that starts from one of these and changes parts, such as "
            "notation: {profile: standard, weight: theta, bias: zero_index}, or the name of a file that holds one.",
        ),
        "functions": _Listing(
            "In graphs, and in activations and losses that are given as expressions.",
            "Operators: + - * / ^. The constants e and pi, unless a name of the file takes them.",
        ),
    }
)


@click.command(name="list", epilog=_EPILOG)
@click.argument("what", type=click.Choice(list(_LISTINGS)))
def command(what: str) -> None:
    """List what can be named in a description."""
    import shutil

    from symnet.sheets import catalog

    width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
    listing = _LISTINGS[what]
    entries = tuple(getattr(catalog, what)())
    if listing.before:
        click.echo(_wrapped(listing.before, width) + "\n")
    names = max(len(entry.name) for entry in entries)
    labels = max((len(label) for entry in entries for label, _text in entry.facts), default=0)
    for entry in entries:
        _show(entry, names, labels, width)
    if listing.after:
        click.echo(_wrapped(listing.after, width))


def _show(entry: Listed, names: int, labels: int, width: int) -> None:
    """Print one entry: its name and what it is, and below it each fact behind its label."""
    click.secho(entry.name.ljust(names), bold=True, nl=False)
    click.echo(_wrapped(f"  {entry.summary}", width, names))
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
    lines = textwrap.fill(
        blank + _glued(text), width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return lines[taken:].replace(_GLUE, " ")


def _glued(text: str) -> str:
    """Return ``text`` with spaces inside brackets at which no line is broken."""
    depth, glued = 0, ""
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        glued += _GLUE if char == " " and depth else char
    return glued

"""`symnet show`: the derivation in the terminal."""

from __future__ import annotations

from typing import Literal

import click

from symnet.cli.running import solved, spec_argument, verify_option

_EPILOG = """\b
Example:
  symnet show network.yaml | less
"""


@click.command(name="show", epilog=_EPILOG)
@spec_argument
@verify_option
def command(spec: str, verify: Literal["quick", "full"]) -> None:
    """Print the solution of a description in the terminal."""
    import shutil

    worked = solved(spec, verify)
    from symnet.render.txt import render_text

    click.echo(render_text(worked.document(), width=max(60, shutil.get_terminal_size((100, 24)).columns)))

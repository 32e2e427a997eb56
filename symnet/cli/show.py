"""`symnet show`: the derivation in the terminal."""

from __future__ import annotations

from typing import Literal

import click

from symnet.cli.running import spec_argument, verify_option, working

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

    width = max(60, shutil.get_terminal_size((100, 24)).columns)
    with working(spec, verify, 1) as (worked, stage):
        from symnet.render.txt import render_text
        from symnet.worksheet.solution import solution

        stage("writing")
        text = render_text(solution(worked), width=width)
    click.echo(text)

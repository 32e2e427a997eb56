"""`symnet show`: the derivation in the terminal."""

from __future__ import annotations

from typing import Literal

import click

from symnet.cli.output import each, preferred_options, specs_argument, verify_option, view_options, working
from symnet.view import Preferred, View

_EPILOG = """\b
Examples:
  symnet show network.yaml | less
  symnet show network.yaml --notation bishop --form both
"""


@click.command(name="show", epilog=_EPILOG)
@specs_argument
@preferred_options
@view_options
@verify_option
def command(
    *,
    specs: tuple[str, ...],
    preferred: Preferred,
    view: View,
    verify: Literal["quick", "full"],
) -> None:
    """Print the solution of a description in the terminal.

    SPEC is a file, or - for standard input.
    """
    import shutil

    width = max(60, shutil.get_terminal_size((100, 24)).columns)

    def show(spec: str) -> None:
        with working(spec, verify, 1, preferred) as (worked, stage):
            from symnet.render.text import render_text
            from symnet.sheets.solution import solution

            stage("writing")
            # What is no terminal gets no colours: click takes them out, and so it does where NO_COLOR is set.
            text = render_text(solution(worked, view), width=width, colour=True)
        click.echo(text)

    each(specs, show)

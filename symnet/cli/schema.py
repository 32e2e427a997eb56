"""`symnet schema`: the JSON Schema of the description."""

from __future__ import annotations

import click

_EPILOG = """\b
Example:
  symnet schema > symnet.schema.json
"""


@click.command(name="schema", epilog=_EPILOG)
def command() -> None:
    """Print the JSON Schema of the description.

    Editors complete and check descriptions with it.
    """
    from symnet.description.schema import schema_text

    click.echo(schema_text(), nl=False)

"""`symnet new`: a commented starter description."""

from __future__ import annotations

from pathlib import Path

import click

from symnet.errors import OutputError
from symnet.output import write_whole

_EPILOG = """\b
Examples:
  symnet new                  write network.yaml, and symnet.schema.json for editors
  symnet new homework.yaml    write homework.yaml
  symnet new -                print it
"""


@click.command(name="new", epilog=_EPILOG)
@click.argument("path", default="network.yaml")
@click.option("--force", is_flag=True, help="Overwrite the file if there is one.")
def command(path: str, force: bool) -> None:
    """Write a commented starter description.

    It goes to PATH, or to network.yaml. Beside it goes the schema from which editors complete and check it.
    """
    from symnet.description.schema import SCHEMA_FILE, schema_text, starter

    if path == "-":
        click.echo(starter(), nl=False)
        return
    target = Path(path)
    if target.exists() and not force:
        raise OutputError(f"{target}: there is a file of this name already; --force overwrites it")
    write_whole(target, starter().encode())
    schema = target.parent / SCHEMA_FILE
    # One schema serves every description in the folder.
    if force or not schema.exists():
        write_whole(schema, schema_text().encode())
        click.echo(f"wrote {schema}")
    click.echo(f"wrote {target}; now try: symnet solve {target}")

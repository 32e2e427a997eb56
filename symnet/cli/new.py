"""`symnet new`: a commented description to start from."""

from __future__ import annotations

from pathlib import Path

import click

from symnet.errors import OutputError
from symnet.output import write_whole
from symnet.render.templates import templates_dir

_STARTER = "starter"
_FOLDER = "start"

_EPILOG = """\b
Examples:
  symnet new                          write network.yaml, and symnet.schema.json for editors
  symnet new homework.yaml            write homework.yaml
  symnet new --template rnn           write rnn.yaml, a recurrent network
  symnet new --template cnn -o a.yaml
  symnet new --template xor -         print it
"""


def templates() -> tuple[str, ...]:
    """Return the names of all descriptions to start from, the one with every key first."""
    return (_STARTER, *sorted(path.stem for path in (templates_dir() / _FOLDER).glob("*.yaml")))


def template_text(name: str) -> str:
    """Return a description to start from.

    Args:
        name: One of :func:`templates`.
    """
    from symnet.description.schema import starter

    if name == _STARTER:
        return starter()
    return (templates_dir() / _FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@click.command(name="new", epilog=_EPILOG)
@click.argument("path", required=False)
@click.option("-o", "--output", metavar="FILE", help="The same as PATH.")
@click.option(
    "-t",
    "--template",
    type=click.Choice(templates()),
    default=_STARTER,
    show_default=True,
    help="What it describes; starter explains every key.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if there is one.")
def command(path: str | None, output: str | None, template: str, force: bool) -> None:
    """Write a commented description to start from.

    It goes to PATH, or to network.yaml, or to TEMPLATE.yaml. Beside it goes the schema from which editors complete and
    check it. A file that is there already is not overwritten.
    """
    from symnet.description.schema import SCHEMA_FILE, schema_text

    if path and output:
        raise click.UsageError(f"{path} and -o {output} both say where it goes: leave one of them out")
    place = path or output or ("network.yaml" if template == _STARTER else f"{template}.yaml")
    text = template_text(template)
    if place == "-":
        click.echo(text, nl=False)
        return
    target = Path(place)
    if target.exists() and not force:
        raise OutputError(f"{target}: there is a file of this name already; --force overwrites it")
    write_whole(target, text.encode())
    schema = target.parent / SCHEMA_FILE
    # One schema serves every description in the folder.
    if force or not schema.exists():
        write_whole(schema, schema_text().encode())
        click.echo(f"wrote {schema}")
    click.echo(f"wrote {target}; now try: symnet solve {target}")

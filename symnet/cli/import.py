"""`symnet import`: a description of a trained model in a file."""

from __future__ import annotations

from pathlib import Path

import click

from symnet.cli.output import quiet_option

_EPILOG = """\b
Examples:
  symnet import model.onnx                           write model.yaml
  symnet import model.onnx -o net.yaml --decimals 3  with rounded numbers
  symnet import model.onnx --loss mean_squared_error --data samples.yaml
\b
Models in Python are described by symnet.describe(model). Files that may hold code, such as .pt, are not opened.
"""


@click.command(name="import", epilog=_EPILOG)
@click.argument("model")
@click.option("-o", "--output", metavar="FILE", help="Where it goes; - is standard output.  [default: MODEL.yaml]")
@click.option("--loss", metavar="NAME", help="The loss, as in a description.  [default: one that fits the last layer]")
@click.option("--data", metavar="FILE", help="Samples: YAML or JSON with what stands under data in a description.")
@click.option("--decimals", type=click.IntRange(0, 50), metavar="N", help="Round numbers.  [default: as stored]")
@click.option("--title", help="The title of the sheet.")
@click.option("--force", is_flag=True, help="Overwrite the file if there is one.")
@quiet_option
def command(
    *,
    model: str,
    output: str | None,
    loss: str | None,
    data: str | None,
    decimals: int | None,
    title: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write a description of a trained model.

    The model is a file in ONNX, and the description has its numbers. Nothing in the file is run. What a description
    cannot express is named with its place, all of it at once.
    """
    from symnet.description.plain import values_of
    from symnet.importing.describe import describe

    samples = None if data is None else values_of(data)
    described = describe(Path(model), loss, samples, title=title, decimals=decimals)
    if output == "-":
        click.echo(described.text, nl=False)
        return
    target = described.save(output or f"{Path(model).stem}.yaml", force=force)
    if not quiet:
        click.echo(f"wrote {target}; now try: symnet solve {target}")

"""`symnet doctor`: what is installed."""

from __future__ import annotations

import click

_EPILOG = """\b
Example:
  symnet doctor
"""
_PACKAGES = ("sympy", "mpmath", "pydantic", "PyYAML", "jinja2", "click", "rich")


@click.command(name="doctor", epilog=_EPILOG)
def command() -> None:
    """Show installed versions and the PDF engine in use."""
    import platform
    import shutil

    click.echo(f"symnet    {_version('symnet')}")
    click.echo(f"Python    {platform.python_version()}")
    for package in _PACKAGES:
        click.echo(f"{package:<9} {_version(package)}")
    pdflatex, typst = shutil.which("pdflatex"), _version("typst")
    click.echo(f"pdflatex  {pdflatex or 'not found'}")
    click.echo(f"typst     {typst}")
    if pdflatex:
        click.echo("PDFs are made by pdflatex.")
    elif typst != "not found":
        click.echo("PDFs are made by the embedded Typst compiler.")
    else:
        click.echo("No PDFs can be made: run pip install 'symnet[pdf]', or install pdflatex.")


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "not found"

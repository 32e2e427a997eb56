"""`symnet verify`: whether descriptions can be used, and whether all that is derived from them is correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from symnet.cli.output import each, notation_option, quiet_option, verify_option, working
from symnet.errors import CheckFailedError
from symnet.view import Preferred

if TYPE_CHECKING:
    from symnet.worked import Worked

_EPILOG = """\b
Examples:
  symnet verify network.yaml
  symnet verify exercises/*.yaml -q     print nothing but what is wrong, as before a commit
"""


@click.command(name="verify", epilog=_EPILOG)
@click.argument("files", type=click.Path(dir_okay=True), nargs=-1, required=True, metavar="FILE...")
@notation_option
@verify_option
@quiet_option
def command(*, files: tuple[str, ...], notation: str | None, verify: Literal["quick", "full"], quiet: bool) -> None:
    """Check descriptions and every derivative of them, and write no file.

    FILE is a description, or - for standard input; one that cannot be used stops no other. Each is solved, and its
    derivatives are compared with 50-digit differences. The exit code is 0 if all of them are correct, 1 if a derivation
    did not pass its check, and 2 if a file cannot be used.
    """

    def check(file: str) -> None:
        try:
            with working(file, verify, preferred=Preferred(notation)) as (worked, _stage):
                outcome = _outcome(worked)
        except CheckFailedError as error:
            # Of a description that cannot be used the message says already which one it is.
            raise CheckFailedError(f"{file}: {error}") from None
        if not quiet:
            click.echo(f"{file}: {outcome}")

    each(files, check)


def _outcome(worked: Worked) -> str:
    """Return how many derivatives are correct, and by how many comparisons that is known."""
    import mpmath

    derivatives = sum(len(part.network.leaves) for part in worked.parts)
    checks = [check for part in worked.parts for check in part.report.checks]
    comparisons = sum(check.comparisons for check in checks)
    worst = mpmath.nstr(max(check.worst_error for check in checks), 2)
    found = f"{derivatives} derivative{'' if derivatives == 1 else 's'}"
    return f"correct: {found}, {comparisons} comparisons, largest relative error {worst}"

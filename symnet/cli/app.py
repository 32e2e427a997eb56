"""The command line: the only place that reads arguments, prints, and turns errors into exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys

import click

# Each command's module is imported when it is run, so that --help answers at once.
COMMANDS = {
    "solve": "Write the full solution of a description.",
    "worksheet": "Write the problem sheet of a description, with blanks.",
    "check": "Mark typed answers, and name the mistakes.",
    "variants": "Write many versions of an exercise, each with numbers of its own.",
    "export": "Write an exercise as questions of another program, or as a program.",
    "verify": "Check descriptions and every derivative of them, and write no file.",
    "import": "Write a description of a trained model.",
    "show": "Print the solution of a description in the terminal.",
    "new": "Write a commented description to start from.",
    "list": "List what can be named in a description, and the mistakes.",
    "explain": "Explain a rule, a mistake or a key, with an example.",
    "diff": "Show which numbers and derivatives two JSON files have different.",
    "doctor": "Show installed versions and the PDF engine in use.",
    "schema": "Print the JSON Schema of the description.",
}

_EPILOG = """\b
Example:
  symnet new network.yaml       write a starter description, to edit
  symnet solve network.yaml     write network.tex, network.html and network.pdf
"""


class _Commands(click.Group):
    """The group of all commands, which turns what went wrong into a message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"symnet.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant, or say which one is like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            guess = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.message}{guess}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command named on the command line."""
        from symnet.cli.output import complain
        from symnet.errors import OutputError, SymnetError

        if os.environ.get("NO_COLOR"):
            # Contexts of commands take it from this one: https://no-color.org
            ctx.color = False
        try:
            return super().invoke(ctx)
        except SymnetError as error:
            failure = error
        except OSError as error:
            # click itself ends quietly when the reader of a pipe has gone.
            if error.errno == errno.EPIPE:
                raise
            failure = OutputError(f"cannot write the output: {error.strerror or error}")
        complain(str(failure))
        ctx.exit(failure.exit_code)


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="symnet", prog_name="symnet")
def cli() -> None:
    """Write the model solution to backpropagation-by-hand exercises.

    A ten-line description of a network becomes every forward equation and every partial derivative of the loss,
    derived step by step, simplified, checked by machine and typeset.
    """


def main() -> None:
    """Run the command line, and end the process."""
    code = 0
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets a question mark, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        cli.main(prog_name="symnet")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    # Taking SymPy's objects apart one by one takes longer than a small exercise. Every file is closed by now.
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(code)

"""The magic ``%%symnet`` of notebooks: a description in a cell, its sheet below. ``%load_ext symnet`` gives it."""

from __future__ import annotations

import keyword
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from symnet.api import Solution, check, solve
from symnet.description import load_text, with_preferred
from symnet.document import Document
from symnet.errors import SymnetError
from symnet.limits import LONGEST_NAME
from symnet.showing import mimebundle
from symnet.text.languages import LANGUAGES
from symnet.view import DETAILS, FORMS, STYLES, Preferred, View

# What messages call the text of a cell.
_CELL = "cell"


class CellError(SymnetError):
    """What is wrong with a cell; a notebook shows it as it is, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython prints: each of them behind a word, but for those of an excerpt."""
        return [line if line.startswith(" ") else f"error: {line}" for line in str(self).splitlines()]


class _LineReader(ArgumentParser):
    """Reads what stands behind ``%%symnet``."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with it."""
        raise CellError(f"%%symnet: {message}; %%symnet? says what may stand there")


def _reader() -> _LineReader:
    reader = _LineReader(prog="%%symnet", add_help=False, allow_abbrev=False)
    reader.add_argument("variable", nargs="?")
    for name, choices in (("form", FORMS), ("style", STYLES), ("detail", DETAILS)):
        reader.add_argument(f"--{name}", choices=choices, default=choices[0])
    reader.add_argument("--language", choices=tuple(LANGUAGES))
    reader.add_argument("--parameter", dest="parameters", action="append", default=[])
    reader.add_argument("--only", default="")
    for name in ("notation", "worksheet", "check", "loss"):
        reader.add_argument(f"--{name}")
    return reader


def load_into(shell: Any) -> None:  # noqa: ANN401 - IPython's shell, which is not needed to check types
    """Give a shell of IPython the magic.

    Args:
        shell: The shell.
    """
    from IPython.core.magic import no_var_expand

    # What stands in braces would be evaluated.
    magic = no_var_expand(partial(symnet_cell, shell))
    # What %%symnet? shows.
    magic.__doc__ = symnet_cell.__doc__
    shell.register_magic_function(magic, "cell", "symnet")


def symnet_cell(shell: Any, line: str, cell: str) -> None:  # noqa: ANN401 - IPython's shell
    """Show the sheet of the description that stands in the cell, in YAML.

    ``%%symnet [NAME] [--form F] [--style S] [--detail D] [--parameter ID] [--only ID] [--notation N] [--language L]
    [--worksheet LEVEL] [--check ANSWERS] [--loss NAME]``

    ``NAME`` is the variable that holds the solution afterwards. ``--form``, ``--style``, ``--detail``, ``--parameter``,
    ``--only``, ``--notation`` and ``--language`` are those of ``symnet solve``. ``--worksheet`` shows the problem sheet
    at a level, such as ``blank`` or ``key``. ``--check`` marks the answers in a dictionary of the notebook, from what
    is asked to the answer; ``--loss`` says to which loss they are.
    """
    # What is wrong is raised anew, where no other error explains it: a notebook would show that one as well.
    try:
        _show(shell, line, cell)
    except CellError:
        raise
    except SymnetError as error:
        problem = CellError(str(error))
    else:
        return
    raise problem


def _show(shell: Any, line: str, cell: str) -> None:  # noqa: ANN401 - IPython's shell
    from IPython.display import display

    asked = _asked(line)
    view = View(asked.form, asked.style, asked.parameters, asked.detail, asked.only)
    answers = None if asked.check is None else _answers(shell.user_ns, asked.check)
    work = solve(with_preferred(load_text(cell, _CELL), Preferred(asked.notation, asked.language)))
    for warning in work.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    shown = _sheet(work, asked, view) if answers is None else check(work, answers, asked.loss)
    # As it is, so that a terminal has the text of the sheet.
    display(mimebundle(shown), raw=True)
    if asked.variable is not None:
        shell.user_ns[asked.variable] = work


def _sheet(work: Solution, asked: Namespace, view: View) -> Document:
    return work.document(view) if asked.worksheet is None else work.worksheet(asked.worksheet, view)


def _asked(line: str) -> Namespace:
    """Return what stands behind ``%%symnet``."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CellError(f"%%symnet: {error}".lower()) from None
    asked = _reader().parse_args(words)
    if asked.variable is not None and not _is_variable(asked.variable):
        raise CellError(f"%%symnet: found {_quoted(asked.variable)}; expected the name of a variable, such as work")
    return asked


def _answers(variables: Mapping[str, Any], name: str) -> Mapping[str, object]:
    """Return the answers in a variable of the notebook; its name is looked up, and never evaluated."""
    answers = variables.get(name) if _is_variable(name) else None
    if not isinstance(answers, Mapping):
        found = "no variable of this notebook" if answers is None else f"a value of the type {type(answers).__name__}"
        expected = 'the name of a dictionary of answers, such as {"dL/dw1_1_1": "delta1_1*x1"}'
        raise CellError(f"--check: found {_quoted(name)}, {found}; expected {expected}")
    return {str(left): right for left, right in answers.items()}


def _is_variable(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name.isidentifier() and not keyword.iskeyword(name)


def _quoted(name: str) -> str:
    return ascii(name[:LONGEST_NAME])

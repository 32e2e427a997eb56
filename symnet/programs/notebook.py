"""A program as a notebook: a cell a function, and behind them cells that test what is written."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.programs.expected import ExpectedNumbers
from symnet.programs.source import ProgramText
from symnet.programs.tests import context
from symnet.render.cells import CodeCell, MarkdownCell, notebook
from symnet.render.templates import environment
from symnet.text.say import words

# Functions and what stands between them lie two empty lines apart.
_APART = "\n\n\n"


def program_notebook(source: ProgramText, expected: ExpectedNumbers, *, tests: bool, kinks: bool) -> str:
    """Return a program as a notebook.

    Args:
        source: The program.
        expected: What it comes to.
        tests: Whether there are cells with tests.
        kinks: Whether a quantity lies on a kink, where differences say nothing.
    """
    return notebook(_cells(source, expected, tests=tests, kinks=kinks))


def _cells(
    source: ProgramText, expected: ExpectedNumbers, *, tests: bool, kinks: bool
) -> Iterator[MarkdownCell | CodeCell]:
    title, *paragraphs = source.intro().strip().split("\n\n")
    yield MarkdownCell("\n\n".join((f"# {_plain(title)}", *map(_plain, paragraphs))))
    _head, code = source.text().split('"""\n', 1)
    to_write = {one.name for one in source.passes} | {"update"} if source.level != "full" else set()
    for block in code.strip("\n").split(_APART):
        name = block.partition("(")[0].removeprefix("def ")
        yield CodeCell(block.strip("\n"), ("exercise",) if name in to_write else ())
    if tests:
        yield MarkdownCell(f"## {words('program.tests.title')}")
        template = environment("programs").get_template("test_program.py.jinja")
        filled = {**context(source, expected, kinks=kinks), "notebook": True}
        yield from (CodeCell(one.strip("\n")) for one in template.render(filled).strip("\n").split(_APART))


def _plain(text: str) -> str:
    """Return a text as Markdown that stands for itself."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|$~" else sign for sign in text)

"""An exercise as files: a program for each loss, its tests, or a notebook of both."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from symnet.programs.build import program_listing
from symnet.programs.dialects import DIALECTS
from symnet.programs.expected import expected_numbers
from symnet.programs.listing import NoProgramError
from symnet.programs.source import ProgramText
from symnet.programs.tests import tests_text
from symnet.text.languages import in_language
from symnet.worked import Part, Worked

_IMPORTED = ("numpy", "torch", "jax", "pytest")
_NO_MODULE = re.compile(r"[^A-Za-z0-9]+")


class ProgramForm(NamedTuple):
    """How an exercise is written as a program.

    Attributes:
        language: The language, a key of ``DIALECTS``.
        level: How much of it is written: ``full``, ``faded`` or ``blank``.
        tests: Whether tests go with it.
        notebook: Whether it is a notebook.
        seed: What decides which lines of a faded program are left to write.
    """

    language: str
    level: str
    tests: bool
    notebook: bool
    seed: int


def program_files(worked: Worked, name: str, form: ProgramForm) -> dict[str, str]:
    """Return an exercise as programs, one for each loss, by the names of their files.

    Args:
        worked: The exercise.
        name: What the files are called.
        form: The language, and how much of a program is written.

    Raises:
        NoProgramError: If it cannot be a program.
    """
    if form.notebook and DIALECTS[form.language].suffix != ".py":
        raise NoProgramError(
            f"--notebook: found --to {form.language}; expected one of {', '.join(_in_notebooks())}, which notebooks run"
        )
    found: dict[str, str] = {}
    for part, module in _modules(worked, name):
        found |= _of_part(worked, part, module, form)
    return found


def _in_notebooks() -> Iterator[str]:
    return (name for name, dialect in DIALECTS.items() if dialect.suffix == ".py")


def _modules(worked: Worked, name: str) -> Iterator[tuple[Part, str]]:
    """Yield each loss with the name of its module, which languages can import."""
    base = module_name(name)
    counts: dict[str, int] = {}
    for part in worked.parts:
        module = base if len(worked.parts) == 1 else module_name(f"{base}_{part.loss_name[:30]}")
        counts[module] = counts.get(module, 0) + 1
        yield part, module if counts[module] == 1 else f"{module}_{counts[module]}"


def module_name(text: str) -> str:
    """Return a text as the name of a module, which is no word of Python and hides no module that programs import."""
    name = _NO_MODULE.sub("_", text).strip("_") or "program"
    taken = name[0].isdigit() or keyword.iskeyword(name) or name in {*sys.stdlib_module_names, *_IMPORTED}
    return f"program_{name}" if taken else name


def _of_part(worked: Worked, part: Part, module: str, form: ProgramForm) -> dict[str, str]:
    dialect = DIALECTS[form.language]
    listing, numbers = program_listing(worked, part, dialect)
    with in_language(worked.description.language):
        source = ProgramText(listing, dialect, form.level, form.seed, f"{module}{dialect.suffix}")
        kinks = bool(numbers.evaluation.kinks)
        if form.notebook:
            from symnet.programs.notebook import program_notebook

            cells = program_notebook(source, expected_numbers(listing, numbers), tests=form.tests, kinks=kinks)
            return {f"{module}.ipynb": cells}
        found = {source.file: source.text()}
        if form.tests:
            test = f"test_{module}.py" if dialect.suffix == ".py" else f"{module}.test.mjs"
            expected = expected_numbers(listing, numbers)
            found[test] = tests_text(source, expected, kinks=kinks)
    return found

"""The tests of a program, with the numbers of the exercise and a check of the gradient by differences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from symnet.programs.expected import ExpectedNumbers, Nest
from symnet.programs.source import ProgramText
from symnet.programs.wrapping import docstring, wrapped
from symnet.render.templates import environment
from symnet.text.say import words


def tests_text(source: ProgramText, expected: ExpectedNumbers, *, kinks: bool) -> str:
    """Return the tests of a program.

    Args:
        source: The program.
        expected: What it comes to.
        kinks: Whether a quantity lies on a kink, where differences say nothing.
    """
    template = f"test_program{source.dialect.suffix}.jinja"
    made: str = environment("programs").get_template(template).render(context(source, expected, kinks=kinks))
    return made.rstrip("\n") + "\n"


def context(source: ProgramText, expected: ExpectedNumbers, *, kinks: bool) -> dict[str, Any]:
    """Return what a template of tests is filled with.

    Args:
        source: The program.
        expected: What it comes to.
        kinks: Whether a quantity lies on a kink.
    """
    listing = source.listing
    start = {name: f"program.{source.own(function)}()" for function, name in source.started}
    learned = {array.name for array in listing.parameters}
    of_parameters = set(listing.gradients) <= learned
    calls = {one.name: ", ".join(one.arguments) for one in source.passes}
    return {
        "docs": _docs(),
        "lib": source.dialect.library,
        "module": source.file.removesuffix(source.dialect.suffix),
        "file": source.file,
        "forward": [_rows(source, one, 2) for one in expected.forward],
        "backward": [_rows(source, one, 2) for one in expected.backward],
        "objective": json.dumps(expected.objective),
        "gradients": _rows(source, expected.gradients, 1),
        "after": _rows(source, expected.after, 1),
        "parameters": bool(listing.parameters),
        "data": bool(listing.data),
        "several": source.in_rows,
        "calls": calls,
        "put_in": source.put_in,
        "started": [start[name] for name in source.put_in],
        "with_parameters": [name if name == "parameters" else start[name] for name in source.put_in],
        "perturbed": "parameters" if of_parameters else "data",
        "notebook": False,
        "differences": not listing.detached and not kinks,
    }


def _docs() -> dict[str, str]:
    found = {
        "tests": words("program.tests"),
        "entries": words("program.test.entries"),
        "close": words("program.test.close"),
        "passes": words("program.test.passes"),
        "forward": words("program.test.forward"),
        "backward": words("program.test.backward"),
        "gradient": words("program.test.gradient"),
        "moved": words("program.test.moved"),
        "differences": words("program.test.differences"),
        "autograd": words("program.test.autograd"),
        "training": words("program.test.training"),
    }
    return {name: docstring(text, 4) for name, text in found.items()}


def _rows(source: ProgramText, numbers: Mapping[str, Nest], level: int) -> list[str]:
    """Return the lines of a mapping of numbers, that stand so many levels to the right."""
    entries = ((source.key(name), json.dumps(value)) for name, value in numbers.items())
    return [line for name, value in entries for line in wrapped(f"{name}: ", value, ",", 4 * level)]

"""Where the templates are, those of a user before ours, and the sandbox in which they run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from jinja2 import Environment

_DELIMITERS: dict[str, dict[str, Any]] = {
    "latex": {
        "block_start_string": r"\BLOCK{",
        "block_end_string": "}",
        "variable_start_string": r"\VAR{",
        "variable_end_string": "}",
        "comment_start_string": r"\#{",
        "comment_end_string": "}",
    },
    # Typst takes the tags for comments, so a template is Typst source itself.
    "typst": {
        "block_start_string": "/*%",
        "block_end_string": "%*/",
        "variable_start_string": "/*=",
        "variable_end_string": "=*/",
        "comment_start_string": "/*#",
        "comment_end_string": "#*/",
    },
    "html": {},
    "markdown": {},
    # Programs are full of braces.
    "programs": {
        "block_start_string": "<%",
        "block_end_string": "%>",
        "variable_start_string": "<<",
        "variable_end_string": ">>",
        "comment_start_string": "<#",
        "comment_end_string": "#>",
    },
}
KINDS = tuple(kind for kind in _DELIMITERS if kind != "programs")
"""The folders of templates of documents, one a language, in which a user may have some too."""
OURS = "symnet/"
"""What stands before the name of a template of ours, where a user's has the same."""


class Design(NamedTuple):
    """How a document is set.

    Attributes:
        templates: A folder whose templates come before ours; None for ours alone.
        fragment: Whether it is the body alone, to be put into a document of one's own.
        interactive: Whether a page is one to learn with, which has a script.
    """

    templates: Path | None = None
    fragment: bool = False
    interactive: bool = False


OWN = Design()
"""Whole documents, by our templates."""


def templates_dir() -> Path:
    """Return the folder of the templates: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def environment(kind: str) -> Environment:
    """Return the Jinja environment of our own templates of a format.

    Only HTML is escaped here, all of it that is not marked as markup; for the others the data comes escaped.

    Args:
        kind: ``latex``, ``typst``, ``html`` or ``markdown``, also the folder's name.
    """
    made = environment_with(kind, {})
    if not sys.dont_write_bytecode:
        from symnet.render.bytecode import KeptBeside

        # Compiling our templates takes longer than filling them in. Those of a user are compiled each time.
        made.bytecode_cache = KeptBeside(templates_dir() / kind, options(kind))
    return made


def environment_with(kind: str, own: Mapping[str, tuple[str, str]]) -> Environment:
    """Return the environment in which a user's templates come before ours, which are there under ``symnet/`` as well.

    Args:
        kind: The folder's name.
        own: The user's templates by name, each with its source and its path.
    """
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def find(name: str) -> tuple[str, str, None] | None:
        return (*own[name], None) if name in own else None

    ours = jinja2.FileSystemLoader(templates_dir() / kind)
    return ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader(
            [jinja2.FunctionLoader(find), ours, jinja2.PrefixLoader({OURS.removesuffix("/"): ours})]
        ),
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        **options(kind),
    )


def options(kind: str) -> Mapping[str, Any]:
    """Return what decides what a template of a format is compiled to.

    Args:
        kind: The folder's name.
    """
    return {
        "autoescape": kind == "html",
        "optimized": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
        **_DELIMITERS[kind],
    }

"""Where the templates are, and the Jinja environment that reads those of a format."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
}


def templates_dir() -> Path:
    """Return the folder of the templates: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def environment(kind: str) -> Environment:
    """Return the Jinja environment of a format.

    Only HTML is escaped here, all of it that is not marked as markup; for the others the data comes escaped.

    Args:
        kind: ``latex``, ``typst`` or ``html``, also the folder's name.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir() / kind),
        undefined=jinja2.StrictUndefined,
        autoescape=kind == "html",  # noqa: S701 - the others are no HTML
        auto_reload=False,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **_DELIMITERS[kind],
    )

"""A document as one HTML file."""

from __future__ import annotations

import re

from markupsafe import Markup as Safe

from symnet.document import Document, Inline
from symnet.layout import mathml
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Layout
from symnet.render.overriding import rendered
from symnet.render.page import Markup, page_data
from symnet.render.templates import OWN, Design

# Browsers would break a line between a formula and the bracket or the full stop at it.
_AT_FORMULA = re.compile(r"(\(*)<math>.*?</math>([).,;:]*)")


def render_html(document: Document, design: Design = OWN) -> str:
    """Return an HTML page that needs no script, no network and no other file.

    Args:
        document: The document.
        design: How it is set.
    """
    return rendered("html", "html", page_data(document, Markup(_formula, _inline)), design)


def _formula(layout: Layout) -> Safe:
    return Safe(f'<math displaystyle="true">{mathml.write(layout)}</math>')  # noqa: S704 - its writer escapes all text


def _inline(content: Inline) -> Safe:
    """Return text with formulas in it; joining escapes the text."""
    written = Safe("").join(
        clean_text(part) if isinstance(part, str) else Safe(f"<math>{mathml.write(part)}</math>")  # noqa: S704 - likewise
        for part in content
    )
    return Safe(_AT_FORMULA.sub(_held, str(written)))  # noqa: S704 - escaped above


def _held(found: re.Match[str]) -> str:
    return f'<span class="held">{found[0]}</span>' if found[1] or found[2] else found[0]

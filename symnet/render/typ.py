"""A document as Typst source."""

from __future__ import annotations

from symnet.document import Document, Inline
from symnet.layout import typst
from symnet.layout.escaping import typst_string
from symnet.render.blocks import page_data
from symnet.render.rows import Markup
from symnet.render.templates import environment


def render_typst(document: Document) -> str:
    """Return Typst source that needs no package, no network and only the embedded fonts.

    Args:
        document: The document.
    """
    data = page_data(document, Markup(typst.write, _inline))
    return environment("typst").get_template("document.typ").render(data)


def _inline(content: Inline) -> str:
    return "".join(f"#{typst_string(part)}" if isinstance(part, str) else f"${typst.write(part)}$" for part in content)

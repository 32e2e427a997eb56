"""A document as LaTeX source."""

from __future__ import annotations

from symnet.document import Document, Inline
from symnet.layout import latex
from symnet.layout.escaping import tex_text
from symnet.render.blocks import page_data
from symnet.render.rows import Markup
from symnet.render.templates import environment


def render_tex(document: Document) -> str:
    """Return LaTeX source that compiles with Debian's base, recommended, pictures and lmodern packages.

    Args:
        document: The document.
    """
    data = page_data(document, Markup(latex.write, _inline))
    return environment("latex").get_template("document.tex").render(data)


def _inline(content: Inline) -> str:
    return "".join(tex_text(part) if isinstance(part, str) else f"${latex.write(part)}$" for part in content)

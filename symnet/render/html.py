"""A document as one HTML file."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup as Safe
from markupsafe import escape

from symnet.document import Document, Inline
from symnet.layout import latex, mathml
from symnet.layout.breaking import break_lines, top_terms
from symnet.layout.measure import width_em
from symnet.layout.symbols import clean_text
from symnet.layout.tree import Blank, Layout, children
from symnet.render.learning import Learning, template_data
from symnet.render.overriding import rendered
from symnet.render.page import NARROW_EM, Markup, page_data
from symnet.render.templates import OWN, Design, environment
from symnet.text.say import words

# Browsers would break a line between a formula and the bracket or the full stop at it.
_AT_FORMULA = re.compile(r"(\(*)<math>.*?</math>([).,;:]*)")
# In em of the text: what a formula in a sentence may have before a line can end in it.
_IN_A_SENTENCE = 8.0
# The lines of a long formula on a phone; those of one that cannot be broken, such as a matrix, scroll.
_BROKEN = Safe('<span class="narrow">{}</span>')
_STIFF = Safe('<span class="narrow stiff" tabindex="0" role="group" aria-label="{}">{}</span>')


def render_html(document: Document, design: Design = OWN, learning: Learning | None = None) -> str:
    """Return an HTML page that needs no script, no network and no other file.

    Args:
        document: The document.
        design: How it is set.
        learning: What makes it a page to learn with, which has a script; None for a plain page.
    """
    return rendered("html", "html", _data(document, learning), design)


def render_panel(document: Document, learning: Learning | None = None) -> str:
    """Return the body of a document alone, as a part of another page that has its style.

    Args:
        document: The document.
        learning: What it has of a page to learn with.
    """
    data = {**_data(document, learning), "fragment": True}
    return environment("html").get_template("panel.html").render(data)


def inline_html(content: Inline) -> Safe:
    """Return text with formulas in it as HTML.

    Args:
        content: The text.
    """
    return _inline(content)


def _data(document: Document, learning: Learning | None) -> dict[str, Any]:
    data = page_data(document, Markup(_formula, _inline, clean_text))
    return {**data, "learning": None if learning is None else template_data(learning)}


def _formula(layout: Layout) -> Safe:
    """Return a formula of a calculation, with its LaTeX to be copied; a long one also in lines for a phone."""
    whole = _math(layout, ' displaystyle="true"')
    lines = break_lines(layout, NARROW_EM, NARROW_EM, width_em)
    if width_em(layout) > NARROW_EM:
        narrow = Safe("").join(map(_line, lines))
        stiff = any(width_em(line) > NARROW_EM for line in lines)
        whole = Safe('<span class="wide">{}</span>{}').format(
            whole, (_STIFF.format(words("page.wide_formula"), narrow) if stiff else _BROKEN.format(narrow))
        )
    source = _source(layout)
    return whole + Safe('<code class="tex">{}</code>').format(source) if source else whole


def _line(layout: Layout) -> Safe:
    """Return a line of a formula whose source stands elsewhere."""
    return Safe(f'<math displaystyle="true">{mathml.write(layout)}</math>')  # noqa: S704 - its writer escapes all text


def _math(layout: Layout, attributes: str = "") -> Safe:
    """Return a formula with its LaTeX as an annotation, which browsers do not show."""
    written, source = mathml.write(layout), _source(layout)
    if source:
        note = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
        written = f"<semantics>{written}{note}</semantics>"
    return Safe(f"<math{attributes}>{written}</math>")  # noqa: S704 - its writer escapes all text


def _source(layout: Layout) -> str:
    """Return the LaTeX of a formula; of room to write in there is none."""
    return "" if _has_room(layout) else clean_text(latex.write(layout))


def _has_room(layout: Layout) -> bool:
    return isinstance(layout, Blank) or any(map(_has_room, children(layout)))


def _inline(content: Inline) -> Safe:
    """Return text with formulas in it; joining escapes the text."""
    written = Safe("").join(clean_text(part) if isinstance(part, str) else _sentence(part) for part in content)
    return Safe(_AT_FORMULA.sub(_held, str(written)))  # noqa: S704 - escaped above


def _sentence(layout: Layout) -> Safe:
    """Return a formula of a sentence; between the terms of a long one a line may end."""
    terms = top_terms(layout) if width_em(layout) > _IN_A_SENTENCE else (layout,)
    return Safe("").join(map(_math, terms))


def _held(found: re.Match[str]) -> str:
    return f'<span class="held">{found[0]}</span>' if found[1] or found[2] else found[0]

r"""A document as Markdown, as GitHub, Quarto and notebooks read it, its formulas between dollar signs.

GitHub reads formulas as Markdown first: it halves ``\\``, makes ``{`` of ``\{``, and takes underscores for emphasis. So
a formula has commands with names in their place, which all three print alike.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from typing import Self

from symnet.document import Document, Figure, Inline
from symnet.layout import latex
from symnet.layout.symbols import TEXT_COMMANDS, clean_text
from symnet.layout.tree import Layout, Word
from symnet.render.overriding import rendered
from symnet.render.page import Data, Markup, page_data
from symnet.render.picture import as_svg
from symnet.render.templates import OWN, Design

# What stands in place of LaTeX that Markdown would change, or that is known to LaTeX alone.
_NAMED: Mapping[str, str] = {
    r"\\": r"\cr ",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\,": r"\thinspace ",
    "<": r"\lt ",
    ">": r"\gt ",
    # The end of a bracket and the start of another would be a link.
    "](": "] (",
}
# In this order: the row of a matrix with its room, a code point in small letters, text signs, signs of mathematics
# within text, then single signs; an underscore behind a space never ends an emphasis.
_ROW_ROOM = re.compile(r"\\\\\[\d+pt\]")
_BLANK = re.compile(r"\\blank\{([\d.]+)\}\{[\d.]+\}")
_CODE_POINT = re.compile(r"\{\\scriptsize (\[U\+\w+\])\}")
_TEXT_SIGN = re.compile("|".join(map(re.escape, sorted(TEXT_COMMANDS, key=len, reverse=True))))
_IN_TEXT = re.compile(r"\\text\{((?:[^{}]|\{[^{}]*\})*)\}")
_MATHS_IN_TEXT = re.compile(r"\\ensuremath\{([^{}]*)\}")
_SIGN = re.compile("|".join(map(re.escape, _NAMED)))
_SPACES = re.compile(r" {2,}")
_SCRIPT = re.compile(r"(?<=[^\s\\])_")
# What Markdown takes for a sign of its own: anywhere, and where a paragraph begins.
_MARKUP = re.compile(r"([\\`*_\[\]<>$|~^{}#&@])")
_BULLET, _NUMBERED = re.compile(r"^[-+](?=\s)"), re.compile(r"^(\d+)([.)])(?=\s)")


class MarkdownText(str):
    """Text with formulas as Markdown.

    Attributes:
        maths: The same within a formula.
    """

    maths: str

    def __new__(cls, text: str, maths: str) -> Self:
        """Return the text."""
        written = super().__new__(cls, text)
        written.maths = maths
        return written

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what the text is made of in another process."""
        return str(self), self.maths


def render_markdown(document: Document, design: Design = OWN) -> str:
    """Return a document as Markdown.

    Args:
        document: The document.
        design: How it is set.
    """
    return rendered_markdown(page_data(document, MARKUP), design)


def rendered_markdown(data: Data, design: Design) -> str:
    """Return the Markdown that the templates make of the data of a page.

    Args:
        data: The data.
        design: How it is set.
    """
    lines = rendered("markdown", "md", data, design).split("\n")
    return "\n".join(_single_blanks(line.rstrip() for line in lines)).strip("\n") + "\n"


def _single_blanks(lines: Iterable[str]) -> Iterable[str]:
    """Yield lines with one empty line where there are several."""
    before = ""
    for line in lines:
        if line or before:
            yield line
        before = line


def _mathematics(layout: Layout) -> str:
    """Return a formula as LaTeX that MathJax and KaTeX know, and that no Markdown changes."""
    source = _ROW_ROOM.sub(r"\\cr ", latex.write(layout))
    source = _CODE_POINT.sub(r"\1", _BLANK.sub(r"\\underline{\\hspace{\1em}}", source))
    source = _IN_TEXT.sub(lambda found: _MATHS_IN_TEXT.sub(r"}\1\\text{", found[0]), source)
    source = _TEXT_SIGN.sub(lambda found: TEXT_COMMANDS[found[0]], source).replace(r"\text{}", "")
    source = _SIGN.sub(lambda found: _NAMED[found[0]], source)
    return _SPACES.sub(" ", _SCRIPT.sub(" _", source))


def _inline(content: Inline) -> MarkdownText:
    """Return text with formulas in it."""
    written = "".join(
        _escaped(clean_text(part)) if isinstance(part, str) else f"${_mathematics(part).strip()}$" for part in content
    )
    written = _NUMBERED.sub(r"\1\\\2", _BULLET.sub(r"\\\g<0>", written))
    words = (Word(clean_text(part), prose=True) if isinstance(part, str) else part for part in content)
    return MarkdownText(written, "".join(map(_mathematics, words)))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _picture(figure: Figure) -> str:
    """Return a drawing as an image in itself; where images from elsewhere are not shown, what it shows is read."""
    said, encoded = clean_text(figure.description), base64.b64encode(as_svg(figure).encode()).decode()
    return f'<img alt="{html.escape(said)}" src="data:image/svg+xml;base64,{encoded}">'


MARKUP = Markup(_mathematics, _inline, _escaped, _picture)
"""How Markdown is written."""

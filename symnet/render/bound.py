"""Many sheets as one PDF, by one run of an engine; each begins on a page 1 of its own, under its own header."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from symnet.errors import OutputError
from symnet.layout.symbols import tex_title
from symnet.render.pdf import compile_typst, compile_with_pdflatex, render_tex, render_typst

if TYPE_CHECKING:
    from symnet.document import Document


class SheetSource(NamedTuple):
    """One sheet as the source of an engine.

    Attributes:
        name: What it is called in the outline of the PDF.
        text: The source, as it makes a PDF alone.
    """

    name: str
    text: str


class Binding(NamedTuple):
    """How one engine makes one PDF of many sheets.

    Attributes:
        suffix: Of the sources of single sheets.
        render: From a document to its source.
        joined: From many sources to one.
        compiled: From a source to the PDF.
    """

    suffix: str
    render: Callable[[Document], str]
    joined: Callable[[Sequence[SheetSource]], str]
    compiled: Callable[[str], bytes]


def binding(engine: str | None) -> Binding:
    """Return how an engine binds sheets.

    Args:
        engine: ``pdflatex`` or ``typst``; None takes pdflatex when it is on PATH, else the embedded Typst.
    """
    return BINDINGS[engine or ("pdflatex" if shutil.which("pdflatex") else "typst")]


# Where the source of a sheet is cut. What people have typed is escaped and holds none of these.
_TEX_HEADER, _TEX_BEGIN, _TEX_END = "\n\\header{", "\n\\begin{document}\n", "\n\\end{document}"
_TYP_SHEET = "\n#show: sheet.with("

# Each sheet has destinations of its own; those of pages are left out, since many are numbered alike.
_TEX_SHEETS = r"""
\hypersetup{pageanchor=false}
\newcounter{sheet}
\renewcommand{\theHsection}{\arabic{sheet}.\arabic{section}}
\newcommand{\nextsheet}[1]{\clearpage\stepcounter{sheet}\setcounter{page}{1}\setcounter{section}{0}%
  \pdfbookmark[0]{#1}{sheet.\arabic{sheet}}}
"""


def join_tex(sheets: Sequence[SheetSource]) -> str:
    """Return the LaTeX source of many sheets one behind the other.

    Args:
        sheets: The sheets, all of one design.

    Raises:
        OutputError: If a source is none that symnet wrote.
    """
    parts = []
    for sheet in sheets:
        preamble, header, rest = _cut(sheet, sheet.text, _TEX_HEADER)
        head, _, rest = _cut(sheet, f"{header}{rest}", _TEX_BEGIN)
        body, _, _ = _cut(sheet, rest, _TEX_END)
        own, title = head.strip().split("\n", 1)
        parts.append((preamble, title, f"\\nextsheet{{{tex_title(sheet.name)}}}\n{own}\n{body}\n"))
    preamble, title, _ = parts[0]
    bodies = "\n".join(body for _, _, body in parts)
    return f"{preamble}\n{title}\n{_TEX_SHEETS}{_TEX_BEGIN}{bodies}{_TEX_END}\n"


def join_typst(sheets: Sequence[SheetSource]) -> str:
    """Return the Typst source of many sheets one behind the other.

    Args:
        sheets: The sheets, all of one design.

    Raises:
        OutputError: If a source is none that symnet wrote.
    """
    found = [_cut(sheet, sheet.text, _TYP_SHEET) for sheet in sheets]
    anew = "#counter(page).update(1)\n#counter(heading).update(0)"
    bodies = (f"#[\n{anew}\n{mark}{body}\n]\n" for _, mark, body in found)
    return f"{found[0][0]}\n" + "\n".join(bodies)


def _cut(sheet: SheetSource, text: str, mark: str) -> tuple[str, str, str]:
    """Return the text before a mark, the mark, and the text after it."""
    before, found, after = text.partition(mark)
    if not found:
        raise OutputError(f"{sheet.name}: found no {mark.strip()} in the source of this sheet; make the sheet anew")
    return before, found, after


BINDINGS: Mapping[str, Binding] = MappingProxyType(
    {
        "pdflatex": Binding("tex", render_tex, join_tex, compile_with_pdflatex),
        "typst": Binding("typ", render_typst, join_typst, compile_typst),
    }
)
"""How each engine binds sheets, by its name."""

SOURCES: Mapping[str, Callable[[Document], str]] = MappingProxyType(
    {how.suffix: how.render for how in BINDINGS.values()}
)
"""From a document to the source of an engine, by its suffix."""

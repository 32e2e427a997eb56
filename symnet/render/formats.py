"""The formats in which a worked exercise can be written, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from symnet.view import USUAL, View

if TYPE_CHECKING:
    from symnet.document import Document
    from symnet.worked import Worked


class Rendered(NamedTuple):
    """A file's content.

    Attributes:
        content: Its bytes.
        engine: The program that made them, where there is a choice; else empty.
    """

    content: bytes
    engine: str = ""


class Format(NamedTuple):
    """One format.

    Attributes:
        name: Its name on the command line, and the suffix of its files.
        write: From a document and the PDF engine asked for (or None) to the file's content; None for a format of
            data, which has no document.
    """

    name: str
    write: Callable[[Document, str | None], Rendered] | None

    def render(self, worked: Worked, engine: str | None = None, view: View = USUAL) -> Rendered:
        """Return the content of a file that shows a worked exercise.

        Args:
            worked: The exercise.
            engine: The PDF engine asked for; None for what is installed.
            view: What of the solution is shown; data are always whole.
        """
        if self.write is None:
            from symnet.render.json import render_json

            return Rendered(render_json(worked).encode())
        from symnet.sheets.solution import solution

        return self.write(solution(worked, view), engine)


def _tex(document: Document, _engine: str | None) -> Rendered:
    from symnet.render.pdf import render_tex

    return Rendered(render_tex(document).encode())


def _html(document: Document, _engine: str | None) -> Rendered:
    from symnet.render.html import render_html

    return Rendered(render_html(document).encode())


def _pdf(document: Document, engine: str | None) -> Rendered:
    from symnet.render.pdf import render_pdf

    return Rendered(*render_pdf(document, engine))


def _txt(document: Document, _engine: str | None) -> Rendered:
    from symnet.render.text import render_text

    return Rendered(render_text(document).encode())


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Format("tex", _tex),
            Format("html", _html),
            Format("pdf", _pdf),
            Format("json", None),
            Format("txt", _txt),
        )
    }
)
SHEETS: Mapping[str, Callable[[Document, str | None], Rendered]] = MappingProxyType(
    {name: entry.write for name, entry in FORMATS.items() if entry.write is not None}
)
"""How a document is written, for each format that has one."""
DEFAULT_FORMATS: tuple[str, ...] = ("tex", "html", "pdf")
PDF_ENGINES = ("pdflatex", "typst")

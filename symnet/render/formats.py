"""The formats in which a worked exercise can be written, one entry each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from symnet.errors import ChoiceError
from symnet.render.templates import OWN, Design
from symnet.view import USUAL, View

if TYPE_CHECKING:
    from symnet.document import Document
    from symnet.worked import Worked


class Rendered(NamedTuple):
    """A file's content.

    Attributes:
        content: Its bytes.
        engine: The program that made them, where there is a choice; else empty.
        without_sign: The characters that stand in it as their code points, since no engine has a sign for them.
    """

    content: bytes
    engine: str = ""
    without_sign: str = ""


class Writer(Protocol):
    """Writes a document as the content of a file."""

    def __call__(self, document: Document, engine: str | None, design: Design = OWN, /) -> Rendered:
        """Return the content.

        Args:
            document: The document.
            engine: The PDF engine asked for; None for what is installed.
            design: How it is set.
        """


class Format(NamedTuple):
    """One format.

    Attributes:
        name: Its name on the command line, and the suffix of its files.
        write: From a document to the file's content; None for a format of data, which has no document.
        templates: Whether it is made of templates.
        fragments: Whether a fragment of it can be part of another file.
    """

    name: str
    write: Writer | None
    templates: bool = False
    fragments: bool = False

    def render(self, worked: Worked, engine: str | None = None, view: View = USUAL, design: Design = OWN) -> Rendered:
        """Return the content of a file that shows a worked exercise.

        Args:
            worked: The exercise.
            engine: The PDF engine asked for; None for what is installed.
            view: What of the solution is shown; data are always whole.
            design: How it is set.
        """
        if self.write is None:
            from symnet.render.json import render_json

            return Rendered(render_json(worked).encode())
        from symnet.sheets.solution import solution

        return self.write(solution(worked, view), engine, design)


def _tex(document: Document, _engine: str | None, design: Design = OWN, /) -> Rendered:
    from symnet.layout.symbols import without_sign
    from symnet.render.pdf import render_tex

    source = render_tex(document, design)
    return Rendered(source.encode(), without_sign=without_sign(source))


def _html(document: Document, _engine: str | None, design: Design = OWN, /) -> Rendered:
    from symnet.render.html import render_html

    return Rendered(render_html(document, design).encode())


def _pdf(document: Document, engine: str | None, design: Design = OWN, /) -> Rendered:
    from symnet.render.pdf import render_pdf

    return Rendered(*render_pdf(document, engine, design))


def _txt(document: Document, _engine: str | None, _design: Design = OWN, /) -> Rendered:
    from symnet.render.text import render_text

    return Rendered(render_text(document).encode())


def _md(document: Document, _engine: str | None, design: Design = OWN, /) -> Rendered:
    from symnet.render.markdown import render_markdown

    return Rendered(render_markdown(document, design).encode())


def _ipynb(document: Document, _engine: str | None, design: Design = OWN, /) -> Rendered:
    from symnet.render.ipynb import render_ipynb

    return Rendered(render_ipynb(document, design).encode())


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Format("tex", _tex, templates=True, fragments=True),
            Format("html", _html, templates=True, fragments=True),
            Format("pdf", _pdf, templates=True),
            Format("json", None),
            Format("txt", _txt),
            Format("md", _md, templates=True, fragments=True),
            Format("ipynb", _ipynb, templates=True),
        )
    }
)
SHEETS: Mapping[str, Writer] = MappingProxyType(
    {name: entry.write for name, entry in FORMATS.items() if entry.write is not None}
)
"""How a document is written, for each format that has one."""
DEFAULT_FORMATS: tuple[str, ...] = ("tex", "html", "pdf")
PDF_ENGINES = ("pdflatex", "typst")
FRAGMENTS = tuple(name for name, entry in FORMATS.items() if entry.fragments)
"""The formats of which a fragment can be part of another file."""


INTERACTIVE = ("html",)
"""The formats of which a file can be a page to learn with."""


def refuse_design(names: Sequence[str], design: Design) -> None:
    """Return nothing if formats can be set as they are to be.

    Args:
        names: The names of the formats.
        design: How they are to be set.

    Raises:
        ChoiceError: If one has no fragments, or no templates, or none can be a page to learn with.
    """
    if design.interactive and (design.fragment or not set(INTERACTIVE).intersection(names)):
        raise ChoiceError("an interactive page", "a fragment" if design.fragment else ", ".join(names), INTERACTIVE)
    for name in names:
        if design.fragment and not FORMATS[name].fragments:
            raise ChoiceError("a fragment", name, FRAGMENTS)
        if design.templates is not None and not FORMATS[name].templates:
            raise ChoiceError("a format with templates", name, [it.name for it in FORMATS.values() if it.templates])

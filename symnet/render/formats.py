"""The formats in which a worked exercise can be written, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
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
        summary: What it is.
        render: From a worked exercise and the PDF engine asked for (or None) to the file's content.
    """

    name: str
    summary: str
    render: Callable[[Worked, str | None], Rendered]


def _tex(worked: Worked, _engine: str | None) -> Rendered:
    from symnet.render.tex import render_tex
    from symnet.worksheet.solution import solution

    return Rendered(render_tex(solution(worked)).encode())


def _pdf(worked: Worked, engine: str | None) -> Rendered:
    from symnet.render.pdf import render_pdf
    from symnet.worksheet.solution import solution

    return Rendered(*render_pdf(solution(worked), engine))


def _json(worked: Worked, _engine: str | None) -> Rendered:
    from symnet.render.json import render_json

    return Rendered(render_json(worked).encode())


def _txt(worked: Worked, _engine: str | None) -> Rendered:
    from symnet.render.txt import render_text
    from symnet.worksheet.solution import solution

    return Rendered(render_text(solution(worked)).encode())


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Format("tex", "LaTeX, to edit", _tex),
            Format("pdf", "PDF, to hand out", _pdf),
            Format("json", "JSON, for other programs", _json),
            Format("txt", "plain text", _txt),
        )
    }
)
DEFAULT_FORMATS = ("tex", "pdf")
PDF_ENGINES = ("pdflatex", "typst")

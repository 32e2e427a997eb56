"""A document as a PDF, by whichever engine there is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from symnet.document import Document
from symnet.errors import MissingToolError, OutputError
from symnet.render.latexrun import run_pdflatex
from symnet.render.tex import render_tex
from symnet.render.typ import render_typst

_INSTALL = "install it with: pip install 'symnet[pdf]'"


def render_pdf(document: Document, engine: str | None = None) -> tuple[bytes, str]:
    """Return the PDF and the name of the engine that made it.

    Args:
        document: The document.
        engine: ``pdflatex`` or ``typst``; None takes pdflatex when it is on PATH, else the embedded Typst.

    Raises:
        MissingToolError: The engine, or any engine, is not installed.
        OutputError: The engine could not set the document.
    """
    chosen = engine or ("pdflatex" if shutil.which("pdflatex") else "typst")
    return _ENGINES[chosen](document), chosen


def _by_pdflatex(document: Document) -> bytes:
    program = shutil.which("pdflatex")
    if program is None:
        raise MissingToolError(
            "pdflatex is not installed; install TeX (on Debian: apt install texlive-latex-base "
            "texlive-latex-recommended texlive-pictures lmodern), or use the embedded engine: "
            "pip install 'symnet[pdf]' and --pdf-engine typst"
        )
    return run_pdflatex(program, render_tex(document))


def _by_typst(document: Document) -> bytes:
    try:
        import typst
    except ImportError as error:
        raise MissingToolError(f"no PDF engine: pdflatex or the embedded Typst is needed; {_INSTALL}") from error
    # The root is what a document could read: nothing but itself.
    with tempfile.TemporaryDirectory(prefix="symnet-") as name:
        folder = Path(name)
        source = folder / "document.typ"
        source.write_text(render_typst(document), encoding="utf-8")
        try:
            pdf: bytes = typst.compile(source, root=folder, ignore_system_fonts=True)
        except RuntimeError as error:
            raise OutputError(f"typst could not set the document: {error}") from error
    return pdf


_ENGINES: dict[str, Callable[[Document], bytes]] = {"pdflatex": _by_pdflatex, "typst": _by_typst}

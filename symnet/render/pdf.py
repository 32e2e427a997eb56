"""LaTeX, Typst and PDF."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from symnet.document import Document, Inline
from symnet.errors import MissingToolError, OutputError
from symnet.layout import latex, typst
from symnet.layout.symbols import tex_text, tex_title, typst_string, without_sign
from symnet.render.overriding import rendered
from symnet.render.page import Markup, page_data
from symnet.render.templates import OWN, Design

# A document as LaTeX source.


def render_tex(document: Document, design: Design = OWN) -> str:
    """Return LaTeX source that compiles with Debian's base, recommended, pictures and lmodern packages.

    Args:
        document: The document.
        design: How it is set.
    """
    return rendered("latex", "tex", page_data(document, Markup(latex.write, _inline, tex_title)), design)


def _inline(content: Inline) -> str:
    return "".join(tex_text(part) if isinstance(part, str) else f"${latex.write(part)}$" for part in content)


# A document as Typst source.


def render_typst(document: Document, design: Design = OWN) -> str:
    """Return Typst source that needs no package, no network and only the embedded fonts.

    Args:
        document: The document.
        design: How it is set.
    """
    return rendered("typst", "typ", page_data(document, Markup(typst.write, _inline_typ, typst_string)), design)


def _inline_typ(content: Inline) -> str:
    return "".join(
        f"#{typst_string(part)}" if isinstance(part, str) else f"#aloud(${typst.write(part)}$)" for part in content
    )


# What an installation of TeX lacks for a document, out of the log of pdflatex: the file, and what to install.

# In which packages of Debian stands what the template loads, and what that loads.
_DEBIAN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "texlive-base": ("amssymb", "amsfonts", "iftex", "infwarerr", "kvoptions", "ltxcmds"),
        "texlive-latex-base": (
            *(
                "article",
                "size11",
                "fontenc",
                "t1enc",
                "inputenc",
                "utf8",
                "textcomp",
                "geometry",
                "amsmath",
                "amstext",
            ),
            *(
                "hyperref",
                "bookmark",
                "hycolor",
                "nameref",
                "refcount",
                "bitset",
                "puenc",
                "hpdftex",
                "rerunfilecheck",
                "url",
            ),
            *("amsbsy", "amsgen", "amsopn", "longtable", "array", "fancyhdr", "keyval", "graphicx", "graphics", "trig"),
        ),
        "texlive-latex-recommended": ("microtype", "xcolor", "booktabs", "etoolbox"),
        "texlive-pictures": ("tikz", "pgf", "pgfrcs", "pgfcore", "pgfsys", "pgffor", "pgfkeys", "pgfmath"),
        "lmodern": ("lmodern", "t1lmr", "t1lmss", "t1lmtt", "omllmm", "omslmsy", "omxlmex", "ot1lmr"),
    }
)
_PACKAGES = {name: package for package, names in _DEBIAN.items() for name in names}
# Fonts are called by more names than can be listed: those of Latin Modern begin so.
_LATIN_MODERN = re.compile(r"(?:ec-|rm-|t1-|ts1-|qx-)?lm[a-z]+[0-9]*$")

_FILE = re.compile(r"^! (?:LaTeX Error: File|I can't find file) [`']([\w.+-]+)'", re.MULTILINE)
_LIBRARY = re.compile(r"^! Package (?:tikz|pgf\w*) Error: I did not find the \w+ library '([\w.]+)'", re.MULTILINE)
_FONT = re.compile(r"^! Font \S+?=([\w-]+) .*?not loadable", re.MULTILINE)


def missing_in(log: str) -> MissingToolError | None:
    """Return the error that names what is missing and what to install; None if the log speaks of nothing of the kind.

    Args:
        log: The log of a run of pdflatex that failed, its lines unbroken.
    """
    for pattern, called, package in (
        (_FILE, "the file {}", _of_file),
        (_LIBRARY, "the TikZ library {}", lambda _name: "texlive-pictures"),
        (_FONT, "the font {}", lambda name: "lmodern" if _LATIN_MODERN.match(name) else ""),
    ):
        found = pattern.search(log)
        if found:
            return _error(called.format(found[1]), found[1], package(found[1]))
    return None


def _of_file(name: str) -> str:
    return _PACKAGES.get(name.partition(".")[0], "")


def _error(lacking: str, name: str, package: str) -> MissingToolError:
    install = f"on Debian: apt install {package}"
    if not package:
        install = f"with TeX Live: tlmgr install {name.partition('.')[0]}; on Debian: apt-file search {name}"
    return MissingToolError(
        f"pdflatex lacks {lacking}; install what has it ({install}), or take --pdf-engine typst, which needs no TeX"
    )


# pdflatex, run so that a document can neither read, nor write, nor run, nor wait for anything.

_NAME = "document"
_OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error")
_ENVIRONMENT = {
    "openin_any": "p",
    "openout_any": "p",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    # Error messages on one line, so that the first can be cited whole.
    "max_print_line": "1000",
}
_SECONDS = 60.0
_BYTES_PER_SECOND = 20_000
_MOST_RUNS = 4
_RERUN = re.compile(r"^(?:LaTeX|Package \w+) Warning:.*[Rr]erun", re.MULTILINE)
_ERROR = re.compile(r"^! .*", re.MULTILINE)


def run_pdflatex(program: str, source: str) -> bytes:
    """Return the PDF of a LaTeX source.

    Args:
        program: The path of pdflatex.
        source: The source.

    Raises:
        MissingToolError: Something that the source needs is not installed.
        OutputError: It did not compile, or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="symnet-") as name:
        folder = Path(name)
        (folder / f"{_NAME}.tex").write_text(source, encoding="utf-8")
        for _ in range(_MOST_RUNS):
            log = _run(program, folder, _SECONDS + len(source) / _BYTES_PER_SECOND)
            if not _RERUN.search(log):
                break
        return (folder / f"{_NAME}.pdf").read_bytes()


def _run(program: str, folder: Path, seconds: float) -> str:
    """Return the log of one run."""
    process = subprocess.Popen(  # noqa: S603 - the program is pdflatex, the arguments are constants
        [program, *_OPTIONS, f"{_NAME}.tex"],
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"pdflatex was stopped after {seconds:.0f} seconds") from error
    finally:
        _kill_group(process)
    path = folder / f"{_NAME}.log"
    log = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if code != 0 or not (folder / f"{_NAME}.pdf").exists():
        missing = missing_in(log)
        if missing is not None:
            raise missing
        found = _ERROR.search(log)
        why = found[0] if found else f"exit code {code}"
        raise OutputError(f"pdflatex failed: {why} (--pdf-engine typst makes the PDF without TeX)")
    return log


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and, where the system knows groups of processes, all that it started, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


# A document as a PDF, by whichever engine there is.

_INSTALL = "install it with: pip install 'symnet[pdf]'"


def render_pdf(document: Document, engine: str | None = None, design: Design = OWN) -> tuple[bytes, str, str]:
    """Return the PDF, the name of the engine that made it, and the characters that stand in it as code points.

    Args:
        document: The document.
        engine: ``pdflatex`` or ``typst``; None takes pdflatex when it is on PATH, else the embedded Typst.
        design: How it is set.

    Raises:
        MissingToolError: The engine, or any engine, is not installed.
        OutputError: The engine could not set the document.
    """
    chosen = engine or ("pdflatex" if shutil.which("pdflatex") else "typst")
    source_of, compiled = _ENGINES[chosen]
    source = source_of(document, design)
    return compiled(source), chosen, without_sign(source)


def compile_with_pdflatex(source: str) -> bytes:
    """Return the PDF that the installed pdflatex makes.

    Args:
        source: The LaTeX source.

    Raises:
        MissingToolError: If there is no pdflatex, or something that the source needs is not installed.
        OutputError: If it did not compile, or took too long.
    """
    program = shutil.which("pdflatex")
    if program is None:
        raise MissingToolError(
            "pdflatex is not installed; install TeX (on Debian: apt install texlive-latex-base "
            "texlive-latex-recommended texlive-pictures lmodern), or use the embedded engine: "
            "pip install 'symnet[pdf]' and --pdf-engine typst"
        )
    return run_pdflatex(program, source)


# Templates of a user's may not come up to it: formulas, for one, need words.
_NOT_UNIVERSAL = "PDF/UA-1 error"


def _compiled(source: Path, folder: Path) -> bytes:
    """Return the PDF that Typst makes: PDF/UA-1, for readers of all kinds, where it can be."""
    import typst

    pdf: bytes
    try:
        pdf = typst.compile(source, root=folder, ignore_system_fonts=True, pdf_standards="ua-1")
    except RuntimeError as error:
        if _NOT_UNIVERSAL not in str(error):
            raise
        pdf = typst.compile(source, root=folder, ignore_system_fonts=True)
    return pdf


def compile_typst(text: str) -> bytes:
    """Return the PDF that the embedded Typst makes.

    Args:
        text: The Typst source.

    Raises:
        MissingToolError: If Typst is not installed.
        OutputError: If it could not set the source.
    """
    try:
        import typst  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingToolError(f"no PDF engine: pdflatex or the embedded Typst is needed; {_INSTALL}") from error
    # The root is what a document could read: nothing but itself.
    with tempfile.TemporaryDirectory(prefix="symnet-") as name:
        folder = Path(name)
        source = folder / "document.typ"
        source.write_text(text, encoding="utf-8")
        try:
            pdf = _compiled(source, folder)
        except RuntimeError as error:
            raise OutputError(f"typst could not set the document: {error}") from error
    return pdf


_ENGINES: Mapping[str, tuple[Callable[[Document, Design], str], Callable[[str], bytes]]] = MappingProxyType(
    {"pdflatex": (render_tex, compile_with_pdflatex), "typst": (render_typst, compile_typst)}
)

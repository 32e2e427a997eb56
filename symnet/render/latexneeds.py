"""What an installation of TeX lacks for a document, out of the log of pdflatex: the file, and what to install."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from symnet.errors import MissingToolError

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

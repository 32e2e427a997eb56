"""Signs in every markup, and untrusted text."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# The signs that have a name: how each is written in Unicode and in LaTeX, and how wide it is.


class Sign(NamedTuple):
    """One sign.

    Attributes:
        char: Its Unicode character.
        latex: Its LaTeX command.
        width: Its width in em as pdflatex sets it, rounded up; an operator's with the room about it.
    """

    char: str
    latex: str
    width: float


# Unicode epsilon and phi are the curly ones, so LaTeX takes its variants: all formats print the same letter.
GLYPHS: dict[str, Sign] = {
    "alpha": Sign("α", r"\alpha", 0.65),
    "beta": Sign("β", r"\beta", 0.62),
    "gamma": Sign("γ", r"\gamma", 0.58),
    "delta": Sign("δ", r"\delta", 0.49),
    "epsilon": Sign("ε", r"\varepsilon", 0.47),
    "zeta": Sign("ζ", r"\zeta", 0.52),
    "eta": Sign("η", r"\eta", 0.54),
    "theta": Sign("θ", r"\theta", 0.50),
    "iota": Sign("ι", r"\iota", 0.36),
    "kappa": Sign("κ", r"\kappa", 0.58),
    "lambda": Sign("λ", r"\lambda", 0.59),
    "mu": Sign("μ", r"\mu", 0.61),
    "nu": Sign("ν", r"\nu", 0.56),
    "xi": Sign("ξ", r"\xi", 0.49),
    "omicron": Sign("ο", "o", 0.49),
    "pi": Sign("π", r"\pi", 0.61),
    "rho": Sign("ρ", r"\rho", 0.52),
    "sigma": Sign("σ", r"\sigma", 0.61),
    "tau": Sign("τ", r"\tau", 0.56),
    "upsilon": Sign("υ", r"\upsilon", 0.58),
    "phi": Sign("φ", r"\varphi", 0.66),
    "chi": Sign("χ", r"\chi", 0.63),
    "psi": Sign("ψ", r"\psi", 0.69),
    "omega": Sign("ω", r"\omega", 0.66),
    "Alpha": Sign("Α", r"\mathrm{A}", 0.76),
    "Beta": Sign("Β", r"\mathrm{B}", 0.72),
    "Gamma": Sign("Γ", r"\Gamma", 0.63),
    "Delta": Sign("Δ", r"\Delta", 0.84),
    "Epsilon": Sign("Ε", r"\mathrm{E}", 0.69),
    "Zeta": Sign("Ζ", r"\mathrm{Z}", 0.62),
    "Eta": Sign("Η", r"\mathrm{H}", 0.76),
    "Theta": Sign("Θ", r"\Theta", 0.78),
    "Iota": Sign("Ι", r"\mathrm{I}", 0.37),
    "Kappa": Sign("Κ", r"\mathrm{K}", 0.78),
    "Lambda": Sign("Λ", r"\Lambda", 0.70),
    "Mu": Sign("Μ", r"\mathrm{M}", 0.92),
    "Nu": Sign("Ν", r"\mathrm{N}", 0.76),
    "Xi": Sign("Ξ", r"\Xi", 0.67),
    "Omicron": Sign("Ο", r"\mathrm{O}", 0.78),
    "Pi": Sign("Π", r"\Pi", 0.75),
    "Rho": Sign("Ρ", r"\mathrm{P}", 0.69),
    "Sigma": Sign("Σ", r"\Sigma", 0.73),
    "Tau": Sign("Τ", r"\mathrm{T}", 0.73),
    "Upsilon": Sign("Υ", r"\Upsilon", 0.78),
    "Phi": Sign("Φ", r"\Phi", 0.73),
    "Chi": Sign("Χ", r"\mathrm{X}", 0.76),
    "Psi": Sign("Ψ", r"\Psi", 0.78),
    "Omega": Sign("Ω", r"\Omega", 0.73),
    "partial": Sign("∂", r"\partial", 0.59),
    "nabla": Sign("∇", r"\nabla", 0.84),
    "ell": Sign("ℓ", r"\ell", 0.42),
    "infinity": Sign("∞", r"\infty", 1.0),
    "sum": Sign("∑", r"\sum", 1.66),
    "product": Sign("∏", r"\prod", 1.51),
    "cdots": Sign("⋯", r"\cdots", 1.34),
    "dots": Sign("…", r"\dots", 1.34),
    "vdots": Sign("⋮", r"\vdots", 0.28),
    "indicator": Sign("𝕀", r"\mathbb{I}", 0.39),
    "top": Sign("⊤", r"\top", 0.78),
}

# A capital Alpha would be taken for an A.
GREEK = frozenset(name for name, sign in GLYPHS.items() if "Α" <= sign.char <= "ω" and sign.latex[1:].isalpha())
"""The names of the Greek letters that exist in no other alphabet."""


def capital(letter: str) -> str:
    """Return the capital of a letter; words, and Greek letters whose capital looks Latin, are returned unchanged.

    Args:
        letter: A Latin letter, the name of a Greek one, or a word.
    """
    large = letter.capitalize()
    return large if len(letter) == 1 or large in GREEK else letter


OPERATORS: dict[str, Sign] = {
    "+": Sign("+", "+", 1.23),
    "-": Sign("−", "-", 1.23),
    "times": Sign("×", r"\times", 1.23),
    "cdot": Sign("⋅", r"\cdot", 0.73),
    "/": Sign("/", "/", 1.04),
    "odot": Sign("⊙", r"\odot", 1.23),
    "oslash": Sign("⊘", r"\oslash", 1.23),
    "star": Sign("⋆", r"\star", 0.95),
    "ast": Sign("∗", r"\ast", 0.95),
    "=": Sign("=", "=", 1.34),
    ":=": Sign("≔", "\\mathrel{:}=", 1.62),
    "approx": Sign("≈", r"\approx", 1.34),
    ">": Sign(">", ">", 1.34),
    "<": Sign("<", "<", 1.34),
    ">=": Sign("≥", r"\ge", 1.34),
    "<=": Sign("≤", r"\le", 1.34),
    "!=": Sign("≠", r"\ne", 1.34),
    ",": Sign(",", ",", 0.45),
    ";": Sign(";", ";", 0.45),
    "in": Sign("∈", r"\in", 1.23),
    "to": Sign("→", r"\to", 1.56),
    "gets": Sign("←", r"\leftarrow", 1.56),
}


# Text that comes from a user, made safe for each format and for the fonts at hand.

_TEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    '"': r"\textquotedbl{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
}

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
"""What stands between thousands, and before a percent sign, in some languages."""

_TEX_PUNCTUATION = {
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "„": r"\quotedblbase{}",
    "«": r"\guillemotleft{}",
    "»": r"\guillemotright{}",
    "…": r"\dots{}",
    "•": r"\textbullet{}",
    "°": r"\textdegree{}",
    "€": r"\texteuro{}",
    "§": r"\S{}",
    "ß": r"\ss{}",
    "¡": r"\textexclamdown{}",
    "¿": r"\textquestiondown{}",
    "£": r"\pounds{}",
    THIN_SPACE: r"\,",
    "©": r"\textcopyright{}",
    "®": r"\textregistered{}",
}

_TEX_MATHS = {
    "−": "-",
    "·": r"\cdot",
    "±": r"\pm",
    "÷": r"\div",
    "¬": r"\neg",
    "√": r"\surd",
    "∫": r"\int",
    "⇒": r"\Rightarrow",
    "↔": r"\leftrightarrow",
    "∀": r"\forall",
    "∃": r"\exists",
    "′": "'",
    "‖": r"\Vert",
    "ϵ": r"\epsilon",
    "ϕ": r"\phi",
    "ς": r"\varsigma",
    "ϑ": r"\vartheta",
    **{char: f"^{digit}" for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{char: f"_{digit}" for digit, char in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    "⁽": "^(",
    "⁾": "^)",
    **{sign.char: sign.latex for sign in (*GLYPHS.values(), *OPERATORS.values()) if not sign.char.isascii()},
}

# What the T1 encoding sets of Latin Extended-A and Latin-1, by letter or as letter with accent.
_LATIN = frozenset(
    chr(code) for code in (*range(0xC0, 0x180), 0x218, 0x219, 0x21A, 0x21B) if chr(code) not in "×÷ĦħĸŀĿŉŦŧſ"
)


def clean_text(text: str) -> str:
    """Return the text on one line, composed, without control and direction characters."""
    composed = unicodedata.normalize("NFC", text)
    spaced = (" " if char.isspace() and char != THIN_SPACE else char for char in composed)
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))


def _code_point(char: str) -> str:
    return f"[U+{ord(char):04X}]"


_POINTS = re.compile(r"\[U\+([0-9A-F]{4,6})\]")


def without_sign(source: str) -> str:
    """Return the characters that a LaTeX or Typst source prints as code points, sorted and without repeats.

    Args:
        source: What :func:`tex_text`, :func:`tex_title` or :func:`typst_string` wrote, in whatever else there is.
    """
    return "".join(
        sorted({chr(code) for found in _POINTS.findall(source) if (code := int(found, 16)) <= sys.maxunicode})
    )


def _tex_char(char: str) -> str:
    if char in _TEX_MATHS:
        return rf"\ensuremath{{{_TEX_MATHS[char]}}}"
    if char in _LATIN:
        return char
    return rf"{{\scriptsize {_code_point(char)}}}"


_SIGNS_OF_TEXT = {'"': _TEX_SPECIAL['"'], **_TEX_PUNCTUATION}
# A thin space is a command of mathematics too, and has no braces behind it.
TEXT_COMMANDS = {command: char for char, command in _SIGNS_OF_TEXT.items() if command.endswith("{}")}
"""The commands that stand for a sign of text in LaTeX alone, each with the sign."""

_TEX = {**_TEX_SPECIAL, **_TEX_PUNCTUATION}
# TeX, and the font under Typst, would join two of these into one sign.
_LIGATURE = re.compile(r"([-,'])(?=\1)")


@lru_cache(maxsize=4096)
def tex_text(text: str) -> str:
    """Return the text as LaTeX source that prints it and does nothing else.

    Args:
        text: Any text. A character that pdflatex has no sign for prints as its code point, ``[U+4E2D]``.
    """
    cleaned = clean_text(text)
    if cleaned.replace(" ", "").isalnum() and cleaned.isascii():
        return cleaned
    plain = (char if char.isascii() and char not in _TEX else _TEX.get(char) or _tex_char(char) for char in cleaned)
    return _LIGATURE.sub(r"\1{}", "".join(plain))


def tex_title(text: str) -> str:
    """Return the text as LaTeX source for a title or a bookmark of the PDF, which have no fonts and no mathematics.

    Args:
        text: Any text. A character that pdflatex has no sign for prints as its code point, ``[U+4E2D]``.
    """
    return "".join(_TEX_SPECIAL.get(char) or _known_char(char) for char in clean_text(text).replace(THIN_SPACE, " "))


def _known_char(char: str) -> str:
    known = char.isascii() or char in _LATIN or char in _TEX_PUNCTUATION or char in _TEX_MATHS
    return char if known else _code_point(char)


def typst_string(text: str) -> str:
    """Return the text as a Typst string literal, quotes included.

    Args:
        text: Any text. A character that the embedded fonts lack prints as its code point, ``[U+4E2D]``.
    """
    shown = "".join(_known_char(char) for char in clean_text(text))
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    apart = _LIGATURE.sub(r"\1\\u{200c}", escaped)
    return f'"{apart}"'

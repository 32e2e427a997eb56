"""Text that comes from a user, made safe for each format and for the fonts at hand."""

from __future__ import annotations

import re
import unicodedata

from symnet.layout.signs import GLYPHS, OPERATORS

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
    **{sign.char: sign.latex for sign in (*GLYPHS.values(), *OPERATORS.values()) if not sign.char.isascii()},
}

# What the T1 encoding sets of Latin Extended-A and Latin-1, by letter or as letter with accent.
_LATIN = frozenset(
    chr(code) for code in (*range(0xC0, 0x180), 0x218, 0x219, 0x21A, 0x21B) if chr(code) not in "×÷ĦħĸŀĿŉŦŧſ"
)


def clean_text(text: str) -> str:
    """Return the text on one line, composed, without control and direction characters."""
    composed = unicodedata.normalize("NFC", text)
    spaced = (" " if char.isspace() else char for char in composed)
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))


def _code_point(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _tex_char(char: str) -> str:
    if char in _TEX_MATHS:
        return rf"\ensuremath{{{_TEX_MATHS[char]}}}"
    if char in _LATIN:
        return char
    return rf"{{\scriptsize {_code_point(char)}}}"


_TEX = {**_TEX_SPECIAL, **_TEX_PUNCTUATION}
# TeX, and the font under Typst, would join two of these into one sign.
_LIGATURE = re.compile(r"([-,'])(?=\1)")


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


def _typst_char(char: str) -> str:
    known = char.isascii() or char in _LATIN or char in _TEX_PUNCTUATION or char in _TEX_MATHS
    return char if known else _code_point(char)


def typst_string(text: str) -> str:
    """Return the text as a Typst string literal, quotes included.

    Args:
        text: Any text. A character that the embedded fonts lack prints as its code point, ``[U+4E2D]``.
    """
    shown = "".join(_typst_char(char) for char in clean_text(text))
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    apart = _LIGATURE.sub(r"\1\\u{200c}", escaped)
    return f'"{apart}"'

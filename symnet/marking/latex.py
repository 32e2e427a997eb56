"""The commands of LaTeX that an answer may have: what each one is among the words of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from symnet.catalog.functions import FUNCTIONS
from symnet.expressions.scanner import FormulaError, shown
from symnet.layout.signs import GREEK

_SPACES = (
    ",",
    ";",
    ":",
    "!",
    ">",
    " ",
    "quad",
    "qquad",
    "/",
    "thinspace",
    "medspace",
    "thickspace",
    "negthinspace",
    "negmedspace",
    "negthickspace",
    "enspace",
    "enskip",
    "space",
    "nobreakspace",
    "hfill",
    "displaystyle",
    "textstyle",
    "scriptstyle",
    "limits",
    "nolimits",
    "boxed",
)
_SIZES = tuple(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
SPACES = frozenset((*_SPACES, *_SIZES))
"""The commands that only make room, set a size, or make brackets larger."""
_SKIP = re.compile(r"\\(?:hspace\*?|mspace|hskip|kern|mkern)\s*(?:\{[-+0-9.a-z ]{1,12}\}|-?[0-9.]+\s*[a-z]{2})")

_SPELT = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "ell": "ell"}


def _commands() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each command with the kind and the text of the word that it is."""
    kinds: dict[str, dict[str, str]] = {
        "letter": {**{name: name for name in GREEK}, **_SPELT},
        "function": {name: name for name in FUNCTIONS},
        "sign": {"cdot": "*", "times": "*", "ast": "*", "odot": "*", "circ": "*", "div": "/"},
        "relation": dict.fromkeys(("approx", "simeq", "sim", "cong", "doteq", "equiv"), "="),
        "compare": {"gt": ">", "lt": "<", "ge": ">=", "geq": ">=", "geqslant": ">=", "le": "<=", "leq": "<=",
                    "leqslant": "<="},
        "open": {"{": "\\{", "lbrace": "\\{", "lbrack": "["},
        "close": {"}": "\\}", "rbrace": "\\}", "rbrack": "]"},
        "bar": {"vert": "|", "lvert": "|", "rvert": "|"},
        "norm": {"Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖"},
        "accent": {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
                   "widetilde": "tilde"},
        "fraction": {"frac": "/", "dfrac": "/", "tfrac": "/"},
        "root": {"sqrt": "sqrt"},
        "partial": {"partial": "d"},
        "prime": {"prime": "'"},
        "row": {"\\": ";"},
        "sized": {"left": "left", "right": "right"},
        "cases": {"begin": "begin", "end": "end"},
    }  # fmt: skip
    for kind, entries in kinds.items():
        yield from ((name, (kind, text)) for name, text in entries.items())
    for name in ("mathrm", "text", "textrm", "operatorname", "mathit", "textit", "mathsf", "textnormal", "mathnormal",
                 "mathcal", "mathscr"):  # fmt: skip
        yield name, ("word", "")
    for name in ("mathbf", "mathbb", "boldsymbol", "bm", "mathbbm", "mathds", "textbf"):
        yield name, ("bold", "")


COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(dict(_commands()))
"""From the name of a command to the kind and the text of the word that it is; of a font the text is its argument."""

_NAME = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(?:\{([A-Za-z0-9 _\\.]*)\}|([A-Za-z0-9]))")
_SIZED = re.compile(r"\s*(\\?[]()[{}|]|\\[lr]?[vV]ert(?![A-Za-z]))")
_CASES = re.compile(r"\s*\{\s*cases\s*\}")
_ALLOWED = "the commands for fractions, roots, products, Greek letters, accents, fonts, brackets, functions and cases"


def behind_space(text: str, position: int) -> int:
    """Return where the command of LaTeX that only makes room ends; the place itself if none begins there.

    Raises:
        FormulaError: If nothing stands behind the backslash.
    """
    name = command_name(text, position)
    if name in SPACES:
        return position + 1 + len(name)
    skip = _SKIP.match(text, position)
    return position if skip is None else skip.end()


def command_name(text: str, position: int) -> str:
    """Return the name of the command that begins at ``position``.

    Raises:
        FormulaError: If nothing stands behind the backslash.
    """
    found = _NAME.match(text, position)
    if found is None:
        raise FormulaError(text, position, "a backslash at the end", _ALLOWED)
    return found[0][1:]


def command(text: str, position: int) -> tuple[str, str, int]:
    """Return the kind and the text of the word that a command makes, and where it ends.

    Raises:
        FormulaError: If there is no such command, or not what has to follow it.
    """
    name = command_name(text, position)
    end = position + 1 + len(name)
    if name not in COMMANDS:
        raise FormulaError(text, position, shown(f"\\{name}"), _ALLOWED, _near(name))
    kind, word = COMMANDS[name]
    read = _WITH_ARGUMENT.get(kind) if not word or kind in {"sized", "cases"} else None
    return (kind, word, end) if read is None else read(text, position, end, word)


def _font(text: str, position: int, end: int, _word: str) -> tuple[str, str, int]:
    kind = COMMANDS[command_name(text, position)][0]
    found = _ARGUMENT.match(text, end)
    if found is None:
        raise FormulaError(text, end, _what(text, end), "a word in braces", "A font is for one name.")
    inside = (found[1] if found[2] is None else found[2]).replace("\\_", "_").strip()
    if inside[:1] == "\\" and inside[1:] in GREEK:
        inside = inside[1:]
    if not inside or "\\" in inside:
        raise FormulaError(text, end, _what(text, end), "a word in braces", "A font is for one name.")
    return kind if kind == "bold" else "font", inside, found.end()


def _delimiter(text: str, position: int, end: int, word: str) -> tuple[str, str, int]:
    found = _SIZED.match(text, end)
    sign = found[1] if found is not None else ""
    is_bar = sign[-1:] in {"|", "t"}
    if found is None or (not is_bar and (sign[-1] in "([{") != (word == "left")) or sign in ("{", "}"):
        allowed = f"a bracket that {'opens' if word == 'left' else 'closes'}"
        raise FormulaError(text, position, shown(f"\\{word}"), allowed, "Brackets of this kind come in pairs.")
    if is_bar:
        is_norm = sign == "\\|" or sign.endswith("Vert")
        return ("norm", "‖", found.end()) if is_norm else (f"{word}bar", "|", found.end())
    return ("open" if word == "left" else "close"), f"{word}{sign}", found.end()


def _environment(text: str, position: int, end: int, word: str) -> tuple[str, str, int]:
    found = _CASES.match(text, end)
    if found is None:
        raise FormulaError(text, position, shown(f"\\{word}"), "cases as the only environment", "Write one formula.")
    return "begin" if word == "begin" else "end_cases", "cases", found.end()


_WITH_ARGUMENT = {"word": _font, "bold": _font, "sized": _delimiter, "cases": _environment}


def _what(text: str, position: int) -> str:
    return shown(text[position]) if position < len(text) else "the end"


def _near(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return f"Did you mean \\{near[0]}?" if near else ""

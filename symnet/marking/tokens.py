"""The tokens of answers, plain or LaTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.algebra.functions import FUNCTIONS
from symnet.layout.symbols import GLYPHS, GREEK
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

# The characters that people type, as the plain ones that an answer is read from, and where each came from.

# The marks over a letter that mean something.
ACCENTS: Mapping[str, str] = MappingProxyType({"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"})
_SCRIPTS = MappingProxyType({"<sub>": "_", "<super>": "^"})


class Plain(NamedTuple):
    """A text in plain characters.

    Attributes:
        text: The text: ASCII, as far as its characters are known.
        origins: For each of its characters, and for its end, the place in the text as it was typed.
    """

    text: str
    origins: tuple[int, ...]


def plain(typed: str) -> Plain:
    """Return a text with every sign, Greek letter and script written in ASCII, as LaTeX does; what is unknown stays.

    Args:
        typed: Any text.
    """
    if typed.isascii():
        return Plain(typed, tuple(range(len(typed) + 1)))
    pieces: list[str] = []
    origins: list[int] = []
    place = 0
    while place < len(typed):
        end, written = _written(typed, place)
        pieces.append(written)
        origins += [place] * len(written)
        place = end
    return Plain("".join(pieces), (*origins, len(typed)))


def _written(typed: str, place: int) -> tuple[int, str]:
    """Return the end of the sign at a place, and how it is written in ASCII."""
    char = typed[place]
    mark = _script(char)
    if mark:
        end = place + 1
        while end < len(typed) and (_script(typed[end]) == mark or _goes_on(typed, end, mark)):
            end += 1
        return end, _raised(mark, "".join(map(_level, typed[place:end])))
    apart = unicodedata.normalize("NFD", char)
    letter, marks = apart[0], list(apart[1:])
    end = place + 1
    while end < len(typed) and typed[end] in ACCENTS:
        marks.append(typed[end])
        end += 1
    if not marks:
        # Digits before a fraction make a mixed number, which is no product.
        mixed = char in _FRACTIONS and (typed[place - 1 : place].isdigit() or typed[place - 1 : place] in _FRACTIONS)
        return end, char if place and mixed else _SIGNS.get(char, char)
    if len(marks) > 1 or marks[0] not in ACCENTS or not letter.isalpha():
        return end, typed[place:end]
    return end, f"\\{ACCENTS[marks[0]]}{{{_SIGNS.get(letter, letter)}}}"


def _script(char: str) -> str:
    """Return the mark of a script for a character that is small and low or high; empty for any other."""
    return "" if char.isascii() else _SCRIPTS.get(unicodedata.decomposition(char).partition(" ")[0], "")


def _goes_on(typed: str, place: int, mark: str) -> bool:
    """Return whether a comma stands among small characters: it has no small form."""
    return typed[place] == "," and _script(typed[place + 1 : place + 2] or " ") == mark


def _level(char: str) -> str:
    """Return a small character in ordinary size."""
    large = unicodedata.normalize("NFKC", char)
    return _SIGNS.get(large, large)


def _raised(mark: str, inside: str) -> str:
    """Return a subscript or superscript; after the number of a layer the rest is one of its own."""
    layer, closing, rest = inside.partition(")")
    if mark == "^" and closing and rest and layer[:1] == "(" and layer[1:].isdigit() and rest[0] != "(":
        return f"^{{{layer})}}^{{{rest}}}"
    return f"{mark}{{{inside}}}"


# Letters that have a command of their own; a capital Alpha would be taken for an A.
_LETTERS = {sign.char: f"{sign.latex} " for sign in GLYPHS.values() if sign.latex[1:].isalpha()}
_FRACTIONS = frozenset("½¼¾⅓⅔⅛")
_SIGNS: Mapping[str, str] = MappingProxyType(
    {
        **_LETTERS,
        **dict.fromkeys("µ", r"\mu "),
        **dict.fromkeys("ϵ", r"\epsilon "),
        **dict.fromkeys("ϕ", r"\phi "),
        **dict.fromkeys("ϑ", r"\vartheta "),
        **dict.fromkeys("−–—‐‑‒﹣", "-"),
        **dict.fromkeys("×∗✕✖", "*"),
        # A dot is any product, a ring one entry by entry.
        **dict.fromkeys("·∙⋅•", "⋅"),
        **dict.fromkeys("⊙∘⨀", "⊙"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("′’ʹ", "'"),
        **dict.fromkeys("≈≃≅≐∼", r"\approx "),
        **dict.fromkeys("≥⩾", ">="),
        **dict.fromkeys("≤⩽", "<="),
        "⟦": "[",
        "⟧": "]",
        **dict.fromkeys("𝟏𝟙", r"\mathbf{1}"),
        "𝕀": r"\mathbb{I}",
        "√": r"\sqrt ",
        "∑": r"\sum ",
        "‖": r"\Vert ",
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f", " "),
        **{char: f"({over}/{under})" for char, over, under in map(tuple, ("½12", "¼14", "¾34", "⅓13", "⅔23", "⅛18"))},
    }
)


# The commands of LaTeX that an answer may have: what each one is among the words of an answer.

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
        "letter": {**{name: name for name in GREEK}, **_SPELT, "top": "T", "intercal": "T"},
        "function": {name: name for name in FUNCTIONS},
        "sign": {"cdot": "⋅", "times": "*", "ast": "*", "odot": "⊙", "circ": "⊙", "div": "/"},
        "relation": dict.fromkeys(("approx", "simeq", "sim", "cong", "doteq", "equiv"), "="),
        "compare": {"gt": ">", "lt": "<", "ge": ">=", "geq": ">=", "geqslant": ">=", "le": "<=", "leq": "<=",
                    "leqslant": "<="},
        "open": {"{": "\\{", "lbrace": "\\{", "lbrack": "[", "llbracket": "["},
        "close": {"}": "\\}", "rbrace": "\\}", "rbrack": "]", "rrbracket": "]"},
        "bar": {"vert": "|", "lvert": "|", "rvert": "|"},
        "norm": {"Vert": "‖", "lVert": "‖", "rVert": "‖", "|": "‖"},
        "accent": {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
                   "widetilde": "tilde"},
        "fraction": {"frac": "/", "dfrac": "/", "tfrac": "/"},
        "root": {"sqrt": "sqrt"},
        "partial": {"partial": "d"},
        "sum": {"sum": "sum"},
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
    for name in ("mathbf", "mathbb", "boldsymbol", "bm", "mathbbm", "mathds", "textbf", "vec"):
        yield name, ("bold", "")


COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(dict(_commands()))
"""From the name of a command to the kind and the text of the word that it is; of a font the text is its argument."""

_NAME = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(?:\{([A-Za-zÀ-ÖØ-öø-ÿ0-9 _\\.]*)\}|([A-Za-z0-9]))")
_SIZED = re.compile(r"\s*(\\?[]()[{}|]|\\[lr]?[vV]ert(?![A-Za-z]))")
_CASES = re.compile(r"\s*\{\s*cases\s*\}")
_TABLE = re.compile(r"\s*\{\s*([bpvBV]?matrix|smallmatrix|array)\s*\}")


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
        raise FormulaError(text, position, words("reading.backslash_at_end"), words("reading.commands"))
    return found[0][1:]


def command(text: str, position: int) -> tuple[str, str, int]:
    """Return the kind and the text of the word that a command makes, and where it ends.

    Raises:
        FormulaError: If there is no such command, or not what has to follow it.
    """
    name = command_name(text, position)
    end = position + 1 + len(name)
    if name not in COMMANDS:
        raise FormulaError(text, position, shown(f"\\{name}"), words("reading.commands"), _near(name))
    kind, word = COMMANDS[name]
    read = _WITH_ARGUMENT.get(kind) if not word or kind in {"sized", "cases"} else None
    return (kind, word, end) if read is None else read(text, position, end, word)


def _font(text: str, position: int, end: int, _word: str) -> tuple[str, str, int]:
    kind = COMMANDS[command_name(text, position)][0]
    found = _ARGUMENT.match(text, end)
    if found is None:
        raise FormulaError(text, end, _what(text, end), words("reading.word_in_braces"), words("reading.font"))
    inside = (found[1] if found[2] is None else found[2]).replace("\\_", "_").strip()
    if inside[:1] == "\\" and inside[1:] in GREEK:
        inside = inside[1:]
    if not inside or "\\" in inside:
        raise FormulaError(text, end, _what(text, end), words("reading.word_in_braces"), words("reading.font"))
    return kind if kind == "bold" else "font", inside, found.end()


def _delimiter(text: str, position: int, end: int, word: str) -> tuple[str, str, int]:
    found = _SIZED.match(text, end)
    sign = found[1] if found is not None else ""
    is_bar = sign[-1:] in {"|", "t"}
    if found is None or (not is_bar and (sign[-1] in "([{") != (word == "left")) or sign in ("{", "}"):
        allowed = words("reading.opens") if word == "left" else words("reading.closes")
        raise FormulaError(text, position, shown(f"\\{word}"), allowed, words("reading.pairs"))
    if is_bar:
        is_norm = sign == "\\|" or sign.endswith("Vert")
        return ("norm", "‖", found.end()) if is_norm else (f"{word}bar", "|", found.end())
    return ("open" if word == "left" else "close"), f"{word}{sign}", found.end()


def _environment(text: str, position: int, end: int, word: str) -> tuple[str, str, int]:
    table = _TABLE.match(text, end)
    if table is not None:
        return ("table" if word == "begin" else "end_table"), table[1], table.end()
    found = _CASES.match(text, end)
    if found is None:
        raise FormulaError(
            text, position, shown(f"\\{word}"), words("reading.environment"), words("reading.one_formula")
        )
    return "begin" if word == "begin" else "end_cases", "cases", found.end()


_WITH_ARGUMENT = {"word": _font, "bold": _font, "sized": _delimiter, "cases": _environment}


def _what(text: str, position: int) -> str:
    return shown(text[position]) if position < len(text) else words("reading.end")


def _near(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    return words("reading.did_you_mean_command", near=f"\\{near[0]}") if near else ""


# The words of an answer in plain characters, one after the other.

_BLANKS = " \t\r\n~"
_SPACE = re.compile(rf"[{_BLANKS}]*")
# Behind the dot of a method there are no decimals.
_METHODS = r"(?:T|t|dot|matmul|sum|mean|transpose|flatten|ravel|squeeze)(?![A-Za-z0-9_])"
_NUMBER = rf"(?:[0-9]+(?:\.(?!{_METHODS})[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WITH_COMMA = r"[0-9]+(?:,|\{,\})[0-9]+(?:[eE][+-]?[0-9]+)?"
_WITH_BRACED_COMMA = r"[0-9]+\{,\}[0-9]+(?:[eE][+-]?[0-9]+)?"
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*(?:\.[a-z0-9]+(?:,[a-z0-9]+)?(?![A-Za-z0-9(]))?(?:@[0-9]+)?")
"""Letters, digits and underscores, as in ids, with a piece or a sample behind them."""

_KINDS = MappingProxyType(
    {
        **dict.fromkeys("+-*/@⋅⊙", "sign"),
        **dict.fromkeys("([{", "open"),
        **dict.fromkeys(")]}", "close"),
        "_": "low",
        **dict.fromkeys(("^", "**"), "high"),
        "'": "prime",
        "|": "bar",
        ",": "comma",
        ";": "row",
        "&": "and",
        "?": "choice",
        ":": "colon",
        **dict.fromkeys((">", "<", ">=", "<="), "compare"),
    }
)
_MARKS = "|".join(re.escape(mark) for mark in sorted(_KINDS, key=len, reverse=True))


def _any_word(numbers: str) -> re.Pattern[str]:
    """Return the pattern of all words but commands, a group for each kind; of the signs in :data:`_KINDS`, ``mark``."""
    # A sign in braces is that of a number, set close to it.
    sign, method = r"\{\s*(?P<sign>[-+])\s*\}", rf"(?P<method>\.)(?={_METHODS})"
    return re.compile(f"(?P<number>{numbers})|(?P<word>{WORD.pattern})|{sign}|{method}|(?P<mark>{_MARKS})")


_WORDS = _any_word(f"{_WITH_BRACED_COMMA}|{_NUMBER}")
_WORDS_WITH_COMMAS = _any_word(f"{_WITH_COMMA}|{_NUMBER}")
_QUOTED = "reading.quoted"
# What to do about a character that no answer has.
_HINTS = MappingProxyType(
    {
        "...": "reading.left_out",
        "=": "reading.equality",
        ";": "reading.commas",
        "!": "reading.factorials",
        "%": "reading.percentage",
        "$": "reading.dollar",
        **dict.fromkeys('"`', "reading.quotes"),
        "∞": "reading.finite",
        **dict.fromkeys("\a\b\f\v\0", _QUOTED),
    }
)


# What a text in double quotes makes of a backslash before these letters.
_ESCAPED = MappingProxyType(dict(zip("\t\n\r\f\v\b\a", "tnrfvba", strict=True)))
_RUN_OF_LETTERS = re.compile("[A-Za-z]+")


class AnswerToken(NamedTuple):
    """One word of an answer.

    Attributes:
        kind: What it is: ``number``, ``word``, ``sign``, ``open``, ``end`` and so on.
        text: Which one it is.
        position: Where it begins.
        end: Where it ends.
    """

    kind: str
    text: str
    position: int
    end: int


def next_token(text: str, position: int, stop: int, *, commas: bool) -> AnswerToken:
    """Return the word of a text at a place, or behind the spaces there.

    Args:
        text: A text in plain characters.
        position: The place.
        stop: Where the answer ends.
        commas: Whether a comma between digits is that of a decimal number.

    Raises:
        FormulaError: If what stands there is not part of any answer.
    """
    position = _behind_spaces(text, position, stop)
    if position >= stop:
        return AnswerToken("end", "", stop, stop)
    char = text[position]
    if char == "\\":
        return _named(text, position)
    found = (_WORDS_WITH_COMMAS if commas else _WORDS).match(text, position)
    if found is None:
        raise _stray(text, position)
    kind = found.lastgroup or ""
    word = found[kind]
    return AnswerToken(_KINDS[word] if kind == "mark" else kind, word, position, found.end())


# The name of a library before one of its functions says nothing, nor does the type that a condition is turned into.
_LIBRARY = re.compile(
    r"(?<![A-Za-z0-9_.])(?:np|numpy|jnp|jax\.numpy|torch(?:\.nn(?:\.functional)?|\.special)?|tf(?:\.(?:math|nn))?|math"
    r"|nn(?:\.functional)?|F|scipy\.special|special|sp|sympy|cp|cupy)\.(?=(?:pi|e)(?![A-Za-z0-9_])|[A-Za-z0-9_]+\s*\()"
)
_CONVERSION = re.compile(
    r"(?<=[\])])\.(?:astype\(\s*(?:(?:np|numpy|torch)\.)?['\"]?[A-Za-z0-9_]+['\"]?\s*\)|(?:float|double|long|int|item)\(\))"
)
_ROOM = MappingProxyType({**dict.fromkeys("njtmFsc", _LIBRARY), ".": _CONVERSION})


def _behind_spaces(text: str, position: int, stop: int) -> int:
    """Return the first place from ``position`` on that is no space, and none of what says nothing."""
    while position < stop:
        char = text[position]
        if char in _BLANKS:
            end = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        elif char == "\\":
            end = behind_space(text, position)
        else:
            found = _ROOM[char].match(text, position, stop) if char in _ROOM else None
            end = position if found is None else found.end()
        if end == position:
            return position
        position = end
    return position


def _named(text: str, position: int) -> AnswerToken:
    kind, word, end = command(text, position)
    return AnswerToken(kind, word, position, end)


def lost_command(text: str, position: int) -> str:
    """Return what to do where a backslash and a letter have become a tab or the end of a line; empty elsewhere.

    Args:
        text: A text in plain characters.
        position: Where a word begins that is unknown.
    """
    letter = _ESCAPED.get(text[position - 1 : position]) if position else None
    rest = _RUN_OF_LETTERS.match(text, position)
    return words(_QUOTED) if letter and rest and letter + rest[0] in COMMANDS else ""


def _stray(text: str, position: int) -> FormulaError:
    for mark, hint in _HINTS.items():
        if text.startswith(mark, position):
            return FormulaError(text, position, shown(mark), words("reading.characters"), words(hint))
    return FormulaError(text, position, shown(text[position]), words("reading.characters"))

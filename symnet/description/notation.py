"""A course's own notation, in a description or in a file."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard

from pydantic_core import PydanticCustomError

from symnet.description.fields import (
    EMPTY_HINT,
    Error,
    Field,
    FrozenMapping,
    OneOf,
    Text,
    is_empty,
    misplaced,
    near_miss,
    nearest,
    refusal,
    same_but_case,
    several,
    text_of,
)
from symnet.description.source import describe, printable
from symnet.layout.symbols import GLYPHS, GREEK
from symnet.limits import LONGEST_LETTER, LONGEST_WORD
from symnet.notation.conflicts import LetterShape, clashes, meaning_of
from symnet.notation.customize import CHOICES, LEADERS, NAMES, with_letters, with_names, with_room, with_zero_index
from symnet.notation.model import Notation
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role

# A letter of a notation: read by a small grammar, so that nothing else ever reaches TeX, Typst or a terminal.
#
# A letter is a Latin one or a Greek one (``theta``, ``\theta`` or ``θ``) with at most one mark over it and perhaps
# bold,
# or it is an upright word such as ``Loss``.


ALLOWED = (
    r"a Latin letter, a Greek one such as theta or \theta, either of them as in \hat{y}, \bar{x} or \mathbf{w}, "
    f"or a word of 2 to {LONGEST_WORD} Latin letters such as Loss"
)

_ANSWERS = frozenset(("none", "null", "true", "false", "yes", "no", "zero"))
# So close to the name of a Greek letter: lamda and Beta are, net is not.
_CLOSE = 0.8
_MARKS = ("hat", "bar")
_BOLD = ("mathbf", "boldsymbol")
_LATIN = frozenset(string.ascii_letters)
# All formats print the curly forms; the micro sign is what a keyboard types for a mu.
_VARIANTS = MappingProxyType({r"\varepsilon": "epsilon", r"\varphi": "phi", "ϵ": "epsilon", "ϕ": "phi", "µ": "mu"})


def read_letter(text: str) -> LetterShape | None:
    """The letter that a text stands for; None if the grammar has no such text."""
    if len(text) > LONGEST_LETTER:
        return None
    mark, bold = None, False
    command, inner = _opened(text)
    while inner:
        if command in _MARKS and mark is None:
            mark = command
        elif command in _BOLD and not bold:
            bold = True
        else:
            return None
        text = inner
        command, inner = _opened(text)
    name = _names().get(text)
    if name is not None:
        return LetterShape(name, mark, bold)
    return LetterShape(text, upright=True) if _is_word(text) and mark is None and not bold else None


def _opened(text: str) -> tuple[str, str]:
    r"""The command of ``\hat{y}``, ``\hat y`` or ``\hat\theta`` and what it stands before; two empty texts if none."""
    behind = text[1:].lstrip(string.ascii_letters) if text.startswith("\\") else ""
    command = text[1 : len(text) - len(behind)]
    if behind.startswith("{") and behind.endswith("}"):
        return command, behind[1:-1]
    return (command, behind.lstrip(" ")) if behind[:1] in {" ", "\\"} else ("", "")


@cache
def _names() -> Mapping[str, str]:
    """Every way to write a letter without a mark, and the letter's name."""
    greek = {form: name for name in sorted(GREEK) for form in (name, f"\\{name}", GLYPHS[name].char)}
    return MappingProxyType({letter: letter for letter in _LATIN} | greek | dict(_VARIANTS))


def _is_word(text: str) -> bool:
    fits = 2 <= len(text) <= LONGEST_WORD and _LATIN.issuperset(text)
    return fits and not _misread(text) and not _greek_near(text)


def _misread(text: str) -> bool:
    """Whether a word has a meaning already."""
    from symnet.parsing.formula import RESERVED

    return text in RESERVED or text.lower() in _ANSWERS


def _greek_near(text: str) -> str:
    """The Greek letter that a word was probably meant to name; empty if none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text.lower(), sorted(GREEK), 1, _CLOSE)), "")


@dataclass(frozen=True)
class LetterField(Field):
    """A letter, or one of a few words with a meaning of their own."""

    words: tuple[str, ...] = ()

    def read(self, value: object) -> LetterShape | str:
        """The letter, or the word."""
        allowed = ", ".join((*self.words, ALLOWED)) if self.words else ALLOWED
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if text in self.words:
            return text
        letter, near = read_letter(text), near_miss(text, self.words)
        if letter is None or (letter.upright and near):
            raise refusal(allowed, near or _hint(text))
        return letter

    def json_schema(self) -> dict[str, Any]:
        """One of the words, or a short text of letters, backslashes and braces."""
        greek = "".join(form for form in _names() if len(form) == 1 and not form.isascii())
        letter = {"type": "string", "pattern": rf"^[A-Za-z{greek}\\{{}} ]{{1,{LONGEST_LETTER}}}$"}
        return {"anyOf": [{"enum": list(self.words)}, letter]} if self.words else letter


def _hint(text: str) -> str:
    """What to do about a text that is no letter: the first trouble that is found."""
    return next((hint for find in _TROUBLES if (hint := find(text))), "")


def _too_long(text: str) -> str:
    return f"It has {len(text)} characters." if len(text) > LONGEST_LETTER else ""


def _escape(text: str) -> str:
    control = next((char for char in text if not char.isprintable()), "")
    if not control:
        return ""
    written = ascii(control)[1:-1]
    return f"It has the control character {written}: use single quotes, between which a backslash stays one."


def _stranger(text: str) -> str:
    strange = next((char for char in text if not char.isascii() and char not in _names()), "")
    if strange == "ℓ":
        return _ELL
    return f"U+{ord(strange):04X} is {unicodedata.name(strange, 'no letter')}." if strange else ""


def _dollar(text: str) -> str:
    return "Leave the dollar signs out." if "$" in text else ""


def _indexed(text: str) -> str:
    stem = text.rstrip("0123456789'")
    stem = stem[: min((at for sign in "_^" if (at := stem.find(sign)) >= 0), default=len(stem))]
    found = stem != text and read_letter(stem) is not None
    return "Leave indices and primes out: every symbol gets its own." if found else ""


def _word(text: str) -> str:
    if not _LATIN.issuperset(text) or len(text) < 2:
        return ""
    if _misread(text):
        return f'"{text}" is a word with a meaning of its own: take another.'
    return f'Did you mean "{near}"?' if (near := _greek_near(text)) else ""


def _command(text: str) -> str:
    if not text.startswith("\\") or not _LATIN.issuperset(text[1:]):
        return ""
    if text[1:] in (*_MARKS, *_BOLD):
        return rf"Say of which letter, as in {text}{{y}}."
    return near_miss(text, tuple(form for form in _names() if form.startswith("\\"))) if text != r"\ell" else _ELL


_ELL = "It stands for a layer: take another, such as l."

_TROUBLES: tuple[Callable[[str], str], ...] = (_too_long, _escape, _stranger, _dollar, _indexed, _word, _command)


# The key of the notation: a profile by name, a file, or a mapping that changes parts of a profile.
#
# Most descriptions name a profile: what reads the rest is imported when it is needed.

USUAL = "standard"
FILE_SUFFIXES = (".yaml", ".yml", ".json")
"""A notation whose text ends so is the name of a file."""

NAMES_ALLOWED = f"{', '.join(NOTATIONS)}, or a file whose name ends in {', '.join(FILE_SUFFIXES)}"


class OwnNotation(NamedTuple):
    """A notation that changes parts of a profile.

    Attributes:
        keys: What was given.
        file: The name of the file that it was read from; empty if it stands in a description.
    """

    keys: FrozenMapping[Any]
    file: str = ""

    @property
    def notation(self) -> Notation:
        """What it comes to."""
        return made(self)


class NotationField(Field):
    """The name of a profile, or a mapping that starts from one and changes parts."""

    def read(self, value: object) -> str | OwnNotation:
        """The name, or the notation of one's own."""
        if isinstance(value, OwnNotation):
            return value
        if isinstance(value, Mapping):
            own, errors = read_notation(value)
            several(errors)
            return own
        text = text_of(value)
        if name := same_but_case(text, tuple(NOTATIONS)):
            return name
        raise refusal(f"{NAMES_ALLOWED}, or a mapping such as {{profile: {USUAL}, weight: theta}}", name_hint(value))

    def json_schema(self) -> dict[str, Any]:
        """One of the names, the name of a file, or a mapping."""
        suffixes = "|".join(suffix[1:] for suffix in FILE_SUFFIXES)
        return {"anyOf": [{"enum": list(NOTATIONS)}, {"type": "string", "pattern": rf"\.({suffixes})$"}, schema()]}


def name_hint(value: object) -> str:
    """What to do about something that names no notation."""
    if is_empty(value):
        return EMPTY_HINT
    text = text_of(value)
    if is_file(text):
        return "A file is read when the description is loaded: give that as a file or a mapping."
    return near_miss(text, tuple(NOTATIONS)) if isinstance(text, str) else ""


def is_file(name: object) -> TypeGuard[str]:
    """Whether a notation is the name of a file."""
    return isinstance(name, str) and name.lower().endswith(FILE_SUFFIXES)


# A notation of one's own in a mapping: which keys it has, how they are read, and what they make of a profile.

ZERO_INDEX, NO_LETTER = "zero_index", "none"


class _KeyEntry(NamedTuple):
    """A key: what may stand there, and what it is for an editor."""

    field: Field
    meaning: str


def _letter(role: Role) -> _KeyEntry:
    word, said = _WORDS.get(role, ("", ""))
    return _KeyEntry(LetterField((word,) if word else ()), f"The letter: {role.value}{said}.")


_WORDS: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        Role.BIAS: (ZERO_INDEX, f"; {ZERO_INDEX} for the letter of the weights with the index 0"),
        Role.DELTA: (NO_LETTER, f"; {NO_LETTER} for derivatives that are written out"),
    }
)

ROLES: Mapping[str, Role] = MappingProxyType({role.name.lower(): role for role in NAMES})
"""The role of each key that takes a letter."""

KEYS: Mapping[str, _KeyEntry] = MappingProxyType(
    {
        "profile": _KeyEntry(OneOf(tuple(NOTATIONS)), "The notation that it starts from."),
        "name": _KeyEntry(Text(60), "Its name."),
        "summary": _KeyEntry(Text(200), "What it is, in a line."),
        **{key: _letter(role) for key, role in ROLES.items()},
        **{key: _KeyEntry(OneOf(choice.words), choice.meaning) for key, choice in CHOICES.items()},
    }
)

_NEEDED = tuple(
    role.name.lower()
    for role in (
        Role.INPUT,
        Role.TARGET,
        Role.WEIGHT,
        Role.BIAS,
        Role.PRE_ACTIVATION,
        Role.ACTIVATION,
        Role.OUTPUT,
        Role.LOSS,
        Role.DELTA,
        Role.LEARNING_RATE,
    )
)


def read_notation(
    mapping: Mapping[Any, Any], *, whole: bool = False, file: str = ""
) -> tuple[OwnNotation, list[Error]]:
    """The notation of one's own in a mapping, and everything that is wrong with it.

    Args:
        mapping: The mapping.
        whole: Whether it has to name every letter that a network needs, unless it starts from a profile.
        file: The name of the file that it stands in, if it has one of its own.
    """
    if not 1 <= len(mapping) <= len(KEYS):
        allowed = f"a mapping with the keys {', '.join(KEYS)}"
        return OwnNotation(FrozenMapping()), [
            ((), refusal(allowed, found=f"a mapping of {len(mapping)} keys"), mapping)
        ]
    clean: dict[str, Any] = {}
    errors = list(_each(mapping, clean))
    if whole and "profile" not in mapping:
        errors += _missing(mapping)
    own = OwnNotation(FrozenMapping(clean), file)
    if "profile" in clean or "profile" not in mapping:
        wrong = {ROLES[key] for key in (str(path[0]) for path, _error, _value in errors) if key in ROLES}
        errors += _misleading(mapping, own, wrong)
    return own, errors


def _each(mapping: Mapping[Any, Any], clean: dict[str, Any]) -> Iterator[Error]:
    """Put what is fine in itself into ``clean``, and yield what is wrong with the rest."""
    for key, value in mapping.items():
        entry = KEYS.get(key)
        if entry is None:
            found = f'the unknown key "{printable(str(key))}"'
            yield (str(key),), misplaced(found, ", ".join(KEYS), near_miss(str(key), tuple(KEYS))), value
            continue
        try:
            clean[key] = entry.field.read(value)
        except PydanticCustomError as error:
            yield (key,), error, value


def schema() -> dict[str, Any]:
    """What an editor accepts as such a mapping."""
    properties = {key: {**entry.field.json_schema(), "description": entry.meaning} for key, entry in KEYS.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}


def _missing(mapping: Mapping[Any, Any]) -> Iterator[Error]:
    """Yield each letter that a notation without a profile lacks, unless its key is misspelt."""
    meant = {nearest(str(key), tuple(KEYS)) for key in mapping if key not in KEYS}
    hint = f"Or start from a profile, with a line such as profile: {USUAL}."
    for key in _NEEDED:
        if key not in mapping and key not in meant:
            yield (key,), refusal(f'a value for the key "{key}"', hint, found="nothing"), None


def _misleading(mapping: Mapping[Any, Any], own: OwnNotation, wrong: set[Role]) -> Iterator[Error]:
    """Yield each key that gives a symbol a second meaning, or makes it look like another."""
    notation, order, told = made(own), list(own.keys), set()
    for key, role in ROLES.items():
        meaning = meaning_of(notation, role) if isinstance(own.keys.get(key), LetterShape) else ""
        if meaning:
            told.add(key)
            found = f"{describe(mapping[key])} for the {role.value}"
            yield (key,), refusal("a letter with no other meaning", f"Here it is {meaning}.", found), mapping[key]
    for pair in clashes(notation):
        if wrong.intersection(pair):
            continue
        # The later of two keys breaks what was fine until then.
        keys = [key for role in pair if (key := _key_of(role, own))]
        key = max(keys, key=order.index, default=next(iter(mapping)))
        if key not in told:
            told.add(key)
            yield (key,), _clash(key, describe(mapping[key]), pair), mapping[key]


def _key_of(role: Role, own: OwnNotation) -> str:
    """The key that a role has its letter from; empty if that is as in the profile."""
    names = made(own).names
    for source in (role, *LEADERS.get(role, ())):
        key = source.name.lower()
        if key in own.keys and names[source].letter == names[role].letter:
            return key
    return ""


def _clash(key: str, text: str, pair: tuple[Role, Role]) -> PydanticCustomError:
    one, other = pair[::-1] if ROLES.get(key) is pair[1] else pair
    found = f"{text}, with which the {one.value} and the {other.value} would look alike"
    hint = f"Take another letter here, or another one for {other.name.lower()}."
    return refusal("letters that a reader can tell apart, whatever their indices", hint, found)


@lru_cache(maxsize=16)
def made(own: OwnNotation) -> Notation:
    """The notation that some keys make of a profile."""
    keys = own.keys
    base = NOTATIONS[keys.get("profile", USUAL)]
    letters = {ROLES[key]: of for key, of in keys.items() if isinstance(of, LetterShape)}
    # A bias with index 0 follows the weight's letter, so it comes first.
    notation = with_letters(with_zero_index(base) if keys.get("bias") == ZERO_INDEX else base, letters)
    if keys.get("delta") == NO_LETTER:
        notation = with_names(notation, {Role.DELTA: None})
    for key, choice in CHOICES.items():
        if key in keys:
            notation = choice.made(notation, keys[key])
    notation = with_room(notation, letters)
    name = keys.get("name") or own.file or f"{base.name}, changed"
    return notation._replace(name=name, summary=keys.get("summary", name))

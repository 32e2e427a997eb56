"""A notation of one's own in a mapping: which keys it has, how they are read, and what they make of a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from symnet.catalog.changing import LEADERS, NAMES, with_letters, with_names, with_zero_index
from symnet.catalog.choices import CHOICES
from symnet.catalog.looks import Letter, clashes, meaning_of
from symnet.catalog.notation import Notation
from symnet.catalog.notations import NOTATIONS
from symnet.catalog.yielding import with_room
from symnet.description.fields import Field
from symnet.description.letters import LetterField
from symnet.description.notation import USUAL, OwnNotation
from symnet.description.records import Table
from symnet.description.refusal import Error, misplaced, near_miss, nearest, refusal
from symnet.description.source import describe, printable
from symnet.description.words import OneOf, Text
from symnet.quantity import Role

ZERO_INDEX, NO_LETTER = "zero_index", "none"


class _Entry(NamedTuple):
    """A key: what may stand there, and what it is for an editor."""

    field: Field
    meaning: str


def _letter(role: Role) -> _Entry:
    word, said = _WORDS.get(role, ("", ""))
    return _Entry(LetterField((word,) if word else ()), f"The letter: {role.value}{said}.")


_WORDS: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        Role.BIAS: (ZERO_INDEX, f"; {ZERO_INDEX} for the letter of the weights with the index 0"),
        Role.DELTA: (NO_LETTER, f"; {NO_LETTER} for derivatives that are written out"),
    }
)

ROLES: Mapping[str, Role] = MappingProxyType({role.name.lower(): role for role in NAMES})
"""The role of each key that takes a letter."""

KEYS: Mapping[str, _Entry] = MappingProxyType(
    {
        "profile": _Entry(OneOf(tuple(NOTATIONS)), "The notation that it starts from."),
        "name": _Entry(Text(60), "Its name."),
        "summary": _Entry(Text(200), "What it is, in a line."),
        **{key: _letter(role) for key, role in ROLES.items()},
        **{key: _Entry(OneOf(choice.words), choice.meaning) for key, choice in CHOICES.items()},
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


def read_notation(given: Mapping[Any, Any], *, whole: bool = False, file: str = "") -> tuple[OwnNotation, list[Error]]:
    """The notation of one's own in a mapping, and everything that is wrong with it.

    Args:
        given: The mapping.
        whole: Whether it has to name every letter that a network needs, unless it starts from a profile.
        file: The name of the file that it stands in, if it has one of its own.
    """
    if not 1 <= len(given) <= len(KEYS):
        allowed = f"a mapping with the keys {', '.join(KEYS)}"
        return OwnNotation(Table()), [((), refusal(allowed, found=f"a mapping of {len(given)} keys"), given)]
    clean: dict[str, Any] = {}
    errors = list(_each(given, clean))
    if whole and "profile" not in given:
        errors += _missing(given)
    own = OwnNotation(Table(clean), file)
    if "profile" in clean or "profile" not in given:
        wrong = {ROLES[key] for key in (str(path[0]) for path, _error, _value in errors) if key in ROLES}
        errors += _misleading(given, own, wrong)
    return own, errors


def _each(given: Mapping[Any, Any], clean: dict[str, Any]) -> Iterator[Error]:
    """Put what is fine in itself into ``clean``, and yield what is wrong with the rest."""
    for key, value in given.items():
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


def _missing(given: Mapping[Any, Any]) -> Iterator[Error]:
    """Yield each letter that a notation without a profile lacks, unless its key is misspelt."""
    meant = {nearest(str(key), tuple(KEYS)) for key in given if key not in KEYS}
    hint = f"Or start from a profile, with a line such as profile: {USUAL}."
    for key in _NEEDED:
        if key not in given and key not in meant:
            yield (key,), refusal(f'a value for the key "{key}"', hint, found="nothing"), None


def _misleading(given: Mapping[Any, Any], own: OwnNotation, wrong: set[Role]) -> Iterator[Error]:
    """Yield each key that gives a symbol a second meaning, or makes it look like another."""
    notation, order, told = made(own), list(own.keys), set()
    for key, role in ROLES.items():
        meaning = meaning_of(notation, role) if isinstance(own.keys.get(key), Letter) else ""
        if meaning:
            told.add(key)
            found = f"{describe(given[key])} for the {role.value}"
            yield (key,), refusal("a letter with no other meaning", f"Here it is {meaning}.", found), given[key]
    for pair in clashes(notation):
        if wrong.intersection(pair):
            continue
        # The later of two keys breaks what was fine until then.
        keys = [key for role in pair if (key := _key_of(role, own))]
        key = max(keys, key=order.index, default=next(iter(given)))
        if key not in told:
            told.add(key)
            yield (key,), _clash(key, describe(given[key]), pair), given[key]


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
    letters = {ROLES[key]: of for key, of in keys.items() if isinstance(of, Letter)}
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

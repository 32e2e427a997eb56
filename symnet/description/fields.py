"""What may stand at a key, and its part of the schema."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from symnet.description.aliases import ALIASES
from symnet.description.source import KeyPath, Scalar, printable
from symnet.limits import LARGEST_EXPONENT, LONGEST_NAME, MOST_DIGITS, MOST_SAMPLES, MOST_UNITS

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as ModelType
else:
    # pydantic has no public name for it.
    ModelType = type(BaseModel)

# Exact numbers: the text of a number, or a Python number, as a fraction.

ALLOWED = "a number such as 2, -0.5, 1e-3 or 1/3"
PATTERN = r"[+-]?(?:(?:0|[1-9][0-9]*)/[1-9][0-9]*|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
"""The grammar, in the dialect that Python and JSON Schema share."""

# A number of 50 digits and an exponent of 308, in bits.
_MOST_BITS = 1190

_NUMBER = re.compile(PATTERN)
_HINTS = (
    (r"", "Leave the key out, or give it a value."),
    (r"[+-]?\.?(nan|inf|infinity)", "A number has to be finite."),
    (r"true|false|yes|no|on|off", "A word is not a number."),
    (r"[+-]?0[xob][0-9a-f_]+", "Write it in decimal."),
    (r"[+-]?[0-9]+/[+-]?0+", "Nothing can be divided by 0."),
    (r"[+-]?[0-9]+/[+-][0-9]+", "Write the sign in front of the whole fraction."),
    (r"[+-]?[0-9]+ */ *[0-9]+", "Write a fraction without spaces and leading zeros, as in 1/3."),
    (r"[+-]?[0-9_.]*_[0-9_.e+-]*", "Leave the underscores out."),
    (r"[+-]?0[0-9.]+", "Leave out the zeros in front; nothing is read as octal."),
    (r"[+-]?[0-9]+(:[0-9.]+)+", "A colon is not part of a number."),
    (r"[+-]?[0-9]+,[0-9,]+", "Write a decimal point, and no separators between thousands."),
    (r"[^,]*,", "Leave out the comma at the end."),
    (r"[0-9.,+\- ]*;[0-9.,+\-; ]*", "Put a comma between two numbers, and a point before decimals."),
    (r"[+-]?[0-9.]+ *%", "Write a percentage as a number, 0.5 for 50%."),
    (r"\s.*|.*\s", "Leave out the spaces."),
)


class NotANumberError(ValueError):
    """Something that is no number; the message is a hint, and may be empty."""


def read(text: str) -> Fraction:
    """The exact value of a number as it is written: ``0.15`` is 3/20.

    Raises:
        NotANumberError: If it is no number, or has too many digits or too large an exponent.
    """
    if not _NUMBER.fullmatch(text):
        forms = (hint for form, hint in _hints() if form.fullmatch(text))
        raise NotANumberError(next(forms, ""))
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MOST_DIGITS and max(map(_digits, mantissa.split("/"))) > MOST_DIGITS:
        raise NotANumberError(f"At most {MOST_DIGITS} digits are read.")
    # Looked at before any power of ten is built: 1e999999999 would fill the memory.
    size = exponent.lstrip("+-").lstrip("0")
    if len(size) > len(str(LARGEST_EXPONENT)) or int(size or "0") > LARGEST_EXPONENT:
        raise NotANumberError(f"Exponents go from -{LARGEST_EXPONENT} to {LARGEST_EXPONENT}.")
    return Fraction(text)


@cache
def _hints() -> tuple[tuple[re.Pattern[str], str], ...]:
    # A file may have a hundred thousand values that are no numbers; most have none, and need no pattern.
    return tuple((re.compile(form, re.IGNORECASE), hint) for form, hint in _HINTS)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def from_python(value: object) -> Fraction:
    """The exact value of a Python number: ``int``, ``Fraction``, ``Decimal``, ``float``, or a SymPy rational.

    A float is what its shortest form reads as, so ``0.15`` is 3/20. A string is read as in a file.

    Raises:
        NotANumberError: If it is no number, or one out of range.
    """
    if isinstance(value, bool):
        raise NotANumberError("A word is not a number.")
    if isinstance(value, str):
        return read(value)
    if isinstance(value, float):
        return read(float.__repr__(value))
    if isinstance(value, Decimal):
        return read(str(value))
    try:
        # SymPy's rationals have both, without being imported here.
        above, below = (int(getattr(value, part)) for part in ("numerator", "denominator"))
    except (AttributeError, TypeError, ValueError) as error:
        raise NotANumberError("") from error
    if max(above.bit_length(), below.bit_length()) > _MOST_BITS:
        raise NotANumberError("It has too many digits.")
    return Fraction(above, below)


def write_number(value: Fraction) -> str:
    """The number in decimals if they end, as a fraction if not."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return str(decimal) if decimal.as_integer_ratio() == value.as_integer_ratio() else str(value)


# The errors for what may not stand where it does, with a suggestion for a near miss.

REFUSAL = "refusal"
"""The pydantic error type of a refused value."""

MISPLACED = "misplaced"
"""The pydantic error type of a key that does not belong where it stands."""


EMPTY_HINT = "Leave the key out, or give it a value."


_TEMPLATE = "expected {allowed}. {hint}"


def refusal(
    allowed: str, hint: str = "", found: str = "", excerpt: str = "", position: int | None = None
) -> PydanticCustomError:
    """The error for a value that may not stand where it does; pydantic adds its path, and itself unless ``found``.

    Args:
        allowed: What may stand there.
        hint: What to do.
        found: What is wrong with it, if it is not the value as a whole.
        excerpt: The text of the value with a mark under the place.
        position: The 0-based place in the text.
    """
    said: dict[str, Any] = {"allowed": allowed, "hint": hint}
    if found:
        said |= {"found": found, "excerpt": excerpt, "position": position}
    return PydanticCustomError(REFUSAL, _TEMPLATE, said)


def misplaced(found: str, allowed: str, hint: str = "") -> PydanticCustomError:
    """The error for a key that does not belong where it stands; pydantic adds its path."""
    return PydanticCustomError(MISPLACED, _TEMPLATE, {"found": found, "allowed": allowed, "hint": hint})


Error: TypeAlias = tuple[KeyPath, PydanticCustomError, object]
"""What is wrong at a path, and what stands there."""


def several(errors: Iterable[Error]) -> None:
    """Raise all of the errors of one value, each with its path in it and with what stands there.

    Raises:
        ValidationError: If there are any.
    """
    details: list[InitErrorDetails] = [{"type": error, "loc": path, "input": found} for path, error, found in errors]
    if details:
        raise ValidationError.from_exception_data("description", details)


def is_empty(value: object) -> bool:
    """Whether a file has a key there, but no value."""
    return isinstance(value, Scalar) and value.empty


def in_small_letters(word: str) -> str:
    """A word as it is looked for: in small letters, with underscores; of a very long one the start."""
    return word[:100].lower().replace("-", "_").replace(" ", "_")


def same(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known words that this one is, or is another name for."""
    plain = in_small_letters(word)
    return (plain,) if plain in known else tuple(name for name in ALIASES.get(plain, ()) if name in known)


def meant(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known words that this one is another name for, or else the one most like it; empty if none is."""
    from difflib import get_close_matches

    small = in_small_letters(word)
    close = get_close_matches(small, known, n=3)
    # Two letters that were exchanged are likelier than some that are missing.
    return same(word, known) or tuple(sorted(close, key=lambda name: sorted(name) != sorted(small))[:1])


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The first known word that this one was probably meant to be; empty if there is none."""
    return next(iter(meant(word, known)), "")


def near_miss(word: str, known: tuple[str, ...]) -> str:
    """A question that suggests the known words that this one was probably meant to be; empty if there are none."""
    return question(meant(word, known))


def question(words: tuple[str, ...]) -> str:
    """A question that suggests some words; empty if there are none."""
    quoted = " or ".join(f'"{word}"' for word in words)
    return f"Did you mean {quoted}?" if words else ""


def same_but_case(word: object, names: tuple[str, ...]) -> str:
    """The name that a word is, whatever the case of its letters; empty if it is none."""
    if not isinstance(word, str):
        return ""
    if word in names:
        return word
    small = word.lower() if len(word) <= LONGEST_NAME else ""
    return small if small in names else ""


# What may stand at a key, numbers and lists: how it is read, and its part of the JSON Schema.
#
# Each class is an annotation for pydantic. YAML resolves nothing: a value arrives as a ``Scalar`` with its text
# and is read here as what the key expects.


def text_of(value: object) -> object:
    """The text of what is written in a file; a Python value as it is."""
    return value.text if isinstance(value, Scalar) else value


def _number(value: object, allowed: str) -> Fraction:
    try:
        return from_python(text_of(value))
    except NotANumberError as error:
        raise refusal(allowed, str(error)) from error


@dataclass(frozen=True)
class Field(ABC):
    """Something that is read from a scalar or from a Python value."""

    @abstractmethod
    def read(self, value: object) -> object:
        """The value, or the error that says what may stand there."""

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """What an editor accepts there."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.json_schema()


@dataclass(frozen=True)
class Exact(Field):
    """An exact number within bounds; ``above`` and ``below`` are themselves left out."""

    least: int | None = None
    above: int | None = None
    most: int | None = None
    below: int | None = None

    def read(self, value: object) -> Fraction:
        """The number as a fraction."""
        exact = _number(value, ALLOWED)
        fits = (
            self.least is None or exact >= self.least,
            self.above is None or exact > self.above,
            self.most is None or exact <= self.most,
            self.below is None or exact < self.below,
        )
        if not all(fits):
            raise refusal(f"a number {self.range}")
        return exact

    @property
    def range(self) -> str:
        """Its bounds in words: ``from 0 to 1``, ``of at least 0 and below 1``."""
        if self.least is not None and self.most is not None:
            return f"from {self.least} to {self.most}"
        return " and ".join(f"{word} {bound}" for word, _, bound in self._bounds())

    def json_schema(self) -> dict[str, Any]:
        """A number, or a text in the grammar of numbers."""
        bounds = {key: bound for _, key, bound in self._bounds()}
        sign = "^" if self.least is None and self.above is None else "^(?!-)"
        return {"anyOf": [{"type": "number", **bounds}, {"type": "string", "pattern": f"{sign}{PATTERN}$"}]}

    def _bounds(self) -> list[tuple[str, str, int]]:
        """Each bound in words, as JSON Schema calls it, and as a number."""
        named = (
            ("of at least", "minimum", self.least),
            ("above", "exclusiveMinimum", self.above),
            ("of at most", "maximum", self.most),
            ("below", "exclusiveMaximum", self.below),
        )
        return [(word, key, bound) for word, key, bound in named if bound is not None]


@dataclass(frozen=True)
class Whole(Field):
    """A whole number in a range, both ends included."""

    least: int
    most: int

    def read(self, value: object) -> int:
        """The number as an int."""
        allowed = f"a whole number {self.range}"
        exact = _number(value, allowed)
        if exact.denominator != 1 or not self.least <= exact <= self.most:
            raise refusal(allowed)
        return int(exact)

    @property
    def range(self) -> str:
        """Its bounds in words: ``from 2 to 20``."""
        return f"from {self.least} to {self.most}"

    def json_schema(self) -> dict[str, Any]:
        """An integer in the range, or a text in the grammar of numbers."""
        whole = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"anyOf": [whole, {"type": "string", "pattern": f"^{PATTERN}$"}]}


def _as_list(value: object) -> str:
    """What to do about something that stands where a list is to stand."""
    if isinstance(value, Mapping):
        return "Put a dash before each entry, or all of them in [ ]."
    return (
        f"Write [{printable(value)}]."
        if isinstance(value, str) and re.fullmatch(r"[\w.+-]+( *, *[\w.+-]+)+", value)
        else ""
    )


@dataclass(frozen=True)
class EntriesField:
    """A list of so many entries; ``alone`` lets its only entry stand for it."""

    least: int
    most: int
    alone: bool = False

    def check(self, value: object) -> object:
        """The list, if it is one of the right length."""
        # pydantic's own length limits count only the entries that are fine.
        if not isinstance(value, list | tuple):
            if self.alone and not is_empty(value):
                return [value]
            raise refusal("a list", EMPTY_HINT if is_empty(value) else _as_list(text_of(value)))
        if not self.least <= len(value) <= self.most:
            raise refusal(f"a list of {self.least} to {self.most} entries")
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        entries = {**handler(schema), "minItems": self.least, "maxItems": self.most}
        return {"anyOf": [entries["items"], entries]} if self.alone else entries


@dataclass(frozen=True)
class OneOrSeveral:
    """One entry, which is kept as it is, or a list of several, which is kept as a tuple."""

    entry: Field
    most: int

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        kind = next(one for one in get_args(source) if get_origin(one) is not tuple)
        several = Annotated[tuple[Annotated[kind, self.entry], ...], EntriesField(1, self.most, alone=True)]  # type: ignore[valid-type]
        return core_schema.no_info_after_validator_function(self._alone, handler.generate_schema(several))

    def _alone(self, entries: tuple[object, ...]) -> object:
        return entries[0] if len(entries) == 1 else entries


# What may stand at a key, words and texts: how it is read, and its part of the JSON Schema.


@dataclass(frozen=True)
class OneOf(Field):
    """A name out of a table."""

    names: tuple[str, ...]

    def read(self, value: object) -> str:
        """The name."""
        text = text_of(value)
        if name := same_but_case(text, self.names):
            return name
        hint = near_miss(text, self.names) if isinstance(text, str) else ""
        raise refusal(", ".join(self.names), hint)

    def json_schema(self) -> dict[str, Any]:
        """One of the names."""
        return {"enum": list(self.names)}


NAME_PATTERN = f"^[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}$"
"""What names in expressions are made of."""


class NameField(Field):
    """The name of an input or a node of a graph."""

    def read(self, value: object) -> str:
        """The name."""
        from symnet.parsing import formula

        allowed = "a name of at most 40 letters, digits and underscores that starts with a letter"
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if text in formula.RESERVED:
            raise refusal(allowed, f'"{text}" is a word of expressions: take another name.')
        if not formula.is_name(text):
            joined = text.replace("-", "_").replace(" ", "_")
            raise refusal(allowed, f"Write {joined}." if formula.is_name(joined) else "")
        return text

    def json_schema(self) -> dict[str, Any]:
        """A text in the grammar of names."""
        return {"type": "string", "pattern": NAME_PATTERN}


@dataclass(frozen=True)
class WholeOr(Field):
    """A whole number in a range, or one of some words."""

    whole: Whole
    words: tuple[str, ...]

    def read(self, value: object) -> int | str:
        """The number as an int, or the word."""
        text = text_of(value)
        if word := same_but_case(text, self.words):
            return word
        try:
            return self.whole.read(value)
        except PydanticCustomError as error:
            said = error.context or {}
            raise refusal(f"{', '.join(self.words)}, or {said['allowed']}", said["hint"]) from error

    def json_schema(self) -> dict[str, Any]:
        """One of the words, or a whole number."""
        return {"anyOf": [{"enum": list(self.words)}, *self.whole.json_schema()["anyOf"]]}


@dataclass(frozen=True)
class Flag(Field):
    """``true`` or ``false``, or one of some words besides."""

    words: tuple[str, ...] = ()

    def read(self, value: object) -> object:
        """True, False or the word."""
        if isinstance(value, bool):
            return value
        text = text_of(value)
        if word := same_but_case(text, self.words):
            return word
        if isinstance(value, Scalar) and value.plain and text in _BOOLEANS:
            return _BOOLEANS[text]
        meant = _MEANT.get(str(text).lower(), "")
        allowed = ", ".join(("true", "false", *self.words))
        raise refusal(" or ".join(allowed.rsplit(", ", 1)), f"Write {meant}." if meant else "")

    def json_schema(self) -> dict[str, Any]:
        """A boolean, or one of the words."""
        return {"enum": [True, False, *self.words]}


@dataclass(frozen=True)
class AllOrNames(Flag):
    """``true`` for all, ``false`` for none, or a list of some names."""

    most: int = 1

    def read(self, value: object) -> object:
        """True, False or the names."""
        if not isinstance(value, list | tuple):
            return super().read(value)
        if not 1 <= len(value) <= self.most:
            raise refusal(f"true, false, or a list of 1 to {self.most} names")
        return tuple(str(text_of(name)) for name in value)

    def json_schema(self) -> dict[str, Any]:
        """A boolean, or a list of names."""
        names = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": self.most}
        return {"anyOf": [{"type": "boolean"}, names]}


_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_MEANT = {
    **dict.fromkeys(("no", "off", "n", "0", "none"), "false"),
    **dict.fromkeys(("yes", "on", "y", "1"), "true"),
    **{word: f"{word}, without quotes" for word in ("true", "false")},
}


@dataclass(frozen=True)
class Text(Field):
    """One line of text; whatever YAML might take for something else stays text."""

    most: int

    def read(self, value: object) -> str:
        """The text."""
        allowed = f"one line of text, at most {self.most} characters"
        text = text_of(value)
        if not isinstance(text, str) or is_empty(value):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        # A folded text ends with the break after its last line.
        text = text.removesuffix("\n")
        if not any(letter.isprintable() and not letter.isspace() for letter in text):
            raise refusal(allowed, "It is blank.")
        if len(text) > self.most:
            raise refusal(allowed, f"It has {len(text)}.")
        if any(letter in _OVERRIDES or unicodedata.category(letter) in _NOT_TEXT for letter in text):
            hint = "Leave out line breaks, control characters and changes of direction."
            escaped = isinstance(value, Scalar) and not value.plain and any(letter in _ESCAPED for letter in text)
            raise refusal(allowed, f"{hint} {_SINGLE}" if escaped else hint)
        return text

    def json_schema(self) -> dict[str, Any]:
        """Any scalar, since all of them are text here."""
        return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.most}


# What a backslash and a letter make between double quotes, where \\theta begins with a tab.
_ESCAPED = frozenset("\a\b\t\n\v\f\r\x1b")
_SINGLE = "A backslash stays one between single quotes, not between double ones."
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# What the records of a description share: how they are built, rows of numbers, and mappings by name.


Value = TypeVar("Value")

_MOST_SHOWN = 6


class RowEntries(EntriesField):
    """A list of rows; numbers in their place are shown as the rows that they may be meant to be."""

    def check(self, value: object) -> object:
        """The list, if it is one of lists and of the right length."""
        flat = value if isinstance(value, list | tuple) else [value]
        if flat and not any(isinstance(entry, list | tuple | Mapping) or is_empty(entry) for entry in flat):
            raise refusal("a list of rows", _as_rows([str(text_of(entry)) for entry in flat]))
        return super().check(value)


def _as_rows(numbers: list[str]) -> str:
    """How some numbers are written as one row, and as one a row."""
    shown = [printable(number, 20) for number in numbers[:_MOST_SHOWN]]
    more = ["..."] if len(numbers) > _MOST_SHOWN else []
    one = f"Write [[{', '.join((*shown, *more))}]]"
    if len(numbers) == 1:
        return f"{one}."
    many = ", ".join((*(f"[{number}]" for number in shown), *more))
    return f"{one} for one row, or [{many}] for {len(numbers)} rows."


Number: TypeAlias = Annotated[Fraction, Exact()]
Row: TypeAlias = Annotated[tuple[Number, ...], EntriesField(1, MOST_UNITS)]
Rows: TypeAlias = Annotated[tuple[Row, ...], RowEntries(1, MOST_SAMPLES)]
Size: TypeAlias = Annotated[int, Whole(1, MOST_UNITS)]


class RecordType(ModelType):
    """What records are made by, when they are made in Python: they are read as what stands in a file is."""

    @property
    def __signature__(cls) -> Signature:
        """Its fields as arguments by keyword, without what each may be, which would fill a page."""
        fields = getattr(cls, "model_fields", {})
        return Signature(
            [
                Parameter(name, Parameter.KEYWORD_ONLY, default=Parameter.empty if of.is_required() else of.default)
                for name, of in fields.items()
            ]
        )

    @__signature__.setter
    def __signature__(cls, _other: object) -> None:
        """Leave out the one that pydantic makes."""

    make: Callable[..., Any] = staticmethod(type.__call__)
    """Makes one from its class and its values; set by the module that reads descriptions, which knows all of them."""

    if not TYPE_CHECKING:
        # To those who check types, and to editors, a record has its fields as arguments.
        def __call__(cls, **values: object) -> Record:
            """Return a record of values.

            Raises:
                DescriptionError: If they cannot be used, with everything that is wrong with them.
            """
            return RecordType.make(cls, **values)


class Record(BaseModel, metaclass=RecordType):
    """A part of a description: frozen, with no keys but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def written(self) -> dict[str, object]:
        """What it says, as a mapping by key that is read as an equal record; it may hold further records."""
        return {
            of.alias or name: getattr(self, name) for name, of in type(self).model_fields.items() if self.says(name)
        }

    def says(self, name: str) -> bool:
        """Whether a key is given, and not empty."""
        value = getattr(self, name)
        return name in self.model_fields_set and value is not None and value != ()


class FrozenMapping(Mapping[str, Value]):
    """A mapping that never changes, so that the record that holds it can be hashed."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Value] | None = None) -> None:
        self._entries = dict(entries or {})

    def __getitem__(self, key: str) -> Value:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"Table({self._entries})"


@dataclass(frozen=True)
class Named:
    """A mapping from names to values.

    Attributes:
        value: The annotation of a value.
        of: What the values are, for messages.
        most: How many there may be.
        least: How many there have to be.
        names: A pattern for the names, for editors; the names are checked by others.
    """

    value: Any
    of: str
    most: int
    least: int = 1
    names: str = ""

    def check(self, value: object) -> object:
        """The mapping, if it is one of the right size."""
        allowed = f"a mapping from names to {self.of}"
        if not isinstance(value, Mapping):
            raise refusal(allowed, EMPTY_HINT if is_empty(value) else "")
        if not self.least <= len(value) <= self.most:
            raise refusal(f"{allowed}, {self.least} to {self.most} of them", f"It has {len(value)}.")
        return dict(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        entries = handler.generate_schema(dict[str, self.value])  # type: ignore[name-defined]
        checked = core_schema.no_info_before_validator_function(self.check, entries)
        return core_schema.no_info_after_validator_function(FrozenMapping, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"propertyNames": {"pattern": self.names}} if self.names else {}
        return {**handler(schema), **names, "minProperties": self.least, "maxProperties": self.most}

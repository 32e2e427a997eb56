"""Every key of a description with its path, from the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from symnet.description.schema import json_schema
from symnet.text.say import words

_NUMBER_PATTERN = "[1-9][0-9]*)/"
"""What the patterns of numbers have in them that are given as fractions, which no other pattern has."""


class FormatKey(NamedTuple):
    """One key of the format.

    Attributes:
        path: Where it stands, such as ``layers[].units``; ``*`` is any name.
        summary: What it is.
        allowed: What may stand there, in words, one for each sort of value.
        default: What is taken without it, as in a description; empty if there is no such value.
        needed: Whether what it stands in has to have it.
    """

    path: str
    summary: str
    allowed: tuple[str, ...]
    default: str
    needed: bool

    @property
    def name(self) -> str:
        """The key itself."""
        return self.path.rpartition(".")[2].removesuffix("[]")


@cache
def key_entries() -> tuple[FormatKey, ...]:
    """Return every key of the format once, in the order of the schema."""
    schema = json_schema()
    records = schema["$defs"]
    found: dict[tuple[str, str], FormatKey] = {}
    for root in schema["oneOf"]:
        for entry in _walked(root, records, "", ()):
            known = found.get((entry.path, entry.summary))
            # What only one sort of description allows is allowed.
            allowed = entry.allowed if known is None else tuple(dict.fromkeys((*known.allowed, *entry.allowed)))
            found[entry.path, entry.summary] = (known or entry)._replace(allowed=allowed)
    return tuple(found.values())


def _walked(
    schema: Mapping[str, Any], records: Mapping[str, Any], path: str, inside: tuple[str, ...]
) -> Iterator[FormatKey]:
    """Yield the keys below a schema, each before those within it."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name and name not in inside:
        yield from _walked(records[name], records, path, (*inside, name))
    for option in schema.get("anyOf", ()):
        yield from _walked(option, records, path, inside)
    if isinstance(of := schema.get("items"), dict):
        yield from _walked(of, records, path if path.endswith("[]") else f"{path}[]", inside)
    if isinstance(of := schema.get("additionalProperties"), dict):
        yield from _walked(of, records, f"{path}.*", inside)
    for key, of in schema.get("properties", {}).items():
        below = f"{path}.{key}".removeprefix(".")
        if summary := of.get("description", ""):
            allowed = tuple(dict.fromkeys(text for text in _allowed(of, records) if text))
            default = json.dumps(of["default"]).strip('"') if "default" in of else ""
            yield FormatKey(below, summary, allowed, default, key in schema.get("required", ()))
        yield from _walked(of, records, below, inside)


def _allowed(schema: Mapping[str, Any], records: Mapping[str, Any]) -> Iterator[str]:
    """Yield what may stand at a key in words, sort by sort; an empty text for what another sort says."""
    if "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from _allowed(option, records)
    elif "$ref" in schema:
        yield from _allowed(records[schema["$ref"].rpartition("/")[2]], records)
    elif "enum" in schema or "const" in schema:
        yield ", ".join(json.dumps(value).strip('"') for value in schema.get("enum", [schema.get("const")]))
    else:
        kinds = schema.get("type", "object")
        yield _sort("string" if isinstance(kinds, list) else kinds, schema)


def _sort(kind: str, schema: Mapping[str, Any]) -> str:
    """Return one sort of value in words."""
    if kind in {"integer", "number"}:
        return words("key.whole" if kind == "integer" else "key.number") + _range(schema)
    if kind == "string" and _NUMBER_PATTERN in schema.get("pattern", ""):
        return ""
    return words(f"key.{kind}")


def _range(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a number in words."""
    bounds = (
        ("minimum", "key.at_least"),
        ("exclusiveMinimum", "key.above"),
        ("maximum", "key.at_most"),
        ("exclusiveMaximum", "key.below"),
    )
    said = [words(said, bound=f"{schema[key]:,}") for key, said in bounds if key in schema]
    return "".join(f" {one}" if index == 0 else f", {one}" for index, one in enumerate(said))

"""A description as the text of a file, as a person would write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symnet.description.schema import SCHEMA_FILE
from symnet.importing.stored import number_text

_WIDTH = 118
# Words that YAML, in some version of it, takes for something else than a text.
_WORDS = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|~")
_PLAIN = re.compile(r"[A-Za-z][\w -]*(?<! )")
# Signs of formulas that mean nothing in YAML as long as they do not begin a text.
_FORMULA = re.compile(r"[A-Za-z(][\w +*/^().-]*(?<! )")


def description_text(mapping: Mapping[str, Any], comments: Sequence[str], places: Sequence[str]) -> str:
    """Return a description as YAML.

    Args:
        mapping: The description; its numbers are fractions.
        comments: What stands in comments above it, a line each.
        places: What each layer is in the model that it comes from, for comments beside it.
    """
    lines = [f"# yaml-language-server: $schema={SCHEMA_FILE}", *(f"# {comment}" for comment in comments)]
    for key, value in mapping.items():
        if key == "layers":
            lines += [f"{key}:", *_layers(value, places)]
        elif key == "parameters":
            lines += [f"{key}:", *(line for entry in value for line in _entry(entry, 2))]
        elif key == "data":
            lines += [f"{key}:", *_block(value, 2)]
        else:
            lines += _block({key: value}, 0)
    return "\n".join(lines) + "\n"


def _layers(layers: Sequence[Mapping[str, Any]], places: Sequence[str]) -> list[str]:
    """Return a line for each layer, and beside it what it is in the model."""
    lines = [f"  - {_flow(layer)}" for layer in layers]
    column = max(len(line) for line in lines) + 3
    if column + max(map(len, places)) + 2 <= _WIDTH:
        return [f"{line:{column}}# {place}" for line, place in zip(lines, places, strict=True)]
    found: list[str] = []
    for layer, line, place in zip(layers, lines, places, strict=True):
        found += [f"  # {place}", *([line] if len(line) <= _WIDTH else _entry(layer, 2))]
    return found


def _entry(mapping: Mapping[str, Any], indent: int) -> list[str]:
    """Return a mapping of a list, with a key a line."""
    margin = " " * indent
    first, *others = _block(mapping, indent + 2) or ["{}"]
    return [f"{margin}- {first.lstrip()}", *others]


def _block(mapping: Mapping[str, Any], indent: int) -> list[str]:
    """Return a mapping with a key a line."""
    lines: list[str] = []
    margin = " " * indent
    for key, value in mapping.items():
        head = f"{margin}{key}: "
        flow = _flow(value)
        if len(head) + len(flow) <= _WIDTH:
            lines.append(f"{head}{flow}")
        elif isinstance(value, Mapping):
            lines += [head.rstrip(), *_block(value, indent + 2)]
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            lines.append(head.rstrip())
            lines += [line for one in value for line in _entry(one, indent + 2)]
        else:
            lines += _filled(value, head)
    return lines


def _filled(value: Any, head: str) -> list[str]:  # noqa: ANN401 - lists of numbers within one another
    """Return a long list: a row a line, or as many numbers on a line as there is room for."""
    margin = " " * (len(head) + 1)
    inner: list[str] = []
    for one in value:
        if isinstance(one, list | tuple) and len(margin) + len(_flow(one)) > _WIDTH:
            first, *others = _filled(one, margin)
            inner += [first[len(margin) :], *(line[len(margin) :] for line in others)]
            inner[-1] += ","
        elif isinstance(one, list | tuple):
            inner.append(f"{_flow(one)},")
        elif inner and len(margin) + len(inner[-1]) + len(_flow(one)) + 2 <= _WIDTH:
            inner[-1] += f" {_flow(one)},"
        else:
            inner.append(f"{_flow(one)},")
    inner[-1] = f"{inner[-1][:-1]}]"
    return [f"{head}[{inner[0]}", *(f"{margin}{line}" for line in inner[1:])]


def _flow(value: Any) -> str:  # noqa: ANN401 - whatever stands in a description
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Fraction):
        return number_text(value)
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    """Return a text, in quotes where it could be taken for something else."""
    is_plain = (_PLAIN.fullmatch(value) or _FORMULA.fullmatch(value)) and not _WORDS.fullmatch(value)
    return value if is_plain else json.dumps(value, ensure_ascii=True)

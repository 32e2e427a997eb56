"""What makes a page one to learn with: data that stand in it, and the script that works on them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from markupsafe import Markup as Safe

from symnet.render.templates import templates_dir

MODULES = ("evaluator", "figures", "parser", "writing", "uncover", "light", "numbers", "training", "check", "learn")
"""The parts of the script, one file each, in the order in which they use one another."""
# In a script element these would end it, or be read in another way.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


FIELDS = ("quantities", "numbers", "training")
"""The parts of a page to learn with in which something is chosen or changed."""


class Learning(NamedTuple):
    """What a page to learn with has beside its document.

    Attributes:
        data: Plain data for its script; under ``page`` what is learned with, under ``words`` what the page says.
        panels: What stands in it and is not shown at first, as HTML: the name of each, and its content.
        fields: What can be chosen or changed, by the name of the part of the page: records with the HTML of a name.
        answers: Where answers are typed, by the number of a question with the letter of its part, likewise.
    """

    data: Mapping[str, Any]
    panels: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})
    answers: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})


@cache
def script() -> str:
    """Return the script of every page to learn with; it is the same whatever the page is about."""
    parts = ((templates_dir() / "html" / f"{name}.js").read_text(encoding="utf-8") for name in MODULES)
    return "\n" + '"use strict";\n' + "".join(parts)


@cache
def script_hash() -> str:
    """Return how a content security policy names the script, so that a page allows it and no other."""
    digest = hashlib.sha256(script().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its name as the markup that it is."""
    return {**record, "name": Safe(record["name"])}  # noqa: S704 - rendered


def template_data(learning: Learning) -> dict[str, Any]:
    """Return what the template of a page gets.

    Args:
        learning: What the page has beside its document.
    """
    data = json.dumps(learning.data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return {
        "data": Safe(data.translate(_ESCAPED)),  # noqa: S704 - escaped for a script element
        "script": Safe(script()),  # noqa: S704 - our own
        "hash": script_hash(),
        "page": learning.data["page"],
        "words": learning.data["words"],
        "drawn": bool(learning.data.get("drawn")),
        **{name: [_shown(record) for record in learning.fields.get(name, ())] for name in FIELDS},
        "answers": {key: list(map(_shown, records)) for key, records in learning.answers.items()},
        "panels": [{"name": name, "content": Safe(content)} for name, content in learning.panels],  # noqa: S704 - rendered
    }

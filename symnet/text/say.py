"""A sentence by its key: the template of the language, with text, counts and formulas in its slots.

A module that has something to tell a reader names a key and hands over what fills its slots::

    say("marked.not_answered", missing=3)                 # ("3 questions not answered.",)
    say("mistake.bias_forgotten", z=names(symbol))        # ("The bias was forgotten in the weighted sum ", z, ".")

The templates stand in a module for each language, such as :mod:`symnet.text.en`. In one, ``{z}`` takes a slot: a text,
a count (which is written with separators), a formula, or a sentence that was made before. ``{missing:# question|# questions}`` takes the form that goes
with a count; in it, ``#`` is the count in digits and ``##`` in words up to nine. A brace is doubled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from symnet.document import Inline, Sentence, Separator, Slot
from symnet.layout.text import write
from symnet.layout.tree import Layout
from symnet.text.languages import language, language_name

_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
ROMAN = tuple(f"{tens}{unit}" for tens in ("", "x", "xx") for unit in _UNITS)[1:]
"""How parts are numbered."""

SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}|\{\{|\}\}")
"""A slot of a template: its name and, for a count, the forms that go with one and with many; or a doubled brace."""


def say(key: str, /, **slots: Slot) -> Inline:
    """Return a sentence with its formulas.

    Args:
        key: The key of its template.
        **slots: What fills the slots of the template.
    """
    found: list[str | Layout] = []
    for text, name, forms in _pieces(language_name(), key):
        found.append(text)
        if name is not None:
            found += _filled(slots[name], forms)
    return joined(found)


def said(sentence: Sentence) -> Inline:
    """Return a sentence that is data, with its formulas.

    Args:
        sentence: The sentence.
    """
    return say(sentence.key, **sentence.slots)


def words(key: str, /, **slots: Slot) -> str:
    """Return a sentence as plain text, with its formulas as in a terminal.

    Args:
        key: The key of its template.
        **slots: What fills the slots of the template.
    """
    return as_text(say(key, **slots))


def title(family: str, name: str, own: str = "") -> str:
    """Return how a sheet calls an entry of the catalog.

    Args:
        family: ``activation``, ``loss`` or ``regularizer``.
        name: The name of the entry.
        own: What the description calls it, for one that is no entry of the table; else empty.
    """
    return own or words(f"{family}.{name}.title")


def loss_title(own: str, kind: str, options: Sequence[tuple[str, str]]) -> str:
    """Return how a sheet calls a loss, with its options that are not the usual ones; empty if it has no name.

    Args:
        own: What the description calls a loss of its own, or a graph its output; else empty.
        kind: The name of the loss in the catalog; empty for one that is not there.
        options: Their names and values.
    """
    if not kind:
        return own
    name = words(f"loss.{kind}.title")
    each = [say("loss.option", name=words(f"option.{option}.name"), value=value) for option, value in options]
    return as_text(say("loss.with_options", title=name, options=separated(each))) if each else name


def as_text(inline: Inline) -> str:
    """Return text with formulas in it as plain text.

    Args:
        inline: Text and formulas.
    """
    return "".join(part if isinstance(part, str) else write(part) for part in inline)


def joined(parts: Sequence[str | Layout]) -> Inline:
    """Return parts side by side, with plain texts that meet as one.

    Args:
        parts: Text and formulas.
    """
    found: list[str | Layout] = []
    for part in parts:
        # Words that are more than their text, such as those that speak of a figure, are kept apart.
        if type(part) is str and found and type(found[-1]) is str:
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def in_a_row(*sentences: Inline) -> Inline:
    """Return sentences one after the other.

    Args:
        *sentences: The sentences.
    """
    return joined(
        [part for index, sentence in enumerate(sentences) for part in ((" ", *sentence) if index else sentence)]
    )


def continued(sentence: Inline) -> Inline:
    """Return a sentence as it goes on behind other words: one that begins with a word has no capital there.

    Args:
        sentence: The sentence.
    """
    first, *rest = sentence
    return (language().continued(first) if isinstance(first, str) else first, *rest)


def listed(items: Sequence[Inline | str | Layout], last_key: str = "series.last") -> Inline:
    """Return items as a list in a sentence: ``a, b and c``.

    Args:
        items: The items; at least one.
        last_key: The key of what stands around the last one.
    """
    *before, last = (item if isinstance(item, tuple) else (item,) for item in items)
    return say(last_key, before=separated(before), last=last) if before else last


def separated(items: Sequence[Inline], key: str = "series.between") -> Inline:
    """Return items with what stands between those of a list: ``a, b, c``.

    Args:
        items: The items.
        key: The key of what stands between two of them.
    """
    between = Separator(words(key), words("series.between_commas"))
    return joined([part for index, item in enumerate(items) for part in ((between, *item) if index else item)])


@cache
def _pieces(_name: str, key: str) -> tuple[tuple[str, str | None, str | None], ...]:
    """Return the template of a key in the present language, whose name is given for the cache, as texts, each with the slot behind it and the forms of that."""
    text = language().SENTENCES[key]
    found: list[tuple[str, str | None, str | None]] = []
    done = 0
    for slot in SLOT.finditer(text):
        # Of a doubled brace, one stays.
        found.append((text[done : slot.start() + (slot[1] is None)], slot[1], slot[2]))
        done = slot.end()
    return (*found, (text[done:], None, None))


def _filled(value: Slot, forms: str | None) -> Inline:
    if forms is not None:
        if not isinstance(value, int):
            raise TypeError(f"{value!r} is no count")
        form = forms.split("|")[language().plural(value)]
        return (form.replace("##", language().in_words(value)).replace("#", language().in_digits(value)),)
    if isinstance(value, int):
        return (language().in_digits(value),)
    return value if isinstance(value, tuple) else (value,)

"""A sentence by its key: the template of the language, with text, counts and formulas in its slots.

A module that has something to tell a reader names a key and hands over what fills its slots::

    say("marked.not_answered", missing=3)                 # ("3 questions not answered.",)
    say("mistake.bias_forgotten", z=names(symbol))        # ("The bias was forgotten in the weighted sum ", z, ".")

The templates stand in :mod:`symnet.text.en`. In one, ``{z}`` takes a slot: a text, a count (which is written with
separators), a formula, or a sentence that was made before. ``{missing:# question|# questions}`` takes the form that goes
with a count; in it, ``#`` is the count in digits and ``##`` in words up to nine. A brace is doubled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from symnet.document import Inline, Sentence, Separator, Slot
from symnet.layout.text import write
from symnet.layout.tree import Layout
from symnet.text import en

SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}|\{\{|\}\}")
"""A slot of a template: its name and, for a count, the forms that go with one and with many; or a doubled brace."""


def say(key: str, /, **slots: Slot) -> Inline:
    """Return a sentence with its formulas.

    Args:
        key: The key of its template.
        **slots: What fills the slots of the template.
    """
    found: list[str | Layout] = []
    for text, name, forms in _pieces(key):
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
    return (en.continued(first) if isinstance(first, str) else first, *rest)


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
def _pieces(key: str) -> tuple[tuple[str, str | None, str | None], ...]:
    """Return the template of a key as texts, each with the slot behind it and the forms of that."""
    text = en.SENTENCES[key]
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
        form = forms.split("|")[en.plural(value)]
        return (form.replace("##", en.in_words(value)).replace("#", f"{value:,}"),)
    if isinstance(value, int):
        return (f"{value:,}",)
    return value if isinstance(value, tuple) else (value,)

"""What a page to learn with says beside the sheet."""

from __future__ import annotations

from collections.abc import Mapping

from symnet.text.say import words

_WITHOUT_SLOTS = (
    "learn.bar",
    "learn.next",
    "learn.hint",
    "learn.section",
    "learn.all",
    "learn.cover",
    "learn.hints",
    "learn.uncover",
    "learn.drawer",
    "learn.derivation",
    "learn.quantities",
    "learn.numbers",
    "learn.training",
    "learn.close",
    "learn.reset",
    "learn.new_numbers",
    "learn.loss",
    "learn.no_value",
    "learn.no_kink",
    "learn.step",
    "learn.ten_steps",
    "learn.back",
    "learn.plot",
    "learn.check",
    "learn.check_all",
    "learn.correct",
    "learn.incorrect",
    "learn.few_digits",
    "learn.unreadable",
)
_WITH_SLOTS: Mapping[str, tuple[str, ...]] = {
    "learn.kink": ("node",),
    "learn.kink_in_sample": ("node", "sample"),
    "learn.made": ("steps", "loss"),
    "learn.answer": ("name",),
    "learn.cites": ("name",),
    "learn.marks": ("marks", "total"),
}


def page_words() -> dict[str, str]:
    """Return every sentence of the page by the last word of its key; slots stand in it in braces."""
    plain = {key: words(key) for key in _WITHOUT_SLOTS}
    filled = {key: words(key, **{slot: f"{{{slot}}}" for slot in slots}) for key, slots in _WITH_SLOTS.items()}
    return {key.partition(".")[2]: sentence for key, sentence in (plain | filled).items()}

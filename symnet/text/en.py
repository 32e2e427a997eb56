"""The sentences that readers meet, in English: templates by key, and the rules of the language for counts.

A language is one more file like this one, with the same keys and the same slots.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def plural(count: int) -> int:
    """Return which of the forms of a template goes with a count.

    Args:
        count: The count.
    """
    return 0 if count == 1 else 1


def in_words(count: int) -> str:
    """Return a count as a word up to nine, and in digits from there on."""
    return _NUMERALS[count] if count < len(_NUMERALS) else f"{count:,}"


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # Lists in a sentence.
        "list.between": ", ",
        "list.last": "{before} and {last}",
        # Why a line follows from the one before it, small at its right.
        "reason.chain": "chain rule",
        "reason.sum_over_paths": "sum over all paths",
        "reason.loss_derivative": "derivative of the loss",
        "reason.reuse": "substitute delta and dz/da = w",
        "reason.reuse_without_deltas": "known derivatives, and dz/da = w",
        "reason.activation_derivative": "derivative of the activation",
        "reason.simplify": "simplify",
        "reason.cancel": "cancel common factors",
        "reason.common_denominator": "common denominator",
        "reason.expand": "multiply out",
        "reason.collect": "collect the targets",
        "reason.definition": "by definition",
        "reason.function": "write as a function",
        "reason.identity": "since the targets sum to 1",
        "reason.substitute": "substitute the derivatives",
        "reason.factor": "factor out the common term",
        "reason.local_derivative": "local derivatives",
        "reason.no_path": "no path to the loss",
        "reason.together": "linearity of differentiation",
        "reason.paths": "one product per path",
        "reason.delta": "in terms of delta",
        # Plots: what stands at them, and what is said of them to those who cannot see them.
        "plot.training_step": "training step",
        "plot.before_training": "before training",
        "plot.after_training": "after training",
        "plot.target": "target {number}",
        "plot.class": "class {number}",
        "plot.losses": "Plot of {objective} over {steps:# training step|# training steps}: {first} at the start, {last}"
        " at the end.",
        "plot.activation": "Plot of {name} (solid) and its derivative (dashed) for {z} from {low} to {high}: {name}"
        " goes from {first} to {last}; its derivative near 0 is {middle}.",
        "plot.boundary": "Decision boundary in the plane of {across} and {up}, dashed before training and solid after"
        " it, with {samples:# sample|# samples}: {before} on the side of the target before training, {after} after it.",
        # A page of marked answers.
        "marked.first_incorrect": "First incorrect line: {line}{why}.",
        "marked.rest_correct": "What was answered is correct.",
        "marked.all_correct": "{answers:The answer is correct.|All # answers are correct.}",
        "marked.not_answered": "{missing:# question|# questions} not answered.",
    }
)

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
"""How parts are numbered."""

IN_NUMBERS = ": numbers"
"""What follows the title of a section that has a section of symbols too."""


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, word: str) -> str:
    """Return a count with its word: ``1 line``, ``3,000 lines``."""
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"

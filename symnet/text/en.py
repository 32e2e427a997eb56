"""Rule to sentence: the words of a sheet that go with the mathematics."""

from __future__ import annotations

from collections.abc import Mapping

from symnet.derivation.steps import Rule

# What stands, small, at the right of a line. ``{}`` takes the name of the function or of the layer.
REASONS: Mapping[Rule, str] = {
    Rule.CHAIN: "chain rule",
    Rule.SUM_OVER_PATHS: "sum over all paths",
    Rule.LOSS_DERIVATIVE: "derivative of the loss",
    Rule.REUSE: "substitute delta and dz/da = w",
    Rule.ACTIVATION_DERIVATIVE: "derivative of the activation",
    Rule.SIMPLIFY: "simplify",
    Rule.CANCEL: "cancel common factors",
    Rule.COMMON_DENOMINATOR: "common denominator",
    Rule.EXPAND: "multiply out",
    Rule.COLLECT: "collect the targets",
    Rule.DEFINITION: "by definition",
    Rule.FUNCTION: "write as a function",
    Rule.IDENTITY: "since the targets sum to 1",
    Rule.SUBSTITUTE: "substitute the derivatives",
    Rule.FACTOR: "factor out the common term",
    Rule.LOCAL_DERIVATIVE: "local derivatives",
    Rule.NO_PATH: "no path to the loss",
    Rule.TOGETHER: "linearity of differentiation",
    Rule.PATHS: "one product per path",
    Rule.DELTA: "in terms of delta",
}

WITHOUT_DELTAS = {Rule.REUSE: "known derivatives, and dz/da = w"}
"""The reasons that speak of deltas, where these have no letter."""

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


IN_NUMBERS = ": numbers"
"""What follows the title of a section that has a section of symbols too."""

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(count: int) -> str:
    """Return a count as a word up to nine, and in digits from there on."""
    return _NUMERALS[count] if count < len(_NUMERALS) else f"{count:,}"


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, word: str) -> str:
    """Return a count with its word: ``1 line``, ``3,000 lines``."""
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"

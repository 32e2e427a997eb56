"""Rule to sentence: the words of a sheet that go with the mathematics."""

from __future__ import annotations

from collections.abc import Mapping

from symnet.derivation.steps import Rule

# What stands, small, at the right of a line. ``{}`` takes the name of the function or of the layer.
REASONS: Mapping[Rule, str] = {
    Rule.CHAIN: "chain rule",
    Rule.SUM_OVER_PATHS: "sum over all paths",
    Rule.LOSS_DERIVATIVE: "derivative of the loss",
    Rule.REUSE: "known deltas; weighted sum linear",
    Rule.ACTIVATION_DERIVATIVE: "derivative of the activation",
    Rule.SIMPLIFY: "simplified",
    Rule.CANCEL: "cancelling",
    Rule.COMMON_DENOMINATOR: "common denominator",
    Rule.EXPAND: "multiplied out",
    Rule.COLLECT: "collecting the targets",
    Rule.DEFINITION: "by definition",
    Rule.FUNCTION: "written as a function",
    Rule.IDENTITY: "the targets sum to 1",
    Rule.SUBSTITUTE: "derivatives written out",
    Rule.FACTOR: "common factor",
    Rule.LOCAL_DERIVATIVE: "local derivatives",
    Rule.NO_PATH: "no path to the loss",
    Rule.TOGETHER: "differentiation is linear",
    Rule.PATHS: "one product for each path",
    Rule.DELTA: "with deltas",
}

WITHOUT_DELTAS = {Rule.REUSE: "known derivatives; weighted sum linear"}
"""The reasons that speak of deltas, where these have no letter."""

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, word: str) -> str:
    """Return a count with its word: ``1 line``, ``3,000 lines``."""
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"

"""Why one line of a derivation equals the one before it."""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """Why a line equals the one before it."""

    CHAIN = "chain"
    SUM_OVER_PATHS = "sum over paths"
    LOSS_SLOPE = "loss slope"
    REUSE = "reuse"
    ACTIVATION_SLOPE = "activation slope"
    SIMPLIFY = "simplify"
    CANCEL = "cancel"
    COMMON_DENOMINATOR = "common denominator"
    EXPAND = "expand"
    COLLECT = "collect"
    DEFINITION = "definition"
    FUNCTION = "function"
    IDENTITY = "identity"
    SUBSTITUTE = "substitute"
    FACTOR = "factor"
    LOCAL_SLOPE = "local slope"
    NO_PATH = "no path"
    TOGETHER = "together"
    PATHS = "paths"
    DELTA = "delta"

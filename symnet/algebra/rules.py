"""Why one line of a derivation equals the one before it."""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """Why a line equals the one before it."""

    CHAIN = "chain"
    SUM_OVER_PATHS = "sum over paths"
    LOSS_DERIVATIVE = "loss derivative"
    REUSE = "reuse"
    ACTIVATION_DERIVATIVE = "activation derivative"
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
    LOCAL_DERIVATIVE = "local derivative"
    NO_PATH = "no path"
    LINEARITY = "linearity"
    PATHS = "paths"
    DELTA = "delta"

"""The variables of a program: the letters of the notation, as programming languages can spell them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from symnet.layout.tree import Accent, Fence, Fraction, Glyph, Layout, Number, Operator, Prime, Row, Scripts, Word

_NO_VARIABLE = re.compile(r"[^A-Za-z0-9_]+")
# Words of Python and JavaScript, and what the programs call things of their own.
_SCRIPT = (
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default",
    "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if",
    "implements", "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private",
    "protected", "public", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof",
    "undefined", "var", "void", "while", "with", "yield",
)  # fmt: skip
_OWN = (
    "abs", "all", "any", "avgpool", "backward", "batch", "BATCHES", "causal_softmax", "changed", "chosen",
    "console", "constants", "correlate", "correlate_input", "correlate_kernel", "counted", "data",
    "derivatives", "dict", "erf", "Error", "float", "forward", "found", "gradient", "gradients", "GRADIENTS",
    "int", "itertools", "jax", "jnp", "kept", "len", "list", "log_softmax", "loss", "math", "Math", "max",
    "max_mask", "maxpool", "min", "min_mask", "name", "names", "new", "norm", "np", "Object", "parameters",
    "place", "print", "process", "random", "range", "RATES", "sample", "samples", "sigmoid", "sign", "softmax",
    "start_parameters", "state", "step", "steps", "sum", "torch", "total", "train", "training_data", "tuple",
    "unpool_max", "unpool_mean", "update", "value", "values", "variable", "zip",
)  # fmt: skip
_TAKEN = frozenset((*keyword.kwlist, *_SCRIPT, *_OWN))


def spelled_out(layout: Layout) -> str:
    """Return how a formula's letters and indices are spelled in a name: ``W1``, ``y_hat``, ``dL_dW1``."""
    rule = _SPELLINGS.get(type(layout))
    return "" if rule is None else rule(layout)


def _scripts(layout: Scripts) -> str:
    """Return a letter with what stands high behind it, then what stands low."""
    base = spelled_out(layout.base)
    high = "" if layout.sup is None else spelled_out(layout.sup)
    low = "" if layout.sub is None else spelled_out(layout.sub)
    joint = "_" if high[:1].isalpha() or (high and base[-1:].isdigit()) else ""
    return "_".join(filter(None, (f"{base}{joint}{high}", low)))


def _fraction(layout: Fraction) -> str:
    return f"{spelled_out(layout.over)}_{spelled_out(layout.under)}"


def _fence(layout: Fence) -> str:
    inside = spelled_out(layout.body)
    return f"norm_{inside}" if layout.left == "||" else inside


_SIGNS = {"partial": "d", "varepsilon": "epsilon", "ell": "l"}
_SPELLINGS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        Glyph: lambda glyph: _SIGNS.get(glyph.name, glyph.name),
        Word: lambda word: word.text,
        Number: lambda number: number.text,
        Operator: lambda operator: "_" if operator.name in {",", ";"} else "",
        Row: lambda row: "".join(map(spelled_out, row.items)),
        Fraction: _fraction,
        Scripts: _scripts,
        Accent: lambda accent: f"{spelled_out(accent.base)}_{accent.mark}",
        Prime: lambda prime: f"{spelled_out(prime.base)}_prime",
        Fence: _fence,
    }
)


class Variables:
    """Hands out variables, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_TAKEN)
        self._found: dict[str, str] = {}

    def __call__(self, key: str, layout: Layout | None = None) -> str:
        """Return the variable of something, the same one each time.

        Args:
            key: What it is, in a word of its own; where its letter is taken, its variable is made of this.
            layout: How the notation writes it; None for the key itself.
        """
        if key not in self._found:
            tried = [] if layout is None else [_cleaned(spelled_out(layout))]
            names = (*filter(None, tried), _cleaned(key))
            name = next((one for one in names if one not in self._taken), f"{names[0]}_")
            while name in self._taken:
                name += "_"
            self._taken.add(name)
            self._found[key] = name
        return self._found[key]


def _cleaned(text: str) -> str:
    """Return a text as a name, with an underscore for what no name may have."""
    name = _NO_VARIABLE.sub("_", text).strip("_")
    name = re.sub(r"__+", "_", name)
    return f"v{name}" if name[:1].isdigit() else name

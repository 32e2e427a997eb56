"""The same gradients by other systems for computer algebra, as far as they are installed: symengine, Maxima and Giac.

Each differentiates the composed loss by each parameter. What a rectifier's derivative is stays open there, since some
of them have no word for it. Of a program its CPU time counts, less that of one that is given nothing to do.
"""

from __future__ import annotations

import importlib.util
import resource
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import sympy
from sympy import Expr, Symbol

Cost = Mapping[str, float]


def with_relu(loss: Expr) -> Expr:
    """Return a loss in which a function without a derivative stands for each rectifier."""
    relu = sympy.Function("relu")
    return loss.replace(sympy.Max, lambda *arguments: relu(*(one for one in arguments if one != 0)))


def by_symengine(loss: Expr, parameters: Sequence[Symbol]) -> Cost:
    """Return what the gradients cost in symengine, and their LaTeX, which SymPy writes."""
    import symengine

    loss = symengine.sympify(with_relu(loss))
    symbols = [symengine.Symbol(symbol.name) for symbol in parameters]
    start = time.process_time()
    gradients = [loss.diff(symbol) for symbol in symbols]
    derived = time.process_time()
    latex = "\n".join(sympy.latex(sympy.sympify(gradient)) for gradient in gradients)
    return {"gradients": derived - start, "with_latex": time.process_time() - start, "latex_length": len(latex)}


class Language(NamedTuple):
    """How a program is told what to do.

    Attributes:
        command: The program with its options.
        begin: What comes first.
        assign: Assigns an expression to a name and prints nothing.
        differentiate: Assigns the derivative of ``L`` with respect to a parameter.
        typeset: Prints the LaTeX of a name.
    """

    command: tuple[str, ...]
    begin: str
    assign: str
    differentiate: str
    typeset: str


MAXIMA = Language(
    ("maxima", "--very-quiet"),
    "display2d:false$\n",
    "{name}:{value}$\n",
    "{name}:diff(L,{parameter})$\n",
    "tex({name})$\n",
)
GIAC_IN_WHEEL = Path(sysconfig.get_path("purelib")) / "sage_wheels" / "bin" / "giac"


def giac() -> Language:
    """Return how Giac is told what to do: one that is installed, or that of the wheel passagemath-giac."""
    program = shutil.which("giac") or str(GIAC_IN_WHEEL)
    return Language((program,), "", "{name}:=({value}):;\n", "{name}:=diff(L,{parameter}):;\n", "latex({name});\n")


def by_program(language: Language, loss: Expr, parameters: Sequence[Symbol]) -> Cost:
    """Return what the gradients and their LaTeX cost in another program."""
    program = derivation(language, loss, parameters)
    typeset = "".join(language.typeset.format(name=f"grad{number}") for number, _ in enumerate(parameters))
    nothing, _ = run(language.command, language.begin)
    derived, _ = run(language.command, program)
    whole, output = run(language.command, program + typeset)
    return {"gradients": derived - nothing, "with_latex": whole - nothing, "latex_length": len(output)}


def derivation(language: Language, loss: Expr, parameters: Sequence[Symbol]) -> str:
    """Return a program that assigns the derivative with respect to each parameter to ``grad0``, ``grad1``, ..."""
    text = str(with_relu(loss)).replace("**", "^")
    lines = [
        language.differentiate.format(name=f"grad{number}", parameter=symbol.name)
        for number, symbol in enumerate(parameters)
    ]
    return language.begin + language.assign.format(name="L", value=text) + "".join(lines)


def run(command: Sequence[str], text: str) -> tuple[float, str]:
    """Return the CPU seconds of a program that reads a text, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=text, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


SYSTEMS: Mapping[str, Callable[[Expr, Sequence[Symbol]], Cost]] = {
    "symengine": by_symengine,
    "Maxima": lambda loss, parameters: by_program(MAXIMA, loss, parameters),
    "Giac": lambda loss, parameters: by_program(giac(), loss, parameters),
}


def installed() -> tuple[str, ...]:
    """Return the systems that are installed."""
    found = {
        "symengine": importlib.util.find_spec("symengine") is not None,
        "Maxima": shutil.which("maxima") is not None,
        "Giac": shutil.which("giac") is not None or GIAC_IN_WHEEL.exists(),
    }
    return tuple(name for name in SYSTEMS if found[name])

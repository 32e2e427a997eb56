"""Values of a training beyond the first step's parameters: those of later steps, and what the optimizer keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

import mpmath
from sympy import Integer, Symbol
from sympy.core.expr import Expr

from symnet.arithmetic.real import Value
from symnet.catalog.optimizers import (
    CHANGE,
    CHANGES,
    FIRST_CORRECTED,
    GRADIENT,
    INTERPOLATED,
    NORMALIZER,
    PARAMETER,
    SECOND_CORRECTED,
    SQUARES,
    STEP,
    VELOCITY,
    Optimizer,
    updated,
)
from symnet.description.training import Training
from symnet.layout.tree import Glyph
from symnet.marking.records import Target, TargetKind
from symnet.numerics.expression import value_of
from symnet.numerics.training import Update
from symnet.worked import Part

# How what an optimizer keeps is called, where its name in the catalog is not its letter.
_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        VELOCITY.name: ("v", "V", "velocity"),
        SQUARES.name: ("s", "r", "v", "G", "squares", "cache"),
        "m": ("m", "first_moment"),
        "v": ("v", "second_moment"),
        "u": ("u", "largest"),
        CHANGES.name: ("u", "changes", "delta"),
        CHANGE.name: ("Delta", "change"),
        NORMALIZER.name: ("c", "normalizer"),
        INTERPOLATED.name: ("c", "interpolated"),
        FIRST_CORRECTED.name: ("m_hat", "mhat", r"\hat{m}", r"\hat m", r"\widehat{m}"),
        SECOND_CORRECTED.name: ("v_hat", "vhat", r"\hat{v}", r"\hat v", r"\widehat{v}"),
    }
)
_STATE = re.compile(
    r"(?P<word>\\(?:wide)?hat\s*\{?\s*[a-z]\s*\}?|[A-Za-z]+(?:_hat|_moment)?)\s*"
    r"(?:_\{(?P<braced>[^{}]+(?:\{[^{}]*\}[^{}]*)*)\}|_(?P<plain>[A-Za-z]\w*)|\((?P<round>.+)\)|\[(?P<square>.+)\])"
)
_AT_STEP = re.compile(
    r"(?P<name>.+?)\s*(?:(?P<primes>'+)|@\s*step\s*=?\s*(?P<step>[0-9]{1,5})"
    r"|\^\s*\{?\s*\(\s*(?:t\s*=\s*)?(?P<high>[0-9]{1,5})\s*\)\s*\}?)"
)


class Trained:
    """Reads what an answer may be to of a training, and knows its values.

    Args:
        part: The part that is trained.
        training: How it is trained.
        parameter: From how a parameter is written to what it may be.
    """

    def __init__(self, part: Part, training: Training, parameter: Callable[[str], tuple[Symbol, ...]]) -> None:
        self.part, self.training, self.parameter = part, training, parameter
        optimizer = training.rule
        kept = [state.name for state in optimizer.states] + [symbol.name for symbol, _ in optimizer.between]
        self.states = {word: name for name in reversed(kept) for word in _CALLED.get(name, (name,))}
        letters = {state.name: part.names.role(state.role) for state in optimizer.states}
        own = {letter.name: name for name, letter in letters.items() if isinstance(letter, Glyph)}
        self.states = {**own, **self.states}
        # Matrices of them have capitals.
        capitals = {word.upper(): name for word, name in self.states.items() if len(word) == 1}
        self.states = {**capitals, **self.states}

    def targets(self, text: str) -> tuple[Target, ...]:
        """Return what a left side may be to; nothing where it is no value of the training.

        Args:
            text: The left side in plain characters, without what stands around it.
        """
        read = self._read(text)
        return () if read is None else tuple(self._named(*read))

    def of_array(self, text: str, entries: Callable[[str], tuple[Symbol, ...]]) -> tuple[str, tuple[Target, ...]]:
        """Return the array that a left side is about, and what each of its entries is; nothing if it is about none.

        Args:
            text: The left side in plain characters, without what stands around it.
            entries: From the name of an array to its entries; none where it is the name of no array.
        """
        read = self._read(text)
        if read is None:
            return "", ()
        name, step, state = read
        known = [] if not self._is_known(step) else [one for one in entries(name) if self._is_trained(one, step)]
        return name, tuple(trained_target(one, step, state) for one in known)

    def _read(self, text: str) -> tuple[str, int, str | None] | None:
        """Return the name of a parameter, the number of a step, and what is kept of it; None for anything else."""
        found = _AT_STEP.fullmatch(text)
        name, step = text, 1
        if found is not None:
            name = found["name"]
            step = len(found["primes"]) if found["primes"] else int(found["step"] or found["high"])
        state = _STATE.fullmatch(name)
        if state is not None and (kept := self.states.get(_word(state["word"]))) is not None:
            inside = next(filter(None, (state[group] for group in ("braced", "plain", "round", "square"))))
            return inside, step, kept
        return (name, step, None) if found is not None else None

    def _is_known(self, step: int) -> bool:
        evaluation = self.part.evaluation
        return evaluation is not None and 1 <= step <= len(evaluation.updates)

    def _is_trained(self, parameter: Symbol, step: int) -> bool:
        evaluation = self.part.evaluation
        return evaluation is not None and parameter in evaluation.updates[step - 1].after

    def _named(self, name: str, step: int, state: str | None = None) -> Iterator[Target]:
        """Yield what a written parameter is after a step, or what is kept of it."""
        if self._is_known(step):
            found = (symbol for symbol in self.parameter(name) if self._is_trained(symbol, step))
            yield from (trained_target(symbol, step, state) for symbol in found)


def trained_target(parameter: Symbol, step: int, state: str | None = None) -> Target:
    """Return the target of a parameter after a step, or of what is kept of it.

    Args:
        parameter: The parameter.
        step: The 1-based number of the step.
        state: The name of what the optimizer keeps.
    """
    of = None if state is None else Symbol(state)
    return Target(name_after(step, parameter, of), TargetKind.TRAINED, parameter, None, of, step)


def name_after(step: int, parameter: Symbol, kept: Symbol | None = None) -> str:
    """Return the name of a parameter after a training step, or of what an optimizer has of it then."""
    own = parameter if kept is None else kept_of(kept, parameter)
    return f"{own.name}@step {step}"


def lines_after(rule: Optimizer, parameter: Symbol, step: int) -> dict[Symbol, Symbol]:
    """Return by its name after a step the line that works out a parameter, or what an optimizer has of it.

    Args:
        rule: The rule of the optimizer.
        parameter: The parameter.
        step: The 1-based number of the step.
    """
    kept = [*(state.symbol for state in rule.states), *(symbol for symbol, _ in rule.between)]
    lines = {Symbol(name_after(step, parameter, one)): kept_of(kept_line(rule, one), parameter) for one in kept}
    return lines | {Symbol(name_after(step, parameter)): updated(parameter)}


def kept_of(kept: Symbol, parameter: Symbol) -> Symbol:
    """Return the name of what an optimizer keeps of a parameter, or works out on the way to it."""
    return Symbol(f"{kept.name}({parameter.name})")


def kept_line(rule: Optimizer, kept: Symbol) -> Symbol:
    """Return the line of an optimizer's rule that works out what it keeps, or what it makes of that.

    Args:
        rule: The rule.
        kept: The name of what it keeps, or of what is corrected.
    """
    return updated(kept) if kept in {state.symbol for state in rule.states} else kept


def trained_value(part: Part, training: Training, target: Target) -> Value | None:
    """Return the value of a quantity of a training after a step; None where it has none.

    Args:
        part: The part that is trained.
        training: How it is trained.
        target: The quantity.
    """
    evaluation = part.evaluation
    if evaluation is None or target.step is None or target.step > len(evaluation.updates):
        return None
    update = evaluation.updates[target.step - 1]
    if target.of is None:
        return update.after.get(target.symbol)
    if target.of.name in update.state:
        return update.state[target.of.name].get(target.symbol)
    last = evaluation.updates[target.step - 2] if target.step > 1 else None
    return _between(training, target.of, (last, update), target.symbol)


def _kept_before(training: Training, last: Update | None, parameter: Symbol) -> Iterator[tuple[Symbol, Value]]:
    """Yield what the optimizer keeps of a parameter before a step, which is the first if there is no last one."""
    initial = {} if training.state is None else training.state.values
    for state in training.rule.states:
        if last is not None:
            yield state.symbol, last.state[state.name][parameter]
        else:
            yield state.symbol, _exactly(initial.get(state.name, {}).get(parameter.name, Fraction(0)))


def _exactly(number: Fraction) -> Value:
    return mpmath.mpf(number.numerator) / number.denominator


def _between(
    training: Training, wanted: Symbol, updates: tuple[Update | None, Update], parameter: Symbol
) -> Value | None:
    """Return what an optimizer works out for a parameter on the way to its update."""
    if wanted not in dict(training.rule.between):
        return None
    last, update = updates
    gradients = update.gradients if update.clipped is None else update.clipped
    known: dict[Expr, Value] = {updated(Symbol(name)): held[parameter] for name, held in update.state.items()}
    known |= {Symbol(name): _exactly(one) for name, one in training.options.items()}
    known |= {PARAMETER: update.before[parameter], GRADIENT: gradients[parameter]}
    known |= dict(_kept_before(training, last, parameter))
    step = Integer(training.steps_before + update.step)
    for symbol, line in training.rule.between:
        known[symbol] = value_of(line.xreplace({STEP: step}), known)
        if symbol == wanted:
            break
    return known[wanted]


def _word(typed: str) -> str:
    """Return how a state is called as it stands in the table."""
    return r"\hat{" + letter[1] + "}" if (letter := _HATTED.fullmatch(typed)) else typed


_HATTED = re.compile(r"\\(?:wide)?hat\s*\{?\s*([a-z])\s*\}?")

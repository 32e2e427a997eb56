"""Functions in an answer, at their arguments, with a prime for their derivative."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, PrimeDerivative
from symnet.marking.functions import CHOOSING, COMPOSED, CONDITIONED, OF_ARRAYS
from symnet.marking.grammar.conditions import choosing, conditioned
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.segments import ANY_FUNCTION
from symnet.network.graph import NodeKind
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

_BASES = {"2": "log2", "10": "log10", "e": "ln"}
# The derivative of a function has so many levels more than its argument at most.
_LEVELS_OF_DERIVATIVE = 5


def function(grammar: Grammar) -> Fragment:
    """Return a function that is written as a command."""
    token = grammar.take()
    return call(grammar, token.text, token.position)


def call(grammar: Grammar, word: str, position: int) -> Fragment:
    """Return a function at its arguments, its name having been taken.

    Args:
        grammar: Reads the answer.
        word: How the function is written.
        position: Where it begins.

    Raises:
        FormulaError: If it is written as no function is.
    """
    name = grammar.vocabulary.functions.get(word, word)
    if name in CONDITIONED:
        return conditioned(grammar, word, position)
    if name in CHOOSING:
        return choosing(grammar, position)
    primed = _is_prime(grammar)
    if grammar.token.kind == "low":
        name = _with_base(grammar, name)
    power = None
    if grammar.token.kind == "high":
        sign = grammar.take()
        power = grammar.exponent(sign)
        number = power.expression
        if not (number.is_Integer and number.is_positive):
            allowed, hint = words("reading.whole_exponent"), words("reading.one_over")
            raise FormulaError(grammar.text, sign.position, shown("^"), allowed, hint)
    grammar.deeper(position)
    arguments = _arguments(grammar, word, several=_takes_several(name))
    grammar.level -= 1
    found = grammar.called(
        name, position, arguments, lambda parts: _value(grammar, name, position, list(parts), primed=primed)
    )
    return found if power is None else grammar.joined("^", position, found, power)


def _takes_several(name: str) -> bool:
    if name in COMPOSED:
        return COMPOSED[name].arguments + COMPOSED[name].optional > 1
    return name in OF_ARRAYS or (name in FUNCTIONS and FUNCTIONS[name].most > 1)


def _with_base(grammar: Grammar, name: str) -> str:
    low = grammar.take()
    base = grammar.script()
    if name != "log" or base not in _BASES:
        allowed, hint = words("reading.base"), words("reading.other_base")
        raise FormulaError(grammar.text, low.position, shown("_"), allowed, hint)
    return _BASES[base]


def _is_prime(grammar: Grammar) -> bool:
    """Return whether a prime is at hand, also one that stands high, and go behind it."""
    start = grammar.mark()
    if grammar.token.kind == "high":
        grammar.take()
        if grammar.token.text == "{":
            grammar.take()
            if grammar.token.kind == "prime" and grammar.take() and grammar.token.text == "}":
                grammar.take()
                return True
    if grammar.token.kind == "prime":
        grammar.take()
        return True
    grammar.back(start)
    return False


def _arguments(grammar: Grammar, word: str, *, several: bool) -> list[Fragment]:
    """Return what a function is taken of: in brackets, or the one operand behind it."""
    opening = grammar.token
    if opening.kind == "open":
        grammar.open()
        bars, outer = grammar.bars, grammar.arguments
        grammar.bars, grammar.arguments = 0, int(several)
        found, commas = [grammar.sum()], list[int]()
        while grammar.token.kind == "comma":
            commas.append(grammar.take().position)
            found.append(grammar.option() or grammar.sum())
        if len(commas) > 1:
            grammar.expect_no_decimals(opening, commas)
        # A bracket that closes may have digits and a comma behind it.
        grammar.bars, grammar.arguments = bars, outer
        grammar.close(opening)
        return found
    if not grammar.is_factor(opening) and opening.kind != "number":
        raise grammar.error(opening, words("reading.opening_bracket"), words("reading.argument", function=word))
    argument = grammar.operand()
    room = "\\," in grammar.text[grammar.place : grammar.token.position]
    if grammar.token.text == "/" or (grammar.is_factor(grammar.token) and not room):
        raise grammar.ambiguous(opening.position, words("reading.argument_goes_on", function=word))
    return [argument]


def _value(grammar: Grammar, name: str, position: int, arguments: list[Fragment], *, primed: bool) -> Fragment:
    """Return a function, or its derivative, at its arguments."""
    first = arguments[0].expression
    units = list(_units(grammar, name, first)) if len(arguments) == 1 else []
    if primed:
        if len(units) == 1:
            of_function = PrimeDerivative(units[0], first)
            grammar.meanings[of_function] = grammar.vocabulary.part.network.nodes[units[0]].derivatives[first][-1]
            return grammar.grown(Fragment(of_function, position, arguments[0].depth))
        if name in FUNCTIONS and FUNCTIONS[name].most == 1 and len(arguments) == 1:
            of_function = FUNCTIONS[name].derivatives(first)[0]
            return grammar.grown(Fragment(of_function, position, arguments[0].depth + _LEVELS_OF_DERIVATIVE))
    elif name in FUNCTIONS:
        return grammar.applied(name, position, arguments)
    elif name in COMPOSED:
        return _composed(grammar, name, position, arguments)
    elif len(units) == 1:
        applied = Applied(name, first)
        grammar.meanings[applied] = grammar.vocabulary.part.network.nodes[units[0]].expression
        return grammar.grown(Fragment(applied, position, arguments[0].depth + 1))
    written = f"{name}'" if primed else name
    found = words("reading.no_pre_activation", function=written)
    allowed = words("reading.functions", functions=", ".join(FUNCTIONS))
    raise FormulaError(grammar.text, position, found, allowed)


def _composed(grammar: Grammar, name: str, position: int, arguments: list[Fragment]) -> Fragment:
    """Return a function that is made of others at its arguments."""
    least, build, optional = COMPOSED[name]
    if not least <= len(arguments) <= least + optional:
        raise grammar.wrong_count(name, position, len(arguments), str(least))
    return build(grammar, position, arguments[:least])


def _units(grammar: Grammar, name: str, z: Symbol) -> Iterator[Symbol]:
    """Yield the units whose activation is ``name``, or any, and taken of the pre-activation ``z`` alone."""
    part = grammar.vocabulary.part
    for symbol in part.network.children.get(z, ()):
        node = part.network.nodes[symbol]
        quantity = part.objective.quantities[symbol.name]
        fits = quantity.activation == name or name in ANY_FUNCTION
        if node.kind is NodeKind.ACTIVATION and len(node.derivatives) == 1 and fits:
            yield symbol

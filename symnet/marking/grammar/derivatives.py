"""Derivatives in an answer: how they are written, and what they stand for."""

from __future__ import annotations

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.derivation.objective import OBJECTIVE
from symnet.limits import MOST_LOSS_WORDS
from symnet.marking.grammar.cursor import OPERAND, OPERATOR
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import Found, QuantityReader
from symnet.marking.tokens import AnswerToken
from symnet.marking.truth import derivative_id, of_sample
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError

_BY = "a ∂ and what the derivative is with respect to"


def derivative(words: QuantityReader) -> tuple[Symbol, Found] | None:
    """Return what is differentiated at hand and by what, and go behind it; None if no derivative begins here.

    Args:
        words: Stands where one may begin.

    Raises:
        FormulaError: Where one begins that is not written as one.
    """
    start, certain = words.mark(), words.token.kind == "partial"
    try:
        if words.token.kind == "fraction":
            words.take()
            opening = words.token
            if opening.text == "{":
                words.open()
                certain = words.token.kind == "partial"
                if _differential(words):
                    return _fraction(words, opening)
        elif _differential(words):
            return _line(words)
    except FormulaError:
        if certain:
            raise
    words.back(start)
    return None


def _line(words: QuantityReader) -> tuple[Symbol, Found]:
    """Return a derivative on one line, its first ∂ taken."""
    of = _differentiated(words)
    if words.token.text != "/":
        raise words.error(words.token, f"a / and {_BY}")
    words.take()
    if not _differential(words):
        raise words.error(words.token, _BY)
    return of, words.quantity()


def _fraction(words: QuantityReader, over: AnswerToken) -> tuple[Symbol, Found]:
    """Return a derivative as a fraction, its first brace and ∂ taken."""
    of = _differentiated(words)
    words.close(over)
    under = words.token
    if under.text != "{":
        raise words.error(under, "what the derivative is with respect to, in braces")
    words.open()
    if not _differential(words):
        raise words.error(words.token, _BY)
    wrt = words.quantity()
    words.close(under)
    return of, wrt


def _differential(words: QuantityReader) -> bool:
    """Return whether a ∂ or a d stands before a name, and go behind it."""
    token = words.token
    if token.kind == "partial" or (token.kind == "font" and token.text == "d"):
        words.take()
        return True
    is_id = token.text in words.vocabulary.ids and len(token.text) > 1
    if token.kind != "word" or token.text[0] != "d" or is_id:
        return False
    words.go(token.position + 1)
    return True


def _differentiated(words: QuantityReader) -> Symbol:
    """Return what is differentiated; a loss may have what it depends on in brackets behind it."""
    found = words.quantity()
    losses = [symbol for symbol in found.meant if words.vocabulary.is_loss(symbol)]
    if not losses:
        return words.one(found)
    if words.token.text == "(":
        opening = words.open()
        for _ in range(MOST_LOSS_WORDS):
            if words.token.kind not in ("word", "letter", "comma", "bold", "accent", "font", "open", "close"):
                break
            if words.token.text == ")":
                break
            words.take()
        words.close(opening)
    return losses[0]


def derivative_of(grammar: Grammar, position: int, of: Symbol, found: Found) -> Fragment:
    """Return a derivative as part of an answer, what it stands for being noted.

    Args:
        grammar: Reads the answer.
        position: Where the derivative begins.
        of: What is differentiated.
        found: What it is differentiated with respect to.

    Raises:
        FormulaError: If it is neither one of the loss, nor by what a quantity directly depends on.
    """
    wrt = grammar.one(found)
    meaning = meant_by(grammar, of, wrt)
    if meaning is None:
        written = f"the derivative of {of.name} with respect to {wrt.name}"
        allowed = "derivatives of the loss, and of a quantity with respect to what it is computed from directly"
        raise FormulaError(grammar.text, position, written, allowed)
    cited = Partial(of, wrt)
    if meaning != cited:
        grammar.meanings[cited] = meaning
    return grammar.grown(Fragment(cited, position))


def meant_by(words: QuantityReader, of: Symbol, wrt: Symbol) -> Expr | None:
    """Return what the derivative of one quantity with respect to another is; None for one that no answer may cite.

    Args:
        words: Knows the exercise.
        of: What is differentiated.
        wrt: By what.
    """
    part = words.vocabulary.part
    if words.vocabulary.is_loss(of):
        return _of_loss(words, of, wrt)
    if of == wrt:
        return S.One
    node = part.network.nodes.get(of)
    return node.derivatives[wrt][-1] if node is not None and wrt in node.derivatives else None


def _of_loss(words: QuantityReader, of: Symbol, wrt: Symbol) -> Expr | None:
    part, ids = words.vocabulary.part, words.vocabulary.ids
    network, adjoints = part.network, part.gradient.adjoints
    name, _, sample = wrt.name.partition("@")
    plain = Symbol(name)
    if plain in adjoints:
        cited = adjoints[plain].symbol
        return ids.get(f"{cited.name}@{sample}") if sample else cited
    if wrt in part.gradient.leaves:
        if "@" in of.name and of != network.loss:
            return of_sample(Symbol(derivative_id(network, wrt)), int(of.name.partition("@")[2]) - 1)
        whole = OBJECTIVE in (of, network.loss) or network.is_graph or not part.objective.nodes
        return Symbol(derivative_id(network, wrt)) if whole else Partial(network.loss, wrt)
    return S.One if wrt == of else None


def partial(grammar: Grammar) -> Fragment:
    """Return a derivative that is written on one line."""
    token = grammar.token
    found = derivative(grammar)
    if found is None:
        raise grammar.error(token, OPERAND)
    if grammar.token.kind == "high":
        raise grammar.error(grammar.token, OPERATOR, "Put the derivative in brackets.")
    return derivative_of(grammar, token.position, *found)

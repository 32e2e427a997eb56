"""Derivatives in an answer: how they are written, and what they stand for."""

from __future__ import annotations

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.derivation.objective import OBJECTIVE
from symnet.derivation.steps import derivative_id
from symnet.limits import MOST_LOSS_WORDS
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import Found, QuantityReader
from symnet.marking.tokens import AnswerToken
from symnet.marking.truth import of_sample
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError
from symnet.text.say import words


def derivative(reader: QuantityReader) -> tuple[Symbol, Found] | None:
    """Return what the derivative at hand is of and with respect to, and go behind it; None if none begins here.

    Args:
        reader: Stands where one may begin.

    Raises:
        FormulaError: Where one begins that is not written as one.
    """
    start, certain = reader.mark(), reader.token.kind == "partial"
    try:
        if reader.token.kind == "fraction":
            reader.take()
            opening = reader.token
            if opening.text == "{":
                reader.open()
                certain = reader.token.kind == "partial"
                if _differential(reader):
                    return _fraction(reader, opening)
        elif _differential(reader):
            return _line(reader)
    except FormulaError:
        if certain:
            raise
    reader.back(start)
    return None


def _line(reader: QuantityReader) -> tuple[Symbol, Found]:
    """Return a derivative on one line, its first ∂ taken."""
    of = _differentiated(reader)
    if reader.token.text != "/":
        raise reader.error(reader.token, words("reading.over_with_respect_to"))
    reader.take()
    if not _differential(reader):
        raise reader.error(reader.token, words("reading.with_respect_to"))
    return of, reader.quantity()


def _fraction(reader: QuantityReader, over: AnswerToken) -> tuple[Symbol, Found]:
    """Return a derivative as a fraction, its first brace and ∂ taken."""
    of = _differentiated(reader)
    reader.close(over)
    under = reader.token
    if under.text != "{":
        raise reader.error(under, words("reading.with_respect_to_in_braces"))
    reader.open()
    if not _differential(reader):
        raise reader.error(reader.token, words("reading.with_respect_to"))
    wrt = reader.quantity()
    reader.close(under)
    return of, wrt


def _differential(reader: QuantityReader) -> bool:
    """Return whether a ∂ or a d stands before a name, and go behind it."""
    token = reader.token
    if token.kind == "partial" or (token.kind == "font" and token.text == "d"):
        reader.take()
        return True
    is_id = token.text in reader.vocabulary.ids and len(token.text) > 1
    if token.kind != "word" or token.text[0] != "d" or is_id:
        return False
    reader.go(token.position + 1)
    return True


def _differentiated(reader: QuantityReader) -> Symbol:
    """Return what is differentiated; a loss may have what it depends on in brackets behind it."""
    found = reader.quantity()
    losses = [symbol for symbol in found.meant if reader.vocabulary.is_loss(symbol)]
    if not losses:
        return reader.one(found)
    if reader.token.text == "(":
        opening = reader.open()
        for _ in range(MOST_LOSS_WORDS):
            if reader.token.kind not in ("word", "letter", "comma", "bold", "accent", "font", "open", "close"):
                break
            if reader.token.text == ")":
                break
            reader.take()
        reader.close(opening)
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
    wrt = Fragment(grammar.one(found), position)
    return grammar.entrywise(position, [wrt], lambda parts: _cited(grammar, position, of, parts[0].expression))


def _cited(grammar: Grammar, position: int, of: Symbol, wrt: Symbol) -> Fragment:
    """Return the derivative with respect to one number as part of an answer."""
    meaning = meant_by(grammar, of, wrt)
    if meaning is None:
        written = words("reading.derivative", of=of.name, wrt=wrt.name)
        allowed = words("reading.derivatives")
        raise FormulaError(grammar.text, position, written, allowed)
    cited = Partial(of, wrt)
    if meaning != cited:
        grammar.meanings[cited] = meaning
    return grammar.grown(Fragment(cited, position))


def meant_by(reader: QuantityReader, of: Symbol, wrt: Symbol) -> Expr | None:
    """Return what the derivative of one quantity with respect to another is; None for one that no answer may cite.

    Args:
        reader: Knows the exercise.
        of: What is differentiated.
        wrt: By what.
    """
    part = reader.vocabulary.part
    if reader.vocabulary.is_loss(of):
        return _of_loss(reader, of, wrt)
    if of == wrt:
        return S.One
    node = part.network.nodes.get(of)
    return node.derivatives[wrt][-1] if node is not None and wrt in node.derivatives else None


def _of_loss(reader: QuantityReader, of: Symbol, wrt: Symbol) -> Expr | None:
    part, ids = reader.vocabulary.part, reader.vocabulary.ids
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
        raise grammar.error(token, words("reading.operand"))
    if grammar.token.kind == "high":
        raise grammar.error(grammar.token, words("reading.operator"), words("reading.derivative_in_brackets"))
    return derivative_of(grammar, token.position, *found)

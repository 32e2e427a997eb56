"""Sums over an index in an answer: each term is read with the number of the index in its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from symnet.limits import MOST_SUMMANDS
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import UnknownNameError
from symnet.marking.tokens import AnswerToken
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

# Under the sign: the index, with where it begins.
_UNDER = re.compile(r"(?P<index>[A-Za-z]|\\ell)(?:=(?P<first>[0-9]{1,4}))?")
_OVER = re.compile(r"[0-9]{1,4}")
# A script, low or high in brackets, and the mark of a sample: where the index of a sum stands.
_SCRIPT = re.compile(
    r"_\s*(?:\{(?P<braced>[^{}]{1,60})\}|(?P<plain>[A-Za-z0-9_]{1,40}))"
    r"|(?:\^\s*\{?\s*|(?<=[)\]]))[(\[](?P<high>[A-Za-z0-9]{1,4})[)\]]|@(?P<sample>[A-Za-z])(?![A-Za-z0-9])"
)
_LETTERS = re.compile(r"[A-Za-z]+")
# Letters run together in a script that are indices, not a word.
_MOST_INDICES = 3


class IndexRange(NamedTuple):
    """What the index of a sum runs over.

    Attributes:
        letter: Its letter.
        first: Where it begins.
        last: Where it ends; None for the last number at which there are such quantities.
    """

    letter: str
    first: int
    last: int | None


class _Instance(NamedTuple):
    """A text with a number in place of an index.

    Attributes:
        text: The text.
        places: Where the index stood, in the text as it was.
        wider: By how many characters the number is longer than the index.
    """

    text: str
    places: tuple[int, ...]
    wider: tuple[int, ...]

    def back(self, position: int) -> int:
        """Return where a place of the text stood in the text as it was."""
        for place, wider in zip(self.places, self.wider, strict=True):
            if position > place:
                position = max(place, position - wider)
        return position


def total(grammar: Grammar, sign: AnswerToken) -> Fragment:
    """Return the sum of a term over an index, its sign having been taken.

    The term is all that follows up to a plus or a minus: what stands behind it does not depend on whether the sum has
    ended before.

    Args:
        grammar: Reads the answer.
        sign: The sign of the sum.

    Raises:
        FormulaError: If its index, its range or a term cannot be read.
    """
    if grammar.text[: sign.position].rstrip().endswith("/"):
        raise grammar.ambiguous(sign.position, words("reading.division_before_sum"))
    reach = _range(grammar, sign)
    start = grammar.here
    terms: list[Fragment] = []
    grammar.deeper(sign.position)
    for number in _numbers(reach):
        try:
            terms.append(_term(grammar, reach, number, start))
        except UnknownNameError:
            if reach.last is not None or not terms:
                raise
            break
    else:
        if reach.last is None:
            allowed = words("reading.sum_ends", most=MOST_SUMMANDS)
            raise FormulaError(grammar.text, sign.position, words("reading.endless"), allowed)
    grammar.go(terms[-1].position)
    grammar.level -= 1
    found = terms[0]._replace(position=sign.position)
    for term in terms[1:]:
        found = grammar.joined("+", sign.position, found, term)
    return found


def _numbers(reach: IndexRange) -> Iterator[int]:
    yield from range(reach.first, reach.first + MOST_SUMMANDS if reach.last is None else reach.last + 1)


def _range(grammar: Grammar, sign: AnswerToken) -> IndexRange:
    """Return the index of a sum and its range, and go behind them."""
    under, over = None, None
    inside = sign.text.partition("_")[2]
    if inside:
        under = inside
    while under is None or over is None:
        kind = grammar.token.kind
        if kind == "low" and under is None:
            under = _script(grammar)
        elif kind == "high" and over is None:
            over = _script(grammar)
        else:
            break
    found = _UNDER.fullmatch(under or "")
    if found is None:
        allowed, hint = words("reading.sum_index"), words("reading.sum_example")
        raise FormulaError(grammar.text, sign.position, shown(under or sign.text), allowed, hint)
    first = int(found["first"] or 1)
    last = int(over) if over is not None and _OVER.fullmatch(over) else None
    if last is not None and not 0 <= last - first < MOST_SUMMANDS:
        allowed = words("reading.sum_terms", most=MOST_SUMMANDS)
        raise FormulaError(grammar.text, sign.position, shown(f"{first}..{last}"), allowed)
    return IndexRange(found["index"].removeprefix("\\"), first, last)


def _script(grammar: Grammar) -> str:
    """Return the bounds below or above the sum sign, without spaces."""
    grammar.take()
    opening = grammar.token
    if opening.kind != "open":
        return grammar.script() or ""
    level = 1
    for place in range(opening.end, grammar.stop):
        level += (grammar.text[place] in "([{") - (grammar.text[place] in ")]}")
        if not level:
            grammar.go(place + 1)
            return "".join(grammar.text[opening.end : place].split())
    missing = words("reading.never_closed")
    raise FormulaError(
        grammar.text, opening.position, grammar.shown(opening), words("reading.closing_bracket"), missing
    )


def _term(grammar: Grammar, reach: IndexRange, number: int, start: int) -> Fragment:
    """Return one term; its position is where it ends in the text as it is."""
    text, stop, pieces = grammar.text, grammar.stop, set(grammar.several)
    made = _instance(text, start, stop, reach.letter, str(number))
    if not made.places:
        allowed, hint = words("reading.sum_index_used", index=reach.letter), words("reading.sum_example")
        raise FormulaError(text, start, shown(text[start:stop]), allowed, hint)
    grammar.read_in(made.text, start, stop + sum(made.wider))
    try:
        term = grammar.product()
        end = made.back(grammar.place)
    except FormulaError as error:
        raise _moved(error, text, made) from None
    finally:
        for meant in grammar.several.keys() - pieces:
            grammar.several[meant] = _moved(grammar.several[meant], text, made)
        grammar.read_in(text, start, stop)
    return term._replace(position=end)


def _moved(error: FormulaError, text: str, made: _Instance) -> FormulaError:
    return type(error)(text, made.back(error.position), error.found, error.allowed, error.hint)


def _instance(text: str, start: int, stop: int, index: str, number: str) -> _Instance:
    """Return a text with a number for an index in every script from a place on."""
    pieces, places, wider, done = [text[:start]], list[int](), list[int](), start
    for script in _SCRIPT.finditer(text, start, stop):
        group = next(name for name, inside in script.groupdict().items() if inside is not None)
        for run in _LETTERS.finditer(text, script.start(group), script.end(group)):
            if len(run[0]) > _MOST_INDICES:
                continue
            for place in range(run.start(), run.end()):
                if text[place] == index:
                    put_in = _apart(text, place, number)
                    pieces += (text[done:place], put_in)
                    places.append(place)
                    wider.append(len(put_in) - 1)
                    done = place + 1
    return _Instance("".join((*pieces, text[done:])), tuple(places), tuple(wider))


def _apart(text: str, place: int, number: str) -> str:
    """Return a number as it stands in a script: one of several digits with commas beside other indices."""
    if len(number) == 1:
        return number
    before = "," if text[place - 1].isalnum() else ""
    return f"{before}{number}{',' if text[place + 1 : place + 2].isalnum() else ''}"

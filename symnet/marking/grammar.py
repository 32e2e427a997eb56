"""The grammar of typed answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Integer, Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import Applied, Branch, Chain, Indicator, Partial, PathSum, PrimeDerivative, Wins, difference
from symnet.derivation.objective import OBJECTIVE
from symnet.layout.tree import ACCENTS
from symnet.limits import LONGEST_SCRIPT, LONGEST_WRITTEN_NAME, MOST_LOSS_WORDS, MOST_MEANINGS
from symnet.marking.names import LOSSES, Spelling, Vocabulary
from symnet.marking.tokens import AnswerToken, lost_command, next_token
from symnet.marking.truth import derivative_id, of_sample
from symnet.network.graph import NodeKind
from symnet.parsing import tokens
from symnet.parsing.limits import Assembly, Fragment
from symnet.parsing.tokens import FormulaError, shown

# The place up to which an answer has been read, and what is said where it cannot be read on.

OPERAND = "a name, a number, a function or an opening bracket"
OPERATOR = "an operator + - * / ^"
_CLOSED_BY = MappingProxyType({"(": ")", "[": "]", "{": "}", "\\{": "\\}"})
_LINE_ENDS = frozenset("\r\n")


class ReadingPlace(NamedTuple):
    """Where an answer can be read again from.

    Attributes:
        end: The end of the last word that was taken.
        nodes: How many nodes there were.
        level: How many brackets were open.
        arguments: Of how many functions the arguments were being read.
        bars: How many bars were open.
    """

    end: int
    nodes: int
    level: int
    arguments: int
    bars: int


class Cursor(Assembly):
    """Goes through an answer word by word.

    Args:
        text: The answer in plain characters.
        start: Where it begins.
        stop: Where it ends.
        vocabulary: What it may name.
    """

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text)
        self.vocabulary = vocabulary
        self.stop = stop
        self.place = start
        self.seen: AnswerToken | None = None
        # Between the arguments of a function a comma is no decimal one; between bars, a bar closes.
        self.arguments = 0
        self.bars = 0

    @property
    def token(self) -> AnswerToken:
        """The word at hand; it is not looked at before it is needed, so that the first problem is found first."""
        if self.seen is None:
            self.seen = next_token(self.text, self.place, self.stop, commas=not self.arguments)
        return self.seen

    @property
    def here(self) -> int:
        """Where the word at hand begins."""
        return self.token.position

    def take(self) -> AnswerToken:
        """Return the word at hand, and go on to the next one."""
        token = self.token
        self.go(token.end)
        return token

    def go(self, place: int) -> None:
        """Go on from a place in the text."""
        self.place, self.seen = place, None

    def mark(self) -> ReadingPlace:
        """Return where the answer can be read again from."""
        return ReadingPlace(self.place, self.nodes, self.level, self.arguments, self.bars)

    def breaks_line(self) -> bool:
        """Return whether a line ends between what was taken last and the word at hand."""
        return not _LINE_ENDS.isdisjoint(self.text[self.place : self.token.position])

    def back(self, place: ReadingPlace) -> None:
        """Go back."""
        self.go(place.end)
        _end, self.nodes, self.level, self.arguments, self.bars = place

    def open(self) -> AnswerToken:
        """Return the opening bracket at hand, and go behind it.

        Raises:
            FormulaError: If there are too many.
        """
        opening = self.take()
        self.deeper(opening.position)
        return opening

    def close(self, opening: AnswerToken) -> None:
        """Go on behind the bracket that closes ``opening``.

        Raises:
            FormulaError: If it is not at hand.
        """
        sized = "right" if opening.text.startswith("left") else ""
        closing = sized + _CLOSED_BY[opening.text.removeprefix("left")]
        if self.token.kind != "close" or self.token.text != closing:
            if self.token.kind == "end":
                missing = "The bracket opened here is never closed."
                allowed = "a closing bracket further on"
                raise FormulaError(self.text, opening.position, self.shown(opening), allowed, missing)
            raise self.error(self.token, f"{OPERATOR} or the closing bracket {closing}")
        self.level -= 1
        self.take()

    def error(self, token: AnswerToken, allowed: str, hint: str = "") -> FormulaError:
        """Return the error for a word that may not stand where it does."""
        return FormulaError(self.text, token.position, self.shown(token), allowed, hint)

    def shown(self, token: AnswerToken) -> str:
        """Return a word as an error names it: as it stands in the answer."""
        return shown(self.text[token.position : token.end]) if token.kind != "end" else "the end"

    def script(self) -> str | None:
        """Return what stands in a script, without spaces, and go behind it; None if it is no plain one.

        The sign of the script has been taken.
        """
        if self.token.kind != "open":
            return self._short()
        opening = self.take()
        pieces: list[str] = []
        levels = [opening.text]
        for _ in range(LONGEST_SCRIPT):
            token = self.take()
            if token.kind == "open":
                levels.append(token.text)
            elif token.kind == "close":
                if token.text != _CLOSED_BY.get(levels.pop()):
                    return None
                if not levels:
                    bare = opening.text == "{"
                    return "".join(pieces) if bare else f"{opening.text}{''.join(pieces)}{token.text}"
            if token.text in ("{", "}"):
                continue
            if token.kind not in _PLAIN:
                return None
            pieces.append(token.text)
        return None

    def _short(self) -> str | None:
        """Return a script without braces: a number, a letter, or the first letter of a word."""
        token = self.token
        if token.kind == "word":
            self.go(token.position + 1)
            return token.text[0]
        return self.take().text if token.kind in ("number", "letter", "prime", "font") else None


# What may stand in the script of a name.
_PLAIN = frozenset(("number", "word", "letter", "font", "sign", "comma", "row", "open", "close", "prime"))


# The names that a word is made of where several are run together, as in ``2a1x2`` or ``yln(a)``.

_CONSTANTS = ("e", "pi")
_INDEX_segments = re.compile(r"_?[0-9]+(?:_[0-9]+)*(?![0-9_])")
_LETTER_INDEX = re.compile(r"_([A-Za-z]+)(?![A-Za-z0-9_])")
ANY_FUNCTION = frozenset(("f", "g", "h", "phi"))
"""With a prime, any of these is the derivative of the activation at hand."""


class NameSegment(NamedTuple):
    """One of the names that a word is made of.

    Attributes:
        kind: ``id``, ``letter``, ``constant`` or ``function``.
        text: The id, the letter, the constant or the function.
        end: Where it ends in the text.
        low: The index that stands behind a letter.
    """

    kind: str
    text: str
    end: int
    low: str = ""


def pieces(vocabulary: Vocabulary, text: str, start: int, end: int) -> dict[int, NameSegment | None]:
    """Return the name at each place of a word: the longest behind which the rest is made of names, or None.

    They are found from the end on, so that it takes no longer than the word.

    Args:
        vocabulary: The names.
        text: The text that the word is in.
        start: Where the word begins.
        end: Where it ends.
    """
    found: dict[int, NameSegment | None] = {start: None}
    # The mark of a sample belongs to the last of the names; an id has it too.
    ends = {end, start + (text[start:end] + "@").index("@")}
    for place in range(end - 1, start - 1, -1):
        if text[place].isalpha():
            options = _options(vocabulary, text, place, end)
            fitting = (piece for piece in options if piece.end in ends or found.get(piece.end) is not None)
            whole = (piece for piece in fitting if _may_stand(vocabulary, piece, whole=place == start, ends=ends))
            found[place] = max(whole, key=lambda piece: piece.end, default=None)
    return found


def _may_stand(vocabulary: Vocabulary, piece: NameSegment, *, whole: bool, ends: set[int]) -> bool:
    """Return whether a name may stand among others: the letter of another course is read by itself alone."""
    return piece.text not in vocabulary.foreign or (whole and piece.end in ends)


def _options(vocabulary: Vocabulary, text: str, place: int, end: int) -> Iterator[NameSegment]:
    """Yield the names that may stand at a place of a word, of equally long ones the preferred one first."""
    rest = text[place : min(end, place + LONGEST_WRITTEN_NAME)]
    if rest in ANY_FUNCTION and text[end : end + 1] == "'":
        yield NameSegment("function", rest, end)
    for size in range(min(vocabulary.longest, len(rest)), 0, -1):
        if rest[:size] in vocabulary.ids and _ends(rest, size):
            yield NameSegment("id", rest[:size], place + size)
    for word in _CONSTANTS:
        # A constant comes before a name that would leave its index out.
        if rest.startswith(word) and _ends(rest, len(word)) and Spelling(word) not in vocabulary.exact:
            yield NameSegment("constant", word, place + len(word))
    for word in vocabulary.letters.get(rest[0], ()):
        if rest.startswith(word):
            yield from _with_index(vocabulary, word, rest, place)
    if rest in vocabulary.functions and place + len(rest) == end:
        yield NameSegment("function", rest, end)


def _with_index(vocabulary: Vocabulary, word: str, rest: str, place: int) -> Iterator[NameSegment]:
    """Yield a letter with the index behind it, or without where none follows."""
    size, letter = len(word), _letter(vocabulary, word)
    if number := _INDEX_segments.match(rest, size):
        if _ends(rest, number.end()):
            yield NameSegment("letter", letter, place + number.end(), number[0].lstrip("_"))
    elif index := _LETTER_INDEX.match(rest, size):
        for low in (index[1], index[1][0]):
            if vocabulary.meant(Spelling(letter, low)):
                yield NameSegment("letter", letter, place + size + 1 + len(low), low)
    elif _ends(rest, size):
        yield NameSegment("letter", letter, place + size)


def _letter(vocabulary: Vocabulary, word: str) -> str:
    """Return the letter that a typed word is: with a mark over it for ``yhat``."""
    for mark in ACCENTS:
        letter = word.removesuffix(mark).removesuffix("_")
        if word != mark and word.endswith(mark) and f"{mark} {letter}" in vocabulary.highs:
            return f"{mark} {letter}"
    return word


def _ends(rest: str, size: int) -> bool:
    """Return whether a name of this many characters does not go on with digits or an index."""
    following = rest[size : size + 1]
    return not following or following.isalpha() or following == "@"


# The names in an answer: letters with scripts, ids, several run together, and derivatives.

IF, ELSE = ("if", "for", "when"), ("otherwise", "else")
KEYWORDS = frozenset((*IF, *ELSE))
"""The words in a value by cases."""


# What a name may stand for.
Meant: TypeAlias = tuple[Symbol, ...]
_SAMPLE = re.compile(r"@([0-9]{1,6})(?![0-9])")
_INDEX = re.compile(r"_[0-9]+(?![0-9])")
# How much of a word has to be that of a name for which it may be a slip, and how long the word has to be.
_NEAR, _SHORTEST_NEAR = 0.75, 4


class Found(NamedTuple):
    """A name in an answer.

    Attributes:
        meant: What it may stand for; nothing if it is no quantity's.
        spelling: How it is spelt.
        position: Where it begins.
        end: Where it ends.
    """

    meant: tuple[Symbol, ...]
    spelling: Spelling
    position: int
    end: int


class Wording(Cursor):
    """Reads the names in an answer."""

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text, start, stop, vocabulary)
        self._pieces: dict[int, NameSegment | None] = {}
        # What is chosen of each name that may be several quantities; and those that came up, with what is said of them.
        self.chosen: Mapping[Meant, Symbol] = {}
        self.several: dict[Meant, FormulaError] = {}

    def quantity(self) -> Found:
        """Return the name at hand, with the mark of its sample, and go behind it.

        Raises:
            FormulaError: If there is none.
        """
        found = self._quantity()
        mark = _SAMPLE.match(self.text, self.place, self.stop)
        if mark is None:
            return found
        self.go(mark.end())
        meant = self.vocabulary.at_sample(found.meant, int(mark[1]))
        if found.meant and not meant:
            count, allowed = self.vocabulary.samples, "the number of a sample, behind what each sample has for itself"
            hint = f"There {'is one sample' if count == 1 else f'are {count} samples'}."
            raise FormulaError(self.text, mark.start(), shown(mark[0]), allowed, hint)
        return Found(meant, found.spelling._replace(high=f"{found.spelling.high}{mark[0]}"), found.position, self.place)

    def _quantity(self) -> Found:
        """Return the name at hand without the mark of its sample."""
        token = self.token
        if token.kind == "word":
            piece = self.piece(token)
            if piece.kind == "id":
                self.go(piece.end)
                return self._by_id(piece.text, token.position)
            if piece.kind == "letter":
                self.go(piece.end)
                return self.scripted(piece.text, token.position, piece.low)
        elif token.kind in ("letter", "font"):
            self.take()
            if token.kind == "font" and token.text in self.vocabulary.ids:
                return self._by_id(token.text, token.position)
            return self.scripted(token.text, token.position)
        elif token.kind == "accent":
            self.take()
            letter, low = self._under_accent()
            return self.scripted(f"{token.text} {letter}", token.position, low)
        raise self.error(token, "a name")

    def scripted(self, letter: str, position: int, low: str = "") -> Found:
        """Return the name that a letter begins, its scripts read: one low, and those high that are part of a name."""
        high, highs = "", self.vocabulary.highs.get(letter, frozenset())
        # The mark of a sample ends a name.
        while not self.text.startswith("@", self.place):
            start, kind = self.mark(), self.token.kind
            if kind == "low" and not low:
                low = self._index()
                continue
            if kind == "number" and not (low or high) and self._is_glued(position):
                low = self.take().text
                while index := _INDEX.match(self.text, self.place, self.stop):
                    low += index[0]
                    self.go(index.end())
                continue
            if kind in ("high", "prime") and self.token.text != "**":
                if kind == "high":
                    self.take()
                more = self._high_script()
                if self.vocabulary.samples == 1:
                    # Some courses have layers in square brackets; elsewhere these mark a sample.
                    more = more.replace("[", "(").replace("]", ")")
                if more and any(known.startswith(high + more) for known in highs):
                    high += more
                    continue
                self.back(start)
            break
        spelling = Spelling(letter, low, high)
        return Found(self.vocabulary.meant(spelling), spelling, position, self.place)

    def _by_id(self, name: str, position: int) -> Found:
        """Return the quantity with an id; with scripts behind it, the id is but the letter of another name."""
        plain = Spelling(name)
        if name in self.vocabulary.highs:
            found = self.scripted(name, position)
            if found.spelling != plain:
                return found
        return Found((self.vocabulary.ids[name],), plain, position, self.place)

    def _is_glued(self, position: int) -> bool:
        """Return whether the number at hand stands right behind a letter, as its index; a command ends in a space."""
        between = self.text[self.place : self.token.position]
        return self.token.text.isdigit() and (not between or (between == " " and self.text[position] == "\\"))

    def one(self, found: Found) -> Symbol:
        """Return what a name stands for; of several things the one that is chosen, or else the first.

        Raises:
            FormulaError: If it is nothing, or too many things.
        """
        written = self.text[found.position : found.end].strip()
        if not found.meant:
            raise self.unknown(found.position, written, found.spelling.letter)
        if len(found.meant) > 1:
            allowed = f"a name that is one quantity's; this may be {self.vocabulary.shown(found.meant)}"
            error = FormulaError(self.text, found.position, shown(written), allowed, "Write the layer, or the id.")
            if len(found.meant) > MOST_MEANINGS:
                raise error
            self.several.setdefault(found.meant, error)
        return self.chosen.get(found.meant, found.meant[0])

    def piece(self, token: AnswerToken) -> NameSegment:
        """Return the first of the names that a word is made of.

        Raises:
            FormulaError: If it is not made of any.
        """
        if token.position not in self._pieces:
            self._pieces |= pieces(self.vocabulary, self.text, token.position, token.end)
        piece = self._pieces[token.position]
        if piece is None:
            raise self.unknown(token.position, token.text)
        return piece

    def unknown(self, position: int, word: str, letter: str = "") -> FormulaError:
        """Return the error for a name that is none.

        Args:
            position: Where it stands.
            word: The name as it is written.
            letter: Its letter, where the rest of it is an index.
        """
        known = [name for name in self.vocabulary.ids if "@" not in name and "/" not in name]
        allowed = f"ids ({', '.join(known[:8])}, ...), the notation's names, and functions"
        hint = lost_command(self.text, position) or self._hint(word, letter or word, known)
        return FormulaError(self.text, position, shown(word), allowed, hint)

    def _hint(self, word: str, letter: str, known: list[str]) -> str:
        """Return what may be written in place of a name that is none; never what is but a little like it."""
        from difflib import get_close_matches

        output = self.vocabulary.loss_name
        if word.removeprefix("d") in LOSSES:
            if self.vocabulary.meant(Spelling(word.removeprefix("d"))) or word.removeprefix("d") in known:
                return f"Write what it is the derivative with respect to, as in d{output}/d{known[0]}."
            called = f"The {'output' if self.vocabulary.is_graph else 'loss'} is called {output}"
            return f"{called}: write d{output}/d{known[0]}." if word not in LOSSES else f"{called}."
        indexed = self.vocabulary.with_letter(letter)
        if indexed:
            return f"Write which one: {self.vocabulary.shown(indexed)}."
        near = get_close_matches(word, [*known, *self.vocabulary.functions], n=1, cutoff=_NEAR)
        return (
            f'Did you mean "{near[0]}"?' if near and len(word) >= _SHORTEST_NEAR else "Products of names may need a *."
        )

    def _index(self) -> str:
        """Return the index that the sign of a low script begins."""
        sign = self.take()
        script = self.script()
        if not script:
            raise FormulaError(self.text, sign.position, shown(self.text[sign.position : self.place]), "an index")
        return script

    def _high_script(self) -> str:
        if self.token.kind == "prime":
            self.take()
            return "'"
        try:
            return self.script() or ""
        except FormulaError:
            return ""

    def _under_accent(self) -> tuple[str, str]:
        """Return the letter under an accent, and the index that stands there with it."""
        opening = self.token
        braced = opening.kind == "open" and opening.text == "{"
        if braced:
            self.open()
        token, low = self.token, ""
        if token.kind == "word":
            letter = token.text if f"hat {token.text}" in self.vocabulary.highs else token.text[0]
            self.go(token.position + len(letter))
        elif token.kind in ("letter", "font"):
            letter = self.take().text
        else:
            raise self.error(token, "a letter under the accent")
        if braced:
            if self.token.kind == "low":
                low = self._index()
            self.close(opening)
        return letter, low


# What holds under a condition in an answer: an indicator, or a value by cases.


class Comparison(NamedTuple):
    """Two expressions compared.

    Attributes:
        own: The first.
        sign: One of ``> < >= <=``.
        other: The second.
    """

    own: Fragment
    sign: str
    other: Fragment

    @property
    def larger(self) -> tuple[Expr, Expr]:
        """What is to be the larger one, and the other."""
        own, other = self.own.expression, self.other.expression
        return (own, other) if self.sign[0] == ">" else (other, own)

    @property
    def is_strict(self) -> bool:
        """Whether they may not be equal."""
        return len(self.sign) == 1

    @property
    def depth(self) -> int:
        """How many levels it has."""
        return 1 + max(self.own.depth, self.other.depth)

    @property
    def indicator(self) -> Expr:
        """What is 1 where it holds and 0 else."""
        larger, smaller = self.larger
        if self.is_strict:
            return Indicator(larger) if smaller is S.Zero else Wins(Integer(1), smaller, larger)
        return Wins(Integer(0), larger, smaller)

    def contradicts(self, other: Comparison) -> bool:
        """Return whether it holds where the other does not; where both sides are equal does not matter."""
        return self.larger == other.larger[::-1]


def indicator_or_none(grammar: Grammar, position: int) -> Fragment | None:
    """Return what is 1 under the condition at hand, and go behind it; None if there is no condition.

    Args:
        grammar: Reads the answer; the sign of the indicator has been taken.
        position: Where that stands.
    """
    start = grammar.mark()
    if grammar.token.kind == "low":
        grammar.take()
    opening = grammar.token
    if opening.kind != "open" or not _compares(grammar):
        grammar.back(start)
        return None
    grammar.open()
    conditions = _conditions(grammar)
    grammar.close(opening)
    depth = 1 + max(comparison.depth for comparison in conditions)
    return grammar.grown(Fragment(Chain(*(comparison.indicator for comparison in conditions)), position, depth))


def _compares(grammar: Grammar) -> bool:
    """Return whether something is compared in the bracket at hand: nothing is read twice."""
    start, level = grammar.mark(), 0
    try:
        while (token := grammar.take()).kind != "end":
            level += (token.kind == "open") - (token.kind == "close")
            if level == 0 or (level == 1 and token.kind == "compare"):
                return level == 1
    except FormulaError:
        return False
    finally:
        grammar.back(start)
    return False


def cases_or_sum(grammar: Grammar) -> Fragment:
    """Return what stands in braces: a sum, or a value by cases as it is written on one line."""
    part = grammar.sum()
    return split_cases(grammar, part) if _is_condition(grammar.token) else part


def split_cases(grammar: Grammar, value: Fragment) -> Fragment:
    """Return a value by cases.

    Args:
        grammar: Reads the answer.
        value: The first value, which has been read.

    Raises:
        FormulaError: If there are not two cases, of which one holds where the other does not.
    """
    start = grammar.token
    met = _condition_of_case(grammar)
    if met is None or grammar.token.kind != "row":
        raise grammar.error(grammar.token, "two cases, the first with a condition")
    grammar.take()
    other = grammar.sum()
    against = _condition_of_case(grammar)
    if grammar.token.kind == "row":
        # The last line may end as the others do.
        grammar.take()
    if against is not None and not (len(met) == len(against) == 1 and met[0].contradicts(against[0])):
        raise grammar.error(start, "a second case that holds where the first does not", "Write otherwise.")
    depth = 2 + max(part.depth for part in (value, other, *(side for it in met for side in (it.own, it.other))))
    return grammar.grown(Fragment(_split(value.expression, met, other.expression), value.position, depth))


def _split(value: Expr, met: list[Comparison], other: Expr) -> Expr:
    """Return one value under conditions, and the other where they do not hold."""
    indicators = [comparison.indicator for comparison in met]
    if other is S.Zero:
        return Chain(*([] if value is S.One else [value]), *indicators)
    if len(met) == 1:
        larger, smaller = met[0].larger
        if met[0].is_strict:
            return Branch(larger if smaller is S.Zero else difference(larger, smaller), value, other)
        return Branch(smaller if larger is S.Zero else difference(smaller, larger), other, value)
    return PathSum(Chain(value, *indicators), Chain(other, difference(S.One, Chain(*indicators))))


def _is_condition(token: AnswerToken) -> bool:
    return token.kind in ("and", "comma") or (token.kind in ("word", "font") and token.text in KEYWORDS)


def _condition_of_case(grammar: Grammar) -> list[Comparison] | None:
    """Return the conditions of a case; None where it holds otherwise."""
    first = grammar.token
    for sign in ("comma", "and"):
        if grammar.token.kind == sign:
            grammar.take()
    token = grammar.token
    if token.kind in ("word", "font") and token.text in ELSE:
        grammar.take()
        return None
    if token.kind in ("word", "font") and token.text in IF:
        grammar.take()
    elif first.kind not in ("comma", "and"):
        raise grammar.error(token, "a condition, or otherwise")
    return _conditions(grammar)


def _conditions(grammar: Grammar) -> list[Comparison]:
    """Return comparisons with commas between them."""
    outer, grammar.arguments = grammar.arguments, 1
    found = [_comparison(grammar)]
    while grammar.token.kind == "comma":
        grammar.take()
        found.append(_comparison(grammar))
    grammar.arguments = outer
    return found


def _comparison(grammar: Grammar) -> Comparison:
    own = grammar.sum()
    token = grammar.token
    if token.kind != "compare":
        raise grammar.error(token, "a comparison > < >= <=")
    grammar.take()
    return Comparison(own, token.text, grammar.sum())


# Functions in an answer, at their arguments, with a prime for their derivative.

_BASES = {"2": "log2", "10": "log10", "e": "ln"}
# The derivative of a function has so many levels more than its argument at most.
_LEVELS_OF_DERIVATIVE = 5


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
    primed = _is_prime(grammar)
    if grammar.token.kind == "low":
        name = _with_base(grammar, name)
    power = None
    if grammar.token.kind == "high":
        sign = grammar.take()
        power = grammar.exponent(sign)
        number = power.expression
        if not (number.is_Integer and number.is_positive):
            hint = "Write 1/f(x) for one over f(x)."
            raise FormulaError(grammar.text, sign.position, shown("^"), "a whole exponent behind a function", hint)
    grammar.deeper(position)
    arguments = _arguments(grammar, word, several=name in FUNCTIONS and FUNCTIONS[name].most > 1)
    grammar.level -= 1
    found = _value(grammar, name, position, arguments, primed=primed)
    return found if power is None else grammar.joined("^", position, found, power)


def _with_base(grammar: Grammar, name: str) -> str:
    low = grammar.take()
    base = grammar.script()
    if name != "log" or base not in _BASES:
        raise FormulaError(grammar.text, low.position, shown("_"), "log with the base 2, 10 or e", "Write ln(x)/ln(b).")
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
        found = [grammar.sum()]
        while grammar.token.kind == "comma":
            grammar.take()
            found.append(grammar.sum())
        # A bracket that closes may have digits and a comma behind it.
        grammar.bars, grammar.arguments = bars, outer
        grammar.close(opening)
        return found
    if not grammar.is_factor(opening) and opening.kind != "number":
        raise grammar.error(opening, "an opening bracket", f"An argument stands in brackets: {word}(x).")
    argument = grammar.operand()
    room = "\\," in grammar.text[grammar.place : grammar.token.position]
    if grammar.token.text == "/" or (grammar.is_factor(grammar.token) and not room):
        raise grammar.ambiguous(opening.position, f"an argument of {word} that goes on without brackets")
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
    elif len(units) == 1:
        applied = Applied(name, first)
        grammar.meanings[applied] = grammar.vocabulary.part.network.nodes[units[0]].expression
        return grammar.grown(Fragment(applied, position, arguments[0].depth + 1))
    found = f"{name}{chr(39) if primed else ''} of what is no pre-activation with that activation"
    raise FormulaError(grammar.text, position, found, f"the functions {', '.join(FUNCTIONS)}, and activations of units")


def _units(grammar: Grammar, name: str, z: Symbol) -> Iterator[Symbol]:
    """Yield the units whose activation is ``name``, or any, and taken of the pre-activation ``z`` alone."""
    part = grammar.vocabulary.part
    for symbol in part.network.children.get(z, ()):
        node = part.network.nodes[symbol]
        quantity = part.objective.quantities[symbol.name]
        fits = quantity.activation == name or name in ANY_FUNCTION
        if node.kind is NodeKind.ACTIVATION and len(node.derivatives) == 1 and fits:
            yield symbol


# Derivatives in an answer: how they are written, and what they stand for.

_BY = "a ∂ and what the derivative is with respect to"


def derivative(words: Wording) -> tuple[Symbol, Found] | None:
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


def _line(words: Wording) -> tuple[Symbol, Found]:
    """Return a derivative on one line, its first ∂ taken."""
    of = _differentiated(words)
    if words.token.text != "/":
        raise words.error(words.token, f"a / and {_BY}")
    words.take()
    if not _differential(words):
        raise words.error(words.token, _BY)
    return of, words.quantity()


def _fraction(words: Wording, over: AnswerToken) -> tuple[Symbol, Found]:
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


def _differential(words: Wording) -> bool:
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


def _differentiated(words: Wording) -> Symbol:
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


def meant_by(words: Wording, of: Symbol, wrt: Symbol) -> Expr | None:
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


def _of_loss(words: Wording, of: Symbol, wrt: Symbol) -> Expr | None:
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


# What commands of LaTeX and bars make of an answer: fractions, roots, absolute values, norms, indicators, cases.


def partial(grammar: Grammar) -> Fragment:
    """Return a derivative that is written on one line."""
    token = grammar.token
    found = derivative(grammar)
    if found is None:
        raise grammar.error(token, OPERAND)
    if grammar.token.kind == "high":
        raise grammar.error(grammar.token, OPERATOR, "Put the derivative in brackets.")
    return derivative_of(grammar, token.position, *found)


def fraction(grammar: Grammar) -> Fragment:
    """Return one expression over another, or a derivative."""
    token = grammar.token
    found = derivative(grammar)
    if found is not None:
        return derivative_of(grammar, token.position, *found)
    grammar.take()
    grammar.deeper(token.position)
    over, under = _argument(grammar), _argument(grammar)
    grammar.level -= 1
    return grammar.joined("/", token.position, over._replace(position=token.position), under)


def root(grammar: Grammar) -> Fragment:
    """Return a square root."""
    token = grammar.take()
    if grammar.token.text == "[":
        raise grammar.error(grammar.token, "a square root", "Write another root as a power.")
    grammar.deeper(token.position)
    kind = grammar.token.kind
    body = grammar.group() if kind == "open" else grammar.atom() if kind in _PLAIN_shapes else _argument(grammar)
    grammar.level -= 1
    return grammar.applied("sqrt", token.position, [body])


# Behind a root sign on one line, a whole name or number stands below it.
_PLAIN_shapes = frozenset(("number", "word"))


def _argument(grammar: Grammar) -> Fragment:
    """Return what a command takes: what stands in braces, or one digit or letter, as LaTeX has it."""
    token = grammar.token
    if token.kind == "open" and token.text == "{":
        return grammar.group()
    if token.kind == "number" and token.text[0].isdigit():
        grammar.go(token.position + 1)
        value = tokens.number_of(grammar.text, tokens.FormulaToken("number", token.text[0], token.position))
        return grammar.grown(Fragment(Rational(value.numerator, value.denominator), token.position, 1, value))
    if token.kind == "word" and (len(token.text) == 1 or token.text[1].isalpha()):
        grammar.go(token.position + 1)
        spelling = Spelling(token.text[0])
        return grammar.symbol(Found(grammar.vocabulary.meant(spelling), spelling, token.position, grammar.place))
    if token.kind in ("letter", "accent", "font"):
        return grammar.named()
    raise grammar.error(token, "an opening brace {")


def absolute(grammar: Grammar) -> Fragment:
    """Return what stands between bars."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    grammar.bars += 1
    part = grammar.sum()
    grammar.bars -= 1
    if grammar.token.kind != ("rightbar" if opening.kind == "leftbar" else "bar"):
        raise FormulaError(
            grammar.text, opening.position, grammar.shown(opening), "a bar further on that closes this one"
        )
    grammar.level -= 1
    grammar.take()
    return grammar.applied("abs", opening.position, [part])


def norm(grammar: Grammar) -> Fragment:
    """Return the norm of a layer's weights or biases."""
    opening = grammar.take()
    if grammar.token.kind == "accent":
        found = grammar.quantity()
    else:
        token = grammar.take()
        found = grammar.scripted(token.text, token.position)
    known = grammar.vocabulary.norms
    if found.spelling not in known or grammar.take().kind != "norm":
        allowed = f"the norms of the penalty: {grammar.vocabulary.shown(known.values()) or 'none here'}"
        raise FormulaError(grammar.text, opening.position, "a norm", allowed)
    if grammar.token.kind == "low":
        grammar.take()
        if grammar.script() != "2":
            raise FormulaError(grammar.text, opening.position, "another norm", "the norm with a 2 below")
    return grammar.grown(Fragment(known[found.spelling], opening.position))


def function(grammar: Grammar) -> Fragment:
    """Return a function that is written as a command."""
    token = grammar.take()
    return call(grammar, token.text, token.position)


def indicator(grammar: Grammar) -> Fragment:
    """Return what is 1 under a condition and 0 else."""
    token = grammar.take()
    found = indicator_or_none(grammar, token.position) if token.text in ("1", "I") else None
    if found is None:
        raise grammar.error(token, OPERAND, "Of the bold letters only the indicator is read, with its condition.")
    return found


def cases(grammar: Grammar) -> Fragment:
    """Return a value by cases in an environment of LaTeX."""
    opening = grammar.take()
    grammar.deeper(opening.position)
    part = split_cases(grammar, grammar.sum())
    grammar.level -= 1
    if grammar.token.kind != "end_cases":
        raise grammar.error(grammar.token, "the end of the cases")
    grammar.take()
    return part._replace(position=opening.position)


# The grammar of answers: sums, products that need no sign, powers and brackets, as on paper.

_CONSTANTS_grammar = MappingProxyType({"e": (S.Exp1, mpmath.e), "pi": (S.Pi, mpmath.pi)})
_SPELT = frozenset(map(Spelling, _CONSTANTS_grammar))
# What a factor may begin with that has no sign before it; a number may not, since 2 3 is no product.
_FACTORS = frozenset(
    ("word", "letter", "font", "accent", "partial", "fraction", "root", "open", "bold", "function", "norm", "leftbar",
     "begin")
)  # fmt: skip


# Close to a number an x is a sign before a power of ten alone: 0x10 is none.
_TIMES = re.compile(r"[xX](?:(?<=\s.)\s+(?=[0-9.])|10\s*(?:\^|\*\*))")
# A number in brackets high behind a name marks a layer or a sample.
_MARK = re.compile(r"\s*(?:\{\s*)?[(\[]\s*([0-9]+)\s*[)\]](?:\s*\})?")
_LATEX = re.compile(r"[\\{]|(?<![A-Za-z0-9_])[A-Za-z]_")


class Grammar(Wording):
    """Reads one answer, a method for each rule of the grammar.

    Attributes:
        meanings: What the derivatives and functions in the expression stand for that it has in it for its echo.
        typed: The decimal numbers in it, each with the place of its last digit.
    """

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary) -> None:
        super().__init__(text, start, stop, vocabulary)
        self.meanings: dict[Expr, Expr] = {}
        self.typed: dict[Fraction, Fraction] = {}
        # In LaTeX nothing has two exponents.
        self.is_latex = _LATEX.search(text) is not None

    def read(self) -> Expr:
        """Return the expression that the answer is.

        Raises:
            FormulaError: At the first place where it is none.
        """
        part = self.sum()
        if self.token.kind != "end":
            closing = self.token.kind == "close"
            raise self.error(self.token, OPERATOR, "It closes no bracket." if closing else "")
        return part.expression

    def sum(self) -> Fragment:
        """``product (("+" | "-") product)*``."""
        part = self.product()
        while self.token.kind == "sign" and self.token.text in "+-":
            sign = self.take()
            part = self.joined(sign.text, sign.position, part, self.product())
        return part

    def product(self) -> Fragment:
        """``("+" | "-") product | operand (("*" | "/")? operand)*``."""
        if self.token.kind == "sign" and self.token.text in "+-":
            return self.signed(self.product)
        part = self.operand()
        divided = False
        while True:
            token = self.token
            if token.kind == "sign" and token.text in "*/":
                self.take()
                second = self.operand()
                # A half of what follows is no question; what else is divided may end here or there.
                divided = token.text == "/" and (part.constant is None or second.constant is None)
            elif self.is_times(token, part):
                self.go(token.position + 1)
                token, second = token._replace(text="*"), self.operand()
            elif self.is_factor(token):
                if self.breaks_line():
                    raise self.error(token, OPERATOR, "An answer is one expression; write * for a product.")
                if divided:
                    raise self.ambiguous(part.position, "a division before a product without a sign")
                second = self.operand()
                self.expect_product(token, part, second)
            else:
                break
            part = self.joined("/" if token.text == "/" and token.kind == "sign" else "*", token.position, part, second)
        if token.kind in ("number", "high", "low", "prime"):
            digits = token.kind == "number" and part.expression.is_Rational
            raise self.error(token, OPERATOR, "" if digits or token.kind != "number" else "Write * for a product.")
        return part

    def expect_product(self, token: AnswerToken, first: Fragment, second: Fragment) -> None:
        """Refuse a number in a bracket behind a name, which may mark a layer, and one in braces behind anything."""
        name = first.expression.is_Symbol and self.text[first.position] not in "([" and second.expression.is_Integer
        if (token.kind == "open" and name) or (token.text == "{" and second.constant is not None):
            raise self.error(token, OPERATOR, "Write * for a product.")

    def is_factor(self, token: AnswerToken) -> bool:
        """Return whether a factor begins with a word, though no sign stands before it."""
        if token.kind == "bar":
            return not self.bars
        if token.kind == "number":
            # What is 1 under a condition is no number.
            return token.text == "1" and self.text[token.end : token.end + 1] in ("[", "_")
        if token.kind in ("word", "font") and token.text in KEYWORDS:
            return False
        return token.kind in _FACTORS

    def is_times(self, token: AnswerToken, part: Fragment) -> bool:
        """Return whether a letter x stands between numbers as a sign, as in 4.5x10^-1, and no quantity is called so."""
        if token.kind != "word" or not part.expression.is_Rational:
            return False
        sign = _TIMES.match(self.text, token.position, self.stop)
        return sign is not None and len(self.vocabulary.meant(Spelling("x", token.text[1:]))) != 1

    def ambiguous(self, position: int, found: str) -> FormulaError:
        """Return the error for what may be read in two ways."""
        return FormulaError(self.text, position, found, "what can be read in one way only", "Write brackets.")

    def operand(self) -> Fragment:
        """``("+" | "-") operand | atom ("^" exponent)?``."""
        if self.token.kind == "sign" and self.token.text in "+-":
            return self.signed(self.operand)
        return self.raised(self.atom())

    def raised(self, base: Fragment) -> Fragment:
        """Return a base with the exponent at hand, if there is one."""
        if self.token.kind != "high":
            return base
        sign = self.take()
        mark = _MARK.match(self.text, sign.end, self.stop)
        if mark and sign.text == "^" and base.expression.is_Symbol and self.text[base.position] not in "([{":
            allowed, hint = "the mark of a layer or of a sample that this name has", f"Write ^{mark[1]} for a power."
            raise FormulaError(self.text, sign.position, shown(f"^{mark[0].strip()}"), allowed, hint)
        part = self.joined("^", sign.position, base, self.exponent(sign))
        if self.token.kind == "high":
            raise self.error(self.token, OPERATOR, "An exponent that has one of its own stands in brackets.")
        return part

    def exponent(self, sign: AnswerToken) -> Fragment:
        """``"{" sum "}" | ("+" | "-") operand | operand``; what is run together behind it is not part of it."""
        if self.token.text == "{":
            return self.group()
        self.deeper(sign.position)
        first = self.token.kind
        part = self.operand() if first == "sign" or not self.is_latex else self.atom()
        self.level -= 1
        glued = self.place == self.token.position and self.is_factor(self.token)
        apart = first == "sign" and self.is_factor(self.token) and not part.expression.is_Rational
        if apart or (glued and first != "number" and self.token.kind in ("word", "number")):
            raise self.ambiguous(sign.position, "an exponent without brackets before a product without a sign")
        return part

    def signed(self, rule: Callable[[], Fragment]) -> Fragment:
        """Return what ``rule`` reads behind a sign."""
        sign = self.take()
        self.deeper(sign.position)
        part = rule()
        self.level -= 1
        return part._replace(position=sign.position) if sign.text == "+" else self.negated(part, sign.position)

    def atom(self) -> Fragment:
        """Return what the word at hand begins, without an exponent."""
        token = self.token
        rule = _ATOMS.get(token.kind)
        if rule is None or (token.kind in ("word", "font") and token.text in KEYWORDS):
            empty = not self.text[: self.stop].strip()
            raise self.error(token, OPERAND, "Write an expression." if empty else "")
        return rule(self)

    def number(self) -> Fragment:
        """Return a number, or what is 1 under a condition."""
        token = self.take()
        if token.text == "1" and (found := indicator_or_none(self, token.position)) is not None:
            return found
        decimal = token.text.replace("{,}", ".").replace(",", ".")
        value = tokens.number_of(self.text, tokens.FormulaToken("number", decimal, token.position))
        mantissa, _, power = decimal.lower().partition("e")
        if "." in mantissa or power:
            self.typed[value] = Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))
        return self.grown(Fragment(Rational(value.numerator, value.denominator), token.position, 1, value))

    def named(self) -> Fragment:
        """Return a quantity, a constant, a function at its arguments, or a derivative."""
        token = self.token
        if token.kind == "word" or token.text == "d":
            found = derivative(self)
            if found is not None:
                return derivative_of(self, token.position, *found)
        if token.kind == "word":
            piece = self.piece(token)
            if piece.kind in ("function", "constant"):
                self.go(piece.end)
                at = token.position
                return call(self, piece.text, at) if piece.kind == "function" else self.known(piece.text, at)
        elif token.kind != "accent" and token.text not in {*self.vocabulary.highs, *self.vocabulary.ids}:
            self.take()
            if token.text in self.vocabulary.functions or token.text == "phi":
                return call(self, token.text, token.position)
            if token.text in _CONSTANTS_grammar:
                return self.known(token.text, token.position)
            raise self.unknown(token.position, token.text)
        name = self.quantity()
        if name.spelling in _SPELT and name.spelling not in self.vocabulary.exact:
            return self.known(name.spelling.letter, name.position)
        return self.symbol(name)

    def symbol(self, found: Found) -> Fragment:
        """Return the quantity that a name stands for."""
        return self.grown(Fragment(self.one(found), found.position))

    def known(self, name: str, position: int) -> Fragment:
        """Return a constant by name."""
        expression, value = _CONSTANTS_grammar[name]
        return self.grown(Fragment(expression, position, 1, +value))

    def group(self) -> Fragment:
        """Return what stands in brackets, or a value by cases in braces."""
        opening = self.open()
        bars, self.bars = self.bars, 0
        arguments, self.arguments = self.arguments, 0
        part = cases_or_sum(self) if opening.text == "{" else self.sum()
        self.bars, self.arguments = bars, arguments
        self.close(opening)
        return part._replace(position=opening.position)


_ATOMS: dict[str, Callable[[Grammar], Fragment]] = {
    "number": Grammar.number,
    "word": Grammar.named,
    "letter": Grammar.named,
    "font": Grammar.named,
    "accent": Grammar.named,
    "partial": partial,
    "fraction": fraction,
    "root": root,
    "open": Grammar.group,
    "bar": absolute,
    "leftbar": absolute,
    "norm": norm,
    "function": function,
    "bold": indicator,
    "begin": cases,
}

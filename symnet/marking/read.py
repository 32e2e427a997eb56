"""From typed text to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain
from typing import NamedTuple

import mpmath
from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Partial, PathSum
from symnet.catalog.optimizers import LEARNING_RATE
from symnet.derivation.objective import COUNT
from symnet.layout.tree import Glyph, Layout, Number, Operator, Prime, Row, Scripts
from symnet.limits import MOST_CHARACTERS, MOST_MEANINGS, MOST_READINGS
from symnet.marking.compare import names_in
from symnet.marking.grammar.atoms import ATOMS, read
from symnet.marking.grammar.derivatives import derivative
from symnet.marking.grammar.expression import Grammar
from symnet.marking.grammar.quantities import Found, Meant, QuantityReader
from symnet.marking.names import Vocabulary, either
from symnet.marking.records import Answer, Figures, Target, TargetKind, TypedAnswer
from symnet.marking.tokens import COMMANDS, SPACES, Plain, behind_space, plain
from symnet.marking.truth import DIGITS, Truth, exactly
from symnet.notation.marks import updated
from symnet.numerics.direct import NoValueError, Value, numeric
from symnet.parsing.tokens import FormulaError, FormulaToken, number_of, shown
from symnet.quantity import Role
from symnet.text.say import words
from symnet.typeset.expressions import LayoutBuilder, row
from symnet.worked import Part, Worked

# What stands around an answer and between its parts: spaces, dollar signs, brackets, and signs of equality.

# What may stand around a whole answer; a dollar sign twice.
_AROUND = (("$", "$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
# What may stand around a whole number.
_BRACKETS = (("\\left(", "\\right)"), ("\\left[", "\\right]"), ("(", ")"), ("[", "]"), ("{", "}"))
# What takes no room comes along where text is copied; in LaTeX a tilde is a space.
_BLANK = re.compile("[\\s~\ufeff\u200b\u200c\u200d\u2060]")
_SPACE_BEHIND = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z0-9])$")
_RELATION = re.compile(r"(?<![<>=!:])=(?!=)|\\[A-Za-z]+")
_OPENING, _CLOSING = "([{", ")]}"


class Span(NamedTuple):
    """A stretch of a text.

    Attributes:
        start: Where it begins.
        stop: Where it ends.
    """

    start: int
    stop: int


def trimmed(text: str, start: int, stop: int) -> Span:
    """Return a stretch without the room around it: spaces, those of LaTeX, and characters that take none.

    Args:
        text: A text in plain characters.
        start: Where the stretch begins.
        stop: Where it ends.
    """
    while start < stop:
        end = start + 1 if _BLANK.match(text, start) else behind_space(text, start) if text[start] == "\\" else start
        if end == start or end > stop:
            break
        start = end
    while start < stop:
        command = _SPACE_BEHIND.search(text, start, stop)
        if command is not None and command[0][1:] in SPACES and text[command.start() - 1 : command.start()] != "\\":
            stop = command.start()
        elif _BLANK.match(text, stop - 1):
            stop -= 1
        else:
            break
    return Span(start, stop)


def unwrapped(text: str) -> Span:
    """Return where in a text the answer stands: without room and dollar signs around it.

    Args:
        text: A text in plain characters.

    Raises:
        FormulaError: If a sign of LaTeX opens that does not close.
    """
    start, stop = trimmed(text, 0, len(text))
    for opening, closing in _AROUND:
        if text.startswith(opening, start) and stop - start >= len(opening) + len(closing):
            if not text.endswith(closing, start, stop):
                raise FormulaError(text, start, shown(opening), words("reading.at_end", closing=closing))
            start, stop = trimmed(text, start + len(opening), stop - len(closing))
    return Span(start, stop)


def bare(text: str, span: Span) -> Span:
    """Return a stretch without the brackets at both of its ends, whether or not these belong together.

    Args:
        text: A text in plain characters.
        span: The stretch.
    """
    start, stop = span
    for opening, closing in _BRACKETS:
        is_long = stop - start > len(opening) + len(closing)
        if is_long and text.startswith(opening, start) and text.endswith(closing, start, stop):
            return bare(text, trimmed(text, start + len(opening), stop - len(closing)))
    return span


def links(text: str, span: Span) -> tuple[Span, ...]:
    """Return what stands between the equality signs of an answer; a sign in front of all is left out.

    Args:
        text: A text in plain characters.
        span: Where the answer stands.

    Raises:
        FormulaError: If nothing stands behind an equality sign.
    """
    found: list[Span] = []
    start = span.start
    for sign in (*_signs(text, span), Span(span.stop, span.stop)):
        link = trimmed(text, start, sign.start)
        if link.start < link.stop or (sign.start == span.stop and not found and start == span.start):
            found.append(link)
        elif start > span.start or sign.start == span.stop:
            allowed, hint = words("reading.behind_equality"), words("reading.equal_to")
            raise FormulaError(text, min(sign.start, span.stop), words("reading.nothing"), allowed, hint)
        start = sign.stop
    return tuple(found)


def _signs(text: str, span: Span) -> Iterator[Span]:
    """Yield each sign of equality outside of brackets."""
    level = 0
    place = span.start
    while place < span.stop:
        relation = _RELATION.match(text, place, span.stop)
        if relation is not None and (relation[0] == "=" or COMMANDS.get(relation[0][1:], ("",))[0] == "relation"):
            if level == 0:
                yield Span(place, relation.end())
            place = relation.end()
            continue
        char = text[place]
        level += (char in _OPENING) - (char in _CLOSING)
        place += 1


# Plain numbers as they are written on paper: with a decimal comma, a power of ten, or as a percentage.

_INTEGER = r"[+-]?\s*[0-9]+"
_PATTERN = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<digits>[0-9]+(?:(?:\.|,|\{,\})[0-9]*)?|[.,][0-9]+)"
    rf"(?:[eE](?P<e>[+-]?[0-9]+)|\s*(?:\*|\\times|\\cdot|(?P<x>[xX]))\s*10\s*\^\s*(?:\{{\s*(?P<braced>{_INTEGER})\s*\}}"
    rf"|\(\s*(?P<bracketed>{_INTEGER})\s*\)|(?P<bare>{_INTEGER})))?\s*(?P<percent>\\?%)?\s*"
)


# In a product, numbers with fewer decimals are taken as they stand: 0.5 may be a half.
_ENOUGH = Fraction(1, 1000)


def figures_of(text: str, span: Span, *, times: bool = True) -> tuple[Figures, Layout] | None:
    """Return the number that a text is, with how it was written; None if it is anything else.

    Args:
        text: A text in plain characters.
        span: Where the number stands, perhaps in brackets.
        times: Whether an x before a power of ten is a sign, since nothing is called x10.

    Raises:
        FormulaError: If it has too many digits, or too large an exponent.
    """
    found = _PATTERN.fullmatch(text, *bare(text, span))
    if found is None or (found["x"] and not times):
        return None
    digits = found["digits"].replace("{,}", ".").replace(",", ".")
    exponent = next((found[name] for name in ("e", "braced", "bracketed", "bare") if found[name]), "0").replace(" ", "")
    at = found.start("digits")
    value = number_of(text, FormulaToken("number", f"{digits}e{exponent}", at))
    decimals = len(digits.partition(".")[2])
    unit = Fraction(10) ** (int(exponent) - decimals)
    if found["percent"]:
        value, unit = value / 100, unit / 100
    sign = -1 if found["sign"] == "-" else 1
    return Figures(sign * value, unit), _written(found["sign"] == "-", digits, int(exponent), bool(found["percent"]))


def calculated(expression: Expr, typed: Mapping[Fraction, Fraction]) -> Figures | None:
    """Return the number that a calculation comes to, its last digit where those of the numbers in it have theirs.

    ``1 - 0.3515`` is 0.6485 as it stands. Where numbers are multiplied, half a unit of the last digit is no more than
    what rounding them can have moved the result.

    Args:
        expression: The calculation.
        typed: The rounded numbers in it, without sign, each with the place of its last digit.

    Returns:
        None where something has a name, and where no number is rounded.
    """
    if not typed or names_in(expression):
        return None
    unit = min(typed.values())
    with mpmath.workdps(DIGITS):
        try:
            value = numeric(expression, {})
            if not _is_sum(expression):
                if unit > _ENOUGH:
                    return None
                moved = mpmath.fsum(abs(numeric(expression, _moved(number, unit)) - value) for number in typed)
                unit = min(unit, Fraction(str(mpmath.nstr(2 * moved, _DIGITS_OF_UNIT))))
        except NoValueError:
            return None
        exact = Fraction(mpmath.nstr(value, DIGITS))
    return Figures(exact, unit) if unit else None


_DIGITS_OF_UNIT = 3


def _is_sum(expression: Expr) -> bool:
    """Return whether an expression is a sum or a difference of numbers."""
    is_negative = isinstance(expression, Chain) and expression.args[0] is S.NegativeOne
    if isinstance(expression, PathSum) or is_negative:
        return all(map(_is_sum, expression.args))
    return bool(expression.is_Rational)


def _moved(number: Fraction, unit: Fraction) -> dict[Expr, Value]:
    """Return what a number is where it was rounded down by half a unit, of either sign."""
    moved, plain = exactly(number + unit / 2), Rational(number.numerator, number.denominator)
    return {plain: moved, -plain: -moved}


def _written(negative: bool, digits: str, exponent: int, percent: bool) -> Layout:
    """Return a number with the digits that were typed."""
    items: list[Layout] = [Operator("-", unary=True)] if negative else []
    whole, point, decimals = digits.partition(".")
    items.append(Number((whole or "0") + (point + decimals if decimals else "")))
    powers = exponent - 2 * percent
    if powers:
        size: Layout = Number(str(abs(powers)))
        high = Row((Operator("-", unary=True), size)) if powers < 0 else size
        items += [Operator("times"), Scripts(Number("10"), sup=high)]
    return items[0] if len(items) == 1 else Row(tuple(items))


# How what was understood of an answer is typeset: names of quantities, of samples, and of updated values.

_ROLES = {LEARNING_RATE: Role.LEARNING_RATE, COUNT: Role.SAMPLES}


def leaf(part: Part, symbol: Symbol) -> Layout:
    """Return how a name in an answer is typeset in the notation of a part.

    Args:
        part: The part.
        symbol: The name.
    """
    names, name = part.names, symbol.name
    if name in names.quantities:
        return names(name)
    if symbol in _ROLES:
        return names.role(_ROLES[symbol])
    plain, _, sample = name.partition("@")
    for known in (plain, f"{plain}@i"):
        if sample and known in names.quantities:
            return names.sampled(known, sample)
    if name.endswith("'") and name[:-1] in names.quantities:
        written = names(name[:-1])
        marked = updated(names.notation, written)
        return Prime(written) if marked == written else marked
    of, _, wrt = plain.removeprefix("d").partition("/d")
    if wrt in names.quantities and of in names.quantities:
        return names.partial(leaf(part, Symbol(f"{of}@{sample}" if sample else of)), leaf(part, Symbol(wrt)))
    return Glyph(name, upright=True)


# What an answer is to: its left side, as an id or as the notation writes the quantity.

_MOST_LISTED = 8


class Candidates(NamedTuple):
    """What a left side may be.

    Attributes:
        targets: All that it may be, at least one.
        doubt: What is said where there are several.
    """

    targets: tuple[Target, ...]
    doubt: FormulaError | None = None


class Lefts:
    """Reads left sides.

    Args:
        vocabulary: The names of the exercise.
        truth: What can be asked of it.
    """

    def __init__(self, vocabulary: Vocabulary, truth: Truth) -> None:
        self.vocabulary = vocabulary
        self.part = vocabulary.part
        self.by_id = dict(truth.by_id)
        self._add_other_ids()

    def read(self, text: str, start: int, stop: int) -> Target:
        """Return what an answer is to, where that can be one thing alone.

        Raises:
            FormulaError: If it is nothing that can be asked, or may be several things.
        """
        targets, doubt = self.candidates(text, start, stop)
        if doubt is not None:
            raise doubt
        return targets[0]

    def candidates(self, text: str, start: int, stop: int) -> Candidates:
        """Return all that an answer may be to.

        Args:
            text: The left side in plain characters.
            start: Where it begins.
            stop: Where it ends.

        Raises:
            FormulaError: If it is nothing that can be asked, or may be too many things.
        """
        typed = "".join(text[start:stop].split())
        if typed in self.by_id:
            return Candidates((self.by_id[typed],))
        reader = QuantityReader(text, start, stop, self.vocabulary)
        if reader.token.kind == "end":
            raise FormulaError(text, start, words("reading.nothing"), self._allowed, words("reading.left_empty"))
        found = derivative(reader)
        if found is None:
            name = reader.quantity()
            # A prime marks an updated value in every notation.
            updated = reader.token.kind == "prime"
            if updated:
                reader.take()
            self._expect_end(reader)
            return self._named(reader, name, updated=updated)
        of, wrt = found
        self._expect_end(reader)
        return self._derivative(reader, of, wrt)

    def _expect_end(self, reader: QuantityReader) -> None:
        if reader.token.kind != "end":
            raise reader.error(reader.token, words("reading.end_of_left"))

    def _named(self, reader: QuantityReader, found: Found, *, updated: bool) -> Candidates:
        """Return the quantity that a name stands for, if it can be asked."""
        mark = "'" if updated else ""
        by_id = self.by_id
        names = [f"{name.name.removesuffix('@i')}{mark}" for name in found.meant]
        targets = [by_id[name] for name in names if name in by_id]
        if not targets and not updated and self.part.notation.updated == "gets":
            # Where an arrow points to the old name, that is the new one's too.
            targets = [by_id[f"{name.name}'"] for name in found.meant if f"{name.name}'" in by_id]
        if not targets and any(name in self._has_number for name in found.meant):
            raise self._refused(reader, found, "reading.given", words("reading.add_prime"))
        return self._candidates(reader, found, targets)

    def _derivative(self, reader: QuantityReader, of: Symbol, wrt: Found) -> Candidates:
        """Return the derivative of the loss with respect to what a name stands for, if it can be asked."""
        if not self.vocabulary.is_loss(of):
            raise self._refused(reader, wrt, "reading.not_of_loss")
        sample = of.name.partition("@")[2]
        end = f"@{sample}" if sample.isdigit() else ""
        names = [name.name.removesuffix(end) + end for name in wrt.meant]
        targets = [self._by_symbol[name] for name in names if name in self._by_symbol]
        return self._candidates(reader, wrt, targets)

    def _candidates(self, reader: QuantityReader, found: Found, several: list[Target]) -> Candidates:
        targets = tuple(dict.fromkeys(several))
        if len(targets) == 1:
            return Candidates(targets)
        written = reader.text[found.position : found.end].strip()
        if not targets:
            raise reader.unknown(found.position, written, found.spelling.letter)
        may_be = either(sorted(target.id for target in targets))
        allowed = words("reading.one_quantity", quantities=may_be)
        doubt = FormulaError(reader.text, found.position, shown(written), allowed, words("reading.which_meant"))
        if len(targets) > MOST_MEANINGS:
            raise doubt
        return Candidates(targets, doubt)

    def _refused(self, reader: QuantityReader, found: Found, key: str, hint: str = "") -> FormulaError:
        written = reader.text[found.position : found.end].strip()
        return FormulaError(reader.text, found.position, words(key, found=shown(written)), self._allowed, hint)

    @property
    def _allowed(self) -> str:
        ids = [name for name, target in self.by_id.items() if name == target.id]
        return words("reading.derived", ids=", ".join(ids[:_MOST_LISTED]))

    @cached_property
    def _has_number(self) -> frozenset[Symbol]:
        network = self.part.network
        return frozenset((*network.inputs, *network.targets, *network.parameters))

    @cached_property
    def _by_symbol(self) -> dict[str, Target]:
        """By what the loss is differentiated, with the number of its sample, the target."""
        found: dict[str, Target] = {}
        for target in self.by_id.values():
            if target.kind in (TargetKind.ADJOINT, TargetKind.GRADIENT):
                end = "" if target.sample is None else f"@{target.sample + 1}"
                found[target.symbol.name + end] = target
        return found

    def _add_other_ids(self) -> None:
        """Add the other names of derivatives of the loss: ``dL/dz2_1`` and ``dL_dz2_1`` for ``delta2_1``."""
        for target in list(self.by_id.values()):
            if target.kind not in (TargetKind.ADJOINT, TargetKind.GRADIENT):
                continue
            end = "" if target.sample is None else f"@{target.sample + 1}"
            of = self.part.network.loss.name if self.part.network.is_graph else "L"
            for separator in ("/", "_"):
                self.by_id.setdefault(f"d{of}{separator}d{target.symbol.name}{end}", target)


# The right side of an answer as the expression that it is; where a name may be several quantities, as each of them.


class RightSide(NamedTuple):
    """An expression that was typed.

    Attributes:
        span: Where it stands.
        expression: What it is.
        figures: How it was written, where it is a number.
        echo: What was understood, to be typeset.
        left_open: The local derivatives that it names and does not work out.
    """

    span: Span
    expression: Expr
    figures: Figures | None
    echo: Layout
    left_open: tuple[Partial, ...] = ()


class Readings(NamedTuple):
    """What a right side may be.

    Attributes:
        ways: Each way in which it can be read: what stands between its equality signs.
        doubt: What is said where there are several.
    """

    ways: tuple[tuple[RightSide, ...], ...]
    doubt: FormulaError | None = None


class Rights:
    """Reads right sides.

    Args:
        vocabulary: The names of the exercise.
        build: Typesets what was read.
    """

    def __init__(self, vocabulary: Vocabulary, build: LayoutBuilder) -> None:
        self.vocabulary, self.build = vocabulary, build
        self.times = "x10" not in vocabulary.ids

    def read(self, text: str, span: Span) -> Readings:
        """Return what a right side may be.

        Args:
            text: A text in plain characters.
            span: Where the answer stands in it.

        Raises:
            FormulaError: If it can be read in no way.
        """
        spans = links(text, span)
        ways: list[tuple[RightSide, ...]] = []
        waiting: list[Mapping[Meant, Symbol]] = [{}]
        doubt: FormulaError | None = None
        failure: FormulaError | None = None
        for _ in range(MOST_READINGS):
            if not waiting:
                break
            chosen = waiting.pop(0)
            several: dict[Meant, FormulaError] = {}
            try:
                way = tuple(self._expression(text, one, chosen, several) for one in spans)
            except FormulaError as error:
                way, failure = (), failure or error
            open_ = [meant for meant in several if meant not in chosen]
            if open_:
                doubt = doubt or several[open_[0]]
                waiting += [{**chosen, open_[0]: symbol} for symbol in open_[0]]
            elif way:
                ways.append(way)
        if doubt is not None and (waiting or len(ways) > 1):
            return Readings(() if waiting else tuple(ways), doubt)
        if not ways:
            raise (
                failure
                or doubt
                or FormulaError(text, span.start, words("reading.nothing"), words("reading.expression"))
            )
        return Readings(tuple(ways))

    def _expression(
        self, text: str, span: Span, chosen: Mapping[Meant, Symbol], several: dict[Meant, FormulaError]
    ) -> RightSide:
        """Return what stands between two equality signs, and note each name that may be several quantities'."""
        number = figures_of(text, span, times=self.times)
        if number is not None:
            value = number[0].value
            return RightSide(span, Rational(value.numerator, value.denominator), *number)
        grammar = Grammar(text, *span, self.vocabulary, ATOMS)
        grammar.chosen, grammar.several = chosen, several
        expression = read(grammar)
        echo = self.build(expression)
        meant = expression.xreplace(grammar.meanings)
        typed = {number: unit for number, unit in grammar.typed.items() if number not in self.vocabulary.numbers}
        named = (one for one in grammar.meanings if type(one) is Partial)
        left_open = tuple(one for one in named if not self.vocabulary.is_loss(one.of))
        return RightSide(span, meant, calculated(meant, typed), echo, left_open)


# Answers as they were typed, untrusted: what each is to, and the expression that it is; nothing is evaluated.


class AnswerReader:
    """Reads answers to one part of an exercise.

    Args:
        worked: The exercise.
        part: Which of its losses.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.part = part
        self.vocabulary = Vocabulary(worked, part)
        self.lefts = Lefts(self.vocabulary, Truth(worked, part))
        self.rights = Rights(self.vocabulary, LayoutBuilder(part.names, partial(leaf, part)))

    def read(self, answer: TypedAnswer) -> Answer:
        """Return what an answer was read as, or why it cannot be read.

        Where a name may be that of several quantities, the answer is unreadable as it stands, with all that it may be.

        Args:
            answer: The answer as it was typed.
        """
        try:
            left = self._left(answer.left)
        except FormulaError as error:
            return Answer(answer, problem=_problem("reading.in_left", error))
        target = left.targets[0] if left.doubt is None else None
        try:
            _expect_short(answer.right)
            typed = plain(answer.right)
            right = self._right(answer.right, typed)
        except FormulaError as error:
            return Answer(answer, target, problem=_problem("reading.in_right", error))
        readings = tuple(_answer(answer, one, way, typed) for one in left.targets for way in right.ways)
        if left.doubt is None and right.doubt is None:
            return readings[0]
        where, doubt = ("reading.in_left", left.doubt) if left.doubt is not None else ("reading.in_right", right.doubt)
        found = readings if len(readings) <= MOST_READINGS else ()
        return Answer(answer, target, problem=_problem(where, doubt) if doubt else "", readings=found)

    def prepare(self) -> None:
        """Make what most answers need, so that it is there before the first comes."""
        self.vocabulary.shortened.prepare()

    def target(self, left: str) -> Target:
        """Return what an answer with this left side is to.

        Raises:
            FormulaError: If that cannot be told, or may be several things.
        """
        found = self._left(left)
        if found.doubt is not None:
            raise found.doubt
        return found.targets[0]

    def _left(self, left: str) -> Candidates:
        _expect_short(left)
        typed = plain(left)
        try:
            targets, doubt = self.lefts.candidates(typed.text, *unwrapped(typed.text))
        except FormulaError as error:
            raise _as_typed(left, typed, error) from None
        return Candidates(targets, None if doubt is None else _as_typed(left, typed, doubt))

    def _right(self, right: str, typed: Plain) -> Readings:
        try:
            ways, doubt = self.rights.read(typed.text, unwrapped(typed.text))
        except FormulaError as error:
            raise _as_typed(right, typed, error) from None
        return Readings(ways, None if doubt is None else _as_typed(right, typed, doubt))


def _answer(answer: TypedAnswer, target: Target, way: tuple[RightSide, ...], typed: Plain) -> Answer:
    """Return what an answer was read as; of several expressions the last one counts."""
    links = tuple(
        Answer(
            answer._replace(right=answer.right[typed.origins[one.span.start] : typed.origins[one.span.stop]]),
            target,
            _of_own_sample(one.expression, target),
            one.figures,
            one.echo,
            left_open=one.left_open,
        )
        for one in way
    )
    if len(links) == 1:
        return links[0]._replace(typed=answer)
    echo = row(chain.from_iterable((Operator("="), one.echo) for one in way))
    whole = row(echo.items[1:]) if isinstance(echo, Row) else echo
    return links[-1]._replace(typed=answer, echo=whole, links=links)


def _expect_short(text: str) -> None:
    """Refuse a text that is too long.

    Raises:
        FormulaError: If it is.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            text,
            MOST_CHARACTERS,
            words("reading.length", characters=len(text)),
            words("reading.at_most", most=MOST_CHARACTERS),
        )


def _as_typed(text: str, typed: Plain, error: FormulaError) -> FormulaError:
    """Return an error with its place in the text as it was typed."""
    return FormulaError(text, typed.origins[error.position], error.found, error.allowed, error.hint)


def _problem(where: str, error: FormulaError) -> str:
    """Return what is wrong, and below it the text with a mark under the place."""
    return f"{words(where, problem=str(error))}\n{error.excerpt}"


def _of_own_sample(expression: Expr, target: Target) -> Expr:
    """Return an answer about one sample in names without its number."""
    if target.sample is None:
        return expression
    end = f"@{target.sample + 1}"
    own = {one: Symbol(one.name.removesuffix(end)) for one in expression.free_symbols if one.name.endswith(end)}
    return expression.xreplace(own)

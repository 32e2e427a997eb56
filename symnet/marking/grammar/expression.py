"""The grammar of answers: sums, products that need no sign, powers and brackets, as on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

import mpmath
from sympy import S
from sympy.core.expr import Expr

from symnet.marking.grammar.keywords import Keyword, keyword_at, keyword_of
from symnet.marking.grammar.quantities import Found, QuantityReader
from symnet.marking.names import Spelling, Vocabulary
from symnet.marking.tokens import AnswerToken
from symnet.parsing.limits import Fragment
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

CONSTANTS = MappingProxyType({"e": (S.Exp1, mpmath.e), "pi": (S.Pi, mpmath.pi)})
"""By name, each constant as an expression and as a number."""
# What a factor may begin with that has no sign before it; a number may not, since 2 3 is no product.
_FACTORS = frozenset(
    ("word", "letter", "font", "accent", "partial", "fraction", "root", "open", "bold", "function", "norm", "leftbar",
     "begin", "sum", "table")
)  # fmt: skip


# Close to a number an x is a sign before a power of ten alone: 0x10 is none.
_TIMES = re.compile(r"[xX](?:(?<=\s.)\s+(?=[0-9.])|10\s*(?:\^|\*\*))")
# A number in brackets high behind a name marks a layer or a sample.
_MARK = re.compile(r"\s*(?:\{\s*)?[(\[]\s*([0-9]+)\s*[)\]](?:\s*\})?")
_LATEX = re.compile(r"[\\{]|(?<![A-Za-z0-9_])[A-Za-z]_")


Build: TypeAlias = Callable[[Sequence[Fragment]], Fragment]
"""From parts that are numbers to what is made of them."""


class Grammar(QuantityReader):
    """Reads one answer, a method for each rule of the grammar.

    Args:
        text: The answer in plain characters.
        start: Where it begins.
        stop: Where it ends.
        vocabulary: What it may name.
        atoms: By the kind of a word, what reads the operand that begins with it.

    Attributes:
        meanings: What the derivatives and functions in the expression stand for that it has in it for its echo.
        typed: The decimal numbers in it, each with the place of its last digit.
    """

    products: ClassVar[frozenset[str]] = frozenset("*⋅⊙/")
    """The signs of products and quotients, which all mean the same between numbers but for the last."""

    def __init__(self, text: str, start: int, stop: int, vocabulary: Vocabulary, atoms: Atoms) -> None:
        super().__init__(text, start, stop, vocabulary)
        self.atoms = atoms
        self.meanings: dict[Expr, Expr] = {}
        self.typed: dict[Fraction, Fraction] = {}
        # The conditions that stand in brackets, by what is 1 where they hold.
        self.conditions: dict[Expr, list[Any]] = {}
        # In LaTeX nothing has two exponents.
        self.is_latex = _LATEX.search(text) is not None

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
            sign = token.text
            if token.kind == "sign" and sign in self.products:
                self.take()
                second = self.operand()
                # A half of what follows is no question; what else is divided may end here or there.
                divided = sign == "/" and (part.constant is None or second.constant is None)
            elif self.is_times(token, part):
                self.go(token.position + 1)
                sign, second = "*", self.operand()
            elif self.is_factor(token):
                if self.breaks_line():
                    raise self.error(token, words("reading.operator"), words("reading.one_expression"))
                if divided:
                    raise self.ambiguous(part.position, words("reading.division_before_product"))
                sign, second = "", self.operand()
                self.expect_product(token, part, second)
            else:
                break
            part = self.multiplied(sign, token.position, part, second)
        if token.kind in ("number", "high", "low", "prime"):
            digits = token.kind == "number" and part.expression.is_Rational
            hint = "" if digits or token.kind != "number" else words("reading.product")
            raise self.error(token, words("reading.operator"), hint)
        return part

    def entrywise(self, _position: int, parts: Sequence[Fragment], build: Build) -> Fragment:
        """Return what is made of several parts.

        Args:
            parts: The parts.
            build: Makes it of numbers.
        """
        return build(parts)

    def called(self, _name: str, position: int, arguments: Sequence[Fragment], build: Build) -> Fragment:
        """Return a function at its arguments.

        Args:
            position: Where it stands.
            arguments: The arguments.
            build: Makes it of numbers.
        """
        return self.entrywise(position, arguments, build)

    def option(self) -> Fragment | None:
        """Return the named argument of a function at hand, of which there is none for numbers."""
        return None

    def multiplied(self, sign: str, at: int, first: Fragment, second: Fragment) -> Fragment:
        """Return a product or a quotient of two operands.

        Args:
            sign: The sign between them; empty where there is none.
            at: Where it stands.
            first: What stands before it.
            second: What stands behind it.
        """
        return self.joined("/" if sign == "/" else "*", at, first, second)

    def expect_product(self, token: AnswerToken, first: Fragment, second: Fragment) -> None:
        """Refuse a number in a bracket behind a name, which may mark a layer, and one in braces behind anything."""
        name = first.expression.is_Symbol and self.text[first.position] not in "([" and second.expression.is_Integer
        if (token.kind == "open" and name) or (token.text == "{" and second.constant is not None):
            indexed = f" {words('reading.index_in_brackets')}" if token.text == "[" else ""
            raise self.error(token, words("reading.operator"), words("reading.product") + indexed)

    def keyword(self, token: AnswerToken) -> Keyword | None:
        """Return the word of a value by cases that a token begins; None where it is a name, or anything else."""
        if token.kind == "font":
            found = keyword_of(token.text, token.end)
            is_name = token.text in self.vocabulary.ids
        elif token.kind == "word":
            found = keyword_at(self.text, token.position, self.stop)
            # A word such as si may be a product, a phrase may not.
            is_name = found is not None and found.end == token.end and self.is_named(token)
        else:
            return None
        return None if found is None or (is_name and not found.is_plain) else found

    def is_factor(self, token: AnswerToken) -> bool:
        """Return whether a factor begins with a word, though no sign stands before it."""
        if token.kind == "bar":
            return not self.bars
        if token.kind == "number":
            # What is 1 under a condition is no number.
            return token.text == "1" and self.text[token.end : token.end + 1] in ("[", "_")
        if self.keyword(token) is not None:
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
        return FormulaError(self.text, position, found, words("reading.one_way"), words("reading.write_brackets"))

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
            allowed = words("reading.mark_of_name")
            hint = words("reading.power", power=mark[1])
            raise FormulaError(self.text, sign.position, shown(f"^{mark[0].strip()}"), allowed, hint)
        part = self.joined("^", sign.position, base, self.exponent(sign))
        if self.token.kind == "high":
            raise self.error(self.token, words("reading.operator"), words("reading.exponent_of_exponent"))
        return part

    def exponent(self, sign: AnswerToken) -> Fragment:
        """``"{" sum "}" | ("+" | "-") operand | operand``; what is run together behind it is not part of it."""
        if self.token.text == "{":
            return self.atom()
        self.deeper(sign.position)
        first = self.token.kind
        part = self.operand() if first == "sign" or not self.is_latex else self.atom()
        self.level -= 1
        glued = self.place == self.token.position and self.is_factor(self.token)
        apart = first == "sign" and self.is_factor(self.token) and not part.expression.is_Rational
        if apart or (glued and first != "number" and self.token.kind in ("word", "number")):
            raise self.ambiguous(sign.position, words("reading.exponent_before_product"))
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
        rule = self.atoms.get(token.kind)
        if rule is None or self.keyword(token) is not None:
            empty = not self.text[: self.stop].strip()
            raise self.error(token, words("reading.operand"), words("reading.write_expression") if empty else "")
        return rule(self)

    def symbol(self, found: Found) -> Fragment:
        """Return the quantity that a name stands for."""
        return self.grown(Fragment(self.one(found), found.position))

    def known(self, name: str, position: int) -> Fragment:
        """Return a constant by name."""
        expression, value = CONSTANTS[name]
        return self.grown(Fragment(expression, position, 1, +value))


Atoms: TypeAlias = Mapping[str, Callable[[Grammar], Fragment]]
"""By the kind of the word that an operand begins with, what reads it."""

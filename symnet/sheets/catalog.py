"""The catalog as entries of text, from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.shaping import ARRAY_FUNCTIONS
from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS, Activation, option_as_number
from symnet.catalog.losses import LOSSES, CatalogLoss
from symnet.catalog.optimizers import DAMPING, LEARNING_RATE, OPTIMIZERS
from symnet.catalog.options import Option
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import FACTOR, PROGRESS, SCHEDULES
from symnet.description import fields
from symnet.description.options import number_of
from symnet.layout.text import write
from symnet.layout.tree import Fence, Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.notation import marks
from symnet.notation.names import Names, letter_of
from symnet.notation.names import spelled as spelled_name
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Quantity, Role
from symnet.sheets.newton import system_in_general
from symnet.sheets.optimizer import ROLES, spelled
from symnet.text.languages import LANGUAGES, in_language, language, with_mark
from symnet.text.say import as_text, words
from symnet.typeset.expressions import LayoutBuilder

_NAMES = Names(NOTATIONS["standard"], {})
_NORM = Symbol("norm of W")


class Listed(NamedTuple):
    """One entry of a table, as ``symnet list`` says it.

    Attributes:
        name: Its name in a description.
        summary: What it is.
        facts: What else there is to say, each with a label.
    """

    name: str
    summary: str
    facts: tuple[tuple[str, str], ...] = ()


def _leaf(symbol: Symbol) -> Layout:
    if symbol == _NORM:
        return Scripts(Fence(Glyph("W", bold=True), "||", "||"), sub=Number("2"))
    return spelled_name(symbol.name)


_BUILD = LayoutBuilder(_NAMES, _leaf)


def _text(expression: Expr, build: LayoutBuilder = _BUILD) -> str:
    return write(build(expression))


def _numbered(letter: str, count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{letter}{fields}") for fields in range(1, count + 1))


def _letters(options: Sequence[Option]) -> dict[str, Expr]:
    """Return options by name as their letters; a choice, of which formulas depend, at its default."""
    return {option.name: S.Exp1 if option.choices else Symbol(option.name) for option in options}


def _options(options: Sequence[Option], letters: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield each option with its default and what it may be; its letter, if it has one, behind its name."""
    for index, option in enumerate(options):
        name = f"{option.name} ({letters[option.name]})" if letters else option.name
        said = words(
            "list.option",
            name=name,
            default=_default(option),
            allowed=_allowed(option),
            meaning=words(option.said),
        )
        yield "" if index else words("list.options"), said


def _default(option: Option) -> str:
    return fields.write_number(option.default).lower() if isinstance(option.default, Fraction) else option.default


def _allowed(option: Option) -> str:
    """Return the values that an option may have."""
    if option.choices:
        return words("list.choices", choices=", ".join(option.choices))
    span = number_of(option).range
    if option.each:
        return words("list.each", range=span)
    return words("list.whole", range=span) if option.whole else span


def _derivative(layout: Layout) -> str:
    """Return the label of a derivative with respect to something."""
    return words("list.derivative_wrt", wrt=layout)


def activations() -> Iterator[Listed]:
    """Yield each activation: its value, its derivative in the taught form, its options."""
    for entry in (*ACTIVATIONS.values(), *ROW_ACTIVATIONS.values()):
        yield Listed(entry.name, words(f"activation.{entry.name}"), tuple(_activation_facts(entry)))


def _activation_facts(entry: Activation) -> Iterator[tuple[str, str]]:
    z, a = ((Symbol("z"),), (Symbol("a"),)) if entry.reads == "own" else (_numbered("z", 2), _numbered("a", 2))
    chosen = {option.name: option_as_number(option, option.default) for option in entry.options if option.choices}
    o = _letters(entry.options) | chosen | {name: Symbol(name) for name in entry.learned}
    yield words("list.value"), _text(entry.value(z, 0, o))
    label = words("list.derivative") if entry.reads == "own" else _derivative(_leaf(z[0]))
    yield label, _text(entry.derivative(z, a, 0, 0, o)[-1])
    for name, derivative in entry.learned.items():
        yield _derivative(letter_of(name)), _text(derivative(z[0], o))
    yield from _options(entry.options)


def losses() -> Iterator[Listed]:
    """Yield each loss: its value for three outputs, its derivative wrt the first in the taught form, its options."""
    for entry in LOSSES.values():
        yield Listed(entry.name, words(f"loss.{entry.name}"), tuple(_loss_facts(entry)))


_TOLD = frozenset(("class_weights", "positive_weight", "label_smoothing"))


def _loss_facts(entry: CatalogLoss) -> Iterator[tuple[str, str]]:
    # With fewer outputs, half of a sum could not be told from its mean.
    count = 3
    # Weights and smoothed targets are told by their options alone: the formula is that of most courses.
    usual = tuple(option for option in entry.options if option.name not in _TOLD)
    o, y = _letters(usual), _numbered("y", count)
    # Where three inputs go through the network, the outputs are those of the anchor, the positive and the negative.
    used = "apn"[: len(entry.branches)]
    a = tuple(symbol for letter in used for symbol in _numbered(letter, count))
    pieces = entry.pieces(a, y, o)
    names = Names(_NAMES.notation, {p.symbol.name: Quantity(p.symbol.name, p.role, unit=p.unit) for p in pieces})
    own = {piece.symbol for piece in pieces}
    build = LayoutBuilder(names, lambda symbol: names(symbol.name) if symbol in own else _leaf(symbol))
    yield words("list.value"), _text(entry.value(a, y, o), build)
    for index, piece in enumerate(pieces):
        equation = f"{write(names(piece.symbol.name))} = {_text(piece.expression, build)}"
        yield "" if index else words("list.where"), equation
    for taught in entry.derivative(a, y, 0, o)[-1:]:
        yield _derivative(_leaf(a[0])), _text(taught, build)
    for symbol, derivatives in entry.piece_derivatives(a, y, o).items():
        yield _derivative(names(symbol.name)), _text(derivatives[-1], build)
    yield from _options(entry.options)


def regularizers() -> Iterator[Listed]:
    """Yield each regularizer: what stands behind the strength for two weights, and its derivative wrt the first."""
    weights = _numbered("w", 2)
    for entry in REGULARIZERS.values():
        value = _text(entry.value(weights))
        derivative = _text(entry.derivative(weights[0], _NORM if entry.node else None))
        norm = f"{write(_leaf(_NORM))} = " if entry.node else ""
        facts = ((words("list.value"), f"{norm}{value}"), (_derivative(_leaf(weights[0])), derivative))
        yield Listed(entry.name, words(f"regularizer.{entry.name}"), facts)


def optimizers() -> Iterator[Listed]:
    """Yield each optimizer: its rule line by line, its options with their letters."""
    letters = {symbol.name: write(_NAMES.role(role)) for symbol, role in ROLES.items()}
    for entry in OPTIMIZERS.values():
        written = spelled(entry, _NAMES.notation, _NAMES.role, Glyph("w"), Glyph("g"))
        build = LayoutBuilder(_NAMES, partial(_written, written))
        rule = (
            ("" if index else words("list.update"), f"{write(written[symbol.name])} = {_text(line, build)}")
            for index, (symbol, line) in enumerate(entry.lines)
        )
        system = () if entry.hessian is None else (_system(written[DAMPING.name]),)
        facts = (*system, *rule, *_options(entry.options, letters))
        yield Listed(entry.name, words(f"optimizer.{entry.name}"), facts)


def _system(damping: Layout) -> tuple[str, str]:
    """Return the direction of Newton's method as it is listed."""
    left, right = system_in_general(damping)
    return words("list.direction"), f"{write(left)} = {write(right)}"


def schedules() -> Iterator[Listed]:
    """Yield each schedule of the learning rate: its value at a step, and its options."""
    letters = {
        LEARNING_RATE.name: _NAMES.role(Role.LEARNING_RATE),
        PROGRESS.name: Glyph("p"),
        FACTOR.name: Word(words("formula.factor")),
    }
    build = LayoutBuilder(_NAMES, partial(_written, letters))
    for entry in SCHEDULES.values():
        rate = _text(entry.rate, build)
        yield Listed(
            entry.name, words(f"schedule.{entry.name}"), ((words("list.rate"), rate), *_options(entry.options))
        )


def _written(written: Mapping[str, Layout], symbol: Symbol) -> Layout:
    return written[symbol.name]


# Quantities of a network with a hidden layer, which show a notation.
_SHOWN = {
    quantity.id: quantity
    for quantity in (
        Quantity("x1", Role.INPUT, 0, 1),
        Quantity("w1_1_2", Role.WEIGHT, 1, 1, 2),
        Quantity("b1_1", Role.BIAS, 1, 1),
        Quantity("z1_1", Role.PRE_ACTIVATION, 1, 1),
        Quantity("a1_1", Role.ACTIVATION, 1, 1),
        Quantity("w2_1_2", Role.WEIGHT, 2, 1, 2),
        Quantity("b2_1", Role.BIAS, 2, 1),
        Quantity("z2_1", Role.PRE_ACTIVATION, 2, 1),
        Quantity("a2_1", Role.OUTPUT, 2, 1, activation="sigmoid"),
        Quantity("y1", Role.TARGET, 2, 1),
        Quantity("L", Role.LOSS),
        Quantity("delta2_1", Role.DELTA, 2, 1, of="z2_1"),
    )
}


def notations() -> Iterator[Listed]:
    """Yield each notation, with how it writes a network of two layers."""
    for entry in NOTATIONS.values():
        names = Names(entry, _SHOWN)
        trained = names("w2_1_2")
        update = (marks.updated(entry, trained), Operator(marks.relation(entry)), marks.before(entry, trained))
        facts = (
            (words("list.first_layer"), ("x1", "w1_1_2", "b1_1", "z1_1", "a1_1")),
            (words("list.second_layer"), ("w2_1_2", "b2_1", "z2_1", "a2_1", "delta2_1")),
            (words("list.target_and_loss"), ("y1", "L")),
        )
        listed = ((label, ", ".join(write(names(identifier)) for identifier in ids)) for label, ids in facts)
        rate = Row((*update, Operator("-"), Glyph("cdots")))
        yield Listed(entry.name, words(f"notation.{entry.name}"), (*listed, (words("list.update"), write(rate))))


def languages() -> Iterator[Listed]:
    """Yield each language of sheets, with how it writes a number."""
    for name in LANGUAGES:
        with in_language(name):
            number = f"{language().in_digits(12345)}{with_mark('.75')}"
        yield Listed(name, words(f"language.{name}"), ((words("list.number"), number),))


def functions() -> Iterator[Listed]:
    """Yield each function that expressions may use, with its derivative in the taught form."""
    for entry in FUNCTIONS.values():
        arguments = (Symbol("x"), Symbol("y"))[: entry.least]
        call = f"{entry.name}({', '.join(symbol.name for symbol in arguments)})"
        label = words("list.derivative_of" if entry.least == 1 else "list.derivative_of_wrt_x", call=call)
        facts = ((label, _text(entry.derivatives(*arguments)[0])),)
        yield Listed(entry.name, words(f"function.{entry.name}"), facts)


def array_functions() -> tuple[str, ...]:
    """Return the names of the functions that only expressions over arrays may use."""
    return tuple(name for name in ARRAY_FUNCTIONS if name not in FUNCTIONS)


def mistakes() -> Iterator[Listed]:
    """Yield every mistake that may be named, with what is said of it and an example."""
    from symnet.marking.mistakes.examples import examples

    for example in examples().values():
        wrong = words("list.wrong_for_right", left=example.left, wrong=example.wrong, right=example.right)
        yield Listed(example.name, as_text(example.says), ((words("list.example"), wrong),))

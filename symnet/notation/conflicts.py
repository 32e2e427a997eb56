"""How the letters of a notation look, and which of them a reader could not tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from types import MappingProxyType
from typing import NamedTuple

from symnet.layout.symbols import capital
from symnet.layout.tree import Glyph
from symnet.notation.model import Notation
from symnet.quantity import Role


class LetterShape(NamedTuple):
    """How a letter looks.

    Attributes:
        letter: A Latin letter, the name of a Greek one, or a word.
        mark: What stands over it, ``hat`` or ``bar``; None if nothing does.
        bold: Whether it is bold.
        upright: Whether it is a word, in upright letters.
    """

    letter: str
    mark: str | None = None
    bold: bool = False
    upright: bool = False


class _WrittenForm(NamedTuple):
    """A letter with its subscript."""

    letter: LetterShape
    low: tuple[str, ...]

    @property
    def has_constant(self) -> bool:
        return not _PLACES.issuperset(self.low)


def _pairs(*groups: tuple[Role, ...]) -> frozenset[frozenset[Role]]:
    return frozenset(frozenset(pair) for group in groups for pair in combinations(group, 2))


_PLACES = frozenset(("unit", "source"))
_AS_VECTOR = frozenset(
    (
        Role.INPUT,
        Role.TARGET,
        Role.BIAS,
        Role.PRE_ACTIVATION,
        Role.ACTIVATION,
        Role.OUTPUT,
        Role.PROBABILITY,
        Role.SCORE,
        Role.DELTA,
    )
)
_AS_MATRIX = (_AS_VECTOR - {Role.BIAS}) | {Role.WEIGHT}
_MAY_SHARE = _pairs(
    # One thing: the loss of the only sample, one bias for all units, the activations of the last layer.
    (Role.LOSS, Role.SAMPLE_LOSS),
    (Role.LOSS, Role.OBJECTIVE),
    (Role.BIAS, Role.SHARED_BIAS),
    (Role.ACTIVATION, Role.OUTPUT),
    (Role.ACTIVATION, Role.PROBABILITY),
    (Role.PRE_ACTIVATION, Role.SCORE),
    (Role.OUTPUT, Role.PROBABILITY, Role.SCORE),
    # Never on one sheet: what the optimizers keep, each its own.
    (Role.VELOCITY, Role.SQUARES),
    (Role.VELOCITY, Role.FIRST_MOMENT),
    (Role.VELOCITY, Role.SECOND_MOMENT),
    (Role.SQUARES, Role.FIRST_MOMENT),
    (Role.LARGEST, Role.CHANGES, Role.VELOCITY, Role.SQUARES, Role.SECOND_MOMENT),
    (Role.NORMALIZER, Role.INTERPOLATED, Role.VELOCITY, Role.SQUARES, Role.MARGIN_NODE),
    (Role.CHANGES, Role.FIRST_MOMENT),
    (Role.WEIGHT_DECAY, Role.DAMPING),
    (Role.INTERPOLATED, Role.LARGEST, Role.SECOND_MOMENT),
    (Role.SQUARES, Role.SECOND_MOMENT),
    # A sheet names what training keeps in words where its letter is taken.
    (Role.SAMPLES, Role.MARGIN_NODE, Role.FIRST_MOMENT),
    (Role.SQUARES, Role.RIGHT_SCORE),
    (Role.SECOND_MOMENT, Role.RIGHT_SCORE),
)


WITHOUT_LETTER = frozenset((Role.GRAPH, Role.STRENGTH, Role.NORM))
"""The roles without a letter to choose: their names are a user's, or made from those of others."""

# A sum may run over any of them, whatever the general indices are.
_INDICES = ("i", "j", "k")
# The letters of numbers that no formula explains.
_CONSTANTS = MappingProxyType({"e": "the base of the exponential function", "pi": "the number pi"})


def clashes(notation: Notation) -> list[tuple[Role, Role]]:
    """Return the pairs of roles that a reader could not tell apart, in the order of the roles.

    Two roles look alike if their letters do as a number, a vector or a matrix, however many indices they have; a
    constant index such as the 0 of a bias tells them apart.

    Args:
        notation: Any notation.
    """
    forms = {role: tuple(_written_forms(notation, role)) for role in notation.names if role not in WITHOUT_LETTER}
    pairs = (pair for pair in combinations(forms, 2) if frozenset(pair) not in _MAY_SHARE)
    return [(one, other) for one, other in pairs if any(_alike(*two) for two in product(forms[one], forms[other]))]


def meaning_of(notation: Notation, role: Role) -> str:
    """Return what else the letter of a role stands for in every sheet; empty if nothing.

    Args:
        notation: Any notation.
        role: One of its roles.
    """
    name = notation.names[role]
    if name.mark or name.bold or name.upright:
        return ""
    function = next((key for key, of in notation.functions.items() if of == Glyph(name.letter)), "")
    if function:
        return f"the function {function}"
    is_index = name.letter in {*_INDICES, *notation.indices, notation.sample.letter} and role is not Role.STEP
    return "an index" if is_index else _CONSTANTS.get(name.letter, "")


def _written_forms(notation: Notation, role: Role) -> Iterator[_WrittenForm]:
    """Yield how a role looks as a number, as a vector and as a matrix, in each layer with letters of its own."""
    name = notation.names[role]
    constant = tuple(index for index in name.low if index not in _PLACES)
    own = (of[role] for of in notation.by_layer if role in of)
    for letter in dict.fromkeys((name.letter, *own)):
        yield _WrittenForm(LetterShape(letter, name.mark, name.bold, name.upright), name.low)
        barred = notation.vectors == "bar"
        if role in _AS_VECTOR:
            mark = name.mark or ("bar" if barred else None)
            yield _WrittenForm(LetterShape(letter, mark, not barred), constant)
        if role in _AS_MATRIX:
            yield _WrittenForm(LetterShape(capital(letter), name.mark, bold=True), constant)


def _alike(one: _WrittenForm, other: _WrittenForm) -> bool:
    if one.letter != other.letter:
        return False
    return one.low == other.low or not (one.has_constant or other.has_constant)

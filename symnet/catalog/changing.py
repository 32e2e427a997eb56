"""One notation made from another: other letters, and what has to change with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from symnet.catalog.looks import WITHOUT_LETTER, Letter
from symnet.catalog.notation import Name, Notation
from symnet.catalog.notations import NOTATIONS
from symnet.layout.tree import Accent, Glyph, Layout, Number, Operator, Row, Scripts
from symnet.quantity import Role

NAMES: Mapping[Role, Name] = MappingProxyType(
    {
        role: next(of.names[role] for of in NOTATIONS.values() if role in of.names)
        for role in Role
        if role not in WITHOUT_LETTER and any(role in of.names for of in NOTATIONS.values())
    }
)
"""Every role whose letter can be chosen, and how the first notation that has it writes it."""

BIASES = (Role.BIAS, Role.SHARED_BIAS)
UNIT = Role.DROPPED
"""In every notation its layers are marked as those of units are, and it has no letters by layer."""

# What is printed as a list has its bold or its bar by that, whatever its letter.
_LISTS = frozenset((Role.PARAMETERS, Role.ONES))
# Who takes over a letter, where it has been the same before.
_FOLLOWERS: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.WEIGHT: BIASES,
        Role.BIAS: (Role.SHARED_BIAS,),
        Role.PRE_ACTIVATION: (Role.SCORE,),
        Role.ACTIVATION: (Role.OUTPUT,),
        Role.LOSS: (Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.DATA_LOSS, Role.PENALTY),
    }
)
# What only the last layer has, and what the others have in its place.
_ENDS: Mapping[Role, Role] = MappingProxyType(
    {Role.OUTPUT: Role.ACTIVATION, Role.PROBABILITY: Role.ACTIVATION, Role.SCORE: Role.PRE_ACTIVATION}
)
LEADERS: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.SHARED_BIAS: (Role.BIAS, Role.WEIGHT),
        **{role: (of,) for of, roles in _FOLLOWERS.items() for role in roles if role is not Role.SHARED_BIAS},
    }
)
"""From whom a role may have its letter, the nearest first."""

_LAYER = Glyph("ell")
_BEFORE, _AFTER = (Row((_LAYER, Operator(sign), Number("1"))) for sign in "-+")


def with_names(notation: Notation, names: Mapping[Role, Name | None]) -> Notation:
    """Return the notation with some names changed, those that are None left out, in the order of the roles.

    Args:
        notation: Any notation.
        names: The names that change.
    """
    merged = {**notation.names, **names}
    kept = {role: name for role in Role if (name := merged.get(role)) is not None}
    return with_meanings(notation._replace(names=MappingProxyType(kept)), notation)


def with_letters(notation: Notation, letters: Mapping[Role, Letter]) -> Notation:
    """Return the notation with other letters, which hold in all layers, and for all that was written like them.

    Args:
        notation: Any notation.
        letters: The letters of some roles of :data:`NAMES`. A bias with a letter of its own has no index 0.
    """
    spread = _spread(notation, letters)
    own = BIASES if Role.BIAS in letters else {Role.SHARED_BIAS}.intersection(letters)
    names: dict[Role, Name] = {role: _written(notation, role, letter) for role, letter in spread.items()}
    for role in own:
        names[role] = names[role]._replace(low=tuple(index for index in names[role].low if index != "0"))
    names.update(_placed_ends(notation.names, {**notation.names, **names}))
    by_layer = tuple({role: of for role, of in entry.items() if role not in spread} for entry in notation.by_layer)
    return _mentioning(with_names(notation._replace(by_layer=by_layer), names), notation)


def with_zero_index(notation: Notation) -> Notation:
    """Return the notation with each bias written as the weight of an input that is always 1.

    Args:
        notation: Any notation.
    """
    weight = notation.names[Role.WEIGHT]
    low = {Role.BIAS: zero_index(weight), Role.SHARED_BIAS: ("0",)}
    names = {role: weight._replace(low=low[role], meaning=notation.names[role].meaning) for role in BIASES}
    own = (dict.fromkeys(BIASES, of[Role.WEIGHT]) if Role.WEIGHT in of else {} for of in notation.by_layer)
    by_layer = tuple({**of, **biases} for of, biases in zip(notation.by_layer, own, strict=True))
    return with_names(notation._replace(by_layer=by_layer), names)


def zero_index(weight: Name) -> tuple[str, ...]:
    """Return the indices of a bias that is the weight of an input of 1, numbered 0.

    Args:
        weight: How weights are written.
    """
    return tuple("0" if index == "source" else index for index in weight.low)


def with_meanings(notation: Notation, before: Notation) -> Notation:
    """Return the notation with what weights and biases mean said anew, where it is not what it was.

    Args:
        notation: A notation that was made from another.
        before: That other notation.
    """
    leaving, was_leaving = _is_leaving(notation), _is_leaving(before)
    zero, had_zero = ("0" in of.names[Role.BIAS].low for of in (notation, before))
    names = dict(notation.names)
    if leaving != was_leaving:
        names[Role.WEIGHT] = names[Role.WEIGHT]._replace(meaning=_of_weight(notation))
    if (leaving, zero) != (was_leaving, had_zero):
        for role in BIASES:
            names[role] = names[role]._replace(meaning=_of_bias(notation, role))
    return notation._replace(names=MappingProxyType(names))


def _spread(notation: Notation, letters: Mapping[Role, Letter]) -> dict[Role, Letter]:
    """Return the letters, and those of all roles that follow them."""
    spread = dict(letters)
    for leader, followers in _FOLLOWERS.items():
        for role in followers:
            old, new = notation.names.get(role), spread.get(leader)
            if old is None or new is None or role in spread:
                continue
            led = notation.names[leader]
            if old.letter == led.letter:
                spread[role] = new if old.mark == led.mark else new._replace(mark=old.mark)
    return spread


def _written(notation: Notation, role: Role, letter: Letter) -> Name:
    """Return how a role is written with another letter; one that the notation lacks, as in the first that has it."""
    old = notation.names.get(role)
    if old is None:
        unit, old = notation.names[UNIT], NAMES[role]
        old = old._replace(layer=unit.layer, first=unit.first) if old.layer else old
    if role in _LISTS and not (letter.mark or letter.bold):
        letter = letter._replace(mark=old.mark, bold=old.bold)
    return old._replace(**letter._asdict())


def _placed_ends(before: Mapping[Role, Name], names: Mapping[Role, Name]) -> Iterator[tuple[Role, Name]]:
    """Yield what now has the letter of the other layers, with the marks of layers that it needs then."""
    for end, inner in _ENDS.items():
        was_alike = end in before and _plain(before[end]) == _plain(before[inner])
        if end in names and not was_alike and _plain(names[end]) == _plain(names[inner]):
            yield end, names[end]._replace(layer=names[inner].layer, first=names[inner].first)


def _mentioning(notation: Notation, before: Notation) -> Notation:
    """Return the notation with the new letters also in the meanings that mention inputs or pre-activations."""
    signs = {_plain(before.names[role]): _plain(notation.names[role]) for role in (Role.INPUT, Role.PRE_ACTIVATION)}
    names = {
        role: name._replace(meaning=tuple(of if isinstance(of, str) else _exchanged(of, signs) for of in name.meaning))
        for role, name in notation.names.items()
    }
    return notation._replace(names=MappingProxyType(names))


def _plain(name: Name) -> Layout:
    base = Glyph(name.letter, bold=name.bold, upright=name.upright)
    return base if name.mark is None else Accent(name.mark, base)


def _exchanged(layout: Layout, signs: Mapping[Layout, Layout]) -> Layout:
    """Return the layout with some signs in the place of others."""
    if isinstance(layout, Row):
        return Row(tuple(_exchanged(item, signs) for item in layout.items))
    if isinstance(layout, Scripts):
        return replace(layout, base=_exchanged(layout.base, signs))
    return signs.get(layout, layout)


def _is_leaving(notation: Notation) -> bool:
    """Return whether a weight has the number of the layer that it leaves."""
    return notation.names[Role.WEIGHT].first < notation.names[UNIT].first


def _of_weight(notation: Notation) -> tuple[str | Layout, ...]:
    unit, source = (Glyph(index) for index in notation.indices)
    leaves, enters = (_LAYER, _AFTER) if _is_leaving(notation) else (_BEFORE, _LAYER)
    return ("from unit ", source, " of layer ", leaves, " to unit ", unit, " of layer ", enters)


def _of_bias(notation: Notation, role: Role) -> tuple[str | Layout, ...]:
    names = notation.names
    layer = _AFTER if _is_leaving(notation) else _LAYER
    of_unit = ("of unit ", Glyph(notation.indices[0]), " of layer ", layer)
    said: tuple[str | Layout, ...] = of_unit if role is Role.BIAS else ("one for all units of layer ", layer)
    if "0" not in names[role].low:
        return said
    one = Row((Scripts(_plain(names[Role.INPUT]), Number("0")), Operator("="), Number("1")))
    return (*said, ", the weight of ", one)

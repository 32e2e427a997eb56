"""Which letters make room: those of what few sheets need, where a letter that was chosen would look like theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from symnet.catalog.changing import with_names
from symnet.catalog.looks import clashes, meaning_of
from symnet.catalog.notation import Notation
from symnet.quantity import Role

_SPARE: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.SAMPLE_LOSS: ("L", "C", "E"),
        Role.DROPPED: ("r", "u", "c"),
        Role.SLOPE_PARAMETER: ("gamma", "rho", "chi"),
        Role.PENALTY: ("Omega", "P", "R"),
        Role.MARGIN_NODE: ("c", "g", "r"),
        Role.RIGHT_SCORE: ("c", "g", "r"),
        Role.DISTANCE: ("Q", "F", "G"),
        Role.PARAMETERS: ("phi", "psi", "omega"),
        Role.VELOCITY: ("u", "c", "g"),
        Role.SQUARES: ("u", "c", "g"),
        Role.FIRST_MOMENT: ("p", "u", "c"),
        Role.SECOND_MOMENT: ("q", "r", "g"),
        Role.MOMENTUM: ("gamma", "rho", "nu"),
        Role.BETA1: ("rho", "gamma", "nu"),
        Role.BETA2: ("rho", "gamma", "nu"),
        Role.EPSILON: ("xi", "zeta", "nu"),
        Role.DECAY: ("nu", "zeta", "xi"),
        Role.STEP: ("k", "tau", "t"),
        Role.SAMPLES: ("n", "N", "M"),
    }
)


def with_room(notation: Notation, chosen: Collection[Role]) -> Notation:
    """Return the notation with other letters for what few sheets need, where theirs look like others.

    Args:
        notation: Any notation.
        chosen: The roles whose letters are to stay.
    """
    for pair in clashes(notation):
        for role in reversed(pair):
            if role in _SPARE and role not in chosen and _is_alike(notation, role):
                notation = _with_spare(notation, role)
    return notation


def _with_spare(notation: Notation, role: Role) -> Notation:
    for letter in _SPARE[role]:
        changed = with_names(notation, {role: notation.names[role]._replace(letter=letter)})
        if not _is_alike(changed, role) and not meaning_of(changed, role):
            return changed
    return notation


def _is_alike(notation: Notation, role: Role) -> bool:
    return any(role in pair for pair in clashes(notation))

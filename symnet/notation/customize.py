"""One notation made from another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from symnet.document import Sentence, Slot
from symnet.layout.tree import Accent, Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.notation.conflicts import WITHOUT_LETTER, LetterShape, clashes, meaning_of
from symnet.notation.model import Name, Notation, SampleMark
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role

# One notation made from another: other letters, and what has to change with them.

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


def with_letters(notation: Notation, letters: Mapping[Role, LetterShape]) -> Notation:
    """Return the notation with other letters, which hold in all layers, and for all that was written like them.

    Args:
        notation: Any notation.
        letters: The letters of some roles of :data:`NAMES`. A bias with a letter of its own has no index 0.
    """
    letters_by_role = _with_followers(notation, letters)
    own = BIASES if Role.BIAS in letters else {Role.SHARED_BIAS}.intersection(letters)
    names: dict[Role, Name] = {role: _written(notation, role, letter) for role, letter in letters_by_role.items()}
    for role in own:
        names[role] = names[role]._replace(low=tuple(index for index in names[role].low if index != "0"))
    names.update(_placed_ends(notation.names, {**notation.names, **names}))
    by_layer = tuple(
        {role: of for role, of in entry.items() if role not in letters_by_role} for entry in notation.by_layer
    )
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
    """Return the notation with the meanings of weights and biases updated where the new notation changes them.

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


def _with_followers(notation: Notation, letters: Mapping[Role, LetterShape]) -> dict[Role, LetterShape]:
    """Return the letters, and those of all roles that follow them."""
    letters_by_role = dict(letters)
    for leader, followers in _FOLLOWERS.items():
        for role in followers:
            old, new = notation.names.get(role), letters_by_role.get(leader)
            if old is None or new is None or role in letters_by_role:
                continue
            led = notation.names[leader]
            if old.letter == led.letter:
                letters_by_role[role] = new if old.mark == led.mark else new._replace(mark=old.mark)
    return letters_by_role


def _written(notation: Notation, role: Role, letter: LetterShape) -> Name:
    """Return the name of a role with another letter, or as in another notation if this one lacks the role."""
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
        role: name._replace(meaning=name.meaning.mapped(lambda layout: _exchanged(layout, signs)))
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


def _of_weight(notation: Notation) -> Sentence:
    unit, source = (Glyph(index) for index in notation.indices)
    leaves, enters = (_LAYER, _AFTER) if _is_leaving(notation) else (_BEFORE, _LAYER)
    return Sentence("meaning.weight", {"source": source, "leaves": leaves, "unit": unit, "enters": enters})


def _of_bias(notation: Notation, role: Role) -> Sentence:
    names = notation.names
    layer = _AFTER if _is_leaving(notation) else _LAYER
    slots: dict[str, Slot] = {"layer": layer}
    if role is Role.BIAS:
        slots["unit"] = Glyph(notation.indices[0])
    if "0" not in names[role].low:
        return Sentence("meaning.bias" if role is Role.BIAS else "meaning.shared_bias_of_layer", slots)
    slots["one"] = Row((Scripts(_plain(names[Role.INPUT]), Number("0")), Operator("="), Number("1")))
    return Sentence("meaning.bias_of_one" if role is Role.BIAS else "meaning.shared_bias_of_one", slots)


# Which letters make room: those of what few sheets need, where a letter that was chosen would look like theirs.

_SPARE: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.SAMPLE_LOSS: ("L", "C", "E"),
        Role.DROPPED: ("r", "u", "c"),
        Role.SLOPE_PARAMETER: ("gamma", "rho", "chi"),
        Role.PENALTY: ("Omega", "P", "R"),
        Role.MARGIN_NODE: ("c", "g", "r"),
        Role.RIGHT_SCORE: ("c", "g", "r"),
        Role.DISTANCE: ("Q", "F", "G"),
        Role.SAMPLE_WEIGHT: ("rho", "chi", "zeta"),
        Role.PARAMETERS: ("phi", "psi", "omega"),
        Role.VELOCITY: ("u", "c", "g"),
        Role.SQUARES: ("u", "c", "g"),
        Role.FIRST_MOMENT: ("p", "u", "c"),
        Role.SECOND_MOMENT: ("q", "r", "g"),
        Role.LARGEST: ("q", "r", "g"),
        Role.CHANGES: ("q", "r", "g"),
        Role.NORMALIZER: ("r", "g", "q"),
        Role.INTERPOLATED: ("r", "g", "q"),
        Role.MOMENTUM: ("gamma", "rho", "nu"),
        Role.BETA1: ("rho", "gamma", "nu"),
        Role.BETA2: ("rho", "gamma", "nu"),
        Role.EPSILON: ("xi", "zeta", "nu"),
        Role.DECAY: ("nu", "zeta", "xi"),
        Role.WEIGHT_DECAY: ("omega", "chi", "zeta"),
        Role.MOMENTUM_DECAY: ("chi", "omega", "xi"),
        Role.DAMPING: ("omega", "chi", "zeta"),
        Role.STEP: ("k", "tau", "t"),
        Role.SAMPLES: ("n", "N", "M"),
    }
)


def with_room(notation: Notation, chosen: Collection[Role]) -> Notation:
    """Return the notation with other letters for rarely used quantities whose usual letters clash with others.

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


# What a notation of one's own may choose besides letters: each choice by its key in a description.


class Choice(NamedTuple):
    """One thing that can be chosen.

    Attributes:
        words: What it may be.
        meaning: What it is, for an editor.
        made: The notation with one of the words chosen.
    """

    words: tuple[str, ...]
    meaning: str
    made: Callable[[Notation, str], Notation]


def _index_order(notation: Notation, order: str) -> Notation:
    weight = notation.names[Role.WEIGHT]._replace(low=_ORDERS[order])
    bias = notation.names[Role.BIAS]
    if "0" in bias.low:
        bias = bias._replace(low=zero_index(weight))
    return with_names(notation, {Role.WEIGHT: weight, Role.BIAS: bias})


_ORDERS = {"to_from": ("unit", "source"), "from_to": ("source", "unit")}


def _first_layer(notation: Notation, first: str) -> Notation:
    step = {"weights": 1, "inputs": 2}[first] - notation.names[UNIT].first
    marked = {role: of._replace(first=of.first + step) for role, of in notation.names.items() if of.layer}
    return with_names(notation, marked)


def _weight_layer(notation: Notation, which: str) -> Notation:
    first = notation.names[UNIT].first - (which == "leaves")
    roles = (Role.WEIGHT, *BIASES)
    return with_names(notation, {role: notation.names[role]._replace(first=first) for role in roles})


def _layer_marks(notation: Notation, when: str) -> Notation:
    layer = {"always": "always", "needed": "several"}[when]
    return with_names(notation, {role: of._replace(layer=layer) for role, of in notation.names.items() if of.layer})


def _vector_marks(notation: Notation, mark: str) -> Notation:
    look = {"bold": (None, True), "bar": ("bar", False)}[mark]
    parameters = notation.names[Role.PARAMETERS]._replace(mark=look[0], bold=look[1])
    return with_names(notation._replace(vectors=mark), {Role.PARAMETERS: parameters})


_SAMPLES = {
    "parentheses": SampleMark(),
    "brackets": SampleMark(left="[", right="]"),
    # Among low indices it needs a letter that is no unit's.
    "subscript": SampleMark("n", high=False, left="", right=""),
}

CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "index_order": Choice(tuple(_ORDERS), "Which unit of a weight its first index is.", _index_order),
        "first_layer": Choice(
            ("weights", "inputs"), "What layer 1 is: the first layer with weights, or the inputs.", _first_layer
        ),
        "weight_layer": Choice(
            ("enters", "leaves"), "Which of the two layers that it connects a weight is numbered by.", _weight_layer
        ),
        "layer_marks": Choice(
            ("always", "needed"), "Whether the layer is written always, or only where it is needed.", _layer_marks
        ),
        "vectors": Choice(
            ("columns", "rows"),
            "Whether the samples are the columns of a matrix or its rows.",
            lambda notation, which: notation._replace(rows=which == "rows"),
        ),
        "vector_marks": Choice(("bold", "bar"), "How a vector is told from a number.", _vector_marks),
        "splits": Choice(
            ("cases", "indicator", "both"),
            "How a value by cases is written: as cases, with an indicator, or both.",
            lambda notation, how: notation._replace(splits=how),
        ),
        "logarithm": Choice(
            ("ln", "log"),
            "How the natural logarithm is written.",
            lambda notation, word: notation._replace(logarithm=Word(word)),
        ),
        "sample_mark": Choice(
            tuple(_SAMPLES), "How a sample is marked.", lambda notation, how: notation._replace(sample=_SAMPLES[how])
        ),
        "updated": Choice(
            ("prime", "gets", "t", "k", "tau"),
            "How an updated value is marked: by a prime, by an arrow to the old one, or by the letter of the step.",
            lambda notation, how: notation._replace(updated=how),
        ),
        "trained": Choice(
            ("weight", "matrix", "all"),
            "What the update rule is written for: a weight, a weight matrix, or all parameters at once.",
            lambda notation, what: notation._replace(trained=what),
        ),
    }
)

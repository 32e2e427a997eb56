"""Which symbols of a notation a reader could not tell apart."""

import pytest

from symnet.layout.symbols import GLYPHS
from symnet.notation.conflicts import WITHOUT_LETTER, clashes, meaning_of
from symnet.notation.customize import NAMES
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role

STANDARD = NOTATIONS["standard"]


def renamed(role, notation=STANDARD, **changes):
    """Return a notation with one name changed."""
    return notation._replace(names={**notation.names, role: notation.names[role]._replace(**changes)})


@pytest.mark.parametrize("name", NOTATIONS)
def test_no_profile_has_symbols_that_look_alike(name):
    """A reader tells all symbols of each profile apart."""
    assert clashes(NOTATIONS[name]) == []


@pytest.mark.parametrize("name", NOTATIONS)
def test_no_letter_of_a_profile_has_another_meaning(name):
    """No letter of a profile is an index, a function or a known number besides."""
    notation = NOTATIONS[name]
    assert [role for role in notation.names if role not in WITHOUT_LETTER and meaning_of(notation, role)] == []


CLASHES = {
    "as numbers": (Role.ACTIVATION, {"letter": "z"}, (Role.PRE_ACTIVATION, Role.ACTIVATION)),
    "whatever the indices": (Role.LOSS, {"letter": "x"}, (Role.INPUT, Role.LOSS)),
    "with a mark": (Role.DATA_LOSS, {"letter": "y", "mark": "hat"}, (Role.OUTPUT, Role.DATA_LOSS)),
    "as a vector": (Role.PENALTY, {"letter": "b", "bold": True}, (Role.BIAS, Role.PENALTY)),
    "as a matrix": (Role.PENALTY, {"letter": "W", "bold": True}, (Role.WEIGHT, Role.PENALTY)),
    "a matrix and a vector": (Role.PRE_ACTIVATION, {"letter": "W"}, (Role.WEIGHT, Role.PRE_ACTIVATION)),
}


@pytest.mark.parametrize(("role", "changes", "pair"), CLASHES.values(), ids=CLASHES)
def test_symbols_that_look_alike_are_found(role, changes, pair):
    """Two roles clash if any of the forms in which they are printed do."""
    assert clashes(renamed(role, **changes)) == [pair]


def test_letters_of_a_layer_count():
    """A letter that a role has in one layer only clashes as well."""
    found = clashes(renamed(Role.INPUT, NOTATIONS["cs349"], letter="q"))
    assert found == [(Role.INPUT, Role.PRE_ACTIVATION)]


def test_vectors_with_a_bar_count():
    """Where a vector has a bar, a letter with a bar looks like one."""
    loss = renamed(Role.DATA_LOSS, letter="x", mark="bar")
    assert clashes(loss) == []
    assert clashes(loss._replace(vectors="bar")) == [(Role.INPUT, Role.DATA_LOSS)]


def test_a_constant_index_tells_symbols_apart():
    """A bias may be the weight with index 0, but not just the weight's letter."""
    assert clashes(renamed(Role.BIAS, letter="w", low=("unit", "0"))) == []
    assert clashes(renamed(Role.BIAS, letter="w")) == [(Role.WEIGHT, Role.BIAS)]


MEANINGS = {
    "i": "an index",
    "k": "an index",
    "sigma": "the function sigmoid",
    "e": "the base of the exponential function",
    "pi": "the number pi",
    "q": "",
}


@pytest.mark.parametrize(("letter", "meaning"), MEANINGS.items())
def test_a_letter_may_have_a_meaning_already(letter, meaning):
    """Indices, functions and known numbers are no letters to take; with a mark or bold they are."""
    assert meaning_of(renamed(Role.ACTIVATION, letter=letter), Role.ACTIVATION) == meaning
    assert meaning_of(renamed(Role.ACTIVATION, letter=letter, mark="hat"), Role.ACTIVATION) == ""
    assert meaning_of(renamed(Role.ACTIVATION, letter=letter, bold=True), Role.ACTIVATION) == ""


def test_the_letter_of_steps_may_be_an_index():
    """Courses count the steps with k."""
    assert meaning_of(renamed(Role.STEP, letter="k"), Role.STEP) == ""


def test_every_role_has_a_letter_to_choose_but_a_few():
    """What has no letter to choose has its name from a user or from others."""
    assert set(NAMES) | WITHOUT_LETTER | {Role.ADJOINT} == set(Role)
    letters = {name.letter for name in NAMES.values() if not name.upright}
    assert {letter for letter in letters if len(letter) > 1} <= set(GLYPHS)

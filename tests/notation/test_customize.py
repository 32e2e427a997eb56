"""Notations made from others: what changes with a letter, an index or a number of a layer."""

import pytest

from symnet.layout.tree import Glyph
from symnet.notation.conflicts import LetterShape, clashes
from symnet.notation.customize import CHOICES, NAMES, with_letters, with_names, with_room, with_zero_index
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role
from symnet.text.say import as_text, said

STANDARD = NOTATIONS["standard"]
everywhere = pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)


def meaning(notation, role):
    """Return what the table of symbols says of a role, as text."""
    return as_text(said(notation.names[role].meaning))


def letters(notation, *roles):
    """Return the letters of some roles."""
    return [notation.names[role].letter for role in roles]


@everywhere
def test_without_letters_nothing_changes(notation):
    """A notation with no other letters is the same."""
    assert dict(with_letters(notation, {}).names) == dict(notation.names)


@pytest.mark.everyday(30, every=False)
@everywhere
@pytest.mark.parametrize("role", NAMES)
def test_a_letter_is_changed_in_all_layers(notation, role):
    """Every role takes another letter in every notation, also one that the notation lacked."""
    changed = with_letters(notation, {role: LetterShape("Xi")})
    assert changed.names[role].letter == "Xi"
    assert all(role not in layer for layer in changed.by_layer)
    assert list(changed.names) == [kept for kept in Role if kept in changed.names]


def test_the_same_thing_keeps_the_same_letter():
    """A bias with the weight's letter follows the weight, and what a loss is made of follows the loss."""
    bishop = with_letters(NOTATIONS["bishop"], {Role.WEIGHT: LetterShape("theta"), Role.LOSS: LetterShape("J")})
    assert letters(bishop, Role.BIAS, Role.SHARED_BIAS) == ["theta", "theta"]
    assert letters(bishop, Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.DATA_LOSS, Role.PENALTY) == ["J", "J", "J", "J"]
    standard = with_letters(STANDARD, {Role.LOSS: LetterShape("E"), Role.BIAS: LetterShape("c")})
    assert letters(standard, Role.SAMPLE_LOSS, Role.OBJECTIVE, Role.SHARED_BIAS) == ["E", "J", "c"]
    assert standard.names[Role.DATA_LOSS][:3:2] == ("E", "bar")
    assert letters(with_letters(NOTATIONS["cs4045"], {Role.ACTIVATION: LetterShape("o")}), Role.OUTPUT) == ["o"]
    assert letters(with_letters(NOTATIONS["eecs445"], {Role.PRE_ACTIVATION: LetterShape("q")}), Role.SCORE) == ["q"]


def test_an_own_letter_ends_the_zero_index():
    """A bias with a letter of its own has no index 0, and its meaning speaks of no input of 1."""
    bishop = NOTATIONS["bishop"]
    changed = with_letters(bishop, {Role.BIAS: LetterShape("b")})
    assert (changed.names[Role.BIAS].low, changed.names[Role.SHARED_BIAS].low) == (("unit",), ())
    assert meaning(changed, Role.BIAS) == "bias of unit j in layer ℓ"
    assert with_letters(bishop, {Role.SHARED_BIAS: LetterShape("b")}).names[Role.BIAS] == bishop.names[Role.BIAS]


@everywhere
def test_a_zero_index(notation):
    """A bias is the weight of an input of 1, in each layer with the letter of its weights."""
    changed = with_zero_index(notation)
    weight, bias, shared = (changed.names[role] for role in (Role.WEIGHT, Role.BIAS, Role.SHARED_BIAS))
    assert bias._replace(low=weight.low, meaning=weight.meaning) == weight
    assert (sorted(bias.low), shared.low) == (["0", "unit"], ("0",))
    assert [index == "0" for index in bias.low] == [index == "source" for index in weight.low]
    assert [layer[Role.BIAS] for layer in changed.by_layer] == [layer[Role.WEIGHT] for layer in changed.by_layer]
    assert "the weight of x₀ = 1" in meaning(changed, Role.BIAS)


def test_meanings_mention_the_new_letters():
    """What is said of one letter mentions another as it is now written."""
    changed = with_letters(
        with_zero_index(STANDARD), {Role.PRE_ACTIVATION: LetterShape("q"), Role.INPUT: LetterShape("u", "bar")}
    )
    assert meaning(changed, Role.ACTIVATION) == "output of the activation function at q"
    assert meaning(changed, Role.BIAS) == "bias of unit i in layer ℓ, the weight of ū₀ = 1"


def test_meanings_follow_the_numbers_of_layers():
    """What a weight connects is said by the number that it has."""
    leaving = CHOICES["weight_layer"].made(STANDARD, "leaves")
    assert meaning(leaving, Role.WEIGHT) == "from unit j of layer ℓ to unit i of layer ℓ + 1"
    assert meaning(leaving, Role.BIAS) == "bias of unit i in layer ℓ + 1"
    assert meaning(leaving, Role.SHARED_BIAS) == "one bias for all units in layer ℓ + 1"
    assert CHOICES["weight_layer"].made(leaving, "enters") == STANDARD


@pytest.mark.parametrize("name", ["standard", "bishop", "cs4045"])
def test_profiles_say_what_is_made(name):
    """What is said of a weight in a profile is what would be said of one made like it."""
    profile = NOTATIONS[name]
    which = "leaves" if profile.names[Role.WEIGHT].first < profile.names[Role.ACTIVATION].first else "enters"
    other = {"leaves": "enters", "enters": "leaves"}[which]
    made = CHOICES["weight_layer"].made(CHOICES["weight_layer"].made(profile, other), which)
    assert meaning(made, Role.WEIGHT) == meaning(profile, Role.WEIGHT)


def test_the_end_of_a_network_is_told_from_its_inside():
    """An output with the letter of the other activations has the mark of its layer, as they do."""
    changed = with_letters(STANDARD, {Role.OUTPUT: LetterShape("a")})
    assert changed.names[Role.OUTPUT].layer == "always"
    assert with_letters(STANDARD, {Role.OUTPUT: LetterShape("o")}).names[Role.OUTPUT].layer == ""
    assert with_letters(NOTATIONS["bishop"], {Role.ACTIVATION: LetterShape("y")}).names[Role.OUTPUT].layer == "several"


def test_lists_stay_told_from_numbers():
    """All parameters together stay bold or barred as vectors are, unless a letter says how."""
    assert with_letters(STANDARD, {Role.PARAMETERS: LetterShape("phi")}).names[Role.PARAMETERS].bold
    assert with_letters(NOTATIONS["eecs445"], {Role.PARAMETERS: LetterShape("w")}).names[Role.PARAMETERS].mark == "bar"
    hat = with_letters(STANDARD, {Role.PARAMETERS: LetterShape("w", "hat")}).names[Role.PARAMETERS]
    assert (hat.mark, hat.bold) == ("hat", False)


def test_the_order_of_indices_holds_for_biases():
    """The 0 of a bias stands where the source of a weight does."""
    changed = CHOICES["index_order"].made(NOTATIONS["bishop"], "from_to")
    assert (changed.names[Role.WEIGHT].low, changed.names[Role.BIAS].low) == (("source", "unit"), ("0", "unit"))
    assert CHOICES["index_order"].made(changed, "to_from") == NOTATIONS["bishop"]


def test_rare_letters_make_room():
    """A letter that few sheets need gives way to one that was chosen, to the first that is free."""
    crowded = with_letters(
        STANDARD, {Role.TARGET: LetterShape("t"), Role.INPUT: LetterShape("u"), Role.WEIGHT: LetterShape("v")}
    )
    assert len(clashes(crowded)) == 5
    roomy = with_room(crowded, {Role.TARGET, Role.INPUT, Role.WEIGHT})
    assert clashes(roomy) == []
    assert letters(roomy, Role.STEP, Role.VELOCITY, Role.SECOND_MOMENT) == ["k", "c", "q"]
    assert clashes(with_room(crowded, {Role.TARGET, Role.STEP})) == [(Role.TARGET, Role.STEP)]
    assert with_room(STANDARD, ()) == STANDARD


def test_rare_letters_give_way_to_indices_too():
    """The letter that is taken instead has no other meaning: n is a sample where samples stand low."""
    crowded = with_letters(STANDARD, {Role.ACTIVATION: LetterShape("m")})
    assert letters(with_room(crowded, {Role.ACTIVATION}), Role.SAMPLES) == ["n"]
    subscript = CHOICES["sample_mark"].made(crowded, "subscript")
    assert letters(with_room(subscript, {Role.ACTIVATION}), Role.SAMPLES) == ["N"]


def test_a_name_may_be_left_out():
    """Names that are None are gone, and the rest stays."""
    changed = with_names(STANDARD, {Role.DELTA: None})
    assert set(STANDARD.names) - set(changed.names) == {Role.DELTA}
    assert with_letters(changed, {Role.DELTA: LetterShape("g")}).names[Role.DELTA].letter == "g"
    assert Glyph("z") in changed.names[Role.ACTIVATION].meaning.slots.values()

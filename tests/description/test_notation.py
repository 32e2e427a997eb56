"""A notation of one's own in a description: what it makes of a profile, and every message about it."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from symnet.description import Description, OwnNotation, load, load_text
from symnet.description.notation import KEYS, ROLES
from symnet.errors import DescriptionError
from symnet.layout.tree import Glyph, Word
from symnet.notation.conflicts import clashes
from symnet.notation.customize import CHOICES
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role

TEXT = """\
inputs: 2
notation: {}
layers:
  - {{units: 2, activation: relu}}
loss: squared_error
"""
SMALL = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
LETTER = ["a Latin letter, a Greek one such as theta", r"\hat{y}", "2 to 12 Latin letters such as Loss"]
ALIKE = "letters that a reader can tell apart, whatever their indices"

# The place of the problem is marked with §.
MALFORMED = {
    "misspelt name": ("§eecs44", ["eecs445, or a file whose name ends in .yaml, .yml, .json", 'mean "eecs445"?']),
    "nothing": ("§", ["notation: found an empty value", "Leave the key out, or give it a value."]),
    "a list": ("§[standard]", ["found a list of 1", "or a mapping such as {profile: standard, weight: theta}"]),
    "no keys": ("§{}", ["found a mapping of 0 keys", "profile, name, summary, input, target, weight"]),
    "unknown profile": ("{profile: §standart}", ["notation.profile", "standard, cs349, bishop", '"standard"?']),
    "unknown key": ("{§wieght: w}", ['notation.wieght: found the unknown key "wieght"', 'Did you mean "weight"?']),
    "all keys": ("{§7: w}", [f"expected {', '.join(KEYS)}"]),
    "injection": (r"{weight: §'\input{/etc/passwd}'}", [r'found "\input{/etc/passwd}"', *LETTER]),
    "another": (r"{weight: §'w}\write18{ls}'}", [r'notation.weight: found "w}\write18{ls}"', *LETTER]),
    "escaped": (r'{weight: §"\theta"}', [r"It has the control character \t", "single quotes"]),
    "long": (f"{{weight: §{'x' * 300}}}", ['xxx..."', "It has 300 characters."]),
    "no value": ("{weight: §null, bias: b}", ["found an empty value", "Leave the key out, or give it a value."]),
    "several letters": ("{weight: §[w, v]}", ["notation.weight: found a list of 2", *LETTER]),
    "zero index": ("{bias: §zero_indx}", ["expected zero_index, a Latin letter", 'Did you mean "zero_index"?']),
    "no bias": ("{bias: §none}", ['"none" is a word with a meaning of its own: take another.']),
    "no delta": ("{delta: §nome}", ["expected none, a Latin letter", 'Did you mean "none"?']),
    "order": ("{index_order: §from-to}", ["expected to_from, from_to", 'Did you mean "from_to"?']),
    "marks": ("{layer_marks: §never}", ["notation.layer_marks", "expected always, needed"]),
    "name": ("{name: §' '}", ["notation.name", "one line of text, at most 60 characters", "It is blank."]),
    "clash": (
        "{profile: standard, activation: §z}",
        [
            'notation.activation: found "z", with which the activation and the pre-activation would look alike',
            ALIKE,
            "Take another letter here, or another one for pre_activation.",
        ],
    ),
    "clash of two keys": ("{activation: q, pre_activation: §q}", ["notation.pre_activation", "for activation."]),
    "clash in all but the indices": ("{weight: §b}", ["the weight and the bias would look alike", ALIKE]),
    "clash as matrices": ("{activation: §X}", ["the activation and the input would look alike"]),
    "clash in one layer": ("{profile: cs349, input: §v}", ["the input and the weight would look alike"]),
    "clash of what follows": (
        r"{parameters: '\bar{E}', loss: §E}",
        ["the loss of all samples and the parameters"],
    ),
    "an index": ("{activation: §k}", ['"k" for the activation', "a letter with no other meaning", "it is an index."]),
    "a function": ("{loss: §σ}", ['"σ" for the loss', "Here it is the function sigmoid."]),
    "a constant": ("{input: §e}", ["Here it is the base of the exponential function."]),
}


def changed(**keys):
    """Return the notation that some keys make."""
    return load({**SMALL, "notation": keys}).profile


@pytest.mark.parametrize(("marked", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_notation_is_refused_at_its_place(marked, words):
    """The problem is found where it stands, and the message says what is found, what is allowed and what to do."""
    text = TEXT.format(marked)
    before, after = text.split("§")
    (problem,) = refused(before + after)
    said = f"{problem.where}: found {problem.found}; expected {problem.allowed}. {problem.hint}"
    assert (problem.line, problem.column) == (2, len(before) - before.rfind("\n") - (marked == "§"))
    assert all(word in said for word in words), said


def test_all_problems_are_told_at_once():
    """Bad letters, unknown keys, clashes and what is wrong elsewhere stand in one report, in file order."""
    text = TEXT.format("{input: $x$, actvation: h, activation: z, loss: k}").replace("units: 2", "units: 0")
    assert [problem.where for problem in refused(text)] == [
        "notation.input",
        "notation.actvation",
        "notation.activation",
        "notation.loss",
        "layers[1].units",
    ]


def test_a_letter_that_is_refused_clashes_with_nothing():
    """A key that is wrong in itself is not held against the others by the letter that it would replace."""
    (problem,) = refused(TEXT.format("{activation: '%', pre_activation: a}"))
    assert problem.where == "notation.activation"


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_profile_is_named(name):
    """A name stands for its profile, and is kept as it was given."""
    description = load({**SMALL, "notation": name})
    assert description.notation == name
    assert description.profile is NOTATIONS[name]


def test_without_the_key_the_notation_is_standard():
    """The usual notation is the standard one."""
    assert load(SMALL).profile is NOTATIONS["standard"]


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_mapping_with_a_profile_alone_changes_nothing(name):
    """What is not given is as in the profile, in another order of roles at most."""
    made, base = changed(profile=name), NOTATIONS[name]
    assert dict(made.names) == dict(base.names)
    assert made._replace(names=base.names, name=base.name, summary="") == base


def test_the_example_of_the_documents():
    """Weights of another letter, and each bias as the weight with index 0."""
    names = changed(profile="standard", weight=r"\theta", bias="zero_index").names
    assert names[Role.WEIGHT][:4] == (
        "theta",
        NOTATIONS["standard"].names[Role.WEIGHT].meaning,
        None,
        ("unit", "source"),
    )
    assert (names[Role.BIAS].letter, names[Role.BIAS].low) == ("theta", ("unit", "0"))
    assert (names[Role.SHARED_BIAS].letter, names[Role.SHARED_BIAS].low) == ("theta", ("0",))
    shared = changed(bias="zero_index", shared_bias="c").names[Role.SHARED_BIAS]
    assert (shared.letter, shared.low) == ("c", ())


def test_the_delta_may_go_and_come():
    """Without a letter the deltas are derivatives; with one they have it, and the layers of the other units."""
    assert Role.DELTA not in changed(delta="none").names
    assert changed(profile="eecs445", delta="delta").names[Role.DELTA][:6] == (
        "delta",
        NOTATIONS["standard"].names[Role.DELTA].meaning,
        None,
        ("unit",),
        "always",
        2,
    )


def test_a_notation_has_a_name():
    """A changed profile is called so, unless it has a name of its own."""
    assert changed(profile="bishop", loss="L").name == "bishop, changed"
    named = changed(name="ours", summary="With L.", loss="E")
    assert (named.name, named.summary) == ("ours", "With L.")


def test_what_few_sheets_need_makes_room():
    """A letter that was chosen is not refused for the sake of one that hardly any sheet has."""
    names = changed(target="t", weight="v", samples="m", loss="J").names
    assert [names[role].letter for role in (Role.STEP, Role.VELOCITY, Role.FIRST_MOMENT, Role.SAMPLE_LOSS)] == [
        "k",
        "u",
        "m",
        "L",
    ]
    assert refused(TEXT.format("{target: t, step: t}"))[0].where == "notation.step"


CHOSEN = {
    "index_order": lambda of: of.names[Role.WEIGHT].low == ("source", "unit"),
    "first_layer": lambda of: {of.names[role].first for role in (Role.WEIGHT, Role.BIAS, Role.ACTIVATION)} == {2},
    "weight_layer": lambda of: (of.names[Role.WEIGHT].first, of.names[Role.ACTIVATION].first) == (0, 1),
    "layer_marks": lambda of: of.names[Role.WEIGHT].layer == "several" and of.names[Role.OUTPUT].layer == "",
    "vectors": lambda of: of.rows,
    "vector_marks": lambda of: of.vectors == of.names[Role.PARAMETERS].mark == "bar",
    "splits": lambda of: of.splits == "indicator",
    "logarithm": lambda of: of.logarithm == Word("log"),
    "sample_mark": lambda of: (of.sample.left, of.sample.high) == ("[", True),
    "updated": lambda of: of.updated == "gets",
    "trained": lambda of: of.trained == "matrix",
}


@pytest.mark.everyday(20, every=False)
@pytest.mark.parametrize("name", NOTATIONS)
@pytest.mark.parametrize("key", CHOICES)
def test_every_profile_takes_every_choice(name, key):
    """No choice makes two symbols of a profile look alike."""
    for word in CHOICES[key].words:
        assert clashes(changed(profile=name, **{key: word})) == []


@pytest.mark.parametrize("key", CHOICES)
def test_a_choice_is_made(key):
    """Each choice besides letters changes what it says."""
    assert CHOSEN[key](changed(**{key: CHOICES[key].words[1]}))
    assert not CHOSEN[key](changed(**{key: CHOICES[key].words[0]}))


def test_a_notation_can_be_hashed_copied_and_pickled():
    """A description with a notation of its own is a value like any other."""
    description = load({**SMALL, "notation": {"weight": "theta"}})
    same = pickle.loads(pickle.dumps(description))  # noqa: S301
    assert same == description
    assert hash(same) == hash(description)
    assert Description(**{**SMALL, "notation": description.notation}).profile == description.profile
    assert isinstance(same.notation, OwnNotation)


def test_letters_are_written_where_they_are_mentioned():
    """What the table of symbols says of one letter speaks of another by its new letter."""
    assert Glyph("q") in changed(pre_activation="q").names[Role.ACTIVATION].meaning.slots.values()


GLYPHS = st.sampled_from([*"abcdfghlmnopqrstuvwxyzABCDEFGHJLNRSTUVWXYZ", "theta", "phi", "net"])
KEY = st.one_of(
    *(st.tuples(st.just(key), GLYPHS) for key in ROLES),
    *(st.tuples(st.just(key), st.sampled_from(choice.words)) for key, choice in CHOICES.items()),
    st.sampled_from([("bias", "zero_index"), ("delta", "none")]),
)


@given(st.sampled_from(tuple(NOTATIONS)), st.lists(KEY, max_size=4).map(dict))
def test_a_notation_tells_all_symbols_apart_or_is_refused(name, keys):
    """Whatever is chosen, no two symbols look alike, or the key that makes them is refused."""
    keys = {"profile": name, **keys}
    try:
        made = load({**SMALL, "notation": keys}).profile
    except DescriptionError as error:
        assert {problem.where.removeprefix("notation.") for problem in error.problems} <= set(keys)
        return
    assert clashes(made) == []
    for key, role in ROLES.items():
        if keys.get(key, "none") not in {"none", "zero_index"}:
            assert made.names[role].letter == keys[key]


SCALARS = st.one_of(st.text(), st.integers(), st.none(), st.booleans())
ANYTHING = st.recursive(SCALARS, lambda of: st.lists(of) | st.dictionaries(st.text(), of), max_leaves=8)


@given(ANYTHING)
def test_whatever_stands_there_is_read_or_refused(value):
    """Nothing at the key ends in anything but a description or its problems."""
    with pytest.raises(DescriptionError) as caught:
        load({**SMALL, "notation": value})
    assert all(problem.where.startswith("notation") for problem in caught.value.problems)


def test_a_notation_of_a_graph():
    """A graph takes a notation of its own as a network does."""
    text = "graph: {inputs: [x], nodes: {f: x^2}, output: f}\nnotation: {logarithm: log}\n"
    assert load_text(text, "q.yaml").profile.logarithm == Word("log")

"""Sentences by key: every key is said somewhere, with the slots of its template; filling them."""

import ast
import functools
from pathlib import Path

import pytest

import symnet
from symnet.algebra.branches import CASES
from symnet.algebra.functions import FUNCTIONS
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.derivation.steps import Rule
from symnet.document import Sentence
from symnet.layout.tree import Glyph
from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role
from symnet.text import en
from symnet.text.say import SLOT, as_text, listed, said, say, words

PACKAGE = Path(symnet.__file__).parent
LANGUAGES = [en]

# Sentences that are said of each entry of a table: what their keys begin with, and how they go on.


def _sentences_of(row):
    """Return the names of the sentences of a mistake."""
    return [row.name, *([f"{row.name}.in_update"] if getattr(row, "in_update", False) else [])]


OPTIONS = (option.name for table in (ACTIVATIONS, LOSSES, OPTIMIZERS) for of in table.values() for option in of.options)
FAMILIES = {
    "reason": [*(rule.name.lower() for rule in Rule), "reuse_without_deltas"],
    "role": [role.name.lower() for role in Role],
    "kink": [CASES, *(name for name, entry in FUNCTIONS.items() if entry.kink)],
    "function": FUNCTIONS,
    "activation": [*ACTIVATIONS, *(f"{name}.remark" for name in ACTIVATIONS)],
    "loss": LOSSES,
    "regularizer": [*REGULARIZERS, *(f"{name}.remark" for name, entry in REGULARIZERS.items() if entry.kinked)],
    "optimizer": [*OPTIMIZERS, *(f"{name}.update" for name in OPTIMIZERS)],
    "option": OPTIONS,
    "notation": NOTATIONS,
    "mistake": [name for row in (*LAST, *MADE, *OWN) for name in _sentences_of(row)],
}
FAMILY_KEYS = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}


@functools.cache
def uses():
    """Return where each key stands in the package, with the slots it gets there; None if they are not written out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "text":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            id(call.args[0]): call
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"say", "words"} and call.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in en.SENTENCES:
                call = calls.get(id(node))
                named = call is not None and all(keyword.arg for keyword in call.keywords)
                slots = {keyword.arg for keyword in call.keywords} if named else None
                found.setdefault(node.value, []).append((f"{path.name}:{node.lineno}", slots))
            elif id(node) in calls and isinstance(node, ast.Constant):
                found.setdefault(node.value, []).append((f"{path.name}:{node.lineno}", None))
    return found


def slots_of(template):
    """Return the names of the slots of a template."""
    return {slot[1] for slot in SLOT.finditer(template) if slot[1] is not None}


def test_every_key_that_is_said_has_a_sentence():
    """No module asks for a sentence that does not stand in the table."""
    assert len(uses()) > 3
    assert not {key: places for key, places in uses().items() if key not in en.SENTENCES}


def test_every_sentence_is_said():
    """No sentence stands in the table that no page needs; those of a table's entries are all there."""
    assert set(en.SENTENCES) >= FAMILY_KEYS
    inside = {f"{key}.inside" for key in uses()}
    own = {key for key in en.SENTENCES if key.startswith("series.")}
    idle = set(en.SENTENCES) - set(uses()) - FAMILY_KEYS - inside - own
    assert not idle


def test_every_slot_is_filled():
    """Where a sentence is said, the slots of its template are filled, and no others."""
    calls = [(key, place, slots) for key, places in uses().items() for place, slots in places if slots is not None]
    assert calls
    assert not [(key, place) for key, place, slots in calls if slots != slots_of(en.SENTENCES[key])]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.__name__)
def test_a_language_is_whole(language):
    """A language has every sentence, with the same slots, and as many forms of each as it has for counts."""
    assert set(language.SENTENCES) == set(en.SENTENCES)
    forms = 1 + max(map(language.plural, range(200)))
    for key, template in language.SENTENCES.items():
        assert slots_of(template) == slots_of(en.SENTENCES[key]), key
        for slot in SLOT.finditer(template):
            assert slot[2] is None or len(slot[2].split("|")) == forms, key


def test_slots_take_texts_counts_and_formulas():
    """A formula stays one, texts that meet become one, and a count chooses its form and gets its separators."""
    sigma = Glyph("sigma")
    assert say("series.last", before=("a, ", sigma), last="b") == ("a, ", sigma, " and b")
    assert words("marked.not_answered", missing=1) == "1 question not answered."
    assert words("marked.not_answered", missing=3000) == "3,000 questions not answered."
    assert as_text(("in ", sigma)) == "in σ"


def test_braces_in_a_slot_are_text():
    """What fills a slot is not read as a template."""
    assert say("series.last", before="{last}", last="#") == ("{last} and #",)


@pytest.mark.parametrize(("items", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_a_list_in_a_sentence(items, text):
    """The last of several items follows an "and"."""
    assert as_text(listed(items)) == text


def test_a_sentence_as_data():
    """A key with its slots says the same later."""
    assert said(Sentence("series.last", {"before": "a", "last": "b"})) == ("a and b",)

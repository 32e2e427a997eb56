"""Sentences by key: every key is said somewhere, with the slots of its template; filling them."""

import ast
import functools
import re

import pytest
from parsed import trees
from pseudo import PSEUDO

from symnet.algebra.branches import CASES
from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.reverse import RULES
from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import SCHEDULES
from symnet.derivation.steps import Rule
from symnet.document import Sentence
from symnet.layout.tree import Glyph
from symnet.marking.mistakes.catalog import LAST, MADE, OWN
from symnet.marking.slips import NAMES as SLIPS
from symnet.notation.profiles import NOTATIONS
from symnet.quantity import Role
from symnet.text import en
from symnet.text.languages import LANGUAGES
from symnet.text.say import SLOT, as_text, listed, said, say, words
from symnet.variants.select import WHY

# Three words in a row.
SENTENCE = re.compile(r"[A-Za-z][a-z'-]* [a-z][a-z'-]* [a-z][a-z'-]+")

# Sentences that are said of each entry of a table: what their keys begin with, and how they go on.


def _sentences_of(row):
    """Return the names of the sentences of a mistake."""
    return [row.name, f"{row.name}.title", *([f"{row.name}.in_update"] if getattr(row, "in_update", False) else [])]


OPTIONS = (
    option.said.removeprefix("option.")
    for table in (ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES)
    for of in table.values()
    for option in of.options
)
FAMILIES = {
    "reason": [*(rule.name.lower() for rule in Rule), "reuse_without_deltas"],
    "explain.rule": [rule.name.lower() for rule in Rule],
    "key": ["string", "boolean", "array", "object", "null"],
    "role": [role.name.lower() for role in Role],
    "kink": [CASES, *(name for name, entry in FUNCTIONS.items() if entry.kink)],
    "function": FUNCTIONS,
    "activation": [
        *(f"{name}{end}" for name in ACTIVATIONS for end in ("", ".title", ".remark")),
        *ROW_ACTIVATIONS,
    ],
    "loss": [f"{name}{end}" for name in LOSSES for end in ("", ".title")],
    "regularizer": [
        *(f"{name}{end}" for name in REGULARIZERS for end in ("", ".title")),
        *(f"{name}.remark" for name, entry in REGULARIZERS.items() if entry.kinked),
    ],
    "schedule": SCHEDULES,
    "optimizer": [*OPTIMIZERS, *(f"{name}.update" for name in OPTIMIZERS)],
    "option": [*OPTIONS, *(f"{option.name}.name" for entry in LOSSES.values() for option in entry.options)],
    "notation": NOTATIONS,
    "language": LANGUAGES,
    "rejection": WHY,
    "array": {*(rule.reason for rule in RULES.values()), "broadcast"},
    "mistake": [
        *(name for row in (*LAST, *MADE, *OWN) for name in _sentences_of(row)),
        *(f"{name}{end}" for name in SLIPS for end in ("", ".title")),
    ],
}
FAMILY_KEYS = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}


# Messages about what is wrong with a file, an option or an answer stand where that is found out, and so does the help
# of commands: of the command line, these two modules alone print what is a sheet elsewhere.
MESSAGES = {"arrays", "description", "importing", "parsing", "errors", "output", "pipeline", "cli", "magic"}
PRINTING = {"cli.list", "cli.reports"}
# What else the letter of a notation stands for, a message about a description tells; others, what is wrong with a
# template, with a file of answers or of marks set by hand, with a roster, or with what a description draws.
READING = {
    "notation.conflicts",
    "render.overriding",
    "marking.submissions",
    "marking.overrides",
    "variants.plan",
    "variants.roster",
}
# What is wrong with an answer, a student is told: there errors are sentences too.
ANSWERS = {"parsing.limits"} | {
    f"marking.{name}"
    for name in (
        "array_names", "assemble", "entries", "figures", "functions", "left", "literals", "names", "read", "right",
        "spans", "tokens",
    )
}  # fmt: skip
# What makes something that is no sentence: a symbol, a mark of what has no value, the help of an editor, a pattern.
MAKERS = {"Symbol", "Missing", "_Leaf", "Choice", "compile"}


def name_of(node):
    """Return the name of what is called or assigned to; empty for anything else."""
    return getattr(node, "id", getattr(node, "attr", ""))


def is_message(node):
    """Return whether a statement raises an error, or a call makes one."""
    if isinstance(node, ast.Call):
        name = name_of(node.func)
        return name.endswith(("Error", "Problem", "problem")) or name in MAKERS
    return isinstance(node, ast.Raise)


def told_by(tree):
    """Return the parts of a module that are errors, and what goes into one: variables, functions that return a text."""
    nodes = list(ast.walk(tree))
    more = [node for node in nodes if is_message(node)]
    found, known, names = [], set(), set()
    while more:
        found += more
        names |= {name_of(inner) for node in more for inner in ast.walk(node)} - {""}
        more = [node for node in nodes if id(node) not in known and goes_into(node, names)]
        known |= {id(node) for node in more}
    return found


def goes_into(node, names):
    """Return whether a statement gives a value to one of some names, or is a private function so named, with a text."""
    if isinstance(node, ast.Assign):
        return all(name_of(target) in names for target in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
        return name_of(node.func.value) in names
    is_text = isinstance(node, ast.FunctionDef) and name_of(node.returns) == "str"
    return is_text and node.name.startswith("_") and node.name in names


def texts(tree, *, errors):
    """Yield the texts of a module with their lines, but for docstrings, names of an enumeration and help.

    What goes into errors is left out too, unless ``errors`` are asked for.
    """
    apart = set()
    for node in () if errors else told_by(tree):
        apart |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        is_help = isinstance(node, ast.Assign) and name_of(node.targets[0]) == "_EPILOG"
        if is_help or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            apart |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.ClassDef) and any(name_of(base) == "Enum" for base in node.bases):
            apart |= {id(inner) for one in node.body if isinstance(one, ast.Assign) for inner in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in apart:
            apart |= {id(inner) for inner in ast.walk(node) if inner is not node}
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.lineno, node.value


def test_no_sentence_stands_elsewhere():
    """No text of three words or more stands in another package, so that a language is one file."""
    seen, found = 0, []
    for path, tree in trees().items():
        name = ".".join(path.with_suffix("").parts)
        # Installed, the package holds the templates, of which some are programs.
        if name.startswith("templates."):
            continue
        is_reader = name in ANSWERS or name.startswith("marking.grammar")
        is_message = name.split(".")[0] in {"text", *MESSAGES} and name not in PRINTING
        if not is_reader and (is_message or name in READING):
            continue
        for line, text in texts(tree, errors=is_reader):
            seen += 1
            if SENTENCE.search(text):
                found.append(f"{path}:{line}: {text}")
    assert seen > 1000
    assert not found, "\n".join(found)


@functools.cache
def uses():
    """Return where each key stands in the package, with the slots it gets there; None if they are not written out."""
    found = {}
    for path, tree in trees().items():
        if path.parent.name == "text":
            continue
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
    # What the package itself says of all others.
    own = {key for key in en.SENTENCES if key.startswith("series.")} | {"loss.option", "loss.with_options"}
    # Several losses together are no row of the catalog.
    own.add("loss.total.title")
    idle = set(en.SENTENCES) - set(uses()) - FAMILY_KEYS - inside - own
    assert not idle


def test_every_slot_is_filled():
    """Where a sentence is said, the slots of its template are filled, and no others."""
    calls = [(key, place, slots) for key, places in uses().items() for place, slots in places if slots is not None]
    assert calls
    assert not [(key, place) for key, place, slots in calls if slots != slots_of(en.SENTENCES[key])]


@pytest.mark.parametrize("language", [*LANGUAGES.values(), PSEUDO], ids=[*LANGUAGES, "xx"])
def test_a_language_is_whole(language):
    """A language has every sentence, with the same slots, and as many forms of each as it has for counts."""
    assert set(language.SENTENCES) == set(en.SENTENCES)
    forms = 1 + max(map(language.plural, range(200)))
    for key, template in language.SENTENCES.items():
        assert slots_of(template) == slots_of(en.SENTENCES[key]), key
        for slot in SLOT.finditer(template):
            assert slot[2] is None or len(slot[2].split("|")) == forms, key


@pytest.mark.parametrize("name", [name for name in LANGUAGES if name != "en"])
def test_a_language_is_translated(name):
    """No sentence is that of English; of single words a few names are the same, and of formulas all."""
    said = {key: SLOT.sub("", template) for key, template in LANGUAGES[name].SENTENCES.items()}
    kept = {key for key, rest in said.items() if LANGUAGES[name].SENTENCES[key] == en.SENTENCES[key] and len(rest) > 5}
    several = {key for key in kept if len(re.findall("[a-z]{3,}", said[key])) > 1}
    assert several <= {"activation.leaky_relu.title", "function.sigmoid"}
    assert len(kept) < 20


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

"""What a name means, with an example: a rule of a derivation, a mistake, an entry of the catalog, a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from symnet.algebra.functions import FUNCTIONS
from symnet.algebra.nodes import PathSum
from symnet.algebra.rules import Rule
from symnet.catalog.activations import ACTIVATIONS, ROW_ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import SCHEDULES
from symnet.derivation.paths import derive_by_paths
from symnet.derivation.steps import Derivation
from symnet.description.load import load_text
from symnet.description.reference import key_entries
from symnet.layout.text import write
from symnet.marking.mistakes.examples import NAMES
from symnet.notation.profiles import NOTATIONS
from symnet.pipeline import solve
from symnet.sheets import catalog
from symnet.sheets.catalog import Listed
from symnet.text.say import words
from symnet.worked import Part

# Every rule occurs in one of these; the first that has it shows it, in its shortest line.
_EXERCISES = (
    "{inputs: 1, layers: [{units: 1, activation: tanh}, {units: 2, activation: softmax}],"
    " loss: categorical_cross_entropy}",
    "{inputs: 1, layers: [{units: 1, activation: sigmoid}], loss: [squared_error, binary_cross_entropy],"
    " reduction: mean}",
    "{graph: {inputs: [x, y, k], nodes: {u: x*y, v: u + x*k, h: u*k, f: v^2}, output: f}}",
    "{graph: {inputs: [x], nodes: {f: x/(1 + x)}, output: f}}",
    "{graph: {inputs: [x, k], nodes: {u: 2*x, h: k, f: u^2}, output: f}}",
    "{graph: {inputs: [x], nodes: {f: x^2*(x - 1)}, output: f}}",
    "{graph: {inputs: [x], nodes: {f: x/sqrt(1 + x^2)}, output: f}}",
    "{graph: {inputs: [x], nodes: {f: ln(1 + exp(x))}, output: f}}",
)
# So many derivatives of an exercise are shown path by path.
_BY_PATHS = 4


class RuleExample(NamedTuple):
    """A line of a derivation that follows by a rule.

    Attributes:
        left: What the derivation is of.
        before: The line before it; empty where the rule begins a derivation.
        after: The line itself.
    """

    left: str
    before: str
    after: str


@cache
def rule_examples() -> Mapping[Rule, RuleExample]:
    """Return an example of each rule, worked out from small exercises."""
    found: dict[Rule, RuleExample] = {}
    for text in _EXERCISES:
        here: dict[Rule, RuleExample] = {}
        for part in solve(load_text(text, "example")).parts:
            for rule, example in _lines(part):
                if rule not in here or len(example.after) < len(here[rule].after):
                    here[rule] = example
        found = {**here, **found}
    return MappingProxyType(found)


def _lines(part: Part) -> Iterator[tuple[Rule, RuleExample]]:
    """Yield every line of a part with its rule and the line before it."""
    for derivation in _derivations(part):
        left, before = write(part.build(derivation.lhs)), ""
        for step in derivation.steps:
            after = write(part.build(step.rhs))
            # What is said of paths needs more than one of them.
            if step.rule is not Rule.PATHS or isinstance(step.rhs, PathSum):
                yield step.rule, RuleExample(left, before, after)
            before = after


def _derivations(part: Part) -> Iterator[Derivation]:
    gradient = part.gradient
    yield from gradient.adjoints.values()
    yield from gradient.leaves.values()
    yield from part.objective.derivations.values()
    for leaf in islice(gradient.leaves, _BY_PATHS):
        yield derive_by_paths(gradient, leaf)


def rules() -> Iterator[Listed]:
    """Yield each rule by which a line of a derivation follows: what it does, its words on a sheet, and an example."""
    for rule in Rule:
        name = rule.name.lower()
        yield Listed(name, words(f"explain.rule.{name}"), tuple(_rule_facts(name, rule_examples()[rule])))


def _rule_facts(name: str, example: RuleExample) -> Iterator[tuple[str, str]]:
    yield words("explain.on_sheets"), words(f"reason.{name}")
    first, *rest = [line for line in (example.before, example.after) if line]
    yield words("list.example"), f"{example.left} = {first}"
    blank = " " * len(example.left)
    yield from (("", f"{blank} = {line}") for line in rest)


def keys() -> Iterator[Listed]:
    """Yield each key of a description by its path: what it is, what may stand there, and what is taken without it."""
    for key in key_entries():
        facts = [(words("explain.allowed"), words("explain.or").join(key.allowed))] if key.allowed else []
        if key.default:
            facts.append((words("explain.without_it"), key.default))
        yield Listed(key.path, key.summary, tuple(facts))


class Explained(NamedTuple):
    """What a name means in one of the tables.

    Attributes:
        sort: Which table it is of: ``rule``, ``mistake``, ``activation``, ... or ``key``.
        entry: What there is to say.
    """

    sort: str
    entry: Listed


# Each sort with its names and its entries, which take longer: an example of each mistake takes seconds.
_SORTS: Mapping[str, tuple[Callable[[], Iterable[str]], Callable[[], Iterable[Listed]]]] = MappingProxyType(
    {
        "rule": (lambda: (rule.name.lower() for rule in Rule), rules),
        "mistake": (lambda: NAMES, catalog.mistakes),
        "activation": (lambda: (*ACTIVATIONS, *ROW_ACTIVATIONS), catalog.activations),
        "loss": (lambda: LOSSES, catalog.losses),
        "regularizer": (lambda: REGULARIZERS, catalog.regularizers),
        "optimizer": (lambda: OPTIMIZERS, catalog.optimizers),
        "schedule": (lambda: SCHEDULES, catalog.schedules),
        "notation": (lambda: NOTATIONS, catalog.notations),
        "function": (lambda: FUNCTIONS, catalog.functions),
        "key": (lambda: (key.path for key in key_entries()), keys),
    }
)


def known_names() -> Iterator[str]:
    """Yield every name that can be explained; some are in several tables."""
    for sort, (names, _entries) in _SORTS.items():
        for name in names():
            yield from _called(sort, name)


def explained(name: str) -> tuple[Explained, ...]:
    """Return what a name means, once for each table that has it; nothing for one that no table has.

    Args:
        name: A name, in any case, with blanks or hyphens for underscores; a key also by its last word, and a rule also
            as sheets say it.
    """
    wanted = _plain(name)
    found: list[Explained] = []
    for sort, (names, entries) in _SORTS.items():
        meant = {one for one in names() if wanted in map(_plain, _called(sort, one))}
        if meant:
            found += [Explained(sort, entry) for entry in entries() if entry.name in meant]
    return tuple(found)


def _called(sort: str, name: str) -> tuple[str, ...]:
    """Return what an entry goes by: its name, and what a sheet or a file calls it."""
    if sort == "rule":
        return name, words(f"reason.{name}")
    if sort == "key":
        path = name.replace("[]", "")
        return name, path, path.rpartition(".")[2]
    return (name,)


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())

"""Every table is literal, cannot be changed, and reaches the list, the schema, the loader and its hints."""

import pytest
from click.testing import CliRunner
from exercises import describe
from jsonschema import Draft202012Validator

from symnet.algebra.functions import FUNCTIONS
from symnet.arrays.shaping import ARRAY_FUNCTIONS
from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.catalog.regularizers import REGULARIZERS
from symnet.catalog.schedules import SCHEDULES
from symnet.cli.app import cli
from symnet.description import json_schema, load
from symnet.errors import DescriptionError
from symnet.notation.profiles import NOTATIONS
from symnet.text.en import SENTENCES

TABLES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "regularizers": REGULARIZERS,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "notations": NOTATIONS,
    "functions": FUNCTIONS,
}
ALL = [(kind, name) for kind, table in TABLES.items() for name in table]
# Functions are named inside of expressions, which have tests of their own.
KEYS = [(kind, name) for kind, name in ALL if kind != "functions"]
tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
names = pytest.mark.parametrize(("kind", "name"), ALL, ids=[f"{kind}-{name}" for kind, name in ALL])
keys = pytest.mark.parametrize(("kind", "name"), KEYS, ids=[f"{kind}-{name}" for kind, name in KEYS])


def summary(table, name):
    """Return what an entry of a table is, as ``symnet list`` says it."""
    kind = next(kind for kind, known in TABLES.items() if known is table)
    one = {"losses": "loss"}.get(kind, kind.removesuffix("s"))
    return SENTENCES[f"{one}.{name}"]


def naming(kind, name):
    """Return a description that names ``name`` where that kind is named."""
    spec = describe([2, 2], ["sigmoid"], "squared_error")
    if kind == "activations":
        spec["layers"][0]["activation"] = name
    elif kind == "losses":
        spec["loss"] = name
    elif kind == "regularizers":
        spec["regularization"] = [{"kind": name, "strength": 1}]
    elif kind == "optimizers":
        spec["training"] = {"optimizer": name, "learning_rate": 1}
    elif kind == "schedules":
        training = {"learning_rate": 1, "schedule": {"kind": name, "warmup": 2}}
        needed = {key: 5 for key in getattr(SCHEDULES.get(name), "needed", ()) if key != "warmup"}
        spec["training"] = training | {"schedule": training["schedule"] | needed}
    else:
        spec["notation"] = name
    return spec


def listed(kind, width=120):
    """Return what ``symnet list`` prints of each entry of a table: its lines by its name."""
    result = CliRunner().invoke(cli, ["list", kind], env={"COLUMNS": str(width)})
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= width
    found = {}
    for line in result.output.splitlines():
        first = line.split()[:1]
        if line[:1] != " " and first and first[0] in TABLES[kind]:
            found[first[0]] = own = [line]
        elif line[:1] == " ":
            own.append(line)
    return found


def test_there_are_tables():
    """The tests below see at least a dozen entries."""
    assert len(ALL) >= 12


@tables
def test_a_table_cannot_be_changed(table):
    """Neither a table nor an entry of it takes anything new."""
    first = next(iter(table.values()))
    with pytest.raises(TypeError):
        table["new"] = first
    with pytest.raises(TypeError):
        del table[first.name]
    with pytest.raises(AttributeError):
        first.name = "other"


@tables
def test_keys_are_names(table):
    """Every entry stands under its own name and says what it is."""
    for key, entry in table.items():
        assert key == entry.name
        assert key.replace("_", "a").isalnum()
        assert key == key.lower()
        assert not summary(table, key).endswith(".")


@tables
def test_entries_are_listed_in_order(table):
    """``symnet list`` has every entry of a table, in its order, with its summary."""
    kind = next(kind for kind, known in TABLES.items() if known is table)
    found = listed(kind)
    assert list(found) == list(table)
    for name in table:
        assert " ".join(found[name][0].split()[1:]) == summary(table, name)


@names
def test_an_entry_says_all_of_itself(kind, name):
    """An entry has its derivative, and every option with its default and its meaning; an optimizer has its rule."""
    text = " ".join(" ".join(listed(kind)[name][1:]).split())
    entry = TABLES[kind][name]
    assert ("derivative" in text) is (kind not in {"optimizers", "schedules", "notations"})
    assert ("value" in text) is (kind in {"activations", "losses", "regularizers"})
    assert ("w′ = w − η" in text) is (kind == "optimizers")
    options = getattr(entry, "options", ())
    assert ("options" in text) is bool(options)
    assert all(option.name in text and SENTENCES[option.said] in text for option in options)


SAID = [
    ("activations", "leaky_relu", "value max(slope z, z)"),
    ("activations", "leaky_relu", "derivative {1 if z > 0; slope if z ≤ 0}"),
    ("activations", "leaky_relu", "options slope = 0.01, of at least 0 and below 1: the slope for z < 0"),
    ("activations", "prelu", "derivative wrt α {0 if z > 0; z if z ≤ 0}"),
    ("activations", "elu", "options alpha = 1, above 0: the limit for z to minus infinity is -alpha"),
    ("activations", "maxout", "derivative wrt z₁ 𝟏[z₁ ≥ z₂]"),
    ("activations", "maxout", "options pieces = 2, whole, from 2 to 20: the number of pieces of each unit"),
    ("activations", "softmax", "derivative wrt z₁ a₁(1 − a₁)"),
    ("losses", "mean_squared_error", "derivative wrt a₁ 2/3 (a₁ − y₁)"),
    ("losses", "binary_cross_entropy", "derivative wrt a₁ (a₁ − y₁)/(a₁(1 − a₁))"),
    ("losses", "categorical_cross_entropy", "options log_base = e, one of e, 2, 10: the base of the logarithm"),
    ("losses", "hinge", "options margin = 1, of at least 0: the margin that is demanded"),
    ("losses", "multiclass_hinge", "where s = y₁ a₁ + y₂ a₂ + y₃ a₃ m₁ = a₁ − s + margin"),
    ("losses", "multiclass_hinge", "derivative wrt m₁ (1 − y₁) 𝟏[m₁ > 0]"),
    ("losses", "triplet", "where Dₚ = (a₁ − p₁)² + (a₂ − p₂)² + (a₃ − p₃)² Dₙ = (a₁ − n₁)²"),
    ("regularizers", "l2_norm", "value ‖W‖₂ = √(w₁² + w₂²) derivative wrt w₁ w₁/‖W‖₂"),
    ("optimizers", "adam", "update m′ = β₁ m + (1 − β₁) g v′ = β₂ v + (1 − β₂) g² m̂ = m′/(1 − β₁ᵗ)"),
    ("optimizers", "adam", "epsilon (ε) = 1e-8, of at least 0: added to the root"),
    ("functions", "sqrt", "derivative of sqrt(x) 1/(2 √x)"),
    ("functions", "max", "derivative of max(x, y) wrt x 𝟏[x ≥ y]"),
]


@pytest.mark.parametrize(("kind", "name", "said"), SAID, ids=[f"{name}-{said[:12]}" for _kind, name, said in SAID])
def test_a_fact_is_printed_as_it_is_taught(kind, name, said):
    """Formulas and options are printed in the letters that a reader knows."""
    assert said in " ".join(" ".join(listed(kind)[name][1:]).split())


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("kind", TABLES)
def test_a_list_fits_the_terminal(kind, width):
    """No line is wider than the terminal, and no formula is broken inside of brackets."""
    for lines in listed(kind, width).values():
        assert all(len(line) <= width for line in lines)
        assert all(line.count("(") == line.count(")") for line in lines if "value" in line)


@pytest.mark.everyday(8, every=False)
@keys
def test_an_entry_is_accepted(kind, name):
    """The schema and the loader take every entry, under its name."""
    spec = naming(kind, name)
    assert Draft202012Validator(json_schema()).is_valid(spec)
    description = load(spec)
    named = {
        "activations": description.layers[0].activation,
        "losses": description.loss[0].kind,
        "regularizers": description.regularization[0].kind if description.regularization else None,
        "optimizers": description.training.optimizer if description.training else None,
        "schedules": description.training.schedule.kind if kind == "schedules" else None,
        "notations": description.notation,
    }
    assert named[kind] == name


@pytest.mark.everyday(8, every=False)
@keys
def test_an_entry_is_suggested(kind, name):
    """A misspelt name is refused by the schema, and the loader asks whether the entry was meant."""
    spec = naming(kind, name + "q")
    assert not Draft202012Validator(json_schema()).is_valid(spec)
    with pytest.raises(DescriptionError, match=f'Did you mean "{name}"'):
        load(spec)


def test_the_functions_of_arrays_are_named():
    """Behind the functions of numbers stand those that only expressions over arrays may use."""
    text = CliRunner().invoke(cli, ["list", "functions"]).output
    assert all(name in text for name in ARRAY_FUNCTIONS)

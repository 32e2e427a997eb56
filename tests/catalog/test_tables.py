"""Every table is literal, cannot be changed, and reaches the list, the schema, the loader and its hints."""

import pytest
from click.testing import CliRunner
from exercises import describe
from jsonschema import Draft202012Validator

from symnet.catalog.activations import ACTIVATIONS
from symnet.catalog.losses import LOSSES
from symnet.catalog.notations import NOTATIONS
from symnet.catalog.optimizers import OPTIMIZERS
from symnet.cli import cli
from symnet.description import json_schema, load
from symnet.errors import DescriptionError
from symnet.quantity import Role

TABLES = {"activations": ACTIVATIONS, "losses": LOSSES, "optimizers": OPTIMIZERS, "notations": NOTATIONS}
ALL = [(kind, name) for kind, table in TABLES.items() for name in table]
tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
names = pytest.mark.parametrize(("kind", "name"), ALL, ids=[f"{kind}-{name}" for kind, name in ALL])


def naming(kind, name):
    """Return a description that names ``name`` where that kind is named."""
    spec = describe([2, 2], ["sigmoid"], "squared_error")
    if kind == "activations":
        spec["layers"][0]["activation"] = name
    elif kind == "losses":
        spec["loss"] = name
    elif kind == "optimizers":
        spec["training"] = {"optimizer": name, "learning_rate": 1}
    else:
        spec["notation"] = name
    return spec


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
        assert key.replace("_", "a").isalpha()
        assert key == key.lower()
        assert entry.summary
        assert not entry.summary.endswith(".")


@names
def test_an_entry_is_listed(kind, name):
    """``symnet list`` has a line for every entry, with its summary."""
    result = CliRunner().invoke(cli, ["list", kind])
    assert result.exit_code == 0
    (line,) = [line for line in result.output.splitlines() if line.split()[:1] == [name]]
    assert line.endswith(TABLES[kind][name].summary)


@names
def test_an_entry_is_accepted(kind, name):
    """The schema and the loader take every entry."""
    spec = naming(kind, name)
    Draft202012Validator(json_schema()).validate(spec)
    load(spec)


@names
def test_an_entry_is_suggested(kind, name):
    """A misspelt name is refused by the schema, and the loader asks whether the entry was meant."""
    spec = naming(kind, name + "q")
    assert not Draft202012Validator(json_schema()).is_valid(spec)
    with pytest.raises(DescriptionError, match=f'Did you mean "{name}"'):
        load(spec)


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_a_notation_is_complete(notation):
    """A notation writes every activation that is written as a function, and every role a network can have."""
    assert {entry.name for entry in ACTIVATIONS.values() if entry.applied} <= set(notation.functions)
    assert set(Role) - {Role.ADJOINT} <= set(notation.names)


def test_gradient_descent_goes_against_the_gradient():
    """The update of sgd is the parameter less the learning rate times the gradient."""
    from sympy import symbols

    from symnet.calculus import plain_text

    assert plain_text(OPTIMIZERS["sgd"].update(*symbols("w eta g"))) == "w - eta*g"

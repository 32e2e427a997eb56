"""Results that are the same up to an index, and the sums that have a name in them."""

import pytest
from exercises import describe, part_of
from sympy import Integer, Symbol

import symnet
from symnet.algebra.nodes import Chain, PathSum
from symnet.algebra.rewrite import substitute
from symnet.derivation.steps import before_writing_out
from symnet.errors import CheckFailedError
from symnet.indexed import check
from symnet.indexed.check import indexed_form_of, verify_families
from symnet.indexed.families import Families, named, resolved, shared_sum

# Name of the test, then a description.
SPECS = {
    "two hidden layers": describe([3, 2, 2, 1], ["relu", "sigmoid", "sigmoid"], "squared_error"),
    "softmax": describe([2, 2, 3], ["tanh", "softmax"], "categorical_cross_entropy"),
    "hidden softmax": describe([2, 3, 2], ["softmax", "identity"], "squared_error"),
    "shared bias": describe([2, 2, 2], ["tanh", "sigmoid"], "squared_error", bias="shared"),
    "no bias": describe([2, 3, 2], ["tanh", "sigmoid"], "squared_error", bias=False),
    "hinge": describe([2, 3], ["identity"], "multiclass_hinge"),
}


@pytest.fixture(scope="module")
def parts(examples):
    """Every part of every example that has layers, and of the descriptions above."""
    works = map(symnet.solve, (*examples.values(), *SPECS.values()))
    return [part for work in works for part in work.parts if not part.network.is_graph]


def families_of(part):
    """Return what finds the results of a part, and its indexed form."""
    form = indexed_form_of(part)
    return Families(part.gradient, form.letters, part.network.loss), form


def in_nodes(part):
    """Return what every derivative comes to, as it is derived number by number."""
    return {leaf: derivation.result for leaf, derivation in part.gradient.parameters.items()}


def in_deltas(part):
    """Return what every derivative comes to in the deltas."""
    return {leaf: before_writing_out(derivation)[-1].rhs for leaf, derivation in part.gradient.parameters.items()}


@pytest.mark.everyday(1)
@pytest.mark.parametrize("results_of", [in_nodes, in_deltas])
def test_every_family_is_what_was_derived(parts, results_of):
    """With a value for each index, a family is the very derivative of each parameter, and none is left out."""
    count = 0
    for part in parts:
        families, form = families_of(part)
        results = results_of(part)
        for layer in form.letters.layers:
            units = families.units(layer, results)
            for shown in (units, families.over_units(layer, units)):
                found = {}
                for equation in (equation for unit in shown for equation in unit.equations):
                    for where in equation.everywhere:
                        leaf = resolved(form.letters, equation.left, where).wrt
                        assert leaf not in found
                        found[leaf] = resolved(form.letters, equation.rights[-1].expression, where)
                expected = {leaf: families._outputs.changed(results[leaf]) for leaf in layer.nodes.parameters}
                assert found == expected
                count += len(found)
    assert count > 500


def test_weights_of_a_unit_are_one_family():
    """What differs in the unit that feeds the weight alone is one equation; all units are one at a general unit."""
    part = part_of(SPECS["two hidden layers"])
    families, form = families_of(part)
    units = families.units(form.letters.layers[0], in_deltas(part))
    assert [(len(unit.weights), len(unit.biases)) for unit in units] == [(1, 1), (1, 1)]
    (general,) = families.over_units(form.letters.layers[0], units)
    assert [len(equation.over) for equation in general.equations] == [2, 1]


def test_results_that_differ_stay_apart():
    """Weights of which one has another result are no family."""
    part = part_of(SPECS["two hidden layers"])
    families, form = families_of(part)
    layer, results = form.letters.layers[0], in_deltas(part)
    results[Symbol("w1_1_2")] = Chain(Integer(2), results[Symbol("w1_1_2")])
    first, second = families.units(layer, results)
    assert (len(first.weights), len(second.weights)) == (3, 1)
    assert families.over_units(layer, [first, second]) == [first, second]


def test_a_shared_sum_gets_a_name():
    """The long bracket that all results of a unit share is named once, with one definition for all units."""
    part = part_of(SPECS["two hidden layers"])
    families, form = families_of(part)
    layer = form.letters.layers[0]
    units = families.units(layer, in_nodes(part))
    shared = shared_sum(families, layer, units)
    assert shared is not None
    assert len(shared.names) == 2
    for unit in units:
        for equation in named(unit, shared).equations:
            right = equation.rights[-1].expression
            assert not any(isinstance(factor, PathSum) and factor in shared.names.values() for factor in right.args)
            assert substitute(right, dict(shared.names)) in {e.rights[-1].expression for e in unit.equations}
    everywhere = [
        resolved(form.letters, shared.definition.rights[-1].expression, at) for at in shared.definition.everywhere
    ]
    assert everywhere == list(shared.names.values())


def test_short_sums_stay_where_they_are():
    """A bracket as short as an error has no name of its own."""
    part = part_of(describe([2, 2], ["identity"], "squared_error"))
    families, form = families_of(part)
    layer = form.letters.layers[0]
    assert shared_sum(families, layer, families.units(layer, in_nodes(part))) is None


def test_the_results_of_a_sheet_are_compared_for_every_index(examples):
    """The check passes for what is right, and counts every parameter."""
    part = symnet.solve(examples["cs4045-q1"]).parts[0]
    families, form = families_of(part)
    units = families.units(form.letters.layers[1], in_nodes(part))
    found = verify_families(part, form, [(tuple(e for unit in units for e in unit.equations), None)])
    assert found.passed
    assert found.comparisons % 6 == 0


@pytest.mark.parametrize("broken", ["family", "definition"])
def test_a_wrong_family_is_not_printed(broken, monkeypatch, examples):
    """A factor too many in a family, or a sum that is not what its name stands for, stops the sheet."""
    work = symnet.solve(examples["cs4045-q1"])
    assert work.document()
    usual = check.resolved

    def wrong(letters, expression, where):
        found = usual(letters, expression, where)
        is_definition = isinstance(expression, PathSum)
        is_family = any(symbol.name.startswith("sum") for symbol in expression.free_symbols)
        hit = is_definition if broken == "definition" else is_family
        return Chain(Integer(2), found) if hit else found

    monkeypatch.setattr(check, "resolved", wrong)
    with pytest.raises(CheckFailedError, match="every index"):
        work.document()

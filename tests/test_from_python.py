"""Derivatives, arrays, functions and descriptions in Python: the examples in docstrings run, and the numbers agree."""

import copy
import doctest
import inspect
import re
from fractions import Fraction
from pathlib import Path

import numpy
import pytest
import yaml
from exercises import ROOT, describe, solved

import symnet
from symnet.description import load
from symnet.description.fields import RecordType
from symnet.description.network import Description
from symnet.description.plain import plain_description
from symnet.errors import ChoiceError, DescriptionError, UnknownIdError, ViewError
from symnet.worked import WithDerivatives

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
SPEC = describe(
    [2, 1],
    ["sigmoid"],
    "squared_error",
    data={"inputs": [[1, 2], [0, "1/2"]], "targets": [[1], [0]]},
    parameters=[{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}],
)
# What a description is made of.
RECORDS = [name for name in symnet.__all__ if issubclass(type(getattr(symnet, name)), RecordType)]


def documented():
    """Return what has an example, by name: the methods that solving gives, and the records that have one."""
    methods = {name: of for name, of in vars(WithDerivatives).items() if not name.startswith("_")}
    return methods | {name: getattr(symnet, name) for name in RECORDS if ">>>" in getattr(symnet, name).__doc__}


@pytest.mark.parametrize("name", sorted(documented()))
def test_the_example_of_a_docstring_is_real(name):
    """Each example in the docstring of a public method or record prints what stands below it."""
    text = inspect.getdoc(documented()[name])
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert len(test.examples) >= 3
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0


def test_what_is_offered_is_documented():
    """Each method says what it returns and, where it can fail, with which exceptions, all of which are public."""
    assert {"gradients", "latex", "table", "to_numpy", "lambdify"} == {
        name for name in vars(WithDerivatives) if not name.startswith("_")
    }
    for name in ("latex", "to_numpy", "lambdify"):
        text = inspect.getdoc(getattr(WithDerivatives, name))
        raised = re.findall(r"^    (\w+Error): ", text, re.MULTILINE)
        assert raised
        assert set(raised) <= set(symnet.__all__)
    assert all(inspect.getdoc(getattr(symnet, name)) for name in RECORDS)


def by_hand(source):
    """Return the parameters and their gradients under SPEC's loss as arrays, worked out with NumPy alone."""
    (entry,) = source["parameters"]
    weights, biases = (numpy.array([[float(Fraction(v)) for v in row] for row in entry["weights"]]), [0.3])
    inputs = numpy.array([[float(Fraction(v)) for v in row] for row in source["data"]["inputs"]])
    targets = numpy.array(source["data"]["targets"], dtype=float)
    outputs = 1 / (1 + numpy.exp(-(inputs @ weights.T + biases)))
    deltas = (outputs - targets) * outputs * (1 - outputs)
    return {"W1": weights, "b1": numpy.array(biases)}, {
        "W1": deltas.T @ inputs / len(inputs),
        "b1": deltas.mean(axis=0),
    }


def test_arrays_have_the_shapes_and_numbers_of_the_layers():
    """``to_numpy`` gives parameters, gradients and updated parameters as arrays of shape (units, inputs)."""
    parameters, gradients = by_hand(SPEC)
    work = symnet.solve({**SPEC, "training": {"learning_rate": 0.5}})
    for of, expected in (
        ("parameters", parameters),
        ("gradients", gradients),
        ("updated", {name: parameters[name] - 0.5 * gradients[name] for name in parameters}),
    ):
        found = work.to_numpy(of)
        assert list(found) == ["W1", "b1"]
        assert all(found[name].shape == expected[name].shape for name in found)
        assert all(numpy.allclose(found[name], expected[name], rtol=1e-14) for name in found)


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("maxout", {"W1": (2, 2, 2), "b1": (2, 2), "W2": (1, 2), "b2": (1,)}),
        ("cnn", {"K": (3, 3), "b": (), "W": (2, 2)}),
        ("maxpool", {"K1": (2, 2, 2), "b1": (2,), "W4": (1, 8), "b4": (1,)}),
        ("C4", {"x": (), "y": (), "z": ()}),
    ],
)
def test_arrays_of_other_kinds(examples, name, shapes):
    """The pieces of maxout are an axis of their own, layers of arrays keep their shapes, a graph has its names."""
    work = solved(examples[name])
    found = work.to_numpy()
    assert {one: found[one].shape for one in shapes} == shapes
    total = sum(array.size for array in found.values())
    assert total == len(work.gradients) or name == "cnn"
    entries = {leaf.id: float(leaf.value) for leaf in work}
    assert sorted(entries.values()) == pytest.approx(sorted(x for array in found.values() for x in array.flat))


def test_a_bias_that_all_share_is_one_number():
    """A shared bias has the shape ()."""
    spec = describe([2, 2], ["tanh"], "squared_error")
    spec["layers"][0]["bias"] = "shared"
    spec |= {"data": {"inputs": [[1, 2]], "targets": [[0, 1]]}}
    spec["parameters"] = [{"weights": [[1, 2], [3, 4]], "biases": [0.5]}]
    found = symnet.solve(spec).to_numpy("parameters")
    assert found["b1"].shape == ()
    assert found["b1"] == 0.5
    assert found["W1"].tolist() == [[1, 2], [3, 4]]


def test_arrays_need_numbers(work_in_symbols):
    """Without data there are no arrays, without training none after it; a wrong word names the right ones."""
    with pytest.raises(ViewError, match="expected data and parameters"):
        work_in_symbols.to_numpy()
    with pytest.raises(ViewError, match="and training for updated ones"):
        symnet.solve(SPEC).to_numpy("updated")
    with pytest.raises(ChoiceError, match='found "grads"; expected gradients, parameters, updated'):
        work_in_symbols.to_numpy("grads")


@pytest.fixture(scope="module")
def work_in_symbols(examples):
    """An exercise without numbers."""
    return solved(examples["cs4045-q1"])


@pytest.mark.everyday(10, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_functions_agree_with_the_numbers(examples, name):
    """At the data, the function of each quantity gives its value, for all samples at once."""
    for part in solved(examples[name]).parts:
        if part.data is None:
            continue
        rows = part.data.rows
        columns = {
            symbol.name.removesuffix("@i"): numpy.array([float(row[symbol]) for row in rows]) for symbol in rows[0]
        }
        found = part.lambdify()(columns if len(rows) > 1 else {})
        for leaf in part.network.leaves:
            values = [float(sample.gradients[leaf]) for sample in part.evaluation.samples]
            # What the penalty adds is the same for each sample.
            added = 0
            if leaf in part.objective.added:
                of_data = (numpy.mean if part.objective.mean else numpy.sum)(values)
                added = float(part.evaluation.gradients[leaf]) - of_data
            assert numpy.atleast_1d(found[leaf.name]) == pytest.approx(
                [one + added for one in values], rel=1e-9, abs=1e-12
            )
        for symbol in (*part.network.nodes, part.network.loss):
            id_ = symbol.name.removesuffix("@i")
            values = [float(sample.values[symbol]) for sample in part.evaluation.samples]
            if id_ in {"L", "L_data"} and part.objective.penalty:
                continue
            got = part.lambdify(id_)(columns if len(rows) > 1 else {})
            assert numpy.broadcast_to(got, len(rows)) == pytest.approx(values, rel=1e-9, abs=1e-12)


def test_a_function_is_of_its_arguments():
    """A function names its arguments, takes arrays, and says which number is missing or is none of its own."""
    work = symnet.solve(describe([1, 1], ["relu"], "squared_error"))
    loss, derivative = work.lambdify("L"), work.lambdify("dL/dw1_1_1")
    assert loss.arguments == ("w1_1_1", "b1_1", "x1", "y1")
    grid = numpy.linspace(-2, 2, 5)
    values = loss(w1_1_1=grid[:, None], b1_1=grid, x1=1, y1=1)
    assert values.shape == (5, 5)
    assert numpy.array_equal(values, (numpy.maximum(grid[:, None] + grid, 0) - 1) ** 2 / 2)
    assert derivative({"w1_1_1": 3, "x1": 2}, b1_1=0, y1=1) == (3 * 2 - 1) * 2
    assert type(derivative(w1_1_1=0, b1_1=0, x1=1, y1=1)) is float
    with pytest.raises(ChoiceError, match="one for each of b1_1, x1, y1 as well"):
        loss(w1_1_1=1)
    with pytest.raises(ChoiceError, match='argument: found "w1"; expected w1_1_1, b1_1, x1, y1'):
        loss(w1=1)
    for odd in ("a", None, [object()], 1j):
        with pytest.raises(ChoiceError, match=r"x1: found .*; expected a number, or an array of numbers"):
            loss(w1_1_1=1, b1_1=0, x1=odd, y1=1)
    assert loss(w1_1_1=Fraction(0), b1_1=True, x1=0, y1=1) == 0
    with pytest.raises(UnknownIdError, match="w9"):
        work.lambdify("w9")


def test_what_has_no_value_is_no_number():
    """Where a quantity has no real value a function gives nan, and values elsewhere."""
    work = symnet.solve({"graph": {"inputs": ["x", "y"], "nodes": {"f": "ln(x)/y"}, "output": "f"}})
    found = work.lambdify("f")(x=numpy.array([-1, 1, 1, numpy.e]), y=numpy.array([1, 0, 2, 2]))
    assert numpy.isnan(found[0])
    assert found[1:] == pytest.approx([0, 0, 0.5])


def test_gradients_and_rows_are_those_of_the_derivatives(work_in_symbols):
    """``gradients``, ``table`` and ``latex`` say what each derivative says."""
    ids = [derivative.id for derivative in work_in_symbols]
    assert list(work_in_symbols.gradients) == ids
    table = work_in_symbols.table()
    for derivative, row in zip(work_in_symbols, table, strict=True):
        assert work_in_symbols.gradients[derivative.id] == derivative.expression == row.expression
        assert work_in_symbols.latex(f"dL/d{derivative.id}") == derivative.equation
        assert row == (derivative.id, derivative.expression, None)
    assert len(repr(table).splitlines()) == len(ids)
    assert work_in_symbols.parts[1].gradients["w3_1_1"] != work_in_symbols.gradients["w3_1_1"]


def test_a_derivative_has_its_name_as_a_fraction(work_in_symbols):
    """A derivative of the loss is found as a fraction too, with respect to parameters and to nodes."""
    for name, id_ in (("dL/dw3_1_1", "w3_1_1"), ("dL_dw3_1_1", "w3_1_1"), ("dL/dz3_1", "delta3_1")):
        assert work_in_symbols[name].equation == work_in_symbols[id_].equation
        assert work_in_symbols[name].id == id_


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_description_is_made_again_of_its_parts(examples, name):
    """A description made in Python of the parts of another one is equal to it, whatever sort it is."""
    description = load(examples[name])
    again = type(description)(**description.written())
    assert again == description
    if isinstance(description, Description):
        # The sort is that of the layers, as in a file.
        assert symnet.Description(**description.written()) == description


def test_records_stand_for_mappings(examples):
    """A description of records is that of the file, also within a mapping, and is written into notebooks as it is."""
    path = examples["xor"]
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = symnet.Description(
        **{
            **tree,
            "layers": [symnet.Layer(**layer) for layer in tree["layers"]],
            "data": symnet.Data(**tree["data"]),
            "parameters": [symnet.LayerParameters(**entry) for entry in tree["parameters"]],
            "training": symnet.Training(**tree["training"]),
        }
    )
    assert made == load(path)
    assert load({**tree, "layers": list(made.layers)}) == made
    assert load(plain_description(made)) == made


def test_arrays_and_keys_of_python():
    """Numbers may be arrays, and a key that Python keeps for itself has the name of its field."""
    layers = [
        symnet.ArrayLayer(units=2, activation="tanh", name="first"),
        symnet.ArrayLayer(units=1, activation="identity", fed_by=["first", "inputs"]),
    ]
    weights = [{"weights": numpy.ones((2, 2))}, symnet.ArrayParameters(weights=numpy.zeros((1, 4)), biases=[0])]
    weights[0]["biases"] = numpy.zeros(2)
    made = symnet.Description(inputs=2, layers=layers, loss="squared_error", parameters=weights)
    assert type(made).__name__ == "ArrayDescription"
    assert made.layers[1].fed_by == ("first", "inputs")


def test_what_is_wrong_with_a_record_is_said_at_once():
    """A record that cannot be used is one DescriptionError with all its problems, each with what to do."""
    with pytest.raises(DescriptionError) as caught:
        symnet.Layer(units=0, activation="sigmoyd", unis=3)
    assert [problem.where for problem in caught.value.problems] == ["units", "activation", "unis"]
    assert str(caught.value).startswith("Layer: units: found 0; expected a whole number from 1 to")
    assert 'Did you mean "sigmoid"?' in str(caught.value)
    with pytest.raises(DescriptionError, match=r"layers\[1\].units: found 0(.|\n)*loss: found nothing"):
        symnet.Description(inputs=2, layers=[{"units": 0, "activation": "relu"}])


def test_what_holds_itself_is_refused():
    """A list that holds itself is told as too deep, in a record and in a mapping."""
    endless = []
    endless.append(endless)
    for make in (lambda: symnet.Description(layers=endless), lambda: symnet.solve({"layers": endless})):
        with pytest.raises(DescriptionError, match="lists or mappings within one another; expected at most"):
            make()


def test_a_table_is_copied():
    """A table can be copied, and stays one that shows itself."""
    table = symnet.solve(describe([1, 1], ["relu"], "squared_error")).table()
    other = copy.copy(table)
    assert other == table
    assert type(other) is symnet.DerivativeTable
    assert other.part is table.part


def test_an_editor_sees_the_fields():
    """The signature of a record has its fields by name, and is short enough to be read."""
    shown = str(inspect.signature(symnet.Training))
    assert shown.startswith("(*, optimizer='sgd', learning_rate=None, steps=1")
    assert all(len(str(inspect.signature(getattr(symnet, name)))) < 800 for name in RECORDS)


def test_numpy_is_imported_by_who_asks_for_it():
    """Neither importing symnet nor solving imports NumPy; it is needed for arrays alone."""
    import subprocess
    import sys

    code = (
        "import sys, symnet\n"
        "symnet.solve({'inputs': 1, 'layers': [{'units': 1, 'activation': 'tanh'}], 'loss': 'squared_error'})\n"
        "assert 'numpy' not in sys.modules and 'IPython' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)

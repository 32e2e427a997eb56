"""symnet from Python: what ``solve`` takes, what it gives back, and how it is saved and shown."""

import inspect
import json
import os
from fractions import Fraction

import mpmath
import pytest
import yaml
from exercises import describe, solved
from sympy import Symbol, exp, simplify, symbols

import symnet
from symnet import pipeline
from symnet.algebra.nodes import plain_text
from symnet.derivation.steps import Rule, Step
from symnet.errors import DescriptionError, OutputError, SymnetError
from symnet.render.formats import FORMATS

SPEC = describe(
    [2, 1],
    ["sigmoid"],
    "squared_error",
    data={"inputs": [[1, 2], [0, "1/2"]], "targets": [[1], [0]]},
    parameters=[{"weights": [["0.1", "-0.2"]], "biases": ["0.3"]}],
)
SYMBOLIC = describe([2, 1], ["sigmoid"], ["squared_error", "binary_cross_entropy"])


# What a description is made of, and what is looked at.
RECORDS = {
    *("ArrayLayer", "ArrayParameters", "Attention", "Convolution", "Data", "Description", "Dropout", "Embedding"),
    *("GateParameters", "Graph", "GraphDescription", "HeadChoice", "Layer", "LayerParameters", "Loss", "Normalization"),
    *("Numbers", "Penalty", "Pooling", "RateSchedule", "SampleSequence", "SequenceData", "StartState", "Tied"),
    *("Training", "Weights"),
}
SHOWN = {
    *("Derivative", "DerivativeRow", "DerivativeTable", "Known", "ModelDescription", "NumericFunction", "Part"),
    *("Problem", "Report", "ShownStep", "ShownSteps", "Solution", "View"),
}


@pytest.fixture(scope="module")
def work(examples):
    """The first question, solved."""
    return solved(examples["cs4045-q1"])


def test_solve_takes_a_path(examples):
    """``solve`` takes a path as a text, as a path, and as bytes are not needed for."""
    path = examples["cs4045-q2"]
    assert symnet.solve(str(path)).parts[0].loss_name == "binary_cross_entropy"
    assert symnet.solve(path).description == symnet.solve(str(path)).description


def test_solve_takes_a_mapping(examples):
    """The same description as a mapping has the same derivations."""
    path = examples["cs4045-q2"]
    mapping = yaml.safe_load(path.read_text(encoding="utf-8"))
    first, second = symnet.solve(path), symnet.solve(mapping)
    assert [plain_text(d.ordered) for d in first] == [plain_text(d.ordered) for d in second]


def test_solve_takes_a_description():
    """``symnet.Description`` is the record that a description becomes."""
    description = symnet.Description.model_validate(SYMBOLIC)
    worked = symnet.solve(description)
    assert worked.description == description
    assert [part.loss_name for part in worked.parts] == ["squared_error", "binary_cross_entropy"]


def test_solve_takes_a_description_by_keywords():
    """A record can be made from keywords, as the contract shows it."""
    description = symnet.Description(**SYMBOLIC)
    assert symnet.solve(description).parts[1]["w1_1_1"].paths == 1


def test_a_simplified_derivative_is_a_sympy_expression(work):
    """``work["w1_1_2"].simplified`` is an ordinary SymPy expression, equal to the expected one."""
    a, y, x2, z = symbols("a3_1 y1 x2 z1_1")
    w = {name: Symbol(name) for name in ("w3_1_1", "w3_1_2", "w2_1_1", "w2_2_1")}
    a1, a2 = symbols("a2_1 a2_2")
    back = w["w3_1_1"] * a1 * (1 - a1) * w["w2_1_1"] + w["w3_1_2"] * a2 * (1 - a2) * w["w2_2_1"]
    expected = (a - y) * a * (1 - a) * back * x2
    found = work["w1_1_2"].simplified
    assert simplify(found.subs(z, 1) - expected) == 0
    assert found.subs(z, -1) == 0
    assert found.subs(z, 0) == 0


def test_a_simplified_derivative_of_an_output_weight(work):
    """The derivative with respect to an output weight is (a - y) a (1 - a) times the activation before it."""
    a, y, before = symbols("a3_1 y1 a2_1")
    assert simplify(work["w3_1_1"].simplified - (a - y) * a * (1 - a) * before) == 0
    assert plain_text(work["w3_1_1"].ordered) == "(a3_1 - y1)*a3_1*(1 - a3_1)*a2_1"


def test_an_expanded_derivative_speaks_of_leaves():
    """``expanded`` is the derivative in inputs, targets and parameters, as SymPy itself would derive it."""
    x1, x2, y, w1, w2, b = symbols("x1 x2 y1 w1_1_1 w1_1_2 b1_1")
    output = 1 / (1 + exp(-(w1 * x1 + w2 * x2 + b)))
    found = symnet.solve(SPEC)["w1_1_2"].expanded
    assert found.free_symbols == {x1, x2, y, w1, w2, b}
    assert simplify(found - ((output - y) ** 2 / 2).diff(w2)) == 0


def test_what_is_too_long_to_expand_is_none():
    """Where the expanded text would be longer than 20,000 characters there is none."""
    deep = symnet.solve(describe([3, 4, 4, 4, 2], ["softmax"] * 4, "squared_error"))
    assert deep["w1_1_1"].expanded is None
    assert deep["w4_1_1"].simplified is not None


def test_steps_have_rules(work):
    """``steps`` are the lines, each with its rule, from the chain rule to the result."""
    derivative = work["w1_1_2"]
    assert all(isinstance(step, Step) and isinstance(step.rule, Rule) for step in derivative.steps)
    assert [step.rule for step in derivative.steps] == [Rule.CHAIN, Rule.REUSE, Rule.SUBSTITUTE]
    assert derivative.steps[-1].rhs == derivative.ordered
    assert derivative.parameter == "w1_1_2"
    assert derivative.paths == 2


def test_a_value_is_the_mean_over_the_samples():
    """``value`` is the derivative of the objective at the data; without data there is none."""
    with mpmath.workdps(40):
        total = mpmath.mpf(0)
        for row, (target,) in zip(SPEC["data"]["inputs"], SPEC["data"]["targets"], strict=True):
            x1, x2 = (mpmath.mpf(Fraction(v).numerator) / Fraction(v).denominator for v in row)
            a = 1 / (1 + mpmath.exp(-(x1 * mpmath.mpf("0.1") - x2 * mpmath.mpf("0.2") + mpmath.mpf("0.3"))))
            total += (a - target) * a * (1 - a) * x2
        assert abs(symnet.solve(SPEC)["w1_1_2"].value - total / 2) < mpmath.mpf(10) ** -22
    assert symnet.solve(SYMBOLIC)["w1_1_2"].value is None


def test_all_derivatives_in_order(work):
    """Going through the work gives one derivative for each parameter, in forward order."""
    assert [derivative.parameter for derivative in work] == [p.name for p in work.parts[0].network.parameters]
    assert len(list(work)) == 17


def test_parts_have_their_own_derivatives(work):
    """Each loss is a part of its own; the work itself speaks of the first."""
    first, second = work.parts
    assert first["w3_1_1"].ordered == work["w3_1_1"].ordered
    assert first["w3_1_1"].ordered != second["w3_1_1"].ordered


@pytest.mark.parametrize(
    "name", ["w9_1_1", "z9_1", "", "W1_1_1", "dL/dw9_1_1", "dM/dw1_1_1", "z1_1@2", "x1@0", "delta1_1@x"]
)
def test_an_unknown_parameter(work, name):
    """An unknown parameter is a KeyError that says what there is."""
    with pytest.raises(KeyError, match=r"not a parameter of this network; its parameters are w1_1_1, w1_1_2") as caught:
        work[name]
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("suffix", sorted(set(FORMATS) - {"pdf"}))
def test_saving(suffix, tmp_path):
    """``save`` writes the format of the suffix, and returns the path."""
    path = tmp_path / "new" / f"q1.{suffix}"
    assert symnet.solve(SPEC).save(path) == path
    assert path.stat().st_size > 100
    if suffix == "json":
        assert json.loads(path.read_text(encoding="utf-8"))["format"] == 1


def test_saving_takes_a_text(tmp_path):
    """The path may be a text."""
    symnet.solve(SYMBOLIC).save(str(tmp_path / "a.json"))
    assert os.listdir(tmp_path) == ["a.json"]  # noqa: PTH208


def test_saving_a_pdf(tmp_path):
    """A PDF is saved by whichever engine is asked for."""
    pytest.importorskip("typst")
    path = symnet.solve(SPEC).save(tmp_path / "q1.pdf", pdf_engine="typst")
    assert path.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["q1.docx", "q1", "q1.tex.bak", ".tex"])
def test_an_unknown_suffix(name, tmp_path):
    """An unknown suffix is an error that names the known ones, and writes nothing."""
    with pytest.raises(OutputError, match=r"\.tex, \.html, \.pdf, \.json"):
        symnet.solve(SYMBOLIC).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "source",
    [
        "missing.yaml",
        {},
        {"inputs": 2},
        {**SYMBOLIC, "loss": "mse"},
        {**SYMBOLIC, "layers": [{"units": 1, "activation": "softmax"}]},
    ],
)
def test_what_cannot_be_used_is_an_exception(source):
    """A description that cannot be used is one exception with all its problems."""
    with pytest.raises(DescriptionError) as caught:
        symnet.solve(source)
    assert caught.value.problems
    assert isinstance(caught.value, SymnetError)
    assert "found" in str(caught.value)


def test_the_public_names():
    """What the package names is there, and nothing else is promised."""
    errors = {name for name in symnet.__all__ if name.endswith("Error")}
    assert set(symnet.__all__) == {*RECORDS, *SHOWN, *errors, "__version__", "check", "describe", "solve"}
    assert all(getattr(symnet, name) is not None for name in symnet.__all__)
    assert set(dir(symnet)) == set(symnet.__all__)
    with pytest.raises(AttributeError, match="frobnicate"):
        _ = symnet.frobnicate


def test_solve_is_documented():
    """``help(symnet.solve)`` says what it returns and what it raises."""
    text = inspect.getdoc(symnet.solve)
    assert text.startswith("Return")
    assert "Raises:" in text


def test_solving_leaves_the_mapping_alone():
    """A mapping that is solved is not changed."""
    before = json.dumps(SPEC)
    symnet.solve(SPEC)
    assert json.dumps(SPEC) == before


def test_solving_twice_gives_the_same():
    """Nothing is left over from one solution to the next."""
    from symnet.render.json import render_json

    assert render_json(symnet.solve(SPEC)) == render_json(symnet.solve(SPEC))


def test_the_stages_are_told():
    """A caller may follow what is being done, for each loss."""
    told = []
    pipeline.solve(SYMBOLIC, stage=told.append)
    assert [text.split()[0] for text in told] == ["deriving", "checking", "evaluating"] * 2


def test_a_full_check_that_cannot_be_made_is_said():
    """Where the composed loss is too long for sympy.diff, a warning says so and the other checks stand."""
    wide = describe([3, 12, 12, 2], ["tanh", "tanh", "softmax"], "squared_error")
    work = symnet.solve(wide, verification="full")
    assert any("sympy.diff is not asked" in warning for warning in work.warnings)
    assert len(work.parts[0].report.checks) == 2
    assert not symnet.solve(wide).warnings


def test_an_expression_speaks_node_ids_unless_it_would_be_long():
    """In JSON an expression cites deltas only where it would be longer than 2,000 characters without them."""
    for width, cites in ((4, False), (30, True)):
        spec = describe([2, width, width, 3], ["tanh", "sigmoid", "softmax"], "categorical_cross_entropy")
        (problem,) = json.loads(FORMATS["json"].render(symnet.solve(spec), None).content)["problems"]
        written = problem["gradients"][0]["expression"]
        assert ("delta" in written) is cites
        assert len(written) <= 2000


def test_the_number_of_samples_is_told_without_parameters():
    """JSON says how many samples were given, also where no parameters are."""
    spec = describe([1, 1], ["sigmoid"], "squared_error", data={"inputs": [[1], [2], [3]], "targets": [[0], [1], [1]]})
    (problem,) = json.loads(FORMATS["json"].render(symnet.solve(spec), None).content)["problems"]
    assert problem["samples"] == 3
    assert {node["value"] for node in problem["nodes"]} == {None}


def test_check_marks_answers(examples, tmp_path):
    """``check`` takes what ``solve`` takes or gives, and answers as a mapping or a file."""
    answers = {"z1_1": 0.3451, "dL/dw2_1_1": "-0.3835", "delta2_1": "delta2_1 +"}
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"answers": answers}), encoding="utf-8")
    report = symnet.check(examples["C1"], answers)
    assert isinstance(report, symnet.Report)
    verdicts = [answer.verdict.value for answer in report.answered]
    assert sorted(verdicts) == ["right_to_rounding", "unreadable", "wrong"]
    assert (report.marks, report.out_of, report.all_right) == (1, 41, False)
    assert [answer._replace(line=None) for answer in symnet.check(solved(examples["C1"]), path).answers] == list(
        report.answers
    )


def test_check_takes_a_loss(examples):
    """A loss is chosen by its name; one that there is not is an error."""
    answers = {"dL/dw2_1_1": "-0.3835"}
    (right,) = symnet.check(examples["C1"], answers, "categorical_cross_entropy").answered
    assert right.verdict.is_right
    with pytest.raises(SymnetError, match="expected binary_cross_entropy"):
        symnet.check(examples["C1"], answers, "hinge")


def test_every_error_is_exported():
    """Each exception that a user can cause is a public name, of the one kind that catches all."""
    from symnet import errors

    kinds = {name for name, of in vars(errors).items() if isinstance(of, type) and issubclass(of, Exception)}
    # It is caught where the place in the file is known, and reaches no user.
    kinds.remove("MisfitError")
    assert len(kinds) > 6
    assert kinds <= set(symnet.__all__)
    for name in (name for name in symnet.__all__ if name.endswith("Error")):
        assert issubclass(getattr(symnet, name), SymnetError)


@pytest.mark.parametrize("name", ["cs4045-q1", "xor", "C4", "C2", "elastic-net", "triplet", "maxout"])
def test_what_is_shown_by_default_is_one_short_line(examples, name):
    """The work, its parts, derivatives and other quantities are each shown in one line."""
    work = solved(examples[name])
    shown = [
        work,
        *work.parts,
        *work,
        work["L" if "L" in work.parts[0].index.each else work.parts[0].network.loss.name],
    ]
    for line in map(repr, shown):
        assert "\n" not in line
        assert len(line) < 200
    assert work.description.title in repr(work)


def test_the_line_says_what_it_is(examples):
    """It names the loss, and the derivative with what it is equal to."""
    assert repr(solved(examples["C4"])["x"]) == "<Derivative df/dx = z>"
    assert repr(symnet.solve(SPEC)) == "<Solution 'Backpropagation by hand': 3 derivatives; squared_error>"
    assert repr(symnet.solve(SPEC)["z1_1"]) == "<Known z1_1 = w1_1_1*x1 + w1_1_2*x2 + b1_1>"


@pytest.mark.parametrize("name", ["xor", "C1", "C4", "elastic-net", "triplet", "maxout", "dropout", "cs4045-q1"])
def test_every_id_of_the_json_is_found(examples, name):
    """Each node, delta and gradient of the JSON is there by its id, with the same formula and the same value."""
    from symnet.numerics.format import decimal_text

    work = solved(examples[name])
    problems = json.loads(FORMATS["json"].render(work, None).content)["problems"]
    for part, problem in zip(work.parts, problems, strict=True):
        rows = [
            *problem["nodes"],
            *problem["deltas"],
            *({**row, "id": row["parameter"]} for row in problem["gradients"]),
        ]
        assert len(rows) > 5
        for row in rows:
            if "@" in row["id"] and row["id"].startswith("x"):
                continue  # A derivative with respect to an input of one sample of several.
            found = part[row["id"]]
            assert found.latex == row["latex"]
            assert (None if found.value is None else decimal_text(found.value)) == row["value"]


def test_a_quantity_is_a_sympy_expression():
    """A node and a delta have their formula, their value and their lines, as a derivative has."""
    work = symnet.solve({**SPEC, "data": {"inputs": [[1, 2]], "targets": [[1]]}})
    w1, w2, b, x1, x2, a, y = symbols("w1_1_1 w1_1_2 b1_1 x1 x2 a1_1 y1")
    assert work["z1_1"].expression == w1 * x1 + w2 * x2 + b
    assert work["z1_1"].value == mpmath.mpf(0)
    assert work["x2"].value == 2
    assert simplify(work["delta1_1"].expression - (a - y) * a * (1 - a)) == 0
    assert work["delta1_1"].value == -0.125
    assert work["delta1_1"].steps[0].rule is Rule.CHAIN
    assert work["delta1_1"].latex == r"(\hat{y} - y)\,\hat{y}(1 - \hat{y})"
    assert work["w1_1_1"].latex == r"(\hat{y} - y)\,\hat{y}(1 - \hat{y})\,x_1"
    assert work["w1_1_1"].expression == work["w1_1_1"].simplified
    assert work["z1_1"].steps == ()


def test_a_quantity_of_several_samples():
    """What each sample has for itself has a value where a sample is named, and the objective has one anyway."""
    work = symnet.solve(SPEC)
    assert work["z1_1"].value is None
    assert abs(work["z1_1@1"].value) < mpmath.mpf(10) ** -20
    assert work["x2@2"].value == 0.5
    assert abs(work["L"].value - (work["L@1"].value + work["L@2"].value) / 2) < 1e-15
    assert r"\sum" in work["L"].latex


@pytest.mark.parametrize(
    ("name", "meant"), [("z1_9", "z1_1"), ("dleta1_1", "delta1_1"), ("W1_1_2", "w1_1_2"), ("l", "L")]
)
def test_an_id_that_is_nearly_one(name, meant):
    """A near miss of an id is a KeyError that names the id."""
    with pytest.raises(KeyError, match=f'Did you mean "{meant}"'):
        symnet.solve(SPEC)[name]


def test_arrays_are_numbers():
    """Arrays and numbers of NumPy stand for lists and numbers in a mapping, at any depth, and in answers."""
    numpy = pytest.importorskip("numpy")
    plain = {**SPEC, "training": {"learning_rate": 0.5, "steps": 2}}
    arrays = {
        **SPEC,
        "inputs": numpy.int64(2),
        "data": {"inputs": numpy.array([[1.0, 2.0], [0.0, 0.5]]), "targets": [numpy.array([1]), numpy.array([0])]},
        "parameters": ({"weights": numpy.array([[0.1, -0.2]]), "biases": [numpy.float64(0.3)]},),
        "training": {"learning_rate": numpy.array(0.5), "steps": numpy.uint8(2)},
    }
    assert symnet.solve(arrays).description == symnet.solve(plain).description
    report = symnet.check(
        plain, {"w1_1_1'": numpy.float64(symnet.solve(plain).parts[0].evaluation.updates[0].after[Symbol("w1_1_1")])}
    )
    assert report.marks == 1


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_short_floats_are_what_they_print_as(kind):
    """A float of 32 or 16 bits is the decimal number that it prints as, from NumPy and from PyTorch."""
    numpy = pytest.importorskip("numpy")
    rows = [[0.1, -0.2]]
    wanted = symnet.solve(SPEC).description
    given = [numpy.array(rows, dtype=kind)]
    try:
        import torch
    except ImportError:
        pass
    else:
        given.append(torch.tensor(rows, dtype=getattr(torch, kind), requires_grad=True))
    for array in given:
        found = symnet.solve({**SPEC, "parameters": [{"weights": array, "biases": array[0][0] * 3}]}).description
        assert found.parameters[0].weights == wanted.parameters[0].weights


def test_an_array_that_does_not_fit_is_located():
    """Numbers of an array are checked like any others."""
    numpy = pytest.importorskip("numpy")
    with pytest.raises(DescriptionError, match=r"data.inputs\[2\]\[1\]: found nan") as caught:
        symnet.solve({**SPEC, "data": {"inputs": numpy.array([[1, 2], [numpy.nan, 1]]), "targets": [[1], [0]]}})
    assert caught.value.problems[0].hint == "A number has to be finite."
    with pytest.raises(DescriptionError, match=r"expected a list of rows. Write \[\[1.0, 2.0\]\]"):
        symnet.solve({**SPEC, "data": {"inputs": numpy.array([1.0, 2.0]), "targets": [[1], [0]]}})


@pytest.mark.parametrize(
    ("choose", "words"),
    [
        (lambda _work: symnet.View(style="nope"), 'style: found "nope"; expected delta, paths, expanded, forward'),
        (lambda _work: symnet.View(form="table"), 'form: found "table"; expected scalar, index, matrix, both'),
        (lambda _work: symnet.View(parameters="w1_1_1"), 'as in \\("w1_1_1",\\)'),
        (
            lambda work: work.worksheet("empty"),
            'level: found "empty"; expected boxes, blank, formulas, chain, faded, full, key',
        ),
        (lambda work: work.save("q.pdf", pdf_engine="word"), 'pdf_engine: found "word"; expected pdflatex, typst'),
        (lambda _work: symnet.solve(SPEC, verification="all"), 'verification: found "all"; expected quick, full'),
    ],
)
def test_a_word_that_is_no_choice(work, choose, words):
    """A word in the place of a choice is an error of both kinds that lists what there is."""
    with pytest.raises(symnet.ChoiceError, match=words) as caught:
        choose(work)
    assert isinstance(caught.value, SymnetError)
    assert isinstance(caught.value, ValueError)


def test_a_view_takes_any_row_of_ids():
    """The ids may stand in a list, and a view is equal to one with the same parts."""
    assert symnet.View(parameters=["w1_1_1"]) == symnet.View("scalar", "delta", ("w1_1_1",))
    assert symnet.View()._replace(style="paths") == symnet.View(style="paths")


@pytest.mark.parametrize(
    "source", ["inputs: 2\nlayers: []\n", "{inputs: 2, " + "y" * 300 + "}", None, 3, ["q.yaml"], b"q.yaml"]
)
def test_what_is_neither_path_nor_mapping(source):
    """A text of several lines, or one that no file is called, is refused as such, not looked for."""
    with pytest.raises(DescriptionError, match="expected the path of a file, or a mapping") as caught:
        symnet.solve(source)
    assert len(str(caught.value)) < 300


def test_saving_names_all_formats():
    """The documentation of ``save`` names every suffix that it takes."""
    assert all(f"``.{name}``" in inspect.getdoc(symnet.Solution.save) for name in FORMATS)


def test_saving_keeps_what_was_edited(tmp_path):
    """A file that was edited is kept unless ``force`` is given."""
    work, path = symnet.solve(SYMBOLIC), tmp_path / "q.tex"
    work.save(path)
    path.write_text(path.read_text(encoding="utf-8") + "% mine\n", encoding="utf-8")
    with pytest.raises(OutputError, match="force=True"):
        work.save(path)
    assert path.read_text(encoding="utf-8").endswith("% mine\n")
    assert not work.save(path, force=True).read_text(encoding="utf-8").endswith("% mine\n")

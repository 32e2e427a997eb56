"""symnet from Python: what ``solve`` takes, what it gives back, and how it is saved and shown."""

import inspect
import json
import os
from fractions import Fraction

import mpmath
import pytest
import yaml
from exercises import describe
from sympy import Symbol, exp, simplify, symbols

import symnet
from symnet import pipeline
from symnet.calculus import plain_text
from symnet.derivation import Rule, Step
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


@pytest.fixture(scope="module")
def work(examples):
    """The first question, solved."""
    return symnet.solve(examples["cs4045-q1"])


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
    """The derivative by an output weight is (a - y) a (1 - a) times the activation before it."""
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


@pytest.mark.parametrize("name", ["w9_1_1", "z1_1", "", "W1_1_1", "dL/dw1_1_1"])
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


def test_jupyter_shows_formulas(work):
    """In Jupyter the work and each derivative are typeset."""
    lines = work._repr_markdown_().split("\n\n")
    assert len(lines) == 34
    assert all(line.startswith("$$") and line.endswith("$$") for line in lines)
    latex = work["w3_1_1"]._repr_latex_()
    assert latex.startswith("$\\displaystyle")
    assert latex.endswith("$")
    assert latex.count("{") == latex.count("}")
    assert latex.index(r"\hat") < latex.index("a_1^{(2)}")


def test_the_public_names():
    """What the package names is there, and nothing else is promised."""
    records = {"Derivative", "Description", "GraphDescription", "Part", "Report", "Solution", "View"}
    assert set(symnet.__all__) == {*records, "__version__", "check", "solve"}
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
    verdicts = [answer.verdict.value for answer in report.given]
    assert sorted(verdicts) == ["right_to_rounding", "unreadable", "wrong"]
    assert (report.marks, report.out_of, report.all_right) == (1, 43, False)
    assert [answer._replace(line=None) for answer in symnet.check(symnet.solve(examples["C1"]), path).answers] == list(
        report.answers
    )


def test_check_takes_a_loss(examples):
    """A loss is chosen by its name; one that there is not is an error."""
    answers = {"dL/dw2_1_1": "-0.3835"}
    (right,) = symnet.check(examples["C1"], answers, "categorical_cross_entropy").given
    assert right.verdict.is_right
    with pytest.raises(SymnetError, match="allowed: binary_cross_entropy"):
        symnet.check(examples["C1"], answers, "hinge")

"""Exported programs as they are handed out: laid out cleanly, complete once filled in, and strictly tested."""

import ast
import importlib.util
import keyword
import random
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from exercises import ROOT, solved
from nbclient import NotebookClient
from running import Exported, close, failures, module

from symnet.cli.app import cli
from symnet.cli.export import LANGUAGES
from symnet.export.exercise import exported
from symnet.programs.dialects import DIALECTS
from symnet.programs.files import ProgramForm, module_name, program_files
from symnet.programs.listing import NoProgramError
from symnet.programs.source import LEVELS
from symnet.sheets.worksheet import scheme_of

# Those that are handed out most: of layers, of graphs, of windows, over time, of attention.
OFTEN = ("xor", "cs4045-q1", "C1", "C4", "cnn", "lstm", "attention")
PYTHON = [name for name, dialect in DIALECTS.items() if dialect.suffix == ".py"]
PASSES = ("forward", "loss", "backward", "update")
HOSTILE = '''"""; import os; os.system("touch hacked") #\\ */ process.exit(9) /* ${1} {{7*7}} <% x %> ' " \\" `'''


def example(name):
    """Return the path of an example."""
    return ROOT / "examples" / f"{name}.yaml"


def run(*arguments):
    """Run the command in this process; an exception that no command catches fails the test."""
    result = CliRunner().invoke(cli, ["export", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def filled_in(text, full):
    """Return a program to write, with each of its passes and its update as the full one has them."""
    written = {node.name: node for node in ast.parse(full).body if isinstance(node, ast.FunctionDef)}
    body = ast.parse(text).body
    return ast.unparse(
        ast.Module([written[one.name] if getattr(one, "name", "") in PASSES else one for one in body], [])
    )


@pytest.mark.everyday(3, every=False)
@pytest.mark.parametrize("language", ["numpy", "python", pytest.param("torch", marks=pytest.mark.campaign)])
@pytest.mark.parametrize("level", ["blank", "faded"])
@pytest.mark.parametrize("name", OFTEN)
def test_a_program_that_is_filled_in_passes_its_tests(name, level, language):
    """What is left to write fails the tests that go with it; filled in from the full program, it passes all of them."""
    full, handed_out = Exported(example(name), language), Exported(example(name), language, level=level, seed=3)
    assert full.tests == handed_out.tests
    before = failures(handed_out.text, handed_out.tests)
    assert before
    if level == "blank":
        assert {type(error) for error in before.values()} == {NotImplementedError}
    assert not failures(filled_in(handed_out.text, full.text), handed_out.tests)


def test_a_node_whose_local_derivative_is_1_keeps_its_line(tmp_path):
    """Each derivative on the way to those asked for is in the program of a graph, as on its sheet; no other is."""
    file = tmp_path / "residual.yaml"
    nodes = "{z: w*x, s: x + y, a: 'where(z > 0, z, exp(z) - 1)', r: a - s, L: 'where(r > 0, r^2, -r)'}"
    file.write_text(f"graph: {{inputs: [w, x, y], parameters: [w], nodes: {nodes}, output: L}}", encoding="utf-8")
    asked = Exported(file, "numpy", level="blank")
    found = [line.split(":")[0].split()[-1] for line in asked.text.splitlines() if ": derivative with" in line]
    assert found == ["dL_dr", "dL_da", "dL_dz", "dL_dw"]
    assert not failures(filled_in(asked.text, Exported(file, "numpy").text), asked.tests)


def test_the_seed_decides_what_is_left_to_write():
    """A faded program has some of its lines; others with another seed, the same with the same one."""
    first, again, other = (Exported(example("xor"), "numpy", level="faded", seed=seed).text for seed in (1, 1, 2))
    assert first == again != other
    lines = [line for line in first.splitlines() if "# (" in line]
    assert 0 < sum(" = ... " in line for line in lines) < len(lines)


def slips(text):
    """Yield a program once with each slip in its passes: a sign, an operand, a function, a transpose, a constant."""
    tree = ast.parse(text)
    passes = [node for node in tree.body if getattr(node, "name", "") in PASSES]
    lines = [one for node in passes for one in node.body if isinstance(one, ast.Assign) and changes(one.value)]
    for line in lines:
        right = line.value
        for node in [one for one in ast.walk(right) if isinstance(one, ast.expr)]:
            for other in changes(node):
                line.value = Replaced(node, other).visit(right) if node is not right else other
                yield ast.unparse(tree), ast.unparse(line)
                line.value = Replaced(other, node).visit(line.value) if node is not right else right


class Replaced(ast.NodeTransformer):
    """Puts one node of an expression in the place of another."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        """Return a node, or the other one in its place."""
        return self.new if node is self.old else super().visit(node)


def changes(node):
    """Return what a slip makes of an operation."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        swapped = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}[type(node.op)]()
        return [node.left, node.right, ast.BinOp(node.left, swapped, node.right)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [node.operand]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return [node.value]
    return []


# Every entry that a maximum takes is above 0, so that relu changes nothing on the way back.
EQUAL = {"cnn": {"dL_dZ = dL_dA"}}


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize(
    "name", ["xor", "C1", "C4", "cs4045-q2", "attention", pytest.param("cnn", marks=pytest.mark.campaign)]
)
def test_each_single_slip_fails_a_test(name, request):
    """A sign, a forgotten or wrong operand, a matrix that is not transposed: each in any line makes a test fail."""
    full = Exported(example(name), "numpy")
    tried = list(slips(full.text))
    assert len(tried) > 5
    assert not failures(full.text, full.tests)
    everyday = "campaign" not in request.config.option.markexpr.replace("not campaign", "")
    chosen = random.Random(name).sample(tried, min(25, len(tried))) if everyday else tried  # noqa: S311 - a sample
    passed = {line for text, line in chosen if not failures(text, full.tests)}
    assert passed <= EQUAL.get(name, set())


@pytest.mark.parametrize("name", ["C4", pytest.param("xor", marks=pytest.mark.campaign)])
def test_each_mistake_of_the_catalogue_fails_a_test(name):
    """A derivative that comes out as one of the mistakes makes it come out fails the tests."""
    path = example(name)
    program = Exported(path, "python")
    items = exported(solved(path), scheme_of(solved(path))).parts[0].items
    lines = {line.of[0]: line for line in program.listing.lines() if not line.is_derivative}
    lines |= {f"d{program.worked.parts[0].network.loss}/d{line.of[0]}": line for line in program.listing.backward}
    seen = 0
    for item in items:
        line = lines.get(item.id.partition("@")[0])
        if line is None or item.id.endswith(("@2", "@3", "@4")):
            continue
        for mistake in item.mistakes:
            wrong = program.text.replace(
                f"    {line.name} = ", f"    {line.name} = {float(mistake.band.value)} + 0 * ", 1
            )
            assert wrong != program.text
            assert failures(wrong, program.tests), (item.id, mistake)
            seen += 1
    assert seen > 3


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not installed")
@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("name", OFTEN)
def test_programs_are_laid_out_as_a_formatter_would(name, tmp_path):
    """There is nothing for ruff to change, and nothing wrong that it finds."""
    # Number by number, a program of windows has sums of products of comparisons: these stand as they are read best.
    for language in PYTHON if name != "cnn" else set(PYTHON) - {"python"}:
        for level in LEVELS:
            form = ProgramForm(language, level, True, False, 1)
            for file, text in program_files(solved(example(name)), name, form).items():
                (tmp_path / f"{language}_{level}").mkdir(exist_ok=True)
                (tmp_path / f"{language}_{level}" / file).write_text(text, encoding="utf-8")
    # The letters of a notation may be l, O or I; what is left to write uses what is there.
    rules = ["--isolated", "--line-length", "100"]
    chosen = ["--select", "E,F,W", "--ignore", "E741,F401,F841"]
    assert subprocess.run(["ruff", "check", *rules, *chosen, tmp_path], check=False).returncode == 0
    done = subprocess.run(["ruff", "format", *rules, "--diff", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.everyday(4, every=False)
@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", OFTEN)
def test_a_notebook_is_valid(name, level, language):
    """As a notebook nbformat accepts a program; what is left to write is a cell marked as an exercise."""
    form = ProgramForm(language, level, True, True, 1)
    for file, text in program_files(solved(example(name)), name, form).items():
        assert file.endswith(".ipynb")
        read = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
        nbformat.validate(read)
        marked = [cell for cell in read.cells if "exercise" in cell.metadata.get("tags", ())]
        assert bool(marked) is (level != "full")
        assert all(len(cell.source.splitlines()) > 1 for cell in marked)


def test_the_cells_of_a_notebook_run_in_their_order():
    """A full notebook runs from its first cell to its last, with its tests; one to write fails in them."""
    form = ProgramForm("numpy", "full", True, True, 0)
    for level, fails in (("full", False), ("blank", True)):
        ((_, text),) = program_files(solved(example("xor")), "xor", form._replace(level=level)).items()
        cells = [cell.source for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]
        if fails:
            with pytest.raises(NotImplementedError):
                module("\n".join(cells))
        else:
            assert close(float(module("\n".join(cells))["OBJECTIVE"]), 0.7020177127610694)


@pytest.mark.campaign
def test_a_notebook_runs_in_jupyter(tmp_path):
    """A kernel runs a full notebook without an error."""
    form = ProgramForm("numpy", "full", True, True, 0)
    ((_, text),) = program_files(solved(example("xor")), "xor", form).items()
    NotebookClient(
        nbformat.reads(text, as_version=4), timeout=120, resources={"metadata": {"path": tmp_path}}
    ).execute()


# Names that a language, or the text around them, has a use for.
NAMES = [
    "data",
    "values",
    "total",
    "Object",
    "process",
    "np",
    "sum",
    "eval",
    "constructor",
    "GRADIENTS",
    "name",
]


@pytest.mark.parametrize("language", ["numpy", "python", "js"])
def test_a_description_never_becomes_code(language, tmp_path):
    """Its title is a comment that nothing ends, and its names are variables that hide nothing."""
    chain = dict(zip(NAMES[1:], [f"{before} + x" for before in NAMES], strict=False))
    for last in ("Object", "GRADIENTS"):
        nodes = {name: text for name, text in chain.items() if name != last} | {last: "name * x"}
        nodes = {name: text.replace(f"{last} +", "x +") for name, text in nodes.items()}
        source = {"title": HOSTILE, "graph": {"inputs": ["data", "x"], "nodes": nodes, "output": last}}
        program = Exported({**source, "at": {"data": 2, "x": 3}}, language)
        assert close(float(program.ran(tmp_path)["objective"]), program.known()["loss"])
        assert f"{program.listing.objective.name} = " in program.printed(tmp_path)
    assert not (tmp_path / "hacked").exists()
    assert not Path("hacked").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_writes_a_program_and_its_tests(language, tmp_path):
    """The files are called after the description, as modules can be; what somebody has edited is kept."""
    description = tmp_path / "2 my-exercise.yaml"
    shutil.copy(example("C4"), description)
    suffix = DIALECTS[language].suffix
    test = "test_program_2_my_exercise.py" if suffix == ".py" else "program_2_my_exercise.test.mjs"
    files = [tmp_path / f"program_2_my_exercise{suffix}", tmp_path / test]
    options = (description, "--to", language, "--tests", "-o", tmp_path)
    assert run(*options).output == "".join(f"wrote {file}\n" for file in files)
    files[0].write_text(files[0].read_text(encoding="utf-8") + "\n", encoding="utf-8")
    result = run(*options)
    assert (result.exit_code, "kept" in result.output) == (2, True)


@pytest.mark.parametrize("name", ["numpy", "torch", "pytest", "math", "class", "2", "-", "../x", "größe"])
def test_a_file_hides_no_module(name):
    """What a file is called can be imported, and is nothing that programs or their tests import."""
    module = module_name(name)
    assert module.isidentifier()
    assert not keyword.iskeyword(module)
    assert importlib.util.find_spec(module) is None


def test_too_many_variables_are_refused(monkeypatch):
    """Without arrays each number is a variable: a limit, with what to do, comes before the work."""
    monkeypatch.setattr("symnet.programs.build.MOST_PROGRAM_LINES", 5)
    with pytest.raises(NoProgramError, match=r"found 16 quantities.*at most 5\. Take --to numpy, which has arrays"):
        program_files(solved(example("xor")), "xor", ProgramForm("js", "full", False, False, 0))


def test_there_is_no_program_of_second_derivatives():
    """Newton's method is refused with what to do; without its training the exercise is a program."""
    with pytest.raises(NoProgramError, match=r"found optimizer: newton.*Leave the key training out"):
        program_files(solved(example("newton")), "newton", ProgramForm("numpy", "full", False, False, 0))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "js", "--notebook"), "--notebook: found --to js"),
        (("--to", "numpy", "--count", "3"), "--count: numpy takes none"),
        (("--to", "moodle", "--tests"), "--tests: moodle takes none"),
        (("--to", "numpy", "--tests", "-o", "-"), "-o -: found 2 files"),
    ],
)
def test_what_does_not_go_together_is_said(arguments, says):
    """An option that has no meaning for a target is one line on standard error, and status 2."""
    result = run(example("C4"), *arguments)
    assert result.exit_code == 2
    assert says in result.output

"""``%%symnet`` in a notebook: sheets and marked answers below a cell, errors as messages, and the example notebook."""

import re
import subprocess
import sys

import nbformat
import pytest
from documents import ROOT
from katex import formulas, refused

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

NOTEBOOK = ROOT / "examples" / "notebook.ipynb"
NEURON = "inputs: 1\nlayers: [{units: 1, activation: sigmoid}]\nloss: binary_cross_entropy\n"
MARKDOWN, HTML, TEXT = "text/markdown", "text/html", "text/plain"


@pytest.fixture(scope="module")
def shell():
    """A shell of IPython with the magic."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    made = InteractiveShell.instance(config=config)
    made.run_line_magic("load_ext", "symnet")
    yield made
    made.cleanup() if hasattr(made, "cleanup") else None
    InteractiveShell.clear_instance()


class Ran:
    """What a cell shows: its outputs, what it prints, and what is wrong."""

    def __init__(self, shell, cell):
        with capture_output() as captured:
            self.result = shell.run_cell(cell)
        self.outputs = [output.data for output in captured.outputs]
        if self.result.result is not None:
            self.outputs.append(shell.display_formatter.format(self.result.result)[0])
        self.out, self.err = captured.stdout, captured.stderr

    @property
    def error(self):
        """What is printed of an error."""
        assert self.result.error_in_exec is not None
        return self.out + self.err


def refusal(shell, cell):
    """Return what is said of a cell that cannot be used; nothing of it is a traceback."""
    ran = Ran(shell, cell)
    said = ran.error
    assert ran.outputs == []
    assert "Traceback" not in said
    assert "File " not in said
    assert all(line.startswith(("error: ", "    ")) for line in said.strip().splitlines())
    return said


def test_a_cell_shows_its_sheet(shell):
    """The sheet of a description stands below its cell, in the form that is asked for; a name holds the solution."""
    plain = Ran(shell, f"%%symnet work\n{NEURON}")
    matrix = Ran(shell, f"%%symnet --form matrix\n{NEURON}")
    (sheet,), (other,) = plain.outputs, matrix.outputs
    assert {TEXT, MARKDOWN, HTML} <= sheet.keys()
    assert "Backward pass" in sheet[TEXT]
    assert r"\mathbf{W}" in other[MARKDOWN]
    assert r"\mathbf{W}" not in sheet[MARKDOWN]
    assert shell.user_ns["work"].gradients.keys() == {"w1_1_1", "b1_1"}


def test_options_choose_the_sheet(shell):
    """Style, detail, language and notation are those of the command line, and a worksheet has a level."""
    path, full = (
        Ran(shell, f"%%symnet --{option}\n{NEURON}").outputs[0][TEXT] for option in ("style paths", "detail full")
    )
    assert path != full
    german = Ran(shell, f"%%symnet --language de --worksheet blank --notation bishop\n{NEURON}").outputs[0][TEXT]
    assert "Aufgaben" in german or "Lösungen" not in german
    assert ".........." in german or "…" in german or "Ableitung" in german


def test_answers_in_a_dictionary_are_marked(shell):
    """The answers in a variable are marked, and the mistake is named."""
    shell.user_ns["mine"] = {"z1_1": "w1_1_1*x1 + b1_1", "dL/db1_1": "a1_1 + y1"}
    (report,) = Ran(shell, f"%%symnet --check mine\n{NEURON}").outputs
    assert "1 of 6 marks" in report[MARKDOWN]
    assert "incorrect" in report[TEXT]


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        (
            "",
            "inputs: 1\nlayers: [{units: 1, activation: sigmoyd}]\nloss: hinge\n",
            'cell:2:33: layers[1].activation: found "sigmoyd"',
        ),
        ("", "inputs: [\n", "error: cell:"),
        ("", "# nothing\n", "error: cell"),
        ("", "graph:\n  inputs: [x, y]\n  nodes: {f: x y}\n  output: f\n", "    x y\n      ^"),
        ("--form circular", NEURON, "invalid choice: 'circular'"),
        ("--frm matrix", NEURON, "unrecognized arguments: --frm"),
        ("--only zz", NEURON, "zz"),
        ("--worksheet easy", NEURON, 'level: found "easy"; expected'),
        ("--notation bishap", NEURON, "bishop"),
        ("--language xx", NEURON, "xx"),
        ("'", NEURON, "no closing quotation"),
        ("print(1)", NEURON, "found 'print(1)'; expected the name of a variable"),
        ("if", NEURON, "found 'if'; expected the name of a variable"),
        ("--check missing", NEURON, "found 'missing', no variable of this notebook"),
        ("--check number", NEURON, "found 'number', a value of the type int"),
        ("--check number.real", NEURON, "found 'number.real', no variable of this notebook"),
        ("--check empty --loss huber", NEURON, "expected binary_cross_entropy"),
    ],
)
def test_what_is_wrong_is_a_message(shell, line, cell, said):
    """What is wrong with a cell or its options is told as in the terminal, without a traceback."""
    shell.user_ns |= {"number": 3, "empty": {"z1_1": 0}}
    assert said in refusal(shell, f"%%symnet {line}\n{cell}")


def test_nothing_in_the_line_is_evaluated(shell):
    """The name of a variable is looked up, never evaluated; a failed cell leaves the variable as it is."""
    shell.user_ns["called"] = []
    shell.user_ns["work"] = "before"
    for line in ("--check called.append(1)", "--check '{called.append(1)}'", "work --check called.append(1)"):
        refusal(shell, f"%%symnet {line}\n{NEURON}")
    assert shell.user_ns["called"] == []
    assert shell.user_ns["work"] == "before"


@pytest.mark.parametrize(
    "answers",
    [
        {"z1_1": "(" * 100_000},
        {"z1_1": "9" * 1_000_000},
        {f"q{number}": "1" for number in range(100_000)},
        {"z1_1": object(), 3: None, "dL/dw1_1_1": ["a"] * 1000},
        {"<script>alert(1)</script>": "<b>x</b>"},
    ],
    ids=["deep", "long", "many", "no answers", "markup"],
)
def test_hostile_answers_are_marked_or_refused(shell, answers):
    """Answers of any size and kind are marked, or refused with a message; none of them becomes markup."""
    shell.user_ns["mine"] = answers
    ran = Ran(shell, f"%%symnet --check mine\n{NEURON}")
    assert "Traceback" not in ran.out + ran.err
    for output in ran.outputs:
        assert "<script>" not in output[HTML]
        assert "<script>" not in output[MARKDOWN]
        assert len(output[HTML]) < 3_000_000


def cells():
    """Return the code cells of the example notebook."""
    read = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(read)
    return [cell.source for cell in read.cells if cell.cell_type == "code"]


def formulas_shown(outputs):
    """Return the formulas of the Markdown of some outputs."""
    return [one for output in outputs if MARKDOWN in output for one in formulas(output[MARKDOWN])]


def test_the_cells_of_the_example_run(shell):
    """Every cell of the example notebook runs, and KaTeX in strict mode takes every formula that they show."""
    outputs = []
    for cell in cells():
        ran = Ran(shell, cell)
        ran.result.raise_error()
        outputs += ran.outputs
    assert len(outputs) >= 9
    # The wrong answer of the example is one that is named.
    assert "sign" in outputs[-2][TEXT]
    found = formulas_shown(outputs)
    assert len(found) > 40
    assert refused(found) == []


def test_the_page_shows_cells_of_the_example():
    """The cells that the page of the site shows are cells of the example notebook, which are run."""
    text = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    found = re.findall(r"^```text\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 3
    assert set(found) <= set(cells())


@pytest.mark.campaign
def test_the_example_is_executed_and_converted(tmp_path):
    """The program nbclient executes the example in a kernel of its own, and nbconvert makes a page of it."""
    from nbclient import NotebookClient

    pytest.importorskip("nbconvert")
    read = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    NotebookClient(read, timeout=300, kernel_name="python3").execute()
    outputs = [output for cell in read.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in {"error", "stream"}]
    assert refused(formulas_shown([output.data for output in outputs])) == []
    path = tmp_path / "notebook.ipynb"
    nbformat.write(read, path)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output", "notebook.html", str(path)]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    page = (tmp_path / "notebook.html").read_text(encoding="utf-8")
    assert page.count('<section class="symnet"') >= 7
    assert "<math" in page
    assert "<svg" in page

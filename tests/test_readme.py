"""Every command and every output of the README is real."""

import doctest
import os
import re
import shutil
import subprocess

import pytest
from documents import ROOT, lay_out, prints, run, run_here, sessions

README = (ROOT / "README.md").read_text(encoding="utf-8")
# The commands that install; others beside them are of symnet alone.
SHELL = re.findall(r"^```sh\n(python3 [^\n]*\n)```$", README, re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder where commands run, with all files that they name."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


each_session = pytest.mark.parametrize(
    "session",
    [
        pytest.param(one, id=one.name, marks=[pytest.mark.campaign] if one.takes_long else [])
        for one in sessions("README.md")
    ],
)


@each_session
@pytest.mark.usefixtures("folder")
def test_a_command_prints_what_the_readme_says(session):
    """Each command prints what stands below it."""
    for command, output in session.steps:
        printed = run_here(command)
        assert prints(output, printed), printed


@pytest.mark.everyday(2)
@each_session
@pytest.mark.usefixtures("folder")
def test_a_command_prints_it_as_a_process(session):
    """So does the program itself, in a process of its own."""
    for command, output in session.steps:
        printed = run(command)
        assert prints(output, printed), printed


def test_there_are_commands():
    """The README shows how a description looks, a solution, a mistake in a file and marked answers, and stays short."""
    assert len(sessions("README.md")) >= 4
    assert len(README.splitlines()) <= 130, "what else there is to say goes on its page in docs/, see CONTRIBUTING.md"


@pytest.mark.usefixtures("folder")
def test_the_python_example():
    """The Python session prints what the README says."""
    block = README.split("```python\n")[1].split("```")[0]
    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert len(test.examples) >= 4
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_two_commands_are_the_ones_that_are_meant():
    """One command installs and solves, the other installs and tests, with extras that exist."""
    import tomllib

    assert len(SHELL) == 2
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for command, wanted in zip(SHELL, ("symnet solve examples/cs4045-q1.yaml", "python -m pytest"), strict=True):
        assert command.rstrip().endswith(wanted)
        (named,) = re.findall(r"'\.\[([a-z,]+)\]'", command)
        assert set(named.split(",")) <= extras.keys()


@pytest.mark.campaign
def test_the_first_command_works_in_a_fresh_copy(tmp_path):
    """In a copy of the sources and nothing else, the first command makes the .tex and a PDF."""
    copy = tmp_path / "symnet"
    left_out = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "dist", "build")
    shutil.copytree(ROOT, copy, ignore=left_out)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # The modules that are used are compiled when they are; compiling all would be most of the work.
    environment["PIP_NO_COMPILE"] = "1"
    subprocess.run(["bash", "-c", SHELL[0]], cwd=copy, env=environment, check=True, capture_output=True, timeout=600)
    assert (copy / "cs4045-q1.tex").read_text(encoding="utf-8").startswith("\\documentclass")
    assert (copy / "cs4045-q1.pdf").read_bytes().startswith(b"%PDF")


def test_the_python_that_is_needed_is_named_before_the_command():
    """Which Python is needed, how long the commands take, and how much they install, stands above them."""
    above = README.split(SHELL[0])[0]
    assert "Python 3.11 or later is needed" in above
    assert re.search(r"half a minute .* installs \d+ MB", " ".join(above.split()))
    assert "processor time" in README.split(SHELL[1])[0]


def test_links_and_pictures_are_there():
    """Every link to a file of the repository leads to one, and to a heading of it where it names one."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)#?([^)]*)\)", README)
    assert len(links) >= 20
    for link, heading in links:
        assert (ROOT / link).exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)$", (ROOT / link).read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [title.lower().replace(" ", "-") for title in headings]

"""Commands and outputs on the pages of the site are real, links lead somewhere, and the site is built."""

import doctest
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from documents import ROOT, lay_out, prints, run_here, sessions

from symnet.cli.app import COMMANDS
from symnet.cli.new import templates
from symnet.render.formats import FORMATS, SHEETS

PAGES = sorted((ROOT / "docs").glob("*.md"))
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
# In a tutorial a command may go on from those before it.
TUTORIALS = {"instructors.md", "students.md", "programmers.md"}
ALL = [session for page in PAGES for session in sessions(f"docs/{page.name}", whole=page.name in TUTORIALS)]
# Links of Markdown, without those in code.
LINK = re.compile(r"\]\(((?:[^()\s]|\([^()\s]*\))+)\)")
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def links(text):
    """Return all targets of links and pictures of a page."""
    return LINK.findall(CODE.sub("", text))


@pytest.fixture
def documented(tmp_path, monkeypatch):
    """A folder where commands run, with all files that they name."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.everyday(12, every=False)
@pytest.mark.parametrize(
    "session",
    [
        pytest.param(one, id=f"{number}-{one.name}", marks=[pytest.mark.campaign] if one.takes_long else [])
        for number, one in enumerate(ALL)
    ],
)
@pytest.mark.usefixtures("documented")
def test_a_command_prints_what_a_page_says(session):
    """Each command prints what stands below it, run one after the other where a page shows several."""
    for command, output in session.steps:
        printed = run_here(command)
        assert prints(output, printed), printed


@pytest.mark.parametrize(("page", "formats"), [("solve.md", FORMATS), ("check.md", FORMATS), ("variants.md", SHEETS)])
def test_lists_of_formats_are_whole(page, formats):
    """Where a page lists the formats of its command, it lists all of them and no other."""
    lists = [found.split(",") for found in re.findall(r"`(?:-f )?(\w+(?:,\w+){2,})`", TEXTS[page])]
    assert [sorted(one) for one in lists if "tex" in one] == [sorted(formats)]


@pytest.mark.parametrize("page", [name for name, text in TEXTS.items() if "```python\n" in text])
@pytest.mark.usefixtures("documented")
def test_the_python_of_a_page_is_real(page):
    """A session of Python prints what a page says, with the files that its commands begin, block after block."""
    for session in sessions(f"docs/{page}"):
        for command, _output in session.steps:
            if command.startswith("symnet new "):
                run_here(command)
    blocks = re.findall(r"```python\n(.*?)```", TEXTS[page], re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    assert len(test.examples) >= 4
    assert doctest.DocTestRunner().run(test).failed == 0


def test_there_are_pages():
    """The pages have tutorials, commands at work, each command by its name, and each template."""
    assert TUTORIALS | {"proven.md", "marking.md", "mathematics.md", "comparison.md"} <= TEXTS.keys()
    assert len(ALL) > 15
    whole = "\n".join(TEXTS.values())
    assert [name for name in COMMANDS if f"\n| [`symnet {name}`](" not in TEXTS["start.md"]] == []
    assert [name for name in templates()[1:] if f"`{name}`" not in whole] == []


@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --no-files")]
)
def test_the_shell_completes(shell, sign):
    """The script that the site names for a shell is printed, and completes the name of a command."""
    assert f"_SYMNET_COMPLETE={shell}_source symnet" in TEXTS["start.md"]
    command = [sys.executable, "-c", "from symnet.cli.app import main; main()"]
    words = {"COMP_WORDS": "symnet wor", "COMP_CWORD": "wor" if shell == "fish" else "1"}
    script, completed = (
        subprocess.run(
            command, env=os.environ | words | {"_SYMNET_COMPLETE": f"{shell}_{what}"}, capture_output=True, check=False
        ).stdout.decode()
        for what in ("source", "complete")
    )
    assert sign in script
    assert "_SYMNET_COMPLETE" in script
    assert "worksheet" in completed
    assert "solve" not in completed


@pytest.mark.parametrize("page", TEXTS)
def test_links_lead_to_something(page):
    """Every link to a page or a file leads to one that is there, or that is made when the site is."""
    made = {f"generated/{name}.md" for name in ("gallery", "commands", "format", "catalog", "rules", "mistakes")}
    for target in links(TEXTS[page]):
        path = target.partition("#")[0]
        if not re.match(r"https?:", target) and path not in made | {""}:
            assert (ROOT / "docs" / path).exists(), target


def test_every_page_is_found():
    """Every page stands in the table of contents."""
    contents = set(re.findall(r"^[a-z/-]+$", TEXTS["index.md"], re.MULTILINE))
    assert {name.removesuffix(".md") for name in TEXTS} - {"index"} <= contents


@pytest.mark.campaign
@pytest.mark.skipif("SYMNET_EXTERNAL_LINKS" not in os.environ, reason="SYMNET_EXTERNAL_LINKS is not set")
def test_links_to_elsewhere_are_there():
    """Every address that a page links to answers; one that refuses programs, or is not reached, is no fault of ours."""
    gone, reached = [], 0
    for target in sorted({link for text in TEXTS.values() for link in links(text) if link.startswith("https:")}):
        request = urllib.request.Request(target, headers={"User-Agent": "Mozilla/5.0"})  # noqa: S310 - https alone
        try:
            urllib.request.urlopen(request, timeout=20).close()  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.code in {404, 410}:
                gone.append(target)
        except OSError as error:
            print(f"not reached: {target}: {error}")
            continue
        reached += 1
    if not reached:
        pytest.skip("no address was reached: is there a network?")
    assert gone == []


@pytest.mark.campaign
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_site_is_built_without_a_warning(tmp_path):
    """One command makes the site from a copy of the sources, with the pages that come from the program."""
    pytest.importorskip("sphinx")
    pytest.importorskip("typst")
    copy = tmp_path / "symnet"
    left_out = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "_build", "_extra", "generated")
    shutil.copytree(ROOT, copy, ignore=left_out)
    command = [sys.executable, "docs/build.py", "--gallery", "C4,xor", "-o", str(tmp_path / "site")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert (site / "gallery" / "C4" / "C4.pdf").read_bytes().startswith(b"%PDF")
    assert "<script" in (site / "gallery" / "C4" / "C4-interactive.html").read_text(encoding="utf-8")
    gallery = (site / "generated" / "gallery.html").read_text(encoding="utf-8")
    for name in re.findall(r'href="\.\./(gallery/[^"]+)"', gallery):
        assert (site / name).exists()
    assert "training.optimizer" in (site / "generated" / "format.html").read_text(encoding="utf-8")
    assert "symnet.Solution" in (site / "api.html").read_text(encoding="utf-8")

"""What the page in a browser asks of symnet holds in this Python, too; `web/test/` tries the page itself."""

import base64
import importlib.util
import io
import json
import os
import re
import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from symnet.render.learning import script_hash

# Of the command line alone, which no page has.
_NOT_IN_THE_PAGE = {"click", "rich"}
_USUAL = {
    "name": "C4",
    "answers": "",
    "loss": "",
    "sheet": "solution",
    "notation": "",
    "language": "",
    "level": "blank",
}
_CHOICES = {"form": "scalar", "style": "delta", "detail": "compact", "page": "plain"}


@pytest.fixture(scope="module")
def bridge(root, tmp_path_factory):
    """The bridge, imported beside a page that is told nothing, in a folder of its own."""
    place, before = tmp_path_factory.mktemp("page"), Path.cwd()
    sys.modules["page"] = SimpleNamespace(stage=lambda _stage: None)
    os.chdir(place)
    spec = importlib.util.spec_from_file_location("bridge", root / "web" / "src" / "bridge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    os.chdir(before)
    del sys.modules["page"]


@pytest.fixture
def ask(bridge, root):
    """Asks the bridge about an example, as the page does."""
    text = (root / "examples" / "C4.yaml").read_text(encoding="utf-8")

    def asked(name, **more):
        return json.loads(bridge.answer(name, json.dumps({"text": text} | _USUAL | _CHOICES | more)))

    return asked


def test_each_sheet_is_a_page(ask):
    """The solution, the worksheet and its key come as HTML, with the title and the losses of the exercise."""
    sheets = {kind: ask("sheet", sheet=kind) for kind in ("solution", "worksheet", "key")}
    assert len({answer["html"] for answer in sheets.values()}) == 3
    assert all(answer["html"].startswith("<!DOCTYPE html>") for answer in sheets.values())
    assert all(answer["title"].startswith("C4") for answer in sheets.values())


@pytest.mark.parametrize(("sheet", "has_script"), [("solution", True), ("worksheet", True), ("key", False)])
def test_a_sheet_may_be_a_page_to_learn_with(ask, sheet, has_script):
    """A solution and a worksheet have the script whose hash the page allows, and say so; a key has none."""
    shown = ask("sheet", sheet=sheet, page="interactive")
    assert shown["isInteractive"] is has_script
    assert (f"script-src '{script_hash()}'" in shown["html"]) is has_script


def test_answers_to_fill_in_are_marked(ask):
    """What there is to answer is written; a correct and an incorrect answer are told apart, each at its line."""
    assert "f:" in ask("blank")["answers"]
    marked = ask("check", answers="answers:\n  q: 3\n  f: 12\n", sheet="marked")
    assert [(line["line"], line["id"], line["correct"]) for line in marked["lines"]][:2] == [
        (2, "q", True),
        (3, "f", False),
    ]
    assert marked["html"].startswith("<!DOCTYPE html>")


def test_each_file_is_there_and_all_of_them_in_one(ask):
    """Files come by their formats, and an archive has the description with all formats."""
    tex = ask("file", format="tex")
    assert tex["name"] == "C4.tex"
    assert rb"\begin{document}" in base64.b64decode(tex["content"])
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(ask("file", format="zip")["content"]))) as files:
        assert {"C4.yaml", "C4.tex", "C4.html", "C4.json", "C4.md"} <= set(files.namelist())


def test_problems_are_told_with_their_places(ask):
    """A problem of the description and one of the answers say which of the two, and where."""
    (of_description,) = ask("read", text="inputs: 2\nlayers: [{units: 1, activation: sigmoyd}]\nloss: squared_error\n")[
        "problems"
    ]
    assert (of_description["of"], of_description["line"]) == ("description", 2)
    (of_answers,) = ask("check", answers="answers: 3\n")["problems"]
    assert (of_answers["of"], of_answers["line"]) == ("answers", 1)


def test_a_choice_that_an_exercise_does_not_have_is_told_by_its_name(ask):
    """What the command line says of an option, the page says of its choice."""
    (problem,) = ask("sheet", form="matrix")["problems"]
    assert problem["text"].startswith("Form: found matrix for a computation graph;")


def test_the_page_has_what_symnet_depends_on(root):
    """Every dependency that is not the command line's is among the wheels of the page, in a version that is allowed."""
    lines = (root / "web" / "wheels.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(re.fullmatch(r"([\w-]+)==([\w.]+)", line).groups() for line in lines if line and line[0] != "#")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for needed in map(Requirement, project["dependencies"]):
        if needed.name not in _NOT_IN_THE_PAGE:
            assert pinned[needed.name] in needed.specifier, needed

"""All sheets in one PDF: one run of an engine, each sheet with pages and a header of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest
from classes import PRODUCT, source
from click.testing import CliRunner

from symnet.cli.app import cli
from symnet.errors import OutputError
from symnet.render.bound import SheetSource, binding, join_tex, join_typst
from symnet.variants import volumes
from symnet.variants.folder import Order, fill, tasks
from symnet.variants.select import Looked
from symnet.variants.sheets import FilesAsked, Student

ENGINES = [pytest.param("pdflatex", marks=pytest.mark.campaign), "typst"]
STUDENTS = [Student("Ada Lovelace"), Student(r"\end{document} #show: %{"), Student("Müller, Jürgen")]


def words_of(pdf, page):
    """Return the words on one page of a PDF."""
    run = ["pdftotext", "-f", str(page), "-l", str(page), "-layout", str(pdf), "-"]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout


def pages_of(pdf):
    """Return how many pages a PDF has."""
    found = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    return int(found.split("Pages:")[1].split()[0])


def ordered(folder, engine, students=STUDENTS, *, key=False):
    """Return an order whose sheets have sources for an engine, and the sheets."""
    made = tasks([Looked(number, {}, 1, ()) for number in range(len(students))], students)
    order = Order(source(PRODUCT), FilesAsked((binding(engine).suffix,), "blank", key, engine), Path(folder))
    fill(order, made)
    return order, made


@pytest.mark.parametrize("engine", ENGINES)
def test_each_sheet_in_one_pdf_begins_on_a_page_1_of_its_own(engine, tmp_path):
    """The PDF of all has the pages of each, in their order, with the name and the code of that sheet on its pages."""
    if shutil.which("pdftotext") is None or (engine == "pdflatex" and shutil.which(engine) is None):
        pytest.skip("pdftotext or the engine is not installed")
    order, made = ordered(tmp_path, engine)
    (path,) = volumes.bind(order, made)
    each = pages_of(path) // len(made)
    assert pages_of(path) == each * len(made) > 0
    for place, task in enumerate(made):
        first, last = (words_of(path, place * each + page) for page in (1, each))
        assert task.student.name.split()[-1] in first
        assert [first.split()[-1], last.split()[-1]] == ["1", str(each)]
        code = next(word for word in first.split() if word.count("-") == 3)
        assert code in last


def test_what_is_there_is_not_set_again(tmp_path, monkeypatch):
    """A PDF whose sheets are as they were stays; with a sheet made anew, or the PDF lost, it is made."""
    monkeypatch.setattr(volumes, "MOST_BOUND", 2)
    order, made = ordered(tmp_path, "typst", key=True)
    compiled = []
    how = binding("typst")._replace(compiled=lambda text: compiled.append(text) or text.encode())
    monkeypatch.setattr(volumes, "binding", lambda _engine: how)
    names = ["all-worksheet-1.pdf", "all-worksheet-2.pdf", "all-key-1.pdf", "all-key-2.pdf"]
    assert [path.name for path in volumes.bind(order, made)] == names
    assert sorted(path.name for path in volumes.bind(order, made)) == sorted(names)
    assert len(compiled) == 4
    (tmp_path / names[2]).write_bytes(b"torn")
    (tmp_path / "0003-worksheet.typ").write_text((tmp_path / "0001-worksheet.typ").read_text(encoding="utf-8"))
    assert sorted(path.name for path in volumes.bind(order, made)) == sorted(names)
    assert len(compiled) == 6


@pytest.mark.parametrize("join", [join_tex, join_typst])
def test_what_is_no_sheet_is_refused(join):
    """A source that symnet did not write is named."""
    with pytest.raises(OutputError, match="0007: found no"):
        join([SheetSource("0007", "nothing")])


def test_the_command_binds_and_says_so(tmp_path):
    """`--bulk` makes one PDF of all sheets and none of each; without pdf among the formats it is refused."""
    spec = tmp_path / "graph.yaml"
    spec.write_text(f"{PRODUCT}screening: {{allow: explained_by_mistakes}}\n", encoding="utf-8")
    common = ["variants", str(spec), "--count", "2", "-o", str(tmp_path / "out"), "--bulk"]
    result = CliRunner().invoke(cli, [*common, "-f", "pdf", "--pdf-engine", "typst"])
    assert result.exit_code == 0, result.output
    assert "all-worksheet.pdf" in result.output
    found = {path.name for path in (tmp_path / "out").glob("*.pdf")}
    assert found == {"all-worksheet.pdf", "draws.pdf"}
    refused = CliRunner().invoke(cli, [*common, "-f", "tex"])
    assert refused.exit_code == 2
    assert "--bulk" in refused.output

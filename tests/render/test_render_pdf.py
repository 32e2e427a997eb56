"""The PDFs of both engines."""

import functools
import io
import re
import subprocess

import pytest
from render_samples import hostile, long, sheet

from symnet.errors import MissingToolError, OutputError
from symnet.render import pdf
from symnet.render.pdf import render_pdf, render_tex, run_pdflatex

pypdf = pytest.importorskip("pypdf")

DOCUMENTS = [sheet, hostile, long]


@functools.cache
def rendered(make, engine):
    """Return a document as a PDF, with its engine and what sticks out; each is made once."""
    return render_pdf(make(), engine)


def pages(pdf):
    """Return the text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.everyday(2, every=False)
@pytest.mark.usefixtures("pdflatex")
@pytest.mark.parametrize("make", DOCUMENTS)
def test_pdflatex_sets_every_document(make):
    """The real source compiles."""
    pdf, engine, _points = rendered(make, "pdflatex")
    assert engine == "pdflatex"
    assert pages(pdf)


@pytest.mark.everyday(2, every=False)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_typst_sets_every_document(make):
    """The embedded engine compiles the same documents."""
    pytest.importorskip("typst")
    pdf, engine, _points = rendered(make, "typst")
    assert engine == "typst"
    assert pages(pdf)


@pytest.mark.usefixtures("pdflatex")
def test_both_engines_give_the_same_bytes_each_time():
    """No date or random id gets into a file."""
    assert rendered(sheet, "pdflatex") == render_pdf(sheet(), "pdflatex")
    assert rendered(sheet, "typst") == render_pdf(sheet(), "typst")


@pytest.mark.everyday(1)
@pytest.mark.parametrize("make", [sheet, long])
def test_no_box_is_overfull(pdflatex, tmp_path, make):
    """Nothing sticks out by more than a point."""
    (tmp_path / "document.tex").write_text(render_tex(make()), encoding="utf-8")
    log = pdf._run(pdflatex, tmp_path, 60)
    assert "Overfull \\vbox" not in log
    assert [points for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 1] == []


@pytest.mark.usefixtures("pdflatex")
def test_all_fonts_are_embedded_and_none_is_a_bitmap():
    """Every font is Type 1 and has its file with it."""
    reader = pypdf.PdfReader(io.BytesIO(rendered(sheet, "pdflatex")[0]))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert font["/Subtype"] == "/Type1"
        assert "/FontFile" in font["/FontDescriptor"]


@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
def test_hostile_titles_print_as_they_are(engine, request):
    """The title stands on the page; no file was read, no sum was worked out."""
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    printed = " ".join(pages(rendered(hostile, engine)[0]))
    assert "{{7*7}}" in printed
    assert "[U+4E2D]" in printed
    assert "root:" not in printed


@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
def test_long_tables_run_over_pages(engine, request):
    """The last of two hundred rows is printed, with the head on its page."""
    if engine == "pdflatex":
        request.getfixturevalue("pdflatex")
    found = [page for page in pages(rendered(long, engine)[0]) if re.search(r"\b199\b", page)]
    assert found
    assert "step" in found[0]


def test_an_error_of_tex_is_cited(pdflatex):
    """The first line of the log that starts with an exclamation mark is in the message."""
    with pytest.raises(OutputError, match=r"! Undefined control sequence"):
        run_pdflatex(pdflatex, r"\documentclass{article}\begin{document}\nonsense\end{document}")


def test_tex_may_read_no_file_of_the_machine(pdflatex, tmp_path):
    """An absolute path is refused even in a source that asks for it."""
    (tmp_path / "secret.tex").write_text("secret", encoding="utf-8")
    with pytest.raises(OutputError, match="not found"):
        run_pdflatex(
            pdflatex, rf"\documentclass{{article}}\begin{{document}}\input{{{tmp_path}/secret}}\end{{document}}"
        )


def test_tex_that_never_ends_is_stopped(pdflatex, monkeypatch):
    """The time limit ends an endless loop."""
    monkeypatch.setattr(pdf, "_SECONDS", 1.0)
    with pytest.raises(OutputError, match="stopped after 1 second"):
        run_pdflatex(pdflatex, r"\documentclass{article}\begin{document}\loop\iftrue\repeat\end{document}")


def test_without_pdflatex_the_embedded_engine_is_taken(monkeypatch):
    """No TeX on PATH: Typst, and the result says so."""
    monkeypatch.setenv("PATH", "")
    assert render_pdf(sheet())[1] == "typst"


def test_an_engine_that_was_asked_for_must_be_there(monkeypatch):
    """The message says how to install what is missing."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingToolError, match=r"pip install 'symnet\[pdf\]'"):
        render_pdf(sheet(), "pdflatex")


def test_without_any_engine_the_message_says_what_to_install(monkeypatch):
    """Neither engine: exit code 3 and the command to run."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(MissingToolError, match=r"pip install 'symnet\[pdf\]'") as caught:
        render_pdf(sheet())
    assert caught.value.exit_code == 3


def test_rendering_imports_jinja_only_when_needed():
    """Importing the renderers costs nothing but themselves."""
    code = "import sys, symnet.render.pdf; print('jinja2' in sys.modules, 'typst' in sys.modules)"
    run = subprocess.run([__import__("sys").executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]

"""What an installation of TeX lacks is named, with what to install."""

import re

import pytest

from symnet.errors import MissingToolError, OutputError
from symnet.render.pdf import missing_in, run_pdflatex

SOURCE = "\\documentclass{article}\n%s\n\\begin{document}x\\end{document}\n"
LOGS = {
    "a package of the template": (
        "! LaTeX Error: File `booktabs.sty' not found.",
        "booktabs.sty",
        "apt install texlive-latex-recommended",
    ),
    "pictures": ("! LaTeX Error: File `tikz.sty' not found.", "tikz.sty", "apt install texlive-pictures"),
    "letters": ("! LaTeX Error: File `lmodern.sty' not found.", "lmodern.sty", "apt install lmodern"),
    "an encoding": ("! LaTeX Error: File `utf8.def' not found.", "utf8.def", "apt install texlive-latex-base"),
    "the class": ("! LaTeX Error: File `article.cls' not found.", "article.cls", "apt install texlive-latex-base"),
    "another one": ("! LaTeX Error: File `siunitx.sty' not found.", "siunitx.sty", "apt-file search siunitx.sty"),
    "a library": (
        "! Package tikz Error: I did not find the tikz library 'arrows.meta'. I looked",
        "arrows.meta",
        "texlive-pictures",
    ),
    "a font": (
        "! Font T1/lmr/m/n/10.95=ec-lmr10 at 10.95pt not loadable: Metric (TFM) file not found.",
        "ec-lmr10",
        "apt install lmodern",
    ),
}


@pytest.mark.parametrize(("line", "name", "install"), LOGS.values(), ids=LOGS)
def test_what_is_missing_is_named_with_what_to_install(line, name, install):
    """The file, library or font is named, the package that has it, and the engine that needs none of it."""
    error = missing_in(f"This is pdfTeX\n(./document.tex\n{line}\n\nType X to quit\n")
    assert isinstance(error, MissingToolError)
    assert error.exit_code == 3
    assert name in str(error)
    assert install in str(error)
    assert "--pdf-engine typst" in str(error)


def test_another_failure_is_none_of_an_installation():
    """A log with another error names nothing to install."""
    assert missing_in("! Undefined control sequence.\nl.3 \\frobnicate\n") is None
    assert missing_in("") is None


def test_all_packages_of_the_template_are_known(root):
    """Of every package that the template loads it is known which package of Debian has it."""
    preamble = (root / "templates" / "latex" / "preamble.tex").read_text(encoding="utf-8")
    loaded = [
        name for names in re.findall(r"\\usepackage(?:\[[^\]]*\])?\{([^}]*)\}", preamble) for name in names.split(", ")
    ]
    assert {"tikz", "booktabs", "lmodern"} <= set(loaded)
    for name in loaded:
        assert "apt install" in str(missing_in(f"! LaTeX Error: File `{name}.sty' not found."))


@pytest.mark.parametrize("line", ["\\usepackage{nosuchpackage}", "\\usepackage{tikz}\\usetikzlibrary{nosuchpackage}"])
def test_a_real_run_names_what_it_lacks(pdflatex, line):
    """TeX itself, asked for a package that there is not, gives that error."""
    with pytest.raises(MissingToolError, match="nosuchpackage"):
        run_pdflatex(pdflatex, SOURCE % line)


def test_a_real_run_with_another_error_is_not_mistaken(pdflatex):
    """What is wrong with a source is still the error that TeX says."""
    with pytest.raises(OutputError, match="Undefined control sequence"):
        run_pdflatex(pdflatex, SOURCE % "\\frobnicate")

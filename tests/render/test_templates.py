"""Templates of a user's own, and fragments: blocks are overridden, faults are located, nothing else can be done."""

import io
import re
import shutil
import subprocess

import jinja2
import pypdf
import pytest
from exercises import solved
from markup import page
from render_samples import sheet

import symnet
from symnet.errors import ChoiceError, TemplateProblemError
from symnet.limits import MOST_TEMPLATE_BYTES, MOST_TEMPLATES
from symnet.render.bytecode import KeptBeside
from symnet.render.html import render_html
from symnet.render.pdf import render_pdf, render_tex
from symnet.render.templates import KINDS, Design, environment, templates_dir

EXTENDS = '{% extends "symnet/document.html" %}\n'
LETTERHEAD = "Department of Mathematics"
# What each block of the samples is about.
BLOCKS = {
    *("section", "step", "runin", "paragraph", "note", "working", "fact", "result"),
    *("table", "question", "part", "room", "figure"),
}


def written(folder, source, name="html/document.html"):
    """Return a design whose templates are one file in a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return Design(folder)


def problem(folder, source):
    """Return what is said of an HTML template, without the folder."""
    with pytest.raises(TemplateProblemError) as caught:
        render_html(sheet(), written(folder, source))
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.fixture
def letterhead(tmp_path, root):
    """A folder with the letterhead of templates/README.md."""
    text = (root / "templates" / "README.md").read_text(encoding="utf-8")
    sources = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    names = ("latex/document.tex", "typst/document.typ", "html/document.html")
    for source, name in zip(sources, names, strict=True):
        written(tmp_path, source, name)
    return Design(tmp_path)


def test_the_letterhead_of_the_readme_is_on_every_format(letterhead, pdflatex):
    """The example that the documentation gives works in LaTeX, Typst and HTML, beside the title and all blocks."""
    assert pdflatex
    for engine in ("pdflatex", "typst"):
        pdf, *_ = render_pdf(sheet(), engine, letterhead)
        plain, *_ = render_pdf(sheet(), engine)
        first, usual = (pypdf.PdfReader(io.BytesIO(it)).pages[0].extract_text() for it in (pdf, plain))
        assert LETTERHEAD in first
        assert LETTERHEAD not in usual
        assert "How much does each weight matter?" in first
    root = page(render_html(sheet(), letterhead))
    assert LETTERHEAD in "".join(root.find("body/aside").itertext())
    assert len(list(root.iter("math"))) == len(list(page(render_html(sheet())).iter("math")))


def test_every_kind_of_block_can_be_overridden():
    """Each format has a block for each kind, and the same blocks but for the running header and the style."""
    found = {}
    for kind, ending in zip(KINDS, ("tex", "typ", "html", "md"), strict=True):
        source = (templates_dir() / kind / f"document.{ending}").read_text(encoding="utf-8")
        names = re.findall(r"(?:\\BLOCK\{|/\*%|\{%) ?block (\w+)", source)
        assert len(names) == len(set(names))
        assert BLOCKS | {"head", "body", "foot"} <= set(names)
        found[kind] = set(names) - {"whole", "style", "preamble", "header"}
    assert found["latex"] == found["typst"] == found["html"] == found["markdown"]


def test_a_block_of_ones_own_gets_the_data_of_the_block(tmp_path):
    """A template extends ours and changes one block; all else stays as it is."""
    design = written(tmp_path, EXTENDS + '{% block section %}<h2 class="own">{{ block.text }}!</h2>\n{% endblock %}')
    root = page(render_html(sheet(), design))
    assert [it.text for it in root.iter("h2")] == ["The network!", "Forward pass!"]
    assert len(list(root.iter("h3"))) == 1


def test_a_style_of_ones_own_follows_ours(tmp_path):
    """A file that ours includes can be replaced, and include ours."""
    design = written(tmp_path, '{% include "symnet/style.css" %}\nh1 { color: #123456; }\n', "html/style.css")
    style = page(render_html(sheet(), design)).find("head/style").text
    assert style.index("--accent") < style.index("#123456")


def test_folders_of_other_formats_change_nothing(tmp_path):
    """A format without templates of the user's is set by ours."""
    assert render_tex(sheet(), written(tmp_path, EXTENDS)) == render_tex(sheet())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% block secton %}{% endblock %}", "html/document.html:2: found the block 'secton'; expected one of whole"),
        ("{% block section %}\n{{ nam }}{% endblock %}", "html/document.html:3: found a name for nothing: 'nam' is"),
        ("{% if x %}", "html/document.html:2: found a fault: Unexpected end of template."),
        ("{% block head %}{{ 1/0 }}{% endblock %}", "html/document.html:2: found what cannot be worked out: division"),
        ('{% block head %}{% include "no.html" %}{% endblock %}', "html/document.html:2: found no template 'no.html'"),
        ('{% block head %}{% include "../latex/preamble.tex" %}{% endblock %}', "html/document.html:2: found no temp"),
    ],
)
def test_a_fault_is_located(tmp_path, source, said):
    """A block that ours has not, an unknown name, bad syntax: file, line, what was found."""
    assert problem(tmp_path, EXTENDS + source).startswith(said)


def test_a_near_miss_of_a_block_is_named(tmp_path):
    """A block that is hardly misspelled is answered with the right one."""
    assert problem(tmp_path, EXTENDS + "{% block secton %}{% endblock %}").endswith('Did you mean "section"?')


@pytest.mark.parametrize(
    "attack",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ blocks.append(1) }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{% for i in range(10**9) %}{% endfor %}",
    ],
)
def test_the_sandbox_holds(tmp_path, attack):
    """No template reaches Python, changes the data, or counts without end."""
    said = problem(tmp_path, attack)
    assert said.startswith("html/document.html:1: found what ")


@pytest.mark.parametrize(
    ("attack", "bound"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "seconds"),
        ("{{ 'x' * 10**11 }}", "MB of memory"),
        ("{{ 'x' * (2 * 10**6) }}", "MB of text"),
    ],
)
def test_what_takes_too_much_is_stopped(tmp_path, attack, bound, monkeypatch):
    """Time, memory and the length of what is made are bounded."""
    monkeypatch.setattr("symnet.render.overriding.TEMPLATE_SECONDS", 0.5)
    monkeypatch.setattr("symnet.render.overriding.MOST_TEMPLATE_RESULT", 1 << 20)
    assert re.search(rf"they take more than .* {bound};", problem(tmp_path, attack))


def test_templates_are_read_within_limits(tmp_path):
    """A folder without templates, a link out of it, too many files, one too long, one that is no text."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(TemplateProblemError, match="expected a folder that has latex/, typst/, html/"):
        render_html(sheet(), Design(tmp_path / "empty"))
    with pytest.raises(TemplateProblemError, match="expected a folder that has"):
        render_html(sheet(), Design(tmp_path / "missing"))
    design = written(tmp_path / "link", EXTENDS)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link/html/style.css").symlink_to(tmp_path / "secret")
    with pytest.raises(TemplateProblemError, match="found a link to a file outside"):
        render_html(sheet(), design)
    with pytest.raises(TemplateProblemError, match=f"more than {MOST_TEMPLATE_BYTES} bytes"):
        render_html(sheet(), written(tmp_path / "long", "x" * (MOST_TEMPLATE_BYTES + 1)))
    binary = written(tmp_path / "binary", "")
    (tmp_path / "binary/html/document.html").write_bytes(b"abc\xff")
    with pytest.raises(TemplateProblemError, match="found no UTF-8 at byte 3"):
        render_html(sheet(), binary)
    for number in range(MOST_TEMPLATES + 1):
        many = written(tmp_path / "many", "", f"html/{number}.html")
    with pytest.raises(TemplateProblemError, match=f"found more than {MOST_TEMPLATES} files"):
        render_html(sheet(), many)


def test_our_own_templates_run_in_the_sandbox():
    """There is one environment for all templates, which reaches no attribute of Python's."""
    assert type(environment("html")).__name__ == "ImmutableSandboxedEnvironment"


def test_a_template_need_not_be_for_all_readers(tmp_path):
    """A formula without words for it, by a user's template, makes a PDF that does not say that it is PDF/UA-1."""
    design = written(
        tmp_path, '/*% extends "symnet/document.typ" %*/\n/*% block foot %*/$x^2$/*% endblock %*/', "typst/document.typ"
    )
    pdf, *_ = render_pdf(sheet(), "typst", design)
    assert pdf.startswith(b"%PDF")
    assert b"pdfuaid" not in pdf


# Fragments.

EXAM = r"""
\documentclass{article}
\usepackage[a4paper, margin=24mm]{geometry}
\usepackage{lmodern}
%s
\newcommand{\note}[1]{NOTE#1}
\newcommand{\question}{QUESTION}
\newenvironment{fact}{FACT}{}
\begin{document}
\note{1}
\input{first}
\note{2} \question
\input{second}
\begin{fact}\note{3}\end{fact}
\end{document}
"""


def test_a_fragment_is_input_by_an_exam_of_ones_own(tmp_path, pdflatex, examples):
    """Two fragments in a document whose commands have our names: both are set, and the commands keep their meaning."""
    work = solved(examples["cs4045-q1"])
    work.save(tmp_path / "first.tex", fragment=True)
    work.save(tmp_path / "second.tex", fragment=True, view=symnet.View(only="dL/dw1_1_1"))
    first = (tmp_path / "first.tex").read_text(encoding="utf-8")
    assert not re.search(
        r"documentclass|begin\{document\}|includegraphics|usepackage(?!.*packages)", first.split("\n", 2)[2]
    )
    needs = re.findall(r"\\usepackage(?:\[\w+\])?\{[^}]*\}", first.split("\n", 1)[0])
    (tmp_path / "exam.tex").write_text(EXAM % "\n".join(needs), encoding="utf-8")
    done = subprocess.run(
        [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "exam.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    printed = "".join(it.extract_text() for it in pypdf.PdfReader(tmp_path / "exam.pdf").pages)
    for said in ("NOTE1", "NOTE2 QUESTION", "FACTNOTE3", "Forward pass", "chain rule"):
        assert said in printed


def test_a_fragment_of_a_page_is_one_element(tmp_path, examples):
    """In HTML it is a section with a style that holds in it alone, and has the body of the page."""
    work = solved(examples["xor"])
    source = work.save(tmp_path / "part.html", fragment=True).read_text(encoding="utf-8")
    root = page(re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL).strip())
    assert (root.tag, root.get("class"), root.get("lang")) == ("section", "symnet", "en")
    assert root.find("style").text.strip().startswith("@scope (.symnet) {")
    whole = page(render_html(work.document()))
    assert len(list(root.iter("math"))) == len(list(whole.iter("math")))


def test_a_fragment_is_set_by_templates_of_ones_own(tmp_path, examples):
    """What a template changes of a document, it changes of its fragment."""
    folder = written(tmp_path, EXTENDS + "{% block section %}<h4>{{ block.text }}</h4>\n{% endblock %}").templates
    path = tmp_path / "part.html"
    solved(examples["C4"]).save(path, fragment=True, template=folder)
    assert "<h4>The graph</h4>" in path.read_text(encoding="utf-8")


def test_what_has_no_fragments_or_templates_says_so(tmp_path, examples):
    """A PDF is no fragment, and data have no templates."""
    work = solved(examples["C4"])
    with pytest.raises(ChoiceError, match='a fragment: found "pdf"; expected tex, html'):
        work.save(tmp_path / "part.pdf", fragment=True)
    with pytest.raises(ChoiceError, match='found "json"; expected tex, html, pdf'):
        work.save(tmp_path / "part.json", template=tmp_path)


# Templates as they are compiled.


class Counted(jinja2.Environment):
    """Keeps compiled templates beside them, and counts how often one is compiled."""

    def __init__(self, folder, **options):
        super().__init__(loader=jinja2.FileSystemLoader(folder), autoescape=True, **options)
        self.bytecode_cache = KeptBeside(folder, options)
        self.compiled = 0

    def compile(self, *arguments):
        """Compile a template."""
        self.compiled += 1
        return super().compile(*arguments)

    def said(self):
        """Return what the only template says, and how often it was compiled for that."""
        return self.get_template("one.txt").render(name="one"), self.compiled


def test_a_compiled_template_is_used_again_until_its_text_or_an_option_changes(tmp_path):
    """What was compiled from the same text with the same options is taken, and nothing else is."""
    (tmp_path / "one.txt").write_text("{{ name }}\n{% if 1 %}\n.{% endif %}")
    assert Counted(tmp_path).said() == ("one\n\n.", 1)
    assert Counted(tmp_path).said() == ("one\n\n.", 0)
    assert Counted(tmp_path, trim_blocks=True).said() == ("one\n.", 1)
    (tmp_path / "one.txt").write_text("{{ name }}!")
    assert Counted(tmp_path).said() == ("one!", 1)


def test_a_compiled_template_that_cannot_be_read_or_kept_is_made_again(tmp_path):
    """What is no compiled template, or a folder that is none, stops no document."""
    (tmp_path / "one.txt").write_text("{{ 1 + 1 }}")
    assert Counted(tmp_path).said() == ("2", 1)
    for spoilt in ("not a template", "", "j2"):
        for path in (tmp_path / "__pycache__").iterdir():
            path.write_text(spoilt)
        assert Counted(tmp_path).said() == ("2", 1), spoilt
    shutil.rmtree(tmp_path / "__pycache__")
    (tmp_path / "__pycache__").write_text("a file where the folder would be")
    assert Counted(tmp_path).said() == ("2", 1)

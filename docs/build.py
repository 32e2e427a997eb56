"""Builds the site: writes the pages that come from the program itself, makes the gallery, and runs Sphinx.

    python docs/build.py                     into docs/_build, with all examples
    python docs/build.py --gallery C4,xor    with these alone, which is quicker
    python docs/build.py -o DIR

It needs the extras `docs` and `pdf`. A warning of Sphinx, such as a link that leads nowhere, is an error.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symnet.sheets.catalog import Listed

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
GENERATED = DOCS / "generated"
EXTRA = DOCS / "_extra"
# Pages of the gallery are looked at on screens: dots an inch of the first page.
DENSITY = 80


def main() -> int:
    """Build the site and return the exit code of Sphinx."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=DOCS / "_build", help="where the site goes")
    parser.add_argument("--gallery", metavar="NAMES", help="names of examples, with commas; without it all")
    parser.add_argument("--pages-only", action="store_true", help="write the generated pages and run no Sphinx")
    options = parser.parse_args()
    wanted = options.gallery.split(",") if options.gallery is not None else None
    for folder in (GENERATED, EXTRA):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for name, page in PAGES.items():
        (GENERATED / name).write_text(page(), encoding="utf-8")
    (GENERATED / "gallery.md").write_text(gallery(wanted), encoding="utf-8")
    if options.pages_only:
        return 0
    from sphinx.cmd.build import main as sphinx

    return sphinx(["-q", "-W", "--keep-going", "-j", "2", "-E", str(DOCS), str(options.output)])


def commands_page() -> str:
    """Return the page of all commands with their help."""
    from click.testing import CliRunner

    from symnet.cli.app import COMMANDS, cli

    run = CliRunner(env={"COLUMNS": "88"})
    lines = ["# Commands and options", "", "What `--help` says of each command.", ""]
    for name in COMMANDS:
        shown = run.invoke(cli, [name, "--help"], prog_name="symnet").output
        lines += [f"## `symnet {name}`", "", "```text", shown.rstrip(), "```", ""]
    return "\n".join(lines)


def format_page() -> str:
    """Return the reference of the format, from the JSON Schema."""
    from symnet.description.reference import FormatKey, key_entries

    def outermost(key: FormatKey) -> str:
        return key.path.partition(".")[0].removesuffix("[]")

    lines = [
        "# The format, key by key",
        "",
        "Made from the JSON Schema that `symnet schema` prints. `[]` is each entry of a list, `*` any name of yours."
        " `symnet explain KEY` says the same in the terminal.",
        "",
    ]
    for name, keys in groupby(sorted(key_entries(), key=outermost), outermost):
        lines += [f"## `{name}`", "", "| key | what it is | allowed | without it |", "|---|---|---|---|"]
        lines += [
            _row(
                f"`{key.path}`", key.summary, "; or ".join(key.allowed), key.default or ("needed" if key.needed else "")
            )
            for key in keys
        ]
        lines.append("")
    return "\n".join(lines)


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def catalog_page() -> str:
    """Return all entries of the catalog with their formulas, as `symnet list` prints them."""
    from symnet.sheets import catalog

    tables = ("activations", "losses", "regularizers", "optimizers", "schedules", "functions", "notations")
    lines = ["# The catalog", "", "Every name that a description can use, with its formula and derivative.", ""]
    for table in tables:
        lines += [f"## {table.capitalize()}", "", *_entries(getattr(catalog, table)())]
    return "\n".join(lines)


def rules_page() -> str:
    """Return the rules of derivations, each with a line of one."""
    from symnet.sheets.explained import rules

    lines = [
        "# The rules of a derivation",
        "",
        "Each line of a derivation follows from the one before by one of these.",
    ]
    return "\n".join([*lines, "", *_entries(rules(), "##")])


def mistakes_page() -> str:
    """Return the mistakes that marking names, each with a wrong answer."""
    from symnet.sheets.catalog import mistakes

    lines = [
        "# The mistakes that marking names",
        "",
        "Each with what is said of it in a small exercise, and a wrong answer there.",
    ]
    return "\n".join([*lines, "", *_entries(mistakes(), "##")])


def _entries(entries: Iterable[Listed], marks: str = "###") -> Iterator[str]:
    """Yield lines of Markdown for entries of a table."""
    for entry in entries:
        width = max((len(label) for label, _text in entry.facts), default=0)
        facts = [f"{label.ljust(width)}  {text}".rstrip() for label, text in entry.facts]
        yield from (f"{marks} `{entry.name}`", "", entry.summary.replace("*", "\\*").replace("_", "\\_"), "")
        if facts:
            yield from ("```text", *facts, "```", "")


def gallery(wanted: list[str] | None) -> str:
    """Return the page of the gallery, having made the files that it links to.

    Args:
        wanted: The names of the examples; None for all.
    """
    names = wanted if wanted is not None else sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
    lines = [
        "# Gallery",
        "",
        "Each picture is the first page of a solution; the links above it lead to the description that it is made of,"
        " to the whole solution as a PDF and as a page, and to a page that uncovers it line by line.",
        "",
    ]
    for name in names:
        lines += _example(name)
    return "\n".join(lines)


def _example(name: str) -> list[str]:
    """Return the lines of one example, having made its files."""
    import symnet
    from symnet.render.pdf import render_typst
    from symnet.sheets.solution import solution

    source = ROOT / "examples" / f"{name}.yaml"
    folder = EXTRA / "gallery" / name
    folder.mkdir(parents=True)
    shutil.copy(source, folder)
    work = symnet.solve(source)
    work.save(folder / f"{name}.html")
    work.save(folder / f"{name}-interactive.html", interactive=True)
    work.save(folder / f"{name}.pdf", pdf_engine="typst")
    pictures = GENERATED / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / f"{name}.png").write_bytes(_first_page(render_typst(solution(work))))
    links = [f'<a href="../gallery/{name}/{name}{end}">{told}</a>' for end, told in _FILES.items()]
    picture = f"![The first page](pictures/{name}.png)"
    return [f"## {work.description.title}", "", _told(source), "", " · ".join(links), "", picture, ""]


# What the files of an example end with, and what their links say.
_FILES = {".yaml": "description", ".pdf": "PDF", ".html": "page to read", "-interactive.html": "page to learn with"}


def _first_page(source: str) -> bytes:
    """Return the first page of a Typst document as a picture."""
    import typst

    made = typst.compile(source.encode(), format="png", ppi=DENSITY)
    return made[0] if isinstance(made, list) else made


def _told(source: Path) -> str:
    """Return what the comment at the top of a description says of it."""
    comment = takewhile(lambda line: line.startswith("#"), source.read_text(encoding="utf-8").splitlines())
    return " ".join(line.removeprefix("#").strip() for line in comment)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "format.md": format_page,
    "catalog.md": catalog_page,
    "rules.md": rules_page,
    "mistakes.md": mistakes_page,
}

if __name__ == "__main__":
    sys.exit(main())

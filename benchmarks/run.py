"""All that symnet costs, on one page: ``python benchmarks/run.py`` writes ``benchmarks/RESULTS.md`` and its plots.

It takes a few minutes. Everything is a ratio of CPU times measured in this one run, but for the costs of a class, which
are seconds of this machine beside the CPU time of ``import sympy`` on it.
"""

from __future__ import annotations

import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sympy
from classroom import run, submissions
from cost import IMPORT_SYMPY, Q1, SYMNET, Effort, against_peers, graphs, marking, per_parameter, processes
from graphs import KINDS
from measure import cpu_seconds, report_of
from pypdf import PdfReader
from systems import SYSTEMS, installed

from symnet.pipeline import solve

HERE = Path(__file__).resolve().parent
EFFORT = Effort(
    *(5, 1, (9, 22, 40, 69, 222), 200, 8, 3, ("3-2-2-1 (Q1)", "4-4-3", "4-4-4-2"), 15.0, ()),
    *(tuple(KINDS), (2_000,)),
)
SHEETS = 60
SUBMISSIONS, ANSWERS = 60, 33
LARGE = (30_000, 1_000_000)
Bars = Sequence[tuple[str, float | None]]
"""What was measured under each name; None where it was stopped at its time limit."""


def drawn(title: str, bars: Bars) -> str:
    """Return a plot of bars as SVG, each with its number."""
    width, height, left = 640, 26, 260
    measured = [(name, value) for name, value in bars if value is not None]
    most = max((value for _, value in measured), default=1)
    rows = []
    for place, (name, value) in enumerate(measured):
        y, length = 34 + place * height, (width - left - 70) * value / most
        rows.append(
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{name}</text>'
            f'<rect x="{left}" y="{y}" width="{length:.1f}" height="17" fill="#1F4E79"/>'
            f'<text x="{left + length + 6:.1f}" y="{y + 13}">{value:.3g}</text>'
        )
    size = f'width="{width}" height="{44 + len(measured) * height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        f'<text x="8" y="18" font-weight="bold">{title}</text>{"".join(rows)}</svg>\n'
    )


def empty_page() -> Iterator[tuple[str, float]]:
    """Yield the CPU time of a PDF page of Q1 by each engine, over that of an empty document by pdflatex."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = folder / "empty.tex"
        empty.write_text("\\documentclass{article}\\begin{document}\\null\\end{document}\n", encoding="utf-8")
        tex = ("pdflatex", "-interaction=batchmode", f"-output-directory={name}", str(empty))
        if shutil.which("pdflatex") is None:
            return
        reference = statistics.median(cpu_seconds(tex) for _ in range(3))
        spec = str(Q1)
        for engine in ("pdflatex", "typst"):
            command = (SYMNET, "solve", spec, "-f", "pdf", "--pdf-engine", engine, "-o", name)
            found = statistics.median(cpu_seconds(command) for _ in range(2))
            plain = statistics.median(cpu_seconds((*command[:3], "-f", "tex", "-o", name)) for _ in range(2))
            pages = sum(len(PdfReader(path).pages) for path in folder.glob("cs4045-q1*.pdf"))
            yield f"{engine}, one of {pages} pages", (found - plain) / reference / pages


def classes() -> Iterator[tuple[str, str, Mapping[str, float]]]:
    """Yield what a class costs for each exercise and engine."""
    for spec in ("xor.yaml", "C1-variants.yaml"):
        for engine in ("pdflatex", "typst"):
            if engine == "pdflatex" and shutil.which(engine) is None:
                continue
            path = HERE / spec if (HERE / spec).exists() else HERE.parent / "examples" / spec
            found = report_of("variants.py", str(path), str(SHEETS), engine)
            if found is not None:
                yield spec.removesuffix(".yaml"), engine, found


def page(plots: Path) -> str:
    """Return the page of results; its plots are written into a folder."""
    plots.mkdir(exist_ok=True)
    lines = [
        "# What symnet costs",
        "",
        f"Made by `python benchmarks/run.py` with Python {platform.python_version()}, SymPy {sympy.__version__}. "
        "Ratios of CPU times in one run, on a machine that does other work as well.",
        "",
    ]
    parameters = list(per_parameter(EFFORT))
    for title, name, bars in (
        ("Commands, over `import sympy`", "commands", [(row["name"], row["ratio"]) for row in processes(EFFORT)]),
        ("A page of a PDF of Q1, over an empty document by pdflatex", "pdf", list(empty_page())),
        (
            "JSON of a graph with 2,000 scalars, over `import sympy`",
            "graphs",
            [(row["name"].partition(":")[0], row["ratio"]) for row in graphs(EFFORT)],
        ),
        ("Marking one answer, over solving Q1", "marking", [(row["name"], row["ratio"]) for row in marking(EFFORT)]),
    ):
        lines += _section(plots, title, name, bars)
    lines += _of_peers(plots)
    lines += _section(plots, "One parameter, over the smallest network", "parameters", list(_per_parameter(parameters)))
    lines += _section(plots, "Memory, in megabytes", "memory", list(_memory(parameters)), "megabytes")
    return "\n".join([*lines, *_of_classes(), *_of_the_page()])


def _of_peers(plots: Path) -> Iterator[str]:
    """Yield what other systems for computer algebra take for all gradients of a network."""
    rows = list(against_peers(EFFORT))
    title = "All gradients, in multiples of symnet"
    bars = [(f"{row['method']}, {row['network']}", row["gradients"]) for row in rows]
    (plots / "peers.svg").write_text(drawn(title, bars), encoding="utf-8")
    yield from (f"## {title}", "", f"![{title}](plots/peers.svg)", "")
    yield "symnet derives and simplifies each delta and each gradient once, checks all of them, and keeps the order of"
    yield "the chain rule. The others differentiate the composed loss by each parameter, without a check and without a"
    yield "name for a delta: whatever stands behind a parameter stands in its gradient. In symengine, Maxima and Giac"
    yield "the derivative of a rectifier stays open. Below 1 the other one takes less. What is stopped may be at its"
    yield "LaTeX: of symengine's gradients, which it has at once, SymPy writes that."
    yield ""
    yield "| | gradients | gradients and LaTeX | length of the LaTeX |"
    yield "|---|---|---|---|"
    for row in rows:
        cells = [row[key] for key in ("gradients", "with_latex", "latex_length")]
        shown = [f"stopped after {EFFORT.time_limit:g} s" if cell is None else format(cell, ".3g") for cell in cells]
        yield f"| {row['method']}, {row['network']} | {' | '.join(shown)} |"
    missing = [name for name in SYSTEMS if name not in installed()]
    if missing:
        yield ""
        yield f"Not installed here: {', '.join(missing)}."
    yield ""


def _per_parameter(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    for row in rows:
        for count, relative in zip(row["parameters"], row["relative"], strict=True):
            yield f"{row['name'].partition(': ')[2]}, {count:,}", relative


def _memory(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield the largest memory of commands, and of networks solved with and without numbers and written as JSON."""
    for name, arguments in (("import sympy", ()), ("solve Q1 to .tex", ("solve", str(Q1), "-f", "tex", "--quiet"))):
        found = report_of("memory.py", *arguments)
        if found is not None:
            yield name, found["megabytes"]
    for count, largest in zip(rows[0]["parameters"], rows[0]["megabytes"], strict=True):
        yield f"{count:,} parameters, solved and as JSON", largest


def _section(plots: Path, title: str, name: str, bars: Bars, unit: str = "ratio") -> list[str]:
    if not bars:
        return [f"## {title}", "", "Not measured: what it takes is not installed.", ""]
    (plots / f"{name}.svg").write_text(drawn(title.replace("`", ""), bars), encoding="utf-8")
    stopped = f"stopped after {EFFORT.time_limit:g} s"
    rows = (f"| {label} | {stopped if value is None else _number(value)} |" for label, value in bars)
    return [f"## {title}", "", f"![{title}](plots/{name}.svg)", "", f"| | {unit} |", "|---|---|", *rows, ""]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else format(value, ".3g")


def _of_classes() -> Iterator[str]:
    unit = statistics.median(cpu_seconds(IMPORT_SYMPY) for _ in range(3))
    yield "## A class"
    yield ""
    yield f"Milliseconds of one core, on a machine on which `import sympy` takes {1000 * unit:.0f}. A sheet is its"
    yield "numbers, its source and its key data; *alone* is the same solved and written by itself. The engine sets five"
    yield "sheets in one PDF."
    yield ""
    head = ("exercise", "engine", "a draw looked at", "a sheet", "sheets a second", "alone / sheet", "engine")
    yield f"| {' | '.join(head)} | sheet / engine | MB |"
    yield "|---|---|---|---|---|---|---|---|---|"
    costs: dict[str, float] = {}
    for name, engine, cost in classes():
        draw, sheet, alone, set_ = (1000 * cost[key] for key in ("draw", "sheet", "alone", "engine"))
        costs.setdefault(name, cost["sheet"])
        yield (
            f"| {name} | {engine} | {draw:.0f} | {sheet:.0f} | {1000 / sheet:.0f} | {alone / sheet:.1f} | {set_:.0f} "
            f"| {sheet / set_:.2f} | {cost['megabytes']:.0f} |"
        )
    yield ""
    for name, each in costs.items():
        hours = ", ".join(f"{count:,} take {count * each / 3600:.1f} hours of one core" for count in LARGE)
        yield f"Sheets of {name}, without looking at draws and without PDF: {hours}."
        yield ""
    yield from _of_marking()


def _of_marking() -> Iterator[str]:
    """Yield what marking a class costs, with its reports and all that is done once."""
    texts = (text for text, _ in zip(submissions(solve(Q1), ANSWERS), range(SUBMISSIONS), strict=False))
    found = run(Q1, {f"s{number}": text for number, text in enumerate(texts)}, 1)
    each = (found["user"] + found["system"]) / SUBMISSIONS
    hours = ", ".join(f"{count:,} take {count * each / 3600:.1f} hours of one core" for count in LARGE)
    pace = f"{1000 * each:.0f} milliseconds, {ANSWERS / each:.0f} answers a second"
    yield f"`symnet check` marks a submission to Q1, {ANSWERS} answers in symbols, and writes its report: {pace},"
    yield f"{found['megabytes']:.0f} MB; {hours}."
    yield ""


def _of_the_page() -> Iterator[str]:
    """Yield what the page in a browser costs, which has to be built."""
    yield "## The page in a browser"
    yield ""
    if not (HERE.parent / "web" / "dist" / "sw.js").exists():
        yield "Not measured: `python web/build.py` has not built it."
        yield ""
        return
    found = report_of("browser.py")
    if found is None:
        return
    there, here = found["there"], found["here"]
    first, *further = zip(found["examples"], there["sheets"], here, strict=True)
    loaded, packed = (there[key] / 1e6 for key in ("bytes", "compressed"))
    begun = (there["started"] + first[1]) / there["reference"]
    yield f"A first visit loads {loaded:.1f} MB in {there['requests']} requests, {there['elsewhere']} of them to"
    yield f"elsewhere; compressed by the server, the files of the page have {packed:.1f} MB. CPU time is that of all"
    yield "processes of Chromium:"
    yield ""
    yield "| | ratio |"
    yield "|---|---|"
    yield f"| the page and the sheet of Q1 / Pyodide and `import sympy` in the same browser | {begun:.2f} |"
    for name, seconds, native in further:
        yield f"| then the sheet of {name} / the same in this Python | {seconds / native:.1f} |"
    yield ""


def main() -> None:
    """Measure, and write the page."""
    text = page(HERE / "plots")
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()

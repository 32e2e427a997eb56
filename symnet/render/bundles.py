"""What is shown of an object in a notebook: Markdown, LaTeX, HTML with MathML and SVG, and text.

Markdown has its formulas between two dollar signs, as Colab and VS Code both set them; LaTeX is of what is a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symnet.algebra.rules import Rule
from symnet.document import Block, Document, Figure, Inline, Line, Note, Paragraph, Table, Working
from symnet.limits import MOST_IN_NOTEBOOK
from symnet.showing import Bundle
from symnet.text.languages import in_language, language_name, with_mark
from symnet.text.say import say

if TYPE_CHECKING:
    from symnet.marking.report import Report
    from symnet.worked import DerivativeTable, Known, Part, ShownStep, ShownSteps, Worked

TEXT, MARKDOWN, LATEX, HTML, SVG = "text/plain", "text/markdown", "text/latex", "text/html", "image/svg+xml"


def _bundle(document: Document, plain: str, latex: str = "") -> Bundle:
    """Return a document as a notebook shows it.

    Args:
        document: The document; what is shown is its body.
        plain: It as plain text.
        latex: It as LaTeX; empty for what is no formula.
    """
    # Imported where they are used: who solves in a program renders nothing.
    from symnet.render.html import render_html
    from symnet.render.markdown import render_markdown
    from symnet.render.templates import Design

    design = Design(fragment=True)
    found = {TEXT: plain, MARKDOWN: render_markdown(document, design), HTML: render_html(document, design)}
    return found | ({LATEX: latex} if latex else {})


def _document(blocks: Iterable[Block]) -> Document:
    return Document("", (), tuple(blocks), language=language_name())


def _latex(lines: Sequence[Line]) -> str:
    """Return equations below one another, in the LaTeX that MathJax and KaTeX know."""
    from symnet.render.markdown import MARKUP

    sides = [(MARKUP.formula(line.left) if line.left else "", MARKUP.formula(line.right)) for line in lines]
    if len(sides) == 1:
        return rf"$\displaystyle {sides[0][0]} = {sides[0][1]}$"
    rows = " \\\\\n".join(f"{left} &= {right}" for left, right in sides)
    return f"$$\\begin{{aligned}}\n{rows}\n\\end{{aligned}}$$"


def _equation(known: Known) -> Line:
    """Return a quantity and the expression it is equal to."""
    return Line(known.part.build(known.left), "=", known.part.build(known.ordered))


def _first(total: int) -> tuple[Note, ...]:
    """Return that there is more than is shown, if there is."""
    return (Note(say("notebook.more", count=total - MOST_IN_NOTEBOOK)),) if total > MOST_IN_NOTEBOOK else ()


def _known(known: Known) -> Bundle:
    with in_language(known.part.language):
        lines = (_equation(known),)
        return _bundle(_document([Working(lines)]), repr(known), _latex(lines))


def _line(step: ShownStep, *, first: bool = True) -> Line:
    part = step.part
    left = part.build(step.lhs) if first else None
    deltas = step.rule is not Rule.REUSE or part.names.has_delta
    reason = say(f"reason.{step.rule.name.lower()}{'' if deltas else '_without_deltas'}")
    return Line(left, "=", part.build(step.rhs), reason)


def _step(step: ShownStep) -> Bundle:
    with in_language(step.part.language):
        lines = (_line(step),)
        return _bundle(_document([Working(lines)]), repr(step), _latex(lines))


def _steps(steps: ShownSteps) -> Bundle:
    if not steps:
        return {TEXT: repr(steps)}
    with in_language(steps[0].part.language):
        lines = tuple(_line(step, first=place == 0) for place, step in enumerate(steps))
        return _bundle(_document([Working(lines)]), repr(steps), _latex(lines))


def _part(part: Part) -> Bundle:
    with in_language(part.language):
        lines = _derivatives(part)
        document = _document([Working(lines), *_first(len(part.network.leaves))])
        return _bundle(document, repr(part), _latex(lines))


def _derivatives(part: Part) -> tuple[Line, ...]:
    """Return the derivatives of a part, as many as are shown."""
    return tuple(_equation(part.derivative(leaf)) for leaf in part.network.leaves[:MOST_IN_NOTEBOOK])


def _table(table: DerivativeTable) -> Bundle:
    part = table.part
    with in_language(part.language):
        lines = _derivatives(part)
        values = ["" if row.value is None else with_mark(f"{row.value:.6g}".replace("-", "−")) for row in table]
        head = [say("notebook.derivative"), say("notebook.result"), *([say("notebook.value")] if any(values) else [])]
        rows: list[tuple[Inline, ...]] = [
            tuple((side,) for side in (line.left, line.right, *([value] if any(values) else [])) if side is not None)
            for line, value in zip(lines, values, strict=False)
        ]
        whole = Table(tuple(head), tuple(rows), "llr"[: len(head)])
        return _bundle(_document([whole, *_first(len(table))]), repr(table), _latex(lines))


def _worked(work: Worked) -> Bundle:
    from symnet.sheets.solution import solution

    with in_language(work.description.language):
        lines = tuple(line for part in work.parts for line in _derivatives(part))
        return _bundle(solution(work), repr(work), _latex(lines))


def _sheet(document: Document) -> Bundle:
    from symnet.render.text import render_text

    return _bundle(document, render_text(document))


def _report(report: Report) -> Bundle:
    from symnet.sheets.marked import marked, of_marks

    with in_language(report.language):
        document = marked(report)
        # The marks stand in the head of the page, which a body does not have.
        marks = Paragraph((f"{report.loss_title}: {of_marks(report.marks, report.out_of)}",))
        return _sheet(document._replace(blocks=(marks, *document.blocks)))


def _figure(figure: Figure) -> Bundle:
    from symnet.render.picture import as_svg

    return {**_bundle(_document([figure]), figure.description), SVG: as_svg(figure)}


BUNDLES: Mapping[str, Callable[[Any], Bundle]] = MappingProxyType(
    {
        "Worked": _worked,
        "Part": _part,
        "Known": _known,
        "ShownStep": _step,
        "ShownSteps": _steps,
        "DerivativeTable": _table,
        "Figure": _figure,
        "Report": _report,
        "Document": _sheet,
    }
)
"""From the name of a class to what is shown of an object of it."""

"""symnet from Python: solve an exercise, look at its derivatives, save it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from symnet import pipeline
from symnet.description.arrays import plain_values
from symnet.description.network import Exercise
from symnet.document import Document, Figure
from symnet.errors import ChoiceError, OutputError, ViewError
from symnet.learn.formats import written_page
from symnet.output import write_over
from symnet.pipeline import Verification
from symnet.render.bundles import BUNDLES
from symnet.render.formats import FORMATS, PDF_ENGINES, refuse_design
from symnet.render.templates import Design
from symnet.sheets.solution import solution
from symnet.showing import show_as
from symnet.view import USUAL, View
from symnet.worked import Worked

if TYPE_CHECKING:
    from symnet.marking.report import Report


show_as(BUNDLES)


@dataclass(frozen=True, repr=False)
class Solution(Worked):
    """A worked exercise that can be typeset and saved."""

    def document(self, view: View = USUAL) -> Document:
        """Return the solution as blocks in reading order.

        Args:
            view: What of it is shown.

        Raises:
            ViewError: If it does not have what is to be shown.
        """
        return solution(self, view)

    def diagram(self, view: View = USUAL) -> Figure:
        """Return the drawing of the network or of the graph, which a notebook shows.

        Args:
            view: What of the solution is shown.

        Raises:
            ViewError: If it has none, as a very large network, or does not have what is to be shown.

        Example:
            >>> import symnet
            >>> neuron = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}], "loss": "squared_error"}
            >>> symnet.solve(neuron).diagram().description[:29]
            'Network 1-1. Inputs: x. Outpu'
        """
        drawn = next((block for block in self.document(view).blocks if isinstance(block, Figure)), None)
        if drawn is None:
            raise ViewError("diagram: there is none; expected a view of the whole solution, of a network that is drawn")
        return drawn

    def html(self, view: View = USUAL, *, interactive: bool = False) -> str:
        """Return the solution as an HTML page that needs no other file and no network.

        Args:
            view: What of it is shown.
            interactive: Whether it is a page to learn with where scripts run: its lines are uncovered one by one, its
                symbols are lit, and its numbers follow those that are changed.

        Raises:
            ViewError: If it does not have what is to be shown.
        """
        from symnet.render.html import render_html

        if not interactive:
            return render_html(self.document(view))
        from symnet.learn.page import interactive_page

        return interactive_page(self, view)

    def self_check(self, view: View = USUAL) -> str:
        """Return the worksheet as an HTML page that marks what is typed into it; it holds the answers.

        Args:
            view: What of the exercise is asked for.

        Raises:
            ViewError: If it does not have what is to be shown.
        """
        from symnet.learn.selfcheck import self_check_page

        return self_check_page(self, view=view)

    def worksheet(
        self,
        level: Literal["blank", "formulas", "chain", "faded", "full", "key"] = "blank",
        view: View = USUAL,
        seed: int = 0,
    ) -> Document:
        """Return the problem sheet as blocks in reading order, or its key.

        Args:
            level: ``blank`` leaves dotted room for every answer, ``formulas`` gives the derivatives of the activations
                and the general rules, ``chain`` the chain rule as well, ``faded`` leaves every other line of the
                derivations blank, ``full`` fills all in, ``key`` is the key.
            view: What of the exercise is asked for.
            seed: What decides which lines a faded sheet leaves blank.

        Raises:
            ChoiceError: If there is no such level.
            DescriptionError: If the description asks or gives marks for something that there is not.
            ViewError: If it does not have what is to be shown.
        """
        from symnet.sheets.levels import LEVELS, WITH_RULES
        from symnet.sheets.worksheet import questions

        if level not in LEVELS:
            raise ChoiceError("level", level, tuple(LEVELS))
        sheet: Document = LEVELS[level](questions(self, view, rules=level in WITH_RULES), seed)
        return sheet

    def save(
        self,
        path: str | PathLike[str],
        pdf_engine: str | None = None,
        view: View = USUAL,
        *,
        force: bool = False,
        template: str | PathLike[str] | None = None,
        fragment: bool = False,
        interactive: bool = False,
    ) -> Path:
        """Write the solution to a file in the format of its suffix, and return its path.

        Args:
            path: Ends in ``.tex``, ``.html``, ``.pdf``, ``.md``, ``.ipynb``, ``.json`` or ``.txt``.
            pdf_engine: ``pdflatex`` or ``typst``; None takes what is installed.
            view: What of it is shown; JSON is always whole.
            force: Whether a file is overwritten that was edited since symnet wrote it, such as a ``.tex``.
            template: A folder of templates that come before those of symnet; see ``templates/README.md``.
            fragment: Whether it is the body alone, for a ``.tex``, ``.html`` or ``.md`` of one's own.
            interactive: Whether it is a page to learn with, for an ``.html``; see :meth:`html`.

        Raises:
            OutputError: If the suffix is unknown, or the file cannot be written or was edited.
            ChoiceError: If there is no such PDF engine, or the format has no fragments or no templates.
            TemplateProblemError: If a template cannot be used, with its file and line.
            MissingToolError: If no PDF engine is installed.
            ViewError: If it does not have what is to be shown.
        """
        if pdf_engine not in {None, *PDF_ENGINES}:
            raise ChoiceError("pdf_engine", pdf_engine, PDF_ENGINES)
        target = Path(path)
        written = FORMATS.get(target.suffix.lstrip(".").lower())
        if written is None:
            allowed = ", ".join(f".{name}" for name in FORMATS)
            raise OutputError(f"{target}: the name must end in one of {allowed}")
        design = Design(None if template is None else Path(template), fragment, interactive)
        refuse_design((written.name,), design)
        write_over(target, written_page(written, self, pdf_engine, view, design).content, force=force)
        return target


def solve(
    source: str | PathLike[str] | Mapping[str, object] | Exercise, verification: Verification = "quick"
) -> Solution:
    """Return the worked exercise: every derivative derived, checked and, where there are data, evaluated.

    Args:
        source: The path of a description, or a description as a mapping or a record; in a mapping, numbers may be
            those of NumPy or PyTorch.
        verification: ``quick`` compares with 50-digit differences; ``full`` asks ``sympy.diff`` as well.

    Raises:
        DescriptionError: If the description cannot be used, with everything that is wrong with it.
        CheckFailedError: If a derivation does not pass its own check.
    """
    if verification not in get_args(Verification):
        raise ChoiceError("verification", verification, get_args(Verification))
    worked = pipeline.solve(source, verification)
    return Solution(worked.description, worked.parts, worked.warnings)


def check(
    source: str | PathLike[str] | Mapping[str, object] | Exercise | Worked,
    answers: str | PathLike[str] | Mapping[str, object],
    loss: str | None = None,
) -> Report:
    """Return typed answers marked: of each the verdict, the mistakes that explain it and its marks, and the total.

    The marks are those of the worksheet's questions; what was not answered of them has a verdict that says so.

    It is done in this process, so that nothing but the limits of reading bounds it; ``symnet check`` gives each file of
    answers a process of its own, which is what answers of strangers need.

    Args:
        source: The path of a description, a description as a mapping or a record, or what :func:`solve` gave.
        answers: The path of a file of answers, or a mapping from what is asked to the answer.
        loss: The name of the loss that they are to; None for the first, or the one that the file names.

    Raises:
        SymnetError: If the description or the file cannot be used, or there is no such loss.
    """
    # Imported where it is used: solving needs none of it.
    from symnet.marking.batch import marked_one
    from symnet.sheets.worksheet import scheme_of

    worked = source if isinstance(source, Worked) else pipeline.solve(source)
    if isinstance(answers, Mapping):
        answers = {left: plain_values(right) for left, right in answers.items()}
    return marked_one(worked, scheme_of(worked), answers, loss)

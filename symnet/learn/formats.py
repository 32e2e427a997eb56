"""A worked exercise as a file, which may be a page to learn with."""

from __future__ import annotations

from symnet.render.formats import INTERACTIVE, Format, Rendered
from symnet.render.templates import OWN, Design
from symnet.view import USUAL, View
from symnet.worked import Worked


def written_page(
    form: Format, worked: Worked, engine: str | None = None, view: View = USUAL, design: Design = OWN
) -> Rendered:
    """Return the content of a file that shows a worked exercise, to learn with where the design says so.

    Args:
        form: The format of the file.
        worked: The exercise.
        engine: The PDF engine asked for; None for what is installed.
        view: What of the solution is shown.
        design: How it is set.
    """
    if not design.interactive or form.name not in INTERACTIVE:
        return form.render(worked, engine, view, design)
    # Imported where it is used: most files are for reading alone.
    from symnet.learn.page import interactive_page

    return Rendered(interactive_page(worked, view, design).encode())

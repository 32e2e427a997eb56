"""`symnet worksheet`: the problem sheet and its key, in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from symnet.cli.output import (
    asked_form_option,
    design_options,
    destination,
    each,
    engine_option,
    force_option,
    formats_option,
    made,
    output_option,
    parameter_option,
    preferred_options,
    quiet_option,
    refuse_same_stems,
    specs_argument,
    stem,
    verify_option,
    working,
    write,
)
from symnet.render.formats import DEFAULT_FORMATS, INTERACTIVE, SHEETS, Rendered
from symnet.render.templates import Design
from symnet.view import Preferred, View

if TYPE_CHECKING:
    from symnet.worked import Worked

# A test holds them to the table of levels, which takes long to import.
LEVELS_ASKED = ("boxes", "blank", "formulas", "chain", "faded", "full")

_EPILOG = """\b
Examples:
  symnet worksheet network.yaml                network-worksheet.tex, .html and .pdf
  symnet worksheet network.yaml -o sheet.pdf   that file alone
  symnet worksheet network.yaml --key          the key as well: network-key.tex, .html and .pdf
  symnet worksheet network.yaml --answers      the file of answers to fill in as well: network-answers.yaml
  symnet worksheet network.yaml --level chain  with the chain rule given
  symnet worksheet network.yaml --level boxes  an answer sheet for all variants, to be scanned
  symnet worksheet network.yaml --self-check   a page that marks what is typed into it
  symnet worksheet network.yaml -f txt -o -    the sheet as text to standard output
"""


@click.command(name="worksheet", epilog=_EPILOG)
@specs_argument
@click.option(
    "--level",
    type=click.Choice(LEVELS_ASKED),
    default="blank",
    show_default=True,
    help="boxes: the room for the answers alone, the same for every variant; blank: the questions with that room;"
    " formulas: the derivatives of the activations and the general rules given; chain: the chain rule as well;"
    " faded: every other line of the derivations; full: all.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Decides which lines a faded sheet leaves blank.",
)
@click.option("--key", "with_key", is_flag=True, help="Write the key beside it: every answer, reason and mark.")
@click.option(
    "--answers", "with_answers", is_flag=True, help="Write the file of answers to fill in beside it, for symnet check."
)
@click.option(
    "--self-check",
    is_flag=True,
    help="Write the .html as a page that marks what is typed into it. It holds the answers, which a plain sheet never"
    " does.",
)
@output_option
@formats_option(tuple(SHEETS))
@engine_option
@preferred_options
@asked_form_option
@parameter_option
@design_options
@verify_option
@force_option
@quiet_option
def command(
    *,
    specs: tuple[str, ...],
    level: str,
    seed: int,
    with_key: bool,
    with_answers: bool,
    self_check: bool,
    output: str,
    formats: tuple[str, ...] | None,
    pdf_engine: str | None,
    preferred: Preferred,
    form: str,
    parameters: tuple[str, ...],
    design: Design,
    verify: Literal["quick", "full"],
    force: bool,
    quiet: bool,
) -> None:
    """Write the problem sheet of a description, with blanks.

    SPEC is a file, or - for standard input. The sheet and its key are made of the same questions, so that their numbers
    and marks agree. The blank sheet holds no answer, neither on the page nor in its source. The file of answers has
    every left side that is asked. No file that was edited is overwritten.
    """
    bodies = {"worksheet": level, **({"key": "key"} if with_key else {})}
    several = _reasons(specs, with_key=with_key, with_answers=with_answers)
    design = design._replace(interactive=self_check)
    place = destination(output, formats, tuple(SHEETS), DEFAULT_FORMATS, several, design=design)
    refuse_same_stems(specs)
    needed = formats is not None or place.folder is None

    def sheets(spec: str) -> None:
        files = {f"{stem(spec)}-{kind}.{name}": (body, name) for kind, body in bodies.items() for name in place.formats}
        paths = place.targets(spec, files)
        with working(spec, verify, len(files), preferred) as (worked, stage):
            from symnet.sheets.answers import answers_files
            from symnet.sheets.levels import LEVELS, WITH_RULES
            from symnet.sheets.worksheet import SheetQuestions, document

            rules = not WITH_RULES.isdisjoint(bodies.values())
            asked = SheetQuestions.of(worked, View(form, parameters=parameters), rules=rules)
            sheet = document(asked)
            documents = {body: LEVELS[body](sheet, seed) for body in bodies.values()}
            makers: dict[str, Callable[[], Rendered]] = {
                file: partial(SHEETS[name], documents[body], pdf_engine, design) for file, (body, name) in files.items()
            }
            if self_check:
                makers |= _self_checks(worked, files, (level, seed, View(form, parameters=parameters)), design)
            contents, missing = made(makers, stage, needed=needed)
            if with_answers:
                texts = {f"{stem(spec)}-{end}": text for end, text in answers_files(asked).items()}
                contents |= {name: Rendered(text.encode()) for name, text in texts.items()}
                paths = place.targets(spec, contents)
        write(contents, paths, missing, force=force, quiet=quiet)

    each(specs, sheets)


def _reasons(specs: tuple[str, ...], *, with_key: bool, with_answers: bool) -> str:
    """Return why there is more than one file of a format; empty if there is not."""
    reasons = {
        "a sheet and its key": with_key,
        "a sheet and its answers": with_answers,
        f"{len(specs)} descriptions": len(specs) > 1,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds)


def _self_checks(
    worked: Worked, files: Mapping[str, tuple[str, str]], sheet: tuple[str, int, View], design: Design
) -> dict[str, Callable[[], Rendered]]:
    """Return what makes the pages that mark answers, by their names: the sheet as HTML, but not its key."""
    from symnet.learn.selfcheck import self_check_page

    level, seed, view = sheet

    def page() -> Rendered:
        return Rendered(self_check_page(worked, level, seed, view, design).encode())

    return {file: page for file, (body, name) in files.items() if body != "key" and name in INTERACTIVE}

"""`symnet export`: an exercise as a program to write, or, with all its variants, as questions of another program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from symnet.cli.output import STANDARD_INPUT, force_option, preferred_options, quiet_option, spec_argument, stem
from symnet.errors import SymnetError
from symnet.limits import MOST_DRAWS, MOST_JOBS, MOST_SEED
from symnet.view import AS_DESCRIBED, Preferred

if TYPE_CHECKING:
    from symnet.export.exercise import Exported
    from symnet.programs.files import ProgramForm
    from symnet.variants.select import SourceText
    from symnet.worked import Worked

TARGETS = {
    "moodle": ".xml",
    "moodle-cloze": ".xml",
    "stack": ".xml",
    "canvas": ".zip",
    "prairielearn": "",
    "gradescope": ".zip",
    "csv": ".csv",
    "json": ".json",
}
"""What can be exported to, and how the files end; what has no ending is a folder."""
LANGUAGES = ("numpy", "torch", "jax", "python", "js")
"""The languages in which an exercise can be a program."""
# Questions that are named one by one where they are left out.
_MOST_NAMED = 5
_OF_PROGRAMS = ("level", "tests", "notebook")
# What is the same for all variants, so that it has no number of them.
_OF_ALL = {
    "gradescope": "it marks every variant, by the code in the answers",
    "stack": "it asks for expressions, whatever the numbers are",
}

_EPILOG = """\b
Examples:
  symnet export network.yaml --to moodle                       network-moodle.xml, to import as Moodle XML
  symnet export network.yaml --to moodle --count 30 --seed 1   a category for each of 30 variants
  symnet export network.yaml --to prairielearn --count 30      a question that draws one of 30 variants
  symnet export network.yaml --to csv -o -                     every answer and mistake as a table
  symnet export network.yaml --to numpy                        network.py: both passes and the training, by hand
  symnet export network.yaml --to torch --level blank --tests  the same to write, with test_network.py to pass
"""


@click.command(name="export", epilog=_EPILOG)
@spec_argument
@click.option(
    "--to", "target", type=click.Choice((*TARGETS, *LANGUAGES)), required=True, help="Program, form or language."
)
@click.option("--count", type=click.IntRange(1, MOST_DRAWS), help="Export so many variants.  [default: SPEC itself]")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=0, show_default=True, help="Decides all draws.")
@click.option(
    "--level", type=click.Choice(("full", "faded", "blank")), default=None, help="How much of a program is written."
)
@click.option("--tests", is_flag=True, help="Write tests of the program, with the numbers of the exercise.")
@click.option("--notebook", is_flag=True, help="Write the program as a notebook.")
@click.option("--jobs", type=click.IntRange(1, MOST_JOBS), default=1, show_default=True, help="Processes to work with.")
@click.option("-o", "--output", default=".", metavar="DIR|FILE", help="Folder or file; - is standard output.")
@preferred_options
@force_option
@quiet_option
def command(
    *,
    spec: str,
    target: str,
    count: int | None,
    seed: int,
    level: str | None,
    tests: bool,
    notebook: bool,
    jobs: int,
    output: str,
    preferred: Preferred,
    force: bool,
    quiet: bool,
) -> None:
    """Write an exercise as questions of another program, or as a program.

    Each question tells the mistakes that it can. The questions are those of the worksheet that have a number for an
    answer; what is accepted, and which wrong number tells which mistake, is what symnet check says.

    A program has the forward pass, the loss, the backward pass and the training as they stand on the sheet: in full,
    with some of its lines left to write (--seed decides which), or with nothing but what is to be worked out.
    """
    from symnet.cli.variants import content_of_spec
    from symnet.variants.select import SourceText

    source = SourceText(content_of_spec(spec), "standard input" if spec in STANDARD_INPUT else spec, seed, preferred)
    if target in LANGUAGES:
        from symnet.programs.files import ProgramForm

        if count is not None:
            raise click.UsageError(f"--count: {target} takes none; a program has the numbers of SPEC itself")
        form = ProgramForm(target, level or "full", tests, notebook, seed)
        written = _put_programs(source, stem(spec), form, output, force=force)
    else:
        for name, chosen in zip(_OF_PROGRAMS, (level, tests, notebook), strict=True):
            if chosen:
                raise click.UsageError(f"--{name}: {target} takes none; it is for programs: {', '.join(LANGUAGES)}")
        written = _put_questions(source, target, count, stem(spec), jobs=jobs, output=output, force=force)
    for path in written:
        if not quiet:
            click.echo(f"wrote {path}")


def _put_questions(
    source: SourceText, target: str, count: int | None, name: str, *, jobs: int, output: str, force: bool
) -> Iterator[Path]:
    """Write an exercise as questions of a program; yield the path of each file."""
    from symnet.cli.variants import working_in

    if count is not None and target in _OF_ALL:
        raise click.UsageError(f"--count: {target} takes none; {_OF_ALL[target]}")
    if target == "gradescope" and source.preferred != AS_DESCRIBED:
        raise click.UsageError("gradescope marks by the description itself: set its notation and its language in there")
    with working_in(jobs, None) as executor:
        content = _writers()[target](_ExportJob(source, count, executor))
    yield from _put(content, output, f"{name}-{target}{TARGETS[target]}", force=force)


def _put_programs(source: SourceText, name: str, form: ProgramForm, output: str, *, force: bool) -> Iterator[Path]:
    """Write an exercise as programs, one for each loss; yield the path of each file."""
    from symnet.output import write_over
    from symnet.programs.files import program_files

    worked = _ExportJob(source, None, None).worked()
    path = Path(output)
    chosen = path.stem if path.suffix and not path.is_dir() else name
    files = program_files(worked, chosen, form)
    if output == "-":
        if len(files) > 1:
            raise click.UsageError(f"-o -: found {len(files)} files; expected one. Name a folder: -o DIR")
        click.echo(next(iter(files.values())), nl=False)
        return
    folder = path.parent if path.suffix and not path.is_dir() else path
    for file, text in files.items():
        target = folder / file
        write_over(target, text.encode(), force=force)
        yield target


def _put(content: bytes | Mapping[str, bytes], output: str, name: str, *, force: bool) -> Iterator[Path]:
    """Put a file, or the files of a folder, where they belong; yield the path of what was written there."""
    from symnet.output import write_over, write_whole

    if isinstance(content, bytes):
        if output == "-":
            click.echo(content, nl=False)
            return
        path = Path(output)
        if path.is_dir() or not path.suffix:
            path /= name
        write_over(path, content, force=force)
        yield path
        return
    if output == "-":
        raise click.UsageError("-o -: a folder cannot go to standard output")
    folder = Path(output) / name
    for file, inside in content.items():
        write_whole(folder / file, inside)
    yield folder


class NothingToAskError(SymnetError):
    """An exercise has no question that another program could ask."""

    exit_code = 2


class _ExportJob(NamedTuple):
    """What is exported.

    Attributes:
        source: The description and the seed.
        variants: How many variants; None for the exercise itself.
        executor: What works in other processes; None for this one.
    """

    source: SourceText
    variants: int | None
    executor: Executor | None

    def in_symbols(self) -> bytes:
        """Return the exercise as questions of STACK; what it cannot ask is told on standard error."""
        from symnet.export.stack import stack

        made = stack(self.worked())
        if made.content is None:
            raise NothingToAskError(
                f"{self.source.name}: found no question whose answer is an expression that STACK can compare; expected "
                "one to a node or a derivative, that is no number of one sample. --to moodle asks for numbers"
            )
        if made.left_out:
            some = ", ".join(made.left_out[:_MOST_NAMED])
            more = f" and {len(made.left_out) - _MOST_NAMED} more" if len(made.left_out) > _MOST_NAMED else ""
            click.echo(
                f"left out: {some}{more}: what they ask for is no expression that STACK can compare, but a number of "
                "one sample, a sum over samples or a step of a training. --to moodle asks for these numbers",
                err=True,
            )
        return made.content

    def exercises(self) -> Iterator[Exported]:
        """Yield the exercise, or its variants."""
        from symnet.export.exercise import exported, exported_variants
        from symnet.sheets.worksheet import scheme_of
        from symnet.variants.select import select

        if self.variants is None:
            worked = self.worked()
            yield self._with_questions(exported(worked, scheme_of(worked)))
            return
        chosen = select(self.source, self.variants, self.executor).chosen
        found = exported_variants(self.source, [one.number for one in chosen], self.executor)
        yield from map(self._with_questions, found)

    def _with_questions(self, exercise: Exported) -> Exported:
        """Return an exercise, unless nobody could answer it in another program."""
        if not any(part.items for part in exercise.parts):
            raise NothingToAskError(
                f"{self.source.name}: found no question with a number for an answer; expected data for its inputs and "
                "parameters, and a question that asks for a number. --to stack asks for expressions, which need none"
            )
        return exercise

    def worked(self) -> Worked:
        """Return the exercise itself, worked."""
        from symnet.description import load_text, with_preferred
        from symnet.pipeline import solve

        return solve(with_preferred(load_text(self.source.text, self.source.name), self.source.preferred))

    def checked(self) -> bytes:
        """Return the text of the description; what is wrong with it is told here, and not with each submission."""
        self.worked()
        return self.source.text


def _writers() -> Mapping[str, Callable[[_ExportJob], bytes | Mapping[str, bytes]]]:
    """Return what makes the content of each target."""
    from symnet.export.canvas import canvas
    from symnet.export.gradescope import gradescope
    from symnet.export.moodle import cloze, moodle
    from symnet.export.prairielearn import prairielearn
    from symnet.export.tables import as_csv, as_json

    return {
        "moodle": lambda job: moodle(job.exercises()),
        "moodle-cloze": lambda job: cloze(job.exercises()),
        "stack": _ExportJob.in_symbols,
        "canvas": lambda job: canvas(job.exercises()),
        "prairielearn": lambda job: prairielearn(job.exercises()),
        "gradescope": lambda job: gradescope(job.checked()),
        "csv": lambda job: as_csv(job.exercises()),
        "json": lambda job: as_json(job.exercises()),
    }

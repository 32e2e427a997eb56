"""An exercise as it is exported: plain data, which cross to other processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from typing import NamedTuple

from symnet.description.fields import write_number
from symnet.document import Figure
from symnet.export.items import Item, items
from symnet.layout.tree import Layout
from symnet.marking.judge import Scheme
from symnet.sheets.questions.graph import diagram_of
from symnet.sheets.sheet import Sheet
from symnet.text.languages import in_language
from symnet.variants.folder import scheme_for
from symnet.variants.select import SourceText, workshop
from symnet.worked import Part, Worked


class ExportedPart(NamedTuple):
    """One loss of an exercise with its questions.

    Attributes:
        loss: The name of the loss.
        items: Its questions.
        equations: What defines the exercise: each node of the forward pass, and what it is equal to.
        numbers: Each number that is put in, sample by sample, then the parameters.
        figure: Its diagram, if there is one.
    """

    loss: str
    items: tuple[Item, ...]
    equations: tuple[tuple[Layout, Layout], ...]
    numbers: tuple[tuple[Layout, str], ...]
    figure: Figure | None


class Exported(NamedTuple):
    """One exercise, or one variant of it, with its questions.

    Attributes:
        title: What it is called.
        code: Its code; empty of an exercise without variants.
        language: The language of its sentences.
        parts: Each loss with its questions.
    """

    title: str
    code: str
    language: str
    parts: tuple[ExportedPart, ...]

    def called(self, part: ExportedPart) -> str:
        """Return what the questions of a part are called together: the title, the code, and one loss of several."""
        loss = part.loss if len(self.parts) > 1 else ""
        return " ".join(filter(None, (self.title, self.code, loss)))


def exported(worked: Worked, scheme: Scheme, code: str = "") -> Exported:
    """Return an exercise as it is exported.

    Args:
        worked: The exercise.
        scheme: What each answer is worth.
        code: Its code, of a variant.
    """
    description = worked.description
    with in_language(description.language):
        parts = tuple(exported_part(worked, part, questions) for part, questions in items(worked, scheme))
    return Exported(description.title, code, description.language, parts)


def exported_variants(source: SourceText, numbers: Iterable[int], executor: Executor | None) -> Iterator[Exported]:
    """Yield variants of an exercise as they are exported, in their order.

    Args:
        source: The description and the seed.
        numbers: The numbers of their draws.
        executor: What works them out in other processes; None for this one.
    """
    if executor is None:
        yield from (exported_variant(source, number) for number in numbers)
        return
    waiting = [executor.submit(exported_variant, source, number) for number in numbers]
    yield from (one.result() for one in waiting)


def exported_variant(source: SourceText, number: int) -> Exported:
    """Return one variant of an exercise as it is exported; for use in another process.

    Args:
        source: The description and the seed.
        number: The number of its draw.
    """
    shop = workshop(source)
    variant = shop.plan.variant(number)
    worked = shop.worked(variant)
    return exported(worked, scheme_for(source, variant.structure), str(variant.code))


def parts(exercises: Iterable[Exported]) -> Iterator[tuple[Exported, ExportedPart]]:
    """Yield each part of each exercise; what is said until the next one is said in the language of the exercise."""
    for exercise in exercises:
        with in_language(exercise.language):
            yield from ((exercise, part) for part in exercise.parts)


def exported_part(worked: Worked, part: Part, questions: tuple[Item, ...]) -> ExportedPart:
    """Return a part of an exercise as it is exported.

    Args:
        worked: The exercise.
        part: The part.
        questions: Its questions.
    """
    nodes = part.network.nodes.values()
    equations = tuple((part.build(node.symbol), part.build(node.expression)) for node in nodes)
    figure = diagram_of(Sheet.of(part, worked.description))
    return ExportedPart(part.loss_name, questions, equations, tuple(_numbers(part)), figure)


def _numbers(part: Part) -> Iterator[tuple[Layout, str]]:
    if part.data is None:
        return
    several = len(part.data.rows) > 1
    for sample, row in enumerate(part.data.rows, 1):
        for symbol, value in row.items():
            yield part.names.sampled(symbol.name, str(sample) if several else ""), write_number(value)
    if not part.network.is_graph:
        yield from ((part.build(symbol), write_number(value)) for symbol, value in part.data.parameters.items())

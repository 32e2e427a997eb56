"""A worksheet: one document of questions with their true answers, of which the sheet and the key are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from symnet.description.exercise import Exercise
from symnet.description.number import write
from symnet.document import Answer, Block, Document, Line, Note, Question, Working
from symnet.marking.marker import Scheme
from symnet.marking.sides import left_side, right_side
from symnet.marking.truth import Truth
from symnet.prose import ROMAN
from symnet.prose import counted as count_in_words
from symnet.routes import check_view
from symnet.view import USUAL, View
from symnet.worked import Worked
from symnet.worksheet.asked_network import loss_questions, shared_questions
from symnet.worksheet.asking import Asker, Drafted, question
from symnet.worksheet.decimal_mark import with_decimal_mark
from symnet.worksheet.marks import asked_beside, check_marks, rewarded, worth
from symnet.worksheet.model import shape
from symnet.worksheet.sheet import Sheet


def questions(worked: Worked, view: View = USUAL) -> Document:
    """Return the worksheet of an exercise, with every answer in its place.

    ``worksheet.blanks`` makes the sheet to hand out of it, and the key.

    Args:
        worked: The exercise.
        view: What of it is asked for; gradients always in deltas.
    """
    asked, in_deltas = worked.description, view._replace(style=USUAL.style)
    network = worked.parts[0].network
    check_view(network, view)
    askers = [Asker.of(Sheet.of(part, asked, in_deltas)) for part in worked.parts]
    # Another view asks for the same in another form, or for less of it.
    scheme = None if in_deltas == USUAL else scheme_of(worked)
    groups, counted = _with_marks(worked, askers, scheme)
    what = "Computation graph" if network.is_graph else f"{shape(network)} network"
    blocks = tuple(_numbered(block for group in groups for block in group))
    sheet = Document(asked.title, (what,), (*blocks, _checked(askers)), ((_total(counted),),))
    return with_decimal_mark(sheet, asked.numbers)


def scheme_of(worked: Worked) -> Scheme:
    """Return how many marks each id earns that a worksheet asks, by the name of the loss that it is asked with.

    Args:
        worked: The exercise.

    Raises:
        DescriptionError: If it gives marks for something that cannot be asked.
    """
    askers = [Asker.of(Sheet.of(part, worked.description)) for part in worked.parts]
    _, counted = _with_marks(worked, askers, None)
    found: dict[str, Mapping[str, Fraction]] = {}
    for part, ids in zip(worked.parts, counted, strict=True):
        found.setdefault(part.loss_name, {name: marks for name, marks in ids.items() if marks})
    return found


def _with_marks(
    worked: Worked, askers: list[Asker], scheme: Scheme | None
) -> tuple[list[tuple[Block, ...]], list[dict[str, Fraction]]]:
    """Return the blocks that all losses share, then those of each, and the marks of the ids that go with each loss.

    What is shared counts with each loss.

    Args:
        worked: The exercise.
        askers: What asks for the quantities of each part.
        scheme: What earns marks; None for all that is asked.
    """
    check_marks(worked)
    known = [None if scheme is None else scheme[asker.sheet.part.loss_name] for asker in askers]
    values = [worth(worked.description, ids) for ids in known]
    shared, *own = _groups(askers, worked.description)
    counted: dict[str, Fraction] = {}
    groups, each = [tuple(rewarded(shared, values[0], counted))], list[dict[str, Fraction]]()
    for asker, value, blocks in zip(askers, values, own, strict=True):
        ids = dict(counted)
        asked = tuple(rewarded(blocks, value, ids))
        groups.append((*asked, *rewarded(_beside(worked, asker, ids), value, ids)))
        each.append(ids)
    return groups, each


def _total(counted: list[dict[str, Fraction]]) -> str:
    """Return the marks of a sheet; of several losses, those with each."""
    totals = [write(sum(ids.values(), Fraction(0))) for ids in counted]
    if len(totals) == 1:
        return f"Marks: {totals[0]}"
    return f"Marks: {', '.join(f'{total} ({ROMAN[number]})' for number, total in enumerate(totals))}"


def _groups(askers: list[Asker], asked: Exercise) -> Iterator[Iterator[Block]]:
    """Yield what is asked once for all losses, then what is asked with each."""
    first = askers[0]
    if first.sheet.part.network.is_graph:
        yield iter(())
        yield _of_graph(first, asked)
        return
    yield shared_questions(askers)
    for number, asker in enumerate(askers):
        yield loss_questions(asker, asked, number if len(askers) > 1 else None)


def _checked(askers: list[Asker]) -> Note:
    """Return what is said of the answers; one that fails its check ends in an error instead."""
    comparisons = sum(check.comparisons for asker in askers for check in asker.sheet.checks)
    return Note((f"The answers to this sheet were checked by machine ({count_in_words(comparisons, 'comparison')}).",))


def _numbered(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks with their questions numbered from 1."""
    number = 0
    for block in blocks:
        if isinstance(block, Question):
            number += 1
            yield block._replace(number=number)
        else:
            yield block


def _of_graph(asker: Asker, asked: Exercise) -> Iterator[Block]:
    # Imported where it is used, as for a solution.
    from symnet.worksheet.asked_graph import graph_questions

    yield from graph_questions(asker, asked.training)


def _beside(worked: Worked, asker: Asker, counted: Mapping[str, Fraction]) -> Iterator[Block]:
    """Yield the question for what the description gives marks for, and no other question asks."""
    if not worked.description.marks or asker.sheet.view.parameters:
        return
    truth = Truth(worked, asker.sheet.part)
    lines = []
    for name in asked_beside(truth, counted):
        target = truth.by_id[name]
        right = right_side(truth, target, number=True)
        if right is not None:
            lines.append(Line(left_side(truth.part, target), "=", right, of=(name,)))
    answers = (Answer(Working(tuple(lines)), "lines", tuple(line.of for line in lines)),) if lines else ()
    yield from question(("Find these as well.",), [Drafted((), answers)])

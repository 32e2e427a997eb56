"""A worksheet: one document of questions with their true answers, of which the sheet and the key are made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import count
from typing import NamedTuple, TypeAlias

from symnet.derivation.paths import check_view
from symnet.description.fields import near_miss, write_number
from symnet.description.network import Exercise
from symnet.description.plain import plain_description
from symnet.description.questions import ASK_WORDS, IN_SYMBOLS, QuestionChoice
from symnet.document import AnswerBlank, Block, Document, Heading, Inline, Line, Question, QuestionPart, Working
from symnet.errors import DescriptionError
from symnet.marking.judge import Scheme, left_side, right_side
from symnet.marking.records import Target, TargetKind
from symnet.marking.truth import Truth
from symnet.numerics.direct import Value
from symnet.sheets.blanks import in_its_language
from symnet.sheets.demands import demands
from symnet.sheets.lefts import whole_arrays
from symnet.sheets.marks import asked_beside, check_marks, rewarded, shared_out, worth
from symnet.sheets.names import loss_called
from symnet.sheets.network import called_network
from symnet.sheets.questions.arrays import arrays_introduction
from symnet.sheets.questions.asker import Asker
from symnet.sheets.questions.asks import OF_ARRAYS, OF_EACH_OUTPUT, OF_GRAPH, OF_NO_NUMBER, OWN, SHARED, Ask
from symnet.sheets.questions.graph import diagram_of, graph_introduction
from symnet.sheets.questions.network import introduction, loss_statement
from symnet.sheets.sheet import Sheet, under_title
from symnet.sheets.symbols import with_symbols
from symnet.text.languages import in_language
from symnet.text.say import ROMAN, say, separated
from symnet.view import USUAL, View
from symnet.worked import Worked

# What is asked, choice by choice.

# A graph is given with its drawing.
_USUAL = tuple(QuestionChoice(ask=word) for word in (*(word for word in SHARED if word not in OWN), *OWN))
_USUAL_OF_GRAPH, _USUAL_OF_ARRAYS = (
    tuple(QuestionChoice(ask=word) for word in table if word != "draw") for table in (OF_GRAPH, OF_ARRAYS)
)


class Posed(NamedTuple):
    """What one choice puts on a sheet; what is printed anyway belongs to none."""

    choice: QuestionChoice | None
    blocks: tuple[Block, ...]


Group: TypeAlias = tuple[Posed, ...]


def chosen(worked: Worked) -> tuple[QuestionChoice, ...]:
    """Return what a worksheet asks: what the description chooses, or else everything.

    Args:
        worked: The exercise.
    """
    if worked.description.questions is not None:
        return worked.description.questions
    part = worked.parts[0]
    of_graph = _USUAL_OF_GRAPH if part.network.arrays is None else _USUAL_OF_ARRAYS
    # Boxes for numbers tell the shape of what is filled in.
    told = {"size"} if part.network.arrays is not None and part.evaluation is not None else set()
    usual = of_graph if part.network.is_graph else _USUAL
    in_numbers = worked.description.marked_by.form == "number"
    return tuple(choice for choice in usual if choice.ask not in told and not (in_numbers and choice.ask in IN_SYMBOLS))


def _posed(asker: Asker, choice: QuestionChoice, table: Mapping[str, Ask], asked: Exercise) -> Posed:
    """Return the questions of one choice, in its own words if it has any."""
    make = table.get(choice.ask)
    if make is None:
        return Posed(choice, ())
    chooser = asker.choosing(choice)
    if choice.ask in OF_NO_NUMBER:
        chooser = chooser._replace(training=None)
        sheet = chooser.sheet
        of_rules = chooser.ruled is not None
        key = (make, sheet.view, choice, chooser.units, chooser.layers, chooser.level, chooser.drawn, of_rules)
        found = sheet.once(key, lambda: tuple(make(chooser, asked)))
    else:
        found = tuple(make(chooser, asked))
    if choice.text is not None:
        found = tuple(block._replace(prompt=(choice.text,)) for block in found)
    return Posed(choice, found)


class _ById(NamedTuple):
    """The questions for single quantities, by their ids.

    Attributes:
        asker: One part of an exercise.
        truth: What is true of it.
    """

    asker: Asker
    truth: Truth

    @classmethod
    def of(cls, worked: Worked, asker: Asker) -> _ById:
        """Return the questions for the quantities of one part."""
        return cls(asker, Truth(worked, asker.sheet.part))

    def posed(self, choice: QuestionChoice, *, shared: bool) -> Posed:
        """Return the question for a quantity, with what all losses share or with its own."""
        target = self.truth.by_id.get(choice.ask)
        if target is None or self._is_shared(target) != shared:
            return Posed(choice, ())
        lines = self.lines((choice.ask,))
        left = left_side(self.asker.sheet.part, target)
        prompt = (choice.text,) if choice.text is not None else say("worksheet.find", what=left)
        return Posed(choice, (asking(prompt, lines),) if lines else ())

    def _is_shared(self, target: Target) -> bool:
        """Return whether a quantity is that of the network, whatever its loss is."""
        layers = self.asker.sheet.part.network.layers
        symbols = {one for layer in layers for one in (*layer.pre_activations, *layer.activations, *layer.dropped)}
        return target.kind is TargetKind.NODE and target.symbol in symbols

    def lines(self, ids: Iterable[str]) -> tuple[Line, ...]:
        """Return the true lines of some quantities."""
        targets = [self.truth.by_id[name] for name in ids]
        rights = [right_side(self.truth, target, number=True) for target in targets]
        return tuple(
            Line(left_side(self.asker.sheet.part, target), "=", right, of=(target.id,))
            for target, right in zip(targets, rights, strict=True)
            if right is not None
        )


def _beside(
    worked: Worked, asker: Asker, counted: Mapping[str, Fraction], known: Mapping[str, Fraction] | None
) -> tuple[Block, ...]:
    """Return the question for what has marks, and no other question asks: by the description, or in another form.

    Args:
        worked: The exercise.
        asker: The part of it.
        counted: What was asked.
        known: What earns marks in the usual form; None for that form itself.
    """
    asked = worked.description
    missing = tuple(name for name in known or () if name not in counted)
    by_marks = bool(asked.marks) and asked.questions is None
    if asker.sheet.view.parameters or not (missing or by_marks):
        return ()
    by_id = _ById.of(worked, asker)
    beside = asked_beside(by_id.truth, counted) if by_marks else ()
    lines = by_id.lines(dict.fromkeys((*beside, *missing)))
    return (asking(say("question.beside"), lines),) if lines else ()


def asking(prompt: Inline, lines: tuple[Line, ...]) -> Question:
    """Return a question without parts for some lines.

    Args:
        prompt: What is asked.
        lines: The true lines.
    """
    answer = AnswerBlank(Working(lines), "lines", tuple(line.of for line in lines))
    return Question(0, prompt, (), (QuestionPart("", (), (), (answer,)),))


def _groups(worked: Worked, askers: list[Asker]) -> list[Group]:
    """Return what is asked once for all losses, then what is asked with each."""
    first, asks = askers[0], {choice.ask for choice in chosen(worked)}
    if first.sheet.part.network.is_graph:
        of_arrays = first.sheet.part.network.arrays is not None
        opening = arrays_introduction(first, asks, worked.description) if of_arrays else graph_introduction(first, asks)
        table = OF_ARRAYS if of_arrays else OF_GRAPH
        found: list[Group] = [(), (Posed(None, tuple(opening)), *_of_choices(worked, first, table, shared=False))]
        # What is asked of the graph itself is asked with its first output alone.
        of_output = {word: ask for word, ask in table.items() if word in OF_EACH_OUTPUT}
        for asker in askers[1:]:
            heading = Heading(2, say("second.backward", output=asker.sheet.objective))
            found.append((Posed(None, (heading,)), *_of_choices(worked, asker, of_output, shared=False)))
        return found
    introduced = first.sheet.once(
        ("introduction", frozenset(asks), first.sheet.view, *(_learned_numbers(asker) for asker in askers)),
        lambda: tuple(introduction(askers, asks)),
    )
    groups: list[Group] = [(Posed(None, introduced), *_of_choices(worked, first, SHARED, shared=True))]
    for number, asker in enumerate(askers):
        key = "statement", asker.sheet.view, number if len(askers) > 1 else None, "loss" not in asks
        printed = asker.sheet.once(key, partial(_statement, asker, key[2], has_loss=key[3]))
        groups.append((Posed(None, printed), *_of_choices(worked, asker, OWN, shared=False)))
    return groups


def _learned_numbers(asker: Asker) -> tuple[Value, ...]:
    """Return the numbers that stand in the plots of activations that are learned."""
    learned = [symbol for layer in asker.sheet.part.network.layers for symbol in layer.learned]
    evaluation = asker.sheet.evaluation if learned else None
    return () if evaluation is None else tuple(evaluation.samples[0].values[symbol] for symbol in learned)


def _statement(asker: Asker, number: int | None, *, has_loss: bool) -> tuple[Block, ...]:
    """Return what is printed before the questions with one loss, of several the one with this 0-based number."""
    title = (
        () if number is None else (Heading(2, say("sheet.part", number=ROMAN[number], loss=loss_called(asker.sheet))),)
    )
    return (*title, *(loss_statement(asker.sheet) if has_loss else ()))


def _of_choices(worked: Worked, asker: Asker, table: Mapping[str, Ask], *, shared: bool) -> Iterator[Posed]:
    """Yield what each choice asks of an exercise once for all losses, or with one of them."""
    choices = chosen(worked)
    by_id = _ById.of(worked, asker) if any(choice.ask not in ASK_WORDS for choice in choices) else None
    for choice in choices:
        if choice.ask in ASK_WORDS:
            yield _posed(asker, choice, table, worked.description)
        elif by_id is not None:
            yield by_id.posed(choice, shared=shared)


# The document, with its marks.


class SheetQuestions(NamedTuple):
    """What a worksheet asks, with every answer in its place.

    Attributes:
        worked: The exercise.
        askers: What asks for the quantities of each loss.
        groups: The blocks that all losses share, then those of each, their questions numbered through.
        marks: How many marks each id earns that is asked with a loss, for each loss.
    """

    worked: Worked
    askers: tuple[Asker, ...]
    groups: tuple[tuple[Block, ...], ...]
    marks: tuple[Mapping[str, Fraction], ...]

    @classmethod
    def of(cls, worked: Worked, view: View = USUAL, *, rules: bool = False, sized: bool = False) -> SheetQuestions:
        """Return what the worksheet of an exercise asks; see :func:`questions`.

        Args:
            worked: The exercise.
            view: What of it is asked for.
            rules: Whether the general rules are in it.
            sized: Whether of answers in numbers only the room for them is wanted.
        """
        in_deltas = view._replace(style=USUAL.style)
        check_view(worked.parts[0].network, view)
        with in_language(worked.description.language):
            askers = _askers(worked, in_deltas, rules=rules, sized=sized)
            # Another view asks for the same in another form, or for less of it.
            scheme = None if in_deltas == USUAL else scheme_of(worked)
            groups, marks = _with_marks(worked, askers, scheme)
        return cls(worked, tuple(askers), tuple(_numbered(groups)), tuple(marks))

    def questions(self, number: int) -> Iterator[Question]:
        """Yield the questions that belong to a loss, those that all losses share first.

        Args:
            number: The 0-based number of the loss.
        """
        blocks = (*self.groups[0], *self.groups[number + 1])
        return (block for block in blocks if isinstance(block, Question))


def questions(worked: Worked, view: View = USUAL, *, rules: bool = False, sized: bool = False) -> Document:
    """Return the worksheet of an exercise, with every answer in its place.

    ``sheets.levels`` makes the sheet to hand out of it, and the key.

    Args:
        worked: The exercise.
        view: What of it is asked for; gradients always in deltas.
        rules: Whether the general rules, which some sheets give, are in it.
        sized: Whether of answers in numbers only the room for them is wanted, as on a sheet of a level of ``BLANK``; in
            their place stand others that take as much.
    """
    return document(SheetQuestions.of(worked, view, rules=rules, sized=sized))


def document(asked: SheetQuestions) -> Document:
    """Return what a worksheet asks as one document.

    Args:
        asked: What it asks.
    """
    description = asked.worked.description
    with in_language(description.language):
        return in_its_language(_document(asked, description), description.numbers)


def _document(asked: SheetQuestions, description: Exercise) -> Document:
    network = asked.worked.parts[0].network
    what = called_network(network)
    blocks = tuple(_printed_once(_with_demands(_with_lefts(asked), asked.askers[0], description)))
    blocks = with_symbols(blocks, [asker.sheet for asker in asked.askers], description.training)
    header = description.header
    date = "" if header is None or header.date is None else header.date
    total, checked = (_total(asked.marks),), _checked(asked.askers)
    exercise = json.dumps(plain_description(description), ensure_ascii=False)
    title, below = description.title, under_title(description, what)
    return Document(title, below, blocks, total, date, checked, exercise=exercise)


def _with_lefts(asked: SheetQuestions) -> Iterator[Block]:
    """Yield the blocks, their questions with the loss that they are to and the left sides of their answers."""
    parts = asked.worked.parts
    for number, group in enumerate(asked.groups):
        part = parts[max(number - 1, 0)]
        arrays = {ids: (left,) for ids, (left, _) in whole_arrays(asked.worked, part).items()}
        loss = part.loss_name if number and len(parts) > 1 else ""
        for block in group:
            yield _question_to(block, loss, arrays) if isinstance(block, Question) else block


def _question_to(question: Question, loss: str, arrays: Mapping[tuple[str, ...], tuple[str, ...]]) -> Question:
    """Return a question with the name of its loss, and the left sides of its answers."""

    def with_lefts(answer: AnswerBlank) -> AnswerBlank:
        return answer._replace(lefts=tuple(arrays.get(ids, ids) for ids in answer.asked))

    parts = (part._replace(answers=tuple(map(with_lefts, part.answers))) for part in question.parts)
    return question._replace(loss=loss, parts=tuple(parts))


def _askers(worked: Worked, view: View = USUAL, *, rules: bool = False, sized: bool = False) -> list[Asker]:
    asked = worked.description
    drawn = all(choice.ask != "draw" for choice in chosen(worked))
    layered = not worked.parts[0].network.is_graph
    ruled = rules and view.scalar and layered
    # What is said of a weight and of a sample is what the usual solution says of them.
    sheets = [Sheet.of(part, asked, view, general=layered) for part in worked.parts]
    drawn = drawn and diagram_of(sheets[0]) is not None
    return [
        Asker(
            sheet,
            training=asked.training,
            drawn=drawn,
            ruled=Sheet.of(part, asked, View("index")) if ruled else None,
            level=asked.marked_by.in_,
            sized=sized,
        )
        for part, sheet in zip(worked.parts, sheets, strict=True)
    ]


def scheme_of(worked: Worked) -> Scheme:
    """Return how many marks each id earns that a worksheet asks, by the name of the loss that it is asked with.

    Args:
        worked: The exercise.

    Raises:
        DescriptionError: If it asks or gives marks for something that there is not.
    """
    _, counted = _with_marks(worked, _askers(worked), None)
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
    shared, *own = _groups(worked, askers)
    if scheme is None:
        check_choices(worked, [posed for group in (shared, *own) for posed in group])
    known = [None if scheme is None else scheme[asker.sheet.part.loss_name] for asker in askers]
    counted: dict[str, Fraction] = {}
    groups, each = [tuple(_rewarded(worked, shared, known[0], counted))], list[dict[str, Fraction]]()
    for asker, marks, group in zip(askers, known, own, strict=True):
        ids = dict(counted)
        blocks = tuple(_rewarded(worked, group, marks, ids))
        beside = rewarded(_beside(worked, asker, ids, marks), worth(worked.description, marks), ids)
        groups.append((*blocks, *beside))
        each.append(ids)
    return groups, each


def _rewarded(
    worked: Worked, group: Group, known: Mapping[str, Fraction] | None, counted: dict[str, Fraction]
) -> Iterator[Block]:
    """Yield the blocks of a group with the marks of their answers."""
    for choice, blocks in group:
        if choice is None or choice.marks is None or known is not None:
            yield from rewarded(blocks, worth(worked.description, known), counted)
        else:
            yield from shared_out(blocks, choice.marks, counted)


def check_choices(worked: Worked, posed: list[Posed]) -> None:
    """Raise an error if a description asks for something that its exercise does not have.

    Args:
        worked: The exercise.
        posed: What came of each choice.

    Raises:
        DescriptionError: If it does.
    """
    description = worked.description
    if description.questions is None:
        return
    answered = {choice.ask for choice, blocks in posed if choice is not None and blocks}
    if description.marked_by.form == "number":
        _check_numbers(worked)
    unknown = [index for index, choice in enumerate(description.questions) if choice.ask not in answered]
    if not unknown:
        return
    ids = [name for part in worked.parts for name in Truth(worked, part).by_id]
    problems = []
    for index in unknown:
        ask = description.questions[index].ask
        hint = near_miss(ask, (*ASK_WORDS, *dict.fromkeys(ids)))
        if ask in ASK_WORDS:
            hint = "This exercise has nothing of it."
        allowed = f"{', '.join(ASK_WORDS)}, or the id of a quantity of the exercise, such as dL/dw1_1_1"
        problems.append(description.problem(("questions", index, "ask"), ask, allowed, hint))
    raise DescriptionError(description.source_name, tuple(problems))


def _check_numbers(worked: Worked) -> None:
    """Raise an error if a description asks for a quantity that is no one number, and takes numbers alone.

    Args:
        worked: The exercise.

    Raises:
        DescriptionError: If it does.
    """
    description, truths = worked.description, [Truth(worked, part) for part in worked.parts]
    problems = []
    for index, choice in enumerate(description.questions or ()):
        targets = [truth.by_id.get(choice.ask) for truth in truths]
        known = [(truth, target) for truth, target in zip(truths, targets, strict=True) if target is not None]
        if known and all(truth.number(target) is None for truth, target in known):
            allowed = "a quantity that is a number, since form: number under marking takes no expressions"
            hint = f"Of several samples, say of which one: {choice.ask}@1." if worked.samples > 1 else ""
            problems.append(description.problem(("questions", index, "ask"), choice.ask, allowed, hint))
    if problems:
        raise DescriptionError(description.source_name, tuple(problems))


def _total(counted: Sequence[Mapping[str, Fraction]]) -> Inline:
    """Return the marks of a sheet; of several losses, those with each."""
    totals = [write_number(sum(ids.values(), Fraction(0))) for ids in counted]
    if len(totals) == 1:
        return say("sheet.marks", marks=totals[0])
    each = [say("sheet.marks_of_part", marks=total, number=ROMAN[number]) for number, total in enumerate(totals)]
    return say("sheet.marks", marks=separated(each))


def _checked(askers: Sequence[Asker]) -> Inline:
    """Return what is said of the answers; one that fails its check ends in an error instead."""
    comparisons = sum(
        check.comparisons for asker in askers for sheet in (asker.ruled or asker.sheet,) for check in sheet.checks
    )
    return say("verified.answers", comparisons=comparisons)


def _printed_once(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks; what was given for a question before is not printed again."""
    seen: set[Block] = set()
    for block in blocks:
        if isinstance(block, Question):
            yield block._replace(printed=tuple(one for one in block.printed if one not in seen))
            seen.update(block.printed)
        else:
            yield block


def _with_demands(blocks: Iterable[Block], asker: Asker, asked: Exercise) -> Iterator[Block]:
    """Yield the blocks, before the first question a note on what counts, where there is something to say."""
    notes = tuple(demands(asker.sheet, asked.marked_by))
    for block in blocks:
        if isinstance(block, Question):
            yield from notes
            notes = ()
        yield block


def _numbered(groups: Iterable[Iterable[Block]]) -> Iterator[tuple[Block, ...]]:
    """Yield groups of blocks with their questions numbered through, from 1."""
    numbers = count(1)
    for group in groups:
        yield tuple(block._replace(number=next(numbers)) if isinstance(block, Question) else block for block in group)

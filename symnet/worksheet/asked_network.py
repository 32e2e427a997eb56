"""The questions of a network: what is asked once for all losses, then what is asked with each."""

from __future__ import annotations

from collections.abc import Iterator

from symnet.catalog.custom import OWN_LOSS
from symnet.counting import counts
from symnet.derivation import Rule
from symnet.description.exercise import Exercise
from symnet.description.model import Description
from symnet.document import (
    Answer,
    Block,
    Fact,
    Figure,
    Heading,
    Inline,
    Note,
    Paragraph,
    Pictured,
    Question,
    Result,
    Table,
    Working,
)
from symnet.layout.reading import children
from symnet.layout.tree import Fraction as Over
from symnet.layout.tree import Layout, Prime
from symnet.prose import ROMAN
from symnet.worksheet.asked_matrix import matrix_backward, matrix_forward
from symnet.worksheet.asked_numbers import backward_numbers, forward_numbers, update
from symnet.worksheet.asking import (
    Asker,
    Drafted,
    equations,
    in_terms_of,
    left_of,
    lower,
    named,
    question,
    sections,
    worked_out,
)
from symnet.worksheet.backward import deltas_section, gradients_section, loss_section
from symnet.worksheet.legend import legend
from symnet.worksheet.model import dropout, forward_section, network_section
from symnet.worksheet.naming import definition, loss_called
from symnet.worksheet.sheet import Sheet
from symnet.worksheet.slopes import slopes_section
from symnet.worksheet.together import together_section


def shared_questions(askers: list[Asker]) -> Iterator[Block]:
    """Yield what is asked of a network once for all losses."""
    first = askers[0]
    yield from _introduction(*askers)
    yield from _size(first)
    yield from _forward(first)
    yield from _slopes(first)
    yield from forward_numbers(first)


def loss_questions(asker: Asker, asked: Exercise, number: int | None) -> Iterator[Block]:
    """Yield the questions of one loss, below a heading where it is one of several."""
    if number is not None:
        yield Heading(2, (f"Part ({ROMAN[number]}): ", *loss_called(asker.sheet)))
    yield from _loss(asker)
    if asker.sheet.view.scalar:
        yield from _deltas(asker)
        yield from _gradients(asker)
    yield from _objective(asker, asked)
    if asker.sheet.view.matrix:
        yield from matrix_backward(asker)
    yield from backward_numbers(asker)
    if asked.training is not None:
        yield from update(asker, asked.training)


def _introduction(asker: Asker, *others: Asker) -> Iterator[Block]:
    """Yield the drawing and the symbols, and of a large network what is asked for."""
    sheet = asker.sheet
    yield from (block for block in network_section(sheet) if isinstance(block, Figure))
    for number, layer in enumerate(sheet.part.network.layers, 1):
        if layer.dropped:
            yield from dropout(sheet, number, layer)
    yield from legend(sheet, *(other.sheet for other in others))
    if asker.is_large:
        yield Note(
            (
                "The network is large: of each layer this sheet asks for unit 1 alone, with its first weight and its "
                "bias. All others go the same way.",
            )
        )


_READ_OFF = Pictured("Read off the drawing how large the network is.", "Determine the size of the network.")


def _size(asker: Asker) -> Iterator[Question]:
    """Yield the question that the drawing answers: how much there is of the network."""
    sheet = asker.sheet
    network, size = sheet.part.network, counts(sheet.part.network)
    weights = sum(size.weights_by_layer)
    inputs = [size.inputs, *size.units_by_layer]
    products = " + ".join(
        f"{before} × {len(layer.pre_activations)}" for before, layer in zip(inputs, network.layers, strict=False)
    )
    rows: tuple[tuple[Inline, ...], ...] = (
        (("layers of weights",), ("",), (str(size.layers),)),
        (("hidden layers",), ("",), (str(size.hidden_layers),)),
        (("units, inputs left out",), (" + ".join(map(str, size.units_by_layer)),), (str(size.units),)),
        (("weights",), (products,), (str(weights),)),
        (("parameters",), (f"{weights} + {size.parameters - weights}",), (str(size.parameters),)),
        *_routes(sheet),
    )
    table = Table((("",), ("working",), ("number",)), rows, "llr")
    answer = Answer(table, "cells")
    yield from question((_READ_OFF,), [Drafted((), (answer,))])


def _routes(sheet: Sheet) -> Iterator[tuple[Inline, ...]]:
    """Yield on how many routes of the drawing the first weight reaches the loss, where all routes are drawn."""
    network = sheet.part.network
    weight = network.layers[0].weights[0][0]
    behind = [len(layer.activations) for layer in network.layers[1:]]
    product = " × ".join(map(str, behind))
    count = 1
    for units in behind:
        count *= units
    if behind and network.paths[weight] == count:
        asked: Inline = (
            "paths from ",
            sheet.names(weight.name),
            " to the loss",
            Pictured("; mark them in the drawing", ""),
        )
        yield asked, (product,), (str(count),)


def _forward(asker: Asker) -> Iterator[Question]:
    """Yield the question for the equation of every node, layer by layer."""
    given = [block for layer in asker.sheet.part.network.layers for block in definition(asker.sheet, layer)]
    drafted = (
        Drafted(
            title,
            tuple(asker.answers((block for block in blocks if block not in given), "lines")),
            tuple(block for block in blocks if block in given or isinstance(block, Note)),
        )
        for title, blocks in sections(forward_section(asker.sheet))
    )
    if asker.sheet.view.scalar:
        yield from question(("Write down the forward equation of every pre-activation and activation.",), drafted)
    if asker.sheet.view.matrix:
        yield from matrix_forward(asker)


def _notes(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if isinstance(block, Note))


def _slopes(asker: Asker) -> Iterator[Question]:
    """Yield the question for the slope of each activation, whose own formula is given."""
    facts = [block for block in slopes_section(asker.sheet) if isinstance(block, Fact)]
    drafted = (
        Drafted(fact.title, tuple(asker.answers((_slope_lines(fact),), "lines")), tuple(_definition(fact)))
        for fact in facts
    )
    yield from question(
        ("Find the slope of each activation, in terms of its own value where that is possible.",), drafted
    )


def _definition(fact: Fact) -> Iterator[Block]:
    """Yield what an activation is, and what is taken for its slope at a kink."""
    first = next(equations(fact.lines))
    if not _is_slope(left_of(first)):
        yield Working(first)
    # The remark, which comes first, says what the slope is.
    for words in fact.content[1:2]:
        yield Note((words.lstrip() if isinstance(words, str) else words, *fact.content[2:]))


def _slope_lines(fact: Fact) -> Working:
    groups = (group for group in equations(fact.lines) if _is_slope(left_of(group)))
    return Working(tuple(line for group in groups for line in group))


def _is_slope(left: Layout) -> bool:
    """Return whether a left side is a derivative."""
    return isinstance(left, Over | Prime) or any(map(_is_slope, children(left)))


def _loss(asker: Asker) -> Iterator[Question]:
    """Yield the question for the slopes of the loss, which is given."""
    blocks = tuple(loss_section(asker.sheet))
    definition, *slopes = (block for block in blocks if isinstance(block, Working))
    answers = tuple(asker.answers(slopes, "lines"))
    title = asker.sheet.part.network.loss_title
    named = f"is the {title}" if title != OWN_LOSS else "is given"
    prompt: Inline = (f"The loss of one sample {named}. Find its slopes.",)
    yield from question(prompt, [Drafted((), answers)], (definition, *_notes(blocks), *_targets(asker.sheet)))


def _targets(sheet: Sheet) -> Iterator[Note]:
    """Yield what the answers use of the targets."""
    derivations = sheet.part.gradient.adjoints.values()
    if any(step.rule is Rule.IDENTITY for derivation in derivations for step in derivation.steps):
        yield Note(("The targets of a sample sum to 1.",))


def _deltas(asker: Asker) -> Iterator[Question]:
    """Yield for each layer, the last one first, the question for its deltas."""
    for title, blocks in sections(deltas_section(asker.sheet)):
        answers = tuple(asker.answers(blocks, "reasons"))
        drafted = (Drafted(named(answer.block), (answer,)) for answer in answers)
        prompt = (f"Use the chain rule to find the {lower(title)}. Give a reason for each line.",)
        yield from question(prompt, drafted)


def _gradients(asker: Asker) -> Iterator[Question]:
    """Yield for each layer the question for the derivatives by its parameters: room to work in, then the results."""
    for title, blocks in sections(gradients_section(asker.sheet)):
        drafted = tuple(worked_out(asker, blocks))
        terms = in_terms_of(asker, (answer for part in drafted for answer in part.answers))
        yield from question((f"Hence find the {lower(title)}", *terms, "."), drafted)


def _objective(asker: Asker, asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of what all samples and the penalty come to, which is given."""
    penalties = asked.regularization if isinstance(asked, Description) else ()
    blocks = tuple(together_section(asker.sheet, tuple(penalty.kind for penalty in penalties)))
    if not blocks:
        return
    calculations = [block for block in blocks if isinstance(block, Working)]
    words = (block for block in blocks if isinstance(block, Paragraph))
    given: tuple[Block, ...] = (*words, *calculations[:1])
    facts = [block for block in blocks if isinstance(block, Fact)]
    given += tuple(Note(fact.content) for fact in facts if fact.content)
    slopes = (Working(fact.lines) for fact in facts)
    linear = (*asker.answers(slopes, "lines"), *asker.answers(calculations[1:], "lines"))
    results = tuple(asker.answers((block for block in blocks if isinstance(block, Result)), "lines"))
    prompt: Inline = ("Find the derivatives of ", asker.sheet.objective, *in_terms_of(asker, results), ".")
    yield from question(prompt, [Drafted((), (*linear, *results))], given)

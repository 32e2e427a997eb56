"""The questions of a network: what is asked once for all losses, then what is asked with each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import partial

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derivation.steps import Rule, before_writing_out
from symnet.description.network import Description, Exercise
from symnet.document import (
    AnswerBlank,
    Block,
    Fact,
    Figure,
    Heading,
    Inline,
    Line,
    LineKind,
    Note,
    Paragraph,
    Pictured,
    Question,
    Result,
    Table,
    Working,
)
from symnet.layout.tree import Matrix
from symnet.network.graph import LayerNodes, counts
from symnet.quantity import PER_SAMPLE, Role
from symnet.sheets.backward import deltas_section, gradients_section, loss_section
from symnet.sheets.blanks import side_by_side
from symnet.sheets.derivatives import activation_facts, derivatives_section
from symnet.sheets.names import definition, titled
from symnet.sheets.network import dropout, forward_section, legend, network_section
from symnet.sheets.objective import objective_section
from symnet.sheets.questions.asker import Asker, equations, left_of, sections
from symnet.sheets.questions.drafts import (
    Drafted,
    answers_in,
    as_answer,
    in_terms_of,
    likewise,
    lines_of,
    named,
    pictured,
    question,
    worked_out,
)
from symnet.sheets.questions.forms import in_form, with_forms
from symnet.sheets.questions.matrix import matrix_backward_questions, matrix_forward_questions
from symnet.sheets.sheet import Sheet
from symnet.text.say import in_a_row, loss_title, say, words


def introduction(askers: Sequence[Asker], asks: Container[str]) -> Iterator[Block]:
    """Yield the network, drawn or in words, its symbols, and what answers use that is not asked for."""
    asker = askers[0]
    sheet = asker.sheet
    if "draw" in asks:
        yield Paragraph(described(sheet))
    else:
        yield from (block for block in network_section(sheet) if isinstance(block, Figure))
    for number, layer in enumerate(sheet.part.network.layers, 1):
        if layer.dropped:
            yield from dropout(sheet, number, layer)
    yield from legend(sheet, *(other.sheet for other in askers[1:]))
    if "derivatives" not in asks:
        yield from (block for block in derivatives_section(sheet) if isinstance(block, Fact))
    if asker.is_large:
        yield Note(say("question.large"))


def described(sheet: Sheet) -> Inline:
    """Return a network in words, as one has to know it to draw it.

    Args:
        sheet: The part.
    """
    network = sheet.part.network
    said = [say("worksheet.inputs", inputs=len(network.inputs) // len(network.branches))]
    for number, layer in enumerate(network.layers, 1):
        said.append(
            say(
                "worksheet.layer",
                number=sheet.names.notation.number(Role.PRE_ACTIVATION, number),
                units=len(layer.activations),
                function=titled(sheet, layer),
                biases=_biases(layer),
            )
        )
    return in_a_row(*said)


def _biases(layer: LayerNodes) -> Inline:
    """Return which biases a layer has."""
    if not layer.biases:
        return say("worksheet.no_biases")
    shared = len(layer.biases) == 1 and len(layer.pre_activations) > 1
    return say("worksheet.shared_bias") if shared else say("worksheet.biases")


def draw_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the drawing of the network."""
    figures = [block for block in network_section(asker.sheet) if isinstance(block, Figure)]
    with_biases = any(layer.biases for layer in asker.sheet.part.network.layers)
    prompt = say("question.draw") if with_biases else say("question.draw_without_biases")
    yield from question(prompt, [Drafted((), tuple(AnswerBlank(it, "drawing") for it in figures))])


def size_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question how much there is of the network: what words do not tell that describe it, or all of it."""
    sheet = asker.sheet
    network, size = sheet.part.network, counts(sheet.part.network)
    weights = sum(size.weights_by_layer)
    inputs = [size.inputs, *size.units_by_layer]
    products = " + ".join(
        f"{before} × {len(layer.pre_activations)}" for before, layer in zip(inputs, network.layers, strict=False)
    )
    rows: tuple[tuple[Inline, ...], ...] = (
        (say("column.weights"), (products,), (str(weights),)),
        (say("column.parameters"), (f"{weights} + {size.parameters - weights}",), (str(size.parameters),)),
        *_routes(sheet, drawn=asker.drawn),
    )
    if asker.drawn:
        units = " + ".join(map(str, size.units_by_layer))
        rows = (
            (say("question.layers"), ("",), (str(size.layers),)),
            (say("question.hidden_layers"), ("",), (str(size.hidden_layers),)),
            (say("question.units"), (units,), (str(size.units),)),
            *rows,
        )
    table = Table((("",), say("column.working"), say("column.number")), rows, "llr")
    answer = AnswerBlank(table, "cells")
    yield from question(pictured(asker.drawn, "question.size_on_diagram", "question.size"), [Drafted((), (answer,))])


def _routes(sheet: Sheet, *, drawn: bool) -> Iterator[tuple[Inline, ...]]:
    """Yield on how many routes of the drawing the first weight reaches the loss, where all routes are drawn."""
    network = sheet.part.network
    weight = network.layers[0].group("weights")[0]
    behind = [len(layer.activations) for layer in network.layers[1:]]
    product = " × ".join(map(str, behind))
    count = 1
    for units in behind:
        count *= units
    if behind and network.paths[weight] == count:
        shown: Inline = (Pictured(words("question.mark_paths"), ""),) if drawn else ()
        yield say("question.paths_to_loss", start=sheet.names(weight.name), shown=shown), (product,), (str(count),)


def forward_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the equation of every node, layer by layer."""
    if asker.sheet.view.scalar:
        known = [block for layer in asker.sheet.part.network.layers for block in definition(asker.sheet, layer)]
        blocks = [block for block in forward_section(asker.sheet) if not isinstance(block, Heading)]
        printed = tuple(block for block in blocks if block in known or isinstance(block, Note))
        wanted = [block for block in blocks if block not in printed]
        lines = tuple(line for block in asker.answers(wanted, "lines") for line in lines_of(block.block))
        drafted = [Drafted((), as_answer(lines, "lines"))]
        yield from question(likewise(asker, wanted, say("question.forward")), drafted, printed)
    if asker.sheet.view.matrix:
        yield from matrix_forward_questions(asker)


def _notes(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if isinstance(block, Note))


def derivatives_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivative of each activation, whose own formula is given."""
    facts = [fact for _layer, fact in activation_facts(asker.sheet, plotted=False)]
    drafted = (
        Drafted(
            fact.subject,
            tuple(it._replace(shared=True) for it in asker.answers((_derivative_lines(fact),), "lines")),
            tuple(_definition(fact)),
        )
        for fact in facts
    )
    yield from question(say("question.activations"), drafted)


def _definition(fact: Fact) -> Iterator[Block]:
    """Yield what an activation is, and what is taken for its derivative at a kink."""
    first = next(equations(fact.lines))
    if first[0].kind is LineKind.DEFINITION:
        yield side_by_side(Working(first))
    if fact.convention:
        yield Note(fact.convention)


def _derivative_lines(fact: Fact) -> Working:
    """Return the derivatives of an activation, but for the matrix of all of them, which says the same once more."""
    derivatives = (line for line in fact.lines if line.kind is not LineKind.DEFINITION)
    groups = (group for group in equations(derivatives) if not isinstance(group[-1].right, Matrix))
    return Working(tuple(line for group in groups for line in group))


def loss_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the loss, which is given."""
    blocks = tuple(loss_section(asker.sheet))
    _definition, *derivatives = (block for block in blocks if isinstance(block, Working))
    answers = tuple(asker.answers(derivatives, "lines"))
    name = loss_title(*asker.sheet.part.network.titled_loss)
    prompt = say("question.loss", loss=name) if name else say("question.own_loss")
    asked = question(likewise(asker, derivatives, prompt), [Drafted((), answers)], loss_statement(asker.sheet))
    yield from with_forms(asker, asked)


def loss_statement(sheet: Sheet) -> tuple[Block, ...]:
    """Return the loss, and what the answers use of it and of the targets.

    Args:
        sheet: The part.
    """
    blocks = tuple(loss_section(sheet))
    definition = next(block for block in blocks if isinstance(block, Working))
    return (definition, *_notes(blocks), *_targets(sheet))


def _targets(sheet: Sheet) -> Iterator[Note]:
    """Yield what the answers use of the targets."""
    derivations = sheet.part.gradient.adjoints.values()
    if any(step.rule is Rule.IDENTITY for derivation in derivations for step in derivation.steps):
        yield Note(say("question.targets"))


def deltas_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield for each layer, the last one first, the question for its deltas."""
    if asker.sheet.view.scalar:
        for title, blocks in sections(deltas_section(asker.sheet)):
            answers = tuple(asker.answers(blocks, "derivation"))
            drafted = (Drafted(named(asker, answer.block), (answer,)) for answer in answers)
            prompt = likewise(asker, blocks, say("question.deltas", what=title.inside))
            yield from _ruled(asker, with_forms(asker, question(prompt, drafted)), gradients=False)
    if asker.sheet.view.matrix:
        yield from matrix_backward_questions(asker, gradients=False)


def gradients_question(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield for each layer the question for the derivatives wrt its parameters: room to work in, then the results."""
    if asker.sheet.view.scalar:
        for title, blocks in sections(gradients_section(asker.sheet)):
            drafted = tuple(worked_out(asker, blocks))
            terms = in_terms_of(asker, answers_in(drafted), partial(in_form, asker))
            prompt = say("question.gradients", what=title.inside, terms=terms)
            asked = question(likewise(asker, blocks, prompt), drafted)
            yield from _ruled(asker, with_forms(asker, asked), gradients=True)
    if asker.sheet.view.matrix:
        yield from matrix_backward_questions(asker, gradients=True)


def _ruled(asker: Asker, asked: Iterator[Question], *, gradients: bool) -> Iterator[Question]:
    """Yield questions about a layer with its general rule, where those are wanted."""
    for block in asked:
        answers = (answer.block for part in block.parts for answer in part.answers)
        groups = [group for answer in answers for group in equations(lines_of(answer))]
        lefts = [left_of(group) for group in groups]
        layers = {asker.layer_of(group[0].about) for group in groups if group[0].about}
        (layer, *_) = sorted(layer for layer in layers if layer) or [0]
        if asker.ruled is None or not layer:
            yield block
            continue
        # Imported where it is used: few sheets give rules.
        from symnet.sheets.indexed import layer_rule

        # The rule of a single unit is what is asked for.
        rule = [line for line in layer_rule(asker.ruled, layer, gradients=gradients) if line.left not in lefts]
        yield block._replace(rule=(Working(tuple(rule)),) if rule else ())


def objective_question(asker: Asker, asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of what all samples and the penalty come to, which is given."""
    penalties = asked.regularization if isinstance(asked, Description) else ()
    blocks = tuple(objective_section(asker.sheet, tuple(penalty.kind for penalty in penalties)))
    if not blocks:
        return
    calculations = [block for block in blocks if isinstance(block, Working)]
    words = (block for block in blocks if isinstance(block, Paragraph))
    printed: tuple[Block, ...] = (*words, *calculations[:1])
    facts = [block for block in blocks if isinstance(block, Fact)]
    printed += tuple(Note(fact.content) for fact in facts if fact.content)
    penalized = tuple(asker.answers((Working(fact.lines) for fact in facts), "lines"))
    results = tuple(block for block in blocks if isinstance(block, Result))
    # What each sample has for itself stands below the sum over all of them.
    apart = PER_SAMPLE if asker.sheet.part.objective.samples is not None else ()
    derivations = asker.sheet.part.objective.derivations

    def in_objective(leaf: Symbol) -> Expr:
        return before_writing_out(derivations[leaf])[-1].rhs

    terms = in_terms_of(asker, asker.answers(results, "lines"), in_objective, apart)
    linear = tuple(line for block in calculations[1:] for line in block.lines)
    lines = tuple(line for block in results for line in asker.lines(block.lines))
    if asker.units == "first":
        lines = _one_a_layer(asker, lines)
    derived = as_answer(_led_to(linear, lines) if results else linear, "lines")
    prompt = say("question.objective", objective=asker.sheet.objective, terms=terms)
    yield from question(likewise(asker, blocks, prompt), [Drafted((), (*penalized, *derived))], printed)


def _one_a_layer(asker: Asker, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the first of the lines that are about the same layer."""
    found: dict[int | None, Line] = {}
    for line in lines:
        found.setdefault(asker.layer_of(line.about) if line.about else None, line)
    return tuple(found.values())


def _led_to(first: tuple[Line, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return lines, each behind those first ones that have the same left side."""
    found: list[Line] = []
    for line in lines:
        before = [one for one in first if one.left == line.left]
        found += (*before, line._replace(left=None if before else line.left))
    return tuple(found)

"""The questions of a worksheet."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.catalog.optimizers import OPTIMIZERS
from symnet.derivation.steps import Rule, before_writing_out
from symnet.description.layers import Training
from symnet.description.network import Description, Exercise
from symnet.description.questions import QuestionChoice
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
    QuestionPart,
    Result,
    Table,
    Working,
    telling,
)
from symnet.layout.tree import Layout, Matrix, Row
from symnet.limits import MOST_ASKED_INPUTS, MOST_ASKED_PARAMETERS, MOST_WORKED_SAMPLES
from symnet.network.graph import LayerNodes, counts
from symnet.numerics.direct import Value
from symnet.quantity import PER_SAMPLE, Role
from symnet.sheets.backward import deltas_section, gradients_section, loss_section
from symnet.sheets.blanks import side_by_side
from symnet.sheets.derivatives import derivatives_section
from symnet.sheets.derived import shown_adjoints
from symnet.sheets.graph import backward_section, graph_section, local_section, numbers_section
from symnet.sheets.matrix import (
    matrix_backward_numbers_section,
    matrix_backward_section,
    matrix_forward_numbers_section,
    matrix_forward_section,
)
from symnet.sheets.names import definition, of_adjoint, of_node, of_update, titled
from symnet.sheets.network import dropout, forward_section, legend, network_section
from symnet.sheets.numbers import (
    backward_numbers_section,
    conventions_in_numbers,
    data_section,
    forward_numbers_section,
)
from symnet.sheets.objective import objective_numbers_section, objective_section
from symnet.sheets.optimizer import general_rule, is_clipping
from symnet.sheets.repeats import unrepeated, without_repeats
from symnet.sheets.sheet import Sheet
from symnet.sheets.training import batch_of, shown_parameters, start_table, step_lines, symbolic_update_section
from symnet.text.say import in_a_row, listed, say, words

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation, Sample


# How questions are made of what a solution says: its calculations become the parts of a question, each with marks.

# More symbols than these are named in words.
_MOST_TERMS = 9


# What is asked of every unit, where nothing else is chosen.
_IN_NUMBERS = ("numbers", "updates")


class Asker(NamedTuple):
    """One part of an exercise, and which of its quantities are asked for.

    Attributes:
        sheet: The part.
        training: How it is trained, if it is.
        drawn: Whether its drawing is printed on the sheet.
        ruled: The part with general indices, where its general rules are wanted.
        units: ``first`` for the first unit of each layer, ``all`` for every one.
        layers: The layers that are asked about; None for all.
    """

    sheet: Sheet
    training: Training | None
    drawn: bool
    ruled: Sheet | None = None
    units: str = "first"
    layers: tuple[int, ...] | None = None

    @property
    def is_large(self) -> bool:
        """Whether the first unit of each layer is asked for in numbers too."""
        network = self.sheet.part.network
        return not network.is_graph and len(network.parameters) > MOST_ASKED_PARAMETERS

    def choosing(self, choice: QuestionChoice) -> Asker:
        """Return what asks for those quantities that a question is about."""
        every = bool(self.sheet.view.parameters) or (choice.ask in _IN_NUMBERS and not self.is_large)
        units = choice.units or ("all" if every else "first")
        return self._replace(units=units, layers=choice.layers)

    def wants(self, name: str) -> bool:
        """Return whether what is about a quantity is asked for; what is about several, or none, always is."""
        if not name:
            return True
        layer = self.layer_of(name)
        is_wanted = self.units == "all" or self.sheet.part.network.is_graph or self.is_first(name)
        return is_wanted and (self.layers is None or layer is None or layer in self.layers)

    def leaves_out(self, blocks: Iterable[Block]) -> bool:
        """Return whether some units of the layers that are asked about are not asked for."""
        others = self._replace(units="all")
        groups = (group for block in blocks if isinstance(block, Working | Result) for group in equations(block.lines))
        return any(others.wants(group[0].about) and not self.wants(group[0].about) for group in groups)

    def layer_of(self, name: str) -> int | None:
        """Return the layer of a quantity, if it has one."""
        return self.sheet.names.quantities[name].layer

    def is_first(self, name: str) -> bool:
        """Return whether a quantity belongs to unit 1, or to no unit; a weight also has to start at unit 1."""
        quantity = self.sheet.names.quantities[name]
        return quantity.unit in (None, 1) and quantity.source in (None, 1)

    def lines(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """Return the lines of what is asked for."""
        return tuple(line for group in equations(lines) if self.wants(group[0].about) for line in unrepeated(group))

    def answers(self, blocks: Iterable[Block], space: str) -> Iterator[AnswerBlank]:
        """Yield an answer for each calculation or table that stands in ``blocks``.

        Args:
            blocks: Of a section of the solution.
            space: How room is left for them; numbers go in a table only where each has a left side of its own.
        """
        for block in blocks:
            if isinstance(block, Working | Result):
                lines = self.lines(block.lines)
                room = "lines" if space == "values" and any(line.left is None for line in lines) else space
                if lines:
                    yield AnswerBlank(block._replace(lines=lines), room, tuple(line.of for line in lines))
            elif isinstance(block, Table):
                yield AnswerBlank(block, "cells")


def equations(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each left side together."""
    group: tuple[Line, ...] = ()
    for line in lines:
        if group and line.left is not None:
            yield group
            group = ()
        group += (line,)
    if group:
        yield group


def left_of(group: Sequence[Line]) -> Layout:
    """Return the left side of the lines of one equation."""
    left = group[0].left
    return Row(()) if left is None else left


def results(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the calculations among ``blocks`` with the last line of each equation alone."""
    for block in blocks:
        if isinstance(block, Working | Result):
            lines = (group[-1]._replace(left=left_of(group)) for group in equations(block.lines))
            yield block._replace(lines=tuple(lines))


def sections(blocks: Iterable[Block]) -> Iterator[tuple[Heading, tuple[Block, ...]]]:
    """Yield each heading and what stands below it, where something does."""
    title = Heading(2, ())
    below: tuple[Block, ...] = ()
    for block in blocks:
        if isinstance(block, Heading):
            if below:
                yield title, below
            title, below = block, ()
        else:
            below += (block,)
    if below:
        yield title, below


class Drafted(NamedTuple):
    """A part without its label: what is asked, what is given for it, its answers."""

    prompt: Inline
    answers: tuple[AnswerBlank, ...]
    given: tuple[Block, ...] = ()


def question(prompt: Inline, drafted: Iterable[Drafted], given: tuple[Block, ...] = ()) -> Iterator[Question]:
    """Yield a question that has no number yet, if there is anything to ask.

    Args:
        prompt: What is asked.
        drafted: Its parts, of which those without answers are left out; a single one has no label and no words.
        given: What is printed for all of them.
    """
    given = tuple(map(without_repeats, given))
    kept = [part for part in drafted if part.answers]
    if len(kept) == 1:
        yield Question(0, prompt, given, (QuestionPart("", (), kept[0].given, kept[0].answers),))
    elif kept:
        parts = (
            QuestionPart(_label(number), part.prompt, part.given, part.answers) for number, part in enumerate(kept)
        )
        yield Question(0, prompt, given, tuple(parts))


def _label(number: int) -> str:
    """Return the label of a part by its 0-based number: ``a`` to ``z``, then ``aa``."""
    rest, letter = divmod(number, 26)
    return (_label(rest - 1) if rest else "") + chr(ord("a") + letter)


def named(asker: Asker, block: Block) -> Inline:
    """Return what derivatives are of, as a list in a sentence: ``delta``, or ``with respect to w and b``.

    Args:
        asker: The part of the exercise.
        block: Derivatives with respect to nodes, parameters or inputs.
    """
    if not isinstance(block, Working | Result):
        return ()
    names, adjoints = asker.sheet.names, asker.sheet.part.gradient.adjoints
    wrt = [Symbol(group[0].about) for group in equations(block.lines)]
    if names.has_delta and all(names.quantities[symbol.name].role is Role.PRE_ACTIVATION for symbol in wrt):
        return listed([names(adjoints[symbol].symbol.name) for symbol in wrt])
    return say("question.with_respect_to", symbols=listed([names(symbol.name) for symbol in wrt]))


def worked_out(asker: Asker, blocks: tuple[Block, ...]) -> Iterator[Drafted]:
    """Yield a part for each result, with a frame for the calculation before it.

    Args:
        asker: The part of the exercise.
        blocks: Calculations, and each result after those that lead to it.
    """
    before: tuple[AnswerBlank, ...] = ()
    for block in blocks:
        if isinstance(block, Working):
            before += tuple(asker.answers((block,), "frame"))
        elif isinstance(block, Result):
            after = tuple(asker.answers((block,), "lines"))
            if after:
                yield Drafted(named(asker, after[0].block), (*before, *after))
            before = ()


def in_terms_of(
    asker: Asker, answers: Iterable[AnswerBlank], result: Callable[[Symbol], Expr], apart: Container[Role] = ()
) -> Inline:
    """Return the symbols of some results in the order of the legend, each kind in words where there are many.

    Args:
        asker: The part of the exercise.
        answers: Derivatives, each with respect to a parameter or an input.
        result: What the derivative with respect to one of them comes to.
        apart: The roles of symbols that are not named.
    """
    quantities = asker.sheet.names.quantities
    roles, ids = list(Role), list(quantities)
    lines = (line for answer in answers if isinstance(answer.block, Result) for line in answer.block.lines)
    found = {symbol.name for line in lines for symbol in result(Symbol(line.about)).free_symbols}
    named_too = (name for name in found if name in quantities and quantities[name].role not in apart)
    used = sorted(named_too, key=lambda name: (roles.index(quantities[name].role), ids.index(name)))
    if not used:
        return ()
    if len(used) <= _MOST_TERMS:
        return say("question.in_terms", symbols=listed([asker.sheet.names(name) for name in used]))
    kinds = dict.fromkeys(quantities[name].role for name in used)
    return say("question.in_terms_of_kinds", kinds=listed([_plural(asker.sheet, role) for role in kinds]))


def _answers_in(drafted: Iterable[Drafted]) -> Iterator[AnswerBlank]:
    return (answer for part in drafted for answer in part.answers)


def _plural(sheet: Sheet, role: Role) -> Inline:
    if role is Role.DELTA and not sheet.names.has_delta:
        return say("backward.pre_activation_derivatives")
    return say(f"role.{role.name.lower()}", count=2)


# Questions with numbers: the forward pass, derivatives, and a step of training, at what is given.

# Parameters up to which all are asked for: where a step takes one line of each, and where it takes several.
_MOST_OF_ONE_LINE, _MOST_OF_SEVERAL_LINES = 12, 4

# How a quantity is written, which of the values of a sample it is among and by which symbol, and its id in a sample.
Entry: TypeAlias = "tuple[Layout, Callable[[Sample], Mapping[Symbol, Value]], Symbol, Callable[[int], tuple[str, ...]]]"
_VALUES, _ADJOINTS = map(attrgetter, ("values", "adjoints"))


def forward_numbers(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the forward pass in numbers, which are given: line by line, or as a table of samples."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    given = tuple(
        side_by_side(block) if isinstance(block, Working) else block
        for block in data_section(sheet, evaluation)
        if not isinstance(block, Heading)
    )
    if sheet.view.scalar:
        if len(evaluation.samples) > 1:
            answers = _in_samples(asker, evaluation, _forward_entries(sheet))
        else:
            answers = results_of(asker, forward_numbers_section(sheet, evaluation))
        prompt = say("question.forward_numbers", samples=_of_samples(evaluation))
        yield from question(prompt, [Drafted((), answers)], given)
        given = ()
    if sheet.view.matrix:
        yield from matrix_forward_numbers(asker, evaluation, given)


def backward_numbers(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question to compute the loss, the deltas and gradients, and the objective with its gradient."""
    sheet = asker.sheet
    evaluation = sheet.evaluation
    if evaluation is None:
        return
    if sheet.view.scalar:
        prompt = say("question.backward_numbers", samples=_of_samples(evaluation))
        yield from question(prompt, _backward_parts(asker, evaluation), conventions_in_numbers(sheet, evaluation))
    if sheet.view.matrix:
        yield from matrix_backward_numbers(asker, evaluation)


def _backward_parts(asker: Asker, evaluation: Evaluation) -> Iterator[Drafted]:
    sheet = asker.sheet
    if len(evaluation.samples) == 1:
        yield from _drafted(asker, backward_numbers_section(sheet, evaluation))
        yield from _drafted(asker, objective_numbers_section(sheet, evaluation))
        return
    yield Drafted(
        say("pass.loss" if sheet.names.has_delta else "pass.loss_without_deltas"),
        _in_samples(asker, evaluation, _adjoints(sheet)),
    )
    yield from _drafted(asker, objective_numbers_section(sheet, evaluation))


def _drafted(asker: Asker, blocks: Iterable[Block]) -> Iterator[Drafted]:
    for title, below in sections(blocks):
        yield Drafted(title.content, results_of(asker, below))


def results_of(asker: Asker, blocks: Iterable[Block]) -> tuple[AnswerBlank, ...]:
    """Return the answers of a section with numbers: of each calculation the last line, which has the value.

    Args:
        asker: The part of the exercise.
        blocks: Of a section with numbers.
    """
    return tuple(asker.answers(results(blocks), "values"))


def _of_samples(evaluation: Evaluation) -> Inline:
    count = len(evaluation.samples)
    if count == 1:
        return ()
    if count <= MOST_WORKED_SAMPLES:
        return say("question.for_each_sample")
    return say("question.for_first_samples", last=str(MOST_WORKED_SAMPLES))


def _forward_entries(sheet: Sheet) -> Iterator[Entry]:
    for branch in sheet.part.network.branches:
        for layer in branch:
            for symbol in (*layer.pre_activations, *layer.activations, *layer.dropped):
                yield sheet.names(symbol.name), _VALUES, symbol, partial(of_node, symbol)


def _adjoints(sheet: Sheet) -> Iterator[Entry]:
    loss = sheet.part.network.loss
    yield sheet.names(loss.name), _VALUES, loss, partial(of_node, loss)
    for derivation in shown_adjoints(sheet):
        name = sheet.names(derivation.symbol.name)
        yield name, _ADJOINTS, derivation.wrt, partial(of_adjoint, sheet.part, derivation.wrt)


def _in_samples(asker: Asker, evaluation: Evaluation, entries: Iterable[Entry]) -> tuple[AnswerBlank, ...]:
    """Return a table with a row for each quantity and a column for each of the first samples."""
    samples = evaluation.samples[:MOST_WORKED_SAMPLES]
    numbers = [number + 1 for number in evaluation.batch or range(len(samples))][: len(samples)]
    head: tuple[Inline, ...] = (
        ("",),
        *(say("question.sample", number=str(number)) for number in numbers),
    )
    wanted = [entry for entry in entries if asker.wants(entry[2].name)]
    rows = tuple(
        ((left,), *((asker.sheet.number(values_of(sample)[symbol])[0],) for sample in samples))
        for left, values_of, symbol, _ in wanted
    )
    asked = (tuple(name for number, _ in enumerate(samples, 1) for name in ids_in(number)) for *_, ids_in in wanted)
    return (AnswerBlank(Table(head, rows, "l" + "r" * len(samples)), "cells", tuple(asked)),)


def update(asker: Asker, asked: Exercise) -> Iterator[Question]:
    """Yield the questions for the training steps that are asked for, by the rule that is given."""
    sheet, training = asker.sheet, asked.training
    if training is None:
        return
    evaluation = sheet.evaluation
    rule = tuple(general_rule(sheet, training, len(evaluation.samples) if evaluation is not None else None))
    if evaluation is None:
        blocks = tuple(block for block in symbolic_update_section(sheet, training) if block not in rule)
        drafted = [Drafted((), tuple(asker.answers(blocks, "lines")))]
        yield from question(likewise(asker, blocks, say("question.update")), drafted, rule)
        return
    every = shown_parameters(sheet, training)
    start = start_table(sheet, training, every)
    parameters = _asked_for(asker, training, every)
    for index in range(asked_steps(training)):
        prompt = _of_step(evaluation, index, is_short=len(parameters) < len(every))
        drafted = [*_passes(asker, evaluation, index), *_one_step(asker, evaluation, index, parameters)]
        given = () if index else (*rule, *(() if start is None else (start,)))
        yield from question(prompt, drafted, given)


def asked_steps(training: Training) -> int:
    """Return how many steps of a training are asked for: as many as are to be shown, else the first.

    Args:
        training: The training.
    """
    return max(1, min(training.steps, training.show or 1))


def _of_step(evaluation: Evaluation, index: int, *, is_short: bool) -> Inline:
    """Return the words of the question for a step."""
    batch = batch_of(evaluation.updates[index], evaluation)
    number = evaluation.updates[index].step
    if index:
        prompt = say("question.later_step", number=str(number), before=str(number - 1))
        prompt = in_a_row(prompt, say("question.uses", batch=batch)) if batch else prompt
    else:
        prompt = say("question.first_step_of", batch=batch) if batch else say("question.first_step")
    return in_a_row(prompt, say("question.likewise")) if is_short else prompt


def _passes(asker: Asker, evaluation: Evaluation, index: int) -> Iterator[Drafted]:
    """Yield the passes before a step after the first; no answer to them has an id of its own."""
    if not index:
        return
    before, sheet = evaluation.before_step(index), asker.sheet
    if len(before.samples) > 1:
        forward = _in_samples(asker, before, _forward_entries(sheet))
    else:
        forward = results_of(asker, forward_numbers_section(sheet, before))
    for part in (Drafted(say("pass.forward"), forward), *_backward_parts(asker, before)):
        yield part._replace(answers=tuple(answer._replace(asked=((),) * len(answer.asked)) for answer in part.answers))


def _asked_for(asker: Asker, training: Training, parameters: Sequence[Symbol]) -> Sequence[Symbol]:
    """Return the parameters whose step is asked for: of many with several lines each, those of the first units."""
    short = not OPTIMIZERS[training.optimizer].states and not is_clipping(training)
    # A norm is that of all derivatives.
    most = _MOST_OF_ONE_LINE if short or training.clip_norm is not None else _MOST_OF_SEVERAL_LINES
    if len(parameters) <= most:
        return parameters
    return [parameter for parameter in parameters if asker.is_first(parameter.name)]


def _one_step(asker: Asker, evaluation: Evaluation, index: int, parameters: Sequence[Symbol]) -> Iterator[Drafted]:
    """Yield a step: what holds for all parameters, then each; short updates stand together."""
    sheet, training = asker.sheet, asker.training
    if training is None:
        return
    last = evaluation.updates[index - 1] if index else None
    common, worked = step_lines(sheet, training, evaluation.updates[index], last, parameters)
    groups = [
        lines if index else telling(of_update(leaf), lines, leaf.name, LineKind.VALUE)
        for leaf, lines in zip(parameters, worked, strict=True)
    ]
    if all(len(group) == 1 for group in groups):
        every = (*common, *(line for group in groups for line in group))
        yield Drafted(say("question.updates") if index else (), _numbers_of(every))
        return
    prompts = [say("question.for_parameter", parameter=sheet.names(parameter.name)) for parameter in parameters]
    for prompt, lines in zip((say("question.for_all"), *prompts), (common, *groups), strict=True):
        yield Drafted(prompt, _numbers_of(lines))


def _numbers_of(lines: tuple[Line, ...]) -> tuple[AnswerBlank, ...]:
    """Return lines with numbers as one answer, in a table where each has a left side."""
    return _answer(lines, "lines" if any(line.left is None for line in lines) else "values")


def _answer(lines: tuple[Line, ...], space: str) -> tuple[AnswerBlank, ...]:
    """Return lines as one answer, if there are any."""
    return (AnswerBlank(Working(lines), space, tuple(line.of for line in lines)),) if lines else ()


def _lines_of(block: Block) -> tuple[Line, ...]:
    return block.lines if isinstance(block, Working | Result) else ()


# The questions of a computation graph: its paths, its local derivatives, backward, and all of it in numbers.


def graph_introduction(asker: Asker, asks: Container[str]) -> Iterator[Block]:
    """Yield the graph as it is given, with its drawing, unless that is asked for.

    Args:
        asker: The graph.
        asks: What is asked for.
    """
    for block in graph_section(asker.sheet, None):
        if not isinstance(block, Heading | Figure) or (isinstance(block, Figure) and "draw" not in asks):
            yield block


def can_be_drawn(sheet: Sheet) -> bool:
    """Return whether there is a diagram of an exercise: of a network always, of a graph where it is not too large.

    Args:
        sheet: The exercise.
    """
    return not sheet.part.network.is_graph or any(isinstance(block, Figure) for block in graph_section(sheet, None))


def _drawn_graph(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the drawing of a graph that is small enough to be drawn."""
    figures = [block for block in graph_section(asker.sheet, None) if isinstance(block, Figure)]
    yield from question(say("question.draw_graph"), [Drafted((), tuple(AnswerBlank(it, "drawing") for it in figures))])


def _pictured(drawn: bool, key: str, otherwise: str) -> Inline:
    """Return a sentence that speaks of the drawing, and the one for where there is none, as on a large graph."""
    return (Pictured(words(key), words(otherwise)),) if drawn else say(otherwise)


def _paths(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question that the drawing answers: on how many paths an input reaches the output."""
    sheet = asker.sheet
    network, names = sheet.part.network, sheet.names
    asked = [symbol for symbol in sheet.leaves if symbol in network.children][:MOST_ASKED_INPUTS]
    rows = tuple(((names(symbol.name),), (str(network.paths[symbol]),)) for symbol in asked)
    table = Table((say("column.from"), say("column.paths")), rows, "lr")
    prompt = say("question.paths", output=names(network.loss.name))
    yield from question(prompt, [Drafted((), (AnswerBlank(table, "cells"),))])


def _local(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivative of every node with respect to what it is made of."""
    blocks = tuple(local_section(asker.sheet))
    conventions = tuple(block for block in blocks if isinstance(block, Note))
    answers = tuple(asker.answers(blocks, "lines"))
    prompt = say("question.local")
    yield from question(prompt, [Drafted((), answers)], conventions)


def _backward(sheet: Sheet) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the derivatives of the output with respect to every node, and those with respect to every input."""
    blocks = tuple(block for block in backward_section(sheet) if isinstance(block, Working | Result))
    ends = [index for index, block in enumerate(blocks) if isinstance(block, Result)]
    first = ends[0] - 1 if ends else len(blocks)
    return blocks[:first], blocks[first:]


def _nodes(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every node."""
    output = asker.sheet.names(asker.sheet.part.network.loss.name)
    nodes = tuple(asker.answers(_backward(asker.sheet)[0], "lines"))
    yield from question(say("question.nodes", output=output), [Drafted((), nodes)])


def _inputs(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the output with respect to every input."""
    network = asker.sheet.part.network
    drafted = tuple(worked_out(asker, _backward(asker.sheet)[1]))
    terms = in_terms_of(asker, _answers_in(drafted), lambda leaf: asker.sheet.part.gradient.leaves[leaf].result)
    key = "question.by_parameters" if network.parameters else "question.by_inputs"
    yield from question(say(key, output=asker.sheet.names(network.loss.name), terms=terms), drafted)


def _graph_numbers(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the graph in numbers, where its inputs have some."""
    sheet = asker.sheet
    if sheet.evaluation is None:
        return
    (_title, given), *below = sections(numbers_section(sheet, sheet.evaluation))
    drafted = [Drafted(title.content, results_of(asker, blocks)) for title, blocks in below]
    given = (*given, *conventions_in_numbers(sheet, sheet.evaluation))
    yield from question(_pictured(asker.drawn, "question.on_diagram", "question.without_diagram"), drafted, given)


# The questions of the matrix form: forward pass and derivatives layer by layer, in letters and in numbers.


def matrix_forward(asker: Asker) -> Iterator[Question]:
    """Yield the question for the forward pass, whose vectors and matrices are given with their shapes."""
    blocks = tuple(matrix_forward_section(asker.sheet))
    given = tuple(block for block in blocks if isinstance(block, Paragraph | Table | Note))
    answers = _answers(asker, blocks)
    yield from question(say("question.matrix_forward"), [Drafted((), answers)], given)


def matrix_backward(asker: Asker, *, gradients: bool) -> Iterator[Question]:
    """Yield the questions for the derivatives with respect to the parameters, or for those that lead there."""
    for title, blocks in sections(matrix_backward_section(asker.sheet)):
        framed = tuple(block for block in blocks if isinstance(block, Result))
        if bool(framed) != gradients:
            continue
        # What stands before results says what a derivative with respect to a matrix is.
        kinds = (Paragraph, Note, Working) if framed else (Paragraph, Note)
        given = tuple(block for block in blocks if isinstance(block, kinds))
        answers = _answers(asker, framed or blocks)
        yield from question(say("question.matrix_backward", what=title.inside), [Drafted((), answers)], given)


def matrix_forward_numbers(asker: Asker, evaluation: Evaluation, given: tuple[Block, ...]) -> Iterator[Question]:
    """Yield the question for the forward pass in matrices of numbers.

    Args:
        asker: The part.
        evaluation: Its numbers.
        given: The given ones, where no question before has printed them.
    """
    yield from _in_numbers(asker, matrix_forward_numbers_section(asker.sheet, evaluation), given)


def matrix_backward_numbers(asker: Asker, evaluation: Evaluation) -> Iterator[Question]:
    """Yield the question for the derivatives in matrices of numbers."""
    yield from _in_numbers(asker, matrix_backward_numbers_section(asker.sheet, evaluation))


def _in_numbers(asker: Asker, blocks: Iterable[Block], given: tuple[Block, ...] = ()) -> Iterator[Question]:
    for title, below in sections(blocks):
        yield from question(
            say("question.matrix_numbers", what=title.inside), [Drafted((), tuple(_worked(asker, below)))], given
        )


def _worked(asker: Asker, blocks: tuple[Block, ...]) -> Iterator[AnswerBlank]:
    """Yield what comes of each line; what leads to a framed result goes in a frame."""
    outcomes = tuple(results(blocks))
    for block, after in pairwise((*outcomes, Heading(2, ()))):
        is_before = isinstance(block, Working) and isinstance(after, Result)
        yield from asker.answers((block,), "frame" if is_before else "lines")


def _answers(asker: Asker, blocks: Iterable[Block]) -> tuple[AnswerBlank, ...]:
    calculations = (block for block in blocks if isinstance(block, Working | Result))
    return tuple(asker.answers(calculations, "lines"))


# The questions of a network: what is asked once for all losses, then what is asked with each.


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


def _draw(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the drawing of the network."""
    figures = [block for block in network_section(asker.sheet) if isinstance(block, Figure)]
    with_biases = any(layer.biases for layer in asker.sheet.part.network.layers)
    prompt = say("question.draw") if with_biases else say("question.draw_without_biases")
    yield from question(prompt, [Drafted((), tuple(AnswerBlank(it, "drawing") for it in figures))])


def likewise(asker: Asker, blocks: Iterable[Block], prompt: Inline) -> Inline:
    """Return the words of a question, with what goes for the units that are not asked for.

    Args:
        asker: The part of the exercise.
        blocks: What there is to ask.
        prompt: The words.
    """
    return in_a_row(prompt, say("worksheet.likewise")) if asker.leaves_out(blocks) else prompt


def _size(asker: Asker, _asked: Exercise) -> Iterator[Question]:
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
    yield from question(_pictured(asker.drawn, "question.size_on_diagram", "question.size"), [Drafted((), (answer,))])


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


def _forward(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the equation of every node, layer by layer."""
    if asker.sheet.view.scalar:
        known = [block for layer in asker.sheet.part.network.layers for block in definition(asker.sheet, layer)]
        blocks = [block for block in forward_section(asker.sheet) if not isinstance(block, Heading)]
        given = tuple(block for block in blocks if block in known or isinstance(block, Note))
        wanted = [block for block in blocks if block not in given]
        lines = tuple(line for block in asker.answers(wanted, "lines") for line in _lines_of(block.block))
        drafted = [Drafted((), _answer(lines, "lines"))]
        yield from question(likewise(asker, wanted, say("question.forward")), drafted, given)
    if asker.sheet.view.matrix:
        yield from matrix_forward(asker)


def _notes(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if isinstance(block, Note))


def _derivatives(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivative of each activation, whose own formula is given."""
    facts = [block for block in derivatives_section(asker.sheet) if isinstance(block, Fact)]
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


def _loss(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of the loss, which is given."""
    blocks = tuple(loss_section(asker.sheet))
    _definition, *derivatives = (block for block in blocks if isinstance(block, Working))
    answers = tuple(asker.answers(derivatives, "lines"))
    title = asker.sheet.part.network.loss_title
    prompt = say("question.loss", loss=title) if title else say("question.own_loss")
    yield from question(likewise(asker, derivatives, prompt), [Drafted((), answers)], loss_given(asker.sheet))


def loss_given(sheet: Sheet) -> tuple[Block, ...]:
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


def _deltas(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield for each layer, the last one first, the question for its deltas."""
    if asker.sheet.view.scalar:
        for title, blocks in sections(deltas_section(asker.sheet)):
            answers = tuple(asker.answers(blocks, "derivation"))
            drafted = (Drafted(named(asker, answer.block), (answer,)) for answer in answers)
            prompt = likewise(asker, blocks, say("question.deltas", what=title.inside))
            yield from _ruled(asker, question(prompt, drafted), gradients=False)
    if asker.sheet.view.matrix:
        yield from matrix_backward(asker, gradients=False)


def _gradients(asker: Asker, _asked: Exercise) -> Iterator[Question]:
    """Yield for each layer the question for the derivatives wrt its parameters: room to work in, then the results."""
    if asker.sheet.view.scalar:
        for title, blocks in sections(gradients_section(asker.sheet)):
            drafted = tuple(worked_out(asker, blocks))
            terms = in_terms_of(asker, _answers_in(drafted), lambda leaf: asker.sheet.part.gradient.leaves[leaf].result)
            prompt = say("question.gradients", what=title.inside, terms=terms)
            yield from _ruled(asker, question(likewise(asker, blocks, prompt), drafted), gradients=True)
    if asker.sheet.view.matrix:
        yield from matrix_backward(asker, gradients=True)


def _ruled(asker: Asker, asked: Iterator[Question], *, gradients: bool) -> Iterator[Question]:
    """Yield questions about a layer with its general rule, where those are wanted."""
    for block in asked:
        answers = (answer.block for part in block.parts for answer in part.answers)
        groups = [group for answer in answers for group in equations(_lines_of(answer))]
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


def _objective(asker: Asker, asked: Exercise) -> Iterator[Question]:
    """Yield the question for the derivatives of what all samples and the penalty come to, which is given."""
    penalties = asked.regularization if isinstance(asked, Description) else ()
    blocks = tuple(objective_section(asker.sheet, tuple(penalty.kind for penalty in penalties)))
    if not blocks:
        return
    calculations = [block for block in blocks if isinstance(block, Working)]
    words = (block for block in blocks if isinstance(block, Paragraph))
    given: tuple[Block, ...] = (*words, *calculations[:1])
    facts = [block for block in blocks if isinstance(block, Fact)]
    given += tuple(Note(fact.content) for fact in facts if fact.content)
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
    derived = _answer(_led_to(linear, lines) if results else linear, "lines")
    prompt = say("question.objective", objective=asker.sheet.objective, terms=terms)
    yield from question(likewise(asker, blocks, prompt), [Drafted((), (*penalized, *derived))], given)


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


# What can be asked for, by its word: once for all losses, with each of them, and of a graph.

Ask: TypeAlias = Callable[[Asker, Exercise], Iterator[Question]]

SHARED: Mapping[str, Ask] = MappingProxyType(
    {"draw": _draw, "size": _size, "forward": _forward, "derivatives": _derivatives, "numbers": forward_numbers}
)
OWN: Mapping[str, Ask] = MappingProxyType(
    {
        "loss": _loss,
        "deltas": _deltas,
        "gradients": _gradients,
        "objective": _objective,
        "numbers": backward_numbers,
        "updates": update,
    }
)
OF_GRAPH: Mapping[str, Ask] = MappingProxyType(
    {
        "draw": _drawn_graph,
        "size": _paths,
        "derivatives": _local,
        "deltas": _nodes,
        "gradients": _inputs,
        "numbers": _graph_numbers,
        "updates": update,
    }
)

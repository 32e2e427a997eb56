"""Training steps of whole arrays on a sheet: the rule once, then what each step makes of every array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from sympy import Integer, Pow, Symbol

from symnet.algebra.nodes import PathSum
from symnet.arrays.tree import ArrayTree, Shape
from symnet.arrays.updates import RuleLines, rescaled_array, rule_of_arrays, states_of_numbers
from symnet.catalog.optimizers import (
    GRADIENT,
    INTERPOLATED,
    LEARNING_RATE,
    LONGEST,
    NORM,
    PARAMETER,
    STEP,
    OptimizerState,
    updated,
)
from symnet.description.training import Training
from symnet.document import Block, Flow, Inline, Line, LineKind, Note, Paragraph, Table, Working
from symnet.layout.tree import Fence, Glyph, Layout, Number, Operator, Row, Scripts, Word
from symnet.marking.trained import trained_target
from symnet.numerics.direct import Value
from symnet.numerics.training import Update, updated_parameters
from symnet.quantity import Role
from symnet.sheets.arrays import ArraySheet, acting_entrywise
from symnet.sheets.names import of_update
from symnet.sheets.newton import is_newton
from symnet.sheets.optimizer import (
    both_or_all,
    conventions,
    has_state,
    is_clipping,
    is_elementwise,
    letter,
    named_states,
    norm_letter,
    own_letter,
    rate_lines,
    rate_of_step,
    relation_of,
    spelled,
)
from symnet.sheets.rule_numbers import RuleNumbers
from symnet.sheets.sheet import Sheet
from symnet.sheets.training import rate_line
from symnet.text.say import in_a_row, listed, say, words
from symnet.typeset.arrays import ArrayWriter, base_of, capital, low
from symnet.typeset.expressions import row
from symnet.verification.updates import verify_updates
from symnet.verification.verify import Check

NumberOf: TypeAlias = Callable[[Symbol], Value]
"""From a parameter to a number that is kept of it."""


class RuleWriter(ArrayWriter):
    """Writes the lines of a rule, whose symbols stand for arrays and numbers.

    Args:
        write: Writes the arrays of the sheet.
        written: How each symbol of the rule is written.
    """

    def __init__(self, write: ArrayWriter, written: Mapping[str, Layout]) -> None:
        super().__init__(write.names, write.output)
        self.families, self.time, self.written = write.families, write.time, written

    def __call__(self, tree: ArrayTree) -> Layout:
        """Return the layout tree of an expression."""
        known = self.written.get(tree.option) if tree.kind == "leaf" else None
        return super().__call__(tree) if known is None else known


class ArrayTraining:
    """The training of a sheet about arrays.

    Args:
        arrays: The arrays.
        training: How it is trained.

    Attributes:
        names: The arrays of parameters that are updated, and shown in whole.
        rest: The parameters that are updated and shown, and are in none of them.
    """

    def __init__(self, arrays: ArraySheet, training: Training) -> None:
        self.arrays, self.sheet, self.training = arrays, arrays.sheet, training
        self.optimizer = training.rule
        parameters = updated_parameters(self.sheet.part.network, training)
        self.updated = tuple(name for name in arrays.graph.inputs if self._is_within(name, parameters))
        shown = self.sheet.view.among(parameters)
        self.names = tuple(name for name in self.updated if self._is_within(name, shown))
        told = {one for name in self.names for one in arrays.ids(name)}
        self.rest = tuple(symbol for symbol in shown if symbol.name not in told)

    @classmethod
    def of(cls, sheet: Sheet, training: Training | None) -> ArrayTraining | None:
        """Return the training of a sheet in arrays; None where parameters are single numbers, as Newton's method is."""
        if training is None or not sheet.in_arrays or is_newton(training.rule):
            return None
        found = cls(ArraySheet.of(sheet), training)
        return found if any(found.shape(name) for name in found.names) else None

    def _is_within(self, name: str, parameters: Iterable[Symbol]) -> bool:
        ids = self.arrays.ids(name)
        return bool(ids) and {symbol.name for symbol in parameters}.issuperset(ids)

    def shape(self, name: str) -> Shape:
        """Return the shape of an array."""
        return self.arrays.graph.shape(name)

    def symbols(self, name: str) -> tuple[Symbol, ...]:
        """Return the parameters in an array."""
        return tuple(map(Symbol, self.arrays.ids(name)))

    @cached_property
    def numbers(self) -> frozenset[Symbol]:
        """What the optimizer keeps that is one number for all parameters."""
        state = self.training.state
        begun = {} if state is None else state.values
        return frozenset(one for one in states_of_numbers(self.optimizer) if not begun.get(one.name))

    @property
    def own_states(self) -> list[OptimizerState]:
        """What the optimizer keeps of each array."""
        return [state for state in self.optimizer.states if state.symbol not in self.numbers]

    @cached_property
    def rules(self) -> Mapping[Shape, RuleLines]:
        """The rule for arrays of each shape."""
        shapes = dict.fromkeys(self.shape(name) for name in self.names)
        return {shape: rule_of_arrays(self.optimizer, shape, self.numbers) for shape in shapes}

    @cached_property
    def check(self) -> Check:
        """What the oracle says of the rule for whole arrays; it stops a wrong one before it is typeset."""
        return verify_updates(self.optimizer, self.rules, self.training.options, self.numbers)

    # Letters.

    def letters(self, name: str) -> dict[str, Layout]:
        """Return how each symbol of the rule is written for an array."""
        parameter = self.arrays.write.names(name)
        gradient = self.derivative(name)
        if is_clipping(self.training) or is_elementwise(self.optimizer):
            gradient = self._of_array(Glyph("g"), words("rule.gradient"), name)
        notation = self.sheet.names.notation
        written = spelled(self.optimizer, notation, lambda role: self.letter(role, name), parameter, gradient)
        if self.training.is_varying:
            written[LEARNING_RATE.name] = rate_of_step(self.sheet, written[STEP.name])
        return written

    def letter(self, role: Role, name: str) -> Layout:
        """Return the letter of a role, with an array low behind it where each array has its own."""
        kept = {state.role: state.symbol for state in self.optimizer.states} | {Role.INTERPOLATED: INTERPOLATED}
        if role not in kept or kept[role] in self.numbers:
            return letter(self.sheet, role)
        return self._of_array(self.sheet.names.role(role), words(f"role.{role.name.lower()}", count=1), name)

    def derivative(self, name: str) -> Layout:
        """Return the derivative of what is minimized with respect to an array."""
        return self.arrays.write.names.partial(self.sheet.objective, self.arrays.write.names(name))

    def _of_array(self, plain: Layout, word: str, name: str) -> Layout:
        """Return the letter of something that each array has: a capital for matrices, with the array low behind it."""
        found = dict.fromkeys((capital(plain), plain) if len(self.shape(name)) > 1 else (plain,))
        free = (one for one in found if one not in self._taken and own_letter(self.sheet, one) is not None)
        return low(next(free, Word(word)), self.arrays.write.names(name))

    @cached_property
    def _taken(self) -> frozenset[Layout]:
        """The letters of the arrays of the sheet."""
        graph, names = self.arrays.graph, self.arrays.write.names
        return frozenset(base_of(names(one)) for one in (*graph.inputs, *graph.nodes))

    # The rule.

    def general_rule(self, samples: int | None) -> Iterator[Block]:
        """Yield the update rule: its constants and conventions in words, then its equations for one array.

        Args:
            samples: How many samples there are, if any are given.
        """
        self.check  # noqa: B018 - a rule that is not proven is not printed
        example, rule = self.names[0], self.rules[self.shape(self.names[0])]
        written, parameter = self.letters(example), self.arrays.write.names(example)
        own = written[GRADIENT.name]
        sentences = conventions(self.sheet, self.training, samples, self._told_kept(example), own)
        yield Paragraph(in_a_row(*sentences, say("rule.for_array", example=parameter)))
        lines = list(rate_lines(self.sheet, self.training, written))
        if own != self.derivative(example):
            reason = say("rule.before_clipping") if is_clipping(self.training) else ()
            lines.append(Line(own, "=", self.derivative(example), reason))
        write = RuleWriter(self.arrays.write, written)
        lines += (Line(written[symbol.name], self.relation(symbol), write(tree)) for symbol, tree in rule)
        yield Working(tuple(lines))
        known = acting_entrywise(tuple(self.arrays.trees()), self.arrays.write)
        acting = [one for one in acting_entrywise([tree for _symbol, tree in rule], write) if one not in known]
        if acting:
            yield Note(say("arrays.entrywise", acting=listed(acting)))

    def _told_kept(self, example: str) -> Iterator[Inline]:
        """Yield what the optimizer keeps of each array."""
        states = self.optimizer.states
        if states:
            kept = named_states(self.training, [(" ", self.letter(state.role, example)) for state in states])
            key = "rule.arrays_keep_given" if has_state(self.training) else "rule.arrays_keep"
            yield say(key, example=self.arrays.write.names(example), kept=kept, both=both_or_all(len(states)))

    def relation(self, symbol: Symbol) -> str:
        """Return the relation of a line of the rule."""
        return relation_of(self.sheet, self.training, symbol)

    def symbolic(self) -> Iterator[Block]:
        """Yield the update of every array with its derivative put in, where the rule takes nothing else."""
        sheet, arrays = self.sheet, self.arrays
        alone = not (self.optimizer.states or is_clipping(self.training) or sheet.part.objective.nodes)
        if not alone or arrays.graph.time is not None:
            return
        lines = []
        for name in self.names:
            written, own = self.letters(name), {GRADIENT: arrays.derivatives[name].final}
            ((symbol, tree),) = rule_of_arrays(self.optimizer, self.shape(name), put_in=own)
            right = RuleWriter(arrays.write, {k: v for k, v in written.items() if k != GRADIENT.name})(tree)
            line = Line(written[symbol.name], self.relation(symbol), right, about=name)
            lines.append(line._replace(of=self.of_update(name)))
        yield Paragraph(say("training.substituting"))
        yield Working(tuple(lines))

    # The numbers of a step.

    def of_update(self, name: str) -> tuple[str, ...]:
        """Return the ids of an array after the first step."""
        return tuple(one for symbol in self.symbols(name) for one in of_update(symbol))

    def of_state(self, name: str, state: Symbol, step: int) -> tuple[str, ...]:
        """Return the ids of what is kept of an array after a step."""
        return tuple(trained_target(symbol, step, state.name).id for symbol in self.symbols(name))

    def lines_for_all(self, numbers: RuleNumbers) -> Iterator[Line]:
        """Yield the learning rate of a step where it changes, and the norm of the whole gradient where it counts."""
        if self.training.is_varying:
            yield rate_line(numbers)
        if NORM not in numbers.common:
            return
        sheet, norm = self.sheet, norm_letter()
        relation, size = sheet.result(numbers.common[NORM])
        if not sheet.form.paper:
            squares = [self._squared(name, numbers) for name in self.updated]
            items = [item for place, one in enumerate(squares) for item in ((Operator("+"), one) if place else (one,))]
            yield Line(Scripts(norm, sup=Number("2")), "approx", row(items))
        yield Line(norm, relation.name, size, numbers.told_scaling)

    def _squared(self, name: str, numbers: RuleNumbers) -> Layout:
        """Return the sum of the squares of the derivatives with respect to an array."""
        squares = PathSum(*(Pow(symbol, Integer(2)) for symbol in self.symbols(name)))
        return self.sheet.number(self.sheet.numeric(squares, numbers.common))[0]

    def worked(self, numbers: RuleNumbers, name: str) -> Iterator[Line]:
        """Yield every line of the rule for an array, with the constants of the step put in, and what it comes to."""
        entries = {symbol: numbers.of(symbol) for symbol in self.symbols(name)}
        written = self.letters(name)
        yield from self.gradient_lines(numbers, name)
        rule, first = self.rules[self.shape(name)], entries[self.symbols(name)[0]]
        alone = [*numbers.common, *self.numbers, *(symbol for symbol, tree in rule if not tree.shape)]
        write = RuleWriter(self.arrays.write, {**written, **{one.name: self._constant(first[one]) for one in alone}})
        for (symbol, tree), (_, expression) in zip(rule, self.optimizer.lines, strict=True):
            relation = self.relation(symbol)
            if tree.shape:
                layout, exact = self.arrays.matrix(name, lambda one, held=symbol: entries[one][held])  # type: ignore[misc]
                right = row((write(tree), Operator("=" if exact else "approx"), layout))
            else:
                sign, right = self.sheet.substituted(expression, first, first[symbol])
                relation = sign if relation == "=" else relation
            line = Line(written[symbol.name], relation, right, kind=LineKind.VALUE, about=name)
            yield line._replace(of=self._ids(name, symbol, numbers.update))

    def _constant(self, number: Value) -> Layout:
        """Return a number within a formula."""
        layout = self.sheet.number(number)[0]
        return Fence(layout) if isinstance(layout, Row) else layout

    def _ids(self, name: str, symbol: Symbol, update: Update) -> tuple[str, ...]:
        """Return the ids of what a line of a step comes to; none of what is not kept, nor of later steps."""
        if update.step != 1:
            return ()
        if symbol == updated(PARAMETER):
            return self.of_update(name)
        kept = {
            updated(state.symbol): state.symbol for state in self.optimizer.states if state.symbol not in self.numbers
        }
        return self.of_state(name, kept[symbol], update.step) if symbol in kept else ()

    def gradient_lines(self, numbers: RuleNumbers, name: str) -> Iterator[Line]:
        """Yield the derivatives with respect to an array where a step has its own, and what clipping makes of them."""
        update, arrays = numbers.update, self.arrays
        if self.training.batch != "full":
            yield self.valued(self.derivative(name), "=", name, update.gradients.__getitem__)
        if update.clipped is None:
            return
        written = self.letters(name)
        is_cut = any(numbers.cut(update.gradients[one]) != update.gradients[one] for one in self.symbols(name))
        line = self.valued(written[GRADIENT.name], "=", name, update.used.__getitem__)
        if is_cut:
            whose = say("training.for_parameter", parameter=arrays.write.names(name))
            line = line._replace(reason=say("training.clipped", whose=whose))
        elif numbers.is_scaled:
            put_in = {one.name: self._constant(numbers.common[one]) for one in (LONGEST, NORM)}
            write = RuleWriter(arrays.write, {GRADIENT.name: self.derivative(name), **put_in})
            body = write(rescaled_array(self.shape(name)))
            line = line._replace(relation="=", right=row((body, Operator(line.relation), line.right)))
        yield line

    def valued(self, left: Layout, relation: str, name: str, entries: NumberOf) -> Line:
        """Return the numbers in the place of an array as a line."""
        layout, exact = self.arrays.matrix(name, entries)
        sign = ("=" if exact else "approx") if relation == "=" else relation
        return Line(left, sign, layout, kind=LineKind.VALUE, about=name)

    def outcome(self, numbers: RuleNumbers, names: Sequence[str]) -> Table:
        """Return what a step makes of arrays: what is kept of each, and itself.

        Args:
            numbers: Those of the step.
            names: The arrays.
        """
        update, write = numbers.update, self.arrays.write
        columns: list[tuple[Inline, Mapping[Symbol, Value]]] = []
        if self.training.batch != "full":
            columns.append((say("column.derivative"), update.gradients))
        if update.clipped is not None:
            columns.append((say("column.clipped"), update.used))
        letters = ((state, base_of(self.letter(state.role, self.names[0]))) for state in self.own_states)
        columns += (((letter,), update.state[state.name]) for state, letter in letters)
        columns.append((say("column.updated"), update.after))
        rows = []
        for name in names:
            cells = (self.arrays.matrix(name, held.__getitem__)[0] for _, held in columns)
            rows.append(((write.names(name),), *((cell,) for cell in cells)))
        return Table((say("column.parameter"), *(head for head, _ in columns)), tuple(rows), "l" + "c" * len(columns))

    def start(self) -> Iterator[Block]:
        """Yield what the optimizer is given to go on from."""
        state = self.training.state
        for name in self.names:
            lines = []
            for kept in self.optimizer.states:
                begun = {} if state is None else state.values.get(kept.name, {})
                if any(one.name in begun for one in self.symbols(name)):
                    held = {one: self.sheet.exactly(begun.get(one.name, Fraction(0))) for one in self.symbols(name)}
                    lines.append(self.valued(self.letters(name)[kept.name], "=", name, held.__getitem__))
            if lines:
                yield Flow(tuple(lines))

    def step(self, numbers: RuleNumbers) -> Iterator[Block]:
        """Yield a step: what all arrays share, the first array line by line, and what comes of the others."""
        common = tuple(self.lines_for_all(numbers))
        if len(self.optimizer.lines) == 1:
            yield Working((*common, *(line for name in self.names for line in self.worked(numbers, name))))
            return
        yield Working((*common, *self.worked(numbers, self.names[0])))
        if self.names[1:]:
            yield Paragraph(say("arrays.likewise"))
            yield self.outcome(numbers, self.names[1:])

    def after_each(self, updates: Sequence[Update], steps: Sequence[int | None], *, whole: bool) -> Table:
        """Return every array at the start and after each step, and the objective where each is of all samples.

        Args:
            updates: The steps.
            steps: The 0-based places of those that are shown; None for those that are left out.
            whole: Whether each step takes all samples.
        """
        head: list[Inline] = [say("column.step"), *((self.sheet.objective,) for _ in range(whole))]
        head += [(self.arrays.write.names(name),) for name in self.names]
        first = updates[0]
        rows = [self._after(say("compact.start"), [first.loss_before] * whole, first.before)]
        for index in steps:
            if index is None:
                rows.append(((Glyph("vdots"),),) * len(head))
            else:
                update = updates[index]
                rows.append(self._after((str(update.step),), [update.loss_after] * whole, update.after))
        return Table(tuple(head), tuple(rows), "r" * (1 + whole) + "c" * len(self.names))

    def _after(self, step: Inline, losses: list[Value], values: Mapping[Symbol, Value]) -> tuple[Inline, ...]:
        cells = (self.arrays.matrix(name, values.__getitem__)[0] for name in self.names)
        return (step, *((self.sheet.number(loss)[0],) for loss in losses), *((cell,) for cell in cells))

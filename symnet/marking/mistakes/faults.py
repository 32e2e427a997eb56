"""A wrong derivation, and the program run with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from mpmath.libmp import dps_to_prec
from sympy import Rational, S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Partial, PathSum
from symnet.arithmetic.light import from_value, to_value
from symnet.arithmetic.real import NoValueError, Value
from symnet.catalog.optimizers import LEARNING_RATE, Optimizer, updated
from symnet.catalog.regularizers import REGULARIZERS
from symnet.derivation.objective import COUNT, DATA, OBJECTIVE
from symnet.derivation.second import SecondDerivative
from symnet.derivation.steps import derivative_id
from symnet.description.network import Description, Exercise
from symnet.description.training import Training
from symnet.document import Sentence
from symnet.marking.echo import trained
from symnet.marking.records import Target, TargetKind
from symnet.marking.trained import kept_line
from symnet.marking.truth import DIGITS, Truth, exactly, of_sample
from symnet.network.build import loss_options
from symnet.network.graph import LayerNodes
from symnet.numerics.arithmetic import Number, Slots, Steps
from symnet.numerics.compile import FORWARD, Edge, compile_sweep
from symnet.numerics.evaluate import counted
from symnet.numerics.exact import EXACT, TABLE
from symnet.numerics.expression import value_of
from symnet.numerics.program import Missing, Program
from symnet.numerics.quick import QUICK, to_float
from symnet.numerics.shares import whole
from symnet.numerics.training import Stepper, Update, UpdateRule
from symnet.quantity import Role
from symnet.worked import Part

# What a mistake changes: local derivatives, nodes, or what is made of the derivative; and what there is to change.

_NOTHING: Mapping[Symbol, Expr] = MappingProxyType({})
_NO_EDGE: Mapping[Edge, Expr] = MappingProxyType({})


class Last(NamedTuple):
    """How an answer comes from what the backward sweep gives; each mistake puts another number in one of the places.

    Attributes:
        factor: What the whole answer is multiplied by; in an update, the derivative in it.
        data: What the share of the samples is multiplied by.
        penalty: What the share of the penalty is multiplied by.
        biases: What a penalty on the biases, where there should be none, is multiplied by.
        step: What the step of an update is multiplied by.
        kept: What the parameter before an update is multiplied by.
        sample: The only 0-based sample that counts.
        other: The symbol of the quantity of the same kind that the answer is to instead.
        leaf: The parameter by which the derivative in an update is, instead.
        plain: Whether the step is one of plain gradient descent, whatever the optimizer.
        rate: With what learning rate an update is given in the place of a derivative.
        summed: The parameters whose derivatives are added to that with respect to the one that is asked for.
        share: What stands in the place of the penalty's share; None for what is right.
        optimizer: The wrong rule by which a step is made; None for the right one.
        without: The 0-based sample that does not count.
        from_before: Whether a later step is taken from the parameter as it was before the last step.
        gradient_before: Whether a later step is taken with the derivative of the last step.
    """

    factor: Expr = S.One
    data: Expr = S.One
    penalty: Expr = S.One
    biases: Expr = S.Zero
    step: Expr = S.One
    kept: Expr = S.One
    sample: int | None = None
    other: Symbol | None = None
    leaf: Symbol | None = None
    plain: bool = False
    rate: Expr | None = None
    summed: tuple[Symbol, ...] = ()
    share: Expr | None = None
    optimizer: Optimizer | None = None
    without: int | None = None
    from_before: bool = False
    gradient_before: bool = False


AS_IT_SHOULD_BE = Last()


def combined(first: Last, second: Last) -> Last | None:
    """Return what two wrong last steps make together, or None where the one leaves nothing of the other."""
    chosen = {}
    for name, usual in AS_IT_SHOULD_BE._asdict().items():
        own, other = getattr(first, name), getattr(second, name)
        if usual not in {own, other}:
            if name not in _FACTORS or S.Zero in {own, other}:
                return None
            chosen[name] = Chain(own, other)
        else:
            chosen[name] = other if own == usual else own
    return Last(**chosen)


_FACTORS = frozenset({"factor", "data", "penalty", "step"})


Said: TypeAlias = Expr | str | Sentence
"""What fills a slot of the sentence about a mistake."""


class Paths(NamedTuple):
    """The terms of the chain rule at a node or leaf, one for each of its children.

    Attributes:
        derivatives: The derivative with respect to each child.
        local: That of each child with respect to the node or the leaf.
        whole: From a node to the derivative with respect to it, where it is further on than the one in question.
        step: From a node and what feeds it to the local derivative.
        value: From a node or a leaf to its value.
    """

    derivatives: Sequence[Value]
    local: Sequence[Value]
    whole: Callable[[Symbol], Value]
    step: Callable[[Symbol, Symbol], Value]
    value: Callable[[Symbol], Value]


Joining: TypeAlias = Callable[[Paths], Value]
"""How a derivative is put together from its paths, where it is not the sum of their products."""
_NO_JOINING: Mapping[Symbol, Joining] = MappingProxyType({})


class Fault(NamedTuple):
    """A mistake at one place: a patch of the program, or a wrong last step.

    Attributes:
        line: The id of the derivation at fault; empty where it is that of the answer itself.
        words: What fills the slots of the sentence about the mistake: expressions, text, or what has a sentence of its
            own.
        edges: The local derivatives that are something else.
        nodes: The nodes whose value is something else.
        joined: The nodes and leaves whose derivative is put together wrongly from what comes from their children.
        last: How the answer comes from the derivative.
    """

    line: str = ""
    words: Mapping[str, Said] = MappingProxyType({})
    edges: Mapping[Edge, Expr] = _NO_EDGE
    nodes: Mapping[Symbol, Expr] = _NOTHING
    joined: Mapping[Symbol, Joining] = _NO_JOINING
    last: Last = AS_IT_SHOULD_BE


class FaultSite(NamedTuple):
    """A layer at its place.

    Attributes:
        layer: The layer.
        number: Its 1-based number.
        sources: What feeds it.
        is_output: Whether it is the last.
    """

    layer: LayerNodes
    number: int
    sources: tuple[Symbol, ...]
    is_output: bool

    def own(self, unit: int) -> Symbol:
        """Return the pre-activation that belongs to the 0-based ``unit`` alone, or is the first that does."""
        return self.layer.pre_activations[unit * self.layer.pieces]

    def weight(self, row: int, column: int) -> Symbol | None:
        """Return the weight in a 0-based row and column, or None where there is none."""
        weights = self.layer.dense
        return weights[row][column] if row < len(weights) and column < len(weights[row]) else None


class Setting:
    """What there is to change in a part.

    Args:
        part: One loss of an exercise, worked.
        exercise: What was asked.
    """

    def __init__(self, part: Part, exercise: Exercise) -> None:
        self.part, self.network, self.training = part, part.network, exercise.training
        self.regularization = exercise.regularization if isinstance(exercise, Description) else ()
        choices = exercise.loss if isinstance(exercise, Description) else ()
        chosen = [choice for choice in choices if choice.called == part.network.loss_name and choice.formula is None]
        self.loss_options: Mapping[str, Expr] = loss_options(chosen[0]) if chosen else {}

    @cached_property
    def layers(self) -> tuple[FaultSite, ...]:
        """Every layer in each of its uses, first to last."""
        return tuple(self._layers())

    def _layers(self) -> Iterator[FaultSite]:
        for number, branch in enumerate(self.network.branches):
            width = branch[0].sources
            sources = self.network.inputs[number * width : (number + 1) * width]
            for place, layer in enumerate(branch, 1):
                yield FaultSite(layer, place, sources, place == len(branch))
                sources = layer.outputs

    @cached_property
    def outputs(self) -> tuple[Symbol, ...]:
        """The outputs that a loss compares with the targets, one with each; none where there are no such pairs."""
        network = self.network
        if network.layers:
            return network.layers[-1].outputs
        known = (quantity for quantity in network.quantities.values() if quantity.role is Role.OUTPUT)
        found = tuple(Symbol(quantity.id) for quantity in known)
        return found if len(found) == len(network.targets) else ()

    @property
    def output_line(self) -> str:
        """The id of the derivative in which a wrong derivative with respect to an output shows."""
        network = self.network
        if network.layers:
            return self.line(network.layers[-1].pre_activations[0])
        return self.line(self.before(next(iter((*self.outputs, *network.nodes[network.loss].derivatives)))))

    @property
    def output_activation(self) -> str:
        """The name of the activation of the outputs; empty where the layers are worked out in arrays."""
        return self.network.layers[-1].activation.name if self.network.layers else ""

    @property
    def samples(self) -> int:
        """How many samples the numbers are of."""
        evaluation = self.part.evaluation
        return 1 if evaluation is None else len(evaluation.samples)

    @cached_property
    def count(self) -> Expr | None:
        """How many samples the objective is over, or None for one."""
        return self.part.objective.samples

    @cached_property
    def whole(self) -> Expr | None:
        """What the sum over the samples is divided by; None where it is divided by nothing, or that is not known."""
        objective, data = self.part.objective, self.part.data
        if objective.samples is None or not objective.mean:
            return None
        if not objective.is_weighted:
            return objective.samples
        in_all = sum((counted(objective, row) for row in data.rows), Fraction()) if data is not None else Fraction()
        return Rational(in_all.numerator, in_all.denominator) if in_all else None

    @cached_property
    def strengths(self) -> tuple[Expr, ...]:
        """The strength of every penalty, layer by layer."""
        return tuple(
            _strength(strength)
            for choice in self.regularization
            for strength in choice.strengths(len(self.network.parameter_groups))
        )

    @cached_property
    def unpenalized(self) -> Mapping[Symbol, tuple[Expr, ...]]:
        """For each bias that the penalties leave out, what they would add to its derivative, term by term."""
        found: dict[Symbol, tuple[Expr, ...]] = {}
        for choice in self.regularization:
            entry = REGULARIZERS[choice.kind]
            if choice.biases or entry.node:
                continue
            layers = self.network.parameter_groups
            for groups, strength in zip(layers, choice.strengths(len(layers)), strict=True):
                for bias in chain.from_iterable(group.symbols for group in groups if group.name == "biases"):
                    found[bias] = (*found.get(bias, ()), Chain(_strength(strength), entry.derivative(bias, None)))
        return found

    @cached_property
    def whole_of(self) -> Mapping[Symbol, str]:
        """From an entry to the array that it is one of."""
        graph = self.network.arrays
        names = () if graph is None else (*graph.inputs, *graph.nodes)
        return {Symbol(one): name for name in names for one in graph.ids(name)} if graph else {}

    def alike(self, symbol: Symbol) -> tuple[Symbol, ...]:
        """Return the other symbols with the role of ``symbol`` in its layer."""
        quantities = self.network.quantities
        own = quantities.get(symbol.name)
        if own is None or own.role is Role.GRAPH:
            return ()
        return tuple(
            Symbol(other.id)
            for other in quantities.values()
            if (other.role, other.layer, other.of) == (own.role, own.layer, own.of) and other.id != own.id
        )

    def before(self, symbol: Symbol) -> Symbol:
        """Return the pre-activation that an activation depends on first; else ``symbol`` itself."""
        node = self.network.nodes.get(symbol)
        first = next(iter(node.derivatives), symbol) if node is not None else symbol
        known = self.network.quantities.get(first.name)
        return first if known is not None and known.role is Role.PRE_ACTIVATION else symbol

    def line(self, symbol: Symbol) -> str:
        """Return the id of the derivative with respect to ``symbol``, as answers name it."""
        known = self.network.quantities.get(symbol.name)
        if known is not None and known.role is Role.PRE_ACTIVATION:
            return f"delta{symbol.name[1:]}"
        return derivative_id(self.network, symbol)

    def has_delta(self, symbol: Symbol) -> bool:
        """Return whether there is a derivative with respect to a node; there is none to what the loss does not see."""
        return symbol in self.part.gradient.adjoints

    def delta(self, symbol: Symbol) -> Expr:
        """Return the derivative with respect to a node as sheets write it."""
        return self.part.gradient.adjoints[symbol].symbol

    def named(self, target: Target) -> Said:
        """Return what a sentence calls a quantity that an answer may be to."""
        symbol = target.symbol
        match target.kind:
            case TargetKind.ADJOINT:
                return self.delta(symbol)
            case TargetKind.GRADIENT:
                return Partial(OBJECTIVE if self.part.objective.nodes else self.network.loss, symbol)
            case TargetKind.UPDATED:
                return self.saying("mistake.updated", parameter=symbol)
            case TargetKind.LOCAL if target.of is not None:
                return Partial(target.of, symbol)
            case TargetKind.TRAINED:
                return Sentence("mistake.after_step", {"quantity": trained(self.part, target)})
            case _:
                return symbol

    def saying(self, key: str, **expressions: Expr) -> Sentence:
        """Return a sentence about expressions, as the notation writes them."""
        return Sentence(key, {name: self.part.build(expression) for name, expression in expressions.items()})


def _strength(strength: Fraction | str) -> Expr:
    return Symbol(strength) if isinstance(strength, str) else Rational(strength.numerator, strength.denominator)


# A fault is a patch of the program: some of its lines are others, and so is all that depends on them.

Values: TypeAlias = Mapping[Expr, Value]
Faults: TypeAlias = tuple[Fault, ...]


class Patch(NamedTuple):
    """What faults make of the program.

    Attributes:
        nodes: The nodes that come to something else, in order: each with the ranges of slots that are worked out anew
            for it, and the slot of what it comes to.
        ranges: The slots that are worked out anew for the local derivatives.
        local: Where the local derivatives stand that come to something else, by their slots in the sweep.
    """

    nodes: Sequence[tuple[Symbol, Sequence[tuple[int, int]], int]]
    ranges: Sequence[tuple[int, int]]
    local: Mapping[int, int]


class PatchedProgram:
    """The program of a part, and what faults make of it.

    Args:
        setting: The part, and what there is to change in it.

    Attributes:
        names: The names that stand in its first slots, nodes among them.
        places: Where each stands.
        steps: What works out the nodes and the local derivatives from the numbers of all names.
        sweep: The way back.
        end: The slot behind those of the nodes' derivatives in the sweep.
        first: By the slot of each local derivative, the first one in the sweep that depends on it.
        whole: All local derivatives as they should be.
    """

    def __init__(self, setting: Setting) -> None:
        self.network, objective = setting.network, setting.part.objective
        network = self.network
        parameters = network.parameters
        own = (*network.of_sample, *parameters, *network.nodes, *map(updated, parameters))
        others = (*(node.symbol for node in objective.penalty), *objective.constants, COUNT, LEARNING_RATE)
        self.names = tuple(dict.fromkeys((*own, *others)))
        self.places = {name: place for place, name in enumerate(self.names, 1)}
        self.sweep = compile_sweep(network)
        self.end = 1 + max(place for symbol, place in self.sweep.places.items() if symbol in network.nodes)
        self.first: dict[int, int] = {}
        for place, operation in enumerate(self.sweep.program.operations):
            for argument in () if operation is None else operation.arguments:
                self.first.setdefault(argument, place)
        # A derivative's first form is defined wherever any is.
        self._forms = {
            (node.symbol, parent): forms[0]
            for node in network.nodes.values()
            for parent, forms in node.derivatives.items()
        }
        self._cited = {edge: form.free_symbols for edge, form in self._forms.items()}
        self._program = program = Program(self.names)
        program.begin(FORWARD)
        self._nodes = {symbol: self._placed(node.expression) for symbol, node in network.nodes.items()}
        local = len(program.operations)
        self._local = {edge: program.place(form) for edge, form in self._forms.items()}
        self._ranges = [(local, len(program.operations))]
        self.steps = Steps(program, TABLE)
        places = {self.sweep.local[edge]: place for edge, place in self._local.items()}
        self.whole = Patch((), [(self.steps.first, len(program.operations))], places)
        # What is put in shares nothing but names with the rest, which may be worked out later than it.
        program.places = dict(self.places)
        self._made: dict[int, tuple[Fault, Patch]] = {}

    def _placed(self, expression: Expr) -> tuple[tuple[int, int], int]:
        """Return the range of new slots that an expression takes, and its own."""
        first = len(self._program.operations)
        place = self._program.place(expression)
        return (first, len(self._program.operations)), place

    def patch(self, faults: Faults) -> Patch:
        """Return the patch of faults, of which at most one is of nodes.

        Raises:
            LookupError: If something is put in that has no name here.
        """
        if len(faults) != 1:
            nodes, edges = dict[Symbol, Expr](), dict[Edge, Expr]()
            for fault in faults:
                nodes |= fault.nodes
                edges |= fault.edges
            return self._patch(nodes, edges)
        (fault,) = faults
        # What is kept under the identity of a fault keeps the fault alive.
        if id(fault) not in self._made:
            self._made[id(fault)] = fault, self._patch(fault.nodes, fault.edges)
        return self._made[id(fault)][1]

    def _patch(self, replaced: Mapping[Symbol, Expr], edges: Mapping[Edge, Expr]) -> Patch:
        nodes: dict[Symbol, tuple[Sequence[tuple[int, int]], int]] = {}
        for symbol, node in self.network.nodes.items() if replaced else ():
            if symbol in replaced or not nodes.keys().isdisjoint(node.derivatives):
                usual, place = self._nodes[symbol]
                own, place = self._put_in(replaced[symbol]) if symbol in replaced else ((0, 0), place)
                nodes[symbol] = (usual, own), place
        ranges, local = list(self._ranges) if nodes else [], dict[Edge, int]()
        if nodes:
            local = {edge: self._local[edge] for edge, cited in self._cited.items() if not cited.isdisjoint(nodes)}
        for edge, form in edges.items():
            own, local[edge] = self._put_in(form)
            ranges.append(own)
        self.steps.extend()
        of_sweep = {self.sweep.local[edge]: place for edge, place in local.items()}
        return Patch([(symbol, *found) for symbol, found in nodes.items()], ranges, of_sweep)

    def _put_in(self, expression: Expr) -> tuple[tuple[int, int], int]:
        found = self._placed(expression)
        self._program.forget(len(self.names))
        return found


# What a program with faults in it comes to at given numbers.


class MovedValues(Mapping[Expr, Value]):
    """The value of every name after a fault: those without it but for some, so that most are held once for all faults.

    Args:
        before: The values without the fault.
        moved: The others; None for what has none, though what comes before it may have one.
    """

    __slots__ = ("_before", "_moved")

    def __init__(self, before: Values, moved: Mapping[Expr, Value | None]) -> None:
        self._before, self._moved = before, moved

    def __getitem__(self, name: Expr) -> Value:
        """Return the value of a name."""
        value = self._moved[name] if name in self._moved else self._before[name]
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[Expr]:
        """Yield every name that has a value."""
        return (name for name in self._before if self._moved.get(name, name) is not None)

    def __len__(self) -> int:
        """Return how many names have one."""
        return sum(1 for _ in self)


# The value of every name, and the numbers of local derivatives by their slots in the sweep.
Taken: TypeAlias = tuple[Values, Mapping[int, Number]]


class RunNumbers(NamedTuple):
    """The numbers of a run.

    Attributes:
        samples: The value of every name, for each sample.
        batch: The 0-based samples that an update is made with.
        digits: How many digits they have.
        before: The step before that of an update; None for the first one.
    """

    samples: tuple[Values, ...]
    batch: tuple[int, ...]
    digits: int
    before: Update | None = None


class PatchedRun:
    """A program at given data, run with faults.

    Args:
        setting: The part, and what there is to change in it.
        program: Its program.
        at: The numbers.
        rough: Whether the way back is run in floats, to look for what may fit, and not in all digits, to be sure.
    """

    def __init__(self, setting: Setting, program: PatchedProgram, at: RunNumbers, *, rough: bool) -> None:
        self.setting, self.program, self.at, self.rough = setting, program, at, rough
        self.network, self.bits = setting.network, dps_to_prec(at.digits)
        self.number: Callable[[Value], Value] = float if rough else mpmath.mpf
        self._back = Steps(program.sweep.program, QUICK if rough else TABLE)
        self._swept: dict[tuple[int, ...], list[Slots]] = {}
        self._taken: dict[int, list[Taken]] = {}
        self._steppers: dict[Optimizer | None, Stepper] = {}
        self._penalties: dict[Symbol, Value] = {}

    def value(self, target: Target, faults: Faults) -> Value | None:
        """Return the value of ``target`` with ``faults``; None if it has none, or if they exclude each other."""
        last: Last | None = AS_IT_SHOULD_BE
        for fault in faults:
            if last is AS_IT_SHOULD_BE:
                last = fault.last
            elif last is not None and fault.last is not AS_IT_SHOULD_BE:
                last = combined(last, fault.last)
        graph = tuple(fault for fault in faults if fault.last is AS_IT_SHOULD_BE)
        if last is None or (last.sample or 0) >= len(self.at.samples) or sum(bool(one.nodes) for one in graph) > 1:
            return None
        with mpmath.workdps(self.at.digits):
            try:
                found = _KINDS[target.kind](self, target._replace(symbol=last.other or target.symbol), graph, last)
                return self.number(found)
            except (NoValueError, OverflowError, LookupError, ZeroDivisionError):
                return None

    def _node(self, target: Target, graph: Faults, last: Last) -> Value:
        values = [self.values(graph, sample) for sample in range(len(self.at.samples))]
        factor = self._constant(last.factor)
        if target.sample is None and (target.symbol in {OBJECTIVE, DATA} - {self.network.loss}):
            losses = [self.number(own[self.network.loss]) for own in values]
            data = self._mean(losses, range(len(values)), last)
            if target.symbol == DATA or not self.setting.part.objective.penalty:
                return factor * data
            penalty = self.penalty if last.share is None else self._constant(last.share)
            return factor * (data + self._constant(last.penalty) * penalty)
        if target.symbol not in self.network.nodes:
            return factor * self.number(self.at.samples[0][target.symbol])
        return factor * self.number(values[self._sample(target, last)][target.symbol])

    def _adjoint(self, target: Target, graph: Faults, last: Last) -> Value:
        return self._constant(last.factor) * self._derivative(self._sample(target, last), target.symbol, graph)

    def _gradient(self, target: Target, graph: Faults, last: Last) -> Value:
        if target.sample is not None:
            return self._adjoint(target, graph, last)
        derivative = self._over(target.symbol, range(len(self.at.samples)), graph, last)
        if last.rate is None:
            return derivative
        return self.number(self.at.samples[0][target.symbol]) - self._constant(last.rate) * derivative

    def _over(self, leaf: Symbol, batch: Sequence[int], graph: Faults, last: Last) -> Value:
        """Return the derivative of the objective over the samples in a batch."""
        if last.gradient_before:
            return self.number(self._last_update.gradients[leaf])
        samples = range(len(self.at.samples))
        sums = [sum(self._derivative(own, one, graph) for one in (leaf, *last.summed)) for own in samples]
        data = self._mean(sums, batch, last)
        share = self._share(leaf, last) if leaf in self.setting.part.objective.added else 0
        added = self._constant(last.penalty) * share
        biases = self.added(leaf) * self._constant(last.biases) if leaf in self.setting.unpenalized else 0
        return self._constant(last.factor) * (data + added + biases)

    def _share(self, leaf: Symbol, last: Last) -> Value:
        """Return the penalty's part of a derivative, or the wrong one used instead."""
        return self.added(leaf) if last.share is None else self._constant(last.share)

    def _mean(self, numbers: Sequence[Value], batch: Sequence[int], last: Last) -> Value:
        chosen = batch if last.sample is None else (last.sample,)
        if last.without is not None:
            chosen = [sample for sample in chosen if sample != last.without]
        total = sum((numbers[sample] for sample in chosen), self.number(0))
        in_all = whole(self.setting.part.objective, [self.at.samples[sample] for sample in chosen])
        return total * self._constant(last.data) / (in_all if isinstance(in_all, int) else self.number(in_all))

    def of_objective(self, leaf: Symbol) -> tuple[Value, Value]:
        """Return what makes the derivative of the objective of the sum over the samples of those of their losses.

        Args:
            leaf: What they are with respect to.

        Returns:
            What the sum is divided by, and what the penalty adds then.
        """
        if leaf not in self._penalties:
            self._penalties[leaf] = self.added(leaf) if leaf in self.setting.part.objective.added else 0
        return self._in_all, self._penalties[leaf]

    @cached_property
    def _in_all(self) -> Value:
        """What the sum over all samples is divided by."""
        in_all = whole(self.setting.part.objective, self.at.samples)
        return in_all if isinstance(in_all, int) else self.number(in_all)

    def _update(self, target: Target, graph: Faults, last: Last) -> Value:
        derivative = self._over(last.leaf or target.symbol, self.at.batch, graph, last)
        before = self.at.samples[0][target.symbol]
        training = self._training
        if last.plain or (training.optimizer == "sgd" and not training.weight_decay and last.optimizer is None):
            step = -self._constant(LEARNING_RATE) * derivative
        else:
            step = self.number(self._stepped(target, derivative, graph, last) - before)
        kept = self._last_update.before[target.symbol] if last.from_before else before
        return self._constant(last.kept) * self.number(kept) + self._constant(last.step) * step

    def _stepped(
        self, target: Target, derivative: Value, graph: Faults, last: Last, line: Symbol | None = None
    ) -> Value:
        """Return a parameter, or what is kept of it, after a step of the optimizer, or of a wrong rule in its place."""
        stepper, parameter, known = self._stepper(last.optimizer), target.symbol, self.at.samples[0]
        if stepper.rule.solver is not None:
            derivative = self._direction(stepper, parameter, derivative, graph)
        numbers = (from_value(mpmath.mpf(value)) for value in (known[LEARNING_RATE], known[parameter], derivative))
        return to_value(stepper.single(parameter, *numbers, line=line))

    def _direction(self, stepper: Stepper, parameter: Symbol, derivative: Value, graph: Faults) -> Value:
        """Return what a rule with a Hessian makes of a derivative and of those with respect to all other parameters."""
        solver, parameters = stepper.rule.solver, stepper.rule.parameters
        hessian = self.setting.part.objective.hessian
        if solver is None or hessian is None:
            raise NoValueError("no Hessian")
        gradient = [
            derivative if one == parameter else self._over(one, self.at.batch, graph, AS_IT_SHOULD_BE)
            for one in parameters
        ]
        rows = [[self._second(hessian.entries[one, other]) for other in parameters] for one in parameters]
        numbers = [from_value(mpmath.mpf(value)) for value in gradient]
        matrix = tuple(tuple(from_value(mpmath.mpf(value)) for value in row) for row in rows)
        system = solver.solve(matrix, numbers, stepper.damping, self.bits)
        return to_value(system.solution[parameters.index(parameter)])

    def _second(self, entry: SecondDerivative) -> Value:
        """Return a second derivative of the objective over the samples of a batch."""
        samples = self.at.samples
        found = [self.number(value_of(entry.result, row)) for row in samples]
        added = self.number(value_of(entry.added, samples[0]))
        return self._mean(found, self.at.batch, AS_IT_SHOULD_BE) + added

    def _kept(self, target: Target, graph: Faults, last: Last) -> Value:
        """Return what an optimizer keeps of a parameter after a step, or makes of that."""
        if target.of is None or last.plain:
            raise NoValueError("nothing is kept")
        derivative = self._over(target.symbol, self.at.batch, graph, last)
        return self.number(self._stepped(target, derivative, graph, last, kept_line(self._training.rule, target.of)))

    def _local(self, target: Target, graph: Faults, last: Last) -> Value:
        """Return a local derivative."""
        if target.of is None:
            raise NoValueError("no local derivative")
        place = self.program.sweep.local[target.of, target.symbol]
        sample = self._sample(target, last)
        number = self._sweeps(())[sample][place]
        if graph:
            number = self._changed(graph)[sample][1].get(place, number)
        return self._constant(last.factor) * (number if self.rough else to_value(_present(number)))

    def _stepper(self, wrong: Optimizer | None) -> Stepper:
        if wrong not in self._steppers:
            rule = UpdateRule(self.network, self._training, EXACT, shown=False, optimizer=wrong)
            self._steppers[wrong] = stepper = Stepper(rule, self.bits)
            if self.at.before is not None:
                states = self.at.before.state.items()
                kept = {name: {one: from_value(value) for one, value in own.items()} for name, own in states}
                stepper.go_on(self.at.before.step, kept)
        return self._steppers[wrong]

    @property
    def _last_update(self) -> Update:
        """The step before a later one."""
        if self.at.before is None:
            raise NoValueError("no step before")
        return self.at.before

    @property
    def _training(self) -> Training:
        training = self.setting.training
        if training is None:
            raise NoValueError("no training")
        return training

    def _sample(self, target: Target, last: Last) -> int:
        sample = target.sample if last.sample is None else last.sample
        # Where there is but one sample, it stands for any.
        return 0 if sample is None or len(self.at.samples) == 1 else sample

    @cached_property
    def penalty(self) -> Value:
        """The penalty."""
        return self.number(self.at.samples[0][self.setting.part.objective.penalty[-1].symbol])

    def added(self, leaf: Symbol) -> Value:
        """Return what the penalty adds to the derivative with respect to ``leaf``, or would add."""
        terms = self.setting.part.objective.added.get(leaf) or self.setting.unpenalized[leaf]
        return self._constant(PathSum(*terms))

    def _constant(self, expression: Expr) -> Value:
        if expression.is_Integer:
            return int(expression)
        return self.number(value_of(expression, self.at.samples[0]))

    # Runs.

    def _derivative(self, sample: int, symbol: Symbol, graph: Faults) -> Value:
        """Return the derivative of the loss with respect to a node or a leaf; 0 for what nothing depends on."""
        swept = self._sweeps(graph)[sample]
        place = self.program.sweep.places.get(symbol)
        if place is None:
            return 0
        wrong = next((fault.joined[symbol] for fault in graph if symbol in fault.joined), None)
        if wrong is not None and symbol not in self.network.nodes:
            return wrong(self._paths(swept, symbol, self.values(graph, sample)))
        if place >= self.program.end:
            # Those of the leaves are worked out when they are asked for.
            self._back.run(swept, place, place + 1)
        return swept[place] if self.rough else to_value(swept[place])

    def _sweeps(self, graph: Faults) -> list[Slots]:
        """Return the way back of each sample, after faults."""
        key = tuple(map(id, graph))
        if key not in self._swept:
            if not graph:
                swept = [self._right(sample) for sample in range(len(self.at.samples))]
            else:
                joined = {symbol: own for fault in graph for symbol, own in fault.joined.items()}
                pairs = zip(self._sweeps(()), self._changed(graph), strict=True)
                swept = [self._run(right, taken, joined) for right, taken in pairs]
            if len(graph) > 1:
                return swept
            self._swept[key] = swept
        return self._swept[key]

    def take_right(self, known: Sequence[Mapping[int, float]]) -> None:
        """Take the way back of each sample without faults, which then need not be run.

        Args:
            known: The numbers of each sample, by their slots in the way back; none at all where it is to be run.
        """
        if all(known):
            self._swept[()] = [self._back.start(self.bits) for _ in known]
            for slots, numbers in zip(self._swept[()], known, strict=True):
                for place, number in numbers.items():
                    slots[place] = number

    def _right(self, sample: int) -> Slots:
        """Return the way back of a sample without any fault."""
        local = self._patched(self.program.whole, sample)[1]
        slots = self._back.start(self.bits)
        slots[1 : 1 + len(local)] = local.values()
        self._back.run(slots, last=self.program.end)
        return slots

    def _run(self, before: Slots, taken: Taken, joined: Mapping[Symbol, Joining]) -> Slots:
        """Return the way back with faults in it, from the first slot that depends on any of them."""
        values, local = taken
        slots, first, end = before.copy(), self.program.first, self.program.end
        for place, number in local.items():
            slots[place] = number
        places = self.program.sweep.places
        breaks = sorted((places[symbol], symbol) for symbol in joined if symbol in self.network.nodes)
        start = min((first.get(place, end) for place in local), default=end)
        for place, symbol in breaks:
            self._back.run(slots, min(start, place), place)
            found = joined[symbol](self._paths(slots, symbol, values))
            slots[place] = float(found) if self.rough else from_value(mpmath.mpf(found))
            start = place + 1
        self._back.run(slots, start, end)
        return slots

    def _paths(self, slots: Slots, symbol: Symbol, values: Values) -> Paths:
        """Return the paths to a node or a leaf."""
        sweep, children = self.program.sweep, self.network.children[symbol]

        def number(place: int) -> Value:
            return slots[place] if self.rough else to_value(_present(slots[place]))

        derivatives = [number(sweep.places[child]) for child in children]
        local = [number(sweep.local[child, symbol]) for child in children]
        return Paths(
            derivatives,
            local,
            lambda other: number(sweep.places[other]),
            lambda child, parent: number(sweep.local[child, parent]),
            lambda other: self.number(values[other]),
        )

    def _changed(self, graph: Faults) -> list[Taken]:
        """Return the numbers that faults put in, sample by sample."""
        if len(graph) == 1:
            (fault,) = graph
            if id(fault) not in self._taken:
                patch = self.program.patch(graph)
                self._taken[id(fault)] = [self._patched(patch, sample) for sample in range(len(self.at.samples))]
            return self._taken[id(fault)]
        if any(fault.nodes for fault in graph):
            patch = self.program.patch(graph)
            return [self._patched(patch, sample) for sample in range(len(self.at.samples))]
        each = zip(*(self._changed((fault,)) for fault in graph), strict=True)
        return [(taken[0][0], {place: number for _, own in taken for place, number in own.items()}) for taken in each]

    def _patched(self, patch: Patch, sample: int) -> Taken:
        """Return the numbers of a patch at a sample."""
        steps, places = self.program.steps, self.program.places
        slots = steps.longer(self._whole[sample])
        for symbol, ranges, place in patch.nodes:
            for first, last in ranges:
                steps.run(slots, first, last)
            slots[places[symbol]] = slots[place]
        for first, last in patch.ranges:
            steps.run(slots, first, last)
        convert = to_float if self.rough else _present
        local = {place: convert(slots[own]) for place, own in patch.local.items()}
        if not patch.nodes:
            return self.at.samples[sample], local
        numbers = ((symbol, slots[place]) for symbol, _, place in patch.nodes)
        moved = {name: None if isinstance(number, Missing) else to_value(number) for name, number in numbers}
        values = MovedValues(self.at.samples[sample], moved)
        return values, local

    @cached_property
    def _whole(self) -> list[Slots]:
        """The slots of the program at each sample, without any fault."""
        steps, found = self.program.steps, [self.program.steps.start(self.bits, own) for own in self._numbers]
        for slots in found:
            steps.run(slots, *self.program.whole.ranges[0])
        return found

    @cached_property
    def _numbers(self) -> list[list[Number]]:
        """The numbers of all names at each sample."""
        missing = Missing("no value here")
        return [
            [from_value(values[name]) if name in values else missing for name in self.program.names]
            for values in self.at.samples
        ]

    def values(self, graph: Faults, sample: int) -> Values:
        """Return the values of the nodes at a 0-based sample after faults."""
        moved = any(fault.nodes for fault in graph)
        return self._changed(graph)[sample][0] if moved else self.at.samples[sample]


def _present(number: Number) -> Number:
    """Return a number that is one.

    Raises:
        NoValueError: If there is none.
    """
    _mantissa, _exponent = number
    return number


_KINDS: Mapping[TargetKind, Callable[[PatchedRun, Target, Faults, Last], Value]] = {
    TargetKind.NODE: PatchedRun._node,
    TargetKind.ADJOINT: PatchedRun._adjoint,
    TargetKind.GRADIENT: PatchedRun._gradient,
    TargetKind.UPDATED: PatchedRun._update,
    TargetKind.LOCAL: PatchedRun._local,
    TargetKind.TRAINED: PatchedRun._kept,
}


# Where wrong derivations are worked out: at the points of the truth, and at the numbers of the exercise.


class RunPlace(NamedTuple):
    """Where something is worked out.

    Attributes:
        point: Which of the points; None at the numbers of the exercise.
        by_sample: Whether each sample counts that a symbolic answer may speak of by number, and not one for any.
        step: At the numbers before which 1-based step of the training.
    """

    point: int | None
    by_sample: bool = False
    step: int = 1


AT_DATA = RunPlace(None, by_sample=True)
"""The numbers of the exercise."""


class PatchedRuns:
    """The runs of one part, each made when it is asked for.

    Args:
        truth: What is true of the part.
        setting: What there is to change in it.
        program: The program that all of them run, if it was made before, for the same part at other numbers.
    """

    def __init__(self, truth: Truth, setting: Setting, program: PatchedProgram | None = None) -> None:
        self.truth, self.setting = truth, setting
        self._program = program
        self._made: dict[tuple[RunPlace, bool], PatchedRun] = {}

    @property
    def program(self) -> PatchedProgram:
        """The program that all of them run."""
        if self._program is None:
            self._program = PatchedProgram(self.setting)
        return self._program

    def rough(self, place: RunPlace) -> PatchedRun:
        """Return the run at a place in floats."""
        return self._run(place, rough=True)

    def exact(self, place: RunPlace) -> PatchedRun:
        """Return the run at a place in as many digits as the points have."""
        return self._run(place, rough=False)

    def _run(self, place: RunPlace, *, rough: bool) -> PatchedRun:
        if (place, rough) not in self._made:
            if place.point is None:
                numbers = self._data() if place.step == 1 else self._later(place.step)
            else:
                numbers = self._point(place.point, by_sample=place.by_sample)
            self._made[place, rough] = PatchedRun(self.setting, self.program, numbers, rough=rough)
        return self._made[place, rough]

    def _point(self, point: int, *, by_sample: bool) -> RunNumbers:
        values = self.truth.points[point].values
        tableau, network = self.truth.tableau, self.truth.network
        if not by_sample or not tableau.named:
            return RunNumbers((values,), (0,), DIGITS)
        symbols = (*tableau.per_sample, *network.nodes)
        samples = tuple(
            {**values, **{symbol: values[of_sample(symbol, sample)] for symbol in symbols}}
            for sample in range(tableau.named)
        )
        return RunNumbers(samples, tuple(range(len(samples))), DIGITS)

    def _data(self) -> RunNumbers:
        evaluation, data = self.truth.part.evaluation, self.truth.part.data
        if evaluation is None or data is None:
            raise LookupError("an exercise without numbers")
        batch = tuple(range(len(evaluation.samples)))
        with mpmath.workdps(evaluation.digits):
            shared: dict[Expr, Value] = {symbol: exactly(number) for symbol, number in data.constants.items()}
        shared |= {COUNT: len(batch), **evaluation.penalty}
        if evaluation.updates:
            first = evaluation.updates[0]
            batch = first.batch
            shared |= {LEARNING_RATE: first.rate} | {updated(symbol): new for symbol, new in first.after.items()}
        samples = tuple({**shared, **sample.values} for sample in evaluation.samples)
        return RunNumbers(samples, batch, max(DIGITS, evaluation.digits))

    def _later(self, step: int) -> RunNumbers:
        """Return the numbers before a later step of the training."""
        evaluation, first = self.truth.part.evaluation, self._data()
        if evaluation is None or not 1 < step <= len(evaluation.updates):
            raise LookupError("no such step")
        update, before = evaluation.updates[step - 1], evaluation.updates[step - 2]
        own = {LEARNING_RATE: update.rate, **update.before}
        own |= {updated(symbol): new for symbol, new in update.after.items()}
        with mpmath.workdps(first.digits):
            samples = tuple(self._forward({**values, **own}) for values in first.samples)
        return RunNumbers(samples, update.batch, first.digits, before)

    def _forward(self, values: Mapping[Expr, Value]) -> Values:
        """Return the value of every name, the nodes and the penalty worked out anew from the others."""
        found = dict(values)
        for node in (*self.truth.network.nodes.values(), *self.truth.part.objective.penalty):
            with contextlib.suppress(NoValueError, KeyError):
                found[node.symbol] = value_of(node.expression, found)
        return found

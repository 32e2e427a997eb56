"""What rounding on the way can make of a result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count, pairwise
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Integer, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Direct, Partial, PathSum, Quotient
from symnet.algebra.rewrite import substitute
from symnet.arithmetic.real import NoValueError, Value
from symnet.catalog.optimizers import LEARNING_RATE, updated
from symnet.derivation.objective import DATA, OBJECTIVE
from symnet.derivation.steps import Derivation, before_writing_out
from symnet.description.data import Numbers
from symnet.limits import MOST_BOUNDED_LINES, MOST_LINES_OF_STEPS, MOST_LINES_TRAINED
from symnet.marking.records import Figures
from symnet.marking.trained import kept_of, lines_after
from symnet.marking.truth import DIGITS, Tableau, exactly, of_sample
from symnet.numerics.affine import AffineForm, Branches, Interval, affine, hull
from symnet.numerics.arithmetic import LINES, Number, Steps, Table
from symnet.numerics.format import Form
from symnet.numerics.program import AS_IT_STANDS, Missing, Program

# The calculation of a sheet, line by line, with rules of one's own in place of arithmetic.

Work: TypeAlias = Callable[[Expr, tuple[Expr, ...], list[Number], dict[Expr, Number]], Number]
"""See :meth:`Calculation.run`."""
Place: TypeAlias = tuple[Expr, int | None]
"""The name of a line without a sample, and the 0-based sample that it is of; None where there is one, and of all."""


class RoundedLine(NamedTuple):
    """One line of a calculation.

    Attributes:
        name: What it works out.
        forms: What that is equal to, the one first into which numbers are put.
        aliases: Under which other names it is cited.
    """

    name: Expr
    forms: tuple[Expr, ...]
    aliases: tuple[Expr, ...] = ()

    @property
    def cited(self) -> set[Expr]:
        """The names in its forms."""
        return {name for form in self.forms for name in form.atoms(Symbol, Partial)}


class _LineProgram:
    """Lines as a program, with a slot for what becomes of each after its forms were worked out.

    Args:
        lines: The lines, each of which may cite those before it.
        table: What the operations of the program do.
    """

    def __init__(self, lines: Sequence[RoundedLine], table: Table) -> None:
        defined = {name for line in lines for name in (line.name, *line.aliases)}
        self.cited = tuple(dict.fromkeys(name for line in lines for name in line.cited if name not in defined))
        program = Program(self.cited, instead=AS_IT_STANDS)
        program.begin(LINES)
        _ = program.one, program.zero
        self.before, known = len(program.operations), len(program.places)
        # Of each line where it begins, where its forms stand, and itself.
        self.lines: list[tuple[RoundedLine, int, list[int], int]] = []
        for line in lines:
            first = len(program.operations)
            forms = [program.place(form) for form in line.forms]
            # Not all lines are always worked out, so that none may rest on parts of another.
            program.forget(known)
            self.lines.append((line, first, forms, program.put_in(line.name, *line.aliases)))
            known = len(program.places)
        self._steps = Steps(program, table)

    def run(
        self, work: Work, known: dict[Expr, Number], sample: int | None, only: Container[Place] | None, bits: int
    ) -> None:
        """Evaluate lines and add their values to those known; see :meth:`Calculation.run`."""
        slots = self._steps.start(bits, [known.get(name, _UNKNOWN) for name in self.cited])
        self._steps.run(slots, last=self.before)
        for line, first, forms, place in self.lines:
            name = line.name
            if only is not None and (name, sample) not in only:
                continue
            self._steps.run(slots, first, place)
            if sample is not None and isinstance(name, Symbol):
                name = of_sample(name, sample)
            try:
                slots[place] = value = work(name, line.forms, [slots[form] for form in forms], known)
            except (NoValueError, KeyError):
                continue
            known.update(dict.fromkeys((line.name, *line.aliases), value))


_UNKNOWN = Missing("what was not worked out")


class Calculation:
    """All equations of one part, evaluated in any arithmetic.

    Args:
        tableau: Knows the part.
        table: What the operations of the program do.
    """

    def __init__(self, tableau: Tableau, table: Table) -> None:
        self.tableau, self.part, self.network, self.table = tableau, tableau.part, tableau.network, table
        self.penalty = [RoundedLine(node.symbol, (node.expression,)) for node in self.part.objective.penalty]
        self.sample = [*self._nodes(), *self._derivatives(), *self._adjoints()]
        self._graphs: dict[int, tuple[dict[Expr, Place], dict[Place, list[Place]]]] = {}
        self._programs: dict[int, tuple[_LineProgram, _LineProgram, _LineProgram]] = {}
        self._steps: dict[tuple[Symbol, int], _LineProgram] = {}

    def run(
        self,
        work: Work,
        leaves: Mapping[Symbol, Number],
        rows: Sequence[Mapping[Symbol, Number]] = (),
        only: Container[Place] | None = None,
        *,
        bits: int | None = None,
        with_steps: bool = True,
    ) -> dict[Expr, Number]:
        """Return the value of every line; lines without a value, and those that depend on them, are left out.

        Args:
            work: From the name of a line, its forms, the number that each comes to (or what is missing there) and what
                is known, to what goes into the lines below. Where there are several samples, the name has the sample's
                number.
            leaves: The parameters and constants; and the inputs and targets, if there is one sample.
            rows: The inputs and targets of each of several samples.
            only: The lines that are wanted, with all above them; None for all.
            bits: The precision, if it is not the one in force.
            with_steps: Whether the lines of the first training step are among those that are wanted.
        """
        bits = mpmath.mp.prec if bits is None else bits
        penalty, sample, objective = self._program(len(rows))
        known: dict[Expr, Number] = dict(leaves)
        penalty.run(work, known, None, only, bits)
        if not rows:
            sample.run(work, known, None, only, bits)
        for number, row in enumerate(rows):
            own = {**known, **row}
            sample.run(work, own, number, only, bits)
            known.update(
                (of_sample(name, number), own[name])
                for line, *_ in sample.lines
                for name in (line.name, *line.aliases)
                if isinstance(name, Symbol) and name in own
            )
        objective.run(work, known, None, only, bits)
        for leaf in self.tableau.stepped if with_steps else ():
            self.step(work, known, leaf, only, bits)
        return known

    def step(
        self,
        work: Work,
        known: Mapping[Expr, Number],
        leaf: Symbol,
        only: Container[Place] | None = None,
        bits: int | None = None,
        *,
        number: int = 1,
    ) -> dict[Expr, Number]:
        """Evaluate a training step of one parameter, and return all values known then.

        Args:
            work: As for :meth:`run`.
            known: What that has returned.
            leaf: The parameter.
            only: As for :meth:`run`.
            bits: As for :meth:`run`.
            number: The 1-based number of the step; in later ones, what was kept before is known under its names.
        """
        if (leaf, number) not in self._steps:
            self._steps[leaf, number] = _LineProgram(self._step(leaf, number), self.table)
        found = dict(known)
        self._steps[leaf, number].run(work, found, None, only, mpmath.mp.prec if bits is None else bits)
        return found

    def _program(self, count: int) -> tuple[_LineProgram, _LineProgram, _LineProgram]:
        """Return the programs of the penalty, of one sample, and of the objective over all samples."""
        if count not in self._programs:
            lines = (self.penalty, self._of_sample(count > 0), list(self._objective(count)))
            penalty, sample, objective = (_LineProgram(some, self.table) for some in lines)
            self._programs[count] = penalty, sample, objective
        return self._programs[count]

    def _of_sample(self, several: bool) -> list[RoundedLine]:
        return [*self.sample, *self._gradients(with_penalty=not several)]

    @cached_property
    def lines(self) -> tuple[RoundedLine, ...]:
        """All lines of one sample up to the derivatives of its loss, each after those that it cites."""
        return (*self.penalty, *self._of_sample(several=False))

    def place(self, name: Expr, count: int = 0) -> Place | None:
        """Return the place of a line, or None for what no line works out.

        Args:
            name: Under which it is cited; of one of several samples, with its number.
            count: How many samples there are, where there are several.
        """
        return self._graph(count)[0].get(name)

    def above(self, names: Iterable[Expr], count: int = 0) -> frozenset[Place]:
        """Return the places of lines and of all lines that they rest on; none for what no line works out.

        Args:
            names: The names of the lines; of one of several samples, with its number.
            count: How many samples there are, where there are several.
        """
        places, parents = self._graph(count)
        found, waiting = set[Place](), [places[name] for name in names if name in places]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += parents[place]
        return frozenset(found)

    def _graph(self, count: int) -> tuple[dict[Expr, Place], dict[Place, list[Place]]]:
        """Return the place of every line by what cites it, and the places that each line cites; built once."""
        if count not in self._graphs:
            places: dict[Expr, Place] = {}
            parents: dict[Place, list[Place]] = {}
            _enter(self.penalty, None, places, parents)
            lines = self._of_sample(count > 0)
            for number in range(count) if count else (None,):
                own = dict(places)
                _enter(lines, number, own, parents)
                # Local derivatives are cited within their sample alone.
                places |= {
                    cited if number is None else of_sample(cited, number): place
                    for cited, place in own.items()
                    if isinstance(cited, Symbol) and place[1] == number
                }
            steps = (line for leaf in self.tableau.stepped for line in self._step(leaf))
            _enter([*self._objective(count), *steps], None, places, parents)
            self._graphs[count] = places, parents
        return self._graphs[count]

    def _nodes(self) -> Iterator[RoundedLine]:
        for node in self.network.nodes.values():
            yield RoundedLine(node.symbol, (node.expression,))

    def _derivatives(self) -> Iterator[RoundedLine]:
        """Yield the local derivatives that stand in lines of the derivation."""
        wanted: dict[Partial, None] = {}
        for derivation in (*self.part.gradient.adjoints.values(), *self.part.gradient.leaves.values()):
            for step in derivation.steps:
                wanted |= dict.fromkeys(step.rhs.atoms(Partial))
        for partial in wanted:
            if partial.of != self.network.loss or isinstance(partial, Direct):
                yield RoundedLine(partial, (self.network.nodes[partial.of].derivatives[partial.wrt][-1],))

    def _adjoints(self) -> Iterator[RoundedLine]:
        for wrt, derivation in self.part.gradient.adjoints.items():
            aliases = (self.tableau.derivative(wrt), Partial(self.network.loss, wrt))
            yield RoundedLine(derivation.symbol, _forms(derivation), aliases)

    def _gradients(self, with_penalty: bool) -> Iterator[RoundedLine]:
        """Yield the derivatives of one sample's loss, and what the penalty adds where that is all there is to it."""
        for leaf, derivation in self.part.gradient.leaves.items():
            name, forms = self.tableau.derivative(leaf), _forms(derivation)
            added = self.part.objective.added.get(leaf, ()) if with_penalty else ()
            if added:
                own = Partial(self.network.loss, leaf)
                yield RoundedLine(own, forms)
                forms = tuple(PathSum(form, *added) for form in (own, *forms))
            yield RoundedLine(name, forms, (Partial(OBJECTIVE, leaf),) if with_penalty else ())

    def _objective(self, count: int) -> Iterator[RoundedLine]:
        """Yield the objective over so many samples, and its derivatives where there are several."""
        objective = self.part.objective
        penalty = [node.symbol for node in objective.penalty[-1:]]
        if count:
            yield RoundedLine(DATA, (self._over_samples(self.network.loss, count),))
            for leaf in self.part.gradient.leaves:
                name = self.tableau.derivative(leaf)
                form = PathSum(self._over_samples(name, count), *objective.added.get(leaf, ()))
                yield RoundedLine(name, (form,), (Partial(OBJECTIVE, leaf),))
        if objective.nodes:
            yield RoundedLine(OBJECTIVE, (PathSum(DATA if count or penalty else self.network.loss, *penalty),))

    def _over_samples(self, name: Symbol, count: int) -> Expr:
        whole = PathSum(*(of_sample(name, number) for number in range(count)))
        objective = self.part.objective
        if objective.is_weighted:
            counted = (self._in_sample(objective.counted, number) for number in range(count))
            return Quotient(whole, PathSum(*counted))
        return Quotient(whole, Integer(count)) if objective.mean else Chain(whole)

    def _in_sample(self, expression: Expr, number: int) -> Expr:
        """Return an expression of a sample with the names that its quantities have in one of several."""
        return substitute(expression, {symbol: of_sample(symbol, number) for symbol in expression.atoms(Symbol)})

    def _step(self, leaf: Symbol, number: int = 1) -> list[RoundedLine]:
        return [RoundedLine(name, (line,)) for name, line in self.tableau.step_lines(leaf, number)]


def _forms(derivation: Derivation) -> tuple[Expr, ...]:
    """Return what a derivative is equal to: as it cites others, then on all other lines."""
    last = before_writing_out(derivation)[-1].rhs
    return tuple(dict.fromkeys((last, *(step.rhs for step in reversed(derivation.steps)))))


def _enter(
    lines: Sequence[RoundedLine], sample: int | None, places: dict[Expr, Place], parents: dict[Place, list[Place]]
) -> None:
    """Enter lines with what they cite."""
    for line in lines:
        place = line.name, sample
        parents[place] = [places[name] for name in line.cited if name in places]
        places |= dict.fromkeys((line.name, *line.aliases), place)


# Between which bounds a calculation comes out whose shown numbers are rounded, each before it is used.

# Decimals from which on a single digit behind the zeros says how a calculation was rounded.
_ENOUGH_DECIMALS = 3
# Numbers of this size have no decimals worth keeping.
_LONG = mpmath.mpf(10) ** 7
# Of a unit in the last place, how far rounding moves a number, perhaps first to more digits and then to those shown ...
_HALF = mpmath.mpf("0.6")
# ... and how far where it is next to one that has these digits, and may keep others.
_LITTLE = mpmath.mpf("0.1")
# A number that may be off by no more than such a part of it is looked at in one piece. Else it is cut into pieces that
# grow by a part in 100, if there are not too many, from such a part of a unit on; smaller ones are taken for 0.
_SMALL_PART, _PARTS, _MOST_PARTS, _LEAST_PART = 200, 100, 150, mpmath.mpf(10) ** -5
_NO_SIZE = mpmath.mpf(0)
# How many kinks are looked at from both sides in one calculation; behind more, numbers may be anything between.
_MOST_KINKS = 4
# Errors of a number that go on into the next training step each for itself.
_MOST_ERRORS = 40
# Of a unit in the last place: less than that is none of a number's digits.
_NO_DIGIT = mpmath.mpf(10) ** -20
Bounds: TypeAlias = Mapping[Expr, tuple[Interval, ...]]
Own: TypeAlias = Mapping[Expr, Value]
_NOTHING: Own = MappingProxyType({})


class Digits(NamedTuple):
    """How many digits a number was written with.

    Attributes:
        decimals: Behind the point; negative where the last digit stands before it.
        significant: From the first that is not 0.
    """

    decimals: int
    significant: int

    @classmethod
    def of(cls, figures: Figures) -> Digits:
        """Return those of a number."""
        unit = figures.unit
        decimals = len(str(unit.denominator)) - len(str(unit.numerator))
        return cls(decimals, len(str(abs(round(figures.value / unit)))) if figures.value else 0)


class Keeping(NamedTuple):
    """How many digits each number of a calculation keeps at least.

    Attributes:
        form: To which digits it is rounded.
        plain: Whether small numbers have no more decimals than others.
        cut: Whether digits may be cut off too, and not rounded.
    """

    form: Form
    plain: bool = False
    cut: bool = False

    def unit(self, size: Value) -> Value:
        """Return the place of the last digit that a number of this size keeps."""
        if self.plain and self.form.significant is None and size < _LONG:
            return mpmath.mpf(10) ** -self.form.decimals
        return 2 * half_unit(self.form, size)


def carried(figures: Figures, numbers: Numbers) -> tuple[Keeping, ...]:
    """Return how a calculation may have been rounded on its way to a number; empty where its digits do not tell.

    It kept as many decimals as the number shows, or digits where these are counted; or it is rounded as the sheet is,
    which gives small numbers more decimals than others. Nothing can be told from a whole number, nor from a single
    digit unless there are zeros enough before it, or the description says how many there are.

    Args:
        figures: The number.
        numbers: What the description says of numbers.
    """
    digits, usual = Digits.of(figures), Form.of(numbers)
    if numbers.significant is not None:
        return (Keeping(Form(significant=digits.significant)),) if digits.significant > 1 else ()
    if digits.decimals < 0:
        return (Keeping(Form(significant=digits.significant)),)
    if digits.decimals == 0:
        return ()
    if digits.significant < 2 and digits.decimals < _ENOUGH_DECIMALS:
        chosen = numbers.arithmetic == "paper" or not numbers.model_fields_set.isdisjoint({"decimals", "significant"})
        return (Keeping(usual, plain=True),) if chosen else ()
    shown = Decimal(figures.value.numerator) / Decimal(figures.value.denominator)
    # A zero at the end of a small number may be left out.
    as_sheet = digits.decimals > usual.decimals and usual.last(shown) <= -digits.decimals
    kept = Keeping(Form(decimals=digits.decimals), plain=True)
    return (kept, Keeping(usual)) if as_sheet else (kept,)


def half_unit(form: Form, size: Value) -> Value:
    """Return by how much a number of this size may change when it is rounded as a sheet rounds it."""
    place = int(mpmath.floor(mpmath.log10(size))) if size else 0
    return mpmath.mpf(10) ** form.last(Decimal((0, (1,), place))) / 2


def moved(bounds: Interval, keeping: Keeping) -> Interval:
    """Return by how much a number within some bounds may change when it is rounded.

    Args:
        bounds: The bounds.
        keeping: Which digits it keeps at least.
    """
    low, high = bounds
    unit = keeping.unit(bounds.size)
    if high <= 0:
        up, down = _towards_zero(Interval(-high, -low), unit, keeping.cut)
        return Interval(-down, up)
    if low >= 0:
        down, up = _towards_zero(bounds, unit, keeping.cut)
        return Interval(-down, up)
    down = min(high, unit) if keeping.cut else 0
    up = min(-low, unit) if keeping.cut else 0
    return Interval(-max(down, unit * _HALF), max(up, unit * _HALF))


def _towards_zero(bounds: Interval, unit: Value, cut: bool) -> tuple[Value, Value]:
    """Return by how much a number that is not negative may become smaller, and larger, when it is rounded."""
    low, high = bounds
    floor = mpmath.floor(low / unit) * unit
    most = unit if cut else unit * _HALF
    if high >= floor + unit:
        return most, unit * _HALF
    # All of it lies between the same two numbers with so many digits.
    little = unit * _LITTLE
    nearer, farther = floor + unit * (1 - _HALF), floor + unit * _HALF
    up = min(unit * _HALF, floor + unit - max(low, nearer)) if high >= nearer else little
    down = min(most, (high if cut else min(high, farther)) - floor) if cut or low <= farther else little
    return max(down, little), max(up, little)


class Rounded:
    """The bounds of every line of a part at its data, by how its numbers are rounded.

    Args:
        tableau: Knows the part.
        asked: The lines that are worked out together, with what they rest on; None for all.
    """

    def __init__(self, tableau: Tableau, asked: Collection[Expr] | None = None) -> None:
        self.tableau, self.asked = tableau, asked
        self._known: dict[Keeping, dict[Expr, tuple[Interval, ...]]] = {}
        self._later: dict[tuple[Keeping | None, int], Bounds] = {}
        self._followed: tuple[Own, dict[tuple[Keeping | None, int], Bounds]] = (_NOTHING, {})
        self._branches = Branches(_MOST_KINKS)

    @cached_property
    def calculation(self) -> Calculation:
        """The lines."""
        return Calculation(self.tableau, affine(self._branches))

    def alternatives(self, name: Expr, keeping: Keeping | None, own: Own = _NOTHING) -> tuple[Interval, ...]:
        """Return between which bounds the number under a name comes out by each form of its line, itself not rounded.

        The lines above it are worked out as the sheet puts numbers into them, or each in the form that rounding moves
        most, such as derivative with respect to derivative; on either side of every kink that rounding may cross.

        Args:
            name: The name of a line.
            keeping: How numbers are rounded; None where they are not.
            own: Numbers that go into lower lines in place of those worked out.
        """
        if own or keeping is None:
            return self._run(keeping, own, _as_put_in, (name,)).get(name, ())
        if keeping not in self._known:
            self._known[keeping] = self._both_ways(keeping, self.asked)
        known = self._known[keeping]
        if name not in known and self.asked is not None:
            known |= {name: (), **self._both_ways(keeping, (name,))}
        return known.get(name, ())

    def _both_ways(self, keeping: Keeping, wanted: Collection[Expr] | None) -> dict[Expr, tuple[Interval, ...]]:
        """Return the bounds of lines, worked out as the sheet puts numbers in, and in the forms that move most."""
        ways = [self._run(keeping, _NOTHING, choose, wanted) for choose in (_as_put_in, _moved_most)]
        lines = dict.fromkeys((*ways[0], *ways[1]))
        return {line: (*ways[0].get(line, ()), *ways[1].get(line, ())) for line in lines}

    def after(self, step: int, keeping: Keeping | None, own: Own = _NOTHING) -> Bounds:
        """Return the bounds of the lines of a later training step, before they are rounded.

        Args:
            step: Its 1-based number.
            keeping: How numbers are rounded, in all steps; None where they are not.
            own: Numbers that go into lower lines, and into later steps, in place of those worked out.
        """
        if own != self._followed[0]:
            self._followed = own, {}
        kept = self._followed[1] if own else self._later
        if (keeping, step) not in kept:
            kept[keeping, step] = self._train(step, keeping, own)
        return kept[keeping, step]

    def above(self, name: Expr) -> frozenset[Place]:
        """Return the places of a line and of all lines that it rests on."""
        return self.calculation.above((name,), self._count)

    def place(self, name: Expr) -> Place | None:
        """Return the place of a line, or None where nothing works it out."""
        return self.calculation.place(name, self._count)

    @property
    def _count(self) -> int:
        """How many samples there are, where there are several."""
        return self.tableau.samples if self.tableau.samples > 1 else 0

    def _run(
        self,
        keeping: Keeping | None,
        own: Own,
        choose: Callable[[list[AffineForm]], AffineForm],
        wanted: Collection[Expr] | None = None,
    ) -> Bounds:
        """Return the bounds of every line, or of some and what they rest on, by each of its forms, not yet rounded."""
        data = self.tableau.part.data
        if data is None or len(data.rows) * len(self.calculation.sample) > MOST_BOUNDED_LINES:
            return {}
        found: dict[Expr, dict[Interval, None]] = {}
        only = None if wanted is None else self.calculation.above(wanted, self._count)
        with mpmath.workdps(DIGITS):
            leaves = _exact({**data.parameters, **data.constants, **self.tableau.constants})
            rows = [_exact(row) for row in data.rows]
            while True:
                self._branches.begin()
                one = _RoundedRun(keeping, own, choose, found)
                known = self.calculation.run(
                    one.work,
                    leaves if self._count else leaves | rows[0],
                    rows if self._count else (),
                    only,
                    with_steps=False,
                )
                for leaf in self.tableau.stepped:
                    if only is None or (updated(leaf), None) in only:
                        self._step(one, known, leaf)
                if not self._branches.next():
                    return {name: tuple(ways) for name, ways in found.items()}

    def _train(self, step: int, keeping: Keeping | None, own: Own) -> Bounds:
        """Return the bounds of the lines of a later training step."""
        data, evaluation, training = self.tableau.part.data, self.tableau.part.evaluation, self.tableau.training
        if data is None or evaluation is None or training is None or step > len(evaluation.updates):
            return {}
        most = MOST_LINES_TRAINED if keeping is None else MOST_LINES_OF_STEPS
        if step * len(data.rows) * len(self.calculation.sample) > most:
            return {}
        if training.clip_norm is not None or training.clip_value is not None:
            return {}
        found: dict[Expr, dict[Interval, None]] = {}
        with mpmath.workdps(DIGITS):
            rows = [_exact(row) for row in data.rows]
            while True:
                self._branches.begin()
                errors = count()
                leaves: dict[Expr, AffineForm] = {**_exact({**data.parameters, **data.constants})}
                leaves |= _exact(self.tableau.constants)
                for number, update in enumerate(evaluation.updates[:step], 1):
                    mine = own if number == 1 else self._own_of(number, own)
                    one = _RoundedRun(keeping, mine, _as_put_in, found if number == step else {}, errors)
                    leaves[LEARNING_RATE] = AffineForm(update.rate)
                    batch = [rows[sample] for sample in update.batch]
                    put_in = (leaves, batch) if len(batch) > 1 else ({**leaves, **batch[0]}, [])
                    known = self.calculation.run(one.work, *put_in, with_steps=False)
                    leaves |= self._moved(one, known, number)
                if not self._branches.next():
                    return {name: tuple(ways) for name, ways in found.items()}

    def _own_of(self, number: int, own: Own) -> Own:
        """Return the lines of a later step that have numbers of one's own, by the names that they have within it."""
        training = self.tableau.training
        if training is None:
            return _NOTHING
        lines = [lines_after(training.rule, leaf, number) for leaf in self.tableau.stepped]
        return {line: own[name] for each in lines for name, line in each.items() if name in own}

    def _moved(self, one: _RoundedRun, known: Mapping[Expr, Number], number: int) -> dict[Expr, AffineForm]:
        """Return the parameters and optimizer state after a step, as inputs of the next one."""
        training, moved = self.tableau.training, dict[Expr, AffineForm]()
        states = () if training is None else tuple(state.symbol for state in training.rule.states)
        for leaf in self.tableau.stepped:
            ends = self._step(one, known, leaf, number)
            names = {leaf: updated(leaf)} | {kept_of(kept, leaf): kept_of(updated(kept), leaf) for kept in states}
            for before, name in names.items():
                ways = [end[name] for end in ends if name in end]
                if len(ways) == 1:
                    moved[before] = one.gathered(ways[0])
                elif ways:
                    low, high = hull(way.bounds for way in ways)
                    moved[before] = AffineForm((low + high) / 2, rest=(high - low) / 2)
        return moved

    def _step(
        self, one: _RoundedRun, known: Mapping[Expr, Number], leaf: Symbol, number: int = 1
    ) -> list[dict[Expr, Number]]:
        """Return what a training step makes of a parameter, for each piece of what its derivative may be."""
        gradient = self.tableau.derivative(leaf)
        if gradient not in known:
            return []
        divides = any(
            part.args[1].free_symbols for _, line in self.tableau.step_lines(leaf) for part in line.atoms(Quotient)
        )
        pieces = one.pieces(known[gradient]) if divides else (known[gradient],)
        return [
            self.calculation.step(one.work_of_step, {**known, gradient: piece}, leaf, number=number) for piece in pieces
        ]


class _BeforeRounding(NamedTuple):
    """A number as it was rounded, what it was before, between which bounds, and which digits it was to keep."""

    rounded: AffineForm
    number: AffineForm
    bounds: tuple[Interval, ...]
    keeping: Keeping | None


class _RoundedRun:
    """One run of the calculation, in which each line is rounded.

    Args:
        keeping: How numbers are rounded; None where they are not.
        own: Numbers that go into lower lines in place of those worked out.
        choose: From a line's numbers by each of its forms to the one that lower lines use.
        raw: Where the bounds of each line by each of its forms are added, not yet rounded.
        errors: The numbers of errors that were not made yet.
    """

    def __init__(
        self,
        keeping: Keeping | None,
        own: Own,
        choose: Callable[[list[AffineForm]], AffineForm],
        raw: dict[Expr, dict[Interval, None]],
        errors: Iterator[int] | None = None,
    ) -> None:
        self._keeping, self._own, self._choose, self._raw = keeping, own, choose, raw
        self._errors = count() if errors is None else errors
        # Each rounded number, and what it was before, by the numbers of its errors.
        self._before: dict[frozenset[int], _BeforeRounding] = {}

    def work(
        self, name: Expr, forms: tuple[Expr, ...], ways: list[Number], _known: dict[Expr, AffineForm]
    ) -> AffineForm:
        """Return what lower lines use of a line; see :meth:`Calculation.run`."""
        found = [way for way in ways if not isinstance(way, Missing)]
        if not found:
            raise NoValueError("no bounds")
        before = [self._before_rounding(one, self._keeping) for one in found]
        each = zip(found, before, strict=True)
        bounds = tuple(part for one, known in each for part in ((one.bounds,) if known is None else known[1]))
        self._raw.setdefault(name, {}).update(dict.fromkeys(bounds))
        if name in self._own:
            return AffineForm(self._own[name])
        chosen = self._choose(found)
        # What only stands for another number is that number.
        if forms[0].is_Atom:
            return chosen
        copied = before[found.index(chosen)]
        return self._used(chosen if copied is None else copied[0], self._keeping, bounds)

    def _used(self, number: AffineForm, keeping: Keeping | None, bounds: tuple[Interval, ...]) -> AffineForm:
        """Return a number as later lines use it: rounded, with its own error term."""
        rounded = self._rounded(number, keeping)
        if rounded is not number:
            self._before[frozenset(rounded.errors)] = _BeforeRounding(rounded, number, bounds, keeping)
        return rounded

    def _before_rounding(
        self, number: AffineForm, keeping: Keeping | None
    ) -> tuple[AffineForm, tuple[Interval, ...]] | None:
        """Return what a number was before it was rounded, and its bounds, if it only stands for one that was.

        It may be the opposite of that, or that times a power of ten where this leaves it the digits that it has.
        Copied, a number is rounded from what it was, and not once more.
        """
        found = self._before.get(frozenset(number.errors))
        if found is None or not number.errors:
            return None
        rounded, before, bounds, kept = found
        error = next(reversed(rounded.errors))
        factor = number.errors[error] / rounded.errors[error]
        if kept != keeping or not _is_shift(factor, rounded, keeping) or not _is_multiple(number, factor, rounded):
            return None
        copied = before.times(factor)
        # What it is a copy of may have been rounded to more digits before.
        little = _NO_SIZE if keeping is None else keeping.unit(copied.bounds.size) * _LITTLE
        each = (sorted((factor * low, factor * high)) for low, high in bounds)
        return copied, tuple(Interval(low - little, high + little) for low, high in each)

    def work_of_step(
        self, name: Expr, _forms: tuple[Expr, ...], ways: list[Number], _known: dict[Expr, AffineForm]
    ) -> AffineForm:
        """Return what is used of a line of a training step, which has the digits that a sheet shows of it.

        The square of a small derivative keeps some, since it is divided by.
        """
        (number,) = ways
        if isinstance(number, Missing):
            raise NoValueError(number.reason)
        keeping = None if self._keeping is None else self._keeping._replace(plain=False)
        copied = self._before_rounding(number, keeping)
        bounds = (number.bounds,) if copied is None else copied[1]
        self._raw.setdefault(name, {}).update(dict.fromkeys(bounds))
        if name in self._own:
            return AffineForm(self._own[name])
        return self._used(number if copied is None else copied[0], keeping, bounds)

    def gathered(self, number: AffineForm) -> AffineForm:
        """Return a number with its smaller errors made one, so that the work of a step does not grow with the steps."""
        if len(number.errors) <= _MOST_ERRORS:
            return number
        sizes = sorted(number.errors.items(), key=lambda error: -abs(error[1]))
        others = mpmath.fsum(abs(size) for _, size in sizes[_MOST_ERRORS:])
        kept = AffineForm(number.center, dict(sizes[:_MOST_ERRORS]), number.rest)
        return kept.with_error(next(self._errors), others)

    def _rounded(self, number: AffineForm, keeping: Keeping | None) -> AffineForm:
        # What has few digits is not changed by rounding.
        if keeping is None or _has_digits(number, keeping):
            return number
        low, high = moved(number.bounds, keeping)
        moved_center = AffineForm(number.center + (low + high) / 2, number.errors, number.rest)
        return moved_center.with_error(next(self._errors), (high - low) / 2)

    def pieces(self, number: AffineForm) -> Iterator[AffineForm]:
        """Yield the parts of what a number may be in each of which it changes little, by parts of its size."""
        low, high = number.bounds
        if self._keeping is None or number.radius * _SMALL_PART <= abs(number.center):
            yield number
            return
        least = self._keeping.unit(number.bounds.size) * _LEAST_PART
        if low <= 0 <= high:
            yield AffineForm(_NO_SIZE)
        for sign, first, last in ((1, low, high), (-1, -high, -low)):
            first = max(first, least)  # noqa: PLW2901 - the smallest number looked at
            if first >= last:
                continue
            parts = int(min(mpmath.ceil(mpmath.log(last / first) * _PARTS), _MOST_PARTS))
            ends = [first * (last / first) ** (mpmath.mpf(place) / parts) for place in range(parts + 1)]
            for one, other in pairwise(ends):
                yield AffineForm(sign * (one + other) / 2, {next(self._errors): (other - one) / 2})


def _is_shift(factor: Value, number: AffineForm, keeping: Keeping | None) -> bool:
    """Return whether a number that was rounded has as many digits to keep when it is multiplied by a factor."""
    size = abs(factor)
    power = mpmath.mpf(10) ** int(mpmath.nint(mpmath.log10(size))) if size else size
    if not power or abs(size - power) > _NO_DIGIT * power:
        return False
    if power == 1 or keeping is None:
        return bool(power == 1)
    largest = number.bounds.size
    unit = keeping.unit(largest)
    return bool(abs(keeping.unit(largest * power) - unit * power) <= _NO_DIGIT * unit * power)


def _is_multiple(number: AffineForm, factor: Value, other: AffineForm) -> bool:
    """Return whether a number that errs as another does is so many times that."""
    pairs = [(number.center, other.center * factor), (number.rest, other.rest * abs(factor))]
    pairs += [(size, other.errors[error] * factor) for error, size in number.errors.items()]
    return all(abs(one - same) <= _NO_DIGIT * abs(same) for one, same in pairs)


def _has_digits(number: AffineForm, keeping: Keeping) -> bool:
    """Return whether a number is known, and has no more digits than it is rounded to."""
    if number.radius:
        return False
    unit = keeping.unit(abs(number.center))
    return bool(abs(number.center / unit - mpmath.nint(number.center / unit)) < _NO_DIGIT)


def _as_put_in(found: list[AffineForm]) -> AffineForm:
    return found[0]


def _moved_most(found: list[AffineForm]) -> AffineForm:
    return max(found, key=lambda one: one.radius)


def _exact(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, AffineForm]:
    return {symbol: AffineForm(exactly(number)) for symbol, number in numbers.items()}

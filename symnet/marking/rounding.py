"""What rounding on the way can make of a result."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import mpmath
from sympy import Integer, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, Direct, Partial, PathSum, Quotient
from symnet.catalog.optimizers import updated
from symnet.derivation.objective import DATA, OBJECTIVE
from symnet.derivation.steps import Derivation, before_writing_out
from symnet.description.data import Numbers
from symnet.limits import MOST_BOUNDED_LINES
from symnet.marking.records import Figures
from symnet.marking.truth import DIGITS, Tableau, exactly, of_sample
from symnet.numerics.affine import AFFINE, AffineForm, Interval
from symnet.numerics.arithmetic import LINES, Number, Steps, Table
from symnet.numerics.direct import NoValueError, Value
from symnet.numerics.format import Form
from symnet.numerics.program import Missing, Program, as_it_stands

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
        program = Program(self.cited, instead=as_it_stands)
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

    def run(self, work: Work, known: dict[Expr, Number], sample: int | None, only: Container[Place] | None) -> None:
        """Work out lines from what is known, and add them to it; see :meth:`Calculation.run`."""
        slots = self._steps.start(mpmath.mp.prec, [known.get(name, _UNKNOWN) for name in self.cited])
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
    """All lines of one part, to be worked out in any arithmetic.

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

    def run(
        self,
        work: Work,
        leaves: Mapping[Symbol, Number],
        rows: Sequence[Mapping[Symbol, Number]] = (),
        only: Container[Place] | None = None,
    ) -> dict[Expr, Number]:
        """Return what every line comes to; what has no value is left out, and so is what depends on it.

        Args:
            work: From the name of a line, its forms, the number that each comes to (or what is missing there) and what
                is known, to what goes into the lines below. Where there are several samples, the name has the sample's
                number.
            leaves: The parameters and constants; and the inputs and targets, if there is one sample.
            rows: The inputs and targets of each of several samples.
            only: The lines that are wanted, with all above them; None for all.
        """
        penalty, sample, objective = self._program(len(rows))
        known: dict[Expr, Number] = dict(leaves)
        penalty.run(work, known, None, only)
        if not rows:
            sample.run(work, known, None, only)
        for number, row in enumerate(rows):
            own = {**known, **row}
            sample.run(work, own, number, only)
            known.update(
                (of_sample(name, number), own[name])
                for line, *_ in sample.lines
                for name in (line.name, *line.aliases)
                if isinstance(name, Symbol) and name in own
            )
        objective.run(work, known, None, only)
        return known

    def _program(self, count: int) -> tuple[_LineProgram, _LineProgram, _LineProgram]:
        """Return the programs of the penalty, of a sample, and of all, for so many samples if there are several."""
        if count not in self._programs:
            lines = (self.penalty, self._of_sample(count > 0), self._of_all(count))
            penalty, sample, objective = (_LineProgram(some, self.table) for some in lines)
            self._programs[count] = penalty, sample, objective
        return self._programs[count]

    def _of_sample(self, several: bool) -> list[RoundedLine]:
        return [*self.sample, *self._gradients(with_penalty=not several)]

    def _of_all(self, count: int) -> list[RoundedLine]:
        return [*self._objective(count), *self._updates()]

    def place(self, name: Expr, count: int = 0) -> Place | None:
        """Return the place of a line, or None for what no line works out.

        Args:
            name: Under which it is cited; of one of several samples, with its number.
            count: How many samples there are, where there are several.
        """
        return self._graph(count)[0].get(name)

    def above(self, name: Expr, count: int = 0) -> frozenset[Place]:
        """Return the places of a line and of all lines that it rests on; none for what no line works out.

        Args:
            name: The name of the line; of one of several samples, with its number.
            count: How many samples there are, where there are several.
        """
        places, parents = self._graph(count)
        found, waiting = set[Place](), [places[name]] if name in places else []
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
            _enter(self._of_all(count), None, places, parents)
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
        return Quotient(whole, Integer(count)) if self.part.objective.mean else Chain(whole)

    def _updates(self) -> Iterator[RoundedLine]:
        for leaf in self.tableau.stepped:
            yield RoundedLine(updated(leaf), (self.tableau.step(leaf),))


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

# Significant digits that an answer may have beyond those in which the calculation is carried, and still come from it.
_MORE_DIGITS = 2
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


def carried(digits: Digits, numbers: Numbers) -> Form | None:
    """Return how a calculation was rounded on its way to a number with these digits; None where they do not tell.

    It was carried in as many decimals as the answer has, or in those of the description where they are fewer. An
    answer with many more significant digits than that was not rounded on its way. Nothing can be told from a whole
    number, nor from a single digit unless the description says how many there are.
    """
    chosen = numbers.arithmetic == "paper" or not numbers.model_fields_set.isdisjoint({"decimals", "significant"})
    if numbers.significant is not None:
        least = min(digits.significant, numbers.significant)
        return Form(significant=least) if 1 < digits.significant <= numbers.significant + _MORE_DIGITS else None
    if digits.decimals < 0:
        return Form(significant=digits.significant)
    if digits.decimals == 0:
        return None
    if digits.significant < 2:
        return Form(decimals=numbers.decimals) if chosen else None
    rounded = digits.decimals <= numbers.decimals or digits.significant <= numbers.decimals + _MORE_DIGITS
    return Form(decimals=min(digits.decimals, numbers.decimals) if rounded else digits.decimals)


def half_unit(form: Form, size: Value) -> Value:
    """Return by how much a number of this size may change when it is rounded."""
    place = int(mpmath.floor(mpmath.log10(size))) if size else 0
    return mpmath.mpf(10) ** form.last(Decimal((0, (1,), place))) / 2


class Rounded:
    """The bounds of every line of a part at its data, by how its numbers are rounded.

    Args:
        tableau: Knows the part.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau = tableau
        self._known: dict[Form, Bounds] = {}

    @cached_property
    def calculation(self) -> Calculation:
        """The lines."""
        return Calculation(self.tableau, AFFINE)

    def alternatives(self, name: Expr, form: Form | None, own: Own = _NOTHING) -> tuple[Interval, ...]:
        """Return between which bounds the number under a name comes out by each form of its line, itself not rounded.

        The lines above it are worked out as the sheet puts numbers into them, or each in the form that rounding moves
        most, such as derivative with respect to derivative.

        Args:
            name: The name of a line.
            form: How shown numbers are rounded; None where they are not.
            own: Numbers that go into lower lines in place of those worked out.
        """
        if own or form is None:
            return self._run(form, own, _as_put_in, name).get(name, ())
        if form not in self._known:
            ways = [self._run(form, own, choose) for choose in (_as_put_in, _moved_most)]
            self._known[form] = {line: (*ways[0][line], *ways[1].get(line, ())) for line in ways[0]}
        return self._known[form].get(name, ())

    def above(self, name: Expr) -> frozenset[Place]:
        """Return the places of a line and of all lines that it rests on."""
        return self.calculation.above(name, self._count)

    def place(self, name: Expr) -> Place | None:
        """Return the place of a line, or None where nothing works it out."""
        return self.calculation.place(name, self._count)

    @property
    def _count(self) -> int:
        """How many samples there are, where there are several."""
        return self.tableau.samples if self.tableau.samples > 1 else 0

    def _run(
        self, form: Form | None, own: Own, choose: Callable[[list[AffineForm]], AffineForm], wanted: Expr | None = None
    ) -> Bounds:
        """Return the bounds of every line, or of one and what it rests on, by each of its forms, not yet rounded."""
        data = self.tableau.part.data
        if data is None or len(data.rows) * len(self.calculation.sample) > MOST_BOUNDED_LINES:
            return {}
        raw: dict[Expr, tuple[Interval, ...]] = {}
        errors = count()

        def work(name: Expr, forms: tuple[Expr, ...], ways: list[Number], _known: dict[Expr, AffineForm]) -> AffineForm:
            found = [way for way in ways if not isinstance(way, Missing)]
            if not found:
                raise NoValueError("no bounds")
            raw[name] = tuple(one.bounds for one in found)
            if name in own:
                return AffineForm(own[name])
            chosen = choose(found)
            # What only stands for another number is not rounded again, and what has few digits is not changed by it.
            if form is None or forms[0].is_Atom or _has_digits(chosen, form):
                return chosen
            return chosen.with_error(next(errors), half_unit(form, chosen.bounds.size))

        with mpmath.workdps(DIGITS):
            leaves = _exact({**data.parameters, **data.constants, **self.tableau.constants})
            rows = [_exact(row) for row in data.rows]
            only = None if wanted is None else self.above(wanted)
            self.calculation.run(work, leaves if self._count else leaves | rows[0], rows if self._count else (), only)
        return raw


def _has_digits(number: AffineForm, form: Form) -> bool:
    """Return whether a number is known, and has no more digits than it is rounded to."""
    unit = 2 * half_unit(form, abs(number.center))
    return not number.radius and abs(number.center / unit - mpmath.nint(number.center / unit)) < _NO_DIGIT


def _as_put_in(found: list[AffineForm]) -> AffineForm:
    return found[0]


def _moved_most(found: list[AffineForm]) -> AffineForm:
    return max(found, key=lambda one: one.radius)


def _exact(numbers: Mapping[Symbol, Fraction]) -> dict[Symbol, AffineForm]:
    return {symbol: AffineForm(exactly(number)) for symbol, number in numbers.items()}

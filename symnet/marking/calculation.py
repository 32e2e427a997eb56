"""The calculation of a sheet, line by line, with rules of one's own in place of arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from sympy import Integer, Symbol
from sympy.core.expr import Expr

from symnet.calculus import Chain, Direct, Partial, PathSum, Quotient
from symnet.catalog.optimizers import updated
from symnet.derivation import Derivation, before_writing_out
from symnet.marking.values import Tableau, of_sample
from symnet.numbers.numeric import NoValueError
from symnet.objective import DATA, OBJECTIVE

Number = TypeVar("Number")
Known: TypeAlias = Mapping[Expr, Number]
Place: TypeAlias = tuple[Expr, int | None]
"""The name of a line without a sample, and the 0-based sample that it is of; None where there is one, and of all."""


class Line(NamedTuple):
    """One line of a calculation.

    Attributes:
        name: What it works out.
        forms: What that is equal to, the one first into which numbers are put.
        aliases: Under which other names it is cited.
    """

    name: Expr
    forms: tuple[Expr, ...]
    aliases: tuple[Expr, ...] = ()


class Calculation(Generic[Number]):
    """All lines of one part, to be worked out in whatever takes the place of numbers.

    Args:
        tableau: Knows the part.
    """

    def __init__(self, tableau: Tableau) -> None:
        self.tableau, self.part, self.network = tableau, tableau.part, tableau.network
        self.penalty = [Line(node.symbol, (node.expression,)) for node in self.part.objective.penalty]
        self.sample = [*self._nodes(), *self._slopes(), *self._adjoints()]
        self._graphs: dict[int, tuple[dict[Expr, Place], dict[Place, list[Place]]]] = {}

    def run(
        self,
        work: Callable[[Expr, tuple[Expr, ...], dict[Expr, Number]], Number],
        leaves: Mapping[Symbol, Number],
        rows: Sequence[Mapping[Symbol, Number]] = (),
        only: Container[Place] | None = None,
    ) -> dict[Expr, Number]:
        """Return what every line comes to; what has no value is left out, and so is what depends on it.

        Args:
            work: From the name of a line, its forms and what is known to what goes into the lines below. Where there
                are several samples, the name has the sample's number.
            leaves: The parameters and constants; and the inputs and targets, if there is one sample.
            rows: The inputs and targets of each of several samples.
            only: The lines that are wanted, with all above them; None for all.
        """
        known: dict[Expr, Number] = dict(leaves)
        _work_all(self.penalty, known, work, None, only)
        lines = self._of_sample(bool(rows))
        if not rows:
            _work_all(lines, known, work, None, only)
        for number, row in enumerate(rows):
            own = {**known, **row}
            _work_all(lines, own, work, number, only)
            for line in lines:
                known.update(
                    (of_sample(name, number), own[name])
                    for name in (line.name, *line.aliases)
                    if isinstance(name, Symbol) and name in own
                )
        _work_all(self._of_all(len(rows)), known, work, None, only)
        return known

    def _of_sample(self, several: bool) -> list[Line]:
        return [*self.sample, *self._gradients(with_penalty=not several)]

    def _of_all(self, count: int) -> list[Line]:
        return [*self._together(count), *self._updates()]

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
                # Local slopes are cited within their sample alone.
                places |= {
                    cited if number is None else of_sample(cited, number): place
                    for cited, place in own.items()
                    if isinstance(cited, Symbol) and place[1] == number
                }
            _enter(self._of_all(count), None, places, parents)
            self._graphs[count] = places, parents
        return self._graphs[count]

    def _nodes(self) -> Iterator[Line]:
        for node in self.network.nodes.values():
            yield Line(node.symbol, (node.expression,))

    def _slopes(self) -> Iterator[Line]:
        """Yield the local slopes that stand in lines of the derivation."""
        wanted: dict[Partial, None] = {}
        for derivation in (*self.part.gradient.adjoints.values(), *self.part.gradient.leaves.values()):
            for step in derivation.steps:
                wanted |= dict.fromkeys(step.rhs.atoms(Partial))
        for partial in wanted:
            if partial.of != self.network.loss or isinstance(partial, Direct):
                yield Line(partial, (self.network.nodes[partial.of].slopes[partial.wrt][-1],))

    def _adjoints(self) -> Iterator[Line]:
        for wrt, derivation in self.part.gradient.adjoints.items():
            aliases = (self.tableau.derivative(wrt), Partial(self.network.loss, wrt))
            yield Line(derivation.symbol, _forms(derivation), aliases)

    def _gradients(self, with_penalty: bool) -> Iterator[Line]:
        """Yield the derivatives of one sample's loss, and what the penalty adds where that is all there is to it."""
        for leaf, derivation in self.part.gradient.leaves.items():
            name, forms = self.tableau.derivative(leaf), _forms(derivation)
            added = self.part.objective.added.get(leaf, ()) if with_penalty else ()
            if added:
                own = Partial(self.network.loss, leaf)
                yield Line(own, forms)
                forms = tuple(PathSum(form, *added) for form in (own, *forms))
            yield Line(name, forms, (Partial(OBJECTIVE, leaf),) if with_penalty else ())

    def _together(self, count: int) -> Iterator[Line]:
        """Yield the objective over so many samples, and its derivatives where there are several."""
        objective = self.part.objective
        penalty = [node.symbol for node in objective.penalty[-1:]]
        if count:
            yield Line(DATA, (self._over_samples(self.network.loss, count),))
            for leaf in self.part.gradient.leaves:
                name = self.tableau.derivative(leaf)
                form = PathSum(self._over_samples(name, count), *objective.added.get(leaf, ()))
                yield Line(name, (form,), (Partial(OBJECTIVE, leaf),))
        if objective.nodes:
            yield Line(OBJECTIVE, (PathSum(DATA if count or penalty else self.network.loss, *penalty),))

    def _over_samples(self, name: Symbol, count: int) -> Expr:
        whole = PathSum(*(of_sample(name, number) for number in range(count)))
        return Quotient(whole, Integer(count)) if self.part.objective.mean else Chain(whole)

    def _updates(self) -> Iterator[Line]:
        for leaf in self.tableau.stepped:
            yield Line(updated(leaf), (self.tableau.step(leaf),))


def _forms(derivation: Derivation) -> tuple[Expr, ...]:
    """Return what a derivative is equal to: as it cites others, then on all other lines."""
    last = before_writing_out(derivation)[-1].rhs
    return tuple(dict.fromkeys((last, *(step.rhs for step in reversed(derivation.steps)))))


def _work_all(
    lines: Sequence[Line],
    known: dict[Expr, Number],
    work: Callable[[Expr, tuple[Expr, ...], dict[Expr, Number]], Number],
    sample: int | None,
    only: Container[Place] | None,
) -> None:
    for line in lines:
        name = line.name
        if only is not None and (name, sample) not in only:
            continue
        if sample is not None and isinstance(name, Symbol):
            name = of_sample(name, sample)
        try:
            value = work(name, line.forms, known)
        except (NoValueError, KeyError):
            continue
        known.update(dict.fromkeys((line.name, *line.aliases), value))


def _enter(
    lines: Sequence[Line], sample: int | None, places: dict[Expr, Place], parents: dict[Place, list[Place]]
) -> None:
    """Enter lines with what they cite."""
    for line in lines:
        place = line.name, sample
        cited = {name for form in line.forms for name in form.atoms(Symbol, Partial)}
        parents[place] = [places[name] for name in cited if name in places]
        places |= dict.fromkeys((line.name, *line.aliases), place)

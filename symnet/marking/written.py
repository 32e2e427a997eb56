"""Every way in which the quantities of an exercise may be written, from its notation and from others."""

from __future__ import annotations

from functools import cached_property

from sympy import Integer, Symbol

from symnet.catalog.notations import NOTATIONS
from symnet.catalog.optimizers import LEARNING_RATE, updated
from symnet.layout.marks import updated as marked
from symnet.layout.names import Names
from symnet.layout.tree import Layout, Prime
from symnet.marking.shortened import Shortened, as_id, indexed
from symnet.marking.spelling import Spelling, spelling_of
from symnet.marking.values import of_sample
from symnet.objective import COUNT, DATA
from symnet.quantity import PER_SAMPLE, Quantity, Role
from symnet.worked import Part, Worked

MOST_SAMPLES = 100
"""Up to this many samples are told apart by name."""


class Written:
    """The names of one part of an exercise as they are written.

    Args:
        worked: The exercise.
        part: Which of its losses.

    Attributes:
        exact: From each way in which a quantity is written in the notation of the part to what it may be.
        loose: Likewise from ways that leave the commas out, or that are those of the standard notation.
        shortened: Names that leave an index out. In a graph there are none: its names are its author's.
    """

    def __init__(self, worked: Worked, part: Part) -> None:
        self.worked, self.part = worked, part
        self.samples = worked.samples
        self.exact: dict[Spelling, dict[Symbol, None]] = {}
        self.loose: dict[Spelling, dict[Symbol, None]] = {}
        self.shortened = Shortened()
        for fill in (self._fill, self._fill_samples, self._fill_updated):
            fill(part.names)
        self._own = {spelling.letter for spelling in self.exact}
        if part.notation.name != "standard" and not self.is_graph:
            self._fill_standard()
        if not self.is_graph:
            self._fill_ids()
        for spelling, symbols in self.exact.items():
            self.loose.setdefault(spelling.loose, {}).update(symbols)

    @property
    def is_graph(self) -> bool:
        """Whether the names are those of a graph, which its author has given."""
        return self.part.network.is_graph

    @cached_property
    def extra(self) -> tuple[Symbol, ...]:
        """What has no place in the network: the learning rate, the number of samples, and updated values."""
        count = self.part.objective.samples
        found = [COUNT] if count is not None or self.samples > 1 else []
        training = self.worked.description.training
        if training is not None:
            found += [LEARNING_RATE, *map(updated, self.part.network.parameters)]
        if count is not None and isinstance(count, Integer):
            found.append(DATA)
        return tuple(found)

    def is_per_sample(self, name: str) -> bool:
        """Return whether each sample has a quantity of its own."""
        quantity = self.part.objective.quantities.get(name)
        return quantity is not None and quantity.role in PER_SAMPLE

    def _fill(self, names: Names) -> None:
        """Enter every quantity as the part's notation writes it."""
        for name, quantity in names.quantities.items():
            if quantity.role is Role.NORM:
                continue
            self._enter(names, quantity, names(name), Symbol(name))
            if quantity.role is Role.OUTPUT and Role.ACTIVATION in names.notation.names:
                self._enter_output(names, quantity)
        for symbol, role in ((LEARNING_RATE, Role.LEARNING_RATE), (COUNT, Role.SAMPLES)):
            spelling = spelling_of(names.role(role))
            if symbol in self.extra and spelling is not None:
                self.exact.setdefault(spelling, {symbol: None})

    def _enter_output(self, names: Names, quantity: Quantity) -> None:
        """Enter an output as the activation that it is; without a layer, an activation is a hidden one."""
        unit = quantity._replace(role=Role.ACTIVATION, unit=quantity.unit or 1)
        spelling = spelling_of(names.quantity(unit))
        if spelling is not None:
            self.lenient(spelling, Symbol(quantity.id))
            self.shorten(names, unit, spelling, Symbol(quantity.id), needs_layer=True)

    def _fill_samples(self, names: Names) -> None:
        """Enter what each sample has for itself."""
        if 1 < self.samples <= MOST_SAMPLES:
            for name in filter(self.is_per_sample, names.quantities):
                for place in range(self.samples):
                    written = names.sampled(name, str(place + 1))
                    self._enter_new(names, names.quantities[name], written, of_sample(Symbol(name), place))

    def _fill_updated(self, names: Names) -> None:
        """Enter what training makes of each parameter, also with a prime."""
        if self.worked.description.training is not None:
            for parameter in self.part.network.parameters:
                written = names(parameter.name)
                for layout in (marked(names.notation, written), Prime(written)):
                    if layout != written:
                        self._enter_new(names, names.quantities[parameter.name], layout, updated(parameter))

    def _fill_standard(self) -> None:
        """Enter what the standard notation has under letters that the part's notation does not use."""
        names = Names(NOTATIONS["standard"], self.part.objective.quantities)
        for name, quantity in names.quantities.items():
            spelling = None if quantity.role is Role.NORM else spelling_of(names(name))
            if spelling is not None and spelling.letter not in self._own:
                self.lenient(spelling, Symbol(name))
                self.shorten(names, quantity, spelling, Symbol(name))

    def _fill_ids(self) -> None:
        """Enter ids that leave an index, or an underscore, out."""
        for quantity in self.part.names.quantities.values():
            one = as_id(quantity)
            if one is not None:
                self.shortened.add(one)
                if updated(one.symbol) in self.extra:
                    primed = one.spelling._replace(high="'")
                    self.shortened.add(one._replace(symbol=updated(one.symbol), spelling=primed))

    def _enter(self, names: Names, quantity: Quantity, layout: Layout, symbol: Symbol) -> None:
        spelling = spelling_of(layout)
        if spelling is not None:
            self.exact.setdefault(spelling, {})[symbol] = None
            self.shorten(names, quantity, spelling, symbol)

    def _enter_new(self, names: Names, quantity: Quantity, layout: Layout, symbol: Symbol) -> None:
        if spelling_of(layout) not in self.exact:
            self._enter(names, quantity, layout, symbol)

    def shorten(
        self, names: Names, quantity: Quantity, spelling: Spelling, symbol: Symbol, *, needs_layer: bool = False
    ) -> None:
        """Enter the names of a quantity that leave an index out."""
        one = indexed(names, quantity, spelling, symbol)
        if one is not None:
            self.shortened.add(one._replace(needs_layer=needs_layer))

    def lenient(self, spelling: Spelling, symbol: Symbol) -> None:
        """Enter how a quantity may be written, unless the part's notation writes another one so."""
        if spelling not in self.exact:
            self.loose.setdefault(spelling.loose, {})[symbol] = None

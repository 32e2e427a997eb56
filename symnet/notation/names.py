"""A quantity as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType

from symnet.layout.symbols import GREEK, capital
from symnet.layout.tree import (
    ACCENTS,
    Accent,
    Fence,
    Fraction,
    Glyph,
    Layout,
    Number,
    Operator,
    Row,
    Scripts,
    Word,
    traced,
)
from symnet.notation.model import PROBABILITIES, Name, Notation
from symnet.quantity import PER_SAMPLE, Quantity, Role

# A name of the user's as it is printed: its letters, and behind an underscore or as digits its index or its mark.

_OWN = frozenset((Role.GRAPH, Role.STRENGTH))
# What tells a strength from another symbol with its letter.
_REGULARIZER = Glyph("reg", upright=True)
_NAME = re.compile(r"([A-Za-z]+)([0-9]*)((?:_[A-Za-z0-9]+)*)")
_LETTER_E = re.compile("e(?![A-Za-z])")
_RUNS = re.compile(r"[0-9]+|[A-Za-z]+")


def spelled(name: str) -> Layout:
    """Return ``name`` as it is printed: ``w0`` as w with the index 0, ``y_hat`` with a hat, ``hidden`` upright.

    Args:
        name: Letters, digits and underscores; behind a # the step of time.
    """
    name, _, step = name.partition("#")
    if step.isdigit():
        return _at_step(spelled(name), Number(step))
    found = _NAME.fullmatch(name if not step else f"{name}#{step}")
    if found is None:
        return Glyph(name if not step else f"{name}#{step}", upright=True)
    letters, digits, behind = found.groups()
    base, parts = letter_of(letters), [*filter(None, (digits, *behind.split("_")))]
    mark = next((part for part in parts if part in ACCENTS), None)
    if mark is not None and base != Glyph(letters, upright=True):
        parts.remove(mark)
        base = Accent(mark, base)
    items: list[Layout] = []
    for part in parts:
        items += [Operator(",")] if items else []
        items += map(letter_of, _RUNS.findall(part))
    return Scripts(base, items[0] if len(items) == 1 else Row(tuple(items))) if items else base


def _at_step(written: Layout, step: Layout) -> Layout:
    """Return a name with the step of time behind its other indices."""
    if not isinstance(written, Scripts) or written.sub is None:
        return Scripts(written, Row((Operator(";"), step)))
    inside = written.sub.items if isinstance(written.sub, Row) else (written.sub,)
    return Scripts(written.base, Row((*inside, Operator(";"), step)), written.sup)


def letter_of(text: str) -> Layout:
    """Return digits as a number, a letter or a Greek one by name as that letter, anything else in upright letters."""
    if text.isdigit():
        return Number(text)
    return Glyph(text) if len(text) == 1 or text in GREEK else Glyph(text, upright=True)


def with_dot(written: Layout) -> Layout:
    """Return a name with the dot of a tangent over its letter.

    Args:
        written: The name.
    """
    return with_accent(written, "dot")


def with_accent(written: Layout, accent: str) -> Layout:
    """Return a name with an accent over its letter, and not over what stands low or high behind it.

    Args:
        written: The name.
        accent: The name of the accent.
    """
    if isinstance(written, Scripts):
        return Scripts(with_accent(written.base, accent), written.sub, written.sup)
    return Accent(accent, written)


def is_named(quantity: Quantity) -> bool:
    """Return whether a quantity has a name that a user has given."""
    return quantity.called is not None or quantity.role in _OWN


def own_names(quantities: Mapping[str, Quantity], taken: set[Layout]) -> dict[str, Layout]:
    """Return how each name of the user's is written; one that would look like another, in another way.

    Args:
        quantities: What each id stands for.
        taken: How other symbols are written.
    """
    found: dict[str, Layout] = {}
    seen: set[Layout] = set()
    for identifier, quantity in quantities.items():
        if quantity.role in _OWN:
            written = spelled(identifier)
            if written in seen:
                written = Glyph(identifier, upright=True)
            elif written in taken:
                is_letter = isinstance(written, Glyph)
                written = Scripts(written, _REGULARIZER) if is_letter else Glyph(identifier, upright=True)
            found[identifier] = written
            seen.add(written)
    return found


# How a quantity is written in a notation, as a layout tree.

_LOSSES = frozenset((Role.LOSS, Role.SAMPLE_LOSS))


class Names:
    """The names of one network's quantities in one notation.

    Indices are written one after the other while all of them have one digit, and with commas otherwise. Of what an id
    has behind an ``@`` a number alone is written; :meth:`sampled` marks any sample.

    Args:
        notation: How quantities are written.
        quantities: What each id stands for.
        traced: Whether the letter of each symbol says what it is of: the id of a quantity, or behind ``~`` the role and
            the layer of many.
    """

    def __init__(self, notation: Notation, quantities: Mapping[str, Quantity], *, traced: bool = False) -> None:
        self.notation = notation
        self.traced = traced
        self.quantities = quantities
        widest = max((max(q.unit or 0, q.source or 0) for q in quantities.values()), default=0)
        self._commas = widest > 9
        self.held: dict[Role, list[Quantity]] = {}
        for quantity in quantities.values():
            self.held.setdefault(self.role_of(quantity), []).append(quantity)
        self._layers = {role: sorted({q.layer for q in held if q.layer}) for role, held in self.held.items()}
        # Which layers have a quantity with this letter: one alone may need no mark.
        self._lettered: dict[str, set[int]] = {}
        for role, layers in self._layers.items():
            if role in notation.names:
                self._lettered.setdefault(notation.names[role].letter, set()).update(layers)
        self._depth = max((layers[-1] for layers in self._layers.values() if layers), default=0)
        self._written: dict[str, Layout] = {}
        self._own = own_names(quantities, self._plain_names())

    def _plain_names(self) -> set[Layout]:
        """Return how all is written that has at most one index, which a strength could be taken for."""
        if Role.STRENGTH not in self.held:
            return set()
        held = (q for q in self.quantities.values() if q.role not in _SPECIAL and q.source is None)
        return {self.quantity(quantity) for quantity in held}

    @cached_property
    def taken(self) -> frozenset[Layout]:
        """How all quantities are written: what stands for something already."""
        return frozenset(map(self, self.quantities))

    @property
    def has_delta(self) -> bool:
        """Whether the derivatives with respect to the pre-activations have a letter of their own."""
        return Role.DELTA in self.notation.names

    @property
    def from_to(self) -> bool:
        """Whether the first index of a weight is the unit that it leaves, as are the rows of its matrix."""
        return self.notation.names[Role.WEIGHT].low[:1] == ("source",)

    @property
    def own_letters(self) -> bool:
        """Whether each layer has letters of its own."""
        return 0 < self._depth <= len(self.notation.by_layer)

    @property
    def rows(self) -> bool:
        """Whether the samples are the rows of a matrix, else its columns."""
        return self.notation.rows

    def __call__(self, identifier: str) -> Layout:
        """Return how the quantity called ``identifier`` is written."""
        written = self._written.get(identifier)
        if written is None:
            # Where samples depend on one another, each quantity is that of one of them.
            sample = identifier.partition("@")[2]
            written = self.quantity(self.quantities[identifier], sample if sample.isdigit() else "")
            self._written[identifier] = written
        return written

    def assign(self, identifier: str, written: Layout) -> None:
        """Let a quantity be written in a way of its own, as one at a step of time is."""
        self._written[identifier] = written

    def sampled(self, identifier: str, sample: str) -> Layout:
        """Return how a quantity is written for one sample: what all samples share, without the mark of the sample."""
        quantity = self.quantities[identifier]
        return self.quantity(quantity, sample) if quantity.role in PER_SAMPLE else self(identifier)

    def quantity(self, quantity: Quantity, sample: str = "") -> Layout:
        """Return how ``quantity`` is written; an adjoint without a letter of its own as a partial derivative."""
        written = self._quantity(quantity, sample)
        return traced(written, quantity.id.removesuffix("@i")) if self.traced else written

    def _quantity(self, quantity: Quantity, sample: str) -> Layout:
        if quantity.called is not None:
            return spelled(quantity.called)
        special = _SPECIAL.get(quantity.role)
        if special is not None:
            return special(self, quantity, sample)
        role = self.role_of(quantity)
        unit, source = _text(quantity.unit), _text(quantity.source)
        return self._placed(role, unit, source, layer=quantity.layer, piece=quantity.piece, sample=sample)

    def role_of(self, quantity: Quantity) -> Role:
        """Return the role under which a quantity is written: an output may have a letter by its activation."""
        names = self.notation.names
        if quantity.role is Role.OUTPUT:
            if quantity.activation in PROBABILITIES and Role.PROBABILITY in names:
                return Role.PROBABILITY
            if quantity.activation == "identity" and Role.SCORE in names:
                return Role.SCORE
        return quantity.role

    def role(self, role: Role, unit: str = "", source: str = "", layer: int | str | None = None) -> Layout:
        """Return a role's letter with given indices, as in a rule for all units."""
        return self._placed(role, unit, source, layer=layer)

    def letter(self, role: Role, layer: int | None = None) -> Layout:
        """Return a role's letter in a layer, without any index and mark, as in a rule for all units."""
        letter, _own = self._letter(role, layer)
        name = self.notation.names[role]
        return Glyph(letter, bold=name.bold, upright=name.upright)

    def general(self, role: Role) -> tuple[Layout, ...]:
        """Return how a role of the network is written with general indices: once for each layer with its own letter."""
        unit, source = self.notation.indices
        if all(quantity.unit is None for quantity in self.held.get(role, ())):
            unit = ""
        layers = self._layers.get(role, [])
        by_letter = {self._letter(role, layer): layer for layer in layers}
        if any(own for _letter, own in by_letter) or self.notation.names[role].layer == "letter":
            return tuple(dict.fromkeys(self._placed(role, unit, source, layer=layer) for layer in layers))
        return (self._placed(role, unit, source, layer="ell" if layers else None),)

    def vector(self, role: Role, layer: int | str | None = None, sample: str = "", piece: str | None = None) -> Layout:
        """Return all units of a layer as a vector; of the deltas, in a notation without, the partial derivative.

        Args:
            role: What the units are.
            layer: Their layer.
            sample: The mark of a sample, if any.
            piece: The piece of a maxout unit, or the use of a network.
        """
        if role is Role.DELTA and not self.has_delta:
            return self.partial(self.loss(sample), self.vector(Role.PRE_ACTIVATION, layer, sample, piece))
        return self._placed(role, layer=layer, piece=piece, sample=sample, kind="vector")

    def matrix(self, role: Role, layer: int | str | None = None, piece: str | None = None) -> Layout:
        """Return the weights of a layer as a matrix, or a role's vectors of all samples side by side.

        Args:
            role: What the entries are.
            layer: Their layer.
            piece: The piece of a maxout unit, or the use of a network.
        """
        if role is Role.DELTA and not self.has_delta:
            return self.partial(self.loss(""), self.matrix(Role.PRE_ACTIVATION, layer, piece))
        return self._placed(role, layer=layer, piece=piece, kind="matrix")

    def _placed(
        self,
        role: Role,
        unit: str = "",
        source: str = "",
        *,
        layer: int | str | None = None,
        piece: str | None = None,
        sample: str = "",
        kind: str = "",
    ) -> Layout:
        """Return a role's letter with indices and piece low, layer and sample high."""
        name = self.notation.names[role]
        letter, own = self._letter(role, layer)
        mark = self.notation.sample
        marked = sample if sample and name.sampled else ""
        low = self._indices(name, unit, source, "" if mark.high else marked)
        for text in piece.split(",") if piece else ():
            low += (Operator(";"), letter_of(text)) if low else (letter_of(text),)
        high = [] if own or layer is None else self._high(name, layer)
        if marked and mark.high:
            high.append(Fence(letter_of(marked), mark.left, mark.right))
        base = _KINDS[kind](self, name, letter)
        if self.traced:
            base = traced(base, f"~{role.name}/{layer}" if isinstance(layer, int) else f"~{role.name}")
        return Scripts(base, _side_by_side(low), _side_by_side(high)) if low or high else base

    def _indices(self, name: Name, unit: str, source: str, sample: str) -> tuple[Layout, ...]:
        places = {"unit": unit, "source": source}
        low = [text for text in (sample, *(places.get(index, index) for index in name.low)) if text]
        items: list[Layout] = []
        for text in low:
            if items and self._commas:
                items.append(Operator(","))
            items.append(letter_of(text))
        return tuple(items)

    def _letter(self, role: Role, layer: int | str | None) -> tuple[str, bool]:
        """Return the letter of a role in a layer, and whether it is that layer's own."""
        if self.own_letters and isinstance(layer, int) and layer > 0:
            own = self.notation.by_layer[self._depth - layer].get(role)
            if own is not None:
                return own, True
        return self.notation.names[role].letter, False

    def _high(self, name: Name, layer: int | str) -> list[Layout]:
        """Return the mark of the layer, if there is one."""
        if not name.layer or (name.layer != "always" and len(self._lettered.get(name.letter, ())) < 2):
            return []
        if name.layer == "letter":
            letter, own = self._letter(Role.WEIGHT, layer)
            if own:
                return [Glyph(letter.upper())]
        if isinstance(layer, int):
            return [Fence(Number(str(layer + name.first - 1)))]
        letter, minus, before = layer.partition("-")
        mark: Layout = Glyph(letter)
        return [Fence(Row((mark, Operator("-"), Number(before))) if minus else mark)]

    def index(self, name: str) -> Layout:
        """Return the letter of a general index."""
        return letter_of(name)

    def partial(self, of: Layout, wrt: Layout) -> Layout:
        """Return the partial derivative of one with respect to the other."""
        return Fraction(Row((Glyph("partial"), of)), Row((Glyph("partial"), wrt)))

    def function(self, name: str) -> Layout:
        """Return how a function is written before its argument."""
        written = self.notation.functions.get(name) or spelled(name)
        return Word(name) if isinstance(written, Glyph) and written.upright else written

    @cached_property
    def has_e(self) -> bool:
        """Whether a quantity has the letter e, as e, e1 and e at a step of time, which is the base of exponentials."""
        ids = (quantity.called or quantity.id for quantity in self.quantities.values() if is_named(quantity))
        if any(_LETTER_E.match(identifier) for identifier in ids):
            return True
        names = [self.notation.names[role] for role in self.held if role in self.notation.names]
        own = {letter for entry in self.notation.by_layer for letter in entry.values()} if self.own_letters else ()
        return "e" in own or any(name.letter == "e" and not (name.mark or name.upright) for name in names)

    def exponential(self, argument: Layout) -> Layout:
        """Return e to the power of an argument, or the function's name before it where e is a quantity."""
        if self.has_e:
            return Row((self.function("exp"), Fence(argument)))
        return Scripts(Glyph("e"), sup=argument)

    def defined(self, identifier: str) -> Layout:
        """Return a loss as it is written where it is defined: with what it depends on, if the notation says so."""
        written = self(identifier)
        roles = self.notation.arguments.get(self.quantities[identifier].role, ())
        if not roles:
            return written
        items: list[Layout] = []
        for role in roles:
            shown = Role.SCORE if role is Role.OUTPUT and Role.SCORE in self.held else role
            items += [Operator(",")] if items else []
            items.append(_KINDS[""](self, self.notation.names[shown], self.notation.names[shown].letter))
        return Row((written, Fence(Row(tuple(items)))))

    def loss(self, sample: str) -> Layout:
        """Return the loss of one sample, or the output of a graph.

        Args:
            sample: The mark of the sample; empty without one.
        """
        held = next((self.held[role][0] for role in _LOSSES if role in self.held), None)
        return self._placed(Role.LOSS, sample=sample) if held is None else self.sampled(held.id, sample)

    def delta(self, quantity: Quantity, sample: str) -> Layout:
        """Return the derivative of the loss with respect to a pre-activation: its letter, or the partial derivative."""
        if self.has_delta:
            unit = _text(quantity.unit)
            return self._placed(Role.DELTA, unit, layer=quantity.layer, piece=quantity.piece, sample=sample)
        return self.partial(self.loss(sample), self.sampled(str(quantity.of), sample))

    def adjoint(self, quantity: Quantity, sample: str) -> Layout:
        """Return the derivative of the loss, or of a graph's output, as a partial derivative."""
        wrt = str(quantity.of)
        output = quantity.id[1:].rpartition(f"_d{wrt}")[0]
        known = self.quantities.get(output)
        own = known is not None and (known.role in _LOSSES or known.role is Role.GRAPH)
        return self.partial(self.sampled(output, sample) if own else self.loss(sample), self.sampled(wrt, sample))

    def norm(self, quantity: Quantity, _sample: str) -> Layout:
        """Return the norm of a layer's weights or biases."""
        biases = quantity.of == "biases"
        held = self.vector(Role.BIAS, quantity.layer) if biases else self.matrix(Role.WEIGHT, quantity.layer)
        return Scripts(Fence(held, "||", "||"), Number("2"))

    def distance(self, quantity: Quantity, sample: str) -> Layout:
        """Return the distance to the positive or to the negative, by the last letter of its id."""
        return self._placed(Role.DISTANCE, piece=quantity.id.partition("@")[0][-1], sample=sample)

    def own(self, quantity: Quantity, _sample: str) -> Layout:
        """Return a name that a user has given."""
        return self._own[quantity.id]

    def _plain(self, name: Name, letter: str) -> Layout:
        base = Glyph(letter, bold=name.bold, upright=name.upright)
        return base if name.mark is None else Accent(name.mark, base)

    def _as_vector(self, name: Name, letter: str) -> Layout:
        barred = self.notation.vectors == "bar"
        base = Glyph(letter, bold=not barred)
        mark = name.mark or ("bar" if barred else None)
        return base if mark is None else Accent(mark, base)

    def _as_matrix(self, name: Name, letter: str) -> Layout:
        base = Glyph(capital(letter), bold=True)
        return base if name.mark is None else Accent(name.mark, base)


# How a letter is written that stands for a number, for a vector and for a matrix.
_KINDS: Mapping[str, Callable[[Names, Name, str], Layout]] = MappingProxyType(
    {"": Names._plain, "vector": Names._as_vector, "matrix": Names._as_matrix}
)

_SPECIAL: Mapping[Role, Callable[[Names, Quantity, str], Layout]] = MappingProxyType(
    {
        Role.DELTA: Names.delta,
        Role.ADJOINT: Names.adjoint,
        Role.NORM: Names.norm,
        Role.DISTANCE: Names.distance,
        Role.GRAPH: Names.own,
        Role.STRENGTH: Names.own,
    }
)


def _text(index: int | None) -> str:
    return "" if index is None else str(index)


def _side_by_side(items: tuple[Layout, ...] | list[Layout]) -> Layout | None:
    if not items:
        return None
    return items[0] if len(items) == 1 else Row(tuple(items))

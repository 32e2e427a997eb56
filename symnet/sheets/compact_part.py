"""One part of a compact solution: its general rule, its results up to an index, and whether they are written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.indices import Index
from symnet.derivation.steps import Derivation, before_writing_out
from symnet.indexed.check import indexed_form_of, verify_families, verify_form
from symnet.indexed.equations import IndexedEquation, IndexedForm
from symnet.indexed.families import Families, SharedSum, UnitResults, named, shared_sum
from symnet.indexed.letters import IndexedLayer
from symnet.layout.measure import RELATION_EM, TEXT_EM, width_em
from symnet.layout.tree import Layout, Scripts
from symnet.notation.names import letter_of
from symnet.quantity import Role
from symnet.sheets.indexed import IndexedWriter
from symnet.sheets.sheet import Sheet
from symnet.typeset.expressions import LayoutBuilder
from symnet.typeset.indices import IndexedNames, index_letters
from symnet.verification.verify import Check

# A layer with more units has its equations at a general unit alone.
MOST_UNITS_SPELLED = 12
# Results of more units than these stand in one line where they are alike.
_MOST_ALIKE = 4
# The width in em that a result may have to be written out.
_RESULT_EM = TEXT_EM - 4
# The same of a sum that gets a name.
_SUM_EM = 1.5 * TEXT_EM
# The letters that a sum may have, the first that is free.
_SUMS = "SRQTPGKCVU"


@dataclass(frozen=True)
class LayerResults:
    """The results of one layer as they are shown.

    Attributes:
        layer: The layer; None for the inputs.
        units: Its results.
        shared: The sums that are named in them.
    """

    layer: IndexedLayer | None
    units: tuple[UnitResults, ...]
    shared: SharedSum | None = None

    @property
    def equations(self) -> tuple[IndexedEquation, ...]:
        """All results."""
        return tuple(equation for unit in self.units for equation in unit.equations)


@dataclass(frozen=True)
class CompactPart:
    """One part.

    Attributes:
        sheet: The part with its notation.
        form: Its general rule.
        written_out: Whether results are in nodes alone, else in deltas.
    """

    sheet: Sheet
    form: IndexedForm
    written_out: bool = False

    @classmethod
    def of_all(cls, sheets: Sequence[Sheet]) -> list[CompactPart]:
        """Return the parts of an exercise: all results written out if each of them has room on a line.

        At general indices they are in deltas.
        """
        parts = [cls(sheet, indexed_form_of(sheet.part), written_out=True) for sheet in sheets]
        if not sheets[0].view.indexed and all(part.is_short for part in parts):
            return parts
        return [replace(part, written_out=False) for part in parts]

    @cached_property
    def write(self) -> IndexedWriter:
        """How the general rule is written, and every result that stands at a general index."""
        # What has an index is named as it is found.
        _ = self.results
        names = IndexedNames(self.sheet.names, self.form.letters.vocabulary.quantities)
        return IndexedWriter(self.sheet, self.form, names, LayoutBuilder(names))

    @cached_property
    def families(self) -> Families:
        """What finds results that are alike."""
        return Families(self.sheet.part.gradient, self.form.letters, self.sheet.part.network.loss)

    def shown(self, derivations: Mapping[Symbol, Derivation]) -> dict[Symbol, Expr]:
        """Return what those derivations come to that are shown."""
        return {
            leaf: derivation.result if self.written_out else before_writing_out(derivation)[-1].rhs
            for leaf, derivation in derivations.items()
            if self.sheet.view.shows(leaf.name)
        }

    @cached_property
    def results(self) -> tuple[LayerResults, ...]:
        """The results that are shown, from the last layer to the first, then those for the inputs."""
        gradient = self.sheet.part.gradient
        found = [self._layer(layer) for layer in reversed(self.form.letters.layers)]
        inputs = self.families.inputs(self.shown(gradient.inputs))
        return tuple(each for each in (*found, LayerResults(None, tuple(inputs))) if each.units)

    def _layer(self, layer: IndexedLayer) -> LayerResults:
        families = self.families
        units = families.units(layer, self.shown(self.sheet.part.gradient.parameters))
        shared = None
        if self.written_out:
            own = [unit for unit in units if unit.weights]
            shared = shared_sum(families, layer, own) if own and own == units else None
        elif self.sheet.view.indexed or self.is_general(layer):
            units = families.over_units(layer, units)
        if shared is not None:
            units = [named(unit, shared) for unit in units]
        return LayerResults(layer, tuple(units), shared)

    @staticmethod
    def is_general(layer: IndexedLayer) -> bool:
        """Return whether the units of a layer are too many to be written one by one."""
        return isinstance(layer.own, Index) and len(layer.own.values) > _MOST_ALIKE

    @cached_property
    def is_short(self) -> bool:
        """Whether no result cites a derivative, and each has room on a line, as each sum has that is named."""
        quantities, leaves = self.sheet.part.gradient.quantities, self.sheet.part.gradient.leaves
        shown = [derivation.result for leaf, derivation in leaves.items() if self.sheet.view.shows(leaf.name)]
        known = {symbol.name for result in shown for symbol in result.free_symbols}
        if any(quantities[name].role in {Role.DELTA, Role.ADJOINT} for name in known if name in quantities):
            return False
        definitions = [each.shared.told for each in self.results if each.shared is not None]
        return all(self.width(equation) <= _RESULT_EM for each in self.results for equation in each.equations) and all(
            self.width(equation) <= _SUM_EM for told in definitions for equation in told
        )

    def width(self, equation: IndexedEquation) -> float:
        """Return the width of an equation in em."""
        return width_em(self.build(equation.left)) + RELATION_EM + width_em(self.build(equation.rights[-1].expression))

    @cached_property
    def build(self) -> LayoutBuilder:
        """From expressions to layout trees, the names of sums among them."""
        return LayoutBuilder(self.write.names, self._symbol)

    def _symbol(self, symbol: Symbol) -> Layout:
        if not symbol.name.startswith("sum"):
            return self.write.build(symbol)
        unit = symbol.name.partition("_")[2]
        index = self.write.names.index(unit) if unit.startswith("#") else letter_of(unit)
        return Scripts(letter_of(self.letter_of_sum(int(symbol.name[3:].partition("_")[0]))), index)

    def letter_of_sum(self, layer: int) -> str:
        """Return the letter of the sums of a layer, which nothing else has."""
        taken = {*index_letters(self.sheet.names).values(), *self._letters}
        free = [letter for letter in _SUMS if letter not in taken]
        named_layers = [each.layer.number for each in self.results if each.layer is not None and each.shared]
        return free[named_layers.index(layer)] if layer in named_layers else free[0]

    @cached_property
    def _letters(self) -> frozenset[str]:
        names = self.sheet.names
        capitals = {names.notation.names[role].letter for role in names.held if role in names.notation.names}
        return frozenset(capitals | {letter.upper() for letter in capitals})

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the oracles say of the general rule and of the results: wrong ones stop before they are typeset."""
        shown = [(each.equations, each.shared) for each in self.results]
        rule = () if self.sheet.view.indexed else (verify_form(self.sheet.part, self.form),)
        return (*rule, verify_families(self.sheet.part, self.form, shown))

    def numbered(self, layer: int) -> str:
        """Return the number of a layer as the notation counts."""
        return str(self.sheet.names.notation.number(Role.PRE_ACTIVATION, layer))

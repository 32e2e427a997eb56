"""What an answer is to: its left side, as an id or as the notation writes the quantity."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from sympy import Symbol

from symnet.limits import MOST_MEANINGS
from symnet.marking.grammar.derivatives import derivative
from symnet.marking.grammar.quantities import Found, QuantityReader
from symnet.marking.names import Vocabulary, either
from symnet.marking.records import Target, TargetKind
from symnet.marking.trained import Trained
from symnet.marking.truth import Truth
from symnet.parsing.tokens import FormulaError, shown
from symnet.text.say import words

_MOST_LISTED = 8


class NotDerivedError(FormulaError):
    """A left side that is known, and nothing that is derived."""


class Candidates(NamedTuple):
    """What a left side may be.

    Attributes:
        targets: All that it may be, at least one.
        doubt: What is said where there are several.
    """

    targets: tuple[Target, ...]
    doubt: FormulaError | None = None


class Lefts:
    """Reads left sides.

    Args:
        vocabulary: The names of the exercise.
        truth: What can be asked of it.
    """

    def __init__(self, vocabulary: Vocabulary, truth: Truth) -> None:
        self.vocabulary, self.truth = vocabulary, truth
        self.part = vocabulary.part
        self.by_id = dict(truth.by_id)
        self._add_other_ids()

    def read(self, text: str, start: int, stop: int) -> Target:
        """Return what an answer is to, where that can be one thing alone.

        Raises:
            FormulaError: If it is nothing that can be asked, or may be several things.
        """
        targets, doubt = self.candidates(text, start, stop)
        if doubt is not None:
            raise doubt
        return targets[0]

    def candidates(self, text: str, start: int, stop: int) -> Candidates:
        """Return all that an answer may be to.

        Args:
            text: The left side in plain characters.
            start: Where it begins.
            stop: Where it ends.

        Raises:
            FormulaError: If it is nothing that can be asked, or may be too many things.
        """
        typed = "".join(text[start:stop].split())
        if typed in self.by_id:
            return Candidates((self.by_id[typed],))
        try:
            return self._written(text, start, stop)
        except NotDerivedError:
            raise
        except FormulaError:
            later = self._trained(text, start, stop)
            if later is None:
                raise
            return later

    def _trained(self, text: str, start: int, stop: int) -> Candidates | None:
        """Return what an answer may be to of the training; None where it is no such thing."""
        trained = self.trained
        targets = () if trained is None else trained.targets(text[start:stop].strip())
        if len(targets) < 2:
            return Candidates(targets) if targets else None
        shown_left = shown(text[start:stop].strip())
        allowed = words("reading.one_quantity", quantities=either(target.id for target in targets))
        return Candidates(targets, FormulaError(text, start, shown_left, allowed, words("reading.which_meant")))

    @cached_property
    def trained(self) -> Trained | None:
        """Reads what there is of the training beyond the first step; None without one."""
        training = self.truth.training
        return None if training is None else Trained(self.part, training, self._parameters)

    def _parameters(self, written: str) -> tuple[Symbol, ...]:
        """Return the parameters that a written name may be."""
        reader = QuantityReader(written, 0, len(written), self.vocabulary)
        try:
            found = reader.quantity()
        except FormulaError:
            return ()
        if reader.token.kind != "end":
            return ()
        return tuple(one for one in found.meant if one in self.part.network.parameters)[:MOST_MEANINGS]

    def _written(self, text: str, start: int, stop: int) -> Candidates:
        """Return what an answer may be to as the notation writes it."""
        reader = QuantityReader(text, start, stop, self.vocabulary)
        if reader.token.kind == "end":
            raise FormulaError(text, start, words("reading.nothing"), self.allowed, words("reading.left_empty"))
        found = derivative(reader)
        if found is None:
            name = reader.quantity()
            # A prime marks an updated value in every notation.
            updated = reader.token.kind == "prime"
            if updated:
                reader.take()
            self._expect_end(reader)
            return self._named(reader, name, updated=updated)
        of, wrt = found
        self._expect_end(reader)
        return self._derivative(reader, of, wrt)

    def _expect_end(self, reader: QuantityReader) -> None:
        if reader.token.kind != "end":
            hint = words("reading.index_in_brackets") if reader.token.text == "[" else ""
            raise reader.error(reader.token, words("reading.end_of_left"), hint)

    def _named(self, reader: QuantityReader, found: Found, *, updated: bool) -> Candidates:
        """Return the quantity that a name stands for, if it can be asked."""
        mark = "'" if updated else ""
        by_id = self.by_id
        names = [f"{name.name.removesuffix('@i')}{mark}" for name in found.meant]
        targets = [by_id[name] for name in names if name in by_id]
        if not targets and not updated and self.part.notation.updated == "gets":
            # Where an arrow points to the old name, that is the new one's too.
            targets = [by_id[f"{name.name}'"] for name in found.meant if f"{name.name}'" in by_id]
        if not targets and any(name in self.has_number for name in found.meant):
            raise self.refused(reader, found, "reading.given", words("reading.add_prime"))
        return self._candidates(reader, found, targets)

    def _derivative(self, reader: QuantityReader, of: Symbol, wrt: Found) -> Candidates:
        """Return the derivative of the loss with respect to what a name stands for, if it can be asked."""
        if not self.vocabulary.is_loss(of):
            return self._local(reader, of, wrt)
        sample = of.name.partition("@")[2]
        end = f"@{sample}" if sample.isdigit() else ""
        names = [name.name.removesuffix(end) + end for name in wrt.meant]
        targets = [self.by_symbol[name] for name in names if name in self.by_symbol]
        return self._candidates(reader, wrt, targets)

    def _local(self, reader: QuantityReader, of: Symbol, wrt: Found) -> Candidates:
        """Return a local derivative, that of a node with respect to one of its inputs, if it is one."""
        name, _, sample = of.name.partition("@")
        place = int(sample) - 1 if sample.isdigit() else None
        end = "" if place is None else f"@{sample}"
        plain = [Symbol(one.name.removesuffix(end)) for one in wrt.meant]
        found = [self.truth.local(Symbol(name), one, place) for one in plain]
        targets = [target for target in found if target is not None]
        if not targets:
            raise self.refused(reader, wrt, "reading.not_of_loss")
        return self._candidates(reader, wrt, targets)

    def _candidates(self, reader: QuantityReader, found: Found, several: list[Target]) -> Candidates:
        targets = tuple(dict.fromkeys(several))
        if len(targets) == 1:
            return Candidates(targets)
        written = reader.text[found.position : found.end].strip()
        if not targets:
            raise reader.unknown(found.position, written, found.spelling.letter)
        may_be = either(sorted(target.id for target in targets))
        allowed = words("reading.one_quantity", quantities=may_be)
        doubt = FormulaError(reader.text, found.position, shown(written), allowed, words("reading.which_meant"))
        if len(targets) > MOST_MEANINGS:
            raise doubt
        return Candidates(targets, doubt)

    def refused(self, reader: QuantityReader, found: Found, key: str, hint: str = "") -> FormulaError:
        """Return the error for what cannot be asked, by the key of why."""
        written = reader.text[found.position : found.end].strip()
        return NotDerivedError(reader.text, found.position, words(key, found=shown(written)), self.allowed, hint)

    @property
    def allowed(self) -> str:
        """What can be asked, as a message says it."""
        ids = [name for name, target in self.by_id.items() if name == target.id]
        return words("reading.derived", ids=", ".join(ids[:_MOST_LISTED]))

    @cached_property
    def has_number(self) -> frozenset[Symbol]:
        """What has a number, or stands open, from the beginning."""
        network = self.part.network
        return frozenset((*network.of_sample, *network.parameters))

    @cached_property
    def by_symbol(self) -> dict[str, Target]:
        """By what the loss is differentiated, with the number of its sample, the target."""
        found: dict[str, Target] = {}
        for target in self.by_id.values():
            if target.kind in (TargetKind.ADJOINT, TargetKind.GRADIENT):
                end = "" if target.sample is None else f"@{target.sample + 1}"
                found[target.symbol.name + end] = target
        return found

    def _add_other_ids(self) -> None:
        """Add the other names of derivatives of the loss: ``dL/dz2_1`` and ``dL_dz2_1`` for ``delta2_1``."""
        for target in list(self.by_id.values()):
            if target.kind not in (TargetKind.ADJOINT, TargetKind.GRADIENT):
                continue
            end = "" if target.sample is None else f"@{target.sample + 1}"
            of = self.part.network.loss.name if self.part.network.is_graph else "L"
            for separator in ("/", "_"):
                self.by_id.setdefault(f"d{of}{separator}d{target.symbol.name}{end}", target)

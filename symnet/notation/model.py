"""What a notation is: how each role, function and sign is written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from symnet.document import Sentence
from symnet.layout.tree import Glyph, Layout, Word
from symnet.quantity import Role


class Name(NamedTuple):
    """How one role is written.

    Attributes:
        letter: The letter, the name of a Greek one, or a word.
        meaning: What the table of symbols says of it.
        mark: ``hat`` or ``bar`` over it, or None.
        low: What stands low, in this order: ``unit``, ``source``, or anything else as it is.
        layer: Whether the layer stands high: ``always``, ``several`` (where more than one layer has such a quantity),
            ``letter`` (likewise, as the capital letter of the layer's weights), or empty for never.
        first: The number of the first layer with weights.
        bold: Whether the letter is bold, as that of a matrix or a vector.
        upright: Whether the letter is a word in upright letters.
        sampled: Whether it carries the mark of a sample, if it is one of those that each sample has.
    """

    letter: str
    meaning: Sentence
    mark: str | None = None
    low: tuple[str, ...] = ()
    layer: str = ""
    first: int = 1
    bold: bool = False
    upright: bool = False
    sampled: bool = True


class SampleMark(NamedTuple):
    """How a sample is marked.

    Attributes:
        letter: Its index.
        high: Whether it stands high, behind the layer, or low, before the unit.
        left: The bracket before it; empty for none.
        right: The bracket behind it.
    """

    letter: str = "i"
    high: bool = True
    left: str = "("
    right: str = ")"


class Notation(NamedTuple):
    """Everything that a sheet writes differently from course to course.

    Attributes:
        name: Its name in a description.
        names: How each role is written. Without a name for the deltas they are written as derivatives.
        functions: How a function is written when it is applied, if not under its own name.
        by_layer: For the last layer, the one before it and so on, the letters of roles that have one of their own in
            each layer; used where there are no more layers than entries.
        logarithm: The natural logarithm.
        indicator: The indicator of a condition.
        splits: How values by cases are written: ``cases``, ``indicator``, or ``both`` as the derivation has them.
        sample: How a sample is marked.
        updated: How an updated value is marked: ``prime``, ``gets`` (an arrow to the old one), or the letter that
            counts the steps, as in ``k + 1``.
        indices: The general unit and the general source.
        vectors: How a vector is told from a number: ``bold``, or ``bar`` over its letter.
        rows: Whether the samples are the rows of a matrix, else its columns.
        trained: What the rule of training is written for: one ``weight``, the ``matrix`` of a layer's weights, or
            ``all`` parameters together.
        arguments: What stands in brackets behind a loss where it is defined.
        summary: What its makers say that it is; empty for those that come with symnet.
    """

    name: str
    names: Mapping[Role, Name]
    functions: Mapping[str, Layout]
    by_layer: tuple[Mapping[Role, str], ...] = ()
    logarithm: Layout = Word("ln")
    indicator: Layout = Glyph("1", bold=True)
    splits: str = "both"
    sample: SampleMark = SampleMark()
    updated: str = "prime"
    indices: tuple[str, str] = ("i", "j")
    vectors: str = "bold"
    rows: bool = False
    trained: str = "weight"
    arguments: Mapping[Role, tuple[Role, ...]] = MappingProxyType({})
    summary: str = ""

    def number(self, role: Role, layer: int) -> int:
        """Return the number that a layer has for the quantities of a role.

        Args:
            role: What they are.
            layer: The layer, the first with weights being 1.
        """
        return layer + self.names[role].first - 1


PROBABILITIES = frozenset(("sigmoid", "softmax"))
"""The activations of which a value is a probability."""

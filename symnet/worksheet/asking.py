"""How questions are made of what a solution says: its calculations become the parts of a question, each with marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from symnet.document import Answer, Block, Heading, Inline, Line, Part, Question, Result, Table, Working
from symnet.layout.reading import children
from symnet.layout.tree import Fraction as Over
from symnet.layout.tree import Layout, Row
from symnet.prose import listed
from symnet.quantity import Role
from symnet.worksheet.repeats import unrepeated, without_repeats
from symnet.worksheet.sheet import Sheet, inline_list

# A network with more parameters is asked about by one unit of each layer.
MOST_PARAMETERS = 40
# More symbols than these are named in words.
_MOST_TERMS = 9


class Asker(NamedTuple):
    """One part of an exercise, and which of its quantities are asked for.

    Attributes:
        sheet: The part.
        written: The id of each quantity by how it is written.
        is_large: Whether of each layer the first unit alone is asked for.
    """

    sheet: Sheet
    written: Mapping[Layout, str]
    is_large: bool

    @classmethod
    def of(cls, sheet: Sheet) -> Asker:
        """Return what asks for the quantities of ``sheet``."""
        network = sheet.part.network
        large = not network.is_graph and len(network.parameters) > MOST_PARAMETERS
        return cls(sheet, {sheet.names(name): name for name in sheet.names.quantities}, large)

    def wants(self, left: Layout) -> bool:
        """Return whether what is written so is asked for."""
        return not self.is_large or all(map(self.is_first, self.mentioned(left)))

    def mentioned(self, layout: Layout) -> Iterator[str]:
        """Yield the ids of the quantities that are written in a formula."""
        if layout in self.written:
            yield self.written[layout]
        else:
            for child in children(layout):
                yield from self.mentioned(child)

    def is_first(self, name: str) -> bool:
        """Return whether a quantity is that of a first unit, or of none; of a weight, from a first unit as well."""
        quantity = self.sheet.names.quantities[name]
        return quantity.unit in (None, 1) and quantity.source in (None, 1)

    def lines(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """Return the lines of what is asked for."""
        return tuple(line for group in equations(lines) if self.wants(left_of(group)) for line in unrepeated(group))

    def answers(self, blocks: Iterable[Block], space: str) -> Iterator[Answer]:
        """Yield an answer for each calculation or table that stands in ``blocks``.

        Args:
            blocks: Of a section of the solution.
            space: How room is left for them.
        """
        for block in blocks:
            if isinstance(block, Working | Result):
                lines = self.lines(block.lines)
                if lines:
                    yield Answer(block._replace(lines=lines), space, tuple(line.of for line in lines))
            elif isinstance(block, Table):
                yield Answer(block, "cells")


def equations(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each left side together."""
    group: tuple[Line, ...] = ()
    for line in lines:
        if group and line.left is not None:
            yield group
            group = ()
        group += (line,)
    if group:
        yield group


def left_of(group: Sequence[Line]) -> Layout:
    """Return the left side of the lines of one equation."""
    left = group[0].left
    return Row(()) if left is None else left


def results(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the calculations among ``blocks`` with the last line of each equation alone."""
    for block in blocks:
        if isinstance(block, Working | Result):
            lines = (group[-1]._replace(left=left_of(group)) for group in equations(block.lines))
            yield block._replace(lines=tuple(lines))


def sections(blocks: Iterable[Block]) -> Iterator[tuple[Inline, tuple[Block, ...]]]:
    """Yield each heading and what stands below it, where something does."""
    title: Inline = ()
    below: tuple[Block, ...] = ()
    for block in blocks:
        if isinstance(block, Heading):
            if below:
                yield title, below
            title, below = block.content, ()
        else:
            below += (block,)
    if below:
        yield title, below


def lower(title: Inline) -> str:
    """Return a heading as it goes on in a sentence.

    Args:
        title: The heading.
    """
    words = "".join(part for part in title if isinstance(part, str))
    return words[:1].lower() + words[1:]


class Drafted(NamedTuple):
    """A part without its label: what is asked, what is given for it, its answers."""

    prompt: Inline
    answers: tuple[Answer, ...]
    given: tuple[Block, ...] = ()


def question(prompt: Inline, drafted: Iterable[Drafted], given: tuple[Block, ...] = ()) -> Iterator[Question]:
    """Yield a question that has no number yet, if there is anything to ask.

    Args:
        prompt: What is asked.
        drafted: Its parts, of which those without answers are left out; a single one has no label and no words.
        given: What is printed for all of them.
    """
    given = tuple(map(without_repeats, given))
    kept = [part for part in drafted if part.answers]
    if len(kept) == 1:
        yield Question(0, prompt, given, (Part("", (), kept[0].given, kept[0].answers),))
    elif kept:
        parts = (Part(_label(number), part.prompt, part.given, part.answers) for number, part in enumerate(kept))
        yield Question(0, prompt, given, tuple(parts))


def _label(number: int) -> str:
    """Return the label of a part by its 0-based number: ``a`` to ``z``, then ``aa``."""
    rest, letter = divmod(number, 26)
    return (_label(rest - 1) if rest else "") + chr(ord("a") + letter)


def named(block: Block) -> Inline:
    """Return what a calculation is of, as a list in a sentence: ``delta``, or ``by w and b`` of derivatives.

    Args:
        block: The calculation.
    """
    if not isinstance(block, Working | Result):
        return ()
    lefts = [left_of(group) for group in equations(block.lines)]
    by = [left.under.items[-1] for left in lefts if isinstance(left, Over) and isinstance(left.under, Row)]
    if len(by) == len(lefts):
        return ("By ", *inline_list(by))
    return inline_list([left.items[0] if isinstance(left, Row) else left for left in lefts])


def worked_out(asker: Asker, blocks: tuple[Block, ...]) -> Iterator[Drafted]:
    """Yield a part for each result, with a frame for the calculation before it.

    Args:
        asker: The part of the exercise.
        blocks: Calculations, and each result after those that lead to it.
    """
    before: tuple[Answer, ...] = ()
    for block in blocks:
        if isinstance(block, Working):
            before += tuple(asker.answers((block,), "frame"))
        elif isinstance(block, Result):
            after = tuple(asker.answers((block,), "lines"))
            if after:
                yield Drafted(named(after[0].block), (*before, *after))
            before = ()


def in_terms_of(asker: Asker, answers: Iterable[Answer]) -> Inline:
    """Return the symbols of some results in the order of the legend, each kind in words where there are many."""
    quantities = asker.sheet.names.quantities
    roles, ids = list(Role), list(quantities)
    lines = (line for answer in answers if isinstance(answer.block, Result) for line in answer.block.lines)
    found = dict.fromkeys(name for line in lines for name in asker.mentioned(line.right))
    used = sorted(found, key=lambda name: (roles.index(quantities[name].role), ids.index(name)))
    if not used:
        return ()
    if len(used) <= _MOST_TERMS:
        return (", in terms of ", *inline_list([asker.sheet.names(name) for name in used]))
    kinds = dict.fromkeys(quantities[name].role for name in used)
    return (f", in terms of the {listed([_plural(asker.sheet, role) for role in kinds])}",)


def _plural(sheet: Sheet, role: Role) -> str:
    if role is Role.DELTA and not sheet.names.has_delta:
        return "derivatives by the pre-activations"
    return f"{role.value[:-1]}ies" if role.value.endswith("y") else f"{role.value}s"

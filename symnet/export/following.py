"""What an expression rests on, and what it would be if earlier lines were what a student has made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Direct, Partial
from symnet.algebra.rewrite import substitute
from symnet.export.expressions import ExpressionItem
from symnet.limits import LONGEST_COMPARED
from symnet.marking.effort import Effort
from symnet.marking.judge import PartMarker
from symnet.marking.records import Answer, TypedAnswer
from symnet.marking.rounding import Place, RoundedLine
from symnet.numerics.expression import names_in

# Earlier lines that a question asks for, the nearest ones, and forms in which a line may follow from them.
_MOST_EARLIER, _MOST_FORMS = 4, 4
# Wrong expressions and forms among which an example is looked for.
_MOST_TRIED = 6


class Definition(NamedTuple):
    """What a name stands for, on the line that works it out.

    Attributes:
        name: The name.
        expression: What it is equal to, in names of lines before it.
    """

    name: Expr
    expression: Expr


class Earlier(NamedTuple):
    """A question to an earlier line, whose answer may be the student's own.

    Attributes:
        item: The question.
        names: Under which its line is cited.
        forms: What it is equal to, in each form from which it may be worked out.
        wrong: The wrong expressions from which other lines may follow.
    """

    item: ExpressionItem
    names: tuple[Expr, ...]
    forms: tuple[Expr, ...]
    wrong: tuple[Expr, ...]


class Grounds(NamedTuple):
    """What a line rests on.

    Attributes:
        definitions: The lines before it, the last one first; a name that is put in is defined further behind.
        forms: What it is equal to, in each form from which it may be worked out.
        earlier: The questions to lines before it, in the order of the solution.
    """

    definitions: tuple[Definition, ...]
    forms: tuple[Expr, ...]
    earlier: tuple[Earlier, ...]


class Following(NamedTuple):
    """What a student answers whose line follows from an earlier one that is not right.

    Attributes:
        earlier: The 0-based place of that line among the earlier ones.
        form: The 0-based place of the form that the answer is worked out from.
        wrong: What the student found there.
        answer: What follows from it.
    """

    earlier: int
    form: int
    wrong: Expr
    answer: Expr


class Follows:
    """Tells what the questions of one loss rest on; built once.

    Args:
        marker: Marks its answers.
        items: Its questions, in the order of the solution.
    """

    def __init__(self, marker: PartMarker, items: Sequence[ExpressionItem]) -> None:
        self.marker, self.truth = marker, marker.truth
        self.calculation = marker.judge.follower.calculation
        self.items: Mapping[Expr, ExpressionItem] = {self._line(item): item for item in items}
        self._wrong: dict[str, tuple[Expr, ...]] = {}

    def _line(self, item: ExpressionItem) -> Expr:
        return self.truth.line(self.truth.by_id[item.id])

    @cached_property
    def _lines(self) -> Mapping[Place, RoundedLine]:
        return {(line.name, None): line for line in self.calculation.lines}

    @cached_property
    def _local(self) -> Mapping[Expr, Expr]:
        """The local derivatives that lines cite: nobody may leave them to be worked out."""
        found = {name: line.forms[0] for (name, _), line in self._lines.items() if self._is_local(name)}
        return {name: form for name, form in found.items() if not isinstance(name, Direct)}

    def _is_local(self, name: Expr) -> bool:
        return isinstance(name, Partial) and name.of != self.truth.network.loss

    def grounds(self, item: ExpressionItem) -> Grounds:
        """Return what the line of a question rests on.

        Args:
            item: The question.
        """
        name = self._line(item)
        above = self.calculation.above((name,)) - {(name, None)}
        forms = self._forms(name)
        definitions = self._definitions(above, (item.expression, *forms))
        defined = {one.name for one in definitions}
        near = [other for other in self._nearest(name) if other in self.items and other in defined]
        chosen = set(near[:_MOST_EARLIER])
        earlier = tuple(self._earlier(other) for other in self._lines_of(chosen))
        return Grounds(definitions, forms, earlier)

    def _lines_of(self, chosen: set[Expr]) -> Iterator[Expr]:
        yield from (name for name, _ in self._lines if name in chosen)

    def _earlier(self, name: Expr) -> Earlier:
        item, line = self.items[name], self._lines[name, None]
        return Earlier(item, (name, *line.aliases), self._forms(name), self._worked_out(item))

    def _worked_out(self, item: ExpressionItem) -> tuple[Expr, ...]:
        """Return the wrong expressions of a question that show work: from others nothing may follow."""
        if item.id not in self._wrong:
            effort, target = Effort(self.truth, ()), self.truth.by_id[item.id]
            wrong = (one.expression for one in item.mistakes if names_in(one.expression))
            self._wrong[item.id] = tuple(
                one for one in wrong if effort.is_in(Answer(TypedAnswer(item.id, ""), target, one))
            )
        return self._wrong[item.id]

    def _forms(self, name: Expr) -> tuple[Expr, ...]:
        """Return the forms of a line that cite other lines each; of those that cite the same, the first."""
        line = self._lines.get((name, None))
        if line is None:
            return ()
        forms = (substitute(form, self._local) for form in line.forms)
        cites = {frozenset(names_in(form)): form for form in reversed(tuple(forms))}
        return tuple(reversed(cites.values()))[:_MOST_FORMS]

    def _definitions(self, above: frozenset[Place], expressions: Sequence[Expr]) -> tuple[Definition, ...]:
        """Return the lines above one, the last one first, as long as what they are put into does not grow too long."""
        names = Counter(name for one in expressions for name in _names(one).elements())
        length, found = names.total(), list[Definition]()
        for place, line in reversed(tuple(self._lines.items())):
            if place not in above or self._is_local(line.name):
                continue
            form = substitute(line.forms[0], self._local)
            inside = _names(form)
            cited = sum(names[name] for name in (line.name, *line.aliases))
            if length + cited * inside.total() > LONGEST_COMPARED:
                continue
            length += cited * inside.total()
            for name, count in inside.items():
                names[name] += cited * count
            found += [Definition(name, form) for name in (line.name, *line.aliases)]
        return tuple(found)

    def _nearest(self, name: Expr) -> Iterator[Expr]:
        """Yield the lines that one rests on, the nearest first."""
        seen, waiting = {name}, [name]
        while waiting:
            line = self._lines.get((waiting.pop(0), None))
            for cited in sorted(line.cited if line is not None else (), key=str):
                place = self.calculation.place(cited)
                if place is not None and place[0] not in seen:
                    seen.add(place[0])
                    waiting.append(place[0])
                    yield place[0]

    def examples(self, item: ExpressionItem, grounds: Grounds) -> Iterator[Following]:
        """Yield for each earlier line an answer of which marking says that it follows from a wrong one there.

        Args:
            item: The question.
            grounds: What its line rests on.
        """
        for place, earlier in enumerate(grounds.earlier):
            tried = ((wrong, number, form) for wrong in earlier.wrong for number, form in enumerate(grounds.forms))
            found = (
                Following(place, number, wrong, self._led_to(form, grounds, earlier, wrong))
                for wrong, number, form in tried
            )
            follows = (one for one in islice(found, _MOST_TRIED) if self._is_followed(item, earlier, one))
            yield from (one for one, _ in zip(follows, range(1), strict=False))

    @staticmethod
    def _led_to(form: Expr, grounds: Grounds, earlier: Earlier, wrong: Expr) -> Expr:
        """Return what a form comes to where an earlier line is a wrong expression."""
        resting = {*earlier.names}
        for name, expression in reversed(grounds.definitions):
            if not resting.isdisjoint(names_in(expression)):
                resting.add(name)
        for name, expression in grounds.definitions:
            if name in resting:
                form = substitute(form, {name: wrong if name in earlier.names else expression})
        return form

    def _is_followed(self, item: ExpressionItem, earlier: Earlier, following: Following) -> bool:
        pairs = ((earlier.item.id, following.wrong), (item.id, following.answer))
        answers = [Answer(TypedAnswer(name, ""), self.truth.by_id[name], one) for name, one in pairs]
        # An answer without text is a blank one.
        typed = [one._replace(typed=TypedAnswer(one.typed.left, "1")) for one in answers]
        marked = {one.answer.typed.left: one for one in self.marker.judge.mark(typed) if one.answer.expression}
        return marked[item.id].follows


def _names(expression: Expr) -> Counter[Expr]:
    """Return how often each name stands in an expression; what has no name counts as one without."""
    found: Counter[Expr] = Counter()
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Symbol | Partial) or not part.args:
            found[part] += 1
        else:
            waiting += part.args
    return found

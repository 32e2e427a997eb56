"""What every section of a sheet needs: names, formulas and numbers as layout trees, and lines made of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import mpmath
from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Applied, Branch, PathSum, Quotient, terms_of
from symnet.derivation.objective import OBJECTIVE
from symnet.derivation.steps import Derivation, Rule, Step
from symnet.description.network import Exercise
from symnet.document import Heading, Inline, Line, Slot
from symnet.layout.tree import Fence, Layout, Number, Operator, Row, flatten, traced
from symnet.layout.tree import Fraction as Over
from symnet.notation.names import Names
from symnet.numerics.direct import Value, numeric
from symnet.numerics.format import Form, notation, shown
from symnet.numerics.paper import Written
from symnet.text.languages import language_name
from symnet.text.say import listed, say, words
from symnet.typeset.expressions import CONDITIONS, LayoutBuilder
from symnet.typeset.numbers import figures, kept
from symnet.verification.verify import Check, CheckKind, verify_routes
from symnet.view import USUAL, View
from symnet.worked import Part

if TYPE_CHECKING:
    from symnet.derivation.paths import Extent
    from symnet.numerics.evaluate import Evaluation

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Sheet:
    """One part of an exercise with the notation in which it is written.

    Attributes:
        part: The loss that is worked.
        names: How its quantities are written.
        build: From expressions to layout trees.
        form: How numbers are rounded.
        view: What of the part is shown.
        sized: Whether a calculation is laid out with any numbers before its result: it has the letters of the true one,
            and room for its result takes as much, but it is never printed.
    """

    part: Part
    names: Names
    build: LayoutBuilder
    form: Form
    view: View = USUAL
    sized: bool = False

    @classmethod
    def of(cls, part: Part, description: Exercise, view: View = USUAL, *, general: bool = False) -> Sheet:
        """Return the sheet of ``part``, written as ``description`` asks, of which ``view`` is shown.

        Args:
            part: The part.
            description: What was asked.
            view: What is shown of it.
            general: Whether letters are kept for general indices, also where the view has no indexed form.
        """
        view = view.with_entries(part.network.entries)
        form = Form.of(description.numbers)
        if not (view.indexed or general):
            return cls(part, part.names, part.build, form, view)
        # Imported where it is used: most sheets have no general indices.
        from symnet.typeset.indices import indexed_notation

        def general_names() -> tuple[Names, LayoutBuilder]:
            names = Names(indexed_notation(part.names), part.names.quantities, traced=part.names.traced)
            return names, LayoutBuilder(names)

        return cls(part, *part.once(indexed_notation, general_names), form, view)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what is made for the part in the present language, made once whatever the numbers are.

        Args:
            key: What is made, with the letters and the numbers that it shows.
            make: Makes it.
        """
        return self.part.once((language_name(), key), make)

    @property
    def leaves(self) -> list[Symbol]:
        """The parameters and inputs wrt which derivatives are shown: those that are chosen, or else asked for."""
        return self.view.among(self.part.in_order() if self.view.parameters else self.part.asked)

    @cached_property
    def leading(self) -> frozenset[Symbol]:
        """What is asked for or shown, and every node that depends on it; only these have derivatives here."""
        from symnet.derivation.forward import leading_from

        return leading_from(self.part.network, (*self.part.asked, *self.leaves))

    @property
    def in_arrays(self) -> bool:
        """Whether derivatives of whole arrays are shown; in some styles they are those of scalars."""
        return self.part.network.arrays is not None and self.view.style in {USUAL.style, "forward"}

    @property
    def objective(self) -> Layout:
        """The quantity that training minimizes: the loss, or the objective over samples with its penalty."""
        return self.names((OBJECTIVE if self.part.objective.nodes else self.part.network.loss).name)

    @cached_property
    def _verified_paths(self) -> tuple[Mapping[Symbol, Derivation], tuple[Check, ...]]:
        """The derivatives path by path, and what their oracle says; it stops wrong ones before they are typeset."""
        # Imported where it is used: most sheets are written in deltas.
        from symnet.derivation.paths import derive_by_paths

        part, data, sizes = self.part, self.part.data, self.extents
        leaves = (leaf for leaf in self.leaves if sizes[leaf].is_readable)
        derived = {leaf: derive_by_paths(part.gradient, leaf) for leaf in leaves}
        near = None if data is None else {**data.rows[0], **data.parameters}
        return derived, (verify_routes(part.gradient, derived, near),) if derived else ()

    @property
    def by_paths(self) -> Mapping[Symbol, Derivation]:
        """The derivatives path by path that are shown, of those with few paths; empty in another style."""
        return self._verified_paths[0] if self.view.style == "paths" else {}

    @property
    def checks(self) -> tuple[Check, ...]:
        """The verification results for everything that is shown."""
        paths = self._verified_paths[1] if self.view.style == "paths" else ()
        forms = (*self._verified_matrices, *self._verified_indices)
        return (*self.part.report.checks, *paths, *self._verified_tangents, *forms)

    @cached_property
    def _verified_tangents(self) -> tuple[Check, ...]:
        """What the oracle of the forward mode says, where that is shown."""
        if self.view.style != "forward" or not self.leaves:
            return ()
        from symnet.derivation.forward import leading_from
        from symnet.verification.forward import verify_forward

        data = self.part.data
        near = None if data is None else {**data.rows[0], **data.parameters}
        return (verify_forward(self.part.gradient, self.leaves, leading_from(self.part.network, self.leaves), near),)

    @cached_property
    def _verified_matrices(self) -> tuple[Check, ...]:
        """What the oracle of the matrix form says, where that is shown."""
        if not self.view.matrix:
            return ()
        from symnet.matrix.check import verify_matrix

        return (verify_matrix(self.part),)

    @cached_property
    def _verified_indices(self) -> tuple[Check, ...]:
        """What the oracle of the indexed form says, where that is shown."""
        if not self.view.indexed:
            return ()
        from symnet.indexed.check import verify_indexed

        return (verify_indexed(self.part),)

    @cached_property
    def extents(self) -> Mapping[Symbol, Extent]:
        """How many paths lead from each symbol to the loss, and how long their products are."""
        from symnet.derivation.paths import extents

        return extents(self.part.network)

    @property
    def evaluation(self) -> Evaluation | None:
        """The numbers that are shown, or None without data."""
        return self.part.shown

    @cached_property
    def as_sized(self) -> Sheet:
        """The part with calculations that only take the room of the true ones."""
        return replace(self, sized=True)

    @cached_property
    def followed(self) -> dict[int, tuple[Layout | None, Value]]:
        """The number that each result is, by the identity of its digits; only where calculations are not printed."""
        return {}

    @property
    def constants(self) -> dict[Symbol, Value]:
        """The strengths that are given as symbols, with their numbers."""
        data = self.part.data
        return {} if data is None else {symbol: self.exactly(number) for symbol, number in data.constants.items()}

    kept = staticmethod(kept)

    def lines(self, steps: Iterable[Step], left: Layout) -> tuple[Line, ...]:
        """Return one line a step, the left side before the first only."""
        return tuple(
            Line(None if index else left, "=", self.build(step.rhs), (self.reason(step.rule),))
            for index, step in enumerate(steps)
        )

    def reason(self, rule: Rule) -> str:
        """Return the reason that stands beside a line derived by a rule."""
        deltas = rule is not Rule.REUSE or self.names.has_delta
        return words(f"reason.{rule.name.lower()}{'' if deltas else '_without_deltas'}")

    def with_symbols(self, written: Mapping[str, Layout]) -> LayoutBuilder:
        """Return a builder that writes the symbols of a general rule as ``written`` says."""
        return LayoutBuilder(self.names, lambda symbol: written[symbol.name])

    def exactly(self, number: Fraction) -> Value:
        """Return a given number with more digits than are ever shown; on paper, in full."""
        if self.form.paper:
            return Written.in_full(number)
        with mpmath.workdps(60):
            return mpmath.mpf(number.numerator) / number.denominator

    def numeric(self, expression: Expr, values: Mapping[Symbol, Value]) -> Value:
        """Return the value of an expression with more digits than are ever shown; on paper, rounded."""
        with mpmath.workdps(60):
            value = numeric(expression, values)
            if self.form.paper:
                value = Written.result(mpmath.mpf(value), self.form, (values[s] for s in expression.free_symbols))
        if self.part.traces is not None:
            self.part.traces.add_formula(value, expression, values)
        return value

    def with_value(self, expression: Expr, values: Mapping[Symbol, Value]) -> Expr:
        """Return an expression in which no derivative that is taught as one quotient divides by 0 at these numbers.

        Such a derivative is there in its first form, without the terms that are 0.
        """
        first_forms = self.part.network.one_quotient
        if not first_forms:
            return expression
        for taught in expression.atoms(Quotient) & first_forms.keys():
            if not numeric(taught.args[1], values):
                terms = [term for term in terms_of(first_forms[taught]) if numeric(term, values)]
                expression = expression.xreplace({taught: PathSum(*terms) if len(terms) > 1 else (*terms, S.Zero)[0]})
        return expression

    def finer(self, digits: int) -> Sheet:
        """Return a sheet that shows so many digits more."""
        return replace(self, form=self.form.finer(digits))

    def rough(self, value: Value) -> Layout:
        """Return a value with its order of magnitude and two digits."""
        return figures(shown(value, Form(decimals=3)))

    def number(self, value: Value) -> tuple[Layout, bool]:
        """Return a value as it is shown, and whether it is so exactly: on paper, it is what is shown."""
        layout, exact = self._number(value)
        place = "" if self.part.traces is None else self.part.traces.place(value)
        return (traced(layout, place) if place else layout), exact

    def _number(self, value: Value) -> tuple[Layout, bool]:
        if not isinstance(value, Written):
            form = shown(value, self.form)
            return figures(form), form.exact
        if isinstance(value.digits, Fraction):
            return _fraction(value.digits), True
        return figures(notation(value.digits, self.form)), True

    def result(self, value: Value, exact: bool = True) -> tuple[Operator, Layout]:
        """Return the relation and the number with which a calculation ends."""
        layout, is_exact = self.number(value)
        if isinstance(value, Written):
            is_exact = not value.changed
        return Operator("=" if exact and is_exact else "approx"), layout

    def substituted(self, expression: Expr, values: Mapping[Symbol, Value], value: Value) -> tuple[str, Layout]:
        """Return a relation and a right side: ``expression`` with numbers put in, then its value.

        Of a value by cases it is the case that holds; on a page whose numbers change, all of them.
        """
        if self.part.traces is None:
            expression = self._case_that_holds(expression, values)
        if self.sized and self._is_alike(expression):
            return self._sized(expression, value)
        inexact: set[Symbol] = set()

        def leaf(symbol: Symbol) -> Layout:
            layout, is_exact = self.number(values[symbol])
            if not is_exact:
                inexact.add(symbol)
            return Fence(layout) if isinstance(layout, Row) else layout

        body = LayoutBuilder(self.names, leaf, times=True)(expression)
        exact = not inexact or inexact.isdisjoint(_digits_of(expression))
        relation, result = self.result(value, exact or not value)
        if expression.is_Symbol or expression.is_Rational:
            return relation.name, result
        return "=" if exact else "approx", Row((*_items(body), relation, *_items(result)))

    def written(self, expression: Expr) -> Layout:
        """Return an expression as it is written in symbols, laid out once for all numbers."""
        return self._once_written("in symbols", expression, lambda: self.build(expression))

    def _once_written(self, how: str, expression: Expr, make: Callable[[], Layout]) -> Layout:
        """Return how an expression is written, made once; with general indices names are others."""
        return self.once((how, self.names is self.part.names, expression), make)

    def _is_alike(self, expression: Expr) -> bool:
        """Return whether an expression has the same letters at any numbers; how cases are written depends on them."""
        return self.once(("alike", expression), lambda: not expression.atoms(*CONDITIONS))

    def _case_that_holds(self, expression: Expr, values: Mapping[Symbol, Value]) -> Expr:
        """Return an expression with each value by cases as that of the case that holds at these numbers."""
        while found := self.once(("branches", expression), partial(expression.atoms, Branch)):
            expression = expression.xreplace(
                {one: one.args[1] if numeric(one.args[0], values) > 0 else one.args[2] for one in found}
            )
        return expression

    def _sized(self, expression: Expr, value: Value) -> tuple[str, Layout]:
        """Return a relation and a right side that take as much room as the true ones, with other numbers put in."""
        relation, result = self.result(value)
        digits = first_number(result)
        self.followed[id(digits)] = digits, value
        if expression.is_Symbol or expression.is_Rational:
            return relation.name, result
        body = self._once_written("any numbers", expression, lambda: LayoutBuilder(self.names, _any_number)(expression))
        return relation.name, Row((body, relation, result))

    def worked_line(
        self, left: Layout, expression: Expr, values: Mapping[Symbol, Value], value: Value
    ) -> tuple[Line, ...]:
        """Return a calculation as lines: in symbols, then with numbers and the result; a constant has one line."""
        expression = self.with_value(expression, values)
        relation, numbers = self.substituted(expression, values, value)
        written = self.written(expression)
        if expression.is_Symbol:
            return (Line(left, "=", Row((*_items(written), Operator(relation), *_items(numbers)))),)
        if self.once(("constant", expression), lambda: not expression.free_symbols):
            return (Line(left, "=", written),)
        return Line(left, "=", written), Line(None, relation, numbers)

    def on_one_line(self, left: Layout, expression: Expr, values: Mapping[Symbol, Value], value: Value) -> Line:
        """Return a calculation in symbols, with numbers and its result, on one line."""
        first, *further = self.worked_line(left, expression, values, value)
        items = list(_items(first.right))
        for line in further:
            items += [Operator(line.relation), *_items(line.right)]
        return Line(left, "=", Row(tuple(items)) if further else first.right)


def _digits_of(expression: Expr) -> Iterator[Expr]:
    """Yield the symbols on whose digits a value depends; what only decides a condition is none of them."""
    if isinstance(expression, CONDITIONS) or (isinstance(expression, Applied) and expression.name == "sign"):
        return
    if expression.is_Symbol:
        yield expression
    for part in expression.args:
        yield from _digits_of(part)


def _fraction(number: Fraction) -> Layout:
    """Return a number that no decimal is."""
    size = Over(Number(str(abs(number.numerator))), Number(str(number.denominator)))
    return Row((Operator("-", unary=True), size)) if number < 0 else size


def first_number(layout: Layout) -> Layout | None:
    """Return the first digits in a formula.

    Args:
        layout: The formula.
    """
    return next((item for item in flatten(layout) if isinstance(item, Number)), None)


def _any_number(_symbol: Symbol) -> Layout:
    return _ANY_NUMBER


_ANY_NUMBER = Number("0")


def _items(layout: Layout) -> tuple[Layout, ...]:
    return layout.items if isinstance(layout, Row) else (layout,)


# What was verified, each with the oracles that say so.
_VERIFIED: Mapping[str, frozenset[CheckKind]] = MappingProxyType(
    {
        "verified.gradients": frozenset((CheckKind.DIFFERENCES, CheckKind.OBJECTIVE_DIFFERENCES)),
        "verified.composed": frozenset((CheckKind.COMPOSED,)),
        "verified.paths": frozenset((CheckKind.PATHS,)),
        "verified.forward": frozenset((CheckKind.FORWARD,)),
        "verified.matrices": frozenset((CheckKind.MATRICES,)),
        "verified.indices": frozenset((CheckKind.INDICES, CheckKind.FAMILIES)),
        "verified.lines": frozenset((CheckKind.LINES, CheckKind.OBJECTIVE_LINES)),
    }
)


def verified(checks: Sequence[Check]) -> Inline:
    """Return the sentence that says what was verified by computer, and by how many comparisons.

    Args:
        checks: What the oracles say.
    """
    counts = {
        key: sum(check.comparisons for check in checks if check.kind in kinds) for key, kinds in _VERIFIED.items()
    }
    clauses = [say(key, comparisons=count) for key, count in counts.items() if count]
    return say("verified.by_computer", clauses=listed(clauses, "series.last_clause"))


def numbers_heading(key: str, sample: int | None = None) -> Heading:
    """Return the heading of a section with numerical values.

    Args:
        key: The key of what is worked out; behind it ``.inside`` is the one of that within a sentence.
        sample: The number of the sample that it is worked out for, where there are several.
    """
    title, inside = say(key), say(f"{key}.inside")
    if sample is None:
        return Heading(2, say("pass.numbers", title=title), inside)
    return Heading(2, *(say("pass.of_sample", title=called, number=sample) for called in (title, inside)))


def titled(level: int, key: str, **slots: Slot) -> Heading:
    """Return a heading with the form of its title that a question uses within a sentence.

    Args:
        level: Its level.
        key: The key of its title; behind it ``.inside`` is the one of the title within a sentence.
        **slots: What fills the slots of both.
    """
    return Heading(level, say(key, **slots), say(f"{key}.inside", **slots))


def under_title(asked: Exercise, what: Inline) -> Inline:
    """Return what stands below the title of a sheet: its course, if the description names one, and what it is.

    Args:
        asked: The description.
        what: What it is.
    """
    if asked.header is None or asked.header.course is None:
        return what
    return say("sheet.of_course", course=asked.header.course, what=what)


def dated(asked: Exercise) -> tuple[Inline, ...]:
    """Return the date that a description gives, as it stands under the title; nothing without one.

    Args:
        asked: The description.
    """
    date = None if asked.header is None else asked.header.date
    return () if date is None else (say("sheet.date", room=date),)

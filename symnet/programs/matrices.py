"""From the matrix form of layers to a program that takes all samples at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import S, Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import Chain, PathSum, SampleSum
from symnet.arrays.build import add, divide, from_expression, multiply, negative, total, transpose
from symnet.arrays.tree import ArrayTree, AxisRange, Shape, leaf, made, number
from symnet.derivation.objective import COUNT
from symnet.matrix.derive import MatrixEquation, MatrixForm, matrix_form
from symnet.matrix.expression import (
    Arrangement,
    Chosen,
    Convention,
    Coupled,
    Diagonal,
    Divided,
    Entrywise,
    Filled,
    Hadamard,
    Jacobian,
    MatrixDerivative,
    MatrixEntries,
    MatrixLetter,
    MatrixLetters,
    Scaled,
    Sum,
    Times,
    Transposed,
    Tree,
    parts,
    shape,
)
from symnet.matrix.typeset import MatrixWriter
from symnet.network.graph import NodeKind
from symnet.programs.entries import WholeArrays
from symnet.programs.letters import Variables
from symnet.programs.listing import ProgramArray, ProgramLine, needed
from symnet.programs.numbers import ProgramNumbers
from symnet.quantity import Role
from symnet.text.say import words
from symnet.worked import Part

# How many samples stand in a shape where their number is left open; the text of a program knows none.
_SAMPLES = 3
_MEANINGS: Mapping[Role, str] = MappingProxyType(
    {
        Role.INPUT: "matrix.inputs",
        Role.TARGET: "matrix.targets",
        Role.WEIGHT: "matrix.weights",
        Role.BIAS: "matrix.biases",
        Role.SHARED_BIAS: "matrix.biases",
        Role.PRE_ACTIVATION: "matrix.pre_activations",
        Role.ACTIVATION: "matrix.activations",
        Role.OUTPUT: "matrix.outputs",
        Role.DROPPED: "matrix.dropped",
        Role.DELTA: "matrix.deltas",
    }
)


class MatrixProgram:
    """Writes a part of an exercise that is made of dense layers.

    Args:
        part: The part.
        numbers: What is put in.
        letters: Hands out the variables.
    """

    def __init__(self, part: Part, numbers: ProgramNumbers, letters: Variables) -> None:
        self.part, self.numbers, self.letters = part, numbers, letters
        self.network, self.names = part.network, part.names
        self.several = part.objective.samples is not None
        objective = part.objective._replace(samples=COUNT) if self.several else part.objective
        self.convention = Convention(self.names.rows, self.names.from_to)
        self.form: MatrixForm = matrix_form(part.gradient, objective, self.convention)
        self.matrices = MatrixLetters(
            part.gradient.quantities, Arrangement(self.convention, COUNT if self.several else S.One)
        )
        self.write = MatrixWriter(self.names)
        self.unit_axis = 1 if self.convention.rows else 0
        # An optimizer may keep an m of its own.
        states = () if numbers.training is None else numbers.training.rule.states
        self.count = letters("n" if any(state.symbol.name == "m" for state in states) else "m")
        # What stands for a scalar: of a unit the row or the column of it, with both axes.
        self.stands: dict[Expr, ArrayTree] = {COUNT: leaf(self.count, ())}
        for letter in self._all_letters():
            self._stand(letter)
        for symbol in self.network.sample_weight:
            variable = letters(symbol.name, self.names(symbol.name))
            self.stands[symbol] = leaf(variable, self._single if self.several else ())
        if self.several and part.objective.is_weighted:
            self.stands[self.counted] = total(self.scalar(part.objective.counted), (0, 1))
        self.whole = WholeArrays(self.parameters())
        for array in self.whole.arrays.values():
            alone = len(array.of) == 1
            self.stands |= {
                symbol: leaf(array.name, array.shape) if alone else self.whole.stands[symbol]
                for symbol in map(Symbol, array.of)
            }
        for node in (*self.network.nodes.values(), *part.objective.penalty):
            if node.kind in {NodeKind.LOSS, NodeKind.PENALTY}:
                of_each = self.several and node.kind is NodeKind.LOSS
                self.stands[node.symbol] = leaf(self.scalar_variable(node.symbol), self._single if of_each else ())
        for constant in part.objective.constants:
            self.stands[constant] = leaf(letters(constant.name, self.names(constant.name)), ())
        for wrt, derivation in part.gradient.adjoints.items():
            role = part.gradient.quantities.get(wrt.name)
            if role is not None and role.role in {Role.MARGIN_NODE, Role.RIGHT_SCORE, Role.DISTANCE}:
                variable = letters(
                    derivation.symbol.name, self.names.partial(self.names.loss(""), self.names(wrt.name))
                )
                self.stands[derivation.symbol] = leaf(variable, self._single if self.several else ())

    @property
    def _single(self) -> tuple[int, ...]:
        """The shape of one number for each sample."""
        return (_SAMPLES, 1) if self.convention.rows else (1, _SAMPLES)

    @property
    def counted(self) -> Expr:
        """What all samples count together in a weighted mean."""
        return SampleSum(self.part.objective.counted, COUNT)

    @property
    def _of_each(self) -> tuple[str, ...]:
        """The same as it is shown; nothing where there is a single sample."""
        if not self.several:
            return ()
        return (self.count, "1") if self.convention.rows else ("1", self.count)

    def _all_letters(self) -> Iterator[MatrixLetter]:
        yield from self.form.data_letters
        for layer in self.form.layers:
            yield from (e.left for e in layer.forward if isinstance(e.left, MatrixLetter))

    def _stand(self, letter: MatrixLetter) -> None:
        """Let the scalars of a letter stand for the rows or columns of it."""
        whole = self.tree(letter)
        for place, symbol in enumerate(symbol for row in letter.cells for symbol in row):
            if whole.shape[self.unit_axis] == 1:
                self.stands[symbol] = whole
                continue
            span = AxisRange(place, place + 1)
            spans = (span,) if self.unit_axis == 0 else (AxisRange(0, whole.shape[0]), span)
            self.stands[symbol] = made("slice", whole, option=spans)

    def scalar_variable(self, symbol: Symbol) -> str:
        """Return the variable of a node of the loss."""
        return self.letters(symbol.name, self.names(symbol.name))

    def variable(self, left: Tree) -> str:
        """Return the variable of a vector or matrix, or of a derivative with respect to it."""
        if isinstance(left, MatrixDerivative):
            letter = left.wrt._replace(each=False)
            return self.letters(f"d{left.of.name}_d{self._key(letter)}", self.write(left._replace(wrt=letter)))
        assert isinstance(left, MatrixLetter)  # noqa: S101 - left sides are one of the two
        return self.letters(self._key(left), self.write(left))

    @staticmethod
    def _key(letter: MatrixLetter) -> str:
        first = letter.cells[0][0].name
        return f"{letter.role.name.lower()} of {first}"

    # From matrix expressions to expressions on arrays.

    def tree(self, tree: Tree) -> ArrayTree:
        """Return a matrix expression as one on arrays; what is the same for all samples is brought along by itself."""
        return _RULES[type(tree)](self, tree)

    def scalar(self, expression: Expr) -> ArrayTree:
        """Return an expression of numbers."""
        return from_expression(expression, self.stands)

    def size(self, tree: Tree) -> tuple[int, ...]:
        """Return the shape of a matrix expression, with some number of samples."""
        rows, columns = (int(one.subs(COUNT, _SAMPLES)) for one in shape(tree))
        return rows, columns

    def of_letter(self, letter: MatrixLetter) -> ArrayTree:
        """Return a vector or matrix by its variable."""
        return leaf(self.variable(letter), self.size(letter._replace(each=False)))

    def of_derivative(self, derivative: MatrixDerivative) -> ArrayTree:
        """Return a derivative as its variable."""
        return leaf(self.variable(derivative), self.size(derivative.wrt))

    def product(self, tree: Times) -> ArrayTree:
        """Return a product; one with ones is a sum, or stands for what is repeated."""
        result, *others = tree.factors
        found = None if _ones(result) else self.tree(result)
        for factor in others:
            kind = _ones(factor)
            if found is None:
                # A row or a column of ones stands before it.
                found = self.tree(factor)
                if _ones(result) == "row":
                    found = total(found, (0,), kept=True)
            elif kind == "column":
                found = total(found, (1,), kept=True)
            elif kind is None:
                found = made("matmul", found, self.tree(factor))
        assert found is not None  # noqa: S101 - one of the factors is more than ones
        return found

    def hadamard(self, tree: Hadamard) -> ArrayTree:
        """Return a product entry by entry; of something with itself its square."""
        factors: list[ArrayTree] = []
        for one in tree.factors:
            factor = self.tree(one)
            if factors and factors[-1] == factor:
                factors[-1] = made("power", factor, number(2))
            else:
                factors.append(factor)
        return multiply(*factors)

    def entrywise(self, tree: Entrywise) -> ArrayTree:
        """Return a function of entries: sigmoid by its name, others written out."""
        if tree.name == "sigmoid" and not tree.prime:
            return made("function", self.tree(tree.over[0][1]), option="sigmoid")
        places = {symbol: self.tree(matrix) for symbol, matrix in tree.over}
        return from_expression(tree.body, {**self.stands, **places})

    def entries(self, tree: MatrixEntries) -> ArrayTree:
        """Return a matrix entry by entry."""
        cells = [self.scalar(cell) for row in tree.cells for cell in row]
        if all(one.kind == "constant" for one in cells):
            numbers = tuple(one.option[0] for one in cells)
            return ArrayTree("constant", (), self.size(tree), numbers)
        return self.stacked(cells, 0)

    def stacked(self, cells: Sequence[ArrayTree], axis: int) -> ArrayTree:
        """Return what there is for each unit, side by side along an axis."""
        whole = next((one.shape for one in cells if len(one.shape) == 2), (1, 1))
        wide = [one if one.shape == whole else self._widened(one, whole) for one in cells]
        return wide[0] if len(wide) == 1 else made("concat", *wide, option=axis)

    def _widened(self, cell: ArrayTree, whole: tuple[int, ...]) -> ArrayTree:
        """Return a number in every place of a row, which may have any number of samples."""
        like = next(one for one in self.stands.values() if one.shape == whole)
        return made("add", cell, made("multiply", number(0), like))

    def chosen(self, tree: Chosen) -> ArrayTree:
        """Return 1 where conditions hold, and 0 elsewhere."""
        found = [
            made("where", self.tree(own), self.tree(other), number(1), number(0), option=sign)
            for own, sign, other in tree.conditions
        ]
        return multiply(*found)

    # The lines.

    def says(self, letter: MatrixLetter) -> str:
        """Return what a vector or matrix is."""
        if letter.role not in _MEANINGS:
            return words(f"role.{letter.role.name.lower()}", count=1)
        meaning = words(_MEANINGS[letter.role])
        if letter.layer is None or letter.role in {Role.INPUT, Role.TARGET}:
            return meaning
        layer = self.names.notation.number(Role.PRE_ACTIVATION, letter.layer)
        return words("matrix.of_layer", meanings=meaning, number=str(layer))

    def shown(self, tree: Tree) -> tuple[str, ...]:
        """Return a shape as it is shown, with the letter of the number of samples."""
        return tuple(str(one.subs(COUNT, Symbol(self.count))) for one in shape(tree))

    def forward(self) -> Iterator[ProgramLine]:
        """Yield the lines of the forward pass."""
        for layer in self.form.layers:
            for equation in layer.forward:
                letter = equation.left
                assert isinstance(letter, MatrixLetter)  # noqa: S101 - what a forward line gives a value to
                ids = tuple(cell.name for row in letter.cells for cell in row)
                tree = self.tree(equation.rights[-1].tree)
                yield ProgramLine(self.variable(letter), tree, ids, self.shown(letter), self.says(letter))

    def loss(self) -> Iterator[ProgramLine]:
        """Yield the lines of the loss: of each sample, where there are several."""
        for node in self.network.nodes.values():
            if node.kind is NodeKind.LOSS:
                says = words(f"role.{self.network.quantities[node.symbol.name].role.name.lower()}", count=1)
                tree = self.over_units(node.expression)
                yield ProgramLine(self.scalar_variable(node.symbol), tree, (node.symbol.name,), self._of_each, says)

    def over_units(self, expression: Expr) -> ArrayTree:
        """Return a number of each sample, a sum over units as that: ``[1, m]`` for samples side by side."""
        factors = expression.args if isinstance(expression, Chain) else (expression,)
        summed = [self._summed(one) for one in factors]
        if sum(one is not None for one in summed) != 1:
            return self.one_of_each(self.scalar(expression))
        pairs = zip(factors, summed, strict=True)
        return multiply(*(self.scalar(factor) if whole is None else whole for factor, whole in pairs))

    def one_of_each(self, tree: ArrayTree) -> ArrayTree:
        """Return what there is of each sample; of a single one as a number."""
        return tree if self.several or not tree.shape else total(tree, range(len(tree.shape)))

    def _summed(self, expression: Expr) -> ArrayTree | None:
        """Return a sum over the units of the last layer, if its terms are alike in all of them."""
        units = len(self.network.layers[-1].outputs)
        terms = expression.args if isinstance(expression, PathSum) else ()
        if units == 1 or not terms or len(terms) % units:
            return None
        size = len(terms) // units
        found = self.alike([PathSum(*terms[unit * size : (unit + 1) * size]) for unit in range(units)])
        return None if found is None else total(found, (self.unit_axis,) if self.several else (0, 1), kept=self.several)

    def alike(self, cells: Sequence[Expr]) -> ArrayTree | None:
        """Return one expression for what there is for each unit of the last layer, if there is one."""
        groups = [group for group in self.at_outputs() if len(group) == len(cells) > 1]
        places = {Symbol(f"own {group[0].name}"): group for group in groups}
        forms = {
            cell.xreplace({group[unit]: place for place, group in places.items()}) for unit, cell in enumerate(cells)
        }
        if len(forms) > 1 or not groups:
            return None
        form = forms.pop()
        if form.free_symbols.isdisjoint(places):
            return None
        return from_expression(form, self.stands | {p: self.tree(self.matrices.units(g)) for p, g in places.items()})

    def at_outputs(self) -> Iterator[tuple[Symbol, ...]]:
        """Yield what there is for each output: pre-activations, activations, targets."""
        for branch in self.network.branches:
            layer = branch[-1]
            for piece in range(layer.pieces):
                yield layer.pre_activations[piece :: layer.pieces]
            yield layer.activations
            yield layer.outputs
        if self.network.targets:
            yield self.network.targets

    def backward(self) -> tuple[ProgramLine, ...]:
        """Return the lines of the backward pass that are needed."""
        lines = [*self._of_loss_nodes()]
        found: dict[str, ProgramLine] = {}
        for layer in reversed(self.form.layers):
            for equation in layer.backward:
                line = self._backward_line(equation)
                if line is not None:
                    found[line.name] = line
        lines += found.values()
        for layer in reversed(self.form.layers):
            lines += [line for one in layer.gradients if (line := self._backward_line(one)) is not None]
        return needed(lines, self.gradients.values())

    def _of_loss_nodes(self) -> Iterator[ProgramLine]:
        """Yield the derivatives with respect to what stands between the outputs and the loss."""
        for wrt, derivation in self.part.gradient.adjoints.items():
            known = self.stands.get(derivation.symbol)
            if known is not None:
                tree = self.one_of_each(self.scalar(derivation.result))
                says = words("program.derivative", wrt=self.scalar_variable(wrt))
                yield ProgramLine(known.option, tree, (wrt.name,), self._of_each, says, is_derivative=True)

    def _backward_line(self, equation: MatrixEquation) -> ProgramLine | None:
        left = equation.left
        if isinstance(left, Jacobian):
            return None
        letter = left.wrt if isinstance(left, MatrixDerivative) else left
        whole = letter if letter.is_parameter else self._for_all(letter)
        left = left._replace(wrt=whole) if isinstance(left, MatrixDerivative) else whole
        ids = tuple(cell.name for row in whole.cells for cell in row)
        is_delta = isinstance(left, MatrixLetter)
        says = self.says(whole) if is_delta else words("program.derivative", wrt=self.variable(whole))
        return ProgramLine(
            self.variable(left), self._right(equation, whole), ids, self.shown(whole), says, is_derivative=True
        )

    def _for_all(self, letter: MatrixLetter) -> MatrixLetter:
        """Return the letter of all samples in the place of that of each."""
        if not letter.each:
            return letter
        symbols = tuple(cell for row in letter.cells for cell in row)
        return self.matrices.deltas(symbols) if letter.role is Role.DELTA else self.matrices.units(symbols)

    def _right(self, equation: MatrixEquation, letter: MatrixLetter) -> ArrayTree:
        tree = equation.rights[-1].tree
        coupled = next((part for part in parts(tree) if isinstance(part, Jacobian)), None)
        softmax = self._coupled(letter)
        if softmax is not None and (equation.each or coupled is not None or _has_jacobian(tree)):
            return self._through_softmax(*softmax)
        if equation.each:
            results = [self.part.gradient.adjoints.get(cell) for row in letter.cells for cell in row]
            cells = [S.Zero if one is None else one.result for one in results]
            found = self.alike(cells)
            return found if found is not None else self.stacked(list(map(self.scalar, cells)), self.unit_axis)
        return self.tree(tree)

    def _coupled(self, letter: MatrixLetter) -> tuple[MatrixLetter, MatrixDerivative] | None:
        """Return the values of the softmax behind a letter of deltas, and the derivative with respect to them."""
        if letter.role is not Role.DELTA:
            return None
        first = letter.cells[0][0]
        for branch in self.network.branches:
            for layer in branch:
                if layer.activation.couples and layer.pre_activations[0] == first:
                    values = self.matrices.units(layer.activations)
                    return values, MatrixDerivative(self.network.loss, values)
        return None

    def _through_softmax(self, values: MatrixLetter, upstream: MatrixDerivative) -> ArrayTree:
        """Return ``A ⊙ (G − 1ᵀ(G ⊙ A))``, which is the Jacobian of a softmax times what comes back, for all samples."""
        a, back = self.tree(values), self.tree(upstream)
        along = total(multiply(back, a), (self.unit_axis,), kept=True)
        return multiply(a, add(back, negative(along)))

    @cached_property
    def gradients(self) -> Mapping[str, str]:
        """The variable of the derivative with respect to each parameter."""
        found = {}
        for layer in self.form.layers:
            for letter in layer.parameters:
                found[self.variable(letter)] = self.variable(MatrixDerivative(self.form.of, letter))
        return found

    # What is put in.

    def parameters(self) -> tuple[ProgramArray, ...]:
        """Return the parameters."""
        numbers = self.numbers.data.parameters
        found = []
        for layer in self.form.layers:
            for letter in layer.parameters:
                cells = [cell for row in letter.cells for cell in row]
                entries = (tuple(numbers[cell] for cell in cells),)
                ids = tuple(cell.name for cell in cells)
                shown = self.shown(letter)
                found.append(
                    ProgramArray(self.variable(letter), self.size(letter), ids, self.says(letter), entries, shown)
                )
        return tuple(found)

    def data(self) -> tuple[ProgramArray, ...]:
        """Return the inputs and targets, each with the numbers of all samples."""
        found = []
        for letter in self.form.data_letters:
            cells = [cell for row in letter.cells for cell in row]
            rows = tuple(tuple(row[cell] for cell in cells) for row in self.numbers.data.rows)
            ids = tuple(cell.name for cell in cells)
            one = (1, len(cells)) if self.convention.rows else (len(cells), 1)
            found.append(ProgramArray(self.variable(letter), one, ids, self.says(letter), rows, self.shown(letter)))
        for symbol in self.network.sample_weight:
            rows = tuple((row[symbol],) for row in self.numbers.data.rows)
            says = words("role.sample_weight", count=2 if self.several else 1)
            alone: Shape = (1, 1) if self.several else ()
            name = str(self.stands[symbol].option)
            found.append(ProgramArray(name, alone, (symbol.name,), says, rows, self._of_each))
        return tuple(found)

    def penalty(self) -> tuple[ProgramLine, ...]:
        """Return the lines of the penalty."""
        self.whole.stands |= {symbol: tree for symbol, tree in self.stands.items() if not tree.shape}
        nodes = self.part.objective.penalty
        return tuple(
            ProgramLine(
                self.scalar_variable(node.symbol),
                self.whole.value(node.expression),
                (node.symbol.name,),
                (),
                words(f"role.{self.part.objective.quantities[node.symbol.name].role.name.lower()}", count=1),
            )
            for node in nodes
        )


def _has_jacobian(tree: Tree) -> bool:
    """Return whether the Jacobian of a softmax is written out in an expression."""
    return any(isinstance(part, Diagonal) for part in parts(tree))


def _ones(tree: Tree) -> str | None:
    """Return whether something is a column or a row of ones; None for anything else."""
    if isinstance(tree, Filled) and tree.number == 1 and tree.columns == 1:
        return "column"
    return "row" if isinstance(tree, Transposed) and _ones(tree.of) == "column" else None


_RULES: Mapping[type, Callable[[MatrixProgram, Any], ArrayTree]] = MappingProxyType(
    {
        MatrixLetter: MatrixProgram.of_letter,
        MatrixDerivative: MatrixProgram.of_derivative,
        Filled: lambda writer, tree: writer.scalar(tree.number),
        MatrixEntries: MatrixProgram.entries,
        Times: MatrixProgram.product,
        Hadamard: MatrixProgram.hadamard,
        Sum: lambda writer, tree: add(*map(writer.tree, tree.terms)),
        Scaled: lambda writer, tree: multiply(writer.scalar(tree.factor), writer.tree(tree.of)),
        Divided: lambda writer, tree: divide(writer.tree(tree.over), writer.scalar(tree.under)),
        Transposed: lambda writer, tree: transpose(writer.tree(tree.of)),
        Entrywise: MatrixProgram.entrywise,
        Coupled: lambda writer, tree: made("softmax", writer.tree(tree.of), option=writer.unit_axis),
        Chosen: MatrixProgram.chosen,
    }
)

"""What solving gives back: for each loss the network, its gradient, its numbers and what the oracles say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

from sympy import Symbol
from sympy.core.expr import Expr

from symnet.derive import Derivation, Gradient, Step
from symnet.description.model import Description
from symnet.document import Document
from symnet.evaluate import Evaluation
from symnet.expand import LONGEST, LONGEST_IN_NODES, Expander, adjoint_definitions, node_definitions
from symnet.network import Network
from symnet.numeric import Value
from symnet.verify import Report


@dataclass(frozen=True)
class Derivative:
    """The derivative of the loss by one parameter, for use from Python.

    Attributes:
        parameter: The parameter's id.
        steps: The lines of its derivation, each with its rule.
        paths: The number of routes from the parameter to the loss.
        value: Its value at the data, over all samples, as an mpmath number; None without data.
    """

    parameter: str
    steps: tuple[Step, ...]
    paths: int
    value: Value | None
    _part: Part

    @property
    def ordered(self) -> Expr:
        """The simplified derivative of one sample's loss, factors and terms in the order of the chain rule."""
        return self.steps[-1].rhs

    @property
    def simplified(self) -> Expr:
        """The same as an ordinary SymPy expression in node ids."""
        return self.ordered.doit()

    @property
    def expanded(self) -> Expr | None:
        """The same in inputs, targets and parameters alone; None where its text is longer than 20,000 characters."""
        if self._part.expander.length(self.ordered) > LONGEST:
            return None
        return self._part.expander.expression(self.ordered)

    def _repr_latex_(self) -> str:
        from symnet.layout.latex import write
        from symnet.worksheet.sheet import Sheet

        sheet = Sheet.of(self._part, self._part.notation)
        left = write(sheet.build(self.steps[0].lhs))
        return rf"$\displaystyle {left} = {write(sheet.build(self.ordered))}$"


@dataclass(frozen=True)
class Part:
    """One loss of an exercise, worked.

    Attributes:
        loss_name: The catalog name of the loss.
        notation: The catalog name of the notation.
        network: The forward pass.
        gradient: Every derivative, line by line.
        evaluation: Every number, or None without data.
        report: What the oracles say.
    """

    loss_name: str
    notation: str
    network: Network
    gradient: Gradient
    evaluation: Evaluation | None
    report: Report

    @cached_property
    def expander(self) -> Expander:
        """Puts in every definition: what comes out speaks inputs, targets and parameters alone."""
        return Expander(node_definitions(self.network) | adjoint_definitions(self.gradient))

    @cached_property
    def in_nodes(self) -> Expander:
        """Puts in every cited derivative: what comes out speaks node ids alone."""
        return Expander(adjoint_definitions(self.gradient), LONGEST_IN_NODES)

    def __getitem__(self, parameter: str) -> Derivative:
        """Return the derivative by the parameter with this id.

        Raises:
            KeyError: If there is no such parameter.
        """
        symbol = Symbol(parameter)
        if symbol not in self.gradient.parameters:
            known = ", ".join(other.name for other in list(self.gradient.parameters)[:8])
            raise KeyError(f"{parameter!r} is not a parameter of this network; its parameters are {known}, ...")
        derivation: Derivation = self.gradient.parameters[symbol]
        value = None if self.evaluation is None else self.evaluation.gradients[symbol]
        return Derivative(parameter, derivation.steps, self.network.paths[symbol], value, self)


@dataclass(frozen=True)
class Worked:
    """A whole exercise, worked.

    Attributes:
        description: What was asked.
        parts: One for each loss, in the order of the description.
        warnings: What is allowed but hardly meant.
    """

    description: Description
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    def __getitem__(self, parameter: str) -> Derivative:
        """Return the derivative of the first loss by the parameter with this id; see ``parts`` for other losses.

        Raises:
            KeyError: If there is no such parameter.
        """
        return self.parts[0][parameter]

    def __iter__(self) -> Iterator[Derivative]:
        """Yield the derivative of the first loss by each parameter."""
        return (self[parameter.name] for parameter in self.parts[0].network.parameters)

    def document(self) -> Document:
        """Return the solution as blocks in reading order."""
        from symnet.worksheet.solution import solution

        return solution(self)

    def save(self, path: str | PathLike[str], pdf_engine: str | None = None) -> Path:
        """Write the solution to a file in the format of its suffix, and return its path.

        Args:
            path: Ends in ``.tex``, ``.pdf``, ``.json`` or ``.txt``.
            pdf_engine: ``pdflatex`` or ``typst``; None takes what is installed.

        Raises:
            OutputError: If the suffix is unknown or the file cannot be written.
            MissingToolError: If no PDF engine is installed.
        """
        from symnet.errors import OutputError
        from symnet.output import write_whole
        from symnet.render.formats import FORMATS

        target = Path(path)
        written = FORMATS.get(target.suffix.lstrip("."))
        if written is None:
            allowed = ", ".join(f".{name}" for name in FORMATS)
            raise OutputError(f"{target}: the name must end in one of {allowed}")
        write_whole(target, written.render(self, pdf_engine).content)
        return target

    def _repr_markdown_(self) -> str:
        from symnet.layout.latex import write
        from symnet.worksheet.sheet import Sheet

        lines = []
        for part in self.parts:
            sheet = Sheet.of(part, part.notation)
            for derivation in part.gradient.parameters.values():
                left, right = sheet.build(derivation.steps[0].lhs), sheet.build(derivation.result)
                lines.append(f"$${write(left)} = {write(right)}$$")
        return "\n\n".join(lines)

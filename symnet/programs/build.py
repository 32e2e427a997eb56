"""From a worked exercise to a program, as lists of assignments."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symnet.algebra.nodes import PathSum
from symnet.arrays.build import add, divide
from symnet.arrays.tree import ArrayTree, Reduction, leaf, made, parts
from symnet.limits import MOST_PROGRAM_LINES
from symnet.network.graph import NodeKind
from symnet.programs.arrays import ArrayProgram
from symnet.programs.dialects import Dialect
from symnet.programs.entries import WholeArrays
from symnet.programs.letters import Variables
from symnet.programs.listing import (
    NoProgramError,
    ProgramArray,
    ProgramLine,
    ProgramListing,
    ProgramObjective,
    SampleAxis,
    numbered,
)
from symnet.programs.matrices import MatrixProgram
from symnet.programs.numbers import ProgramNumbers, program_numbers
from symnet.programs.objective import objective_variable, program_update
from symnet.programs.scalars import ScalarProgram
from symnet.text.languages import in_language
from symnet.text.say import loss_title, words
from symnet.worked import Part, Worked


def program_listing(worked: Worked, part: Part, dialect: Dialect) -> tuple[ProgramListing, ProgramNumbers]:
    """Return a part of an exercise as a program, and the numbers that it is run with.

    Args:
        worked: The exercise.
        part: One of its losses.
        dialect: The language, which has arrays or numbers alone.

    Raises:
        NoProgramError: If it cannot be a program.
    """
    training = worked.description.training
    if training is not None and training.rule.hessian is not None:
        raise NoProgramError(
            f"--to {dialect.name}: found optimizer: {training.optimizer}, whose step takes second derivatives; "
            "expected an optimizer that updates each parameter by its own derivative, or no training. Leave the key "
            "training out"
        )
    kind = _kind(part, dialect)
    if kind == "scalars":
        _refuse_many(dialect, len(part.network.nodes) + len(part.network.parameters))
    with in_language(worked.description.language):
        numbers = program_numbers(worked, part)
        made_of = _BUILDERS[kind](worked, part, numbers)
    _refuse_many(dialect, len(tuple(made_of.lines())))
    return numbered(made_of), numbers


def _refuse_many(dialect: Dialect, count: int) -> None:
    """Refuse a program with too many variables."""
    if count > MOST_PROGRAM_LINES:
        raise NoProgramError(
            f"--to {dialect.name}: found {count:,} quantities, each of which would be a variable; expected at most "
            f"{MOST_PROGRAM_LINES:,}. Take --to numpy, which has arrays"
        )


def _kind(part: Part, dialect: Dialect) -> str:
    if not dialect.arrays:
        return "scalars"
    if part.network.arrays is not None:
        return "arrays"
    return "scalars" if part.network.is_graph else "matrices"


def _of_matrices(worked: Worked, part: Part, numbers: ProgramNumbers) -> ProgramListing:
    letters = Variables()
    program = MatrixProgram(part, numbers, letters)
    parameters, penalty = program.parameters(), program.penalty()
    objective = objective_variable(part, letters)
    loss = program.scalar_variable(part.network.loss)
    lines = [*program.loss(), *penalty]
    if part.objective.nodes:
        lines.append(_objective_line(part, program, objective, loss, [line.name for line in penalty][-1:]))
    return _listing(
        worked,
        part,
        numbers,
        letters,
        parameters=parameters,
        data=program.data(),
        constants=_strengths(part, numbers, letters),
        samples=SampleAxis(program.convention.rows, program.count) if program.several else None,
        forward=tuple(program.forward()),
        loss=tuple(lines),
        backward=program.backward(),
        gradients=program.gradients,
        # What the samples and the penalty come to stands among the lines of the loss.
        objective=ProgramObjective(objective if part.objective.nodes else loss, loss, mean=True, several=False),
    )


def _objective_line(part: Part, program: MatrixProgram, objective: str, loss: str, penalty: list[str]) -> ProgramLine:
    """Return the line of the objective of all samples at once."""
    whole: ArrayTree = leaf(loss, ())
    if program.several:
        kind = "mean" if part.objective.mean and not part.objective.is_weighted else "sum"
        whole = made(kind, leaf(loss, (1, 1)), option=Reduction((0, 1)))
        if part.objective.is_weighted:
            whole = divide(whole, program.scalar(program.counted))
    tree = add(whole, *(leaf(name, ()) for name in penalty))
    return ProgramLine(objective, tree, ("L",), (), words("role.objective", count=1))


def _of_arrays(worked: Worked, part: Part, numbers: ProgramNumbers) -> ProgramListing:
    graph = part.network.arrays
    assert graph is not None  # noqa: S101 - what is made of arrays has one
    letters = Variables()
    program = ArrayProgram(part, numbers, letters, graph)
    parameters, data, constants = program.put_in()
    whole = WholeArrays(parameters)
    penalty = _penalty_lines(part, letters, whole)
    added = {
        array.name: whole.each(array.name, {s: PathSum(*terms) for s, terms in part.objective.added.items()})
        for array in parameters
        if any(Symbol(one) in part.objective.added for one in array.of)
    }
    return _listing(
        worked,
        part,
        numbers,
        letters,
        parameters=parameters,
        data=data,
        constants=(*constants, *_strengths(part, numbers, letters)),
        samples=None,
        forward=tuple(program.nodes(losses=False)),
        loss=tuple(program.nodes(losses=True)),
        backward=program.backward(),
        gradients=program.gradients,
        objective=_objective(part, letters, program.variable(graph.output), penalty)._replace(
            added=added, counted=_counted(part, WholeArrays(data))
        ),
    )


def _penalty_lines(part: Part, letters: Variables, whole: WholeArrays) -> tuple[ProgramLine, ...]:
    """Return the lines of the penalty, whose parts are known by their variables from now on."""
    known = (*part.objective.constants, *(node.symbol for node in part.objective.penalty))
    whole.stands |= {symbol: leaf(letters(symbol.name, part.names(symbol.name)), ()) for symbol in known}
    return tuple(
        ProgramLine(
            letters(node.symbol.name),
            whole.value(node.expression),
            (node.symbol.name,),
            (),
            words(f"role.{part.objective.quantities[node.symbol.name].role.name.lower()}", count=1),
        )
        for node in part.objective.penalty
    )


def _of_scalars(worked: Worked, part: Part, numbers: ProgramNumbers) -> ProgramListing:
    letters = Variables()
    program = ScalarProgram(part, numbers, letters)
    whole = WholeArrays(program.parameters())
    penalty = _penalty_lines(part, letters, whole)
    added = {
        program.variable(symbol): whole.value(PathSum(*terms))
        for symbol, terms in part.objective.added.items()
        if terms
    }
    return _listing(
        worked,
        part,
        numbers,
        letters,
        parameters=program.parameters(),
        data=program.data(),
        constants=_strengths(part, numbers, letters),
        samples=None,
        forward=tuple(program.nodes(losses=False)),
        loss=tuple(program.nodes(losses=True)),
        backward=program.backward(),
        gradients=program.gradients,
        objective=_objective(part, letters, program.variable(part.network.loss), penalty)._replace(
            added=added, counted=_counted(part, WholeArrays(program.data()))
        ),
    )


_BUILDERS = {"matrices": _of_matrices, "arrays": _of_arrays, "scalars": _of_scalars}


def _objective(part: Part, letters: Variables, loss: str, penalty: tuple[ProgramLine, ...]) -> ProgramObjective:
    several = part.objective.samples is not None
    name = objective_variable(part, letters) if part.objective.nodes else loss
    return ProgramObjective(name, loss, part.objective.mean, several, penalty)


def _counted(part: Part, data: WholeArrays) -> ArrayTree | None:
    """Return what a sample counts in a weighted mean; None in any other."""
    return data.value(part.objective.counted) if part.objective.is_weighted else None


def _strengths(part: Part, numbers: ProgramNumbers, letters: Variables) -> tuple[ProgramArray, ...]:
    """Return the strengths of penalties that are letters."""
    says = words("role.strength", count=1)
    return tuple(
        ProgramArray(letters(one.name, part.names(one.name)), (), (one.name,), says, ((value,),), ())
        for one, value in numbers.data.constants.items()
    )


def _listing(
    worked: Worked,
    part: Part,
    numbers: ProgramNumbers,
    letters: Variables,
    *,
    parameters: tuple[ProgramArray, ...],
    **lines: object,
) -> ProgramListing:
    """Return a program with what is the same for all kinds."""
    network = part.network
    detached = any(node.kind is NodeKind.DETACHED for node in network.nodes.values()) or any(_detached(part))
    name = loss_title(*network.titled_loss) or part.loss_name
    return ProgramListing(
        title=worked.description.title,
        loss_name=name,
        parameters=parameters,
        update=program_update(part, numbers, letters, parameters),
        drawn=numbers.drawn,
        detached=detached,
        **lines,  # type: ignore[arg-type]
    )


def _detached(part: Part) -> Iterator[bool]:
    arrays = part.network.arrays
    for tree in () if arrays is None else arrays.nodes.values():
        yield any(one.kind == "detach" for one in parts(tree))

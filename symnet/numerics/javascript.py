"""Programs for a page in a browser: operations and slots as plain data, which ``evaluator.js`` works out in floats.

What each operation does there stands in one table, as that of every other arithmetic; here is what the table needs to
know of it. A number that has no value, or was not needed, is no number (NaN).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Rational, Symbol, pi
from sympy.core.expr import Expr

from symnet.algebra.nodes import Partial
from symnet.catalog.newton import second, upper_places
from symnet.catalog.optimizers import DAMPING
from symnet.derivation.objective import Objective
from symnet.derivation.steps import Gradient
from symnet.description.training import Training
from symnet.network.data import NetworkData
from symnet.network.graph import Network
from symnet.numerics.arithmetic import LINES, Lines
from symnet.numerics.compile import (
    BACKWARD,
    OBJECTIVE,
    Compiled,
    Pass,
    compile_as_written,
    compile_exactly,
    objective_program,
)
from symnet.numerics.exact import EXACT
from symnet.numerics.format import Form
from symnet.numerics.newton import NewtonSolver, hessian_program
from symnet.numerics.program import Operation, Primitive, Program
from symnet.numerics.traces import Formula
from symnet.numerics.training import UpdateRule, batches

Data: TypeAlias = dict[str, Any]


def _nothing(_operation: Operation) -> None:
    return None


def _number(operation: Operation) -> float:
    """Return the float that is nearest to an exact number, e or pi."""
    expression = operation.detail
    if isinstance(expression, Rational):
        return to_float(Fraction(int(expression.p), int(expression.q)))
    return 3.141592653589793 if expression is pi else 2.718281828459045


def _listed(operation: Operation) -> list[Any]:
    return list(operation.detail)


DETAILS: Mapping[Primitive, Callable[[Operation], Any]] = MappingProxyType(
    dict.fromkeys(Primitive, _nothing)
    | {
        Primitive.NUMBER: _number,
        Primitive.CONTEST: _listed,
        Primitive.ERROR: _listed,
        Primitive.FUNCTION: lambda operation: str(operation.detail),
    }
)
"""What each operation knows beside its arguments, as plain data."""


def to_float(number: Fraction) -> float:
    """Return the float that is nearest to a number; one beyond all floats is the largest.

    Args:
        number: The number.
    """
    try:
        return float(number)
    except OverflowError:
        return 1.7976931348623157e308 if number > 0 else -1.7976931348623157e308


def program_data(program: Program, results: Mapping[str, int] | None = None) -> Data:
    """Return a program as plain data.

    Args:
        program: The program.
        results: The slots that are asked for, by name.
    """
    first = min(program.entries.values())
    needs = program.needs()
    names: dict[str, int] = {}
    code: list[list[Any] | None] = []
    for place, operation in enumerate(program.operations[first:], first):
        if operation is None or needs[place] is False:
            code.append(None)
            continue
        number = names.setdefault(operation.primitive.name, len(names))
        detail = DETAILS[operation.primitive](operation)
        code.append([number, list(operation.arguments), *([] if detail is None else [detail])])
    ends = [*program.entries.values(), len(program.operations)][1:]
    parts = zip(program.entries.items(), ends, strict=True)
    return {
        "first": first,
        "names": list(names),
        "code": code,
        "parts": {name: [begin, end] for (name, begin), end in parts},
        **({} if results is None else {"results": dict(results)}),
    }


# One exercise.


def exercise_data(  # noqa: PLR0917 - an exercise in all its parts
    gradient: Gradient, objective: Objective, data: NetworkData, training: Training | None, form: Form, steps: int
) -> Data:
    """Return all programs of an exercise and the numbers put into them, as plain data.

    Args:
        gradient: The derivatives of one sample's loss.
        objective: What the samples come to together.
        data: The numbers put in.
        training: The steps to make, if any.
        form: How numbers are rounded; where what is shown is also used, so it is here.
        steps: How many training steps are made at most.
    """
    network = gradient.network
    compiled = (
        compile_as_written(gradient, objective, data.constants, shown=True)
        if form.paper
        else compile_exactly(network, objective, data.constants)
    )
    samples = range(len(data.rows))
    taken = [] if training is None else _batches(training, len(samples), steps)
    return {
        "sample": sample_data(compiled.sample),
        "penalty": None if compiled.penalty is None else sample_data(compiled.penalty),
        "objective": _objective_data(compiled, {len(samples), *map(len, taken)}),
        "counted": _counted_data(objective, network),
        "loss": quantity_id(network.loss),
        "parameters": list(map(quantity_id, network.parameters)),
        "constants": list(map(quantity_id, data.constants)),
        "numbers": numbers_data(network, data),
        "inputs": list(map(quantity_id, compiled.sample.data)),
        "training": None if training is None else _training_data(compiled, training, taken, steps),
    }


def numbers_data(network: Network, data: NetworkData) -> Data:
    """Return the numbers that are put into an exercise.

    Args:
        network: The network.
        data: The numbers.
    """
    return {
        "parameters": [to_float(data.parameters[symbol]) for symbol in network.parameters],
        "constants": list(map(to_float, data.constants.values())),
        "rows": [[to_float(row[symbol]) for symbol in network.of_sample] for row in data.rows],
    }


def formulas_data(formulas: Sequence[Formula], *, shown: bool) -> list[Data]:
    """Return what a sheet works out itself as programs, each with the places of what is put into it.

    Args:
        formulas: What is worked out.
        shown: Whether each result is rounded as the sheet shows it.
    """
    found = []
    for formula in formulas:
        lines = Lines((), tuple(formula.places), {_RESULT: formula.expression}, EXACT, shown=shown)
        program = program_data(lines.program, {"result": lines.results[_RESULT]})
        found.append({"program": program, "places": list(formula.places.values())})
    return found


def expression_data(expressions: Mapping[str, Expr], leaves: Iterable[Expr]) -> Data:
    """Return expressions as one program that is run at numbers for their leaves.

    Args:
        expressions: The expressions by name.
        leaves: Their symbols, and the derivatives that they cite.
    """
    program = Program(leaves)
    program.begin(LINES)
    results = {name: program.wanted(program.place(expression)) for name, expression in expressions.items()}
    return program_data(program, results)


_RESULT = Symbol("result")


def quantity_id(symbol: Expr) -> str:
    """Return the id of a quantity, or of a derivative; what each sample has for itself is marked nowhere here.

    Args:
        symbol: The symbol, or the derivative.
    """
    name = f"d{symbol.of.name}/d{symbol.wrt.name}" if isinstance(symbol, Partial) else str(symbol)
    return name.replace("@i", "")


def _places(places: Mapping[Symbol, int]) -> dict[str, int]:
    return {quantity_id(symbol): place for symbol, place in places.items()}


def sample_data(one: Pass) -> Data:
    """Return the program of a sample, or of the penalty, as plain data.

    Args:
        one: The program, with where everything stands.
    """
    return {
        "program": program_data(one.program),
        "fixed": len(one.fixed),
        "nodes": _places(one.nodes),
        "adjoints": _places(one.adjoints),
        "gradients": _places(one.gradients),
        "lines": sorted(set(one.lines.values())) if BACKWARD in one.program.entries else [],
        "switches": [[quantity_id(symbol), place] for symbol, place in one.switches],
    }


def _objective_data(compiled: Compiled, sizes: Iterable[int]) -> Data | None:
    """Return the objective's program for a number of samples, with and without penalty; None for a single loss."""
    if not compiled.objective.nodes:
        return None
    found: Data = {}
    for size in sorted(sizes):
        for more in {False, compiled.penalty is not None}:
            program, place = objective_program(
                size,
                mean=compiled.objective.mean,
                weighted=compiled.objective.is_weighted,
                more=more,
                shown=compiled.shown,
            )
            found[f"{size}{'+' if more else ''}"] = program_data(program, {OBJECTIVE: place})
    return found


def _counted_data(objective: Objective, network: Network) -> Data | None:
    """Return the program of a sample's weight in a weighted mean; None for any other reduction."""
    if not objective.is_weighted:
        return None
    lines = Lines((), network.of_sample, {_RESULT: objective.counted}, EXACT, shown=False)
    return program_data(lines.program, {"counted": _only(lines)})


def _batches(training: Training, samples: int, steps: int) -> list[tuple[int, ...]]:
    return [batch for batch, _ in zip(batches(training, samples), range(steps), strict=False)]


def _training_data(compiled: Compiled, training: Training, taken: Sequence[tuple[int, ...]], steps: int) -> Data:
    """Return the training: the optimizer's lines, its initial state, and batch and learning rate of each step."""
    rule = UpdateRule(compiled.network, training, EXACT, shown=compiled.shown)
    kept = {} if training.state is None else training.state.values
    names = ("parameter", *rule.states)
    return {
        "made": training.steps_before,
        "places": rule.places,
        "states": {
            name: [to_float(kept.get(name, {}).get(symbol.name, Fraction(0))) for symbol in rule.parameters]
            for name in rule.states
        },
        "options": [to_float(number) for number in training.options.values()],
        "update": program_data(rule.update.program, dict(zip(names, _updated(rule), strict=True))),
        "batches": [list(batch) for batch in taken],
        "full": training.batch == "full",
        "rates": [_rate_data(training, rule, step) for step in range(1, (steps if training.is_varying else 1) + 1)],
        "rate": {
            name: program_data(lines.program, {"rate": _only(lines)})
            for name, lines in _rate_lines(training, rule).items()
        },
        "schedule": [] if training.schedule is None else list(map(to_float, training.schedule.options.values())),
        "decay": to_float(training.decay),
        "clip_value": None if training.clip_value is None else to_float(training.clip_value),
        "clip_norm": None if training.clip_norm is None else to_float(training.clip_norm),
        "clip": program_data(rule.clip.program, {"clipped": _only(rule.clip)}),
        "norm": None if rule.norm is None else program_data(rule.norm.program, {"norm": _only(rule.norm)}),
        "newton": None if rule.solver is None else _newton_data(compiled, training, rule.parameters, rule.solver),
    }


def _newton_data(
    compiled: Compiled, training: Training, parameters: Sequence[Symbol], solver: NewtonSolver
) -> Data | None:
    """Return the programs of the second derivatives and of the system that they make."""
    program = hessian_program(compiled, parameters, EXACT)
    if program is None:
        return None
    pairs = list(upper_places(len(parameters)))
    named = {second(*pair): " ".join(map(str, pair)) for pair in pairs}

    def data(lines: Lines | None, names: Mapping[Expr, str] | None = None) -> Data | None:
        """Return the program of some lines, each result under its own name or another."""
        if lines is None:
            return None
        results = {(names or {}).get(left, str(left)): place for left, place in lines.results.items()}
        return program_data(lines.program, results)

    return {
        "pairs": pairs,
        "places": program.places,
        "fixed": program.fixed,
        "sample": data(program.sample, named),
        "penalty": data(program.penalty, named),
        "damping": to_float(training.options[DAMPING.name]),
        "damped": data(solver.damped),
        "determinant": data(solver.determinant),
        "solution": data(solver.closed),
        "eliminated": data(solver.eliminated),
        "back": [data(lines) for lines in solver.back],
    }


def _only(lines: Lines) -> int:
    return next(iter(lines.results.values()))


def _updated(rule: UpdateRule) -> list[int]:
    """Return the slots of the parameter and of each state after a step."""
    places = list(rule.update.results.values())
    return [places[result] for result in rule.results]


def _rate_lines(training: Training, rule: UpdateRule) -> Mapping[str, Lines]:
    """Return the programs that compute the learning rate of a step from the initial one, by name."""
    scheduled = {f"scheduled{number}": lines for number, lines in enumerate(rule.scheduled.values())}
    return scheduled | ({"decayed": rule.decay} if training.decay else {})


def _rate_data(training: Training, rule: UpdateRule, step: int) -> list[Any]:
    """Return the rate that is given for a step, by which way it is worked out, and how far the steps have come."""
    rate = to_float(training.unscheduled_rate(step) or Fraction(0))
    made = training.steps_before + step
    if training.schedule is not None:
        formula, progress = training.schedule.formula(made)
        return [rate, f"scheduled{list(rule.scheduled).index(formula)}", to_float(progress)]
    return [rate, "decayed", made] if training.decay else [rate, "", made]

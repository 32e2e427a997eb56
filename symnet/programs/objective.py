"""What several samples and a penalty come to, and how the parameters are updated, as lines of a program."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

from sympy import Symbol

from symnet.algebra.nodes import Applied
from symnet.arrays.build import from_expression
from symnet.arrays.tree import ArrayTree, leaf, made, number
from symnet.catalog.optimizers import GRADIENT, LEARNING_RATE, PARAMETER, STEP, Optimizer, updated
from symnet.derivation.objective import OBJECTIVE
from symnet.layout.tree import Layout
from symnet.notation.names import Names
from symnet.numerics.training import batches, updated_parameters
from symnet.programs.letters import Variables
from symnet.programs.listing import ProgramArray, ProgramLine, ProgramUpdate
from symnet.programs.numbers import ProgramNumbers
from symnet.quantity import Role
from symnet.sheets.optimizer import ROLES
from symnet.text.say import words
from symnet.worked import Part

# Far above what rounding leaves of a 0 among numbers of the size of those in exercises.
_TINY = Fraction(1, 10**12)


def objective_variable(part: Part, letters: Variables) -> str:
    """Return the variable of the objective."""
    name = OBJECTIVE.name if part.objective.nodes else part.network.loss.name
    return letters(f"objective {name}", part.names(name))


def program_update(
    part: Part, numbers: ProgramNumbers, letters: Variables, parameters: tuple[ProgramArray, ...]
) -> ProgramUpdate | None:
    """Return how the parameters of a part are updated; None without training.

    Args:
        part: The part.
        numbers: Its numbers.
        letters: Hands out the variables.
        parameters: Its parameters.
    """
    training = numbers.training
    if training is None or not parameters:
        return None
    rule: Optimizer = training.rule
    written = _written(part.names, letters, rule)
    stands = {symbol: leaf(name, ()) for symbol, name in written.items()}
    signs = {part: part.args[-1] for _, right in rule.lines for part in right.atoms(Applied) if part.name == "sign"}
    tiny = letters("tiny") if signs else ""
    stands |= {part: _sign(from_expression(of, stands), leaf(tiny, ())) for part, of in signs.items()}
    lines = tuple(
        ProgramLine(written[symbol], from_expression(right, stands), (), (), "") for symbol, right in rule.lines
    )
    samples, taken = len(numbers.data.rows), islice(batches(training, len(numbers.data.rows)), training.steps)
    chosen = tuple(taken) if samples > 1 else ()
    whole = tuple(range(samples))
    trained = {symbol.name for symbol in updated_parameters(part.network, training)}
    updates = numbers.evaluation.updates
    start = {} if training.state is None else training.state.values
    return ProgramUpdate(
        optimizer=words(f"optimizer.{rule.name}"),
        lines=lines,
        parameter=written[PARAMETER],
        gradient=written[GRADIENT],
        states=tuple((state.name, written[state.symbol]) for state in rule.states),
        constants=tuple(
            (written[Symbol(name)], value, words(f"role.{ROLES[Symbol(name)].name.lower()}", count=1))
            for name, value in training.options.items()
        )
        + (((tiny, _TINY, words("program.tiny")),) if signs else ()),
        rate=written[LEARNING_RATE],
        rates=tuple(_rate(update.rate) for update in updates) if training.is_varying else training.rates[:1],
        step=written[STEP],
        before=training.steps_before,
        start=start,
        trained=tuple(one.name for one in parameters if not trained.isdisjoint(one.of)),
        batches=chosen if any(one != whole for one in chosen) else (),
        clip_value=training.clip_value,
        clip_norm=training.clip_norm,
        steps=training.steps,
    )


def _sign(of: ArrayTree, tiny: ArrayTree) -> ArrayTree:
    """Return the sign of something, 0 where it is tiny: a derivative that is 0 may be so only up to rounding."""
    size = made("function", of, option="abs")
    return made("function", made("where", size, tiny, of, number(0), option=">"), option="sign")


def _rate(value: object) -> Fraction:
    """Return a learning rate that was worked out, to as many digits as a program keeps."""
    return Fraction(float(value))  # type: ignore[arg-type]


def _written(names: Names, letters: Variables, rule: Optimizer) -> Mapping[Symbol, str]:
    """Return the variable of each symbol of a rule; an updated value has that of the old one."""
    found: dict[Symbol, str] = {PARAMETER: letters("parameter"), GRADIENT: letters("derivative")}
    for symbol, role in ROLES.items():
        found[symbol] = letters(f"rule {symbol.name}", _letter(names, role))
    found[STEP] = "step"
    for state in rule.states:
        found[state.symbol] = letters(f"rule {state.name}", _letter(names, state.role))
    for symbol, _line in rule.lines:
        if symbol not in found and not symbol.name.endswith("'"):
            found[symbol] = letters(symbol.name)
    return found | {updated(symbol): name for symbol, name in found.items()}


def _letter(names: Names, role: Role) -> Layout | None:
    return names.role(role) if role in names.notation.names else None

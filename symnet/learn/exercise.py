"""What a page to learn with knows of an exercise: its quantities, its programs and the numbers put into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symnet.arrays.tree import names_in
from symnet.layout import text
from symnet.layout.symbols import clean_text
from symnet.limits import MOST_FOLLOWED_STEPS, MOST_PLAYED_STEPS
from symnet.network.graph import Network
from symnet.numerics.format import Form
from symnet.numerics.javascript import Data, exercise_data, formulas_data
from symnet.numerics.traces import Traces
from symnet.render.html import inline_html
from symnet.sheets.numbers import FINER
from symnet.typeset.arrays import ArrayWriter
from symnet.worked import Part, Worked

EXACT, PAPER = "exact", "paper"


def traced(worked: Worked) -> Worked:
    """Return the exercise whose symbols and numbers say on a sheet what they are of."""
    return replace(worked, parts=tuple(_traced(number, part) for number, part in enumerate(worked.parts)))


def _traced(number: int, part: Part) -> Part:
    traces = Traces(number, MOST_FOLLOWED_STEPS)
    if part.paper is not None:
        traces.add(PAPER, part.paper)
    if part.evaluation is not None:
        traces.add(EXACT, part.evaluation)
    return replace(part, traces=traces)


def page_exercise(worked: Worked) -> Data:
    """Return all that a page knows of an exercise that was traced, once its sheet has been made.

    Args:
        worked: The exercise.
    """
    asked = worked.description
    form = Form.of(asked.numbers)
    first = worked.parts[0]
    return {
        "form": form._asdict(),
        # Beside numbers on paper, exact ones have more digits.
        "forms": {EXACT: (form.finer(FINER) if form.paper else form)._asdict(), PAPER: form._asdict()},
        "mark": "," if asked.decimal_comma else ".",
        "quantities": {**dict(_quantities(worked)), **dict(_arrays(first))},
        "feeds": _feeds(first.network),
        "inputs": [named(first, symbol.name) for symbol in first.network.of_sample],
        "parameters": [named(first, symbol.name) for symbol in first.network.parameters],
        "most_steps": _most_steps(worked),
        "parts": [_part(worked, part) for part in worked.parts],
    }


def _part(worked: Worked, part: Part) -> Data:
    """Return the programs of a part; none without numbers."""
    if part.data is None or part.evaluation is None or part.traces is None:
        return {"loss": part.loss_name, "exercises": {}, "formulas": []}
    training, form = worked.description.training, Form.of(worked.description.numbers)
    steps = _most_steps(worked)
    forms = {EXACT: form._replace(paper=False), **({} if part.paper is None else {PAPER: form})}
    made = {
        kind: exercise_data(part.gradient, part.objective, part.data, training, of, steps) for kind, of in forms.items()
    }
    formulas = formulas_data(part.traces.formulas, shown=part.paper is not None)
    return {"loss": part.loss_name, "exercises": made, "formulas": formulas}


def _most_steps(worked: Worked) -> int:
    """Return how many training steps a page can make: those described, and more where the rate of more is known."""
    training = worked.description.training
    if training is None or training.learning_rate is None:
        return 0
    return min(training.steps, MOST_PLAYED_STEPS) if isinstance(training.learning_rate, tuple) else MOST_PLAYED_STEPS


def named(part: Part, name: str) -> Data:
    """Return a quantity with its name, as it is written in HTML and in plain signs.

    Args:
        part: The part.
        name: Its id in the network.
    """
    written = part.names(name)
    known = {"name": str(inline_html((written,))), "plain": clean_text(text.write(written))}
    return {"id": name.removesuffix("@i"), **known}


def _quantities(worked: Worked) -> Iterator[tuple[str, Data]]:
    """Yield of each quantity its role and layer, by which tables of symbols have it, and the unit of a drawing."""
    units = _units(worked.parts[0].network)
    wholes = {entry: name for name, entries in _entries(worked.parts[0]).items() for entry in entries}
    ends = _ends(worked.parts[0].network, units)
    for identifier, quantity in worked.parts[0].objective.quantities.items():
        name = identifier.removesuffix("@i")
        of = units.get(str(quantity.of).removesuffix("@i"), "") if quantity.of else ""
        role = worked.parts[0].names.role_of(quantity).name
        plain = clean_text(text.write(worked.parts[0].names(identifier)))
        known = {"role": role, "layer": quantity.layer, "unit": units.get(name, of) or name, "plain": plain}
        array = {"unit": wholes[name], "whole": wholes[name]} if name in wholes else {}
        yield name, known | ends.get(name, {}) | array


def _entries(part: Part) -> Mapping[str, list[str]]:
    """Return the ids of the entries of each array of a graph, by its name."""
    arrays = part.network.arrays
    if arrays is None:
        return {}
    names = [name for name in (*arrays.inputs, *arrays.nodes) if arrays.shape(name)]
    return {name: [one.removesuffix("@i") for one in arrays.ids(name) if one] for name in names}


def _arrays(part: Part) -> Iterator[tuple[str, Data]]:
    """Yield each array of a graph with its entries, which are lit with it."""
    writer = ArrayWriter.of(part.network, part.names.notation)
    for name, entries in _entries(part).items():
        yield name, {"unit": name, "plain": clean_text(text.write(writer.names(name))), "entries": entries}
    time = None if part.network.arrays is None else part.network.arrays.time
    families: dict[str, list[str]] = {}
    for name, at in time.nodes.items() if time is not None else ():
        families.setdefault(at.family, []).append(name)
    for family, names in families.items():
        yield family, {"unit": family, "plain": clean_text(text.write(writer.families[family])), "entries": names}


def _units(network: Network) -> Mapping[str, str]:
    """Return the activation that stands for a unit in a drawing, by each quantity that the unit has."""
    found: dict[str, str] = {}
    for branch in network.branches:
        for layer in branch:
            for unit, a in enumerate(layer.activations):
                pieces = layer.pre_activations[unit * layer.pieces : (unit + 1) * layer.pieces]
                of_unit = (*pieces, a, *layer.dropped[unit : unit + 1])
                found |= {symbol.name.removesuffix("@i"): a.name.removesuffix("@i") for symbol in of_unit}
    return found


def _ends(network: Network, units: Mapping[str, str]) -> Mapping[str, Data]:
    """Return the units at the two ends of each weight."""
    found: dict[str, Data] = {}
    for branch in network.branches:
        before = network.inputs
        for layer in branch:
            for place, row in enumerate(layer.dense):
                to = layer.activations[place // layer.pieces].name.removesuffix("@i")
                for weight, source in zip(row, before, strict=False):
                    name = source.name.removesuffix("@i")
                    found[weight.name] = {"from": units.get(name, name), "to": to}
            before = layer.outputs
    return found


def _feeds(network: Network) -> Mapping[str, list[str]]:
    """Return what each quantity goes into."""
    found: dict[str, list[str]] = {}
    for node in network.nodes.values():
        for parent in node.derivatives:
            found.setdefault(parent.name.removesuffix("@i"), []).append(node.symbol.name.removesuffix("@i"))
    arrays = network.arrays
    for name, tree in arrays.nodes.items() if arrays is not None else ():
        for used in dict.fromkeys(names_in(tree)):
            found.setdefault(used, []).append(name)
    return found

"""The worked exercise as JSON, in the stable form that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.calculus import plain_text
from symnet.counting import counts
from symnet.layout.latex import write
from symnet.numbers.digits import SIGNIFICANT, decimal_text
from symnet.numbers.numeric import Value
from symnet.objective import DATA, OBJECTIVE
from symnet.worked import Part, Worked

FORMAT = 1


def render_json(worked: Worked) -> str:
    """Return ``worked`` as one JSON object; see the README for its keys."""
    content = {
        "format": FORMAT,
        "title": worked.description.title,
        "notation": worked.description.notation,
        "warnings": list(worked.warnings),
        "problems": [_Problem(part, worked.samples).content() for part in worked.parts],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class _Problem:
    """One loss of the exercise, or the graph."""

    def __init__(self, part: Part, given: int) -> None:
        self.part = part
        self.network = part.network
        self.objective = part.objective
        self.given = given
        self.samples = part.evaluation.samples if part.evaluation is not None else (None,)
        self.build = part.build

    def content(self) -> dict[str, Any]:
        evaluation = self.part.evaluation
        return {
            "loss": self.part.loss_name,
            "samples": self.given,
            "nodes": [*self.nodes(), *self.nodes_together()],
            "loss_value": None if evaluation is None else decimal_text(evaluation.loss),
            "deltas": list(self.deltas()),
            "gradients": [*self.gradients(), *self.input_gradients()],
            "updates": list(self.updates()),
            "steps": list(self.steps()),
            "checks": [
                {
                    "name": check.name,
                    "passed": check.passed,
                    "comparisons": check.comparisons,
                    "worst_error": mpmath.nstr(check.worst_error, 3),
                }
                for check in self.part.report.checks
            ],
            "counts": counts(self.network)._asdict(),
        }

    def written(self, expression: Expr) -> dict[str, str]:
        """Return an expression in node ids, unless it has to cite deltas to stay short, and as it is printed."""
        text = plain_text(expression)
        return {"expression": self.part.in_nodes.text(text) or text, "latex": write(self.build(expression))}

    def at(self, name: str, number: int) -> str:
        """Return an id as it is called in one sample."""
        return f"{name.removesuffix('@i')}@{number}" if len(self.samples) > 1 else name

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Yield every node of every sample, forward."""
        written = {symbol: self.written(node.expression) for symbol, node in self.network.nodes.items()}
        for number, sample in enumerate(self.samples, 1):
            for symbol, forms in written.items():
                value = None if sample is None else sample.values[symbol]
                yield {"id": self.at(symbol.name, number), **forms, "value": _text(value)}

    def nodes_together(self) -> Iterator[dict[str, Any]]:
        """Yield the norms, the penalty, and what leads to the objective."""
        evaluation = self.part.evaluation
        values: dict[Symbol, Value] = {}
        if evaluation is not None:
            values = {**evaluation.penalty, DATA: evaluation.data_loss, OBJECTIVE: evaluation.loss}
        for node in (*self.objective.penalty, *self.objective.nodes):
            yield {"id": node.symbol.name, **self.written(node.expression), "value": _text(values.get(node.symbol))}

    def deltas(self) -> Iterator[dict[str, Any]]:
        """Yield the derivative of every sample's own loss by every node, and by its inputs if they are asked for."""
        gradient = self.part.gradient
        derivations = [*gradient.adjoints.values()]
        named = {derivation.wrt: derivation.symbol.name for derivation in derivations}
        if not self.network.is_graph:
            derivations += gradient.inputs.values()
            named |= {symbol: f"dL_d{symbol.name}" for symbol in gradient.inputs}
        written = {derivation.wrt: self.written(derivation.result) for derivation in derivations}
        for number, sample in enumerate(self.samples, 1):
            for wrt, forms in written.items():
                known = {} if sample is None else sample.gradients if wrt in gradient.inputs else sample.adjoints
                yield {
                    "id": self.at(named[wrt], number),
                    "wrt": self.at(wrt.name, number),
                    **forms,
                    "value": _text(known.get(wrt)),
                }

    def gradients(self) -> Iterator[dict[str, Any]]:
        """Yield the derivative of the objective by every parameter; in a graph, by every input."""
        evaluation = self.part.evaluation
        for leaf in self.part.in_order() if self.network.is_graph else self.network.parameters:
            entry = self.gradient(leaf)
            if evaluation is not None:
                known = evaluation.gradients if leaf in evaluation.gradients else evaluation.samples[0].gradients
                entry["value"] = decimal_text(known[leaf])
            if evaluation is not None and len(self.samples) > 1:
                values = (sample.gradients[leaf] for sample in evaluation.samples)
                entry["sample_values"] = [decimal_text(value) for value in values]
            yield entry

    def gradient(self, leaf: Symbol) -> dict[str, Any]:
        """Return what is known of a derivative without numbers."""
        written = self.written(self.part.result(leaf))
        entry: dict[str, Any] = {
            "parameter": leaf.name,
            **written,
            "expanded": self.part.expander.text(written["expression"]),
            "paths": self.network.paths[leaf],
            "value": None,
        }
        if self.objective.samples is not None and leaf in self.objective.derivations:
            entry["objective"] = self.written(self.objective.derivations[leaf].result)
        return entry

    def input_gradients(self) -> Iterator[dict[str, Any]]:
        """Yield the derivative of the objective by every input of every sample, where they are asked for."""
        if self.network.is_graph:
            return
        share = len(self.samples) if self.objective.mean else 1
        for symbol in self.network.wanted_inputs:
            entry = self.gradient(symbol)
            for number, sample in enumerate(self.samples, 1):
                value = None
                if sample is not None:
                    with mpmath.workdps(2 * SIGNIFICANT):
                        value = decimal_text(sample.gradients[symbol] / share)
                yield entry | {"parameter": self.at(symbol.name, number), "value": value}

    def updates(self) -> Iterator[dict[str, Any]]:
        """Yield what every training step makes of every parameter; without numbers nothing."""
        before: dict[Symbol, str] = {}
        for update in self.part.evaluation.updates if self.part.evaluation is not None else ():
            for parameter in self.network.parameters:
                after = decimal_text(update.after[parameter])
                entry = {
                    "step": update.step,
                    "parameter": parameter.name,
                    "before": before.get(parameter) or decimal_text(update.before[parameter]),
                    "gradient": decimal_text(update.gradients[parameter]),
                    "state": {
                        name: decimal_text(values[parameter])
                        for name, values in update.state.items()
                        if parameter in values
                    },
                    "after": after,
                }
                if update.clipped is not None and parameter in update.clipped:
                    entry["clipped"] = decimal_text(update.clipped[parameter])
                before[parameter] = after
                yield entry

    def steps(self) -> Iterator[dict[str, Any]]:
        """Yield every training step."""
        for update in self.part.evaluation.updates if self.part.evaluation is not None else ():
            yield {
                "step": update.step,
                "learning_rate": decimal_text(update.rate),
                "batch": [number + 1 for number in update.batch],
                "loss_before": decimal_text(update.loss_before),
                "loss_after": decimal_text(update.loss_after),
            }


def _text(value: Value | None) -> str | None:
    return None if value is None else decimal_text(value)

"""The worked exercise as JSON, in the stable form that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mpmath
from sympy.core.expr import Expr

from symnet.calculus import plain_text
from symnet.digits import decimal_text
from symnet.layout.latex import write
from symnet.numeric import Value
from symnet.worked import Part, Worked

FORMAT = 1


def render_json(worked: Worked) -> str:
    """Return ``worked`` as one JSON object; see the README for its keys."""
    data = worked.description.data
    given = 1 if data is None else len(data.inputs)
    content = {
        "format": FORMAT,
        "title": worked.description.title,
        "notation": worked.description.notation,
        "warnings": list(worked.warnings),
        "problems": [_Problem(part, given).content() for part in worked.parts],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class _Problem:
    """One loss of the exercise."""

    def __init__(self, part: Part, given: int) -> None:
        self.part = part
        self.network = part.network
        self.given = given
        self.samples = part.evaluation.samples if part.evaluation is not None else (None,)
        self.build = part.build

    def content(self) -> dict[str, Any]:
        evaluation = self.part.evaluation
        return {
            "loss": self.part.loss_name,
            "samples": self.given,
            "nodes": list(self.nodes()),
            "loss_value": None if evaluation is None else decimal_text(evaluation.loss),
            "deltas": list(self.deltas()),
            "gradients": list(self.gradients()),
            "updates": list(self.updates()),
            "steps": [
                {
                    "step": update.step,
                    "loss_before": decimal_text(update.loss_before),
                    "loss_after": decimal_text(update.loss_after),
                }
                for update in (evaluation.updates if evaluation is not None else ())
            ],
            "checks": [
                {
                    "name": check.name,
                    "passed": check.passed,
                    "comparisons": check.comparisons,
                    "worst_error": mpmath.nstr(check.worst_error, 3),
                }
                for check in self.part.report.checks
            ],
        }

    def written(self, expression: Expr) -> dict[str, str]:
        """Return an expression in node ids, unless it has to cite deltas to stay short, and as it is printed."""
        text = plain_text(expression)
        return {"expression": self.part.in_nodes.text(text) or text, "latex": write(self.build(expression))}

    def at(self, name: str, number: int) -> str:
        """Return an id as it is called in one sample."""
        return f"{name}@{number}" if len(self.samples) > 1 else name

    def nodes(self) -> Iterator[dict[str, Any]]:
        written = {symbol: self.written(node.expression) for symbol, node in self.network.nodes.items()}
        for number, sample in enumerate(self.samples, 1):
            for symbol, forms in written.items():
                value = None if sample is None else sample.values[symbol]
                yield {"id": self.at(symbol.name, number), **forms, "value": _text(value)}

    def deltas(self) -> Iterator[dict[str, Any]]:
        derivations = self.part.gradient.adjoints.values()
        written = {derivation.symbol: self.written(derivation.result) for derivation in derivations}
        for number, sample in enumerate(self.samples, 1):
            for derivation in derivations:
                value = None if sample is None else sample.adjoints[derivation.wrt]
                yield {
                    "id": self.at(derivation.symbol.name, number),
                    "wrt": self.at(derivation.wrt.name, number),
                    **written[derivation.symbol],
                    "value": _text(value),
                }

    def gradients(self) -> Iterator[dict[str, Any]]:
        evaluation = self.part.evaluation
        for parameter, derivation in self.part.gradient.parameters.items():
            written = self.written(derivation.result)
            entry: dict[str, Any] = {
                "parameter": parameter.name,
                **written,
                "expanded": self.part.expander.text(written["expression"]),
                "paths": self.network.paths[parameter],
                "value": None if evaluation is None else decimal_text(evaluation.gradients[parameter]),
            }
            if evaluation is not None and len(self.samples) > 1:
                values = (sample.gradients[parameter] for sample in evaluation.samples)
                entry["sample_values"] = [decimal_text(value) for value in values]
            yield entry

    def updates(self) -> Iterator[dict[str, Any]]:
        for update in self.part.evaluation.updates if self.part.evaluation is not None else ():
            for parameter in self.network.parameters:
                yield {
                    "step": update.step,
                    "parameter": parameter.name,
                    "before": decimal_text(update.before[parameter]),
                    "gradient": decimal_text(update.gradients[parameter]),
                    "state": {},
                    "after": decimal_text(update.after[parameter]),
                }


def _text(value: Value | None) -> str | None:
    return None if value is None else decimal_text(value)

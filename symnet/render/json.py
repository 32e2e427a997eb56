"""JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import mpmath
from sympy import Symbol
from sympy.core.expr import Expr

from symnet.algebra.nodes import plain_text
from symnet.arrays.graph import ArrayGraph
from symnet.arrays.text import array_text
from symnet.derivation.objective import DATA, OBJECTIVE
from symnet.derivation.second import Hessian
from symnet.derivation.time import TimeDerivation
from symnet.description.fields import write_number
from symnet.description.graph import GraphDescription
from symnet.layout import latex
from symnet.layout.latex import write
from symnet.layout.tree import Layout
from symnet.marking.report import Report, Reported, SetByHand, told
from symnet.network.graph import counts
from symnet.numerics.direct import Value
from symnet.numerics.format import SIGNIFICANT, decimal_text
from symnet.numerics.second import hessian_values, product_values
from symnet.numerics.shares import whole
from symnet.numerics.training import Update
from symnet.text.say import as_text
from symnet.worked import Part, Worked

if TYPE_CHECKING:
    from symnet.numerics.evaluate import Evaluation


# A marked submission as JSON.

MARKING_FORMAT = 1


def render_report(report: Report) -> str:
    """Return a marked submission as one JSON object; docs/check.md names its keys.

    Args:
        report: What is reported of it.
    """
    report = told(report)
    content = {
        "format": MARKING_FORMAT,
        "title": report.title,
        "loss": report.loss,
        "student": {key: text for key, text in report.student._asdict().items() if text},
        "marks": write_number(report.marks),
        "out_of": write_number(report.out_of),
        "answers": [_answer(answer) for answer in report.answers],
    }
    return shown(json.dumps(content, ensure_ascii=False, indent=1)) + "\n"


def _answer(answer: Reported) -> dict[str, Any]:
    return {
        "id": answer.id,
        "given": answer.typed,
        "line": answer.line,
        "read_as": answer.read_as,
        "latex": _latex(answer.echo),
        "verdict": answer.verdict.value,
        "mistakes": [{**mistake._asdict(), "says": as_text(mistake.says)} for mistake in answer.mistakes],
        "follows": answer.follows,
        "charged_at": answer.charged_at or None,
        "message": answer.message,
        "marks": write_number(answer.marks),
        "out_of": write_number(answer.out_of),
        "right": _latex(answer.right),
        "array": answer.array or None,
        "by_hand": None if answer.by_hand is None else _by_hand(answer.by_hand),
    }


def _by_hand(by_hand: SetByHand) -> dict[str, str]:
    return {"before": write_number(by_hand.before), "note": by_hand.note}


def _latex(layout: Layout | None) -> str | None:
    return None if layout is None else latex.write(layout)


def shown(text: str) -> str:
    """Return text that a terminal shows as it is: what it would obey instead is written as JSON writes it.

    Args:
        text: Any text.
    """
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


# The worked exercise as JSON, in the stable form that other programs read.
#
# A ``value`` is exact, whatever a sheet shows. In arithmetic as on paper there stands beside each value of a node, a
# delta or a gradient what it is on paper, under ``paper``; beside the loss under ``loss_paper``, beside the values of
# the samples under ``sample_papers``, and in updates and steps once more under the same keys within ``paper``.

FORMAT = 1


def render_json(worked: Worked) -> str:
    """Return ``worked`` as one JSON object; docs/solve.md names its keys."""
    problems = [_PartContent(part, worked.samples).content() for part in worked.parts]
    if isinstance(worked.description, GraphDescription) and worked.description.graph.outputs:
        jacobian = [entry for part in worked.parts for entry in _PartContent(part, worked.samples).row()]
        problems = [{**problem, "jacobian": jacobian} for problem in problems]
    content = {
        "format": FORMAT,
        "title": worked.description.title,
        "notation": worked.description.profile.name,
        "warnings": list(worked.warnings),
        "problems": problems,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class _PartContent:
    """One loss of the exercise, or the graph."""

    def __init__(self, part: Part, sample_count: int) -> None:
        self.part = part
        self.network = part.network
        # Layers that are worked out in arrays have samples, as all layers have.
        self.is_plain_graph = part.network.is_graph and not part.network.lowered
        self.objective = part.objective
        self.sample_count = sample_count
        self.samples = part.evaluation.samples if part.evaluation is not None else (None,)
        self.papers = part.paper.samples if part.paper is not None else (None,) * len(self.samples)
        self.build = part.build

    def content(self) -> dict[str, Any]:
        evaluation = self.part.evaluation
        return {
            "loss": self.part.loss_name,
            "samples": self.sample_count,
            "nodes": [*self.nodes(), *self.shared_nodes()],
            "loss_value": None if evaluation is None else decimal_text(evaluation.loss),
            **({} if self.part.paper is None else {"loss_paper": decimal_text(self.part.paper.loss)}),
            "deltas": list(self.deltas()),
            "gradients": [*self.gradients(), *self.input_gradients()],
            **({} if self.network.arrays is None else {"arrays": list(self.arrays(self.network.arrays))}),
            **({} if self.part.gradient.time is None else {"time": list(self.over_time(self.part.gradient.time))}),
            **({} if self.part.hessian is None else self.seconds(self.part.hessian)),
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
        """Return an expression as text in node ids (or deltas, where that is shorter by far) and as LaTeX."""
        text = plain_text(expression)
        return {"expression": self.part.in_nodes.text(text) or text, "latex": write(self.build(expression))}

    def at(self, name: str, number: int) -> str:
        """Return the id of a quantity in one sample."""
        return f"{name.removesuffix('@i')}@{number}" if len(self.samples) > 1 else name

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Yield every node of every sample, forward."""
        written = {symbol: self.written(node.expression) for symbol, node in self.network.nodes.items()}
        for number, (sample, paper) in enumerate(zip(self.samples, self.papers, strict=True), 1):
            for symbol, forms in written.items():
                value = None if sample is None else sample.values[symbol]
                on_paper = None if paper is None else paper.values[symbol]
                yield {"id": self.at(symbol.name, number), **forms, **_valued(value, on_paper)}

    def shared_nodes(self) -> Iterator[dict[str, Any]]:
        """Yield the norms, the penalty, and what leads to the objective."""
        values, papers = (_objective_values(evaluation) for evaluation in (self.part.evaluation, self.part.paper))
        for node in (*self.objective.penalty, *self.objective.nodes):
            valued = _valued(values.get(node.symbol), papers.get(node.symbol))
            yield {"id": node.symbol.name, **self.written(node.expression), **valued}

    def deltas(self) -> Iterator[dict[str, Any]]:
        """Yield the derivative of every sample's own loss wrt every node, and wrt its inputs if they are asked for."""
        gradient = self.part.gradient
        derivations = [*gradient.adjoints.values()]
        named = {derivation.wrt: derivation.symbol.name for derivation in derivations}
        if not self.is_plain_graph:
            derivations += gradient.inputs.values()
            named |= {symbol: f"dL_d{symbol.name}" for symbol in gradient.inputs}
        written = {derivation.wrt: self.written(derivation.result) for derivation in derivations}
        for number, (sample, paper) in enumerate(zip(self.samples, self.papers, strict=True), 1):
            known, papers = ({} if it is None else {**it.gradients, **it.adjoints} for it in (sample, paper))
            for wrt, forms in written.items():
                ids = {"id": self.at(named[wrt], number), "wrt": self.at(wrt.name, number)}
                yield {**ids, **forms, **_valued(known.get(wrt), papers.get(wrt))}

    def arrays(self, graph: ArrayGraph) -> Iterator[dict[str, Any]]:
        """Yield the derivative of the output with respect to every whole array."""
        from symnet.typeset.arrays import ArrayWriter

        writer = ArrayWriter.of(self.network, self.part.notation)
        for name, derivative in self.part.gradient.arrays.items():
            ids = {"id": derivative.name, "wrt": name, "shape": list(derivative.shape)}
            written = {"expression": array_text(derivative.final), "latex": write(writer(derivative.final))}
            entries = graph.ids(name)
            values = [self.value_of(Symbol(one)) if one else None for one in entries]
            known = all(value is not None for one, value in zip(entries, values, strict=True) if one)
            yield {**ids, **written, "value": _nested(values, derivative.shape) if known else None}

    def over_time(self, derivation: TimeDerivation) -> Iterator[dict[str, Any]]:
        """Yield the derivative with respect to each node with an index of time, once for all steps, by cases."""
        from symnet.typeset.arrays import ArrayWriter

        writer = ArrayWriter.of(self.network, self.part.notation)
        for family, rule in derivation.rules.items():
            cases = [
                {
                    "steps": list(case.times),
                    "expression": "0" if case.tree is None else array_text(case.tree),
                    "latex": "0" if case.tree is None else write(writer(case.tree)),
                }
                for case in rule.cases
            ]
            yield {"wrt": family, "cases": cases}

    def row(self) -> Iterator[dict[str, Any]]:
        """Yield the derivatives of the output of a graph: a row of the Jacobian of several."""
        for leaf in self.part.in_order():
            written = self.written(self.part.result(leaf))
            yield {"of": self.network.loss.name, "wrt": leaf.name, **written, "value": self.value_of(leaf)}

    def seconds(self, hessian: Hessian) -> dict[str, Any]:
        """Return the second derivatives, and their product with a direction if there is one."""
        values: Mapping[Any, Value] = {}
        if self.part.evaluation is not None:
            rows = [sample.values for sample in self.part.evaluation.samples]
            values = hessian_values(hessian, rows, whole(self.objective, rows))
        of = {"of": hessian.of.name if self.is_plain_graph else OBJECTIVE.name}
        found: dict[str, Any] = {
            "second_derivatives": [
                {
                    **of,
                    "wrt": [one.name for one in pair],
                    **self.written(entry.whole),
                    **_valued(values.get(pair), None),
                }
                for pair, entry in hessian.entries.items()
            ]
        }
        if hessian.direction:
            known = product_values(hessian, values) if values else {}
            found["hessian_vector"] = [
                {**of, "wrt": leaf.name, **self.written(hessian.product(leaf)), **_valued(known.get(leaf), None)}
                for leaf in hessian.leaves
            ]
        return found

    def value_of(self, symbol: Symbol) -> str | None:
        """Return the derivative of the output of a graph with respect to a scalar, or None where it has no value."""
        sample = self.samples[0]
        if sample is None:
            return None
        value = {**sample.gradients, **sample.adjoints}.get(symbol)
        reaches = symbol in self.network.children
        return decimal_text(value) if value is not None else None if reaches else "0"

    def gradients(self) -> Iterator[dict[str, Any]]:
        """Yield the derivative of the objective with respect to every parameter; in a graph, to every input."""
        for leaf in self.part.in_order() if self.is_plain_graph else self.network.parameters:
            entry = self.gradient(leaf)
            for found, one, many in (
                (self.part.evaluation, "value", "sample_values"),
                (self.part.paper, "paper", "sample_papers"),
            ):
                if found is None:
                    continue
                known = found.gradients if leaf in found.gradients else found.samples[0].gradients
                # One that nobody asked for may have none.
                entry[one] = decimal_text(known[leaf]) if leaf in known else None
                if len(self.samples) > 1:
                    entry[many] = [decimal_text(sample.gradients[leaf]) for sample in found.samples]
            yield entry

    def gradient(self, leaf: Symbol) -> dict[str, Any]:
        """Return the symbolic part of a derivative's entry."""
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
        """Yield the derivative of the objective wrt every input of every sample, where they are asked for."""
        if self.is_plain_graph:
            return
        rows = [] if self.part.evaluation is None else [sample.values for sample in self.part.evaluation.samples]
        share = whole(self.objective, rows)
        for symbol in self.network.wanted_inputs:
            entry = self.gradient(symbol)
            for number, (sample, paper) in enumerate(zip(self.samples, self.papers, strict=True), 1):
                value = None
                if sample is not None:
                    with mpmath.workdps(2 * SIGNIFICANT):
                        value = sample.gradients[symbol] / share
                # The share of one of several samples stands on no sheet.
                on_paper = None if paper is None or share != 1 else paper.gradients[symbol]
                yield entry | {"parameter": self.at(symbol.name, number), **_valued(value, on_paper)}

    def updates(self) -> Iterator[dict[str, Any]]:
        """Yield what every training step makes of every parameter; without numbers nothing."""
        papers = _moves(self.part.paper)
        for (step, parameter), numbers in _moves(self.part.evaluation):
            entry = {"step": step, "parameter": parameter, **numbers}
            yield entry if self.part.paper is None else entry | {"paper": next(papers)[1]}

    def steps(self) -> Iterator[dict[str, Any]]:
        """Yield every training step."""
        papers = map(_losses, self.part.paper.updates if self.part.paper is not None else ())
        for update in self.part.evaluation.updates if self.part.evaluation is not None else ():
            entry = {"step": update.step, "batch": [number + 1 for number in update.batch], **_losses(update)}
            yield entry if self.part.paper is None else entry | {"paper": next(papers)}


def _nested(texts: list[Any], shape: tuple[int, ...]) -> Any:  # noqa: ANN401
    """Return texts in lists of a shape."""
    if not shape:
        return texts[0]
    step = len(texts) // shape[0]
    return [_nested(texts[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0])]


def _moves(evaluation: Evaluation | None) -> Iterator[tuple[tuple[int, str], dict[str, Any]]]:
    """Yield the step and the parameter of every update, and its numbers."""
    before: dict[Symbol, str] = {}
    for update in evaluation.updates if evaluation is not None else ():
        for parameter in update.before:
            after = decimal_text(update.after[parameter])
            state = {
                name: decimal_text(values[parameter]) for name, values in update.state.items() if parameter in values
            }
            numbers = {
                "before": before.get(parameter) or decimal_text(update.before[parameter]),
                "gradient": decimal_text(update.gradients[parameter]),
                "state": state,
                "after": after,
            }
            if update.clipped is not None and parameter in update.clipped:
                numbers["clipped"] = decimal_text(update.clipped[parameter])
            before[parameter] = after
            yield (update.step, parameter.name), numbers


def _losses(update: Update) -> dict[str, Any]:
    """Return what a step has for all parameters; of Newton's method they are those updated, in their order."""
    found: dict[str, Any] = {
        "learning_rate": decimal_text(update.rate),
        "loss_before": decimal_text(update.loss_before),
        "loss_after": decimal_text(update.loss_after),
    }
    if update.system is not None:
        found["hessian"] = [[decimal_text(value) for value in row] for row in update.system.hessian]
        found["direction"] = [decimal_text(value) for value in update.system.solution]
    return found


def _objective_values(evaluation: Evaluation | None) -> dict[Symbol, Value]:
    """Return the values of what leads from the samples' losses to the objective."""
    if evaluation is None:
        return {}
    return {**evaluation.penalty, DATA: evaluation.data_loss, OBJECTIVE: evaluation.loss}


def _valued(value: Value | None, on_paper: Value | None) -> dict[str, str | None]:
    """Return a value under its key and, in paper arithmetic, the rounded value beside it."""
    exact = {"value": None if value is None else decimal_text(value)}
    return exact if on_paper is None else {**exact, "paper": decimal_text(on_paper)}

"""Independent arithmetic for the published examples: chain rule and optimizers from scratch, without symnet."""

import autodiff
import reference
from mpmath import mp

DIGITS = 30


def delta_id(node):
    """Return what the derivative of the loss with respect to a node is called."""
    return f"delta{node[1:]}" if node.startswith("z") else f"dL_d{node}"


def layers(spec):
    """Return the numbers of a network, and of its training if there is one."""
    whole = reference.solve_by_hand(spec, DIGITS)
    several = len(whole["samples"]) > 1
    found = dict(whole["penalty"])
    for number, sample in enumerate(whole["samples"], 1):
        place = f"@{number}" if several else ""
        found |= {f"{name.removesuffix('@i')}{place}": value for name, value in sample["nodes"].items()}
        found |= {f"{delta_id(name)}{place}": value for name, value in sample["deltas"].items()}
    found |= {f"dL/d{name}": value for name, value in whole["gradients"].items()}
    found["L"] = whole["loss"]
    for number, step in enumerate(reference.training_by_hand(spec, DIGITS) if "training" in spec else (), 1):
        found |= _step("L", number, step.gradients, step.after, step.state)
        found[f"L'{number}"] = step.loss_after
    return found


def function(nodes_by_hand):
    """Return an oracle for a graph, whose inputs ``nodes_by_hand`` gets by name; it returns the nodes, output last."""

    def oracle(spec):
        with mp.workdps(DIGITS):
            return _graph(nodes_by_hand, spec)

    return oracle


def _graph(nodes_by_hand, spec):
    values = {name: reference.exactly(value) for name, value in spec["at"].items()}
    output, nodes, gradients = _derivatives(nodes_by_hand, values)
    found = {**nodes, **{f"d{output}/d{name}": derivative for name, derivative in gradients.items()}}
    training = spec.get("training", {"steps": 0})
    states, rule = reference.rule_of(training)
    moved = spec["graph"].get("parameters", spec["graph"]["inputs"])
    given = training.get("state", {})
    kept = {name: {state: reference.exactly(given.get(state, {}).get(name, 0)) for state in states} for name in moved}
    for step in range(1, training.get("steps", 1) + 1):
        gradients = _derivatives(nodes_by_hand, values)[2]
        rate = reference.exactly(training["learning_rate"])
        clipped = reference.clip(training, {name: gradients[name] for name in moved}) or gradients
        for name in moved:
            values[name], kept[name] = rule(values[name], clipped[name], kept[name], rate, step)
        state = {state: {name: kept[name][state] for name in moved} for state in states}
        found |= _step(output, step, {name: gradients[name] for name in moved}, values, state)
        found[f"{output}'{step}"] = _derivatives(nodes_by_hand, values)[1][output]
    return found


def _derivatives(nodes_by_hand, values):
    inputs = {name: autodiff.Number(value) for name, value in values.items()}
    nodes = nodes_by_hand(**inputs)
    output = list(nodes)[-1]
    by = autodiff.backward(nodes[output])
    named = {name: node.value for name, node in nodes.items()}
    named |= {f"d{output}_d{name}": by(node) for name, node in nodes.items() if name != output}
    return output, named, {name: by(node) for name, node in inputs.items()}


def _step(loss, number, gradients, after, state):
    found = {f"d{loss}/d{name}'{number}": value for name, value in gradients.items()}
    found |= {f"{name}'{number}": after[name] for name in gradients}
    for kind, values in state.items():
        found |= {f"{kind}({name})'{number}": value for name, value in values.items()}
    return found

"""Derivations as text that a person reads: partial derivatives by their names, rules at the right."""

from sympy import Symbol

from symnet.algebra.nodes import Partial, PrimeDerivative, plain_text
from symnet.arrays.text import array_text


def readable(expression):
    """Return the plain text of ``expression``, partial derivatives in it written as such."""
    return plain_text(
        expression.xreplace(
            {
                atom: Symbol(
                    f"{atom.of.name}'({atom.wrt.name})"
                    if type(atom) is PrimeDerivative
                    else f"d{atom.of.name}/d{atom.wrt.name}"
                )
                for atom in expression.atoms(Partial)
            }
        )
    )


def derivation_text(derivation):
    """Return every line of one derivation, with its rule and what it uses."""
    name = "" if derivation.symbol == derivation.wrt else f"{derivation.symbol.name} := "
    lines = [f"{name}{readable(derivation.lhs)}"]
    for step in derivation.steps:
        uses = f" ({', '.join(step.uses)})" if step.uses else ""
        lines.append(f"    = {readable(step.rhs)}    [{step.rule.value}{uses}]")
    return "\n".join(lines)


def part_text(part):
    """Return the forward pass, every derivation of one loss, and what the objective makes of them."""
    blocks = [f"# {part.loss_name}", "\n".join(_forward(part.network))]
    blocks += [derivation_text(derivation) for derivation in part.gradient.adjoints.values()]
    blocks += [
        f"{derivation_text(derivation)}\n    {part.network.paths[parameter]} path(s)"
        for parameter, derivation in part.gradient.leaves.items()
    ]
    if part.network.arrays is not None:
        arrays = [f"{name} = {array_text(tree)}" for name, tree in part.network.arrays.nodes.items()]
        arrays += [f"{one.name} = {array_text(one.tree)}" for one in part.gradient.arrays.values()]
        blocks.insert(1, "\n".join(arrays))
    if part.objective.nodes:
        nodes = (*part.objective.penalty, *part.objective.nodes)
        blocks.append("\n".join(f"{node.symbol.name} = {plain_text(node.expression)}" for node in nodes))
        blocks += [derivation_text(derivation) for derivation in part.objective.derivations.values()]
    return "\n\n".join(blocks)


def _forward(network):
    return [f"{node.symbol.name} = {plain_text(node.expression)}" for node in network.nodes.values()]

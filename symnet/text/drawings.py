"""The words that stand where there is no drawing."""

from __future__ import annotations


def too_large(vertices: int) -> str:
    """Return that a graph is not drawn, and how to see it all the same.

    Args:
        vertices: How many inputs and nodes it has.
    """
    return f"With {vertices} inputs and nodes the graph is too large to be drawn; its equations are below."

"""Numbers: one expression, whole graphs, and how they are written."""

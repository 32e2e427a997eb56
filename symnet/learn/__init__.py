"""Pages to learn with."""

"""Text as expressions: formulas of descriptions, and typed answers."""

"""A document as a file: one module per format, over the templates."""

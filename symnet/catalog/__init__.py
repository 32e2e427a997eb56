"""The catalog: literal tables of what a description can name."""

"""The chain rule, as data."""

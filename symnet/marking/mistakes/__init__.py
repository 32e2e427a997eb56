"""Mistakes by name."""

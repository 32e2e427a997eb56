"""Exercises as questions of other programs: every answer with what is accepted, and every mistake that can be told."""

"""Marking what a student typed: read it, compare it with the solution, name the mistake."""

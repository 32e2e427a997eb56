"""Exercises as programs: forward pass, loss, backward pass and update, written by hand in a programming language."""

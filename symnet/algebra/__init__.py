"""Ordered expressions: their shape, rewriting, differentiation."""

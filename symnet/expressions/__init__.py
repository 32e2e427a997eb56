"""Expressions in text: reading them, their derivatives, and how both are kept in order."""

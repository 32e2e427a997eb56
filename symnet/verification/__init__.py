"""Oracles that share no code with the derivation."""

"""How quantities are written."""

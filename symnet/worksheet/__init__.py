"""Worked exercise to document: the only author of what stands on a sheet, and in which order."""

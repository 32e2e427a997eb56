"""What stands on a sheet, and in which order."""

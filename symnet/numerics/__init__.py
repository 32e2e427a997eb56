"""Every number of an exercise."""

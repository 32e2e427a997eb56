"""The questions of a worksheet, made of what a solution says: its calculations become parts, each with marks."""

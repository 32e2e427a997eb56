"""Arrays in computation graphs: their shapes, their scalars, and the derivatives of whole arrays."""

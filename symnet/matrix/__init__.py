"""The same forward pass and the same derivatives, layer by layer in matrices."""

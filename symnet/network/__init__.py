"""The graph of scalar nodes."""

"""From layers to a graph of arrays, a module for each kind of layer."""

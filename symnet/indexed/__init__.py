"""The same derivation once a layer, with general indices, for any number of units."""

"""Layout trees: from SymPy to what stands where, and writers for each markup."""

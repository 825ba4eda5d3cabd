"""How rules are compiled, where compilations are kept, and the arithmetic and random numbers that compiled code shares."""

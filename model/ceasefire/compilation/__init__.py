"""Compiling rules: decorators, the compile cache, and the random numbers and arithmetic that compiled code shares."""

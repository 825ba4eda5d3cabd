"""What numba compiles besides the rules: the loop over days and worlds, rules for Python callers, recorded counts."""

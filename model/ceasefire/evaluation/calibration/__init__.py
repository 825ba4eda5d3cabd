"""Fit the mechanism numbers to what was counted around Idlib before 5 March 2020, without a likelihood.

`priors.yaml` says what may be, `data` reads what was counted, `figures` sums it up, `recording` lets worlds be counted
in the same way, `fitting` compares the two, and `posterior` is what is left: rows of numbers that scenarios draw from.
"""

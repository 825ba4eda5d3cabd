"""`ceasefire calibrate`: fits parameters of the rules to counts around Idlib before 5 March 2020, without a likelihood.

`priors.yaml` holds the prior ranges. `target_counts` reads the observed counts, and `simulated_counts` counts worlds in
the same way. `target_windows` says which days are compared, and `summary_statistics` reduces both to a few figures.
`abc_fit` is the fit; `posterior` holds its result: rows of parameters that scenarios draw from.
"""

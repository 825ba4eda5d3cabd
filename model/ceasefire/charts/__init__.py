"""Charts: one file for each kind of figure, with the name of its analysis."""

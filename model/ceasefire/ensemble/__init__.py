"""One scenario, many worlds: the run, its parameter draws, its tables, its output folder; comparisons of runs."""
